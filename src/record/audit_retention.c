// SPDX-License-Identifier: Apache-2.0
#include "record/audit_retention.h"

#include "base/calendar.h"
#include "base/json.h"
#include "db/database.h"
#include "record/audit.h"
#include "record/audit_log.h"

#define DAY_US (24 * 3600 * 1000000LL)
#define LOOK_ROWS 1000 // of all entities, in one unit

MIGRATION(record_0052_audit_kept, 20,
          "CREATE TABLE audit_kept (entity TEXT NOT NULL PRIMARY KEY, leaf BIGINT NOT NULL,"
          " until BIGINT NOT NULL)");

QUERY(kept_get, "SELECT leaf, until FROM audit_kept WHERE entity = $1");
QUERY(kept_put, "INSERT INTO audit_kept (entity, leaf, until) VALUES ($1, $2, $3)"
                " ON CONFLICT (entity) DO UPDATE SET leaf = excluded.leaf,"
                " until = excluded.until");
QUERY(prune_look, "SELECT leaf, " AUDIT_LEAF_COLUMNS " FROM audit"
                  " WHERE leaf >= $1 AND leaf < $2 ORDER BY leaf LIMIT $3");
QUERY(prune_hash, "INSERT INTO audit_hash (leaf, entity, at, rest) VALUES ($1, $2, $3, $4)");
QUERY(prune_row, "DELETE FROM audit WHERE record = $1 AND at = $2 AND seq = $3");

typedef struct Pruning {
    const Entity *entity;
    Instant until; // rows from before it go
    int64_t from;  // the next leaf to look at
    int64_t sealed;
    int64_t pruned;
    bool more;
} Pruning;

FALLIBLE audit_whole_since(Ctx *cx, const Entity *entity, Instant *out)
{
    Row *row;
    TRY(db_row(cx, &row, kept_get, entity->name));
    *out = row ? row_integer(row, "until") : 0;
    return NULL;
}

static FALLIBLE row_goes(Ctx *cx, const AuditLeaf *leaf, int64_t number)
{
    MerkleHash values, rest, hash;
    if (!audit_leaf_hashes(leaf, &values, &rest, &hash))
        return FAIL(cx, ERR_INTERNAL, "a row of the audit has no proof");
    TRY(db_run(cx, NULL, prune_hash, number, leaf->entity, leaf->at,
               cell_bytes(rest.bytes, MERKLE_BYTES)));
    return db_run(cx, NULL, prune_row, leaf->record, leaf->at, leaf->seq);
}

static FALLIBLE look(Ctx *cx, Pruning *pruning, int limit)
{
    Rows rows;
    TRY(db_rows(cx, &rows, prune_look, pruning->from, pruning->sealed, LOOK_ROWS));
    for (size_t i = 0; i < rows.count; i++) {
        AuditLeaf leaf;
        audit_leaf_read(&rows.items[i], &leaf);
        if (leaf.at >= pruning->until)
            return NULL;
        pruning->more = pruning->pruned >= limit;
        if (pruning->more)
            return NULL;
        bool stays = text_equal(leaf.action, "erase") || text_equal(leaf.action, "prune");
        int64_t number = row_integer(&rows.items[i], "leaf");
        pruning->from = number + 1;
        if (stays || !text_equal(leaf.entity, pruning->entity->name))
            continue;
        TRY(row_goes(cx, &leaf, number));
        pruning->pruned++;
    }
    pruning->more = rows.count == LOOK_ROWS;
    return NULL;
}

static FALLIBLE note(Ctx *cx, const Pruning *pruning)
{
    Value told = value_context(cx->arena);
    value_set(cx->arena, told, "before", value_text(instant_text(cx->arena, pruning->until)));
    value_set(cx->arena, told, "rows", value_integer(pruning->pruned));
    return audit_add(cx, &(AuditRow){.entity = pruning->entity->name,
                                     .action = "prune",
                                     .after = json_text(cx->arena, told)});
}

static FALLIBLE entity_prune(Ctx *cx, const Entity *entity, int64_t sealed, int limit, Pruning *out)
{
    Row *row;
    *out = (Pruning){
        .entity = entity, .until = cx->now - entity->audit_days * DAY_US, .sealed = sealed};
    TRY(db_row(cx, &row, kept_get, entity->name));
    out->from = row ? row_integer(row, "leaf") : 0;
    int64_t from = out->from;
    Instant before = row ? row_integer(row, "until") : 0;
    TRY(look(cx, out, limit));
    if (out->pruned)
        TRY(note(cx, out));
    else
        out->until = before;
    return out->from == from ? NULL
                             : db_run(cx, NULL, kept_put, entity->name, out->from,
                                      out->until > before ? out->until : before);
}

FALLIBLE audit_prune(Ctx *cx, int limit, int *done)
{
    AuditCheckpoint last;
    int64_t pruned = 0;
    bool more = false;
    TRY(audit_checkpoint_last(cx, &last));
    for (size_t i = 0; i < cx->schema->entity_count && pruned < limit; i++) {
        const Entity *entity = cx->schema->entities[i];
        Pruning pruning;
        if (!entity->audit_days)
            continue;
        TRY(entity_prune(cx, entity, last.size, limit - (int)pruned, &pruning));
        pruned += pruning.pruned;
        more |= pruning.more;
    }
    *done = more ? limit : (int)pruned;
    return NULL;
}
