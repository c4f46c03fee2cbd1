/*
 * missing: children who go missing: an episode from the report to the return, what is prepared
 * beforehand, and the return interview.
 *
 * Layer: domain.  An episode belongs to a child's record and is sealed under its key.  What is
 * said of it are answers to missing-form.txt, part by part; a part that is saved again is
 * added, so that every version is there.  A day is kept as the day that it was when it was told
 * (answer_settled), and older entries are read so: no clock moves when something beside it is
 * changed.  The risk band is the police's word for that episode
 * and is never reckoned with.  Who sees an episode is access_allows over the facts of the
 * child's record and the forum whose area it is about; what the child said, and what is
 * prepared, is seen by those who see the record.  What somebody may not see is answered like
 * what is not there.  All instants; 0 is "there is none".
 */
#ifndef PENDEEN_DOMAIN_MISSING_H
#define PENDEEN_DOMAIN_MISSING_H

#include "domain/area_missing.h"
#include "domain/child.h"
#include "domain/form_problems.h"
#include "domain/mention.h"
#include "domain/once.h"

/* Sections of missing-form.txt that the program knows. */
#define MISSING_PREPARED "prepared"
#define MISSING_REPORT "report"
#define MISSING_ACTION "action"
#define MISSING_RETURN "return"
#define MISSING_OFFER "offer"
#define MISSING_INTERVIEW "interview"

enum interview_state {
    INTERVIEW_NONE,
    INTERVIEW_WAITING,
    INTERVIEW_ACCEPTED,
    INTERVIEW_DECLINED,
    INTERVIEW_HELD,
    INTERVIEW_STATES
};
/* "", "waiting", "accepted", "declined", "held", as the store writes them; and in words. */
const char *interview_state_name(enum interview_state state);
const char *interview_state_label(enum interview_state state);

struct missing_answer {
    struct str key; /* of the question */
    struct answer answer;
    int64_t entry; /* that it came with: they rise */
    int64_t account;
    instant_ms at;
};

/* Something that was done, or an answer that was passed on. */
struct missing_deed {
    int64_t id;
    struct str what;    /* of a fragment: the key of the question */
    struct str by;
    struct str when;
    int64_t submission; /* of a fragment */
    int64_t account;
    instant_ms at;
};

/* An episode as lists show it. */
struct missing_line {
    int64_t id;
    int64_t child;         /* the first of the joined records */
    int64_t record;        /* the record that it was written in */
    struct str reference;  /* MI-XXXX-XXXX */
    struct str child_name;
    struct str child_reference;
    struct str forum;      /* key of forums.txt; empty: none */
    struct str sort;       /* id: "missing", "away", or an older word */
    struct str sort_label;
    instant_ms since;
    instant_ms returned;   /* 0: not back yet */
    enum interview_state interview;
    instant_ms interview_due;
    instant_ms interview_at; /* held or declined */
    bool imported;           /* out of a file */
    bool late;               /* its clock ran out before the interview was held or declined */
    /* the reader sees the child's record: interview, prepared information */
    bool may_read_child;
    /* Of the answers: what they say, in words; empty: not answered. */
    struct str where;
    struct str circumstances;
    struct str band; /* the police's word for this episode */
    struct str band_reasons;
    struct str found_where;
    struct str found_with;
    struct str police_reference;
    bool placed;  /* the report says that another area placed the child here */
    bool outside; /* found outside this area */
    struct mention_draft *mention; /* what report and return name */
    size_t mention_count;
    size_t found_from; /* the first that the return names */
};

struct missing_file {
    struct missing_line line;
    struct missing_answer *answer; /* one of each question, the newest */
    size_t answer_count;
    struct missing_deed *deed; /* in the order of time */
    size_t deed_count;
    /* answers that were passed on; none for whoever does not see the record */
    struct missing_deed *fragment;
    size_t fragment_count;
    struct str reporter_name; /* of the account that wrote it down */
    instant_ms created_at;
    int64_t newest; /* id of the newest entry, to know whether somebody wrote another */
    bool may_edit;
    /* an episode of the same child that shares time with this; id 0: none */
    struct missing_line other;
};

/* ST_NOT_FOUND also for what this person may not read. */
enum st missing_open(struct app *app, struct arena *arena, const struct person *who,
                     int64_t episode, struct missing_file *ret, struct err *err) MUST_USE;
/* ANSWER_NONE when it was not answered, or is not for this reader. */
struct answer missing_answer_get(const struct missing_file *file, struct str key);
/* Does an offer of a return interview stand? */
bool missing_is_offered(const struct missing_file *file);
/* Is a question asked, by what others say?  Some are about a "no". */
bool missing_asks(const struct missing_file *file, struct str key);
/* What is prepared on a child beforehand: answer and answer_count of the file alone. */
enum st missing_prepared(struct app *app, struct arena *arena, const struct child_file *child,
                         struct missing_file *ret, struct err *err) MUST_USE;

struct missing_given {
    const struct question *question;
    struct answer answer;
};
/* What is wrong with a part as a whole ("Back" before "missing since").  `file` NULL: a new
 * episode. */
void missing_check(const struct missing_file *file, struct str section,
                   const struct missing_given *given, size_t count, struct form_problems *ret);

/* A new episode.  `at` 0: now; `import_tag` empty: reported here.  ST_INVALID with missing_check's
 * first sentence, or when it would be a second one at one time: the child is missing already, or
 * was in another episode then.  A file's is taken all the same. */
struct missing_new {
    int64_t child;
    struct str forum; /* empty: that of the reporter's organisation */
    struct str sort;  /* empty: the answer's; else an older word, of an import */
    struct str import_tag;
    instant_ms at;
    struct once *once; /* of a program; else NULL */
    int64_t *other;    /* NULL, or where the id of that other episode goes */
};
enum st missing_report(struct app *app, const struct person *who, const struct missing_new *new,
                       const struct missing_given *given, size_t count, int64_t *ret,
                       struct err *err) MUST_USE;
/* Saves a part of an episode; of "action" each time another one.  What others saved meanwhile
 * stays. */
enum st missing_save(struct app *app, const struct person *who, int64_t episode, struct str section,
                     const struct missing_given *given, size_t count, instant_ms at,
                     struct err *err) MUST_USE;
/* The same for programs, if nobody has saved anything since: else ST_CONFLICT and `changed`. */
struct missing_terms {
    struct once *once;
    int64_t newest; /* as missing_open had it; -1: whatever there is by now */
    bool by_file;   /* for missing_import alone */
    bool changed;
};
enum st missing_save_on(struct app *app, const struct person *who, int64_t episode,
                        struct str section, const struct missing_given *given, size_t count,
                        struct missing_terms *terms, struct err *err) MUST_USE;
enum st missing_prepare(struct app *app, const struct person *who, int64_t child,
                        const struct missing_given *given, size_t count, instant_ms at,
                        struct err *err) MUST_USE;

/* Of everybody's that this person may see: those missing at some time between the two instants,
 * newest first.  `forum` empty: all forums.  Reads leave a line in the audit only through the
 * caller's route. */
enum st missing_since(struct app *app, struct arena *arena, const struct person *who,
                      struct str forum, instant_ms from, instant_ms to, struct missing_line **ret,
                      size_t *ret_count, struct err *err) MUST_USE;
/* Those who were back before `before` and whose interview still waits, however long ago that was;
 * the longest overdue first. */
enum st missing_owed(struct app *app, struct arena *arena, const struct person *who,
                     struct str forum, instant_ms before, struct missing_line **ret,
                     size_t *ret_count, struct err *err) MUST_USE;
/* How many of both there are, without reading what they say. */
struct missing_figures {
    int64_t now;        /* not back yet */
    int64_t interviews; /* to be offered or held, of children whose record this person sees */
    int64_t late;       /* of these, past their clock */
};
enum st missing_count(struct app *app, struct arena *arena, const struct person *who,
                      instant_ms from, instant_ms to, struct missing_figures *ret,
                      struct err *err) MUST_USE;
/* Of one child, with the joined records, newest first; for whoever sees the record. */
enum st missing_of_child(struct app *app, struct arena *arena, const struct person *who,
                         const struct child_file *child, struct missing_line **ret,
                         size_t *ret_count, struct err *err) MUST_USE;

/* How long a child was away in all: what several episodes share is counted once.  Newest first. */
instant_ms missing_time_away(const struct missing_line *line, size_t count, instant_ms now);

/* Back, with a return interview to be offered or held? */
bool missing_waits_for_interview(const struct missing_line *line);

/* An episode in a sentence: "Missing, 12 March 2026, 22:30 to …; found at …, with ….". */
struct str missing_words(struct arena *arena, const struct missing_line *line);

/* --- in the files of missing episodes ------------------------------------------------------- */

/* May this person do this to the episode?  The same work whether it is denied or missing. */
bool missing_allows(struct app *app, struct arena *arena, const struct person *who,
                    enum action action, int64_t episode, int64_t *ret_record);
/* Does the child's record name this person, or is it kept from them? */
bool missing_kept(struct app *app, struct arena *arena, const struct person *who, int64_t episode);
enum st missing_gone(struct err *err);
/* "Since" and "returned" of answers, as they are told now or were settled when they were told;
 * 0 when it cannot be told. */
instant_ms missing_instant(struct str day, struct str time);

#endif
