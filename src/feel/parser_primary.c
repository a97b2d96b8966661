// SPDX-License-Identifier: Apache-2.0
// The parts of an expression that begin with their own token, and what follows them directly.
#include "feel/conversion.h"
#include "feel/parser_internal.h"

#include <string.h>

static Node *constant(Parser *parser, Value value, int from, int to)
{
    Node *node = feel_node(parser->arena, NODE_CONSTANT, from, to);
    node->value = value;
    return node;
}

static Node *parse_number(Parser *parser)
{
    Token token = parser_take(parser);
    Decimal number;
    if (!decimal_parse(token.text, token.length, &number))
        return parser_fail_at(parser, token.from, "a number beyond the range of decimals");
    return constant(parser, value_number(number), token.from, token.to);
}

static Node *parse_at(Parser *parser)
{
    Token token = parser_take(parser);
    Value value;
    if (!feel_temporal_parse(parser->arena, token.text, token.length, &value))
        return parser_fail_at(parser, token.from,
                              "`@` is followed by no date, time, date and time or duration");
    return constant(parser, value, token.from, token.to);
}

static Node *parse_word(Parser *parser)
{
    Token token = *parser_peek(parser);
    switch (token.keyword) {
    case WORD_TRUE:
    case WORD_FALSE:
        parser_take(parser);
        return constant(parser, value_boolean(token.keyword == WORD_TRUE), token.from, token.to);
    case WORD_NULL:
        parser_take(parser);
        return constant(parser, value_null(), token.from, token.to);
    case WORD_FOR:
    case WORD_SOME:
    case WORD_EVERY:
    case WORD_IF:
    case WORD_FUNCTION:
        return parse_compound(parser, token.keyword);
    default:
        return parser_fail(parser, "an expression");
    }
}

// `(>= 18)`: a range by an operator; `(= 18)`, `(!= 18)` likewise.
static Node *parse_operator_range(Parser *parser, Symbol symbol, int from)
{
    Node *test = parse_operator_test(parser, symbol);
    if (!test || !parser_expect(parser, SYMBOL_CLOSE, "`)`"))
        return NULL;
    test->kind = NODE_RANGE;
    test->from = from;
    test->to = parser->last_end;
    return test;
}

static Node *parse_parentheses(Parser *parser)
{
    Operator operator;
    int from = parser_take(parser).from;
    Token *token = parser_peek(parser);
    if (token->kind == TOKEN_SYMBOL && comparison_symbol(token->symbol, &operator))
        return parse_operator_range(parser, token->symbol, from);
    Node *inner = parse_expression(parser);
    if (!inner)
        return NULL;
    if (parser_symbol(parser, SYMBOL_DOTS))
        return parse_range_end(parser, inner, false, from);
    if (!parser_expect(parser, SYMBOL_CLOSE, "`)`"))
        return NULL;
    return inner;
}

static Node *parse_opened(Parser *parser)
{
    Token token = *parser_peek(parser);
    switch (token.symbol) {
    case SYMBOL_OPEN:
        return parse_parentheses(parser);
    case SYMBOL_OPEN_BRACKET:
    case SYMBOL_CLOSE_BRACKET:
        return parse_list_or_range(parser);
    case SYMBOL_OPEN_BRACE:
        return parse_context(parser);
    case SYMBOL_QUESTION: {
        parser_take(parser);
        Node *node = feel_node(parser->arena, NODE_NAME, token.from, token.to);
        node->name = "?";
        return node;
    }
    default:
        return parser_fail(parser, "an expression");
    }
}

static Node *parse_path(Parser *parser, Node *left)
{
    parser->lexer.after_dot = true;
    Token token = parser_take(parser);
    if (token.kind != TOKEN_NAME) {
        parser->ahead = true;
        return parser_fail(parser, "a name after `.`");
    }
    Node *node = feel_node(parser->arena, NODE_PATH, left->from, token.to);
    node->left = left;
    node->name = token.text;
    return node;
}

static Node *parse_filter(Parser *parser, Node *left)
{
    const NameScope *before = parser_bind(parser, "item");
    Node *filter = parse_expression(parser);
    parser->lexer.scope = before;
    if (!filter || !parser_expect(parser, SYMBOL_CLOSE_BRACKET, "`]`"))
        return NULL;
    Node *node = feel_node(parser->arena, NODE_FILTER, left->from, parser->last_end);
    node->left = left;
    node->right = filter;
    return node;
}

// `[` behind the upper end of a range may open a filter or close the range; a filter must close.
static Node *parse_filter_or_close(Parser *parser, Node *left, bool *closes)
{
    Parser before = *parser;
    parser_take(parser);
    Node *node = parse_filter(parser, left);
    if (node || !before.endpoint)
        return node;
    *parser = before;
    *closes = true;
    return left;
}

static Node *parse_suffixes(Parser *parser, Node *node)
{
    int chain = 0;
    while (node) {
        Token *token = parser_peek(parser);
        if (token->kind != TOKEN_SYMBOL)
            return node;
        if (++chain > PARSER_DEPTH * 5)
            return parser_fail_at(parser, token->from, "the expression nests too deep");
        if (token->symbol == SYMBOL_DOT) {
            parser_take(parser);
            node = parse_path(parser, node);
        } else if (token->symbol == SYMBOL_OPEN_BRACKET) {
            bool closes = false;
            node = parse_filter_or_close(parser, node, &closes);
            if (closes)
                return node;
        } else if (token->symbol == SYMBOL_OPEN) {
            parser_take(parser);
            node = parse_arguments(parser, node);
        } else {
            return node;
        }
    }
    return NULL;
}

static Node *parse_negation(Parser *parser)
{
    Token token = parser_take(parser);
    if (++parser->depth > PARSER_DEPTH)
        return parser_fail_at(parser, token.from, "the expression nests too deep");
    Node *operand = parse_primary(parser);
    parser->depth--;
    if (!operand)
        return NULL;
    Node *node = feel_node(parser->arena, NODE_NEGATE, token.from, operand->to);
    node->left = operand;
    return node;
}

Node *parse_primary(Parser *parser)
{
    Token token = *parser_peek(parser);
    Node *node = NULL;
    switch (token.kind) {
    case TOKEN_NUMBER:
        node = parse_number(parser);
        break;
    case TOKEN_TEXT:
        parser_take(parser);
        node = constant(parser, value_text_of(token.text, token.length), token.from, token.to);
        break;
    case TOKEN_AT:
        node = parse_at(parser);
        break;
    case TOKEN_NAME:
        parser_take(parser);
        node = feel_node(parser->arena, NODE_NAME, token.from, token.to);
        node->name = token.text;
        break;
    case TOKEN_KEYWORD:
        node = parse_word(parser);
        break;
    case TOKEN_SYMBOL:
        if (token.symbol == SYMBOL_MINUS)
            return parse_negation(parser);
        node = parse_opened(parser);
        break;
    default:
        return parser_fail(parser, "an expression");
    }
    return parse_suffixes(parser, node);
}
