// SPDX-License-Identifier: Apache-2.0
#include "base/test.h"
#include "base/zone_parts.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int64_t utc(const char *text)
{
    Instant instant;
    test_check(instant_parse(text, &instant), text, __FILE__, __LINE__);
    return instant / 1000000;
}

static int64_t local(const Zone *zone, int month, int day, int second)
{
    return zone_to_utc(zone, (Date){2026, (uint8_t)month, (uint8_t)day}, second);
}

TEST(a_zone_is_one_object_for_each_name_and_offset)
{
    CHECK(zone_named("Europe/Berlin") == zone_named("Europe/Berlin"));
    CHECK(zone_named("Europe/Berlin") != zone_named("Europe/Paris"));
    CHECK(zone_offset(3600) == zone_offset(3600));
    CHECK(zone_offset(0) == zone_utc());
    CHECK(!zone_is_offset(zone_named("Europe/Berlin")));
    CHECK(zone_is_offset(zone_offset(-1)));
}

TEST(offsets_have_names_and_a_range)
{
    CHECK_TEXT(zone_name(zone_utc()), "Z");
    CHECK_TEXT(zone_name(zone_offset(3600)), "+01:00");
    CHECK_TEXT(zone_name(zone_offset(-16200)), "-04:30");
    CHECK_TEXT(zone_name(zone_offset(18001)), "+05:00:01");
    CHECK_TEXT(zone_name(zone_offset(-1)), "-00:00:01");
    CHECK_TEXT(zone_name(zone_offset(64800)), "+18:00");
    CHECK(!zone_offset(64801));
    CHECK(!zone_offset(-64801));
    CHECK(!zone_offset(INT32_MIN));
}

TEST(a_name_never_leads_out_of_the_folder_of_zones)
{
    static const char *const bad[] = {"",
                                      "/etc/passwd",
                                      "../../../etc/passwd",
                                      "Europe/../Europe/Berlin",
                                      "./UTC",
                                      "Europe",
                                      "Europe/",
                                      "Europe//Berlin",
                                      "zone.tab",
                                      "leapseconds",
                                      "posix/UTC",
                                      "right/UTC",
                                      "Europe/Berlin\n",
                                      "Nowhere/City",
                                      "utc",
                                      "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZ"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        test_check(!zone_named(bad[i]), bad[i], __FILE__, __LINE__);
}

TEST(without_the_folder_only_utc_is_known)
{
    setenv("TZDIR", "/nowhere", 1);
    CHECK(!zone_named("Asia/Tokyo"));
    CHECK(zone_named("UTC") && zone_named("Etc/UTC"));
    CHECK_INT(zone_offset_at(zone_named("UTC"), 1790000000), 0);
    unsetenv("TZDIR");
    CHECK(zone_named("Asia/Tokyo") != NULL);
}

TEST(clocks_change_at_the_second_of_the_change)
{
    const Zone *berlin = zone_named("Europe/Berlin");
    CHECK_INT(zone_offset_at(berlin, utc("2026-03-29T00:59:59Z")), 3600);
    CHECK_INT(zone_offset_at(berlin, utc("2026-03-29T01:00:00Z")), 7200);
    CHECK_INT(zone_offset_at(berlin, utc("2026-10-25T00:59:59Z")), 7200);
    CHECK_INT(zone_offset_at(berlin, utc("2026-10-25T01:00:00Z")), 3600);
    CHECK_INT(zone_offset_at(berlin, utc("1945-05-24T01:00:00Z")), 10800);
    CHECK_INT(zone_offset_at(berlin, utc("1850-01-01T00:00:00Z")), 3208); // local mean time
    CHECK_INT(zone_offset_at(zone_named("Asia/Kathmandu"), 1790000000), 20700);
}

TEST(the_rule_at_the_end_of_the_file_holds_for_all_years_to_come)
{
    const Zone *berlin = zone_named("Europe/Berlin"), *sydney = zone_named("Australia/Sydney");
    CHECK_INT(zone_offset_at(berlin, utc("2345-03-25T00:59:59Z")), 3600);
    CHECK_INT(zone_offset_at(berlin, utc("2345-03-25T01:00:00Z")), 7200);
    CHECK_INT(zone_offset_at(berlin, utc("2345-12-31T23:59:59Z")), 3600);
    // The south has summer over the turn of the year.
    CHECK_INT(zone_offset_at(sydney, utc("2345-01-01T00:00:00Z")), 39600);
    CHECK_INT(zone_offset_at(sydney, utc("2345-07-01T00:00:00Z")), 36000);
    // Dublin's "summer time" is Greenwich time in winter.
    CHECK_INT(zone_offset_at(zone_named("Europe/Dublin"), utc("2345-01-10T00:00:00Z")), 0);
    CHECK_INT(zone_offset_at(zone_named("Europe/Dublin"), utc("2345-07-10T00:00:00Z")), 3600);
    CHECK_INT(zone_offset_at(zone_named("Asia/Shanghai"), utc("2345-07-10T00:00:00Z")), 28800);
    CHECK_INT(zone_offset_at(berlin, date_to_days((Date){999999999, 7, 1}) * 86400), 7200);
}

TEST(a_skipped_time_moves_on_and_of_a_repeated_one_the_first_is_taken)
{
    const Zone *berlin = zone_named("Europe/Berlin");
    CHECK_INT(local(berlin, 3, 29, 1 * 3600), utc("2026-03-29T00:00:00Z"));
    CHECK_INT(local(berlin, 3, 29, 2 * 3600 + 1800), utc("2026-03-29T01:30:00Z")); // 03:30 summer
    CHECK_INT(local(berlin, 3, 29, 3 * 3600), utc("2026-03-29T01:00:00Z"));
    CHECK_INT(local(berlin, 10, 25, 2 * 3600 + 1800), utc("2026-10-25T00:30:00Z"));
    CHECK_INT(local(berlin, 10, 25, 3 * 3600), utc("2026-10-25T02:00:00Z"));
    CHECK_INT(local(berlin, 10, 25, 12 * 3600), utc("2026-10-25T11:00:00Z"));
    const Zone *york = zone_named("America/New_York");
    CHECK_INT(local(york, 3, 8, 2 * 3600 + 1800), utc("2026-03-08T07:30:00Z"));
    CHECK_INT(local(york, 11, 1, 1 * 3600 + 1800), utc("2026-11-01T05:30:00Z"));
    // Samoa left out a whole day.
    const Zone *apia = zone_named("Pacific/Apia");
    CHECK_INT(zone_to_utc(apia, (Date){2011, 12, 30}, 43200), utc("2011-12-30T22:00:00Z"));
    CHECK_INT(zone_to_utc(apia, (Date){2011, 12, 31}, 0), utc("2011-12-30T10:00:00Z"));
}

TEST(zones_agree_with_the_c_library)
{
    static const char *const names[] = {
        "Europe/Berlin",     "America/New_York", "Asia/Shanghai",     "Australia/Sydney",
        "America/Sao_Paulo", "Asia/Tehran",      "Africa/Casablanca", "Pacific/Apia",
        "America/Nuuk",      "Europe/Dublin",    "Asia/Gaza",         "Antarctica/Troll"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const Zone *zone = zone_named(names[i]);
        setenv("TZ", names[i], 1);
        tzset();
        for (int64_t at = -4000000000; at < 6000000000; at += 1234567) {
            struct tm broken;
            time_t second = at;
            localtime_r(&second, &broken);
            if (zone_offset_at(zone, at) != broken.tm_gmtoff)
                CHECK_TEXT(text_format(cx->arena, "%s %d at %lld", names[i],
                                       zone_offset_at(zone, at), (long long)at),
                           text_format(cx->arena, "%s %ld", names[i], broken.tm_gmtoff));
        }
    }
}

TEST(rules_are_read_in_all_their_forms_or_refused)
{
    Footer footer;
    CHECK(zone_rule_read("CET-1CEST,M3.5.0,M10.5.0/3", &footer));
    CHECK_INT(footer.offset, 3600);
    CHECK_INT(footer.summer_offset, 7200);
    CHECK_INT(footer.end.second, 10800);
    CHECK(zone_rule_read("<-03>3<-02>,M3.5.0/-2,M10.5.0/-1", &footer));
    CHECK_INT(footer.start.second, -7200);
    CHECK(zone_rule_read("XXX3EDT4,0/0,J365/23", &footer));
    CHECK(zone_rule_read("<+0545>-5:45", &footer));
    CHECK_INT(footer.offset, 20700);
    CHECK(!footer.changes);
    static const char *const bad[] = {"",
                                      "CET",
                                      "AB1",
                                      "CET-1CEST",
                                      "CET-1CEST,M3.5.0",
                                      "CET-1CEST,M13.5.0,M10.5.0",
                                      "CET-1CEST,M3.6.0,M10.5.0",
                                      "CET-1CEST,M3.5.7,M10.5.0",
                                      "CET-1CEST,J0,J1",
                                      "CET-1CEST,366,1",
                                      "CET-1CEST,M3.5.0,M10.5.0x",
                                      "<CET-1",
                                      "CET-1:60",
                                      "CET-99"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        test_check(!zone_rule_read(bad[i], &footer), bad[i], __FILE__, __LINE__);
}

// The smallest file: no changes, one type, one name, a footer.
static size_t small_file(unsigned char out[static 256], const char *footer)
{
    unsigned char *at = out;
    for (int version = 0; version < 2; version++) {
        memset(at, 0, 44);
        memcpy(at, "TZif2", 5);
        at[39] = 1; // types
        at[43] = 4; // bytes of names
        at += 44;
        memcpy(at, "\0\0\x0e\x10\0\0ABC", 10);
        at += 10;
    }
    int length = snprintf((char *)at, 64, "\n%s\n", footer);
    return (size_t)(at - out) + (size_t)length;
}

TEST(a_broken_file_is_no_zone_wherever_it_is_cut_or_changed)
{
    unsigned char file[256];
    Zone zone = {0};
    size_t length = small_file(file, "ABC-1");
    CHECK(zone_read(file, length, &zone));
    CHECK_INT(zone_offset_at(&zone, 0), 3600);
    free(zone.times);
    free(zone.offsets);
    for (size_t cut = 0; cut < length; cut++) {
        unsigned char *exact = malloc(cut + 1); // an overrun is seen under ASan
        memcpy(exact, file, cut);
        Zone none = {0};
        CHECK(!zone_read(exact, cut, &none));
        free(exact);
    }
    for (size_t place = 0; place < length; place++)
        for (int bit = 0; bit < 8; bit++) {
            Zone any = {0};
            file[place] ^= (unsigned char)(1 << bit);
            if (zone_read(file, length, &any))
                (void)zone_offset_at(&any, 1790000000);
            free(any.times);
            free(any.offsets);
            file[place] ^= (unsigned char)(1 << bit);
        }
}

static void *ask(void *found)
{
    static const char *const names[] = {"Asia/Tokyo", "Asia/Seoul", "Asia/Manila", "Asia/Dubai"};
    const Zone **zones = found;
    for (int i = 0; i < 2000; i++) {
        zones[i % 4] = zone_named(names[i % 4]);
        zones[4 + i % 4] = zone_offset(i % 4 * 61);
    }
    return NULL;
}

TEST(threads_that_ask_at_once_get_the_same_zone)
{
    const Zone *found[4][8];
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        CHECK_INT(pthread_create(&threads[i], NULL, ask, found[i]), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    for (int i = 1; i < 4; i++)
        CHECK(memcmp(found[0], found[i], sizeof found[0]) == 0);
}
