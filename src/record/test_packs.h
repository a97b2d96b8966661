// SPDX-License-Identifier: Apache-2.0
// The packs of the tests (tests/packs: base and shop) on a fresh database.
#ifndef MILLRACE_RECORD_TEST_PACKS_H
#define MILLRACE_RECORD_TEST_PACKS_H

#include "db/test_db.h"
#include "record/list.h"
#include "record/pack.h"

#define TEST_PACKS "tests/packs"

// Opens the packs in the test's database; given back when the test ends.
void test_packs_open(Ctx *cx);
// The same of another folder of packs.
void test_open_packs(Ctx *cx, const char *folder);
// Runs the body in a unit of work that writes, as this user at this door ("system": the system).
void test_as(Ctx *cx, const char *login, Door door, UnitWork body, void *state);
// The same, and the unit's error.
Error *test_try_as(Ctx *cx, const char *login, Door door, UnitWork body, void *state);

// A context from JSON, and a sale of the customer whose tax id is DE1.
Value test_json(Ctx *cx, const char *json);
Record *test_sale(Ctx *cx, const char *amount);

// The packs of the tests with what a company declares besides.
typedef struct DeclaredFile {
    const char *name; // "entities/machine.yaml"
    const char *text;
} DeclaredFile;

void test_declare(Ctx *cx, const DeclaredFile *files, size_t count);

#define DECLARED_TEST(identifier, files)                                                           \
    static Error *body_##identifier(Ctx *cx, void *state);                                         \
    DB_TEST(identifier)                                                                            \
    {                                                                                              \
        test_declare(cx, files, sizeof(files) / sizeof *(files));                                  \
        test_as(cx, "system", DOOR_SYSTEM, body_##identifier, NULL);                               \
    }                                                                                              \
    static Error *body_##identifier([[maybe_unused]] Ctx *cx, [[maybe_unused]] void *state)

#define PACK_TEST(identifier)                                                                      \
    static Error *body_##identifier(Ctx *cx, void *state);                                         \
    DB_TEST(identifier)                                                                            \
    {                                                                                              \
        test_packs_open(cx);                                                                       \
        test_as(cx, "system", DOOR_SYSTEM, body_##identifier, NULL);                               \
    }                                                                                              \
    static Error *body_##identifier([[maybe_unused]] Ctx *cx, [[maybe_unused]] void *state)

#endif
