/* Passkeys, by an authenticator made here (Ed25519), honest and hostile. */
#include "domain/account.h"
#include "domain/limit.h"
#include "domain/passkey.h"
#include "domain/sign_in.h"

#include "tests_common.h"

#include <sodium.h>

static char folder[64];
static struct app app;
static struct arena arena;
static int64_t mine;
static int64_t other;
static const struct webauthn_site site = {STR_INIT("https://pendeen.example.org"),
                                          STR_INIT("pendeen.example.org")};
static const struct visitor home = {
    .address = STR_INIT("192.0.2.1"), .browser = STR_INIT("Firefox"), .device = STR_INIT("")};
enum { UP = 1, UV = 4, AT_KEY = 0x40, AUTHENTICATOR_MAX = 400 };

/* --- the authenticator --------------------------------------------------------------------- */

struct device {
    uint8_t public[crypto_sign_PUBLICKEYBYTES];
    uint8_t secret[crypto_sign_SECRETKEYBYTES];
    uint8_t id[32];
    uint32_t count;
    /* What it says: changed by the hostile tests. */
    const char *rp_id;
    const char *origin;
    const char *type;
    const char *extra; /* more members of the client data */
    uint8_t flags;
};

static struct device new_device(void)
{
    struct device device = {.rp_id = "pendeen.example.org",
                            .origin = "https://pendeen.example.org",
                            .extra = "",
                            .flags = UP | UV};
    crypto_sign_keypair(device.public, device.secret);
    randombytes_buf(device.id, sizeof device.id);
    return device;
}

static size_t head(const struct device *device, uint8_t flags, uint8_t *ret)
{
    crypto_hash_sha256(ret, (const uint8_t *)device->rp_id, strlen(device->rp_id));
    ret[32] = flags;
    for (int i = 0; i < 4; i++) ret[33 + i] = (uint8_t)(device->count >> (24 - 8 * i));
    return 37;
}

/* The authenticator data of a new key: its COSE form is an OKP key of Ed25519. */
static struct str data_with_key(const struct device *device)
{
    uint8_t *bytes = arena_alloc(&arena, AUTHENTICATOR_MAX);
    size_t size = head(device, device->flags | AT_KEY, bytes);
    size += 16; /* AAGUID: zeroes */
    bytes[size++] = 0;
    bytes[size++] = sizeof device->id;
    memcpy(bytes + size, device->id, sizeof device->id);
    size += sizeof device->id;
    static const uint8_t cose[] = {0xa4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21, 0x58, 0x20};
    memcpy(bytes + size, cose, sizeof cose);
    size += sizeof cose;
    memcpy(bytes + size, device->public, sizeof device->public);
    return str_of((const char *)bytes, size + sizeof device->public);
}

static struct str client_data(const struct device *device, const char *type, struct str challenge)
{
    return str_fmt(&arena, "{\"type\":\"%s\",\"challenge\":\"%.*s\",\"origin\":\"%s\"%s}",
                   device->type ? device->type : type, STR_ARG(challenge), device->origin,
                   device->extra);
}

static struct str coded(struct str bytes)
{
    return seal_base64(&arena, bytes);
}

static struct passkey_reply creation(const struct device *device, struct str challenge)
{
    return (struct passkey_reply){
        .credential = coded(str_of((const char *)device->id, sizeof device->id)),
        .client_data = coded(client_data(device, "webauthn.create", challenge)),
        .authenticator_data = coded(data_with_key(device)),
        .signature = STR(""),
    };
}

static struct passkey_reply assertion(struct device *device, struct str challenge)
{
    uint8_t *bytes = arena_alloc(&arena, AUTHENTICATOR_MAX);
    size_t size = head(device, device->flags, bytes);
    struct str client = client_data(device, "webauthn.get", challenge);
    uint8_t signature[crypto_sign_BYTES];
    crypto_hash_sha256(bytes + size, (const uint8_t *)client.ptr, client.len);
    crypto_sign_detached(signature, NULL, bytes, size + crypto_hash_sha256_BYTES, device->secret);
    return (struct passkey_reply){
        .credential = coded(str_of((const char *)device->id, sizeof device->id)),
        .client_data = coded(client),
        .authenticator_data = coded(str_of((const char *)bytes, size)),
        .signature = coded(str_of((const char *)signature, sizeof signature)),
    };
}

/* --- the tests' ground ------------------------------------------------------------------------ */

static int64_t add(struct db *db, const char *email, int64_t organisation)
{
    struct account_new account = {.email = str_from(email), .name = STR("Somebody"),
                                  .organisation = organisation, .roles = 1u << ROLE_analyst};
    int64_t id = 0;
    assert_int_equal(account_add(&app, db, &account, 0, &id, NULL), ST_OK);
    return id;
}

static int fresh(void **state)
{
    (void)state;
    temporary_folder(folder);
    arena_init(&arena, 64 << 20);
    limit_clear();
    assert_int_equal(app_open(&app, folder, NULL, NULL, NULL), ST_OK);
    struct db *db = NULL;
    int64_t organisation = 0;
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    assert_int_equal(
        organisation_ensure(db, STR("A team"), STR("police"), STR("mid"), &organisation, NULL),
        ST_OK);
    mine = add(db, "mine@example.org", organisation);
    other = add(db, "other@example.org", organisation);
    assert_int_equal(store_write_commit(app.store, db, NULL), ST_OK);
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

static struct str ask(const char *holder, const char *purpose)
{
    struct str challenge;
    assert_int_equal(passkey_challenge(&app, &arena, str_from(holder), purpose, &challenge, NULL),
                     ST_OK);
    return challenge;
}

static enum st enrol(const struct device *device, int64_t account)
{
    struct recovery_codes codes;
    struct passkey_reply reply = creation(device, ask("holder", PASSKEY_TO_REGISTER));
    return passkey_register(&app, &site, account, STR("holder"), &reply, STR("work phone"), &codes,
                            NULL);
}

static enum st use(struct device *device, int64_t account, int64_t *ret)
{
    struct passkey_reply reply = assertion(device, ask("holder", PASSKEY_TO_SIGN_IN));
    return passkey_check(&app, &site, STR("holder"), PASSKEY_TO_SIGN_IN, &reply, account, ret,
                         NULL);
}

/* --- honest ----------------------------------------------------------------------------------- */

static void a_passkey_is_set_up_and_signs_in(void **state)
{
    (void)state;
    struct device device = new_device();
    struct recovery_codes codes;
    struct passkey_reply reply = creation(&device, ask("holder", PASSKEY_TO_REGISTER));
    assert_int_equal(passkey_register(&app, &site, mine, STR("holder"), &reply, STR("canary phone"),
                                      &codes, NULL),
                     ST_OK);
    assert_int_equal(codes.count, RECOVERY_CODES);
    assert_int_equal(files_with(folder, "canary"), 0); /* sealed; see test_canary */
    assert_int_equal(files_with(folder, codes.code[0]), 0);
    char step[SEAL_TOKEN_SIZE];
    assert_int_equal(sign_in_step_begin(&app, step, NULL), ST_OK);
    device.count = 1;
    reply = assertion(&device, ask(step, PASSKEY_TO_SIGN_IN));
    struct sign_in in;
    assert_int_equal(sign_in_passkey(&app, &home, &site, str_from(step), &reply, &in, NULL), ST_OK);
    struct person who;
    struct session_facts facts;
    assert_int_equal(session_read(&app, &arena, str_from(in.session.token), &who, &facts, NULL),
                     ST_OK);
    assert_int_equal(who.account, mine);
    assert_true(facts.strong);
    assert_int_equal(sign_in_passkey(&app, &home, &site, str_from(step), &reply, &in, NULL),
                     ST_NOT_FOUND);
}

static void a_person_has_several_and_manages_them(void **state)
{
    (void)state;
    struct device first = new_device();
    struct device second = new_device();
    int64_t account = 0;
    assert_int_equal(enrol(&first, mine), ST_OK);
    assert_int_equal(enrol(&second, mine), ST_OK);
    assert_int_equal(enrol(&second, mine), ST_CONFLICT);
    assert_int_equal(enrol(&second, other), ST_CONFLICT);
    struct passkey_line *list = NULL;
    size_t count = 0;
    assert_int_equal(passkey_list(&app, &arena, mine, &list, &count, NULL), ST_OK);
    assert_int_equal(count, 2);
    assert_true(str_eq(list[0].name, STR("work phone")));
    assert_int_equal(passkey_rename(&app, mine, list[0].id, STR("a key"), NULL), ST_OK);
    assert_int_equal(passkey_rename(&app, mine, list[0].id, STR("  "), NULL), ST_INVALID);
    assert_int_equal(passkey_rename(&app, other, list[0].id, STR("not mine"), NULL), ST_NOT_FOUND);
    assert_int_equal(passkey_remove(&app, other, list[0].id, NULL), ST_NOT_FOUND);
    assert_int_equal(use(&first, 0, &account), ST_OK);
    assert_int_equal(passkey_list(&app, &arena, mine, &list, &count, NULL), ST_OK);
    assert_true(str_eq(list[0].name, STR("a key")) && list[0].used_at > 0 && list[1].used_at == 0);
    assert_int_equal(passkey_remove(&app, mine, list[0].id, NULL), ST_OK);
    assert_int_equal(use(&first, 0, &account), ST_DENIED);
    assert_int_equal(use(&second, 0, &account), ST_OK);
    assert_int_equal(account, mine);
    /* With the last one the recovery codes go. */
    struct second_factors factors;
    assert_int_equal(passkey_remove(&app, mine, list[1].id, NULL), ST_OK);
    assert_int_equal(second_factors_read(&app, mine, &factors, NULL), ST_OK);
    assert_int_equal(factors.recovery_left, 0);
}

static void nobody_uses_another_ones(void **state)
{
    (void)state;
    struct device device = new_device();
    int64_t account = 0;
    assert_int_equal(enrol(&device, mine), ST_OK);
    assert_int_equal(use(&device, other, &account), ST_DENIED);
    assert_int_equal(use(&device, mine, &account), ST_OK);
    struct device stranger = new_device();
    assert_int_equal(use(&stranger, 0, &account), ST_DENIED);
    assert_int_equal(account_set_disabled(&app, 0, mine, true, NULL), ST_OK);
    assert_int_equal(use(&device, 0, &account), ST_DENIED);
}

/* --- hostile ---------------------------------------------------------------------------------- */

static void lie(struct device *device, int which)
{
    switch (which) {
    case 0: device->origin = "https://pendeen.example.org.evil.example"; break;
    case 1: device->origin = "http://pendeen.example.org"; break;
    case 2: device->origin = "https://pendeen.example.org:8443"; break;
    case 3: device->rp_id = "example.org"; break;
    case 4: device->flags = UV; break;
    case 5: device->flags = UP; break;
    case 6: device->type = "webauthn.other"; break;
    case 7: device->extra = ",\"crossOrigin\":true"; break;
    case 8: device->extra = ",\"topOrigin\":\"https://elsewhere.example\""; break;
    case 9: device->extra = ",\"origin\":\"https://pendeen.example.org\""; break; /* twice */
    case 10: device->extra = "} {"; break;
    default: break;
    }
}
enum { LIES = 11 };

static void lies_are_refused(void **state)
{
    (void)state;
    struct device honest = new_device();
    int64_t account = 0;
    assert_int_equal(enrol(&honest, mine), ST_OK);
    for (int which = 0; which < LIES; which++) {
        struct device liar = new_device();
        lie(&liar, which);
        if (enrol(&liar, mine) != ST_DENIED) fail_msg("lie %d was taken when setting up", which);
        struct device turned = honest;
        lie(&turned, which);
        if (use(&turned, 0, &account) != ST_DENIED)
            fail_msg("lie %d was taken when signing in", which);
        assert_int_equal(use(&honest, 0, &account), ST_OK);
    }
}

static void the_kinds_are_not_mixed_up(void **state)
{
    (void)state;
    struct device device = new_device();
    struct recovery_codes codes;
    int64_t account = 0;
    struct passkey_reply reply = assertion(&device, ask("holder", PASSKEY_TO_REGISTER));
    assert_int_equal(
        passkey_register(&app, &site, mine, STR("holder"), &reply, STR("x"), &codes, NULL),
        ST_DENIED);
    assert_int_equal(enrol(&device, mine), ST_OK);
    reply = creation(&device, ask("holder", PASSKEY_TO_SIGN_IN));
    assert_int_equal(
        passkey_check(&app, &site, STR("holder"), PASSKEY_TO_SIGN_IN, &reply, 0, &account, NULL),
        ST_DENIED);
    /* What was signed to sign in does not confirm. */
    reply = assertion(&device, ask("holder", PASSKEY_TO_SIGN_IN));
    assert_int_equal(
        passkey_check(&app, &site, STR("holder"), PASSKEY_TO_CONFIRM, &reply, 0, &account, NULL),
        ST_DENIED);
}

static void a_challenge_is_for_one_holder_once_and_not_for_long(void **state)
{
    (void)state;
    struct device device = new_device();
    int64_t account = 0;
    clock_set(1790000000000);
    assert_int_equal(enrol(&device, mine), ST_OK);
    struct passkey_reply reply = assertion(&device, ask("holder", PASSKEY_TO_SIGN_IN));
    assert_int_equal(
        passkey_check(&app, &site, STR("another"), PASSKEY_TO_SIGN_IN, &reply, 0, &account, NULL),
        ST_DENIED);
    assert_int_equal(
        passkey_check(&app, &site, STR("holder"), PASSKEY_TO_SIGN_IN, &reply, 0, &account, NULL),
        ST_OK);
    assert_int_equal(
        passkey_check(&app, &site, STR("holder"), PASSKEY_TO_SIGN_IN, &reply, 0, &account, NULL),
        ST_DENIED);
    /* A later challenge takes the place of one before. */
    reply = assertion(&device, ask("holder", PASSKEY_TO_SIGN_IN));
    ask("holder", PASSKEY_TO_SIGN_IN);
    assert_int_equal(
        passkey_check(&app, &site, STR("holder"), PASSKEY_TO_SIGN_IN, &reply, 0, &account, NULL),
        ST_DENIED);
    /* One that failed is used up as well. */
    struct str challenge = ask("holder", PASSKEY_TO_SIGN_IN);
    struct passkey_reply broken = assertion(&device, challenge);
    broken.signature = coded(STR("nonsense"));
    assert_int_equal(
        passkey_check(&app, &site, STR("holder"), PASSKEY_TO_SIGN_IN, &broken, 0, &account, NULL),
        ST_DENIED);
    reply = assertion(&device, challenge);
    assert_int_equal(
        passkey_check(&app, &site, STR("holder"), PASSKEY_TO_SIGN_IN, &reply, 0, &account, NULL),
        ST_DENIED);
    /* And it grows old. */
    reply = assertion(&device, ask("holder", PASSKEY_TO_SIGN_IN));
    clock_set(1790000000000 + 10 * 60000);
    assert_int_equal(
        passkey_check(&app, &site, STR("holder"), PASSKEY_TO_SIGN_IN, &reply, 0, &account, NULL),
        ST_DENIED);
    /* None at all. */
    reply = assertion(&device, STR(""));
    assert_int_equal(
        passkey_check(&app, &site, STR("holder"), PASSKEY_TO_SIGN_IN, &reply, 0, &account, NULL),
        ST_DENIED);
}

static void a_copy_is_noticed_by_its_counter(void **state)
{
    (void)state;
    struct device device = new_device();
    int64_t account = 0;
    device.count = 5;
    assert_int_equal(enrol(&device, mine), ST_OK);
    assert_int_equal(use(&device, 0, &account), ST_DENIED); /* the same again */
    device.count = 6;
    assert_int_equal(use(&device, 0, &account), ST_OK);
    device.count = 4;
    assert_int_equal(use(&device, 0, &account), ST_DENIED);
    device.count = 0;
    assert_int_equal(use(&device, 0, &account), ST_DENIED);
    device.count = 7;
    assert_int_equal(use(&device, 0, &account), ST_OK);
}

/* A key whose map says that it has billions of members, and the like. */
static void promises_that_cannot_hold_are_refused(void **state)
{
    (void)state;
    static const char *const promises[] = {"\xbb\xff\xff\xff\xff\xff\xff\xff\xff",
                                           "\x9a\x65\x2e\x6f\x72",
                                           "\x5a\x7f\xff\xff\xff",
                                           "\xbf",
                                           "\x9f",
                                           "\xfc"};
    struct device device = new_device();
    struct webauthn_key key;
    uint8_t challenge[WEBAUTHN_CHALLENGE_SIZE] = {7};
    struct str asked = str_of((const char *)challenge, sizeof challenge);
    struct str whole = data_with_key(&device);
    for (size_t i = 0; i < sizeof promises / sizeof *promises; i++)
        for (size_t at = 55 + sizeof device.id; at <= whole.len; at++) {
            /* Within the key's own bytes it is no promise. */
            if (at > whole.len - sizeof device.public && at < whole.len) continue;
            struct str data = str_fmt(&arena, "%*s", (int)(at + strlen(promises[i])), "");
            memcpy((char *)(uintptr_t)data.ptr, whole.ptr, at);
            memcpy((char *)(uintptr_t)data.ptr + at, promises[i], strlen(promises[i]));
            struct webauthn_reply reply = {
                .client_data = client_data(&device, "webauthn.create", coded(asked)),
                .authenticator_data = data};
            struct err err = {0};
            enum st outcome = webauthn_register(&arena, &site, asked, &reply, &key, &err);
            if (outcome != ST_DENIED) fail_msg("promise %zu at %zu was taken", i, at);
        }
}

static void what_is_cut_short_or_changed_is_refused(void **state)
{
    (void)state;
    struct device device = new_device();
    struct webauthn_key key;
    uint8_t challenge[WEBAUTHN_CHALLENGE_SIZE] = {7};
    struct str asked = str_of((const char *)challenge, sizeof challenge);
    struct webauthn_reply whole = {.client_data =
                                       client_data(&device, "webauthn.create", coded(asked)),
                                   .authenticator_data = data_with_key(&device)};
    assert_int_equal(webauthn_register(&arena, &site, asked, &whole, &key, NULL), ST_OK);
    for (size_t size = 0; size < whole.authenticator_data.len; size++) {
        struct webauthn_reply cut = whole;
        cut.authenticator_data = str_dup(&arena, str_sub(whole.authenticator_data, 0, size));
        if (webauthn_register(&arena, &site, asked, &cut, &key, NULL) != ST_DENIED)
            fail_msg("%zu of %zu bytes were taken", size, whole.authenticator_data.len);
    }
    for (size_t size = 0; size < whole.client_data.len; size++) {
        struct webauthn_reply cut = whole;
        cut.client_data = str_dup(&arena, str_sub(whole.client_data, 0, size));
        assert_int_equal(webauthn_register(&arena, &site, asked, &cut, &key, NULL), ST_DENIED);
    }
    /* An assertion with any one bit of it turned. */
    assert_int_equal(webauthn_register(&arena, &site, asked, &whole, &key, NULL), ST_OK);
    struct passkey_reply said = assertion(&device, coded(asked));
    struct webauthn_reply good;
    uint32_t count = 0;
    assert_true(seal_base64_read(&arena, said.client_data, &good.client_data));
    assert_true(seal_base64_read(&arena, said.authenticator_data, &good.authenticator_data));
    assert_true(seal_base64_read(&arena, said.signature, &good.signature));
    assert_int_equal(webauthn_assert(&site, asked, &good, &key, &count, NULL), ST_OK);
    struct str *parts[] = {&good.client_data, &good.authenticator_data, &good.signature};
    for (int part = 0; part < 3; part++)
        for (size_t bit = 0; bit < parts[part]->len * 8; bit++) {
            char *bytes = (char *)(uintptr_t)parts[part]->ptr;
            bytes[bit / 8] = (char)(bytes[bit / 8] ^ 1 << bit % 8);
            if (webauthn_assert(&site, asked, &good, &key, &count, NULL) != ST_DENIED)
                fail_msg("part %d with bit %zu turned was taken", part, bit);
            bytes[bit / 8] = (char)(bytes[bit / 8] ^ 1 << bit % 8);
        }
    assert_int_equal(webauthn_assert(&site, asked, &good, &key, &count, NULL), ST_OK);
    key.algorithm = -7; /* the key of one algorithm under the name of another */
    assert_int_equal(webauthn_assert(&site, asked, &good, &key, &count, NULL), ST_DENIED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_passkey_is_set_up_and_signs_in, fresh, done),
        cmocka_unit_test_setup_teardown(a_person_has_several_and_manages_them, fresh, done),
        cmocka_unit_test_setup_teardown(nobody_uses_another_ones, fresh, done),
        cmocka_unit_test_setup_teardown(lies_are_refused, fresh, done),
        cmocka_unit_test_setup_teardown(the_kinds_are_not_mixed_up, fresh, done),
        cmocka_unit_test_setup_teardown(a_challenge_is_for_one_holder_once_and_not_for_long, fresh,
                                        done),
        cmocka_unit_test_setup_teardown(a_copy_is_noticed_by_its_counter, fresh, done),
        cmocka_unit_test_setup_teardown(promises_that_cannot_hold_are_refused, fresh, done),
        cmocka_unit_test_setup_teardown(what_is_cut_short_or_changed_is_refused, fresh, done),
    };
    return cmocka_run_group_tests_name("passkey", tests, NULL, NULL);
}
