// SPDX-License-Identifier: Apache-2.0
// Business calendars: when a company works, and working time added to an instant or counted between
// two. Pure: a calendar is plain data that its maker owns.
//
// Shifts are local times in the calendar's zone; what is counted is the time that really passes in
// them, so a night in which the clocks change is an hour shorter or longer. A shift over midnight
// is written as two.
#ifndef MILLRACE_BASE_BUSINESS_CALENDAR_H
#define MILLRACE_BASE_BUSINESS_CALENDAR_H

#include "base/calendar.h"

#define LIMIT_WORK_DAYS 36600 // how far ahead is looked: a hundred years

typedef struct WorkShift {
    int32_t from; // seconds of the local day, from < to <= 86,400
    int32_t to;
} WorkShift;

// In order, not overlapping; none: nobody works.
typedef struct WorkShifts {
    const WorkShift *items;
    size_t count;
} WorkShifts;

// A day that is not as its weekday: a holiday has no shifts, a Sunday that is worked has some.
typedef struct WorkException {
    Date date;
    WorkShifts shifts;
} WorkException;

typedef struct BusinessCalendar {
    const char *name;
    const Zone *zone;
    WorkShifts week[7];              // Monday first
    const WorkException *exceptions; // by date, each date once
    size_t exception_count;
} BusinessCalendar;

typedef struct BusinessCalendars {
    const BusinessCalendar *items;
    size_t count;
} BusinessCalendars;

// Working days, then working time. A day is the same local time on the next day on which somebody
// works, however long its shifts are.
typedef struct WorkDuration {
    int64_t days;
    int64_t microseconds;
} WorkDuration;

// NULL when there is none of that name (or no calendars at all).
const BusinessCalendar *business_calendar_named(const BusinessCalendars *calendars,
                                                const char *name);

// "09:00-12:00 13:00-18:00", "" for none; hours to 24:00. False when it is not, or when the shifts
// overlap or are not in order.
bool work_shifts_parse(Arena *arena, const char *text, WorkShifts *out);

// The first instant from `from` on that is worked: `from` itself inside a shift. The end of a shift
// does not belong to it. False: none within LIMIT_WORK_DAYS.
bool work_next(const BusinessCalendar *calendar, Instant from, Instant *out);

// The instant at which that much has been worked after `from`; outside working time the counting
// begins with the next shift. What fills a shift to its end ends with it, not with the beginning of
// the next. False: beyond LIMIT_WORK_DAYS, or a negative duration.
bool work_add(const BusinessCalendar *calendar, Instant from, WorkDuration duration, Instant *out);

// Microseconds worked from `from` to `to`; negative when `to` is earlier. Looks no further than
// LIMIT_WORK_DAYS.
int64_t work_between(const BusinessCalendar *calendar, Instant from, Instant to);

#endif
