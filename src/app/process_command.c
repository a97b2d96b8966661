// SPDX-License-Identifier: Apache-2.0
// process: suspend, resume and migrate from the command line. history: prune, erase, log.
#include "app/acting.h"
#include "app/company.h"
#include "base/calendar.h"
#include "base/ids.h"
#include "base/json.h"
#include "db/database.h"
#include "process/migration.h"
#include "process/mining.h"
#include "process/process.h"
#include "process/replay.h"
#include "process/retention.h"
#include "process/suspension.h"
#include "record/record.h"

#include <stdio.h>
#include <string.h>

#define DAY_US (24LL * 3600 * 1000000)
#define LEASE_US (300 * 1000000LL)
#define JOBS_AT_ONCE 20
#define PRUNE_AT_ONCE 200

static const CommandOption process_options[] = {
    {"as", "LOGIN", "who acts; without it the system"},
    {"reason", "TEXT", "suspend: why"},
    {"instances", NULL, "suspend: also the instances that run"},
    {"from", "VERSION", "migrate: the version that instances run on"},
    {"to", "VERSION", "migrate: the version they go over to"},
    {"mapping", "JSON", "migrate: which step becomes which, where ids differ"},
    {0},
};

typedef struct Deed {
    const CommandLine *line;
    const char *name;
    Id migration;
    Value answer;
    Value tried;
} Deed;

static FALLIBLE do_suspend(Ctx *cx, void *state)
{
    const Deed *deed = state;
    return process_suspend(cx, deed->name, command_option(deed->line, "reason", NULL),
                           command_switch(deed->line, "instances"));
}

static FALLIBLE do_resume(Ctx *cx, void *state)
{
    return process_resume(cx, ((Deed *)state)->name);
}

static FALLIBLE migration_named(Ctx *cx, Deed *deed)
{
    return id_parse(deed->name, &deed->migration)
               ? NULL
               : error_hint(FAIL(cx, ERR_INVALID, "this needs the id of a migration"),
                            "'millrace process migrate' plans one and tells its id.");
}

// Plans, and tells what it would do; nothing is changed.
static FALLIBLE do_migrate(Ctx *cx, void *state)
{
    Deed *deed = state;
    int64_t from, to;
    Value asked = value_context(cx->arena), mapping;
    const char *text = command_option(deed->line, "mapping", NULL);
    TRY(command_integer(cx, deed->line, "from", 0, &from));
    TRY(command_integer(cx, deed->line, "to", 0, &to));
    value_set(cx->arena, asked, "from", value_integer(from));
    value_set(cx->arena, asked, "to", value_integer(to));
    if (text) {
        TRY(json_parse(cx, text, strlen(text), &mapping));
        value_set(cx->arena, asked, "mapping", mapping);
    }
    TRY(migration_create(cx, deed->name, asked, &deed->migration));
    TRY(migration_try(cx, deed->migration, value_context(cx->arena), &deed->tried));
    return migration_show(cx, deed->migration, &deed->answer);
}

static FALLIBLE do_run(Ctx *cx, void *state)
{
    Deed *deed = state;
    TRY(migration_named(cx, deed));
    return migration_run(cx, deed->migration);
}

static FALLIBLE do_undo(Ctx *cx, void *state)
{
    Deed *deed = state;
    TRY(migration_named(cx, deed));
    return migration_undo(cx, deed->migration);
}

static FALLIBLE do_show(Ctx *cx, void *state)
{
    Deed *deed = state;
    TRY(migration_named(cx, deed));
    return migration_show(cx, deed->migration, &deed->answer);
}

static FALLIBLE do_suspension(Ctx *cx, void *state)
{
    Deed *deed = state;
    return process_suspension(cx, deed->name, &deed->answer);
}

typedef struct Shift {
    Id ids[JOBS_AT_ONCE];
    int count;
} Shift;

static FALLIBLE take(Ctx *cx, void *state)
{
    Shift *shift = state;
    return jobs_take(cx, "command", JOBS_AT_ONCE, cx->now + LEASE_US, shift->ids, &shift->count);
}

static FALLIBLE work(Ctx *cx, void *state)
{
    const Shift *shift = state;
    return jobs_run(cx, "command", shift->ids, shift->count);
}

// The chunks are jobs; no server runs beside this command, so it does what is due itself.
static FALLIBLE chunks_run(Ctx *cx)
{
    Shift shift = {.count = 1};
    const Actor *before = cx->actor;
    cx->actor = actor_system();
    Error *error = NULL;
    while (!error && shift.count) {
        error = database_write(cx, cx->company->database, take, &shift);
        if (!error && shift.count)
            error = database_write(cx, cx->company->database, work, &shift);
    }
    cx->actor = before;
    return error;
}

static const struct {
    const char *name;
    UnitWork work;
    UnitWork show; // after the chunks; NULL: there are none
} actions[] = {
    {"suspend", do_suspend, do_suspension},
    {"resume", do_resume, do_suspension},
    {"migrate", do_migrate, NULL},
    {"run", do_run, do_show},
    {"undo", do_undo, do_show},
    {"migration", do_show, NULL},
};

static void say(Ctx *cx, const Deed *deed)
{
    const char *state = value_get_text(deed->answer, "state");
    if (!state) {
        const char *reason = value_get_text(deed->answer, "reason");
        command_say(cx, deed->line, deed->answer, "%s: %s", deed->name,
                    reason ? reason : "takes new starts");
        return;
    }
    const Value *counts = value_get(deed->answer, "instances");
    if (deed->tried.kind == VALUE_CONTEXT)
        value_set(cx->arena, deed->answer, "try", *value_get(deed->tried, "items"));
    command_say(cx, deed->line, deed->answer, "%s is %s: %s", value_get_text(deed->answer, "id"),
                state, json_text(cx->arena, *counts));
}

static FALLIBLE act(Ctx *cx, const CommandLine *line)
{
    Deed deed = {.line = line, .name = line->arguments[1]};
    TRY(act_as(cx, line, DOOR_COMMAND));
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
        if (!text_equal(actions[i].name, line->arguments[0]))
            continue;
        TRY(database_write(cx, cx->company->database, actions[i].work, &deed));
        if (actions[i].show) {
            TRY(chunks_run(cx));
            TRY(database_read(cx, cx->company->database, actions[i].show, &deed));
        }
        say(cx, &deed);
        return NULL;
    }
    return error_hint(FAIL(cx, ERR_INVALID, "there is nothing called '%s' to do with processes",
                           line->arguments[0]),
                      "Say suspend, resume, migrate, run, undo or migration.");
}

COMMAND(process_command, "process",
        "Suspend or resume a process; plan, run or undo a migration of its instances",
        "ACTION NAME", process_options)
{
    TRY(company_open(cx, line, COMPANY_OPEN));
    Error *error = act(cx, line);
    company_close(cx);
    return error;
}

// ---- history --------------------------------------------------------------------------------

static const CommandOption history_options[] = {
    {"days", "N", "prune: of instances that ended longer ago than that; 3650 when not given"},
    {"from", "DATE", "log: what happened from that day on"},
    {"until", "DATE", "log: what happened before that day"},
    {"as", "LOGIN", "who acts; without it the system"},
    {0},
};

typedef struct Pruning {
    Instant before;
    int count;
} Pruning;

static FALLIBLE prune(Ctx *cx, void *state)
{
    Pruning *pruning = state;
    return retention_purge_before(cx, pruning->before, PRUNE_AT_ONCE, &pruning->count);
}

static FALLIBLE prune_all(Ctx *cx, const CommandLine *line)
{
    int64_t days, total = 0;
    TRY(command_integer(cx, line, "days", 3650, &days));
    if (days < 1 || days > 36500)
        return FAIL(cx, ERR_INVALID, "--days is a number from 1 to 36500");
    Pruning pruning = {.before = cx->now - days * DAY_US, .count = PRUNE_AT_ONCE};
    while (pruning.count == PRUNE_AT_ONCE) {
        TRY(database_write(cx, cx->company->database, prune, &pruning));
        total += pruning.count;
    }
    Value json = value_context(cx->arena);
    value_set(cx->arena, json, "pruned", value_integer(total));
    command_say(cx, line, json, "The history of %lld ended instances is gone.", (long long)total);
    return NULL;
}

static FALLIBLE day_option(Ctx *cx, const CommandLine *line, const char *name, Instant *out)
{
    Date date;
    const char *text = command_option(line, name, NULL);
    if (!text)
        return NULL;
    if (!date_parse(text, strlen(text), &date))
        return FAIL(cx, ERR_INVALID, "--%s is a date, as 2026-11-27", name);
    *out = date_to_days(date) * DAY_US;
    return NULL;
}

typedef struct Logging {
    const char *process;
    Instant from;
    Instant until;
} Logging;

static FALLIBLE write_out(Ctx *cx, const char *bytes, size_t length, void *state)
{
    return fwrite(bytes, 1, length, state) == length
               ? NULL
               : FAIL(cx, ERR_UNAVAILABLE, "the log cannot be written");
}

static FALLIBLE log_work(Ctx *cx, void *state)
{
    const Logging *logging = state;
    EventLogWriter writer = {write_out, stdout};
    return event_log_write(cx, logging->process, logging->from, logging->until, &writer);
}

static FALLIBLE log_all(Ctx *cx, const CommandLine *line)
{
    Logging logging = {.process = line->arguments[1], .until = INT64_MAX};
    if (line->argument_count < 2)
        return error_hint(FAIL(cx, ERR_INVALID, "the log is that of a process"),
                          "Say 'millrace history log standard-order'.");
    TRY(day_option(cx, line, "from", &logging.from));
    TRY(day_option(cx, line, "until", &logging.until));
    return database_read(cx, cx->company->database, log_work, &logging);
}

typedef struct Erasing {
    const char *entity;
    Id record;
    Value answer;
} Erasing;

static FALLIBLE erase_work(Ctx *cx, void *state)
{
    Erasing *erasing = state;
    return record_histories_erase(cx, erasing->entity, erasing->record, &erasing->answer);
}

static FALLIBLE erase_all(Ctx *cx, const CommandLine *line)
{
    const char *subject = line->argument_count > 1 ? line->arguments[1] : "";
    Erasing erasing = {0};
    int64_t total = 0, erased;
    if (!command_record(cx, subject, &erasing.entity, &erasing.record))
        return error_hint(FAIL(cx, ERR_INVALID, "what is erased is that of a record"),
                          "Say 'millrace history erase ENTITY/ID'.");
    do {
        TRY(database_write(cx, cx->company->database, erase_work, &erasing));
        (void)decimal_to_integer(value_get(erasing.answer, "erased")->number, &erased);
        total += erased;
    } while (value_get(erasing.answer, "left")->boolean);
    value_set(cx->arena, erasing.answer, "erased", value_integer(total));
    command_say(cx, line, erasing.answer,
                "Erased: %lld histories. Instances that run and keep theirs: %zu.",
                (long long)total, value_get(erasing.answer, "running")->list.count);
    return NULL;
}

static FALLIBLE history_do(Ctx *cx, const CommandLine *line)
{
    TRY(act_as(cx, line, DOOR_COMMAND));
    if (text_equal(line->arguments[0], "log"))
        return log_all(cx, line);
    if (text_equal(line->arguments[0], "prune"))
        return prune_all(cx, line);
    if (text_equal(line->arguments[0], "erase"))
        return erase_all(cx, line);
    return error_hint(FAIL(cx, ERR_INVALID, "there is nothing called '%s' to do with histories",
                           line->arguments[0]),
                      "Say prune, erase or log.");
}

COMMAND(
    history_command, "history",
    "Prune what ended long ago; erase what came to the instances on a record (SUBJECT: ENTITY/ID);"
    " write the log of a process (SUBJECT: its key) for process mining, as CSV",
    "ACTION [SUBJECT]", history_options)
{
    bool logs = text_equal(line->arguments[0], "log");
    TRY(company_open(cx, line, logs ? COMPANY_READ : COMPANY_OPEN));
    Error *error = history_do(cx, line);
    company_close(cx);
    return error;
}
