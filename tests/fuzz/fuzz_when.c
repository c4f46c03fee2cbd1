/*
 * Any bytes as a date: a range is never upside down, a span never outside.
 */
#include "domain/when.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct date_range *range)
{
    if (!date_valid(range->from) || !date_valid(range->to) ||
        date_to_days(range->from) > date_to_days(range->to))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct date today = {2026, 11, 24};
    struct str text = str_of((const char *)data, size);
    struct date_range range;
    struct err err = {0};
    if (when_parse(text, today, &range, &err) == ST_OK) check(&range);
    size_t at = 0, start = 0, end = 0;
    while (when_find(text, at, today, &start, &end, &range)) {
        if (start < at || end <= start || end > size) abort();
        check(&range);
        at = end;
    }
    return 0;
}
