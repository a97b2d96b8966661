// SPDX-License-Identifier: Apache-2.0
// Comments and notes on a record: a comment is said to others, a note is written down.
//
// Whoever may read the record reads, writes and answers; what somebody has written only its writer
// changes, and takes away, or whoever has the permission comment.moderate. "@login" mentions a
// person, who is told. What a changed or deleted text was stands in the record's audit.
#ifndef MILLRACE_RECORD_COMMENT_H
#define MILLRACE_RECORD_COMMENT_H

#include "record/record.h"

#define COMMENT_LENGTH 10000 // characters
#define COMMENT_MENTIONS 20  // people of one text

// {"kind": "comment" | "note", "text"}: the comment and, in `unreached`, the logins of those that
// it mentions and who may not read the record.
FALLIBLE comment_add(Ctx *cx, const char *entity, Id record, Value input, Value *out);
FALLIBLE comment_change(Ctx *cx, const char *entity, Id record, Id comment, const char *text,
                        Value *out);
FALLIBLE comment_remove(Ctx *cx, const char *entity, Id record, Id comment);

// Those of one kind ("comment", "note") of a record that the actor may read, newest first, made
// before the id: {id, kind, text, at, edited_at, by, mentions: [{login, name}], mine}.
FALLIBLE comments_before(Ctx *cx, const Record *record, const char *kind, Id before, int limit,
                         Value **out, size_t *count);
// NULL when it is gone.
FALLIBLE comment_text(Ctx *cx, const Record *record, Id comment, const char **out);
FALLIBLE comments_forget(Ctx *cx, const char *entity, Id record);

#endif
