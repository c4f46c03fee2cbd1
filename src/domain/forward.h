/*
 * forward: what the representative of an organisation does with what its people hand in:
 * write the version that the Forum reads, choose who may see it, ask, share on, hold,
 * return; and what whoever handed it in may do on the way: answer, withdraw.
 *
 * Layer: domain.  Who may do it: ACT_FORWARD; a record that somebody may not forward is
 * answered like one that does not exist.  Every version is kept as it was written.  What is
 * asked of one that is in another stage meanwhile is ST_CONFLICT, with a sentence that says
 * what happened.
 */
#ifndef PENDEEN_DOMAIN_FORWARD_H
#define PENDEEN_DOMAIN_FORWARD_H

#include "domain/area.h"
#include "domain/stage.h"
#include "domain/submission.h"
#include "domain/telltale.h"

enum { FORWARD_WORDS_MAX = 2000, FORWARD_LIST_MAX = 100, FORWARD_INBOX_MAX = 5000 };

struct forward_words {
    struct str narrative;
    struct str when_text;
    struct str where_text;
};

struct forward_version {
    int64_t id;
    int64_t number; /* 1, 2, 3 */
    int64_t base;   /* the number it was written from; 0: the original */
    struct forward_words words;
    bool named;     /* the Forum is told who sent it */
    struct str author;
    instant_ms made_at;
};

struct forward_question {
    int64_t id;
    struct str question;
    instant_ms asked_at;
    struct str answer;
    instant_ms answered_at; /* 0: not yet */
};

/* Of a submission, newest first; whoever calls has asked access (ACT_FORWARD). */
enum st forward_versions(struct app *app, struct arena *arena, int64_t submission,
                         struct forward_version **ret, size_t *ret_count, struct err *err) MUST_USE;

/* Keeps a version.  When somebody wrote another since `base`, it is kept beside theirs:
 * ST_CONFLICT, and ret_number is filled all the same.  Who sends the words of their own newest
 * version again is answered as they were, and has one. */
enum st forward_save(struct app *app, const struct person *who, int64_t submission,
                     const struct forward_words *words, int64_t base, int64_t *ret_number,
                     struct err *err) MUST_USE;

/* The same for words that say something else than what they were written from: what nobody
 * changed is not kept anew, and not checked, and ret_number is not touched. */
enum st forward_keep(struct app *app, const struct person *who, int64_t submission,
                     const struct forward_words *words, int64_t base, int64_t *ret_number,
                     struct err *err) MUST_USE;

/* What of these words may tell who said so; whoever calls has asked access (ACT_FORWARD). */
enum st forward_telltales(struct app *app, struct arena *arena, int64_t submission,
                          const struct forward_words *words, struct telltale_line **ret,
                          size_t *ret_count, struct err *err) MUST_USE;

/* ST_INVALID: something was found, and nobody says that they have looked at it. */
enum st forward_check_looked(size_t found, bool looked, struct err *err) MUST_USE;

struct forward_share {
    struct forward_words words;
    int64_t base;
    struct str forum;    /* a key of the pack; empty: that of the organisation */
    struct str handling; /* a code; empty: as it is */
    struct str seen;     /* the code that it was chosen beside; empty: nobody says */
    int64_t left_out[SUBMISSION_MENTIONS_MAX]; /* mentions that the Forum does not get */
    size_t left_out_count;
    bool named; /* tell the Forum who sent it: only where they agreed to that */
    bool looked; /* they were shown what forward_telltales finds, and say that none of it tells */
    struct str reason; /* why more people may see it than its sender chose; empty: none */
};
/* Shares it with the Forum: from now on the Forum reads these words and no mention that was
 * left out.  ST_CONFLICT: somebody wrote a version meanwhile (these words are kept as a
 * version too), or its condition is not as it was seen (nothing is kept), or it was withdrawn,
 * returned or shared; ST_INVALID: nothing is left of the
 * words, no such Forum or condition, something may tell who said so and nobody says that they
 * looked, or more people would see it than its sender chose, without a reason.  What was looked
 * at and what was changed of the condition stands among the events. */
enum st forward_share(struct app *app, const struct person *who, int64_t submission,
                      const struct forward_share *share, struct err *err) MUST_USE;

/* Holds it, or returns it, for a reason of feedback.txt; ST_INVALID without one. `words` are
 * for other representatives of the organisation, and of a return for its sender. */
enum st forward_hold(struct app *app, const struct person *who, int64_t submission,
                     struct str reason, struct str words, struct err *err) MUST_USE;
enum st forward_return(struct app *app, const struct person *who, int64_t submission,
                       struct str reason, struct str words, struct err *err) MUST_USE;

/* What waits for this person, words of danger first, then the oldest: at most
 * FORWARD_INBOX_MAX. */
struct forward_line {
    int64_t submission;
    bool urgent;
    bool held;
    instant_ms came;  /* when it was handed in: its age */
    instant_ms since; /* when it came to wait as it does: its clock */
    instant_ms due;   /* of the pack's clock; 0: it has none */
};
enum st forward_inbox(struct app *app, struct arena *arena, const struct person *who,
                      struct forward_line **ret, size_t *ret_count, struct err *err) MUST_USE;
/* Has it waited longer than is agreed? */
bool forward_is_late(const struct forward_line *line);
/* The Forum whose area it seems to be about: a town of its is named where it was seen, among the
 * places, or in the words, in that order; else that of the organisation. */
struct str forward_suggest_forum(const struct area *area, const struct submission *submission);
/* A representative has looked at it. */
enum st forward_opened(struct app *app, int64_t submission, struct err *err) MUST_USE;

/* A question to whoever sent it, and their answer: to that question, 0: to the oldest that has
 * none.  Words of danger in it bring the submission to the top.  ST_CONFLICT: nothing is asked,
 * or it was answered. */
enum st forward_ask(struct app *app, const struct person *who, int64_t submission, struct str words,
                    struct err *err) MUST_USE;
enum st forward_answer(struct app *app, const struct person *who, int64_t submission,
                       int64_t question, struct str words, struct err *err) MUST_USE;
/* Newest first; whoever calls has asked access. */
enum st forward_questions(struct app *app, struct arena *arena, int64_t submission,
                          struct forward_question **ret, size_t *ret_count,
                          struct err *err) MUST_USE;

/* Does a question wait for its sender?  Whoever calls has asked access. */
enum st forward_asks(struct app *app, int64_t submission, bool *ret, struct err *err) MUST_USE;

/* What was done on the way, newest first; whoever calls has asked access (ACT_FORWARD), or shows
 * its sender nothing but the words of a return. */
struct forward_event {
    /* "held", "returned": of a stage, or "version", "asked", "answered", "looked", "maru-desk",
     * and those of domain/handling.h */
    struct str kind;
    struct str code;  /* of feedback.txt: why; of a condition: from which to which; empty: none */
    struct str who;   /* empty: whoever sent it */
    struct str words;
    instant_ms at;
};
enum st forward_events(struct app *app, struct arena *arena, int64_t submission,
                       struct forward_event **ret, size_t *ret_count, struct err *err) MUST_USE;
/* "Held: It could tell who said so" */
struct str forward_event_label(struct arena *arena, const struct area *area,
                               const struct forward_event *event);

/* Whoever sent it takes it back, before it is shared. */
enum st submission_withdraw(struct app *app, const struct person *who, int64_t submission,
                            struct err *err) MUST_USE;

#endif
