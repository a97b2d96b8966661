// SPDX-License-Identifier: Apache-2.0
// A decision table as rows of a sheet. The first column says what a row is: the hit policy (with
// the kinds of the columns), label, name, expression, type, values, default, or the number of a
// rule.
#include "dmn/sheet.h"

#include "feel/conversion.h"

#include <string.h>

const char *const sheet_rows[SHEET_ROW_COUNT] = {"label", "name",   "expression",
                                                 "type",  "values", "default"};
const char *const sheet_columns[SHEET_COLUMN_COUNT] = {"input", "output", "annotation"};
const char *const sheet_entries[SHEET_COLUMN_COUNT] = {"inputEntry", "outputEntry",
                                                       "annotationEntry"};

FALLIBLE sheet_element(Ctx *cx, const Dmn *model, const char *name, const Element **out)
{
    for (int by_name = 0; by_name < 2; by_name++) {
        for (size_t i = 0; i < model->elements.count; i++) {
            const Element *element = model->elements.items[i];
            bool has_logic =
                element->kind == ELEMENT_DECISION || element->kind == ELEMENT_KNOWLEDGE;
            if (has_logic && text_equal(by_name ? element->name : element->id, name)) {
                *out = element;
                return NULL;
            }
        }
    }
    return FAIL(cx, ERR_NOT_FOUND, "the model has no decision \"%s\"", name);
}

const XmlNode *sheet_logic(const Element *element)
{
    bool knowledge = element->kind == ELEMENT_KNOWLEDGE;
    return boxed_expression(knowledge ? dmn_child(element->node, "encapsulatedLogic")
                                      : element->node);
}

// A cell that a spreadsheet can show as what it is, when it comes back as the same text.
static Value cell_of(Ctx *cx, const char *text)
{
    static const char date_open[] = "date(\"", date_close[] = "\")";
    char printed[DECIMAL_TEXT_SIZE];
    Decimal number;
    Date date;
    if (!text || !*text)
        return value_null();
    if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
        return value_boolean(*text == 't');
    if (decimal_parse(text, strlen(text), &number)) {
        decimal_print(decimal_normalize(number), printed);
        return strcmp(printed, text) == 0 ? value_number(number) : value_text(text);
    }
    if (strlen(text) == 18 && text_starts(text, date_open) && text_ends(text, date_close) &&
        date_parse(text + strlen(date_open), 10, &date) && date.year >= 1900)
        return value_date(date);
    return value_text(text_copy(cx->arena, text));
}

static const char *clause_text(Ctx *cx, const XmlNode *clause, SheetColumn column, SheetRow row)
{
    const XmlNode *expression = dmn_child(clause, "inputExpression");
    switch (row) {
    case SHEET_LABEL:
        return xml_attribute(clause, "label");
    case SHEET_NAME:
        return column == SHEET_INPUT ? NULL : xml_attribute(clause, "name");
    case SHEET_EXPRESSION:
        return dmn_child_text(cx->arena, expression, "text");
    case SHEET_TYPE:
        return xml_attribute(column == SHEET_INPUT ? expression : clause, "typeRef");
    case SHEET_VALUES:
        return dmn_child_text(
            cx->arena, dmn_child(clause, column == SHEET_INPUT ? "inputValues" : "outputValues"),
            "text");
    default:
        return dmn_child_text(cx->arena, dmn_child(clause, "defaultOutputEntry"), "text");
    }
}

typedef struct Rows {
    Ctx *cx;
    const XmlNode *table;
    ARRAY(Value) rows;
} Rows;

typedef ARRAY(Value) Cells;

static void add_row(Rows *rows, const Cells *cells)
{
    array_push(rows->cx->arena, rows->rows) = value_list(cells->items, cells->count);
}

static void add_heading(Rows *rows)
{
    Ctx *cx = rows->cx;
    Cells cells = {0};
    const char *policy = xml_attribute(rows->table, "hitPolicy");
    const char *aggregation = xml_attribute(rows->table, "aggregation");
    policy = policy ? policy : "UNIQUE";
    array_push(cx->arena, cells) =
        value_text(aggregation ? text_format(cx->arena, "%s %s", policy, aggregation) : policy);
    for (size_t column = 0; column < SHEET_COLUMN_COUNT; column++)
        for (const XmlNode *at = dmn_child(rows->table, sheet_columns[column]); at;
             at = dmn_next(at, sheet_columns[column]))
            array_push(cx->arena, cells) = value_text(sheet_columns[column]);
    add_row(rows, &cells);
}

// Expressions and types always, the others when a clause has one.
static void add_clauses(Rows *rows, SheetRow row)
{
    Ctx *cx = rows->cx;
    Cells cells = {0};
    bool any = row == SHEET_EXPRESSION;
    array_push(cx->arena, cells) = value_text(sheet_rows[row]);
    for (size_t column = 0; column < SHEET_COLUMN_COUNT; column++) {
        for (const XmlNode *at = dmn_child(rows->table, sheet_columns[column]); at;
             at = dmn_next(at, sheet_columns[column])) {
            const char *text = clause_text(cx, at, (SheetColumn)column, row);
            any |= text && *text;
            array_push(cx->arena, cells) = text && *text ? value_text(text) : value_null();
        }
    }
    if (any)
        add_row(rows, &cells);
}

static void add_rule(Rows *rows, const XmlNode *rule, int64_t number)
{
    Ctx *cx = rows->cx;
    Cells cells = {0};
    array_push(cx->arena, cells) = value_integer(number);
    for (size_t column = 0; column < SHEET_COLUMN_COUNT; column++) {
        const XmlNode *clause = dmn_child(rows->table, sheet_columns[column]);
        const XmlNode *entry = dmn_child(rule, sheet_entries[column]);
        for (; clause; clause = dmn_next(clause, sheet_columns[column])) {
            const char *text = entry ? dmn_child_text(cx->arena, entry, "text") : NULL;
            // What people note is no expression: a number or a date in it stays text.
            array_push(cx->arena, cells) =
                column == SHEET_ANNOTATION && text && *text ? value_text(text) : cell_of(cx, text);
            entry = entry ? dmn_next(entry, sheet_entries[column]) : NULL;
        }
    }
    add_row(rows, &cells);
}

FALLIBLE dmn_table_rows(Ctx *cx, const Dmn *model, const char *element, Value *out)
{
    const Element *found;
    TRY(sheet_element(cx, model, element, &found));
    Rows rows = {.cx = cx, .table = sheet_logic(found)};
    if (!rows.table || strcmp(rows.table->name, "decisionTable") != 0)
        return error_detail(
            FAIL(cx, ERR_INVALID, "the logic of \"%s\" is no decision table", found->name),
            "line %d", found->node->line);
    add_heading(&rows);
    for (SheetRow row = 0; row < SHEET_ROW_COUNT; row++)
        add_clauses(&rows, row);
    int64_t number = 0;
    for (const XmlNode *rule = dmn_child(rows.table, "rule"); rule; rule = dmn_next(rule, "rule"))
        add_rule(&rows, rule, ++number);
    *out = value_list(rows.rows.items, rows.rows.count);
    return NULL;
}
