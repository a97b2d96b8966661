// SPDX-License-Identifier: Apache-2.0
// Random sound models: whatever happens in whatever order, an instance never gets stuck, a replay
// of its events gives the same state, and cancelling leaves nothing behind.
#include "flow/drawing.h"
#include "flow/step.h"

#include "base/test.h"

#include <stdio.h>
#include <string.h>

#define MODELS 150
#define RUNS 4
#define EVENTS 400

// SplitMix64: the same models on every machine.
static uint64_t chance(uint64_t *seed)
{
    uint64_t z = (*seed += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

static int pick(uint64_t *seed, int count)
{
    return (int)(chance(seed) % (uint64_t)count);
}

// --- Models --------------------------------------------------------------------------------------

typedef struct Maker {
    Ctx *cx;
    uint64_t seed;
    ARRAY(const char *) lines;
    int names;
} Maker;

__attribute__((format(printf, 3, 4))) static void line_add(Maker *maker, int indent,
                                                           const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *line = text_format_list(maker->cx->arena, format, arguments);
    va_end(arguments);
    array_push(maker->cx->arena, maker->lines) =
        text_format(maker->cx->arena, "%*s%s", 2 * indent, "", line);
}

static char *name_new(Maker *maker, const char *kind)
{
    return text_format(maker->cx->arena, "%s%d", kind, ++maker->names);
}

static char *block_make(Maker *maker, const char *next, int depth, int indent);

// A split, two or three branches, and the join that fits.
static char *branches_make(Maker *maker, const char *next, int depth, int indent)
{
    static const char *const kinds[] = {"parallelGateway", "inclusiveGateway", "exclusiveGateway"};
    const char *kind = kinds[pick(&maker->seed, 3)];
    char *split = name_new(maker, "split"), *join = name_new(maker, "join");
    // An inclusive join may also stand behind the other two splits.
    const char *join_kind = pick(&maker->seed, 3) ? kind : "inclusiveGateway";
    Buffer *targets = buffer_new(maker->cx->arena);
    int count = 2 + pick(&maker->seed, 2);
    for (int i = 0; i < count; i++) {
        char *branch = block_make(maker, join, depth - 1, indent);
        bool last = i == count - 1;
        if (*kind == 'p')
            buffer_format(targets, "%s%s", i ? "; " : "", branch);
        else if (last)
            buffer_format(targets, "; *%s", branch);
        else
            buffer_format(targets, "%s%s when x%d", i ? "; " : "", branch, pick(&maker->seed, 4));
    }
    line_add(maker, indent, "%s %s -> %s", kind, split, targets->bytes);
    line_add(maker, indent, "%s %s -> %s", join_kind, join, next);
    return split;
}

static char *loop_make(Maker *maker, const char *next, int depth, int indent)
{
    char *merge = name_new(maker, "merge"), *again = name_new(maker, "again");
    char *wait = name_new(maker, "pause"); // so that no loop runs for ever within a step
    char *body = block_make(maker, wait, depth - 1, indent);
    line_add(maker, indent, "userTask %s -> %s", wait, again);
    line_add(maker, indent, "exclusiveGateway %s -> %s", merge, body);
    line_add(maker, indent, "exclusiveGateway %s -> %s when y; *%s", again, merge, next);
    return merge;
}

// A sub-process with a timer on its border. Where the timer interrupts, its way comes back to the
// main one; where it does not, it ends by itself, for a second token must not reach a join.
static char *sub_process_make(Maker *maker, const char *next, int depth, int indent)
{
    char *sub = name_new(maker, "sub"), *merge = name_new(maker, "merge");
    char *start = name_new(maker, "start"), *end = name_new(maker, "end");
    char *after = name_new(maker, "after"), *gone = name_new(maker, "gone");
    bool interrupts = pick(&maker->seed, 2);
    line_add(maker, indent, "subProcess %s -> %s", sub, merge);
    char *body = block_make(maker, end, depth - 1, indent + 1);
    line_add(maker, indent + 1, "startEvent %s -> %s", start, body);
    line_add(maker, indent + 1, "endEvent %s", end);
    line_add(maker, indent, "boundaryEvent %s attachedToRef=\"%s\" cancelActivity=\"%s\" -> %s",
             name_new(maker, "late"), sub, interrupts ? "true" : "false", after);
    line_add(maker, indent,
             "  | <timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>");
    line_add(maker, indent, "userTask %s -> %s", after, interrupts ? merge : gone);
    if (!interrupts)
        line_add(maker, indent, "endEvent %s", gone);
    line_add(maker, indent, "exclusiveGateway %s -> %s", merge, next);
    return sub;
}

static char *task_make(Maker *maker, const char *next, int indent)
{
    static const char *const kinds[] = {"userTask", "serviceTask", "task"};
    const char *kind = kinds[pick(&maker->seed, 3)];
    char *name = name_new(maker, "task");
    line_add(maker, indent, "%s %s -> %s", kind, name, next);
    if (*kind == 's')
        line_add(maker, indent, "  | <m:call function=\"f\"/>");
    if (*kind == 'u' && pick(&maker->seed, 4) == 0)
        line_add(maker, indent,
                 "  | <multiInstanceLoopCharacteristics><loopCardinality>2"
                 "</loopCardinality></multiInstanceLoopCharacteristics>");
    return name;
}

// Returns the first step of a block that leads to `next` in the end.
static char *block_make(Maker *maker, const char *next, int depth, int indent)
{
    if (depth <= 0)
        return task_make(maker, next, indent);
    switch (pick(&maker->seed, 5)) {
    case 0:
        return branches_make(maker, next, depth, indent);
    case 1:
        return loop_make(maker, next, depth, indent);
    case 2:
        return sub_process_make(maker, next, depth, indent);
    case 3:
        return branches_make(maker, block_make(maker, next, depth - 1, indent), depth, indent);
    default:
        return task_make(maker, block_make(maker, next, depth - 1, indent), indent);
    }
}

static const Graph *model_make(Ctx *cx, uint64_t seed)
{
    Maker maker = {.cx = cx, .seed = seed};
    char *first = block_make(&maker, "finish", 4, 0);
    line_add(&maker, 0, "startEvent begin -> %s", first);
    line_add(&maker, 0, "endEvent finish");
    char *xml = drawing_xml(cx, maker.lines.items, maker.lines.count);
    BpmnProblems problems = {0};
    const BpmnModel *model;
    const Graph *graph = NULL;
    CHECK_OK(bpmn_read(cx, xml, strlen(xml), &model, &problems));
    CHECK_OK(bpmn_compile(cx, model, NULL, &graph, &problems));
    CHECK_OK(bpmn_problems_error(cx, &problems));
    return graph;
}

// --- Runs ----------------------------------------------------------------------------------------

// What is open by the effects alone, as the shell would know it.
typedef struct Open {
    int waits[2000];
    int count;
} Open;

static void open_remove(Open *open, int wait)
{
    for (int i = 0; i < open->count; i++)
        if (open->waits[i] == wait)
            open->waits[i--] = open->waits[--open->count];
}

static void open_note(Open *open, const FlowEvent *event, const FlowOutcome *outcome)
{
    open_remove(open, event->wait);
    for (size_t i = 0; i < outcome->effect_count; i++) {
        const FlowEffect *effect = &outcome->effects[i];
        switch (effect->kind) {
        case EFFECT_WORK_OFFER:
        case EFFECT_FUNCTION_CALL:
        case EFFECT_TIMER_SET:
            CHECK(open->count < 2000);
            open->waits[open->count++] = effect->wait;
            break;
        case EFFECT_WORK_CANCEL:
        case EFFECT_CALL_CANCEL:
        case EFFECT_TIMER_CANCEL:
            open_remove(open, effect->wait);
            break;
        default:
            CHECK(effect->kind != EFFECT_INCIDENT);
            break;
        }
    }
}

static Value decisions(Ctx *cx, uint64_t *seed)
{
    Value value = value_context(cx->arena);
    for (int i = 0; i < 4; i++)
        value_set(cx->arena, value, text_format(cx->arena, "x%d", i), value_boolean(pick(seed, 2)));
    value_set(cx->arena, value, "y", value_boolean(pick(seed, 3) == 0));
    return value;
}

static bool same_bytes(Text a, Text b)
{
    return a.length == b.length && memcmp(a.bytes, b.bytes, a.length) == 0;
}

// The same event on the same state gives the same, byte by byte.
static FlowOutcome step_twice(Ctx *cx, const Graph *graph, const FlowState *state,
                              const FlowEvent *event)
{
    FlowOutcome first, second;
    CHECK_OK(flow_step(cx, graph, state, event, &first));
    Text packed = flow_pack(cx, state);
    FlowState copy = {0};
    if (state->status != FLOW_NEW)
        CHECK_OK(flow_unpack(cx, graph, packed.bytes, packed.length, &copy));
    CHECK_OK(flow_step(cx, graph, &copy, event, &second));
    CHECK(same_bytes(flow_pack(cx, &first.state), flow_pack(cx, &second.state)));
    CHECK_INT((long long)first.effect_count, (long long)second.effect_count);
    return first;
}

static void cancel_try(Ctx *cx, const Graph *graph, const FlowState *state, const Open *open)
{
    FlowEvent event = {.kind = FLOW_CANCEL};
    Open rest = *open;
    FlowOutcome outcome;
    CHECK_OK(flow_step(cx, graph, state, &event, &outcome));
    open_note(&rest, &event, &outcome);
    CHECK_INT(rest.count, 0);
    CHECK_INT((long long)outcome.state.place_count, 0);
}

// Timers fire now and then, so that loops around them come to an end.
static FlowEvent event_choose(const FlowState *state, const Open *open, uint64_t *seed)
{
    for (;;) {
        int wait = open->waits[pick(seed, open->count)];
        const FlowPlace *place = flow_place(state, wait);
        CHECK(place != NULL); // the effects tell of no wait that is not there
        if (place->kind == PLACE_WATCH && pick(seed, 4))
            continue;
        return (FlowEvent){.kind = place->kind == PLACE_WATCH ? FLOW_TIMER : FLOW_COMPLETE,
                           .wait = wait};
    }
}

static int instance_run(Ctx *cx, const Graph *graph, uint64_t seed)
{
    Open open = {0};
    FlowState state = {0};
    FlowEvent event = {.kind = FLOW_START, .node = -1, .value = decisions(cx, &seed)};
    for (int steps = 1; steps <= EVENTS; steps++) {
        FlowOutcome outcome = step_twice(cx, graph, &state, &event);
        open_note(&open, &event, &outcome);
        state = outcome.state;
        if (state.status != FLOW_RUNNING) {
            CHECK_INT(open.count, 0);
            return steps;
        }
        if (!open.count)
            for (size_t i = 0; i < state.place_count; i++)
                printf("  stuck at %s %s\n", place_kind_word(state.places[i].kind),
                       state.places[i].node < 0 ? "" : graph->nodes[state.places[i].node].id);
        CHECK(open.count > 0); // something can always be done
        if (pick(&seed, 10) == 0)
            cancel_try(cx, graph, &state, &open);
        event = event_choose(&state, &open, &seed);
    }
    return EVENTS; // a loop that was told to go on
}

TEST_WITH(random_models_never_get_stuck, NULL, 120)
{
    uint64_t seed = 20261122;
    int steps = 0, ended = 0;
    ArenaMark mark = arena_mark(cx->arena);
    for (int i = 0; i < MODELS; i++) {
        const Graph *graph = model_make(cx, chance(&seed));
        for (int k = 0; k < RUNS; k++) {
            int ran = instance_run(cx, graph, chance(&seed));
            steps += ran;
            ended += ran < EVENTS;
        }
        arena_rewind(cx->arena, mark);
    }
    printf("random models: %d, %d steps, %d of %d runs came to their end\n", MODELS, steps, ended,
           MODELS * RUNS);
    CHECK(ended > MODELS * RUNS / 2);
}
