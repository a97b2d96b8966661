// SPDX-License-Identifier: Apache-2.0
// init, deploy, functions, backup, restore, check, version.
#include "app/audit_files.h"
#include "app/company.h"
#include "app/erasures.h"
#include "base/json.h"
#include "base/limits.h"
#include "db/database.h"
#include "http/schemas.h"
#include "process/function_point.h"
#include "process/process.h"
#include "record/content.h"
#include "record/record.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define VERSION "0.1.0"

static const CommandOption no_options[] = {{0}};

COMMAND(init_command, "init", "Create a company's database, or bring it up to date with the packs",
        "", no_options)
{
    TRY(company_open(cx, line, COMPANY_CREATE));
    Value json = value_context(cx->arena);
    value_set(cx->arena, json, "entities", value_integer((int64_t)cx->schema->entity_count));
    command_say(cx, line, json, "The database is ready, with %zu entities.",
                cx->schema->entity_count);
    company_close(cx);
    return NULL;
}

typedef struct Deployment {
    BpmnFile *files;
    size_t file_count;
    bool drawing;
    Deployed *deployed;
    size_t count;
} Deployment;

static FALLIBLE deploy(Ctx *cx, void *state)
{
    Deployment *deployment = state;
    return models_deploy(cx, deployment->files, deployment->file_count, deployment->drawing,
                         deployment->deployed, &deployment->count);
}

static Value deployed_tell(Ctx *cx, const Deployed *deployed, Buffer *told)
{
    Value json = value_context(cx->arena);
    value_set(cx->arena, json, "key", value_text(deployed->key));
    value_set(cx->arena, json, "version", value_integer(deployed->version));
    value_set(cx->arena, json, "drawing", value_boolean(deployed->drawing));
    value_set(cx->arena, json, "problems", deployed->problems);
    buffer_format(
        told, deployed->drawing ? "%s%s is kept as drawing %d" : "%s%s is deployed as version %d",
        told->length ? "\n" : "", deployed->key, deployed->version);
    for (size_t i = 0; i < deployed->problems.list.count; i++)
        buffer_format(told, "\n  %s", command_problem(cx, deployed->problems.list.items[i]));
    return json;
}

static FALLIBLE deploy_files(Ctx *cx, const CommandLine *line)
{
    size_t count = line->argument_count;
    Deployment deployment = {.files = NEW_ARRAY(cx->arena, BpmnFile, count),
                             .file_count = count,
                             .drawing = command_switch(line, "drawing"),
                             .deployed = NEW_ARRAY(cx->arena, Deployed, count)};
    for (size_t i = 0; i < count; i++) {
        Text xml;
        TRY(file_read(cx, line->arguments[i], LIMIT_MODEL_BYTES, &xml));
        deployment.files[i] = (BpmnFile){line->arguments[i], xml.bytes, xml.length};
    }
    TRY(database_write(cx, cx->company->database, deploy, &deployment));
    Buffer *told = buffer_new(cx->arena);
    Value *items = NEW_ARRAY(cx->arena, Value, count);
    for (size_t i = 0; i < deployment.count; i++)
        items[i] = deployed_tell(cx, &deployment.deployed[i], told);
    Value json = count == 1 ? items[0] : value_list(items, deployment.count);
    command_say(cx, line, json, "%s", told->bytes);
    return NULL;
}

static const CommandOption deploy_options[] = {
    {"drawing", NULL, "keep a process that cannot be executed as a drawing only"},
    {0},
};

COMMAND(deploy_command, "deploy",
        "Deploy BPMN processes and DMN decisions; processes together that import each other",
        "FILE ...", deploy_options)
{
    TRY(company_open(cx, line, COMPANY_OPEN));
    Error *error = deploy_files(cx, line);
    company_close(cx);
    return error;
}

typedef struct FilesCopy {
    const char *from;
    const char *to;
    int64_t count;
} FilesCopy;

static FALLIBLE copy_contents(Ctx *cx, void *state)
{
    FilesCopy *copy = state;
    return contents_copy(cx, copy->from, copy->to, &copy->count);
}

// What the database in the file refers to, from one folder into another one.
static FALLIBLE copy_files(Ctx *cx, const char *database, FilesCopy *copy)
{
    DatabaseOptions options = {.url = text_format(cx->arena, "sqlite:%s", database),
                               .read_only = true};
    Database *opened;
    if (!copy->from || !copy->to || access(copy->from, F_OK) != 0)
        return NULL;
    TRY(database_open(cx, &options, &opened));
    Error *error = database_read(cx, opened, copy_contents, copy);
    database_close(opened);
    return error;
}

// The database first: what it knows stays in the folder for a day at least.
static FALLIBLE back_up(Ctx *cx, const char *to, FilesCopy *copy)
{
    copy->from = cx->company->contents.folder;
    copy->to = text_format(cx->arena, "%s.files", to);
    TRY(database_backup(cx, cx->company->database, to));
    return copy_files(cx, to, copy);
}

COMMAND(backup_command, "backup",
        "Copy the SQLite database into a new file, and its files beside, also while it is served",
        "FILE", no_options)
{
    if (access(line->arguments[0], F_OK) == 0)
        return error_hint(FAIL(cx, ERR_CONFLICT, "%s exists already", line->arguments[0]),
                          "Name a new file; a backup never overwrites.");
    TRY(company_open(cx, line, COMPANY_READ));
    FilesCopy copy = {0};
    Error *error = back_up(cx, line->arguments[0], &copy);
    company_close(cx);
    TRY(error);
    Value json = value_context(cx->arena);
    value_set(cx->arena, json, "file", value_text(line->arguments[0]));
    value_set(cx->arena, json, "files", value_integer(copy.count));
    command_say(cx, line, json, "The backup is in %s, with %lld files", line->arguments[0],
                (long long)copy.count);
    return NULL;
}

static const CommandOption restore_options[] = {
    {"replace", NULL,
     "replace the database that is there; it is kept beside, with the ending .before"},
    {0},
};

// The copy is made beside the place and renamed over it, so that a crash leaves the old or the new.
static FALLIBLE restore_to(Ctx *cx, const char *from, const char *path)
{
    const char *fresh = text_format(cx->arena, "%s.restoring", path);
    unlink(fresh);
    DatabaseOptions options = {.url = text_format(cx->arena, "sqlite:%s", from), .read_only = true};
    Database *source;
    TRY(database_open(cx, &options, &source));
    Error *error = database_check(cx, source);
    if (!error)
        error = database_backup(cx, source, fresh);
    database_close(source);
    TRY(error);
    if (access(path, F_OK) == 0 && rename(path, text_format(cx->arena, "%s.before", path)) != 0)
        return FAIL(cx, ERR_UNAVAILABLE, "cannot put %s aside", path);
    unlink(text_format(cx->arena, "%s-wal", path));
    unlink(text_format(cx->arena, "%s-shm", path));
    // The backup's audit is older than the checkpoint that was kept of what stood here.
    const char *head = audit_files_of_url(cx, text_format(cx->arena, "sqlite:%s", path)).head;
    rename(head, text_format(cx->arena, "%s.before", head));
    if (rename(fresh, path) != 0)
        return FAIL(cx, ERR_UNAVAILABLE, "cannot put the restored database at %s", path);
    return NULL;
}

// What was erased since the backup was made is erased again, before anybody sees it.
static FALLIBLE erase_again(Ctx *cx, const CommandLine *line, int *done, int *failed)
{
    AuditFiles files = audit_files_of(cx, line);
    if (!erasures_are_kept(&files))
        return NULL;
    TRY(company_open(cx, line, COMPANY_OPEN));
    cx->actor = actor_system();
    Error *error = erasures_replay(cx, &files, done, failed);
    company_close(cx);
    return error;
}

COMMAND(restore_command, "restore", "Put a backup in the place of the SQLite database", "FILE",
        restore_options)
{
    const char *url = command_option(line, "database", DEFAULT_DATABASE);
    if (!text_starts(url, "sqlite:"))
        return error_hint(FAIL(cx, ERR_INVALID, "restore works on SQLite databases"),
                          "For PostgreSQL use pg_restore.");
    const char *path = url + strlen("sqlite:");
    if (access(path, F_OK) == 0) {
        if (!command_switch(line, "replace"))
            return error_hint(FAIL(cx, ERR_CONFLICT, "there is a database at %s", path),
                              "Say --replace to put it aside.");
        // Opening it for writing tells whether a server holds it.
        DatabaseOptions options = {.url = url};
        Database *present;
        TRY(database_open(cx, &options, &present));
        database_close(present);
    }
    // Files first: those of the database that is there stay, and none of the new one's is missing.
    FilesCopy copy = {.from = text_format(cx->arena, "%s.files", line->arguments[0]),
                      .to = company_files(cx, line, url)};
    TRY(copy_files(cx, line->arguments[0], &copy));
    int done = 0, failed = 0;
    TRY(restore_to(cx, line->arguments[0], path));
    TRY(erase_again(cx, line, &done, &failed));
    Value json = value_context(cx->arena);
    value_set(cx->arena, json, "database", value_text(path));
    value_set(cx->arena, json, "files", value_integer(copy.count));
    value_set(cx->arena, json, "erased", value_integer(done));
    command_say(cx, line, json, "%s is restored, with %lld files", path, (long long)copy.count);
    return failed ? error_hint(FAIL(cx, ERR_CONFLICT,
                                    "%d of what was erased since the backup could not be erased"
                                    " again",
                                    failed),
                               "See the messages above; then say `millrace personal erase`.")
                  : NULL;
}

static FALLIBLE check_contents(Ctx *cx, void *state)
{
    return contents_check(cx, state);
}

COMMAND(check_command, "check", "Check the store, the files, every query's plan and the packs", "",
        no_options)
{
    int64_t files;
    TRY(company_open(cx, line, COMPANY_READ));
    Error *error = database_check(cx, cx->company->database);
    if (!error)
        error = database_check_queries(cx, cx->company->database);
    if (!error)
        error = database_read(cx, cx->company->database, check_contents, &files);
    company_close(cx);
    TRY(error);
    command_say(cx, line, value_context(cx->arena), "Everything is in order.");
    return NULL;
}

COMMAND(functions_command, "functions", "List the function points that service tasks can call", "",
        no_options)
{
    size_t count;
    const void *const *all = registry_all(&function_points, &count);
    for (size_t i = 0; i < count; i++) {
        const FunctionPoint *point = all[i];
        Value json = value_context(cx->arena);
        value_set(cx->arena, json, "name", value_text(point->name));
        value_set(cx->arena, json, "about", value_text(point->about));
        value_set(cx->arena, json, "input", value_text(point->input));
        value_set(cx->arena, json, "output", value_text(point->output));
        command_say(cx, line, json, "%-22s %s  (%s -> %s)", point->name, point->about, point->input,
                    point->output);
    }
    return NULL;
}

COMMAND(openapi_command, "openapi", "Print the description of the API, as /openapi.json answers it",
        "", no_options)
{
    Value document;
    TRY(openapi_value(cx, &document));
    printf("%s\n", json_text(cx->arena, document));
    return NULL;
}

COMMAND(version_command, "version", "Show the version", "", no_options)
{
    Value json = value_context(cx->arena);
    value_set(cx->arena, json, "version", value_text(VERSION));
    command_say(cx, line, json, "millrace " VERSION);
    return NULL;
}
