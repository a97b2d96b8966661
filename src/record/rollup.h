// SPDX-License-Identifier: Apache-2.0
// Roll-ups: fields that tell of a record's children how many they are, or the sum, the average, the
// least or the greatest of one of their fields. Not for other rooms.
//
// They are stored in the parent's own column and kept right by whatever changes a child, in its
// transaction: each time they are computed from all children anew, which the index on the child's
// reference makes cheap, so that nothing that was missed once stays wrong. Writers stand in line on
// both databases, so that none overwrites what another counted. A roll-up tells of all children, as
// the system sees them, to whoever may read the field: `read` on it narrows that.
//
// The parent's version does not change, for nobody wrote in it; audit, outbox and the governor are
// told. Its own stored computed fields and the roll-ups of its own parents follow.
#ifndef MILLRACE_RECORD_ROLLUP_H
#define MILLRACE_RECORD_ROLLUP_H

#include "record/record.h"

#define ROLLUP_DEPTH 16 // of roll-ups of roll-ups

// The roll-ups of a record that is new: it has no children.
FALLIBLE rollups_begin(Ctx *cx, Record *record);
// After a child was written (one of the two is NULL when it is new or gone): the parents it had and
// has.
FALLIBLE rollups_follow(Ctx *cx, const GateRequest *request, const Record *before,
                        const Record *after);
// Fills roll-ups that are new or declared otherwise than when they were filled last.
FALLIBLE rollups_fill(Ctx *cx, const Schema *schema);

#endif
