/*
 * support_import: a file of Open Referral UK, looked at before it is taken into the directory
 * of support.
 *
 * Layer: domain.  A file is staged: kept, sealed, and compared with the directory.  Whoever
 * keeps the directory sees what would be new, what would change and which services are not
 * right, with place and reason; then takes it, or drops it.  Services that are not right are
 * left out and the others taken.  Entries of the area pack are never changed by a file.
 */
#ifndef PENDEEN_DOMAIN_SUPPORT_IMPORT_H
#define PENDEEN_DOMAIN_SUPPORT_IMPORT_H

#include "domain/open_referral.h"

enum support_change { SUPPORT_NEW, SUPPORT_CHANGED, SUPPORT_SAME, SUPPORT_OF_PACK, SUPPORT_WRONG };

/* One field that would be different. */
struct support_difference {
    struct str what; /* "Phone" */
    struct str before;
    struct str after;
};
enum { SUPPORT_DIFFERENCES_MAX = 16 };

struct support_step {
    enum support_change change;
    const struct open_referral_row *row;
    struct support_difference difference[SUPPORT_DIFFERENCES_MAX];
    size_t difference_count;
};

struct support_import {
    int64_t id;
    struct str file_name;
    struct str file;
    struct str state; /* "staged", "taken", "dropped" */
    int64_t account;
    struct str by; /* name of the person */
    instant_ms at;
};

/* ST_INVALID when the file is no Open Referral UK at all: nothing is kept. */
enum st support_import_stage(struct app *app, const struct person *who, struct str file_name,
                             struct str file, int64_t *ret, struct err *err) MUST_USE;
enum st support_import_read(struct app *app, struct arena *arena, int64_t id,
                            struct support_import *ret, struct err *err) MUST_USE;
/* Newest first, at most 50, without the file. */
enum st support_import_list(struct app *app, struct arena *arena, struct support_import **ret,
                            size_t *ret_count, struct err *err) MUST_USE;
/* What taking it would do to the directory as it is now. */
enum st support_import_plan(struct app *app, struct arena *arena,
                            const struct support_import *import, struct support_step **ret,
                            size_t *ret_count, struct err *err) MUST_USE;
/* Takes what is right of it.  ST_CONFLICT: it was taken or dropped already. */
enum st support_import_take(struct app *app, const struct person *who, int64_t id,
                            size_t *ret_taken, struct err *err) MUST_USE;
enum st support_import_drop(struct app *app, const struct person *who, int64_t id,
                            struct err *err) MUST_USE;

#endif
