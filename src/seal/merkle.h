/*
 * merkle: the hash tree of an append-only log.
 *
 * Layer: seal, SHA-256 of GnuTLS.  Hashes as in RFC 6962, 2.1: a leaf is
 * SHA-256(0x00 ‖ entry), a node SHA-256(0x01 ‖ left ‖ right), the root of nothing
 * SHA-256 of nothing; proofs as in RFC 9162, 2.1.3 and 2.1.4.  Leaves count from 0.
 */
#ifndef PENDEEN_SEAL_MERKLE_H
#define PENDEEN_SEAL_MERKLE_H

#include "base/str.h"

enum {
    MERKLE_HASH_SIZE = 32,
    MERKLE_PROOF_MAX = 64, /* hashes of a proof; a tree has fewer than 2^63 leaves */
};

struct merkle_hash {
    uint8_t bytes[MERKLE_HASH_SIZE];
};

void merkle_leaf(struct str entry, struct merkle_hash *ret);
void merkle_node(const struct merkle_hash *left, const struct merkle_hash *right,
                 struct merkle_hash *ret);
bool merkle_equal(const struct merkle_hash *a, const struct merkle_hash *b);

/* All that is needed of a tree to let it grow: the hashes of the full trees that it is
 * made of, largest first: one for each 1 of its size in binary. */
struct merkle_frontier {
    uint64_t size; /* leaves */
    struct merkle_hash hash[MERKLE_PROOF_MAX];
};
size_t merkle_frontier_count(uint64_t size);
/* At most log2(size) + 1 hashes, one and a half on average. */
void merkle_append(struct merkle_frontier *frontier, const struct merkle_hash *leaf);
void merkle_root(const struct merkle_frontier *frontier, struct merkle_hash *ret);

/* That leaf `index` is in the tree of these leaves.  Returns how many hashes.
 * index < size. */
size_t merkle_inclusion(const struct merkle_hash *leaf, uint64_t size, uint64_t index,
                        struct merkle_hash ret[static MERKLE_PROOF_MAX]);
bool merkle_inclusion_holds(const struct merkle_hash *leaf, uint64_t index, uint64_t size,
                            const struct merkle_hash *proof, size_t count,
                            const struct merkle_hash *root);

/* That the tree of these leaves is the tree of the first `earlier` ones, grown.
 * 0 < earlier <= size. */
size_t merkle_consistency(const struct merkle_hash *leaf, uint64_t size, uint64_t earlier,
                          struct merkle_hash ret[static MERKLE_PROOF_MAX]);
bool merkle_consistency_holds(uint64_t earlier, const struct merkle_hash *earlier_root,
                              uint64_t size, const struct merkle_hash *root,
                              const struct merkle_hash *proof, size_t count);

#endif
