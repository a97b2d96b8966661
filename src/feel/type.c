// SPDX-License-Identifier: Apache-2.0
#include "feel/type.h"
#include "feel/feel.h"
#include "feel/machine.h"
#include "feel/temporal.h"

#include <string.h>

const ValueKind feel_type_kinds[] = {
    [TYPE_NULL] = VALUE_NULL,
    [TYPE_BOOLEAN] = VALUE_BOOLEAN,
    [TYPE_NUMBER] = VALUE_NUMBER,
    [TYPE_TEXT] = VALUE_TEXT,
    [TYPE_DATE] = VALUE_DATE,
    [TYPE_TIME] = VALUE_TIME,
    [TYPE_DATE_TIME] = VALUE_DATE_TIME,
    [TYPE_DAYS_DURATION] = VALUE_DAYS_DURATION,
    [TYPE_MONTHS_DURATION] = VALUE_MONTHS_DURATION,
    [TYPE_LIST] = VALUE_LIST,
    [TYPE_CONTEXT] = VALUE_CONTEXT,
    [TYPE_RANGE] = VALUE_RANGE,
    [TYPE_FUNCTION] = VALUE_FUNCTION,
};

static const FeelType any_type = {.kind = TYPE_ANY};
static const FeelType any_list = {.kind = TYPE_LIST, .element = &any_type};
static const FeelType any_context = {.kind = TYPE_CONTEXT};
static const FeelType any_range = {.kind = TYPE_RANGE, .element = &any_type};

static const struct {
    const char *name;
    FeelType type;
} simple_types[] = {
    {"Any", {.kind = TYPE_ANY}},
    {"Null", {.kind = TYPE_NULL}},
    {"boolean", {.kind = TYPE_BOOLEAN}},
    {"number", {.kind = TYPE_NUMBER}},
    {"string", {.kind = TYPE_TEXT}},
    {"date", {.kind = TYPE_DATE}},
    {"time", {.kind = TYPE_TIME}},
    {"date and time", {.kind = TYPE_DATE_TIME}},
    {"dateTime", {.kind = TYPE_DATE_TIME}},
    {"days and time duration", {.kind = TYPE_DAYS_DURATION}},
    {"dayTimeDuration", {.kind = TYPE_DAYS_DURATION}},
    {"years and months duration", {.kind = TYPE_MONTHS_DURATION}},
    {"yearMonthDuration", {.kind = TYPE_MONTHS_DURATION}},
};

const FeelType *feel_type_named(const char *name)
{
    for (size_t i = 0; i < sizeof simple_types / sizeof *simple_types; i++)
        if (strcmp(simple_types[i].name, name) == 0)
            return &simple_types[i].type;
    if (strcmp(name, "list") == 0)
        return &any_list;
    if (strcmp(name, "context") == 0)
        return &any_context;
    if (strcmp(name, "range") == 0)
        return &any_range;
    return NULL;
}

const FeelType *feel_type_list(Arena *arena, const FeelType *element)
{
    FeelType *type = NEW(arena, FeelType);
    type->kind = TYPE_LIST;
    type->element = element;
    return type;
}

#define TYPE_TEXT_BYTES 4000 // types may share parts so that their text has no end

static void write_type(Buffer *out, const FeelType *type)
{
    if (out->length > TYPE_TEXT_BYTES) {
        buffer_text(out, "...");
        return;
    }
    if (type->name) {
        buffer_text(out, type->name);
        return;
    }
    for (size_t i = 0; i < sizeof simple_types / sizeof *simple_types; i++) {
        if (simple_types[i].type.kind == type->kind) {
            buffer_text(out, simple_types[i].name);
            return;
        }
    }
    if (type->kind == TYPE_CONTEXT && type->field_count == 0) {
        buffer_text(out, "context");
        return;
    }
    static const char *const words[] = {[TYPE_LIST] = "list<",
                                        [TYPE_CONTEXT] = "context<",
                                        [TYPE_RANGE] = "range<",
                                        [TYPE_FUNCTION] = "function<"};
    buffer_text(out, words[type->kind]);
    for (size_t i = 0; i < type->field_count && out->length < TYPE_TEXT_BYTES; i++) {
        buffer_text(out, i ? ", " : "");
        if (type->kind == TYPE_CONTEXT)
            buffer_format(out, "%s: ", type->fields[i].name);
        write_type(out, type->fields[i].type);
    }
    if (type->element && type->kind != TYPE_FUNCTION)
        write_type(out, type->element);
    buffer_byte(out, '>');
    if (type->element && type->kind == TYPE_FUNCTION) {
        buffer_text(out, "->");
        write_type(out, type->element);
    }
}

const char *feel_type_text(Arena *arena, const FeelType *type)
{
    Buffer *out = buffer_new(arena);
    write_type(out, type);
    return out->bytes;
}

// Whether every value of `x` is one of `y` (10.3.2.9.2): functions take wider and give narrower.
static bool conforms(const FeelType *x, const FeelType *y, int depth)
{
    if (x == y || y->kind == TYPE_ANY || x->kind == TYPE_NULL || depth > 50)
        return true;
    if (x->kind != y->kind)
        return false;
    if (x->kind == TYPE_CONTEXT) {
        for (size_t i = 0; i < y->field_count; i++) {
            size_t j = 0;
            while (j < x->field_count && strcmp(x->fields[j].name, y->fields[i].name) != 0)
                j++;
            if (j == x->field_count || !conforms(x->fields[j].type, y->fields[i].type, depth + 1))
                return false;
        }
        return true;
    }
    if (x->kind == TYPE_FUNCTION) {
        if (x->field_count != y->field_count)
            return false;
        for (size_t i = 0; i < x->field_count; i++)
            if (!conforms(y->fields[i].type, x->fields[i].type, depth + 1))
                return false;
    }
    if (x->element && y->element)
        return conforms(x->element, y->element, depth + 1);
    return true;
}

static bool function_conforms(const FeelFunction *function, const FeelType *type)
{
    const Parameter *parameters =
        function->code ? function->code->parameters : function->parameters;
    size_t count = function->code ? function->code->parameter_count : function->parameter_count;
    if (function->builtin)
        return true;
    if (count != type->field_count && (type->field_count > 0 || type->element))
        return false;
    for (size_t i = 0; i < type->field_count; i++)
        if (parameters[i].type && !conforms(type->fields[i].type, parameters[i].type, 0))
            return false;
    const FeelType *result = function->code ? function->code->result : NULL;
    if (type->element && result)
        return conforms(result, type->element, 0);
    return true;
}

static bool meets(Machine *machine, const Feel *tests, Value value)
{
    FeelDiagnostics *diagnostics = machine->diagnostics;
    const Code *code = machine->code;
    machine->diagnostics = NULL;
    Value *frame = NEW_ARRAY(machine->arena, Value, (size_t)tests->code->slots + 1);
    if (tests->input_slot >= 0)
        frame[tests->input_slot] = value;
    Value result = machine_run(machine, tests->code, frame, NULL);
    machine->diagnostics = diagnostics;
    machine->code = code;
    return result.kind == VALUE_BOOLEAN && result.boolean;
}

static bool fits(Machine *machine, Value value, const FeelType *type, bool constrained);

static bool of_kind(Machine *machine, Value value, const FeelType *type, bool constrained)
{
    if (type->kind == TYPE_ANY)
        return value.kind != VALUE_NULL;
    if (value.kind != feel_type_kinds[type->kind])
        return false;
    switch (type->kind) {
    case TYPE_LIST:
        for (size_t i = 0; type->element && i < value.list.count; i++)
            if (type->element->kind != TYPE_ANY && value.list.items[i].kind != VALUE_NULL &&
                !fits(machine, value.list.items[i], type->element, constrained))
                return false;
        return true;
    case TYPE_CONTEXT:
        for (size_t i = 0; i < type->field_count; i++) {
            const Value *entry = value_get(value, type->fields[i].name);
            if (!entry)
                return false;
            if (entry->kind != VALUE_NULL &&
                !fits(machine, *entry, type->fields[i].type, constrained))
                return false;
        }
        return true;
    case TYPE_RANGE: {
        Value end = value.range->low.kind == VALUE_NULL ? value.range->high : value.range->low;
        return !type->element || type->element->kind == TYPE_ANY ||
               fits(machine, end, type->element, constrained);
    }
    case TYPE_FUNCTION:
        return function_conforms(value.function, type);
    default:
        return true;
    }
}

static bool fits(Machine *machine, Value value, const FeelType *type, bool constrained)
{
    if (!of_kind(machine, value, type, constrained))
        return false;
    if (!constrained)
        return true;
    if (type->base && !fits(machine, value, type->base, true))
        return false;
    if (type->allowed && !meets(machine, type->allowed, value))
        return false;
    return !type->constraint || meets(machine, type->constraint, value);
}

bool feel_instance_of(Machine *machine, Value value, const FeelType *type)
{
    return fits(machine, value, type, false);
}

bool feel_conforms(Machine *machine, Value value, const FeelType *type)
{
    return fits(machine, value, type, true);
}

static Value coerce_kind(Machine *machine, Value value, const FeelType *type)
{
    if (type->kind == TYPE_DATE_TIME && value.kind == VALUE_DATE)
        return value_date_time(machine->arena, temporal_at_midnight(value.date));
    if (type->kind == TYPE_LIST && value.kind != VALUE_LIST) {
        Value *only = NEW(machine->arena, Value);
        *only = value;
        return value_list(only, 1);
    }
    if (type->kind != TYPE_LIST && type->kind != TYPE_ANY && value.kind == VALUE_LIST &&
        value.list.count == 1)
        return value.list.items[0];
    return value;
}

Value feel_coerce(Machine *machine, Value value, const FeelType *type)
{
    if (value.kind == VALUE_NULL || (type->kind == TYPE_ANY && !type->allowed))
        return value;
    if (feel_conforms(machine, value, type))
        return value;
    Value coerced = coerce_kind(machine, value, type);
    if (feel_conforms(machine, coerced, type))
        return coerced;
    return machine_diagnose(machine, "type-mismatch", NULL, "%s does not conform to type %s",
                            value_kind_word(value.kind), feel_type_text(machine->arena, type));
}
