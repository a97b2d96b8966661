// SPDX-License-Identifier: Apache-2.0
#include "process/bundle.h"

#include "db/database.h"

#include <sodium.h>
#include <string.h>

// `file`: the name by which the others import the process itself; NULL when it imports none.
MIGRATION(process_0075_imports, 30,
          "ALTER TABLE process_version ADD COLUMN file TEXT;\n"
          "CREATE TABLE process_import (\n"
          "  version BIGINT NOT NULL,\n"
          "  position BIGINT NOT NULL,\n"
          "  file TEXT NOT NULL,\n"
          "  xml BYTEA NOT NULL,\n"
          "  PRIMARY KEY (version, position)\n"
          ")");

QUERY(bundle_name, "UPDATE process_version SET file = $2 WHERE id = $1");
QUERY(bundle_add, "INSERT INTO process_import (version, position, file, xml)"
                  " VALUES ($1, $2, $3, $4)");
QUERY(bundle_of, "SELECT file, xml FROM process_import WHERE version = $1 ORDER BY position");

FALLIBLE bundle_read(Ctx *cx, const ModelFiles *files, const BpmnModel **out,
                     BpmnProblems *problems)
{
    return bpmn_read_with(cx, &files->file, files->others, files->count, out, problems);
}

const char *hash_text(Ctx *cx, const char *bytes, size_t length)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, (const unsigned char *)bytes, length);
    char *text = arena_alloc(cx->arena, sizeof hash * 2 + 1);
    sodium_bin2hex(text, sizeof hash * 2 + 1, hash, sizeof hash);
    return text;
}

const char *bundle_hash(Ctx *cx, const BpmnModel *source)
{
    const BpmnBundle *bundle = source->bundle;
    const char *hash = hash_text(cx, source->source, source->source_length);
    for (size_t i = 1; i < bundle->count; i++) {
        const BpmnModel *other = bundle->models[i];
        const char *of_other = hash_text(cx, other->source, other->source_length);
        const char *both = text_format(cx->arena, "%s %s %s", hash, other->file, of_other);
        hash = hash_text(cx, both, strlen(both));
    }
    return hash;
}

FALLIBLE bundle_keep(Ctx *cx, Id version, const BpmnModel *source)
{
    const BpmnBundle *bundle = source->bundle;
    if (bundle->count > 1)
        TRY(db_run(cx, NULL, bundle_name, version, source->file));
    for (size_t i = 1; i < bundle->count; i++) {
        const BpmnModel *other = bundle->models[i];
        TRY(db_run(cx, NULL, bundle_add, version, (int64_t)i, other->file,
                   cell_bytes(other->source, other->source_length)));
    }
    return NULL;
}

FALLIBLE bundle_load(Ctx *cx, const Row *row, ModelFiles *out)
{
    Text xml = row_cell(row, "xml").text;
    *out = (ModelFiles){.file = {row_text(row, "file"), xml.bytes, xml.length}};
    if (!out->file.name)
        return NULL;
    Rows rows;
    TRY(db_rows(cx, &rows, bundle_of, row_integer(row, "id")));
    BpmnFile *others = NEW_ARRAY(cx->arena, BpmnFile, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++) {
        Text other = row_cell(&rows.items[i], "xml").text;
        others[out->count++] =
            (BpmnFile){row_text(&rows.items[i], "file"), other.bytes, other.length};
    }
    out->others = others;
    return NULL;
}
