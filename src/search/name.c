// SPDX-License-Identifier: Apache-2.0
#include "search/name.h"

#include "search/letter.h"

#include <stdlib.h>
#include <string.h>

#define NAME_WORDS 16
#define SHORT_NAME 4 // letters of the shortest name in which one may differ
#define LONG_NAME 9  // and two
#define MOST_EDITS 2
#define SAME_READING 80

// ---- the words of a name --------------------------------------------------------------------

static bool is_among(const char *word, const char *const *words)
{
    for (; *words; words++)
        if (text_equal(word, *words))
            return true;
    return false;
}

static bool is_legal_form(const char *word)
{
    static const char *const forms[] = {
        "ab",      "ag",          "aps", "as",   "bv",   "bvba", "co",  "company",
        "corp",    "corporation", "dd",  "doo",  "ek",   "ev",   "eg",  "gbr",
        "gmbh",    "inc",         "kg",  "kgaa", "kft",  "kk",   "llc", "llp",
        "lp",      "ltd",         "mbh", "nv",   "ohg",  "oy",   "oyj", "plc",
        "pte",     "pty",         "pvt", "sa",   "sarl", "sas",  "se",  "spa",
        "spol",    "sprl",        "srl", "sro",  "ug",   "zoo",  "zrt", "incorporated",
        "limited", "und",         "and", "et",   "the",  "of",   NULL};
    return is_among(word, forms);
}

static bool is_address(const char *word)
{
    static const char *const forms[] = {"dr",   "prof", "mr",    "mrs", "ms", "miss",
                                        "herr", "frau", "herrn", "the", NULL};
    return is_among(word, forms);
}

// Longest first.
static const char *const paired_ends[] = {
    "股份有限公司", "有限责任公司", "有限責任公司", "有限公司", "株式会社", "股份公司", "集团公司",
    "集团",         "集團",         "公司",         "先生",     "女士",     "小姐",     NULL};

typedef struct Words {
    Arena *arena;
    const char *items[NAME_WORDS];
    bool paired[NAME_WORDS];
    size_t count;
} Words;

static void add_word(Words *words, const Run *run)
{
    Buffer *text = buffer_new(words->arena);
    for (size_t i = 0; i < run->count; i++)
        buffer_add(text, run->letters[i].bytes, run->letters[i].length);
    if (words->count < NAME_WORDS && text->length) {
        words->items[words->count] = text->bytes;
        words->paired[words->count++] = run->paired;
    }
}

// "G.m.b.H." is one word.
static Words words_of(Arena *arena, const char *name)
{
    Words words = {.arena = arena};
    Runs runs = letter_runs(arena, name);
    for (size_t i = 0; i < runs.count; i++) {
        const Run *run = &runs.items[i];
        bool single = run->count == 1 && !run->paired && !run->digits;
        bool after_single = single && i > 0 && runs.items[i - 1].count == 1 &&
                            !runs.items[i - 1].paired && !runs.items[i - 1].digits;
        if (after_single && words.count)
            words.items[words.count - 1] =
                text_format(arena, "%s%s", words.items[words.count - 1], run->letters[0].bytes);
        else
            add_word(&words, run);
    }
    return words;
}

static const char *without_ends(Arena *arena, const char *word)
{
    for (size_t i = 0; paired_ends[i]; i++)
        if (text_ends(word, paired_ends[i]))
            return without_ends(arena,
                                text_slice(arena, word, strlen(word) - strlen(paired_ends[i])));
    return word;
}

// What is left of a name that is nothing but forms is the name.
static void take_forms_out(Words *words)
{
    Words kept = {.arena = words->arena};
    for (size_t i = 0; i < words->count; i++) {
        const char *word = words->items[i];
        bool last = i + 1 == words->count;
        if (words->paired[i])
            word = without_ends(words->arena, word);
        else if ((kept.count && is_legal_form(word)) || (!kept.count && !last && is_address(word)))
            word = "";
        if (!*word)
            continue;
        kept.items[kept.count] = word;
        kept.paired[kept.count++] = words->paired[i];
    }
    if (kept.count)
        *words = kept;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void read_letters(const Words *words, NameCore *core)
{
    Buffer *reading = buffer_new(words->arena);
    for (size_t w = 0; w < words->count; w++) {
        const char *at = words->items[w], *end = at + strlen(at);
        while (at < end) {
            const char *from = at;
            int32_t code = utf8_next(&at, end);
            const char *aloud = letter_reading(code, 0);
            core->read_aloud = core->read_aloud || aloud;
            if (aloud)
                buffer_text(reading, aloud);
            else
                buffer_add(reading, from, (size_t)(at - from));
            if (core->count < NAME_LETTERS)
                core->letters[core->count++] = code;
        }
    }
    buffer_text(reading, "");
    core->reading = reading->bytes;
}

NameCore name_core(Arena *arena, const char *name)
{
    NameCore core = {0};
    Words words = words_of(arena, name);
    take_forms_out(&words);
    read_letters(&words, &core);
    qsort(words.items, words.count, sizeof *words.items, by_text);
    Buffer *sorted = buffer_new(arena);
    for (size_t i = 0; i < words.count; i++)
        buffer_format(sorted, "%s%s", i ? " " : "", words.items[i]);
    buffer_text(sorted, "");
    core.sorted = sorted->bytes;
    return core;
}

// ---- keys -----------------------------------------------------------------------------------

static int edits_allowed(size_t letters)
{
    return letters < SHORT_NAME ? 0 : letters < LONG_NAME ? 1 : MOST_EDITS;
}

// The part of a name of so many letters: "P", its number, how many letters, the letters.
static void add_part(Arena *arena, NameKeys *out, size_t part, size_t letters, const int32_t *codes,
                     size_t count)
{
    Buffer *key = buffer_new(arena);
    buffer_format(key, "P%zu.%zu.", part, letters);
    for (size_t i = 0; i < count; i++) {
        char bytes[4];
        buffer_add(key, bytes, utf8_encode(codes[i], bytes));
    }
    array_push(arena, *out) = key->bytes;
}

// Where part p of parts of n letters begins.
static size_t part_begin(size_t letters, size_t parts, size_t part)
{
    return letters * part / parts;
}

static int by_code(const void *a, const void *b)
{
    int32_t left = *(const int32_t *)a, right = *(const int32_t *)b;
    return (left > right) - (left < right);
}

// Letters that have changed places are all there.
static void add_letters(Arena *arena, const NameCore *core, NameKeys *out)
{
    int32_t sorted[NAME_LETTERS];
    memcpy(sorted, core->letters, sizeof sorted);
    qsort(sorted, core->count, sizeof *sorted, by_code);
    add_part(arena, out, 9, core->count, sorted, core->count);
}

static void add_common(Arena *arena, const NameCore *core, bool similar, NameKeys *out)
{
    if (!core->count)
        return;
    array_push(arena, *out) = text_format(arena, "W%s", core->sorted);
    if (!similar)
        return;
    if (core->count >= 2)
        array_push(arena, *out) = text_format(arena, "R%s", core->reading);
    if (core->count >= SHORT_NAME)
        add_letters(arena, core, out);
}

void name_keys(Arena *arena, const NameCore *core, bool similar, NameKeys *out)
{
    size_t letters = core->count, parts = (size_t)edits_allowed(letters) + 1;
    add_common(arena, core, similar, out);
    for (size_t p = 0; similar && parts > 1 && p < parts; p++) {
        size_t from = part_begin(letters, parts, p), to = part_begin(letters, parts, p + 1);
        add_part(arena, out, p, letters, core->letters + from, to - from);
    }
}

// Part p of a name of `letters` stands in this one at its place, or moved by the letters that are
// more or fewer before it: as many as are left when the rest is behind it.
static void ask_part(Arena *arena, const NameCore *core, size_t letters, size_t part, NameKeys *out)
{
    int edits = edits_allowed(letters), more = (int)core->count - (int)letters;
    size_t parts = (size_t)edits + 1;
    size_t from = part_begin(letters, parts, part), to = part_begin(letters, parts, part + 1);
    for (int moved = -edits; moved <= edits; moved++) {
        bool first = part == 0, last = part + 1 == parts;
        if ((first && moved) || (last && moved != more) || abs(moved) + abs(more - moved) > edits)
            continue;
        int begin = (int)from + moved;
        if (begin >= 0 && begin + (int)(to - from) <= (int)core->count)
            add_part(arena, out, part, letters, core->letters + begin, to - from);
    }
}

void name_questions(Arena *arena, const NameCore *core, bool similar, NameKeys *out)
{
    add_common(arena, core, similar, out);
    for (int more = -MOST_EDITS; similar && more <= MOST_EDITS; more++) {
        int letters = (int)core->count + more;
        int edits = letters > 0 ? edits_allowed((size_t)letters) : 0;
        for (int p = 0; edits && abs(more) <= edits && p <= edits; p++)
            ask_part(arena, core, (size_t)letters, (size_t)p, out);
    }
}

// ---- closeness ------------------------------------------------------------------------------

// Levenshtein's distance.
static int distance(const NameCore *a, const NameCore *b)
{
    int row[NAME_LETTERS + 1];
    for (size_t j = 0; j <= b->count; j++)
        row[j] = (int)j;
    for (size_t i = 1; i <= a->count; i++) {
        int diagonal = row[0];
        row[0] = (int)i;
        for (size_t j = 1; j <= b->count; j++) {
            int replaced = diagonal + (a->letters[i - 1] != b->letters[j - 1]);
            int shifted = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
            diagonal = row[j];
            row[j] = replaced < shifted ? replaced : shifted;
        }
    }
    return row[b->count];
}

// Two neighbours have changed places, and nothing else.
static bool is_swapped(const NameCore *a, const NameCore *b)
{
    size_t i = 0;
    if (a->count != b->count)
        return false;
    while (i < a->count && a->letters[i] == b->letters[i])
        i++;
    return i + 1 < a->count && a->letters[i] == b->letters[i + 1] &&
           a->letters[i + 1] == b->letters[i] &&
           memcmp(a->letters + i + 2, b->letters + i + 2,
                  (a->count - i - 2) * sizeof *a->letters) == 0;
}

int name_closeness(const NameCore *a, const NameCore *b, bool similar)
{
    size_t shorter = a->count < b->count ? a->count : b->count;
    if (!shorter)
        return 0;
    if (text_equal(a->sorted, b->sorted))
        return 100;
    if (!similar)
        return 0;
    int reading =
        (a->read_aloud || b->read_aloud) && shorter >= 2 && text_equal(a->reading, b->reading)
            ? SAME_READING
            : 0;
    int allowed = edits_allowed(shorter);
    int edits = allowed && is_swapped(a, b) ? 1 : allowed ? distance(a, b) : MOST_EDITS + 1;
    int letters = edits <= allowed ? 100 - 100 * edits / (int)shorter : 0;
    return letters > reading ? letters : reading;
}
