// SPDX-License-Identifier: Apache-2.0
// The ledger of consents: who allowed what, and when, and who took it back. Only added to: the
// newest entry of a purpose and a channel is what stands, and each is a row of the audit as well.
// Without an entry nothing is allowed.
#ifndef MILLRACE_RECORD_CONSENT_H
#define MILLRACE_RECORD_CONSENT_H

#include "record/record.h"

#define CONSENT_WORDS 200 // characters of a source
#define CONSENT_PROOF 4000

typedef struct Consent {
    Instant at;
    const char *purpose; // a name: "newsletter"
    const char *channel; // "email", "phone", "sms", "messenger", "post"
    bool granted;        // else withdrawn
    const char *source;  // where it was said: "trade fair", "web form"
    const char *proof;   // its words; NULL: none, or erased
    Id actor;
    const char *actor_name; // NULL for the system
} Consent;

// Adds an entry as of now. Needs the right to edit the record, and a purpose, a channel and a
// source; ERR_INVALID names what is missing.
FALLIBLE consent_add(Ctx *cx, const char *entity, Id record, const Consent *consent);

// All entries, newest first, of a record that the actor may read; at most CONSENT_ENTRIES.
#define CONSENT_ENTRIES 500
FALLIBLE consent_list(Ctx *cx, const char *entity, Id record, Consent **out, size_t *count);

// May we send by this channel for this purpose? Asks no rights: it is for whoever sends.
FALLIBLE consent_allows(Ctx *cx, const char *entity, Id record, const char *purpose,
                        const char *channel, bool *out);

// An erasure leaves the entries, which prove what was allowed, without their words.
FALLIBLE consent_erase(Ctx *cx, const char *entity, Id record);

#endif
