// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "base/messages.h"
#include "feel/builtin.h"
#include "feel/conversion.h"
#include "feel/parser_internal.h"

#include <string.h>

Node *feel_node(Arena *arena, NodeKind kind, int from, int to)
{
    Node *node = NEW(arena, Node);
    node->kind = kind;
    node->from = from;
    node->to = to;
    return node;
}

Token *parser_peek(Parser *parser)
{
    if (!parser->ahead) {
        parser->token = lexer_next(&parser->lexer);
        parser->lexer.after_dot = false;
        parser->ahead = true;
    }
    return &parser->token;
}

Token parser_take(Parser *parser)
{
    Token token = *parser_peek(parser);
    parser->ahead = false;
    parser->last_end = token.to;
    return token;
}

bool parser_symbol(Parser *parser, Symbol symbol)
{
    Token *token = parser_peek(parser);
    if (token->kind != TOKEN_SYMBOL || token->symbol != symbol)
        return false;
    parser_take(parser);
    return true;
}

bool parser_keyword(Parser *parser, Keyword keyword)
{
    Token *token = parser_peek(parser);
    if (token->kind != TOKEN_KEYWORD || token->keyword != keyword)
        return false;
    parser_take(parser);
    return true;
}

Error *feel_place(Ctx *cx, Error *error, const char *source, int from)
{
    int line = 1;
    int column = 1;
    for (int i = 0; i < from && source[i]; i++) {
        unsigned char byte = (unsigned char)source[i];
        if (byte == '\n') {
            line++;
            column = 1;
        } else if ((byte & 0xC0) != 0x80) {
            column++;
        }
    }
    return error_at(error_detail(error, "line %d, column %d", line, column), line, column);
}

int feel_byte_at(const char *source, int line, int column)
{
    const char *at = source;
    const char *end = source + strlen(source);
    for (; line > 1 && at < end; at++)
        line -= *at == '\n';
    while (column-- > 1 && at < end && *at != '\n')
        utf8_next(&at, end);
    return (int)(at - source);
}

void *parser_fail_at(Parser *parser, int from, const char *message)
{
    if (parser->error)
        return NULL;
    Ctx *cx = parser->cx;
    parser->error = feel_place(cx, FAIL(cx, ERR_INVALID, "%s", message_in(cx->language, message)),
                               parser->lexer.source, from);
    return NULL;
}

void *parser_fail(Parser *parser, const char *expected)
{
    Token *token = parser_peek(parser);
    const char *language = parser->cx->language;
    const char *wanted = message_in(language, expected);
    const char *message;
    if (token->to == (int)(parser->lexer.end - parser->lexer.source) && !parser->error &&
        (token->kind == TOKEN_END || token->kind == TOKEN_BROKEN))
        parser->expected = expected;
    if (token->kind == TOKEN_BROKEN)
        message = text_format(parser->arena, "%s", token->text);
    else if (token->kind == TOKEN_END)
        message = text_format(parser->arena,
                              message_in(language, "expected %s, but the expression ends"), wanted);
    else
        message =
            text_format(parser->arena, message_in(language, "expected %s, but found \"%.*s\""),
                        wanted, token->to - token->from > 40 ? 40 : token->to - token->from,
                        parser->lexer.source + token->from);
    return parser_fail_at(parser, token->from, message);
}

bool parser_expect(Parser *parser, Symbol symbol, const char *what)
{
    if (parser_symbol(parser, symbol))
        return true;
    parser_fail(parser, what);
    return false;
}

bool parser_expect_word(Parser *parser, Keyword keyword, const char *what)
{
    if (parser_keyword(parser, keyword))
        return true;
    parser_fail(parser, what);
    return false;
}

const NameScope *parser_bind(Parser *parser, const char *name)
{
    const NameScope *before = parser->lexer.scope;
    NameScope *scope = NEW(parser->arena, NameScope);
    const char **names = NEW_ARRAY(parser->arena, const char *, 1);
    names[0] = name;
    scope->names = names;
    scope->count = 1;
    scope->outer = before;
    parser->lexer.scope = scope;
    return before;
}

bool comparison_symbol(Symbol symbol, Operator *operator)
{
    switch (symbol) {
    case SYMBOL_EQUAL:
        *operator= OPERATOR_EQUAL;
        return true;
    case SYMBOL_NOT_EQUAL:
        *operator= OPERATOR_NOT_EQUAL;
        return true;
    case SYMBOL_LESS:
        *operator= OPERATOR_LESS;
        return true;
    case SYMBOL_LESS_EQUAL:
        *operator= OPERATOR_LESS_EQUAL;
        return true;
    case SYMBOL_GREATER:
        *operator= OPERATOR_GREATER;
        return true;
    case SYMBOL_GREATER_EQUAL:
        *operator= OPERATOR_GREATER_EQUAL;
        return true;
    default:
        return false;
    }
}

static int operator_level(const Token *token, Operator *operator)
{
    if (token->kind == TOKEN_KEYWORD)
        return token->keyword == WORD_OR                                     ? LEVEL_OR
               : token->keyword == WORD_AND                                  ? LEVEL_AND
               : token->keyword == WORD_IN || token->keyword == WORD_BETWEEN ? LEVEL_COMPARE
               : token->keyword == WORD_INSTANCE_OF                          ? LEVEL_POWER + 1
                                                                             : LEVEL_NONE;
    if (token->kind != TOKEN_SYMBOL)
        return LEVEL_NONE;
    if (comparison_symbol(token->symbol, operator))
        return LEVEL_COMPARE;
    switch (token->symbol) {
    case SYMBOL_PLUS:
        *operator= OPERATOR_ADD;
        return LEVEL_ADD;
    case SYMBOL_MINUS:
        *operator= OPERATOR_SUBTRACT;
        return LEVEL_ADD;
    case SYMBOL_STAR:
        *operator= OPERATOR_MULTIPLY;
        return LEVEL_MULTIPLY;
    case SYMBOL_SLASH:
        *operator= OPERATOR_DIVIDE;
        return LEVEL_MULTIPLY;
    case SYMBOL_POWER:
        *operator= OPERATOR_POWER;
        return LEVEL_POWER;
    default:
        return LEVEL_NONE;
    }
}

Node *parse_operator_test(Parser *parser, Symbol symbol)
{
    Operator operator;
    int from = parser_peek(parser)->from;
    comparison_symbol(symbol, &operator);
    parser_take(parser);
    Node *right = parse_level(parser, LEVEL_ADD);
    if (!right)
        return NULL;
    Node *node = feel_node(parser->arena, NODE_BINARY, from, right->to);
    node->operator= operator;
    node->implicit = true;
    node->right = right;
    return node;
}

Node *parse_test(Parser *parser)
{
    Operator operator;
    Token *token = parser_peek(parser);
    if (token->kind == TOKEN_SYMBOL && comparison_symbol(token->symbol, &operator))
        return parse_operator_test(parser, token->symbol);
    return parse_expression(parser);
}

// `in (` ...: one or several tests in parentheses, a range that begins open, or a plain
// expression in parentheses.
static Node *parse_in_parentheses(Parser *parser, Node *in)
{
    int from = parser_take(parser).from;
    Node *test = parse_test(parser);
    if (!test)
        return NULL;
    if (parser_symbol(parser, SYMBOL_DOTS)) {
        test = parse_range_end(parser, test, false, from);
        if (!test)
            return NULL;
        array_push(parser->arena, in->items) = test;
        return in;
    }
    array_push(parser->arena, in->items) = test;
    bool several = test->implicit;
    while (parser_symbol(parser, SYMBOL_COMMA)) {
        test = parse_test(parser);
        if (!test)
            return NULL;
        several = true;
        array_push(parser->arena, in->items) = test;
    }
    if (!parser_expect(parser, SYMBOL_CLOSE, "`)`"))
        return NULL;
    if (!several) {
        test = parse_infix(parser, test, LEVEL_ADD);
        in->items.items[0] = test;
    }
    return in->items.items[0] ? in : NULL;
}

static Node *parse_in(Parser *parser, Node *left)
{
    Operator operator;
    Node *in = feel_node(parser->arena, NODE_IN, left->from, 0);
    in->left = left;
    Token *token = parser_peek(parser);
    if (token->kind == TOKEN_SYMBOL && token->symbol == SYMBOL_OPEN) {
        in = parse_in_parentheses(parser, in);
    } else {
        Node *test = token->kind == TOKEN_SYMBOL && comparison_symbol(token->symbol, &operator)
                         ? parse_operator_test(parser, token->symbol)
                         : parse_level(parser, LEVEL_ADD);
        if (!test)
            return NULL;
        array_push(parser->arena, in->items) = test;
    }
    if (in)
        in->to = parser->last_end;
    return in;
}

static Node *parse_between(Parser *parser, Node *left)
{
    Node *node = feel_node(parser->arena, NODE_BETWEEN, left->from, 0);
    node->left = left;
    Node *low = parse_level(parser, LEVEL_ADD);
    if (!low || !parser_expect_word(parser, WORD_AND, "`and` of `between`"))
        return NULL;
    Node *high = parse_level(parser, LEVEL_ADD);
    if (!high)
        return NULL;
    array_push(parser->arena, node->items) = low;
    array_push(parser->arena, node->items) = high;
    node->to = high->to;
    return node;
}

static Node *parse_instance(Parser *parser, Node *left)
{
    Node *node = feel_node(parser->arena, NODE_INSTANCE, left->from, 0);
    node->left = left;
    node->type = parse_type(parser);
    node->to = parser->last_end;
    return node->type ? node : NULL;
}

static Node *parse_operation(Parser *parser, Node *left, const Token *token, int level,
                             Operator operator)
{
    if (token->kind == TOKEN_KEYWORD && token->keyword == WORD_IN)
        return parse_in(parser, left);
    if (token->kind == TOKEN_KEYWORD && token->keyword == WORD_BETWEEN)
        return parse_between(parser, left);
    if (token->kind == TOKEN_KEYWORD && token->keyword == WORD_INSTANCE_OF)
        return parse_instance(parser, left);
    Node *right = parse_level(parser, level + 1);
    if (!right)
        return NULL;
    NodeKind kind = level == LEVEL_OR ? NODE_OR : level == LEVEL_AND ? NODE_AND : NODE_BINARY;
    Node *node = feel_node(parser->arena, kind, left->from, right->to);
    node->operator= operator;
    node->left = left;
    node->right = right;
    return node;
}

Node *parse_infix(Parser *parser, Node *left, int level)
{
    int chain = 0;
    while (left) {
        Operator operator= OPERATOR_ADD;
        Token *token = parser_peek(parser);
        int next = operator_level(token, &operator);
        if (next == LEVEL_NONE || next < level)
            return left;
        // A chain of operators makes a tree as deep as a chain of parentheses does.
        if (++chain > PARSER_DEPTH * 5)
            return parser_fail_at(parser, token->from, "an expression chains too many operators");
        Token taken = parser_take(parser);
        left = parse_operation(parser, left, &taken, next, operator);
    }
    return NULL;
}

Node *parse_level(Parser *parser, int level)
{
    if (parser->error)
        return NULL;
    if (++parser->depth > PARSER_DEPTH)
        return parser_fail_at(parser, parser_peek(parser)->from, "the expression nests too deep");
    Node *left = parse_primary(parser);
    left = parse_infix(parser, left, level);
    parser->depth--;
    return left;
}

Node *parse_expression(Parser *parser)
{
    bool endpoint = parser->endpoint;
    parser->endpoint = false;
    Node *node = parse_level(parser, LEVEL_OR);
    parser->endpoint = endpoint;
    return node;
}

static Parser parser_open(Ctx *cx, const char *source, const ParserSetting *setting)
{
    Parser parser = {.cx = cx, .arena = cx->arena};
    parser.lexer.arena = cx->arena;
    parser.lexer.source = parser.lexer.at = source;
    parser.lexer.end = source + strlen(source);
    parser.lexer.library = builtin_spaced_names();
    if (setting) {
        parser.lexer.scope = setting->scope;
        parser.lexer.members = setting->members;
        parser.types = setting->types;
    }
    return parser;
}

static Error *check_source(Ctx *cx, const char *source)
{
    size_t length = strlen(source);
    if (length > LIMIT_EXPRESSION_BYTES)
        return FAIL(cx, ERR_LIMIT, "the expression is longer than %lu bytes",
                    LIMIT_EXPRESSION_BYTES);
    if (!utf8_valid(source, length))
        return FAIL(cx, ERR_INVALID, "the expression is not valid UTF-8");
    return NULL;
}

static Error *finish(Parser *parser, Node *node, Node **out)
{
    if (!parser->error && parser_peek(parser)->kind != TOKEN_END)
        parser_fail(parser, "an operator or the end");
    if (parser->error)
        return parser->error;
    *out = node;
    return NULL;
}

FALLIBLE feel_parse(Ctx *cx, const char *source, const ParserSetting *setting, Node **out)
{
    TRY(check_source(cx, source));
    Parser parser = parser_open(cx, source, setting);
    return finish(&parser, parse_expression(&parser), out);
}

static bool only_dash(Arena *arena, const char *source)
{
    Lexer lexer = {.arena = arena, .source = source, .at = source, .end = source + strlen(source)};
    Token token = lexer_next(&lexer);
    return token.kind == TOKEN_SYMBOL && token.symbol == SYMBOL_MINUS &&
           lexer_next(&lexer).kind == TOKEN_END;
}

static Node *parse_test_list(Parser *parser, bool negated)
{
    Node *tests = feel_node(parser->arena, NODE_TESTS, 0, 0);
    tests->negated = negated;
    do {
        Node *test = parse_test(parser);
        if (!test)
            return NULL;
        array_push(parser->arena, tests->items) = test;
    } while (parser_symbol(parser, SYMBOL_COMMA));
    if (negated && !parser_expect(parser, SYMBOL_CLOSE, "`)`"))
        return NULL;
    tests->to = parser->last_end;
    return tests;
}

static Node *parse_whole_tests(Parser *parser)
{
    parser_bind(parser, "?");
    Parser start = *parser;
    Token token = parser_take(parser);
    if (token.kind == TOKEN_NAME && strcmp(token.text, "not") == 0 &&
        parser_symbol(parser, SYMBOL_OPEN)) {
        Node *tests = parse_test_list(parser, true);
        if (tests && parser_peek(parser)->kind == TOKEN_END)
            return tests;
    }
    *parser = start;
    return parse_test_list(parser, false);
}

FALLIBLE feel_parse_tests(Ctx *cx, const char *source, const ParserSetting *setting, Node **out)
{
    TRY(check_source(cx, source));
    if (only_dash(cx->arena, source)) {
        *out = feel_node(cx->arena, NODE_ANY, 0, (int)strlen(source));
        return NULL;
    }
    Parser parser = parser_open(cx, source, setting);
    return finish(&parser, parse_whole_tests(&parser), out);
}

bool feel_parse_ended(Ctx *cx, const char *source, const ParserSetting *setting, bool tests,
                      Node **out, const char **expected)
{
    *expected = NULL;
    if (check_source(cx, source))
        return false;
    Parser parser = parser_open(cx, source, setting);
    Node *tree = tests ? parse_whole_tests(&parser) : parse_expression(&parser);
    Error *error = finish(&parser, tree, out);
    *expected = parser.expected;
    return !error;
}

FALLIBLE feel_parse_type(Ctx *cx, const char *source, const TypeScope *types, const FeelType **out)
{
    TRY(check_source(cx, source));
    ParserSetting setting = {.types = types};
    Parser parser = parser_open(cx, source, &setting);
    const FeelType *type = parse_type(&parser);
    Node *unused;
    TRY(finish(&parser, NULL, &unused));
    *out = type;
    return NULL;
}
