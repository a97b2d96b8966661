// SPDX-License-Identifier: Apache-2.0
#include "db/sqlite.h"

#include <string.h>

static bool plan_names(const Rows *plan, const char *table)
{
    static const char *const made[] = {"CO-ROUTINE ", "MATERIALIZE "};
    for (size_t i = 0; i < plan->count; i++)
        for (size_t j = 0; j < sizeof made / sizeof *made; j++) {
            const char *detail = row_text(&plan->items[i], "detail");
            if (text_starts(detail, made[j]) && text_equal(detail + strlen(made[j]), table))
                return true;
        }
    return false;
}

// "SCAN t" reads a whole table; with an index it reads in the index's order, which only a LIMIT
// ends. What the query itself made ("SCAN (subquery-1)", a common table) does not grow by itself.
static bool plan_scans(Ctx *cx, const Rows *plan, const char *detail, bool limited)
{
    if (strstr(detail, "USING AUTOMATIC"))
        return true;
    if (!text_starts(detail, "SCAN ") || strstr(detail, " VIRTUAL TABLE ") ||
        text_equal(detail, "SCAN CONSTANT ROW") || (limited && strstr(detail, " USING ")))
        return false;
    const char *table = detail + strlen("SCAN ");
    table = text_slice(cx->arena, table, strcspn(table, " "));
    return table[0] != '(' && !plan_names(plan, table);
}

FALLIBLE sqlite_scans(Ctx *cx, Session *session, const char *sql, const char **out)
{
    Statement *statement;
    TRY(statement_take(cx, session->sqlite, sql, sql, &statement));
    size_t count = statement->cell_count;
    statement_release(session->sqlite, statement);
    Rows plan;
    TRY(db_built_rows(cx, &plan, text_format(cx->arena, "EXPLAIN QUERY PLAN %s", sql),
                      NEW_ARRAY(cx->arena, Cell, count), count));
    Buffer *scans = buffer_new(cx->arena);
    for (size_t i = 0; i < plan.count; i++) {
        const char *detail = row_text(&plan.items[i], "detail");
        if (plan_scans(cx, &plan, detail, strcasestr(sql, "LIMIT") != NULL))
            buffer_format(scans, "%s%s", scans->length ? "\n" : "", detail);
    }
    *out = scans->length ? scans->bytes : NULL;
    return NULL;
}
