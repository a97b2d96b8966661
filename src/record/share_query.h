// SPDX-License-Identifier: Apache-2.0
// What rights ask of shares. Not for other rooms: see share.h.
#ifndef MILLRACE_RECORD_SHARE_QUERY_H
#define MILLRACE_RECORD_SHARE_QUERY_H

#include "record/query.h"
#include "record/standing.h"

// The condition that the record is shared with this standing, for VERB_READ or VERB_EDIT.
const char *share_sql(Ctx *cx, Querying *querying, Verb verb, const Standing *standing);
bool share_counts(Verb verb);
FALLIBLE share_covers(Ctx *cx, const Record *record, Verb verb, const Standing *standing,
                      bool *out);

// The shares that cover it, as record_shares shows them.
FALLIBLE shares_covering(Ctx *cx, const Record *record, Verb verb, const Standing *standing,
                         Value *out);

// Those of a record that is deleted.
FALLIBLE shares_forget(Ctx *cx, const Record *record);

#endif
