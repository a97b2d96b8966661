// SPDX-License-Identifier: Apache-2.0
#include "api/list_query.h"
#include "http/http.h"
#include "http/schemas.h"
#include "process/migration.h"

#define MIGRATION_PATH "/api/v1/migrations/{id}"

ROUTE(migration_create_route, POST, "/api/v1/processes/{key}/migrations", "process.migrate",
      "Plan to take running instances over to another version", .input = SCHEMA("MigrationInput"),
      .output = SCHEMA("Migration"))
{
    Id migration;
    TRY(migration_create(cx, request_parameter(request, "key"), request->json, &migration));
    response->status = 201;
    return migration_show(cx, migration, &response->json);
}

ROUTE(migration_list_route, GET, "/api/v1/processes/{key}/migrations", "process.migrate",
      "The migrations of a process, newest first", .query = "limit:integer after",
      .output = SCHEMA("MigrationPage"))
{
    Value query;
    TRY(plain_query_read(cx, request, &query));
    return migration_list(cx, request_parameter(request, "key"), query, &response->json);
}

ROUTE(migration_show_route, GET, MIGRATION_PATH, "process.migrate",
      "A migration, what it changes and how far it is", .output = SCHEMA("Migration"))
{
    Id migration;
    TRY(request_id(cx, request, "id", &migration));
    return migration_show(cx, migration, &response->json);
}

static FALLIBLE results(Ctx *cx, const Request *request, Response *response,
                        Error *(*read)(Ctx *cx, Id migration, Value request, Value *out))
{
    Id migration;
    Value query;
    TRY(request_id(cx, request, "id", &migration));
    TRY(plain_query_read(cx, request, &query));
    return read(cx, migration, query, &response->json);
}

ROUTE(migration_try_route, GET, MIGRATION_PATH "/try", "process.migrate",
      "What the migration would do to each instance; nothing is changed",
      .query = "limit:integer after", .output = SCHEMA("MigrationResults"))
{
    return results(cx, request, response, migration_try);
}

ROUTE(migration_results_route, GET, MIGRATION_PATH "/results", "process.migrate",
      "What the migration did to each instance", .query = "limit:integer after",
      .output = SCHEMA("MigrationResults"))
{
    return results(cx, request, response, migration_results);
}

ROUTE(migration_run_route, POST, MIGRATION_PATH "/run", "process.migrate",
      "Run a planned migration, in chunks", .output = SCHEMA("Migration"))
{
    Id migration;
    TRY(request_id(cx, request, "id", &migration));
    TRY(migration_run(cx, migration));
    return migration_show(cx, migration, &response->json);
}

ROUTE(migration_undo_route, POST, MIGRATION_PATH "/undo", "process.migrate",
      "Take those instances back that have not moved since", .output = SCHEMA("Migration"))
{
    Id migration;
    TRY(request_id(cx, request, "id", &migration));
    TRY(migration_undo(cx, migration));
    return migration_show(cx, migration, &response->json);
}
