// SPDX-License-Identifier: Apache-2.0
#include "app/company.h"

#include "base/ids.h"
#include "base/limits.h"
#include "db/database.h"
#include "process/process.h"
#include "record/pack.h"
#include "record/record.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define DEMO_PACK "demo"

FALLIBLE file_read(Ctx *cx, const char *path, size_t most, Text *out)
{
    FILE *file = text_equal(path, "-") ? stdin : fopen(path, "rbe");
    if (!file)
        return FAIL(cx, ERR_NOT_FOUND, "cannot read %s: %s", path, strerror(errno));
    Buffer *buffer = buffer_new(cx->arena);
    char chunk[65536];
    size_t count;
    while ((count = fread(chunk, 1, sizeof chunk, file)) && buffer->length <= most)
        buffer_add(buffer, chunk, count);
    bool broken = ferror(file);
    if (file != stdin)
        fclose(file);
    if (broken)
        return FAIL(cx, ERR_UNAVAILABLE, "cannot read %s to its end", path);
    if (buffer->length > most)
        return FAIL(cx, ERR_LIMIT, "%s has more than %zu bytes", path, most);
    *out = (Text){buffer->bytes, buffer->length};
    return NULL;
}

// The folder of a new SQLite file, one level deep: data/millrace.db works in a fresh checkout.
static void make_folder(Ctx *cx, const char *url)
{
    if (!text_starts(url, "sqlite:"))
        return;
    char *path = text_copy(cx->arena, url + strlen("sqlite:"));
    char *slash = strrchr(path, '/');
    if (slash && slash != path) {
        *slash = '\0';
        mkdir(path, 0750);
    }
}

const char *company_files(Ctx *cx, const CommandLine *line, const char *url)
{
    const char *folder = command_option(line, "files", getenv("MILLRACE_FILES"));
    if (folder || !text_starts(url, "sqlite:"))
        return folder;
    return text_format(cx->arena, "%s.files", url + strlen("sqlite:"));
}

typedef struct ModelToDeploy {
    const PackFile *file;
    bool is_process;
} ModelToDeploy;

static FALLIBLE deploy_model(Ctx *cx, void *state)
{
    const ModelToDeploy *model = state;
    const char *key;
    int version;
    Error *error =
        model->is_process
            ? process_deploy(cx, model->file->bytes, model->file->length, &key, &version)
            : decision_deploy(cx, model->file->bytes, model->file->length, &key, &version);
    if (error && !error->detail)
        return error_detail(error, "in %s", model->file->path);
    return error;
}

static FALLIBLE deploy_ending(Ctx *cx, const Pack *pack, const char *ending, bool is_process)
{
    const PackFile **files;
    size_t count;
    TRY(pack_models(cx, pack, ending, &files, &count));
    for (size_t i = 0; i < count; i++) {
        ModelToDeploy model = {files[i], is_process};
        TRY(database_write(cx, cx->company->database, deploy_model, &model));
    }
    return NULL;
}

// Decisions first: processes name them.
static FALLIBLE deploy_packs(Ctx *cx)
{
    const Packs *packs = cx->schema->packs;
    for (size_t i = 0; i < packs->count; i++)
        TRY(deploy_ending(cx, &packs->items[i], ".dmn", false));
    for (size_t i = 0; i < packs->count; i++)
        TRY(deploy_ending(cx, &packs->items[i], ".bpmn", true));
    return NULL;
}

static FALLIBLE load_deployments(Ctx *cx, void *state)
{
    (void)state;
    return deployments_load(cx);
}

// The packs a company has chosen are remembered, so that the demo stays out of a real one.
MIGRATION(app_0001_company_pack, 90, "CREATE TABLE company_pack (name TEXT NOT NULL PRIMARY KEY)");

QUERY_FULL(company_packs, "SELECT name FROM company_pack ORDER BY name", NULL,
           "a company has a handful of packs");
QUERY(company_pack_add,
      "INSERT INTO company_pack (name) VALUES ($1) ON CONFLICT (name) DO NOTHING");

typedef ARRAY(const char *) Names;

static FALLIBLE remembered(Ctx *cx, void *state)
{
    Names *names = state;
    Rows rows;
    names->count = 0;
    TRY(db_rows(cx, &rows, company_packs));
    for (size_t i = 0; i < rows.count; i++)
        array_push(cx->arena, *names) = row_text(&rows.items[i], "name");
    return NULL;
}

static FALLIBLE remember(Ctx *cx, void *state)
{
    const Names *names = state;
    for (size_t i = 0; i < names->count; i++)
        TRY(db_run(cx, NULL, company_pack_add, names->items[i]));
    return NULL;
}

// A new company has every pack of the folder but the demo's, which only its own command adds.
static FALLIBLE choose_packs(Ctx *cx, const char *folder, bool with_demo, Names *names)
{
    Packs *packs;
    TRY(database_read(cx, cx->company->database, remembered, names));
    if (!names->count) {
        TRY(packs_read(cx, folder, NULL, 0, &packs));
        for (size_t i = 0; i < packs->count; i++)
            if (!text_equal(packs->items[i].name, DEMO_PACK))
                array_push(cx->arena, *names) = packs->items[i].name;
    }
    if (with_demo)
        array_push(cx->arena, *names) = DEMO_PACK;
    return NULL;
}

// Beside a running server nothing may be written: the schema is compiled and taken as it is.
static FALLIBLE compile_only(Ctx *cx, const char *folder, const Names *names)
{
    Schema *schema;
    TRY(packs_compile(cx, cx->company->database, folder, names->items, names->count, &schema));
    schema_publish(cx->company, schema);
    schema_hold(cx);
    return NULL;
}

static FALLIBLE open_packs(Ctx *cx, const char *folder, CompanyMode mode)
{
    Names names = {0};
    TRY(choose_packs(cx, folder, mode == COMPANY_DEMO, &names));
    if (mode == COMPANY_READ)
        return compile_only(cx, folder, &names);
    TRY(packs_open(cx, cx->company->database, folder, names.items, names.count));
    TRY(database_write(cx, cx->company->database, remember, &names));
    return deploy_packs(cx);
}

static FALLIBLE open_parts(Ctx *cx, const CommandLine *line, CompanyMode mode)
{
    const char *url = command_option(line, "database", DEFAULT_DATABASE);
    const char *folder = command_option(line, "packs", getenv("MILLRACE_PACKS"));
    bool create = mode == COMPANY_CREATE || mode == COMPANY_DEMO;
    cx->company->contents = (ContentRoom){.folder = company_files(cx, line, url),
                                          .one_bytes = LIMIT_FILE_BYTES,
                                          .all_bytes = LIMIT_FILES_BYTES};
    if (create)
        make_folder(cx, url);
    DatabaseOptions options = {.url = url, .read_only = mode == COMPANY_READ, .create = create};
    TRY(database_open(cx, &options, &cx->company->database));
    int node = 0;
    if (mode != COMPANY_READ) {
        TRY(database_migrate(cx, cx->company->database, NULL));
        TRY(database_lease_node(cx, cx->company->database, &node));
    }
    cx->company->ids = ids_new(node);
    TRY(open_packs(cx, folder ? folder : "packs", mode));
    return database_read(cx, cx->company->database, load_deployments, NULL);
}

FALLIBLE company_open(Ctx *cx, const CommandLine *line, CompanyMode mode)
{
    Error *error = open_parts(cx, line, mode);
    if (error)
        company_close(cx);
    return error;
}

void company_close(Ctx *cx)
{
    deployments_close(cx->company);
    packs_close(cx->company);
    cx->schema = NULL;
    if (cx->company->database)
        database_close(cx->company->database);
    free(cx->company->ids);
    cx->company->database = NULL;
    cx->company->ids = NULL;
}
