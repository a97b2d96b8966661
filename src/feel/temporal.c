// SPDX-License-Identifier: Apache-2.0
#include "feel/temporal.h"

#include <string.h>

#define DAY_SECONDS 86400
#define SECOND_NANOSECONDS 1000000000LL
#define YEAR_LIMIT 999999999

Value value_date_time(Arena *arena, DateTime value)
{
    DateTime *copy = NEW(arena, DateTime);
    *copy = value;
    return (Value){.kind = VALUE_DATE_TIME, .date_time = copy};
}

Value value_days(int64_t seconds, int64_t nanoseconds)
{
    seconds += nanoseconds / SECOND_NANOSECONDS;
    nanoseconds %= SECOND_NANOSECONDS;
    if (seconds > 0 && nanoseconds < 0) {
        seconds--;
        nanoseconds += SECOND_NANOSECONDS;
    } else if (seconds < 0 && nanoseconds > 0) {
        seconds++;
        nanoseconds -= SECOND_NANOSECONDS;
    }
    return (Value){.kind = VALUE_DAYS_DURATION, .days_duration = {seconds, (int32_t)nanoseconds}};
}

static Value value_months(int64_t months)
{
    return (Value){.kind = VALUE_MONTHS_DURATION, .months = months};
}

DateTime temporal_at_midnight(Date date)
{
    return (DateTime){.date = date, .time = {.zone = zone_utc()}};
}

Moment temporal_moment(DateTime value)
{
    int64_t second = value.time.nanosecond / SECOND_NANOSECONDS;
    int64_t seconds = value.time.zone ? zone_to_utc(value.time.zone, value.date, second)
                                      : date_to_days(value.date) * DAY_SECONDS + second;
    return (Moment){seconds, value.time.nanosecond % SECOND_NANOSECONDS};
}

static int sign(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int moment_order(Moment x, Moment y)
{
    int order = sign(x.seconds, y.seconds);
    return order ? order : sign(x.nanoseconds / 1000000, y.nanoseconds / 1000000);
}

bool temporal_order(DateTime x, DateTime y, int *order)
{
    if (!x.time.zone != !y.time.zone)
        return false;
    *order = moment_order(temporal_moment(x), temporal_moment(y));
    return true;
}

// A named zone gives a time no offset of its own: it has one only together with a date.
static bool time_offset(TimeOfDay time, int *offset)
{
    *offset = 0;
    if (!time.zone)
        return true;
    if (!zone_is_offset(time.zone) && time.zone != zone_utc())
        return false;
    *offset = zone_offset_at(time.zone, 0);
    return true;
}

bool temporal_time_order(TimeOfDay x, TimeOfDay y, int *order)
{
    int x_offset;
    int y_offset;
    if (!x.zone != !y.zone)
        return false;
    if (x.zone == y.zone) {
        *order = sign(x.nanosecond / 1000000, y.nanosecond / 1000000);
        return true;
    }
    if (!time_offset(x, &x_offset) || !time_offset(y, &y_offset))
        return false;
    *order = sign(x.nanosecond / 1000000 - x_offset * 1000LL,
                  y.nanosecond / 1000000 - y_offset * 1000LL);
    return true;
}

// Properties.

static bool date_property(Date date, const char *name, int64_t *out)
{
    if (strcmp(name, "year") == 0)
        *out = date.year;
    else if (strcmp(name, "month") == 0)
        *out = date.month;
    else if (strcmp(name, "day") == 0)
        *out = date.day;
    else if (strcmp(name, "weekday") == 0)
        *out = date_weekday(date);
    else
        return false;
    return true;
}

static bool time_property(TimeOfDay time, const Date *date, const char *name, Value *out)
{
    int64_t second = time.nanosecond / SECOND_NANOSECONDS;
    if (strcmp(name, "hour") == 0) {
        *out = value_integer(second / 3600);
    } else if (strcmp(name, "minute") == 0) {
        *out = value_integer(second / 60 % 60);
    } else if (strcmp(name, "second") == 0) {
        *out = value_integer(second % 60);
    } else if (strcmp(name, "timezone") == 0) {
        *out = time.zone && !zone_is_offset(time.zone) ? value_text(zone_name(time.zone))
                                                       : value_null();
    } else if (strcmp(name, "time offset") == 0) {
        *out = value_null();
        if (!time.zone)
            return true;
        int64_t utc = date ? zone_to_utc(time.zone, *date, second) : 0;
        if (date || zone_is_offset(time.zone) || time.zone == zone_utc())
            *out = value_days(zone_offset_at(time.zone, utc), 0);
    } else {
        return false;
    }
    return true;
}

static bool duration_property(DaysDuration duration, const char *name, int64_t *out)
{
    if (strcmp(name, "days") == 0)
        *out = duration.seconds / DAY_SECONDS;
    else if (strcmp(name, "hours") == 0)
        *out = duration.seconds / 3600 % 24;
    else if (strcmp(name, "minutes") == 0)
        *out = duration.seconds / 60 % 60;
    else if (strcmp(name, "seconds") == 0)
        *out = duration.seconds % 60;
    else
        return false;
    return true;
}

Value temporal_property(Machine *machine, Value value, const char *name)
{
    int64_t integer;
    Value result;
    if (value.kind == VALUE_DATE && date_property(value.date, name, &integer))
        return value_integer(integer);
    if (value.kind == VALUE_DATE_TIME && date_property(value.date_time->date, name, &integer))
        return value_integer(integer);
    if (value.kind == VALUE_DATE_TIME &&
        time_property(value.date_time->time, &value.date_time->date, name, &result))
        return result;
    if (value.kind == VALUE_DATE &&
        (strcmp(name, "hour") == 0 || strcmp(name, "minute") == 0 || strcmp(name, "second") == 0))
        return value_integer(0); // a date counts as its midnight in UTC
    if (value.kind == VALUE_DATE && strcmp(name, "time offset") == 0)
        return value_days(0, 0);
    if (value.kind == VALUE_DATE && strcmp(name, "timezone") == 0)
        return value_text("UTC");
    if (value.kind == VALUE_TIME && time_property(value.time, NULL, name, &result))
        return result;
    if (value.kind == VALUE_DAYS_DURATION && duration_property(value.days_duration, name, &integer))
        return value_integer(integer);
    if (value.kind == VALUE_MONTHS_DURATION && strcmp(name, "years") == 0)
        return value_integer(value.months / 12);
    if (value.kind == VALUE_MONTHS_DURATION && strcmp(name, "months") == 0)
        return value_integer(value.months % 12);
    return machine_diagnose(machine, "unknown-name", NULL, "a value of type %s has no \"%s\"",
                            value_kind_word(value.kind), name);
}

// Arithmetic.

static int64_t floor_divide(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static bool year_fits(int64_t days)
{
    const int64_t beyond = 366LL * (YEAR_LIMIT + 1);
    if (days < -beyond || days > beyond)
        return false;
    int32_t year = date_from_days(days).year;
    return year >= -YEAR_LIMIT && year <= YEAR_LIMIT;
}

static Value from_seconds(Arena *arena, int64_t local, int64_t nanoseconds, const Zone *zone)
{
    int64_t days = floor_divide(local, DAY_SECONDS);
    if (!year_fits(days))
        return value_null();
    DateTime value = {.date = date_from_days(days)};
    value.time.nanosecond = (local - days * DAY_SECONDS) * SECOND_NANOSECONDS + nanoseconds;
    value.time.zone = zone;
    return value_date_time(arena, value);
}

static Value add_days(Arena *arena, DateTime value, DaysDuration duration)
{
    Moment moment = temporal_moment(value);
    int64_t seconds;
    int64_t nanoseconds = moment.nanoseconds + duration.nanoseconds;
    if (__builtin_add_overflow(moment.seconds, duration.seconds, &seconds))
        return value_null();
    int64_t carry = floor_divide(nanoseconds, SECOND_NANOSECONDS);
    seconds += carry;
    nanoseconds -= carry * SECOND_NANOSECONDS;
    if (!year_fits(floor_divide(seconds, DAY_SECONDS)))
        return value_null();
    int64_t offset = value.time.zone ? zone_offset_at(value.time.zone, seconds) : 0;
    return from_seconds(arena, seconds + offset, nanoseconds, value.time.zone);
}

static bool months_fit(Date date, int64_t months)
{
    if (months < -25LL * YEAR_LIMIT || months > 25LL * YEAR_LIMIT)
        return false;
    int64_t year = floor_divide(date.year * 12LL + date.month - 1 + months, 12);
    return year >= -YEAR_LIMIT && year <= YEAR_LIMIT;
}

static Value add_to_time(TimeOfDay time, DaysDuration duration)
{
    int64_t day = DAY_SECONDS * SECOND_NANOSECONDS;
    int64_t moved = time.nanosecond + duration.seconds % DAY_SECONDS * SECOND_NANOSECONDS +
                    duration.nanoseconds;
    moved %= day;
    time.nanosecond = moved < 0 ? moved + day : moved;
    return (Value){.kind = VALUE_TIME, .time = time};
}

static Value add_duration(Machine *machine, Value x, Value y)
{
    bool days = y.kind == VALUE_DAYS_DURATION;
    bool months = y.kind == VALUE_MONTHS_DURATION;
    switch (x.kind) {
    case VALUE_DATE: {
        if (months)
            return months_fit(x.date, y.months) ? value_date(date_add_months(x.date, y.months))
                                                : value_null();
        Value moved = add_days(machine->arena, temporal_at_midnight(x.date), y.days_duration);
        return moved.kind == VALUE_DATE_TIME ? value_date(moved.date_time->date) : moved;
    }
    case VALUE_DATE_TIME: {
        DateTime value = *x.date_time;
        if (days)
            return add_days(machine->arena, value, y.days_duration);
        if (!months_fit(value.date, y.months))
            return value_null();
        value.date = date_add_months(value.date, y.months);
        return value_date_time(machine->arena, value);
    }
    case VALUE_TIME:
        return days ? add_to_time(x.time, y.days_duration) : value_null();
    case VALUE_DAYS_DURATION: {
        int64_t seconds;
        if (!days ||
            __builtin_add_overflow(x.days_duration.seconds, y.days_duration.seconds, &seconds))
            return value_null();
        return value_days(seconds,
                          (int64_t)x.days_duration.nanoseconds + y.days_duration.nanoseconds);
    }
    default: {
        int64_t sum;
        if (!months || __builtin_add_overflow(x.months, y.months, &sum))
            return value_null();
        return value_months(sum);
    }
    }
}

static bool is_duration(Value value)
{
    return value.kind == VALUE_DAYS_DURATION || value.kind == VALUE_MONTHS_DURATION;
}

static bool is_temporal(Value value)
{
    return value.kind >= VALUE_DATE && value.kind <= VALUE_MONTHS_DURATION;
}

Value temporal_add(Machine *machine, Value x, Value y)
{
    if (!is_temporal(x) || !is_temporal(y))
        return value_null();
    if (is_duration(y))
        return add_duration(machine, x, y);
    return is_duration(x) ? add_duration(machine, y, x) : value_null();
}

static Value moment_difference(Moment x, Moment y)
{
    return value_days(x.seconds - y.seconds, x.nanoseconds - y.nanoseconds);
}

static bool as_date_time(Value value, DateTime *out)
{
    if (value.kind == VALUE_DATE)
        *out = temporal_at_midnight(value.date);
    else if (value.kind == VALUE_DATE_TIME)
        *out = *value.date_time;
    else
        return false;
    return true;
}

static Value time_difference(TimeOfDay x, TimeOfDay y)
{
    int x_offset;
    int y_offset;
    if (!x.zone != !y.zone)
        return value_null();
    if (x.zone == y.zone)
        return value_days(0, x.nanosecond - y.nanosecond);
    if (!time_offset(x, &x_offset) || !time_offset(y, &y_offset))
        return value_null();
    return value_days(y_offset - x_offset, x.nanosecond - y.nanosecond);
}

Value temporal_subtract(Machine *machine, Value x, Value y)
{
    DateTime from;
    DateTime to;
    if (y.kind == VALUE_DAYS_DURATION && is_temporal(x)) {
        y.days_duration.seconds = -y.days_duration.seconds;
        y.days_duration.nanoseconds = -y.days_duration.nanoseconds;
        return add_duration(machine, x, y);
    }
    if (y.kind == VALUE_MONTHS_DURATION && is_temporal(x)) {
        y.months = -y.months;
        return add_duration(machine, x, y);
    }
    if (x.kind == VALUE_TIME && y.kind == VALUE_TIME)
        return time_difference(x.time, y.time);
    if (!as_date_time(x, &from) || !as_date_time(y, &to) || !from.time.zone != !to.time.zone)
        return value_null();
    return moment_difference(temporal_moment(from), temporal_moment(to));
}

Decimal temporal_seconds(DaysDuration duration)
{
    Decimal seconds = decimal_from_integer(duration.seconds);
    Decimal sum = seconds;
    if (duration.nanoseconds &&
        !decimal_add(seconds, decimal_scaled(duration.nanoseconds, -9), &sum))
        return seconds;
    return sum;
}

bool temporal_from_seconds(Decimal seconds, Value *out)
{
    Decimal whole;
    Decimal rest;
    int64_t integer;
    int64_t nanoseconds;
    if (!decimal_round(seconds, 0, ROUND_DOWN, &whole) || !decimal_to_integer(whole, &integer) ||
        !decimal_subtract(seconds, whole, &rest) ||
        !decimal_round(rest, 9, ROUND_HALF_EVEN, &rest) ||
        !decimal_to_scaled(rest, 9, &nanoseconds))
        return false;
    *out = value_days(integer, nanoseconds);
    return true;
}

static Value months_from(Decimal months)
{
    int64_t whole;
    if (!decimal_round(months, 0, ROUND_DOWN, &months) || !decimal_to_integer(months, &whole))
        return value_null();
    return value_months(whole);
}

Value temporal_multiply(Machine *machine, Value duration, Decimal factor)
{
    (void)machine;
    Decimal product;
    Value result;
    if (duration.kind == VALUE_MONTHS_DURATION)
        return decimal_multiply(decimal_from_integer(duration.months), factor, &product)
                   ? months_from(product)
                   : value_null();
    if (duration.kind != VALUE_DAYS_DURATION ||
        !decimal_multiply(temporal_seconds(duration.days_duration), factor, &product) ||
        !temporal_from_seconds(product, &result))
        return value_null();
    return result;
}

Value temporal_divide(Machine *machine, Value duration, Decimal divisor)
{
    (void)machine;
    Decimal quotient;
    Value result;
    if (duration.kind == VALUE_MONTHS_DURATION)
        return decimal_divide(decimal_from_integer(duration.months), divisor, &quotient)
                   ? months_from(quotient)
                   : value_null();
    if (duration.kind != VALUE_DAYS_DURATION ||
        !decimal_divide(temporal_seconds(duration.days_duration), divisor, &quotient) ||
        !temporal_from_seconds(quotient, &result))
        return value_null();
    return result;
}

Value temporal_ratio(Machine *machine, Value x, Value y)
{
    (void)machine;
    Decimal quotient;
    if (x.kind != y.kind || !is_duration(x))
        return value_null();
    bool months = x.kind == VALUE_MONTHS_DURATION;
    Decimal a = months ? decimal_from_integer(x.months) : temporal_seconds(x.days_duration);
    Decimal b = months ? decimal_from_integer(y.months) : temporal_seconds(y.days_duration);
    return decimal_divide(a, b, &quotient) ? value_number(quotient) : value_null();
}
