// SPDX-License-Identifier: Apache-2.0
// What proves the audit and does not lie in the database. It lies beside the database's file, or in
// data/ under its name on PostgreSQL, or in the folder that MILLRACE_AUDIT names:
//
//   millrace.db.audit-key    the secret key, hex; 0600, made once, read by nobody else
//   millrace.db.erasures     what was erased (erasures.h)
//   millrace.db.audit-head   the newest checkpoint: a log that was cut does not reach it
#ifndef MILLRACE_APP_AUDIT_FILES_H
#define MILLRACE_APP_AUDIT_FILES_H

#include "app/command.h"
#include "record/audit_log.h"

typedef struct AuditFiles {
    const char *key;
    const char *head;
    const char *erasures;
} AuditFiles;

// In cx->arena.
AuditFiles audit_files_of(Ctx *cx, const CommandLine *line);
AuditFiles audit_files_of_url(Ctx *cx, const char *url);

// Makes the key when there is none. ERR_DENIED when others may read it.
FALLIBLE audit_signer_open(Ctx *cx, const AuditFiles *files, AuditSigner *out);
// The public key alone; NULL when there is no key yet.
FALLIBLE audit_key_read(Ctx *cx, const AuditFiles *files, const char **out);

// Size 0: there is none. ERR_INVALID when the file was changed.
FALLIBLE audit_head_read(Ctx *cx, const AuditFiles *files, AuditCheckpoint *out);
FALLIBLE audit_head_write(Ctx *cx, const AuditFiles *files, const AuditCheckpoint *head);

#endif
