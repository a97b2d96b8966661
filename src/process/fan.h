// SPDX-License-Identifier: Apache-2.0
// Fan-out: one message or signal to all instances that wait for it.
//
// Private to process/. A few are told at once, in the transaction of whoever throws. Many are told
// by a job, FAN_CHUNK a transaction, the oldest instance first; the job goes on from where it was,
// so that each is told once, and one that fails is tried again by itself.
#ifndef MILLRACE_PROCESS_FAN_H
#define MILLRACE_PROCESS_FAN_H

#include "process/subscriptions.h"

#define FAN_AT_ONCE 20
#define FAN_CHUNK 50 // of one transaction, so that people's work comes in between

typedef struct Fan {
    const char *kind; // WAITS_MESSAGE or WAITS_SIGNAL
    const char *name;
    const char *key;
    Value payload;
    Id except; // the instance that threw it; 0: none
} Fan;

// *reached counts instances; *queued when a job tells them.
FALLIBLE fan_out(Ctx *cx, const Fan *fan, int *reached, bool *queued);
// The one that waits longest; *reached is 0 or 1.
FALLIBLE fan_to_one(Ctx *cx, const Fan *fan, int *reached);

#endif
