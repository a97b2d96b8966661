// SPDX-License-Identifier: Apache-2.0
// Text: NUL-terminated UTF-8 in an arena, and a growable buffer.
//
// No text holds a NUL: readers of strangers' bytes refuse it. Functions that take an arena return
// fresh text owned by it.
#ifndef MILLRACE_BASE_TEXT_H
#define MILLRACE_BASE_TEXT_H

#include "base/arena.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A text with its length, always followed by a NUL.
typedef struct Text {
    const char *bytes;
    size_t length;
} Text;

char *text_copy(Arena *arena, const char *text);
char *text_slice(Arena *arena, const char *bytes, size_t length);
__attribute__((format(printf, 2, 3))) char *text_format(Arena *arena, const char *format, ...);
char *text_format_list(Arena *arena, const char *format, va_list arguments);

// NULL equals only NULL.
bool text_equal(const char *a, const char *b);
bool text_starts(const char *text, const char *prefix);
bool text_ends(const char *text, const char *suffix);

// Without white space at both ends.
char *text_trim(Arena *arena, const char *text);

// UTF-8. utf8_next reads one code point at *at and moves it; -1 on a broken sequence (moves one
// byte).
bool utf8_valid(const char *bytes, size_t length);
int32_t utf8_next(const char **at, const char *end);
void utf8_repair(char *text); // takes out, in place, what is no UTF-8: a character that was cut
size_t utf8_length(const char *bytes, size_t length);       // in code points
size_t utf8_encode(int32_t code_point, char out[static 4]); // bytes written, 0 when not Unicode

// The growable buffer. `bytes` is always NUL-terminated.
typedef struct Buffer {
    Arena *arena;
    char *bytes;
    size_t length;
    size_t capacity;
} Buffer;

Buffer *buffer_new(Arena *arena);
void buffer_add(Buffer *buffer, const void *bytes, size_t length);
void buffer_text(Buffer *buffer, const char *text);
// Room for as many bytes behind the end, and the NUL after them; whoever writes there moves
// `length` and leaves a NUL behind.
char *buffer_room(Buffer *buffer, size_t length);
void buffer_byte(Buffer *buffer, char byte);
__attribute__((format(printf, 2, 3))) void buffer_format(Buffer *buffer, const char *format, ...);

#endif
