// SPDX-License-Identifier: Apache-2.0
// Evaluates decisions through their requirement graph: each element once, what it requires first.
#include "dmn/trace.h"

#include <string.h>

enum { STATE_NEW, STATE_RUNNING, STATE_DONE };

static Value evaluate_element(Evaluation *evaluation, const Element *element);

// The names an element sees: what it requires, that of another model behind the name of its import.
static Value scope_of(Evaluation *evaluation, const Element *element)
{
    Arena *arena = evaluation->machine.arena;
    Value scope = value_context(arena);
    for (size_t i = 0; i < element->requirements.count; i++) {
        const Element *required = element->requirements.items[i];
        Value value = evaluate_element(evaluation, required);
        const char *import = dmn_import_name(element, required);
        if (!*import) {
            value_set(arena, scope, required->name, value);
            continue;
        }
        const Value *inner = value_get(scope, import);
        Value imported = inner ? *inner : value_context(arena);
        value_set(arena, imported, required->name, value);
        if (!inner)
            value_set(arena, scope, import, imported);
    }
    return scope;
}

static Value coerced(Evaluation *evaluation, const Element *element, Value value)
{
    return element->type ? feel_coerce(&evaluation->machine, value, element->type) : value;
}

static Value evaluate_input(Evaluation *evaluation, const Element *element)
{
    const Value *given = value_get(evaluation->inputs, element->name);
    if (!given)
        return value_null();
    return coerced(evaluation, element, *given);
}

// The decisions that it asks for, by name.
static void trace_requires(const Evaluation *evaluation, TraceFrame *frame, const Element *element)
{
    Arena *arena = evaluation->machine.arena;
    ARRAY(Value) names = {0};
    for (size_t i = 0; i < element->requirements.count; i++)
        if (element->requirements.items[i]->kind == ELEMENT_DECISION)
            array_push(arena, names) = value_text(element->requirements.items[i]->name);
    frame->table = boxed_expression(element->node);
    if (names.count)
        value_set(arena, frame->value, "requires", value_list(names.items, names.count));
}

static Value evaluate_decision(Evaluation *evaluation, const Element *element)
{
    Machine *machine = &evaluation->machine;
    const Value *given = value_get(evaluation->inputs, element->name);
    if (given && element != evaluation->root)
        return coerced(evaluation, element, *given);
    if (!element->feel)
        return machine_diagnose(machine, "no-logic", NULL, "the decision \"%s\" has no logic",
                                element->name);
    TraceFrame *frame = trace_open(evaluation, TRACE_DECISION, element->name);
    if (frame)
        trace_requires(evaluation, frame, element);
    Value scope = machine->scope;
    machine->scope = scope_of(evaluation, element);
    Value result = machine_evaluate(machine, element->feel);
    trace_inputs(evaluation, frame, machine->scope);
    trace_close(evaluation, frame, result);
    machine->scope = scope;
    return result;
}

// What the body of traced knowledge evaluates through: part 0 is the body, the others its
// parameters.
Value knowledge_traced(Machine *machine, const Hook *hook, Value *slots)
{
    Evaluation *evaluation = machine->host;
    const Element *element = hook->data;
    TraceFrame *frame = evaluation ? evaluation->frame : NULL;
    if (!frame)
        return machine_part(machine, hook->parts[0], slots);
    frame = trace_open(evaluation, TRACE_KNOWLEDGE, element->name);
    if (frame)
        frame->table = boxed_expression(dmn_child(element->node, "encapsulatedLogic"));
    Value arguments = value_context(machine->arena);
    for (size_t i = 0; i < element->parameter_names.count; i++)
        value_set(machine->arena, arguments, element->parameter_names.items[i],
                  machine_part(machine, hook->parts[i + 1], slots));
    Value result = machine_part(machine, hook->parts[0], slots);
    trace_inputs(evaluation, frame, arguments);
    trace_close(evaluation, frame, result);
    return result;
}

// A business knowledge model sees itself, and those that require each other see each other: the
// function stands before its closure does.
static Value evaluate_knowledge(Evaluation *evaluation, const Element *element)
{
    Machine *machine = &evaluation->machine;
    if (!element->feel)
        return value_null();
    FeelFunction *function = NEW(machine->arena, FeelFunction);
    Value shell = {.kind = VALUE_FUNCTION, .function = function};
    evaluation->results[element->index] = shell;
    Value scope = machine->scope;
    Value own = scope_of(evaluation, element);
    value_set(machine->arena, own, element->name, shell);
    machine->scope = own;
    Value closure = machine_evaluate(machine, element->feel);
    machine->scope = scope;
    if (closure.kind != VALUE_FUNCTION)
        return value_null();
    *function = *(const FeelFunction *)closure.function;
    return shell;
}

static Evaluation *sub_evaluation(Machine *machine, Value inputs)
{
    const Evaluation *outer = machine->host;
    size_t count = outer->root->model->universe->element_count;
    Evaluation *inner = NEW(machine->arena, Evaluation);
    inner->inputs = inputs;
    inner->frames_left = outer->frames_left;
    inner->frame = outer->frame;
    machine_open(&inner->machine, machine->cx, value_null(), machine->diagnostics);
    inner->machine.steps = machine->steps;
    inner->machine.depth = machine->depth;
    inner->machine.error = machine->error;
    inner->results = NEW_ARRAY(machine->arena, Value, count);
    inner->states = NEW_ARRAY(machine->arena, uint8_t, count);
    return inner;
}

static Value service_result(Evaluation *evaluation, const Element *service)
{
    Arena *arena = evaluation->machine.arena;
    if (service->outputs.count == 1)
        return coerced(evaluation, service,
                       evaluate_element(evaluation, service->outputs.items[0]));
    Value context = value_context(arena);
    for (size_t i = 0; i < service->outputs.count; i++) {
        const Element *output = service->outputs.items[i];
        value_set(arena, context, output->name, evaluate_element(evaluation, output));
    }
    return coerced(evaluation, service, context);
}

static Value call_service(Machine *machine, const void *data, const Value *arguments)
{
    const Element *service = data;
    Value inputs = value_context(machine->arena);
    for (size_t i = 0; i < service->parameters.count; i++)
        value_set(machine->arena, inputs, service->parameters.items[i]->name, arguments[i]);
    Evaluation *inner = sub_evaluation(machine, inputs);
    inner->machine.host = inner;
    inner->root = service;
    TraceFrame *frame = trace_open(inner, TRACE_SERVICE, service->name);
    Value result = service_result(inner, service);
    trace_inputs(inner, frame, inputs);
    trace_close(inner, frame, result);
    machine->error = inner->machine.error;
    machine->steps = inner->machine.steps;
    return result;
}

static Value service_function(Evaluation *evaluation, const Element *service)
{
    FeelFunction *function = NEW(evaluation->machine.arena, FeelFunction);
    function->call = call_service;
    function->data = service;
    function->parameters = service->signature;
    function->parameter_count = service->parameters.count;
    return (Value){.kind = VALUE_FUNCTION, .function = function};
}

static Value evaluate_kind(Evaluation *evaluation, const Element *element)
{
    switch (element->kind) {
    case ELEMENT_INPUT:
        return evaluate_input(evaluation, element);
    case ELEMENT_DECISION:
        return evaluate_decision(evaluation, element);
    case ELEMENT_KNOWLEDGE:
        return evaluate_knowledge(evaluation, element);
    default:
        return service_function(evaluation, element);
    }
}

static Value evaluate_element(Evaluation *evaluation, const Element *element)
{
    size_t index = element->index;
    if (evaluation->states[index] != STATE_NEW)
        return evaluation->results[index];
    if (++evaluation->machine.depth > MACHINE_DEPTH) {
        Ctx *cx = evaluation->machine.cx;
        evaluation->machine.error =
            FAIL(cx, ERR_LIMIT, "decisions require each other more than %d deep", MACHINE_DEPTH);
        return value_null();
    }
    evaluation->states[index] = STATE_RUNNING;
    Value value = evaluate_kind(evaluation, element);
    evaluation->results[index] = value;
    evaluation->states[index] = STATE_DONE;
    evaluation->machine.depth--;
    return value;
}

// By id, else by name.
static const Element *find_element(const Dmn *model, const char *name, bool decision)
{
    const Element *element = map_get(model->ids, name);
    if (element && element->kind != ELEMENT_INPUT &&
        (element->kind == ELEMENT_DECISION) == decision)
        return element;
    return map_get(decision ? model->decision_names : model->invocable_names, name);
}

static void open_evaluation(Evaluation *evaluation, Ctx *cx, const Element *root, Value inputs,
                            FeelDiagnostics *diagnostics)
{
    size_t count = root->model->universe->element_count;
    machine_open(&evaluation->machine, cx, value_null(), diagnostics);
    evaluation->machine.host = evaluation;
    evaluation->inputs = inputs;
    evaluation->root = root;
    evaluation->frames_left = NULL;
    evaluation->frame = NULL;
    evaluation->results = NEW_ARRAY(cx->arena, Value, count);
    evaluation->states = NEW_ARRAY(cx->arena, uint8_t, count);
}

FALLIBLE dmn_evaluate(Ctx *cx, const Dmn *model, const char *decision, Value inputs,
                      FeelDiagnostics *diagnostics, Value *trace, Value *out)
{
    Evaluation evaluation;
    const Element *element = find_element(model, decision, true);
    if (!element)
        return FAIL(cx, ERR_NOT_FOUND, "the model has no decision \"%s\"", decision);
    open_evaluation(&evaluation, cx, element, inputs, diagnostics);
    if (trace)
        trace_begin(&evaluation);
    const TraceFrame *around = evaluation.frame;
    Value result = evaluate_element(&evaluation, element);
    TRY(evaluation.machine.error);
    TRY(feel_check_depth(cx, result));
    if (trace)
        *trace = around->required.count ? around->required.items[0] : value_null();
    *out = result;
    return NULL;
}

FALLIBLE dmn_invoke(Ctx *cx, const Dmn *model, const char *invocable, Value inputs,
                    FeelDiagnostics *diagnostics, Value *out)
{
    Evaluation evaluation;
    const Element *element = find_element(model, invocable, false);
    if (!element)
        return FAIL(cx, ERR_NOT_FOUND,
                    "the model has no decision service and no knowledge model \"%s\"", invocable);
    open_evaluation(&evaluation, cx, element, inputs, diagnostics);
    Value function = evaluate_element(&evaluation, element);
    const FeelFunction *called = function.function;
    Value result = value_null();
    if (function.kind == VALUE_FUNCTION) {
        const Parameter *parameters = called->code ? called->code->parameters : called->parameters;
        size_t count = called->code ? called->code->parameter_count : called->parameter_count;
        Value *arguments = NEW_ARRAY(cx->arena, Value, count);
        for (size_t i = 0; i < count; i++) {
            const Value *given = value_get(inputs, parameters[i].name);
            arguments[i] = given ? *given : value_null();
        }
        result = machine_call(&evaluation.machine, function, arguments, count);
    }
    TRY(evaluation.machine.error);
    *out = result;
    return NULL;
}
