// SPDX-License-Identifier: Apache-2.0
// Names: whether two names of companies or people may be the same, and the keys by which such a
// name is found among many.
//
// Pure. A name is compared by its core: without case, accents and width, without legal forms (GmbH,
// Ltd, 有限公司) and forms of address, in any order of its words. Names are close when
//
//     their words are the same                          Pump & Co. KG, PUMP     100
//     few letters differ: one of 4 to 8, two of more    Waterworks, Watreworks   90
//     they are read the same in pinyin                  王小明, 王晓明, Wang Xiaoming   80
//
// A close name has a key that is among the questions of the other: of n letters that at most k of
// differ, one of k + 1 parts is whole (the pigeonhole principle), and so few keys find them all.
#ifndef MILLRACE_SEARCH_NAME_H
#define MILLRACE_SEARCH_NAME_H

#include "base/text.h"

#define NAME_LETTERS 60 // of one name that are compared

typedef struct NameCore {
    const char *sorted;  // its words in order, a blank between; "" when there is none
    const char *reading; // as it is read, without blanks
    bool read_aloud;     // it has Chinese characters
    int32_t letters[NAME_LETTERS];
    size_t count;
} NameCore;

typedef struct NameKeys {
    const char **items;
    size_t count;
    size_t capacity;
} NameKeys;

NameCore name_core(Arena *arena, const char *name);

// By what the name is found, and what another is looked for by; `similar`: not only by the same
// words.
void name_keys(Arena *arena, const NameCore *core, bool similar, NameKeys *out);
void name_questions(Arena *arena, const NameCore *core, bool similar, NameKeys *out);

// From 0 to 100.
int name_closeness(const NameCore *a, const NameCore *b, bool similar);

#endif
