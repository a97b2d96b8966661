// SPDX-License-Identifier: Apache-2.0
// Every pair of nestings with every event that can come in them: an event, interrupting or not, on
// the border of the inner one or in an event sub-process inside it. Whatever the pair, the event
// runs its handler once for each that hears it, takes away what it interrupts and nothing else, the
// instance comes to its end, and cancelling it leaves nothing.
#include "flow/drawing.h"
#include "flow/step.h"

#include "base/test.h"

#include <stdio.h>
#include <string.h>

typedef enum Nest {
    NEST_PLAIN,
    NEST_TRANSACTION,
    NEST_AD_HOC,
    NEST_PARALLEL,
    NEST_SEQUENTIAL,
    NEST_LOOP,
    NEST_EVENT,
    NEST_KINDS,
} Nest;

typedef struct Model {
    Ctx *cx;
    Nest outer;
    Nest inner;
    TriggerKind trigger;
    bool border; // else in an event sub-process
    bool interrupts;
    ARRAY(const char *) lines;
    const Graph *graph;
} Model;

// --- The model -----------------------------------------------------------------------------------

__attribute__((format(printf, 3, 4))) static void put(Model *model, int depth, const char *format,
                                                      ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *line = text_format_list(model->cx->arena, format, arguments);
    va_end(arguments);
    array_push(model->cx->arena, model->lines) =
        text_format(model->cx->arena, "%*s%s", 2 * depth, "", line);
}

static const char *element_of(Nest nest)
{
    return nest == NEST_TRANSACTION ? "transaction"
           : nest == NEST_AD_HOC    ? "adHocSubProcess"
                                    : "subProcess";
}

// The head of a nest; what stands in it follows one deeper and begins with `first`, if it needs to
// be led to.
static void nest_put(Model *model, int depth, Nest nest, const char *id, const char *first)
{
    put(model, depth, "%s %s%s", element_of(nest), id,
        nest == NEST_EVENT ? " triggeredByEvent=\"true\"" : "");
    if (nest == NEST_PARALLEL || nest == NEST_SEQUENTIAL)
        put(model, depth,
            "  | <multiInstanceLoopCharacteristics isSequential=\"%s\"><loopCardinality>2"
            "</loopCardinality></multiInstanceLoopCharacteristics>",
            nest == NEST_SEQUENTIAL ? "true" : "false");
    if (nest == NEST_LOOP)
        put(model, depth, "  | <standardLoopCharacteristics loopMaximum=\"2\"/>");
    if (nest != NEST_EVENT)
        return;
    put(model, depth + 1, "startEvent %sStart isInterrupting=\"false\" -> %s", id, first);
    put(model, depth + 1, "  | <messageEventDefinition messageRef=\"Go%s\"/>", id);
}

static const char *definition_of(TriggerKind kind)
{
    switch (kind) {
    case TRIGGER_MESSAGE:
        return "<messageEventDefinition messageRef=\"M\"/>";
    case TRIGGER_TIMER:
        return "<timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition>";
    case TRIGGER_SIGNAL:
        return "<signalEventDefinition signalRef=\"S\"/>";
    case TRIGGER_ERROR:
        return "<errorEventDefinition errorRef=\"E\"/>";
    case TRIGGER_ESCALATION:
        return "<escalationEventDefinition escalationRef=\"X\"/>";
    default:
        return "<conditionalEventDefinition><condition>thing.flag</condition>"
               "</conditionalEventDefinition>";
    }
}

static void inner_put(Model *model)
{
    const char *word = model->interrupts ? "true" : "false";
    nest_put(model, 1, model->inner, "inner", "all");
    if (model->inner == NEST_EVENT)
        put(model, 2, "parallelGateway all -> x; f; t");
    put(model, 2, "userTask x");
    put(model, 2, "serviceTask f");
    put(model, 2, "  | <m:call function=\"f\"/>");
    put(model, 2, "userTask t -> throw");
    put(model, 2, "intermediateThrowEvent throw");
    put(model, 2, "  | <escalationEventDefinition escalationRef=\"X\"/>");
    if (model->border) {
        put(model, 1, "boundaryEvent on attachedToRef=\"inner\" cancelActivity=\"%s\" -> caught",
            word);
        put(model, 1, "  | %s", definition_of(model->trigger));
        put(model, 1, "userTask caught");
        return;
    }
    put(model, 2, "subProcess on triggeredByEvent=\"true\"");
    put(model, 3, "startEvent begin isInterrupting=\"%s\" -> caught", word);
    put(model, 3, "  | %s", definition_of(model->trigger));
    put(model, 3, "userTask caught -> over");
    put(model, 3, "endEvent over");
}

// A nest that an event starts needs something beside it that runs.
static void model_put(Model *model)
{
    static const char *const roots[] = {
        "<message id=\"M\" name=\"m\"/>",
        "<message id=\"Goinner\" name=\"go inner\"/>",
        "<message id=\"Goouter\" name=\"go outer\"/>",
        "<signal id=\"S\" name=\"s\"/>",
        "<error id=\"E\" errorCode=\"bad\"/>",
        "<escalation id=\"X\" escalationCode=\"up\"/>",
    };
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++)
        put(model, 0, "root | %s", roots[i]);
    put(model, 0,
        "process | <m:governs entity=\"thing\" variable=\"thing\"><m:owns "
        "field=\"flag\"/></m:governs>");
    put(model, 0, "userTask main");
    bool both = model->outer == NEST_EVENT && model->inner != NEST_EVENT;
    nest_put(model, 0, model->outer, "outer", both ? "both" : "beside");
    if (both)
        put(model, 1, "parallelGateway both -> beside; inner");
    put(model, 1, "userTask beside");
    inner_put(model);
}

static bool model_make(Model *model)
{
    Ctx *cx = model->cx;
    BpmnProblems problems = {0};
    const BpmnModel *read;
    model_put(model);
    char *xml = drawing_xml(cx, model->lines.items, model->lines.count);
    CHECK_OK(bpmn_read(cx, xml, strlen(xml), &read, &problems));
    CHECK_OK(bpmn_compile(cx, read, NULL, &model->graph, &problems));
    Error *error = bpmn_problems_error(cx, &problems);
    if (error)
        printf("outer %d inner %d trigger %d border %d: %s\n", model->outer, model->inner,
               model->trigger, model->border, error->message);
    return !error;
}

// --- Runs ----------------------------------------------------------------------------------------

static const char *id_of(const Model *model, const FlowPlace *place)
{
    return place->node < 0 ? "" : model->graph->nodes[place->node].id;
}

static const FlowPlace *find(const Model *model, const FlowState *state, PlaceKind kind,
                             const char *id)
{
    for (size_t i = 0; i < state->place_count; i++)
        if (state->places[i].kind == kind && strcmp(id_of(model, &state->places[i]), id) == 0)
            return &state->places[i];
    return NULL;
}

// Places of that node below a place; 0: anywhere.
static int count_below(const Model *model, const FlowState *state, int above, const char *id)
{
    int count = 0;
    for (size_t i = 0; i < state->place_count; i++) {
        const FlowPlace *at = &state->places[i];
        if (at->kind != PLACE_WORK || strcmp(id_of(model, at), id) != 0)
            continue;
        while (at && at->number != above)
            at = flow_place(state, at->parent);
        count += !above || at;
    }
    return count;
}

static void step(const Model *model, FlowState *state, FlowEvent event)
{
    Ctx *cx = model->cx;
    FlowOutcome outcome;
    if (!event.subject.kind) {
        event.subject = value_context(cx->arena);
        value_set(cx->arena, event.subject, "flag", value_boolean(false));
    }
    CHECK_OK(flow_step(cx, model->graph, state, &event, &outcome));
    Text packed = flow_pack(cx, &outcome.state);
    CHECK_OK(flow_unpack(cx, model->graph, packed.bytes, packed.length, state));
    if (state->status != FLOW_RUNNING)
        return;
    FlowEvent cancel = {.kind = FLOW_CANCEL};
    CHECK_OK(flow_step(cx, model->graph, state, &cancel, &outcome));
    CHECK_INT((long long)outcome.state.place_count, 0);
}

static void open(const Model *model, FlowState *state)
{
    step(model, state, (FlowEvent){.kind = FLOW_START, .node = -1});
    for (int i = 0; i < 2; i++) {
        const char *id = i ? "inner" : "outer";
        const FlowPlace *watch = find(model, state, PLACE_WATCH, id);
        if ((i ? model->inner : model->outer) == NEST_EVENT) {
            CHECK(watch != NULL);
            step(model, state, (FlowEvent){.kind = FLOW_MESSAGE, .wait = watch->number});
        }
    }
}

// Whoever hears it: the places that the event is attached to, or the scopes it is armed in.
static size_t hosts_find(const Model *model, const FlowState *state, int *hosts, FlowEvent *event)
{
    size_t count = 0;
    bool all = model->trigger == TRIGGER_SIGNAL || model->trigger == TRIGGER_CONDITION;
    for (size_t i = 0; i < state->place_count; i++)
        if (state->places[i].kind == PLACE_WATCH &&
            strcmp(id_of(model, &state->places[i]), "on") == 0 && (all || !count)) {
            event->wait = state->places[i].number;
            hosts[count++] = state->places[i].parent;
        }
    if (count)
        return count;
    // Errors and escalations are looked up from where they come.
    const FlowPlace *from = model->trigger == TRIGGER_ERROR
                                ? find(model, state, PLACE_FUNCTION, "f")
                                : find(model, state, PLACE_WORK, "t");
    event->wait = from->number;
    for (const FlowPlace *at = from; at; at = flow_place(state, at->parent)) {
        const FlowPlace *up = flow_place(state, at->parent);
        bool instance = up && up->kind == PLACE_LOOP;
        if (strcmp(id_of(model, at), "inner") == 0 && !(model->border && instance)) {
            hosts[0] = at->number;
            return 1;
        }
    }
    return 0;
}

static FlowEvent event_of(const Model *model)
{
    Ctx *cx = model->cx;
    static const FlowEventKind kinds[] = {
        [TRIGGER_MESSAGE] = FLOW_MESSAGE,     [TRIGGER_TIMER] = FLOW_TIMER,
        [TRIGGER_SIGNAL] = FLOW_SIGNAL,       [TRIGGER_ERROR] = FLOW_FAIL,
        [TRIGGER_ESCALATION] = FLOW_COMPLETE, [TRIGGER_CONDITION] = FLOW_CHECK,
    };
    FlowEvent event = {.kind = kinds[model->trigger]};
    event.name = model->trigger == TRIGGER_SIGNAL ? "s" : "bad";
    event.subject = value_context(cx->arena);
    value_set(cx->arena, event.subject, "flag", value_boolean(true));
    return event;
}

static void event_try(const Model *model, FlowState *state)
{
    int hosts[16], gone = 0;
    FlowEvent event = event_of(model);
    int before = count_below(model, state, 0, "x");
    size_t count = hosts_find(model, state, hosts, &event);
    CHECK(count > 0 && before > 0);
    for (size_t i = 0; i < count && model->interrupts; i++)
        gone += count_below(model, state, hosts[i], "x");
    int caught = count_below(model, state, 0, "caught");
    step(model, state, event);
    CHECK_INT(count_below(model, state, 0, "caught") - caught, (long long)count);
    CHECK_INT(count_below(model, state, 0, "x"), before - gone);
    CHECK(find(model, state, PLACE_WORK, "main") != NULL);
}

static void finish(const Model *model, FlowState *state)
{
    for (int i = 0; i < 200 && state->status == FLOW_RUNNING; i++) {
        int wait = 0;
        for (size_t k = 0; k < state->place_count && !wait; k++)
            if (state->places[k].kind == PLACE_WORK || state->places[k].kind == PLACE_FUNCTION)
                wait = state->places[k].number;
        CHECK(wait > 0); // something can always be done
        step(model, state, (FlowEvent){.kind = FLOW_COMPLETE, .wait = wait});
    }
    CHECK_INT(state->status, FLOW_COMPLETED);
}

static int pair_try(Ctx *cx, Nest outer, Nest inner, TriggerKind trigger, int variant)
{
    Model model = {.cx = cx,
                   .outer = outer,
                   .inner = inner,
                   .trigger = trigger,
                   .border = variant & 1,
                   .interrupts = !(variant & 2)};
    FlowState state = {0};
    bool drawn = (trigger != TRIGGER_ERROR || model.interrupts) && // errors always interrupt
                 !(model.border && inner == NEST_EVENT) &&         // which has no border
                 outer != NEST_AD_HOC; // holds no event sub-process beside its steps
    if (!drawn)
        return 0;
    CHECK(model_make(&model));
    open(&model, &state);
    event_try(&model, &state);
    finish(&model, &state);
    return 1;
}

TEST_WITH(every_pair_of_nestings_bears_every_event, NULL, 120)
{
    static const TriggerKind triggers[] = {TRIGGER_MESSAGE, TRIGGER_TIMER,      TRIGGER_SIGNAL,
                                           TRIGGER_ERROR,   TRIGGER_ESCALATION, TRIGGER_CONDITION};
    int tried = 0;
    ArenaMark mark = arena_mark(cx->arena);
    for (int outer = 0; outer < NEST_KINDS; outer++)
        for (int inner = 0; inner < NEST_KINDS; inner++)
            for (size_t i = 0; i < sizeof triggers / sizeof *triggers; i++)
                for (int variant = 0; variant < 4; variant++) {
                    tried += pair_try(cx, (Nest)outer, (Nest)inner, triggers[i], variant);
                    arena_rewind(cx->arena, mark);
                }
    printf("pairs of nestings: %d models\n", tried);
    CHECK(tried > 800);
}
