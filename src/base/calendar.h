// SPDX-License-Identifier: Apache-2.0
// Calendar: dates, times, durations and IANA zones (proleptic Gregorian, ISO 8601).
//
// Years from -999,999,999 to 999,999,999. A zone is named or a fixed offset; zones are read once
// from the system's TZif files, live as long as the process and are compared by pointer. What a
// zone's file says after its last transition comes from its POSIX TZ rule (RFC 8536, section 3.3).
#ifndef MILLRACE_BASE_CALENDAR_H
#define MILLRACE_BASE_CALENDAR_H

#include "base/ctx.h"

typedef struct Zone Zone;

typedef struct Date {
    int32_t year;
    uint8_t month; // 1-12
    uint8_t day;   // 1-31
} Date;

typedef struct TimeOfDay {
    int64_t nanosecond; // of the day, 0 to 86,399,999,999,999
    const Zone *zone;   // NULL: local, no zone given
} TimeOfDay;

typedef struct DateTime {
    Date date;
    TimeOfDay time;
} DateTime;

// A duration of days and time; both parts have the same sign.
typedef struct DaysDuration {
    int64_t seconds;
    int32_t nanoseconds;
} DaysDuration;

#define CALENDAR_TEXT_SIZE 96

// Zones. NULL when there is no such name or the offset is beyond 18 hours. Files are looked for in
// $TZDIR or /usr/share/zoneinfo; where they are missing, "UTC" and "Etc/UTC" are all there is.
const Zone *zone_named(const char *name); // "Europe/Berlin", "UTC"
const Zone *zone_offset(int offset_seconds);
const Zone *zone_utc(void);
const char *zone_name(const Zone *zone);                   // "Europe/Berlin", "Z" or "+01:00"
bool zone_is_offset(const Zone *zone);                     // a fixed offset, not a named zone
int zone_offset_at(const Zone *zone, int64_t utc_seconds); // seconds east of UTC
// The instant of a local time: a time skipped by a change of clocks moves on by the skip, of a
// repeated one the first is taken.
int64_t zone_to_utc(const Zone *zone, Date date, int64_t second_of_day);

// Days since 1970-01-01, and back (Hinnant, chrono-compatible low-level date algorithms). What goes
// beyond the years there are gives a date that date_valid refuses, here and in date_add_months.
int64_t date_to_days(Date date);
Date date_from_days(int64_t days);
bool date_valid(Date date);
int date_month_length(int32_t year, int month);
int date_weekday(Date date);                     // 1 Monday ... 7 Sunday
Date date_add_months(Date date, int64_t months); // the day is held within the month

// Instants end at INT64_MIN and INT64_MAX microseconds (about 292,000 years): what lies beyond is
// held there. Nanoseconds below a microsecond are dropped.
Instant instant_from(DateTime value); // local (no zone) counts as UTC
DateTime instant_in(Instant instant, const Zone *zone);
// The system's clock. For the shell that opens units of work: domain code takes cx->now.
Instant instant_now(void);
Instant instant_add(Instant instant, DaysDuration duration);

// Readers of exact ISO 8601 text as FEEL and xsd want it: false when it is not. Writers return the
// length.
bool date_parse(const char *text, size_t length, Date *out);
bool time_parse(const char *text, size_t length, TimeOfDay *out);
bool date_time_parse(const char *text, size_t length, DateTime *out);
bool days_duration_parse(const char *text, size_t length, DaysDuration *out); // P1DT2H3M4.5S
bool months_duration_parse(const char *text, size_t length, int64_t *months); // P1Y2M
size_t date_print(Date date, char out[static CALENDAR_TEXT_SIZE]);
size_t time_print(TimeOfDay time, char out[static CALENDAR_TEXT_SIZE]);
size_t date_time_print(DateTime value, char out[static CALENDAR_TEXT_SIZE]);
size_t days_duration_print(DaysDuration duration, char out[static CALENDAR_TEXT_SIZE]);
size_t months_duration_print(int64_t months, char out[static CALENDAR_TEXT_SIZE]);

// An instant as RFC 3339 in UTC, "2026-11-22T10:00:00Z", with a fraction when there is one.
char *instant_text(Arena *arena, Instant instant);
bool instant_parse(const char *text, Instant *out); // Z or an offset must stand behind the time

#endif
