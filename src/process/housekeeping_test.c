// SPDX-License-Identifier: Apache-2.0
// What nobody needs any more goes, by the clock of the test, and nothing else.
#include "process/housekeeping.h"

#include "base/ids.h"
#include "process/test_flow.h"

static FALLIBLE run_work(Ctx *cx, void *state)
{
    return db_built_run(cx, NULL, state, NULL, 0);
}

static void run(Ctx *cx, const char *sql)
{
    CHECK_OK(database_write(cx, cx->company->database, run_work, (void *)(uintptr_t)sql));
}

// So many rows, each `step` after the one before, the first on the test's first day. `i` is the
// row's number.
static void fill(Ctx *cx, int rows, Instant step, const char *table, const char *values)
{
    long long first = (long long)id_first(TEST_NOW);
    long long after = (long long)id_first(TEST_NOW + step) - first + 1;
    run(cx, text_format(cx->arena,
                        "INSERT INTO %s WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1"
                        " FROM n WHERE i < %d) SELECT %lld + i * %lld, %s FROM n",
                        table, rows - 1, first, after, values));
}

#define OUTBOX "outbox_message (id, instance, node, name, key, payload, state, created_at)"

DESK_TEST(each_chore_has_its_job_and_comes_again_in_an_hour)
{
    int chores = flow_keep_house(cx);
    CHECK_INT(chores, 13);
    CHECK_INT(flow_rows(cx, "process_job WHERE queue = 'housekeeping'"), chores);
    CHECK_INT(flow_keep_house(cx), 0);
    cx->now += HOUSEKEEPING_EVERY - 1;
    CHECK_INT(flow_keep_house(cx), 0);
    cx->now += 1;
    CHECK_INT(flow_keep_house(cx), chores);
    CHECK_INT(flow_rows(cx, "process_job WHERE queue = 'housekeeping'"), chores);
}

DESK_TEST(an_idempotency_key_is_known_as_long_as_it_is_said)
{
    int delivered;
    CHECK_OK(desk_message(cx, "root", "lost", "", "once", 0, &delivered));
    cx->now += KEEP_MESSAGES - KEEP_HOUR;
    flow_keep_house(cx);
    CHECK_FAILS(desk_message(cx, "root", "other", "", "once", 0, &delivered), ERR_CONFLICT,
                "was used");
    cx->now += 2 * KEEP_HOUR;
    flow_keep_house(cx);
    CHECK_INT(flow_rows(cx, "message"), 0);
    CHECK_OK(desk_message(cx, "root", "other", "", "once", 0, &delivered));
}

DESK_TEST(a_kept_message_goes_when_its_time_is_over_but_its_key_stays)
{
    int delivered;
    Instant until = cx->now + KEEP_DAY;
    IncomingMessage kept = {.name = "kept",
                            .key = "",
                            .payload = value_context(cx->arena),
                            .idempotency_key = "once",
                            .keep_until = until};
    value_set(cx->arena, kept.payload, "secret", value_text("much"));
    CHECK_OK(flow_publish(cx, &kept, &delivered));
    kept.idempotency_key = NULL;
    kept.keep_until = cx->now + 100 * KEEP_DAY; // longer than the rest stays
    CHECK_OK(flow_publish(cx, &kept, &delivered));
    cx->now = until - 1;
    flow_keep_house(cx);
    CHECK_INT(flow_rows(cx, "message WHERE state = 'kept'"), 2);
    cx->now = until + HOUSEKEEPING_EVERY;
    flow_keep_house(cx);
    CHECK_INT(flow_rows(cx, "message WHERE state = 'kept'"), 1);
    CHECK_INT(flow_rows(cx, "message WHERE payload = '{}' AND idempotency_key = 'once'"), 1);
    cx->now += 50 * KEEP_DAY;
    flow_keep_house(cx);
    CHECK_INT(flow_rows(cx, "message"), 1);
    cx->now += 50 * KEEP_DAY;
    flow_keep_house(cx);
    CHECK_INT(flow_rows(cx, "message"), 0);
}

DESK_TEST(messages_go_in_chunks)
{
    fill(cx, 2 * HOUSEKEEPING_CHUNK + 10, 1000,
         "message (id, name, key, payload, state, delivered, published_at, published_by,"
         " keep_until)",
         "'n', 'k' || i, '{}', 'delivered', 1, 0, 0, 0");
    cx->now += KEEP_MESSAGES + KEEP_DAY;
    int before = flow_keep_house(cx);
    CHECK_INT(flow_rows(cx, "message"), 0);
    cx->now += HOUSEKEEPING_EVERY;
    CHECK_INT(before - flow_keep_house(cx), 2); // two chunks more than on a day without
}

DESK_TEST(messages_that_went_out_go_and_those_that_wait_stay)
{
    fill(cx, 40, KEEP_DAY, OUTBOX, "0, '', 'n', 'k', '{}', 'delivered', 0");
    run(cx, "INSERT INTO " OUTBOX " VALUES (1, 0, '', 'n', 'k', '{}', 'pending', 0)");
    cx->now = TEST_NOW + 40 * KEEP_DAY;
    flow_keep_house(cx);
    CHECK_INT(flow_rows(cx, "outbox_message WHERE state = 'delivered'"), 30);
    CHECK_INT(flow_rows(cx, "outbox_message WHERE state = 'pending'"), 1);
}

DESK_TEST(changes_of_the_feed_go_but_the_newest)
{
    desk_loan(cx, "500");
    CHECK(flow_rows(cx, "feed") > 0);
    int audit = flow_rows(cx, "audit");
    cx->now += KEEP_CHANGES - KEEP_HOUR;
    flow_keep_house(cx);
    CHECK(flow_rows(cx, "feed") > 0);
    cx->now += 2 * KEEP_HOUR;
    flow_keep_house(cx);
    CHECK_INT(flow_rows(cx, "feed"), 1);
    CHECK_INT(flow_rows(cx, "audit"), audit); // the law demands it
}

DESK_TEST(answers_of_programs_outside_go)
{
    fill(cx, 3, KEEP_DAY, "process_answer (job, worker, answer, at)",
         "'w', 'a', 1790000000000000 + i * 86400000000");
    cx->now += KEEP_ANSWERS + KEEP_DAY;
    flow_keep_house(cx);
    CHECK_INT(flow_rows(cx, "process_answer"), 2);
}

static void lose_job(Ctx *cx, int id, Id owner)
{
    run(cx, text_format(cx->arena,
                        "INSERT INTO process_job (id, queue, kind, owner, wait, node, due_at,"
                        " ready_at, attempts) VALUES (%d, '', 'fan', %lld, 0, 'lost',"
                        " 1790000000000000, 4000000000000000, 9)",
                        id, (long long)owner));
}

DESK_TEST(jobs_that_were_given_up_go_unless_somebody_waits_for_them)
{
    Id running = desk_instance(cx, desk_loan(cx, "500"));
    lose_job(cx, 71, running);
    lose_job(cx, 72, 0);
    cx->now += KEEP_LOST_JOBS - KEEP_DAY;
    flow_keep_house(cx);
    CHECK_INT(flow_rows(cx, "process_job WHERE node = 'lost'"), 2);
    cx->now += 2 * KEEP_DAY;
    flow_keep_house(cx);
    CHECK_INT(flow_rows(cx, "process_job WHERE node = 'lost'"), 1);
    CHECK_OK(desk_cancel(cx, "anna", running));
    lose_job(cx, 73, running);
    cx->now += HOUSEKEEPING_EVERY;
    flow_keep_house(cx);
    CHECK_INT(flow_rows(cx, "process_job WHERE node = 'lost'"), 0);
}

// A chore that fails holds up no other, and is tried again.
DESK_TEST(a_chore_that_fails_is_put_off_alone)
{
    run(cx, "ALTER TABLE process_answer RENAME TO elsewhere");
    int problems = 0;
    Housekept kept = {.chore = ""};
    while (kept.chore) {
        flow_chore(cx, &kept);
        problems += kept.problem != NULL;
        CHECK(!kept.problem || text_equal(kept.chore, "answers"));
    }
    CHECK_INT(problems, 1);
    CHECK_INT(flow_rows(cx, "process_job WHERE queue = 'housekeeping' AND error IS NOT NULL"), 1);
    run(cx, "ALTER TABLE elsewhere RENAME TO process_answer");
    cx->now += HOUSEKEEPING_EVERY;
    flow_keep_house(cx);
    CHECK_INT(flow_rows(cx, "process_job WHERE queue = 'housekeeping' AND error IS NOT NULL"), 0);
}
