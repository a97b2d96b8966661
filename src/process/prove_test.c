// SPDX-License-Identifier: Apache-2.0
// The proof finds nothing in a process that holds, and finds what does not hold.
#include "process/prove.h"

#include "base/ids.h"
#include "base/json.h"
#include "process/proofs.h"
#include "process/prove_room.h"
#include "process/test_flow.h"
#include "record/record.h"

#include <string.h>

static Value proven_at(Ctx *cx, const ProveDoors *doors)
{
    Value certificate;
    CHECK_OK(prove_run(cx, &(ProveOptions){"loan", 12, 7, doors}, &certificate));
    return certificate;
}

static Value proven(Ctx *cx)
{
    return proven_at(cx, NULL);
}

static bool holds(Value certificate)
{
    return value_get(certificate, "holds")->boolean;
}

DESK_TEST(nothing_gets_through_a_loan)
{
    Value certificate = proven(cx);
    CHECK_JSON(*value_get(certificate, "through"), "[]");
    CHECK(value_get(certificate, "tried")->list.count > 50);
    CHECK(value_equal(*value_get(certificate, "attempts"), *value_get(certificate, "refused")));
    CHECK(holds(certificate));
    CHECK_INT((long long)value_get(certificate, "reached")->list.count, 5);
    CHECK_JSON(*value_get(certificate, "missed"), "[]");
    CHECK_JSON(*value_get(certificate, "unclear"), "[]");
    CHECK_JSON(*value_get(certificate, "untried"), "[]");
}

static const Value *found(Value certificate, const char *list, const char *door, const char *move)
{
    const Value *items = value_get(certificate, list);
    for (size_t i = 0; i < items->list.count; i++)
        if (text_equal(value_get_text(items->list.items[i], "door"), door) &&
            text_equal(value_get_text(items->list.items[i], "move"), move))
            return &items->list.items[i];
    return NULL;
}

DESK_TEST(a_refusal_in_the_certificate_names_the_step_who_and_where)
{
    const Value *tried = found(proven(cx), "tried", "import", "set status");
    CHECK(tried != NULL);
    CHECK_TEXT(value_at(*tried, "/named/key")->text.bytes, "Enter");
    CHECK_TEXT(value_at(*tried, "/named/who/position")->text.bytes, "clerk");
    CHECK_TEXT(value_at(*tried, "/named/where")->text.bytes, "/work");
}

static FALLIBLE nothing_is_held(Ctx *cx, const GateChange *change)
{
    (void)cx;
    (void)change;
    return NULL;
}

DESK_TEST(what_the_gate_lets_through_is_told)
{
    static const Governor open = {.check = nothing_is_held};
    gate_govern(&open);
    Value certificate = proven(cx);
    CHECK(!holds(certificate));
    const Value *passed = found(certificate, "through", "domain", "set status");
    CHECK(passed != NULL);
    CHECK_TEXT(value_get_text(*passed, "changed"), "loan");
}

// A door that somebody left open: it writes past the gate.
static FALLIBLE write_past(Ctx *cx, void *state)
{
    const ProveMove *move = state;
    Cell cells[] = {cell_integer(move->record)};
    return db_built_run(cx, NULL, "UPDATE loan SET score = 99, version = version + 1 WHERE id = $1",
                        cells, 1);
}

static Error *back_door(Ctx *cx, void *state, const ProveMove *move, ProveAnswer *answer)
{
    (void)state;
    answer->knows = move->kind == MOVE_CHANGE;
    return answer->knows
               ? proof_unit(cx, move->actor.user, DOOR_API, write_past, (void *)(uintptr_t)move)
               : NULL;
}

// One that says no, and does it all the same.
static Error *sly_door(Ctx *cx, void *state, const ProveMove *move, ProveAnswer *answer)
{
    answer->problem = prove_problem(cx, FAIL(cx, ERR_CONFLICT, "no"));
    return back_door(cx, state, move, answer);
}

DESK_TEST(a_door_past_the_gate_makes_the_proof_fail)
{
    static const ProveDoor items[] = {{"import", proof_import_door}, {"back", back_door}};
    Value certificate = proven_at(cx, &(ProveDoors){items, 2, NULL});
    CHECK(!holds(certificate));
    CHECK(found(certificate, "through", "import", "set score") == NULL);
    const Value *passed = found(certificate, "through", "back", "set score");
    CHECK(passed != NULL);
    CHECK_TEXT(value_get_text(*passed, "changed"), "loan");
}

DESK_TEST(a_refusal_that_changes_something_makes_the_proof_fail)
{
    static const ProveDoor items[] = {{"sly", sly_door}};
    Value certificate = proven_at(cx, &(ProveDoors){items, 1, NULL});
    const Value *passed = found(certificate, "through", "sly", "set score");
    CHECK(!holds(certificate));
    CHECK_TEXT(value_get_text(*passed, "why"), "no");
    CHECK_TEXT(value_get_text(*passed, "changed"), "loan");
}

// ---- the walk reaches what the model leads to -----------------------------------------------

static Value walked(Ctx *cx, const char *key, const char *drawing)
{
    Value certificate;
    flow_deploy(cx, key, drawing);
    CHECK_OK(prove_run(cx, &(ProveOptions){key, 30, 3, NULL}, &certificate));
    return certificate;
}

static const char *reached(Ctx *cx, Value certificate)
{
    CHECK_JSON(*value_get(certificate, "through"), "[]");
    return json_text(cx->arena, *value_get(certificate, "reached"));
}

static const char *missed(Ctx *cx, Value certificate)
{
    return json_text(cx->arena, *value_get(certificate, "missed"));
}

DESK_TEST(a_proof_is_the_same_for_the_same_seed)
{
    Value once = proven(cx), again = proven(cx);
    CHECK_TEXT(json_text(cx->arena, once), json_text(cx->arena, again));
}

DESK_TEST(a_proof_fills_forms_for_conditions_that_come_later)
{
    CHECK_TEXT(reached(cx, walked(cx, "late",
                                  "startEvent s -> ask\n"
                                  "userTask ask -> look\n"
                                  "  | <m:form><m:field name=\"size\" access=\"required\" "
                                  "type=\"integer\"/></m:form>\n"
                                  "userTask look -> g\n"
                                  "  | <m:form><m:field name=\"colour\" access=\"required\" "
                                  "type=\"text\"/></m:form>\n"
                                  "exclusiveGateway g -> rare when colour = \"mauve\" and size > "
                                  "7000 and size < 7100; *e\n"
                                  "userTask rare -> e\n"
                                  "endEvent e\n")),
               "[\"ask\",\"look\",\"rare\"]");
}

DESK_TEST(a_proof_goes_round_loops_and_through_many_instances)
{
    CHECK_TEXT(
        reached(cx,
                walked(cx, "many",
                       "startEvent s -> each\n"
                       "userTask each -> again\n"
                       "  | <multiInstanceLoopCharacteristics><extensionElements><m:each "
                       "in=\"items\" as=\"item\"/></extensionElements>"
                       "</multiInstanceLoopCharacteristics>\n"
                       "userTask again -> round\n"
                       "  | <m:form><m:field name=\"n\" access=\"required\" type=\"integer\"/>"
                       "</m:form>\n"
                       "  | <standardLoopCharacteristics loopMaximum=\"3\"><loopCondition>n &lt; "
                       "3</loopCondition></standardLoopCharacteristics>\n"
                       "userTask round -> g\n"
                       "  | <m:form><m:field name=\"done\" access=\"required\" "
                       "type=\"boolean\"/></m:form>\n"
                       "exclusiveGateway g -> round when done = false; *last\n"
                       "userTask last -> e\n"
                       "endEvent e\n")),
        "[\"each\",\"again\",\"round\",\"last\"]");
}

DESK_TEST(a_proof_lets_each_event_of_a_gateway_win)
{
    CHECK_TEXT(reached(cx, walked(cx, "race",
                                  "root | <message id=\"M\" name=\"come\"/>\n"
                                  "root | <signal id=\"S\" name=\"go\"/>\n"
                                  "startEvent s -> g\n"
                                  "eventBasedGateway g -> m; t; k\n"
                                  "intermediateCatchEvent m -> told\n"
                                  "  | <m:output name=\"what\" value=\"result.what\"/>\n"
                                  "  | <messageEventDefinition messageRef=\"M\"/>\n"
                                  "intermediateCatchEvent t -> late\n"
                                  "  | <timerEventDefinition><timeDuration>P3D</timeDuration>"
                                  "</timerEventDefinition>\n"
                                  "intermediateCatchEvent k -> heard\n"
                                  "  | <signalEventDefinition signalRef=\"S\"/>\n"
                                  "exclusiveGateway told -> yes when what = \"yes\"; *no\n"
                                  "userTask yes -> e\n"
                                  "userTask no -> e\n"
                                  "userTask late -> e\n"
                                  "userTask heard -> e\n"
                                  "endEvent e\n")),
               "[\"yes\",\"no\",\"late\",\"heard\"]");
}

DESK_TEST(a_proof_lets_services_fail)
{
    CHECK_TEXT(reached(cx, walked(cx, "failing",
                                  "root | <error id=\"E\" name=\"E\" errorCode=\"no-luck\"/>\n"
                                  "startEvent s -> first\n"
                                  "userTask first -> score\n"
                                  "serviceTask score -> outside\n"
                                  "  | <m:call function=\"test.score\"><m:input name=\"amount\" "
                                  "value=\"1\"/></m:call>\n"
                                  "boundaryEvent b attachedToRef=\"score\" -> unlucky\n"
                                  "  | <errorEventDefinition errorRef=\"E\"/>\n"
                                  "userTask unlucky -> e\n"
                                  "serviceTask outside -> after\n"
                                  "  | <m:external topic=\"print\"/>\n"
                                  "boundaryEvent c attachedToRef=\"outside\" -> refused\n"
                                  "  | <errorEventDefinition/>\n"
                                  "userTask refused -> e\n"
                                  "userTask after -> e\n"
                                  "endEvent e\n")),
               "[\"first\",\"unlucky\",\"refused\",\"after\"]");
}

DESK_TEST(a_proof_goes_through_a_process_that_is_called)
{
    flow_deploy(cx, "inner", "startEvent s -> i\nuserTask i -> e\nendEvent e\n");
    CHECK_TEXT(reached(cx, walked(cx, "outer",
                                  "startEvent s -> c\n"
                                  "callActivity c calledElement=\"inner\" -> after\n"
                                  "userTask after -> e\n"
                                  "endEvent e\n")),
               "[\"after\"]");
}

DESK_TEST(a_proof_is_started_by_a_message)
{
    CHECK_TEXT(reached(cx, walked(cx, "told",
                                  "root | <message id=\"M\" name=\"order\"/>\n"
                                  "startEvent s -> a\n"
                                  "  | <messageEventDefinition messageRef=\"M\"/>\n"
                                  "userTask a -> e\n"
                                  "endEvent e\n")),
               "[\"a\"]");
}

DESK_TEST(a_step_that_nothing_leads_to_is_named_with_the_reason)
{
    Value certificate = walked(cx, "never",
                               "startEvent s -> a\n"
                               "userTask a -> g\n"
                               "exclusiveGateway g -> b when 1 > 2; *e\n"
                               "userTask b -> e\n"
                               "endEvent e\n");
    CHECK_TEXT(reached(cx, certificate), "[\"a\"]");
    CHECK_TEXT(
        missed(cx, certificate),
        "[{\"step\":\"b\",\"why\":\"it never came to this: complete a, and '1 > 2' is true\"}]");
}

// ---- what the company holds -----------------------------------------------------------------

// Left out of what a proof compares, each with its reason.
static const char *const left_out[] = {
    "history_period",       // what retention keeps of the months
    "instance_event_other", // a part of instance_event
    "message_wait",         // dropped by a later migration
    "organisation",         // a number that changes with the entities
    "process_answer",       // to programs outside that ask twice
    "process_element",      // read from the models
    "process_proof",        // of the company that asks, not of the scratch one
    "timer",                // dropped by a later migration
    "work_audience",        // groups by number, never taken away
    "work_item_seen",       // who has looked
    "work_turn",            // whose turn it is when work is given out
};

static bool stands_in(const char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (text_equal(names[i], name))
            return true;
    return false;
}

DESK_TEST(each_table_of_the_engine_is_compared_or_left_out_by_name)
{
    static const char made[] = "CREATE TABLE ";
    Content content;
    CHECK_OK(database_read(cx, cx->company->database, proof_content, &content));
    size_t migration_count;
    const void *const *all = registry_all(&migrations, &migration_count);
    for (size_t i = 0; i < migration_count; i++) {
        const Migration *migration = all[i];
        const char *at = text_starts(migration->name, "process_") ? migration->sql : "";
        while ((at = strstr(at, made))) {
            at += strlen(made);
            const char *name = text_slice(cx->arena, at, strcspn(at, " "));
            bool compared = stands_in(content.tables, content.count, name);
            bool left = stands_in(left_out, sizeof left_out / sizeof *left_out, name);
            if (compared == left)
                CHECK_TEXT(name, "a table that is compared, or left out with a reason");
        }
    }
}

DESK_TEST(a_proof_knocks_at_what_is_for_those_who_run_processes)
{
    static const char *const moves[] = {
        "delegate Enter",
        "forward Enter to somebody who may not do it",
        "reassign Enter without leading anybody",
        "release Enter",
        "suspend the instance without the right",
        "suspend the process without a reason",
        "migrate the process without the right",
        "leap over a step by a migration",
        "cancel the instance past its model",
    };
    Value certificate = proven(cx);
    for (size_t i = 0; i < sizeof moves / sizeof *moves; i++)
        if (!found(certificate, "tried", "domain", moves[i]))
            CHECK_TEXT(moves[i], "tried");
    CHECK(found(certificate, "tried", "deviation", "grant oneself to cancel Enter") != NULL);
    CHECK(found(certificate, "tried", "deviation", "grant oneself to set status") != NULL);
}

DESK_TEST(a_proof_knocks_at_incidents)
{
    Value certificate = walked(cx, "stuck",
                               "startEvent s -> ask\n"
                               "userTask ask -> g\n"
                               "  | <m:task position=\"clerk\"/><m:form><m:field name=\"n\" "
                               "access=\"required\" type=\"integer\"/></m:form>\n"
                               "exclusiveGateway g -> b when 1 > 2; c when 1 > 3\n"
                               "userTask b -> e\n"
                               "userTask c -> e\n"
                               "endEvent e\n");
    CHECK_JSON(*value_get(certificate, "through"), "[]");
    CHECK(found(certificate, "tried", "domain", "close an incident at which the process stands") !=
          NULL);
    CHECK(found(certificate, "tried", "domain", "try again at an incident without the right") !=
          NULL);
}

// ---- which certificates are kept ------------------------------------------------------------

typedef struct Asked {
    bool fails;
    Id id;
} Asked;

static FALLIBLE certificate_make(Ctx *cx, void *state)
{
    Asked *asked = state;
    ProofJob job;
    Value certificate = value_context(cx->arena), made = value_context(cx->arena);
    value_set(cx->arena, certificate, "holds", value_boolean(true));
    value_set(cx->arena, made, "certificate", certificate);
    value_set(cx->arena, made, "signature", value_text("f00"));
    TRY(proof_request(cx, "loan", value_context(cx->arena), &asked->id));
    TRY(proof_take(cx, "here", &job));
    return proof_end(cx, job.id, "here", asked->fails ? value_null() : made, "no room");
}

static FALLIBLE certificates_read(Ctx *cx, void *state)
{
    return proof_list(cx, "loan", 0, 100, state);
}

DESK_TEST(old_certificates_of_a_version_go_and_what_failed_pushes_none_out)
{
    Asked made = {.fails = false}, failed = {.fails = true};
    Id first = 0;
    Value page;
    for (int i = 0; i < PROOFS_KEPT + 2; i++) {
        CHECK_OK(desk_do(cx, "root", DOOR_API, certificate_make, &made));
        first = i == 2 ? made.id : first;
    }
    for (int i = 0; i < PROOFS_KEPT + 1; i++)
        CHECK_OK(desk_do(cx, "root", DOOR_API, certificate_make, &failed));
    CHECK_OK(desk_do(cx, "root", DOOR_API, certificates_read, &page));
    const Value *items = value_get(page, "items");
    CHECK_INT((long long)items->list.count, 2 * PROOFS_KEPT);
    Value oldest = items->list.items[items->list.count - 1];
    CHECK_TEXT(value_get_text(oldest, "id"), id_text(cx->arena, first));
    CHECK_TEXT(value_get_text(oldest, "state"), "done");
}
