// SPDX-License-Identifier: Apache-2.0
#include "search/terms.h"

#include <string.h>

#define READING_STARTS 12    // characters of one value from which readings begin
#define READING_CHARACTERS 6 // of one reading
#define READING_OTHERS 3     // first characters of a reading that are also read otherwise
#define JOINED_LETTERS 40    // of a number or an address whose parts are one word, too

typedef struct Making {
    TermSink sink;
    void *state;
} Making;

static void give(const Making *making, TermKind kind, const char *text, size_t length,
                 const Letter *first, const Letter *last)
{
    Term term = {kind, text, length, first->from, last->to};
    if (length)
        making->sink(&term, making->state);
}

// The letters from..to as one text in `out`; its length.
static size_t join(const Letter *letters, size_t from, size_t to, char *out)
{
    size_t length = 0;
    for (size_t i = from; i < to; i++) {
        memcpy(out + length, letters[i].bytes, letters[i].length);
        length += letters[i].length;
    }
    return length;
}

static void make_tail(const Making *making, const char *digits, size_t length, const Letter *first,
                      const Letter *last)
{
    char back[JOINED_LETTERS * 8];
    for (size_t i = 0; i < length; i++)
        back[i] = digits[length - 1 - i];
    if (length >= SEARCH_TAIL)
        give(making, TERM_TAIL, back, length, first, last);
}

static void make_word(const Making *making, const Run *run)
{
    char text[SEARCH_WORD_LETTERS * 8];
    const Letter *letters = run->letters;
    size_t count = run->count < SEARCH_WORD_LETTERS ? run->count : SEARCH_WORD_LETTERS;
    size_t length = join(letters, 0, count, text);
    give(making, TERM_WORD, text, length, &letters[0], &letters[count - 1]);
    if (run->digits) {
        size_t tail = run->count < JOINED_LETTERS ? run->count : JOINED_LETTERS;
        char digits[JOINED_LETTERS * 8];
        join(letters, run->count - tail, run->count, digits);
        make_tail(making, digits, tail, &letters[0], &letters[run->count - 1]);
        return;
    }
    for (size_t i = 1; i < run->count; i++) {
        size_t left = run->count - i;
        length = join(letters, i, left < count ? run->count : i + count, text);
        if (utf8_length(text, length) < SEARCH_INNER)
            return;
        give(making, TERM_INNER, text, length, &letters[i],
             &letters[left < count ? run->count - 1 : i + count - 1]);
    }
}

// The characters' readings, one behind the other; at `other` the n-th one.
static size_t read_aloud(const Letter *letters, size_t count, size_t other, int n, char *out)
{
    size_t length = 0;
    for (size_t i = 0; i < count; i++) {
        const char *reading = letter_reading(letters[i].code, i == other ? n : 0);
        if (!reading)
            break;
        length += (size_t)(stpcpy(out + length, reading) - (out + length));
    }
    return length;
}

static size_t initials(const Letter *letters, size_t count, size_t other, int n, char *out)
{
    size_t length = 0;
    for (; length < count; length++) {
        const char *reading = letter_reading(letters[length].code, length == other ? n : 0);
        if (!reading)
            break;
        out[length] = *reading;
    }
    return length;
}

// One way of reading `count` characters: whole, the first one and two of them, and the initials.
static void make_reading(const Making *making, const Letter *letters, size_t count, size_t other,
                         int n)
{
    char text[READING_CHARACTERS * 8];
    size_t length = read_aloud(letters, count, other, n, text);
    give(making, TERM_READING, text, length, &letters[0], &letters[count - 1]);
    for (size_t part = 1; part <= 2 && part < count && other < 2; part++)
        give(making, TERM_READING, text, read_aloud(letters, part, other, n, text), &letters[0],
             &letters[part - 1]);
    length = initials(letters, count, other, n, text);
    if (length > 1)
        give(making, TERM_READING, text, length, &letters[0], &letters[length - 1]);
}

static void make_paired(const Making *making, const Run *run, size_t *starts)
{
    const Letter *letters = run->letters;
    char text[16];
    for (size_t i = 0; i < run->count; i++) {
        size_t two = i + 2 <= run->count ? i + 2 : i + 1;
        give(making, TERM_PAIR, text, join(letters, i, two, text), &letters[i], &letters[two - 1]);
    }
    for (size_t i = 0; i < run->count && *starts < READING_STARTS; i++) {
        size_t count = 0;
        while (count < READING_CHARACTERS && i + count < run->count &&
               letter_reading(letters[i + count].code, 0))
            count++;
        if (!count)
            continue;
        ++*starts;
        make_reading(making, letters + i, count, 0, 0);
        for (size_t other = 0; other < count && other < READING_OTHERS; other++)
            for (int n = 1; letter_reading(letters[i + other].code, n); n++)
                make_reading(making, letters + i, count, other, n);
    }
}

// "AC-000123" is also one word, and so are the parts of a telephone number.
static void make_joined(const Making *making, const char *value, const Runs *runs)
{
    char text[JOINED_LETTERS * 8];
    size_t letters = 0, length = 0;
    bool digits = true;
    for (size_t i = 0; i < runs->count; i++) {
        letters += runs->items[i].count;
        digits = digits && runs->items[i].digits;
        if (runs->items[i].paired || letters > JOINED_LETTERS)
            return;
    }
    if (runs->count < 2 || (!digits && strpbrk(value, " \t\r\n")))
        return;
    for (size_t i = 0; i < runs->count; i++)
        length += join(runs->items[i].letters, 0, runs->items[i].count, text + length);
    const Run *last = &runs->items[runs->count - 1];
    const Letter *first = runs->items[0].letters, *end = &last->letters[last->count - 1];
    give(making, TERM_WORD, text, length, first, end);
    if (digits)
        make_tail(making, text, length, first, end);
}

void terms_of(Arena *arena, const char *value, TermSink sink, void *state)
{
    Making making = {sink, state};
    Runs runs = letter_runs(arena, value);
    size_t starts = 0;
    for (size_t i = 0; i < runs.count; i++)
        if (runs.items[i].paired)
            make_paired(&making, &runs.items[i], &starts);
        else
            make_word(&making, &runs.items[i]);
    make_joined(&making, value, &runs);
}

// ---- for an index ---------------------------------------------------------------------------

typedef struct Writing {
    Buffer *out;
    const char *place;
} Writing;

static void put(const Writing *writing, char kind, const char *text, size_t length)
{
    buffer_add(writing->out, writing->place, SEARCH_PLACE);
    buffer_byte(writing->out, kind);
    buffer_add(writing->out, text, length);
    buffer_byte(writing->out, ' ');
}

static void put_term(const Term *term, void *state)
{
    static const char kinds[] = {'w', 'w', 'i', 'p', 't'};
    const Writing *writing = state;
    put(writing, kinds[term->kind], term->text, term->length);
    if (term->kind != TERM_WORD && term->kind != TERM_READING)
        return;
    const char *at = term->text, *end = term->text + term->length;
    for (size_t letters = 1; at < end && letters <= SEARCH_EDGE; letters++) {
        utf8_next(&at, end);
        if (letters > 1)
            put(writing, 'e', term->text, (size_t)(at - term->text));
    }
}

void terms_write(Buffer *out, const char place[static SEARCH_PLACE], const char *value)
{
    Writing writing = {out, place};
    terms_of(out->arena, value, put_term, &writing);
}
