// SPDX-License-Identifier: Apache-2.0
// An import as a job: a file that was uploaded is looked at, mapped, tried, run, and undone.
//
//   ready --start--> waiting --importer--> working --> done
//                       |                     |  \--> failed: the file is broken; rows before it
//                       stay
//                       '--cancel--> cancelled <--cancel-- cancelling
//   the tasks: "try" (a dry run), "run", "undo". After a try: again, or run. A run that was
//   cancelled or failed goes on behind the last line that was done, or is undone. A program that
//   ends while it works goes on when it starts again.
//
// A job is seen by who made it, and with the permission import.others. The file is deleted when a
// run is done.
#ifndef MILLRACE_RECORD_IMPORT_JOB_H
#define MILLRACE_RECORD_IMPORT_JOB_H

#include "record/import.h"
#include "record/list.h"

#include <stdatomic.h>

#define IMPORT_PREVIEW_ROWS 20
#define IMPORT_SHOWN_PROBLEMS 100

// Inside a unit of work. `path` belongs to the job from then on.
FALLIBLE import_job_create(Ctx *cx, const char *entity, const char *name, const char *path,
                           Id *job);
// Forgets one whose file cannot be read; the file is the caller's again.
FALLIBLE import_job_drop(Ctx *cx, Id job);
// {id, entity, name, task, state, line, rows, created, updated, unchanged, refused, undone, kept,
// message, refusals: [{line, field, message, cells}], problems: [{record, line, message}],
// duplicates: [{line, record, label, other: {id, label}, score}], alike: how many}.
FALLIBLE import_job_show(Ctx *cx, Id job, Value *out);
// {items, next}: the actor's own, newest first, without refusals and problems.
FALLIBLE import_job_list(Ctx *cx, Id before, int limit, Value *out);
// {encoding?, delimiter?, sheet?, columns?: [field or null], match?, only_update?, duplicates?}
FALLIBLE import_job_settings(Ctx *cx, Id job, Value settings);
FALLIBLE import_job_start(Ctx *cx, Id job, const char *task);
FALLIBLE import_job_cancel(Ctx *cx, Id job);

// Outside any unit of work: what the file holds, with the mapping that is chosen, was used last for
// such a header, or is guessed: import_job_show and {format, encoding, delimiter, sheet, sheets,
// columns: [{header, field, type, samples}], problem?}.
struct Database;
FALLIBLE import_job_look(Ctx *cx, struct Database *database, Id job, Value *out);

// The refused lines as CSV with the columns of the file, and what was wrong behind them in a column
// that an import passes over.
FALLIBLE import_job_refusals(Ctx *cx, Id job, ListSink sink, void *state);

// Works on this job now, as cx->actor.
FALLIBLE import_job_work(Ctx *cx, struct Database *database, Id job);
// Works on the oldest job that waits, or was left; *found tells whether there was one. When *stop
// is set it ends after the batch at hand, and the job is gone on with later.
FALLIBLE import_jobs_work(Ctx *cx, struct Database *database, atomic_bool *stop, bool *found);

#endif
