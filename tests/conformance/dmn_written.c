// SPDX-License-Identifier: Apache-2.0
// The kit's models, written by us as DMN 1.5: each is valid by the kit's schema where it was
// before, is the same document when it was 1.5, and says the same when it is written once more; and
// all cases of the kit pass on what was written. A case is a model, or a result node.
#include "dmn/dmn.h"
#include "dmn/kit.h"
#include "suite.h"

#include <libxml/parser.h>
#include <libxml/xmlschemas.h>
#include <string.h>

#define MODEL_15 "https://www.omg.org/spec/DMN/20230324/MODEL/"

// Of this program, while the suite runs.
static xmlSchemaPtr schema;
static size_t valid_count;

static void no_word(void *context, const char *format, ...)
{
    (void)context, (void)format;
}

static bool is_valid(const char *xml, size_t length)
{
    xmlDocPtr document = xmlReadMemory(xml, (int)length, "model", NULL, XML_PARSE_NONET);
    xmlSchemaValidCtxtPtr validator = xmlSchemaNewValidCtxt(schema);
    xmlSchemaSetValidErrors(validator, no_word, no_word, NULL);
    bool valid = document && xmlSchemaValidateDoc(validator, document) == 0;
    xmlSchemaFreeValidCtxt(validator);
    xmlFreeDoc(document);
    return valid;
}

static bool no_import(Ctx *cx, void *data, const char *name_space, const char **xml, size_t *length)
{
    (void)cx, (void)data;
    *xml = text_format(
        cx->arena, "<definitions xmlns='" MODEL_15 "' name='import' namespace='%s'/>", name_space);
    *length = strlen(*xml);
    return true;
}

// NULL when all is well.
static const char *lost(Ctx *cx, Text xml)
{
    DmnLibrary library = {no_import, NULL};
    const Dmn *model, *again;
    const XmlNode *before, *after;
    if (dmn_read_with(cx, xml.bytes, xml.length, &library, &model))
        return "it is refused";
    const char *written = dmn_write(cx, model);
    size_t length = strlen(written);
    if (xml_read(cx, xml.bytes, xml.length, &before) || xml_read(cx, written, length, &after))
        return "it is no XML";
    if (strcmp(before->space, MODEL_15) == 0 && !suite_same_document(before, after))
        return "something is lost";
    bool valid = is_valid(written, length);
    valid_count += valid;
    if (!valid && is_valid(xml.bytes, xml.length))
        return "it is not valid any more";
    if (dmn_read_with(cx, written, length, &library, &again))
        return "what was written is refused";
    if (strcmp(written, dmn_write(cx, again)) != 0)
        return "it is not the same when it is written once more";
    return NULL;
}

static FALLIBLE visit(const SuiteRun *run, const char *path)
{
    Text xml;
    TRY(suite_file(run->cx, path, &xml));
    const char *problem = lost(run->cx, xml);
    run->tally->total++;
    run->tally->passed += !problem;
    if (problem && run->out)
        fprintf(run->out, "FAIL %s: %s\n", path, problem);
    return NULL;
}

// --- Through sheets ------------------------------------------------------------------------------

static Error *next_row(Ctx *cx, void *state, const CsvRow **row)
{
    return csv_next(cx, state, row);
}

static Value csv_of(Ctx *cx, Value rows)
{
    Buffer *out = buffer_new(cx->arena);
    for (size_t i = 0; i < rows.list.count; i++) {
        Value row = rows.list.items[i];
        for (size_t k = 0; k < row.list.count; k++) {
            Value cell = row.list.items[k];
            buffer_text(out, k ? "," : "");
            if (cell.kind != VALUE_NULL)
                csv_write_field(
                    out, cell.kind == VALUE_TEXT ? cell.text.bytes : feel_text(cx->arena, cell),
                    true);
        }
        buffer_text(out, "\n");
    }
    return value_text_of(out->bytes, out->length);
}

// The model with each of its tables taken out as CSV and put back; it is not what it was when the
// rows are not the same.
static char *through_sheets(Ctx *cx, const Dmn *model)
{
    char *xml = dmn_write(cx, model);
    for (size_t i = 0; i < dmn_decision_count(model); i++) {
        const char *name = dmn_decision_name(model, i);
        DmnLibrary library = {no_import, NULL};
        const Dmn *current, *changed;
        Value rows, again;
        Csv *csv = NULL;
        if (dmn_table_rows(cx, model, name, &rows))
            continue;
        Value text = csv_of(cx, rows);
        CsvBytes source = {text.text.bytes, text.text.length, 0};
        DmnSheet sheet = {.next = next_row};
        bool fine = !dmn_read_with(cx, xml, strlen(xml), &library, &current) &&
                    !csv_open(cx, csv_bytes_source, &source, "UTF-8", ',', &csv);
        sheet.state = csv;
        fine = fine && !dmn_table_replace(cx, current, name, &sheet, &xml) &&
               !dmn_read_with(cx, xml, strlen(xml), &library, &changed) &&
               !dmn_table_rows(cx, changed, name, &again) && value_equal(rows, again);
        if (!fine)
            return "<lost/>";
    }
    return xml;
}

FALLIBLE dmn_sheets_run(const SuiteRun *run)
{
    KitTotals totals;
    KitOptions options = {.out = run->out, .rewrite = through_sheets};
    TRY(kit_run(run->cx, run->folder, &options, &totals));
    *run->tally = (Tally){totals.passed, totals.nodes, totals.skipped, NULL};
    return NULL;
}

// --- As DMN 1.5 ----------------------------------------------------------------------------------

FALLIBLE dmn_written_run(const SuiteRun *run)
{
    Ctx *cx = run->cx;
    KitTotals totals;
    KitOptions options = {.out = run->out, .rewrite = dmn_write};
    const char *path = text_format(cx->arena, "%s/DMN15.xsd", run->folder);
    xmlSchemaParserCtxtPtr parser = xmlSchemaNewParserCtxt(path);
    schema = parser ? xmlSchemaParse(parser) : NULL;
    xmlSchemaFreeParserCtxt(parser);
    if (!schema)
        return FAIL(cx, ERR_NOT_FOUND, "cannot read %s", path);
    Error *error = suite_walk(run, ".dmn", visit);
    xmlSchemaFree(schema);
    TRY(error);
    TRY(kit_run(cx, run->folder, &options, &totals));
    run->tally->passed += totals.passed;
    run->tally->total += totals.nodes;
    run->tally->skipped += totals.skipped;
    run->tally->note = text_format(cx->arena, "%zu models are valid by the schema", valid_count);
    return NULL;
}
