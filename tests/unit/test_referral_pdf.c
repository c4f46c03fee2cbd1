/*
 * A referral as a PDF: whatever somebody wrote is letters, and each page says what it is.
 */
#include "web/paper.h"
#include "web/referral_parts.h"
#include "web/referral_pdf.h"

#include "partnership.h"

static struct person teacher;

static int set_up(void **state)
{
    (void)state;
    char folder[64];
    struct db *db = NULL;
    struct account_new account = {.email = STR("teacher@example.org"),
                                  .name = STR("Perran <b>Hazel</b>"),
                                  .roles = 1u << ROLE_practitioner};
    open_partnership(256 << 20, folder);
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    int64_t id = 0;
    assert_int_equal(organisation_ensure(db, STR("A School"), STR("education"), STR("mid"),
                                         &account.organisation, NULL), ST_OK);
    assert_int_equal(account_add(&app, db, &account, 0, &id, NULL), ST_OK);
    assert_int_equal(store_write_commit(app.store, db, NULL), ST_OK);
    assert_int_equal(account_person(&app, &arena, STR("teacher@example.org"), &teacher, NULL),
                     ST_OK);
    return 0;
}

/* A draft whose concern says this, as a PDF. */
static enum st make(struct str words, struct buf *ret, struct err *err)
{
    int64_t id = 0;
    int64_t version = 1;
    size_t clashes = 0;
    struct referral referral;
    struct referral_clash clash;
    struct referral_given given = {questions_find(area_referral(area), STR("concern-reason")),
                                   {ANSWER_GIVEN, words}};
    assert_int_equal(referral_begin(&app, &teacher, STR("cornwall"), &id, err), ST_OK);
    assert_int_equal(
        referral_save(&app, &teacher, id, 0, 1, &given, 1, &clash, &clashes, &arena, &version, err),
        ST_OK);
    assert_int_equal(referral_read(&app, &arena, &teacher, id, &referral, err), ST_OK);
    struct request request = {.app = &app, .arena = &arena, .who = teacher};
    buf_init(ret, 32 << 20);
    return referral_pdf(&request, &referral, "OFFICIAL-SENSITIVE", ret, err);
}

static size_t count_of(const struct buf *pdf, const char *word)
{
    size_t count = 0;
    for (ptrdiff_t at = 0; (at = str_find(buf_str(pdf), str_from(word), (size_t)at)) >= 0; at++)
        count++;
    return count;
}

static void hostile_words_are_letters(void **state)
{
    (void)state;
    static const char *const words[] = {
        "<span size=\"999999\">big</span> & <b>unclosed",
        ") Tj ET endstream endobj 1 0 obj << /OpenAction << /S /JavaScript /JS (app.alert(1)) >> "
        ">>",
        "%PDF-1.7 /Launch (calc.exe)",
        "مرحبا ‏שלום Привет 你好 ñ́̈ 🚗",
        "a\xE2\x80\xAE"
        "reversed\x01\x7F",
        "x",
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        struct buf pdf;
        struct err err = {0};
        if (make(str_from(words[i]), &pdf, &err) != ST_OK) fail_msg("%s: %s", words[i], err.detail);
        assert_true(str_starts(buf_str(&pdf), STR("%PDF-1")));
        assert_true(str_ends(str_trim(buf_str(&pdf)), STR("%%EOF")));
        assert_int_equal(count_of(&pdf, "/OpenAction"), 0);
        assert_int_equal(count_of(&pdf, "/JavaScript"), 0);
        assert_int_equal(count_of(&pdf, "/Launch"), 0);
        buf_done(&pdf);
    }
}

static void long_words_take_many_pages(void **state)
{
    (void)state;
    struct buf pdf;
    struct buf words;
    struct err err = {0};
    buf_init(&words, QUESTION_TEXT_MAX);
    while (words.len < QUESTION_TEXT_MAX - 10) buf_add_c(&words, "word\n");
    assert_int_equal(make(buf_str(&words), &pdf, &err), ST_OK);
    assert_true(count_of(&pdf, "/Type /Page\n") + count_of(&pdf, "/Type /Page ") > 40);
    buf_done(&pdf);
    /* And no word is too long for a line. */
    memset(words.data, 'W', words.len);
    assert_int_equal(make(buf_str(&words), &pdf, &err), ST_OK);
    buf_done(&pdf);
    buf_done(&words);
}

/* Several sections ask about each child: the parts are more than sections and rows. */
static void as_many_children_as_there_may_be(void **state)
{
    (void)state;
    int64_t id = 0;
    struct err err = {0};
    struct referral referral;
    assert_int_equal(referral_begin(&app, &teacher, STR("cornwall"), &id, &err), ST_OK);
    for (int i = 0; i < QUESTION_ROWS_MAX; i++) {
        int64_t row = 0;
        assert_int_equal(referral_row_add(&app, &teacher, id, STR(REFERRAL_CHILD), &row, &err),
                         ST_OK);
        int64_t version = 0;
        size_t clashes = 0;
        struct referral_clash clash;
        struct referral_given given = {questions_find(area_referral(area), STR("child-gender")),
                                       {.kind = ANSWER_UNKNOWN}};
        assert_int_equal(referral_save(&app, &teacher, id, row, INT64_MAX, &given, 1, &clash,
                                       &clashes, &arena, &version, &err),
                         ST_OK);
    }
    assert_int_equal(referral_read(&app, &arena, &teacher, id, &referral, &err), ST_OK);
    struct request request = {.app = &app, .arena = &arena, .who = teacher};
    struct referral_part *part = NULL;
    const struct question_section **empty = NULL;
    size_t empty_count = 0;
    size_t count = referral_parts_of(&request, &referral, &part, &empty, &empty_count);
    assert_true(count > referral.form->section_count + referral.row_count);
    for (size_t i = 0; i < count; i++) {
        assert_true(part[i].section >= referral.form->section &&
                    part[i].section < referral.form->section + referral.form->section_count);
        assert_true(part[i].title.len > 0);
        for (size_t k = 0; k < part[i].count; k++) assert_non_null(part[i].line[k].question);
    }
    struct buf pdf;
    buf_init(&pdf, 32 << 20);
    assert_int_equal(referral_pdf(&request, &referral, "OFFICIAL-SENSITIVE", &pdf, &err), ST_OK);
    buf_done(&pdf);
}

/* The parts that page, print and PDF show read a day on the day of its answer. */
static void a_day_is_read_as_it_was_told(void **state)
{
    (void)state;
    static const instant_ms friday = 1795798200000; /* 27 November 2026, 16:50 */
    static const char *const given_by_day[][2] = {{"concern-when", "last night"},
                                                  {"concern-where", "The harbour"}};
    int64_t id = 0;
    int64_t version = 1;
    struct referral referral;
    struct referral_part *part = NULL;
    const struct question_section **empty = NULL;
    size_t empty_count = 0;
    struct err err = {0};
    clock_set(friday);
    assert_int_equal(referral_begin(&app, &teacher, STR("cornwall"), &id, &err), ST_OK);
    for (size_t i = 0; i < 2; i++) {
        size_t clashes = 0;
        struct referral_clash clash;
        struct referral_given given = {
            questions_find(area_referral(area), str_from(given_by_day[i][0])),
            {ANSWER_GIVEN, str_from(given_by_day[i][1])}};
        assert_int_equal(referral_save(&app, &teacher, id, 0, version, &given, 1, &clash, &clashes,
                                       &arena, &version, &err),
                         ST_OK);
        clock_set(friday + (instant_ms)3 * 24 * 3600000);
    }
    assert_int_equal(referral_read(&app, &arena, &teacher, id, &referral, &err), ST_OK);
    struct request request = {.app = &app, .arena = &arena, .who = teacher};
    size_t count = referral_parts_of(&request, &referral, &part, &empty, &empty_count);
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < part[i].count; k++)
            if (str_eq(part[i].line[k].question->key, STR("concern-when"))) {
                found++;
                if (!str_eq(part[i].line[k].read_as, STR("26 November 2026")))
                    fail_msg("'%.*s'", STR_ARG(part[i].line[k].read_as));
            }
    assert_int_equal(found, 1);
    clock_set(0);
}

static void names_of_people_who_live_here_have_letters(void **state)
{
    (void)state;
    assert_true(paper_has(STR("Żaneta Wójcik, Demelza Hext, Nguyễn Thị Hoa, Søren Åkesson")));
    assert_true(paper_has(STR("Іван Шевченко, محمد, علی, 王小明, ひかり")));
    assert_false(paper_has(STR("\xF3\xB0\x80\x80"))); /* a private character: nobody's */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_people_who_live_here_have_letters),
        cmocka_unit_test(hostile_words_are_letters),
        cmocka_unit_test(long_words_take_many_pages),
        cmocka_unit_test(as_many_children_as_there_may_be),
        cmocka_unit_test(a_day_is_read_as_it_was_told),
    };
    return cmocka_run_group_tests(tests, set_up, close_partnership);
}
