// SPDX-License-Identifier: Apache-2.0
// Sealer: the thread of a running server that signs what is new in the audit (record/audit_log.h),
// every ten seconds and when it stops, and keeps the ledger of erasures (erasures.h).
#ifndef MILLRACE_APP_SEALER_H
#define MILLRACE_APP_SEALER_H

#include "app/audit_files.h"

typedef struct Sealer Sealer;

FALLIBLE sealer_start(Ctx *cx, const CommandLine *line, Sealer **out);
void sealer_stop(Sealer *sealer);

// All that is new, at once; *out is the newest checkpoint. Outside any unit of work.
FALLIBLE audit_seal_all(Ctx *cx, const AuditFiles *files, const AuditSigner *signer,
                        AuditCheckpoint *out);

#endif
