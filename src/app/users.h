// SPDX-License-Identifier: Apache-2.0
// Users from the command line.
#ifndef MILLRACE_APP_USERS_H
#define MILLRACE_APP_USERS_H

#include "base/ctx.h"

typedef struct NewPassword {
    const char *login;
    const char *hash;  // by password_hash
    const char *token; // out
} NewPassword;

// In its own unit of work; all sessions of the user end.
FALLIBLE user_set_password(Ctx *cx, const NewPassword *wanted);

#endif
