/* Words that may tell who said so, alone and together; and two versions compared. */
#include "base/buf.h"
#include "domain/area_feedback.h"
#include "domain/telltale.h"
#include "domain/word_diff.h"

#include "partnership.h"

enum { TEACHER, COLLEAGUE, STRANGER, PEOPLE };
static const struct cast cast[PEOPLE] = {
    {"Tamsin Hale", "Porth Academy", "education", ROLE_practitioner},
    {"Jory Birch", "Porth Academy", "education", ROLE_representative},
    {"Kerensa Vane", "A hospital", "health", ROLE_practitioner},
};
static struct person people[PEOPLE];
static char folder[64];

static int begin(void **state)
{
    (void)state;
    open_partnership(256 << 20, folder);
    add_people(cast, PEOPLE, people);
    return 0;
}

/* "I=first-person,classroom=workplace" */
static struct str marks(const char *text, const struct telltale_hints *hints)
{
    struct telltale found[50];
    struct str said = STR("");
    size_t count = telltales_find(area, str_from(text), hints, 50, found);
    for (size_t i = 0; i < count; i++)
        said = str_fmt(&arena, i ? "%.*s,%.*s=%.*s" : "%.*s%.*s=%.*s", STR_ARG(said),
                       STR_ARG(str_sub(str_from(text), found[i].start, found[i].size)),
                       STR_ARG(found[i].kind->id));
    return said;
}

static void says(struct str said, const char *wanted)
{
    if (!str_eq(said, str_from(wanted))) fail_msg("'%.*s', not '%s'", STR_ARG(said), wanted);
}

static void each_sort_is_found(void **state)
{
    (void)state;
    says(marks("A green van waits.", NULL), "");
    says(marks("I saw my own car. IMAGINE.", NULL), "I=first-person,my=first-person");
    says(marks("The Teaching Assistant and the nurse", NULL), "Teaching Assistant=role,nurse=role");
    says(marks("in Our School, on the ward", NULL), "Our School=workplace,the ward=workplace");
    says(marks("Mr Penrose waits by the slipway.", NULL), "Mr=name,the slipway=place");
    says(marks("He told me so, in confidence", NULL), "told me=only-one,in confidence=only-one");
    /* Times: words and the clock; no part of a longer number, and no version number. */
    says(marks("On Tuesdays at 15:40, 3pm or 11 am; 07700 900123, 1.250, 12:345", NULL),
         "Tuesdays=time,15:40=time,3pm=time,11 am=time");
    /* Bytes that are no text do no harm. */
    says(marks("\xff\xfe I \xc3", NULL), "I=first-person");
    /* At most as many as asked for. */
    struct telltale one;
    assert_int_equal(telltales_find(area, STR("I and me and my"), NULL, 1, &one), 1);
    assert_int_equal(telltales_find(NULL, STR("I and me"), NULL, 1, &one), 0);
}

static bool were_shown(const char *then, const char *now)
{
    struct telltale_line *line = NULL;
    size_t count = telltale_lines(&arena, area, str_from(then), NULL, &line);
    struct str shown = telltale_shown(&arena, line, count);
    /* As a browser gives it back. */
    struct str form = STR("");
    struct str one;
    while (str_split(&shown, '\n', &one))
        form = str_fmt(&arena, "%.*s%.*s\r\n", STR_ARG(form), STR_ARG(one));
    count = telltale_lines(&arena, area, str_from(now), NULL, &line);
    return telltale_were_shown(form, line, count);
}

static void what_was_shown_is_known_again(void **state)
{
    (void)state;
    assert_true(were_shown("A van.", "A van."));
    assert_true(were_shown("I saw it. The nurse told\nme.", "I saw it. The nurse told\nme."));
    assert_true(were_shown("I saw it. The nurse told me.", "The nurse saw it."));
    assert_false(were_shown("I saw it.", "I saw it. The nurse told me."));
    assert_false(were_shown("", "I saw it."));
    /* Once more is something else. */
    assert_false(were_shown("The nurse saw it.", "The nurse saw it. Another nurse did."));
    /* Together they tell what they do not alone. */
    assert_false(were_shown("The nurse saw it. A van. A van. On Monday. A van. By the gate.",
                            "The nurse saw it on Monday by the gate."));
}

static void what_is_known_of_the_organisation_counts(void **state)
{
    (void)state;
    struct mention mention[2] = {{.kind = LINK_PERSON}, {.kind = LINK_PLACE}};
    mention[0].field[LINK_NAME] = STR("Corin Trewin");
    mention[1].field[LINK_VENUE] = STR("Blue Door Cafe");
    struct submission submission = {.organisation = people[TEACHER].organisation,
                                    .where_text = STR("Rosevean Lane"),
                                    .mention = mention,
                                    .mention_count = 2};
    struct telltale_hints hints;
    assert_int_equal(telltale_hints_read(&app, &arena, &submission, &hints, NULL), ST_OK);
    says(marks("tamsin said that Jory Birch of Porth Academy knows Corin Trewin", &hints),
         "tamsin=name,Jory Birch=name,Porth Academy=workplace,Corin Trewin=name");
    says(marks("by the Blue Door cafe in Rosevean Lane, Redruth", &hints),
         "Blue Door cafe=place,Rosevean Lane=place,Redruth=place");
    /* Nobody of another organisation, and no part of a longer word. */
    says(marks("Kerensa was in Birchwood", &hints), "");
    submission.organisation = people[STRANGER].organisation;
    assert_int_equal(telltale_hints_read(&app, &arena, &submission, &hints, NULL), ST_OK);
    says(marks("Kerensa and Tamsin", &hints), "Kerensa=name");
}

/* A hospital has more than a few hundred people, and each may be named. */
static void everybody_of_a_large_organisation_counts(void **state)
{
    (void)state;
    enum { MANY = 400 };
    struct db *db = NULL;
    struct submission submission = {.where_text = STR("")};
    struct telltale_hints hints;
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    assert_int_equal(organisation_ensure(db, STR("A trust"), STR("health"), STR("mid"),
                                         &submission.organisation, NULL),
                     ST_OK);
    for (int i = 0; i < MANY; i++) {
        int64_t id = 0;
        struct account_new account = {.email = str_fmt(&arena, "trust%d@example.org", i),
                                      .name = str_fmt(&arena, "Nurse%d Penrose%d", i, i),
                                      .organisation = submission.organisation,
                                      .roles = 1u << ROLE_practitioner};
        if (i + 1 == MANY) account.name = STR("Zennor Last");
        assert_int_equal(account_add(&app, db, &account, 0, &id, NULL), ST_OK);
    }
    assert_int_equal(store_write_commit(app.store, db, NULL), ST_OK);
    assert_int_equal(telltale_hints_read(&app, &arena, &submission, &hints, NULL), ST_OK);
    says(marks("Zennor said so", &hints), "Zennor=name");
}

/* Took minutes while every phrase went through all the marks from each of them. */
static void marks_without_end_are_gone_through_once(void **state)
{
    (void)state;
    static const char *const mark[] = {"\"", "'", ". ", "\xe2\x80\x9c", "-'"};
    enum { BYTES = 200000, HINTS = 400 };
    struct telltale found[2];
    struct telltale_hint hint[HINTS];
    struct telltale_hints hints = {hint, HINTS};
    struct buf text;
    buf_init(&text, 2 * BYTES);
    for (size_t i = 0; i < HINTS; i++)
        hint[i] = (struct telltale_hint){str_fmt(&arena, "(Quay %zu)", i), TELLTALE_PLACE};
    for (size_t i = 0; i < sizeof mark / sizeof *mark; i++) {
        buf_clear(&text);
        while (text.len < BYTES) buf_add_c(&text, mark[i]);
        buf_add_c(&text, " by quay 7, then");
        assert_int_equal(telltales_find(area, buf_str(&text), &hints, 2, found), 1);
        assert_true(str_eq(str_sub(buf_str(&text), found[0].start, found[0].size), STR("quay 7")));
        assert_true(str_eq(found[0].kind->id, STR(TELLTALE_PLACE)));
    }
    buf_done(&text);
}

/* "[role place time] who-was-there"; the parts as they stand. */
static struct str together(const char *text)
{
    struct telltale found[50];
    struct telltale_together list[TELLTALES_TOGETHER_MAX];
    struct str said = STR("");
    size_t count = telltales_find(area, str_from(text), NULL, 50, found);
    size_t made =
        telltales_together(area, str_from(text), found, count, TELLTALES_TOGETHER_MAX, list);
    for (size_t i = 0; i < made; i++) {
        assert_true(list[i].start + list[i].size <= strlen(text));
        for (size_t k = 0; k < list[i].part_count; k++) {
            struct str part = str_sub(str_from(text), list[i].part[k].start, list[i].part[k].size);
            said = str_fmt(&arena, k ? "%.*s+%.*s" : "%.*s[%.*s", STR_ARG(said), STR_ARG(part));
        }
        said = str_fmt(&arena, "%.*s]", STR_ARG(said));
    }
    return said;
}

static void what_fits_one_person_only_together_is_said(void **state)
{
    (void)state;
    says(together("The caretaker found phones."), "");
    says(together("The caretaker was by the slipway."), "");
    says(together("The caretaker was by the slipway on Tuesday."),
         "[caretaker+the slipway+Tuesday]");
    /* Two sentences that follow each other still tell together; what
     * stands farther apart does not. */
    says(together("The caretaker found phones. By the slipway, on Tuesday."),
         "[caretaker+the slipway+Tuesday]");
    says(together("The caretaker found phones. A van. A car. By the slipway, on Tuesday."), "");
    says(together("A nurse on the ward at 21:30."), "[nurse+the ward+21:30]");
    says(together("I was in my classroom."), "[I+classroom]");
    /* Once for each place where it begins. */
    says(together("A nurse was at the gate on Monday.\nThe caretaker was by the quay on Friday."),
         "[nurse+the gate+Monday][caretaker+the quay+Friday]");
}

/* The pack of Cornwall with its feedback.txt changed. */
static void refused(const char *out, const char *in, const char *message)
{
    static int number;
    char pack[100];
    char command[300];
    struct area *bad = NULL;
    struct err err = {0};
    char *text = NULL;
    size_t size = 0;
    snprintf(pack, sizeof pack, "%s/pack%d", folder, number++);
    snprintf(command, sizeof command, "cp -r areas/cornwall %s && chmod -R u+w %s", pack, pack);
    FILE *copying = popen(command, "r");
    assert_non_null(copying);
    assert_int_equal(pclose(copying), 0);
    snprintf(command, sizeof command, "%s/feedback.txt", pack);
    FILE *file = fopen(command, "r");
    assert_non_null(file);
    FILE *into = open_memstream(&text, &size);
    for (int c; (c = fgetc(file)) != EOF;) fputc(c, into);
    fclose(file);
    fclose(into);
    char *at = strstr(text, out);
    assert_non_null(at);
    file = fopen(command, "w");
    fprintf(file, "%.*s%s%s", (int)(at - text), text, in, at + strlen(out));
    fclose(file);
    free(text);
    assert_int_equal(area_load(pack, &bad, &err), ST_INVALID);
    if (!strstr(err.public, message)) fail_msg("'%s', not '%s'", err.public, message);
}

static void a_pack_names_only_sources_that_it_has(void **state)
{
    (void)state;
    refused("words = name\n  role\n", "words = name\n  shoe-size\n",
            "names the source 'shoe-size', which is not there");
    refused("[workplace]", "[place-of-work]", "there is no source [workplace].");
    refused("[given-back]", "[gone]", "there is no answer of the referral unit [given-back].");
    refused("kind = together\nlabel = A name", "kind = beside\nlabel = A name",
            "kind is state, hold, return, no-action, close, source, together or maru.");
}

/* --- compared ------------------------------------------------------------------------------- */

/* "same -out- +in+" */
static struct str compared(const char *before, const char *after)
{
    struct word_run *run = NULL;
    struct str said = STR("");
    size_t count = word_diff(&arena, str_from(before), str_from(after), &run);
    for (size_t i = 0; i < count; i++) {
        const char *sign = run[i].change == WORDS_REMOVED ? "-"
                           : run[i].change == WORDS_ADDED ? "+"
                                                          : "";
        said = str_fmt(&arena, "%.*s%s%.*s%s", STR_ARG(said), sign, STR_ARG(run[i].text), sign);
    }
    return said;
}

static void words_taken_out_and_put_in_are_told(void **state)
{
    (void)state;
    says(compared("", ""), "");
    says(compared("one two", "one two"), "one two");
    says(compared("", "one"), "+one+");
    says(compared("one", ""), "-one-");
    says(compared("I saw a van by the quay", "Somebody saw a van by the quay"),
         "-I -+Somebody +saw a van by the quay");
    says(compared("a b c d", "a c d e"), "a -b -c d +e+");
    says(compared("he  said\nso", "he said so"), "he said so"); /* white space is no word */
    says(compared("waits, there", "waits there"), "-waits, -+waits +there");
}

/* Nothing is lost and nothing made up, whatever the texts are. */
static void both_texts_can_be_read_out_of_the_comparison(void **state)
{
    (void)state;
    uint32_t seed = 7;
    for (int round = 0; round < 300; round++) {
        char text[2][400];
        struct str read[2] = {STR(""), STR("")};
        for (int t = 0; t < 2; t++) {
            size_t at = 0;
            int words = (int)((seed = seed * 1664525u + 1013904223u) >> 27);
            for (int w = 0; w < words; w++) {
                seed = seed * 1664525u + 1013904223u;
                at += (size_t)snprintf(text[t] + at, sizeof text[t] - at, "%c%u ",
                                       "abc"[seed >> 30 > 2 ? 0 : seed >> 30], (seed >> 20) % 3);
            }
            text[t][at] = 0;
        }
        struct word_run *run = NULL;
        size_t count = word_diff(&arena, str_from(text[0]), str_from(text[1]), &run);
        for (size_t i = 0; i < count; i++) {
            if (run[i].change != WORDS_ADDED)
                read[0] = str_fmt(&arena, "%.*s%.*s", STR_ARG(read[0]), STR_ARG(run[i].text));
            if (run[i].change != WORDS_REMOVED)
                read[1] = str_fmt(&arena, "%.*s%.*s", STR_ARG(read[1]), STR_ARG(run[i].text));
            if (i) assert_int_not_equal(run[i].change, run[i - 1].change);
        }
        for (int t = 0; t < 2; t++)
            says(str_trim(read[t]), str_c(&arena, str_trim(str_from(text[t]))));
    }
}

static void long_texts_are_compared_in_bounds(void **state)
{
    (void)state;
    enum { SIZE = 20000 };
    char *text[2] = {malloc(SIZE + 1), malloc(SIZE + 1)};
    for (int t = 0; t < 2; t++) {
        for (int i = 0; i < SIZE; i++)
            text[t][i] = (char)(i % 2 ? ' ' : (t ? 'a' : 'A') + i / 2 % 26);
        text[t][SIZE] = 0;
    }
    struct word_run *run = NULL;
    assert_int_equal(word_diff(&arena, str_from(text[0]), str_from(text[1]), &run), 2);
    assert_int_equal(run[0].change, WORDS_REMOVED);
    assert_int_equal(run[0].text.len, SIZE);
    free(text[0]);
    free(text[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_sort_is_found),
        cmocka_unit_test(what_was_shown_is_known_again),
        cmocka_unit_test(what_is_known_of_the_organisation_counts),
        cmocka_unit_test(everybody_of_a_large_organisation_counts),
        cmocka_unit_test(marks_without_end_are_gone_through_once),
        cmocka_unit_test(what_fits_one_person_only_together_is_said),
        cmocka_unit_test(a_pack_names_only_sources_that_it_has),
        cmocka_unit_test(words_taken_out_and_put_in_are_told),
        cmocka_unit_test(both_texts_can_be_read_out_of_the_comparison),
        cmocka_unit_test(long_texts_are_compared_in_bounds),
    };
    return cmocka_run_group_tests(tests, begin, close_partnership);
}
