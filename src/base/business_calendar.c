// SPDX-License-Identifier: Apache-2.0
#include "base/business_calendar.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define SECOND 1000000LL
#define SECONDS_A_DAY 86400

const BusinessCalendar *business_calendar_named(const BusinessCalendars *calendars,
                                                const char *name)
{
    for (size_t i = 0; calendars && i < calendars->count; i++)
        if (text_equal(calendars->items[i].name, name))
            return &calendars->items[i];
    return NULL;
}

// --- Shifts as text ------------------------------------------------------------------------------

static bool take_digits(const char **at, int *out)
{
    const char *c = *at;
    if (c[0] < '0' || c[0] > '9' || c[1] < '0' || c[1] > '9')
        return false;
    *out = (c[0] - '0') * 10 + c[1] - '0';
    *at = c + 2;
    return true;
}

static bool take_clock(const char **at, int32_t *seconds)
{
    int hours, minutes;
    if (!take_digits(at, &hours) || *(*at)++ != ':' || !take_digits(at, &minutes) || minutes > 59)
        return false;
    *seconds = hours * 3600 + minutes * 60;
    return *seconds <= SECONDS_A_DAY;
}

bool work_shifts_parse(Arena *arena, const char *text, WorkShifts *out)
{
    ARRAY(WorkShift) shifts = {0};
    int32_t least = 0;
    for (const char *at = text + strspn(text, " "); *at; at += strspn(at, " ")) {
        WorkShift shift;
        if (!take_clock(&at, &shift.from) || *at++ != '-' || !take_clock(&at, &shift.to) ||
            (*at && *at != ' ') || shift.from < least || shift.to <= shift.from)
            return false;
        least = shift.to;
        array_push(arena, shifts) = shift;
    }
    *out = (WorkShifts){shifts.items, shifts.count};
    return true;
}

// --- Walking over the shifts ---------------------------------------------------------------------

static int by_date(const void *key, const void *member)
{
    int64_t wanted = *(const int64_t *)key;
    int64_t day = date_to_days(((const WorkException *)member)->date);
    return (wanted > day) - (wanted < day);
}

static WorkShifts shifts_on(const BusinessCalendar *calendar, int64_t day)
{
    const WorkException *exception =
        calendar->exception_count ? bsearch(&day, calendar->exceptions, calendar->exception_count,
                                            sizeof *calendar->exceptions, by_date)
                                  : NULL;
    return exception ? exception->shifts : calendar->week[date_weekday(date_from_days(day)) - 1];
}

static int64_t local_day(const BusinessCalendar *calendar, Instant instant)
{
    return date_to_days(instant_in(instant, calendar->zone).date);
}

static Instant instant_at(const BusinessCalendar *calendar, int64_t day, int64_t second)
{
    return zone_to_utc(calendar->zone, date_from_days(day), second) * SECOND;
}

// A walk from shift to shift, each as the instants between which it really lies.
typedef struct Walk {
    const BusinessCalendar *calendar;
    int64_t day;
    int64_t last_day;
    size_t next; // shift of the day
    Instant from;
    Instant to;
} Walk;

static Walk walk_from(const BusinessCalendar *calendar, Instant instant)
{
    int64_t day = local_day(calendar, instant);
    return (Walk){.calendar = calendar, .day = day, .last_day = day + LIMIT_WORK_DAYS};
}

// The next shift that ends after `after`; false: there is none.
static bool walk_next(Walk *walk, Instant after)
{
    for (; walk->day <= walk->last_day; walk->day++, walk->next = 0) {
        WorkShifts shifts = shifts_on(walk->calendar, walk->day);
        while (walk->next < shifts.count) {
            WorkShift shift = shifts.items[walk->next++];
            walk->from = instant_at(walk->calendar, walk->day, shift.from);
            walk->to = instant_at(walk->calendar, walk->day, shift.to);
            if (walk->from < after)
                walk->from = after;
            if (walk->to > walk->from) // else it is over, or the clocks skip it
                return true;
        }
    }
    return false;
}

bool work_next(const BusinessCalendar *calendar, Instant from, Instant *out)
{
    Walk walk = walk_from(calendar, from);
    if (!walk_next(&walk, from))
        return false;
    *out = walk.from;
    return true;
}

// The same local time on the day on which `days` days later somebody works, or the beginning of
// what is worked after it.
static bool days_add(const BusinessCalendar *calendar, Instant from, int64_t days, Instant *out)
{
    DateTime local = instant_in(from, calendar->zone);
    int64_t day = date_to_days(local.date), last_day = day + LIMIT_WORK_DAYS;
    while (days > 0 && day <= last_day) {
        day++;
        days -= shifts_on(calendar, day).count > 0;
    }
    if (days > 0)
        return false;
    Instant there = instant_at(calendar, day, local.time.nanosecond / 1000000000) +
                    local.time.nanosecond % 1000000000 / 1000;
    return work_next(calendar, there, out);
}

bool work_add(const BusinessCalendar *calendar, Instant from, WorkDuration duration, Instant *out)
{
    Instant at;
    if (duration.days < 0 || duration.microseconds < 0 || !work_next(calendar, from, &at))
        return false;
    if (duration.days && !days_add(calendar, at, duration.days, &at))
        return false;
    Walk walk = walk_from(calendar, at);
    for (int64_t left = duration.microseconds; left > 0; left -= walk.to - walk.from) {
        if (!walk_next(&walk, at))
            return false;
        if (left <= walk.to - walk.from) {
            at = walk.from + left;
            break;
        }
        at = walk.to;
    }
    *out = at;
    return true;
}

int64_t work_between(const BusinessCalendar *calendar, Instant from, Instant to)
{
    int64_t worked = 0;
    if (to < from)
        return -work_between(calendar, to, from);
    Walk walk = walk_from(calendar, from);
    while (walk_next(&walk, from) && walk.from < to)
        worked += (walk.to < to ? walk.to : to) - walk.from;
    return worked;
}
