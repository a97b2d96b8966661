// SPDX-License-Identifier: Apache-2.0
#include "db/test_db.h"

#include "base/ids.h"
#include "base/keep.h"
#include "db/test_keeper.h"
#include "db/test_postgres.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define TEST_ARENA_BYTES (256UL * 1024 * 1024)

static Company company; // of the test that runs in this process
static const char *url;

// ---- The folder of SQLite files, with a migrated one to copy from

static Keeper folder;

static const char *roomy_place(void)
{
    struct statvfs about;
    if (statvfs("/dev/shm", &about) == 0 && access("/dev/shm", W_OK) == 0 &&
        about.f_bavail * about.f_frsize > 512UL * 1024 * 1024)
        return "/dev/shm";
    const char *place = getenv("TMPDIR");
    return place && *place ? place : "/tmp";
}

char *test_path(Ctx *cx, const char *name)
{
    static int number;
    return text_format(cx->arena, "%s/%d-%d-%s", folder.folder, (int)getpid(), number++, name);
}

// Migrates the database at `address`; a reason why not, or NULL.
static const char *migrate_template(const char *address, bool create)
{
    static char reason[600];
    Ctx cx = {.arena = arena_new(TEST_ARENA_BYTES), .now = TEST_NOW, .language = "en"};
    Database *database = NULL;
    Error *error =
        database_open(&cx, &(DatabaseOptions){.url = address, .create = create}, &database);
    if (!error)
        error = database_migrate(&cx, database, NULL);
    database_close(database);
    if (error)
        snprintf(reason, sizeof reason, "%s %s", error->message,
                 error->detail ? error->detail : "");
    arena_free(cx.arena);
    return error ? reason : NULL;
}

static const char *sqlite_template(void)
{
    char address[200];
    if (!keeper_start(&folder, roomy_place(), getuid(), getgid()))
        return strerror(errno);
    snprintf(address, sizeof address, "sqlite:%s/template.db", folder.folder);
    return migrate_template(address, true);
}

// A template that cannot be migrated is a failure of each test, not a reason to skip it.
static const char *sqlite_failure;

static const char *sqlite_unavailable(void)
{
    if (!folder.process)
        sqlite_failure = sqlite_template();
    return NULL;
}

static void copy_file(Ctx *cx, const char *from, const char *to)
{
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    CHECK(in && out);
    char *bytes = arena_alloc(cx->arena, 65536);
    for (size_t length; (length = fread(bytes, 1, 65536, in)) > 0;)
        CHECK(fwrite(bytes, 1, length, out) == length);
    fclose(in);
    CHECK(fclose(out) == 0);
}

static void company_open(Ctx *cx)
{
    CHECK_OK(database_open(cx, &(DatabaseOptions){.url = url}, &company.database));
    company.ids = ids_new(1);
    cx->company = &company;
}

static void company_close(Ctx *cx)
{
    keep_close(&company);
    database_close(company.database);
    free(company.ids);
    company = (Company){0};
    cx->company = NULL;
}

static void sqlite_fixture_open(Ctx *cx)
{
    CHECK_TEXT(sqlite_failure, NULL);
    char *path = test_path(cx, "test.db");
    copy_file(cx, text_format(cx->arena, "%s/template.db", folder.folder), path);
    url = text_format(cx->arena, "sqlite:%s", path);
    company_open(cx);
}

static void sqlite_fixture_close(Ctx *cx)
{
    company_close(cx);
    const char *path = strchr(url, ':') + 1;
    static const char *const ends[] = {"", "-wal", "-shm", "-lock"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        unlink(text_format(cx->arena, "%s%s", path, ends[i]));
}

// ---- Units of work

void test_unit(Ctx *cx, UnitWork work, void *state)
{
    CHECK_OK(database_write(cx, cx->company->database, work, state));
}

typedef struct Body {
    void (*run)(Ctx *cx);
} Body;

#define ROLL_BACK "the test is over"

static FALLIBLE run_body(Ctx *cx, void *state)
{
    const Body *body = state;
    body->run(cx);
    return FAIL(cx, ERR_CONFLICT, ROLL_BACK);
}

void test_in_unit(Ctx *cx, void (*body)(Ctx *cx))
{
    Body run = {body};
    CHECK_FAILS(database_write(cx, cx->company->database, run_body, &run), ERR_CONFLICT, ROLL_BACK);
}

const char *test_database_url([[maybe_unused]] Ctx *cx)
{
    return url;
}

// ---- PostgreSQL

static const char *cluster_failure;
#define UNIT_DATABASE "unit"

static const char *postgres_prepare(void)
{
    static char address[200];
    if (!cluster_start())
        return "the private PostgreSQL cluster does not start";
    if (!cluster_run("postgres", "CREATE DATABASE template"))
        return "the template cannot be created";
    cluster_address("template", address, sizeof address);
    const char *failure = migrate_template(address, false);
    if (!failure && !cluster_run("postgres", "CREATE DATABASE " UNIT_DATABASE " TEMPLATE template"))
        failure = "the template cannot be copied";
    return failure;
}

static const char *postgres_unavailable(void)
{
    static bool prepared;
    if (!cluster_installed() && !getenv("CI"))
        return "PostgreSQL's server is not installed (Debian: postgresql-15)";
    if (!prepared)
        cluster_failure = postgres_prepare();
    prepared = true;
    return NULL;
}

static void cluster_open(Ctx *cx, const char *name)
{
    static char address[200];
    cluster_address(name, address, sizeof address);
    url = address;
    company_open(cx);
}

static void postgres_unit_open(Ctx *cx)
{
    CHECK_TEXT(cluster_failure, NULL);
    cluster_open(cx, UNIT_DATABASE);
}

static void postgres_fixture_open(Ctx *cx)
{
    CHECK_TEXT(cluster_failure, NULL);
    char *name = text_format(cx->arena, "test_%d", (int)getpid());
    CHECK(cluster_run("postgres", text_format(cx->arena,
                                              "CREATE DATABASE %s TEMPLATE template "
                                              "STRATEGY FILE_COPY",
                                              name)));
    cluster_open(cx, name);
}

static void postgres_fixture_close(Ctx *cx)
{
    company_close(cx);
    cluster_run("postgres",
                text_format(cx->arena, "DROP DATABASE test_%d WITH (FORCE)", (int)getpid()));
}

static const TestFixture sqlite_fixture = {"sqlite", sqlite_unavailable, sqlite_fixture_open,
                                           sqlite_fixture_close};

static const TestFixture postgres_fixture = {"postgres", postgres_unavailable,
                                             postgres_fixture_open, postgres_fixture_close};
static const TestFixture postgres_unit_fixture = {"postgres", postgres_unavailable,
                                                  postgres_unit_open, company_close};

const TestFixture *const db_fixtures[] = {&sqlite_fixture, &postgres_fixture, NULL};
const TestFixture *const db_unit_fixtures[] = {&sqlite_fixture, &postgres_unit_fixture, NULL};
const TestFixture *const sqlite_fixtures[] = {&sqlite_fixture, NULL};
const TestFixture *const postgres_fixtures[] = {&postgres_fixture, NULL};
