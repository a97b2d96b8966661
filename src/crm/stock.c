// SPDX-License-Identifier: Apache-2.0
#include "crm/stock.h"

#include "base/ids.h"
#include "base/limits.h"
#include "db/database.h"
#include "record/list.h"

MIGRATION(crm_0002_stock, 40,
          "CREATE TABLE stock_reservation (\n"
          "  id BIGINT PRIMARY KEY,\n"
          "  sales_order BIGINT NOT NULL,\n"
          "  product BIGINT NOT NULL,\n"
          "  quantity BIGINT NOT NULL,\n"
          "  state TEXT NOT NULL,\n"
          "  created_at BIGINT NOT NULL,\n"
          "  ended_at BIGINT\n"
          ");\n"
          "CREATE INDEX stock_reservation_order ON stock_reservation (sales_order, state)");

QUERY(stock_reservation_add, "INSERT INTO stock_reservation (id, sales_order, product, quantity,"
                             " state, created_at) VALUES ($1, $2, $3, $4, 'held', $5)");
QUERY(stock_reservation_held, "SELECT id, product, quantity FROM stock_reservation"
                              " WHERE sales_order = $1 AND state = 'held' ORDER BY id");
QUERY(stock_reservation_end, "UPDATE stock_reservation SET state = $2, ended_at = $3"
                             " WHERE id = $1");

static FALLIBLE stock_add(Ctx *cx, const Record *product, int64_t reserved, int64_t stock)
{
    Value changes = value_context(cx->arena);
    value_set(cx->arena, changes, "reserved",
              value_integer(record_integer(product, "reserved") + reserved));
    if (stock)
        value_set(cx->arena, changes, "stock",
                  value_integer(record_integer(product, "stock") + stock));
    Record *changed;
    return record_change(cx, "product", product->id, 0, changes, &changed);
}

static FALLIBLE line_hold(Ctx *cx, const Record *order, const Record *line, bool *is_short)
{
    Record *product;
    TRY(record_get(cx, "product", record_reference(line, "product"), &product));
    int64_t quantity = record_integer(line, "quantity");
    int64_t free = record_integer(product, "stock") - record_integer(product, "reserved");
    *is_short = free < quantity;
    TRY(stock_add(cx, product, quantity, 0));
    return db_run(cx, NULL, stock_reservation_add, id_new(cx), order->id, product->id, quantity,
                  cx->now);
}

FALLIBLE stock_hold(Ctx *cx, const Record *order, int64_t *lines, int64_t *short_lines)
{
    Rows held;
    TRY(db_rows(cx, &held, stock_reservation_held, order->id));
    *lines = 0;
    *short_lines = 0;
    if (held.count)
        return NULL;
    ListFilter filter = {"order", "=", value_text(id_text(cx->arena, order->id))};
    DeclaredSort sort = {"number", false};
    ListRequest request = {.entity = "order_line",
                           .filters = &filter,
                           .filter_count = 1,
                           .sorts = &sort,
                           .sort_count = 1,
                           .limit = LIMIT_PAGE_ROWS};
    for (;;) {
        ListPage page;
        TRY(list_read(cx, &request, &page));
        for (size_t i = 0; i < page.count; i++) {
            bool is_short;
            TRY(line_hold(cx, order, page.records[i], &is_short));
            ++*lines;
            *short_lines += is_short;
        }
        if (!page.next)
            return NULL;
        request.after = page.next;
    }
}

// Ends what the order holds: given back, or taken out of the stock.
static FALLIBLE reservations_end(Ctx *cx, const Record *order, bool issue, int64_t *ended)
{
    Rows held;
    TRY(db_rows(cx, &held, stock_reservation_held, order->id));
    for (size_t i = 0; i < held.count; i++) {
        const Row *row = &held.items[i];
        int64_t quantity = row_integer(row, "quantity");
        Record *product;
        TRY(record_get(cx, "product", row_integer(row, "product"), &product));
        TRY(stock_add(cx, product, -quantity, issue ? -quantity : 0));
        TRY(db_run(cx, NULL, stock_reservation_end, row_integer(row, "id"),
                   issue ? "issued" : "released", cx->now));
    }
    *ended = (int64_t)held.count;
    return NULL;
}

FALLIBLE stock_give_back(Ctx *cx, const Record *order, int64_t *released)
{
    return reservations_end(cx, order, false, released);
}

FALLIBLE stock_take_out(Ctx *cx, const Record *order, int64_t *issued)
{
    return reservations_end(cx, order, true, issued);
}
