// SPDX-License-Identifier: Apache-2.0
// Timer texts as they stand in timer events and due dates: ISO 8601 dates, durations and
// repetitions, and cron expressions (base/cron.h).
//
//   P1DT2H, P2W, P1Y6M, 2026-11-22T10:00:00Z, 2026-11-22T10:00:00, R3/PT1H,
//   R/2026-11-22T10:00:00Z/P1D, R2/P1D/2027-01-01, 0 9 * * MON-FRI
#ifndef MILLRACE_BPMN_TIMER_H
#define MILLRACE_BPMN_TIMER_H

#include "base/business_calendar.h"
#include "base/cron.h"

typedef enum TimeForm { TIME_DATE, TIME_DURATION, TIME_REPEAT, TIME_CRON } TimeForm;

typedef struct TimeSpec {
    TimeForm form;
    int repetitions; // TIME_REPEAT: how often; -1 without end
    bool has_start;  // TIME_DATE always; TIME_REPEAT when given
    bool has_end;
    DateTime start; // without a zone: a local time
    DateTime end;
    int64_t months; // of the duration; first the months, then the weeks, the days and the rest
    int64_t weeks;
    int64_t days;
    DaysDuration rest; // hours, minutes, seconds
    Cron cron;
} TimeSpec;

// Where times count: months and days are those of the zone. In a calendar days are working days and
// hours working time; of cron the times outside of working time are left out.
typedef struct TimePlace {
    const Zone *zone;
    const BusinessCalendar *calendar; // NULL: none; else the zone is its zone
} TimePlace;

// False when it is none of the forms. A duration may not be negative.
bool time_spec_parse(const char *text, TimeSpec *out);

// A date and time there.
Instant time_in(const TimePlace *place, DateTime value);

// `start` and the duration, or the next time by cron after `start`. False: never.
bool time_spec_after(const TimeSpec *spec, const TimePlace *place, Instant start, Instant *out);

#endif
