// SPDX-License-Identifier: Apache-2.0
// Live fields: computed each time a record is read, and kept nowhere. Not for other rooms.
//
// Each knows by `uses` what it is computed from, so that a list reads that and no more; it may use
// live fields declared before it. It is seen by whoever may read the field, whatever of its sources
// they may read. What its expression cannot say is null.
#ifndef MILLRACE_RECORD_LIVE_H
#define MILLRACE_RECORD_LIVE_H

#include "record/record.h"

// The value of a computed field, rounded and coerced; ERR_INVALID when it does not fit.
FALLIBLE computed_value(Ctx *cx, const Field *field, Value scope, Value *out);
// Those of a record that was read, as far as its fields hold their names.
FALLIBLE live_compute(Ctx *cx, Record *record);
// Refuses to ask the database for what is not there.
FALLIBLE live_refuse(Ctx *cx, const Field *field);

#endif
