// SPDX-License-Identifier: Apache-2.0
#include "process/deviations.h"
#include "process/replay.h"

#include "base/ids.h"
#include "base/json.h"
#include "process/test_flow.h"

#include <string.h>

typedef struct Deed {
    Id id;
    const char *text;
    Id deviation;
    Value shown;
} Deed;

static FALLIBLE ask_work(Ctx *cx, void *state)
{
    Deed *deed = state;
    Value asked;
    TRY(json_parse(cx, deed->text, strlen(deed->text), &asked));
    return deviation_request(cx, deed->id, asked, &deed->deviation);
}

static FALLIBLE grant_work(Ctx *cx, void *state)
{
    Deed *deed = state;
    return deviation_grant(cx, deed->deviation, NULL);
}

static FALLIBLE replay_work(Ctx *cx, void *state)
{
    Deed *deed = state;
    return instance_replay_check(cx, deed->id, &deed->shown);
}

static Error *asked(Ctx *cx, Id instance, int event, Id *deviation)
{
    Deed deed = {.id = instance,
                 .text = text_format(cx->arena,
                                     "{\"kind\": \"restart\", \"event\": %d, \"reason\": \"why\"}",
                                     event)};
    Error *error = desk_do(cx, "root", DOOR_API, ask_work, &deed);
    *deviation = deed.deviation;
    return error;
}

static Error *granted(Ctx *cx, Id deviation)
{
    Deed deed = {.deviation = deviation};
    return desk_do(cx, "cara", DOOR_API, grant_work, &deed);
}

static void begins_again(Ctx *cx, Id instance, int event)
{
    Id deviation;
    CHECK_OK(asked(cx, instance, event, &deviation));
    CHECK_OK(granted(cx, deviation));
}

static bool replays(Ctx *cx, Id instance)
{
    Deed deed = {.id = instance};
    CHECK_OK(desk_do(cx, "root", DOOR_API, replay_work, &deed));
    return value_get(deed.shown, "equal")->boolean;
}

static const char two_steps[] = "startEvent s -> a\n"
                                "userTask a -> b\n"
                                "userTask b -> e\n"
                                "boundaryEvent t attachedToRef=\"b\" -> e\n"
                                "  | <timerEventDefinition><timeDuration>P1D</timeDuration>"
                                "</timerEventDefinition>\n"
                                "endEvent e\n";

DESK_TEST(an_ended_instance_begins_again_behind_an_event_of_its_history)
{
    flow_deploy(cx, "two", two_steps);
    Id instance = flow_start(cx, "two", "{\"n\": 1}");
    flow_complete(cx, instance, "a", "{}");
    flow_complete(cx, instance, "b", "{}");
    CHECK_TEXT(flow_state(cx, instance), "completed");

    cx->now += 3600 * 1000000LL;
    begins_again(cx, instance, 1); // a was completed
    CHECK_TEXT(flow_state(cx, instance), "running");
    CHECK_TEXT(flow_waits(cx, instance), "task b; timer t");
    CHECK_TEXT(flow_variable(cx, instance, "n"), "1");
    CHECK(replays(cx, instance));

    cx->now += 25 * 3600 * 1000000LL; // its timer runs from when it began again
    CHECK_INT(flow_jobs(cx), 1);
    CHECK_TEXT(flow_state(cx, instance), "completed");
    CHECK(replays(cx, instance));

    begins_again(cx, instance, 3); // behind the restart itself
    CHECK_TEXT(flow_waits(cx, instance), "task b; timer t");
    Id deviation;
    CHECK_FAILS(asked(cx, instance, 1, &deviation), ERR_CONFLICT,
                "this process runs: it neither ended nor stands at an incident");
    flow_complete(cx, instance, "b", "{}");
    CHECK(replays(cx, instance));
}

DESK_TEST(an_instance_that_stands_begins_again_and_nothing_old_is_left)
{
    flow_deploy(cx, "standing",
                "startEvent s -> f\n"
                "parallelGateway f -> a; w\n"
                "userTask a -> g\n"
                "exclusiveGateway g -> b when n > 1; c when n < 0\n"
                "userTask b -> e\n"
                "userTask c -> e\n"
                "userTask w -> e\n"
                "boundaryEvent t attachedToRef=\"w\" -> e\n"
                "  | <timerEventDefinition><timeDuration>P1D</timeDuration>"
                "</timerEventDefinition>\n"
                "endEvent e\n");
    Id instance = flow_start(cx, "standing", "{\"n\": 1}");
    flow_complete(cx, instance, "a", "{}");
    CHECK_TEXT(flow_state(cx, instance), "incident");
    begins_again(cx, instance, 0);
    CHECK_TEXT(flow_state(cx, instance), "running");
    CHECK_TEXT(flow_waits(cx, instance), "task a; task w; timer t");
    CHECK_TEXT(json_text(cx->arena, *value_at(flow_show(cx, instance), "/incidents")), "[]");
    CHECK(replays(cx, instance));
    flow_complete(cx, instance, "a", "{}");
    CHECK_TEXT(flow_state(cx, instance), "incident");
    begins_again(cx, instance, 1); // where it stood: it is tried again, and stands again
    CHECK_TEXT(flow_state(cx, instance), "incident");
    CHECK(replays(cx, instance));
}

DESK_TEST(a_restart_that_cannot_be_is_refused_when_it_is_asked_for)
{
    Id deviation;
    flow_deploy(cx, "two", two_steps);
    Id instance = flow_start(cx, "two", "{\"n\": 1}");
    flow_complete(cx, instance, "a", "{}");
    flow_complete(cx, instance, "b", "{}");
    CHECK_FAILS(asked(cx, instance, 2, &deviation), ERR_CONFLICT,
                "the instance had ended there: it was completed");
    CHECK_FAILS(asked(cx, instance, 77, &deviation), ERR_INVALID,
                "the history of the instance has no such event");
    CHECK_OK(asked(cx, instance, 1, &deviation));
    begins_again(cx, instance, 0);
    CHECK_FAILS(granted(cx, deviation), ERR_CONFLICT,
                "this process runs: it neither ended nor stands at an incident");
    CHECK_TEXT(flow_waits(cx, instance), "task a");
}

DESK_TEST(a_record_is_not_governed_twice_by_a_restart)
{
    Id deviation;
    Id loan = desk_loan(cx, "500");
    Id instance = desk_instance(cx, loan);
    CHECK_OK(desk_cancel(cx, "anna", instance));
    CHECK_OK(asked(cx, instance, 0, &deviation));
    CHECK_OK(granted(cx, deviation));
    CHECK(replays(cx, instance));
    CHECK(desk_item(cx, loan, "Apply") != 0 || desk_instance(cx, loan) == instance);
}

static const char undoable[] = "startEvent s -> work\n"
                               "userTask work -> e\n"
                               "boundaryEvent undone attachedToRef=\"work\"\n"
                               "  | <compensateEventDefinition/>\n"
                               "userTask undo isForCompensation=\"true\"\n"
                               "link undone undo\n"
                               "endEvent e\n";
static const char undoing[] = "startEvent s -> ask\n"
                              "callActivity ask calledElement=\"called\" -> wait\n"
                              "userTask wait -> g\n"
                              "  | <m:form><m:field name=\"n\" type=\"integer\"/></m:form>\n"
                              "exclusiveGateway g -> back when n > 1; e when n < 0\n"
                              "intermediateThrowEvent back -> after\n"
                              "  | <compensateEventDefinition/>\n"
                              "userTask after -> e\n"
                              "endEvent e\n";

DESK_TEST(what_was_called_before_a_restart_can_still_be_undone)
{
    flow_deploy(cx, "called", undoable);
    flow_deploy(cx, "caller", undoing);
    Id instance = flow_start(cx, "caller", "{}");
    Id child = flow_only(cx, "called");
    flow_complete(cx, child, "work", "{}");
    flow_complete(cx, instance, "wait", "{\"n\": 1}");
    CHECK_TEXT(flow_state(cx, instance), "incident");
    begins_again(cx, instance, 1); // the call was answered
    CHECK_TEXT(flow_waits(cx, instance), "task wait");
    begins_again(cx, child, 0);
    flow_complete(cx, child, "work", "{}");
    flow_complete(cx, instance, "wait", "{\"n\": 2}");
    CHECK_TEXT(flow_waits(cx, child), "task undo");
    flow_complete(cx, child, "undo", "{}");
    CHECK_TEXT(flow_waits(cx, instance), "task after");
    CHECK(replays(cx, instance));
    CHECK(replays(cx, child));
}

DESK_TEST(what_was_forgotten_before_a_restart_is_not_passed_over_in_silence)
{
    flow_deploy(cx, "called", undoable);
    flow_deploy(cx, "caller", undoing);
    Id instance = flow_start(cx, "caller", "{}");
    flow_complete(cx, flow_only(cx, "called"), "work", "{}");
    flow_complete(cx, instance, "wait", "{\"n\": -1}");
    CHECK_TEXT(flow_state(cx, instance), "completed");
    begins_again(cx, instance, 1);
    flow_complete(cx, instance, "wait", "{\"n\": 2}");
    CHECK_TEXT(flow_state(cx, instance), "incident");
    CHECK_TEXT(value_at(flow_show(cx, instance), "/incidents/0/message")->text.bytes,
               "what was called cannot be undone any more");
    CHECK(replays(cx, instance));
}
