// SPDX-License-Identifier: Apache-2.0
// What is deployed, what is refused, and what there is to read of it.
#include "base/ids.h"
#include "base/json.h"
#include "db/db.h"
#include "process/deployments.h"
#include "process/test_flow.h"

#include <sodium.h>
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

// The fields of the governed record are known before anything runs.
DESK_TEST(an_expression_over_a_field_that_is_not_there_is_refused)
{
    const char *xml = with(cx, "loan.amount", "loan.amont");
    int version;
    Error *error = deploy(cx, "root", xml, &version);
    CHECK_FAILS(error, ERR_INVALID, "the context has no entry \"amont\"");
    CHECK_TEXT(value_at(*error->about, "/problems/0/rule")->text.bytes, "unknown-field");
    CHECK(value_at(*error->about, "/problems/0/line")->kind == VALUE_NUMBER);
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
    TRY(process_show(cx, "loan", 0, &deployment->value));
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

// ---- drawings and warnings

static FALLIBLE draw_work(Ctx *cx, void *state)
{
    Deployment *deployment = state;
    Deployed deployed;
    TRY(model_deploy(cx, deployment->xml, strlen(deployment->xml), true, &deployed));
    deployment->key = deployed.key;
    deployment->version = deployed.version;
    CHECK(deployed.drawing);
    TRY(process_show(cx, deployed.key, 0, &deployment->value));
    return deployments_load(cx);
}

static FALLIBLE start_work(Ctx *cx, void *state)
{
    Deployment *deployment = state;
    Id instance;
    return instance_start(cx, deployment->key, NULL, 0, value_context(cx->arena), &instance);
}

static FALLIBLE read_work(Ctx *cx, void *state)
{
    Deployment *deployment = state;
    Text xml;
    TRY(process_list(cx, &deployment->value));
    TRY(process_diagram(cx, deployment->key, 0, &xml));
    CHECK_TEXT(text_slice(cx->arena, xml.bytes, xml.length), deployment->xml);
    return NULL;
}

static FALLIBLE shown_work(Ctx *cx, void *state)
{
    Deployment *deployment = state;
    return process_show(cx, deployment->key, 0, &deployment->value);
}

static const char *sketch(Ctx *cx, const char *id, const char *gateway)
{
    return text_format(
        cx->arena,
        "<definitions xmlns=\"%s\" targetNamespace=\"urn:t\">"
        "<process id=\"%s\" name=\"Sketch\" isExecutable=\"true\">"
        "<startEvent id=\"s\"/><sequenceFlow id=\"f\" sourceRef=\"s\" targetRef=\"g\"/>"
        "<%s id=\"g\"/>"
        "<sequenceFlow id=\"h\" sourceRef=\"g\" targetRef=\"e\"/><endEvent id=\"e\"/>"
        "</process></definitions>",
        "http://www.omg.org/spec/BPMN/20100524/MODEL", id, gateway);
}

DESK_TEST(what_cannot_run_can_be_kept_as_a_drawing)
{
    int version;
    const char *xml = sketch(cx, "sketch", "serviceTask");
    Error *refusal = deploy(cx, "root", xml, &version);
    CHECK_FAILS(refusal, ERR_INVALID, "does not say what it calls");
    CHECK_TEXT(refusal->detail, "it can be kept as a drawing: --drawing, or ?drawing=true");
    Deployment drawing = {.xml = xml};
    CHECK_OK(desk_do(cx, "root", DOOR_API, draw_work, &drawing));
    CHECK_TEXT(drawing.key, "sketch");
    CHECK_JSON(*value_get(drawing.value, "drawing"), "true");
    CHECK_TEXT(value_at(drawing.value, "/problems/0/rule")->text.bytes, "missing-element");
    CHECK_TEXT(value_at(drawing.value, "/problems/0/element")->text.bytes, "g");
    CHECK_FAILS(desk_do(cx, "root", DOOR_API, start_work, &drawing), ERR_CONFLICT, "drawing only");
    CHECK_OK(desk_do(cx, "anna", DOOR_API, read_work, &drawing));
    CHECK_INT((long long)value_get(drawing.value, "items")->list.count, 3);
    CHECK_OK(desk_do(cx, "root", DOOR_API, draw_work, &drawing));
    CHECK_INT(drawing.version, 1); // the same content
    drawing.xml = desk_file(cx, "loan.bpmn");
    CHECK_FAILS(desk_do(cx, "root", DOOR_API, draw_work, &drawing), ERR_CONFLICT,
                "no drawing takes its place");
    CHECK_FAILS(desk_do(cx, "anna", DOOR_API, draw_work, &drawing), ERR_DENIED, "may not deploy");
}

DESK_TEST(a_drawing_that_was_mended_runs)
{
    Deployment drawing = {.xml = sketch(cx, "mended", "serviceTask")};
    int version;
    CHECK_OK(desk_do(cx, "root", DOOR_API, draw_work, &drawing));
    CHECK_OK(deploy(cx, "root", sketch(cx, "mended", "task"), &version));
    CHECK_INT(version, 2);
    CHECK_OK(desk_do(cx, "root", DOOR_API, start_work, &drawing));
}

DESK_TEST(warnings_are_kept_with_the_version_in_both_languages)
{
    Deployment shown = {.xml = sketch(cx, "warned", "manualTask")};
    int version;
    CHECK_OK(deploy(cx, "root", shown.xml, &version));
    shown.key = "warned";
    CHECK_OK(desk_do(cx, "root", DOOR_API, shown_work, &shown));
    CHECK_TEXT(value_at(shown.value, "/problems/0/message")->text.bytes,
               "the step 'g' has no name");
    CHECK_JSON(*value_at(shown.value, "/problems/0/warning"), "true");
    cx->language = "zh-CN";
    CHECK_OK(desk_do(cx, "root", DOOR_API, shown_work, &shown));
    CHECK_TEXT(value_at(shown.value, "/problems/0/message")->text.bytes, "步骤“g”没有名称");
}

// A version that was deployed before a rule came: its row is put there as it was.
QUERY(test_version_loosen,
      "UPDATE process_version SET xml = $2, hash = $3, about = NULL WHERE process_key = $1");

static FALLIBLE loosen_work(Ctx *cx, void *state)
{
    Deployment *deployment = state;
    return db_run(cx, NULL, test_version_loosen, "loan",
                  cell_bytes(deployment->xml, strlen(deployment->xml)), deployment->key);
}

DESK_TEST(what_ran_before_a_rule_came_runs_on_and_tells_it)
{
    Deployment old = {.xml = with(cx, "<bpmn:process ", "<bpmn:process color=\"red\" ")};
    int version;
    CHECK_FAILS(deploy(cx, "root", old.xml, &version), ERR_INVALID, "has no attribute color");
    unsigned char hash[32];
    crypto_hash_sha256(hash, (const unsigned char *)old.xml, strlen(old.xml));
    char text[65];
    old.key = sodium_bin2hex(text, sizeof text, hash, sizeof hash);
    CHECK_OK(desk_do(cx, "root", DOOR_API, loosen_work, &old));
    CHECK_OK(deploy(cx, "root", old.xml, &version));
    CHECK_INT(version, 1);
    old.key = "loan";
    CHECK_OK(desk_do(cx, "root", DOOR_API, shown_work, &old));
    CHECK_TEXT(value_at(old.value, "/problems/0/rule")->text.bytes, "XSD");
}

// --- Several files -------------------------------------------------------------------------------

typedef struct Files {
    BpmnFile files[3];
    size_t count;
    Deployed deployed[3];
    size_t deployed_count;
} Files;

static FALLIBLE files_work(Ctx *cx, void *state)
{
    Files *files = state;
    TRY(models_deploy(cx, files->files, files->count, false, files->deployed,
                      &files->deployed_count));
    return deployments_load(cx);
}

static void file_add(Ctx *cx, Files *files, const char *name, const char *space, const char *inside)
{
    char *text = text_format(cx->arena,
                             "<definitions xmlns=\"" BPMN_SPACE
                             "\" xmlns:parts=\"urn:parts\" xmlns:other=\"urn:other\""
                             " expressionLanguage=\"FEEL\" targetNamespace=\"%s\">%s</definitions>",
                             space, inside);
    files->files[files->count++] = (BpmnFile){name, text, strlen(text)};
}

#define IMPORT(name)                                                                               \
    "<import namespace=\"urn:" name "\" location=\"" name ".bpmn\" importType=\"" BPMN_SPACE "\"/" \
    ">"
#define ONE_STEP(key, step)                                                                        \
    "<process id=\"" key "\" isExecutable=\"true\"><startEvent id=\"s\"/>"                         \
    "<sequenceFlow id=\"f\" sourceRef=\"s\" targetRef=\"c\"/>" step                                \
    "<sequenceFlow id=\"g\" sourceRef=\"c\" targetRef=\"e\"/><endEvent id=\"e\"/></process>"

static Files importing(Ctx *cx, const char *task)
{
    Files files = {0};
    file_add(cx, &files, "main.bpmn", "urn:main",
             IMPORT("other") ONE_STEP("main", "<callActivity id=\"c\" calledElement=\"other:other\""
                                              "/>"));
    file_add(cx, &files, "other.bpmn", "urn:other",
             IMPORT("parts")
                 ONE_STEP("other", "<callActivity id=\"c\" calledElement=\"parts:Look\"/>"));
    file_add(cx, &files, "parts.bpmn", "urn:parts", task);
    return files;
}

DESK_TEST(files_that_import_each_other_are_deployed_together)
{
    Files files = importing(cx, "<globalUserTask id=\"Look\" name=\"Look at it\"/>");
    CHECK_OK(desk_do(cx, "root", DOOR_API, files_work, &files));
    CHECK_INT((long long)files.deployed_count, 2);
    CHECK_TEXT(files.deployed[0].key, "main");
    CHECK_TEXT(files.deployed[1].file, "other.bpmn");

    deployments_close(cx->company); // as after a restart: all is read from the database
    flow_start(cx, "main", "{}");
    Id called = flow_only(cx, "other");
    CHECK_TEXT(flow_waits(cx, called), "task c");
    flow_complete(cx, called, "c", "{}");
    CHECK_TEXT(flow_state(cx, flow_only(cx, "main")), "completed");

    Files same = importing(cx, "<globalUserTask id=\"Look\" name=\"Look at it\"/>");
    same.files[2].name = "elsewhere/parts.bpmn";
    CHECK_OK(desk_do(cx, "root", DOOR_API, files_work, &same));
    CHECK(same.deployed[0].known && same.deployed[1].known);
    Files changed = importing(cx, "<globalUserTask id=\"Look\" name=\"Look again\"/>");
    CHECK_OK(desk_do(cx, "root", DOOR_API, files_work, &changed));
    CHECK(!changed.deployed[1].known); // what it imports has changed
    CHECK_INT(changed.deployed[1].version, 2);
}

DESK_TEST(what_does_not_resolve_across_files_is_refused_with_its_file)
{
    Files files = importing(cx, "<globalUserTask id=\"Watch\"/>");
    Error *error = desk_do(cx, "root", DOOR_API, files_work, &files);
    CHECK_FAILS(error, ERR_INVALID, "calledElement leads to 'parts:Look'");
    CHECK(strstr(error->detail, "in other.bpmn") != NULL);
    CHECK_INT(flow_count(cx, "main"), 0);
    files = importing(cx, "<globalUserTask id=\"Look\"/>");
    files.count = 2;
    CHECK_FAILS(desk_do(cx, "root", DOOR_API, files_work, &files), ERR_INVALID,
                "the model imports 'parts.bpmn', which is not among what is deployed with it");
    files = importing(cx, "<globalUserTask id=\"Look\"/>");
    files.files[0] = files.files[2];
    files.count = 1;
    CHECK_FAILS(desk_do(cx, "root", DOOR_API, files_work, &files), ERR_INVALID,
                "none of the files holds a process");
}
