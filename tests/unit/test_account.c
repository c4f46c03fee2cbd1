/* People, links, signing in, second factors, sessions, limits, absence. */
#include "domain/absence.h"
#include "domain/account.h"
#include "domain/invitation.h"
#include "domain/limit.h"
#include "domain/sign_in.h"
#include "seal/totp.h"

#include "tests_common.h"

#include <dlfcn.h>
#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <unistd.h>

static char folder[64];
static struct app app;
static struct arena arena;
static int64_t school;
static int64_t administrator;
static const struct visitor home = {.address = STR_INIT("192.0.2.1"),
                                    .browser = STR_INIT("Firefox on Windows"),
                                    .device = STR_INIT("")};
static const struct visitor elsewhere = {
    .address = STR_INIT("198.51.100.7"), .browser = STR_INIT("curl"), .device = STR_INIT("")};
static const char password[] = "a heron over tin";
static const char day_words[] = "a good day 2026";
static char hash[SEAL_PASSWORD_HASH_SIZE];
enum { HOUR = 3600000 };
static const instant_ms start = 1790000000000; /* September 2026 */

static void (*meanwhile)(void); /* once, while a password is being looked at */
static _Atomic bool held;       /* who looks at one waits, and it is wrong */

/* libsodium's, over it: what a word says against a hash is worked out once, since guessing a
 * thousand times takes 64 MB and a tenth of a second each. */
int crypto_pwhash_str_verify(const char known[crypto_pwhash_STRBYTES], const char *const word,
                             unsigned long long length)
{
    static int (*real)(const char *, const char *, unsigned long long);
    static struct {
        char known[crypto_pwhash_STRBYTES];
        char word[32];
        int code;
    } asked[64];
    static size_t count;
    if (held) {
        while (held) usleep(1000);
        return -1;
    }
    void (*now)(void) = meanwhile;
    meanwhile = NULL;
    if (now) now();
    if (!real) *(void **)&real = dlsym(RTLD_NEXT, "crypto_pwhash_str_verify");
    for (size_t i = 0; i < count; i++)
        if (strcmp(asked[i].known, known) == 0 && strlen(asked[i].word) == length &&
            memcmp(asked[i].word, word, length) == 0)
            return asked[i].code;
    int code = real(known, word, length);
    if (count == sizeof asked / sizeof *asked || length >= sizeof asked->word) return code;
    snprintf(asked[count].known, sizeof asked->known, "%s", known);
    memcpy(asked[count].word, word, length);
    asked[count++].code = code;
    return code;
}

static int64_t add(const char *email, unsigned roles, const char *with_hash)
{
    struct account_new account = {.email = str_from(email),
                                  .name = STR("Somebody Known"),
                                  .organisation = school,
                                  .password_hash = str_from(with_hash),
                                  .roles = roles};
    struct db *db = NULL;
    int64_t id = 0;
    struct err err = {0};
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    if (account_add(&app, db, &account, 0, &id, &err) != ST_OK)
        fail_msg("%s (%s)", err.public, err.detail);
    assert_int_equal(store_write_commit(app.store, db, NULL), ST_OK);
    return id;
}

static int fresh(void **state)
{
    (void)state;
    temporary_folder(folder);
    arena_init(&arena, 64 << 20);
    limit_clear();
    clock_set(start);
    assert_int_equal(app_open(&app, folder, NULL, NULL, NULL), ST_OK);
    if (!hash[0]) assert_int_equal(seal_password_hash(str_from(password), hash, NULL), ST_OK);
    struct db *db = NULL;
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    assert_int_equal(
        organisation_ensure(db, STR("A school"), STR("education"), STR("mid"), &school, NULL),
        ST_OK);
    assert_int_equal(store_write_commit(app.store, db, NULL), ST_OK);
    administrator = add("admin@example.org", 1u << ROLE_administrator, hash);
    return 0;
}

static int done(void **state)
{
    (void)state;
    app_close(&app);
    arena_done(&arena);
    clock_set(0);
    return 0;
}

static enum st try_password(const struct visitor *visitor, const char *email, const char *word,
                            struct sign_in *ret, struct err *err)
{
    return sign_in_password(&app, visitor, str_from(email), str_from(word), ret, err);
}

static enum st who_is(const char *token, struct person *ret, struct session_facts *facts)
{
    return session_read(&app, &arena, str_from(token), ret, facts, NULL);
}

/* --- passwords -------------------------------------------------------------------------- */

static void what_is_guessed_first_is_refused(void **state)
{
    (void)state;
    static const char *bad[] = {
        "short",          "passwordpassword", "Password1234", "letmeinletmein", "iloveyou1234",
        "qwertyuiop12",   "111111111111",     "123412341234", "safeguarding26", "Cornwall2026!!",
        "abcabcabcabcab", "1q2w3e4r5t6y",     "314159265358", "Liverpool2026!"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct err err = {0};
        if (seal_password_check(str_from(bad[i]), STR(""), &err) != ST_INVALID)
            fail_msg("'%s' was taken", bad[i]);
    }
    static const char *good[] = {"three words for trying", "a heron over tin", "tamarisk and rope",
                                 "correcthorsebatterystaple", "øre på tre lag", "x9vq2mtrw4bd"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct err err = {0};
        if (seal_password_check(str_from(good[i]), STR("somebody@example.org"), &err) != ST_OK)
            fail_msg("'%s': %s", good[i], err.public);
    }
    assert_int_equal(seal_password_check(STR("me@example.org me"), STR("me@example.org"), NULL),
                     ST_INVALID);
}

static int64_t changing;

static void set_another_password(void)
{
    assert_int_equal(
        account_set_password(&app, changing, changing, NULL, STR("a gannet over rope"), NULL),
        ST_OK);
}

static void disable(void)
{
    assert_int_equal(account_set_disabled(&app, administrator, changing, true, NULL), ST_OK);
}

/* Whoever changes a password shuts out who has the old one, also who is half way in. */
static void a_password_that_is_changed_meanwhile_opens_nothing(void **state)
{
    (void)state;
    changing = add("there@example.org", 1u << ROLE_practitioner, hash);
    struct sign_in in;
    meanwhile = set_another_password;
    assert_int_equal(try_password(&home, "there@example.org", password, &in, NULL), ST_DENIED);
    assert_int_equal(try_password(&home, "there@example.org", password, &in, NULL), ST_DENIED);
    assert_int_equal(try_password(&home, "there@example.org", "a gannet over rope", &in, NULL),
                     ST_OK);
}

/* Nor does it set another: whoever was faster has shut out who has the old one. */
static void a_password_that_is_changed_meanwhile_sets_no_other(void **state)
{
    (void)state;
    static void (*const faster[])(void) = {set_another_password, disable, NULL};
    static const char *const holds[] = {"a gannet over rope", password, day_words};
    for (size_t i = 0; i < sizeof faster / sizeof *faster; i++) {
        char email[40];
        struct sign_in in;
        struct person who;
        struct session_facts facts;
        struct password_seen seen;
        struct err err = {0};
        snprintf(email, sizeof email, "there%zu@example.org", i);
        changing = add(email, 1u << ROLE_practitioner, hash);
        assert_int_equal(try_password(&home, email, password, &in, NULL), ST_OK);
        assert_int_equal(who_is(in.session.token, &who, &facts), ST_OK);
        meanwhile = faster[i];
        assert_int_equal(
            sign_in_check_password(&app, changing, &facts, str_from(password), &seen, NULL), ST_OK);
        enum st outcome =
            account_set_password(&app, changing, changing, &seen, str_from(day_words), &err);
        assert_int_equal(outcome, faster[i] ? ST_DENIED : ST_OK);
        if (faster[i]) assert_non_null(strstr(err.public, "sign in again"));
        if (faster[i] == disable)
            assert_int_equal(account_set_disabled(&app, administrator, changing, false, NULL),
                             ST_OK);
        assert_int_equal(try_password(&home, email, holds[i], &in, NULL), ST_OK);
    }
}

static _Atomic int were_wrong, turned_away;

static void *try_wrong_password(void *context)
{
    struct sign_in in;
    struct err err = {0};
    (void)context;
    enum st outcome = try_password(&home, "there@example.org", "not this one at all", &in, &err);
    were_wrong += outcome == ST_DENIED;
    turned_away += outcome == ST_LIMIT && strstr(err.public, "are signing in at once") != NULL;
    return NULL;
}

/* Two are looked at and four wait, so that threads are left for pages; who is turned away has not
 * tried. */
static void of_many_at_once_some_are_turned_away(void **state)
{
    (void)state;
    enum { TRIES = 8, LOOKED_AT = 6, LONG_MS = 60000 };
    add("there@example.org", 1u << ROLE_practitioner, hash);
    pthread_t thread[TRIES];
    were_wrong = turned_away = 0;
    held = true;
    for (int i = 0; i < TRIES; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, try_wrong_password, NULL), 0);
    for (int i = 0; i < LONG_MS && turned_away < TRIES - LOOKED_AT; i++) usleep(1000);
    held = false;
    for (int i = 0; i < TRIES; i++) pthread_join(thread[i], NULL);
    assert_int_equal(turned_away, TRIES - LOOKED_AT);
    assert_int_equal(were_wrong, LOOKED_AT);
    /* Eight tries may be wrong. */
    for (int i = 0; i < 3; i++) try_wrong_password(NULL);
    assert_int_equal(were_wrong, LOOKED_AT + 2);
    assert_int_equal(turned_away, TRIES - LOOKED_AT);
}

/* --- people -------------------------------------------------------------------------------- */

static void roles_that_do_not_go_together_are_refused(void **state)
{
    (void)state;
    int64_t id = add("person@example.org", 1u << ROLE_practitioner, "");
    struct account_new wanted = {
        .email = STR("Person@Example.org"), .name = STR("New Name"), .organisation = school};
    struct err err = {0};
    assert_int_equal(account_change(&app, administrator, id, &wanted, &err), ST_INVALID);
    wanted.roles = 1u << ROLE_administrator | 1u << ROLE_analyst;
    assert_int_equal(account_change(&app, administrator, id, &wanted, &err), ST_INVALID);
    assert_non_null(strstr(err.public, "no other role"));
    wanted.roles = 1u << ROLE_representative | 1u << ROLE_analyst;
    assert_int_equal(account_change(&app, administrator, id, &wanted, NULL), ST_OK);
    struct account_line line;
    assert_int_equal(account_read(&app, &arena, id, &line, NULL), ST_OK);
    assert_true(str_eq(line.email, STR("person@example.org")));
    assert_true(str_eq(line.name, STR("New Name")));
    assert_int_equal(line.roles, wanted.roles);
    wanted.email = STR("admin@example.org");
    assert_int_equal(account_change(&app, administrator, id, &wanted, &err), ST_CONFLICT);
    assert_non_null(strstr(err.public, "already"));
    wanted.email = STR("no address");
    assert_int_equal(account_change(&app, administrator, id, &wanted, NULL), ST_INVALID);
}

static void somebody_always_looks_after_accounts(void **state)
{
    (void)state;
    struct account_new less = {.email = STR("admin@example.org"),
                               .name = STR("A"),
                               .organisation = school,
                               .roles = 1u << ROLE_auditor};
    assert_int_equal(account_change(&app, 0, administrator, &less, NULL), ST_CONFLICT);
    assert_int_equal(account_set_disabled(&app, 0, administrator, true, NULL), ST_CONFLICT);
    assert_int_equal(organisation_set_disabled(&app, 0, school, true, NULL), ST_CONFLICT);
    int64_t second = add("second@example.org", 1u << ROLE_administrator, hash);
    /* oneself */
    assert_int_equal(account_set_disabled(&app, second, second, true, NULL), ST_CONFLICT);
    assert_int_equal(account_set_disabled(&app, second, administrator, true, NULL), ST_OK);
    assert_int_equal(account_set_disabled(&app, 0, second, true, NULL), ST_CONFLICT);
    assert_int_equal(account_set_disabled(&app, second, administrator, false, NULL), ST_OK);
    assert_int_equal(account_change(&app, 0, second,
                                    &(struct account_new){.email = STR("second@example.org"),
                                                          .name = STR("B"),
                                                          .organisation = school,
                                                          .roles = 1u << ROLE_auditor},
                                    NULL),
                     ST_OK);
}

static void a_disabled_organisation_lets_nobody_in(void **state)
{
    (void)state;
    struct organisation hotel = {
        .name = STR("Hotel"), .sector = STR("business"), .forum = STR("mid")};
    assert_int_equal(organisation_save(&app, administrator, &hotel, NULL), ST_OK);
    struct organisation again = {
        .name = STR("Hotel"), .sector = STR("business"), .forum = STR("mid")};
    assert_int_equal(organisation_save(&app, administrator, &again, NULL), ST_CONFLICT);
    int64_t id = add("hotel@example.org", 1u << ROLE_practitioner, hash);
    struct account_new moved = {.email = STR("hotel@example.org"),
                                .name = STR("H"),
                                .organisation = hotel.id,
                                .roles = 1u << ROLE_practitioner};
    assert_int_equal(account_change(&app, administrator, id, &moved, NULL), ST_OK);
    struct sign_in in;
    struct person who;
    struct session_facts facts;
    assert_int_equal(try_password(&home, "hotel@example.org", password, &in, NULL), ST_OK);
    assert_int_equal(who_is(in.session.token, &who, &facts), ST_OK);
    assert_int_equal(organisation_set_disabled(&app, administrator, hotel.id, true, NULL), ST_OK);
    assert_int_equal(who_is(in.session.token, &who, &facts), ST_NOT_FOUND);
    assert_int_equal(try_password(&home, "hotel@example.org", password, &in, NULL), ST_DENIED);
    assert_int_equal(organisation_set_disabled(&app, administrator, hotel.id, false, NULL), ST_OK);
    assert_int_equal(who_is(in.session.token, &who, &facts), ST_NOT_FOUND);
    assert_int_equal(try_password(&home, "hotel@example.org", password, &in, NULL), ST_OK);
}

static void only_practitioners_may_do_with_a_password(void **state)
{
    (void)state;
    for (int role = 0; role < ROLE_COUNT; role++)
        assert_int_equal(second_factor_due(&app, 1u << role), role != ROLE_practitioner);
    assert_true(second_factor_due(&app, 1u << ROLE_practitioner | 1u << ROLE_representative));
    app.synthetic = true;
    assert_false(second_factor_due(&app, 1u << ROLE_administrator));
}

/* --- links ----------------------------------------------------------------------------------- */

static void a_link_works_once_and_not_for_ever(void **state)
{
    (void)state;
    int64_t id = add("new@example.org", 1u << ROLE_practitioner, "");
    char first[SEAL_TOKEN_SIZE];
    char link[SEAL_TOKEN_SIZE];
    struct sign_in in;
    struct account_line line;
    int64_t account = 0;
    struct err err = {0};
    assert_int_equal(try_password(&home, "new@example.org", "", &in, NULL), ST_DENIED);
    assert_int_equal(invitation_make(&app, administrator, id, first, NULL), ST_OK);
    assert_int_equal(invitation_make(&app, administrator, id, link, NULL), ST_OK);
    assert_int_equal(invitation_read(&app, &arena, str_from(first), &line, NULL), ST_NOT_FOUND);
    assert_int_equal(invitation_read(&app, &arena, str_from(link), &line, NULL), ST_OK);
    assert_int_equal(line.id, id);
    assert_int_equal(invitation_use(&app, str_from(link), STR("too short"), &account, &err),
                     ST_INVALID);
    assert_int_equal(invitation_use(&app, str_from(link), str_from(password), &account, NULL),
                     ST_OK);
    assert_int_equal(account, id);
    assert_int_equal(invitation_use(&app, str_from(link), str_from(day_words), &account, NULL),
                     ST_NOT_FOUND);
    assert_int_equal(invitation_use(&app, STR("nonsense"), str_from(day_words), &account, NULL),
                     ST_NOT_FOUND);
    assert_int_equal(try_password(&home, "new@example.org", password, &in, NULL), ST_OK);
    /* One that is not used ends by itself. */
    assert_int_equal(invitation_make(&app, administrator, id, link, NULL), ST_OK);
    clock_set(start + INVITATION_DAYS * 24LL * HOUR - 1);
    assert_int_equal(invitation_read(&app, &arena, str_from(link), &line, NULL), ST_OK);
    clock_set(start + INVITATION_DAYS * 24LL * HOUR);
    assert_int_equal(invitation_read(&app, &arena, str_from(link), &line, NULL), ST_NOT_FOUND);
}

static void a_link_ends_with_the_account_and_ends_sessions(void **state)
{
    (void)state;
    int64_t id = add("new@example.org", 1u << ROLE_practitioner, hash);
    char link[SEAL_TOKEN_SIZE];
    struct sign_in in;
    struct person who;
    struct session_facts facts;
    int64_t account = 0;
    assert_int_equal(try_password(&home, "new@example.org", password, &in, NULL), ST_OK);
    assert_int_equal(invitation_make(&app, administrator, id, link, NULL), ST_OK);
    assert_int_equal(who_is(in.session.token, &who, &facts), ST_OK);
    assert_int_equal(account_set_disabled(&app, administrator, id, true, NULL), ST_OK);
    assert_int_equal(who_is(in.session.token, &who, &facts), ST_NOT_FOUND);
    assert_int_equal(invitation_use(&app, str_from(link), str_from(day_words), &account, NULL),
                     ST_NOT_FOUND);
    assert_int_equal(invitation_make(&app, administrator, id, link, NULL), ST_NOT_FOUND);
    assert_int_equal(account_set_disabled(&app, administrator, id, false, NULL), ST_OK);
    assert_int_equal(try_password(&home, "new@example.org", password, &in, NULL), ST_OK);
    assert_int_equal(invitation_make(&app, administrator, id, link, NULL), ST_OK);
    assert_int_equal(invitation_use(&app, str_from(link), str_from(day_words), &account, NULL),
                     ST_OK);
    assert_int_equal(who_is(in.session.token, &who, &facts), ST_NOT_FOUND);
    assert_int_equal(try_password(&home, "new@example.org", password, &in, NULL), ST_DENIED);
}

/* --- signing in ------------------------------------------------------------------------------- */

static void who_has_an_account_cannot_be_found_out(void **state)
{
    (void)state;
    add("there@example.org", 1u << ROLE_practitioner, hash);
    add("invited@example.org", 1u << ROLE_practitioner, "");
    int64_t off = add("off@example.org", 1u << ROLE_practitioner, hash);
    assert_int_equal(account_set_disabled(&app, administrator, off, true, NULL), ST_OK);
    static const char *tried[] = {"there@example.org", "nobody@example.org", "invited@example.org",
                                  "off@example.org", "no address at all", ""};
    struct err first = {0};
    for (size_t i = 0; i < sizeof tried / sizeof *tried; i++) {
        struct err err = {0};
        struct sign_in in;
        uint64_t before = seal_password_runs();
        assert_int_equal(try_password(&home, tried[i], "not this one at all", &in, &err),
                         ST_DENIED);
        /* Time would be unsteady: the work is what takes it. */
        assert_int_equal(seal_password_runs() - before, 1);
        if (i == 0) first = err;
        assert_string_equal(err.public, first.public);
        assert_string_equal(err.hint, first.hint);
        /* Asking for a new password says nothing either. */
        assert_int_equal(account_ask_reset(&app, str_from(tried[i]), NULL), ST_OK);
    }
    struct account_line line;
    int64_t id = 0;
    assert_int_equal(account_find(&app, STR("there@example.org"), &id, NULL), ST_OK);
    assert_int_equal(account_read(&app, &arena, id, &line, NULL), ST_OK);
    assert_true(line.reset_asked_at == start);
}

static void nobody_locks_another_person_out(void **state)
{
    (void)state;
    add("there@example.org", 1u << ROLE_practitioner, hash);
    struct sign_in in;
    /* Once from a browser at home: it is known from then on. */
    assert_int_equal(try_password(&home, "there@example.org", password, &in, NULL), ST_OK);
    struct visitor known = home;
    known.device = str_dup(&arena, str_from(in.device));
    struct visitor beside = known; /* the attacker is behind the same address */
    beside.device = STR("");
    int refused = 0;
    enum st outcome = ST_OK;
    for (int i = 0; i < 30; i++) {
        outcome = try_password(&beside, "there@example.org", "a guess of mine", &in, NULL);
        refused += outcome == ST_LIMIT;
    }
    assert_true(refused >= 20);
    assert_int_equal(try_password(&beside, "there@example.org", password, &in, NULL), ST_LIMIT);
    /* Who owns the account signs in from their browser, and from another address. */
    assert_int_equal(try_password(&known, "there@example.org", password, &in, NULL), ST_OK);
    assert_int_equal(try_password(&elsewhere, "there@example.org", password, &in, NULL), ST_OK);
    /* Even when guesses come from a thousand addresses. */
    for (int i = 0; i < 1000; i++) {
        struct visitor many = {.address = str_fmt(&arena, "203.0.113.%d", i), .device = STR("")};
        outcome = try_password(&many, "nobody@example.org", "", &in, NULL);
        if (outcome == ST_LIMIT) break;
    }
    assert_int_equal(outcome, ST_LIMIT); /* all new browsers wait then */
    assert_int_equal(try_password(&known, "there@example.org", password, &in, NULL), ST_OK);
}

static void a_known_browser_is_known_for_its_account_alone(void **state)
{
    (void)state;
    add("there@example.org", 1u << ROLE_practitioner, hash);
    add("other@example.org", 1u << ROLE_practitioner, hash);
    struct sign_in in;
    assert_int_equal(try_password(&home, "there@example.org", password, &in, NULL), ST_OK);
    struct visitor known = home;
    known.device = str_dup(&arena, str_from(in.device));
    struct visitor forged = home;
    char *bytes = (char *)(uintptr_t)str_c(&arena, known.device);
    bytes[known.device.len - 1] = bytes[known.device.len - 1] == '0' ? '1' : '0';
    forged.device = str_from(bytes);
    for (int i = 0; i < 12; i++)
        assert_int_not_equal(try_password(&home, "other@example.org", "a guess of mine", &in, NULL),
                             ST_OK);
    assert_int_equal(try_password(&known, "other@example.org", password, &in, NULL), ST_LIMIT);
    for (int i = 0; i < 12; i++)
        assert_int_not_equal(try_password(&home, "there@example.org", "a guess of mine", &in, NULL),
                             ST_OK);
    assert_int_equal(try_password(&forged, "there@example.org", password, &in, NULL), ST_LIMIT);
    assert_int_equal(try_password(&known, "there@example.org", password, &in, NULL), ST_OK);
    /* Guessing from it is limited as well. */
    int refused = 0;
    for (int i = 0; i < 20; i++)
        refused +=
            try_password(&known, "there@example.org", "a guess of mine", &in, NULL) == ST_LIMIT;
    assert_true(refused >= 8);
    /* And it is forgotten in the end. */
    clock_set(start + (DEVICE_DAYS + 1) * 24LL * HOUR);
    limit_clear();
    for (int i = 0; i < 12; i++)
        assert_int_not_equal(try_password(&home, "there@example.org", "a guess of mine", &in, NULL),
                             ST_OK);
    assert_int_equal(try_password(&known, "there@example.org", password, &in, NULL), ST_LIMIT);
}

/* --- second factors --------------------------------------------------------------------------- */

/* Sets an app up and answers with its secret. */
static struct str set_up_app(int64_t account, struct recovery_codes *codes)
{
    struct str words;
    struct str uri;
    assert_int_equal(totp_begin(&app, account, NULL), ST_OK);
    assert_int_equal(totp_waiting(&app, &arena, account, STR("a@example.org"), &words, &uri, NULL),
                     ST_OK);
    assert_true(str_starts(uri, STR("otpauth://totp/Pendeen:a%40example.org?secret=")));
    /* Back from the words, as an app reads them. */
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    char *secret = arena_alloc(&arena, TOTP_SECRET_SIZE);
    uint32_t bits = 0;
    int count = 0;
    size_t size = 0;
    for (size_t i = 0; i < words.len; i++) {
        if (words.ptr[i] == ' ') continue;
        bits = bits << 5 | (uint32_t)(strchr(digits, words.ptr[i]) - digits);
        count += 5;
        if (count < 8) continue;
        count -= 8;
        secret[size++] = (char)(bits >> count);
    }
    assert_int_equal(size, TOTP_SECRET_SIZE);
    struct str key = str_of(secret, size);
    assert_int_equal(totp_confirm(&app, account, STR("000000"), codes, NULL), ST_INVALID);
    assert_int_equal(totp_confirm(&app, account, totp_code(&arena, key, clock_now()), codes, NULL),
                     ST_OK);
    return key;
}

static void codes_are_those_of_the_standard(void **state)
{
    (void)state;
    /* RFC 6238, appendix B, the last six of its eight digits. */
    struct str secret = STR("12345678901234567890");
    static const struct {
        instant_ms at;
        const char *code;
    } known[] = {
        {59, "287082"}, {1111111109, "081804"}, {1234567890, "005924"}, {20000000000, "353130"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        int64_t step = 0;
        instant_ms now = known[i].at * 1000;
        assert_true(str_eq(totp_code(&arena, secret, now), str_from(known[i].code)));
        assert_true(totp_check(secret, str_from(known[i].code), now, 0, &step));
        assert_int_equal(step, known[i].at / 30);
        assert_true(totp_check(secret, str_from(known[i].code), now + 30000, 0, &step));
        assert_false(totp_check(secret, str_from(known[i].code), now + 61000, 0, &step));
        assert_false(totp_check(secret, str_from(known[i].code), now, step, &step));
    }
    int64_t step = 0;
    assert_true(totp_check(secret, STR("287 082"), 59000, 0, &step));
    assert_false(totp_check(secret, STR("2870820"), 59000, 0, &step));
    assert_false(totp_check(secret, STR(""), 59000, 0, &step));
}

static void a_code_opens_once(void **state)
{
    (void)state;
    int64_t id = add("two@example.org", 1u << ROLE_analyst, hash);
    struct recovery_codes codes;
    struct str key = set_up_app(id, &codes);
    assert_int_equal(codes.count, RECOVERY_CODES);
    struct sign_in in;
    struct sign_in opened;
    struct person who;
    struct session_facts facts;
    assert_int_equal(try_password(&home, "two@example.org", password, &in, NULL), ST_OK);
    assert_true(in.second);
    assert_int_equal(who_is(in.step, &who, &facts), ST_NOT_FOUND); /* half done opens nothing */
    /* The code that set it up is used up. */
    struct str used = totp_code(&arena, key, clock_now());
    assert_int_equal(sign_in_code(&app, &home, str_from(in.step), used, &opened, NULL), ST_DENIED);
    clock_set(start + 60000);
    struct str code = totp_code(&arena, key, clock_now());
    assert_int_equal(sign_in_code(&app, &home, str_from(in.step), code, &opened, NULL), ST_OK);
    assert_int_equal(who_is(opened.session.token, &who, &facts), ST_OK);
    assert_true(facts.strong);
    assert_int_equal(who.account, id);
    assert_int_equal(sign_in_code(&app, &home, str_from(in.step), code, &opened, NULL),
                     ST_NOT_FOUND);
    assert_int_equal(try_password(&home, "two@example.org", password, &in, NULL), ST_OK);
    assert_int_equal(sign_in_code(&app, &home, str_from(in.step), code, &opened, NULL), ST_DENIED);
}

static void recovery_codes_open_once_each(void **state)
{
    (void)state;
    int64_t id = add("two@example.org", 1u << ROLE_analyst, hash);
    struct recovery_codes codes;
    set_up_app(id, &codes);
    struct sign_in in;
    struct sign_in opened;
    struct second_factors factors;
    assert_int_equal(try_password(&home, "two@example.org", password, &in, NULL), ST_OK);
    /* As people type them: small letters, no dashes. */
    char typed[RECOVERY_CODE_SIZE];
    size_t n = 0;
    for (const char *c = codes.code[3]; *c; c++)
        if (*c != '-') typed[n++] = (char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c);
    assert_int_equal(sign_in_code(&app, &home, str_from(in.step), str_of(typed, n), &opened, NULL),
                     ST_OK);
    assert_int_equal(second_factors_read(&app, id, &factors, NULL), ST_OK);
    assert_int_equal(factors.recovery_left, RECOVERY_CODES - 1);
    assert_int_equal(try_password(&home, "two@example.org", password, &in, NULL), ST_OK);
    assert_int_equal(
        sign_in_code(&app, &home, str_from(in.step), str_from(codes.code[3]), &opened, NULL),
        ST_DENIED);
    /* New ones end those of before, and another's are no good. */
    struct recovery_codes fresh_codes;
    assert_int_equal(recovery_make(&app, id, &fresh_codes, NULL), ST_OK);
    assert_int_equal(
        sign_in_code(&app, &home, str_from(in.step), str_from(codes.code[4]), &opened, NULL),
        ST_DENIED);
    int64_t other = add("three@example.org", 1u << ROLE_analyst, hash);
    struct recovery_codes theirs;
    set_up_app(other, &theirs);
    assert_int_equal(
        sign_in_code(&app, &home, str_from(in.step), str_from(theirs.code[0]), &opened, NULL),
        ST_DENIED);
    assert_int_equal(
        sign_in_code(&app, &home, str_from(in.step), str_from(fresh_codes.code[0]), &opened, NULL),
        ST_OK);
}

static void the_second_step_cannot_be_guessed(void **state)
{
    (void)state;
    int64_t id = add("two@example.org", 1u << ROLE_analyst, hash);
    struct recovery_codes codes;
    struct str key = set_up_app(id, &codes);
    clock_set(start + 60000);
    struct sign_in in;
    struct sign_in opened;
    assert_int_equal(try_password(&home, "two@example.org", password, &in, NULL), ST_OK);
    for (int i = 0; i < SIGN_IN_TRIES; i++)
        assert_int_equal(sign_in_code(&app, &home, str_from(in.step), STR("000000"), &opened, NULL),
                         ST_DENIED);
    struct str code = totp_code(&arena, key, clock_now());
    assert_int_equal(sign_in_code(&app, &home, str_from(in.step), code, &opened, NULL),
                     ST_NOT_FOUND);
    /* Beginning again and again does not help. */
    int limited = 0;
    for (int i = 0; i < 20; i++) {
        assert_int_equal(try_password(&home, "two@example.org", password, &in, NULL), ST_OK);
        limited +=
            sign_in_code(&app, &home, str_from(in.step), STR("000000"), &opened, NULL) == ST_LIMIT;
    }
    assert_true(limited >= 14);
    /* It ends by itself, too. */
    limit_clear();
    clock_set(start + 240000);
    assert_int_equal(try_password(&home, "two@example.org", password, &in, NULL), ST_OK);
    clock_set(start + 240000 + SIGN_IN_MINUTES * 60000LL);
    code = totp_code(&arena, key, clock_now());
    assert_int_equal(sign_in_code(&app, &home, str_from(in.step), code, &opened, NULL),
                     ST_NOT_FOUND);
}

/* A step with the right password, and a code in it. */
static enum st try_code(const struct visitor *visitor, struct str code, struct err *err)
{
    struct sign_in in;
    struct sign_in opened;
    assert_int_equal(try_password(visitor, "two@example.org", password, &in, NULL), ST_OK);
    return sign_in_code(&app, visitor, str_from(in.step), code, &opened, err);
}

/* Who knows the password and guesses codes for a month, from many addresses, by whatever process
 * serves. */
static void codes_cannot_be_guessed_for_long(void **state)
{
    (void)state;
    int64_t id = add("two@example.org", 1u << ROLE_analyst, hash);
    struct recovery_codes codes;
    struct str key = set_up_app(id, &codes);
    struct sign_in in;
    struct sign_in opened;
    clock_set(start + 60000);
    assert_int_equal(try_password(&home, "two@example.org", password, &in, NULL), ST_OK);
    assert_int_equal(sign_in_code(&app, &home, str_from(in.step),
                                  totp_code(&arena, key, clock_now()), &opened, NULL),
                     ST_OK);
    struct visitor known = home;
    known.device = str_dup(&arena, str_from(opened.device));
    struct err err = {0};
    int looked_at = 0;
    instant_ms now = start + HOUR;
    for (int i = 0; i < 30 * 24 * 4; i++, now += HOUR / 4) {
        clock_set(now);
        limit_clear(); /* as after a restart */
        looked_at += try_code(&elsewhere, STR("000000"), &err) == ST_DENIED;
    }
    assert_in_range(looked_at, 60, 85);
    assert_int_equal(try_code(&elsewhere, STR("000000"), &err), ST_LIMIT);
    assert_non_null(strstr(err.public, "minutes"));
    /* Who owns the account signs in where they did before, and that helps nobody else. */
    assert_int_equal(try_code(&known, totp_code(&arena, key, clock_now()), NULL), ST_OK);
    assert_int_equal(try_code(&elsewhere, STR("000000"), NULL), ST_LIMIT);
    /* Elsewhere too, in time; and from then on it is as if nothing had been. */
    clock_set(now + CODE_WAIT_MINUTES * 60000LL);
    limit_clear();
    assert_int_equal(try_code(&elsewhere, totp_code(&arena, key, clock_now()), NULL), ST_OK);
    for (int i = 0; i < CODES_FREE; i++)
        assert_int_equal(try_code(&elsewhere, STR("000000"), NULL), ST_DENIED);
    assert_int_equal(try_code(&elsewhere, STR("000000"), NULL), ST_LIMIT);
    /* A browser that is known is counted as well. */
    for (int i = 0; i < CODES_FREE; i++)
        assert_int_equal(try_code(&known, STR("000000"), NULL), ST_DENIED);
    assert_int_equal(try_code(&known, STR("000000"), NULL), ST_LIMIT);
}

static void an_administrator_takes_a_lost_factor_away(void **state)
{
    (void)state;
    int64_t id = add("two@example.org", 1u << ROLE_analyst, hash);
    struct recovery_codes codes;
    set_up_app(id, &codes);
    assert_int_equal(totp_begin(&app, id, NULL), ST_CONFLICT);
    assert_int_equal(second_factors_remove(&app, administrator, id, NULL), ST_OK);
    struct sign_in in;
    struct person who;
    struct session_facts facts;
    assert_int_equal(try_password(&home, "two@example.org", password, &in, NULL), ST_OK);
    assert_false(in.second);
    assert_int_equal(who_is(in.session.token, &who, &facts), ST_OK);
    assert_false(facts.strong); /* and so the pages ask for a new one */
    struct second_factors factors;
    assert_int_equal(second_factors_read(&app, id, &factors, NULL), ST_OK);
    assert_int_equal(factors.recovery_left, 0);
}

/* --- sessions --------------------------------------------------------------------------------- */

static void sessions_end(void **state)
{
    (void)state;
    int64_t id = add("there@example.org", 1u << ROLE_practitioner, hash);
    struct sign_in in;
    struct person who;
    struct session_facts facts;
    assert_int_equal(try_password(&home, "there@example.org", password, &in, NULL), ST_OK);
    assert_int_equal(who_is(in.session.token, &who, &facts), ST_OK);
    assert_true(session_is_recent(&facts));
    clock_set(start + SESSION_RECENT_MINUTES * 60000LL);
    assert_int_equal(who_is(in.session.token, &who, &facts), ST_OK);
    assert_false(session_is_recent(&facts));
    assert_int_equal(session_form_of(&app, facts.csrf, id), FORM_GOOD);
    assert_int_equal(session_form_of(&app, facts.csrf, id + 1), FORM_OF_OTHERS);
    clock_set(start + SESSION_FORM_DAYS * 24LL * 3600000 + 2 * 3600000);
    assert_int_equal(session_form_of(&app, facts.csrf, id), FORM_OLD);
    assert_int_equal(session_form_of(&app, STR("old"), id), FORM_OF_OTHERS);
    /* In use, it goes on until its hours are over. */
    for (int minutes = 50; minutes < SESSION_HOURS * 60; minutes += 50) {
        clock_set(start + minutes * 60000LL);
        assert_int_equal(who_is(in.session.token, &who, &facts), ST_OK);
    }
    clock_set(start + (instant_ms)SESSION_HOURS * HOUR);
    assert_int_equal(who_is(in.session.token, &who, &facts), ST_NOT_FOUND);
    /* Left alone, it ends sooner. */
    clock_set(start);
    limit_clear();
    assert_int_equal(try_password(&home, "there@example.org", password, &in, NULL), ST_OK);
    clock_set(start + SESSION_IDLE_MINUTES * 60000LL);
    assert_int_equal(who_is(in.session.token, &who, &facts), ST_NOT_FOUND);
    /* A token is no other's. */
    assert_int_equal(who_is("", &who, &facts), ST_NOT_FOUND);
    assert_int_equal(who_is("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", &who, &facts),
                     ST_NOT_FOUND);
    (void)id;
}

static void sessions_are_listed_and_revoked(void **state)
{
    (void)state;
    int64_t id = add("there@example.org", 1u << ROLE_practitioner, hash);
    int64_t other = add("other@example.org", 1u << ROLE_practitioner, hash);
    struct sign_in first;
    struct sign_in second;
    struct sign_in third;
    struct person who;
    struct session_facts facts;
    assert_int_equal(try_password(&home, "there@example.org", password, &first, NULL), ST_OK);
    assert_int_equal(try_password(&elsewhere, "there@example.org", password, &second, NULL), ST_OK);
    assert_int_equal(try_password(&home, "there@example.org", password, &third, NULL), ST_OK);
    struct session_line *list = NULL;
    size_t count = 0;
    assert_int_equal(session_list(&app, &arena, id, &list, &count, NULL), ST_OK);
    assert_int_equal(count, 3);
    assert_int_equal(who_is(second.session.token, &who, &facts), ST_OK);
    int at = -1;
    for (int i = 0; i < 3; i++)
        if (list[i].id == facts.id) at = i;
    assert_true(at >= 0 && str_eq(list[at].address, elsewhere.address) &&
                str_eq(list[at].browser, STR("curl")));
    /* Nobody ends another's. */
    assert_int_equal(session_revoke(&app, other, facts.id, NULL), ST_NOT_FOUND);
    assert_int_equal(who_is(second.session.token, &who, &facts), ST_OK);
    assert_int_equal(session_revoke(&app, id, facts.id, NULL), ST_OK);
    assert_int_equal(who_is(second.session.token, &who, &facts), ST_NOT_FOUND);
    assert_int_equal(who_is(first.session.token, &who, &facts), ST_OK);
    assert_int_equal(session_revoke_others(&app, id, facts.id, NULL), ST_OK);
    assert_int_equal(who_is(first.session.token, &who, &facts), ST_OK);
    assert_int_equal(who_is(third.session.token, &who, &facts), ST_NOT_FOUND);
    assert_int_equal(account_set_password(&app, id, id, NULL, str_from(day_words), NULL), ST_OK);
    assert_int_equal(who_is(first.session.token, &who, &facts), ST_NOT_FOUND);
}

static void confirming_gives_a_new_token(void **state)
{
    (void)state;
    int64_t id = add("two@example.org", 1u << ROLE_analyst, hash);
    struct sign_in in;
    struct person who;
    struct session_facts facts;
    struct webauthn_site site = {STR(""), STR("")};
    char token[SEAL_TOKEN_SIZE];
    assert_int_equal(try_password(&home, "two@example.org", password, &in, NULL), ST_OK);
    assert_int_equal(who_is(in.session.token, &who, &facts), ST_OK);
    struct str form_token = facts.csrf;
    clock_set(start + 20 * 60000);
    struct confirmation given = {.password = STR("not this one")};
    assert_int_equal(
        sign_in_confirm(&app, &who, &facts, str_from(in.session.token), &site, &given, token, NULL),
        ST_DENIED);
    given.password = str_from(password);
    assert_int_equal(
        sign_in_confirm(&app, &who, &facts, str_from(in.session.token), &site, &given, token, NULL),
        ST_OK);
    assert_int_equal(who_is(in.session.token, &who, &facts), ST_NOT_FOUND);
    assert_int_equal(who_is(token, &who, &facts), ST_OK);
    assert_true(session_is_recent(&facts));
    assert_false(facts.strong);
    assert_true(str_eq(facts.csrf, form_token)); /* forms that are open stay good */
    /* With a second factor the password alone is not enough. */
    struct recovery_codes codes;
    struct str key = set_up_app(id, &codes);
    clock_set(start + 40 * 60000);
    char next[SEAL_TOKEN_SIZE];
    assert_int_equal(
        sign_in_confirm(&app, &who, &facts, str_from(token), &site, &given, next, NULL), ST_DENIED);
    given.code = totp_code(&arena, key, clock_now());
    assert_int_equal(
        sign_in_confirm(&app, &who, &facts, str_from(token), &site, &given, next, NULL), ST_OK);
    /* And it cannot be guessed. */
    given.password = STR("not this one");
    int limited = 0;
    for (int i = 0; i < 20; i++)
        limited += sign_in_confirm(&app, &who, &facts, str_from(next), &site, &given, token,
                                   NULL) == ST_LIMIT;
    assert_true(limited >= 10);
}

/* --- absence ---------------------------------------------------------------------------------- */

static void somebody_stands_in(void **state)
{
    (void)state;
    int64_t a = add("a@example.org", 1u << ROLE_representative, hash);
    int64_t b = add("b@example.org", 1u << ROLE_representative, hash);
    int64_t c = add("c@example.org", 1u << ROLE_practitioner, hash);
    int32_t today = clock_day(start);
    struct err err = {0};
    struct absence absence = {
        .account = a, .deputy = b, .from_day = today + 2, .to_day = today + 5};
    assert_int_equal(absence_add(&app, administrator, &absence, &err), ST_OK);
    struct absence overlapping = absence;
    overlapping.from_day = today + 5;
    overlapping.to_day = today + 9;
    assert_int_equal(absence_add(&app, administrator, &overlapping, NULL), ST_CONFLICT);
    struct absence wrong = {.account = b, .deputy = b, .from_day = today, .to_day = today};
    assert_int_equal(absence_add(&app, administrator, &wrong, NULL), ST_INVALID);
    wrong = (struct absence){.account = b, .deputy = c, .from_day = today + 3, .to_day = today + 2};
    assert_int_equal(absence_add(&app, administrator, &wrong, NULL), ST_INVALID);
    wrong =
        (struct absence){.account = b, .deputy = 999, .from_day = today + 3, .to_day = today + 4};
    assert_int_equal(absence_add(&app, administrator, &wrong, NULL), ST_INVALID);
    /* b is away on one of those days: c stands in for both. */
    struct absence chain = {.account = b, .deputy = c, .from_day = today + 5, .to_day = today + 5};
    assert_int_equal(absence_add(&app, administrator, &chain, NULL), ST_OK);
    struct db *db = store_read_begin(app.store, NULL);
    static const int64_t nobody = 0;
    int64_t wanted[7] = {a, a, b, b, b, c, a};
    for (int i = 0; i < 7; i++) {
        int64_t who = nobody;
        assert_int_equal(deputy_for(db, a, today + i, &who, NULL), ST_OK);
        if (who != wanted[i]) fail_msg("on day %d it is %lld", i, (long long)who);
    }
    int64_t acting[10];
    size_t count = 0;
    assert_int_equal(representatives_on(db, school, today, 10, acting, &count, NULL), ST_OK);
    assert_int_equal(count, 2);
    assert_int_equal(representatives_on(db, school, today + 3, 10, acting, &count, NULL), ST_OK);
    assert_int_equal(count, 1);
    assert_int_equal(acting[0], b);
    store_read_end(app.store, db);
    struct absence *list = NULL;
    assert_int_equal(absence_list(&app, &arena, a, today, &list, &count, NULL), ST_OK);
    assert_int_equal(count, 1);
    assert_true(str_eq(list[0].name, STR("Somebody Known")));
    assert_int_equal(absence_end(&app, administrator, b, list[0].id, NULL), ST_NOT_FOUND);
    assert_int_equal(absence_end(&app, administrator, a, list[0].id, NULL), ST_OK);
    db = store_read_begin(app.store, NULL);
    int64_t who = 0;
    assert_int_equal(deputy_for(db, a, today + 3, &who, NULL), ST_OK);
    assert_int_equal(who, a);
    store_read_end(app.store, db);
    /* In a ring, or with a deputy who is disabled, nobody does. */
    struct absence ring[2] = {
        {.account = a, .deputy = b, .from_day = today + 10, .to_day = today + 10},
        {.account = b, .deputy = a, .from_day = today + 10, .to_day = today + 10}};
    for (int i = 0; i < 2; i++)
        assert_int_equal(absence_add(&app, administrator, &ring[i], NULL), ST_OK);
    assert_int_equal(account_set_disabled(&app, administrator, c, true, NULL), ST_OK);
    db = store_read_begin(app.store, NULL);
    assert_int_equal(deputy_for(db, a, today + 10, &who, NULL), ST_NOT_FOUND);
    assert_int_equal(deputy_for(db, b, today + 5, &who, NULL), ST_NOT_FOUND);
    store_read_end(app.store, db);
}

static void nobody_apart_stands_in_for_a_representative(void **state)
{
    (void)state;
    int64_t a = add("a@example.org", 1u << ROLE_representative, hash);
    int64_t b = add("b@example.org", 1u << ROLE_practitioner, hash);
    int64_t c = add("c@example.org", 1u << ROLE_administrator, hash);
    int64_t d = add("d@example.org", 1u << ROLE_auditor, hash);
    int32_t today = clock_day(start);
    struct err err = {0};
    int64_t apart[2] = {c, d};
    for (int i = 0; i < 2; i++) {
        struct absence away = {
            .account = a, .deputy = apart[i], .from_day = today, .to_day = today};
        assert_int_equal(absence_add(&app, administrator, &away, &err), ST_INVALID);
        assert_non_null(strstr(err.public, "does not see what people share"));
    }
    struct absence among = {
        .account = c, .deputy = administrator, .from_day = today, .to_day = today};
    assert_int_equal(absence_add(&app, administrator, &among, NULL), ST_OK);
    /* Nor does somebody who is given such a role while they do. */
    struct absence away = {.account = a, .deputy = b, .from_day = today, .to_day = today};
    assert_int_equal(absence_add(&app, administrator, &away, NULL), ST_OK);
    struct person deputy;
    assert_int_equal(account_person(&app, &arena, STR("b@example.org"), &deputy, NULL), ST_OK);
    assert_true(person_has(&deputy, ROLE_representative));
    struct account_new wanted = {.email = STR("b@example.org"),
                                 .name = STR("Somebody Known"),
                                 .organisation = school,
                                 .roles = 1u << ROLE_auditor};
    assert_int_equal(account_change(&app, administrator, b, &wanted, NULL), ST_OK);
    assert_int_equal(account_person(&app, &arena, STR("b@example.org"), &deputy, NULL), ST_OK);
    assert_int_equal(deputy.roles, 1u << ROLE_auditor);
    int64_t who = 0;
    struct db *db = store_read_begin(app.store, NULL);
    assert_int_equal(deputy_for(db, a, today, &who, NULL), ST_NOT_FOUND);
    store_read_end(app.store, db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_guessed_first_is_refused, fresh, done),
        cmocka_unit_test_setup_teardown(roles_that_do_not_go_together_are_refused, fresh, done),
        cmocka_unit_test_setup_teardown(somebody_always_looks_after_accounts, fresh, done),
        cmocka_unit_test_setup_teardown(a_disabled_organisation_lets_nobody_in, fresh, done),
        cmocka_unit_test_setup_teardown(only_practitioners_may_do_with_a_password, fresh, done),
        cmocka_unit_test_setup_teardown(a_link_works_once_and_not_for_ever, fresh, done),
        cmocka_unit_test_setup_teardown(a_link_ends_with_the_account_and_ends_sessions, fresh,
                                        done),
        cmocka_unit_test_setup_teardown(who_has_an_account_cannot_be_found_out, fresh, done),
        cmocka_unit_test_setup_teardown(nobody_locks_another_person_out, fresh, done),
        cmocka_unit_test_setup_teardown(a_known_browser_is_known_for_its_account_alone, fresh,
                                        done),
        cmocka_unit_test_setup_teardown(codes_are_those_of_the_standard, fresh, done),
        cmocka_unit_test_setup_teardown(a_code_opens_once, fresh, done),
        cmocka_unit_test_setup_teardown(recovery_codes_open_once_each, fresh, done),
        cmocka_unit_test_setup_teardown(the_second_step_cannot_be_guessed, fresh, done),
        cmocka_unit_test_setup_teardown(codes_cannot_be_guessed_for_long, fresh, done),
        cmocka_unit_test_setup_teardown(a_password_that_is_changed_meanwhile_opens_nothing, fresh,
                                        done),
        cmocka_unit_test_setup_teardown(a_password_that_is_changed_meanwhile_sets_no_other, fresh,
                                        done),
        cmocka_unit_test_setup_teardown(of_many_at_once_some_are_turned_away, fresh, done),
        cmocka_unit_test_setup_teardown(an_administrator_takes_a_lost_factor_away, fresh, done),
        cmocka_unit_test_setup_teardown(sessions_end, fresh, done),
        cmocka_unit_test_setup_teardown(sessions_are_listed_and_revoked, fresh, done),
        cmocka_unit_test_setup_teardown(confirming_gives_a_new_token, fresh, done),
        cmocka_unit_test_setup_teardown(somebody_stands_in, fresh, done),
        cmocka_unit_test_setup_teardown(nobody_apart_stands_in_for_a_representative, fresh, done),
    };
    return cmocka_run_group_tests_name("account", tests, NULL, NULL);
}
