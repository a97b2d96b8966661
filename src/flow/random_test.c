// SPDX-License-Identifier: Apache-2.0
// Random sound models: whatever happens in whatever order, an instance never gets stuck, a replay
// of its events gives the same state, and cancelling leaves nothing behind. Everything that the
// shell does for the step fails now and then: calls fail, answers come twice, late or for nothing,
// and after a crash what was asked is asked again.
//
// MILLRACE_SIMULATION_STEPS sets how many steps are made; `make simulate` makes a million.
#include "flow/drawing.h"
#include "flow/migrate.h"
#include "flow/step.h"

#include "base/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEPS 40000
#define RUNS 4 // of each model
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

// The last is thrown by the models themselves: nothing that watches begins by it, for it could set
// itself off.
static const char *const caught[] = {
    "<messageEventDefinition messageRef=\"M\"/>",
    "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>",
    "<signalEventDefinition signalRef=\"S\"/>", "<signalEventDefinition signalRef=\"T\"/>"};

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

// Beside the steps of a sub-process; where it interrupts, the sub-process ends with it.
static void event_sub_process_make(Maker *maker, int depth, int indent)
{
    char *sub = name_new(maker, "event"), *end = name_new(maker, "end");
    line_add(maker, indent, "subProcess %s triggeredByEvent=\"true\"", sub);
    char *body = block_make(maker, end, depth > 1 ? 1 : depth, indent + 1);
    line_add(maker, indent + 1, "startEvent %s isInterrupting=\"%s\" -> %s",
             name_new(maker, "start"), pick(&maker->seed, 2) ? "true" : "false", body);
    line_add(maker, indent + 1, "  | %s", caught[pick(&maker->seed, 3)]);
    line_add(maker, indent + 1, "endEvent %s", end);
}

// A race of a message and a timer.
static char *race_make(Maker *maker, const char *next, int depth, int indent)
{
    char *gate = name_new(maker, "race"), *merge = name_new(maker, "merge");
    char *message = name_new(maker, "message"), *timer = name_new(maker, "timer");
    char *body = block_make(maker, merge, depth - 1, indent);
    line_add(maker, indent, "eventBasedGateway %s -> %s; %s", gate, message, timer);
    line_add(maker, indent, "intermediateCatchEvent %s -> %s", message, body);
    line_add(maker, indent, "  | <messageEventDefinition messageRef=\"M\"/>");
    line_add(maker, indent, "intermediateCatchEvent %s -> %s", timer, merge);
    line_add(maker, indent,
             "  | <timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>");
    line_add(maker, indent, "exclusiveGateway %s -> %s", merge, next);
    return gate;
}

static char *ad_hoc_make(Maker *maker, const char *next, int indent)
{
    char *name = name_new(maker, "adhoc");
    line_add(maker, indent, "adHocSubProcess %s ordering=\"%s\" -> %s", name,
             pick(&maker->seed, 2) ? "Sequential" : "Parallel", next);
    line_add(maker, indent, "  | <completionCondition>y</completionCondition>");
    for (int i = 0; i < 2; i++)
        line_add(maker, indent + 1, "userTask %s", name_new(maker, "task"));
    return name;
}

// A call whose error goes another way, which comes back.
static char *risk_make(Maker *maker, const char *next, int indent)
{
    char *name = name_new(maker, "risk"), *merge = name_new(maker, "merge");
    line_add(maker, indent, "serviceTask %s -> %s", name, merge);
    line_add(maker, indent, "  | <m:call function=\"f\"/>");
    line_add(maker, indent, "boundaryEvent %s attachedToRef=\"%s\" -> %s", name_new(maker, "bad"),
             name, merge);
    line_add(maker, indent, "  | <errorEventDefinition errorRef=\"E\"/>");
    line_add(maker, indent, "exclusiveGateway %s -> %s", merge, next);
    return name;
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
    if (pick(&maker->seed, 2))
        event_sub_process_make(maker, depth - 1, indent + 1);
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

// A transaction whose steps can be undone, which is left in the usual way or cancelled.
static char *transaction_make(Maker *maker, const char *next, int indent)
{
    char *sub = name_new(maker, "deal"), *merge = name_new(maker, "merge");
    char *step = name_new(maker, "step"), *undo = name_new(maker, "undo");
    char *choice = name_new(maker, "choice"), *end = name_new(maker, "end");
    char *cancelled = name_new(maker, "end"), *edge = name_new(maker, "edge");
    line_add(maker, indent, "transaction %s -> %s", sub, merge);
    line_add(maker, indent + 1, "startEvent %s -> %s", name_new(maker, "start"), step);
    line_add(maker, indent + 1, "userTask %s -> %s", step, choice);
    line_add(maker, indent + 1, "boundaryEvent %s attachedToRef=\"%s\"", edge, step);
    line_add(maker, indent + 1, "  | <compensateEventDefinition/>");
    line_add(maker, indent + 1, "serviceTask %s isForCompensation=\"true\"", undo);
    line_add(maker, indent + 1, "  | <m:call function=\"f\"/>");
    line_add(maker, indent + 1, "link %s %s", edge, undo);
    line_add(maker, indent + 1, "exclusiveGateway %s -> %s when x1; *%s", choice, cancelled, end);
    line_add(maker, indent + 1, "endEvent %s", end);
    line_add(maker, indent + 1, "endEvent %s", cancelled);
    line_add(maker, indent + 1, "  | <cancelEventDefinition/>");
    line_add(maker, indent, "boundaryEvent %s attachedToRef=\"%s\" -> %s", name_new(maker, "off"),
             sub, merge);
    line_add(maker, indent, "  | <cancelEventDefinition/>");
    line_add(maker, indent, "exclusiveGateway %s -> %s", merge, next);
    return sub;
}

// What was done is undone at once, and the flow goes on.
static char *undo_make(Maker *maker, const char *next, int indent)
{
    char *step = name_new(maker, "step"), *undo = name_new(maker, "undo");
    char *edge = name_new(maker, "edge"), *back = name_new(maker, "back");
    line_add(maker, indent, "userTask %s -> %s", step, back);
    if (pick(&maker->seed, 2))
        line_add(maker, indent,
                 "  | <multiInstanceLoopCharacteristics isSequential=\"true\"><loopCardinality>2"
                 "</loopCardinality></multiInstanceLoopCharacteristics>");
    line_add(maker, indent, "boundaryEvent %s attachedToRef=\"%s\"", edge, step);
    line_add(maker, indent, "  | <compensateEventDefinition/>");
    line_add(maker, indent, "userTask %s isForCompensation=\"true\"", undo);
    line_add(maker, indent, "link %s %s", edge, undo);
    line_add(maker, indent, "intermediateThrowEvent %s -> %s", back, next);
    line_add(maker, indent, "  | <compensateEventDefinition activityRef=\"%s\"/>", step);
    return step;
}

// The first of two branches goes on, or both together; the complex gateway swallows what is late.
static char *first_make(Maker *maker, const char *next, int depth, int indent)
{
    char *split = name_new(maker, "split"), *join = name_new(maker, "first");
    char *one = block_make(maker, join, depth - 1, indent);
    char *two = block_make(maker, join, depth - 1, indent);
    line_add(maker, indent, "parallelGateway %s -> %s; %s", split, one, two);
    line_add(maker, indent, "complexGateway %s -> %s", join, next);
    line_add(maker, indent,
             "  | <activationCondition>activationCount &gt;= %d</activationCondition>",
             1 + pick(&maker->seed, 2));
    return split;
}

// A sub-process that ends well, by a termination or by an error, or tells of itself on the way.
static char *ending_make(Maker *maker, const char *next, int depth, int indent)
{
    char *sub = name_new(maker, "ending"), *merge = name_new(maker, "merge");
    char *choice = name_new(maker, "choice"), *good = name_new(maker, "end");
    char *bad = name_new(maker, "end"), *up = name_new(maker, "up"),
         *told = name_new(maker, "told");
    bool error = pick(&maker->seed, 2);
    line_add(maker, indent, "subProcess %s -> %s", sub, merge);
    char *body = block_make(maker, up, depth - 1, indent + 1);
    line_add(maker, indent + 1, "startEvent %s -> %s", name_new(maker, "start"), body);
    line_add(maker, indent + 1, "intermediateThrowEvent %s -> %s", up, choice);
    line_add(maker, indent + 1, "  | <escalationEventDefinition escalationRef=\"X\"/>");
    line_add(maker, indent + 1, "exclusiveGateway %s -> %s when x2; *%s", choice, bad, good);
    line_add(maker, indent + 1, "endEvent %s", good);
    line_add(maker, indent + 1, "endEvent %s", bad);
    line_add(maker, indent + 1,
             error ? "  | <errorEventDefinition errorRef=\"E\"/>"
                   : "  | <terminateEventDefinition/>");
    line_add(maker, indent, "boundaryEvent %s attachedToRef=\"%s\" -> %s", name_new(maker, "bad"),
             sub, merge);
    line_add(maker, indent, "  | <errorEventDefinition/>");
    line_add(maker, indent, "boundaryEvent %s attachedToRef=\"%s\" cancelActivity=\"false\" -> %s",
             name_new(maker, "heard"), sub, told);
    line_add(maker, indent, "  | <escalationEventDefinition escalationRef=\"X\"/>");
    line_add(maker, indent, "endEvent %s", told);
    line_add(maker, indent, "exclusiveGateway %s -> %s", merge, next);
    return sub;
}

// Events in the flow: waited for, thrown, and joined by a link.
static char *event_make(Maker *maker, const char *next, int indent)
{
    static const char *const thrown[] = {"<messageEventDefinition messageRef=\"M\"/>",
                                         "<signalEventDefinition signalRef=\"T\"/>",
                                         "<escalationEventDefinition escalationRef=\"X\"/>"};
    char *name = name_new(maker, "event");
    int kind = pick(&maker->seed, 3);
    if (kind == 2) {
        char *catcher = name_new(maker, "event");
        line_add(maker, indent, "intermediateThrowEvent %s", name);
        line_add(maker, indent, "  | <linkEventDefinition name=\"%s\"/>", catcher);
        line_add(maker, indent, "intermediateCatchEvent %s -> %s", catcher, next);
        line_add(maker, indent, "  | <linkEventDefinition name=\"%s\"/>", catcher);
        return name;
    }
    line_add(maker, indent, "intermediate%sEvent %s -> %s", kind ? "Catch" : "Throw", name, next);
    line_add(maker, indent, "  | %s",
             kind ? caught[pick(&maker->seed, 4)] : thrown[pick(&maker->seed, 3)]);
    return name;
}

static void repeats_make(Maker *maker, int indent)
{
    static const char *const repeats[] = {
        "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality>"
        "</multiInstanceLoopCharacteristics>",
        "<multiInstanceLoopCharacteristics isSequential=\"true\"><loopCardinality>3"
        "</loopCardinality><completionCondition>numberOfCompletedInstances = 2"
        "</completionCondition></multiInstanceLoopCharacteristics>",
        "<standardLoopCharacteristics testBefore=\"true\" loopMaximum=\"2\"><loopCondition>not(y)"
        "</loopCondition></standardLoopCharacteristics>"};
    line_add(maker, indent, "  | %s", repeats[pick(&maker->seed, 3)]);
}

static char *task_make(Maker *maker, const char *next, int indent)
{
    static const struct {
        const char *element;
        const char *inside; // NULL: nothing
    } kinds[] = {
        {"userTask", NULL},
        {"manualTask", NULL},
        {"task", NULL},
        {"serviceTask", "<m:call function=\"f\"/>"},
        {"scriptTask", "<script>1 + 1</script>"},
        {"businessRuleTask", "<m:decision model=\"d\" decision=\"d\"/>"},
        {"callActivity calledElement=\"other\"", NULL},
        {"sendTask messageRef=\"M\"", NULL},
        {"receiveTask messageRef=\"M\"", NULL},
    };
    int kind = pick(&maker->seed, sizeof kinds / sizeof *kinds);
    const char *element = kinds[kind].element, *attributes = strchr(element, ' ');
    char *name = name_new(maker, "task");
    line_add(maker, indent, "%.*s %s%s -> %s", (int)strcspn(element, " "), element, name,
             attributes ? attributes : "", next);
    if (kinds[kind].inside)
        line_add(maker, indent, "  | %s", kinds[kind].inside);
    if (pick(&maker->seed, 5) == 0)
        repeats_make(maker, indent);
    return name;
}

static char *deep_make(Maker *maker, const char *next, int depth, int indent)
{
    switch (pick(&maker->seed, 7)) {
    case 0:
        return branches_make(maker, next, depth, indent);
    case 1:
        return loop_make(maker, next, depth, indent);
    case 2:
        return sub_process_make(maker, next, depth, indent);
    case 3:
        return race_make(maker, next, depth, indent);
    case 4:
        return ending_make(maker, next, depth, indent);
    case 5:
        return first_make(maker, next, depth, indent);
    default:
        return branches_make(maker, block_make(maker, next, depth - 1, indent), depth, indent);
    }
}

// Returns the first step of a block that leads to `next` in the end.
static char *block_make(Maker *maker, const char *next, int depth, int indent)
{
    if (depth > 0 && pick(&maker->seed, 2))
        return deep_make(maker, next, depth, indent);
    if (depth > 0)
        next = block_make(maker, next, depth - 1, indent);
    switch (pick(&maker->seed, 8)) {
    case 0:
        return risk_make(maker, next, indent);
    case 1:
        return ad_hoc_make(maker, next, indent);
    case 2:
        return event_make(maker, next, indent);
    case 3:
        return transaction_make(maker, next, indent);
    case 4:
        return undo_make(maker, next, indent);
    default:
        return task_make(maker, next, indent);
    }
}

static const Graph *model_make(Ctx *cx, uint64_t seed)
{
    Maker maker = {.cx = cx, .seed = seed};
    char *first = block_make(&maker, "finish", 4, 0);
    line_add(&maker, 0, "startEvent begin -> %s", first);
    line_add(&maker, 0, "endEvent finish");
    line_add(&maker, 0, "root | <message id=\"M\" name=\"m\"/>");
    line_add(&maker, 0, "root | <error id=\"E\" errorCode=\"bad\"/>");
    line_add(&maker, 0, "root | <signal id=\"S\" name=\"s\"/>");
    line_add(&maker, 0, "root | <signal id=\"T\" name=\"t\"/>");
    line_add(&maker, 0, "root | <escalation id=\"X\" escalationCode=\"up\"/>");
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

typedef struct Wait {
    int number;
    FlowEffectKind asked;
    const char *name; // of a signal
} Wait;

// What is open by the effects alone, as the shell would know it.
typedef struct Open {
    Wait waits[2000];
    int count;
    int gone[64]; // the last waits that were taken back or answered
    int gone_count;
} Open;

// What a call answered that can be undone, by its key: it is undone or forgotten, once.
typedef enum Kept { KEPT_NOT, KEPT, KEPT_UNDONE } Kept;

typedef struct Simulation {
    Ctx *cx;
    const Graph *graph;
    uint64_t seed;
    Open open;
    FlowState state;
    size_t steps;
    size_t failures; // injected
    Kept kept[EVENTS + 1];
    int keys;
} Simulation;

static void open_remove(Open *open, int wait)
{
    for (int i = 0; i < open->count; i++)
        if (open->waits[i].number == wait) {
            open->waits[i--] = open->waits[--open->count];
            open->gone[open->gone_count++ % 64] = wait;
        }
}

static void open_add(Open *open, const FlowEffect *effect, FlowEffectKind asked)
{
    open_remove(open, effect->wait);
    CHECK(open->count < 2000);
    open->waits[open->count++] = (Wait){effect->wait, asked, effect->name};
}

static void open_note(Open *open, const FlowEvent *event, const FlowOutcome *outcome)
{
    if (event->kind != FLOW_RETRY && event->kind != FLOW_SIGNAL)
        open_remove(open, event->wait);
    for (int i = 0; event->kind == FLOW_SIGNAL && i < open->count; i++)
        if (open->waits[i].asked == EFFECT_SIGNAL_WAIT &&
            strcmp(open->waits[i].name, event->name) == 0)
            open_remove(open, open->waits[i--].number);
    for (size_t i = 0; i < outcome->effect_count; i++) {
        const FlowEffect *effect = &outcome->effects[i];
        switch (effect->kind) {
        case EFFECT_WORK_OFFER:
        case EFFECT_FUNCTION_CALL:
        case EFFECT_TIMER_SET:
        case EFFECT_MESSAGE_WAIT:
        case EFFECT_SIGNAL_WAIT:
            open_add(open, effect, effect->kind);
            break;
        case EFFECT_DECISION_CALL:
        case EFFECT_PROCESS_CALL:
        case EFFECT_CALL_UNDO:
            open_add(open, effect, EFFECT_FUNCTION_CALL);
            break;
        case EFFECT_WORK_CANCEL:
        case EFFECT_CALL_CANCEL:
        case EFFECT_SIGNAL_CANCEL:
        case EFFECT_TIMER_CANCEL:
        case EFFECT_MESSAGE_CANCEL:
            open_remove(open, effect->wait);
            break;
        case EFFECT_INCIDENT: // the call can be made again
            CHECK_INT(event->kind, FLOW_FAIL);
            open_add(open, effect, EFFECT_FUNCTION_CALL);
            break;
        default:
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
static FlowOutcome step_twice(Simulation *simulation, const FlowEvent *event)
{
    Ctx *cx = simulation->cx;
    FlowOutcome first, second;
    CHECK_OK(flow_step(cx, simulation->graph, &simulation->state, event, &first));
    Text packed = flow_pack(cx, &simulation->state);
    FlowState copy = {0};
    if (simulation->state.status != FLOW_NEW)
        CHECK_OK(flow_unpack(cx, simulation->graph, packed.bytes, packed.length, &copy));
    CHECK_OK(flow_step(cx, simulation->graph, &copy, event, &second));
    CHECK(same_bytes(flow_pack(cx, &first.state), flow_pack(cx, &second.state)));
    CHECK_INT((long long)first.effect_count, (long long)second.effect_count);
    return first;
}

static void kept_note(Kept *kept, const FlowOutcome *outcome)
{
    for (size_t i = 0; i < outcome->effect_count; i++) {
        const FlowEffect *effect = &outcome->effects[i];
        if (effect->kind == EFFECT_CALL_UNDO) {
            CHECK(kept[atoi(effect->key)] != KEPT_NOT);
            kept[atoi(effect->key)] = KEPT_UNDONE;
        } else if (effect->kind == EFFECT_CALL_FORGET) {
            CHECK_INT(kept[atoi(effect->key)], KEPT);
            kept[atoi(effect->key)] = KEPT_NOT;
        }
    }
    for (int i = 0; !outcome->state.place_count && i <= EVENTS; i++)
        CHECK(kept[i] != KEPT);
}

static void cancel_try(Simulation *simulation)
{
    Kept kept[EVENTS + 1];
    memcpy(kept, simulation->kept, sizeof kept);
    FlowEvent event = {.kind = FLOW_CANCEL};
    Open rest = simulation->open;
    FlowOutcome outcome;
    CHECK_OK(flow_step(simulation->cx, simulation->graph, &simulation->state, &event, &outcome));
    open_note(&rest, &event, &outcome);
    kept_note(kept, &outcome);
    CHECK_INT(rest.count, 0);
    CHECK_INT((long long)outcome.state.place_count, 0);
}

// To the same model every place finds its way, and nothing happens.
static void migrate_try(const Simulation *simulation)
{
    Ctx *cx = simulation->cx;
    FlowMigration migration;
    const FlowState *state = &simulation->state;
    CHECK_OK(flow_migrate(cx, simulation->graph, state, simulation->graph, NULL, &migration));
    CHECK_INT((long long)migration.problem_count, 0);
    CHECK_INT((long long)migration.outcome.effect_count, 0);
    CHECK(same_bytes(flow_pack(cx, &migration.outcome.state), flow_pack(cx, state)));
}

// An answer that came already, or is not wanted any more, changes nothing.
static void stale_try(Simulation *simulation)
{
    static const FlowEventKind kinds[] = {FLOW_COMPLETE, FLOW_FAIL, FLOW_TIMER, FLOW_MESSAGE,
                                          FLOW_RETRY};
    Open *open = &simulation->open;
    if (!open->gone_count)
        return;
    int count = open->gone_count < 64 ? open->gone_count : 64;
    int wait = open->gone[pick(&simulation->seed, count)];
    for (int i = 0; i < open->count; i++)
        if (open->waits[i].number == wait)
            return; // it watches again
    FlowOutcome outcome;
    FlowEvent event = {.kind = kinds[pick(&simulation->seed, 5)], .wait = wait};
    simulation->failures++;
    CHECK_FAILS(flow_step(simulation->cx, simulation->graph, &simulation->state, &event, &outcome),
                ERR_CONFLICT, "nothing waits");
}

// Timers and messages beside the flow come now and then, so that loops around them come to an end.
static FlowEvent event_choose(Simulation *simulation)
{
    Open *open = &simulation->open;
    uint64_t *seed = &simulation->seed;
    for (;;) {
        Wait wait = open->waits[pick(seed, open->count)];
        const FlowPlace *place = flow_place(&simulation->state, wait.number);
        FlowEvent event = {.kind = FLOW_COMPLETE, .wait = wait.number};
        CHECK(place != NULL); // the effects tell of no wait that is not there
        if (place->kind == PLACE_WATCH && pick(seed, 6))
            continue;
        if (wait.asked == EFFECT_TIMER_SET)
            event.kind = FLOW_TIMER;
        if (wait.asked == EFFECT_MESSAGE_WAIT)
            event.kind = FLOW_MESSAGE;
        if (wait.asked == EFFECT_SIGNAL_WAIT)
            event = (FlowEvent){.kind = FLOW_SIGNAL, .name = wait.name};
        if (place->kind == PLACE_CALL && !place->link && pick(seed, 2)) {
            simulation->kept[++simulation->keys] = KEPT;
            event.name = text_format(simulation->cx->arena, "%d", simulation->keys);
            return event;
        }
        if (wait.asked != EFFECT_FUNCTION_CALL || pick(seed, 4))
            return event;
        simulation->failures++;
        event.kind = pick(seed, 2) ? FLOW_FAIL : FLOW_RETRY;
        event.name = pick(seed, 2) ? "bad" : "broken";
        return event;
    }
}

static void stuck_tell(const Simulation *simulation)
{
    const FlowState *state = &simulation->state;
    for (size_t i = 0; !simulation->open.count && i < state->place_count; i++)
        printf("  stuck at %s %s\n", place_kind_word(state->places[i].kind),
               state->places[i].node < 0 ? "" : simulation->graph->nodes[state->places[i].node].id);
}

// After a crash the shell could ask for everything anew from the state alone.
static int waits_of(const FlowState *state)
{
    int count = 0;
    for (size_t i = 0; i < state->place_count; i++)
        count += state->places[i].kind == PLACE_WORK || state->places[i].kind == PLACE_FUNCTION ||
                 state->places[i].kind == PLACE_DECISION || state->places[i].kind == PLACE_CALL ||
                 state->places[i].kind == PLACE_EVENT || state->places[i].kind == PLACE_WATCH;
    return count;
}

// Whether it came to its end: a loop may have been told to go on.
static bool instance_run(Simulation *simulation)
{
    Ctx *cx = simulation->cx;
    FlowEvent event = {.kind = FLOW_START, .node = -1, .value = decisions(cx, &simulation->seed)};
    if (pick(&simulation->seed, 2))
        event.name = FLOW_CALLED;
    memset(simulation->kept, 0, sizeof simulation->kept);
    simulation->keys = 0;
    simulation->state = (FlowState){0};
    simulation->open.count = simulation->open.gone_count = 0;
    for (int i = 0; i < EVENTS; i++) {
        FlowOutcome outcome = step_twice(simulation, &event);
        open_note(&simulation->open, &event, &outcome);
        kept_note(simulation->kept, &outcome);
        simulation->state = outcome.state;
        simulation->steps++;
        if (simulation->state.status != FLOW_RUNNING) {
            CHECK_INT(simulation->open.count, 0);
            if (!simulation->state.place_count)
                return true;
            event = (FlowEvent){.kind = pick(&simulation->seed, 3) ? FLOW_UNDO : FLOW_FORGET};
            continue;
        }
        stuck_tell(simulation);
        CHECK(simulation->open.count > 0); // something can always be done
        CHECK_INT(simulation->open.count, waits_of(&simulation->state));
        if (pick(&simulation->seed, 10) == 0)
            cancel_try(simulation);
        if (pick(&simulation->seed, 10) == 0)
            migrate_try(simulation);
        if (pick(&simulation->seed, 4) == 0)
            stale_try(simulation);
        event = event_choose(simulation);
    }
    return false;
}

TEST_WITH(random_models_never_get_stuck_whatever_fails, NULL, 3600)
{
    const char *wanted = getenv("MILLRACE_SIMULATION_STEPS");
    size_t steps = wanted ? strtoull(wanted, NULL, 10) : STEPS;
    uint64_t seed = 20261122;
    int runs = 0, ended = 0, models = 0;
    Simulation *simulation = NEW(cx->arena, Simulation);
    simulation->cx = cx;
    ArenaMark mark = arena_mark(cx->arena);
    for (; simulation->steps < steps; models++) {
        simulation->graph = model_make(cx, chance(&seed));
        ArenaMark made = arena_mark(cx->arena);
        for (int i = 0; i < RUNS; i++, runs++) {
            simulation->seed = chance(&seed);
            ended += instance_run(simulation);
            arena_rewind(cx->arena, made);
        }
        arena_rewind(cx->arena, mark);
    }
    printf("random models: %d, %zu steps, %zu failures, %d of %d runs came to their end\n", models,
           simulation->steps, simulation->failures, ended, runs);
    CHECK(ended > runs / 2);
}
