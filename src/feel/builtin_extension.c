// SPDX-License-Identifier: Apache-2.0
// Functions beyond the standard. They stand behind a name of their own, `millrace.format
// number(...)`, and FeelOptions.standard refuses them by name.
#include "feel/builtin.h"

#include <string.h>

#define LIMIT_FORMAT_PLACES 30
#define LIMIT_WORKING_DAYS 100000

static bool one_text(Machine *machine, const Value *arguments, size_t count, size_t index,
                     const char *fallback, Text *out)
{
    *out = (Text){fallback, strlen(fallback)};
    if (index >= count || arguments[index].kind == VALUE_NULL)
        return true;
    return argument_text(machine, arguments, index, out);
}

// "-1234567.50" with "," and "." becomes "-1,234,567.50".
static Text grouped(Arena *arena, const char *plain, Text grouping, Text point)
{
    Buffer *out = buffer_new(arena);
    const char *at = plain;
    if (*at == '-')
        buffer_byte(out, *at++);
    size_t digits = strspn(at, "0123456789");
    for (size_t i = 0; i < digits; i++) {
        if (i > 0 && (digits - i) % 3 == 0)
            buffer_add(out, grouping.bytes, grouping.length);
        buffer_byte(out, at[i]);
    }
    if (at[digits] == '.') {
        buffer_add(out, point.bytes, point.length);
        buffer_text(out, at + digits + 1);
    }
    return (Text){out->bytes, out->length};
}

BUILTIN(
    format_number, "millrace.format number",
    "number: number, decimals: number, grouping separator: string, decimal separator: string -> "
    "string",
    1, 4)
{
    Decimal number;
    int64_t places = 0;
    Text grouping;
    Text point;
    char plain[DECIMAL_TEXT_SIZE];
    if (!argument_number(machine, arguments, 0, &number) ||
        (count > 1 && !argument_integer(machine, arguments, 1, &places)) ||
        !one_text(machine, arguments, count, 2, ",", &grouping) ||
        !one_text(machine, arguments, count, 3, ".", &point))
        return value_null();
    if (places < 0 || places > LIMIT_FORMAT_PLACES)
        return machine_diagnose(machine, "no-number", NULL, "decimals must be from 0 to %d",
                                LIMIT_FORMAT_PLACES);
    if (!decimal_round(number, (int)places, ROUND_HALF_UP, &number))
        return machine_diagnose(machine, "no-number", NULL,
                                "the number has too many digits for %d decimals", (int)places);
    decimal_print(number, plain);
    if (strpbrk(plain, "eE"))
        return machine_diagnose(machine, "no-number", NULL,
                                "the number has too many digits for %d decimals", (int)places);
    Text text = grouped(machine->arena, plain, grouping, point);
    return value_text_of(text.bytes, text.length);
}

static bool is_holiday(ValueList holidays, Date date)
{
    for (size_t i = 0; i < holidays.count; i++)
        if (holidays.items[i].kind == VALUE_DATE &&
            date_to_days(holidays.items[i].date) == date_to_days(date))
            return true;
    return false;
}

// Monday to Friday without the holidays; a negative number counts backwards.
BUILTIN(add_working_days, "millrace.add working days",
        "date: date, days: number, holidays: list<date> -> date", 2, 3)
{
    int64_t left;
    ValueList holidays = {0};
    Value from = argument_single(arguments, 0);
    if (from.kind != VALUE_DATE)
        return argument_mismatch(machine, 0, "a date", from);
    if (!argument_integer(machine, arguments, 1, &left) ||
        (count > 2 && arguments[2].kind != VALUE_NULL &&
         !argument_list(machine, arguments, 2, &holidays)))
        return value_null();
    int64_t day = date_to_days(from.date);
    int step = left < 0 ? -1 : 1;
    left *= step;
    if (left > LIMIT_WORKING_DAYS || from.date.year > 999990000 || from.date.year < -999990000)
        return machine_diagnose(machine, "out-of-range", NULL,
                                "at most %d working days can be counted", LIMIT_WORKING_DAYS);
    while (left > 0 && machine_spend(machine, 1 + (int64_t)holidays.count / 16)) {
        Date date = date_from_days(day += step);
        if (date_weekday(date) < 6 && !is_holiday(holidays, date))
            left--;
    }
    return value_date(date_from_days(day));
}
