// SPDX-License-Identifier: Apache-2.0
// Tasks of programs outside.
#include "base/ids.h"
#include "base/json.h"
#include "process/test_flow.h"

#include <string.h>

#define MINUTE_US (60 * 1000000LL)

static const char outside[] = "root | <error id=\"E\" errorCode=\"no-luck\"/>\n"
                              "startEvent s -> score\n"
                              "serviceTask score -> after\n"
                              "  | <m:external topic=\"credit\"><m:input name=\"amount\""
                              " value=\"amount\"/><m:output name=\"score\" value=\"result.score\"/>"
                              "</m:external>\n"
                              "boundaryEvent failed attachedToRef=\"score\" -> mend\n"
                              "  | <errorEventDefinition errorRef=\"E\"/>\n"
                              "userTask after -> e\n"
                              "userTask mend -> e\n"
                              "endEvent e\n";

typedef struct Call {
    const char *worker;
    Id task;
    const char *text;
    int number;
    Instant at;
    Value value;
} Call;

static FALLIBLE fetch_work(Ctx *cx, void *state)
{
    Call *call = state;
    static const char *const topics[] = {"other", "credit"};
    ExternalFetch fetch = {call->worker, topics, 2, call->number, cx->now + MINUTE_US};
    return external_fetch(cx, &fetch, &call->value);
}

// The only task there is; 0: none.
static Id fetched(Ctx *cx, const char *worker)
{
    Call call = {.worker = worker, .number = 5};
    Id task = 0;
    CHECK_OK(desk_do(cx, "root", DOOR_API, fetch_work, &call));
    if (call.value.list.count)
        CHECK(id_parse(value_get_text(call.value.list.items[0], "id"), &task));
    return task;
}

static FALLIBLE complete_work(Ctx *cx, void *state)
{
    Call *call = state;
    Value result;
    TRY(json_parse(cx, call->text, strlen(call->text), &result));
    return external_complete(cx, call->task, call->worker, result);
}

static FALLIBLE fail_work(Ctx *cx, void *state)
{
    Call *call = state;
    ExternalFailure failure = {call->text, call->number, call->at};
    return external_fail(cx, call->task, call->worker, &failure);
}

static FALLIBLE error_work(Ctx *cx, void *state)
{
    Call *call = state;
    return external_error(cx, call->task, call->worker, call->text, value_null());
}

static FALLIBLE extend_work(Ctx *cx, void *state)
{
    Call *call = state;
    return external_extend(cx, call->task, call->worker, call->at);
}

DESK_TEST(a_program_fetches_a_task_and_completes_it)
{
    flow_deploy(cx, "outside", outside);
    Id instance = flow_start(cx, "outside", "{\"amount\":12}");
    CHECK_TEXT(flow_state(cx, instance), "running");
    CHECK_TEXT(flow_waits(cx, instance), "external score");
    Call call = {.worker = "w1", .number = 5};
    CHECK_OK(desk_do(cx, "root", DOOR_API, fetch_work, &call));
    CHECK_INT(call.value.list.count, 1);
    Value task = call.value.list.items[0];
    CHECK_TEXT(value_get_text(task, "topic"), "credit");
    CHECK_JSON(*value_get(task, "inputs"), "{\"amount\":12}");
    CHECK(id_parse(value_get_text(task, "id"), &call.task));
    CHECK_INT(fetched(cx, "w2"), 0);
    call.text = "{\"score\":7}";
    CHECK_OK(desk_do(cx, "root", DOOR_API, complete_work, &call));
    CHECK_TEXT(flow_waits(cx, instance), "task after");
    CHECK_TEXT(flow_variable(cx, instance, "score"), "7");
    // It did not hear our answer.
    CHECK_OK(desk_do(cx, "root", DOOR_API, complete_work, &call));
    call.worker = "w2";
    CHECK_FAILS(desk_do(cx, "root", DOOR_API, complete_work, &call), ERR_NOT_FOUND, "no such task");
}

DESK_TEST(a_task_whose_lock_ended_goes_to_another)
{
    flow_deploy(cx, "outside", outside);
    Id instance = flow_start(cx, "outside", "{}");
    Call slow = {.worker = "slow", .task = fetched(cx, "slow"), .text = "{}"};
    slow.at = cx->now + 3 * MINUTE_US;
    CHECK_OK(desk_do(cx, "root", DOOR_API, extend_work, &slow));
    cx->now += 2 * MINUTE_US;
    CHECK_INT(fetched(cx, "quick"), 0);
    cx->now += 2 * MINUTE_US;
    Call quick = {.worker = "quick", .task = fetched(cx, "quick"), .text = "{}"};
    CHECK_INT(quick.task, slow.task);
    CHECK_FAILS(desk_do(cx, "root", DOOR_API, complete_work, &slow), ERR_CONFLICT,
                "does not hold the task");
    CHECK_OK(desk_do(cx, "root", DOOR_API, complete_work, &quick));
    CHECK_TEXT(flow_waits(cx, instance), "task after");
}

DESK_TEST(a_task_that_failed_is_tried_again_and_without_retries_an_incident)
{
    flow_deploy(cx, "outside", outside);
    Id instance = flow_start(cx, "outside", "{}");
    Call call = {.worker = "w",
                 .task = fetched(cx, "w"),
                 .text = "the bank is closed",
                 .number = 1,
                 .at = cx->now + MINUTE_US};
    CHECK_OK(desk_do(cx, "root", DOOR_API, fail_work, &call));
    CHECK_INT(fetched(cx, "w"), 0);
    cx->now += MINUTE_US;
    CHECK_INT(fetched(cx, "w"), call.task);
    call.number = 0;
    CHECK_OK(desk_do(cx, "root", DOOR_API, fail_work, &call));
    CHECK_OK(desk_do(cx, "root", DOOR_API, fail_work, &call));
    Value shown = flow_show(cx, instance);
    CHECK_TEXT(value_get_text(shown, "state"), "incident");
    CHECK_TEXT(value_at(shown, "/incidents/0/step/key")->text.bytes, "score");
    CHECK_TEXT(value_at(shown, "/incidents/0/message")->text.bytes, "the bank is closed");
    CHECK_INT(fetched(cx, "w"), 0);
    CHECK_OK(flow_retry(cx, instance));
    Id again = fetched(cx, "w");
    CHECK(again != 0 && again != call.task);
}

DESK_TEST(a_program_throws_an_error_that_the_model_catches)
{
    flow_deploy(cx, "outside", outside);
    Id instance = flow_start(cx, "outside", "{}");
    Call call = {.worker = "w", .task = fetched(cx, "w"), .text = "no-luck"};
    CHECK_OK(desk_do(cx, "root", DOOR_API, error_work, &call));
    CHECK_TEXT(flow_waits(cx, instance), "task mend");
}

DESK_TEST(only_who_may_does_tasks)
{
    Call call = {.worker = "w", .number = 5};
    CHECK_FAILS(desk_do(cx, "anna", DOOR_API, fetch_work, &call), ERR_DENIED, "may not do tasks");
    call.worker = "";
    CHECK_FAILS(desk_do(cx, "root", DOOR_API, fetch_work, &call), ERR_INVALID, "needs a name");
}

DESK_TEST(a_task_is_done_outside_or_by_a_function_not_both)
{
    CHECK_FAILS(flow_try_deploy(cx, "odd",
                                "startEvent s -> a\n"
                                "serviceTask a -> e\n"
                                "  | <m:external topic=\"credit\"/>\n"
                                "  | <m:call function=\"test.score\"/>\n"
                                "endEvent e\n"),
                ERR_INVALID, "not by both");
}
