/*
 * markdown: CommonMark of the area pack as markup for a page.
 *
 * Layer: html, on cmark (the reference implementation).  Raw HTML and links other than
 * http, https, mailto, tel and paths of this site are left out, so that nothing in a
 * pack can carry script.
 */
#ifndef PENDEEN_HTML_MARKDOWN_H
#define PENDEEN_HTML_MARKDOWN_H

#include "html/html.h"

struct html markdown_to_html(struct arena *arena, struct str markdown);
/* The words alone, one blank between each: for search and for measuring. */
struct str markdown_to_words(struct arena *arena, struct str markdown);

#endif
