// SPDX-License-Identifier: Apache-2.0
// FEEL (OMG DMN 1.5, chapter 10): compile once, evaluate often. The only expression language in
// Millrace.
//
// A compiled expression lives in the arena it was compiled in and is read-only: any number of
// threads may evaluate it at once. Evaluation allocates from cx->arena only, within budgets on
// steps, recursion and memory. Where FEEL says null because something was wrong, a diagnostic says
// what, where and why.
#ifndef MILLRACE_FEEL_FEEL_H
#define MILLRACE_FEEL_FEEL_H

#include "base/value.h"

typedef struct Feel Feel; // a compiled expression

typedef struct FeelDiagnostic {
    const char *code;    // "type-mismatch", "unknown-name", ...
    const char *message; // short, lower case
    const char *hint;    // NULL when there is none
    int from;            // byte offsets in the source
    int to;
    const char *source; // the text that they count in: a model has many
} FeelDiagnostic;

typedef struct FeelDiagnostics {
    FeelDiagnostic *items;
    size_t count;
    size_t capacity;
} FeelDiagnostics;

typedef struct FeelOptions {
    const char *const
        *names; // names in scope, which may hold spaces and symbols; longest match wins
    size_t name_count;
    bool strict;       // a name that is not declared is an error at compile time, not null
    bool strict_scope; // one that is neither declared nor in the scope fails the evaluation
    bool unary_tests;  // compile as unary tests; the input value is `?`
    bool standard;     // functions beyond the standard (`millrace. ...`) are refused by name
} FeelOptions;

// A syntax error is ERR_INVALID with line, column and what was expected. `options` may be NULL.
FALLIBLE feel_compile(Ctx *cx, const char *source, const FeelOptions *options, const Feel **out);

// `scope` is a context value whose entries are the names. `diagnostics` may be NULL. Only a passed
// budget (ERR_LIMIT) and, with strict_scope, a missing name (ERR_INVALID) is an Error; everything
// else is a value, at worst null with a diagnostic.
FALLIBLE feel_evaluate(Ctx *cx, const Feel *expression, Value scope, FeelDiagnostics *diagnostics,
                       Value *out);
// Unary tests against one input value: *matches is true only when the result is true.
FALLIBLE feel_matches(Ctx *cx, const Feel *tests, Value input, Value scope,
                      FeelDiagnostics *diagnostics, bool *matches);

// As a list of {code, message, hint, from, to, source}, for programs.
Value feel_diagnostics_value(Arena *arena, const FeelDiagnostics *diagnostics);

// ERR_LIMIT for a value nested more than LIMIT_VALUE_DEPTH deep: whoever copies, writes or packs a
// result goes through it by recursion. feel_evaluate has checked what it gives.
FALLIBLE feel_check_depth(Ctx *cx, Value result);

const char *feel_source(const Feel *expression);

// The canonical FEEL text of a value: "abc" quoted, date("2026-01-01"), [1, 2], {a: 1}.
char *feel_text(Arena *arena, Value value);

#endif
