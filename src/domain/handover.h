/*
 * handover: a matter that one Forum hands to another, which takes it or not; and an urgent one
 * that goes to everybody who leads a Forum at once.
 *
 * Layer: domain.  Whoever runs the Forum that hands over writes what the other has to know; the
 * other sees those words, and what the matter is about only as far as they may see it anyway.
 * Whom it concerns is told of neither.  Each that waits is said by mail, without a word of it.
 */
#ifndef PENDEEN_DOMAIN_HANDOVER_H
#define PENDEEN_DOMAIN_HANDOVER_H

#include "domain/meeting.h"

enum { HANDOVERS_MAX = 500 };

enum handover_state {
    HANDOVER_ASKED,
    HANDOVER_ACCEPTED,
    HANDOVER_DECLINED,
    HANDOVER_TOLD,
    HANDOVER_STATES
};

struct handover {
    int64_t id;
    struct str from_forum;
    struct str to_forum; /* empty: urgent, to all who lead */
    enum item_kind kind;
    int64_t subject; /* 0: of a theme */
    enum handover_state state;
    struct str words;
    struct str answer;
    int64_t account;
    struct str by;
    instant_ms created_at;
    int64_t answered_by;
    struct str answered_name;
    instant_ms answered_at;
    bool whole;   /* this reader may see what it is about */
    bool mine;    /* it waits for this reader: an answer, or to be read */
    bool answers; /* they may answer it */
};

struct handover_new {
    struct str from_forum;
    struct str to_forum; /* empty: urgent */
    enum item_kind kind;
    int64_t subject;
    struct str words;
};
/* ST_INVALID: *ret_field says what is wrong. */
enum st handover_add(struct app *app, const struct person *who, const struct handover_new *input,
                     const char **ret_field, struct err *err) MUST_USE;
/* Newest first. */
enum st handover_list(struct app *app, struct arena *arena, const struct person *who,
                      struct handover **ret, size_t *ret_count, struct err *err) MUST_USE;
enum st handover_answer(struct app *app, const struct person *who, int64_t id, bool accepts,
                        struct str words, const char **ret_field, struct err *err) MUST_USE;
/* An urgent one was read. */
enum st handover_seen(struct app *app, const struct person *who, int64_t id,
                      struct err *err) MUST_USE;

#endif
