// SPDX-License-Identifier: Apache-2.0
// Words: what somebody types into a search box, as a question to an index of terms and as a look
// at one value. Both mean the same: a word is found in a value when one of the value's terms
// begins with it.
#ifndef MILLRACE_SEARCH_WORDS_H
#define MILLRACE_SEARCH_WORDS_H

#include "search/terms.h"

typedef struct SearchWord {
    const char *text;
    size_t length;
    size_t letters;
    bool paired;
    bool digits;
} SearchWord;

typedef struct SearchWords {
    SearchWord items[SEARCH_WORDS];
    size_t count; // 0: nothing can be found by it
    // Several groups of digits may be one number, written with blanks: its digits. Length 0: no.
    SearchWord joined;
} SearchWords;

SearchWords words_read(Arena *arena, const char *text);

// Those of the words that are found in every value that holds the text as it is written, be it in
// the middle of a word.
SearchWords words_within(const SearchWords *words);

// How well a word is found.
typedef enum Found { FOUND_NOT, FOUND_INSIDE, FOUND_END, FOUND_START, FOUND_WHOLE } Found;

typedef struct WordHit {
    Found found;
    uint32_t from, to; // bytes of the value
} WordHit;

// hits[i] is where the value has word i, hits[SEARCH_WORDS] where it has the joined number.
void words_look(Arena *arena, const SearchWords *words, const char *value,
                WordHit hits[static SEARCH_WORDS + 1]);

// How far a question to the index reaches.
typedef enum Reach { REACH_WHOLE, REACH_START, REACH_ANY } Reach;

// The question: every word in one of the places. As FTS5 reads it, or as PostgreSQL's tsquery.
char *words_question(Arena *arena, const SearchWords *words, const char (*places)[SEARCH_PLACE + 1],
                     size_t place_count, Reach reach, bool tsquery);

#endif
