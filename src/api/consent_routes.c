// SPDX-License-Identifier: Apache-2.0
// The consents of a person, by purpose and channel.
#include "base/calendar.h"
#include "base/ids.h"
#include "http/http.h"
#include "http/schemas.h"
#include "record/consent.h"

#define CONSENTS "/api/v1/records/{entity}/{id}/consents"

static Value consent_json(Ctx *cx, const Consent *consent)
{
    Value json = value_context(cx->arena), actor = value_null();
    if (consent->actor_name) {
        actor = value_context(cx->arena);
        value_set(cx->arena, actor, "id", value_text(id_text(cx->arena, consent->actor)));
        value_set(cx->arena, actor, "name", value_text(consent->actor_name));
    }
    value_set(cx->arena, json, "at", value_text(instant_text(cx->arena, consent->at)));
    value_set(cx->arena, json, "purpose", value_text(consent->purpose));
    value_set(cx->arena, json, "channel", value_text(consent->channel));
    value_set(cx->arena, json, "granted", value_boolean(consent->granted));
    value_set(cx->arena, json, "source", value_text(consent->source));
    value_set(cx->arena, json, "proof", value_text(consent->proof));
    value_set(cx->arena, json, "actor", actor);
    return json;
}

static FALLIBLE consents_json(Ctx *cx, const char *entity, Id id, Value *out)
{
    Consent *consents;
    size_t count;
    TRY(consent_list(cx, entity, id, &consents, &count));
    Value *items = NEW_ARRAY(cx->arena, Value, count + 1);
    for (size_t i = 0; i < count; i++)
        items[i] = consent_json(cx, &consents[i]);
    *out = value_context(cx->arena);
    value_set(cx->arena, *out, "items", value_list(items, count));
    return NULL;
}

ROUTE(consent_list_route, GET, CONSENTS, "signed-in",
      "The consents of a person, newest first; with purpose= and channel= also whether it is "
      "allowed now to send so",
      .query = "purpose channel", .output = SCHEMA("Consents"))
{
    Id id;
    bool allows;
    const char *entity = request_parameter(request, "entity");
    const char *purpose = request_query(request, "purpose");
    const char *channel = request_query(request, "channel");
    TRY(request_id(cx, request, "id", &id));
    TRY(consents_json(cx, entity, id, &response->json));
    if (!purpose != !channel)
        return error_field(FAIL(cx, ERR_INVALID, "purpose and channel are asked together"),
                           purpose ? "channel" : "purpose");
    if (!purpose)
        return NULL;
    TRY(consent_allows(cx, entity, id, purpose, channel, &allows));
    value_set(cx->arena, response->json, "allowed", value_boolean(allows));
    return NULL;
}

ROUTE(consent_add_route, POST, CONSENTS, "signed-in",
      "Note that a person granted or withdrew a consent; entries are only added",
      .input = SCHEMA("ConsentInput"), .output = SCHEMA("Consents"))
{
    Id id;
    const char *entity = request_parameter(request, "entity");
    const Value *granted = value_get(request->json, "granted");
    Consent consent = {.purpose = value_get_text(request->json, "purpose"),
                       .channel = value_get_text(request->json, "channel"),
                       .source = value_get_text(request->json, "source"),
                       .proof = value_get_text(request->json, "proof")};
    if (!granted || granted->kind != VALUE_BOOLEAN)
        return error_field(FAIL(cx, ERR_INVALID, "granted is true or false"), "granted");
    consent.granted = granted->boolean;
    TRY(request_id(cx, request, "id", &id));
    TRY(consent_add(cx, entity, id, &consent));
    response->status = 201;
    return consents_json(cx, entity, id, &response->json);
}
