// SPDX-License-Identifier: Apache-2.0
// The organisation's revision: who works here, in what position and department, for whom they stand
// in, and when they work. Every request asks for that, and hardly anybody ever changes it; what is
// made from it is kept (base/keep.h) under this number.
//
// A row that is written in the transaction of each change, so that it is right at once on every
// node and within the unit of work that makes the change. An id never used before, not a count:
// what was read in a unit of work that rolls back is then never taken for what the next one writes.
#ifndef MILLRACE_RECORD_REVISION_H
#define MILLRACE_RECORD_REVISION_H

#include "base/ctx.h"

FALLIBLE organisation_revision(Ctx *cx, Id *out);
// After a record of the entity was created, changed or deleted; the gate says so.
FALLIBLE organisation_changed(Ctx *cx, const char *entity);

#endif
