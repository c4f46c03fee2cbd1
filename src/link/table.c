#include "link/table.h"

#include "link/workers.h"

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

enum { POOL_FIRST = 4 << 10, POOL_CHUNK = 1 << 20, FIELD_MAX = 64 << 10, WAITING = 64 };

static void *grown(void *old, size_t count, size_t size)
{
    void *new = reallocarray(old, count, size);
    if (!new) abort();
    return new;
}

struct str table_keep(struct table_pool **pool, struct str text)
{
    if (!*pool || (*pool)->size - (*pool)->used < text.len) {
        size_t size = *pool ? POOL_CHUNK : POOL_FIRST;
        if (text.len > size) size = text.len;
        struct table_pool *chunk = malloc(sizeof *chunk + size);
        if (!chunk) abort();
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
        free(pool);
        pool = next;
    }
}

/* --- values ------------------------------------------------------------------------ */

uint64_t table_hash(struct str text)
{
    uint64_t hash = 0x9e3779b97f4a7c15u ^ text.len;
    size_t i = 0;
    for (; i + 8 <= text.len; i += 8) {
        uint64_t word;
        memcpy(&word, text.ptr + i, 8);
        hash = (hash ^ word) * 0xff51afd7ed558ccdu;
        hash ^= hash >> 32;
    }
    uint64_t rest = 0;
    if (i < text.len) memcpy(&rest, text.ptr + i, text.len - i);
    hash = (hash ^ rest) * 0xc4ceb9fe1a85ec53u;
    return hash ^ hash >> 29;
}

static void grow_slots(struct table_column *column)
{
    uint32_t size = column->slot_count ? column->slot_count * 4 : 1024;
    uint64_t *slots = calloc(size, sizeof *slots);
    if (!slots) abort();
    for (uint32_t i = 0; i < column->slot_count; i++) {
        if (!column->slots[i]) continue;
        uint32_t at = (uint32_t)(column->slots[i] >> 32) & (size - 1);
        while (slots[at]) at = (at + 1) & (size - 1);
        slots[at] = column->slots[i];
    }
    free(column->slots);
    column->slots = slots;
    column->slot_count = size;
}

static uint32_t new_value(struct table_column *column, struct str text)
{
    if (column->values == column->capacity) {
        column->capacity *= 2;
        column->text = grown(column->text, column->capacity, sizeof *column->text);
        column->count = grown(column->count, column->capacity, sizeof *column->count);
    }
    uint32_t number = column->values++;
    column->text[number] = table_keep(&column->pool, text);
    column->count[number] = 0;
    return number;
}

static uint32_t value_of(struct table_column *column, struct str text, uint32_t hash)
{
    if ((uint64_t)column->values * 2 >= column->slot_count) grow_slots(column);
    uint32_t at = hash & (column->slot_count - 1);
    for (; column->slots[at]; at = (at + 1) & (column->slot_count - 1))
        if (column->slots[at] >> 32 == hash && str_eq(column->text[(uint32_t)column->slots[at]], text))
            return (uint32_t)column->slots[at];
    uint32_t number = new_value(column, text);
    column->slots[at] = (uint64_t)hash << 32 | number;
    return number;
}

/* Fields of a column that wait to be looked up together: what one lookup needs comes
 * from memory while others are done. */
struct waiting {
    struct str text[WAITING];
    uint32_t hash[WAITING];
    int count;
    size_t first_row;
    char *bytes;
    size_t used;
    size_t size;
};

static void flush(struct table *table, int number, struct waiting *waiting)
{
    struct table_column *column = &table->column[number];
    uint32_t *value = column->value + waiting->first_row;
    bool is_id = number == table->id_column;
    if (column->slot_count && !is_id) {
        uint32_t mask = column->slot_count - 1;
        for (int i = 0; i < waiting->count; i++) __builtin_prefetch(&column->slots[waiting->hash[i] & mask]);
        for (int i = 0; i < waiting->count; i++)
            __builtin_prefetch(&column->text[(uint32_t)column->slots[waiting->hash[i] & mask]]);
        for (int i = 0; i < waiting->count; i++)
            __builtin_prefetch(column->text[(uint32_t)column->slots[waiting->hash[i] & mask]].ptr);
    }
    for (int i = 0; i < waiting->count; i++) {
        if (is_id)
            value[i] = new_value(column, waiting->text[i]);
        else
            value[i] = waiting->text[i].len ? value_of(column, waiting->text[i], waiting->hash[i]) : 0;
        column->count[value[i]]++;
    }
    waiting->first_row += (size_t)waiting->count;
    waiting->count = 0;
    waiting->used = 0;
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
    if (at < text.len && text.ptr[at] != reader->separator && text.ptr[at] != '\n') return FIELD_BAD;
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
        return err_set(err, ST_INVALID, "Line %zu, column %zu: a zero byte; this is no text.", line, column);
    return err_set(err, ST_INVALID, "Line %zu, column %zu: a quotation mark is not closed.", line, column);
}

/* --- header --------------------------------------------------------------------------- */

static int add_column(struct table *table, struct str name)
{
    struct table_column *column = &table->column[table->columns];
    *column = (struct table_column){.values = 1, .capacity = 256, .row_capacity = table->rows + 4096};
    memcpy(column->name, name.ptr, name.len < TABLE_NAME_SIZE ? name.len : TABLE_NAME_SIZE - 1);
    column->text = grown(NULL, column->capacity, sizeof *column->text);
    column->count = grown(NULL, column->capacity, sizeof *column->count);
    column->text[0] = STR("");
    column->count[0] = (uint32_t)table->rows;
    column->value = calloc(column->row_capacity, sizeof *column->value);
    if (!column->value) abort();
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
        for (size_t k = 0; k < sizeof separators; k++) count[k] += !quoted && text.ptr[i] == separators[k];
    }
    size_t best = 0;
    for (size_t k = 1; k < sizeof separators; k++)
        if (count[k] > count[best]) best = k;
    return separators[best];
}

/* Which column of the table each column of this file is. */
static enum st read_header(struct table *table, struct reader *reader, int *place, size_t *ret_count,
                           struct err *err)
{
    size_t count = 0;
    bool taken[TABLE_COLUMNS_MAX] = {0};
    enum field_end end;
    do {
        end = read_field(reader);
        if (end >= FIELD_BAD) return refuse(reader, end, 1, count + 1, err);
        if (count == TABLE_COLUMNS_MAX)
            return err_set(err, ST_INVALID, "Line 1: there are more than %d columns.", TABLE_COLUMNS_MAX);
        struct str name = str_sub(reader->field, 0, TABLE_NAME_SIZE - 1);
        int found = table_find(table, name);
        if (found >= 0 && taken[found])
            return err_set(err, ST_INVALID, "Line 1, column %zu: '%.*s' is there twice.", count + 1,
                           STR_ARG(name));
        if (found < 0 && table->columns == TABLE_COLUMNS_MAX)
            return err_set(err, ST_INVALID, "There are more than %d columns.", TABLE_COLUMNS_MAX);
        place[count] = found >= 0 ? found : add_column(table, name);
        taken[place[count++]] = true;
    } while (end == FIELD_MORE);
    *ret_count = count;
    return ST_OK;
}

/* --- rows --------------------------------------------------------------------------------- */

struct reading {
    struct table *table;
    struct str text;
    size_t start; /* after the header */
    char separator;
    const int *place;
    size_t count;
    int threads;
    size_t rows; /* after reading; every thread counts the same */
    enum st outcome;
    struct err err;
};

static void ensure_rows(struct table_column *column, size_t rows)
{
    if (rows <= column->row_capacity) return;
    column->row_capacity = rows > column->row_capacity * 2 ? rows : column->row_capacity * 2;
    column->value = grown(column->value, column->row_capacity, sizeof *column->value);
}

static void wait_for(struct waiting *waiting, struct str field, bool fold)
{
    if (waiting->size - waiting->used < field.len) {
        /* Earlier texts are views into the bytes: move them along. */
        char *old = waiting->bytes;
        waiting->size = waiting->size * 2 + field.len;
        waiting->bytes = grown(NULL, waiting->size, 1);
        memcpy(waiting->bytes, old, waiting->used);
        for (int i = 0; i < waiting->count; i++)
            waiting->text[i].ptr = waiting->bytes + (waiting->text[i].ptr - old);
        free(old);
    }
    char *at = waiting->bytes + waiting->used;
    if (fold)
        for (size_t i = 0; i < field.len; i++) {
            unsigned char c = (unsigned char)field.ptr[i];
            at[i] = (char)(c | (unsigned)((unsigned char)(c - 'A') < 26) << 5);
        }
    else if (field.len)
        memcpy(at, field.ptr, field.len);
    struct str text = str_of(at, field.len);
    waiting->used += field.len;
    waiting->hash[waiting->count] = fold ? (uint32_t)(table_hash(text) >> 16) : 0;
    waiting->text[waiting->count++] = text;
}

/* One row; fields of columns that are this thread's are put aside. */
static enum st read_row(struct reading *reading, struct reader *reader, struct waiting *waiting,
                        bool *ret_row, struct err *err)
{
    size_t line = reader->line;
    size_t at = 0;
    enum field_end end;
    bool blank = true;
    do {
        end = read_field(reader);
        if (end >= FIELD_BAD) return refuse(reader, end, line, at + 1, err);
        if (at == reading->count) {
            if (reader->field.len == 0 && end != FIELD_MORE) break; /* a separator at the end */
            return err_set(err, ST_INVALID, "Line %zu has more than the %zu columns of the header.", line,
                           reading->count);
        }
        blank &= reader->field.len == 0;
        int number = reading->place[at++];
        if (waiting[number].bytes) wait_for(&waiting[number], reader->field, number != reading->table->id_column);
    } while (end == FIELD_MORE);
    *ret_row = !(blank && at == 1 && (reading->count > 1 || end == FIELD_END));
    if (*ret_row && at < reading->count)
        return err_set(err, ST_INVALID, "Line %zu has %zu columns, the header has %zu.", line, at, reading->count);
    return ST_OK;
}

/* Every thread goes through the whole text and keeps the columns that are its own. */
static void read_rows(void *context, int number)
{
    struct reading *reading = context;
    struct table *table = reading->table;
    struct waiting *waiting = calloc(TABLE_COLUMNS_MAX, sizeof *waiting);
    struct reader reader = {.text = reading->text, .at = reading->start, .line = 1, .separator = reading->separator,
                            .quoted = malloc(FIELD_MAX)};
    if (!waiting || !reader.quoted) abort();
    for (size_t i = 0; i < reading->count; i++) {
        if ((int)i % reading->threads != number) continue;
        waiting[reading->place[i]] =
            (struct waiting){.first_row = table->rows, .bytes = grown(NULL, 4096, 1), .size = 4096};
    }
    size_t rows = table->rows;
    enum st outcome = ST_OK;
    struct err err = {0};
    while (outcome == ST_OK && reader.at < reader.text.len) {
        bool row = false;
        reader.line++;
        outcome = read_row(reading, &reader, waiting, &row, &err);
        rows += row;
        if (outcome != ST_OK) break;
        for (size_t i = (size_t)number; i < reading->count; i += (size_t)reading->threads) {
            struct waiting *column = &waiting[reading->place[i]];
            if (!row && column->count && i == 0) column->count--;
            if (column->count < WAITING && reader.at < reader.text.len) continue;
            ensure_rows(&table->column[reading->place[i]], column->first_row + WAITING);
            flush(table, reading->place[i], column);
        }
    }
    for (size_t i = (size_t)number; i < reading->count; i += (size_t)reading->threads)
        free(waiting[reading->place[i]].bytes);
    free(waiting);
    free(reader.quoted);
    if (number > 0) return;
    reading->rows = rows;
    reading->outcome = outcome;
    reading->err = err;
}

/* Columns of the table that this file does not have are missing in its rows. */
static void fill_others(struct table *table, const int *place, size_t count, size_t rows)
{
    for (size_t i = 0; i < table->columns; i++) {
        bool has = false;
        for (size_t k = 0; k < count; k++) has |= place[k] == (int)i;
        if (has) continue;
        struct table_column *column = &table->column[i];
        ensure_rows(column, rows);
        memset(column->value + table->rows, 0, (rows - table->rows) * sizeof *column->value);
        column->count[0] += (uint32_t)(rows - table->rows);
    }
}

static enum st find_id(struct table *table, struct str id_name, const int *place, size_t count,
                       struct err *err)
{
    int found = id_name.len ? table_find(table, id_name) : place[0];
    bool has = false;
    for (size_t i = 0; i < count; i++) has |= place[i] == found;
    if (!has) return err_set(err, ST_INVALID, "There is no column '%.*s'.", STR_ARG(id_name));
    if (table->rows && found != table->id_column)
        return err_set(err, ST_INVALID, "The id column is '%s' in the one file and '%s' in the other.",
                       table->column[table->id_column].name, table->column[found].name);
    table->id_column = found;
    return ST_OK;
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
    int place[TABLE_COLUMNS_MAX];
    struct reader reader = {.text = text, .separator = separator_of(text), .quoted = malloc(FIELD_MAX), .line = 1};
    if (!reader.quoted) abort();
    struct reading reading = {.table = table, .text = text, .separator = reader.separator, .place = place};
    reading.outcome = read_header(table, &reader, place, &reading.count, err);
    free(reader.quoted);
    if (reading.outcome == ST_OK) reading.outcome = find_id(table, id_name, place, reading.count, err);
    if (reading.outcome != ST_OK) return reading.outcome;
    reading.start = reader.at;
    bool small = text.len < 1 << 16;
    reading.threads = small || threads < 1 ? 1 : threads > (int)reading.count ? (int)reading.count : threads;
    reading.rows = table->rows;
    workers_run(reading.threads, read_rows, &reading);
    if (reading.outcome != ST_OK) {
        if (err) *err = reading.err;
        return reading.outcome;
    }
    if (reading.rows >= INT32_MAX) return err_set(err, ST_LIMIT, "There are more than two thousand million rows.");
    fill_others(table, place, reading.count, reading.rows);
    table->rows = reading.rows;
    return ST_OK;
}

void table_done(struct table *table)
{
    for (size_t i = 0; i < table->columns; i++) {
        free(table->column[i].value);
        free(table->column[i].text);
        free(table->column[i].count);
        free(table->column[i].slots);
        table_pool_free(table->column[i].pool);
    }
    *table = (struct table){0};
}

void table_drop_rows(struct table *table)
{
    for (size_t i = 0; i < table->columns; i++) {
        struct table_column *column = &table->column[i];
        free(column->value);
        free(column->slots);
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
