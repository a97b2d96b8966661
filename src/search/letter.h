// SPDX-License-Identifier: Apache-2.0
// Letters: a text as it is searched: without case, accents and width, in runs of letters, each
// knowing the bytes it comes from.
//
// Pure. Chinese, Japanese and Korean are "paired": nobody writes spaces there, so that not words
// but pairs of neighbours are looked for. All else is words: letters, digits and marks between
// anything that is none.
#ifndef MILLRACE_SEARCH_LETTER_H
#define MILLRACE_SEARCH_LETTER_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

#define SEARCH_LETTERS 8000 // of one value; what follows is not searched

typedef struct Letter {
    char bytes[8]; // as it is searched, closed by NUL; may be two letters (ß)
    uint8_t length;
    int32_t code;      // as it is written
    uint32_t from, to; // bytes of the value
} Letter;

// Letters next to each other, all of words or all paired.
typedef struct Run {
    const Letter *letters;
    size_t count;
    bool paired;
    bool digits; // nothing but 0 to 9
} Run;

typedef struct Runs {
    Run *items;
    size_t count;
    size_t capacity;
} Runs;

Runs letter_runs(Arena *arena, const char *text);

// The n-th pinyin reading of a Chinese character, without tone, the usual one first; NULL: none.
const char *letter_reading(int32_t code, int n);

#endif
