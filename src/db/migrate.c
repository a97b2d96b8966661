// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "db/driver.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

Registry migrations = {"migration", NULL, NULL, 0};

// Cannot be a migration itself.
static const char *const table_of_migrations =
    "CREATE TABLE IF NOT EXISTS db_migration (name TEXT PRIMARY KEY, checksum TEXT NOT NULL, "
    "applied_at BIGINT NOT NULL)";

QUERY(migration_named, "SELECT checksum FROM db_migration WHERE name = $1");
QUERY(migration_add, "INSERT INTO db_migration (name, checksum, applied_at) VALUES ($1, $2, $3)");

// FNV-1a, 64 bits: against mistakes, not against malice; it never changes.
static char *checksum_of(Ctx *cx, const char *sql)
{
    uint64_t hash = 0xcbf29ce484222325;
    for (const char *at = sql; *at; at++)
        hash = (hash ^ (unsigned char)*at) * 0x100000001b3;
    return text_format(cx->arena, "%016" PRIx64, hash);
}

static int in_order(const void *a, const void *b)
{
    const Migration *const *left = a, *const *right = b;
    if ((*left)->order != (*right)->order)
        return (*left)->order < (*right)->order ? -1 : 1;
    return strcmp((*left)->name, (*right)->name);
}

// The shared text as SQLite stores it best: only INTEGER makes a key the row's own, any other type
// stands in an index beside the rows.
static const char *with_row_keys(Ctx *cx, const char *sql)
{
    static const char shared[] = "BIGINT PRIMARY KEY";
    Buffer *out = buffer_new(cx->arena);
    for (const char *found; (found = strstr(sql, shared)); sql = found + strlen(shared)) {
        buffer_add(out, sql, (size_t)(found - sql));
        buffer_text(out, "INTEGER PRIMARY KEY");
    }
    buffer_text(out, sql);
    return out->bytes;
}

typedef struct Applying {
    const Migration *migration;
    bool applied;
} Applying;

static FALLIBLE prepare_work(Ctx *cx, void *state)
{
    (void)state;
    return session_script(cx, table_of_migrations);
}

static FALLIBLE apply_work(Ctx *cx, void *state)
{
    Applying *applying = state;
    const Migration *migration = applying->migration;
    bool postgres = db_driver(cx) == DRIVER_POSTGRES;
    const char *sql = postgres && migration->postgres ? migration->postgres : migration->sql;
    char *checksum = checksum_of(cx, sql);
    applying->applied = false;
    TRY(session_unhurried(cx));
    // Several processes may start at once: the second waits here, then finds it applied.
    if (postgres)
        TRY(session_script(cx, "LOCK TABLE db_migration IN ACCESS EXCLUSIVE MODE"));
    Row *row;
    TRY(db_row(cx, &row, migration_named, migration->name));
    if (row && text_equal(row_text(row, "checksum"), checksum))
        return NULL;
    if (row)
        return error_hint(FAIL(cx, ERR_CONFLICT,
                               "migration %s is not the one that was applied to this database",
                               migration->name),
                          "Applied migrations never change: add a new one instead.");
    if (!postgres && !migration->postgres)
        sql = with_row_keys(cx, sql);
    TRY(session_script(cx, sql));
    TRY(db_run(cx, NULL, migration_add, migration->name, checksum, cx->now));
    applying->applied = true;
    return NULL;
}

FALLIBLE database_migrate(Ctx *cx, Database *database, int *applied)
{
    size_t count;
    const void *const *all = registry_all(&migrations, &count);
    const Migration **order = NEW_ARRAY(cx->arena, const Migration *, count);
    for (size_t i = 0; i < count; i++)
        order[i] = all[i];
    qsort(order, count, sizeof *order, in_order);

    Error *error = NULL;
    for (int attempt = 0; attempt < 3; attempt++) {
        // PostgreSQL: two that create the same table at once may collide in its catalogue.
        error = database_write(cx, database, prepare_work, NULL);
        if (!error)
            break;
    }
    if (error)
        return error;
    int done = 0;
    for (size_t i = 0; i < count; i++) {
        Applying applying = {order[i], false};
        error = database_write(cx, database, apply_work, &applying);
        if (error)
            return error->detail ? error : error_detail(error, "migration %s", order[i]->name);
        done += applying.applied;
    }
    if (applied)
        *applied = done;
    return NULL;
}
