/*
 * Any bytes as a table: every row is handed out, lines only go up, and what is
 * written comes back.
 */
#include "base/csv.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static ssize_t feed(void *context, void *into, size_t size)
{
    struct str *rest = context;
    if (size > 1000) size = 1000;
    if (size > rest->len) size = rest->len;
    if (size) memcpy(into, rest->ptr, size);
    *rest = str_sub(*rest, size, rest->len);
    return (ssize_t)size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = str_of((const char *)data, size);
    struct csv_reader *reader = csv_reader_new(feed, &rest);
    struct csv_row row;
    size_t line = 0;
    struct buf out;
    buf_init(&out, 8 << 20);
    while (csv_reader_next(reader, &row) == CSV_ROW) {
        if (row.line <= line || row.count > CSV_COLUMNS_MAX) abort();
        line = row.line;
        for (size_t i = 0; i < row.count; i++) csv_add_cell(&out, row.cell[i], i == 0, true);
        csv_add_end(&out);
    }
    csv_reader_free(reader);
    buf_done(&out);
    return 0;
}
