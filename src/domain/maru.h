/*
 * maru: what a representative sends to the referral unit instead of a Forum, with the legal
 * prompt answered, and what the unit does with it.
 *
 * Layer: domain.  What is asked before anything is sent: what is given, to whom, why, why it is
 * necessary and why no less would do.  The answers stay with the submission, sealed under its
 * key.  The unit reads the words that were written for it and what the submission names; never
 * who handed it in.  Whoever did is told that it led to action, and no more.
 *
 * Who may: sending is forwarding (ACT_FORWARD); the unit's side is ACT_DESK for whoever may
 * read the submission, which is in no other stage than STAGE_MARU theirs to read.  What
 * somebody may not see answers like what is not there.
 */
#ifndef PENDEEN_DOMAIN_MARU_H
#define PENDEEN_DOMAIN_MARU_H

#include "domain/forward.h"

enum maru_question {
    MARU_WHAT,
    MARU_TO,
    MARU_WHY,
    MARU_NECESSARY,
    MARU_PROPORTIONATE,
    MARU_QUESTIONS
};
/* "what": the form's name of it. */
const char *maru_question_name(enum maru_question question);
/* "What do you give, and what do you leave out?" */
const char *maru_question_label(enum maru_question question);

enum { MARU_ANSWER_MAX = 1000, MARU_LIST_MAX = 200, MARU_SHOWN_DAYS = 30 };

struct maru_sending {
    struct forward_words words; /* what the unit reads */
    int64_t base;               /* the version that they were written from */
    struct str answer[MARU_QUESTIONS]; /* MARU_TO: a place of the pack */
    bool looked;                       /* as of forward_share */
};
/* Cleans the answers into the arena and says what is missing: at most MARU_QUESTIONS. */
size_t maru_check(struct arena *arena, const struct area *area, struct maru_sending *sending,
                  struct submission_problem ret[static MARU_QUESTIONS]);
/* ST_INVALID: an answer is missing, or as forward_share says it; so ST_CONFLICT. */
enum st maru_send(struct app *app, const struct person *who, int64_t submission,
                  const struct maru_sending *sending, struct err *err) MUST_USE;

/* Something that was sent, as it stands.  Instants: 0 where there is none. */
struct maru_case {
    int64_t id;
    int64_t submission;
    struct str reference;
    struct str organisation;
    bool urgent; /* words of danger */
    struct str sent_by; /* the representative */
    instant_ms sent_at;
    instant_ms due_at;
    struct str answer[MARU_QUESTIONS];
    int64_t taken_by;
    struct str taken_name;
    instant_ms taken_at;
    struct str outcome; /* of feedback.txt, kind maru; empty: none yet */
    struct str outcome_name;
    instant_ms outcome_at;
    struct str words; /* to the representative */
    int64_t referral; /* that was made of it, or, until there is an outcome, is being written by
                       * whoever took it on; 0: none */
    int64_t revision;
};
/* What waits for the desk, words of danger first, then the oldest; then what was answered in the
 * last MARU_SHOWN_DAYS days. */
enum st maru_list(struct app *app, struct arena *arena, const struct person *who,
                  struct maru_case **ret, size_t *ret_count, struct err *err) MUST_USE;
enum st maru_read(struct app *app, struct arena *arena, const struct person *who, int64_t id,
                  struct maru_case *ret, struct err *err) MUST_USE;
/* The same, for whoever may forward what was sent. */
enum st maru_sent_by(struct app *app, struct arena *arena, const struct person *who,
                     struct maru_case **ret, size_t *ret_count, struct err *err) MUST_USE;
/* What of a submission was sent, newest first, for whoever forwards it: they have been asked. */
enum st maru_of_submission(struct app *app, struct arena *arena, int64_t submission,
                           struct maru_case **ret, size_t *ret_count, struct err *err) MUST_USE;

/* The next three.  ST_CONFLICT: somebody else changed it since `revision`, or it was answered. */
enum st maru_take(struct app *app, const struct person *who, int64_t id, int64_t revision,
                  struct err *err) MUST_USE;
/* ST_INVALID: no such answer, or none in words to who gets it back.  Given back, it waits for
 * the representative again, and the unit reads it no more. */
enum st maru_answer(struct app *app, const struct person *who, int64_t id, int64_t revision,
                    struct str outcome, struct str words, struct err *err) MUST_USE;
/* Begins a referral in the officer's name that holds the words, and takes it on.  It goes on
 * waiting until that referral is sent; a draft is nobody's to find but theirs. */
enum st maru_refer(struct app *app, const struct person *who, int64_t id, int64_t revision,
                   int64_t *ret_referral, struct err *err) MUST_USE;
/* In the transaction in which a referral is sent: what it was made of is answered by it.  And in
 * that in which it is withdrawn: what it was to be made of waits as before. */
enum st maru_referral_sent(struct app *app, struct db *db, const struct person *who,
                           int64_t referral, struct err *err) MUST_USE;
enum st maru_referral_withdrawn(struct db *db, int64_t referral, struct err *err) MUST_USE;

#endif
