// SPDX-License-Identifier: Apache-2.0
#include "http/query.h"

#include "base/text.h"

#include <string.h>

static int hex_digit(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F')
        return digit - 'A' + 10;
    return -1;
}

static FALLIBLE decode(Ctx *cx, const char *bytes, size_t length, bool plus_is_space, char **out)
{
    char *text = arena_alloc(cx->arena, length + 1);
    size_t count = 0;
    for (size_t i = 0; i < length; i++) {
        char byte = bytes[i];
        if (byte == '%') {
            int high = length - i > 2 ? hex_digit(bytes[i + 1]) : -1;
            int low = length - i > 2 ? hex_digit(bytes[i + 2]) : -1;
            if (high < 0 || low < 0 || !(high | low))
                return FAIL(cx, ERR_INVALID, "the address holds a broken escape at byte %zu", i);
            byte = (char)(high << 4 | low);
            i += 2;
        } else if (byte == '+' && plus_is_space) {
            byte = ' ';
        }
        text[count++] = byte;
    }
    if (!utf8_valid(text, count))
        return FAIL(cx, ERR_INVALID, "the address is not UTF-8");
    *out = text;
    return NULL;
}

static FALLIBLE add_parameter(Ctx *cx, const char *pair, size_t length, bool once, Value query)
{
    const char *equals = memchr(pair, '=', length);
    size_t name_length = equals ? (size_t)(equals - pair) : length;
    char *name, *value;
    TRY(decode(cx, pair, name_length, true, &name));
    TRY(decode(cx, equals ? equals + 1 : "", equals ? length - name_length - 1 : 0, true, &value));
    if (value_get(query, name) && !once)
        return NULL;
    if (value_get(query, name))
        return error_field(FAIL(cx, ERR_INVALID, "the parameter %s stands twice", name), name);
    if (query.context->count == QUERY_PARAMETERS)
        return FAIL(cx, ERR_LIMIT, "an address has at most %d parameters", QUERY_PARAMETERS);
    value_set(cx->arena, query, name, value_text(value));
    return NULL;
}

FALLIBLE query_split(Ctx *cx, const char *target, const char **path, Value *query)
{
    size_t path_length = strcspn(target, "?");
    char *decoded;
    TRY(decode(cx, target, path_length, false, &decoded));
    Value parameters = value_context(cx->arena);
    // A page's parameters are read in the browser, where lists of them are usual.
    bool once = text_starts(decoded, "/api/");
    const char *at = target[path_length] ? target + path_length + 1 : "";
    while (*at) {
        size_t length = strcspn(at, "&");
        if (length)
            TRY(add_parameter(cx, at, length, once, parameters));
        at += length + (at[length] == '&');
    }
    *path = decoded;
    *query = parameters;
    return NULL;
}
