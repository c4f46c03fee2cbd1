/*
 * csv: tables as spreadsheets write them.
 *
 * Layer: base.  A pull parser over a stream: memory is bounded (about 3 MB) however
 * long the file, a line or a cell is.
 *
 * Encoding: a byte order mark decides (UTF-8, UTF-16 either way); without one, NUL
 * bytes in every other place mean UTF-16, and the first block of 64 KB that holds
 * anything but ASCII decides for the file: UTF-8 when it is valid UTF-8, else
 * Windows-1252.  A stray invalid byte later in UTF-8 is read as Windows-1252.
 * Cells are UTF-8.
 *
 * Separator: a first line "sep=;" decides, else the one of , ; tab | that gives most
 * of the first lines the same number of cells.  Line ends: CRLF, LF, CR.  Quotation
 * marks as in RFC 4180; one in the middle of an unquoted cell is a plain character.
 *
 * A row that cannot be read is handed out as refused, with its line and its first
 * physical line cut up as well as possible; reading goes on at the line after it, so
 * one broken quotation mark costs one row.
 */
#ifndef PENDEEN_BASE_CSV_H
#define PENDEEN_BASE_CSV_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#include <sys/types.h>

enum { CSV_COLUMNS_MAX = 500, CSV_CELL_MAX = 64 << 10, CSV_ROW_MAX = 1 << 20 };

/* Reads up to `size` bytes; 0 at the end, -1 when it failed. */
typedef ssize_t (*csv_read)(void *context, void *into, size_t size);

struct csv_row {
    size_t line;            /* on which it begins, from 1 */
    const struct str *cell; /* valid until the next call */
    size_t count;
    const char *refused; /* why it cannot be read; NULL: it can */
};

enum csv_outcome { CSV_ROW, CSV_END, CSV_FAILED };

/* ST_INVALID, with a sentence that says what to do: by its first bytes a file is a picture, a
 * document, something packed, or holds what no text does (zeros, control characters). */
enum st csv_check_start(struct str start, struct err *err) MUST_USE;

struct csv_reader;
/* Never NULL: without memory the program ends. */
struct csv_reader *csv_reader_new(csv_read read, void *context);
void csv_reader_free(struct csv_reader *reader); /* accepts NULL */

/* The next row that is not empty. */
enum csv_outcome csv_reader_next(struct csv_reader *reader, struct csv_row *ret);

/* Known after the first row: "UTF-8", "UTF-16" or "Windows-1252". */
const char *csv_reader_encoding(const struct csv_reader *reader);

/* Writing: cells parted by commas, CRLF at the end of a row, quotation marks where
 * they are needed.  `guard` puts an apostrophe before a cell that a spreadsheet
 * would take for a formula (it begins with = + - @ tab or CR). */
void csv_add_cell(struct buf *out, struct str cell, bool first, bool guard);
void csv_add_end(struct buf *out);
/* Takes the guard's apostrophe off again. */
struct str csv_unguard(struct str cell);

#endif
