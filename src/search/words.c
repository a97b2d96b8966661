// SPDX-License-Identifier: Apache-2.0
#include "search/words.h"

#include <string.h>

#define NATIONAL_DIGITS 7 // so many digits behind a 0 are a telephone number as dialled at home

static SearchWord word_of(Arena *arena, const Run *run)
{
    Buffer *text = buffer_new(arena);
    size_t count = run->count < SEARCH_WORD_LETTERS ? run->count : SEARCH_WORD_LETTERS;
    for (size_t i = 0; i < count; i++)
        buffer_add(text, run->letters[i].bytes, run->letters[i].length);
    return (SearchWord){text->bytes, text->length, utf8_length(text->bytes, text->length),
                        run->paired, run->digits};
}

SearchWords words_read(Arena *arena, const char *text)
{
    SearchWords words = {0};
    Runs runs = letter_runs(arena, text);
    bool digits = true;
    Buffer *joined = buffer_new(arena);
    for (size_t i = 0; i < runs.count && words.count < SEARCH_WORDS; i++) {
        words.items[words.count] = word_of(arena, &runs.items[i]);
        digits = digits && runs.items[i].digits;
        buffer_add(joined, words.items[words.count].text, words.items[words.count].length);
        words.count++;
    }
    if (digits && words.count > 1 && joined->length <= SEARCH_WORD_LETTERS)
        words.joined = (SearchWord){joined->bytes, joined->length, joined->length, false, true};
    return words;
}

SearchWords words_within(const SearchWords *words)
{
    SearchWords within = {0};
    for (size_t i = 0; i < words->count; i++) {
        const SearchWord *word = &words->items[i];
        if (word->paired || (!word->digits && word->letters >= SEARCH_INNER))
            within.items[within.count++] = *word;
    }
    return within;
}

// The digits that a number ends in: without the zeros that are dialled at home only.
static Text tail_of(const SearchWord *word)
{
    Text tail = {word->text, word->length};
    while (word->length >= NATIONAL_DIGITS && tail.length > SEARCH_TAIL && *tail.bytes == '0') {
        tail.bytes++;
        tail.length--;
    }
    return tail;
}

static bool begins(const Term *term, const SearchWord *word)
{
    return term->length >= word->length && memcmp(term->text, word->text, word->length) == 0;
}

static bool ends_in(const Term *term, const SearchWord *word)
{
    Text tail = tail_of(word);
    if (!word->digits || tail.length < SEARCH_TAIL || tail.length > term->length)
        return false;
    for (size_t i = 0; i < tail.length; i++)
        if (term->text[i] != tail.bytes[tail.length - 1 - i])
            return false;
    return true;
}

static Found found_in(const Term *term, const SearchWord *word)
{
    bool whole = term->length == word->length;
    if (word->paired)
        return FOUND_NOT; // looked for letter by letter
    switch (term->kind) {
    case TERM_WORD:
        if (!begins(term, word) || (word->letters < 2 && !whole))
            return FOUND_NOT;
        return whole ? FOUND_WHOLE : FOUND_START;
    case TERM_READING:
        if (!begins(term, word) || (word->letters < 2 && !whole))
            return FOUND_NOT;
        return whole ? FOUND_START : FOUND_END;
    case TERM_INNER:
        return word->letters >= SEARCH_INNER && begins(term, word) ? FOUND_INSIDE : FOUND_NOT;
    case TERM_TAIL:
        return ends_in(term, word) ? FOUND_END : FOUND_NOT;
    default:
        return FOUND_NOT;
    }
}

typedef struct Looking {
    Arena *arena;
    const SearchWords *words;
    WordHit *hits;
    const char *value;
} Looking;

static void note(WordHit *hit, Found found, uint32_t from, uint32_t to)
{
    if (found > hit->found)
        *hit = (WordHit){found, from, to};
}

// Of a word the letters that were typed, not all it goes on with. Readings stand for characters,
// which are told whole.
static void note_term(WordHit *hit, Found found, const Term *term, const SearchWord *word)
{
    uint32_t from = term->from, to = term->to, length = (uint32_t)word->length;
    if (term->length == to - from && term->kind == TERM_TAIL)
        from = to - (uint32_t)tail_of(word).length;
    else if (term->length == to - from && term->kind != TERM_READING)
        to = from + length;
    note(hit, found, from, to);
}

static void look_at(const Term *term, void *state)
{
    const Looking *looking = state;
    const SearchWords *words = looking->words;
    for (size_t i = 0; i < words->count; i++) {
        Found found = found_in(term, &words->items[i]);
        if (found)
            note_term(&looking->hits[i], found, term, &words->items[i]);
    }
    if (words->joined.length) {
        Found found = found_in(term, &words->joined);
        if (found)
            note_term(&looking->hits[SEARCH_WORDS], found, term, &words->joined);
    }
}

// A word of paired letters stands in the run as it is.
static void look_in_run(const Run *run, const SearchWord *word, WordHit *hit)
{
    for (size_t i = 0; i + word->letters <= run->count; i++) {
        const char *at = word->text, *end = word->text + word->length;
        size_t j = i;
        for (; at < end && j < run->count; j++) {
            size_t length = run->letters[j].length;
            if ((size_t)(end - at) < length || memcmp(at, run->letters[j].bytes, length) != 0)
                break;
            at += length;
        }
        if (at < end)
            continue;
        Found found = i ? FOUND_INSIDE : j == run->count ? FOUND_WHOLE : FOUND_START;
        note(hit, found, run->letters[i].from, run->letters[j - 1].to);
    }
}

void words_look(Arena *arena, const SearchWords *words, const char *value,
                WordHit hits[static SEARCH_WORDS + 1])
{
    Looking looking = {arena, words, hits, value};
    memset(hits, 0, sizeof *hits * (SEARCH_WORDS + 1));
    terms_of(arena, value, look_at, &looking);
    Runs runs = {0};
    for (size_t i = 0; i < words->count; i++) {
        if (!words->items[i].paired)
            continue;
        if (!runs.count)
            runs = letter_runs(arena, value);
        for (size_t r = 0; r < runs.count; r++)
            if (runs.items[r].paired)
                look_in_run(&runs.items[r], &words->items[i], &hits[i]);
    }
}

// ---- the question ---------------------------------------------------------------------------

typedef struct Asking {
    Buffer *out;
    bool tsquery;
    bool first; // of the terms joined by OR
} Asking;

static void ask(Asking *asking, const char *place, char kind, Text text, bool prefix)
{
    const char *quote = asking->tsquery ? "'" : "\"";
    buffer_text(asking->out, asking->first ? "" : asking->tsquery ? " | " : " OR ");
    asking->first = false;
    buffer_format(asking->out, "%s%s%c", quote, place, kind);
    buffer_add(asking->out, text.bytes, text.length);
    buffer_text(asking->out, quote);
    if (prefix)
        buffer_text(asking->out, asking->tsquery ? ":*" : " *");
}

static void ask_word(Asking *asking, const char *place, const SearchWord *word, Reach reach)
{
    Text text = {word->text, word->length};
    bool start = reach >= REACH_START;
    if (!start || word->letters < 2)
        ask(asking, place, 'w', text, false);
    else if (word->letters <= SEARCH_EDGE)
        ask(asking, place, 'e', text, false);
    else
        ask(asking, place, 'w', text, true);
    Text tail = tail_of(word);
    if (start && word->digits && tail.length >= SEARCH_TAIL) {
        char back[SEARCH_WORD_LETTERS + 1];
        for (size_t i = 0; i < tail.length; i++)
            back[i] = tail.bytes[tail.length - 1 - i];
        ask(asking, place, 't', (Text){back, tail.length}, true);
    }
    if (reach == REACH_ANY && word->letters >= SEARCH_INNER)
        ask(asking, place, 'i', text, true);
}

// Both letters of every pair, joined by AND; one letter alone begins a pair.
static void ask_pairs(Asking *asking, const char *place, const SearchWord *word)
{
    const char *at = word->text, *end = word->text + word->length;
    buffer_text(asking->out, asking->first ? "(" : asking->tsquery ? " | (" : " OR (");
    for (size_t i = 0; i == 0 || i + 1 < word->letters; i++) {
        const char *next = at;
        utf8_next(&next, end);
        const char *second = next;
        if (second < end)
            utf8_next(&second, end);
        buffer_text(asking->out, !i ? "" : asking->tsquery ? " & " : " AND ");
        asking->first = true;
        ask(asking, place, 'p', (Text){at, (size_t)(second - at)}, word->letters == 1);
        at = next;
    }
    asking->first = false;
    buffer_text(asking->out, ")");
}

static void ask_in_places(Asking *asking, const SearchWord *word,
                          const char (*places)[SEARCH_PLACE + 1], size_t count, Reach reach)
{
    buffer_text(asking->out, "(");
    asking->first = true;
    for (size_t i = 0; i < count; i++)
        if (word->paired)
            ask_pairs(asking, places[i], word);
        else
            ask_word(asking, places[i], word, reach);
    buffer_text(asking->out, ")");
}

char *words_question(Arena *arena, const SearchWords *words, const char (*places)[SEARCH_PLACE + 1],
                     size_t place_count, Reach reach, bool tsquery)
{
    Asking asking = {.out = buffer_new(arena), .tsquery = tsquery};
    buffer_text(asking.out, "(");
    for (size_t i = 0; i < words->count; i++) {
        buffer_text(asking.out, !i ? "" : tsquery ? " & " : " AND ");
        ask_in_places(&asking, &words->items[i], places, place_count, reach);
    }
    buffer_text(asking.out, ")");
    if (words->joined.length) {
        buffer_text(asking.out, tsquery ? " | " : " OR ");
        ask_in_places(&asking, &words->joined, places, place_count, reach);
    }
    return asking.out->bytes;
}
