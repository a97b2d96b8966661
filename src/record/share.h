// SPDX-License-Identifier: Apache-2.0
// Shares: single records opened to people and groups (whoever holds a position, a department with
// all below it), to read or to edit, perhaps until an instant. A share widens the scope of a right
// that somebody's roles give on the entity; where they give none, it gives none. Whoever may edit
// the record by a role shares it; a share is not passed on. Every change of shares is audited.
#ifndef MILLRACE_RECORD_SHARE_H
#define MILLRACE_RECORD_SHARE_H

#include "record/record.h"

// {"with": {"kind": "user" | "position" | "department", "key"}, "may": "read" | "edit", "until"}:
// a user's key is the login. A share with the same one is replaced.
FALLIBLE record_share(Ctx *cx, const char *entity, Id record, Value input, Value *out);
FALLIBLE record_unshare(Ctx *cx, const char *entity, Id record, Id share);
// {"items": [...], "may_share"}, the newest first; those that are over too.
FALLIBLE record_shares(Ctx *cx, const char *entity, Id record, Value *out);

// Why somebody can, or cannot, read, edit, delete and export the record: each role, scope, rule and
// share that speaks of it, in the reader's language. `login` NULL: the reader. The reader must see
// the record, and the user asked about.
FALLIBLE record_rights(Ctx *cx, const char *entity, Id record, const char *login, Value *out);

#endif
