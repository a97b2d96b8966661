// SPDX-License-Identifier: Apache-2.0
// The writer and its group commit.
//
//   free --writer_take--> held --unit_in_savepoint--> a unit in the open batch
//     others wait for the writer, and the batch has room: writer_hand_on, wait for the batch
//     else this unit leads: batch_commit, wake all of the batch, checkpoint when due, hand on
//
// So a commit gathers whatever queued while the commit before it was on its way to the disk; there
// is no timer. A unit sees what earlier units of its batch changed: when the batch is not
// committed, none of them was acknowledged. A failure that makes SQLite roll back everything (a
// deadline within a change, a full disk) loses the units before it in the batch: they run again.
#include "db/sqlite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UNIT_ATTEMPTS 10

static void writer_take(Writer *writer)
{
    pthread_mutex_lock(&writer->lock);
    if (writer->held) {
        Waiter waiter = {.granted = false};
        pthread_cond_init(&waiter.turn, NULL);
        *(writer->last ? &writer->last->next : &writer->first) = &waiter;
        writer->last = &waiter;
        while (!waiter.granted)
            pthread_cond_wait(&waiter.turn, &writer->lock);
        pthread_cond_destroy(&waiter.turn);
    }
    writer->held = true;
    pthread_mutex_unlock(&writer->lock);
}

// With the lock. The writer stays held when it goes to the next in the queue.
static void writer_hand_on(Writer *writer)
{
    Waiter *next = writer->first;
    if (!next) {
        writer->held = false;
        return;
    }
    writer->first = next->next;
    if (!writer->first)
        writer->last = NULL;
    next->granted = true;
    pthread_cond_signal(&next->turn);
}

// ---- Batches

static int batch_begin(Writer *writer)
{
    if (writer->batch)
        return SQLITE_OK;
    int code = sqlite_do(writer->connection, "BEGIN IMMEDIATE");
    if (code != SQLITE_OK)
        return code;
    Batch *batch = calloc(1, sizeof *batch);
    if (!batch)
        abort();
    pthread_cond_init(&batch->finished, NULL);
    writer->batch = batch;
    return SQLITE_OK;
}

static void batch_free(Batch *batch)
{
    pthread_cond_destroy(&batch->finished);
    free(batch);
}

// With the lock: tells every unit of the open batch how it ended.
static void batch_end(Writer *writer, int result, bool lost)
{
    Batch *batch = writer->batch;
    writer->batch = NULL;
    batch->result = result;
    batch->lost = lost;
    batch->done = true;
    if (result != SQLITE_OK)
        snprintf(batch->message, sizeof batch->message, "%s",
                 sqlite3_errmsg(writer->connection->handle));
    pthread_cond_broadcast(&batch->finished);
    if (!batch->references)
        batch_free(batch);
}

int sqlite_wal_grew(void *user, sqlite3 *handle, const char *name, int pages)
{
    (void)handle, (void)name;
    Writer *writer = user;
    if (pages < writer->wal_pages)
        writer->checkpoint_at = SQLITE_CHECKPOINT_PAGES; // the log began anew
    writer->wal_pages = pages;
    return SQLITE_OK;
}

// A log that readers still hold cannot begin anew: it is tried again some pages later. That a
// checkpoint fails is no harm yet: the log keeps everything.
static void checkpoint_when_due(Writer *writer)
{
    if (writer->wal_pages < writer->checkpoint_at)
        return;
    sqlite3_wal_checkpoint_v2(writer->connection->handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL,
                              NULL);
    writer->checkpoint_at = writer->wal_pages + SQLITE_CHECKPOINT_PAGES / 4;
}

// With the lock, which is let go of meanwhile: others queue up for the next batch.
static void batch_commit(Writer *writer)
{
    pthread_mutex_unlock(&writer->lock);
    bool empty = writer->batch->units == 0;
    int code = sqlite_do(writer->connection, empty ? "ROLLBACK" : "COMMIT");
    pthread_mutex_lock(&writer->lock);
    batch_end(writer, code, false);
    pthread_mutex_unlock(&writer->lock);
    if (!sqlite3_get_autocommit(writer->connection->handle))
        sqlite_do(writer->connection, "ROLLBACK");
    checkpoint_when_due(writer);
    pthread_mutex_lock(&writer->lock);
}

// ---- One unit of work

static FALLIBLE deferred_rules(Ctx *cx, sqlite3 *handle)
{
    int open = 0, highest;
    sqlite3_db_status(handle, SQLITE_DBSTATUS_DEFERRED_FKS, &open, &highest, 0);
    // Left to the COMMIT it would fail the whole batch.
    return open ? sqlite_error(cx, SQLITE_CONSTRAINT_FOREIGNKEY, "FOREIGN KEY constraint failed",
                               NULL)
                : NULL;
}

// The writer is held. True: what the unit did is in the open batch.
static bool unit_in_savepoint(Ctx *cx, Session *session, UnitWork work, void *state, Error **error)
{
    Writer *writer = &session->database->sqlite->writer;
    SqliteConnection *connection = writer->connection;
    int code = batch_begin(writer);
    if (code == SQLITE_OK)
        code = sqlite_do(connection, "SAVEPOINT unit");
    if (code == SQLITE_OK) {
        *error = unit_run(cx, session, work, state);
        statements_release(connection);
        if (!*error && !session->overflow)
            *error = deferred_rules(cx, connection->handle);
        if (*error || session->overflow)
            code = SQLITE_ABORT;
        else
            code = sqlite_do(connection, "RELEASE unit");
        if (code == SQLITE_OK)
            return true;
    }
    if (!*error && !session->overflow)
        *error = sqlite_error(cx, code, sqlite3_errmsg(connection->handle), NULL);
    // What cannot be rolled back alone takes the batch with it.
    if (!sqlite3_get_autocommit(connection->handle) &&
        (sqlite_do(connection, "ROLLBACK TO unit") != SQLITE_OK ||
         sqlite_do(connection, "RELEASE unit") != SQLITE_OK))
        sqlite_do(connection, "ROLLBACK");
    return false;
}

// Commits or hands on, and waits until the unit's batch is durable. With the lock.
static void unit_join(Writer *writer, Batch *batch)
{
    batch->units++;
    batch->references++;
    if (!writer->first || batch->units >= SQLITE_BATCH_UNITS)
        batch_commit(writer);
    writer_hand_on(writer);
    while (!batch->done)
        pthread_cond_wait(&batch->finished, &writer->lock);
    batch->references--;
}

// After a unit that failed. With the lock.
static void unit_leave(Writer *writer)
{
    if (writer->batch && sqlite3_get_autocommit(writer->connection->handle))
        batch_end(writer, SQLITE_ABORT, true);
    if (writer->batch && !writer->first)
        batch_commit(writer);
    writer_hand_on(writer);
}

static FALLIBLE write_once(Ctx *cx, Database *database, UnitWork work, void *state, bool *again)
{
    Writer *writer = &database->sqlite->writer;
    ArenaMark mark = arena_mark(cx->arena);
    Session session = {.database = database, .writes = true, .sqlite = writer->connection};
    Error *error = NULL;
    writer_take(writer);
    bool joined = unit_in_savepoint(cx, &session, work, state, &error);
    pthread_mutex_lock(&writer->lock);
    if (!joined) {
        unit_leave(writer);
        pthread_mutex_unlock(&writer->lock);
        return unit_error(cx, &session, error, mark);
    }
    Batch *batch = writer->batch;
    unit_join(writer, batch);
    Batch ended = *batch;
    if (!batch->references)
        batch_free(batch);
    pthread_mutex_unlock(&writer->lock);
    *again = ended.lost;
    if (ended.lost)
        return FAIL(cx, ERR_UNAVAILABLE, "the changes beside this one failed and took it along");
    return ended.result == SQLITE_OK ? NULL : sqlite_error(cx, ended.result, ended.message, NULL);
}

FALLIBLE sqlite_write(Ctx *cx, Database *database, UnitWork work, void *state)
{
    ArenaMark mark = arena_mark(cx->arena);
    for (int attempt = 1;; attempt++) {
        bool again = false;
        Error *error = write_once(cx, database, work, state, &again);
        if (!again || attempt == UNIT_ATTEMPTS)
            return error;
        arena_rewind(cx->arena, mark);
    }
}
