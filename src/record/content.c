// SPDX-License-Identifier: Apache-2.0
#include "record/content.h"

#include "base/limits.h"
#include "db/database.h"
#include "record/content_disk.h"
#include "record/media.h"

#include <sodium.h>
#include <string.h>
#include <unistd.h>

#define CHUNK_BYTES MEDIA_LOOK_BYTES

MIGRATION(record_0030_content, 20,
          "CREATE TABLE content (hash TEXT NOT NULL PRIMARY KEY, size BIGINT NOT NULL,"
          " type TEXT NOT NULL, uses BIGINT NOT NULL, unused_since BIGINT NOT NULL);\n"
          "CREATE INDEX content_unused ON content (unused_since) WHERE uses = 0;\n"
          "CREATE TABLE content_total (id BIGINT NOT NULL PRIMARY KEY, bytes BIGINT NOT NULL);\n"
          "INSERT INTO content_total (id, bytes) VALUES (1, 0)");

QUERY(content_insert, "INSERT INTO content (hash, size, type, uses, unused_since)"
                      " VALUES ($1, $2, $3, 0, $4) ON CONFLICT (hash) DO NOTHING");
QUERY(content_touch, "UPDATE content SET unused_since = $2 WHERE hash = $1");
QUERY(content_use, "UPDATE content SET uses = uses + 1 WHERE hash = $1");
QUERY(content_unuse, "UPDATE content SET uses = uses - 1, unused_since = $2 WHERE hash = $1"
                     " AND uses > 0");
QUERY(contents_unused, "SELECT hash, size FROM content WHERE uses = 0 AND unused_since < $1"
                       " ORDER BY unused_since LIMIT $2");
QUERY(content_delete, "DELETE FROM content WHERE hash = $1 AND uses = 0");
QUERY(content_total_add, "UPDATE content_total SET bytes = bytes + $1 WHERE id = 1");
QUERY(content_total_get, "SELECT bytes FROM content_total WHERE id = 1");
QUERY(contents_from, "SELECT hash, size, uses FROM content WHERE hash > $1 ORDER BY hash LIMIT $2");

FALLIBLE contents_bytes(Ctx *cx, int64_t *bytes)
{
    Row *row;
    TRY(db_row(cx, &row, content_total_get));
    *bytes = row ? row_integer(row, "bytes") : 0;
    return NULL;
}

// ---- taken ----------------------------------------------------------------------------------

typedef struct Taking {
    NewContent file;
    crypto_hash_sha256_state hash;
    char *chunk;
    Content content;
} Taking;

// Up to CHUNK_BYTES, so that the beginning is whole where the source gives it by drops.
static FALLIBLE fill(Ctx *cx, CsvSource source, void *state, char *chunk, size_t *length)
{
    size_t got;
    *length = 0;
    do {
        TRY(source(cx, chunk + *length, CHUNK_BYTES - *length, &got, state));
        *length += got;
    } while (got && *length < CHUNK_BYTES);
    return NULL;
}

static FALLIBLE too_long(Ctx *cx, int64_t most)
{
    return error_hint(FAIL(cx, ERR_LIMIT, "a file has at most %lld bytes here", (long long)most),
                      "Whoever runs the server sets it by --file-bytes.");
}

static FALLIBLE write_down(Ctx *cx, CsvSource source, void *state, const char *name, Taking *taking)
{
    int64_t most = cx->company->contents.one_bytes;
    size_t length;
    TRY(fill(cx, source, state, taking->chunk, &length));
    if (!length)
        return error_field(FAIL(cx, ERR_INVALID, "the file is empty"), "name");
    TRY(media_check(cx, taking->chunk, length, name, &taking->content.type));
    while (length) {
        taking->content.size += (int64_t)length;
        if (taking->content.size > most)
            return too_long(cx, most);
        crypto_hash_sha256_update(&taking->hash, (const unsigned char *)taking->chunk, length);
        TRY(new_content_write(cx, &taking->file, taking->chunk, length));
        ArenaMark mark = arena_mark(cx->arena);
        TRY(fill(cx, source, state, taking->chunk, &length));
        arena_rewind(cx->arena, mark);
    }
    return NULL;
}

static Error *become_known(Ctx *cx, void *state)
{
    const Content *content = state;
    int64_t added, bytes;
    TRY(db_run(cx, &added, content_insert, content->hash, content->size, content->type, cx->now));
    if (!added)
        return db_run(cx, NULL, content_touch, content->hash, cx->now);
    TRY(db_run(cx, NULL, content_total_add, content->size));
    TRY(contents_bytes(cx, &bytes));
    if (bytes > cx->company->contents.all_bytes)
        return error_hint(FAIL(cx, ERR_LIMIT, "the files of this company have at most %lld bytes",
                               (long long)cx->company->contents.all_bytes),
                          "Delete what nobody needs; whoever runs the server sets it by "
                          "--files-bytes.");
    return NULL;
}

static FALLIBLE take(Ctx *cx, struct Database *database, CsvSource source, void *state,
                     const char *name, Taking *taking)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    char *hexadecimal = arena_alloc(cx->arena, sizeof hash * 2 + 1);
    TRY(write_down(cx, source, state, name, taking));
    crypto_hash_sha256_final(&taking->hash, hash);
    taking->content.hash = sodium_bin2hex(hexadecimal, sizeof hash * 2 + 1, hash, sizeof hash);
    TRY(new_content_sync(cx, &taking->file));
    TRY(database_write(cx, database, become_known, &taking->content));
    return new_content_place(cx, &taking->file, taking->content.hash);
}

FALLIBLE content_take(Ctx *cx, struct Database *database, CsvSource source, void *state,
                      const char *name, Content *out)
{
    Taking taking = {.chunk = arena_alloc(cx->arena, CHUNK_BYTES)};
    crypto_hash_sha256_init(&taking.hash);
    TRY(new_content_open(cx, &taking.file));
    Error *error = take(cx, database, source, state, name, &taking);
    new_content_close(&taking.file);
    TRY(error);
    *out = taking.content;
    return NULL;
}

// ---- used -----------------------------------------------------------------------------------

FALLIBLE content_hold(Ctx *cx, const char *hash)
{
    int64_t held = 0;
    if (content_is_there(cx, hash))
        TRY(db_run(cx, &held, content_use, hash));
    return held ? NULL
                : error_hint(FAIL(cx, ERR_CONFLICT, "the file's content is not kept any more"),
                             "Upload it again.");
}

FALLIBLE content_release(Ctx *cx, const char *hash)
{
    return db_run(cx, NULL, content_unuse, hash, cx->now);
}

// The one place that touches the disk within a unit of work: units that write take turns, over all
// programs, so that nobody makes the content known meanwhile. If the unit is undone, the row stays
// without its file and is forgotten the next time; whoever brings the content again writes the
// file.
FALLIBLE contents_forget(Ctx *cx, int limit, int *done)
{
    Rows rows;
    *done = 0;
    if (!cx->company->contents.folder)
        return NULL;
    contents_sweep(cx, cx->now - CONTENT_KEPT_UNUSED);
    TRY(db_rows(cx, &rows, contents_unused, cx->now - CONTENT_KEPT_UNUSED, limit));
    for (size_t i = 0; i < rows.count; i++) {
        const char *hash = row_text(&rows.items[i], "hash");
        TRY(content_unlink(cx, hash));
        TRY(db_run(cx, NULL, content_delete, hash));
        TRY(db_run(cx, NULL, content_total_add, -row_integer(&rows.items[i], "size")));
    }
    *done = (int)rows.count;
    return NULL;
}

// ---- all of them ----------------------------------------------------------------------------

#define BATCH 500

typedef Error *(*EachContent)(Ctx *cx, const Row *row, void *state);

static FALLIBLE each_content(Ctx *cx, EachContent each, void *state, int64_t *count)
{
    Rows rows;
    char last[80] = "";
    *count = 0;
    do {
        ArenaMark mark = arena_mark(cx->arena);
        TRY(db_rows(cx, &rows, contents_from, last, BATCH));
        for (size_t i = 0; i < rows.count; i++) {
            if (!row_integer(&rows.items[i], "uses"))
                continue;
            TRY(each(cx, &rows.items[i], state));
            ++*count;
        }
        if (rows.count)
            snprintf(last, sizeof last, "%s", row_text(&rows.items[rows.count - 1], "hash"));
        arena_rewind(cx->arena, mark);
    } while (rows.count == BATCH);
    return NULL;
}

typedef struct Folders {
    const char *from;
    const char *to;
} Folders;

static Error *copy_one(Ctx *cx, const Row *row, void *state)
{
    const Folders *folders = state;
    return content_copy(cx, folders->from, folders->to, row_text(row, "hash"));
}

FALLIBLE contents_copy(Ctx *cx, const char *from, const char *to, int64_t *copied)
{
    return each_content(cx, copy_one, &(Folders){from, to}, copied);
}

static Error *check_one(Ctx *cx, const Row *row, void *state)
{
    (void)state;
    return content_check(cx, row_text(row, "hash"), row_integer(row, "size"));
}

FALLIBLE contents_check(Ctx *cx, int64_t *checked)
{
    return each_content(cx, check_one, NULL, checked);
}
