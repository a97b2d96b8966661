// SPDX-License-Identifier: Apache-2.0
// Retention of the audit: an entity that declares audit_days keeps it so long, all others for ever.
//
// A row that goes leaves its hash (audit_hash), so that the log verifies as before, and a row of
// the audit says up to when those of the entity are gone: it alone excuses them. What is not sealed
// yet stays, and so does what tells of erasures and of retention itself.
#ifndef MILLRACE_RECORD_AUDIT_RETENTION_H
#define MILLRACE_RECORD_AUDIT_RETENTION_H

#include "record/schema.h"

#define AUDIT_DAYS 36500 // the most that can be declared

// Takes at most `limit` rows whose time is over; *done counts them, and is `limit` as well where
// there is more to look at.
FALLIBLE audit_prune(Ctx *cx, int limit, int *done);

// Since when the entity's audit is whole; 0: from the beginning.
FALLIBLE audit_whole_since(Ctx *cx, const Entity *entity, Instant *out);

#endif
