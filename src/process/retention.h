// SPDX-License-Identifier: Apache-2.0
// Retention: how long ended instances and their histories stay, and how they go.
//
// A process says how long its histories stay by <millrace:history keep="P5Y"/> (its newest version
// counts), else the company does (keep_ended_days of settings.yaml), else it is KEEP_HISTORY of
// housekeeping.h. Those are the rows of instance_event; the audit of records stays.
// Where the company has said something, an instance goes when its history has gone and those days
// are over, with its work items, incidents, deviations and messages. One that governs a record
// leaves its row and its deviations: by it the record is known to have gone through the process,
// and will not again. The database itself refuses every other change
// of a history: rows are only added, and taken away only of an instance that has ended and whose
// `pruned` is set; an input may be emptied (see replay.h).
//
//   instance.pruned: 0 all is there -> 1 rows are being taken away -> the instant when all were
//
// On PostgreSQL instance_event is partitioned by the month in which its instance began, since the
// instance is what every reader asks by, and ids are ordered by time; a month whose instances are
// all past their time is dropped whole. On SQLite it is one table with rows in the order in which
// they were written: clustered by instance it wrote 2.5 times slower, a table for each month would
// make a replay look into all of them, and deletes of 50,000 rows a second are enough.
#ifndef MILLRACE_PROCESS_RETENTION_H
#define MILLRACE_PROCESS_RETENTION_H

#include "base/ctx.h"

// Before which instant what has ended is past the company's time; 0: the company has not said.
Instant retention_company(const Ctx *cx);

// Takes at most `limit` instances, the oldest first, whose processes' rules say so. *done counts
// them; it is `limit` as well when a history of more rows than RETENTION_ROWS is to go on.
#define RETENTION_ROWS 1000
FALLIBLE retention_purge(Ctx *cx, int limit, int *done);
// The same for all that ended before that instant, whatever their rules say.
FALLIBLE retention_purge_before(Ctx *cx, Instant ended_before, int limit, int *done);

// At most `limit` ended instances whose histories have gone; *done counts them, or is `limit` when
// one of more rows than RETENTION_ROWS is to go on.
FALLIBLE retention_ended(Ctx *cx, int limit, int *done);
// At most `limit` messages that nobody has taken within the company's time.
FALLIBLE retention_undelivered(Ctx *cx, int limit, int *done);

// Makes the partitions of this month and the next ones, and drops at most `limit` old ones; *done
// counts those. On SQLite there is nothing to do.
FALLIBLE retention_periods(Ctx *cx, int limit, int *done);

#endif
