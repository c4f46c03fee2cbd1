/*
 * Forms that the area pack writes: what is said of a file with mistakes, and of every
 * question of the referral form that is answered wrongly.
 */
#include "base/arena.h"
#include "domain/area.h"
#include "domain/question_sign.h"
#include "domain/questions.h"
#include "domain/questions_mention.h"

#include "tests_common.h"

static const struct date today = {2026, 11, 27};

struct fixture {
    struct arena arena;
    struct area *area;
    const struct questions *set;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    struct err err = {0};
    arena_init(&fixture->arena, 8 << 20);
    if (area_load("areas/cornwall", &fixture->area, &err) != ST_OK) fail_msg("%s", err.public);
    fixture->set = area_referral(fixture->area);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    area_free(fixture->area);
    arena_done(&fixture->arena);
    free(fixture);
    return 0;
}

/* --- the file -------------------------------------------------------------------------- */

#define START "[x]\nform = F\n[s]\nsection = S\npart = P\nsource = Q\n[t]\nstep = T\n"

static void test_mistakes_of_the_file_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *message;
    } mistakes[] = {
        {"", "x.txt, line 1: there is no question."},
        {"[a]\nsection = S\n", "x.txt, line 1: [a] needs 'source = ...'."},
        {"[a]\nsection = S\nsource = Q\n", "x.txt, line 1: the first section needs 'part = ...'."},
        {"[a]\nstep = S\n", "x.txt, line 1: a step stands under a section."},
        {"[a]\nquestion = S\n", "x.txt, line 1: a question stands under a step."},
        {"[a]\nname = S\n",
         "x.txt, line 1: [a] is a 'section = ...', a 'step = ...' or a 'question = ...'."},
        {START, "x.txt, line 1: the step [t] asks nothing."},
        {START "[q]\nquestion = Q\ntype = lin\n",
         "x.txt, line 9: [q] needs a type that there is, not 'lin'."},
        {START "[q]\nquestion = Q\ntype = choice\n",
         "x.txt, line 9: a choice needs two options or more."},
        {START "[q]\nquestion = Q\ntype = choice\noptions =\n  a\n",
         "x.txt, line 9: an option is 'id: what it says', one a line, not 'a'."},
        {START "[q]\nquestion = Q\ntype = choice\noptions =\n  A: a\n",
         "x.txt, line 9: the id of an option is lower-case-words-with-hyphens, not 'A'."},
        {START "[q]\nquestion = Q\ntype = choice\noptions =\n  unknown: a\n",
         "x.txt, line 9: 'unknown' cannot be an option: every question may offer it."},
        {START "[q]\nquestion = Q\ntype = choice\noptions =\n  a: a\n  a: b\n",
         "x.txt, line 9: the option 'a' stands there twice."},
        {START "[q]\nquestion = Q\ntype = line\noptions =\n  a: b\n",
         "x.txt, line 9: only a choice has options."},
        {START "[q]\nquestion = Q\ntype = yes-no\noptions =\n  yes: Y\n  maybe: M\n",
         "x.txt, line 9: the options of yes-no are yes and no."},
        {START "[q]\nquestion = Q\ntype = line\nmention = nam\n",
         "x.txt, line 9: a mention has no field 'nam'."},
        {START "[q]\nquestion = Q\ntype = yes-no\nmention = name\n",
         "x.txt, line 9: a choice becomes no mention."},
        {START "[q]\nquestion = Q\ntype = line\nthing = home\n",
         "x.txt, line 9: 'thing' stands beside 'mention = ...'."},
        {START "[q]\nquestion = Q\ntype = line\nunknown = maybe\n",
         "x.txt, line 9: unknown is yes or no."},
        {START "[q]\nquestion = Q\ntype = line\npast = yes\n",
         "x.txt, line 9: only a day can have to be past."},
        {START "[q]\nquestion = Q\ntype = line\nparts = yes\n",
         "x.txt, line 9: only a phone number can be told in parts by 'parts'."},
        {START "[q]\nquestion = Q\ntype = line\n[u]\nstep = U\nonly-if = q\nonly-is = yes\n",
         "x.txt, line 12: only-if names an earlier choice of the same section."},
        {START "[q]\nquestion = Q\ntype = yes-no\n[u]\nstep = U\nonly-if = q\nonly-is = perhaps\n",
         "x.txt, line 12: [q] has no option 'perhaps'."},
        {START "[q]\nquestion = Q\ntype = yes-no\n[u]\nstep = U\nonly-if = q\n",
         "x.txt, line 12: only-is says for which answers."},
        {"[s]\nsection = S\npart = P\nsource = Q\none = thing\n",
         "x.txt, line 1: a section that repeats has both 'one' and 'named-by'."},
        {"[x]\nform = F\n[s]\nsection = S\npart = P\nsource = Q\none = a\nnamed-by = z\n[t]\nstep "
         "= T\n[q]\n"
         "question = Q\ntype = line\n",
         "x.txt, line 1: [s] is named by one of its own questions."},
        {"[s]\nsection = S\npart = P\nsource = Q\n[t]\nstep = T\n[q]\nquestion = Q\ntype = line\n",
         "x.txt, line 1: the first heading says 'form = ...'."},
        {"[s]\nsection = S\npart = P\nsource = Q\nof = child\n",
         "x.txt, line 1: of names an earlier section that repeats."},
        {START "signs = portent\n",
         "x.txt, line 7: signs is circumstance, sign, context or strength."},
        {START "signs = sign\n", "x.txt, line 1: the step [t] asks nothing."},
        {START "[q]\nquestion = Q\ntype = \n",
         "x.txt, line 9: [q] needs a type that there is, not ''."},
    };
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        struct arena arena;
        struct area_text text;
        struct questions set;
        struct err err = {0};
        arena_init(&arena, 4 << 20);
        assert_int_equal(
            area_text_parse(&arena, STR("x.txt"), str_from(mistakes[i].text), &text, &err), ST_OK);
        assert_int_equal(questions_read(&arena, &text, &set, &err), ST_INVALID);
        assert_string_equal(err.public, mistakes[i].message);
        arena_done(&arena);
    }
}

static void test_the_form_of_the_pack(void **state)
{
    struct fixture *fixture = *state;
    const struct questions *set = fixture->set;
    assert_true(set->question_count > 80);
    const struct question_section *child = questions_find_section(set, STR("child"));
    assert_true(str_eq(child->one, STR("child")));
    const struct question *name = questions_find(set, STR("child-name"));
    assert_int_equal(name->mention, LINK_NAME);
    assert_true(name->blocking && name->unknown && name->not_applicable);
    assert_null(questions_find(set, STR("nobody-asks")));
    const struct question_step *when = questions_find_step(set, STR("referrer-phoned-when"));
    assert_false(question_step_asked(when, NULL));
    assert_true(question_step_asked(when, &(struct answer){ANSWER_GIVEN, STR("yes")}));
    assert_false(question_step_asked(when, &(struct answer){ANSWER_GIVEN, STR("no")}));
    assert_false(question_step_asked(when, &(struct answer){.kind = ANSWER_UNKNOWN}));
    /* Nothing that somebody fills in may go by without a word that nobody knew, or that it does
     * not apply. */
    for (size_t i = 0; i < set->question_count; i++)
        assert_true(set->question[i].unknown && set->question[i].not_applicable);
    /* Every item of the four vocabularies is asked, for each child, harm before anything. */
    size_t signs = 0;
    size_t items = 0;
    area_signs(fixture->area, &items);
    for (size_t i = 0; i < set->question_count; i++)
        signs += set->question[i].type == QUESTION_SIGN;
    assert_int_equal(signs, items);
    const struct question_section *noticed = questions_find_section(set, STR("signs"));
    assert_true(str_eq(question_rows_of(noticed), STR("child")) &&
                str_eq(noticed->one, STR("child")));
    assert_true(str_eq(set->question[set->step[noticed->first].first].key, STR("child-harmed")));
}

/* --- answers ---------------------------------------------------------------------------- */

/* Wrong input for each type, and a part of what has to be said. */
static const struct wrong {
    enum question_type type;
    const char *typed;
    const char *says;
} wrong_input[] = {
    {QUESTION_NAME, "12345", "Write a name"},
    {QUESTION_BIRTH, "long ago", "Write a date like 14 3 2012"},
    {QUESTION_BIRTH, "45 13 2012", "There is no such day"}, /* and not forty-five years old */
    {QUESTION_BIRTH, "31/2/2012", "There is no such day"},
    {QUESTION_BIRTH, "31 June 2012", "There is no such day"},
    {QUESTION_BIRTH, "31/12/2026", "cannot be after today"},
    {QUESTION_BIRTH, "due when ready", "After “due”"},
    {QUESTION_BIRTH, "3 March", "Write the whole year too"}, /* and not three years old */
    {QUESTION_BIRTH, "03/85", "Write the whole year too"},   /* nor three to eighty-five */
    {QUESTION_DAY, "whenever", "Write when it was"},
    {QUESTION_DAY, "31/2/2026", "Write it like 12/3/2026"},
    {QUESTION_TIME, "25:00", "Write a time like"},
    {QUESTION_TIME, "4", "Write a time like"},
    {QUESTION_TIME, "16:5", "Write a time like"},
    {QUESTION_TIME, "13pm", "Write a time like"},
    {QUESTION_PHONE, "ring me", "Write "},
    {QUESTION_PHONE, "07", "Write "},
    {QUESTION_EMAIL, "name at example", "Write an email address"},
    {QUESTION_NHS_NUMBER, "999 123 4552", "one of its ten digits"},
    {QUESTION_NHS_NUMBER, "999 123 455", "This has 9."},
    {QUESTION_NHS_NUMBER, "999 123 45611", "This has 11."},
    {QUESTION_NHS_NUMBER, "none yet", "This has 0."},
    {QUESTION_POSTCODE, "the white house", "Write a postcode"},
    {QUESTION_REGISTRATION, "- - -  ,", "Write the letters"},
    {QUESTION_REGISTRATION, "a silver car with a dent", "Write the letters"},
    {QUESTION_YES_NO, "perhaps", "Choose one"},
    {QUESTION_CHOICE, "no-such-option", "Choose one"},
    {QUESTION_CHOICES, "no-such-option", "Tick the answers"},
    {QUESTION_SIGN, "perhaps\n\n\n", "Choose one of the answers"},
    {QUESTION_SIGN, "\n\nthe tutor\n", "Choose first how this is known"},
    {QUESTION_SIGN, "observed\nlast week\n\n", "Choose when it was"},
};

static void test_every_question_says_what_to_do(void **state)
{
    struct fixture *fixture = *state;
    struct answer answer;
    char *long_line = malloc(QUESTION_TEXT_MAX + 1);
    memset(long_line, 'a', QUESTION_TEXT_MAX + 1);
    for (size_t i = 0; i < fixture->set->question_count; i++) {
        const struct question *question = &fixture->set->question[i];
        size_t tried = 0;
        for (size_t k = 0; k < sizeof wrong_input / sizeof wrong_input[0]; k++) {
            if (wrong_input[k].type != question->type) continue;
            struct answer_typed typed = {.value = str_from(wrong_input[k].typed)};
            struct str said = answer_check(&fixture->arena, question, today, &typed, &answer);
            if (str_find(said, str_from(wrong_input[k].says), 0) < 0)
                fail_msg("%.*s: '%s' was answered '%.*s'", STR_ARG(question->key),
                         wrong_input[k].typed, STR_ARG(said));
            tried++;
        }
        /* What is too long, or both answered and not known, is said of each. */
        struct answer_typed typed = {.value = {long_line, question->type == QUESTION_TEXT
                                                              ? QUESTION_TEXT_MAX + 1
                                                              : QUESTION_LINE_MAX + 1}};
        if (question->type == QUESTION_SIGN)
            typed.value = str_fmt(&fixture->arena, "observed\nearlier\n%.*s\n",
                                  QUESTION_LINE_MAX + 1, long_line);
        assert_true(str_find(answer_check(&fixture->arena, question, today, &typed, &answer),
                             STR("too long"), 0) > 0);
        typed = (struct answer_typed){.value = STR("14/3/2012"), .unknown = true};
        assert_true(str_find(answer_check(&fixture->arena, question, today, &typed, &answer),
                             STR("Keep one of the two"), 0) > 0);
        typed = (struct answer_typed){.unknown = true, .not_applicable = true};
        assert_true(str_starts(answer_check(&fixture->arena, question, today, &typed, &answer),
                               STR("Tick one")));
        assert_true(tried > 0 || question->type == QUESTION_LINE ||
                    question->type == QUESTION_TEXT || question->type == QUESTION_ADDRESS ||
                    question->type == QUESTION_ORGANISATION);
    }
    free(long_line);
}

/* The room is that of bytes, and is told in the characters that were written. */
static void test_what_is_too_long_has_more_than_there_is_room_for(void **state)
{
    struct fixture *fixture = *state;
    struct answer answer;
    char accents[QUESTION_LINE_MAX + 2];
    for (size_t i = 0; i < sizeof accents; i += 2) memcpy(accents + i, "\xc3\xa9", 2);
    struct answer_typed typed = {.value = {accents, sizeof accents}};
    struct str said = answer_check(&fixture->arena,
                                   questions_find(fixture->set, STR("child-name")), today, &typed,
                                   &answer);
    assert_true(str_find(said, STR("it has 201 characters and there is room for 200."), 0) > 0);
}

static void test_good_input_is_kept_as_typed(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        const char *key;
        const char *typed;
        const char *words;
        const char *read_as;
    } good[] = {
        {"child-name", "  Zoë “Zo” Ångström ", "Zoë “Zo” Ångström", ""},
        {"child-name", "Данило", "Данило", ""},
        {"child-birth", "14 3 2012", "14 3 2012", "born 14 March 2012"},
        {"child-birth", "March 2012", "March 2012", "born 1 March 2012 to 31 March 2012"},
        {"child-birth", "about 15", "about 15", NULL},
        {"child-birth", "due 1 March 2027", "due 1 March 2027", "1 March 2027"},
        {"child-birth", "Due 1/3/27", "Due 1/3/27", "1 March 2027"},
        {"child-birth", "16 or 17", "16 or 17", "born 28 November 2008 to 27 November 2010"},
        {"child-birth", "15 in March", "15 in March", NULL},
        {"child-nhs-number", "999-123-4551", "999-123-4551", ""},
        {"child-postcode", "pl1 1aa", "pl1 1aa", ""},
        {"referrer-learned", "12/3/2026", "12/3/2026", "12 March 2026"},
        {"concern-when", "most Fridays since half term", "most Fridays since half term", NULL},
        {"telephoned-time", "4.50 pm", "4.50 pm", ""},
        {"referrer-phone", "01632 960 001 ext 12", "01632 960 001 ext 12", ""},
        {"referrer-phone", "mob 07700 900123", "mob 07700 900123", ""},
        {"referrer-phone", "07700 900123 or 01632 960001 (work)",
         "07700 900123 or 01632 960001 (work)", ""},
        {"phone-number", "07700 9??", "07700 9??", ""},
        {"vehicle-registration", "wk?? 7?b", "wk?? 7?b", ""},
        {"child-looked-after", "s38", "Yes, under an interim care order (section 38)", ""},
        {"concern-how-known", "saw,child", "I saw or heard it myself; The child told me", ""},
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        const struct question *question = questions_find(fixture->set, str_from(good[i].key));
        struct answer answer = {0};
        struct answer_typed typed = {.value = str_from(good[i].typed)};
        struct str said = answer_check(&fixture->arena, question, today, &typed, &answer);
        if (said.len) fail_msg("'%s' was refused: %.*s", good[i].typed, STR_ARG(said));
        assert_int_equal(answer.kind, ANSWER_GIVEN);
        struct str words = answer_words(&fixture->arena, question, &answer);
        if (!str_eq(words, str_from(good[i].words))) fail_msg("'%.*s'", STR_ARG(words));
        struct str read_as = answer_read_as(&fixture->arena, question, today, &answer);
        if (good[i].read_as && !str_eq(read_as, str_from(good[i].read_as)))
            fail_msg("'%.*s'", STR_ARG(read_as));
        if (!good[i].read_as) assert_true(read_as.len > 0);
    }
}

/* What is kept of a day says the same on every later day, and stays as it
 * was typed when that does. */
static void test_a_day_is_settled_when_it_is_told(void **state)
{
    struct fixture *fixture = *state;
    const struct date told_on = {2026, 3, 12};
    const struct date later = {2031, 2, 28};
    const struct question *day = questions_find(fixture->set, STR("concern-when"));
    static const char *const table[][3] = {
        {"today", "12 March 2026", "12 March 2026"},
        {"yesterday", "11 March 2026", "11 March 2026"},
        {"last night", "11 March 2026", "11 March 2026"},
        {"last Friday about 4", "6 March 2026", "6 March 2026"},
        {"3/12", "3 December 2025", "3 December 2025"},
        {"12/3/26", "12 March 2026", "12 March 2026"},
        {"12 March 2026", "12 March 2026", "12 March 2026"},
        {"12 March", "12 March 2026", "12 March 2026"},
        {"1.12.25", "1 December 2025", "1 December 2025"},
        {"12/3/2026", "12/3/2026", "12 March 2026"},
        {"about 3 March 2026", "about 3 March 2026", "3 March 2026"},
        {"2026-03-01", "2026-03-01", "1 March 2026"},
        {"last week", "2 March 2026 to 8 March 2026 (last week)", "2 March 2026 to 8 March 2026"},
        {"in February", "1 February 2026 to 28 February 2026 (in February)",
         "1 February 2026 to 28 February 2026"},
        {"most Fridays since January 2026",
         "1 January 2026 to 12 March 2026 (most Fridays since January 2026)",
         "1 January 2026 to 12 March 2026"}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct answer told = {ANSWER_GIVEN, str_from(table[i][0])};
        struct answer kept = answer_settled(&fixture->arena, day, told_on, told);
        if (!str_eq(kept.value, str_from(table[i][1])))
            fail_msg("'%s' is kept as '%.*s'", table[i][0], STR_ARG(kept.value));
        struct answer again = answer_settled(&fixture->arena, day, later, kept);
        if (!str_eq(again.value, kept.value))
            fail_msg("'%.*s' became '%.*s'", STR_ARG(kept.value), STR_ARG(again.value));
        struct str read = answer_read_as(&fixture->arena, day, later, &kept);
        if (!str_eq(read, str_from(table[i][2])))
            fail_msg("'%.*s' is read as '%.*s'", STR_ARG(kept.value), STR_ARG(read));
    }
    struct answer words = {ANSWER_GIVEN, STR("yesterday")};
    const struct question *line = questions_find(fixture->set, STR("concern-where"));
    assert_true(str_eq(answer_settled(&fixture->arena, line, told_on, words).value, words.value));
    words.kind = ANSWER_UNKNOWN;
    assert_true(str_eq(answer_settled(&fixture->arena, day, told_on, words).value, words.value));
}

static struct answer one_answer(const void *context, struct str key)
{
    return str_eq(key, STR("suspect-birth")) ? (struct answer){ANSWER_GIVEN, str_from(context)}
                                             : (struct answer){0};
}

/* A date is filed as a birth, an age as an age, and somebody who is due as neither. */
static void test_births_and_ages_are_filed_apart(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        const char *typed;
        enum link_field field;
    } table[] = {{"14 3 1985", LINK_BIRTH}, {"March 1985", LINK_BIRTH}, {"1985", LINK_BIRTH},
                 {"20 or 21", LINK_AGE},    {"25-30", LINK_AGE},        {"maybe 25", LINK_AGE},
                 {"about 40", LINK_AGE},    {"due 1/3/27", LINK_FIELDS}};
    const struct question *asked = questions_find(fixture->set, STR("suspect-birth"));
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct mention_draft mention[4];
        size_t count = questions_mentions(&fixture->arena, fixture->set,
                                          &fixture->set->section[asked->section], one_answer,
                                          table[i].typed, date_to_days(today), mention, 0, 4);
        bool right =
            table[i].field == LINK_FIELDS
                ? count == 0
                : count == 1 && str_eq(mention[0].field[table[i].field], str_from(table[i].typed));
        if (!right) fail_msg("'%s' is filed otherwise", table[i].typed);
    }
}

static struct answer the_phone(const void *context, struct str key)
{
    return str_eq(key, STR("family-phone")) ? (struct answer){ANSWER_GIVEN, str_from(context)}
                                            : (struct answer){0};
}

/* Of a number with more words than a mention has room for, the number is what is joined. */
static void test_a_number_is_found_among_its_words(void **state)
{
    struct fixture *fixture = *state;
    static const char *const table[][2] = {
        {"07700 900123 (mum)", "07700 900123 (mum)"},
        {"07700 900123, which is her mother’s; not before five", "07700 900123"},
        {"her work 01632 960001, or at home in the evening 07700 900123",
         "01632 960001 or 07700 900123"},
    };
    const struct question *asked = questions_find(fixture->set, STR("family-phone"));
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct mention_draft mention[4];
        struct answer_typed typed = {.value = str_from(table[i][0])};
        struct answer answer;
        assert_int_equal(answer_check(&fixture->arena, asked, today, &typed, &answer).len, 0);
        size_t count = questions_mentions(&fixture->arena, fixture->set,
                                          &fixture->set->section[asked->section], the_phone,
                                          table[i][0], date_to_days(today), mention, 0, 4);
        assert_int_equal(count, 1);
        struct str number = mention[0].field[LINK_NUMBER];
        if (!str_eq(number, str_from(table[i][1])))
            fail_msg("'%s' is filed as '%.*s'", table[i][0], STR_ARG(number));
    }
}

static struct str from_table(const void *context, struct str name)
{
    for (const char *const *row = context; row[0]; row += 2)
        if (str_eq(name, str_from(row[0]))) return str_from(row[1]);
    return STR("");
}

/* What is said of a sign: read from its four fields, told in words, refused with all that was
 * typed still there. */
static void test_a_sign_is_recorded(void **state)
{
    struct fixture *fixture = *state;
    const struct question *question = questions_find(fixture->set, STR("sign-new-phone"));
    static const char *const table[] = {"sign-new-phone",
                                        "reported",
                                        "sign-new-phone-period",
                                        "last-6-months",
                                        "sign-new-phone-source",
                                        "her aunt\r\nwho rang",
                                        "sign-new-phone-words",
                                        "A black phone.\n\nIt rings at night.",
                                        NULL};
    static const char *const unsaid[] = {"sign-new-phone", "unknown", "sign-new-phone-words",
                                         "It rings.", NULL};
    static const char *const no_way[] = {"sign-new-phone-words", "It rings.", NULL};
    struct answer answer = {0};
    struct answer_form form = {from_table, table};
    struct answer_typed typed = answer_typed_read(&fixture->arena, question, &form);
    struct str said = answer_check(&fixture->arena, question, today, &typed, &answer);
    if (said.len) fail_msg("%.*s", STR_ARG(said));
    assert_true(str_eq(answer_words(&fixture->arena, question, &answer),
                       STR("Reported, in the last 6 months. Source: her aunt who rang\n"
                           "A black phone.\n\nIt rings at night.")));
    assert_true(
        str_eq(answer_text(question, answer.value), STR("A black phone.\n\nIt rings at night.")));
    typed = answer_typed_of(&answer);
    assert_true(str_eq(sign_answer_of(typed.value).source, STR("her aunt who rang")));
    form = (struct answer_form){from_table, unsaid};
    typed = answer_typed_read(&fixture->arena, question, &form);
    said = answer_check(&fixture->arena, question, today, &typed, &answer);
    assert_true(str_find(said, STR("Keep one of the two"), 0) > 0);
    assert_true(typed.unknown && str_eq(sign_answer_of(typed.value).words, STR("It rings.")));
    form = (struct answer_form){from_table, no_way};
    typed = answer_typed_read(&fixture->arena, question, &form);
    assert_true(answer_check(&fixture->arena, question, today, &typed, &answer).len > 0);
    assert_true(str_eq(sign_answer_of(typed.value).words, STR("It rings.")));
}

static void test_a_form_is_read(void **state)
{
    struct fixture *fixture = *state;
    static const char *const table[] = {
        "child-name", "Zo\r\ne\x01", "child-religion-none-unknown", "yes", "child-gender",
        "not-applicable",
        "concern-how-known-child", "yes", "concern-how-known-saw", "yes", NULL};
    struct answer_form form = {from_table, table};
    static const struct {
        const char *key;
        enum answer_kind kind;
        const char *value;
        const char *words;
    } wanted[] = {
        {"child-name", ANSWER_GIVEN, "Zo\ne", "Zo\ne"},
        {"child-religion", ANSWER_UNKNOWN, "", "No information available"},
        {"child-gender", ANSWER_NOT_APPLICABLE, "", "Not applicable"},
        {"concern-how-known", ANSWER_GIVEN, "saw,child", NULL},
        {"child-language", ANSWER_NONE, "", "Not answered"},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        const struct question *question = questions_find(fixture->set, str_from(wanted[i].key));
        struct answer answer = {0};
        struct answer_typed typed = answer_typed_read(&fixture->arena, question, &form);
        assert_int_equal(answer_check(&fixture->arena, question, today, &typed, &answer).len, 0);
        assert_int_equal(answer.kind, wanted[i].kind);
        assert_true(str_eq(answer.value, str_from(wanted[i].value)));
        if (wanted[i].words)
            assert_true(str_eq(answer_words(&fixture->arena, question, &answer),
                               str_from(wanted[i].words)));
        struct answer_typed again = answer_typed_of(&answer);
        assert_true(str_eq(again.value, answer.value));
        assert_int_equal(again.unknown, answer.kind == ANSWER_UNKNOWN);
        assert_int_equal(again.not_applicable, answer.kind == ANSWER_NOT_APPLICABLE);
        enum answer_kind kind = ANSWER_NONE;
        if (answer.kind)
            assert_true(answer_kind_from_name(str_from(answer_kind_name(answer.kind)), &kind));
        assert_int_equal(kind, answer.kind);
    }
}

static void test_danger_is_told_by_the_answer(void **state)
{
    struct fixture *fixture = *state;
    const struct question *danger = questions_find(fixture->set, STR("danger-is"));
    assert_true(answer_is_danger(danger, &(struct answer){ANSWER_GIVEN, STR("yes")}));
    assert_true(answer_is_danger(danger, &(struct answer){ANSWER_GIVEN, STR("not-sure")}));
    assert_false(answer_is_danger(danger, &(struct answer){ANSWER_GIVEN, STR("no")}));
    const struct question *safe = questions_find(fixture->set, STR("child-safe-now"));
    assert_true(answer_is_danger(safe, &(struct answer){ANSWER_GIVEN, STR("missing")}));
    assert_false(answer_is_danger(safe, &(struct answer){.kind = ANSWER_UNKNOWN}));
    assert_false(answer_is_danger(questions_find(fixture->set, STR("child-name")),
                                  &(struct answer){ANSWER_GIVEN, STR("yes")}));
}

static void test_nhs_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *number; /* NULL: none */
    } cases[] = {
        {"999 123 4551", "999 123 4551"}, {"9991234551", "999 123 4551"},
        {"999-123-4551", "999 123 4551"},
        {"999 123 4560", NULL} /* its check digit would be 10 */,
        {"999 123 4561", NULL},           {"999 000 0018", "999 000 0018"}, {"999123455", NULL},
        {"99912345511", NULL},            {"999123455x", NULL},             {"", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char number[NHS_NUMBER_SIZE] = "";
        bool read = nhs_number_read(str_from(cases[i].text), number);
        if (read != (cases[i].number != NULL)) fail_msg("'%s'", cases[i].text);
        if (read) assert_string_equal(number, cases[i].number);
    }
}

static void test_times_of_day(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int minutes; /* -1: none */
    } cases[] = {
        {"16:50", 1010}, {"16.50", 1010}, {"1650", 1010}, {"4.50pm", 1010}, {"4:50 PM", 1010},
        {"4pm", 960}, {"12am", 0}, {"12 pm", 720}, {"noon", 720}, {"00:00", 0}, {"23:59", 1439},
        {"24:00", -1}, {"4", -1}, {"165", -1}, {"16:5", -1}, {"16:60", -1}, {"0pm", -1},
        {"16:50x", -1}, {"", -1}, {"pm", -1}, {"1650:00", -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int minutes = -1;
        time_of_day_read(str_from(cases[i].text), &minutes);
        if (minutes != cases[i].minutes) fail_msg("'%s' is %d", cases[i].text, minutes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mistakes_of_the_file_are_named),
        cmocka_unit_test(test_the_form_of_the_pack),
        cmocka_unit_test(test_every_question_says_what_to_do),
        cmocka_unit_test(test_what_is_too_long_has_more_than_there_is_room_for),
        cmocka_unit_test(test_good_input_is_kept_as_typed),
        cmocka_unit_test(test_a_day_is_settled_when_it_is_told),
        cmocka_unit_test(test_births_and_ages_are_filed_apart),
        cmocka_unit_test(test_a_number_is_found_among_its_words),
        cmocka_unit_test(test_a_sign_is_recorded),
        cmocka_unit_test(test_a_form_is_read),
        cmocka_unit_test(test_danger_is_told_by_the_answer),
        cmocka_unit_test(test_nhs_numbers),
        cmocka_unit_test(test_times_of_day),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
