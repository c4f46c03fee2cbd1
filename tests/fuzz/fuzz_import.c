/*
 * Any bytes as a spreadsheet: every draft that comes out is within its limits, and a
 * mapping that is written can be read.
 */
#include "base/arena.h"
#include "domain/import.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static ssize_t feed(void *context, void *into, size_t size)
{
    struct str *rest = context;
    if (size > rest->len) size = rest->len;
    if (size) memcpy(into, rest->ptr, size);
    *rest = str_sub(*rest, size, rest->len);
    return (ssize_t)size;
}

static enum st accept(void *context, struct submission_draft *draft, bool *ret_new,
                      size_t *ret_links, struct err *err)
{
    (void)context;
    (void)err;
    if (!draft->idempotency_key.len || !draft->narrative.len ||
        draft->narrative.len > NARRATIVE_MAX || draft->mention_count > MENTIONS_MAX)
        abort();
    for (size_t i = 0; i < draft->mention_count; i++)
        if (draft->mention[i].span_end > (int32_t)draft->narrative.len) abort();
    *ret_new = true;
    *ret_links = 0;
    return ST_OK;
}

static enum st drop(void *context, struct str csv, struct err *err)
{
    (void)context;
    (void)csv;
    (void)err;
    return ST_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct date today = {2026, 11, 24};
    struct str rest = str_of((const char *)data, size);
    struct import *import = NULL;
    struct err err = {0};
    if (import_open(feed, &rest, today, &import, &err) != ST_OK) return 0;
    struct arena arena;
    arena_init(&arena, 64 << 20);
    if (import_mapping_read(import, import_mapping_write(&arena, import), &err) != ST_OK) abort();
    struct import_sink sink = {.accept = accept, .refused = drop};
    struct import_report report;
    if (import_run(import, &sink, &report, &err) != ST_OK) abort();
    if (report.taken + report.already + report.refused != report.rows) abort();
    import_close(import);
    arena_done(&arena);
    return 0;
}
