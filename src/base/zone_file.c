// SPDX-License-Identifier: Apache-2.0
// TZif files (RFC 8536) and the POSIX TZ rule at their end. The files are the system's, yet each
// count and index is checked: a broken file is no zone.
#include "base/zone_parts.h"

#include <stdlib.h>
#include <string.h>

#define HEADER_SIZE 44
#define OFFSET_MOST (26 * 3600)

typedef struct Counts {
    size_t utc_marks;
    size_t standard_marks;
    size_t leaps;
    size_t times;
    size_t types;
    size_t name_bytes;
} Counts;

static uint32_t read_32(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static int64_t read_64(const unsigned char *at)
{
    return (int64_t)((uint64_t)read_32(at) << 32 | read_32(at + 4));
}

static bool read_header(const unsigned char *at, const unsigned char *end, Counts *counts)
{
    if (end - at < HEADER_SIZE || memcmp(at, "TZif", 4) != 0 || at[4] < '2')
        return false;
    *counts = (Counts){read_32(at + 20), read_32(at + 24), read_32(at + 28),
                       read_32(at + 32), read_32(at + 36), read_32(at + 40)};
    return true;
}

static size_t body_size(const Counts *counts, size_t time_size)
{
    return counts->times * (time_size + 1) + counts->types * 6 + counts->name_bytes +
           counts->leaps * (time_size + 4) + counts->standard_marks + counts->utc_marks;
}

static bool read_changes(const unsigned char *at, const Counts *counts, Zone *out)
{
    const unsigned char *indexes = at + counts->times * 8;
    const unsigned char *types = indexes + counts->times;
    for (size_t i = 0; i < counts->types; i++)
        if (abs((int32_t)read_32(types + i * 6)) > OFFSET_MOST)
            return false;
    out->first_offset = (int32_t)read_32(types);
    out->count = (int)counts->times;
    out->times = calloc(counts->times + 1, sizeof *out->times);
    out->offsets = calloc(counts->times + 1, sizeof *out->offsets);
    if (!out->times || !out->offsets)
        abort();
    for (size_t i = 0; i < counts->times; i++) {
        if (indexes[i] >= counts->types)
            return false;
        out->times[i] = read_64(at + i * 8);
        out->offsets[i] = (int32_t)read_32(types + indexes[i] * 6);
        if (i && out->times[i] <= out->times[i - 1])
            return false;
    }
    return true;
}

static bool read_footer(const unsigned char *at, const unsigned char *end, Zone *out)
{
    char text[128];
    if (at == end || *at++ != '\n')
        return false;
    const unsigned char *close = memchr(at, '\n', (size_t)(end - at));
    if (!close || (size_t)(close - at) >= sizeof text)
        return false;
    memcpy(text, at, (size_t)(close - at));
    text[close - at] = '\0';
    return !*text || zone_rule_read(text, &out->footer);
}

bool zone_read(const unsigned char *bytes, size_t length, Zone *out)
{
    const unsigned char *at = bytes, *end = bytes + length;
    Counts counts;
    // The first body has 32-bit times for old readers; the second one counts.
    for (int version = 1; version <= 2; version++) {
        if (!read_header(at, end, &counts))
            return false;
        at += HEADER_SIZE;
        size_t size = body_size(&counts, version == 1 ? 4 : 8);
        if (size > (size_t)(end - at) || !counts.types)
            return false;
        if (version == 1)
            at += size;
    }
    bool sound = counts.leaps == 0 && read_changes(at, &counts, out) &&
                 read_footer(at + body_size(&counts, 8), end, out);
    if (!sound) {
        free(out->times);
        free(out->offsets);
        out->times = NULL;
        out->offsets = NULL;
    }
    return sound;
}

static bool is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

// "CET" or "<+03>".
static bool skip_name(const char **at)
{
    const char *from = *at;
    if (**at == '<') {
        *at += strcspn(*at, ">");
        if (**at != '>')
            return false;
        ++*at;
        return true;
    }
    while (is_letter(**at))
        ++*at;
    return *at - from >= 3;
}

static bool read_count(const char **at, int most, int *out)
{
    int number = 0;
    const char *from = *at;
    for (; **at >= '0' && **at <= '9'; ++*at)
        if ((number = number * 10 + (**at - '0')) > most)
            return false;
    *out = number;
    return *at > from;
}

// [+-]hh[:mm[:ss]] in seconds.
static bool read_clock(const char **at, int *out)
{
    int hours, minutes = 0, seconds = 0;
    bool negative = **at == '-';
    if (**at == '+' || **at == '-')
        ++*at;
    if (!read_count(at, 167, &hours))
        return false;
    if (**at == ':') {
        ++*at;
        if (!read_count(at, 59, &minutes))
            return false;
        if (**at == ':') {
            ++*at;
            if (!read_count(at, 59, &seconds))
                return false;
        }
    }
    int total = hours * 3600 + minutes * 60 + seconds;
    *out = negative ? -total : total;
    return true;
}

static bool read_rule(const char **at, Rule *rule)
{
    rule->second = 2 * 3600;
    if (*(*at)++ != ',')
        return false;
    if (**at == 'M') {
        ++*at;
        rule->form = RULE_MONTH;
        if (!read_count(at, 12, &rule->month) || rule->month < 1 || *(*at)++ != '.' ||
            !read_count(at, 5, &rule->week) || rule->week < 1 || *(*at)++ != '.' ||
            !read_count(at, 6, &rule->weekday))
            return false;
    } else {
        rule->form = **at == 'J' ? RULE_JULIAN : RULE_DAY_OF_YEAR;
        *at += **at == 'J';
        if (!read_count(at, 365, &rule->day) || (rule->form == RULE_JULIAN && rule->day < 1))
            return false;
    }
    if (**at != '/')
        return true;
    ++*at;
    return read_clock(at, &rule->second);
}

bool zone_rule_read(const char *text, Footer *out)
{
    Footer footer = {.exists = true};
    const char **at = &text;
    // POSIX counts west of Greenwich.
    if (!skip_name(at) || !read_clock(at, &footer.offset))
        return false;
    footer.offset = -footer.offset;
    if (**at) {
        footer.changes = true;
        footer.summer_offset = footer.offset + 3600;
        if (!skip_name(at))
            return false;
        if (**at != ',') {
            if (!read_clock(at, &footer.summer_offset))
                return false;
            footer.summer_offset = -footer.summer_offset;
        }
        if (!read_rule(at, &footer.start) || !read_rule(at, &footer.end) || **at)
            return false;
    }
    if (abs(footer.offset) > OFFSET_MOST || abs(footer.summer_offset) > OFFSET_MOST)
        return false;
    *out = footer;
    return true;
}
