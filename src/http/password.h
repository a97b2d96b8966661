// SPDX-License-Identifier: Apache-2.0
// Passwords: Argon2id by libsodium, two at a time in the process, and the count of failed attempts.
//
// Verifying costs about 28 ms of a core and 19 MiB, so it happens outside any transaction. The
// count is in this process's memory: it slows guessing, it is not a record.
#ifndef MILLRACE_HTTP_PASSWORD_H
#define MILLRACE_HTTP_PASSWORD_H

#include "base/ctx.h"

// True when the password is the one of the hash. A NULL hash costs the same time and is false.
bool password_matches(const char *hash, const char *password);

// ERR_TOO_MANY when this address has failed too often for this login, or for any.
FALLIBLE password_attempt(Ctx *cx, const char *address, const char *login);
void password_failed(Instant now, const char *address, const char *login);
void password_succeeded(const char *address, const char *login);

#endif
