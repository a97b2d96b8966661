// SPDX-License-Identifier: Apache-2.0
// Which kinds of values go together (DMN 1.5, tables 53 to 58): for the machine, which says why a
// result is null, and for the check, which knows kinds alone.
#include "feel/machine.h"

static bool is_duration(ValueKind kind)
{
    return kind == VALUE_DAYS_DURATION || kind == VALUE_MONTHS_DURATION;
}

static bool is_moment(ValueKind kind)
{
    return kind == VALUE_DATE || kind == VALUE_DATE_TIME;
}

// x plus or minus a duration y; VALUE_NULL: they do not add.
static ValueKind moved(ValueKind x, ValueKind y)
{
    if (is_moment(x) || (x == VALUE_TIME && y == VALUE_DAYS_DURATION) || x == y)
        return x;
    return VALUE_NULL;
}

static ValueKind sum_kind(ValueKind x, ValueKind y)
{
    if (x == y && (x == VALUE_NUMBER || x == VALUE_TEXT))
        return x;
    if (is_duration(y))
        return moved(x, y);
    return is_duration(x) ? moved(y, x) : VALUE_NULL;
}

static ValueKind difference_kind(ValueKind x, ValueKind y)
{
    if (x == VALUE_NUMBER && y == VALUE_NUMBER)
        return VALUE_NUMBER;
    if (is_duration(y))
        return moved(x, y);
    if ((x == VALUE_TIME && y == VALUE_TIME) || (is_moment(x) && is_moment(y)))
        return VALUE_DAYS_DURATION;
    return VALUE_NULL;
}

static ValueKind product_kind(ValueKind x, ValueKind y)
{
    if (y == VALUE_NUMBER && (x == VALUE_NUMBER || is_duration(x)))
        return x;
    return x == VALUE_NUMBER && is_duration(y) ? y : VALUE_NULL;
}

static ValueKind quotient_kind(ValueKind x, ValueKind y)
{
    if (y == VALUE_NUMBER && (x == VALUE_NUMBER || is_duration(x)))
        return x;
    return x == y && is_duration(x) ? VALUE_NUMBER : VALUE_NULL;
}

static bool has_order(ValueKind kind)
{
    return kind >= VALUE_NUMBER && kind <= VALUE_MONTHS_DURATION;
}

ValueKind operator_kind(Operator operator, ValueKind x, ValueKind y)
{
    switch (operator) {
    case OPERATOR_ADD:
        return sum_kind(x, y);
    case OPERATOR_SUBTRACT:
        return difference_kind(x, y);
    case OPERATOR_MULTIPLY:
        return product_kind(x, y);
    case OPERATOR_DIVIDE:
        return quotient_kind(x, y);
    case OPERATOR_POWER:
        return x == VALUE_NUMBER && y == VALUE_NUMBER ? VALUE_NUMBER : VALUE_NULL;
    case OPERATOR_EQUAL:
    case OPERATOR_NOT_EQUAL:
        return x == VALUE_NULL || y == VALUE_NULL || (x == y && x != VALUE_FUNCTION) ? VALUE_BOOLEAN
                                                                                     : VALUE_NULL;
    default:
        return x == y && has_order(x) ? VALUE_BOOLEAN : VALUE_NULL;
    }
}

const char *operator_conversion(ValueKind x, ValueKind y)
{
    static const char *const functions[VALUE_FUNCTION + 1] = {
        [VALUE_NUMBER] = "number",
        [VALUE_DATE] = "date",
        [VALUE_TIME] = "time",
        [VALUE_DATE_TIME] = "date and time",
        [VALUE_DAYS_DURATION] = "duration",
        [VALUE_MONTHS_DURATION] = "duration",
    };
    return x == VALUE_TEXT ? functions[y] : y == VALUE_TEXT ? functions[x] : NULL;
}
