// SPDX-License-Identifier: Apache-2.0
// The harness about itself. Skipping and failing are seen by running it as a program (main of the
// tests), so only what a test can see from inside stands here.
#include "base/test.h"

static int closed;

static void open_fixture(Ctx *cx)
{
    cx->language = "zh-CN";
}

static void close_fixture(Ctx *cx)
{
    (void)cx;
    closed++;
}

static const TestFixture here = {"here", NULL, open_fixture, close_fixture};
static const TestFixture *const fixtures[] = {&here, NULL};

TEST(a_test_has_a_fresh_arena_a_standing_clock_and_a_language)
{
    CHECK_INT((long long)arena_used(cx->arena), 0);
    CHECK_INT(cx->now, TEST_NOW);
    CHECK_TEXT(cx->language, "en");
}

TEST_WITH(a_fixture_opens_before_its_test, fixtures, 5)
{
    CHECK_TEXT(cx->language, "zh-CN");
    CHECK_INT(closed, 0);
}

static FALLIBLE refuse(Ctx *cx)
{
    return FAIL(cx, ERR_CONFLICT, "the order is shipped");
}

TEST(a_check_of_an_error_looks_at_code_and_words)
{
    CHECK_FAILS(refuse(cx), ERR_CONFLICT, "is shipped");
    CHECK_OK((Error *)NULL);
}
