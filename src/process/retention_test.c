// SPDX-License-Identifier: Apache-2.0
// Histories: only added to, kept as long as the process says, and then gone; nobody else's.
#include "process/retention.h"

#include "base/ids.h"
#include "process/housekeeping.h"
#include "process/replay.h"
#include "process/test_flow.h"

#define CHORES flow_rows(cx, "process_job WHERE queue = 'housekeeping'")

typedef struct Deed {
    Id id;
    const char *sql;
    int64_t number;
    Value value;
} Deed;

static FALLIBLE run_work(Ctx *cx, void *state)
{
    return db_built_run(cx, NULL, state, NULL, 0);
}

static Error *run(Ctx *cx, const char *sql)
{
    return database_write(cx, cx->company->database, run_work, (void *)(uintptr_t)sql);
}

static FALLIBLE number_work(Ctx *cx, void *state)
{
    Deed *deed = state;
    Rows rows;
    TRY(db_built_rows(cx, &rows, deed->sql, NULL, 0));
    deed->number = row_integer(&rows.items[0], "n");
    return NULL;
}

static int number(Ctx *cx, const char *sql)
{
    Deed deed = {.sql = sql};
    CHECK_OK(database_read(cx, cx->company->database, number_work, &deed));
    return (int)deed.number;
}

static int rows_of(Ctx *cx, Id instance)
{
    return number(cx, text_format(cx->arena,
                                  "SELECT COUNT(*) AS n FROM instance_event WHERE instance = %lld",
                                  (long long)instance));
}

static void deploy(Ctx *cx, const char *key, const char *keep)
{
    flow_deploy(cx, key,
                text_format(cx->arena,
                            "process | <m:history keep=\"%s\"/>\n"
                            "startEvent s -> work\n"
                            "userTask work -> e\n"
                            "endEvent e\n",
                            keep));
}

static Id ended(Ctx *cx, const char *key)
{
    Id instance = flow_start(cx, key, "{}");
    flow_complete(cx, instance, "work", "{}");
    return instance;
}

static FALLIBLE replay_work(Ctx *cx, void *state)
{
    Deed *deed = state;
    return instance_replay_check(cx, deed->id, &deed->value);
}

static void replays(Ctx *cx, Id instance)
{
    Deed deed = {.id = instance};
    CHECK_OK(desk_do(cx, "root", DOOR_API, replay_work, &deed));
    CHECK_JSON(*value_get(deed.value, "equal"), "true");
}

DESK_TEST(a_history_stays_as_long_as_its_process_says)
{
    deploy(cx, "brief", "P30D");
    deploy(cx, "long", "P1Y");
    Id brief = ended(cx, "brief"), kept = ended(cx, "long");
    Id running = flow_start(cx, "brief", "{}");
    cx->now += 29 * KEEP_DAY;
    flow_keep_house(cx);
    CHECK_INT(rows_of(cx, brief), 2);
    cx->now += 2 * KEEP_DAY;
    flow_keep_house(cx);
    CHECK_INT(rows_of(cx, brief), 0);
    CHECK_INT(rows_of(cx, kept), 2);
    CHECK_TEXT(flow_state(cx, brief), "completed"); // the instance itself stays
    deploy(cx, "long", "P60D");                     // the newest version says it
    cx->now += 31 * KEEP_DAY;
    flow_keep_house(cx);
    CHECK_INT(rows_of(cx, kept), 0);
    CHECK_INT(rows_of(cx, running), 1);
    replays(cx, running);
}

DESK_TEST(how_long_a_history_stays_is_a_duration)
{
    static const char *const wrong[] = {"long", "P0D", "-P1Y", "P1Y2D", ""};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CHECK_FAILS(flow_try_deploy(cx, "brief",
                                    text_format(cx->arena,
                                                "process | <m:history keep=\"%s\"/>\n"
                                                "startEvent s -> e\n"
                                                "endEvent e\n",
                                                wrong[i])),
                    ERR_INVALID, NULL);
}

DESK_TEST(a_long_history_goes_in_chunks)
{
    deploy(cx, "brief", "P30D");
    Id instance = ended(cx, "brief");
    CHECK_OK(run(cx, text_format(cx->arena,
                                 "INSERT INTO instance_event (instance, sequence, at, kind, actor,"
                                 " entries) WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT"
                                 " i + 1 FROM n WHERE i < 2499) SELECT %lld, i, 0, 'test', 0, ''"
                                 " FROM n",
                                 (long long)instance)));
    CHECK_INT(rows_of(cx, instance), 2500);
    cx->now += 31 * KEEP_DAY;
    CHECK_INT(flow_keep_house(cx), CHORES + 2); // 1000 rows, and again, and the rest
    CHECK_INT(rows_of(cx, instance), 0);
}

DESK_TEST(the_database_holds_that_histories_are_only_added_to)
{
    deploy(cx, "brief", "P30D");
    Id over = ended(cx, "brief"), running = flow_start(cx, "brief", "{}");
    CHECK(run(cx, "UPDATE instance_event SET actor = 7") != NULL);
    CHECK(run(cx, "UPDATE instance_event SET kind = 'nothing', input = NULL") != NULL);
    CHECK(run(cx, "DELETE FROM instance_event") != NULL);
    CHECK_OK(run(cx, text_format(cx->arena, "UPDATE instance SET pruned = 1 WHERE id = %lld",
                                 (long long)running)));
    CHECK(run(cx, text_format(cx->arena, "DELETE FROM instance_event WHERE instance = %lld",
                              (long long)running)) != NULL);
    CHECK_INT(rows_of(cx, over), 2);
    CHECK_INT(rows_of(cx, running), 1);
}

POSTGRES_TEST(nobody_truncates_histories)
{
    desk_open(cx);
    deploy(cx, "brief", "P30D");
    Id over = ended(cx, "brief");
    CHECK(run(cx, "TRUNCATE instance_event") != NULL);
    CHECK_INT(rows_of(cx, over), 2);
    desk_close(cx);
}

// ---- months of PostgreSQL

#define IN(partition) "SELECT COUNT(*) AS n FROM " partition
#define PERIODS "SELECT COUNT(*) AS n FROM history_period"

POSTGRES_TEST(histories_lie_by_months_that_are_made_ahead_and_dropped_whole)
{
    desk_open(cx);
    deploy(cx, "brief", "P30D");
    Id stray = ended(cx, "brief"); // before anybody kept house
    CHECK_INT(number(cx, IN("instance_event_other")), 2);
    flow_keep_house(cx);
    CHECK_INT(number(cx, PERIODS), 3); // September to November
    Id september = ended(cx, "brief");
    CHECK_INT(number(cx, IN("instance_event_202609")), 2);
    CHECK_INT(number(cx, IN("instance_event_other")), 2);
    cx->now += 30 * KEEP_DAY;
    Id october = flow_start(cx, "brief", "{}");
    CHECK_INT(number(cx, IN("instance_event_202610")), 1);
    replays(cx, october);
    cx->now += 60 * KEEP_DAY;
    flow_complete(cx, october, "work", "{}"); // goes where it began
    CHECK_INT(number(cx, IN("instance_event_202610")), 2);
    flow_keep_house(cx);
    CHECK_INT(rows_of(cx, september), 0);
    CHECK_INT(rows_of(cx, stray), 0);
    CHECK_INT(number(cx, PERIODS), 6); // to February
    // Nothing goes before the longest rule of the company, KEEP_HISTORY of the others.
    cx->now += 3650 * KEEP_DAY;
    flow_keep_house(cx);
    CHECK_INT(rows_of(cx, october), 0);
    CHECK_INT(number(cx, "SELECT COUNT(*) AS n FROM history_period WHERE"
                         " name = 'instance_event_202609'"),
              0);
    desk_close(cx);
}

// ---- a company from before

static const char *const back[] = {
    "DELETE FROM db_migration WHERE name = 'process_0060_history_periods'",
    "DROP TABLE history_period",
    "DROP INDEX instance_purge",
    "CREATE INDEX instance_ended ON instance (pruned, ended_at, id)",
    "CREATE TABLE instance_event (instance BIGINT NOT NULL, sequence BIGINT NOT NULL,"
    " at BIGINT NOT NULL, kind TEXT NOT NULL, node TEXT, actor BIGINT NOT NULL,"
    " entries TEXT NOT NULL, detail TEXT, input BYTEA,"
    " CONSTRAINT instance_event_pkey PRIMARY KEY (instance, sequence))",
    "INSERT INTO instance_event SELECT * FROM was",
};

DESK_TEST(histories_from_before_the_months_go_on)
{
    deploy(cx, "brief", "P30D");
    Id over = ended(cx, "brief"), running = flow_start(cx, "brief", "{}");
    bool postgres = database_driver(cx->company->database) == DRIVER_POSTGRES;
    CHECK_OK(run(cx, "CREATE TABLE was AS SELECT * FROM instance_event"));
    CHECK_OK(run(cx, postgres ? "DROP TABLE instance_event CASCADE" : "DROP TABLE instance_event"));
    for (size_t i = 0; i < sizeof back / sizeof *back; i++)
        CHECK_OK(run(cx, back[i]));
    if (postgres)
        CHECK_OK(run(cx, "DROP FUNCTION instance_event_fixed CASCADE"));
    int applied;
    CHECK_OK(database_migrate(cx, cx->company->database, &applied));
    CHECK_INT(applied, 1);
    replays(cx, over);
    flow_keep_house(cx);
    flow_complete(cx, running, "work", "{}");
    replays(cx, running);
    Id later = ended(cx, "brief");
    replays(cx, later);
    CHECK(run(cx, "DELETE FROM instance_event") != NULL);
    cx->now += 31 * KEEP_DAY;
    flow_keep_house(cx);
    CHECK_INT(rows_of(cx, over) + rows_of(cx, running) + rows_of(cx, later), 0);
}
