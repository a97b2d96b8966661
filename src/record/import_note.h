// SPDX-License-Identifier: Apache-2.0
// What is kept of an import: the batch itself, a row for each record it made or changed (with the
// version after it, so that an undo knows what has changed since), and the lines it refused. Not
// for other rooms.
#ifndef MILLRACE_RECORD_IMPORT_NOTE_H
#define MILLRACE_RECORD_IMPORT_NOTE_H

#include "record/import.h"

#define IMPORT_REFUSALS 10000 // kept of one import

// Inside a unit of work: the batch of a run that is no job. `headers` is a list of texts.
FALLIBLE note_batch(Ctx *cx, const ImportRequest *request, Value headers, Id *batch);
FALLIBLE note_row(Ctx *cx, Id batch, const ImportLine *line, int64_t version);
// `cells` of the refused row as they stood in the file.
FALLIBLE note_refusal(Ctx *cx, Id batch, const ImportLine *line, const char *const *cells,
                      size_t count);
// What it made may be there already. At most IMPORT_REFUSALS of one import are kept.
FALLIBLE note_duplicate(Ctx *cx, Id batch, const ImportLine *line, bool dry_run);
// How far the import is.
FALLIBLE note_progress(Ctx *cx, Id batch, int line, const ImportTotals *totals);
// How it ended: "done", "cancelled", "failed" with what is wrong.
FALLIBLE note_end(Ctx *cx, Id batch, const char *state, const Error *error);
// Forgets what an earlier try has noted.
FALLIBLE note_again(Ctx *cx, Id batch, const char *task);

#endif
