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

// The body has what the deed needs, and no more.
static Value hand_body(Ctx *cx, const ProveMove *move)
{
    Value body = value_context(cx->arena);
    if (move->kind == MOVE_COMPLETE)
        value_set(cx->arena, body, "fields", move->fields);
    if (move->reason)
        value_set(cx->arena, body, "reason", value_text(move->reason));
    if (move->to.user)
        value_set(cx->arena, body, "to", value_text(id_text(cx->arena, move->to.user)));
    return body;
}

static Call record_call(Ctx *cx, const ProveMove *move)
{
    if (move->kind == MOVE_DELETE)
        return (Call){METHOD_DELETE, record_path(cx, move), value_null()};
    Value body = body_of(cx, "fields", move->fields);
    if (move->kind == MOVE_CREATE)
        return (Call){METHOD_POST, text_format(cx->arena, "/api/v1/records/%s", move->entity),
                      body};
    value_set(cx->arena, body, "version", value_integer(move->version));
    return (Call){METHOD_PATCH, record_path(cx, move), body};
}

static Call message_call(Ctx *cx, const ProveMove *move)
{
    Value body = body_of(cx, "name", value_text(move->name));
    value_set(cx->arena, body, "key", value_text(move->key));
    return (Call){METHOD_POST, "/api/v1/messages", body};
}

// Of the instance, the process or the incident: what the path ends with, and its body.
static Call power_call(Ctx *cx, const ProveMove *move)
{
    const struct {
        const char *of;
        const char *id;
        const char *deed;
        Value body;
    } calls[] = {
        [MOVE_CANCEL] = {"instances", id_text(cx->arena, move->instance), "cancel",
                         hand_body(cx, move)},
        [MOVE_SUSPEND] = {"instances", id_text(cx->arena, move->instance), "suspend",
                          hand_body(cx, move)},
        [MOVE_RESUME] = {"instances", id_text(cx->arena, move->instance), "resume", value_null()},
        [MOVE_HALT] = {"processes", move->name, "suspend", hand_body(cx, move)},
        [MOVE_MIGRATE] = {"processes", move->name, "migrations", move->fields},
        [MOVE_TAKE] = {"incidents", id_text(cx->arena, move->incident), "take",
                       hand_body(cx, move)},
        [MOVE_HAND_ON] = {"incidents", id_text(cx->arena, move->incident), "hand-on",
                          hand_body(cx, move)},
        [MOVE_MEND] = {"incidents", id_text(cx->arena, move->incident), "retry", move->fields},
        [MOVE_CLOSE] = {"incidents", id_text(cx->arena, move->incident), "close",
                        hand_body(cx, move)},
    };
    return (Call){METHOD_POST,
                  text_format(cx->arena, "/api/v1/%s/%s/%s", calls[move->kind].of,
                              calls[move->kind].id, calls[move->kind].deed),
                  calls[move->kind].body};
}

// False when REST has no such move.
static bool call_of(Ctx *cx, const ProveMove *move, Call *out)
{
    const char *deed = prove_item_deed(move->kind);
    if (move->kind == MOVE_GRANT) // two calls, the first of which is lawful
        return false;
    *out = move->kind <= MOVE_DELETE ? record_call(cx, move)
           : deed ? (Call){METHOD_POST, item_path(cx, move, deed), hand_body(cx, move)}
           : move->kind == MOVE_START   ? start_call(cx, move)
           : move->kind == MOVE_MESSAGE ? message_call(cx, move)
                                        : power_call(cx, move);
    return true;
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

// One of many: of records their change, of work items some deeds. False when there is none such.
static bool bulk_call(Ctx *cx, const ProveMove *move, Call *out)
{
    bool item = move->kind == MOVE_CLAIM || move->kind == MOVE_RELEASE ||
                move->kind == MOVE_FORWARD || move->kind == MOVE_REASSIGN;
    if (!item && move->kind != MOVE_CHANGE)
        return false;
    Value *ids = NEW(cx->arena, Value);
    *ids = value_text(id_text(cx->arena, item ? move->item : move->record));
    if (!item) {
        *out = (Call){METHOD_POST, text_format(cx->arena, "/api/v1/records/%s/bulk", move->entity),
                      body_of(cx, "fields", move->fields)};
        value_set(cx->arena, out->body, "ids", value_list(ids, 1));
        return true;
    }
    *out = (Call){METHOD_POST, "/api/v1/work-items/bulk", hand_body(cx, move)};
    value_set(cx->arena, out->body, "action", value_text(prove_item_deed(move->kind)));
    value_set(cx->arena, out->body, "items", value_list(ids, 1));
    return true;
}

Error *rest_bulk_door(Ctx *cx, void *state, const ProveMove *move, ProveAnswer *answer)
{
    int status;
    Value body;
    Call call;
    answer->knows = bulk_call(cx, move, &call);
    if (!answer->knows)
        return NULL;
    TRY(rest_call(cx, state, move, &call, &status, &body));
    const Value *problem = value_at(body, "/results/0/problem");
    const Value *item = value_at(body, "/items/0"); // {done, message}
    if (!problem && item && value_get_text(*item, "message"))
        problem = item;
    answer->problem = status >= 400 ? body : problem ? *problem : value_null();
    return NULL;
}
