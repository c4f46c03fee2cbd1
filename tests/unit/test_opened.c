/* Texts out of sealed fields are kept sealed, for what they are of
 * alone, until something changes. */
#include "base/change.h"
#include "domain/app.h"
#include "domain/opened.h"

#include "tests_common.h"

static struct app app;
static struct arena arena;

static int start(void **state)
{
    (void)state;
    char folder[64];
    temporary_folder(folder);
    arena_init(&arena, 64 << 20);
    return app_open(&app, folder, NULL, NULL, NULL) == ST_OK ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    app_close(&app);
    arena_done(&arena);
    return 0;
}

/* Of a person who was read just now. */
static const struct scope *scope_now(void)
{
    return scope_of(&app, &arena, &(struct person){.account = 1, .change = change_count()});
}

static bool finds(const struct opened_of *of, const char *wanted)
{
    struct str text;
    bool found = opened_find(scope_now(), &arena, of, &text);
    if (found) assert_true(str_eq(text, str_from(wanted)));
    return found;
}

static void a_text_is_kept_for_what_it_is_of(void **state)
{
    (void)state;
    if (store_is_shared(app.store)) skip(); /* others write there too: nothing is kept */
    const int64_t ids[] = {5, 7};
    struct opened_of title = opened_of(OPENED_TITLE, ids, 2);
    struct opened_of shorter = opened_of(OPENED_TITLE, ids, 1);
    struct opened_of name = opened_of(OPENED_NAME, ids, 2);
    assert_false(finds(&title, ""));
    opened_keep(scope_now(), &title, STR("Somebody Unlikely"));
    assert_true(finds(&title, "Somebody Unlikely"));
    assert_false(finds(&shorter, ""));
    assert_false(finds(&name, ""));
    opened_keep(scope_now(), &shorter, STR("Somebody"));
    assert_true(finds(&shorter, "Somebody"));
    assert_true(finds(&title, "Somebody Unlikely"));
}

static void nothing_is_kept_across_a_change(void **state)
{
    (void)state;
    if (store_is_shared(app.store)) skip();
    const int64_t id = 9;
    struct opened_of title = opened_of(OPENED_TITLE, &id, 1);
    opened_keep(scope_now(), &title, STR("Before"));
    assert_true(finds(&title, "Before"));
    const struct scope *old = scope_now();
    change_note();
    assert_false(finds(&title, ""));
    /* of whom nobody knows how old it is */
    opened_keep(old, &title, STR("Made before, and kept after"));
    assert_false(finds(&title, ""));
    opened_keep(scope_now(), &title, STR("After"));
    change_begins(); /* some have read what comes, others have not */
    assert_false(finds(&title, ""));
    change_ended();
    assert_true(finds(&title, "After"));
}

static void what_is_too_long_or_nobody_s_is_not_kept(void **state)
{
    (void)state;
    char longest[OPENED_TEXT + 1];
    memset(longest, 'x', sizeof longest);
    const int64_t id = 11;
    struct opened_of title = opened_of(OPENED_TITLE, &id, 1);
    opened_keep(scope_now(), &title, str_of(longest, sizeof longest));
    opened_keep(scope_now(), &title, STR(""));
    opened_keep(scope_of(&app, &arena, &(struct person){.account = 1}), &title, STR("no session"));
    assert_false(finds(&title, ""));
    if (store_is_shared(app.store)) return;
    opened_keep(scope_now(), &title, str_of(longest, OPENED_TEXT));
    struct str text;
    assert_true(opened_find(scope_now(), &arena, &title, &text));
    assert_int_equal(text.len, OPENED_TEXT);
}

/* More of them than are looked for at a time, every third of which nobody kept. */
static void many_are_found_at_once(void **state)
{
    (void)state;
    if (store_is_shared(app.store)) skip();
    enum { MANY = 40 };
    struct opened_of of[MANY];
    struct str text[MANY];
    for (int64_t i = 0; i < MANY; i++) {
        of[i] = opened_of(OPENED_TITLE, &(int64_t){1000 + i}, 1);
        if (i % 3)
            opened_keep(scope_now(), &of[i], str_fmt(&arena, "the one of %lld", (long long)i));
    }
    opened_find_all(scope_now(), &arena, of, MANY, text);
    for (int i = 0; i < MANY; i++) {
        assert_int_equal(text[i].ptr != NULL, i % 3 != 0);
        if (i % 3) assert_true(str_eq(text[i], str_fmt(&arena, "the one of %d", i)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(many_are_found_at_once, start, stop),
        cmocka_unit_test_setup_teardown(a_text_is_kept_for_what_it_is_of, start, stop),
        cmocka_unit_test_setup_teardown(nothing_is_kept_across_a_change, start, stop),
        cmocka_unit_test_setup_teardown(what_is_too_long_or_nobody_s_is_not_kept, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
