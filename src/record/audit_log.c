// SPDX-License-Identifier: Apache-2.0
#include "record/audit_log.h"

#include "base/calendar.h"
#include "base/ids.h"
#include "db/database.h"

#include <sodium.h>
#include <string.h>

MIGRATION(record_0051_audit_log, 20,
          "ALTER TABLE audit ADD COLUMN leaf BIGINT;\n"
          "ALTER TABLE audit ADD COLUMN proof BYTEA;\n"
          "ALTER TABLE audit ADD COLUMN hash BYTEA;\n"
          "CREATE UNIQUE INDEX audit_leaf ON audit (leaf);\n"
          "CREATE INDEX audit_ruled ON audit (leaf) WHERE action IN ('erase', 'prune');\n"
          "CREATE TABLE audit_hash (leaf BIGINT NOT NULL PRIMARY KEY, entity TEXT NOT NULL,"
          " at BIGINT NOT NULL, rest BYTEA NOT NULL);\n"
          "CREATE TABLE audit_checkpoint (size BIGINT NOT NULL PRIMARY KEY, at BIGINT NOT NULL,"
          " root TEXT NOT NULL, peaks BYTEA NOT NULL, key TEXT NOT NULL, signature TEXT NOT NULL)");

QUERY(checkpoint_last, "SELECT size, at, root, peaks, key, signature FROM audit_checkpoint"
                       " ORDER BY size DESC LIMIT 1");
QUERY(checkpoint_add, "INSERT INTO audit_checkpoint (size, at, root, peaks, key, signature)"
                      " VALUES ($1, $2, $3, $4, $5, $6)");
QUERY(leaves_to_seal, "SELECT leaf, hash FROM audit WHERE leaf >= $1 ORDER BY leaf LIMIT $2");
QUERY(leaf_last, "SELECT leaf FROM audit WHERE leaf >= 0 ORDER BY leaf DESC LIMIT 1");
QUERY(leafless, "SELECT " AUDIT_LEAF_COLUMNS " FROM audit WHERE leaf IS NULL"
                " ORDER BY at, seq LIMIT $1");
QUERY(leaf_give, "UPDATE audit SET leaf = $4, proof = $5, hash = $6"
                 " WHERE record = $1 AND at = $2 AND seq = $3");

// ---- checkpoints ----------------------------------------------------------------------------

void audit_checkpoint_read(const Row *row, AuditCheckpoint *out)
{
    *out = (AuditCheckpoint){.size = row_integer(row, "size"),
                             .at = row_integer(row, "at"),
                             .root = row_text(row, "root"),
                             .key = row_text(row, "key"),
                             .signature = row_text(row, "signature")};
}

bool audit_tree_read(const Row *checkpoint, MerkleTree *out)
{
    Cell peaks = row_cell(checkpoint, "peaks");
    *out = (MerkleTree){.size = row_integer(checkpoint, "size")};
    size_t length = merkle_peaks(out->size) * MERKLE_BYTES;
    if (peaks.kind != CELL_BYTES || peaks.text.length != length)
        return false;
    memcpy(out->peaks, peaks.text.bytes, length);
    return true;
}

FALLIBLE audit_checkpoint_last(Ctx *cx, AuditCheckpoint *out)
{
    Row *row;
    *out = (AuditCheckpoint){0};
    TRY(db_row(cx, &row, checkpoint_last));
    if (row)
        audit_checkpoint_read(row, out);
    return NULL;
}

const char *audit_checkpoint_text(Ctx *cx, const AuditCheckpoint *checkpoint)
{
    return text_format(cx->arena, "millrace audit\n%s\n%lld\n%s\n%s\n", checkpoint->key,
                       (long long)checkpoint->size, checkpoint->root,
                       instant_text(cx->arena, checkpoint->at));
}

static bool from_hex(const char *text, unsigned char *bytes, size_t length)
{
    size_t read = 0;
    return text && strlen(text) == length * 2 &&
           !sodium_hex2bin(bytes, length, text, length * 2, NULL, &read, NULL) && read == length;
}

bool audit_checkpoint_is_signed(Ctx *cx, const AuditCheckpoint *checkpoint)
{
    unsigned char key[crypto_sign_PUBLICKEYBYTES], signature[crypto_sign_BYTES];
    const char *text = audit_checkpoint_text(cx, checkpoint);
    return from_hex(checkpoint->key, key, sizeof key) &&
           from_hex(checkpoint->signature, signature, sizeof signature) &&
           !crypto_sign_verify_detached(signature, (const unsigned char *)text, strlen(text), key);
}

static FALLIBLE sign(Ctx *cx, const AuditSigner *signer, const MerkleTree *tree,
                     AuditCheckpoint *out)
{
    unsigned char signature[crypto_sign_BYTES];
    char written[2 * crypto_sign_BYTES + 1];
    char root[2 * MERKLE_BYTES + 1];
    audit_hash_text(merkle_root(tree), root);
    *out = (AuditCheckpoint){.size = tree->size,
                             .at = cx->now,
                             .root = text_copy(cx->arena, root),
                             .key = text_copy(cx->arena, signer->key)};
    const char *text = audit_checkpoint_text(cx, out);
    crypto_sign_detached(signature, NULL, (const unsigned char *)text, strlen(text),
                         signer->secret);
    sodium_bin2hex(written, sizeof written, signature, sizeof signature);
    out->signature = text_copy(cx->arena, written);
    return db_run(cx, NULL, checkpoint_add, out->size, out->at, out->root,
                  cell_bytes(tree->peaks, merkle_peaks(tree->size) * MERKLE_BYTES), out->key,
                  out->signature);
}

// ---- sealing --------------------------------------------------------------------------------

FALLIBLE audit_is_open(Ctx *cx, bool *out)
{
    Row *checkpoint, *leaf;
    Rows old;
    TRY(db_row(cx, &checkpoint, checkpoint_last));
    TRY(db_row(cx, &leaf, leaf_last));
    TRY(db_rows(cx, &old, leafless, checkpoint ? 0 : 1));
    int64_t sealed = checkpoint ? row_integer(checkpoint, "size") : 0;
    *out = old.count || (leaf && row_integer(leaf, "leaf") >= sealed);
    return NULL;
}

// Rows from before the log become leaves behind those that are there.
static FALLIBLE adopt(Ctx *cx, bool *more)
{
    Row *last;
    Rows rows;
    TRY(db_row(cx, &last, leaf_last));
    TRY(db_rows(cx, &rows, leafless, AUDIT_SEAL_ROWS));
    int64_t next = last ? row_integer(last, "leaf") + 1 : 0;
    for (size_t i = 0; i < rows.count; i++) {
        unsigned char salt[AUDIT_SALT_BYTES];
        AuditLeaf leaf;
        MerkleHash values, rest, hash;
        audit_leaf_read(&rows.items[i], &leaf);
        randombytes_buf(salt, sizeof salt);
        leaf.proof = (Text){(const char *)salt, sizeof salt};
        if (!audit_leaf_hashes(&leaf, &values, &rest, &hash))
            return FAIL(cx, ERR_INTERNAL, "a row of the audit has no proof");
        TRY(db_run(cx, NULL, leaf_give, leaf.record, leaf.at, leaf.seq, next + (int64_t)i,
                   cell_bytes(salt, sizeof salt), cell_bytes(hash.bytes, MERKLE_BYTES)));
    }
    *more = rows.count == AUDIT_SEAL_ROWS;
    return NULL;
}

static FALLIBLE check_last(Ctx *cx, const AuditSigner *signer, const Row *row, MerkleTree *tree)
{
    AuditCheckpoint last;
    audit_checkpoint_read(row, &last);
    bool sound = audit_tree_read(row, tree) && audit_checkpoint_is_signed(cx, &last);
    char root[2 * MERKLE_BYTES + 1];
    audit_hash_text(merkle_root(tree), root);
    if (!sound || !text_equal(root, last.root))
        return error_hint(FAIL(cx, ERR_CONFLICT, "the last checkpoint of the audit was changed"),
                          "See `millrace audit verify`.");
    if (!text_equal(last.key, signer->key) && !signer->takes_over)
        return error_hint(FAIL(cx, ERR_CONFLICT, "the audit was signed with another key"),
                          "Put the key back, or say `millrace audit seal --new-key`.");
    return NULL;
}

FALLIBLE audit_seal(Ctx *cx, const AuditSigner *signer, AuditCheckpoint *out, bool *more)
{
    Row *last;
    Rows rows;
    MerkleTree tree = {0};
    *out = (AuditCheckpoint){0};
    *more = false;
    TRY(db_row(cx, &last, checkpoint_last));
    if (last) {
        TRY(check_last(cx, signer, last, &tree));
        audit_checkpoint_read(last, out);
    } else {
        TRY(adopt(cx, more));
    }
    TRY(db_rows(cx, &rows, leaves_to_seal, tree.size, AUDIT_SEAL_ROWS));
    if (!rows.count || (!last && *more))
        return NULL;
    for (size_t i = 0; i < rows.count; i++) {
        MerkleHash hash;
        Cell cell = row_cell(&rows.items[i], "hash");
        if (row_integer(&rows.items[i], "leaf") != tree.size || cell.kind != CELL_BYTES ||
            cell.text.length != MERKLE_BYTES)
            return error_hint(
                FAIL(cx, ERR_CONFLICT, "row %lld of the audit is missing", (long long)tree.size),
                "See `millrace audit verify`.");
        memcpy(hash.bytes, cell.text.bytes, MERKLE_BYTES);
        merkle_add(&tree, hash);
    }
    *more = rows.count == AUDIT_SEAL_ROWS;
    return sign(cx, signer, &tree, out);
}
