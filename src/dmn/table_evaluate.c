// SPDX-License-Identifier: Apache-2.0
// Evaluates a decision table: inputs, rules that match, and what the hit policy makes of them.
#include "dmn/grid.h"
#include "dmn/table.h"
#include "dmn/trace.h"

#include <string.h>

typedef struct Run {
    Machine *machine;
    const Hook *hook;
    const Table *table;
    Value *slots;
    Value *inputs;
    size_t *hits; // rules that match, in their order
    size_t hit_count;
    size_t hit_room;
    size_t *order; // places among the hits, as their results stand after sorting
    bool refused;  // the hit policy forbids what has matched
} Run;

static Value part(const Run *run, size_t index)
{
    return index == NO_PART ? value_null()
                            : machine_part(run->machine, run->hook->parts[index], run->slots);
}

static bool holds(Value value)
{
    return value.kind == VALUE_BOOLEAN && value.boolean;
}

bool table_passes(Machine *machine, const Hook *hook, Value *slots, size_t part, Value input)
{
    if (part == NO_PART)
        return true;
    slots[hook->input_slot] = input;
    return holds(machine_part(machine, hook->parts[part], slots));
}

static bool passes(const Run *run, size_t index, Value input)
{
    return table_passes(run->machine, run->hook, run->slots, index, input);
}

// A value that its input clause does not allow is an error of the caller: no rule speaks of it.
static bool read_inputs(Run *run)
{
    const Table *table = run->table;
    run->inputs = NEW_ARRAY(run->machine->arena, Value, table->input_count);
    for (size_t i = 0; i < table->input_count; i++) {
        const TableInput *input = &table->inputs[i];
        Value value = part(run, input->expression);
        if (input->type && value.kind != VALUE_NULL) {
            value = feel_coerce(run->machine, value, input->type);
            if (value.kind == VALUE_NULL)
                return false;
        }
        run->inputs[i] = value;
        if (value.kind != VALUE_NULL && !passes(run, input->allowed, value)) {
            machine_diagnose(run->machine, "not-allowed", NULL,
                             "the input \"%s\" has a value that the table does not allow",
                             input->text ? input->text : "");
            return false;
        }
    }
    return true;
}

// `grid`: the rule is a candidate of the grid, only the tests outside of it are left.
static bool rule_matches(const Run *run, size_t rule, const Grid *grid)
{
    const size_t *tests = run->table->tests + rule * run->table->input_count;
    for (size_t i = 0; i < run->table->input_count; i++)
        if (!(grid && grid->columns[i].indexed) && !passes(run, tests[i], run->inputs[i]))
            return false;
    return true;
}

// Takes the rule when it matches; false once no other rule is asked for.
static bool try_rule(Run *run, size_t rule, const Grid *grid)
{
    if (!machine_spend(run->machine, 1))
        return false;
    if (!rule_matches(run, rule, grid))
        return true;
    run->hits = array_grow(run->machine->arena, run->hits, &run->hit_room, run->hit_count,
                           sizeof *run->hits);
    run->hits[run->hit_count++] = rule;
    const Evaluation *evaluation = run->machine->host;
    return run->table->policy != HIT_FIRST || (evaluation && evaluation->frame);
}

static void find_hits(Run *run)
{
    const Table *table = run->table;
    const Grid *grid = table->rule_count < GRID_LEAST_RULES ? NULL : table->grid;
    uint64_t *candidates = grid ? NEW_ARRAY(run->machine->arena, uint64_t, grid->words) : NULL;
    if (grid && !grid_candidates(grid, run->inputs, candidates))
        grid = NULL;
    if (!grid) {
        for (size_t i = 0; i < table->rule_count; i++)
            if (!try_rule(run, i, NULL))
                return;
        return;
    }
    for (size_t word = 0; word < grid->words; word++) {
        for (uint64_t bits = candidates[word]; bits; bits &= bits - 1) {
            size_t rule = word * 64 + (size_t)__builtin_ctzll(bits);
            if (rule >= table->rule_count || !try_rule(run, rule, grid))
                return;
        }
    }
}

static Value output_value(const Run *run, const TableOutput *output, size_t index)
{
    Value value = part(run, index);
    return output->type && value.kind != VALUE_NULL ? feel_coerce(run->machine, value, output->type)
                                                    : value;
}

static Value rule_output(const Run *run, size_t rule)
{
    const Table *table = run->table;
    const size_t *entries = table->entries + rule * table->output_count;
    if (table->output_count == 1)
        return output_value(run, &table->outputs[0], entries[0]);
    Value context = value_context(run->machine->arena);
    for (size_t i = 0; i < table->output_count; i++)
        value_set(run->machine->arena, context, table->outputs[i].name,
                  output_value(run, &table->outputs[i], entries[i]));
    return context;
}

static Value fallback(const Run *run)
{
    const Table *table = run->table;
    bool any = false;
    for (size_t i = 0; i < table->output_count; i++)
        any |= table->outputs[i].fallback != NO_PART;
    if (!any) {
        if (table->policy == HIT_COLLECT && table->aggregation == AGGREGATE_COUNT)
            return value_integer(0);
        if (table->policy >= HIT_COLLECT && table->aggregation == AGGREGATE_NONE)
            return value_list(NULL, 0);
        return machine_diagnose(run->machine, "no-rule", NULL, "no rule of the table matches");
    }
    if (table->output_count == 1)
        return output_value(run, &table->outputs[0], table->outputs[0].fallback);
    Value context = value_context(run->machine->arena);
    for (size_t i = 0; i < table->output_count; i++)
        value_set(run->machine->arena, context, table->outputs[i].name,
                  output_value(run, &table->outputs[i], table->outputs[i].fallback));
    return context;
}

static size_t rank(const Run *run, const TableOutput *output, Value value)
{
    size_t i = 0;
    while (i < output->value_count && !passes(run, output->values + i, value))
        i++;
    return i;
}

// Which of two results the output values put first, the leftmost output deciding before the others.
static int compare_priority(const Run *run, Value x, Value y)
{
    const Table *table = run->table;
    for (size_t i = 0; i < table->output_count; i++) {
        const TableOutput *output = &table->outputs[i];
        bool single = table->output_count == 1;
        size_t x_rank = rank(run, output, single ? x : *value_get(x, output->name));
        size_t y_rank = rank(run, output, single ? y : *value_get(y, output->name));
        if (x_rank != y_rank)
            return x_rank < y_rank ? -1 : 1;
    }
    return 0;
}

static void sort_by_priority(const Run *run, Value *results, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        Value moved = results[i];
        size_t at = i, place = run->order[i];
        if (!machine_spend(run->machine, (int64_t)i))
            return;
        while (at > 0 && compare_priority(run, moved, results[at - 1]) < 0) {
            results[at] = results[at - 1];
            run->order[at] = run->order[at - 1];
            at--;
        }
        results[at] = moved;
        run->order[at] = place;
    }
}

static Value aggregate(const Run *run, Value *results, size_t count)
{
    if (run->table->aggregation == AGGREGATE_COUNT)
        return value_integer((int64_t)count);
    Value total = results[0];
    for (size_t i = 1; i < count; i++) {
        int order = 0;
        if (run->table->aggregation == AGGREGATE_SUM) {
            total = operator_apply(run->machine, OP_ADD, total, results[i]);
        } else if (!value_order(results[i], total, &order)) {
            return machine_diagnose(run->machine, "type-mismatch", NULL,
                                    "the results of the rules have no order");
        } else if (run->table->aggregation == AGGREGATE_MIN ? order < 0 : order > 0) {
            total = results[i];
        }
    }
    return total;
}

static Value single_result(Run *run, Value *results)
{
    const Table *table = run->table;
    size_t count = run->hit_count;
    run->refused = table->policy == HIT_UNIQUE && count > 1;
    if (run->refused)
        return machine_diagnose(run->machine, "hit-policy", NULL,
                                "the table is unique, but rules %zu and %zu both match",
                                run->hits[0] + 1, run->hits[1] + 1);
    for (size_t i = 1; i < count && table->policy == HIT_ANY; i++) {
        run->refused = !value_same(results[i], results[0]);
        if (run->refused)
            return machine_diagnose(run->machine, "hit-policy", NULL,
                                    "rules %zu and %zu match with different results",
                                    run->hits[0] + 1, run->hits[i] + 1);
    }
    if (table->policy == HIT_PRIORITY)
        sort_by_priority(run, results, count);
    return results[0];
}

static Value decide(Run *run)
{
    const Table *table = run->table;
    if (run->hit_count == 0)
        return fallback(run);
    Value *results = NEW_ARRAY(run->machine->arena, Value, run->hit_count);
    run->order = NEW_ARRAY(run->machine->arena, size_t, run->hit_count);
    for (size_t i = 0; i < run->hit_count; i++) {
        results[i] = rule_output(run, run->hits[i]);
        run->order[i] = i;
    }
    if (table->policy < HIT_COLLECT)
        return single_result(run, results);
    if (table->policy == HIT_OUTPUT_ORDER)
        sort_by_priority(run, results, run->hit_count);
    if (table->policy == HIT_COLLECT && table->aggregation != AGGREGATE_NONE)
        return aggregate(run, results, run->hit_count);
    return value_list(results, run->hit_count);
}

// Which hits made the result: all, but of one result its own, and none when the policy forbids
// them.
static void write_trace(const Run *run, Evaluation *evaluation, Value result)
{
    size_t all = run->hit_count;
    bool one = run->table->policy < HIT_COLLECT;
    bool refused = run->refused;
    TableTrace trace = {.machine = run->machine,
                        .hook = run->hook,
                        .table = run->table,
                        .slots = run->slots,
                        .inputs = run->inputs,
                        .hits = run->hits,
                        .hit_count = all,
                        .fired = run->order,
                        .fired_count = refused          ? 0
                                       : one && all > 1 ? 1
                                                        : all,
                        .result = result,
                        .refused = refused};
    trace_table(evaluation, &trace);
}

Value table_evaluate(Machine *machine, const Hook *hook, Value *slots)
{
    Run run = {.machine = machine, .hook = hook, .table = hook->data, .slots = slots};
    if (!read_inputs(&run))
        return value_null();
    find_hits(&run);
    Value result = decide(&run);
    Evaluation *evaluation = machine->host;
    if (evaluation && evaluation->frame)
        write_trace(&run, evaluation, result);
    return result;
}
