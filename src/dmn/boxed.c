// SPDX-License-Identifier: Apache-2.0
// Boxed expressions (DMN 1.5, 7.3 and 10.2.2) to trees of FEEL: what a box does, FEEL can say.
#include "dmn/model.h"

#include "base/messages.h"

#include <string.h>

NameScope *boxed_scope(Reader *reader, const char *name, const NameScope *outer)
{
    NameScope *scope = NEW(reader->arena, NameScope);
    const char **names = NEW_ARRAY(reader->arena, const char *, 1);
    names[0] = name;
    scope->names = names;
    scope->count = 1;
    scope->outer = outer;
    return scope;
}

Node *boxed_typed(Reader *reader, Node *node, const FeelType *type)
{
    if (!type || !node)
        return node;
    Node *typed = feel_node(reader->arena, NODE_TYPED, node->from, node->to);
    typed->left = node;
    typed->type = type;
    return typed;
}

static Value say_broken(Machine *machine, const Hook *hook, Value *slots)
{
    (void)slots;
    return machine_diagnose(machine, "syntax", NULL, "%s", (const char *)hook->data);
}

// An expression that cannot be read is null, and says so whenever it is evaluated.
static Node *broken_tree(Reader *reader, const char *message)
{
    Node *tree = feel_node(reader->arena, NODE_HOOK, 0, 0);
    Hook *hook = NEW(reader->arena, Hook);
    hook->evaluate = say_broken;
    hook->data = message;
    tree->hook = hook;
    return tree;
}

static Node *broken(Reader *reader, const XmlNode *node, const char *message)
{
    dmn_note(reader, node, message);
    return broken_tree(reader, message);
}

// The byte of a line and a column, which counts characters.
static int byte_at(const char *text, int line, int column)
{
    const char *at = text, *end = text + strlen(text);
    while (line > 1 && at < end)
        line -= *at++ == '\n';
    while (column-- > 1 && at < end && *at != '\n')
        utf8_next(&at, end);
    return (int)(at - text);
}

// Where the parser stopped: up to the end of the text, but on one line.
static void note_syntax(Reader *reader, const XmlNode *node, const char *text, const Error *error)
{
    dmn_note(reader, node, error->message);
    DmnProblem *problem = &reader->model->problems.items[reader->model->problems.count - 1];
    problem->from = byte_at(text, error->line, error->column);
    problem->to = problem->from + (int)strcspn(text + problem->from, "\n");
    int line = dmn_line(reader->model, text, problem->from);
    problem->line = line ? line : problem->line;
}

FALLIBLE boxed_parse(Reader *reader, const char *text, bool tests, const NameScope *scope,
                     Node **out)
{
    Universe *universe = reader->model->universe;
    NameScope members = {universe->members.items, universe->members.count, NULL};
    TypeScope types = {reader->model->type_names.items, reader->model->types.items,
                       reader->model->types.count};
    ParserSetting setting = {scope, &members, &types};
    return tests ? feel_parse_tests(reader->cx, text, &setting, out)
                 : feel_parse(reader->cx, text, &setting, out);
}

FALLIBLE boxed_text(Reader *reader, const XmlNode *node, const char *text, bool tests,
                    const NameScope *scope, Node **out)
{
    Node *tree;
    if (node)
        array_push(reader->arena, reader->model->sources) =
            (SourceText){text, dmn_child(node, "text")};
    Error *error = boxed_parse(reader, text, tests, scope, &tree);
    if (error) {
        tree = broken_tree(reader, error->message);
        note_syntax(reader, node, text, error);
        tree->to = (int)strlen(text);
    }
    tree->source = text;
    *out = tree;
    return NULL;
}

static Error *read_literal(Reader *reader, const XmlNode *node, const NameScope *scope, Node **out)
{
    const char *language = xml_attribute(node, "expressionLanguage");
    const char *text = dmn_child_text(reader->arena, node, "text");
    if (language && !strstr(language, "/FEEL") && !strstr(language, "feel") &&
        strcmp(language, "FEEL") != 0) {
        *out = broken(reader, node,
                      text_format(reader->arena,
                                  message_in(reader->cx->language,
                                             "the expression language \"%s\" is not FEEL"),
                                  language));
        return NULL;
    }
    if (!text || !*text) {
        *out = feel_node(reader->arena, NODE_CONSTANT, 0, 0);
        return NULL;
    }
    return boxed_text(reader, node, text, false, scope, out);
}

static bool is_expression(const XmlNode *node)
{
    static const char *const names[] = {
        "literalExpression",  "context",     "decisionTable", "invocation", "relation", "list",
        "functionDefinition", "conditional", "filter",        "for",        "every",    "some"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(node->name, names[i]) == 0)
            return true;
    return false;
}

const XmlNode *boxed_expression(const XmlNode *parent)
{
    for (const XmlNode *at = parent ? xml_child(parent, parent->space, NULL) : NULL; at;
         at = xml_next(at, parent->space, NULL))
        if (is_expression(at))
            return at;
    return NULL;
}

static Error *read_inside(Reader *reader, const XmlNode *parent, const NameScope *scope, Node **out)
{
    const XmlNode *expression = boxed_expression(parent);
    if (expression)
        return boxed_read(reader, expression, scope, out);
    *out = feel_node(reader->arena, NODE_CONSTANT, 0, 0);
    return NULL;
}

static const char *name_of(Reader *reader, const XmlNode *node, const char *attribute)
{
    const char *name = node ? xml_attribute(node, attribute) : NULL;
    return name ? feel_normal_name(reader->arena, name, strlen(name)) : NULL;
}

static Error *read_context(Reader *reader, const XmlNode *node, const NameScope *scope, Node **out)
{
    Node *context = feel_node(reader->arena, NODE_CONTEXT, 0, 0);
    for (const XmlNode *at = dmn_child(node, "contextEntry"); at;
         at = dmn_next(at, "contextEntry")) {
        const XmlNode *variable = dmn_child(at, "variable");
        Node *entry = feel_node(reader->arena, NODE_ENTRY, 0, 0);
        entry->name = name_of(reader, variable, "name");
        const XmlNode *expression = boxed_expression(at);
        bool function = expression && strcmp(expression->name, "functionDefinition") == 0;
        const NameScope *inner =
            function && entry->name ? boxed_scope(reader, entry->name, scope) : scope;
        TRY(read_inside(reader, at, inner, &entry->left));
        if (variable && !function)
            entry->left = boxed_typed(reader, entry->left, types_of(reader, variable));
        array_push(reader->arena, context->items) = entry;
        if (!entry->name)
            break;
        scope = boxed_scope(reader, entry->name, scope);
    }
    *out = context;
    return NULL;
}

static Error *read_invocation(Reader *reader, const XmlNode *node, const NameScope *scope,
                              Node **out)
{
    Node *call = feel_node(reader->arena, NODE_CALL, 0, 0);
    TRY(read_inside(reader, node, scope, &call->left));
    for (const XmlNode *at = dmn_child(node, "binding"); at; at = dmn_next(at, "binding")) {
        Parameter parameter = {.name = name_of(reader, dmn_child(at, "parameter"), "name")};
        Node *argument;
        if (!parameter.name) {
            *out = broken(reader, at, "a binding has no parameter");
            return NULL;
        }
        TRY(read_inside(reader, at, scope, &argument));
        array_push(reader->arena, call->parameters) = parameter;
        array_push(reader->arena, call->items) = argument;
    }
    *out = call;
    return NULL;
}

FALLIBLE boxed_function(Reader *reader, const XmlNode *node, const NameScope *scope, Node **out)
{
    const char *kind = xml_attribute(node, "kind");
    Node *function = feel_node(reader->arena, NODE_FUNCTION, 0, 0);
    for (const XmlNode *at = dmn_child(node, "formalParameter"); at;
         at = dmn_next(at, "formalParameter")) {
        Parameter parameter = {.name = name_of(reader, at, "name"), .type = types_of(reader, at)};
        if (!parameter.name)
            parameter.name = "";
        array_push(reader->arena, function->parameters) = parameter;
        scope = boxed_scope(reader, parameter.name, scope);
    }
    function->negated = kind && strcmp(kind, "FEEL") != 0; // Java and PMML live outside
    function->type = types_of(reader, node);
    const XmlNode *expression = boxed_expression(node);
    TRY(read_inside(reader, node, scope, &function->left));
    if (expression)
        function->left = boxed_typed(reader, function->left, types_of(reader, expression));
    *out = function;
    return NULL;
}

static Error *read_list(Reader *reader, const XmlNode *node, const NameScope *scope, Node **out)
{
    Node *list = feel_node(reader->arena, NODE_LIST, 0, 0);
    for (const XmlNode *at = boxed_expression(node); at; at = xml_next(at, node->space, NULL)) {
        if (!is_expression(at))
            continue;
        Node *item;
        TRY(boxed_read(reader, at, scope, &item));
        array_push(reader->arena, list->items) = item;
    }
    *out = list;
    return NULL;
}

static Error *read_row(Reader *reader, const XmlNode *relation, const XmlNode *row,
                       const NameScope *scope, Node **out)
{
    Node *context = feel_node(reader->arena, NODE_CONTEXT, 0, 0);
    const XmlNode *cell = boxed_expression(row);
    for (const XmlNode *column = dmn_child(relation, "column"); column;
         column = dmn_next(column, "column")) {
        Node *entry = feel_node(reader->arena, NODE_ENTRY, 0, 0);
        entry->name = name_of(reader, column, "name");
        if (!entry->name)
            entry->name = "";
        if (cell) {
            // A column does not see the cells before it: each stands in the scope of the relation.
            TRY(boxed_read(reader, cell, scope, &entry->left));
            cell = xml_next(cell, row->space, NULL);
        } else {
            entry->left = feel_node(reader->arena, NODE_CONSTANT, 0, 0);
        }
        entry->left = boxed_typed(reader, entry->left, types_of(reader, column));
        array_push(reader->arena, context->items) = entry;
    }
    *out = context;
    return NULL;
}

static Error *read_relation(Reader *reader, const XmlNode *node, const NameScope *scope, Node **out)
{
    Node *list = feel_node(reader->arena, NODE_LIST, 0, 0);
    for (const XmlNode *row = dmn_child(node, "row"); row; row = dmn_next(row, "row")) {
        Node *item;
        TRY(read_row(reader, node, row, scope, &item));
        array_push(reader->arena, list->items) = item;
    }
    *out = list;
    return NULL;
}

static Error *read_conditional(Reader *reader, const XmlNode *node, const NameScope *scope,
                               Node **out)
{
    static const char *const parts[] = {"if", "then", "else"};
    Node *tree = feel_node(reader->arena, NODE_IF, 0, 0);
    tree->negated = true;
    for (size_t i = 0; i < 3; i++) {
        Node *part;
        TRY(read_inside(reader, dmn_child(node, parts[i]), scope, &part));
        array_push(reader->arena, tree->items) = part;
    }
    *out = tree;
    return NULL;
}

static Error *read_filter(Reader *reader, const XmlNode *node, const NameScope *scope, Node **out)
{
    Node *tree = feel_node(reader->arena, NODE_FILTER, 0, 0);
    TRY(read_inside(reader, dmn_child(node, "in"), scope, &tree->left));
    TRY(read_inside(reader, dmn_child(node, "match"), boxed_scope(reader, "item", scope),
                    &tree->right));
    tree->negated = true;
    *out = tree;
    return NULL;
}

static Error *read_iteration(Reader *reader, const XmlNode *node, const NameScope *scope,
                             Node **out)
{
    bool loop = strcmp(node->name, "for") == 0;
    NodeKind kind = loop ? NODE_FOR : strcmp(node->name, "some") == 0 ? NODE_SOME : NODE_EVERY;
    Node *tree = feel_node(reader->arena, kind, 0, 0);
    Node *iterator = feel_node(reader->arena, NODE_ITERATOR, 0, 0);
    iterator->name = name_of(reader, node, "iteratorVariable");
    if (!iterator->name)
        iterator->name = "";
    TRY(read_inside(reader, dmn_child(node, "in"), scope, &iterator->left));
    tree->negated = !loop;
    array_push(reader->arena, tree->items) = iterator;
    scope = boxed_scope(reader, iterator->name, scope);
    if (loop)
        scope = boxed_scope(reader, "partial", scope);
    TRY(read_inside(reader, dmn_child(node, loop ? "return" : "satisfies"), scope, &tree->left));
    *out = tree;
    return NULL;
}

typedef Error *(*BoxReader)(Reader *reader, const XmlNode *node, const NameScope *scope,
                            Node **out);

FALLIBLE boxed_read(Reader *reader, const XmlNode *node, const NameScope *scope, Node **out)
{
    static const struct {
        const char *name;
        BoxReader read;
    } boxes[] = {
        {"literalExpression", read_literal},
        {"context", read_context},
        {"decisionTable", table_read},
        {"invocation", read_invocation},
        {"relation", read_relation},
        {"list", read_list},
        {"functionDefinition", boxed_function},
        {"conditional", read_conditional},
        {"filter", read_filter},
        {"for", read_iteration},
        {"every", read_iteration},
        {"some", read_iteration},
    };
    Ctx *cx = reader->cx;
    if (++reader->depth > LIMIT_DMN_DEPTH)
        return FAIL(cx, ERR_LIMIT, "boxed expressions nest deeper than %d", LIMIT_DMN_DEPTH);
    for (size_t i = 0; i < sizeof boxes / sizeof *boxes; i++) {
        if (strcmp(node->name, boxes[i].name) != 0)
            continue;
        TRY(boxes[i].read(reader, node, scope, out));
        if (boxes[i].read != boxed_function)
            *out = boxed_typed(reader, *out, types_of(reader, node));
        reader->depth--;
        return NULL;
    }
    return error_detail(FAIL(cx, ERR_INVALID, "the expression <%s> is not known", node->name),
                        "line %d", node->line);
}
