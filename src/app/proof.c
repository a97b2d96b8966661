// SPDX-License-Identifier: Apache-2.0
#include "app/proof.h"

#include "api/prove_rest.h"
#include "app/company.h"
#include "app/prove_doors.h"
#include "base/json.h"
#include "base/map.h"
#include "db/database.h"
#include "process/deployments.h"
#include "process/process.h"
#include "record/record.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

// What is proven, as this company has deployed it: the process, the decisions that it asks and the
// processes that it calls.
typedef struct Source {
    const char *process;
    ARRAY(Text) decisions;
    ARRAY(ModelFiles) processes; // those that are called come first
    Map *seen;
} Source;

static FALLIBLE process_read(Ctx *cx, Source *source, const char *key)
{
    const ProcessModel *model;
    Text xml;
    if (map_get(source->seen, key))
        return NULL;
    map_put(source->seen, key, source);
    TRY(model_newest(cx, key, &model));
    for (size_t i = 0; i < model->graph->node_count; i++) {
        const GraphNode *node = &model->graph->nodes[i];
        const char *name = node->decision_model
                               ? text_format(cx->arena, "decision %s", node->decision_model)
                               : NULL;
        if (name && !map_get(source->seen, name)) {
            map_put(source->seen, name, source);
            TRY(decision_diagram(cx, node->decision_model, &xml));
            array_push(cx->arena, source->decisions) = xml;
        }
        Error *error = node->called ? process_read(cx, source, node->called) : NULL;
        if (error && error->code != ERR_NOT_FOUND)
            return error;
    }
    return model_files(cx, model->id, &array_push(cx->arena, source->processes));
}

static FALLIBLE source_read(Ctx *cx, void *state)
{
    Source *source = state;
    const char *process = source->process;
    *source = (Source){.process = process, .seen = map_new(cx->arena)};
    return process_read(cx, source, process);
}

static FALLIBLE source_deploy(Ctx *cx, void *state)
{
    const Source *source = state;
    const char *key;
    int version;
    cx->actor = actor_system();
    for (size_t i = 0; i < source->decisions.count; i++)
        TRY(decision_deploy(cx, source->decisions.items[i].bytes, source->decisions.items[i].length,
                            &key, &version));
    TRY(deployments_load(cx));
    for (size_t i = 0; i < source->processes.count; i++)
        TRY(process_files_deploy(cx, &source->processes.items[i]));
    return deployments_load(cx);
}

// The routes, the import and the command themselves.
static const ProveDoor every_door[] = {{"api", rest_door},
                                       {"bulk", rest_bulk_door},
                                       {"import", proof_import_door},
                                       {"command", work_command_door},
                                       {"deviation", proof_deviation_door}};

static FALLIBLE proven_in(Ctx *cx, const ProofOrder *order, Source *source, Value *out)
{
    TRY(database_write(cx, cx->company->database, source_deploy, source));
    ProveDoors doors = {every_door, sizeof every_door / sizeof *every_door,
                        rest_tokens_new(cx->arena)};
    ProveOptions options = {.process = order->process,
                            .runs = order->runs,
                            .seed = order->seed,
                            .doors = &doors,
                            .may_go_on = order->may_go_on,
                            .state = order->state};
    return prove_run(cx, &options, out);
}

static void scratch_remove(Ctx *cx, const char *folder, const char *file)
{
    static const char *const endings[] = {"", "-wal", "-shm", "-journal", ".lock"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        unlink(text_format(cx->arena, "%s%s", file, endings[i]));
    rmdir(folder);
}

static FALLIBLE prove_in_scratch(Ctx *cx, const CommandLine *line, const ProofOrder *order,
                                 Source *source, Value *out)
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
    Company company = {0};
    Ctx own = *cx;
    own.company = &company;
    own.actor = actor_system();
    own.language = order->language;
    Error *error = company_open(&own, &scratch, COMPANY_CREATE);
    if (!error) {
        error = proven_in(&own, order, source, out);
        company_close(&own);
    }
    scratch_remove(cx, path, file);
    return error;
}

FALLIBLE proof_make(Ctx *cx, const CommandLine *line, const ProofOrder *order, Value *out)
{
    Source source = {.process = order->process};
    Value certificate;
    Key key;
    if (sodium_init() < 0)
        return FAIL(cx, ERR_INTERNAL, "libsodium does not start");
    TRY(database_read(cx, cx->company->database, source_read, &source));
    TRY(database_write(cx, cx->company->database, key_open, &key));
    TRY(prove_in_scratch(cx, line, order, &source, &certificate));
    return sign(cx, &key, certificate, out);
}

FALLIBLE proof_verify(Ctx *cx, Value signed_certificate, const char *name, const char *known)
{
    unsigned char key[crypto_sign_PUBLICKEYBYTES], signature[crypto_sign_BYTES];
    const Value *certificate = value_get(signed_certificate, "certificate");
    const char *public_key = value_get_text(signed_certificate, "key");
    if (sodium_init() < 0)
        return FAIL(cx, ERR_INTERNAL, "libsodium does not start");
    if (!certificate || !from_hex(public_key, key, sizeof key) ||
        !from_hex(value_get_text(signed_certificate, "signature"), signature, sizeof signature))
        return FAIL(cx, ERR_INVALID, "%s is no signed certificate", name);
    if (known && !text_equal(known, public_key))
        return FAIL(cx, ERR_INVALID, "the certificate is signed with another key");
    const char *said = json_text(cx->arena, *certificate);
    if (crypto_sign_verify_detached(signature, (const unsigned char *)said, strlen(said), key))
        return error_hint(FAIL(cx, ERR_INVALID, "the signature does not fit the certificate"),
                          "It was changed after it was signed.");
    return NULL;
}
