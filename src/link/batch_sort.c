#include "link/batch_sort.h"

#include "link/batch_memory.h"

#include <stdbool.h>
#include <string.h>

enum { TOP_SHIFT = 64 - SORT_TOP_BITS, SHIFT = TOP_SHIFT - SORT_BITS, LAST_SHIFT = 32, FEW = 48 };

void batch_sorter_room(struct batch_sorter *sorter, size_t count)
{
    if (count <= sorter->room) return;
    batch_sorter_done(sorter);
    sorter->room = count;
    sorter->list = batch_memory((count + 1) * sizeof *sorter->list);
    sorter->other = batch_memory((count + 1) * sizeof *sorter->other);
}

void batch_sorter_done(struct batch_sorter *sorter)
{
    batch_memory_free(sorter->list);
    batch_memory_free(sorter->other);
    sorter->list = sorter->other = NULL;
    sorter->room = 0;
}

static void add_up(uint32_t *digit, size_t count)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t here = digit[i];
        digit[i] = sum;
        sum += here;
    }
}

/* By insertion: what is one key stands in order already. */
static void sort_few(uint64_t *list, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        uint64_t one = list[i];
        size_t k = i;
        for (; k > 0 && list[k - 1] > one; k--) list[k] = list[k - 1];
        list[k] = one;
    }
}

/* Of keys whose upper bits are the same; `space` is as long. */
static void sort_together(struct batch_sorter *sorter, uint64_t *list, uint64_t *space,
                          size_t count)
{
    bool in_order = true;
    for (size_t i = 1; in_order && i < count; i++) in_order = list[i - 1] <= list[i];
    if (in_order) return; /* one key */
    memset(sorter->last, 0, sizeof sorter->last);
    for (size_t i = 0; i < count; i++)
        sorter->last[list[i] >> LAST_SHIFT & (SORT_LAST_DIGITS - 1)]++;
    add_up(sorter->last, SORT_LAST_DIGITS);
    for (size_t i = 0; i < count; i++)
        space[sorter->last[list[i] >> LAST_SHIFT & (SORT_LAST_DIGITS - 1)]++] = list[i];
    memcpy(list, space, count * sizeof *list);
}

/* Leaves the result in `ret`, which is as long as the list. */
static void sort_bucket(struct batch_sorter *sorter, uint64_t *list, uint64_t *ret, size_t count)
{
    if (count < FEW) {
        sort_few(list, count);
        memcpy(ret, list, count * sizeof *list);
        return;
    }
    memset(sorter->digit, 0, sizeof sorter->digit);
    for (size_t i = 0; i < count; i++) sorter->digit[list[i] >> SHIFT & (SORT_DIGITS - 1)]++;
    add_up(sorter->digit, SORT_DIGITS);
    for (size_t i = 0; i < count; i++)
        ret[sorter->digit[list[i] >> SHIFT & (SORT_DIGITS - 1)]++] = list[i];
    for (size_t i = 0, from = 0; i < SORT_DIGITS; i++) { /* each now tells where it ends */
        size_t some = sorter->digit[i] - from;
        if (some < FEW)
            sort_few(ret + from, some);
        else
            sort_together(sorter, ret + from, list + from, some);
        from = sorter->digit[i];
    }
}

void batch_sort(struct batch_sorter *sorter, size_t count)
{
    if (count == 0) return; /* there may be no list */
    memset(sorter->top, 0, sizeof sorter->top);
    for (size_t i = 0; i < count; i++) sorter->top[sorter->list[i] >> TOP_SHIFT]++;
    size_t sum = 0;
    for (size_t i = 0; i <= 1 << SORT_TOP_BITS; i++) {
        size_t here = sorter->top[i];
        sorter->top[i] = sum;
        sum += here;
    }
    for (size_t i = 0; i < count; i++)
        sorter->other[sorter->top[sorter->list[i] >> TOP_SHIFT]++] = sorter->list[i];
    /* each now tells where its bucket ends */
    for (size_t i = 0, from = 0; i < 1 << SORT_TOP_BITS; i++) {
        sort_bucket(sorter, sorter->other + from, sorter->list + from, sorter->top[i] - from);
        from = sorter->top[i];
    }
}
