// SPDX-License-Identifier: Apache-2.0
// Files on records: a name and a content (content.h). Attached to the record as a whole, or the
// value of one of its fields.
//
// Whoever may read the record (and the field) reads its files; whoever may edit it attaches and
// takes away. Forbidden reads as not found. A file that was uploaded for a field is its uploader's
// until a record takes it, and goes after FILE_KEPT_LOOSE. A file that was taken away, and the
// files of a record that was deleted, stay FILE_KEPT_GONE, so that they can come back.
#ifndef MILLRACE_RECORD_FILE_H
#define MILLRACE_RECORD_FILE_H

#include "record/content.h"

#define FILE_NAME_LENGTH 200 // characters
#define FILES_SHOWN 200      // attached to one record
#define FILE_KEPT_LOOSE (24 * 3600 * 1000000LL)
#define FILE_KEPT_GONE (90 * 24 * 3600 * 1000000LL)

typedef struct File {
    Id id;
    const char *name;
    Content content;
    const char *entity; // NULL: no record has taken it
    Id record;
    const char *field; // NULL: attached to the record as a whole
    Id created_by;
    Instant created_at;
} File;

// ERR_INVALID for a name that is none: empty, too long, with a slash or control characters.
FALLIBLE file_name_check(Ctx *cx, const char *name);

// A file of the actor's that no record has, for a field to take.
FALLIBLE file_upload(Ctx *cx, const char *name, const Content *content, Value *out);
// ERR_DENIED unless the actor may edit the record.
FALLIBLE file_attach(Ctx *cx, const char *entity, Id record, const char *name,
                     const Content *content, Value *out);
// Whether it may: asked before an upload is taken.
FALLIBLE file_attach_admit(Ctx *cx, const char *entity, Id record);
// {"items": [{id, name, type, size, by, at}], "may_attach"}, the newest first.
FALLIBLE files_of_record(Ctx *cx, const char *entity, Id record, Value *out);
// The attached ones of a record that the actor may read, newest first, made before the id.
FALLIBLE files_before(Ctx *cx, const Record *record, Id before, int limit, Value **out,
                      size_t *count);
// ERR_NOT_FOUND unless the actor may read where it is.
FALLIBLE file_get(Ctx *cx, Id id, File *out);
FALLIBLE file_rename(Ctx *cx, Id id, const char *name, Value *out);
// Attached ones only: a field lets its file go by its value.
FALLIBLE file_remove(Ctx *cx, Id id);
FALLIBLE file_value(Ctx *cx, const File *file, Value *out);

// For the gate: the record's field takes the file, which is a loose one of the actor's, or one that
// this field of the record had before (a restored value); ERR_INVALID when it is neither.
FALLIBLE file_take(Ctx *cx, const Record *record, const Field *field, Id file);
// And lets it go, to be kept FILE_KEPT_GONE.
FALLIBLE file_let_go(Ctx *cx, const Record *record, const Field *field, Id file);

// At most `limit` of those whose time is over.
FALLIBLE files_forget(Ctx *cx, int limit, int *done);
// At once, all of a record that is no more.
FALLIBLE files_forget_record(Ctx *cx, const char *entity, Id record);

#endif
