// SPDX-License-Identifier: Apache-2.0
// Processes that call processes.
#include "base/ids.h"
#include "process/replay.h"
#include "process/test_flow.h"

#include <string.h>

static const char caller[] = "startEvent s -> ask\n"
                             "callActivity ask calledElement=\"called\" -> after\n"
                             "  | <m:input name=\"amount\" value=\"amount + 1\"/>\n"
                             "  | <m:output name=\"answer\" value=\"result.answer\"/>\n"
                             "userTask after -> e\n"
                             "endEvent e\n";
static const char called[] = "startEvent s -> work\n"
                             "userTask work -> say\n"
                             "scriptTask say m:result=\"answer\" -> e\n"
                             "  | <script>amount * 2</script>\n"
                             "endEvent e\n";

static Id called_by(Ctx *cx, Id instance)
{
    Value shown = flow_show(cx, instance);
    const Value *tokens = value_get(shown, "tokens");
    Id id = 0;
    for (size_t i = 0; i < tokens->list.count; i++)
        if (value_get_text(tokens->list.items[i], "called"))
            CHECK(id_parse(value_get_text(tokens->list.items[i], "called"), &id));
    return id;
}

DESK_TEST(a_called_process_gets_inputs_and_answers)
{
    flow_deploy(cx, "called", called);
    flow_deploy(cx, "caller", caller);
    Id instance = flow_start(cx, "caller", "{\"amount\": 20}");
    CHECK_TEXT(flow_waits(cx, instance), "call ask");
    Id child = called_by(cx, instance);
    CHECK_TEXT(flow_variable(cx, child, "amount"), "21");
    flow_complete(cx, child, "work", "{}");
    CHECK_TEXT(flow_state(cx, child), "completed");
    CHECK_TEXT(flow_waits(cx, instance), "task after");
    CHECK_TEXT(flow_variable(cx, instance, "answer"), "42");
}

DESK_TEST(a_called_process_that_does_not_wait_answers_at_once)
{
    flow_deploy(cx, "called",
                "startEvent s -> say\n"
                "scriptTask say m:result=\"answer\" -> e\n"
                "  | <script>amount * 2</script>\n"
                "endEvent e\n");
    flow_deploy(cx, "caller", caller);
    Id instance = flow_start(cx, "caller", "{\"amount\": 1}");
    CHECK_TEXT(flow_waits(cx, instance), "task after");
    CHECK_TEXT(flow_variable(cx, instance, "answer"), "4");
}

DESK_TEST(caller_and_called_are_shown_with_each_other)
{
    flow_deploy(cx, "called", called);
    flow_deploy(cx, "caller", caller);
    Id instance = flow_start(cx, "caller", "{\"amount\": 20}");
    Id child = called_by(cx, instance);
    Value shown = flow_show(cx, child);
    CHECK_TEXT(value_at(shown, "/parent/id")->text.bytes, id_text(cx->arena, instance));
    CHECK_TEXT(value_at(shown, "/parent/key")->text.bytes, "ask");
    flow_complete(cx, child, "work", "{}");
    shown = flow_show(cx, instance);
    CHECK_TEXT(value_at(shown, "/called/0/id")->text.bytes, id_text(cx->arena, child));
    CHECK_TEXT(value_at(shown, "/called/0/state")->text.bytes, "completed");
}

static const char catching[] =
    "root | <error id=\"E\" errorCode=\"no-luck\"/><escalation id=\"X\" escalationCode=\"late\"/>\n"
    "startEvent s -> ask\n"
    "callActivity ask calledElement=\"called\" -> after\n"
    "boundaryEvent failed attachedToRef=\"ask\" -> mend\n"
    "  | <m:output name=\"why\" value=\"result.why\"/>\n"
    "  | <errorEventDefinition errorRef=\"E\"/>\n"
    "boundaryEvent late attachedToRef=\"ask\" cancelActivity=\"false\" -> hurry\n"
    "  | <escalationEventDefinition escalationRef=\"X\"/>\n"
    "userTask after -> e\n"
    "userTask mend -> e\n"
    "userTask hurry -> e\n"
    "endEvent e\n";

DESK_TEST(an_error_of_the_called_process_comes_to_the_caller)
{
    flow_deploy(cx, "called",
                "root | <error id=\"E\" errorCode=\"no-luck\"/>\n"
                "startEvent s -> work\n"
                "userTask work -> e\n"
                "endEvent e\n"
                "  | <m:input name=\"why\" value=\"&quot;rain&quot;\"/>\n"
                "  | <errorEventDefinition errorRef=\"E\"/>\n");
    flow_deploy(cx, "caller", catching);
    Id instance = flow_start(cx, "caller", "{}");
    Id child = called_by(cx, instance);
    flow_complete(cx, child, "work", "{}");
    CHECK_TEXT(flow_state(cx, child), "failed");
    CHECK_TEXT(flow_waits(cx, instance), "task mend");
    CHECK_TEXT(flow_variable(cx, instance, "why"), "\"rain\"");
}

DESK_TEST(an_error_nobody_catches_is_an_incident_of_the_caller)
{
    flow_deploy(cx, "called",
                "root | <error id=\"E\" errorCode=\"other\"/>\n"
                "startEvent s -> work\n"
                "userTask work -> e\n"
                "endEvent e\n"
                "  | <errorEventDefinition errorRef=\"E\"/>\n");
    flow_deploy(cx, "caller", catching);
    Id instance = flow_start(cx, "caller", "{}");
    flow_complete(cx, called_by(cx, instance), "work", "{}");
    CHECK_TEXT(flow_state(cx, instance), "incident");
    CHECK_OK(flow_retry(cx, instance));
    CHECK_TEXT(flow_state(cx, instance), "running");
    CHECK(called_by(cx, instance) != 0);
}

DESK_TEST(an_escalation_of_the_called_process_comes_to_the_caller_while_both_go_on)
{
    flow_deploy(cx, "called",
                "root | <escalation id=\"X\" escalationCode=\"late\"/>\n"
                "startEvent s -> tell\n"
                "intermediateThrowEvent tell -> work\n"
                "  | <escalationEventDefinition escalationRef=\"X\"/>\n"
                "userTask work -> e\n"
                "endEvent e\n");
    flow_deploy(cx, "caller", catching);
    Id instance = flow_start(cx, "caller", "{}");
    CHECK_TEXT(flow_waits(cx, instance), "call ask; task hurry");
    flow_complete(cx, called_by(cx, instance), "work", "{}");
    CHECK_TEXT(flow_waits(cx, instance), "task after; task hurry");
}

DESK_TEST(cancelling_the_caller_cancels_what_it_called)
{
    flow_deploy(cx, "called", called);
    flow_deploy(cx, "middle", caller);
    flow_deploy(cx, "caller",
                "root | <message id=\"M\" name=\"stop\"/>\n"
                "startEvent s -> ask\n"
                "callActivity ask calledElement=\"middle\" -> e\n"
                "  | <m:input name=\"amount\" value=\"1\"/>\n"
                "boundaryEvent stop attachedToRef=\"ask\" -> e\n"
                "  | <messageEventDefinition messageRef=\"M\"/>\n"
                "endEvent e\n");
    Id instance = flow_start(cx, "caller", "{}");
    Id middle = called_by(cx, instance), inner = called_by(cx, middle);
    CHECK_INT(flow_message(cx, "stop", "", NULL), 1);
    CHECK_TEXT(flow_state(cx, instance), "completed");
    CHECK_TEXT(flow_state(cx, middle), "cancelled");
    CHECK_TEXT(flow_state(cx, inner), "cancelled");
    CHECK_INT(flow_item(cx, inner, "work"), 0);
}

DESK_TEST(what_was_called_is_compensated_by_the_callers_handler)
{
    flow_deploy(cx, "called",
                "startEvent s -> e\n"
                "endEvent e\n");
    flow_deploy(cx, "undoing",
                "startEvent s -> work\n"
                "userTask work -> e\n"
                "endEvent e\n");
    flow_deploy(cx, "caller",
                "startEvent s -> ask\n"
                "callActivity ask calledElement=\"called\" -> back\n"
                "boundaryEvent undone attachedToRef=\"ask\"\n"
                "  | <compensateEventDefinition/>\n"
                "callActivity undo calledElement=\"undoing\" isForCompensation=\"true\"\n"
                "link undone undo\n"
                "intermediateThrowEvent back -> after\n"
                "  | <compensateEventDefinition/>\n"
                "userTask after -> e\n"
                "endEvent e\n");
    Id instance = flow_start(cx, "caller", "{}");
    CHECK_TEXT(flow_waits(cx, instance), "call undo");
    flow_complete(cx, called_by(cx, instance), "work", "{}");
    CHECK_TEXT(flow_waits(cx, instance), "task after");
}

DESK_TEST(a_call_names_the_version_it_means)
{
    static const char says[] = "process | <m:version tag=\"%s\"/>\n"
                               "startEvent s -> say\n"
                               "scriptTask say m:result=\"answer\" -> e\n"
                               "  | <script>%d</script>\n"
                               "endEvent e\n";
    static const char calls[] = "startEvent s -> ask\n"
                                "callActivity ask calledElement=\"called\" -> after\n"
                                "  | <m:called %s/>\n"
                                "  | <m:output name=\"answer\" value=\"result.answer\"/>\n"
                                "userTask after -> e\n"
                                "endEvent e\n";
    flow_deploy(cx, "called", text_format(cx->arena, says, "stable", 1));
    flow_deploy(cx, "called", text_format(cx->arena, says, "new", 2));
    flow_deploy(cx, "as-deployed", text_format(cx->arena, calls, "binding=\"deployment\""));
    flow_deploy(cx, "latest", text_format(cx->arena, calls, "binding=\"latest\""));
    flow_deploy(cx, "one", text_format(cx->arena, calls, "binding=\"version\" version=\"1\""));
    flow_deploy(cx, "stable", text_format(cx->arena, calls, "binding=\"tag\" tag=\"stable\""));
    flow_deploy(cx, "called", text_format(cx->arena, says, "newest", 3));
    static const char *const wanted[][2] = {
        {"as-deployed", "2"}, {"latest", "3"}, {"one", "1"}, {"stable", "1"}};
    for (size_t i = 0; i < 4; i++)
        CHECK_TEXT(flow_variable(cx, flow_start(cx, wanted[i][0], "{}"), "answer"), wanted[i][1]);
    CHECK_FAILS(flow_try_deploy(cx, "odd", text_format(cx->arena, calls, "binding=\"newest\"")),
                ERR_INVALID, "newest");
    CHECK_FAILS(flow_try_deploy(cx, "odd", text_format(cx->arena, calls, "binding=\"version\"")),
                ERR_INVALID, "version");
}

DESK_TEST(a_call_of_nothing_is_an_incident_until_it_is_deployed)
{
    flow_deploy(cx, "caller", caller);
    Id instance = flow_start(cx, "caller", "{\"amount\": 20}");
    CHECK_TEXT(flow_state(cx, instance), "incident");
    CHECK(strstr(value_at(flow_show(cx, instance), "/incidents/0/message")->text.bytes,
                 "called is not deployed") != NULL);
    flow_deploy(cx, "called", called);
    CHECK_OK(flow_retry(cx, instance));
    CHECK_TEXT(flow_waits(cx, instance), "call ask");
}

DESK_TEST(processes_do_not_call_each_other_without_end)
{
    flow_deploy(cx, "called",
                "startEvent s -> ask\n"
                "callActivity ask calledElement=\"called\" -> e\n"
                "endEvent e\n");
    Id instance = flow_start(cx, "called", "{}");
    CHECK_TEXT(flow_state(cx, instance), "running");
    CHECK_INT(flow_count(cx, "called"), 32);
    Id ids[32];
    CHECK_INT(flow_instances(cx, "called", ids, 32), 32);
    int incidents = 0;
    for (int i = 0; i < 32; i++)
        incidents += text_equal(flow_state(cx, ids[i]), "incident");
    CHECK_INT(incidents, 1);
}

DESK_TEST(a_called_process_runs_on_the_callers_record)
{
    flow_deploy(cx, "checks",
                "process | <m:governs entity=\"loan\" variable=\"loan\"/>\n"
                "startEvent s -> look\n"
                "scriptTask look m:result=\"seen\" -> e\n"
                "  | <script>loan.note</script>\n"
                "endEvent e\n");
    flow_deploy(cx, "walks",
                "process | <m:governs entity=\"loan\" variable=\"loan\"/>\n"
                "startEvent s -> ask\n"
                "callActivity ask calledElement=\"checks\" -> after\n"
                "  | <m:output name=\"seen\" value=\"result.seen\"/>\n"
                "userTask after -> e\n"
                "endEvent e\n");
    Id loan;
    CHECK_OK(desk_create(cx, "anna", DOOR_API, "{\"note\":\"no process\"}", &loan));
    Id instance = flow_start_on(cx, "walks", loan);
    CHECK_TEXT(flow_variable(cx, instance, "seen"), "\"no process\"");
}

DESK_TEST(a_hundred_calls_at_once_come_back_to_one_join)
{
    flow_deploy(cx, "called",
                "startEvent s -> e\n"
                "endEvent e\n");
    flow_deploy(cx, "caller",
                "startEvent s -> ask\n"
                "callActivity ask calledElement=\"called\" -> after\n"
                "  | <multiInstanceLoopCharacteristics><loopCardinality>100</loopCardinality>"
                "</multiInstanceLoopCharacteristics>\n"
                "userTask after -> e\n"
                "endEvent e\n");
    Id instance = flow_start(cx, "caller", "{}");
    CHECK_INT(flow_count(cx, "called"), 100);
    CHECK_TEXT(flow_waits(cx, instance), "task after");
}

// A process that undoes its step `work` by a person, and another that calls it and can undo it.
static const char undoable[] = "startEvent s -> work\n"
                               "userTask work -> e\n"
                               "boundaryEvent undone attachedToRef=\"work\"\n"
                               "  | <compensateEventDefinition/>\n"
                               "userTask undo isForCompensation=\"true\"\n"
                               "link undone undo\n"
                               "endEvent e\n";
static const char undoing[] = "root | <message id=\"M\" name=\"stop\"/>\n"
                              "startEvent s -> ask\n"
                              "callActivity ask calledElement=\"%s\" -> wait\n"
                              "  | <m:input name=\"amount\" value=\"amount\"/>\n"
                              "userTask wait -> back\n"
                              "boundaryEvent stop attachedToRef=\"wait\" -> stopped\n"
                              "  | <messageEventDefinition messageRef=\"M\"/>\n"
                              "endEvent stopped\n"
                              "intermediateThrowEvent back -> after\n"
                              "  | <compensateEventDefinition/>\n"
                              "userTask after -> e\n"
                              "endEvent e\n";

static FALLIBLE replayed_work(Ctx *cx, void *state)
{
    Value checked;
    TRY(instance_replay_check(cx, *(Id *)state, &checked));
    CHECK(value_at(checked, "/equal")->boolean);
    return NULL;
}

static void check_replay(Ctx *cx, Id instance)
{
    CHECK_OK(desk_do(cx, "root", DOOR_API, replayed_work, &instance));
}

DESK_TEST(what_was_called_is_undone_by_itself)
{
    flow_deploy(cx, "called", undoable);
    flow_deploy(cx, "caller", text_format(cx->arena, undoing, "called"));
    Id instance = flow_start(cx, "caller", "{\"amount\": 7}");
    Id child = called_by(cx, instance);
    flow_complete(cx, child, "work", "{}");
    CHECK_TEXT(flow_state(cx, child), "completed");
    check_replay(cx, child);
    flow_complete(cx, instance, "wait", "{}");
    CHECK_TEXT(flow_waits(cx, instance), "call ask");
    CHECK_INT(called_by(cx, instance), child);
    CHECK_TEXT(flow_state(cx, child), "running");
    CHECK_TEXT(flow_waits(cx, child), "task undo");
    CHECK_TEXT(flow_variable(cx, child, "amount"), "7");
    check_replay(cx, child);
    flow_complete(cx, child, "undo", "{}");
    CHECK_TEXT(flow_state(cx, child), "completed");
    CHECK(flow_variable(cx, child, "amount") == NULL); // nothing is kept any more
    CHECK_TEXT(flow_waits(cx, instance), "task after");
    check_replay(cx, child);
    check_replay(cx, instance);
}

DESK_TEST(what_was_called_at_two_removes_is_undone_as_well)
{
    flow_deploy(cx, "called", undoable);
    flow_deploy(cx, "middle",
                "startEvent s -> ask\n"
                "callActivity ask calledElement=\"called\" -> e\n"
                "  | <m:input name=\"amount\" value=\"amount + 1\"/>\n"
                "  | <multiInstanceLoopCharacteristics isSequential=\"true\">"
                "<loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>\n"
                "endEvent e\n");
    flow_deploy(cx, "caller", text_format(cx->arena, undoing, "middle"));
    Id instance = flow_start(cx, "caller", "{\"amount\": 7}");
    Id middle = called_by(cx, instance), first = called_by(cx, middle);
    flow_complete(cx, first, "work", "{}");
    Id second = called_by(cx, middle);
    CHECK(second != first);
    flow_complete(cx, second, "work", "{}");
    CHECK_TEXT(flow_state(cx, middle), "completed");
    flow_complete(cx, instance, "wait", "{}");
    CHECK_TEXT(flow_waits(cx, second), "task undo"); // the last first
    CHECK_TEXT(flow_waits(cx, first), "");
    flow_complete(cx, second, "undo", "{}");
    CHECK_TEXT(flow_waits(cx, first), "task undo");
    flow_complete(cx, first, "undo", "{}");
    CHECK_TEXT(flow_state(cx, middle), "completed");
    CHECK_TEXT(flow_waits(cx, instance), "task after");
    Id all[] = {instance, middle, first, second};
    for (size_t i = 0; i < 4; i++)
        check_replay(cx, all[i]);
}

DESK_TEST(what_was_called_is_forgotten_when_its_caller_ends)
{
    flow_deploy(cx, "called", undoable);
    flow_deploy(cx, "middle",
                "startEvent s -> ask\n"
                "callActivity ask calledElement=\"called\" -> e\n"
                "  | <m:input name=\"amount\" value=\"amount\"/>\n"
                "endEvent e\n");
    flow_deploy(cx, "caller", text_format(cx->arena, undoing, "middle"));
    Id instance = flow_start(cx, "caller", "{\"amount\": 7}");
    Id middle = called_by(cx, instance), child = called_by(cx, middle);
    flow_complete(cx, child, "work", "{}");
    CHECK_TEXT(flow_variable(cx, middle, "amount"), "7");
    CHECK_TEXT(flow_variable(cx, child, "amount"), "7");
    CHECK_INT(flow_message(cx, "stop", "", NULL), 1);
    CHECK_TEXT(flow_state(cx, instance), "completed");
    CHECK_TEXT(flow_state(cx, child), "completed");
    CHECK(flow_variable(cx, middle, "amount") == NULL);
    CHECK(flow_variable(cx, child, "amount") == NULL);
    check_replay(cx, middle);
    check_replay(cx, child);
}

DESK_TEST(cancelling_a_caller_cancels_what_is_being_undone)
{
    flow_deploy(cx, "called", undoable);
    flow_deploy(cx, "caller",
                "root | <message id=\"M\" name=\"stop\"/>\n"
                "startEvent s -> p\n"
                "subProcess p -> e\n"
                "  startEvent s2 -> ask\n"
                "  callActivity ask calledElement=\"called\" -> back\n"
                "  endEvent back\n"
                "    | <compensateEventDefinition/>\n"
                "boundaryEvent stop attachedToRef=\"p\" -> e\n"
                "  | <messageEventDefinition messageRef=\"M\"/>\n"
                "endEvent e\n");
    Id instance = flow_start(cx, "caller", "{}");
    Id child = called_by(cx, instance);
    flow_complete(cx, child, "work", "{}");
    CHECK_TEXT(flow_waits(cx, child), "task undo");
    CHECK_INT(flow_message(cx, "stop", "", NULL), 1);
    CHECK_TEXT(flow_state(cx, instance), "completed");
    CHECK_TEXT(flow_state(cx, child), "cancelled");
    CHECK_INT(flow_item(cx, child, "undo"), 0);
    check_replay(cx, child);
}
