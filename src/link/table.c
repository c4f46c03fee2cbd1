#include "link/table.h"

#include "link/batch_memory.h"
#include "link/heading.h"
#include "link/need.h"
#include "link/normalise.h"
#include "link/table_split.h"
#include "link/table_wait.h"
#include "link/workers.h"

#include <stdio.h>
#include <stdlib.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

struct table_pool {
    struct table_pool *next;
    size_t used;
    size_t size;
    char bytes[];
};

enum {
    POOL_FIRST = 4 << 10,
    POOL_TIMES = 16,
    POOL_MOST = BATCH_LARGE_PAGE - 128,
    FIELD_MAX = 64 << 10
};

struct str table_keep(struct table_pool **pool, struct str text)
{
    if (!*pool || (*pool)->size - (*pool)->used < text.len) {
        size_t size = *pool ? (*pool)->size * POOL_TIMES : POOL_FIRST;
        if (size > POOL_MOST) size = POOL_MOST;
        if (text.len > size) size = text.len;
        struct table_pool *chunk = batch_memory(sizeof *chunk + size);
        *chunk = (struct table_pool){.next = *pool, .size = size};
        *pool = chunk;
    }
    char *at = (*pool)->bytes + (*pool)->used;
    if (text.len) memcpy(at, text.ptr, text.len);
    (*pool)->used += text.len;
    return str_of(at, text.len);
}

void table_pool_free(struct table_pool *pool)
{
    while (pool) {
        struct table_pool *next = pool->next;
        batch_memory_free(pool);
        pool = next;
    }
}

/* --- fields -------------------------------------------------------------------------- */

struct reader {
    struct str text;
    size_t at;
    size_t line;
    char separator;
    struct str field; /* trimmed; of a quoted one, in `quoted` */
    char *quoted;
};

enum field_end { FIELD_MORE, FIELD_LINE, FIELD_END, FIELD_BAD, FIELD_LONG, FIELD_ZERO };

/* The next separator or end of line at or after a place, or the end. */
static size_t find_end(struct str text, size_t at, char separator)
{
#ifdef __SSE2__
    const __m128i separators = _mm_set1_epi8(separator);
    const __m128i lines = _mm_set1_epi8('\n');
    for (; at + 16 <= text.len; at += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(text.ptr + at));
        unsigned found = (unsigned)_mm_movemask_epi8(
            _mm_or_si128(_mm_cmpeq_epi8(bytes, separators), _mm_cmpeq_epi8(bytes, lines)));
        if (found) return at + (size_t)__builtin_ctz(found);
    }
#endif
    while (at < text.len && text.ptr[at] != separator && text.ptr[at] != '\n') at++;
    return at;
}

/* The inside of a quoted field, its doubled quotes made single; `at` is after the
 * opening quote. */
static enum field_end read_quoted(struct reader *reader, size_t at)
{
    struct str text = reader->text;
    size_t length = 0;
    for (;; at++) {
        if (at >= text.len) return FIELD_BAD;
        if (text.ptr[at] == '"') {
            if (at + 1 >= text.len || text.ptr[at + 1] != '"') break;
            at++;
        }
        if (!text.ptr[at]) return FIELD_ZERO;
        reader->line += text.ptr[at] == '\n';
        if (length == FIELD_MAX) return FIELD_LONG;
        reader->quoted[length++] = text.ptr[at];
    }
    for (at++; at < text.len && (text.ptr[at] == ' ' || text.ptr[at] == '\r'); at++) continue;
    if (at < text.len && text.ptr[at] != reader->separator && text.ptr[at] != '\n')
        return FIELD_BAD;
    reader->field = str_trim(str_of(reader->quoted, length));
    reader->at = at + 1;
    return at >= text.len ? FIELD_END : text.ptr[at] == '\n' ? FIELD_LINE : FIELD_MORE;
}

static enum field_end read_field(struct reader *reader)
{
    struct str text = reader->text;
    size_t at = reader->at;
    while (at < text.len && text.ptr[at] == ' ') at++;
    if (at < text.len && text.ptr[at] == '"') return read_quoted(reader, at + 1);
    size_t end = find_end(text, at, reader->separator);
    size_t last = end;
    while (last > at && (unsigned char)text.ptr[last - 1] <= ' ') last--;
    reader->field = str_of(text.ptr + at, last - at);
    reader->at = end + 1;
    if (reader->field.len > FIELD_MAX) return FIELD_LONG;
    return end >= text.len ? FIELD_END : text.ptr[end] == '\n' ? FIELD_LINE : FIELD_MORE;
}

static enum st refuse(const struct reader *reader, enum field_end end, size_t line, size_t column,
                      struct err *err)
{
    (void)reader;
    if (end == FIELD_LONG)
        return err_set(err, ST_INVALID, "Line %zu, column %zu is longer than %d characters.", line,
                       column, FIELD_MAX);
    if (end == FIELD_ZERO)
        return err_set(err, ST_INVALID, "Line %zu, column %zu: a zero byte; this is no text.", line,
                       column);
    return err_set(err, ST_INVALID, "Line %zu, column %zu: a quotation mark is not closed.", line,
                   column);
}

/* --- header --------------------------------------------------------------------------- */

/* A heading of fewer bytes than TABLE_NAME_SIZE. */
static int add_column(struct table *table, struct str name)
{
    struct table_column *column = &table->column[table->columns];
    *column =
        (struct table_column){.values = 1, .capacity = 256, .row_capacity = table->rows + 4096};
    memcpy(column->name, name.ptr, name.len);
    column->text = batch_memory(column->capacity * sizeof *column->text);
    column->count = batch_memory(column->capacity * sizeof *column->count);
    column->text[0] = STR("");
    column->count[0] = (uint32_t)table->rows;
    column->value = batch_memory(column->row_capacity * sizeof *column->value);
    memset(column->value, 0, table->rows * sizeof *column->value);
    return (int)table->columns++;
}

int table_find(const struct table *table, struct str name)
{
    for (size_t i = 0; i < table->columns; i++)
        if (str_eq_nocase(str_from(table->column[i].name), name)) return (int)i;
    return -1;
}

/* The commonest of the usual ones in the header, outside quotes. */
static char separator_of(struct str text)
{
    static const char separators[] = {',', ';', '\t', '|'};
    size_t count[sizeof separators] = {0};
    bool quoted = false;
    for (size_t i = 0; i < text.len && (quoted || text.ptr[i] != '\n'); i++) {
        if (text.ptr[i] == '"') quoted = !quoted;
        for (size_t k = 0; k < sizeof separators; k++)
            count[k] += !quoted && text.ptr[i] == separators[k];
    }
    size_t best = 0;
    for (size_t k = 1; k < sizeof separators; k++)
        if (count[k] > count[best]) best = k;
    return separators[best];
}

/* Is the line a title, as people write it above the headings: empty, or words that stand alone in
 * its first field?  The reader goes past it. */
static bool take_title(struct reader *reader)
{
    bool is_title = true;
    enum field_end end;
    size_t fields = 0;
    reader->separator = separator_of(str_sub(reader->text, reader->at, reader->text.len));
    do {
        end = read_field(reader);
        if (end >= FIELD_BAD) return false;
        bool words = str_find(reader->field, STR(" "), 0) > 0;
        if (reader->field.len)
            is_title &= !fields && words && heading_role(reader->field) == MODEL_ROLES;
        fields++;
    } while (end == FIELD_MORE);
    reader->line++;
    return is_title && end == FIELD_LINE;
}

/* Says the next line more than one thing? */
static bool says_more(struct reader reader)
{
    size_t filled = 0;
    enum field_end end;
    do {
        end = read_field(&reader);
        filled += end < FIELD_BAD && reader.field.len;
    } while (end == FIELD_MORE);
    return filled > 1;
}

/* To the headings: what stands above them is a title only where a line that says more follows. */
static void skip_titles(struct reader *reader)
{
    enum { TITLES_MAX = 10 };
    struct reader look = *reader;
    for (int titles = 0; titles < TITLES_MAX && take_title(&look); titles++) {
        look.separator = separator_of(str_sub(look.text, look.at, look.text.len));
        if (!says_more(look)) continue;
        *reader = look;
        return;
    }
}

/* Headings of one file. */
struct headings {
    char name[TABLE_COLUMNS_MAX][TABLE_NAME_SIZE];
    size_t count;
    size_t id; /* which of them are the ids */
    bool numbered; /* none is */
};

static int find_heading(const struct headings *headings, struct str name)
{
    for (size_t i = 0; i < headings->count; i++)
        if (str_eq_nocase(str_from(headings->name[i]), name)) return (int)i;
    return -1;
}

static bool is_plate(struct str text)
{
    enum { LETTERS = 4 }; /* what else is numbered may begin with three: "REG0012" */
    char plate[LINK_REGISTRATION_SIZE];
    bool open;
    size_t letters = 0;
    if (!link_registration_clean(text, plate, &open)) return false;
    for (size_t i = 0; plate[i]; i++) letters += plate[i] >= 'A' && plate[i] <= 'Z';
    return letters >= LETTERS && link_registration_is_uk(str_from(plate));
}

/* Is the first column, headed "Reg" or the like, one of cars, by its first rows?  `reader` is a
 * copy, which goes on alone. */
static bool begins_with_plates(struct reader reader, const struct headings *headings)
{
    enum { LOOK = 100 };
    enum field_end end = FIELD_LINE;
    size_t rows = 0, plates = 0;
    if (heading_role(str_from(headings->name[0])) != MODEL_PLATE) return false;
    while (end == FIELD_LINE && rows < LOOK && reader.at < reader.text.len) {
        end = read_field(&reader);
        rows += reader.field.len > 0;
        plates += is_plate(reader.field);
        while (end == FIELD_MORE) end = read_field(&reader);
    }
    return rows && plates * 2 >= rows;
}

static enum st read_headings(struct reader *reader, struct str id_name, struct headings *ret,
                             struct err *err)
{
    enum field_end end;
    size_t line = reader->line;
    do {
        end = read_field(reader);
        if (end >= FIELD_BAD) return refuse(reader, end, line, ret->count + 1, err);
        if (ret->count == TABLE_COLUMNS_MAX)
            return err_set(err, ST_INVALID, "Line %zu: there are more than %d columns.", line,
                           TABLE_COLUMNS_MAX);
        char space[24]; /* what spreadsheets leave empty */
        int length = snprintf(space, sizeof space, "(column %zu)", ret->count + 1);
        struct str name = reader->field.len ? str_sub(reader->field, 0, TABLE_NAME_SIZE - 1)
                                            : str_of(space, (size_t)length);
        if (find_heading(ret, name) >= 0)
            return err_set(err, ST_INVALID, "Line %zu, column %zu: '%.*s' is there twice.", line,
                           ret->count + 1, STR_ARG(name));
        memcpy(ret->name[ret->count++], name.ptr, name.len); /* all of it was zero */
    } while (end == FIELD_MORE);
    int id = id_name.len ? find_heading(ret, id_name) : 0;
    if (id < 0) return err_set(err, ST_INVALID, "There is no column '%.*s'.", STR_ARG(id_name));
    ret->id = (size_t)id;
    ret->numbered = !id_name.len && ret->count > 1 &&
                    (!heading_is_id(str_from(ret->name[0])) || begins_with_plates(*reader, ret));
    return ST_OK;
}

/* Columns of a second file take the place of what is the first's by the same heading, then by one
 * that differs in capitals and marks alone, then by one that means the same, in their order. */
static void find_places(struct table *table, const struct headings *headings, int *place)
{
    enum { LETTER_BY_LETTER, BUT_FOR_MARKS, BY_MEANING, WAYS };
    bool taken[TABLE_COLUMNS_MAX] = {0};
    for (size_t i = 0; i < headings->count; i++) place[i] = -1;
    if (!table->columns) return;
    if (!headings->numbered) place[headings->id] = table->id_column;
    taken[table->id_column] = true;
    for (int way = 0; way < WAYS; way++)
        for (size_t i = 0; i < headings->count; i++) {
            struct str name = str_from(headings->name[i]);
            int meaning = way == BY_MEANING && place[i] < 0 ? heading_meaning(name) : -1;
            for (size_t k = 0; k < table->columns && place[i] < 0; k++) {
                struct str other = str_from(table->column[k].name);
                bool same = way == LETTER_BY_LETTER ? str_eq_nocase(name, other)
                            : way == BUT_FOR_MARKS
                                ? heading_is_same(name, other)
                                : meaning >= 0 && meaning == heading_meaning(other);
                if (!taken[k] && same) place[i] = (int)k;
            }
            if (place[i] >= 0) taken[place[i]] = true;
        }
}

/* Which column of the table each column of this file is. */
static enum st place_columns(struct table *table, const struct headings *headings, int *place,
                             struct err *err)
{
    bool first = !table->columns;
    find_places(table, headings, place);
    if (first && headings->numbered) table->id_column = add_column(table, STR("(row)"));
    for (size_t i = 0; i < headings->count; i++) {
        struct str name = str_from(headings->name[i]);
        if (place[i] < 0 && table->columns == TABLE_COLUMNS_MAX)
            return err_set(err, ST_INVALID, "There are more than %d columns.", TABLE_COLUMNS_MAX);
        if (place[i] < 0) {
            place[i] = add_column(table, name);
            continue;
        }
        struct table_column *column = &table->column[place[i]];
        if (!str_eq_nocase(name, str_from(column->name)))
            memcpy(column->also, headings->name[i], sizeof column->also);
    }
    if (first && !headings->numbered) table->id_column = place[headings->id];
    table->numbered = headings->numbered;
    return ST_OK;
}

/* --- rows --------------------------------------------------------------------------------- */

/* The text is taken a stretch at a time.  Of one whose lines are plain, threads first find
 * where fields end, each in a piece of it, and then take a column each; of any other, every
 * thread goes through all of it and keeps the columns that are its own. */
enum { STRETCH = 4 << 20, PIECES_MAX = 8 };
struct reading {
    struct table *table;
    struct str text;
    struct read_so_far {
        size_t at;
        size_t line; /* the last that was read */
        size_t rows; /* of the table */
        enum st outcome;
        struct err err;
    } so_far, read;
    char separator;
    const int *place;
    size_t count;
    int threads;
    size_t to; /* of the stretch; or a little more, where no line ends there */
    struct piece {
        struct str text;
        uint32_t *end; /* of fields */
        size_t lines;
        bool plain;
    } piece[PIECES_MAX];
    int pieces;
    struct table_wait waiting[TABLE_COLUMNS_MAX]; /* by column of the file */
};

static void look_up(struct reading *reading, size_t i)
{
    table_wait_look_up(&reading->waiting[i], &reading->table->column[reading->place[i]]);
}

/* --- field by field */

/* One row; fields of columns that are this thread's are put aside. */
static enum st read_row(struct reading *reading, struct reader *reader, int thread, bool *ret_row,
                        struct err *err)
{
    size_t line = reader->line;
    size_t at = 0;
    enum field_end end;
    bool blank = true;
    do {
        end = read_field(reader);
        if (end >= FIELD_BAD) return refuse(reader, end, line, at + 1, err);
        if (at == reading->count) {
            if (reader->field.len == 0) continue; /* separators at the end */
            return err_set(err, ST_INVALID, "Line %zu has more than the %zu columns of the header.",
                           line, reading->count);
        }
        blank &= reader->field.len == 0;
        if ((int)at % reading->threads == thread)
            table_wait_add(&reading->waiting[at], reader->field, false);
        at++;
    } while (end == FIELD_MORE);
    *ret_row = !(blank && at == 1 && (reading->count > 1 || end == FIELD_END));
    if (*ret_row && at < reading->count)
        return err_set(err, ST_INVALID, "Line %zu has %zu columns, the header has %zu.", line, at,
                       reading->count);
    return ST_OK;
}

/* Reads rows until the end of the stretch; the first thread tells how far it came. */
static void read_rows(void *context, int number)
{
    struct reading *reading = context;
    struct reader reader = {.text = reading->text,
                            .at = reading->so_far.at,
                            .line = reading->so_far.line,
                            .separator = reading->separator,
                            .quoted = need(malloc(FIELD_MAX))};
    size_t rows = reading->so_far.rows;
    enum st outcome = ST_OK;
    struct err err = {0};
    while (outcome == ST_OK && reader.at < reading->to) {
        bool row = false;
        reader.line++;
        outcome = read_row(reading, &reader, number, &row, &err);
        rows += row;
        if (outcome != ST_OK) break;
        for (size_t i = (size_t)number; i < reading->count; i += (size_t)reading->threads) {
            struct table_wait *waiting = &reading->waiting[i];
            if (!row && waiting->count && i == 0) waiting->count--;
            if (waiting->count == WAITING || reader.at >= reading->to) look_up(reading, i);
        }
    }
    free(reader.quoted);
    if (number == 0)
        reading->read = (struct read_so_far){reader.at, reader.line, rows, outcome, err};
}

/* --- plain lines */

static void split_piece(void *context, int number)
{
    struct reading *reading = context;
    struct piece *piece = &reading->piece[number];
    piece->plain = table_split(piece->text, reading->separator, reading->count, FIELD_MAX,
                               piece->end, &piece->lines);
}

/* A column of all pieces. */
static void take_column(void *context, int column)
{
    struct reading *reading = context;
    struct table_wait *waiting = &reading->waiting[column];
    const char *last = reading->text.ptr + reading->text.len;
    for (int p = 0; p < reading->pieces; p++) {
        const struct piece *piece = &reading->piece[p];
        const uint32_t *end = piece->end + column;
        for (size_t line = 0; line < piece->lines; line++, end += reading->count) {
            const char *from = piece->text.ptr + (column || line ? end[-1] + 1 : 0);
            const char *to = piece->text.ptr + *end;
            while (from < to && *from == ' ') from++;
            while (to > from && (unsigned char)to[-1] <= ' ') to--;
            table_wait_add(waiting, str_of(from, (size_t)(to - from)), last - to >= WAITING_VECTOR);
            if (waiting->count == WAITING) look_up(reading, (size_t)column);
        }
    }
    look_up(reading, (size_t)column);
}

/* Pieces of whole lines; false where the stretch has none. */
static bool make_pieces(struct reading *reading)
{
    struct str stretch =
        str_of(reading->text.ptr + reading->so_far.at, reading->to - reading->so_far.at);
    const char *last = memrchr(stretch.ptr, '\n', stretch.len);
    if (!last) return false;
    const char *at = stretch.ptr, *end = last + 1;
    reading->pieces = 0;
    for (int left = reading->threads < PIECES_MAX ? reading->threads : PIECES_MAX;
         left > 0 && at < end; left--) {
        const char *from = at + (end - at > left ? (end - at) / left - 1 : 0);
        const char *to = memchr(from, '\n', (size_t)(end - from));
        struct piece *piece = &reading->piece[reading->pieces++];
        piece->text = str_of(at, (size_t)(to + 1 - at));
        at = to + 1;
    }
    return true;
}

static bool take_plain_lines(struct reading *reading)
{
    if (!make_pieces(reading)) return false;
    for (int p = 0; p < reading->pieces; p++) {
        struct piece *piece = &reading->piece[p];
        piece->end = need(malloc((piece->text.len + SPLIT_ROOM) * sizeof *piece->end));
    }
    workers_each(reading->threads, reading->pieces, split_piece, reading);
    bool plain = true;
    size_t lines = 0;
    for (int p = 0; p < reading->pieces; p++) {
        plain &= reading->piece[p].plain;
        lines += reading->piece[p].lines;
    }
    if (plain) {
        workers_each(reading->threads, (int)reading->count, take_column, reading);
        const struct piece *last = &reading->piece[reading->pieces - 1];
        reading->so_far.at = (size_t)(last->text.ptr - reading->text.ptr) + last->text.len;
        reading->so_far.rows += lines;
        reading->so_far.line += lines;
    }
    for (int p = 0; p < reading->pieces; p++) free(reading->piece[p].end);
    return plain;
}

static void read_all(struct reading *reading)
{
    for (size_t i = 0; i < reading->count; i++)
        table_wait_init(&reading->waiting[i], reading->table->rows,
                        reading->place[i] == reading->table->id_column);
    while (reading->so_far.outcome == ST_OK && reading->so_far.at < reading->text.len) {
        size_t left = reading->text.len - reading->so_far.at;
        reading->to = reading->so_far.at + (left < STRETCH ? left : STRETCH);
        if (take_plain_lines(reading)) continue;
        workers_run(reading->threads, read_rows, reading);
        reading->so_far = reading->read;
    }
    for (size_t i = 0; i < reading->count; i++) table_wait_done(&reading->waiting[i]);
}

/* The ids of a file that has none. */
static void number_rows(struct table *table, size_t rows)
{
    struct table_wait waiting;
    table_wait_init(&waiting, table->rows, true);
    for (size_t row = table->rows; row < rows; row++) {
        char text[24];
        int length = snprintf(text, sizeof text, "%zu", row - table->rows + 1);
        table_wait_add(&waiting, str_of(text, (size_t)length), false);
        if (waiting.count == WAITING)
            table_wait_look_up(&waiting, &table->column[table->id_column]);
    }
    table_wait_look_up(&waiting, &table->column[table->id_column]);
    table_wait_done(&waiting);
}

/* Columns of the table that this file does not have are missing in its rows. */
static void fill_others(struct table *table, const int *place, size_t count, size_t rows)
{
    for (size_t i = 0; i < table->columns; i++) {
        bool has = false;
        for (size_t k = 0; k < count; k++) has |= place[k] == (int)i;
        if (has || (table->numbered && (int)i == table->id_column)) continue;
        struct table_column *column = &table->column[i];
        table_ensure_rows(column, rows);
        memset(column->value + table->rows, 0, (rows - table->rows) * sizeof *column->value);
        column->count[0] += (uint32_t)(rows - table->rows);
    }
}

enum st table_read(struct table *table, struct str text, struct str id_name, int threads,
                   struct err *err)
{
    if (str_starts(text, STR("\xef\xbb\xbf"))) text = str_sub(text, 3, text.len);
    if (str_starts(text, STR("\xff\xfe")) || str_starts(text, STR("\xfe\xff")))
        return err_set(err, ST_INVALID, "The file is UTF-16 text. Save it as CSV in UTF-8.");
    if (!text.len) return err_set(err, ST_INVALID, "The file is empty.");
    if (memchr(text.ptr, 0, text.len < 4096 ? text.len : 4096))
        return err_set(err, ST_INVALID, "The file is no text. Save it as CSV in UTF-8.");
    ptrdiff_t old_line = str_find(text, STR("\r"), 0);
    if (old_line >= 0 && (size_t)old_line + 1 < text.len && str_find(text, STR("\n"), 0) < 0)
        return err_set(err, ST_INVALID,
                       "Its lines end as on old machines. Save it as CSV in UTF-8.");
    int place[TABLE_COLUMNS_MAX];
    struct reader reader = {
        .text = text, .separator = separator_of(text), .quoted = malloc(FIELD_MAX), .line = 1};
    if (!reader.quoted) abort();
    skip_titles(&reader);
    table->above = reader.line - 1;
    struct reading *reading = need(calloc(1, sizeof *reading));
    *reading = (struct reading){
        .table = table, .text = text, .separator = reader.separator, .place = place};
    struct headings headings = {0};
    enum st outcome = read_headings(&reader, id_name, &headings, err);
    free(reader.quoted);
    if (outcome == ST_OK) outcome = place_columns(table, &headings, place, err);
    reading->count = headings.count;
    if (outcome == ST_OK) {
        bool small = text.len < 1 << 16;
        reading->threads = small || threads < 1            ? 1
                           : threads > (int)reading->count ? (int)reading->count
                                                           : threads;
        reading->so_far =
            (struct read_so_far){.at = reader.at, .line = reader.line, .rows = table->rows};
        read_all(reading);
        outcome = reading->so_far.outcome;
        if (outcome != ST_OK && err) *err = reading->so_far.err;
    }
    size_t rows = reading->so_far.rows, count = reading->count;
    free(reading);
    if (outcome != ST_OK) return outcome;
    if (rows >= INT32_MAX)
        return err_set(err, ST_LIMIT, "There are more than two thousand million rows.");
    if (table->numbered) number_rows(table, rows);
    fill_others(table, place, count, rows);
    table->rows = rows;
    return ST_OK;
}

void table_done(struct table *table)
{
    for (size_t i = 0; i < table->columns; i++) {
        batch_memory_free(table->column[i].value);
        batch_memory_free(table->column[i].text);
        batch_memory_free(table->column[i].count);
        batch_memory_free(table->column[i].slots);
        table_pool_free(table->column[i].pool);
    }
    *table = (struct table){0};
}

void table_drop_rows(struct table *table)
{
    for (size_t i = 0; i < table->columns; i++) {
        struct table_column *column = &table->column[i];
        batch_memory_free(column->value);
        batch_memory_free(column->slots);
        column->value = NULL;
        column->slots = NULL;
        column->slot_count = 0;
        column->row_capacity = 0;
    }
}

size_t table_bytes(const struct table *table)
{
    size_t bytes = 0;
    for (size_t i = 0; i < table->columns; i++) {
        const struct table_column *column = &table->column[i];
        for (const struct table_pool *chunk = column->pool; chunk; chunk = chunk->next)
            bytes += sizeof *chunk + chunk->size;
        bytes += column->row_capacity * sizeof *column->value +
                 column->capacity * (sizeof *column->text + sizeof *column->count) +
                 column->slot_count * sizeof *column->slots;
    }
    return bytes;
}
