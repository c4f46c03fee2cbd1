/*
 * Any bytes as a narrative: spans are in order, in the text and apart.
 */
#include "base/arena.h"
#include "domain/extract.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct date today = {2026, 11, 24};
    struct str text = str_of((const char *)data, size);
    struct arena arena;
    arena_init(&arena, 64 << 20);
    struct extract_result result;
    extract_narrative(&arena, text, today, MENTIONS_MAX, &result);
    if (result.mention_count > MENTIONS_MAX) abort();
    int32_t end = 0;
    for (size_t i = 0; i < result.span_count; i++) {
        const struct extract_span *span = &result.span[i];
        if (span->start < end || span->end <= span->start || (size_t)span->end > size) abort();
        if (span->mention >= result.mention_count) abort();
        end = span->end;
    }
    for (size_t i = 0; i < result.mention_count; i++) {
        const struct mention_draft *mention = &result.mention[i];
        size_t filled = 0;
        for (int field = 0; field < LINK_FIELDS; field++) filled += mention->field[field].len > 0;
        if (!filled || mention->span_start < 0 || mention->span_end <= mention->span_start) abort();
    }
    struct extract_date date[16];
    (void)extract_dates(text, today, date, 16);
    arena_done(&arena);
    return 0;
}
