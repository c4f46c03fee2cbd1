/*
 * meeting: a meeting of a Forum, from the agenda to the minutes.
 *
 * Layer: domain.  The agenda builds itself of what came since the meeting before: of what each
 * who sits in the Forum may see, whoever presses the button (decisions/0104).  Who runs it adds
 * to it, takes off and puts in order.  An item is about an entity, a submission, a child's
 * record, its support, an action, a measure, a pattern that was accepted or what is not known,
 * or is a theme in words.  Each reader sees those items that they may see the subject of, and of
 * those that came by themselves something new; and those for which words for everybody were
 * written.  A conflict of interest takes an item away altogether (docs/ACCESS.md).
 *
 * What is decided is added and never changed.  An item closes with an outcome, a reason, and
 * word to whoever handed in what it is about, by one person, and by a second.  Minutes are a
 * draft from the end of the meeting on, and are approved once, by somebody who did not write
 * them (decisions/0161); what is added later stands beside them.
 *
 * What somebody may not see is answered as what is not there (ST_NOT_FOUND).
 */
#ifndef PENDEEN_DOMAIN_MEETING_H
#define PENDEEN_DOMAIN_MEETING_H

#include "domain/app.h"
#include "domain/area_meeting.h"
#include "domain/scope.h"

enum {
    MEETING_TEXT_MAX = 4000,
    MEETINGS_MAX = 500,
    MEETING_ITEMS_MAX = 400,
    MEETING_PEOPLE_MAX = 400
};

enum meeting_state {
    MEETING_PLANNED,
    MEETING_OPEN,
    MEETING_HELD,
    MEETING_APPROVED,
    MEETING_CANCELLED,
    MEETING_STATES
};
const char *meeting_state_label(enum meeting_state state);

struct meeting {
    int64_t id;
    struct str forum;
    instant_ms starts_at;
    instant_ms since_at; /* what came after it is new; 0: there was none before; set by building */
    instant_ms built_to;
    enum meeting_state state;
    struct str place;
    int64_t version;
    bool runs;     /* this reader runs it */
    bool attended; /* this reader is written down as present */
    /* the minutes are a draft that this reader wrote: somebody else approves it, or they do once
     * the Forum has met again */
    bool others_approve;
};

/* Meetings of this person's Forums, newest first. */
enum st meeting_list(struct app *app, struct arena *arena, const struct person *who,
                     struct meeting **ret, size_t *ret_count, struct err *err) MUST_USE;
/* One of them, with a line in the audit. */
enum st meeting_read(struct app *app, struct arena *arena, const struct person *who, int64_t id,
                     struct meeting *ret, struct err *err) MUST_USE;
/* Does this person sit in that Forum? */
bool meeting_sits(const struct scope *scope, struct str forum);
/* May this person plan meetings of that Forum? */
bool meeting_may_plan(const struct scope *scope, struct str forum);
/* Plans one and builds its agenda.  ST_CONFLICT: there is one at that time. */
enum st meeting_plan(struct app *app, const struct person *who, struct str forum,
                     instant_ms starts_at, struct str place, int64_t *ret,
                     struct err *err) MUST_USE;

/* --- who is there -------------------------------------------------------------------------- */

enum attendance { ATTENDS_NOT, ATTENDS_INVITED, ATTENDS_PRESENT, ATTENDS_APOLOGIES, ATTENDANCES };
const char *attendance_name(enum attendance state); /* "present" */
bool attendance_from_name(struct str name, enum attendance *ret);

struct meeting_person {
    int64_t account;
    struct str name;
    struct str organisation;
    struct str sector;
    enum attendance state;
    bool chair;
};
/* Everybody who sits in the Forum, and whoever is written down. */
enum st meeting_people(struct app *app, struct arena *arena, const struct meeting *meeting,
                       struct meeting_person **ret, size_t *ret_count, struct err *err) MUST_USE;
/* Is it enough for decisions?  ST_CONFLICT says who is missing. */
enum st meeting_quorum(const struct area *area, const struct meeting_person *people, size_t count,
                       struct err *err) MUST_USE;

/* --- items ---------------------------------------------------------------------------------- */

enum item_kind {
    ITEM_ENTITY,
    ITEM_SUBMISSION,
    ITEM_CHILD,
    ITEM_THEME,
    ITEM_ACTION,
    ITEM_DISRUPTION,
    ITEM_MISSING,
    ITEM_LOCATION,
    ITEM_PATTERN, /* that somebody accepted: subject is what they said (domain/pattern.h) */
    ITEM_GAP,     /* what is not known: subject is the meeting */
    ITEM_SUPPORT, /* of a child: subject is the record */
    ITEM_KINDS
};
const char *item_kind_name(enum item_kind kind); /* "entity" */
bool item_kind_from_name(struct str name, enum item_kind *ret);
enum item_state {
    ITEM_WAITING,
    ITEM_DECIDED,
    ITEM_CLOSING,
    ITEM_CLOSED,
    ITEM_CARRIED,
    ITEM_OFF,
    ITEM_STATES
};
const char *item_state_label(enum item_state state);

struct meeting_item {
    int64_t id;
    int64_t meeting;
    struct str section;
    enum item_kind kind;
    int64_t subject; /* of an entity: one of its mentions */
    int64_t place;
    struct str origin;
    enum item_state state;
    struct str outcome;
    int64_t closing_by;
    instant_ms closing_at;
    int64_t closed_by;
    instant_ms closed_at;
    struct str title; /* as written; empty: what the subject is called */
    struct str words; /* for everybody who attends; may be empty */
    int64_t account;
    instant_ms created_at;
    int64_t version;
    bool whole; /* this reader may see the subject, not just the words */
};
/* Those that this person sees, in the order of the agenda; those taken off too. */
enum st meeting_items(struct app *app, struct arena *arena, const struct person *who,
                      const struct meeting *meeting, struct meeting_item **ret, size_t *ret_count,
                      struct err *err) MUST_USE;
/* One of them. */
enum st meeting_item_read(struct app *app, struct arena *arena, const struct person *who,
                          int64_t id, struct meeting *ret_meeting, struct meeting_item *ret,
                          struct err *err) MUST_USE;
/* Is this item, or what it is about, kept from them?  Also true of what is not there. */
bool meeting_item_kept(const struct scope *scope, int64_t item);

/* What was said and done, oldest first; of an item that the reader sees, or of the whole. */
struct meeting_entry {
    int64_t id;
    int64_t item; /* 0: of the whole meeting */
    struct str kind;
    int64_t account;
    struct str name;
    instant_ms at;
    struct str text;   /* decision, dissent, reason, correction; of minutes the title */
    struct str second; /* rationale; who dissents; of minutes the body */
    struct str third;  /* of minutes: the title for those who see the words alone */
};
/* `item` 0: all of those that this person sees. */
enum st meeting_entries(struct app *app, struct arena *arena, const struct person *who,
                        const struct meeting *meeting, int64_t item, struct meeting_entry **ret,
                        size_t *ret_count, struct err *err) MUST_USE;
/* "Decided", "Taken off the agenda" */
struct str meeting_entry_label(struct str kind);

/* --- the minutes, as one reader sees them ----------------------------------------------------- */

struct minutes_part {
    struct str title;
    struct str body;
};
struct meeting_minutes {
    struct str title;
    struct str head; /* who was here */
    bool draft;      /* else approved: */
    struct str by;
    instant_ms at;
    bool by_writer;            /* who approved them had written them */
    struct minutes_part *part; /* of the items that they see, in the order of the agenda */
    size_t part_count;
    struct str seen; /* of a draft: stands for what it says, for MEETING_DO_APPROVE */
};
/* ST_NOT_FOUND: the meeting is not over. */
enum st meeting_minutes(struct app *app, struct arena *arena, const struct person *who,
                        const struct meeting *meeting, struct meeting_minutes *ret,
                        struct err *err) MUST_USE;

/* --- what is known of an item, as one reader sees it ------------------------------------------ */

enum { BRIEF_NEW_MAX = 6, BRIEF_RELATIONS_MAX = 8 };
struct brief_new {
    int64_t submission;
    struct str reference;
    struct str sector;
    struct str words;
    instant_ms at;
};
struct brief_relation {
    int64_t entity;
    enum link_kind kind;
    struct str title;
    int times;
};
struct item_brief {
    struct str title;
    struct str kind;      /* "Person", "Action"; in words */
    int64_t entity;       /* 0: it is about none */
    size_t submissions;   /* in all */
    size_t fresh;         /* since the meeting before */
    size_t sectors;       /* sorts of organisations that they came from */
    instant_ms first_at;
    instant_ms last_at;
    /* names of other Forums in which it was seen, as far as they may learn it */
    struct str elsewhere;
    struct brief_new news[BRIEF_NEW_MAX];
    size_t news_count;
    struct brief_relation relation[BRIEF_RELATIONS_MAX];
    size_t relation_count;
    struct str facts; /* of an action or a measure: how it stands, in words */
};
/* Only what the reader may see; for an item seen by its words alone just the title. */
enum st meeting_brief(const struct scope *scope, struct db *db, struct arena *arena,
                      const struct meeting *meeting, const struct meeting_item *item,
                      struct item_brief *ret, struct err *err) MUST_USE;
/* One line in the audit for all of a pack; `printed`: given out as a file. */
enum st meeting_pack_note(struct app *app, struct arena *arena, const struct person *who,
                          const struct meeting *meeting, const struct meeting_item *items,
                          size_t count, bool printed, struct err *err) MUST_USE;

/* --- doing ------------------------------------------------------------------------------------ */

enum meeting_action {
    /* of the meeting */
    MEETING_DO_BUILD,
    MEETING_DO_ADD,
    MEETING_DO_START,
    MEETING_DO_CANCEL,
    MEETING_DO_END,
    MEETING_DO_APPROVE,
    MEETING_DO_CORRECT,
    /* of an item */
    MEETING_DO_WORDS,
    MEETING_DO_OFF,
    MEETING_DO_UP,
    MEETING_DO_DOWN,
    MEETING_DO_CONFLICT,
    MEETING_DO_DECIDE,
    MEETING_DO_DISSENT,
    MEETING_DO_ACT,
    MEETING_DO_CARRY,
    MEETING_DO_CLOSE,
    MEETING_DO_SIGN,
    MEETING_ACTIONS
};
const char *meeting_action_name(enum meeting_action action); /* "build": as in the address */
bool meeting_action_from_name(struct str name, enum meeting_action *ret);
bool meeting_action_of_item(enum meeting_action action);

struct meeting_input {
    int64_t version;   /* of the item, or of the meeting, as the form showed it */
    struct str choice; /* an id of meeting.txt, or "yes" and "no" */
    struct str text;
    struct str second;
    struct str email;
    struct str day;
    struct str seen; /* to approve: of the draft that was read */
    int64_t account;
};
/* Can that be done now, by this person?  ST_CONFLICT says why not; ST_NOT_FOUND: not by them.
 * `item` NULL for what is done to a meeting. */
enum st meeting_can(const struct meeting *meeting, const struct meeting_item *item,
                    const struct person *who, enum meeting_action action, struct err *err) MUST_USE;
/* ST_INVALID: *ret_field names the input that is wrong.  ST_CONFLICT: somebody changed it
 * meanwhile, or it does not stand so that this can be done.  `item` 0: to the meeting. */
enum st meeting_do(struct app *app, const struct person *who, int64_t meeting, int64_t item,
                   enum meeting_action action, const struct meeting_input *input,
                   const char **ret_field, struct err *err) MUST_USE;

/* Everybody's state at once.  ST_CONFLICT: the meeting is over. */
struct attendance_input {
    int64_t account;
    enum attendance state;
    bool chair;
};
enum st meeting_attend(struct app *app, const struct person *who, int64_t meeting,
                       const struct attendance_input *input, size_t count,
                       struct err *err) MUST_USE;

/* How many submissions that this person may see came since the agenda was built. */
size_t meeting_behind(const struct scope *scope, struct db *db, const struct meeting *meeting);

/* Submissions that a Forum first got after one instant and up to another, oldest first. */
enum st meeting_shared_between(struct db *db, struct arena *arena, struct str forum,
                               instant_ms after, instant_ms to, int64_t **ret, size_t *ret_count,
                               struct err *err) MUST_USE;

#endif
