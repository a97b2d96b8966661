// SPDX-License-Identifier: Apache-2.0
#include "record/search.h"

#include "base/ids.h"
#include "record/field.h"
#include "record/list_path.h"
#include "record/rights.h"
#include "record/row.h"
#include "record/search_index.h"

#include <stdlib.h>
#include <string.h>

#define COMMON 5000       // records of one answer are so many that it does not narrow
#define SNIPPET_BEFORE 40 // bytes of a long value that are shown around the first hit
#define SNIPPET_AFTER 120

typedef struct SearchHit {
    const Field *field;
    const char *value;
    WordHit words[SEARCH_WORDS + 1];
} SearchHit;

typedef struct Candidate {
    Record *record;
    SearchHit *hits;
    size_t hit_count;
    int score;
} Candidate;

typedef struct Group {
    const Entity *entity;
    ARRAY(Id) ids; // candidates, each once
    ARRAY(Candidate) found;
    bool more; // than were looked at
    bool complete;
} Group;

// ---- candidates -----------------------------------------------------------------------------

static void add_id(Ctx *cx, Group *group, Id id)
{
    for (size_t i = 0; i < group->ids.count; i++)
        if (group->ids.items[i] == id)
            return;
    array_push(cx->arena, group->ids) = id;
}

// The newest that answer the question and may be read, as far as SQL says that.
static FALLIBLE ask_index(Ctx *cx, const Entity *entity, const char *question, Rows *out)
{
    Querying querying;
    bool postgres = db_driver(cx) == DRIVER_POSTGRES;
    const char *key = postgres ? "\"search_index\".\"record\"" : "\"search_index\".rowid";
    TRY(query_open(cx, entity, VERB_READ, &querying));
    size_t number = query_parameter(cx, &querying, cell_text(question));
    if (postgres)
        query_condition(cx, &querying, "\"search_index\".\"terms\" @@ CAST($%zu AS tsquery)",
                        number);
    else
        query_condition(cx, &querying, "\"search_index\" MATCH $%zu", number);
    // The index leads, from its newest end: so it need not be read to the other.
    const char *sql =
        text_format(cx->arena,
                    "SELECT %s.\"id\" FROM \"search_index\" %s JOIN \"%s\" ON %s.\"id\" = %s%s"
                    " ORDER BY %s DESC LIMIT %d",
                    querying.alias, postgres ? "INNER" : "CROSS", entity->name, querying.alias, key,
                    query_where(cx, &querying), key, SEARCH_CANDIDATES);
    return db_built_rows(cx, out, sql, querying.cells, querying.count);
}

// Whether so many answer the question that whoever reads records one after the other meets them
// sooner than the index has told them all.
static FALLIBLE is_common(Ctx *cx, const char *index, const char *question, bool *out)
{
    Rows rows;
    Cell cell = cell_text(question);
    const char *sql = text_format(cx->arena, "SELECT COUNT(*) FROM (%s$1%s LIMIT %d) AS few", index,
                                  db_driver(cx) == DRIVER_POSTGRES ? " AS tsquery)" : "", COMMON);
    TRY(db_built_rows(cx, &rows, sql, &cell, 1));
    *out = rows.items[0].cells[0].integer == COMMON;
    return NULL;
}

FALLIBLE search_narrow(Ctx *cx, Querying *querying, const SearchWords *words)
{
    SearchState *states;
    SearchPlace *places;
    size_t count, place_count;
    bool postgres = db_driver(cx) == DRIVER_POSTGRES, common = false;
    const char *index = postgres
                            ? "SELECT \"record\" FROM \"search_index\" WHERE \"terms\" @@ CAST("
                            : "SELECT rowid FROM \"search_index\" WHERE \"search_index\" MATCH ";
    TRY(search_states(cx, &states, &count));
    for (size_t i = 0; i < count; i++) {
        if (states[i].entity != querying->entity || !states[i].complete)
            continue;
        search_places(cx, &states[i], &places, &place_count);
        const char *question = words_question(cx->arena, words, (const SearchPlace *)places,
                                              place_count, REACH_ANY, postgres);
        TRY(is_common(cx, index, question, &common));
        if (common)
            return NULL;
        size_t asked = query_parameter(cx, querying, cell_text(question));
        size_t entity = query_parameter(cx, querying, cell_text(querying->entity->name));
        query_condition(cx, querying,
                        "%s.\"id\" IN (%s$%zu%s UNION ALL SELECT \"record\" FROM"
                        " \"search_pending\" WHERE \"entity\" = $%zu)",
                        querying->alias, index, asked, postgres ? " AS tsquery)" : "", entity);
    }
    return NULL;
}

// From the narrowest question to the widest, until there are enough to choose from. Whole words are
// read from the newest end; what begins with one, the index gathers first.
static FALLIBLE ask_widening(Ctx *cx, const SearchState *state, const SearchWords *words,
                             Group *group)
{
    SearchPlace *places;
    size_t count;
    bool tsquery = db_driver(cx) == DRIVER_POSTGRES;
    search_places(cx, state, &places, &count);
    size_t label = search_label_readable(cx, state->entity) ? 1 : 0;
    const struct {
        Reach reach;
        size_t places;
    } steps[] = {
        {REACH_WHOLE, label}, {REACH_WHOLE, count}, {REACH_START, label}, {REACH_ANY, count}};
    for (size_t i = 0; i < sizeof steps / sizeof *steps && group->ids.count < SEARCH_CANDIDATES;
         i++) {
        Rows rows;
        if (!steps[i].places || (i == 1 && label == count))
            continue;
        TRY(ask_index(cx, state->entity,
                      words_question(cx->arena, words, (const SearchPlace *)places, steps[i].places,
                                     steps[i].reach, tsquery),
                      &rows));
        group->more = rows.count == SEARCH_CANDIDATES;
        for (size_t r = 0; r < rows.count; r++)
            add_id(cx, group, rows.items[r].cells[0].integer);
    }
    return NULL;
}

// ---- looking at them ------------------------------------------------------------------------

static int score_of(const SearchHit *hit, size_t word)
{
    Found found = hit->words[word].found;
    bool label = hit->field == hit->field->entity->label;
    return found ? (int)found * 2 + (label ? 3 : 0) : 0;
}

static int best_of(const Candidate *candidate, size_t word)
{
    int best = 0;
    for (size_t i = 0; i < candidate->hit_count; i++) {
        int score = score_of(&candidate->hits[i], word);
        best = score > best ? score : best;
    }
    return best;
}

// Every word is found somewhere, or the number that they are together. 0: not.
static int score_all(const Candidate *candidate, const SearchWords *words)
{
    int score = 0;
    for (size_t i = 0; i < words->count; i++) {
        int best = best_of(candidate, i);
        if (!best) {
            score = 0;
            break;
        }
        score += best;
    }
    int joined = words->joined.length ? best_of(candidate, SEARCH_WORDS) * (int)words->count : 0;
    return joined > score ? joined : score;
}

static bool is_hit(const SearchHit *hit)
{
    for (size_t i = 0; i <= SEARCH_WORDS; i++)
        if (hit->words[i].found)
            return true;
    return false;
}

static Candidate look(Ctx *cx, const SearchWords *words, Record *record)
{
    const Entity *entity = record->entity;
    Candidate candidate = {.record = record,
                           .hits = NEW_ARRAY(cx->arena, SearchHit, entity->search_count)};
    for (size_t i = 0; i < entity->search_count; i++) {
        const Field *field = entity->search[i];
        SearchHit *hit = &candidate.hits[candidate.hit_count];
        const char *text = field_words_in(cx, field, *row_at(record, field));
        if (!text || !field_readable(cx->actor, field))
            continue;
        *hit = (SearchHit){.field = field, .value = text};
        words_look(cx->arena, words, hit->value, hit->words);
        candidate.hit_count += is_hit(hit);
    }
    candidate.score = score_all(&candidate, words);
    return candidate;
}

bool search_holds(Ctx *cx, const SearchWords *words, const Record *record)
{
    return look(cx, words, (Record *)record).score > 0;
}

static FALLIBLE look_at_all(Ctx *cx, const SearchWords *words, Group *group)
{
    Record **records;
    size_t found;
    if (!group->ids.count)
        return NULL;
    Cell *ids = NEW_ARRAY(cx->arena, Cell, group->ids.count);
    for (size_t i = 0; i < group->ids.count; i++)
        ids[i] = cell_integer(group->ids.items[i]);
    TRY(query_readable(cx, group->entity, ids, group->ids.count, &records, &found));
    for (size_t i = 0; i < found; i++) {
        Candidate candidate = look(cx, words, records[i]);
        if (candidate.score)
            array_push(cx->arena, group->found) = candidate;
    }
    return NULL;
}

static int by_score(const void *a, const void *b)
{
    const Candidate *left = a, *right = b;
    if (left->score != right->score)
        return left->score > right->score ? -1 : 1;
    return left->record->id > right->record->id ? -1 : 1;
}

static FALLIBLE search_entity(Ctx *cx, const SearchState *state, const SearchWords *words,
                              Group *group)
{
    Id *pending;
    size_t count;
    *group = (Group){.entity = state->entity, .complete = state->complete};
    TRY(ask_widening(cx, state, words, group));
    TRY(search_pending(cx, state->entity, &pending, &count));
    for (size_t i = 0; i < count; i++)
        add_id(cx, group, pending[i]);
    if (count == SEARCH_PENDING)
        group->complete = false;
    TRY(look_at_all(cx, words, group));
    if (group->found.count)
        qsort(group->found.items, group->found.count, sizeof *group->found.items, by_score);
    return NULL;
}

// ---- the answer -----------------------------------------------------------------------------

static int by_place(const void *a, const void *b)
{
    const WordHit *left = a, *right = b;
    return left->from < right->from ? -1 : left->from > right->from;
}

static void add_part(Ctx *cx, Value *parts, size_t *count, Text text, bool hit)
{
    if (!text.length)
        return;
    char *bytes = text_slice(cx->arena, text.bytes, text.length);
    utf8_repair(bytes); // a long value may be cut within a letter
    parts[*count] = value_context(cx->arena);
    value_set(cx->arena, parts[*count], "text", value_text(bytes));
    value_set(cx->arena, parts[*count], "hit", value_boolean(hit));
    ++*count;
}

// The value in parts, those that were found marked; of a long one what stands around the first.
static Value parts_of(Ctx *cx, const SearchHit *hit)
{
    WordHit spans[SEARCH_WORDS + 1];
    size_t span_count = 0, count = 0, length = strlen(hit->value);
    for (size_t i = 0; i <= SEARCH_WORDS; i++)
        if (hit->words[i].found)
            spans[span_count++] = hit->words[i];
    qsort(spans, span_count, sizeof *spans, by_place);
    size_t at = spans[0].from > SNIPPET_BEFORE && length > SNIPPET_BEFORE + SNIPPET_AFTER
                    ? spans[0].from - SNIPPET_BEFORE
                    : 0;
    size_t end =
        length - at > SNIPPET_BEFORE + SNIPPET_AFTER ? at + SNIPPET_BEFORE + SNIPPET_AFTER : length;
    Value *parts = NEW_ARRAY(cx->arena, Value, 2 * span_count + 3);
    add_part(cx, parts, &count, (Text){"…", at ? strlen("…") : 0}, false);
    for (size_t i = 0; i < span_count; i++) {
        size_t from = spans[i].from > at ? spans[i].from : at;
        size_t to = spans[i].to < end ? spans[i].to : end;
        if (from >= to)
            continue;
        add_part(cx, parts, &count, (Text){hit->value + at, from - at}, false);
        add_part(cx, parts, &count, (Text){hit->value + from, to - from}, true);
        at = to;
    }
    add_part(cx, parts, &count, (Text){hit->value + at, end - at}, false);
    add_part(cx, parts, &count, (Text){"…", end < length ? strlen("…") : 0}, false);
    return value_list(parts, count);
}

static Value item_value(Ctx *cx, const Candidate *candidate)
{
    Value item = value_context(cx->arena);
    Value *hits = NEW_ARRAY(cx->arena, Value, candidate->hit_count);
    for (size_t i = 0; i < candidate->hit_count; i++) {
        const SearchHit *hit = &candidate->hits[i];
        hits[i] = value_context(cx->arena);
        value_set(cx->arena, hits[i], "field", value_text(hit->field->name));
        value_set(cx->arena, hits[i], "title", value_text(title_in(cx, hit->field->title)));
        value_set(cx->arena, hits[i], "parts", parts_of(cx, hit));
    }
    const Record *record = row_readable(cx, candidate->record);
    value_set(cx->arena, item, "id", value_text(id_text(cx->arena, record->id)));
    value_set(cx->arena, item, "label", value_text(record_label(record)));
    value_set(cx->arena, item, "hits", value_list(hits, candidate->hit_count));
    return item;
}

static Value group_value(Ctx *cx, const Group *group, size_t limit)
{
    size_t count = group->found.count < limit ? group->found.count : limit;
    Value value = value_context(cx->arena), *items = NEW_ARRAY(cx->arena, Value, count);
    for (size_t i = 0; i < count; i++)
        items[i] = item_value(cx, &group->found.items[i]);
    value_set(cx->arena, value, "entity", value_text(group->entity->name));
    value_set(cx->arena, value, "title", value_text(title_in(cx, group->entity->plural)));
    value_set(cx->arena, value, "items", value_list(items, count));
    value_set(cx->arena, value, "more", value_boolean(group->found.count > count || group->more));
    value_set(cx->arena, value, "complete", value_boolean(group->complete));
    return value;
}

static int by_best(const void *a, const void *b)
{
    const Group *left = a, *right = b;
    int first = left->found.count ? left->found.items[0].score : 0;
    int second = right->found.count ? right->found.items[0].score : 0;
    if (first != second)
        return first > second ? -1 : 1;
    return strcmp(left->entity->name, right->entity->name);
}

static FALLIBLE check_request(Ctx *cx, const SearchRequest *request)
{
    const Entity *entity;
    if (strlen(request->words) > SEARCH_BYTES)
        return error_field(FAIL(cx, ERR_LIMIT, "a search has at most %d bytes", SEARCH_BYTES), "q");
    if (request->limit < 0 || request->limit > SEARCH_LIMIT)
        return error_field(
            FAIL(cx, ERR_INVALID, "a search finds 1 to %d records of an entity", SEARCH_LIMIT),
            "limit");
    if (!request->entity)
        return NULL;
    TRY(schema_find(cx, request->entity, &entity));
    TRY(rights_need(cx, entity, VERB_READ));
    if (!entity->search_count)
        return error_field(FAIL(cx, ERR_INVALID, "'%s' has no field to search in", entity->name),
                           "entity");
    return NULL;
}

FALLIBLE search_find(Ctx *cx, const SearchRequest *request, Value *out)
{
    SearchState *states;
    size_t count, used = 0, limit = request->limit ? (size_t)request->limit : 5;
    TRY(check_request(cx, request));
    SearchWords words = words_read(cx->arena, request->words);
    TRY(search_states(cx, &states, &count));
    Group *groups = NEW_ARRAY(cx->arena, Group, count);
    for (size_t i = 0; i < count && words.count; i++) {
        const Entity *entity = states[i].entity;
        if ((request->entity && !text_equal(request->entity, entity->name)) ||
            !rights_on_some(cx->actor, entity, VERB_READ))
            continue;
        TRY(search_entity(cx, &states[i], &words, &groups[used]));
        used += groups[used].found.count || !groups[used].complete;
    }
    if (used)
        qsort(groups, used, sizeof *groups, by_best);
    Value *values = NEW_ARRAY(cx->arena, Value, used);
    for (size_t i = 0; i < used; i++)
        values[i] = group_value(cx, &groups[i], limit);
    *out = value_context(cx->arena);
    value_set(cx->arena, *out, "groups", value_list(values, used));
    return NULL;
}
