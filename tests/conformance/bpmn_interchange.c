// SPDX-License-Identifier: Apache-2.0
// The models that the tools of others exchange: what is read and written and read again is the same
// document, node by node; and the schema refuses no reference model.
#include "bpmn/model.h"
#include "suite.h"

#include <string.h>

// The working group's own models keep to the schema, and their references lead somewhere.
static bool fits_the_schema(Ctx *cx, const BpmnModel *model)
{
    BpmnProblems problems = {0};
    bpmn_check(cx, model, &problems);
    for (size_t i = 0; i < problems.count; i++)
        if (strcmp(problems.items[i].rule, "XSD") == 0 ||
            strcmp(problems.items[i].rule, "REF") == 0)
            return false;
    return true;
}

static FALLIBLE visit(const SuiteRun *run, const char *path)
{
    Ctx *cx = run->cx;
    Text xml;
    BpmnProblems problems = {0};
    const BpmnModel *model;
    const XmlNode *again;
    Buffer *written = buffer_new(cx->arena);
    TRY(suite_file(cx, path, &xml));
    Error *error = bpmn_read(cx, xml.bytes, xml.length, &model, &problems);
    if (error && error->line > 0) {
        // Some exports are no XML at all: what is asked of them is a clear error.
        if (run->out)
            fprintf(run->out, "skipped %s: line %d: %s\n", path, error->line, error->message);
        run->tally->skipped++;
        return NULL;
    }
    run->tally->total++;
    if (!error) {
        xml_write(written, model->root);
        error = xml_read(cx, written->bytes, written->length, &again);
    }
    bool same = !error && model->source_length == xml.length &&
                suite_same_document(model->root, again) &&
                (!strstr(path, "/reference/") || fits_the_schema(cx, model));
    run->tally->passed += same;
    if (!same && run->out)
        fprintf(run->out, "FAIL %s: %s\n", path, error ? error->message : "something is lost");
    return NULL;
}

FALLIBLE bpmn_interchange_run(const SuiteRun *run)
{
    return suite_walk(run, ".bpmn", visit);
}
