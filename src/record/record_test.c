// SPDX-License-Identifier: Apache-2.0
#include "base/ids.h"
#include "record/test_packs.h"

PACK_TEST(a_record_is_created_with_defaults_number_and_computed_fields)
{
    Record *sale = test_sale(cx, "1234.5"), *again;
    CHECK_INT(sale->version, 1);
    CHECK_TEXT(record_text(sale, "number"), "S-2026-000001");
    CHECK_TEXT(record_label(sale), "S-2026-000001");
    CHECK_TEXT(record_text(sale, "status"), "draft");
    CHECK_JSON(*value_get(sale->fields, "amount"), "1234.50");
    CHECK_JSON(*value_get(sale->fields, "tax"), "234.56");
    CHECK_JSON(*value_get(sale->fields, "day"), "\"2026-09-21\"");
    CHECK(!record_boolean(sale, "express"));
    CHECK_TEXT(record_text(test_sale(cx, "1"), "number"), "S-2026-000002");
    CHECK_OK(record_get(cx, "sale", sale->id, &again));
    CHECK(value_equal(again->fields, sale->fields));
    return NULL;
}

PACK_TEST(a_name_is_found_by_the_id_alone)
{
    const char *label = "";
    Record *sale = test_sale(cx, "10");
    CHECK_OK(record_label_of(cx, "sale", sale->id, &label));
    CHECK_TEXT(label, record_label(sale));
    CHECK_OK(record_label_of(cx, "sale", sale->id + 1, &label));
    CHECK(!label);
    CHECK_FAILS(record_label_of(cx, "nothing", sale->id, &label), ERR_NOT_FOUND, "nothing");
    return NULL;
}

PACK_TEST(a_change_counts_the_version_and_holds_against_an_old_one)
{
    Record *sale = test_sale(cx, "10"), *changed;
    CHECK_OK(
        record_change(cx, "sale", sale->id, 1, test_json(cx, "{\"amount\":\"20.25\"}"), &changed));
    CHECK_INT(changed->version, 2);
    CHECK_JSON(*value_get(changed->fields, "tax"), "3.85");
    Error *error =
        record_change(cx, "sale", sale->id, 1, test_json(cx, "{\"pieces\":3}"), &changed);
    CHECK_FAILS(error, ERR_CONFLICT, "somebody else");
    CHECK_JSON(*error->about, "{\"your_version\":1,\"current_version\":2}");
    CHECK_OK(record_change(cx, "sale", sale->id, 2, test_json(cx, "{\"amount\":20.25}"), &changed));
    CHECK_INT(changed->version, 2); // the same value changes nothing
    CHECK_OK(
        record_change(cx, "sale", sale->id, 0, test_json(cx, "{\"note\":\"a\\nb\"}"), &changed));
    CHECK_INT(changed->version, 3);
    return NULL;
}

typedef struct Refusal {
    const char *json;
    ErrorCode code;
    const char *words;
} Refusal;

PACK_TEST(field_rules_refuse_what_does_not_fit)
{
    static const Refusal refusals[] = {
        {"{\"colour\":1}", ERR_INVALID, "has no field 'colour'"},
        {"{\"amount\":null}", ERR_INVALID, "'amount' is needed"},
        {"{\"amount\":\"\"}", ERR_INVALID, "'amount' is needed"},
        {"{\"amount\":-1}", ERR_INVALID, "The amount must be more than nothing."},
        {"{\"amount\":1.005}", ERR_INVALID, "more than 2 digits"},
        {"{\"amount\":1e30}", ERR_INVALID, "too large"},
        {"{\"amount\":\"x\"}", ERR_INVALID, "must be a number"},
        {"{\"pieces\":1.5}", ERR_INVALID, "must be a whole number"},
        {"{\"status\":\"sold\"}", ERR_INVALID, "has no choice 'sold'"},
        {"{\"day\":\"2026-02-30\"}", ERR_INVALID, "must be a date"},
        {"{\"due\":\"tomorrow\"}", ERR_INVALID, "must be a date and time"},
        {"{\"express\":\"perhaps\"}", ERR_INVALID, "must be true or false"},
        {"{\"note\":7}", ERR_INVALID, "must be a text"},
        {"{\"customer\":\"nobody\"}", ERR_INVALID, "must be the id of a record of 'customer'"},
        {"{\"customer\":\"0000000000001\"}", ERR_INVALID, "leads to a customer that is not there"},
        {"{\"tax\":1}", ERR_INVALID, "'tax' is computed"},
        {"{\"number\":\"S-1\"}", ERR_INVALID, "'number' is given by the system"},
        {"{\"version\":9}", ERR_INVALID, "written by the system alone"},
        {"{\"id\":\"1\"}", ERR_INVALID, "written by the system alone"},
        {"{\"created_at\":null}", ERR_INVALID, "written by the system alone"},
        {"{\"department\":\"moon\"}", ERR_INVALID, "no department 'moon'"},
        {"[]", ERR_INVALID, "are an object"},
    };
    Record *sale = test_sale(cx, "10"), *changed;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
        CHECK_FAILS(
            record_change(cx, "sale", sale->id, 1, test_json(cx, refusals[i].json), &changed),
            refusals[i].code, refusals[i].words);
    CHECK_OK(record_get(cx, "sale", sale->id, &changed));
    CHECK_INT(changed->version, 1);
    return NULL;
}

PACK_TEST(a_field_is_refused_in_the_language_of_the_reader)
{
    Record *sale = test_sale(cx, "10"), *changed;
    cx->language = "zh-CN";
    CHECK_FAILS(record_change(cx, "sale", sale->id, 1, test_json(cx, "{\"amount\":-1}"), &changed),
                ERR_INVALID, "金额必须大于零。");
    CHECK_FAILS(
        record_change(cx, "sale", sale->id, 1, test_json(cx, "{\"amount\":\"x\"}"), &changed),
        ERR_INVALID, "“amount”必须是数字");
    return NULL;
}

PACK_TEST(texts_are_held_to_their_form)
{
    static const Refusal refusals[] = {
        {"{\"name\":\"a\\nb\"}", ERR_INVALID, "line break"},
        {"{\"city\":\"aaaaaaaaaabbbbbbbbbbccccccccccddddddddddé\"}", ERR_INVALID,
         "longer than 40 characters"},
        {"{\"website\":\"javascript:alert(1)\"}", ERR_INVALID, "no web address"},
        {"{\"phone\":\"call me\"}", ERR_INVALID, "no phone number"},
        {"{\"tax_id\":\"007\"}", ERR_CONFLICT, "another customer has this 'tax_id'"},
    };
    Record *customer, *changed;
    CHECK_OK(record_find(cx, "customer", "tax_id", value_text("DE1"), &customer));
    CHECK_TEXT(record_text(customer, "number"), "C-0007");
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
        CHECK_FAILS(record_change(cx, "customer", customer->id, 1, test_json(cx, refusals[i].json),
                                  &changed),
                    refusals[i].code, refusals[i].words);
    CHECK_OK(record_change(cx, "customer", customer->id, 1,
                           test_json(cx, "{\"phone\":\"+49 421 12-0\",\"tax_id\":\"DE2\","
                                         "\"website\":\"https://alder.example/?a=1\"}"),
                           &changed));
    return NULL;
}

PACK_TEST(every_type_comes_back_as_it_went_in)
{
    Record *sale = test_sale(cx, "10"), *changed;
    CHECK_OK(record_change(
        cx, "sale", sale->id, 1,
        test_json(cx,
                  "{\"due\":\"2026-11-22T10:00:00.25+08:00\",\"discount\":\"12.5\",\"pieces\":-3,"
                  "\"weight\":\"0.125\",\"express\":true,\"note\":\"两\\nlines\","
                  "\"extra\":{\"a\":[1.10,null,\"x\"]},\"day\":\"1999-12-31\"}"),
        &changed));
    CHECK_OK(record_get(cx, "sale", sale->id, &changed));
    CHECK_JSON(*value_get(changed->fields, "due"), "\"2026-11-22T02:00:00.25Z\"");
    CHECK_JSON(*value_get(changed->fields, "discount"), "12.50");
    CHECK_JSON(*value_get(changed->fields, "pieces"), "-3");
    CHECK_JSON(*value_get(changed->fields, "weight"), "0.125");
    CHECK_JSON(*value_get(changed->fields, "express"), "true");
    CHECK_JSON(*value_get(changed->fields, "note"), "\"两\\nlines\"");
    CHECK_JSON(*value_get(changed->fields, "extra"), "{\"a\":[1.10,null,\"x\"]}");
    CHECK_JSON(*value_get(changed->fields, "day"), "\"1999-12-31\"");
    return NULL;
}

PACK_TEST(a_used_record_cannot_be_deleted_and_a_free_one_can)
{
    Record *sale = test_sale(cx, "10"), *line, **lines;
    size_t count;
    Value fields = test_json(cx, "{\"article\":\"Pump\",\"quantity\":2}");
    value_set(cx->arena, fields, "sale", *value_get(sale->fields, "id"));
    CHECK_OK(record_create(cx, "sale_line", fields, &line));
    CHECK_OK(record_children(cx, sale, "lines", &lines, &count));
    CHECK_INT(count, 1);
    CHECK_TEXT(record_label(lines[0]), "Pump");
    CHECK_FAILS(record_delete(cx, "sale", sale->id, 1), ERR_CONFLICT, "still used by a sale_line");
    CHECK_OK(record_delete(cx, "sale_line", line->id, 1));
    CHECK_FAILS(record_delete(cx, "sale", sale->id, 7), ERR_CONFLICT, "somebody else");
    CHECK_OK(record_delete(cx, "sale", sale->id, 1));
    CHECK_FAILS(record_get(cx, "sale", sale->id, &sale), ERR_NOT_FOUND, "there is no sale");
    return NULL;
}

PACK_TEST(history_tells_who_changed_what_through_which_door)
{
    Record *sale = test_sale(cx, "10"), *changed;
    AuditEntry *entries;
    size_t count;
    GateRequest request = {.action = GATE_CHANGE,
                           .entity = "sale",
                           .id = sale->id,
                           .version = 1,
                           .changes = test_json(cx, "{\"amount\":20,\"pieces\":1}"),
                           .reason = "the customer rang"};
    CHECK_OK(gate_pass(cx, &request, &changed));
    CHECK_OK(record_history(cx, "sale", sale->id, 0, 0, &entries, &count));
    CHECK_INT(count, 4); // amount, pieces, the computed tax, the creation
    CHECK_TEXT(entries[3].action, "create");
    CHECK_JSON(*value_get(entries[3].after, "amount"), "10.00");
    CHECK_TEXT(entries[2].field, "amount");
    CHECK_JSON(entries[2].before, "10.00");
    CHECK_JSON(entries[2].after, "20.00");
    CHECK_TEXT(entries[2].reason, "the customer rang");
    CHECK_TEXT(entries[2].door, "system");
    CHECK_TEXT(entries[0].field, "tax");
    return NULL;
}

PACK_TEST(an_imported_number_moves_the_counter_past_it)
{
    Record *first, *second;
    CHECK_OK(record_create(cx, "customer", test_json(cx, "{\"name\":\"A\"}"), &first));
    // C-0007 came with the pack's data, before the one that drew.
    CHECK_TEXT(record_text(first, "number"), "C-0009");
    CHECK_OK(record_create(cx, "customer", test_json(cx, "{\"name\":\"B\",\"number\":\"OLD-1\"}"),
                           &second));
    CHECK_TEXT(record_text(second, "number"), "OLD-1");
    return NULL;
}

static Error *create_sale(Ctx *cx, void *state)
{
    Record **out = state, *customer;
    Value fields = test_json(cx, "{\"amount\":5}");
    CHECK_OK(record_find(cx, "customer", "tax_id", value_text("DE1"), &customer));
    value_set(cx->arena, fields, "customer", *value_get(customer->fields, "id"));
    return record_create(cx, "sale", fields, out);
}

static Error *change_note(Ctx *cx, void *state)
{
    Record **sale = state, *changed;
    return record_change(cx, "sale", (*sale)->id, (*sale)->version,
                         test_json(cx, "{\"note\":\"mine\"}"), &changed);
}

static Error *read_sale(Ctx *cx, void *state)
{
    Record **sale = state, *read;
    return record_get(cx, "sale", (*sale)->id, &read);
}

static Error *give_discount(Ctx *cx, void *state)
{
    Record **sale = state, *changed;
    return record_change(cx, "sale", (*sale)->id, (*sale)->version,
                         test_json(cx, "{\"discount\":5}"), &changed);
}

static Error *delete_sale(Ctx *cx, void *state)
{
    Record **sale = state;
    return record_delete(cx, "sale", (*sale)->id, (*sale)->version);
}

DB_TEST(rights_reach_as_far_as_the_roles_say)
{
    Record *of_sofia, *of_tom;
    test_packs_open(cx);
    test_as(cx, "sofia", DOOR_API, create_sale, &of_sofia);
    test_as(cx, "tom", DOOR_API, create_sale, &of_tom);
    CHECK_TEXT(record_text(of_tom, "department"), "sales");
    CHECK_TEXT(record_text(of_tom, "created_by"), record_text(of_tom, "owner"));
    // Tom reads and edits his own only, and deletes nothing.
    test_as(cx, "tom", DOOR_API, read_sale, &of_tom);
    CHECK_FAILS(test_try_as(cx, "tom", DOOR_API, read_sale, &of_sofia), ERR_NOT_FOUND, "no sale");
    CHECK_FAILS(test_try_as(cx, "tom", DOOR_API, change_note, &of_sofia), ERR_NOT_FOUND, "no sale");
    CHECK_FAILS(test_try_as(cx, "tom", DOOR_API, delete_sale, &of_tom), ERR_DENIED,
                "may not delete");
    test_as(cx, "tom", DOOR_API, change_note, &of_tom);
    of_tom->version = 2;
    // Ben has "*.read", so he reads all and changes nothing.
    test_as(cx, "ben", DOOR_API, read_sale, &of_sofia);
    CHECK_FAILS(test_try_as(cx, "ben", DOOR_API, change_note, &of_tom), ERR_DENIED, "may not edit");
    CHECK_FAILS(test_try_as(cx, "ben", DOOR_API, delete_sale, &of_tom), ERR_DENIED, "");
    // A field may need a right of its own.
    CHECK_FAILS(test_try_as(cx, "sofia", DOOR_API, give_discount, &of_sofia), ERR_DENIED,
                "may not change 'discount'");
    test_as(cx, "admin", DOOR_API, give_discount, &of_sofia);
    CHECK_FAILS(test_try_as(cx, "gone", DOOR_API, read_sale, &of_tom), ERR_NOT_FOUND,
                "active user");
    CHECK_FAILS(test_try_as(cx, "nobody", DOOR_API, read_sale, &of_tom), ERR_NOT_FOUND,
                "active user");
}

static Error *hidden_field(Ctx *cx, void *state)
{
    const char *login = state;
    bool seen = text_equal(login, "ben");
    Record *customer, *changed;
    CHECK_OK(record_find(cx, "customer", "tax_id", value_text("DE1"), &customer));
    CHECK((value_get(customer->fields, "limit") != NULL) == seen);
    if (!seen)
        CHECK_FAILS(record_change(cx, "customer", customer->id, 1, test_json(cx, "{\"limit\":1}"),
                                  &changed),
                    ERR_INVALID, "has no field 'limit'");
    AuditEntry *entries;
    size_t count;
    CHECK_OK(record_history(cx, "customer", customer->id, 0, 0, &entries, &count));
    CHECK((value_get(entries[0].after, "limit") != NULL) == seen);
    ListFilter filter = {"limit", ">", value_integer(1)};
    ListSort sort = {"limit", false};
    ListPage page;
    ListRequest filtered = {.entity = "customer", .filters = &filter, .filter_count = 1};
    ListRequest sorted = {.entity = "customer", .sorts = &sort, .sort_count = 1};
    if (seen) {
        CHECK_OK(list_read(cx, &filtered, &page));
        CHECK_OK(list_read(cx, &sorted, &page));
    } else {
        CHECK_FAILS(list_read(cx, &filtered, &page), ERR_INVALID, "has no field 'limit'");
        CHECK_FAILS(list_read(cx, &sorted, &page), ERR_INVALID, "has no field 'limit'");
    }
    return NULL;
}

DB_TEST(a_hidden_field_is_hidden_in_reads_history_filters_and_sorts)
{
    test_packs_open(cx);
    test_as(cx, "sofia", DOOR_API, hidden_field, (void *)"sofia");
    test_as(cx, "ben", DOOR_API, hidden_field, (void *)"ben");
}
