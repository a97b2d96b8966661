// SPDX-License-Identifier: Apache-2.0
// Reads a decision table from the rows of a sheet, cell by cell, and puts it into a model.
#include "dmn/sheet.h"

#include "base/messages.h"

#include <stdlib.h>
#include <string.h>

#define LIMIT_SHEET_RULES 50000

// A column: the clause that it becomes.
typedef struct Clause {
    SheetColumn kind;
    const char *texts[SHEET_ROW_COUNT];
    const XmlNode *old; // the clause of the table that is replaced, or NULL
    size_t old_place;   // among those of its kind
} Clause;

typedef struct Rule {
    int64_t number;     // 0: none is written
    const char **texts; // by column
} Rule;

typedef struct SheetReader {
    Ctx *cx;
    const DmnSheet *sheet;
    const Element *element;
    const XmlNode *old; // the table that is replaced, or NULL
    Reader reader;      // of the model, for what its expressions may name
    const NameScope *scope;
    const NameScope *test_scope;
    const char *policy;
    const char *aggregation;
    Clause *clauses;
    size_t clause_count;
    ARRAY(Rule) rules;
    const CsvRow *row; // at hand
    const char *indent;
} SheetReader;

static Error *at_cell(const SheetReader *s, size_t column, Error *error)
{
    Ctx *cx = s->cx;
    char *cell = xlsx_cell_name(cx->arena, (int)column + 1, s->row->line);
    error_at(error, s->row->line, (int)column + 1);
    return s->sheet->name ? error_detail(error, message_in(cx->language, "sheet \"%s\", cell %s"),
                                         s->sheet->name, cell)
                          : error_detail(error, message_in(cx->language, "cell %s"), cell);
}

// --- Cells ---------------------------------------------------------------------------------------

static XlsxKind kind_of(const SheetReader *s, size_t column)
{
    return s->sheet->kind ? s->sheet->kind(s->sheet->state, column) : XLSX_TEXT;
}

// Without what CSV puts before a text that a spreadsheet would take for a formula.
static const char *raw_cell(const SheetReader *s, size_t column)
{
    if (column >= s->row->count)
        return "";
    const char *raw = s->row->fields[column].bytes;
    return text_trim(s->cx->arena, text_copy(s->cx->arena, s->sheet->kind ? raw : csv_plain(raw)));
}

// What FEEL calls the value of a cell that is no text.
static FALLIBLE expression_cell(const SheetReader *s, size_t column, const char **out)
{
    static const char *const calls[] = {[XLSX_DATE] = "date",
                                        [XLSX_TIME] = "time",
                                        [XLSX_DATE_TIME] = "date and time",
                                        [XLSX_DURATION] = "duration"};
    Ctx *cx = s->cx;
    const char *raw = raw_cell(s, column);
    XlsxKind kind = kind_of(s, column);
    if (kind == XLSX_ERROR)
        return at_cell(s, column, FAIL(cx, ERR_INVALID, "the cell holds the error %s", raw));
    bool call = *raw && kind >= XLSX_DATE && kind <= XLSX_DURATION;
    *out = call ? text_format(cx->arena, "%s(\"%s\")", calls[kind], raw) : raw;
    return NULL;
}

static FALLIBLE parse_cell(SheetReader *s, size_t column, const char *text, bool tests)
{
    Node *tree;
    Error *error =
        *text ? boxed_parse(&s->reader, text, tests, tests ? s->test_scope : s->scope, &tree)
              : NULL;
    return error ? at_cell(s, column, error) : NULL;
}

static bool is_empty_row(const SheetReader *s)
{
    for (size_t i = 0; i < s->row->count; i++)
        if (s->row->fields[i].length)
            return false;
    return true;
}

// --- The first row -------------------------------------------------------------------------------

static FALLIBLE read_policy(SheetReader *s)
{
    static const char *const policies[][3] = {
        {"U", "UNIQUE"},
        {"A", "ANY"},
        {"P", "PRIORITY"},
        {"F", "FIRST"},
        {"R", "RULE ORDER"},
        {"O", "OUTPUT ORDER"},
        {"C", "COLLECT"},
        {"C+", "COLLECT SUM", "SUM"},
        {"C<", "COLLECT MIN", "MIN"},
        {"C>", "COLLECT MAX", "MAX"},
        {"C#", "COLLECT COUNT", "COUNT"},
    };
    Ctx *cx = s->cx;
    const char *raw = raw_cell(s, 0);
    for (size_t i = 0; i < sizeof policies / sizeof *policies; i++) {
        if (strcasecmp(raw, policies[i][0]) != 0 && strcasecmp(raw, policies[i][1]) != 0)
            continue;
        s->aggregation = policies[i][2];
        s->policy = s->aggregation ? "COLLECT" : policies[i][1];
        return NULL;
    }
    return error_hint(at_cell(s, 0, FAIL(cx, ERR_INVALID, "\"%.40s\" is no hit policy", raw)),
                      "The first cell says UNIQUE, ANY, PRIORITY, FIRST, RULE ORDER, OUTPUT ORDER "
                      "or COLLECT, with SUM, MIN, MAX or COUNT behind it.");
}

static FALLIBLE read_columns(SheetReader *s)
{
    Ctx *cx = s->cx;
    size_t outputs = 0;
    s->clauses = NEW_ARRAY(cx->arena, Clause, s->row->count);
    for (size_t i = 1; i < s->row->count; i++) {
        const char *raw = raw_cell(s, i);
        size_t kind = 0;
        while (kind < SHEET_COLUMN_COUNT && strcasecmp(raw, sheet_columns[kind]) != 0)
            kind++;
        if (kind == SHEET_COLUMN_COUNT && !*raw && i + 1 == s->row->count)
            break;
        if (kind == SHEET_COLUMN_COUNT)
            return error_hint(
                at_cell(s, i, FAIL(cx, ERR_INVALID, "\"%.40s\" is no kind of column", raw)),
                "The first row says input, output or annotation above each column.");
        outputs += kind == SHEET_OUTPUT;
        s->clauses[s->clause_count++].kind = (SheetColumn)kind;
    }
    return outputs ? NULL : at_cell(s, 0, FAIL(cx, ERR_INVALID, "the sheet has no output column"));
}

// --- Further rows --------------------------------------------------------------------------------

// Of cells behind the last column.
static FALLIBLE check_width(const SheetReader *s)
{
    Ctx *cx = s->cx;
    for (size_t i = s->clause_count + 1; i < s->row->count; i++)
        if (s->row->fields[i].length)
            return at_cell(s, i, FAIL(cx, ERR_INVALID, "the cell stands outside of the table"));
    return NULL;
}

static bool is_type(SheetReader *s, const char *name)
{
    TypeScope types = {s->reader.model->type_names.items, s->reader.model->types.items,
                       s->reader.model->types.count};
    const FeelType *found;
    return types_find(s->reader.model, feel_normal_name(s->cx->arena, name, strlen(name))) ||
           !feel_parse_type(s->cx, name, &types, &found);
}

static FALLIBLE read_clause_cell(SheetReader *s, SheetRow row, size_t column)
{
    Ctx *cx = s->cx;
    Clause *clause = &s->clauses[column - 1];
    const char *text = raw_cell(s, column);
    bool fits = clause->kind == SHEET_INPUT    ? row != SHEET_NAME && row != SHEET_DEFAULT
                : clause->kind == SHEET_OUTPUT ? row != SHEET_EXPRESSION
                                               : row == SHEET_NAME;
    if (!*text)
        return NULL;
    if (!fits)
        return at_cell(s, column,
                       FAIL(cx, ERR_INVALID, "an %s column has no %s", sheet_columns[clause->kind],
                            sheet_rows[row]));
    if (row == SHEET_TYPE && !is_type(s, text))
        return at_cell(s, column, FAIL(cx, ERR_INVALID, "the type \"%s\" is not known", text));
    if (row == SHEET_EXPRESSION || row == SHEET_VALUES || row == SHEET_DEFAULT) {
        TRY(expression_cell(s, column, &text));
        TRY(parse_cell(s, column, text, row == SHEET_VALUES));
    }
    clause->texts[row] = text;
    return NULL;
}

static FALLIBLE read_rule(SheetReader *s, int64_t number)
{
    Ctx *cx = s->cx;
    Rule rule = {number, NEW_ARRAY(cx->arena, const char *, s->clause_count + 1)};
    if (s->rules.count >= LIMIT_SHEET_RULES)
        return FAIL(cx, ERR_LIMIT, "the sheet has more than %d rules", LIMIT_SHEET_RULES);
    for (size_t i = 0; i < s->clause_count; i++) {
        SheetColumn kind = s->clauses[i].kind;
        if (kind == SHEET_ANNOTATION) {
            rule.texts[i] = raw_cell(s, i + 1);
            continue;
        }
        TRY(expression_cell(s, i + 1, &rule.texts[i]));
        TRY(parse_cell(s, i + 1, rule.texts[i], kind == SHEET_INPUT));
    }
    array_push(cx->arena, s->rules) = rule;
    return NULL;
}

static FALLIBLE read_row(SheetReader *s)
{
    Ctx *cx = s->cx;
    const char *word = raw_cell(s, 0);
    char *end;
    TRY(check_width(s));
    for (SheetRow row = 0; row < SHEET_ROW_COUNT; row++) {
        if (strcasecmp(word, sheet_rows[row]) != 0)
            continue;
        if (s->rules.count)
            return at_cell(s, 0, FAIL(cx, ERR_INVALID, "\"%s\" stands below the rules", word));
        for (size_t i = 1; i <= s->clause_count; i++)
            TRY(read_clause_cell(s, row, i));
        return NULL;
    }
    long long number = strtoll(word, &end, 10);
    if (*end || number < 0)
        return error_hint(
            at_cell(s, 0, FAIL(cx, ERR_INVALID, "\"%.40s\" does not say what the row is", word)),
            "The first column holds label, name, expression, type, values, default, or the number "
            "of a rule.");
    return read_rule(s, number);
}

static FALLIBLE read_sheet(SheetReader *s)
{
    Ctx *cx = s->cx;
    TRY(s->sheet->next(cx, s->sheet->state, &s->row));
    if (!s->row)
        return FAIL(cx, ERR_INVALID, "the sheet is empty");
    TRY(read_policy(s));
    TRY(read_columns(s));
    for (;;) {
        TRY(s->sheet->next(cx, s->sheet->state, &s->row));
        if (!s->row)
            return NULL;
        if (!is_empty_row(s))
            TRY(read_row(s));
    }
}

// --- Back into the model -------------------------------------------------------------------------

// Every input needs its expression; of several outputs each its name.
static FALLIBLE check_clauses(const SheetReader *s)
{
    Ctx *cx = s->cx;
    size_t outputs = 0;
    for (size_t i = 0; i < s->clause_count; i++)
        outputs += s->clauses[i].kind == SHEET_OUTPUT;
    for (size_t i = 0; i < s->clause_count; i++) {
        const Clause *clause = &s->clauses[i];
        char *column = xlsx_cell_name(cx->arena, (int)i + 2, 0);
        column[strlen(column) - 1] = '\0';
        if (clause->kind == SHEET_INPUT && !clause->texts[SHEET_EXPRESSION])
            return FAIL(cx, ERR_INVALID, "the input column %s has no expression", column);
        if (clause->kind == SHEET_OUTPUT && outputs > 1 && !clause->texts[SHEET_NAME])
            return FAIL(cx, ERR_INVALID, "the output column %s has no name", column);
    }
    return NULL;
}

static const char *old_key(const SheetReader *s, const XmlNode *clause, SheetColumn kind)
{
    if (kind != SHEET_INPUT)
        return xml_attribute(clause, "name");
    return dmn_child_text(s->cx->arena, dmn_child(clause, "inputExpression"), "text");
}

// The clause that was there before is the one with the same expression, or the same name.
static void find_old_clauses(SheetReader *s)
{
    for (size_t i = 0; i < s->clause_count; i++) {
        Clause *clause = &s->clauses[i];
        const char *name = sheet_columns[clause->kind];
        const char *key =
            clause->texts[clause->kind == SHEET_INPUT ? SHEET_EXPRESSION : SHEET_NAME];
        size_t place = 0;
        for (const XmlNode *at = s->old ? dmn_child(s->old, name) : NULL; at && !clause->old;
             at = dmn_next(at, name), place++) {
            bool taken = false;
            for (size_t k = 0; k < i; k++)
                taken |= s->clauses[k].old == at;
            if (taken || !text_equal(old_key(s, at, clause->kind), key))
                continue;
            clause->old = at;
            clause->old_place = place;
        }
    }
}

// A new element in the place of an old one: with its attributes, description and extensions.
static XmlNode *renew(const SheetReader *s, XmlNode *parent, const char *name, const XmlNode *old)
{
    static const char *const kept[] = {"description", "extensionElements"};
    const Dmn *model = s->reader.model;
    XmlNode *node =
        old ? tree_copy_head(s->cx, model, old) : tree_element(s->cx->arena, model, name);
    for (size_t i = 0; old && i < 2; i++)
        if (dmn_child(old, kept[i]))
            tree_append(node, tree_copy(s->cx, model, dmn_child(old, kept[i])));
    if (parent)
        tree_append(parent, node);
    return node;
}

static void add_text(const SheetReader *s, XmlNode *node, const char *text)
{
    XmlNode *inner = tree_element(s->cx->arena, s->reader.model, "text");
    if (*text)
        tree_text(s->cx->arena, inner, text);
    tree_append(node, inner);
}

// An element that holds a text: <inputEntry><text>...</text></inputEntry>.
static void add_textual(const SheetReader *s, XmlNode *parent, const char *name, const XmlNode *old,
                        const char *text)
{
    add_text(s, renew(s, parent, name, old), text);
}

static void new_line(const SheetReader *s, XmlNode *parent, int steps)
{
    tree_text(s->cx->arena, parent, text_format(s->cx->arena, "\n%s%*s", s->indent, steps * 2, ""));
}

static void add_clause(const SheetReader *s, XmlNode *table, const Clause *clause)
{
    Arena *arena = s->cx->arena;
    const char *const *texts = clause->texts;
    new_line(s, table, 1);
    XmlNode *node = renew(s, table, sheet_columns[clause->kind], clause->old);
    if (clause->kind != SHEET_ANNOTATION)
        tree_set(arena, node, "label", texts[SHEET_LABEL]);
    if (clause->kind != SHEET_INPUT) {
        tree_set(arena, node, "name", texts[SHEET_NAME]);
    } else {
        const XmlNode *old = dmn_child(clause->old, "inputExpression");
        XmlNode *expression = renew(s, node, "inputExpression", old);
        tree_set(arena, expression, "typeRef", texts[SHEET_TYPE]);
        add_text(s, expression, texts[SHEET_EXPRESSION]);
        if (texts[SHEET_VALUES])
            add_textual(s, node, "inputValues", dmn_child(clause->old, "inputValues"),
                        texts[SHEET_VALUES]);
    }
    if (clause->kind != SHEET_OUTPUT)
        return;
    tree_set(arena, node, "typeRef", texts[SHEET_TYPE]);
    if (texts[SHEET_VALUES])
        add_textual(s, node, "outputValues", dmn_child(clause->old, "outputValues"),
                    texts[SHEET_VALUES]);
    if (texts[SHEET_DEFAULT])
        add_textual(s, node, "defaultOutputEntry", dmn_child(clause->old, "defaultOutputEntry"),
                    texts[SHEET_DEFAULT]);
}

static const XmlNode *nth_child(const XmlNode *node, const char *name, size_t place)
{
    const XmlNode *at = node ? dmn_child(node, name) : NULL;
    while (at && place--)
        at = dmn_next(at, name);
    return at;
}

static void add_rule(const SheetReader *s, XmlNode *table, const Rule *rule, const XmlNode *old)
{
    new_line(s, table, 1);
    XmlNode *node = renew(s, table, "rule", old);
    for (SheetColumn kind = 0; kind < SHEET_COLUMN_COUNT; kind++) {
        for (size_t i = 0; i < s->clause_count; i++) {
            const Clause *clause = &s->clauses[i];
            if (clause->kind != kind)
                continue;
            const XmlNode *entry =
                clause->old ? nth_child(old, sheet_entries[kind], clause->old_place) : NULL;
            new_line(s, node, 2);
            add_textual(s, node, sheet_entries[kind], entry, rule->texts[i]);
        }
    }
    new_line(s, node, 1);
}

// A rule that has its number takes over id and description of the one that had it, once.
static void add_rules(const SheetReader *s, XmlNode *table)
{
    ARRAY(const XmlNode *) old = {0};
    for (const XmlNode *at = s->old ? dmn_child(s->old, "rule") : NULL; at;
         at = dmn_next(at, "rule"))
        array_push(s->cx->arena, old) = at;
    for (size_t i = 0; i < s->rules.count; i++) {
        const Rule *rule = &s->rules.items[i];
        const XmlNode *before = NULL;
        if (rule->number > 0 && (uint64_t)rule->number <= old.count) {
            before = old.items[rule->number - 1];
            old.items[rule->number - 1] = NULL;
        }
        add_rule(s, table, rule, before);
    }
}

static XmlNode *build_table(SheetReader *s)
{
    XmlNode *table = renew(s, NULL, "decisionTable", s->old);
    tree_set(s->cx->arena, table, "hitPolicy", s->policy);
    tree_set(s->cx->arena, table, "aggregation", s->aggregation);
    find_old_clauses(s);
    for (SheetColumn kind = 0; kind < SHEET_COLUMN_COUNT; kind++)
        for (size_t i = 0; i < s->clause_count; i++)
            if (s->clauses[i].kind == kind)
                add_clause(s, table, &s->clauses[i]);
    add_rules(s, table);
    new_line(s, table, 0);
    return table;
}

static void open_scope(SheetReader *s)
{
    const NameScope *scope = dmn_scope(&s->reader, s->element);
    const XmlNode *logic = dmn_child(s->element->node, "encapsulatedLogic");
    for (const XmlNode *at = logic ? dmn_child(logic, "formalParameter") : NULL; at;
         at = dmn_next(at, "formalParameter")) {
        const char *name = xml_attribute(at, "name");
        if (name)
            scope =
                boxed_scope(&s->reader, feel_normal_name(s->cx->arena, name, strlen(name)), scope);
    }
    s->scope = scope;
    s->test_scope = boxed_scope(&s->reader, "?", scope);
}

FALLIBLE dmn_table_replace(Ctx *cx, const Dmn *model, const char *element, const DmnSheet *sheet,
                           char **out)
{
    SheetReader s = {.cx = cx, .sheet = sheet, .indent = "    "};
    TRY(sheet_element(cx, model, element, &s.element));
    s.old = sheet_logic(s.element);
    if (s.old && strcmp(s.old->name, "decisionTable") != 0)
        return error_detail(
            FAIL(cx, ERR_INVALID, "the logic of \"%s\" is no decision table", s.element->name),
            "line %d", s.old->line);
    if (!s.old && s.element->kind != ELEMENT_DECISION)
        return FAIL(cx, ERR_INVALID, "\"%s\" has no decision table yet", s.element->name);
    s.reader = (Reader){.cx = cx, .arena = cx->arena, .model = (Dmn *)model, .element = s.element};
    open_scope(&s);
    TRY(read_sheet(&s));
    TRY(check_clauses(&s));
    TreeEdit edit = {.replaced = s.old,
                     .parent = s.old ? NULL : s.element->node,
                     .replacement = build_table(&s)};
    *out = dmn_write_edited(cx, model, &edit);
    return NULL;
}
