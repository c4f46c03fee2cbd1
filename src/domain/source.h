/*
 * source: who handed a submission in.
 *
 * Layer: domain.  The account stands sealed in a table of its own, under keys of its own
 * use; a submission keeps only a blind tag of it, by which its sender finds it again.
 * Nothing else may hold the two together: no search, match, export or log.
 */
#ifndef PENDEEN_DOMAIN_SOURCE_H
#define PENDEEN_DOMAIN_SOURCE_H

#include "domain/app.h"
#include "seal/keyring.h"

/* The tag under which an account's own submissions and imports are found. */
void source_tag(const struct app *app, int64_t account, uint8_t ret[static SEAL_TAG_SIZE]);
/* Is this tag, out of a row, that account's? */
bool source_is(const struct app *app, int64_t account, struct str tag);

enum st source_add(struct app *app, struct db *db, int64_t submission, int64_t account,
                   struct err *err) MUST_USE;
/* Opens it: whoever calls this has asked access first and writes the disclosure down. */
enum st source_open(struct app *app, struct db *db, int64_t submission, int64_t *ret_account,
                    struct err *err) MUST_USE;

#endif
