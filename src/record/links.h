// SPDX-License-Identifier: Apache-2.0
// Links: from the other side, what fields of the type multi_reference hold. Not for other rooms.
//
// The list itself stands in its record's own column, in its order. record_link has a row for each
// of its items and is led by what the list leads to, so that a record finds who names it: filters,
// child lists and deletion ask it. The gate writes both in one transaction.
#ifndef MILLRACE_RECORD_LINKS_H
#define MILLRACE_RECORD_LINKS_H

#include "record/query.h"

// What changed between the two, of which one is NULL when the record is new or gone.
FALLIBLE links_write(Ctx *cx, const Record *before, const Record *after);
// Only records whose list holds the target.
void links_condition(Ctx *cx, Querying *querying, const Field *field, Id target);
// The records whose list in `field` holds the target, at most `limit`.
FALLIBLE links_to(Ctx *cx, const Field *field, Id target, int limit, Rows *out);
// Of a column that is dropped.
FALLIBLE links_forget(Ctx *cx, const char *entity, const char *field);

#endif
