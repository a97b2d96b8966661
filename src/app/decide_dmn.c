// SPDX-License-Identifier: Apache-2.0
// dmn: evaluate, check, test and write decision models, and their tables as sheets. Without a
// company.
#include "app/company.h"
#include "app/decide.h"
#include "base/limits.h"
#include "dmn/dmn.h"
#include "dmn/kit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

// Imports are looked for beside the model.
static FALLIBLE read_model(Ctx *cx, const char *path, const Dmn **out)
{
    Text text;
    const char *slash = strrchr(path, '/');
    DmnLibrary library =
        kit_library(slash ? text_slice(cx->arena, path, (size_t)(slash - path)) : ".");
    TRY(file_read(cx, path, LIMIT_MODEL_BYTES, &text));
    return dmn_read_with(cx, text.bytes, text.length, &library, out);
}

static FALLIBLE write_file(Ctx *cx, const char *path, const char *bytes, size_t length)
{
    FILE *file = fopen(path, "wb");
    if (!file)
        return FAIL(cx, ERR_UNAVAILABLE, "%s cannot be written: %s", path, strerror(errno));
    bool whole = fwrite(bytes, 1, length, file) == length;
    if (fclose(file) != 0 || !whole)
        return FAIL(cx, ERR_UNAVAILABLE, "%s cannot be written: %s", path, strerror(errno));
    return NULL;
}

// The one of the model, when none is named.
static FALLIBLE choose_decision(Ctx *cx, const CommandLine *line, const Dmn *model,
                                const char **out)
{
    *out = command_option(line, "decision", NULL);
    if (!*out && dmn_decision_count(model) == 1)
        *out = dmn_decision_name(model, 0);
    if (*out)
        return NULL;
    return error_hint(
        FAIL(cx, ERR_INVALID, "the model has %zu decisions", dmn_decision_count(model)),
        "Name one with --decision.");
}

static FALLIBLE evaluate_model(Ctx *cx, const CommandLine *line, const char *path)
{
    const Dmn *model;
    const char *decision;
    Value inputs, result, trace = value_null();
    FeelDiagnostics diagnostics = {0};
    TRY(read_model(cx, path, &model));
    TRY(decide_read_context(cx, command_option(line, "input", NULL), &inputs));
    TRY(choose_decision(cx, line, model, &decision));
    TRY(dmn_evaluate(cx, model, decision, dmn_inputs(cx, model, inputs), &diagnostics,
                     command_switch(line, "trace") ? &trace : NULL, &result));
    decide_answer(cx, line, result, trace, &diagnostics);
    return NULL;
}

static FALLIBLE check_model(Ctx *cx, const CommandLine *line, const char *path)
{
    const Dmn *model;
    Value found;
    Buffer *text = buffer_new(cx->arena);
    TRY(read_model(cx, path, &model));
    TRY(dmn_check_value(cx, model, &found));
    for (size_t i = 0; i < found.list.count; i++) {
        Value one = found.list.items[i];
        const char *hint = value_get_text(one, "hint");
        const Value *from = value_get(one, "from"), *to = value_get(one, "to");
        buffer_format(text, "line %s", feel_text(cx->arena, *value_get(one, "line")));
        if (from && to)
            buffer_format(text, " at %s-%s", feel_text(cx->arena, *from),
                          feel_text(cx->arena, *to));
        buffer_format(text, ", %s: %s: %s%s%s\n", value_get_text(one, "element"),
                      value_get_text(one, "kind"), value_get_text(one, "message"), hint ? "; " : "",
                      hint ? hint : "");
    }
    size_t problems = dmn_problem_count(model);
    command_say(cx, line, found, "%s%zu problems, %zu findings", text->bytes, problems,
                found.list.count - problems);
    return NULL;
}

static FALLIBLE test_models(Ctx *cx, const CommandLine *line, const char *folder)
{
    KitTotals totals;
    bool json = command_switch(line, "json");
    KitOptions options = {.out = json ? NULL : stdout, .all = true};
    TRY(kit_run(cx, folder, &options, &totals));
    Value value = value_context(cx->arena);
    value_set(cx->arena, value, "nodes", value_integer((int64_t)totals.nodes));
    value_set(cx->arena, value, "passed", value_integer((int64_t)totals.passed));
    value_set(cx->arena, value, "skipped", value_integer((int64_t)totals.skipped));
    value_set(cx->arena, value, "nonNull", value_integer((int64_t)totals.non_null));
    value_set(cx->arena, value, "nonNullPassed", value_integer((int64_t)totals.non_null_passed));
    value_set(cx->arena, value, "writtenOtherwise", value_integer((int64_t)totals.otherwise));
    command_say(cx, line, value, "%s", kit_summary(cx->arena, &totals));
    if (totals.passed < totals.nodes)
        return FAIL(cx, ERR_CONFLICT, "%zu of %zu result nodes fail", totals.nodes - totals.passed,
                    totals.nodes);
    return NULL;
}

// To the file of --out, else to the standard output.
static FALLIBLE put_model(Ctx *cx, const CommandLine *line, const char *xml)
{
    const char *path = command_option(line, "out", NULL);
    if (path)
        return write_file(cx, path, xml, strlen(xml));
    fputs(xml, stdout);
    return NULL;
}

static FALLIBLE write_model(Ctx *cx, const CommandLine *line, const char *path)
{
    const Dmn *model;
    TRY(read_model(cx, path, &model));
    return put_model(cx, line, dmn_write(cx, model));
}

// --- Tables as sheets ----------------------------------------------------------------------------

static FALLIBLE write_workbook(Ctx *cx, const char *path, const char *name, Value rows)
{
    XlsxWriter *writer;
    TRY(xlsx_create(cx, path, &writer));
    TRY(xlsx_add_sheet(cx, writer, name));
    for (size_t i = 0; i < rows.list.count; i++) {
        Value row = rows.list.items[i];
        TRY(xlsx_write(cx, writer, row.list.items, row.list.count, i == 0));
    }
    return xlsx_finish(cx, writer);
}

// Only texts can be formulas; "-" is none, nor is any value.
static void write_csv_cell(Ctx *cx, Buffer *out, Value cell)
{
    if (cell.kind == VALUE_TEXT)
        csv_write_field(out, cell.text.bytes, strcmp(cell.text.bytes, "-") != 0);
    else if (cell.kind != VALUE_NULL)
        csv_write_field(out, feel_text(cx->arena, cell), false);
}

static FALLIBLE write_csv(Ctx *cx, const char *path, Value rows)
{
    Buffer *out = buffer_new(cx->arena);
    for (size_t i = 0; i < rows.list.count; i++) {
        Value row = rows.list.items[i];
        for (size_t k = 0; k < row.list.count; k++) {
            buffer_text(out, k ? "," : "");
            write_csv_cell(cx, out, row.list.items[k]);
        }
        buffer_text(out, "\r\n");
    }
    if (!path) {
        fputs(out->bytes, stdout);
        return NULL;
    }
    return write_file(cx, path, out->bytes, out->length);
}

static FALLIBLE export_table(Ctx *cx, const CommandLine *line, const char *path)
{
    const Dmn *model;
    const char *decision;
    Value rows;
    const char *out = command_option(line, "out", NULL);
    TRY(read_model(cx, path, &model));
    TRY(choose_decision(cx, line, model, &decision));
    TRY(dmn_table_rows(cx, model, decision, &rows));
    if (out && text_ends(out, ".xlsx"))
        return write_workbook(cx, out, decision, rows);
    return write_csv(cx, out, rows);
}

static Error *next_xlsx(Ctx *cx, void *state, const CsvRow **row)
{
    return xlsx_next(cx, state, row);
}

static XlsxKind kind_xlsx(void *state, size_t column)
{
    return xlsx_kind(state, column);
}

static Error *next_csv(Ctx *cx, void *state, const CsvRow **row)
{
    return csv_next(cx, state, row);
}

static FALLIBLE open_sheet(Ctx *cx, const CommandLine *line, const char *path, DmnSheet *out)
{
    Text text;
    Xlsx *xlsx;
    Csv *csv;
    TRY(file_read(cx, path, LIMIT_XLSX_BYTES, &text));
    if (xlsx_looks_like(text.bytes, text.length) || text_ends(path, ".xlsx")) {
        TRY(xlsx_open_bytes(cx, text.bytes, text.length, command_option(line, "sheet", NULL),
                            &xlsx));
        *out = (DmnSheet){next_xlsx, kind_xlsx, xlsx, xlsx_sheet(xlsx)};
        return NULL;
    }
    CsvBytes *source = NEW(cx->arena, CsvBytes);
    *source = (CsvBytes){text.bytes, text.length, 0};
    TRY(csv_open(cx, csv_bytes_source, source, NULL, 0, &csv));
    *out = (DmnSheet){next_csv, NULL, csv, NULL};
    return NULL;
}

static FALLIBLE import_table(Ctx *cx, const CommandLine *line, const char *path)
{
    const Dmn *model;
    const char *decision, *into = command_option(line, "model", NULL);
    DmnSheet sheet;
    char *xml;
    if (!into)
        return error_hint(FAIL(cx, ERR_INVALID, "a table needs the model that takes it"),
                          "Name it with --model.");
    TRY(read_model(cx, into, &model));
    TRY(choose_decision(cx, line, model, &decision));
    TRY(open_sheet(cx, line, path, &sheet));
    TRY(dmn_table_replace(cx, model, decision, &sheet, &xml));
    return put_model(cx, line, xml);
}

static FALLIBLE table_action(Ctx *cx, const CommandLine *line, const char *action)
{
    if (line->argument_count != 3)
        return FAIL(cx, ERR_INVALID, "say dmn table export MODEL, or dmn table import SHEET");
    if (strcmp(action, "export") == 0)
        return export_table(cx, line, line->arguments[2]);
    if (strcmp(action, "import") == 0)
        return import_table(cx, line, line->arguments[2]);
    return error_hint(FAIL(cx, ERR_INVALID, "dmn table has no action \"%s\"", action),
                      "The actions are export and import.");
}

static const CommandOption dmn_options[] = {
    {"decision", "NAME", "the decision to evaluate, by id or name"},
    {"input", "FILE", "a JSON file with the inputs"},
    {"trace", NULL, "show the rules and which of them fired"},
    {"out", "FILE", "where the model, or the table (.csv or .xlsx), is written"},
    {"model", "FILE", "the model that takes the table"},
    {"sheet", "NAME", "the sheet of a workbook, when it is not the first"},
    {0},
};

COMMAND(dmn_command, "dmn",
        "Evaluate (eval FILE), check (check FILE) or write as DMN 1.5 (write FILE) a model; run "
        "test files (test FOLDER); tables as sheets (table export FILE, table import SHEET)",
        "ACTION PATH ...", dmn_options)
{
    static const struct {
        const char *name;
        Error *(*run)(Ctx *cx, const CommandLine *line, const char *path);
    } actions[] = {
        {"eval", evaluate_model}, {"check", check_model},  {"test", test_models},
        {"write", write_model},   {"table", table_action},
    };
    const char *action = line->arguments[0];
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
        if (strcmp(action, actions[i].name) != 0)
            continue;
        if (line->argument_count > 2 && actions[i].run != table_action)
            return FAIL(cx, ERR_INVALID, "dmn %s takes one path", action);
        return actions[i].run(cx, line, line->arguments[1]);
    }
    return error_hint(FAIL(cx, ERR_INVALID, "dmn has no action \"%s\"", action),
                      "The actions are eval, check, test, write and table.");
}
