#include "seal/keyring_internal.h"

#include "seal/secret.h"

#include <assert.h>
#include <pthread.h>

struct keyring {
    pthread_rwlock_t lock;
    char path[1100];
    struct key_set *set;
};

static struct key_set *set_new(void)
{
    struct key_set *set = sodium_malloc(sizeof *set);
    if (!set) abort();
    sodium_memzero(set, sizeof *set);
    return set;
}

static enum st ring_out_of(const char *path, struct key_set *set, struct keyring **ret,
                           struct err *err)
{
    struct keyring *ring = calloc(1, sizeof *ring);
    if (!ring || strlen(path) >= sizeof ring->path) {
        free(ring);
        sodium_free(set);
        return err_set(err, ST_FAILED, "The key ring '%s' cannot be held.", path);
    }
    pthread_rwlock_init(&ring->lock, NULL);
    snprintf(ring->path, sizeof ring->path, "%s", path);
    ring->set = set;
    *ret = ring;
    return ST_OK;
}

static void lock_by_passphrase(struct key_set *set, struct str passphrase)
{
    set->has_passphrase = passphrase.len > 0;
    if (!passphrase.len) return;
    randombytes_buf(set->salt, sizeof set->salt);
    if (crypto_pwhash(set->lock, sizeof set->lock, passphrase.ptr, passphrase.len, set->salt,
                      crypto_pwhash_OPSLIMIT_MODERATE, crypto_pwhash_MEMLIMIT_INTERACTIVE,
                      crypto_pwhash_ALG_ARGON2ID13) != 0)
        abort();
}

enum st keyring_open(const char *path, struct str passphrase, bool make, struct keyring **ret,
                     struct err *err)
{
    if (sodium_init() < 0)
        return err_set(err, ST_FAILED, "This machine has no random numbers to give.");
    struct key_set *set = set_new();
    struct buf text;
    buf_init(&text, KEY_FILE_MAX);
    enum st outcome = key_file_read(path, &text, err);
    if (outcome == ST_OK)
        outcome = key_set_read(buf_str(&text), passphrase, set, err);
    else if (outcome == ST_NOT_FOUND && make) {
        randombytes_buf(set->index, sizeof set->index);
        lock_by_passphrase(set, passphrase);
        outcome = key_set_grow(set, err);
        if (outcome == ST_OK) outcome = key_set_keep(set, path, err);
    }
    if (text.data) sodium_memzero(text.data, text.len);
    buf_done(&text);
    if (outcome == ST_OK) return ring_out_of(path, set, ret, err);
    sodium_free(set);
    return outcome;
}

void keyring_free(struct keyring *ring)
{
    if (!ring) return;
    sodium_free(ring->set);
    pthread_rwlock_destroy(&ring->lock);
    free(ring);
}

const char *keyring_path(const struct keyring *ring)
{
    return ring->path;
}

bool keyring_has_passphrase(const struct keyring *ring)
{
    return ring->set->has_passphrase;
}

/* --- changing ---------------------------------------------------------------------- */

/* A copy to change; it becomes the ring only when its file is written. */
static enum st change(struct keyring *ring,
                      enum st (*how)(struct key_set *, const void *, struct err *),
                      const void *what, struct err *err)
{
    struct key_set *changed = set_new();
    pthread_rwlock_wrlock(&ring->lock);
    *changed = *ring->set;
    enum st outcome = how(changed, what, err);
    if (outcome == ST_OK) outcome = key_set_keep(changed, ring->path, err);
    if (outcome == ST_OK) {
        struct key_set *before = ring->set;
        ring->set = changed;
        changed = before;
    }
    pthread_rwlock_unlock(&ring->lock);
    sodium_free(changed);
    return outcome;
}

static enum st grow(struct key_set *set, const void *what, struct err *err)
{
    (void)what;
    return key_set_grow(set, err);
}

enum st keyring_rotate(struct keyring *ring, struct err *err)
{
    return change(ring, grow, NULL, err);
}

static uint32_t current_of(const struct key_set *set, enum key_use use)
{
    for (size_t i = set->count; i-- > 0;)
        if (set->key[i].use == use) return set->key[i].id;
    return 0;
}

static enum st forget(struct key_set *set, const void *what, struct err *err)
{
    uint32_t id = *(const uint32_t *)what;
    for (size_t i = 0; i < set->count; i++) {
        if (set->key[i].id != id) continue;
        if (current_of(set, set->key[i].use) == id)
            return err_set(err, ST_CONFLICT, "Key %u is in use. Turn the keys over first.", id);
        memmove(&set->key[i], &set->key[i + 1], (set->count - i - 1) * sizeof set->key[0]);
        set->count--;
        return ST_OK;
    }
    return err_set(err, ST_NOT_FOUND, "The ring has no key %u.", id);
}

enum st keyring_forget(struct keyring *ring, uint32_t key, struct err *err)
{
    return change(ring, forget, &key, err);
}

static enum st set_passphrase(struct key_set *set, const void *what, struct err *err)
{
    (void)err;
    lock_by_passphrase(set, *(const struct str *)what);
    return ST_OK;
}

enum st keyring_set_passphrase(struct keyring *ring, struct str passphrase, struct err *err)
{
    return change(ring, set_passphrase, &passphrase, err);
}

enum st keyring_reload(struct keyring *ring, struct err *err)
{
    struct key_set *fresh = set_new();
    struct buf text;
    buf_init(&text, KEY_FILE_MAX);
    pthread_rwlock_wrlock(&ring->lock);
    /* The passphrase is gone; what was made of it with the salt is still there. */
    *fresh = *ring->set;
    enum st outcome = key_file_read(ring->path, &text, err);
    if (outcome == ST_OK) outcome = key_set_read(buf_str(&text), (struct str){0}, fresh, err);
    if (outcome == ST_OK) {
        struct key_set *before = ring->set;
        ring->set = fresh;
        fresh = before;
    }
    pthread_rwlock_unlock(&ring->lock);
    if (text.data) sodium_memzero(text.data, text.len);
    buf_done(&text);
    sodium_free(fresh);
    return outcome;
}

size_t keyring_list(struct keyring *ring, struct key_about ret[static KEYRING_KEYS_MAX])
{
    pthread_rwlock_rdlock(&ring->lock);
    size_t count = ring->set->count;
    for (size_t i = 0; i < count; i++) {
        const struct key_entry *key = &ring->set->key[i];
        ret[i] = (struct key_about){.id = key->id,
                                    .use = key->use,
                                    .created_at = key->created_at,
                                    .current = current_of(ring->set, key->use) == key->id};
    }
    pthread_rwlock_unlock(&ring->lock);
    return count;
}

uint32_t keyring_current(struct keyring *ring, enum key_use use)
{
    pthread_rwlock_rdlock(&ring->lock);
    uint32_t id = current_of(ring->set, use);
    pthread_rwlock_unlock(&ring->lock);
    return id;
}

/* --- wrapping ------------------------------------------------------------------------ */

static const struct key_entry *find(const struct key_set *set, uint32_t id)
{
    for (size_t i = set->count; i-- > 0;)
        if (set->key[i].id == id) return &set->key[i];
    return NULL;
}

/* What a wrapped key is bound to: that it is one, its row, the key that wraps it. */
struct wrap_place {
    char kind[8];
    int64_t row;
    uint32_t by;
    uint32_t version;
};

static struct wrap_place place_of(int64_t row, uint32_t by)
{
    return (struct wrap_place){.kind = "datakey", .row = row, .by = by, .version = 1};
}

uint32_t keyring_wrap(struct keyring *ring, enum key_use use, int64_t row,
                      const uint8_t key[static SEAL_KEY_SIZE],
                      uint8_t ret[static SEAL_WRAPPED_SIZE])
{
    pthread_rwlock_rdlock(&ring->lock);
    uint32_t by = current_of(ring->set, use);
    const struct key_entry *entry = find(ring->set, by);
    assert(entry);
    struct wrap_place place = place_of(row, by);
    uint8_t *nonce = ret;
    seal_nonce(nonce);
    crypto_aead_xchacha20poly1305_ietf_encrypt(ret + 24, NULL, key, SEAL_KEY_SIZE,
                                               (const uint8_t *)&place, sizeof place, NULL, nonce,
                                               entry->bytes);
    pthread_rwlock_unlock(&ring->lock);
    return by;
}

enum st keyring_unwrap(struct keyring *ring, uint32_t by, int64_t row, struct str wrapped,
                       uint8_t ret[static SEAL_KEY_SIZE], struct err *err)
{
    pthread_rwlock_rdlock(&ring->lock);
    const struct key_entry *entry = find(ring->set, by);
    struct wrap_place place = place_of(row, by);
    const uint8_t *bytes = (const uint8_t *)wrapped.ptr;
    bool good = entry && wrapped.len == SEAL_WRAPPED_SIZE &&
                crypto_aead_xchacha20poly1305_ietf_decrypt(
                    ret, NULL, NULL, bytes + 24, SEAL_WRAPPED_SIZE - 24, (const uint8_t *)&place,
                    sizeof place, bytes, entry->bytes) == 0;
    bool known = entry != NULL;
    pthread_rwlock_unlock(&ring->lock);
    if (good) return ST_OK;
    enum st outcome =
        err_set(err, known ? ST_CONFLICT : ST_NOT_FOUND, "A record cannot be opened.");
    err_detail(err,
               known ? "data key %lld does not open" : "data key %lld: key %u is not in the ring",
               (long long)row, by);
    return outcome;
}

/* --- tags ------------------------------------------------------------------------------- */

static void keyed(const struct keyring *ring, const char *purpose, struct str bytes, uint8_t *ret,
                  size_t size)
{
    /* The purpose with its NUL first: no purpose and bytes can be read as another's. */
    crypto_generichash_state state;
    crypto_generichash_init(&state, ring->set->index, SEAL_KEY_SIZE, size);
    crypto_generichash_update(&state, (const uint8_t *)purpose, strlen(purpose) + 1);
    crypto_generichash_update(&state, (const uint8_t *)bytes.ptr, bytes.len);
    crypto_generichash_final(&state, ret, size);
    sodium_memzero(&state, sizeof state);
}

void keyring_tag(const struct keyring *ring, const char *purpose, struct str bytes,
                 uint8_t ret[static SEAL_TAG_SIZE])
{
    pthread_rwlock_t *lock = (pthread_rwlock_t *)(uintptr_t)&ring->lock;
    pthread_rwlock_rdlock(lock);
    keyed(ring, purpose, bytes, ret, SEAL_TAG_SIZE);
    pthread_rwlock_unlock(lock);
}

void keyring_tag_text(const struct keyring *ring, const char *purpose, struct str bytes,
                      char ret[static SEAL_TAG_TEXT_SIZE])
{
    uint8_t tag[SEAL_TAG_SIZE];
    keyring_tag(ring, purpose, bytes, tag);
    sodium_bin2hex(ret, SEAL_TAG_TEXT_SIZE, tag, sizeof tag);
}

void keyring_derive(const struct keyring *ring, const char *purpose,
                    uint8_t ret[static SEAL_KEY_SIZE])
{
    pthread_rwlock_t *lock = (pthread_rwlock_t *)(uintptr_t)&ring->lock;
    pthread_rwlock_rdlock(lock);
    keyed(ring, purpose, STR("derived secret"), ret, SEAL_KEY_SIZE);
    pthread_rwlock_unlock(lock);
}

/* --- recovery ---------------------------------------------------------------------------- */

static enum st set_recovery(struct key_set *set, const void *what, struct err *err)
{
    (void)err;
    memcpy(set->recovery, what, sizeof set->recovery);
    set->has_recovery = true;
    return ST_OK;
}

enum st keyring_split(struct keyring *ring, struct arena *arena, int shares, int threshold,
                      struct str *ret_share, struct err *err)
{
    if (threshold < 2 || shares < threshold || shares > SHARES_MAX)
        return err_set(err, ST_INVALID,
                       "Between 2 and %d shares are made, and between 2 and all of "
                       "them are needed to recover.",
                       SHARES_MAX);
    uint8_t public[crypto_box_PUBLICKEYBYTES];
    uint8_t secret[crypto_box_SECRETKEYBYTES];
    crypto_box_keypair(public, secret);
    enum st outcome = change(ring, set_recovery, public, err);
    if (outcome == ST_OK) share_secret(arena, secret, shares, threshold, ret_share);
    sodium_memzero(secret, sizeof secret);
    return outcome;
}

bool keyring_has_recovery(struct keyring *ring)
{
    pthread_rwlock_rdlock(&ring->lock);
    bool has = ring->set->has_recovery;
    pthread_rwlock_unlock(&ring->lock);
    return has;
}

enum st keyring_recovery_read(struct keyring *ring, struct buf *ret, struct err *err)
{
    char beside[1200];
    pthread_rwlock_rdlock(&ring->lock);
    snprintf(beside, sizeof beside, "%s.recovery", ring->path);
    enum st outcome = ring->set->has_recovery
                          ? key_file_read(beside, ret, err)
                          : err_set(err, ST_NOT_FOUND, "The key ring was not split into shares.");
    pthread_rwlock_unlock(&ring->lock);
    return outcome;
}

enum st keyring_recovery_write(const char *path, struct str sealed, struct err *err)
{
    char beside[1200];
    if (snprintf(beside, sizeof beside, "%s.recovery", path) >= (int)sizeof beside)
        return err_set(err, ST_INVALID, "The name of the key ring is too long.");
    return key_file_write(beside, sealed, err);
}
