// SPDX-License-Identifier: Apache-2.0
// List requests: an entity's name, and behind it on further lines the request as JSON, run on a
// small SQLite database with a user's rights. Whatever is asked, the pages together hold what the
// count says, and no statement fails.
#include "record/list.h"
#include "base/ids.h"
#include "base/json.h"
#include "desk.h"
#include "record/list.h"

#include <string.h>

#define PAGES 12

typedef struct Asked {
    const char *entity;
    Value json;
} Asked;

// The pages from the first on are as many records as were counted.
static Error *pages_read(Ctx *cx, ListRequest *request)
{
    ListPage page;
    int64_t total = 0, seen = 0;
    bool whole = !request->after;
    for (int i = 0; i < PAGES; i++) {
        request->count = i == 0;
        TRY(list_read(cx, request, &page));
        if (i == 0)
            total = page.total;
        seen += (int64_t)page.count;
        for (size_t k = 0; k < page.count; k++)
            FUZZ_HOLDS(page.records[k]->fields.kind == VALUE_CONTEXT);
        if (!page.next)
            break;
        FUZZ_HOLDS(page.count > 0);
        request->after = page.next;
    }
    FUZZ_HOLDS(!whole || page.next || seen == total);
    FUZZ_HOLDS(!whole || seen <= total);
    return NULL;
}

static Error *ask(Ctx *cx, void *state)
{
    const Asked *asked = state;
    ListRequest request;
    TRY(list_request_read(cx, asked->entity, asked->json, &request));
    return pages_read(cx, &request);
}

static void run(Ctx *cx, const char *bytes, size_t length)
{
    FuzzBytes in = {bytes, bytes + length};
    Asked asked = {.entity = fuzz_line(cx, &in)};
    if (!utf8_valid(asked.entity, strlen(asked.entity))) // an address is UTF-8, or refused before
        return;
    if (!fuzz_fine(json_parse(cx, in.at, (size_t)(in.end - in.at), &asked.json)))
        return;
    desk_enter(cx, length % 2);
    fuzz_fine(database_read(cx, cx->company->database, ask, &asked));
}

static const char *const seeds[] = {
    "sale\n{\"filter\":[{\"field\":\"amount\",\"operator\":\">=\",\"value\":123.45}],\"limit\":2}",
    "sale\n{\"filter\":[{\"field\":\"status\",\"operator\":\"in\",\"value\":[\"draft\",\"paid\"]}],"
    "\"sort\":[{\"field\":\"pieces\",\"descending\":true},{\"field\":\"number\"}],\"limit\":1}",
    "sale\n{\"filter\":[{\"field\":\"note\",\"operator\":\"contains\",\"value\":\"%\"},"
    "{\"field\":\"customer\",\"operator\":\"is not null\"}],\"search\":\"two S-\",\"count\":true}",
    "sale\n{\"filter\":[{\"field\":\"day\",\"operator\":\"<\",\"value\":\"2026-12-31\"},"
    "{\"field\":\"due\",\"operator\":\"is null\"}],\"columns\":[\"number\",\"tax\"],\"limit\":3}",
    "sale\n{\"filter\":[{\"field\":\"created_by\",\"operator\":\"=\",\"value\":\"$me\"}]}",
    "sale\n{\"sort\":[{\"field\":\"pieces\"}],\"limit\":1}",
    "sale\n{\"sort\":[{\"field\":\"note\"},{\"field\":\"amount\",\"descending\":true},"
    "{\"field\":\"pieces\"}],\"limit\":2}",
    "customer\n{\"filter\":[{\"field\":\"name\",\"operator\":\"starts\",\"value\":\"A\"}]}",
    "user\n{\"after\":\"5b22225d\"}",
    NULL,
};

const FuzzTarget fuzz_target = {.setup = desk_open, .run = run, .seeds = seeds};
