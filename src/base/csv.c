#include "base/csv.h"

#include "base/encoding.h"

#include <stdlib.h>

/* A row is looked at a few bytes past its maximum. */
enum { CHUNK = 64 << 10, CARRY = 4, WINDOW = CSV_ROW_MAX + ENCODING_GROWTH * (CHUNK + CARRY) + 16 };

struct csv_reader {
    csv_read read;
    void *context;
    enum encoding encoding;
    char separator; /* 0: not known yet */
    bool started, ended, failed;
    size_t line; /* of the row that begins at `start` */

    unsigned char raw[CHUNK + CARRY]; /* bytes not decoded yet */
    size_t raw_count;

    char window[WINDOW]; /* decoded: start..end has not been handed out */
    size_t start, end;

    char out[CSV_ROW_MAX]; /* the cells of the row */
    size_t out_count;
    struct str cell[CSV_COLUMNS_MAX];
    size_t count;
};

/* --- decoding ------------------------------------------------------------------------ */

/* Decides by the byte order mark, or by the first bytes; takes the mark off. */
static void look_at_start(struct csv_reader *reader)
{
    size_t mark;
    reader->encoding =
        encoding_of_start(str_of((const char *)reader->raw, reader->raw_count), &mark);
    reader->raw_count -= mark;
    memmove(reader->raw, reader->raw + mark, reader->raw_count);
}

/* Decodes one more block into the window; false when nothing more comes. */
static bool fill(struct csv_reader *reader)
{
    if (reader->ended) return false;
    memmove(reader->window, reader->window + reader->start, reader->end - reader->start);
    reader->end -= reader->start;
    reader->start = 0;
    /* The first block is filled up, so that what is decided by it is well decided. */
    size_t wanted = reader->started ? reader->raw_count + 1 : CHUNK;
    bool last = false;
    while (reader->raw_count < wanted) {
        ssize_t got = reader->read(reader->context, reader->raw + reader->raw_count,
                                   CHUNK + CARRY - reader->raw_count);
        if (got < 0) reader->failed = true;
        if (got <= 0) {
            last = true;
            break;
        }
        reader->raw_count += (size_t)got;
    }
    if (!reader->started) look_at_start(reader);
    reader->started = true;
    struct str raw = str_of((const char *)reader->raw, reader->raw_count);
    if (reader->encoding == ENCODING_UNDECIDED) reader->encoding = encoding_of_bytes(raw, last);
    size_t length;
    size_t used =
        encoding_decode(reader->encoding, raw, last, reader->window + reader->end, &length);
    reader->end += length;
    reader->raw_count -= used;
    memmove(reader->raw, reader->raw + used, reader->raw_count);
    reader->ended = last;
    return true;
}

/* The character `at` bytes behind the start of the row, or -1 behind the end. */
static int peek(struct csv_reader *reader, size_t at)
{
    while (reader->start + at >= reader->end)
        if (!fill(reader)) return -1;
    return (unsigned char)reader->window[reader->start + at];
}

/* Moves *at past a line end, if one stands there. */
static bool take_line_end(struct csv_reader *reader, size_t *at)
{
    int c = peek(reader, *at);
    if (c != '\r' && c != '\n') return false;
    ++*at;
    if (c == '\r' && peek(reader, *at) == '\n') ++*at;
    return true;
}

/* --- the separator ------------------------------------------------------------------- */

enum { SNIFF_LINES = 20 };

/* How many of the first lines have the same number of a separator, and that number. */
static size_t agreement(struct str sample, char separator, size_t *ret_number)
{
    size_t number[SNIFF_LINES] = {0}, lines = 0;
    bool quoted = false;
    for (size_t i = 0; i < sample.len && lines < SNIFF_LINES; i++) {
        char c = sample.ptr[i];
        if (c == '"') quoted = !quoted;
        if (quoted) continue;
        number[lines] += c == separator;
        if (c == '\n' || (c == '\r' && (i + 1 == sample.len || sample.ptr[i + 1] != '\n'))) lines++;
    }
    if (lines < SNIFF_LINES) lines++;
    size_t best = 0;
    *ret_number = 0;
    for (size_t i = 0; i < lines; i++) {
        size_t same = 0;
        for (size_t k = 0; k < lines; k++) same += number[k] == number[i];
        if (number[i] && (same > best || (same == best && number[i] > *ret_number)))
            best = same, *ret_number = number[i];
    }
    return best;
}

static void find_separator(struct csv_reader *reader)
{
    peek(reader, 0);
    struct str sample = str_of(reader->window + reader->start, reader->end - reader->start);
    static const char candidates[] = ",;\t|";
    reader->separator = ',';
    if (sample.len > 5 && strchr(candidates, sample.ptr[4]) &&
        str_eq_nocase(str_sub(sample, 0, 4), STR("sep=")) &&
        (sample.ptr[5] == '\r' || sample.ptr[5] == '\n')) {
        reader->separator = sample.ptr[4];
        size_t at = 5;
        take_line_end(reader, &at);
        reader->start += at;
        reader->line++;
        return;
    }
    size_t most = 0, most_number = 0;
    for (size_t i = 0; candidates[i]; i++) {
        size_t number, lines = agreement(sample, candidates[i], &number);
        if (lines < most || (lines == most && number <= most_number)) continue;
        most = lines, most_number = number;
        reader->separator = candidates[i];
    }
}

/* --- rows ---------------------------------------------------------------------------- */

static const char *const too_long = "the row is longer than 1 MB";
static const char *const cell_too_long = "a cell is longer than 64 KB";
static const char *const not_closed = "a quotation mark is opened and not closed";
static const char *const text_behind = "text stands behind a closing quotation mark";
static const char *const too_many = "the row has more than 500 columns";

/* Each reader of a cell moves *at behind it, adds what it holds to out, and says what is
 * wrong, NULL if nothing. */
static const char *read_quoted(struct csv_reader *reader, size_t *at)
{
    size_t first = reader->out_count;
    for (++*at;;) {
        if (*at >= CSV_ROW_MAX) return too_long;
        if (reader->out_count - first > CSV_CELL_MAX)
            return "a quotation mark is opened and not closed within 64 KB";
        int c = peek(reader, *at);
        if (c < 0) return not_closed;
        if (c == '"') {
            if (peek(reader, *at + 1) != '"') break;
            ++*at;
        }
        if (c == '\r' || c == '\n') {
            take_line_end(reader, at);
            reader->out[reader->out_count++] = '\n';
            reader->line++;
            continue;
        }
        reader->out[reader->out_count++] = (char)c;
        ++*at;
    }
    ++*at;
    while (peek(reader, *at) == ' ' && *at < CSV_ROW_MAX) ++*at;
    int c = peek(reader, *at);
    return c < 0 || c == '\r' || c == '\n' || c == reader->separator ? NULL : text_behind;
}

static const char *read_plain(struct csv_reader *reader, size_t *at)
{
    size_t first = reader->out_count;
    for (;; ++*at) {
        if (*at >= CSV_ROW_MAX) return too_long;
        int c = peek(reader, *at);
        if (c < 0 || c == '\r' || c == '\n' || c == reader->separator) return NULL;
        if (reader->out_count - first >= CSV_CELL_MAX) return cell_too_long;
        reader->out[reader->out_count++] = (char)c;
    }
}

static const char *read_row(struct csv_reader *reader, size_t *ret_end)
{
    size_t at = 0;
    for (;;) {
        if (reader->count == CSV_COLUMNS_MAX) return too_many;
        size_t first = reader->out_count;
        const char *wrong =
            peek(reader, at) == '"' ? read_quoted(reader, &at) : read_plain(reader, &at);
        if (wrong) return wrong;
        reader->cell[reader->count++] = str_of(reader->out + first, reader->out_count - first);
        if (peek(reader, at) != reader->separator) break;
        at++;
    }
    take_line_end(reader, &at);
    *ret_end = at;
    return NULL;
}

/* Cuts the first physical line up without looking at quotation marks; the row ends
 * with it.  Of a line that is longer than the window only the beginning is kept. */
static void recover(struct csv_reader *reader)
{
    size_t at = 0, first = 0;
    reader->out_count = reader->count = 0;
    for (;;) {
        int c = at < CSV_ROW_MAX - 1 ? peek(reader, at) : -1;
        bool ends = c < 0 || c == '\r' || c == '\n';
        if (ends || c == reader->separator) {
            struct str cell = str_of(reader->out + first, reader->out_count - first);
            if (str_starts(cell, STR("\""))) cell = str_sub(cell, 1, cell.len);
            if (str_ends(cell, STR("\""))) cell.len--;
            if (reader->count < CSV_COLUMNS_MAX) reader->cell[reader->count++] = cell;
            first = reader->out_count;
        } else {
            reader->out[reader->out_count++] = (char)c;
        }
        if (ends) break;
        at++;
    }
    reader->start += at;
    size_t none = 0;
    for (int c; (c = peek(reader, 0)) >= 0 && c != '\r' && c != '\n';) reader->start++;
    take_line_end(reader, &none);
    reader->start += none;
}

enum csv_outcome csv_reader_next(struct csv_reader *reader, struct csv_row *ret)
{
    if (!reader->separator) find_separator(reader);
    size_t at = 0;
    while (take_line_end(reader, &at)) {
        reader->start += at;
        reader->line++;
        at = 0;
    }
    if (peek(reader, 0) < 0) return reader->failed ? CSV_FAILED : CSV_END;
    size_t line = reader->line;
    reader->out_count = reader->count = 0;
    const char *refused = read_row(reader, &at);
    if (refused) {
        reader->line = line;
        recover(reader);
    } else {
        reader->start += at;
    }
    reader->line++;
    if (reader->failed && reader->start == reader->end) return CSV_FAILED;
    *ret = (struct csv_row){
        .line = line, .cell = reader->cell, .count = reader->count, .refused = refused};
    return CSV_ROW;
}

/* --- making and asking --------------------------------------------------------------- */

struct csv_reader *csv_reader_new(csv_read read, void *context)
{
    struct csv_reader *reader = calloc(1, sizeof *reader);
    if (!reader) abort();
    reader->read = read;
    reader->context = context;
    reader->line = 1;
    return reader;
}

void csv_reader_free(struct csv_reader *reader)
{
    free(reader);
}

const char *csv_reader_encoding(const struct csv_reader *reader)
{
    return encoding_name(reader->encoding);
}

/* --- writing ------------------------------------------------------------------------- */

static bool is_formula(char c)
{
    return c == '=' || c == '+' || c == '-' || c == '@' || c == '\t' || c == '\r';
}

void csv_add_cell(struct buf *out, struct str cell, bool first, bool guard)
{
    if (!first) buf_add_char(out, ',');
    bool quote = cell.len && (cell.ptr[0] == ' ' || cell.ptr[cell.len - 1] == ' ');
    for (size_t i = 0; i < cell.len && !quote; i++)
        quote = strchr(",;\t|\"\r\n", cell.ptr[i]) != NULL;
    if (quote) buf_add_char(out, '"');
    if (guard && cell.len && is_formula(cell.ptr[0])) buf_add_char(out, '\'');
    for (size_t i = 0; i < cell.len; i++) {
        if (cell.ptr[i] == '"') buf_add_char(out, '"');
        buf_add_char(out, cell.ptr[i]);
    }
    if (quote) buf_add_char(out, '"');
}

void csv_add_end(struct buf *out)
{
    buf_add_c(out, "\r\n");
}

struct str csv_unguard(struct str cell)
{
    return cell.len > 1 && cell.ptr[0] == '\'' && is_formula(cell.ptr[1])
               ? str_sub(cell, 1, cell.len)
               : cell;
}
