// SPDX-License-Identifier: Apache-2.0
#include "http/password.h"

#include "base/map.h"
#include "base/text.h"
#include "http/session.h"

#include <pthread.h>
#include <sodium.h>
#include <string.h>

#define ARGON_OPERATIONS 2
#define ARGON_BYTES (19UL * 1024 * 1024)
#define AT_ONCE 2
// Failures are counted in a fixed table: a slot may be shared by strangers, which errs to the safe
// side.
#define SLOTS 4096
// One address trying many logins.
#define ADDRESS_FAILURES (SESSION_FAILURES * 5)

typedef struct Failures {
    Instant since;
    int count;
} Failures;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t finished = PTHREAD_COND_INITIALIZER;
static int running;
static Failures failures[SLOTS];
static pthread_once_t dummy_once = PTHREAD_ONCE_INIT;
static char dummy_hash[crypto_pwhash_STRBYTES];

static void enter(void)
{
    pthread_mutex_lock(&lock);
    while (running == AT_ONCE)
        pthread_cond_wait(&finished, &lock);
    running++;
    pthread_mutex_unlock(&lock);
}

static void leave(void)
{
    pthread_mutex_lock(&lock);
    running--;
    pthread_cond_signal(&finished);
    pthread_mutex_unlock(&lock);
}

static int argon(char out[static crypto_pwhash_STRBYTES], const char *password)
{
    enter();
    int failed = crypto_pwhash_str_alg(out, password, strlen(password), ARGON_OPERATIONS,
                                       ARGON_BYTES, crypto_pwhash_ALG_ARGON2ID13);
    leave();
    return failed;
}

FALLIBLE password_hash(Ctx *cx, const char *password, const char **out)
{
    size_t length = strlen(password);
    if (length < PASSWORD_LEAST || length > PASSWORD_MOST)
        return error_field(
            FAIL(cx, ERR_INVALID, "a password has %d to %d bytes", PASSWORD_LEAST, PASSWORD_MOST),
            "password");
    char *hash = arena_alloc(cx->arena, crypto_pwhash_STRBYTES);
    if (sodium_init() < 0 || argon(hash, password))
        return FAIL(cx, ERR_UNAVAILABLE, "there is not enough memory to protect a password");
    *out = hash;
    return NULL;
}

static void dummy_make(void)
{
    if (sodium_init() < 0 || argon(dummy_hash, "nobody has this password"))
        dummy_hash[0] = '\0';
}

bool password_matches(const char *hash, const char *password)
{
    pthread_once(&dummy_once, dummy_make);
    if (strlen(password) > PASSWORD_MOST)
        return false;
    enter();
    int failed = crypto_pwhash_str_verify(hash ? hash : dummy_hash, password, strlen(password));
    leave();
    return !failed && hash;
}

static Failures *slot(const char *address, const char *login)
{
    uint64_t hash = hash_bytes(address, strlen(address));
    if (login)
        hash = hash * 31 + hash_bytes(login, strlen(login));
    return &failures[hash % SLOTS];
}

static bool over(Failures *entry, Instant now, int most)
{
    if (now - entry->since > (Instant)SESSION_FAILURE_WINDOW_S * 1000000)
        entry->count = 0;
    return entry->count >= most;
}

FALLIBLE password_attempt(Ctx *cx, const char *address, const char *login)
{
    pthread_mutex_lock(&lock);
    bool refused = over(slot(address, login), cx->now, SESSION_FAILURES) ||
                   over(slot(address, NULL), cx->now, ADDRESS_FAILURES);
    pthread_mutex_unlock(&lock);
    if (refused)
        return error_hint(FAIL(cx, ERR_TOO_MANY, "too many failed attempts to sign in"),
                          "Wait a quarter of an hour, or ask an administrator.");
    return NULL;
}

static void count(Failures *entry, Instant now)
{
    if (!entry->count)
        entry->since = now;
    entry->count++;
}

void password_failed(Instant now, const char *address, const char *login)
{
    pthread_mutex_lock(&lock);
    count(slot(address, login), now);
    count(slot(address, NULL), now);
    pthread_mutex_unlock(&lock);
}

void password_succeeded(const char *address, const char *login)
{
    pthread_mutex_lock(&lock);
    slot(address, login)->count = 0;
    pthread_mutex_unlock(&lock);
}
