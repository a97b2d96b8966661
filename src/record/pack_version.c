// SPDX-License-Identifier: Apache-2.0
#include "record/pack_version.h"

#include "base/ids.h"
#include "base/json.h"
#include "db/database.h"
#include "record/compile.h"

#include <sodium.h>
#include <string.h>

#define VERSIONS_SHOWN 200

// Texts are kept by their hash: what was shipped is there once, however often the company changes.
MIGRATION(record_0021_pack, 20,
          "CREATE TABLE pack_snapshot (hash TEXT NOT NULL PRIMARY KEY, files TEXT NOT NULL);\n"
          "CREATE TABLE pack_version (revision BIGINT NOT NULL PRIMARY KEY, at BIGINT NOT NULL,"
          " actor BIGINT NOT NULL, note TEXT NOT NULL, shipped TEXT NOT NULL,"
          " company TEXT NOT NULL, conflicts TEXT NOT NULL);\n"
          "ALTER TABLE schema_column ADD COLUMN parked_at BIGINT");

QUERY(pack_revision_newest, "SELECT revision FROM pack_version ORDER BY revision DESC LIMIT 1");
QUERY(pack_version_one, "SELECT v.revision, v.at, v.actor, v.note, v.conflicts, s.files AS shipped,"
                        " c.files AS company FROM pack_version v"
                        " JOIN pack_snapshot s ON s.hash = v.shipped"
                        " JOIN pack_snapshot c ON c.hash = v.company WHERE v.revision = $1");
QUERY(pack_version_some, "SELECT revision, at, actor, note, conflicts FROM pack_version"
                         " ORDER BY revision DESC LIMIT $1");
QUERY(pack_version_insert, "INSERT INTO pack_version (revision, at, actor, note, shipped, company,"
                           " conflicts) VALUES ($1, $2, $3, $4, $5, $6, $7)");
QUERY(pack_snapshot_insert, "INSERT INTO pack_snapshot (hash, files) VALUES ($1, $2)"
                            " ON CONFLICT (hash) DO NOTHING");

FALLIBLE pack_revision(Ctx *cx, int64_t *out)
{
    Row *row;
    TRY(db_row(cx, &row, pack_revision_newest));
    *out = row ? row_integer(row, "revision") : 0;
    return NULL;
}

static FALLIBLE read_json(Ctx *cx, const Row *row, const char *column, Value *out)
{
    const char *text = row_text(row, column);
    return json_parse(cx, text, strlen(text), out);
}

FALLIBLE pack_version_read(Ctx *cx, int64_t revision, PackVersion *out)
{
    Row *row;
    TRY(db_row(cx, &row, pack_version_one, revision));
    if (!row)
        return FAIL(cx, ERR_NOT_FOUND, "the packs have no version %lld", (long long)revision);
    *out = (PackVersion){.revision = revision,
                         .at = row_integer(row, "at"),
                         .actor = row_integer(row, "actor"),
                         .note = row_text(row, "note")};
    TRY(read_json(cx, row, "shipped", &out->shipped));
    TRY(read_json(cx, row, "company", &out->company));
    return read_json(cx, row, "conflicts", &out->conflicts);
}

FALLIBLE pack_version_newest(Ctx *cx, PackVersion *out)
{
    int64_t revision;
    TRY(pack_revision(cx, &revision));
    if (revision)
        return pack_version_read(cx, revision, out);
    *out = (PackVersion){.shipped = value_context(cx->arena),
                         .company = value_context(cx->arena),
                         .conflicts = value_list(NULL, 0)};
    return NULL;
}

static FALLIBLE snapshot(Ctx *cx, Value files, const char **hash)
{
    unsigned char bytes[crypto_generichash_BYTES];
    const char *text = json_text(cx->arena, files);
    char *hex = arena_alloc(cx->arena, sizeof bytes * 2 + 1);
    crypto_generichash(bytes, sizeof bytes, (const unsigned char *)text, strlen(text), NULL, 0);
    sodium_bin2hex(hex, sizeof bytes * 2 + 1, bytes, sizeof bytes);
    *hash = hex;
    return db_run(cx, NULL, pack_snapshot_insert, *hash, text);
}

FALLIBLE pack_version_add(Ctx *cx, const PackVersion *version)
{
    const char *shipped, *company;
    TRY(snapshot(cx, version->shipped, &shipped));
    TRY(snapshot(cx, version->company, &company));
    return db_run(cx, NULL, pack_version_insert, version->revision, version->at, version->actor,
                  version->note ? version->note : "", shipped, company,
                  json_text(cx->arena, version->conflicts));
}

FALLIBLE pack_version_list(Ctx *cx, Value *out)
{
    Rows rows;
    TRY(db_rows(cx, &rows, pack_version_some, VERSIONS_SHOWN));
    Value *items = NEW_ARRAY(cx->arena, Value, rows.count);
    for (size_t i = 0; i < rows.count; i++) {
        const Row *row = &rows.items[i];
        Value conflicts;
        Id actor = row_integer(row, "actor");
        TRY(read_json(cx, row, "conflicts", &conflicts));
        items[i] = value_context(cx->arena);
        value_set(cx->arena, items[i], "revision", value_integer(row_integer(row, "revision")));
        value_set(cx->arena, items[i], "at", value_instant(cx->arena, row_integer(row, "at")));
        value_set(cx->arena, items[i], "by", value_text(actor ? id_text(cx->arena, actor) : NULL));
        value_set(cx->arena, items[i], "note", value_text(row_text(row, "note")));
        value_set(cx->arena, items[i], "conflicts", conflicts);
    }
    *out = value_list(items, rows.count);
    return NULL;
}

Value packs_files(Ctx *cx, const Packs *packs)
{
    Value files = value_context(cx->arena);
    for (size_t p = 0; p < packs->count; p++)
        for (size_t f = 0; f < packs->items[p].file_count; f++) {
            const PackFile *file = &packs->items[p].files[f];
            if (text_equal(packs->items[p].name, COMPANY_PACK) || !text_ends(file->name, ".yaml"))
                continue;
            value_set(cx->arena, files,
                      text_format(cx->arena, "%s/%s", packs->items[p].name, file->name),
                      value_text_of(file->bytes, file->length));
        }
    return files;
}

static bool name_taken(Ctx *cx, const char *name)
{
    static const char *const folders[] = {"entities/", "texts/"};
    if (text_equal(name, "roles.yaml") || text_equal(name, "settings.yaml"))
        return true;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        size_t start = strlen(folders[i]), length = strlen(name);
        if (text_starts(name, folders[i]) && text_ends(name, ".yaml") && length > start + 5)
            return compile_name_valid(text_slice(cx->arena, name + start, length - start - 5));
    }
    return false;
}

FALLIBLE pack_of_company(Ctx *cx, Value files, Pack *out)
{
    size_t count = files.context->count;
    if (count > COMPANY_FILES)
        return FAIL(cx, ERR_LIMIT, "the company's pack has more than %d files", COMPANY_FILES);
    PackFile *all = NEW_ARRAY(cx->arena, PackFile, count);
    for (size_t i = 0; i < count; i++) {
        const char *name = text_copy(cx->arena, files.context->entries[i].key);
        Text text = files.context->entries[i].value.text;
        if (!name_taken(cx, name))
            return error_hint(
                FAIL(cx, ERR_INVALID, "the company's pack has no file '%s'", name),
                "It holds roles.yaml, settings.yaml, entities/NAME.yaml and texts/NAME.yaml.");
        if (text.length > COMPANY_FILE_BYTES)
            return FAIL(cx, ERR_LIMIT, "%s is longer than %d bytes", name, COMPANY_FILE_BYTES);
        all[i] = (PackFile){.name = name,
                            .path = text_format(cx->arena, "%s/%s", COMPANY_PACK, name),
                            .bytes = text_slice(cx->arena, text.bytes, text.length),
                            .length = text.length};
    }
    *out = (Pack){.name = COMPANY_PACK,
                  .version = "1",
                  .title = {"This company", "本公司"},
                  .files = all,
                  .file_count = count};
    return NULL;
}
