/* The key ring, sealed values, sealed files, shares of the recovery key. */
#include "base/arena.h"
#include "seal/cover.h"
#include "seal/field.h"
#include "seal/keyring.h"
#include "seal/secret.h"
#include "seal/stream.h"

#include "tests_common.h"

#include <sys/stat.h>
#include <unistd.h>

static struct arena arena;
static char folder[64];
static char path[100];

static int fresh(void **state)
{
    (void)state;
    assert_true(seal_start());
    arena_init(&arena, 16 << 20);
    temporary_folder(folder);
    snprintf(path, sizeof path, "%s/keys", folder);
    return 0;
}

static int done(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

static struct keyring *ring_made(const char *passphrase)
{
    struct keyring *ring = NULL;
    struct err err = {0};
    if (keyring_open(path, str_from(passphrase), true, &ring, &err) != ST_OK)
        fail_msg("%s", err.public);
    return ring;
}

static enum st try_open(const char *passphrase)
{
    struct keyring *ring = NULL;
    enum st outcome = keyring_open(path, str_from(passphrase), false, &ring, NULL);
    if (outcome == ST_OK) keyring_free(ring);
    return outcome;
}

/* --- values --------------------------------------------------------------------------- */

static struct data_key some_key(int64_t id)
{
    struct data_key key = {.id = id};
    data_key_fill(&key);
    return key;
}

static void a_value_opens_only_in_its_own_place(void **state)
{
    (void)state;
    struct data_key key = some_key(7);
    struct str sealed = field_seal(&arena, &key, FIELD_SUBMISSION_WORDS, 12, STR("a silver Corsa"));
    assert_int_equal(sealed.len, 14 + FIELD_OVERHEAD);
    assert_true(str_find(sealed, STR("Corsa"), 0) < 0);
    struct str plain;
    assert_int_equal(field_open(&arena, &key, FIELD_SUBMISSION_WORDS, 12, sealed, &plain, NULL),
                     ST_OK);
    assert_true(str_eq(plain, STR("a silver Corsa")));
    /* Another column, row, key id, key. */
    assert_int_equal(field_open(&arena, &key, FIELD_MENTION_FIELDS, 12, sealed, &plain, NULL),
                     ST_CONFLICT);
    assert_int_equal(field_open(&arena, &key, FIELD_SUBMISSION_WORDS, 13, sealed, &plain, NULL),
                     ST_CONFLICT);
    struct data_key other = key;
    other.id = 8;
    assert_int_equal(field_open(&arena, &other, FIELD_SUBMISSION_WORDS, 12, sealed, &plain, NULL),
                     ST_CONFLICT);
    other = some_key(7);
    assert_int_equal(field_open(&arena, &other, FIELD_SUBMISSION_WORDS, 12, sealed, &plain, NULL),
                     ST_CONFLICT);
}

static void a_changed_byte_does_not_open(void **state)
{
    (void)state;
    struct data_key key = some_key(1);
    struct str sealed = field_seal(&arena, &key, FIELD_DECISION_REASON, 1, STR("one driver"));
    struct str plain;
    for (size_t i = 0; i < sealed.len; i++) {
        char *changed = (char *)(uintptr_t)str_dup(&arena, sealed).ptr;
        changed[i] ^= 1;
        assert_int_equal(field_open(&arena, &key, FIELD_DECISION_REASON, 1,
                                    str_of(changed, sealed.len), &plain, NULL),
                         ST_CONFLICT);
    }
    for (size_t length = 0; length < sealed.len; length++)
        assert_int_equal(field_open(&arena, &key, FIELD_DECISION_REASON, 1,
                                    str_sub(sealed, 0, length), &plain, NULL),
                         ST_CONFLICT);
    /* The same words never look the same twice. */
    assert_false(
        str_eq(sealed, field_seal(&arena, &key, FIELD_DECISION_REASON, 1, STR("one driver"))));
}

static void every_column_has_a_key_of_its_own(void **state)
{
    (void)state;
    struct data_key key = some_key(1);
    uint8_t made[FIELD_COUNT][SEAL_KEY_SIZE];
    for (int i = 0; i < FIELD_COUNT; i++) {
        field_key(&key, (enum seal_field)i, made[i]);
        for (int k = 0; k < i; k++) {
            assert_memory_not_equal(made[i], made[k], SEAL_KEY_SIZE);
            assert_string_not_equal(field_place((enum seal_field)i),
                                    field_place((enum seal_field)k));
        }
    }
}

static void texts_come_back_as_they_were(void **state)
{
    (void)state;
    struct str text[5] = {STR("first"), STR(""), STR("third \0 with a NUL"), STR(""), STR("x")};
    struct str packed = texts_pack(&arena, text, 5);
    struct str back[6];
    assert_true(texts_unpack(packed, back, 6)); /* a list that has grown since */
    for (int i = 0; i < 5; i++) assert_true(str_eq(back[i], text[i]));
    assert_int_equal(back[5].len, 0);
    assert_false(texts_unpack(packed, back, 3));
    /* A cut is noticed, but where a text ends. */
    for (size_t length = 1; length < packed.len; length++)
        if (length != 10 && length != 33)
            assert_false(texts_unpack(str_sub(packed, 0, length), back, 6));
}

/* --- the ring ----------------------------------------------------------------------------- */

static void a_ring_keeps_what_it_wrapped_over_a_turn(void **state)
{
    (void)state;
    struct keyring *ring = ring_made("");
    struct data_key key = some_key(5);
    uint8_t wrapped[SEAL_WRAPPED_SIZE];
    uint8_t back[SEAL_KEY_SIZE];
    uint32_t by = keyring_wrap(ring, KEY_RECORD, 5, key.bytes, wrapped);
    assert_int_equal(by, keyring_current(ring, KEY_RECORD));
    assert_int_not_equal(by, keyring_current(ring, KEY_SOURCE));
    assert_int_equal(keyring_rotate(ring, NULL), ST_OK);
    assert_int_not_equal(by, keyring_current(ring, KEY_RECORD));
    keyring_free(ring);
    ring = NULL;
    assert_int_equal(keyring_open(path, STR(""), false, &ring, NULL), ST_OK);
    struct str bytes = str_of((const char *)wrapped, sizeof wrapped);
    assert_int_equal(keyring_unwrap(ring, by, 5, bytes, back, NULL), ST_OK);
    assert_memory_equal(back, key.bytes, SEAL_KEY_SIZE);
    /* Not for another row, nor by another key. */
    assert_int_equal(keyring_unwrap(ring, by, 6, bytes, back, NULL), ST_CONFLICT);
    assert_int_equal(keyring_unwrap(ring, keyring_current(ring, KEY_RECORD), 5, bytes, back, NULL),
                     ST_CONFLICT);
    assert_int_equal(keyring_unwrap(ring, 99, 5, bytes, back, NULL), ST_NOT_FOUND);
    /* A current key cannot be forgotten, an old one can, and then what it wrapped is gone. */
    assert_int_equal(keyring_forget(ring, keyring_current(ring, KEY_SOURCE), NULL), ST_CONFLICT);
    assert_int_equal(keyring_forget(ring, by, NULL), ST_OK);
    assert_int_equal(keyring_unwrap(ring, by, 5, bytes, back, NULL), ST_NOT_FOUND);
    keyring_free(ring);
}

static void a_passphrase_locks_the_file(void **state)
{
    (void)state;
    struct keyring *ring = ring_made("");
    uint8_t tag[SEAL_TAG_SIZE];
    uint8_t again[SEAL_TAG_SIZE];
    keyring_tag(ring, "a purpose", STR("bytes"), tag);
    assert_int_equal(keyring_set_passphrase(ring, STR("tin mine chimney"), NULL), ST_OK);
    assert_int_equal(try_open(""), ST_DENIED);
    assert_int_equal(try_open("tin mine chimneys"), ST_DENIED);
    assert_int_equal(try_open("tin mine chimney"), ST_OK);
    /* Reading again and turning over need no passphrase: the lock is still held. */
    assert_int_equal(keyring_rotate(ring, NULL), ST_OK);
    assert_int_equal(keyring_reload(ring, NULL), ST_OK);
    keyring_free(ring);
    ring = NULL;
    assert_int_equal(keyring_open(path, STR("tin mine chimney"), false, &ring, NULL), ST_OK);
    keyring_tag(ring, "a purpose", STR("bytes"), again);
    assert_memory_equal(tag, again, sizeof tag);
    keyring_tag(ring, "another purpose", STR("bytes"), again);
    assert_memory_not_equal(tag, again, sizeof tag);
    assert_int_equal(keyring_set_passphrase(ring, STR(""), NULL), ST_OK);
    keyring_free(ring);
    assert_int_equal(try_open(""), ST_OK);
}

static void a_ring_that_others_can_read_is_refused(void **state)
{
    (void)state;
    keyring_free(ring_made(""));
    assert_int_equal(chmod(path, 0640), 0);
    assert_int_equal(try_open(""), ST_DENIED);
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(try_open(""), ST_OK);
    struct stat about;
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(try_open(""), ST_NOT_FOUND);
}

static void a_damaged_ring_is_refused(void **state)
{
    (void)state;
    keyring_free(ring_made(""));
    FILE *file = fopen(path, "rb");
    char text[4096];
    size_t size = fread(text, 1, sizeof text, file);
    fclose(file);
    static const char *bad[] = {"",
                                "nothing",
                                "pendeen key ring 2\n",
                                "pendeen key ring 1\n",
                                "pendeen key ring 1\nindex AAAA\n",
                                "pendeen key ring 1\nkey 1 record 1 AAAA\n"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        file = fopen(path, "wb");
        fputs(bad[i], file);
        fclose(file);
        assert_int_equal(try_open(""), ST_INVALID);
    }
    for (size_t cut = 1; cut < size - 1; cut += 7) {
        file = fopen(path, "wb");
        fwrite(text, 1, cut, file);
        fclose(file);
        assert_int_equal(try_open(""), ST_INVALID);
    }
}

/* --- recovery --------------------------------------------------------------------------------- */

static void any_k_of_n_shares_bring_the_ring_back(void **state)
{
    (void)state;
    enum { N = 5, K = 3 };
    struct keyring *ring = ring_made("tin mine chimney");
    struct str share[N];
    assert_int_equal(keyring_split(ring, &arena, N, 1, share, NULL), ST_INVALID);
    assert_int_equal(keyring_split(ring, &arena, 2, 3, share, NULL), ST_INVALID);
    assert_int_equal(keyring_split(ring, &arena, N, K, share, NULL), ST_OK);
    /* What came after the split is recovered too. */
    assert_int_equal(keyring_rotate(ring, NULL), ST_OK);
    uint32_t current = keyring_current(ring, KEY_RECORD);
    keyring_free(ring);
    for (int a = 0; a < N; a++)
        for (int b = 0; b < N; b++)
            for (int c = 0; c < N; c++) {
                if (a == b || b == c || a == c) continue;
                struct str given[K] = {share[a], share[b], share[c]};
                unlink(path);
                struct err err = {0};
                if (keyring_recover(path, given, K, &err) != ST_OK) fail_msg("%s", err.public);
                ring = NULL;
                assert_int_equal(keyring_open(path, STR(""), false, &ring, NULL), ST_OK);
                assert_int_equal(keyring_current(ring, KEY_RECORD), current);
                keyring_free(ring);
            }
    assert_int_equal(keyring_recover(path, share, N, NULL), ST_OK);
}

static void wrong_shares_are_named(void **state)
{
    (void)state;
    struct keyring *ring = ring_made("");
    struct str share[3];
    struct str other[3];
    assert_int_equal(keyring_split(ring, &arena, 3, 2, other, NULL), ST_OK);
    assert_int_equal(keyring_split(ring, &arena, 3, 2, share, NULL), ST_OK);
    keyring_free(ring);
    struct err err = {0};
    assert_int_equal(keyring_recover(path, share, 1, &err), ST_INVALID);
    assert_non_null(strstr(err.public, "2 shares are needed"));
    struct str twice[2] = {share[1], share[1]};
    assert_int_equal(keyring_recover(path, twice, 2, NULL), ST_INVALID);
    struct str mixed[2] = {share[0], other[1]};
    assert_int_equal(keyring_recover(path, mixed, 2, NULL), ST_INVALID);
    for (size_t i = 0; i < share[1].len; i++) {
        char *changed = (char *)(uintptr_t)str_dup(&arena, share[1]).ptr;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        struct str given[2] = {share[0], str_of(changed, share[1].len)};
        assert_int_equal(keyring_recover(path, given, 2, &err), ST_INVALID);
        assert_non_null(strstr(err.public, "Share 2"));
    }
}

/* --- files ------------------------------------------------------------------------------------ */

static size_t read_all(const uint8_t *key, char *into, size_t size, ssize_t *ret_last)
{
    FILE *file = fopen(path, "rb");
    struct stream_reader *reader = stream_read_begin(file, key);
    size_t got = 0;
    *ret_last = -1;
    if (reader)
        while ((*ret_last = stream_read(reader, into + got, size - got)) > 0)
            got += (size_t)*ret_last;
    stream_read_end(reader);
    fclose(file);
    return got;
}

static void a_file_of_any_length_comes_back(void **state)
{
    (void)state;
    struct data_key key = some_key(1);
    static const size_t sizes[] = {0, 1, 1000, 65535, 65536, 65537, 131072, 300001};
    char *text = malloc(400000);
    char *back = malloc(400000);
    for (size_t i = 0; i < 400000; i++) text[i] = (char)(i * 31 + i / 977);
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        FILE *file = fopen(path, "wb");
        struct stream_writer *writer = stream_write_begin(file, key.bytes);
        assert_non_null(writer);
        for (size_t at = 0; at < sizes[s]; at += 777)
            assert_true(
                stream_write(writer, str_of(text + at, sizes[s] - at < 777 ? sizes[s] - at : 777)));
        assert_true(stream_write_end(writer));
        fclose(file);
        ssize_t last;
        assert_int_equal(read_all(key.bytes, back, 400000, &last), sizes[s]);
        assert_int_equal(last, 0);
        assert_memory_equal(text, back, sizes[s]);
        /* Cut short, it is not taken for the whole. */
        struct stat about;
        assert_int_equal(stat(path, &about), 0);
        assert_int_equal(truncate(path, about.st_size - 1), 0);
        read_all(key.bytes, back, 400000, &last);
        assert_int_equal(last, -1);
    }
    free(text);
    free(back);
}

static void what_is_covered_opens_for_its_owner_alone(void **state)
{
    (void)state;
    struct cover *cover = cover_new();
    struct cover *other = cover_new();
    assert_non_null(cover);
    assert_non_null(other);
    const struct str owner = STR("7 token /entities/1");
    const struct str plain = STR("Kept for a while.");
    uint8_t sealed[64];
    uint8_t again[64];
    char back[64];
    const size_t len = plain.len + COVER_OVERHEAD;
    assert_true(cover_seal(cover, owner, plain, sealed));
    assert_true(cover_seal(cover, owner, plain, again));
    assert_memory_not_equal(sealed, again, len); /* no nonce twice */
    assert_true(cover_open(cover, owner, str_of((const char *)again, len), back));
    assert_memory_equal(back, plain.ptr, plain.len);
    assert_false(
        cover_open(cover, STR("8 token /entities/1"), str_of((const char *)sealed, len), back));
    for (size_t i = 0; i < plain.len; i++) assert_int_equal(back[i], 0);
    assert_false(cover_open(other, owner, str_of((const char *)sealed, len), back));
    assert_false(cover_open(cover, owner, str_of((const char *)sealed, len - 1), back));
    assert_false(cover_open(cover, owner, str_of((const char *)sealed, COVER_OVERHEAD - 1), back));
    for (size_t i = 0; i < len; i++) { /* each byte of it counts */
        sealed[i] ^= 1;
        assert_false(cover_open(cover, owner, str_of((const char *)sealed, len), back));
        sealed[i] ^= 1;
    }
    assert_true(cover_open(cover, owner, str_of((const char *)sealed, len), back));
    /* Of several each is judged by itself. */
    char first[64];
    char second[64];
    struct covered list[] = {
        {STR("8 token /entities/1"), str_of((const char *)sealed, len), first, true},
        {owner, str_of((const char *)sealed, COVER_OVERHEAD - 1), NULL, true},
        {owner, str_of((const char *)again, len), second, false}};
    cover_open_all(cover, list, 3);
    assert_true(!list[0].opened && !list[1].opened && list[2].opened);
    for (size_t i = 0; i < plain.len; i++) assert_int_equal(first[i], 0);
    assert_memory_equal(second, plain.ptr, plain.len);
    cover_free(cover);
    cover_free(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_value_opens_only_in_its_own_place, fresh, done),
        cmocka_unit_test_setup_teardown(a_changed_byte_does_not_open, fresh, done),
        cmocka_unit_test_setup_teardown(every_column_has_a_key_of_its_own, fresh, done),
        cmocka_unit_test_setup_teardown(texts_come_back_as_they_were, fresh, done),
        cmocka_unit_test_setup_teardown(a_ring_keeps_what_it_wrapped_over_a_turn, fresh, done),
        cmocka_unit_test_setup_teardown(a_passphrase_locks_the_file, fresh, done),
        cmocka_unit_test_setup_teardown(a_ring_that_others_can_read_is_refused, fresh, done),
        cmocka_unit_test_setup_teardown(a_damaged_ring_is_refused, fresh, done),
        cmocka_unit_test_setup_teardown(any_k_of_n_shares_bring_the_ring_back, fresh, done),
        cmocka_unit_test_setup_teardown(wrong_shares_are_named, fresh, done),
        cmocka_unit_test(what_is_covered_opens_for_its_owner_alone),
        cmocka_unit_test_setup_teardown(a_file_of_any_length_comes_back, fresh, done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
