// SPDX-License-Identifier: Apache-2.0
// Webhooks: other programs are told what changed, by a call to an address of theirs.
//
//     change -> record/feed.h -> webhooks_tell -> process/delivery.h -> the channel "webhook"
//
// A webhook has a place in the feed; telling takes it further and leaves a message in the outbox
// for each change that it asks for and that whoever made it may read, in one transaction. The
// message says what changed, not the values: the program reads the record with rights of its own.
// It is signed as Standard Webhooks 1.0.0 says, and has the same webhook-id however often it is
// sent: at least once. An answer of 2xx ends it, 410 switches the webhook off, anything else is
// tried again, later each time.
#ifndef MILLRACE_CHANNEL_WEBHOOK_H
#define MILLRACE_CHANNEL_WEBHOOK_H

#include "base/ctx.h"
#include "base/value.h"

#define WEBHOOKS 100            // of a company
#define WEBHOOK_OLD_SECRET_H 24 // how long an old secret still signs beside the new one

// All of them, by name: {"items": [{id, name, url, entities, active, why, made_by, made_at}]}.
// Secrets are shown once, when they are made.
FALLIBLE webhooks_list(Ctx *cx, Value *out);
FALLIBLE webhook_show(Ctx *cx, Id webhook, Value *out);
// {name, url, entities, active}; entities empty: all. It acts as the actor. *out has the `secret`.
FALLIBLE webhook_add(Ctx *cx, Value input, Value *out);
// The same, whatever is given. One that is switched on again begins with what comes now.
FALLIBLE webhook_change(Ctx *cx, Id webhook, Value input, Value *out);
FALLIBLE webhook_remove(Ctx *cx, Id webhook);
// Another secret; the old one signs beside it for WEBHOOK_OLD_SECRET_H.
FALLIBLE webhook_renew(Ctx *cx, Id webhook, Value *out);
// Sends a message of the type "test".
FALLIBLE webhook_test(Ctx *cx, Id webhook);

// What was sent, is waiting or has been given up, the newest first: {"items": [{id, type, at,
// state, failures, problem, message}], "next"}; `state` NULL: all; `before` 0: from the newest.
FALLIBLE webhook_deliveries(Ctx *cx, Id webhook, const char *state, Id before, int limit,
                            Value *out);
// Sends it once more, at once, whatever became of it.
FALLIBLE webhook_replay(Ctx *cx, Id webhook, Id delivery);

// For the executor. Whether some webhook is behind the feed (a read), and telling (a write): a
// limited number of changes of each; *more says that there are more.
FALLIBLE webhooks_behind(Ctx *cx, bool *behind);
FALLIBLE webhooks_tell(Ctx *cx, bool *more);

#endif
