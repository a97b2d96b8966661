// SPDX-License-Identifier: Apache-2.0
// The walk through the log. The tree is grown from the leaves' hashes and held against each signed
// root; then it goes on from what was signed, so that one fault does not hide the next.
#include "record/audit_log.h"

#include "base/ids.h"
#include "base/json.h"
#include "base/map.h"
#include "db/database.h"

#include <stdio.h>
#include <string.h>

#define WALK_ROWS 2000

QUERY(verify_leaves, "SELECT leaf, hash, " AUDIT_LEAF_COLUMNS " FROM audit"
                     " WHERE leaf >= $1 AND leaf < $2 ORDER BY leaf");
QUERY(verify_hashes, "SELECT leaf, entity, at, rest FROM audit_hash"
                     " WHERE leaf >= $1 AND leaf < $2 ORDER BY leaf");
QUERY(verify_checkpoints, "SELECT size, at, root, peaks, key, signature FROM audit_checkpoint"
                          " WHERE size > $1 AND size <= $2 ORDER BY size");
QUERY(verify_rules, "SELECT leaf, action, entity, after FROM audit WHERE leaf >= $1"
                    " AND action IN ('erase', 'prune') ORDER BY leaf LIMIT $2");
QUERY(verify_leafless, "SELECT record, entity, field, at FROM audit WHERE leaf IS NULL LIMIT $1");
QUERY(verify_last, "SELECT leaf FROM audit WHERE leaf >= 0 ORDER BY leaf DESC LIMIT 1");
QUERY(verify_last_hash, "SELECT leaf FROM audit_hash ORDER BY leaf DESC LIMIT 1");
QUERY(verify_last_size, "SELECT size FROM audit_checkpoint ORDER BY size DESC LIMIT 1");
QUERY(verify_head, "SELECT root FROM audit_checkpoint WHERE size = $1");

const char *audit_finding_word(AuditFinding finding)
{
    static const char *const words[] = {
        [AUDIT_CHANGED] = "changed",     [AUDIT_MISSING] = "missing", [AUDIT_INSERTED] = "inserted",
        [AUDIT_REWRITTEN] = "rewritten", [AUDIT_FORGED] = "forged",   [AUDIT_CUT] = "cut",
        [AUDIT_UNRULED] = "unruled",
    };
    return words[finding];
}

typedef struct Walk {
    const AuditTrust *trust;
    AuditVerified *out;
    Map *erasures; // leaf -> MerkleHash of what is left
    Map *prunes;   // entity -> Instant, before which rows may be gone
    int64_t end;   // behind the last leaf
    int64_t from;  // of this chunk
    int64_t rule;  // of the rules read so far
    bool rules_left;
    MerkleTree tree;
    bool broken;    // the tree does not stand for its leaves until the next checkpoint
    int64_t sealed; // the checkpoint before
    Instant sealed_at;
    Instant at;           // of the leaf before
    AuditProblem missing; // under way; last < leaf: none
} Walk;

static AuditProblem *problem_add(Walk *walk, AuditFinding finding, int64_t leaf, int64_t last)
{
    static _Thread_local AuditProblem beyond;
    size_t at = walk->out->problem_count++;
    AuditProblem *problem = at < AUDIT_PROBLEMS ? &walk->out->problems[at] : &beyond;
    *problem = (AuditProblem){.finding = finding, .leaf = leaf, .last = last};
    return problem;
}

static void problem_place(AuditProblem *problem, Id record, const char *entity, const char *field,
                          Instant at)
{
    problem->record = record;
    problem->at = problem->until = at;
    snprintf(problem->entity, sizeof problem->entity, "%s", entity ? entity : "");
    snprintf(problem->field, sizeof problem->field, "%s", field ? field : "");
}

// ---- rules: what was erased and pruned ------------------------------------------------------

static FALLIBLE erasure_read(Ctx *cx, Walk *walk, const char *text)
{
    Value json;
    TRY(json_parse(cx, text ? text : "", text ? strlen(text) : 0, &json));
    const Value *left = value_get(json, "left");
    for (size_t i = 0; left && left->kind == VALUE_CONTEXT && i < left->context->count; i++) {
        const ValueEntry *entry = &left->context->entries[i];
        map_put(
            walk->erasures, entry->key,
            (void *)(uintptr_t)(entry->value.kind == VALUE_TEXT ? entry->value.text.bytes : ""));
    }
    return NULL;
}

static FALLIBLE prune_read(Ctx *cx, Walk *walk, const char *entity, const char *text)
{
    Value json;
    Instant *until = NEW(cx->arena, Instant), *before = map_get(walk->prunes, entity);
    TRY(json_parse(cx, text ? text : "", text ? strlen(text) : 0, &json));
    const char *said = value_get_text(json, "before");
    if (said && instant_parse(said, until) && (!before || *before < *until))
        map_put(walk->prunes, entity, until);
    return NULL;
}

static Error *rules_read(Ctx *cx, void *state)
{
    Walk *walk = state;
    Rows rows;
    TRY(db_rows(cx, &rows, verify_rules, walk->rule, WALK_ROWS));
    for (size_t i = 0; i < rows.count; i++) {
        const Row *row = &rows.items[i];
        const char *after = row_text(row, "after");
        Error *error = text_equal(row_text(row, "action"), "erase")
                           ? erasure_read(cx, walk, after)
                           : prune_read(cx, walk, row_text(row, "entity"), after);
        (void)error; // what is no JSON rules nothing: its rows are told as problems
        walk->rule = row_integer(row, "leaf") + 1;
    }
    walk->rules_left = rows.count == WALK_ROWS;
    return NULL;
}

static FALLIBLE last_of(Ctx *cx, const Query *query, const char *column, int64_t more, int64_t *end)
{
    Row *row;
    TRY(db_row_cells(cx, &row, query, NULL, 0));
    if (row && row_integer(row, column) + more > *end)
        *end = row_integer(row, column) + more;
    return NULL;
}

static Error *bounds_read(Ctx *cx, void *state)
{
    Walk *walk = state;
    Rows rows;
    int64_t sealed = 0;
    walk->end = 0;
    walk->out->problem_count = 0;
    TRY(last_of(cx, &verify_last_size, "size", 0, &sealed));
    walk->end = sealed;
    TRY(last_of(cx, &verify_last, "leaf", 1, &walk->end));
    TRY(last_of(cx, &verify_last_hash, "leaf", 1, &walk->end));
    walk->out->sealed = sealed;
    if (!sealed) // those from before the log
        return NULL;
    TRY(db_rows(cx, &rows, verify_leafless, AUDIT_PROBLEMS));
    for (size_t i = 0; i < rows.count; i++) {
        const Row *row = &rows.items[i];
        problem_place(problem_add(walk, AUDIT_INSERTED, -1, -1), row_integer(row, "record"),
                      row_text(row, "entity"), row_text(row, "field"), row_integer(row, "at"));
    }
    return NULL;
}

// ---- leaves ---------------------------------------------------------------------------------

static bool left_as_erased(const Walk *walk, Ctx *cx, int64_t number, const AuditLeaf *leaf)
{
    char hex[2 * MERKLE_BYTES + 1];
    const char *said = map_get(walk->erasures, text_format(cx->arena, "%lld", (long long)number));
    audit_hash_text(audit_erasure_hash(leaf), hex);
    return said && text_equal(said, hex);
}

static void leaf_walk(Ctx *cx, Walk *walk, const Row *row)
{
    AuditLeaf leaf;
    MerkleHash values, rest, fresh, stored = {0};
    Cell hash = row_cell(row, "hash");
    int64_t number = row_integer(row, "leaf");
    audit_leaf_read(row, &leaf);
    bool whole = hash.kind == CELL_BYTES && hash.text.length == MERKLE_BYTES;
    if (whole)
        memcpy(stored.bytes, hash.text.bytes, MERKLE_BYTES);
    bool fits =
        audit_leaf_hashes(&leaf, &values, &rest, &fresh) && whole && merkle_equal(fresh, stored);
    if (fits && audit_leaf_is_erased(&leaf)) {
        walk->out->erased++;
        fits = left_as_erased(walk, cx, number, &leaf);
    }
    if (!fits)
        problem_place(problem_add(walk, AUDIT_CHANGED, number, number), leaf.record, leaf.entity,
                      leaf.field, leaf.at);
    walk->at = leaf.at;
    merkle_add(&walk->tree, stored);
}

static void hash_walk(Walk *walk, const Row *row)
{
    MerkleHash rest = {0};
    Cell cell = row_cell(row, "rest");
    const char *entity = row_text(row, "entity");
    const Instant *until = map_get(walk->prunes, entity);
    int64_t number = row_integer(row, "leaf");
    walk->at = row_integer(row, "at");
    walk->out->pruned++;
    if (cell.kind == CELL_BYTES && cell.text.length == MERKLE_BYTES)
        memcpy(rest.bytes, cell.text.bytes, MERKLE_BYTES);
    if (!until || walk->at >= *until)
        problem_place(problem_add(walk, AUDIT_UNRULED, number, number), 0, entity, NULL, walk->at);
    merkle_add(&walk->tree, audit_leaf_of_rest(entity, walk->at, &rest));
}

// Leaves that are missing one behind the other are one problem.
static void missing_begin_or_go_on(Walk *walk, int64_t number)
{
    if (walk->missing.last < walk->missing.leaf)
        walk->missing = (AuditProblem){.leaf = number, .at = walk->at};
    walk->missing.last = number;
    walk->broken = true;
    merkle_add(&walk->tree, (MerkleHash){0});
}

static void missing_end(Walk *walk, Instant until)
{
    if (walk->missing.last < walk->missing.leaf)
        return;
    AuditProblem *problem =
        problem_add(walk, AUDIT_MISSING, walk->missing.leaf, walk->missing.last);
    problem->at = walk->missing.at;
    problem->until = until;
    walk->missing = (AuditProblem){.leaf = 0, .last = -1};
}

// ---- checkpoints ----------------------------------------------------------------------------

static bool is_trusted(const AuditTrust *trust, const char *key)
{
    bool known = !trust->key_count;
    for (size_t i = 0; i < trust->key_count; i++)
        known |= text_equal(trust->keys[i], key);
    return known;
}

static void checkpoint_walk(Ctx *cx, Walk *walk, const Row *row)
{
    AuditCheckpoint checkpoint;
    MerkleTree signed_tree;
    char root[2 * MERKLE_BYTES + 1], signed_root[2 * MERKLE_BYTES + 1];
    audit_checkpoint_read(row, &checkpoint);
    bool sound = audit_tree_read(row, &signed_tree) && is_trusted(walk->trust, checkpoint.key) &&
                 audit_checkpoint_is_signed(cx, &checkpoint);
    audit_hash_text(merkle_root(&walk->tree), root);
    audit_hash_text(merkle_root(&signed_tree), signed_root);
    walk->out->checkpoints++;
    if (!sound || !text_equal(signed_root, checkpoint.root)) {
        AuditProblem *problem = problem_add(walk, AUDIT_FORGED, walk->sealed, checkpoint.size - 1);
        problem->at = problem->until = checkpoint.at;
        return;
    }
    if (!walk->broken && !text_equal(root, signed_root)) {
        AuditProblem *problem =
            problem_add(walk, AUDIT_REWRITTEN, walk->sealed, checkpoint.size - 1);
        problem->at = walk->sealed_at;
        problem->until = checkpoint.at;
    }
    walk->tree = signed_tree;
    walk->broken = false;
    walk->sealed = checkpoint.size;
    walk->sealed_at = checkpoint.at;
}

static bool is_at(const Rows *rows, size_t next, const char *column, int64_t number)
{
    return next < rows->count && row_integer(&rows->items[next], column) == number;
}

static Error *chunk_walk(Ctx *cx, void *state)
{
    Walk *walk = state;
    Rows leaves, hashes, checkpoints;
    size_t leaf = 0, hash = 0, checkpoint = 0;
    int64_t until = walk->from + WALK_ROWS < walk->end ? walk->from + WALK_ROWS : walk->end;
    TRY(db_rows(cx, &leaves, verify_leaves, walk->from, until));
    TRY(db_rows(cx, &hashes, verify_hashes, walk->from, until));
    TRY(db_rows(cx, &checkpoints, verify_checkpoints, walk->from, until));
    for (int64_t number = walk->from; number < until; number++) {
        bool there = is_at(&leaves, leaf, "leaf", number);
        bool pruned = is_at(&hashes, hash, "leaf", number);
        if (there || pruned)
            missing_end(walk, row_integer(there ? &leaves.items[leaf] : &hashes.items[hash], "at"));
        if (there)
            leaf_walk(cx, walk, &leaves.items[leaf++]);
        else if (pruned)
            hash_walk(walk, &hashes.items[hash]);
        else
            missing_begin_or_go_on(walk, number);
        hash += pruned;
        if (is_at(&checkpoints, checkpoint, "size", number + 1))
            checkpoint_walk(cx, walk, &checkpoints.items[checkpoint++]);
    }
    walk->from = until;
    return NULL;
}

static Error *head_check(Ctx *cx, void *state)
{
    Walk *walk = state;
    const AuditCheckpoint *head = &walk->trust->head;
    Row *row;
    TRY(db_row(cx, &row, verify_head, head->size));
    if (row && text_equal(row_text(row, "root"), head->root))
        return NULL;
    AuditProblem *problem = problem_add(walk, AUDIT_CUT, walk->out->sealed, head->size - 1);
    problem->at = walk->sealed_at;
    problem->until = head->at;
    return NULL;
}

FALLIBLE audit_verify(Ctx *cx, struct Database *database, const AuditTrust *trust,
                      AuditVerified *out)
{
    Walk walk = {.trust = trust,
                 .out = out,
                 .erasures = map_new(cx->arena),
                 .prunes = map_new(cx->arena),
                 .rules_left = true,
                 .missing = {.last = -1}};
    *out = (AuditVerified){0};
    TRY(database_read(cx, database, bounds_read, &walk));
    while (walk.rules_left)
        TRY(database_read(cx, database, rules_read, &walk));
    while (walk.from < walk.end) {
        ArenaMark mark = arena_mark(cx->arena);
        TRY(database_read(cx, database, chunk_walk, &walk));
        arena_rewind(cx->arena, mark);
    }
    missing_end(&walk, walk.sealed_at);
    if (trust->head.size)
        TRY(database_read(cx, database, head_check, &walk));
    out->leaves = walk.end;
    return NULL;
}
