// SPDX-License-Identifier: Apache-2.0
// Checkpoints: what stands in the log goes into the database file.
//
//   resting --the log has grown--> wanted --the thread has copied--> copied --the writer--> resting
//
// Copying some thousand pages and syncing them takes long: by the writer, all who write would wait
// for it. So a thread copies beside it, on a connection of its own, and the writer only what came
// meanwhile; then nothing is left in the log, which begins anew. That a checkpoint fails is no harm
// yet: the log keeps everything.
#include "base/limits.h"
#include "db/sqlite.h"

#include <stdlib.h>

typedef enum CheckpointState { RESTING, WANTED, COPIED, STOPPING } CheckpointState;

struct Checkpointer {
    Database *database;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    CheckpointState state;
};

static void copy(SqliteConnection *connection)
{
    sqlite3_wal_checkpoint_v2(connection->handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}

static SqliteConnection *copier_open(Database *database)
{
    Ctx cx = {.arena = arena_new(LIMIT_UNIT_BYTES), .language = "en"};
    SqliteConnection *connection = NULL;
    Error *error = sqlite_connect(&cx, database->sqlite->path, SQLITE_OPEN_READWRITE, &connection);
    arena_free(cx.arena);
    return error ? NULL : connection;
}

static void *checkpoint_run(void *state)
{
    Checkpointer *checkpointer = state;
    // Without a connection the writer copies all.
    SqliteConnection *connection = copier_open(checkpointer->database);
    pthread_mutex_lock(&checkpointer->lock);
    while (checkpointer->state != STOPPING) {
        if (checkpointer->state != WANTED) {
            pthread_cond_wait(&checkpointer->changed, &checkpointer->lock);
            continue;
        }
        pthread_mutex_unlock(&checkpointer->lock);
        if (connection)
            copy(connection);
        pthread_mutex_lock(&checkpointer->lock);
        if (checkpointer->state == WANTED)
            checkpointer->state = COPIED;
        pthread_cond_broadcast(&checkpointer->changed);
    }
    pthread_mutex_unlock(&checkpointer->lock);
    sqlite_disconnect(connection);
    return NULL;
}

// Made when the log is long for the first time; NULL when the system has no thread for it.
static Checkpointer *checkpointer_of(Database *database)
{
    if (database->sqlite->checkpointer)
        return database->sqlite->checkpointer;
    Checkpointer *checkpointer = calloc(1, sizeof *checkpointer);
    if (!checkpointer)
        abort();
    checkpointer->database = database;
    pthread_mutex_init(&checkpointer->lock, NULL);
    pthread_cond_init(&checkpointer->changed, NULL);
    if (pthread_create(&checkpointer->thread, NULL, checkpoint_run, checkpointer) != 0) {
        pthread_mutex_destroy(&checkpointer->lock);
        pthread_cond_destroy(&checkpointer->changed);
        free(checkpointer);
        return NULL;
    }
    return database->sqlite->checkpointer = checkpointer;
}

void checkpoint_stop(SqliteDatabase *sqlite)
{
    Checkpointer *checkpointer = sqlite->checkpointer;
    if (!checkpointer)
        return;
    pthread_mutex_lock(&checkpointer->lock);
    checkpointer->state = STOPPING;
    pthread_cond_broadcast(&checkpointer->changed);
    pthread_mutex_unlock(&checkpointer->lock);
    pthread_join(checkpointer->thread, NULL);
    pthread_mutex_destroy(&checkpointer->lock);
    pthread_cond_destroy(&checkpointer->changed);
    free(checkpointer);
    sqlite->checkpointer = NULL;
}

int sqlite_wal_grew(void *user, sqlite3 *handle, const char *name, int pages)
{
    (void)handle, (void)name;
    SqliteDatabase *sqlite = user;
    if (pages < sqlite->wal_pages)
        sqlite->checkpoint_at = SQLITE_CHECKPOINT_PAGES; // the log began anew
    sqlite->wal_pages = pages;
    return SQLITE_OK;
}

// True: what was in the log when it was asked for is copied.
static bool copied_beside(Checkpointer *checkpointer, const SqliteDatabase *sqlite)
{
    pthread_mutex_lock(&checkpointer->lock);
    if (checkpointer->state == RESTING) {
        checkpointer->state = WANTED;
        pthread_cond_broadcast(&checkpointer->changed);
    }
    // Who writes faster than the disk copies has to wait for it.
    while (checkpointer->state == WANTED && sqlite->wal_pages >= SQLITE_WAL_PAGES)
        pthread_cond_wait(&checkpointer->changed, &checkpointer->lock);
    bool copied = checkpointer->state == COPIED;
    if (copied)
        checkpointer->state = RESTING;
    pthread_mutex_unlock(&checkpointer->lock);
    return copied;
}

void checkpoint_when_due(Database *database)
{
    SqliteDatabase *sqlite = database->sqlite;
    if (sqlite->wal_pages < sqlite->checkpoint_at)
        return;
    Checkpointer *checkpointer = checkpointer_of(database);
    if (checkpointer && !copied_beside(checkpointer, sqlite))
        return;
    copy(sqlite->writing);
    // A log that readers still hold cannot begin anew: it is tried again some pages later.
    sqlite->checkpoint_at = sqlite->wal_pages + SQLITE_CHECKPOINT_PAGES / 4;
}
