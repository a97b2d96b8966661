// SPDX-License-Identifier: Apache-2.0
// Contents: the bytes of files, outside the rows, each kept once under its SHA-256.
//
// They lie in the company's folder (Company.contents): beside the file of a SQLite database, for
// PostgreSQL where --files says, on a disk that all its servers share. What is named there never
// changes, so it is copied, compared and sent without a lock.
//
//   content_take: bytes -> FOLDER/new-XXXXXX, synced -> known to the database, unused ->
//                 FOLDER/ab/cdef... -> content_hold, by whoever refers to it
//   content_release: a use less; unused for CONTENT_KEPT_UNUSED: contents_forget deletes it
//
// So a crash at any place leaves what refers to a content whole: at most a content that is unused,
// or a file that was not finished, and both go. Uses are counted by the transaction that makes
// them.
#ifndef MILLRACE_RECORD_CONTENT_H
#define MILLRACE_RECORD_CONTENT_H

#include "base/csv.h"
#include "record/list.h"

#define CONTENT_KEPT_UNUSED (24 * 3600 * 1000000LL) // longer than any upload or backup takes

struct Database;

typedef struct Content {
    const char *hash; // 64 hexadecimal digits
    const char *type; // of media.h
    int64_t size;
} Content;

// Outside any unit of work: takes what `source` gives to its end, in constant memory. ERR_LIMIT
// when it, or all that the company keeps, is too much; ERR_INVALID when it is empty or not what
// `name` says.
FALLIBLE content_take(Ctx *cx, struct Database *database, CsvSource source, void *state,
                      const char *name, Content *out);

// In the unit of work of whoever refers to it; ERR_CONFLICT when it has been forgotten meanwhile.
FALLIBLE content_hold(Ctx *cx, const char *hash);
FALLIBLE content_release(Ctx *cx, const char *hash);

// All of it to `sink`, in constant memory, outside any unit of work. It is opened before the first
// byte flows: ERR_UNAVAILABLE when it is not there.
typedef struct OpenContent OpenContent;
FALLIBLE content_open(Ctx *cx, const char *hash, OpenContent **out); // closed with the arena
FALLIBLE content_send(Ctx *cx, const OpenContent *content, ListSink sink, void *state);

// Deletes at most `limit` of those unused for long, in a unit of work that writes; *done counts.
FALLIBLE contents_forget(Ctx *cx, int limit, int *done);

// What the company keeps, for whoever watches.
FALLIBLE contents_bytes(Ctx *cx, int64_t *bytes);

// Copies each content that `database` knows from one folder into another one, which may hold some
// already, and holds each against its hash. In a unit of work that reads.
FALLIBLE contents_copy(Ctx *cx, const char *from, const char *to, int64_t *copied);
// Whether each that is used is there, with its size. In a unit of work that reads.
FALLIBLE contents_check(Ctx *cx, int64_t *checked);

#endif
