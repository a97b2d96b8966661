// SPDX-License-Identifier: Apache-2.0
// Timer texts: ISO 8601 dates, durations and repetitions as they stand in timer events and due
// dates.
//
//   P1DT2H, P2W, P1Y6M, 2026-11-22T10:00:00Z, R3/PT1H, R/2026-11-22T10:00:00Z/P1D, R2/P1D/2027-...
#ifndef MILLRACE_BPMN_TIMER_H
#define MILLRACE_BPMN_TIMER_H

#include "base/calendar.h"

typedef enum TimeForm { TIME_DATE, TIME_DURATION, TIME_REPEAT } TimeForm;

typedef struct TimeSpec {
    TimeForm form;
    int repetitions; // TIME_REPEAT: how often; -1 without end
    bool has_start;  // TIME_DATE always; TIME_REPEAT when given
    bool has_end;
    Instant start;
    Instant end;
    int64_t months; // of the duration; the days part comes after the months
    DaysDuration days;
} TimeSpec;

// False when it is none of the forms. A duration may not be negative.
bool time_spec_parse(const char *text, TimeSpec *out);

// start + duration, months first (the day is held within the month), in UTC.
Instant time_spec_after(const TimeSpec *spec, Instant start);

#endif
