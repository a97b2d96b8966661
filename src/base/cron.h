// SPDX-License-Identifier: Apache-2.0
// Cron expressions: "second minute hour day month weekday", or five fields without the second.
//
// A field is * or ?, a number, a name (JAN-DEC, SUN-SAT), a range a-b, steps */n, a/n, a-b/n, or a
// list of these by commas. Weekdays count from 0 or 7, Sunday. Days of the month also: L (the
// last), L-n (n days before it), LW (the last Monday to Friday), nW (the Monday to Friday nearest
// to the n-th within the month). Weekdays also: nL (the last in the month), n#k (the k-th). When
// both days and weekdays are restricted one of them is enough, as cron(8) has it. In place of the
// fields:
// @yearly, @monthly, @weekly, @daily, @hourly.
//
// Times are local to a zone. Where hours are given, a time that a change of clocks skips comes by
// as much later, and one that it repeats comes once, the first time; with every hour (*) what is
// due within an hour comes in each that really passes.
#ifndef MILLRACE_BASE_CRON_H
#define MILLRACE_BASE_CRON_H

#include "base/calendar.h"

#define LIMIT_CRON_DAYS 14700 // how far ahead is looked: forty years, so that 29 February MON comes

typedef struct Cron {
    uint64_t seconds; // bits
    uint64_t minutes;
    uint32_t hours;
    uint32_t days; // of the month, bit 1 to 31
    uint32_t months;
    uint8_t weekdays; // bit 0 Sunday to 6 Saturday
    bool any_day;     // * or ?
    bool any_weekday;
    int16_t before_last;     // L-n: n; -1: none
    uint32_t nearest;        // nW: bits; bit 0: LW
    uint8_t last_weekdays;   // nL
    uint8_t nth_weekdays[6]; // n#k: weekdays of each k from 1 to 5
} Cron;

// False when it is no such text.
bool cron_parse(const char *text, Cron *out);

// The first time after `after`; false when there is none within LIMIT_CRON_DAYS.
bool cron_next(const Cron *cron, const Zone *zone, Instant after, Instant *out);

#endif
