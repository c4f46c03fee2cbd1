/*
 * stream: a sealed file, written and read in order.
 *
 * Layer: seal.  crypto_secretstream_xchacha20poly1305 of libsodium in pieces of at most
 * 64 KiB: a piece that is changed, left out, moved or cut off at the end does not open.
 *
 * Lifetimes: a writer or reader from its begin to its end; the caller owns the FILE.
 */
#ifndef PENDEEN_SEAL_STREAM_H
#define PENDEEN_SEAL_STREAM_H

#include "base/err.h"
#include "base/str.h"
#include "seal/keyring.h"

#include <stdio.h>

struct stream_writer;
struct stream_reader;

/* Both keep a copy of the key.  NULL only when the file fails. */
struct stream_writer *stream_write_begin(FILE *file, const uint8_t key[static SEAL_KEY_SIZE]);
bool stream_write(struct stream_writer *writer, struct str bytes) MUST_USE;
/* Writes the last piece and frees the writer; false when anything failed. */
bool stream_write_end(struct stream_writer *writer) MUST_USE;

struct stream_reader *stream_read_begin(FILE *file, const uint8_t key[static SEAL_KEY_SIZE]);
/* How many bytes; 0 at the end; -1 when the file is not what was written. */
ssize_t stream_read(struct stream_reader *reader, void *into, size_t size);
void stream_read_end(struct stream_reader *reader); /* accepts NULL */

#endif
