/*
 * date_text: dates as registers write them, and words that mean "not known".
 *
 * Layer: link.  "1971-06-24", "19710624", "24/06/1971", "24.6.71", "24 Jun 1971",
 * "June 24, 1971", "06/1971", "1971", and "26108" as a spreadsheet counts days.  A part
 * that is not told is 0.
 */
#ifndef PENDEEN_LINK_DATE_TEXT_H
#define PENDEEN_LINK_DATE_TEXT_H

#include "base/str.h"

struct date_text {
    int year;
    int month;
    int day;
};

/* Which of two numbers is the month when both could be. */
enum date_order { DATE_DAY_FIRST, DATE_MONTH_FIRST };

/* False when the text tells of no year. */
bool date_text_read(struct str text, enum date_order order, struct date_text *ret);
/* A date with all of its parts. */
bool date_text_is_whole(struct str text);
/* What the text says of the order of a column: +1 the day must come first, -1 the
 * month, 0 nothing. */
int date_text_order(struct str text);

/* "", "na", "n/a", "null", "unknown", "-" and their like, in lower case. */
bool text_is_missing(struct str text);

#endif
