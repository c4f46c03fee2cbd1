#include "seal/merkle.h"

#include "seal/secret.h"

#include <assert.h>
#include <gnutls/crypto.h>
#include <stdlib.h>

static_assert((int)SEAL_HASH_SIZE == (int)MERKLE_HASH_SIZE, "SHA-256");

void merkle_leaf(struct str entry, struct merkle_hash *ret)
{
    static const uint8_t prefix = 0;
    gnutls_hash_hd_t state;
    /* there is no memory */
    if (gnutls_hash_init(&state, GNUTLS_DIG_SHA256) != GNUTLS_E_SUCCESS) abort();
    gnutls_hash(state, &prefix, 1);
    gnutls_hash(state, entry.ptr, entry.len);
    gnutls_hash_deinit(state, ret->bytes);
}

void merkle_node(const struct merkle_hash *left, const struct merkle_hash *right,
                 struct merkle_hash *ret)
{
    uint8_t both[1 + 2 * MERKLE_HASH_SIZE] = {1};
    memcpy(both + 1, left->bytes, MERKLE_HASH_SIZE);
    memcpy(both + 1 + MERKLE_HASH_SIZE, right->bytes, MERKLE_HASH_SIZE);
    seal_sha256(str_of((const char *)both, sizeof both), ret->bytes);
}

bool merkle_equal(const struct merkle_hash *a, const struct merkle_hash *b)
{
    return memcmp(a->bytes, b->bytes, MERKLE_HASH_SIZE) == 0;
}

size_t merkle_frontier_count(uint64_t size)
{
    return (size_t)__builtin_popcountll(size);
}

void merkle_append(struct merkle_frontier *frontier, const struct merkle_hash *leaf)
{
    assert(frontier->size < INT64_MAX);
    size_t count = merkle_frontier_count(frontier->size);
    struct merkle_hash hash = *leaf;
    /* Each full tree as large as the new one grows together with it. */
    for (uint64_t size = frontier->size; size & 1; size >>= 1)
        merkle_node(&frontier->hash[--count], &hash, &hash);
    frontier->hash[count] = hash;
    frontier->size++;
}

void merkle_root(const struct merkle_frontier *frontier, struct merkle_hash *ret)
{
    size_t count = merkle_frontier_count(frontier->size);
    if (count == 0) {
        seal_sha256(STR(""), ret->bytes);
        return;
    }
    struct merkle_hash hash = frontier->hash[--count];
    while (count > 0) merkle_node(&frontier->hash[--count], &hash, &hash);
    *ret = hash;
}

static void root_of(const struct merkle_hash *leaf, uint64_t size, struct merkle_hash *ret)
{
    struct merkle_frontier frontier = {0};
    for (uint64_t i = 0; i < size; i++) merkle_append(&frontier, &leaf[i]);
    merkle_root(&frontier, ret);
}

/* The largest power of two that is smaller than size; size > 1. */
static uint64_t split(uint64_t size)
{
    return 1ull << (63 - __builtin_clzll(size - 1));
}

/* PATH of RFC 9162, 2.1.3.1. */
size_t merkle_inclusion(const struct merkle_hash *leaf, uint64_t size, uint64_t index,
                        struct merkle_hash ret[static MERKLE_PROOF_MAX])
{
    assert(index < size);
    if (size == 1) return 0;
    uint64_t k = split(size);
    size_t count;
    if (index < k) {
        count = merkle_inclusion(leaf, k, index, ret);
        root_of(leaf + k, size - k, &ret[count]);
    } else {
        count = merkle_inclusion(leaf + k, size - k, index - k, ret);
        root_of(leaf, k, &ret[count]);
    }
    return count + 1;
}

/* RFC 9162, 2.1.3.2. */
bool merkle_inclusion_holds(const struct merkle_hash *leaf, uint64_t index, uint64_t size,
                            const struct merkle_hash *proof, size_t count,
                            const struct merkle_hash *root)
{
    if (index >= size) return false;
    uint64_t at = index;
    uint64_t last = size - 1;
    struct merkle_hash hash = *leaf;
    for (size_t i = 0; i < count; i++) {
        if (last == 0) return false;
        if ((at & 1) || at == last) {
            merkle_node(&proof[i], &hash, &hash);
            while (!(at & 1) && at != 0) {
                at >>= 1;
                last >>= 1;
            }
        } else {
            merkle_node(&hash, &proof[i], &hash);
        }
        at >>= 1;
        last >>= 1;
    }
    return last == 0 && merkle_equal(&hash, root);
}

/* SUBPROOF of RFC 9162, 2.1.4.1. */
static size_t subproof(const struct merkle_hash *leaf, uint64_t size, uint64_t earlier, bool whole,
                       struct merkle_hash *ret)
{
    if (earlier == size) {
        if (whole) return 0;
        root_of(leaf, size, ret);
        return 1;
    }
    uint64_t k = split(size);
    size_t count;
    if (earlier <= k) {
        count = subproof(leaf, k, earlier, whole, ret);
        root_of(leaf + k, size - k, &ret[count]);
    } else {
        count = subproof(leaf + k, size - k, earlier - k, false, ret);
        root_of(leaf, k, &ret[count]);
    }
    return count + 1;
}

size_t merkle_consistency(const struct merkle_hash *leaf, uint64_t size, uint64_t earlier,
                          struct merkle_hash ret[static MERKLE_PROOF_MAX])
{
    assert(earlier > 0 && earlier <= size);
    return subproof(leaf, size, earlier, true, ret);
}

/* RFC 9162, 2.1.4.2. */
bool merkle_consistency_holds(uint64_t earlier, const struct merkle_hash *earlier_root,
                              uint64_t size, const struct merkle_hash *root,
                              const struct merkle_hash *proof, size_t count)
{
    if (earlier == 0 || earlier > size) return false;
    if (earlier == size) return count == 0 && merkle_equal(earlier_root, root);
    bool power = (earlier & (earlier - 1)) == 0;
    if (!power && count == 0) return false;
    uint64_t at = earlier - 1;
    uint64_t last = size - 1;
    while (at & 1) {
        at >>= 1;
        last >>= 1;
    }
    struct merkle_hash old = power ? *earlier_root : proof[0];
    struct merkle_hash new = old;
    for (size_t i = power ? 0 : 1; i < count; i++) {
        if (last == 0) return false;
        if ((at & 1) || at == last) {
            merkle_node(&proof[i], &old, &old);
            merkle_node(&proof[i], &new, &new);
            while (!(at & 1) && at != 0) {
                at >>= 1;
                last >>= 1;
            }
        } else {
            merkle_node(&new, &proof[i], &new);
        }
        at >>= 1;
        last >>= 1;
    }
    return last == 0 && merkle_equal(&old, earlier_root) && merkle_equal(&new, root);
}
