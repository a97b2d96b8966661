// SPDX-License-Identifier: Apache-2.0
#include "process/person.h"

#include "base/calendar.h"
#include "base/ids.h"
#include "base/json.h"
#include "base/limits.h"
#include "process/process.h"
#include "process/replay.h"
#include "record/consent.h"
#include "record/file.h"
#include "record/record_json.h"

#include <string.h>

// ---- given out ------------------------------------------------------------------------------

typedef struct Giving {
    const Entity *entity;
    Id record;
    const PersonSink *sink;
} Giving;

static FALLIBLE line_give(Ctx *cx, const Giving *giving, const char *kind, const char *entity,
                          const char *id, Value value)
{
    Value line = value_context(cx->arena);
    value_set(cx->arena, line, "kind", value_text(kind));
    value_set(cx->arena, line, "entity", value_text(entity));
    value_set(cx->arena, line, "id", value_text(id));
    value_set(cx->arena, line, "value", value);
    const char *text = text_format(cx->arena, "%s\n", json_text(cx->arena, line));
    return giving->sink->write(cx, text, strlen(text), giving->sink->state);
}

// The records whose field leads to the person, page by page.
static FALLIBLE referring_give(Ctx *cx, const Giving *giving, const Field *field)
{
    ListFilter filter = {.field = field->name,
                         .operator= "=",
                         .value = value_text(id_text(cx->arena, giving->record))};
    ListRequest list = {.entity = field->entity->name,
                        .filters = &filter,
                        .filter_count = 1,
                        .limit = LIMIT_PAGE_ROWS};
    ListPage page;
    do {
        TRY(list_read(cx, &list, &page));
        for (size_t i = 0; i < page.count; i++)
            TRY(line_give(cx, giving, "referring", field->entity->name,
                          id_text(cx->arena, page.records[i]->id),
                          record_json_labelled(cx, page.records[i], page.labels)));
        list.after = page.next;
    } while (page.next);
    return NULL;
}

static FALLIBLE all_referring_give(Ctx *cx, const Giving *giving)
{
    const Schema *schema = cx->schema;
    for (size_t e = 0; e < schema->entity_count; e++) {
        const Entity *entity = schema->entities[e];
        const char *right = text_format(cx->arena, "%s.read", entity->name);
        for (size_t i = 0; i < entity->field_count; i++) {
            const Field *field = &entity->fields[i];
            bool leads = field->type == FIELD_REFERENCE && field->target == giving->entity &&
                         !field->system && field_readable(cx->actor, field);
            if (leads && actor_may(cx->actor, right))
                TRY(referring_give(cx, giving, field));
        }
    }
    return NULL;
}

static FALLIBLE changes_give(Ctx *cx, const Giving *giving, const char *id)
{
    AuditEntry *entries;
    size_t count;
    Instant before = 0;
    do {
        TRY(record_history(cx, giving->entity->name, giving->record, before, LIMIT_PAGE_ROWS,
                           &entries, &count));
        for (size_t i = 0; i < count; i++) {
            Value change = value_context(cx->arena);
            value_set(cx->arena, change, "at", value_text(instant_text(cx->arena, entries[i].at)));
            value_set(cx->arena, change, "actor", value_text(entries[i].actor_name));
            value_set(cx->arena, change, "door", value_text(entries[i].door));
            value_set(cx->arena, change, "action", value_text(entries[i].action));
            value_set(cx->arena, change, "field", value_text(entries[i].field));
            value_set(cx->arena, change, "old", entries[i].before);
            value_set(cx->arena, change, "new", entries[i].after);
            value_set(cx->arena, change, "reason", value_text(entries[i].reason));
            TRY(line_give(cx, giving, "change", giving->entity->name, id, change));
            before = entries[i].at;
        }
    } while (count == LIMIT_PAGE_ROWS);
    return NULL;
}

static FALLIBLE consents_give(Ctx *cx, const Giving *giving, const char *id)
{
    Consent *consents;
    size_t count;
    TRY(consent_list(cx, giving->entity->name, giving->record, &consents, &count));
    for (size_t i = 0; i < count; i++) {
        Value json = value_context(cx->arena);
        value_set(cx->arena, json, "at", value_text(instant_text(cx->arena, consents[i].at)));
        value_set(cx->arena, json, "purpose", value_text(consents[i].purpose));
        value_set(cx->arena, json, "channel", value_text(consents[i].channel));
        value_set(cx->arena, json, "granted", value_boolean(consents[i].granted));
        value_set(cx->arena, json, "source", value_text(consents[i].source));
        value_set(cx->arena, json, "proof", value_text(consents[i].proof));
        TRY(line_give(cx, giving, "consent", giving->entity->name, id, json));
    }
    return NULL;
}

// Their names and ids; the contents are fetched one by one.
static FALLIBLE files_give(Ctx *cx, const Giving *giving)
{
    Value files;
    TRY(files_of_record(cx, giving->entity->name, giving->record, &files));
    const Value *items = value_get(files, "items");
    for (size_t i = 0; i < items->list.count; i++)
        TRY(line_give(cx, giving, "file", giving->entity->name,
                      value_get_text(items->list.items[i], "id"), items->list.items[i]));
    return NULL;
}

static FALLIBLE steps_give(Ctx *cx, const Giving *giving, const char *id)
{
    Value steps;
    TRY(process_timeline(cx, giving->entity->name, giving->record, 0, LIMIT_PAGE_ROWS, &steps));
    const Value *items = value_get(steps, "items");
    for (size_t i = 0; items && i < items->list.count; i++)
        TRY(line_give(cx, giving, "step", giving->entity->name, id, items->list.items[i]));
    return NULL;
}

FALLIBLE person_export(Ctx *cx, const char *entity, Id id, const PersonSink *sink)
{
    Record *record;
    Value json;
    if (!actor_may(cx->actor, "personal.export"))
        return error_hint(FAIL(cx, ERR_DENIED, "you may not give out personal data"),
                          "It needs the permission personal.export.");
    TRY(record_get(cx, entity, id, &record));
    Giving giving = {.entity = record->entity, .record = id, .sink = sink};
    const char *text = id_text(cx->arena, id);
    TRY(record_json(cx, record, &json));
    TRY(line_give(cx, &giving, "record", entity, text, json));
    TRY(all_referring_give(cx, &giving));
    TRY(changes_give(cx, &giving, text));
    TRY(consents_give(cx, &giving, text));
    TRY(files_give(cx, &giving));
    return steps_give(cx, &giving, text);
}

// ---- erased ---------------------------------------------------------------------------------

static FALLIBLE histories_erase(Ctx *cx, Value records, Value *out)
{
    ARRAY(Value) running = {0};
    int64_t erased = 0;
    bool left = false;
    for (size_t i = 0; i < records.list.count; i++) {
        Value one, record = records.list.items[i];
        Id id = 0;
        int64_t count = 0;
        (void)id_parse(value_get_text(record, "id"), &id);
        TRY(record_histories_erase(cx, value_get_text(record, "entity"), id, &one));
        const Value *run = value_get(one, "running");
        for (size_t r = 0; r < run->list.count; r++)
            array_push(cx->arena, running) = run->list.items[r];
        (void)decimal_to_integer(value_get(one, "erased")->number, &count);
        erased += count;
        left |= value_get(one, "left")->boolean;
    }
    *out = value_context(cx->arena);
    value_set(cx->arena, *out, "erased", value_integer(erased));
    value_set(cx->arena, *out, "running", value_list(running.items, running.count));
    value_set(cx->arena, *out, "left", value_boolean(left));
    return NULL;
}

FALLIBLE person_erase(Ctx *cx, const Erasure *erasure, Value *out)
{
    Value records, histories;
    TRY(personal_erase(cx, erasure, &records));
    TRY(histories_erase(cx, records, &histories));
    *out = value_context(cx->arena);
    value_set(cx->arena, *out, "records", records);
    value_set(cx->arena, *out, "histories", histories);
    return NULL;
}
