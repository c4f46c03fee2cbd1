/* The public pages of the area pack: every fact of the page that Pendeen begins from, in
 * words that a twelve-year-old can read. */
#include "base/arena.h"
#include "domain/area_sources.h"
#include "html/markdown.h"

#include "tests_common.h"

#include <ctype.h>

static struct area *area;
static struct arena arena;

static int load(void **state)
{
    (void)state;
    struct err err = {0};
    arena_init(&arena, 64 << 20);
    if (area_load("areas/cornwall", &area, &err) != ST_OK) fail_msg("%s", err.public);
    return 0;
}

static int unload(void **state)
{
    (void)state;
    area_free(area);
    arena_done(&arena);
    return 0;
}

/* --- reading age ---------------------------------------------------------------------- */

static bool is_vowel(char c)
{
    return c && strchr("aeiouy", tolower((unsigned char)c));
}

/* Groups of vowels, less a silent e at the end. */
static int syllables(struct str word)
{
    int count = 0;
    bool before = false;
    for (size_t i = 0; i < word.len; i++) {
        bool vowel = is_vowel(word.ptr[i]);
        count += vowel && !before;
        before = vowel;
    }
    bool silent = word.len > 2 && tolower((unsigned char)word.ptr[word.len - 1]) == 'e' &&
                  !is_vowel(word.ptr[word.len - 2]) && word.ptr[word.len - 2] != 'l';
    return count - silent < 1 ? 1 : count - silent;
}

/* Flesch-Kincaid grade (Kincaid and others, 1975) and five years. */
static double reading_age(struct str text)
{
    int sentences = 0;
    int words = 0;
    int parts = 0;
    for (size_t i = 0; i < text.len;) {
        size_t start = i;
        while (i < text.len && (isalnum((unsigned char)text.ptr[i]) || text.ptr[i] == '\'')) i++;
        if (i > start) {
            words++;
            parts += syllables(str_sub(text, start, i - start));
            continue;
        }
        sentences += strchr(".?!:", text.ptr[i]) != NULL;
        i++;
    }
    if (!sentences) sentences = 1;
    return 0.39 * words / sentences + 11.8 * parts / words - 15.59 + 5;
}

static void the_measure_tells_easy_from_hard(void **state)
{
    (void)state;
    assert_true(reading_age(STR("The cat sat on the mat. It was fat. We fed it.")) < 6);
    assert_true(reading_age(STR("Multi-agency professionals should proactively facilitate "
                                "appropriate information dissemination notwithstanding "
                                "organisational confidentiality considerations.")) > 18);
}

static void every_page_can_be_read_at_twelve(void **state)
{
    (void)state;
    size_t count = 0;
    const struct area_guidance *pages = area_guidance(area, &count);
    assert_true(count >= 15);
    for (size_t i = 0; i < count; i++) {
        double age = reading_age(markdown_to_words(&arena, pages[i].text));
        printf("# %-40.*s %.1f\n", STR_ARG(pages[i].id), age);
        if (age > 12) fail_msg("%.*s.md reads at %.1f years", STR_ARG(pages[i].id), age);
    }
}

/* --- facts ------------------------------------------------------------------------------ */

/* Each fact, number and request of the public page, in its order.  sources.txt says of each
 * where the pack tells it, and a pack whose words are not there does not load. */
static const char *const facts[] = {
    "happens-here", "boys-too", "looks-like-consent", "given-in-return", "sold-and-trafficked",
    "imbalance-of-power", "coercion-and-grooming", "technology-grooms", "technology-records",
    "seems-a-partner", "manipulated-and-endangered", "isolated-and-controlled",
    "help-by-identifying", "refer-to-the-maru", "not-about-one-child", "protocol",
    "alert-to-changes", "investigate-further", "help-children-share", "healthy-relationships",
    "access-support", "intervene-early", "protect-as-risk-emerges", "prevent-opportunities",
    "know-the-procedures", "know-your-role", "offenders-vehicles-locations",
    "incomplete-third-hand-anonymous", "not-discouraged", "missing-link", "three-forums",
    "alert-to-opportunities", "be-confident", "not-seen-as-abuse", "rarely-complain",
    "old-enough-and-overlooked", "common-signs", "mostly-men", "any-background",
    "any-age-from-early-twenties", "women-too", "young-people-too", "any-child",
    "some-are-more-vulnerable", "runs-away", "in-care", "out-of-education", "may-use-drugs",
    "social-media", "little-supervision", "shopping-centres", "takeaways",
    "pubs-and-off-licences", "sports", "stations", "parks", "missing-is-linked", "drugs-add",
    "befriended", "made-special", "taught-to-be-secretive", "kept-from-parents", "little-choice",
    "well-placed", "demeanour-hides-it", "sign-missing", "sign-gifts", "sign-phone",
    "sign-older-partner", "sign-isolated", "sign-infection", "sign-mood", "sign-drugs",
    "sign-sexual-behaviour", "sign-theft", "sign-online", "number-maru",
    "number-cornwall-out-of-hours", "number-scilly", "number-scilly-out-of-hours",
    "number-police-emergency", "number-police", "number-nspcc", "text-nspcc", "number-childline",
    "number-missing-people",};

static void every_fact_of_the_page_is_there(void **state)
{
    (void)state;
    size_t count = 0;
    const struct area_source *source = area_sources(area, &count);
    assert_int_equal(count, sizeof facts / sizeof *facts);
    for (size_t i = 0; i < count; i++) {
        assert_true(str_eq(source[i].id, str_from(facts[i])));
        assert_true(source[i].found_count > 0 && source[i].says.len > 5);
        for (size_t k = 0; k < source[i].found_count; k++) assert_true(source[i].found[k].line > 0);
    }
}

static enum st read_poem(void *context, struct arena *into, struct str file, struct str *ret,
                         struct err *err)
{
    (void)context;
    if (!str_eq(file, STR("poem.md")))
        return err_set(err, ST_NOT_FOUND, "The area pack has no %.*s.", STR_ARG(file));
    *ret = str_dup(into, STR("# Sea\n\nThe **tide** comes\n  in, and the\tgulls go.\n"));
    return ST_OK;
}

static void what_is_not_there_is_named_with_its_line(void **state)
{
    (void)state;
    static const struct {
        const char *found;
        size_t line;     /* 0: refused */
        const char *why;
    } cases[] = {
        {"poem.md: the tide comes in, and", 3, ""},
        {"poem.md: in, and the gulls", 4, ""},
        {"poem.md: the tide goes", 0,
         "sources.txt, line 3: [one]: poem.md does not say 'the tide goes'."},
        {"prose.md: the tide", 0, "The area pack has no prose.md."},
        {"../poem.md: the tide", 0, "sources.txt, line 3: [one]: found names a file of the pack."},
        {"poem.md", 0, "sources.txt, line 3: [one]: found is a file, a colon and words."}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct area_text text;
        struct area_source *source = NULL;
        size_t count = 0;
        struct err err = {0};
        struct str file = str_fmt(
            &arena, "# facts\n\n[one]\nsays = It is\npart = First\nfound = %s\n", cases[i].found);
        assert_int_equal(area_text_parse(&arena, STR("sources.txt"), file, &text, &err), ST_OK);
        enum st outcome = area_sources_read(&arena, &text, read_poem, NULL, &source, &count, &err);
        assert_int_equal(outcome == ST_OK, cases[i].line > 0);
        if (cases[i].line) assert_int_equal(source[0].found[0].line, cases[i].line);
        assert_string_equal(err.public, cases[i].why);
    }
}

/* Nothing in the pack is without its origin, as the loader demands; here is what it is. */
static void everything_says_where_it_comes_from(void **state)
{
    (void)state;
    size_t count = 0;
    const struct area_contact *contacts = area_contacts(area, &count);
    for (size_t i = 0; i < count; i++)
        assert_true(str_starts(contacts[i].source, STR("The partnership's public page")) ||
                    str_starts(contacts[i].source, STR("Added here:")));
    const struct area_support *supports = area_supports(area, &count);
    for (size_t i = 0; i < count; i++)
        assert_true(str_starts(supports[i].source, STR("The partnership's public page")) ||
                    str_starts(supports[i].source, STR("Added here:")));
    const struct area_guidance *pages = area_guidance(area, &count);
    for (size_t i = 0; i < count; i++)
        assert_true(str_starts(pages[i].source, STR("The partnership's public page")) ||
                    str_starts(pages[i].source, STR("Added here:")));
}

static void the_directory_can_be_read_at_twelve(void **state)
{
    (void)state;
    size_t count = 0;
    struct str all = STR("");
    const struct area_support *supports = area_supports(area, &count);
    for (size_t i = 0; i < count; i++) {
        double age = reading_age(supports[i].about);
        if (age > 12)
            fail_msg("[%.*s] of support.txt reads at %.1f years", STR_ARG(supports[i].id), age);
    }
    const struct area_contact *contacts = area_contacts(area, &count);
    for (size_t i = 0; i < count; i++)
        if (contacts[i].when.len)
            all = str_fmt(&arena, "%.*s %.*s", STR_ARG(all), STR_ARG(contacts[i].when));
    const struct area_need *needs = area_needs(area, &count);
    for (size_t i = 0; i < count; i++)
        all = str_fmt(&arena, "%.*s %.*s.", STR_ARG(all), STR_ARG(needs[i].label));
    printf("# when to call, and needs: %.1f\n", reading_age(all));
    assert_true(reading_age(all) <= 12);
}

static void every_number_of_the_page_is_there(void **state)
{
    (void)state;
    static const char *const numbers[][3] = {
        {"police-emergency", "999", ""},        {"police", "101", ""},
        {"maru", "0300 123 1116", ""},          {"cornwall-out-of-hours", "01208 251300", ""},
        {"scilly", "01720 424354", ""},         {"scilly-out-of-hours", "01720 422699", ""},
        {"nspcc", "0808 800 5000", "88858"},    {"childline", "0800 1111", ""},
        {"missing-people", "116 000", "116 000"},
    };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        const struct area_contact *contact = area_contact_find(area, str_from(numbers[i][0]));
        assert_non_null(contact);
        assert_true(str_eq(contact->phone, str_from(numbers[i][1])));
        assert_true(str_eq(contact->text, str_from(numbers[i][2])));
        assert_true(str_find(contact->source, STR("public page"), 0) >= 0);
    }
}

/* --- links ------------------------------------------------------------------------------- */

static void links_lead_somewhere(void **state)
{
    (void)state;
    size_t count = 0;
    const struct area_guidance *pages = area_guidance(area, &count);
    for (size_t i = 0; i < count; i++) {
        struct str text = pages[i].text;
        for (ptrdiff_t at = 0; (at = str_find(text, STR("]("), (size_t)at)) >= 0;) {
            at += 2;
            ptrdiff_t end = str_find(text, STR(")"), (size_t)at);
            assert_true(end > at);
            struct str link = str_sub(text, (size_t)at, (size_t)(end - at));
            if (!str_eq(link, STR("/help-now")) && !str_starts(link, STR("https://")) &&
                !area_guidance_find(area, link))
                fail_msg("%.*s.md: a link to %.*s", STR_ARG(pages[i].id), STR_ARG(link));
        }
    }
}

static void markdown_carries_no_script(void **state)
{
    (void)state;
    struct html html =
        markdown_to_html(&arena, STR("<script>alert(1)</script>\n\n[x](javascript:alert(1)) "
                                     "<b onclick=x>b</b> ![i](data:text/html,x)"));
    assert_true(str_find_nocase(html.s, STR("<script"), 0) < 0);
    assert_true(str_find_nocase(html.s, STR("javascript:"), 0) < 0);
    assert_true(str_find_nocase(html.s, STR("onclick"), 0) < 0);
    assert_true(str_find_nocase(html.s, STR("data:"), 0) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_measure_tells_easy_from_hard),
        cmocka_unit_test(every_page_can_be_read_at_twelve),
        cmocka_unit_test(every_fact_of_the_page_is_there),
        cmocka_unit_test(every_number_of_the_page_is_there),
        cmocka_unit_test(what_is_not_there_is_named_with_its_line),
        cmocka_unit_test(everything_says_where_it_comes_from),
        cmocka_unit_test(the_directory_can_be_read_at_twelve),
        cmocka_unit_test(links_lead_somewhere),
        cmocka_unit_test(markdown_carries_no_script),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
