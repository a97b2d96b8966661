// SPDX-License-Identifier: Apache-2.0
// Lists, ranges, contexts, calls, iterations, conditions, functions and types.
#include "feel/parser_internal.h"

#include <string.h>

Node *parse_range_end(Parser *parser, Node *low, bool low_closed, int from)
{
    parser->endpoint = true;
    Node *high = parse_level(parser, LEVEL_ADD);
    parser->endpoint = false;
    if (!high)
        return NULL;
    Token token = *parser_peek(parser);
    bool closed = token.kind == TOKEN_SYMBOL && token.symbol == SYMBOL_CLOSE_BRACKET;
    bool open = token.kind == TOKEN_SYMBOL &&
                (token.symbol == SYMBOL_OPEN_BRACKET || token.symbol == SYMBOL_CLOSE);
    if (!closed && !open)
        return parser_fail(parser, "`]`, `[` or `)` of the range");
    parser_take(parser);
    Node *node = feel_node(parser->arena, NODE_RANGE, from, token.to);
    node->left = low;
    node->right = high;
    node->low_closed = low_closed;
    node->high_closed = closed;
    return node;
}

Node *parse_list_or_range(Parser *parser)
{
    Token open = parser_take(parser);
    bool list = open.symbol == SYMBOL_OPEN_BRACKET;
    Node *node = feel_node(parser->arena, NODE_LIST, open.from, 0);
    if (list && parser_symbol(parser, SYMBOL_CLOSE_BRACKET)) {
        node->to = parser->last_end;
        return node;
    }
    for (;;) {
        Node *item = parse_expression(parser);
        if (!item)
            return NULL;
        if (node->items.count == 0 && parser_symbol(parser, SYMBOL_DOTS))
            return parse_range_end(parser, item, list, open.from);
        if (!list)
            return parser_fail(parser, "`..` of the range");
        array_push(parser->arena, node->items) = item;
        if (!parser_symbol(parser, SYMBOL_COMMA))
            break;
    }
    if (!parser_expect(parser, SYMBOL_CLOSE_BRACKET, "`,` or `]`"))
        return NULL;
    node->to = parser->last_end;
    return node;
}

static const char *parse_key(Parser *parser)
{
    const char *key = parser->ahead ? NULL : lexer_name_before(&parser->lexer, ":");
    if (key)
        return key;
    Token token = *parser_peek(parser);
    if (token.kind != TOKEN_TEXT)
        return parser_fail(parser, "a key of the context");
    parser_take(parser);
    return token.text;
}

// The keys of contexts are names of components everywhere in the expression.
static void remember_member(Parser *parser, const char *name)
{
    if (!strpbrk(name, " +-*/.'"))
        return;
    NameScope *scope = NEW(parser->arena, NameScope);
    const char **names = NEW_ARRAY(parser->arena, const char *, 1);
    names[0] = name;
    scope->names = names;
    scope->count = 1;
    scope->outer = parser->lexer.members;
    parser->lexer.members = scope;
}

static bool has_key(const Node *context, const char *key)
{
    for (size_t i = 0; i < context->items.count; i++)
        if (strcmp(context->items.items[i]->name, key) == 0)
            return true;
    return false;
}

static Node *parse_entries(Parser *parser, Node *node)
{
    do {
        lexer_space(&parser->lexer);
        int from = (int)(parser->lexer.at - parser->lexer.source);
        const char *key = parse_key(parser);
        if (!key || !parser_expect(parser, SYMBOL_COLON, "`:`"))
            return NULL;
        if (has_key(node, key))
            return parser_fail_at(parser, from, "a key that stands twice in the context");
        Node *value = parse_expression(parser);
        if (!value)
            return NULL;
        Node *entry = feel_node(parser->arena, NODE_ENTRY, from, value->to);
        entry->name = key;
        entry->left = value;
        array_push(parser->arena, node->items) = entry;
        bool more = parser_symbol(parser, SYMBOL_COMMA);
        parser_bind(parser, key);
        remember_member(parser, key);
        if (!more)
            break;
    } while (true);
    if (!parser_expect(parser, SYMBOL_CLOSE_BRACE, "`,` or `}`"))
        return NULL;
    node->to = parser->last_end;
    return node;
}

static bool brace_closes(Parser *parser)
{
    lexer_space(&parser->lexer);
    return parser->lexer.at < parser->lexer.end && *parser->lexer.at == '}';
}

Node *parse_context(Parser *parser)
{
    int from = parser_take(parser).from;
    const NameScope *before = parser->lexer.scope;
    Node *node = feel_node(parser->arena, NODE_CONTEXT, from, 0);
    if (brace_closes(parser)) {
        parser_take(parser);
        node->to = parser->last_end;
        return node;
    }
    node = parse_entries(parser, node);
    parser->lexer.scope = before;
    return node;
}

Node *parse_arguments(Parser *parser, Node *function)
{
    Node *call = feel_node(parser->arena, NODE_CALL, function->from, 0);
    call->left = function;
    bool endpoint = parser->endpoint;
    parser->endpoint = false;
    lexer_space(&parser->lexer);
    if (parser->lexer.at >= parser->lexer.end || *parser->lexer.at != ')') {
        do {
            const char *name = lexer_name_before(&parser->lexer, ":");
            if (name)
                parser_take(parser);
            if (!!name != (call->parameters.count > 0) && call->items.count > 0)
                return parser_fail(parser, "either all arguments named or none");
            Node *argument = parse_expression(parser);
            if (!argument)
                return NULL;
            array_push(parser->arena, call->items) = argument;
            if (name)
                array_push(parser->arena, call->parameters) = (Parameter){.name = name};
        } while (parser_symbol(parser, SYMBOL_COMMA));
    }
    parser->endpoint = endpoint;
    if (!parser_expect(parser, SYMBOL_CLOSE, "`,` or `)`"))
        return NULL;
    call->to = parser->last_end;
    return call;
}

static Node *parse_iterator(Parser *parser)
{
    lexer_space(&parser->lexer);
    int from = (int)(parser->lexer.at - parser->lexer.source);
    const char *name = lexer_name_before_in(&parser->lexer);
    if (!name)
        return parser_fail(parser, "the name of an iterator and `in`");
    if (!parser_expect_word(parser, WORD_IN, "`in`"))
        return NULL;
    Node *node = feel_node(parser->arena, NODE_ITERATOR, from, 0);
    node->name = name;
    node->left = parse_expression(parser);
    if (!node->left)
        return NULL;
    if (parser_symbol(parser, SYMBOL_DOTS)) {
        node->right = parse_expression(parser);
        if (!node->right)
            return NULL;
    }
    node->to = parser->last_end;
    return node;
}

static Node *parse_iteration(Parser *parser, Keyword keyword)
{
    static const NodeKind kinds[] = {
        [WORD_FOR] = NODE_FOR, [WORD_SOME] = NODE_SOME, [WORD_EVERY] = NODE_EVERY};
    const NameScope *before = parser->lexer.scope;
    Node *node = feel_node(parser->arena, kinds[keyword], parser->last_end, 0);
    bool more;
    do {
        Node *iterator = parse_iterator(parser);
        if (!iterator)
            return NULL;
        array_push(parser->arena, node->items) = iterator;
        more = parser_symbol(parser, SYMBOL_COMMA);
        if (more)
            parser_bind(parser, iterator->name);
    } while (more);
    bool found = keyword == WORD_FOR
                     ? parser_expect_word(parser, WORD_RETURN, "`,` or `return`")
                     : parser_expect_word(parser, WORD_SATISFIES, "`,` or `satisfies`");
    if (!found)
        return NULL;
    parser_bind(parser, node->items.items[node->items.count - 1]->name);
    if (keyword == WORD_FOR)
        parser_bind(parser, "partial");
    node->left = parse_expression(parser);
    parser->lexer.scope = before;
    if (!node->left)
        return NULL;
    node->to = node->left->to;
    return node;
}

static Node *parse_if(Parser *parser)
{
    Node *node = feel_node(parser->arena, NODE_IF, parser->last_end - 2, 0);
    Node *condition = parse_expression(parser);
    if (!condition || !parser_expect_word(parser, WORD_THEN, "`then`"))
        return NULL;
    Node *then = parse_expression(parser);
    if (!then || !parser_expect_word(parser, WORD_ELSE, "`else`"))
        return NULL;
    Node *otherwise = parse_expression(parser);
    if (!otherwise)
        return NULL;
    array_push(parser->arena, node->items) = condition;
    array_push(parser->arena, node->items) = then;
    array_push(parser->arena, node->items) = otherwise;
    node->to = otherwise->to;
    return node;
}

static bool parse_parameters(Parser *parser, Node *node)
{
    lexer_space(&parser->lexer);
    if (parser->lexer.at < parser->lexer.end && *parser->lexer.at == ')')
        return parser_symbol(parser, SYMBOL_CLOSE);
    do {
        Parameter parameter = {.name = lexer_name_before(&parser->lexer, ":,)")};
        if (!parameter.name)
            return parser_fail(parser, "the name of a parameter");
        if (parser_symbol(parser, SYMBOL_COLON)) {
            parameter.type = parse_type(parser);
            if (!parameter.type)
                return false;
        }
        array_push(parser->arena, node->parameters) = parameter;
    } while (parser_symbol(parser, SYMBOL_COMMA));
    return parser_expect(parser, SYMBOL_CLOSE, "`,` or `)`");
}

static Node *parse_function(Parser *parser)
{
    const NameScope *before = parser->lexer.scope;
    Node *node = feel_node(parser->arena, NODE_FUNCTION, parser->last_end - 8, 0);
    if (!parser_expect(parser, SYMBOL_OPEN, "`(`") || !parse_parameters(parser, node))
        return NULL;
    for (size_t i = 0; i < node->parameters.count; i++)
        parser_bind(parser, node->parameters.items[i].name);
    // `external`: the body names code outside, which there is none of here; calling it is null.
    if (parser_keyword(parser, WORD_EXTERNAL))
        node->negated = true;
    node->left = parse_expression(parser);
    parser->lexer.scope = before;
    if (!node->left)
        return NULL;
    node->to = node->left->to;
    return node;
}

Node *parse_compound(Parser *parser, Keyword keyword)
{
    parser_take(parser);
    if (++parser->depth > PARSER_DEPTH)
        return parser_fail_at(parser, parser->last_end, "the expression nests too deep");
    Node *node = keyword == WORD_IF         ? parse_if(parser)
                 : keyword == WORD_FUNCTION ? parse_function(parser)
                                            : parse_iteration(parser, keyword);
    parser->depth--;
    return node;
}

static FeelType *compose(Parser *parser, FeelTypeKind kind)
{
    FeelType *type = NEW(parser->arena, FeelType);
    type->kind = kind;
    return type;
}

static bool type_close(Parser *parser)
{
    // `>>` never arises: symbols of two characters beginning with `>` are `>=` alone
    return parser_expect(parser, SYMBOL_GREATER, "`>` of the type");
}

static const FeelType *parse_context_type(Parser *parser)
{
    FeelType *type = compose(parser, TYPE_CONTEXT);
    ARRAY(FeelField) fields = {0};
    do {
        FeelField field = {.name = lexer_name_before(&parser->lexer, ":")};
        if (!field.name)
            return parser_fail(parser, "the name of a component");
        parser_take(parser);
        field.type = parse_type(parser);
        if (!field.type)
            return NULL;
        array_push(parser->arena, fields) = field;
    } while (parser_symbol(parser, SYMBOL_COMMA));
    type->fields = fields.items;
    type->field_count = fields.count;
    return type_close(parser) ? type : NULL;
}

static const FeelType *parse_function_type(Parser *parser)
{
    FeelType *type = compose(parser, TYPE_FUNCTION);
    ARRAY(FeelField) fields = {0};
    // Looked at without a token: a name that was read ahead would be lost to parse_type.
    lexer_space(&parser->lexer);
    if (*parser->lexer.at == '>') {
        parser_take(parser);
    } else {
        do {
            FeelField field = {.name = "", .type = parse_type(parser)};
            if (!field.type)
                return NULL;
            array_push(parser->arena, fields) = field;
        } while (parser_symbol(parser, SYMBOL_COMMA));
        if (!type_close(parser))
            return NULL;
    }
    type->fields = fields.items;
    type->field_count = fields.count;
    if (!parser_expect(parser, SYMBOL_ARROW, "`->` of the function type"))
        return NULL;
    type->element = parse_type(parser);
    return type->element ? type : NULL;
}

static const FeelType *parse_generic(Parser *parser, const char *name)
{
    if (strcmp(name, "context") == 0)
        return parse_context_type(parser);
    if (strcmp(name, "function") == 0)
        return parse_function_type(parser);
    FeelType *type = compose(parser, strcmp(name, "list") == 0 ? TYPE_LIST : TYPE_RANGE);
    type->element = parse_type(parser);
    if (!type->element)
        return NULL;
    return type_close(parser) ? type : NULL;
}

// The longest name of a type that stands here: built in, or an item definition.
static const FeelType *named_type(Parser *parser, const char *text, size_t length)
{
    const FeelType *found = NULL;
    const TypeScope *types = parser->types;
    for (size_t i = 0; types && i < types->count; i++)
        if (strlen(types->names[i]) == length && memcmp(types->names[i], text, length) == 0)
            found = types->types[i];
    return found ? found : feel_type_named(text_slice(parser->arena, text, length));
}

// Takes the longest run of name characters that names a type; a type's name may hold any of them.
static const FeelType *parse_simple_type(Parser *parser)
{
    lexer_space(&parser->lexer);
    Lexer *lexer = &parser->lexer;
    const char *start = lexer->at;
    const char *at = start;
    const char *reach = NULL;
    const FeelType *found = NULL;
    while (at < lexer->end) {
        const char *next = at;
        int32_t c = utf8_next(&next, lexer->end);
        if (!feel_name_part(c) && !(c < 0x80 && c > 0 && strchr(" \t\r\n+-*/.'", (int)c)))
            break;
        at = next;
        int32_t after = at < lexer->end ? utf8_next(&next, lexer->end) : -1;
        if (after >= 0 && feel_name_part(after) && feel_name_part(c))
            continue;
        const char *name = feel_normal_name(parser->arena, start, (size_t)(at - start));
        const FeelType *type = named_type(parser, name, strlen(name));
        if (type && feel_name_part(c)) {
            found = type;
            reach = at;
        }
        if (at - start > 400)
            break;
    }
    if (!found)
        return parser_fail(parser, "the name of a type");
    lexer->at = reach;
    parser->last_end = (int)(reach - lexer->source);
    return found;
}

const FeelType *parse_type(Parser *parser)
{
    static const char *const generic[] = {"list", "context", "function", "range"};
    if (parser->error)
        return NULL;
    if (++parser->depth > PARSER_DEPTH)
        return parser_fail_at(parser, parser->last_end, "the type nests too deep");
    lexer_space(&parser->lexer);
    const FeelType *type = NULL;
    for (size_t i = 0; i < 4 && !parser->ahead; i++) {
        Lexer probe = parser->lexer;
        size_t length = strlen(generic[i]);
        if ((size_t)(probe.end - probe.at) <= length || memcmp(probe.at, generic[i], length) != 0)
            continue;
        probe.at += length;
        lexer_space(&probe);
        if (probe.at < probe.end && *probe.at == '<') {
            parser->lexer.at = probe.at + 1;
            type = parse_generic(parser, generic[i]);
            parser->depth--;
            return type;
        }
    }
    type = parse_simple_type(parser);
    parser->depth--;
    return type;
}
