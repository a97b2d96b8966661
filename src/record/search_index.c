// SPDX-License-Identifier: Apache-2.0
#include "record/search_index.h"

#include "base/ids.h"
#include "db/database.h"
#include "record/field.h"
#include "record/row.h"

#include <string.h>

#define SEARCH_TERMS 3    // raised when terms are made otherwise
#define BATCH_RECORDS 500 // indexed in one unit of work
#define COMPLETE (-1)

#define SEARCH_TABLES(without_rowid)                                                               \
    "CREATE TABLE search_state (entity TEXT NOT NULL PRIMARY KEY, number BIGINT NOT NULL UNIQUE,"  \
    " declared TEXT NOT NULL, reached BIGINT NOT NULL);\n"                                         \
    "CREATE TABLE search_pending (entity TEXT NOT NULL, record BIGINT NOT NULL,"                   \
    " id BIGINT NOT NULL, PRIMARY KEY (entity, record, id))" without_rowid ";\n"

// Terms are letters and digits and nothing else, made here: the least of FTS5's tokenizers will do.
MIGRATION_ON_BOTH(
    record_0014_search, 20,
    SEARCH_TABLES(
        " WITHOUT ROWID") "CREATE VIRTUAL TABLE search_index USING fts5(terms, tokenize = 'ascii',"
                          " content = '', contentless_delete = 1, detail = none)",
    SEARCH_TABLES("") "CREATE TABLE search_index (record BIGINT NOT NULL PRIMARY KEY,"
                      " terms TSVECTOR NOT NULL);\n"
                      "CREATE INDEX search_index_terms ON search_index USING GIN (terms)");

QUERY_FULL(search_states_all,
           "SELECT entity, number, declared, reached FROM search_state ORDER BY entity", NULL,
           "one row an entity");
QUERY(search_state_insert,
      "INSERT INTO search_state (entity, number, declared, reached) VALUES ($1, $2, $3, $4)");
QUERY(search_state_declare, "UPDATE search_state SET declared = $2, reached = 0 WHERE entity = $1");
QUERY(search_state_reach, "UPDATE search_state SET reached = $2 WHERE entity = $1");
QUERY_FULL(search_state_reset, "UPDATE search_state SET reached = 0", NULL, "one row an entity");

QUERY(search_pending_insert, "INSERT INTO search_pending (entity, record, id) VALUES ($1, $2, $3)");
QUERY_FULL(search_pending_some,
           "SELECT entity, record, id FROM search_pending ORDER BY entity, record, id LIMIT $1",
           NULL, "from the beginning of its key as many as are asked for");
QUERY(search_pending_of, "SELECT DISTINCT record FROM search_pending WHERE entity = $1"
                         " ORDER BY record DESC LIMIT $2");
QUERY(search_pending_done,
      "DELETE FROM search_pending WHERE entity = $1 AND record = $2 AND id <= $3");

QUERY_ON_BOTH(search_index_put,
              "INSERT OR REPLACE INTO search_index (rowid, terms) VALUES ($1, $2)",
              "INSERT INTO search_index (record, terms)"
              " VALUES ($1, array_to_tsvector(string_to_array($2, ' ')))"
              " ON CONFLICT (record) DO UPDATE SET terms = excluded.terms");
QUERY_ON_BOTH(search_index_take, "DELETE FROM search_index WHERE rowid = $1",
              "DELETE FROM search_index WHERE record = $1");
QUERY_FULL(search_index_forget, "INSERT INTO search_index (search_index) VALUES ('delete-all')",
           "DELETE FROM search_index", "all of it is made anew");

// ---- what is declared -----------------------------------------------------------------------

static bool in_own_place(const Field *field)
{
    return field->read_permission != NULL;
}

static void place_in(SearchPlace place, int64_t number, size_t of)
{
    static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
    place[0] = digits[number / 36 % 36];
    place[1] = digits[number % 36];
    place[2] = digits[of / 36 % 36];
    place[3] = digits[of % 36];
    place[4] = '\0';
}

// The label stands in the first place and other fields in the second one, but whatever not
// everybody may read has its own.
static size_t place_of(const Field *field)
{
    if (in_own_place(field))
        return 2 + (size_t)field->position;
    return field == field->entity->label ? 0 : 1;
}

static const char *declaration(Ctx *cx, const Entity *entity)
{
    Buffer *text = buffer_new(cx->arena);
    buffer_format(text, "%d", SEARCH_TERMS);
    for (size_t i = 0; i < entity->search_count; i++)
        buffer_format(text, " %s:%zu", entity->search[i]->name, place_of(entity->search[i]));
    return text->bytes;
}

bool search_label_readable(Ctx *cx, const Entity *entity)
{
    for (size_t i = 0; i < entity->search_count; i++)
        if (entity->search[i] == entity->label)
            return field_readable(cx->actor, entity->label);
    return false;
}

void search_places(Ctx *cx, const SearchState *state, SearchPlace **out, size_t *count)
{
    const Entity *entity = state->entity;
    SearchPlace *places = NEW_ARRAY(cx->arena, SearchPlace, entity->search_count + 2);
    size_t used = 0;
    bool label = search_label_readable(cx, entity), others = false;
    if (label)
        place_in(places[used++], state->number, place_of(entity->label));
    for (size_t i = 0; i < entity->search_count; i++) {
        const Field *field = entity->search[i];
        if ((label && field == entity->label) || !field_readable(cx->actor, field) ||
            (!in_own_place(field) && others))
            continue;
        others = others || !in_own_place(field);
        place_in(places[used++], state->number, place_of(field));
    }
    *out = places;
    *count = used;
}

static FALLIBLE has_records(Ctx *cx, const Entity *entity, bool *out)
{
    Rows rows;
    TRY(db_built_rows(
        cx, &rows, text_format(cx->arena, "SELECT 1 FROM \"%s\" LIMIT 1", entity->name), NULL, 0));
    *out = rows.count > 0;
    return NULL;
}

FALLIBLE search_prepare(Ctx *cx, const Schema *schema)
{
    Rows rows;
    int64_t number = 0;
    Map *known = map_new(cx->arena);
    TRY(db_rows(cx, &rows, search_states_all));
    for (size_t i = 0; i < rows.count; i++) {
        map_put(known, row_text(&rows.items[i], "entity"), &rows.items[i]);
        if (row_integer(&rows.items[i], "number") >= number)
            number = row_integer(&rows.items[i], "number") + 1;
    }
    for (size_t i = 0; i < schema->entity_count; i++) {
        const Entity *entity = schema->entities[i];
        const Row *row = map_get(known, entity->name);
        const char *declared = declaration(cx, entity);
        bool filled;
        if (row && text_equal(row_text(row, "declared"), declared))
            continue;
        TRY(has_records(cx, entity, &filled));
        if (row)
            TRY(db_run(cx, NULL, search_state_declare, entity->name, declared));
        else
            TRY(db_run(cx, NULL, search_state_insert, entity->name, number++, declared,
                       filled ? 0 : COMPLETE));
    }
    return NULL;
}

static FALLIBLE states_of_all(Ctx *cx, SearchState **out, size_t *count)
{
    Rows rows;
    const Schema *schema = cx->schema;
    TRY(db_rows(cx, &rows, search_states_all));
    SearchState *states = NEW_ARRAY(cx->arena, SearchState, rows.count + 1);
    size_t used = 0;
    for (size_t e = 0; e < schema->entity_count; e++)
        for (size_t i = 0; i < rows.count; i++) {
            const Row *row = &rows.items[i];
            if (!text_equal(row_text(row, "entity"), schema->entities[e]->name))
                continue;
            states[used++] =
                (SearchState){schema->entities[e], row_integer(row, "number"),
                              row_integer(row, "reached") == COMPLETE, row_integer(row, "reached")};
        }
    *out = states;
    *count = used;
    return NULL;
}

FALLIBLE search_states(Ctx *cx, SearchState **out, size_t *count)
{
    SearchState *states;
    size_t all, used = 0;
    TRY(states_of_all(cx, &states, &all));
    for (size_t i = 0; i < all; i++)
        if (states[i].entity->search_count)
            states[used++] = states[i];
    *out = states;
    *count = used;
    return NULL;
}

// ---- what waits -----------------------------------------------------------------------------

FALLIBLE search_note(Ctx *cx, const Record *before, const Record *after)
{
    const Record *record = after ? after : before;
    const Entity *entity = record->entity;
    bool differs = !before || !after;
    for (size_t i = 0; i < entity->search_count && !differs; i++)
        differs =
            !value_equal(*row_at(before, entity->search[i]), *row_at(after, entity->search[i]));
    if (!differs || !entity->search_count)
        return NULL;
    return db_post(cx, search_pending_insert, entity->name, record->id, id_new(cx));
}

FALLIBLE search_pending(Ctx *cx, const Entity *entity, Id **out, size_t *count)
{
    Rows rows;
    TRY(db_rows(cx, &rows, search_pending_of, entity->name, SEARCH_PENDING));
    Id *ids = NEW_ARRAY(cx->arena, Id, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++)
        ids[i] = rows.items[i].cells[0].integer;
    *out = ids;
    *count = rows.count;
    return NULL;
}

// ---- indexing -------------------------------------------------------------------------------

static const char *search_columns(Ctx *cx, const Entity *entity)
{
    Buffer *sql = buffer_new(cx->arena);
    buffer_text(sql, "SELECT \"id\"");
    for (size_t i = 0; i < entity->search_count; i++)
        buffer_format(sql, ", \"%s\"", entity->search[i]->name);
    buffer_format(sql, " FROM \"%s\"", entity->name);
    return sql->bytes;
}

static FALLIBLE put_row(Ctx *cx, const SearchState *state, const Row *row)
{
    const Entity *entity = state->entity;
    Buffer *terms = buffer_new(cx->arena);
    for (size_t i = 0; i < entity->search_count; i++) {
        SearchPlace place;
        Cell cell = row->cells[i + 1];
        place_in(place, state->number, place_of(entity->search[i]));
        if (cell.kind == CELL_TEXT)
            terms_write(terms, place, field_text_searched(cx, entity->search[i], cell.text.bytes));
    }
    if (!terms->length)
        return db_post(cx, search_index_take, row->cells[0].integer);
    terms->bytes[--terms->length] = '\0';
    return db_post(cx, search_index_put, row->cells[0].integer, terms->bytes);
}

static FALLIBLE index_record(Ctx *cx, const SearchState *state, Id id)
{
    Rows rows = {0};
    Cell cell = cell_integer(id);
    if (state && state->entity->search_count)
        TRY(db_built_rows(
            cx, &rows,
            text_format(cx->arena, "%s WHERE \"id\" = $1", search_columns(cx, state->entity)),
            &cell, 1));
    return rows.count ? put_row(cx, state, &rows.items[0]) : db_post(cx, search_index_take, id);
}

typedef struct Indexing {
    SearchState *states;
    size_t state_count;
    size_t done; // of this unit
} Indexing;

static FALLIBLE index_pending(Ctx *cx, Indexing *indexing)
{
    Rows rows;
    TRY(db_rows(cx, &rows, search_pending_some, BATCH_RECORDS));
    for (size_t i = 0; i < rows.count; i++) {
        const Row *row = &rows.items[i];
        const char *entity = row_text(row, "entity");
        Id record = row_integer(row, "record");
        indexing->done++;
        // The last line of a record stands for those before it.
        if (i + 1 < rows.count && row_integer(row + 1, "record") == record)
            continue;
        ArenaMark mark = arena_mark(cx->arena);
        const SearchState *state = NULL;
        for (size_t s = 0; s < indexing->state_count; s++)
            if (text_equal(indexing->states[s].entity->name, entity))
                state = &indexing->states[s];
        TRY(index_record(cx, state, record));
        TRY(db_post(cx, search_pending_done, entity, record, row_integer(row, "id")));
        arena_rewind(cx->arena, mark);
    }
    return NULL;
}

// The next records of an entity that is indexed anew.
static FALLIBLE index_on(Ctx *cx, const SearchState *state, Indexing *indexing)
{
    Rows rows;
    Cell reached = cell_integer(state->reached);
    TRY(db_built_rows(cx, &rows,
                      text_format(cx->arena, "%s WHERE \"id\" > $1 ORDER BY \"id\" LIMIT %d",
                                  search_columns(cx, state->entity), BATCH_RECORDS),
                      &reached, 1));
    for (size_t i = 0; i < rows.count; i++) {
        ArenaMark mark = arena_mark(cx->arena);
        TRY(put_row(cx, state, &rows.items[i]));
        arena_rewind(cx->arena, mark);
    }
    indexing->done += rows.count + 1;
    return db_run(cx, NULL, search_state_reach, state->entity->name,
                  rows.count < BATCH_RECORDS ? COMPLETE
                                             : rows.items[rows.count - 1].cells[0].integer);
}

static Error *index_some(Ctx *cx, void *state)
{
    Indexing *indexing = state;
    *indexing = (Indexing){0};
    TRY(states_of_all(cx, &indexing->states, &indexing->state_count));
    TRY(index_pending(cx, indexing));
    for (size_t i = 0; i < indexing->state_count && indexing->done < BATCH_RECORDS; i++)
        if (!indexing->states[i].complete)
            return index_on(cx, &indexing->states[i], indexing);
    return NULL;
}

static Error *anything_waits(Ctx *cx, void *state)
{
    bool *waits = state;
    Rows rows;
    SearchState *states;
    size_t count;
    TRY(db_rows(cx, &rows, search_pending_some, 1));
    TRY(states_of_all(cx, &states, &count));
    *waits = rows.count > 0;
    for (size_t i = 0; i < count; i++)
        *waits = *waits || !states[i].complete;
    return NULL;
}

FALLIBLE search_work(Ctx *cx, struct Database *database, bool *found)
{
    Indexing indexing;
    TRY(database_read(cx, database, anything_waits, found));
    return *found ? database_write(cx, database, index_some, &indexing) : NULL;
}

FALLIBLE search_rebuild(Ctx *cx)
{
    TRY(db_run(cx, NULL, search_index_forget));
    return db_run(cx, NULL, search_state_reset);
}

// ---- progress -------------------------------------------------------------------------------

static FALLIBLE count_of(Ctx *cx, const Entity *entity, const char *where, int64_t *out)
{
    Rows rows;
    TRY(db_built_rows(cx, &rows,
                      text_format(cx->arena, "SELECT COUNT(*) FROM \"%s\"%s", entity->name, where),
                      NULL, 0));
    *out = rows.items[0].cells[0].integer;
    return NULL;
}

FALLIBLE search_progress(Ctx *cx, Value *out)
{
    SearchState *states;
    size_t count;
    TRY(search_states(cx, &states, &count));
    Value *items = NEW_ARRAY(cx->arena, Value, count);
    for (size_t i = 0; i < count; i++) {
        int64_t records, indexed;
        const SearchState *state = &states[i];
        TRY(count_of(cx, state->entity, "", &records));
        indexed = records;
        if (!state->complete)
            TRY(count_of(cx, state->entity,
                         text_format(cx->arena, " WHERE \"id\" <= %lld", (long long)state->reached),
                         &indexed));
        items[i] = value_context(cx->arena);
        value_set(cx->arena, items[i], "entity", value_text(state->entity->name));
        value_set(cx->arena, items[i], "complete", value_boolean(state->complete));
        value_set(cx->arena, items[i], "records", value_integer(records));
        value_set(cx->arena, items[i], "indexed", value_integer(indexed));
    }
    *out = value_list(items, count);
    return NULL;
}

// ---- checking -------------------------------------------------------------------------------

QUERY_ON_BOTH(search_index_ask,
              "SELECT rowid FROM search_index WHERE search_index MATCH $1 AND rowid = $2",
              "SELECT record FROM search_index WHERE terms @@ CAST($1 AS tsquery) AND record = $2");

typedef struct Checking {
    const SearchState *state;
    int64_t checked;
    int64_t reached;
} Checking;

static FALLIBLE check_row(Ctx *cx, const Row *row, Checking *checking)
{
    const Entity *entity = checking->state->entity;
    checking->checked++;
    checking->reached = row->cells[0].integer;
    for (size_t i = 0; i < entity->search_count; i++) {
        Row *found;
        SearchPlace place;
        Cell cell = row->cells[i + 1];
        if (cell.kind != CELL_TEXT)
            continue;
        SearchWords words = words_read(cx->arena, cell.text.bytes);
        place_in(place, checking->state->number, place_of(entity->search[i]));
        if (!words.count)
            continue;
        TRY(db_row(cx, &found, search_index_ask,
                   words_question(cx->arena, &words, &place, 1, REACH_WHOLE,
                                  db_driver(cx) == DRIVER_POSTGRES),
                   checking->reached));
        if (!found)
            return error_hint(FAIL(cx, ERR_CONFLICT, "the search index does not know %s %s by '%s'",
                                   entity->name, id_text(cx->arena, checking->reached),
                                   entity->search[i]->name),
                              "Make it anew: millrace search-index --rebuild");
    }
    return NULL;
}

static FALLIBLE check_entity(Ctx *cx, Checking *checking)
{
    Rows rows = {.count = BATCH_RECORDS};
    const char *sql = text_format(cx->arena, "%s WHERE \"id\" > $1 ORDER BY \"id\" LIMIT %d",
                                  search_columns(cx, checking->state->entity), BATCH_RECORDS);
    while (rows.count == BATCH_RECORDS) {
        ArenaMark mark = arena_mark(cx->arena);
        Cell reached = cell_integer(checking->reached);
        TRY(db_built_rows(cx, &rows, sql, &reached, 1));
        for (size_t i = 0; i < rows.count; i++)
            TRY(check_row(cx, &rows.items[i], checking));
        arena_rewind(cx->arena, mark);
    }
    return NULL;
}

FALLIBLE search_check(Ctx *cx, int64_t *checked)
{
    Rows waiting;
    SearchState *states;
    size_t count;
    *checked = 0;
    TRY(db_rows(cx, &waiting, search_pending_some, 1));
    TRY(search_states(cx, &states, &count));
    for (size_t i = 0; i < count; i++)
        if (waiting.count || !states[i].complete)
            return error_hint(
                FAIL(cx, ERR_CONFLICT, "records wait to be taken into the search index"),
                "Take them in first: millrace search-index");
    for (size_t i = 0; i < count; i++) {
        Checking checking = {.state = &states[i]};
        TRY(check_entity(cx, &checking));
        *checked += checking.checked;
    }
    return NULL;
}
