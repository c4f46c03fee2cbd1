/*
 * reason: the few words in which somebody says why, checked, and sealed under the data
 * key of the submission that they are about: what destroys one destroys the other.
 *
 * Layer: domain.
 */
#ifndef PENDEEN_DOMAIN_REASON_H
#define PENDEEN_DOMAIN_REASON_H

#include "domain/record_key.h"

enum { REASON_MAX = 500 }; /* characters */

/* Cleaned into the arena.  ST_INVALID when it is empty or too long. */
enum st reason_clean(struct arena *arena, struct str text, struct str *ret,
                     struct err *err) MUST_USE;
/* ST_NOT_FOUND: the submission has no key any more. */
enum st reason_seal(struct app *app, struct db *db, struct arena *arena, int64_t submission,
                    enum seal_field field, int64_t row, struct str text, struct str *ret,
                    struct err *err) MUST_USE;
/* Opens column `sealed` of a row whose submission's key stands at `key` and the two
 * after it. */
enum st reason_open(struct app *app, struct arena *arena, struct query *query, int sealed, int key,
                    enum seal_field field, int64_t row, struct str *ret, struct err *err) MUST_USE;

#endif
