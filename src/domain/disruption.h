/*
 * disruption: the register of measures: notices, orders, reviews of licences and the like.
 *
 * Layer: domain.  A measure is of a kind of the area pack, with its legal basis; it has an
 * issuer, whom or what it is against, the day it was served, when it is looked at again, and
 * what became of it.  Where it is against an entity that is known here, whoever may not see
 * that entity does not see the measure.  Events are only ever added.
 */
#ifndef PENDEEN_DOMAIN_DISRUPTION_H
#define PENDEEN_DOMAIN_DISRUPTION_H

#include "domain/action.h"
#include "domain/area_meeting.h"

enum { DISRUPTIONS_MAX = 1000, DISRUPTION_DAY_NONE = INT32_MIN };

struct disruption {
    int64_t id;
    struct str forum;
    struct str kind;   /* an id of meeting.txt */
    int64_t mention;   /* 0: not of an entity that is known here */
    int32_t served_day; /* DISRUPTION_DAY_NONE: not served yet; so are the others */
    int32_t review_day;
    int32_t ended_day;
    int64_t breaches;
    struct str issuer;
    struct str subject;
    struct str child; /* empty: names none */
    struct str terms;
    int64_t account;
    instant_ms created_at;
    int64_t version;
};

enum st disruption_list(struct app *app, struct arena *arena, const struct person *who,
                        struct disruption **ret, size_t *ret_count, struct err *err) MUST_USE;
enum st disruption_read(struct app *app, struct arena *arena, const struct person *who, int64_t id,
                        struct disruption *ret, struct err *err) MUST_USE;
enum st disruption_events(struct app *app, struct arena *arena, const struct disruption *disruption,
                          struct matter_event **ret, size_t *ret_count, struct err *err) MUST_USE;
/* "In force", "Not served yet", … */
const char *disruption_state(const struct disruption *disruption);

struct disruption_input {
    int64_t version;
    struct str forum;
    struct str kind;
    struct str issuer;
    struct str subject;
    struct str child;
    struct str terms;
    struct str served; /* a day as people write it; may be empty */
    struct str review;
    int64_t mention;
    struct str text;
    struct str day;
};
enum st disruption_add(struct app *app, const struct person *who,
                       const struct disruption_input *input, int64_t *ret, const char **ret_field,
                       struct err *err) MUST_USE;

enum disruption_step {
    DISRUPTION_DO_SERVED,
    DISRUPTION_DO_REVIEW,
    DISRUPTION_DO_BREACH,
    DISRUPTION_DO_END,
    DISRUPTION_STEPS
};
const char *disruption_step_name(enum disruption_step step);
bool disruption_step_from_name(struct str name, enum disruption_step *ret);
enum st disruption_can(const struct disruption *disruption, enum disruption_step step,
                       struct err *err) MUST_USE;
enum st disruption_do(struct app *app, const struct person *who, int64_t id,
                      enum disruption_step step, const struct disruption_input *input,
                      const char **ret_field, struct err *err) MUST_USE;

/* --- for the files of meetings --------------------------------------------------------------- */

enum st disruption_load(struct app *app, struct db *db, struct arena *arena, int64_t id,
                        struct disruption *ret, struct data_key *key, struct err *err) MUST_USE;
bool disruption_seen(const struct scope *scope, const struct disruption *disruption);

#endif
