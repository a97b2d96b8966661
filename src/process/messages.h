// SPDX-License-Identifier: Apache-2.0
// Messages, as the rest of process/ sees them.
//
// Private to process/. A message goes to whoever waits for its name and key; when nobody does, it
// starts what its name starts. Publishing looks for waiting places and keeps the message, waiting
// looks for kept messages, each in one serialisable transaction: none is missed.
#ifndef MILLRACE_PROCESS_MESSAGES_H
#define MILLRACE_PROCESS_MESSAGES_H

#include "base/value.h"

// A kept message that a new subscription takes; *payload is null kind when there is none.
FALLIBLE message_take_kept(Ctx *cx, const char *name, const char *key, bool *found, Value *payload);
// Whether the actor may bring a message or signal of this name and payload.
FALLIBLE event_check(Ctx *cx, const char *name, Value payload);

#endif
