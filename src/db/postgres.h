// SPDX-License-Identifier: Apache-2.0
// The PostgreSQL driver, over libpq. Internal to this room.
//
// postgres.c opens, checks and pools connections of units that read; postgres_commit.c writes, on
// one connection of its own; postgres_run.c runs statements on a connection, postgres_result.c
// reads what comes back; postgres_store.c reads plans and checks the store. A connection belongs to
// one unit of work while it is out of the pool, the writing one to whoever holds the writer.
//
// Statements go through libpq's pipeline: a change that needs no answer (db_post) waits in the
// buffer until a statement does, so that both cost one way to the server and back.
//
// Parameters go out in binary with the type of their cell (BIGINT, TEXT, BYTEA), so that "$1 + 1"
// calculates in 64 bits; a NULL has the type that the server infers. Results come back as text.
#ifndef MILLRACE_DB_POSTGRES_H
#define MILLRACE_DB_POSTGRES_H

#include "db/driver.h"

#include <libpq-fe.h>

// Types of columns, from the server's catalogue (pg_type.dat): fixed for ever.
enum {
    TYPE_BOOL = 16,
    TYPE_BYTEA = 17,
    TYPE_CHAR = 18,
    TYPE_NAME = 19,
    TYPE_INT8 = 20,
    TYPE_INT2 = 21,
    TYPE_INT4 = 23,
    TYPE_TEXT = 25,
    TYPE_OID = 26,
    TYPE_UNKNOWN = 705,
    TYPE_BPCHAR = 1042,
    TYPE_VARCHAR = 1043,
    TYPE_NUMERIC = 1700,
};

#define POSTGRES_CONNECTIONS 16  // unless the options say otherwise
#define POSTGRES_STATEMENTS 1024 // kept prepared in one connection
#define POSTGRES_ATTEMPTS 16     // of one unit of work that reads
#define POSTGRES_POSTED 64       // changes that go out without an answer
// Units of work in one commit: more subtransactions would not fit what the server shows to the
// snapshots of readers (PGPROC_MAX_CACHED_SUBXIDS).
#define POSTGRES_BATCH_UNITS 60
#define POSTGRES_FETCH "256" // rows at a time for db_built_each

// A statement that the connection's server has prepared, for parameters of these kinds.
typedef struct Prepared {
    char *sql;
    char *kinds; // a letter for each parameter
    char name[24];
    struct Prepared *chain;
} Prepared;

// A change whose answer has not been read.
typedef struct Posted {
    const char *name;
    bool one; // row has to change
} Posted;

typedef struct PostgresConnection {
    PGconn *handle;
    Prepared *buckets[1024];
    size_t prepared;
    unsigned long number; // of the next statement or cursor
    bool stale;           // its prepared statements no longer fit: close it
    PGresult **held;      // results in use, so that a jump out of the unit frees them
    size_t held_count;
    size_t held_capacity;
    Posted posted[POSTGRES_POSTED];
    int posted_count;
    int doubts;                      // of those, how many can fail
    struct PostgresConnection *next; // in the pool
} PostgresConnection;

typedef struct PostgresDatabase {
    char *url;
    pthread_mutex_t lock;
    PostgresConnection *writing; // of whoever holds the writer; NULL: opened when needed
    pthread_cond_t freed;
    PostgresConnection *idle;
    int open;
    int open_max;
} PostgresDatabase;

// postgres.c
FALLIBLE connection_new(Ctx *cx, Database *database, PostgresConnection **out);
void connection_free(PostgresConnection *connection);

// postgres_commit.c
extern const WriterCalls postgres_writer;
extern const char postgres_turn[]; // the statement that waits until no other program writes

// postgres_run.c
FALLIBLE postgres_execute(Ctx *cx, Session *session, Execution *execution);
FALLIBLE postgres_script(Ctx *cx, Session *session, const char *sql);
FALLIBLE postgres_settle(Ctx *cx, Session *session);
// Waits for all that was sent and holds the answers, in its order.
void posted_gather(PostgresConnection *connection);
size_t parameters_in(const char *sql); // the highest of "$1", "$2", ... outside of quotes
void prepared_forget(PostgresConnection *connection);
void results_release(PostgresConnection *connection, size_t down_to);

// postgres_result.c
// The error of a result, or of a lost connection; marks the session. `result` may be NULL.
FALLIBLE postgres_error(Ctx *cx, Session *session, const PGresult *result, const char *query);
RowShape *result_shape(Arena *arena, const PGresult *result);
FALLIBLE result_row(Ctx *cx, Arena *arena, const PGresult *result, int at, RowShape *shape,
                    Row *out);
FALLIBLE result_rows(Ctx *cx, const PGresult *result, Rows *out);

// postgres_store.c
FALLIBLE postgres_scans(Ctx *cx, Session *session, const char *sql, const char **out);
FALLIBLE postgres_check(Ctx *cx, Database *database);
FALLIBLE postgres_backup(Ctx *cx, Database *database, const char *path);

#endif
