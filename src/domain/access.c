#include "domain/access.h"

#include "base/names.h"

#define GIVES(kind, action)
static const uint8_t table[ROLE_COUNT][ACT_COUNT] = {
#define ACCESS(role, action, reach) [ROLE_##role][action] = REACH_##reach,
#include "domain/access.def"
#undef ACCESS
};
#undef GIVES

#define ACCESS(role, action, reach)
static const bool gives[GRANT_KINDS][ACT_COUNT] = {
#define GIVES(kind, action) [GRANT_##kind][action] = true,
#include "domain/access.def"
#undef GIVES
};
#undef ACCESS

static const struct labelled roles[ROLE_COUNT] = {
#define ROLE(name, label) {#name, label},
#include "domain/role.def"
#undef ROLE
};

bool person_has(const struct person *who, enum role role)
{
    return who->account != 0 && (who->roles >> role & 1);
}

/* Does the record's handling condition name this person? */
static bool addressed(const struct person *who, const struct record *record)
{
    switch (record->rule) {
    case HANDLING_NAMED: return record->named;
    case HANDLING_MARU_POLICE: return who->is_police || person_has(who, ROLE_maru_officer);
    default: return false;
    }
}

/* Does a coordinator stand in for the representative that its organisation lacks? */
static bool stands_in(enum role role, const struct person *who, const struct record *record)
{
    return table[role][ACT_FORWARD] == REACH_FORUM && record->unrepresented &&
           (record->forum & who->forums);
}

/* Of an organisation's people, may this role know what the Forum is not told: what waits there,
 * and how it was written?  Who may know who told. */
static bool sees_before(enum role role)
{
    return table[role][ACT_SEE_SOURCE] != REACH_NONE;
}

static bool reaches(enum role role, enum action action, const struct person *who,
                    const struct record *record)
{
    switch ((enum reach)table[role][action]) {
    case REACH_NONE: return false;
    case REACH_ALL: return true;
    case REACH_FORUM:
        if (stands_in(role, who, record)) return true;
        if (action == ACT_FORWARD) return false;
        /* Whoever works the referral unit's desk reads what was sent there. */
        if (record->with_maru && table[role][ACT_DESK] == REACH_ALL) return true;
        if (!record->unshared &&
            (record->rule == HANDLING_OPEN || record->rule == HANDLING_FORUM) &&
            (record->forum & who->forums))
            return true;
        __attribute__((fallthrough));
    case REACH_ADDRESSED:
        if (!record->unshared && addressed(who, record)) return true;
        __attribute__((fallthrough));
    case REACH_ORGANISATION:
        if (record->organisation && record->organisation == who->organisation &&
            (!record->unshared || sees_before(role)))
            return true;
        __attribute__((fallthrough));
    case REACH_OWN: return record->account && record->account == who->account;
    }
    return false;
}

/* What its condition keeps in its Forum nobody's leave takes outside, whenever it was given.  An
 * emergency is nobody's leave: it lasts a day, a second person is told, and it is reviewed. */
static bool is_given(const struct person *who, const struct record *record, enum action action)
{
    unsigned given = record->given;
    if (record->rule == HANDLING_FORUM && !(record->forum & who->forums))
        given &= 1u << GRANT_broken;
    for (int kind = 0; kind < GRANT_KINDS; kind++)
        if ((given >> kind & 1) && gives[kind][action]) return true;
    return false;
}

/* Whoever wrote something knows what they wrote, though it names them; they learn
 * nothing more of it. */
static bool kept_from(const struct person *who, enum action action, const struct record *record)
{
    if (record->blocked) return true;
    bool own = record->account && record->account == who->account;
    bool reads =
        action == ACT_READ_SUBMISSION || action == ACT_READ_REFERRAL || action == ACT_REFER;
    return record->conflict && !(own && reads);
}

bool access_allows(const struct person *who, enum action action, const struct record *record)
{
    if (!who->account || (record && kept_from(who, action, record))) return false;
    /* A grant adds to a role that may do this to something, or, for the source, that
     * may read at all: administrators and auditors are never let into a case. */
    enum action needed = action == ACT_SEE_SOURCE ? ACT_READ_SUBMISSION : action;
    bool given = record && record->given && is_given(who, record, action);
    for (unsigned left = who->roles; left; left &= left - 1) {
        int role = __builtin_ctz(left);
        if (given && table[role][needed] != REACH_NONE) return true;
        if (record ? reaches((enum role)role, action, who, record)
                   : table[role][action] != REACH_NONE)
            return true;
    }
    return false;
}

bool access_original(const struct person *who, const struct record *record)
{
    if (!record->sanitised || (record->account && record->account == who->account)) return true;
    bool here = record->organisation && record->organisation == who->organisation;
    for (unsigned left = who->roles; left; left &= left - 1) {
        enum role role = (enum role)__builtin_ctz(left);
        if ((here && sees_before(role)) || stands_in(role, who, record)) return true;
    }
    return false;
}

enum reach access_reach(enum role role, enum action action)
{
    return (enum reach)table[role][action];
}

bool access_gives(enum grant_kind kind, enum action action)
{
    return gives[kind][action];
}

/* --- names ----------------------------------------------------------------------- */

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
    int place = labelled_place(name, roles, ROLE_COUNT);
    if (place >= 0) *ret = (enum role)place;
    return place >= 0;
}

const char *action_name(enum action action)
{
    static const char *names[ACT_COUNT] = {
        "share",           "read submission", "see links",     "decide",
        "import",          "manage accounts", "audit",         "keep support",    "set handling",
        "grant access",    "block",           "break glass",   "ask to connect",
        "answer a connection", "see the source", "refer", "read referral",
        "work the desk",   "answer a partner check", "see measures", "read child", "edit child",
        "keep child",      "read missing",   "report missing", "import missing",
        "read meeting", "run meeting", "do action", "keep disruption",
        "share on",
        "read location", "keep location"};
    return names[action];
}

const char *reach_name(enum reach reach)
{
    static const char *names[] = {"–", "own", "organisation", "addressed", "forum", "all"};
    return names[reach];
}

static const char *const grant_names[GRANT_KINDS] = {"granted", "assigned", "connected", "broken",
                                                     "source"};

const char *grant_kind_name(enum grant_kind kind)
{
    return grant_names[kind];
}

bool grant_kind_from_name(struct str name, enum grant_kind *ret)
{
    int place = name_place(name, grant_names, GRANT_KINDS);
    if (place >= 0) *ret = (enum grant_kind)place;
    return place >= 0;
}

static const char *const rule_names[HANDLING_RULES] = {"open", "forum", "named", "maru-police",
                                                       "owner"};

bool handling_rule_from_name(struct str name, enum handling_rule *ret)
{
    int place = name_place(name, rule_names, HANDLING_RULES);
    if (place >= 0) *ret = (enum handling_rule)place;
    return place >= 0;
}
