// SPDX-License-Identifier: Apache-2.0
// What somebody does to the audit behind its back, and where it is found.
#include "base/ids.h"
#include "record/audit_log.h"
#include "record/audit_retention.h"
#include "record/restore.h"
#include "record/test_packs.h"

#include <sodium.h>
#include <string.h>

static AuditSigner signer_of(unsigned char seed_byte)
{
    AuditSigner signer = {0};
    unsigned char seed[crypto_sign_SEEDBYTES], key[crypto_sign_PUBLICKEYBYTES];
    memset(seed, seed_byte, sizeof seed);
    crypto_sign_seed_keypair(key, signer.secret, seed);
    sodium_bin2hex(signer.key, sizeof signer.key, key, sizeof key);
    return signer;
}

typedef struct Sealing {
    AuditSigner signer;
    AuditCheckpoint made;
    bool more;
} Sealing;

static Error *seal_work(Ctx *cx, void *state)
{
    Sealing *sealing = state;
    return audit_seal(cx, &sealing->signer, &sealing->made, &sealing->more);
}

static void seal(Ctx *cx, Sealing *sealing)
{
    do
        CHECK_OK(database_write(cx, cx->company->database, seal_work, sealing));
    while (sealing->more);
}

static Error *make_sales(Ctx *cx, void *state)
{
    Id *sale = state;
    Record *made = test_sale(cx, "10"), *changed;
    *sale = made->id;
    return record_change(cx, "sale", made->id, 0, test_json(cx, "{\"amount\":20,\"note\":\"x\"}"),
                         &changed);
}

static Error *run_work(Ctx *cx, void *state)
{
    return db_built_run(cx, NULL, state, NULL, 0);
}

static void tamper(Ctx *cx, const char *sql)
{
    CHECK_OK(database_write(cx, cx->company->database, run_work, (void *)(uintptr_t)sql));
}

static AuditVerified *verify(Ctx *cx, const AuditCheckpoint *head)
{
    AuditVerified *verified = NEW(cx->arena, AuditVerified);
    AuditSigner signer = signer_of(7);
    const char *keys[] = {signer.key};
    AuditTrust trust = {.keys = keys, .key_count = 1};
    if (head)
        trust.head = *head;
    CHECK_OK(audit_verify(cx, cx->company->database, &trust, verified));
    return verified;
}

// A log of two checkpoints; the sale of the last rows.
static Id sealed_log(Ctx *cx, Sealing *sealing)
{
    Id sale = 0;
    test_packs_open(cx);
    sealing->signer = signer_of(7);
    seal(cx, sealing); // the data of the packs
    cx->now += 1000;
    test_as(cx, "system", DOOR_SYSTEM, make_sales, &sale);
    seal(cx, sealing);
    CHECK_INT(verify(cx, &sealing->made)->problem_count, 0);
    return sale;
}

DB_TEST(an_untouched_log_verifies_and_tells_what_is_sealed)
{
    Sealing sealing = {0};
    sealed_log(cx, &sealing);
    AuditVerified *verified = verify(cx, NULL);
    CHECK_INT(verified->leaves, verified->sealed);
    CHECK_INT(verified->checkpoints, 2);
    Id sale;
    test_as(cx, "system", DOOR_SYSTEM, make_sales, &sale);
    verified = verify(cx, &sealing.made);
    CHECK_INT(verified->problem_count, 0);
    CHECK_INT(verified->leaves, verified->sealed + 4); // amount, note, the tax, the creation
    CHECK(audit_checkpoint_is_signed(cx, &sealing.made));
    sealing.made.size++;
    CHECK(!audit_checkpoint_is_signed(cx, &sealing.made));
}

static const AuditProblem *only(const AuditVerified *verified, AuditFinding finding)
{
    CHECK_INT(verified->problem_count, 1);
    CHECK_TEXT(audit_finding_word(verified->problems[0].finding), audit_finding_word(finding));
    return &verified->problems[0];
}

DB_TEST(a_changed_value_is_named_with_record_field_and_instant)
{
    Sealing sealing = {0};
    Id sale = sealed_log(cx, &sealing);
    tamper(cx, "UPDATE audit SET after = '\"y\"' WHERE field = 'note'");
    const AuditProblem *problem = only(verify(cx, &sealing.made), AUDIT_CHANGED);
    CHECK_INT(problem->record, sale);
    CHECK_TEXT(problem->entity, "sale");
    CHECK_TEXT(problem->field, "note");
    CHECK_INT(problem->at, cx->now);
    tamper(cx, "UPDATE audit SET after = '\"x\"', actor = 5 WHERE field = 'note'");
    only(verify(cx, NULL), AUDIT_CHANGED);
}

DB_TEST(a_deleted_row_is_named_with_the_instants_around_it)
{
    Sealing sealing = {0};
    sealed_log(cx, &sealing);
    tamper(cx, "DELETE FROM audit WHERE field = 'note'");
    const AuditProblem *problem = only(verify(cx, &sealing.made), AUDIT_MISSING);
    CHECK_INT(problem->leaf, problem->last);
    CHECK_INT(problem->at, cx->now);
}

DB_TEST(a_cut_end_is_found_by_the_checkpoint_that_was_kept_elsewhere)
{
    Sealing sealing = {0};
    sealed_log(cx, &sealing);
    tamper(cx, "DELETE FROM audit WHERE entity = 'sale'");
    only(verify(cx, &sealing.made), AUDIT_MISSING);
    tamper(cx,
           "DELETE FROM audit_checkpoint WHERE size = (SELECT MAX(size) FROM audit_checkpoint)");
    CHECK_INT(verify(cx, NULL)->problem_count, 0); // nobody can tell
    only(verify(cx, &sealing.made), AUDIT_CUT);
}

DB_TEST(an_inserted_row_is_named)
{
    Sealing sealing = {0};
    sealed_log(cx, &sealing);
    tamper(cx, "INSERT INTO audit (record, at, seq, entity, action, field, before, after, actor,"
               " door) VALUES (77, 5, 1, 'sale', 'change', 'amount', '1', '2', 0, 'api')");
    const AuditProblem *problem = only(verify(cx, &sealing.made), AUDIT_INSERTED);
    CHECK_INT(problem->record, 77);
    CHECK_TEXT(problem->field, "amount");
}

DB_TEST(reordered_and_rewritten_leaves_are_found_between_two_checkpoints)
{
    Sealing sealing = {0};
    sealed_log(cx, &sealing);
    // Two rows change places, with their hashes.
    tamper(cx, "UPDATE audit SET leaf = -1 WHERE field = 'note'");
    tamper(cx, "UPDATE audit SET leaf = leaf + 1000 WHERE field = 'amount'");
    tamper(cx, "UPDATE audit SET leaf = (SELECT a.leaf - 1000 FROM audit a"
               " WHERE a.field = 'amount') WHERE field = 'note'");
    tamper(cx, "UPDATE audit SET leaf = (SELECT MAX(a.leaf) - 1000 FROM audit a) + 1"
               " WHERE field = 'amount'");
    const AuditProblem *problem = only(verify(cx, &sealing.made), AUDIT_REWRITTEN);
    CHECK_INT(problem->last, sealing.made.size - 1);
}

DB_TEST(a_checkpoint_of_another_key_is_forged_and_no_other_key_goes_on)
{
    Sealing sealing = {0}, other = {.signer = signer_of(9)};
    sealed_log(cx, &sealing);
    CHECK_FAILS(database_write(cx, cx->company->database, seal_work, &other), ERR_CONFLICT,
                "another key");
    tamper(cx, "UPDATE audit_checkpoint SET at = at + 1"
               " WHERE size = (SELECT MAX(size) FROM audit_checkpoint)");
    only(verify(cx, NULL), AUDIT_FORGED);
    CHECK_FAILS(database_write(cx, cx->company->database, seal_work, &sealing), ERR_CONFLICT,
                "last checkpoint of the audit was changed");
}

static Error *prune_work(Ctx *cx, void *state)
{
    return audit_prune(cx, 3, state);
}

static Error *restore_work(Ctx *cx, void *state)
{
    Record *back;
    RestoreRequest restore = {.entity = "sale", .id = *(Id *)state, .before = TEST_NOW + 2000};
    return record_restore(cx, &restore, &back);
}

DB_TEST(retention_takes_what_is_past_its_time_and_the_log_verifies)
{
    Sealing sealing = {0};
    Id old = sealed_log(cx, &sealing), fresh;
    int done = 3, chunks = 0;
    Instant day = 24 * 3600 * 1000000LL;
    cx->now += 366 * day;
    test_as(cx, "system", DOOR_SYSTEM, make_sales, &fresh); // not sealed, and not old
    for (; done == 3; chunks++)
        test_as(cx, "system", DOOR_SYSTEM, prune_work, &done);
    CHECK(chunks > 1);
    seal(cx, &sealing);
    AuditVerified *verified = verify(cx, &sealing.made);
    CHECK_INT(verified->problem_count, 0);
    CHECK_INT(verified->pruned, 4);
    CHECK_FAILS(test_try_as(cx, "system", DOOR_SYSTEM, restore_work, &old), ERR_INVALID,
                "kept since");
    // Who takes more than the rule did is found, and so is who lets the rule say more.
    tamper(cx, "INSERT INTO audit_hash (leaf, entity, at, rest) SELECT leaf, entity, at, hash"
               " FROM audit WHERE field = 'note'");
    tamper(cx, "DELETE FROM audit WHERE field = 'note'");
    CHECK_INT(verify(cx, &sealing.made)->problem_count, 2); // no rule, and another root
    tamper(cx, "UPDATE audit SET after = '{\"before\":\"2999-01-01T00:00:00Z\"}'"
               " WHERE action = 'prune'");
    CHECK(verify(cx, &sealing.made)->problem_count > 1);
}

DB_TEST(rows_from_before_the_log_become_its_first_leaves)
{
    Sealing sealing = {.signer = signer_of(7)};
    Id sale;
    test_packs_open(cx);
    test_as(cx, "system", DOOR_SYSTEM, make_sales, &sale);
    tamper(cx, "UPDATE audit SET leaf = NULL, proof = NULL, hash = NULL");
    CHECK_INT(verify(cx, NULL)->problem_count, 0);
    seal(cx, &sealing);
    AuditVerified *verified = verify(cx, &sealing.made);
    CHECK_INT(verified->problem_count, 0);
    CHECK(verified->sealed > 4 && verified->sealed == verified->leaves);
}
