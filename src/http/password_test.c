// SPDX-License-Identifier: Apache-2.0
#include "base/test.h"
#include "http/password.h"
#include "http/session.h"

static void fail_often(Ctx *cx, const char *address, const char *login)
{
    for (int i = 0; i < SESSION_FAILURES; i++)
        password_failed(cx->now, address, login);
}

TEST(whoever_fails_too_often_waits_until_the_window_has_passed)
{
    fail_often(cx, "192.0.2.1", "sam");
    CHECK_FAILS(password_attempt(cx, "192.0.2.1", "sam"), ERR_TOO_MANY, "too many");
    CHECK_OK(password_attempt(cx, "192.0.2.2", "sam"));
    cx->now += (Instant)SESSION_FAILURE_WINDOW_S * 1000000 + 1;
    CHECK_OK(password_attempt(cx, "192.0.2.1", "sam"));
}

TEST(a_sign_in_that_succeeds_forgets_the_failures_before_it)
{
    fail_often(cx, "192.0.2.1", "sam");
    password_succeeded("192.0.2.1", "sam");
    CHECK_OK(password_attempt(cx, "192.0.2.1", "sam"));
}

TEST(many_logins_from_one_address_are_too_many)
{
    for (int i = 0; i < 5; i++)
        fail_often(cx, "192.0.2.1", text_format(cx->arena, "login-%d", i));
    CHECK_FAILS(password_attempt(cx, "192.0.2.1", "somebody else"), ERR_TOO_MANY, "too many");
}

TEST(the_failures_of_strangers_lock_nobody_out)
{
    for (int i = 0; i < 2000; i++)
        fail_often(cx, text_format(cx->arena, "198.51.100.%d", i), "stranger");
    for (int i = 0; i < 2000; i++)
        CHECK_OK(password_attempt(cx, text_format(cx->arena, "203.0.113.%d", i), "sam"));
    CHECK_FAILS(password_attempt(cx, "198.51.100.1999", "stranger"), ERR_TOO_MANY, "too many");
}
