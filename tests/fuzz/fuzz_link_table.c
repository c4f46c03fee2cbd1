/* A table and a model in one text, apart at the first zero byte: whatever is read is linked as one
 * file and as two, on one and on two threads with the same result, weights are symmetric, and
 * explanations add up.  Vectors find the ends of its fields where the reference does. */
#include "link/batch.h"
#include "link/table_split.h"

#include <math.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_pairs(const struct batch_result *result)
{
    for (size_t i = 0; i < result->count && i < 50; i++) {
        const struct batch_pair *pair = &result->pair[i];
        struct batch_line line[BATCH_LINES_MAX];
        double sum = 0;
        int lines = batch_explain(result, pair->left, pair->right, line);
        for (int k = 0; k < lines; k++) sum += line[k].bits;
        if (fabs(sum - (double)pair->weight) > 1e-4) abort();
        if (batch_weigh_rows(result, pair->left, pair->right) !=
            batch_weigh_rows(result, pair->right, pair->left))
            abort();
    }
}

static void link_it(const struct table *table, const struct model *start, size_t first)
{
    struct model model[2] = {*start, *start};
    struct batch_result result[2];
    for (int i = 0; i < 2; i++) {
        struct batch_options options = {.threshold = 0.01,
                                        .threads = 1 + i,
                                        .seed = 1,
                                        .first_rows = first,
                                        .partners = first % 2 ? BATCH_ONE : BATCH_FOUND_OUT};
        batch_link(table, &model[i], &options, 0.95, &result[i]);
    }
    if (result[0].count != result[1].count) abort();
    for (size_t i = 0; i < result[0].count; i++)
        if (result[0].pair[i].weight != result[1].pair[i].weight) abort();
    check_pairs(&result[0]);
    for (int i = 0; i < 2; i++) batch_done(&result[i]);
}

static void split_it(struct str text)
{
    while (text.len && text.ptr[text.len - 1] != '\n') text.len--;
    uint32_t *end = calloc(2 * (text.len + SPLIT_ROOM), sizeof *end);
    uint32_t *wanted = end + text.len + SPLIT_ROOM;
    if (!end) return;
    for (size_t columns = 1; columns < 5; columns++) {
        size_t lines = 0, wanted_lines = 0;
        bool plain = table_split_plain(text, ',', columns, 100, wanted, &wanted_lines);
        if (table_split(text, ',', columns, 100, end, &lines) != plain ||
            lines != (plain ? wanted_lines : lines))
            abort();
        if (plain && memcmp(end, wanted, lines * columns * sizeof *end) != 0) abort();
    }
    free(end);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = str_of((const char *)data, size);
    const void *zero = memchr(data, 0, size);
    size_t length = zero ? (size_t)((const uint8_t *)zero - data) : size;
    struct table *table = calloc(1, sizeof *table);
    struct model model;
    if (!table) return 0;
    split_it(str_sub(text, 0, length));
    if (table_read(table, str_sub(text, 0, length), STR(""), 1, NULL) == ST_OK &&
        table->rows < 300) {
        model_guess(table, &model);
        link_it(table, &model, 0);
        link_it(table, &model, size % (table->rows + 1));
        if (zero && model_read(str_sub(text, length + 1, size), table, &model, NULL) == ST_OK)
            link_it(table, &model, 0);
    }
    table_done(table);
    free(table);
    return 0;
}
