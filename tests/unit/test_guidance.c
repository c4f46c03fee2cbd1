/* The public pages of the area pack: every fact of the page that Pendeen begins from, in
 * words that a twelve-year-old can read. */
#include "base/arena.h"
#include "domain/area.h"
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

/* Each fact of the public page: words of one page that must stand near each other. */
static const struct {
    const char *page;
    const char *words;
} facts[] = {
    {"about-exploitation", "every part of Cornwall and the Isles of Scilly"},
    {"about-exploitation", "boys and young men as well as"},
    {"about-exploitation", "can look like a loving couple"},
    {"about-exploitation", "affection, a place to stay, alcohol, drugs, money or gifts"},
    {"about-exploitation", "from street to street, from town to town or to other counties"},
    {"about-exploitation", "power over another"},
    {"about-exploitation", "fear, force, bullying"},
    {"about-exploitation", "boyfriend or a girlfriend"},
    {"about-exploitation", "puts them in danger and makes them do things"},
    {"about-exploitation", "away from friends and family"},
    {"about-exploitation", "do not see themselves as victims. Few ever complain"},
    {"about-exploitation", "old enough to agree to sex can still be exploited"},
    {"about-exploitation", "A child who brings other children in is a victim too"},
    {"what-to-look-for", "you are in a good place to notice a change early"},
    {"what-to-look-for", "how a child acts and for signs on the body"},
    {"what-to-look-for", "look further"},
    {"what-to-look-for", "to miss what lies behind it"},
    {"what-to-look-for", "Goes missing, or often comes home late"},
    {"what-to-look-for", "gifts or new things that nobody can explain"},
    {"what-to-look-for", "a new phone that no parent or carer gave"},
    {"what-to-look-for", "older boyfriend or girlfriend"},
    {"what-to-look-for", "cut off from friends"},
    {"what-to-look-for", "infection that is passed on by sex"},
    {"what-to-look-for", "mood swings"},
    {"what-to-look-for", "drugs or alcohol"},
    {"what-to-look-for", "sexual way that does not fit their age"},
    {"what-to-look-for", "Steals, shoplifts"},
    {"what-to-look-for", "online that worries you"},
    {"what-to-look-for", "South West Peninsula protocol and strategy"},
    {"who-and-where", "Any child may be a target"},
    {"who-and-where", "run away or go missing from home"},
    {"who-and-where", "children's home or with foster carers"},
    {"who-and-where", "lost touch with school"},
    {"who-and-where", "using drugs or alcohol"},
    {"who-and-where", "Most are men"},
    {"who-and-where", "early twenties or much older"},
    {"who-and-where", "every background. Women do it too. So do other young people"},
    {"who-and-where", "Social media"},
    {"who-and-where", "few adults watch"},
    {"who-and-where", "shopping centres"},
    {"who-and-where", "takeaways"},
    {"who-and-where", "pubs and off licences"},
    {"who-and-where", "sports centres"},
    {"who-and-where", "bus and train stations"},
    {"who-and-where", "parks and playgrounds"},
    {"who-and-where", "feel special and give them a lot of attention"},
    {"who-and-where", "face to face or online"},
    {"who-and-where", "hide who they talk to online, where they go and whom they meet"},
    {"who-and-where", "Parents and carers are often kept in the dark"},
    {"who-and-where", "few choices left"},
    {"who-and-where", "groom a child, or to record the abuse and to share it"},
    {"who-and-where", "go missing and children who are exploited are often the same"},
    {"who-and-where", "Drugs and alcohol add to the risk"},
    {"talking-with-a-child", "about what somebody else does"},
    {"supporting-parents", "what a good relationship is, and where they can find help"},
    {"healthy-relationships", "Where to find support"},
    {"acting-early", "protect a child while the risk is still small"},
    {"acting-early", "takes a chance away"},
    {"procedures", "South West Child Protection Procedures"},
    {"procedures", "Standard Operating Protocol and Strategy"},
    {"procedures", "Three Missing and Child Sexual Exploitation Forums"},
    {"procedures", "representative who goes"},
    {"passing-on-information", "about a car or about a place"},
    {"passing-on-information", "only a part. It may be third hand. It may have no name on it"},
    {"passing-on-information", "missing link, or it may back up what somebody else has said"},
    {"passing-on-information", "Look out for chances to pass things on"},
    {"passing-on-information", "it could help to protect a child"},
    {"passing-on-information", "one of three Forums"},
    {"passing-on-information", "Multi Agency Referral Unit"},
};

static void every_fact_of_the_page_is_there(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        const struct area_guidance *page = area_guidance_find(area, str_from(facts[i].page));
        if (!page) fail_msg("there is no page %s", facts[i].page);
        struct str words = markdown_to_words(&arena, page->text);
        if (str_find_nocase(words, str_from(facts[i].words), 0) < 0)
            fail_msg("%s.md does not say '%s'", facts[i].page, facts[i].words);
    }
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
            if (!str_eq(link, STR("/help-now")) && !area_guidance_find(area, link))
                fail_msg("%.*s.md: a link to %.*s", STR_ARG(pages[i].id), STR_ARG(link));
        }
    }
}

static void markdown_carries_no_script(void **state)
{
    (void)state;
    struct html html = markdown_to_html(&arena, STR("<script>alert(1)</script>\n\n[x](javascript:alert(1)) "
                                                    "<b onclick=x>b</b> ![i](data:text/html,x)"));
    assert_true(str_find_nocase(html.s, STR("<script"), 0) < 0);
    assert_true(str_find_nocase(html.s, STR("javascript:"), 0) < 0);
    assert_true(str_find_nocase(html.s, STR("onclick"), 0) < 0);
    assert_true(str_find_nocase(html.s, STR("data:"), 0) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_measure_tells_easy_from_hard), cmocka_unit_test(every_page_can_be_read_at_twelve),
        cmocka_unit_test(every_fact_of_the_page_is_there),  cmocka_unit_test(every_number_of_the_page_is_there),
        cmocka_unit_test(links_lead_somewhere),             cmocka_unit_test(markdown_carries_no_script),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
