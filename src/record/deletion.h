// SPDX-License-Identifier: Apache-2.0
// Deletion: what becomes of the references to a record that goes. Not for other rooms.
#ifndef MILLRACE_RECORD_DELETION_H
#define MILLRACE_RECORD_DELETION_H

#include "record/record.h"

// Clears the references that are declared so (when_deleted: clear), each through the gate in the
// name of whoever deletes, but by the system's rights: whoever may delete a record need not see who
// names it. ERR_CONFLICT when another still leads to it, or more than LIMIT_BULK_ROWS would change.
FALLIBLE deletion_unused(Ctx *cx, const Record *record);

#endif
