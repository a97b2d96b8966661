// SPDX-License-Identifier: Apache-2.0
// bpmn: what one does with a process model beside deploying it.
#include "app/company.h"
#include "base/limits.h"
#include "db/database.h"
#include "process/advice.h"
#include "process/process.h"

#include <stdio.h>
#include <string.h>

// Everything that needs no company: the standard, the engine, soundness and style.
static FALLIBLE problems_find(Ctx *cx, const char *path, BpmnProblems *problems)
{
    Text xml;
    const BpmnModel *model;
    TRY(file_read(cx, path, LIMIT_MODEL_BYTES, &xml));
    TRY(bpmn_read(cx, xml.bytes, xml.length, &model, problems));
    bpmn_check(cx, model, problems);
    for (size_t i = 0; i < model->process_count; i++) {
        const Graph *graph = NULL;
        const char *id = xml_attribute(model->processes[i], "id");
        if (id)
            TRY(bpmn_compile(cx, model, id, &graph, problems));
        if (graph && !bpmn_problems_block(problems))
            TRY(advice_add(cx, model, graph, problems));
    }
    return NULL;
}

static FALLIBLE check_file(Ctx *cx, const CommandLine *line, const char *path)
{
    BpmnProblems problems = {0};
    TRY(problems_find(cx, path, &problems));
    TRY(bpmn_problems_error(cx, &problems));
    Value items = bpmn_problems_value(cx, &problems);
    Buffer *text = buffer_new(cx->arena);
    for (size_t i = 0; i < items.list.count; i++)
        buffer_format(text, "%s\n", command_problem(cx, items.list.items[i]));
    command_say(cx, line, items, "%sIt can be executed; %zu warnings", text->bytes,
                items.list.count);
    return NULL;
}

// As Millrace writes it: nothing inside <definitions> is lost, foreign extensions, the diagram and
// the order of things included.
static FALLIBLE format_file(Ctx *cx, const char *path)
{
    Text xml;
    BpmnProblems problems = {0};
    const BpmnModel *model;
    TRY(file_read(cx, path, LIMIT_MODEL_BYTES, &xml));
    TRY(bpmn_read(cx, xml.bytes, xml.length, &model, &problems));
    Buffer *out = buffer_new(cx->arena);
    buffer_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    xml_write(out, model->root);
    buffer_byte(out, '\n');
    fwrite(out->bytes, 1, out->length, stdout);
    return NULL;
}

typedef struct Export {
    const char *key;
    int64_t version;
    Text xml;
} Export;

static FALLIBLE export_work(Ctx *cx, void *state)
{
    Export *export = state;
    return process_diagram(cx, export->key, (int)export->version, &export->xml);
}

// The exact bytes that were deployed.
static FALLIBLE export_model(Ctx *cx, const CommandLine *line, const char *key)
{
    Export export = {.key = key};
    TRY(command_integer(cx, line, "version", 0, &export.version));
    TRY(company_open(cx, line, COMPANY_READ));
    Error *error = database_read(cx, cx->company->database, export_work, &export);
    company_close(cx);
    TRY(error);
    fwrite(export.xml.bytes, 1, export.xml.length, stdout);
    return NULL;
}

static const CommandOption bpmn_options[] = {
    {"version", "NUMBER", "export: that version instead of the newest"},
    {0},
};

COMMAND(bpmn_command, "bpmn",
        "Check (check FILE) or rewrite (format FILE) a process model, or write out a deployed one "
        "(export KEY)",
        "ACTION MODEL", bpmn_options)
{
    const char *action = line->arguments[0], *model = line->arguments[1];
    if (strcmp(action, "check") == 0)
        return check_file(cx, line, model);
    if (strcmp(action, "format") == 0)
        return format_file(cx, model);
    if (strcmp(action, "export") == 0)
        return export_model(cx, line, model);
    return error_hint(FAIL(cx, ERR_INVALID, "bpmn has no action \"%s\"", action),
                      "The actions are check, format and export.");
}
