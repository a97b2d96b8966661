// SPDX-License-Identifier: Apache-2.0
// Fills a company's database far beyond what anybody would enter, by SQL: for benchmarks only.
//
//   bench-fill DATABASE-URL ORDER ORDERS OPEN FILE
//   bench-fill --activities DATABASE-URL ACTIVITY COUNT
//   bench-fill --count DATABASE-URL TABLE...          prints {"TABLE": rows, ...}
//
// ORDER is an order (its id in the API) that the demo's people have led to an open step. It is
// copied OPEN times with everything that its process has written, so that each copy stands at the
// same step, and ORDERS times without process, with other amounts, states and customers. FILE
// becomes a line "WORK-ITEM INSTANCE ORDER", ids as in the API, for each copy that is open. The
// columns are those the tables have: nothing here knows the packs but the few names below. ACTIVITY
// is copied COUNT times, a minute apart: each thousandth copy is about the same record, the others
// are spread.
#include "base/ids.h"
#include "base/limits.h"
#include "db/database.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK 50000
// Ids that no application makes any more: of the first hours of 2024, a range for each table.
#define RANGE ((int64_t)1 << 34)
#define FIRST_ID ((int64_t)1 << 38)

typedef struct Override {
    const char *column;
    const char *sql; // of {i}, the number of the copy, and {at}, the row's rank among its siblings
} Override;

typedef struct Copy {
    const char *table;
    const char *where; // the template's rows, in terms of t
    const char *order;
    Override overrides[12];
} Copy;

// With i and at in scope. A cheap scatter: multiples of a prime modulo another.
#define SCATTER(times, modulus) "(c.i * " #times " % " #modulus ")"

static const Copy orders = {
    .table = "sales_order",
    .where = "t.id = $1",
    .order = "t.id",
    .overrides = {{"id", "$4 + c.i"},
                  {"number", "'SB-' || (100000000 + c.i)"},
                  {"customer_reference", "'PO ' || " SCATTER(7919, 999983)},
                  {"total", SCATTER(7907, 9999991)},
                  {"order_date", "t.order_date - " SCATTER(613, 1009)},
                  {"created_at", "t.created_at - c.i * 1000000"},
                  {"customer", "(SELECT json_group_array(id) FROM account) ->> " SCATTER(31, 47)},
                  {"status",
                   "CASE " SCATTER(
                       1009,
                       11) " WHEN 0 THEN 'credit_check' WHEN 1 THEN 'over_limit'"
                           " WHEN 2 THEN 'accepted' WHEN 3 THEN 'allocated' WHEN 4 THEN 'shipped'"
                           " WHEN 5 THEN 'invoiced' WHEN 6 THEN 'paid' WHEN 7 THEN 'cancelled'"
                           " ELSE 'closed' END"}},
};

static const Copy open_orders[] = {
    {"sales_order",
     "t.id = $1",
     "t.id",
     {{"id", "$4 + c.i"}, {"number", "'SC-' || (100000000 + c.i)"}}},
    {"audit", "t.record = $1", "t.at, t.seq", {{"record", "$4 + c.i"}, {"leaf", "NULL"}}},
    {"instance", "t.subject = $1", "t.id", {{"id", "$5 + c.i"}, {"subject", "$4 + c.i"}}},
    {"instance_event",
     "t.instance IN (SELECT id FROM instance WHERE subject = $1)",
     "t.sequence",
     {{"instance", "$5 + c.i"}}},
    {"work_item",
     "t.subject = $1",
     "t.state IN ('offered', 'claimed') DESC, t.id",
     {{"id", "$6 + c.i * 64 + t.rank - 1"}, {"instance", "$5 + c.i"}, {"subject", "$4 + c.i"}}},
    {"process_wait",
     "t.owner IN (SELECT id FROM instance WHERE subject = $1)",
     "t.id",
     {{"id", "$6 + c.i * 64 + t.rank - 1"},
      {"owner", "$5 + c.i"},
      {"key", "'SC-' || (100000000 + c.i)"}}},
    {"process_job",
     "t.owner IN (SELECT id FROM instance WHERE subject = $1)",
     "t.id",
     {{"id", "$6 + c.i * 64 + t.rank - 1"}, {"owner", "$5 + c.i"}}},
};

static const Copy activities = {
    .table = "activity",
    .where = "t.id = $1",
    .order = "t.id",
    .overrides = {{"id", "$4 + c.i"},
                  {"start", "t.start - c.i * 60000000"},
                  {"about", "CASE WHEN c.i % 1000 = 0 THEN t.about ELSE"
                            " printf('account/%013d', " SCATTER(7919, 999983) ") END"}},
};

typedef struct Filling {
    Id template;
    const Copy *copy;
    int64_t from;
    int64_t count;
    int64_t first_order;
} Filling;

static FALLIBLE columns_of(Ctx *cx, const char *table, Rows *out)
{
    Cell cell = cell_text(table);
    TRY(db_built_rows(cx, out, "SELECT name FROM pragma_table_info($1) ORDER BY cid", &cell, 1));
    return out->count ? NULL : FAIL(cx, ERR_INVALID, "there is no table %s", table);
}

static const char *expression(Ctx *cx, const Copy *copy, const char *column)
{
    for (const Override *each = copy->overrides; each->column; each++)
        if (text_equal(each->column, column))
            return each->sql;
    return text_format(cx->arena, "t.\"%s\"", column);
}

static FALLIBLE copy_sql(Ctx *cx, const Copy *copy, const char **out)
{
    Rows columns;
    TRY(columns_of(cx, copy->table, &columns));
    Buffer *names = buffer_new(cx->arena), *values = buffer_new(cx->arena);
    for (size_t i = 0; i < columns.count; i++) {
        const char *name = row_text(&columns.items[i], "name");
        buffer_format(names, "%s\"%s\"", i ? ", " : "", name);
        buffer_format(values, "%s%s", i ? ", " : "", expression(cx, copy, name));
    }
    *out = text_format(cx->arena,
                       "WITH RECURSIVE c(i) AS (SELECT $2 UNION ALL SELECT i + 1 FROM c"
                       " WHERE i + 1 < $2 + $3)"
                       " INSERT INTO \"%s\" (%s) SELECT %s FROM c CROSS JOIN"
                       " (SELECT t.*, ROW_NUMBER() OVER (ORDER BY %s) AS rank FROM \"%s\" t"
                       "  WHERE %s) t WHERE $4 + $5 + $6 <> 0 ORDER BY c.i",
                       copy->table, names->bytes, values->bytes, copy->order, copy->table,
                       copy->where);
    return NULL;
}

static Error *fill_chunk(Ctx *cx, void *state)
{
    const Filling *filling = state;
    const char *sql;
    TRY(db_built_run(cx, NULL, "PRAGMA cache_size = -400000", NULL, 0));
    TRY(copy_sql(cx, filling->copy, &sql));
    Cell cells[] = {cell_integer(filling->template),    cell_integer(filling->from),
                    cell_integer(filling->count),       cell_integer(filling->first_order),
                    cell_integer(FIRST_ID + 2 * RANGE), cell_integer(FIRST_ID + 3 * RANGE)};
    int64_t changed;
    TRY(db_built_run(cx, &changed, sql, cells, 6));
    return NULL;
}

static FALLIBLE fill_table(Ctx *cx, Database *database, Filling *filling, int64_t total)
{
    for (filling->from = 0; filling->from < total; filling->from += CHUNK) {
        filling->count = total - filling->from < CHUNK ? total - filling->from : CHUNK;
        ArenaMark mark = arena_mark(cx->arena);
        Error *error = database_write(cx, database, fill_chunk, filling);
        if (error)
            return error_detail(error, "filling %s", filling->copy->table);
        arena_rewind(cx->arena, mark);
    }
    return NULL;
}

// A copy's open work item comes first among its siblings.
static FALLIBLE write_list(Ctx *cx, const char *path, int64_t open)
{
    FILE *file = fopen(path, "we");
    if (!file)
        return FAIL(cx, ERR_NOT_FOUND, "cannot write %s", path);
    for (int64_t i = 0; i < open; i++) {
        char item[ID_TEXT_SIZE], instance[ID_TEXT_SIZE], order[ID_TEXT_SIZE];
        id_print(FIRST_ID + 3 * RANGE + i * 64, item);
        id_print(FIRST_ID + 2 * RANGE + i, instance);
        id_print(FIRST_ID + RANGE + i, order);
        fprintf(file, "%s %s %s\n", item, instance, order);
    }
    return fclose(file) ? FAIL(cx, ERR_UNAVAILABLE, "cannot write all of %s", path) : NULL;
}

static FALLIBLE fill(Ctx *cx, char **arguments)
{
    Database *database;
    Filling filling = {.first_order = FIRST_ID, .copy = &orders};
    int64_t order_count = atoll(arguments[3]), open = atoll(arguments[4]);
    if (!id_parse(arguments[2], &filling.template) || order_count < 0 || open < 0)
        return FAIL(cx, ERR_INVALID, "ORDER is an id, ORDERS and OPEN are counts");
    DatabaseOptions options = {.url = arguments[1], .statement_ms = 120000};
    TRY(database_open(cx, &options, &database));
    Error *error = fill_table(cx, database, &filling, order_count);
    filling.first_order = FIRST_ID + RANGE;
    for (size_t i = 0; !error && i < sizeof open_orders / sizeof *open_orders; i++) {
        filling.copy = &open_orders[i];
        error = fill_table(cx, database, &filling, open);
    }
    database_close(database);
    return error ? error : write_list(cx, arguments[5], open);
}

static FALLIBLE fill_activities(Ctx *cx, char **arguments)
{
    Database *database;
    Filling filling = {.first_order = FIRST_ID + 4 * RANGE, .copy = &activities};
    int64_t count = atoll(arguments[4]);
    if (!id_parse(arguments[3], &filling.template) || count < 0)
        return FAIL(cx, ERR_INVALID, "ACTIVITY is an id, COUNT a count");
    DatabaseOptions options = {.url = arguments[2], .statement_ms = 120000};
    TRY(database_open(cx, &options, &database));
    Error *error = fill_table(cx, database, &filling, count);
    database_close(database);
    return error;
}

typedef struct Tables {
    char **names;
    int count;
} Tables;

static Error *print_counts(Ctx *cx, void *state)
{
    const Tables *tables = state;
    for (int i = 0; i < tables->count; i++) {
        Rows rows;
        const char *sql =
            text_format(cx->arena, "SELECT COUNT(*) AS found FROM \"%s\"", tables->names[i]);
        TRY(db_built_rows(cx, &rows, sql, NULL, 0));
        printf("%s\"%s\": %" PRId64, i ? ", " : "{", tables->names[i],
               row_integer(&rows.items[0], "found"));
    }
    puts("}");
    return NULL;
}

static FALLIBLE count_rows(Ctx *cx, const char *url, Tables tables)
{
    Database *database;
    DatabaseOptions options = {.url = url, .read_only = true};
    TRY(database_open(cx, &options, &database));
    Error *error = database_read(cx, database, print_counts, &tables);
    database_close(database);
    return error;
}

int main(int count, char **arguments)
{
    bool counts = count > 3 && strcmp(arguments[1], "--count") == 0;
    bool plans = count == 5 && strcmp(arguments[1], "--activities") == 0;
    if (!counts && !plans && count != 6) {
        fputs("usage: bench-fill DATABASE-URL ORDER ORDERS OPEN FILE\n"
              "       bench-fill --activities DATABASE-URL ACTIVITY COUNT\n"
              "       bench-fill --count DATABASE-URL TABLE...\n",
              stderr);
        return 2;
    }
    Ctx cx = {.arena = arena_new(LIMIT_UNIT_BYTES), .language = "en"};
    Error *error = counts  ? count_rows(&cx, arguments[2], (Tables){arguments + 3, count - 3})
                   : plans ? fill_activities(&cx, arguments)
                           : fill(&cx, arguments);
    if (error)
        fprintf(stderr, "bench-fill: %s%s%s\n", error->message, error->detail ? ": " : "",
                error->detail ? error->detail : "");
    arena_free(cx.arena);
    return error ? 1 : 0;
}
