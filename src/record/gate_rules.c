// SPDX-License-Identifier: Apache-2.0
#include "record/gate_rules.h"

#include "base/ids.h"
#include "base/phone.h"
#include "record/field.h"
#include "record/live.h"
#include "record/rights.h"
#include "record/row.h"

#define REFUSE(code, ...) error_field(FAIL(cx, code, __VA_ARGS__), field->name)

static bool takes_numbers(const Ctx *cx, const Passing *passing)
{
    Door door = cx->actor->door;
    return passing->request->action == GATE_CREATE &&
           (passing->request->deleted || door == DOOR_IMPORT || door == DOOR_COMMAND ||
            door == DOOR_SYSTEM);
}

// Whether this field may be named in a change at all.
static FALLIBLE check_open(Ctx *cx, const Passing *passing, const char *name, const Field **out)
{
    const Field *field = entity_field(passing->entity, name);
    bool taken_back = passing->request->deleted != NULL; // its values are not the actor's choice
    if (!field || (!taken_back && !field_readable(cx->actor, field)))
        return error_field(
            FAIL(cx, ERR_INVALID, "'%s' has no field '%s'", passing->entity->name, name), name);
    if (!field_is_given(field))
        return field_is_computed(field)
                   ? REFUSE(ERR_INVALID, "'%s' is computed", name)
                   : REFUSE(ERR_INVALID, "'%s' is written by the system alone", name);
    if (field->number && !takes_numbers(cx, passing))
        return REFUSE(ERR_INVALID, "'%s' is given by the system", name);
    if (!taken_back && !field_editable(cx->actor, field))
        return REFUSE(ERR_DENIED, "you may not change '%s'", name);
    *out = field;
    return NULL;
}

// An empty record with its defaults.
static FALLIBLE start_record(Ctx *cx, Passing *passing)
{
    const Entity *entity = passing->entity;
    Record *record = row_blank(cx, entity);
    Value nothing = value_context(cx->arena);
    for (size_t i = 0; i < entity->field_count; i++) {
        const Field *field = &entity->fields[i];
        Value value;
        if (!field->default_value)
            continue;
        TRY(feel_evaluate(cx, field->default_value, nothing, NULL, &value));
        TRY(field_coerce(cx, field, value, row_at(record, field)));
    }
    if (cx->actor->user)
        *row_at(record, entity_field(entity, "owner")) =
            value_text(id_text(cx->arena, cx->actor->user));
    if (cx->actor->department)
        *row_at(record, entity_field(entity, "department")) = value_text(cx->actor->department);
    passing->after = record;
    return NULL;
}

// Whoever asks for a reason is told one; steps and imports are reasons themselves.
static FALLIBLE check_reason(Ctx *cx, const Passing *passing, const Field *field)
{
    Door door = cx->actor->door;
    const char *reason = passing->request->reason;
    bool asked = field->asks_reason && passing->before && !cx->step &&
                 (door == DOOR_API || door == DOOR_BULK || door == DOOR_COMMAND);
    if (!asked || (reason && *reason))
        return NULL;
    return error_hint(
        error_field(FAIL(cx, ERR_INVALID, "a change of '%s' needs a reason", field->name),
                    "reason"),
        "Say why; it stays in the record's history.");
}

// The record led to must be there, and readable, so that nobody feels their way by guessing ids.
static FALLIBLE check_reference(Ctx *cx, const Field *field, Value value)
{
    Id id = 0;
    if (!field->target || !id_parse(value.text.bytes, &id))
        return REFUSE(ERR_INVALID, "'%s' leads nowhere", field->name);
    bool reached = false;
    TRY(rights_reached(cx, field->target, id, &reached));
    if (!reached)
        return REFUSE(ERR_INVALID, "'%s' leads to a %s that is not there", field->name, field->to);
    return NULL;
}

static bool holds(Value list, Value item)
{
    for (size_t i = 0; list.kind == VALUE_LIST && i < list.list.count; i++)
        if (value_equal(list.list.items[i], item))
            return true;
    return false;
}

// Of several, only those that were not there before.
static FALLIBLE check_references(Ctx *cx, const Field *field, Value before, Value value)
{
    if (field->type == FIELD_REFERENCE && value.kind != VALUE_NULL)
        return check_reference(cx, field, value);
    if (field->type != FIELD_MULTI_REFERENCE || value.kind != VALUE_LIST)
        return NULL;
    for (size_t i = 0; i < value.list.count; i++)
        if (!holds(before, value.list.items[i]))
            TRY(check_reference(cx, field, value.list.items[i]));
    return NULL;
}

static FALLIBLE check_choice(Ctx *cx, const Field *field, Value value)
{
    const Choice *choice = field_choice(field, value.text.bytes);
    return choice && choice->inactive ? REFUSE(ERR_INVALID, "'%s' is no longer chosen for '%s'",
                                               value.text.bytes, field->name)
                                      : NULL;
}

// Of several, only those that were not there before.
static FALLIBLE check_choices(Ctx *cx, const Field *field, Value before, Value value)
{
    if (field->type == FIELD_CHOICE && value.kind != VALUE_NULL)
        return check_choice(cx, field, value);
    if (field->type != FIELD_MULTI_CHOICE || value.kind != VALUE_LIST)
        return NULL;
    for (size_t i = 0; i < value.list.count; i++)
        if (!holds(before, value.list.items[i]))
            TRY(check_choice(cx, field, value.list.items[i]));
    return NULL;
}

static FALLIBLE check_named(Ctx *cx, const Field *field, Value value)
{
    const Entity *entity;
    Id id;
    bool reached = false;
    if (record_name_read(cx->schema, value.text.bytes, &entity, &id))
        TRY(rights_reached(cx, entity, id, &reached));
    return reached ? NULL
                   : REFUSE(ERR_INVALID, "'%s': there is no %s", field->name, value.text.bytes);
}

static FALLIBLE check_department(Ctx *cx, const Field *field, Value value)
{
    const Entity *department = schema_entity(cx->schema, "department");
    const Field *key = department ? entity_field(department, "key") : NULL;
    if (!key)
        return NULL;
    Rows rows;
    Cell cell = field_cell(cx, key, value);
    TRY(db_built_rows(cx, &rows, "SELECT 1 FROM \"department\" WHERE \"key\" = $1", &cell, 1));
    return rows.count ? NULL : REFUSE(ERR_INVALID, "there is no department '%s'", value.text.bytes);
}

static FALLIBLE check_unique(Ctx *cx, const Passing *passing, const Field *field, Value value)
{
    Rows rows;
    Cell cell = field_cell(cx, field, value);
    const char *sql = text_format(cx->arena, "SELECT \"id\" FROM \"%s\" WHERE \"%s\" = $1",
                                  passing->entity->name, field->name);
    TRY(db_built_rows(cx, &rows, sql, &cell, 1));
    if (rows.count && rows.items[0].cells[0].integer != passing->request->id)
        return REFUSE(ERR_CONFLICT, "another %s has this '%s' already", passing->entity->name,
                      field->name);
    return NULL;
}

// Where all of them have a value.
static FALLIBLE check_together(Ctx *cx, const Passing *passing, const UniqueGroup *group)
{
    Buffer *sql = buffer_new(cx->arena);
    Cell *cells = NEW_ARRAY(cx->arena, Cell, group->count);
    bool touched = false;
    buffer_format(sql, "SELECT \"id\" FROM \"%s\" WHERE ", passing->entity->name);
    for (size_t i = 0; i < group->count; i++) {
        const Field *field = group->fields[i];
        Value value = *row_at(passing->after, field);
        if (value.kind == VALUE_NULL)
            return NULL;
        touched |= !passing->before || !value_equal(*row_at(passing->before, field), value);
        cells[i] = field_cell(cx, field, value);
        buffer_format(sql, "%s\"%s\" = $%zu", i ? " AND " : "", field->name, i + 1);
    }
    Rows rows = {0};
    if (touched)
        TRY(db_built_rows(cx, &rows, sql->bytes, cells, group->count));
    if (!rows.count || rows.items[0].cells[0].integer == passing->request->id)
        return NULL;
    const char *message = group->message.en ? title_in(cx, group->message) : NULL;
    Error *error = message ? FAIL(cx, ERR_CONFLICT, "%s", message)
                           : FAIL(cx, ERR_CONFLICT, "another %s has the same '%s' already",
                                  passing->entity->name, group->name);
    return error_field(error, group->fields[0]->name);
}

static FALLIBLE check_groups(Ctx *cx, const Passing *passing)
{
    for (size_t i = 0; i < passing->entity->unique_count; i++)
        TRY(check_together(cx, passing, &passing->entity->uniques[i]));
    return NULL;
}

// A number is dialled where its record is, if that says so.
static FALLIBLE coerce_change(Ctx *cx, const Passing *passing, const Field *field, Value given,
                              Value *out)
{
    const Field *country = field->type == FIELD_PHONE && field->country
                               ? entity_field(passing->entity, field->country)
                               : NULL;
    const Value *changed = country ? value_get(passing->request->changes, country->name) : NULL;
    Value region = !country ? value_null() : changed ? *changed : *row_at(passing->after, country);
    return region.kind == VALUE_TEXT && phone_region_known(region.text.bytes)
               ? field_coerce_phone(cx, field, given, region.text.bytes, out)
               : field_coerce(cx, field, given, out);
}

static FALLIBLE take_changes(Ctx *cx, Passing *passing)
{
    Value changes = passing->request->changes;
    if (changes.kind != VALUE_CONTEXT)
        return FAIL(cx, ERR_INVALID, "the fields of a record are an object");
    for (size_t i = 0; i < changes.context->count; i++) {
        const ValueEntry *entry = &changes.context->entries[i];
        const Field *field = NULL;
        Value value;
        TRY(check_open(cx, passing, entry->key, &field));
        TRY(coerce_change(cx, passing, field, entry->value, &value));
        if (value_equal(*row_at(passing->after, field), value))
            continue;
        TRY(check_reason(cx, passing, field));
        TRY(check_choices(cx, field, *row_at(passing->after, field), value));
        TRY(check_references(cx, field, *row_at(passing->after, field), value));
        if (value.kind != VALUE_NULL && field->names_record)
            TRY(check_named(cx, field, value));
        if (value.kind != VALUE_NULL && text_equal(field->name, "department") && field->system)
            TRY(check_department(cx, field, value));
        if (value.kind != VALUE_NULL && field->unique)
            TRY(check_unique(cx, passing, field, value));
        *row_at(passing->after, field) = value;
        value_set(cx->arena, passing->changed, field->name, value);
    }
    return NULL;
}

FALLIBLE rules_compute(Ctx *cx, Passing *passing)
{
    const Entity *entity = passing->entity;
    for (size_t i = 0; i < entity->field_count; i++) {
        const Field *field = &entity->fields[i];
        if (!field->computed)
            continue;
        TRY(computed_value(cx, field, passing->after->fields, row_at(passing->after, field)));
    }
    return NULL;
}

// Only what this change touches is asked for: a rule that came later does not lock old records.
static FALLIBLE check_required(Ctx *cx, const Passing *passing)
{
    const Entity *entity = passing->entity;
    for (size_t i = 0; i < entity->field_count; i++) {
        const Field *field = &entity->fields[i];
        if (!field->required || row_at(passing->after, field)->kind != VALUE_NULL)
            continue;
        if (!passing->before || value_get(passing->changed, field->name))
            return REFUSE(ERR_INVALID, "'%s' is needed", field->name);
    }
    return NULL;
}

static FALLIBLE check_validations(Ctx *cx, const Passing *passing)
{
    const Entity *entity = passing->entity;
    for (size_t i = 0; i < entity->field_count; i++) {
        const Field *field = &entity->fields[i];
        Value holds;
        if (!field->validate || row_at(passing->after, field)->kind == VALUE_NULL)
            continue;
        TRY(feel_evaluate(cx, field->validate, passing->after->fields, NULL, &holds));
        if (holds.kind == VALUE_BOOLEAN && holds.boolean)
            continue;
        const char *message = title_in(cx, field->message);
        return message ? REFUSE(ERR_INVALID, "%s", message)
                       : REFUSE(ERR_INVALID, "'%s' must hold: %s", field->name,
                                feel_source(field->validate));
    }
    return NULL;
}

FALLIBLE rules_apply(Ctx *cx, Passing *passing)
{
    if (passing->before)
        passing->after = row_copy(cx, passing->before);
    else
        TRY(start_record(cx, passing));
    TRY(take_changes(cx, passing));
    TRY(rules_compute(cx, passing));
    TRY(check_required(cx, passing));
    TRY(check_groups(cx, passing));
    return check_validations(cx, passing);
}
