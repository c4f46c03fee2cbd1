/* Accounts: handles, and emails that are written in more than one way. */
#include "base/arena.h"
#include "link/link.h"
#include "link/normalise.h"
#include "tests_common.h"

enum { ASKED = 400, MANY = 240 };

static struct arena arena;

static int begin(void **state)
{
    (void)state;
    arena_init(&arena, 16 << 20);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

static struct link_mention account(int64_t id, const char *handle, const char *email)
{
    struct link_mention made = {.id = id, .report = id, .kind = LINK_ACCOUNT};
    made.field[LINK_HANDLE] = str_from(handle);
    made.field[LINK_EMAIL] = str_from(email);
    return made;
}

static void mailbox(const char *email, const char *expected)
{
    char text[LINK_TEXT_SIZE], box[LINK_TEXT_SIZE], again[LINK_TEXT_SIZE];
    assert_true(link_email(str_from(email), text));
    link_email_mailbox(str_from(text), box);
    assert_string_equal(box, expected);
    link_email_mailbox(str_from(box), again);
    assert_string_equal(again, box);
}

static void one_mailbox_is_written_in_many_ways(void **state)
{
    (void)state;
    mailbox("Lost.Gull@gmail.com", "lostgull@gmail.com");
    mailbox("l.o.s.tgull+school@googlemail.com", "lostgull@gmail.com");
    mailbox("lost.gull+x@example.org", "lost.gull@example.org"); /* dots count but at Gmail */
    mailbox("+gull@example.org", "+gull@example.org");
}

/* The bits when one is there and the other asked for, either way; -100: not found. */
static double weight(struct link_mention a, struct link_mention b, const char **ret_level)
{
    double bits[2];
    for (int turn = 0; turn < 2; turn++) {
        struct link_index *index = link_index_new();
        struct link_match match[ASKED];
        assert_int_equal(link_index_insert(index, turn ? &b : &a, NULL), ST_OK);
        size_t count = link_index_query(index, turn ? &a : &b, link_shown_bits(), match, ASKED);
        struct link_explanation why;
        assert_true(link_index_explain(index, &arena, &a, &b, &why));
        *ret_level = why.line[1].base_bits != 0 ? why.line[1].level : why.line[0].level;
        bits[turn] = count ? match[0].bits : -100;
        link_index_free(index);
    }
    assert_true(bits[0] == bits[1]);
    return bits[0];
}

/* The platform, an address or a remark beside a handle makes no other account of it. */
static void a_platform_beside_a_handle_is_no_part_of_it(void **state)
{
    (void)state;
    static const struct {
        const char *written, *handle, *platform;
    } cases[] = {{"snap kez_pasty99", "kez_pasty99", "snapchat"},
                 {"Snapchat: kez_pasty99", "kez_pasty99", "snapchat"},
                 {"snap:kez_pasty99", "kez_pasty99", "snapchat"},
                 {"Snapchat username - Kez_Pasty99", "kez_pasty99", "snapchat"},
                 {"kez_pasty99 (snapchat)", "kez_pasty99", "snapchat"},
                 {"@kez_pasty99 (hers)", "kez_pasty99", ""},
                 {"kez_pasty99 on snap", "kez_pasty99", "snapchat"},
                 {"kez_pasty99 on her snapchat account", "kez_pasty99", "snapchat"},
                 {"kez_pasty99 on snap and insta", "kez_pasty99", ""},
                 {"kez_pasty99 snapchat", "kez_pasty99", "snapchat"},
                 {"snapchat.com/add/kez_pasty99", "kez_pasty99", "snapchat"},
                 {"www.snapchat.com/add/kez_pasty99", "kez_pasty99", "snapchat"},
                 {"https://m.facebook.com/kez_pasty99/?x=1", "kez_pasty99", "facebook"},
                 {"tiktok.com/@kez_pasty99", "kez_pasty99", "tiktok"},
                 {"https://www.tiktok.com/@kez_pasty99/video/73?lang=en", "kez_pasty99", "tiktok"},
                 {"instagram.com/kez_pasty99/reel/Cx1/", "kez_pasty99", "instagram"},
                 {"https://www.roblox.com/users/123456/profile", "123456", "roblox"},
                 {"facebook.com/profile.php?id=100042", "100042", "facebook"},
                 {"https://www.facebook.com/profile.php?sk=about&id=100042", "100042", "facebook"},
                 {"https://facebook.com/people/Kez-Pasty/100042/", "100042", "facebook"},
                 {"facebook.com/photo/?fbid=7", "facebook.com/photo/?fbid=7", "facebook"},
                 {"facebook.com/photo.php?fbid=7", "facebook.com/photo.php?fbid=7", "facebook"},
                 {"https://www.youtube.com/watch?v=a1", "youtube.com/watch?v=a1", "youtube"},
                 {"facebook.com/groups/12/posts/7", "facebook.com/groups/12/posts/7", "facebook"},
                 {"https://example.org/user.php?id=5", "example.org/user.php?id=5", ""},
                 {"https://example.org/kez_pasty99/", "kez_pasty99", ""},
                 {"insta @kez_pasty99", "kez_pasty99", "instagram"},
                 {"tik tok: kez_pasty99", "kez_pasty99", "tiktok"},
                 {"username: kez_pasty99", "kez_pasty99", ""},
                 {"X: kez_pasty99", "kez_pasty99", "x"},
                 {"kez_pasty99", "kez_pasty99", ""},
                 {"kez pasty 99", "kezpasty99", ""},
                 {"steam boy 99", "steamboy99", ""},
                 {"kez x", "kezx", ""},
                 {"snapchat", "snapchat", ""},
                 {"snap", "snap", ""},
                 {"on snap", "onsnap", ""},
                 {"(kez)", "(kez)", ""},
                 {"@", "", ""},
                 {"", "", ""}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char handle[LINK_TEXT_SIZE], platform[32];
        link_handle(str_from(cases[i].written), handle);
        bool found = link_handle_platform(str_from(cases[i].written), platform);
        if (strcmp(handle, cases[i].handle) != 0) fail_msg("%s is %s", cases[i].written, handle);
        if (found != (cases[i].platform[0] != 0) || strcmp(platform, cases[i].platform) != 0)
            fail_msg("%s is on '%s'", cases[i].written, platform);
    }
    const char *level;
    double plain = weight(account(1, "kez_pasty99", ""), account(2, "kez_pasty99", ""), &level);
    double beside =
        weight(account(1, "kez_pasty99", ""), account(2, "snap kez_pasty99", ""), &level);
    assert_string_equal(level, "exact");
    assert_true(plain == beside);
}

static double emails(const char *a, const char *b, const char *level)
{
    const char *said;
    double bits = weight(account(1, "", a), account(2, "", b), &said);
    if (strcmp(said, level) != 0) fail_msg("%s and %s: %s", a, b, said);
    return bits;
}

static void emails_are_found_by_their_name(void **state)
{
    (void)state;
    double exact = emails("lost.gull@gmail.com", "Lost.Gull@gmail.com", "exact");
    double dots =
        emails("lost.gull@gmail.com", "lostgull@gmail.com", "same mailbox, written otherwise");
    double tag = emails("lost.gull@example.org", "lost.gull+1@example.org",
                        "same mailbox, written otherwise");
    double domain =
        emails("lost.gull@example.org", "lost.gull@example.orq", "one character differs");
    double slip = emails("lost.gull@example.org", "lost.gulk@example.org", "one character differs");
    double other =
        emails("lost.gull@example.org", "lost.gull@example.com", "same name, other provider");
    assert_true(exact > dots && dots == tag && tag > domain && domain > slip && slip > 0);
    assert_true(domain > other && other > 0);
    assert_true(emails("info@example.org", "info@example.orq", "different") == -100);
    assert_true(emails("lost.gull@example.org", "info@example.org", "different") == -100);
    assert_true(emails("lost.gull@example.org", "lost.gulk@example.com", "different") == -100);
}

static void a_handle_may_be_the_name_of_an_email(void **state)
{
    (void)state;
    const char *level;
    assert_true(weight(account(1, "lost.gull", ""), account(2, "", "lost.gull@gmail.com"), &level) >
                0);
    assert_string_equal(level, "name of the email");
    assert_true(
        weight(account(1, "@Lost_Gull", ""), account(2, "", "lostgull@example.org"), &level) > 0);
    assert_true(weight(account(1, "info", ""), account(2, "", "info@example.org"), &level) == -100);
    /* Another handle is no contradiction. */
    assert_true(weight(account(1, "kittiwake", ""), account(2, "", "lostgull@example.org"),
                       &level) == -100);
    assert_string_equal(level, "not observed");
}

/* Every pair that is worth showing is found, whichever of the two is asked for. */
static void no_list_leaves_out_what_is_alike(void **state)
{
    (void)state;
    static const char *const names[] = {"lost.gull",  "lostgull",  "lost_gul",   "lostgull7",
                                        "lostgull88", "gull.lost", "kittiwake9", "kittiwak"};
    static const char *const domains[] = {"gmail.com", "googlemail.com", "gmail.con",
                                          "example.org"};
    static char handle[MANY][24], email[MANY][48];
    struct link_index *index = link_index_new();
    uint64_t seed = 5;
    size_t shown = 0;
    for (int i = 0; i < MANY; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        unsigned sort = (unsigned)(seed >> 60) % 3;
        if (sort != 1) snprintf(handle[i], sizeof handle[i], "%s", names[seed >> 33 & 7]);
        if (sort != 0)
            snprintf(email[i], sizeof email[i], "%s@%s", names[seed >> 40 & 7],
                     domains[seed >> 50 & 3]);
        struct link_mention made = account(i + 1, handle[i], email[i]);
        assert_int_equal(link_index_insert(index, &made, NULL), ST_OK);
    }
    for (int i = 0; i < MANY; i++) {
        struct link_mention asked = account(i + 1, handle[i], email[i]);
        struct link_match match[ASKED];
        size_t count = link_index_query(index, &asked, link_shown_bits(), match, ASKED);
        for (int k = 0; k < MANY; k++) {
            struct link_mention other = account(k + 1, handle[k], email[k]);
            struct link_explanation why;
            struct arena_mark mark = arena_mark(&arena);
            if (k == i || !link_index_explain(index, &arena, &asked, &other, &why)) continue;
            bool found = false;
            for (size_t m = 0; m < count; m++) found |= match[m].id == k + 1;
            if (found != (why.total_bits >= link_shown_bits()))
                fail_msg("%s %s asked for %s %s: %.2f bits", handle[i], email[i], handle[k],
                         email[k], why.total_bits);
            shown += found;
            arena_reset(&arena, mark);
        }
    }
    assert_true(shown > MANY);
    link_index_free(index);
}

static void the_search_knows_a_mailbox(void **state)
{
    (void)state;
    struct link_index *index = link_index_new();
    struct link_mention gull = account(1, "", "lost.gull@gmail.com");
    struct link_hit hit[2];
    assert_int_equal(link_index_insert(index, &gull, NULL), ST_OK);
    assert_int_equal(link_index_search(index, STR("lostgull+1@googlemail.com"), hit, 2), 1);
    assert_int_equal(link_index_search(index, STR("lost.gull@example.org"), hit, 2), 0);
    link_index_free(index);
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_mailbox_is_written_in_many_ways),
        cmocka_unit_test(a_platform_beside_a_handle_is_no_part_of_it),
        cmocka_unit_test(emails_are_found_by_their_name),
        cmocka_unit_test(a_handle_may_be_the_name_of_an_email),
        cmocka_unit_test(no_list_leaves_out_what_is_alike),
        cmocka_unit_test(the_search_knows_a_mailbox),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
