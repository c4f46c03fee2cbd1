/*
 * The guard: one request however it is cut into pieces, what it says, what it refuses.
 * tests/http/test_malformed sends many more through the whole program.
 */
#include "tests_common.h"

#include "web/guard.h"
#include "web/limits.h"

/* All at once; and then byte by byte, which must come to the same. */
static enum guard_verdict judge(const char *text, size_t length, struct guard_head *ret,
                                struct guard_refusal *ret_why)
{
    struct guard_progress whole = {0};
    struct guard_progress pieces = {0};
    struct guard_head head = {0};
    struct guard_refusal why = {0};
    enum guard_verdict verdict = guard_head(&whole, str_of(text, length), ret, ret_why);
    enum guard_verdict slow = GUARD_MORE;
    for (size_t i = 1; i <= length && slow == GUARD_MORE; i++)
        slow = guard_head(&pieces, str_of(text, i), &head, &why);
    assert_int_equal(slow, verdict);
    if (verdict == GUARD_WHOLE) assert_int_equal(head.size, ret->size);
    return verdict;
}

static int refused(const char *text)
{
    struct guard_head head = {0};
    struct guard_refusal why = {0};
    enum guard_verdict verdict = judge(text, strlen(text), &head, &why);
    if (verdict != GUARD_REFUSED) return 0;
    assert_non_null(why.words);
    return why.status;
}

static struct guard_head good(const char *text)
{
    struct guard_head head = {0};
    struct guard_refusal why = {0};
    enum guard_verdict verdict = judge(text, strlen(text), &head, &why);
    if (verdict != GUARD_WHOLE) fail_msg("%d %s: %s", verdict, why.words ? why.words : "", text);
    return head;
}

static void says_what_is_there(void **state)
{
    (void)state;
    struct guard_head head =
        good("GET /a%20b?c=d HTTP/1.1\r\nhost:  pendeen.example.org:8420 \r\n\r\nmore");
    assert_true(str_eq(head.method, STR("GET")));
    assert_true(str_eq(head.target, STR("/a%20b?c=d")));
    assert_true(str_eq(head.host, STR("pendeen.example.org:8420")));
    assert_true(head.http11 && !head.closes && !head.chunked);
    assert_int_equal(head.length, 0);
    head = good("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 007\r\nConnection: x, "
                "Close\r\n\r\n1234567");
    assert_int_equal(head.length, 7);
    assert_true(head.closes);
    head = good("POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n");
    assert_true(head.chunked);
    assert_true(good("GET / HTTP/1.0\r\n\r\n").closes);
    assert_false(good("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").closes);
}

static void waits_for_the_rest(void **state)
{
    (void)state;
    static const char text[] = "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n";
    for (size_t length = 0; length + 1 < sizeof text; length++) {
        struct guard_progress progress = {0};
        struct guard_head head;
        struct guard_refusal why;
        assert_int_equal(guard_head(&progress, str_of(text, length), &head, &why), GUARD_MORE);
    }
    good(text);
}

static void refuses_at_once(void **state)
{
    (void)state;
    /* Before the head has an end: whoever speaks another language waits for an answer. */
    assert_int_equal(refused("GET /\r\n"), 400);
    assert_int_equal(refused("\x16\x03\x01"), 400);
    assert_int_equal(refused("\x80\x81"), 400);
    assert_int_equal(refused("PRI * HTTP/2.0\r\n"), 400);
    assert_int_equal(refused("GET / HTTP/1.1\n"), 400);
    assert_int_equal(refused("BREW / HTTP/1.1\r\n"), 405);
}

static void lengths_have_ends(void **state)
{
    (void)state;
    static char text[LIMIT_HEAD_BYTES + 64];
    struct guard_head head = {0};
    struct guard_refusal why = {0};
    const char *front = "GET / HTTP/1.1\r\nHost: a\r\n";
    size_t length = strlen(front);
    memcpy(text, front, length);
    /* Headers up to the last byte that is allowed, and one more. */
    while (length + 4000 < LIMIT_HEAD_BYTES - 8) {
        memcpy(text + length, "X: ", 3);
        memset(text + length + 3, 'a', 3995);
        memcpy(text + length + 3998, "\r\n", 2);
        length += 4000;
    }
    size_t left = LIMIT_HEAD_BYTES - 2 - length;
    memcpy(text + length, "X: ", 3);
    memset(text + length + 3, 'a', left - 5);
    memcpy(text + length + left - 2, "\r\n\r\n", 4);
    assert_int_equal(judge(text, LIMIT_HEAD_BYTES, &head, &why), GUARD_WHOLE);
    memcpy(text + length + left - 2, "a\r\n\r\n", 5);
    assert_int_equal(judge(text, LIMIT_HEAD_BYTES + 1, &head, &why), GUARD_REFUSED);
    assert_int_equal(why.status, 431);
}

static void addresses(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "*",    "a",     "//a",   "/..",    "/a/../b", "/%2e%2E/a", "/a%2fb", "/a%",  "/a%4",
        "/%00", "/?%00", "/a\\b", "/a%5Cb", "/a#b",    "/?a\\",     "/%80",   "/%1f", "/a\"",
        "/.",   "/a/.",  "/%7F",  "/?<",    "/%c0%ae", "http://a/", "/a\x80"};
    static const char *const fine[] = {"/",      "/a",     "/a//b",   "/...",  "/..a",
                                       "/a..",   "/?/../", "/?a=%0a", "/?a|b", "/%E2%82%AC",
                                       "/a;b=c", "/?",     "/a?b?c"};
    char text[128];
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", bad[i]);
        if (refused(text) != 400) fail_msg("let through: %s", bad[i]);
    }
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) {
        snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", fine[i]);
        good(text);
    }
}

/* --- chunks ----------------------------------------------------------------------------- */

static enum guard_verdict chunks(const char *text, size_t step, size_t *ret_used)
{
    struct guard_chunks state = {0};
    struct guard_refusal why = {0};
    struct str rest = str_from(text);
    *ret_used = 0;
    while (rest.len) {
        struct str piece = str_sub(rest, 0, step);
        size_t used = 0;
        size_t data = 0;
        char into[256];
        enum guard_verdict verdict = guard_chunks(&state, piece, into, &data, &used, &why);
        if (verdict == GUARD_REFUSED) return verdict;
        *ret_used += used;
        if (verdict == GUARD_WHOLE) return verdict;
        assert_int_equal(used, piece.len);
        rest = str_sub(rest, used, rest.len);
    }
    return GUARD_MORE;
}

static void chunks_end_where_they_end(void **state)
{
    (void)state;
    static const char text[] =
        "5\r\nabcde\r\n1F\r\n0123456789012345678901234567890\r\n000\r\n\r\nGET /";
    static const char *const bad[] = {
        "\r\n",          "5;a\r\n",      "5 \r\n", "x\r\n", "5\n", "3\r\nabcd", "0\r\nA: b\r\n\r\n",
        "123456789\r\n", "5\r\nabcde\n", "-1\r\n", "0\r\nx"};
    size_t used = 0;
    for (size_t step = 1; step < sizeof text; step++) {
        assert_int_equal(chunks(text, step, &used), GUARD_WHOLE);
        assert_int_equal(used, sizeof text - 1 - 5);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        for (size_t step = 1; step < 12; step++)
            assert_int_equal(chunks(bad[i], step, &used), GUARD_REFUSED);
    assert_int_equal(chunks("5\r\nabcde\r\n0\r\n", 3, &used), GUARD_MORE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_is_there),   cmocka_unit_test(waits_for_the_rest),
        cmocka_unit_test(refuses_at_once),      cmocka_unit_test(lengths_have_ends),
        cmocka_unit_test(addresses),            cmocka_unit_test(chunks_end_where_they_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
