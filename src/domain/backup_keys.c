#include "domain/backup_keys.h"

#include "seal/secret.h"

enum { ROW_SIZE = 8 + 4 + SEAL_WRAPPED_SIZE, HEAD_SIZE = 8 + 8 };

/* Of the same length. */
static const struct str first_line = STR_INIT("pendeen backup keys 2\n");
static const struct str without_head = STR_INIT("pendeen backup keys 1\n");

static void put(uint8_t *at, uint64_t value, int size)
{
    for (int i = 0; i < size; i++) at[i] = (uint8_t)(value >> (8 * i));
}

static uint64_t get(const uint8_t *at, int size)
{
    uint64_t value = 0;
    for (int i = 0; i < size; i++) value |= (uint64_t)at[i] << (8 * i);
    return value;
}

/* --- writing ---------------------------------------------------------------------------- */

bool backup_keys_begin(struct backup_keys_writer *writer, FILE *file, const struct parcel_key *to,
                       const struct backup_keys_about *about)
{
    uint8_t head[HEAD_SIZE];
    put(head, (uint64_t)about->made, 8);
    put(head + 8, about->lines, 8);
    *writer = (struct backup_keys_writer){.file = file, .to = *to, .good = true};
    writer->stream = parcel_write_begin(file, to, writer->stream_key);
    writer->good = writer->stream && stream_write(writer->stream, first_line) &&
                   stream_write(writer->stream, str_of((const char *)head, sizeof head));
    return writer->good;
}

bool backup_keys_take(void *context, const struct copy_key *key)
{
    struct backup_keys_writer *writer = context;
    uint8_t row[ROW_SIZE];
    put(row, (uint64_t)key->id, 8);
    put(row + 8, (uint64_t)key->by, 4);
    memcpy(row + 12, key->wrapped, SEAL_WRAPPED_SIZE);
    writer->good =
        writer->good && stream_write(writer->stream, str_of((const char *)row, sizeof row));
    return writer->good;
}

bool backup_keys_end(struct backup_keys_writer *writer)
{
    if (writer->stream && !stream_write_end(writer->stream)) writer->good = false;
    writer->stream = NULL;
    return writer->good;
}

static enum st read_whole(struct backup_keys_reader *reader, void *into, size_t size,
                          struct err *err)
{
    size_t got = 0;
    while (got < size) {
        ssize_t now = stream_read(reader->stream, (char *)into + got, size - got);
        if (now <= 0)
            return err_set(err, ST_CONFLICT,
                           "The data keys of the backup were changed or cut off.");
        got += (size_t)now;
    }
    return ST_OK;
}

static enum st read_first(struct backup_keys_reader *reader, struct err *err)
{
    char line[32];
    uint8_t head[HEAD_SIZE];
    enum st outcome = read_whole(reader, line, first_line.len, err);
    if (outcome != ST_OK || str_eq(str_of(line, without_head.len), without_head)) return outcome;
    if (!str_eq(str_of(line, first_line.len), first_line))
        return err_set(err, ST_INVALID, "That file holds no data keys of a backup.");
    outcome = read_whole(reader, head, sizeof head, err);
    if (outcome == ST_OK)
        reader->about = (struct backup_keys_about){(instant_ms)get(head, 8), get(head + 8, 8)};
    return outcome;
}

enum st backup_keys_check(struct backup_keys_writer *writer, int64_t count, struct err *err)
{
    struct backup_keys_reader reader = {0};
    struct copy_key key;
    enum st outcome =
        parcel_check_begin(writer->file, &writer->to, writer->stream_key, &reader.stream, err);
    if (outcome == ST_OK) outcome = read_first(&reader, err);
    while (outcome == ST_OK && backup_keys_next(&reader, &key)) count--;
    if (outcome == ST_OK && (reader.broken || count != 0))
        outcome = err_set(err, ST_FAILED,
                          "What was written is not what stands on the disk. Is the disk failing?");
    backup_keys_close(&reader);
    return outcome;
}

void backup_keys_clear(struct backup_keys_writer *writer)
{
    seal_forget(writer, sizeof *writer);
}

/* --- reading ------------------------------------------------------------------------------ */

enum st backup_keys_open(struct backup_keys_reader *ret, FILE *file,
                         const struct parcel_secret *secret, struct err *err)
{
    *ret = (struct backup_keys_reader){0};
    enum st outcome = parcel_read_begin(file, secret, &ret->stream, err);
    return outcome == ST_OK ? read_first(ret, err) : outcome;
}

bool backup_keys_next(void *context, struct copy_key *ret)
{
    struct backup_keys_reader *reader = context;
    uint8_t row[ROW_SIZE];
    size_t got = 0;
    while (got < sizeof row && !reader->broken) {
        ssize_t now = stream_read(reader->stream, row + got, sizeof row - got);
        if (now == 0 && got == 0) return false;
        reader->broken = now <= 0;
        if (now > 0) got += (size_t)now;
    }
    if (reader->broken) return false;
    *ret = (struct copy_key){.id = (int64_t)get(row, 8), .by = (int64_t)get(row + 8, 4)};
    memcpy(ret->wrapped, row + 12, SEAL_WRAPPED_SIZE);
    return true;
}

void backup_keys_close(struct backup_keys_reader *reader)
{
    stream_read_end(reader->stream);
    reader->stream = NULL;
}
