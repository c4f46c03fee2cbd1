#include "store/reread.h"

#include "base/change.h"
#include "store/engine.h"

#include <stdlib.h>

enum {
    PLACES = 1024,
    WAYS = 4,
    BYTES_MAX = 2 << 20,
    ROWS_MAX = 64,
    ROWS_BYTES_MAX = 32 << 10,
    COLUMNS_MAX = 24
};

struct cell {
    int64_t number;
    double real;
    uint32_t at; /* of the bytes */
    uint32_t len;
    bool null;
};

struct reread_rows {
    const struct query *query;
    uint64_t hash;
    struct reread_key key;
    size_t count;
    size_t columns;
    size_t bytes;
    bool used;   /* a query hands it out */
    bool placed; /* in the table; else it goes with its query */
    struct cell cell[]; /* and the bytes behind them */
};

/* Rows on their way into memory of their own. */
struct reading {
    struct cell cell[ROWS_MAX * COLUMNS_MAX];
    char bytes[ROWS_BYTES_MAX];
    size_t cells;
    size_t size;
};

struct reread {
    uint64_t change;
    size_t bytes;
    struct reread_rows *place[PLACES];
    struct reading reading;
};

struct reread *reread_new(void)
{
    return calloc(1, sizeof(struct reread));
}

/* Those that a query hands out stay until it ends. */
static void forget_all(struct reread *kept)
{
    if (!kept->bytes) return;
    for (size_t i = 0; i < PLACES; i++) {
        struct reread_rows *rows = kept->place[i];
        kept->place[i] = NULL;
        if (!rows) continue;
        rows->placed = false;
        if (!rows->used) free(rows);
    }
    kept->bytes = 0;
}

void reread_free(struct reread *kept)
{
    if (!kept) return;
    forget_all(kept);
    free(kept);
}

bool reread_may(const char *text)
{
    return strncmp(text, "SELECT", 6) == 0 && !strstr(text, "audit_");
}

/* --- parameters ---------------------------------------------------------------------------- */

bool reread_bind(struct reread_key *key, int parameter, char kind, const void *bytes, size_t size)
{
    if (size > REREAD_KEY_MAX || key->len + size + 3 > REREAD_KEY_MAX) return false;
    uint8_t *at = key->bytes + key->len;
    at[0] = (uint8_t)parameter;
    at[1] = (uint8_t)kind;
    at[2] = (uint8_t)size;
    if (size) memcpy(at + 3, bytes, size);
    key->len = (uint8_t)(key->len + size + 3);
    return true;
}

void reread_replay(const struct reread_key *key, struct query *query)
{
    const struct engine *engine = query->db->engine;
    for (size_t at = 0; at < key->len; at += 3u + key->bytes[at + 2]) {
        int parameter = key->bytes[at];
        const char *value = (const char *)&key->bytes[at + 3];
        int64_t number;
        double real;
        switch (key->bytes[at + 1]) {
        case 'i':
            memcpy(&number, value, sizeof number);
            engine->bind_int(query, parameter, number);
            break;
        case 'd':
            memcpy(&real, value, sizeof real);
            engine->bind_double(query, parameter, real);
            break;
        case 't': engine->bind_text(query, parameter, str_of(value, key->bytes[at + 2])); break;
        case 'b': engine->bind_bytes(query, parameter, value, key->bytes[at + 2]); break;
        default: engine->bind_null(query, parameter); break;
        }
    }
}

static uint64_t hash_of(const struct query *query)
{
    return (str_hash(str_of((const char *)query->key.bytes, query->key.len)) ^ (uintptr_t)query) *
           0x9e3779b97f4a7c15u;
}

/* --- reading ------------------------------------------------------------------------------- */

/* As the engine hands it out in each form. */
static bool read_row(struct reading *reading, struct query *query, int columns)
{
    const struct engine *engine = query->db->engine;
    for (int column = 0; column < columns; column++) {
        struct cell *cell = &reading->cell[reading->cells++];
        *cell = (struct cell){.null = engine->column_is_null(query, column)};
        if (cell->null) continue;
        cell->number = engine->column_int(query, column);
        cell->real = engine->column_double(query, column);
        struct str bytes = engine->column_bytes(query, column);
        if (bytes.len > ROWS_BYTES_MAX - reading->size) return false;
        if (bytes.len) memcpy(reading->bytes + reading->size, bytes.ptr, bytes.len);
        cell->at = (uint32_t)reading->size;
        cell->len = (uint32_t)bytes.len;
        reading->size += bytes.len;
    }
    return true;
}

static struct reread_rows *rows_of(const struct reading *reading, const struct query *query,
                                   size_t count, size_t columns)
{
    size_t cells = reading->cells * sizeof(struct cell);
    struct reread_rows *rows = malloc(sizeof *rows + cells + reading->size + 1);
    if (!rows) return NULL;
    *rows = (struct reread_rows){.query = query,
                                 .hash = hash_of(query),
                                 .key = query->key,
                                 .count = count,
                                 .columns = columns,
                                 .bytes = sizeof *rows + cells + reading->size,
                                 .used = true};
    if (cells) memcpy(rows->cell, reading->cell, cells);
    memcpy((char *)rows->cell + cells, reading->bytes, reading->size);
    ((char *)rows->cell + cells)[reading->size] = '\0';
    return rows;
}

/* The first of the places where rows with this hash may be. */
static struct reread_rows **places_of(struct reread *kept, uint64_t hash)
{
    return &kept->place[hash >> 32 & (PLACES - WAYS)];
}

/* In a free one of them, or instead of what nobody uses: of one or another, by the hash. */
static void place(struct reread *kept, struct reread_rows *rows)
{
    if (kept->bytes + rows->bytes > BYTES_MAX) forget_all(kept);
    struct reread_rows **places = places_of(kept, rows->hash);
    struct reread_rows **at = &places[rows->hash >> 30 & (WAYS - 1)];
    for (size_t i = 0; i < WAYS && *at; i++)
        if (!places[i] || (*at)->used) at = &places[i];
    if (*at && (*at)->used) return;
    if (*at) kept->bytes -= (*at)->bytes;
    free(*at);
    *at = rows;
    rows->placed = true;
    kept->bytes += rows->bytes;
}

/* All rows of the query; NULL: it failed, or has too many to be kept. */
static struct reread_rows *read_all(struct reading *reading, struct query *query)
{
    const struct engine *engine = query->db->engine;
    size_t count = 0;
    reading->cells = reading->size = 0;
    engine->prepare(query);
    reread_replay(&query->key, query);
    int columns = engine->width(query);
    bool fits = columns <= COLUMNS_MAX;
    while (fits && engine->next(query)) {
        fits = count < ROWS_MAX && read_row(reading, query, columns);
        count++;
    }
    if (!fits) query->keeps = false; /* nor the next time */
    bool good = engine->finish(query, NULL) == ST_OK;
    return good && fits ? rows_of(reading, query, count, (size_t)columns) : NULL;
}

static bool is_of(const struct reread_rows *rows, uint64_t hash, const struct query *query)
{
    return rows->hash == hash && rows->query == query && !rows->used &&
           rows->key.len == query->key.len &&
           memcmp(rows->key.bytes, query->key.bytes, query->key.len) == 0;
}

const struct reread_rows *reread_find(struct reread *kept, struct query *query)
{
    uint64_t change = change_count();
    if (!change_holds(change)) return NULL;
    if (kept->change != change) forget_all(kept);
    kept->change = change;
    uint64_t hash = hash_of(query);
    struct reread_rows **places = places_of(kept, hash);
    for (size_t i = 0; i < WAYS; i++) {
        if (!places[i] || !is_of(places[i], hash, query)) continue;
        places[i]->used = true;
        return places[i];
    }
    struct reread_rows *rows = read_all(&kept->reading, query);
    if (rows) place(kept, rows);
    return rows;
}

void reread_release(const struct reread_rows *rows)
{
    struct reread_rows *mine = (struct reread_rows *)(uintptr_t)rows;
    mine->used = false;
    if (!mine->placed) free(mine);
}

/* --- handing out --------------------------------------------------------------------------- */

/* Where there is no row any more, or no such column, an engine says NULL. */
static const struct cell *cell_of(const struct reread_rows *rows, size_t row, int column)
{
    static const struct cell nothing = {.null = true};
    if (row >= rows->count || column < 0 || (size_t)column >= rows->columns) return &nothing;
    return &rows->cell[row * rows->columns + (size_t)column];
}

size_t reread_count(const struct reread_rows *rows)
{
    return rows->count;
}

int64_t reread_int(const struct reread_rows *rows, size_t row, int column)
{
    return cell_of(rows, row, column)->number;
}

double reread_double(const struct reread_rows *rows, size_t row, int column)
{
    return cell_of(rows, row, column)->real;
}

struct str reread_bytes(const struct reread_rows *rows, size_t row, int column)
{
    const struct cell *cell = cell_of(rows, row, column);
    return str_of((const char *)&rows->cell[rows->count * rows->columns] + cell->at, cell->len);
}

bool reread_is_null(const struct reread_rows *rows, size_t row, int column)
{
    return cell_of(rows, row, column)->null;
}
