// SPDX-License-Identifier: Apache-2.0
// Context functions (DMN 1.5, 10.3.4.10).
#include "feel/builtin.h"

#include <string.h>

BUILTIN(get_value, "get value",
        "m: context, key: string|context: context, key: string|context: context, keys: "
        "list<string> -> Any",
        2, 2)
{
    Value context;
    if (!argument_context(machine, arguments, 0, &context))
        return value_null();
    Value key = arguments[1];
    if (key.kind == VALUE_LIST) {
        for (size_t i = 0; i < key.list.count; i++) {
            Value step = key.list.items[i];
            const Value *entry =
                step.kind == VALUE_TEXT ? value_get(context, step.text.bytes) : NULL;
            if (!entry)
                return machine_diagnose(machine, "unknown-name", NULL,
                                        "get value() finds no such entry");
            context = *entry;
        }
        return context;
    }
    if (key.kind != VALUE_TEXT)
        return argument_mismatch(machine, 1, "a string", key);
    const Value *entry = value_get(context, key.text.bytes);
    if (!entry)
        return machine_diagnose(machine, "unknown-name", NULL, "the context has no entry \"%s\"",
                                key.text.bytes);
    return *entry;
}

BUILTIN(get_entries, "get entries",
        "m: context|context: context -> list<context<key: string, value: Any>>", 1, 1)
{
    Value context;
    if (!argument_context(machine, arguments, 0, &context))
        return value_null();
    size_t size = context.context->count;
    Value *items = NEW_ARRAY(machine->arena, Value, size);
    for (size_t i = 0; i < size; i++) {
        items[i] = value_context(machine->arena);
        value_set(machine->arena, items[i], "key", value_text(context.context->entries[i].key));
        value_set(machine->arena, items[i], "value", context.context->entries[i].value);
    }
    return value_list(items, size);
}

BUILTIN(context, "context", "entries: list<context> -> context", 1, 1)
{
    ValueList list;
    if (!argument_list(machine, arguments, 0, &list))
        return value_null();
    Value context = value_context(machine->arena);
    for (size_t i = 0; i < list.count; i++) {
        const char *key = value_get_text(list.items[i], "key");
        const Value *value = value_get(list.items[i], "value");
        if (!key || !value)
            return machine_diagnose(machine, "type-mismatch", NULL,
                                    "context() wants entries with a key and a value");
        if (value_get(context, key))
            return machine_diagnose(machine, "duplicate-key", NULL, "the key \"%s\" stands twice",
                                    key);
        value_set(machine->arena, context, key, *value);
    }
    return context;
}

static Value copy_context(Machine *machine, Value context)
{
    Value copy = value_context(machine->arena);
    if (context.kind == VALUE_CONTEXT)
        for (size_t i = 0; i < context.context->count; i++)
            value_set(machine->arena, copy, context.context->entries[i].key,
                      context.context->entries[i].value);
    return copy;
}

static Value put_path(Machine *machine, Value context, ValueList keys, size_t at, Value value)
{
    if (at == keys.count)
        return value;
    if (keys.items[at].kind != VALUE_TEXT)
        return argument_mismatch(machine, 1, "a list of strings", keys.items[at]);
    if (context.kind != VALUE_CONTEXT)
        return argument_mismatch(machine, 0, "a context", context);
    const char *key = keys.items[at].text.bytes;
    const Value *old = value_get(context, key);
    Value inner = old ? *old : value_null();
    if (at + 1 < keys.count && inner.kind != VALUE_CONTEXT)
        return machine_diagnose(machine, "unknown-name", NULL,
                                "the entry \"%s\" is no context to put something in", key);
    Value put = put_path(machine, inner, keys, at + 1, value);
    if (at + 1 < keys.count && put.kind == VALUE_NULL)
        return put;
    Value copy = copy_context(machine, context);
    value_set(machine->arena, copy, key, put);
    return copy;
}

BUILTIN(context_put, "context put",
        "context: context, key: string, value: Any|context: context, keys: list<string>, value: "
        "Any -> context",
        3, 3)
{
    Value context;
    if (!argument_context(machine, arguments, 0, &context))
        return value_null();
    Value key = arguments[1];
    if (key.kind == VALUE_LIST) {
        if (key.list.count == 0 || key.list.count > 200)
            return machine_diagnose(machine, "arguments", NULL,
                                    "context put() wants one key at least, and at most 200");
        return put_path(machine, context, key.list, 0, arguments[2]);
    }
    if (key.kind != VALUE_TEXT)
        return argument_mismatch(machine, 1, "a string", key);
    return put_path(machine, context, (ValueList){&key, 1}, 0, arguments[2]);
}

BUILTIN(context_merge, "context merge", "contexts: list<context> -> context", 1, 1)
{
    ValueList list;
    if (!argument_list(machine, arguments, 0, &list))
        return value_null();
    Value merged = value_context(machine->arena);
    for (size_t i = 0; i < list.count; i++) {
        if (list.items[i].kind != VALUE_CONTEXT)
            return argument_mismatch(machine, 0, "a list of contexts", list.items[i]);
        const ValueContext *context = list.items[i].context;
        for (size_t j = 0; j < context->count; j++)
            value_set(machine->arena, merged, context->entries[j].key, context->entries[j].value);
    }
    return merged;
}
