// SPDX-License-Identifier: Apache-2.0
// Import of CSV in one request, and export.
#include "api/list_query.h"
#include "base/ids.h"
#include "db/database.h"
#include "http/http.h"
#include "http/problem.h"
#include "http/schemas.h"
#include "http/server.h"
#include "record/import.h"

#include <string.h>

// Of a long file only so many lines are told; refused ones go before taken ones.
#define REPORT_LINES 1000

typedef struct Report {
    Arena *arena; // of the request: what import_run gives lives only for the row
    ARRAY(Value) lines;
    int64_t omitted;
} Report;

static FALLIBLE add_line(Ctx *cx, const ImportLine *line, void *state)
{
    Report *report = state;
    if (report->lines.count >= (line->error ? 2 * REPORT_LINES : REPORT_LINES)) {
        report->omitted++;
        return NULL;
    }
    Value json = value_context(cx->arena);
    value_set(cx->arena, json, "line", value_integer(line->line));
    value_set(cx->arena, json, "ok", value_boolean(!line->error));
    if (line->record)
        value_set(cx->arena, json, "id", value_text(id_text(cx->arena, line->record)));
    if (line->number)
        value_set(cx->arena, json, "label", value_text(line->number));
    if (line->duplicate.id) {
        Value other = value_context(cx->arena);
        value_set(cx->arena, other, "id", value_text(id_text(cx->arena, line->duplicate.id)));
        value_set(cx->arena, other, "label", value_text(line->duplicate.label));
        value_set(cx->arena, other, "score", value_integer(line->duplicate.score));
        value_set(cx->arena, json, "duplicate", other);
    }
    if (line->error)
        value_set(cx->arena, json, "problem", problem_value(cx, line->error));
    array_push(report->arena, report->lines) = value_copy(report->arena, json);
    return NULL;
}

static FALLIBLE may_go_on(Ctx *cx, void *state)
{
    const Request *request = state;
    return server_gives_up(request->server) ? FAIL(cx, ERR_UNAVAILABLE, "the server stops") : NULL;
}

ROUTE(record_import_route, POST, "/api/v1/records/{entity}/import", "signed-in",
      "Import a CSV file, a record and a transaction for each line; dry_run=true only tries",
      .unit = UNIT_NONE, .streams = true, .query = "dry_run:boolean match only_update:boolean",
      .accepts = "text/csv", .output = SCHEMA("ImportReport"))
{
    BodyReader body = {.request = request};
    Report report = {.arena = arena_new(arena_ceiling(cx->arena))};
    arena_defer(cx->arena, (ArenaCleanup)arena_free, report.arena);
    Actor actor = *cx->actor;
    actor.door = DOOR_IMPORT;
    cx->actor = &actor;
    bool dry_run = text_equal(request_query(request, "dry_run"), "true");
    ImportTotals totals;
    Id batch;
    ImportRequest import = {.entity = request_parameter(request, "entity"),
                            .file = {.source = body_read, .source_state = &body},
                            .match = request_query(request, "match"),
                            .only_update =
                                text_equal(request_query(request, "only_update"), "true"),
                            .dry_run = dry_run,
                            .warns = true,
                            .may_go_on = may_go_on,
                            .may_go_on_state = (void *)request,
                            .report = add_line,
                            .report_state = &report};
    TRY(import_run(cx, cx->company->database, &import, &totals, &batch));
    Value json = value_context(cx->arena);
    value_set(cx->arena, json, "rows", value_integer(totals.rows));
    if (batch)
        value_set(cx->arena, json, "id", value_text(id_text(cx->arena, batch)));
    value_set(cx->arena, json, "created", value_integer(dry_run ? 0 : totals.created));
    value_set(cx->arena, json, "updated", value_integer(dry_run ? 0 : totals.updated));
    value_set(cx->arena, json, "failed", value_integer(totals.refused));
    value_set(cx->arena, json, "dry_run", value_boolean(dry_run));
    value_set(cx->arena, json, "lines", value_list(report.lines.items, report.lines.count));
    value_set(cx->arena, json, "omitted", value_integer(report.omitted));
    response->json = json;
    return NULL;
}

ROUTE(
    record_export_route, GET, "/api/v1/records/{entity}/export", "signed-in",
    "A list as CSV, XLSX or JSON Lines (format=csv, xlsx, jsonl), with the reader's rights; in CSV "
    "texts that look like formulas are led by an apostrophe",
    .query = LIST_QUERY " format")
{
    ListRequest list;
    const char *entity = request_parameter(request, "entity");
    ExportFormat format;
    TRY(list_query_read(cx, request, entity, &list));
    TRY(export_format_read(cx, request_query(request, "format"), &format));
    response->type = export_format_media(format);
    value_set(cx->arena, response->headers, "Content-Disposition",
              value_text(text_format(cx->arena, "attachment; filename=\"%s.%s\"", entity,
                                     export_format_word(format))));
    return list_export(cx, &list, format, response_write, response);
}
