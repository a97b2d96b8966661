// SPDX-License-Identifier: Apache-2.0
#include "process/proofs.h"

#include "base/calendar.h"
#include "base/ids.h"
#include "base/json.h"
#include "db/database.h"
#include "process/deployments.h"
#include "process/describe.h"

#include <string.h>

MIGRATION(process_0070_proof, 30,
          "CREATE TABLE process_proof (\n"
          "  id BIGINT NOT NULL PRIMARY KEY,\n"
          "  process_key TEXT NOT NULL,\n"
          "  version BIGINT NOT NULL,\n"
          "  hash TEXT NOT NULL,\n"
          "  state TEXT NOT NULL,\n"
          "  runs BIGINT NOT NULL,\n"
          "  seed BIGINT NOT NULL,\n"
          "  language TEXT NOT NULL,\n"
          "  asked_by BIGINT NOT NULL,\n"
          "  asked_at BIGINT NOT NULL,\n"
          "  holder TEXT,\n"
          "  heard_at BIGINT NOT NULL,\n"
          "  progress TEXT,\n"
          "  ended_at BIGINT,\n"
          "  message TEXT,\n"
          "  holds BIGINT,\n"
          "  signature TEXT,\n"
          "  certificate TEXT\n"
          ");\n"
          "CREATE INDEX process_proof_process ON process_proof (process_key, id);\n"
          "CREATE INDEX process_proof_state ON process_proof (state, id)");

#define PROOF_COLUMNS                                                                              \
    "id, process_key, version, hash, state, runs, seed, language, asked_by, asked_at, progress,"   \
    " ended_at, message, holds, signature"

QUERY(proof_insert, "INSERT INTO process_proof (id, process_key, version, hash, state, runs, seed,"
                    " language, asked_by, asked_at, heard_at)"
                    " VALUES ($1, $2, $3, $4, 'waiting', $5, $6, $7, $8, $9, $9)");
QUERY(proof_hash, "SELECT hash FROM process_version WHERE id = $1");
QUERY(proof_get, "SELECT " PROOF_COLUMNS " FROM process_proof WHERE id = $1");
QUERY(proof_page, "SELECT " PROOF_COLUMNS " FROM process_proof WHERE process_key = $1 AND id < $2"
                  " ORDER BY id DESC LIMIT $3");
QUERY(proof_busy, "SELECT id FROM process_proof WHERE process_key = $1"
                  " AND state IN ('waiting', 'working', 'cancelling') LIMIT 1");
QUERY(proof_certificate_get, "SELECT state, certificate FROM process_proof WHERE id = $1");
QUERY(proof_state_set, "UPDATE process_proof SET state = $2, ended_at = $3 WHERE id = $1");
QUERY(proof_waiting, "SELECT id, process_key, runs, seed, language FROM process_proof"
                     " WHERE state = 'waiting' ORDER BY id LIMIT 1");
QUERY(proof_left, "SELECT id, process_key, runs, seed, language FROM process_proof"
                  " WHERE state IN ('working', 'cancelling') AND heard_at < $1"
                  " ORDER BY id LIMIT 1");
QUERY(proof_hold, "UPDATE process_proof SET state = 'working', holder = $2, heard_at = $3"
                  " WHERE id = $1 AND state <> 'cancelling'");
QUERY(proof_held, "SELECT process_key, version, state FROM process_proof"
                  " WHERE id = $1 AND holder = $2");
QUERY(proof_heard, "UPDATE process_proof SET progress = $2, heard_at = $3 WHERE id = $1");
QUERY(proof_finish, "UPDATE process_proof SET state = $2, ended_at = $3, message = $4, holds = $5,"
                    " signature = $6, certificate = $7, holder = NULL WHERE id = $1");

// Of those of a version in one state the newest stay; what failed pushes no certificate out.
QUERY(proof_prune,
      "DELETE FROM process_proof WHERE process_key = $1 AND version = $2 AND state = $3"
      " AND id <= (SELECT id FROM process_proof WHERE process_key = $1 AND version = $2"
      " AND state = $3 ORDER BY id DESC LIMIT 1 OFFSET $4)");

// ---- asking ---------------------------------------------------------------------------------

static FALLIBLE may_prove(Ctx *cx)
{
    return actor_may(cx->actor, "process.prove")
               ? NULL
               : FAIL(cx, ERR_DENIED, "this needs the permission %s", "process.prove");
}

static FALLIBLE asked_number(Ctx *cx, Value asked, const char *name, int64_t fallback, int64_t most,
                             int64_t *out)
{
    const Value *given = value_get(asked, name);
    *out = fallback;
    if (!given || given->kind == VALUE_NULL)
        return NULL;
    if (given->kind != VALUE_NUMBER || !decimal_to_integer(given->number, out) || *out < 1 ||
        *out > most)
        return error_field(
            FAIL(cx, ERR_INVALID, "%s is a number from 1 to %lld", name, (long long)most), name);
    return NULL;
}

FALLIBLE proof_request(Ctx *cx, const char *process, Value asked, Id *proof)
{
    const ProcessModel *model;
    int64_t runs, seed;
    Row *row;
    TRY(may_prove(cx));
    TRY(model_newest(cx, process, &model));
    TRY(asked_number(cx, asked, "runs", PROOF_RUNS, LIMIT_PROOF_RUNS, &runs));
    TRY(asked_number(cx, asked, "seed", 1, INT32_MAX, &seed));
    TRY(db_row(cx, &row, proof_busy, process));
    if (row)
        return error_hint(FAIL(cx, ERR_CONFLICT, "a certificate of this process is being made"),
                          "Wait for it, or cancel it.");
    TRY(db_row(cx, &row, proof_hash, model->id));
    *proof = id_new(cx);
    return db_run(cx, NULL, proof_insert, *proof, process, model->version, row_text(row, "hash"),
                  runs, seed, cx->language, cx->actor->user, cx->now);
}

static Value instant_value(Ctx *cx, int64_t at)
{
    return at ? value_text(instant_text(cx->arena, at)) : value_null();
}

static FALLIBLE row_value(Ctx *cx, Describer *describer, const Row *row, Value *out)
{
    Value person, progress = value_null();
    const char *text = row_text(row, "progress");
    bool judged = row_cell(row, "holds").kind != CELL_NULL;
    TRY(describe_user(cx, describer, row_integer(row, "asked_by"), &person));
    if (text)
        TRY(json_parse(cx, text, strlen(text), &progress));
    *out = value_context(cx->arena);
    value_set(cx->arena, *out, "id", value_text(id_text(cx->arena, row_integer(row, "id"))));
    value_set(cx->arena, *out, "process", value_text(row_text(row, "process_key")));
    value_set(cx->arena, *out, "version", value_integer(row_integer(row, "version")));
    value_set(cx->arena, *out, "hash", value_text(row_text(row, "hash")));
    value_set(cx->arena, *out, "state", value_text(row_text(row, "state")));
    value_set(cx->arena, *out, "runs", value_integer(row_integer(row, "runs")));
    value_set(cx->arena, *out, "seed", value_integer(row_integer(row, "seed")));
    value_set(cx->arena, *out, "progress", progress);
    value_set(cx->arena, *out, "asked_by", person);
    value_set(cx->arena, *out, "asked_at", instant_value(cx, row_integer(row, "asked_at")));
    value_set(cx->arena, *out, "ended_at", instant_value(cx, row_integer(row, "ended_at")));
    value_set(cx->arena, *out, "message", value_text(row_text(row, "message")));
    value_set(cx->arena, *out, "holds",
              judged ? value_boolean(row_integer(row, "holds")) : value_null());
    value_set(cx->arena, *out, "signature", value_text(row_text(row, "signature")));
    return NULL;
}

static FALLIBLE no_such(Ctx *cx)
{
    return FAIL(cx, ERR_NOT_FOUND, "there is no such certificate");
}

FALLIBLE proof_show(Ctx *cx, Id proof, Value *out)
{
    Row *row;
    TRY(may_prove(cx));
    TRY(db_row(cx, &row, proof_get, proof));
    return row ? row_value(cx, describer_new(cx), row, out) : no_such(cx);
}

FALLIBLE proof_list(Ctx *cx, const char *process, Id before, int limit, Value *out)
{
    const ProcessModel *model;
    Rows rows;
    TRY(may_prove(cx));
    TRY(model_newest(cx, process, &model));
    TRY(db_rows(cx, &rows, proof_page, process, before ? before : INT64_MAX, limit + 1));
    size_t count = rows.count > (size_t)limit ? (size_t)limit : rows.count;
    Value *items = NEW_ARRAY(cx->arena, Value, count + 1);
    Describer *describer = describer_new(cx);
    for (size_t i = 0; i < count; i++)
        TRY(row_value(cx, describer, &rows.items[i], &items[i]));
    bool more = count && rows.count > count;
    Id last = more ? row_integer(&rows.items[count - 1], "id") : 0;
    *out = value_context(cx->arena);
    value_set(cx->arena, *out, "items", value_list(items, count));
    value_set(cx->arena, *out, "next", more ? value_text(id_text(cx->arena, last)) : value_null());
    return NULL;
}

FALLIBLE proof_cancel(Ctx *cx, Id proof)
{
    Row *row;
    TRY(may_prove(cx));
    TRY(db_row(cx, &row, proof_get, proof));
    if (!row)
        return no_such(cx);
    const char *state = row_text(row, "state");
    if (text_equal(state, "waiting"))
        return db_run(cx, NULL, proof_state_set, proof, "cancelled", cx->now);
    if (!text_equal(state, "working"))
        return FAIL(cx, ERR_CONFLICT, "this certificate is not being made");
    return db_run(cx, NULL, proof_state_set, proof, "cancelling", cell_null());
}

FALLIBLE proof_certificate(Ctx *cx, Id proof, Value *out)
{
    Row *row;
    TRY(may_prove(cx));
    TRY(db_row(cx, &row, proof_certificate_get, proof));
    if (!row)
        return no_such(cx);
    const char *text = row_text(row, "certificate");
    if (!text)
        return FAIL(cx, ERR_CONFLICT, "there is no certificate: it is %s", row_text(row, "state"));
    return json_parse(cx, text, strlen(text), out);
}

// ---- making ---------------------------------------------------------------------------------

static FALLIBLE proof_next(Ctx *cx, Row **row)
{
    TRY(db_row(cx, row, proof_waiting));
    return *row ? NULL : db_row(cx, row, proof_left, cx->now - PROOF_LEASE_US);
}

FALLIBLE proof_awaited(Ctx *cx, bool *out)
{
    Row *row;
    TRY(proof_next(cx, &row));
    *out = row != NULL;
    return NULL;
}

FALLIBLE proof_take(Ctx *cx, const char *holder, ProofJob *out)
{
    Row *row;
    int64_t taken;
    *out = (ProofJob){0};
    TRY(proof_next(cx, &row));
    if (!row)
        return NULL;
    Id id = row_integer(row, "id");
    TRY(db_run(cx, &taken, proof_hold, id, holder, cx->now));
    if (!taken) // its prover died while it was cancelled
        return db_run(cx, NULL, proof_state_set, id, "cancelled", cx->now);
    *out = (ProofJob){.id = id,
                      .process = row_text(row, "process_key"),
                      .language = row_text(row, "language"),
                      .runs = (int)row_integer(row, "runs"),
                      .seed = (uint64_t)row_integer(row, "seed")};
    return NULL;
}

FALLIBLE proof_progress(Ctx *cx, Id proof, const char *holder, const ProofProgress *progress,
                        bool *go_on)
{
    Row *row;
    TRY(db_row(cx, &row, proof_held, proof, holder));
    *go_on = row && text_equal(row_text(row, "state"), "working");
    if (!*go_on)
        return NULL;
    Value value = value_context(cx->arena);
    value_set(cx->arena, value, "runs", value_integer(progress->runs));
    value_set(cx->arena, value, "reached", value_integer(progress->reached));
    value_set(cx->arena, value, "steps", value_integer(progress->steps));
    value_set(cx->arena, value, "attempts", value_integer(progress->attempts));
    return db_run(cx, NULL, proof_heard, proof, json_text(cx->arena, value), cx->now);
}

FALLIBLE proof_end(Ctx *cx, Id proof, const char *holder, Value signed_certificate, const char *why)
{
    Row *row;
    TRY(db_row(cx, &row, proof_held, proof, holder));
    if (!row)
        return NULL;
    bool made = signed_certificate.kind == VALUE_CONTEXT;
    bool cancelled = text_equal(row_text(row, "state"), "cancelling");
    const Value *holds = made ? value_at(signed_certificate, "/certificate/holds") : NULL;
    const char *state = cancelled ? "cancelled" : made ? "done" : "failed";
    TRY(db_run(cx, NULL, proof_finish, proof, state, cx->now, cancelled ? NULL : why,
               holds && !cancelled ? cell_integer(holds->boolean) : cell_null(),
               made && !cancelled ? value_get_text(signed_certificate, "signature") : NULL,
               made && !cancelled ? json_text(cx->arena, signed_certificate) : NULL));
    return db_run(cx, NULL, proof_prune, row_text(row, "process_key"), row_integer(row, "version"),
                  state, PROOFS_KEPT);
}
