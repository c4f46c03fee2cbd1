/*
 * html: text made safe for the place where it goes.
 *
 * Layer: html.  The views of views/ compile to calls of these (tools/viewc.c),
 * which choose by context; pages never escape by hand.  A `struct url` comes only
 * from the functions here, a `struct html` only from a view's own output, so that
 * neither can be made from what a person typed by mistake.
 */
#ifndef PENDEEN_HTML_HTML_H
#define PENDEEN_HTML_HTML_H

#include "base/arena.h"
#include "base/buf.h"

/* A link that may stand in href, src or action. */
struct url {
    struct str s;
};
/* Markup that a view drew; or one that draws it where it is put (then `s` is empty). */
struct html {
    struct str s;
    void (*draw)(struct buf *out, const void *view);
    const void *view;
};

/* Text between tags: & < > are escaped.  What is not valid UTF-8 becomes U+FFFD, and what
 * utf8_clean would drop is dropped. */
void html_text(struct buf *out, struct str text);
/* A quoted attribute: & < > " ' are escaped; the same otherwise. */
void html_attribute(struct buf *out, struct str text);
/* As it is. */
void html_markup(struct buf *out, struct html markup);
/* With `decimals` places; `sign`: a plus before what is not negative.  What is no
 * number is shown as a dash. */
void html_number(struct buf *out, double value, int decimals, bool sign);

/* A path of this site ("/entities/7?x=1"), percent-encoded already; anything else
 * becomes "/". */
struct url html_url_path(struct arena *arena, struct str path);
/* The same from a constant, without a copy. */
struct url html_url_constant(const char *path);
/* "#id" of this page. */
struct url html_url_fragment(struct arena *arena, struct str id);
/* "tel:" and the digits of a phone number as people write it. */
struct url html_url_phone(struct arena *arena, struct str phone);
/* "sms:" and the digits of a number for text messages. */
struct url html_url_sms(struct arena *arena, struct str number);
/* "mailto:" and an address of letters, digits and ".-_+@"; anything else becomes "/". */
struct url html_url_mail(struct arena *arena, struct str address);
/* https: alone; anything else becomes "/". */
struct url html_url_external(struct arena *arena, struct str address);

/* Where somebody signs in: https:, or http: on this machine itself; anything else becomes
 * "/". */
struct url html_url_provider(struct arena *arena, struct str address);

static inline struct html html_from_view(const struct buf *drawn)
{
    return (struct html){.s = buf_str(drawn)};
}

#endif
