// SPDX-License-Identifier: Apache-2.0
#include "record/audit_leaf.h"

#include <sodium.h>
#include <string.h>

enum { HASH_VALUES = 2, HASH_REST = 3, HASH_ERASURE = 4 };

typedef crypto_hash_sha256_state Hashing;

static Hashing begin(unsigned char prefix)
{
    Hashing hashing;
    crypto_hash_sha256_init(&hashing);
    crypto_hash_sha256_update(&hashing, &prefix, 1);
    return hashing;
}

static MerkleHash end(Hashing *hashing)
{
    MerkleHash hash;
    crypto_hash_sha256_final(hashing, hash.bytes);
    return hash;
}

static void add_number(Hashing *hashing, int64_t number)
{
    unsigned char bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)((uint64_t)number >> (56 - 8 * i));
    crypto_hash_sha256_update(hashing, bytes, sizeof bytes);
}

static void add_text(Hashing *hashing, const char *text)
{
    size_t length = text ? strlen(text) : 0;
    add_number(hashing, text ? (int64_t)length : -1);
    if (length)
        crypto_hash_sha256_update(hashing, (const unsigned char *)text, length);
}

static MerkleHash values_hash(unsigned char prefix, const void *salt, const AuditLeaf *leaf)
{
    Hashing hashing = begin(prefix);
    crypto_hash_sha256_update(&hashing, salt, AUDIT_SALT_BYTES);
    add_text(&hashing, leaf->before);
    add_text(&hashing, leaf->after);
    add_text(&hashing, leaf->reason);
    return end(&hashing);
}

void audit_leaf_read(const Row *row, AuditLeaf *out)
{
    Cell proof = row_cell(row, "proof");
    *out = (AuditLeaf){.record = row_integer(row, "record"),
                       .at = row_integer(row, "at"),
                       .seq = row_integer(row, "seq"),
                       .actor = row_integer(row, "actor"),
                       .entity = row_text(row, "entity"),
                       .action = row_text(row, "action"),
                       .field = row_text(row, "field"),
                       .door = row_text(row, "door"),
                       .before = row_text(row, "before"),
                       .after = row_text(row, "after"),
                       .reason = row_text(row, "reason"),
                       .proof = proof.kind == CELL_BYTES ? proof.text : (Text){0}};
}

bool audit_leaf_is_erased(const AuditLeaf *leaf)
{
    return leaf->proof.length == AUDIT_ERASED_BYTES;
}

bool audit_leaf_hashes(const AuditLeaf *leaf, MerkleHash *values, MerkleHash *rest, MerkleHash *out)
{
    if (audit_leaf_is_erased(leaf))
        memcpy(values->bytes, leaf->proof.bytes, MERKLE_BYTES);
    else if (leaf->proof.length == AUDIT_SALT_BYTES)
        *values = values_hash(HASH_VALUES, leaf->proof.bytes, leaf);
    else
        return false;
    Hashing hashing = begin(HASH_REST);
    add_number(&hashing, leaf->record);
    add_number(&hashing, leaf->seq);
    add_text(&hashing, leaf->action);
    add_text(&hashing, leaf->field);
    add_number(&hashing, leaf->actor);
    add_text(&hashing, leaf->door);
    crypto_hash_sha256_update(&hashing, values->bytes, MERKLE_BYTES);
    *rest = end(&hashing);
    *out = audit_leaf_of_rest(leaf->entity, leaf->at, rest);
    return true;
}

MerkleHash audit_leaf_of_rest(const char *entity, Instant at, const MerkleHash *rest)
{
    Hashing hashing = begin(0); // a leaf's prefix in the tree
    add_text(&hashing, entity);
    add_number(&hashing, at);
    crypto_hash_sha256_update(&hashing, rest->bytes, MERKLE_BYTES);
    return end(&hashing);
}

MerkleHash audit_erasure_hash(const AuditLeaf *leaf)
{
    return values_hash(HASH_ERASURE, leaf->proof.bytes + MERKLE_BYTES, leaf);
}

void audit_hash_text(MerkleHash hash, char *text)
{
    sodium_bin2hex(text, 2 * MERKLE_BYTES + 1, hash.bytes, MERKLE_BYTES);
}
