// SPDX-License-Identifier: Apache-2.0
// Undo of an import: what it made is deleted, what it changed gets its old values back, each
// through the gate and with the rights of who undoes it. A record that changed since, or that the
// gate does not let go, stays as it is and is told. Not for other rooms.
#ifndef MILLRACE_RECORD_IMPORT_UNDO_H
#define MILLRACE_RECORD_IMPORT_UNDO_H

#include "record/import.h"

// Outside any unit of work; in batches, newest records first.
FALLIBLE import_undo(Ctx *cx, struct Database *database, Id batch, ImportMayGoOn may_go_on,
                     void *state);

#endif
