// SPDX-License-Identifier: Apache-2.0
// The timeline of a record: its audited changes and the steps of its processes, one story.
#include "api/list_query.h"
#include "base/ids.h"
#include "http/http.h"
#include "http/schemas.h"
#include "process/process.h"
#include "record/record.h"

static Value change_json(Ctx *cx, const Entity *entity, const AuditEntry *entry)
{
    const Field *field = entry->field ? entity_field(entity, entry->field) : NULL;
    Value json = value_context(cx->arena), actor = value_null();
    if (entry->actor_name) {
        actor = value_context(cx->arena);
        value_set(cx->arena, actor, "id", value_text(id_text(cx->arena, entry->actor)));
        value_set(cx->arena, actor, "name", value_text(entry->actor_name));
    }
    value_set(cx->arena, json, "at", value_text(instant_text(cx->arena, entry->at)));
    value_set(cx->arena, json, "actor", actor);
    value_set(cx->arena, json, "door", value_text(entry->door));
    value_set(cx->arena, json, "action", value_text(entry->action));
    value_set(cx->arena, json, "field", value_text(entry->field));
    value_set(cx->arena, json, "title", value_text(field ? title_in(cx, field->title) : NULL));
    value_set(cx->arena, json, "old", entry->before);
    value_set(cx->arena, json, "new", entry->after);
    value_set(cx->arena, json, "reason", value_text(entry->reason));
    return json;
}

static Instant step_at(Value step)
{
    Instant at = 0;
    instant_parse(value_get_text(step, "at"), &at);
    return at;
}

// Both lists are newest first; at the same instant the steps stand above the changes they made.
static Value merge(Ctx *cx, const Entity *entity, const AuditEntry *changes, size_t change_count,
                   Value steps, size_t limit)
{
    Value *items = NEW_ARRAY(cx->arena, Value, limit + 1);
    size_t count = 0, change = 0, step = 0;
    while (count < limit && (change < change_count || step < steps.list.count)) {
        bool take_step =
            step < steps.list.count &&
            (change == change_count || step_at(steps.list.items[step]) >= changes[change].at);
        items[count++] =
            take_step ? steps.list.items[step++] : change_json(cx, entity, &changes[change++]);
    }
    return value_list(items, count);
}

ROUTE(record_history_route, GET, "/api/v1/records/{entity}/{id}/history", "signed-in",
      "The story of a record, newest first: changes and process steps; before= and limit= page it",
      .query = "before limit:integer", .output = SCHEMA("Timeline"))
{
    Id id;
    int limit;
    Instant before = 0;
    Value steps;
    AuditEntry *changes;
    size_t change_count;
    const Entity *entity;
    const char *name = request_parameter(request, "entity");
    const char *before_text = request_query(request, "before");
    TRY(request_id(cx, request, "id", &id));
    TRY(limit_query_read(cx, request, 100, &limit));
    if (before_text && !instant_parse(before_text, &before))
        return error_field(FAIL(cx, ERR_INVALID, "before is an instant"), "before");
    TRY(schema_find(cx, name, &entity));
    TRY(record_history(cx, name, id, before, limit, &changes, &change_count));
    TRY(process_timeline(cx, name, id, before, limit, &steps));
    response->json = value_context(cx->arena);
    value_set(cx->arena, response->json, "items",
              merge(cx, entity, changes, change_count, *value_get(steps, "items"), (size_t)limit));
    return NULL;
}
