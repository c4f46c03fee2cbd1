/*
 * organisation: whom the people who sign in work for.
 *
 * Layer: domain.  Of a source, others see the sector of its organisation and nothing more.
 * Sectors and forums are keys of the area pack.
 */
#ifndef PENDEEN_DOMAIN_ORGANISATION_H
#define PENDEEN_DOMAIN_ORGANISATION_H

#include "domain/app.h"
#include "domain/form_problems.h"

/* The organisation's id, made when it is new. */
enum st organisation_ensure(struct db *db, struct str name, struct str sector, struct str forum,
                            int64_t *ret, struct err *err) MUST_USE;

struct organisation {
    int64_t id;
    struct str name;
    struct str sector;
    struct str forum;
    bool disabled;
    int64_t people; /* whose accounts are not disabled */
    /* to organisation_save: organisation_mark of what is changed, as who changes it saw it; empty:
     * whatever it is */
    struct str seen;
};
/* What tells whether one still is what a form was filled in from: name, sector and forum. */
struct str organisation_mark(struct arena *arena, const struct organisation *organisation);
/* All that is wrong with one, by the names of fields: name, sector, forum. */
void organisation_check(struct app *app, const struct organisation *organisation,
                        struct form_problems *ret);
/* Adds it when its id is 0, else changes its name, sector and forum.  ST_CONFLICT: another
 * has that name, or somebody changed it since it was seen; ST_INVALID: the message says what is
 * wrong. */
enum st organisation_save(struct app *app, int64_t by, struct organisation *organisation,
                          struct err *err) MUST_USE;
/* Nobody of a disabled organisation can sign in; sessions end at once.  ST_CONFLICT when
 * nobody would be left to look after accounts. */
enum st organisation_set_disabled(struct app *app, int64_t by, int64_t organisation, bool disabled,
                                  struct err *err) MUST_USE;
enum st organisation_read(struct app *app, struct arena *arena, int64_t id,
                          struct organisation *ret, struct err *err) MUST_USE;
/* By name. */
enum st organisation_list(struct app *app, struct arena *arena, size_t maximum,
                          struct organisation **ret, size_t *ret_count, struct err *err) MUST_USE;

#endif
