// SPDX-License-Identifier: Apache-2.0
// What has ended goes when the company's days are over, and nothing before; by the test's clock.
#include "base/ids.h"
#include "process/housekeeping.h"
#include "process/retention.h"
#include "process/test_flow.h"
#include "record/schema.h"

#define CHORES flow_rows(cx, "process_job WHERE queue = 'housekeeping'")

static void company_keeps(Ctx *cx, int days)
{
    ((Schema *)(uintptr_t)cx->schema)->keep_ended_days = days;
}

static Id ended(Ctx *cx, const char *key)
{
    Id instance = flow_start(cx, key, "{}");
    flow_complete(cx, instance, "work", "{}");
    return instance;
}

static void deploy(Ctx *cx)
{
    flow_deploy(cx, "brief",
                "process | <m:history keep=\"P30D\"/>\n"
                "startEvent s -> work\n"
                "userTask work -> e\n"
                "endEvent e\n");
    flow_deploy(cx, "calls",
                "startEvent s -> call\n"
                "callActivity call calledElement=\"brief\" -> e\n"
                "endEvent e\n");
}

static int of(Ctx *cx, const char *table, const char *column, Id id)
{
    return flow_rows(cx,
                     text_format(cx->arena, "%s WHERE %s = %lld", table, column, (long long)id));
}

static void run_for(Ctx *cx, int days)
{
    cx->now += days * KEEP_DAY;
    flow_keep_house(cx);
    cx->now += HOUSEKEEPING_EVERY; // what hung on another chore
    flow_keep_house(cx);
}

DESK_TEST(nothing_that_has_ended_goes_where_the_company_has_said_nothing)
{
    deploy(cx);
    Id over = ended(cx, "brief");
    run_for(cx, 20 * 365);
    CHECK_INT(of(cx, "instance", "id", over), 1);
    CHECK_INT(of(cx, "work_item", "instance", over), 1);
}

DESK_TEST(an_ended_instance_goes_whole_when_its_history_and_the_company_s_days_are_over)
{
    deploy(cx);
    company_keeps(cx, 100);
    Id over = ended(cx, "brief"), running = flow_start(cx, "brief", "{}");
    run_for(cx, 99);
    CHECK_INT(of(cx, "instance_event", "instance", over), 0); // its process says 30 days
    CHECK_INT(of(cx, "instance", "id", over), 1);
    CHECK_INT(of(cx, "work_item", "instance", over), 1);
    CHECK(of(cx, "work_item_event", "instance", over) > 0);
    run_for(cx, 2);
    CHECK_INT(of(cx, "instance", "id", over), 0);
    CHECK_INT(of(cx, "work_item", "instance", over), 0);
    CHECK_INT(of(cx, "work_item_event", "instance", over), 0);
    CHECK_INT(of(cx, "work_item_hand", "instance", over), 0);
    CHECK_INT(of(cx, "instance", "id", running), 1);
    flow_complete(cx, running, "work", "{}");
    CHECK_TEXT(flow_state(cx, running), "completed");
}

DESK_TEST(an_instance_stays_as_long_as_the_history_that_its_process_keeps)
{
    deploy(cx);
    company_keeps(cx, 10);
    Id over = ended(cx, "brief");
    run_for(cx, 29);
    CHECK_INT(of(cx, "instance_event", "instance", over), 2);
    CHECK_INT(of(cx, "instance", "id", over), 1);
    run_for(cx, 2);
    CHECK_INT(of(cx, "instance", "id", over), 0);
}

DESK_TEST(what_a_process_says_nothing_of_goes_with_the_company_s_days)
{
    flow_deploy(cx, "silent",
                "startEvent s -> work\n"
                "userTask work -> e\n"
                "endEvent e\n");
    Id over = ended(cx, "silent");
    company_keeps(cx, 50);
    run_for(cx, 49);
    CHECK_INT(of(cx, "instance_event", "instance", over), 2);
    run_for(cx, 2);
    CHECK_INT(of(cx, "instance_event", "instance", over), 0);
    CHECK_INT(of(cx, "instance", "id", over), 0);
}

DESK_TEST(what_was_called_stays_until_its_caller_is_past_its_time)
{
    deploy(cx);
    company_keeps(cx, 50);
    Id caller = flow_start(cx, "calls", "{}"), called = flow_only(cx, "brief");
    flow_deploy(cx, "calls",
                "startEvent s -> call\n"
                "callActivity call calledElement=\"brief\" -> later\n"
                "userTask later -> e\n"
                "endEvent e\n");
    Id waits = flow_start(cx, "calls", "{}"), two[2];
    CHECK_INT(flow_instances(cx, "brief", two, 2), 2);
    flow_complete(cx, called, "work", "{}");
    flow_complete(cx, two[1], "work", "{}");
    run_for(cx, 60);
    run_for(cx, 1);
    CHECK_INT(of(cx, "instance", "id", caller), 0);
    CHECK_INT(of(cx, "instance", "id", called), 0);
    CHECK_INT(of(cx, "instance", "id", two[1]), 1);
    flow_complete(cx, waits, "later", "{}");
    run_for(cx, 60);
    run_for(cx, 1);
    CHECK_INT(of(cx, "instance", "id", two[1]), 0);
}

DESK_TEST(the_row_of_an_instance_stays_with_the_record_that_went_through_it)
{
    Id loan = desk_loan(cx, "500"), instance = desk_instance(cx, loan);
    CHECK_OK(desk_cancel(cx, "root", instance));
    company_keeps(cx, 50);
    int audit = flow_rows(cx, "audit");
    run_for(cx, 51);
    run_for(cx, 51);
    CHECK_INT(of(cx, "instance", "id", instance), 1);
    CHECK_INT(of(cx, "instance_event", "instance", instance), 0);
    CHECK_INT(of(cx, "work_item", "instance", instance), 0);
    CHECK_INT(of(cx, "process_incident", "instance", instance), 0);
    CHECK_INT(flow_rows(cx, "audit"), audit); // the record's own history
}

#define OUTBOX "outbox_message (id, instance, node, name, key, payload, state, created_at)"

static FALLIBLE fill_work(Ctx *cx, void *state)
{
    return db_built_run(cx, NULL, state, NULL, 0);
}

DESK_TEST(messages_that_nobody_takes_go_with_the_company_s_days_in_chunks)
{
    deploy(cx);
    Id running = flow_start(cx, "brief", "{}");
    char *sql =
        text_format(cx->arena,
                    "INSERT INTO " OUTBOX " WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL"
                    " SELECT i + 1 FROM n WHERE i < %d) SELECT %lld + i, %lld, '', 'n',"
                    " '', '{}', 'pending', 0 FROM n",
                    2 * HOUSEKEEPING_CHUNK, (long long)id_first(cx->now), (long long)running);
    CHECK_OK(database_write(cx, cx->company->database, fill_work, sql));
    run_for(cx, 200);
    CHECK_INT(flow_rows(cx, "outbox_message"), 2 * HOUSEKEEPING_CHUNK + 1);
    int usual = flow_keep_house(cx);
    CHECK_INT(usual, 0);
    company_keeps(cx, 201);
    run_for(cx, 0);
    CHECK_INT(flow_rows(cx, "outbox_message"), 2 * HOUSEKEEPING_CHUNK + 1);
    cx->now += KEEP_DAY;
    CHECK_INT(flow_keep_house(cx), CHORES + 2);
    CHECK_INT(flow_rows(cx, "outbox_message"), 0);
}

DESK_TEST(an_instance_of_many_items_goes_in_chunks)
{
    deploy(cx);
    company_keeps(cx, 50);
    Id over = ended(cx, "brief");
    char *sql = text_format(
        cx->arena,
        "INSERT INTO work_item (id, instance, wait, process_key, model, node, state, named,"
        " priority, blocked, pushing, created_at, due_order, escalation, follow_up_at, ended_at)"
        " WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
        " SELECT i, %lld, i, 'brief', 1, 'work', 'cancelled', 0, 0, 0, 0, 0, 0, 0, 0, 1 FROM n",
        2 * RETENTION_ROWS, (long long)over);
    CHECK_OK(database_write(cx, cx->company->database, fill_work, sql));
    cx->now += 51 * KEEP_DAY;
    CHECK_INT(flow_keep_house(cx), CHORES + 2); // 1000 items, and again, and the rest
    CHECK_INT(of(cx, "work_item", "instance", over), 0);
    CHECK_INT(of(cx, "instance", "id", over), 0);
}
