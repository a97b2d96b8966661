// SPDX-License-Identifier: Apache-2.0
// Ids: 64-bit keys, ordered by time, made without asking the database.
//
// From the top: 1 zero bit, 41 bits of milliseconds since 2024-01-01, 10 bits of node, 12 bits of
// counter. A clock that stands or steps back does not repeat an id: the counter runs on, borrowing
// from the next millisecond. In the API an id is an opaque text.
#ifndef MILLRACE_BASE_IDS_H
#define MILLRACE_BASE_IDS_H

#include "base/ctx.h"

typedef struct IdMaker IdMaker;

IdMaker *ids_new(int node);             // 0-1023; freed with free()
Id ids_next(IdMaker *ids, Instant now); // thread-safe
Id id_new(Ctx *cx);                     // ids_next of the unit's company and instant

// The first id of that instant: what is made before it is less.
Id id_first(Instant instant);
Instant id_instant(Id id); // when it was made, to the millisecond

#define ID_TEXT_SIZE 16
// 13 characters of Crockford's base 32, lower case; the same order as the ids.
void id_print(Id id, char out[static ID_TEXT_SIZE]);
char *id_text(Arena *arena, Id id);
bool id_parse(const char *text, Id *out); // false when it is not an id

#endif
