// SPDX-License-Identifier: Apache-2.0
// Completions for editors: what could stand where the caret is.
#ifndef MILLRACE_FEEL_COMPLETE_H
#define MILLRACE_FEEL_COMPLETE_H

#include "feel/check.h"

typedef enum FeelCompletionKind {
    FEEL_COMPLETE_NAME,     // in scope there, names of iterators, parameters and entries too
    FEEL_COMPLETE_MEMBER,   // of the value before the dot
    FEEL_COMPLETE_FUNCTION, // built in
    FEEL_COMPLETE_KEYWORD,
} FeelCompletionKind;

typedef struct FeelCompletion {
    FeelCompletionKind kind;
    const char *text;  // to be written
    const char *about; // the type, or the signature of a function; NULL for keywords
} FeelCompletion;

typedef struct FeelCompletions {
    int from; // bytes of the source, up to the caret, that the text replaces
    int to;
    FeelCompletion *items; // of each kind in alphabetic order; names first
    size_t count;
    size_t capacity;
} FeelCompletions;

// `caret` is a byte offset; beyond the end it is the end. Names with spaces and symbols complete
// from any of their words on: of "net tot" is "net total". Within a text or a comment there is
// nothing. The source may be broken in any way: there is no syntax error.
FALLIBLE feel_complete(Ctx *cx, const char *source, size_t caret, const FeelCheckSetting *setting,
                       FeelCompletions *out);

// "name", "member", "function", "keyword"
const char *feel_completion_word(FeelCompletionKind kind);

// Whether the source is the beginning of an expression: what is wrong is only that it ends.
bool feel_is_unfinished(Ctx *cx, const char *source, const FeelCheckSetting *setting);

#endif
