/*
 * Signing the log, and proofs of what is in it.
 */
#include "domain/audit_checkpoint.h"

#include "base/arena.h"

#include <assert.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>

static const struct str inclusion_head = STR_INIT("c2sp.org/tlog-proof@v1\n");
static const struct str growth_head = STR_INIT("pendeen audit growth 1\n");

void audit_signer(const struct keyring *keys, struct checkpoint_signer *ret)
{
    uint8_t seed[SEAL_KEY_SIZE];
    uint8_t name[SEAL_TAG_SIZE];
    char text[64];
    keyring_tag(keys, "audit log", STR("name"), name);
    snprintf(text, sizeof text, "pendeen-audit/%02x%02x%02x%02x%02x%02x%02x%02x", name[0], name[1],
             name[2], name[3], name[4], name[5], name[6], name[7]);
    keyring_derive(keys, "audit checkpoint", seed);
    checkpoint_signer_from_seed(seed, text, ret);
    sodium_memzero(seed, sizeof seed);
}

/* --- the log's hashes ------------------------------------------------------------------- */

struct leaves {
    struct merkle_hash *leaf;
    uint64_t count;
    struct merkle_hash root;
    struct buf text; /* of the leaf that is asked for */
};

static void leaves_done(struct leaves *leaves)
{
    free(leaves->leaf);
    buf_done(&leaves->text);
}

static enum st read_leaves(struct db *db, int64_t wanted, struct leaves *ret, struct err *err)
{
    struct merkle_frontier head;
    enum st outcome = audit_log_head(db, &head, err);
    if (outcome != ST_OK) return outcome;
    merkle_root(&head, &ret->root);
    ret->leaf = calloc(head.size + 1, sizeof *ret->leaf);
    if (!ret->leaf) abort();
    buf_init(&ret->text, AUDIT_LEAF_TEXT_MAX);
    struct audit_walk walk = {.db = db, .after = INT64_MIN};
    while (ret->count < head.size && audit_walk_next(&walk)) {
        struct audit_line line = audit_line_from_row(walk.query);
        ret->leaf[ret->count++] = line.leaf;
        if (line.number == wanted) audit_leaf_text(&line, &ret->text);
    }
    outcome = audit_walk_end(&walk, err);
    if (outcome == ST_OK && ret->count != head.size)
        outcome =
            err_set(err, ST_CONFLICT, "Lines of the log are missing: run 'pendeen audit verify'.");
    return outcome;
}

/* Reads them at one moment. */
static enum st load(struct store *store, int64_t wanted, struct leaves *ret, struct err *err)
{
    *ret = (struct leaves){0};
    struct db *db = store_read_begin(store, err);
    if (!db) return ST_FAILED;
    enum st outcome = store_read_hold(db, err);
    if (outcome == ST_OK) outcome = read_leaves(db, wanted, ret, err);
    store_read_release(db);
    store_read_end(store, db);
    if (outcome != ST_OK) leaves_done(ret);
    return outcome;
}

static void sign(const struct checkpoint_signer *signer, uint64_t size,
                 const struct merkle_hash *root, struct buf *out)
{
    struct checkpoint now = {.size = size, .root = *root};
    memcpy(now.origin, signer->key.name, sizeof now.origin);
    checkpoint_write(&now, signer, out);
}

enum st audit_checkpoint_sign(struct store *store, const struct checkpoint_signer *signer,
                              struct buf *out, struct err *err)
{
    struct merkle_frontier head;
    struct merkle_hash root;
    struct db *db = store_read_begin(store, err);
    if (!db) return ST_FAILED;
    enum st outcome = audit_log_head(db, &head, err);
    store_read_end(store, db);
    if (outcome != ST_OK) return outcome;
    merkle_root(&head, &root);
    sign(signer, head.size, &root, out);
    return ST_OK;
}

/* --- proving -------------------------------------------------------------------------------- */

static void add_hashes(struct buf *out, const struct merkle_hash *hash, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        checkpoint_hash_write(&hash[i], out);
        buf_add_char(out, '\n');
    }
}

static void add_base64(struct buf *out, struct str bytes)
{
    size_t size = sodium_base64_encoded_len(bytes.len, sodium_base64_VARIANT_ORIGINAL);
    char *text = malloc(size);
    if (!text) abort();
    sodium_bin2base64(text, size, (const uint8_t *)bytes.ptr, bytes.len,
                      sodium_base64_VARIANT_ORIGINAL);
    buf_add_c(out, text);
    free(text);
}

enum st audit_prove_line(struct store *store, const struct checkpoint_signer *signer,
                         int64_t number, struct buf *out, struct err *err)
{
    struct leaves leaves;
    struct merkle_hash proof[MERKLE_PROOF_MAX];
    struct merkle_hash leaf;
    enum st outcome = load(store, number, &leaves, err);
    if (outcome != ST_OK) return outcome;
    if (number < 1 || (uint64_t)number > leaves.count) {
        leaves_done(&leaves);
        return err_set(err, ST_NOT_FOUND, "The log has no line %lld.", (long long)number);
    }
    uint64_t index = (uint64_t)number - 1;
    size_t count = merkle_inclusion(leaves.leaf, leaves.count, index, proof);
    merkle_leaf(buf_str(&leaves.text), &leaf);
    if (!merkle_inclusion_holds(&leaf, index, leaves.count, proof, count, &leaves.root))
        outcome =
            err_set(err, ST_CONFLICT, "Line %lld does not fit the log: run 'pendeen audit verify'.",
                    (long long)number);
    if (outcome == ST_OK) {
        buf_add(out, inclusion_head);
        buf_add_c(out, "extra ");
        add_base64(out, buf_str(&leaves.text));
        buf_add_fmt(out, "\nindex %" PRIu64 "\n", index);
        add_hashes(out, proof, count);
        buf_add_char(out, '\n');
        sign(signer, leaves.count, &leaves.root, out);
    }
    leaves_done(&leaves);
    return outcome;
}

enum st audit_prove_growth(struct store *store, const struct checkpoint_signer *signer,
                           struct str earlier, struct buf *out, struct err *err)
{
    struct checkpoint old;
    struct leaves leaves;
    struct merkle_hash proof[MERKLE_PROOF_MAX];
    enum st outcome = checkpoint_verify(earlier, &signer->key, &old, err);
    if (outcome == ST_OK) outcome = load(store, 0, &leaves, err);
    if (outcome != ST_OK) return outcome;
    if (old.size > leaves.count || old.size == 0)
        outcome = err_set(err, ST_INVALID,
                          "The checkpoint is of %" PRIu64 " lines, and the log has %" PRIu64 ".",
                          old.size, leaves.count);
    else {
        size_t count = merkle_consistency(leaves.leaf, leaves.count, old.size, proof);
        if (!merkle_consistency_holds(old.size, &old.root, leaves.count, &leaves.root, proof,
                                      count))
            outcome = err_set(err, ST_CONFLICT, "The log is not a growth of that checkpoint: "
                                                "run 'pendeen audit verify'.");
        if (outcome == ST_OK) {
            buf_add(out, growth_head);
            add_hashes(out, proof, count);
            buf_add_char(out, '\n');
            buf_add(out, earlier);
            buf_add_char(out, '\n');
            sign(signer, leaves.count, &leaves.root, out);
        }
    }
    leaves_done(&leaves);
    return outcome;
}

/* --- checking a proof ------------------------------------------------------------------------- */

bool audit_is_proof(struct str text)
{
    return str_starts(text, inclusion_head) || str_starts(text, growth_head);
}

static enum st no_proof(struct err *err)
{
    return err_set(err, ST_INVALID, "That is not a proof as 'pendeen audit prove' writes it.");
}

/* Hashes up to an empty line. */
static bool take_hashes(struct str *rest, struct merkle_hash ret[static MERKLE_PROOF_MAX],
                        size_t *ret_count)
{
    struct str line;
    *ret_count = 0;
    while (str_split(rest, '\n', &line)) {
        if (!line.len) return rest->ptr != NULL;
        if (*ret_count == MERKLE_PROOF_MAX || !checkpoint_hash_read(line, &ret[*ret_count]))
            return false;
        ++*ret_count;
    }
    return false;
}

/* The bytes of "extra …", in the arena; false when the line is none. */
static bool take_extra(struct arena *arena, struct str line, struct str *ret)
{
    if (!str_starts(line, STR("extra ")) || line.len > 64 << 10) return false;
    struct str text = str_sub(line, 6, line.len);
    uint8_t *bytes = arena_alloc(arena, text.len + 1);
    size_t got = 0;
    const char *end = NULL;
    if (sodium_base642bin(bytes, text.len, text.ptr, text.len, NULL, &got, &end,
                          sodium_base64_VARIANT_ORIGINAL) != 0 || end != text.ptr + text.len)
        return false;
    *ret = str_of((const char *)bytes, got);
    return true;
}

static enum st check_inclusion(struct arena *arena, struct str text,
                               const struct checkpoint_key *key, struct buf *ret_words,
                               struct err *err)
{
    struct str rest = str_sub(text, inclusion_head.len, text.len);
    struct str line = {0};
    struct str entry = {0};
    int64_t index = 0;
    struct merkle_hash proof[MERKLE_PROOF_MAX];
    size_t count = 0;
    if (!str_split(&rest, '\n', &line) || !take_extra(arena, line, &entry) ||
        !str_split(&rest, '\n', &line) || !str_starts(line, STR("index ")) ||
        !str_to_int(str_sub(line, 6, line.len), &index) || index < 0 ||
        !take_hashes(&rest, proof, &count))
        return no_proof(err);
    struct checkpoint checkpoint;
    enum st outcome = checkpoint_verify(rest, key, &checkpoint, err);
    if (outcome != ST_OK) return outcome;
    struct merkle_hash leaf;
    merkle_leaf(entry, &leaf);
    if (!merkle_inclusion_holds(&leaf, (uint64_t)index, checkpoint.size, proof, count,
                                &checkpoint.root))
        return err_set(err, ST_CONFLICT, "The proof does not hold: the line is not in that log.");
    buf_add_fmt(ret_words, "Line %" PRId64 " is in the log of %" PRIu64 " lines signed by %s:\n",
                index + 1, checkpoint.size, key->name);
    buf_add(ret_words, entry);
    return ST_OK;
}

static enum st check_growth(struct str text, const struct checkpoint_key *key,
                            struct buf *ret_words, struct err *err)
{
    struct str rest = str_sub(text, growth_head.len, text.len);
    struct merkle_hash proof[MERKLE_PROOF_MAX];
    size_t count = 0;
    if (!take_hashes(&rest, proof, &count)) return no_proof(err);
    /* Two notes follow, each with an empty line inside and one between them. */
    ptrdiff_t middle = str_find(rest, STR("\n\n"), 0);
    if (middle >= 0) middle = str_find(rest, STR("\n\n"), (size_t)middle + 2);
    if (middle < 0) return no_proof(err);
    struct checkpoint old;
    struct checkpoint new;
    enum st outcome = checkpoint_verify(str_sub(rest, 0, (size_t)middle + 1), key, &old, err);
    if (outcome == ST_OK)
        outcome = checkpoint_verify(str_sub(rest, (size_t)middle + 2, rest.len), key, &new, err);
    if (outcome != ST_OK) return outcome;
    if (!merkle_consistency_holds(old.size, &old.root, new.size, &new.root, proof, count))
        return err_set(err, ST_CONFLICT,
                       "The proof does not hold: the log was rewritten between the two.");
    buf_add_fmt(ret_words,
                "The log of %" PRIu64 " lines has grown into that of %" PRIu64
                ", and nothing in it was "
                "changed. Both are signed by %s.\n",
                old.size, new.size, key->name);
    return ST_OK;
}

enum st audit_check_proof(struct str text, const struct checkpoint_key *key, struct buf *ret_words,
                          struct err *err)
{
    if (str_starts(text, growth_head)) return check_growth(text, key, ret_words, err);
    if (!str_starts(text, inclusion_head)) return no_proof(err);
    struct arena arena;
    arena_init(&arena, 1 << 20);
    enum st outcome = check_inclusion(&arena, text, key, ret_words, err);
    arena_done(&arena);
    return outcome;
}
