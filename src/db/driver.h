// SPDX-License-Identifier: Apache-2.0
// Driver: what SQLite and PostgreSQL each do behind db.h and database.h. Internal to this room.
//
// database.c and query.c check what is common to both, and call the driver through DriverCalls. A
// Session lives on the stack of the driver's `unit` while its unit of work runs. Once a statement
// has failed, its unit of work can only be rolled back, as PostgreSQL has it: `session->broken`.
#ifndef MILLRACE_DB_DRIVER_H
#define MILLRACE_DB_DRIVER_H

#include "db/database.h"

#include <pthread.h>
#include <stdatomic.h>

// One statement to run. `rows` gathers all, `each` sees one at a time, both NULL count changes.
typedef struct Execution {
    const char *name; // of the query, for messages; NULL for built text
    const char *sql;
    const Cell *cells;
    size_t count;
    Rows *rows;
    Error *(*each)(Ctx *cx, const Row *row, void *state);
    void *state;
    bool posted; // its answer may come later
    bool one;    // a change of one row: change_check
    bool sure;   // it cannot fail: savepoints
    int64_t changed;
} Execution;

// How the commit of a batch of units ended, for each of them.
typedef struct BatchEnd {
    bool lost;         // rolled back without a fault of theirs: each may run again
    int code;          // the driver's, why it was not committed; 0: it was
    char message[200]; // the database's words
} BatchEnd;

// What the group commit of commit.c asks of a driver, by whoever holds the writer.
typedef struct WriterCalls {
    int units_most; // in one commit
    // Opens the transaction of a batch.
    FALLIBLE (*begin)(Ctx *cx, Session *session);
    // Runs a unit as a part of it that is undone alone when it fails, and takes the batch with it
    // only when it cannot: then the transaction no longer stands.
    FALLIBLE (*unit)(Ctx *cx, Session *session, UnitWork work, void *state);
    bool (*stands)(Database *database);
    void (*commit)(Database *database, int units, BatchEnd *end);
    FALLIBLE (*refusal)(Ctx *cx, const BatchEnd *end);
    void (*rest)(Database *database); // when the units of a batch are told; NULL: nothing
} WriterCalls;

typedef struct Waiter Waiter;
typedef struct Batch Batch;

typedef struct Writer {
    const WriterCalls *calls;
    pthread_mutex_t lock;
    bool held;
    Waiter *first, *last;
    Batch *batch; // open, NULL between transactions
} Writer;

typedef struct DriverCalls {
    Driver driver;
    bool remote; // most of a unit's time goes by in waiting for the server
    void (*close)(Database *database);
    FALLIBLE (*unit)(Ctx *cx, Database *database, bool writes, UnitWork work, void *state);
    FALLIBLE (*execute)(Ctx *cx, Session *session, Execution *execution);
    // Waits for what went out without an answer (db_post) and can fail; NULL: nothing does.
    FALLIBLE (*settle)(Ctx *cx, Session *session);
    // Several statements without parameters or rows: migrations, savepoints.
    FALLIBLE (*script)(Ctx *cx, Session *session, const char *sql);
    // One statement outside any transaction; NULL: the store knows no such thing.
    FALLIBLE (*alone)(Ctx *cx, Database *database, const char *sql);
    // The steps of the plan that read a whole table, one a line; NULL when there is none.
    FALLIBLE (*scans)(Ctx *cx, Session *session, const char *sql, const char **out);
    FALLIBLE (*backup)(Ctx *cx, Database *database, const char *path);
    FALLIBLE (*check)(Ctx *cx, Database *database);
} DriverCalls;

struct Database {
    const DriverCalls *calls;
    bool read_only;
    int statement_ms;              // a statement may run so long
    _Atomic int64_t node_until;    // PostgreSQL: the leased node's end; 0: none leased
    struct NodeLease *node;        // node.c
    Writer writer;                 // commit.c
    struct SqliteDatabase *sqlite; // one of the two
    struct PostgresDatabase *postgres;
};

struct Session {
    Database *database;
    bool writes;
    bool broken;    // a statement failed: nothing may be committed
    bool overflow;  // the arena's ceiling was passed
    bool again;     // running the unit of work again can mend the failure
    bool lost;      // the whole transaction is gone
    bool unhurried; // no deadline for statements (migrations, checks)
    int depth;      // of db_attempt
    struct SqliteConnection *sqlite;
    struct PostgresConnection *postgres;
};

extern const DriverCalls sqlite_calls;
extern const DriverCalls postgres_calls;

FALLIBLE sqlite_open(Ctx *cx, const DatabaseOptions *options, const char *path, Database *database);
FALLIBLE postgres_open(Ctx *cx, const DatabaseOptions *options, Database *database);

// unit.c: runs `work` with cx->db = session under a guard of the arena. After the roll-back,
// unit_error gives the error to answer with: for a passed ceiling it rewinds the arena first.
FALLIBLE unit_run(Ctx *cx, Session *session, UnitWork work, void *state);
FALLIBLE unit_error(Ctx *cx, const Session *session, Error *error, ArenaMark mark);

// commit.c: runs a unit that writes, again where that can mend what failed.
void writer_make(Writer *writer, const WriterCalls *calls);
void writer_end(Writer *writer);
FALLIBLE writer_unit(Ctx *cx, Database *database, UnitWork work, void *state);
void unit_pause(int attempt); // before the next attempt, by chance

// query.c: the statement of this driver's text, with the rules of every statement around it.
FALLIBLE session_execute(Ctx *cx, Execution *execution);
FALLIBLE session_script(Ctx *cx, const char *sql);
FALLIBLE session_settle(Ctx *cx);
FALLIBLE change_check(Ctx *cx, Session *session, bool one, int64_t changed);
FALLIBLE session_unhurried(Ctx *cx); // no deadline for the rest of the unit

// cell.c: a row's shape; names are copied.
typedef struct RowShape {
    size_t count;
    const char **names;
    size_t next; // where the next search begins
} RowShape;
RowShape *shape_new(Arena *arena, size_t count);

// The error of a broken rule, the same words on both. `column` and `detail` may be NULL.
FALLIBLE error_of_rule(Ctx *cx, ErrorCode code, const char *message, const char *column,
                       const char *detail);

// node.c: the lease ends / still stands, so that ids of this process are its own.
void node_release(Database *database);
FALLIBLE node_held(Ctx *cx, Database *database);

#endif
