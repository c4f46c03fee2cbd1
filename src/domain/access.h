/*
 * access: who may do what.  The one function that decides.
 *
 * Layer: domain.  A role gives each action a reach: nothing, one's own records,
 * those of one's organisation, or all of them (the table in access.c).  A record
 * that may not be seen must be answered exactly as one that does not exist.
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
    ACT_SHARE,           /* hand in a submission */
    ACT_READ_SUBMISSION, /* its reference, words and state */
    ACT_SEE_LINKS,       /* mentions, suggestions, entities, search */
    ACT_DECIDE,          /* same, different, unsure; undo */
    ACT_IMPORT,
    ACT_MANAGE_ACCOUNTS,
    ACT_AUDIT, /* the log of who did what; no case content */
    ACT_COUNT
};

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
};

/* Whose record it is; zeroes for what has no owner, such as a page. */
struct record {
    int64_t account;
    int64_t organisation;
};

/* May this person do this to this record?  With record NULL: to any at all? */
bool access_allows(const struct person *who, enum action action, const struct record *record);

bool person_has(const struct person *who, enum role role);
const char *role_name(enum role role);
const char *role_label(enum role role);
/* False when there is no such role. */
bool role_from_name(struct str name, enum role *ret);
const char *action_name(enum action action);

#endif
