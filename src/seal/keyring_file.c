/*
 * The file of a key ring: text, so that somebody in need can see what it is.
 *
 *     pendeen key ring 1
 *     recovery BASE64                 the public key of the recovery file
 *     passphrase SALT                 then everything below is one sealed line
 *     locked BASE64
 *     index BASE64
 *     key ID record|source MILLISECONDS BASE64
 */
#include "seal/keyring_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static const char first_line[] = "pendeen key ring 1";
static const char *const use_names[KEY_USES] = {"record", "source"};

enum st key_set_grow(struct key_set *set, struct err *err)
{
    if (set->count + KEY_USES > KEYRING_KEYS_MAX) {
        err_set(err, ST_LIMIT, "The key ring is full.");
        err_hint(err, "Forget old keys that no backup needs: pendeen keys forget ID.");
        return ST_LIMIT;
    }
    uint32_t id = 1;
    for (size_t i = 0; i < set->count; i++)
        if (set->key[i].id >= id) id = set->key[i].id + 1;
    for (int use = 0; use < KEY_USES; use++) {
        struct key_entry *key = &set->key[set->count++];
        *key = (struct key_entry){.id = id++, .use = (enum key_use)use, .created_at = clock_now()};
        randombytes_buf(key->bytes, sizeof key->bytes);
    }
    return ST_OK;
}

/* --- text ----------------------------------------------------------------------------- */

static void add_base64(struct buf *buf, const void *bytes, size_t size)
{
    size_t room = sodium_base64_ENCODED_LEN(size, sodium_base64_VARIANT_ORIGINAL);
    char *text = sodium_malloc(room);
    if (!text) abort();
    buf_add_c(buf, sodium_bin2base64(text, room, bytes, size, sodium_base64_VARIANT_ORIGINAL));
    sodium_free(text);
}

static bool from_base64(struct str text, void *ret, size_t size)
{
    size_t got = 0;
    return sodium_base642bin(ret, size, text.ptr, text.len, NULL, &got, NULL,
                             sodium_base64_VARIANT_ORIGINAL) == 0 &&
           got == size;
}

static void write_keys(const struct key_set *set, struct buf *ret)
{
    buf_add_c(ret, "index ");
    add_base64(ret, set->index, sizeof set->index);
    buf_add_char(ret, '\n');
    for (size_t i = 0; i < set->count; i++) {
        buf_add_fmt(ret, "key %u %s %lld ", set->key[i].id, use_names[set->key[i].use],
                    (long long)set->key[i].created_at);
        add_base64(ret, set->key[i].bytes, sizeof set->key[i].bytes);
        buf_add_char(ret, '\n');
    }
}

static void write_locked(const struct key_set *set, struct str plain, struct buf *ret)
{
    size_t size = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + plain.len;
    uint8_t *box = calloc(1, size);
    if (!box) abort();
    randombytes_buf(box, crypto_secretbox_NONCEBYTES);
    crypto_secretbox_easy(box + crypto_secretbox_NONCEBYTES, (const uint8_t *)plain.ptr, plain.len,
                          box, set->lock);
    buf_add_c(ret, "passphrase ");
    add_base64(ret, set->salt, sizeof set->salt);
    buf_add_c(ret, "\nlocked ");
    add_base64(ret, box, size);
    buf_add_char(ret, '\n');
    free(box);
}

void key_set_write(const struct key_set *set, bool locked, struct buf *ret)
{
    buf_add_fmt(ret, "%s\n", first_line);
    if (set->has_recovery) {
        buf_add_c(ret, "recovery ");
        add_base64(ret, set->recovery, sizeof set->recovery);
        buf_add_char(ret, '\n');
    }
    if (!locked || !set->has_passphrase) {
        write_keys(set, ret);
        return;
    }
    struct buf plain;
    buf_init(&plain, KEY_FILE_MAX);
    write_keys(set, &plain);
    write_locked(set, buf_str(&plain), ret);
    sodium_memzero(plain.data, plain.len);
    buf_done(&plain);
}

static enum st damaged(struct err *err)
{
    enum st outcome = err_set(err, ST_INVALID, "The key ring is damaged.");
    err_hint(err, "Put it back from its copy, or recover it: pendeen keys recover.");
    return outcome;
}

static bool read_key(struct str rest, struct key_set *ret)
{
    struct str id;
    struct str use;
    struct str created;
    if (!str_split(&rest, ' ', &id) || !str_split(&rest, ' ', &use) ||
        !str_split(&rest, ' ', &created))
        return false;
    int64_t number = 0;
    struct key_entry key = {0};
    if (!str_to_int(id, &number) || number < 1 || number > UINT32_MAX ||
        !str_to_int(created, &key.created_at) || ret->count == KEYRING_KEYS_MAX)
        return false;
    key.id = (uint32_t)number;
    key.use = str_eq(use, str_from(use_names[KEY_SOURCE])) ? KEY_SOURCE : KEY_RECORD;
    if (!str_eq(use, str_from(use_names[key.use])) ||
        !from_base64(rest, key.bytes, sizeof key.bytes))
        return false;
    /* Ids rise: the last of a use is the current one. */
    if (ret->count && ret->key[ret->count - 1].id >= key.id) return false;
    ret->key[ret->count++] = key;
    sodium_memzero(&key, sizeof key);
    return true;
}

static enum st read_keys(struct str text, struct key_set *ret, struct err *err)
{
    bool index = false;
    bool have[KEY_USES] = {false};
    struct str line;
    ret->count = 0;
    while (str_split(&text, '\n', &line)) {
        if (!line.len) continue;
        if (str_starts(line, STR("index "))) {
            index = from_base64(str_sub(line, 6, line.len), ret->index, sizeof ret->index);
        } else if (!str_starts(line, STR("key ")) || !read_key(str_sub(line, 4, line.len), ret)) {
            return damaged(err);
        }
    }
    for (size_t i = 0; i < ret->count; i++) have[ret->key[i].use] = true;
    return index && have[KEY_RECORD] && have[KEY_SOURCE] ? ST_OK : damaged(err);
}

/* With an empty passphrase the lock that `ret` holds already is tried. */
static enum st read_locked(struct str salt, struct str text, struct str passphrase,
                           struct key_set *ret, struct err *err)
{
    uint8_t found[sizeof ret->salt];
    if (!from_base64(salt, found, sizeof found)) return damaged(err);
    bool known = ret->has_passphrase && sodium_memcmp(found, ret->salt, sizeof found) == 0;
    if (!known && !passphrase.len)
        return err_set(err, ST_DENIED, "The key ring is locked by a passphrase.");
    if (!known && crypto_pwhash(ret->lock, sizeof ret->lock, passphrase.ptr, passphrase.len, found,
                                crypto_pwhash_OPSLIMIT_MODERATE, crypto_pwhash_MEMLIMIT_INTERACTIVE,
                                crypto_pwhash_ALG_ARGON2ID13) != 0)
        return err_set(err, ST_FAILED, "There is no memory left.");
    ret->has_passphrase = true;
    memcpy(ret->salt, found, sizeof found);
    uint8_t *box = calloc(1, KEY_FILE_MAX);
    uint8_t *plain = sodium_malloc(KEY_FILE_MAX);
    if (!box || !plain) abort();
    size_t size = 0;
    enum { HEAD = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES };
    enum st outcome = ST_OK;
    if (sodium_base642bin(box, KEY_FILE_MAX, text.ptr, text.len, NULL, &size, NULL,
                          sodium_base64_VARIANT_ORIGINAL) != 0 || size < HEAD)
        outcome = damaged(err);
    else if (crypto_secretbox_open_easy(plain, box + crypto_secretbox_NONCEBYTES,
                                        size - crypto_secretbox_NONCEBYTES, box, ret->lock) != 0)
        outcome = err_set(err, ST_DENIED, "That is not the passphrase of the key ring.");
    else
        outcome = read_keys(str_of((const char *)plain, size - HEAD), ret, err);
    free(box);
    sodium_free(plain);
    return outcome;
}

enum st key_set_read(struct str text, struct str passphrase, struct key_set *ret, struct err *err)
{
    struct str line;
    if (!str_split(&text, '\n', &line) || !str_eq(line, str_from(first_line))) return damaged(err);
    ret->has_recovery = str_starts(text, STR("recovery "));
    if (ret->has_recovery &&
        (!str_split(&text, '\n', &line) ||
         !from_base64(str_sub(line, 9, line.len), ret->recovery, sizeof ret->recovery)))
        return damaged(err);
    if (!str_starts(text, STR("passphrase "))) {
        ret->has_passphrase = false;
        return read_keys(text, ret, err);
    }
    struct str salt;
    if (!str_split(&text, '\n', &salt) || !str_split(&text, '\n', &line) ||
        !str_starts(line, STR("locked ")))
        return damaged(err);
    return read_locked(str_sub(salt, 11, salt.len), str_sub(line, 7, line.len), passphrase, ret,
                       err);
}

/* --- files -------------------------------------------------------------------------------- */

static enum st cannot(const char *what, const char *path, struct err *err)
{
    enum st outcome = err_set(err, ST_FAILED, "The key ring '%s' cannot be %s.", path, what);
    err_detail(err, "%s", strerror(errno));
    return outcome;
}

static bool flush_folder_of(const char *path)
{
    char folder[1100];
    snprintf(folder, sizeof folder, "%s", path);
    char *slash = strrchr(folder, '/');
    if (slash) *slash = 0;
    int handle = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = handle >= 0 && fsync(handle) == 0;
    if (handle >= 0) close(handle);
    return good;
}

enum st key_file_write(const char *path, struct str text, struct err *err)
{
    char beside[1200];
    if (snprintf(beside, sizeof beside, "%s.new", path) >= (int)sizeof beside)
        return err_set(err, ST_INVALID, "The name of the key ring is too long.");
    int handle = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (handle < 0) return cannot("written", path, err);
    bool good = fchmod(handle, 0600) == 0 &&
                write(handle, text.ptr, text.len) == (ssize_t)text.len && fsync(handle) == 0;
    good = close(handle) == 0 && good;
    good = good && rename(beside, path) == 0 && flush_folder_of(path);
    if (good) return ST_OK;
    enum st outcome = cannot("written", path, err);
    unlink(beside);
    return outcome;
}

enum st key_file_read(const char *path, struct buf *ret, struct err *err)
{
    int handle = open(path, O_RDONLY | O_CLOEXEC);
    if (handle < 0 && errno == ENOENT)
        return err_set(err, ST_NOT_FOUND, "There is no key ring '%s'.", path);
    struct stat about;
    if (handle < 0 || fstat(handle, &about) != 0) {
        if (handle >= 0) close(handle);
        return cannot("read", path, err);
    }
    if ((about.st_mode & 0077) != 0) {
        close(handle);
        err_set(err, ST_DENIED, "The key ring '%s' can be read by others.", path);
        err_hint(err, "chmod 600 it, and think who may have read it.");
        return ST_DENIED;
    }
    char piece[4096];
    ssize_t got;
    while ((got = read(handle, piece, sizeof piece)) > 0) buf_add(ret, str_of(piece, (size_t)got));
    sodium_memzero(piece, sizeof piece);
    close(handle);
    if (got < 0) return cannot("read", path, err);
    return ret->overflow ? err_set(err, ST_INVALID, "'%s' is no key ring.", path) : ST_OK;
}

/* The whole ring, sealed to the recovery key, for whoever puts that together. */
static enum st keep_recovery(const struct key_set *set, const char *path, struct err *err)
{
    char beside[1200];
    if (snprintf(beside, sizeof beside, "%s.recovery", path) >= (int)sizeof beside)
        return err_set(err, ST_INVALID, "The name of the key ring is too long.");
    struct buf plain;
    buf_init(&plain, KEY_FILE_MAX);
    key_set_write(set, false, &plain);
    size_t size = plain.len + crypto_box_SEALBYTES;
    char *box = calloc(1, size);
    if (!box) abort();
    crypto_box_seal((uint8_t *)box, (const uint8_t *)plain.data, plain.len, set->recovery);
    sodium_memzero(plain.data, plain.len);
    buf_done(&plain);
    enum st outcome = key_file_write(beside, str_of(box, size), err);
    free(box);
    return outcome;
}

enum st key_set_keep(const struct key_set *set, const char *path, struct err *err)
{
    struct buf text;
    buf_init(&text, KEY_FILE_MAX);
    key_set_write(set, true, &text);
    /* The recovery file first: it must never know less than the ring. */
    enum st outcome = set->has_recovery ? keep_recovery(set, path, err) : ST_OK;
    if (outcome == ST_OK) outcome = key_file_write(path, buf_str(&text), err);
    sodium_memzero(text.data, text.len);
    buf_done(&text);
    return outcome;
}
