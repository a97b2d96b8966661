// SPDX-License-Identifier: Apache-2.0
#include "db/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

// One step copies all pages from one snapshot: writers go on beside it.
static FALLIBLE copy_pages(Ctx *cx, sqlite3 *from, sqlite3 *to)
{
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
    if (!backup)
        return sqlite_error(cx, sqlite3_errcode(to), sqlite3_errmsg(to), NULL);
    sqlite3_backup_step(backup, -1);
    int code = sqlite3_backup_finish(backup);
    if (code != SQLITE_OK)
        return sqlite_error(cx, code, sqlite3_errmsg(to), NULL);
    // The copy stands alone, without a log beside it.
    code = sqlite3_exec(to, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
    return code == SQLITE_OK ? NULL : sqlite_error(cx, code, sqlite3_errmsg(to), NULL);
}

static FALLIBLE backup_into(Ctx *cx, Database *database, const char *path)
{
    SqliteConnection *copy, *reader;
    TRY(sqlite_make_file(cx, path));
    TRY(sqlite_connect(cx, path, SQLITE_OPEN_READWRITE, &copy));
    Error *error = reader_take(cx, database, &reader);
    if (!error) {
        error = copy_pages(cx, reader->handle, copy->handle);
        reader_give(database->sqlite, reader);
    }
    sqlite_disconnect(copy);
    return error;
}

FALLIBLE sqlite_backup(Ctx *cx, Database *database, const char *path)
{
    if (access(path, F_OK) == 0)
        return error_hint(FAIL(cx, ERR_CONFLICT, "there is a file at %s already", path),
                          "Name a file that does not exist yet.");
    char *part = text_format(cx->arena, "%s.part", path);
    unlink(part);
    Error *error = backup_into(cx, database, part);
    if (!error && rename(part, path) != 0)
        error = FAIL(cx, ERR_UNAVAILABLE, "cannot write %s: %s", path, strerror(errno));
    if (error)
        unlink(part);
    return error;
}

static FALLIBLE check_work(Ctx *cx, void *state)
{
    (void)state;
    TRY(session_unhurried(cx));
    Rows rows;
    TRY(db_built_rows(cx, &rows, "PRAGMA integrity_check(20)", NULL, 0));
    const char *first = rows.count ? row_text(&rows.items[0], "integrity_check") : "no answer";
    if (!text_equal(first, "ok"))
        return error_hint(
            error_detail(FAIL(cx, ERR_INTERNAL, "the database file is damaged"), "%s", first),
            "Restore the last backup.");
    TRY(db_built_rows(cx, &rows, "PRAGMA foreign_key_check", NULL, 0));
    if (rows.count)
        return error_detail(FAIL(cx, ERR_INTERNAL, "rows refer to rows that do not exist"),
                            "%zu rows, the first in table %s", rows.count,
                            row_text(&rows.items[0], "table"));
    return NULL;
}

FALLIBLE sqlite_check(Ctx *cx, Database *database)
{
    return database_read(cx, database, check_work, NULL);
}
