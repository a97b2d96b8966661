// SPDX-License-Identifier: Apache-2.0
// JSON (RFC 8259) in and out. Numbers keep their exact decimal text; the reader is libyajl behind
// this one file.
//
// Refused, with line and column: broken UTF-8, a NUL in a text, a key that stands twice, nesting
// deeper than LIMIT_JSON_DEPTH, more than LIMIT_JSON_BYTES, half a surrogate pair, a number out of
// the range of Decimal. Within a broken text or number the column may be that of the byte before.
#ifndef MILLRACE_BASE_JSON_H
#define MILLRACE_BASE_JSON_H

#include "base/value.h"

FALLIBLE json_parse(Ctx *cx, const char *bytes, size_t length, Value *out);

// Appends compact JSON. Dates, times and durations become ISO texts, instants RFC 3339, ranges and
// functions their FEEL text or null. Keys keep the order of the context.
void json_write(Buffer *out, Value value);
void json_write_text(Buffer *out, const char *text); // one quoted JSON string
char *json_text(Arena *arena, Value value);

#endif
