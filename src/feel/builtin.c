// SPDX-License-Identifier: Apache-2.0
#include "feel/builtin.h"

#include "base/messages.h"

#include <pthread.h>
#include <string.h>

Registry builtins = {.what = "built-in function"};

const Builtin *builtin_find(const char *name)
{
    return registry_find(&builtins, name);
}

bool builtin_is_extension(const Builtin *builtin)
{
    return strchr(builtin->name, '.') != NULL;
}

static const char *spaced_names[64];
static NameScope spaced_scope = {.names = spaced_names};
static pthread_once_t spaced_once = PTHREAD_ONCE_INIT;

static void collect_spaced(void)
{
    size_t count;
    const void *const *all = registry_all(&builtins, &count);
    for (size_t i = 0; i < count; i++) {
        const Builtin *builtin = all[i];
        if (strpbrk(builtin->name, " .") && spaced_scope.count < 64)
            spaced_names[spaced_scope.count++] = builtin->name;
    }
}

const NameScope *builtin_spaced_names(void)
{
    pthread_once(&spaced_once, collect_spaced);
    return &spaced_scope;
}

// The position of `name` in a form like "string: string, length: number"; -1 when it is not there.
static int position_in(const char *form, const char *name, int *length)
{
    int position = -1;
    size_t size = strlen(name);
    *length = 0;
    while (*form && *form != '|') {
        size_t part = strcspn(form, ",|");
        if (strcspn(form, ":,|") == size && memcmp(form, name, size) == 0)
            position = *length;
        ++*length;
        form += part;
        if (*form == ',')
            form += form[1] == ' ' ? 2 : 1;
    }
    return position;
}

static bool form_fits(const char *form, const Parameter *names, size_t count, int *positions,
                      int *length)
{
    int last = 0;
    for (size_t i = 0; i < count; i++) {
        int total;
        positions[i] = position_in(form, names[i].name, &total);
        if (positions[i] < 0)
            return false;
        for (size_t j = 0; j < i; j++)
            if (positions[j] == positions[i])
                return false;
        if (positions[i] + 1 > last)
            last = positions[i] + 1;
    }
    *length = last;
    return true;
}

bool builtin_positions(const Builtin *builtin, const Parameter *names, size_t count, int *positions,
                       int *length)
{
    for (const char *form = builtin->parameters; form; form = strchr(form, '|')) {
        if (*form == '|')
            form++;
        if (form_fits(form, names, count, positions, length))
            return true;
    }
    return false;
}

Value builtin_call(Machine *machine, const Builtin *builtin, const Value *arguments, size_t count)
{
    const Builtin *outer = machine->builtin;
    machine->builtin = builtin;
    Value result;
    if (count == UINT16_MAX)
        result = machine_diagnose(machine, "arguments", NULL, "%s() has the parameters %s",
                                  builtin->name, builtin->parameters);
    else if ((int)count < builtin->least || (builtin->most >= 0 && (int)count > builtin->most))
        result = machine_diagnose(machine, "arguments", NULL,
                                  "%s() takes other arguments (%s), but got %zu", builtin->name,
                                  builtin->parameters, count);
    else
        result =
            machine_spend(machine, 1) ? builtin->call(machine, arguments, count) : value_null();
    machine->builtin = outer;
    return result;
}

Value argument_mismatch(Machine *machine, size_t index, const char *wanted, Value got)
{
    const char *name = machine->builtin ? machine->builtin->name : "function";
    return machine_diagnose(
        machine, "type-mismatch", NULL, "%s() wants %s as argument %zu, but got %s", name,
        message_in(machine->cx->language, wanted), index + 1, value_kind_word(got.kind));
}

Value argument_single(const Value *arguments, size_t index)
{
    Value value = arguments[index];
    if (value.kind == VALUE_LIST && value.list.count == 1)
        return value.list.items[0];
    return value;
}

bool argument_number(Machine *machine, const Value *arguments, size_t index, Decimal *out)
{
    Value value = argument_single(arguments, index);
    if (value.kind != VALUE_NUMBER) {
        argument_mismatch(machine, index, "a number", value);
        return false;
    }
    *out = value.number;
    return true;
}

bool argument_integer(Machine *machine, const Value *arguments, size_t index, int64_t *out)
{
    Decimal number;
    if (!argument_number(machine, arguments, index, &number))
        return false;
    if (!decimal_round(number, 0, ROUND_DOWN, &number) || !decimal_to_integer(number, out)) {
        argument_mismatch(machine, index, "an integer", arguments[index]);
        return false;
    }
    return true;
}

bool argument_text(Machine *machine, const Value *arguments, size_t index, Text *out)
{
    Value value = argument_single(arguments, index);
    if (value.kind != VALUE_TEXT) {
        argument_mismatch(machine, index, "a string", value);
        return false;
    }
    *out = value.text;
    return true;
}

bool argument_boolean(Machine *machine, const Value *arguments, size_t index, bool *out)
{
    Value value = argument_single(arguments, index);
    if (value.kind != VALUE_BOOLEAN) {
        argument_mismatch(machine, index, "true or false", value);
        return false;
    }
    *out = value.boolean;
    return true;
}

bool argument_context(Machine *machine, const Value *arguments, size_t index, Value *out)
{
    Value value = argument_single(arguments, index);
    if (value.kind != VALUE_CONTEXT) {
        argument_mismatch(machine, index, "a context", value);
        return false;
    }
    *out = value;
    return true;
}

bool argument_function(Machine *machine, const Value *arguments, size_t index, Value *out)
{
    Value value = argument_single(arguments, index);
    if (value.kind != VALUE_FUNCTION) {
        argument_mismatch(machine, index, "a function", value);
        return false;
    }
    *out = value;
    return true;
}

bool argument_list(Machine *machine, const Value *arguments, size_t index, ValueList *out)
{
    const Value *value = &arguments[index];
    if (value->kind == VALUE_NULL) {
        argument_mismatch(machine, index, "a list", *value);
        return false;
    }
    if (value->kind == VALUE_LIST) {
        *out = value->list;
    } else {
        Value *only = NEW(machine->arena, Value);
        *only = *value;
        *out = (ValueList){only, 1};
    }
    return machine_spend(machine, (int64_t)out->count / 16);
}

bool argument_items(Machine *machine, const Value *arguments, size_t count, ValueList *out)
{
    if (count == 1)
        return argument_list(machine, arguments, 0, out);
    Value *items = NEW_ARRAY(machine->arena, Value, count);
    for (size_t i = 0; i < count; i++)
        items[i] = arguments[i];
    *out = (ValueList){items, count};
    return true;
}
