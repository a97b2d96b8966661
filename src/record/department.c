// SPDX-License-Identifier: Apache-2.0
#include "record/department.h"

#include "base/limits.h"
#include "record/list.h"
#include "record/rights.h"

#define NO_COLOUR "#64748b" // of a department that has none

// A pack may lack a field that another has; what is missing is read as nothing.
static const char *text_if_known(const Record *record, const char *field)
{
    return entity_field(record->entity, field) ? record_text(record, field) : NULL;
}

static const char *name_of(const Ctx *cx, const Record *record)
{
    bool chinese = text_starts(cx->language, "zh");
    const char *name = text_if_known(record, chinese ? "title_zh" : "title_en");
    return name ? name : record_label(record);
}

static Value shown(Ctx *cx, const char *key, const Record *record)
{
    const char *name = record ? name_of(cx, record) : NULL;
    const char *colour = record ? text_if_known(record, "colour") : NULL;
    Value department = value_context(cx->arena);
    value_set(cx->arena, department, "key", value_text(key));
    value_set(cx->arena, department, "name", value_text(name ? name : key));
    value_set(cx->arena, department, "colour", value_text(colour ? colour : NO_COLOUR));
    return department;
}

FALLIBLE department_value(Ctx *cx, const char *key, Value *out)
{
    *out = value_null();
    if (!key)
        return NULL;
    Record *record = NULL;
    if (schema_entity(cx->schema, "department")) {
        const Actor *asking = cx->actor;
        cx->actor = actor_system();
        Error *error = record_find(cx, "department", "key", value_text(key), &record);
        cx->actor = asking;
        TRY(error);
    }
    *out = shown(cx, key, record);
    return NULL;
}

FALLIBLE departments_value(Ctx *cx, Value *out)
{
    *out = value_list(NULL, 0);
    const Entity *entity = schema_entity(cx->schema, "department");
    if (!entity || !entity_field(entity, "key") || !rights_on_some(cx->actor, entity, VERB_READ))
        return NULL;
    ListRequest request = {.entity = "department", .limit = LIMIT_PAGE_ROWS};
    ListPage page;
    TRY(list_read(cx, &request, &page));
    Value *items = NEW_ARRAY(cx->arena, Value, page.count + 1);
    for (size_t i = 0; i < page.count; i++)
        items[i] = shown(cx, record_text(page.records[i], "key"), page.records[i]);
    *out = value_list(items, page.count);
    return NULL;
}
