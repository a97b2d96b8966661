// SPDX-License-Identifier: Apache-2.0
// Channels: how effects leave the company. A step writes a row of the outbox in its transaction;
// after the commit the executor gives it to its channel, outside of any unit of work, at least
// once: a channel that can tell a repetition does so by `id`.
//
// Channels register by name (CHANNEL); rooms above this one bring them: e-mail, webhooks.
#ifndef MILLRACE_PROCESS_DELIVERY_H
#define MILLRACE_PROCESS_DELIVERY_H

#include "base/registry.h"
#include "base/value.h"

typedef struct Outgoing {
    Id job;
    Id id; // of the row, the same each time it is tried: the idempotency key
    const char *channel;
    const char *name; // of the message
    const char *key;
    Value payload;
    int64_t failures; // before this attempt
} Outgoing;

typedef struct Channel {
    const char *name;
    const char *about; // one sentence for the documents
    // cx->db is NULL: it may open units of work of its own. An error: it is tried again later.
    Error *(*deliver)(Ctx *cx, const Outgoing *outgoing);
} Channel;

extern Registry channels;

#define CHANNEL(identifier, channel_name, sentence)                                                \
    static FALLIBLE identifier(Ctx *cx, const Outgoing *outgoing);                                 \
    static const Channel channel_##identifier = {channel_name, sentence, identifier};              \
    REGISTER(channels, channel_##identifier, channel_name, &channel_##identifier);                 \
    static FALLIBLE identifier([[maybe_unused]] Ctx *cx, [[maybe_unused]] const Outgoing *outgoing)

// In the unit of work of a step: a row of the outbox for the channel, and the job that delivers it.
FALLIBLE outbox_send(Ctx *cx, const char *channel, const char *name, const char *key,
                     Value payload);

// For the executor: leases some (a unit of work), delivers each (outside), says how it went (a unit
// of work). What is not said in time is delivered again.
FALLIBLE deliveries_take(Ctx *cx, const char *holder, int limit, Instant until, Outgoing *out,
                         int *count);
FALLIBLE delivery_make(Ctx *cx, const Outgoing *outgoing);
FALLIBLE delivery_done(Ctx *cx, const char *holder, const Outgoing *outgoing);

// What became of the messages of a channel with a key, the newest first.
typedef struct Delivery {
    Id id;
    const char *name;
    Instant at;
    const char *state; // "waiting" | "delivered" | "given-up"
    int64_t failures;
    const char *problem; // of the last attempt, in LANGUAGE_SOURCE; NULL: none
    Value payload;
} Delivery;
typedef struct DeliveryList {
    const char *channel;
    const char *key;
    const char *state; // NULL: all
    Id before;         // 0: from the newest
    int limit;
} DeliveryList;
FALLIBLE deliveries_list(Ctx *cx, const DeliveryList *list, Delivery **out, size_t *count);
// Delivers a message of the channel and key once more, at once, whatever became of it.
FALLIBLE delivery_again(Ctx *cx, const char *channel, const char *key, Id id);

#endif
