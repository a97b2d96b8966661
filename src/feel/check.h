// SPDX-License-Identifier: Apache-2.0
// Static types of FEEL: what an expression would do, before there is a value.
//
// Over a scope of declared names the check finds the type of the result and what is wrong: unknown
// names, operands and arguments of the wrong type, conditions that are neither true nor false.
// It is sound: a problem is told only where an evaluation that comes to the place answers null and
// diagnoses it, whatever values of the declared types it is given. Null and the empty list aside:
// they are values of every type, and nothing follows from them. A declared context holds the
// entries that its type names and no others; one without any may hold everything. What is not
// declared is Any, of which nothing is said.
#ifndef MILLRACE_FEEL_CHECK_H
#define MILLRACE_FEEL_CHECK_H

#include "feel/feel.h"
#include "feel/type.h"

typedef struct Node Node;           // feel/ast.h
typedef struct NameScope NameScope; // feel/lexer.h
typedef struct TypeScope TypeScope; // feel/parser.h

#define LIMIT_CHECK_PROBLEMS 100 // of one check; what comes after them is not told

typedef struct FeelCheckSetting {
    const FeelField *names; // the scope: names and their types (NULL: any); the last of a name wins
    size_t name_count;
    const TypeScope *types;   // named types beyond the built-in ones, or NULL
    const FeelType *wanted;   // what the result must be (boolean for a condition), or NULL
    const FeelType *input;    // the type of `?` in unary tests, or NULL
    const NameScope *members; // further names with spaces, for the lexer, or NULL
    bool unary_tests;         // feel_check alone: a tree says itself what it is
    bool open;                // names beyond the scope may exist: they are Any and no problem
    bool standard;            // functions beyond the standard are a problem
} FeelCheckSetting;

typedef struct FeelCheck {
    const FeelType *type;     // of the result; Any when it is not known
    FeelDiagnostics problems; // each in the source it names, in the order of the tree
} FeelCheck;

// A text that cannot be parsed is an Error as feel_compile gives it.
FALLIBLE feel_check(Ctx *cx, const char *source, const FeelCheckSetting *setting, FeelCheck *out);
// A tree that is already there, and the source that its positions count in.
void feel_check_tree(Ctx *cx, const Node *tree, const char *source, const FeelCheckSetting *setting,
                     FeelCheck *out);

// For Hook.check: the type of one part of a hook, `input` being that of `?` (NULL: any). What is
// wrong in it becomes a problem of the check.
typedef struct FeelChecker FeelChecker;
const FeelType *feel_check_part(FeelChecker *checker, const Node *part, const FeelType *input);
// Tells as a problem when a part of type `is` can never be of type `wanted`.
void feel_check_wanted(FeelChecker *checker, const Node *part, const FeelType *is,
                       const FeelType *wanted);

// The type of a value: contexts with their entries, lists with what all items share.
const FeelType *feel_type_of_value(Arena *arena, Value value);

// The name nearest to a misspelt one, NULL when none is near.
const char *feel_nearest_name(const char *name, const char *const *names, size_t count);

#endif
