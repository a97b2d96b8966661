// SPDX-License-Identifier: Apache-2.0
#include "http/session.h"

#include "db/database.h"
#include "http/password.h"
#include "record/record.h"

#include <sodium.h>
#include <string.h>

#define TOKEN_BYTES 32
#define SECONDS(count) ((Instant)(count)*1000000)
// Seeing a session is written at most this often, so that reading stays reading.
#define SEEN_EVERY_S 600

MIGRATION(http_0001_sessions, 40,
          "CREATE TABLE credential (user_id BIGINT PRIMARY KEY, hash TEXT NOT NULL,"
          " changed_at BIGINT NOT NULL);\n"
          "CREATE TABLE login_session (hash TEXT PRIMARY KEY, user_id BIGINT NOT NULL,"
          " created_at BIGINT NOT NULL, seen_at BIGINT NOT NULL);\n"
          "CREATE INDEX session_of_user ON login_session (user_id);\n"
          "CREATE INDEX login_session_created ON login_session (created_at);\n"
          "CREATE TABLE access_token (hash TEXT PRIMARY KEY, user_id BIGINT NOT NULL,"
          " name TEXT NOT NULL, created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL)");

QUERY(credential_hash, "SELECT hash FROM credential WHERE user_id = $1");
QUERY(credential_put, "INSERT INTO credential (user_id, hash, changed_at) VALUES ($1, $2, $3)"
                      " ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash,"
                      " changed_at = excluded.changed_at");
QUERY(session_put, "INSERT INTO login_session (hash, user_id, created_at, seen_at)"
                   " VALUES ($1, $2, $3, $3)");
QUERY(session_get, "SELECT user_id, created_at, seen_at FROM login_session WHERE hash = $1");
QUERY(session_see, "UPDATE login_session SET seen_at = $2 WHERE hash = $1 AND seen_at < $3");
QUERY(session_delete, "DELETE FROM login_session WHERE hash = $1");
QUERY(session_delete_user, "DELETE FROM login_session WHERE user_id = $1");
QUERY(session_delete_old, "DELETE FROM login_session WHERE created_at < $1");
QUERY(access_token_put, "INSERT INTO access_token (hash, user_id, name, created_at, expires_at)"
                        " VALUES ($1, $2, $3, $4, $5)");
QUERY(access_token_get, "SELECT user_id FROM access_token WHERE hash = $1 AND expires_at > $2");

static char *base64(Arena *arena, const unsigned char *bytes, size_t length)
{
    size_t size = sodium_base64_encoded_len(length, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    char *text = arena_alloc(arena, size);
    sodium_bin2base64(text, size, bytes, length, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return text;
}

static const char *token_new(Ctx *cx)
{
    unsigned char bytes[TOKEN_BYTES];
    randombytes_buf(bytes, sizeof bytes);
    return base64(cx->arena, bytes, sizeof bytes);
}

// The purpose keeps the hash in the database and the CSRF value apart.
static const char *token_derive(Ctx *cx, const char *token, const char *purpose)
{
    unsigned char hash[crypto_generichash_BYTES];
    crypto_generichash(hash, sizeof hash, (const unsigned char *)token, strlen(token),
                       (const unsigned char *)purpose, strlen(purpose));
    return base64(cx->arena, hash, sizeof hash);
}

static const char *token_hash(Ctx *cx, const char *token)
{
    return token_derive(cx, token, "millrace stored token");
}

const char *session_csrf(Ctx *cx, const char *session)
{
    return token_derive(cx, session, "millrace csrf value");
}

const char *session_cookie(Ctx *cx, const Request *request)
{
    const char *cookies = value_get_text(request->headers, "cookie");
    size_t name = strlen(SESSION_COOKIE);
    for (const char *at = cookies; at && *at;) {
        at += strspn(at, "; ");
        size_t length = strcspn(at, ";");
        if (length > name && strncmp(at, SESSION_COOKIE, name) == 0 && at[name] == '=')
            return text_slice(cx->arena, at + name + 1, length - name - 1);
        at += length;
    }
    return NULL;
}

static const char *bearer_token(const Request *request)
{
    const char *header = value_get_text(request->headers, "authorization");
    return header && text_starts(header, "Bearer ") ? header + strlen("Bearer ") : NULL;
}

static FALLIBLE user_actor(Ctx *cx, Id user, Actor **out)
{
    Error *error = actor_load_id(cx, user, DOOR_API, out);
    if (error && error->code == ERR_NOT_FOUND)
        return FAIL(cx, ERR_SIGNED_OUT, "this user is not active any more");
    return error;
}

static FALLIBLE program_actor(Ctx *cx, const char *token, Actor **actor)
{
    Row *row;
    TRY(db_row(cx, &row, access_token_get, token_hash(cx, token), cx->now));
    if (!row)
        return FAIL(cx, ERR_SIGNED_OUT, "this token is wrong or over");
    return user_actor(cx, row_integer(row, "user_id"), actor);
}

FALLIBLE session_actor(Ctx *cx, const Request *request, Actor **actor, const char **session)
{
    *session = NULL;
    const char *bearer = bearer_token(request);
    if (bearer)
        return program_actor(cx, bearer, actor);
    const char *cookie = session_cookie(cx, request);
    if (!cookie) {
        *actor = NULL;
        return NULL;
    }
    Row *row;
    TRY(db_row(cx, &row, session_get, token_hash(cx, cookie)));
    if (!row || cx->now > row_integer(row, "seen_at") + SECONDS(SESSION_IDLE_S) ||
        cx->now > row_integer(row, "created_at") + SECONDS(SESSION_LIFE_S))
        return error_hint(FAIL(cx, ERR_SIGNED_OUT, "this session is over"), "Sign in again.");
    *session = cookie;
    return user_actor(cx, row_integer(row, "user_id"), actor);
}

FALLIBLE session_seen(Ctx *cx, const Request *request)
{
    const char *cookie = session_cookie(cx, request);
    return cookie ? db_run(cx, NULL, session_see, token_hash(cx, cookie), cx->now,
                           cx->now - SECONDS(SEEN_EVERY_S))
                  : NULL;
}

FALLIBLE session_end(Ctx *cx, const Request *request)
{
    const char *cookie = session_cookie(cx, request);
    return cookie ? db_run(cx, NULL, session_delete, token_hash(cx, cookie)) : NULL;
}

typedef struct SignIn {
    const char *login;
    Id user;
    const char *hash;
    SignedIn signed_in;
} SignIn;

static FALLIBLE find_credential(Ctx *cx, void *state)
{
    SignIn *sign_in = state;
    sign_in->user = 0;
    sign_in->hash = NULL;
    Actor *actor;
    Error *error = actor_load(cx, sign_in->login, DOOR_API, &actor);
    if (error)
        return error->code == ERR_NOT_FOUND ? NULL : error;
    Row *row;
    TRY(db_row(cx, &row, credential_hash, actor->user));
    sign_in->user = actor->user;
    sign_in->hash = row ? row_text(row, "hash") : NULL;
    return NULL;
}

static FALLIBLE open_session(Ctx *cx, void *state)
{
    SignIn *sign_in = state;
    const char *token = token_new(cx);
    TRY(db_run(cx, NULL, session_delete_old, cx->now - SECONDS(SESSION_LIFE_S)));
    TRY(db_run(cx, NULL, session_put, token_hash(cx, token), sign_in->user, cx->now));
    sign_in->signed_in = (SignedIn){token, session_csrf(cx, token), sign_in->user};
    return NULL;
}

FALLIBLE session_sign_in(Ctx *cx, const char *login, const char *password, const char *address,
                         SignedIn *out)
{
    TRY(password_attempt(cx, address, login));
    SignIn sign_in = {.login = login};
    TRY(database_read(cx, cx->company->database, find_credential, &sign_in));
    if (!password_matches(sign_in.hash, password)) {
        password_failed(cx->now, address, login);
        return error_hint(FAIL(cx, ERR_SIGNED_OUT, "the login or the password is wrong"),
                          "Check both; a password is case sensitive.");
    }
    password_succeeded(address, login);
    TRY(database_write(cx, cx->company->database, open_session, &sign_in));
    *out = sign_in.signed_in;
    return NULL;
}

FALLIBLE password_set(Ctx *cx, Id user, const char *hash)
{
    TRY(db_run(cx, NULL, credential_put, user, hash, cx->now));
    return db_run(cx, NULL, session_delete_user, user);
}

FALLIBLE token_create(Ctx *cx, Id user, const char *name, int days, const char **token)
{
    const char *fresh = token_new(cx);
    TRY(db_run(cx, NULL, access_token_put, token_hash(cx, fresh), user, name, cx->now,
               cx->now + SECONDS(86400) * days));
    *token = fresh;
    return NULL;
}
