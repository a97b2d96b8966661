// SPDX-License-Identifier: Apache-2.0
// Signals, conditions, messages, and what they and timers start.
#include "base/ids.h"
#include "process/test_flow.h"

#include <string.h>

#define HOUR_US (3600 * 1000000LL)

// ---- signals

static const char listening[] = "root | <signal id=\"G\" name=\"go\"/>\n"
                                "startEvent s -> wait\n"
                                "intermediateCatchEvent wait -> after\n"
                                "  | <m:output name=\"told\" value=\"result.what\"/>\n"
                                "  | <signalEventDefinition signalRef=\"G\"/>\n"
                                "userTask after -> e\n"
                                "endEvent e\n";

DESK_TEST(a_signal_is_heard_by_all_who_wait)
{
    flow_deploy(cx, "listening", listening);
    Id one = flow_start(cx, "listening", "{}"), other = flow_start(cx, "listening", "{}");
    CHECK_TEXT(flow_waits(cx, one), "signal wait");
    CHECK_INT(flow_signal(cx, "come", NULL, NULL), 0);
    CHECK_INT(flow_signal(cx, "go", "{\"what\":\"now\"}", NULL), 2);
    CHECK_TEXT(flow_waits(cx, one), "task after");
    CHECK_TEXT(flow_variable(cx, other, "told"), "\"now\"");
    CHECK_INT(flow_signal(cx, "go", NULL, NULL), 0);
}

DESK_TEST(a_signal_thrown_by_a_step_is_heard_by_others_and_starts_processes)
{
    flow_deploy(cx, "listening", listening);
    flow_deploy(cx, "begun",
                "root | <signal id=\"G\" name=\"go\"/>\n"
                "startEvent s -> work\n"
                "  | <m:output name=\"told\" value=\"result.what\"/>\n"
                "  | <signalEventDefinition signalRef=\"G\"/>\n"
                "userTask work -> e\n"
                "endEvent e\n");
    flow_deploy(cx, "throws",
                "root | <signal id=\"G\" name=\"go\"/>\n"
                "startEvent s -> t\n"
                "intermediateThrowEvent t -> e\n"
                "  | <m:input name=\"what\" value=\"what\"/>\n"
                "  | <signalEventDefinition signalRef=\"G\"/>\n"
                "endEvent e\n");
    Id waiting = flow_start(cx, "listening", "{}");
    flow_start(cx, "throws", "{\"what\": 7}");
    CHECK_TEXT(flow_variable(cx, waiting, "told"), "7");
    CHECK_TEXT(flow_variable(cx, flow_only(cx, "begun"), "told"), "7");
}

DESK_TEST(a_signal_to_many_is_told_by_a_job_in_chunks)
{
    flow_deploy(cx, "listening", listening);
    Id ids[130];
    for (int i = 0; i < 130; i++)
        ids[i] = flow_start(cx, "listening", "{}");
    bool queued;
    CHECK_INT(flow_signal(cx, "go", "{\"what\":1}", &queued), 0);
    CHECK(queued);
    CHECK_TEXT(flow_waits(cx, ids[0]), "signal wait");
    Id late = flow_start(cx, "listening", "{}");
    CHECK_INT(desk_jobs(cx), 1);
    CHECK_TEXT(flow_waits(cx, ids[49]), "task after");
    CHECK_TEXT(flow_waits(cx, ids[50]), "signal wait");
    CHECK_INT(flow_jobs(cx), 2);
    for (int i = 0; i < 130; i++)
        CHECK_TEXT(flow_waits(cx, ids[i]), "task after");
    CHECK_TEXT(flow_waits(cx, late), "signal wait");
}

// The one whose step fails is tried again by itself; the others are told.
DESK_TEST(one_that_cannot_be_told_does_not_hold_up_the_others)
{
    flow_deploy(cx, "scored",
                "root | <signal id=\"G\" name=\"go\"/>\n"
                "startEvent s -> wait\n"
                "intermediateCatchEvent wait -> score\n"
                "  | <signalEventDefinition signalRef=\"G\"/>\n"
                "serviceTask score -> after\n"
                "  | <m:call function=\"test.score\"><m:input name=\"amount\" value=\"amount\"/>"
                "</m:call>\n"
                "userTask after -> e\n"
                "endEvent e\n");
    Id ids[30];
    for (int i = 0; i < 30; i++)
        ids[i] = flow_start(cx, "scored", i == 3 ? "{\"amount\":666}" : "{\"amount\":1}");
    flow_signal(cx, "go", NULL, NULL);
    CHECK_INT(flow_jobs(cx), 1);
    for (int i = 0; i < 30; i++)
        CHECK_TEXT(flow_waits(cx, ids[i]), i == 3 ? "signal wait" : "task after");
    cx->now += HOUR_US;
    CHECK_INT(desk_jobs(cx), 1);
    CHECK_TEXT(flow_waits(cx, ids[3]), "signal wait");
}

DESK_TEST(a_signal_event_sub_process_that_does_not_interrupt_hears_again)
{
    flow_deploy(cx, "again",
                "root | <signal id=\"G\" name=\"go\"/>\n"
                "startEvent s -> work\n"
                "userTask work -> e\n"
                "endEvent e\n"
                "subProcess sub triggeredByEvent=\"true\"\n"
                "  startEvent heard isInterrupting=\"false\" -> extra\n"
                "    | <signalEventDefinition signalRef=\"G\"/>\n"
                "  userTask extra -> done\n"
                "  endEvent done\n");
    Id instance = flow_start(cx, "again", "{}");
    flow_signal(cx, "go", NULL, NULL);
    flow_signal(cx, "go", NULL, NULL);
    CHECK_TEXT(flow_waits(cx, instance), "signal sub; task extra; task extra; task work");
}

// ---- conditions

static const char granted[] = "process | <m:governs entity=\"loan\" variable=\"loan\"/>\n"
                              "startEvent s -> wait\n"
                              "intermediateCatchEvent wait -> after\n"
                              "  | <conditionalEventDefinition><condition>loan.note = \"ripe\""
                              "</condition></conditionalEventDefinition>\n"
                              "userTask after -> e\n"
                              "endEvent e\n";

static Id free_loan(Ctx *cx)
{
    Id loan;
    CHECK_OK(desk_create(cx, "anna", DOOR_API, "{\"note\":\"no process\"}", &loan));
    return loan;
}

DESK_TEST(a_condition_is_tested_when_its_record_changes)
{
    flow_deploy(cx, "granted", granted);
    Id loan = free_loan(cx), other = free_loan(cx);
    Id one = flow_start_on(cx, "granted", loan), two = flow_start_on(cx, "granted", other);
    CHECK_TEXT(flow_waits(cx, one), "condition wait");
    CHECK_OK(desk_change(cx, "anna", DOOR_API, loan, "{\"note\":\"green\"}"));
    CHECK_TEXT(flow_waits(cx, one), "condition wait");
    CHECK_OK(desk_change(cx, "anna", DOOR_API, loan, "{\"note\":\"ripe\"}"));
    CHECK_TEXT(flow_waits(cx, one), "task after");
    CHECK_TEXT(flow_waits(cx, two), "condition wait");
}

// Another process, on the same record, changes it by its own step.
DESK_TEST(a_condition_is_tested_when_a_step_changes_the_record)
{
    flow_deploy(cx, "watch",
                "process | <m:governs entity=\"loan\" variable=\"loan\"/>\n"
                "startEvent s -> wait\n"
                "intermediateCatchEvent wait -> after\n"
                "  | <conditionalEventDefinition><condition>loan.status = \"checking\""
                "</condition></conditionalEventDefinition>\n"
                "userTask after -> e\n"
                "endEvent e\n");
    Id loan = desk_loan(cx, "5000");
    Id watch = flow_start_on(cx, "watch", loan);
    desk_step(cx, "anna", loan, "Enter", "{}");
    // "checking" came and went within the step; it is tested on what the step leaves.
    CHECK_TEXT(flow_waits(cx, watch), "condition wait");
    Id granted_at_once = desk_loan(cx, "500");
    watch = flow_start_on(cx, "watch", granted_at_once);
    desk_step(cx, "anna", granted_at_once, "Enter", "{}");
    CHECK_TEXT(flow_waits(cx, watch), "task after");
}

DESK_TEST(a_condition_on_a_record_starts_a_process_when_it_becomes_true)
{
    flow_deploy(cx, "rich",
                "process | <m:governs entity=\"loan\" variable=\"loan\"/>\n"
                "startEvent s -> work\n"
                "  | <conditionalEventDefinition><condition>loan.amount &gt; 1000</condition>"
                "</conditionalEventDefinition>\n"
                "userTask work -> e\n"
                "endEvent e\n");
    Id loan = free_loan(cx);
    CHECK_INT(flow_count(cx, "rich"), 0);
    CHECK_OK(desk_change(cx, "anna", DOOR_API, loan, "{\"amount\":2000}"));
    CHECK_INT(flow_count(cx, "rich"), 1);
    CHECK_OK(desk_change(cx, "anna", DOOR_API, loan, "{\"amount\":3000}"));
    CHECK_INT(flow_count(cx, "rich"), 1);
    Id born;
    CHECK_OK(desk_create(cx, "anna", DOOR_API, "{\"note\":\"no process\",\"amount\":5000}", &born));
    CHECK_INT(flow_count(cx, "rich"), 2);
}

DESK_TEST(a_condition_start_needs_a_record)
{
    CHECK_FAILS(flow_try_deploy(cx, "odd",
                                "startEvent s -> e\n"
                                "  | <conditionalEventDefinition><condition>1 = 1</condition>"
                                "</conditionalEventDefinition>\n"
                                "endEvent e\n"),
                ERR_INVALID, "governs no entity");
}

// ---- message starts

static const char by_message[] = "root | <message id=\"M\" name=\"order\"/>\n"
                                 "startEvent s -> work\n"
                                 "  | <m:message key=\"&quot;&quot;\"%s/>\n"
                                 "  | <m:output name=\"what\" value=\"result.what\"/>\n"
                                 "  | <messageEventDefinition messageRef=\"M\"/>\n"
                                 "userTask work -> e\n"
                                 "endEvent e\n";

DESK_TEST(a_message_starts_the_newest_version)
{
    flow_deploy(cx, "order", text_format(cx->arena, by_message, ""));
    CHECK_INT(flow_message(cx, "order", "1", "{\"what\":\"tea\"}"), 1);
    CHECK_TEXT(flow_variable(cx, flow_only(cx, "order"), "what"), "\"tea\"");
    flow_deploy(cx, "order", "startEvent s -> e\nendEvent e\n");
    CHECK_INT(flow_message(cx, "order", "2", NULL), 0);
    flow_deploy(cx, "order", text_format(cx->arena, by_message, ""));
    CHECK_INT(flow_message(cx, "order", "1", NULL), 1);
    CHECK_INT(flow_count(cx, "order"), 2);
}

DESK_TEST(a_message_start_is_not_repeated_for_a_key_where_the_model_says_so)
{
    flow_deploy(cx, "order", text_format(cx->arena, by_message, " once=\"running\""));
    CHECK_INT(flow_message(cx, "order", "1", NULL), 1);
    CHECK_INT(flow_message(cx, "order", "1", NULL), 0);
    CHECK_INT(flow_message(cx, "order", "2", NULL), 1);
    Id ids[3];
    flow_instances(cx, "order", ids, 3);
    flow_complete(cx, ids[0], "work", "{}");
    CHECK_INT(flow_message(cx, "order", "1", NULL), 1);
    flow_deploy(cx, "order", text_format(cx->arena, by_message, " once=\"ever\""));
    flow_instances(cx, "order", ids, 3);
    flow_complete(cx, ids[2], "work", "{}");
    CHECK_INT(flow_message(cx, "order", "1", NULL), 0);
    CHECK_INT(flow_message(cx, "order", "3", NULL), 1);
    CHECK_INT(flow_message(cx, "order", "3", NULL), 0);
}

DESK_TEST(a_message_kept_for_a_busy_key_starts_the_next_run_when_that_one_ends)
{
    flow_deploy(cx, "order", text_format(cx->arena, by_message, " once=\"running\""));
    CHECK_INT(flow_message(cx, "order", "1", "{\"what\":\"tea\"}"), 1);
    IncomingMessage kept = {.name = "order", .key = "1", .keep_until = cx->now + 3600000000LL};
    int reached;
    for (int i = 0; i < 2; i++) {
        kept.payload = value_context(cx->arena);
        value_set(cx->arena, kept.payload, "what", value_integer(i));
        CHECK_OK(flow_publish(cx, &kept, &reached));
        CHECK_INT(reached, 0);
    }
    Id ids[4];
    CHECK_INT(flow_instances(cx, "order", ids, 4), 1);
    flow_complete(cx, ids[0], "work", "{}");
    CHECK_INT(flow_instances(cx, "order", ids, 4), 2); // one only: its key is busy again
    CHECK_TEXT(flow_variable(cx, ids[1], "what"), "0");
    cx->now += 7200000000LL; // the other is kept no longer
    flow_complete(cx, ids[1], "work", "{}");
    CHECK_INT(flow_count(cx, "order"), 2);
}

DESK_TEST(who_waits_for_a_message_comes_before_what_it_starts)
{
    flow_deploy(cx, "order", text_format(cx->arena, by_message, ""));
    flow_deploy(cx, "waits",
                "root | <message id=\"M\" name=\"order\"/>\n"
                "startEvent s -> wait\n"
                "receiveTask wait messageRef=\"M\" -> e\n"
                "endEvent e\n");
    flow_start(cx, "waits", "{}");
    CHECK_INT(flow_message(cx, "order", "", NULL), 1);
    CHECK_INT(flow_count(cx, "order"), 0);
    CHECK_INT(flow_message(cx, "order", "", NULL), 1);
    CHECK_INT(flow_count(cx, "order"), 1);
}

DESK_TEST(a_message_start_of_a_governed_process_names_the_record)
{
    flow_deploy(cx, "look",
                "root | <message id=\"M\" name=\"look\"/>\n"
                "process | <m:governs entity=\"loan\" variable=\"loan\" again=\"true\"/>\n"
                "startEvent s -> work\n"
                "  | <messageEventDefinition messageRef=\"M\"/>\n"
                "userTask work -> e\n"
                "endEvent e\n");
    Id loan = free_loan(cx);
    const char *payload = text_format(cx->arena, "{\"subject\":\"%s\"}", id_text(cx->arena, loan));
    CHECK_INT(flow_message(cx, "look", "", NULL), 0);
    CHECK_INT(flow_message(cx, "look", "", payload), 1);
    CHECK_INT(flow_message(cx, "look", "", payload), 0); // it runs
    flow_complete(cx, flow_only(cx, "look"), "work", "{}");
    CHECK_INT(flow_message(cx, "look", "", payload), 1); // again
}

DESK_TEST(a_receive_task_and_an_event_gateway_start_processes)
{
    flow_deploy(cx, "receives",
                "root | <message id=\"M\" name=\"one\"/>\n"
                "receiveTask r messageRef=\"M\" instantiate=\"true\" -> work\n"
                "userTask work\n");
    CHECK_INT(flow_message(cx, "one", "", NULL), 1);
    CHECK_TEXT(flow_waits(cx, flow_only(cx, "receives")), "task work");
    flow_deploy(cx, "either",
                "root | <message id=\"M\" name=\"two\"/><message id=\"N\" name=\"three\"/>\n"
                "eventBasedGateway g instantiate=\"true\" -> a; b\n"
                "intermediateCatchEvent a -> wa\n"
                "  | <messageEventDefinition messageRef=\"M\"/>\n"
                "intermediateCatchEvent b -> wb\n"
                "  | <messageEventDefinition messageRef=\"N\"/>\n"
                "userTask wa\n"
                "userTask wb\n");
    CHECK_INT(flow_message(cx, "three", "", NULL), 1);
    CHECK_TEXT(flow_waits(cx, flow_only(cx, "either")), "task wb");
}

DESK_TEST(a_message_to_one_reaches_the_one_that_waits_longest)
{
    flow_deploy(cx, "waits",
                "root | <message id=\"M\" name=\"order\"/>\n"
                "startEvent s -> wait\n"
                "receiveTask wait messageRef=\"M\" -> after\n"
                "userTask after -> e\n"
                "endEvent e\n");
    Id first = flow_start(cx, "waits", "{}"), second = flow_start(cx, "waits", "{}");
    IncomingMessage message = {.name = "order", .key = "", .to_one = true};
    int reached;
    CHECK_OK(flow_publish(cx, &message, &reached));
    CHECK_INT(reached, 1);
    CHECK_TEXT(flow_waits(cx, first), "task after");
    CHECK_TEXT(flow_waits(cx, second), "message wait");
}

// ---- timer starts

static const char hourly[] = "startEvent s -> work\n"
                             "  | <timerEventDefinition><timeCycle>%s</timeCycle>"
                             "</timerEventDefinition>\n"
                             "userTask work -> e\n"
                             "endEvent e\n";

DESK_TEST(a_timer_cycle_starts_a_process_each_time)
{
    flow_deploy(cx, "hourly", text_format(cx->arena, hourly, "R3/PT1H"));
    CHECK_INT(flow_jobs(cx), 0);
    for (int hour = 1; hour <= 5; hour++) {
        cx->now += HOUR_US;
        flow_jobs(cx);
        CHECK_INT(flow_count(cx, "hourly"), hour < 3 ? hour : 3);
    }
}

DESK_TEST(instants_that_passed_while_nothing_ran_start_one)
{
    flow_deploy(cx, "hourly", text_format(cx->arena, hourly, "R/PT1H"));
    cx->now += 10 * HOUR_US + HOUR_US / 2;
    flow_jobs(cx);
    CHECK_INT(flow_count(cx, "hourly"), 1);
    cx->now += HOUR_US / 2;
    flow_jobs(cx);
    CHECK_INT(flow_count(cx, "hourly"), 2);
}

DESK_TEST(a_timer_start_belongs_to_the_newest_version)
{
    flow_deploy(cx, "hourly", text_format(cx->arena, hourly, "R/PT1H"));
    cx->now += HOUR_US / 2;
    flow_deploy(cx, "hourly", text_format(cx->arena, hourly, "R/PT1H")); // the same: as it was
    flow_deploy(cx, "hourly", text_format(cx->arena, hourly, "R/PT2H"));
    cx->now += HOUR_US;
    CHECK_INT(flow_jobs(cx), 0);
    cx->now += HOUR_US;
    flow_jobs(cx);
    CHECK_INT(flow_count(cx, "hourly"), 1);
}

#define WEEKLY "  | <timerEventDefinition><timeCycle>R/P7D</timeCycle></timerEventDefinition>\n"

DESK_TEST(a_timer_start_of_a_process_that_governs_makes_the_record_of_its_defaults)
{
    flow_deploy(cx, "round",
                "process | <m:governs entity=\"loan\"><m:owns field=\"note\"/></m:governs>\n"
                "startEvent s -> work\n" WEEKLY
                "  | <m:set field=\"note\" value=\"loan.status\"/>\n"
                "userTask work -> e\n"
                "endEvent e\n");
    for (int week = 1; week <= 2; week++) {
        cx->now += 7 * 24 * HOUR_US;
        flow_jobs(cx);
        CHECK_INT(flow_count(cx, "round"), week);
    }
    Id instances[2];
    CHECK_INT(flow_instances(cx, "round", instances, 2), 2);
    Value subject = *value_get(flow_show(cx, instances[1]), "subject");
    Id loan;
    CHECK(id_parse(value_get_text(subject, "id"), &loan));
    CHECK_TEXT(value_get_text(desk_read(cx, loan), "note"), "draft");
    CHECK_FAILS(desk_change(cx, "anna", DOOR_API, loan, "{\"note\":\"mine\"}"), ERR_CONFLICT, NULL);
    CHECK_INT(flow_count(cx, "loan"), 2); // what a new loan starts, it starts here too
}

DESK_TEST(a_new_record_that_starts_the_process_itself_starts_it_once)
{
    flow_deploy(cx, "round",
                "process | <m:governs entity=\"loan\"/><m:starts on=\"create\"/>\n"
                "startEvent s -> work\n"
                "startEvent timed -> work\n" WEEKLY "userTask work -> e\n"
                "endEvent e\n");
    cx->now += 7 * 24 * HOUR_US;
    flow_jobs(cx);
    CHECK_INT(flow_count(cx, "round"), 1);
}

DESK_TEST(a_timer_makes_no_record_that_lacks_what_is_required)
{
    CHECK_FAILS(flow_try_deploy(cx, "odd",
                                "process | <m:governs entity=\"user\"/>\n"
                                "startEvent s -> e\n" WEEKLY "endEvent e\n"),
                ERR_INVALID, "field login is required and has no default");
}

// ---- without end

DESK_TEST(messages_that_lead_to_messages_without_end_are_refused)
{
    flow_deploy(cx, "ping",
                "root | <message id=\"M\" name=\"ping\"/>\n"
                "startEvent s -> t\n"
                "  | <messageEventDefinition messageRef=\"M\"/>\n"
                "intermediateThrowEvent t -> e\n"
                "  | <messageEventDefinition messageRef=\"M\"/>\n"
                "endEvent e\n");
    int reached;
    IncomingMessage message = {.name = "ping", .key = ""};
    CHECK_FAILS(flow_publish(cx, &message, &reached), ERR_LIMIT, "");
    CHECK_INT(flow_count(cx, "ping"), 0);
}

DESK_TEST(a_step_waits_for_the_data_that_it_requires)
{
    flow_deploy(cx, "sets",
                "dataObject d1 name=\"order\"\n"
                "startEvent s -> f\n"
                "parallelGateway f -> a; w\n"
                "userTask a -> e\n"
                "  | <ioSpecification><dataInput id=\"in1\" name=\"order\"/><inputSet>"
                "<dataInputRefs>in1</dataInputRefs></inputSet><outputSet/></ioSpecification>\n"
                "  | <dataInputAssociation><sourceRef>d1</sourceRef><targetRef>in1</targetRef>"
                "</dataInputAssociation>\n"
                "userTask w -> e\n"
                "  | <m:form><m:field name=\"order\" type=\"integer\"/></m:form>\n"
                "endEvent e\n");
    Id instance = flow_start(cx, "sets", "{}");
    CHECK_TEXT(flow_waits(cx, instance), "data a; task w");
    flow_complete(cx, instance, "w", "{\"order\": 7}");
    CHECK_TEXT(flow_waits(cx, instance), "task a");
    flow_complete(cx, instance, "a", "{}");
    CHECK_TEXT(flow_state(cx, instance), "completed");
}
