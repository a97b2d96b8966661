// SPDX-License-Identifier: Apache-2.0
// Parser of FEEL (DMN 1.5, 10.3.1.2): source to tree, by precedence climbing.
//
// Nesting is limited (PARSER_DEPTH); a longer or deeper text is refused by name.
#ifndef MILLRACE_FEEL_PARSER_H
#define MILLRACE_FEEL_PARSER_H

#include "feel/ast.h"
#include "feel/lexer.h"

#define PARSER_DEPTH 200

// Named types beyond the built-in ones: the item definitions of a model.
typedef struct TypeScope TypeScope;
struct TypeScope {
    const char *const *names;
    const FeelType *const *types;
    size_t count;
};

typedef struct ParserSetting {
    const NameScope *scope;   // names in scope
    const NameScope *members; // names of components, with spaces and symbols
    const TypeScope *types;   // NULL: none
} ParserSetting;

// ERR_INVALID with line, column and what was expected.
FALLIBLE feel_parse(Ctx *cx, const char *source, const ParserSetting *setting, Node **out);
FALLIBLE feel_parse_tests(Ctx *cx, const char *source, const ParserSetting *setting, Node **out);
// For sources that are still being written: true when it is an expression (or unary tests); else
// *expected is what the parser expected where the source ends, or NULL when it is wrong before.
bool feel_parse_ended(Ctx *cx, const char *source, const ParserSetting *setting, bool tests,
                      Node **out, const char **expected);
// A type as `instance of` takes it: "list<number>", "tLoan".
FALLIBLE feel_parse_type(Ctx *cx, const char *source, const TypeScope *types, const FeelType **out);

// Says in the error where in the source the byte stands; returns it.
Error *feel_place(Ctx *cx, Error *error, const char *source, int from);
// The byte of a line and a column, both from 1, as feel_place tells them.
int feel_byte_at(const char *source, int line, int column);

Node *feel_node(Arena *arena, NodeKind kind, int from, int to);

#endif
