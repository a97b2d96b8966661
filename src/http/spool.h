// SPDX-License-Identifier: Apache-2.0
// Spool: a request's body on its way to a route that reads it as a stream. The first
// SPOOL_MEMORY_BYTES stay in memory, all of a longer one is in a file without a name, so that a
// large or slow upload costs no memory and leaves nothing behind.
#ifndef MILLRACE_HTTP_SPOOL_H
#define MILLRACE_HTTP_SPOOL_H

#include "base/ctx.h"

#include <stdatomic.h>

#define SPOOL_MEMORY_BYTES (64UL * 1024)

// Where the files of a server lie, and what they hold together.
typedef struct SpoolRoom {
    const char *folder;
    atomic_size_t bytes;
} SpoolRoom;

typedef struct Spool Spool;

// Ends with the arena.
Spool *spool_new(Arena *arena, SpoolRoom *room);
// ERR_UNAVAILABLE when the disk, or what all uploads together may take of it (LIMIT_SPOOL_BYTES),
// is full.
FALLIBLE spool_add(Ctx *cx, Spool *spool, const char *bytes, size_t length);
size_t spool_length(const Spool *spool);
// Up to `room` bytes from `at`; *got = 0 at the end.
FALLIBLE spool_read(Ctx *cx, const Spool *spool, size_t at, char *bytes, size_t room, size_t *got);

#endif
