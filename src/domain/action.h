/*
 * action: something that somebody has to do by a day, and what shows that it was done.
 *
 * Layer: domain.  An action comes from an item of a meeting, or from a Forum's coordinator.
 * Its owner says that it is done and what shows it; a second person signs that off.  Whoever
 * coordinates the Forum sees all of its actions, less those from items that are kept from them.
 */
#ifndef PENDEEN_DOMAIN_ACTION_H
#define PENDEEN_DOMAIN_ACTION_H

#include "domain/app.h"
#include "domain/once.h"
#include "domain/scope.h"

enum { ACTIONS_MAX = 2000, MATTER_EVENTS_MAX = 200 };

enum action_state { ACTION_OPEN, ACTION_DONE, ACTION_SIGNED, ACTION_STATES };
const char *action_state_name(enum action_state state);
const char *action_state_label(enum action_state state);

struct forum_action {
    int64_t id;
    struct str forum;
    int64_t meeting; /* 0: of none */
    int64_t item;
    int64_t owner;
    int32_t due_day;
    enum action_state state;
    int64_t done_by;
    instant_ms done_at;
    int64_t signed_by;
    instant_ms signed_at;
    struct str what;
    struct str evidence; /* what will show that it is done */
    int64_t account;
    instant_ms created_at;
    int64_t version;
};

/* Something that happened with an action or a measure. */
struct matter_event {
    int64_t id;
    struct str kind;
    int32_t day; /* INT32_MIN: none */
    int64_t account;
    struct str name;
    instant_ms at;
    struct str words;
};

enum action_list { ACTIONS_OWN, ACTIONS_FORUM };
/* Open ones first, by the day on which they are due. */
enum st action_list(struct app *app, struct arena *arena, const struct person *who,
                    enum action_list list, struct forum_action **ret, size_t *ret_count,
                    struct err *err) MUST_USE;
enum st action_read(struct app *app, struct arena *arena, const struct person *who, int64_t id,
                    struct forum_action *ret, struct err *err) MUST_USE;
/* Whoever calls these has read it. */
enum st action_events(struct app *app, struct arena *arena, const struct forum_action *action,
                      struct matter_event **ret, size_t *ret_count, struct err *err) MUST_USE;
struct str matter_event_label(struct str kind);
/* Those that came of one item, or of one meeting as this person sees it. */
enum st action_of_item(struct app *app, struct db *db, struct arena *arena, int64_t item,
                       struct forum_action **ret, size_t *ret_count, struct err *err) MUST_USE;
enum st action_count_due(struct app *app, const struct person *who, int64_t *ret_open,
                         int64_t *ret_over, struct err *err) MUST_USE;

struct action_new {
    struct str forum;
    int64_t meeting; /* 0 */
    int64_t item;    /* 0 */
    int64_t owner;
    int32_t due_day;
    struct str what;
    struct str evidence;
};
/* In the caller's transaction; queues the mail that tells the owner. */
enum st action_add(struct app *app, struct db *db, struct arena *arena, const struct person *who,
                   const struct action_new *action, int64_t *ret, struct err *err) MUST_USE;

enum action_step {
    ACTION_DO_DONE,
    ACTION_DO_SIGN,
    ACTION_DO_MOVE,
    ACTION_DO_GIVE,
    ACTION_DO_NOTE,
    ACTION_STEPS
};
const char *action_step_name(enum action_step step);
bool action_step_from_name(struct str name, enum action_step *ret);

struct action_input {
    int64_t version;
    struct str choice; /* of a sign-off: "yes" or "no" */
    struct str text;
    struct str day;
    struct str email;
    struct once *once; /* of a program; else NULL */
    bool *changed;     /* filled when not NULL: ST_CONFLICT since `version` is not that of now */
};
enum st action_can(const struct scope *scope, const struct forum_action *action,
                   enum action_step step, struct err *err) MUST_USE;
enum st action_do(struct app *app, const struct person *who, int64_t id, enum action_step step,
                  const struct action_input *input, const char **ret_field,
                  struct err *err) MUST_USE;

/* --- for the files of meetings ---------------------------------------------------------------- */

enum st action_load(struct app *app, struct db *db, struct arena *arena, int64_t id,
                    struct forum_action *ret, struct err *err) MUST_USE;
bool action_seen(const struct scope *scope, const struct forum_action *action);
/* A day as people write it, today or later. */
enum st due_day_read(struct str text, int32_t *ret, struct err *err) MUST_USE;
struct data_key;
enum st matter_event_add(struct db *db, struct arena *arena, const struct data_key *key,
                         const char *matter, int64_t id, const char *kind, int32_t day,
                         int64_t account, struct str words, struct err *err) MUST_USE;
enum st matter_events_load(struct app *app, struct arena *arena, const char *matter, int64_t id,
                           const struct data_key *key, struct matter_event **ret, size_t *ret_count,
                           struct err *err) MUST_USE;

#endif
