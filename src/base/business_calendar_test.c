// SPDX-License-Identifier: Apache-2.0
#include "base/business_calendar.h"

#include "base/test.h"

#define HOUR 3600000000LL

static Instant at(const char *text)
{
    Instant instant = 0;
    test_check(instant_parse(text, &instant), text, __FILE__, __LINE__);
    return instant;
}

static WorkShifts shifts(Ctx *cx, const char *text)
{
    WorkShifts out = {0};
    test_check(work_shifts_parse(cx->arena, text, &out), text, __FILE__, __LINE__);
    return out;
}

// Monday to Friday from nine to six with an hour of rest, Saturday and Sunday free. The first of
// October 2026 is a holiday, the Saturday after it is worked instead.
static BusinessCalendar office(Ctx *cx, const char *zone)
{
    WorkException *exceptions = NEW_ARRAY(cx->arena, WorkException, 2);
    exceptions[0] = (WorkException){{2026, 10, 1}, {0}};
    exceptions[1] = (WorkException){{2026, 10, 3}, shifts(cx, "09:00-13:00")};
    BusinessCalendar calendar = {
        .name = "office", .zone = zone_named(zone), .exceptions = exceptions, .exception_count = 2};
    for (int i = 0; i < 5; i++)
        calendar.week[i] = shifts(cx, "09:00-12:00 13:00-18:00");
    return calendar;
}

static void adds(Ctx *cx, const BusinessCalendar *calendar, const char *from, int64_t days,
                 int64_t microseconds, const char *expected)
{
    Instant out = 0;
    CHECK(work_add(calendar, at(from), (WorkDuration){days, microseconds}, &out));
    CHECK_TEXT(instant_text(cx->arena, out), expected);
}

TEST(shifts_are_read_in_order_and_never_overlap)
{
    WorkShifts out = shifts(cx, " 09:00-12:30  13:00-24:00 ");
    CHECK_INT((long long)out.count, 2);
    CHECK_INT(out.items[0].to, 45000);
    CHECK_INT(out.items[1].to, 86400);
    CHECK_INT((long long)shifts(cx, "").count, 0);
    static const char *const bad[] = {"9:00-12:00",  "09:00",
                                      "09:00-09:00", "12:00-09:00",
                                      "09:00-24:01", "09:00-12:00 11:00-13:00",
                                      "09:60-12:00", "09:00-12:00,13:00-14:00"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK(!work_shifts_parse(cx->arena, bad[i], &out));
}

TEST(the_next_working_instant_is_now_or_the_next_shift)
{
    BusinessCalendar calendar = office(cx, "UTC");
    Instant out;
    CHECK(work_next(&calendar, at("2026-09-28T10:30:00Z"), &out)); // a Monday
    CHECK_TEXT(instant_text(cx->arena, out), "2026-09-28T10:30:00Z");
    CHECK(work_next(&calendar, at("2026-09-28T12:00:00Z"), &out));
    CHECK_TEXT(instant_text(cx->arena, out), "2026-09-28T13:00:00Z");
    CHECK(work_next(&calendar, at("2026-09-30T18:00:00Z"), &out)); // tomorrow is the holiday
    CHECK_TEXT(instant_text(cx->arena, out), "2026-10-02T09:00:00Z");
    CHECK(work_next(&calendar, at("2026-10-02T20:00:00Z"), &out)); // the Saturday that is worked
    CHECK_TEXT(instant_text(cx->arena, out), "2026-10-03T09:00:00Z");
}

TEST(working_time_jumps_over_rests_nights_and_holidays)
{
    BusinessCalendar calendar = office(cx, "UTC");
    adds(cx, &calendar, "2026-09-28T10:00:00Z", 0, 0, "2026-09-28T10:00:00Z");
    adds(cx, &calendar, "2026-09-28T07:00:00Z", 0, 0, "2026-09-28T09:00:00Z");
    adds(cx, &calendar, "2026-09-28T10:00:00Z", 0, HOUR, "2026-09-28T11:00:00Z");
    adds(cx, &calendar, "2026-09-28T11:00:00Z", 0, 2 * HOUR, "2026-09-28T14:00:00Z");
    adds(cx, &calendar, "2026-09-28T09:00:00Z", 0, 8 * HOUR, "2026-09-28T18:00:00Z");
    adds(cx, &calendar, "2026-09-28T09:00:00Z", 0, 8 * HOUR + 1, "2026-09-29T09:00:00.000001Z");
    adds(cx, &calendar, "2026-09-30T17:00:00Z", 0, 2 * HOUR, "2026-10-02T10:00:00Z");
    adds(cx, &calendar, "2026-10-02T17:00:00Z", 0, 6 * HOUR, "2026-10-05T10:00:00Z");
}

TEST(working_days_keep_the_time_of_day)
{
    BusinessCalendar calendar = office(cx, "UTC");
    adds(cx, &calendar, "2026-09-28T10:30:00Z", 1, 0, "2026-09-29T10:30:00Z");
    adds(cx, &calendar, "2026-09-30T10:30:00Z", 1, 0, "2026-10-02T10:30:00Z");
    // On the short Saturday nobody is there at five any more.
    adds(cx, &calendar, "2026-10-02T17:00:00Z", 1, 0, "2026-10-05T09:00:00Z");
    adds(cx, &calendar, "2026-10-04T12:00:00Z", 1, HOUR, "2026-10-06T10:00:00Z");
    adds(cx, &calendar, "2026-09-28T10:00:00Z", 5, 0, "2026-10-05T10:00:00Z");
}

TEST(days_are_those_of_the_calendars_zone)
{
    BusinessCalendar calendar = office(cx, "Asia/Shanghai");
    adds(cx, &calendar, "2026-09-27T23:00:00Z", 0, HOUR, "2026-09-28T02:00:00Z");
    adds(cx, &calendar, "2026-09-28T09:30:00Z", 0, HOUR, "2026-09-29T01:30:00Z");
}

TEST(a_change_of_clocks_is_counted_as_it_passes)
{
    // Berlin goes from two to three on 29 March 2026, and back from three to two on 25 October.
    BusinessCalendar calendar = {.name = "night", .zone = zone_named("Europe/Berlin")};
    for (int i = 0; i < 7; i++)
        calendar.week[i] = shifts(cx, "00:00-06:00");
    CHECK_INT(
        work_between(&calendar, at("2026-03-28T00:00:00+01:00"), at("2026-03-29T00:00:00+01:00")),
        6 * HOUR);
    CHECK_INT(
        work_between(&calendar, at("2026-03-29T00:00:00+01:00"), at("2026-03-30T00:00:00+02:00")),
        5 * HOUR);
    CHECK_INT(
        work_between(&calendar, at("2026-10-25T00:00:00+02:00"), at("2026-10-26T00:00:00+01:00")),
        7 * HOUR);
    adds(cx, &calendar, "2026-03-29T01:00:00+01:00", 0, 2 * HOUR, "2026-03-29T02:00:00Z"); // 4 CEST
    BusinessCalendar day = office(cx, "Europe/Berlin");
    adds(cx, &day, "2026-03-27T10:00:00+01:00", 1, 0, "2026-03-30T08:00:00Z"); // ten again
    // A shift that the clocks skip whole is none.
    calendar.week[6] = shifts(cx, "02:00-03:00");
    CHECK_INT(
        work_between(&calendar, at("2026-03-29T00:00:00+01:00"), at("2026-03-30T00:00:00+02:00")),
        0);
}

TEST(working_time_between_undoes_adding_it)
{
    BusinessCalendar calendar = office(cx, "America/New_York");
    Instant from = at("2026-10-20T13:17:00Z");
    for (int i = 0; i < 400; i++) {
        int64_t length = i * 7 * HOUR / 3 + i;
        Instant out;
        CHECK(work_add(&calendar, from, (WorkDuration){0, length}, &out));
        CHECK_INT(work_between(&calendar, from, out), length);
        CHECK_INT(work_between(&calendar, out, from), -length);
    }
}

TEST(a_calendar_without_work_never_comes_to_it)
{
    BusinessCalendar calendar = {.name = "never", .zone = zone_utc()};
    Instant out;
    CHECK(!work_next(&calendar, at("2026-01-01T00:00:00Z"), &out));
    CHECK(!work_add(&calendar, at("2026-01-01T00:00:00Z"), (WorkDuration){1, 0}, &out));
    CHECK_INT(work_between(&calendar, at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z")), 0);
    BusinessCalendar full = office(cx, "UTC");
    CHECK(!work_add(&full, at("2026-01-01T00:00:00Z"), (WorkDuration){LIMIT_WORK_DAYS, 0}, &out));
    CHECK(!work_add(&full, at("2026-01-01T00:00:00Z"), (WorkDuration){0, INT64_MAX}, &out));
    CHECK(!work_add(&full, at("2026-01-01T00:00:00Z"), (WorkDuration){-1, 0}, &out));
}

TEST(a_calendar_is_found_by_its_name)
{
    BusinessCalendar items[] = {{.name = "a"}, {.name = "b"}};
    BusinessCalendars calendars = {items, 2};
    CHECK(business_calendar_named(&calendars, "b") == &items[1]);
    CHECK(!business_calendar_named(&calendars, "c"));
    CHECK(!business_calendar_named(NULL, "a"));
}
