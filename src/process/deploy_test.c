// SPDX-License-Identifier: Apache-2.0
// What is deployed, what is refused, and what there is to read of it.
#include "base/ids.h"
#include "base/json.h"
#include "process/test_desk.h"

#include <string.h>

typedef struct Deployment {
    const char *xml;
    const char *key;
    int version;
    Value value;
} Deployment;

static FALLIBLE deploy_work(Ctx *cx, void *state)
{
    Deployment *deployment = state;
    TRY(process_deploy(cx, deployment->xml, strlen(deployment->xml), &deployment->key,
                       &deployment->version));
    return deployments_load(cx);
}

static const char *with(Ctx *cx, const char *from, const char *to)
{
    const char *xml = desk_file(cx, "loan.bpmn");
    const char *at = strstr(xml, from);
    CHECK(at != NULL);
    return text_format(cx->arena, "%.*s%s%s", (int)(at - xml), xml, to, at + strlen(from));
}

static Error *deploy(Ctx *cx, const char *login, const char *xml, int *version)
{
    Deployment deployment = {.xml = xml};
    Error *error = desk_do(cx, login, DOOR_API, deploy_work, &deployment);
    *version = deployment.version;
    return error;
}

static void refused(Ctx *cx, const char *from, const char *to, const char *rule)
{
    int version;
    Error *error = deploy(cx, "root", with(cx, from, to), &version);
    CHECK(error && error->code == ERR_INVALID);
    const Value *first = value_at(*error->about, "/problems/0/rule");
    CHECK_TEXT(first ? first->text.bytes : error->message, rule);
}

DESK_TEST(the_same_content_is_the_same_version)
{
    int version;
    CHECK_OK(deploy(cx, "root", desk_file(cx, "loan.bpmn"), &version));
    CHECK_INT(version, 1);
    CHECK_OK(deploy(cx, "root", with(cx, "name=\"Hand over\"", "name=\"Hand out\""), &version));
    CHECK_INT(version, 2);
    CHECK_OK(deploy(cx, "root", desk_file(cx, "loan.bpmn"), &version));
    CHECK_INT(version, 1);
}

DESK_TEST(an_instance_stays_on_the_version_it_started_on)
{
    Id loan = desk_loan(cx, "500");
    int version;
    CHECK_OK(deploy(cx, "root", with(cx, "name=\"Hand over\"", "name=\"Hand out\""), &version));
    desk_step(cx, "anna", loan, "Enter", "{}");
    Value moves = desk_moves(cx, "anna", loan);
    CHECK_TEXT(value_at(moves, "/may/0/name")->text.bytes, "Hand over");
    Id later = desk_loan(cx, "500");
    desk_step(cx, "anna", later, "Enter", "{}");
    CHECK_TEXT(value_at(desk_moves(cx, "anna", later), "/may/0/name")->text.bytes, "Hand out");
}

DESK_TEST(what_this_company_cannot_run_is_refused_by_name)
{
    refused(cx, "name=\"note\"", "name=\"notice\"", "unknown-field");
    refused(cx, "function=\"test.score\"", "function=\"test.scare\"", "unknown-function");
    refused(cx, "model=\"risk\"", "model=\"rusk\"", "unknown-decision");
    refused(cx, "governs entity=\"loan\"", "governs entity=\"lawn\"", "unknown-entity");
}

DESK_TEST(only_who_may_deploys)
{
    int version;
    CHECK_FAILS(deploy(cx, "anna", desk_file(cx, "loan.bpmn"), &version), ERR_DENIED,
                "may not deploy");
}

static FALLIBLE show_work(Ctx *cx, void *state)
{
    Deployment *deployment = state;
    Text xml;
    TRY(process_diagram(cx, "loan", 0, &xml));
    deployment->xml = text_slice(cx->arena, xml.bytes, xml.length);
    TRY(process_list(cx, &deployment->value));
    CHECK_TEXT(value_at(deployment->value, "/items/0/key")->text.bytes, "loan");
    CHECK_JSON(*value_at(deployment->value, "/items/0/department_count"), "2");
    TRY(process_show(cx, "loan", &deployment->value));
    return NULL;
}

DESK_TEST(a_process_is_shown_in_the_readers_language)
{
    cx->language = "zh-CN";
    Deployment deployment = {0};
    CHECK_OK(desk_do(cx, "anna", DOOR_API, show_work, &deployment));
    CHECK_TEXT(value_get_text(deployment.value, "name"), "贷款");
    CHECK_TEXT(deployment.xml, desk_file(cx, "loan.bpmn"));
    bool found = false;
    const Value *steps = value_get(deployment.value, "steps");
    for (size_t i = 0; i < steps->list.count; i++)
        found |= text_equal(value_get_text(steps->list.items[i], "name"), "录入贷款");
    CHECK(found);
}

// ---- instances and timelines

static FALLIBLE list_work(Ctx *cx, void *state)
{
    Deployment *deployment = state;
    Value request;
    TRY(json_parse(cx, deployment->xml, strlen(deployment->xml), &request));
    return instance_list(cx, request, &deployment->value);
}

DESK_TEST(instances_are_listed_page_by_page)
{
    for (int i = 0; i < 3; i++)
        desk_loan(cx, "500");
    Deployment page = {.xml = "{\"process\":\"loan\",\"state\":\"running\",\"limit\":2}"};
    CHECK_OK(desk_do(cx, "root", DOOR_API, list_work, &page));
    CHECK_INT(value_get(page.value, "items")->list.count, 2);
    CHECK_JSON(*value_get(page.value, "count"), "3");
    page.xml = text_format(cx->arena, "{\"process\":\"loan\",\"limit\":2,\"after\":\"%s\"}",
                           value_get_text(page.value, "next"));
    CHECK_OK(desk_do(cx, "root", DOOR_API, list_work, &page));
    CHECK_INT(value_get(page.value, "items")->list.count, 1);
    CHECK_TEXT(value_get_text(page.value, "next"), NULL);
    CHECK_FAILS(desk_do(cx, "anna", DOOR_API, list_work, &page), ERR_DENIED, "of a record only");
}

typedef struct Look {
    Id loan;
    Value value;
} Look;

static FALLIBLE timeline_work(Ctx *cx, void *state)
{
    Look *look = state;
    return process_timeline(cx, "loan", look->loan, 0, 50, &look->value);
}

DESK_TEST(a_timeline_tells_the_steps_newest_first)
{
    Look look = {.loan = desk_loan(cx, "5000")};
    cx->now += 1000000;
    desk_step(cx, "anna", look.loan, "Enter", "{}");
    CHECK_OK(desk_do(cx, "anna", DOOR_API, timeline_work, &look));
    const Value *items = value_get(look.value, "items");
    bool entered = false;
    for (size_t i = 0; i < items->list.count; i++) {
        Value item = items->list.items[i];
        if (text_equal(value_at(item, "/step/key")->text.bytes, "Enter") &&
            text_equal(value_get_text(item, "kind"), "completed")) {
            CHECK_TEXT(value_at(item, "/actor/name")->text.bytes, "Anna");
            entered = true;
        }
    }
    CHECK(entered);
    CHECK(strcmp(value_at(look.value, "/items/0/at")->text.bytes,
                 value_get_text(items->list.items[items->list.count - 1], "at")) > 0);
}

// ---- what fails with nobody there

DESK_TEST(a_timer_whose_step_fails_is_put_off_and_told)
{
    int version;
    const char *task = "<millrace:task department=\"back\" position=\"manager\"/>";
    const char *sets =
        "<millrace:set field=\"status\" value=\"&quot;nonsense&quot;\" on=\"enter\"/>";
    CHECK_OK(
        deploy(cx, "root", with(cx, task, text_format(cx->arena, "%s%s", task, sets)), &version));
    Id loan = desk_loan(cx, "5000");
    desk_step(cx, "anna", loan, "Enter", "{}");
    Id healthy = desk_loan(cx, "5000");
    desk_step(cx, "anna", healthy, "Enter", "{}");
    for (int attempt = 0; attempt < 8; attempt++) {
        cx->now += 2 * 24 * 3600 * 1000000LL;
        CHECK_INT(desk_jobs(cx), 2);
        CHECK_INT(desk_jobs(cx), 0);
    }
    Value shown = desk_show_instance(cx, "root", desk_instance(cx, loan));
    CHECK_TEXT(value_get_text(shown, "state"), "incident");
    CHECK(value_at(shown, "/incidents/0/message") != NULL);
    CHECK_TEXT(value_get_text(desk_read(cx, loan), "status"), "deciding");
    desk_step(cx, "bob", loan, "Decide", "{\"decision\":\"yes_please\"}");
    shown = desk_show_instance(cx, "root", desk_instance(cx, loan));
    CHECK_TEXT(value_get_text(shown, "state"), "running");
}
