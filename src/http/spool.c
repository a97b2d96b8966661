// SPDX-License-Identifier: Apache-2.0
#include "http/spool.h"

#include "base/limits.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct Spool {
    SpoolRoom *room;
    char *memory; // SPOOL_MEMORY_BYTES, until there is a file
    size_t length;
    int file; // -1: none
};

static void spool_close(void *handle)
{
    Spool *spool = handle;
    if (spool->file < 0)
        return;
    close(spool->file);
    atomic_fetch_sub(&spool->room->bytes, spool->length);
}

Spool *spool_new(Arena *arena, SpoolRoom *room)
{
    Spool *spool = NEW(arena, Spool);
    *spool = (Spool){
        .room = room, .memory = arena_alloc(arena, SPOOL_MEMORY_BYTES), .length = 0, .file = -1};
    arena_defer(arena, spool_close, spool);
    return spool;
}

static int open_unnamed(Ctx *cx, const char *folder)
{
    int file = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (file >= 0)
        return file;
    char *name = text_format(cx->arena, "%s/millrace-XXXXXX", folder); // no O_TMPFILE there
    file = mkostemp(name, O_CLOEXEC);
    if (file >= 0)
        unlink(name);
    return file;
}

static Error *no_room(Ctx *cx, const char *why)
{
    return error_hint(FAIL(cx, ERR_UNAVAILABLE, "there is no room for this upload: %s", why),
                      "Try again later.");
}

static FALLIBLE write_all(Ctx *cx, Spool *spool, const char *bytes, size_t length)
{
    size_t together = atomic_fetch_add(&spool->room->bytes, length) + length;
    spool->length += length; // given back by spool_close, also when it could not be written
    if (together > LIMIT_SPOOL_BYTES)
        return no_room(cx, "too many uploads are under way");
    while (length) {
        ssize_t written = write(spool->file, bytes, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return no_room(cx, strerror(errno));
        bytes += written;
        length -= (size_t)written;
    }
    return NULL;
}

FALLIBLE spool_add(Ctx *cx, Spool *spool, const char *bytes, size_t length)
{
    if (spool->file < 0 && spool->length + length <= SPOOL_MEMORY_BYTES) {
        memcpy(spool->memory + spool->length, bytes, length);
        spool->length += length;
        return NULL;
    }
    if (spool->file < 0) {
        size_t before = spool->length;
        spool->file = open_unnamed(cx, spool->room->folder);
        if (spool->file < 0)
            return no_room(cx, strerror(errno));
        spool->length = 0;
        TRY(write_all(cx, spool, spool->memory, before));
    }
    return write_all(cx, spool, bytes, length);
}

size_t spool_length(const Spool *spool)
{
    return spool->length;
}

FALLIBLE spool_read(Ctx *cx, const Spool *spool, size_t at, char *bytes, size_t room, size_t *got)
{
    size_t left = at < spool->length ? spool->length - at : 0;
    size_t wanted = left < room ? left : room;
    if (spool->file < 0) {
        memcpy(bytes, spool->memory + (wanted ? at : 0), wanted);
        *got = wanted;
        return NULL;
    }
    ssize_t read_count;
    do
        read_count = pread(spool->file, bytes, wanted, (off_t)at);
    while (read_count < 0 && errno == EINTR);
    if (read_count < 0)
        return FAIL(cx, ERR_UNAVAILABLE, "the upload cannot be read again: %s", strerror(errno));
    *got = (size_t)read_count;
    return NULL;
}
