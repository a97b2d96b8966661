// SPDX-License-Identifier: Apache-2.0
// The reader. libyajl gives events; values are built on a stack of open lists and contexts. What
// libyajl would let through (lone surrogates become '?', \u0000 cuts a text, overlong UTF-8) is
// refused before it sees the bytes.
#include "base/json.h"

#include "base/limits.h"
#include "base/map.h"

#include <string.h>
#include <yajl/yajl_parse.h>

#define INDEXED_FROM 16 // entries from which on a context's keys are looked up in a map

typedef struct Frame {
    Value context; // null in a list
    ARRAY(Value) items;
    const char *key;
    Map *keys;
} Frame;

typedef struct Reader {
    Ctx *cx;
    const char *bytes;
    size_t length;
    yajl_handle yajl;
    int depth;
    Value root;
    Error *error;
    Frame frames[LIMIT_JSON_DEPTH];
} Reader;

static Error *at_offset(Error *error, const char *bytes, size_t offset)
{
    int line = 1;
    const char *from = bytes, *end = bytes + offset, *newline;
    while ((newline = memchr(from, '\n', (size_t)(end - from)))) {
        line++;
        from = newline + 1;
    }
    return error_at(error, line, (int)utf8_length(from, (size_t)(end - from)) + 1);
}

static int hexadecimal_4(const char *at, const char *end)
{
    int number = 0;
    if (end - at < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        int digit = at[i] >= '0' && at[i] <= '9'   ? at[i] - '0'
                    : at[i] >= 'a' && at[i] <= 'f' ? at[i] - 'a' + 10
                    : at[i] >= 'A' && at[i] <= 'F' ? at[i] - 'A' + 10
                                                   : -1;
        if (digit < 0)
            return -1;
        number = number * 16 + digit;
    }
    return number;
}

// Looks at each \u escape. A backslash outside of a text is left to libyajl, which refuses it.
static FALLIBLE check_escapes(Reader *reader)
{
    const char *at = reader->bytes, *end = at + reader->length;
    while ((at = memchr(at, '\\', (size_t)(end - at))) && end - at >= 2) {
        const char *escape = at;
        at += 2;
        if (escape[1] != 'u')
            continue;
        int unit = hexadecimal_4(at, end);
        const char *wrong = NULL;
        if (unit == 0)
            wrong = "a text holds a NUL character";
        if (unit >= 0xDC00 && unit <= 0xDFFF)
            wrong = "a text holds half a surrogate pair";
        if (unit >= 0xD800 && unit <= 0xDBFF) {
            int second =
                end - at >= 10 && at[4] == '\\' && at[5] == 'u' ? hexadecimal_4(at + 6, end) : -1;
            if (second < 0xDC00 || second > 0xDFFF)
                wrong = "a text holds half a surrogate pair";
            at += wrong ? 0 : 10;
        }
        if (wrong)
            return at_offset(FAIL(reader->cx, ERR_INVALID, "%s", wrong), reader->bytes,
                             (size_t)(escape - reader->bytes));
    }
    return NULL;
}

static FALLIBLE check_bytes(Reader *reader)
{
    const char *at = reader->bytes, *end = at + reader->length;
    if (!utf8_valid(at, reader->length)) {
        const char *wrong = at;
        while (utf8_next(&at, end) >= 0)
            wrong = at;
        return at_offset(FAIL(reader->cx, ERR_INVALID, "the JSON is not UTF-8"), reader->bytes,
                         (size_t)(wrong - reader->bytes));
    }
    const char *nul = memchr(at, '\0', reader->length);
    if (nul)
        return at_offset(FAIL(reader->cx, ERR_INVALID, "the JSON holds a NUL byte"), reader->bytes,
                         (size_t)(nul - reader->bytes));
    return check_escapes(reader);
}

// An error at the token that was read last.
static int refuse(Reader *reader, Error *error)
{
    size_t offset = yajl_get_bytes_consumed(reader->yajl);
    reader->error = at_offset(error, reader->bytes, offset ? offset - 1 : 0);
    return 0;
}

static int add(Reader *reader, Value value)
{
    if (!reader->depth) {
        reader->root = value;
        return 1;
    }
    Frame *frame = &reader->frames[reader->depth - 1];
    if (frame->context.kind == VALUE_NULL) {
        array_push(reader->cx->arena, frame->items) = value;
        return 1;
    }
    ValueContext *context = frame->context.context;
    context->entries = array_grow(reader->cx->arena, context->entries, &context->capacity,
                                  context->count, sizeof *context->entries);
    context->entries[context->count++] = (ValueEntry){frame->key, value};
    return 1;
}

static int on_null(void *state)
{
    return add(state, value_null());
}

static int on_boolean(void *state, int boolean)
{
    return add(state, value_boolean(boolean));
}

static int on_number(void *state, const char *text, size_t length)
{
    Reader *reader = state;
    Decimal number;
    if (!decimal_parse(text, length, &number))
        return refuse(reader, FAIL(reader->cx, ERR_INVALID, "the number %.*s is out of range",
                                   length < 40 ? (int)length : 40, text));
    return add(reader, value_number(number));
}

static int on_text(void *state, const unsigned char *text, size_t length)
{
    Reader *reader = state;
    return add(reader,
               value_text_of(text_slice(reader->cx->arena, (const char *)text, length), length));
}

static int open_frame(Reader *reader, Value context)
{
    if (reader->depth == LIMIT_JSON_DEPTH)
        return refuse(reader, FAIL(reader->cx, ERR_LIMIT, "the JSON nests deeper than %d levels",
                                   LIMIT_JSON_DEPTH));
    reader->frames[reader->depth++] = (Frame){.context = context};
    return 1;
}

static int on_open_context(void *state)
{
    Reader *reader = state;
    return open_frame(reader, value_context(reader->cx->arena));
}

static int on_open_list(void *state)
{
    return open_frame(state, value_null());
}

static int on_close_context(void *state)
{
    Reader *reader = state;
    return add(reader, reader->frames[--reader->depth].context);
}

static int on_close_list(void *state)
{
    Reader *reader = state;
    Frame *frame = &reader->frames[--reader->depth];
    return add(reader, value_list(frame->items.items, frame->items.count));
}

// Linear while a context is small; a map beyond, so that many keys do not cost their square.
static bool has_key(Reader *reader, Frame *frame, const char *key)
{
    ValueContext *context = frame->context.context;
    if (context->count < INDEXED_FROM)
        return value_get(frame->context, key) != NULL;
    if (!frame->keys) {
        frame->keys = map_new(reader->cx->arena);
        for (size_t i = 0; i < context->count; i++)
            map_put(frame->keys, context->entries[i].key, context);
    }
    if (map_get(frame->keys, key))
        return true;
    map_put(frame->keys, key, context);
    return false;
}

static int on_key(void *state, const unsigned char *text, size_t length)
{
    Reader *reader = state;
    Frame *frame = &reader->frames[reader->depth - 1];
    const char *key = text_slice(reader->cx->arena, (const char *)text, length);
    if (has_key(reader, frame, key))
        return refuse(reader, FAIL(reader->cx, ERR_INVALID, "the key '%s' stands twice", key));
    frame->key = key;
    return 1;
}

static const yajl_callbacks callbacks = {
    .yajl_null = on_null,
    .yajl_boolean = on_boolean,
    .yajl_number = on_number,
    .yajl_string = on_text,
    .yajl_start_map = on_open_context,
    .yajl_map_key = on_key,
    .yajl_end_map = on_close_context,
    .yajl_start_array = on_open_list,
    .yajl_end_array = on_close_list,
};

// "lexical error: invalid char in json text.\n" -> "invalid char in json text"
static Error *broken(Reader *reader)
{
    unsigned char *said = yajl_get_error(reader->yajl, 0, NULL, 0);
    const char *message = (const char *)said, *colon = strstr(message, ": ");
    if (colon)
        message = colon + 2;
    Error *error = FAIL(reader->cx, ERR_INVALID, "the JSON is broken: %.*s",
                        (int)strcspn(message, ".\n"), message);
    yajl_free_error(reader->yajl, said);
    return error;
}

static void free_yajl(void *handle)
{
    yajl_free(handle);
}

FALLIBLE json_parse(Ctx *cx, const char *bytes, size_t length, Value *out)
{
    if (length > LIMIT_JSON_BYTES)
        return FAIL(cx, ERR_LIMIT, "the JSON is longer than %lu bytes", LIMIT_JSON_BYTES);
    Reader *reader = NEW(cx->arena, Reader);
    reader->cx = cx;
    reader->bytes = bytes;
    reader->length = length;
    TRY(check_bytes(reader));
    reader->yajl = yajl_alloc(&callbacks, NULL, reader);
    if (!reader->yajl)
        return FAIL(cx, ERR_UNAVAILABLE, "there is no memory for reading JSON");
    arena_defer(cx->arena, free_yajl, reader->yajl);
    yajl_config(reader->yajl, yajl_dont_validate_strings, 1); // done above, strictly
    yajl_status status = yajl_parse(reader->yajl, (const unsigned char *)bytes, length);
    bool read = status == yajl_status_ok;
    if (read)
        status = yajl_complete_parse(reader->yajl);
    if (reader->error)
        return reader->error;
    if (status != yajl_status_ok) {
        Error *error = broken(reader);
        if (read)
            return at_offset(error, bytes, length);
        refuse(reader, error);
        return reader->error;
    }
    *out = reader->root;
    return NULL;
}
