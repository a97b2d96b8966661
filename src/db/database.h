// SPDX-License-Identifier: Apache-2.0
// Opening a database, running units of work on it, migrating it. For the shell (app, http, jobs,
// tests); domain code includes db.h only.
//
// One connection writes, with group commit: a unit of work runs in a SAVEPOINT, hands the writer on
// and waits; a leader commits the batch durably and wakes all (commit.c). SQLite: that connection
// alone checkpoints; readers have their own connections on WAL snapshots; a lock file beside the
// database keeps a second process from writing. PostgreSQL: several programs write in turns, by an
// advisory lock; readers come from a pool, each on a read-only snapshot. A unit is run again when
// its connection or its batch was lost before the commit, at most sixteen times.
#ifndef MILLRACE_DB_DATABASE_H
#define MILLRACE_DB_DATABASE_H

#include "db/db.h"

typedef struct DatabaseOptions {
    const char *url;  // "sqlite:/path/file.db" or a libpq URL "postgresql://..."
    bool read_only;   // refuses every write
    bool create;      // SQLite: make the file when it is missing
    int connections;  // PostgreSQL: pool size; SQLite: readers; 0: a default
    int statement_ms; // a statement that takes longer is ERR_LIMIT; 0: 30 seconds
} DatabaseOptions;

// On failure the error lives in cx->arena. A SQLite database that another process serves is
// ERR_UNAVAILABLE with a hint.
FALLIBLE database_open(Ctx *cx, const DatabaseOptions *options, Database **out);
void database_close(Database *database);
Driver database_driver(const Database *database);

// Runs `work` in one transaction: cx->db is set, and NULL again after; units do not nest. An error
// from `work` rolls back; OK commits durably before this returns. `work` may be run again from the
// start: its arena allocations are rewound, so what it writes to `state` must be overwritten by
// each run. Passing the arena's ceiling is ERR_LIMIT and rolls back. Once a statement has failed
// the unit can only be rolled back, on both drivers; db_attempt marks a part that may fail alone.
typedef Error *(*UnitWork)(Ctx *cx, void *state);
FALLIBLE database_read(Ctx *cx, Database *database, UnitWork work, void *state);
FALLIBLE database_write(Ctx *cx, Database *database, UnitWork work, void *state);

// Registered migrations (each room its own, named "room_0001_what") run in the order of rooms given
// by `order` and then number, each in a transaction, remembered with a checksum of its text; a
// changed checksum is refused by name.
typedef struct Migration {
    const char *name;
    int order;            // 10 base/db, 20 record, 30 process, 40 and up later rooms
    const char *sql;      // statements separated by ";\n"
    const char *postgres; // NULL: shared
} Migration;
extern Registry migrations;
#define MIGRATION(identifier, order_number, sql_text)                                              \
    static const Migration identifier = {#identifier, order_number, sql_text, NULL};               \
    REGISTER(migrations, migration_##identifier, #identifier, &identifier)
#define MIGRATION_ON_BOTH(identifier, order_number, sqlite_text, postgres_text)                    \
    static const Migration identifier = {#identifier, order_number, sqlite_text, postgres_text};   \
    REGISTER(migrations, migration_##identifier, #identifier, &identifier)
FALLIBLE database_migrate(Ctx *cx, Database *database, int *applied);

// Every registered query is prepared and its plan read; the first that fails to prepare or scans a
// growing table without saying why is the error. An index read from end to end is a scan too,
// unless the query has a LIMIT. Used by a test on both drivers and `millrace check`.
FALLIBLE database_check_queries(Ctx *cx, Database *database);

// Leases this process a node number for ids (0-1023) until database_close, by compare-and-set.
FALLIBLE database_lease_node(Ctx *cx, Database *database, int *node);

// Runs one statement by itself, without a deadline: an index of a table in use. On PostgreSQL
// outside any transaction, as CREATE INDEX CONCURRENTLY wants it; on SQLite as a unit of work.
FALLIBLE database_alone(Ctx *cx, Database *database, const char *sql);

// An online copy of a SQLite database into a new file; PostgreSQL answers ERR_INVALID naming
// pg_dump.
FALLIBLE database_backup(Ctx *cx, Database *database, const char *path);
// Page and row integrity of the store itself.
FALLIBLE database_check(Ctx *cx, Database *database);

#endif
