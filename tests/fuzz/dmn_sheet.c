// SPDX-License-Identifier: Apache-2.0
// Decision tables from sheets: what is taken from CSV into a model is a model that can be read, and
// gives the same rows when its table is taken out again.
#include "dmn/dmn.h"
#include "fuzz.h"

#include <string.h>

static const char model_xml[] =
    "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' name='m' namespace='n'>"
    "<inputData id='i' name='order total'/><decision id='d' name='D'><informationRequirement>"
    "<requiredInput href='#i'/></informationRequirement><decisionTable id='t' hitPolicy='FIRST'>"
    "<input id='i1'><inputExpression><text>order total</text></inputExpression></input>"
    "<output id='o1'/><rule id='r1'><description>kept</description><inputEntry><text>&lt; 10</text>"
    "</inputEntry><outputEntry><text>1</text></outputEntry></rule></decisionTable></decision>"
    "</definitions>";

static Error *next_row(Ctx *cx, void *state, const CsvRow **row)
{
    return csv_next(cx, state, row);
}

// As `millrace dmn table export` writes them.
static Text csv_of(Ctx *cx, Value rows)
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
        buffer_text(out, "\r\n");
    }
    return (Text){out->bytes ? out->bytes : "", out->length};
}

static bool take(Ctx *cx, const Dmn *model, Text csv, const char *encoding, Value *rows)
{
    CsvBytes source = {csv.bytes, csv.length, 0};
    DmnSheet sheet = {.next = next_row};
    const Dmn *changed;
    Csv *reader;
    char *xml;
    if (!fuzz_fine(csv_open(cx, csv_bytes_source, &source, encoding, ',', &reader)))
        return false;
    sheet.state = reader;
    if (!fuzz_fine(dmn_table_replace(cx, model, "D", &sheet, &xml)) ||
        !fuzz_fine(dmn_read(cx, xml, strlen(xml), &changed))) // it may have become too big
        return false;
    fuzz_needs(dmn_table_rows(cx, changed, "D", rows));
    return true;
}

static void run(Ctx *cx, const char *bytes, size_t length)
{
    const Dmn *model;
    Value rows, again;
    fuzz_needs(dmn_read(cx, model_xml, strlen(model_xml), &model));
    if (!take(cx, model, (Text){bytes, length}, NULL, &rows))
        return;
    if (take(cx, model, csv_of(cx, rows), "UTF-8", &again))
        FUZZ_HOLDS(value_equal(rows, again));
}

static const char *const seeds[] = {
    "U,input,output,annotation\nlabel,L,M,\nname,,,A\nexpression,order "
    "total,,\ntype,number,string,\n"
    "values,[0..10],\"\"\"a\"\", \"\"b\"\"\",\ndefault,,\"\"\"a\"\"\",\n1,< "
    "5,\"\"\"a\"\"\",note\n,-,\"\"\"b\"\"\",\n",
    "C>,input,output\nexpression,order total,\n7,\"[1..2], "
    "not(3)\",date(\"2026-01-01\")\n1,'-5,1.50\n",
    "OUTPUT ORDER,output,output,input\nname,a,b,\nexpression,,,1 + 1\n1,{a: 1},[1],-\n,,,\n",
    NULL,
};

const FuzzTarget fuzz_target = {.run = run, .seeds = seeds};
