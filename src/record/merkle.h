// SPDX-License-Identifier: Apache-2.0
// Merkle: the hash tree of an append-only log, as RFC 9162, section 2.1 (and RFC 6962) hash it.
//
// A tree of n leaves is kept as its peaks: the roots of the perfect trees that the bits of n stand
// for, the largest first. That is all it takes to add leaves and to tell the root; no node is
// stored. Pure.
#ifndef MILLRACE_RECORD_MERKLE_H
#define MILLRACE_RECORD_MERKLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MERKLE_BYTES 32
#define MERKLE_PEAKS 63

typedef struct MerkleHash {
    unsigned char bytes[MERKLE_BYTES];
} MerkleHash;

typedef struct MerkleTree {
    int64_t size; // leaves
    MerkleHash peaks[MERKLE_PEAKS];
} MerkleTree;

// SHA-256 over 0x00 and the entry.
MerkleHash merkle_leaf(const void *entry, size_t length);
void merkle_add(MerkleTree *tree, MerkleHash leaf);
// Of no leaves it is the hash of nothing.
MerkleHash merkle_root(const MerkleTree *tree);
bool merkle_equal(MerkleHash one, MerkleHash other);

size_t merkle_peaks(int64_t size); // how many a tree of this size has

#endif
