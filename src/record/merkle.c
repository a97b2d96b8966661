// SPDX-License-Identifier: Apache-2.0
#include "record/merkle.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

static_assert(MERKLE_BYTES == crypto_hash_sha256_BYTES, "a hash is one of SHA-256");

static const unsigned char leaf_prefix = 0x00, node_prefix = 0x01;

MerkleHash merkle_leaf(const void *entry, size_t length)
{
    MerkleHash hash;
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, &leaf_prefix, 1);
    crypto_hash_sha256_update(&state, entry, length);
    crypto_hash_sha256_final(&state, hash.bytes);
    return hash;
}

static MerkleHash node_of(MerkleHash left, MerkleHash right)
{
    unsigned char node[1 + 2 * MERKLE_BYTES] = {node_prefix};
    MerkleHash hash;
    memcpy(node + 1, left.bytes, MERKLE_BYTES);
    memcpy(node + 1 + MERKLE_BYTES, right.bytes, MERKLE_BYTES);
    crypto_hash_sha256(hash.bytes, node, sizeof node);
    return hash;
}

size_t merkle_peaks(int64_t size)
{
    return (size_t)__builtin_popcountll((unsigned long long)size);
}

// Each low bit that is 1 is a perfect tree as large as the one that has grown so far.
void merkle_add(MerkleTree *tree, MerkleHash leaf)
{
    size_t peaks = merkle_peaks(tree->size);
    for (int64_t left = tree->size; left & 1; left >>= 1)
        leaf = node_of(tree->peaks[--peaks], leaf);
    tree->peaks[peaks] = leaf;
    tree->size++;
}

MerkleHash merkle_root(const MerkleTree *tree)
{
    size_t peaks = merkle_peaks(tree->size);
    MerkleHash root;
    if (!peaks) {
        crypto_hash_sha256(root.bytes, NULL, 0);
        return root;
    }
    root = tree->peaks[--peaks];
    while (peaks)
        root = node_of(tree->peaks[--peaks], root);
    return root;
}

bool merkle_equal(MerkleHash one, MerkleHash other)
{
    return memcmp(one.bytes, other.bytes, MERKLE_BYTES) == 0;
}
