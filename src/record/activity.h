// SPDX-License-Identifier: Apache-2.0
// Activities about a record: what packs call `activity`, whose text `about` names the record and
// whose instant `start` places it. Packs without such an entity have none.
#ifndef MILLRACE_RECORD_ACTIVITY_H
#define MILLRACE_RECORD_ACTIVITY_H

#include "record/record.h"

#define ACTIVITY_ENTITY "activity"

bool activity_known(const Ctx *cx);
// When it takes place.
Instant activity_begins(const Record *activity);
// Those about the record that the actor may read, which start before the instant, the latest first.
FALLIBLE activities_before(Ctx *cx, const Record *about, Instant before, int limit, Record ***out,
                           size_t *count);

#endif
