// SPDX-License-Identifier: Apache-2.0
// What is suspended stands still, loses nothing, and goes on where it stood.
#include "process/suspension.h"

#include "process/test_flow.h"

#define DAY_US (24 * 3600 * 1000000LL)

typedef struct Deed {
    Id id;
    const char *key;
    const char *reason;
    bool instances;
} Deed;

static FALLIBLE suspend_work(Ctx *cx, void *state)
{
    const Deed *deed = state;
    return deed->key ? process_suspend(cx, deed->key, deed->reason, deed->instances)
                     : instance_suspend(cx, deed->id, deed->reason);
}

static FALLIBLE resume_work(Ctx *cx, void *state)
{
    const Deed *deed = state;
    return deed->key ? process_resume(cx, deed->key) : instance_resume(cx, deed->id);
}

static Error *suspend(Ctx *cx, Deed deed)
{
    return desk_do(cx, "root", DOOR_API, suspend_work, &deed);
}

static Error *resume(Ctx *cx, Deed deed)
{
    return desk_do(cx, "root", DOOR_API, resume_work, &deed);
}

DESK_TEST(a_suspended_step_is_shown_and_cannot_be_done)
{
    Id loan = desk_loan(cx, "5000");
    Deed deed = {.id = desk_instance(cx, loan), .reason = "an audit"};
    CHECK_OK(suspend(cx, deed));
    CHECK_FAILS(suspend(cx, deed), ERR_CONFLICT, "is suspended");
    Id item = desk_item(cx, loan, "Enter");
    CHECK_FAILS(desk_complete(cx, "anna", item, "{}"), ERR_CONFLICT, "suspended: an audit");
    CHECK_FAILS(desk_claim(cx, "anna", item), ERR_CONFLICT, "suspended");
    const Value *may = value_at(desk_show_item(cx, "anna", item), "/may");
    CHECK_JSON(*value_get(*may, "complete"), "false");
    CHECK_TEXT(value_get_text(*may, "why_not"), "this process is suspended: an audit");
    CHECK_OK(resume(cx, deed));
    CHECK_FAILS(resume(cx, deed), ERR_CONFLICT, "not suspended");
    CHECK_OK(desk_complete(cx, "anna", item, "{}"));
}

DESK_TEST(only_whoever_may_suspends_and_with_a_reason)
{
    Id loan = desk_loan(cx, "5000");
    Deed deed = {.id = desk_instance(cx, loan), .reason = "no"};
    CHECK_FAILS(desk_do(cx, "anna", DOOR_API, suspend_work, &deed), ERR_DENIED, "may not suspend");
    deed.reason = "";
    CHECK_FAILS(suspend(cx, deed), ERR_INVALID, "needs a reason");
}

static const char waiting[] = "root | <message id=\"M\" name=\"m\"/>\n"
                              "startEvent s -> both\n"
                              "parallelGateway both -> timed; told\n"
                              "intermediateCatchEvent timed -> a\n"
                              "  | <timerEventDefinition><timeDuration>P1D</timeDuration>"
                              "</timerEventDefinition>\n"
                              "intermediateCatchEvent told -> b\n"
                              "  | <messageEventDefinition messageRef=\"M\"/>\n"
                              "userTask a -> e\nuserTask b -> e\nendEvent e\n";

DESK_TEST(timers_wait_and_messages_are_held_while_an_instance_is_suspended)
{
    flow_deploy(cx, "waiting", waiting);
    Id instance = flow_start(cx, "waiting", "{}");
    Deed deed = {.id = instance, .reason = "an audit"};
    CHECK_OK(suspend(cx, deed));
    cx->now += 2 * DAY_US;
    CHECK_INT(flow_jobs(cx), 0);
    CHECK_INT(flow_message(cx, "m", "", "{}"), 1);
    CHECK_TEXT(flow_state(cx, instance), "running");
    CHECK_INT(flow_item(cx, instance, "b"), 0);
    CHECK_OK(resume(cx, deed));
    CHECK(flow_item(cx, instance, "b") != 0);
    CHECK_INT(flow_item(cx, instance, "a"), 0);
    CHECK(flow_jobs(cx) > 0);
    CHECK(flow_item(cx, instance, "a") != 0);
}

DESK_TEST(a_suspended_process_takes_no_new_starts)
{
    Id loan = desk_loan(cx, "5000"), refused;
    Deed deed = {.key = "loan", .reason = "a new law"};
    CHECK_OK(suspend(cx, deed));
    CHECK_FAILS(desk_create(cx, "anna", DOOR_API, "{\"amount\":1}", &refused), ERR_CONFLICT,
                "no new starts: a new law");
    desk_step(cx, "anna", loan, "Enter", "{}");
    CHECK_OK(resume(cx, deed));
    CHECK_OK(desk_create(cx, "anna", DOOR_API, "{\"amount\":1}", &refused));
}

DESK_TEST(a_process_is_suspended_with_its_instances_and_resumed_with_them)
{
    Id loan = desk_loan(cx, "5000"), other = desk_loan(cx, "6000");
    Deed own = {.id = desk_instance(cx, other), .reason = "a question"};
    CHECK_OK(suspend(cx, own));
    Deed deed = {.key = "loan", .reason = "a new law", .instances = true};
    CHECK_OK(suspend(cx, deed));
    CHECK_FAILS(desk_complete(cx, "anna", desk_item(cx, loan, "Enter"), "{}"), ERR_CONFLICT,
                "a new law");
    CHECK_OK(resume(cx, deed));
    desk_step(cx, "anna", loan, "Enter", "{}");
    CHECK_FAILS(desk_complete(cx, "anna", desk_item(cx, other, "Enter"), "{}"), ERR_CONFLICT,
                "a question");
}

// ---- many

typedef struct Crowd {
    const char *key;
    int count;
    Value value;
} Crowd;

static FALLIBLE crowd_work(Ctx *cx, void *state)
{
    const Crowd *crowd = state;
    for (int i = 0; i < crowd->count; i++) {
        Id instance;
        TRY(instance_start(cx, crowd->key, NULL, 0, value_null(), &instance));
    }
    return NULL;
}

static FALLIBLE standing_work(Ctx *cx, void *state)
{
    Crowd *crowd = state;
    return process_suspension(cx, crowd->key, &crowd->value);
}

static int standing(Ctx *cx)
{
    Crowd crowd = {.key = "waiting"};
    int64_t count = 0;
    CHECK_OK(desk_do(cx, "root", DOOR_API, standing_work, &crowd));
    CHECK(decimal_to_integer(value_get(crowd.value, "instances")->number, &count));
    return (int)count;
}

DESK_TEST(many_instances_are_suspended_and_resumed_in_chunks)
{
    flow_deploy(cx, "waiting", waiting);
    Crowd crowd = {.key = "waiting", .count = 2 * SUSPENSION_CHUNK + 50};
    CHECK_OK(desk_do(cx, "root", DOOR_API, crowd_work, &crowd));
    Deed deed = {.key = "waiting", .reason = "a new law", .instances = true};
    CHECK_OK(suspend(cx, deed));
    CHECK_INT(standing(cx), SUSPENSION_CHUNK);
    CHECK_INT(desk_jobs(cx), 1);
    CHECK_INT(standing(cx), 2 * SUSPENSION_CHUNK);
    CHECK_INT(flow_jobs(cx), 1);
    CHECK_INT(standing(cx), crowd.count);
    CHECK_OK(resume(cx, deed));
    CHECK_INT(standing(cx), crowd.count - SUSPENSION_CHUNK);
    // Suspended again before all went on, and both jobs meet.
    cx->now += 1000;
    CHECK_OK(suspend(cx, deed));
    flow_jobs(cx);
    CHECK_INT(standing(cx), crowd.count);
    CHECK_OK(resume(cx, deed));
    flow_jobs(cx);
    CHECK_INT(standing(cx), 0);
}

DESK_TEST(a_suspension_that_is_over_goes_no_further)
{
    flow_deploy(cx, "waiting", waiting);
    Crowd crowd = {.key = "waiting", .count = SUSPENSION_CHUNK + 50};
    CHECK_OK(desk_do(cx, "root", DOOR_API, crowd_work, &crowd));
    Deed deed = {.key = "waiting", .reason = "a new law", .instances = true};
    CHECK_OK(suspend(cx, deed));
    CHECK_OK(resume(cx, deed));
    flow_jobs(cx);
    CHECK_INT(standing(cx), 0);
}
