// SPDX-License-Identifier: Apache-2.0
#include "db/test_db.h"

static FALLIBLE run_text(Ctx *cx, void *state)
{
    return db_built_run(cx, NULL, state, NULL, 0);
}

DB_TEST(migrations_that_are_applied_are_not_applied_again)
{
    int applied = -1;
    CHECK_OK(database_migrate(cx, cx->company->database, &applied));
    CHECK_INT(applied, 0);
}

DB_TEST(migration_that_was_changed_after_it_was_applied_is_refused_by_name)
{
    test_unit(cx, run_text,
              "UPDATE db_migration SET checksum = 'other' WHERE name = 'test_0001_things'");
    CHECK_FAILS(database_migrate(cx, cx->company->database, NULL), ERR_CONFLICT,
                "test_0001_things");
}

DB_TEST(migration_that_fails_leaves_nothing_and_is_named)
{
    test_unit(cx, run_text, "DELETE FROM db_migration WHERE name = 'test_0001_things'");
    // The table is still there, so that the migration cannot make it.
    Error *error = database_migrate(cx, cx->company->database, NULL);
    CHECK_FAILS(error, ERR_INTERNAL, NULL);
    test_unit(cx, run_text, "DROP TABLE part");
    test_unit(cx, run_text, "DROP TABLE thing");
    int applied;
    CHECK_OK(database_migrate(cx, cx->company->database, &applied));
    CHECK_INT(applied, 1);
}
