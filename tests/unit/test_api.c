/* The programming interface over HTTP: tokens, strict JSON, once, ETags, pages. */
#include "api/api.h"
#include "domain/action.h"
#include "domain/api_client.h"
#include "domain/child.h"
#include "domain/decision.h"
#include "domain/limit.h"
#include "store/engine.h"
#include "web/server.h"

#include "partnership.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

static struct server *server;
static struct person people[5];
enum { ANALYST, PRACTITIONER, OTHER, OFFICER, AUDITOR };
static struct api_client_secret secret;
static char token[SEAL_TOKEN_SIZE];
static char officer_token[SEAL_TOKEN_SIZE];

enum { REPLY_MAX = 1 << 20 };
static char reply[REPLY_MAX + 1];

static int exchange(const char *bytes, size_t size)
{
    limit_clear();
    int handle = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(server_port(server))};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(connect(handle, (struct sockaddr *)&to, sizeof to), 0);
    for (size_t sent = 0; sent < size;) {
        ssize_t now = send(handle, bytes + sent, size - sent, MSG_NOSIGNAL);
        if (now <= 0) break;
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

/* `headers`: lines with their ends; `body` NULL: a GET. */
static int ask_with(const char *bearer, const char *path, const char *headers, struct str body)
{
    struct buf text;
    buf_init(&text, 4 << 20);
    buf_add_fmt(&text, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n%s",
                body.ptr ? "POST" : "GET", path, headers);
    if (bearer) buf_add_fmt(&text, "Authorization: Bearer %s\r\n", bearer);
    if (body.ptr) buf_add_fmt(&text, "Content-Length: %zu\r\n", body.len);
    buf_add_c(&text, "\r\n");
    if (body.ptr) buf_add(&text, body);
    int status = exchange(text.data, text.len);
    buf_done(&text);
    return status;
}

static int get(const char *path)
{
    return ask_with(token, path, "", (struct str){0});
}

/* Another method than GET and POST. */
static int other(const char *method, const char *path)
{
    char text[300];
    int length =
        snprintf(text, sizeof text,
                 "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", method, path);
    return exchange(text, (size_t)length);
}

static int post(const char *path, const char *key, const char *body)
{
    char headers[300];
    snprintf(headers, sizeof headers,
             "Content-Type: application/json\r\nIdempotency-Key: %s\r\nIf-Match: *\r\n", key);
    return ask_with(token, path, headers, str_from(body));
}

static const char *reply_body(void)
{
    const char *body = strstr(reply, "\r\n\r\n");
    return body ? body + 4 : "";
}

static int ask_token(const char *form, const char *headers)
{
    char all[400];
    snprintf(all, sizeof all, "Content-Type: application/x-www-form-urlencoded\r\n%s", headers);
    return ask_with(NULL, "/oauth/token", all, str_from(form));
}

/* The value of a header of the reply, until the next call. */
static const char *header_value(const char *name)
{
    static char value[200];
    const char *at = strstr(reply, name);
    assert_non_null(at);
    sscanf(at + strlen(name), "%199[^\r]", value);
    return value;
}

static int64_t number_after(const char *name)
{
    const char *at = strstr(reply_body(), name);
    if (!at) fail_msg("no %s in %s", name, reply_body());
    return strtoll(at + strlen(name), NULL, 10);
}

static void a_token_is_given_for_a_secret(void **state)
{
    (void)state;
    char form[300];
    snprintf(form, sizeof form, "grant_type=client_credentials&client_id=%s&client_secret=%s",
             secret.id, secret.secret);
    assert_int_equal(ask_token(form, ""), 200);
    assert_non_null(strstr(reply, "Cache-Control: no-store"));
    assert_non_null(strstr(reply_body(), "\"token_type\":\"Bearer\",\"expires_in\":900"));
    snprintf(form, sizeof form,
             "grant_type=client_credentials&client_id=%s&client_secret=%s&scope=links.read",
             secret.id, secret.secret);
    assert_int_equal(ask_token(form, ""), 200);
    assert_non_null(strstr(reply_body(), "\"scope\":\"links.read\""));
    char narrow[SEAL_TOKEN_SIZE];
    memcpy(narrow, strstr(reply_body(), "access_token\":\"") + 15, SEAL_TOKEN_SIZE - 1);
    narrow[SEAL_TOKEN_SIZE - 1] = 0;
    assert_int_equal(ask_with(narrow, "/api/v1/suggestions", "", (struct str){0}), 200);
    assert_int_equal(ask_with(narrow, "/api/v1/submissions", "", (struct str){0}), 403);
    assert_non_null(strstr(reply, "insufficient_scope"));
    /* By HTTP Basic. */
    struct str pair = seal_base64(&arena, str_fmt(&arena, "%s:%s", secret.id, secret.secret));
    char headers[300];
    snprintf(headers, sizeof headers, "Authorization: Basic %.*s==\r\n", STR_ARG(pair));
    assert_int_equal(ask_token("grant_type=client_credentials", headers), 200);
}

static void no_token_for_anything_else(void **state)
{
    (void)state;
    char form[300];
    char unknown[sizeof reply / 64];
    snprintf(form, sizeof form, "grant_type=client_credentials&client_id=%s&client_secret=wrong",
             secret.id);
    assert_int_equal(ask_token(form, ""), 401);
    snprintf(unknown, sizeof unknown, "%s", reply_body());
    assert_int_equal(
        ask_token("grant_type=client_credentials&client_id=NOBODY&client_secret=wrong", ""), 401);
    assert_string_equal(reply_body(), unknown);
    assert_int_equal(ask_token("grant_type=password&username=a&password=b", ""), 400);
    assert_int_equal(ask_token("", ""), 400);
    snprintf(form, sizeof form,
             "grant_type=client_credentials&client_id=%s&client_secret=%s&scope=audit.read",
             secret.id, secret.secret);
    assert_int_equal(ask_token(form, ""), 400);
    assert_non_null(strstr(reply_body(), "invalid_scope"));
    assert_int_equal(ask_with(NULL, "/api/v1/me", "", (struct str){0}), 401);
    assert_non_null(strstr(reply, "WWW-Authenticate: Bearer"));
    assert_int_equal(ask_with("AAAA", "/api/v1/me", "", (struct str){0}), 401);
    assert_non_null(strstr(reply, "application/problem+json"));
}

static void a_token_ends(void **state)
{
    (void)state;
    instant_ms now = clock_now();
    assert_int_equal(get("/api/v1/me"), 200);
    clock_set(now + API_TOKEN_MINUTES * 60000LL + 1);
    assert_int_equal(get("/api/v1/me"), 401);
    clock_set(now);
    assert_int_equal(get("/api/v1/me"), 200);
    /* With its client, and with a new secret of it. */
    struct api_client_secret own;
    struct api_token made;
    struct account_new account = {.name = STR("A program"),
                                  .organisation = people[ANALYST].organisation,
                                  .roles = 1u << ROLE_analyst};
    int64_t id = 0;
    assert_int_equal(api_client_add(&app, 0, &account, 1, now + 86400000LL, &own, &id, NULL),
                     ST_OK);
    assert_int_equal(api_token_make(&app, str_from(own.id), str_from(own.secret), 0, &made, NULL),
                     ST_OK);
    assert_int_equal(ask_with(made.token, "/api/v1/me", "", (struct str){0}), 200);
    assert_int_equal(api_client_renew(&app, 0, id, &own, NULL), ST_OK);
    assert_int_equal(ask_with(made.token, "/api/v1/me", "", (struct str){0}), 401);
    assert_int_equal(api_token_make(&app, str_from(own.id), str_from(own.secret), 0, &made, NULL),
                     ST_OK);
    assert_int_equal(api_client_revoke(&app, 0, id, NULL), ST_OK);
    assert_int_equal(ask_with(made.token, "/api/v1/me", "", (struct str){0}), 401);
    assert_int_equal(api_token_make(&app, str_from(own.id), str_from(own.secret), 0, &made, NULL),
                     ST_DENIED);
    clock_set(0);
}

static int changed_client; /* 1: another secret, 2: taken back */

/* Between the look at the secret and the turn in which its token is made. */
static enum st change_client(void *context, struct db *db, struct err *err)
{
    static const char *const how[] = {"UPDATE api_client SET secret = ?2 WHERE account_id = ?1",
                                      "UPDATE api_client SET revoked_at = 1 WHERE account_id = ?1"};
    if (!changed_client) return ST_OK;
    struct query *query = db_query_once(db, how[changed_client - 1]);
    db_bind_int(query, 1, *(const int64_t *)context);
    if (changed_client == 1) db_bind_bytes(query, 2, "01234567890123456789012345678901", 32);
    changed_client = 0;
    return db_run(query, err);
}

static void a_secret_that_is_changed_meanwhile_gives_no_token(void **state)
{
    (void)state;
    struct api_client_secret own;
    struct api_token made;
    struct account_new account = {.name = STR("A program"),
                                  .organisation = people[ANALYST].organisation,
                                  .roles = 1u << ROLE_analyst};
    for (int way = 1; way <= 2; way++) {
        int64_t id = 0;
        int64_t tokens = -1;
        assert_int_equal(
            api_client_add(&app, 0, &account, 1, clock_now() + 86400000LL, &own, &id, NULL), ST_OK);
        int64_t owner = 0;
        struct db *db = store_read_begin(app.store, NULL);
        struct query *query = db_query_once(db, "SELECT max(account_id) FROM api_client");
        assert_int_equal(db_one(query, &owner, NULL), ST_OK);
        store_read_end(app.store, db);
        changed_client = way;
        store_before_turn(app.store, change_client, &owner);
        assert_int_equal(
            api_token_make(&app, str_from(own.id), str_from(own.secret), 0, &made, NULL),
            ST_DENIED);
        store_before_turn(app.store, NULL, NULL);
        db = store_read_begin(app.store, NULL);
        query = db_query_once(db, "SELECT count(*) FROM api_token t JOIN api_client c"
                                  " ON c.id = t.client_id WHERE c.account_id = ?1");
        db_bind_int(query, 1, owner);
        assert_int_equal(db_one(query, &tokens, NULL), ST_OK);
        store_read_end(app.store, db);
        assert_int_equal(tokens, 0);
    }
}

static void json_is_read_strictly(void **state)
{
    (void)state;
    static const struct {
        struct str body;
        int status;
        const char *says;
    } cases[] = {
        {STR_INIT("{\"narrative\":\"A\",\"narrative\":\"B\"}"), 400, "no JSON"},
        {STR_INIT("{\"narrative\":\"A\",\"risk\":5}"), 400, "no such member"},
        {STR_INIT("{\"narrative\":5}"), 400, "Write text"},
        {STR_INIT("{}"), 400, "This is needed"},
        {STR_INIT("[]"), 400, "Write an object"},
        {STR_INIT(""), 400, "no JSON"},
        {STR_INIT("{\"narrative\":\"A\"} x"), 400, "no JSON"},
        {STR_INIT("{\"narrative\":\"\xC3\x28\"}"), 400, "no JSON"},
        {STR_INIT("{\"narrative\":\"a\\u0000b\"}"), 400, "no JSON"},
        {STR_INIT("{\"narrative\":\"\\ud800\"}"), 400, "no JSON"},
        {STR_INIT("{\"narrative\":\"a\\u0007b\"}"), 400, "control character"},
        {STR_INIT("[[[[[[[[[[[[]]]]]]]]]]]]"), 400, "nested"},
        {STR_INIT("{\"narrative\":\"A\",\"how_known\":\"dreamt\"}"), 400, "one of"},
        {STR_INIT("{\"narrative\":\"A\",\"mentions\":[{\"kind\":\"person\",\"fields\":{\"number\":"
                  "\"1\"}}]}"),
         400, "no such field"},
        {STR_INIT("{\"narrative\":\"A\",\"handling\":\"nothing\"}"), 400, "handling"},
        {STR_INIT("{\"narrative\":\"A\",\"when\":\"31/2/2026\"}"), 400, "when"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int status = ask_with(token, "/api/v1/submissions",
                              "Content-Type: application/json\r\nIdempotency-Key: strict\r\n",
                              cases[i].body);
        if (status != cases[i].status || !strstr(reply_body(), cases[i].says))
            fail_msg("%.*s: %d %s", STR_ARG(cases[i].body), status, reply_body());
    }
    assert_int_equal(
        ask_with(token, "/api/v1/submissions", "Idempotency-Key: a\r\n", STR("narrative=a")), 415);
    assert_int_equal(ask_with(token, "/api/v1/submissions", "Content-Type: application/json\r\n",
                              STR("{\"narrative\":\"A\"}")),
                     400);
    assert_non_null(strstr(reply_body(), "Idempotency-Key"));
    assert_int_equal(get("/api/v1/submissions?limit=0"), 400);
    assert_int_equal(get("/api/v1/submissions?limit=9&limit=9"), 400);
    assert_int_equal(get("/api/v1/submissions?sort=up"), 400);
    assert_int_equal(get("/api/v1/submissions?cursor=AAAA"), 400);
    assert_int_equal(get("/api/v1/nothing"), 404);
    assert_non_null(strstr(reply, "application/problem+json"));
    assert_int_equal(get("/api/v1/search"), 405);
    assert_non_null(strstr(reply, "Allow: POST"));
    static const char *const methods[][3] = {
        {"DELETE", "/api/v1/submissions/1", "GET, HEAD"},
        {"PUT", "/api/v1/search", "POST"},
        {"PATCH", "/api/v1/submissions?limit=1", "GET, HEAD, POST"},
        {"OPTIONS", "/api/v1/nothing", "GET, HEAD, POST"}};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        assert_int_equal(other(methods[i][0], methods[i][1]), 405);
        assert_string_equal(header_value("Allow: "), methods[i][2]);
        assert_string_equal(header_value("Content-Type: "), "application/problem+json");
        assert_non_null(strstr(reply_body(), "\"status\":405"));
    }
    assert_int_equal(other("DELETE", "/submissions"), 405);
    assert_string_equal(header_value("Content-Type: "), "text/plain; charset=utf-8");
}

static int64_t count_submissions(void)
{
    int64_t count = 0;
    struct db *db = store_read_begin(app.store, NULL);
    assert_int_equal(db_one(db_query(db, Q_SUBMISSION_COUNT), &count, NULL), ST_OK);
    store_read_end(app.store, db);
    return count;
}

static void what_is_sent_twice_is_there_once(void **state)
{
    (void)state;
    static const char body[] =
        "{\"narrative\":\"Tamsin Alder was seen at the harbour.\",\"mentions\":"
        "[{\"kind\":\"person\",\"fields\":{\"name\":\"Tamsin Alder\"}}]}";
    int64_t before = count_submissions();
    assert_int_equal(post("/api/v1/submissions", "once-1", body), 201);
    assert_non_null(strstr(reply_body(), "\"new\":true"));
    int64_t id = number_after("\"id\":");
    assert_int_equal(post("/api/v1/submissions", "once-1", body), 201);
    assert_non_null(strstr(reply_body(), "\"new\":false"));
    assert_int_equal(number_after("\"id\":"), id);
    assert_int_equal(count_submissions(), before + 1);
    /* Something else under the same key is refused, also where only what is
     * not the narrative differs. */
    static const char *const others[] = {
        "{\"narrative\":\"Something else.\"}",
        "{\"narrative\":\"Tamsin Alder was seen at the harbour.\"}",
        "{\"narrative\":\"Tamsin Alder was seen at the harbour.\",\"where\":\"the bus "
        "station\",\"mentions\":"
        "[{\"kind\":\"person\",\"fields\":{\"name\":\"Tamsin Alder\"}}]}",
        "{\"narrative\":\"Tamsin Alder was seen at the "
        "harbour.\",\"handling\":\"handling:C.ask\",\"mentions\":"
        "[{\"kind\":\"person\",\"fields\":{\"name\":\"Tamsin Alder\"}}]}"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        int status = post("/api/v1/submissions", "once-1", others[i]);
        if (status != 409) fail_msg("%s: %d", others[i], status);
        assert_non_null(strstr(reply_body(), "used for another submission"));
    }
    assert_int_equal(count_submissions(), before + 1);
    assert_int_equal(post("/api/v1/submissions", "once-1", body), 201);
    assert_int_equal(number_after("\"id\":"), id);
}

/* What a mention may hold is told as it is checked: in the file, in the guide, in a refusal. */
static void fields_are_told_as_they_are_checked(void **state)
{
    (void)state;
    struct str table = api_fields_table(&arena);
    FILE *file = fopen("docs/API.md", "r");
    char guide[1 << 15] = "";
    assert_non_null(file);
    assert_true(fread(guide, 1, sizeof guide - 1, file) > 0);
    fclose(file);
    struct str row;
    for (struct str rest = table; str_split(&rest, '\n', &row);)
        if (!strstr(guide, str_c(&arena, row)))
            fail_msg("docs/API.md lacks this row: %.*s", STR_ARG(row));
    assert_non_null(strstr(guide, str_c(&arena, table)));
    json_t *api = openapi_make();
    const json_t *schemas = json_object_get(json_object_get(api, "components"), "schemas");
    assert_int_equal(
        json_array_size(json_object_get(json_object_get(schemas, "MentionNew"), "oneOf")),
        LINK_KINDS);
    const json_t *vehicle =
        json_object_get(json_object_get(schemas, "MentionNewVehicle"), "properties");
    assert_string_equal(
        json_string_value(json_object_get(json_object_get(vehicle, "kind"), "const")), "vehicle");
    const json_t *fields = json_object_get(json_object_get(vehicle, "fields"), "properties");
    assert_int_equal(json_object_size(fields), 4);
    assert_non_null(json_object_get(json_object_get(fields, "registration"), "examples"));
    json_decref(api);
    assert_int_equal(
        post("/api/v1/submissions", "fields",
             "{\"narrative\":\"A van.\",\"mentions\":[{\"kind\":\"vehicle\",\"fields\":"
             "{\"plate\":\"WK85\"}}]}"),
        400);
    assert_non_null(strstr(reply_body(), "these: registration, make, model, colour."));
}

/* A machine has nobody to prompt: it is told who to call, before anything else. */
static void words_of_danger_bring_who_to_call(void **state)
{
    (void)state;
    static const char words[] = "She said he is going to kill her tonight, at the bus station.";
    static const char *const before[] = {
        "{\"narrative\":\"", "{\"narrative\":\"A car by the school.\",\"where\":\"",
        "{\"narrative\":\"A car by the school.\",\"mentions\":[{\"kind\":\"person\","
        "\"fields\":{\"description\":\""};
    static const char *const after[] = {"\"}", "\"}", "\"}}]}"};
    char body[400];
    for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
        char key[20];
        snprintf(key, sizeof key, "danger-%zu", i);
        snprintf(body, sizeof body, "%s%s%s", before[i], words, after[i]);
        assert_int_equal(post("/api/v1/submissions", key, body), 201);
        if (strncmp(reply_body(), "{\"danger\":{\"words\":\"", 20) != 0)
            fail_msg("%s: %s", body, reply_body());
        const char *emergency = strstr(reply_body(), "\"phone\":\"999\"");
        const char *unit = strstr(reply_body(), "\"phone\":\"0300 123 1116\"");
        assert_non_null(emergency);
        assert_non_null(unit);
        assert_true(emergency < unit);
        assert_non_null(strstr(reply_body(), "Is a child in danger now? Call 999."));
        /* The same again, and a refusal, say so too. */
        assert_int_equal(post("/api/v1/submissions", key, body), 201);
        assert_non_null(strstr(reply_body(), "\"danger\":"));
    }
    snprintf(body, sizeof body, "{\"narrative\":\"%s\",\"handling\":\"nonsense\"}", words);
    assert_int_equal(post("/api/v1/submissions", "danger-wrong", body), 400);
    assert_int_equal(strncmp(reply_body(), "{\"danger\":", 10), 0);
    snprintf(body, sizeof body, "{\"narrative\":\"%s\",\"colour\":\"red\"}", words);
    assert_int_equal(post("/api/v1/submissions", "danger-unknown", body), 400);
    assert_int_equal(strncmp(reply_body(), "{\"danger\":", 10), 0);
    assert_int_equal(post("/api/v1/submissions", "danger-0", "{\"narrative\":\"He has a gun.\"}"),
                     409);
    assert_int_equal(strncmp(reply_body(), "{\"danger\":", 10), 0);
    assert_int_equal(post("/api/v1/submissions", "no-danger", "{\"narrative\":\"A white van.\"}"),
                     201);
    assert_null(strstr(reply_body(), "\"danger\":"));
    assert_int_equal(
        post("/api/v1/submissions", "danger-deep", "[[[[[[[[[\"He has a gun.\"]]]]]]]]]"), 400);
    assert_non_null(strstr(reply_body(), "nested"));
    assert_null(strstr(reply_body(), "\"danger\":"));
}

/* Also at the end of the longest text that is taken; and nothing of what is too long takes longer
 * than any other body. */
static void words_of_danger_are_found_in_long_texts(void **state)
{
    (void)state;
    static const char end[] = " He has a gun.";
    enum { LONGEST = NARRATIVE_MAX - sizeof end + 1, BODY = 1000000 };
    struct buf body;
    buf_init(&body, 1 << 20);
    buf_add_c(&body, "{\"narrative\":\"");
    size_t begin = body.len;
    while (body.len < begin + LONGEST) buf_add_char(&body, body.len % 5 ? 'a' : ' ');
    buf_add_fmt(&body, "%s\"}", end);
    buf_add_char(&body, 0);
    assert_int_equal(post("/api/v1/submissions", "long", body.data), 201);
    assert_int_equal(strncmp(reply_body(), "{\"danger\":", 10), 0);
    buf_clear(&body);
    buf_add_c(&body, "{\"narrative\":\"");
    while (body.len < BODY) buf_add_c(&body, "no gun tied up ");
    buf_add_c(&body, "\"}");
    buf_add_char(&body, 0);
    assert_int_equal(post("/api/v1/submissions", "longer", body.data), 400);
    assert_int_equal(strncmp(reply_body(), "{\"danger\":", 10), 0);
    assert_non_null(strstr(reply_body(), "too long"));
    buf_done(&body);
}

static void pages_follow_each_other(void **state)
{
    (void)state;
    char key[20];
    char path[400] = "/api/v1/submissions?limit=2";
    int64_t last = INT64_MAX;
    int seen = 0;
    for (int i = 0; i < 5; i++) {
        snprintf(key, sizeof key, "page-%d", i);
        assert_int_equal(
            post("/api/v1/submissions", key, "{\"narrative\":\"A white van by the school.\"}"),
            201);
    }
    int64_t all = count_submissions();
    for (;;) {
        assert_int_equal(get(path), 200);
        for (const char *at = reply_body(); (at = strstr(at, "\"id\":")); at++) {
            int64_t id = strtoll(at + 5, NULL, 10);
            assert_true(id < last);
            last = id;
            seen++;
        }
        const char *next = strstr(reply_body(), "\"next\":\"");
        if (!next) break;
        char cursor[200];
        sscanf(next + 8, "%199[^\"]", cursor);
        snprintf(path, sizeof path, "/api/v1/submissions?limit=2&cursor=%s", cursor);
    }
    assert_int_equal(seen, all);
}

/* A submission that names this one; its mention. */
static int64_t name_person(const char *name, const char *key)
{
    char body[200];
    char path[60];
    snprintf(
        body, sizeof body,
        "{\"narrative\":\"%s.\",\"mentions\":[{\"kind\":\"person\",\"fields\":{\"name\":\"%s\"}}]}",
        name, name);
    assert_int_equal(post("/api/v1/submissions", key, body), 201);
    snprintf(path, sizeof path, "/api/v1/submissions/%lld", (long long)number_after("\"id\":"));
    assert_int_equal(get(path), 200);
    return number_after("\"mentions\":[{\"id\":");
}

/* The pairs of the reply; how many. */
static size_t read_pairs(int64_t (*pair)[2], size_t most)
{
    size_t count = 0;
    for (const char *at = reply_body(); (at = strstr(at, "\"mention\":")) && count < most; at++) {
        pair[count][0] = strtoll(at + 10, NULL, 10);
        pair[count++][1] = strtoll(strstr(at, "\"other\":") + 8, NULL, 10);
    }
    return count;
}

static bool read_next(const char *list, char *path, size_t size)
{
    const char *next = strstr(reply_body(), "\"next\":\"");
    char cursor[200];
    if (!next) return false;
    sscanf(next + 8, "%199[^\"]", cursor);
    snprintf(path, size, "%s&cursor=%s", list, cursor);
    return true;
}

/* Whoever decides while paging is shown everything else all the same. */
static void what_is_decided_moves_no_page(void **state)
{
    (void)state;
    static const char *const names[] = {"Morwenna Teasel", "Jago Burdock", "Elowen Campion",
                                        "Petroc Sorrel"};
    static const char list[] = "/api/v1/suggestions?limit=2";
    enum { MOST = 60 };
    int64_t all[MOST][2];
    int64_t seen[MOST][2];
    char key[30];
    char path[400];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        for (int k = 0; k < 2; k++) {
            snprintf(key, sizeof key, "moving-%zu-%d", i, k);
            name_person(names[i], key);
        }
    assert_int_equal(get("/api/v1/suggestions?limit=100"), 200);
    size_t count = read_pairs(all, MOST);
    assert_true(count >= 4);
    assert_int_equal(get(list), 200);
    size_t shown = read_pairs(seen, MOST);
    bool more = read_next(list, path, sizeof path);
    char decide[100];
    snprintf(decide, sizeof decide, "/api/v1/pairs/%lld/%lld/decisions", (long long)seen[0][0],
             (long long)seen[0][1]);
    assert_int_equal(post(decide, "moving", "{\"verdict\":\"different\",\"reason\":\"Ages.\"}"),
                     201);
    for (; more; more = read_next(list, path, sizeof path)) {
        assert_int_equal(get(path), 200);
        shown += read_pairs(seen + shown, MOST - shown);
    }
    assert_int_equal(shown, count);
    for (size_t i = 0; i < count; i++) {
        if (memcmp(all[i], seen[i], sizeof all[i]) != 0)
            fail_msg("pair %zu is %lld/%lld", i, (long long)seen[i][0], (long long)seen[i][1]);
    }
    /* Nor when the last that was read is the one that goes: its place is kept. */
    assert_int_equal(get(list), 200);
    read_pairs(seen, MOST);
    assert_true(read_next(list, path, sizeof path));
    snprintf(decide, sizeof decide, "/api/v1/pairs/%lld/%lld/decisions", (long long)seen[1][0],
             (long long)seen[1][1]);
    assert_int_equal(post(decide, "moving-2", "{\"verdict\":\"different\",\"reason\":\"Ages.\"}"),
                     201);
    assert_int_equal(get(path), 200);
    read_pairs(seen, MOST);
    assert_memory_equal(seen[0], all[3], sizeof seen[0]);
    assert_int_equal(get("/api/v1/suggestions?cursor=YXBpX3N1Z2dlc3Rpb25zIDM"), 400);
}

/* One of several that ask at once. */
struct asker {
    pthread_t thread;
    char text[1000];
    int status;
    int64_t id;
};

static void *ask_at_once(void *context)
{
    struct asker *asker = context;
    char answer[4000];
    size_t got = 0;
    ssize_t now;
    int handle = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(server_port(server))};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(handle, (struct sockaddr *)&to, sizeof to) == 0 &&
        send(handle, asker->text, strlen(asker->text), MSG_NOSIGNAL) > 0)
        while (got < sizeof answer - 1 &&
               (now = recv(handle, answer + got, sizeof answer - 1 - got, 0)) > 0)
            got += (size_t)now;
    close(handle);
    answer[got] = 0;
    sscanf(answer, "HTTP/1.1 %d", &asker->status);
    const char *id = strstr(answer, "\"id\":");
    if (id) asker->id = strtoll(id + 5, NULL, 10);
    return NULL;
}

enum { ASKERS = 12 };

/* All say "same" with the ETag that they read; each with a key of its own, or all with one. */
static void decide_at_once(const char *path, const char *tag, bool one_key, struct asker *askers)
{
    static const char body[] = "{\"verdict\":\"same\",\"reason\":\"The names agree.\"}";
    limit_clear();
    for (int i = 0; i < ASKERS; i++) {
        askers[i] = (struct asker){0};
        snprintf(askers[i].text, sizeof askers[i].text,
                 "POST %s/decisions HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: "
                 "close\r\nAuthorization: Bearer %s\r\n"
                 "Content-Type: application/json\r\nIf-Match: %s\r\nIdempotency-Key: "
                 "at-once-%s-%d\r\nContent-Length: %zu\r\n\r\n%s",
                 path, token, tag, one_key ? "one" : "each", one_key ? 0 : i, strlen(body), body);
    }
    for (int i = 0; i < ASKERS; i++)
        assert_int_equal(pthread_create(&askers[i].thread, NULL, ask_at_once, &askers[i]), 0);
    for (int i = 0; i < ASKERS; i++) pthread_join(askers[i].thread, NULL);
}

/* Nothing but the turn of writing keeps them apart: it is the same for those of two servers. */
static void of_many_at_once_one_is_the_first(void **state)
{
    (void)state;
    static struct asker askers[ASKERS];
    struct decision_line *lines = NULL;
    size_t count = 0;
    char path[100];
    char tag[200];
    int64_t a = name_person("Perran Quillet", "at-once-a");
    int64_t b = name_person("Perran Quillet", "at-once-b");
    snprintf(path, sizeof path, "/api/v1/pairs/%lld/%lld", (long long)b, (long long)a);
    assert_int_equal(get(path), 200);
    snprintf(tag, sizeof tag, "%s", header_value("ETag: "));
    decide_at_once(path, tag, false, askers);
    int done = 0;
    for (int i = 0; i < ASKERS; i++) {
        if (askers[i].status != 201 && askers[i].status != 412) fail_msg("%d", askers[i].status);
        done += askers[i].status == 201;
    }
    assert_int_equal(done, 1);
    assert_int_equal(decisions_of_pair(&app, &arena, a, b, &lines, &count, NULL), ST_OK);
    assert_int_equal(count, 1);
    assert_int_equal(get(path), 200);
    snprintf(tag, sizeof tag, "%s", header_value("ETag: "));
    decide_at_once(path, tag, true, askers);
    for (int i = 0; i < ASKERS; i++) {
        assert_int_equal(askers[i].status, 201);
        assert_int_equal(askers[i].id, askers[0].id);
    }
    assert_int_equal(decisions_of_pair(&app, &arena, a, b, &lines, &count, NULL), ST_OK);
    assert_int_equal(count, 2);
}

/* Two mentions of one name; a decision of an ETag that is too old changes nothing. */
static void what_changed_meanwhile_is_not_overwritten(void **state)
{
    (void)state;
    static const char same[] = "{\"verdict\":\"same\",\"reason\":\"The names agree.\"}";
    char path[100];
    char decide[120];
    char headers[400];
    char tag[200];
    int64_t mention[2] = {name_person("Kitto Damson", "pair-0"),
                          name_person("Kitto Damson", "pair-1")};
    snprintf(path, sizeof path, "/api/v1/pairs/%lld/%lld", (long long)mention[1],
             (long long)mention[0]);
    snprintf(decide, sizeof decide, "%s/decisions", path);
    assert_int_equal(get(path), 200);
    snprintf(tag, sizeof tag, "%s", header_value("ETag: "));
    snprintf(headers, sizeof headers, "If-None-Match: %s\r\n", tag);
    assert_int_equal(ask_with(token, path, headers, (struct str){0}), 304);
    assert_int_equal(ask_with(token, decide,
                              "Content-Type: application/json\r\nIdempotency-Key: d0\r\n",
                              str_from(same)),
                     428);
    snprintf(headers, sizeof headers,
             "Content-Type: application/json\r\nIdempotency-Key: d1\r\nIf-Match: %s\r\n", tag);
    assert_int_equal(ask_with(token, decide, headers, str_from(same)), 201);
    int64_t id = number_after("\"id\":");
    /* its answer was lost */
    assert_int_equal(ask_with(token, decide, headers, str_from(same)), 201);
    assert_int_equal(number_after("\"id\":"), id);
    snprintf(headers, sizeof headers,
             "Content-Type: application/json\r\nIdempotency-Key: d2\r\nIf-Match: %s\r\n", tag);
    assert_int_equal(
        ask_with(token, decide, headers, STR("{\"verdict\":\"different\",\"reason\":\"No.\"}")),
        412);
    snprintf(headers, sizeof headers,
             "Content-Type: application/json\r\nIdempotency-Key: d1\r\nIf-Match: %s\r\n", tag);
    assert_int_equal(
        ask_with(token, decide, headers, STR("{\"verdict\":\"unsure\",\"reason\":\"Hm.\"}")), 400);
    assert_int_equal(get(path), 200);
    assert_null(strstr(reply_body(), "\"different\""));
    /* Withdrawn once, however often it is asked. */
    snprintf(path, sizeof path, "/api/v1/decisions/%lld/withdraw", (long long)id);
    assert_int_equal(post(path, "w1", ""), 200);
    assert_int_equal(post(path, "w1", ""), 200);
    assert_int_equal(post(path, "w2", ""), 404);
}

/* As the officer's program; `tag` NULL: no If-Match; `key` NULL: a GET. */
static int ask_officer(const char *path, const char *key, const char *tag, const char *body)
{
    char headers[400] = "";
    if (key)
        snprintf(headers, sizeof headers,
                 "Content-Type: application/json\r\nIdempotency-Key: %s\r\n%s%s%s", key,
                 tag ? "If-Match: " : "", tag ? tag : "", tag ? "\r\n" : "");
    return ask_with(officer_token, path, headers, key ? str_from(body) : (struct str){0});
}

static void an_episode_goes_from_the_report_to_the_interview(void **state)
{
    (void)state;
    struct child_draft draft = {.kind = ENTRY_FACT};
    char report[400];
    char path[100];
    char save[140];
    char tag[200];
    int64_t child = 0;
    draft.text[FACT_KEY] = STR("child-name");
    draft.text[FACT_ANSWER] = STR("given");
    draft.text[FACT_VALUE] = STR("Kensa Sample");
    assert_int_equal(child_create(&app, &people[OFFICER], &draft, 1, 0, &child, NULL), ST_OK);
    snprintf(report, sizeof report,
             "{\"child\":%lld,\"answers\":[{\"key\":\"missing-sort\",\"value\":\"missing\"},"
             "{\"key\":\"missing-since-day\",\"value\":\"1/3/"
             "2026\"},{\"key\":\"missing-since-time\",\"value\":\"22:30\"},"
             "{\"key\":\"missing-with\",\"kind\":\"unknown\"}]}",
             (long long)child);
    assert_int_equal(ask_officer("/api/v1/missing", "missing-1", NULL, report), 201);
    int64_t id = number_after("\"id\":");
    assert_non_null(strstr(reply_body(), "\"interview\":\"none\""));
    assert_null(strstr(reply_body(), "\"danger\":"));
    assert_non_null(strstr(reply_body(), "\"since\":\"2026-03-01T22:30:00"));
    assert_int_equal(ask_officer("/api/v1/missing", "missing-1", NULL, report), 201);
    assert_int_equal(number_after("\"id\":"), id);
    assert_int_equal(
        ask_officer("/api/v1/missing?from=2026-03-01&until=2026-03-02", NULL, NULL, NULL), 200);
    const char *first = strstr(reply_body(), "\"reference\":");
    assert_true(first && !strstr(first + 1, "\"reference\":"));
    assert_int_equal(
        ask_officer("/api/v1/missing?from=2025-03-01&until=2025-03-02", NULL, NULL, NULL), 200);
    assert_null(strstr(reply_body(), "\"reference\":"));
    assert_int_equal(
        ask_officer("/api/v1/missing", "missing-2", NULL, "{\"child\":999999,\"answers\":[]}"),
        404);
    /* not in its scopes */
    assert_int_equal(ask_with(token, "/api/v1/missing", "", (struct str){0}), 403);

    snprintf(path, sizeof path, "/api/v1/missing/%lld", (long long)id);
    snprintf(save, sizeof save, "%s/parts/return", path);
    static const char back[] = "{\"answers\":[{\"key\":\"return-day\",\"value\":\"2/3/"
                               "2026\"},{\"key\":\"return-time\",\"value\":\"6am\"}]}";
    assert_int_equal(ask_officer(path, NULL, NULL, NULL), 200);
    snprintf(tag, sizeof tag, "%s", header_value("ETag: "));
    assert_int_equal(ask_officer(save, "back-0", NULL, back), 428);
    static const char told[] = "{\"answers\":[{\"key\":\"return-day\",\"value\":\"2/3/2026\"},"
                               "{\"key\":\"return-found\",\"value\":\"He has a gun.\"}]}";
    ask_officer(save, "back-told", tag, told);
    assert_int_equal(strncmp(reply_body(), "{\"danger\":", 10), 0);
    assert_int_equal(ask_officer(path, NULL, NULL, NULL), 200);
    snprintf(tag, sizeof tag, "%s", header_value("ETag: "));
    assert_int_equal(ask_officer(save, "back-1", tag, back), 200);
    assert_non_null(strstr(reply_body(), "\"returned_at\":\"2026-03-02T06:00:00"));
    assert_non_null(strstr(reply_body(), "\"interview_due_at\""));
    assert_int_equal(ask_officer(save, "back-1", tag, back), 200); /* its answer was lost */
    assert_int_equal(ask_officer(save, "back-2", tag, back), 412);
    assert_int_equal(ask_officer(save, "back-3", "*",
                                 "{\"answers\":[{\"key\":\"offer-day\",\"value\":\"2/3/2026\"}]}"),
                     400);
    assert_non_null(strstr(reply_body(), "no such question"));
    assert_int_equal(ask_officer(save, "back-4", "*",
                                 "{\"answers\":[{\"key\":\"return-day\",\"kind\":\"unknown\"}]}"),
                     400);
    snprintf(save, sizeof save, "%s/parts/interview", path);
    assert_int_equal(ask_officer(save, "held-0", "*",
                                 "{\"answers\":[{\"key\":\"interview-day\",\"value\":\"3/3/2026\"},"
                                 "{\"key\":\"interview-time\",\"value\":\"10:00\"},{\"key\":"
                                 "\"interview-independent\",\"value\":\"yes\"}]}"),
                     400);
    assert_non_null(strstr(reply_body(), "no offer is written down"));
    char offer[120];
    snprintf(offer, sizeof offer, "%s/parts/offer", path);
    assert_int_equal(ask_officer(offer, "offered", "*",
                                 "{\"answers\":[{\"key\":\"offer-day\",\"value\":\"2/3/2026\"},"
                                 "{\"key\":\"offer-answer\",\"value\":\"accepted\"}]}"),
                     200);
    assert_int_equal(ask_officer(save, "held-1", "*",
                                 "{\"answers\":[{\"key\":\"interview-day\",\"value\":\"3/3/2026\"},"
                                 "{\"key\":\"interview-time\",\"value\":\"10:00\"},{\"key\":"
                                 "\"interview-independent\",\"value\":\"yes\"}]}"),
                     200);
    assert_non_null(strstr(reply_body(), "\"interview\":\"held\""));
    assert_non_null(strstr(reply_body(), "\"interview_at\":\"2026-03-03T10:00:00"));
    snprintf(save, sizeof save, "%s/parts/prepared", path);
    assert_int_equal(ask_officer(save, "other", "*", "{\"answers\":[]}"), 404);
}

static void an_action_is_done_once(void **state)
{
    (void)state;
    char path[100];
    char done[140];
    char tag[200];
    int64_t id = 0;
    struct db *db = NULL;
    struct action_new action = {.forum = STR("mid"),
                                .owner = people[OFFICER].account,
                                .due_day = 30000,
                                .what = STR("Ask the bus company."),
                                .evidence = STR("Their answer.")};
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    assert_int_equal(
        store_write_end(app.store, db,
                        action_add(&app, db, &arena, &people[OFFICER], &action, &id, NULL), NULL),
        ST_OK);
    snprintf(path, sizeof path, "/api/v1/actions/%lld", (long long)id);
    snprintf(done, sizeof done, "%s/done", path);
    assert_int_equal(ask_officer(path, NULL, NULL, NULL), 200);
    assert_non_null(strstr(reply_body(), "\"state\":\"open\""));
    snprintf(tag, sizeof tag, "%s", header_value("ETag: "));
    assert_int_equal(ask_officer(done, "done-0", "\"older\"", "{\"text\":\"They answered.\"}"),
                     412);
    assert_int_equal(ask_officer(done, "done-1", tag, "{\"text\":\"They answered.\"}"), 200);
    assert_non_null(strstr(reply_body(), "\"state\":\"done\""));
    assert_int_equal(ask_officer(done, "done-1", tag, "{\"text\":\"They answered.\"}"), 200);
    assert_int_equal(ask_officer(done, "done-1", tag, "{\"text\":\"Something else.\"}"), 400);
    assert_int_equal(ask_officer(done, "done-2", tag, "{\"text\":\"They answered.\"}"), 412);
    assert_int_equal(ask_officer(done, "done-3", "*", "{\"text\":\"They answered.\"}"), 409);
    assert_int_equal(ask_officer("/api/v1/actions", NULL, NULL, NULL), 200);
    assert_non_null(strstr(reply_body(), "Ask the bus company."));
}

static void the_rest_can_be_read(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        int status;
        const char *says;
    } cases[] = {{"/api/v1/problem-profile", 200, "\"tables\":[{\"table\":\"quarter\""},
                 {"/api/v1/problem-profile?from=2026-Q1&quarters=1", 200,
                  "\"from\":\"2026-Q1\",\"quarters\":1"},
                 {"/api/v1/problem-profile?from=2099-Q1", 400, "\"from\""},
                 {"/api/v1/problem-profile?from=soon", 400, "\"from\""},
                 {"/api/v1/problem-profile?forum=nowhere", 400, "Forum"},
                 {"/api/v1/locations?kind=park", 200, "\"items\":["},
                 {"/api/v1/patterns?state=all", 200, "\"items\":["},
                 {"/api/v1/patterns?state=some", 400, "state"},
                 {"/api/v1/meetings", 200, "\"items\":["},
                 {"/api/v1/feedback-due", 200, "\"items\":["},
                 {"/api/v1/inbox", 404, "problem"},
                 {"/api/v1/gradings-due", 404, "problem"},
                 {"/api/v1/missing?from=yesterday", 400, "day"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int status = ask_officer(cases[i].path, NULL, NULL, NULL);
        if (status != cases[i].status || !strstr(reply_body(), cases[i].says))
            fail_msg("%s: %d %s", cases[i].path, status, reply_body());
    }
    /* What one's own submission has become. */
    assert_int_equal(post("/api/v1/submissions", "told", "{\"narrative\":\"A van by the weir.\"}"),
                     201);
    char path[100];
    snprintf(path, sizeof path, "/api/v1/feedback/%lld", (long long)number_after("\"id\":"));
    assert_int_equal(get(path), 200);
    assert_non_null(strstr(reply_body(), "\"state\":"));
    assert_int_equal(ask_officer(path, NULL, NULL, NULL), 404);
}

static void add_program(const struct person *who, unsigned scopes, struct api_client_secret *ret,
                        char token_of[static SEAL_TOKEN_SIZE])
{
    struct db *db = NULL;
    struct api_token made;
    int64_t id = 0;
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    assert_int_equal(api_client_store(&app, db, 0, who->account, scopes, clock_now() + 86400000LL,
                                      ret, &id, NULL),
                     ST_OK);
    assert_int_equal(store_write_commit(app.store, db, NULL), ST_OK);
    assert_int_equal(api_token_make(&app, str_from(ret->id), str_from(ret->secret), 0, &made, NULL),
                     ST_OK);
    memcpy(token_of, made.token, SEAL_TOKEN_SIZE);
}

static void note_act(const char *action)
{
    struct audit_event event = {.kind = AUDIT_CONSULTATION,
                                .action = action,
                                .account = people[OFFICER].account,
                                .reason = "role"};
    assert_int_equal(audit_event(&app, &event, NULL), ST_OK);
}

/* Nor does one that somebody else comes to meanwhile, nor a clock that is put back. */
static void a_look_at_the_log_moves_no_page_of_it(void **state)
{
    (void)state;
    static const char *const acts[] = {"walked 1", "walked 2", "walked 3", "walked 4", "walked 5"};
    struct api_client_secret auditor;
    char auditor_token[SEAL_TOKEN_SIZE];
    char list[100];
    char path[400];
    char seen[100] = "";
    instant_ms day = clock_now() + 2 * 86400000LL;
    clock_set(day);
    add_program(&people[AUDITOR], 1u << API_SCOPE_AUDIT_READ, &auditor, auditor_token);
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
        clock_set(day + (i % 2 ? 2000 : 1000));
        note_act(acts[i]);
    }
    struct str from = date_iso(&arena, clock_london(day).date);
    snprintf(list, sizeof list, "/api/v1/audit?kind=consultation&limit=2&from=%.*s", STR_ARG(from));
    snprintf(path, sizeof path, "%s", list);
    do {
        assert_int_equal(ask_with(auditor_token, path, "", (struct str){0}), 200);
        for (const char *at = reply_body(); (at = strstr(at, "\"action\":\"")); at++) {
            size_t length = strlen(seen);
            snprintf(seen + length, sizeof seen - length, "%.8s,", at + 10);
        }
        note_act("walked on");
    } while (read_next(list, path, sizeof path));
    /* By time on a page. */
    assert_string_equal(seen, "walked 4,walked 5,walked 2,walked 3,walked 1,");
    clock_set(0);
}

static int start(void **state)
{
    (void)state;
    static const struct cast cast[] = {
        {"Jenna Rowan", "Mid School", "education", ROLE_analyst},
        {"Kensa Sorrel", "Mid School", "education", ROLE_practitioner},
        {"Peder Yarrow", "Mid Clinic", "health", ROLE_practitioner},
        {"Lowenna Kitto", "The unit", "social-care", ROLE_maru_officer},
        {"Merryn Teasel", "The unit", "social-care", ROLE_auditor}};
    struct api_client_secret officer;
    char folder[64];
    open_partnership(64 << 20, folder);
    add_people(cast, 5, people);
    unsigned scopes = 1u << API_SCOPE_SUBMISSIONS_READ | 1u << API_SCOPE_SUBMISSIONS_WRITE |
                      1u << API_SCOPE_LINKS_READ | 1u << API_SCOPE_DECISIONS_WRITE;
    add_program(&people[ANALYST], scopes, &secret, token);
    add_program(&people[OFFICER], (1u << API_SCOPES) - 1, &officer, officer_token);
    struct server_options options = {.address = "127.0.0.1"};
    struct err err = {0};
    return server_start(&app, &options, &server, &err) == ST_OK ? 0 : -1;
}

static int stop(void **state)
{
    server_stop(server);
    return close_partnership(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_is_given_for_a_secret),
        cmocka_unit_test(no_token_for_anything_else),
        cmocka_unit_test(a_token_ends),
        cmocka_unit_test(json_is_read_strictly),
        cmocka_unit_test(what_is_sent_twice_is_there_once),
        cmocka_unit_test(fields_are_told_as_they_are_checked),
        cmocka_unit_test(words_of_danger_bring_who_to_call),
        cmocka_unit_test(words_of_danger_are_found_in_long_texts),
        cmocka_unit_test(pages_follow_each_other),
        cmocka_unit_test(what_is_decided_moves_no_page),
        cmocka_unit_test(a_secret_that_is_changed_meanwhile_gives_no_token),
        cmocka_unit_test(what_changed_meanwhile_is_not_overwritten),
        cmocka_unit_test(of_many_at_once_one_is_the_first),
        cmocka_unit_test(an_episode_goes_from_the_report_to_the_interview),
        cmocka_unit_test(an_action_is_done_once),
        cmocka_unit_test(the_rest_can_be_read),
        cmocka_unit_test(a_look_at_the_log_moves_no_page_of_it),
    };
    return cmocka_run_group_tests_name("api", tests, start, stop);
}
