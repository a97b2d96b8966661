// SPDX-License-Identifier: Apache-2.0
#include "dmn/dmn.h"

#include "base/json.h"
#include "base/test.h"

#include <string.h>

static const char model_xml[] =
    "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' xmlns:x='urn:x' name='m' "
    "namespace='n'>\n"
    "  <inputData id='i' name='order total'/>\n"
    "  <decision id='d' name='Discount'>\n"
    "    <informationRequirement><requiredInput href='#i'/></informationRequirement>\n"
    "    <decisionTable id='t' hitPolicy='COLLECT' aggregation='MAX' x:color='red'>\n"
    "      <input id='i1' label='Total'><inputExpression id='e1' typeRef='number'>"
    "<text>order total</text></inputExpression><inputValues><text>[0..1000]</text></inputValues>"
    "</input>\n"
    "      <output id='o1' typeRef='number'><defaultOutputEntry><text>0</text></defaultOutputEntry>"
    "</output>\n"
    "      <annotation name='Why'/>\n"
    "      <rule id='r1'><description>small</description><inputEntry id='r1i'><text>&lt; 10</text>"
    "</inputEntry><outputEntry><text>1.50</text></outputEntry><annotationEntry><text>=1+1</text>"
    "</annotationEntry></rule>\n"
    "      <rule id='r2'><inputEntry><text>-</text></inputEntry><outputEntry><text>2</text>"
    "</outputEntry><annotationEntry><text/></annotationEntry></rule>\n"
    "    </decisionTable>\n"
    "  </decision>\n"
    "  <decision id='e' name='Empty'/>\n"
    "  <decision id='l' "
    "name='Literal'><literalExpression><text>1</text></literalExpression></decision>\n"
    "</definitions>";

static const Dmn *model_of(Ctx *cx, const char *xml)
{
    const Dmn *model;
    CHECK_OK(dmn_read(cx, xml, strlen(xml), &model));
    return model;
}

static Error *next_csv(Ctx *cx, void *state, const CsvRow **row)
{
    return csv_next(cx, state, row);
}

static Error *replace(Ctx *cx, const char *element, const char *csv, char **out)
{
    CsvBytes source = {csv, strlen(csv), 0};
    DmnSheet sheet = {.next = next_csv};
    Csv *reader;
    TRY(csv_open(cx, csv_bytes_source, &source, NULL, ',', &reader));
    sheet.state = reader;
    return dmn_table_replace(cx, model_of(cx, model_xml), element, &sheet, out);
}

TEST(a_table_becomes_rows)
{
    Value rows;
    CHECK_OK(dmn_table_rows(cx, model_of(cx, model_xml), "Discount", &rows));
    CHECK_JSON(rows, "[[\"COLLECT MAX\",\"input\",\"output\",\"annotation\"],"
                     "[\"label\",\"Total\",null,null],"
                     "[\"name\",null,null,\"Why\"],"
                     "[\"expression\",\"order total\",null,null],"
                     "[\"type\",\"number\",\"number\",null],"
                     "[\"values\",\"[0..1000]\",null,null],"
                     "[\"default\",null,\"0\",null],"
                     "[1,\"< 10\",\"1.50\",\"=1+1\"],"
                     "[2,\"-\",2,null]]");
    CHECK_FAILS(dmn_table_rows(cx, model_of(cx, model_xml), "Literal", &rows), ERR_INVALID,
                "no decision table");
    CHECK_FAILS(dmn_table_rows(cx, model_of(cx, model_xml), "Nothing", &rows), ERR_NOT_FOUND,
                "no decision");
}

TEST(rows_become_the_table_again_and_keep_what_the_sheet_does_not_show)
{
    char *xml;
    CHECK_OK(replace(cx, "d",
                     "C>,input,output,annotation\n"
                     "label,Total,,\nname,,,Why\nexpression,order total,,\ntype,number,number,\n"
                     "values,[0..1000],,\ndefault,,0,\n"
                     "2,-,2,\n,> 500,3,new\n1,< 20,1.50,'=1+1\n,,,\n",
                     &xml));
    const char *table = strstr(xml, "<decisionTable");
    const char *end = strstr(table, "</decision>");
    CHECK_TEXT(
        text_slice(cx->arena, table, (size_t)(end - table)),
        "<decisionTable id=\"t\" x:color=\"red\" hitPolicy=\"COLLECT\" aggregation=\"MAX\">\n"
        "      <input id=\"i1\" label=\"Total\"><inputExpression id=\"e1\" typeRef=\"number\">"
        "<text>order total</text></inputExpression><inputValues><text>[0..1000]</text>"
        "</inputValues></input>\n"
        "      <output id=\"o1\" typeRef=\"number\"><defaultOutputEntry><text>0</text>"
        "</defaultOutputEntry></output>\n"
        "      <annotation name=\"Why\"/>\n"
        "      <rule id=\"r2\">\n        <inputEntry><text>-</text></inputEntry>\n"
        "        <outputEntry><text>2</text></outputEntry>\n"
        "        <annotationEntry><text/></annotationEntry>\n      </rule>\n"
        "      <rule>\n        <inputEntry><text>&gt; 500</text></inputEntry>\n"
        "        <outputEntry><text>3</text></outputEntry>\n"
        "        <annotationEntry><text>new</text></annotationEntry>\n      </rule>\n"
        "      <rule id=\"r1\"><description>small</description>\n"
        "        <inputEntry id=\"r1i\"><text>&lt; 20</text></inputEntry>\n"
        "        <outputEntry><text>1.50</text></outputEntry>\n"
        "        <annotationEntry><text>=1+1</text></annotationEntry>\n      </rule>\n"
        "    </decisionTable>\n  ");
    CHECK_INT(dmn_problem_count(model_of(cx, xml)), 0);
}

TEST(a_decision_without_logic_takes_a_table)
{
    char *xml;
    Value inputs, result;
    CHECK_OK(replace(cx, "Empty", "U,input,output\nexpression,1 + 1,\n,2,\"\"\"two\"\"\"\n", &xml));
    CHECK_OK(json_parse(cx, "{}", 2, &inputs));
    CHECK_OK(dmn_evaluate(cx, model_of(cx, xml), "e", inputs, NULL, NULL, &result));
    CHECK_JSON(result, "\"two\"");
}

static void refused(Ctx *cx, const char *csv, const char *message, const char *detail)
{
    char *xml;
    Error *error = replace(cx, "Discount", csv, &xml);
    CHECK_FAILS(error, ERR_INVALID, message);
    CHECK_TEXT(error->detail, detail);
}

TEST(what_is_wrong_in_a_sheet_is_told_with_its_cell)
{
    refused(cx, "", "empty", NULL);
    refused(cx, "BEST,input,output\n", "\"BEST\" is no hit policy", "cell A1");
    refused(cx, "U,inputs,output\n", "\"inputs\" is no kind of column", "cell B1");
    refused(cx, "U,input\n", "no output column", "cell A1");
    refused(cx, "U,input,output\nrule,1,2\n", "does not say what the row is", "cell A2");
    refused(cx, "U,input,output\ndefault,1,2\n", "an input column has no default", "cell B2");
    refused(cx, "U,input,output\nexpression,1 +,\n", "", "cell B2");
    refused(cx, "U,input,output\nexpression,order total,\n1,< ,2\n", "", "cell B3");
    refused(cx, "U,input,output\nexpression,order total,\n1,1,2,3\n", "outside of the table",
            "cell D3");
    refused(cx, "U,input,output\ntype,tNothing,\n", "\"tNothing\" is not known", "cell B2");
    refused(cx, "U,input,output\n1,1,2\nexpression,1,\n", "below the rules", "cell A3");
    refused(cx, "U,input,output\n1,1,2\n", "column B has no expression", NULL);
    refused(cx, "U,output,output\nname,a,\n", "column C has no name", NULL);
    char *xml;
    CHECK_FAILS(replace(cx, "Literal", "U,output\n", &xml), ERR_INVALID, "no decision table");
}

// A sheet of typed cells, as a workbook gives them.
typedef struct TypedSheet {
    const Text *rows; // four fields a row
    size_t count;
    size_t at;
    CsvRow row;
} TypedSheet;

static Error *next_typed(Ctx *cx, void *state, const CsvRow **row)
{
    TypedSheet *sheet = state;
    (void)cx;
    sheet->row = (CsvRow){sheet->rows + sheet->at * 4, 4, (int)sheet->at + 1};
    *row = sheet->at++ < sheet->count ? &sheet->row : NULL;
    return NULL;
}

static XlsxKind kind_typed(void *state, size_t column)
{
    static const XlsxKind kinds[] = {XLSX_NUMBER, XLSX_DATE, XLSX_BOOLEAN, XLSX_ERROR};
    const TypedSheet *sheet = state;
    return sheet->at > 2 ? kinds[column] : XLSX_TEXT;
}

TEST(cells_of_workbooks_become_feel)
{
    static const Text rows[] = {
        {"A", 1},           {"input", 5},        {"output", 6}, {"annotation", 10},
        {"expression", 10}, {"order total", 11}, {"", 0},       {"", 0},
        {"1", 1},           {"2026-01-01", 10},  {"true", 4},   {"#N/A", 4},
    };
    TypedSheet state = {rows, 3, 0, {0}};
    DmnSheet sheet = {next_typed, kind_typed, &state, "Rules"};
    char *xml;
    CHECK_OK(dmn_table_replace(cx, model_of(cx, model_xml), "d", &sheet, &xml));
    CHECK(strstr(xml, "<text>date(\"2026-01-01\")</text>"));
    CHECK(strstr(xml, "<outputEntry><text>true</text>"));
    static const Text broken[] = {{"A", 1},    {"output", 6},      {"output", 6}, {"output", 6},
                                  {"name", 4}, {"a", 1},           {"b", 1},      {"c", 1},
                                  {"1", 1},    {"2026-01-01", 10}, {"true", 4},   {"#N/A", 4}};
    state = (TypedSheet){broken, 3, 0, {0}};
    Error *error = dmn_table_replace(cx, model_of(cx, model_xml), "d", &sheet, &xml);
    CHECK_FAILS(error, ERR_INVALID, "the cell holds the error #N/A");
    CHECK_TEXT(error->detail, "sheet \"Rules\", cell D3");
}
