/*
 * meeting_internal: what the meeting's own files share.
 *
 * Layer: domain, private.
 */
#ifndef PENDEEN_DOMAIN_MEETING_INTERNAL_H
#define PENDEEN_DOMAIN_MEETING_INTERNAL_H

#include "domain/audit.h"
#include "domain/meeting.h"
#include "domain/record_key.h"

/* One change, in a write transaction. */
struct meeting_act {
    struct app *app;
    struct arena *arena;
    const struct person *who;
    const struct scope *scope;
    const struct meeting_input *input;
    struct db *db;
    struct data_key key; /* the meeting's */
    struct meeting meeting;
    struct meeting_item item; /* id 0: it is about the meeting */
    instant_ms now;
    const char *field; /* the input that is wrong */
    const char *done;  /* its line in the audit */
    enum audit_kind audit;
};

/* May they do this in that Forum?  `chairs`: they chair the meeting that it is about. */
bool forum_allows(const struct scope *scope, enum action action, struct str forum, bool chairs);
/* Rows as structs; the key is filled when it is not NULL.  Do not ask who reads. */
enum st meeting_load(struct app *app, struct db *db, struct arena *arena, int64_t id,
                     struct meeting *ret, struct data_key *key, struct err *err) MUST_USE;
enum st meeting_item_load(struct app *app, struct db *db, struct arena *arena, int64_t id,
                          struct meeting_item *ret, struct err *err) MUST_USE;
enum st meeting_items_load(struct app *app, struct db *db, struct arena *arena, int64_t meeting,
                           struct meeting_item **ret, size_t *ret_count, struct err *err) MUST_USE;
/* Fills what depends on who reads; ST_NOT_FOUND when it is not theirs to see. */
enum st meeting_for_reader(const struct scope *scope, struct db *db, struct meeting *meeting,
                           struct err *err) MUST_USE;

/* What one person needs to look at the items of a meeting, read once: which are kept from them. */
struct item_reader {
    const struct scope *scope;
    struct db *db;
    const struct meeting *meeting;
    int64_t *kept;
    size_t kept_count;
};
enum st item_reader_begin(const struct scope *scope, struct db *db, const struct meeting *meeting,
                          struct item_reader *ret, struct err *err) MUST_USE;
/* Sets `whole`; false: this person does not see the item.  What the agenda put there by itself
 * for something new is there for who sees something of that: nobody learns from an item that
 * there is more than they see. */
bool meeting_item_seen(const struct item_reader *reader, struct meeting_item *item);
/* Since when something new put the item onto this agenda, or onto that of an earlier meeting from
 * which it was carried on; -1: people put it there. */
instant_ms meeting_item_since(struct db *db, const struct meeting *meeting,
                              const struct meeting_item *item);
/* May they see what it is about?  And does it concern them, or is it kept from them? */
/* The entity of a mention as this person sees it, be that mention hidden from them; 0: none. */
int64_t subject_entity(const struct scope *scope, int64_t mention);
bool subject_seen(const struct scope *scope, struct db *db, enum item_kind kind, int64_t subject);
bool subject_conflicts(const struct scope *scope, struct db *db, enum item_kind kind,
                       int64_t subject);

enum st meeting_item_add(struct meeting_act *act, struct str section, enum item_kind kind,
                         int64_t subject, const char *origin, struct str title, struct str words,
                         int64_t *ret, struct err *err) MUST_USE;
enum st meeting_item_store(struct meeting_act *act, struct err *err) MUST_USE;
enum st meeting_entry_add(struct meeting_act *act, int64_t item, const char *kind, struct str text,
                          struct str second, struct str third, struct err *err) MUST_USE;
enum st meeting_text(struct meeting_act *act, struct str text, const char *field, const char *what,
                     struct str *ret, struct err *err) MUST_USE;
/* Says which input is wrong; always ST_INVALID. */
enum st meeting_wrong(struct meeting_act *act, const char *field, struct err *err,
                      const char *format, ...) __attribute__((format(printf, 4, 5)));

/* meeting_agenda.c: puts onto the agenda what is not there yet, as everybody who sits in the Forum
 * would see it, one after another: whoever presses the button makes no difference. */
enum st meeting_build(struct meeting_act *act, struct err *err) MUST_USE;
/* For it, and for meeting_propose.c. */
enum { MEETING_SECTIONS_MAX = 60 };
struct meeting_building {
    struct meeting_act *act;   /* its scope: through whose eyes the agenda is built now */
    struct meeting_item *item; /* that are there */
    size_t item_count;
    int32_t by_section[MEETING_SECTIONS_MAX]; /* that these eyes would put into each */
};
enum st meeting_put(struct meeting_building *building, unsigned holds, enum item_kind kind,
                    int64_t subject, const char *origin, struct err *err) MUST_USE;
/* meeting_propose.c: children whose records moved and what helps them, patterns that were
 * accepted, and what is not known. */
enum st meeting_propose(struct meeting_building *building, struct err *err) MUST_USE;
/* What became of the support of a child since then, a sentence for each. */
enum st meeting_support_words(const struct scope *scope, struct db *db, struct arena *arena,
                              int64_t child, instant_ms since, struct str *ret_title,
                              struct str *ret, struct err *err) MUST_USE;
/* Into the order of the agenda. */
void meeting_items_sort(const struct area *area, struct arena *arena, struct meeting_item *list,
                        size_t count);
/* meeting_minutes.c: puts them into the record.  ST_CONFLICT: they are not what was read. */
enum st meeting_minutes_approve(struct meeting_act *act, struct err *err) MUST_USE;
/* meeting_step.c: steps of an item. */
enum st meeting_step(struct meeting_act *act, enum meeting_action action, struct err *err) MUST_USE;

#endif
