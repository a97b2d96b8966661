// SPDX-License-Identifier: Apache-2.0
#include "record/merge_kept.h"

#include "base/ids.h"
#include "base/json.h"
#include "db/database.h"
#include "record/field.h"
#include "record/labels.h"
#include "record/rights.h"
#include "record/row.h"

#include <string.h>

MIGRATION(record_0025_merge, 20,
          "CREATE TABLE record_merge (id BIGINT NOT NULL PRIMARY KEY, entity TEXT NOT NULL,"
          " winner BIGINT NOT NULL, loser BIGINT NOT NULL, label TEXT NOT NULL,"
          " lost TEXT NOT NULL, details TEXT NOT NULL, at BIGINT NOT NULL, actor BIGINT NOT NULL,"
          " undone_at BIGINT, undone_by BIGINT);\n"
          "CREATE INDEX record_merge_winner ON record_merge (entity, winner, id);\n"
          "CREATE INDEX record_merge_loser ON record_merge (entity, loser, id)");

QUERY(merge_insert,
      "INSERT INTO record_merge (id, entity, winner, loser, label, lost, details, at, actor)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)");
QUERY(merge_get, "SELECT entity, winner, loser, lost, details, undone_at FROM record_merge"
                 " WHERE id = $1");
QUERY(merge_undone, "UPDATE record_merge SET undone_at = $2, undone_by = $3 WHERE id = $1");
QUERY(merge_of_loser, "SELECT winner FROM record_merge WHERE entity = $1 AND loser = $2"
                      " AND undone_at IS NULL ORDER BY id DESC LIMIT 1");
QUERY(merges_of_winner,
      "SELECT id, loser, label, at, actor, undone_at FROM record_merge WHERE entity = $1"
      " AND winner = $2 ORDER BY id DESC LIMIT $3");

// ---- the loser, column by column --------------------------------------------------------------

static const char *lost_text(Ctx *cx, const Record *record)
{
    const Entity *entity = record->entity;
    Value columns = value_context(cx->arena);
    for (size_t i = 0; i < entity->field_count; i++) {
        const Field *field = &entity->fields[i];
        Cell cell = field_cell(cx, field, *row_at(record, field));
        if (cell.kind == CELL_INTEGER)
            value_set(cx->arena, columns, field->name, value_integer(cell.integer));
        else if (cell.kind == CELL_TEXT)
            value_set(cx->arena, columns, field->name,
                      value_text_of(cell.text.bytes, cell.text.length));
    }
    return json_text(cx->arena, columns);
}

// A field that has come since is empty; one that is gone is passed over.
static FALLIBLE read_lost(Ctx *cx, const Entity *entity, const char *text, Record **out)
{
    Value columns;
    Record *record = row_blank(cx, entity);
    TRY(json_parse(cx, text, strlen(text), &columns));
    for (size_t i = 0; i < entity->field_count; i++) {
        const Field *field = &entity->fields[i];
        const Value *column = value_get(columns, field->name);
        Cell cell = cell_null();
        int64_t integer;
        if (column && column->kind == VALUE_TEXT && field_in_text_column(field))
            cell = cell_text(column->text.bytes);
        else if (column && column->kind == VALUE_NUMBER && !field_in_text_column(field) &&
                 decimal_to_integer(column->number, &integer))
            cell = cell_integer(integer);
        TRY(field_value(cx, field, cell, row_at(record, field)));
        if (i == 0)
            record->id = cell.integer;
        else if (i == 1)
            record->version = cell.integer;
    }
    *out = record;
    return NULL;
}

// ---- the rest -------------------------------------------------------------------------------

static Value references_value(Ctx *cx, const MergeKept *kept)
{
    Value *items = NEW_ARRAY(cx->arena, Value, kept->reference_count);
    for (size_t i = 0; i < kept->reference_count; i++) {
        const TurnedReference *turned = &kept->references[i];
        items[i] = value_context(cx->arena);
        value_set(cx->arena, items[i], "entity", value_text(turned->field->entity->name));
        value_set(cx->arena, items[i], "field", value_text(turned->field->name));
        value_set(cx->arena, items[i], "record", value_text(id_text(cx->arena, turned->record)));
        value_set(cx->arena, items[i], "was", turned->was);
        value_set(cx->arena, items[i], "is", turned->is);
    }
    return value_list(items, kept->reference_count);
}

static FALLIBLE read_reference(Ctx *cx, Value item, TurnedReference *out)
{
    const char *name = value_get_text(item, "entity"), *field = value_get_text(item, "field");
    const Entity *entity = schema_entity(cx->schema, name);
    *out = (TurnedReference){.field = entity ? entity_field(entity, field) : NULL};
    if (!out->field || !id_parse(value_get_text(item, "record"), &out->record))
        return FAIL(cx, ERR_CONFLICT, "'%s' of '%s' is not there any more", field, name);
    TRY(field_coerce(cx, out->field, *value_get(item, "was"), &out->was));
    return field_coerce(cx, out->field, *value_get(item, "is"), &out->is);
}

static FALLIBLE read_references(Ctx *cx, Value list, MergeKept *out)
{
    out->reference_count = list.list.count;
    out->references = NEW_ARRAY(cx->arena, TurnedReference, list.list.count);
    for (size_t i = 0; i < list.list.count; i++)
        TRY(read_reference(cx, list.list.items[i], &out->references[i]));
    return NULL;
}

FALLIBLE merge_keep(Ctx *cx, const MergeKept *kept)
{
    Value details = value_context(cx->arena);
    value_set(cx->arena, details, "before", kept->before);
    value_set(cx->arena, details, "after", kept->after);
    value_set(cx->arena, details, "references", references_value(cx, kept));
    value_set(cx->arena, details, "side", kept->side);
    value_set(cx->arena, details, "instances", kept->instances);
    return db_run(cx, NULL, merge_insert, kept->id, kept->entity->name, kept->winner, kept->loser,
                  record_label(kept->lost), lost_text(cx, kept->lost),
                  json_text(cx->arena, details), cx->now, cx->actor->user);
}

// Values as JSON brings them, typed again by their fields.
static FALLIBLE typed(Ctx *cx, const Entity *entity, Value given, Value *out)
{
    *out = value_context(cx->arena);
    for (size_t i = 0; i < given.context->count; i++) {
        const ValueEntry *entry = &given.context->entries[i];
        const Field *field = entity_field(entity, entry->key);
        Value value;
        if (!field)
            return FAIL(cx, ERR_CONFLICT, "'%s' of '%s' is not there any more", entry->key,
                        entity->name);
        TRY(field_coerce(cx, field, entry->value, &value));
        value_set(cx->arena, *out, field->name, value);
    }
    return NULL;
}

FALLIBLE merge_kept(Ctx *cx, Id merge, MergeKept *out)
{
    Row *row;
    Value details;
    MergeKept kept = {.id = merge};
    TRY(db_row(cx, &row, merge_get, merge));
    kept.entity = row ? schema_entity(cx->schema, row_text(row, "entity")) : NULL;
    if (!kept.entity || !rights_on_some(cx->actor, kept.entity, VERB_READ))
        return FAIL(cx, ERR_NOT_FOUND, "there is no merge %s", id_text(cx->arena, merge));
    if (row_cell(row, "undone_at").kind != CELL_NULL)
        return FAIL(cx, ERR_CONFLICT, "the merge is undone already");
    const char *text = row_text(row, "details");
    kept.winner = row_integer(row, "winner");
    kept.loser = row_integer(row, "loser");
    TRY(json_parse(cx, text, strlen(text), &details));
    TRY(read_lost(cx, kept.entity, row_text(row, "lost"), &kept.lost));
    TRY(read_references(cx, *value_get(details, "references"), &kept));
    TRY(typed(cx, kept.entity, *value_get(details, "before"), &kept.before));
    TRY(typed(cx, kept.entity, *value_get(details, "after"), &kept.after));
    kept.side = *value_get(details, "side");
    kept.instances = *value_get(details, "instances");
    *out = kept;
    return NULL;
}

FALLIBLE merge_set_undone(Ctx *cx, Id merge)
{
    return db_run(cx, NULL, merge_undone, merge, cx->now, cx->actor->user);
}

// ---- what both ways do ----------------------------------------------------------------------

const Actor *merge_actor(Ctx *cx)
{
    Actor *actor = NEW(cx->arena, Actor);
    *actor = *actor_system();
    actor->user = cx->actor->user;
    actor->login = cx->actor->login;
    actor->name = cx->actor->name;
    actor->language = cx->actor->language;
    actor->department = cx->actor->department;
    actor->door = cx->actor->door;
    return actor;
}

FALLIBLE merge_turn(Ctx *cx, const TurnedReference *turned, Value to, const char *reason)
{
    const Actor *actor = cx->actor;
    Record *after;
    GateRequest request = {.action = GATE_CHANGE,
                           .entity = turned->field->entity->name,
                           .id = turned->record,
                           .changes = value_context(cx->arena),
                           .reason = reason};
    value_set(cx->arena, request.changes, turned->field->name, to);
    cx->actor = merge_actor(cx);
    Error *error = gate_pass(cx, &request, &after);
    cx->actor = actor;
    return error;
}

FALLIBLE merge_admit(Ctx *cx, const Entity *entity, Id id, Record **out)
{
    Record *readable;
    bool covered;
    TRY(record_get(cx, entity->name, id, &readable));
    TRY(row_load(cx, entity, id, out));
    TRY(rights_cover(cx, *out, VERB_EDIT, value_null(), &covered));
    return covered ? NULL : FAIL(cx, ERR_DENIED, "you may not edit this %s", entity->name);
}

// ---- asked by others ------------------------------------------------------------------------

#define MERGE_STEPS 32 // of one record through several merges

FALLIBLE merge_winner(Ctx *cx, const char *entity, Id loser, Id *out)
{
    Row *row;
    Id at = loser;
    *out = 0;
    for (int step = 0; step < MERGE_STEPS; step++) {
        TRY(db_row(cx, &row, merge_of_loser, entity, at));
        if (!row)
            return NULL;
        *out = at = row_integer(row, "winner");
    }
    return NULL;
}

FALLIBLE merge_losers(Ctx *cx, const char *entity, Id winner, Id *out, size_t room, size_t *count)
{
    *count = 0;
    for (size_t at = 0; at <= *count; at++) {
        Rows rows;
        TRY(db_rows(cx, &rows, merges_of_winner, entity, at ? out[at - 1] : winner, room));
        for (size_t i = 0; i < rows.count && *count < room; i++)
            if (row_cell(&rows.items[i], "undone_at").kind == CELL_NULL)
                out[(*count)++] = row_integer(&rows.items[i], "loser");
    }
    return NULL;
}

static FALLIBLE merge_value(Ctx *cx, const Row *row, Value *out)
{
    const char *name;
    Value actor = value_null();
    Id user = row_integer(row, "actor");
    if (user) {
        TRY(record_label_of(cx, "user", user, &name));
        actor = value_context(cx->arena);
        value_set(cx->arena, actor, "id", value_text(id_text(cx->arena, user)));
        value_set(cx->arena, actor, "name", value_text(name ? name : id_text(cx->arena, user)));
    }
    bool undone = row_cell(row, "undone_at").kind != CELL_NULL;
    *out = value_context(cx->arena);
    value_set(cx->arena, *out, "id", value_text(id_text(cx->arena, row_integer(row, "id"))));
    value_set(cx->arena, *out, "loser", value_text(id_text(cx->arena, row_integer(row, "loser"))));
    value_set(cx->arena, *out, "label", value_text(row_text(row, "label")));
    value_set(cx->arena, *out, "at", value_text(instant_text(cx->arena, row_integer(row, "at"))));
    value_set(cx->arena, *out, "actor", actor);
    value_set(cx->arena, *out, "undone_at",
              undone ? value_text(instant_text(cx->arena, row_integer(row, "undone_at")))
                     : value_null());
    return NULL;
}

FALLIBLE record_merges(Ctx *cx, const char *entity, Id id, Value *out)
{
    Record *record;
    Rows rows;
    TRY(record_get(cx, entity, id, &record));
    TRY(db_rows(cx, &rows, merges_of_winner, entity, id, MERGES_SHOWN));
    Value *items = NEW_ARRAY(cx->arena, Value, rows.count);
    for (size_t i = 0; i < rows.count; i++)
        TRY(merge_value(cx, &rows.items[i], &items[i]));
    *out = value_context(cx->arena);
    value_set(cx->arena, *out, "items", value_list(items, rows.count));
    return NULL;
}
