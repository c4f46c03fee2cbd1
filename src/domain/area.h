/*
 * area: what differs from one partnership to the next, read from a folder of
 * text files that a person can edit (areas/README.md describes them).
 *
 * Layer: domain (needs base only).  Loaded once, then only read, by any thread.
 * Every string belongs to the area and lives until area_free.  A mistake in a
 * file is an error that names file and line; nothing is guessed.
 */
#ifndef PENDEEN_DOMAIN_AREA_H
#define PENDEEN_DOMAIN_AREA_H

#include "base/clock.h"
#include "base/err.h"
#include "domain/access.h"
#include "domain/calendar.h"
#include "domain/mention.h"
#include "domain/questions.h"

struct area;
struct area_child;

/* Reads the pack in `folder`; frees nothing of an earlier one.  ST_INVALID:
 * "contacts.txt, line 12: ..." in `public`; ST_NOT_FOUND: no such folder. */
enum st area_load(const char *folder, struct area **ret, struct err *err) MUST_USE;
void area_free(struct area *area); /* accepts NULL */

/* "Cornwall and the Isles of Scilly" */
struct str area_name(const struct area *area);
/* What the area calls the unit that takes referrals, after "the": "MARU";
 * "referral unit" without a pack. */
struct str area_unit(const struct area *area);
/* The same by the name of its number: "Multi Agency Referral Unit (MARU)". */
struct str area_unit_in_full(const struct area *area);
/* Any line of settings.txt; empty when it has no such key. */
struct str area_setting(const struct area *area, struct str key);

/* Where a child may be. */
struct area_place {
    struct str id;
    struct str name;
    struct str source;
};
const struct area_place *area_places(const struct area *area, size_t *ret_count);
const struct area_place *area_place_find(const struct area *area, struct str id);

/* Days off, and when offices are open (domain/calendar.h). */
const struct calendar *area_calendar(const struct area *area);
const struct office_hours *area_hours_find(const struct area *area, struct str id);

/* The sorts of organisations: "education", "School or college".  In the order of the file;
 * fills up to `maximum` and says how many. */
enum { AREA_SECTORS_MAX = 60 };
struct area_sector {
    struct str id;
    struct str name;
};
size_t area_sectors(const struct area *area, size_t maximum, struct area_sector *ret);
/* What one is called: "children's home" is looked up as sector-childrens-home.  What the pack does
 * not name, and any without a pack, is its own name. */
struct str area_sector_label(const struct area *area, struct str sector);

enum contact_use {
    USE_EMERGENCY,
    USE_POLICE,
    USE_REFERRAL,
    USE_OUT_OF_HOURS,
    USE_SUPPORT,
    USE_RELAY,
    USE_DIRECTORY,
    USE_COUNT
};

struct area_contact {
    struct str id;
    enum contact_use use;
    struct str place;                 /* an id of places.txt; empty: everywhere */
    bool always;                      /* somebody answers at any time */
    const struct office_hours *open;  /* when somebody answers; NULL: always, or not known */
    bool outside;                     /* no: when that office is closed */
    struct str opens;                 /* the same as the pack writes it: "outside office" */
    struct str relay;                 /* what to dial by Relay UK; empty: no use */
    struct str other_phone;           /* what another source gives; empty: none differs */
    struct str other_source;
    size_t line;                      /* of contacts.txt */
    struct str source;                /* where the entry comes from */
    struct str group; /* heading under which it stands: "Cornwall", "Emergency", ... */
    struct str name;
    struct str phone; /* as it is printed */
    struct str text;  /* number for text messages; may be empty */
    struct str hours;
    struct str when;      /* when to use it */
    struct str note;      /* for whoever maintains the pack; not for the page */
    struct str to_verify; /* why nobody may rely on it yet; empty: the published page gives it */
    struct date verified; /* year 0: nobody has verified it yet */
    struct str verified_by; /* who dialled it; may be empty */
};
/* In the order of the file, which is the order of the page; contacts of one group
 * stand together. */
const struct area_contact *area_contacts(const struct area *area, size_t *ret_count);
/* "always", an id of hours.txt, "outside" and such an id, or nothing (not known), as
 * fields of a contact.  False: there are no such hours. */
bool area_contact_opens(const struct area *area, struct str opens, struct area_contact *contact);
/* All of hours.txt. */
const struct office_hours *area_hours_all(const struct area *area, size_t *ret_count);
/* Does somebody answer there now?  What is not known counts as yes. */
bool area_contact_answers(const struct area *area, const struct area_contact *contact,
                          instant_ms now);
/* Has anybody asked when somebody answers there?  999 needs no asking; what is not known is not
 * said. */
bool area_contact_hours_checked(const struct area_contact *contact);
/* What is said of calling for whoever cannot hear or speak: has anybody checked it? */
bool area_advice_checked(const struct area *area);
const struct area_contact *area_contact_find(const struct area *area, struct str id);

/* The directory of support: who helps whom with what (needs.txt, support.txt). */
enum audience { FOR_CHILD = 1, FOR_PARENT = 2, FOR_PROFESSIONAL = 4 };
struct area_need {
    struct str id;
    struct str label; /* "Somebody to talk to" */
};
const struct area_need *area_needs(const struct area *area, size_t *ret_count);
const struct area_need *area_need_find(const struct area *area, struct str id);

enum { SUPPORT_NEEDS_MAX = 16, SUPPORT_AGE_MAX = 120 };
struct area_support {
    struct str id;
    const struct area_contact *contact; /* its number, hours, place and verification */
    struct str organisation;
    unsigned audience; /* bits */
    int16_t age_from;
    int16_t age_to; /* SUPPORT_AGE_MAX: no end */
    const struct area_need *need[SUPPORT_NEEDS_MAX];
    size_t need_count;
    struct str about;
    struct str website;
    struct str source;
    size_t line; /* of support.txt */
};
/* In the order of the file. */
const struct area_support *area_supports(const struct area *area, size_t *ret_count);
/* "child parent" as bits; false when a word is none of the three. */
bool audience_from_words(struct str words, unsigned *ret);

struct area_forum {
    struct str id;
    struct str name;
    struct str covers; /* towns, one a line */
    struct str made_up; /* towns of made-up reports, each with a postcode district; may be empty */
    struct str note;
};
const struct area_forum *area_forums(const struct area *area, size_t *ret_count);
/* NULL: there is none of that id, or no area. */
const struct area_forum *area_forum_find(const struct area *area, struct str id);

/* The four vocabularies of signs.txt, kept apart: they are recorded, never counted. */
enum area_sign_kind { SIGN_CIRCUMSTANCE, SIGN_SIGN, SIGN_CONTEXT, SIGN_STRENGTH, SIGN_KINDS };
struct area_sign {
    struct str id;
    enum area_sign_kind kind;
    struct str text;
    struct str explain; /* what it means, in plain words */
    struct str prompt;  /* a question that helps to look closer; may be empty */
    struct str source;
};
const struct area_sign *area_signs(const struct area *area, size_t *ret_count);
const struct area_sign *area_sign_find(const struct area *area, struct str id);

/* What the answers to "How do you know?" are called here; NULL: HOW_NOT_SAID is none. */
struct area_how_known {
    struct str label;
    struct str hint;
};
const struct area_how_known *area_how_known(const struct area *area, enum how_known how);

/* Handling conditions.  The first is that of a submission for which nobody says
 * otherwise. */
struct area_handling {
    struct str code; /* "handling:C.named" */
    struct str label;
    struct str hint;   /* to whoever shares it */
    struct str others; /* the same to anybody else; the pack may leave it to the hint */
    enum handling_rule rule;
    bool connects; /* others may learn that something fits, and ask */
    bool for_referrals; /* what a referral names has it; nobody chooses it */
};
enum { HANDLINGS_MAX = 32 };
const struct area_handling *area_handlings(const struct area *area, size_t *ret_count);
/* NULL: the pack has no such code. */
const struct area_handling *area_handling_find(const struct area *area, struct str code);

/* The referral form (domain/questions.h). */
const struct questions *area_referral(const struct area *area);
/* The words and the retention classes of children's records (domain/area_child.h). */
const struct area_child *area_child(const struct area *area);

/* A page of guidance, readable without signing in. */
struct area_guidance {
    struct str id;    /* file name without .md */
    struct str title; /* its first line, "# Title" */
    struct str text;  /* Markdown, without that line */
    struct str source; /* where it comes from (guidance-sources.txt) */
    struct str own;    /* words of its sentences that are our own, one a line */
    /* "words: source", one a line: sentences that somebody else is the source of */
    struct str other;
    /* where each sentence comes from that is none of these; empty: there is none */
    struct str rest;
    size_t source_line; /* of guidance-sources.txt */
};
const struct area_guidance *area_guidance(const struct area *area, size_t *ret_count);
const struct area_guidance *area_guidance_find(const struct area *area, struct str id);

/* The headings under which the pages stand, in the order of guidance.txt. */
struct area_guidance_group {
    struct str id;
    struct str title;
    const struct area_guidance **page;
    size_t page_count;
};
const struct area_guidance_group *area_guidance_groups(const struct area *area, size_t *ret_count);

/* A fact, number or request of the published page, and where the pack tells it
 * (sources.txt).  What is not found stops the pack from loading. */
enum { AREA_FOUND_MAX = 6 };
struct area_found {
    struct str file; /* "guidance/who-and-where.md" */
    struct str words;
    size_t line;
};
struct area_source {
    struct str id;
    struct str says; /* what the page states, in our words */
    struct str part; /* under which heading of it */
    struct area_found found[AREA_FOUND_MAX];
    size_t found_count;
};
const struct area_source *area_sources(const struct area *area, size_t *ret_count);

#endif
