/*
 * child_entry: what stands in a child's record, one entry after another.
 *
 * Layer: domain.  A record is a list that is only ever added to.  An entry is never
 * changed: that it was wrong, or is no longer so, is another entry (ENTRY_SETTLE).  So
 * every version of everything is there with who and when, and whatever was decided can be
 * decided anew.  The texts of an entry, its codes too, are sealed together.
 */
#ifndef PENDEEN_DOMAIN_CHILD_ENTRY_H
#define PENDEEN_DOMAIN_CHILD_ENTRY_H

#include "base/clock.h"
#include "domain/record_key.h"

/* ENTRY(name, word in the store, label).  Places of the texts of each follow below. */
#define CHILD_ENTRY_TABLE(ENTRY)                     \
    ENTRY(FACT, "fact", "Fact")                      \
    ENTRY(PERSON, "person", "Family and household")  \
    ENTRY(AGENCY, "agency", "Agency")                \
    ENTRY(STATUS, "status", "Status")                \
    ENTRY(SIGN, "sign", "Sign or circumstance")      \
    ENTRY(JUDGEMENT, "judgement", "Judgement")       \
    ENTRY(VIEW, "view", "View of a judgement")       \
    ENTRY(PLAN, "plan", "Plan")                      \
    ENTRY(REVIEW, "review", "Review of a plan")      \
    ENTRY(NOTE, "note", "Event")                     \
    ENTRY(SETTLE, "settle", "Decision")              \
    ENTRY(EVENT, "event", "About the record")

enum child_entry_kind {
#define ENTRY(name, word, label) ENTRY_##name,
    CHILD_ENTRY_TABLE(ENTRY)
#undef ENTRY
    ENTRY_KINDS
};
const char *child_entry_kind_name(enum child_entry_kind kind);
bool child_entry_kind_from_name(struct str name, enum child_entry_kind *ret);

enum {
    CHILD_TEXTS = 8,
    /* of a fact: key of the question, kind of answer, value, who says so */
    FACT_KEY = 0, FACT_ANSWER, FACT_VALUE, FACT_SAYS,
    /* of a person: name, born, relationship, parental responsibility, in the household,
     * contact, note */
    PERSON_NAME = 0, PERSON_BORN, PERSON_RELATIONSHIP, PERSON_RESPONSIBLE, PERSON_HOUSEHOLD,
    PERSON_CONTACT, PERSON_NOTE,
    AGENCY_NAME = 0, AGENCY_WORKER, AGENCY_CONTACT, AGENCY_CURRENT,
    STATUS_WORD = 0, STATUS_FROM, STATUS_TO, STATUS_NOTE, /* days as 2026-03-12 */
    SIGN_ITEM = 0, SIGN_PRESENCE, SIGN_PERIOD, SIGN_SOURCE, SIGN_NARRATIVE,
    JUDGEMENT_HARMED = 0, JUDGEMENT_WORD, JUDGEMENT_REASONS,
    VIEW_STANCE = 0, VIEW_WORD, VIEW_REASONS, /* about a judgement */
    PLAN_WORD = 0, PLAN_TEXT, PLAN_START, PLAN_REVIEW,
    REVIEW_TEXT = 0, REVIEW_HELD, REVIEW_NEXT, /* about a plan; no next: it ended */
    NOTE_TEXT = 0, NOTE_DAY, NOTE_SAYS,
    SETTLE_STATE = 0, SETTLE_REASON,
    EVENT_WHAT = 0, EVENT_WORDS,
};

/* What an entry is by now. */
enum child_state {
    STATE_STANDING,
    STATE_CONFLICTING,
    STATE_SUPERSEDED,
    STATE_WITHDRAWN,
    CHILD_STATES
};
const char *child_state_name(enum child_state state);
const char *child_state_label(enum child_state state);
bool child_state_from_name(struct str name, enum child_state *ret);

struct child_entry {
    int64_t id;
    int64_t child;
    enum child_entry_kind kind;
    int64_t about; /* 0: none */
    struct str text[CHILD_TEXTS];
    struct str source_kind; /* "typed", "referral", "submission" */
    int64_t source_id;
    int64_t account;
    instant_ms at;
    /* made by child_entries_settle */
    enum child_state state;
    bool decided; /* somebody said so */
    struct str why;
    int64_t settled_by; /* account; 0: nobody yet */
    instant_ms settled_at;
};

enum { CHILD_ABOUT_FIRST = -1 };

/* To be added. */
struct child_draft {
    enum child_entry_kind kind;
    int64_t about; /* CHILD_ABOUT_FIRST: the first of those that are added with it, and one less
                    * for each after that */
    struct str text[CHILD_TEXTS];
    const char *source_kind; /* NULL: "typed" */
    int64_t source_id;
};

/* In the caller's transaction. `ret_id` may be NULL. */
enum st child_entry_store(struct app *app, struct db *db, struct arena *arena,
                          const struct data_key *key, int64_t child, int64_t account, instant_ms at,
                          const struct child_draft *draft, int64_t *ret_id,
                          struct err *err) MUST_USE;
/* The entry of a row that begins as Q_CHILD_ENTRY_OF does. */
enum st child_entry_from_row(struct app *app, struct arena *arena, struct query *query,
                             struct child_entry *ret, struct err *err) MUST_USE;
/* In the order of ids: says of each what it is by now. */
void child_entries_settle(struct child_entry *entry, size_t count);

/* "born 14 3 2012", "aged about 9", "due 1 March 2027": a date of birth, or an age, as somebody
 * wrote it; "date of birth not known" when nobody did. */
struct str child_born_words(struct arena *arena, struct str written);

#endif
