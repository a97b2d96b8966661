// SPDX-License-Identifier: Apache-2.0
// Heat: how often each step and flow of a process was passed, and how long its steps took.
//
// Counts are of the cases that started in a period, at most the newest HEAT_CASES of them; the
// answer says when there were more. An event of history is one packed row, and most cases take few
// ways, so that counting groups equal rows and unpacks each kind of row once. Times are of people's
// steps: `waiting` from when the step was offered until somebody began it, `working` from then
// until it was done. What waits now is counted over the newest HEAT_RUNNING instances of each
// running state, whenever they started.
// Rows from before a migration to another version are left out.
#ifndef MILLRACE_PROCESS_HEAT_H
#define MILLRACE_PROCESS_HEAT_H

#include "base/value.h"

#define HEAT_CASES 20000
#define HEAT_RUNNING 100000

typedef struct HeatAsked {
    const char *process;
    int version; // 0: all, on the newest one's drawing
    Instant from;
    Instant to; // not included
} HeatAsked;

// {version, from, to, cases, complete, steps: [{key, name, kind, passed, cases, returned, late,
// waiting_now, late_now, waiting, working}], flows: [{key, passed}]}; `waiting` and `working` are
// {median, p90} in seconds, null where no person's work ended. Needs "process.read".
FALLIBLE process_heat(Ctx *cx, const HeatAsked *asked, Value *out);

#endif
