/*
 * access: who may do what.  The one function that decides.
 *
 * Layer: domain.  A role gives each action a reach (access.def: nothing, one's own
 * records, those of one's organisation, those that a condition names one for, those of
 * one's forums).  What a record's handling condition, a grant, a block or a conflict of
 * interest makes of that is decided here too, and nowhere else.  A record that may not
 * be seen must be answered exactly as one that does not exist.
 *
 * scope.h finds the facts about a record; this looks at facts alone.
 */
#ifndef PENDEEN_DOMAIN_ACCESS_H
#define PENDEEN_DOMAIN_ACCESS_H

#include "base/str.h"

enum role {
#define ROLE(name, label) ROLE_##name,
#include "domain/role.def"
#undef ROLE
    ROLE_COUNT
};

enum action {
    ACT_SHARE,             /* hand in a submission */
    ACT_READ_SUBMISSION,   /* its reference, words and state */
    ACT_SEE_LINKS,         /* mentions, suggestions, entities, search */
    ACT_DECIDE,            /* same, different, unsure; undo */
    ACT_IMPORT,
    ACT_MANAGE_ACCOUNTS,
    ACT_AUDIT,             /* the log of who did what; no case content */
    ACT_KEEP_SUPPORT,      /* who to call and the directory of support: change, verify, import */
    ACT_SET_HANDLING,      /* the handling condition of a record */
    ACT_GRANT,             /* open a record for somebody, for a time */
    ACT_BLOCK,             /* keep a record from somebody */
    ACT_BREAK_GLASS,       /* open a record that one may not see, with a second person told */
    ACT_ASK_CONNECTION,    /* ask an unknown owner to connect two records */
    ACT_ANSWER_CONNECTION, /* agree or decline, as the owner */
    ACT_SEE_SOURCE,        /* who handed it in */
    ACT_REFER,             /* make a referral; change, send, withdraw, add to one's own */
    ACT_READ_REFERRAL,     /* what it says, and what came of it */
    ACT_DESK,              /* work at the referral unit's desk */
    ACT_ANSWER_CHECK,      /* answer what the desk asks of one's organisation */
    ACT_MEASURES,          /* how well referrals are handled, in figures */
    ACT_READ_CHILD,        /* a child's record */
    ACT_EDIT_CHILD,        /* add to it */
    ACT_KEEP_CHILD,        /* who sees it, how long it is kept, what is given out of it */
    /* children who go missing */
    ACT_READ_MISSING,      /* an episode: report, what was done, return */
    ACT_REPORT_MISSING,    /* report one and write down what follows */
    ACT_IMPORT_MISSING,    /* a file of them */
    ACT_READ_MEETING,      /* the meetings of one's Forums, as far as each item may be seen */
    ACT_RUN_MEETING,       /* agenda, decisions, minutes; own: of a meeting that one chairs */
    ACT_DO_ACTION,         /* one's own actions; forum: those of one's Forums */
    ACT_DISRUPTION,        /* the register of measures */
    ACT_FORWARD,           /* as a representative: sanitise, share on, hold, return, ask */
    /* locations of concern */
    ACT_READ_LOCATION,     /* read one, and the map */
    ACT_KEEP_LOCATION,     /* write one down and change it */
    ACT_COUNT
};

enum reach { REACH_NONE, REACH_OWN, REACH_ORGANISATION, REACH_ADDRESSED, REACH_FORUM, REACH_ALL };

/* What a handling condition does; the area pack gives each of its codes one. */
enum handling_rule {
    HANDLING_OPEN,        /* the forum sees it */
    HANDLING_FORUM,       /* the forum sees it, and nobody outside learns that it exists */
    HANDLING_NAMED,       /* the organisations that are named */
    HANDLING_MARU_POLICE, /* the referral unit and the police */
    HANDLING_OWNER,       /* the owner alone: ask first */
    HANDLING_RULES
};

/* Ways in which one record is opened for one person. */
enum grant_kind {
    GRANT_granted,   /* by whoever owns it, or a coordinator */
    GRANT_assigned,  /* as work to do */
    GRANT_connected, /* its owner agreed to connect */
    GRANT_broken,    /* break-glass */
    GRANT_source,    /* who handed it in */
    GRANT_KINDS
};

struct scope;

/* Whoever asks.  account 0: nobody is signed in. */
struct person {
    int64_t account;
    int64_t organisation;
    unsigned roles; /* bit per enum role */
    struct str name;
    struct str email;
    struct str organisation_name;
    struct str sector;
    struct str forum;
    uint64_t change; /* change_count() when what stands here was read; 0: nobody knows */
    uint64_t forums; /* bits of the registry's forums; scope_of fills it */
    bool is_police;
    const struct scope *scope; /* what they may see (scope.h); NULL: made when asked for */
};

/* The facts about a record, as they stand to one person.  Zeroes for what is no
 * record of a case, such as a list of one's own. */
struct record {
    int64_t account; /* the asker's when it is their own; else 0: nobody learns whose */
    int64_t organisation;
    uint64_t forum; /* bit */
    enum handling_rule rule;
    bool unshared;  /* no Forum has it yet */
    bool with_maru; /* it went to the referral unit instead of a Forum */
    bool unrepresented; /* nor has its organisation anybody to share it on: a coordinator does */
    bool sanitised; /* what the Forum got is not what was written */
    bool named;     /* its condition names the person's organisation */
    bool conflict;  /* it names this person */
    bool blocked;   /* it is kept from this person */
    unsigned given; /* bits of enum grant_kind in force for this person */
};

/* May this person do this to this record?  With record NULL: to any at all? */
bool access_allows(const struct person *who, enum action action, const struct record *record);

/* Of a record that they may read: as it was written, or as it was shared? */
bool access_original(const struct person *who, const struct record *record);

/* A cell of the table. */
enum reach access_reach(enum role role, enum action action);
bool access_gives(enum grant_kind kind, enum action action);

bool person_has(const struct person *who, enum role role);
const char *role_name(enum role role);
const char *role_label(enum role role);
/* False when there is no such role. */
bool role_from_name(struct str name, enum role *ret);
const char *action_name(enum action action);
const char *reach_name(enum reach reach);
const char *grant_kind_name(enum grant_kind kind);
bool grant_kind_from_name(struct str name, enum grant_kind *ret);
bool handling_rule_from_name(struct str name, enum handling_rule *ret);

#endif
