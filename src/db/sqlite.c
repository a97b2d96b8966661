// SPDX-License-Identifier: Apache-2.0
#include "db/sqlite.h"

#include "base/waiting.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

FALLIBLE sqlite_connect(Ctx *cx, const char *path, int flags, SqliteConnection **out)
{
    sqlite3 *handle = NULL;
    int code =
        sqlite3_open_v2(path, &handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
    // SQLite opens lazily: a file that is none shows at the first reading.
    if (code == SQLITE_OK)
        code = sqlite3_exec(handle, "PRAGMA schema_version", NULL, NULL, NULL);
    if (code != SQLITE_OK) {
        Error *error =
            error_detail(sqlite_error(cx, code, sqlite3_errmsg(handle), NULL), "%s", path);
        sqlite3_close(handle);
        return error;
    }
    SqliteConnection *connection = calloc(1, sizeof *connection);
    if (!connection)
        abort();
    connection->handle = handle;
    sqlite3_busy_timeout(handle, 5000);
    sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, SQLITE_VALUE_BYTES);
    sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    // Else a statement with LIMIT $1 is prepared anew each time its parameters change.
    sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_QPSG, 1, NULL);
    sqlite3_progress_handler(handle, 2000, sqlite_progress, connection);
    *out = connection;
    return NULL;
}

void sqlite_disconnect(SqliteConnection *connection)
{
    if (!connection)
        return;
    statements_drop(connection);
    sqlite3_close(connection->handle);
    free(connection);
}

static FALLIBLE connection_set(Ctx *cx, SqliteConnection *connection, const char *sql)
{
    int code = sqlite3_exec(connection->handle, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? NULL
                             : sqlite_error(cx, code, sqlite3_errmsg(connection->handle), NULL);
}

// A business's data is for its owner alone; the log and its index take the same rights from it.
FALLIBLE sqlite_make_file(Ctx *cx, const char *path)
{
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0)
        return FAIL(cx, ERR_UNAVAILABLE, "cannot make %s: %s", path, strerror(errno));
    close(file);
    return NULL;
}

// ---- Readers

static FALLIBLE reader_open(Ctx *cx, Database *database, SqliteConnection **out)
{
    int flags = database->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    SqliteConnection *reader;
    TRY(sqlite_connect(cx, database->sqlite->path, flags, &reader));
    Error *error = connection_set(cx, reader,
                                  "PRAGMA query_only = 1; PRAGMA mmap_size = 268435456;"
                                  "PRAGMA cache_size = -8000");
    if (error) {
        sqlite_disconnect(reader);
        return error;
    }
    *out = reader;
    return NULL;
}

FALLIBLE reader_take(Ctx *cx, Database *database, SqliteConnection **out)
{
    SqliteDatabase *sqlite = database->sqlite;
    pthread_mutex_lock(&sqlite->pool_lock);
    while (!sqlite->idle && sqlite->readers == sqlite->readers_max)
        waiting_for(&sqlite->pool_freed, &sqlite->pool_lock);
    SqliteConnection *reader = sqlite->idle;
    if (reader)
        sqlite->idle = reader->next;
    else
        sqlite->readers++;
    pthread_mutex_unlock(&sqlite->pool_lock);
    if (reader) {
        *out = reader;
        return NULL;
    }
    Error *error = reader_open(cx, database, out);
    if (error) {
        pthread_mutex_lock(&sqlite->pool_lock);
        sqlite->readers--;
        pthread_cond_signal(&sqlite->pool_freed);
        pthread_mutex_unlock(&sqlite->pool_lock);
    }
    return error;
}

void reader_give(SqliteDatabase *sqlite, SqliteConnection *reader)
{
    statements_release(reader);
    if (!sqlite3_get_autocommit(reader->handle))
        sqlite_do(reader, "COMMIT");
    pthread_mutex_lock(&sqlite->pool_lock);
    reader->next = sqlite->idle;
    sqlite->idle = reader;
    pthread_cond_signal(&sqlite->pool_freed);
    pthread_mutex_unlock(&sqlite->pool_lock);
}

static FALLIBLE sqlite_read(Ctx *cx, Database *database, UnitWork work, void *state)
{
    ArenaMark mark = arena_mark(cx->arena);
    SqliteConnection *reader;
    TRY(reader_take(cx, database, &reader));
    Session session = {.database = database, .sqlite = reader};
    int code = sqlite_do(reader, "BEGIN");
    Error *error = code == SQLITE_OK ? unit_run(cx, &session, work, state)
                                     : sqlite_error(cx, code, sqlite3_errmsg(reader->handle), NULL);
    reader_give(database->sqlite, reader);
    return unit_error(cx, &session, error, mark);
}

static FALLIBLE sqlite_unit(Ctx *cx, Database *database, bool writes, UnitWork work, void *state)
{
    return writes ? writer_unit(cx, database, work, state) : sqlite_read(cx, database, work, state);
}

// ---- Opening and closing

// Holds the lock file as long as the database is open for writing; the kernel lets go of it when
// the process dies.
static FALLIBLE lock_take(Ctx *cx, SqliteDatabase *sqlite)
{
    char *path = text_format(cx->arena, "%s-lock", sqlite->path);
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0)
        return FAIL(cx, ERR_UNAVAILABLE, "cannot open the lock file %s: %s", path, strerror(errno));
    if (flock(file, LOCK_EX | LOCK_NB) != 0) {
        char owner[24] = "";
        ssize_t length = pread(file, owner, sizeof owner - 1, 0);
        close(file);
        Error *error = FAIL(cx, ERR_UNAVAILABLE, "the database is served by another process");
        if (length > 0)
            error_detail(error, "%s, process %ld", sqlite->path, strtol(owner, NULL, 10));
        return error_hint(error, "Send the command to the running server, or stop it first.");
    }
    char owner[24];
    int length = snprintf(owner, sizeof owner, "%ld\n", (long)getpid());
    if (ftruncate(file, 0) != 0 || pwrite(file, owner, (size_t)length, 0) != length) {
        close(file);
        return FAIL(cx, ERR_UNAVAILABLE, "cannot write the lock file %s: %s", path,
                    strerror(errno));
    }
    sqlite->lock_file = file;
    return NULL;
}

static FALLIBLE writer_open(Ctx *cx, SqliteDatabase *sqlite, bool create)
{
    TRY(lock_take(cx, sqlite));
    if (create)
        TRY(sqlite_make_file(cx, sqlite->path));
    TRY(sqlite_connect(cx, sqlite->path, SQLITE_OPEN_READWRITE, &sqlite->writing));
    TRY(connection_set(cx, sqlite->writing,
                       "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                       "PRAGMA wal_autocheckpoint = 0; PRAGMA foreign_keys = 1;"
                       "PRAGMA cache_size = -64000; PRAGMA trusted_schema = 0"));
    sqlite->checkpoint_at = SQLITE_CHECKPOINT_PAGES;
    sqlite3_wal_hook(sqlite->writing->handle, sqlite_wal_grew, sqlite);
    return NULL;
}

static void sqlite_close(Database *database)
{
    SqliteDatabase *sqlite = database->sqlite;
    while (sqlite->idle) {
        SqliteConnection *reader = sqlite->idle;
        sqlite->idle = reader->next;
        sqlite_disconnect(reader);
    }
    checkpoint_stop(sqlite);
    // The last connection to close checkpoints what is left and takes the log away.
    sqlite_disconnect(sqlite->writing);
    if (sqlite->lock_file >= 0)
        close(sqlite->lock_file);
    writer_end(&database->writer);
    pthread_mutex_destroy(&sqlite->pool_lock);
    pthread_cond_destroy(&sqlite->pool_freed);
    free(sqlite->path);
    free(sqlite);
}

FALLIBLE sqlite_open(Ctx *cx, const DatabaseOptions *options, const char *path, Database *database)
{
    struct stat about;
    if (stat(path, &about) != 0 && (options->read_only || !options->create))
        return error_hint(FAIL(cx, ERR_NOT_FOUND, "there is no database at %s", path),
                          "Create one with `millrace init`.");
    SqliteDatabase *sqlite = calloc(1, sizeof *sqlite);
    if (!sqlite || !(sqlite->path = strdup(path)))
        abort();
    sqlite->lock_file = -1;
    sqlite->readers_max = options->connections > 0 ? options->connections : SQLITE_READERS;
    writer_make(&database->writer, &sqlite_writer);
    pthread_mutex_init(&sqlite->pool_lock, NULL);
    pthread_cond_init(&sqlite->pool_freed, NULL);
    database->sqlite = sqlite;
    database->calls = &sqlite_calls;
    Error *error = NULL;
    if (options->read_only) {
        SqliteConnection *reader;
        error = reader_take(cx, database, &reader);
        if (!error)
            reader_give(sqlite, reader);
    } else {
        error = writer_open(cx, sqlite, options->create);
    }
    if (error)
        sqlite_close(database);
    return error;
}

const DriverCalls sqlite_calls = {
    .driver = DRIVER_SQLITE,
    .close = sqlite_close,
    .unit = sqlite_unit,
    .execute = sqlite_execute,
    .script = sqlite_script,
    .scans = sqlite_scans,
    .backup = sqlite_backup,
    .check = sqlite_check,
};
