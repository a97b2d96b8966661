// SPDX-License-Identifier: Apache-2.0
#include "base/phone.h"

#include "base/phone_tables.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS 24 // of all that is dialled
#define GROUPS 8
#define EXTENSION_MARK ";ext="

// ---- patterns -------------------------------------------------------------------------------

// A pattern is compiled when it is first asked for, and stays as long as the program.
#define PATTERNS 4096
static _Atomic(pcre2_code *) compiled[PATTERNS];

static pcre2_code *pattern_code(uint16_t number)
{
    pcre2_code *code = atomic_load_explicit(&compiled[number], memory_order_acquire), *other = NULL;
    if (code)
        return code;
    int error;
    PCRE2_SIZE offset;
    code = pcre2_compile((PCRE2_SPTR)phone_patterns[number], PCRE2_ZERO_TERMINATED, PCRE2_ANCHORED,
                         &error, &offset, NULL);
    if (!code) {
        fprintf(stderr, "millrace: a pattern of telephone numbers is broken: %s\n",
                phone_patterns[number]);
        abort();
    }
    if (atomic_compare_exchange_strong(&compiled[number], &other, code))
        return code;
    pcre2_code_free(code);
    return other;
}

// Where the groups of a match lie; [0] is the whole.
typedef struct Match {
    size_t from[GROUPS + 1];
    size_t to[GROUPS + 1]; // the same as from: a group that is not there
    int last;              // the last group that is
} Match;

// At the beginning, or of the whole.
static bool matches(uint16_t number, const char *digits, bool whole, Match *out)
{
    Match match = {0};
    if (number == PHONE_NO_PATTERN)
        return false;
    pcre2_match_data *data = pcre2_match_data_create(GROUPS + 1, NULL);
    int count = data ? pcre2_match(pattern_code(number), (PCRE2_SPTR)digits, strlen(digits), 0,
                                   whole ? PCRE2_ENDANCHORED : 0, data, NULL)
                     : 0;
    PCRE2_SIZE *ends = data && count > 0 ? pcre2_get_ovector_pointer(data) : NULL;
    for (int i = 0; i < count && i <= GROUPS; i++)
        if (ends[2 * i] != PCRE2_UNSET) {
            match.from[i] = ends[2 * i];
            match.to[i] = ends[2 * i + 1];
            match.last = i;
        }
    pcre2_match_data_free(data);
    if (count > 0 && out)
        *out = match;
    return count > 0;
}

// ---- countries ------------------------------------------------------------------------------

static const PhoneRegion *region_named(const char *name)
{
    for (size_t i = 0; name && i < phone_region_count; i++)
        if (text_equal(phone_regions[i].name, name))
            return &phone_regions[i];
    return NULL;
}

// The main country of the code that the digits begin with; *length is the code's.
static const PhoneRegion *region_of(const char *digits, size_t *length)
{
    int code = 0;
    for (size_t i = 0; i < 3 && digits[i] && digits[0] != '0'; i++) {
        code = code * 10 + (digits[i] - '0');
        for (size_t r = 0; r < phone_region_count; r++)
            if (phone_regions[r].code == code) {
                *length = i + 1;
                return &phone_regions[r];
            }
    }
    return NULL;
}

bool phone_region_known(const char *region)
{
    return region && strlen(region) == 2 && region_named(region);
}

// ---- reading --------------------------------------------------------------------------------

typedef struct Typed {
    bool plus;
    char digits[DIGITS + 1];
    size_t count;
    char extension[PHONE_EXTENSION + 1];
} Typed;

// What stands between a number and its extension; NULL when there is nothing such.
static const char *after_mark(const char *at)
{
    static const char *const marks[] = {EXTENSION_MARK, "extension", "ext.", "ext", "x", "#",
                                        "转分机",       "转",        "分机"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (strncasecmp(at, marks[i], strlen(marks[i])) == 0)
            return at + strlen(marks[i]);
    return NULL;
}

static bool read_extension(const char *at, Typed *typed)
{
    at += strspn(at, " .:");
    size_t length = strspn(at, "0123456789");
    if (!length || length > PHONE_EXTENSION || at[length + strspn(at + length, " ")])
        return false;
    memcpy(typed->extension, at, length);
    return true;
}

// Blanks and marks between digits, as they are also typed in Chinese, and with full width.
static bool is_between(int32_t code)
{
    return (code < 0x80 && code > 0 && strchr(" -./()~\t", (int)code)) || code == 0xA0 ||
           (code >= 0x2010 && code <= 0x2015) || code == 0x2060 || code == 0x3000 ||
           code == 0xFF08 || code == 0xFF09 || code == 0xFF0D || code == 0xFF0F;
}

static PhoneFault read_typed(const char *text, Typed *typed)
{
    const char *end = text + strlen(text);
    if (text_starts(text, "tel:"))
        text += strlen("tel:");
    while (text < end) {
        const char *rest = typed->count ? after_mark(text) : NULL;
        if (rest)
            return read_extension(rest, typed) ? PHONE_RIGHT : PHONE_NO_NUMBER;
        int32_t code = utf8_next(&text, end);
        if (code >= 0xFF10 && code <= 0xFF19)
            code += '0' - 0xFF10;
        if ((code == '+' || code == 0xFF0B) && !typed->count && !typed->plus)
            typed->plus = true;
        else if (code >= '0' && code <= '9' && typed->count == DIGITS)
            return PHONE_TOO_LONG;
        else if (code >= '0' && code <= '9')
            typed->digits[typed->count++] = (char)code;
        else if (!is_between(code))
            return PHONE_NO_NUMBER;
    }
    return typed->count ? PHONE_RIGHT : PHONE_NO_NUMBER;
}

// Without what is dialled before a number at home, where that leaves one.
static void strip_home(const PhoneRegion *region, char *digits)
{
    Match match;
    char number[2 * DIGITS + 1] = "";
    if (!matches(region->home, digits, false, &match) || !match.to[0])
        return;
    bool grouped = match.last && match.to[match.last] > match.from[match.last];
    if (region->transform && grouped) {
        size_t length = 0;
        for (const char *at = region->transform; *at && length < DIGITS; at++) {
            if (*at != '\\') {
                number[length++] = *at;
                continue;
            }
            int group = *++at - '0';
            for (size_t i = match.from[group]; i < match.to[group] && length < DIGITS; i++)
                number[length++] = digits[i];
        }
        snprintf(number + length, sizeof number - length, "%s", digits + match.to[0]);
    } else {
        snprintf(number, sizeof number, "%s", digits + match.to[0]);
    }
    bool was = matches(region->general, digits, true, NULL);
    if (strlen(number) <= DIGITS && (!was || matches(region->general, number, true, NULL)))
        strcpy(digits, number);
}

static PhoneFault check_length(const PhoneRegion *region, size_t length)
{
    uint32_t bit = length < 32 ? UINT32_C(1) << length : 0;
    if (region->lengths & bit)
        return PHONE_RIGHT;
    if (!bit || bit > region->lengths)
        return PHONE_TOO_LONG;
    return (region->lengths & (bit - 1)) ? PHONE_NO_LENGTH : PHONE_TOO_SHORT;
}

// Some leave out the "+" of a number that they write with its country's code.
static bool has_code_without_plus(const PhoneRegion *region, const Typed *typed, char *number)
{
    size_t length = 0;
    const PhoneRegion *led = region_of(typed->digits, &length);
    if (!led || led->code != region->code || matches(region->general, number, true, NULL))
        return false;
    char without[DIGITS + 1];
    strcpy(without, typed->digits + length);
    strip_home(region, without);
    if (!matches(region->general, without, true, NULL))
        return false;
    strcpy(number, without);
    return true;
}

PhoneFault phone_read(Arena *arena, const char *text, const char *region_name, char **out)
{
    Typed typed = {0};
    Match abroad;
    char number[DIGITS + 1];
    const PhoneRegion *region = region_named(region_name);
    PhoneFault fault = read_typed(text, &typed);
    if (fault)
        return fault;
    const char *digits = typed.digits;
    if (!typed.plus && region && matches(region->abroad, digits, false, &abroad) &&
        digits[abroad.to[0]] != '0') {
        digits += abroad.to[0];
        typed.plus = true;
    }
    if (typed.plus) {
        size_t length = 0;
        region = region_of(digits, &length);
        if (!region)
            return PHONE_NO_CODE;
        digits += length;
    } else if (!region) {
        return PHONE_NO_REGION;
    }
    strcpy(number, digits);
    strip_home(region, number);
    if (!typed.plus)
        has_code_without_plus(region, &typed, number);
    fault = check_length(region, strlen(number));
    if (fault)
        return fault;
    *out = text_format(arena, "+%d%s%s%s", region->code, number,
                       typed.extension[0] ? EXTENSION_MARK : "", typed.extension);
    return PHONE_RIGHT;
}

bool phone_is_e164(const char *text)
{
    if (text[0] != '+' || text[1] < '1' || text[1] > '9')
        return false;
    size_t length = strspn(text + 1, "0123456789");
    const char *rest = text + 1 + length;
    if (length < 3 || length > DIGITS || !*rest)
        return length >= 3 && length <= DIGITS;
    if (!text_starts(rest, EXTENSION_MARK))
        return false;
    rest += strlen(EXTENSION_MARK);
    size_t digits = strspn(rest, "0123456789");
    return digits && digits <= PHONE_EXTENSION && !rest[digits];
}

// ---- writing --------------------------------------------------------------------------------

static void write_groups(Buffer *out, const char *format, const Match *match, const char *digits)
{
    for (const char *at = format; *at; at++) {
        if (*at != '\\') {
            buffer_byte(out, *at);
            continue;
        }
        int group = *++at - '0';
        buffer_add(out, digits + match->from[group], match->to[group] - match->from[group]);
    }
}

// The first group of the format gives way to the rule, in which \1 stands for it.
static void write_national(Buffer *out, const PhoneFormat *format, const Match *match,
                           const char *digits)
{
    const char *first = format->rule && *format->rule ? strchr(format->national, '\\') : NULL;
    const char *group = first ? strstr(format->rule, "\\1") : NULL;
    Buffer *whole = buffer_new(out->arena);
    if (group) {
        buffer_add(whole, format->national, (size_t)(first - format->national));
        buffer_add(whole, format->rule, (size_t)(group - format->rule));
        buffer_add(whole, first, 2);
        buffer_text(whole, group + 2);
        buffer_text(whole, first + 2);
    }
    write_groups(out, group ? whole->bytes : format->national, match, digits);
}

static const PhoneFormat *format_of(const PhoneRegion *region, const char *digits, bool home,
                                    Match *match)
{
    for (size_t i = 0; i < region->format_count; i++) {
        const PhoneFormat *format = &phone_formats[region->first_format + i];
        bool led =
            format->leading == PHONE_NO_PATTERN || matches(format->leading, digits, false, NULL);
        if (led && (home || format->international) && matches(format->shape, digits, true, match))
            return format;
    }
    return NULL;
}

const char *phone_write(Arena *arena, const char *number, const char *region_name)
{
    size_t length = 0;
    const PhoneRegion *region = phone_is_e164(number) ? region_of(number + 1, &length) : NULL;
    const PhoneRegion *here = region_named(region_name);
    if (!region)
        return number;
    bool home = here && here->code == region->code;
    const char *mark = strchr(number, ';');
    const char *rest = number + 1 + length;
    const char *digits = text_slice(arena, rest, mark ? (size_t)(mark - rest) : strlen(rest));
    Buffer *out = buffer_new(arena);
    Match match;
    const PhoneFormat *format = format_of(region, digits, home, &match);
    if (!home)
        buffer_format(out, "+%d ", region->code);
    if (!format)
        buffer_text(out, digits);
    else if (home)
        write_national(out, format, &match, digits);
    else
        write_groups(out, format->international, &match, digits);
    if (mark)
        buffer_format(out, " ext. %s", mark + strlen(EXTENSION_MARK));
    return out->bytes;
}
