// SPDX-License-Identifier: Apache-2.0
// Conversion functions (DMN 1.5, 10.3.4.1).
#include "feel/builtin.h"
#include "feel/conversion.h"
#include "feel/temporal.h"

#include <string.h>

static Value invalid(Machine *machine, Text text)
{
    return machine_diagnose(machine, "conversion", NULL, "\"%.60s\" is no %s", text.bytes,
                            machine->builtin->name);
}

BUILTIN(string, "string", "from: Any -> string", 1, 1)
{
    Value value = argument_single(arguments, 0);
    if (value.kind == VALUE_NULL)
        return value;
    Text text = feel_string(machine->arena, arguments[0].kind == VALUE_LIST ? arguments[0] : value);
    return value_text_of(text.bytes, text.length);
}

static bool separator(Machine *machine, const Value *arguments, size_t count, size_t index,
                      const char *allowed, char *out)
{
    Text text;
    *out = 0;
    if (index >= count || arguments[index].kind == VALUE_NULL)
        return true;
    if (!argument_text(machine, arguments, index, &text))
        return false;
    if (text.length != 1 || !strchr(allowed, text.bytes[0])) {
        machine_diagnose(machine, "conversion", NULL, "\"%.20s\" is no separator of numbers",
                         text.bytes);
        return false;
    }
    *out = text.bytes[0];
    return true;
}

static bool plain_number(const char *text)
{
    size_t i = strspn(text, "+-") <= 1 ? strspn(text, "+-") : 99;
    if (i == 99)
        return false;
    size_t digits = strspn(text + i, "0123456789");
    i += digits;
    if (text[i] == '.') {
        size_t fraction = strspn(text + i + 1, "0123456789");
        if (fraction == 0)
            return false;
        digits += fraction;
        i += 1 + fraction;
    }
    if (digits > 0 && (text[i] == 'e' || text[i] == 'E')) {
        i++;
        i += text[i] == '+' || text[i] == '-';
        size_t exponent = strspn(text + i, "0123456789");
        if (exponent == 0)
            return false;
        i += exponent;
    }
    return digits > 0 && !text[i];
}

BUILTIN(number, "number",
        "from: string or number, grouping separator: string, decimal separator: string -> number",
        1, 3)
{
    Text text;
    char grouping;
    char point;
    Decimal number;
    Value from = argument_single(arguments, 0);
    if (!separator(machine, arguments, count, 1, " ,.", &grouping) ||
        !separator(machine, arguments, count, 2, ",.", &point))
        return value_null();
    if (grouping && grouping == point)
        return machine_diagnose(machine, "conversion", NULL,
                                "grouping and decimal separator are the same");
    if (from.kind == VALUE_NUMBER)
        return from;
    if (!argument_text(machine, arguments, 0, &text))
        return value_null();
    char *plain = arena_alloc(machine->arena, text.length + 1);
    size_t used = 0;
    for (size_t i = 0; i < text.length; i++) {
        char c = text.bytes[i];
        if (grouping && c == grouping)
            continue;
        if (point && point != '.' && c == '.')
            return invalid(machine, text);
        plain[used++] = point && c == point ? '.' : c;
    }
    plain[used] = 0;
    if (!plain_number(plain) || !decimal_parse(plain, used, &number))
        return invalid(machine, text);
    return value_number(number);
}

static bool year_ok(int64_t year)
{
    return year >= -999999999 && year <= 999999999;
}

static Value date_of_parts(Machine *machine, const Value *arguments)
{
    int64_t year;
    int64_t month;
    int64_t day;
    if (!argument_integer(machine, arguments, 0, &year) ||
        !argument_integer(machine, arguments, 1, &month) ||
        !argument_integer(machine, arguments, 2, &day))
        return value_null();
    if (!year_ok(year) || month < 1 || month > 12 || day < 1 || day > 31)
        return machine_diagnose(machine, "conversion", NULL, "there is no such date");
    Date date = {(int32_t)year, (uint8_t)month, (uint8_t)day};
    if (!date_valid(date))
        return machine_diagnose(machine, "conversion", NULL, "there is no such date");
    return value_date(date);
}

BUILTIN(date, "date",
        "from: string or date or date and time|year: number, month: number, day: number -> date", 1,
        3)
{
    Date date;
    if (count == 3)
        return date_of_parts(machine, arguments);
    Value from = argument_single(arguments, 0);
    if (count == 2)
        return machine_diagnose(machine, "arguments", NULL, "date() takes one or three arguments");
    if (from.kind == VALUE_DATE)
        return from;
    if (from.kind == VALUE_DATE_TIME)
        return value_date(from.date_time->date);
    if (from.kind != VALUE_TEXT)
        return argument_mismatch(machine, 0, "a string or a date and time", from);
    if (!date_parse(from.text.bytes, from.text.length, &date))
        return invalid(machine, from.text);
    return value_date(date);
}

static Value time_of_parts(Machine *machine, const Value *arguments, size_t count)
{
    int64_t hour;
    int64_t minute;
    Decimal second;
    int64_t nanosecond;
    TimeOfDay time = {0};
    if (!argument_integer(machine, arguments, 0, &hour) ||
        !argument_integer(machine, arguments, 1, &minute) ||
        !argument_number(machine, arguments, 2, &second))
        return value_null();
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || decimal_is_negative(second) ||
        !decimal_round(second, 9, ROUND_DOWN, &second) ||
        !decimal_to_scaled(second, 9, &nanosecond) || nanosecond >= 60000000000LL)
        return machine_diagnose(machine, "conversion", NULL, "there is no such time");
    time.nanosecond = (hour * 3600 + minute * 60) * 1000000000LL + nanosecond;
    if (count > 3 && arguments[3].kind != VALUE_NULL) {
        Value offset = argument_single(arguments, 3);
        if (offset.kind != VALUE_DAYS_DURATION)
            return argument_mismatch(machine, 3, "a duration", offset);
        int64_t seconds = offset.days_duration.seconds;
        time.zone = seconds < -64800 || seconds > 64800 ? NULL : zone_offset((int)seconds);
        if (!time.zone)
            return machine_diagnose(machine, "conversion", NULL, "there is no such offset");
    }
    return (Value){.kind = VALUE_TIME, .time = time};
}

BUILTIN(time, "time",
        "from: string or time or date or date and time|hour: number, minute: number, second: "
        "number, offset: days and time duration -> time",
        1, 4)
{
    TimeOfDay time;
    if (count >= 3)
        return time_of_parts(machine, arguments, count);
    Value from = argument_single(arguments, 0);
    if (count == 2)
        return machine_diagnose(machine, "arguments", NULL,
                                "time() takes one, three or four arguments");
    if (from.kind == VALUE_TIME)
        return from;
    if (from.kind == VALUE_DATE_TIME)
        return (Value){.kind = VALUE_TIME, .time = from.date_time->time};
    if (from.kind == VALUE_DATE)
        return (Value){.kind = VALUE_TIME, .time = {.zone = zone_utc()}};
    if (from.kind != VALUE_TEXT)
        return argument_mismatch(machine, 0, "a string or a date and time", from);
    if (!time_parse(from.text.bytes, from.text.length, &time))
        return invalid(machine, from.text);
    return (Value){.kind = VALUE_TIME, .time = time};
}

static Value join_date_time(Machine *machine, const Value *arguments)
{
    Value date = argument_single(arguments, 0);
    Value time = argument_single(arguments, 1);
    if (date.kind != VALUE_DATE && date.kind != VALUE_DATE_TIME)
        return argument_mismatch(machine, 0, "a date", date);
    if (time.kind != VALUE_TIME)
        return argument_mismatch(machine, 1, "a time", time);
    DateTime joined = {.date = date.kind == VALUE_DATE ? date.date : date.date_time->date,
                       .time = time.time};
    return value_date_time(machine->arena, joined);
}

BUILTIN(date_and_time, "date and time",
        "date: date or date and time, time: time|from: string or date or date and time -> date and "
        "time",
        1, 2)
{
    Value from = argument_single(arguments, 0);
    Value result;
    if (count == 2)
        return join_date_time(machine, arguments);
    if (from.kind == VALUE_DATE_TIME)
        return from;
    if (from.kind == VALUE_DATE)
        return value_date_time(machine->arena, temporal_at_midnight(from.date));
    if (from.kind != VALUE_TEXT)
        return argument_mismatch(machine, 0, "a string", from);
    if (!feel_date_time_parse(machine->arena, from.text.bytes, from.text.length, &result)) {
        DateTime midnight = {0};
        if (!date_parse(from.text.bytes, from.text.length, &midnight.date))
            return invalid(machine, from.text);
        return value_date_time(machine->arena, midnight);
    }
    return result;
}

BUILTIN(duration, "duration", "from: string or duration -> duration", 1, 1)
{
    Value from = argument_single(arguments, 0);
    Value result;
    if (from.kind == VALUE_DAYS_DURATION || from.kind == VALUE_MONTHS_DURATION)
        return from;
    if (from.kind != VALUE_TEXT)
        return argument_mismatch(machine, 0, "a string", from);
    if (!feel_duration_parse(from.text.bytes, from.text.length, &result))
        return invalid(machine, from.text);
    return result;
}

static bool date_argument(Machine *machine, const Value *arguments, size_t index, Date *out)
{
    Value value = argument_single(arguments, index);
    if (value.kind == VALUE_DATE)
        *out = value.date;
    else if (value.kind == VALUE_DATE_TIME)
        *out = value.date_time->date;
    else
        return argument_mismatch(machine, index, "a date", value), false;
    return true;
}

// Whole months between two dates: a month is whole once its day is reached.
BUILTIN(years_and_months, "years and months duration",
        "from: date or date and time, to: date or date and time -> years and months duration", 2, 2)
{
    Date from;
    Date to;
    if (!date_argument(machine, arguments, 0, &from) || !date_argument(machine, arguments, 1, &to))
        return value_null();
    int64_t months = ((int64_t)to.year - from.year) * 12 + to.month - from.month;
    if (months > 0 && to.day < from.day)
        months--;
    else if (months < 0 && to.day > from.day)
        months++;
    return (Value){.kind = VALUE_MONTHS_DURATION, .months = months};
}

// The instant of the unit of work: one and the same through all of it.
BUILTIN_FULL(now, "now", "-> date and time", 0, 0, true)
{
    return value_date_time(machine->arena, instant_in(machine->cx->now, zone_utc()));
}

BUILTIN_FULL(today, "today", "-> date", 0, 0, true)
{
    return value_date(instant_in(machine->cx->now, zone_utc()).date);
}

static int64_t day_of_year(Date date)
{
    return date_to_days(date) - date_to_days((Date){date.year, 1, 1}) + 1;
}

BUILTIN(day_of_year, "day of year", "date: date or date and time -> number", 1, 1)
{
    Date date;
    if (!date_argument(machine, arguments, 0, &date))
        return value_null();
    return value_integer(day_of_year(date));
}

BUILTIN(day_of_week, "day of week", "date: date or date and time -> string", 1, 1)
{
    static const char *const names[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                        "Friday", "Saturday", "Sunday"};
    Date date;
    if (!date_argument(machine, arguments, 0, &date))
        return value_null();
    return value_text(names[date_weekday(date) - 1]);
}

BUILTIN(month_of_year, "month of year", "date: date or date and time -> string", 1, 1)
{
    static const char *const names[] = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};
    Date date;
    if (!date_argument(machine, arguments, 0, &date))
        return value_null();
    return value_text(names[date.month - 1]);
}

// ISO 8601: the week belongs to the year in which its Thursday lies.
BUILTIN(week_of_year, "week of year", "date: date or date and time -> number", 1, 1)
{
    Date date;
    if (!date_argument(machine, arguments, 0, &date))
        return value_null();
    Date thursday = date_from_days(date_to_days(date) + 4 - date_weekday(date));
    return value_integer((day_of_year(thursday) - 1) / 7 + 1);
}
