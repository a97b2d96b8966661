// SPDX-License-Identifier: Apache-2.0
// What was passed, how long it took, what waits: counted over the cases of a period.
#include "process/heat.h"

#include "process/test_flow.h"

#define MINUTE_US (60 * 1000000LL)
#define DAY_US (24 * 60 * MINUTE_US)

typedef struct Look {
    HeatAsked asked;
    Value heat;
} Look;

static FALLIBLE heat_work(Ctx *cx, void *state)
{
    Look *look = state;
    return process_heat(cx, &look->asked, &look->heat);
}

static Value heat_of(Ctx *cx, const char *process, Instant from, Instant to)
{
    Look look = {.asked = {.process = process, .from = from, .to = to}};
    CHECK_OK(desk_do(cx, "root", DOOR_API, heat_work, &look));
    return look.heat;
}

// A member of a step, as JSON.
static void check_step(Ctx *cx, Value heat, const char *key, const char *member, const char *json)
{
    const Value *steps = value_get(heat, "steps");
    for (size_t i = 0; i < steps->list.count; i++)
        if (text_equal(value_get_text(steps->list.items[i], "key"), key)) {
            CHECK_JSON(*value_get(steps->list.items[i], member), json);
            return;
        }
    CHECK_TEXT("a step", key);
}

static const char back[] = "startEvent s -> write\n"
                           "userTask write -> check\n"
                           "userTask check -> good\n"
                           "exclusiveGateway good -> write when again; *e\n"
                           "endEvent e\n";

DESK_TEST(heat_counts_steps_and_their_times)
{
    Instant from = cx->now;
    flow_deploy(cx, "letters", back);
    Id first = flow_start(cx, "letters", "{\"again\":true}");
    cx->now += 10 * MINUTE_US;
    flow_complete(cx, first, "write", "{}");
    cx->now += MINUTE_US;
    flow_complete(cx, first, "check", "{}");
    cx->now += 30 * MINUTE_US;
    flow_complete(cx, first, "write", "{}");
    Value heat = heat_of(cx, "letters", from, cx->now);
    CHECK_JSON(*value_get(heat, "cases"), "1");
    CHECK_JSON(*value_get(heat, "complete"), "true");
    check_step(cx, heat, "write", "passed", "2");
    check_step(cx, heat, "write", "cases", "1");
    check_step(cx, heat, "write", "returned", "1");
    check_step(cx, heat, "write", "waiting", "{\"median\":600,\"p90\":1800}");
    check_step(cx, heat, "check", "waiting_now", "1");
    check_step(cx, heat, "e", "passed", "0");
    check_step(cx, heat, "good", "passed", "1");
    check_step(cx, heat, "good", "waiting", "null");
}

DESK_TEST(heat_counts_the_cases_of_its_period_only_and_all_that_waits_now)
{
    Instant from = cx->now;
    flow_deploy(cx, "letters", back);
    flow_complete(cx, flow_start(cx, "letters", "{\"again\":true}"), "write", "{}");
    cx->now += DAY_US;
    flow_start(cx, "letters", "{\"again\":true}");
    Value heat = heat_of(cx, "letters", from + DAY_US, cx->now + 1);
    CHECK_JSON(*value_get(heat, "cases"), "1");
    check_step(cx, heat, "s", "passed", "1");
    check_step(cx, heat, "write", "passed", "0");
    check_step(cx, heat, "check", "waiting_now", "1");
    check_step(cx, heat, "write", "waiting_now", "1");
    Look none = {.asked = {.process = "letters", .from = cx->now, .to = from}};
    CHECK_FAILS(desk_do(cx, "root", DOOR_API, heat_work, &none), ERR_INVALID, "ends after");
    CHECK_FAILS(desk_do(cx, "anna", DOOR_API, heat_work, &none), ERR_DENIED, "may not look");
}

DESK_TEST(heat_waits_at_timers_but_not_at_what_is_only_watched_for)
{
    Instant from = cx->now;
    flow_deploy(
        cx, "watched",
        "startEvent s -> a\n"
        "userTask a -> t\n"
        "boundaryEvent late attachedToRef=\"a\" -> e\n"
        "  | <timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition>\n"
        "intermediateCatchEvent t -> e\n"
        "  | <timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition>\n"
        "endEvent e\n");
    Id first = flow_start(cx, "watched", "{}");
    flow_start(cx, "watched", "{}");
    flow_complete(cx, first, "a", "{}");
    Value heat = heat_of(cx, "watched", from, cx->now + 1);
    check_step(cx, heat, "a", "waiting_now", "1");
    check_step(cx, heat, "late", "waiting_now", "0");
    check_step(cx, heat, "t", "waiting_now", "1");
}

DESK_TEST(heat_waits_at_a_call_while_what_was_called_runs)
{
    Instant from = cx->now;
    flow_deploy(cx, "called", "startEvent s -> a\nuserTask a -> e\nendEvent e\n");
    flow_deploy(cx, "caller",
                "startEvent s -> c\n"
                "callActivity c calledElement=\"called\" -> e\n"
                "  | <multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality>"
                "</multiInstanceLoopCharacteristics>\n"
                "endEvent e\n");
    Id called[2];
    flow_start(cx, "caller", "{}");
    CHECK_INT(flow_instances(cx, "called", called, 2), 2);
    check_step(cx, heat_of(cx, "caller", from, cx->now + 1), "c", "waiting_now", "2");
    flow_complete(cx, called[0], "a", "{}");
    check_step(cx, heat_of(cx, "caller", from, cx->now + 1), "c", "waiting_now", "1");
    flow_complete(cx, called[1], "a", "{}");
    check_step(cx, heat_of(cx, "caller", from, cx->now + 1), "c", "waiting_now", "0");
}
