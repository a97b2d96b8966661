// SPDX-License-Identifier: Apache-2.0
// That SQL and machine agree on data is held by record/filter_sql_test.c, on both databases.
#include "feel/sql.h"

#include "base/test.h"

#include <string.h>

static const FeelColumn *column(void *data, const char *path)
{
    static const FeelColumn total = {"o.total", VALUE_NUMBER, 2};
    static const FeelColumn status = {"o.status", VALUE_TEXT, 0};
    static const FeelColumn open = {"o.open", VALUE_BOOLEAN, 0};
    static const FeelColumn city = {"c.city", VALUE_TEXT, 0};
    (void)data;
    return strcmp(path, "total") == 0           ? &total
           : strcmp(path, "status") == 0        ? &status
           : strcmp(path, "open") == 0          ? &open
           : strcmp(path, "customer.city") == 0 ? &city
                                                : NULL;
}

static const char *where(Ctx *cx, const char *source)
{
    Value scope = value_context(cx->arena);
    value_set(cx->arena, scope, "limit", value_integer(5));
    FeelSqlSetting setting = {.column = column, .scope = scope, .first_parameter = 1};
    FeelSql sql;
    CHECK_OK(feel_to_sql(cx, source, &setting, &sql));
    Buffer *out = buffer_new(cx->arena);
    buffer_text(out, sql.where ? sql.where : "all");
    for (size_t i = 0; i < sql.parameter_count; i++) {
        FeelSqlParameter *parameter = &sql.parameters[i];
        if (parameter->is_text)
            buffer_format(out, " '%s'", parameter->text);
        else
            buffer_format(out, " %lld", (long long)parameter->integer);
    }
    buffer_text(out, sql.residual ? " + residual" : "");
    return out->bytes;
}

TEST(a_filter_becomes_a_where_clause_with_bound_values)
{
    CHECK_TEXT(where(cx, "total > 10.5 and status = \"won\""),
               "o.total > $1 AND o.status = $2 1050 'won'");
    CHECK_TEXT(where(cx, "total > limit"), "o.total > $1 500");
    CHECK_TEXT(where(cx, "open"), "o.open = $1 1");
    CHECK_TEXT(where(cx, "customer.city = \"x' OR 1=1 --\""), "c.city = $1 'x' OR 1=1 --'");
}

TEST(nulls_are_written_as_feel_means_them)
{
    CHECK_TEXT(where(cx, "status != \"won\""), "(o.status <> $1 OR o.status IS NULL) 'won'");
    CHECK_TEXT(where(cx, "not(status = \"won\")"), "(o.status <> $1 OR o.status IS NULL) 'won'");
    CHECK_TEXT(where(cx, "not(total > 1)"), "o.total <= $1 100");
    CHECK_TEXT(where(cx, "status = null"), "o.status IS NULL");
    CHECK_TEXT(where(cx, "total > null"), "1 = 0");
}

TEST(a_number_with_more_digits_than_the_column_is_compared_exactly)
{
    CHECK_TEXT(where(cx, "total = 1.005"), "1 = 0");
    CHECK_TEXT(where(cx, "total < 1.005"), "o.total < $1 101");
    CHECK_TEXT(where(cx, "total <= 1.005"), "o.total <= $1 100");
}

TEST(the_caller_is_told_what_was_pushed)
{
    FeelSqlSetting setting = {.column = column, .first_parameter = 1};
    FeelSql sql;
    CHECK_OK(feel_to_sql(cx, "contains(status, \"o\") and total > 1 and open", &setting, &sql));
    CHECK_TEXT(sql.pushed, "total > 1 and open");
    CHECK_TEXT(feel_source(sql.residual), "contains(status, \"o\") and total > 1 and open");
    CHECK_OK(feel_to_sql(cx, "contains(status, \"o\")", &setting, &sql));
    CHECK(!sql.where && sql.residual);
    CHECK_OK(feel_to_sql(cx, "total > 1", &setting, &sql));
    CHECK(sql.where && !sql.residual);
}

TEST(what_sql_cannot_say_stays_as_residual)
{
    CHECK_TEXT(where(cx, "total > 1 and contains(status, \"o\")"), "o.total > $1 100 + residual");
    CHECK_TEXT(where(cx, "total > 1 or contains(status, \"o\")"), "all + residual");
    CHECK_TEXT(where(cx, "not(total > 1 or contains(status, \"o\"))"),
               "o.total <= $1 100 + residual");
    CHECK_TEXT(where(cx, "starts with(status, \"wo\")"),
               "(o.status >= $1 AND o.status < $2) 'wo' 'wp'");
}
