// SPDX-License-Identifier: Apache-2.0
// import and export.
#include "app/acting.h"
#include "app/company.h"
#include "base/ids.h"
#include "base/json.h"
#include "db/database.h"
#include "record/import_job.h"
#include "record/list.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const CommandOption import_options[] = {
    {"entity", "NAME", "what the lines are (the default is told by the file's name: orders.csv)"},
    {"dry-run", NULL, "try every line, change nothing"},
    {"as", "LOGIN", "act as this user, with their rights (the default is the system)"},
    {"encoding", "NAME", "of a CSV file (the default is recognised)"},
    {"delimiter", "CHARACTER", "of a CSV file (the default is recognised)"},
    {"sheet", "NAME", "of a workbook (the default is the first)"},
    {"columns", "FIELD,...", "the field of each column, in order; an empty one passes it over"},
    {"match", "FIELD", "a line that names a record by this unique field changes it"},
    {"only-update", NULL, "refuse lines that --match does not find"},
    {0},
};

// orders.csv, Orders.csv, sales_order.csv and 订单.csv are all sales_order.
static const Entity *entity_of_file(Ctx *cx, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *file = slash ? slash + 1 : path;
    const char *name = text_slice(cx->arena, file, strcspn(file, "."));
    const Schema *schema = cx->schema;
    for (size_t i = 0; i < schema->entity_count; i++) {
        const Entity *entity = schema->entities[i];
        if (strcasecmp(entity->name, name) == 0 || strcasecmp(entity->plural.en, name) == 0 ||
            text_equal(entity->plural.zh, name))
            return entity;
    }
    return NULL;
}

static FALLIBLE choose_entity(Ctx *cx, const CommandLine *line, const char *path, const char **out)
{
    *out = command_option(line, "entity", NULL);
    if (*out)
        return NULL;
    const Entity *entity = entity_of_file(cx, path);
    if (!entity)
        return error_hint(FAIL(cx, ERR_INVALID, "the name of %s does not tell what it holds", path),
                          "Say --entity, for instance --entity sales_order.");
    *out = entity->name;
    return NULL;
}

static FALLIBLE read_standard(Ctx *cx, char *bytes, size_t room, size_t *got, void *state)
{
    *got = fread(bytes, 1, room, state);
    if (!*got && ferror((FILE *)state))
        return FAIL(cx, ERR_UNAVAILABLE, "the file cannot be read to its end");
    return NULL;
}

// With --json a line of JSON for each row; else only the refused ones, for people.
static FALLIBLE report_line(Ctx *cx, const ImportLine *row, void *state)
{
    const CommandLine *line = state;
    if (command_switch(line, "json")) {
        Value json = value_context(cx->arena);
        value_set(cx->arena, json, "line", value_integer(row->line));
        value_set(cx->arena, json, "ok", value_boolean(!row->error));
        value_set(cx->arena, json, "label", value_text(row->number));
        value_set(cx->arena, json, "message", value_text(row->error ? row->error->message : NULL));
        value_set(cx->arena, json, "field", value_text(row->error ? row->error->field : NULL));
        puts(json_text(cx->arena, json));
    } else if (row->error) {
        printf("line %d: %s%s%s%s\n", row->line, row->error->field ? row->error->field : "",
               row->error->field ? ": " : "", row->error->message,
               row->error->hint ? text_format(cx->arena, " (%s)", row->error->hint) : "");
    } else if (row->line % 100 == 0) {
        command_progress(line, "line %d", row->line);
    }
    return NULL;
}

static void read_columns(Ctx *cx, const CommandLine *line, ImportRequest *request)
{
    const char *text = command_option(line, "columns", NULL);
    ARRAY(const char *) columns = {0};
    for (const char *at = text; at; at = *at ? at + 1 : NULL) {
        size_t length = strcspn(at, ",");
        array_push(cx->arena, columns) = text_slice(cx->arena, at, length);
        at += length;
    }
    request->columns = columns.items;
    request->column_count = columns.count;
}

static FALLIBLE import_file(Ctx *cx, const CommandLine *line)
{
    ImportTotals totals;
    Id batch = 0;
    const char *path = line->arguments[0];
    bool standard = text_equal(path, "-");
    ImportRequest request = {.match = command_option(line, "match", NULL),
                             .only_update = command_switch(line, "only-update"),
                             .name = standard ? NULL : path,
                             .dry_run = command_switch(line, "dry-run"),
                             .report = report_line,
                             .report_state = (void *)line};
    request.file = (ImportFile){.path = standard ? NULL : path,
                                .source = read_standard,
                                .source_state = stdin,
                                .encoding = command_option(line, "encoding", NULL),
                                .delimiter = *command_option(line, "delimiter", ""),
                                .sheet = command_option(line, "sheet", NULL)};
    TRY(choose_entity(cx, line, path, &request.entity));
    read_columns(cx, line, &request);
    TRY(act_as(cx, line, DOOR_IMPORT));
    TRY(import_run(cx, cx->company->database, &request, &totals, &batch));
    command_progress(line, "%s", "");
    Value json = value_context(cx->arena);
    value_set(cx->arena, json, "rows", value_integer(totals.rows));
    value_set(cx->arena, json, "taken", value_integer(totals.taken));
    value_set(cx->arena, json, "refused", value_integer(totals.refused));
    value_set(cx->arena, json, "created", value_integer(totals.created));
    value_set(cx->arena, json, "updated", value_integer(totals.updated));
    value_set(cx->arena, json, "dry_run", value_boolean(request.dry_run));
    value_set(cx->arena, json, "import", value_text(batch ? id_text(cx->arena, batch) : NULL));
    command_say(cx, line, json, "%lld of %lld lines %s, %lld refused%s%s", (long long)totals.taken,
                (long long)totals.rows, request.dry_run ? "would be imported" : "imported",
                (long long)totals.refused, batch ? "; millrace undo " : "",
                batch ? id_text(cx->arena, batch) : "");
    return totals.refused ? FAIL(cx, ERR_INVALID, "some lines were refused") : NULL;
}

COMMAND(import_command, "import",
        "Import records from a file (CSV, XLSX, JSON Lines), each line on its own", "FILE",
        import_options)
{
    TRY(company_open(cx, line, COMPANY_OPEN));
    Error *error = import_file(cx, line);
    company_close(cx);
    return error;
}

static const CommandOption undo_options[] = {
    {"as", "LOGIN", "act as this user, with their rights (the default is the system)"},
    {0},
};

typedef struct Undo {
    Id job;
    Value shown;
} Undo;

static Error *start_undo(Ctx *cx, void *state)
{
    Undo *undo = state;
    return import_job_start(cx, undo->job, "undo");
}

static Error *show_undo(Ctx *cx, void *state)
{
    Undo *undo = state;
    return import_job_show(cx, undo->job, &undo->shown);
}

static int64_t shown_number(Value shown, const char *key)
{
    int64_t number = 0;
    const Value *value = value_get(shown, key);
    return value && decimal_to_integer(value->number, &number) ? number : 0;
}

static FALLIBLE undo_import(Ctx *cx, const CommandLine *line)
{
    Undo undo = {0};
    if (!id_parse(line->arguments[0], &undo.job))
        return FAIL(cx, ERR_INVALID, "there is no import %s", line->arguments[0]);
    TRY(act_as(cx, line, DOOR_IMPORT));
    TRY(database_write(cx, cx->company->database, start_undo, &undo));
    TRY(import_job_work(cx, cx->company->database, undo.job));
    TRY(database_read(cx, cx->company->database, show_undo, &undo));
    const Value *problems = value_get(undo.shown, "problems");
    for (size_t i = 0; i < problems->list.count && !command_switch(line, "json"); i++)
        printf("line %lld: %s\n", (long long)shown_number(problems->list.items[i], "line"),
               value_get_text(problems->list.items[i], "message"));
    int64_t kept = shown_number(undo.shown, "kept");
    command_say(cx, line, undo.shown, "%lld records undone, %lld stay as they are",
                (long long)shown_number(undo.shown, "undone"), (long long)kept);
    return kept ? FAIL(cx, ERR_CONFLICT, "some records stay as they are") : NULL;
}

COMMAND(undo_command, "undo", "Undo an import: what it made is deleted, what it changed restored",
        "IMPORT", undo_options)
{
    TRY(company_open(cx, line, COMPANY_OPEN));
    Error *error = undo_import(cx, line);
    company_close(cx);
    return error;
}

static const CommandOption export_options[] = {
    {"list", "NAME", "a list that the pack declares, with its filter, order and columns"},
    {"format", "NAME", "csv, xlsx or jsonl (the default is csv)"},
    {"as", "LOGIN", "act as this user, with their rights (the default is the system)"},
    {0},
};

static FALLIBLE write_out(Ctx *cx, const char *bytes, size_t length, void *state)
{
    if (fwrite(bytes, 1, length, state) != length)
        return FAIL(cx, ERR_UNAVAILABLE, "the export cannot be written");
    return NULL;
}

static FALLIBLE export_list(Ctx *cx, void *state)
{
    const CommandLine *line = state;
    ListRequest request = {.entity = line->arguments[0]};
    const char *list = command_option(line, "list", NULL);
    ExportFormat format;
    TRY(export_format_read(cx, command_option(line, "format", NULL), &format));
    if (list)
        TRY(list_declared(cx, line->arguments[0], list, &request));
    return list_export(cx, &request, format, write_out, stdout);
}

COMMAND(export_command, "export", "Write the records of an entity to standard output", "ENTITY",
        export_options)
{
    TRY(company_open(cx, line, COMPANY_READ));
    Error *error = act_as(cx, line, DOOR_COMMAND);
    if (!error)
        error = database_read(cx, cx->company->database, export_list, (void *)line);
    company_close(cx);
    return error;
}
