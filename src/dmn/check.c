// SPDX-License-Identifier: Apache-2.0
// Gaps, overlaps and rules that never fire, read off the grid: a walk over the columns that keeps
// the rules still possible, joining neighbouring cells that leave the same ones.
#include "dmn/grid.h"

#include <string.h>

#define CHECK_STEPS 400000

typedef ARRAY(DmnFinding) Findings;

typedef struct Walk {
    Ctx *cx;
    const Table *table;
    const Grid *grid;
    const char *element;
    Findings *findings;
    size_t start; // findings before this table
    long steps;
    size_t *first; // the cells chosen so far, by column
    size_t *last;
    uint64_t *fires;    // rules that fire somewhere
    uint64_t *overlaps; // pairs already told: by first rule
} Walk;

static char *describe(const Walk *walk, size_t columns)
{
    Buffer *out = buffer_new(walk->cx->arena);
    for (size_t i = 0; i < columns; i++) {
        const char *cell =
            grid_cell_text(walk->cx->arena, &walk->grid->columns[i], walk->first[i], walk->last[i]);
        if (strcmp(cell, "-") == 0)
            continue;
        buffer_format(out, "%s%s: %s", out->length ? ", " : "",
                      walk->table->inputs[i].text ? walk->table->inputs[i].text : "", cell);
    }
    return out->length ? out->bytes : "any input";
}

static void add(Walk *walk, DmnFindingKind kind, size_t rule, size_t other, const char *where)
{
    if (walk->findings->count - walk->start >= LIMIT_DMN_FINDINGS)
        return;
    array_push(walk->cx->arena, *walk->findings) =
        (DmnFinding){kind, walk->element, walk->table->line, rule, other, where};
}

static size_t next_rule(const Walk *walk, const uint64_t *rules, size_t from)
{
    for (size_t rule = from; rule < walk->table->rule_count; rule++)
        if (rules[rule / 64] >> (rule % 64) & 1)
            return rule;
    return SIZE_MAX;
}

static bool has_fallback(const Table *table)
{
    for (size_t i = 0; i < table->output_count; i++)
        if (table->outputs[i].fallback != NO_PART)
            return true;
    return false;
}

// The rules of a corner of the grid: none is a gap, several are an overlap where one must be.
static void judge(Walk *walk, const uint64_t *rules, size_t columns)
{
    size_t rule = next_rule(walk, rules, 0);
    if (rule == SIZE_MAX) {
        if (walk->table->policy < HIT_COLLECT && !has_fallback(walk->table))
            add(walk, DMN_GAP, 0, 0, describe(walk, columns));
        return;
    }
    size_t other = next_rule(walk, rules, rule + 1);
    if (walk->table->policy == HIT_FIRST) {
        walk->fires[rule / 64] |= 1ULL << (rule % 64);
        return;
    }
    for (size_t word = 0; word < walk->grid->words; word++)
        walk->fires[word] |= rules[word];
    if (walk->table->policy != HIT_UNIQUE || other == SIZE_MAX)
        return;
    if (walk->overlaps[rule / 64] >> (rule % 64) & 1)
        return;
    walk->overlaps[rule / 64] |= 1ULL << (rule % 64);
    add(walk, DMN_OVERLAP, rule + 1, other + 1, describe(walk, columns));
}

static bool any_rule(const Walk *walk, const uint64_t *rules)
{
    return next_rule(walk, rules, 0) != SIZE_MAX;
}

static void meet(const Walk *walk, const uint64_t *rules, const uint64_t *cell, uint64_t *out)
{
    for (size_t word = 0; word < walk->grid->words; word++)
        out[word] = rules[word] & cell[word];
}

static bool is_allowed(const GridColumn *column, size_t cell)
{
    // Between two neighbouring texts there is always another, but a cell that the input clause does
    // not allow need not be decided.
    if (column->kind == VALUE_BOOLEAN && cell % 2 == 0)
        return column->point_count == 1 && (cell == 0) == column->points[0].boolean;
    return !column->allowed || column->allowed[cell];
}

static void walk_column(Walk *walk, size_t index, const uint64_t *rules)
{
    if (index == walk->grid->column_count || !any_rule(walk, rules)) {
        judge(walk, rules, index);
        return;
    }
    const GridColumn *column = &walk->grid->columns[index];
    size_t words = walk->grid->words;
    size_t count = grid_cell_count(column);
    uint64_t *left = NEW_ARRAY(walk->cx->arena, uint64_t, words * 2);
    uint64_t *next = left + words;
    for (size_t cell = 0; cell < count; cell++) {
        if (!is_allowed(column, cell))
            continue;
        if (--walk->steps < 0)
            return;
        meet(walk, rules, column->cells + cell * words, left);
        walk->first[index] = cell;
        while (cell + 1 < count && is_allowed(column, cell + 1)) {
            meet(walk, rules, column->cells + (cell + 1) * words, next);
            if (memcmp(left, next, words * sizeof *left) != 0)
                break;
            cell++;
        }
        walk->last[index] = cell;
        walk_column(walk, index + 1, left);
    }
}

static void tell_unreachable(Walk *walk)
{
    for (size_t rule = 0; rule < walk->table->rule_count; rule++)
        if (!(walk->fires[rule / 64] >> (rule % 64) & 1))
            add(walk, DMN_UNREACHABLE, rule + 1, 0, NULL);
}

static void check_table(Ctx *cx, const NamedTable *named, Findings *findings)
{
    const Table *table = named->table;
    Walk walk = {.cx = cx,
                 .table = table,
                 .grid = table->grid,
                 .element = named->element,
                 .findings = findings,
                 .start = findings->count,
                 .steps = CHECK_STEPS};
    if (table->rule_count == 0)
        return;
    for (size_t i = 0; i < table->input_count; i++) {
        if (table->grid && table->grid->columns[i].indexed)
            continue;
        add(&walk, DMN_NOT_ANALYSED, 0, 0, table->inputs[i].text);
        return;
    }
    if (!table->grid)
        return; // a table without inputs
    size_t words = table->grid->words;
    uint64_t *all = NEW_ARRAY(cx->arena, uint64_t, words);
    memset(all, 0xFF, words * sizeof *all);
    walk.first = NEW_ARRAY(cx->arena, size_t, table->input_count);
    walk.last = NEW_ARRAY(cx->arena, size_t, table->input_count);
    walk.fires = NEW_ARRAY(cx->arena, uint64_t, words);
    walk.overlaps = NEW_ARRAY(cx->arena, uint64_t, words);
    walk_column(&walk, 0, all);
    if (walk.steps < 0)
        add(&walk, DMN_NOT_ANALYSED, 0, 0, "the table has too many combinations");
    else
        tell_unreachable(&walk);
}

FALLIBLE dmn_check(Ctx *cx, const Dmn *model, DmnFinding **findings, size_t *count)
{
    Findings found = {0};
    for (size_t i = 0; i < model->tables.count; i++)
        check_table(cx, &model->tables.items[i], &found);
    *findings = found.items;
    *count = found.count;
    return NULL;
}
