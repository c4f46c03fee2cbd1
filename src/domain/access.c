#include "domain/access.h"

enum reach { NONE, OWN, ORGANISATION, ALL };

/* Rows: role; columns: action.  What is not named is NONE.  Administrators and
 * auditors see no case content. */
static const uint8_t table[ROLE_COUNT][ACT_COUNT] = {
    [ROLE_practitioner] = {[ACT_SHARE] = OWN, [ACT_READ_SUBMISSION] = OWN},
    [ROLE_representative] = {[ACT_SHARE] = OWN,
                             [ACT_READ_SUBMISSION] = ORGANISATION,
                             [ACT_IMPORT] = OWN},
    [ROLE_maru_officer] = {[ACT_SHARE] = OWN, [ACT_READ_SUBMISSION] = OWN},
    [ROLE_analyst] = {[ACT_SHARE] = OWN,
                      [ACT_READ_SUBMISSION] = ALL,
                      [ACT_SEE_LINKS] = ALL,
                      [ACT_DECIDE] = ALL,
                      [ACT_IMPORT] = OWN},
    [ROLE_coordinator] = {[ACT_SHARE] = OWN, [ACT_READ_SUBMISSION] = OWN, [ACT_IMPORT] = OWN},
    [ROLE_safeguarding_lead] = {[ACT_SHARE] = OWN, [ACT_READ_SUBMISSION] = ORGANISATION},
    [ROLE_administrator] = {[ACT_MANAGE_ACCOUNTS] = ALL},
    [ROLE_auditor] = {[ACT_AUDIT] = ALL},
};

static const struct {
    const char *name;
    const char *label;
} roles[ROLE_COUNT] = {
#define ROLE(name, label) {#name, label},
#include "domain/role.def"
#undef ROLE
};

bool person_has(const struct person *who, enum role role)
{
    return who->account != 0 && (who->roles >> role & 1);
}

static bool reaches(enum reach reach, const struct person *who, const struct record *record)
{
    if (reach == NONE) return false;
    if (!record || reach == ALL) return true;
    if (reach == ORGANISATION && record->organisation == who->organisation) return true;
    return record->account == who->account;
}

bool access_allows(const struct person *who, enum action action, const struct record *record)
{
    for (int role = 0; role < ROLE_COUNT; role++)
        if (person_has(who, (enum role)role) && reaches(table[role][action], who, record))
            return true;
    return false;
}

const char *role_name(enum role role)
{
    return roles[role].name;
}

const char *role_label(enum role role)
{
    return roles[role].label;
}

bool role_from_name(struct str name, enum role *ret)
{
    for (int role = 0; role < ROLE_COUNT; role++) {
        if (!str_eq(name, str_from(roles[role].name))) continue;
        *ret = (enum role)role;
        return true;
    }
    return false;
}

const char *action_name(enum action action)
{
    static const char *names[ACT_COUNT] = {"share",  "read submission", "see links",
                                           "decide", "import",          "manage accounts", "audit"};
    return names[action];
}
