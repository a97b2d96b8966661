// SPDX-License-Identifier: Apache-2.0
// The row of an import as its job reads it. Not for other rooms.
#ifndef MILLRACE_RECORD_IMPORT_BATCH_H
#define MILLRACE_RECORD_IMPORT_BATCH_H

#include "record/import.h"

typedef struct ImportBatch {
    Id id;
    const char *entity, *name, *path, *language, *task, *state, *message;
    Id actor;
    Value settings; // null when none are chosen
    int line;
    ImportTotals totals;
    int64_t undone, kept;
} ImportBatch;

// ERR_NOT_FOUND also when it is somebody else's.
FALLIBLE batch_load(Ctx *cx, Id id, ImportBatch *out);
// What import_run is asked for, by the batch's settings.
FALLIBLE batch_request(Ctx *cx, const ImportBatch *batch, ImportRequest *out);

#endif
