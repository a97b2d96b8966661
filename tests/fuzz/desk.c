// SPDX-License-Identifier: Apache-2.0
#include "desk.h"

#include "base/ids.h"
#include "record/pack.h"

#include <stdlib.h>
#include <unistd.h>

#define SALES 9

static Company company;
static Actor *user;
static const Ctx *standing;

static void database_remove(void)
{
    static const char *const ends[] = {"", "-wal", "-shm", "-lock"};
    database_close(company.database);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        unlink(
            text_format(standing->arena, FUZZ_BUILD_ROOT "/desk-%d.db%s", (int)getpid(), ends[i]));
}

static Error *fill(Ctx *cx, [[maybe_unused]] void *state)
{
    Record *customer, *sale;
    TRY(record_find(cx, "customer", "tax_id", value_text("DE1"), &customer));
    for (int i = 0; i < SALES; i++) {
        Value fields = value_context(cx->arena);
        value_set(cx->arena, fields, "customer", *value_get(customer->fields, "id"));
        value_set(cx->arena, fields, "amount", value_number(decimal_scaled(12345 + i / 3, -2)));
        if (i % 3)
            value_set(cx->arena, fields, "pieces", value_integer(i % 2));
        if (i % 4)
            value_set(cx->arena, fields, "note", value_text(i % 2 ? "one % two" : "it's\\_3"));
        TRY(record_create(cx, "sale", fields, &sale));
    }
    return actor_load(cx, "sofia", DOOR_API, &user);
}

void desk_open(Ctx *cx)
{
    standing = cx;
    const char *url =
        text_format(cx->arena, "sqlite:" FUZZ_BUILD_ROOT "/desk-%d.db", (int)getpid());
    fuzz_needs(
        database_open(cx, &(DatabaseOptions){.url = url, .create = true}, &company.database));
    atexit(database_remove);
    fuzz_needs(database_migrate(cx, company.database, NULL));
    company.ids = ids_new(1);
    cx->company = &company;
    cx->actor = actor_system();
    fuzz_needs(packs_open(cx, company.database, FUZZ_SOURCE_ROOT "/tests/packs", NULL, 0));
    fuzz_needs(database_write(cx, company.database, fill, NULL));
}

void desk_enter(Ctx *cx, bool system)
{
    cx->company = &company;
    cx->actor = system ? actor_system() : user;
}
