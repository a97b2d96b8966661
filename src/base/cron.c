// SPDX-License-Identifier: Apache-2.0
#include "base/cron.h"

#include <string.h>
#include <strings.h>

#define SECOND 1000000LL
#define ALL_HOURS 0xffffffU

// --- Reading -------------------------------------------------------------------------------------

typedef struct Field {
    const char *at;
    const char *end;
    int low;
    int high;
    const char *names; // three letters each, the first is `low`; NULL: none
} Field;

static bool take_number(Field *field, int *out)
{
    int number = 0;
    const char *from = field->at;
    for (; field->at < field->end && *field->at >= '0' && *field->at <= '9'; field->at++) {
        number = number * 10 + (*field->at - '0');
        if (field->at - from > 3)
            return false;
    }
    *out = number;
    return field->at > from;
}

static bool take_value(Field *field, int *out)
{
    if (take_number(field, out))
        return *out >= field->low && *out <= field->high;
    for (int i = 0; field->names && field->names[3 * i] && field->end - field->at >= 3; i++)
        if (strncasecmp(field->names + 3L * i, field->at, 3) == 0) {
            field->at += 3;
            *out = field->low + i;
            return true;
        }
    return false;
}

static bool take(Field *field, char byte)
{
    if (field->at == field->end || *field->at != byte)
        return false;
    field->at++;
    return true;
}

// One part of a list: *, a, a-b, each with /n behind it.
static bool take_range(Field *field, uint64_t *bits, int *single)
{
    int from, to, step = 1;
    *single = -1;
    if (take(field, '*') || take(field, '?')) {
        from = field->low;
        to = field->high;
    } else {
        if (!take_value(field, &from))
            return false;
        to = *single = from;
        if (take(field, '-')) {
            *single = -1;
            if (!take_value(field, &to) || to < from)
                return false;
        }
        if (field->at < field->end && *field->at == '/' && *single >= 0)
            to = field->high; // a/n: from a on
    }
    if (take(field, '/')) {
        *single = -1;
        if (!take_number(field, &step) || step < 1)
            return false;
    }
    for (int value = from; value <= to; value += step)
        *bits |= 1ULL << value;
    return true;
}

static bool plain_read(Field field, uint64_t *bits)
{
    int single;
    do
        if (!take_range(&field, bits, &single))
            return false;
    while (take(&field, ','));
    return field.at == field.end;
}

static bool days_part(Field *field, Cron *out)
{
    uint64_t bits = 0;
    int number, single;
    if (take(field, 'L')) {
        if (take(field, 'W')) {
            out->nearest |= 1;
            return true;
        }
        number = 0;
        if (take(field, '-') && (!take_number(field, &number) || number > 30))
            return false;
        out->before_last = (int16_t)number;
        return true;
    }
    if (!take_range(field, &bits, &single))
        return false;
    if (single > 0 && take(field, 'W'))
        out->nearest |= 1U << single;
    else
        out->days |= (uint32_t)bits;
    return true;
}

static bool weekdays_part(Field *field, Cron *out)
{
    uint64_t bits = 0;
    int single, number;
    if (!take_range(field, &bits, &single))
        return false;
    uint8_t days = (uint8_t)((bits | bits >> 7) & 0x7f); // 7 is Sunday as well
    if (single >= 0 && take(field, 'L'))
        out->last_weekdays |= days;
    else if (single >= 0 && take(field, '#')) {
        if (!take_number(field, &number) || number < 1 || number > 5)
            return false;
        out->nth_weekdays[number] |= days;
    } else
        out->weekdays |= days;
    return true;
}

static bool days_read(Field field, bool (*part)(Field *, Cron *), Cron *out)
{
    do
        if (!part(&field, out))
            return false;
    while (take(&field, ','));
    return field.at == field.end;
}

static bool is_any(Field field)
{
    return field.end - field.at == 1 && (*field.at == '*' || *field.at == '?');
}

static const char *macro_of(const char *text)
{
    static const char *const macros[][2] = {
        {"@yearly", "0 0 1 1 *"}, {"@annually", "0 0 1 1 *"}, {"@monthly", "0 0 1 * *"},
        {"@weekly", "0 0 * * 0"}, {"@daily", "0 0 * * *"},    {"@midnight", "0 0 * * *"},
        {"@hourly", "0 * * * *"},
    };
    for (size_t i = 0; i < sizeof macros / sizeof *macros; i++)
        if (strcmp(text, macros[i][0]) == 0)
            return macros[i][1];
    return text;
}

bool cron_parse(const char *text, Cron *out)
{
    static const Field kinds[6] = {
        {.low = 0, .high = 59},
        {.low = 0, .high = 59},
        {.low = 0, .high = 23},
        {.low = 1, .high = 31},
        {.low = 1, .high = 12, .names = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC"},
        {.low = 0, .high = 7, .names = "SUNMONTUEWEDTHUFRISAT"},
    };
    Field fields[6];
    int count = 0;
    for (const char *at = macro_of(text) + strspn(text, " "); *at; at += strspn(at, " ")) {
        if (count == 6)
            return false;
        fields[count].at = at;
        at += strcspn(at, " ");
        fields[count++].end = at;
    }
    if (count < 5)
        return false;
    if (count == 5) {
        memmove(&fields[1], &fields[0], 5 * sizeof *fields);
        fields[0].at = "0";
        fields[0].end = fields[0].at + 1;
    }
    for (int i = 0; i < 6; i++) {
        fields[i].low = kinds[i].low;
        fields[i].high = kinds[i].high;
        fields[i].names = kinds[i].names;
    }
    Cron cron = {.before_last = -1, .any_day = is_any(fields[3]), .any_weekday = is_any(fields[5])};
    uint64_t hours = 0, months = 0;
    if (!plain_read(fields[0], &cron.seconds) || !plain_read(fields[1], &cron.minutes) ||
        !plain_read(fields[2], &hours) || !plain_read(fields[4], &months) ||
        !days_read(fields[3], days_part, &cron) || !days_read(fields[5], weekdays_part, &cron))
        return false;
    cron.hours = (uint32_t)hours;
    cron.months = (uint32_t)months;
    *out = cron;
    return true;
}

// --- Days ----------------------------------------------------------------------------------------

// The Monday to Friday nearest to a day, within its month.
static int nearest_weekday(Date date, int day, int length)
{
    if (day > length)
        return 0;
    date.day = (uint8_t)day;
    int weekday = date_weekday(date);
    if (weekday == 6)
        return day > 1 ? day - 1 : day + 2;
    if (weekday == 7)
        return day < length ? day + 1 : day - 2;
    return day;
}

static bool day_of_month_matches(const Cron *cron, Date date, int length)
{
    if (cron->days >> date.day & 1)
        return true;
    if (cron->before_last >= 0 && date.day == length - cron->before_last)
        return true;
    for (int day = 1; day <= 31; day++)
        if (cron->nearest >> day & 1 && nearest_weekday(date, day, length) == date.day)
            return true;
    if (!(cron->nearest & 1))
        return false;
    Date last = {date.year, date.month, (uint8_t)length};
    int weekday = date_weekday(last);
    return date.day == length - (weekday > 5 ? weekday - 5 : 0);
}

static bool weekday_matches(const Cron *cron, Date date, int length)
{
    uint8_t bit = (uint8_t)(1 << date_weekday(date) % 7);
    return cron->weekdays & bit || (cron->last_weekdays & bit && date.day + 7 > length) ||
           cron->nth_weekdays[(date.day - 1) / 7 + 1] & bit;
}

static bool day_matches(const Cron *cron, Date date)
{
    int length = date_month_length(date.year, date.month);
    if (!(cron->months >> date.month & 1))
        return false;
    if (cron->any_day)
        return cron->any_weekday || weekday_matches(cron, date, length);
    if (cron->any_weekday)
        return day_of_month_matches(cron, date, length);
    return day_of_month_matches(cron, date, length) || weekday_matches(cron, date, length);
}

// --- Times ---------------------------------------------------------------------------------------

// The first bit from `from` on, below `count`; -1: none.
static int bit_from(uint64_t bits, int from, int count)
{
    for (int i = from; i < count; i++)
        if (bits >> i & 1)
            return i;
    return -1;
}

// The first second of the day from `from` on, -1: none.
static int second_from(const Cron *cron, int from)
{
    int hour = from / 3600, minute = from / 60 % 60, second = from % 60;
    for (; (hour = bit_from(cron->hours, hour, 24)) >= 0; hour++, minute = second = 0) {
        if (hour != from / 3600)
            minute = second = 0;
        for (; (minute = bit_from(cron->minutes, minute, 60)) >= 0; minute++, second = 0) {
            if (hour * 60 + minute != from / 60)
                second = 0;
            int found = bit_from(cron->seconds, second, 60);
            if (found >= 0)
                return hour * 3600 + minute * 60 + found;
        }
    }
    return -1;
}

// Hours that are named: the local times of each day in order.
static bool next_by_day(const Cron *cron, const Zone *zone, Instant after, Instant *out)
{
    DateTime local = instant_in(after, zone);
    int64_t day = date_to_days(local.date), last = day + LIMIT_CRON_DAYS;
    int from = (int)(local.time.nanosecond / 1000000000);
    // What the clocks skipped today comes later than its time says.
    for (from = from > 10800 ? from - 10800 : 0; day <= last; day++, from = 0) {
        Date date = date_from_days(day);
        if (!day_matches(cron, date))
            continue;
        for (int second = second_from(cron, from); second >= 0;
             second = second < 86399 ? second_from(cron, second + 1) : -1) {
            Instant instant = zone_to_utc(zone, date, second) * SECOND;
            if (instant > after) {
                *out = instant;
                return true;
            }
        }
    }
    return false;
}

// Every hour: minutes and seconds in each hour that passes.
static bool next_by_hour(const Cron *cron, const Zone *zone, Instant after, Instant *out)
{
    int64_t at = after / SECOND - (after % SECOND < 0) + 1, end = at + LIMIT_CRON_DAYS * 86400LL;
    Cron within = *cron;
    within.hours = 1;
    while (at < end) {
        DateTime local = instant_in(at * SECOND, zone);
        int second = (int)(local.time.nanosecond / 1000000000);
        if (!day_matches(cron, local.date)) {
            int64_t next = zone_to_utc(zone, date_from_days(date_to_days(local.date) + 1), 0);
            at = next > at ? next : at + 3600;
            continue;
        }
        int found = second_from(&within, second % 3600);
        int64_t there = at + (found < 0 ? 3600 : found) - second % 3600;
        int offset = zone_offset_at(zone, at);
        if (zone_offset_at(zone, there) != offset && there - at > 0) {
            // The clocks change in between: look again from where they have.
            int64_t low = at, high = there;
            while (high - low > 1) {
                int64_t middle = low + (high - low) / 2;
                if (zone_offset_at(zone, middle) == offset)
                    low = middle;
                else
                    high = middle;
            }
            at = high;
            continue;
        }
        if (found >= 0) {
            *out = there * SECOND;
            return true;
        }
        at = there;
    }
    return false;
}

bool cron_next(const Cron *cron, const Zone *zone, Instant after, Instant *out)
{
    bool every_hour = cron->hours == ALL_HOURS;
    return every_hour ? next_by_hour(cron, zone, after, out) : next_by_day(cron, zone, after, out);
}
