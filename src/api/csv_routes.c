// SPDX-License-Identifier: Apache-2.0
// Import and export as CSV.
#include "api/list_query.h"
#include "base/ids.h"
#include "db/database.h"
#include "http/http.h"
#include "http/problem.h"
#include "http/schemas.h"
#include "record/import.h"

#include <string.h>

typedef struct Body {
    const char *at;
    size_t left;
} Body;

static FALLIBLE read_body(Ctx *cx, char *bytes, size_t room, size_t *got, void *state)
{
    (void)cx;
    Body *body = state;
    *got = body->left < room ? body->left : room;
    memcpy(bytes, body->at, *got);
    body->at += *got;
    body->left -= *got;
    return NULL;
}

typedef struct Report {
    Arena *arena; // of the request: what import_run gives lives only for the row
    ARRAY(Value) lines;
} Report;

static FALLIBLE add_line(Ctx *cx, const ImportLine *line, void *state)
{
    Report *report = state;
    Value json = value_context(cx->arena);
    value_set(cx->arena, json, "line", value_integer(line->line));
    value_set(cx->arena, json, "ok", value_boolean(!line->error));
    if (line->record)
        value_set(cx->arena, json, "id", value_text(id_text(cx->arena, line->record)));
    if (line->number)
        value_set(cx->arena, json, "label", value_text(line->number));
    if (line->error)
        value_set(cx->arena, json, "problem", problem_value(cx, line->error));
    array_push(report->arena, report->lines) = value_copy(report->arena, json);
    return NULL;
}

ROUTE(record_import_route, POST, "/api/v1/records/{entity}/import", "signed-in",
      "Import a CSV file, a record and a transaction for each line; dry_run=true only tries",
      .unit = UNIT_NONE, .query = "dry_run:boolean", .accepts = "text/csv",
      .output = SCHEMA("ImportReport"))
{
    Body body = {request->body, request->body_length};
    Report report = {.arena = arena_new(arena_ceiling(cx->arena))};
    arena_defer(cx->arena, (ArenaCleanup)arena_free, report.arena);
    Actor actor = *cx->actor;
    actor.door = DOOR_IMPORT;
    cx->actor = &actor;
    bool dry_run = text_equal(request_query(request, "dry_run"), "true");
    ImportTotals totals;
    ImportRequest import = {.entity = request_parameter(request, "entity"),
                            .source = read_body,
                            .source_state = &body,
                            .dry_run = dry_run,
                            .report = add_line,
                            .report_state = &report};
    TRY(import_run(cx, cx->company->database, &import, &totals));
    Value json = value_context(cx->arena);
    value_set(cx->arena, json, "rows", value_integer(totals.rows));
    value_set(cx->arena, json, "created", value_integer(dry_run ? 0 : totals.taken));
    value_set(cx->arena, json, "failed", value_integer(totals.refused));
    value_set(cx->arena, json, "dry_run", value_boolean(dry_run));
    value_set(cx->arena, json, "lines", value_list(report.lines.items, report.lines.count));
    response->json = json;
    return NULL;
}

static FALLIBLE add_bytes(Ctx *cx, const char *bytes, size_t length, void *state)
{
    (void)cx;
    buffer_add(state, bytes, length);
    return NULL;
}

ROUTE(record_export_route, GET, "/api/v1/records/{entity}/export", "signed-in",
      "A list as CSV, with the reader's rights; texts that look like formulas are led by an "
      "apostrophe",
      .query = LIST_QUERY)
{
    ListRequest list;
    const char *entity = request_parameter(request, "entity");
    Buffer *csv = buffer_new(cx->arena);
    TRY(list_query_read(cx, request, entity, &list));
    TRY(list_export_csv(cx, &list, add_bytes, csv));
    response->type = "text/csv; charset=utf-8";
    response->body = csv->bytes;
    response->body_length = csv->length;
    value_set(cx->arena, response->headers, "Content-Disposition",
              value_text(text_format(cx->arena, "attachment; filename=\"%s.csv\"", entity)));
    return NULL;
}
