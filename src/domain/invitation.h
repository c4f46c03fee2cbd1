/*
 * invitation: a link that lets a person set their own password, once.
 *
 * Layer: domain.  Nobody sets another's password in the web pages: an administrator makes
 * a link and hands it over, for a new account and for a password that was forgotten alike.
 * The store holds the hash of its token.  A later link, a set password or a disabled
 * account ends it.
 */
#ifndef PENDEEN_DOMAIN_INVITATION_H
#define PENDEEN_DOMAIN_INVITATION_H

#include "domain/account.h"

enum { INVITATION_DAYS = 7 };

/* Makes a link for an account; `ret` is its token, shown once and kept nowhere. */
enum st invitation_make(struct app *app, int64_t by, int64_t account,
                        char ret[static SEAL_TOKEN_SIZE], struct err *err) MUST_USE;
/* Whose link it is.  ST_NOT_FOUND: it was used, is too old or never was. */
enum st invitation_read(struct app *app, struct arena *arena, struct str token,
                        struct account_line *ret, struct err *err) MUST_USE;
/* Sets the password and ends the link and every session of the account. */
enum st invitation_use(struct app *app, struct str token, struct str password, int64_t *ret_account,
                       struct err *err) MUST_USE;

#endif
