/* small: figures that are too small to be shown, and what would give them away.
 *
 * Layer: domain.  A count of one to four is not shown.  Nor is its row, nor so much of the rest
 * of a table as it takes that the whole less what is shown says nothing of it: at least two
 * rows are hidden, and what they add up to is small in no cell.  Which row goes with a small
 * one is a matter of its place, never of its size: whoever knows this rule learns nothing from
 * the choice (docs/decisions/0148).
 */
#ifndef PENDEEN_DOMAIN_SMALL_H
#define PENDEEN_DOMAIN_SMALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SMALL_UNDER = 5, SMALL_CELLS = 2 };

/* One to four.  That there is none may be said. */
bool small_figure(int64_t count);

/* A row of a table whose cells add up to a whole that is shown, such as how many were in time and
 * how many were not.  A table of single figures leaves the second at 0. */
struct small_row {
    int64_t cell[SMALL_CELLS];
    bool hidden; /* those that are when it is called stay so */
};
void small_hide(struct small_row *row, size_t count);

#endif
