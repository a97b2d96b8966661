// SPDX-License-Identifier: Apache-2.0
#include "record/personal.h"

#include "base/ids.h"
#include "base/json.h"
#include "db/database.h"
#include "record/audit.h"
#include "record/audit_leaf.h"
#include "record/beside.h"
#include "record/consent.h"
#include "record/field.h"
#include "record/row.h"

#include <sodium.h>
#include <string.h>

#define CHUNK_ROWS 500
#define MERGE_PAGES 200 // of the search index, in one unit

MIGRATION(record_0053_erasure, 20,
          "CREATE TABLE erasure (id BIGINT NOT NULL PRIMARY KEY, entity TEXT NOT NULL,"
          " record BIGINT NOT NULL, at BIGINT NOT NULL, actor BIGINT NOT NULL, reason TEXT,"
          " indexed BIGINT NOT NULL);\n"
          "CREATE INDEX erasure_open ON erasure (id) WHERE indexed = 0");

QUERY(erasure_add, "INSERT INTO erasure (id, entity, record, at, actor, reason, indexed)"
                   " VALUES ($1, $2, $3, $4, $5, $6, 0)");
QUERY(erasure_get, "SELECT id FROM erasure WHERE id = $1");
QUERY(erasure_list, "SELECT id, entity, record, at, reason FROM erasure WHERE id > $1"
                    " ORDER BY id LIMIT $2");
QUERY(erasure_audit, "SELECT leaf, " AUDIT_LEAF_COLUMNS " FROM audit WHERE record = $1"
                     " AND (at, seq) > ($2, $3) AND entity = $4 ORDER BY at, seq LIMIT $5");
QUERY(erasure_audit_row, "UPDATE audit SET before = $4, after = $5, reason = $6, proof = $7"
                         " WHERE record = $1 AND at = $2 AND seq = $3");
QUERY(erasure_left_open, "SELECT id FROM erasure WHERE indexed = 0 ORDER BY id LIMIT $1");
QUERY(erasure_left, "UPDATE erasure SET indexed = 1 WHERE indexed = 0 AND id <= $1");
QUERY_FULL(erasure_pending, "SELECT id FROM search_pending LIMIT $1", NULL,
           "the first that is there");
QUERY_ON_BOTH(erasure_merge, "INSERT INTO search_index (search_index, rank) VALUES ('merge', $1)",
              "SELECT CAST($1 AS BIGINT)");
QUERY_ON_BOTH(erasure_changes, "SELECT total_changes() AS n", "SELECT 0 AS n");

// ---- the record -----------------------------------------------------------------------------

static bool goes(const Field *field)
{
    return field->personal;
}

static bool has_personal(const Entity *entity)
{
    for (size_t i = 0; i < entity->field_count; i++)
        if (goes(&entity->fields[i]))
            return true;
    return false;
}

// What stands where something must: nobody, and nobody else's.
static Value stand_in(Ctx *cx, const Record *record, const Field *field)
{
    const char *id = id_text(cx->arena, record->id);
    if (!field->required)
        return value_null();
    if (field->type == FIELD_EMAIL)
        return value_text(text_format(cx->arena, "erased-%s@example.invalid", id));
    if (field->type != FIELD_TEXT && field->type != FIELD_LONG_TEXT)
        return value_null(); // refused by its name
    return value_text(field->unique ? text_format(cx->arena, "erased %s", id) : "erased");
}

static FALLIBLE values_go(Ctx *cx, const Record *record, const char *reason)
{
    Record *changed;
    GateRequest change = {.action = GATE_CHANGE,
                          .entity = record->entity->name,
                          .id = record->id,
                          .changes = value_context(cx->arena),
                          .reason = reason};
    for (size_t i = 0; i < record->entity->field_count; i++) {
        const Field *field = &record->entity->fields[i];
        if (goes(field) && field_is_given(field) && !field->number &&
            row_at(record, field)->kind != VALUE_NULL)
            value_set(cx->arena, change.changes, field->name, stand_in(cx, record, field));
    }
    return change.changes.context->count ? gate_pass(cx, &change, &changed) : NULL;
}

// ---- its audit ------------------------------------------------------------------------------

static FALLIBLE whole_without(Ctx *cx, const Entity *entity, const char **text, bool *changed)
{
    Value whole, left = value_context(cx->arena);
    if (!*text)
        return NULL;
    TRY(json_parse(cx, *text, strlen(*text), &whole));
    for (size_t i = 0; whole.kind == VALUE_CONTEXT && i < whole.context->count; i++) {
        const ValueEntry *entry = &whole.context->entries[i];
        const Field *field = entity_field(entity, entry->key);
        if (field && goes(field))
            *changed = true;
        else
            value_set(cx->arena, left, entry->key, entry->value);
    }
    if (*changed)
        *text = json_text(cx->arena, left);
    return NULL;
}

// Takes the personal values, and what people wrote as a reason, out of the row as it is read.
static FALLIBLE leaf_without(Ctx *cx, const Entity *entity, const char *reason, AuditLeaf *leaf,
                             bool *changed)
{
    const Field *field = leaf->field ? entity_field(entity, leaf->field) : NULL;
    bool whole = text_equal(leaf->action, "create") || text_equal(leaf->action, "delete") ||
                 text_equal(leaf->action, "restore");
    bool beside = text_equal(leaf->action, "comment") || text_equal(leaf->action, "note") ||
                  text_equal(leaf->action, "attach") || text_equal(leaf->action, "rename") ||
                  text_equal(leaf->action, "detach");
    *changed = leaf->reason && !text_equal(leaf->reason, reason);
    if (*changed)
        leaf->reason = NULL;
    if ((beside || (field && goes(field))) && (leaf->before || leaf->after)) {
        leaf->before = leaf->after = NULL;
        *changed = true;
    }
    bool first = *changed, second = *changed;
    if (whole) {
        TRY(whole_without(cx, entity, &leaf->before, &first));
        TRY(whole_without(cx, entity, &leaf->after, &second));
    }
    *changed = first || second;
    return NULL;
}

static FALLIBLE leaf_erase(Ctx *cx, const Entity *entity, const char *reason, const Row *row,
                           Value left)
{
    AuditLeaf leaf;
    MerkleHash values, rest, hash;
    bool changed;
    unsigned char proof[AUDIT_ERASED_BYTES];
    char hex[2 * MERKLE_BYTES + 1];
    audit_leaf_read(row, &leaf);
    bool numbered = audit_leaf_hashes(&leaf, &values, &rest, &hash);
    TRY(leaf_without(cx, entity, reason, &leaf, &changed));
    if (!changed)
        return NULL;
    memcpy(proof, values.bytes, MERKLE_BYTES);
    randombytes_buf(proof + MERKLE_BYTES, AUDIT_SALT_BYTES);
    leaf.proof = (Text){(const char *)proof, sizeof proof};
    Cell cell = numbered ? cell_bytes(proof, sizeof proof) : cell_null(); // from before the log
    TRY(db_run(cx, NULL, erasure_audit_row, leaf.record, leaf.at, leaf.seq, leaf.before, leaf.after,
               leaf.reason, cell));
    audit_hash_text(audit_erasure_hash(&leaf), hex);
    if (numbered)
        value_set(cx->arena, left,
                  text_format(cx->arena, "%lld", (long long)row_integer(row, "leaf")),
                  value_text(text_copy(cx->arena, hex)));
    return NULL;
}

static FALLIBLE audit_erase(Ctx *cx, const Entity *entity, Id record, const char *reason,
                            Value left, bool *found)
{
    Rows rows = {.count = CHUNK_ROWS};
    Instant at = INT64_MIN;
    Id seq = 0;
    while (rows.count == CHUNK_ROWS) {
        TRY(db_rows(cx, &rows, erasure_audit, record, at, seq, entity->name, CHUNK_ROWS));
        for (size_t i = 0; i < rows.count; i++) {
            const Row *row = &rows.items[i];
            *found = true;
            at = row_integer(row, "at");
            seq = row_integer(row, "seq");
            if (!text_equal(row_text(row, "action"), "erase"))
                TRY(leaf_erase(cx, entity, reason, row, left));
        }
    }
    return NULL;
}

static Value field_names(Ctx *cx, const Entity *entity)
{
    Value *names = NEW_ARRAY(cx->arena, Value, entity->field_count);
    size_t count = 0;
    for (size_t i = 0; i < entity->field_count; i++)
        if (goes(&entity->fields[i]))
            names[count++] = value_text(entity->fields[i].name);
    return value_list(names, count);
}

// ---- erasing --------------------------------------------------------------------------------

typedef ARRAY(Value) Told;

static FALLIBLE one_erase(Ctx *cx, const Entity *entity, const Erasure *erasure, Told *told)
{
    Record *record;
    Value left = value_context(cx->arena), entry = value_context(cx->arena), json;
    bool found = false;
    TRY(row_load(cx, entity, erasure->record, &record));
    if (record)
        TRY(values_go(cx, record, erasure->reason));
    TRY(audit_erase(cx, entity, erasure->record, erasure->reason, left, &found));
    TRY(consent_erase(cx, entity->name, erasure->record));
    TRY(beside_forget_record(cx, entity->name, erasure->record)); // what people wrote and attached
    if (!record && !found)
        return FAIL(cx, ERR_NOT_FOUND, "there is no %s %s", entity->name,
                    id_text(cx->arena, erasure->record));
    Value names = field_names(cx, entity);
    json = value_context(cx->arena);
    value_set(cx->arena, json, "fields", names);
    value_set(cx->arena, json, "left", left);
    TRY(audit_add(cx, &(AuditRow){.record = erasure->record,
                                  .entity = entity->name,
                                  .action = "erase",
                                  .after = json_text(cx->arena, json),
                                  .reason = erasure->reason}));
    TRY(db_run(cx, NULL, erasure_add, erasure->id ? erasure->id : id_new(cx), entity->name,
               erasure->record, erasure->at ? erasure->at : cx->now, cx->actor->user,
               erasure->reason));
    value_set(cx->arena, entry, "entity", value_text(entity->name));
    value_set(cx->arena, entry, "id", value_text(id_text(cx->arena, erasure->record)));
    value_set(cx->arena, entry, "fields", names);
    value_set(cx->arena, entry, "audit_rows", value_integer((int64_t)left.context->count));
    array_push(cx->arena, *told) = entry;
    return NULL;
}

// Parts follow their whole; each has its own line in the ledger.
static FALLIBLE parts_erase(Ctx *cx, const Entity *entity, const Erasure *erasure, Told *told)
{
    Record *record;
    TRY(row_load(cx, entity, erasure->record, &record));
    for (size_t i = 0; record && i < entity->child_count; i++) {
        const ChildList *list = &entity->children[i];
        Record **parts;
        size_t count;
        if (list->entity->parent != list->by || !has_personal(list->entity))
            continue;
        TRY(record_children(cx, record, list->name, &parts, &count));
        for (size_t p = 0; p < count; p++)
            TRY(one_erase(cx, list->entity,
                          &(Erasure){.record = parts[p]->id, .reason = erasure->reason}, told));
    }
    return NULL;
}

// What is overwritten is not to lie in the file's free pages.
static FALLIBLE overwrite_deleted(Ctx *cx, const char *pragma)
{
    Rows rows;
    return db_driver(cx) == DRIVER_SQLITE ? db_built_rows(cx, &rows, pragma, NULL, 0) : NULL;
}

FALLIBLE personal_erase(Ctx *cx, const Erasure *erasure, Value *records)
{
    const Entity *entity;
    Record *present, *readable;
    Told told = {0};
    if (!actor_may(cx->actor, "personal.erase"))
        return error_hint(FAIL(cx, ERR_DENIED, "you may not erase personal data"),
                          "It needs the permission personal.erase.");
    if (!erasure->reason || !*erasure->reason)
        return error_field(FAIL(cx, ERR_INVALID, "an erasure needs a reason"), "reason");
    TRY(schema_find(cx, erasure->entity, &entity));
    if (!has_personal(entity))
        return error_hint(FAIL(cx, ERR_INVALID, "nothing of '%s' is personal", entity->name),
                          "A pack declares so of a field.");
    TRY(row_load(cx, entity, erasure->record, &present));
    if (present)
        TRY(record_get(cx, entity->name, erasure->record, &readable));
    TRY(overwrite_deleted(cx, "PRAGMA secure_delete = ON"));
    TRY(one_erase(cx, entity, erasure, &told));
    TRY(parts_erase(cx, entity, erasure, &told));
    TRY(overwrite_deleted(cx, "PRAGMA secure_delete = OFF"));
    *records = value_list(told.items, told.count);
    return NULL;
}

// ---- the ledger -----------------------------------------------------------------------------

FALLIBLE erasures_after(Ctx *cx, Id after, int limit, Erasure **out, size_t *count)
{
    Rows rows;
    TRY(db_rows(cx, &rows, erasure_list, after, limit));
    *out = NEW_ARRAY(cx->arena, Erasure, rows.count + 1);
    *count = rows.count;
    for (size_t i = 0; i < rows.count; i++)
        (*out)[i] = (Erasure){.id = row_integer(&rows.items[i], "id"),
                              .entity = row_text(&rows.items[i], "entity"),
                              .record = row_integer(&rows.items[i], "record"),
                              .at = row_integer(&rows.items[i], "at"),
                              .reason = row_text(&rows.items[i], "reason")};
    return NULL;
}

FALLIBLE erasure_is_done(Ctx *cx, Id id, bool *out)
{
    Row *row;
    TRY(db_row(cx, &row, erasure_get, id));
    *out = row != NULL;
    return NULL;
}

FALLIBLE erasures_lie_in_index(Ctx *cx, bool *out)
{
    Rows open, waiting;
    TRY(db_rows(cx, &open, erasure_left_open, 1));
    TRY(db_rows(cx, &waiting, erasure_pending, 1));
    *out = open.count && !waiting.count;
    return NULL;
}

// As FTS5 says it: a negative number begins to make all segments one, a positive one goes on, and
// where that changes less than two rows nothing is left to do.
static FALLIBLE index_merge(Ctx *cx, bool first, bool *more)
{
    Row *before, *after;
    TRY(db_row(cx, &before, erasure_changes));
    TRY(db_run(cx, NULL, erasure_merge, first ? -MERGE_PAGES : MERGE_PAGES));
    TRY(db_row(cx, &after, erasure_changes));
    *more = row_integer(after, "n") - row_integer(before, "n") >= 2;
    return NULL;
}

FALLIBLE erasures_leave_index(Ctx *cx, bool first, bool *more)
{
    Rows rows;
    *more = false;
    if (db_driver(cx) == DRIVER_SQLITE) // PostgreSQL has no segments
        TRY(index_merge(cx, first, more));
    if (*more)
        return NULL;
    TRY(db_rows(cx, &rows, erasure_left_open, CHUNK_ROWS));
    return rows.count
               ? db_run(cx, NULL, erasure_left, row_integer(&rows.items[rows.count - 1], "id"))
               : NULL;
}
