// SPDX-License-Identifier: Apache-2.0
// Lexer of FEEL (DMN 1.5, 10.3.1.2). Reads one token at a time, because what is a name depends on
// the names in scope: the longest match wins, then a run of plain words is taken as one name.
#ifndef MILLRACE_FEEL_LEXER_H
#define MILLRACE_FEEL_LEXER_H

#include "base/ctx.h"

typedef enum TokenKind {
    TOKEN_END,
    TOKEN_NUMBER,
    TOKEN_TEXT, // the text of the token is unescaped
    TOKEN_AT,   // @"..."
    TOKEN_NAME,
    TOKEN_KEYWORD,
    TOKEN_SYMBOL,
    TOKEN_BROKEN, // no token can begin here; text says why
} TokenKind;

typedef enum Keyword {
    WORD_NONE,
    WORD_AND,
    WORD_BETWEEN,
    WORD_ELSE,
    WORD_EVERY,
    WORD_EXTERNAL,
    WORD_FALSE,
    WORD_FOR,
    WORD_FUNCTION,
    WORD_IF,
    WORD_IN,
    WORD_INSTANCE_OF,
    WORD_NULL,
    WORD_OR,
    WORD_RETURN,
    WORD_SATISFIES,
    WORD_SOME,
    WORD_THEN,
    WORD_TRUE,
} Keyword;

typedef enum Symbol {
    SYMBOL_NONE,
    SYMBOL_PLUS,
    SYMBOL_MINUS,
    SYMBOL_STAR,
    SYMBOL_POWER,
    SYMBOL_SLASH,
    SYMBOL_EQUAL,
    SYMBOL_NOT_EQUAL,
    SYMBOL_LESS,
    SYMBOL_LESS_EQUAL,
    SYMBOL_GREATER,
    SYMBOL_GREATER_EQUAL,
    SYMBOL_OPEN,
    SYMBOL_CLOSE,
    SYMBOL_OPEN_BRACKET,
    SYMBOL_CLOSE_BRACKET,
    SYMBOL_OPEN_BRACE,
    SYMBOL_CLOSE_BRACE,
    SYMBOL_COMMA,
    SYMBOL_COLON,
    SYMBOL_DOT,
    SYMBOL_DOTS,
    SYMBOL_ARROW,
    SYMBOL_QUESTION,
} Symbol;

typedef struct Token {
    TokenKind kind;
    Keyword keyword;
    Symbol symbol;
    int from;
    int to;
    const char *text; // of names, texts and the reason of a broken one
    size_t length;
} Token;

// Names in scope, innermost first.
typedef struct NameScope {
    const char *const *names;
    size_t count;
    const struct NameScope *outer;
} NameScope;

typedef struct Lexer {
    Arena *arena;
    const char *source;
    const char *at;
    const char *end;
    const NameScope *scope;   // of the place that is read now
    const NameScope *members; // names of components anywhere, for after a dot and in filters
    const NameScope *library; // names of built-in functions that hold spaces
    bool after_dot;
} Lexer;

void lexer_space(Lexer *lexer); // skips white space and comments
Token lexer_next(Lexer *lexer); // reads the token at `at` and moves past it

// Reads a name as it is written before one of the closing characters (":", ",", ")"), spaces
// joined; NULL, without moving, when there is none.
const char *lexer_name_before(Lexer *lexer, const char *closing);
// Reads the name of an iterator, which ends before the word `in`; NULL, without moving, when there
// is none.
const char *lexer_name_before_in(Lexer *lexer);
// White space joined to single spaces.
char *feel_normal_name(Arena *arena, const char *text, size_t length);
bool lexer_is_keyword(const char *text, size_t length);
const char *lexer_keyword(size_t index); // NULL behind the last
// Whether the byte is part of a name: any byte of a character beyond ASCII is taken for one.
bool lexer_is_name_byte(char byte);
bool feel_name_start(int32_t code_point);
bool feel_name_part(int32_t code_point);

#endif
