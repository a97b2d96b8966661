// SPDX-License-Identifier: Apache-2.0
#include "dmn/trace.h"

#include "base/messages.h"

#include <string.h>

static TraceFrame *frame_new(Evaluation *evaluation)
{
    Arena *arena = evaluation->machine.arena;
    TraceFrame *frame = NEW(arena, TraceFrame);
    frame->value = value_context(arena);
    frame->outer = evaluation->frame;
    frame->home = frame;
    evaluation->frame = frame;
    return frame;
}

void trace_begin(Evaluation *evaluation)
{
    evaluation->frames_left = NEW(evaluation->machine.arena, size_t);
    *evaluation->frames_left = LIMIT_TRACE_FRAMES;
    frame_new(evaluation);
}

TraceFrame *trace_open(Evaluation *evaluation, TraceKind kind, const char *name)
{
    static const char *const words[] = {"decision", "knowledge", "service", "table"};
    Arena *arena = evaluation->machine.arena;
    TraceFrame *outer = evaluation->frame;
    if (!outer)
        return NULL;
    if (*evaluation->frames_left == 0 ||
        (kind != TRACE_DECISION && outer->depth == LIMIT_TRACE_DEPTH)) {
        value_set(arena, outer->value, "leftOut", value_boolean(true));
        return NULL;
    }
    --*evaluation->frames_left;
    TraceFrame *frame = frame_new(evaluation);
    frame->depth = outer->depth + (kind != TRACE_DECISION);
    if (kind != TRACE_SERVICE && outer->outer)
        frame->home = outer->home;
    value_set(arena, frame->value, words[kind], value_text(name));
    return frame;
}

void trace_close(Evaluation *evaluation, TraceFrame *frame, Value result)
{
    Arena *arena = evaluation->machine.arena;
    if (!frame)
        return;
    TraceFrame *outer = evaluation->frame = frame->outer;
    value_set(arena, frame->value, "result", result);
    if (frame->required.count)
        value_set(arena, frame->value, "required",
                  value_list(frame->required.items, frame->required.count));
    if (frame->calls.count)
        value_set(arena, frame->value, "calls", value_list(frame->calls.items, frame->calls.count));
    if (value_get(frame->value, "decision"))
        array_push(arena, outer->home->required) = frame->value;
    else
        array_push(arena, outer->calls) = frame->value;
}

void trace_inputs(const Evaluation *evaluation, TraceFrame *frame, Value scope)
{
    Arena *arena = evaluation->machine.arena;
    if (!frame || value_get(frame->value, "inputs"))
        return;
    Value inputs = value_context(arena);
    for (size_t i = 0; scope.kind == VALUE_CONTEXT && i < scope.context->count; i++)
        if (scope.context->entries[i].value.kind != VALUE_FUNCTION)
            value_set(arena, inputs, scope.context->entries[i].key,
                      scope.context->entries[i].value);
    value_set(arena, frame->value, "inputs", inputs);
}

static Value table_inputs(const TableTrace *trace)
{
    Arena *arena = trace->machine->arena;
    Value context = value_context(arena);
    for (size_t i = 0; i < trace->table->input_count; i++) {
        const char *text = trace->table->inputs[i].text;
        value_set(arena, context, text ? text : "", trace->inputs[i]);
    }
    return context;
}

static Value rule_entry(const TableTrace *trace, size_t rule, size_t column, bool matched)
{
    Arena *arena = trace->machine->arena;
    size_t test = trace->table->tests[rule * trace->table->input_count + column];
    Value entry = value_context(arena);
    value_set(arena, entry, "test",
              value_text(test == NO_PART ? "-" : trace->hook->parts[test]->source));
    value_set(arena, entry, "met",
              value_boolean(matched || table_passes(trace->machine, trace->hook, trace->slots, test,
                                                    trace->inputs[column])));
    return entry;
}

static Value rule_trace(const TableTrace *trace, size_t rule, bool matched)
{
    Arena *arena = trace->machine->arena;
    size_t count = trace->table->input_count;
    Value context = value_context(arena);
    Value *entries = NEW_ARRAY(arena, Value, count);
    for (size_t i = 0; i < count; i++)
        entries[i] = rule_entry(trace, rule, i, matched);
    value_set(arena, context, "rule", value_integer((int64_t)rule + 1));
    value_set(arena, context, "matched", value_boolean(matched));
    value_set(arena, context, "entries", value_list(entries, count));
    return context;
}

static void add_rules(const TableTrace *trace, Value into)
{
    Arena *arena = trace->machine->arena;
    size_t count = trace->table->rule_count, hit = 0, shown = 0;
    bool all = count <= LIMIT_TRACE_RULES;
    Value *rules = NEW_ARRAY(arena, Value, all ? count : trace->hit_count);
    // What the rules that do not match find strange has nothing to do with the result.
    FeelDiagnostics *diagnostics = trace->machine->diagnostics;
    trace->machine->diagnostics = NULL;
    for (size_t i = 0; i < count && (all || hit < trace->hit_count); i++) {
        bool matched = hit < trace->hit_count && trace->hits[hit] == i;
        hit += matched;
        if (all || matched)
            rules[shown++] = rule_trace(trace, i, matched);
    }
    trace->machine->diagnostics = diagnostics;
    value_set(arena, into, "rules", value_list(rules, shown));
    if (!all)
        value_set(arena, into, "rulesLeftOut", value_integer((int64_t)(count - shown)));
}

static char *rule_numbers(const TableTrace *trace)
{
    Buffer *out = buffer_new(trace->machine->arena);
    for (size_t i = 0; i < trace->hit_count; i++)
        buffer_format(out, "%s%zu", i ? ", " : "", trace->hits[i] + 1);
    return out->bytes;
}

// Why these rules made the result, in the reader's language.
static const char *why_one(const TableTrace *trace, const char *language)
{
    switch (trace->table->policy) {
    case HIT_ANY:
        return message_in(language, "all rules that match say the same, rule %zu first");
    case HIT_PRIORITY:
        return message_in(language, "the output of rule %zu stands first among the output values");
    case HIT_FIRST:
        return message_in(language, "rule %zu is the first that matches");
    default:
        return message_in(language, "rule %zu is the only one that matches");
    }
}

static const char *why_many(const TableTrace *trace, const char *language)
{
    if (trace->table->policy == HIT_RULE_ORDER)
        return message_in(language, "the results of all rules that match, in their order");
    if (trace->table->policy == HIT_OUTPUT_ORDER)
        return message_in(language,
                          "the results of all rules that match, in the order of the output values");
    switch (trace->table->aggregation) {
    case AGGREGATE_SUM:
        return message_in(language, "the sum of all rules that match");
    case AGGREGATE_COUNT:
        return message_in(language, "the number of rules that match");
    case AGGREGATE_MIN:
        return message_in(language, "the least of all rules that match");
    case AGGREGATE_MAX:
        return message_in(language, "the greatest of all rules that match");
    default:
        return message_in(language, "the results of all rules that match");
    }
}

static const char *why(const TableTrace *trace)
{
    const char *language = trace->machine->cx->language;
    Arena *arena = trace->machine->arena;
    if (trace->hit_count == 0)
        return message_in(language, "no rule matches");
    if (trace->refused)
        return text_format(arena,
                           message_in(language, "the hit policy forbids that rules %s match"),
                           rule_numbers(trace));
    if (trace->table->policy < HIT_COLLECT)
        return text_format(arena, why_one(trace, language), trace->hits[trace->fired[0]] + 1);
    return why_many(trace, language);
}

void trace_table(Evaluation *evaluation, const TableTrace *trace)
{
    Arena *arena = evaluation->machine.arena;
    TraceFrame *frame = evaluation->frame;
    bool own = frame->table != trace->table->node || value_get(frame->value, "rules");
    if (own)
        frame = trace_open(evaluation, TRACE_TABLE, trace->table->name);
    if (!frame)
        return;
    Value *fired = NEW_ARRAY(arena, Value, trace->fired_count);
    for (size_t i = 0; i < trace->fired_count; i++)
        fired[i] = value_integer((int64_t)trace->hits[trace->fired[i]] + 1);
    value_set(arena, frame->value, "inputs", table_inputs(trace));
    value_set(arena, frame->value, "hitPolicy", value_text(table_policy_word(trace->table)));
    add_rules(trace, frame->value);
    value_set(arena, frame->value, "fired", value_list(fired, trace->fired_count));
    value_set(arena, frame->value, "why", value_text(why(trace)));
    if (own)
        trace_close(evaluation, frame, trace->result);
}
