// SPDX-License-Identifier: Apache-2.0
// List functions (DMN 1.5, 10.3.4.4) and sort (10.3.4.6).
#include "feel/builtin.h"

#include <string.h>

typedef ARRAY(Value) Values;

static Value as_list(Values values)
{
    return value_list(values.items, values.count);
}

static void push_all(Machine *machine, Values *to, ValueList list)
{
    for (size_t i = 0; i < list.count; i++)
        array_push(machine->arena, *to) = list.items[i];
}

BUILTIN(list_contains, "list contains", "list: list, element: Any -> boolean", 2, 2)
{
    ValueList list;
    if (!argument_list(machine, arguments, 0, &list))
        return value_null();
    for (size_t i = 0; i < list.count; i++)
        if (machine_same(machine, list.items[i], arguments[1]))
            return value_boolean(true);
    return value_boolean(false);
}

BUILTIN(count, "count", "list: list -> number", 1, 1)
{
    ValueList list;
    if (!argument_list(machine, arguments, 0, &list))
        return value_null();
    return value_integer((int64_t)list.count);
}

// all and any: `decides` ends it, a null among the others stays null.
static Value conjoin(Machine *machine, const Value *arguments, size_t count, bool decides)
{
    ValueList list;
    if (count == 0)
        return machine_diagnose(machine, "arguments", NULL, "%s() takes a list or booleans",
                                machine->builtin->name);
    if (!argument_items(machine, arguments, count, &list))
        return value_null();
    bool unknown = false;
    bool decided = false;
    for (size_t i = 0; i < list.count; i++) {
        Value item = list.items[i];
        if (item.kind != VALUE_BOOLEAN && item.kind != VALUE_NULL)
            machine_diagnose(machine, "type-mismatch", NULL, "%s() of a list that holds %s",
                             machine->builtin->name, value_kind_word(item.kind));
        unknown |= item.kind != VALUE_BOOLEAN;
        decided |= item.kind == VALUE_BOOLEAN && item.boolean == decides;
    }
    if (decided)
        return value_boolean(decides);
    return unknown ? value_null() : value_boolean(!decides);
}

BUILTIN(all, "all", "list: boolean... -> boolean", 0, -1)
{
    return conjoin(machine, arguments, count, false);
}

BUILTIN(any, "any", "list: boolean... -> boolean", 0, -1)
{
    return conjoin(machine, arguments, count, true);
}

BUILTIN(sublist, "sublist", "list: list, start position: number, length: number -> same", 2, 3)
{
    ValueList list;
    int64_t start;
    int64_t length = INT64_MAX;
    if (!argument_list(machine, arguments, 0, &list) ||
        !argument_integer(machine, arguments, 1, &start) ||
        (count > 2 && arguments[2].kind != VALUE_NULL &&
         !argument_integer(machine, arguments, 2, &length)))
        return value_null();
    int64_t size = (int64_t)list.count;
    if (start == 0 || start > size || start < -size || length < 0)
        return machine_diagnose(machine, "index", NULL,
                                "sublist() begins outside the list of %lld items", (long long)size);
    int64_t first = start > 0 ? start - 1 : size + start;
    if (length > size - first) {
        if (count > 2 && length != INT64_MAX)
            return machine_diagnose(machine, "index", NULL, "sublist() ends outside the list");
        length = size - first;
    }
    return value_list(list.items + first, (size_t)length);
}

BUILTIN(append, "append", "list: list, item: Any... -> list", 1, -1)
{
    Values values = {0};
    ValueList list;
    if (!argument_list(machine, arguments, 0, &list))
        return value_null();
    push_all(machine, &values, list);
    for (size_t i = 1; i < count; i++)
        array_push(machine->arena, values) = arguments[i];
    return as_list(values);
}

BUILTIN(concatenate, "concatenate", "list: list... -> list", 1, -1)
{
    Values values = {0};
    for (size_t i = 0; i < count; i++) {
        ValueList list;
        if (!argument_list(machine, arguments, i, &list))
            return value_null();
        push_all(machine, &values, list);
    }
    return as_list(values);
}

BUILTIN(insert_before, "insert before", "list: list, position: number, newItem: Any -> list", 3, 3)
{
    ValueList list;
    int64_t at;
    Values values = {0};
    if (!argument_list(machine, arguments, 0, &list) ||
        !argument_integer(machine, arguments, 1, &at))
        return value_null();
    int64_t size = (int64_t)list.count;
    if (at < 0)
        at += size + 1;
    if (at < 1 || at > size)
        return machine_diagnose(machine, "index", NULL, "the position is outside the list");
    for (int64_t i = 0; i < size; i++) {
        if (i == at - 1)
            array_push(machine->arena, values) = arguments[2];
        array_push(machine->arena, values) = list.items[i];
    }
    return as_list(values);
}

BUILTIN(remove, "remove", "list: list, position: number -> same", 2, 2)
{
    ValueList list;
    int64_t at;
    Values values = {0};
    if (!argument_list(machine, arguments, 0, &list) ||
        !argument_integer(machine, arguments, 1, &at))
        return value_null();
    int64_t size = (int64_t)list.count;
    if (at < 0)
        at += size + 1;
    if (at < 1 || at > size)
        return machine_diagnose(machine, "index", NULL, "the position is outside the list");
    for (int64_t i = 0; i < size; i++)
        if (i != at - 1)
            array_push(machine->arena, values) = list.items[i];
    return as_list(values);
}

static bool chosen(Machine *machine, Value match, Value item, Value replacement, bool *out)
{
    Value pair[2] = {item, replacement};
    Value result = machine_call(machine, match, pair, 2);
    if (result.kind != VALUE_BOOLEAN) {
        machine_diagnose(machine, "type-mismatch", NULL,
                         "the function of list replace() gives %s, not true or false",
                         value_kind_word(result.kind));
        return false;
    }
    *out = result.boolean;
    return true;
}

static Value replace_matching(Machine *machine, ValueList list, const Value *arguments)
{
    Value *items = NEW_ARRAY(machine->arena, Value, list.count);
    for (size_t i = 0; i < list.count; i++) {
        bool hit;
        if (!chosen(machine, arguments[1], list.items[i], arguments[2], &hit))
            return value_null();
        items[i] = hit ? arguments[2] : list.items[i];
    }
    return value_list(items, list.count);
}

BUILTIN(
    list_replace, "list replace",
    "list: list, position: number, newItem: Any|list: list, match: function, newItem: Any -> list",
    3, 3)
{
    ValueList list;
    int64_t at;
    if (!argument_list(machine, arguments, 0, &list))
        return value_null();
    if (arguments[1].kind == VALUE_FUNCTION)
        return replace_matching(machine, list, arguments);
    if (!argument_integer(machine, arguments, 1, &at))
        return value_null();
    int64_t size = (int64_t)list.count;
    if (at < 0)
        at += size + 1;
    if (at < 1 || at > size)
        return machine_diagnose(machine, "index", NULL, "the position is outside the list");
    Value *items = NEW_ARRAY(machine->arena, Value, list.count);
    memcpy(items, list.items, list.count * sizeof *items);
    items[at - 1] = arguments[2];
    return value_list(items, list.count);
}

BUILTIN(reverse, "reverse", "list: list -> same", 1, 1)
{
    ValueList list;
    if (!argument_list(machine, arguments, 0, &list))
        return value_null();
    Value *items = NEW_ARRAY(machine->arena, Value, list.count);
    for (size_t i = 0; i < list.count; i++)
        items[i] = list.items[list.count - 1 - i];
    return value_list(items, list.count);
}

BUILTIN(index_of, "index of", "list: list, match: Any -> list<number>", 2, 2)
{
    ValueList list;
    Values values = {0};
    if (!argument_list(machine, arguments, 0, &list))
        return value_null();
    for (size_t i = 0; i < list.count; i++)
        if (machine_same(machine, list.items[i], arguments[1]))
            array_push(machine->arena, values) = value_integer((int64_t)i + 1);
    return as_list(values);
}

static void push_distinct(Machine *machine, Values *values, ValueList list)
{
    for (size_t i = 0; i < list.count; i++) {
        size_t at = 0;
        while (at < values->count && !machine_same(machine, values->items[at], list.items[i]))
            at++;
        if (!machine_spend(machine, (int64_t)at / 4))
            return;
        if (at == values->count)
            array_push(machine->arena, *values) = list.items[i];
    }
}

BUILTIN(distinct_values, "distinct values", "list: list -> same", 1, 1)
{
    ValueList list;
    Values values = {0};
    if (!argument_list(machine, arguments, 0, &list))
        return value_null();
    push_distinct(machine, &values, list);
    return as_list(values);
}

BUILTIN(union, "union", "list: list... -> list", 1, -1)
{
    Values values = {0};
    for (size_t i = 0; i < count; i++) {
        ValueList list;
        if (!argument_list(machine, arguments, i, &list))
            return value_null();
        push_distinct(machine, &values, list);
    }
    return as_list(values);
}

static bool flatten_into(Machine *machine, Values *values, ValueList list, int depth)
{
    if (depth > MACHINE_DEPTH || !machine_spend(machine, (int64_t)list.count))
        return false;
    for (size_t i = 0; i < list.count; i++) {
        if (list.items[i].kind != VALUE_LIST)
            array_push(machine->arena, *values) = list.items[i];
        else if (!flatten_into(machine, values, list.items[i].list, depth + 1))
            return false;
    }
    return true;
}

BUILTIN(flatten, "flatten", "list: list -> list", 1, 1)
{
    ValueList list;
    Values values = {0};
    if (!argument_list(machine, arguments, 0, &list))
        return value_null();
    if (!flatten_into(machine, &values, list, 0))
        return machine_diagnose(machine, "limit", NULL, "the list nests too deep");
    return as_list(values);
}

// Whether x comes before y: by the function, or by their own order.
static bool precedes(Machine *machine, const Value *function, Value x, Value y, bool *out)
{
    if (!function) {
        int order;
        if (!value_order(x, y, &order)) {
            machine_diagnose(machine, "type-mismatch", NULL, "%s and %s have no order",
                             value_kind_word(x.kind), value_kind_word(y.kind));
            return false;
        }
        *out = order < 0;
        return true;
    }
    Value pair[2] = {x, y};
    Value result = machine_call(machine, *function, pair, 2);
    *out = result.kind == VALUE_BOOLEAN && result.boolean;
    if (result.kind != VALUE_BOOLEAN)
        machine_diagnose(machine, "type-mismatch", NULL,
                         "the function of sort() gives %s, not true or false",
                         value_kind_word(result.kind));
    return result.kind == VALUE_BOOLEAN && !machine->error;
}

// A stable merge: an item passes another only when it precedes it.
static bool merge_sort(Machine *machine, const Value *function, Value *items, Value *room,
                       size_t count)
{
    size_t half = count / 2;
    if (count < 2)
        return true;
    if (!machine_spend(machine, (int64_t)count) ||
        !merge_sort(machine, function, items, room, half) ||
        !merge_sort(machine, function, items + half, room, count - half))
        return false;
    size_t left = 0;
    size_t right = half;
    for (size_t i = 0; i < count; i++) {
        bool passes = left >= half;
        if (!passes && right < count &&
            !precedes(machine, function, items[right], items[left], &passes))
            return false;
        room[i] = passes ? items[right++] : items[left++];
    }
    memcpy(items, room, count * sizeof *items);
    return true;
}

BUILTIN(sort, "sort", "list: list, precedes: function -> same", 1, 2)
{
    ValueList list;
    Value function;
    if (!argument_list(machine, arguments, 0, &list) ||
        (count > 1 && !argument_function(machine, arguments, 1, &function)))
        return value_null();
    Value *items = NEW_ARRAY(machine->arena, Value, list.count);
    if (list.count)
        memcpy(items, list.items, list.count * sizeof *items);
    if (!merge_sort(machine, count > 1 ? &function : NULL, items,
                    NEW_ARRAY(machine->arena, Value, list.count), list.count))
        return value_null();
    return value_list(items, list.count);
}

BUILTIN(not, "not", "negand: boolean -> boolean", 1, 1)
{
    return operator_not(machine, argument_single(arguments, 0));
}

static bool same_kind_and_zone(Value x, Value y)
{
    if (x.kind != y.kind)
        return false;
    if (x.kind == VALUE_TIME)
        return x.time.zone == y.time.zone && x.time.nanosecond == y.time.nanosecond;
    if (x.kind == VALUE_DATE_TIME)
        return x.date_time->time.zone == y.date_time->time.zone &&
               x.date_time->time.nanosecond == y.date_time->time.nanosecond &&
               date_to_days(x.date_time->date) == date_to_days(y.date_time->date);
    return value_same(x, y);
}

// The same value in the semantic domain: equal, and of the same zone (10.3.4.9).
BUILTIN(is, "is", "value1: Any, value2: Any -> boolean", 1, 2)
{
    Value other = count > 1 ? arguments[1] : value_null();
    return value_boolean(same_kind_and_zone(arguments[0], other));
}
