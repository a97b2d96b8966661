// SPDX-License-Identifier: Apache-2.0
// What stands beside a record and goes with it in a merge: attached files, comments and notes,
// followers, shares, favourites, what somebody saw last. Not for other rooms: see merge.h.
#ifndef MILLRACE_RECORD_MERGE_SIDE_H
#define MILLRACE_RECORD_MERGE_SIDE_H

#include "record/record.h"

// Moves them to the winner, where it has none of the same; *out says what was, for the way back.
FALLIBLE side_move(Ctx *cx, const char *entity, Id loser, Id winner, Value *out);
// Back again. What has been taken away since stays away.
FALLIBLE side_return(Ctx *cx, const char *entity, Id loser, Id winner, Value moved);

#endif
