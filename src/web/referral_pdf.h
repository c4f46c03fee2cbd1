/*
 * referral_pdf: a referral as a PDF, to be printed or filed.
 *
 * Layer: web.  Drawn by cairo and laid out by Pango; text is text to both, never markup.
 * Each page carries the marking, the reader's name, the date and its number.
 */
#ifndef PENDEEN_WEB_REFERRAL_PDF_H
#define PENDEEN_WEB_REFERRAL_PDF_H

#include "domain/referral.h"
#include "web/request.h"

/* Must run once before the program gives up its rights to files: it finds the fonts. */
void referral_pdf_prepare(void);

/* ST_LIMIT: it is too long for one; ST_FAILED: it could not be drawn. */
enum st referral_pdf(struct request *request, const struct referral *referral, const char *marking,
                     struct buf *ret, struct err *err) MUST_USE;

#endif
