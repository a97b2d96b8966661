// SPDX-License-Identifier: Apache-2.0
// Deviations: the one lawful way round what a process demands. Requested with a reason, granted by
// somebody else, carried out at once, recorded and counted.
//
//     request --> requested --grant--> granted   (carried out in the same unit of work)
//                     |------refuse--> refused
//                     `------close---> closed    (taken back by whoever asked, or overtaken)
//
// A deviation grants exactly what it says, once: the token it names by its wait, a number that is
// never used again; the values it names, while the fields are as they were when it was asked for.
// It is granted by whoever may ("deviation.grant"), never by whoever asked for it, and never by
// whoever did a step from which a concerned step is kept apart. Both of them count as having had a
// hand in the step for what follows.
#ifndef MILLRACE_PROCESS_DEVIATIONS_H
#define MILLRACE_PROCESS_DEVIATIONS_H

#include "base/value.h"

#define LIMIT_DEVIATION_REASON 2000

// `asked`: {kind, wait, to, fields, event, reason}. Kinds: "skip" the step at `wait`; "move" its
// token before the step `to`; "add" a token before `to`; "cancel" the token at `wait`; "set" owned
// `fields` of the record, also when the process has ended; "data" sets `fields` of the process, its
// variables as they are seen from `wait` (none: from everywhere); "restart": an instance that has
// ended or stands at an incident begins again behind the `event` of its history, a sequence. What
// the process cannot do at all is refused here already. Needs "deviation.request".
FALLIBLE deviation_request(Ctx *cx, Id instance, Value asked, Id *out);
FALLIBLE deviation_grant(Ctx *cx, Id deviation, const char *comment);
FALLIBLE deviation_refuse(Ctx *cx, Id deviation, const char *comment);
FALLIBLE deviation_close(Ctx *cx, Id deviation, const char *comment);

FALLIBLE deviation_show(Ctx *cx, Id deviation, Value *out);
// process, state, instance, limit, after. Whoever may not see all ("process.read",
// "deviation.grant") names an instance.
FALLIBLE deviation_list(Ctx *cx, Value request, Value *out);
// {items: [{step: {key, name}, kind, state, count}], total} of a process.
FALLIBLE deviation_counts(Ctx *cx, const char *process, Value *out);

// Whether the user asked for or granted a deviation at that step of the instance.
FALLIBLE deviation_hand_had(Ctx *cx, Id instance, const char *node, Id user, bool *had);

#endif
