// SPDX-License-Identifier: Apache-2.0
#include "process/incidents.h"

#include "base/ids.h"
#include "base/json.h"
#include "process/migration.h"
#include "process/test_flow.h"

#include <string.h>

typedef struct Deed {
    Id id;
    Id to;
    const char *text;
    const char *language;
    Value shown;
} Deed;

static Value json(Ctx *cx, const char *text)
{
    Value value;
    CHECK_OK(json_parse(cx, text, strlen(text), &value));
    return value;
}

static FALLIBLE list_work(Ctx *cx, void *state)
{
    Deed *deed = state;
    return incident_list(cx, json(cx, deed->text), &deed->shown);
}

static FALLIBLE show_work(Ctx *cx, void *state)
{
    Deed *deed = state;
    if (deed->language)
        cx->language = deed->language;
    return incident_show(cx, deed->id, &deed->shown);
}

static FALLIBLE take_work(Ctx *cx, void *state)
{
    Deed *deed = state;
    return incident_take(cx, deed->id, deed->text);
}

static FALLIBLE hand_work(Ctx *cx, void *state)
{
    Deed *deed = state;
    return incident_hand_on(cx, deed->id, deed->to, deed->text);
}

static FALLIBLE retry_work(Ctx *cx, void *state)
{
    Deed *deed = state;
    return incident_retry(cx, deed->id, json(cx, deed->text));
}

static FALLIBLE close_work(Ctx *cx, void *state)
{
    Deed *deed = state;
    return incident_close(cx, deed->id, deed->text);
}

static Value listed(Ctx *cx, const char *login, const char *request)
{
    Deed deed = {.text = request};
    CHECK_OK(desk_do(cx, login, DOOR_API, list_work, &deed));
    return deed.shown;
}

static Value shown_in(Ctx *cx, const char *login, Id incident, const char *language)
{
    Deed deed = {.id = incident, .language = language};
    CHECK_OK(desk_do(cx, login, DOOR_API, show_work, &deed));
    return deed.shown;
}

static const char *at(Ctx *cx, Value value, const char *pointer)
{
    const Value *found = value_at(value, pointer);
    return found ? json_text(cx->arena, *found) : "-";
}

static Error *retried(Ctx *cx, const char *login, Id incident, const char *mend)
{
    Deed deed = {.id = incident, .text = mend};
    return desk_do(cx, login, DOOR_API, retry_work, &deed);
}

static Id only(Ctx *cx)
{
    Value page = listed(cx, "root", "{\"state\": \"unresolved\"}");
    Id id = 0;
    CHECK_TEXT(at(cx, page, "/count"), "1");
    const char *text = value_get_text(*value_at(page, "/items/0"), "id");
    CHECK(text && id_parse(text, &id));
    return id;
}

// bob's department, which cara leads.
static const char asking[] = "process | <m:owner department=\"back\"/>\n"
                             "startEvent s -> g\n"
                             "exclusiveGateway g -> a when rate > 1; b when rate <= 1\n"
                             "userTask a -> e\n"
                             "userTask b -> e\n"
                             "endEvent e\n";

DESK_TEST(an_incident_is_told_to_each_reader_in_his_language)
{
    flow_deploy(cx, "asking", asking);
    flow_start(cx, "asking", "{\"rate\": \"x\"}");
    Id incident = only(cx);
    Value english = shown_in(cx, "root", incident, "en");
    CHECK(strstr(at(cx, english, "/message"), "no condition of the outgoing flows is true") ||
          strstr(at(cx, english, "/message"), "the condition"));
    Value chinese = shown_in(cx, "root", incident, "zh-CN");
    CHECK(!strstr(at(cx, chinese, "/message"), "condition"));
    CHECK(!strstr(at(cx, chinese, "/hint"), "Mend"));
    CHECK_TEXT(at(cx, english, "/step/key"), "\"g\"");
    CHECK_TEXT(at(cx, english, "/code"), "\"no-way-on\"");
}

// A version whose timer is none, once it is armed.
static const char mistimed[] =
    "startEvent s -> a\nuserTask a -> e\nendEvent e\n"
    "boundaryEvent late attachedToRef=\"a\" cancelActivity=\"false\" -> f\n"
    "  | <timerEventDefinition><timeDuration>if true then 7 else duration(\"P1D\")"
    "</timeDuration></timerEventDefinition>\nendEvent f\n";

static FALLIBLE migrate_work(Ctx *cx, void *state)
{
    Deed *deed = state;
    Value asked;
    cx->language = deed->language;
    TRY(json_parse(cx, deed->text, strlen(deed->text), &asked));
    TRY(migration_create(cx, "asking", asked, &deed->id));
    return migration_run(cx, deed->id);
}

DESK_TEST(an_incident_of_a_migration_is_told_to_each_reader_in_his_language)
{
    flow_deploy(cx, "asking", "startEvent s -> a\nuserTask a -> e\nendEvent e\n");
    flow_start(cx, "asking", "{}");
    flow_deploy(cx, "asking", mistimed);
    Deed deed = {.text = "{\"from\":1,\"to\":2}", .language = "zh-CN"};
    CHECK_OK(desk_do(cx, "root", DOOR_API, migrate_work, &deed));
    const char *before = cx->language;
    cx->language = "zh-CN";
    flow_jobs(cx);
    cx->language = before;
    Id incident = only(cx);
    CHECK(strstr(at(cx, shown_in(cx, "root", incident, "en"), "/message"), "time"));
    CHECK(!strstr(at(cx, shown_in(cx, "root", incident, "zh-CN"), "/message"), "time"));
}

DESK_TEST(an_incident_belongs_to_the_lead_of_the_owning_department_and_can_be_handed_on)
{
    flow_deploy(cx, "asking", asking);
    flow_start(cx, "asking", "{\"rate\": \"x\"}");
    Id incident = only(cx);
    Value shown = shown_in(cx, "cara", incident, NULL);
    CHECK_TEXT(at(cx, shown, "/owner/name"), "\"Cara\"");
    CHECK_TEXT(at(cx, shown, "/state"), "\"open\"");
    CHECK_TEXT(at(cx, shown, "/department/key"), "\"back\"");
    CHECK_TEXT(at(cx, listed(cx, "cara", "{\"owner\": \"me\"}"), "/count"), "1");
    CHECK_TEXT(at(cx, listed(cx, "cara", "{\"department\": \"back\"}"), "/count"), "1");

    Deed deed = {.id = incident, .text = "{\"department\": \"back\"}"};
    CHECK_FAILS(desk_do(cx, "bob", DOOR_API, list_work, &deed), ERR_DENIED,
                "you may not list the incidents of others");
    CHECK_FAILS(desk_do(cx, "bob", DOOR_API, show_work, &deed), ERR_NOT_FOUND,
                "there is no such incident");
    CHECK_FAILS(desk_do(cx, "bob", DOOR_API, take_work, &deed), ERR_NOT_FOUND,
                "there is no such incident");

    deed.text = "I look at it";
    CHECK_OK(desk_do(cx, "root", DOOR_API, take_work, &deed));
    shown = shown_in(cx, "root", incident, NULL);
    CHECK_TEXT(at(cx, shown, "/owner/name"), "\"Root\"");
    CHECK_TEXT(at(cx, shown, "/state"), "\"taken\"");

    CHECK_TEXT(at(cx, shown, "/events/0/kind"), "\"opened\"");
    CHECK_TEXT(at(cx, shown, "/events/1/kind"), "\"taken\"");
    CHECK_TEXT(at(cx, shown, "/events/1/comment"), "\"I look at it\"");
    deed.to = 12345;
    CHECK_FAILS(desk_do(cx, "root", DOOR_API, hand_work, &deed), ERR_INVALID,
                "this person may not handle the incident");
}

DESK_TEST(what_is_mended_is_tried_again_in_one_unit_and_recorded)
{
    flow_deploy(cx, "asking", asking);
    Id instance = flow_start(cx, "asking", "{\"rate\": \"x\"}");
    Id incident = only(cx);
    CHECK_OK(retried(cx, "cara", incident, "{}")); // it fails again, and the row goes on
    CHECK_INT(only(cx), incident);
    CHECK_TEXT(at(cx, shown_in(cx, "root", incident, NULL), "/failures"), "2");

    CHECK_FAILS(retried(cx, "cara", incident, "{\"variables\": {\"rate\": 3}}"), ERR_DENIED,
                "you may not edit the data of a process");
    CHECK_FAILS(retried(cx, "root", incident, "{\"variables\": {\"\": 3}}"), ERR_INVALID,
                "'' is no name of a variable");
    CHECK_FAILS(retried(cx, "root", incident, "{\"fields\": {\"amount\": 3}, \"version\": 1}"),
                ERR_INVALID, "this process runs on no record");
    CHECK_TEXT(flow_variable(cx, instance, "rate"), "\"x\"");

    CHECK_OK(retried(cx, "root", incident, "{\"variables\": {\"rate\": 3}, \"comment\": \"3\"}"));
    CHECK_TEXT(flow_state(cx, instance), "running");
    CHECK_TEXT(flow_waits(cx, instance), "task a");
    Value shown = shown_in(cx, "root", incident, NULL);
    CHECK_TEXT(at(cx, shown, "/state"), "\"resolved\"");
    CHECK_TEXT(at(cx, shown, "/resolution"), "\"retried\"");
    CHECK_TEXT(at(cx, shown, "/resolved_by/name"), "\"Root\"");
    CHECK_TEXT(at(cx, shown, "/events/3/kind"), "\"edited\"");
    CHECK_TEXT(at(cx, shown, "/may/retry"), "false");
    CHECK_FAILS(retried(cx, "root", incident, "{}"), ERR_CONFLICT,
                "this incident is resolved already");
    CHECK_TEXT(at(cx, listed(cx, "root", "{\"state\": \"unresolved\"}"), "/count"), "0");
}

DESK_TEST(what_only_warns_is_closed_by_somebody)
{
    flow_deploy(cx, "warning",
                "startEvent s -> t\n"
                "scriptTask t m:result=\"double\" -> a\n"
                "  | <script>totl * 2</script>\n"
                "userTask a -> e\n"
                "endEvent e\n");
    Id instance = flow_start(cx, "warning", "{\"total\": 2}");
    Id incident = only(cx);
    CHECK_TEXT(flow_state(cx, instance), "running");
    CHECK_TEXT(at(cx, shown_in(cx, "root", incident, NULL), "/stands"), "false");
    CHECK_FAILS(retried(cx, "root", incident, "{}"), ERR_CONFLICT,
                "the process has gone on at this incident");
    Deed deed = {.id = incident, .text = "it was nothing"};
    CHECK_OK(desk_do(cx, "root", DOOR_API, close_work, &deed));
    CHECK_TEXT(at(cx, shown_in(cx, "root", incident, NULL), "/resolution"), "\"closed\"");
    CHECK_TEXT(at(cx, flow_show(cx, instance), "/incidents"), "[]");
}

DESK_TEST(an_incident_ends_with_its_instance_and_one_that_stands_is_not_closed)
{
    flow_deploy(cx, "ending",
                "startEvent s -> f\n"
                "parallelGateway f -> g; a\n"
                "exclusiveGateway g -> e when rate > 1; h when rate < -1\n"
                "userTask h -> e\n"
                "userTask a -> t\n"
                "endEvent t\n"
                "  | <terminateEventDefinition/>\n"
                "endEvent e\n");
    Id instance = flow_start(cx, "ending", "{\"rate\": 0}");
    Deed deed = {.id = only(cx)};
    CHECK_FAILS(desk_do(cx, "root", DOOR_API, close_work, &deed), ERR_CONFLICT,
                "the process stands at this incident");
    flow_complete(cx, instance, "a", "{}");
    CHECK_TEXT(flow_state(cx, instance), "terminated");
    CHECK_TEXT(at(cx, shown_in(cx, "root", deed.id, NULL), "/resolution"), "\"ended\"");
}
