// SPDX-License-Identifier: Apache-2.0
// A deviation grants exactly what it says, once, and never by one person alone.
#include "process/deviations.h"

#include "base/ids.h"
#include "base/json.h"
#include "process/replay.h"
#include "process/test_flow.h"

#include <string.h>

typedef struct Deed {
    Id id;
    const char *text;
    Error *(*decide)(Ctx *cx, Id deviation, const char *comment);
    Id out;
    Value value;
} Deed;

static FALLIBLE request_work(Ctx *cx, void *state)
{
    Deed *deed = state;
    Value asked;
    TRY(json_parse(cx, deed->text, strlen(deed->text), &asked));
    return deviation_request(cx, deed->id, asked, &deed->out);
}

static Error *try_ask(Ctx *cx, const char *login, Id loan, const char *asked, Id *out)
{
    Deed deed = {.id = desk_instance(cx, loan), .text = asked};
    Error *error = desk_do(cx, login, DOOR_API, request_work, &deed);
    *out = deed.out;
    return error;
}

static Id ask(Ctx *cx, const char *login, Id loan, const char *asked)
{
    Id deviation;
    CHECK_OK(try_ask(cx, login, loan, asked, &deviation));
    return deviation;
}

static FALLIBLE decide_work(Ctx *cx, void *state)
{
    Deed *deed = state;
    return deed->decide(cx, deed->id, deed->text);
}

static Error *grant(Ctx *cx, const char *login, Id deviation)
{
    Deed deed = {.id = deviation, .decide = deviation_grant};
    return desk_do(cx, login, DOOR_API, decide_work, &deed);
}

static FALLIBLE show_work(Ctx *cx, void *state)
{
    Deed *deed = state;
    return deviation_show(cx, deed->id, &deed->value);
}

static const char *state_of(Ctx *cx, Id deviation)
{
    Deed deed = {.id = deviation};
    CHECK_OK(desk_do(cx, "root", DOOR_API, show_work, &deed));
    return text_copy(cx->arena, value_get_text(deed.value, "state"));
}

static FALLIBLE history_work(Ctx *cx, void *state)
{
    Deed *deed = state;
    AuditEntry *entries;
    size_t count;
    TRY(record_history(cx, "loan", deed->id, 0, 50, &entries, &count));
    deed->text = count ? entries[0].reason : NULL;
    return NULL;
}

// The wait of the token at that step, as text.
static const char *wait_at(Ctx *cx, Id loan, const char *node)
{
    Value shown = desk_show_instance(cx, "root", desk_instance(cx, loan));
    const Value *tokens = value_get(shown, "tokens");
    for (size_t i = 0; i < tokens->list.count; i++)
        if (text_equal(value_get_text(tokens->list.items[i], "key"), node))
            return value_get_text(tokens->list.items[i], "wait");
    return "0";
}

static const char *asked_at(Ctx *cx, Id loan, const char *kind, const char *node, const char *more)
{
    return text_format(cx->arena,
                       "{\"kind\":\"%s\",\"wait\":\"%s\",\"reason\":\"the customer is known\"%s}",
                       kind, wait_at(cx, loan, node), more);
}

// A loan that waits for the decision; anna has entered it.
static Id deciding(Ctx *cx)
{
    Id loan = desk_loan(cx, "5000");
    desk_step(cx, "anna", loan, "Enter", "{}");
    return loan;
}

DESK_TEST(a_step_is_skipped_when_somebody_else_grants_it)
{
    Id loan = deciding(cx);
    Id deviation = ask(cx, "anna", loan, asked_at(cx, loan, "skip", "Decide", ""));
    CHECK(desk_item(cx, loan, "Decide") != 0);
    CHECK_TEXT(state_of(cx, deviation), "requested");
    CHECK_OK(grant(cx, "bob", deviation));
    CHECK_TEXT(state_of(cx, deviation), "granted");
    CHECK_INT(desk_item(cx, loan, "Decide"), 0);
    CHECK(desk_item(cx, loan, "Second") != 0);
    CHECK_JSON(*value_get(desk_read(cx, loan), "decision"), "null");
}

DESK_TEST(whoever_asks_for_a_deviation_does_not_grant_it)
{
    Id loan = deciding(cx);
    Id deviation = ask(cx, "bob", loan, asked_at(cx, loan, "skip", "Decide", ""));
    CHECK_FAILS(grant(cx, "bob", deviation), ERR_DENIED, "asked for");
    CHECK_FAILS(grant(cx, "anna", deviation), ERR_DENIED, "may not decide");
    CHECK(desk_item(cx, loan, "Decide") != 0);
    Id own = ask(cx, "root", loan, asked_at(cx, loan, "skip", "Decide", ""));
    CHECK_FAILS(grant(cx, "root", own), ERR_DENIED, "asked for");
}

DESK_TEST(whoever_is_kept_apart_from_a_step_does_not_grant_it_away)
{
    Id loan = deciding(cx);
    desk_step(cx, "bob", loan, "Decide", "{\"decision\":\"yes_please\"}");
    Id skip = ask(cx, "anna", loan, asked_at(cx, loan, "skip", "Second", ""));
    CHECK_FAILS(grant(cx, "bob", skip), ERR_DENIED, "'Decide'");
    Id move = ask(cx, "anna", loan, asked_at(cx, loan, "move", "Second", ",\"to\":\"HandOver\""));
    CHECK_FAILS(grant(cx, "bob", move), ERR_DENIED, "kept apart");
    Id set = ask(cx, "anna", loan,
                 "{\"kind\":\"set\",\"fields\":{\"second\":\"yes_please\"},\"reason\":\"late\"}");
    CHECK_FAILS(grant(cx, "bob", set), ERR_DENIED, "kept apart");
    CHECK_OK(grant(cx, "bea", skip));
}

DESK_TEST(a_hand_in_a_skip_counts_as_a_hand_in_the_step)
{
    Id loan = deciding(cx);
    CHECK_OK(grant(cx, "bob", ask(cx, "cara", loan, asked_at(cx, loan, "skip", "Decide", ""))));
    Id second = desk_item(cx, loan, "Second");
    CHECK_FAILS(desk_claim(cx, "bob", second), ERR_DENIED, "somebody else");
    CHECK_FAILS(desk_claim(cx, "cara", second), ERR_DENIED, "somebody else");
    CHECK_OK(desk_claim(cx, "bea", second));
}

DESK_TEST(a_deviation_is_granted_once_and_only_where_it_was_meant)
{
    Id loan = deciding(cx);
    const char *skip = asked_at(cx, loan, "skip", "Decide", "");
    Id first = ask(cx, "anna", loan, skip), again = ask(cx, "anna", loan, skip);
    CHECK_OK(grant(cx, "bob", first));
    CHECK_FAILS(grant(cx, "bea", first), ERR_CONFLICT, "granted already");
    CHECK_FAILS(grant(cx, "bea", again), ERR_CONFLICT, "gone on");
    CHECK_TEXT(state_of(cx, again), "requested");
    CHECK(desk_item(cx, loan, "Second") != 0);
}

DESK_TEST(tokens_are_moved_added_and_taken_away)
{
    Id loan = deciding(cx);
    const char *to_hand_over = asked_at(cx, loan, "move", "Decide", ",\"to\":\"HandOver\"");
    CHECK_OK(grant(cx, "bob", ask(cx, "anna", loan, to_hand_over)));
    CHECK_INT(desk_item(cx, loan, "Decide"), 0);
    CHECK(desk_item(cx, loan, "HandOver") != 0);
    CHECK_INT(desk_reserved, 0);
    const char *add = "{\"kind\":\"add\",\"to\":\"Chase\",\"reason\":\"look after it\"}";
    CHECK_OK(grant(cx, "cara", ask(cx, "anna", loan, add)));
    CHECK(desk_item(cx, loan, "Chase") != 0);
    CHECK_OK(grant(cx, "cara", ask(cx, "anna", loan, asked_at(cx, loan, "cancel", "Chase", ""))));
    CHECK_INT(desk_item(cx, loan, "Chase"), 0);
    CHECK(desk_item(cx, loan, "HandOver") != 0);
}

DESK_TEST(an_owned_field_is_set_out_of_turn_by_a_deviation_alone)
{
    Id loan = deciding(cx);
    const char *set = "{\"kind\":\"set\",\"fields\":{\"score\":7},\"reason\":\"typed wrong\"}";
    CHECK_FAILS(desk_change(cx, "root", DOOR_API, loan, "{\"score\":7}"), ERR_CONFLICT,
                "by the process");
    Id deviation = ask(cx, "anna", loan, set), again = ask(cx, "anna", loan, set);
    CHECK_OK(grant(cx, "bob", deviation));
    CHECK_JSON(*value_get(desk_read(cx, loan), "score"), "7");
    Deed deed = {.id = loan};
    CHECK_OK(desk_do(cx, "root", DOOR_API, history_work, &deed));
    CHECK(strstr(deed.text, id_text(cx->arena, deviation)) && strstr(deed.text, "typed wrong"));
    CHECK_FAILS(grant(cx, "bea", again), ERR_CONFLICT, "has changed since");
    CHECK_FAILS(desk_change(cx, "root", DOOR_API, loan, "{\"score\":8}"), ERR_CONFLICT,
                "by the process");
    CHECK(desk_item(cx, loan, "Decide") != 0);
}

// A process that governs a record takes no variables from outside, but by a deviation.
static Id stuck_on_loan(Ctx *cx, Id *instance)
{
    flow_deploy(cx, "rated",
                "process | <m:governs entity=\"loan\" variable=\"loan\"/>\n"
                "startEvent s -> g\n"
                "exclusiveGateway g -> a when rate > 2; b when rate < 2\n"
                "userTask a -> e\n"
                "userTask b -> e\n"
                "endEvent e\n");
    Id loan = desk_loan(cx, "500");
    *instance = flow_start_on(cx, "rated", loan);
    return loan;
}

static FALLIBLE replay_work(Ctx *cx, void *state)
{
    Deed *deed = state;
    return instance_replay_check(cx, deed->id, &deed->value);
}

DESK_TEST(variables_are_mended_by_a_deviation_and_the_step_tried_again)
{
    Id instance, once, again;
    stuck_on_loan(cx, &instance);
    CHECK_TEXT(flow_state(cx, instance), "incident");
    Deed deed = {.id = instance,
                 .text = "{\"kind\":\"data\",\"fields\":{\"rate\":3},\"reason\":\"none came\"}"};
    CHECK_OK(desk_do(cx, "anna", DOOR_API, request_work, &deed));
    once = deed.out;
    CHECK_OK(desk_do(cx, "anna", DOOR_API, request_work, &deed));
    again = deed.out;
    CHECK_FAILS(grant(cx, "anna", once), ERR_DENIED, "may not decide");
    CHECK_OK(grant(cx, "bob", once));
    CHECK_TEXT(flow_variable(cx, instance, "rate"), "3");
    CHECK_FAILS(grant(cx, "bea", again), ERR_CONFLICT, "rate has changed since");
    CHECK_OK(flow_retry(cx, instance));
    CHECK_TEXT(flow_waits(cx, instance), "task a");
    CHECK_OK(desk_do(cx, "root", DOOR_API, replay_work, &deed));
    CHECK_JSON(*value_get(deed.value, "equal"), "true");
    deed.text = "{\"kind\":\"data\",\"fields\":{\"loan\":{}},\"reason\":\"none came\"}";
    CHECK_FAILS(desk_do(cx, "anna", DOOR_API, request_work, &deed), ERR_INVALID,
                "is the record of the process");
}

DESK_TEST(what_cannot_be_done_is_not_asked_for)
{
    Id loan = deciding(cx), out;
    CHECK_FAILS(
        try_ask(cx, "anna", loan, "{\"kind\":\"skip\",\"wait\":\"999\",\"reason\":\"x\"}", &out),
        ERR_CONFLICT, "gone on");
    CHECK_FAILS(try_ask(cx, "anna", loan, asked_at(cx, loan, "move", "Decide", ""), &out),
                ERR_INVALID, "where the token goes");
    CHECK_FAILS(try_ask(cx, "anna", loan,
                        asked_at(cx, loan, "move", "Decide", ",\"to\":\"Nowhere\""), &out),
                ERR_INVALID, "no step Nowhere");
    CHECK_FAILS(try_ask(cx, "anna", loan,
                        "{\"kind\":\"set\",\"fields\":{\"note\":\"n\"},\"reason\":\"x\"}", &out),
                ERR_INVALID, "does not own the field note");
    CHECK_FAILS(try_ask(cx, "anna", loan, "{\"kind\":\"set\",\"fields\":{\"score\":1}}", &out),
                ERR_INVALID, "needs a reason");
    CHECK_FAILS(try_ask(cx, "nobody", loan, asked_at(cx, loan, "skip", "Decide", ""), &out),
                ERR_NOT_FOUND, "no such process instance");
}

DESK_TEST(a_deviation_is_refused_or_taken_back_and_then_grants_nothing)
{
    Id loan = deciding(cx);
    Id refused = ask(cx, "anna", loan, asked_at(cx, loan, "skip", "Decide", ""));
    Deed refuse = {.id = refused, .decide = deviation_refuse};
    CHECK_FAILS(desk_do(cx, "bob", DOOR_API, decide_work, &refuse), ERR_INVALID, "needs a reason");
    refuse.text = "no";
    CHECK_OK(desk_do(cx, "bob", DOOR_API, decide_work, &refuse));
    CHECK_FAILS(grant(cx, "bea", refused), ERR_CONFLICT, "refused already");
    Id closed = ask(cx, "anna", loan, asked_at(cx, loan, "skip", "Decide", ""));
    Deed close = {.id = closed, .decide = deviation_close};
    CHECK_OK(desk_do(cx, "anna", DOOR_API, decide_work, &close));
    CHECK_FAILS(grant(cx, "bea", closed), ERR_CONFLICT, "closed already");
    CHECK(desk_item(cx, loan, "Decide") != 0);
}
