// SPDX-License-Identifier: Apache-2.0
// Housekeeping: what nobody needs any more goes, a little at a time.
//
// Each chore is a job of a queue of its own: it does one chunk in one unit of work and comes again,
// at once while there is more, else after HOUSEKEEPING_EVERY. How long things stay is said here, in
// the models and in the company's settings (retention.h), and nowhere else.
#ifndef MILLRACE_PROCESS_HOUSEKEEPING_H
#define MILLRACE_PROCESS_HOUSEKEEPING_H

#include "base/ctx.h"

#define KEEP_HOUR (3600 * 1000000LL)
#define KEEP_DAY (24 * KEEP_HOUR)

#define HOUSEKEEPING_EVERY KEEP_HOUR
#define HOUSEKEEPING_CHUNK 200 // rows, or instances, of one unit

#define KEEP_HISTORY "P10Y"            // of an ended instance whose process does not say
#define KEEP_MESSAGES (30 * KEEP_DAY)  // with their idempotency keys; longer while they are kept
#define KEEP_ANSWERS (7 * KEEP_DAY)    // of programs outside, against repetition
#define KEEP_DELIVERED (30 * KEEP_DAY) // messages that went out
#define KEEP_CHANGES (7 * KEEP_DAY)    // the feed, of which screens, webhooks and programs are told
#define KEEP_LOST_JOBS (90 * KEEP_DAY) // that were given up, and that nobody waits for

typedef struct Housekept {
    const char *chore;   // NULL: none was due
    const char *problem; // why it is put off; NULL: it is done
} Housekept;
// Does a chunk of the chore that is due longest, if any. One that fails is undone alone.
FALLIBLE housekeeping_run(Ctx *cx, const char *holder, Housekept *out);
// When the next one may be taken.
FALLIBLE housekeeping_next(Ctx *cx, Instant *next);

#endif
