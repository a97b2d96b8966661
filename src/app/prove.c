// SPDX-License-Identifier: Apache-2.0
// prove: tries to break a process in a scratch company, and signs what came of it.
#include "process/prove.h"
#include "api/prove_rest.h"
#include "app/acting.h"
#include "app/company.h"
#include "app/prove_doors.h"
#include "base/ids.h"
#include "base/json.h"
#include "base/limits.h"
#include "db/database.h"
#include "process/process.h"
#include "record/record.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_RUNS 40
#define LIMIT_RUNS 2000
#define CERTIFICATE_BYTES (16UL << 20)

// Ed25519, hex. Made once a company, and given to nobody.
MIGRATION(app_0002_company_key, 90,
          "CREATE TABLE company_key (\n"
          "  id BIGINT NOT NULL PRIMARY KEY,\n"
          "  public_key TEXT NOT NULL,\n"
          "  secret_key TEXT NOT NULL\n"
          ")");

QUERY(company_key_get, "SELECT public_key, secret_key FROM company_key WHERE id = 1");
QUERY(company_key_add, "INSERT INTO company_key (id, public_key, secret_key) VALUES (1, $1, $2)");

typedef struct Key {
    const char *public_key;
    const char *secret_key;
} Key;

static const char *hex(Ctx *cx, const unsigned char *bytes, size_t length)
{
    char *text = arena_alloc(cx->arena, length * 2 + 1);
    sodium_bin2hex(text, length * 2 + 1, bytes, length);
    return text;
}

static bool from_hex(const char *text, unsigned char *bytes, size_t length)
{
    size_t read = 0;
    return text && strlen(text) == length * 2 &&
           !sodium_hex2bin(bytes, length, text, length * 2, NULL, &read, NULL) && read == length;
}

static FALLIBLE key_open(Ctx *cx, void *state)
{
    Key *key = state;
    Row *row;
    TRY(db_row(cx, &row, company_key_get));
    if (!row) {
        unsigned char public_key[crypto_sign_PUBLICKEYBYTES], secret[crypto_sign_SECRETKEYBYTES];
        crypto_sign_keypair(public_key, secret);
        TRY(db_run(cx, NULL, company_key_add, hex(cx, public_key, sizeof public_key),
                   hex(cx, secret, sizeof secret)));
        sodium_memzero(secret, sizeof secret);
        TRY(db_row(cx, &row, company_key_get));
    }
    *key = (Key){row_text(row, "public_key"), row_text(row, "secret_key")};
    return NULL;
}

static FALLIBLE sign(Ctx *cx, const Key *key, Value certificate, Value *out)
{
    unsigned char secret[crypto_sign_SECRETKEYBYTES], signature[crypto_sign_BYTES];
    const char *text = json_text(cx->arena, certificate);
    if (!from_hex(key->secret_key, secret, sizeof secret))
        return FAIL(cx, ERR_INTERNAL, "the company's key cannot be read");
    crypto_sign_detached(signature, NULL, (const unsigned char *)text, strlen(text), secret);
    sodium_memzero(secret, sizeof secret);
    *out = value_context(cx->arena);
    value_set(cx->arena, *out, "certificate", certificate);
    value_set(cx->arena, *out, "key", value_text(key->public_key));
    value_set(cx->arena, *out, "signature", value_text(hex(cx, signature, sizeof signature)));
    return NULL;
}

// ---- the scratch company --------------------------------------------------------------------

typedef struct Source {
    const char *process;
    Text xml; // of the process; decisions come from the packs
} Source;

static FALLIBLE source_read(Ctx *cx, void *state)
{
    Source *source = state;
    return process_diagram(cx, source->process, 0, &source->xml);
}

static FALLIBLE source_deploy(Ctx *cx, void *state)
{
    const Source *source = state;
    const char *key;
    int version;
    cx->actor = actor_system();
    TRY(process_deploy(cx, source->xml.bytes, source->xml.length, &key, &version));
    return deployments_load(cx);
}

// The routes, the import and the command themselves.
static const ProveDoor every_door[] = {{"api", rest_door},
                                       {"bulk", rest_bulk_door},
                                       {"import", proof_import_door},
                                       {"command", work_command_door},
                                       {"deviation", proof_deviation_door}};

static FALLIBLE proven_in(Ctx *cx, const CommandLine *line, const Source *source, Value *out)
{
    int64_t runs, seed;
    TRY(command_integer(cx, line, "runs", DEFAULT_RUNS, &runs));
    TRY(command_integer(cx, line, "seed", 1, &seed));
    if (runs < 1 || runs > LIMIT_RUNS)
        return FAIL(cx, ERR_INVALID, "runs is 1 to %d", LIMIT_RUNS);
    TRY(database_write(cx, cx->company->database, source_deploy, (void *)(uintptr_t)source));
    ProveDoors doors = {every_door, sizeof every_door / sizeof *every_door,
                        rest_tokens_new(cx->arena)};
    ProveOptions options = {source->process, (int)runs, (uint64_t)seed, &doors};
    return prove_run(cx, &options, out);
}

// The company's packs and models on a database of their own, which is gone afterwards.
static FALLIBLE prove_in_scratch(Ctx *cx, const CommandLine *line, const Source *source, Value *out)
{
    const char *folder = getenv("TMPDIR");
    char *path = text_format(cx->arena, "%s/millrace-proof-XXXXXX", folder ? folder : "/tmp");
    if (!mkdtemp(path))
        return FAIL(cx, ERR_UNAVAILABLE, "cannot make %s: %s", path, strerror(errno));
    const char *file = text_format(cx->arena, "%s/scratch.db", path);
    CommandLine scratch = *line;
    scratch.options = value_copy(cx->arena, line->options);
    value_set(cx->arena, scratch.options, "database",
              value_text(text_format(cx->arena, "sqlite:%s", file)));
    Error *error = company_open(cx, &scratch, COMPANY_CREATE);
    if (!error) {
        error = proven_in(cx, line, source, out);
        company_close(cx);
    }
    static const char *const endings[] = {"", "-wal", "-shm", "-journal", ".lock"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        unlink(text_format(cx->arena, "%s%s", file, endings[i]));
    rmdir(path);
    return error;
}

// ---- verifying ------------------------------------------------------------------------------

static FALLIBLE verify(Ctx *cx, const CommandLine *line, const char *path)
{
    Text text;
    Value signed_value;
    unsigned char key[crypto_sign_PUBLICKEYBYTES], signature[crypto_sign_BYTES];
    TRY(file_read(cx, path, CERTIFICATE_BYTES, &text));
    TRY(json_parse(cx, text.bytes, text.length, &signed_value));
    const Value *certificate = value_get(signed_value, "certificate");
    const char *public_key = value_get_text(signed_value, "key");
    if (!certificate || !from_hex(public_key, key, sizeof key) ||
        !from_hex(value_get_text(signed_value, "signature"), signature, sizeof signature))
        return FAIL(cx, ERR_INVALID, "%s is no signed certificate", path);
    const char *known = command_option(line, "key", NULL);
    if (known && !text_equal(known, public_key))
        return FAIL(cx, ERR_INVALID, "the certificate is signed with another key");
    const char *said = json_text(cx->arena, *certificate);
    if (crypto_sign_verify_detached(signature, (const unsigned char *)said, strlen(said), key))
        return error_hint(FAIL(cx, ERR_INVALID, "the signature does not fit the certificate"),
                          "It was changed after it was signed.");
    command_say(cx, line, *certificate, "The signature fits. Key: %s", public_key);
    return NULL;
}

// ---- the command ----------------------------------------------------------------------------

static const CommandOption options[] = {
    {"runs", "N", "how many records are taken through the process; 40 when not given"},
    {"seed", "N", "which random way they take"},
    {"verify", "FILE", "only check the signature of a certificate"},
    {"key", "HEX", "verify: the public key it must be signed with"},
    {0},
};

static size_t count_of(Value certificate, const char *name)
{
    const Value *list = value_get(certificate, name);
    return list && list->kind == VALUE_LIST ? list->list.count : 0;
}

static void say(Ctx *cx, const CommandLine *line, Value signed_value)
{
    Value certificate = *value_get(signed_value, "certificate");
    const Value *tried = value_get(certificate, "tried"),
                *through = value_get(certificate, "through");
    Buffer *text = buffer_new(cx->arena);
    for (size_t i = 0; i < tried->list.count; i++) {
        Value one = tried->list.items[i];
        buffer_format(text, "%s | %s | %s | %s | %s\n", value_get_text(one, "step"),
                      value_get_text(one, "door"), value_get_text(one, "who"),
                      value_get_text(one, "move"), value_get_text(one, "why"));
    }
    for (size_t i = 0; i < through->list.count; i++)
        buffer_format(text, "FAILED: %s | %s | %s | %s | it changed %s\n",
                      value_get_text(through->list.items[i], "step"),
                      value_get_text(through->list.items[i], "door"),
                      value_get_text(through->list.items[i], "who"),
                      value_get_text(through->list.items[i], "move"),
                      value_get_text(through->list.items[i], "changed"));
    const Value *missed = value_get(certificate, "missed");
    for (size_t i = 0; i < missed->list.count; i++)
        buffer_format(text, "NOT REACHED: %s | %s\n", value_get_text(missed->list.items[i], "step"),
                      value_get_text(missed->list.items[i], "why"));
    command_say(cx, line, signed_value,
                "%s%s (%s): %s tries, %zu got through; %zu steps reached, %zu not.\nSigned: %s",
                text->bytes ? text->bytes : "", value_get_text(certificate, "process"),
                value_get_text(certificate, "hash"),
                json_text(cx->arena, *value_get(certificate, "attempts")),
                count_of(certificate, "through"), count_of(certificate, "reached"),
                count_of(certificate, "missed"), value_get_text(signed_value, "signature"));
}

static FALLIBLE source_open(Ctx *cx, Source *source, Key *key)
{
    TRY(database_read(cx, cx->company->database, source_read, source));
    return database_write(cx, cx->company->database, key_open, key);
}

COMMAND(prove_command, "prove",
        "Try to break a process at every door of a scratch company; a signed certificate",
        "[PROCESS]", options)
{
    if (sodium_init() < 0)
        return FAIL(cx, ERR_INTERNAL, "libsodium does not start");
    const char *path = command_option(line, "verify", NULL);
    if (path)
        return verify(cx, line, path);
    if (!line->argument_count)
        return error_hint(FAIL(cx, ERR_INVALID, "prove needs the key of a process"),
                          "Say 'millrace prove standard-order'.");
    Source source = {.process = line->arguments[0]};
    Key key;
    Value certificate, signed_value;
    TRY(company_open(cx, line, COMPANY_OPEN));
    Error *error = source_open(cx, &source, &key);
    company_close(cx);
    TRY(error);
    TRY(prove_in_scratch(cx, line, &source, &certificate));
    TRY(sign(cx, &key, certificate, &signed_value));
    say(cx, line, signed_value);
    if (count_of(certificate, "through"))
        return FAIL(cx, ERR_CONFLICT, "the process does not hold: something got through");
    return NULL;
}
