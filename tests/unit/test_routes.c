/* Every route of the table against whoever should not get through, over HTTP. */
#include "domain/account.h"
#include "domain/audit_review.h"
#include "domain/child.h"
#include "domain/child_bundle.h"
#include "domain/contact.h"
#include "domain/invitation.h"
#include "domain/area.h"
#include "domain/entity.h"
#include "domain/import_batch.h"
#include "domain/limit.h"
#include "domain/missing.h"
#include "domain/submission.h"
#include "link/link.h"
#include "web/draw.h"
#include "web/route.h"
#include "web/server.h"
#include "web/tiles.h"

#include "tests_common.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

static struct app app;
static struct area *area;
static struct server *server;
static struct session sessions[ROLE_COUNT];
static const char password[] = "a password for tests";

enum { REPLY_MAX = 1 << 20 };
static char reply[REPLY_MAX + 1];

/* Sends the bytes, reads to the end; returns the status, 0 when there was none. */
static int exchange_raw(const char *bytes, size_t size)
{
    int handle = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(server_port(server))};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(connect(handle, (struct sockaddr *)&to, sizeof to), 0);
    struct timeval wait = {.tv_sec = 20};
    setsockopt(handle, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    for (size_t sent = 0; sent < size;) {
        ssize_t now = send(handle, bytes + sent, size - sent, MSG_NOSIGNAL);
        if (now <= 0) break; /* refused before all of it was sent */
        sent += (size_t)now;
    }
    size_t got = 0;
    ssize_t now;
    while (got < REPLY_MAX && (now = recv(handle, reply + got, REPLY_MAX - got, 0)) > 0)
        got += (size_t)now;
    reply[got] = 0;
    close(handle);
    int status = 0;
    sscanf(reply, "HTTP/1.1 %d", &status);
    return status;
}

/* `extra`: header lines, each with its end; `body`: of a POST, else NULL. */
static int ask(const char *method, const char *path, const char *extra, const char *body)
{
    limit_clear();
    struct buf text;
    buf_init(&text, 64 << 20);
    buf_add_fmt(&text, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n%s", method, path,
                extra);
    if (body)
        buf_add_fmt(&text,
                    "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %zu\r\n",
                    strlen(body));
    buf_add_c(&text, "\r\n");
    if (body) buf_add_c(&text, body);
    int status = exchange_raw(text.data, text.len);
    buf_done(&text);
    return status;
}

static char tokens[ROLE_COUNT][SEAL_TOKEN_SIZE]; /* of a program of each role */

/* How somebody of a role says who it is: by session, and by token. */
static const char *cookie_of(enum role role)
{
    static char line[4 * SEAL_TOKEN_SIZE];
    snprintf(line, sizeof line, "Cookie: __Host-pendeen=%.43s\r\nAuthorization: Bearer %.43s\r\n",
             sessions[role].token, tokens[role]);
    return line;
}

/* The pattern with its {…} filled by 1. */
static const char *path_of(const struct route *route)
{
    static char path[300];
    size_t n = 0;
    for (const char *c = route->pattern; *c; c++) {
        if (*c != '{') {
            path[n++] = *c;
            continue;
        }
        path[n++] = '1';
        while (*c != '}') c++;
    }
    path[n] = 0;
    return path;
}

static const char *method_of(const struct route *route)
{
    return route->method == GET ? "GET" : "POST";
}

static const char *body_of(const struct route *route, const char *body)
{
    return route->method == GET ? NULL : body;
}

static void nobody_gets_in_without_signing_in(void **state)
{
    (void)state;
    for (int i = 0; i < ROUTE_COUNT; i++) {
        if (routes[i].capability == OPEN) continue;
        int status =
            ask(method_of(&routes[i]), path_of(&routes[i]), "", body_of(&routes[i], "x=1"));
        int wanted = routes[i].method == GET && routes[i].csrf != BEARER_TOKEN ? 303 : 401;
        if (status != wanted) fail_msg("%s answered %d", routes[i].name, status);
        if (wanted == 303) assert_non_null(strstr(reply, "Location: /sign-in"));
    }
}

static void a_role_without_the_capability_meets_a_missing_page(void **state)
{
    (void)state;
    for (int i = 0; i < ROUTE_COUNT; i++) {
        if (routes[i].capability < 100) continue;
        for (int role = 0; role < ROLE_COUNT; role++) {
            struct person who = {.account = 1, .roles = 1u << role};
            if (access_allows(&who, (enum action)(routes[i].capability - 100), NULL)) continue;
            char body[1000];
            snprintf(body, sizeof body, "csrf=%s", sessions[role].csrf);
            int status = ask(method_of(&routes[i]), path_of(&routes[i]), cookie_of((enum role)role),
                             body_of(&routes[i], body));
            if (status != 404)
                fail_msg("%s answered %d to %s", routes[i].name, status,
                         role_name((enum role)role));
        }
    }
}

static enum role role_for(const struct route *route)
{
    for (int role = 0; role < ROLE_COUNT; role++) {
        struct person who = {.account = 1, .roles = 1u << role};
        if (route->capability == SIGNED_IN ||
            access_allows(&who, (enum action)(route->capability - 100), NULL))
            return (enum role)role;
    }
    fail_msg("nobody may use %s", route->name);
    return 0;
}

static void a_form_without_the_token_is_not_obeyed(void **state)
{
    (void)state;
    int forms = 0;
    for (int i = 0; i < ROUTE_COUNT; i++) {
        if (routes[i].csrf != TOKEN) continue;
        enum role role = role_for(&routes[i]);
        static const char *bodies[] = {"x=1",
                                       "csrf=", "csrf=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
        for (size_t b = 0; b < 3; b++) {
            int status = ask("POST", path_of(&routes[i]), cookie_of(role), bodies[b]);
            if (status != 403) fail_msg("%s answered %d", routes[i].name, status);
            /* What was sent comes back in the page. */
            if (b == 0) assert_non_null(strstr(reply, "name=\"x\" value=\"1\""));
        }
        forms++;
    }
    assert_true(forms > 3);
}

static void every_post_is_guarded(void **state)
{
    (void)state;
    for (int i = 0; i < ROUTE_COUNT; i++) {
        if (routes[i].csrf == BEARER_TOKEN) continue; /* no browser sends a token by itself */
        assert_int_equal(routes[i].method == POST, routes[i].csrf != NO_FORM);
        if (routes[i].csrf == ORIGIN) assert_int_equal(routes[i].capability, OPEN);
        if (routes[i].csrf != NO_FORM)
            assert_int_equal(
                ask("POST", path_of(&routes[i]), "Origin: https://elsewhere.example\r\n", "x=1"),
                403);
    }
}

static void a_body_that_is_too_large_is_refused(void **state)
{
    (void)state;
    for (int i = 0; i < ROUTE_COUNT; i++) {
        if (routes[i].method == GET) continue;
        char headers[2400];
        snprintf(headers, sizeof headers, "%sContent-Length: %zu\r\n",
                 routes[i].capability == OPEN ? "" : cookie_of(role_for(&routes[i])),
                 routes[i].body_maximum + 1);
        int status = ask("POST", path_of(&routes[i]), headers, NULL);
        if (status != 413) fail_msg("%s answered %d", routes[i].name, status);
    }
}

static int64_t lines_of_log(void)
{
    struct merkle_frontier head;
    struct db *db = store_read_begin(app.store, NULL);
    assert_int_equal(audit_log_head(db, &head, NULL), ST_OK);
    store_read_end(app.store, db);
    return (int64_t)head.size;
}

/* Whoever is signed in leaves a line by each page that shows anything, each change, each form
 * that is shown back, and each refusal; and none by what shows nothing. */
static void every_use_is_in_the_log(void **state)
{
    (void)state;
    int shown = 0;
    int refused = 0;
    int back = 0;
    for (int i = 0; i < ROUTE_COUNT; i++) {
        const struct route *route = &routes[i];
        if (route->capability == OPEN || str_eq(str_from(route->name), STR("sign_out"))) continue;
        for (int role = 0; role < ROLE_COUNT; role++) {
            char body[1000];
            snprintf(body, sizeof body, "csrf=%s", sessions[role].csrf);
            int64_t before = lines_of_log();
            int status = ask(method_of(route), path_of(route), cookie_of((enum role)role),
                             body_of(route, body));
            bool success = status == (route->method == GET ? 200 : 303);
            /* To ask who it is is no refusal yet. */
            bool asks = strstr(reply, "Confirm that it is you") != NULL;
            bool refusal = status == 404 || (status == 403 && !asks);
            /* 401: a route before ended the session */
            bool drawn = !asks && status / 100 != 3 && status != 401;
            bool wanted = refusal || (success && route->audit.logs) || (drawn && route->audit.logs);
            if (wanted && lines_of_log() == before)
                fail_msg("%s answered %d to %s, and the log does not say so", route->name, status,
                         role_name((enum role)role));
            if (success && !route->audit.logs && lines_of_log() != before)
                fail_msg("%s is in the log, and shows nothing", route->name);
            shown += success && route->audit.logs;
            refused += refusal;
            back += drawn && !success && !refusal;
        }
    }
    assert_true(shown > 10);
    assert_true(refused > 100);
    assert_true(back > 10);
}

/* A form that is shown back holds the name, reference and birth of its child. */
static void a_form_that_is_shown_back_is_in_the_log(void **state)
{
    (void)state;
    static const char *const of_child[] = {"access",    "class",   "hold", "close",
                                           "disposals", "bundles", "join", "missing/new",
                                           "add/plan",  "add/note"};
    static const char *const of_episode[] = {"report", "return", "interview"};
    enum {
        CHILD_FORMS = sizeof of_child / sizeof *of_child,
        EPISODE_FORMS = sizeof of_episode / sizeof *of_episode
    };
    for (size_t i = 0; i < CHILD_FORMS + EPISODE_FORMS; i++) {
        char path[100];
        char body[300];
        bool of_one = i < CHILD_FORMS;
        snprintf(path, sizeof path, "/%s/1/%s%s", of_one ? "children" : "missing",
                 of_one ? "" : "parts/", of_one ? of_child[i] : of_episode[i - CHILD_FORMS]);
        snprintf(body, sizeof body, "csrf=%s&return-day=zz&interview-day=zz&missing-since-day=zz",
                 sessions[ROLE_maru_officer].csrf);
        int64_t before = lines_of_log();
        int status = ask("POST", path, cookie_of(ROLE_maru_officer), body);
        if (status != 400) fail_msg("%s answered %d", path, status);
        if (lines_of_log() == before) fail_msg("%s was shown, and the log does not say so", path);
    }
}

/* A blank is never silent; and an interview without an offer asks for it. */
static void what_of_an_episode_was_not_answered_is_named(void **state)
{
    (void)state;
    const char *officer = cookie_of(ROLE_maru_officer);
    assert_int_equal(ask("GET", "/missing/1", officer, NULL), 200);
    assert_non_null(strstr(reply, "Not answered: Who reported it?; What happened before?;"));
    assert_non_null(strstr(reply, "Clothing, and what the child has with them"));
    assert_int_equal(ask("GET", "/missing/1/parts/interview", officer, NULL), 200);
    assert_non_null(strstr(reply, "Before: the offer"));
    assert_non_null(strstr(reply, "Offered on which day?"));
}

/* --- refusals that would tell who told -------------------------------------------------------- */

static struct person person_of(struct arena *arena, enum role role)
{
    struct person who = {0};
    char email[64];
    snprintf(email, sizeof email, "%s@example.org", role_name(role));
    assert_int_equal(account_person(&app, arena, str_from(email), &who, NULL), ST_OK);
    return who;
}

/* How many lines of this action an auditor sees there with such an outcome;
 * whether one names a record. */
static size_t lines_seen(const struct audit_filter *filter, const char *action, const char *outcome,
                         bool *ret_named)
{
    struct arena arena;
    struct audit_seen *list = NULL;
    size_t count = 0;
    size_t found = 0;
    struct audit_rest rest;
    arena_init(&arena, 16 << 20);
    struct person auditor = person_of(&arena, ROLE_auditor);
    assert_int_equal(
        audit_review(&app, &arena, &auditor, filter, false, 1000, &list, &count, &rest, NULL),
        ST_OK);
    *ret_named = false;
    for (size_t i = 0; i < count; i++) {
        if (!str_eq(list[i].action, str_from(action)) ||
            !str_eq(list[i].outcome, str_from(outcome)))
            continue;
        found++;
        *ret_named |= list[i].records.len > 0;
    }
    arena_done(&arena);
    return found;
}

/* Somebody writes, the session ends, they sign in again: one press and it goes on.  Of somebody
 * else who signed in meanwhile the page says in whose name it would go. */
static void a_form_outlives_its_session_for_its_own_person(void **state)
{
    (void)state;
    struct arena arena;
    char body[300];
    arena_init(&arena, 1 << 20);
    const struct session *before = &sessions[ROLE_practitioner];
    struct person who = person_of(&arena, ROLE_practitioner);
    struct visitor visitor = {STR("127.0.0.1"), STR("A browser"), STR(""), STR("")};
    struct session again;
    assert_int_equal(session_begin(&app, who.account, &visitor, "signed in", true, &again, NULL),
                     ST_OK);
    snprintf(body, sizeof body, "csrf=%s&narrative=A+gate", before->csrf);
    /* Signed out: the page keeps the token, and shows nobody's name. */
    assert_int_equal(ask("POST", "/share", "", body), 401);
    assert_non_null(strstr(reply, before->csrf));
    char cookie[100];
    snprintf(cookie, sizeof cookie, "Cookie: __Host-pendeen=%.43s\r\n", again.token);
    assert_int_equal(ask("POST", "/share", cookie, body), 200);
    assert_non_null(strstr(reply, "Check and send"));
    assert_non_null(strstr(reply, again.csrf));
    /* Somebody else. */
    struct person other = person_of(&arena, ROLE_representative);
    assert_int_equal(ask("POST", "/share", cookie_of(ROLE_representative), body), 403);
    assert_non_null(strstr(reply, "in the name of"));
    assert_non_null(
        strstr(reply, str_c(&arena, str_fmt(&arena, "Send it as %.*s", STR_ARG(other.name)))));
    /* Whoever wrote it may come back to that page, and it is theirs again. */
    assert_non_null(strstr(reply, sessions[ROLE_representative].csrf));
    char both[400];
    snprintf(both, sizeof both, "csrf=%s&csrf-was=%s&narrative=A+gate",
             sessions[ROLE_representative].csrf, before->csrf);
    assert_int_equal(ask("POST", "/share", cookie, both), 200);
    assert_null(strstr(reply, "csrf-was"));
    /* A token with another hour, or of somebody else's tag, is none of theirs. */
    memcpy(body, "csrf=000000", 11);
    assert_int_equal(ask("POST", "/share", cookie, body), 403);
    arena_done(&arena);
}

/* Whoever sends a form of their own with an old token was refused: neither a search by the account
 * nor one by the record shows the two together. */
static void an_old_token_does_not_tell_who_told(void **state)
{
    (void)state;
    static const struct {
        enum role role;
        enum route_id route;
        const char *kind;
        const char *action;
    } cases[] = {
        {ROLE_practitioner, ROUTE_submission_reply, "submission", "submission answered"},
        {ROLE_representative, ROUTE_import_run, "import", "import started"},
        {ROLE_practitioner, ROUTE_referral_withdraw_send, "referral", "referral withdrawn"}};
    struct arena arena;
    arena_init(&arena, 1 << 20);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct person who = person_of(&arena, cases[i].role);
        struct submission_draft draft = {.idempotency_key = STR("mine"),
                                         .narrative = STR("He waited by the gate.")};
        struct submission_receipt receipt = {.id = 41};
        if (i == 0)
            assert_int_equal(submission_share(&app, &who, &draft, 0, 0, &receipt, NULL), ST_OK);
        if (i == 1)
            assert_int_equal(import_batch_add(&app, &who, STR("a.csv"), STR("what\nA gate.\n"),
                                              &receipt.id, NULL),
                             ST_OK);
        const char *path = str_c(&arena, url_to_id(&arena, cases[i].route, receipt.id).s);
        bool named = false;
        int64_t before = lines_of_log();
        assert_int_equal(ask("POST", path, cookie_of(cases[i].role), "csrf=old&act=withdraw"), 403);
        assert_int_equal(lines_of_log(), before + 1);
        struct audit_filter account = {.about = ABOUT_ACCOUNT, .account = who.account, .kind = -1};
        struct audit_filter record = {
            .about = ABOUT_RECORD, .record = {cases[i].kind, receipt.id}, .kind = -1};
        assert_int_equal(lines_seen(&account, cases[i].action, "no token", &named), 0);
        assert_int_equal(lines_seen(&record, cases[i].action, "no token", &named), 0);
        /* Somebody else who tries such a form is in the log; of which record is not said there. */
        struct person other = person_of(&arena, ROLE_analyst);
        char body[200];
        snprintf(body, sizeof body, "csrf=%s&act=withdraw", sessions[ROLE_analyst].csrf);
        assert_int_equal(ask("POST", path, cookie_of(ROLE_analyst), body), 404);
        account.account = other.account;
        assert_int_equal(lines_seen(&account, cases[i].action, "not found", &named), 1);
        assert_false(named);
    }
    arena_done(&arena);
}

/* Nor does a form that is shown back, which others are offered too. */
static void a_form_shown_back_does_not_tell_who_told(void **state)
{
    (void)state;
    struct arena arena;
    bool named = false;
    char body[200];
    arena_init(&arena, 1 << 20);
    struct person who = person_of(&arena, ROLE_representative);
    struct submission_draft draft = {.idempotency_key = STR("the representative's"),
                                     .narrative = STR("She saw him there.")};
    struct submission_receipt receipt;
    assert_int_equal(submission_share(&app, &who, &draft, 0, 0, &receipt, NULL), ST_OK);
    snprintf(body, sizeof body, "csrf=%s&reason=", sessions[ROLE_representative].csrf);
    int64_t before = lines_of_log();
    assert_int_equal(ask("POST", str_c(&arena, url_to_id(&arena, ROUTE_source, receipt.id).s),
                         cookie_of(ROLE_representative), body),
                     400);
    assert_int_equal(lines_of_log(), before + 1);
    struct audit_filter account = {.about = ABOUT_ACCOUNT, .account = who.account, .kind = -1};
    assert_int_equal(lines_seen(&account, "source disclosed", "refused", &named), 0);
    arena_done(&arena);
}

/* Of a form that anybody may be offered the old token names no record
 * either: it was not looked at. */
static void an_old_token_names_no_record(void **state)
{
    (void)state;
    struct arena arena;
    bool named = false;
    arena_init(&arena, 1 << 20);
    struct person who = person_of(&arena, ROLE_representative);
    struct audit_filter account = {.about = ABOUT_ACCOUNT, .account = who.account, .kind = -1};
    size_t before = lines_seen(&account, "handling set", "no token", &named);
    assert_int_equal(
        ask("POST", "/submissions/1/handling", cookie_of(ROLE_representative), "csrf=old"), 403);
    assert_int_equal(lines_seen(&account, "handling set", "no token", &named), before + 1);
    assert_false(named);
    arena_done(&arena);
}

/* What is held on a child leaves when a second person has released it, as a disclosure. */
static void a_draft_for_a_child_stays_in_the_program(void **state)
{
    (void)state;
    struct arena arena;
    struct child_file file;
    struct child_bundle bundle;
    int64_t id = 0;
    bool named = false;
    arena_init(&arena, 16 << 20);
    const char *cookie = cookie_of(ROLE_maru_officer);
    struct person officer = person_of(&arena, ROLE_maru_officer);
    enum bundle_field wrong;
    struct bundle_asked asked = {STR("Wella herself"), STR("today"), STR("Passport seen")};
    assert_int_equal(
        child_bundle_add(&app, &officer, 1, &asked, &id, &wrong, NULL),
        ST_OK);
    const char *pdf = str_c(&arena, url_to_ids(&arena, ROUTE_child_bundle_pdf, 1, id).s);
    const char *print = str_c(&arena, url_to_ids(&arena, ROUTE_child_bundle_print, 1, id).s);
    assert_int_equal(ask("GET", pdf, cookie, NULL), 409);
    assert_null(strstr(reply, "Content-Disposition"));
    assert_null(strstr(reply, "Wella"));
    assert_int_equal(ask("GET", print, cookie, NULL), 200);
    assert_non_null(strstr(reply, "<div class=\"govuk-!-display-none-print\">\n<span"));
    assert_null(strstr(reply, "held.pdf"));
    struct audit_filter of_child = {.about = ABOUT_RECORD, .record = {"child", 1}, .kind = -1};
    assert_int_equal(lines_seen(&of_child, "subject access printed", "ok", &named), 0);

    struct person second = person_of(&arena, ROLE_administrator);
    second.roles = 1u << ROLE_maru_officer;
    assert_int_equal(child_open(&app, &arena, &officer, 1, &file, NULL), ST_OK);
    assert_int_equal(child_bundle_read(&app, &arena, &officer, &file, id, &bundle, NULL), ST_OK);
    for (size_t i = 0; i < bundle.item_count; i++) bundle.item[i].choice = BUNDLE_GIVE;
    assert_int_equal(child_bundle_save(&app, &officer, &file, &bundle, NULL), ST_OK);
    assert_int_equal(child_bundle_read(&app, &arena, &second, &file, id, &bundle, NULL), ST_OK);
    assert_int_equal(child_bundle_release(&app, &second, &file, id, bundle.seen, NULL), ST_OK);
    assert_int_equal(ask("GET", print, cookie, NULL), 200);
    assert_null(strstr(reply, "<div class=\"govuk-!-display-none-print\">"));
    assert_non_null(strstr(reply, "held.pdf"));
    assert_int_equal(ask("GET", pdf, cookie, NULL), 200);
    assert_non_null(
        strstr(reply, "Content-Disposition: attachment; filename=\"what-is-held.pdf\"\r\n"));
    of_child.kind = AUDIT_DISCLOSURE;
    assert_int_equal(lines_seen(&of_child, "subject access printed", "ok", &named), 2);
    arena_done(&arena);
}

static void the_log_is_a_safe_spreadsheet(void **state)
{
    (void)state;
    assert_int_equal(ask("GET", "/suggestions", cookie_of(ROLE_analyst), NULL), 200);
    assert_int_equal(ask("GET", "/audit/log.csv?kind=consultation", cookie_of(ROLE_auditor), NULL),
                     200);
    assert_non_null(strstr(reply, "Content-Type: text/csv"));
    assert_non_null(strstr(reply, "'=HYPERLINK"));
    assert_null(strstr(reply, ",=HYPERLINK"));
    assert_null(strstr(reply, ",\"=HYPERLINK"));
    assert_int_equal(ask("GET", "/audit/log.csv?from=yesterday", cookie_of(ROLE_auditor), NULL),
                     400);
    assert_int_equal(ask("GET", "/audit?from=2026-02-30", cookie_of(ROLE_auditor), NULL), 400);
    assert_int_equal(
        ask("GET", "/audit?from=2026-03-02&until=2026-03-01", cookie_of(ROLE_auditor), NULL), 400);
    assert_int_equal(ask("GET", "/audit/records/weather/1", cookie_of(ROLE_auditor), NULL), 404);
    assert_int_equal(ask("GET", "/audit/records/submission/0", cookie_of(ROLE_auditor), NULL), 404);
}

static void pages_carry_their_guards(void **state)
{
    (void)state;
    assert_int_equal(ask("GET", "/", "", NULL), 200);
    assert_non_null(
        strstr(reply, "Content-Security-Policy: default-src 'none'; script-src 'self'"));
    assert_non_null(strstr(reply, "X-Content-Type-Options: nosniff"));
    assert_non_null(strstr(reply, "Cache-Control: no-store"));
    assert_null(strstr(reply, "<script>"));
    assert_null(strstr(reply, " style="));
}

static size_t times(const char *words)
{
    size_t count = 0;
    for (const char *at = reply; (at = strstr(at, words)); at++) count++;
    return count;
}

/* A tile server that the configuration names is let in by the page of the map, and by no other. */
static void tiles_are_for_the_map_alone(void **state)
{
    (void)state;
    const char *cookie = cookie_of(ROLE_analyst);
    assert_int_equal(ask("GET", "/map", cookie, NULL), 200);
    assert_non_null(strstr(reply, "img-src 'self' data:; connect-src"));
    assert_null(strstr(reply, "data-pendeen-tiles"));
    app.map_tiles = "https://tiles.example.org:8443/a/{z}/{x}/{y}.png?key=1";
    app.map_credit = "Made <by> us";
    assert_int_equal(ask("GET", "/map", cookie, NULL), 200);
    assert_int_equal(times("Content-Security-Policy:"), 1);
    assert_non_null(strstr(
        reply,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: "
        "https://tiles.example.org:8443; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'\r\n"));
    assert_int_equal(times("X-Content-Type-Options: nosniff"), 1);
    assert_non_null(strstr(
        reply, "data-pendeen-tiles=\"https://tiles.example.org:8443/a/{z}/{x}/{y}.png?key=1\""));
    assert_non_null(strstr(reply, "Made &lt;by&gt; us"));
    static const char *const others[] = {"/map/list?town=-1", "/map/data.json", "/locations", "/",
                                         "/map?from=nonsense%00"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        (void)ask("GET", others[i], cookie, NULL);
        assert_int_equal(times("Content-Security-Policy:"), 1);
        assert_null(strstr(reply, "tiles.example.org"));
    }
    app.map_tiles = app.map_credit = NULL;
}

static void addresses_of_tiles_are_judged(void **state)
{
    (void)state;
    static const char *const good[] = {"https://tiles.example.org/{z}/{x}/{y}.png",
                                       "https://a.b:8443/t/{z}/{y}/{x}@2x.webp?key=a%20b&v=1",
                                       "http://127.0.0.1:8080/{z}/{x}/{y}",
                                       "http://localhost/{z}/{x}/{y}"};
    static const char *const bad[] = {"",
                                      "https://",
                                      "https:///{z}/{x}/{y}",
                                      "tiles.example.org/{z}/{x}/{y}",
                                      "http://tiles.example.org/{z}/{x}/{y}",
                                      "http://127.0.0.1.example.org/{z}/{x}/{y}",
                                      "ftp://a/{z}/{x}/{y}",
                                      "https://a/{z}/{x}",
                                      "https://a/{z}/{x}/{y}/{y}",
                                      "https://a/{z}/{x}/{y}{s}",
                                      "https://{s}.a/{z}/{x}/{y}",
                                      "https://a;b/{z}/{x}/{y}",
                                      "https://a b/{z}/{x}/{y}",
                                      "https://a/{z}/{x}/{y}\r\nX: y",
                                      "https://a/{z}/{x}/{y}\"",
                                      "https://a:0/{z}/{x}/{y}",
                                      "https://a:b/{z}/{x}/{y}",
                                      "https://u@a/{z}/{x}/{y}",
                                      "https://*.example.org/{z}/{x}/{y}",
                                      "https://*/{z}/{x}/{y}",
                                      "https://a,/{z}/{x}/{y}"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (tiles_wrong(str_from(good[i])))
            fail_msg("%s: %s", good[i], tiles_wrong(str_from(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (!tiles_wrong(str_from(bad[i]))) fail_msg("%s is taken", bad[i]);
    assert_true(str_eq(tiles_origin(str_from(good[1])), STR("https://a.b:8443")));
    assert_true(str_eq(tiles_host(str_from(good[1])), STR("a.b:8443")));
}

/* Two that are called alike are two choices that look different. */
static void others_of_one_name_are_told_apart(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 8 << 20);
    struct person who = person_of(&arena, ROLE_analyst);
    static const char *const ages[] = {"15", "about 40"};
    int64_t car = 0;
    for (size_t i = 0; i < 2; i++) {
        struct mention_draft mention[] = {{.kind = LINK_VEHICLE, .span_start = -1, .span_end = -1},
                                          {.kind = LINK_PERSON, .span_start = -1, .span_end = -1}};
        mention[0].field[LINK_REGISTRATION] = STR("WK85 ZZY");
        mention[1].field[LINK_NAME] = STR("Corwen Tansy");
        mention[1].field[LINK_AGE] = str_from(ages[i]);
        struct submission_draft draft = {.idempotency_key = str_fmt(&arena, "alike %zu", i),
                                         .narrative = STR("Seen by a car."),
                                         .mention = mention,
                                         .mention_count = 2};
        struct submission_receipt receipt;
        struct submission read;
        assert_int_equal(submission_share(&app, &who, &draft, 0, 0, &receipt, NULL), ST_OK);
        assert_int_equal(submission_read(&app, &arena, &who, receipt.id, &read, NULL), ST_OK);
        if (car)
            assert_int_equal(decision_make(&app, &who, read.mention[0].id, car, VERDICT_SAME,
                                           STR("One plate."), NULL),
                             ST_OK);
        car = read.mention[0].id;
        who.scope = NULL;
    }
    char path[64];
    snprintf(path, sizeof path, "/entities/%lld/relations", (long long)car);
    assert_int_equal(ask("GET", path, cookie_of(ROLE_analyst), NULL), 200);
    assert_non_null(strstr(reply, ", age about 40, "));
    assert_non_null(strstr(reply, ", age 15, "));
    /* Whoever grades is not the one who shared it. */
    const struct area_handling *handling = area_handlings(area, &(size_t){0});
    assert_null(strstr(str_c(&arena, handling[0].others), "your organisation"));
    arena_done(&arena);
}

static void missing_and_denied_records_answer_alike(void **state)
{
    (void)state;
    struct person who = {0};
    struct arena arena;
    arena_init(&arena, 1 << 20);
    assert_int_equal(account_person(&app, &arena, STR("analyst@example.org"), &who, NULL), ST_OK);
    struct submission_draft draft = {.idempotency_key = STR("secret"),
                                     .narrative = STR("A white van.")};
    struct submission_receipt receipt;
    assert_int_equal(submission_share(&app, &who, &draft, 0, 0, &receipt, NULL), ST_OK);
    char path[64];
    snprintf(path, sizeof path, "/submissions/%lld", (long long)receipt.id);
    assert_int_equal(ask("GET", path, cookie_of(ROLE_analyst), NULL), 200);
    assert_int_equal(ask("GET", path, cookie_of(ROLE_practitioner), NULL), 404);
    char *denied = strdup(strstr(reply, "\r\n\r\n"));
    assert_int_equal(ask("GET", "/submissions/999999", cookie_of(ROLE_practitioner), NULL), 404);
    assert_string_equal(denied, strstr(reply, "\r\n\r\n"));
    free(denied);
    arena_done(&arena);
}

static void malformed_requests_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        int status;
    } cases[] = {
        {"POST /sign-in HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxy",
         400},
        {"POST /sign-in HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: "
         "chunked\r\n\r\n0\r\n\r\n",
         400},
        {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nConnection: close\r\n\r\n", 400},
        {"DELETE / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 405},
        {"GET /nowhere HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 404},
        {"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", 405},
        {"GET /sign-in/../../etc/passwd HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 400},
        {"GET /assets/%2e%2e%2fpendeen.db HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 400},
        {"POST /sign-in HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400},
        {"POST /sign-in HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", 400},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        limit_clear();
        int status = exchange_raw(cases[i].bytes, strlen(cases[i].bytes));
        if (status != cases[i].status) fail_msg("case %zu answered %d", i, status);
    }
}

static void sign_in_tells_nothing(void **state)
{
    (void)state;
    assert_int_equal(
        ask("POST", "/sign-in", "", "email=analyst%40example.org&password=wrong+wrong+wrong"), 403);
    char *known = strdup(strstr(reply, "<h1"));
    assert_int_equal(
        ask("POST", "/sign-in", "", "email=nobodyy%40example.org&password=wrong+wrong+wrong"), 403);
    char *at = strstr(reply, "nobodyy");
    assert_non_null(at);
    memcpy(at, "analyst", 7);
    assert_string_equal(known, strstr(reply, "<h1"));
    free(known);
    char body[200];
    snprintf(
        body, sizeof body,
        "email=analyst%%40example.org&password=a+password+for+tests&next=//elsewhere.example/");
    assert_int_equal(ask("POST", "/sign-in", "", body), 303);
    assert_non_null(strstr(reply, "Location: /\r\n"));
    assert_non_null(strstr(reply, "HttpOnly; SameSite=Lax"));
}

static void sign_in_is_limited(void **state)
{
    (void)state;
    int limited = 0;
    for (int i = 0; i < 12; i++) {
        const char request[] =
            "POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 36\r\n\r\n"
            "email=guess%40example.org&password=x";
        limited += exchange_raw(request, sizeof request - 1) == 429;
    }
    assert_true(limited >= 3);
}

/* Roles, links, second factors and exports are never changed or given out on a session
 * whose owner may have left the desk. */
static void sensitive_routes_ask_again(void **state)
{
    (void)state;
    for (int i = 0; i < ROUTE_COUNT; i++) {
        bool accounts =
            routes[i].capability == NEEDS(ACT_MANAGE_ACCOUNTS) && routes[i].method == POST;
        bool export = routes[i].audit.logs && routes[i].audit.kind == AUDIT_DISCLOSURE &&
                      routes[i].method == GET;
        if ((accounts || export) && !routes[i].recent)
            fail_msg("%s does not say RECENT", routes[i].name);
    }
    instant_ms now = clock_now();
    clock_set(now + SESSION_RECENT_MINUTES * 60000LL);
    int asked = 0;
    for (int i = 0; i < ROUTE_COUNT; i++) {
        if (!routes[i].recent) continue;
        enum role role = role_for(&routes[i]);
        char body[1000];
        snprintf(body, sizeof body, "csrf=%s&kept=what+was+typed", sessions[role].csrf);
        int status = ask(method_of(&routes[i]), path_of(&routes[i]), cookie_of(role),
                         body_of(&routes[i], body));
        if (status != 403 || !strstr(reply, "Confirm that it is you"))
            fail_msg("%s answered %d", routes[i].name, status);
        if (routes[i].method == POST) assert_non_null(strstr(reply, "what was typed"));
        asked++;
    }
    assert_true(asked > 20);
    /* Saying yes without a password opens nothing. */
    char body[1000];
    snprintf(body, sizeof body,
             "csrf=%s&confirm=yes&confirm_password=", sessions[ROLE_administrator].csrf);
    assert_int_equal(ask("POST", "/people/1/disable", cookie_of(ROLE_administrator), body), 403);
    snprintf(body, sizeof body,
             "csrf=%s&confirm=yes&confirm_password=a+password+for+tests&next=/people",
             sessions[ROLE_administrator].csrf);
    assert_int_equal(ask("POST", "/confirm", cookie_of(ROLE_administrator), body), 303);
    assert_non_null(strstr(reply, "Location: /people\r\n"));
    const char *given = strstr(reply, "__Host-pendeen=");
    assert_non_null(given);
    char token[SEAL_TOKEN_SIZE] = "";
    memcpy(token, given + strlen("__Host-pendeen="), SEAL_TOKEN_SIZE - 1);
    /* the old one */
    assert_int_equal(ask("GET", "/people", cookie_of(ROLE_administrator), NULL), 303);
    memcpy(sessions[ROLE_administrator].token, token, sizeof token);
    assert_int_equal(ask("GET", "/people", cookie_of(ROLE_administrator), NULL), 200);
    clock_set(0);
}

/* The sandbox was closed around the ports that there were: whoever adds another is told. */
static void a_webhook_to_a_closed_port_is_active_later(void **state)
{
    (void)state;
    char body[300];
    snprintf(body, sizeof body,
             "csrf=%s&confirm=yes&confirm_password=a+password+for+tests&next=/webhooks",
             sessions[ROLE_administrator].csrf);
    assert_int_equal(ask("POST", "/confirm", cookie_of(ROLE_administrator), body), 303);
    memcpy(sessions[ROLE_administrator].token, strstr(reply, "__Host-pendeen=") + 15,
           SEAL_TOKEN_SIZE - 1);
    const char *cookie = cookie_of(ROLE_administrator);
    app.reach_known = true;
    app.reach_port[0] = 443;
    app.reach_count = 1;
    snprintf(body, sizeof body, "csrf=%s&kind=submission.received&address=https%%3A//a.example%s",
             sessions[ROLE_administrator].csrf, ":8443/");
    assert_int_equal(ask("POST", "/webhooks", cookie, body), 200);
    assert_non_null(strstr(reply, "Active after a restart"));
    assert_null(strstr(reply, ">Done</h2>"));
    snprintf(body, sizeof body, "csrf=%s&kind=submission.received&address=https%%3A//a.example/",
             sessions[ROLE_administrator].csrf);
    assert_int_equal(ask("POST", "/webhooks", cookie, body), 200);
    assert_non_null(strstr(reply, ">Done</h2>"));
    snprintf(body, sizeof body, "csrf=%s&kind=submission.received&address=https%%3A//169.254.1.1/",
             sessions[ROLE_administrator].csrf);
    assert_int_equal(ask("POST", "/webhooks", cookie, body), 400);
    app.reach_known = false;
    app.reach_count = 0;
}

/* Whoever writes words of danger is told of 999 before anything is kept, and nothing is lost. */
static void words_of_danger_are_told_of_before_they_are_kept(void **state)
{
    (void)state;
    static const enum route_id must[] = {
        ROUTE_referral_add,     ROUTE_referral_disagree, ROUTE_check_answer,
        ROUTE_submission_reply, ROUTE_child_add_send,    ROUTE_child_fact_add,
        ROUTE_note_add,         ROUTE_across_send,       ROUTE_meeting_item_do_send,
        ROUTE_action_do_send,   ROUTE_connect_send,      ROUTE_child_create};
    for (size_t i = 0; i < sizeof must / sizeof *must; i++)
        if (!routes[must[i]].warns) fail_msg("%s does not say WARNS", routes[must[i]].name);
    for (int i = 0; i < ROUTE_COUNT; i++) {
        if (!routes[i].warns) continue;
        enum role role = role_for(&routes[i]);
        char body[1000];
        snprintf(body, sizeof body, "csrf=%s&text=He%%27s+got+a+knife&kept=what+was+typed",
                 sessions[role].csrf);
        int64_t lines = lines_of_log();
        int status = ask("POST", path_of(&routes[i]), cookie_of(role), body);
        if (status != 200 || !strstr(reply, "You wrote “got a knife”") || !strstr(reply, "tel:999"))
            fail_msg("%s answered %d", routes[i].name, status);
        assert_non_null(strstr(reply, "what was typed"));
        assert_int_equal(lines_of_log(), lines);
        strcat(body, "&told=yes");
        (void)ask("POST", path_of(&routes[i]), cookie_of(role), body);
        if (strstr(reply, "Nothing is saved yet")) fail_msg("%s asks twice", routes[i].name);
    }
}

/* Hours that nobody has asked about are not said as facts, nor what to dial. */
static void hours_that_nobody_checked_are_said_to_be_so(void **state)
{
    (void)state;
    assert_int_equal(ask("GET", "/help-now", "", NULL), 200);
    assert_non_null(strstr(reply, "Nobody has checked these hours"));
    assert_non_null(strstr(reply, "Nobody has checked yet what to press or dial"));
    assert_non_null(strstr(reply, "(not checked yet)"));
    assert_null(strstr(reply, ">Open now"));
    assert_null(strstr(reply, ">Closed now"));
    assert_null(strstr(reply, ">Open at any time"));
    assert_int_equal(ask("GET", "/help-now/cornwall/card", "", NULL), 200);
    assert_non_null(strstr(reply, "usually office hours"));
    assert_null(strstr(reply, "at any time"));
    assert_int_equal(ask("GET", "/guidance/talking-with-a-child", "", NULL), 200);
    assert_null(strstr(reply, "at any time"));
    assert_int_equal(ask("GET", "/contacts/maru", cookie_of(ROLE_administrator), NULL), 200);
    assert_non_null(strstr(reply, "Unverified. Ask the Multi Agency Referral Unit"));
    assert_int_equal(ask("GET", "/contacts", cookie_of(ROLE_administrator), NULL), 200);
    assert_non_null(strstr(reply, "Office hours: nobody has checked them"));
}

static void what_is_shared_is_looked_over_whole(void **state)
{
    (void)state;
    static const char *const written[][2] = {
        {"narrative=She+cannot+get+out&where=&when=", "cannot get out"},
        {"narrative=A+car+waited.&where=She+is+locked+in+at+3+Fore+Street&when=", "locked in"},
        {"narrative=A+car+waited.&where=&when=it+is+happening+now", "happening now"},
        {"narrative=A+car+waited.&where=&when=&m1-kind=place&m1-keep=yes&m1-venue=A+shed%2C+she+is+"
         "locked+in",
         "locked in"},
    };
    for (size_t i = 0; i < sizeof written / sizeof *written; i++) {
        char body[1000];
        char told[100];
        snprintf(told, sizeof told, "You wrote “%s”", written[i][1]);
        snprintf(body, sizeof body, "csrf=%s&do=send&how=saw&%s", sessions[ROLE_practitioner].csrf,
                 written[i][0]);
        int status = ask("POST", "/share", cookie_of(ROLE_practitioner), body);
        if (status == 303 || !strstr(reply, told))
            fail_msg("%s: answered %d", written[i][0], status);
        if (i == 2) continue; /* that is no time, and is said so */
        strcat(body, "&told=yes");
        status = ask("POST", "/share", cookie_of(ROLE_practitioner), body);
        if (status != 303) fail_msg("%s: answered %d though it was told", written[i][0], status);
    }
}

/* Nothing is answered for them, and a question that was left is said to be. */
static void how_it_is_known_is_answered_by_nobody_else(void **state)
{
    (void)state;
    static const struct {
        const char *answer;
        const char *shown;
    } answers[] = {{"", "Not answered"},
                   {"&how=unknown", "I do not know"},
                   {"&how=told", "Somebody involved told me"}};
    const char *cookie = cookie_of(ROLE_practitioner);
    assert_int_equal(ask("GET", "/share", cookie, NULL), 200);
    assert_non_null(strstr(reply, "I saw or heard it myself"));
    const char *choice = strstr(reply, "name=\"how\"");
    assert_non_null(choice);
    for (; choice; choice = strstr(choice + 1, "name=\"how\""))
        assert_null(memmem(choice, (size_t)(strchr(choice, '>') - choice), "checked", 7));
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        char body[400];
        snprintf(body, sizeof body, "csrf=%s&do=send&narrative=A+car+waited%zu.&where=&when=%s",
                 sessions[ROLE_practitioner].csrf, i, answers[i].answer);
        assert_int_equal(ask("POST", "/share", cookie, body), 303);
        char where[100];
        assert_int_equal(
            sscanf(strstr(reply, "Location: /shared/"), "Location: /shared/%60s", where), 1);
        int64_t id = 0;
        struct arena arena;
        arena_init(&arena, 1 << 20);
        struct person who = person_of(&arena, ROLE_practitioner);
        assert_int_equal(submission_find_own(&app, &who, str_from(where), &id, NULL), ST_OK);
        char path[100];
        snprintf(path, sizeof path, "/submissions/%lld", (long long)id);
        assert_int_equal(ask("GET", path, cookie, NULL), 200);
        if (!strstr(reply, answers[i].shown)) fail_msg("no '%s'", answers[i].shown);
        arena_done(&arena);
    }
}

/* Who shares is told the way that it goes: to a representative first, but theirs at once. */
static void what_happens_next_is_said_in_its_order(void **state)
{
    (void)state;
    static const enum role roles[] = {ROLE_practitioner, ROLE_representative};
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        const char *cookie = cookie_of(roles[i]);
        char body[200];
        snprintf(body, sizeof body, "csrf=%s&do=send&narrative=A+van+waited%zu.&where=&when=",
                 sessions[roles[i]].csrf, i);
        assert_int_equal(ask("POST", "/share", cookie, body), 303);
        char where[100];
        assert_int_equal(
            sscanf(strstr(reply, "Location: /shared/"), "Location: %90s", where), 1);
        assert_int_equal(ask("GET", where, cookie, NULL), 200);
        const char *reads = strstr(reply, "representative reads it");
        const char *looks = strstr(reply, "An analyst looks");
        assert_non_null(looks);
        assert_non_null(strstr(reply, "the Missing and Child Sexual Exploitation Forum for"));
        if (roles[i] == ROLE_practitioner) assert_true(reads && reads < looks);
        else assert_null(reads);
    }
}

/* A browser keeps a form that was sent, with its key.  What is written there afterwards is not
 * taken for the first, and does not go before its writer was asked. */
static void a_form_that_was_sent_and_changed_asks_first(void **state)
{
    (void)state;
    static const char *const forms[] = {
        "narrative=A+van.&where=&when=&how=saw&handling=handling:P",
        "narrative=A+second+van.&where=&when=&how=saw&handling=handling:P",
        "narrative=A+van.&where=The+gate&when=&how=saw&handling=handling:P",
        "narrative=A+van.&where=&when=last+Friday&how=saw&handling=handling:P",
        "narrative=A+van.&where=&when=&how=told&handling=handling:P",
        "narrative=A+van.&where=&when=&how=saw&handling=handling:C.forum",
        "narrative=A+van.&where=&when=&how=saw&handling=handling:P&by-name=yes",
        "narrative=A+van.&where=&when=&how=saw&m1-kind=phone&m1-keep=yes&m1-number=07700+900321",
    };
    const char *cookie = cookie_of(ROLE_practitioner);
    const char *csrf = sessions[ROLE_practitioner].csrf;
    char body[500];
    char first[100];
    char where[100];
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        char key[100] = "kept";
        snprintf(body, sizeof body, "csrf=%s&key=%s&do=send&%s", csrf, key, forms[i]);
        int status = ask("POST", "/share", cookie, body);
        if (i == 0) {
            assert_int_equal(status, 303);
            assert_int_equal(
                sscanf(strstr(reply, "Location: /shared/"), "Location: %90s", first), 1);
            /* The very same form is the same record. */
            assert_int_equal(ask("POST", "/share", cookie, body), 303);
            assert_int_equal(
                sscanf(strstr(reply, "Location: /shared/"), "Location: %90s", where), 1);
            assert_string_equal(where, first);
            continue;
        }
        if (status != 409) fail_msg("%s: answered %d", forms[i], status);
        assert_non_null(strstr(reply, "This is not sent yet."));
        assert_non_null(strstr(reply, " van.</textarea>"));
        assert_non_null(strstr(reply, "name=\"do\" value=\"send\""));
        const char *new = strstr(reply, "name=\"key\" value=\"");
        assert_int_equal(sscanf(new, "name=\"key\" value=\"%90[^\"]", key), 1);
        snprintf(body, sizeof body, "csrf=%s&key=%s&do=send&%s", csrf, key, forms[i]);
        assert_int_equal(ask("POST", "/share", cookie, body), 303);
        assert_int_equal(sscanf(strstr(reply, "Location: /shared/"), "Location: %90s", where), 1);
        assert_string_not_equal(where, first);
    }
}

/* A form of somebody who was signed in before may add to what is not theirs who send it: their
 * words come back, to go by themselves. */
static void what_cannot_be_added_to_costs_no_words(void **state)
{
    (void)state;
    struct arena arena;
    char body[300];
    arena_init(&arena, 1 << 20);
    struct person who = person_of(&arena, ROLE_practitioner);
    struct submission_draft draft = {.idempotency_key = STR("not to be added to"),
                                     .narrative = STR("A car waited.")};
    struct submission_receipt receipt;
    assert_int_equal(submission_share(&app, &who, &draft, 0, 0, &receipt, NULL), ST_OK);
    const int64_t earlier[] = {receipt.id, 999999};
    for (int i = 0; i < 2; i++) {
        snprintf(body, sizeof body,
                 "csrf=%s&do=send&narrative=A+gate+was+open.&where=&when=&adds-to=%lld",
                 sessions[ROLE_representative].csrf, (long long)earlier[i]);
        assert_int_equal(ask("POST", "/share", cookie_of(ROLE_representative), body), 400);
        assert_non_null(strstr(reply, "You cannot add to that one."));
        assert_non_null(strstr(reply, "A gate was open.</textarea>"));
        assert_null(strstr(reply, "name=\"adds-to\""));
        assert_null(strstr(reply, receipt.reference));
    }
    arena_done(&arena);
}

static void a_role_that_needs_a_second_factor_sets_it_up_first(void **state)
{
    (void)state;
    struct visitor visitor = {.address = STR("::1"), .browser = STR("A test")};
    for (int role = 0; role < ROLE_COUNT; role++) {
        char email[64];
        char headers[200];
        int64_t id = 0;
        struct session weak;
        snprintf(email, sizeof email, "%s@example.org", role_name((enum role)role));
        assert_int_equal(account_find(&app, str_from(email), &id, NULL), ST_OK);
        assert_int_equal(session_begin(&app, id, &visitor, "signed in", false, &weak, NULL), ST_OK);
        snprintf(headers, sizeof headers, "Cookie: __Host-pendeen=%s\r\n", weak.token);
        for (int i = 0; i < ROUTE_COUNT; i++) {
            struct person who = {.account = 1, .roles = 1u << role};
            if (routes[i].capability < 100 || routes[i].method != GET ||
                routes[i].csrf == BEARER_TOKEN ||
                !access_allows(&who, (enum action)(routes[i].capability - 100), NULL))
                continue;
            int status = ask("GET", path_of(&routes[i]), headers, NULL);
            bool sent = status == 303 && strstr(reply, "Location: /account?set-up=1");
            if (sent != (role != ROLE_practitioner))
                fail_msg("%s, %s: %d", routes[i].name, email, status);
        }
        assert_int_equal(ask("GET", "/account", headers, NULL), 200);
    }
}

static void a_link_opens_a_page_that_is_not_kept(void **state)
{
    (void)state;
    int64_t id = 0;
    char link[SEAL_TOKEN_SIZE];
    char path[100];
    assert_int_equal(account_find(&app, STR("practitioner@example.org"), &id, NULL), ST_OK);
    assert_int_equal(invitation_make(&app, 0, id, link, NULL), ST_OK);
    snprintf(path, sizeof path, "/welcome/%s", link);
    assert_int_equal(ask("GET", path, "", NULL), 200);
    assert_non_null(strstr(reply, "Cache-Control: no-store"));
    assert_non_null(strstr(reply, "Referrer-Policy: same-origin"));
    assert_int_equal(ask("GET", path, "", NULL), 200); /* looking does not use it up */
    assert_int_equal(
        ask("POST", path, "", "password=rope+and+tamarisk&password_again=another+one+here"), 400);
    assert_int_equal(ask("GET", "/welcome/nonsense", "", NULL), 404);
}

/* --- what is drawn once for all -------------------------------------------------------------- */

static void change_number(const char *phone)
{
    struct arena arena;
    struct contact contact;
    struct contact_change change = {.reason = STR("It moved"), .phone = str_from(phone)};
    enum contact_field field;
    struct err err = {0};
    struct person who = {.roles = 1u << ROLE_administrator};
    assert_int_equal(account_find(&app, STR("administrator@example.org"), &who.account, NULL),
                     ST_OK);
    arena_init(&arena, 1 << 20);
    assert_int_equal(contact_read(&app, &arena, STR("scilly"), &contact, NULL), ST_OK);
    change.opens = contact.now.opens;
    change.hours = contact.now.hours;
    change.over_version = contact.version;
    if (contact_save(&app, &who, STR("scilly"), &change, &field, &err) != ST_OK)
        fail_msg("%s", err.public);
    arena_done(&arena);
}

static void at(int8_t hour, int8_t minute, int64_t more_ms)
{
    clock_set(
        clock_from_london((struct civil){.date = {2026, 5, 1}, .hour = hour, .minute = minute}) +
        more_ms);
}

static void what_is_drawn_for_all_is_nobodys_and_not_old(void **state)
{
    (void)state;
    for (int turn = 0; turn < 2; turn++) {
        assert_int_equal(ask("GET", "/help-now", cookie_of(ROLE_administrator), NULL), 200);
        assert_non_null(strstr(reply, "name=\"csrf\""));
        assert_non_null(strstr(reply, "Who to call"));
        assert_null(strstr(reply, "Set-Cookie"));
        assert_int_equal(ask("GET", "/help-now", "", NULL), 200);
        assert_null(strstr(reply, "csrf"));
        assert_null(strstr(reply, "Sign out"));
        assert_non_null(strstr(reply, "Sign in"));
    }
    at(16, 50, 0); /* from here on the clock stands */
    change_number("07700 900471");
    assert_int_equal(ask("GET", "/help-now", "", NULL), 200);
    assert_non_null(strstr(reply, "07700 900471"));
    change_number("07700 900472");
    assert_int_equal(ask("GET", "/help-now", "", NULL), 200);
    assert_non_null(strstr(reply, "07700 900472"));
    assert_null(strstr(reply, "07700 900471"));
    assert_non_null(strstr(reply, "16:50"));
    at(16, 59, 59500);
    assert_int_equal(ask("GET", "/help-now", "", NULL), 200);
    assert_non_null(strstr(reply, "16:59"));
    at(17, 0, 100); /* less than a second later */
    assert_int_equal(ask("GET", "/help-now", "", NULL), 200);
    assert_null(strstr(reply, "16:59"));
    assert_int_equal(ask("GET", "/guidance", "", NULL), 200);
    assert_int_equal(ask("GET", "/guidance?q=zzz", "", NULL), 200);
    assert_non_null(strstr(reply, "zzz"));
    assert_int_equal(ask("GET", "/guidance", "", NULL), 200);
    assert_null(strstr(reply, "zzz"));
    clock_set(0);
}

static void add_accounts(void)
{
    char hash[SEAL_PASSWORD_HASH_SIZE];
    assert_int_equal(seal_password_hash(str_from(password), hash, NULL), ST_OK);
    struct db *db = NULL;
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    for (int role = 0; role < ROLE_COUNT; role++) {
        char email[64];
        char name[64];
        snprintf(email, sizeof email, "%s@example.org", role_name((enum role)role));
        snprintf(name, sizeof name, "School %d", role);
        struct account_new account = {.email = str_from(email),
                                      .name = role == ROLE_analyst ? STR("=HYPERLINK(1)")
                                                                   : STR("Test Person"),
                                      .password_hash = str_from(hash),
                                      .roles = 1u << role};
        int64_t id = 0;
        assert_int_equal(organisation_ensure(db, str_from(name), STR("education"), STR("mid"),
                                             &account.organisation, NULL), ST_OK);
        assert_int_equal(account_add(&app, db, &account, 0, &id, NULL), ST_OK);
    }
    assert_int_equal(store_write_commit(app.store, db, NULL), ST_OK);
    for (int role = 0; role < ROLE_COUNT; role++) {
        char email[64];
        snprintf(email, sizeof email, "%s@example.org", role_name((enum role)role));
        struct visitor visitor = {.address = STR("::1"), .browser = STR("A test")};
        int64_t id = 0;
        assert_int_equal(account_find(&app, str_from(email), &id, NULL), ST_OK);
        assert_int_equal(
            session_begin(&app, id, &visitor, "signed in", true, &sessions[role], NULL), ST_OK);
    }
}

static void add_programs(void)
{
    for (int role = 0; role < ROLE_COUNT; role++) {
        char email[64];
        struct api_client_secret secret;
        struct api_token token;
        struct db *db = NULL;
        int64_t account = 0;
        int64_t id = 0;
        snprintf(email, sizeof email, "%s@example.org", role_name((enum role)role));
        assert_int_equal(account_find(&app, str_from(email), &account, NULL), ST_OK);
        assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
        assert_int_equal(api_client_store(&app, db, 0, account, (1u << API_SCOPES) - 1,
                                          clock_now() + 86400000LL, &secret, &id, NULL),
                         ST_OK);
        assert_int_equal(store_write_commit(app.store, db, NULL), ST_OK);
        assert_int_equal(
            api_token_make(&app, str_from(secret.id), str_from(secret.secret), 0, &token, NULL),
            ST_OK);
        memcpy(tokens[role], token.token, sizeof token.token);
    }
}

/* The record of a child, number 1, with an episode. */
static void add_child(void)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct person officer = person_of(&arena, ROLE_maru_officer);
    struct child_draft draft = {.kind = ENTRY_FACT};
    draft.text[FACT_KEY] = STR("child-name");
    draft.text[FACT_ANSWER] = STR("given");
    draft.text[FACT_VALUE] = STR("Wella Trevose");
    int64_t id = 0;
    assert_int_equal(child_create(&app, &officer, &draft, 1, 0, &id, NULL), ST_OK);
    assert_int_equal(id, 1);
    static const char *const pair[][2] = {{"missing-sort", "missing"},
                                          {"missing-since-day", "1 May 2026"},
                                          {"missing-since-time", "21:00"},
                                          {"police-band", "medium"},
                                          {"missing-where", "The harbour, Hayle"}};
    enum { PAIRS = sizeof pair / sizeof *pair };
    struct missing_given given[PAIRS];
    for (size_t i = 0; i < PAIRS; i++)
        given[i] =
            (struct missing_given){questions_find(&area_missing(area)->form, str_from(pair[i][0])),
                                   {ANSWER_GIVEN, str_from(pair[i][1])}};
    struct missing_new new = {.child = id, .forum = STR("mid")};
    struct err err = {0};
    if (missing_report(&app, &officer, &new, given, PAIRS, &id, &err) != ST_OK)
        fail_msg("%s", err.public);
    assert_int_equal(id, 1);
    arena_done(&arena);
}

static int start(void **state)
{
    (void)state;
    char folder[64];
    temporary_folder(folder);
    struct err err = {0};
    if (area_load("areas/cornwall", &area, &err) != ST_OK ||
        app_open(&app, folder, NULL, NULL, &err) != ST_OK)
        fail_msg("%s %s", err.public, err.detail);
    app.area = area;
    add_accounts();
    add_programs();
    add_child();
    struct server_options options = {.address = "127.0.0.1"};
    return server_start(&app, &options, &server, &err) == ST_OK ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    server_stop(server);
    app_close(&app);
    area_free(area);
    return 0;
}

/* --- people and organisations, by forms ------------------------------------------------------ */

/* What a field of the page that came last holds; "" where it has none. */
static const char *held_by(const char *name)
{
    static char value[100];
    char start[80];
    snprintf(start, sizeof start, "name=\"%s\" value=\"", name);
    const char *at = strstr(reply, start);
    value[0] = 0;
    if (at)
        snprintf(value, sizeof value, "%.*s", (int)strcspn(at + strlen(start), "\""),
                 at + strlen(start));
    return value;
}

static int post_as_administrator(const char *path, const char *fields)
{
    char body[1000];
    snprintf(body, sizeof body, "csrf=%s&%s", sessions[ROLE_administrator].csrf, fields);
    return ask("POST", path, cookie_of(ROLE_administrator), body);
}

/* What came meanwhile is told also to whoever forgot something first. */
static void an_old_form_puts_no_number_back(void **state)
{
    (void)state;
    char seen[100];
    char fields[200];
    assert_int_equal(ask("GET", "/contacts/scilly", cookie_of(ROLE_administrator), NULL), 200);
    snprintf(seen, sizeof seen, "%s", held_by("version"));
    change_number("07700 900481");
    for (int forgot = 1; forgot >= 0; forgot--) {
        snprintf(fields, sizeof fields,
                 "phone=07700+900480&text=&relay=&opens=&reason=%s&version=%s",
                 forgot ? "" : "They+told+us", seen);
        assert_int_equal(post_as_administrator("/contacts/scilly", fields), forgot ? 400 : 409);
        assert_non_null(strstr(reply, "<strong>07700 900481</strong>"));
        assert_non_null(strstr(reply, "name=\"phone\" type=\"tel\" autocomplete=\"off\" "
                                      "value=\"07700 900480\""));
        if (forgot) assert_string_equal(held_by("version"), seen);
    }
    assert_string_not_equal(held_by("version"), seen);
    assert_int_equal(ask("GET", "/help-now", "", NULL), 200);
    assert_non_null(strstr(reply, "07700 900481"));
    assert_null(strstr(reply, "07700 900480"));
}

static void set_roles(struct arena *arena, int64_t account, unsigned roles)
{
    struct account_line line;
    assert_int_equal(account_read(&app, arena, account, &line, NULL), ST_OK);
    struct account_new wanted = {
        .email = line.email, .name = line.name, .organisation = line.organisation, .roles = roles};
    assert_int_equal(account_change(&app, 0, account, &wanted, NULL), ST_OK);
}

static void set_email(struct arena *arena, int64_t account, struct str email)
{
    struct account_line line;
    assert_int_equal(account_read(&app, arena, account, &line, NULL), ST_OK);
    struct account_new wanted = account_as_it_is(&line);
    wanted.email = email;
    assert_int_equal(account_change(&app, 0, account, &wanted, NULL), ST_OK);
}

static void an_old_form_gives_no_role_back(void **state)
{
    (void)state;
    struct arena arena;
    char path[40];
    char edit[50];
    char fields[300];
    char seen[100];
    struct account_line line;
    arena_init(&arena, 1 << 20);
    struct person who = person_of(&arena, ROLE_practitioner);
    snprintf(path, sizeof path, "/people/%lld", (long long)who.account);
    snprintf(edit, sizeof edit, "%s/edit", path);
    set_roles(&arena, who.account, 1u << ROLE_practitioner | 1u << ROLE_analyst);
    assert_int_equal(ask("GET", edit, cookie_of(ROLE_administrator), NULL), 200);
    snprintf(seen, sizeof seen, "%s", held_by("seen"));
    set_roles(&arena, who.account, 1u << ROLE_practitioner);
    set_email(&arena, who.account, STR("wella@example.org"));
    for (int round = 0; round < 2;
         round++) { /* as it was drawn, and of before there was such a field */
        snprintf(fields, sizeof fields,
                 "name=Wella+Respelt&email=practitioner%%40example.org&organisation=%lld"
                 "&role=practitioner&role=analyst%s%s",
                 (long long)who.organisation, round ? "" : "&seen=", round ? "" : seen);
        assert_int_equal(post_as_administrator(edit, fields), 409);
        assert_non_null(strstr(reply, "Wella Respelt"));
        assert_non_null(strstr(reply, "since you opened this form"));
        assert_non_null(strstr(reply, "The email address is now wella@example.org."));
        assert_non_null(strstr(reply, "The roles are now: Practitioner."));
        assert_null(strstr(reply, "The organisation is now"));
        assert_int_equal(account_read(&app, &arena, who.account, &line, NULL), ST_OK);
        assert_int_equal(line.roles, 1u << ROLE_practitioner);
        assert_str(line.email, "wella@example.org");
    }
    /* Whoever looked at it again saves it. */
    snprintf(seen, sizeof seen, "%s", held_by("seen"));
    snprintf(fields, sizeof fields,
             "name=Wella+Respelt&email=practitioner%%40example.org&organisation=%lld"
             "&role=practitioner&seen=%s",
             (long long)who.organisation, seen);
    assert_int_equal(post_as_administrator(edit, fields), 303);
    assert_int_equal(account_read(&app, &arena, who.account, &line, NULL), ST_OK);
    assert_true(str_eq(line.name, STR("Wella Respelt")));
    arena_done(&arena);
}

static void an_old_form_moves_no_organisation_back(void **state)
{
    (void)state;
    struct arena arena;
    char path[40];
    char fields[300];
    char seen[100];
    struct organisation now;
    arena_init(&arena, 1 << 20);
    int64_t id = person_of(&arena, ROLE_practitioner).organisation;
    snprintf(path, sizeof path, "/organisations/%lld", (long long)id);
    assert_int_equal(ask("GET", path, cookie_of(ROLE_administrator), NULL), 200);
    snprintf(seen, sizeof seen, "%s", held_by("seen"));
    assert_int_equal(organisation_read(&app, &arena, id, &now, NULL), ST_OK);
    now.forum = STR("east");
    now.sector = STR("council");
    assert_int_equal(organisation_save(&app, 0, &now, NULL), ST_OK);
    snprintf(fields, sizeof fields, "name=School+Respelt&sector=education&forum=mid&seen=%s", seen);
    assert_int_equal(post_as_administrator(path, fields), 409);
    assert_non_null(strstr(reply, "School Respelt"));
    assert_non_null(strstr(reply, "since you opened this form"));
    assert_non_null(strstr(reply, "The sort is now: Council."));
    assert_non_null(strstr(reply, "The Forum is now "));
    assert_int_equal(organisation_read(&app, &arena, id, &now, NULL), ST_OK);
    assert_true(str_eq(now.forum, STR("east")) && str_eq(now.sector, STR("council")));
    snprintf(seen, sizeof seen, "%s", held_by("seen"));
    snprintf(fields, sizeof fields, "name=School+Respelt&sector=education&forum=mid&seen=%s", seen);
    assert_int_equal(post_as_administrator(path, fields), 303);
    assert_int_equal(organisation_read(&app, &arena, id, &now, NULL), ST_OK);
    assert_true(str_eq(now.forum, STR("mid")) && str_eq(now.name, STR("School Respelt")));
    arena_done(&arena);
}

static void an_absence_that_was_refused_is_kept_in_its_form(void **state)
{
    (void)state;
    struct arena arena;
    char path[60];
    char fields[200];
    char chosen[80];
    arena_init(&arena, 1 << 20);
    struct person away = person_of(&arena, ROLE_administrator);
    struct person deputy = person_of(&arena, ROLE_auditor);
    struct account_line line;
    assert_int_equal(account_read(&app, &arena, deputy.account, &line, NULL), ST_OK);
    struct account_new wanted = {.email = line.email,
                                 .name = line.name,
                                 .organisation = away.organisation,
                                 .roles = line.roles};
    assert_int_equal(account_change(&app, 0, deputy.account, &wanted, NULL), ST_OK);
    snprintf(path, sizeof path, "/people/%lld/absences", (long long)away.account);
    snprintf(fields, sizeof fields, "from=2027-03-01&to=2027-02-01&deputy=%lld",
             (long long)deputy.account);
    snprintf(chosen, sizeof chosen, "<option value=\"%lld\" selected>", (long long)deputy.account);
    assert_int_equal(post_as_administrator(path, fields), 400);
    assert_non_null(strstr(reply, "href=\"#absences\""));
    assert_non_null(strstr(reply, "value=\"2027-03-01\""));
    assert_non_null(strstr(reply, "value=\"2027-02-01\""));
    assert_non_null(strstr(reply, chosen));
    /* What has nothing to do with absences does not lead there. */
    snprintf(path, sizeof path, "/people/%lld/disable", (long long)away.account);
    assert_int_equal(post_as_administrator(path, "x=1"), 409);
    assert_null(strstr(reply, "href=\"#absences\""));
    arena_done(&arena);
}

static int post_file(const char *cookie, const char *fields)
{
    char body[1000];
    char text[2000];
    int length =
        snprintf(body, sizeof body,
                 "%s--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\""
                 "\r\nContent-Type: text/csv\r\n\r\nnarrative\r\n--x--\r\n",
                 fields);
    limit_clear();
    length =
        snprintf(text, sizeof text,
                 "POST /imports HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n%s"
                 "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: %d\r\n\r\n%s",
                 cookie, length, body);
    return exchange_raw(text, (size_t)length);
}

static void a_file_is_not_kept_in_a_page_and_it_says_so(void **state)
{
    (void)state;
    static const char *const cookies[] = {"", NULL};
    for (int i = 0; i < 2; i++) {
        const char *cookie = cookies[i] ? cookies[i] : cookie_of(ROLE_representative);
        assert_int_equal(post_file(cookie, ""), i ? 403 : 401);
        assert_null(strstr(reply, "Nothing is lost"));
        assert_non_null(strstr(reply, "choose it again"));
        assert_non_null(strstr(reply, "href=\"/imports\""));
        assert_null(strstr(reply, "Send it again</button>"));
        assert_int_equal(
            post_file(cookie,
                      "--x\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nkept\r\n"),
            i ? 403 : 401);
        assert_non_null(strstr(reply, "but not the file"));
        assert_non_null(strstr(reply, "value=\"kept\""));
    }
}

static void shares_are_rounded_to_the_nearest(void **state)
{
    (void)state;
    assert_int_equal(draw_percent(10, 13), 77);
    assert_int_equal(draw_percent(154, 188), 82);
    assert_int_equal(draw_percent(1, 3), 33);
    assert_int_equal(draw_percent(1, 8), 13);
    assert_int_equal(draw_percent(199, 200), 99); /* not all */
    assert_int_equal(draw_percent(1, 300), 1);    /* not none */
    assert_int_equal(draw_percent(7, 7), 100);
    assert_int_equal(draw_percent(0, 7), 0);
    assert_int_equal(draw_percent(0, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_are_rounded_to_the_nearest),
        cmocka_unit_test(nobody_gets_in_without_signing_in),
        cmocka_unit_test(a_role_without_the_capability_meets_a_missing_page),
        cmocka_unit_test(a_form_without_the_token_is_not_obeyed),
        cmocka_unit_test(a_form_outlives_its_session_for_its_own_person),
        cmocka_unit_test(every_post_is_guarded),
        cmocka_unit_test(a_body_that_is_too_large_is_refused),
        cmocka_unit_test(an_old_token_does_not_tell_who_told),
        cmocka_unit_test(a_form_shown_back_does_not_tell_who_told),
        cmocka_unit_test(an_old_token_names_no_record),
        cmocka_unit_test(a_form_that_is_shown_back_is_in_the_log),
        cmocka_unit_test(what_of_an_episode_was_not_answered_is_named),
        cmocka_unit_test(a_draft_for_a_child_stays_in_the_program),
        cmocka_unit_test(the_log_is_a_safe_spreadsheet),
        cmocka_unit_test(pages_carry_their_guards),
        cmocka_unit_test(tiles_are_for_the_map_alone),
        cmocka_unit_test(addresses_of_tiles_are_judged),
        cmocka_unit_test(others_of_one_name_are_told_apart),
        cmocka_unit_test(missing_and_denied_records_answer_alike),
        cmocka_unit_test(malformed_requests_are_refused),
        cmocka_unit_test(what_is_drawn_for_all_is_nobodys_and_not_old),
        cmocka_unit_test(an_old_form_puts_no_number_back),
        cmocka_unit_test(sign_in_tells_nothing),
        cmocka_unit_test(sign_in_is_limited),
        cmocka_unit_test(sensitive_routes_ask_again),
        cmocka_unit_test(a_webhook_to_a_closed_port_is_active_later),
        cmocka_unit_test(words_of_danger_are_told_of_before_they_are_kept),
        cmocka_unit_test(what_is_shared_is_looked_over_whole),
        cmocka_unit_test(how_it_is_known_is_answered_by_nobody_else),
        cmocka_unit_test(what_happens_next_is_said_in_its_order),
        cmocka_unit_test(a_form_that_was_sent_and_changed_asks_first),
        cmocka_unit_test(what_cannot_be_added_to_costs_no_words),
        cmocka_unit_test(hours_that_nobody_checked_are_said_to_be_so),
        cmocka_unit_test(a_role_that_needs_a_second_factor_sets_it_up_first),
        cmocka_unit_test(a_link_opens_a_page_that_is_not_kept),
        /* Ends sessions and disables people: nothing comes after it. */
        cmocka_unit_test(an_old_form_gives_no_role_back),
        cmocka_unit_test(an_old_form_moves_no_organisation_back),
        cmocka_unit_test(an_absence_that_was_refused_is_kept_in_its_form),
        cmocka_unit_test(a_file_is_not_kept_in_a_page_and_it_says_so),
        cmocka_unit_test(every_use_is_in_the_log),
    };
    return cmocka_run_group_tests_name("routes", tests, start, stop);
}
