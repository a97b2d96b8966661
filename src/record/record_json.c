// SPDX-License-Identifier: Apache-2.0
#include "record/record_json.h"

#include "base/ids.h"
#include "record/field.h"
#include "record/list_path.h"

#include <string.h>

static Value reference_json(Ctx *cx, Value id, Value labels)
{
    Value reference = value_context(cx->arena);
    const Value *label = value_get(labels, id.text.bytes);
    value_set(cx->arena, reference, "id", id);
    value_set(cx->arena, reference, "label", label ? *label : id);
    return reference;
}

// "entity/id": the name is that of the record.
static Value named_json(Ctx *cx, Value value, Value labels)
{
    Value reference = value_context(cx->arena);
    const char *slash = strchr(value.text.bytes, '/');
    const Value *label = slash ? value_get(labels, slash + 1) : NULL;
    value_set(cx->arena, reference, "id", value);
    value_set(cx->arena, reference, "label", label ? *label : value);
    return reference;
}

// What people dial is written as they read it.
static Value phone_json(Ctx *cx, const Field *field, Value number)
{
    Value reference = value_context(cx->arena);
    value_set(cx->arena, reference, "id", number);
    value_set(cx->arena, reference, "label",
              value_text(field_text_shown(cx, field, number.text.bytes)));
    return reference;
}

static Value references_json(Ctx *cx, Value ids, Value labels)
{
    Value *items = NEW_ARRAY(cx->arena, Value, ids.list.count);
    for (size_t i = 0; i < ids.list.count; i++)
        items[i] = reference_json(cx, ids.list.items[i], labels);
    return value_list(items, ids.list.count);
}

Value record_json_labelled(Ctx *cx, const Record *record, Value labels)
{
    Value json = value_context(cx->arena), references = value_context(cx->arena);
    const ValueContext *fields = record->fields.context;
    size_t next = 0;
    for (size_t i = 0; i < fields->count; i++) {
        const char *name = fields->entries[i].key;
        const Field *field = entity_field_next(record->entity, name, &next);
        if (!field)
            field = list_path_field(cx, record->entity, name);
        Value value = fields->entries[i].value;
        if (field && field->type == FIELD_PHONE && value.kind == VALUE_TEXT)
            value_set(cx->arena, references, name, phone_json(cx, field, value));
        if (field && field->names_record && value.kind == VALUE_TEXT)
            value_set(cx->arena, references, name, named_json(cx, value, labels));
        if (field && field->type == FIELD_REFERENCE && value.kind == VALUE_TEXT)
            value_set(cx->arena, references, name, reference_json(cx, value, labels));
        if (field && field->type == FIELD_MULTI_REFERENCE && value.kind == VALUE_LIST)
            value_set(cx->arena, references, name, references_json(cx, value, labels));
    }
    value_set(cx->arena, json, "id", value_text(id_text(cx->arena, record->id)));
    value_set(cx->arena, json, "version", value_integer(record->version));
    value_set(cx->arena, json, "label", value_text(record_label(record)));
    value_set(cx->arena, json, "fields", record->fields);
    value_set(cx->arena, json, "references", references);
    return json;
}

FALLIBLE record_json(Ctx *cx, Record *record, Value *out)
{
    Value labels;
    TRY(list_labels(cx, &record, 1, &labels));
    *out = record_json_labelled(cx, record, labels);
    return NULL;
}

Value page_json(Ctx *cx, const ListPage *page)
{
    Value json = value_context(cx->arena);
    Value *items = NEW_ARRAY(cx->arena, Value, page->count + 1);
    for (size_t i = 0; i < page->count; i++)
        items[i] = record_json_labelled(cx, page->records[i], page->labels);
    value_set(cx->arena, json, "items", value_list(items, page->count));
    value_set(cx->arena, json, "next", value_text(page->next));
    if (page->total >= 0)
        value_set(cx->arena, json, "count", value_integer(page->total));
    if (page->pushed || page->asked) {
        Value where = value_context(cx->arena);
        value_set(cx->arena, where, "pushed", value_text(page->pushed));
        value_set(cx->arena, where, "asked", value_boolean(page->asked));
        value_set(cx->arena, json, "where", where);
    }
    return json;
}
