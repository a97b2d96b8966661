// SPDX-License-Identifier: Apache-2.0
// Sessions of people (cookie), tokens of programs (bearer), passwords.
//
// A session or token is 32 random bytes; the database holds only its BLAKE2b-256 hash. A session
// ends after 12 hours without use or 7 days in all, when its user is switched off, and with the
// user's other sessions when the password changes. Passwords are Argon2id (19 MiB, t = 2) by
// libsodium, made and verified outside any transaction, two at a time. Sign-in counts failures for
// address and login in this process and answers ERR_TOO_MANY after SESSION_FAILURES in
// SESSION_FAILURE_WINDOW_S.
#ifndef MILLRACE_HTTP_SESSION_H
#define MILLRACE_HTTP_SESSION_H

#include "http/http.h"

#define SESSION_COOKIE "millrace_session"
#define SESSION_IDLE_S (12 * 3600)
#define SESSION_LIFE_S (7 * 24 * 3600)
#define SESSION_FAILURES 10
#define SESSION_FAILURE_WINDOW_S 900
#define PASSWORD_LEAST 8
#define PASSWORD_MOST 256

typedef struct SignedIn {
    const char *token; // for the cookie
    const char *csrf;  // for the header X-CSRF-Token
    Id user;
} SignedIn;

// Opens its own units of work on cx->company->database. A wrong password and an unknown login give
// the same ERR_SIGNED_OUT after the same time.
FALLIBLE session_sign_in(Ctx *cx, const char *login, const char *password, const char *address,
                         SignedIn *out);

// Inside a unit of work: who the request's cookie or bearer token belongs to; *actor = NULL when it
// brings none. A token that is wrong or over is ERR_SIGNED_OUT.
// *session is the cookie's value, NULL for programs.
FALLIBLE session_actor(Ctx *cx, const Request *request, Actor **actor, const char **session);
// Notes in a write that the session is in use; the dispatcher calls it with each change.
FALLIBLE session_seen(Ctx *cx, const Request *request);
FALLIBLE session_end(Ctx *cx, const Request *request);

// The hash is made by password_hash outside the unit of work in which password_set stores it; all
// sessions of the user end.
FALLIBLE password_hash(Ctx *cx, const char *password, const char **out);
FALLIBLE password_set(Ctx *cx, Id user, const char *hash);

// A new bearer token for a program acting as the user; shown once.
FALLIBLE token_create(Ctx *cx, Id user, const char *name, int days, const char **token);

// What X-CSRF-Token must equal in each change made by this session.
const char *session_csrf(Ctx *cx, const char *session);
// The cookie's value in a request, NULL when there is none.
const char *session_cookie(Ctx *cx, const Request *request);

#endif
