// SPDX-License-Identifier: Apache-2.0
// Dates, times, durations and zones: what can be read is printed and read again as the same.
#include "base/calendar.h"
#include "fuzz.h"

#include <string.h>

static void instants(Ctx *cx, DateTime moment, const Zone *zone)
{
    Instant instant = instant_from(moment), again;
    const char *text = instant_text(cx->arena, instant);
    bool held = instant == INT64_MIN || instant == INT64_MAX; // is not read: it may be beyond
    FUZZ_HOLDS(instant_parse(text, &again) ? again == instant : held);
    FUZZ_HOLDS(instant_from(instant_in(instant, zone_utc())) == instant);
    DateTime local = instant_in(instant, zone);
    FUZZ_HOLDS(date_valid(local.date));
    instant_from(local);
}

static void dates(Ctx *cx, Date date, int64_t months)
{
    FUZZ_HOLDS(date_valid(date));
    Date same = date_from_days(date_to_days(date));
    FUZZ_HOLDS(same.year == date.year && same.month == date.month && same.day == date.day);
    FUZZ_HOLDS(date_weekday(date) >= 1 && date_weekday(date) <= 7);
    date_valid(date_add_months(date, months));
    instants(cx, (DateTime){.date = date}, zone_utc());
}

static void durations(Ctx *cx, const char *text, size_t length)
{
    char printed[CALENDAR_TEXT_SIZE];
    DaysDuration days, days_again;
    int64_t months, months_again;
    (void)cx;
    if (days_duration_parse(text, length, &days)) {
        FUZZ_HOLDS(days_duration_parse(printed, days_duration_print(days, printed), &days_again));
        FUZZ_HOLDS(days.seconds == days_again.seconds &&
                   days.nanoseconds == days_again.nanoseconds);
        instant_add(cx->now, days);
        instant_add(INT64_MIN, days);
        instant_add(INT64_MAX, days);
    }
    if (months_duration_parse(text, length, &months)) {
        FUZZ_HOLDS(
            months_duration_parse(printed, months_duration_print(months, printed), &months_again));
        FUZZ_HOLDS(months == months_again);
        date_add_months((Date){2026, 2, 28}, months);
    }
}

static void line(Ctx *cx, const char *text, const Zone *zone)
{
    size_t length = strlen(text);
    char printed[CALENDAR_TEXT_SIZE];
    Date date, date_again;
    TimeOfDay time, time_again;
    DateTime moment, moment_again;
    Instant instant;
    durations(cx, text, length);
    if (date_parse(text, length, &date)) {
        dates(cx, date, (int64_t)length * 1000003 - 40000000);
        FUZZ_HOLDS(date_parse(printed, date_print(date, printed), &date_again));
        FUZZ_HOLDS(date_to_days(date) == date_to_days(date_again));
    }
    if (time_parse(text, length, &time)) {
        FUZZ_HOLDS(time_parse(printed, time_print(time, printed), &time_again));
        FUZZ_HOLDS(time.nanosecond == time_again.nanosecond && time.zone == time_again.zone);
    }
    if (date_time_parse(text, length, &moment)) {
        FUZZ_HOLDS(date_time_parse(printed, date_time_print(moment, printed), &moment_again));
        FUZZ_HOLDS(moment.time.zone == moment_again.time.zone &&
                   date_to_days(moment.date) == date_to_days(moment_again.date) &&
                   moment.time.nanosecond == moment_again.time.nanosecond);
        instants(cx, moment, zone);
    }
    if (instant_parse(text, &instant))
        FUZZ_HOLDS(instant_parse(instant_text(cx->arena, instant), &instant));
}

static void run(Ctx *cx, const char *bytes, size_t length)
{
    FuzzBytes in = {bytes, bytes + length};
    const char *first = fuzz_line(cx, &in);
    const char *name = fuzz_line(cx, &in);
    const Zone *zone = zone_named(name);
    if (zone)
        FUZZ_HOLDS(*zone_name(zone));
    line(cx, first, zone ? zone : zone_utc());
    if (zone && in.at < in.end)
        line(cx, text_format(cx->arena, "%s@%s", first, name), zone);
}

static const char *const seeds[] = {
    "2026-09-21\nEurope/Berlin",
    "-999999999-01-01\nUTC",
    "23:59:59.999999999Z\n../../etc/passwd",
    "24:00:00+18:00\nAmerica/New_York",
    "2026-03-29T02:30:00@Europe/Berlin\nEurope/Berlin\n",
    "2026-10-25T02:30:00\nEurope/Berlin\nx",
    "2024-02-29T12:00:00.5-03:30\nAsia/Shanghai",
    "P1DT2H3M4.5S\nZ",
    "-P1Y2M\n/etc/localtime",
    "P999999999Y11M\nAustralia/Lord_Howe",
    "-P106751991DT4H\nAfrica/Casablanca",
    NULL,
};

const FuzzTarget fuzz_target = {.run = run, .seeds = seeds};
