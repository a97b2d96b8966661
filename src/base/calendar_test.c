// SPDX-License-Identifier: Apache-2.0
#include "base/calendar.h"

#include "base/test.h"

#include <string.h>

static const char *date_shown(Ctx *cx, Date date)
{
    char text[CALENDAR_TEXT_SIZE];
    size_t length = date_print(date, text);
    CHECK_INT((long long)length, (long long)strlen(text));
    return text_copy(cx->arena, text);
}

// "none" when it is no date, no time or neither.
static const char *round_trip(Ctx *cx, const char *text)
{
    Date date;
    TimeOfDay time;
    DateTime both;
    DaysDuration days;
    int64_t months;
    char shown[CALENDAR_TEXT_SIZE] = "none";
    size_t length = strlen(text);
    int found = 0;
    if (date_parse(text, length, &date) && ++found)
        date_print(date, shown);
    if (time_parse(text, length, &time) && ++found)
        time_print(time, shown);
    if (date_time_parse(text, length, &both) && ++found)
        date_time_print(both, shown);
    if (days_duration_parse(text, length, &days) && ++found)
        days_duration_print(days, shown);
    if (months_duration_parse(text, length, &months) && ++found)
        months_duration_print(months, shown);
    CHECK(found <= 1);
    return text_copy(cx->arena, shown);
}

TEST(days_since_1970_count_through_leap_years_and_before_the_year_0)
{
    CHECK_INT(date_to_days((Date){1970, 1, 1}), 0);
    CHECK_INT(date_to_days((Date){1969, 12, 31}), -1);
    CHECK_INT(date_to_days((Date){2000, 3, 1}), 11017);
    CHECK_INT(date_to_days((Date){0, 3, 1}), -719468);
    CHECK_INT(date_to_days((Date){1, 1, 1}), -719162);
    CHECK_INT(date_to_days((Date){999999999, 12, 31}), 365241780471LL);
    CHECK_INT(date_to_days((Date){-999999999, 1, 1}), -365243219162LL);
    for (int64_t days = -800000; days < 800000; days += 13) {
        Date date = date_from_days(days);
        CHECK(date_valid(date));
        CHECK_INT(date_to_days(date), days);
    }
    CHECK_TEXT(date_shown(cx, date_from_days(365241780471LL)), "999999999-12-31");
    CHECK_TEXT(date_shown(cx, date_from_days(-365243219162LL)), "-999999999-01-01");
    CHECK(!date_valid(date_from_days(365241780472LL)));
    CHECK(!date_valid(date_from_days(INT64_MAX)));
    CHECK(!date_valid(date_from_days(INT64_MIN)));
}

TEST(weekdays_begin_on_monday)
{
    CHECK_INT(date_weekday((Date){2026, 11, 22}), 7);
    CHECK_INT(date_weekday((Date){2026, 11, 23}), 1);
    CHECK_INT(date_weekday((Date){1970, 1, 1}), 4);
    CHECK_INT(date_weekday((Date){1969, 12, 28}), 7);
    CHECK_INT(date_weekday((Date){-1, 1, 1}), 5);
}

TEST(february_has_29_days_in_leap_years)
{
    CHECK_INT(date_month_length(2024, 2), 29);
    CHECK_INT(date_month_length(2023, 2), 28);
    CHECK_INT(date_month_length(1900, 2), 28);
    CHECK_INT(date_month_length(2000, 2), 29);
    CHECK_INT(date_month_length(0, 2), 29);
    CHECK_INT(date_month_length(-4, 2), 29);
}

TEST(adding_months_holds_the_day_within_the_month)
{
    CHECK_TEXT(date_shown(cx, date_add_months((Date){2026, 1, 31}, 1)), "2026-02-28");
    CHECK_TEXT(date_shown(cx, date_add_months((Date){2024, 1, 31}, 1)), "2024-02-29");
    CHECK_TEXT(date_shown(cx, date_add_months((Date){2026, 3, 31}, -1)), "2026-02-28");
    CHECK_TEXT(date_shown(cx, date_add_months((Date){2026, 11, 22}, 14)), "2028-01-22");
    CHECK_TEXT(date_shown(cx, date_add_months((Date){2026, 1, 1}, -12)), "2025-01-01");
    CHECK_TEXT(date_shown(cx, date_add_months((Date){1, 1, 1}, -13)), "-0001-12-01");
    CHECK(!date_valid(date_add_months((Date){999999999, 12, 1}, 1)));
    CHECK(!date_valid(date_add_months((Date){2026, 1, 1}, INT64_MAX)));
    CHECK(!date_valid(date_add_months((Date){2026, 1, 1}, INT64_MIN)));
}

TEST(iso_texts_come_back_as_they_went_in)
{
    static const char *const same[] = {
        "2026-11-22",
        "0000-01-01",
        "-0044-03-15",
        "999999999-12-31",
        "-999999999-01-01",
        "12345-06-07",
        "2024-02-29",
        "00:00:00",
        "23:59:59.999999999",
        "10:20:30.5Z",
        "10:20:30+01:00",
        "10:20:30-18:00",
        "10:20:30+05:00:01",
        "10:20:30@Europe/Paris",
        "2026-11-22T10:00:00",
        "2026-11-22T10:00:00.000000001Z",
        "-2026-11-22T10:00:00-05:30",
        "2026-11-22T10:00:00@America/Argentina/Buenos_Aires",
        "P1DT2H3M4.5S",
        "-P1D",
        "PT0.000000001S",
        "PT0S",
        "P106751991167300DT15H30M7S",
        "P1Y2M",
        "-P1Y",
        "P11M",
        "P0M",
    };
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        CHECK_TEXT(round_trip(cx, same[i]), same[i]);
}

TEST(iso_texts_are_written_in_one_form)
{
    static const char *const pairs[][2] = {
        {"10:20:30+00:00", "10:20:30Z"},
        {"10:20:30-00:00", "10:20:30Z"},
        {"10:20:30.500", "10:20:30.5"},
        {"10:20:30.000", "10:20:30"},
        {"P0D", "PT0S"},
        {"-PT0S", "PT0S"},
        {"PT36H", "P1DT12H"},
        {"PT90S", "PT1M30S"},
        {"P14M", "P1Y2M"},
        {"P0Y", "P0M"},
        {"-P0Y0M", "P0M"},
        {"P1DT0.5S", "P1DT0.5S"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        CHECK_TEXT(round_trip(cx, pairs[i][0]), pairs[i][1]);
}

static void check_refused(Ctx *cx, const char *const *bad, size_t count)
{
    for (size_t i = 0; i < count; i++)
        CHECK_TEXT(text_format(cx->arena, "%s: %s", bad[i], round_trip(cx, bad[i])),
                   text_format(cx->arena, "%s: none", bad[i]));
}

TEST(what_is_no_date_or_time_is_refused)
{
    static const char *const bad[] = {
        "",
        "2026-11-31",
        "2023-02-29",
        "2026-13-01",
        "2026-00-01",
        "2026-01-00",
        "2026-1-1",
        "026-01-01",
        "02026-01-01",
        "+2026-01-01",
        "-0000-01-01",
        "1000000000-01-01",
        "2026-11-22Z",
        " 2026-11-22",
        "2026-11-22 ",
        "20261122",
        "24:00:00",
        "23:60:00",
        "23:59:60",
        "7:00:00",
        "07:00",
        "070000",
        "07:00:00.",
        "07:00:00.1234567890",
        "07:00:00,5",
        "07:00:00z",
        "07:00:00+1:00",
        "07:00:00+01",
        "07:00:00+0100",
        "07:00:00+18:00:01",
        "07:00:00+19:00",
        "07:00:00+01:60",
        "07:00:00Z@UTC",
        "07:00:00+01:00@Europe/Paris",
        "07:00:00@",
        "07:00:00@Mars/Olympus",
        "07:00:00@europe/paris",
        "2026-11-22T",
        "2026-11-22t10:00:00",
        "2026-11-22 10:00:00",
        "2026-11-22T24:00:00",
        "2026-11-22T10:00",
    };
    check_refused(cx, bad, sizeof bad / sizeof *bad);
}

TEST(what_is_no_duration_is_refused)
{
    static const char *const bad[] = {
        "P",
        "PT",
        "-P",
        "P1DT",
        "P1",
        "P1H",
        "PT1D",
        "P1S",
        "PT1M1H",
        "PT1S1S",
        "PT.5S",
        "PT1.S",
        "PT1.5M",
        "P1.5D",
        "P-1D",
        "+P1D",
        "P1W",
        "P1M1Y",
        "P1Y1D",
        "P1Y1M1D",
        "1D",
        "p1d",
        "P99999999999999999999D",
        "P9223372036854775807D",
        "P99999999999999999999Y",
        "P9223372036854775807Y",
    };
    check_refused(cx, bad, sizeof bad / sizeof *bad);
}

TEST(a_text_is_read_only_as_far_as_its_length)
{
    Date date;
    CHECK(date_parse("2026-11-22T10", 10, &date));
    CHECK_INT(date.day, 22);
    CHECK(!date_parse("2026-11-22", 9, &date));
    TimeOfDay time;
    CHECK(!time_parse("10:00:00@UTC\0", 13, &time));
}

TEST(instants_are_utc_texts_of_rfc_3339)
{
    CHECK_TEXT(instant_text(cx->arena, 0), "1970-01-01T00:00:00Z");
    CHECK_TEXT(instant_text(cx->arena, TEST_NOW), "2026-09-21T14:13:20Z");
    CHECK_TEXT(instant_text(cx->arena, -1), "1969-12-31T23:59:59.999999Z");
    Instant instant;
    CHECK(instant_parse("2026-09-21T16:13:20.25+02:00", &instant));
    CHECK_INT(instant, TEST_NOW + 250000);
    CHECK(instant_parse("1969-12-31T23:59:59.999999Z", &instant));
    CHECK_INT(instant, -1);
    static const char *const bad[] = {"", "2026-09-21", "2026-09-21T16:13:20",
                                      "2026-09-21T16:13:20@Europe/Paris", "999999-01-01T00:00:00Z"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK(!instant_parse(bad[i], &instant));
    CHECK_INT(instant, -1);
}

TEST(instants_go_to_zones_and_back)
{
    const Zone *berlin = zone_named("Europe/Berlin");
    DateTime local = instant_in(TEST_NOW, berlin);
    char text[CALENDAR_TEXT_SIZE];
    date_time_print(local, text);
    CHECK_TEXT(text, "2026-09-21T16:13:20@Europe/Berlin");
    CHECK_INT(instant_from(local), TEST_NOW);
    local.time.zone = NULL;
    CHECK_INT(instant_from(local), TEST_NOW + 7200000000);
    CHECK_INT(instant_from(instant_in(-1, zone_utc())), -1);
    CHECK_INT(instant_from(instant_in(INT64_MIN, zone_utc())), INT64_MIN);
    CHECK_INT(instant_from(instant_in(INT64_MAX, zone_utc())), INT64_MAX);
}

TEST(an_instant_moves_by_a_duration_and_stays_within_its_range)
{
    CHECK_INT(instant_add(0, (DaysDuration){86400, 500000000}), 86400500000);
    CHECK_INT(instant_add(0, (DaysDuration){-1, -500000000}), -1500000);
    CHECK_INT(instant_add(INT64_MAX, (DaysDuration){1, 0}), INT64_MAX);
    CHECK_INT(instant_add(0, (DaysDuration){INT64_MIN, 0}), INT64_MIN);
    CHECK_INT(instant_from((DateTime){{999999999, 1, 1}, {0, NULL}}), INT64_MAX);
}
