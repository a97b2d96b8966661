// SPDX-License-Identifier: Apache-2.0
// Notices: what a person is told of records: a mention, a comment on or a change of what is
// followed, a reminder. Kept until read and NOTICE_KEPT long at most.
//
// A notice holds no content: who reads it is shown the record's name, and the words, by the rights
// of that moment.
#ifndef MILLRACE_RECORD_NOTICE_H
#define MILLRACE_RECORD_NOTICE_H

#include "record/record.h"

#define NOTICE_KEPT (90 * 24 * 3600 * 1000000LL)
#define NOTICES_COUNTED 99 // more unread ones than that are told as so many

typedef enum NoticeKind {
    NOTICE_MENTION,
    NOTICE_COMMENT,
    NOTICE_CHANGE,
    NOTICE_REMINDER
} NoticeKind;

typedef struct Notice {
    NoticeKind kind;
    const char *entity;
    Id record;
    Id about; // the comment; 0: none
} Notice;

// Tells a user, unless it is the actor (a reminder tells everybody), has left, or may not read the
// record: *told. Changes of one record are one notice until it is read.
FALLIBLE notice_give(Ctx *cx, const Notice *notice, Id user, bool *told);
// {"items": [{id, kind, at, read, by, entity, record, label, text}], "unread", "next"}: the actor's
// own, newest first, older than `before` (0: from the newest).
FALLIBLE notices_of_actor(Ctx *cx, Id before, int limit, Value *out);
FALLIBLE notices_unread(Ctx *cx, int64_t *out);
// One of the actor's own, or (0) all.
FALLIBLE notice_read(Ctx *cx, Id id);
FALLIBLE notices_forget(Ctx *cx, int limit, int *done);

#endif
