// SPDX-License-Identifier: Apache-2.0
#include "process/form.h"

#include "base/ids.h"
#include "process/describe.h"
#include "record/schema.h"

static const GraphField *form_field(const GraphNode *node, const char *name)
{
    for (size_t i = 0; node->task && i < node->task->field_count; i++)
        if (text_equal(node->task->fields[i].name, name))
            return &node->task->fields[i];
    return NULL;
}

static bool choice_known(const GraphField *field, Value value)
{
    for (size_t i = 0; i < field->choice_count; i++)
        if (value.kind == VALUE_TEXT && text_equal(field->choices[i], value.text.bytes))
            return true;
    return false;
}

// A process variable of the form; a number may come as text, as forms send it.
static FALLIBLE variable_read(Ctx *cx, const GraphField *field, Value value, Value *out)
{
    *out = value;
    if (value.kind == VALUE_NULL)
        return NULL;
    bool right = true;
    if (text_equal(field->type, "boolean"))
        right = value.kind == VALUE_BOOLEAN;
    else if (text_equal(field->type, "choice"))
        right = choice_known(field, value);
    else if (text_equal(field->type, "text"))
        right = value.kind == VALUE_TEXT;
    else if (value.kind == VALUE_TEXT) {
        right = decimal_parse(value.text.bytes, value.text.length, &out->number);
        out->kind = VALUE_NUMBER;
    } else {
        right = value.kind == VALUE_NUMBER;
    }
    if (right)
        return NULL;
    Error *error = text_equal(field->type, "choice")
                       ? FAIL(cx, ERR_INVALID, "'%s' must be a choice the form offers", field->name)
                       : FAIL(cx, ERR_INVALID, "'%s' must be a %s", field->name, field->type);
    return error_field(error, field->name);
}

static bool is_empty(const Value *value)
{
    return !value || value->kind == VALUE_NULL ||
           (value->kind == VALUE_TEXT && value->text.length == 0);
}

static FALLIBLE required_check(Ctx *cx, const ProcessModel *model, const GraphNode *node,
                               const Filled *filled, Value subject)
{
    for (size_t i = 0; node->task && i < node->task->field_count; i++) {
        const GraphField *field = &node->task->fields[i];
        if (field->access != FIELD_REQUIRED)
            continue;
        const Value *given =
            value_get(field->type ? filled->variables : filled->record, field->name);
        const GraphOwned *owned = graph_owned(model->graph, field->name);
        bool steps_only = field->type || (owned && owned->free_until < 0);
        if (!given && !steps_only)
            given = value_get(subject, field->name);
        if (is_empty(given))
            return error_field(FAIL(cx, ERR_INVALID, "the step '%s' needs '%s'",
                                    graph_node_name(node, cx->language), field->name),
                               field->name);
    }
    return NULL;
}

FALLIBLE form_read(Ctx *cx, const ProcessModel *model, const GraphNode *node, Value fields,
                   Value subject, Filled *out)
{
    Filled filled = {value_context(cx->arena), value_context(cx->arena)};
    if (fields.kind != VALUE_NULL && fields.kind != VALUE_CONTEXT)
        return error_field(FAIL(cx, ERR_INVALID, "the fields must be an object"), "fields");
    for (size_t i = 0; fields.kind == VALUE_CONTEXT && i < fields.context->count; i++) {
        const ValueEntry *entry = &fields.context->entries[i];
        const GraphField *field = form_field(node, entry->key);
        if (!field)
            return error_field(FAIL(cx, ERR_INVALID, "the form of '%s' has no field '%s'",
                                    graph_node_name(node, cx->language), entry->key),
                               entry->key);
        if (field->access == FIELD_READ)
            return error_field(FAIL(cx, ERR_INVALID, "the form of '%s' shows '%s' for reading only",
                                    graph_node_name(node, cx->language), entry->key),
                               entry->key);
        Value value = entry->value;
        if (field->type)
            TRY(variable_read(cx, field, entry->value, &value));
        value_set(cx->arena, field->type ? filled.variables : filled.record, field->name, value);
    }
    TRY(required_check(cx, model, node, &filled, subject));
    *out = filled;
    return NULL;
}

// ---- showing --------------------------------------------------------------------------------

static Value choice_value(Ctx *cx, const char *value, const char *title, const char *colour)
{
    Value choice = value_context(cx->arena);
    value_set(cx->arena, choice, "value", value_text(value));
    value_set(cx->arena, choice, "title", value_text(title));
    value_set(cx->arena, choice, "colour", value_text(colour));
    return choice;
}

static bool holds_choice(Value value, const char *choice)
{
    if (value.kind == VALUE_TEXT)
        return text_equal(value.text.bytes, choice);
    for (size_t i = 0; value.kind == VALUE_LIST && i < value.list.count; i++)
        if (holds_choice(value.list.items[i], choice))
            return true;
    return false;
}

// Those that may be taken, and what the record holds already.
static Value record_choices(Ctx *cx, const Field *field, Value value)
{
    if (!field->choice_count)
        return value_null();
    Value *items = NEW_ARRAY(cx->arena, Value, field->choice_count);
    size_t count = 0;
    for (size_t i = 0; i < field->choice_count; i++) {
        const Choice *choice = &field->choices[i];
        if (!choice->inactive || holds_choice(value, choice->value))
            items[count++] =
                choice_value(cx, choice->value, title_in(cx, choice->title), choice->colour);
    }
    return value_list(items, count);
}

static Value variable_choices(Ctx *cx, const GraphField *field)
{
    if (!field->choice_count)
        return value_null();
    Value *items = NEW_ARRAY(cx->arena, Value, field->choice_count);
    for (size_t i = 0; i < field->choice_count; i++)
        items[i] = choice_value(
            cx, field->choices[i],
            graph_text(&field->choice_titles[i], cx->language, field->choices[i]), NULL);
    return value_list(items, field->choice_count);
}

static const char *access_word(FieldAccess access)
{
    static const char *const words[] = {
        [FIELD_READ] = "read", [FIELD_OPTIONAL] = "optional", [FIELD_REQUIRED] = "required"};
    return words[access];
}

static FALLIBLE references_value(Ctx *cx, Describer *describer, const Field *field, Value ids,
                                 Value *out)
{
    Value *items = NEW_ARRAY(cx->arena, Value, ids.list.count);
    for (size_t i = 0; i < ids.list.count; i++) {
        Id id = 0;
        id_parse(ids.list.items[i].text.bytes, &id);
        TRY(describe_subject(cx, describer, field->to, id, &items[i]));
    }
    *out = value_list(items, ids.list.count);
    return NULL;
}

static FALLIBLE reference_value(Ctx *cx, Describer *describer, const Field *field, Value value,
                                Value *out)
{
    *out = value_null();
    Id id;
    if (field->type == FIELD_MULTI_REFERENCE && value.kind == VALUE_LIST)
        return references_value(cx, describer, field, value, out);
    if (field->type != FIELD_REFERENCE || value.kind != VALUE_TEXT ||
        !id_parse(value.text.bytes, &id))
        return NULL;
    return describe_subject(cx, describer, field->to, id, out);
}

// The currency is a code, or stands in another field of the record.
static Value currency_value(const Field *field, Value values)
{
    if (!field->currency || !entity_field(field->entity, field->currency))
        return value_text(field->currency);
    return value_text(value_get_text(values, field->currency));
}

static FALLIBLE record_field_show(Ctx *cx, Describer *describer, const Field *field, Value shown,
                                  Value values)
{
    const Value *held = value_get(values, field->name);
    Value value = held ? *held : value_null();
    Value reference;
    TRY(reference_value(cx, describer, field, value, &reference));
    bool exact =
        field->type == FIELD_DECIMAL || field->type == FIELD_MONEY || field->type == FIELD_PERCENT;
    value_set(cx->arena, shown, "title", value_text(title_in(cx, field->title)));
    value_set(cx->arena, shown, "help",
              value_text(field->help.en ? title_in(cx, field->help) : NULL));
    value_set(cx->arena, shown, "type", value_text(field_type_word(field->type)));
    value_set(cx->arena, shown, "reference", reference);
    value_set(cx->arena, shown, "choices", record_choices(cx, field, value));
    value_set(cx->arena, shown, "to", value_text(field->to));
    value_set(cx->arena, shown, "scale", exact ? value_integer(field->scale) : value_null());
    value_set(cx->arena, shown, "currency", currency_value(field, values));
    value_set(cx->arena, shown, "length",
              field->length ? value_integer(field->length) : value_null());
    return NULL;
}

FALLIBLE form_show(Ctx *cx, const ProcessModel *model, const GraphNode *node, Value values,
                   Value variables, Value *out)
{
    size_t count = node->task ? node->task->field_count : 0;
    const Entity *entity =
        model->graph->entity ? schema_entity(cx->schema, model->graph->entity) : NULL;
    Describer *describer = describer_new(cx);
    Value *items = NEW_ARRAY(cx->arena, Value, count + 1);
    size_t shown = 0;
    for (size_t i = 0; i < count; i++) {
        const GraphField *form = &node->task->fields[i];
        const Field *field = form->type || !entity ? NULL : entity_field(entity, form->name);
        if (!form->type && !field)
            continue; // the pack has taken the field away since
        const Value *value = value_get(form->type ? variables : values, form->name);
        Value item = value_context(cx->arena);
        value_set(cx->arena, item, "name", value_text(form->name));
        if (field) {
            TRY(record_field_show(cx, describer, field, item, values));
        } else {
            value_set(cx->arena, item, "title",
                      value_text(graph_text(&form->titles, cx->language, form->name)));
            value_set(cx->arena, item, "type", value_text(form->type));
            value_set(cx->arena, item, "choices", variable_choices(cx, form));
        }
        value_set(cx->arena, item, "access", value_text(access_word(form->access)));
        value_set(cx->arena, item, "value", value ? *value : value_null());
        items[shown++] = item;
    }
    Value shape = value_context(cx->arena);
    value_set(cx->arena, shape, "fields", value_list(items, shown));
    *out = shape;
    return NULL;
}
