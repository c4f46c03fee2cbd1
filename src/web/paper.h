/*
 * paper: running text as a PDF of A4 pages, to be printed or filed.
 *
 * Layer: web.  Drawn by cairo and laid out by Pango; text is text to both, never markup.
 * Each page carries the marking, the reader's name, the date and its number; of what is for
 * anybody's eyes, none of these.
 */
#ifndef PENDEEN_WEB_PAPER_H
#define PENDEEN_WEB_PAPER_H

#include "web/request.h"

struct paper;

/* Must run once before the program gives up its rights to files: it finds the fonts. */
void paper_prepare(void);

/* Is there a letter for every character of it?  Others print as an empty box. */
bool paper_has(struct str text);

/* Calls `write` twice, the first time to count the pages.  `marking` NULL: it is for anybody's
 * eyes, and says nowhere for whom it was made.  ST_LIMIT: it is too long; ST_FAILED: it could not
 * be drawn. */
enum st paper_pdf(struct request *request, struct str title, const char *marking,
                  void (*write)(struct paper *paper, const void *context), const void *context,
                  struct buf *ret, struct err *err) MUST_USE;

/* For `write`: text over as many pages as it takes, a new one where `room` points do not
 * fit; sizes are points. */
void paper_text(struct paper *paper, struct str text, double indent, double size, bool bold,
                double room);
void paper_space(struct paper *paper, double points);
/* A small picture: the first mark, joined by a line with each other, which stand to its
 * right with their titles beside them; all of it on one page.  Coordinates are half
 * points, from the top left. */
struct paper_mark {
    double x;
    double y;
    struct str letter;
    struct str title;
};
void paper_star(struct paper *paper, const struct paper_mark *mark, size_t count, double height);

#endif
