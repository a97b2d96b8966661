// SPDX-License-Identifier: Apache-2.0
#include "base/ids.h"
#include "record/restore.h"
#include "record/test_packs.h"

static Error *change_at(Ctx *cx, Record *sale, Instant at, const char *json)
{
    Instant now = cx->now;
    Record *changed;
    cx->now = at;
    Error *error = record_change(cx, "sale", sale->id, 0, test_json(cx, json), &changed);
    cx->now = now;
    return error;
}

PACK_TEST(a_value_and_a_record_go_back_to_an_instant)
{
    Record *sale = test_sale(cx, "10"), *back;
    Instant first = cx->now + 1000, second = cx->now + 2000;
    const char *amount[] = {"amount"};
    CHECK_OK(change_at(cx, sale, first, "{\"amount\":20,\"note\":\"one\"}"));
    CHECK_OK(change_at(cx, sale, second, "{\"amount\":30,\"pieces\":4}"));
    cx->now += 3000;
    RestoreRequest restore = {.entity = "sale",
                              .id = sale->id,
                              .before = second,
                              .fields = amount,
                              .field_count = 1,
                              .version = 2};
    CHECK_FAILS(record_restore(cx, &restore, &back), ERR_CONFLICT, "somebody else");
    restore.version = 3;
    CHECK_OK(record_restore(cx, &restore, &back));
    CHECK_JSON(*value_get(back->fields, "amount"), "20.00");
    CHECK_JSON(*value_get(back->fields, "tax"), "3.80"); // what is computed follows
    CHECK_INT(record_integer(back, "pieces"), 4);
    CHECK_OK(record_restore(
        cx, &(RestoreRequest){.entity = "sale", .id = sale->id, .before = first}, &back));
    CHECK_JSON(*value_get(back->fields, "amount"), "10.00");
    CHECK(record_is_null(back, "note") && record_is_null(back, "pieces"));
    CHECK_INT(back->version, 5);
    restore.before = sale->id ? record_integer(back, "version") : 0; // long before it was there
    CHECK_FAILS(record_restore(cx, &restore, &back), ERR_INVALID, "was not there yet");
    restore.before = first;
    restore.fields = (const char *[]){"colour"};
    CHECK_FAILS(record_restore(cx, &restore, &back), ERR_INVALID, "no field 'colour'");
    return NULL;
}

PACK_TEST(a_deleted_record_comes_back_as_it_was)
{
    Record *sale = test_sale(cx, "10"), *back;
    Deleted *deleted;
    AuditEntry *entries;
    size_t count;
    Instant next;
    RestoreRequest restore = {.entity = "sale", .id = sale->id, .reason = "deleted by mistake"};
    CHECK_FAILS(record_restore(cx, &restore, &back), ERR_CONFLICT, "was not deleted");
    CHECK_OK(change_at(cx, sale, cx->now, "{\"note\":\"keep me\",\"day\":null}"));
    CHECK_OK(record_delete(cx, "sale", sale->id, 2));
    CHECK_OK(records_deleted(cx, "sale", 0, 10, &deleted, &count, &next));
    CHECK_INT(count, 1);
    CHECK_TEXT(record_label(deleted[0].record), "S-2026-000001");
    cx->now += 1000;
    CHECK_OK(record_restore(cx, &restore, &back));
    CHECK_INT(back->id, sale->id);
    CHECK_INT(back->version, 3);
    CHECK_TEXT(record_text(back, "number"), "S-2026-000001");
    CHECK_TEXT(record_text(back, "note"), "keep me");
    CHECK(record_is_null(back, "day")); // no default in its place
    CHECK(value_equal(*value_get(back->fields, "created_at"),
                      *value_get(sale->fields, "created_at")));
    CHECK_OK(records_deleted(cx, "sale", 0, 10, &deleted, &count, &next));
    CHECK_INT(count, 0);
    CHECK_OK(record_history(cx, "sale", sale->id, 0, 0, &entries, &count));
    CHECK_TEXT(entries[0].action, "restore");
    CHECK_TEXT(entries[0].reason, "deleted by mistake");
    CHECK_FAILS(record_restore(cx, &(RestoreRequest){.entity = "sale", .id = sale->id + 1}, &back),
                ERR_NOT_FOUND, "no deleted sale");
    return NULL;
}

static Error *make_and_delete(Ctx *cx, void *state)
{
    Id *id = state;
    Record *sale = test_sale(cx, "10"), *changed;
    *id = sale->id;
    TRY(record_change(cx, "sale", sale->id, 0, test_json(cx, "{\"discount\":5}"), &changed));
    return record_delete(cx, "sale", sale->id, 0);
}

static Error *take_back(Ctx *cx, void *state)
{
    Record *back;
    RestoreRequest restore = {.entity = "sale", .id = *(Id *)state};
    return record_restore(cx, &restore, &back);
}

static Error *list_deleted(Ctx *cx, void *state)
{
    size_t *count = state;
    Deleted *deleted;
    Instant next;
    return records_deleted(cx, "sale", 0, 10, &deleted, count, &next);
}

DB_TEST(only_who_might_read_and_create_it_takes_a_deleted_record_back)
{
    Id sale = 0;
    size_t count;
    test_packs_open(cx);
    test_as(cx, "admin", DOOR_API, make_and_delete, &sale);
    CHECK_FAILS(test_try_as(cx, "tom", DOOR_API, take_back, &sale), ERR_NOT_FOUND,
                "no deleted sale"); // it was not his
    test_as(cx, "tom", DOOR_API, list_deleted, &count);
    CHECK_INT(count, 0);
    test_as(cx, "sofia", DOOR_API, list_deleted, &count);
    CHECK_INT(count, 1);
    test_as(cx, "sofia", DOOR_API, take_back, &sale); // with the discount she may not give
}

static Error *weigh(Ctx *cx, void *state)
{
    const char *reason = state;
    Record *sale = test_sale(cx, "10"), *changed;
    GateRequest change = {.action = GATE_CHANGE,
                          .entity = "sale",
                          .id = sale->id,
                          .changes = test_json(cx, "{\"weight\":1.5}"),
                          .reason = reason};
    return gate_pass(cx, &change, &changed);
}

DB_TEST(a_field_that_asks_for_a_reason_is_not_changed_by_hand_without_one)
{
    test_packs_open(cx);
    Error *error = test_try_as(cx, "sofia", DOOR_API, weigh, NULL);
    CHECK_FAILS(error, ERR_INVALID, "'weight' needs a reason");
    CHECK_TEXT(error->field, "reason");
    CHECK_FAILS(test_try_as(cx, "sofia", DOOR_BULK, weigh, (void *)""), ERR_INVALID, "reason");
    test_as(cx, "sofia", DOOR_API, weigh, (void *)"weighed again");
    test_as(cx, "sofia", DOOR_IMPORT, weigh, NULL);
}
