/*
 * mention: one thing that a submission names, before and after it is stored.
 *
 * Layer: domain.  A draft is what a form, an import or extraction holds; once
 * stored it never changes.
 */
#ifndef PENDEEN_DOMAIN_MENTION_H
#define PENDEEN_DOMAIN_MENTION_H

#include "base/clock.h"
#include "link/mention.h"

enum {
    MENTIONS_MAX = 40,             /* handed in by one form or line */
    SUBMISSION_MENTIONS_MAX = 256, /* of one submission: a referral's holds all that it names */
    MENTION_FIELD_MAX = 400,       /* bytes of a field */
    MENTION_REGISTRATION_MAX = 20, /* of that of a registration */
    MENTION_NUMBER_MAX = 40,       /* and of that of a number */
    NARRATIVE_MAX = 20000,         /* bytes */
};

/* Bytes that this field may have. */
static inline size_t mention_field_max(enum link_field field)
{
    return field == LINK_REGISTRATION ? MENTION_REGISTRATION_MAX
           : field == LINK_NUMBER     ? MENTION_NUMBER_MAX
                                      : MENTION_FIELD_MAX;
}

struct mention_draft {
    enum link_kind kind;
    struct str field[LINK_FIELDS]; /* as written; empty: not observed */
    int32_t span_start; /* bytes of the narrative it was found in, or -1 */
    int32_t span_end;   /* one past the last byte */
};

enum how_known {
    HOW_UNKNOWN,     /* they do not know; of older rows, imports and programs also: not said */
    HOW_SAW,         /* saw or heard it */
    HOW_TOLD,        /* told by someone involved */
    HOW_SECOND_HAND, /* told second-hand */
    HOW_ANONYMOUS,
    HOW_ANSWERS, /* so many answers there are: area_how_known has what each is called */
    HOW_NOT_SAID = HOW_ANSWERS, /* the question was left blank */
    HOW_KNOWN_COUNT
};

/* What somebody hands in.  Everything but the narrative may be empty. */
struct submission_draft {
    struct str idempotency_key; /* from the form or the import row; never empty */
    struct str asked; /* all that was sent with this key, to know it again; empty: not compared */
    struct str narrative;
    struct str when_text;  /* "last Friday about 4", as written */
    struct date seen_from; /* year 0: unknown */
    struct date seen_to;
    struct date received; /* of an older record that is brought in; year 0: now */
    struct str where_text;
    struct str handling; /* a code of the area pack; empty: none asked for */
    enum how_known how_known;
    struct mention_draft *mention;
    size_t mention_count; /* up to MENTIONS_MAX; of a referral up to SUBMISSION_MENTIONS_MAX */
    bool of_referral;
};

#endif
