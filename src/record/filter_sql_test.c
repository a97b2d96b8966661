// SPDX-License-Identifier: Apache-2.0
// SQL and machine must agree: random filters over nullable data, on both databases.
#include "db/test_db.h"
#include "feel/sql.h"

#include <stdlib.h>
#include <string.h>

#define ROWS 60
#define FILTERS 2500

static const FeelColumn columns[] = {
    {"amount", VALUE_NUMBER, 2},    {"quantity", VALUE_NUMBER, 0}, {"price", VALUE_NUMBER, 2},
    {"name", VALUE_TEXT, 0},        {"open", VALUE_BOOLEAN, 0},    {"day", VALUE_DATE, 0},
    {"moment", VALUE_DATE_TIME, 0},
};
#define COLUMNS (sizeof columns / sizeof *columns)

static const FeelColumn *column(void *data, const char *path)
{
    (void)data;
    for (size_t i = 0; i < COLUMNS; i++)
        if (strcmp(columns[i].sql, path) == 0)
            return &columns[i];
    return NULL;
}

typedef struct Random {
    Ctx *cx;
    unsigned seed;
} Random;

static unsigned pick(Random *random, unsigned count)
{
    return (unsigned)rand_r(&random->seed) % count;
}

static const char *word(Random *random, const char *const *words, unsigned count)
{
    return words[pick(random, count)];
}
#define WORD(random, ...)                                                                          \
    word((random), (const char *const[]){__VA_ARGS__},                                             \
         sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static const char *literal(Random *random, ValueKind kind)
{
    if (pick(random, 12) == 0)
        return WORD(random, "null", "\"b\"", "1", "true");
    switch (kind) {
    case VALUE_NUMBER:
        return WORD(random, "0", "1", "1.5", "2", "1.505", "-1", "3.14", "10 / 4", "limit");
    case VALUE_TEXT:
        return WORD(random, "\"\"", "\"a\"", "\"ab\"", "\"b\"", "\"B\"", "\"\xC3\xA4\"", "\"a'\"");
    case VALUE_BOOLEAN:
        return WORD(random, "true", "false");
    case VALUE_DATE:
        return WORD(random, "date(\"2026-01-01\")", "date(\"2026-01-02\")", "@\"1969-12-30\"");
    default:
        return WORD(random, "@\"2026-01-01T00:00:00Z\"", "@\"2026-01-01T00:00:00.0005Z\"",
                    "@\"2026-01-01T00:00:00\"", "@\"1969-12-31T23:59:59.999Z\"");
    }
}

static const char *condition(Random *random, int depth);

static const char *atom(Random *random)
{
    Arena *arena = random->cx->arena;
    const FeelColumn *x = &columns[pick(random, COLUMNS)];
    const char *operator= WORD(random, "=", "!=", "<", "<=", ">", ">=");
    switch (pick(random, 9)) {
    case 0:
        return text_format(arena, "%s in [%s, %s, %s]", x->sql, literal(random, x->kind),
                           literal(random, x->kind), literal(random, x->kind));
    case 1:
        return text_format(arena, "%s between %s and %s", x->sql, literal(random, x->kind),
                           literal(random, x->kind));
    case 2:
        return text_format(arena, "%s in (%s %s, %s)", x->sql, operator, literal(random, x->kind),
                           literal(random, x->kind));
    case 3:
        return text_format(arena, "starts with(name, %s)", literal(random, VALUE_TEXT));
    case 4:
        return text_format(arena, "contains(name, %s)", literal(random, VALUE_TEXT));
    case 5:
        return text_format(arena, "%s %s %s", x->sql, operator, columns[pick(random, COLUMNS)].sql);
    case 6:
        return WORD(random, "open", "quantity", "true", "null", "open = true");
    default:
        return pick(random, 2)
                   ? text_format(arena, "%s %s %s", x->sql, operator, literal(random, x->kind))
                   : text_format(arena, "%s %s %s", literal(random, x->kind), operator, x->sql);
    }
}

static const char *condition(Random *random, int depth)
{
    Arena *arena = random->cx->arena;
    if (depth == 0)
        return atom(random);
    switch (pick(random, 4)) {
    case 0:
        return text_format(arena, "not(%s)", condition(random, depth - 1));
    case 1:
        return text_format(arena, "(%s or %s)", condition(random, depth - 1),
                           condition(random, depth - 1));
    case 2:
        return text_format(arena, "(%s and %s)", condition(random, depth - 1),
                           condition(random, depth - 1));
    default:
        return atom(random);
    }
}

static Value random_value(Random *random, const FeelColumn *x, Cell *cell)
{
    static const char *const texts[] = {"", "a", "ab", "b", "B", "\xC3\xA4", "a'", "abc"};
    static const int64_t moments[] = {1767225600000000, 1767225600000400, 1767225600001000, -1000,
                                      -1};
    *cell = cell_null();
    if (pick(random, 4) == 0)
        return value_null();
    int64_t integer = (int64_t)pick(random, 7) - 2;
    switch (x->kind) {
    case VALUE_TEXT: {
        const char *text = texts[pick(random, 8)];
        *cell = cell_text(text);
        return value_text(text);
    }
    case VALUE_BOOLEAN:
        *cell = cell_integer(integer & 1);
        return value_boolean(integer & 1);
    case VALUE_DATE:
        integer = pick(random, 2) ? 20454 + integer : integer;
        *cell = cell_integer(integer);
        return value_date(date_from_days(integer));
    case VALUE_DATE_TIME:
        integer = moments[pick(random, 5)];
        *cell = cell_integer(integer);
        return value_instant(random->cx->arena, integer);
    default:
        integer = x->scale ? integer * 50 : integer;
        *cell = cell_integer(integer);
        return value_number(decimal_scaled(integer, -x->scale));
    }
}

static void fill(Random *random, Value *rows)
{
    Ctx *cx = random->cx;
    CHECK_OK(db_built_run(cx, NULL,
                          "CREATE TABLE filter_probe (id BIGINT PRIMARY KEY, amount BIGINT, "
                          "quantity BIGINT, price BIGINT, name TEXT, open BIGINT, day BIGINT, "
                          "moment BIGINT)",
                          NULL, 0));
    for (int i = 0; i < ROWS; i++) {
        Cell cells[COLUMNS + 1] = {cell_integer(i)};
        rows[i] = value_context(cx->arena);
        value_set(cx->arena, rows[i], "limit", value_integer(2));
        for (size_t k = 0; k < COLUMNS; k++)
            value_set(cx->arena, rows[i], columns[k].sql,
                      random_value(random, &columns[k], &cells[k + 1]));
        CHECK_OK(db_built_run(cx, NULL,
                              "INSERT INTO filter_probe (id, amount, quantity, price, name, open, "
                              "day, moment) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                              cells, COLUMNS + 1));
    }
}

static bool is_true(Ctx *cx, const Feel *feel, Value row)
{
    Value result;
    CHECK_OK(feel_evaluate(cx, feel, row, NULL, &result));
    return result.kind == VALUE_BOOLEAN && result.boolean;
}

static void kept_by_sql(Ctx *cx, const FeelSql *sql, const Value *rows, bool *kept)
{
    Rows found;
    Cell *cells = NEW_ARRAY(cx->arena, Cell, sql->parameter_count);
    for (size_t i = 0; i < sql->parameter_count; i++)
        cells[i] = sql->parameters[i].is_text ? cell_text(sql->parameters[i].text)
                                              : cell_integer(sql->parameters[i].integer);
    CHECK_OK(db_built_rows(cx, &found,
                           text_format(cx->arena, "SELECT id FROM filter_probe WHERE %s",
                                       sql->where ? sql->where : "1 = 1"),
                           cells, sql->parameter_count));
    memset(kept, 0, ROWS);
    for (size_t i = 0; i < found.count; i++) {
        int64_t id = row_integer(&found.items[i], "id");
        kept[id] = !sql->residual || is_true(cx, sql->residual, rows[id]);
    }
}

static void compare(Ctx *cx, const char *source, const Value *rows)
{
    static const char *const names[] = {"limit", "amount", "quantity", "price",
                                        "name",  "open",   "day",      "moment"};
    Value scope = value_context(cx->arena);
    value_set(cx->arena, scope, "limit", value_integer(2));
    FeelSqlSetting setting = {
        .column = column, .names = names, .name_count = 8, .scope = scope, .first_parameter = 1};
    FeelOptions options = {.names = names, .name_count = 8};
    const Feel *feel;
    FeelSql sql;
    bool kept[ROWS];
    CHECK_OK(feel_compile(cx, source, &options, &feel));
    CHECK_OK(feel_to_sql(cx, source, &setting, &sql));
    kept_by_sql(cx, &sql, rows, kept);
    for (int i = 0; i < ROWS; i++)
        if (kept[i] != is_true(cx, feel, rows[i]))
            CHECK_TEXT(text_format(cx->arena, "%s as %s keeps %s: %d", source,
                                   sql.where ? sql.where : "-", feel_text(cx->arena, rows[i]),
                                   kept[i]),
                       "what the machine keeps");
}

DB_UNIT_TEST(a_filter_in_sql_keeps_what_the_machine_keeps)
{
    Random random = {cx, 20260101};
    Value rows[ROWS];
    fill(&random, rows);
    for (int i = 0; i < FILTERS; i++)
        compare(cx, condition(&random, 1 + i % 3), rows);
}
