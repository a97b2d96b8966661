// SPDX-License-Identifier: Apache-2.0
#include "record/rollup.h"

#include "db/database.h"
#include "record/audit.h"
#include "record/field.h"
#include "record/gate_rules.h"
#include "record/query.h"
#include "record/row.h"
#include "record/search_index.h"

#define FILL_PARENTS 500 // at once

MIGRATION(record_0031_rollup, 20,
          "CREATE TABLE schema_rollup (entity TEXT NOT NULL, field TEXT NOT NULL,"
          " definition TEXT NOT NULL, PRIMARY KEY (entity, field))");

QUERY(rollup_filled, "SELECT definition FROM schema_rollup WHERE entity = $1 AND field = $2");
QUERY(rollup_note, "INSERT INTO schema_rollup (entity, field, definition) VALUES ($1, $2, $3)"
                   " ON CONFLICT (entity, field) DO UPDATE SET definition = excluded.definition");

// What is asked of the children: how many there are, and what the function makes of them.
static const char *aggregates(Ctx *cx, const Rollup *rollup)
{
    const char *name = rollup->field ? rollup->field->name : NULL;
    switch (rollup->function) {
    case ROLLUP_COUNT:
        return "COUNT(*), 0";
    case ROLLUP_SUM:
    case ROLLUP_AVERAGE:
        return text_format(cx->arena, "COUNT(\"%s\"), CAST(SUM(\"%s\") AS BIGINT)", name, name);
    case ROLLUP_MINIMUM:
        return text_format(cx->arena, "COUNT(\"%s\"), MIN(\"%s\")", name, name);
    case ROLLUP_MAXIMUM:
        return text_format(cx->arena, "COUNT(\"%s\"), MAX(\"%s\")", name, name);
    }
    return NULL;
}

static FALLIBLE from_aggregates(Ctx *cx, const Field *field, const Cell *cells, Value *out)
{
    const Rollup *rollup = field->rollup;
    int64_t count = cells[0].integer;
    int scale = rollup->field ? rollup->field->scale : 0;
    Decimal number = decimal_scaled(cells[1].kind == CELL_NULL ? 0 : cells[1].integer, -scale);
    bool exact = rollup->function == ROLLUP_COUNT || rollup->function == ROLLUP_SUM;
    *out = value_null();
    if (rollup->function == ROLLUP_COUNT)
        number = decimal_from_integer(count);
    else if (!count && !exact)
        return NULL;
    else if (!exact && rollup->function != ROLLUP_AVERAGE) {
        TRY(field_value(cx, rollup->field, cells[1], out));
        if (out->kind != VALUE_NUMBER)
            return NULL;
        number = out->number;
    } else if (rollup->function == ROLLUP_AVERAGE)
        decimal_divide(number, decimal_from_integer(count), &number);
    if (!decimal_round(number, field->scale, ROUND_HALF_EVEN, &number))
        return error_field(FAIL(cx, ERR_INVALID, "'%s' is too large", field->name), field->name);
    return field_coerce(cx, field, value_number(number), out);
}

// The children that count, as the system sees them.
static FALLIBLE counted(Ctx *cx, const Rollup *rollup, Querying *querying)
{
    const Actor *actor = cx->actor;
    Error *error = NULL;
    cx->actor = actor_system();
    for (size_t i = 0; i < rollup->filter_count && !error; i++) {
        const DeclaredFilter *filter = &rollup->filters[i];
        ListFilter asked = {filter->field, filter->operator, filter->value };
        error = query_filter(cx, querying, &asked);
    }
    cx->actor = actor;
    return error;
}

static FALLIBLE compute(Ctx *cx, const Field *field, Id parent, Value *out)
{
    const ChildList *children = field->rollup->children;
    Rows rows;
    Querying querying = querying_new(cx, children->entity);
    query_condition(cx, &querying, "\"%s\" = $%zu", children->by->name,
                    query_parameter(cx, &querying, cell_integer(parent)));
    TRY(counted(cx, field->rollup, &querying));
    TRY(db_built_rows(cx, &rows,
                      text_format(cx->arena, "SELECT %s FROM \"%s\"%s",
                                  aggregates(cx, field->rollup), children->entity->name,
                                  query_where(cx, &querying)),
                      querying.cells, querying.count));
    return from_aggregates(cx, field, rows.items[0].cells, out);
}

FALLIBLE rollups_begin(Ctx *cx, Record *record)
{
    static const Cell none[2] = {{.kind = CELL_INTEGER}, {.kind = CELL_NULL}};
    const Entity *entity = record->entity;
    for (size_t i = 0; i < entity->field_count; i++)
        if (entity->fields[i].rollup)
            TRY(from_aggregates(cx, &entity->fields[i], none, row_at(record, &entity->fields[i])));
    return NULL;
}

// ---- what a child's change makes of its parents ---------------------------------------------

static bool differs(const Record *before, const Record *after, const Field *field)
{
    return field && !value_equal(*row_at(before, field), *row_at(after, field));
}

// Whether the change of a child that stays with its parent can change the roll-up.
static bool concerns(const Rollup *rollup, const Record *before, const Record *after)
{
    if (!before || !after || differs(before, after, rollup->children->by) ||
        differs(before, after, rollup->field))
        return true;
    for (size_t i = 0; i < rollup->filter_count; i++)
        if (differs(before, after, entity_field(before->entity, rollup->filters[i].field)))
            return true;
    return false;
}

static FALLIBLE follow(Ctx *cx, const GateRequest *request, const Record *before,
                       const Record *after, int depth);

static FALLIBLE write_parent(Ctx *cx, const Record *before, const Record *after, Value *changed)
{
    const Entity *entity = before->entity;
    int *positions = NEW_ARRAY(cx->arena, int, entity->field_count);
    Cell *cells = NEW_ARRAY(cx->arena, Cell, entity->field_count + 2);
    size_t count = 0;
    *changed = value_context(cx->arena);
    for (size_t i = 0; i < entity->field_count; i++) {
        const Field *field = &entity->fields[i];
        if (field->live || !differs(before, after, field))
            continue;
        positions[count] = (int)i;
        cells[count++] = field_cell(cx, field, *row_at(after, field));
        value_set(cx->arena, *changed, field->name, *row_at(after, field));
    }
    cells[count] = cell_integer(before->id);
    cells[count + 1] = cell_integer(before->version);
    if (!count)
        return NULL;
    return db_built_run(cx, NULL, statement_update(cx->arena, entity, positions, count), cells,
                        count + 2);
}

// All roll-ups of one parent that the change concerns, at once.
static FALLIBLE bring_up(Ctx *cx, const GateRequest *request, const Field *first,
                         const Record *child_before, const Record *child_after, Id id, int depth)
{
    const Entity *entity = first->entity;
    const Field *by = first->rollup->children->by;
    const Governor *governor = gate_governor();
    Record *before;
    Value changed;
    TRY(row_load(cx, entity, id, &before));
    if (!before)
        return NULL;
    Passing passing = {.request = request, .entity = entity, .before = before};
    passing.after = row_copy(cx, before);
    for (size_t i = 0; i < entity->field_count; i++) {
        const Field *field = &entity->fields[i];
        if (field->rollup && field->rollup->children->by == by &&
            concerns(field->rollup, child_before, child_after))
            TRY(compute(cx, field, id, row_at(passing.after, field)));
    }
    TRY(rules_compute(cx, &passing));
    TRY(write_parent(cx, before, passing.after, &changed));
    if (!changed.context->count)
        return NULL;
    TRY(search_note(cx, before, passing.after));
    TRY(audit_write(cx, request, before, passing.after, changed));
    TRY(follow(cx, request, before, passing.after, depth + 1));
    return governor && governor->changed ? governor->changed(cx, before, passing.after, changed)
                                         : NULL;
}

static FALLIBLE follow(Ctx *cx, const GateRequest *request, const Record *before,
                       const Record *after, int depth)
{
    const Entity *entity = (after ? after : before)->entity;
    for (size_t i = 0; i < entity->feed_count; i++) {
        const Field *field = entity->feeds[i], *by = field->rollup->children->by;
        bool done = false; // one field of each parent and reference stands for all
        for (size_t k = 0; k < i && !done; k++)
            done = entity->feeds[k]->entity == field->entity &&
                   entity->feeds[k]->rollup->children->by == by;
        Id was = before ? record_reference(before, by->name) : 0;
        Id is = after ? record_reference(after, by->name) : 0;
        if (done)
            continue;
        if (depth > ROLLUP_DEPTH)
            return error_hint(FAIL(cx, ERR_CONFLICT, "the roll-up '%s' of '%s' counts itself",
                                   field->name, field->entity->name),
                              "Do its records lead round in a circle?");
        if (was && was != is)
            TRY(bring_up(cx, request, field, before, after, was, depth));
        if (is)
            TRY(bring_up(cx, request, field, before, after, is, depth));
    }
    return NULL;
}

FALLIBLE rollups_follow(Ctx *cx, const GateRequest *request, const Record *before,
                        const Record *after)
{
    return follow(cx, request, before, after, 0);
}

// ---- filling --------------------------------------------------------------------------------

static FALLIBLE fill_one(Ctx *cx, const Field *field, Id id, const Cell *found)
{
    Value value;
    const char *name = field->entity->name;
    TRY(from_aggregates(cx, field, found, &value));
    Cell cells[] = {field_cell(cx, field, value), cell_integer(id)};
    return db_built_run(cx, NULL,
                        text_format(cx->arena, "UPDATE \"%s\" SET \"%s\" = $1 WHERE \"id\" = $2",
                                    name, field->name),
                        cells, 2);
}

// The parents behind *last, and what their children come to, in one question each.
static FALLIBLE fill_batch(Ctx *cx, const Field *field, Id *last, size_t *count)
{
    static const Cell none[2] = {{.kind = CELL_INTEGER}, {.kind = CELL_NULL}};
    const ChildList *children = field->rollup->children;
    Rows parents, sums;
    Cell after = cell_integer(*last);
    TRY(db_built_rows(cx, &parents,
                      text_format(cx->arena,
                                  "SELECT \"id\" FROM \"%s\" WHERE \"id\" > $1 ORDER BY \"id\""
                                  " LIMIT %d",
                                  field->entity->name, FILL_PARENTS),
                      &after, 1));
    *count = parents.count;
    if (!parents.count)
        return NULL;
    Id end = parents.items[parents.count - 1].cells[0].integer;
    Querying querying = querying_new(cx, children->entity);
    size_t low = query_parameter(cx, &querying, cell_integer(*last));
    size_t high = query_parameter(cx, &querying, cell_integer(end));
    query_condition(cx, &querying, "\"%s\" > $%zu AND \"%s\" <= $%zu", children->by->name, low,
                    children->by->name, high);
    TRY(counted(cx, field->rollup, &querying));
    TRY(db_built_rows(cx, &sums,
                      text_format(cx->arena,
                                  "SELECT \"%s\", %s FROM \"%s\"%s GROUP BY 1 ORDER BY 1",
                                  children->by->name, aggregates(cx, field->rollup),
                                  children->entity->name, query_where(cx, &querying)),
                      querying.cells, querying.count));
    for (size_t i = 0, at = 0; i < parents.count; i++) {
        Id id = parents.items[i].cells[0].integer;
        while (at < sums.count && sums.items[at].cells[0].integer < id)
            at++;
        bool found = at < sums.count && sums.items[at].cells[0].integer == id;
        TRY(fill_one(cx, field, id, found ? sums.items[at].cells + 1 : none));
    }
    *last = end;
    return NULL;
}

static FALLIBLE fill(Ctx *cx, const Field *field)
{
    Row *row;
    const char *definition = field->rollup->definition;
    TRY(db_row(cx, &row, rollup_filled, field->entity->name, field->name));
    if (row && text_equal(row_text(row, "definition"), definition))
        return NULL;
    Id last = 0;
    for (size_t count = 1; count;) {
        ArenaMark mark = arena_mark(cx->arena);
        TRY(fill_batch(cx, field, &last, &count));
        arena_rewind(cx->arena, mark);
    }
    return db_run(cx, NULL, rollup_note, field->entity->name, field->name, definition);
}

FALLIBLE rollups_fill(Ctx *cx, const Schema *schema)
{
    for (size_t e = 0; e < schema->entity_count; e++)
        for (size_t i = 0; i < schema->entities[e]->field_count; i++)
            if (schema->entities[e]->fields[i].rollup)
                TRY(fill(cx, &schema->entities[e]->fields[i]));
    return NULL;
}
