// SPDX-License-Identifier: Apache-2.0
#include "record/duplicate_keys.h"

#include "base/ids.h"
#include "db/database.h"
#include "record/catch_up.h"
#include "record/field.h"
#include "record/query.h"
#include "record/rights.h"
#include "record/row.h"

#include <stdlib.h>

#define KEY_RECORDS 50 // of one key that are looked at; what more records have says little
#define KEYS_STEP 8    // as many keys more make another statement
#define CANDIDATES 200 // that are compared
#define PRUNED 5000    // keys that are deleted at once

#define TABLES(without_rowid)                                                                      \
    "CREATE TABLE duplicate_key (generation BIGINT NOT NULL, key BIGINT NOT NULL,"                 \
    " record BIGINT NOT NULL, PRIMARY KEY (generation, key, record))" without_rowid ";\n"          \
    "CREATE TABLE duplicate_pending (entity TEXT NOT NULL, record BIGINT NOT NULL,"                \
    " PRIMARY KEY (entity, record))" without_rowid ";\n"                                           \
    "CREATE TABLE duplicate_rules (entity TEXT NOT NULL PRIMARY KEY, generation BIGINT NOT NULL);" \
    "\nCREATE TABLE duplicate_stale (generation BIGINT NOT NULL PRIMARY KEY);\n"                   \
    "CREATE TABLE duplicate_pair (entity TEXT NOT NULL, left_id BIGINT NOT NULL,"                  \
    " right_id BIGINT NOT NULL, score BIGINT NOT NULL, state TEXT NOT NULL, at BIGINT NOT NULL,"   \
    " actor BIGINT NOT NULL, PRIMARY KEY (entity, left_id, right_id));\n"                          \
    "CREATE INDEX duplicate_pair_right ON duplicate_pair (entity, right_id, left_id);\n"           \
    "CREATE INDEX duplicate_pair_score ON duplicate_pair (entity, state, score, left_id, "         \
    "right_id)"
MIGRATION_ON_BOTH(record_0023_duplicates, 20, TABLES(" WITHOUT ROWID"), TABLES(""));

QUERY(duplicate_key_delete,
      "DELETE FROM duplicate_key WHERE generation = $1 AND key = $2 AND record = $3");
QUERY(duplicate_pending_put, "INSERT INTO duplicate_pending (entity, record) VALUES ($1, $2)"
                             " ON CONFLICT (entity, record) DO NOTHING");
QUERY_FULL(duplicate_rules_all, "SELECT entity, generation FROM duplicate_rules ORDER BY entity",
           NULL, "one row an entity");
QUERY(duplicate_rules_put, "INSERT INTO duplicate_rules (entity, generation) VALUES ($1, $2)"
                           " ON CONFLICT (entity) DO UPDATE SET generation = excluded.generation");
QUERY(duplicate_rules_delete, "DELETE FROM duplicate_rules WHERE entity = $1");
QUERY(duplicate_stale_put, "INSERT INTO duplicate_stale (generation) VALUES ($1)"
                           " ON CONFLICT (generation) DO NOTHING");
QUERY(duplicate_stale_delete, "DELETE FROM duplicate_stale WHERE generation = $1");
QUERY_FULL(duplicate_stale_one,
           "SELECT generation FROM duplicate_stale ORDER BY generation LIMIT 1", NULL,
           "a row for each change of rules that is under way");
QUERY(duplicate_stale_key,
      "SELECT key FROM duplicate_key WHERE generation = $1 ORDER BY key LIMIT 1 OFFSET $2");
QUERY(duplicate_keys_delete_to, "DELETE FROM duplicate_key WHERE generation = $1 AND key <= $2");
QUERY(duplicate_keys_delete_all, "DELETE FROM duplicate_key WHERE generation = $1");

// ---- keeping --------------------------------------------------------------------------------

static bool is_compared(const Matching *matching, const Record *before, const Record *after)
{
    for (size_t r = 0; r < matching->rule_count; r++)
        for (size_t f = 0; f < matching->rules[r].field_count; f++) {
            const Field *field = matching->rules[r].fields[f];
            if (!value_equal(*row_at(before, field), *row_at(after, field)))
                return true;
        }
    return false;
}

static bool has_key(const MatchKeys *keys, int64_t key)
{
    for (size_t i = 0; i < keys->count; i++)
        if (keys->items[i] == key)
            return true;
    return false;
}

static MatchKeys keys_of(Ctx *cx, const Record *record)
{
    MatchKeys keys = {0};
    MatchSide side;
    if (!record)
        return keys;
    side = match_side(cx, record->entity, record->fields, false);
    match_keys(cx, &side, &keys);
    return keys;
}

// All in one statement.
static FALLIBLE put_keys(Ctx *cx, const Record *record, const MatchKeys *keys)
{
    Buffer *sql = buffer_new(cx->arena);
    Cell *cells = NEW_ARRAY(cx->arena, Cell, keys->count + 2);
    cells[0] = cell_integer(record->entity->matching->generation);
    cells[1] = cell_integer(record->id);
    buffer_text(sql, "INSERT INTO duplicate_key (generation, key, record) VALUES ");
    for (size_t i = 0; i < keys->count; i++) {
        cells[i + 2] = cell_integer(keys->items[i]);
        buffer_format(sql, "%s($1, $%zu, $2)", i ? ", " : "", i + 3);
    }
    buffer_text(sql, " ON CONFLICT (generation, key, record) DO NOTHING");
    return keys->count ? db_built_post(cx, sql->bytes, cells, keys->count + 2) : NULL;
}

FALLIBLE duplicate_again(Ctx *cx, const Entity *entity, Id record)
{
    return db_post(cx, duplicate_pending_put, entity->name, record);
}

FALLIBLE duplicate_note(Ctx *cx, const Record *before, const Record *after)
{
    const Record *record = after ? after : before;
    const Matching *matching = record->entity->matching;
    if (!matching || (before && after && !is_compared(matching, before, after)))
        return NULL;
    MatchKeys were = keys_of(cx, before), are = keys_of(cx, after), fresh = {0};
    for (size_t i = 0; i < were.count; i++)
        if (!has_key(&are, were.items[i]))
            TRY(db_post(cx, duplicate_key_delete, matching->generation, were.items[i], record->id));
    for (size_t i = 0; i < are.count; i++)
        if (!has_key(&were, are.items[i]))
            array_push(cx->arena, fresh) = are.items[i];
    TRY(put_keys(cx, record, &fresh));
    return duplicate_again(cx, record->entity, record->id);
}

static const char *declared(Ctx *cx, const Schema *schema, const Entity *entity)
{
    (void)schema;
    return entity->matching
               ? text_format(cx->arena, "%lld", (long long)entity->matching->generation)
               : NULL;
}

static Error *take_in(Ctx *cx, Record *record)
{
    return duplicate_note(cx, NULL, record);
}

const CatchUpTask duplicate_task = {"duplicates", declared, take_in};

// ---- finding --------------------------------------------------------------------------------

// The last key is asked for again, so that few statements serve all numbers of keys.
static FALLIBLE record_ids(Ctx *cx, const MatchSide *side, bool refusing, Rows *rows)
{
    MatchKeys keys = {0};
    Buffer *sql = buffer_new(cx->arena);
    *rows = (Rows){0};
    match_questions(cx, side, refusing, &keys);
    if (!keys.count)
        return NULL;
    size_t count = (keys.count + KEYS_STEP - 1) / KEYS_STEP * KEYS_STEP;
    Cell *cells = NEW_ARRAY(cx->arena, Cell, count + 1);
    cells[0] = cell_integer(side->entity->matching->generation);
    for (size_t i = 0; i < count; i++) {
        cells[i + 1] = cell_integer(keys.items[i < keys.count ? i : keys.count - 1]);
        buffer_format(sql,
                      "%sSELECT record FROM (SELECT record FROM duplicate_key WHERE generation = $1"
                      " AND key = $%zu ORDER BY record DESC LIMIT %d) AS k%zu",
                      i ? " UNION " : "", i + 2, KEY_RECORDS, i);
    }
    return db_built_rows(cx, rows, sql->bytes, cells, count + 1);
}

typedef struct Finding {
    const MatchSide *side;
    bool refusing;
    ARRAY(Candidate) found;
} Finding;

static bool refuses(const MatchResult *result)
{
    for (size_t i = 0; i < result->reason_count; i++)
        if (result->reasons[i].rule->refuse && result->reasons[i].closeness == 100)
            return true;
    return false;
}

static void look_at(Ctx *cx, Finding *finding, Record *record)
{
    const Entity *entity = finding->side->entity;
    MatchSide side = match_side(cx, entity, record->fields, true);
    Candidate candidate = {record, match_compare(cx, finding->side, &side)};
    if (finding->refusing ? refuses(&candidate.result)
                          : candidate.result.score >= entity->matching->score)
        array_push(cx->arena, finding->found) = candidate;
}

static FALLIBLE look_at_all(Ctx *cx, Finding *finding, const Cell *ids, size_t count)
{
    Record **records;
    size_t found;
    TRY(query_readable(cx, finding->side->entity, ids, count, &records, &found));
    for (size_t i = 0; i < found; i++)
        look_at(cx, finding, row_readable(cx, records[i]));
    return NULL;
}

static int by_score(const void *a, const void *b)
{
    const Candidate *left = a, *right = b;
    int difference = right->result.score - left->result.score;
    return difference ? difference : (right->record->id > left->record->id) * 2 - 1;
}

FALLIBLE duplicate_candidates(Ctx *cx, const MatchSide *side, Id except, bool refusing,
                              Candidate **out, size_t *count)
{
    Rows rows;
    Finding finding = {.side = side, .refusing = refusing};
    size_t wanted = 0;
    *out = NULL;
    *count = 0;
    if (!rights_on_some(cx->actor, side->entity, VERB_READ))
        return NULL;
    TRY(record_ids(cx, side, refusing, &rows));
    Cell *ids = NEW_ARRAY(cx->arena, Cell, CANDIDATES);
    for (size_t i = rows.count; i-- > 0 && wanted < CANDIDATES;)
        if (rows.items[i].cells[0].integer != except)
            ids[wanted++] = rows.items[i].cells[0];
    if (wanted)
        TRY(look_at_all(cx, &finding, ids, wanted));
    if (finding.found.count)
        qsort(finding.found.items, finding.found.count, sizeof(Candidate), by_score);
    *out = finding.found.items;
    *count = finding.found.count;
    return NULL;
}

// Who is asked about all records tells nothing of those that the actor may not read.
static FALLIBLE about_readable(Ctx *cx, const Candidate *found, size_t count, Value *out)
{
    Value *items = NEW_ARRAY(cx->arena, Value, count);
    size_t readable = 0;
    for (size_t i = 0; i < count; i++) {
        bool reached;
        TRY(rights_reached(cx, found[i].record->entity, found[i].record->id, &reached));
        if (!reached)
            continue;
        items[readable] = value_context(cx->arena);
        value_set(cx->arena, items[readable], "id",
                  value_text(id_text(cx->arena, found[i].record->id)));
        value_set(cx->arena, items[readable++], "label",
                  value_text(record_label(row_readable(cx, found[i].record))));
    }
    *out = value_list(items, readable);
    return NULL;
}

static FALLIBLE find_refusing(Ctx *cx, const Record *record, Candidate **found, size_t *count)
{
    const Actor *actor = cx->actor;
    MatchSide side = match_side(cx, record->entity, record->fields, false);
    cx->actor = actor_system();
    Error *error = duplicate_candidates(cx, &side, record->id, true, found, count);
    cx->actor = actor;
    return error;
}

FALLIBLE duplicate_refuse(Ctx *cx, const Record *before, const Record *after)
{
    const Matching *matching = after->entity->matching;
    Candidate *found;
    size_t count;
    bool asks = false;
    for (size_t r = 0; matching && r < matching->rule_count; r++)
        asks = asks || matching->rules[r].refuse;
    if (!asks || (before && !is_compared(matching, before, after)))
        return NULL;
    TRY(find_refusing(cx, after, &found, &count));
    if (!count)
        return NULL;
    const MatchReason *reason = NULL;
    for (size_t i = 0; i < found[0].result.reason_count && !reason; i++)
        if (found[0].result.reasons[i].rule->refuse)
            reason = &found[0].result.reasons[i];
    Error *error = error_field(FAIL(cx, ERR_CONFLICT, "another %s has the same '%s' already",
                                    after->entity->name, reason->field->name),
                               reason->field->name);
    Value readable, *about = NEW(cx->arena, Value);
    TRY(about_readable(cx, found, count, &readable));
    *about = value_context(cx->arena);
    value_set(cx->arena, *about, "duplicates", readable);
    error->about = about;
    return error;
}

// ---- generations ----------------------------------------------------------------------------

static FALLIBLE prepare_entity(Ctx *cx, const Entity *entity, const Row *row)
{
    if (row && row_integer(row, "generation") == entity->matching->generation)
        return NULL;
    if (row)
        TRY(db_run(cx, NULL, duplicate_stale_put, row_integer(row, "generation")));
    TRY(db_run(cx, NULL, duplicate_stale_delete, entity->matching->generation));
    return db_run(cx, NULL, duplicate_rules_put, entity->name, entity->matching->generation);
}

FALLIBLE duplicate_prepare(Ctx *cx, const Schema *schema)
{
    Rows rows;
    Map *known = map_new(cx->arena);
    TRY(db_rows(cx, &rows, duplicate_rules_all));
    for (size_t i = 0; i < rows.count; i++) {
        const char *name = row_text(&rows.items[i], "entity");
        const Entity *entity = schema_entity(schema, name);
        map_put(known, name, &rows.items[i]);
        if (entity && entity->matching)
            continue;
        TRY(db_run(cx, NULL, duplicate_stale_put, row_integer(&rows.items[i], "generation")));
        TRY(db_run(cx, NULL, duplicate_rules_delete, name));
    }
    for (size_t i = 0; i < schema->entity_count; i++)
        if (schema->entities[i]->matching)
            TRY(prepare_entity(cx, schema->entities[i], map_get(known, schema->entities[i]->name)));
    return NULL;
}

FALLIBLE duplicate_keys_waiting(Ctx *cx, bool *out)
{
    Row *stale;
    TRY(db_row(cx, &stale, duplicate_stale_one));
    *out = stale != NULL;
    return NULL;
}

FALLIBLE duplicate_keys_prune(Ctx *cx, bool *found)
{
    Row *stale, *last;
    TRY(db_row(cx, &stale, duplicate_stale_one));
    *found = stale != NULL;
    if (!stale)
        return NULL;
    int64_t generation = row_integer(stale, "generation");
    TRY(db_row(cx, &last, duplicate_stale_key, generation, PRUNED));
    if (last)
        return db_run(cx, NULL, duplicate_keys_delete_to, generation, row_integer(last, "key"));
    TRY(db_run(cx, NULL, duplicate_keys_delete_all, generation));
    return db_run(cx, NULL, duplicate_stale_delete, generation);
}
