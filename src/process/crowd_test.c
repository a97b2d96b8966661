// SPDX-License-Identifier: Apache-2.0
// Many at once: on one instance, between a message and who waits for it, over one queue of jobs.
#include "base/ids.h"
#include "base/json.h"
#include "db/database.h"
#include "process/test_flow.h"

#include <pthread.h>
#include <stdio.h>

#define CROWD 50
#define PAIRS 30

QUERY(test_open_items, "SELECT id FROM work_item WHERE instance = $1 AND state = 'offered'"
                       " ORDER BY id");
QUERY(test_jobs_left,
      "SELECT COUNT(*) AS jobs FROM process_job WHERE queue = $1 AND ready_at <= $2");

typedef struct Member {
    Ctx *cx;
    void (*deed)(Ctx *cx, struct Member *member);
    Id id;
    int number;
    Error *error;
    char said[200];
} Member;

static void *member_acts(void *state)
{
    Member *member = state;
    Ctx own = *member->cx;
    own.arena = arena_new(64UL << 20);
    member->deed(&own, member);
    if (member->error)
        snprintf(member->said, sizeof member->said, "%s", member->error->message);
    arena_free(own.arena);
    return NULL;
}

// All at once; each must succeed.
static void crowd_acts(Member *members, int count)
{
    pthread_t threads[CROWD * 2];
    for (int i = 0; i < count; i++)
        CHECK_INT(pthread_create(&threads[i], NULL, member_acts, &members[i]), 0);
    for (int i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < count; i++)
        CHECK_TEXT(members[i].said, "");
}

// ---- one instance

typedef struct Items {
    Id instance;
    Id ids[CROWD];
    int count;
} Items;

static FALLIBLE items_work(Ctx *cx, void *state)
{
    Items *items = state;
    Rows rows;
    TRY(db_rows(cx, &rows, test_open_items, items->instance));
    for (size_t i = 0; i < rows.count && i < CROWD; i++)
        items->ids[i] = row_integer(&rows.items[i], "id");
    items->count = (int)rows.count;
    return NULL;
}

static void completes(Ctx *cx, Member *member)
{
    member->error = desk_complete(cx, "root", member->id, "{}");
}

static void publishes(Ctx *cx, Member *member)
{
    int reached;
    IncomingMessage message = {.name = "more", .key = ""};
    member->error = flow_publish(cx, &message, &reached);
}

DESK_TEST(fifty_who_complete_steps_of_one_instance_at_once_all_succeed)
{
    flow_deploy(cx, "wide",
                "startEvent s -> t\n"
                "userTask t -> after\n"
                "  | <multiInstanceLoopCharacteristics><loopCardinality>50</loopCardinality>"
                "</multiInstanceLoopCharacteristics>\n"
                "userTask after -> e\n"
                "endEvent e\n");
    Items items = {.instance = flow_start(cx, "wide", "{}")};
    CHECK_OK(desk_do(cx, "root", DOOR_API, items_work, &items));
    CHECK_INT(items.count, CROWD);
    Member members[CROWD];
    for (int i = 0; i < CROWD; i++)
        members[i] = (Member){.cx = cx, .deed = completes, .id = items.ids[i]};
    crowd_acts(members, CROWD);
    CHECK_TEXT(flow_waits(cx, items.instance), "task after");
}

DESK_TEST(fifty_messages_to_one_instance_at_once_all_arrive)
{
    flow_deploy(cx, "counts",
                "root | <message id=\"M\" name=\"more\"/>\n"
                "startEvent s -> work\n"
                "userTask work -> e\n"
                "endEvent e\n"
                "subProcess sub triggeredByEvent=\"true\"\n"
                "  startEvent heard isInterrupting=\"false\" -> add\n"
                "    | <messageEventDefinition messageRef=\"M\"/>\n"
                "  scriptTask add m:result=\"total\" -> done\n"
                "    | <script>total + 1</script>\n"
                "  endEvent done\n");
    Id instance = flow_start(cx, "counts", "{\"total\": 0}");
    Member members[CROWD];
    for (int i = 0; i < CROWD; i++)
        members[i] = (Member){.cx = cx, .deed = publishes};
    crowd_acts(members, CROWD);
    CHECK_TEXT(flow_variable(cx, instance, "total"), "50");
}

// ---- a message and who waits for it

static void publishes_its_own(Ctx *cx, Member *member)
{
    int reached;
    IncomingMessage message = {.name = "paid",
                               .key = text_format(cx->arena, "%d", member->number),
                               .keep_until = cx->now + 3600 * 1000000LL};
    member->error = flow_publish(cx, &message, &reached);
}

static FALLIBLE start_work(Ctx *cx, void *state)
{
    Member *member = state;
    Value variables = value_context(cx->arena);
    value_set(cx->arena, variables, "k", value_text(text_format(cx->arena, "%d", member->number)));
    return instance_start(cx, "awaits", NULL, 0, variables, &member->id);
}

static void waits(Ctx *cx, Member *member)
{
    member->error = desk_do(cx, "root", DOOR_API, start_work, member);
}

DESK_TEST(a_message_and_who_waits_for_it_do_not_miss_each_other)
{
    flow_deploy(cx, "awaits",
                "root | <message id=\"M\" name=\"paid\"><extensionElements><m:correlation "
                "key=\"k\"/></extensionElements></message>\n"
                "startEvent s -> wait\n"
                "receiveTask wait messageRef=\"M\" -> after\n"
                "userTask after -> e\n"
                "endEvent e\n");
    Member members[2 * PAIRS];
    for (int i = 0; i < PAIRS; i++) {
        members[2 * i] = (Member){.cx = cx, .deed = publishes_its_own, .number = i};
        members[2 * i + 1] = (Member){.cx = cx, .deed = waits, .number = i};
    }
    crowd_acts(members, 2 * PAIRS);
    for (int i = 0; i < PAIRS; i++)
        CHECK_TEXT(flow_waits(cx, members[2 * i + 1].id), "task after");
}

// ---- jobs

typedef struct Drain {
    Ctx cx;
    const char *holder;
    Id ids[20];
    int count;
    int limit;
    int done;
    char failure[200]; // "": none
} Drain;

static FALLIBLE take_work(Ctx *cx, void *state)
{
    Drain *drain = state;
    return jobs_take(cx, drain->holder, drain->limit, cx->now + 60 * 1000000LL, drain->ids,
                     &drain->count);
}

static FALLIBLE run_work(Ctx *cx, void *state)
{
    Drain *drain = state;
    cx->actor = actor_system();
    return jobs_run(cx, drain->holder, drain->ids, drain->count);
}

static void *drains(void *state)
{
    Drain *drain = state;
    Ctx own = drain->cx;
    own.arena = arena_new(256UL << 20);
    ArenaMark mark = arena_mark(own.arena);
    do {
        Error *error = database_write(&own, own.company->database, take_work, drain);
        if (!error && drain->count)
            error = database_write(&own, own.company->database, run_work, drain);
        if (error)
            snprintf(drain->failure, sizeof drain->failure, "%s", error->message);
        drain->done += drain->count;
        arena_rewind(own.arena, mark);
    } while (drain->count && !*drain->failure);
    arena_free(own.arena);
    return NULL;
}

static const char later[] = "startEvent s -> wait\n"
                            "intermediateCatchEvent wait -> after\n"
                            "  | <timerEventDefinition><timeDuration>PT1H</timeDuration>"
                            "</timerEventDefinition>\n"
                            "userTask after -> e\n"
                            "endEvent e\n";

static FALLIBLE many_work(Ctx *cx, void *state)
{
    for (int i = 0; i < *(int *)state; i++) {
        Id instance;
        TRY(instance_start(cx, "later", NULL, 0, value_null(), &instance));
    }
    return NULL;
}

static void many_timers(Ctx *cx, int count)
{
    flow_deploy(cx, "later", later);
    CHECK_OK(desk_do(cx, "root", DOOR_API, many_work, &count));
    cx->now += 3600 * 1000000LL;
}

static FALLIBLE left_work(Ctx *cx, void *state)
{
    Row *row;
    TRY(db_row(cx, &row, test_jobs_left, "", cx->now + 60 * 1000000LL));
    *(int *)state = (int)row_integer(row, "jobs");
    return NULL;
}

DESK_TEST(people_come_in_between_when_many_timers_are_due_at_once)
{
    many_timers(cx, 1500);
    Drain drain = {.cx = *cx, .holder = "one", .limit = 10};
    pthread_t thread;
    CHECK_INT(pthread_create(&thread, NULL, drains, &drain), 0);
    for (int i = 0; i < 15; i++)
        desk_loan(cx, "500");
    int left;
    CHECK_OK(desk_do(cx, "root", DOOR_API, left_work, &left));
    CHECK(left > 0); // fifteen people were served before the timers were through
    pthread_join(thread, NULL);
    CHECK_TEXT(drain.failure, "");
    CHECK_INT(drain.done, 1500);
}

QUERY_FULL(test_heard, "SELECT COUNT(*) AS items FROM work_item WHERE node = 'heard'", NULL,
           "a test counts them all");

static FALLIBLE heard_work(Ctx *cx, void *state)
{
    Row *row;
    TRY(db_row(cx, &row, test_heard));
    *(int *)state = (int)row_integer(row, "items");
    return NULL;
}

static FALLIBLE listeners_work(Ctx *cx, void *state)
{
    for (int i = 0; i < *(int *)state; i++) {
        Id instance;
        TRY(instance_start(cx, "listening", NULL, 0, value_null(), &instance));
    }
    return NULL;
}

DESK_TEST(a_signal_reaches_each_of_thousands_once_and_people_come_in_between)
{
    flow_deploy(cx, "listening",
                "root | <signal id=\"G\" name=\"go\"/>\n"
                "startEvent s -> wait\n"
                "intermediateCatchEvent wait -> heard\n"
                "  | <signalEventDefinition signalRef=\"G\"/>\n"
                "userTask heard -> e\n"
                "endEvent e\n");
    int count = 2000, heard;
    bool queued;
    CHECK_OK(desk_do(cx, "root", DOOR_API, listeners_work, &count));
    CHECK_INT(flow_signal(cx, "go", NULL, &queued), 0);
    CHECK(queued);
    Drain drain = {.cx = *cx, .holder = "one", .limit = 10};
    pthread_t thread;
    CHECK_INT(pthread_create(&thread, NULL, drains, &drain), 0);
    for (int i = 0; i < 5; i++)
        desk_loan(cx, "500");
    CHECK_OK(desk_do(cx, "root", DOOR_API, heard_work, &heard));
    CHECK(heard < count); // five people were served before all had heard it
    pthread_join(thread, NULL);
    CHECK_TEXT(drain.failure, "");
    CHECK_OK(desk_do(cx, "root", DOOR_API, heard_work, &heard));
    CHECK_INT(heard, count);
}

// Two programs on one database: each has connections of its own, and nothing in memory is shared
// that says who does what.
POSTGRES_TEST(two_programs_share_the_jobs_of_one_database)
{
    desk_open(cx);
    many_timers(cx, 400);
    DatabaseOptions options = {.url = test_database_url(cx)};
    Database *other;
    CHECK_OK(database_open(cx, &options, &other));
    Company second = *cx->company;
    second.database = other;
    Drain drains_of[2] = {{.cx = *cx, .holder = "one", .limit = 10},
                          {.cx = *cx, .holder = "two", .limit = 10}};
    drains_of[1].cx.company = &second;
    pthread_t threads[2];
    for (int i = 0; i < 2; i++)
        CHECK_INT(pthread_create(&threads[i], NULL, drains, &drains_of[i]), 0);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    CHECK_TEXT(drains_of[0].failure, "");
    CHECK_TEXT(drains_of[1].failure, "");
    CHECK_INT(drains_of[0].done + drains_of[1].done, 400);
    CHECK(drains_of[0].done > 0 && drains_of[1].done > 0);
    database_close(other);
    desk_close(cx);
}
