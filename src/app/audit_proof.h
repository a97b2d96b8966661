// SPDX-License-Identifier: Apache-2.0
// audit verify and audit seal: whether anybody laid hands on the audit. They open the company.
#ifndef MILLRACE_APP_AUDIT_PROOF_H
#define MILLRACE_APP_AUDIT_PROOF_H

#include "app/command.h"

// ERR_CONFLICT when something is found, after it was told.
FALLIBLE audit_verify_run(Ctx *cx, const CommandLine *line);
FALLIBLE audit_seal_run(Ctx *cx, const CommandLine *line);

#endif
