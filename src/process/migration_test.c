// SPDX-License-Identifier: Apache-2.0
// Running instances go over to another version, and back while they have not moved.
#include "process/migration.h"

#include "base/ids.h"
#include "base/json.h"
#include "process/replay.h"
#include "process/test_flow.h"

#include <string.h>

#define DAY_US (24 * 3600 * 1000000LL)

static const char first[] = "startEvent s -> a\nuserTask a -> b\nuserTask b -> e\nendEvent e\n"
                            "boundaryEvent late attachedToRef=\"a\" cancelActivity=\"false\" -> c\n"
                            "  | <timerEventDefinition><timeDuration>P2D</timeDuration>"
                            "</timerEventDefinition>\n"
                            "userTask c -> f\nendEvent f\n";
static const char second[] =
    "startEvent s -> a\nuserTask a -> check\nuserTask check -> e\n"
    "boundaryEvent late attachedToRef=\"a\" cancelActivity=\"false\" -> c\n"
    "  | <timerEventDefinition><timeDuration>P9D</timeDuration>"
    "</timerEventDefinition>\n"
    "userTask c -> f\nendEvent f\n"
    "boundaryEvent soon attachedToRef=\"a\" cancelActivity=\"false\" -> d\n"
    "  | <timerEventDefinition><timeDuration>P1D</timeDuration>"
    "</timerEventDefinition>\n"
    "userTask d -> g\nendEvent g\n"
    "endEvent e\n";

typedef struct Deed {
    Id id;
    const char *text;
    Error *(*act)(Ctx *cx, Id migration);
    Value value;
    bool results;
} Deed;

static FALLIBLE create_work(Ctx *cx, void *state)
{
    Deed *deed = state;
    Value asked;
    TRY(json_parse(cx, deed->text, strlen(deed->text), &asked));
    return migration_create(cx, "moved", asked, &deed->id);
}

static Id plan(Ctx *cx, const char *asked)
{
    Deed deed = {.text = asked};
    CHECK_OK(desk_do(cx, "root", DOOR_API, create_work, &deed));
    return deed.id;
}

static FALLIBLE act_work(Ctx *cx, void *state)
{
    const Deed *deed = state;
    return deed->act(cx, deed->id);
}

static Error *act(Ctx *cx, const char *login, Id migration, Error *(*action)(Ctx *cx, Id migration))
{
    Deed deed = {.id = migration, .act = action};
    return desk_do(cx, login, DOOR_API, act_work, &deed);
}

static FALLIBLE read_work(Ctx *cx, void *state)
{
    Deed *deed = state;
    Value request = value_context(cx->arena);
    return deed->results ? migration_results(cx, deed->id, request, &deed->value)
           : deed->text  ? migration_try(cx, deed->id, request, &deed->value)
                         : migration_show(cx, deed->id, &deed->value);
}

static Value show(Ctx *cx, Id migration)
{
    Deed deed = {.id = migration};
    CHECK_OK(desk_do(cx, "root", DOOR_API, read_work, &deed));
    return deed.value;
}

static void counted(Ctx *cx, Id migration, const char *state, const char *instances)
{
    Value shown = show(cx, migration);
    CHECK_TEXT(value_get_text(shown, "state"), state);
    CHECK_JSON(*value_get(shown, "instances"), instances);
}

static FALLIBLE check_work(Ctx *cx, void *state)
{
    Deed *deed = state;
    return instance_replay_check(cx, deed->id, &deed->value);
}

static void replays(Ctx *cx, Id instance)
{
    Deed deed = {.id = instance};
    CHECK_OK(desk_do(cx, "root", DOOR_API, check_work, &deed));
    CHECK_JSON(*value_get(deed.value, "equal"), "true");
}

DESK_TEST(instances_go_over_with_their_claims_and_timers)
{
    flow_deploy(cx, "moved", first);
    Id instance = flow_start(cx, "moved", "{}"), item = flow_item(cx, instance, "a");
    CHECK_OK(desk_claim(cx, "anna", item));
    flow_deploy(cx, "moved", second);
    Id migration = plan(cx, "{\"from\":1,\"to\":2}");
    CHECK_OK(act(cx, "root", migration, migration_run));
    CHECK_FAILS(act(cx, "root", migration, migration_run), ERR_CONFLICT, "is running");
    flow_jobs(cx);
    counted(cx, migration, "done",
            "{\"migrated\":1,\"refused\":0,\"undone\":0,\"kept\":0,\"left\":0}");
    CHECK_INT(flow_item(cx, instance, "a"), item);
    CHECK_FAILS(desk_claim(cx, "bob", item), ERR_CONFLICT, "has claimed");
    CHECK_TEXT(flow_waits(cx, instance), "task a; timer late; timer soon");
    replays(cx, instance);
    cx->now += DAY_US + 1;
    flow_jobs(cx); // the new one counts from the migration
    CHECK(flow_item(cx, instance, "d") != 0 && !flow_item(cx, instance, "c"));
    cx->now += DAY_US;
    flow_jobs(cx); // the old one keeps its instant
    CHECK(flow_item(cx, instance, "c") != 0);
    CHECK_OK(desk_complete(cx, "anna", item, "{}"));
    CHECK(flow_item(cx, instance, "check") != 0);
    replays(cx, instance);
}

DESK_TEST(a_timer_in_a_business_calendar_goes_on_in_the_other_version)
{
    flow_deploy(cx, "moved", first);
    Id instance = flow_start(cx, "moved", "{}");
    flow_deploy(cx, "moved",
                "startEvent s -> a\nuserTask a -> e\nendEvent e\n"
                "boundaryEvent soon attachedToRef=\"a\" cancelActivity=\"false\" -> c\n"
                "  | <timerEventDefinition m:calendar=\"office\"><timeDuration>P1D</timeDuration>"
                "</timerEventDefinition>\n"
                "userTask c -> f\nendEvent f\n");
    Id migration = plan(cx, "{\"from\":1,\"to\":2}");
    CHECK_OK(act(cx, "root", migration, migration_run));
    flow_jobs(cx);
    CHECK_TEXT(flow_waits(cx, instance), "task a; timer soon");
    replays(cx, instance);
    cx->now += 30 * DAY_US;
    flow_jobs(cx);
    CHECK_TEXT(flow_waits(cx, instance), "task a; task c");
    replays(cx, instance);
}

DESK_TEST(what_cannot_go_over_stays_with_the_reason)
{
    flow_deploy(cx, "moved", first);
    Id stays = flow_start(cx, "moved", "{}"), goes = flow_start(cx, "moved", "{}");
    flow_complete(cx, stays, "a", "{}");
    flow_deploy(cx, "moved", second);
    Id migration = plan(cx, "{\"from\":1,\"to\":2}");
    Deed dry = {.id = migration, .text = "try"};
    CHECK_OK(desk_do(cx, "root", DOOR_API, read_work, &dry));
    const Value *tried = value_get(dry.value, "items");
    CHECK_TEXT(value_get_text(tried->list.items[0], "state"), "refused");
    CHECK_TEXT(value_get_text(tried->list.items[1], "state"), "would");
    CHECK_OK(act(cx, "root", migration, migration_run));
    flow_jobs(cx);
    counted(cx, migration, "done",
            "{\"migrated\":1,\"refused\":1,\"undone\":0,\"kept\":0,\"left\":1}");
    CHECK(flow_item(cx, stays, "b") != 0);
    CHECK_TEXT(flow_waits(cx, goes), "task a; timer late; timer soon");
    Deed results = {.id = migration, .results = true};
    CHECK_OK(desk_do(cx, "root", DOOR_API, read_work, &results));
    CHECK_TEXT(value_at(results.value, "/items/0/problems/0/step/key")->text.bytes, "b");
}

DESK_TEST(a_migration_is_undone_where_nothing_has_moved_since)
{
    flow_deploy(cx, "moved", first);
    Id still = flow_start(cx, "moved", "{}"), moved = flow_start(cx, "moved", "{}");
    flow_deploy(cx, "moved", second);
    Id migration = plan(cx, "{\"from\":1,\"to\":2}");
    CHECK_FAILS(act(cx, "root", migration, migration_undo), ERR_CONFLICT, "is planned");
    CHECK_OK(act(cx, "root", migration, migration_run));
    flow_jobs(cx);
    flow_complete(cx, moved, "a", "{}");
    CHECK_OK(act(cx, "root", migration, migration_undo));
    flow_jobs(cx);
    counted(cx, migration, "undone",
            "{\"migrated\":0,\"refused\":0,\"undone\":1,\"kept\":1,\"left\":1}");
    CHECK_TEXT(flow_waits(cx, still), "task a; timer late");
    CHECK(flow_item(cx, moved, "check") != 0);
    replays(cx, still);
    replays(cx, moved);
    flow_complete(cx, still, "a", "{}");
    CHECK(flow_item(cx, still, "b") != 0);
}

DESK_TEST(a_plan_that_leads_a_step_to_another_is_run_by_somebody_else)
{
    flow_deploy(cx, "moved", first);
    Id instance = flow_start(cx, "moved", "{}");
    flow_complete(cx, instance, "a", "{}");
    flow_deploy(cx, "moved", second);
    Id migration = plan(cx, "{\"from\":1,\"to\":2,\"mapping\":{\"b\":\"check\"}}");
    const Value *changes = value_get(show(cx, migration), "changes");
    CHECK_TEXT(value_get_text(changes->list.items[0], "kind"), "mapped");
    CHECK_FAILS(act(cx, "root", migration, migration_run), ERR_DENIED, "somebody else");
    CHECK_FAILS(act(cx, "bob", migration, migration_run), ERR_DENIED, "may not migrate");
    CHECK_OK(act(cx, "cara", migration, migration_run));
    flow_jobs(cx);
    Id item = flow_item(cx, instance, "check");
    CHECK(item != 0);
    replays(cx, instance);
    CHECK_OK(desk_complete(cx, "anna", item, "{}"));
    CHECK_TEXT(flow_state(cx, instance), "completed");
    CHECK(value_get(desk_history(cx, "root", instance), "items")->list.count > 4);
}
