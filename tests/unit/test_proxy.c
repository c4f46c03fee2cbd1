/*
 * Whose request it is: nobody's word counts but that of a listed proxy.
 */
#include "tests_common.h"

#include "web/proxy.h"

static const char *origin_of(const char *list, const char *peer, struct forwarding forwarding,
                             bool *ret_https)
{
    static char text[ADDRESS_TEXT];
    struct proxies proxies = {0};
    struct address address;
    struct origin origin = {0};
    if (*list) assert_true(proxies_read(str_from(list), &proxies));
    assert_true(address_read(str_from(peer), &address));
    if (!proxy_origin(&proxies, &address, &forwarding, &origin)) return "ambiguous";
    address_write(&origin.address, text);
    if (ret_https) *ret_https = origin.https;
    return text;
}

static const char *behind(const char *list, const char *peer, const char *for_list)
{
    return origin_of(list, peer, (struct forwarding){.for_list = str_from(for_list)}, NULL);
}

static void nobody_is_believed_unlisted(void **state)
{
    (void)state;
    bool https = true;
    assert_string_equal(behind("", "192.0.2.9", "198.51.100.1"), "192.0.2.9");
    assert_string_equal(behind("10.0.0.5", "192.0.2.9", "198.51.100.1"), "192.0.2.9");
    assert_string_equal(behind("10.0.0.5", "10.0.0.6", "198.51.100.1"), "10.0.0.6");
    struct forwarding all = {STR("198.51.100.1"), STR("https"),
                             STR("for=198.51.100.1;proto=https")};
    assert_string_equal(origin_of("10.0.0.5", "192.0.2.9", all, &https), "192.0.2.9");
    assert_false(https);
}

static void only_what_a_proxy_added_counts(void **state)
{
    (void)state;
    /* The front of the list is what the client made up. */
    assert_string_equal(behind("10.0.0.5", "10.0.0.5", "203.0.113.7, 198.51.100.1"),
                        "198.51.100.1");
    assert_string_equal(behind("10.0.0.0/8", "10.0.0.5", "203.0.113.7, 198.51.100.1,10.9.9.9"),
                        "198.51.100.1");
    assert_string_equal(behind("10.0.0.0/8", "10.0.0.5", "10.1.1.1"), "10.1.1.1");
    assert_string_equal(behind("10.0.0.5", "10.0.0.5", ""), "10.0.0.5");
    assert_string_equal(behind("10.0.0.5", "10.0.0.5", "198.51.100.1:4711"), "198.51.100.1");
    assert_string_equal(behind("2001:db8::/32", "2001:db8::5", "[2001:db9::1]:80"), "2001:db9::1");
    /* What is no address ends the walk where it is still sure. */
    static const char *const hostile[] = {
        "unknown",        "_hidden", "198.51.100.1 evil", "999.1.1.1",         "'; drop", "[::1",
        "198.51.100.1:x", ",",       "<script>",          "198.51.100.1:99999"};
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++)
        assert_string_equal(behind("10.0.0.5", "10.0.0.5", hostile[i]), "10.0.0.5");
    assert_string_equal(behind("10.0.0.0/8", "10.0.0.5", "203.0.113.7, evil, 10.0.0.7"),
                        "10.0.0.7");
}

static void the_standard_header_too(void **state)
{
    (void)state;
    bool https = false;
    struct forwarding forwarding = {
        .forwarded = STR("for=203.0.113.7, for=\"[2001:db8:1::9]:443\";proto=HTTPS;host=\"a,b\"")};
    assert_string_equal(origin_of("10.0.0.5", "10.0.0.5", forwarding, &https), "2001:db8:1::9");
    assert_true(https);
    forwarding.forwarded = STR("for=_secret;proto=http");
    assert_string_equal(origin_of("10.0.0.5", "10.0.0.5", forwarding, &https), "10.0.0.5");
    assert_false(https);
    forwarding =
        (struct forwarding){.for_list = STR("198.51.100.1"), .forwarded = STR("for=203.0.113.7")};
    assert_string_equal(origin_of("10.0.0.5", "10.0.0.5", forwarding, NULL), "ambiguous");
    forwarding = (struct forwarding){.for_list = STR("198.51.100.1"), .protocol = STR("https")};
    assert_string_equal(origin_of("10.0.0.5", "10.0.0.5", forwarding, &https), "198.51.100.1");
    assert_true(https);
}

static void lists_are_read_whole_or_not(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",       "a",         "10.0.0.5,",         "10.0.0.5/33", "10.0.0.5/-1",
        "::/129", "10.0.0.5/", "10.0.0.5 10.0.0.6", "10.0.0.5/x"};
    struct proxies proxies;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (proxies_read(str_from(bad[i]), &proxies)) fail_msg("taken: %s", bad[i]);
    assert_true(proxies_read(STR("10.0.0.5, 2001:db8::/33 ,0.0.0.0/0"), &proxies));
    assert_int_equal(proxies.count, 3);
    struct address address;
    assert_true(proxies_read(STR("192.0.2.128/25,2001:db8:8000::/33"), &proxies));
    assert_true(address_read(STR("192.0.2.200"), &address) && proxies_have(&proxies, &address));
    assert_true(address_read(STR("192.0.2.100"), &address) && !proxies_have(&proxies, &address));
    assert_true(address_read(STR("::ffff:192.0.2.200"), &address) &&
                proxies_have(&proxies, &address));
    assert_true(address_read(STR("2001:db8:8001::1"), &address) &&
                proxies_have(&proxies, &address));
    assert_true(address_read(STR("2001:db8:7fff::1"), &address) &&
                !proxies_have(&proxies, &address));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_is_believed_unlisted),
        cmocka_unit_test(only_what_a_proxy_added_counts),
        cmocka_unit_test(the_standard_header_too),
        cmocka_unit_test(lists_are_read_whole_or_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
