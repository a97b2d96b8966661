// SPDX-License-Identifier: Apache-2.0
#include "feel/machine.h"
#include "base/messages.h"
#include "feel/builtin.h"
#include "feel/check.h"

#include <string.h>

#define STACK_CHUNK 64 // values

void machine_open(Machine *machine, Ctx *cx, Value scope, FeelDiagnostics *diagnostics)
{
    memset(machine, 0, offsetof(Machine, room));
    machine->stack = machine->room;
    machine->stack_end = machine->room + MACHINE_ROOM;
    machine->cx = cx;
    machine->arena = cx->arena;
    machine->scope = scope;
    machine->diagnostics = diagnostics;
    machine->steps = MACHINE_STEPS;
    machine->bytes = arena_used(cx->arena);
}

Value machine_diagnose(Machine *machine, const char *code, const char *hint, const char *format,
                       ...)
{
    FeelDiagnostics *list = machine->diagnostics;
    // A loop may go wrong a million times; the first hundred tell the story.
    if (!list || list->count >= 100)
        return value_null();
    va_list arguments;
    va_start(arguments, format);
    char *message =
        text_format_list(machine->arena, message_in(machine->cx->language, format), arguments);
    va_end(arguments);
    utf8_repair(message);
    FeelDiagnostic diagnostic = {.code = code,
                                 .message = message,
                                 .hint = hint ? message_in(machine->cx->language, hint) : NULL};
    if (machine->code && machine->code->spans && machine->at < machine->code->count) {
        diagnostic.from = machine->code->spans[machine->at].from;
        diagnostic.to = machine->code->spans[machine->at].to;
        diagnostic.source = machine->code->spans[machine->at].source;
    }
    array_push(machine->arena, *list) = diagnostic;
    return value_null();
}

bool machine_spend(Machine *machine, int64_t steps)
{
    Ctx *cx = machine->cx;
    machine->steps -= steps;
    bool too_large = arena_used(machine->arena) > machine->bytes + MACHINE_BYTES;
    if (machine->steps >= 0 && !too_large)
        return !machine->error;
    if (!machine->error && too_large)
        machine->error = error_hint(
            FAIL(cx, ERR_LIMIT, "the expression takes more than %lu bytes", MACHINE_BYTES),
            "Make its lists or texts smaller.");
    else if (!machine->error)
        machine->error = error_hint(
            FAIL(cx, ERR_LIMIT, "the expression takes more than %d steps", MACHINE_STEPS),
            "Make its lists or ranges smaller.");
    return false;
}

// Values for one frame, taken from chunks so that nothing that points into a frame ever moves.
static Value *frame_take(Machine *machine, int count)
{
    if (!count) // perhaps before the first chunk, so that the stack is NULL
        return machine->stack;
    if (machine->stack_end - machine->stack < count) {
        int size = count > STACK_CHUNK ? count : STACK_CHUNK;
        machine->stack = NEW_ARRAY(machine->arena, Value, (size_t)size);
        machine->stack_end = machine->stack + size;
    }
    Value *frame = machine->stack;
    machine->stack += count;
    return frame;
}

const char *machine_nearest(Machine *machine, Value context, const char *name)
{
    if (context.kind != VALUE_CONTEXT || (!machine->diagnostics && !machine->error))
        return NULL;
    size_t count = context.context->count;
    const char **names = NEW_ARRAY(machine->arena, const char *, count);
    for (size_t i = 0; i < count; i++)
        names[i] = context.context->entries[i].key;
    const char *near = feel_nearest_name(name, names, count);
    return near ? text_format(machine->arena,
                              message_in(machine->cx->language, "did you mean \"%s\"?"), near)
                : NULL;
}

// In strict evaluations: neither was the name declared, nor does the scope have it.
static void missing_name(Machine *machine, const Code *code, const char *name)
{
    Ctx *cx = machine->cx;
    const Span *span = &code->spans[machine->at];
    machine->error = FAIL(cx, ERR_INVALID, "unknown name \"%s\"", name);
    const char *hint = machine_nearest(machine, machine->scope, name);
    if (hint)
        error_hint(machine->error, "%s", hint);
    feel_place(cx, machine->error, span->source, span->from);
}

static Value find_global(Machine *machine, const Code *code, int index)
{
    const Global *global = &code->feel->globals[index];
    Value scope = machine->scope;
    if (scope.kind == VALUE_CONTEXT) {
        const ValueContext *context = scope.context;
        // Scopes mostly hold their entries in the order in which an expression names them.
        if ((size_t)index < context->count &&
            (context->entries[index].key == global->name ||
             strcmp(context->entries[index].key, global->name) == 0))
            return context->entries[index].value;
        const Value *found = value_get(scope, global->name);
        if (found)
            return *found;
    }
    if (global->builtin) {
        FeelFunction *function = NEW(machine->arena, FeelFunction);
        function->builtin = global->builtin;
        return (Value){.kind = VALUE_FUNCTION, .function = function};
    }
    if (global->demanded && !machine->error)
        missing_name(machine, code, global->name);
    return machine_diagnose(machine, "unknown-name",
                            machine_nearest(machine, machine->scope, global->name),
                            "unknown name \"%s\"", global->name);
}

static Value make_closure(Machine *machine, const Code *code, const Value *slots,
                          const Value *captures)
{
    FeelFunction *function = NEW(machine->arena, FeelFunction);
    Value *taken = NEW_ARRAY(machine->arena, Value, code->capture_count);
    Value closure = {.kind = VALUE_FUNCTION, .function = function};
    function->code = code;
    function->captures = taken;
    function->scope = machine->scope;
    for (size_t i = 0; i < code->capture_count; i++) {
        const Capture *capture = &code->captures[i];
        taken[i] = capture->self       ? closure
                   : capture->captured ? captures[capture->index]
                                       : slots[capture->index];
    }
    return closure;
}

static Value call_closure(Machine *machine, const FeelFunction *function, const Value *arguments,
                          size_t count)
{
    const Code *code = function->code;
    if (count != code->parameter_count)
        return machine_diagnose(machine, "arguments", NULL,
                                "the function takes %zu arguments, but got %zu",
                                code->parameter_count, count);
    if (code->external)
        return machine_diagnose(machine, "external-function", NULL,
                                "an external function cannot be called here");
    Value *saved_stack = machine->stack;
    Value *saved_end = machine->stack_end;
    Value *slots = frame_take(machine, code->slots);
    memset(slots, 0, (size_t)code->slots * sizeof *slots);
    for (size_t i = 0; i < count; i++) {
        const FeelType *type = code->parameters[i].type;
        slots[i] = type ? feel_coerce(machine, arguments[i], type) : arguments[i];
        if (type && value_is_null(slots[i]) && !value_is_null(arguments[i])) {
            machine->stack = saved_stack;
            machine->stack_end = saved_end;
            return value_null(); // already diagnosed: the argument does not fit its parameter
        }
    }
    Value scope = machine->scope;
    machine->scope = function->scope;
    Value result = machine_run(machine, code, slots, function->captures);
    if (code->result)
        result = feel_coerce(machine, result, code->result);
    machine->scope = scope;
    machine->stack = saved_stack;
    machine->stack_end = saved_end;
    return result;
}

static Value call_native(Machine *machine, const FeelFunction *function, const Value *arguments,
                         size_t count)
{
    if (count != function->parameter_count)
        return machine_diagnose(machine, "arguments", NULL,
                                "the function takes %zu arguments, but got %zu",
                                function->parameter_count, count);
    Value *coerced = NEW_ARRAY(machine->arena, Value, count);
    for (size_t i = 0; i < count; i++) {
        const FeelType *type = function->parameters[i].type;
        coerced[i] = type ? feel_coerce(machine, arguments[i], type) : arguments[i];
        if (type && value_is_null(coerced[i]) && !value_is_null(arguments[i]))
            return value_null();
    }
    return function->call(machine, function->data, coerced);
}

Value machine_call(Machine *machine, Value function, const Value *arguments, size_t count)
{
    if (function.kind != VALUE_FUNCTION || !function.function)
        return machine_diagnose(machine, "not-a-function", NULL, "%s is called, but no function",
                                value_kind_word(function.kind));
    if (++machine->depth > MACHINE_DEPTH || !machine_spend(machine, 1)) {
        Ctx *cx = machine->cx;
        if (!machine->error)
            machine->error = FAIL(cx, ERR_LIMIT, "the expression calls functions more than %d deep",
                                  MACHINE_DEPTH);
        machine->depth--;
        return value_null();
    }
    const Code *code = machine->code;
    size_t at = machine->at;
    const FeelFunction *called = function.function;
    Value result;
    if (called->builtin)
        result = builtin_call(machine, called->builtin, arguments, count);
    else if (called->call)
        result = call_native(machine, called, arguments, count);
    else
        result = call_closure(machine, called, arguments, count);
    machine->code = code;
    machine->at = at;
    machine->depth--;
    return machine->error ? value_null() : result;
}

static const Parameter *function_parameters(const FeelFunction *function, size_t *count)
{
    *count = function->code ? function->code->parameter_count : function->parameter_count;
    return function->code ? function->code->parameters : function->parameters;
}

static Value call_named(Machine *machine, Value function, const Value *arguments, size_t count,
                        const Parameter *names)
{
    if (function.kind != VALUE_FUNCTION)
        return machine_call(machine, function, arguments, count);
    const FeelFunction *called = function.function;
    size_t wanted = 0;
    Value *ordered = NEW_ARRAY(machine->arena, Value, count + 16);
    if (called->builtin) {
        int *positions = NEW_ARRAY(machine->arena, int, count);
        int length;
        if (!builtin_positions(called->builtin, names, count, positions, &length) || length > 16)
            return machine_diagnose(machine, "arguments", NULL, "%s has no such parameter",
                                    called->builtin->name);
        for (size_t i = 0; i < count; i++)
            ordered[positions[i]] = arguments[i];
        return machine_call(machine, function, ordered, (size_t)length);
    }
    const Parameter *parameters = function_parameters(called, &wanted);
    if (wanted != count)
        return machine_diagnose(machine, "arguments", NULL,
                                "the function takes %zu arguments, but got %zu", wanted, count);
    for (size_t i = 0; i < count; i++) {
        size_t at = 0;
        while (at < wanted && strcmp(parameters[at].name, names[i].name) != 0)
            at++;
        if (at == wanted)
            return machine_diagnose(machine, "arguments", NULL,
                                    "the function has no parameter \"%s\"", names[i].name);
        ordered[at] = arguments[i];
    }
    return machine_call(machine, function, ordered, count);
}

static Value make_context(Machine *machine, const KeyList *keys, const Value *values)
{
    Value context = value_context(machine->arena);
    for (size_t i = 0; i < keys->count; i++)
        value_set(machine->arena, context, keys->items[i], values[i]);
    return context;
}

static Value make_list(Machine *machine, const Value *values, size_t count)
{
    Value *items = NEW_ARRAY(machine->arena, Value, count);
    if (count > 0)
        memcpy(items, values, count * sizeof *items);
    return value_list(items, count);
}

static void condition_wrong(Machine *machine, Value x)
{
    machine_diagnose(machine, "type-mismatch", NULL, "a condition is %s, not true or false",
                     value_kind_word(x.kind));
}

// some and every (DMN 1.5, 10.3.2.14): a decided value ends it, a null among the others stays null.
static bool gather(Machine *machine, Value *result, Value x, bool decides)
{
    if (x.kind == VALUE_BOOLEAN && x.boolean == decides) {
        *result = x;
        return true;
    }
    if (x.kind != VALUE_BOOLEAN && x.kind != VALUE_NULL)
        condition_wrong(machine, x);
    if (x.kind != VALUE_BOOLEAN)
        *result = value_null();
    return false;
}

// Keeps the item, or lets a number decide the whole filter; true when the filter is over.
static bool filter_test(Machine *machine, Loop *loop, Value x)
{
    if (x.kind == VALUE_NUMBER) {
        Value all = {.kind = VALUE_LIST, .list = {(Value *)loop->items, loop->count}};
        loop->by_number = true;
        loop->decided = operator_index(machine, all, x);
        return true;
    }
    if (loop->index <= loop->count && x.kind == VALUE_BOOLEAN && x.boolean && loop->count > 0)
        loop_keep(machine, loop, loop->items[loop->index - 1]);
    else if (x.kind != VALUE_BOOLEAN && x.kind != VALUE_NULL)
        machine_diagnose(machine, "type-mismatch", NULL,
                         "a filter gives %s, not true, false or a number", value_kind_word(x.kind));
    return false;
}

static Loop *filter_open(Machine *machine, Value list)
{
    Loop *loop = NEW(machine->arena, Loop);
    if (list.kind == VALUE_LIST) {
        loop->items = list.list.items;
        loop->count = list.list.count;
    } else if (list.kind != VALUE_NULL) {
        Value *only = NEW(machine->arena, Value);
        *only = list;
        loop->items = only;
        loop->count = 1;
    }
    return loop;
}

// The filter's expression of an empty list is not evaluated: there is nothing it could speak of.
static bool filter_next(Machine *machine, Loop *loop, Value *item)
{
    if (loop->index >= loop->count || !machine_spend(machine, 1))
        return false;
    *item = loop->items[loop->index++];
    return true;
}

static Value entry_of(Value item, const char *name, bool *found)
{
    const Value *entry = value_get(item, name);
    *found = entry != NULL;
    return entry ? *entry : value_null();
}

static bool both_inline_numbers(const Value *x, const Value *y)
{
    return x->kind == VALUE_NUMBER && y->kind == VALUE_NUMBER;
}

static bool compare_holds(int operation, int order)
{
    switch (operation) {
    case OP_EQUAL:
        return order == 0;
    case OP_NOT_EQUAL:
        return order != 0;
    case OP_LESS:
        return order < 0;
    case OP_LESS_EQUAL:
        return order <= 0;
    case OP_GREATER:
        return order > 0;
    default:
        return order >= 0;
    }
}

static Loop *slot_loop(const Value *slot)
{
    return (Loop *)slot->function;
}

static void put_loop(Value *slot, Loop *loop)
{
    slot->kind = VALUE_NULL;
    slot->function = loop;
}

// An iteration over nothing that can be iterated is null.
static void break_result(Value *result, bool list)
{
    if (list)
        put_loop(result, NULL);
    else
        *result = value_null();
}

// The operations that iterate; returns the instruction to go on with.
static size_t run_loop(Machine *machine, const Instruction *at, Value *slots, Value **top,
                       size_t pc)
{
    Value *slot = &slots[at->a];
    switch (at->operation) {
    case OP_LOOP:
        *top -= at->b & LOOP_ENDS ? 2 : 1;
        put_loop(slot, at->b & LOOP_ENDS ? loop_between(machine, (*top)[0], (*top)[1])
                                         : loop_new(machine, (*top)[0]));
        if (!slot_loop(slot))
            break_result(&slots[at->b >> LOOP_RESULT_SHIFT], at->b & LOOP_FOR);
        return pc;
    case OP_NEXT:
        if (!slot_loop(slot) || !machine_spend(machine, 1) || !loop_next(slot_loop(slot), slot + 1))
            return (size_t)at->b;
        return pc;
    case OP_COLLECT:
        put_loop(slot, NEW(machine->arena, Loop));
        slot[1] = value_list(NULL, 0);
        if (at->b)
            *slot = value_boolean(at->b == 2);
        return pc;
    case OP_APPEND:
        --*top;
        if (!slot_loop(slot))
            return pc;
        loop_keep(machine, slot_loop(slot), **top);
        slot[1] = value_list(slot_loop(slot)->kept, slot_loop(slot)->kept_count);
        return pc;
    case OP_COLLECTED:
        *(*top)++ = slot_loop(slot) ? value_list(slot_loop(slot)->kept, slot_loop(slot)->kept_count)
                                    : value_null();
        return pc;
    case OP_SOME:
    case OP_EVERY:
        --*top;
        return gather(machine, slot, **top, at->operation == OP_SOME) ? (size_t)at->b : pc;
    case OP_FILTER:
        put_loop(slot, filter_open(machine, *--*top));
        return pc;
    case OP_FILTER_NEXT:
        return filter_next(machine, slot_loop(slot), slot + 1) ? pc : (size_t)at->b;
    case OP_FILTER_TEST:
        --*top;
        return filter_test(machine, slot_loop(slot), **top) ? (size_t)at->b : pc;
    default: {
        Loop *loop = slot_loop(slot);
        *(*top)++ = loop->by_number ? loop->decided : value_list(loop->kept, loop->kept_count);
        return pc;
    }
    }
}

static Value input_test(Machine *machine, Value input, Value test, bool asked)
{
    if (test.kind == VALUE_BOOLEAN &&
        (asked || (input.kind != VALUE_BOOLEAN && input.kind != VALUE_NULL)))
        return test;
    if (asked && test.kind == VALUE_NULL)
        return value_null();
    return operator_test(machine, input, test);
}

static Value run_call(Machine *machine, const Code *code, const Instruction *at, Value *arguments)
{
    size_t count = at->a;
    if (at->operation == OP_BUILTIN)
        return builtin_call(machine, code->feel->objects[at->b], arguments, count);
    if (at->b < 0)
        return machine_call(machine, arguments[-1], arguments, count);
    return call_named(machine, arguments[-1], arguments, count, code->feel->objects[at->b]);
}

// The rarer operations without jumps.
static Value *run_rare(Machine *machine, const Code *code, const Instruction *at, Value *slots,
                       const Value *captures, Value *top)
{
    const void *const *objects = code->feel->objects;
    switch (at->operation) {
    case OP_LIST:
        top -= at->b;
        *top = make_list(machine, top, (size_t)at->b);
        return top + 1;
    case OP_CONTEXT:
        *top = make_context(machine, objects[at->b], slots ? slots + at->a : NULL);
        return top + 1;
    case OP_RANGE:
        top[-2] = operator_range(machine, top[-2], top[-1], at->b);
        return top - 1;
    case OP_NEGATE:
        top[-1] = operator_negate(machine, top[-1]);
        return top;
    case OP_NOT:
        top[-1] = operator_not(machine, top[-1]);
        return top;
    case OP_BETWEEN:
        top[-3] = operator_between(machine, top[-3], top[-2], top[-1]);
        return top - 2;
    case OP_TEST:
    case OP_TEST_RESULT:
        top[-1] = input_test(machine, slots[at->a], top[-1], at->operation == OP_TEST_RESULT);
        return top;
    case OP_INDEX:
        top[-2] = operator_index(machine, top[-2], top[-1]);
        return top - 1;
    case OP_FUNCTION:
        *top = make_closure(machine, objects[at->b], slots, captures);
        return top + 1;
    case OP_INSTANCE:
        top[-1] = value_boolean(feel_instance_of(machine, top[-1], objects[at->b]));
        return top;
    case OP_COERCE:
        top[-1] = feel_coerce(machine, top[-1], objects[at->b]);
        return top;
    default: {
        const Hook *hook = objects[at->b];
        *top = hook->evaluate(machine, hook, slots);
        machine->code = code;
        return top + 1;
    }
    }
}

// A condition that is neither true nor false counts as false, and is worth a word.
static bool is_true(Machine *machine, Value x)
{
    if (x.kind == VALUE_BOOLEAN)
        return x.boolean;
    if (x.kind != VALUE_NULL)
        condition_wrong(machine, x);
    return false;
}

static Value run(Machine *machine, const Code *code, Value *slots, const Value *captures,
                 Value *top)
{
    const Instruction *instructions = code->instructions;
    size_t pc = 0;
    for (;;) {
        const Instruction *at = &instructions[pc];
        machine->at = pc++;
        switch (at->operation) {
        case OP_CONSTANT:
            *top++ = code->feel->constants[at->b];
            break;
        case OP_GLOBAL:
            *top++ = find_global(machine, code, at->b);
            break;
        case OP_SLOT:
            *top++ = slots[at->a];
            break;
        case OP_CAPTURE:
            *top++ = captures[at->a];
            break;
        case OP_STORE:
            slots[at->a] = *--top;
            break;
        case OP_ITEM_SLOT:
        case OP_ITEM_CAPTURE: {
            bool found;
            *top = entry_of(at->operation == OP_ITEM_SLOT ? slots[at->a] : captures[at->a],
                            code->feel->names[at->b], &found);
            top += found ? 1 : 0;
            pc += found ? 0 : 1;
            break;
        }
        case OP_PATH:
            top[-1] = operator_path(machine, top[-1], code->feel->names[at->b]);
            break;
        case OP_ADD ... OP_GREATER_EQUAL:
            top--;
            if (at->operation >= OP_EQUAL && both_inline_numbers(top - 1, top))
                top[-1] = value_boolean(
                    compare_holds(at->operation, decimal_compare(top[-1].number, top->number)));
            else
                top[-1] = operator_apply(machine, at->operation, top[-1], *top);
            break;
        case OP_JUMP:
            pc = (size_t)at->b;
            break;
        case OP_JUMP_FALSE:
        case OP_JUMP_TRUE:
            if (top[-1].kind == VALUE_BOOLEAN && top[-1].boolean == (at->operation == OP_JUMP_TRUE))
                pc = (size_t)at->b;
            break;
        case OP_AND:
        case OP_OR:
            top--;
            top[-1] = at->operation == OP_AND ? operator_and(machine, top[-1], *top)
                                              : operator_or(machine, top[-1], *top);
            break;
        case OP_STRICT:
            if (top[-1].kind != VALUE_BOOLEAN && top[-1].kind != VALUE_NULL) {
                is_true(machine, top[-1]);
                top[-1] = value_null();
                pc = (size_t)at->b;
            }
            break;
        case OP_UNLESS:
            if (!is_true(machine, *--top))
                pc = (size_t)at->b;
            break;
        case OP_CALL:
        case OP_BUILTIN: {
            Value *arguments = at->a == UINT16_MAX ? top : top - at->a;
            Value result = run_call(machine, code, at, arguments);
            top = at->operation == OP_CALL ? arguments - 1 : arguments;
            *top++ = result;
            if (machine->error)
                return value_null();
            break;
        }
        case OP_LOOP ... OP_FILTERED:
            pc = run_loop(machine, at, slots, &top, pc);
            if (machine->error)
                return value_null();
            break;
        case OP_RETURN:
            return top[-1];
        default:
            top = run_rare(machine, code, at, slots, captures, top);
            if (machine->error)
                return value_null();
            break;
        }
    }
}

Value machine_run(Machine *machine, const Code *code, Value *slots, const Value *captures)
{
    Value *saved_stack = machine->stack;
    Value *saved_end = machine->stack_end;
    const Value *saved_captures = machine->captures;
    machine->captures = captures;
    machine->code = code;
    Value result = run(machine, code, slots, captures, frame_take(machine, code->stack));
    machine->captures = saved_captures;
    machine->stack = saved_stack;
    machine->stack_end = saved_end;
    return result;
}

Value machine_part(Machine *machine, const Code *part, Value *slots)
{
    const Code *code = machine->code;
    size_t at = machine->at;
    Value result = machine_run(machine, part, slots, machine->captures);
    machine->code = code;
    machine->at = at;
    return result;
}

Value machine_evaluate(Machine *machine, const Feel *feel)
{
    Value *saved_stack = machine->stack;
    Value *saved_end = machine->stack_end;
    const Code *saved_code = machine->code;
    size_t saved_at = machine->at;
    Value *slots = frame_take(machine, feel->code->slots);
    if (feel->code->slots)
        memset(slots, 0, (size_t)feel->code->slots * sizeof *slots);
    Value result = machine_run(machine, feel->code, slots, NULL);
    machine->stack = saved_stack;
    machine->stack_end = saved_end;
    if (saved_code) { // without one, what is wrong with the result is told at its expression
        machine->code = saved_code;
        machine->at = saved_at;
    }
    return machine->error ? value_null() : result;
}
