// SPDX-License-Identifier: Apache-2.0
// Gaps, overlaps and rules that never fire, read off the grid: a walk over the columns that keeps
// the rules still possible, joining neighbouring cells that leave the same ones.
#include "dmn/grid.h"

#include "base/messages.h"

#include <string.h>

#define CHECK_STEPS 400000

typedef struct Walk {
    Ctx *cx;
    const Table *table;
    const Grid *grid;
    const char *element;
    DmnFindings *findings;
    size_t start; // findings before this table
    long steps;
    size_t *first; // the cells chosen so far, by column
    size_t *last;
    uint64_t *fires;    // rules that fire somewhere
    uint64_t *overlaps; // pairs already told: by first rule
    size_t *ranks;      // of a rule's output among the output values, where literals tell it
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

// In the reader's language.
static const char *message_of(const Walk *walk, DmnFindingKind kind, size_t rule, size_t other,
                              const char *where)
{
    Arena *arena = walk->cx->arena;
    const char *language = walk->cx->language;
    switch (kind) {
    case DMN_GAP:
        return text_format(arena, message_in(language, "no rule speaks of %s"), where);
    case DMN_OVERLAP:
        return text_format(arena, message_in(language, "rules %zu and %zu both match %s"), rule,
                           other, where);
    case DMN_UNREACHABLE:
        return text_format(arena, message_in(language, "rule %zu can never fire"), rule);
    case DMN_NOT_ANALYSED:
        return text_format(arena, message_in(language, "the table cannot be analysed: %s"),
                           where ? where : "");
    default:
        return where;
    }
}

static void add(Walk *walk, DmnFindingKind kind, size_t rule, size_t other, const char *where)
{
    if (walk->findings->count - walk->start >= LIMIT_DMN_FINDINGS)
        return;
    array_push(walk->cx->arena, *walk->findings) =
        (DmnFinding){.kind = kind,
                     .element = walk->element,
                     .line = walk->table->line,
                     .rule = rule,
                     .other_rule = other,
                     .where = kind == DMN_POLICY ? NULL : where,
                     .message = message_of(walk, kind, rule, other, where)};
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

// Whether the outputs of two rules are surely not the same: literals that differ.
static bool outputs_differ(const Table *table, size_t rule, size_t other)
{
    for (size_t i = 0; i < table->output_count; i++) {
        size_t x = table->entries[rule * table->output_count + i];
        size_t y = table->entries[other * table->output_count + i];
        const Node *left = x == NO_PART ? NULL : table->parts->items[x];
        const Node *right = y == NO_PART ? NULL : table->parts->items[y];
        if (left && right && left->kind == NODE_CONSTANT && right->kind == NODE_CONSTANT &&
            !value_same(left->value, right->value))
            return true;
    }
    return false;
}

// The first pair that the policy forbids: under UNIQUE any, under ANY one with different outputs.
static void judge_overlaps(Walk *walk, const uint64_t *rules, size_t columns)
{
    bool any = walk->table->policy == HIT_ANY;
    if (walk->table->policy != HIT_UNIQUE && !any)
        return;
    for (size_t rule = next_rule(walk, rules, 0); rule != SIZE_MAX;
         rule = next_rule(walk, rules, rule + 1)) {
        if (walk->overlaps[rule / 64] >> (rule % 64) & 1)
            continue;
        size_t other = next_rule(walk, rules, rule + 1);
        while (any && other != SIZE_MAX && !outputs_differ(walk->table, rule, other)) {
            if (--walk->steps < 0)
                return;
            other = next_rule(walk, rules, other + 1);
        }
        if (other != SIZE_MAX) {
            walk->overlaps[rule / 64] |= 1ULL << (rule % 64);
            add(walk, DMN_OVERLAP, rule + 1, other + 1, describe(walk, columns));
        }
        if (!any)
            return;
    }
}

// The rule whose output stands first among the output values; SIZE_MAX when that is not told by
// literals alone.
static size_t best_rule(const Walk *walk, const uint64_t *rules)
{
    size_t best = SIZE_MAX, best_rank = SIZE_MAX;
    for (size_t rule = next_rule(walk, rules, 0); rule != SIZE_MAX;
         rule = next_rule(walk, rules, rule + 1)) {
        size_t rank = walk->ranks[rule];
        if (rank == SIZE_MAX)
            return SIZE_MAX;
        if (rank < best_rank) {
            best_rank = rank;
            best = rule;
        }
    }
    return best;
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
    if (walk->table->policy == HIT_PRIORITY)
        rule = best_rule(walk, rules);
    if (walk->table->policy == HIT_FIRST ||
        (walk->table->policy == HIT_PRIORITY && rule != SIZE_MAX)) {
        walk->fires[rule / 64] |= 1ULL << (rule % 64);
        return;
    }
    for (size_t word = 0; word < walk->grid->words; word++)
        walk->fires[word] |= rules[word];
    judge_overlaps(walk, rules, columns);
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

// A cell that the input clause does not allow need not be decided.
static bool is_allowed(const GridColumn *column, size_t cell)
{
    if (column->others && cell > 0 && cell % 2 == 0)
        return false;
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
        while (cell + 1 < count && !column->others && is_allowed(column, cell + 1)) {
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

// The place of an output of one literal among the output values.
static size_t rank_of(const Table *table, size_t rule)
{
    const TableOutput *output = &table->outputs[0];
    size_t part = table->entries[rule * table->output_count];
    if (table->output_count != 1 || part == NO_PART ||
        table->parts->items[part]->kind != NODE_CONSTANT)
        return SIZE_MAX;
    for (size_t i = 0; i < output->value_count; i++) {
        const Node *test = table->parts->items[output->values + i];
        if (test->kind != NODE_TESTS || test->negated || test->items.count != 1 ||
            test->items.items[0]->kind != NODE_CONSTANT)
            return SIZE_MAX;
        if (value_same(test->items.items[0]->value, table->parts->items[part]->value))
            return i;
    }
    return SIZE_MAX;
}

// What a hit policy needs beside its rules.
static void check_policy(Walk *walk)
{
    const Table *table = walk->table;
    const char *language = walk->cx->language;
    bool ordered = table->policy == HIT_PRIORITY || table->policy == HIT_OUTPUT_ORDER;
    bool values = false;
    for (size_t i = 0; i < table->output_count; i++)
        values |= table->outputs[i].value_count > 0;
    if (ordered && !values)
        add(walk, DMN_POLICY, 0, 0,
            message_in(language, "the hit policy follows output values, but the table has none"));
    if (table->policy == HIT_COLLECT && table->aggregation != AGGREGATE_NONE &&
        table->aggregation != AGGREGATE_COUNT && table->output_count > 1)
        add(walk, DMN_POLICY, 0, 0,
            message_in(language, "the results of several outputs cannot be aggregated"));
    if (table->policy != HIT_COLLECT && table->aggregation != AGGREGATE_NONE)
        add(walk, DMN_POLICY, 0, 0, message_in(language, "only the hit policy COLLECT aggregates"));
}

static bool is_analysable(Walk *walk)
{
    const Table *table = walk->table;
    for (size_t i = 0; i < table->input_count; i++) {
        if (table->grid && table->grid->columns[i].indexed)
            continue;
        add(walk, DMN_NOT_ANALYSED, 0, 0, table->inputs[i].text);
        return false;
    }
    return table->grid != NULL; // else a table without inputs
}

static void check_table(Ctx *cx, const NamedTable *named, DmnFindings *findings)
{
    const Table *table = named->table;
    Walk walk = {.cx = cx,
                 .table = table,
                 .grid = table->grid,
                 .element = named->element,
                 .findings = findings,
                 .start = findings->count,
                 .steps = CHECK_STEPS};
    check_policy(&walk);
    if (table->rule_count == 0 || !is_analysable(&walk))
        return;
    size_t words = table->grid->words;
    uint64_t *all = NEW_ARRAY(cx->arena, uint64_t, words);
    memset(all, 0xFF, words * sizeof *all);
    walk.first = NEW_ARRAY(cx->arena, size_t, table->input_count);
    walk.last = NEW_ARRAY(cx->arena, size_t, table->input_count);
    walk.fires = NEW_ARRAY(cx->arena, uint64_t, words);
    walk.overlaps = NEW_ARRAY(cx->arena, uint64_t, words);
    walk.ranks = NEW_ARRAY(cx->arena, size_t, table->rule_count);
    for (size_t i = 0; i < table->rule_count; i++)
        walk.ranks[i] = rank_of(table, i);
    walk_column(&walk, 0, all);
    if (walk.steps < 0)
        add(&walk, DMN_NOT_ANALYSED, 0, 0,
            message_in(cx->language, "the table has too many combinations"));
    else
        tell_unreachable(&walk);
}

FALLIBLE dmn_check(Ctx *cx, const Dmn *model, DmnFinding **findings, size_t *count)
{
    DmnFindings found = {0};
    type_check(cx, model, &found);
    for (size_t i = 0; i < model->tables.count; i++)
        check_table(cx, &model->tables.items[i], &found);
    *findings = found.items;
    *count = found.count;
    return NULL;
}

static Value finding_value(Arena *arena, const DmnFinding *finding, const char *kind)
{
    const struct {
        const char *name;
        int64_t number;
    } numbers[] = {{"rule", (int64_t)finding->rule}, {"otherRule", (int64_t)finding->other_rule}};
    Value value = value_context(arena);
    value_set(arena, value, "kind", value_text(kind));
    value_set(arena, value, "element", value_text(finding->element));
    value_set(arena, value, "line", value_integer(finding->line));
    if (finding->to > 0) {
        value_set(arena, value, "from", value_integer(finding->from));
        value_set(arena, value, "to", value_integer(finding->to));
    }
    value_set(arena, value, "message", value_text(finding->message));
    if (finding->hint)
        value_set(arena, value, "hint", value_text(finding->hint));
    for (size_t i = 0; i < 2; i++)
        if (numbers[i].number)
            value_set(arena, value, numbers[i].name, value_integer(numbers[i].number));
    if (finding->where)
        value_set(arena, value, "where", value_text(finding->where));
    return value;
}

FALLIBLE dmn_check_value(Ctx *cx, const Dmn *model, Value *out)
{
    static const char *const kinds[] = {"gap",          "overlap", "unreachable",
                                        "not analysed", "policy",  "type"};
    DmnFinding *findings;
    size_t count, problems = model->problems.count;
    TRY(dmn_check(cx, model, &findings, &count));
    Value *items = NEW_ARRAY(cx->arena, Value, problems + count);
    for (size_t i = 0; i < problems; i++) {
        const DmnProblem *problem = &model->problems.items[i];
        DmnFinding finding = {.element = problem->element,
                              .line = problem->line,
                              .message = problem->message,
                              .from = problem->from,
                              .to = problem->to};
        items[i] = finding_value(cx->arena, &finding, "problem");
    }
    for (size_t i = 0; i < count; i++)
        items[problems + i] = finding_value(cx->arena, &findings[i], kinds[findings[i].kind]);
    *out = value_list(items, problems + count);
    return NULL;
}
