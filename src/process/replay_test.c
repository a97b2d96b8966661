// SPDX-License-Identifier: Apache-2.0
// What is kept of an instance gives its state again, whatever happened to it in whatever order.
#include "process/replay.h"

#include "base/ids.h"
#include "process/deviations.h"
#include "process/retention.h"
#include "process/suspension.h"
#include "process/test_flow.h"

#include <string.h>

#define DAY_US (24 * 3600 * 1000000LL)

typedef struct Deed {
    Id id;
    Value value;
    Instant before;
    int count;
    int64_t number;
} Deed;

static FALLIBLE check_work(Ctx *cx, void *state)
{
    Deed *deed = state;
    return instance_replay_check(cx, deed->id, &deed->value);
}

static Error *try_replay(Ctx *cx, Id instance, Deed *deed)
{
    *deed = (Deed){.id = instance};
    return desk_do(cx, "root", DOOR_API, check_work, deed);
}

static void replays(Ctx *cx, Id instance)
{
    Deed deed;
    CHECK_OK(try_replay(cx, instance, &deed));
    CHECK_JSON(*value_get(deed.value, "equal"), "true");
}

DESK_TEST(a_loan_is_replayed_at_each_step)
{
    Id loan = desk_loan(cx, "5000"), instance = desk_instance(cx, loan);
    replays(cx, instance);
    desk_step(cx, "anna", loan, "Enter", "{\"note\":\"urgent\"}");
    replays(cx, instance);
    cx->now += 2 * DAY_US;
    desk_jobs(cx);
    CHECK(desk_item(cx, loan, "Chase") != 0);
    replays(cx, instance);
    desk_step(cx, "bob", loan, "Decide", "{\"decision\":\"yes_please\"}");
    desk_step(cx, "bea", loan, "Second", "{\"second\":\"yes_please\"}");
    CHECK_OK(desk_cancel(cx, "anna", instance));
    replays(cx, instance);
}

typedef struct Kept {
    Id instance;
    const char *text;
    int rows;
} Kept;

static FALLIBLE kept_work(Ctx *cx, void *state)
{
    Kept *kept = state;
    Rows rows;
    Cell cell = cell_integer(kept->instance);
    TRY(db_built_rows(cx, &rows,
                      "SELECT input FROM instance_event WHERE instance = $1 AND input IS NOT NULL",
                      &cell, 1));
    kept->rows = 0;
    for (size_t i = 0; i < rows.count; i++) {
        Text input = row_cell(&rows.items[i], "input").text;
        kept->rows += memmem(input.bytes, input.length, kept->text, strlen(kept->text)) != NULL;
    }
    return NULL;
}

static int rows_with(Ctx *cx, Id instance, const char *text)
{
    Kept kept = {.instance = instance, .text = text};
    CHECK_OK(database_read(cx, cx->company->database, kept_work, &kept));
    return kept.rows;
}

DESK_TEST(a_history_keeps_of_the_record_only_what_the_way_hangs_on)
{
    Id loan = desk_loan(cx, "5000"), instance = desk_instance(cx, loan);
    desk_step(cx, "anna", loan, "Enter", "{\"note\":\"urgent\"}");
    CHECK(rows_with(cx, instance, "5000") > 0); // asked by a condition
    CHECK_INT(rows_with(cx, instance, "urgent"), 0);
    replays(cx, instance);
}

DESK_TEST(a_call_that_was_given_up_is_replayed)
{
    static const char text[] = "startEvent s -> score\n"
                               "serviceTask score -> e\n"
                               "  | <m:call function=\"test.score\" async=\"true\"><m:input"
                               " name=\"amount\" value=\"amount\"/></m:call>\n"
                               "endEvent e\n";
    flow_deploy(cx, "late", text);
    Id instance = flow_start(cx, "late", "{\"amount\":666}");
    for (int i = 0; i < 12; i++) {
        cx->now += 2 * DAY_US;
        flow_jobs(cx);
    }
    CHECK_TEXT(flow_state(cx, instance), "incident");
    replays(cx, instance);
}

// SplitMix64, as in flow/random_test.c.
static int pick(uint64_t *seed, int count)
{
    uint64_t z = (*seed += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return (int)((z ^ (z >> 31)) % (uint64_t)count);
}

static const char mixed[] =
    "root | <message id=\"M\" name=\"m\"/>\n"
    "startEvent s -> split\n"
    "parallelGateway split -> ask; timed; each\n"
    "userTask ask -> which\n"
    "exclusiveGateway which -> more when n > 2; *told\n"
    "userTask more -> told\n"
    "intermediateCatchEvent told -> join\n"
    "  | <messageEventDefinition messageRef=\"M\"/>\n"
    "intermediateCatchEvent timed -> after\n"
    "  | <timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition>\n"
    "userTask after -> join\n"
    "userTask each -> join\n"
    "  | <multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality>"
    "</multiInstanceLoopCharacteristics>\n"
    "boundaryEvent late attachedToRef=\"after\" cancelActivity=\"false\" -> chase\n"
    "  | <timerEventDefinition><timeCycle>R2/P1D</timeCycle></timerEventDefinition>\n"
    "userTask chase -> chased\n"
    "endEvent chased\n"
    "parallelGateway join -> e\n"
    "endEvent e\n";

static void something_happens(Ctx *cx, Id instance, uint64_t *seed)
{
    static const char *const nodes[] = {"ask", "more", "after", "each", "chase"};
    const char *node = nodes[pick(seed, 5)];
    switch (pick(seed, 4)) {
    case 0:
        cx->now += DAY_US;
        flow_jobs(cx);
        break;
    case 1:
        flow_message(cx, "m", "", "{\"amount\":1.50}");
        break;
    default:
        if (flow_item(cx, instance, node))
            flow_complete(cx, instance, node, "{}");
    }
}

DESK_TEST(random_runs_are_replayed)
{
    flow_deploy(cx, "mixed", mixed);
    for (uint64_t run = 1; run <= 6; run++) {
        uint64_t seed = run;
        Id instance = flow_start(cx, "mixed", run % 2 ? "{\"n\":1}" : "{\"n\":3}");
        for (int i = 0; i < 25; i++)
            something_happens(cx, instance, &seed);
        replays(cx, instance);
    }
}

DESK_TEST(a_timer_in_a_business_calendar_is_replayed)
{
    flow_deploy(cx, "office",
                "startEvent s -> a\n"
                "userTask a -> e\n"
                "boundaryEvent late attachedToRef=\"a\" cancelActivity=\"false\" -> c\n"
                "  | <timerEventDefinition m:calendar=\"office\"><timeDuration>P1D</timeDuration>"
                "</timerEventDefinition>\n"
                "userTask c -> f\n"
                "endEvent f\n"
                "endEvent e\n");
    Id instance = flow_start(cx, "office", "{}");
    CHECK_TEXT(flow_waits(cx, instance), "task a; timer late");
    replays(cx, instance);
    cx->now += 30 * DAY_US;
    flow_jobs(cx);
    CHECK_TEXT(flow_waits(cx, instance), "task a; task c");
    replays(cx, instance);
}

static FALLIBLE erase_work(Ctx *cx, void *state)
{
    return instance_inputs_erase(cx, ((Deed *)state)->id);
}

static FALLIBLE prune_work(Ctx *cx, void *state)
{
    Deed *deed = state;
    return retention_purge_before(cx, deed->before, 100, &deed->count);
}

DESK_TEST(inputs_are_erased_when_a_process_has_ended_and_its_history_stays)
{
    Id loan = desk_loan(cx, "500"), instance = desk_instance(cx, loan);
    Deed deed = {.id = instance};
    CHECK_FAILS(desk_do(cx, "root", DOOR_API, erase_work, &deed), ERR_CONFLICT, "runs");
    CHECK_OK(desk_cancel(cx, "anna", instance));
    size_t entries = value_get(desk_history(cx, "root", instance), "items")->list.count;
    CHECK_FAILS(desk_do(cx, "anna", DOOR_API, erase_work, &deed), ERR_DENIED, "may not erase");
    CHECK_OK(desk_do(cx, "root", DOOR_API, erase_work, &deed));
    CHECK_INT(value_get(desk_history(cx, "root", instance), "items")->list.count, entries);
    CHECK_FAILS(try_replay(cx, instance, &deed), ERR_CONFLICT, "erased");
}

DESK_TEST(what_a_caller_can_still_have_undone_is_not_erased)
{
    flow_deploy(cx, "called",
                "startEvent s -> work\n"
                "task work -> e\n"
                "boundaryEvent undone attachedToRef=\"work\"\n"
                "  | <compensateEventDefinition/>\n"
                "userTask undo isForCompensation=\"true\"\n"
                "link undone undo\n"
                "endEvent e\n");
    flow_deploy(cx, "caller",
                "startEvent s -> ask\n"
                "callActivity ask calledElement=\"called\" -> wait\n"
                "userTask wait -> e\n"
                "endEvent e\n");
    Id instance = flow_start(cx, "caller", "{}");
    Deed deed = {.id = flow_only(cx, "called")};
    CHECK_FAILS(desk_do(cx, "root", DOOR_API, erase_work, &deed), ERR_CONFLICT, "undone");
    flow_complete(cx, instance, "wait", "{}");
    CHECK_OK(desk_do(cx, "root", DOOR_API, erase_work, &deed));
}

static FALLIBLE ask_work(Ctx *cx, void *state)
{
    Deed *deed = state;
    Value asked = value_context(cx->arena), fields = value_context(cx->arena);
    value_set(cx->arena, fields, "score", value_integer(7));
    value_set(cx->arena, asked, "kind", value_text("set"));
    value_set(cx->arena, asked, "reason", value_text("typed wrong"));
    value_set(cx->arena, asked, "fields", fields);
    return deviation_request(cx, deed->id, asked, &deed->id);
}

static FALLIBLE shown_work(Ctx *cx, void *state)
{
    Deed *deed = state;
    return deviation_show(cx, deed->id, &deed->value);
}

static FALLIBLE record_work(Ctx *cx, void *state)
{
    Deed *deed = state;
    return record_histories_erase(cx, "loan", deed->id, &deed->value);
}

DESK_TEST(all_histories_of_a_record_are_erased_at_once_with_what_stands_beside_them)
{
    Id loan = desk_loan(cx, "500"), other = desk_loan(cx, "500");
    Id instance = desk_instance(cx, loan), kept = desk_instance(cx, other);
    Deed asked = {.id = instance}, deed = {.id = loan};
    CHECK_OK(desk_do(cx, "anna", DOOR_API, ask_work, &asked));
    CHECK_OK(desk_do(cx, "root", DOOR_API, record_work, &deed));
    CHECK_JSON(deed.value, text_format(cx->arena,
                                       "{\"erased\":0,\"running\":[\"%s\"],"
                                       "\"left\":false}",
                                       id_text(cx->arena, instance)));
    CHECK_OK(desk_cancel(cx, "anna", instance));
    CHECK_OK(desk_cancel(cx, "anna", kept));
    CHECK_FAILS(desk_do(cx, "anna", DOOR_API, record_work, &deed), ERR_DENIED, "may not erase");
    CHECK_OK(desk_do(cx, "root", DOOR_API, record_work, &deed));
    CHECK_JSON(deed.value, "{\"erased\":1,\"running\":[],\"left\":false}");
    CHECK_OK(desk_do(cx, "root", DOOR_API, shown_work, &asked));
    CHECK_JSON(*value_get(asked.value, "fields"), "{}");
    CHECK_TEXT(value_get_text(asked.value, "state"), "closed");
    CHECK_FAILS(try_replay(cx, instance, &asked), ERR_CONFLICT, "erased");
    replays(cx, kept);
    CHECK_OK(desk_do(cx, "root", DOOR_API, record_work, &deed)); // and nothing is left of it
    CHECK_JSON(deed.value, "{\"erased\":0,\"running\":[],\"left\":false}");
}

#define WORD "hayfever"

static FALLIBLE personal_work(Ctx *cx, void *state)
{
    Deed *deed = state;
    return instance_personal_erase(cx, deed->id, &deed->value);
}

static FALLIBLE words_work(Ctx *cx, void *state)
{
    Deed *deed = state;
    Id item = deed->id;
    Value asked = value_context(cx->arena), fields = value_context(cx->arena);
    TRY(work_item_comment(cx, item, "has " WORD));
    TRY(instance_suspend(cx, deed->number, WORD " again"));
    TRY(instance_resume(cx, deed->number));
    value_set(cx->arena, fields, "score", value_integer(7));
    value_set(cx->arena, asked, "kind", value_text("set"));
    value_set(cx->arena, asked, "reason", value_text("for " WORD));
    value_set(cx->arena, asked, "fields", fields);
    return deviation_request(cx, deed->number, asked, &deed->id);
}

static FALLIBLE incident_work(Ctx *cx, void *state)
{
    Deed *deed = state;
    Cell cells[] = {cell_integer(deed->number)};
    TRY(deviation_refuse(cx, deed->id, "no: " WORD));
    TRY(db_built_run(
        cx, NULL,
        "INSERT INTO process_incident (id, instance, process_key, wait, stands, code,"
        " message, state, owner, failures, opened_at, opened_by) VALUES (1, $1, 'loan',"
        " 1, 1, 'odd', '', 'resolved', 0, 1, 0, 0)",
        cells, 1));
    return db_built_run(cx, NULL,
                        "INSERT INTO process_incident_event (id, incident, at, kind, actor,"
                        " receiver, comment) VALUES (1, 1, 0, 'handed on', 0, 0, '" WORD "')",
                        NULL, 0);
}

static FALLIBLE cancel_work(Ctx *cx, void *state)
{
    return instance_cancel(cx, ((Deed *)state)->number, "because of " WORD);
}

static int words(Ctx *cx)
{
    static const char *const places[] = {
        "work_item_event WHERE comment",        "instance_event WHERE detail",
        "process_deviation WHERE reason",       "process_deviation WHERE comment",
        "process_incident_event WHERE comment", "instance WHERE suspended"};
    int found = 0;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        found += flow_rows(cx, text_format(cx->arena, "%s LIKE '%%" WORD "%%'", places[i]));
    return found;
}

DESK_TEST(the_words_that_people_wrote_are_erased_too)
{
    Id loan = desk_loan(cx, "500"), instance = desk_instance(cx, loan);
    Deed deed = {.id = desk_item(cx, loan, "Enter"), .number = instance};
    CHECK_OK(desk_do(cx, "root", DOOR_API, words_work, &deed));
    CHECK_OK(desk_do(cx, "cara", DOOR_API, incident_work, &deed));
    CHECK_OK(desk_do(cx, "root", DOOR_API, cancel_work, &deed));
    CHECK_INT(words(cx), 6); // suspended and cancelled both are details
    deed.id = instance;
    replays(cx, instance);
    CHECK_OK(desk_do(cx, "root", DOOR_API, personal_work, &deed));
    CHECK_INT(words(cx), 0);
    CHECK(rows_with(cx, instance, WORD) > 0); // what came in, until that is erased
    replays(cx, instance);
    CHECK_OK(desk_do(cx, "root", DOOR_API, erase_work, &deed));
    CHECK_INT(rows_with(cx, instance, WORD), 0);
}

DESK_TEST(a_message_that_was_taken_keeps_nothing_of_what_it_brought)
{
    IncomingMessage message = {
        .name = "lost", .key = "", .payload = value_context(cx->arena), .idempotency_key = "one"};
    int reached;
    value_set(cx->arena, message.payload, "secret", value_text(WORD));
    CHECK_OK(flow_publish(cx, &message, &reached));
    message.idempotency_key = "two";
    message.keep_until = cx->now + DAY_US;
    CHECK_OK(flow_publish(cx, &message, &reached));
    CHECK_INT(flow_rows(cx, "message WHERE payload LIKE '%" WORD "%'"), 1);
    flow_deploy(cx, "takes",
                "root | <message id=\"L\" name=\"lost\"/>\n"
                "startEvent s -> get\n"
                "intermediateCatchEvent get -> e\n"
                "  | <messageEventDefinition messageRef=\"L\"/>\n"
                "endEvent e\n");
    Id instance = flow_start(cx, "takes", "{}");
    CHECK_TEXT(flow_state(cx, instance), "completed");
    CHECK_INT(flow_rows(cx, "message WHERE payload LIKE '%" WORD "%'"), 0);
    CHECK_INT(flow_rows(cx, "message"), 2);
}

// ---- personal values

static FALLIBLE holds_work(Ctx *cx, void *state)
{
    Deed *deed = state;
    Rows rows;
    // Bytes are searched as hexadecimal digits on both; here of "13800138000".
    const char *hex = db_driver(cx) == DRIVER_POSTGRES ? "encode(input, 'hex')" : "hex(input)";
    TRY(db_built_rows(cx, &rows,
                      text_format(cx->arena,
                                  "SELECT COUNT(*) AS n FROM instance_event WHERE %s LIKE"
                                  " '%%3133383030313338303030%%' OR detail LIKE '%%13800138000%%'",
                                  hex),
                      NULL, 0));
    deed->count = (int)row_integer(&rows.items[0], "n");
    TRY(db_built_rows(cx, &rows, "SELECT COUNT(*) AS n FROM instance_personal", NULL, 0));
    deed->number = (int)row_integer(&rows.items[0], "n");
    return NULL;
}

static void holds(Ctx *cx, int apart)
{
    Deed deed = {0};
    CHECK_OK(database_read(cx, cx->company->database, holds_work, &deed));
    CHECK_INT(deed.count, 0);
    CHECK_INT(deed.number, apart);
}

#define CALLING(condition, other)                                                                  \
    "startEvent s -> ask\n"                                                                        \
    "userTask ask -> which\n"                                                                      \
    "  | <m:form><m:field name=\"phone\" type=\"text\" personal=\"true\"/>"                        \
    "<m:field name=\"urgent\" type=\"boolean\"/></m:form>\n"                                       \
    "exclusiveGateway which -> call when " condition "; wait when " other "; *e\n"                 \
    "userTask call -> e\n"                                                                         \
    "userTask wait -> e\n"                                                                         \
    "endEvent e\n"

static Id called(Ctx *cx)
{
    Id instance = flow_start(cx, "calling", "{}");
    flow_complete(cx, instance, "ask", "{\"phone\":\"13800138000\",\"urgent\":true}");
    flow_complete(cx, instance, "call", "{}");
    return instance;
}

DESK_TEST(personal_values_stand_apart_and_their_erasure_leaves_what_can_be_replayed)
{
    flow_deploy(cx, "calling", CALLING("urgent", "true"));
    Id instance = called(cx);
    holds(cx, 1);
    replays(cx, instance);
    Deed deed = {.id = instance};
    CHECK_FAILS(desk_do(cx, "anna", DOOR_API, personal_work, &deed), ERR_DENIED, "may not erase");
    CHECK_OK(desk_do(cx, "root", DOOR_API, personal_work, &deed));
    CHECK_JSON(deed.value, "{\"equal\":true,\"rows\":4,\"steps\":3,\"erased\":1}");
    holds(cx, 0);
    replays(cx, instance);
}

DESK_TEST(what_hung_on_an_erased_value_says_so)
{
    flow_deploy(cx, "calling", CALLING("phone != null", "true"));
    Id other_way = called(cx);
    flow_deploy(cx, "calling", CALLING("phone != null", "false"));
    Id no_way = called(cx);
    Deed deed = {.id = other_way};
    replays(cx, other_way);
    replays(cx, no_way);
    CHECK_OK(desk_do(cx, "root", DOOR_API, personal_work, &deed));
    CHECK_JSON(*value_get(deed.value, "equal"), "false");
    CHECK_OK(try_replay(cx, other_way, &deed));
    CHECK_JSON(*value_get(deed.value, "equal"), "false");
    deed = (Deed){.id = no_way};
    CHECK_OK(desk_do(cx, "root", DOOR_API, personal_work, &deed));
    CHECK_JSON(*value_get(deed.value, "equal"), "false");
    CHECK_FAILS(try_replay(cx, no_way, &deed), ERR_CONFLICT, "has been erased");
    holds(cx, 0);
}

DESK_TEST(personal_fields_of_records_stand_apart_too)
{
    flow_deploy(cx, "noted",
                "process | <m:governs entity=\"loan\" variable=\"loan\"/>\n"
                "startEvent s -> ask\n"
                "userTask ask -> which\n"
                "  | <m:form><m:field name=\"note\" access=\"optional\"/></m:form>\n"
                "exclusiveGateway which -> call when loan.note = \"7\"; *e\n"
                "userTask call -> e\n"
                "endEvent e\n");
    Id loan;
    CHECK_OK(desk_create(cx, "anna", DOOR_API, "{\"note\":\"no process\"}", &loan));
    Id instance = flow_start_on(cx, "noted", loan);
    flow_complete(cx, instance, "ask", "{\"note\":\"13800138000\"}");
    holds(cx, 2); // the record as it came, and as the form left it
    replays(cx, instance);
    Deed deed = {.id = instance};
    CHECK_OK(desk_do(cx, "root", DOOR_API, personal_work, &deed));
    CHECK_JSON(*value_get(deed.value, "equal"), "true");
    holds(cx, 0);
}

DESK_TEST(a_field_of_the_record_says_itself_that_it_is_personal)
{
    CHECK_FAILS(
        flow_try_deploy(cx, "odd",
                        "process | <m:governs entity=\"loan\"/>\n"
                        "startEvent s -> ask\n"
                        "userTask ask -> e\n"
                        "  | <m:form><m:field name=\"amount\" personal=\"true\"/></m:form>\n"
                        "endEvent e\n"),
        ERR_INVALID, "says itself");
}

DESK_TEST(the_history_of_ended_instances_is_pruned_and_of_no_other)
{
    Id ended = desk_instance(cx, desk_loan(cx, "500"));
    Id running = desk_instance(cx, desk_loan(cx, "500"));
    CHECK_OK(desk_cancel(cx, "anna", ended));
    Deed deed = {.before = cx->now};
    CHECK_OK(desk_do(cx, "root", DOOR_API, prune_work, &deed));
    CHECK_INT(deed.count, 0);
    deed.before = cx->now + 1;
    CHECK_OK(desk_do(cx, "root", DOOR_API, prune_work, &deed));
    CHECK_INT(deed.count, 1);
    CHECK_OK(desk_do(cx, "root", DOOR_API, prune_work, &deed));
    CHECK_INT(deed.count, 0);
    CHECK_JSON(*value_get(desk_history(cx, "root", ended), "items"), "[]");
    CHECK_FAILS(try_replay(cx, ended, &deed), ERR_CONFLICT, "pruned");
    replays(cx, running);
}
