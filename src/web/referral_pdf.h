/*
 * referral_pdf: a referral as a PDF, to be printed or filed.
 *
 * Layer: web.  web/paper.h draws it.
 */
#ifndef PENDEEN_WEB_REFERRAL_PDF_H
#define PENDEEN_WEB_REFERRAL_PDF_H

#include "domain/referral.h"
#include "web/request.h"

/* ST_LIMIT: it is too long for one; ST_FAILED: it could not be drawn. */
enum st referral_pdf(struct request *request, const struct referral *referral, const char *marking,
                     struct buf *ret, struct err *err) MUST_USE;

#endif
