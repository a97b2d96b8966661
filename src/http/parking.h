// SPDX-License-Identifier: Apache-2.0
// Parking: requests whose answer is not there yet (Response.again_ms) wait without a thread, and
// are asked again when their time has come.
#ifndef MILLRACE_HTTP_PARKING_H
#define MILLRACE_HTTP_PARKING_H

#include "base/ctx.h"

typedef struct Parking Parking;

// Embedded in what is parked; owned by the caller.
typedef struct Parked {
    struct Parked *next;
    Instant until;
} Parked;

// `again` is called on the parking's thread when the time has come; `closed` for each that is still
// there when the parking ends, or that comes later. NULL when the system gives no thread.
Parking *parking_start(void (*again)(Parked *parked), void (*closed)(Parked *parked));
void parking_add(Parking *parking, Parked *parked, int milliseconds);
void parking_stop(Parking *parking);
void parking_free(Parking *parking); // once nobody adds any more

#endif
