// SPDX-License-Identifier: Apache-2.0
#include "base/keep.h"

#include "base/test.h"
#include "base/text.h"

static const char kind[] = "words";
static int made;

static Error *make_word(Ctx *cx, Id subject, const void **thing)
{
    made++;
    if (!subject)
        return error_hint(FAIL(cx, ERR_NOT_FOUND, "nothing is called %d", (int)subject), "Count.");
    *thing = text_format(cx->arena, "%d of %d", made, (int)subject);
    return NULL;
}

static const char *word(Ctx *cx, Id subject, Id revision)
{
    const void *thing;
    CHECK_OK(keep_get(cx, &(KeepKey){kind, subject, .revision = revision}, make_word, &thing));
    return thing;
}

TEST(a_thing_is_made_once_for_each_edition)
{
    Company company = {0};
    cx->company = &company;
    CHECK_TEXT(word(cx, 7, 1), "1 of 7");
    CHECK_TEXT(word(cx, 7, 1), "1 of 7");
    CHECK_TEXT(word(cx, 8, 1), "2 of 8");
    CHECK_TEXT(word(cx, 7, 2), "3 of 7");
    CHECK_TEXT(word(cx, 7, 1), "4 of 7");
    keep_close(&company);
}

TEST(what_a_unit_has_taken_lives_as_long_as_the_unit)
{
    Company company = {0};
    cx->company = &company;
    const char *taken = word(cx, 7, 1);
    CHECK_TEXT(word(cx, 7, 2), "2 of 7");
    CHECK_TEXT(taken, "1 of 7");
    keep_close(&company);
    CHECK_TEXT(taken, "1 of 7");
}

TEST(what_cannot_be_made_is_not_kept_and_says_why)
{
    Company company = {0};
    cx->company = &company;
    KeepKey key = {kind, 0};
    const void *thing;
    CHECK_FAILS(keep_get(cx, &key, make_word, &thing), ERR_NOT_FOUND, "nothing is called 0");
    CHECK_TEXT(keep_get(cx, &key, make_word, &thing)->hint, "Count.");
    CHECK_INT(made, 2);
    keep_close(&company);
}

TEST(more_things_than_places_are_made_again)
{
    Company company = {0};
    cx->company = &company;
    for (Id subject = 1; subject <= 3 * KEEP_PLACES; subject++)
        word(cx, subject, 1);
    CHECK_INT(made, 3 * KEEP_PLACES);
    keep_close(&company);
}
