// SPDX-License-Identifier: Apache-2.0
// What happened, as the views and the log of events tell it.
#include "process/mining.h"

#include "base/ids.h"
#include "process/test_flow.h"

#include <string.h>

#define HOUR_US (3600 * 1000000LL)

static const char drawn[] = "startEvent s -> ask\n"
                            "userTask ask name=\"Ask them\" -> which\n"
                            "exclusiveGateway which -> ask when again; *told\n"
                            "userTask told -> e\n"
                            "boundaryEvent late attachedToRef=\"told\" -> e\n"
                            "  | <timerEventDefinition><timeDuration>P1D</timeDuration>"
                            "</timerEventDefinition>\n"
                            "endEvent e\n";

typedef struct Deed {
    const char *text;
    Buffer *out;
    Instant from;
    Instant until;
} Deed;

// The rows, their columns with blanks between.
static FALLIBLE rows_work(Ctx *cx, void *state)
{
    Deed *deed = state;
    Rows rows;
    TRY(db_built_rows(cx, &rows, deed->text, NULL, 0));
    deed->out->length = 0;
    for (size_t i = 0; i < rows.count; i++) {
        buffer_text(deed->out, i ? "; " : "");
        for (size_t c = 0; c < row_width(&rows.items[i]); c++) {
            Cell cell = row_cell(&rows.items[i], row_column(&rows.items[i], c));
            buffer_text(deed->out, c ? " " : "");
            if (cell.kind == CELL_INTEGER)
                buffer_format(deed->out, "%lld", (long long)cell.integer);
            else
                buffer_text(deed->out, cell.kind == CELL_NULL ? "-" : cell.text.bytes);
        }
    }
    return NULL;
}

static const char *rows(Ctx *cx, const char *sql)
{
    Deed deed = {.text = sql, .out = buffer_new(cx->arena)};
    buffer_text(deed.out, "");
    CHECK_OK(database_read(cx, cx->company->database, rows_work, &deed));
    return deed.out->length ? deed.out->bytes : "";
}

static void two_runs(Ctx *cx)
{
    flow_deploy(cx, "drawn", drawn);
    Id one = flow_start(cx, "drawn", "{\"again\":true}");
    cx->now += HOUR_US;
    flow_complete(cx, one, "ask", "{}");
    cx->now += 2 * HOUR_US;
    Id two = flow_start(cx, "drawn", "{\"again\":false}");
    flow_complete(cx, two, "ask", "{}");
    cx->now += 25 * HOUR_US;
    flow_jobs(cx);
    CHECK_TEXT(flow_state(cx, two), "completed");
}

DESK_TEST(each_run_of_a_step_has_its_beginning_and_its_end)
{
    two_runs(cx);
    CHECK_TEXT(rows(cx, "SELECT step, turn, duration / 3600000000 AS hours, ended_as"
                        " FROM history_step WHERE process = 'drawn' AND type = 'user task'"
                        " ORDER BY instance, started_at, turn"),
               "ask 1 1 complete; ask 2 - -; ask 1 0 complete; told 1 25 ate_abort");
    CHECK_TEXT(rows(cx, "SELECT DISTINCT name, type FROM history_step WHERE step = 'ask'"),
               "Ask them user task");
    CHECK_TEXT(rows(cx, "SELECT COUNT(*) AS n FROM history_step WHERE resource IS NOT NULL"
                        " AND process = 'drawn'"),
               "2"); // a person completed two, the clock ended one
}

DESK_TEST(the_heat_of_steps_and_flows_is_counted)
{
    two_runs(cx);
    CHECK_TEXT(rows(cx, "SELECT step, times, open, broken_off, duration / 3600000000 AS hours,"
                        " longest / 3600000000 AS longest FROM history_heat"
                        " WHERE process = 'drawn' AND type = 'user task' ORDER BY step"),
               "ask 3 1 0 1 1; told 1 0 1 25 25");
    CHECK_TEXT(rows(cx, "SELECT SUM(times) AS n FROM history_heat WHERE process = 'drawn'"
                        " AND type = 'sequence flow'"),
               "7");
}

DESK_TEST(the_audit_names_what_came_and_who_brought_it)
{
    two_runs(cx);
    CHECK_TEXT(rows(cx, "SELECT sequence, what, step, CASE WHEN actor > 0 THEN 'somebody' END AS by"
                        " FROM history_audit WHERE process = 'drawn' ORDER BY instance, sequence"),
               "0 started - somebody; 1 completed ask somebody; 0 started - somebody;"
               " 1 completed ask somebody; 2 timer late -");
}

// ---- the log

// What is written lives no longer than until the next line.
static char log_text[20000];
static size_t log_length;

static FALLIBLE keep(Ctx *cx, const char *bytes, size_t length, void *state)
{
    (void)cx, (void)state;
    CHECK(log_length + length < sizeof log_text);
    memcpy(log_text + log_length, bytes, length);
    log_length += length;
    log_text[log_length] = '\0';
    return NULL;
}

static FALLIBLE log_work(Ctx *cx, void *state)
{
    const Deed *deed = state;
    EventLogWriter writer = {keep, NULL};
    log_length = 0;
    return event_log_write(cx, deed->text, deed->from, deed->until, &writer);
}

static Error *log_of(Ctx *cx, const char *login, Deed *deed)
{
    return desk_do(cx, login, DOOR_API, log_work, deed);
}

DESK_TEST(the_log_has_the_columns_of_xes)
{
    two_runs(cx);
    Deed deed = {.text = "drawn", .until = INT64_MAX};
    CHECK_OK(log_of(cx, "root", &deed));
    const char *text = log_text;
    CHECK(text_starts(text, "case:concept:name,concept:name,lifecycle:transition,time:timestamp,"
                            "org:resource,millrace:step,millrace:type,millrace:record\r\n"));
    CHECK(strstr(text, ",Ask them,complete,2026-09-21T15:13:20Z,Root,ask,user task,\r\n") != NULL);
    CHECK(strstr(text, ",told,ate_abort,2026-09-22T18:13:20Z,,told,user task,\r\n") != NULL);
    CHECK(strstr(text, "gateway") == NULL);
    CHECK_FAILS(log_of(cx, "anna", &deed), ERR_DENIED, "may not read");
    deed.text = "nothing";
    CHECK_FAILS(log_of(cx, "root", &deed), ERR_NOT_FOUND, NULL);
    deed = (Deed){.text = "drawn", .from = cx->now + 1, .until = INT64_MAX};
    CHECK_OK(log_of(cx, "root", &deed));
    CHECK_TEXT(strchr(log_text, '\n'), "\n");
}

static FALLIBLE run_work(Ctx *cx, void *state)
{
    return db_built_run(cx, NULL, state, NULL, 0);
}

static FALLIBLE make_up_work(Ctx *cx, void *state)
{
    return mining_elements_make_up(cx, 10, state);
}

DESK_TEST(versions_from_before_get_their_elements)
{
    int done;
    two_runs(cx);
    const char *before = rows(cx, "SELECT COUNT(*) AS n FROM process_element");
    CHECK_OK(database_write(cx, cx->company->database, run_work, "DELETE FROM process_element"));
    CHECK_OK(database_write(cx, cx->company->database, run_work,
                            "UPDATE process_version SET described = 0"));
    CHECK_OK(desk_do(cx, "root", DOOR_SYSTEM, make_up_work, &done));
    CHECK_INT(done, 3);
    CHECK_TEXT(rows(cx, "SELECT COUNT(*) AS n FROM process_element"), before);
    CHECK_OK(desk_do(cx, "root", DOOR_SYSTEM, make_up_work, &done));
    CHECK_INT(done, 0);
}
