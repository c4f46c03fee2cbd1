/*
 * record: rows of the store as the domain's structs.
 *
 * Layer: domain, private.
 */
#ifndef PENDEEN_DOMAIN_RECORD_H
#define PENDEEN_DOMAIN_RECORD_H

#include "domain/record_key.h"
#include "domain/submission.h"

enum {
    TOLD_WORDS = 3,       /* narrative, when, where: the first texts of either of these */
    SUBMISSION_WORDS = 4, /* those, and the hash of what was asked for: submission.words */
    /* those, and whether the Forum may know who sent it: submission_version.words */
    VERSION_WORDS = 4,
};
/* The last of them where it may; the name is not here, but with the source (domain/source.h). */
#define VERSION_NAMED "named"

/* The mention of a row that begins as Q_MENTION_READ does, its fields opened into the
 * arena by who opens FIELD_MENTION_FIELDS. */
enum st mention_from_row(struct arena *arena, struct query *query, struct field_opener *opener,
                         struct mention *ret, struct err *err) MUST_USE;
/* Reads one; ST_NOT_FOUND when there is none. */
enum st mention_load(struct app *app, struct db *db, struct arena *arena, int64_t id,
                     struct mention *ret, struct err *err) MUST_USE;

#endif
