// SPDX-License-Identifier: Apache-2.0
// People and their work: hands it goes through, whom it may reach, when, and who gets it.
#include "base/calendar.h"
#include "base/ids.h"
#include "base/json.h"
#include "process/substitutes.h"
#include "process/test_desk.h"

#include <pthread.h>
#include <string.h>

#define HOUR_US (3600 * 1000000LL)
#define DAY_US (24 * HOUR_US)

// A process of two steps on a job, with what stands in each of them.
#define OFFICERS "<millrace:task department=\"back\" position=\"officer\"/>"
#define CLERKS "<millrace:task department=\"front\" position=\"clerk\"/>"

typedef struct Shop {
    const char *xml;
    Id job;
} Shop;

static FALLIBLE shop_deploy(Ctx *cx, void *state)
{
    const Shop *shop = state;
    const char *key;
    int version;
    TRY(process_deploy(cx, shop->xml, strlen(shop->xml), &key, &version));
    return deployments_load(cx);
}

static const char *shop_xml(Ctx *cx, const char *first, const char *second)
{
    return text_format(
        cx->arena,
        "<bpmn:definitions xmlns:bpmn=\"http://www.omg.org/spec/BPMN/20100524/MODEL\""
        " xmlns:millrace=\"https://millrace.example/ns/1.0\" id=\"d\" targetNamespace=\"urn:t\">"
        "<bpmn:process id=\"shop\" name=\"Shop\" isExecutable=\"true\"><bpmn:extensionElements>"
        "<millrace:governs entity=\"job\" variable=\"job\"/><millrace:starts on=\"create\"/>"
        "</bpmn:extensionElements><bpmn:startEvent id=\"S\"><bpmn:outgoing>a</bpmn:outgoing>"
        "</bpmn:startEvent><bpmn:sequenceFlow id=\"a\" sourceRef=\"S\" targetRef=\"A\"/>"
        "<bpmn:userTask id=\"A\" name=\"First\"><bpmn:extensionElements>%s"
        "</bpmn:extensionElements><bpmn:incoming>a</bpmn:incoming><bpmn:outgoing>b</bpmn:outgoing>"
        "</bpmn:userTask><bpmn:sequenceFlow id=\"b\" sourceRef=\"A\" targetRef=\"B\"/>"
        "<bpmn:userTask id=\"B\" name=\"Second\"><bpmn:extensionElements>%s"
        "</bpmn:extensionElements><bpmn:incoming>b</bpmn:incoming><bpmn:outgoing>c</bpmn:outgoing>"
        "</bpmn:userTask><bpmn:sequenceFlow id=\"c\" sourceRef=\"B\" targetRef=\"E\"/>"
        "<bpmn:endEvent id=\"E\"><bpmn:incoming>c</bpmn:incoming></bpmn:endEvent>"
        "</bpmn:process></bpmn:definitions>",
        first, second);
}

static FALLIBLE job_create(Ctx *cx, void *state)
{
    Record *record;
    TRY(record_create(cx, "job", value_context(cx->arena), &record));
    ((Shop *)state)->job = record->id;
    return NULL;
}

static Error *shop_try(Ctx *cx, const char *first, const char *second)
{
    Shop shop = {.xml = shop_xml(cx, first, second)};
    return desk_do(cx, "root", DOOR_API, shop_deploy, &shop);
}

static void shop_open(Ctx *cx, const char *first, const char *second)
{
    CHECK_OK(shop_try(cx, first, second));
}

static Id job_new(Ctx *cx)
{
    Shop shop = {0};
    CHECK_OK(desk_do(cx, "root", DOOR_API, job_create, &shop));
    return shop.job;
}

// ---- what people do -------------------------------------------------------------------------

typedef enum Verb {
    CLAIM,
    RELEASE,
    START,
    COMPLETE,
    SKIP,
    DELEGATE,
    RETURN,
    FORWARD,
    FORWARD_POSITION,
    REASSIGN,
    COMMENT,
    PUT_OFF,
    READ,
    NEXT,
    SHOW,
    LIST,
    TEAM,
    PEOPLE,
    SUBSTITUTE,
    CHANGE_JOB,
    FIRE,
    EDIT_USER
} Verb;

typedef struct Act {
    Verb verb;
    Id item;
    const char *text; // a login, a position, fields, a request
    Instant until;
    Id out;
    Value value;
} Act;

static FALLIBLE user_of(Ctx *cx, const char *login, Id *out)
{
    Record *user;
    const Actor *before = cx->actor;
    cx->actor = actor_system();
    Error *error = record_find(cx, "user", "login", value_text(login), &user);
    cx->actor = before;
    TRY(error);
    CHECK(user != NULL);
    *out = user->id;
    return NULL;
}

static Value json_of(Ctx *cx, const char *text)
{
    Value value = value_null();
    if (text)
        CHECK_OK(json_parse(cx, text, strlen(text), &value));
    return value;
}

// "anna bob": anna is away, bob stands in, from yesterday to tomorrow.
static FALLIBLE substitute_make(Ctx *cx, const char *text)
{
    const char *space = strchr(text, ' ');
    Id away;
    Id other = 0;
    Record *record;
    TRY(user_of(cx, text_slice(cx->arena, text, (size_t)(space - text)), &away));
    if (space[1])
        TRY(user_of(cx, space + 1, &other));
    int64_t today = date_to_days(instant_in(cx->now, zone_utc()).date);
    Value fields = value_context(cx->arena);
    value_set(cx->arena, fields, "user", value_text(id_text(cx->arena, away)));
    if (other)
        value_set(cx->arena, fields, "substitute", value_text(id_text(cx->arena, other)));
    value_set(cx->arena, fields, "first_day", value_date(date_from_days(today - 1)));
    value_set(cx->arena, fields, "last_day", value_date(date_from_days(today + 1)));
    return record_create(cx, "substitute", fields, &record);
}

static FALLIBLE hand_over(Ctx *cx, Act *act)
{
    WorkReceiver to = {0};
    if (act->verb == FORWARD_POSITION)
        to.position = act->text;
    else
        TRY(user_of(cx, act->text, &to.user));
    if (act->verb == DELEGATE)
        return work_item_delegate(cx, act->item, to.user, "please");
    if (act->verb == REASSIGN)
        return work_item_reassign(cx, act->item, to.user, NULL);
    return work_item_forward(cx, act->item, &to, NULL);
}

static FALLIBLE user_edit(Ctx *cx, const Act *act)
{
    Record *record;
    const char *space = strchr(act->text, ' ');
    Id user;
    TRY(user_of(cx, text_slice(cx->arena, act->text, (size_t)(space - act->text)), &user));
    return record_change(cx, "user", user, 0, json_of(cx, space + 1), &record);
}

static FALLIBLE act_do(Ctx *cx, void *state)
{
    Act *act = state;
    Value next;
    Record *record;
    int fired;
    switch (act->verb) {
    case CLAIM:
        return work_item_claim(cx, act->item);
    case RELEASE:
        return work_item_release(cx, act->item);
    case START:
        return work_item_start(cx, act->item);
    case COMPLETE:
        return work_item_complete(cx, act->item, json_of(cx, act->text), &next);
    case SKIP:
        return work_item_skip(cx, act->item, act->text, &next);
    case RETURN:
        return work_item_return(cx, act->item, json_of(cx, act->text), NULL);
    case DELEGATE:
    case FORWARD:
    case FORWARD_POSITION:
    case REASSIGN:
        return hand_over(cx, act);
    case COMMENT:
        return work_item_comment(cx, act->item, act->text);
    case PUT_OFF:
        return work_item_put_off(cx, act->item, act->until);
    case READ:
        return work_item_read_by_me(cx, act->item, true);
    case NEXT:
        return work_item_next(cx, NULL, &act->out);
    case SHOW:
        return work_item_show(cx, act->item, &act->value);
    case LIST:
        return work_item_list(cx, json_of(cx, act->text), &act->value);
    case TEAM:
        return work_team_show(cx, &act->value);
    case PEOPLE:
        return work_item_people(cx, act->item, &act->value);
    case SUBSTITUTE:
        return substitute_make(cx, act->text);
    case CHANGE_JOB:
        return record_change(cx, "job", act->item, 0, json_of(cx, act->text), &record);
    case EDIT_USER:
        return user_edit(cx, act);
    case FIRE:
        cx->actor = actor_system();
        return escalations_fire(cx, 100, &fired);
    }
    return NULL;
}

static Error *act(Ctx *cx, const char *login, Verb verb, Id item, const char *text)
{
    Act one = {.verb = verb, .item = item, .text = text};
    return desk_do(cx, login, DOOR_STEP, act_do, &one);
}

static Value look(Ctx *cx, const char *login, Verb verb, Id item, const char *text)
{
    Act one = {.verb = verb, .item = item, .text = text};
    CHECK_OK(desk_do(cx, login, DOOR_STEP, act_do, &one));
    return one.value;
}

static Id item_of(Ctx *cx, Id job, const char *node)
{
    const char *request =
        text_format(cx->arena, "{\"subject\":\"job/%s\"}", id_text(cx->arena, job));
    const Value items = *value_get(look(cx, "root", LIST, 0, request), "items");
    Id found = 0;
    for (size_t i = 0; i < items.list.count; i++)
        if (text_equal(value_get_text(items.list.items[i], "key"), node))
            CHECK(id_parse(value_get_text(items.list.items[i], "id"), &found));
    return found;
}

static Id first_of(Ctx *cx)
{
    return item_of(cx, job_new(cx), "A");
}

static const char *at(Value value, const char *pointer)
{
    const Value *found = value_at(value, pointer);
    return !found                         ? "missing"
           : found->kind == VALUE_TEXT    ? found->text.bytes
           : found->kind == VALUE_NULL    ? "null"
           : found->kind == VALUE_BOOLEAN ? (found->boolean ? "true" : "false")
                                          : "other";
}

static void stands(Ctx *cx, Id item, const char *state, const char *assignee)
{
    Value shown = look(cx, "root", SHOW, item, NULL);
    CHECK_TEXT(at(shown, "/state"), state);
    CHECK_TEXT(assignee ? at(shown, "/assignee/name") : at(shown, "/assignee"),
               assignee ? assignee : "null");
}

static long long counted(Ctx *cx, const char *login, const char *queue)
{
    const char *request = text_format(cx->arena, "{\"queue\":\"%s\"}", queue);
    Value page = look(cx, login, LIST, 0, request);
    int64_t count = -1;
    CHECK(decimal_to_integer(value_get(page, "count")->number, &count));
    CHECK_INT((long long)value_get(page, "items")->list.count, (long long)count);
    return (long long)count;
}

// ---- states ---------------------------------------------------------------------------------

DESK_TEST(a_step_is_offered_claimed_started_and_completed_and_says_when)
{
    shop_open(cx, OFFICERS, CLERKS);
    Id item = first_of(cx);
    stands(cx, item, "offered", NULL);
    CHECK_OK(act(cx, "bob", CLAIM, item, NULL));
    stands(cx, item, "claimed", "Bob");
    CHECK_OK(act(cx, "bob", START, item, NULL));
    stands(cx, item, "started", "Bob");
    CHECK_FAILS(act(cx, "bea", START, item, NULL), ERR_CONFLICT, "Bob has claimed");
    CHECK_OK(act(cx, "bob", COMPLETE, item, NULL));
    Value shown = look(cx, "bob", SHOW, item, NULL);
    CHECK_TEXT(at(shown, "/state"), "completed");
    CHECK_TEXT(at(shown, "/completed_by/name"), "Bob");
    CHECK(strcmp(at(shown, "/started_at"), "null") != 0);
    CHECK_TEXT(at(shown, "/events/0/kind"), "claimed");
    CHECK_TEXT(at(shown, "/events/1/kind"), "started");
    CHECK_TEXT(at(shown, "/events/2/kind"), "completed");
    CHECK_TEXT(at(shown, "/events/2/actor/name"), "Bob");
    CHECK_FAILS(act(cx, "bob", RELEASE, item, NULL), ERR_CONFLICT, "completed");
}

// ---- hands ----------------------------------------------------------------------------------

#define WITH_FORM                                                                                  \
    "<millrace:task department=\"back\" position=\"officer\"/><millrace:form><millrace:field"      \
    " name=\"note\" access=\"required\"/></millrace:form>"

static const char *note_of(Ctx *cx, Id item)
{
    return at(look(cx, "root", SHOW, item, NULL), "/subject_record/fields/note");
}

DESK_TEST(a_delegate_does_the_work_and_the_owner_completes_it)
{
    shop_open(cx, WITH_FORM, CLERKS);
    Id item = first_of(cx);
    CHECK_OK(act(cx, "bob", DELEGATE, item, "anna")); // who is no officer
    stands(cx, item, "claimed", "Anna");
    CHECK_TEXT(at(look(cx, "anna", SHOW, item, NULL), "/may/return"), "true");
    CHECK_TEXT(at(look(cx, "anna", SHOW, item, NULL), "/may/complete"), "false");
    CHECK_INT(counted(cx, "bob", "delegated"), 1);
    CHECK_FAILS(act(cx, "anna", COMPLETE, item, "{\"note\":\"x\"}"), ERR_CONFLICT, "delegated");
    CHECK_FAILS(act(cx, "anna", DELEGATE, item, "bea"), ERR_CONFLICT, "delegated");
    CHECK_FAILS(act(cx, "anna", FORWARD, item, "bea"), ERR_CONFLICT, "delegated");
    CHECK_FAILS(act(cx, "anna", RELEASE, item, NULL), ERR_CONFLICT, "delegated");
    CHECK_FAILS(act(cx, "bob", COMPLETE, item, "{\"note\":\"x\"}"), ERR_CONFLICT, "Anna has");
    CHECK_FAILS(act(cx, "anna", RETURN, item, "{\"score\":1}"), ERR_INVALID, "no field");
    CHECK_OK(act(cx, "anna", RETURN, item, "{\"note\":\"from Anna\"}"));
    stands(cx, item, "claimed", "Bob");
    CHECK_TEXT(note_of(cx, item), "null"); // nothing is written before the owner completes it
    CHECK_TEXT(at(look(cx, "bob", SHOW, item, NULL), "/form/fields/0/value"), "from Anna");
    CHECK_OK(act(cx, "bob", COMPLETE, item, NULL));
    CHECK_TEXT(note_of(cx, item), "from Anna");
}

DESK_TEST(an_owner_takes_back_what_was_delegated)
{
    shop_open(cx, OFFICERS, CLERKS);
    Id item = first_of(cx);
    CHECK_OK(act(cx, "bob", DELEGATE, item, "anna"));
    CHECK_FAILS(act(cx, "bea", RETURN, item, NULL), ERR_CONFLICT, "not delegated to you");
    CHECK_OK(act(cx, "bob", RETURN, item, NULL));
    stands(cx, item, "claimed", "Bob");
    CHECK_FAILS(act(cx, "anna", RETURN, item, NULL), ERR_NOT_FOUND, "no such work item");
}

DESK_TEST(a_step_is_forwarded_to_candidates_only)
{
    shop_open(cx, OFFICERS "<millrace:candidates position=\"manager\"/>", CLERKS);
    Id item = first_of(cx);
    CHECK_FAILS(act(cx, "anna", FORWARD, item, "bob"), ERR_NOT_FOUND, "no such work item");
    CHECK_FAILS(act(cx, "bob", FORWARD, item, "anna"), ERR_DENIED, "for the position 'officer'");
    CHECK_OK(act(cx, "bob", FORWARD, item, "bea"));
    stands(cx, item, "claimed", "Bea");
    CHECK_FAILS(act(cx, "bea", FORWARD_POSITION, item, "clerk"), ERR_DENIED, "not for 'clerk'");
    CHECK_OK(act(cx, "bea", FORWARD_POSITION, item, "manager"));
    stands(cx, item, "offered", NULL);
    CHECK_FAILS(act(cx, "bob", CLAIM, item, NULL), ERR_NOT_FOUND, "no such work item");
    CHECK_OK(act(cx, "cara", CLAIM, item, NULL));
    CHECK_OK(act(cx, "cara", FORWARD, item, "bob")); // an officer again
    CHECK_OK(act(cx, "bob", COMPLETE, item, NULL));
}

DESK_TEST(a_lead_reassigns_within_the_candidates)
{
    shop_open(cx, OFFICERS, CLERKS);
    Id item = first_of(cx);
    CHECK_OK(act(cx, "bob", CLAIM, item, NULL));
    CHECK_FAILS(act(cx, "bea", REASSIGN, item, "bea"), ERR_DENIED, "only a lead");
    CHECK_FAILS(act(cx, "cara", REASSIGN, item, "anna"), ERR_DENIED, "'officer'");
    CHECK_FAILS(act(cx, "root", REASSIGN, item, "root"), ERR_DENIED, "'officer'");
    CHECK_OK(act(cx, "cara", REASSIGN, item, "bea"));
    stands(cx, item, "claimed", "Bea");
    Value team = look(cx, "cara", TEAM, 0, NULL);
    CHECK_TEXT(at(team, "/departments/0/key"), "back");
    CHECK_TEXT(at(team, "/departments/1/key"), "vault");
    CHECK_FAILS(act(cx, "bob", TEAM, 0, NULL), ERR_NOT_FOUND, "lead no department");
}

// ---- substitutes ----------------------------------------------------------------------------

typedef struct Own {
    const char *text; // what is asked
    Id id;
    Value shown;
} Own;

static FALLIBLE own_enter(Ctx *cx, void *state)
{
    Own *own = state;
    Value asked = json_of(cx, own->text);
    Id other;
    TRY(user_of(cx, "bob", &other));
    value_set(cx->arena, asked, "substitute", value_text(id_text(cx->arena, other)));
    TRY(own_substitute_enter(cx, asked));
    return own_substitutes(cx, &own->shown);
}

static FALLIBLE own_withdraw(Ctx *cx, void *state)
{
    return own_substitute_withdraw(cx, ((Own *)state)->id);
}

DESK_TEST(who_stands_in_for_oneself_is_entered_by_oneself_alone)
{
    char days[CALENDAR_TEXT_SIZE];
    date_print(instant_in(cx->now, zone_utc()).date, days);
    Own own = {.text = text_format(cx->arena, "{\"first_day\": \"%s\", \"last_day\": \"%s\"}", days,
                                   days)};
    Id loan = desk_loan(cx, "500");
    CHECK_FAILS(desk_do(cx, "bob", DOOR_API, own_enter, &own), ERR_INVALID, "themselves");
    CHECK_OK(desk_do(cx, "anna", DOOR_API, own_enter, &own));
    Value item = value_get(own.shown, "items")->list.items[0];
    CHECK_TEXT(value_at(item, "/substitute/name")->text.bytes, "Bob");
    CHECK_OK(desk_complete(cx, "bob", desk_item(cx, loan, "Enter"), "{\"amount\": 500}"));
    CHECK(id_parse(value_get_text(item, "id"), &own.id));
    CHECK_FAILS(desk_do(cx, "bob", DOOR_API, own_withdraw, &own), ERR_NOT_FOUND, "of yours");
    CHECK_OK(desk_do(cx, "anna", DOOR_API, own_withdraw, &own));
    Id other = desk_loan(cx, "500");
    CHECK(desk_complete(cx, "bob", desk_item(cx, other, "Enter"), "{\"amount\": 500}") != NULL);
    own.text = "{\"first_day\": \"1999-01-01\", \"last_day\": \"1999-01-02\"}";
    CHECK_FAILS(desk_do(cx, "anna", DOOR_API, own_enter, &own), ERR_INVALID, "over");
}

DESK_TEST(a_substitute_sees_and_does_the_items_and_the_history_says_for_whom)
{
    shop_open(cx, WITH_FORM, CLERKS);
    Id item = first_of(cx);
    Id other = first_of(cx);
    CHECK_OK(act(cx, "bob", CLAIM, item, NULL));
    CHECK_FAILS(act(cx, "anna", SHOW, item, NULL), ERR_NOT_FOUND, "no such work item");
    CHECK_OK(act(cx, "root", SUBSTITUTE, 0, "bob anna"));
    CHECK_INT(counted(cx, "anna", "standing-in"), 2);
    CHECK_OK(act(cx, "anna", COMPLETE, item, "{\"note\":\"for him\"}"));
    Value shown = look(cx, "anna", SHOW, item, NULL);
    CHECK_TEXT(at(shown, "/events/1/actor/name"), "Anna");
    CHECK_TEXT(at(shown, "/events/1/acting_for/name"), "Bob");
    CHECK_TEXT(note_of(cx, item), "for him");
    CHECK_OK(act(cx, "anna", CLAIM, other, NULL)); // offered to him
    shown = look(cx, "anna", SHOW, other, NULL);
    CHECK_TEXT(at(shown, "/acting_for/name"), "Bob");
    // Nobody stands in longer than the period.
    cx->now += 5 * DAY_US;
    CHECK_FAILS(act(cx, "anna", COMPLETE, other, "{\"note\":\"late\"}"), ERR_DENIED, "any more");
    CHECK_OK(act(cx, "anna", RELEASE, other, NULL));
}

// ---- four eyes: no way round ----------------------------------------------------------------

#define APART OFFICERS "<millrace:separate from=\"A\"/>"

static Id second_after(Ctx *cx, const char *login)
{
    Id job = job_new(cx);
    CHECK_OK(act(cx, login, COMPLETE, item_of(cx, job, "A"), NULL));
    return item_of(cx, job, "B");
}

DESK_TEST(whoever_did_the_first_step_gets_the_second_in_no_way)
{
    shop_open(cx, OFFICERS, APART);
    Id item = second_after(cx, "bob");
    CHECK_FAILS(act(cx, "bob", CLAIM, item, NULL), ERR_DENIED, "by somebody else");
    CHECK_FAILS(act(cx, "bob", START, item, NULL), ERR_DENIED, "by somebody else");
    CHECK_FAILS(act(cx, "bob", COMPLETE, item, NULL), ERR_DENIED, "by somebody else");
    CHECK_FAILS(act(cx, "bob", DELEGATE, item, "bea"), ERR_DENIED, "by somebody else");
    CHECK_FAILS(act(cx, "bob", FORWARD, item, "bea"), ERR_DENIED, "by somebody else");
    CHECK_FAILS(act(cx, "bea", DELEGATE, item, "bob"), ERR_DENIED, "Bob did the step 'First'");
    CHECK_FAILS(act(cx, "bea", FORWARD, item, "bob"), ERR_DENIED, "Bob did the step 'First'");
    CHECK_FAILS(act(cx, "cara", REASSIGN, item, "bob"), ERR_DENIED, "Bob did the step 'First'");
    CHECK_FAILS(act(cx, "root", REASSIGN, item, "bob"), ERR_DENIED, "Bob did the step 'First'");
    CHECK_FAILS(act(cx, "bob", NEXT, 0, NULL), ERR_NOT_FOUND, "nothing waits");
    // As a substitute of another, or by a substitute of his own.
    CHECK_OK(act(cx, "root", SUBSTITUTE, 0, "bea bob"));
    CHECK_OK(act(cx, "root", SUBSTITUTE, 0, "bob anna"));
    CHECK_FAILS(act(cx, "bob", CLAIM, item, NULL), ERR_DENIED, "by somebody else");
    CHECK_FAILS(act(cx, "anna", CLAIM, item, NULL), ERR_NOT_FOUND, "no such work item");
    CHECK_OK(act(cx, "bea", CLAIM, item, NULL));
    CHECK_FAILS(act(cx, "bob", COMPLETE, item, NULL), ERR_CONFLICT, "Bea has claimed");
    CHECK_FAILS(act(cx, "anna", COMPLETE, item, NULL), ERR_NOT_FOUND, "no such work item");
    Value people = look(cx, "bea", PEOPLE, item, NULL);
    for (int i = 0; i < 9; i++)
        CHECK(strcmp(at(people, text_format(cx->arena, "/candidates/%d/name", i)), "Bob") != 0);
    CHECK_OK(act(cx, "bea", COMPLETE, item, NULL));
}

DESK_TEST(a_step_done_by_a_substitute_keeps_both_apart)
{
    shop_open(cx, OFFICERS, APART);
    CHECK_OK(act(cx, "root", SUBSTITUTE, 0, "bob bea"));
    Id job = job_new(cx);
    Id first = item_of(cx, job, "A");
    CHECK_OK(act(cx, "bob", CLAIM, first, NULL));
    CHECK_OK(act(cx, "bea", COMPLETE, first, NULL)); // for Bob
    Id item = item_of(cx, job, "B");
    CHECK_FAILS(act(cx, "bea", CLAIM, item, NULL), ERR_DENIED, "by somebody else");
    CHECK_FAILS(act(cx, "bob", CLAIM, item, NULL), ERR_DENIED, "by somebody else");
    CHECK_OK(act(cx, "cara", CLAIM, item, NULL));
}

DESK_TEST(a_delegate_who_did_the_work_is_kept_apart_too)
{
    shop_open(cx, WITH_FORM, APART);
    Id job = job_new(cx);
    Id first = item_of(cx, job, "A");
    CHECK_OK(act(cx, "bob", DELEGATE, first, "bea"));
    CHECK_OK(act(cx, "bea", RETURN, first, "{\"note\":\"done\"}"));
    CHECK_OK(act(cx, "bob", COMPLETE, first, NULL));
    Id item = item_of(cx, job, "B");
    CHECK_FAILS(act(cx, "bea", CLAIM, item, NULL), ERR_DENIED, "by somebody else");
    CHECK_FAILS(act(cx, "bob", CLAIM, item, NULL), ERR_DENIED, "by somebody else");
    CHECK_OK(act(cx, "cara", COMPLETE, item, NULL));
}

// ---- who is asked ---------------------------------------------------------------------------

DESK_TEST(a_department_means_all_below_it)
{
    shop_open(cx, "<millrace:task department=\"back\"/>", CLERKS);
    Id item = first_of(cx);
    CHECK_INT(counted(cx, "vera", "mine"), 1);
    CHECK_INT(counted(cx, "anna", "mine"), 0);
    CHECK_OK(act(cx, "vera", COMPLETE, item, NULL));
    shop_open(cx, "<millrace:task department=\"vault\"/>", CLERKS);
    item = first_of(cx);
    CHECK_FAILS(act(cx, "bob", CLAIM, item, NULL), ERR_NOT_FOUND, "no such work item");
    CHECK_INT(counted(cx, "bob", "team"), 1); // his department has it below it
    CHECK_OK(act(cx, "vera", CLAIM, item, NULL));
}

DESK_TEST(any_of_several_groups_is_enough_and_each_item_is_counted_once)
{
    shop_open(cx,
              OFFICERS "<millrace:candidates position=\"manager\"/>"
                       "<millrace:candidates users='[\"cara\",\"anna\"]'/>",
              CLERKS);
    first_of(cx);
    first_of(cx);
    CHECK_INT(counted(cx, "cara", "mine"), 2); // officer, manager and named
    CHECK_INT(counted(cx, "anna", "mine"), 2); // named
    CHECK_INT(counted(cx, "bob", "mine"), 2);
    CHECK_INT(counted(cx, "nobody", "mine"), 0);
}

DESK_TEST(a_skill_asks_for_its_level)
{
    shop_open(cx, "<millrace:task department=\"back\" skill=\"chinese\" level=\"3\"/>", CLERKS);
    Id item = first_of(cx);
    CHECK_FAILS(act(cx, "bob", CLAIM, item, NULL), ERR_NOT_FOUND, "no such work item");
    CHECK_FAILS(act(cx, "root", CLAIM, item, NULL), ERR_DENIED, "the skill 'chinese', level 3");
    CHECK_INT(counted(cx, "bea", "mine"), 1);
    CHECK_OK(act(cx, "bea", CLAIM, item, NULL));
}

DESK_TEST(a_step_is_kept_for_whoever_did_the_other)
{
    shop_open(cx, OFFICERS, OFFICERS "<millrace:keep as=\"A\"/>");
    Id item = second_after(cx, "bea");
    CHECK_INT(counted(cx, "bea", "mine"), 1);
    CHECK_INT(counted(cx, "bob", "mine"), 0);
    CHECK_FAILS(act(cx, "bob", CLAIM, item, NULL), ERR_NOT_FOUND, "no such work item");
    CHECK_OK(act(cx, "cara", REASSIGN, item, "bob")); // but a lead may
    CHECK_OK(act(cx, "bob", RELEASE, item, NULL));
    CHECK_INT(counted(cx, "cara", "mine"), 1);
    // Whoever left is not waited for.
    Id job = job_new(cx);
    CHECK_OK(act(cx, "bea", COMPLETE, item_of(cx, job, "A"), NULL));
    CHECK_OK(act(cx, "bea", COMPLETE, item_of(cx, job, "B"), NULL));
    job = job_new(cx);
    CHECK_OK(act(cx, "bea", CLAIM, item_of(cx, job, "A"), NULL));
    CHECK_FAILS(
        shop_try(cx, OFFICERS, OFFICERS "<millrace:separate from=\"A\"/><millrace:keep as=\"A\"/>"),
        ERR_INVALID, "must do this step, and must not");
}

DESK_TEST(a_step_kept_for_somebody_who_left_goes_to_the_candidates)
{
    shop_open(cx, OFFICERS, OFFICERS "<millrace:separate from=\"B\"/><millrace:keep as=\"A\"/>");
    Id job = job_new(cx);
    Id first = item_of(cx, job, "A");
    CHECK_OK(act(cx, "bob", DELEGATE, first, "bea"));
    CHECK_OK(act(cx, "bob", RETURN, first, NULL));
    CHECK_OK(act(cx, "root", EDIT_USER, 0, "bea {\"active\":false}"));
    CHECK_OK(act(cx, "bob", COMPLETE, first, NULL));
    Id second = item_of(cx, job, "B");
    CHECK_FAILS(act(cx, "cara", CLAIM, second, NULL), ERR_DENIED, "for other users");
    CHECK_OK(act(cx, "cara", REASSIGN, second, "cara")); // he leaves, too: a lead sees to it
    job = job_new(cx);
    CHECK_OK(act(cx, "bob", CLAIM, item_of(cx, job, "A"), NULL));
    CHECK_OK(act(cx, "cara", REASSIGN, item_of(cx, job, "A"), "cara"));
    CHECK_OK(act(cx, "root", EDIT_USER, 0, "bob {\"active\":false}"));
    CHECK_OK(act(cx, "cara", COMPLETE, item_of(cx, job, "A"), NULL));
    CHECK_OK(act(cx, "cara", COMPLETE, item_of(cx, job, "B"), NULL));
}

// ---- conditions -----------------------------------------------------------------------------

DESK_TEST(a_step_whose_entry_condition_does_not_hold_is_blocked_until_it_does)
{
    shop_open(cx,
              OFFICERS "<millrace:entry condition=\"job.ready = true\" message=\"Not ready.\""
                       " message-zh-CN=\"尚未就绪。\"/>",
              CLERKS);
    Id job = job_new(cx);
    Id item = item_of(cx, job, "A");
    Value shown = look(cx, "bob", SHOW, item, NULL);
    CHECK_TEXT(at(shown, "/blocked"), "true");
    CHECK_TEXT(at(shown, "/blocked_by"), "Not ready.");
    CHECK_TEXT(at(shown, "/may/why_not"), "Not ready.");
    CHECK_FAILS(act(cx, "bob", CLAIM, item, NULL), ERR_CONFLICT, "Not ready.");
    CHECK_FAILS(act(cx, "bob", COMPLETE, item, NULL), ERR_CONFLICT, "Not ready.");
    CHECK_FAILS(act(cx, "bob", DELEGATE, item, "bea"), ERR_CONFLICT, "Not ready.");
    CHECK_FAILS(act(cx, "bob", NEXT, 0, NULL), ERR_NOT_FOUND, "nothing waits");
    CHECK_OK(act(cx, "root", CHANGE_JOB, job, "{\"ready\":true}"));
    CHECK_TEXT(at(look(cx, "bob", SHOW, item, NULL), "/blocked"), "false");
    CHECK_OK(act(cx, "bob", CLAIM, item, NULL));
    CHECK_OK(act(cx, "root", CHANGE_JOB, job, "{\"ready\":false}"));
    CHECK_TEXT(at(look(cx, "bob", SHOW, item, NULL), "/blocked"), "true");
    CHECK_FAILS(act(cx, "bob", COMPLETE, item, NULL), ERR_CONFLICT, "Not ready.");
    cx->language = "zh-CN";
    CHECK_FAILS(act(cx, "bob", COMPLETE, item, NULL), ERR_CONFLICT, "尚未就绪。");
}

DESK_TEST(only_an_optional_step_is_skipped_and_with_a_reason)
{
    shop_open(cx,
              "<millrace:task position=\"officer\" mandatory=\"false\"/><millrace:form>"
              "<millrace:field name=\"note\" access=\"required\"/></millrace:form>",
              CLERKS);
    Id job = job_new(cx);
    Id item = item_of(cx, job, "A");
    CHECK_FAILS(act(cx, "bob", SKIP, item, " "), ERR_INVALID, "say why");
    CHECK_FAILS(act(cx, "anna", SKIP, item, "not needed"), ERR_NOT_FOUND, "no such");
    CHECK_OK(act(cx, "bob", SKIP, item, "not needed"));
    CHECK_TEXT(at(look(cx, "bob", SHOW, item, NULL), "/events/0/kind"), "skipped");
    CHECK_TEXT(at(look(cx, "bob", SHOW, item, NULL), "/events/0/comment"), "not needed");
    item = item_of(cx, job, "B");
    CHECK_FAILS(act(cx, "anna", SKIP, item, "not needed"), ERR_CONFLICT, "is mandatory");
}

// ---- when -----------------------------------------------------------------------------------

static const char *due_of(Ctx *cx, const char *now)
{
    CHECK(instant_parse(now, &cx->now));
    return at(look(cx, "root", SHOW, first_of(cx), NULL), "/due_at");
}

DESK_TEST(a_due_time_counts_the_working_time_of_its_calendar)
{
    shop_open(cx, "<millrace:task position=\"officer\" due=\"PT4H\" calendar=\"office\"/>", CLERKS);
    CHECK_TEXT(due_of(cx, "2026-11-27T10:00:00Z"), "2026-11-27T14:00:00Z"); // a Friday
    CHECK_TEXT(due_of(cx, "2026-11-27T15:00:00Z"), "2026-11-30T11:00:00Z");
    CHECK_TEXT(due_of(cx, "2026-11-30T16:00:00Z"), "2026-12-02T12:00:00Z"); // over a holiday
    shop_open(cx, "<millrace:task department=\"vault\" due=\"P1D\" calendar=\"department\"/>",
              CLERKS);
    CHECK_TEXT(due_of(cx, "2026-11-27T10:00:00Z"), "2026-11-30T10:00:00Z"); // that of above it
    CHECK_FAILS(shop_try(cx, "<millrace:task due=\"P1D\" calendar=\"moon\"/>", CLERKS), ERR_INVALID,
                "no calendar 'moon'");
}

// Tuesdays become free, in a unit of work that goes on or fails.
typedef struct Closing {
    const char *weekday;
    bool fails;
} Closing;

static FALLIBLE close_weekday(Ctx *cx, void *state)
{
    const Closing *closing = state;
    Record *calendar;
    TRY(record_find(cx, "calendar", "key", value_text("office"), &calendar));
    Value changes = value_context(cx->arena);
    value_set(cx->arena, changes, closing->weekday, value_null());
    TRY(record_change(cx, "calendar", calendar->id, 0, changes, &calendar));
    CHECK(instant_parse("2026-12-07T16:00:00Z", &cx->now)); // a Monday
    Record *job;
    TRY(record_create(cx, "job", value_context(cx->arena), &job)); // due by the changed one
    return closing->fails ? FAIL(cx, ERR_INVALID, "never mind") : NULL;
}

DESK_TEST(a_calendar_that_is_changed_counts_at_once_and_one_that_was_not_does_not)
{
    shop_open(cx, "<millrace:task position=\"officer\" due=\"PT4H\" calendar=\"office\"/>", CLERKS);
    CHECK_TEXT(due_of(cx, "2026-12-07T16:00:00Z"), "2026-12-08T12:00:00Z");
    Closing tuesday = {"tuesday", true};
    CHECK_FAILS(desk_do(cx, "root", DOOR_API, close_weekday, &tuesday), ERR_INVALID, "never mind");
    CHECK_TEXT(due_of(cx, "2026-12-07T16:00:00Z"), "2026-12-08T12:00:00Z");
    tuesday.fails = false;
    CHECK_OK(desk_do(cx, "root", DOOR_API, close_weekday, &tuesday));
    CHECK_TEXT(due_of(cx, "2026-12-07T16:00:00Z"), "2026-12-09T12:00:00Z");
}

DESK_TEST(what_is_not_done_in_time_is_offered_to_others_too)
{
    shop_open(cx,
              "<millrace:task department=\"back\" position=\"officer\" due=\"P1D\"/>"
              "<millrace:escalate after=\"PT0S\" to=\"clerk\" tell=\"true\"/>"
              "<millrace:escalate after=\"P1D\" to=\"keeper\"/>",
              CLERKS);
    Id item = first_of(cx);
    CHECK_OK(act(cx, "bob", CLAIM, item, NULL));
    CHECK_OK(act(cx, "root", FIRE, 0, NULL));
    CHECK_INT(counted(cx, "anna", "told"), 0);
    cx->now += DAY_US;
    CHECK_OK(act(cx, "root", FIRE, 0, NULL));
    CHECK_INT(counted(cx, "anna", "told"), 1);
    CHECK_TEXT(at(look(cx, "anna", SHOW, item, NULL), "/state"), "claimed");
    CHECK_FAILS(act(cx, "anna", CLAIM, item, NULL), ERR_CONFLICT, "Bob has claimed");
    CHECK_FAILS(act(cx, "vera", CLAIM, item, NULL), ERR_NOT_FOUND, "no such");
    cx->now += DAY_US;
    CHECK_OK(act(cx, "root", FIRE, 0, NULL));
    CHECK_OK(act(cx, "root", FIRE, 0, NULL)); // once only
    stands(cx, item, "offered", NULL);
    CHECK_INT(counted(cx, "vera", "mine"), 1);
    CHECK_INT(counted(cx, "bob", "mine"), 1);
    Value shown = look(cx, "vera", SHOW, item, NULL);
    CHECK_TEXT(at(shown, "/events/2/kind"), "escalated");
    CHECK_TEXT(at(shown, "/events/2/receiver/name"), "Bob"); // from whom it was taken
    CHECK_TEXT(at(shown, "/events/3"), "missing");
    CHECK_OK(act(cx, "vera", COMPLETE, item, NULL));
}

DESK_TEST(what_is_put_off_is_hidden_until_then)
{
    shop_open(cx, OFFICERS, CLERKS);
    Id item = first_of(cx);
    Act later = {.verb = PUT_OFF, .item = item, .until = cx->now + DAY_US};
    CHECK_FAILS(desk_do(cx, "bob", DOOR_STEP, act_do, &later), ERR_CONFLICT, "only your own");
    CHECK_OK(act(cx, "bob", CLAIM, item, NULL));
    CHECK_INT(counted(cx, "bob", "mine"), 1);
    CHECK_OK(desk_do(cx, "bob", DOOR_STEP, act_do, &later));
    CHECK_INT(counted(cx, "bob", "mine"), 0);
    CHECK_INT(counted(cx, "bob", "later"), 1);
    cx->now += DAY_US;
    CHECK_INT(counted(cx, "bob", "mine"), 1);
    CHECK_INT(counted(cx, "bob", "later"), 0);
    CHECK_FAILS(desk_do(cx, "bob", DOOR_STEP, act_do, &later), ERR_INVALID, "has passed");
}

DESK_TEST(an_item_is_unread_until_it_is_read_and_again_for_whoever_gets_it)
{
    shop_open(cx, OFFICERS, CLERKS);
    Id item = first_of(cx);
    CHECK_TEXT(at(look(cx, "bob", LIST, 0, "{}"), "/items/0/unread"), "true");
    CHECK_OK(act(cx, "bob", READ, item, NULL));
    CHECK_TEXT(at(look(cx, "bob", LIST, 0, "{}"), "/items/0/unread"), "false");
    CHECK_TEXT(at(look(cx, "bea", LIST, 0, "{}"), "/items/0/unread"), "true");
    CHECK_OK(act(cx, "bea", READ, item, NULL));
    CHECK_OK(act(cx, "bob", FORWARD, item, "bea"));
    CHECK_TEXT(at(look(cx, "bea", LIST, 0, "{}"), "/items/0/unread"), "true");
    CHECK_OK(act(cx, "bea", COMMENT, item, "on it"));
    CHECK_FAILS(act(cx, "bea", COMMENT, item, "  "), ERR_INVALID, "empty");
    CHECK_FAILS(act(cx, "anna", COMMENT, item, "hello"), ERR_NOT_FOUND, "no such");
    CHECK_TEXT(at(look(cx, "bea", SHOW, item, NULL), "/events/1/comment"), "on it");
}

// ---- who gets it ----------------------------------------------------------------------------

static const char *given_to(Ctx *cx)
{
    return at(look(cx, "root", SHOW, first_of(cx), NULL), "/assignee/name");
}

DESK_TEST(steps_are_given_round_robin)
{
    shop_open(cx, OFFICERS "<millrace:distribute by=\"round-robin\"/>", CLERKS);
    const char *first = given_to(cx);
    const char *second = given_to(cx);
    const char *third = given_to(cx);
    CHECK(strcmp(first, second) != 0 && strcmp(second, third) != 0 && strcmp(first, third) != 0);
    CHECK_TEXT(given_to(cx), first);
    CHECK_OK(act(cx, "root", SUBSTITUTE, 0, "bob anna"));
    CHECK_OK(act(cx, "root", SUBSTITUTE, 0, "cara "));
    CHECK_TEXT(given_to(cx), "Bea"); // the others are away
    CHECK_TEXT(given_to(cx), "Bea");
}

DESK_TEST(steps_are_given_to_the_least_busy_within_their_capacity)
{
    shop_open(cx, OFFICERS "<millrace:distribute by=\"least-busy\"/>", CLERKS);
    CHECK_OK(act(cx, "root", EDIT_USER, 0, "bob {\"capacity\":1}"));
    CHECK_OK(act(cx, "root", EDIT_USER, 0, "bea {\"capacity\":1}"));
    CHECK_OK(act(cx, "root", EDIT_USER, 0, "cara {\"capacity\":2}"));
    for (int i = 0; i < 4; i++)
        CHECK(strcmp(given_to(cx), "missing") != 0);
    Id waits = first_of(cx);
    stands(cx, waits, "offered", NULL); // everybody is full
    CHECK_INT(counted(cx, "cara", "mine"), 3);
    Id mine = 0;
    CHECK(id_parse(at(look(cx, "bea", LIST, 0, "{}"), "/items/0/id"), &mine));
    CHECK_OK(act(cx, "bea", COMPLETE, mine, NULL));
    stands(cx, waits, "claimed", "Bea"); // who has room again
}

DESK_TEST(steps_are_given_to_the_best_in_the_skill)
{
    shop_open(cx,
              "<millrace:task department=\"back\" skill=\"chinese\"/>"
              "<millrace:distribute by=\"skill\"/>",
              CLERKS);
    CHECK_OK(act(cx, "root", EDIT_USER, 0, "bea {\"capacity\":2}"));
    CHECK_TEXT(given_to(cx), "Bea");
    CHECK_TEXT(given_to(cx), "Bea");
    CHECK_TEXT(given_to(cx), "Bob");
}

DESK_TEST(a_given_step_keeps_duties_apart)
{
    shop_open(cx, OFFICERS, APART "<millrace:distribute by=\"round-robin\"/>");
    for (int i = 0; i < 4; i++) {
        Id item = second_after(cx, "bob");
        CHECK(strcmp(at(look(cx, "root", SHOW, item, NULL), "/assignee/name"), "Bob") != 0);
    }
}

#define AT_ONCE 6

typedef struct Taker {
    Ctx *cx;
    const char *login;
    Verb verb;
    Id out;
    ErrorCode code;
} Taker;

static void *take(void *state)
{
    Taker *taker = state;
    Ctx own = *taker->cx;
    own.arena = arena_new(64UL << 20);
    Act one = {.verb = taker->verb};
    Shop shop = {0};
    Error *error = taker->verb == NEXT ? desk_do(&own, taker->login, DOOR_STEP, act_do, &one)
                                       : desk_do(&own, taker->login, DOOR_API, job_create, &shop);
    taker->out = taker->verb == NEXT ? one.out : shop.job;
    taker->code = error ? error->code : 0;
    arena_free(own.arena);
    return NULL;
}

static void all_at_once(Ctx *cx, Taker *takers, Verb verb)
{
    static const char *const logins[] = {"bob", "bea", "cara"};
    pthread_t threads[AT_ONCE];
    for (int i = 0; i < AT_ONCE; i++) {
        takers[i] = (Taker){cx, verb == NEXT ? logins[i % 3] : "root", verb, 0, 0};
        CHECK_INT(pthread_create(&threads[i], NULL, take, &takers[i]), 0);
    }
    for (int i = 0; i < AT_ONCE; i++) {
        pthread_join(threads[i], NULL);
        CHECK_INT(takers[i].code, 0);
    }
}

DESK_TEST(of_many_who_ask_for_the_next_at_once_no_two_get_the_same)
{
    shop_open(cx, OFFICERS, CLERKS);
    for (int i = 0; i < AT_ONCE; i++)
        first_of(cx);
    Taker takers[AT_ONCE];
    all_at_once(cx, takers, NEXT);
    for (int i = 0; i < AT_ONCE; i++)
        for (int k = 0; k < i; k++)
            CHECK(takers[i].out != takers[k].out);
    CHECK_FAILS(act(cx, "bob", NEXT, 0, NULL), ERR_NOT_FOUND, "nothing waits");
}

DESK_TEST(offers_made_at_once_are_given_fairly)
{
    shop_open(cx, OFFICERS "<millrace:distribute by=\"round-robin\"/>", CLERKS);
    Taker takers[AT_ONCE];
    all_at_once(cx, takers, CLAIM);
    int given[3] = {0};
    static const char *const names[] = {"Bob", "Bea", "Cara"};
    for (int i = 0; i < AT_ONCE; i++) {
        const char *name =
            at(look(cx, "root", SHOW, item_of(cx, takers[i].out, "A"), NULL), "/assignee/name");
        for (int k = 0; k < 3; k++)
            given[k] += strcmp(name, names[k]) == 0;
    }
    for (int k = 0; k < 3; k++)
        CHECK_INT(given[k], AT_ONCE / 3);
}

DESK_TEST(the_next_is_the_most_important_and_of_these_the_earliest_due)
{
    shop_open(cx, "<millrace:task position=\"officer\" priority=\"20\" due=\"P1D\"/>", CLERKS);
    first_of(cx);
    shop_open(cx, "<millrace:task position=\"officer\" priority=\"70\" due=\"P3D\"/>", CLERKS);
    first_of(cx);
    shop_open(cx, "<millrace:task position=\"officer\" priority=\"70\" due=\"P2D\"/>", CLERKS);
    Id expected = first_of(cx);
    Act next = {.verb = NEXT};
    CHECK_OK(desk_do(cx, "bob", DOOR_STEP, act_do, &next));
    CHECK(next.out == expected);
}

// ---- queues ---------------------------------------------------------------------------------

DESK_TEST(a_queue_is_paged_without_gaps_and_counted_exactly)
{
    shop_open(cx, OFFICERS "<millrace:candidates users='\"bob\"'/>", CLERKS);
    for (int i = 0; i < 7; i++)
        first_of(cx);
    const char *after = "";
    int seen = 0;
    for (int page = 0; page < 4; page++) {
        Value list = look(cx, "bob", LIST, 0,
                          text_format(cx->arena, "{\"limit\":2,\"after\":\"%s\"}", after));
        seen += (int)value_get(list, "items")->list.count;
        CHECK_JSON(*value_get(list, "count"), "7");
        after = at(list, "/next");
    }
    CHECK_INT(seen, 7);
    CHECK_TEXT(after, "null");
    CHECK_FAILS(act(cx, "bob", LIST, 0, "{\"queue\":\"all\"}"), ERR_INVALID, "no queue 'all'");
    CHECK_FAILS(act(cx, "bob", LIST, 0, "{\"queue\":\"told\",\"state\":\"done\"}"), ERR_INVALID,
                "open steps only");
}
