// SPDX-License-Identifier: Apache-2.0
// The way back of a merge: each step of merge.c undone, the last one first. What contradicts is
// found before anything is changed.
#include "base/ids.h"
#include "record/field.h"
#include "record/gate_rules.h"
#include "record/merge_kept.h"
#include "record/merge_side.h"
#include "record/row.h"

#define REASON "merge undone"

static FALLIBLE check_winner(Ctx *cx, const MergeKept *kept, Record **out)
{
    Id into;
    TRY(merge_winner(cx, kept->entity->name, kept->winner, &into));
    TRY(row_load(cx, kept->entity, kept->winner, out));
    if (!*out && into)
        return error_hint(FAIL(cx, ERR_CONFLICT, "the record was merged into another one since"),
                          "Undo that merge first.");
    TRY(merge_admit(cx, kept->entity, kept->winner, out));
    for (size_t i = 0; i < kept->after.context->count; i++) {
        const ValueEntry *entry = &kept->after.context->entries[i];
        const Field *field = entity_field(kept->entity, entry->key);
        if (!value_equal(*row_at(*out, field), entry->value))
            return error_hint(error_field(FAIL(cx, ERR_CONFLICT, "'%s' was changed since the merge",
                                               title_in(cx, field->title)),
                                          field->name),
                              "Set it to what the merge gave it, or leave the merge as it is.");
    }
    return NULL;
}

static FALLIBLE check_reference(Ctx *cx, const MergeKept *kept, const TurnedReference *turned)
{
    Record *record;
    const Entity *entity = turned->field->entity;
    if (turned->record == kept->winner && entity == kept->entity &&
        value_get(kept->after, turned->field->name)) // looked at with the winner
        return NULL;
    TRY(row_load(cx, entity, turned->record, &record));
    if (!record)
        return FAIL(cx, ERR_CONFLICT, "a %s that led to the record is not there any more",
                    title_in(cx, entity->title));
    if (value_equal(*row_at(record, turned->field), turned->is))
        return NULL;
    Error *error =
        FAIL(cx, ERR_CONFLICT, "'%s' of %s '%s' was changed since the merge",
             title_in(cx, turned->field->title), title_in(cx, entity->title), record_label(record));
    Value *about = NEW(cx->arena, Value), reference = value_context(cx->arena);
    value_set(cx->arena, reference, "entity", value_text(entity->name));
    value_set(cx->arena, reference, "id", value_text(id_text(cx->arena, record->id)));
    *about = value_context(cx->arena);
    value_set(cx->arena, *about, "changed", reference);
    error->about = about;
    return error;
}

static FALLIBLE set_back(Ctx *cx, const MergeKept *kept)
{
    Record *record;
    GateRequest request = {.action = GATE_CHANGE,
                           .entity = kept->entity->name,
                           .id = kept->winner,
                           .changes = kept->before,
                           .reason = REASON};
    return gate_pass(cx, &request, &record);
}

static FALLIBLE bring_back(Ctx *cx, const MergeKept *kept, Record **out)
{
    const Actor *actor = cx->actor;
    GateRequest request = {.action = GATE_CREATE,
                           .entity = kept->entity->name,
                           .id = kept->loser,
                           .changes = value_context(cx->arena),
                           .deleted = kept->lost,
                           .goes_on = true,
                           .reason = REASON};
    for (size_t i = 0; i < kept->entity->field_count; i++) {
        const Field *field = &kept->entity->fields[i];
        if (field_is_given(field))
            value_set(cx->arena, request.changes, field->name, *row_at(kept->lost, field));
    }
    cx->actor = merge_actor(cx);
    Error *error = gate_pass(cx, &request, out);
    cx->actor = actor;
    return error;
}

FALLIBLE record_merge_undo(Ctx *cx, Id merge, Record **out)
{
    MergeKept kept;
    Record *winner;
    const Governor *governor = gate_governor();
    TRY(merge_kept(cx, merge, &kept));
    TRY(check_winner(cx, &kept, &winner));
    for (size_t i = 0; i < kept.reference_count; i++)
        TRY(check_reference(cx, &kept, &kept.references[i]));
    TRY(set_back(cx, &kept));
    TRY(bring_back(cx, &kept, out));
    if (governor && governor->moved)
        TRY(governor->moved(cx, kept.entity, kept.winner, kept.loser, kept.instances,
                            &kept.instances));
    TRY(side_return(cx, kept.entity->name, kept.loser, kept.winner, kept.side));
    for (size_t i = 0; i < kept.reference_count; i++)
        TRY(merge_turn(cx, &kept.references[i], kept.references[i].was, REASON));
    TRY(merge_set_undone(cx, merge));
    return record_get(cx, kept.entity->name, kept.loser, out);
}
