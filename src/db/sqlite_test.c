// SPDX-License-Identifier: Apache-2.0
#include "db/test_db.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static FALLIBLE make_table(Ctx *cx, void *state)
{
    (void)state;
    TRY(db_built_run(cx, NULL, "CREATE TABLE own (id BIGINT PRIMARY KEY)", NULL, 0));
    return db_built_run(cx, NULL, "INSERT INTO own (id) VALUES (1)", NULL, 0);
}

static FALLIBLE count_own(Ctx *cx, void *state)
{
    Rows rows;
    TRY(db_built_rows(cx, &rows, "SELECT COUNT(*) AS n FROM own", NULL, 0));
    *(int64_t *)state = row_integer(&rows.items[0], "n");
    return NULL;
}

SQLITE_TEST(second_process_cannot_open_a_served_database_for_writing)
{
    Database *second;
    Error *error = database_open(cx, &(DatabaseOptions){.url = test_database_url(cx)}, &second);
    CHECK_FAILS(error, ERR_UNAVAILABLE, "is served by another process");
    CHECK(error->hint != NULL);
    CHECK(strstr(error->detail, text_format(cx->arena, "process %d", (int)getpid())) != NULL);
}

SQLITE_TEST(missing_file_is_not_made_unless_asked_for)
{
    Database *database;
    char *url = text_format(cx->arena, "sqlite:%s", test_path(cx, "missing.db"));
    CHECK_FAILS(database_open(cx, &(DatabaseOptions){.url = url}, &database), ERR_NOT_FOUND,
                "no database at");
    CHECK_FAILS(database_open(cx, &(DatabaseOptions){.url = url, .read_only = true}, &database),
                ERR_NOT_FOUND, "no database at");
    CHECK_OK(database_open(cx, &(DatabaseOptions){.url = url, .create = true}, &database));
    database_close(database);
}

SQLITE_TEST(files_of_a_new_database_are_for_their_owner_alone)
{
    Database *database;
    char *path = test_path(cx, "new.db");
    char *url = text_format(cx->arena, "sqlite:%s", path);
    CHECK_OK(database_open(cx, &(DatabaseOptions){.url = url, .create = true}, &database));
    CHECK_OK(database_migrate(cx, database, NULL));
    static const char *const ends[] = {"", "-wal", "-shm", "-lock"};
    for (size_t i = 0; i < 4; i++) {
        struct stat about;
        CHECK_INT(stat(text_format(cx->arena, "%s%s", path, ends[i]), &about), 0);
        CHECK_INT(about.st_mode & 0777, 0600);
    }
    database_close(database);
}

SQLITE_TEST(file_that_is_no_database_is_refused)
{
    char *path = test_path(cx, "letter.db");
    FILE *file = fopen(path, "w");
    for (int i = 0; i < 1000; i++)
        fputs("Dear Sir or Madam, ", file);
    fclose(file);
    Database *database;
    Error *error = database_open(
        cx, &(DatabaseOptions){.url = text_format(cx->arena, "sqlite:%s", path)}, &database);
    CHECK_FAILS(error, ERR_INTERNAL, "damaged");
    CHECK_TEXT(error->detail, path);
}

SQLITE_TEST(database_without_a_server_opens_for_reading)
{
    int64_t count;
    test_unit(cx, make_table, NULL);
    database_close(cx->company->database);
    CHECK_OK(database_open(cx, &(DatabaseOptions){.url = test_database_url(cx), .read_only = true},
                           &cx->company->database));
    CHECK_OK(database_read(cx, cx->company->database, count_own, &count));
    CHECK_INT(count, 1);
}

SQLITE_TEST(backup_is_a_database_of_its_own)
{
    Database *copy;
    int64_t count;
    char *path = test_path(cx, "copy.db");
    test_unit(cx, make_table, NULL);
    CHECK_OK(database_backup(cx, cx->company->database, path));
    CHECK_OK(database_open(cx, &(DatabaseOptions){.url = text_format(cx->arena, "sqlite:%s", path)},
                           &copy));
    CHECK_OK(database_check(cx, copy));
    CHECK_OK(database_read(cx, copy, count_own, &count));
    CHECK_INT(count, 1);
    database_close(copy);
}

SQLITE_TEST(backup_never_replaces_a_file)
{
    const char *path = strchr(test_database_url(cx), ':') + 1;
    CHECK_FAILS(database_backup(cx, cx->company->database, path), ERR_CONFLICT, "file at");
}

typedef struct Beside {
    Database *database;
    Error *error;
} Beside;

static void *write_beside(void *state)
{
    Beside *beside = state;
    Ctx cx = {.arena = arena_new(1 << 20), .language = "en"};
    beside->error = database_write(&cx, beside->database, make_table, NULL);
    arena_free(cx.arena);
    return NULL;
}

static FALLIBLE read_write_read(Ctx *cx, void *state)
{
    Rows before, after;
    const char *tables = "SELECT COUNT(*) AS n FROM sqlite_schema";
    TRY(db_built_rows(cx, &before, tables, NULL, 0));
    pthread_t thread;
    CHECK_INT(pthread_create(&thread, NULL, write_beside, state), 0);
    CHECK_INT(pthread_join(thread, NULL), 0);
    TRY(db_built_rows(cx, &after, tables, NULL, 0));
    CHECK_INT(row_integer(&before.items[0], "n"), row_integer(&after.items[0], "n"));
    return NULL;
}

SQLITE_TEST(reader_sees_one_moment_while_a_writer_commits_beside_it)
{
    int64_t count;
    Beside beside = {.database = cx->company->database};
    CHECK_OK(database_read(cx, cx->company->database, read_write_read, &beside));
    CHECK(beside.error == NULL);
    CHECK_OK(database_read(cx, cx->company->database, count_own, &count));
    CHECK_INT(count, 1);
}

static FALLIBLE open_inner(Ctx *cx, void *state)
{
    (void)state;
    return database_write(cx, cx->company->database, make_table, NULL);
}

SQLITE_TEST(unit_of_work_does_not_open_another)
{
    CHECK_FAILS(database_write(cx, cx->company->database, open_inner, NULL), ERR_INTERNAL,
                "already open");
}

static FALLIBLE grow(Ctx *cx, void *state)
{
    (void)state;
    return db_built_run(cx, NULL, "INSERT INTO heavy (bytes) VALUES (zeroblob(4000000))", NULL, 0);
}

static FALLIBLE make_heavy(Ctx *cx, void *state)
{
    (void)state;
    return db_built_run(cx, NULL, "CREATE TABLE heavy (bytes BYTEA)", NULL, 0);
}

SQLITE_TEST(log_is_checkpointed_and_begins_anew)
{
    test_unit(cx, make_heavy, NULL);
    for (int i = 0; i < 24; i++)
        test_unit(cx, grow, NULL);
    char *log = text_format(cx->arena, "%s-wal", strchr(test_database_url(cx), ':') + 1);
    FILE *file = fopen(log, "rb");
    CHECK(file && fseek(file, 0, SEEK_END) == 0);
    // 96 MB went through it; it began anew again and again.
    CHECK(ftell(file) < 48L * 1024 * 1024);
    fclose(file);
}
