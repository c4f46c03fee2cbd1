/* An index as bytes: what is read back answers as what was written, and goes on. */
#include "link/snapshot.h"
#include "synthetic.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

enum { REPORTS = 400, ASKED = 20 };

static int make_mentions(void **state)
{
    (void)state;
    return make_synthetic(21, REPORTS);
}

static struct link_index *index_of(size_t from, size_t to)
{
    struct link_index *index = link_index_new();
    for (size_t i = from; i < to; i++)
        assert_int_equal(link_index_insert(index, &all[i], NULL), ST_OK);
    return index;
}

struct bytes {
    uint8_t *at;
    size_t size, taken, room;
};

static bool put(void *context, const void *from, size_t size)
{
    struct bytes *bytes = context;
    while (bytes->size + size > bytes->room) {
        bytes->room = bytes->room * 2 + 4096;
        bytes->at = realloc(bytes->at, bytes->room);
        if (!bytes->at) abort();
    }
    memcpy(bytes->at + bytes->size, from, size);
    bytes->size += size;
    return true;
}

static bool get(void *context, void *into, size_t size)
{
    struct bytes *bytes = context;
    if (bytes->size - bytes->taken < size) return false;
    memcpy(into, bytes->at + bytes->taken, size);
    bytes->taken += size;
    return true;
}

static void assert_same_answers(const struct link_index *a, const struct link_index *b)
{
    assert_int_equal(link_index_count(a), link_index_count(b));
    for (size_t i = 0; i < count; i++) {
        struct link_match left[ASKED], right[ASKED];
        struct link_hit left_hit[ASKED], right_hit[ASKED];
        size_t found = link_index_query(a, &all[i], -20, left, ASKED);
        assert_int_equal(link_index_query(b, &all[i], -20, right, ASKED), found);
        assert_true(found == 0 || memcmp(left, right, found * sizeof *left) == 0);
        struct str text = all[i].field[all[i].kind == LINK_VEHICLE ? LINK_REGISTRATION : LINK_NAME];
        if (i % 9 || !text.len) continue;
        found = link_index_search(a, text, left_hit, ASKED);
        assert_int_equal(link_index_search(b, text, right_hit, ASKED), found);
        for (size_t k = 0; k < found; k++) assert_int_equal(left_hit[k].id, right_hit[k].id);
    }
}

static struct bytes written(const struct link_index *index)
{
    struct bytes bytes = {0};
    assert_true(link_index_write(index, (struct link_sink){put, &bytes}));
    return bytes;
}

static void what_is_read_back_answers_the_same(void **state)
{
    (void)state;
    struct link_index *index = index_of(0, count), *again = link_index_new();
    for (size_t i = 0; i < count; i += 11) assert_true(link_index_remove(index, all[i].id));
    struct bytes bytes = written(index);
    assert_true(link_index_read(again, (struct link_source){get, &bytes}));
    assert_int_equal(bytes.taken, bytes.size);
    assert_same_answers(index, again);
    struct bytes twice = written(again);
    assert_int_equal(twice.size, bytes.size);
    link_index_free(index);
    link_index_free(again);
    free(bytes.at);
    free(twice.at);
}

static void it_goes_on_from_there(void **state)
{
    (void)state;
    struct link_index *whole = index_of(0, count), *half = index_of(0, count / 2),
                      *again = link_index_new();
    struct bytes bytes = written(half);
    assert_true(link_index_read(again, (struct link_source){get, &bytes}));
    struct link_build *build = link_build_begin(again, 0);
    for (size_t i = count / 2; i < count; i++) link_build_add(build, &all[i]);
    assert_int_equal(link_build_end(build), 0);
    assert_same_answers(whole, again);
    for (size_t i = 0; i < count; i += 3) {
        assert_true(link_index_remove(whole, all[i].id));
        assert_true(link_index_remove(again, all[i].id));
    }
    assert_same_answers(whole, again);
    link_index_free(whole);
    link_index_free(half);
    link_index_free(again);
    free(bytes.at);
}

/* Cut off anywhere, it is refused, and the index is as new. */
static void what_is_cut_off_is_refused(void **state)
{
    (void)state;
    struct link_index *index = index_of(0, count / 4), *again = link_index_new();
    struct bytes bytes = written(index);
    size_t whole = bytes.size;
    for (size_t i = 0; i < 60; i++) {
        bytes.size = whole * i / 60;
        bytes.taken = 0;
        assert_false(link_index_read(again, (struct link_source){get, &bytes}));
        assert_int_equal(link_index_count(again), 0);
    }
    bytes.at[0] ^= 1;
    bytes.size = whole;
    bytes.taken = 0;
    assert_false(link_index_read(again, (struct link_source){get, &bytes}));
    assert_int_equal(link_index_insert(again, &all[0], NULL), ST_OK);
    link_index_free(index);
    link_index_free(again);
    free(bytes.at);
}

static void an_empty_index_is_read_back(void **state)
{
    (void)state;
    struct link_index *index = link_index_new(), *again = link_index_new();
    struct bytes bytes = written(index);
    assert_true(link_index_read(again, (struct link_source){get, &bytes}));
    for (size_t i = 0; i < count / 4; i++) {
        assert_int_equal(link_index_insert(index, &all[i], NULL), ST_OK);
        assert_int_equal(link_index_insert(again, &all[i], NULL), ST_OK);
    }
    assert_same_answers(index, again);
    link_index_free(index);
    link_index_free(again);
    free(bytes.at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_read_back_answers_the_same),
        cmocka_unit_test(it_goes_on_from_there),
        cmocka_unit_test(what_is_cut_off_is_refused),
        cmocka_unit_test(an_empty_index_is_read_back),
    };
    return cmocka_run_group_tests_name("snapshot", tests, make_mentions, forget_mentions);
}
