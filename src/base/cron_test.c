// SPDX-License-Identifier: Apache-2.0
#include "base/cron.h"

#include "base/test.h"

static void next_is(Ctx *cx, const char *text, const char *zone, const char *after,
                    const char *expected)
{
    Cron cron;
    Instant from, out;
    test_check(cron_parse(text, &cron), text, __FILE__, __LINE__);
    CHECK(instant_parse(after, &from));
    if (!*expected) {
        CHECK(!cron_next(&cron, zone_named(zone), from, &out));
        return;
    }
    CHECK(cron_next(&cron, zone_named(zone), from, &out));
    char *got = instant_text(cx->arena, out);
    test_check(text_equal(got, expected), text_format(cx->arena, "%s gives %s", text, got),
               __FILE__, __LINE__);
}

TEST(cron_texts_that_are_none_are_refused)
{
    static const char *const bad[] = {
        "",
        "* * * *",
        "* * * * * * *",
        "60 * * * *",
        "* 24 * * *",
        "* * 0 * *",
        "* * 32 * *",
        "* * * 13 *",
        "* * * * 8",
        "5-3 * * * *",
        "*/0 * * * *",
        "a * * * *",
        "1, * * * *",
        "* * * FOO *",
        "* * L-31 * *",
        "* * * * 1#6",
        "1-5L * * * *",
        "@never",
        "* * 1-5W * *",
    };
    Cron cron;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        test_check(!cron_parse(bad[i], &cron), bad[i], __FILE__, __LINE__);
}

TEST(cron_fields_take_numbers_names_ranges_steps_and_lists)
{
    const char *now = "2026-11-22T10:07:30Z"; // a Sunday
    next_is(cx, "*/15 * * * *", "UTC", now, "2026-11-22T10:15:00Z");
    next_is(cx, "*/15 * * * * *", "UTC", now, "2026-11-22T10:07:45Z");
    next_is(cx, "5/20 * * * *", "UTC", now, "2026-11-22T10:25:00Z");
    next_is(cx, "0 9-17/4 * * *", "UTC", now, "2026-11-22T13:00:00Z");
    next_is(cx, "30 8 * * MON-FRI", "UTC", now, "2026-11-23T08:30:00Z");
    next_is(cx, "30 8 * * sat,tue", "UTC", now, "2026-11-24T08:30:00Z");
    next_is(cx, "0 0 1 JAN ?", "UTC", now, "2027-01-01T00:00:00Z");
    next_is(cx, "0 0 13 * 5", "UTC", now, "2026-11-27T00:00:00Z"); // one of both is enough
    next_is(cx, "0 0 * * 7", "UTC", now, "2026-11-29T00:00:00Z");
    next_is(cx, "0 0 29 2 *", "UTC", now, "2028-02-29T00:00:00Z");
    next_is(cx, "0 0 30 2 *", "UTC", now, "");
    next_is(cx, "@daily", "UTC", now, "2026-11-23T00:00:00Z");
    next_is(cx, "@hourly", "UTC", now, "2026-11-22T11:00:00Z");
    next_is(cx, "@monthly", "UTC", now, "2026-12-01T00:00:00Z");
}

TEST(cron_knows_last_nearest_and_numbered_days)
{
    const char *now = "2026-11-22T10:00:00Z";
    next_is(cx, "0 0 L * ?", "UTC", now, "2026-11-30T00:00:00Z");
    next_is(cx, "0 0 L-2 * ?", "UTC", now, "2026-11-28T00:00:00Z");
    next_is(cx, "0 0 LW 1 ?", "UTC", now, "2027-01-29T00:00:00Z");  // the 31st is a Sunday
    next_is(cx, "0 0 15W 5 ?", "UTC", now, "2027-05-14T00:00:00Z"); // a Saturday: the day before
    next_is(cx, "0 0 1W 8 ?", "UTC", now, "2027-08-02T00:00:00Z");  // a Sunday
    next_is(cx, "0 0 1W 5 ?", "UTC", now, "2027-05-03T00:00:00Z");  // Saturday the 1st: not April
    next_is(cx, "0 0 ? * 5L", "UTC", now, "2026-11-27T00:00:00Z");
    next_is(cx, "0 0 ? * 2#1", "UTC", now, "2026-12-01T00:00:00Z");
    next_is(cx, "0 0 ? * FRI#5", "UTC", now, "2027-01-29T00:00:00Z");
}

TEST(cron_counts_in_its_zone)
{
    next_is(cx, "0 9 * * *", "Asia/Shanghai", "2026-11-22T10:00:00Z", "2026-11-23T01:00:00Z");
    next_is(cx, "0 9 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T07:00:00Z");
    next_is(cx, "0 0 1 * *", "America/New_York", "2026-11-22T10:00:00Z", "2026-12-01T05:00:00Z");
}

TEST(cron_survives_changes_of_clocks)
{
    // Berlin, 29 March 2026: two becomes three. Half past two comes at half past three.
    next_is(cx, "30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T01:30:00Z");
    next_is(cx, "30 2 * * *", "Europe/Berlin", "2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z");
    next_is(cx, "*/30 * * * *", "Europe/Berlin", "2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z");
    // 25 October 2026: three becomes two. What has its hour comes once, every half hour twice.
    next_is(cx, "30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z");
    next_is(cx, "30 2 * * *", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z");
    next_is(cx, "*/30 * * * *", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z");
    next_is(cx, "*/30 * * * *", "Europe/Berlin", "2026-10-25T01:00:00Z", "2026-10-25T01:30:00Z");
    // Lord Howe changes by half an hour.
    next_is(cx, "15 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00:00Z",
            "2026-10-03T15:45:00Z");
}

TEST(cron_never_stands_still)
{
    static const char *const texts[] = {"*/7 * * * * *", "13 */5 * * *", "0 0 L * *",
                                        "0 2 * * 1-5"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        Cron cron;
        Instant at = 1774700000000000LL, next;
        CHECK(cron_parse(texts[i], &cron));
        for (int k = 0; k < 2000; k++) {
            CHECK(cron_next(&cron, zone_named("America/New_York"), at, &next));
            CHECK(next > at);
            at = next;
        }
    }
}
