/* Webhooks against a receiver on this machine: told once the act is durable, signed, again
 * when it did not work, over a restart; never what was written. */
#include "domain/submission.h"
#include "domain/webhook.h"
#include "net/fetch.h"
#include "net/nearby.h"
#include "seal/secret.h"

#include "partnership.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

static struct person people[1];
static char folder[64];
static int listener;
static char url[100];
static char got[20000]; /* the last request */
static pthread_t thread;
static _Atomic int answer_status;
static _Atomic int requests;
static atomic_bool ending;

static void *receive(void *context)
{
    (void)context;
    while (!atomic_load(&ending)) {
        struct pollfd wait = {.fd = listener, .events = POLLIN};
        if (poll(&wait, 1, 50) != 1) continue;
        int handle = accept(listener, NULL, NULL);
        char text[sizeof got];
        size_t size = 0;
        ssize_t now;
        while (size < sizeof text - 1 &&
               (now = recv(handle, text + size, sizeof text - 1 - size, 0)) > 0) {
            size += (size_t)now;
            text[size] = 0;
            const char *length = strcasestr(text, "content-length: ");
            const char *body = strstr(text, "\r\n\r\n");
            if (body && length && strlen(body + 4) >= (size_t)strtol(length + 16, NULL, 10)) break;
        }
        char reply[100];
        int length = snprintf(reply, sizeof reply,
                              "HTTP/1.1 %d X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                              atomic_load(&answer_status));
        memcpy(got, text, size + 1);
        atomic_fetch_add(&requests, 1);
        (void)!send(handle, reply, (size_t)length, MSG_NOSIGNAL);
        close(handle);
    }
    return NULL;
}

/* The last request, whole. */
static const char *last(void)
{
    (void)atomic_load(&requests);
    return got;
}

static const char *header(const char *name)
{
    static char value[300];
    const char *at = strcasestr(last(), name);
    if (!at) fail_msg("no %s in %s", name, last());
    sscanf(at + strlen(name), "%299[^\r]", value);
    return value;
}

static int64_t waiting(void)
{
    int64_t count = 0;
    struct db *db = store_read_begin(app.store, NULL);
    assert_int_equal(db_one(db_query(db, Q_METRIC_WEBHOOKS), &count, NULL), ST_OK);
    store_read_end(app.store, db);
    return count;
}

static int64_t share(const char *key)
{
    struct submission_draft draft = {.idempotency_key = str_from(key),
                                     .narrative = STR("hookcanary was seen.")};
    struct submission_receipt receipt;
    assert_int_equal(submission_share(&app, &people[0], &draft, 0, 0, &receipt, NULL), ST_OK);
    return receipt.id;
}

static char secret[WEBHOOK_SECRET_SIZE];
static int64_t hook;

static void what_happened_is_told_and_signed(void **state)
{
    (void)state;
    struct err err = {0};
    assert_int_equal(
        webhook_add(&app, 0, STR("http://elsewhere.example.org/"), 2, secret, &hook, &err),
        ST_INVALID);
    assert_int_equal(webhook_add(&app, 0, STR("https://user@example.org/"), 2, secret, &hook, &err),
                     ST_INVALID);
    assert_int_equal(webhook_add(&app, 0, str_from(url), 0, secret, &hook, &err), ST_INVALID);
    /* Into this machine, or to whoever hands out the keys of a cloud, by any form. */
    static const char *const nearby[] = {"https://169.254.169.254/latest/",
                                         "https://127.0.0.1/",
                                         "https://localhost:8443/",
                                         "https://LOCALHOST./",
                                         "https://a.localhost/",
                                         "https://127.1/",
                                         "https://0x7f.1/",
                                         "https://0xA9FEA9FE/",
                                         "https://2852039166:443/",
                                         "https://0251.0376.0251.0376/",
                                         "https://0/",
                                         "https://0.0.0.0/",
                                         "https://[::1]/",
                                         "https://[::]/",
                                         "https://[fe80::1]/",
                                         "https://[::ffff:169.254.169.254]:8443/",
                                         "https://[::ffff:7f00:1]/",
                                         "https://[64:ff9b::a9fe:a9fe]/",
                                         "https://[2002:a9fe:a9fe::1]/",
                                         "https://[fd00:ec2::254]/",
                                         "https://[ff02::1]/",
                                         "https://224.0.0.1/",
                                         "https://255.255.255.255/",
                                         "https://169.254.169.254./"};
    for (size_t i = 0; i < sizeof nearby / sizeof *nearby; i++) {
        if (webhook_add(&app, 0, str_from(nearby[i]), 2, secret, &hook, &err) != ST_INVALID)
            fail_msg("%s is taken", nearby[i]);
        assert_non_null(strstr(err.public, "this machine itself"));
    }
    static const char *const others[] = {
        "hook.example.org",  "10.1.2.3:8443",     "192.168.1.9",         "[fd12:3456::1]",
        "[2001:db8::1]:443", "localhost.example", "169.254.example.org", "172.16.0.1"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (nearby_host(str_from(others[i]))) fail_msg("%s is refused", others[i]);
    share("before"); /* nobody is told of what was before */
    assert_int_equal(
        webhook_add(&app, 0, str_from(url), 1u << WEBHOOK_SUBMISSION, secret, &hook, &err), ST_OK);
    assert_int_equal(webhook_send_due(&app), 1);
    assert_non_null(strstr(last(), "{\"type\":\"webhook.added\""));
    int64_t id = share("first");
    assert_int_equal(waiting(), 1);
    assert_int_equal(webhook_send_due(&app), 1);
    assert_int_equal(waiting(), 0);
    char wanted[100];
    snprintf(wanted, sizeof wanted, "\"data\":{\"id\":%lld}}", (long long)id);
    const char *body = strstr(last(), "\r\n\r\n") + 4;
    assert_non_null(strstr(body, "{\"type\":\"submission.received\",\"timestamp\":\""));
    assert_non_null(strstr(body, wanted));
    assert_null(strstr(last(), "hookcanary"));
    assert_null(strstr(last(), "Kensa"));
    assert_null(strstr(last(), "Mid School"));
    /* As the receiver checks it: over what it got, with the secret that was shown. */
    struct str key;
    uint8_t mac[SEAL_HASH_SIZE];
    char message[200];
    snprintf(message, sizeof message, "%s", header("webhook-id: "));
    struct str signed_text =
        str_fmt(&arena, "%s.%s.%s", message, header("webhook-timestamp: "), body);
    assert_true(seal_base64_plain_read(&arena, str_sub(str_from(secret), 6, 100), &key));
    seal_hmac_sha256(key, signed_text, mac);
    struct str text = seal_base64_plain(&arena, str_of((char *)mac, sizeof mac));
    assert_string_equal(header("webhook-signature: "),
                        str_c(&arena, str_fmt(&arena, "v1,%.*s", STR_ARG(text))));
}

/* RFC 4231, test case 2, by another program's figures. */
static void the_signature_is_hmac_sha256(void **state)
{
    (void)state;
    static const uint8_t wanted[SEAL_HASH_SIZE] = {0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e,
                                                   0x6a, 0x04, 0x24, 0x26, 0x08, 0x95, 0x75, 0xc7,
                                                   0x5a, 0x00, 0x3f, 0x08, 0x9d, 0x27, 0x39, 0x83,
                                                   0x9d, 0xec, 0x58, 0xb9, 0x64, 0xec, 0x38, 0x43};
    uint8_t mac[SEAL_HASH_SIZE];
    seal_hmac_sha256(STR("Jefe"), STR("what do ya want for nothing?"), mac);
    assert_memory_equal(mac, wanted, sizeof mac);
}

static void what_did_not_work_is_told_again_after_a_restart(void **state)
{
    (void)state;
    struct err err = {0};
    instant_ms now = clock_now();
    atomic_store(&answer_status, 500);
    clock_set(now);
    share("second");
    assert_int_equal(webhook_send_due(&app), 0);
    char first[200];
    snprintf(first, sizeof first, "%s", header("webhook-id: "));
    int before = atomic_load(&requests);
    assert_int_equal(webhook_send_due(&app), 0); /* not yet */
    assert_int_equal(atomic_load(&requests), before);
    /* The program ends and starts again. */
    app_close(&app);
    if (app_open(&app, folder, NULL, NULL, &err) != ST_OK) fail_msg("%s", err.public);
    app.area = area;
    assert_int_equal(waiting(), 1);
    atomic_store(&answer_status, 204);
    clock_set(now + 6000);
    assert_int_equal(webhook_send_due(&app), 1);
    assert_string_equal(header("webhook-id: "), first);
    assert_int_equal(waiting(), 0);
    /* After nine times it is given up, and the page can say so. */
    assert_int_equal(webhook_refresh(&app, &err), ST_OK);
    atomic_store(&answer_status, 410);
    share("third");
    before = atomic_load(&requests);
    for (int i = 0; i < WEBHOOK_ATTEMPTS + 2; i++) {
        clock_set(clock_now() + 25 * 3600000LL);
        (void)webhook_send_due(&app);
    }
    assert_int_equal(atomic_load(&requests), before + WEBHOOK_ATTEMPTS);
    assert_int_equal(waiting(), 0);
    struct webhook *list = NULL;
    size_t count = 0;
    assert_int_equal(webhook_list(&app, &arena, &list, &count, NULL), ST_OK);
    assert_int_equal(list[0].status, 410);
    assert_true(list[0].failed_at > list[0].delivered_at);
}

static void what_is_ended_is_told_nothing(void **state)
{
    (void)state;
    share("fourth");
    assert_int_equal(waiting(), 1);
    assert_int_equal(webhook_end(&app, 0, hook, NULL), ST_OK);
    assert_int_equal(waiting(), 0);
    share("fifth");
    assert_int_equal(waiting(), 0);
    assert_int_equal(webhook_end(&app, 0, hook, NULL), ST_NOT_FOUND);
}

/* A name is looked at when it is connected to: what it leads to may have changed. */
static void a_name_that_leads_here_is_not_connected_to(void **state)
{
    (void)state;
    static const char *const proxies[] = {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};
    for (size_t i = 0; i < sizeof proxies / sizeof *proxies; i++) unsetenv(proxies[i]);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    int door = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    assert_int_equal(bind(door, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(door, 8), 0);
    getsockname(door, (struct sockaddr *)&at, &size);
    struct fetch_request request = {.json = STR("{}"), .outside = true, .maximum = 100};
    struct fetched answer;
    struct err err = {0};
    request.url = str_fmt(&arena, "https://localhost:%d/", ntohs(at.sin_port));
    assert_int_equal(fetch(&arena, &request, &answer, &err), ST_BUSY);
    assert_int_equal(accept(door, NULL, NULL), -1);
    close(door);
    request.url = str_from(url);
    request.outside = true;
    assert_int_equal(fetch(&arena, &request, &answer, &err), ST_OK);
}

static int start(void **state)
{
    (void)state;
    static const struct cast cast[] = {
        {"Kensa Sorrel", "Mid School", "education", ROLE_practitioner}};
    open_partnership(64 << 20, folder);
    add_people(cast, 1, people);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&at, sizeof at) != 0 || listen(listener, 8) != 0)
        return -1;
    getsockname(listener, (struct sockaddr *)&at, &size);
    snprintf(url, sizeof url, "http://127.0.0.1:%d/hook", ntohs(at.sin_port));
    atomic_store(&answer_status, 200);
    return pthread_create(&thread, NULL, receive, NULL);
}

static int stop(void **state)
{
    atomic_store(&ending, true);
    pthread_join(thread, NULL);
    close(listener);
    return close_partnership(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_signature_is_hmac_sha256),
        cmocka_unit_test(what_happened_is_told_and_signed),
        cmocka_unit_test(what_did_not_work_is_told_again_after_a_restart),
        cmocka_unit_test(what_is_ended_is_told_nothing),
        cmocka_unit_test(a_name_that_leads_here_is_not_connected_to),
    };
    return cmocka_run_group_tests_name("webhook", tests, start, stop);
}
