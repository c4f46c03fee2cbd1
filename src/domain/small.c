#include "domain/small.h"

bool small_figure(int64_t count)
{
    return count > 0 && count < SMALL_UNDER;
}

static bool is_small(const struct small_row *row)
{
    bool small = false;
    for (int i = 0; i < SMALL_CELLS; i++) small |= small_figure(row->cell[i]);
    return small;
}

static bool holds_something(const struct small_row *row)
{
    bool something = false;
    for (int i = 0; i < SMALL_CELLS; i++) something |= row->cell[i] != 0;
    return something;
}

/* Does what is hidden, as a whole, say nothing of one of its rows?  A hidden
 * row may be any share of it. */
static bool is_safe(const struct small_row *row, size_t count)
{
    struct small_row sum = {{0}, false};
    size_t hidden = 0;
    for (size_t i = 0; i < count; i++) {
        if (!row[i].hidden) continue;
        hidden++;
        for (int k = 0; k < SMALL_CELLS; k++) sum.cell[k] += row[i].cell[k];
    }
    return hidden > 1 && !is_small(&sum);
}

void small_hide(struct small_row *row, size_t count)
{
    size_t first = count;
    for (size_t i = count; i-- > 0;) {
        row[i].hidden |= is_small(&row[i]);
        if (row[i].hidden) first = i;
    }
    if (first == count) return;
    /* Round from the first: the next, and if need be the one after it. */
    for (size_t step = 1; step < count && !is_safe(row, count); step++) {
        struct small_row *next = &row[(first + step) % count];
        if (holds_something(next)) next->hidden = true;
    }
}
