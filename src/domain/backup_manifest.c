/*
 * What stands in front of a backup's database.
 */
#include "domain/backup.h"

#include "seal/secret.h"

#include <inttypes.h>

static const struct str first_line = STR_INIT("pendeen backup 1");

static void write_hex(const uint8_t *bytes, size_t size, struct buf *out)
{
    for (size_t i = 0; i < size; i++) buf_add_fmt(out, "%02x", bytes[i]);
}

static bool read_hex(struct str text, uint8_t *ret, size_t size)
{
    if (text.len != 2 * size) return false;
    for (size_t i = 0; i < size; i++) {
        unsigned value = 0;
        for (size_t k = 2 * i; k < 2 * i + 2; k++) {
            const char *digits = "0123456789abcdef";
            const char *at = memchr(digits, text.ptr[k], 16);
            if (!at) return false;
            value = value * 16 + (unsigned)(at - digits);
        }
        ret[i] = (uint8_t)value;
    }
    return true;
}

/* The line that the checkpoint signs besides: which manifest it is for. */
static void name_line(struct str text, struct buf *out)
{
    uint8_t hash[SEAL_HASH_SIZE];
    seal_hash(text, hash);
    buf_add_c(out, "backup ");
    write_hex(hash, sizeof hash, out);
}

void backup_manifest_write(const struct backup_manifest *manifest, const struct checkpoint *log,
                           const struct checkpoint_signer *signer, struct buf *out)
{
    buf_add_fmt(out, "%.*s\nmade %" PRId64 "\nbytes %" PRId64 "\nhash ", STR_ARG(first_line),
                manifest->made, manifest->bytes);
    write_hex(manifest->hash, sizeof manifest->hash, out);
    buf_add_fmt(out, "\nkeys %" PRId64 "\nlast-key %" PRId64 "\nfound %" PRId64 "\n",
                manifest->keys, manifest->last_key, manifest->found);
    struct str counts = manifest->counts;
    struct str line;
    while (str_split(&counts, '\n', &line))
        if (line.len) buf_add_fmt(out, "table %.*s\n", STR_ARG(line));
    struct buf extension;
    buf_init(&extension, 200);
    name_line(buf_str(out), &extension);
    struct checkpoint checkpoint = *log;
    checkpoint.extension = buf_str(&extension);
    buf_add_c(out, "checkpoint\n");
    checkpoint_write(&checkpoint, signer, out);
    buf_done(&extension);
}

static bool read_count(struct str text, int64_t *ret)
{
    return str_to_int(text, ret) && *ret >= 0;
}

static bool read_line(struct str line, struct backup_manifest *ret)
{
    struct str rest = line;
    struct str word;
    struct str name;
    int64_t rows = 0;
    if (!str_split(&rest, ' ', &word)) return false;
    if (str_eq(word, STR("made"))) return str_to_int(rest, &ret->made);
    if (str_eq(word, STR("bytes"))) return read_count(rest, &ret->bytes);
    if (str_eq(word, STR("keys"))) return read_count(rest, &ret->keys);
    if (str_eq(word, STR("last-key"))) return read_count(rest, &ret->last_key);
    if (str_eq(word, STR("found"))) return read_count(rest, &ret->found);
    if (str_eq(word, STR("hash"))) return read_hex(rest, ret->hash, sizeof ret->hash);
    if (!str_eq(word, STR("table")) || !str_split(&rest, ' ', &name) || !read_count(rest, &rows))
        return false;
    ret->tables++;
    return !__builtin_add_overflow(ret->rows, rows, &ret->rows);
}

enum st backup_manifest_read(struct str text, struct backup_manifest *ret, struct err *err)
{
    struct str rest = text;
    struct str line;
    struct backup_manifest read = {0};
    bool good = str_split(&rest, '\n', &line) && str_eq(line, first_line);
    while (good && str_split(&rest, '\n', &line)) {
        if (str_eq(line, STR("checkpoint"))) {
            read.note = rest;
            *ret = read;
            return ST_OK;
        }
        good = read_line(line, &read);
        if (good && str_starts(line, STR("table "))) {
            if (!read.counts.len) read.counts.ptr = line.ptr;
            read.counts.len = (size_t)(line.ptr + line.len + 1 - read.counts.ptr);
        }
    }
    return err_set(err, ST_INVALID, "This is no backup that this version of Pendeen reads.");
}

enum st backup_manifest_verify(struct str text, const struct backup_manifest *manifest,
                               const struct checkpoint_key *key, struct err *err)
{
    static const struct str word = STR_INIT("checkpoint\n");
    struct checkpoint checkpoint;
    enum st outcome = checkpoint_verify(manifest->note, key, &checkpoint, err);
    if (outcome != ST_OK) return outcome;
    struct buf line;
    buf_init(&line, 200);
    name_line(str_sub(text, 0, text.len - manifest->note.len - word.len), &line);
    if (!checkpoint_has_line(manifest->note, buf_str(&line)))
        outcome = err_set(err, ST_DENIED, "The backup's checkpoint was signed for another backup.");
    buf_done(&line);
    return outcome;
}
