#include "domain/import.h"

#include "base/arena.h"
#include "base/utf8.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

enum { SAMPLE_ROWS = 200, SAMPLE_BYTES = 4 << 20, HEADER_LINES = 10, ROW_ARENA = 64 << 20 };

/* A row that was read ahead. */
struct kept_row {
    size_t line;
    const struct str *cell;
    size_t count;
    const char *refused;
};

struct import {
    struct arena arena;     /* columns and rows read ahead */
    struct arena row_arena; /* one row */
    struct csv_reader *reader;
    csv_read read;
    void *context;
    int64_t bytes;
    struct date today;
    struct column *column;
    size_t count;
    struct kept_row *kept;
    size_t kept_count;
    struct str *sample;
    size_t sample_rows;
    bool header_refused; /* the refused rows' header has been written */
    struct err other;    /* the file is no table: why */
};

static ssize_t counted_read(void *context, void *into, size_t size)
{
    struct import *import = context;
    ssize_t got = import->read(import->context, into, size);
    if (got > 0 && import->bytes == 0 &&
        csv_check_start(str_of(into, (size_t)got), &import->other) != ST_OK)
        return -1;
    if (got > 0) import->bytes += got;
    return got;
}

/* --- opening ------------------------------------------------------------------------- */

static struct kept_row keep(struct import *import, const struct csv_row *row)
{
    struct str *cell = arena_many(&import->arena, row->count + 1, struct str);
    for (size_t i = 0; i < row->count; i++) cell[i] = str_dup(&import->arena, row->cell[i]);
    return (struct kept_row){row->line, cell, row->count, row->refused};
}

/* Which of the first rows holds the headers; kept_count: none does. */
static size_t find_header(const struct import *import)
{
    size_t best = import->kept_count, most = 0;
    for (size_t i = 0; i < import->kept_count && i < HEADER_LINES; i++) {
        const struct kept_row *row = &import->kept[i];
        size_t known = row->refused ? 0 : column_known(row->cell, row->count);
        if (known > most) best = i, most = known;
    }
    if (most) return best;
    for (size_t i = 0; i < import->kept_count && i < HEADER_LINES; i++)
        if (!import->kept[i].refused && import->kept[i].count > 1) return i;
    return 0;
}

static struct str header_text(struct import *import, struct str cell, size_t i)
{
    struct str text = str_trim(utf8_clean(&import->arena, csv_unguard(cell), NULL));
    if (!text.len) return str_fmt(&import->arena, "Column %zu", i + 1);
    char *line = arena_alloc(&import->arena, text.len + 1);
    for (size_t k = 0; k < text.len; k++)
        line[k] = text.ptr[k] == '\n' || text.ptr[k] == '\t' ? ' ' : text.ptr[k];
    return str_sub(str_of(line, text.len), 0, 200);
}

/* Columns for as many cells as the widest of the rows read ahead has; what is wider
 * later gets its own name. */
static void name_columns(struct import *import, size_t header)
{
    const struct kept_row *names = &import->kept[header];
    import->count = names->count;
    for (size_t i = header + 1; i < import->kept_count; i++)
        if (!import->kept[i].refused && import->kept[i].count > import->count)
            import->count = import->kept[i].count;
    import->column = arena_many(&import->arena, CSV_COLUMNS_MAX, struct column);
    for (size_t i = 0; i < CSV_COLUMNS_MAX; i++) {
        struct str cell = i < names->count ? names->cell[i] : STR("");
        import->column[i] = (struct column){
            .use = COLUMN_KEEP, .number = 1, .header = header_text(import, cell, i)};
    }
    import->kept += header + 1;
    import->kept_count -= header + 1;
    import->sample = arena_many(&import->arena, import->kept_count * import->count + 1, struct str);
    for (size_t i = 0; i < import->kept_count; i++) {
        if (import->kept[i].refused) continue;
        for (size_t k = 0; k < import->count; k++)
            import->sample[import->sample_rows * import->count + k] =
                k < import->kept[i].count ? import->kept[i].cell[k]
                : STR("");
        import->sample_rows++;
    }
}

static enum st read_ahead(struct import *import, struct err *err)
{
    struct csv_row row;
    import->kept = arena_many(&import->arena, SAMPLE_ROWS, struct kept_row);
    enum csv_outcome outcome = CSV_END;
    while (import->kept_count < SAMPLE_ROWS && import->arena.used < SAMPLE_BYTES &&
           (outcome = csv_reader_next(import->reader, &row)) == CSV_ROW)
        import->kept[import->kept_count++] = keep(import, &row);
    if (import->other.code != ST_OK) {
        if (err) *err = import->other;
        return import->other.code;
    }
    if (outcome == CSV_FAILED) return err_set(err, ST_FAILED, "The file cannot be read.");
    if (!import->kept_count) return err_set(err, ST_INVALID, "The file is empty.");
    size_t header = find_header(import);
    if (import->kept[header].refused)
        return err_set(err, ST_INVALID,
                       "Line %zu, which should name the columns, cannot be read: %s.",
                       import->kept[header].line, import->kept[header].refused);
    name_columns(import, header);
    column_guess(&import->arena, import->column, import->count, import->sample,
                 import->sample_rows);
    return ST_OK;
}

enum st import_open(csv_read read, void *context, struct date today, struct import **ret,
                    struct err *err)
{
    struct import *import = calloc(1, sizeof *import);
    if (!import) return err_set(err, ST_FAILED, "There is no memory for the import.");
    import->read = read;
    import->context = context;
    import->today = today;
    arena_init(&import->arena, ROW_ARENA);
    arena_init(&import->row_arena, ROW_ARENA);
    import->reader = csv_reader_new(counted_read, import);
    enum st st = read_ahead(import, err);
    if (st == ST_OK)
        *ret = import;
    else
        import_close(import);
    return st;
}

void import_close(struct import *import)
{
    if (!import) return;
    csv_reader_free(import->reader);
    arena_done(&import->arena);
    arena_done(&import->row_arena);
    free(import);
}

struct column *import_columns(struct import *import, size_t *ret_count)
{
    *ret_count = import->count;
    return import->column;
}

const struct str *import_sample(const struct import *import, size_t *ret_rows)
{
    *ret_rows = import->sample_rows;
    return import->sample;
}

const char *import_encoding(const struct import *import)
{
    return csv_reader_encoding(import->reader);
}

/* --- the mapping as text ------------------------------------------------------------- */

struct str import_mapping_write(struct arena *arena, const struct import *import)
{
    struct buf out;
    buf_init(&out, 1 << 20);
    buf_add_c(
        &out,
        "# Which column is what.  Targets: narrative, when, until, received (when the row was\n"
        "# written), where, how known,\n"
        "# reported by (left out), keep (goes into the narrative), ignore, or a field\n"
        "# such as 'person 1 name', 'vehicle 2 registration', 'phone 1 number'.\n");
    for (size_t i = 0; i < import->count; i++) {
        buf_add(&out, import->column[i].header);
        buf_add_c(&out, " = ");
        buf_add(&out, column_target(arena, &import->column[i]));
        buf_add_char(&out, '\n');
    }
    struct str text = str_dup(arena, buf_str(&out));
    buf_done(&out);
    return text;
}

enum st import_mapping_read(struct import *import, struct str mapping, struct err *err)
{
    bool set[CSV_COLUMNS_MAX] = {false};
    struct str rest = mapping, line;
    for (size_t number = 1; str_split(&rest, '\n', &line); number++) {
        line = str_trim(line);
        if (!line.len) continue;
        size_t equals = line.len;
        while (equals > 0 && line.ptr[equals - 1] != '=') equals--;
        struct column target = {0};
        bool good = equals && column_set_target(&target, str_sub(line, equals, line.len));
        if (!good && line.ptr[0] == '#') continue; /* else it is a column's, if the file has it */
        if (!good)
            return err_set(err, ST_INVALID, "Mapping, line %zu: it is not 'Column = target'.",
                           number);
        struct str header = str_trim(str_sub(line, 0, equals - 1));
        for (size_t i = 0; i < import->count; i++) {
            struct column *column = &import->column[i];
            if (set[i] || !str_eq_nocase(column->header, header)) continue;
            set[i] = true;
            column->use = target.use;
            column->field = target.field;
            if (target.number) column->number = target.number;
            break;
        }
    }
    return ST_OK;
}

/* --- running ------------------------------------------------------------------------- */

/* The rows that this run has taken, by the hash of their keys, in an open-addressing table: in a
 * trial nothing is stored that would know a row again. */
struct met {
    uint64_t (*slot)[2]; /* zeros: free */
    size_t size;         /* a power of two; 0: there is none yet */
    size_t count;
};

/* Where it is, or would be. */
static uint64_t *slot_of(const struct met *met, const uint64_t hash[static 2])
{
    for (size_t i = hash[0] & (met->size - 1);; i = (i + 1) & (met->size - 1))
        if ((met->slot[i][0] == hash[0] && met->slot[i][1] == hash[1]) ||
            (!met->slot[i][0] && !met->slot[i][1]))
            return met->slot[i];
}

static enum st grow(struct met *met, struct err *err)
{
    struct met larger = {.size = met->size ? met->size * 2 : 1024, .count = met->count};
    larger.slot = calloc(larger.size, sizeof *larger.slot);
    if (!larger.slot) return err_set(err, ST_FAILED, "There is no memory left.");
    for (size_t i = 0; i < met->size; i++)
        if (met->slot[i][0] || met->slot[i][1])
            memcpy(slot_of(&larger, met->slot[i]), met->slot[i], sizeof *met->slot);
    free(met->slot);
    *met = larger;
    return ST_OK;
}

/* *ret_again: it was met before. */
static enum st meet(struct met *met, struct str key, bool *ret_again, struct err *err)
{
    uint64_t hash[2];
    crypto_generichash((unsigned char *)hash, sizeof hash, (const unsigned char *)key.ptr, key.len,
                       NULL, 0);
    if (met->count * 2 >= met->size && grow(met, err) != ST_OK) return ST_FAILED;
    uint64_t *slot = slot_of(met, hash);
    *ret_again = slot[0] || slot[1];
    met->count += !*ret_again;
    memcpy(slot, hash, sizeof hash);
    return ST_OK;
}

struct run {
    struct import *import;
    struct met met;
    const struct import_sink *sink;
    struct import_report *report;
    struct err *err;
};

static bool is_reason(const struct column *column)
{
    return str_eq_nocase(column->header, STR("Reason refused"));
}

static enum st write_refused(struct run *run, const struct kept_row *row, const char *reason)
{
    struct import *import = run->import;
    if (!run->sink->refused) return ST_OK;
    struct buf out;
    buf_init(&out, 4 * CSV_ROW_MAX);
    bool header = !import->header_refused;
    import->header_refused = true;
    for (int pass = header ? 0 : 1; pass < 2; pass++) {
        bool first = true;
        for (size_t i = 0; i < import->count || (i < row->count && pass); i++) {
            if (is_reason(&import->column[i])) continue;
            struct str cell = !pass            ? import->column[i].header
                              : i < row->count ? csv_unguard(row->cell[i])
                                               : STR("");
            csv_add_cell(&out, cell, first, true);
            first = false;
        }
        csv_add_cell(&out, pass ? str_from(reason) : STR("Reason refused"), first, true);
        csv_add_end(&out);
    }
    enum st st = run->sink->refused(run->sink->context, buf_str(&out), run->err);
    buf_done(&out);
    return st;
}

static enum st refuse(struct run *run, const struct kept_row *row, const char *reason)
{
    struct import_report *report = run->report;
    report->refused++;
    if (report->refusals_shown < IMPORT_REFUSALS_SHOWN) {
        struct import_refusal *refusal = &report->refusal[report->refusals_shown++];
        refusal->line = row->line;
        snprintf(refusal->reason, sizeof refusal->reason, "%.190s", reason);
    }
    return write_refused(run, row, reason);
}

static bool is_empty(const struct import *import, const struct kept_row *row)
{
    for (size_t i = 0; i < row->count; i++)
        if (str_trim(row->cell[i]).len && !is_reason(&import->column[i])) return false;
    return true;
}

static enum st take_row(struct run *run, const struct kept_row *row)
{
    struct import *import = run->import;
    struct import_report *report = run->report;
    if (!row->refused && is_empty(import, row)) return ST_OK;
    report->rows++;
    if (row->refused) return refuse(run, row, row->refused);
    struct arena_mark mark = arena_mark(&import->row_arena);
    struct submission_draft draft;
    struct err err = {0};
    bool new = false;
    bool again = false;
    size_t links = 0;
    enum st st = import_row_draft(&import->row_arena, import->column, row->count, row->cell,
                                  import->today, &draft, &report->left_out, &err);
    if (st == ST_OK) st = run->sink->accept(run->sink->context, &draft, &new, &links, &err);
    if (st == ST_OK) st = meet(&run->met, draft.idempotency_key, &again, &err);
    if (again) new = false;
    if (st == ST_OK) {
        report->taken += new;
        report->already += !new;
        report->links += links;
        report->mentions += new ? draft.mention_count : 0;
    } else if (st == ST_INVALID) {
        st = refuse(run, row, err.public);
    } else if (run->err) {
        *run->err = err;
    }
    arena_reset(&import->row_arena, mark);
    return st;
}

static enum st take_rest(struct run *run)
{
    struct import *import = run->import;
    enum st st = ST_OK;
    struct csv_row row;
    enum csv_outcome outcome = CSV_END;
    while (st == ST_OK && (outcome = csv_reader_next(import->reader, &row)) == CSV_ROW) {
        struct kept_row next = {row.line, row.cell, row.count, row.refused};
        st = take_row(run, &next);
        if (run->sink->progress)
            run->sink->progress(run->sink->context, import->bytes, run->report->rows);
    }
    if (st == ST_OK && outcome == CSV_FAILED)
        st = err_set(run->err, ST_FAILED, "The file cannot be read to its end.");
    return st;
}

enum st import_run(struct import *import, const struct import_sink *sink, struct import_report *ret,
                   struct err *err)
{
    *ret = (struct import_report){0};
    struct run run = {.import = import, .sink = sink, .report = ret, .err = err};
    enum st st = ST_OK;
    for (size_t i = 0; i < import->kept_count && st == ST_OK; i++) {
        st = take_row(&run, &import->kept[i]);
        if (sink->progress) sink->progress(sink->context, import->bytes, ret->rows);
    }
    if (st == ST_OK) st = take_rest(&run);
    free(run.met.slot);
    return st;
}
