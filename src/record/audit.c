// SPDX-License-Identifier: Apache-2.0
#include "record/audit.h"

#include "base/ids.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/messages.h"
#include "db/database.h"
#include "record/audit_leaf.h"
#include "record/feed.h"
#include "record/field.h"
#include "record/labels.h"
#include "record/merge.h"
#include "record/row.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#define HISTORY_LOSERS 16 // merged records whose history the winner shows

MIGRATION_ON_BOTH(record_0001_audit, 20,
                  "CREATE TABLE audit (record BIGINT NOT NULL, at BIGINT NOT NULL,"
                  " seq BIGINT NOT NULL, entity TEXT NOT NULL, action TEXT NOT NULL, field TEXT,"
                  " before TEXT, after TEXT, actor BIGINT NOT NULL, door TEXT NOT NULL,"
                  " reason TEXT, PRIMARY KEY (record, at, seq)) WITHOUT ROWID;\n"
                  "CREATE TABLE outbox (id BIGINT NOT NULL PRIMARY KEY, at BIGINT NOT NULL,"
                  " topic TEXT NOT NULL, entity TEXT, record BIGINT, version BIGINT,"
                  " actor BIGINT NOT NULL, payload TEXT NOT NULL) WITHOUT ROWID",
                  "CREATE TABLE audit (record BIGINT NOT NULL, at BIGINT NOT NULL,"
                  " seq BIGINT NOT NULL, entity TEXT NOT NULL, action TEXT NOT NULL, field TEXT,"
                  " before TEXT, after TEXT, actor BIGINT NOT NULL, door TEXT NOT NULL,"
                  " reason TEXT, PRIMARY KEY (record, at, seq));\n"
                  "CREATE TABLE outbox (id BIGINT NOT NULL PRIMARY KEY, at BIGINT NOT NULL,"
                  " topic TEXT NOT NULL, entity TEXT, record BIGINT, version BIGINT,"
                  " actor BIGINT NOT NULL, payload TEXT NOT NULL)");

// Whoever writes does so in turns, so that the leaf's number is the next one.
QUERY(audit_insert,
      "INSERT INTO audit (record, at, seq, entity, action, field, before, after, actor, door,"
      " reason, proof, hash, leaf) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,"
      " COALESCE((SELECT a.leaf + 1 FROM audit a WHERE a.leaf >= 0 ORDER BY a.leaf DESC LIMIT 1),"
      " 0))");

QUERY(audit_of_record,
      "SELECT at, seq, action, field, before, after, actor, door, reason FROM audit"
      " WHERE record = $1 AND (at, seq) < ($2, $3) AND entity = $4"
      " ORDER BY at DESC, seq DESC LIMIT $5");

QUERY(audit_since, "SELECT field, before FROM audit WHERE record = $1 AND at >= $2 AND entity = $3"
                   " AND action = 'change' ORDER BY at, seq");

const char *door_word(Door door)
{
    static const char *const words[] = {
        [DOOR_STEP] = "step",     [DOOR_API] = "api",         [DOOR_BULK] = "bulk",
        [DOOR_IMPORT] = "import", [DOOR_COMMAND] = "command", [DOOR_SYSTEM] = "system",
    };
    return words[door];
}

FALLIBLE audit_add(Ctx *cx, const AuditRow *row)
{
    unsigned char salt[AUDIT_SALT_BYTES];
    MerkleHash values, rest, hash;
    AuditLeaf leaf = {.record = row->record,
                      .at = cx->now,
                      .seq = id_new(cx),
                      .actor = cx->actor->user,
                      .entity = row->entity,
                      .action = row->action,
                      .field = row->field,
                      .door = door_word(cx->actor->door),
                      .before = row->before,
                      .after = row->after,
                      .reason = row->reason,
                      .proof = {(const char *)salt, sizeof salt}};
    randombytes_buf(salt, sizeof salt);
    audit_leaf_hashes(&leaf, &values, &rest, &hash);
    return db_post(cx, audit_insert, leaf.record, leaf.at, leaf.seq, leaf.entity, leaf.action,
                   leaf.field, leaf.before, leaf.after, leaf.actor, leaf.door, leaf.reason,
                   cell_bytes(salt, sizeof salt), cell_bytes(hash.bytes, MERKLE_BYTES));
}

static Value names_of(Ctx *cx, Value changed)
{
    Value *names = NEW_ARRAY(cx->arena, Value, changed.context->count);
    for (size_t i = 0; i < changed.context->count; i++)
        names[i] = value_text(changed.context->entries[i].key);
    return value_list(names, changed.context->count);
}

static const char *whole_text(Ctx *cx, const Record *record)
{
    Value whole = value_context(cx->arena);
    for (size_t i = 0; i < record->fields.context->count; i++) {
        const ValueEntry *entry = &record->fields.context->entries[i];
        const Field *field = entity_field(record->entity, entry->key);
        if (entry->value.kind != VALUE_NULL && !(field && field->live))
            value_set(cx->arena, whole, entry->key, entry->value);
    }
    return json_text(cx->arena, whole);
}

FALLIBLE audit_write(Ctx *cx, const GateRequest *request, const Record *before, const Record *after,
                     Value changed)
{
    const Record *record = after ? after : before;
    assert(record);
    Value payload = value_context(cx->arena);
    if (!before || !after) {
        AuditRow row = {.record = record->id,
                        .entity = record->entity->name,
                        .action = before             ? "delete"
                                  : request->deleted ? "restore"
                                                     : "create",
                        .before = before ? whole_text(cx, before) : NULL,
                        .after = after ? whole_text(cx, after) : NULL,
                        .reason = request->reason};
        TRY(audit_add(cx, &row));
        value_set(cx->arena, payload, "action", value_text(row.action));
    } else {
        for (size_t i = 0; i < changed.context->count; i++) {
            const ValueEntry *entry = &changed.context->entries[i];
            AuditRow row = {.record = record->id,
                            .entity = record->entity->name,
                            .action = "change",
                            .field = entry->key,
                            .before = json_text(cx->arena, *value_get(before->fields, entry->key)),
                            .after = json_text(cx->arena, entry->value),
                            .reason = request->reason};
            TRY(audit_add(cx, &row));
        }
        value_set(cx->arena, payload, "action", value_text("change"));
        value_set(cx->arena, payload, "fields", names_of(cx, changed));
    }
    return feed_add(cx, record, payload);
}

static const char *value_or_none(Ctx *cx, Value value)
{
    return value.kind == VALUE_NULL ? NULL : json_text(cx->arena, value);
}

FALLIBLE audit_event(Ctx *cx, const Record *record, const char *action, Value before, Value after)
{
    Value payload = value_context(cx->arena);
    AuditRow row = {.record = record->id,
                    .entity = record->entity->name,
                    .action = action,
                    .before = value_or_none(cx, before),
                    .after = value_or_none(cx, after)};
    TRY(audit_add(cx, &row));
    value_set(cx->arena, payload, "action", value_text(action));
    return feed_add(cx, record, payload);
}

// The whole record of a creation or deletion without what the actor may not read.
static Value readable_whole(Ctx *cx, const Entity *entity, Value whole)
{
    if (whole.kind != VALUE_CONTEXT)
        return whole;
    Value readable = value_context(cx->arena);
    for (size_t i = 0; i < whole.context->count; i++) {
        const ValueEntry *entry = &whole.context->entries[i];
        const Field *field = entity_field(entity, entry->key);
        if (field && field_readable(cx->actor, field))
            value_set(cx->arena, readable, entry->key, entry->value);
    }
    return readable;
}

static FALLIBLE read_json(Ctx *cx, const char *text, Value *out)
{
    *out = value_null();
    return text ? json_parse(cx, text, strlen(text), out) : NULL;
}

FALLIBLE audit_values_before(Ctx *cx, const Entity *entity, Id record, Instant since, Value *out)
{
    Rows rows;
    Value values = value_context(cx->arena);
    TRY(db_rows(cx, &rows, audit_since, record, since, entity->name));
    for (size_t i = 0; i < rows.count; i++) {
        const char *name = row_text(&rows.items[i], "field");
        const Field *field = name ? entity_field(entity, name) : NULL;
        Value value;
        if (!field || !field_is_given(field) || value_get(values, field->name))
            continue;
        TRY(read_json(cx, row_text(&rows.items[i], "before"), &value));
        value_set(cx->arena, values, field->name, value);
    }
    *out = values;
    return NULL;
}

static FALLIBLE audit_entry(Ctx *cx, const Entity *entity, const Row *row, AuditEntry *out)
{
    *out = (AuditEntry){.at = row_integer(row, "at"),
                        .field = row_text(row, "field"),
                        .action = row_text(row, "action"),
                        .actor = row_integer(row, "actor"),
                        .door = row_text(row, "door")};
    const char *reason = row_text(row, "reason"); // a person's, or a message of the system
    out->reason = reason ? message_said(cx->arena, cx->language, reason) : NULL;
    TRY(read_json(cx, row_text(row, "before"), &out->before));
    TRY(read_json(cx, row_text(row, "after"), &out->after));
    bool whole = text_equal(out->action, "create") || text_equal(out->action, "delete") ||
                 text_equal(out->action, "restore");
    if (text_equal(out->action, "erase")) { // which fields; the rest is proof
        const Value *fields = value_get(out->after, "fields");
        out->after = fields ? *fields : value_null();
    }
    if (whole) {
        out->before = readable_whole(cx, entity, out->before);
        out->after = readable_whole(cx, entity, out->after);
    }
    return NULL;
}

static FALLIBLE actor_names(Ctx *cx, AuditEntry *entries, size_t count)
{
    const Entity *user = schema_entity(cx->schema, "user");
    Id *ids = NEW_ARRAY(cx->arena, Id, count);
    Value names = value_context(cx->arena);
    for (size_t i = 0; i < count; i++)
        ids[i] = entries[i].actor;
    if (user)
        TRY(labels_of(cx, user, ids, count, names));
    for (size_t i = 0; i < count; i++)
        if (entries[i].actor)
            entries[i].actor_name = value_get_text(names, id_text(cx->arena, entries[i].actor));
    return NULL;
}

// Whether the reader may know of the change at all.
static bool entry_readable(Ctx *cx, const Entity *entity, const Row *row)
{
    const char *name = row_text(row, "field");
    const Field *field = name ? entity_field(entity, name) : NULL;
    return !field || field_readable(cx->actor, field);
}

typedef struct History {
    const Entity *entity;
    Instant before;
    size_t limit;
    ARRAY(AuditEntry) entries;
} History;

// What is hidden must not make a page short that is not the last.
static FALLIBLE add_history(Ctx *cx, History *history, Id id)
{
    Rows rows;
    Instant before = history->before;
    Id seq = 0;
    size_t kept = 0;
    do {
        TRY(db_rows(cx, &rows, audit_of_record, id, before, seq, history->entity->name,
                    (int64_t)history->limit));
        for (size_t i = 0; i < rows.count && kept < history->limit; i++) {
            AuditEntry entry;
            if (!entry_readable(cx, history->entity, &rows.items[i]))
                continue;
            TRY(audit_entry(cx, history->entity, &rows.items[i], &entry));
            array_push(cx->arena, history->entries) = entry;
            kept++;
        }
        if (rows.count) {
            before = row_integer(&rows.items[rows.count - 1], "at");
            seq = row_integer(&rows.items[rows.count - 1], "seq");
        }
    } while (kept < history->limit && rows.count == history->limit);
    return NULL;
}

// Few lists, each in order already.
static void newest_first(AuditEntry *entries, size_t count)
{
    for (size_t i = 1; i < count; i++)
        for (size_t k = i; k > 0 && entries[k - 1].at < entries[k].at; k--) {
            AuditEntry kept = entries[k];
            entries[k] = entries[k - 1];
            entries[k - 1] = kept;
        }
}

FALLIBLE record_history(Ctx *cx, const char *entity_name, Id id, Instant before, int limit,
                        AuditEntry **out, size_t *count)
{
    Record *record;
    Id losers[HISTORY_LOSERS];
    size_t loser_count;
    TRY(record_get(cx, entity_name, id, &record));
    History history = {.entity = record->entity,
                       .before = before ? before : INT64_MAX,
                       .limit = limit > 0 ? (size_t)limit : LIMIT_PAGE_ROWS};
    TRY(add_history(cx, &history, id));
    TRY(merge_losers(cx, entity_name, id, losers, HISTORY_LOSERS, &loser_count));
    for (size_t i = 0; i < loser_count; i++)
        TRY(add_history(cx, &history, losers[i]));
    if (loser_count)
        newest_first(history.entries.items, history.entries.count);
    if (history.entries.count > history.limit)
        history.entries.count = history.limit;
    TRY(actor_names(cx, history.entries.items, history.entries.count));
    *out = history.entries.items;
    *count = history.entries.count;
    return NULL;
}
