// SPDX-License-Identifier: Apache-2.0
// Regular expressions of XPath 3.1 (functions and operators, 5.6) on PCRE2, by translation.
//
// A match limit stops a run-away pattern: the function answers null with a diagnostic.
#ifndef MILLRACE_FEEL_REGEX_H
#define MILLRACE_FEEL_REGEX_H

#include "feel/machine.h"

typedef struct Regex Regex;

// NULL, diagnosed, when the pattern or a flag is not valid. Lives in the arena of the evaluation.
Regex *regex_compile(Machine *machine, Text pattern, Text flags);
// Offsets into the input of the match that begins at or after `from` and of its groups; 0 when
// there is none, -1, diagnosed, when the limit stopped it, else the number of pairs.
int regex_match(Machine *machine, const Regex *regex, Text input, size_t from,
                const size_t **offsets);
// Whether the pattern is taken literally (flag q).
bool regex_literal(const Regex *regex);
size_t regex_groups(const Regex *regex);

// The PCRE2 pattern that means the same; NULL, with *why, when the XPath pattern is not valid.
char *regex_translate(Arena *arena, Text pattern, bool spaced, bool dot_all, const char **why);
// The first and last code point of a Unicode block ("BasicLatin"); false when there is none.
bool regex_block(const char *name, size_t length, uint32_t *first, uint32_t *last);

#endif
