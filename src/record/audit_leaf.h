// SPDX-License-Identifier: Apache-2.0
// A row of the audit as a leaf of the log's tree.
//
//   values = SHA-256(2, salt, before, after, reason)
//   rest   = SHA-256(3, record, seq, action, field, actor, door, values)
//   leaf   = SHA-256(0, entity, at, rest)
//
// Numbers are eight bytes, the highest first; a text is its length and its bytes, NULL the length
// of all ones. What a person may have erased hangs on a salt: with both gone, `values` alone says
// nothing, and the leaf is proven all the same. Of a row that retention took, entity, instant and
// `rest` do.
//
// A row's `proof` is the salt; of a row with erased values it is `values` as they were, and the
// salt of what is left: what is left is told by `erasure_hash` in the entry of the erasure.
// Not for other rooms.
#ifndef MILLRACE_RECORD_AUDIT_LEAF_H
#define MILLRACE_RECORD_AUDIT_LEAF_H

#include "db/db.h"
#include "record/merkle.h"

#define AUDIT_SALT_BYTES 16
#define AUDIT_ERASED_BYTES (MERKLE_BYTES + AUDIT_SALT_BYTES)

typedef struct AuditLeaf {
    Id record;
    Instant at;
    Id seq;
    Id actor;
    const char *entity;
    const char *action;
    const char *field;
    const char *door;
    const char *before;
    const char *after;
    const char *reason;
    Text proof;
} AuditLeaf;

// From a row with these columns.
#define AUDIT_LEAF_COLUMNS                                                                         \
    "record, at, seq, entity, action, field, before, after, actor, door, reason, proof"
void audit_leaf_read(const Row *row, AuditLeaf *out);

bool audit_leaf_is_erased(const AuditLeaf *leaf);
// `leaf->proof` is a salt, or of a row with erased values, or else this fails.
bool audit_leaf_hashes(const AuditLeaf *leaf, MerkleHash *values, MerkleHash *rest,
                       MerkleHash *out);
MerkleHash audit_leaf_of_rest(const char *entity, Instant at, const MerkleHash *rest);
// What is left of a row with erased values: SHA-256(4, salt, before, after, reason).
MerkleHash audit_erasure_hash(const AuditLeaf *leaf);

// As hex, into 2 * MERKLE_BYTES + 1 characters.
void audit_hash_text(MerkleHash hash, char *text);

#endif
