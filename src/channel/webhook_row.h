// SPDX-License-Identifier: Apache-2.0
// A webhook as it is kept. Private to channel/.
#ifndef MILLRACE_CHANNEL_WEBHOOK_ROW_H
#define MILLRACE_CHANNEL_WEBHOOK_ROW_H

#include "base/ctx.h"
#include "base/value.h"

#define WEBHOOK_CHANNEL "webhook"

typedef struct Webhook {
    Id id;
    const char *name;
    const char *url;
    const char *secret;
    const char *old_secret; // NULL: none
    Instant renewed_at;
    Value entities; // list of texts; empty: all
    bool active;
    const char *why; // it was switched off by itself; in LANGUAGE_SOURCE
    int64_t cursor;  // of the feed: told up to there
    Id made_by;
    Instant made_at;
} Webhook;

// ERR_NOT_FOUND when there is none.
FALLIBLE webhook_load(Ctx *cx, Id id, Webhook *out);
// Those that are switched on.
FALLIBLE webhooks_active(Ctx *cx, Webhook **out, size_t *count);
FALLIBLE webhook_move(Ctx *cx, Id id, int64_t cursor);
FALLIBLE webhook_switch_off(Ctx *cx, Id id, const Error *why);

#endif
