// SPDX-License-Identifier: Apache-2.0
// order.invoice_number: the next invoice number, without gaps: the counter's row changes in the
// transaction that uses the number.
#include "crm/orders.h"
#include "db/database.h"
#include "process/function_point.h"

MIGRATION(crm_0001_counter, 40,
          "CREATE TABLE crm_counter (\n"
          "  name TEXT PRIMARY KEY,\n"
          "  value BIGINT NOT NULL\n"
          ")");

QUERY(crm_counter_next, "UPDATE crm_counter SET value = value + 1 WHERE name = $1");
QUERY(crm_counter_value, "SELECT value FROM crm_counter WHERE name = $1");
QUERY(crm_counter_first, "INSERT INTO crm_counter (name, value) VALUES ($1, 1)");

static FALLIBLE counter_draw(Ctx *cx, const char *name, int64_t *out)
{
    int64_t changed = 0;
    TRY(db_run(cx, &changed, crm_counter_next, name));
    if (!changed) {
        TRY(db_run(cx, NULL, crm_counter_first, name));
        *out = 1;
        return NULL;
    }
    Row *row;
    TRY(db_row(cx, &row, crm_counter_value, name));
    *out = row_integer(row, "value");
    return NULL;
}

FUNCTION_POINT(order_invoice_number, "order.invoice_number",
               "Draws the next invoice number of the year for an order.", "order", "number")
{
    Record *order;
    TRY(input_record(cx, input, "order", "sales_order", &order));
    int year = (int)instant_in(cx->now, zone_utc()).date.year;
    int64_t drawn;
    TRY(counter_draw(cx, text_format(cx->arena, "invoice-%d", year), &drawn));
    Value result = value_context(cx->arena);
    value_set(cx->arena, result, "number",
              value_text(text_format(cx->arena, "INV-%d-%06lld", year, (long long)drawn)));
    *output = result;
    return NULL;
}
