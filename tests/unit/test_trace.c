/*
 * Where everything that the area pack says comes from: sentence by sentence, number by number;
 * and what is said of a sentence that nobody can trace.
 */
#include "base/arena.h"
#include "domain/area_sentence.h"
#include "domain/area_trace.h"

#include "tests_common.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

static struct arena arena;
static struct area *area;

static int load(void **state)
{
    (void)state;
    struct err err = {0};
    arena_init(&arena, 512 << 20);
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

/* --- a copy of the pack, in which one thing is changed ---------------------------------------- */

static const char *path_of(const char *folder, const char *name)
{
    return str_c(&arena, str_fmt(&arena, "%s/%s", folder, name));
}

static struct str whole(const char *path)
{
    static char text[1 << 18];
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t size = fread(text, 1, sizeof text, file);
    assert_true(size < sizeof text);
    fclose(file);
    return str_dup(&arena, str_of(text, size));
}

static void write_whole(const char *path, struct str text)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text.ptr, 1, text.len, file), text.len);
    assert_int_equal(fclose(file), 0);
}

/* Copies what one folder holds, or takes it away (to NULL). */
static void copy_files(const char *from, const char *to)
{
    DIR *folder = opendir(from);
    assert_non_null(folder);
    for (const struct dirent *entry = readdir(folder); entry; entry = readdir(folder)) {
        const char *path = path_of(from, entry->d_name);
        struct stat is;
        if (stat(path, &is) != 0 || !S_ISREG(is.st_mode)) continue;
        if (to) write_whole(path_of(to, entry->d_name), whole(path));
        else unlink(path);
    }
    closedir(folder);
}

static void copy_pack(char ret[static 64])
{
    temporary_folder(ret);
    assert_int_equal(mkdir(path_of(ret, "guidance"), 0700), 0);
    copy_files("areas/cornwall", ret);
    copy_files("areas/cornwall/guidance", path_of(ret, "guidance"));
}

static void change(const char *folder, const char *file, const char *old, const char *new)
{
    const char *path = path_of(folder, file);
    struct str text = whole(path);
    ptrdiff_t at = str_find(text, str_from(old), 0);
    if (at < 0) fail_msg("%s has no '%s'", file, old);
    struct str rest = str_sub(text, (size_t)at + strlen(old), text.len);
    write_whole(path, str_fmt(&arena, "%.*s%s%.*s", (int)at, text.ptr, new, STR_ARG(rest)));
}

/* What reading and tracing the pack in this folder says; empty: nothing is wrong. */
static const char *said_of(const char *folder)
{
    struct area *changed = NULL;
    struct area_trace *list = NULL;
    size_t count = 0;
    struct err err = {0};
    struct arena scratch;
    arena_init(&scratch, 256 << 20);
    enum st st = area_load(folder, &changed, &err);
    if (st == ST_OK) st = area_trace_read(&scratch, folder, changed, &list, &count, &err);
    assert_int_equal(st == ST_OK, err.public[0] == 0);
    area_free(changed);
    arena_done(&scratch);
    return str_c(&arena, str_from(err.public));
}

/* --- sentences -------------------------------------------------------------------------------- */

static void a_page_is_parted_into_sentences(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t first, last;
        bool heading;
    } wanted[] = {
        {"A title.", 1, 1, true},
        {"In two", 1, 1, true},
        {"One line goes over two.", 3, 4, false},
        {"Is it \"so?\"", 4, 4, false},
        {"See proceduresonline.com/swcpp (here)!", 4, 4, false},
        {"first item", 6, 6, false},
        {"second goes on", 7, 8, false},
        {"Call 999.", 9, 9, false},
        {"Now.", 9, 9, false},
        {"Under it", 10, 10, true},
        {"No mark at the end", 11, 11, false},
    };
    struct area_sentences found;
    area_sentences_of_page(
        &arena,
        STR("# A title. In two\n\nOne **line**\ngoes over two. Is it \"so?\" See "
            "proceduresonline.com/swcpp (here)!\n\n- first item\n- second\n  goes on\n"
            "1. Call `999`. Now.\n## Under it\nNo mark at the end"),
        &found);
    assert_int_equal(found.count, sizeof wanted / sizeof *wanted);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        const struct area_sentence *one = &found.list[i];
        if (!str_eq(one->text, str_from(wanted[i].text)))
            fail_msg("'%.*s', not '%s'", STR_ARG(one->text), wanted[i].text);
        assert_int_equal(one->first, wanted[i].first);
        assert_int_equal(one->last, wanted[i].last);
        assert_int_equal(one->heading, wanted[i].heading);
    }
}

static void a_list_has_one_on_each_line_and_prose_has_not(void **state)
{
    (void)state;
    struct area_sentences found;
    area_sentences_of_value(&arena, STR("\n  has a knife\n\n  has a gun\n"), 7, &found);
    assert_int_equal(found.count, 2);
    assert_true(str_eq(found.list[1].text, STR("has a gun")) && found.list[1].first == 10);
    area_sentences_of_value(&arena, STR(" Call now. If you\n  cannot speak, press 55.\n"), 7,
                            &found);
    assert_int_equal(found.count, 2);
    assert_true(str_eq(found.list[1].text, STR("If you cannot speak, press 55.")));
    assert_true(found.list[1].first == 7 && found.list[1].last == 8);
    area_sentences_of_value(&arena, STR("\n"), 7, &found);
    assert_int_equal(found.count, 0);
}

/* --- the pack --------------------------------------------------------------------------------- */

/* What the pack that is shipped says of the sentence that begins so. */
static struct str source_of(const struct area_trace *list, size_t count, const char *file,
                            const char *what)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(list[i].file, str_from(file)) && str_starts(list[i].what, str_from(what)))
            return list[i].source;
    fail_msg("%s does not say '%s'", file, what);
    return STR("");
}

static void every_sentence_and_number_is_traced(void **state)
{
    (void)state;
    struct err err = {0};
    struct area_trace *list = NULL;
    size_t count = 0;
    size_t phones = 0;
    size_t signs = 0;
    size_t sentences = 0;
    if (area_trace_read(&arena, "areas/cornwall", area, &list, &count, &err) != ST_OK)
        fail_msg("%s", err.public);
    for (size_t i = 0; i < count; i++) {
        if (!list[i].source.len || !list[i].line) fail_msg("%.*s", STR_ARG(list[i].what));
        phones +=
            str_eq(list[i].file, STR("contacts.txt")) && str_starts(list[i].what, STR("phone = "));
        signs += str_eq(list[i].file, STR("signs.txt")) && str_starts(list[i].what, STR("text = "));
        sentences += str_starts(list[i].file, STR("guidance/"));
    }
    size_t wanted = 0;
    area_contacts(area, &wanted);
    assert_int_equal(phones, wanted);
    area_signs(area, &wanted);
    assert_int_equal(signs, wanted);
    assert_true(sentences > 300);
    /* A fact, our own, what comes with its page, a key of a file, a heading, a section, a file. */
    static const struct {
        const char *file, *what, *source;
    } cases[] = {
        {"guidance/who-and-where.md", "Women do it too.", "women-too"},
        {"guidance/who-and-where.md", "A stranger can talk",
         "Our own, for the partnership to confirm"},
        {"guidance/talking-with-a-child.md", "Listen.",
         "Common good practice, in our words (the rest of the page)"},
        {"guidance/passing-on-information.md", "If a child is in danger now, call 999.",
         "The partnership's public page (guidance-sources.txt:83); 999: contacts.txt:"},
        {"guidance/passing-on-information.md", "You do not need anybody's consent",
         "The government's advice on sharing information"},
        {"guidance/what-to-look-for.md", "Fear and shame can look like anger.",
         "Our own, for the partnership to confirm"},
        {"settings.txt", "cannot-speak = If you cannot speak on a mobile phone",
         "The \"Silent Solution\" for 999"},
        {"contacts.txt", "when = You are an adult", "Our own words for when to call"},
        {"missing-form.txt", "lead = Report a missing child to the police on 101 or 999",
         "Statutory guidance on children who run away or go missing; the Philomena Protocol, part "
         "2 ([report]); "
         "101: contacts.txt:26; 999: contacts.txt:14"},
        {"contacts.txt", "phone = 0300 123 1116", "number-maru"},
        {"signs.txt", "text = Has a new phone",
         "The public page, \"Risk indicators\", 3 ([new-phone])"},
        {"signs.txt", "explain = A phone keeps",
         "Our own plain words, for the partnership to confirm (every 'explain'"},
        {"referral.txt", "question = Your name",
         "What referral forms of English partnerships ask; the public page for "
         "calling first ([referrer])"},
        {"danger.txt", "words = a weapon", "Our own: phrases of danger"},
        {"clocks.txt", "amount = 48",
         "Local practice: 24 hours, 48 hours or 2 working days, by area"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str source = source_of(list, count, cases[i].file, cases[i].what);
        if (!str_starts(source, str_from(cases[i].source)))
            fail_msg("%s: '%.*s'", cases[i].what, STR_ARG(source));
    }
}

static void what_nobody_can_trace_is_named_with_its_line(void **state)
{
    (void)state;
    static const struct {
        const char *file, *old, *new, *said;
    } cases[] = {
        {"guidance/who-and-where.md", "Women do it too. So",
         "Women do it too. Nobody\nknows why. So",
         "guidance/who-and-where.md, line 15: nothing says where 'Nobody knows why.' comes from: "
         "find it in "
         "sources.txt, or mark it in guidance-sources.txt by 'own', 'other' or 'rest'."},
        {"guidance-sources.txt", "  Notice, and ask\n", "",
         "guidance/acting-early.md, line 8: nothing says where 'Notice, and ask.' comes from: find "
         "it in sources.txt, "
         "or mark it in guidance-sources.txt by 'own', 'other' or 'rest'."},
        /* Nobody adds a sign that the public page does not name. */
        {"guidance/what-to-look-for.md", "- **Is cut off", "- **Has a tattoo.**\n- **Is cut off",
         "guidance/what-to-look-for.md, line 24: nothing says where 'Has a tattoo.' comes from: "
         "find it in sources.txt, "
         "or mark it in guidance-sources.txt by 'own', 'other' or 'rest'."},
        {"guidance-sources.txt", "other =\n", "other =\n  Share it, says somebody\n",
         "guidance-sources.txt, line 83: [passing-on-information]: other is words of the page, a "
         "colon and their source."},
        {"guidance-sources.txt", "other =\n", "other =\n  Nobody ever wrote this: Somebody\n",
         "guidance-sources.txt, line 83: [passing-on-information]: the page does not say 'Nobody "
         "ever wrote this'."},
        {"missing-form.txt", "on 101 or 999 first", "on 01632 960 001 or 999 first",
         "missing-form.txt, line 59: the number 01632 960 001 is none of contacts.txt."},
        {"support.txt", "They are not the police.", "They are not the police, on 101 or 112.",
         "support.txt, line 128: the number 112 is none of contacts.txt."},
        {"guidance-sources.txt", "own =\n", "own =\n  Nobody ever wrote this\n",
         "guidance-sources.txt, line 10: [about-exploitation]: the page does not say 'Nobody ever "
         "wrote this'."},
        {"guidance/role-health.md", "Call at once.", "Call 01632 960 001.",
         "guidance/role-health.md, line 14: the number 01632 960 001 is none of contacts.txt."},
        {"signs.txt", "source = The public page, \"Risk indicators\", 3\n", "",
         "signs.txt, line 47: [new-phone] needs 'source = ...'."},
        {"needs.txt", "label", "label", ""}, /* nothing is changed */
        {"provenance.txt", "[needs]\n", "[wants]\n",
         "needs.txt, line 4: [in-danger] does not say where it comes from: write 'source = ...', "
         "or name the file in "
         "provenance.txt."},
        {"provenance.txt", "prompt = Our own", "prompts = Our own",
         "provenance.txt, line 56: signs.txt has no key 'prompts'."},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char folder[64];
        copy_pack(folder);
        change(folder, cases[i].file, cases[i].old, cases[i].new);
        const char *said = said_of(folder);
        copy_files(path_of(folder, "guidance"), NULL);
        rmdir(path_of(folder, "guidance"));
        copy_files(folder, NULL);
        rmdir(folder);
        assert_string_equal(said, cases[i].said);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_is_parted_into_sentences),
        cmocka_unit_test(a_list_has_one_on_each_line_and_prose_has_not),
        cmocka_unit_test(every_sentence_and_number_is_traced),
        cmocka_unit_test(what_nobody_can_trace_is_named_with_its_line),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
