#include "link/table.h"

#include <stdlib.h>

/* Texts lie in chunks that never move. */
struct table_pool {
    struct table_pool *next;
    size_t used;
    size_t size;
    char bytes[];
};

enum { POOL_CHUNK = 1 << 20, FIELD_MAX = 64 << 10 };

static void *grown(void *old, size_t count, size_t size)
{
    void *new = reallocarray(old, count, size);
    if (!new) abort();
    return new;
}

static struct str keep(struct table *table, struct str text)
{
    if (!table->pool || table->pool->size - table->pool->used < text.len) {
        size_t size = text.len > POOL_CHUNK ? text.len : POOL_CHUNK;
        struct table_pool *chunk = malloc(sizeof *chunk + size);
        if (!chunk) abort();
        *chunk = (struct table_pool){.next = table->pool, .size = size};
        table->pool = chunk;
    }
    char *at = table->pool->bytes + table->pool->used;
    memcpy(at, text.ptr, text.len);
    table->pool->used += text.len;
    return str_of(at, text.len);
}

/* --- values ------------------------------------------------------------------------ */

static uint64_t hash_of(struct str text)
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
    uint32_t size = column->slot_count ? column->slot_count * 2 : 1024;
    uint32_t *slots = calloc(size, sizeof *slots);
    if (!slots) abort();
    for (uint32_t i = 1; i < column->values; i++) {
        uint32_t at = (uint32_t)hash_of(column->text[i]) & (size - 1);
        while (slots[at]) at = (at + 1) & (size - 1);
        slots[at] = i;
    }
    free(column->slots);
    column->slots = slots;
    column->slot_count = size;
}

static uint32_t value_of(struct table *table, struct table_column *column, struct str text)
{
    if (!text.len) return 0;
    if (column->values * 2 >= column->slot_count) grow_slots(column);
    uint32_t at = (uint32_t)hash_of(text) & (column->slot_count - 1);
    while (column->slots[at]) {
        if (str_eq(column->text[column->slots[at]], text)) return column->slots[at];
        at = (at + 1) & (column->slot_count - 1);
    }
    if (column->values == column->capacity) {
        column->capacity *= 2;
        column->text = grown(column->text, column->capacity, sizeof *column->text);
        column->count = grown(column->count, column->capacity, sizeof *column->count);
    }
    uint32_t number = column->values++;
    column->text[number] = keep(table, text);
    column->count[number] = 0;
    return column->slots[at] = number;
}

/* --- reading -------------------------------------------------------------------------- */

struct reader {
    struct str text;
    size_t at;
    size_t line;
    char field[FIELD_MAX];
    size_t length;
};

enum field_end { FIELD_COMMA, FIELD_LINE, FIELD_END, FIELD_BAD };

static void put(struct reader *reader, char c)
{
    if (reader->length < FIELD_MAX) reader->field[reader->length++] = c;
}

/* One field, lower case and trimmed, in reader->field. */
static enum field_end read_field(struct reader *reader)
{
    struct str text = reader->text;
    size_t at = reader->at;
    reader->length = 0;
    while (at < text.len && (text.ptr[at] == ' ' || text.ptr[at] == '\t')) at++;
    bool quoted = at < text.len && text.ptr[at] == '"';
    if (quoted) {
        for (at++;; at++) {
            if (at >= text.len) return FIELD_BAD;
            if (text.ptr[at] == '"') {
                if (at + 1 >= text.len || text.ptr[at + 1] != '"') break;
                at++;
            }
            reader->line += text.ptr[at] == '\n';
            put(reader, text.ptr[at]);
        }
        at++;
        while (at < text.len && (text.ptr[at] == ' ' || text.ptr[at] == '\r')) at++;
        if (at < text.len && text.ptr[at] != ',' && text.ptr[at] != '\n') return FIELD_BAD;
    } else {
        for (; at < text.len && text.ptr[at] != ',' && text.ptr[at] != '\n'; at++) put(reader, text.ptr[at]);
    }
    while (reader->length && (unsigned char)reader->field[reader->length - 1] <= ' ') reader->length--;
    for (size_t i = 0; i < reader->length; i++)
        if (reader->field[i] >= 'A' && reader->field[i] <= 'Z') reader->field[i] = (char)(reader->field[i] + 32);
    reader->at = at + 1;
    if (at >= text.len) return FIELD_END;
    return text.ptr[at] == ',' ? FIELD_COMMA : FIELD_LINE;
}

static int add_column(struct table *table, struct str name)
{
    struct table_column *column = &table->column[table->columns];
    *column = (struct table_column){.values = 1, .capacity = 1024};
    memcpy(column->name, name.ptr, name.len < TABLE_NAME_SIZE ? name.len : TABLE_NAME_SIZE - 1);
    column->text = grown(NULL, column->capacity, sizeof *column->text);
    column->count = grown(NULL, column->capacity, sizeof *column->count);
    column->text[0] = STR("");
    column->count[0] = 0;
    column->value = grown(NULL, table->row_capacity ? table->row_capacity : 1, sizeof *column->value);
    memset(column->value, 0, table->rows * sizeof *column->value);
    return (int)table->columns++;
}

int table_find(const struct table *table, struct str name)
{
    for (size_t i = 0; i < table->columns; i++)
        if (str_eq_nocase(str_from(table->column[i].name), name)) return (int)i;
    return -1;
}

/* Which column of the table each column of this file is. */
static enum st read_header(struct table *table, struct reader *reader, int *place, size_t *ret_count,
                           struct err *err)
{
    size_t count = 0;
    enum field_end end;
    do {
        end = read_field(reader);
        if (end == FIELD_BAD) return err_set(err, ST_INVALID, "Line 1: a quotation mark is not closed.");
        if (count == TABLE_COLUMNS_MAX)
            return err_set(err, ST_INVALID, "Line 1: there are more than %d columns.", TABLE_COLUMNS_MAX);
        struct str name = str_of(reader->field, reader->length);
        int found = table_find(table, name);
        if (found < 0 && table->columns == TABLE_COLUMNS_MAX)
            return err_set(err, ST_INVALID, "There are more than %d columns.", TABLE_COLUMNS_MAX);
        place[count++] = found >= 0 ? found : add_column(table, name);
    } while (end == FIELD_COMMA);
    *ret_count = count;
    return ST_OK;
}

static void add_row(struct table *table)
{
    if (table->rows == table->row_capacity) {
        table->row_capacity = table->row_capacity ? table->row_capacity * 2 : 4096;
        for (size_t i = 0; i < table->columns; i++)
            table->column[i].value =
                grown(table->column[i].value, table->row_capacity, sizeof *table->column[i].value);
    }
    for (size_t i = 0; i < table->columns; i++) table->column[i].value[table->rows] = 0;
    table->rows++;
}

static enum st read_row(struct table *table, struct reader *reader, const int *place, size_t count,
                        struct err *err)
{
    size_t line = reader->line;
    size_t row = table->rows;
    add_row(table);
    enum field_end end;
    size_t at = 0;
    do {
        end = read_field(reader);
        if (end == FIELD_BAD)
            return err_set(err, ST_INVALID, "Line %zu, column %zu: a quotation mark is not closed.", line, at + 1);
        if (reader->length == FIELD_MAX)
            return err_set(err, ST_INVALID, "Line %zu, column %zu is longer than %d characters.", line,
                           at + 1, FIELD_MAX);
        if (at == count) {
            if (reader->length == 0 && end != FIELD_COMMA) break;
            return err_set(err, ST_INVALID, "Line %zu has more than the %zu columns of the header.", line, count);
        }
        struct table_column *column = &table->column[place[at]];
        uint32_t value = value_of(table, column, str_of(reader->field, reader->length));
        column->value[row] = value;
        column->count[value]++;
        at++;
    } while (end == FIELD_COMMA);
    if (at < count && at > 0 && !(at == 1 && table->column[place[0]].value[row] == 0) && at != count)
        return err_set(err, ST_INVALID, "Line %zu has %zu columns, the header has %zu.", line, at, count);
    if (at == 1 && count > 1) table->rows--; /* an empty line */
    return ST_OK;
}

enum st table_read(struct table *table, struct str text, struct err *err)
{
    struct reader *reader = calloc(1, sizeof *reader);
    if (!reader) abort();
    reader->text = str_starts(text, STR("\xef\xbb\xbf")) ? str_sub(text, 3, text.len) : text;
    reader->line = 1;
    int place[TABLE_COLUMNS_MAX];
    size_t count = 0;
    enum st outcome = reader->text.len ? read_header(table, reader, place, &count, err)
                                       : err_set(err, ST_INVALID, "The file is empty.");
    while (outcome == ST_OK && reader->at < reader->text.len) {
        reader->line++;
        outcome = read_row(table, reader, place, count, err);
    }
    free(reader);
    return outcome;
}

void table_done(struct table *table)
{
    for (size_t i = 0; i < table->columns; i++) {
        free(table->column[i].value);
        free(table->column[i].text);
        free(table->column[i].count);
        free(table->column[i].slots);
    }
    while (table->pool) {
        struct table_pool *next = table->pool->next;
        free(table->pool);
        table->pool = next;
    }
    *table = (struct table){0};
}

size_t table_bytes(const struct table *table)
{
    size_t bytes = 0;
    for (const struct table_pool *chunk = table->pool; chunk; chunk = chunk->next)
        bytes += sizeof *chunk + chunk->size;
    for (size_t i = 0; i < table->columns; i++) {
        const struct table_column *column = &table->column[i];
        bytes += table->row_capacity * sizeof *column->value +
                 column->capacity * (sizeof *column->text + sizeof *column->count) +
                 column->slot_count * sizeof *column->slots;
    }
    return bytes;
}
