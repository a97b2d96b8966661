// SPDX-License-Identifier: Apache-2.0
#include "http/password.h"

#include "base/text.h"
#include "base/waiting.h"
#include "http/session.h"

#include <pthread.h>
#include <sodium.h>
#include <string.h>

#define ARGON_OPERATIONS 2
#define ARGON_BYTES (19UL * 1024 * 1024)
#define AT_ONCE 2
// Failures are counted in a fixed table under a keyed hash of who tries, so that nobody can aim at
// the place of another. A full row forgets its oldest entry.
#define ROWS 1024
#define ROW_ENTRIES 8
// One address trying many logins.
#define ADDRESS_FAILURES (SESSION_FAILURES * 5)

typedef struct Failures {
    uint64_t who; // 0: free
    Instant since;
    int count;
} Failures;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t finished = PTHREAD_COND_INITIALIZER;
static int running;
static Failures failures[ROWS][ROW_ENTRIES];
static unsigned char hash_key[crypto_shorthash_KEYBYTES];
static pthread_once_t hash_key_once = PTHREAD_ONCE_INIT;
static pthread_once_t dummy_once = PTHREAD_ONCE_INIT;
static char dummy_hash[crypto_pwhash_STRBYTES];

static void enter(void)
{
    pthread_mutex_lock(&lock);
    while (running == AT_ONCE)
        waiting_for(&finished, &lock);
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

static void hash_key_make(void)
{
    if (sodium_init() >= 0)
        crypto_shorthash_keygen(hash_key);
}

static uint64_t hash_of(const char *text)
{
    uint64_t hash;
    crypto_shorthash((unsigned char *)&hash, (const unsigned char *)text, strlen(text), hash_key);
    return hash;
}

static uint64_t who_of(const char *address, const char *login)
{
    pthread_once(&hash_key_once, hash_key_make);
    uint64_t who = hash_of(address) * 31 + (login ? hash_of(login) : 0);
    return who ? who : 1;
}

// NULL when nothing is known of them.
static Failures *entry_find(uint64_t who)
{
    Failures *row = failures[who % ROWS];
    for (int i = 0; i < ROW_ENTRIES; i++)
        if (row[i].who == who)
            return &row[i];
    return NULL;
}

static Failures *entry_make(uint64_t who)
{
    Failures *row = failures[who % ROWS], *oldest = row;
    for (int i = 1; i < ROW_ENTRIES; i++)
        if (row[i].since < oldest->since)
            oldest = &row[i];
    *oldest = (Failures){.who = who};
    return oldest;
}

static bool is_old(const Failures *entry, Instant now)
{
    return now - entry->since > (Instant)SESSION_FAILURE_WINDOW_S * 1000000;
}

// `login` NULL: whoever tries from the address.
static bool over(Instant now, const char *address, const char *login, int most)
{
    const Failures *entry = entry_find(who_of(address, login));
    return entry && !is_old(entry, now) && entry->count >= most;
}

FALLIBLE password_attempt(Ctx *cx, const char *address, const char *login)
{
    pthread_mutex_lock(&lock);
    bool refused = over(cx->now, address, login, SESSION_FAILURES) ||
                   over(cx->now, address, NULL, ADDRESS_FAILURES);
    pthread_mutex_unlock(&lock);
    if (refused)
        return error_hint(FAIL(cx, ERR_TOO_MANY, "too many failed attempts to sign in"),
                          "Wait a quarter of an hour, or ask an administrator.");
    return NULL;
}

static void count(Instant now, const char *address, const char *login)
{
    uint64_t who = who_of(address, login);
    Failures *entry = entry_find(who);
    if (!entry)
        entry = entry_make(who);
    if (!entry->count || is_old(entry, now)) {
        entry->since = now;
        entry->count = 0;
    }
    entry->count++;
}

void password_failed(Instant now, const char *address, const char *login)
{
    pthread_mutex_lock(&lock);
    count(now, address, login);
    count(now, address, NULL);
    pthread_mutex_unlock(&lock);
}

void password_succeeded(const char *address, const char *login)
{
    pthread_mutex_lock(&lock);
    Failures *entry = entry_find(who_of(address, login));
    if (entry)
        *entry = (Failures){0};
    pthread_mutex_unlock(&lock);
}
