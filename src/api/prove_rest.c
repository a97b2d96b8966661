// SPDX-License-Identifier: Apache-2.0
#include "api/prove_rest.h"

#include "base/ids.h"
#include "base/json.h"
#include "base/map.h"
#include "db/database.h"
#include "http/http.h"
#include "http/session.h"

#include <string.h>

#define TOKEN_DAYS 36500 // the clock of a proof goes far

struct RestTokens {
    Arena *arena;
    Map *by_user;
};

RestTokens *rest_tokens_new(Arena *arena)
{
    RestTokens *tokens = NEW(arena, RestTokens);
    *tokens = (RestTokens){arena, map_new(arena)};
    return tokens;
}

typedef struct Token {
    Id user;
    const char *text;
} Token;

static FALLIBLE token_make(Ctx *cx, void *state)
{
    Token *token = state;
    return token_create(cx, token->user, "proof", TOKEN_DAYS, &token->text);
}

static FALLIBLE token_of(Ctx *cx, RestTokens *tokens, Id user, const char **out)
{
    const char *key = id_text(cx->arena, user);
    *out = map_get(tokens->by_user, key);
    if (*out)
        return NULL;
    Token token = {.user = user};
    TRY(database_write(cx, cx->company->database, token_make, &token));
    char *kept = text_copy(tokens->arena, token.text);
    map_put(tokens->by_user, text_copy(tokens->arena, key), kept);
    *out = kept;
    return NULL;
}

// What the dispatcher answers: *body is null when there is none.
typedef struct Call {
    Method method;
    const char *path;
    Value body;
} Call;

static FALLIBLE rest_call(Ctx *cx, RestTokens *tokens, const ProveMove *move, const Call *call,
                          int *status, Value *body)
{
    const char *token;
    TRY(token_of(cx, tokens, move->actor.user, &token));
    bool sends = call->body.kind == VALUE_CONTEXT;
    const char *text = sends ? json_text(cx->arena, call->body) : "";
    Request request = {.method = call->method,
                       .path = call->path,
                       .query = value_context(cx->arena),
                       .headers = value_context(cx->arena),
                       .body = text,
                       .body_length = strlen(text),
                       .address = "127.0.0.1"};
    Response response = {0};
    value_set(cx->arena, request.headers, "authorization",
              value_text(text_format(cx->arena, "Bearer %s", token)));
    value_set(cx->arena, request.headers, "accept-language", value_text(cx->language));
    if (sends)
        value_set(cx->arena, request.headers, "content-type", value_text("application/json"));
    Ctx own = *cx;
    http_dispatch(&own, &request, &response);
    *status = response.status;
    *body = response.json;
    return NULL;
}

static const char *record_path(Ctx *cx, const ProveMove *move)
{
    return text_format(cx->arena, "/api/v1/records/%s/%s", move->entity,
                       id_text(cx->arena, move->record));
}

static const char *item_path(Ctx *cx, const ProveMove *move, const char *deed)
{
    return text_format(cx->arena, "/api/v1/work-items/%s/%s", id_text(cx->arena, move->item), deed);
}

static Value body_of(Ctx *cx, const char *name, Value value)
{
    Value body = value_context(cx->arena);
    value_set(cx->arena, body, name, value);
    return body;
}

static Call start_call(Ctx *cx, const ProveMove *move)
{
    Value subject = body_of(cx, "entity", value_text(move->entity));
    value_set(cx->arena, subject, "id", value_text(id_text(cx->arena, move->record)));
    Value body = body_of(cx, "process", value_text(move->name));
    value_set(cx->arena, body, "subject", subject);
    return (Call){METHOD_POST, "/api/v1/instances", body};
}

// False when REST has no such move.
static bool call_of(Ctx *cx, const ProveMove *move, Call *out)
{
    Value none = value_null();
    switch (move->kind) {
    case MOVE_CHANGE:
        *out = (Call){METHOD_PATCH, record_path(cx, move), body_of(cx, "fields", move->fields)};
        value_set(cx->arena, out->body, "version", value_integer(move->version));
        return true;
    case MOVE_CREATE:
        *out = (Call){METHOD_POST, text_format(cx->arena, "/api/v1/records/%s", move->entity),
                      body_of(cx, "fields", move->fields)};
        return true;
    case MOVE_DELETE:
        *out = (Call){METHOD_DELETE, record_path(cx, move), none};
        return true;
    case MOVE_COMPLETE:
        *out = (Call){METHOD_POST, item_path(cx, move, "complete"),
                      body_of(cx, "fields", move->fields)};
        return true;
    case MOVE_CLAIM:
        *out = (Call){METHOD_POST, item_path(cx, move, "claim"), none};
        return true;
    case MOVE_SKIP:
        *out = (Call){METHOD_POST, item_path(cx, move, "skip"),
                      body_of(cx, "reason", value_text("nobody will see it"))};
        return true;
    case MOVE_START:
        *out = start_call(cx, move);
        return true;
    case MOVE_MESSAGE:
        *out = (Call){METHOD_POST, "/api/v1/messages", body_of(cx, "name", value_text(move->name))};
        value_set(cx->arena, out->body, "key", value_text(move->key));
        return true;
    case MOVE_GRANT:
        return false;
    }
    return false;
}

Error *rest_door(Ctx *cx, void *state, const ProveMove *move, ProveAnswer *answer)
{
    Call call;
    int status;
    Value body;
    answer->knows = call_of(cx, move, &call);
    if (!answer->knows)
        return NULL;
    TRY(rest_call(cx, state, move, &call, &status, &body));
    answer->problem = status >= 400 ? body : value_null();
    return NULL;
}

Error *rest_bulk_door(Ctx *cx, void *state, const ProveMove *move, ProveAnswer *answer)
{
    int status;
    Value body, ids[] = {value_text(id_text(cx->arena, move->record))};
    answer->knows = move->kind == MOVE_CHANGE;
    if (!answer->knows)
        return NULL;
    Call call = {METHOD_POST, text_format(cx->arena, "/api/v1/records/%s/bulk", move->entity),
                 body_of(cx, "fields", move->fields)};
    value_set(cx->arena, call.body, "ids", value_list(ids, 1));
    TRY(rest_call(cx, state, move, &call, &status, &body));
    const Value *problem = value_at(body, "/results/0/problem");
    answer->problem = status >= 400 ? body : problem ? *problem : value_null();
    return NULL;
}
