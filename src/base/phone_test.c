// SPDX-License-Identifier: Apache-2.0
#include "base/phone.h"

#include "base/phone_examples.h"
#include "base/test.h"

static const char *read(Ctx *cx, const char *text, const char *region)
{
    static const char *const faults[] = {"right",     "no number", "no region", "no code",
                                         "too short", "too long",  "no length"};
    char *out = NULL;
    PhoneFault fault = phone_read(cx->arena, text, region, &out);
    return fault ? faults[fault] : out;
}

TEST(a_number_is_kept_the_same_however_it_is_typed)
{
    CHECK_TEXT(read(cx, "+49 421 5551234", NULL), "+494215551234");
    CHECK_TEXT(read(cx, "0421/555-1234", "DE"), "+494215551234");
    CHECK_TEXT(read(cx, "+49 (0)421 5551234", "CN"), "+494215551234");
    CHECK_TEXT(read(cx, "0049 421 5551234", "DE"), "+494215551234");
    CHECK_TEXT(read(cx, "tel:+49-421-5551234", NULL), "+494215551234");
    CHECK_TEXT(read(cx, "011 49 421 5551234", "US"), "+494215551234");
    CHECK_TEXT(read(cx, "138 0013 8000", "CN"), "+8613800138000");
    CHECK_TEXT(read(cx, "8613800138000", "CN"), "+8613800138000");
    CHECK_TEXT(read(cx, "＋８６ １３８ ００１３ ８０００", NULL), "+8613800138000");
    CHECK_TEXT(read(cx, "（0571）8765 4321", "CN"), "+8657187654321");
    CHECK_TEXT(read(cx, "06 6982 1234", "IT"), "+390669821234"); // the 0 belongs to it
    CHECK_TEXT(read(cx, "(415) 555-2671", "US"), "+14155552671");
    CHECK_TEXT(read(cx, "011 15 2345 6789", "AR"), "+5491123456789");
}

TEST(an_extension_stays_with_its_number)
{
    CHECK_TEXT(read(cx, "+49 421 5551234 ext. 12", NULL), "+494215551234;ext=12");
    CHECK_TEXT(read(cx, "0571 8765 4321 转 802", "CN"), "+8657187654321;ext=802");
    CHECK_TEXT(read(cx, "+494215551234;ext=12", NULL), "+494215551234;ext=12");
    CHECK_TEXT(phone_write(cx->arena, "+494215551234;ext=12", NULL), "+49 421 5551234 ext. 12");
}

TEST(what_is_no_number_is_told_by_its_fault)
{
    CHECK_TEXT(read(cx, "0421 5551234", NULL), "no region");
    CHECK_TEXT(read(cx, "call me", "DE"), "no number");
    CHECK_TEXT(read(cx, "+", "DE"), "no number");
    CHECK_TEXT(read(cx, "", "DE"), "no number");
    CHECK_TEXT(read(cx, "+49 421 5551234 ext. anna", NULL), "no number");
    CHECK_TEXT(read(cx, "+999 12345678", NULL), "no code");
    CHECK_TEXT(read(cx, "+0 12345678", NULL), "no code");
    CHECK_TEXT(read(cx, "+86 1380", NULL), "too short");
    CHECK_TEXT(read(cx, "+1 415 555 26712", NULL), "too long");
    CHECK_TEXT(read(cx, "+49 42155512341234567890123", NULL), "too long");
    CHECK_TEXT(read(cx, "0421+5551234", "DE"), "no number");
}

TEST(a_number_is_written_as_at_home_or_as_from_abroad)
{
    CHECK_TEXT(phone_write(cx->arena, "+494215551234", "DE"), "0421 5551234");
    CHECK_TEXT(phone_write(cx->arena, "+494215551234", "CN"), "+49 421 5551234");
    CHECK_TEXT(phone_write(cx->arena, "+8613800138000", NULL), "+86 138 0013 8000");
    CHECK_TEXT(phone_write(cx->arena, "0421 5551234", "DE"), "0421 5551234");
    CHECK(phone_is_e164("+494215551234") && !phone_is_e164("+49 421") && !phone_is_e164("49421"));
    CHECK(!phone_is_e164("+494215551234;ext=") && !phone_is_e164("+0421"));
    CHECK(phone_region_known("DE") && !phone_region_known("de") && !phone_region_known("XX"));
    CHECK(!phone_region_known("001") && !phone_region_known(NULL));
}

TEST(numbers_of_all_countries_are_read_and_written_as_libphonenumber_does)
{
    size_t count = 0;
    for (const PhoneExample *example = phone_examples; example->region; example++, count++) {
        const char *e164 = example->e164;
        CHECK_TEXT(read(cx, example->national, example->region), e164);
        CHECK_TEXT(read(cx, example->international, NULL), e164);
        CHECK_TEXT(read(cx, e164, NULL), e164);
        CHECK_TEXT(phone_write(cx->arena, e164, example->region), example->national);
        CHECK_TEXT(phone_write(cx->arena, e164, NULL), example->international);
    }
    CHECK(count > 500);
}
