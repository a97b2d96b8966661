// SPDX-License-Identifier: Apache-2.0
#include "base/test.h"
#include "record/merkle.h"

#include <sodium.h>
#include <string.h>

static const char *hex_of(char *text, MerkleHash hash)
{
    return sodium_bin2hex(text, 2 * MERKLE_BYTES + 1, hash.bytes, MERKLE_BYTES);
}

// The leaves and roots that the tests of Certificate Transparency (RFC 6962) use.
TEST(the_tree_hashes_as_the_reference_does)
{
    static const char *const leaves[] = {
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    };
    static const char *const roots[] = {
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    };
    char text[2 * MERKLE_BYTES + 1];
    MerkleTree tree = {0};
    CHECK_TEXT(hex_of(text, merkle_root(&tree)), roots[0]);
    for (size_t i = 0; i < sizeof leaves / sizeof *leaves; i++) {
        unsigned char entry[16];
        size_t length = 0;
        CHECK(!sodium_hex2bin(entry, sizeof entry, leaves[i], strlen(leaves[i]), NULL, &length,
                              NULL));
        merkle_add(&tree, merkle_leaf(entry, length));
        CHECK_TEXT(hex_of(text, merkle_root(&tree)), roots[i + 1]);
    }
    CHECK_INT(tree.size, 8);
    CHECK_INT(merkle_peaks(tree.size), 1);
    CHECK_INT(merkle_peaks(7), 3);
}

// Section 2.1 of the RFC, as it says it.
static MerkleHash root_of(const MerkleHash *leaves, size_t count)
{
    size_t half = 1;
    unsigned char node[1 + 2 * MERKLE_BYTES] = {1};
    MerkleHash left, right, hash;
    if (count == 1)
        return leaves[0];
    while (half * 2 < count)
        half *= 2;
    left = root_of(leaves, half);
    right = root_of(leaves + half, count - half);
    memcpy(node + 1, left.bytes, MERKLE_BYTES);
    memcpy(node + 1 + MERKLE_BYTES, right.bytes, MERKLE_BYTES);
    crypto_hash_sha256(hash.bytes, node, sizeof node);
    return hash;
}

TEST(a_tree_of_any_size_has_the_root_of_its_definition)
{
    MerkleTree tree = {0};
    MerkleHash leaves[200];
    for (size_t i = 0; i < 200; i++) {
        leaves[i] = merkle_leaf(&i, sizeof i);
        merkle_add(&tree, leaves[i]);
        CHECK(merkle_equal(merkle_root(&tree), root_of(leaves, i + 1)));
    }
}
