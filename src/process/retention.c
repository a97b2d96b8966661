// SPDX-License-Identifier: Apache-2.0
#include "process/retention.h"

#include "base/calendar.h"
#include "base/ids.h"
#include "db/database.h"
#include "process/deployments.h"
#include "process/housekeeping.h"
#include "record/schema.h"

#include <string.h>

#define MONTHS_AHEAD 3

#define PERIODS                                                                                    \
    "CREATE TABLE history_period (name TEXT PRIMARY KEY, first BIGINT NOT NULL,"                   \
    " until BIGINT NOT NULL);\n"                                                                   \
    "CREATE INDEX history_period_until ON history_period (until);\n"                               \
    "DROP INDEX instance_ended;\n"                                                                 \
    "CREATE INDEX instance_purge ON instance (process_key, ended_at, id)"                          \
    " WHERE pruned < 2 AND ended_at IS NOT NULL;\n"
#define APPEND_ONLY "the history of a process is only added to"
// What was there before becomes the first partition, as it lies. What is written before its
// month's partition is made stands in instance_event_other.
MIGRATION_ON_BOTH(
    process_0060_history_periods, 30,
    PERIODS "CREATE TRIGGER instance_event_stays BEFORE DELETE ON instance_event"
            " WHEN NOT EXISTS (SELECT 1 FROM instance WHERE id = OLD.instance"
            " AND ended_at IS NOT NULL AND pruned > 0)"
            " BEGIN SELECT RAISE(ABORT, '" APPEND_ONLY "'); END;\n"
            "CREATE TRIGGER instance_event_fixed BEFORE UPDATE ON instance_event"
            " WHEN length(NEW.input) IS NOT 0 OR NEW.instance <> OLD.instance"
            " OR NEW.sequence <> OLD.sequence OR NEW.at <> OLD.at OR NEW.kind <> OLD.kind"
            " OR NEW.node IS NOT OLD.node OR NEW.actor <> OLD.actor"
            " OR NEW.entries <> OLD.entries OR NEW.detail IS NOT OLD.detail"
            " BEGIN SELECT RAISE(ABORT, '" APPEND_ONLY "'); END",
    PERIODS
    "ALTER TABLE instance_event RENAME TO instance_event_before;\n"
    "ALTER INDEX instance_event_pkey RENAME TO instance_event_before_pkey;\n"
    "CREATE TABLE instance_event (LIKE instance_event_before, PRIMARY KEY (instance, sequence))"
    " PARTITION BY RANGE (instance);\n"
    "CREATE TABLE instance_event_other PARTITION OF instance_event DEFAULT;\n"
    "DO $$ DECLARE top BIGINT; BEGIN"
    " SELECT MAX(id) + 1 INTO top FROM instance;"
    " IF top IS NULL THEN DROP TABLE instance_event_before;"
    " ELSE EXECUTE format('ALTER TABLE instance_event ATTACH PARTITION instance_event_before"
    " FOR VALUES FROM (MINVALUE) TO (%s)', top);"
    " INSERT INTO history_period (name, first, until) VALUES ('instance_event_before', 0, top);"
    " END IF; END $$;\n"
    "CREATE FUNCTION instance_event_fixed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " IF TG_OP = 'DELETE' THEN"
    "  IF EXISTS (SELECT 1 FROM instance WHERE id = OLD.instance AND ended_at IS NOT NULL"
    "   AND pruned > 0) THEN RETURN OLD; END IF;"
    " ELSIF TG_OP = 'UPDATE' THEN"
    "  IF length(NEW.input) = 0 AND to_jsonb(NEW) - 'input' = to_jsonb(OLD) - 'input'"
    "   THEN RETURN NEW; END IF;"
    " END IF;"
    " RAISE EXCEPTION '" APPEND_ONLY "' USING ERRCODE = '23514'; END $$;\n"
    "CREATE TRIGGER instance_event_stays BEFORE DELETE OR UPDATE ON instance_event"
    " FOR EACH ROW EXECUTE FUNCTION instance_event_fixed();\n"
    "CREATE TRIGGER instance_event_whole BEFORE TRUNCATE ON instance_event"
    " FOR EACH STATEMENT EXECUTE FUNCTION instance_event_fixed()");

QUERY(retention_processes, "SELECT id, process_key FROM process_version WHERE newest = 1");
QUERY(purge_next, "SELECT id FROM instance WHERE process_key = $1 AND ended_at < $2"
                  " AND pruned < 2 ORDER BY ended_at, id LIMIT $3");
QUERY(purge_begin, "UPDATE instance SET pruned = 1 WHERE id = $1 AND pruned = 0");
QUERY(purge_events, "DELETE FROM instance_event WHERE instance = $1 AND sequence < $2 +"
                    " (SELECT MIN(e.sequence) FROM instance_event e WHERE e.instance = $1)");
QUERY(purge_personal, "DELETE FROM instance_personal WHERE instance = $1");
QUERY(purge_end, "UPDATE instance SET pruned = $2 WHERE id = $1");
QUERY(period_last, "SELECT until FROM history_period ORDER BY until DESC LIMIT 1");
QUERY(period_add, "INSERT INTO history_period (name, first, until) VALUES ($1, $2, $3)");
QUERY(period_old, "SELECT name, first, until FROM history_period WHERE until <= $1 ORDER BY until");
QUERY(period_remove, "DELETE FROM history_period WHERE name = $1");
#define LAST_OF(table)                                                                             \
    "SELECT MAX(instance) AS last FROM " table " WHERE instance >= $1 AND instance < $2"
QUERY_ON_BOTH(period_strays, LAST_OF("instance_event"), LAST_OF("instance_event_other"));
QUERY(period_in_use, "SELECT id FROM instance WHERE id >= $1 AND id < $2"
                     " AND (ended_at IS NULL OR ended_at >= $3) LIMIT 1");

// ---- the rules ------------------------------------------------------------------------------

// What ended before is past its time.
static Instant cutoff(Ctx *cx, const char *keep)
{
    int64_t months;
    DaysDuration days = {0};
    if (months_duration_parse(keep, strlen(keep), &months)) {
        DateTime at = instant_in(cx->now, zone_utc());
        at.date = date_add_months(at.date, -months);
        return instant_from(at);
    }
    (void)days_duration_parse(keep, strlen(keep), &days); // bpmn/ has looked at it
    return instant_add(cx->now, (DaysDuration){-days.seconds, -days.nanoseconds});
}

Instant retention_company(const Ctx *cx)
{
    int days = cx->schema ? cx->schema->keep_ended_days : 0;
    return days ? cx->now - days * KEEP_DAY : 0;
}

// Of what its process says nothing.
static Instant cutoff_of_others(Ctx *cx)
{
    Instant before = retention_company(cx);
    return before ? before : cutoff(cx, KEEP_HISTORY);
}

typedef struct Rule {
    const char *process;
    Instant before; // 0: as the process says
} Rule;

static FALLIBLE rule_of(Ctx *cx, const Row *row, Instant before, Rule *out)
{
    *out = (Rule){row_text(row, "process_key"), before};
    if (before)
        return NULL;
    const ProcessModel *model;
    TRY(model_by_id(cx, row_integer(row, "id"), &model));
    const char *keep = model->graph->keep;
    out->before = keep ? cutoff(cx, keep) : cutoff_of_others(cx);
    return NULL;
}

// ---- by instance ----------------------------------------------------------------------------

static FALLIBLE instance_purge(Ctx *cx, Id instance, bool *whole)
{
    int64_t rows;
    TRY(db_run(cx, NULL, purge_begin, instance));
    TRY(db_run(cx, &rows, purge_events, instance, RETENTION_ROWS));
    *whole = rows < RETENTION_ROWS;
    if (!*whole)
        return NULL;
    TRY(db_run(cx, NULL, purge_personal, instance));
    return db_run(cx, NULL, purge_end, instance, cx->now);
}

static FALLIBLE process_purge(Ctx *cx, const Rule *rule, int limit, int *done)
{
    Rows rows;
    TRY(db_rows(cx, &rows, purge_next, rule->process, rule->before, limit));
    bool whole = true;
    for (size_t i = 0; whole && i < rows.count; i++)
        TRY(instance_purge(cx, row_integer(&rows.items[i], "id"), &whole));
    *done = whole ? (int)rows.count : limit;
    return NULL;
}

FALLIBLE retention_purge_before(Ctx *cx, Instant ended_before, int limit, int *done)
{
    Rows processes;
    int all = 0;
    TRY(db_rows(cx, &processes, retention_processes));
    for (size_t i = 0; i < processes.count && all < limit; i++) {
        Rule rule;
        int some;
        TRY(rule_of(cx, &processes.items[i], ended_before, &rule));
        TRY(process_purge(cx, &rule, limit - all, &some));
        all += some;
    }
    *done = all;
    return NULL;
}

FALLIBLE retention_purge(Ctx *cx, int limit, int *done)
{
    return retention_purge_before(cx, 0, limit, done);
}

// ---- by month -------------------------------------------------------------------------------

// Identifiers and numbers are our own; whoever is in the way is not waited for.
static FALLIBLE period_run(Ctx *cx, const char *sql)
{
    TRY(db_built_run(cx, NULL, "SET LOCAL lock_timeout = '2s'", NULL, 0));
    return db_built_run(cx, NULL, sql, NULL, 0);
}

static FALLIBLE period_make(Ctx *cx, Date month)
{
    Row *row;
    Id first = id_first(date_to_days(month) * KEEP_DAY);
    Id until = id_first(date_to_days(date_add_months(month, 1)) * KEEP_DAY);
    TRY(db_row(cx, &row, period_last));
    if (row && row_integer(row, "until") > first)
        first = row_integer(row, "until");
    if (first >= until)
        return NULL;
    // What came before its partition stays where it is.
    TRY(db_row(cx, &row, period_strays, first, until));
    if (row && row_integer(row, "last") >= first)
        first = row_integer(row, "last") + 1;
    const char *name = text_format(cx->arena, "instance_event_%04d%02d", month.year, month.month);
    TRY(period_run(cx, text_format(cx->arena,
                                   "CREATE TABLE %s PARTITION OF instance_event"
                                   " FOR VALUES FROM (%lld) TO (%lld)",
                                   name, (long long)first, (long long)until)));
    return db_run(cx, NULL, period_add, name, first, until);
}

// The longest rule; no month may go before it.
static FALLIBLE longest(Ctx *cx, Instant *before)
{
    Rows processes;
    *before = cutoff_of_others(cx);
    TRY(db_rows(cx, &processes, retention_processes));
    for (size_t i = 0; i < processes.count; i++) {
        Rule rule;
        TRY(rule_of(cx, &processes.items[i], 0, &rule));
        if (rule.before < *before)
            *before = rule.before;
    }
    return NULL;
}

static FALLIBLE periods_drop(Ctx *cx, int limit, int *done)
{
    Rows rows;
    Instant before;
    TRY(longest(cx, &before));
    TRY(db_rows(cx, &rows, period_old, id_first(before)));
    for (size_t i = 0; i < rows.count && *done < limit; i++) {
        const char *name = row_text(&rows.items[i], "name");
        Row *used;
        TRY(db_row(cx, &used, period_in_use, row_integer(&rows.items[i], "first"),
                   row_integer(&rows.items[i], "until"), before));
        if (used)
            continue;
        TRY(period_run(cx, text_format(cx->arena, "DROP TABLE %s", name)));
        TRY(db_run(cx, NULL, period_remove, name));
        ++*done;
    }
    return NULL;
}

FALLIBLE retention_periods(Ctx *cx, int limit, int *done)
{
    *done = 0;
    if (db_driver(cx) != DRIVER_POSTGRES)
        return NULL;
    Date month = instant_in(cx->now, zone_utc()).date;
    month.day = 1;
    for (int ahead = 0; ahead < MONTHS_AHEAD; ahead++)
        TRY(period_make(cx, date_add_months(month, ahead)));
    return periods_drop(cx, limit, done);
}
