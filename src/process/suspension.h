// SPDX-License-Identifier: Apache-2.0
// Suspension: an instance, or a process with its new starts and maybe all its instances, stands
// still until it is resumed.
//
// While an instance is suspended its work items are shown but cannot be done, its timers and calls
// wait, and what comes to it (messages, signals, answers) is held and brought in its order when it
// is resumed. Needs "process.suspend". History says who, when and why.
#ifndef MILLRACE_PROCESS_SUSPENSION_H
#define MILLRACE_PROCESS_SUSPENSION_H

#include "flow/step.h"

FALLIBLE instance_suspend(Ctx *cx, Id instance, const char *reason);
FALLIBLE instance_resume(Ctx *cx, Id instance);
// New starts are refused; with `instances` those that run are suspended too. Resuming it resumes
// those that were suspended with it. Both reach SUSPENSION_CHUNK instances at once, and the others
// by a job, as many a transaction.
#define SUSPENSION_CHUNK 100
FALLIBLE process_suspend(Ctx *cx, const char *key, const char *reason, bool instances);
FALLIBLE process_resume(Ctx *cx, const char *key);
// {suspended, reason, at, by, instances}: how many of its instances are.
FALLIBLE process_suspension(Ctx *cx, const char *key, Value *out);

// --- Private to process/.
struct Instance;
// ERR_CONFLICT with the reason when the process takes no new starts.
FALLIBLE suspension_start_check(Ctx *cx, const char *key);
// ERR_CONFLICT with the reason when the instance is suspended.
FALLIBLE suspension_check(Ctx *cx, const struct Instance *instance);
// Why nobody can do a work item of an instance that is suspended for that reason; NULL for NULL.
const char *suspension_why(Ctx *cx, const char *reason);
// "process.suspend", and a reason.
FALLIBLE suspension_may(Ctx *cx);
FALLIBLE suspension_reason_check(Ctx *cx, const char *reason);
// An instance stands still, with its process since that instant (0: by itself) / goes on.
FALLIBLE suspension_put(Ctx *cx, Id instance, const char *reason, Instant with_process);
FALLIBLE suspension_lift(Ctx *cx, Id instance);
// Why the process takes no new starts; NULL: it does.
FALLIBLE suspension_reason_of(Ctx *cx, const char *key, const char **reason);
// Keeps an event until the instance is resumed.
FALLIBLE suspension_hold(Ctx *cx, Id instance, const FlowEvent *event, const char *kind);

#endif
