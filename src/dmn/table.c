// SPDX-License-Identifier: Apache-2.0
// Reads a decision table into a hook whose parts the FEEL compiler compiles.
#include "dmn/table.h"
#include "dmn/grid.h"
#include "feel/check.h"

#include <string.h>

typedef struct TableReader {
    Reader *reader;
    const NameScope *scope;
    const NameScope *test_scope;
    Node *tree;
    Table *table;
} TableReader;

static size_t add_part(TableReader *t, Node *part)
{
    array_push(t->reader->arena, t->tree->items) = part;
    return t->tree->items.count - 1;
}

static size_t count_children(const XmlNode *node, const char *name)
{
    size_t count = 0;
    for (const XmlNode *at = dmn_child(node, name); at; at = dmn_next(at, name))
        count++;
    return count;
}

static const char *const policies[] = {"UNIQUE",  "ANY",        "PRIORITY",    "FIRST",
                                       "COLLECT", "RULE ORDER", "OUTPUT ORDER"};
static const char *const collects[] = {"COLLECT", "COLLECT SUM", "COLLECT COUNT", "COLLECT MIN",
                                       "COLLECT MAX"};

const char *table_policy_word(const Table *table)
{
    return table->policy == HIT_COLLECT ? collects[table->aggregation] : policies[table->policy];
}

static Error *read_policy(Reader *reader, const XmlNode *node, Table *table)
{
    static const char *const aggregations[] = {"", "SUM", "COUNT", "MIN", "MAX"};
    Ctx *cx = reader->cx;
    const char *policy = xml_attribute(node, "hitPolicy");
    const char *aggregation = xml_attribute(node, "aggregation");
    size_t i = 0;
    while (policy && i < 7 && strcmp(policies[i], policy) != 0)
        i++;
    if (i == 7)
        return error_detail(FAIL(cx, ERR_INVALID, "the hit policy \"%s\" is not known", policy),
                            "line %d", node->line);
    table->policy = (HitPolicy)i;
    i = 0;
    while (aggregation && i < 5 && strcmp(aggregations[i], aggregation) != 0)
        i++;
    if (i == 5)
        return error_detail(
            FAIL(cx, ERR_INVALID, "the aggregation \"%s\" is not known", aggregation), "line %d",
            node->line);
    table->aggregation = (Aggregation)i;
    return NULL;
}

static Error *read_part(TableReader *t, const XmlNode *node, bool tests, size_t *out)
{
    const char *text = node ? dmn_child_text(t->reader->arena, node, "text") : NULL;
    Node *part;
    if (!text || !*text) {
        *out = NO_PART;
        return NULL;
    }
    TRY(boxed_text(t->reader, node, text, tests, tests ? t->test_scope : t->scope, &part));
    *out = part->kind == NODE_ANY ? NO_PART : add_part(t, part);
    return NULL;
}

// Coercion has asked the allowed values of the type already: only the analysis wants them.
static Error *read_domain(TableReader *t, TableInput *input)
{
    Node *tree;
    input->domain = input->allowed;
    if (input->domain != NO_PART || !input->type || !input->type->allowed)
        return NULL;
    TRY(boxed_text(t->reader, NULL, feel_source(input->type->allowed), true, NULL, &tree));
    input->domain = add_part(t, tree);
    return NULL;
}

static Error *read_inputs(TableReader *t, const XmlNode *node)
{
    Table *table = t->table;
    Arena *arena = t->reader->arena;
    table->input_count = count_children(node, "input");
    table->inputs = NEW_ARRAY(arena, TableInput, table->input_count);
    TableInput *input = table->inputs;
    for (const XmlNode *at = dmn_child(node, "input"); at; at = dmn_next(at, "input"), input++) {
        const XmlNode *expression = dmn_child(at, "inputExpression");
        input->text = expression ? dmn_child_text(arena, expression, "text") : NULL;
        input->type = expression ? types_of(t->reader, expression) : NULL;
        TRY(read_part(t, expression, false, &input->expression));
        TRY(read_part(t, dmn_child(at, "inputValues"), true, &input->allowed));
        TRY(read_domain(t, input));
    }
    return NULL;
}

// The allowed values of its type order an output whose clause names none.
static const char *type_values(const TableReader *t, const TableOutput *output)
{
    const Element *element = t->reader->element;
    const FeelType *type = output->type;
    if (!type && t->table->output_count == 1 && element)
        type = element->type;
    if (type && type->kind == TYPE_LIST && type->element)
        type = type->element;
    return type && type->allowed ? feel_source(type->allowed) : NULL;
}

// Each output value becomes a part of its own, in order: the place is the priority.
static Error *read_output_values(TableReader *t, const XmlNode *node, TableOutput *output)
{
    size_t part = NO_PART;
    Node *own = NULL;
    const char *ordered = node ? NULL : type_values(t, output);
    output->values = t->tree->items.count;
    if (ordered)
        TRY(boxed_text(t->reader, NULL, ordered, true, NULL, &own));
    if (own)
        part = add_part(t, own);
    else
        TRY(read_part(t, node, true, &part));
    if (part == NO_PART || t->tree->items.items[part]->kind != NODE_TESTS)
        return NULL;
    Node *all = t->tree->items.items[part];
    t->tree->items.count--;
    for (size_t i = 0; i < all->items.count; i++) {
        Node *one = feel_node(t->reader->arena, NODE_TESTS, all->from, all->to);
        one->source = all->source;
        array_push(t->reader->arena, one->items) = all->items.items[i];
        add_part(t, one);
    }
    output->value_count = all->items.count;
    return NULL;
}

static Error *read_outputs(TableReader *t, const XmlNode *node)
{
    Table *table = t->table;
    table->output_count = count_children(node, "output");
    table->outputs = NEW_ARRAY(t->reader->arena, TableOutput, table->output_count);
    TableOutput *output = table->outputs;
    for (const XmlNode *at = dmn_child(node, "output"); at; at = dmn_next(at, "output"), output++) {
        const char *name = xml_attribute(at, "name");
        output->name = name ? feel_normal_name(t->reader->arena, name, strlen(name)) : NULL;
        if (!output->name && table->output_count > 1)
            output->name = "";
        output->type = types_of(t->reader, at);
        TRY(read_part(t, dmn_child(at, "defaultOutputEntry"), false, &output->fallback));
        TRY(read_output_values(t, dmn_child(at, "outputValues"), output));
    }
    return NULL;
}

static Error *read_rules(TableReader *t, const XmlNode *node)
{
    Table *table = t->table;
    Ctx *cx = t->reader->cx;
    table->rule_count = count_children(node, "rule");
    table->tests = NEW_ARRAY(cx->arena, size_t, table->rule_count * table->input_count + 1);
    table->entries = NEW_ARRAY(cx->arena, size_t, table->rule_count * table->output_count + 1);
    size_t *test = table->tests;
    size_t *entry = table->entries;
    for (const XmlNode *rule = dmn_child(node, "rule"); rule; rule = dmn_next(rule, "rule")) {
        if (count_children(rule, "inputEntry") != table->input_count ||
            count_children(rule, "outputEntry") != table->output_count)
            return error_detail(
                FAIL(cx, ERR_INVALID, "a rule has not as many entries as the table has columns"),
                "line %d", rule->line);
        for (const XmlNode *at = dmn_child(rule, "inputEntry"); at; at = dmn_next(at, "inputEntry"))
            TRY(read_part(t, at, true, test++));
        for (const XmlNode *at = dmn_child(rule, "outputEntry"); at;
             at = dmn_next(at, "outputEntry"))
            TRY(read_part(t, at, false, entry++));
    }
    return NULL;
}

// The types of entries must fit those of their columns; the result is what the policy makes of
// them.
static const FeelType *check_output(struct FeelChecker *checker, const Table *table, size_t index,
                                    const NodeList *parts)
{
    const TableOutput *output = &table->outputs[index];
    for (size_t rule = 0; rule <= table->rule_count; rule++) {
        size_t part = rule == table->rule_count
                          ? output->fallback
                          : table->entries[rule * table->output_count + index];
        if (part == NO_PART)
            continue;
        const FeelType *type = feel_check_part(checker, parts->items[part], NULL);
        if (output->type)
            feel_check_wanted(checker, parts->items[part], type, output->type);
    }
    for (size_t i = 0; i < output->value_count; i++)
        feel_check_part(checker, parts->items[output->values + i], output->type);
    return output->type;
}

static void check_input(struct FeelChecker *checker, const Table *table, size_t index,
                        const NodeList *parts)
{
    const TableInput *input = &table->inputs[index];
    const FeelType *type = input->type;
    if (input->expression != NO_PART) {
        const Node *expression = parts->items[input->expression];
        const FeelType *is = feel_check_part(checker, expression, NULL);
        if (type)
            feel_check_wanted(checker, expression, is, type);
        else
            type = is;
    }
    if (input->allowed != NO_PART)
        feel_check_part(checker, parts->items[input->allowed], type);
    for (size_t rule = 0; rule < table->rule_count; rule++) {
        size_t test = table->tests[rule * table->input_count + index];
        if (test != NO_PART)
            feel_check_part(checker, parts->items[test], type);
    }
}

const FeelType *table_check(struct FeelChecker *checker, const Hook *hook, const NodeList *parts)
{
    const Table *table = hook->data;
    const FeelType *type = NULL;
    for (size_t i = 0; i < table->input_count; i++)
        check_input(checker, table, i, parts);
    for (size_t i = 0; i < table->output_count; i++)
        type = check_output(checker, table, i, parts);
    return table->output_count == 1 && table->policy < HIT_COLLECT ? type : NULL;
}

// The name of the context entry that holds the table, else of the element.
static const char *name_around(const Reader *reader, const XmlNode *node)
{
    const XmlNode *variable = dmn_child(node->parent, "variable");
    const char *name = variable ? xml_attribute(variable, "name") : NULL;
    return name ? name : reader->element ? reader->element->name : "";
}

FALLIBLE table_read(Reader *reader, const XmlNode *node, const NameScope *scope, Node **out)
{
    TableReader t = {.reader = reader, .scope = scope};
    Hook *hook = NEW(reader->arena, Hook);
    t.test_scope = boxed_scope(reader, "?", scope);
    t.tree = feel_node(reader->arena, NODE_HOOK, 0, 0);
    t.table = NEW(reader->arena, Table);
    TRY(read_policy(reader, node, t.table));
    TRY(read_inputs(&t, node));
    TRY(read_outputs(&t, node));
    TRY(read_rules(&t, node));
    t.table->line = node->line;
    t.table->node = node;
    t.table->name = name_around(reader, node);
    t.table->grid = grid_build(reader->cx, t.table, &t.tree->items);
    if (reader->element)
        array_push(reader->arena, reader->model->tables) =
            (NamedTable){reader->element->name, t.table};
    t.table->parts = &t.tree->items;
    hook->evaluate = table_evaluate;
    hook->check = table_check;
    hook->data = t.table;
    t.tree->hook = hook;
    *out = t.tree;
    return NULL;
}
