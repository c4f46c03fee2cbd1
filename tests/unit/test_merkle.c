/* The tree against vectors that another program computed, proofs of every size, and signed
 * checkpoints. */
#include "seal/checkpoint.h"
#include "seal/merkle.h"
#include "seal/secret.h"

#include "tests_common.h"

#include <sodium.h>

enum { SIZES = 300 };

static struct merkle_hash leaves[SIZES];
static struct merkle_hash roots[SIZES + 1];

static void assert_hex(const uint8_t *bytes, const char *hex)
{
    char text[2 * MERKLE_HASH_SIZE + 1];
    sodium_bin2hex(text, sizeof text, bytes, MERKLE_HASH_SIZE);
    assert_string_equal(text, hex);
}

/* The inputs and roots by which logs of Certificate Transparency are tested; computed
 * afresh by a few lines of Python with hashlib. */
static void roots_are_those_of_rfc_6962(void **state)
{
    (void)state;
    static const struct str entries[] = {
        STR_INIT(""),         STR_INIT("\x00"),     STR_INIT("\x10"),
        STR_INIT("\x20\x21"), STR_INIT("\x30\x31"), STR_INIT("\x40\x41\x42\x43"),
        STR_INIT("\x50\x51\x52\x53\x54\x55\x56\x57"),
        STR_INIT("\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f"),
    };
    static const char *expected[] = {
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
    struct merkle_frontier frontier = {0};
    struct merkle_hash leaf[8];
    struct merkle_hash root;
    for (size_t i = 0; i <= 8; i++) {
        merkle_root(&frontier, &root);
        assert_hex(root.bytes, expected[i]);
        if (i == 8) break;
        merkle_leaf(entries[i], &leaf[i]);
        merkle_append(&frontier, &leaf[i]);
    }
    struct merkle_hash proof[MERKLE_PROOF_MAX];
    assert_int_equal(merkle_inclusion(leaf, 8, 5, proof), 3);
    assert_hex(proof[0].bytes, "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b");
    assert_hex(proof[1].bytes, "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0");
    assert_hex(proof[2].bytes, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7");
    assert_int_equal(merkle_consistency(leaf, 8, 6, proof), 3);
    assert_hex(proof[0].bytes, "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a");
}

/* All roots and proofs of sizes 1 to 60 hashed together, as a recursion in Python that
 * follows the words of RFC 9162 made them. */
static void proofs_are_those_of_another_program(void **state)
{
    (void)state;
    crypto_hash_sha256_state all;
    crypto_hash_sha256_init(&all);
    struct merkle_hash proof[MERKLE_PROOF_MAX];
    for (uint64_t size = 1; size <= 60; size++) {
        crypto_hash_sha256_update(&all, roots[size].bytes, MERKLE_HASH_SIZE);
        for (uint64_t index = 0; index < size; index++) {
            size_t count = merkle_inclusion(leaves, size, index, proof);
            crypto_hash_sha256_update(&all, proof[0].bytes, count * MERKLE_HASH_SIZE);
            count = merkle_consistency(leaves, size, index + 1, proof);
            crypto_hash_sha256_update(&all, proof[0].bytes, count * MERKLE_HASH_SIZE);
        }
    }
    uint8_t digest[MERKLE_HASH_SIZE];
    crypto_hash_sha256_final(&all, digest);
    assert_hex(digest, "262a50700db39e346126ec994f6216f25bfb90a278191cdf147b61cb08132ff9");
}

static bool includes(uint64_t size, uint64_t index, const struct merkle_hash *proof, size_t count)
{
    return merkle_inclusion_holds(&leaves[index], index, size, proof, count, &roots[size]);
}

static void inclusion_of_every_size(void **state)
{
    (void)state;
    struct merkle_hash proof[MERKLE_PROOF_MAX];
    for (uint64_t size = 1; size <= SIZES; size++) {
        for (uint64_t index = size % 5; index < size; index += 1 + size / 12) {
            size_t count = merkle_inclusion(leaves, size, index, proof);
            assert_true(includes(size, index, proof, count));
            /* Another leaf, place, size, or proof does not do. */
            if (size > 1)
                assert_false(merkle_inclusion_holds(&leaves[(index + 1) % size], index, size, proof,
                                                    count, &roots[size]));
            assert_false(merkle_inclusion_holds(&leaves[index], index, size, proof, count,
                                                &roots[size - 1]));
            assert_false(
                merkle_inclusion_holds(&leaves[index], size, size, proof, count, &roots[size]));
            if (count) {
                assert_false(includes(size, index, proof, count - 1));
                proof[count] = proof[count - 1];
                assert_false(includes(size, index, proof, count + 1));
                proof[(index + size) % count].bytes[size % MERKLE_HASH_SIZE] ^= 1;
                assert_false(includes(size, index, proof, count));
            }
        }
    }
}

static bool consistent(uint64_t earlier, uint64_t size, const struct merkle_hash *proof,
                       size_t count)
{
    return merkle_consistency_holds(earlier, &roots[earlier], size, &roots[size], proof, count);
}

static void consistency_of_every_size(void **state)
{
    (void)state;
    struct merkle_hash proof[MERKLE_PROOF_MAX];
    for (uint64_t size = 1; size <= SIZES; size++) {
        for (uint64_t earlier = 1 + size % 3; earlier <= size; earlier += 1 + size / 12) {
            size_t count = merkle_consistency(leaves, size, earlier, proof);
            assert_true(consistent(earlier, size, proof, count));
            assert_false(merkle_consistency_holds(earlier, &roots[earlier - 1], size, &roots[size],
                                                  proof, count));
            assert_false(merkle_consistency_holds(earlier, &roots[earlier], size, &roots[size - 1],
                                                  proof, count));
            assert_false(merkle_consistency_holds(size + 1, &roots[earlier], size, &roots[size],
                                                  proof, count));
            if (count == 0) continue;
            assert_false(consistent(earlier, size, proof, count - 1));
            proof[size % count].bytes[earlier % MERKLE_HASH_SIZE] ^= 128;
            assert_false(consistent(earlier, size, proof, count));
        }
    }
}

/* --- checkpoints ---------------------------------------------------------------------- */

static struct checkpoint_signer signer;

static void write_note(uint64_t size, struct buf *out)
{
    struct checkpoint checkpoint = {
        .origin = "pendeen-audit/test", .size = size, .root = roots[size]};
    buf_init(out, CHECKPOINT_NOTE_MAX);
    checkpoint_write(&checkpoint, &signer, out);
    assert_false(out->overflow);
}

/* The key that the documentation of signed notes signs its example with. */
static void keys_are_those_of_signed_note(void **state)
{
    (void)state;
    static const char public[] =
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    static const char secret[] = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    uint8_t bytes[33];
    assert_int_equal(sodium_base642bin(bytes, sizeof bytes, secret, strlen(secret), NULL, NULL,
                                       NULL, sodium_base64_VARIANT_ORIGINAL),
                     0);
    struct checkpoint_signer peter;
    checkpoint_signer_from_seed(bytes + 1, "PeterNeumann", &peter);
    struct buf text;
    buf_init(&text, 1000);
    checkpoint_key_write(&peter.key, &text);
    assert_string_equal(text.data, public);
    buf_done(&text);
    struct checkpoint_key key;
    assert_int_equal(checkpoint_key_read(str_from(public), &key, NULL), ST_OK);
    assert_memory_equal(&key, &peter.key, sizeof key);
    static const char *wrong[] = {
        "",
        "+",
        "PeterNeumann",
        "PeterNeumann+c74f20a3",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TX"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(checkpoint_key_read(str_from(wrong[i]), &key, NULL), ST_INVALID);
}

static void a_checkpoint_comes_back(void **state)
{
    (void)state;
    struct buf note;
    struct checkpoint read;
    write_note(17, &note);
    assert_int_equal(checkpoint_verify(buf_str(&note), &signer.key, &read, NULL), ST_OK);
    assert_int_equal(read.size, 17);
    assert_true(merkle_equal(&read.root, &roots[17]));
    assert_string_equal(read.origin, "pendeen-audit/test");
    /* Any bit of it that changes is found. */
    for (size_t at = 0; at < note.len; at++) {
        note.data[at] ^= (char)(1 << at % 7);
        assert_int_not_equal(checkpoint_verify(buf_str(&note), &signer.key, &read, NULL), ST_OK);
        note.data[at] ^= (char)(1 << at % 7);
    }
    for (size_t length = 0; length < note.len; length++)
        assert_int_not_equal(
            checkpoint_verify(str_sub(buf_str(&note), 0, length), &signer.key, &read, NULL), ST_OK);
    buf_done(&note);
}

static void others_may_sign_too(void **state)
{
    (void)state;
    static const uint8_t seed[32] = {9};
    struct checkpoint_signer other;
    checkpoint_signer_from_seed(seed, "witness.example.org", &other);
    struct buf note;
    struct buf both;
    struct checkpoint read;
    write_note(5, &note);
    assert_int_equal(checkpoint_verify(buf_str(&note), &other.key, &read, NULL), ST_DENIED);
    buf_init(&both, 4000);
    buf_add(&both, buf_str(&note));
    buf_add_c(&both, "\xe2\x80\x94 witness.example.org AAAAAAAA\n");
    assert_int_equal(checkpoint_verify(buf_str(&both), &signer.key, &read, NULL), ST_OK);
    buf_add_c(&both, "not a signature\n");
    assert_int_equal(checkpoint_verify(buf_str(&both), &signer.key, &read, NULL), ST_INVALID);
    buf_done(&both);
    buf_done(&note);
}

static int start(void **state)
{
    (void)state;
    static const uint8_t seed[32] = {1, 2, 3};
    if (!seal_start()) return -1;
    struct merkle_frontier frontier = {0};
    merkle_root(&frontier, &roots[0]);
    for (size_t i = 0; i < SIZES; i++) {
        char text[16];
        int length = snprintf(text, sizeof text, "%zu", i);
        merkle_leaf(str_of(text, (size_t)length), &leaves[i]);
        merkle_append(&frontier, &leaves[i]);
        merkle_root(&frontier, &roots[i + 1]);
    }
    checkpoint_signer_from_seed(seed, "pendeen-audit/test", &signer);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roots_are_those_of_rfc_6962),
        cmocka_unit_test(proofs_are_those_of_another_program),
        cmocka_unit_test(inclusion_of_every_size),
        cmocka_unit_test(consistency_of_every_size),
        cmocka_unit_test(keys_are_those_of_signed_note),
        cmocka_unit_test(a_checkpoint_comes_back),
        cmocka_unit_test(others_may_sign_too),
    };
    return cmocka_run_group_tests_name("merkle", tests, start, NULL);
}
