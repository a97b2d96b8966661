// SPDX-License-Identifier: Apache-2.0
// Executable BPMN models: a small shell around flow_step, with a virtual clock, that speaks the
// suite's neutral vocabulary.
#include "base/json.h"
#include "flow/step.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

#define START 1790000000000000LL // 2026-09-21T14:13:20Z
#define LATEST (START + 600 * 1000000LL)
#define TEN_SECONDS (10 * 1000000LL)

typedef struct Running {
    const Graph *graph;
    FlowState state;
    bool called; // by the instance `caller`, which waits at `wait`
    size_t caller;
    int wait;
} Running;

// Something that happens later, or at once when `due` is not after the clock.
typedef struct Later {
    Instant due;
    size_t instance;
    FlowEventKind kind;
    int wait;
    const char *name; // an error's code
    Value value;      // what a script gives
    const Graph *graph;
    const GraphNode *starts; // a timer that starts an instance of `graph`, `fired` times so far
    int fired;
    bool done;
} Later;

typedef struct Subscription {
    size_t instance;
    int wait;
    bool signal;
    const char *name;
    bool over;
} Subscription;

typedef struct Shell {
    Ctx *cx;
    ARRAY(const Graph *) graphs;
    ARRAY(Running) instances;
    ARRAY(Later) later;
    ARRAY(Subscription) subscriptions;
    ARRAY(const char *) unread; // messages nobody waits for yet
    ARRAY(const char *) trace;
    int timestamps; // logs being written now
    bool failed;
    Value variables;
} Shell;

// --- The suite's vocabulary ----------------------------------------------------------------------

static char *replace(Arena *arena, const char *text, const char *from, const char *to)
{
    Buffer *out = buffer_new(arena);
    const char *found;
    while ((found = strstr(text, from))) {
        buffer_add(out, text, (size_t)(found - text));
        buffer_text(out, to);
        text = found + strlen(from);
    }
    buffer_text(out, text);
    return out->bytes;
}

// The call of a function point that does what the script is named for.
static void script_call(Buffer *out, const char *prefix, const char *function)
{
    buffer_format(out,
                  "<%sextensionElements><m:call xmlns:m=\"" MILLRACE_SPACE "\" function=\"%s\">",
                  prefix, function);
    if (strstr(function, "INCREMENT"))
        buffer_text(out, "<m:output name=\"integerVariable\" value=\"integerVariable + 1\"/>");
    if (strcmp(function, "LOG_DATA") == 0)
        buffer_text(out, "<m:input name=\"data\" value=\"data\"/>");
    buffer_format(out, "</m:call></%sextensionElements>", prefix);
}

// Each <script>, with whatever prefix, becomes such a call.
static char *scripts_translate(Arena *arena, const char *xml)
{
    Buffer *out = buffer_new(arena);
    const char *word;
    while ((word = strstr(xml, "script>"))) {
        const char *open = word, *name = word + strlen("script>");
        while (open > xml && *open != '<')
            open--;
        const char *end = name + strcspn(name, "<");
        const char *behind = end + strcspn(end, ">");
        buffer_add(out, xml, (size_t)(open - xml));
        script_call(out, text_slice(arena, open + 1, (size_t)(word - open - 1)),
                    text_trim(arena, text_slice(arena, name, (size_t)(end - name))));
        xml = behind + (*behind != 0);
    }
    buffer_text(out, xml);
    return out->bytes;
}

static char *model_translate(Arena *arena, const char *xml)
{
    char *text = scripts_translate(arena, xml);
    for (const char *letter = "abc"; *letter; letter++) {
        char *java = text_format(arena, "test.contains(\"%c\")", *letter);
        char *feel = text_format(arena, "contains(test, \"%c\")", *letter);
        text = replace(arena, text, text_format(arena, "!%s", java),
                       text_format(arena, "not(%s)", feel));
        text = replace(arena, text, text_format(arena, "%s>", java), feel); // a slip in one model
        text = replace(arena, text, java, feel);
    }
    return replace(arena, text, "${integerVariable}", "integerVariable");
}

// --- The shell -----------------------------------------------------------------------------------

static Error *shell_event(Shell *shell, size_t instance, FlowEvent event);
static Error *shell_start(Shell *shell, const Running *how, FlowEvent start);

static Later *later_add(Shell *shell, Instant due, size_t instance, FlowEventKind kind, int wait)
{
    array_push(shell->cx->arena, shell->later) =
        (Later){.due = due, .instance = instance, .kind = kind, .wait = wait};
    return &shell->later.items[shell->later.count - 1];
}

static void function_call(Shell *shell, size_t instance, const FlowEffect *effect)
{
    Arena *arena = shell->cx->arena;
    const char *name = effect->name;
    Instant due = shell->cx->now;
    if (text_starts(name, "SCRIPT_"))
        array_push(arena, shell->trace) = name;
    else if (strcmp(name, "CREATE_MARKER_FILE") == 0)
        array_push(arena, shell->trace) = "MARKER_exists";
    else if (strcmp(name, "INCREMENT_INTEGER_VARIABLE_AND_LOG") == 0)
        array_push(arena, shell->trace) = "INCREMENT_correct";
    else if (strcmp(name, "LOG_DATA") == 0 &&
             text_equal(value_get_text(effect->value, "data"), "String"))
        array_push(arena, shell->trace) = "DATA_correct";
    else if (text_starts(name, "CREATE_TIMESTAMP_LOG")) {
        if (shell->timestamps++ == 1)
            array_push(arena, shell->trace) = "EXECUTION_parallel";
        due += TEN_SECONDS;
    } else if (strcmp(name, "WAIT_TEN_SECONDS") == 0)
        due += TEN_SECONDS;
    bool fails = strcmp(name, "THROW_ERROR") == 0;
    Later *answer =
        later_add(shell, due, instance, fails ? FLOW_FAIL : FLOW_COMPLETE, effect->wait);
    answer->name = "error";
    if (strcmp(name, "SET_STRING_DATA") == 0)
        answer->value = value_text("String");
}

// Which of the node's triggers starts an instance by that event; -1: none.
static int start_trigger(const GraphNode *node, TriggerKind kind, const char *name)
{
    if (node->scope != 0 || (node->kind != NODE_START && !node->instantiate))
        return -1;
    for (size_t i = 0; i < node->trigger_count; i++)
        if (node->triggers[i].kind == kind && text_equal(node->triggers[i].name, name))
            return (int)i;
    return -1;
}

static Error *starts_hear(Shell *shell, TriggerKind kind, const char *name, bool *heard)
{
    for (size_t i = 0; i < shell->graphs.count; i++) {
        const Graph *graph = shell->graphs.items[i];
        for (size_t k = 0; k < graph->node_count; k++) {
            const GraphNode *node = &graph->nodes[k];
            int trigger = start_trigger(node, kind, name);
            if (trigger < 0)
                continue;
            *heard = true;
            TRY(shell_start(shell, &(Running){.graph = graph},
                            (FlowEvent){.node = node->index, .wait = trigger}));
        }
    }
    return NULL;
}

static Error *message_deliver(Shell *shell, const char *name, bool *heard)
{
    for (size_t i = 0; i < shell->subscriptions.count; i++) {
        Subscription *wait = &shell->subscriptions.items[i];
        if (wait->over || wait->signal || strcmp(wait->name, name) != 0)
            continue;
        wait->over = *heard = true;
        return shell_event(shell, wait->instance,
                           (FlowEvent){.kind = FLOW_MESSAGE, .wait = wait->wait});
    }
    return starts_hear(shell, TRIGGER_MESSAGE, name, heard);
}

static Error *signal_deliver(Shell *shell, size_t from, const char *name)
{
    bool heard = false;
    size_t count = shell->instances.count;
    for (size_t i = 0; i < count; i++)
        if (i != from && shell->instances.items[i].state.status == FLOW_RUNNING)
            TRY(shell_event(shell, i, (FlowEvent){.kind = FLOW_SIGNAL, .name = name}));
    return starts_hear(shell, TRIGGER_SIGNAL, name, &heard);
}

static Error *wait_over(Shell *shell, size_t instance, int wait)
{
    for (size_t i = 0; i < shell->later.count; i++)
        if (shell->later.items[i].instance == instance && shell->later.items[i].wait == wait)
            shell->later.items[i].done = true;
    for (size_t i = 0; i < shell->subscriptions.count; i++)
        if (shell->subscriptions.items[i].instance == instance &&
            shell->subscriptions.items[i].wait == wait)
            shell->subscriptions.items[i].over = true;
    return NULL;
}

// --- Calls ---------------------------------------------------------------------------------------

static Error *call(Shell *shell, size_t caller, const FlowEffect *effect)
{
    for (size_t i = 0; i < shell->graphs.count; i++)
        if (strcmp(shell->graphs.items[i]->id, effect->name) == 0)
            return shell_start(
                shell,
                &(Running){.graph = shell->graphs.items[i],
                           .called = true,
                           .caller = caller,
                           .wait = effect->wait},
                (FlowEvent){.node = -1, .name = FLOW_CALLED, .value = shell->variables});
    later_add(shell, shell->cx->now, caller, FLOW_FAIL, effect->wait)->name = "not-deployed";
    return NULL;
}

static Error *call_cancel(Shell *shell, size_t caller, int wait)
{
    for (size_t i = 0; i < shell->instances.count; i++) {
        const Running *called = &shell->instances.items[i];
        if (called->called && called->caller == caller && called->wait == wait &&
            called->state.status == FLOW_RUNNING)
            TRY(shell_event(shell, i, (FlowEvent){.kind = FLOW_CANCEL}));
    }
    return wait_over(shell, caller, wait);
}

static Error *ended(Shell *shell, size_t instance, const FlowEffect *effect)
{
    const Running *running = &shell->instances.items[instance];
    bool failed = effect->status == FLOW_FAILED;
    if (failed && !running->called)
        array_push(shell->cx->arena, shell->trace) = "ERROR_thrownErrorEvent";
    const char *name = effect->name; // of an error; else by which key it can be undone
    if (!failed && name)
        name = text_format(shell->cx->arena, "%zu", instance);
    if (running->called && effect->status != FLOW_CANCELLED)
        later_add(shell, shell->cx->now, running->caller, failed ? FLOW_FAIL : FLOW_COMPLETE,
                  running->wait)
            ->name = name;
    return NULL;
}

static Error *escalated(Shell *shell, size_t instance, const FlowEffect *effect)
{
    const Running *running = &shell->instances.items[instance];
    if (running->called)
        later_add(shell, shell->cx->now, running->caller, FLOW_ESCALATE, running->wait)->name =
            effect->name;
    return NULL;
}

static Error *effect_do(Shell *shell, size_t instance, const FlowEffect *effect)
{
    Arena *arena = shell->cx->arena;
    bool heard = false;
    switch (effect->kind) {
    case EFFECT_FUNCTION_CALL:
        function_call(shell, instance, effect);
        return NULL;
    case EFFECT_TIMER_SET:
        later_add(shell, effect->due, instance, FLOW_TIMER, effect->wait);
        return NULL;
    case EFFECT_WORK_OFFER: // people are quick
        later_add(shell, shell->cx->now, instance, FLOW_COMPLETE, effect->wait);
        return NULL;
    case EFFECT_PROCESS_CALL:
        return call(shell, instance, effect);
    case EFFECT_CALL_CANCEL:
        return call_cancel(shell, instance, effect->wait);
    case EFFECT_CALL_UNDO:
        return shell_event(shell, strtoul(effect->key, NULL, 10), (FlowEvent){.kind = FLOW_UNDO});
    case EFFECT_CALL_FORGET:
        return shell_event(shell, strtoul(effect->key, NULL, 10), (FlowEvent){.kind = FLOW_FORGET});
    case EFFECT_WORK_CANCEL:
    case EFFECT_TIMER_CANCEL:
    case EFFECT_MESSAGE_CANCEL:
        return wait_over(shell, instance, effect->wait);
    case EFFECT_MESSAGE_WAIT:
        array_push(arena, shell->subscriptions) =
            (Subscription){instance, effect->wait, false, effect->name, false};
        return NULL;
    case EFFECT_MESSAGE_SEND:
        TRY(message_deliver(shell, effect->name, &heard));
        if (!heard)
            array_push(arena, shell->unread) = effect->name;
        return NULL;
    case EFFECT_SIGNAL_SEND:
        return signal_deliver(shell, instance, effect->name);
    case EFFECT_INCIDENT:
        array_push(arena, shell->trace) = "ERROR_runtime";
        return NULL;
    case EFFECT_ESCALATED:
        return escalated(shell, instance, effect);
    case EFFECT_ENDED:
        return ended(shell, instance, effect);
    default:
        return NULL;
    }
}

static Error *shell_event(Shell *shell, size_t instance, FlowEvent event)
{
    FlowOutcome outcome;
    Running *running = &shell->instances.items[instance];
    TRY(flow_step(shell->cx, running->graph, &running->state, &event, &outcome));
    // What is stored must be what is: every state goes through its packed form.
    Text packed = flow_pack(shell->cx, &outcome.state);
    TRY(flow_unpack(shell->cx, running->graph, packed.bytes, packed.length, &running->state));
    for (size_t i = 0; i < outcome.effect_count; i++)
        TRY(effect_do(shell, instance, &outcome.effects[i]));
    return NULL;
}

static Error *shell_start(Shell *shell, const Running *how, FlowEvent start)
{
    size_t instance = shell->instances.count;
    array_push(shell->cx->arena, shell->instances) = *how;
    start.kind = FLOW_START;
    return shell_event(shell, instance, start);
}

// The next that happens: the first of the earliest.
static Later *later_next(Shell *shell)
{
    Later *next = NULL;
    for (size_t i = 0; i < shell->later.count; i++) {
        Later *later = &shell->later.items[i];
        if (!later->done && (!next || later->due < next->due))
            next = later;
    }
    return next;
}

static Error *unread_deliver(Shell *shell)
{
    for (size_t i = 0; i < shell->unread.count; i++) {
        bool heard = false;
        const char *name = shell->unread.items[i];
        if (name)
            TRY(message_deliver(shell, name, &heard));
        if (heard)
            shell->unread.items[i] = NULL;
    }
    return NULL;
}

// A timer that starts: when it fires next, and the instance.
static Error *timer_plan(Shell *shell, const Graph *graph, const GraphNode *node, int fired,
                         Instant previous)
{
    Instant due;
    TRY(flow_start_due(shell->cx, graph, node->index, fired, previous, &due));
    if (!due)
        return NULL;
    Later *later = later_add(shell, due, 0, FLOW_START, 0);
    later->starts = node;
    later->graph = graph;
    later->fired = fired;
    return NULL;
}

static Error *timer_start(Shell *shell, Later due)
{
    TRY(timer_plan(shell, due.graph, due.starts, due.fired + 1, due.due));
    return shell_start(shell, &(Running){.graph = due.graph},
                       (FlowEvent){.node = due.starts->index, .value = shell->variables});
}

static FlowEvent event_of(const Later *later)
{
    return (FlowEvent){
        .kind = later->kind, .wait = later->wait, .name = later->name, .value = later->value};
}

static Error *shell_run(Shell *shell)
{
    Later *next;
    TRY(unread_deliver(shell));
    while ((next = later_next(shell)) && next->due <= LATEST) {
        if (next->due > shell->cx->now)
            shell->cx->now = next->due;
        next->done = true;
        if (next->starts)
            TRY(timer_start(shell, *next));
        else
            TRY(shell_event(shell, next->instance, event_of(next)));
        TRY(unread_deliver(shell));
    }
    return NULL;
}

// --- The cases -----------------------------------------------------------------------------------

static Value variables_of(Ctx *cx, Value one)
{
    Value variables = value_context(cx->arena);
    const Value *input = value_get(one, "input"), *number = value_get(one, "intVar");
    const char *text = input && input->kind == VALUE_TEXT ? input->text.bytes : "";
    value_set(cx->arena, variables, "test", value_text(text));
    value_set(cx->arena, variables, "integerVariable", number ? *number : value_integer(0));
    return variables;
}

static Error *graphs_compile(Shell *shell, const char *xml)
{
    Ctx *cx = shell->cx;
    BpmnProblems problems = {0};
    const BpmnModel *model;
    TRY(bpmn_read(cx, xml, strlen(xml), &model, &problems));
    bpmn_check(cx, model, &problems);
    for (size_t i = 0; i < model->process_count; i++) {
        const Graph *graph = NULL;
        TRY(bpmn_compile(cx, model, xml_attribute(model->processes[i], "id"), &graph, &problems));
        if (graph)
            array_push(cx->arena, shell->graphs) = graph;
    }
    return bpmn_problems_error(cx, &problems);
}

static bool is_called(const Shell *shell, const char *id)
{
    for (size_t i = 0; i < shell->graphs.count; i++)
        for (size_t k = 0; k < shell->graphs.items[i]->node_count; k++)
            if (text_equal(shell->graphs.items[i]->nodes[k].called, id))
                return true;
    return false;
}

// The process that is tried is the first that nobody calls.
static const Graph *graph_tried(const Shell *shell)
{
    for (size_t i = 0; i < shell->graphs.count; i++)
        if (!is_called(shell, shell->graphs.items[i]->id))
            return shell->graphs.items[i];
    return shell->graphs.count ? shell->graphs.items[0] : NULL;
}

static Error *timers_plan(Shell *shell, const Graph *graph)
{
    for (size_t i = 0; i < graph->node_count; i++) {
        const GraphNode *node = &graph->nodes[i];
        if (node->scope == 0 && node->kind == NODE_START && node->trigger_count == 1 &&
            node->triggers[0].kind == TRIGGER_TIMER)
            TRY(timer_plan(shell, graph, node, 0, 0));
    }
    return NULL;
}

static Error *case_run(Shell *shell, const char *xml, Value one)
{
    const Value *parallel = value_get(one, "parallel");
    bool all = parallel && parallel->kind == VALUE_BOOLEAN && parallel->boolean;
    TRY(graphs_compile(shell, xml));
    shell->variables = variables_of(shell->cx, one);
    const Graph *tried = graph_tried(shell);
    // Whoever listens starts first.
    for (size_t i = shell->graphs.count; i-- > 0;) {
        const Graph *graph = shell->graphs.items[i];
        if (graph != tried && is_called(shell, graph->id))
            continue;
        TRY(timers_plan(shell, graph));
        if ((graph == tried || all) && graph->scopes[0].start_count)
            TRY(shell_start(shell, &(Running){.graph = graph},
                            (FlowEvent){.node = -1, .value = variables_of(shell->cx, one)}));
    }
    return shell_run(shell);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool trace_matches(Shell *shell, Value expected)
{
    size_t count = expected.list.count;
    const char **wanted = NEW_ARRAY(shell->cx->arena, const char *, count + 1);
    for (size_t i = 0; i < count; i++)
        wanted[i] = expected.list.items[i].text.bytes;
    if (count == 1 && strcmp(wanted[0], "ERROR") == 0)
        return shell->failed ||
               (shell->trace.count == 1 && text_starts(shell->trace.items[0], "ERROR"));
    if (count == 1 && strcmp(wanted[0], "ERROR_deployment") == 0)
        return shell->failed && shell->instances.count == 0;
    if (count != shell->trace.count)
        return false;
    qsort(wanted, count, sizeof *wanted, by_text);
    if (count)
        qsort(shell->trace.items, count, sizeof(char *), by_text);
    for (size_t i = 0; i < count; i++)
        if (strcmp(wanted[i], shell->trace.items[i]) != 0)
            return false;
    return true;
}

static void tell(const SuiteRun *run, const char *name, const Shell *shell, const Error *error,
                 Value one)
{
    Arena *arena = run->cx->arena;
    Buffer *got = buffer_new(arena);
    for (size_t i = 0; i < shell->trace.count; i++)
        buffer_format(got, " %s", shell->trace.items[i]);
    const Value *input = value_get(one, "input");
    fprintf(run->out, "FAIL %s %s: got%s%s%s, wanted %s\n", name,
            input ? json_text(arena, *input) : "", got->length ? got->bytes : " nothing",
            error ? " error: " : "", error ? error->message : "",
            json_text(arena, *value_get(one, "expect")));
}

void bpmn_execution_judge(const SuiteRun *run, const char *name, const char *xml, Value one)
{
    Shell shell = {.cx = run->cx};
    run->cx->now = START;
    Error *error = case_run(&shell, model_translate(run->cx->arena, xml), one);
    shell.failed = error != NULL;
    bool passes = trace_matches(&shell, *value_get(one, "expect"));
    run->tally->total++;
    run->tally->passed += passes;
    if (!passes && run->out)
        tell(run, name, &shell, error, one);
}

static FALLIBLE model_run(const SuiteRun *run, Value model)
{
    Ctx *cx = run->cx;
    Text bytes;
    const char *path = value_get_text(model, "model");
    const Value *cases = value_get(model, "cases");
    if (!path || !cases || cases->kind != VALUE_LIST)
        return FAIL(cx, ERR_INVALID, "cases.json holds a model without a path or cases");
    TRY(suite_file(cx, text_format(cx->arena, "%s/%s", run->folder, path), &bytes));
    for (size_t i = 0; i < cases->list.count; i++) {
        const Value *expect = value_get(cases->list.items[i], "expect");
        if (!expect || expect->kind != VALUE_LIST)
            return FAIL(cx, ERR_INVALID, "a case of %s expects nothing", path);
        bpmn_execution_judge(run, path, bytes.bytes, cases->list.items[i]);
    }
    return NULL;
}

FALLIBLE bpmn_execution_run(const SuiteRun *run)
{
    Ctx *cx = run->cx;
    Text text;
    Value suite;
    TRY(suite_file(cx, text_format(cx->arena, "%s/cases.json", run->folder), &text));
    TRY(json_parse(cx, text.bytes, text.length, &suite));
    if (suite.kind != VALUE_LIST)
        return FAIL(cx, ERR_INVALID, "cases.json is no list");
    for (size_t i = 0; i < suite.list.count; i++) {
        ArenaMark mark = arena_mark(cx->arena);
        TRY(model_run(run, suite.list.items[i]));
        arena_rewind(cx->arena, mark);
    }
    return NULL;
}
