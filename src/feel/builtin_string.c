// SPDX-License-Identifier: Apache-2.0
// String functions (DMN 1.5, 10.3.4.3): positions count code points.
#include "feel/builtin.h"
#include "feel/regex.h"

#include <locale.h>
#include <string.h>
#include <wctype.h>

static Value slice(Machine *machine, const char *bytes, size_t length)
{
    return value_text_of(text_slice(machine->arena, bytes, length), length);
}

// The byte offset of a code point.
static size_t offset_of(Text text, int64_t points)
{
    const char *at = text.bytes;
    const char *end = text.bytes + text.length;
    while (points-- > 0 && at < end)
        utf8_next(&at, end);
    return (size_t)(at - text.bytes);
}

BUILTIN(substring, "substring", "string: string, start position: number, length: number -> string",
        2, 3)
{
    Text text;
    int64_t start;
    int64_t length = INT64_MAX;
    if (!argument_text(machine, arguments, 0, &text) ||
        !argument_integer(machine, arguments, 1, &start))
        return value_null();
    if (count > 2 && arguments[2].kind != VALUE_NULL &&
        !argument_integer(machine, arguments, 2, &length))
        return value_null();
    int64_t size = (int64_t)utf8_length(text.bytes, text.length);
    if (start == 0 || start > size || start < -size)
        return machine_diagnose(machine, "index", NULL,
                                "substring() begins outside the %lld characters", (long long)size);
    if (length < 1)
        return machine_diagnose(machine, "index", NULL, "substring() of no length");
    int64_t first = start > 0 ? start - 1 : size + start;
    if (length > size - first)
        length = size - first;
    size_t from = offset_of(text, first);
    size_t to = offset_of(text, first + length);
    return slice(machine, text.bytes + from, to - from);
}

BUILTIN(string_length, "string length", "string: string -> number", 1, 1)
{
    Text text;
    if (!argument_text(machine, arguments, 0, &text))
        return value_null();
    return value_integer((int64_t)utf8_length(text.bytes, text.length));
}

// Simple case mapping by the tables of the C library, independent of the locale of the process.
static int32_t change_case(int32_t point, bool upper)
{
    static locale_t unicode;
    if (point < 0x80)
        return upper ? (point >= 'a' && point <= 'z' ? point - 32 : point)
                     : (point >= 'A' && point <= 'Z' ? point + 32 : point);
    locale_t known = __atomic_load_n(&unicode, __ATOMIC_ACQUIRE);
    if (!known) {
        known = newlocale(LC_CTYPE_MASK, "C.UTF-8", NULL);
        locale_t none = NULL;
        if (!known)
            return point;
        if (!__atomic_compare_exchange_n(&unicode, &none, known, false, __ATOMIC_ACQ_REL,
                                         __ATOMIC_ACQUIRE)) {
            freelocale(known);
            known = none;
        }
    }
    return (int32_t)(upper ? towupper_l((wint_t)point, known) : towlower_l((wint_t)point, known));
}

static Value map_case(Machine *machine, Text text, bool upper)
{
    Buffer *out = buffer_new(machine->arena);
    const char *at = text.bytes;
    const char *end = text.bytes + text.length;
    while (at < end) {
        char bytes[4];
        int32_t point = utf8_next(&at, end);
        if (upper && point == 0xDF) {
            buffer_text(out, "SS");
            continue;
        }
        buffer_add(out, bytes, utf8_encode(change_case(point, upper), bytes));
    }
    return value_text_of(out->bytes, out->length);
}

BUILTIN(upper_case, "upper case", "string: string -> string", 1, 1)
{
    Text text;
    if (!argument_text(machine, arguments, 0, &text))
        return value_null();
    return map_case(machine, text, true);
}

BUILTIN(lower_case, "lower case", "string: string -> string", 1, 1)
{
    Text text;
    if (!argument_text(machine, arguments, 0, &text))
        return value_null();
    return map_case(machine, text, false);
}

static bool two_texts(Machine *machine, const Value *arguments, Text *text, Text *match)
{
    return argument_text(machine, arguments, 0, text) &&
           argument_text(machine, arguments, 1, match);
}

BUILTIN(substring_before, "substring before", "string: string, match: string -> string", 2, 2)
{
    Text text;
    Text match;
    if (!two_texts(machine, arguments, &text, &match))
        return value_null();
    const char *hit = memmem(text.bytes, text.length, match.bytes, match.length);
    return slice(machine, text.bytes, hit ? (size_t)(hit - text.bytes) : 0);
}

BUILTIN(substring_after, "substring after", "string: string, match: string -> string", 2, 2)
{
    Text text;
    Text match;
    if (!two_texts(machine, arguments, &text, &match))
        return value_null();
    const char *hit = memmem(text.bytes, text.length, match.bytes, match.length);
    if (!hit)
        return value_text("");
    hit += match.length;
    return slice(machine, hit, (size_t)(text.bytes + text.length - hit));
}

BUILTIN(contains, "contains", "string: string, match: string -> boolean", 2, 2)
{
    Text text;
    Text match;
    if (!two_texts(machine, arguments, &text, &match))
        return value_null();
    return value_boolean(memmem(text.bytes, text.length, match.bytes, match.length) != NULL);
}

BUILTIN(starts_with, "starts with", "string: string, match: string -> boolean", 2, 2)
{
    Text text;
    Text match;
    if (!two_texts(machine, arguments, &text, &match))
        return value_null();
    return value_boolean(match.length <= text.length &&
                         memcmp(text.bytes, match.bytes, match.length) == 0);
}

BUILTIN(ends_with, "ends with", "string: string, match: string -> boolean", 2, 2)
{
    Text text;
    Text match;
    if (!two_texts(machine, arguments, &text, &match))
        return value_null();
    return value_boolean(
        match.length <= text.length &&
        memcmp(text.bytes + text.length - match.length, match.bytes, match.length) == 0);
}

static bool optional_text(Machine *machine, const Value *arguments, size_t count, size_t index,
                          Text *out)
{
    *out = (Text){"", 0};
    if (index >= count || arguments[index].kind == VALUE_NULL)
        return true;
    return argument_text(machine, arguments, index, out);
}

BUILTIN(matches, "matches", "input: string, pattern: string, flags: string -> boolean", 2, 3)
{
    Text input;
    Text pattern;
    Text flags;
    const size_t *offsets;
    if (!two_texts(machine, arguments, &input, &pattern) ||
        !optional_text(machine, arguments, count, 2, &flags))
        return value_null();
    Regex *regex = regex_compile(machine, pattern, flags);
    int found = regex ? regex_match(machine, regex, input, 0, &offsets) : -1;
    return found < 0 ? value_null() : value_boolean(found > 0);
}

// XPath's replacement: $1 is a group, \$ and \\ stand for themselves, all else is an error. A $
// takes as many digits as make a group there is.
static bool add_replacement(Buffer *out, Text replacement, Text input, const size_t *offsets,
                            size_t groups)
{
    const char *at = replacement.bytes;
    const char *end = at + replacement.length;
    while (at < end) {
        if (*at == '\\') {
            if (++at >= end || (*at != '\\' && *at != '$'))
                return false;
            buffer_byte(out, *at++);
        } else if (*at == '$') {
            if (++at >= end || *at < '0' || *at > '9')
                return false;
            size_t group = (size_t)(*at++ - '0');
            while (at < end && *at >= '0' && *at <= '9' &&
                   group * 10 + (size_t)(*at - '0') <= groups)
                group = group * 10 + (size_t)(*at++ - '0');
            if (group <= groups && offsets[2 * group] != SIZE_MAX)
                buffer_add(out, input.bytes + offsets[2 * group],
                           offsets[2 * group + 1] - offsets[2 * group]);
        } else {
            buffer_byte(out, *at++);
        }
    }
    return true;
}

static Value replace_all(Machine *machine, const Regex *regex, Text input, Text replacement)
{
    Buffer *out = buffer_new(machine->arena);
    const size_t *offsets;
    size_t from = 0;
    int found;
    while ((found = regex_match(machine, regex, input, from, &offsets)) > 0) {
        if (offsets[1] <= offsets[0])
            return machine_diagnose(machine, "regular-expression", NULL,
                                    "the pattern of replace() matches the empty string");
        buffer_add(out, input.bytes + from, offsets[0] - from);
        size_t end = offsets[1];
        if (regex_literal(regex))
            buffer_add(out, replacement.bytes, replacement.length);
        else if (!add_replacement(out, replacement, input, offsets, regex_groups(regex)))
            return machine_diagnose(machine, "regular-expression", NULL,
                                    "the replacement is not valid: $ wants a number of a group");
        from = end;
        if (!machine_spend(machine, 1))
            return value_null();
    }
    if (found < 0)
        return value_null();
    buffer_add(out, input.bytes + from, input.length - from);
    return value_text_of(out->bytes, out->length);
}

BUILTIN(replace, "replace",
        "input: string, pattern: string, replacement: string, flags: string -> string", 3, 4)
{
    Text input;
    Text pattern;
    Text replacement;
    Text flags;
    if (!two_texts(machine, arguments, &input, &pattern) ||
        !argument_text(machine, arguments, 2, &replacement) ||
        !optional_text(machine, arguments, count, 3, &flags))
        return value_null();
    Regex *regex = regex_compile(machine, pattern, flags);
    return regex ? replace_all(machine, regex, input, replacement) : value_null();
}

// Where the next piece ends and the one behind begins; false when no delimiter follows. An empty
// match splits between two characters.
static bool next_split(Machine *machine, const Regex *regex, Text input, size_t from, size_t *end,
                       size_t *begin)
{
    const size_t *offsets;
    size_t look = from;
    while (look <= input.length && machine_spend(machine, 1) &&
           regex_match(machine, regex, input, look, &offsets) > 0) {
        if (offsets[1] > offsets[0] || (offsets[0] > from && offsets[0] < input.length)) {
            *end = offsets[0];
            *begin = offsets[1];
            return true;
        }
        const char *next = input.bytes + offsets[0];
        if (offsets[0] >= input.length)
            return false;
        utf8_next(&next, input.bytes + input.length);
        look = (size_t)(next - input.bytes);
    }
    return false;
}

BUILTIN(split, "split", "string: string, delimiter: string -> list<string>", 2, 2)
{
    Text input;
    Text delimiter;
    ARRAY(Value) parts = {0};
    size_t from = 0;
    size_t end;
    size_t begin;
    if (!two_texts(machine, arguments, &input, &delimiter))
        return value_null();
    Regex *regex = regex_compile(machine, delimiter, (Text){"", 0});
    if (!regex)
        return value_null();
    while (next_split(machine, regex, input, from, &end, &begin)) {
        array_push(machine->arena, parts) = slice(machine, input.bytes + from, end - from);
        from = begin;
    }
    array_push(machine->arena, parts) = slice(machine, input.bytes + from, input.length - from);
    return value_list(parts.items, parts.count);
}

BUILTIN(string_join, "string join", "list: list<string>, delimiter: string -> string", 1, 2)
{
    ValueList list;
    Text delimiter;
    Buffer *out = buffer_new(machine->arena);
    bool first = true;
    if (!argument_list(machine, arguments, 0, &list) ||
        !optional_text(machine, arguments, count, 1, &delimiter))
        return value_null();
    for (size_t i = 0; i < list.count; i++) {
        if (list.items[i].kind == VALUE_NULL)
            continue;
        if (list.items[i].kind != VALUE_TEXT)
            return machine_diagnose(machine, "type-mismatch", "convert it with string()",
                                    "string join() of a list that holds %s",
                                    value_kind_word(list.items[i].kind));
        if (!first)
            buffer_add(out, delimiter.bytes, delimiter.length);
        buffer_add(out, list.items[i].text.bytes, list.items[i].text.length);
        first = false;
    }
    return value_text_of(out->bytes, out->length);
}
