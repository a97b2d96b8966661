// SPDX-License-Identifier: Apache-2.0
// What stands beside a record under its id: files, comments and notes, followers. A deleted record
// keeps it BESIDE_KEPT, so that a restored one has it again. Not for other rooms but housekeeping.
#ifndef MILLRACE_RECORD_BESIDE_H
#define MILLRACE_RECORD_BESIDE_H

#include "record/record.h"

#define BESIDE_KEPT (90 * 24 * 3600 * 1000000LL)

FALLIBLE beside_deleted(Ctx *cx, const Record *record);
// At once; also for whoever erases.
FALLIBLE beside_forget_record(Ctx *cx, const char *entity, Id record);
// Of at most `limit` records that were deleted that long ago, and have not come back.
FALLIBLE beside_forget(Ctx *cx, int limit, int *done);

#endif
