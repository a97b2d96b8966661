// SPDX-License-Identifier: Apache-2.0
// The SQLite driver. Internal to this room.
//
// sqlite.c opens and closes, keeps the readers and the lock file; sqlite_statement.c keeps prepared
// statements and words errors; sqlite_run.c runs them; sqlite_plan.c reads plans; sqlite_commit.c
// writes, sqlite_checkpoint.c brings the log into the file; sqlite_store.c copies and checks the
// file.
//
// A connection is used by one thread at a time: a reader while it is out of the pool, the writer
// while its thread holds the writer (commit.c).
#ifndef MILLRACE_DB_SQLITE_H
#define MILLRACE_DB_SQLITE_H

#include "db/driver.h"

#include <sqlite3.h>

#define SQLITE_READERS 8             // unless the options say otherwise
#define SQLITE_STATEMENTS 512        // kept prepared in one connection
#define SQLITE_BATCH_UNITS 256       // units of work in one commit
#define SQLITE_CHECKPOINT_PAGES 4000 // of the log, when a checkpoint begins
#define SQLITE_WAL_PAGES 10000       // of the log, when the writer waits for it
#define SQLITE_VALUE_BYTES (128 * 1024 * 1024)

// A prepared statement. `slots[i]` is the number of the cell for SQLite's parameter i + 1: SQLite
// counts $2 first when it stands first in the text.
typedef struct Statement {
    sqlite3_stmt *handle;
    char *sql;
    uint64_t hash;
    int *slots;
    int slot_count;
    size_t cell_count;
    bool busy;
    bool kept; // in the connection's table
    struct Statement *chain;
    struct Statement *newer, *older;
    struct Statement *active;
} Statement;

#define SQLITE_RECENT 256 // a power of two
typedef struct SqliteConnection {
    sqlite3 *handle;
    Statement *buckets[1024];
    // By the address of their text: mostly it is that of a query or of a compiled entity.
    Statement *recent[SQLITE_RECENT];
    Statement *newest, *oldest;
    size_t statement_count;
    Statement *active;             // those that run now, newest first
    int64_t deadline_ms;           // of the statement that runs, on the monotonic clock; 0: none
    struct SqliteConnection *next; // in the pool
} SqliteConnection;

typedef struct Checkpointer Checkpointer;

typedef struct SqliteDatabase {
    char *path;
    int lock_file;             // -1: read only
    SqliteConnection *writing; // of whoever holds the writer
    int wal_pages;
    int checkpoint_at;
    Checkpointer *checkpointer; // NULL: not needed yet
    pthread_mutex_t pool_lock;
    pthread_cond_t pool_freed;
    SqliteConnection *idle;
    int readers;
    int readers_max;
} SqliteDatabase;

// sqlite.c
FALLIBLE sqlite_connect(Ctx *cx, const char *path, int flags, SqliteConnection **out);
FALLIBLE sqlite_make_file(Ctx *cx, const char *path); // an empty one, when it is missing
void sqlite_disconnect(SqliteConnection *connection);
FALLIBLE reader_take(Ctx *cx, Database *database, SqliteConnection **out);
void reader_give(SqliteDatabase *sqlite, SqliteConnection *reader);

// sqlite_statement.c
FALLIBLE sqlite_error(Ctx *cx, int code, const char *message, const char *query);
FALLIBLE statement_take(Ctx *cx, SqliteConnection *connection, const char *sql, const char *name,
                        Statement **out);
void statement_release(SqliteConnection *connection, Statement *statement);
void statements_release(SqliteConnection *connection); // those that still run
void statements_drop(SqliteConnection *connection);    // all
// A short statement of the driver itself; gives SQLite's code.
int sqlite_do(SqliteConnection *connection, const char *sql);

// sqlite_run.c
FALLIBLE sqlite_execute(Ctx *cx, Session *session, Execution *execution);
FALLIBLE sqlite_script(Ctx *cx, Session *session, const char *sql);
int sqlite_progress(void *user); // a SqliteConnection

// sqlite_plan.c
FALLIBLE sqlite_scans(Ctx *cx, Session *session, const char *sql, const char **out);

// sqlite_commit.c
extern const WriterCalls sqlite_writer;

// sqlite_checkpoint.c
int sqlite_wal_grew(void *user, sqlite3 *handle, const char *name, int pages);
void checkpoint_when_due(Database *database); // by whoever holds the writer, between transactions
void checkpoint_stop(SqliteDatabase *sqlite);

// sqlite_store.c
FALLIBLE sqlite_backup(Ctx *cx, Database *database, const char *path);
FALLIBLE sqlite_check(Ctx *cx, Database *database);

#endif
