// SPDX-License-Identifier: Apache-2.0
// The folder of contents: the part of content.h that speaks to the file system. Not for others.
#ifndef MILLRACE_RECORD_CONTENT_DISK_H
#define MILLRACE_RECORD_CONTENT_DISK_H

#include "record/content.h"

// One that is being written; closed and, unless placed, removed by new_content_close.
typedef struct NewContent {
    char *path; // NULL when it is placed
    int file;
} NewContent;

// ERR_UNAVAILABLE where the company has no folder, or there is no room.
FALLIBLE new_content_open(Ctx *cx, NewContent *out);
FALLIBLE new_content_write(Ctx *cx, NewContent *content, const char *bytes, size_t length);
FALLIBLE new_content_sync(Ctx *cx, NewContent *content);
// Under its name, durably.
FALLIBLE new_content_place(Ctx *cx, NewContent *content, const char *hash);
void new_content_close(NewContent *content);

bool content_is_there(Ctx *cx, const char *hash);
FALLIBLE content_unlink(Ctx *cx, const char *hash); // OK when it is not there
// Those that somebody began before `until`, and that nobody finished.
void contents_sweep(Ctx *cx, Instant until);
// Unless it is there already; ERR_UNAVAILABLE when what is copied has another hash.
FALLIBLE content_copy(Ctx *cx, const char *from, const char *to, const char *hash);
FALLIBLE content_check(Ctx *cx, const char *hash, int64_t size);

#endif
