// SPDX-License-Identifier: Apache-2.0
// The gate and its governor. A small governor owns `status` here, as the process room's does.
#include "base/ids.h"
#include "record/test_packs.h"

static int told_created, told_changed, told_deleted;
static bool engine_acts;

static Error *check(Ctx *cx, const GateChange *change)
{
    if (!text_equal(change->entity->name, "sale") || engine_acts)
        return NULL;
    if (change->action == GATE_DELETE)
        return FAIL(cx, ERR_CONFLICT, "an order in its flow cannot be deleted");
    if (!value_get(change->changed, "status"))
        return NULL;
    Error *error = error_field(
        FAIL(cx, ERR_CONFLICT, "'status' is set by the step 'Confirm payment' alone"), "status");
    error->about = NEW(cx->arena, Value);
    *error->about = value_context(cx->arena);
    value_set(cx->arena, *error->about, "who", value_text("finance"));
    return error;
}

static Error *created(Ctx *cx, const Record *record)
{
    Record *changed;
    told_created++;
    if (!text_equal(record->entity->name, "sale"))
        return NULL;
    engine_acts = true; // the process starts and takes its first step at once
    Error *error = record_change(cx, "sale", record->id, 0,
                                 test_json(cx, "{\"status\":\"confirmed\"}"), &changed);
    engine_acts = false;
    return error;
}

static Error *changed(Ctx *cx, const Record *before, const Record *after, Value fields)
{
    (void)cx;
    told_changed++;
    CHECK_INT(after->version, before->version + 1);
    CHECK(fields.context->count > 0);
    return NULL;
}

static Error *deleted(Ctx *cx, const Record *before)
{
    (void)cx;
    told_deleted++;
    CHECK(before->id != 0);
    return NULL;
}

static bool owns(Ctx *cx, const Entity *entity, const Field *field)
{
    (void)cx;
    return text_equal(entity->name, "sale") && text_equal(field->name, "status");
}

static const Governor governor = {check, created, changed, deleted, owns};

PACK_TEST(what_the_process_owns_is_refused_and_nothing_changes)
{
    gate_govern(&governor);
    Record *sale = test_sale(cx, "10"), *after;
    CHECK_INT(told_created, 1);
    CHECK_TEXT(record_text(sale, "status"), "confirmed"); // as the engine left it
    CHECK_INT(sale->version, 2);

    Error *error = record_change(cx, "sale", sale->id, 2,
                                 test_json(cx, "{\"status\":\"paid\",\"pieces\":4}"), &after);
    CHECK_FAILS(error, ERR_CONFLICT, "'Confirm payment' alone");
    CHECK_TEXT(value_get_text(*error->about, "who"), "finance");
    CHECK_FAILS(record_delete(cx, "sale", sale->id, 2), ERR_CONFLICT, "cannot be deleted");
    CHECK_OK(record_get(cx, "sale", sale->id, &after));
    CHECK_INT(after->version, 2);
    CHECK(record_is_null(after, "pieces"));

    // Naming an owned field with the value it has is no change of it.
    CHECK_OK(record_change(cx, "sale", sale->id, 2,
                           test_json(cx, "{\"status\":\"confirmed\",\"pieces\":4}"), &after));
    CHECK_INT(record_integer(after, "pieces"), 4);
    return NULL;
}

PACK_TEST(an_owned_field_stays_at_its_default_when_a_record_is_created)
{
    Record *customer, *sale;
    gate_govern(&governor);
    CHECK_OK(record_find(cx, "customer", "tax_id", value_text("DE1"), &customer));
    Value fields = test_json(cx, "{\"amount\":1,\"status\":\"draft\"}");
    value_set(cx->arena, fields, "customer", *value_get(customer->fields, "id"));
    CHECK_OK(record_create(cx, "sale", fields, &sale));
    value_set(cx->arena, fields, "status", value_text("paid"));
    CHECK_FAILS(record_create(cx, "sale", fields, &sale), ERR_CONFLICT, "'Confirm payment' alone");
    return NULL;
}

PACK_TEST(the_governor_is_told_after_the_change_in_the_same_transaction)
{
    Record *record;
    gate_govern(&governor);
    CHECK_OK(record_create(cx, "customer", test_json(cx, "{\"name\":\"A\"}"), &record));
    CHECK_OK(
        record_change(cx, "customer", record->id, 1, test_json(cx, "{\"name\":\"B\"}"), &record));
    CHECK_OK(
        record_change(cx, "customer", record->id, 2, test_json(cx, "{\"name\":\"B\"}"), &record));
    CHECK_OK(record_delete(cx, "customer", record->id, 2));
    CHECK_INT(told_created, 1);
    CHECK_INT(told_changed, 1);
    CHECK_INT(told_deleted, 1);
    return NULL;
}

PACK_TEST(the_description_of_an_entity_says_what_the_process_owns_and_the_actor_may)
{
    Value meta;
    gate_govern(&governor);
    CHECK_OK(schema_meta(cx, "sale", &meta));
    const Value *fields = value_get(meta, "fields");
    for (size_t i = 0; i < fields->list.count; i++) {
        bool owned = text_equal(value_get_text(fields->list.items[i], "name"), "status");
        CHECK(value_get(fields->list.items[i], "process_owned")->boolean == owned);
        const Value *initial = value_get(fields->list.items[i], "default");
        if (owned)
            CHECK_JSON(*initial, "\"draft\"");
        else if (text_equal(value_get_text(fields->list.items[i], "name"), "customer"))
            CHECK(initial == NULL);
    }
    CHECK_JSON(*value_at(meta, "/may"), "{\"read\":true,\"create\":true,\"edit\":true,"
                                        "\"delete\":true,\"export\":true,\"import\":true}");
    CHECK_JSON(*value_at(meta, "/lists/0/sort"), "[{\"field\":\"amount\",\"descending\":true}]");
    cx->language = "zh-CN";
    CHECK_OK(schema_meta(cx, NULL, &meta));
    CHECK_INT(value_get(meta, "entities")->list.count, 7);
    CHECK_TEXT(value_at(meta, "/departments/0/name")->text.bytes, "财务部");
    cx->language = "en";
    return NULL;
}
