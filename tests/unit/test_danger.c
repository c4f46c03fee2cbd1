/*
 * Words of immediate danger, found and not found.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "domain/area_danger.h"
#include "domain/danger.h"

static const struct {
    const char *text;
    const char *found;
} cases[] = {
    {"She said “he has a knife” — then ran.", "has a knife"},
    {"He has a knife.", "has a knife"},
    {"HE HAS  A\nKNIFE!", "HAS  A\nKNIFE"},
    {"She can\xE2\x80\x99t get out of there", "can\xE2\x80\x99t get out"},
    {"she cant get out", "cant get out"},
    {"being-held at a flat; they won't let her leave", "being-held, won't let her leave"},
    {"in danger, in danger, in danger", "in danger"},
    {"Suicidal", "Suicidal"},
    {"overdose", "overdose"},
    {"He's got a knife", "got a knife"},
    {"She said she wants to die.", "wants to die"},
    {"I don\xE2\x80\x99t want to die", "want to die"},
    {"She has gone missing and nobody knows where she is", "gone missing, nobody knows where"},
    {"missing since last night", "missing since"},
    /* A picture or a sign that touches a word is none of it; a digit of any script is. */
    {"he wont let me leave😭", "wont let me leave"},
    {"he has a knife🔪🔪", "has a knife"},
    {"he has a knife♥️", "has a knife"},
    {"→in danger✓", "in danger"},
    {"in×danger™", "in×danger"},
    {"in danger٣", ""},
    /* Part of a word is not the word. */
    {"The car park, near where the van got a knock", ""},
    {"a child in dangerous company", ""},
    {"he has a knifelike smile", ""},
    {"begin danger", ""},
    {"A silver Corsa was outside the takeaway.", ""},
    {"in dang\xff"
     "er",
     ""},
    {"", ""},
    {"in", ""},
};

static void test_phrases(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct area *area = NULL;
    struct err err = {0};
    assert_int_equal(area_load("areas/cornwall", &area, &err), ST_OK);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct str found = danger_find(&arena, area, str_from(cases[i].text));
        if (!str_eq(found, str_from(cases[i].found)))
            fail_msg("'%s' gave '%.*s', not '%s'", cases[i].text, STR_ARG(found), cases[i].found);
    }
    area_free(area);
    arena_done(&arena);
}

/* Each says that somebody may be in danger now, or that something happened that cannot wait. */
static const char *const must[] = {
    "He has raped her.",
    "She told me that she was raped last night",
    "He is raping a girl in there",
    "He said that he will rape her if she talks",
    "She was sexually assaulted on the way home",
    "She is bleeding and he is hurting her now.",
    "Her arm won't stop bleeding",
    "There's blood everywhere, she is bleeding badly",
    "She is at his flat now and he will not let her go home",
    "He won't let her out of the house",
    "They are not letting them leave",
    "She is still with him now",
    "She is in that man's car now",
    "He's locked her in the bedroom",
    "They are keeping her there until she pays",
    "She says she can't get away from him",
    "He has tied her up",
    "They bundled him into a van",
    "A man grabbed her and dragged her into a car",
    "He has taken her by force",
    "He has a machete.",
    "He's carrying a big knife",
    "They've got knives",
    "He had a gun in the car",
    "He pulled out a zombie knife",
    "A boy with a large kitchen knife is at the gate",
    "He held a knife to her throat",
    "She was threatened at knifepoint",
    "He has just been stabbed",
    "Somebody stabbed him outside the shop",
    "He said he will kill her",
    "He's going to kill them all",
    "She's had death threats",
    "They said they'd come and \"they'll hurt her little brother\"",
    "He threatened to stab me",
    "She is frightened for her life",
    "she's self-harming",
    "She is self harming again",
    "She has cut herself with a razor",
    "He said he wants to hang himself",
    "She does not want to be alive",
    "He doesn't want to live any more",
    "She wrote a goodbye note",
    "She's going to jump off the bridge",
    "He's standing there and says he will end it all",
    "She took a whole packet of paracetamol",
    "He has taken too many tablets",
    "She has overdosed",
    "I can't wake him",
    "She won't wake up",
    "He is unconscious",
    "She's passed out on the floor",
    "He can't breathe",
    "The baby is choking",
    "She has collapsed",
    "He is having a seizure",
    "She has gone into labour",
    "She is 12 and pregnant.",
    "My 11-year-old niece is pregnant",
    "She's only twelve and thinks that she is pregnant",
    "She is eleven and has had sex with him",
    "He had sex with a 12 year old girl",
    "She is missing and it is dark",
    "My daughter is missing",
    "She went missing this morning",
    "He has run away",
    "We can't find her anywhere",
    "He has not come back home",
    "She hasn't been seen since Friday",
    "I don't know where she is",
    "She is being taken to a flat in Plymouth tonight",
    "They are taking her to London tonight",
    "He is driving girls to a party now",
    "She's being trafficked",
    "She is being taken abroad to be married",
    "She is meeting an older man tonight",
    "Their house is on fire",
    "He set fire to her flat",
    "There is a gas leak",
    "They are trying to break into her house",
    "He is outside her house",
    "The toddler is home alone",
    "The kids are home alone",
    "We need help now, please",
    "She needs an ambulance",
    "He is strangling her",
    "He won't stop hitting her",
    "He's strangled her twice",
    "She is on the bridge and wants to jump",
    "They're going to take her to Birmingham tonight",
    "She cannot leave, he has taken her phone",
    "We have not seen her since last night",
};

/* Everyday notes of schools, surgeries, hotels and the police, and what is long past. */
static const char *const must_not[] = {
    "He is in danger of being excluded",
    "He is in danger of losing his place at college",
    "His cat has gone missing",
    "Her phone has gone missing since the lesson",
    "Two library books are still missing",
    "Not in danger now",
    "She is no longer in danger",
    "She was raped in 2019",
    "She was raped as a child, and has support",
    "He was stabbed in 2018",
    "She has a history of self-harm",
    "Staff had self-harm awareness training on Monday",
    "She used to self-harm",
    "No thoughts of suicide or self-harm",
    "The suicide prevention leaflet was handed out",
    "He denied being suicidal",
    "We talked about unconscious bias",
    "There is a fire drill at ten",
    "The review is being held on Tuesday",
    "The fair is being held at the school",
    "Her mother is with her now",
    "His nose was bleeding after football",
    "Her knee started bleeding at break",
    "She ate with a knife and fork",
    "They had a knife crime workshop",
    "He cut the cake with a knife",
    "He cut himself shaving",
    "She is cutting herself off from her friends",
    "She is 12 weeks pregnant",
    "Her teacher is pregnant; year 8 made a card",
    "She is missing school on Fridays",
    "He is missing his mum",
    "She hasn't been in since Monday",
    "Mum won't let him go to the park",
    "Year 9 are not allowed to leave the site at lunch",
    "His bike was locked in the shed",
    "I was tied up in meetings",
    "My feet are hurting me",
    "The stairs will kill me",
    "He can't get out of bed in the morning",
    "The car pulled into the car park",
    "He was dragged into an argument",
    "He gave out sweets and passed out leaflets",
    "He won't wake up for school",
    "A room was booked for two, paid in cash",
    "Two men and a girl checked in at 2am",
    "A silver Corsa waits by the park after school",
    "She has a new phone and new trainers",
    "He vapes behind the sports hall and is late for lessons",
    "She came back at nine and had her tea",
    "He was reported missing four times in the spring",
    "She has bruises on her arm and will not say why",
    "He took his tablets at eight",
    "The asthma plan is in the office",
    "She is often tired and has stopped eating lunch",
    "The police were called to a noise complaint",
    "He has money that nobody can explain",
    "He drives her home from work",
    "Her attendance has fallen to 82%",
    "Selling vapes: he sold them to year 8",
    "The dog has run away",
    "He can't leave early on Friday",
    "The shop has a gun cabinet",
    "She is working with a youth worker now",
};

static void the_plain_sentences_are_told_and_everyday_ones_are_not(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct area *area = NULL;
    struct err err = {0};
    int wrong = 0;
    assert_int_equal(area_load("areas/cornwall", &area, &err), ST_OK);
    for (size_t i = 0; i < sizeof must / sizeof must[0]; i++)
        if (!danger_find(&arena, area, str_from(must[i])).len)
            wrong++, print_error("missed: '%s'\n", must[i]);
    for (size_t i = 0; i < sizeof must_not / sizeof must_not[0]; i++) {
        struct str found = danger_find(&arena, area, str_from(must_not[i]));
        if (found.len) wrong++, print_error("'%.*s': '%s'\n", STR_ARG(found), must_not[i]);
    }
    assert_int_equal(wrong, 0);
    area_free(area);
    arena_done(&arena);
}

/* Each of these took minutes when every phrase went through all the marks from each of them. */
static void test_marks_without_end(void **state)
{
    (void)state;
    static const char *const mark[] = {"\"",  "'",   ". ", "\xe2\x80\x9c", "\xe2\x80\xa6-",
                                       "'\"", "\xff"};
    enum { BYTES = 200000 };
    struct arena arena;
    struct area *area = NULL;
    struct buf text;
    arena_init(&arena, 8 << 20);
    buf_init(&text, 2 * BYTES);
    assert_int_equal(area_load("areas/cornwall", &area, NULL), ST_OK);
    for (size_t i = 0; i < sizeof mark / sizeof *mark; i++) {
        buf_clear(&text);
        while (text.len < BYTES) buf_add_c(&text, mark[i]);
        assert_int_equal(danger_find(&arena, area, buf_str(&text)).len, 0);
        buf_add_c(&text, " In Danger \"");
        assert_true(str_eq(danger_find(&arena, area, buf_str(&text)), STR("In Danger")));
        /* And between the words of one. */
        buf_clear(&text);
        buf_add_c(&text, "in ");
        while (text.len < BYTES) buf_add_c(&text, mark[i]);
        buf_add_c(&text, " danger");
        assert_true(danger_find(&arena, area, buf_str(&text)).len > 0);
    }
    buf_done(&text);
    area_free(area);
    arena_done(&arena);
}

/* A megabyte of this took minutes when each phrase was held against all that does not count. */
static void test_what_does_not_count_without_end(void **state)
{
    (void)state;
    enum { BYTES = 1 << 20 };
    struct arena arena;
    struct area *area = NULL;
    struct buf text;
    arena_init(&arena, 64 << 20);
    buf_init(&text, 2 * BYTES);
    assert_int_equal(area_load("areas/cornwall", &area, NULL), ST_OK);
    while (text.len < BYTES) buf_add_c(&text, "no gun tied up ");
    assert_true(str_eq(danger_find(&arena, area, buf_str(&text)), STR("tied up")));
    buf_add_c(&text, "in danger");
    assert_true(str_eq(danger_find(&arena, area, buf_str(&text)), STR("tied up, in danger")));
    buf_done(&text);
    area_free(area);
    arena_done(&arena);
}

static void what_does_not_count_hides_only_what_lies_inside_it(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *found;
    } cases_not[] = {
        {"His cat has gone missing. She has gone missing too", "gone missing"},
        {"Not in danger, but he has a knife", "has a knife"},
        {"She is 12, 12 weeks pregnant", "is 12, 12 weeks pregnant"},
        {"She was raped in 2019 and is being held now", "being held"},
        /* It stays within a sentence: this is no cat that has gone missing. */
        {"That is his cat. Has gone missing, she says", "gone missing"},
        {"in danger of being excluded or in danger of being hurt", "in danger"},
        /* One begins inside another. */
        {"Nobody knows where the cat has gone missing; she has gone missing", "gone missing"},
        {"Nobody knows where the cat has gone missing; nobody knows where she is",
         "nobody knows where"},
        {"A history of self harm policy talks", ""},
    };
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct area *area = NULL;
    struct err err = {0};
    assert_int_equal(area_load("areas/cornwall", &area, &err), ST_OK);
    for (size_t i = 0; i < sizeof cases_not / sizeof cases_not[0]; i++) {
        struct str found = danger_find(&arena, area, str_from(cases_not[i].text));
        if (!str_eq(found, str_from(cases_not[i].found)))
            fail_msg("'%s' gave '%.*s'", cases_not[i].text, STR_ARG(found));
    }
    area_free(area);
    arena_done(&arena);
}

static void what_cannot_be_read_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *message; /* empty: it can be read */
    } phrases[] = {
        {"[a]\nwords = a/b c .. d\nnot = e\n", ""},
        {"[a]\nnot = e\n", ""},
        {"[a]\nwhy = x\n", "danger.txt, line 1: [a] needs 'words = ...'."},
        {"[a]\nwords = .. b\n", "'.. b': '..' stands between words, twice at most."},
        {"[a]\nwords = b ..\n", "'b ..': '..' stands between words, twice at most."},
        {"[a]\nwords = b .. c .. d .. e\n",
         "'b .. c .. d .. e': '..' stands between words, twice at most."},
        {"[a]\nwords = b, c\n",
         "'b, c': a phrase is words of letters and digits, 'this/that', '..' and "
         "'past-year'."},
        {"[a]\nwords = b/ c\n",
         "'b/ c': a phrase is words of letters and digits, 'this/that', '..' and "
         "'past-year'."},
        {"[a]\nwords = b|c\n",
         "'b|c': a phrase is words of letters and digits, 'this/that', '..' and "
         "'past-year'."},
        {"[a]\nnot = b .. c\n",
         "'b .. c': what does not count has no '..': it would hide too much."},
    };
    for (size_t i = 0; i < sizeof phrases / sizeof phrases[0]; i++) {
        struct arena arena;
        arena_init(&arena, 1 << 20);
        struct area_text text;
        struct area_danger danger = {0};
        struct err err = {0};
        assert_int_equal(
            area_text_parse(&arena, STR("danger.txt"), str_from(phrases[i].text), &text, &err),
            ST_OK);
        bool fine = !*phrases[i].message;
        assert_int_equal(area_danger_read(&arena, &text, &danger, &err), fine ? ST_OK : ST_INVALID);
        if (!fine && !strstr(err.public, phrases[i].message)) fail_msg("%s", err.public);
        arena_done(&arena);
    }
}

/* A year ago is not long ago, whichever year it is. */
static void years_go_by(void **state)
{
    (void)state;
    static const int64_t in_2026 = 1780000000000, in_2031 = 1940000000000;
    static const struct {
        int64_t now;
        const char *text;
        bool danger;
    } years[] = {
        {in_2026, "She was raped in 2010.", false}, {in_2026, "She was raped in 2024.", false},
        {in_2026, "She was raped in 2025.", true},  {in_2026, "She was raped in 2026.", true},
        {in_2031, "She was raped in 2029.", false}, {in_2031, "She was raped in 2030.", true},
        {in_2031, "She was raped in 2031.", true},
    };
    struct arena arena;
    arena_init(&arena, 1 << 20);
    for (size_t i = 0; i < sizeof years / sizeof *years; i++) {
        struct area *area = NULL;
        clock_set(years[i].now);
        assert_int_equal(area_load("areas/cornwall", &area, NULL), ST_OK);
        struct str found = danger_find(&arena, area, str_from(years[i].text));
        if ((found.len > 0) != years[i].danger)
            fail_msg("'%s' gave '%.*s'", years[i].text, STR_ARG(found));
        area_free(area);
    }
    clock_set(0);
    arena_done(&arena);
}

static void test_words_for_the_page(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct area *area = NULL;
    struct err err = {0};
    assert_int_equal(area_load("areas/cornwall", &area, &err), ST_OK);
    struct str words = danger_words(&arena, area);
    assert_true(str_find(words, STR("|cant/cannot get out|"), 0) > 0);
    assert_true(str_find(words, STR("|!not in any/immediate/"), 0) > 0);
    assert_true(str_find(words, STR("||"), 0) < 0);
    assert_true(words.ptr[words.len - 1] != '|');
    area_free(area);
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_phrases),
        cmocka_unit_test(the_plain_sentences_are_told_and_everyday_ones_are_not),
        cmocka_unit_test(what_does_not_count_hides_only_what_lies_inside_it),
        cmocka_unit_test(what_cannot_be_read_is_named),
        cmocka_unit_test(test_marks_without_end),
        cmocka_unit_test(test_what_does_not_count_without_end),
        cmocka_unit_test(years_go_by),
        cmocka_unit_test(test_words_for_the_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
