// SPDX-License-Identifier: Apache-2.0
// Arithmetic (DMN 1.5, 10.3.2.13, table 55 and following).
#include "base/messages.h"
#include "feel/machine.h"
#include "feel/temporal.h"

#include <string.h>

// "convert it with string(1)", with the value itself when it is short; NULL when that does not
// help.
static const char *string_hint(Machine *machine, Value x, Value y)
{
    Value other = x.kind == VALUE_TEXT ? y : x;
    if (!machine->diagnostics || (x.kind != VALUE_TEXT && y.kind != VALUE_TEXT) ||
        other.kind == VALUE_NULL || other.kind == VALUE_FUNCTION)
        return NULL;
    const char *text = other.kind == VALUE_LIST || other.kind == VALUE_CONTEXT
                           ? "..."
                           : feel_text(machine->arena, other);
    return text_format(machine->arena,
                       message_in(machine->cx->language, "convert it with string(%s)"), text);
}

static Value mismatch(Machine *machine, const char *symbol, Value x, Value y)
{
    return machine_diagnose(machine, "type-mismatch",
                            strcmp(symbol, "+") == 0 ? string_hint(machine, x, y) : NULL,
                            "%s %s %s", value_kind_word(x.kind), symbol, value_kind_word(y.kind));
}

static Value numbers(Machine *machine, Operation operation, Decimal x, Decimal y)
{
    Decimal result = {0};
    bool fits = false;
    switch (operation) {
    case OP_ADD:
        fits = decimal_add(x, y, &result);
        break;
    case OP_SUBTRACT:
        fits = decimal_subtract(x, y, &result);
        break;
    case OP_MULTIPLY:
        fits = decimal_multiply(x, y, &result);
        break;
    case OP_DIVIDE:
        if (decimal_is_zero(y))
            return machine_diagnose(machine, "division-by-zero", NULL, "a division by zero");
        fits = decimal_divide(x, y, &result);
        break;
    default:
        fits = decimal_power(x, y, &result);
        break;
    }
    if (!fits)
        return machine_diagnose(machine, "no-number", NULL,
                                "the result is no number, or beyond the range of decimals");
    return value_number(result);
}

static Value concatenate(Machine *machine, Text x, Text y)
{
    char *joined = arena_alloc(machine->arena, x.length + y.length + 1);
    memcpy(joined, x.bytes, x.length);
    memcpy(joined + x.length, y.bytes, y.length);
    return value_text_of(joined, x.length + y.length);
}

static Value scale(Machine *machine, Operation operation, Value x, Value y)
{
    if (operation == OP_MULTIPLY && y.kind == VALUE_NUMBER)
        return temporal_multiply(machine, x, y.number);
    if (operation == OP_MULTIPLY && x.kind == VALUE_NUMBER)
        return temporal_multiply(machine, y, x.number);
    if (operation == OP_DIVIDE && y.kind == VALUE_NUMBER)
        return temporal_divide(machine, x, y.number);
    return operation == OP_DIVIDE ? temporal_ratio(machine, x, y) : value_null();
}

// Two that go together, but not these two.
static Value no_result(Machine *machine, Operation operation, Value y, ValueKind kind)
{
    bool zero = (y.kind == VALUE_NUMBER && decimal_is_zero(y.number)) ||
                (y.kind == VALUE_MONTHS_DURATION && y.months == 0) ||
                (y.kind == VALUE_DAYS_DURATION && y.days_duration.seconds == 0 &&
                 y.days_duration.nanoseconds == 0);
    if (operation == OP_DIVIDE && zero)
        return machine_diagnose(machine, "division-by-zero", NULL, "a division by zero");
    if (operation == OP_SUBTRACT && y.kind >= VALUE_DATE && y.kind <= VALUE_DATE_TIME)
        return machine_diagnose(machine, "type-mismatch", "give both a time zone, or neither",
                                "one has a time zone, and the other has none");
    return machine_diagnose(machine, "out-of-range", NULL, "the result is beyond the range of %s",
                            value_kind_word(kind));
}

static Value calculate(Machine *machine, Operation operation, Value x, Value y)
{
    static const char *const symbols[] = {"+", "-", "*", "/", "**"};
    if (x.kind == VALUE_NUMBER && y.kind == VALUE_NUMBER)
        return numbers(machine, operation, x.number, y.number);
    if (x.kind == VALUE_TEXT && y.kind == VALUE_TEXT && operation == OP_ADD)
        return concatenate(machine, x.text, y.text);
    Value result = operation == OP_ADD        ? temporal_add(machine, x, y)
                   : operation == OP_SUBTRACT ? temporal_subtract(machine, x, y)
                                              : scale(machine, operation, x, y);
    if (result.kind != VALUE_NULL)
        return result;
    ValueKind kind = operator_kind((Operator)(operation - OP_ADD), x.kind, y.kind);
    if (kind == VALUE_NULL)
        return mismatch(machine, symbols[operation - OP_ADD], x, y);
    return no_result(machine, operation, y, kind);
}

Value operator_apply(Machine *machine, Operation operation, Value x, Value y)
{
    if (operation <= OP_POWER)
        return calculate(machine, operation, x, y);
    if (operation == OP_EQUAL)
        return operator_equal(machine, x, y);
    if (operation == OP_NOT_EQUAL) {
        Value equal = operator_equal(machine, x, y);
        return equal.kind == VALUE_BOOLEAN ? value_boolean(!equal.boolean) : equal;
    }
    return operator_order(machine, operation, x, y);
}

Value operator_negate(Machine *machine, Value x)
{
    if (x.kind == VALUE_NUMBER)
        return value_number(decimal_negate(x.number));
    if (x.kind == VALUE_MONTHS_DURATION) {
        x.months = -x.months;
        return x;
    }
    if (x.kind == VALUE_DAYS_DURATION) {
        x.days_duration.seconds = -x.days_duration.seconds;
        x.days_duration.nanoseconds = -x.days_duration.nanoseconds;
        return x;
    }
    return machine_diagnose(machine, "type-mismatch", NULL, "the negative of %s",
                            value_kind_word(x.kind));
}
