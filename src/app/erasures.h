// SPDX-License-Identifier: Apache-2.0
// The ledger of erasures beside the database: FILE.erasures, a line of JSON each, only added to. A
// backup that is put back still knows what was erased since; from here it is erased again.
#ifndef MILLRACE_APP_ERASURES_H
#define MILLRACE_APP_ERASURES_H

#include "app/audit_files.h"

// Adds what the database's ledger has and the file has not; and merges the search index where
// erased words still lie in it. Outside any unit of work, as all here.
FALLIBLE erasures_keep(Ctx *cx, const AuditFiles *files);
// Whether the file has any.
bool erasures_are_kept(const AuditFiles *files);
// Erases again what the open company's ledger does not know; *failed counts what was refused.
FALLIBLE erasures_replay(Ctx *cx, const AuditFiles *files, int *done, int *failed);

#endif
