// SPDX-License-Identifier: Apache-2.0
// The timeline of a record: its audited changes, the steps of its processes, comments, notes, files
// and activities, one story, newest first.
//
// Each source is asked for as much as the page may hold, no more, in its own order; the page merges
// them. Where the same instant holds several things the order is that of `sources`, so that the
// cursor can be an instant and how many of that instant have been told.
#include "api/list_query.h"
#include "base/ids.h"
#include "http/http.h"
#include "http/schemas.h"
#include "process/process.h"
#include "record/activity.h"
#include "record/comment.h"
#include "record/file.h"
#include "record/record_json.h"

#include <stdlib.h>
#include <string.h>

#define TOLD_AT_ONCE 1000 // at one instant

typedef struct Asked {
    const Record *record;
    Instant before; // 0: from the newest
    int limit;
} Asked;

typedef struct Told {
    Instant at;
    Value json;
} Told;

typedef ARRAY(Told) Story;

static void tell(Ctx *cx, Story *story, const char *type, Instant at, Value json)
{
    value_set(cx->arena, json, "type", value_text(type));
    array_push(cx->arena, *story) = (Told){at, json};
}

static Instant at_of(Value json)
{
    Instant at = 0;
    instant_parse(value_get_text(json, "at"), &at);
    return at;
}

// The first id that is not before the instant: ids know milliseconds.
static Id id_before(Instant before)
{
    return before ? id_first((before + 999) / 1000 * 1000) : INT64_MAX;
}

static Value change_json(Ctx *cx, const Entity *entity, const AuditEntry *entry)
{
    const Field *field = entry->field ? entity_field(entity, entry->field) : NULL;
    Value json = value_context(cx->arena), actor = value_null();
    if (entry->actor_name) {
        actor = value_context(cx->arena);
        value_set(cx->arena, actor, "id", value_text(id_text(cx->arena, entry->actor)));
        value_set(cx->arena, actor, "name", value_text(entry->actor_name));
    }
    value_set(cx->arena, json, "at", value_text(instant_text(cx->arena, entry->at)));
    value_set(cx->arena, json, "actor", actor);
    value_set(cx->arena, json, "door", value_text(entry->door));
    value_set(cx->arena, json, "action", value_text(entry->action));
    value_set(cx->arena, json, "field", value_text(entry->field));
    value_set(cx->arena, json, "title", value_text(field ? title_in(cx, field->title) : NULL));
    value_set(cx->arena, json, "old", entry->before);
    value_set(cx->arena, json, "new", entry->after);
    value_set(cx->arena, json, "reason", value_text(entry->reason));
    return json;
}

// ---- sources --------------------------------------------------------------------------------

static FALLIBLE tell_changes(Ctx *cx, const Asked *asked, Story *story)
{
    AuditEntry *changes;
    size_t count;
    const Entity *entity = asked->record->entity;
    TRY(record_history(cx, entity->name, asked->record->id, asked->before, asked->limit, &changes,
                       &count));
    for (size_t i = 0; i < count; i++)
        tell(cx, story, "change", changes[i].at, change_json(cx, entity, &changes[i]));
    return NULL;
}

static FALLIBLE tell_steps(Ctx *cx, const Asked *asked, Story *story)
{
    Value steps;
    TRY(process_timeline(cx, asked->record->entity->name, asked->record->id, asked->before,
                         asked->limit, &steps));
    const Value *items = value_get(steps, "items");
    for (size_t i = 0; i < items->list.count; i++)
        tell(cx, story, "step", at_of(items->list.items[i]), items->list.items[i]);
    return NULL;
}

static FALLIBLE tell_written(Ctx *cx, const Asked *asked, const char *kind, Story *story)
{
    Value *items;
    size_t count;
    TRY(comments_before(cx, asked->record, kind, id_before(asked->before), asked->limit, &items,
                        &count));
    for (size_t i = 0; i < count; i++)
        tell(cx, story, kind, at_of(items[i]), items[i]);
    return NULL;
}

static FALLIBLE tell_comments(Ctx *cx, const Asked *asked, Story *story)
{
    return tell_written(cx, asked, "comment", story);
}

static FALLIBLE tell_notes(Ctx *cx, const Asked *asked, Story *story)
{
    return tell_written(cx, asked, "note", story);
}

static FALLIBLE tell_files(Ctx *cx, const Asked *asked, Story *story)
{
    Value *items;
    size_t count;
    TRY(files_before(cx, asked->record, id_before(asked->before), asked->limit, &items, &count));
    for (size_t i = 0; i < count; i++) {
        value_set(cx->arena, items[i], "media", *value_get(items[i], "type")); // `type` is "file"
        tell(cx, story, "file", at_of(items[i]), items[i]);
    }
    return NULL;
}

// It stands where it takes place: what is planned, above all that was.
static FALLIBLE tell_activities(Ctx *cx, const Asked *asked, Story *story)
{
    Record **records;
    size_t count;
    Value labels;
    TRY(activities_before(cx, asked->record, asked->before ? asked->before : INT64_MAX,
                          asked->limit, &records, &count));
    TRY(list_labels(cx, records, count, &labels));
    for (size_t i = 0; i < count; i++) {
        Instant at = activity_begins(records[i]);
        Value json = value_context(cx->arena);
        value_set(cx->arena, json, "at", value_text(instant_text(cx->arena, at)));
        value_set(cx->arena, json, "activity", record_json_labelled(cx, records[i], labels));
        tell(cx, story, "activity", at, json);
    }
    return NULL;
}

// Steps stand above the changes they made.
static const struct {
    const char *type;
    Error *(*tell)(Ctx *cx, const Asked *asked, Story *story);
} sources[] = {
    {"activity", tell_activities}, {"step", tell_steps}, {"comment", tell_comments},
    {"note", tell_notes},          {"file", tell_files}, {"change", tell_changes},
};
#define SOURCES (sizeof sources / sizeof *sources)

// ---- the page -------------------------------------------------------------------------------

typedef struct Cursor {
    bool given; // else from the newest
    Instant at;
    int64_t told;
} Cursor;

// "<instant in microseconds>.<how many of it were told>"
static FALLIBLE read_cursor(Ctx *cx, const Request *request, Cursor *out)
{
    char *end = NULL;
    const char *after = request_query(request, "after");
    *out = (Cursor){0};
    if (!after)
        return NULL;
    out->given = true; // what took place before 1970 has a place, too
    out->at = strtoll(after, &end, 10);
    bool formed = end != after && *end == '.';
    if (formed)
        out->told = strtoll(end + 1, &end, 10);
    return !formed || *end || out->at == INT64_MAX || out->told < 0 || out->told > TOLD_AT_ONCE
               ? error_field(FAIL(cx, ERR_INVALID, "after is the cursor of another page"), "after")
               : NULL;
}

static FALLIBLE read_types(Ctx *cx, const Request *request, bool wanted[static SOURCES])
{
    const char *text = request_query(request, "type");
    Value words = text ? list_query_words(cx, text) : value_list(NULL, 0);
    for (size_t s = 0; s < SOURCES; s++)
        wanted[s] = !text;
    for (size_t i = 0; i < words.list.count; i++) {
        bool known = false;
        for (size_t s = 0; s < SOURCES; s++)
            if (text_equal(words.list.items[i].text.bytes, sources[s].type))
                wanted[s] = known = true;
        if (!known)
            return error_hint(error_field(FAIL(cx, ERR_INVALID, "a timeline has no '%.20s'",
                                               words.list.items[i].text.bytes),
                                          "type"),
                              "Known: activity, step, comment, note, file, change.");
    }
    return NULL;
}

// What the sources are asked for, to whom 0 means from the newest.
static Instant before_of(Cursor cursor)
{
    Instant before = cursor.given ? cursor.at + 1 : 0;
    return cursor.given && before == 0 ? -1 : before;
}

static Told *next_of(Story stories[static SOURCES], size_t at[static SOURCES])
{
    size_t best = SOURCES;
    for (size_t s = 0; s < SOURCES; s++)
        if (at[s] < stories[s].count &&
            (best == SOURCES || stories[s].items[at[s]].at > stories[best].items[at[best]].at))
            best = s;
    return best == SOURCES ? NULL : &stories[best].items[at[best]++];
}

static Value merge(Ctx *cx, Story stories[static SOURCES], Cursor cursor, int limit)
{
    size_t at[SOURCES] = {0};
    int count = 0;
    Value *items = NEW_ARRAY(cx->arena, Value, limit + 1), page = value_context(cx->arena);
    Told *told = next_of(stories, at);
    for (int64_t skip = cursor.told; told && skip > 0 && told->at == cursor.at; skip--)
        told = next_of(stories, at);
    for (; told && count < limit; told = next_of(stories, at)) {
        cursor.told = told->at == cursor.at ? cursor.told + 1 : 1;
        cursor.at = told->at;
        items[count++] = told->json;
    }
    value_set(cx->arena, page, "items", value_list(items, (size_t)count));
    value_set(cx->arena, page, "next",
              value_text(told ? text_format(cx->arena, "%lld.%lld", (long long)cursor.at,
                                            (long long)cursor.told)
                              : NULL));
    return page;
}

ROUTE(record_history_route, GET, "/api/v1/records/{entity}/{id}/history", "signed-in",
      "The story of a record, newest first: activities, process steps, comments, notes, files and "
      "changes, or only those of type= (comment,note)",
      .query = "type after limit:integer", .output = SCHEMA("Timeline"))
{
    Id id;
    int limit;
    Cursor cursor;
    Record *record;
    bool wanted[SOURCES];
    Story stories[SOURCES] = {0};
    TRY(request_id(cx, request, "id", &id));
    TRY(limit_query_read(cx, request, 50, &limit));
    TRY(read_cursor(cx, request, &cursor));
    TRY(read_types(cx, request, wanted));
    TRY(record_get(cx, request_parameter(request, "entity"), id, &record));
    Asked asked = {
        .record = record, .before = before_of(cursor), .limit = limit + (int)cursor.told + 1};
    for (size_t s = 0; s < SOURCES; s++)
        if (wanted[s])
            TRY(sources[s].tell(cx, &asked, &stories[s]));
    response->json = merge(cx, stories, cursor, limit);
    return NULL;
}
