// SPDX-License-Identifier: Apache-2.0
// What tools/letters makes of Unicode's data when Millrace is built. Only for letter.c.
#ifndef MILLRACE_SEARCH_LETTER_TABLES_H
#define MILLRACE_SEARCH_LETTER_TABLES_H

#include <stddef.h>
#include <stdint.h>

#define LETTER_LOW_END 0x2E80
#define LETTER_FULL_FROM 0xFF00
#define LETTER_FULL_END 0xFFF0
#define LETTER_HAN_FROM 0x3400
#define LETTER_HAN_END 0xA000
#define LETTER_READINGS 3

// Of the letters below LETTER_LOW_END, then of those of full width: where the text begins that each
// is searched as. 0: no letter.
extern const uint16_t letter_fold_places[];
extern const char letter_fold_texts[];
// First and last of each span of letters that are written without spaces.
extern const int32_t letter_paired_spans[];
extern const size_t letter_paired_count;
// LETTER_READINGS a character from LETTER_HAN_FROM: numbers of syllables, 0 for none.
extern const uint16_t letter_readings[];
extern const char letter_syllables[][7];

#endif
