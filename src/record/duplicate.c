// SPDX-License-Identifier: Apache-2.0
#include "record/duplicate.h"

#include "base/ids.h"
#include "base/limits.h"
#include "db/database.h"
#include "record/catch_up.h"
#include "record/duplicate_keys.h"
#include "record/field.h"
#include "record/rights.h"
#include "record/row.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAIR_BATCH 50   // records whose pairs are found in one unit of work
#define PAIRS_OF_ONE 50 // of one record that are kept
#define PAIRS_SEEN 500  // that are looked at for one page
#define DISMISSED 200   // of one record

QUERY_FULL(duplicate_pending_some,
           "SELECT entity, record FROM duplicate_pending ORDER BY entity, record LIMIT $1", NULL,
           "from the beginning of its key as many as are asked for");
QUERY(duplicate_pending_done, "DELETE FROM duplicate_pending WHERE entity = $1 AND record = $2");
QUERY(duplicate_pair_put,
      "INSERT INTO duplicate_pair (entity, left_id, right_id, score, state, at, actor)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7)"
      " ON CONFLICT (entity, left_id, right_id) DO NOTHING");
QUERY(duplicate_pair_state, "UPDATE duplicate_pair SET state = $4, at = $5, actor = $6"
                            " WHERE entity = $1 AND left_id = $2 AND right_id = $3");
QUERY(duplicate_pair_delete,
      "DELETE FROM duplicate_pair WHERE entity = $1 AND left_id = $2 AND right_id = $3");
QUERY(duplicate_pairs_open_left,
      "DELETE FROM duplicate_pair WHERE entity = $1 AND left_id = $2 AND state = 'open'");
QUERY(duplicate_pairs_open_right,
      "DELETE FROM duplicate_pair WHERE entity = $1 AND right_id = $2 AND state = 'open'");
QUERY(duplicate_pairs_left, "DELETE FROM duplicate_pair WHERE entity = $1 AND left_id = $2");
QUERY(duplicate_pairs_right, "DELETE FROM duplicate_pair WHERE entity = $1 AND right_id = $2");
QUERY(duplicate_dismissed_right,
      "SELECT right_id AS other FROM duplicate_pair WHERE entity = $1 AND left_id = $2"
      " AND state = 'dismissed' LIMIT $3");
QUERY(duplicate_dismissed_left,
      "SELECT left_id AS other FROM duplicate_pair WHERE entity = $1 AND right_id = $2"
      " AND state = 'dismissed' LIMIT $3");
QUERY(duplicate_pairs_page,
      "SELECT left_id, right_id, score FROM duplicate_pair WHERE entity = $1 AND state = $2"
      " AND (score, left_id, right_id) < ($3, $4, $5)"
      " ORDER BY score DESC, left_id DESC, right_id DESC LIMIT $6");

static FALLIBLE matching_entity(Ctx *cx, const char *name, const Entity **out)
{
    TRY(schema_find(cx, name, out));
    if (!(*out)->matching)
        return error_hint(FAIL(cx, ERR_INVALID, "duplicates of '%s' are not looked for", name),
                          "Declare 'duplicates' in its pack.");
    return NULL;
}

// ---- as it is told --------------------------------------------------------------------------

static Value reasons_value(Ctx *cx, const MatchResult *result)
{
    Value *items = NEW_ARRAY(cx->arena, Value, result->reason_count);
    for (size_t i = 0; i < result->reason_count; i++) {
        const MatchReason *reason = &result->reasons[i];
        items[i] = value_context(cx->arena);
        value_set(cx->arena, items[i], "rule", value_text(reason->rule->name));
        value_set(cx->arena, items[i], "field", value_text(reason->field->name));
        value_set(cx->arena, items[i], "title", value_text(title_in(cx, reason->field->title)));
        value_set(cx->arena, items[i], "closeness", value_integer(reason->closeness));
    }
    return value_list(items, result->reason_count);
}

static Value named_value(Ctx *cx, const Record *record)
{
    Value value = value_context(cx->arena);
    value_set(cx->arena, value, "id", value_text(id_text(cx->arena, record->id)));
    value_set(cx->arena, value, "label", value_text(record_label(record)));
    return value;
}

static FALLIBLE add_dismissed(Ctx *cx, const Query *query, const Entity *entity, Id record,
                              Map *dismissed)
{
    Rows rows;
    Cell cells[] = {cell_text(entity->name), cell_integer(record), cell_integer(DISMISSED)};
    TRY(db_rows_cells(cx, &rows, query, cells, 3));
    for (size_t i = 0; i < rows.count; i++)
        map_put(dismissed, id_text(cx->arena, row_integer(&rows.items[i], "other")), dismissed);
    return NULL;
}

static FALLIBLE matches_value(Ctx *cx, const MatchSide *side, Id except, Value *out)
{
    Candidate *found;
    size_t count, shown = 0;
    bool complete;
    Map *dismissed = map_new(cx->arena);
    TRY(duplicate_candidates(cx, side, except, false, &found, &count));
    if (except && count) {
        TRY(add_dismissed(cx, &duplicate_dismissed_left, side->entity, except, dismissed));
        TRY(add_dismissed(cx, &duplicate_dismissed_right, side->entity, except, dismissed));
    }
    Value *items = NEW_ARRAY(cx->arena, Value, DUPLICATES_SHOWN);
    for (size_t i = 0; i < count && shown < DUPLICATES_SHOWN; i++) {
        const Record *record = found[i].record;
        if (map_get(dismissed, id_text(cx->arena, record->id)))
            continue;
        items[shown] = named_value(cx, record);
        value_set(cx->arena, items[shown], "score", value_integer(found[i].result.score));
        value_set(cx->arena, items[shown++], "reasons", reasons_value(cx, &found[i].result));
    }
    TRY(catch_up_done(cx, side->entity, &duplicate_task, &complete));
    *out = value_context(cx->arena);
    value_set(cx->arena, *out, "items", value_list(items, shown));
    value_set(cx->arena, *out, "complete", value_boolean(complete));
    return NULL;
}

// What is no value of its field yet counts for nothing.
static void typed_fields(Ctx *cx, const Entity *entity, Value fields, Value *out)
{
    *out = value_context(cx->arena);
    for (size_t i = 0; fields.kind == VALUE_CONTEXT && i < fields.context->count; i++) {
        const ValueEntry *entry = &fields.context->entries[i];
        const Field *field = entity_field(entity, entry->key);
        Value value;
        if (field && !field_coerce(cx, field, entry->value, &value))
            value_set(cx->arena, *out, field->name, value);
    }
}

FALLIBLE duplicates_of(Ctx *cx, const char *entity_name, Value fields, Id except, Value *out)
{
    const Entity *entity;
    Value typed;
    TRY(matching_entity(cx, entity_name, &entity));
    TRY(rights_need(cx, entity, VERB_READ));
    typed_fields(cx, entity, fields, &typed);
    MatchSide side = match_side(cx, entity, typed, true);
    return matches_value(cx, &side, except, out);
}

FALLIBLE duplicates_of_record(Ctx *cx, const Record *record, Value *out)
{
    if (!record->entity->matching) {
        *out = value_context(cx->arena);
        value_set(cx->arena, *out, "items", value_list(NULL, 0));
        value_set(cx->arena, *out, "complete", value_boolean(true));
        return NULL;
    }
    MatchSide side = match_side(cx, record->entity, record->fields, true);
    return matches_value(cx, &side, record->id, out);
}

FALLIBLE duplicate_likeliest(Ctx *cx, const Record *record, LikelyDuplicate *out)
{
    Candidate *found = NULL;
    size_t count = 0;
    *out = (LikelyDuplicate){0};
    if (!record->entity->matching)
        return NULL;
    MatchSide side = match_side(cx, record->entity, record->fields, true);
    TRY(duplicate_candidates(cx, &side, record->id, false, &found, &count));
    if (count)
        *out = (LikelyDuplicate){found[0].record->id, record_label(found[0].record),
                                 found[0].result.score};
    return NULL;
}

// ---- the list of pairs ----------------------------------------------------------------------

typedef struct Pair {
    int64_t score;
    Id left;
    Id right; // the greater id
} Pair;

static Pair pair_of(Id a, Id b)
{
    return a < b ? (Pair){.left = a, .right = b} : (Pair){.left = b, .right = a};
}

static FALLIBLE read_cursor(Ctx *cx, const char *after, Pair *out)
{
    long long score, left, right;
    char end;
    *out = (Pair){INT64_MAX, INT64_MAX, INT64_MAX};
    if (!after)
        return NULL;
    if (sscanf(after, "%lld.%lld.%lld%c", &score, &left, &right, &end) != 3)
        return error_field(FAIL(cx, ERR_INVALID, "the cursor is not one of this list"), "after");
    *out = (Pair){score, left, right};
    return NULL;
}

typedef struct Page {
    const Entity *entity;
    const char *state;
    size_t limit;
    Pair last; // that was looked at
    ARRAY(Value) items;
} Page;

static FALLIBLE readable_record(Ctx *cx, const Entity *entity, Id id, Record **out)
{
    Error *error = record_get(cx, entity->name, id, out);
    if (!error || error->code != ERR_NOT_FOUND)
        return error;
    *out = NULL;
    return NULL;
}

// The reader sees a pair where both records may be read, and are alike in what may be read of them.
static FALLIBLE add_pair(Ctx *cx, Page *page, const Pair *pair)
{
    Record *left, *right;
    TRY(readable_record(cx, page->entity, pair->left, &left));
    TRY(readable_record(cx, page->entity, pair->right, &right));
    if (!left || !right)
        return NULL;
    MatchSide a = match_side(cx, page->entity, left->fields, true);
    MatchSide b = match_side(cx, page->entity, right->fields, true);
    MatchResult result = match_compare(cx, &a, &b);
    if (text_equal(page->state, "open") && result.score < page->entity->matching->score)
        return NULL;
    Value item = value_context(cx->arena);
    value_set(cx->arena, item, "left", named_value(cx, left));
    value_set(cx->arena, item, "right", named_value(cx, right));
    value_set(cx->arena, item, "score", value_integer(result.score));
    value_set(cx->arena, item, "reasons", reasons_value(cx, &result));
    array_push(cx->arena, page->items) = item;
    return NULL;
}

static FALLIBLE fill_page(Ctx *cx, Page *page, bool *more)
{
    Rows rows;
    const Pair from = page->last;
    TRY(db_rows(cx, &rows, duplicate_pairs_page, page->entity->name, page->state, from.score,
                from.left, from.right, PAIRS_SEEN + 1));
    size_t i = 0;
    for (; i < rows.count && i < PAIRS_SEEN && page->items.count < page->limit; i++) {
        const Row *row = &rows.items[i];
        page->last = (Pair){row_integer(row, "score"), row_integer(row, "left_id"),
                            row_integer(row, "right_id")};
        TRY(add_pair(cx, page, &page->last));
    }
    *more = i < rows.count;
    return NULL;
}

static FALLIBLE all_found(Ctx *cx, const Entity *entity, bool *out)
{
    Rows rows;
    TRY(catch_up_done(cx, entity, &duplicate_task, out));
    TRY(db_rows(cx, &rows, duplicate_pending_some, 1));
    *out = *out && !rows.count;
    return NULL;
}

FALLIBLE duplicate_pairs(Ctx *cx, const char *entity, bool dismissed, const char *after, int limit,
                         Value *out)
{
    Page page = {.state = dismissed ? "dismissed" : "open"};
    bool more, complete;
    TRY(matching_entity(cx, entity, &page.entity));
    TRY(rights_need(cx, page.entity, VERB_READ));
    TRY(read_cursor(cx, after, &page.last));
    page.limit = limit > 0 && limit < LIMIT_PAGE_ROWS ? (size_t)limit : LIMIT_PAGE_ROWS;
    TRY(fill_page(cx, &page, &more));
    TRY(all_found(cx, page.entity, &complete));
    *out = value_context(cx->arena);
    value_set(cx->arena, *out, "items", value_list(page.items.items, page.items.count));
    value_set(cx->arena, *out, "next",
              more ? value_text(text_format(cx->arena, "%lld.%lld.%lld", (long long)page.last.score,
                                            (long long)page.last.left, (long long)page.last.right))
                   : value_null());
    value_set(cx->arena, *out, "complete", value_boolean(complete));
    return NULL;
}

FALLIBLE duplicate_dismiss(Ctx *cx, const char *entity_name, Id record, Id other, bool dismissed)
{
    const Entity *entity;
    Record *first, *second;
    bool covered;
    int64_t changed;
    const Pair pair = pair_of(record, other);
    TRY(matching_entity(cx, entity_name, &entity));
    TRY(record_get(cx, entity_name, record, &first));
    TRY(record_get(cx, entity_name, other, &second));
    TRY(row_load(cx, entity, record, &first));
    TRY(rights_cover(cx, first, VERB_EDIT, value_null(), &covered));
    if (!covered)
        return FAIL(cx, ERR_DENIED, "you may not edit this %s", entity_name);
    if (record == other)
        return FAIL(cx, ERR_INVALID, "a record is always the same as itself");
    if (!dismissed) {
        TRY(db_run(cx, NULL, duplicate_pair_delete, entity->name, pair.left, pair.right));
        return duplicate_again(cx, entity, record);
    }
    TRY(db_run(cx, &changed, duplicate_pair_state, entity->name, pair.left, pair.right, "dismissed",
               cx->now, cx->actor->user));
    return changed ? NULL
                   : db_run(cx, NULL, duplicate_pair_put, entity->name, pair.left, pair.right, 0,
                            "dismissed", cx->now, cx->actor->user);
}

// ---- pairs that wait to be found ------------------------------------------------------------

static FALLIBLE find_pairs(Ctx *cx, const Record *record)
{
    Candidate *found;
    size_t count;
    MatchSide side = match_side(cx, record->entity, record->fields, false);
    TRY(duplicate_candidates(cx, &side, record->id, false, &found, &count));
    for (size_t i = 0; i < count && i < PAIRS_OF_ONE; i++) {
        Pair pair = pair_of(record->id, found[i].record->id);
        TRY(db_post(cx, duplicate_pair_put, record->entity->name, pair.left, pair.right,
                    found[i].result.score, "open", cx->now, 0));
    }
    return NULL;
}

static FALLIBLE find_anew(Ctx *cx, const char *entity_name, Id id)
{
    const Entity *entity = schema_entity(cx->schema, entity_name);
    Record *record = NULL;
    if (entity && entity->matching)
        TRY(row_load(cx, entity, id, &record));
    if (record) {
        TRY(db_post(cx, duplicate_pairs_open_left, entity_name, id));
        TRY(db_post(cx, duplicate_pairs_open_right, entity_name, id));
        return find_pairs(cx, record);
    }
    TRY(db_post(cx, duplicate_pairs_left, entity_name, id));
    return db_post(cx, duplicate_pairs_right, entity_name, id);
}

static Error *work_batch(Ctx *cx, void *state)
{
    Rows rows;
    bool *found = state;
    TRY(db_rows(cx, &rows, duplicate_pending_some, PAIR_BATCH));
    for (size_t i = 0; i < rows.count; i++) {
        const char *entity = row_text(&rows.items[i], "entity");
        Id record = row_integer(&rows.items[i], "record");
        ArenaMark mark = arena_mark(cx->arena);
        TRY(find_anew(cx, entity, record));
        TRY(db_post(cx, duplicate_pending_done, entity, record));
        arena_rewind(cx->arena, mark);
    }
    *found = rows.count > 0;
    return rows.count ? NULL : duplicate_keys_prune(cx, found);
}

static Error *anything_waits(Ctx *cx, void *state)
{
    Rows rows;
    bool *waits = state;
    TRY(db_rows(cx, &rows, duplicate_pending_some, 1));
    *waits = rows.count > 0;
    return rows.count ? NULL : duplicate_keys_waiting(cx, waits);
}

FALLIBLE duplicates_work(Ctx *cx, struct Database *database, bool *found)
{
    TRY(database_read(cx, database, anything_waits, found));
    return *found ? database_write(cx, database, work_batch, found) : NULL;
}
