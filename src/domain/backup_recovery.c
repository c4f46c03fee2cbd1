#include "domain/backup_recovery.h"

#include "seal/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static const struct str first_line = STR_INIT("pendeen recovery of a key ring 1\n");

static enum st cannot(const char *doing, const char *path, struct err *err)
{
    int why = errno;
    err_set(err, ST_FAILED, "'%s' cannot be %s.", path, doing);
    err_detail(err, "%s", strerror(why));
    return ST_FAILED;
}

/* What is left of it, after its first line. */
static bool read_text(struct stream_reader *reader, struct buf *ret)
{
    char piece[4096];
    ssize_t got;
    while ((got = stream_read(reader, piece, sizeof piece)) > 0)
        buf_add(ret, str_of(piece, (size_t)got));
    return got == 0 && !ret->overflow && str_starts(buf_str(ret), first_line);
}

static enum st read_over(FILE *file, struct str text, const struct parcel_key *to,
                         const uint8_t stream[static SEAL_KEY_SIZE], struct err *err)
{
    struct stream_reader *reader = NULL;
    struct buf again;
    buf_init(&again, KEYRING_FILE_MAX + first_line.len);
    posix_fadvise(fileno(file), 0, 0, POSIX_FADV_DONTNEED);
    enum st outcome = fseeko(file, 0, SEEK_SET) == 0
                          ? parcel_check_begin(file, to, stream, &reader, err)
                          : ST_FAILED;
    if (outcome == ST_OK &&
        (!read_text(reader, &again) ||
         !str_eq(str_sub(buf_str(&again), first_line.len, again.len), text)))
        outcome = err_set(err, ST_FAILED,
                          "What was written is not what stands on the disk. Is the disk failing?");
    stream_read_end(reader);
    buf_done(&again);
    return outcome;
}

static enum st write_file(const char *path, struct str text, const struct parcel_key *to,
                          struct err *err)
{
    uint8_t stream[SEAL_KEY_SIZE];
    int handle = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    FILE *file = handle >= 0 ? fdopen(handle, "w+b") : NULL;
    if (!file) {
        enum st outcome = cannot("written", path, err);
        if (handle >= 0) close(handle);
        return outcome;
    }
    struct stream_writer *writer = parcel_write_begin(file, to, stream);
    bool good = writer && stream_write(writer, first_line) && stream_write(writer, text);
    if (writer && !stream_write_end(writer)) good = false;
    good = good && fflush(file) == 0 && fsync(handle) == 0;
    enum st outcome =
        good ? read_over(file, text, to, stream, err) : cannot("written", path, err);
    seal_forget(stream, sizeof stream);
    if (fclose(file) != 0 && outcome == ST_OK) outcome = cannot("written", path, err);
    if (outcome != ST_OK) (void)unlink(path);
    return outcome;
}

enum st backup_recovery_make(struct keyring *keys, const char *path, const struct parcel_key *to,
                             struct err *err)
{
    struct buf text;
    buf_init(&text, KEYRING_FILE_MAX);
    enum st outcome = keyring_recovery_read(keys, &text, err);
    if (outcome == ST_OK) outcome = write_file(path, buf_str(&text), to, err);
    buf_done(&text);
    return outcome;
}

enum st backup_recovery_put(const char *path, const struct parcel_secret *secret, const char *ring,
                            struct err *err)
{
    struct stream_reader *reader = NULL;
    struct buf text;
    FILE *file = fopen(path, "rbe");
    if (!file && errno == ENOENT)
        return err_set(err, ST_NOT_FOUND, "There is no file '%s'.", path);
    if (!file) return cannot("read", path, err);
    buf_init(&text, KEYRING_FILE_MAX + first_line.len);
    enum st outcome = parcel_read_begin(file, secret, &reader, err);
    if (outcome == ST_OK && !read_text(reader, &text))
        outcome = err_set(err, ST_CONFLICT, "'%s' was changed or cut off.", path);
    if (outcome == ST_OK)
        outcome = keyring_recovery_write(ring, str_sub(buf_str(&text), first_line.len, text.len),
                                         err);
    stream_read_end(reader);
    fclose(file);
    buf_done(&text);
    return outcome;
}
