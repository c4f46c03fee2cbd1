/*
 * submission: what somebody hands in, from draft to record.
 *
 * Layer: domain.  A submission is durable before its call returns, matched in
 * the same transaction, and never changed.  The same idempotency key of the same
 * person gives the same record, however often it is sent.
 */
#ifndef PENDEEN_DOMAIN_SUBMISSION_H
#define PENDEEN_DOMAIN_SUBMISSION_H

#include "domain/access.h"
#include "domain/app.h"
#include "domain/mention.h"

enum { REFERENCE_SIZE = 14, SUGGESTIONS_PER_MENTION = 10 };

/* What is wrong with a draft: a sentence for each field, in the order of the
 * form. `field` is the form's name of it: "narrative", "when", "mention-2-registration"... */
struct submission_problem {
    struct str field;
    struct str message;
};

/* Cleans the draft's texts in place (invalid bytes, control characters) and
 * lists what is wrong; 0 when it can be shared. */
size_t submission_check(struct arena *arena, struct submission_draft *draft, struct date today,
                        struct submission_problem *ret, size_t maximum);

/* Words of danger (domain/danger.h) in the first of its texts that has some: what happened, where,
 * when, and what was written of anybody or anything that it names. */
struct str submission_danger(struct arena *arena, const struct area *area,
                             const struct submission_draft *draft);

struct submission_receipt {
    int64_t id;
    char reference[REFERENCE_SIZE];
    bool new;     /* false: it was there already */
    size_t links; /* suggestions found that the sender may see */
};

/* Checks, stores, matches.  ST_INVALID with the first problem's sentence;
 * ST_DENIED when this person may not share. `import_batch` 0: not imported.
 * `created_at` 0: now; else the instant it was received, for older records. */
enum st submission_share(struct app *app, const struct person *who,
                         const struct submission_draft *draft, int64_t import_batch,
                         instant_ms created_at, struct submission_receipt *ret,
                         struct err *err) MUST_USE;
/* Has this person handed in something under this key already?  What a trial of an import asks. */
enum st submission_known(struct app *app, struct arena *arena, const struct person *who,
                         struct str key, bool *ret, struct err *err) MUST_USE;

/* What whoever sends it says beside the draft. */
struct submission_how {
    bool by_name;    /* the Forum may be told who sent it */
    int64_t adds_to; /* an earlier one of their own; 0: none */
    /* Of a record that is made up (demo.c): when it came and when a Forum got it. */
    instant_ms created_at; /* 0: now */
    instant_ms shared_at;  /* 0: as for everybody */
};
/* The same.  Whoever calls this has asked whose the earlier one is.  ST_CONFLICT with an id in
 * `ret`: that one came with this key, and was something else (draft.asked). */
enum st submission_share_how(struct app *app, const struct person *who,
                             const struct submission_draft *draft, const struct submission_how *how,
                             struct submission_receipt *ret, struct err *err) MUST_USE;

/* What belongs into the transaction of a new submission; its failure undoes both. */
struct submission_also {
    enum st (*write)(void *context, struct db *db, int64_t submission, struct err *err);
    void *context;
};
/* The same, received now, with something beside it.  Of a key that was there already nothing
 * is written. */
enum st submission_share_with(struct app *app, const struct person *who,
                              const struct submission_draft *draft,
                              const struct submission_also *also, struct submission_receipt *ret,
                              struct err *err) MUST_USE;

/* A stored mention, with what the engine is told of it. */
struct mention {
    int64_t id;
    int64_t submission;
    enum link_kind kind;
    int32_t span_start;
    int32_t span_end;
    struct str field[LINK_FIELDS];
};

/* A stored submission as whoever may read it sees it: never the account that
 * sent it. */
struct submission {
    int64_t id;
    struct str reference;
    int64_t organisation; /* that owns it: for the domain; pages show its sector */
    struct str handling; /* code: "handling:P" */
    struct str source_tag; /* blind; tells nothing but whose own it is, to whom it is */
    struct str named;      /* who sent it, where they let the Forum know; else empty */
    bool sanitised;        /* this is what was shared, and not what was written */
    struct str sector;
    struct str forum;
    struct str narrative;
    struct str when_text;
    struct str where_text;
    int32_t seen_from; /* days, LINK_DAY_UNKNOWN */
    int32_t seen_to;
    enum how_known how_known;
    instant_ms created_at;
    struct mention *mention;
    size_t mention_count;
};

/* ST_NOT_FOUND also for what this person may not read. */
enum st submission_read(struct app *app, struct arena *arena, const struct person *who, int64_t id,
                        struct submission *ret, struct err *err) MUST_USE;
/* The same of what has been asked for already, as this scope's person reads it: as it was
 * written, or as it was shared, with the mentions that were left in. */
struct scope;
enum st submission_load_seen(const struct scope *scope, struct db *db, struct arena *arena,
                             int64_t id, struct submission *ret, struct err *err) MUST_USE;
/* From which sector it came, and when, and nothing of what it says; of what
 * has been asked for already. */
enum st submission_load_arrival(struct db *db, struct arena *arena, int64_t id,
                                struct str *ret_sector, instant_ms *ret_created_at,
                                struct err *err) MUST_USE;
/* As it was written, without asking who: for the domain's own use. */
enum st submission_load(struct app *app, struct db *db, struct arena *arena, int64_t id,
                        struct submission *ret, struct err *err) MUST_USE;
/* As a Forum reads it, but for who sent it, without asking who: for the domain's own use. */
enum st submission_load_shared(struct app *app, struct db *db, struct arena *arena, int64_t id,
                               struct submission *ret, struct err *err) MUST_USE;
/* By its reference: the id, when it is this person's own. */
enum st submission_find_own(struct app *app, const struct person *who, struct str reference,
                            int64_t *ret, struct err *err) MUST_USE;

/* One line of a list. */
struct submission_line {
    int64_t id;
    struct str reference;
    struct str narrative;
    struct str where_text;
    struct str sector;
    struct str handling; /* code */
    instant_ms created_at;
    int64_t links; /* suggestions that this person sees; 0 for whoever sees none */
    bool linked;   /* word to its own organisation: it is joined with other information */
};

enum submission_list { LIST_OWN, LIST_ORGANISATION, LIST_LATEST };
/* Newest first, of what this person may read: their own, their organisation's, or all
 * of it. */
enum st submission_list(struct app *app, struct arena *arena, const struct person *who,
                        enum submission_list list, size_t maximum, struct submission_line **ret,
                        size_t *ret_count, struct err *err) MUST_USE;
/* The same of those with a smaller id than `before` (0: all), for page after page. */
enum st submission_list_before(struct app *app, struct arena *arena, const struct person *who,
                               enum submission_list list, int64_t before, size_t maximum,
                               struct submission_line **ret, size_t *ret_count,
                               struct err *err) MUST_USE;
/* Of these, in their order, less what was destroyed; whoever calls this has asked whether the
 * person may read them. */
enum st submission_lines(struct app *app, struct arena *arena, const struct person *who,
                         const int64_t *ids, size_t found, struct submission_line **ret,
                         size_t *ret_count, struct err *err) MUST_USE;

/* The submission of that reference, in any case; 0: there is none.  Ask access next. */
enum st submission_of_reference(struct db *db, struct arena *arena, struct str reference,
                                int64_t *ret, struct err *err) MUST_USE;
/* One of them.  ST_NOT_FOUND: it was destroyed meanwhile. */
enum st submission_line_load(const struct scope *scope, struct db *db, struct arena *arena,
                             int64_t id, struct submission_line *ret, struct err *err) MUST_USE;

/* What the engine compares of a mention: its fields, days, and companions out of
 * its submission. */
struct link_mention mention_for_engine(const struct submission *submission, size_t which);
/* The same where the day is worked out once for all mentions of a submission. */
int32_t submission_reported_day(const struct submission *submission);
struct link_mention mention_for_engine_of(const struct submission *submission, size_t which,
                                          int32_t reported_day);

const char *how_known_name(enum how_known how);
bool how_known_from_name(struct str name, enum how_known *ret);
const char *kind_name(enum link_kind kind);
bool kind_from_name(struct str name, enum link_kind *ret);
/* Column, kind and label of a field. */
const char *field_name(enum link_field field);
const char *field_label(enum link_field field);
enum link_kind field_kind(enum link_field field);
/* One line that names a mention: "Daz", "WK?? 7?B, silver Corsa". */
struct str mention_title(struct arena *arena, enum link_kind kind,
                         const struct str field[static LINK_FIELDS]);

#endif
