// SPDX-License-Identifier: Apache-2.0
// What the files of the parser share.
#ifndef MILLRACE_FEEL_PARSER_INTERNAL_H
#define MILLRACE_FEEL_PARSER_INTERNAL_H

#include "feel/parser.h"

// How tightly operators bind (grammar rules 2 and 4).
enum { LEVEL_NONE, LEVEL_OR, LEVEL_AND, LEVEL_COMPARE, LEVEL_ADD, LEVEL_MULTIPLY, LEVEL_POWER };

typedef struct Parser {
    Ctx *cx;
    Arena *arena;
    Lexer lexer;
    Token token; // read ahead when `ahead`
    bool ahead;
    bool endpoint; // reading the upper end of a range: `[` may close it
    int depth;
    int last_end; // where the last token taken ended
    const TypeScope *types;
    Error *error;         // the first one
    const char *expected; // what it expected, when it is that the source ends
} Parser;

// Parse functions return NULL once parser->error is set.
Token *parser_peek(Parser *parser);
Token parser_take(Parser *parser);
bool parser_symbol(Parser *parser, Symbol symbol); // takes it when it is next
bool parser_keyword(Parser *parser, Keyword keyword);
bool parser_expect(Parser *parser, Symbol symbol, const char *what);
bool parser_expect_word(Parser *parser, Keyword keyword, const char *what);
void *parser_fail(Parser *parser, const char *expected);
void *parser_fail_at(Parser *parser, int from, const char *message);
const NameScope *parser_bind(Parser *parser, const char *name); // gives the scope before

Node *parse_expression(Parser *parser);
Node *parse_level(Parser *parser, int level);
Node *parse_infix(Parser *parser, Node *left, int level);
Node *parse_primary(Parser *parser);
Node *parse_test(Parser *parser); // a positive unary test
Node *parse_operator_test(Parser *parser, Symbol symbol);
Node *parse_range_end(Parser *parser, Node *low, bool low_closed, int from);
Node *parse_compound(Parser *parser, Keyword keyword); // for, some, every, if, function
Node *parse_list_or_range(Parser *parser);
Node *parse_context(Parser *parser);
Node *parse_arguments(Parser *parser, Node *function);
const FeelType *parse_type(Parser *parser);
bool comparison_symbol(Symbol symbol, Operator *operator);
#endif
