/*
 * partnership: a made-up safeguarding partnership whose truth is known.
 *
 * Layer: synth (needs base and link).  From a seed come organisations, accounts,
 * hidden entities (people, vehicles, phones, online accounts, places) with
 * their relations, and reports over time in which people see fragments of them:
 * partial plates, nicknames, misheard names, ages "about 30".  Every mention
 * knows which entity it truly is, and a tracker says which mentions could be
 * linked by somebody who had all the facts.  Everything is fictional, calm and
 * non-graphic; README.md says how no real plate, number or address comes out.
 *
 * A partnership is built once in the caller's arena and then only read: reports
 * can be made in any order and from many threads (each with its own arena).
 * The same options give the same bytes on every machine.
 */
#ifndef PENDEEN_SYNTH_PARTNERSHIP_H
#define PENDEEN_SYNTH_PARTNERSHIP_H

#include "base/clock.h"
#include "link/mention.h"
#include "synth/words.h"

struct arena;

/* Where made-up people are.  A district is one that is never issued, so that no made-up
 * postcode is anybody's. */
struct synth_town {
    struct str name;
    int32_t forum; /* 0 to SYNTH_FORUMS - 1 */
    struct str district;
};

struct synth_options {
    uint64_t seed;
    int32_t people; /* in the truth; 0: a third of the reports, at least 60 */
    int32_t reports;
    int32_t last_day;    /* days since 1970 of the newest report */
    int32_t period_days; /* 0: 730 */
    const struct synth_town *town; /* of an area; NULL: invented ones */
    uint32_t town_count;
};

enum synth_role { SYNTH_PRACTITIONER, SYNTH_REPRESENTATIVE, SYNTH_ANALYST };
enum { SYNTH_FORUMS = 3, SYNTH_ORGANISATIONS = 14, SYNTH_ACCOUNTS = 42 };

struct synth_organisation {
    struct str name;   /* "Godrevy Academy" */
    struct str sector; /* "education", "health", "police", "housing", ... */
    int32_t forum;     /* 0 to SYNTH_FORUMS - 1 */
};

/* Somebody who signs in. Accounts of one organisation stand together; its first
 * is its representative.  The last two accounts are analysts of the county's team. */
struct synth_account {
    struct str name;
    struct str email; /* at example.org */
    enum synth_role role;
    int32_t organisation;
};

enum synth_place_type {
    SYNTH_TAKEAWAY,
    SYNTH_CAFE,
    SYNTH_PUB,
    SYNTH_PARK,
    SYNTH_STATION,
    SYNTH_SHOPS,
    SYNTH_SPORT,
    SYNTH_SCHOOL,
    SYNTH_CAR_PARK,
    SYNTH_BEACH,
    SYNTH_HOME,
    SYNTH_HOTEL,
    SYNTH_PLACE_TYPES
};

/* The hidden truth of one thing; which part of the union holds is told by kind. */
struct synth_entity {
    enum link_kind kind;
    int32_t network; /* the group it belongs to, or -1 */
    union {
        struct {
            struct synth_name name;
            struct str nickname; /* empty: none */
            int32_t birth_day;   /* days since 1970 */
            bool child;
            struct str description;
        } person;
        struct {
            char plate[8]; /* "WK85BXT" */
            struct str make, model, colour;
        } vehicle;
        struct {
            char number[12]; /* national form: "07700900123" */
        } phone;
        struct {
            struct str platform, handle, email; /* email may be empty */
        } account;
        struct {
            struct str venue, address, town, postcode; /* a home has no venue */
            enum synth_place_type type;
        } place;
    };
};

enum synth_relation_type { SYNTH_USES, SYNTH_FREQUENTS, SYNTH_LIVES_AT, SYNTH_KNOWS };
struct synth_relation {
    int32_t from; /* entity: always a person */
    int32_t to;
    enum synth_relation_type type;
};

struct synth_world; /* what only the generator needs */

struct synth_partnership {
    struct synth_options options; /* with the defaults filled in */
    struct synth_organisation organisation[SYNTH_ORGANISATIONS];
    struct synth_account account[SYNTH_ACCOUNTS];
    const struct synth_entity *entity;
    int32_t entity_count;
    const struct synth_relation *relation;
    int32_t relation_count;
    struct synth_world *world;
};

/* What a mention truly tells of its entity, as far as it was seen right.  The
 * tracker compares these, never the texts, so that what "could be linked" does
 * not depend on the engine that is measured with it. */
enum synth_name_seen { SYNTH_NAME_NONE, SYNTH_NAME_NICKNAME, SYNTH_NAME_GIVEN, SYNTH_NAME_FULL };
struct synth_evidence {
    uint8_t plate_right;       /* bit i: character i of the plate was seen, and right */
    uint8_t plate_wrong;       /* ... and wrong */
    uint8_t digits_right;      /* last digits of a phone that are right, up to 11 */
    uint8_t digits_wrong;      /* digits that are wrong */
    uint8_t name;              /* enum synth_name_seen */
    bool nickname;             /* the nickname stands in it */
    bool born;                 /* birth: whole date; age or year right within its words */
    bool make, colour;         /* seen, and right */
    bool handle;               /* whole handle or a small variation of it */
    bool handle_stem;          /* at least the letters of the handle */
    bool venue, address, area; /* area: town or postcode */
};

struct synth_mention {
    int64_t id; /* synth_mention_id() */
    enum link_kind kind;
    struct str field[LINK_FIELDS]; /* as the reporter wrote it */
    int32_t entity;                /* the truth */
    struct synth_evidence evidence;
    /* Tells enough that, with the other mention or its companions, it could be
     * linked; false for "a white van". */
    bool linkable;
};

enum { SYNTH_MENTIONS_MAX = 8 };

enum synth_how { SYNTH_SAW, SYNTH_TOLD, SYNTH_SECOND_HAND, SYNTH_ANONYMOUS };

struct synth_report {
    int32_t number; /* 0 .. reports - 1, in order of arrival */
    int32_t organisation;
    int32_t account;
    int32_t day;       /* reported, days since 1970; never earlier than the one before */
    int32_t seen_from; /* days since 1970, or LINK_DAY_UNKNOWN */
    int32_t seen_to;
    struct str narrative;
    struct str when_text;
    struct str where_text;
    enum synth_how how_known;
    int32_t relay_of; /* number of the report that this one passes on, or -1 */
    struct synth_mention mention[SYNTH_MENTIONS_MAX];
    int32_t mention_count;
};

/* Everything in the result lives as long as the arena. */
struct synth_partnership *synth_partnership_new(struct arena *arena,
                                                const struct synth_options *options);
/* Report `number` (0 .. reports - 1); its strings live in the arena. */
void synth_report_make(const struct synth_partnership *partnership, struct arena *arena,
                       int32_t number, struct synth_report *ret);

/* Unique over the partnership, > 0. */
static inline int64_t synth_mention_id(int32_t report, int32_t mention)
{
    return (int64_t)report * SYNTH_MENTIONS_MAX + mention + 1;
}

/* What the engine is given: mention `index` of the report with its companions.
 * Report ids are number + 1.  Borrows from the report. */
void synth_mention_link(const struct synth_report *report, int32_t index, struct link_mention *ret);

/*
 * The tracker finds the planted links: fed with the reports in order, it says
 * for each mention which earlier mentions of the same entity share enough with
 * it that somebody who had all the facts could link the two.  README.md gives
 * the rule for each kind.  Keeps about 50 bytes a mention in its arena.
 */
struct synth_tracker;
struct synth_tracker *synth_tracker_new(struct arena *arena,
                                        const struct synth_partnership *partnership);
enum { SYNTH_LINKS_MAX = 64 };
struct synth_links {
    int64_t earlier[SYNTH_LINKS_MAX]; /* mention ids, newest first */
    int32_t count;
};
/* ret[i] belongs to report->mention[i]. */
void synth_tracker_feed(struct synth_tracker *tracker, const struct synth_report *report,
                        struct synth_links ret[static SYNTH_MENTIONS_MAX]);

#endif
