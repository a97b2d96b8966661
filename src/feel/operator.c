// SPDX-License-Identifier: Apache-2.0
// Equality, order, logic, tests and paths (DMN 1.5, 10.3.2.13 and 10.3.2.15).
#include "base/messages.h"
#include "feel/machine.h"
#include "feel/temporal.h"

#include <string.h>

bool value_is_null(Value value)
{
    return value.kind == VALUE_NULL;
}

static int sign(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int text_order(Text a, Text b)
{
    // UTF-8 sorts bytewise as its code points do
    size_t length = a.length < b.length ? a.length : b.length;
    int order = length ? memcmp(a.bytes, b.bytes, length) : 0;
    return order ? order : sign((int64_t)a.length, (int64_t)b.length);
}

bool value_order(Value x, Value y, int *order)
{
    if (x.kind != y.kind)
        return false;
    switch (x.kind) {
    case VALUE_NUMBER:
        *order = decimal_compare(x.number, y.number);
        return true;
    case VALUE_TEXT:
        *order = text_order(x.text, y.text);
        return true;
    case VALUE_DATE:
        *order = sign(date_to_days(x.date), date_to_days(y.date));
        return true;
    case VALUE_TIME:
        return temporal_time_order(x.time, y.time, order);
    case VALUE_DATE_TIME:
        return temporal_order(*x.date_time, *y.date_time, order);
    case VALUE_DAYS_DURATION:
        *order = sign(x.days_duration.seconds, y.days_duration.seconds);
        if (*order == 0)
            *order = sign(x.days_duration.nanoseconds, y.days_duration.nanoseconds);
        return true;
    case VALUE_MONTHS_DURATION:
        *order = sign(x.months, y.months);
        return true;
    default:
        return false;
    }
}

// Times are the same within a millisecond.
static bool same_temporal(Value x, Value y)
{
    int order;
    return value_order(x, y, &order) && order == 0;
}

static ValueComparison comparison_open(void)
{
    return (ValueComparison){.steps = VALUE_COMPARE_STEPS, .temporal = same_temporal};
}

bool value_same(Value x, Value y)
{
    ValueComparison comparison = comparison_open();
    return value_compare(&comparison, x, y);
}

bool machine_same(Machine *machine, Value x, Value y)
{
    ValueComparison comparison = comparison_open();
    bool result = value_compare(&comparison, x, y);
    return machine_spend(machine, (VALUE_COMPARE_STEPS - comparison.steps) / 8) && result;
}

static const char *comparison_hint(Machine *machine, Value x, Value y)
{
    const char *function = operator_conversion(x.kind, y.kind);
    if (operator_kind(OPERATOR_LESS, x.kind, y.kind))
        return "give both a time zone, or neither";
    return function && machine->diagnostics
               ? text_format(machine->arena,
                             message_in(machine->cx->language, "convert the string with %s()"),
                             function)
               : NULL;
}

Value operator_equal(Machine *machine, Value x, Value y)
{
    if (x.kind == VALUE_NULL || y.kind == VALUE_NULL)
        return value_boolean(x.kind == y.kind);
    if (x.kind != y.kind)
        return machine_diagnose(machine, "type-mismatch", comparison_hint(machine, x, y),
                                "%s is compared with %s", value_kind_word(x.kind),
                                value_kind_word(y.kind));
    if (x.kind == VALUE_FUNCTION)
        return machine_diagnose(machine, "type-mismatch", NULL, "functions cannot be compared");
    ValueComparison comparison = comparison_open();
    bool result = value_compare(&comparison, x, y);
    if (comparison.steps < 0)
        return machine_diagnose(machine, "limit", NULL, "the values are too large to be compared");
    return value_boolean(result);
}

Value operator_order(Machine *machine, Operation operation, Value x, Value y)
{
    int order;
    if (!value_order(x, y, &order))
        return machine_diagnose(machine, "type-mismatch", comparison_hint(machine, x, y),
                                "%s and %s have no order", value_kind_word(x.kind),
                                value_kind_word(y.kind));
    return value_boolean(operation == OP_LESS         ? order < 0
                         : operation == OP_LESS_EQUAL ? order <= 0
                         : operation == OP_GREATER    ? order > 0
                                                      : order >= 0);
}

Value operator_not(Machine *machine, Value x)
{
    if (x.kind == VALUE_BOOLEAN)
        return value_boolean(!x.boolean);
    if (x.kind != VALUE_NULL)
        machine_diagnose(machine, "type-mismatch", NULL, "not() of %s", value_kind_word(x.kind));
    return value_null();
}

static void check_logic(Machine *machine, Value x, const char *word)
{
    if (x.kind != VALUE_BOOLEAN && x.kind != VALUE_NULL)
        machine_diagnose(machine, "type-mismatch", NULL, "`%s` of %s", word,
                         value_kind_word(x.kind));
}

Value operator_and(Machine *machine, Value x, Value y)
{
    check_logic(machine, x, "and");
    check_logic(machine, y, "and");
    if ((x.kind == VALUE_BOOLEAN && !x.boolean) || (y.kind == VALUE_BOOLEAN && !y.boolean))
        return value_boolean(false);
    if (x.kind == VALUE_BOOLEAN && y.kind == VALUE_BOOLEAN)
        return value_boolean(true);
    return value_null();
}

Value operator_or(Machine *machine, Value x, Value y)
{
    check_logic(machine, x, "or");
    check_logic(machine, y, "or");
    if ((x.kind == VALUE_BOOLEAN && x.boolean) || (y.kind == VALUE_BOOLEAN && y.boolean))
        return value_boolean(true);
    if (x.kind == VALUE_BOOLEAN && y.kind == VALUE_BOOLEAN)
        return value_boolean(false);
    return value_null();
}

Value operator_between(Machine *machine, Value x, Value low, Value high)
{
    return operator_and(machine, operator_order(machine, OP_GREATER_EQUAL, x, low),
                        operator_order(machine, OP_LESS_EQUAL, x, high));
}

static bool range_end_kind(Value value)
{
    int order;
    return value.kind == VALUE_NULL || value_order(value, value, &order);
}

Value operator_range(Machine *machine, Value low, Value high, int flags)
{
    bool any = flags & (RANGE_NO_LOW | RANGE_NO_HIGH);
    bool equality = (flags & RANGE_BY_OPERATOR) && !any;
    if (!equality && (!range_end_kind(low) || !range_end_kind(high)))
        return machine_diagnose(machine, "type-mismatch", NULL, "a range from %s to %s",
                                value_kind_word(low.kind), value_kind_word(high.kind));
    if (low.kind != high.kind && low.kind != VALUE_NULL && high.kind != VALUE_NULL)
        return machine_diagnose(machine, "type-mismatch", NULL, "a range from %s to %s",
                                value_kind_word(low.kind), value_kind_word(high.kind));
    int order;
    if (!equality && value_order(low, high, &order) && order > 0)
        return machine_diagnose(machine, "range", NULL, "the range ends before it begins");
    ValueRange *range = NEW(machine->arena, ValueRange);
    range->low = low;
    range->high = high;
    range->low_closed = (flags & RANGE_LOW_CLOSED) != 0;
    range->high_closed = (flags & RANGE_HIGH_CLOSED) != 0;
    range->by_operator = (flags & RANGE_BY_OPERATOR) != 0;
    range->excluded = (flags & RANGE_NOT) != 0;
    return (Value){.kind = VALUE_RANGE, .range = range};
}

Value range_includes(Machine *machine, const ValueRange *range, Value point)
{
    if (range->by_operator && range->low.kind != VALUE_NULL && range->high.kind != VALUE_NULL) {
        Value equal = operator_equal(machine, point, range->low);
        return range->excluded ? operator_not(machine, equal) : equal;
    }
    Value low = value_boolean(true);
    Value high = value_boolean(true);
    if (range->low.kind != VALUE_NULL)
        low = operator_order(machine, range->low_closed ? OP_GREATER_EQUAL : OP_GREATER, point,
                             range->low);
    if (low.kind == VALUE_BOOLEAN && range->high.kind != VALUE_NULL)
        high = operator_order(machine, range->high_closed ? OP_LESS_EQUAL : OP_LESS, point,
                              range->high);
    // An end that is written null is unknown; only an operator leaves one open.
    if (!range->by_operator && (range->low.kind == VALUE_NULL || range->high.kind == VALUE_NULL))
        return machine_diagnose(machine, "type-mismatch", NULL,
                                "the range has an end that is null");
    return operator_and(machine, low, high);
}

static Value test_list(Machine *machine, Value input, Value test)
{
    if (input.kind == VALUE_LIST && value_same(input, test))
        return value_boolean(true);
    FeelDiagnostics *diagnostics = machine->diagnostics;
    machine->diagnostics = NULL; // a value of another kind in the list is just no hit
    bool hit = false;
    for (size_t i = 0; i < test.list.count && !hit; i++) {
        Value item = test.list.items[i];
        if (item.kind == VALUE_RANGE && input.kind != VALUE_RANGE) {
            Value included = range_includes(machine, item.range, input);
            hit = included.kind == VALUE_BOOLEAN && included.boolean;
        } else {
            hit = value_same(input, item);
        }
    }
    machine->diagnostics = diagnostics;
    return value_boolean(hit);
}

Value operator_test(Machine *machine, Value input, Value test)
{
    if (test.kind == VALUE_LIST)
        return test_list(machine, input, test);
    if (test.kind == VALUE_RANGE && input.kind != VALUE_RANGE)
        return range_includes(machine, test.range, input);
    return operator_equal(machine, input, test);
}

Value operator_index(Machine *machine, Value list, Value index)
{
    int64_t at;
    if (list.kind == VALUE_NULL)
        return value_null();
    if (index.kind != VALUE_NUMBER || !decimal_to_integer(index.number, &at))
        return machine_diagnose(machine, "index", NULL, "an index must be an integer");
    size_t count = list.kind == VALUE_LIST ? list.list.count : 1;
    const Value *items = list.kind == VALUE_LIST ? list.list.items : &list;
    if (at < 0 && at >= -(int64_t)count)
        at += (int64_t)count + 1;
    if (at < 1 || at > (int64_t)count)
        return machine_diagnose(machine, "index", NULL,
                                "index %lld is outside the list of %zu items", (long long)at,
                                count);
    return items[at - 1];
}

static Value range_path(Machine *machine, const ValueRange *range, const char *name)
{
    if (strcmp(name, "start") == 0)
        return range->low;
    if (strcmp(name, "end") == 0)
        return range->high;
    if (strcmp(name, "start included") == 0)
        return value_boolean(range->low_closed);
    if (strcmp(name, "end included") == 0)
        return value_boolean(range->high_closed);
    return machine_diagnose(machine, "unknown-name", NULL, "a range has no \"%s\"", name);
}

Value operator_path(Machine *machine, Value value, const char *name)
{
    const Value *entry;
    switch (value.kind) {
    case VALUE_CONTEXT:
        entry = value_get(value, name);
        return entry ? *entry
                     : machine_diagnose(machine, "unknown-name",
                                        machine_nearest(machine, value, name),
                                        "the context has no entry \"%s\"", name);
    case VALUE_LIST: {
        Value *items = NEW_ARRAY(machine->arena, Value, value.list.count);
        for (size_t i = 0; i < value.list.count; i++)
            items[i] = operator_path(machine, value.list.items[i], name);
        return value_list(items, value.list.count);
    }
    case VALUE_NULL:
        return machine_diagnose(machine, "null-path", NULL, "\"%s\" of null", name);
    case VALUE_RANGE:
        return range_path(machine, value.range, name);
    default:
        return temporal_property(machine, value, name);
    }
}
