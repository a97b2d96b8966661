// SPDX-License-Identifier: Apache-2.0
// Many writers at once, each with a ledger of what was acknowledged.
#include "base/limits.h"
#include "db/test_db.h"
#include "db/test_postgres.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS 32

MIGRATION(test_0002_ledger, 90,
          "CREATE TABLE entry (id BIGINT PRIMARY KEY, thread BIGINT NOT NULL);\n"
          "CREATE TABLE counter (id BIGINT PRIMARY KEY, count BIGINT NOT NULL);\n"
          "INSERT INTO counter (id, count) VALUES (1, 0)");

QUERY(entry_add, "INSERT INTO entry (id, thread) VALUES ($1, $2)");
QUERY(entry_get, "SELECT thread FROM entry WHERE id = $1");
QUERY_FULL(entry_count, "SELECT COUNT(*) AS entries FROM entry", NULL, "a test's own table");
QUERY(counter_get, "SELECT count FROM counter WHERE id = 1");
QUERY(counter_set, "UPDATE counter SET count = $1 WHERE id = 1");
QUERY_FULL(entry_flood,
           "INSERT INTO entry (id, thread) WITH RECURSIVE n (i) AS (SELECT 1000000 UNION ALL "
           "SELECT i + 1 FROM n WHERE i < 2000000000) SELECT i, 0 FROM n",
           NULL, "it is meant to be stopped");

typedef struct Writing {
    Ctx cx;
    Database *database;
    pthread_t thread;
    UnitWork work;
    int number;
    int units;
    int64_t id;       // of the unit that runs now
    int acknowledged; // units
    int refused;
    int wrong;  // failures that the test does not want
    int report; // acknowledged ids go here; -1: nowhere
} Writing;

static FALLIBLE add_entry(Ctx *cx, void *state)
{
    const Writing *writing = state;
    TRY(db_run(cx, NULL, entry_add, writing->id, writing->number));
    return writing->id % 5 == 4 ? FAIL(cx, ERR_DENIED, "every fifth is refused") : NULL;
}

static FALLIBLE add_any_entry(Ctx *cx, void *state)
{
    const Writing *writing = state;
    return db_run(cx, NULL, entry_add, writing->id, writing->number);
}

static FALLIBLE count_up(Ctx *cx, void *state)
{
    (void)state;
    Row *row;
    TRY(db_row(cx, &row, counter_get));
    return db_run(cx, NULL, counter_set, row_integer(row, "count") + 1);
}

static void *write_units(void *state)
{
    Writing *writing = state;
    Ctx *cx = &writing->cx;
    for (int i = 0; i < writing->units; i++) {
        ArenaMark mark = arena_mark(cx->arena);
        writing->id = writing->number * 10000 + i;
        Error *error = database_write(cx, writing->database, writing->work, writing);
        writing->acknowledged += !error;
        writing->refused += error != NULL;
        writing->wrong += error && error->code != ERR_DENIED;
        if (!error && writing->report >= 0 &&
            write(writing->report, &writing->id, sizeof writing->id) != sizeof writing->id)
            break;
        arena_rewind(cx->arena, mark);
    }
    return NULL;
}

static Writing *writers_start(Ctx *cx, int threads, int units, UnitWork work, int report)
{
    Writing *all = NEW_ARRAY(cx->arena, Writing, (size_t)threads);
    for (int i = 0; i < threads; i++) {
        all[i] = (Writing){.cx = *cx,
                           .database = cx->company->database,
                           .work = work,
                           .number = i + 1,
                           .units = units,
                           .report = report};
        all[i].cx.arena = arena_new(LIMIT_UNIT_BYTES);
        CHECK_INT(pthread_create(&all[i].thread, NULL, write_units, &all[i]), 0);
    }
    return all;
}

static void writers_join(Writing *all, int threads)
{
    for (int i = 0; i < threads; i++) {
        CHECK_INT(pthread_join(all[i].thread, NULL), 0);
        arena_free(all[i].cx.arena);
    }
}

static FALLIBLE count_entries(Ctx *cx, void *state)
{
    Row *row;
    TRY(db_row(cx, &row, entry_count));
    *(int64_t *)state = row_integer(row, "entries");
    return NULL;
}

static int64_t entries(Ctx *cx)
{
    int64_t count = -1;
    CHECK_OK(database_read(cx, cx->company->database, count_entries, &count));
    return count;
}

DB_TEST(thirty_two_writers_lose_nothing_and_keep_nothing_refused)
{
    Writing *all = writers_start(cx, THREADS, 20, add_entry, -1);
    writers_join(all, THREADS);
    for (int i = 0; i < THREADS; i++) {
        CHECK_INT(all[i].acknowledged, 16);
        CHECK_INT(all[i].wrong, 0);
    }
    CHECK_INT(entries(cx), 16 * THREADS);
}

// Every fifth adds one that is there already, and asks no more.
static FALLIBLE post_entry(Ctx *cx, void *state)
{
    const Writing *writing = state;
    TRY(db_post(cx, entry_add, writing->id, writing->number));
    return writing->id % 5 == 4 ? db_post(cx, entry_add, writing->id, writing->number) : NULL;
}

DB_TEST(posted_change_that_fails_spoils_only_its_unit)
{
    Writing *all = writers_start(cx, THREADS, 20, post_entry, -1);
    writers_join(all, THREADS);
    for (int i = 0; i < THREADS; i++) {
        CHECK_INT(all[i].acknowledged, 16);
        CHECK_INT(all[i].wrong, 4); // conflicts
    }
    CHECK_INT(entries(cx), 16 * THREADS);
}

static FALLIBLE read_counter(Ctx *cx, void *state)
{
    Row *row;
    TRY(db_row(cx, &row, counter_get));
    *(int64_t *)state = row_integer(row, "count");
    return NULL;
}

DB_TEST(counter_that_all_raise_at_once_counts_each)
{
    Writing *all = writers_start(cx, 32, 25, count_up, -1);
    writers_join(all, 32);
    int64_t count, acknowledged = 0;
    for (int i = 0; i < 32; i++)
        acknowledged += all[i].acknowledged;
    CHECK_OK(database_read(cx, cx->company->database, read_counter, &count));
    CHECK_INT(count, acknowledged);
    CHECK_INT(acknowledged, 32 * 25);
}

// Two programs: what one has read, the other does not change before it has written.
POSTGRES_TEST(counter_that_two_programs_raise_at_once_counts_each)
{
    Ctx second = *cx;
    Company company = *cx->company;
    DatabaseOptions options = {.url = test_database_url(cx)};
    CHECK_OK(database_open(cx, &options, &company.database));
    second.company = &company;
    Writing *here = writers_start(cx, 8, 25, count_up, -1);
    Writing *there = writers_start(&second, 8, 25, count_up, -1);
    writers_join(here, 8);
    writers_join(there, 8);
    int64_t count;
    CHECK_OK(database_read(cx, cx->company->database, read_counter, &count));
    CHECK_INT(count, 16 * 25);
    database_close(company.database);
}

// Whoever loses the connection loses the batch; its units run again.
POSTGRES_TEST(what_was_acknowledged_is_there_though_the_connection_is_lost)
{
    const char *name = strstr(test_database_url(cx), "@/") + 2;
    name = text_slice(cx->arena, name, strcspn(name, "?"));
    const char *cut = text_format(cx->arena,
                                  "DO $$ BEGIN PERFORM pg_terminate_backend(pid)"
                                  " FROM pg_stat_activity WHERE datname = '%s'; END $$",
                                  name);
    Writing *all = writers_start(cx, 8, 60, add_any_entry, -1);
    for (int i = 0; i < 10; i++) {
        usleep(20000);
        CHECK(cluster_run("postgres", cut));
    }
    writers_join(all, 8);
    int acknowledged = 0, refused = 0;
    for (int i = 0; i < 8; i++) {
        acknowledged += all[i].acknowledged;
        refused += all[i].refused; // lost during the commit: nobody knows
    }
    CHECK(acknowledged > 8 * 40);
    CHECK(entries(cx) >= acknowledged);
    CHECK(entries(cx) <= acknowledged + refused);
}

static FALLIBLE flood(Ctx *cx, void *state)
{
    (void)state;
    return db_run(cx, NULL, entry_flood);
}

SQLITE_TEST(change_that_is_stopped_does_not_fail_the_units_beside_it)
{
    database_close(cx->company->database);
    CHECK_OK(database_open(cx, &(DatabaseOptions){.url = test_database_url(cx), .statement_ms = 20},
                           &cx->company->database));
    Writing *all = writers_start(cx, 8, 40, add_any_entry, -1);
    for (int i = 0; i < 5; i++)
        CHECK_FAILS(database_write(cx, cx->company->database, flood, NULL), ERR_LIMIT,
                    "longer than it may");
    writers_join(all, 8);
    int acknowledged = 0;
    for (int i = 0; i < 8; i++)
        acknowledged += all[i].acknowledged;
    CHECK_INT(acknowledged, 8 * 40);
    CHECK_INT(entries(cx), acknowledged);
}

static FALLIBLE add_large(Ctx *cx, void *state)
{
    TRY(add_any_entry(cx, state));
    const Writing *writing = state;
    char *text = arena_alloc(cx->arena, 100001);
    for (int i = 0; i < 100000; i++)
        text[i] = 'x';
    Cell cells[] = {cell_integer(writing->id), cell_text(text)};
    return db_built_run(cx, NULL, "INSERT INTO large (id, text) VALUES ($1, $2)", cells, 2);
}

static FALLIBLE make_large(Ctx *cx, void *state)
{
    (void)state;
    return db_built_run(cx, NULL, "CREATE TABLE large (id BIGINT PRIMARY KEY, text TEXT)", NULL, 0);
}

// The log may not grow as far as the writers want: the disk is "full".
SQLITE_TEST(batch_that_cannot_be_written_fails_for_all_in_it)
{
    test_unit(cx, make_large, NULL);
    CHECK(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    struct rlimit before, small = {2 * 1024 * 1024, 0};
    CHECK_INT(getrlimit(RLIMIT_FSIZE, &before), 0);
    small.rlim_max = before.rlim_max;
    CHECK_INT(setrlimit(RLIMIT_FSIZE, &small), 0);
    Writing *all = writers_start(cx, 16, 10, add_large, -1);
    writers_join(all, 16);
    CHECK_INT(setrlimit(RLIMIT_FSIZE, &before), 0);
    int acknowledged = 0, refused = 0;
    for (int i = 0; i < 16; i++) {
        acknowledged += all[i].acknowledged;
        refused += all[i].refused;
    }
    CHECK(acknowledged > 0);
    CHECK(refused > 0);
    CHECK_INT(entries(cx), acknowledged);
    Writing after = {.id = 9999999};
    test_unit(cx, add_large, &after);
    CHECK_OK(database_check(cx, cx->company->database));
}

// ---- kill -9

static void load_until_killed(Ctx *cx, int report, int cycle)
{
    CHECK_OK(database_open(cx, &(DatabaseOptions){.url = test_database_url(cx)},
                           &cx->company->database));
    Writing *all = NEW_ARRAY(cx->arena, Writing, 8);
    for (int i = 0; i < 8; i++) {
        all[i] = (Writing){.cx = *cx,
                           .database = cx->company->database,
                           .work = add_any_entry,
                           .number = cycle * 8 + i + 1,
                           .units = 10000,
                           .report = report};
        all[i].cx.arena = arena_new(LIMIT_UNIT_BYTES);
        pthread_create(&all[i].thread, NULL, write_units, &all[i]);
    }
    for (;;)
        pause();
}

typedef struct Ledger {
    int64_t ids[200000];
    int count;
} Ledger;

static FALLIBLE ledger_holds(Ctx *cx, void *state)
{
    const Ledger *ledger = state;
    for (int i = 0; i < ledger->count; i++) {
        Row *row;
        TRY(db_row(cx, &row, entry_get, ledger->ids[i]));
        if (!row)
            return FAIL(cx, ERR_NOT_FOUND, "acknowledged entry %d is lost", (int)ledger->ids[i]);
    }
    return NULL;
}

// Reads what the child acknowledges, kills it after so many, and takes in what was on its way.
static void kill_after(Ctx *cx, Ledger *ledger, int acknowledged, int cycle)
{
    int ends[2];
    CHECK_INT(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        load_until_killed(cx, ends[1], cycle);
    }
    close(ends[1]);
    int until = ledger->count + acknowledged;
    while (ledger->count < 200000 &&
           read(ends[0], &ledger->ids[ledger->count], sizeof(int64_t)) == sizeof(int64_t))
        if (++ledger->count == until)
            kill(child, SIGKILL);
    kill(child, SIGKILL);
    CHECK_INT(waitpid(child, NULL, 0), child);
    close(ends[0]);
}

SQLITE_TEST(what_was_acknowledged_survives_kill_in_the_middle_of_load)
{
    Ledger *ledger = NEW(cx->arena, Ledger);
    for (int cycle = 0; cycle < 4; cycle++) {
        database_close(cx->company->database);
        cx->company->database = NULL;
        kill_after(cx, ledger, 150 + cycle * 97, cycle);
        CHECK_OK(database_open(cx, &(DatabaseOptions){.url = test_database_url(cx)},
                               &cx->company->database));
        CHECK_OK(database_read(cx, cx->company->database, ledger_holds, ledger));
        CHECK(entries(cx) >= ledger->count);
        CHECK(entries(cx) <= ledger->count + 8 * (cycle + 1)); // in flight: one a thread
    }
    CHECK(ledger->count >= 600);
    CHECK_OK(database_check(cx, cx->company->database));
}
