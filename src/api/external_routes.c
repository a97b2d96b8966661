// SPDX-License-Identifier: Apache-2.0
// Tasks that programs outside do, by topic: fetch and lock, extend, complete, fail, error.
#include "base/ids.h"
#include "db/database.h"
#include "http/http.h"
#include "http/schemas.h"
#include "process/process.h"

#define TASKS "/api/v1/external-tasks"
#define LIMIT_FETCH 100
#define LIMIT_TOPICS 20
#define LIMIT_WAIT_S 60
#define LIMIT_LOCK_S 3600
#define LOCK_S 60
#define AGAIN_MS 150 // while a program waits for work
#define SECOND_US 1000000LL

static FALLIBLE whole_number(Ctx *cx, const Request *request, const char *name, int fallback,
                             int most, int *out)
{
    const Value *given = value_get(request->json, name);
    int64_t number = fallback;
    if (given && (given->kind != VALUE_NUMBER || !decimal_to_integer(given->number, &number) ||
                  number < 0 || number > most))
        return error_field(FAIL(cx, ERR_INVALID, "%s is 0 to %d", name, most), name);
    *out = (int)number;
    return NULL;
}

static FALLIBLE topics_read(Ctx *cx, const Request *request, ExternalFetch *fetch)
{
    const Value *given = value_get(request->json, "topics");
    bool good = given && given->kind == VALUE_LIST && given->list.count &&
                given->list.count <= LIMIT_TOPICS;
    for (size_t i = 0; good && i < given->list.count; i++)
        good = given->list.items[i].kind == VALUE_TEXT && given->list.items[i].text.length > 0;
    if (!good)
        return error_field(FAIL(cx, ERR_INVALID, "topics is a list of 1 to %d names", LIMIT_TOPICS),
                           "topics");
    const char **topics = NEW_ARRAY(cx->arena, const char *, given->list.count);
    for (size_t i = 0; i < given->list.count; i++)
        topics[i] = given->list.items[i].text.bytes;
    fetch->topics = topics;
    fetch->topic_count = given->list.count;
    return NULL;
}

typedef struct Fetching {
    const ExternalFetch *fetch;
    bool waiting;
    Value tasks;
} Fetching;

static FALLIBLE look(Ctx *cx, void *state)
{
    Fetching *fetching = state;
    return external_waiting(cx, fetching->fetch, &fetching->waiting);
}

static FALLIBLE take(Ctx *cx, void *state)
{
    Fetching *fetching = state;
    return external_fetch(cx, fetching->fetch, &fetching->tasks);
}

// Looking takes no lock and no writer: only what is there is fetched.
ROUTE(external_fetch_route, POST, TASKS "/fetch", "external.work",
      "Fetch and lock tasks of topics; waits until there are some, at most wait_seconds",
      .unit = UNIT_NONE, .input = SCHEMA("ExternalFetch"), .output = SCHEMA("ExternalTasks"))
{
    ExternalFetch fetch = {.worker = value_get_text(request->json, "worker")};
    int wait_s = 0, lock_s = 0;
    TRY(topics_read(cx, request, &fetch));
    TRY(whole_number(cx, request, "limit", 1, LIMIT_FETCH, &fetch.limit));
    TRY(whole_number(cx, request, "wait_seconds", 0, LIMIT_WAIT_S, &wait_s));
    TRY(whole_number(cx, request, "lock_seconds", LOCK_S, LIMIT_LOCK_S, &lock_s));
    fetch.lock_until = cx->now + lock_s * SECOND_US;
    Fetching fetching = {&fetch, false, value_list(NULL, 0)};
    TRY(database_read(cx, cx->company->database, look, &fetching));
    if (fetching.waiting)
        TRY(database_write(cx, cx->company->database, take, &fetching));
    if (!fetching.tasks.list.count && request->waited_ms < wait_s * 1000LL)
        response->again_ms = AGAIN_MS;
    response->json = value_context(cx->arena);
    value_set(cx->arena, response->json, "items", fetching.tasks);
    return NULL;
}

ROUTE(external_extend_route, POST, TASKS "/{id}/extend", "external.work",
      "Keep the lock of a task longer", .input = SCHEMA("ExternalExtend"))
{
    Id task;
    int lock_s = 0;
    TRY(request_id(cx, request, "id", &task));
    TRY(whole_number(cx, request, "lock_seconds", LOCK_S, LIMIT_LOCK_S, &lock_s));
    response->status = 204;
    return external_extend(cx, task, value_get_text(request->json, "worker"),
                           cx->now + lock_s * SECOND_US);
}

static Value object_of(Ctx *cx, const Request *request, const char *name)
{
    const Value *given = value_get(request->json, name);
    return given && given->kind == VALUE_CONTEXT ? *given : value_context(cx->arena);
}

ROUTE(external_complete_route, POST, TASKS "/{id}/complete", "external.work",
      "Say that a task is done, with its result", .input = SCHEMA("ExternalComplete"))
{
    Id task;
    TRY(request_id(cx, request, "id", &task));
    response->status = 204;
    return external_complete(cx, task, value_get_text(request->json, "worker"),
                             object_of(cx, request, "result"));
}

ROUTE(external_fail_route, POST, TASKS "/{id}/fail", "external.work",
      "Say that a task failed; without retries left it is an incident",
      .input = SCHEMA("ExternalFail"))
{
    Id task;
    int retries = 0, after_s = 0;
    TRY(request_id(cx, request, "id", &task));
    TRY(whole_number(cx, request, "retries", 0, 1000, &retries));
    TRY(whole_number(cx, request, "retry_seconds", 0, 24 * 3600, &after_s));
    const char *message = value_get_text(request->json, "message");
    if (!message || !*message)
        return error_field(FAIL(cx, ERR_INVALID, "a failure needs a message"), "message");
    ExternalFailure failure = {message, retries, cx->now + after_s * SECOND_US};
    response->status = 204;
    return external_fail(cx, task, value_get_text(request->json, "worker"), &failure);
}

ROUTE(external_error_route, POST, TASKS "/{id}/error", "external.work",
      "Throw a BPMN error in a task's step", .input = SCHEMA("ExternalError"))
{
    Id task;
    TRY(request_id(cx, request, "id", &task));
    response->status = 204;
    return external_error(cx, task, value_get_text(request->json, "worker"),
                          value_get_text(request->json, "code"), object_of(cx, request, "payload"));
}
