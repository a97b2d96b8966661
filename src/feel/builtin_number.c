// SPDX-License-Identifier: Apache-2.0
// Numeric functions (DMN 1.5, 10.3.4.5).
#include "feel/builtin.h"
#include "feel/temporal.h"

static Value out_of_range(Machine *machine)
{
    return machine_diagnose(machine, "no-number", NULL,
                            "%s() has no result in the range of decimals", machine->builtin->name);
}

static Value round_to(Machine *machine, const Value *arguments, size_t count, Rounding rounding)
{
    Decimal number;
    Decimal scale = {0};
    int64_t places = 0;
    if (!argument_number(machine, arguments, 0, &number))
        return value_null();
    if (count > 1) {
        if (!argument_number(machine, arguments, 1, &scale))
            return value_null();
        if (!decimal_round(scale, 0, ROUND_DOWN, &scale) || !decimal_to_integer(scale, &places) ||
            places < -6111 || places > 6176)
            return machine_diagnose(machine, "no-number", NULL,
                                    "a scale must be an integer from -6111 to 6176");
    }
    Decimal rounded;
    if (decimal_round(number, (int)places, rounding, &rounded))
        return value_number(rounded);
    // More places than 34 digits can hold: the number has fewer, and stays as it is.
    return places > 0 ? value_number(number) : out_of_range(machine);
}

BUILTIN(decimal, "decimal", "n: number, scale: number -> number", 2, 2)
{
    return round_to(machine, arguments, count, ROUND_HALF_EVEN);
}

BUILTIN(floor, "floor", "n: number, scale: number -> number", 1, 2)
{
    return round_to(machine, arguments, count, ROUND_FLOOR);
}

BUILTIN(ceiling, "ceiling", "n: number, scale: number -> number", 1, 2)
{
    return round_to(machine, arguments, count, ROUND_CEILING);
}

BUILTIN(round_up, "round up", "n: number, scale: number -> number", 2, 2)
{
    return round_to(machine, arguments, count, ROUND_UP);
}

BUILTIN(round_down, "round down", "n: number, scale: number -> number", 2, 2)
{
    return round_to(machine, arguments, count, ROUND_DOWN);
}

BUILTIN(round_half_up, "round half up", "n: number, scale: number -> number", 2, 2)
{
    return round_to(machine, arguments, count, ROUND_HALF_UP);
}

BUILTIN(round_half_down, "round half down", "n: number, scale: number -> number", 2, 2)
{
    return round_to(machine, arguments, count, ROUND_HALF_DOWN);
}

BUILTIN(abs, "abs", "n: number or duration -> same", 1, 1)
{
    Value value = argument_single(arguments, 0);
    if (value.kind == VALUE_NUMBER)
        return value_number(decimal_absolute(value.number));
    bool negative = value.kind == VALUE_MONTHS_DURATION ? value.months < 0
                                                        : value.kind == VALUE_DAYS_DURATION &&
                                                              (value.days_duration.seconds < 0 ||
                                                               value.days_duration.nanoseconds < 0);
    if (value.kind == VALUE_MONTHS_DURATION || value.kind == VALUE_DAYS_DURATION)
        return negative ? operator_negate(machine, value) : value;
    return argument_mismatch(machine, 0, "a number or a duration", value);
}

// The sign of the divisor, as the specification has it: x - y * floor(x / y).
BUILTIN(modulo, "modulo", "dividend: number, divisor: number -> number", 2, 2)
{
    Decimal x;
    Decimal y;
    Decimal result;
    if (!argument_number(machine, arguments, 0, &x) || !argument_number(machine, arguments, 1, &y))
        return value_null();
    if (decimal_is_zero(y))
        return machine_diagnose(machine, "division-by-zero", NULL, "modulo() by zero");
    return decimal_modulo(x, y, &result) ? value_number(result) : out_of_range(machine);
}

typedef bool (*DecimalFunction)(Decimal value, Decimal *out);

static Value calculate(Machine *machine, const Value *arguments, DecimalFunction function)
{
    Decimal number;
    Decimal result;
    if (!argument_number(machine, arguments, 0, &number))
        return value_null();
    return function(number, &result) ? value_number(result) : out_of_range(machine);
}

BUILTIN(sqrt, "sqrt", "number: number -> number", 1, 1)
{
    return calculate(machine, arguments, decimal_square_root);
}

BUILTIN(log, "log", "number: number -> number", 1, 1)
{
    return calculate(machine, arguments, decimal_log);
}

BUILTIN(exp, "exp", "number: number -> number", 1, 1)
{
    return calculate(machine, arguments, decimal_exp);
}

static Value parity(Machine *machine, const Value *arguments, bool odd)
{
    Decimal number;
    Decimal half;
    if (!argument_number(machine, arguments, 0, &number))
        return value_null();
    if (!decimal_is_integer(number))
        return value_boolean(false);
    if (!decimal_multiply(number, decimal_scaled(5, -1), &half))
        return out_of_range(machine);
    return value_boolean(decimal_is_integer(half) != odd);
}

BUILTIN(odd, "odd", "number: number -> boolean", 1, 1)
{
    return parity(machine, arguments, true);
}

BUILTIN(even, "even", "number: number -> boolean", 1, 1)
{
    return parity(machine, arguments, false);
}

static bool all_of_kind(Machine *machine, ValueList list, ValueKind kind)
{
    for (size_t i = 0; i < list.count; i++) {
        if (list.items[i].kind == kind)
            continue;
        machine_diagnose(machine, "type-mismatch", NULL, "%s() of a list that holds %s",
                         machine->builtin->name, value_kind_word(list.items[i].kind));
        return false;
    }
    return true;
}

static bool filled(Machine *machine, ValueList list)
{
    if (list.count == 0)
        machine_diagnose(machine, "empty-list", NULL, "%s() of an empty list",
                         machine->builtin->name);
    return list.count > 0;
}

// Sums whatever adds: numbers, and durations of one kind.
static Value total(Machine *machine, ValueList list)
{
    Value sum = list.items[0];
    if (sum.kind != VALUE_DAYS_DURATION && sum.kind != VALUE_MONTHS_DURATION)
        sum.kind = VALUE_NUMBER == sum.kind ? VALUE_NUMBER : VALUE_NULL;
    if (sum.kind == VALUE_NULL || !all_of_kind(machine, list, sum.kind))
        return sum.kind == VALUE_NULL
                   ? argument_mismatch(machine, 0, "a list of numbers", list.items[0])
                   : value_null();
    for (size_t i = 1; i < list.count && sum.kind != VALUE_NULL; i++)
        sum = operator_apply(machine, OP_ADD, sum, list.items[i]);
    return sum;
}

BUILTIN(sum, "sum", "list: number or duration... -> item", 0, -1)
{
    ValueList list;
    if (count == 0)
        return machine_diagnose(machine, "arguments", NULL, "sum() takes a list or numbers");
    if (!argument_items(machine, arguments, count, &list) || !filled(machine, list))
        return value_null();
    return total(machine, list);
}

BUILTIN(mean, "mean", "list: number or duration... -> item", 0, -1)
{
    ValueList list;
    if (count == 0)
        return machine_diagnose(machine, "arguments", NULL, "mean() takes a list or numbers");
    if (!argument_items(machine, arguments, count, &list) || !filled(machine, list))
        return value_null();
    Value sum = total(machine, list);
    if (sum.kind == VALUE_NULL)
        return sum;
    return operator_apply(machine, OP_DIVIDE, sum, value_integer((int64_t)list.count));
}

BUILTIN(product, "product", "list: number... -> number", 0, -1)
{
    ValueList list;
    if (count == 0)
        return machine_diagnose(machine, "arguments", NULL, "product() takes a list or numbers");
    if (!argument_items(machine, arguments, count, &list) || !filled(machine, list) ||
        !all_of_kind(machine, list, VALUE_NUMBER))
        return value_null();
    Value result = list.items[0];
    for (size_t i = 1; i < list.count && result.kind != VALUE_NULL; i++)
        result = operator_apply(machine, OP_MULTIPLY, result, list.items[i]);
    return result;
}

// Insertion of each into its place keeps equal ones in order; lists here are short or spend steps.
static bool sort_values(Machine *machine, Value *items, Value *room, size_t count)
{
    if (count < 2)
        return true;
    size_t half = count / 2;
    if (!machine_spend(machine, (int64_t)count) || !sort_values(machine, items, room, half) ||
        !sort_values(machine, items + half, room, count - half))
        return false;
    size_t left = 0;
    size_t right = half;
    for (size_t i = 0; i < count; i++) {
        int order = 0;
        if (left < half && right < count)
            value_order(items[left], items[right], &order);
        room[i] = right >= count || (left < half && order <= 0) ? items[left++] : items[right++];
    }
    for (size_t i = 0; i < count; i++)
        items[i] = room[i];
    return true;
}

static bool sorted_numbers(Machine *machine, const Value *arguments, size_t count, ValueList *out)
{
    ValueList list;
    if (!argument_items(machine, arguments, count, &list) ||
        !all_of_kind(machine, list, VALUE_NUMBER))
        return false;
    Value *items = NEW_ARRAY(machine->arena, Value, list.count);
    for (size_t i = 0; i < list.count; i++)
        items[i] = list.items[i];
    *out = (ValueList){items, list.count};
    return sort_values(machine, items, NEW_ARRAY(machine->arena, Value, list.count), list.count);
}

BUILTIN(median, "median", "list: number... -> number", 0, -1)
{
    ValueList list;
    if (count == 0)
        return machine_diagnose(machine, "arguments", NULL, "median() takes a list or numbers");
    if (!sorted_numbers(machine, arguments, count, &list) || !filled(machine, list))
        return value_null();
    Value middle = list.items[list.count / 2];
    if (list.count % 2)
        return middle;
    Value pair = operator_apply(machine, OP_ADD, list.items[list.count / 2 - 1], middle);
    return operator_apply(machine, OP_DIVIDE, pair, value_integer(2));
}

static bool square_sum(ValueList list, Decimal mean, Decimal *out)
{
    Decimal sum = decimal_from_integer(0);
    for (size_t i = 0; i < list.count; i++) {
        Decimal difference;
        if (!decimal_subtract(list.items[i].number, mean, &difference) ||
            !decimal_multiply(difference, difference, &difference) ||
            !decimal_add(sum, difference, &sum))
            return false;
    }
    *out = sum;
    return true;
}

// The standard deviation of a sample: by count - 1.
BUILTIN(stddev, "stddev", "list: number... -> number", 0, -1)
{
    ValueList list;
    Decimal sum;
    if (count == 0)
        return machine_diagnose(machine, "arguments", NULL, "stddev() takes a list or numbers");
    if (!argument_items(machine, arguments, count, &list) ||
        !all_of_kind(machine, list, VALUE_NUMBER))
        return value_null();
    if (list.count < 2)
        return machine_diagnose(machine, "arguments", NULL, "stddev() needs two numbers at least");
    Value mean = operator_apply(machine, OP_DIVIDE, total(machine, list),
                                value_integer((int64_t)list.count));
    if (mean.kind != VALUE_NUMBER || !square_sum(list, mean.number, &sum) ||
        !decimal_divide(sum, decimal_from_integer((int64_t)list.count - 1), &sum) ||
        !decimal_square_root(sum, &sum))
        return out_of_range(machine);
    return value_number(sum);
}

BUILTIN(mode, "mode", "list: number... -> list<number>", 0, -1)
{
    ValueList list;
    ARRAY(Value) modes = {0};
    size_t most = 0;
    if (count == 0)
        return machine_diagnose(machine, "arguments", NULL, "mode() takes a list or numbers");
    if (!sorted_numbers(machine, arguments, count, &list))
        return value_null();
    for (size_t i = 0; i < list.count;) {
        size_t end = i;
        while (end < list.count && value_same(list.items[end], list.items[i]))
            end++;
        if (end - i > most)
            modes.count = 0;
        if (end - i >= most) {
            most = end - i;
            array_push(machine->arena, modes) = list.items[i];
        }
        i = end;
    }
    return value_list(modes.items, modes.count);
}

// min and max order whatever has an order: numbers, strings, dates, times, durations.
static Value extreme(Machine *machine, const Value *arguments, size_t count, int wanted)
{
    ValueList list;
    if (count == 0)
        return machine_diagnose(machine, "arguments", NULL, "%s() takes a list or values",
                                machine->builtin->name);
    if (!argument_items(machine, arguments, count, &list) || !filled(machine, list))
        return value_null();
    Value best = list.items[0];
    for (size_t i = 0; i < list.count; i++) {
        int order;
        if (!value_order(list.items[i], best, &order))
            return machine_diagnose(machine, "type-mismatch", NULL, "%s and %s have no order",
                                    value_kind_word(best.kind),
                                    value_kind_word(list.items[i].kind));
        if (order * wanted > 0)
            best = list.items[i];
    }
    return best;
}

BUILTIN(min, "min", "list: point... -> item", 0, -1)
{
    return extreme(machine, arguments, count, -1);
}

BUILTIN(max, "max", "list: point... -> item", 0, -1)
{
    return extreme(machine, arguments, count, 1);
}
