/*
 * desk: what the referral unit does about a referral once it is sent.
 *
 * Layer: domain.  A case is one sent referral: how urgent it is, who has taken it on, what
 * partners were asked, what was decided, what the referrer was told.  Each step is an event
 * that is only ever added, its words sealed under the referral's own key; the case holds how
 * things stand.  Clocks are those of the area pack (domain/desk_clock.h).
 *
 * Nothing closes without outcome, reason and feedback, with an open check, clock or disagreement,
 * with something that the referrer added and nobody has worked on, nor without a second person's
 * sign-off; an enquiry not without its strategy meeting.  What is closed can be opened again.
 *
 * A case that somebody may not see (access.c: ACT_DESK, blocks, conflicts of interest)
 * answers like one that is not there.
 */
#ifndef PENDEEN_DOMAIN_DESK_H
#define PENDEEN_DOMAIN_DESK_H

#include "domain/app.h"
#include "domain/desk_clock.h"
#include "domain/access.h"

enum {
    DESK_TEXT_MAX = 4000,
    DESK_CASES_MAX = 5000,
    DESK_CLOCKS_MAX = 64,
    DESK_CHECKS_MAX = 50, /* of a case */
    CHECKS_LISTED_MAX = 100, /* of an organisation */
    DESK_MEETINGS_MAX = 200
};

enum desk_state { DESK_NEW, DESK_OPEN, DESK_DECIDED, DESK_CLOSING, DESK_CLOSED, DESK_STATES };
const char *desk_state_name(enum desk_state state);
const char *desk_state_label(enum desk_state state);

/* A strategy discussion or meeting as it stands, since the case came or was opened again. */
struct desk_meeting {
    int64_t event;   /* that wrote it down */
    struct str kind; /* ids of desk.txt */
    struct str result;
    instant_ms at;    /* set right where that was wrong */
    bool begins;      /* an enquiry */
    instant_ms ended; /* a conference was held after it, before the next was written down */
    bool not_needed;  /* or was found not to be needed */
};

/* One case as it stands.  Instants: 0 where there is none.  Codes are ids of desk.txt, empty
 * where there is none. */
struct desk_case {
    int64_t referral;
    struct str reference;
    int64_t account; /* the referrer's */
    int64_t organisation;
    struct str organisation_name;
    struct str place;
    instant_ms sent_at;
    instant_ms telephoned_at;
    instant_ms written_due;
    int64_t submission; /* whose mentions are the referral's */

    enum desk_state state;
    struct str rating;
    int64_t owner;
    instant_ms came_at;
    instant_ms decision_due;
    instant_ms decided_at;
    int64_t decided_by;
    struct str outcome;
    instant_ms first_due;
    instant_ms first_decided_at;
    instant_ms first_feedback_at;
    instant_ms feedback_due;
    instant_ms feedback_at;
    instant_ms assessment_due;
    instant_ms assessment_at;
    instant_ms conference_from;
    instant_ms conference_due;
    instant_ms conference_at;
    instant_ms conference_none_at; /* it was decided that none is needed */
    struct str stage;
    instant_ms stage_from;
    instant_ms stage_due;
    struct str boundary;
    instant_ms transfer_from;
    instant_ms transfer_due;
    instant_ms transfer_at;
    int64_t closing_by;
    instant_ms closing_from;
    instant_ms closing_due;
    instant_ms closed_at;
    struct str worker;
    int64_t worker_id;
    int64_t reopened;
    int64_t version; /* 0: nobody has touched it */

    int64_t checks_open;
    instant_ms check_due;   /* of the open checks, the first */
    instant_ms check_asked; /* of the open checks, the earliest */
    instant_ms added_at;    /* the referrer's last addition */
    instant_ms worked_at;   /* the last event of the desk's own: no partner's answer, nor a
                             * disagreement, whoever's it is */
    int64_t last_event;     /* its id; 0: there is none */

    /* Since the case came or was opened again; not in lists. */
    struct desk_meeting *meeting; /* as they were written down */
    size_t meeting_count;
    instant_ms decided_first; /* what is decided anew later ends no clock again */
};
/* Did the referrer add something that nobody has worked on since?  So also in a closed case. */
bool desk_has_news(const struct desk_case *desk);

/* When the enquiry whose conference is due ended, with one or without; 0: it runs, or there is
 * none. */
instant_ms desk_conference_ended(const struct desk_case *desk);

struct desk_event {
    int64_t id;
    struct str kind; /* "rated"; desk_event_label says it in words */
    struct str code;
    struct str second;
    int64_t account;
    struct str name; /* of the account */
    instant_ms at;
    instant_ms happened_at;
    instant_ms due_at;
    struct str words;
    struct str who; /* who took part, decided or was told, as written */
};

struct desk_check {
    int64_t id;
    int64_t referral;
    struct str agency;
    int64_t organisation; /* 0: asked by telephone */
    struct str organisation_name;
    struct str rating;
    int64_t asked_by;
    instant_ms asked_at;
    instant_ms due_at;
    struct str question;
    struct str result;
    struct str answer;
    int64_t answered_by;
    struct str answered_name;
    instant_ms answered_at;
    instant_ms withdrawn_at;
};

/* May this person do this to that referral's case?  False also where there is none. */
bool desk_allows(struct app *app, struct arena *arena, const struct person *who, enum action action,
                 int64_t referral);

/* Every case of this person's desk: those that are not closed, newest first, then closed ones, as
 * many as there is room for. */
enum st desk_list(struct app *app, struct arena *arena, const struct person *who,
                  struct desk_case **ret, size_t *ret_count, struct err *err) MUST_USE;
/* One of them, with a line in the audit. */
enum st desk_read(struct app *app, struct arena *arena, const struct person *who, int64_t referral,
                  struct desk_case *ret, struct err *err) MUST_USE;
/* Whoever calls these has read the case. */
enum st desk_events(struct app *app, struct arena *arena, int64_t referral, struct desk_event **ret,
                    size_t *ret_count, struct err *err) MUST_USE;
enum st desk_checks(struct app *app, struct arena *arena, int64_t referral, struct desk_check **ret,
                    size_t *ret_count, struct err *err) MUST_USE;
/* "Rating set", and what its codes say, "Amber", "Police: We hold information". */
struct str desk_event_label(struct str kind);
struct str desk_event_code(struct arena *arena, const struct area *area,
                           const struct desk_event *event);

/* The clocks of a case, those of its checks too when they are given. */
size_t desk_clocks(const struct area *area, const struct desk_case *desk,
                   const struct desk_check *check, size_t check_count,
                   struct desk_clock ret[static DESK_CLOCKS_MAX]);

/* Telephoned first, and not yet in writing: all of them, the longest ago first. */
struct desk_telephoned {
    int64_t referral;
    struct str reference;
    struct str organisation;
    instant_ms telephoned_at;
    instant_ms due_at;
};
enum st desk_telephoned(struct app *app, struct arena *arena, const struct person *who,
                        struct desk_telephoned **ret, size_t *ret_count, struct err *err) MUST_USE;

/* --- doing ------------------------------------------------------------------------------ */

enum desk_action {
    DESK_DO_TAKE,
    DESK_DO_RATE,
    DESK_DO_CHECK,
    DESK_DO_CHECK_ANSWER,   /* by telephone, written down by the desk */
    DESK_DO_CHECK_WITHDRAW,
    DESK_DO_DECIDE,
    DESK_DO_MEET,
    DESK_DO_MEETING_DAY,    /* it was written down wrong */
    DESK_DO_CONFERENCE,
    DESK_DO_NO_CONFERENCE,
    DESK_DO_ASSESSED,
    DESK_DO_WORKER,
    DESK_DO_DISAGREE,
    DESK_DO_ESCALATE,
    DESK_DO_AGREE,
    DESK_DO_TRANSFER,
    DESK_DO_TRANSFER_ANSWER,
    DESK_DO_FEEDBACK,
    DESK_DO_CLOSE,
    DESK_DO_SIGN_OFF,
    DESK_DO_REOPEN,
    DESK_DO_NOTE,
    DESK_ACTIONS
};
const char *desk_action_name(enum desk_action action); /* "rating": as in the address */
bool desk_action_from_name(struct str name, enum desk_action *ret);

/* Can that be done now, as the case stands?  ST_CONFLICT says why not. */
enum st desk_can(const struct area *area, const struct desk_case *desk, const struct person *who,
                 enum desk_action action, struct err *err) MUST_USE;

/* Is that outcome less than what is decided, where that began an enquiry or an assessment?  Then
 * a decision says so once more, and why. */
bool desk_steps_down(const struct area *area, const struct desk_case *desk,
                     const struct desk_term *outcome);
/* ST_CONFLICT says what does not go together: an enquiry that is decided beside a meeting that
 * began none, or the other way round. */
enum st desk_contradiction(const struct area *area, const struct desk_case *desk,
                           struct err *err) MUST_USE;

/* What a form holds.  Which of them an action needs is in desk_act.c. */
struct desk_input {
    int64_t version;   /* that of the case as the form showed it */
    instant_ms added;  /* the same of the referrer's last addition; 0: there was none */
    struct str choice; /* ids of desk.txt, or "yes" and "no" */
    struct str second;
    struct str text;
    struct str who;
    struct str email;
    struct str day;    /* as people write it */
    struct str time;
    struct str lesser; /* of a step down, the outcome that it leaves */
    struct str why;    /* and the reason */
    int64_t check;
    int64_t organisation;
};
/* ST_INVALID: *ret_field names the input that is wrong.  ST_CONFLICT: somebody changed the
 * case meanwhile, or it does not stand so that this can be done. */
enum st desk_do(struct app *app, const struct person *who, int64_t referral,
                enum desk_action action, const struct desk_input *input, const char **ret_field,
                struct err *err) MUST_USE;

/* --- partners ---------------------------------------------------------------------------- */

/* Checks asked of this person's organisation: what waits, the nearest due first, then what was
 * answered, newest first. */
enum st check_list(struct app *app, struct arena *arena, const struct person *who,
                   struct desk_check **ret, size_t *ret_count, struct err *err) MUST_USE;
enum st check_read(struct app *app, struct arena *arena, const struct person *who, int64_t check,
                   struct desk_check *ret, struct err *err) MUST_USE;
enum st check_answer(struct app *app, const struct person *who, int64_t check,
                     const struct desk_input *input, const char **ret_field,
                     struct err *err) MUST_USE;

/* --- the referrer ------------------------------------------------------------------------- */

/* What whoever sent a referral is told, oldest first. */
struct desk_word {
    instant_ms at;
    struct str words; /* of the pack */
    struct str more;  /* added by the desk */
};
struct desk_outcome {
    struct str reference;
    instant_ms sent_at;
    bool taken;  /* somebody looks at it */
    bool closed;
    bool disagreement; /* one is open */
    struct desk_word *word;
    size_t word_count;
};
/* For whoever may read the referral. */
enum st desk_outcome_read(struct app *app, struct arena *arena, const struct person *who,
                          int64_t referral, struct desk_outcome *ret, struct err *err) MUST_USE;
/* What the referrer knows of a decision: what they were told last.  Before they are told of one,
 * nothing, whether it was made or not. */
struct desk_told {
    instant_ms at;    /* 0: they were told of none */
    struct str label; /* of the pack; empty: it has these words no more */
    struct str words;
    bool closed;
};
/* Of each of these, which whoever calls has read. */
enum st desk_told(struct app *app, const int64_t *referral, size_t count, struct desk_told *ret,
                  struct err *err) MUST_USE;
/* The referrer disagrees with what was decided: the first stage begins. */
enum st desk_outcome_disagree(struct app *app, const struct person *who, int64_t referral,
                              struct str text, struct err *err) MUST_USE;

struct desk_notice {
    int64_t id;
    int64_t referral;
    struct str reference;
    struct str kind; /* "feedback", "worker" */
    instant_ms at;
};
enum st desk_notices(struct app *app, struct arena *arena, const struct person *who,
                     struct desk_notice **ret, size_t *ret_count, struct err *err) MUST_USE;
enum st desk_notice_seen(struct app *app, const struct person *who, int64_t notice,
                         struct err *err) MUST_USE;

#endif
