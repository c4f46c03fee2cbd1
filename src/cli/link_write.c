#include "cli/link_write.h"

#include "link/workers.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

enum { PIECE = 8192, AHEAD = 16, NUMBERS_SIZE = 64 };

struct output {
    const struct table *table;
    const struct batch_result *result;
    bool clusters;
    size_t first_rows; /* clusters of two files: rows of the first, else 0 */
    bool plain; /* no id needs quotes */
    size_t count;
    int handle;
    pthread_mutex_t lock;
    pthread_cond_t turned;
    size_t next;    /* piece that nobody makes yet */
    size_t written; /* pieces */
    bool bad;
};

/* --- one line ---------------------------------------------------------------------------- */

static bool is_plain(struct str id)
{
    for (size_t i = 0; i < id.len; i++)
        if (id.ptr[i] == ',' || id.ptr[i] == '"' || id.ptr[i] == '\n' || id.ptr[i] == '\r')
            return false;
    return true;
}

static char *add_plain(char *at, struct str text)
{
    /* most are short: a loop is faster than a call */
    for (size_t i = 0; i < text.len; i++) at[i] = text.ptr[i];
    return at + text.len;
}

/* `before`: what stands before the id in its cell. */
static char *add_id(const struct output *output, char *at, struct str before, struct str id)
{
    if (output->plain || is_plain(id)) return add_plain(add_plain(at, before), id);
    *at++ = '"';
    at = add_plain(at, before);
    for (size_t i = 0; i < id.len; i++) {
        if (id.ptr[i] == '"') *at++ = '"';
        *at++ = id.ptr[i];
    }
    *at++ = '"';
    return at;
}

static char *add_digits(char *at, uint32_t value, int digits)
{
    for (int i = digits - 1; i >= 0; i--, value /= 10) at[i] = (char)('0' + value % 10);
    return at + digits;
}

/* Bits, to a thousandth. */
static char *add_weight(char *at, double value)
{
    double thousandths = value * 1e3;
    int64_t whole = (int64_t)(thousandths < 0 ? thousandths - 0.5 : thousandths + 0.5);
    if (whole < 0) *at++ = '-';
    uint64_t rest = whole < 0 ? (uint64_t)-whole : (uint64_t)whole;
    uint32_t bits = (uint32_t)(rest / 1000);
    at = add_digits(at, bits, bits >= 1000 ? 7 : bits >= 100 ? 3 : bits >= 10 ? 2 : 1);
    *at++ = '.';
    return add_digits(at, (uint32_t)(rest % 1000), 3);
}

/* To a millionth. */
static char *add_probability(char *at, double weight)
{
    const double certain = 21; /* from here on it is 1.000000 */
    uint32_t millionths =
        weight >= certain ? 1000000 : (uint32_t)(batch_probability(weight) * 1e6 + 0.5);
    *at++ = (char)('0' + millionths / 1000000);
    *at++ = '.';
    return add_digits(at, millionths % 1000000, 6);
}

static uint32_t left_of(const struct output *output, size_t i)
{
    return output->clusters ? (uint32_t)i : output->result->pair[i].left;
}

static uint32_t right_of(const struct output *output, size_t i)
{
    return output->clusters ? output->result->cluster[i] : output->result->pair[i].right;
}

/* Two files may both count from 1: a cluster is called by the file of its first record too. */
static struct str file_mark(const struct output *output, uint32_t row)
{
    if (!output->first_rows) return STR("");
    return row < output->first_rows ? STR("1:") : STR("2:");
}

static char *add_line(const struct output *output, size_t i, char *at)
{
    uint32_t left = left_of(output, i), right = right_of(output, i);
    if (output->first_rows) at = add_plain(at, left < output->first_rows ? STR("1,") : STR("2,"));
    at = add_id(output, at, STR(""), table_id(output->table, left));
    *at++ = ',';
    at = add_id(output, at, file_mark(output, right), table_id(output->table, right));
    if (!output->clusters) {
        double weight = (double)output->result->pair[i].weight;
        *at++ = ',';
        at = add_weight(at, weight);
        *at++ = ',';
        at = add_probability(at, weight);
    }
    *at++ = '\n';
    return at;
}

/* --- pieces ------------------------------------------------------------------------------- */

static size_t make_piece(const struct output *output, size_t piece, char **bytes, size_t *room)
{
    size_t from = piece * PIECE;
    size_t to = from + PIECE < output->count ? from + PIECE : output->count;
    size_t size = (to - from) * NUMBERS_SIZE;
    for (size_t i = from; i < to; i++) {
        if (i + AHEAD < to)
            __builtin_prefetch(&output->table->column[output->table->id_column]
                                    .text[right_of(output, i + AHEAD) + 1]);
        size += 2 * (table_id(output->table, left_of(output, i)).len +
                     table_id(output->table, right_of(output, i)).len);
    }
    if (size > *room) {
        *room = size + size / 4;
        free(*bytes);
        *bytes = malloc(*room);
        if (!*bytes) abort();
    }
    char *at = *bytes;
    for (size_t i = from; i < to; i++) {
        if (i + AHEAD < to)
            __builtin_prefetch(table_id(output->table, right_of(output, i + AHEAD)).ptr);
        at = add_line(output, i, at);
    }
    return (size_t)(at - *bytes);
}

static bool write_all(int handle, const char *bytes, size_t length)
{
    while (length) {
        ssize_t wrote = write(handle, bytes, length);
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote <= 0) return false;
        bytes += wrote;
        length -= (size_t)wrote;
    }
    return true;
}

/* While one thread writes, the others make the pieces that come after. */
static void work(void *context, int number)
{
    struct output *output = context;
    size_t pieces = (output->count + PIECE - 1) / PIECE;
    size_t room = 0;
    char *bytes = NULL;
    (void)number;
    for (;;) {
        pthread_mutex_lock(&output->lock);
        size_t piece = output->bad ? pieces : output->next++;
        pthread_mutex_unlock(&output->lock);
        if (piece >= pieces) break;
        size_t length = make_piece(output, piece, &bytes, &room);
        pthread_mutex_lock(&output->lock);
        while (output->written != piece && !output->bad)
            pthread_cond_wait(&output->turned, &output->lock);
        bool bad = output->bad;
        pthread_mutex_unlock(&output->lock);
        bad = bad || !write_all(output->handle, bytes, length);
        pthread_mutex_lock(&output->lock);
        output->bad |= bad;
        output->written++;
        pthread_cond_broadcast(&output->turned);
        pthread_mutex_unlock(&output->lock);
    }
    free(bytes);
}

static enum st write_lines(const char *file, struct str header, struct output *output, int threads,
                           struct err *err)
{
    output->handle = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    bool good = output->handle >= 0 && write_all(output->handle, header.ptr, header.len);
    output->plain = true;
    for (size_t i = 0; good && output->plain && i < output->table->rows; i++)
        output->plain = is_plain(table_id(output->table, i));
    pthread_mutex_init(&output->lock, NULL);
    pthread_cond_init(&output->turned, NULL);
    if (good) workers_run(output->count > PIECE ? threads : 1, work, output);
    pthread_cond_destroy(&output->turned);
    pthread_mutex_destroy(&output->lock);
    if (output->handle >= 0 && close(output->handle) != 0) good = false;
    return good && !output->bad ? ST_OK : err_set(err, ST_FAILED, "'%s' cannot be written.", file);
}

enum st link_write_pairs(const char *file, const struct table *table,
                         const struct batch_result *result, int threads, struct err *err)
{
    struct output output = {.table = table, .result = result, .count = result->count};
    return write_lines(file, STR("id_l,id_r,match_weight,match_probability\n"), &output, threads,
                       err);
}

enum st link_write_clusters(const char *file, const struct table *table, size_t first_rows,
                            const struct batch_result *result, int threads, struct err *err)
{
    struct output output = {.table = table,
                            .result = result,
                            .count = table->rows,
                            .clusters = true,
                            .first_rows = first_rows};
    return write_lines(file, first_rows ? STR("file,id,cluster_id\n") : STR("id,cluster_id\n"),
                       &output, threads, err);
}
