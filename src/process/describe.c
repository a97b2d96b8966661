// SPDX-License-Identifier: Apache-2.0
#include "process/describe.h"

#include "base/ids.h"
#include "record/department.h"
#include "record/list.h"

#define HOLDERS_SHOWN 20

Describer *describer_new(Ctx *cx)
{
    Describer *describer = NEW(cx->arena, Describer);
    describer->departments = map_new(cx->arena);
    describer->users = map_new(cx->arena);
    describer->subjects = map_new(cx->arena);
    describer->holders = map_new(cx->arena);
    return describer;
}

const Actor *as_system(Ctx *cx)
{
    const Actor *before = cx->actor;
    cx->actor = actor_system();
    return before;
}

static Value remember(Ctx *cx, Map *map, const char *key, Value value)
{
    Value *kept = NEW(cx->arena, Value);
    *kept = value;
    map_put(map, text_copy(cx->arena, key), kept);
    return value;
}

static bool entity_known(Ctx *cx, const char *entity)
{
    return schema_entity(cx->schema, entity) != NULL;
}

FALLIBLE describe_department(Ctx *cx, Describer *describer, const char *key, Value *out)
{
    *out = value_null();
    if (!key)
        return NULL;
    const Value *known = map_get(describer->departments, key);
    if (known) {
        *out = *known;
        return NULL;
    }
    TRY(department_value(cx, key, out));
    remember(cx, describer->departments, key, *out);
    return NULL;
}

static FALLIBLE label_read(Ctx *cx, const char *entity, Id id, const char **out)
{
    *out = NULL;
    return entity_known(cx, entity) ? record_label_of(cx, entity, id, out) : NULL;
}

FALLIBLE describe_user(Ctx *cx, Describer *describer, Id user, Value *out)
{
    *out = value_null();
    if (!user)
        return NULL;
    const char *key = id_text(cx->arena, user);
    const Value *known = map_get(describer->users, key);
    if (known) {
        *out = *known;
        return NULL;
    }
    const char *label;
    TRY(label_read(cx, "user", user, &label));
    Value person = value_context(cx->arena);
    value_set(cx->arena, person, "id", value_text(key));
    value_set(cx->arena, person, "name", value_text(label ? label : key));
    *out = remember(cx, describer->users, key, person);
    return NULL;
}

FALLIBLE describe_subject(Ctx *cx, Describer *describer, const char *entity, Id subject, Value *out)
{
    *out = value_null();
    if (!entity || !subject)
        return NULL;
    const char *id = id_text(cx->arena, subject);
    const char *key = text_format(cx->arena, "%s/%s", entity, id);
    const Value *known = map_get(describer->subjects, key);
    if (known) {
        *out = *known;
        return NULL;
    }
    const char *label;
    TRY(label_read(cx, entity, subject, &label));
    Value described = value_context(cx->arena);
    value_set(cx->arena, described, "entity", value_text(entity));
    value_set(cx->arena, described, "id", value_text(id));
    value_set(cx->arena, described, "label", value_text(label ? label : id));
    *out = remember(cx, describer->subjects, key, described);
    return NULL;
}

static FALLIBLE people_add(Ctx *cx, Value *people, size_t *count, Id user)
{
    Record *record;
    TRY(record_find(cx, "user", "id", value_text(id_text(cx->arena, user)), &record));
    if (!record)
        return NULL;
    if (entity_field(record->entity, "active") && !record_boolean(record, "active"))
        return NULL;
    for (size_t i = 0; i < *count; i++)
        if (text_equal(value_get_text(people[i], "id"), id_text(cx->arena, user)))
            return NULL;
    Value person = value_context(cx->arena);
    value_set(cx->arena, person, "id", value_text(id_text(cx->arena, user)));
    value_set(cx->arena, person, "name", value_text(record_label(record)));
    people[(*count)++] = person;
    return NULL;
}

// Users of a filtered list; `user_field` NULL: the records themselves are users.
static FALLIBLE people_listed(Ctx *cx, const char *entity, ListFilter filter,
                              const char *user_field, Value *out)
{
    ListRequest request = {
        .entity = entity, .filters = &filter, .filter_count = 1, .limit = HOLDERS_SHOWN};
    ListPage page;
    TRY(list_read(cx, &request, &page));
    Value *people = NEW_ARRAY(cx->arena, Value, page.count + 1);
    size_t count = 0;
    for (size_t i = page.count; i-- > 0;) {
        const Record *record = page.records[i];
        TRY(people_add(cx, people, &count,
                       user_field ? record_reference(record, user_field) : record->id));
    }
    *out = value_list(people, count);
    return NULL;
}

static FALLIBLE holders_read(Ctx *cx, const char *position, const char *department, Value *out)
{
    *out = value_list(NULL, 0);
    if (!entity_known(cx, "user"))
        return NULL;
    if (!position && department)
        return people_listed(cx, "user", (ListFilter){"department", "=", value_text(department)},
                             NULL, out);
    if (!position || !entity_known(cx, "user_position"))
        return NULL;
    Record *record = NULL;
    TRY(record_find(cx, "position", "key", value_text(position), &record));
    if (!record)
        return NULL;
    Value to = value_text(id_text(cx->arena, record->id));
    return people_listed(cx, "user_position", (ListFilter){"position", "=", to}, "user", out);
}

FALLIBLE describe_holders(Ctx *cx, Describer *describer, const char *position,
                          const char *department, Value *out)
{
    const char *key =
        text_format(cx->arena, "%s/%s", position ? position : "", department ? department : "");
    const Value *known = map_get(describer->holders, key);
    if (known) {
        *out = *known;
        return NULL;
    }
    const Actor *before = as_system(cx);
    Error *error = holders_read(cx, position, department, out);
    cx->actor = before;
    if (!error)
        remember(cx, describer->holders, key, *out);
    return error;
}
