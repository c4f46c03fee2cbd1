#include "seal/stream.h"

#include <sodium.h>

enum {
    PIECE = 64 << 10,
    SEALED_PIECE = PIECE + crypto_secretstream_xchacha20poly1305_ABYTES,
    HEADER = crypto_secretstream_xchacha20poly1305_HEADERBYTES,
};

struct stream_writer {
    FILE *file;
    crypto_secretstream_xchacha20poly1305_state state;
    uint8_t piece[PIECE];
    size_t filled;
    bool failed;
};

struct stream_reader {
    FILE *file;
    crypto_secretstream_xchacha20poly1305_state state;
    uint8_t piece[PIECE];
    size_t filled;
    size_t taken;
    bool final; /* the last piece was read */
    bool failed;
};

static void *made(size_t size)
{
    void *it = calloc(1, size);
    if (!it) abort();
    return it;
}

/* --- writing ------------------------------------------------------------------------ */

struct stream_writer *stream_write_begin(FILE *file, const uint8_t key[static SEAL_KEY_SIZE])
{
    struct stream_writer *writer = made(sizeof *writer);
    uint8_t header[HEADER];
    writer->file = file;
    crypto_secretstream_xchacha20poly1305_init_push(&writer->state, header, key);
    if (fwrite(header, 1, HEADER, file) == HEADER) return writer;
    free(writer);
    return NULL;
}

/* Every piece but the last is full, so that a reader knows where each ends. */
static void push(struct stream_writer *writer, bool final)
{
    uint8_t sealed[SEALED_PIECE];
    unsigned long long size = 0;
    crypto_secretstream_xchacha20poly1305_push(
        &writer->state, sealed, &size, writer->piece, writer->filled, NULL, 0,
        final ? crypto_secretstream_xchacha20poly1305_TAG_FINAL
              : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE);
    if (fwrite(sealed, 1, size, writer->file) != size) writer->failed = true;
    writer->filled = 0;
}

bool stream_write(struct stream_writer *writer, struct str bytes)
{
    while (bytes.len && !writer->failed) {
        if (writer->filled == PIECE) push(writer, false);
        size_t now = PIECE - writer->filled < bytes.len ? PIECE - writer->filled : bytes.len;
        memcpy(writer->piece + writer->filled, bytes.ptr, now);
        writer->filled += now;
        bytes = str_of(bytes.ptr + now, bytes.len - now);
    }
    return !writer->failed;
}

bool stream_write_end(struct stream_writer *writer)
{
    push(writer, true);
    bool good = !writer->failed && fflush(writer->file) == 0;
    sodium_memzero(writer, sizeof *writer);
    free(writer);
    return good;
}

/* --- reading -------------------------------------------------------------------------- */

struct stream_reader *stream_read_begin(FILE *file, const uint8_t key[static SEAL_KEY_SIZE])
{
    struct stream_reader *reader = made(sizeof *reader);
    uint8_t header[HEADER];
    reader->file = file;
    if (fread(header, 1, HEADER, file) == HEADER &&
        crypto_secretstream_xchacha20poly1305_init_pull(&reader->state, header, key) == 0)
        return reader;
    free(reader);
    return NULL;
}

static bool pull(struct stream_reader *reader)
{
    uint8_t sealed[SEALED_PIECE];
    unsigned char tag = 0;
    unsigned long long size = 0;
    size_t got = fread(sealed, 1, sizeof sealed, reader->file);
    if (crypto_secretstream_xchacha20poly1305_pull(&reader->state, reader->piece, &size, &tag,
                                                   sealed, got, NULL, 0) != 0)
        return false;
    reader->filled = (size_t)size;
    reader->taken = 0;
    reader->final = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
    /* Nothing stands behind the last piece. */
    return !reader->final || fgetc(reader->file) == EOF;
}

ssize_t stream_read(struct stream_reader *reader, void *into, size_t size)
{
    if (reader->taken == reader->filled && !reader->final && !reader->failed)
        reader->failed = !pull(reader);
    if (reader->failed) return -1;
    size_t now = reader->filled - reader->taken < size ? reader->filled - reader->taken : size;
    memcpy(into, reader->piece + reader->taken, now);
    reader->taken += now;
    return (ssize_t)now;
}

void stream_read_end(struct stream_reader *reader)
{
    if (!reader) return;
    sodium_memzero(reader, sizeof *reader);
    free(reader);
}
