// SPDX-License-Identifier: Apache-2.0
#include "record/test_packs.h"

#include "base/json.h"
#include "record/pack_apply.h"

#include <string.h>

void test_packs_open(Ctx *cx)
{
    test_open_packs(cx, TEST_PACKS);
}

void test_open_packs(Ctx *cx, const char *folder)
{
    const Actor *actor = cx->actor;
    cx->actor = actor_system();
    CHECK_OK(packs_open(cx, cx->company->database, folder, NULL, 0));
    cx->actor = actor;
    // The test's own hold keeps it to the end; the company of the next test begins without.
    schema_publish(cx->company, NULL);
}

void test_declare(Ctx *cx, const DeclaredFile *files, size_t count)
{
    const Actor *actor = cx->actor;
    PackEdit edit = {.files = value_context(cx->arena), .base = 1, .note = "test"};
    Value answer;
    for (size_t i = 0; i < count; i++)
        value_set(cx->arena, edit.files, files[i].name, value_text(files[i].text));
    cx->actor = actor_system();
    CHECK_OK(packs_open(cx, cx->company->database, TEST_PACKS, NULL, 0));
    CHECK_OK(packs_apply(cx, cx->company->database, &edit, &answer));
    cx->actor = actor;
    schema_publish(cx->company, NULL);
}

typedef struct As {
    const char *login;
    Door door;
    UnitWork body;
    void *state;
} As;

static Error *run_as(Ctx *cx, void *state)
{
    As *as = state;
    const Actor *actor = cx->actor;
    Actor *user = NULL;
    if (text_equal(as->login, "system"))
        cx->actor = actor_system();
    else {
        TRY(actor_load(cx, as->login, as->door, &user));
        cx->actor = user;
    }
    Error *error = as->body(cx, as->state);
    cx->actor = actor;
    return error;
}

Error *test_try_as(Ctx *cx, const char *login, Door door, UnitWork body, void *state)
{
    As as = {login, door, body, state};
    return database_write(cx, cx->company->database, run_as, &as);
}

void test_as(Ctx *cx, const char *login, Door door, UnitWork body, void *state)
{
    CHECK_OK(test_try_as(cx, login, door, body, state));
}

Value test_json(Ctx *cx, const char *json)
{
    Value value;
    CHECK_OK(json_parse(cx, json, strlen(json), &value));
    return value;
}

Record *test_sale(Ctx *cx, const char *amount)
{
    Record *customer, *sale;
    CHECK_OK(record_find(cx, "customer", "tax_id", value_text("DE1"), &customer));
    Value fields = value_context(cx->arena);
    value_set(cx->arena, fields, "customer", *value_get(customer->fields, "id"));
    value_set(cx->arena, fields, "amount", value_text(amount));
    CHECK_OK(record_create(cx, "sale", fields, &sale));
    return sale;
}
