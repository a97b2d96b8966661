// SPDX-License-Identifier: Apache-2.0
// Jobs: leases, retries, asynchronous calls, fan-outs.
#include "base/ids.h"
#include "db/database.h"
#include "process/test_flow.h"

#include <string.h>

#define MINUTE_US (60 * 1000000LL)

static const char later[] = "startEvent s -> reserve\n"
                            "serviceTask reserve -> after\n"
                            "  | <m:call function=\"test.reserve\" async=\"true\"/>\n"
                            "userTask after -> e\n"
                            "endEvent e\n";

DESK_TEST(a_function_is_called_after_the_step_by_a_job)
{
    flow_deploy(cx, "later", later);
    Id instance = flow_start(cx, "later", "{}");
    CHECK_INT(desk_reserved, 0);
    CHECK_TEXT(flow_waits(cx, instance), "job reserve");
    CHECK_TEXT(flow_state(cx, instance), "running");
    CHECK_INT(flow_jobs(cx), 1);
    CHECK_INT(desk_reserved, 1);
    CHECK_TEXT(flow_waits(cx, instance), "task after");
}

static const char scored_later[] =
    "startEvent s -> score\n"
    "serviceTask score -> after\n"
    "  | <m:call function=\"test.score\" async=\"true\"><m:input name=\"amount\""
    " value=\"amount\"/></m:call>\n"
    "userTask after -> e\n"
    "endEvent e\n";

// 666 makes the function fail; its step is undone alone and tried again.
DESK_TEST(a_call_that_fails_is_tried_again_and_then_told)
{
    flow_deploy(cx, "later", scored_later);
    Id instance = flow_start(cx, "later", "{\"amount\": 666}");
    for (int attempt = 0; attempt < 8; attempt++) {
        CHECK_TEXT(flow_state(cx, instance), "running");
        CHECK_INT(desk_jobs(cx), 1);
        CHECK_INT(desk_jobs(cx), 0); // put off
        cx->now += MINUTE_US << (attempt + 1);
    }
    CHECK_TEXT(flow_state(cx, instance), "incident");
    cx->now += 100 * 24 * 60 * MINUTE_US;
    CHECK_INT(desk_jobs(cx), 0);
    CHECK_OK(flow_retry(cx, instance));
    CHECK_TEXT(flow_state(cx, instance), "running");
    CHECK_INT(desk_jobs(cx), 1);
}

DESK_TEST(a_job_that_fails_is_put_off_alone_among_those_done_with_it)
{
    flow_deploy(cx, "later", scored_later);
    Id good = flow_start(cx, "later", "{\"amount\": 1}");
    Id bad = flow_start(cx, "later", "{\"amount\": 666}");
    Id last = flow_start(cx, "later", "{\"amount\": 2}");
    CHECK_INT(desk_jobs(cx), 3);
    CHECK_TEXT(flow_waits(cx, good), "task after");
    CHECK_TEXT(flow_waits(cx, last), "task after");
    CHECK_TEXT(flow_waits(cx, bad), "job score");
    CHECK_INT(desk_jobs(cx), 0);
    cx->now += 2 * MINUTE_US;
    CHECK_INT(desk_jobs(cx), 1);
}

DESK_TEST(a_business_error_of_a_later_call_takes_its_way)
{
    flow_deploy(cx, "later",
                "root | <error id=\"E\" errorCode=\"no-luck\"/>\n"
                "startEvent s -> score\n"
                "serviceTask score -> after\n"
                "  | <m:call function=\"test.score\" async=\"true\"/>\n"
                "boundaryEvent failed attachedToRef=\"score\" -> mend\n"
                "  | <errorEventDefinition errorRef=\"E\"/>\n"
                "userTask after -> e\n"
                "userTask mend -> e\n"
                "endEvent e\n");
    desk_unlucky = true;
    Id instance = flow_start(cx, "later", "{}");
    CHECK_INT(flow_jobs(cx), 1);
    CHECK_TEXT(flow_waits(cx, instance), "task mend");
}

DESK_TEST(a_later_call_goes_with_its_step)
{
    flow_deploy(cx, "later",
                "root | <message id=\"M\" name=\"stop\"/>\n"
                "startEvent s -> reserve\n"
                "serviceTask reserve -> e\n"
                "  | <m:call function=\"test.reserve\" async=\"true\"/>\n"
                "boundaryEvent stop attachedToRef=\"reserve\" -> e\n"
                "  | <messageEventDefinition messageRef=\"M\"/>\n"
                "endEvent e\n");
    flow_start(cx, "later", "{}");
    CHECK_INT(flow_message(cx, "stop", "", NULL), 1);
    CHECK_INT(flow_jobs(cx), 0);
    CHECK_INT(desk_reserved, 0);
}

// ---- leases

typedef struct Shift {
    const char *holder;
    Id ids[10];
    int limit;
    int count;
} Shift;

static FALLIBLE take_work(Ctx *cx, void *state)
{
    Shift *shift = state;
    return jobs_take(cx, shift->holder, shift->limit, cx->now + MINUTE_US, shift->ids,
                     &shift->count);
}

static FALLIBLE run_work(Ctx *cx, void *state)
{
    Shift *shift = state;
    cx->actor = actor_system();
    return jobs_run(cx, shift->holder, shift->ids, shift->count);
}

static void shift_do(Ctx *cx, UnitWork work, Shift *shift)
{
    Ctx own = *cx;
    CHECK_OK(database_write(&own, cx->company->database, work, shift));
}

DESK_TEST(a_job_is_leased_to_one_and_comes_back_when_the_lease_ends)
{
    flow_deploy(cx, "later", later);
    for (int i = 0; i < 3; i++)
        flow_start(cx, "later", "{}");
    Shift one = {"one", {0}, 2, 0}, two = {"two", {0}, 10, 0};
    shift_do(cx, take_work, &one);
    shift_do(cx, take_work, &two);
    CHECK_INT(one.count, 2);
    CHECK_INT(two.count, 1);
    shift_do(cx, run_work, &two);
    CHECK_INT(desk_reserved, 1);
    // `one` dies with two jobs in hand.
    shift_do(cx, take_work, &two);
    CHECK_INT(two.count, 0);
    cx->now += MINUTE_US;
    shift_do(cx, take_work, &two);
    CHECK_INT(two.count, 2);
    shift_do(cx, run_work, &two);
    CHECK_INT(desk_reserved, 3);
    // It was not dead after all, but its leases are over.
    shift_do(cx, run_work, &one);
    CHECK_INT(desk_reserved, 3);
}

DESK_TEST(a_join_of_a_thousand_branches)
{
    flow_deploy(cx, "wide",
                "startEvent s -> reserve\n"
                "serviceTask reserve -> after\n"
                "  | <m:call function=\"test.reserve\" async=\"true\"/>\n"
                "  | <multiInstanceLoopCharacteristics><loopCardinality>1000</loopCardinality>"
                "</multiInstanceLoopCharacteristics>\n"
                "userTask after -> e\n"
                "endEvent e\n");
    Id instance = flow_start(cx, "wide", "{}");
    CHECK_INT(flow_jobs(cx), 1000);
    CHECK_INT(desk_reserved, 1000);
    CHECK_TEXT(flow_waits(cx, instance), "task after");
}
