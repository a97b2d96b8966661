// SPDX-License-Identifier: Apache-2.0
// What leaves the company: after the commit, at least once, by the same key.
#include "process/delivery.h"

#include "base/ids.h"
#include "db/database.h"
#include "process/test_desk.h"

#define MINUTE_US (60 * 1000000LL)

static int letters;
static Id letter;
static bool post_is_closed;

CHANNEL(test_letter, "test-letter", "Counts what it is given.")
{
    if (post_is_closed)
        return FAIL(cx, ERR_UNAVAILABLE, "the post is closed");
    letters++;
    letter = outgoing->id;
    return NULL;
}

typedef struct Round {
    const char *holder;
    Outgoing outgoing[5];
    int count;
    bool fails;
} Round;

static FALLIBLE send_work(Ctx *cx, void *state)
{
    const Round *round = state;
    Value payload = value_context(cx->arena);
    value_set(cx->arena, payload, "amount", value_integer(15));
    TRY(outbox_send(cx, "test-letter", "refund", "L-1", payload));
    return round->fails ? FAIL(cx, ERR_CONFLICT, "on second thoughts") : NULL;
}

static FALLIBLE take_work(Ctx *cx, void *state)
{
    Round *round = state;
    return deliveries_take(cx, round->holder, 5, cx->now + MINUTE_US, round->outgoing,
                           &round->count);
}

static FALLIBLE done_work(Ctx *cx, void *state)
{
    Round *round = state;
    return delivery_done(cx, round->holder, &round->outgoing[0]);
}

static FALLIBLE failed_work(Ctx *cx, void *state)
{
    Round *round = state;
    return job_failed(cx, round->holder, round->outgoing[0].job, "the post is closed");
}

static int taken(Ctx *cx, Round *round)
{
    CHECK_OK(desk_do(cx, "root", DOOR_API, take_work, round));
    return round->count;
}

DESK_TEST(what_is_rolled_back_is_not_delivered)
{
    Round round = {.holder = "one", .fails = true};
    CHECK_FAILS(desk_do(cx, "root", DOOR_API, send_work, &round), ERR_CONFLICT, "second thoughts");
    CHECK_INT(taken(cx, &round), 0);
}

DESK_TEST(a_crash_between_delivery_and_its_record_delivers_again_by_the_same_key)
{
    letters = 0;
    post_is_closed = false;
    Round round = {.holder = "one"};
    CHECK_OK(desk_do(cx, "root", DOOR_API, send_work, &round));
    CHECK_INT(taken(cx, &round), 1);
    CHECK_JSON(round.outgoing[0].payload, "{\"amount\":15}");
    CHECK_OK(delivery_make(cx, &round.outgoing[0]));
    Id first = letter;
    // It dies here; another takes over when the lease has ended.
    Round other = {.holder = "two"};
    CHECK_INT(taken(cx, &other), 0);
    cx->now += MINUTE_US;
    CHECK_INT(taken(cx, &other), 1);
    CHECK_OK(delivery_make(cx, &other.outgoing[0]));
    CHECK_INT(letters, 2);
    CHECK_INT(letter, first);
    CHECK_OK(desk_do(cx, "root", DOOR_API, done_work, &other));
    cx->now += 10 * MINUTE_US;
    CHECK_INT(taken(cx, &round), 0);
}

DESK_TEST(what_cannot_be_delivered_now_is_delivered_later)
{
    letters = 0;
    post_is_closed = true;
    Round round = {.holder = "one"};
    CHECK_OK(desk_do(cx, "root", DOOR_API, send_work, &round));
    CHECK_INT(taken(cx, &round), 1);
    CHECK_FAILS(delivery_make(cx, &round.outgoing[0]), ERR_UNAVAILABLE, "closed");
    CHECK_OK(desk_do(cx, "root", DOOR_API, failed_work, &round));
    CHECK_INT(taken(cx, &round), 0);
    cx->now += 2 * MINUTE_US;
    CHECK_INT(taken(cx, &round), 1);
    CHECK_INT(round.outgoing[0].failures, 1);
}
