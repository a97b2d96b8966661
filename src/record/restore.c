// SPDX-License-Identifier: Apache-2.0
#include "record/restore.h"

#include "base/calendar.h"
#include "base/ids.h"
#include "base/json.h"
#include "base/limits.h"
#include "db/database.h"
#include "record/audit.h"
#include "record/audit_retention.h"
#include "record/field.h"
#include "record/labels.h"
#include "record/rights.h"
#include "record/row.h"

#include <string.h>

MIGRATION(record_0050_deleted, 20,
          "CREATE INDEX audit_deleted ON audit (entity, at, seq) WHERE action = 'delete'");

QUERY(restore_last_deletion, "SELECT before FROM audit WHERE record = $1 AND entity = $2"
                             " AND action = 'delete' ORDER BY at DESC, seq DESC LIMIT 1");

QUERY(restore_deletions, "SELECT record, at, actor, reason, before FROM audit WHERE entity = $1"
                         " AND at < $2 AND action = 'delete' ORDER BY at DESC, seq DESC LIMIT $3");

// ---- deleted records ------------------------------------------------------------------------

// The record as the audit wrote it, with those fields that the entity still has.
static FALLIBLE record_of_text(Ctx *cx, const Entity *entity, Id id, const char *text, Record **out)
{
    Value whole;
    Record *record = row_blank(cx, entity);
    TRY(json_parse(cx, text, strlen(text), &whole));
    for (size_t i = 0; i < entity->field_count; i++) {
        const Field *field = &entity->fields[i];
        const Value *value = value_get(whole, field->name);
        if (value)
            TRY(field_coerce(cx, field, *value, row_at(record, field)));
    }
    record->id = id;
    record->version = record_integer(record, "version");
    *out = record;
    return NULL;
}

// What people gave it; the rest follows or is kept by the gate. Nulls too, lest defaults fill them.
static Value given_fields(Ctx *cx, const Record *record)
{
    Value fields = value_context(cx->arena);
    for (size_t i = 0; i < record->entity->field_count; i++) {
        const Field *field = &record->entity->fields[i];
        if (field_is_given(field))
            value_set(cx->arena, fields, field->name, *row_at(record, field));
    }
    return fields;
}

static Error *not_deleted(Ctx *cx, const RestoreRequest *request)
{
    return FAIL(cx, ERR_NOT_FOUND, "there is no deleted %s %s", request->entity,
                id_text(cx->arena, request->id));
}

static FALLIBLE take_back(Ctx *cx, const Entity *entity, const RestoreRequest *request,
                          Record **out)
{
    Row *row;
    Record *deleted;
    bool covered = false;
    TRY(db_row(cx, &row, restore_last_deletion, request->id, entity->name));
    if (!row || !rights_on_some(cx->actor, entity, VERB_READ))
        return not_deleted(cx, request);
    TRY(record_of_text(cx, entity, request->id, row_text(row, "before"), &deleted));
    TRY(rights_cover(cx, deleted, VERB_READ, value_null(), &covered));
    if (!covered)
        return not_deleted(cx, request);
    GateRequest change = {.action = GATE_CREATE,
                          .entity = entity->name,
                          .id = request->id,
                          .changes = given_fields(cx, deleted),
                          .reason = request->reason,
                          .deleted = deleted};
    return gate_pass(cx, &change, out);
}

FALLIBLE records_deleted(Ctx *cx, const char *entity_name, Instant before, int limit, Deleted **out,
                         size_t *count, Instant *next)
{
    const Entity *entity;
    Rows rows;
    TRY(schema_find(cx, entity_name, &entity));
    TRY(rights_need(cx, entity, VERB_READ));
    TRY(db_rows(cx, &rows, restore_deletions, entity->name, before ? before : INT64_MAX, limit));
    Deleted *found = NEW_ARRAY(cx->arena, Deleted, rows.count);
    size_t kept = 0;
    for (size_t i = 0; i < rows.count; i++) {
        const Row *row = &rows.items[i];
        Id id = row_integer(row, "record");
        Record *record, *present;
        bool covered = false;
        *next = row_integer(row, "at");
        TRY(row_load(cx, entity, id, &present));
        if (present) // somebody took it back
            continue;
        TRY(record_of_text(cx, entity, id, row_text(row, "before"), &record));
        TRY(rights_cover(cx, record, VERB_READ, value_null(), &covered));
        if (!covered)
            continue;
        found[kept] = (Deleted){.at = *next,
                                .by = row_integer(row, "actor"),
                                .reason = row_text(row, "reason"),
                                .record = row_readable(cx, record)};
        TRY(record_label_of(cx, "user", found[kept].by, &found[kept].by_name));
        kept++;
    }
    if (rows.count < (size_t)limit)
        *next = 0;
    *out = found;
    *count = kept;
    return NULL;
}

// ---- values ---------------------------------------------------------------------------------

static Error *unknown_field(Ctx *cx, const Entity *entity, const char *name)
{
    return error_field(FAIL(cx, ERR_INVALID, "'%s' has no field '%s'", entity->name, name),
                       "fields");
}

// Of what the audit gives back, what is asked for.
static FALLIBLE choose(Ctx *cx, const Entity *entity, const RestoreRequest *request, Value before,
                       Value *out)
{
    *out = value_context(cx->arena);
    for (size_t i = 0; i < request->field_count; i++) {
        const char *name = request->fields[i];
        const Field *field = entity_field(entity, name);
        const Value *value = field ? value_get(before, field->name) : NULL;
        if (!field || !field_readable(cx->actor, field))
            return unknown_field(cx, entity, name);
        if (value)
            value_set(cx->arena, *out, field->name, *value);
    }
    for (size_t i = 0; !request->field_count && i < before.context->count; i++) {
        const ValueEntry *entry = &before.context->entries[i];
        if (field_readable(cx->actor, entity_field(entity, entry->key)))
            value_set(cx->arena, *out, entry->key, entry->value);
    }
    return NULL;
}

static FALLIBLE values_back(Ctx *cx, const Record *record, const RestoreRequest *request,
                            Record **out)
{
    Value before;
    Instant since;
    const Entity *entity = record->entity;
    const Field *made = entity_field(entity, "created_at");
    GateRequest change = {.action = GATE_CHANGE,
                          .entity = entity->name,
                          .id = record->id,
                          .version = request->version,
                          .reason = request->reason};
    if (request->before <= field_cell(cx, made, *row_at(record, made)).integer)
        return error_field(FAIL(cx, ERR_INVALID, "the record was not there yet"), "before");
    TRY(audit_whole_since(cx, entity, &since));
    if (request->before < since)
        return error_field(FAIL(cx, ERR_INVALID, "the history is kept since %s only",
                                instant_text(cx->arena, since)),
                           "before");
    TRY(audit_values_before(cx, entity, record->id, request->before, &before));
    TRY(choose(cx, entity, request, before, &change.changes));
    return gate_pass(cx, &change, out);
}

FALLIBLE record_restore(Ctx *cx, const RestoreRequest *request, Record **out)
{
    const Entity *entity;
    Record *record;
    bool covered = false;
    TRY(schema_find(cx, request->entity, &entity));
    TRY(row_load(cx, entity, request->id, &record));
    if (!record && !request->before)
        return take_back(cx, entity, request, out);
    if (record)
        TRY(rights_cover(cx, record, VERB_READ, value_null(), &covered));
    if (!covered)
        return FAIL(cx, ERR_NOT_FOUND, "there is no %s %s", entity->name,
                    id_text(cx->arena, request->id));
    if (!request->before)
        return error_hint(FAIL(cx, ERR_CONFLICT, "the record was not deleted"),
                          "Say before which instant its values are to be put back.");
    return values_back(cx, record, request, out);
}
