// SPDX-License-Identifier: Apache-2.0
// pack: what a company works with, as text.
#include "app/company.h"
#include "db/database.h"
#include "record/pack_apply.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const CommandOption pack_options[] = {
    {"note", "TEXT", "why, for the list of versions"},
    {0},
};

// ---- files ----------------------------------------------------------------------------------

static void close_folder(void *handle)
{
    closedir(handle);
}

// The YAML files of the folder and of those in it, by their names within.
static FALLIBLE read_folder(Ctx *cx, const char *folder, const char *inside, Value files)
{
    DIR *handle = opendir(folder);
    if (!handle)
        return FAIL(cx, ERR_NOT_FOUND, "the folder %s cannot be read: %s", folder, strerror(errno));
    arena_defer(cx->arena, close_folder, handle);
    for (struct dirent *entry; (entry = readdir(handle));) {
        const char *path = text_format(cx->arena, "%s/%s", folder, entry->d_name);
        struct stat status;
        if (entry->d_name[0] == '.' || stat(path, &status) != 0)
            continue;
        if (S_ISDIR(status.st_mode) && !*inside) {
            TRY(read_folder(cx, path, text_format(cx->arena, "%s/", entry->d_name), files));
        } else if (S_ISREG(status.st_mode) && text_ends(entry->d_name, ".yaml")) {
            Text text;
            TRY(file_read(cx, path, COMPANY_FILE_BYTES, &text));
            value_set(cx->arena, files, text_format(cx->arena, "%s%s", inside, entry->d_name),
                      value_text_of(text.bytes, text.length));
        }
    }
    return NULL;
}

static FALLIBLE write_file(Ctx *cx, const char *folder, const char *name, Text text)
{
    const char *path = text_format(cx->arena, "%s/%s", folder, name), *slash = strrchr(name, '/');
    if (slash)
        mkdir(text_format(cx->arena, "%s/%.*s", folder, (int)(slash - name), name), 0777);
    FILE *file = fopen(path, "wxe");
    if (!file)
        return error_hint(FAIL(cx, ERR_CONFLICT, "cannot write %s: %s", path, strerror(errno)),
                          "An export never overwrites; name a new folder.");
    bool written = fwrite(text.bytes, 1, text.length, file) == text.length;
    return fclose(file) == 0 && written
               ? NULL
               : FAIL(cx, ERR_UNAVAILABLE, "cannot write %s: %s", path, strerror(errno));
}

// ---- actions --------------------------------------------------------------------------------

typedef struct Task {
    const CommandLine *line;
    const char *what; // the argument after the action, or NULL
    PackVersion newest;
} Task;

static FALLIBLE read_newest(Ctx *cx, void *state)
{
    Task *task = state;
    return pack_version_newest(cx, &task->newest);
}

static FALLIBLE version_of(Ctx *cx, const Task *task, int64_t *out)
{
    Decimal number;
    if (!task->what || !decimal_parse(task->what, strlen(task->what), &number) ||
        !decimal_to_integer(number, out))
        return FAIL(cx, ERR_INVALID, "which version? `millrace pack log` tells them");
    return NULL;
}

static FALLIBLE edit_of(Ctx *cx, const Task *task, PackEdit *out)
{
    *out = (PackEdit){.files = value_context(cx->arena),
                      .base = -1,
                      .whole = task->what != NULL,
                      .note = command_option(task->line, "note", "")};
    return task->what ? read_folder(cx, task->what, "", out->files) : NULL;
}

static void say_conflicts(Buffer *buffer, Value conflicts)
{
    for (size_t i = 0; i < conflicts.list.count; i++)
        buffer_format(buffer, "\n%s: %s is as the company has it; shipped otherwise now",
                      value_get_text(conflicts.list.items[i], "file"),
                      value_get_text(conflicts.list.items[i], "place"));
}

static void say_change(Ctx *cx, const Task *task, Value change, const char *verdict)
{
    Buffer *text = buffer_new(cx->arena);
    const Value *changes = value_get(change, "changes");
    buffer_format(text, "%s%s", value_get_text(change, "shipped"), value_get_text(change, "diff"));
    for (size_t i = 0; i < changes->list.count; i++)
        buffer_format(text, "%s\n", changes->list.items[i].text.bytes);
    buffer_text(text, verdict);
    say_conflicts(text, *value_get(change, "conflicts"));
    command_say(cx, task->line, change, "%s", text->bytes);
}

static void say_applied(Ctx *cx, const Task *task, Value change)
{
    say_change(
        cx, task, change,
        text_format(cx->arena, "The packs are at version %lld.", (long long)cx->schema->revision));
}

static FALLIBLE do_try(Ctx *cx, Task *task)
{
    PackEdit edit;
    Value change;
    TRY(edit_of(cx, task, &edit));
    TRY(packs_try(cx, cx->company->database, &edit, &change));
    if (text_equal(task->line->arguments[0], "diff"))
        say_change(cx, task, change, "");
    else
        command_say(cx, task->line, change, "The packs are in order: %zu entities, %zu statements.",
                    cx->schema->entity_count, value_get(change, "changes")->list.count);
    return NULL;
}

static FALLIBLE do_apply(Ctx *cx, Task *task)
{
    PackEdit edit;
    Value change;
    TRY(edit_of(cx, task, &edit));
    if (!task->what) { // opening the company has brought it to what is shipped
        command_say(cx, task->line, value_context(cx->arena), "The packs are at version %lld.",
                    (long long)cx->schema->revision);
        return NULL;
    }
    TRY(packs_apply(cx, cx->company->database, &edit, &change));
    say_applied(cx, task, change);
    return NULL;
}

static FALLIBLE do_export(Ctx *cx, Task *task)
{
    if (!task->what)
        return FAIL(cx, ERR_INVALID, "into which folder?");
    Value files = task->newest.company, names = value_context(cx->arena);
    mkdir(task->what, 0777);
    for (size_t i = 0; i < files.context->count; i++)
        TRY(write_file(cx, task->what, files.context->entries[i].key,
                       files.context->entries[i].value.text));
    value_set(cx->arena, names, "files", value_integer((int64_t)files.context->count));
    command_say(cx, task->line, names, "%zu files are in %s", files.context->count, task->what);
    return NULL;
}

static FALLIBLE do_rollback(Ctx *cx, Task *task)
{
    int64_t revision;
    Value change;
    TRY(version_of(cx, task, &revision));
    TRY(packs_rollback(cx, cx->company->database, revision, &change));
    say_applied(cx, task, change);
    return NULL;
}

static FALLIBLE read_log(Ctx *cx, void *state)
{
    return pack_version_list(cx, state);
}

static FALLIBLE do_log(Ctx *cx, Task *task)
{
    Value items;
    TRY(database_read(cx, cx->company->database, read_log, &items));
    for (size_t i = 0; i < items.list.count; i++) {
        int64_t revision = 0;
        Value item = items.list.items[i];
        Instant at = instant_from(*value_get(item, "at")->date_time);
        const char *by = value_get_text(item, "by"), *note = value_get_text(item, "note");
        decimal_to_integer(value_get(item, "revision")->number, &revision);
        command_say(cx, task->line, item, "%6lld  %s  %-13s  %s", (long long)revision,
                    instant_text(cx->arena, at), by ? by : "-", note);
    }
    return NULL;
}

static FALLIBLE do_prune(Ctx *cx, Task *task)
{
    Value dropped, json = value_context(cx->arena);
    TRY(packs_prune(cx, cx->company->database, &dropped));
    value_set(cx->arena, json, "dropped", dropped);
    command_say(cx, task->line, json, "%zu parked columns are gone.", dropped.list.count);
    return NULL;
}

static const struct {
    const char *name;
    CompanyMode mode;
    Error *(*run)(Ctx *cx, Task *task);
} actions[] = {
    {"check", COMPANY_READ, do_try},   {"diff", COMPANY_READ, do_try},
    {"apply", COMPANY_OPEN, do_apply}, {"export", COMPANY_READ, do_export},
    {"log", COMPANY_READ, do_log},     {"rollback", COMPANY_OPEN, do_rollback},
    {"prune", COMPANY_OPEN, do_prune},
};

COMMAND(
    pack_command, "pack",
    "check, diff, apply or export the company's pack in a folder; log the versions, rollback to "
    "one, prune what is parked",
    "ACTION [WHAT]", pack_options)
{
    Task task = {.line = line, .what = line->argument_count > 1 ? line->arguments[1] : NULL};
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
        if (!text_equal(actions[i].name, line->arguments[0]))
            continue;
        TRY(company_open(cx, line, actions[i].mode));
        Error *error = database_read(cx, cx->company->database, read_newest, &task);
        if (!error)
            error = actions[i].run(cx, &task);
        company_close(cx);
        return error;
    }
    return error_hint(
        FAIL(cx, ERR_INVALID, "there is nothing called '%s' to do with packs", line->arguments[0]),
        "Say check, diff, apply, export, log, rollback or prune.");
}
