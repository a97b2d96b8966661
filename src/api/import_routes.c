// SPDX-License-Identifier: Apache-2.0
// Imports as jobs: upload, look, map, try, run, undo.
#include "api/list_query.h"
#include "base/ids.h"
#include "base/json.h"
#include "base/limits.h"
#include "db/database.h"
#include "http/http.h"
#include "http/schemas.h"
#include "http/server.h"
#include "record/import_job.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define IMPORTS "/api/v1/imports"
#define CHUNK_BYTES 65536

static FALLIBLE write_chunk(Ctx *cx, int file, const char *bytes, size_t length)
{
    while (length) {
        ssize_t written = write(file, bytes, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return FAIL(cx, ERR_UNAVAILABLE, "there is no room for this upload: %s",
                        strerror(errno));
        bytes += written;
        length -= (size_t)written;
    }
    return NULL;
}

// The upload as a file that stays until the import is done.
static FALLIBLE keep_upload(Ctx *cx, const Request *request, int file)
{
    BodyReader body = {.request = request};
    char *chunk = arena_alloc(cx->arena, CHUNK_BYTES);
    size_t got;
    do {
        TRY(body_read(cx, chunk, CHUNK_BYTES, &got, &body));
        TRY(write_chunk(cx, file, chunk, got));
    } while (got);
    return NULL;
}

typedef struct Creating {
    const char *entity;
    const char *name;
    const char *path;
    Id job;
} Creating;

static Error *create_job(Ctx *cx, void *state)
{
    Creating *creating = state;
    return import_job_create(cx, creating->entity, creating->name, creating->path, &creating->job);
}

static Error *drop_job(Ctx *cx, void *state)
{
    const Creating *creating = state;
    return import_job_drop(cx, creating->job);
}

// What cannot be read leaves nothing behind.
static FALLIBLE look_or_drop(Ctx *cx, Creating *creating, Value *out)
{
    struct Database *database = cx->company->database;
    Error *unreadable = import_job_look(cx, database, creating->job, out);
    if (unreadable)
        TRY(database_write(cx, database, drop_job, creating));
    return unreadable;
}

ROUTE(import_create_route, POST, IMPORTS, "signed-in",
      "Upload a file (CSV, XLSX, JSON Lines) to import: what it holds, and a mapping to begin with",
      .unit = UNIT_NONE, .streams = true, .query = "entity name",
      .accepts = "application/octet-stream", .output = SCHEMA("ImportLook"))
{
    Creating creating = {.entity = request_query(request, "entity"),
                         .name = request_query(request, "name")};
    if (!creating.entity)
        return error_field(FAIL(cx, ERR_INVALID, "say which entity the lines are"), "entity");
    char *path = text_format(cx->arena, "%s/millrace-import-XXXXXX", server_spool(request->server));
    int file = mkostemp(path, O_CLOEXEC);
    if (file < 0)
        return FAIL(cx, ERR_UNAVAILABLE, "there is no room for this upload: %s", strerror(errno));
    creating.path = path;
    Error *error = keep_upload(cx, request, file);
    close(file);
    if (!error)
        error = database_write(cx, cx->company->database, create_job, &creating);
    if (!error)
        error = look_or_drop(cx, &creating, &response->json);
    if (error)
        unlink(path);
    response->status = 201;
    return error;
}

ROUTE(import_list_route, GET, IMPORTS, "signed-in", "The actor's imports, newest first",
      .query = "limit:integer after", .output = SCHEMA("ImportPage"))
{
    int limit;
    Id after;
    TRY(id_page_query_read(cx, request, &limit, &after));
    return import_job_list(cx, after, limit, &response->json);
}

ROUTE(import_show_route, GET, IMPORTS "/{id}", "signed-in",
      "How far an import is, and the first lines it refused", .output = SCHEMA("Import"))
{
    Id job;
    TRY(request_id(cx, request, "id", &job));
    return import_job_show(cx, job, &response->json);
}

ROUTE(import_look_route, GET, IMPORTS "/{id}/preview", "signed-in",
      "What the file holds, its first lines, and the mapping", .unit = UNIT_NONE,
      .output = SCHEMA("ImportLook"))
{
    Id job;
    TRY(request_id(cx, request, "id", &job));
    return import_job_look(cx, cx->company->database, job, &response->json);
}

typedef struct Choosing {
    Id job;
    Value settings;
} Choosing;

static Error *choose(Ctx *cx, void *state)
{
    const Choosing *choosing = state;
    return import_job_settings(cx, choosing->job, choosing->settings);
}

ROUTE(import_settings_route, PATCH, IMPORTS "/{id}", "signed-in",
      "Choose how the file is read, which field each column fills, and which field names a record",
      .unit = UNIT_NONE, .input = SCHEMA("ImportSettings"), .output = SCHEMA("ImportLook"))
{
    Choosing choosing = {.settings = request->json};
    TRY(request_id(cx, request, "id", &choosing.job));
    TRY(database_write(cx, cx->company->database, choose, &choosing));
    return import_job_look(cx, cx->company->database, choosing.job, &response->json);
}

ROUTE(import_start_route, POST, IMPORTS "/{id}/start", "signed-in",
      "Begin a task in the background: try (a dry run), run, or undo",
      .input = SCHEMA("ImportStart"), .output = SCHEMA("Import"))
{
    Id job;
    TRY(request_id(cx, request, "id", &job));
    TRY(import_job_start(cx, job, value_get_text(request->json, "task")));
    response->status = 202;
    return import_job_show(cx, job, &response->json);
}

ROUTE(import_cancel_route, POST, IMPORTS "/{id}/cancel", "signed-in",
      "Stop what an import does; the lines that are done stay", .output = SCHEMA("Import"))
{
    Id job;
    TRY(request_id(cx, request, "id", &job));
    TRY(import_job_cancel(cx, job));
    return import_job_show(cx, job, &response->json);
}

ROUTE(import_refusals_route, GET, IMPORTS "/{id}/refused", "signed-in",
      "The refused lines as CSV, with what was wrong, to correct and import again")
{
    Id job;
    TRY(request_id(cx, request, "id", &job));
    response->type = "text/csv; charset=utf-8";
    value_set(cx->arena, response->headers, "Content-Disposition",
              value_text("attachment; filename=\"refused.csv\""));
    return import_job_refusals(cx, job, response_write, response);
}
