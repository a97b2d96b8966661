// SPDX-License-Identifier: Apache-2.0
#include "record/import_note.h"

#include "base/ids.h"
#include "base/json.h"
#include "db/database.h"

#define IMPORT_TABLES(rowid)                                                                       \
    "CREATE TABLE import_batch (id BIGINT NOT NULL PRIMARY KEY, entity TEXT NOT NULL, name TEXT,"  \
    " path TEXT, actor BIGINT NOT NULL, language TEXT NOT NULL, task TEXT NOT NULL,"               \
    " state TEXT NOT NULL, header TEXT, settings TEXT, line BIGINT NOT NULL,"                      \
    " rows BIGINT NOT NULL, taken BIGINT NOT NULL, refused BIGINT NOT NULL,"                       \
    " created BIGINT NOT NULL, updated BIGINT NOT NULL, undone BIGINT NOT NULL,"                   \
    " kept BIGINT NOT NULL, message TEXT, changed_at BIGINT NOT NULL);\n"                          \
    "CREATE INDEX import_batch_actor ON import_batch (actor, id);\n"                               \
    "CREATE INDEX import_batch_state ON import_batch (state, id);\n"                               \
    "CREATE INDEX import_batch_header ON import_batch (entity, header, id);\n"                     \
    "CREATE TABLE import_row (batch BIGINT NOT NULL, record BIGINT NOT NULL,"                      \
    " line BIGINT NOT NULL, at BIGINT NOT NULL, action TEXT NOT NULL, version BIGINT NOT NULL,"    \
    " problem TEXT, PRIMARY KEY (batch, record))" rowid ";\n"                                      \
    "CREATE TABLE import_refusal (batch BIGINT NOT NULL, line BIGINT NOT NULL, cells TEXT,"        \
    " field TEXT, message TEXT NOT NULL, PRIMARY KEY (batch, line))" rowid

MIGRATION_ON_BOTH(record_0010_import, 20, IMPORT_TABLES(" WITHOUT ROWID"), IMPORT_TABLES(""));

MIGRATION(record_0051_import_duplicate, 20,
          "CREATE TABLE import_duplicate (batch BIGINT NOT NULL, line BIGINT NOT NULL,"
          " record BIGINT, label TEXT, other BIGINT NOT NULL, other_label TEXT NOT NULL,"
          " score BIGINT NOT NULL, PRIMARY KEY (batch, line))");

QUERY(import_duplicate_insert,
      "INSERT INTO import_duplicate (batch, line, record, label, other, other_label, score)"
      " SELECT $1, $2, $3, $4, $5, $6, $7 WHERE NOT EXISTS (SELECT 1 FROM import_duplicate"
      " WHERE batch = $1 ORDER BY line LIMIT 1 OFFSET $8) ON CONFLICT (batch, line) DO NOTHING");
QUERY(import_duplicates_forget, "DELETE FROM import_duplicate WHERE batch = $1");
QUERY(
    import_batch_insert,
    "INSERT INTO import_batch (id, entity, name, path, actor, language, task, state, header,"
    " settings, line, rows, taken, refused, created, updated, undone, kept, message, changed_at)"
    " VALUES ($1, $2, $3, NULL, $4, $5, 'run', 'streaming', NULL, $6, 0, 0, 0, 0, 0, 0, 0, 0, NULL,"
    " $7)");
// A record that several lines concern is one row: what it was before, and its version after.
QUERY(import_row_insert, "INSERT INTO import_row (batch, record, line, at, action, version)"
                         " VALUES ($1, $2, $3, $4, $5, $6)"
                         " ON CONFLICT (batch, record) DO UPDATE SET version = excluded.version");
QUERY(import_refusal_insert,
      "INSERT INTO import_refusal (batch, line, cells, field, message) VALUES ($1, $2, $3, $4, $5)"
      " ON CONFLICT (batch, line) DO NOTHING");
QUERY(import_batch_progress,
      "UPDATE import_batch SET line = $2, rows = $3, taken = $4, refused = $5, created = $6,"
      " updated = $7, changed_at = $8 WHERE id = $1");
QUERY(import_batch_end,
      "UPDATE import_batch SET state = $2, message = $3, changed_at = $4 WHERE id = $1");
QUERY(import_batch_again,
      "UPDATE import_batch SET task = $2, state = 'waiting', line = 0, rows = 0, taken = 0,"
      " refused = 0, created = 0, updated = 0, message = NULL, changed_at = $3 WHERE id = $1");
QUERY(import_refusals_forget, "DELETE FROM import_refusal WHERE batch = $1");

FALLIBLE note_batch(Ctx *cx, const ImportRequest *request, Value headers, Id *batch)
{
    Value settings = value_context(cx->arena);
    value_set(cx->arena, settings, "headers", headers);
    *batch = id_new(cx);
    return db_run(cx, NULL, import_batch_insert, *batch, request->entity, request->name,
                  cx->actor->user, cx->language, json_text(cx->arena, settings), cx->now);
}

FALLIBLE note_row(Ctx *cx, Id batch, const ImportLine *line, int64_t version)
{
    if (line->action != IMPORT_CREATED && line->action != IMPORT_UPDATED)
        return NULL;
    const char *action = line->action == IMPORT_CREATED ? "create" : "change";
    return db_run(cx, NULL, import_row_insert, batch, line->record, line->line, cx->now, action,
                  version);
}

FALLIBLE note_refusal(Ctx *cx, Id batch, const ImportLine *line, const char *const *cells,
                      size_t count)
{
    Value *items = NEW_ARRAY(cx->arena, Value, count + 1);
    for (size_t i = 0; i < count; i++)
        items[i] = value_text(cells[i] ? cells[i] : "");
    const Error *error = line->error;
    const char *message = error->hint
                              ? text_format(cx->arena, "%s (%s)", error->message, error->hint)
                              : error->message;
    return db_run(cx, NULL, import_refusal_insert, batch, line->line,
                  json_text(cx->arena, value_list(items, count)), error->field, message);
}

FALLIBLE note_duplicate(Ctx *cx, Id batch, const ImportLine *line, bool dry_run)
{
    const LikelyDuplicate *other = &line->duplicate;
    if (!other->id)
        return NULL;
    return db_run(cx, NULL, import_duplicate_insert, batch, line->line,
                  dry_run ? cell_null() : cell_integer(line->record), line->number, other->id,
                  other->label, other->score, IMPORT_REFUSALS);
}

FALLIBLE note_progress(Ctx *cx, Id batch, int line, const ImportTotals *totals)
{
    return db_run(cx, NULL, import_batch_progress, batch, line, totals->rows, totals->taken,
                  totals->refused, totals->created, totals->updated, cx->now);
}

FALLIBLE note_end(Ctx *cx, Id batch, const char *state, const Error *error)
{
    return db_run(cx, NULL, import_batch_end, batch, state, error ? error->message : NULL, cx->now);
}

FALLIBLE note_again(Ctx *cx, Id batch, const char *task)
{
    TRY(db_run(cx, NULL, import_refusals_forget, batch));
    TRY(db_run(cx, NULL, import_duplicates_forget, batch));
    return db_run(cx, NULL, import_batch_again, batch, task, cx->now);
}
