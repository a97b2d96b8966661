// SPDX-License-Identifier: Apache-2.0
// Terms: what a value can be found by, and what is asked of an index of them.
//
// Pure; the same on every database. A value has few kinds of terms, and whatever somebody types is
// found by the beginning of one of them, so that an index needs to know exact terms and prefixes
// only:
//
//     王小明            pairs 王小 小明 明; readings wangxiaoming, wang, wangxiao, wxm, and from 小
//     on Waterworks Kiel   words waterworks, kiel; inner aterworks ... rks, iel +49 421 5551234
//     words 49, 421, ..., 494215551234; tails (backwards) 432155512494 ... AC-000123         words
//     ac, 000123, ac000123; tail 321000
//
// A term in the index is led by the place it stands in (entity and field) and the letter of its
// kind. It holds letters and digits only.
#ifndef MILLRACE_SEARCH_TERMS_H
#define MILLRACE_SEARCH_TERMS_H

#include "base/text.h"
#include "search/letter.h"

#define SEARCH_PLACE 4         // bytes of a place
#define SEARCH_WORDS 8         // of one question; more are passed over
#define SEARCH_WORD_LETTERS 32 // that count of one word
#define SEARCH_INNER 3         // the fewest letters by which the inside of a word is found
#define SEARCH_TAIL 3          // and digits, the end of a number
#define SEARCH_EDGE 4          // beginnings of words up to here are terms of their own

typedef enum TermKind {
    TERM_WORD,    // a word, whole
    TERM_READING, // pinyin of Chinese characters, and their initials
    TERM_INNER,   // a word without its first letters
    TERM_PAIR,    // two neighbours; at the end of a run one
    TERM_TAIL,    // a number's digits backwards
} TermKind;

typedef struct Term {
    TermKind kind;
    const char *text;
    size_t length;
    uint32_t from, to; // bytes of the value that it stands for
} Term;

typedef void (*TermSink)(const Term *term, void *state);
void terms_of(Arena *arena, const char *value, TermSink sink, void *state);

// The terms of a value as an index takes them, each with a blank behind it.
void terms_write(Buffer *out, const char place[static SEARCH_PLACE], const char *value);

#endif
