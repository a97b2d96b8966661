// SPDX-License-Identifier: Apache-2.0
// Tests with a database: each runs once on every driver that is here, on a fresh, migrated
// database.
//
//   DB_TEST(order_is_found)       cx->company has database and ids; cx->db is NULL: the test calls
//                                 database_write and database_read, or test_unit.
//   DB_UNIT_TEST(order_is_found)  the whole test is one unit of work that writes, with cx->db open;
//                                 it is rolled back at the end. The faster one.
//
// All that a run makes lies in one temporary folder and one private PostgreSQL cluster on a Unix
// socket; a keeper process stops and removes them when the test program ends, however it ends.
#ifndef MILLRACE_DB_TEST_DB_H
#define MILLRACE_DB_TEST_DB_H

#include "base/test.h"
#include "db/database.h"

extern const TestFixture *const db_fixtures[];      // a database of its own
extern const TestFixture *const db_unit_fixtures[]; // may share one: nothing is committed
extern const TestFixture *const sqlite_fixtures[];  // for what only one does

extern const TestFixture *const postgres_fixtures[];

#define DB_TEST(identifier) TEST_WITH(identifier, db_fixtures, 60)
#define SQLITE_TEST(identifier) TEST_WITH(identifier, sqlite_fixtures, 60)
#define POSTGRES_TEST(identifier) TEST_WITH(identifier, postgres_fixtures, 60)
#define DB_UNIT_TEST(identifier)                                                                   \
    static void unit_##identifier(Ctx *cx);                                                        \
    TEST_WITH(identifier, db_unit_fixtures, 60)                                                    \
    {                                                                                              \
        test_in_unit(cx, unit_##identifier);                                                       \
    }                                                                                              \
    static void unit_##identifier([[maybe_unused]] Ctx *cx)

// One unit of work that writes and must succeed.
void test_unit(Ctx *cx, UnitWork work, void *state);
void test_in_unit(Ctx *cx, void (*body)(Ctx *cx));

// The address of the test's own database, to open it a second time.
const char *test_database_url(Ctx *cx);
// A fresh path in the run's temporary folder, in the arena.
char *test_path(Ctx *cx, const char *name);

#endif
