// SPDX-License-Identifier: Apache-2.0
#include "search/letter.h"

#include "base/text.h"
#include "search/letter_tables.h"

#include <string.h>

static bool is_paired(int32_t code)
{
    size_t low = 0, high = letter_paired_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (code > letter_paired_spans[middle * 2 + 1])
            low = middle + 1;
        else
            high = middle;
    }
    return low < letter_paired_count && code >= letter_paired_spans[low * 2];
}

// What the letter is searched as: NULL when it is none, "" for a mark of the letter before.
static const char *folded(int32_t code, char own[static 5])
{
    uint16_t place = 0;
    if (code < LETTER_LOW_END)
        place = letter_fold_places[code];
    else if (code >= LETTER_FULL_FROM && code < LETTER_FULL_END)
        place = letter_fold_places[LETTER_LOW_END + code - LETTER_FULL_FROM];
    else if (!is_paired(code))
        return NULL;
    else {
        own[utf8_encode(code, own)] = '\0';
        return own;
    }
    return place ? letter_fold_texts + place : NULL;
}

typedef struct Reading {
    Arena *arena;
    Letter *letters;
    size_t count;
    size_t begun; // the run under way
    Runs runs;
} Reading;

static void close_run(Reading *reading, bool paired)
{
    const Letter *letters = reading->letters + reading->begun;
    size_t count = reading->count - reading->begun;
    reading->begun = reading->count;
    if (!count)
        return;
    bool digits = !paired;
    for (size_t i = 0; i < count && digits; i++)
        digits = letters[i].length == 1 && letters[i].bytes[0] >= '0' && letters[i].bytes[0] <= '9';
    array_push(reading->arena, reading->runs) = (Run){letters, count, paired, digits};
}

Runs letter_runs(Arena *arena, const char *text)
{
    size_t length = strlen(text);
    size_t most = length < SEARCH_LETTERS ? length : SEARCH_LETTERS;
    Reading reading = {.arena = arena, .letters = NEW_ARRAY(arena, Letter, most + 1)};
    const char *at = text, *end = text + length;
    bool paired = false;
    while (at < end && reading.count < most) {
        const char *from = at;
        char own[5];
        int32_t code = utf8_next(&at, end);
        const char *fold = code < 0 ? NULL : folded(code, own);
        if (fold && !*fold)
            continue;
        bool pairs = fold && (unsigned char)fold[0] >= 0xe2 && is_paired(code);
        if (!fold || pairs != paired)
            close_run(&reading, paired);
        paired = pairs;
        if (!fold)
            continue;
        Letter *letter = &reading.letters[reading.count++];
        letter->length = (uint8_t)strlen(fold);
        memcpy(letter->bytes, fold, (size_t)letter->length + 1);
        letter->code = code;
        letter->from = (uint32_t)(from - text);
        letter->to = (uint32_t)(at - text);
    }
    close_run(&reading, paired);
    return reading.runs;
}

const char *letter_reading(int32_t code, int n)
{
    if (code < LETTER_HAN_FROM || code >= LETTER_HAN_END || n < 0 || n >= LETTER_READINGS)
        return NULL;
    uint16_t syllable = letter_readings[(code - LETTER_HAN_FROM) * LETTER_READINGS + n];
    return syllable ? letter_syllables[syllable] : NULL;
}
