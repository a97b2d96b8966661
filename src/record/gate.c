// SPDX-License-Identifier: Apache-2.0
// The gate: the one function through which every change of a record goes.
//
//     request -> rights (gate_pass) -> field rules (gate_rules.c) -> governor's check
//             -> written (write_*) -> audit and outbox -> governor's created / changed / deleted
//
// An error at any place rolls the unit of work back: nothing happened.
#include "record/gate_rules.h"

#include "base/ids.h"
#include "record/audit.h"
#include "record/beside.h"
#include "record/deletion.h"
#include "record/duplicate_keys.h"
#include "record/field.h"
#include "record/follow.h"
#include "record/links.h"
#include "record/number.h"
#include "record/revision.h"
#include "record/rights.h"
#include "record/rollup.h"
#include "record/row.h"
#include "record/search_index.h"
#include "record/share_query.h"

static const Governor *governs;

void gate_govern(const Governor *governor)
{
    governs = governor;
}

const Governor *gate_governor(void)
{
    return governs;
}

static Verb verb_of(GateAction action)
{
    static const Verb verbs[] = {VERB_CREATE, VERB_EDIT, VERB_DELETE};
    return verbs[action];
}

static Error *denied(Ctx *cx, const Entity *entity, Verb verb)
{
    return error_hint(
        FAIL(cx, ERR_DENIED, "you may not %s a record of '%s'", verb_word(verb), entity->name),
        "It needs the permission %s.%s.", entity->name, verb_word(verb));
}

static Error *version_conflict(Ctx *cx, const Passing *passing)
{
    Error *error = FAIL(cx, ERR_CONFLICT, "the record was changed by somebody else meanwhile");
    Value about = value_context(cx->arena);
    value_set(cx->arena, about, "your_version", value_integer(passing->request->version));
    value_set(cx->arena, about, "current_version", value_integer(passing->before->version));
    error->about = NEW(cx->arena, Value);
    *error->about = about;
    return error_hint(error, "Read it again and repeat the change.");
}

// What is there and may be seen, and whether this actor may do this to it.
static FALLIBLE admit(Ctx *cx, Passing *passing)
{
    const GateRequest *request = passing->request;
    const Entity *entity = passing->entity;
    Verb verb = verb_of(request->action);
    if (request->action == GATE_CREATE)
        return rights_on_some(cx->actor, entity, verb) ? NULL : denied(cx, entity, verb);

    Record *before = NULL;
    bool covered = false;
    TRY(row_load(cx, entity, request->id, &before));
    if (before)
        TRY(rights_cover(cx, before, VERB_READ, value_null(), &covered));
    if (!covered)
        return FAIL(cx, ERR_NOT_FOUND, "there is no %s %s", entity->name,
                    id_text(cx->arena, request->id));
    passing->before = before;
    TRY(rights_cover(cx, before, verb, value_null(), &covered));
    if (!covered)
        return denied(cx, entity, verb);
    if (request->version && request->version != before->version)
        return version_conflict(cx, passing);
    return NULL;
}

// Whether the record as it would stand is still within the right; what a step of a process makes of
// it is the process's matter.
static FALLIBLE admit_after(Ctx *cx, const Passing *passing)
{
    bool covered = true;
    Verb verb = verb_of(passing->request->action);
    bool imports =
        cx->actor->door == DOOR_IMPORT && rights_on_some(cx->actor, passing->entity, VERB_IMPORT);
    if (cx->step)
        return NULL;
    if (passing->before)
        TRY(rights_cover_change(cx, passing->before, passing->after, &covered));
    else
        TRY(rights_cover(cx, passing->after, verb, value_null(), &covered));
    if (covered && imports)
        TRY(rights_cover(cx, passing->after, verb = VERB_IMPORT, value_null(), &covered));
    return covered ? NULL : denied(cx, passing->entity, verb);
}

static FALLIBLE ask_governor(Ctx *cx, const Passing *passing)
{
    GateChange change = {.action = passing->request->action,
                         .entity = passing->entity,
                         .before = passing->before,
                         .after = passing->after,
                         .changed = passing->changed,
                         .reason = passing->request->reason};
    return governs && governs->check ? governs->check(cx, &change) : NULL;
}

static void set_system(Record *record, const char *name, Value value)
{
    const Field *field = entity_field(record->entity, name);
    Value *at = row_at(record, field);
    *at = value;
    if (field->position == 1)
        decimal_to_integer(value.number, &record->version);
}

static Value user_reference(Ctx *cx)
{
    return cx->actor->user ? value_text(id_text(cx->arena, cx->actor->user)) : value_null();
}

// What the system writes of a new record, or keeps of one that is taken back.
static void set_created(Ctx *cx, const GateRequest *request, Record *after)
{
    const Record *deleted = request->deleted;
    const Entity *entity = after->entity;
    after->id = deleted ? deleted->id : id_new(cx);
    set_system(after, "id", value_text(id_text(cx->arena, after->id)));
    set_system(after, "version", value_integer(deleted ? deleted->version + 1 : 1));
    set_system(after, "created_at",
               deleted ? *row_at(deleted, entity_field(entity, "created_at"))
                       : value_instant(cx->arena, cx->now));
    set_system(after, "created_by",
               deleted ? *row_at(deleted, entity_field(entity, "created_by")) : user_reference(cx));
}

static FALLIBLE write_created(Ctx *cx, Passing *passing)
{
    Record *after = passing->after;
    set_created(cx, passing->request, after);
    set_system(after, "modified_at", value_instant(cx->arena, cx->now));
    set_system(after, "modified_by", user_reference(cx));
    TRY(number_give(cx, after));
    TRY(rollups_begin(cx, after));
    TRY(rules_compute(cx, passing));
    const Entity *entity = passing->entity;
    Cell *cells = NEW_ARRAY(cx->arena, Cell, entity->field_count);
    size_t count = 0;
    for (size_t i = 0; i < entity->field_count; i++)
        if (!entity->fields[i].live)
            cells[count++] = field_cell(cx, &entity->fields[i], *row_at(after, &entity->fields[i]));
    return db_built_run(cx, NULL, passing->entity->queries->insert, cells, count);
}

static FALLIBLE write_changed(Ctx *cx, Passing *passing)
{
    const Entity *entity = passing->entity;
    Record *before = passing->before, *after = passing->after;
    set_system(after, "version", value_integer(before->version + 1));
    set_system(after, "modified_at", value_instant(cx->arena, cx->now));
    set_system(after, "modified_by", user_reference(cx));
    int *positions = NEW_ARRAY(cx->arena, int, entity->field_count);
    Cell *cells = NEW_ARRAY(cx->arena, Cell, entity->field_count + 2);
    size_t count = 0;
    for (size_t i = 0; i < entity->field_count; i++) {
        const Field *field = &entity->fields[i];
        if (field->live || value_equal(*row_at(before, field), *row_at(after, field)))
            continue;
        positions[count] = (int)i;
        cells[count++] = field_cell(cx, field, *row_at(after, field));
    }
    cells[count] = cell_integer(before->id);
    cells[count + 1] = cell_integer(before->version);
    int64_t changed = 0;
    TRY(db_built_run(cx, &changed, statement_update(cx->arena, entity, positions, count), cells,
                     count + 2));
    return changed == 1 ? NULL : version_conflict(cx, passing);
}

static FALLIBLE write_deleted(Ctx *cx, Passing *passing)
{
    Cell cells[] = {cell_integer(passing->before->id), cell_integer(passing->before->version)};
    int64_t changed = 0;
    TRY(deletion_unused(cx, passing->before));
    TRY(shares_forget(cx, passing->before));
    TRY(beside_deleted(cx, passing->before));
    TRY(db_built_run(cx, &changed, passing->entity->queries->remove, cells, 2));
    return changed == 1 ? NULL : version_conflict(cx, passing);
}

static FALLIBLE tell_governor(Ctx *cx, const Passing *passing)
{
    if (!governs)
        return NULL;
    switch (passing->request->action) {
    case GATE_CREATE:
        return governs->created && !passing->request->goes_on ? governs->created(cx, passing->after)
                                                              : NULL;
    case GATE_CHANGE:
        return governs->changed
                   ? governs->changed(cx, passing->before, passing->after, passing->changed)
                   : NULL;
    case GATE_DELETE:
        return governs->deleted ? governs->deleted(cx, passing->before) : NULL;
    }
    return NULL;
}

// Computed fields follow their sources into the audit.
static void note_computed(Ctx *cx, Passing *passing)
{
    const Entity *entity = passing->entity;
    for (size_t i = 0; passing->before && i < entity->field_count; i++) {
        const Field *field = &entity->fields[i];
        if (field->computed && !field->live &&
            !value_equal(*row_at(passing->before, field), *row_at(passing->after, field)))
            value_set(cx->arena, passing->audited, field->name, *row_at(passing->after, field));
    }
}

// An import changes many at once; whoever follows reads of it when it looks.
static FALLIBLE tell_followers(Ctx *cx, const Passing *passing)
{
    if (passing->request->action != GATE_CHANGE || cx->actor->door == DOOR_IMPORT)
        return NULL;
    return follow_changed(cx, passing->after, passing->audited);
}

static bool has_rollups(const Entity *entity)
{
    for (size_t i = 0; i < entity->field_count; i++)
        if (entity->fields[i].rollup)
            return true;
    return false;
}

// The governor may have changed the record further: a process that starts sets the first status.
// Most do not, and then what was written need not be read again.
static FALLIBLE as_it_stands(Ctx *cx, const Passing *passing, Record **out)
{
    Record *record = passing->after;
    Rows rows = {0};
    Cell id = cell_integer(record->id);
    bool may_differ = governs && (governs->created || governs->changed);
    bool rolled_up = may_differ && has_rollups(passing->entity); // which count no version
    if (may_differ && !rolled_up)
        TRY(db_built_rows(cx, &rows, passing->entity->queries->version, &id, 1));
    if (rolled_up ||
        (may_differ && (!rows.count || rows.items[0].cells[0].integer != record->version)))
        TRY(row_load(cx, passing->entity, record->id, &record));
    *out = record ? row_readable(cx, record) : NULL;
    return NULL;
}

FALLIBLE gate_pass(Ctx *cx, const GateRequest *request, Record **out)
{
    Passing passing = {.request = request};
    TRY(schema_find(cx, request->entity, &passing.entity));
    TRY(admit(cx, &passing));
    passing.changed = value_context(cx->arena);
    if (request->action != GATE_DELETE) {
        TRY(rules_apply(cx, &passing));
        if (passing.before && !passing.changed.context->count) { // nothing to do, nothing to refuse
            *out = row_readable(cx, passing.before);
            return NULL;
        }
        TRY(admit_after(cx, &passing));
        TRY(duplicate_refuse(cx, passing.before, passing.after));
    }
    TRY(ask_governor(cx, &passing));
    passing.audited = value_copy(cx->arena, passing.changed);
    switch (request->action) {
    case GATE_CREATE:
        TRY(write_created(cx, &passing));
        break;
    case GATE_CHANGE:
        TRY(write_changed(cx, &passing));
        note_computed(cx, &passing);
        break;
    case GATE_DELETE:
        TRY(write_deleted(cx, &passing));
        break;
    }
    TRY(links_write(cx, passing.before, passing.after));
    TRY(search_note(cx, passing.before, passing.after));
    TRY(duplicate_note(cx, passing.before, passing.after));
    TRY(audit_write(cx, request, passing.before, passing.after, passing.audited));
    TRY(tell_followers(cx, &passing));
    TRY(rollups_follow(cx, request, passing.before, passing.after));
    TRY(organisation_changed(cx, request->entity));
    TRY(tell_governor(cx, &passing));
    *out = NULL;
    return passing.after ? as_it_stands(cx, &passing, out) : NULL;
}
