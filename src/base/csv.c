#include "base/csv.h"

#include "base/utf8.h"

#include <stdlib.h>

/* A block decodes to three times its bytes at most; a row is looked at a few bytes past
 * its maximum. */
enum { CHUNK = 64 << 10, CARRY = 4, WINDOW = CSV_ROW_MAX + 3 * (CHUNK + CARRY) + 16 };

enum encoding { UNDECIDED, UTF8, UTF16_LE, UTF16_BE, WINDOWS_1252 };

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

/* 0x80 to 0x9F of Windows-1252 (the WHATWG Encoding Standard's index, undefined ones
 * replaced). */
static const uint16_t windows[32] = {
    0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178};

static void put(struct csv_reader *reader, uint32_t character)
{
    if (character == 0) return; /* NUL is never part of a text */
    reader->end += utf8_put(character, reader->window + reader->end);
}

static void put_windows(struct csv_reader *reader, unsigned char byte)
{
    put(reader, byte >= 0x80 && byte < 0xA0 ? windows[byte - 0x80] : byte);
}

/* Bytes at the end that may be the beginning of a UTF-8 character. */
static size_t unfinished_tail(const unsigned char *raw, size_t count)
{
    for (size_t back = 1; back <= 3 && back <= count; back++) {
        unsigned char byte = raw[count - back];
        if (byte < 0x80) return 0;
        if (byte >= 0xC0) {
            size_t need = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2;
            return need > back ? back : 0;
        }
    }
    return 0;
}

static size_t decode_utf8(struct csv_reader *reader, bool last)
{
    size_t tail = last ? 0 : unfinished_tail(reader->raw, reader->raw_count);
    struct str text = str_of((const char *)reader->raw, reader->raw_count - tail);
    for (size_t at = 0; at < text.len;) {
        if (reader->raw[at] < 0x80) {
            put(reader, reader->raw[at++]);
            continue;
        }
        size_t before = at;
        uint32_t character = utf8_next(text, &at);
        /* One byte that stands for U+FFFD is an invalid one. */
        if (character == 0xFFFD && at == before + 1)
            put_windows(reader, reader->raw[before]);
        else
            put(reader, character);
    }
    return text.len;
}

static uint32_t unit_at(const struct csv_reader *reader, size_t at)
{
    const unsigned char *p = reader->raw + at;
    return reader->encoding == UTF16_LE ? (uint32_t)(p[0] | p[1] << 8)
                                        : (uint32_t)(p[0] << 8 | p[1]);
}

static size_t decode_utf16(struct csv_reader *reader, bool last)
{
    size_t at = 0;
    while (at + 2 <= reader->raw_count) {
        uint32_t unit = unit_at(reader, at);
        if (unit >= 0xD800 && unit < 0xDC00) {
            if (at + 4 > reader->raw_count && !last) break;
            uint32_t low = at + 4 <= reader->raw_count ? unit_at(reader, at + 2) : 0;
            if (low >= 0xDC00 && low < 0xE000) {
                put(reader, 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00));
                at += 4;
                continue;
            }
        }
        put(reader, unit >= 0xD800 && unit < 0xE000 ? 0xFFFD : unit);
        at += 2;
    }
    return last ? reader->raw_count : at;
}

/* Decides by the byte order mark, or by the first bytes; takes the mark off. */
static void look_at_start(struct csv_reader *reader)
{
    static const struct {
        const char *mark;
        size_t length;
        enum encoding encoding;
    } marks[] = {{"\xEF\xBB\xBF", 3, UTF8}, {"\xFF\xFE", 2, UTF16_LE}, {"\xFE\xFF", 2, UTF16_BE}};
    for (size_t i = 0; i < 3; i++) {
        if (reader->raw_count < marks[i].length ||
            memcmp(reader->raw, marks[i].mark, marks[i].length) != 0)
            continue;
        reader->encoding = marks[i].encoding;
        reader->raw_count -= marks[i].length;
        memmove(reader->raw, reader->raw + marks[i].length, reader->raw_count);
        return;
    }
    size_t zero[2] = {0, 0};
    for (size_t i = 0; i < reader->raw_count; i++) zero[i % 2] += reader->raw[i] == 0;
    if (zero[1] * 4 > reader->raw_count) reader->encoding = UTF16_LE;
    if (zero[0] * 4 > reader->raw_count) reader->encoding = UTF16_BE;
}

static void decide(struct csv_reader *reader, bool last)
{
    size_t tail = last ? 0 : unfinished_tail(reader->raw, reader->raw_count);
    bool ascii = true;
    for (size_t i = 0; i < reader->raw_count - tail && ascii; i++) ascii = reader->raw[i] < 0x80;
    if (ascii) return;
    struct str text = str_of((const char *)reader->raw, reader->raw_count - tail);
    reader->encoding = utf8_valid(text) ? UTF8 : WINDOWS_1252;
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
    if (reader->encoding == UNDECIDED) decide(reader, last);
    size_t used = reader->raw_count;
    if (reader->encoding == UTF16_LE || reader->encoding == UTF16_BE)
        used = decode_utf16(reader, last);
    else if (reader->encoding == WINDOWS_1252)
        for (size_t i = 0; i < reader->raw_count; i++) put_windows(reader, reader->raw[i]);
    else
        used = decode_utf8(reader, last);
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

char csv_reader_separator(const struct csv_reader *reader)
{
    return reader->separator;
}

const char *csv_reader_encoding(const struct csv_reader *reader)
{
    switch (reader->encoding) {
    case UTF16_LE:
    case UTF16_BE:
        return "UTF-16";
    case WINDOWS_1252:
        return "Windows-1252";
    case UNDECIDED:
    case UTF8:
        break;
    }
    return "UTF-8";
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
