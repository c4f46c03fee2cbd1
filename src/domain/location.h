/*
 * location: places where children are harmed, or may be, and what makes them safe.
 *
 * Layer: domain.  What is said of one are answers to location-form.txt of the area pack, part by
 * part: the place, what is unsafe, what makes it safe and who watches over it, who can act, what
 * was done, whether it worked, a contextual assessment.  A part that is saved again is added, so
 * that every version is there with who and when.  A location belongs to an organisation and to
 * the area of a Forum, under a handling condition; access_allows decides who sees it.  It may be
 * tied to an entity: whom that entity names does not see the location; whoever may not see the
 * entity sees the location without the tie.  What somebody may not see is answered like what
 * is not there.  Instants; days since 1970.
 */
#ifndef PENDEEN_DOMAIN_LOCATION_H
#define PENDEEN_DOMAIN_LOCATION_H

#include "domain/area_location.h"
#include "domain/form_problems.h"
#include "domain/scope.h"

/* Sections of location-form.txt that the program knows. */
#define LOCATION_ABOUT "about"
#define LOCATION_HARM "harm"
#define LOCATION_SAFETY "safety"
#define LOCATION_ACT "act"
#define LOCATION_ACTION "action" /* each time another */
#define LOCATION_WORKED "worked"
#define LOCATION_ASSESSMENT "assessment"

enum { LOCATIONS_MAX = 5000, LOCATION_DAY_NONE = INT32_MIN };

struct location_given {
    const struct question *question;
    struct answer answer;
};

/* A location as lists show it. */
struct location {
    int64_t id;
    int64_t organisation;
    struct str forum;    /* key of forums.txt */
    struct str handling; /* a code of handling.txt */
    struct str kind;     /* an option of location-kind */
    int64_t mention;     /* 0: tied to none, or to none that this person sees */
    int32_t review_day;  /* LOCATION_DAY_NONE: none is set */
    int64_t version;
    instant_ms created_at;
    instant_ms changed_at;
    bool may_keep;
    struct str name;
    struct str town;
    struct str position; /* as written */
    struct str guardians;
    struct str worked;   /* in words; empty: nobody has said */
    size_t deeds;
};

struct location_answer {
    struct str key;
    struct answer answer;
    int64_t account;
    instant_ms at;
};

/* Something that was written down: which part, what changed in it. */
struct location_entry {
    int64_t id;
    struct str section;
    int64_t account;
    struct str by;
    instant_ms at;
    struct location_answer *answer;
    size_t answer_count;
};

struct location_file {
    struct location line;
    struct location_answer *answer; /* one of each question, the newest; none of what was done */
    size_t answer_count;
    struct location_entry *entry; /* oldest first */
    size_t entry_count;
};

/* Those that this person sees, latest change first.  `kind` and `forum` empty: all. */
enum st location_list(struct app *app, struct arena *arena, const struct person *who,
                      struct str kind, struct str forum, struct location **ret, size_t *ret_count,
                      struct err *err) MUST_USE;
/* As a list shows one. */
enum st location_line(struct app *app, struct arena *arena, const struct person *who, int64_t id,
                      struct location *ret, struct err *err) MUST_USE;
/* ST_NOT_FOUND also for what this person may not read. */
enum st location_open(struct app *app, struct arena *arena, const struct person *who, int64_t id,
                      struct location_file *ret, struct err *err) MUST_USE;
/* ANSWER_NONE when it was not answered. */
struct answer location_answer_get(const struct location_file *file, struct str key);
struct answer location_entry_get(const struct location_entry *entry, struct str key);
/* The location that is this entity, as far as this person sees both; 0: none. */
int64_t location_of_entity(const struct scope *scope, const struct location *list, size_t count,
                           int64_t mention);

/* What is wrong with a part as a whole. */
void location_check(struct str section, const struct location_given *given, size_t count,
                    struct form_problems *ret);
/* "50.263, -5.051" in degrees; false when it is none. */
bool location_position_read(struct str text, double *ret_latitude, double *ret_longitude);

/* A new one.  `forum`: one of the person's own; `handling` empty: the plain one; `mention` 0: of
 * no entity that is known here.  ST_INVALID with a sentence, ST_NOT_FOUND for an entity that this
 * person does not see. */
struct location_new {
    struct str forum;
    struct str handling;
    int64_t mention;
    instant_ms at; /* 0: now */
};
enum st location_add(struct app *app, const struct person *who, const struct location_new *new,
                     const struct location_given *given, size_t count, int64_t *ret,
                     struct err *err) MUST_USE;
/* Saves a part; of "action" each time another.  ST_CONFLICT: somebody saved something since
 * `version` was read.  `forum` and `handling` empty: as they are. */
struct location_save {
    struct str section;
    int64_t version;
    struct str forum;
    struct str handling;
    instant_ms at; /* 0: now */
};
enum st location_save(struct app *app, const struct person *who, int64_t id,
                      const struct location_save *save, const struct location_given *given,
                      size_t count, struct err *err) MUST_USE;
/* May somebody choose this condition for a location?  Not those that name organisations. */
bool location_handling_offered(const struct area_handling *handling);

/* Is it one of the Forums in which this person keeps locations? */
bool location_keeps_in(const struct scope *scope, struct str forum);

/* --- for the files of meetings ------------------------------------------------------------- */

/* May this person see it?  The same work whether it is denied or missing. */
bool location_allows(const struct scope *scope, enum action action, int64_t id);
/* Does what it is tied to concern this person, or is it kept from them? */
bool location_kept(const struct scope *scope, int64_t id);

#endif
