// SPDX-License-Identifier: Apache-2.0
#include "base/ids.h"
#include "record/audit_log.h"
#include "record/comment.h"
#include "record/personal.h"
#include "record/search.h"
#include "record/test_packs.h"

typedef struct Case {
    Id person;
    int found;
    Erasure erasure;
    Value told;
} Case;

static Error *make(Ctx *cx, void *state)
{
    Case *one = state;
    Record *made, *changed;
    TRY(record_create(cx, "user",
                      test_json(cx, "{\"login\":\"zelda\",\"name\":\"Zelda Quixwood\","
                                    "\"email\":\"zelda@quixwood.example\"}"),
                      &made));
    one->person = made->id;
    Value comment, note = test_json(cx, "{\"kind\":\"note\",\"text\":\"Quixwood called\"}");
    TRY(comment_add(cx, "user", made->id, note, &comment));
    Id said = 0;
    CHECK(id_parse(value_get_text(comment, "id"), &said));
    TRY(comment_change(cx, "user", made->id, said, "Zelda Quixwood called", &comment));
    GateRequest change = {.action = GATE_CHANGE,
                          .entity = "user",
                          .id = made->id,
                          .changes = test_json(cx, "{\"name\":\"Zelda Quixwood-Brown\"}"),
                          .reason = "Quixwood married"};
    return gate_pass(cx, &change, &changed);
}

static Error *erase(Ctx *cx, void *state)
{
    Case *one = state;
    one->erasure.entity = "user";
    one->erasure.record = one->person;
    return personal_erase(cx, &one->erasure, &one->told);
}

// How many rows of the table and its audit still say it.
static Error *look(Ctx *cx, void *state)
{
    Case *one = state;
    Rows rows;
    TRY(db_built_rows(cx, &rows,
                      "SELECT (SELECT COUNT(*) FROM \"user\" WHERE name LIKE '%Quix%' OR email LIKE"
                      " '%quix%') + (SELECT COUNT(*) FROM audit WHERE before LIKE '%uixwood%' OR"
                      " after LIKE '%uixwood%' OR reason LIKE '%uixwood%') + (SELECT COUNT(*)"
                      " FROM record_comment WHERE text LIKE '%uixwood%') AS n",
                      NULL, 0));
    one->found = (int)row_integer(&rows.items[0], "n");
    return NULL;
}

static AuditVerified *verify(Ctx *cx)
{
    AuditVerified *verified = NEW(cx->arena, AuditVerified);
    AuditTrust trust = {0};
    CHECK_OK(audit_verify(cx, cx->company->database, &trust, verified));
    return verified;
}

static Error *tamper(Ctx *cx, void *state)
{
    return db_built_run(cx, NULL, state, NULL, 0);
}

DB_TEST(personal_values_go_from_the_record_and_its_audit_and_the_log_verifies)
{
    Case one = {0};
    test_packs_open(cx);
    test_as(cx, "system", DOOR_SYSTEM, make, &one);
    test_as(cx, "system", DOOR_SYSTEM, look, &one);
    CHECK(one.found > 2);
    CHECK_FAILS(test_try_as(cx, "system", DOOR_SYSTEM, erase, &one), ERR_INVALID, "needs a reason");
    one.erasure.reason = "she asked for it";
    CHECK_FAILS(test_try_as(cx, "sofia", DOOR_API, erase, &one), ERR_DENIED, "may not erase");
    test_as(cx, "system", DOOR_SYSTEM, erase, &one);
    CHECK_INT(one.told.list.count, 1);
    test_as(cx, "system", DOOR_SYSTEM, look, &one);
    CHECK_INT(one.found, 0);
    AuditVerified *verified = verify(cx);
    CHECK_INT(verified->problem_count, 0);
    CHECK(verified->erased >= 3);
    // Again: nothing is left to erase, and what was told before still proves it.
    test_as(cx, "system", DOOR_SYSTEM, erase, &one);
    CHECK_INT(verify(cx)->problem_count, 0);
}

DB_TEST(what_is_left_of_an_erased_row_cannot_be_changed_either)
{
    Case one = {.erasure = {.reason = "she asked for it"}};
    test_packs_open(cx);
    test_as(cx, "system", DOOR_SYSTEM, make, &one);
    test_as(cx, "system", DOOR_SYSTEM, erase, &one);
    test_as(cx, "system", DOOR_SYSTEM, tamper,
            (void *)(uintptr_t) "UPDATE audit SET after = '\"invented\"' WHERE field = 'name'");
    AuditVerified *verified = verify(cx);
    CHECK(verified->problem_count >= 1);
    CHECK_TEXT(verified->problems[0].field, "name");
    // Nor may somebody erase without an erasure.
    test_as(cx, "system", DOOR_SYSTEM, tamper,
            (void *)(uintptr_t) "DELETE FROM audit WHERE action = 'erase'");
    CHECK(verify(cx)->problem_count > 3);
}

// ---- the search index -----------------------------------------------------------------------

static void index_all(Ctx *cx)
{
    bool found = true;
    while (found)
        CHECK_OK(search_work(cx, cx->company->database, &found));
}

typedef struct Merging {
    bool first;
    bool more;
} Merging;

static Error *merge(Ctx *cx, void *state)
{
    Merging *merging = state;
    return erasures_leave_index(cx, merging->first, &merging->more);
}

static Error *lie(Ctx *cx, void *state)
{
    return erasures_lie_in_index(cx, state);
}

static Error *words_in_segments(Ctx *cx, void *state)
{
    Rows rows;
    TRY(db_built_rows(cx, &rows,
                      "SELECT COUNT(*) AS n FROM search_index_data"
                      " WHERE instr(block, CAST('uixwood' AS BLOB)) > 0",
                      NULL, 0));
    *(int64_t *)state = row_integer(&rows.items[0], "n");
    return NULL;
}

static Error *make_customer(Ctx *cx, void *state)
{
    Record *made;
    TRY(record_create(cx, "customer", test_json(cx, "{\"name\":\"Quixwood\"}"), &made));
    *(Id *)state = made->id;
    return NULL;
}

static Error *rename_customer(Ctx *cx, void *state)
{
    Record *changed;
    return record_change(cx, "customer", *(Id *)state, 0, test_json(cx, "{\"name\":\"Erased\"}"),
                         &changed);
}

SQLITE_TEST(erased_words_leave_the_segments_of_the_index)
{
    Id customer;
    int64_t segments;
    bool lies;
    Case one = {.erasure = {.reason = "she asked for it"}};
    Merging merging = {.first = true, .more = true};
    test_packs_open(cx);
    test_as(cx, "system", DOOR_SYSTEM, make_customer, &customer);
    index_all(cx);
    test_as(cx, "system", DOOR_SYSTEM, rename_customer, &customer);
    test_as(cx, "system", DOOR_SYSTEM, make, &one);
    test_as(cx, "system", DOOR_SYSTEM, erase, &one);
    test_as(cx, "system", DOOR_SYSTEM, lie, &lies);
    CHECK(!lies); // something waits to be indexed
    index_all(cx);
    test_as(cx, "system", DOOR_SYSTEM, lie, &lies);
    test_as(cx, "system", DOOR_SYSTEM, words_in_segments, &segments);
    CHECK(lies && segments > 0);
    for (; merging.more; merging.first = false)
        test_as(cx, "system", DOOR_SYSTEM, merge, &merging);
    test_as(cx, "system", DOOR_SYSTEM, lie, &lies);
    test_as(cx, "system", DOOR_SYSTEM, words_in_segments, &segments);
    CHECK(!lies);
    CHECK_INT(segments, 0);
}

static Error *delete_person(Ctx *cx, void *state)
{
    return record_delete(cx, "user", ((Case *)state)->person, 0);
}

static Error *ledger(Ctx *cx, void *state)
{
    Case *one = state;
    Erasure *erasures;
    size_t count;
    TRY(erasures_after(cx, 0, 10, &erasures, &count));
    one->found = (int)count;
    one->erasure.id = count ? erasures[0].id : 0;
    bool done;
    TRY(erasure_is_done(cx, one->erasure.id, &done));
    CHECK(done || !count);
    return NULL;
}

DB_TEST(a_deleted_person_is_erased_too_and_the_ledger_says_so)
{
    Case one = {.erasure = {.reason = "she asked for it"}};
    test_packs_open(cx);
    test_as(cx, "system", DOOR_SYSTEM, make, &one);
    test_as(cx, "system", DOOR_SYSTEM, delete_person, &one);
    test_as(cx, "system", DOOR_SYSTEM, erase, &one);
    test_as(cx, "system", DOOR_SYSTEM, look, &one);
    CHECK_INT(one.found, 0);
    test_as(cx, "system", DOOR_SYSTEM, ledger, &one);
    CHECK_INT(one.found, 1);
    one.erasure.id = 0;
    one.person++;
    CHECK_FAILS(test_try_as(cx, "system", DOOR_SYSTEM, erase, &one), ERR_NOT_FOUND, "no user");
}
