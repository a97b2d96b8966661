// SPDX-License-Identifier: Apache-2.0
// A loan goes through its steps, and nothing else gets it through.
#include "base/ids.h"
#include "process/test_desk.h"

#include <pthread.h>

#define DAY_US (24 * 3600 * 1000000LL)

static const char *status(Ctx *cx, Id loan)
{
    return value_get_text(desk_read(cx, loan), "status");
}

static const char *number(Ctx *cx, Id loan)
{
    return value_get_text(desk_read(cx, loan), "number");
}

static const char *text_at(Value value, const char *pointer)
{
    const Value *found = value_at(value, pointer);
    return found && found->kind == VALUE_TEXT ? found->text.bytes : NULL;
}

// ---- starting and stepping

DESK_TEST(a_process_starts_when_its_record_is_created)
{
    Id loan = desk_loan(cx, "500");
    CHECK(desk_item(cx, loan, "Enter") != 0);
    CHECK_TEXT(status(cx, loan), "draft");
}

DESK_TEST(a_process_does_not_start_when_its_condition_fails)
{
    Id loan;
    CHECK_OK(desk_create(cx, "anna", DOOR_API, "{\"note\":\"no process\"}", &loan));
    CHECK_INT(desk_instance(cx, loan), 0);
}

DESK_TEST(a_completed_step_leads_through_functions_and_decisions_to_the_next)
{
    Id loan = desk_loan(cx, "500");
    desk_step(cx, "anna", loan, "Enter", "{}");
    CHECK_INT(desk_reserved, 1);
    CHECK(desk_item(cx, loan, "HandOver") != 0);
    CHECK_TEXT(status(cx, loan), "checking");
    CHECK_JSON(*value_get(desk_read(cx, loan), "score"), "50");
}

DESK_TEST(a_loan_over_the_threshold_goes_to_the_back_office)
{
    Id loan = desk_loan(cx, "5000");
    desk_step(cx, "anna", loan, "Enter", "{}");
    CHECK(desk_item(cx, loan, "Decide") != 0);
    CHECK_TEXT(status(cx, loan), "deciding");
    CHECK_INT(desk_reserved, 0);
}

DESK_TEST(a_loan_goes_all_the_way)
{
    Id loan = desk_loan(cx, "5000");
    desk_step(cx, "anna", loan, "Enter", "{\"note\":\"urgent\"}");
    desk_step(cx, "bob", loan, "Decide", "{\"decision\":\"yes_please\"}");
    desk_step(cx, "bea", loan, "Second", "{\"second\":\"yes_please\"}");
    desk_step(cx, "anna", loan, "HandOver", "{}");
    CHECK_TEXT(status(cx, loan), "granted");
    int delivered;
    CHECK_OK(desk_message(cx, "anna", "loan.paid", number(cx, loan), NULL, 0, &delivered));
    CHECK_INT(delivered, 1);
    CHECK_TEXT(status(cx, loan), "paid");
    Value shown = desk_show_instance(cx, "anna", desk_instance(cx, loan));
    CHECK_TEXT(value_get_text(shown, "state"), "completed");
    CHECK_JSON(*value_get(shown, "tokens"), "[]");
}

// ---- candidates and separation of duties

DESK_TEST(only_a_candidate_takes_a_step)
{
    Id loan = desk_loan(cx, "5000");
    Id item = desk_item(cx, loan, "Enter");
    CHECK_FAILS(desk_complete(cx, "bob", item, "{}"), ERR_DENIED, "clerk");
    CHECK_FAILS(desk_claim(cx, "root", item), ERR_DENIED, "clerk");
    CHECK_FAILS(desk_claim(cx, "nobody", item), ERR_NOT_FOUND, "no such work item");
}

DESK_TEST(whoever_decided_first_does_not_decide_second)
{
    Id loan = desk_loan(cx, "5000");
    desk_step(cx, "anna", loan, "Enter", "{}");
    desk_step(cx, "bob", loan, "Decide", "{\"decision\":\"yes_please\"}");
    Id second = desk_item(cx, loan, "Second");
    CHECK_FAILS(desk_claim(cx, "bob", second), ERR_DENIED, "somebody else");
    CHECK_FAILS(desk_complete(cx, "bob", second, "{\"second\":\"yes_please\"}"), ERR_DENIED,
                "somebody else");
    CHECK_OK(desk_complete(cx, "cara", second, "{\"second\":\"yes_please\"}"));
}

DESK_TEST(a_claimed_item_is_released_by_its_holder_alone)
{
    Id loan = desk_loan(cx, "5000");
    desk_step(cx, "anna", loan, "Enter", "{}");
    Id item = desk_item(cx, loan, "Decide");
    CHECK_OK(desk_claim(cx, "bob", item));
    CHECK_FAILS(desk_claim(cx, "bea", item), ERR_CONFLICT, "Bob has claimed");
    CHECK_FAILS(desk_release(cx, "bea", item), ERR_CONFLICT, "Bob has claimed");
    CHECK_FAILS(desk_complete(cx, "bea", item, "{\"decision\":\"no_thanks\"}"), ERR_CONFLICT,
                "Bob has claimed");
    CHECK_OK(desk_release(cx, "bob", item));
    CHECK_OK(desk_complete(cx, "bea", item, "{\"decision\":\"no_thanks\"}"));
    CHECK_FAILS(desk_complete(cx, "bea", item, "{\"decision\":\"no_thanks\"}"), ERR_CONFLICT,
                "completed already");
}

typedef struct Rival {
    Ctx *cx;
    const char *login;
    Id item;
    ErrorCode code;
} Rival;

static void *rival_claims(void *state)
{
    Rival *rival = state;
    Ctx own = *rival->cx;
    own.arena = arena_new(64UL << 20);
    Error *error = desk_claim(&own, rival->login, rival->item);
    rival->code = error ? error->code : 0;
    arena_free(own.arena);
    return NULL;
}

DESK_TEST(of_two_who_claim_at_once_one_wins)
{
    Id loan = desk_loan(cx, "5000");
    desk_step(cx, "anna", loan, "Enter", "{}");
    Id item = desk_item(cx, loan, "Decide");
    Rival rivals[] = {{cx, "bob", item, 0}, {cx, "bea", item, 0}};
    pthread_t threads[2];
    for (int i = 0; i < 2; i++)
        CHECK_INT(pthread_create(&threads[i], NULL, rival_claims, &rivals[i]), 0);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    CHECK_INT((rivals[0].code == 0) + (rivals[1].code == 0), 1);
    CHECK_INT((rivals[0].code == ERR_CONFLICT) + (rivals[1].code == ERR_CONFLICT), 1);
}

#define SUBMISSIONS 12

static void *rival_completes(void *state)
{
    Rival *rival = state;
    Ctx own = *rival->cx;
    own.arena = arena_new(64UL << 20);
    Error *error = desk_complete(&own, rival->login, rival->item, "{}");
    rival->code = error ? error->code : 0;
    arena_free(own.arena);
    return NULL;
}

DESK_TEST(a_step_submitted_many_times_at_once_is_done_once)
{
    Id loan = desk_loan(cx, "500");
    Rival rivals[SUBMISSIONS];
    pthread_t threads[SUBMISSIONS];
    Id item = desk_item(cx, loan, "Enter");
    for (int i = 0; i < SUBMISSIONS; i++) {
        rivals[i] = (Rival){cx, "anna", item, 0};
        CHECK_INT(pthread_create(&threads[i], NULL, rival_completes, &rivals[i]), 0);
    }
    int done = 0;
    for (int i = 0; i < SUBMISSIONS; i++) {
        pthread_join(threads[i], NULL);
        done += rivals[i].code == 0;
        CHECK(rivals[i].code == 0 || rivals[i].code == ERR_CONFLICT);
    }
    CHECK_INT(done, 1);
    Value items = *value_get(desk_history(cx, "anna", desk_instance(cx, loan)), "items");
    int reserved = 0;
    for (size_t i = 0; i < items.list.count; i++)
        reserved += text_equal(value_get_text(items.list.items[i], "key"), "Reserve") &&
                    text_equal(value_get_text(items.list.items[i], "kind"), "completed");
    CHECK_INT(reserved, 1);
}

// ---- forms

DESK_TEST(a_form_takes_what_it_lists_and_nothing_else)
{
    Id loan = desk_loan(cx, "null");
    Id item = desk_item(cx, loan, "Enter");
    CHECK_FAILS(desk_complete(cx, "anna", item, "{\"score\":99}"), ERR_INVALID, "no field 'score'");
    CHECK_FAILS(desk_complete(cx, "anna", item, "{\"status\":\"paid\"}"), ERR_INVALID,
                "reading only");
    CHECK_FAILS(desk_complete(cx, "anna", item, "{}"), ERR_INVALID, "needs 'amount'");
    CHECK_FAILS(desk_complete(cx, "anna", item, "{\"amount\":-5}"), ERR_INVALID,
                "must be above zero");
    CHECK_JSON(*value_get(desk_read(cx, loan), "amount"), "null");
    CHECK_OK(desk_complete(cx, "anna", item, "{\"amount\":500.25}"));
    CHECK_JSON(*value_get(desk_read(cx, loan), "amount"), "500.25");
}

DESK_TEST(a_decision_is_given_anew_each_time)
{
    Id loan = desk_loan(cx, "5000");
    desk_step(cx, "anna", loan, "Enter", "{}");
    CHECK_FAILS(desk_complete(cx, "bob", desk_item(cx, loan, "Decide"), "{}"), ERR_INVALID,
                "needs 'decision'");
}

DESK_TEST(a_work_item_shows_its_form_and_instruction)
{
    cx->language = "zh-CN";
    Id loan = desk_loan(cx, "500");
    Value shown = desk_show_item(cx, "anna", desk_item(cx, loan, "Enter"));
    CHECK_TEXT(value_get_text(shown, "name"), "录入贷款");
    CHECK_TEXT(value_get_text(shown, "instruction"), "请输入金额。");
    CHECK_TEXT(text_at(shown, "/department/name"), "前台");
    CHECK_TEXT(text_at(shown, "/form/fields/0/title"), "金额");
    CHECK_TEXT(text_at(shown, "/form/fields/0/access"), "required");
    CHECK_JSON(*value_at(shown, "/form/fields/0/value"), "500.00");
    CHECK_JSON(*value_at(shown, "/may/claim"), "true");
    Value other = desk_show_item(cx, "bob", desk_item(cx, loan, "Enter"));
    CHECK_JSON(*value_at(other, "/may/complete"), "false");
    CHECK(text_at(other, "/may/why_not") != NULL);
}

DESK_TEST(a_form_offers_no_choice_that_is_no_longer_chosen)
{
    Id loan = desk_loan(cx, "5000");
    desk_step(cx, "anna", loan, "Enter", "{}");
    Value shown = desk_show_item(cx, "bob", desk_item(cx, loan, "Decide"));
    CHECK_TEXT(text_at(shown, "/form/fields/1/name"), "decision");
    CHECK_TEXT(text_at(shown, "/form/fields/1/choices/1/value"), "no_thanks");
    CHECK(value_at(shown, "/form/fields/1/choices/2") == NULL);
}

// ---- failing inside a step

DESK_TEST(a_function_that_fails_leaves_everything_as_it_was)
{
    Id loan = desk_loan(cx, "666");
    CHECK_FAILS(desk_complete(cx, "anna", desk_item(cx, loan, "Enter"), "{\"note\":\"lost\"}"),
                ERR_CONFLICT, "out of order");
    CHECK_TEXT(status(cx, loan), "draft");
    CHECK_JSON(*value_get(desk_read(cx, loan), "note"), "null");
    CHECK(desk_item(cx, loan, "Enter") != 0);
}

static FALLIBLE retry_work(Ctx *cx, void *state)
{
    return instance_retry(cx, *(Id *)state);
}

DESK_TEST(an_error_nobody_catches_stands_as_an_incident_until_it_is_tried_again)
{
    Id loan = desk_loan(cx, "500");
    desk_unlucky = true;
    desk_step(cx, "anna", loan, "Enter", "{}");
    Id instance = desk_instance(cx, loan);
    Value shown = desk_show_instance(cx, "root", instance);
    CHECK_TEXT(value_get_text(shown, "state"), "incident");
    CHECK(text_at(shown, "/incidents/0/message") != NULL);
    CHECK_FAILS(desk_do(cx, "anna", DOOR_API, retry_work, &instance), ERR_DENIED, "may not retry");
    desk_unlucky = false;
    CHECK_OK(desk_do(cx, "root", DOOR_API, retry_work, &instance));
    CHECK(desk_item(cx, loan, "HandOver") != 0);
    CHECK_TEXT(value_get_text(desk_show_instance(cx, "root", instance), "state"), "running");
    CHECK_FAILS(desk_do(cx, "root", DOOR_API, retry_work, &instance), ERR_CONFLICT, "no step");
}

// ---- queues

DESK_TEST(queues_show_what_is_mine_and_what_is_the_teams)
{
    desk_loan(cx, "5000");
    Id second = desk_loan(cx, "6000");
    CHECK_JSON(*value_get(desk_queue(cx, "anna", "{\"mine\":true}"), "count"), "2");
    CHECK_JSON(*value_get(desk_queue(cx, "anna", "{\"process\":\"loan\"}"), "count"), "2");
    CHECK_JSON(*value_get(desk_queue(cx, "anna", "{\"process\":\"other\"}"), "count"), "0");
    CHECK_JSON(*value_get(desk_queue(cx, "bob", "{\"mine\":true}"), "count"), "0");
    desk_step(cx, "anna", second, "Enter", "{}");
    CHECK_JSON(*value_get(desk_queue(cx, "bob", "{\"mine\":true}"), "count"), "1");
    CHECK_OK(desk_claim(cx, "bob", desk_item(cx, second, "Decide")));
    CHECK_JSON(*value_get(desk_queue(cx, "bea", "{\"mine\":true}"), "count"), "0");
    CHECK_JSON(*value_get(desk_queue(cx, "bea", "{\"team\":\"true\",\"state\":\"\"}"), "count"),
               "1");
    Value mine = desk_queue(cx, "bob", "{\"mine\":true}");
    CHECK_TEXT(text_at(mine, "/items/0/assignee/name"), "Bob");
    CHECK_JSON(*value_get(desk_queue(cx, "anna", "{\"mine\":true,\"state\":\"done\"}"), "count"),
               "1");
}

DESK_TEST(a_queue_is_read_page_by_page)
{
    for (int i = 0; i < 5; i++)
        desk_loan(cx, "100");
    const char *after = NULL;
    int seen = 0;
    for (int page = 0; page < 3; page++) {
        Value read = desk_queue(
            cx, "anna",
            after ? text_format(cx->arena, "{\"mine\":true,\"limit\":2,\"after\":\"%s\"}", after)
                  : "{\"mine\":true,\"limit\":2}");
        seen += (int)value_get(read, "items")->list.count;
        after = value_get_text(read, "next");
    }
    CHECK_INT(seen, 5);
    CHECK_TEXT(after, NULL);
}

// ---- moves and history

DESK_TEST(moves_tell_done_now_next_and_who)
{
    Id loan = desk_loan(cx, "5000");
    desk_step(cx, "anna", loan, "Enter", "{}");
    Value moves = desk_moves(cx, "anna", loan);
    CHECK_TEXT(text_at(moves, "/instances/0/path/0/key"), "Enter");
    CHECK_TEXT(text_at(moves, "/instances/0/path/0/state"), "done");
    CHECK_TEXT(text_at(moves, "/instances/0/path/0/by/name"), "Anna");
    CHECK_TEXT(text_at(moves, "/instances/0/path/1/key"), "CheckRisk");
    CHECK_TEXT(text_at(moves, "/instances/0/path/2/key"), "Decide");
    CHECK_TEXT(text_at(moves, "/instances/0/path/2/state"), "now");
    CHECK_TEXT(text_at(moves, "/instances/0/path/3/key"), "Second");
    CHECK_TEXT(text_at(moves, "/instances/0/path/3/state"), "next");
    CHECK_TEXT(text_at(moves, "/instances/0/path/4/key"), "HandOver");
    CHECK_TEXT(text_at(moves, "/instances/0/path/5/key"), "AwaitMoney");
    CHECK_JSON(*value_at(moves, "/instances/0/now/0/mine"), "false");
    CHECK_TEXT(text_at(moves, "/instances/0/blocked_by/0/key"), "Decide");
    CHECK_TEXT(text_at(moves, "/instances/0/blocked_by/0/who/department/key"), "back");
    CHECK_TEXT(text_at(moves, "/blocks/0/open_step/key"), "Decide");
    CHECK_JSON(*value_get(moves, "may"), "[]");
    Value bob = desk_moves(cx, "bob", loan);
    CHECK_TEXT(text_at(bob, "/may/0/name"), "Decide");
    CHECK_JSON(*value_at(bob, "/instances/0/now/0/mine"), "true");
}

DESK_TEST(history_tells_who_did_what)
{
    Id loan = desk_loan(cx, "500");
    desk_step(cx, "anna", loan, "Enter", "{}");
    Value items = *value_get(desk_history(cx, "anna", desk_instance(cx, loan)), "items");
    bool found = false;
    for (size_t i = 0; i < items.list.count; i++) {
        Value item = items.list.items[i];
        if (text_equal(value_get_text(item, "key"), "Enter") &&
            text_equal(value_get_text(item, "kind"), "completed")) {
            CHECK_TEXT(text_at(item, "/actor/name"), "Anna");
            found = true;
        }
        if (text_equal(value_get_text(item, "key"), "Score"))
            CHECK_TEXT(text_at(item, "/actor/name"), NULL);
    }
    CHECK(found);
}

// ---- timers

DESK_TEST(a_timer_fires_when_the_clock_has_come_to_it)
{
    Id loan = desk_loan(cx, "5000");
    desk_step(cx, "anna", loan, "Enter", "{}");
    cx->now = TEST_NOW + DAY_US - 1;
    CHECK_INT(desk_jobs(cx), 0);
    cx->now = TEST_NOW + DAY_US;
    CHECK_INT(desk_jobs(cx), 1);
    CHECK_INT(desk_jobs(cx), 0);
    CHECK(desk_item(cx, loan, "Chase") != 0);
    CHECK(desk_item(cx, loan, "Decide") != 0);
}

DESK_TEST(a_timer_goes_with_its_step)
{
    Id loan = desk_loan(cx, "5000");
    desk_step(cx, "anna", loan, "Enter", "{}");
    desk_step(cx, "bob", loan, "Decide", "{\"decision\":\"yes_please\"}");
    cx->now = TEST_NOW + 3 * DAY_US;
    CHECK_INT(desk_jobs(cx), 0);
}

// ---- messages

static Id granted(Ctx *cx)
{
    Id loan = desk_loan(cx, "500");
    desk_step(cx, "anna", loan, "Enter", "{}");
    return loan;
}

DESK_TEST(a_message_kept_waits_for_its_receiver)
{
    Id loan = granted(cx);
    int delivered;
    CHECK_OK(desk_message(cx, "anna", "loan.paid", number(cx, loan), "once", TEST_NOW + DAY_US,
                          &delivered));
    CHECK_INT(delivered, 0);
    desk_step(cx, "anna", loan, "HandOver", "{}");
    CHECK_TEXT(status(cx, loan), "paid");
}

DESK_TEST(a_message_not_kept_is_gone)
{
    Id loan = granted(cx);
    int delivered;
    CHECK_OK(desk_message(cx, "anna", "loan.paid", number(cx, loan), NULL, 0, &delivered));
    desk_step(cx, "anna", loan, "HandOver", "{}");
    CHECK_TEXT(status(cx, loan), "granted");
}

DESK_TEST(a_message_reaches_the_instance_of_its_key_only)
{
    Id one = granted(cx);
    Id other = granted(cx);
    desk_step(cx, "anna", one, "HandOver", "{}");
    desk_step(cx, "anna", other, "HandOver", "{}");
    int delivered;
    CHECK_OK(desk_message(cx, "anna", "loan.paid", number(cx, one), NULL, 0, &delivered));
    CHECK_INT(delivered, 1);
    CHECK_TEXT(status(cx, one), "paid");
    CHECK_TEXT(status(cx, other), "granted");
}

DESK_TEST(a_message_with_the_same_idempotency_key_is_taken_once)
{
    Id loan = granted(cx);
    desk_step(cx, "anna", loan, "HandOver", "{}");
    int delivered;
    CHECK_OK(desk_message(cx, "anna", "loan.paid", number(cx, loan), "k1", 0, &delivered));
    CHECK_INT(delivered, 1);
    CHECK_OK(desk_message(cx, "anna", "loan.paid", number(cx, loan), "k1", 0, &delivered));
    CHECK_INT(delivered, 1);
    CHECK_FAILS(desk_message(cx, "anna", "loan.paid", "another", "k1", 0, &delivered), ERR_CONFLICT,
                "another message");
    CHECK_FAILS(desk_message(cx, "nobody", "loan.paid", "x", NULL, 0, &delivered), ERR_DENIED,
                "may not publish");
}

static FALLIBLE notice_work(Ctx *cx, void *state)
{
    Value variables = value_context(cx->arena);
    value_set(cx->arena, variables, "number", value_text(state));
    Id instance;
    return instance_start(cx, "notice", NULL, 0, variables, &instance);
}

DESK_TEST(a_message_sent_by_one_process_reaches_another)
{
    Id loan = granted(cx);
    desk_step(cx, "anna", loan, "HandOver", "{}");
    char *key = text_copy(cx->arena, number(cx, loan));
    CHECK_FAILS(desk_do(cx, "anna", DOOR_API, notice_work, key), ERR_DENIED, "may not start");
    CHECK_OK(desk_do(cx, "root", DOOR_API, notice_work, key));
    CHECK_TEXT(status(cx, loan), "paid");
}

// ---- cancelling

DESK_TEST(cancelling_undoes_what_was_done)
{
    Id loan = granted(cx);
    CHECK_INT(desk_reserved, 1);
    Id instance = desk_instance(cx, loan);
    CHECK_OK(desk_cancel(cx, "anna", instance));
    CHECK_INT(desk_reserved, 0);
    CHECK_TEXT(status(cx, loan), "cancelled");
    CHECK_INT(desk_item(cx, loan, "HandOver"), 0);
    Value shown = desk_show_instance(cx, "anna", instance);
    CHECK_JSON(*value_get(shown, "tokens"), "[]");
    CHECK_FAILS(desk_cancel(cx, "anna", instance), ERR_CONFLICT, "has ended");
}

DESK_TEST(cancelling_needs_a_way_in_the_model)
{
    Id loan = granted(cx);
    desk_step(cx, "anna", loan, "HandOver", "{}");
    Error *error = desk_cancel(cx, "anna", desk_instance(cx, loan));
    CHECK_FAILS(error, ERR_CONFLICT, "cannot be cancelled at this step");
    CHECK_TEXT(text_at(*error->about, "/open_step/key"), "AwaitMoney");
    CHECK_TEXT(status(cx, loan), "granted");
}
