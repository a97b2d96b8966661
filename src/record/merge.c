// SPDX-License-Identifier: Apache-2.0
// The way there; merge_undo.c has the way back.
//
//     admitted -> asked of the governor -> references turned -> what stands beside moved
//              -> processes moved -> the loser deleted -> the winner's fields set -> kept
//
// The loser goes before the winner takes its values: what is unique they may not both have.
#include "record/merge.h"

#include "base/ids.h"
#include "record/field.h"
#include "record/gate_rules.h"
#include "record/links.h"
#include "record/merge_kept.h"
#include "record/merge_side.h"
#include "record/row.h"

#define REASON "merged"

typedef struct Merging {
    const MergeRequest *request;
    const Entity *entity;
    Record *winner; // complete, as they were
    Record *loser;
    MergeKept kept;
    ARRAY(TurnedReference) turned;
} Merging;

// ---- admission ------------------------------------------------------------------------------

static FALLIBLE check_version(Ctx *cx, const Record *record, int64_t seen)
{
    if (!seen || seen == record->version)
        return NULL;
    return error_hint(FAIL(cx, ERR_CONFLICT, "%s '%s' was changed by somebody else meanwhile",
                           record->entity->name, record_label(record)),
                      "Compare the two again.");
}

static FALLIBLE admit(Ctx *cx, Merging *merging)
{
    const MergeRequest *request = merging->request;
    const Governor *governor = gate_governor();
    TRY(schema_find(cx, request->entity, &merging->entity));
    if (!merging->entity->matching || text_equal(request->entity, "user"))
        return error_hint(FAIL(cx, ERR_INVALID, "records of '%s' are not merged", request->entity),
                          "Declare 'duplicates' in its pack.");
    if (request->winner == request->loser)
        return FAIL(cx, ERR_INVALID, "a record is always the same as itself");
    TRY(merge_admit(cx, merging->entity, request->winner, &merging->winner));
    TRY(merge_admit(cx, merging->entity, request->loser, &merging->loser));
    TRY(check_version(cx, merging->winner, request->winner_version));
    TRY(check_version(cx, merging->loser, request->loser_version));
    return governor && governor->merging ? governor->merging(cx, merging->loser) : NULL;
}

// ---- references -----------------------------------------------------------------------------

static bool leads_to(const Field *field, const Entity *entity)
{
    bool reference = field_refers(field) && field->target == entity;
    return (reference || field->names_record) && field->position != 0 && !field->computed &&
           (!field->system || text_equal(field->name, "owner"));
}

// What a field holds that leads to the record: its id, or the text that names it.
static Value way_to(Ctx *cx, const Field *field, const Record *record)
{
    const char *id = id_text(cx->arena, record->id);
    return value_text(
        field->names_record ? text_format(cx->arena, "%s/%s", record->entity->name, id) : id);
}

// A list with the winner in the loser's place, once, or without it.
static Value turned_list(Ctx *cx, Value list, Value loser, Value winner)
{
    Value *items = NEW_ARRAY(cx->arena, Value, list.list.count);
    size_t count = 0;
    for (size_t i = 0; i < list.list.count; i++) {
        bool known = false;
        Value item = value_equal(list.list.items[i], loser) ? winner : list.list.items[i];
        for (size_t k = 0; k < count && !known; k++)
            known = value_equal(items[k], item);
        if (!known && item.kind != VALUE_NULL)
            items[count++] = item;
    }
    return count ? value_list(items, count) : value_null();
}

// One that would lead from the winner to itself leads nowhere; the loser's own go with it.
static FALLIBLE turn_one(Ctx *cx, Merging *merging, const Field *field, Id id)
{
    bool same = field->entity == merging->entity;
    Record *record;
    if (same && id == merging->loser->id)
        return NULL;
    TRY(row_load(cx, field->entity, id, &record));
    Value loser = way_to(cx, field, merging->loser);
    Value winner =
        same && id == merging->winner->id ? value_null() : way_to(cx, field, merging->winner);
    TurnedReference turned = {field, id, *row_at(record, field), winner};
    if (turned.was.kind == VALUE_LIST)
        turned.is = turned_list(cx, turned.was, loser, winner);
    array_push(cx->arena, merging->turned) = turned;
    return merge_turn(cx, &turned, turned.is, REASON);
}

static FALLIBLE sources_of(Ctx *cx, const Field *field, const Record *loser, Rows *out)
{
    Cell cell = field_cell(cx, field, way_to(cx, field, loser));
    if (field->type == FIELD_MULTI_REFERENCE)
        return links_to(cx, field, loser->id, MERGE_REFERENCES + 1, out);
    return db_built_rows(cx, out,
                         text_format(cx->arena,
                                     "SELECT \"id\" FROM \"%s\" WHERE \"%s\" = $1 ORDER BY"
                                     " \"id\" LIMIT %d",
                                     field->entity->name, field->name, MERGE_REFERENCES + 1),
                         &cell, 1);
}

static FALLIBLE turn_field(Ctx *cx, Merging *merging, const Field *field)
{
    Rows rows;
    TRY(sources_of(cx, field, merging->loser, &rows));
    if (rows.count + merging->turned.count > MERGE_REFERENCES)
        return FAIL(cx, ERR_LIMIT, "more than %d records lead to '%s'", MERGE_REFERENCES,
                    record_label(merging->loser));
    for (size_t i = 0; i < rows.count; i++)
        TRY(turn_one(cx, merging, field, rows.items[i].cells[0].integer));
    return NULL;
}

static FALLIBLE turn_references(Ctx *cx, Merging *merging)
{
    const Schema *schema = cx->schema;
    for (size_t e = 0; e < schema->entity_count; e++)
        for (size_t i = 0; i < schema->entities[e]->field_count; i++)
            if (leads_to(&schema->entities[e]->fields[i], merging->entity))
                TRY(turn_field(cx, merging, &schema->entities[e]->fields[i]));
    return NULL;
}

// ---- the two records ------------------------------------------------------------------------

static FALLIBLE move_processes(Ctx *cx, Merging *merging)
{
    const Governor *governor = gate_governor();
    merging->kept.instances = value_list(NULL, 0);
    if (!governor || !governor->moved)
        return NULL;
    return governor->moved(cx, merging->entity, merging->loser->id, merging->winner->id,
                           value_null(), &merging->kept.instances);
}

static FALLIBLE delete_loser(Ctx *cx, const Merging *merging)
{
    const Actor *actor = cx->actor;
    Record *none;
    GateRequest request = {.action = GATE_DELETE,
                           .entity = merging->entity->name,
                           .id = merging->loser->id,
                           .reason = REASON};
    cx->actor = merge_actor(cx);
    Error *error = gate_pass(cx, &request, &none);
    cx->actor = actor;
    return error;
}

static bool names(Value value, Value id)
{
    for (size_t i = 0; value.kind == VALUE_LIST && i < value.list.count; i++)
        if (value_equal(value.list.items[i], id))
            return true;
    return value_equal(value, id);
}

// What leads from one of the two to the other would lead to itself.
static FALLIBLE taken_value(Ctx *cx, const Merging *merging, const char *name, const Field **field,
                            Value *out)
{
    *field = entity_field(merging->entity, name);
    if (!*field || !field_readable(cx->actor, *field))
        return error_field(
            FAIL(cx, ERR_INVALID, "'%s' has no field '%s'", merging->entity->name, name), "take");
    *out = *row_at(merging->loser, *field);
    if (field_refers(*field) && (*field)->target == merging->entity &&
        names(*out, value_text(id_text(cx->arena, merging->winner->id))))
        return error_field(FAIL(cx, ERR_INVALID, "'%s' would lead to the record itself", name),
                           "take");
    return NULL;
}

// The winner's value as it stands now: what led to the loser leads nowhere already.
static Value present_value(const Merging *merging, const Field *field)
{
    for (size_t i = 0; i < merging->turned.count; i++)
        if (merging->turned.items[i].record == merging->winner->id &&
            merging->turned.items[i].field == field)
            return merging->turned.items[i].is;
    return *row_at(merging->winner, field);
}

// By the actor's own rights: these are changes as any others.
static FALLIBLE set_winner(Ctx *cx, Merging *merging, Record **out)
{
    const MergeRequest *request = merging->request;
    GateRequest change = {.action = GATE_CHANGE,
                          .entity = merging->entity->name,
                          .id = merging->winner->id,
                          .changes = value_context(cx->arena),
                          .reason = REASON};
    merging->kept.before = value_context(cx->arena);
    for (size_t i = 0; i < request->take_count; i++) {
        const Field *field;
        Value value;
        TRY(taken_value(cx, merging, request->take[i], &field, &value));
        value_set(cx->arena, change.changes, field->name, value);
        value_set(cx->arena, merging->kept.before, field->name, present_value(merging, field));
    }
    merging->kept.after = change.changes;
    return gate_pass(cx, &change, out);
}

static FALLIBLE keep(Ctx *cx, Merging *merging)
{
    MergeKept *kept = &merging->kept;
    kept->id = id_new(cx);
    kept->entity = merging->entity;
    kept->winner = merging->winner->id;
    kept->loser = merging->loser->id;
    kept->lost = merging->loser;
    kept->references = merging->turned.items;
    kept->reference_count = merging->turned.count;
    return merge_keep(cx, kept);
}

FALLIBLE record_merge(Ctx *cx, const MergeRequest *request, Id *merge, Record **out)
{
    Merging merging = {.request = request};
    TRY(admit(cx, &merging));
    TRY(turn_references(cx, &merging));
    TRY(side_move(cx, merging.entity->name, request->loser, request->winner, &merging.kept.side));
    TRY(move_processes(cx, &merging));
    TRY(delete_loser(cx, &merging));
    TRY(set_winner(cx, &merging, out));
    TRY(keep(cx, &merging));
    *merge = merging.kept.id;
    return NULL;
}
