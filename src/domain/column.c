#include "domain/column.h"

#include "base/arena.h"
#include "domain/submission.h"
#include "domain/when.h"
#include "link/normalise.h"

#include <stdio.h>
#include <stdlib.h>

/* --- headers by their words ---------------------------------------------------------- */

/* Is one of "date of birth|dob" in the folded header, as whole words?  Of "=staff" it is all. */
static bool has_words(const char *header, const char *phrases)
{
    struct str text = str_from(header), rest = str_from(phrases), phrase;
    while (str_split(&rest, '|', &phrase)) {
        if (phrase.ptr[0] == '=' && str_eq(text, str_sub(phrase, 1, phrase.len))) return true;
        for (ptrdiff_t at = 0; (at = str_find(text, phrase, (size_t)at)) >= 0; at++) {
            size_t end = (size_t)at + phrase.len;
            if ((at == 0 || text.ptr[at - 1] == ' ') && (end == text.len || text.ptr[end] == ' '))
                return true;
        }
    }
    return false;
}

/* What somebody is, in headers.  The words of one line are one sort of person: "YP name"
 * and "Child DOB" are of one child. */
static const char *const roles[] = {
    "child|children|yp|yps|young person|young people|young persons|victim|victims|pupil|student|"
    "misper|missing person",
    "suspect|suspects|perpetrator|perpetrators|offender|offenders|perp|perps|poi|pois|"
    "person of interest|persons of interest",
    "subject|subjects|nominal|nominals",
    "associate|associates",
    "friend|friends",
    "driver",
    "adult|adults",
    "male|males",
    "female|females",
    "mother|mum|mam|mums",
    "father|dad|dads",
    "parent|parents",
    "carer|carers|guardian|guardians",
    "sibling|siblings",
    "brother|brothers",
    "sister|sisters",
    "boyfriend",
    "girlfriend",
};
enum { ROLES = sizeof roles / sizeof roles[0], ROLE_CHILD = 1 /* as a bit */ };

/* A bit for each. */
static unsigned roles_in(const char *header)
{
    unsigned found = 0;
    for (size_t i = 0; i < ROLES; i++)
        if (has_words(header, roles[i])) found |= 1u << i;
    return found;
}

/* Says the header nothing but who it is: "Suspect(s)", "Child 2"?  "Parent aware" does not. */
static bool is_role_alone(const char *header)
{
    static const char *const beside = "s|ren|the|of|or|and|in|person|young|people|missing|"
                                      "persons|interest|main|primary|other|second|first|question|"
                                      "concerned|involved|linked|identified|named|details";
    struct str rest = str_from(header), word;
    while (str_split(&rest, ' ', &word)) {
        char text[LINK_TEXT_SIZE];
        snprintf(text, sizeof text, "%.*s", STR_ARG(word));
        if (word.len && !(word.ptr[0] >= '0' && word.ptr[0] <= '9') && !roles_in(text) &&
            !has_words(text, beside))
            return false;
    }
    return roles_in(header) != 0;
}

/* The first rule that fits is taken, so the narrower ones come first. */
static const struct rule {
    const char *words;
    enum column_use use;
    enum link_field field;
} rules[] = {
    {"reason refused", COLUMN_IGNORE, 0},
    {"place of birth|country of birth|birth place|birthplace|relationship|relationships|"
     "social worker|key worker|keyworker|lead professional|next of kin",
     COLUMN_KEEP, 0},
    {"hair colour|eye colour|hair|eyes|ethnicity|gender|sex|nationality|religion", COLUMN_KEEP, 0},
    {"organisation|organization|agency|reporting agency|reported by|source|informant|"
     "submitted by|referrer|referred by|completed by|reporter|reporting officer|your name|"
     "who told|provided by|recorded by|entered by|logged by|created by|added by|modified by|"
     "person reporting|caller|author|staff name|name of staff|staff member|member of staff|"
     "teacher name|name of teacher|practitioner|dsl|=staff|=teacher|"
     "your email|your e mail|your phone|your mobile|your telephone|your number|your contact|"
     "your details|your address|your postcode|your role|your job|your job title|your team|"
     "your school|your service",
     COLUMN_SOURCE, 0},
    {"how known|how do you know|how do we know|provenance|how is it known", COLUMN_HOW_KNOWN, 0},
    {"date of birth|dob|d o b|birth date|birthdate|born|year of birth|birth", COLUMN_FIELD,
     LINK_BIRTH},
    {"date added|date entered|date received|date logged|date recorded|date reported|date submitted|"
     "date created|date of entry|created|timestamp|received|submitted|entered|logged",
     COLUMN_RECEIVED, 0},
    {"date updated|review date|last updated|updated|next review", COLUMN_KEEP, 0},
    {"date to|end date|to date|until|date until|last seen|last date", COLUMN_UNTIL, 0},
    {"date|dates|when|time|day|date time|datetime|date seen|occurred|incident date", COLUMN_WHEN,
     0},
    {"reason for referring|reason for reporting|reason for referral", COLUMN_NARRATIVE, 0},
    {"reporting|referring", COLUMN_SOURCE, 0},
    {"vehicle reg|registration|registrations|reg|regs|reg no|vrm|vrn|vrms|number plate|plate|"
     "plates|index|numberplate|reg number|regn",
     COLUMN_FIELD, LINK_REGISTRATION},
    {"make|make and model|make model|manufacturer|vehicle make", COLUMN_FIELD, LINK_MAKE},
    {"model", COLUMN_FIELD, LINK_MODEL},
    {"colour|color", COLUMN_FIELD, LINK_COLOUR},
    {"email|e mail|emails", COLUMN_FIELD, LINK_EMAIL},
    {"platform|app|network", COLUMN_FIELD, LINK_PLATFORM},
    {"username|usernames|user name|handle|handles|social media|screen name|gamertag|online account|"
     "social media account|profile|accounts",
     COLUMN_FIELD, LINK_HANDLE},
    {"account", COLUMN_SOURCE, 0}, /* who sent it, as in this program's own files */
    {"phone|mobile|tel|telephone|mob|contact number|phones|phone number|telephone number|"
     "contact no|mobile number",
     COLUMN_FIELD, LINK_NUMBER},
    {"postcode|post code|postal code", COLUMN_FIELD, LINK_POSTCODE},
    {"venue|premises|venues|establishment|business", COLUMN_FIELD, LINK_VENUE},
    {"address|addresses|street|home address", COLUMN_FIELD, LINK_ADDRESS},
    {"town|city|village", COLUMN_FIELD, LINK_TOWN},
    {"location|where|place|loc|locations|area|seen at", COLUMN_WHERE, 0},
    {"name nickname|name or nickname|name and nickname|names nicknames|names or nicknames|"
     "name alias|name or alias|name and alias|name aka|nickname or name",
     COLUMN_FIELD, LINK_NAME},
    {"nickname|nick|nicknames|alias|aliases|aka|street name|known as|moniker|also known as|"
     "preferred name|other name|other names|maiden name|previous name|previous names",
     COLUMN_FIELD, LINK_ALIAS},
    {"age|approx age|ages|estimated age|age range", COLUMN_FIELD, LINK_AGE},
    {"physical description|appearance|description of person|person description|clothing|looks",
     COLUMN_FIELD, LINK_DESCRIPTION},
    {"vehicle|vehicles|car|cars|contact details|vehicle details|school|gp|ref|reference|urn|id|"
     "status|action|actions|outcome|officer|file name|school name|risk",
     COLUMN_KEEP, 0},
    {"intelligence|information|narrative|details|what happened|notes|comments|concern|concerns|"
     "summary|intel|text|content|circumstances|description|incident|info|comment|note|observations|"
     "update|background|seen or heard|saw or heard|did you see|have you seen|you saw|you heard",
     COLUMN_NARRATIVE, 0},
    {"name|names|full name|person|persons|people|surname|last name|family name|forename|first name|"
     "given name|forenames|middle name|middle names",
     COLUMN_FIELD, LINK_NAME},
};

static const struct rule *find_rule(const char *header)
{
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (has_words(header, rules[i].words)) return &rules[i];
    /* The program's own names of fields, as its own files have them. */
    static const struct rule own[LINK_FIELDS] = {
#define FIELD(symbol, column, kind, label) [symbol] = {#column, COLUMN_FIELD, symbol},
        LINK_FIELD_TABLE(FIELD)
#undef FIELD
    };
    for (int i = 0; i < LINK_FIELDS; i++)
        if (str_eq(str_from(header), str_from(own[i].words))) return &own[i];
    static const struct rule person = {"", COLUMN_FIELD, LINK_NAME};
    return is_role_alone(header) ? &person : NULL;
}

/* What tells one person (or car) from the next in headers: roles and digits, a bit each. */
struct group {
    unsigned roles;
    unsigned digits;
};

static struct group group_of(const char *header)
{
    struct group group = {.roles = roles_in(header)};
    for (const char *c = header; *c; c++)
        if (*c >= '1' && *c <= '9') group.digits |= 1u << (*c - '0');
    return group;
}

/* Parts of one name in several columns are one field. */
enum part { PART_NONE, PART_FIRST, PART_MIDDLE, PART_LAST };

static enum part part_of(const char *header)
{
    return has_words(header, "surname|last name|family name")              ? PART_LAST
           : has_words(header, "middle name|middle names")                 ? PART_MIDDLE
           : has_words(header, "forename|first name|given name|forenames") ? PART_FIRST
                                                                           : PART_NONE;
}

struct guess {
    struct column *column;
    const struct rule **rule; /* of each column; NULL: its header says nothing */
    struct group *group;      /* of each column */
    enum part *part;          /* of a name */
};

/* "Alias 1" and "Alias 2" beside "Name" are of one person: where no column but those of aliases
 * is numbered, their digits number the aliases. */
static void forget_digits(struct guess *guess, size_t i, size_t count)
{
    struct group mine = guess->group[i];
    bool named = false;
    if (!guess->rule[i] || guess->rule[i]->field != LINK_ALIAS) return;
    for (size_t k = 0; k < count; k++) {
        const struct rule *rule = guess->rule[k];
        if (!rule || rule->use != COLUMN_FIELD || field_kind(rule->field) != LINK_PERSON ||
            rule->field == LINK_ALIAS || (mine.roles && mine.roles != guess->group[k].roles))
            continue;
        if (guess->group[k].digits) return;
        named |= rule->field == LINK_NAME;
    }
    if (named) guess->group[i].digits = 0;
}

static bool is_of_number(const struct guess *guess, size_t k, enum link_kind kind, int number)
{
    const struct column *column = &guess->column[k];
    return column->use == COLUMN_FIELD && field_kind(column->field) == kind &&
           column->number == number;
}

/* Has the thing of that number what column `i` would give it? */
static bool is_taken(const struct guess *guess, size_t i, int number)
{
    const struct column *mine = &guess->column[i];
    enum link_kind kind = field_kind(mine->field);
    for (size_t k = 0; k < i; k++) {
        const struct column *other = &guess->column[k];
        if (!is_of_number(guess, k, kind, number)) continue;
        enum part a = guess->part[k], b = guess->part[i];
        /* "Name" and "Surname": what is called the name is the first one.  "Alias" and "Maiden
         * name" are two names of one person. */
        bool parts = a != b && b && (a || b == PART_LAST);
        bool both = mine->field == LINK_NAME    ? parts
                    : mine->field == LINK_ALIAS ? !str_eq_nocase(mine->header, other->header)
                                                : false;
        if (other->field == mine->field && !both) return true;
        if (kind == LINK_ACCOUNT && other->platform.len != mine->platform.len) return true;
    }
    return false;
}

/* "Home address" and "Venue" are two places, "Suspect Snapchat" and "Email" two accounts; what
 * only tells more of a thing goes to the one before it. */
static bool tells_more(enum link_field field)
{
    return field != LINK_VENUE && field != LINK_ADDRESS && field != LINK_HANDLE &&
           field != LINK_EMAIL && field != LINK_NUMBER;
}

/* Does no header say whose it is, and, of a person, none what it is called? */
static bool is_anybody(const struct guess *guess, size_t i, int number, bool named_too)
{
    enum link_kind kind = field_kind(guess->column[i].field);
    for (size_t k = 0; k < i; k++) {
        if (!is_of_number(guess, k, kind, number)) continue;
        enum link_field field = guess->column[k].field;
        if (guess->group[k].roles || guess->group[k].digits) return false;
        if (!named_too && (field == LINK_NAME || field == LINK_ALIAS)) return false;
    }
    return true;
}

static bool is_same(struct group a, struct group b)
{
    return a.roles == b.roles && a.digits == b.digits;
}

enum fit { FIT_GROUP, FIT_LOOSE, FIT_ANYBODY, FITS };

static bool fits(const struct guess *guess, size_t i, size_t k, enum fit fit)
{
    struct group mine = guess->group[i], other = guess->group[k];
    bool more = tells_more(guess->column[i].field);
    switch (fit) {
    case FIT_GROUP:
        return is_same(mine, other);
    case FIT_LOOSE: /* "DOB" behind "Child name", "DOB 2" behind "Child 2 name" */
        return is_same(mine, other) || (more && (!mine.roles || mine.roles == other.roles) &&
                                        (!mine.digits || mine.digits == other.digits));
    case FIT_ANYBODY: /* "Child DOB" behind "Name", "Suspect" behind "Age" */
        return more && is_anybody(guess, i, guess->column[k].number,
                                  !mine.roles || mine.roles == ROLE_CHILD);
    case FITS:
        break;
    }
    return false;
}

/* The number of the thing that column `i` is part of: the nearest before it that fits and lacks
 * the field, and it is then of that one's group.  Whoever said whose it is ("Suspect DOB") means
 * the first of those. */
static int number_for(const struct guess *guess, size_t i)
{
    enum link_kind kind = field_kind(guess->column[i].field);
    bool said = guess->group[i].roles || guess->group[i].digits;
    int highest = 0;
    for (int fit = said ? FIT_GROUP : FIT_LOOSE; fit < FITS; fit++) {
        int found = 0;
        for (size_t k = i; k-- > 0;) {
            int number = guess->column[k].number;
            if (!is_of_number(guess, k, kind, number)) continue;
            if (number > highest) highest = number;
            if (!fits(guess, i, k, (enum fit)fit) || is_taken(guess, i, number)) continue;
            if (!said) {
                guess->group[i] = guess->group[k];
                return number;
            }
            if (!found || number < found) found = number;
        }
        if (found) return found;
    }
    return highest + 1;
}

/* --- columns by what stands in them -------------------------------------------------- */

static bool looks_like(struct str cell, enum link_field field)
{
    char text[LINK_TEXT_SIZE], short_text[LINK_PHONE_SIZE];
    bool flag;
    struct date_range range;
    struct err err = {0};
    static const struct date today = {2100, 1, 1};
    switch (field) {
    case LINK_NUMBER:
        return link_phone_e164(cell, short_text);
    case LINK_EMAIL:
        return link_email(cell, text);
    case LINK_POSTCODE:
        return link_postcode(cell, short_text, &flag) && flag;
    case LINK_REGISTRATION:
        return cell.len >= 5 && cell.len <= 9 && link_registration_clean(cell, short_text, &flag) &&
               link_registration_is_uk(str_from(short_text)) && short_text[0] > '9';
    case LINK_BIRTH: /* stands for any date */
        return cell.len >= 6 && cell.len <= 19 && cell.ptr[0] <= '9' &&
               when_parse(cell, today, &range, &err) == ST_OK;
    default:
        return false;
    }
}

/* Which of them are told by headers already. */
struct told {
    bool narrative, when;
};

static void guess_by_content(struct column *column, size_t i, size_t count,
                             const struct str *sample, size_t rows, struct told *told)
{
    static const enum link_field fields[] = {LINK_EMAIL, LINK_NUMBER, LINK_POSTCODE,
                                             LINK_REGISTRATION, LINK_BIRTH};
    size_t filled = 0, bytes = 0, hits[5] = {0};
    for (size_t row = 0; row < rows; row++) {
        struct str cell = str_trim(sample[row * count + i]);
        if (column_is_nothing(cell)) continue;
        filled++;
        bytes += cell.len;
        for (size_t k = 0; k < 5; k++) hits[k] += looks_like(cell, fields[k]);
    }
    column->use = COLUMN_KEEP;
    if (!filled) return;
    for (size_t k = 0; k < 5; k++) {
        if (hits[k] * 10 < filled * 6 || (fields[k] == LINK_BIRTH && told->when)) continue;
        told->when |= fields[k] == LINK_BIRTH;
        column->use = fields[k] == LINK_BIRTH ? COLUMN_WHEN : COLUMN_FIELD;
        column->field = fields[k];
        return;
    }
    if (!told->narrative && bytes / filled >= 40) {
        column->use = COLUMN_NARRATIVE;
        told->narrative = true;
    }
}

/* --- the guess ----------------------------------------------------------------------- */

/* The platform that a header names: "Snapchat name"; empty: none.  *ret_several: more than one, as
 * in "Snapchat/Insta". */
static struct str platform_in(const char *header, bool *ret_several)
{
    struct str rest = str_from(header), word, found = STR("");
    char first[32], other[32];
    *ret_several = false;
    while (str_split(&rest, ' ', &word)) {
        if (word.len < 2 || !link_platform_known(word)) continue;
        link_platform(word, found.len ? other : first);
        *ret_several |= found.len && strcmp(first, other) != 0;
        if (!found.len) found = word;
    }
    return found;
}

static void guess_by_header(struct arena *arena, struct column *column, const char *header,
                            const struct rule *rule)
{
    column->use = rule->use;
    column->field = rule->field;
    column->role = rule->use == COLUMN_FIELD && field_kind(rule->field) == LINK_PERSON &&
                   roles_in(header) != 0;
    bool several;
    struct str platform = platform_in(header, &several);
    column->platform =
        rule->field == LINK_HANDLE && !several ? str_dup(arena, platform) : STR("");
}

/* The columns that the makers of forms put before the questions: when it was filled in, and by
 * whom.  Forms of Microsoft begin "ID, Start time, Completion time, Email, Name", those of Google
 * "Timestamp, Email address". */
static void guess_filled_in(const struct column *column, size_t count, const struct rule **rule)
{
    static const struct rule who = {"", COLUMN_SOURCE, 0}, done = {"", COLUMN_RECEIVED, 0};
    static const struct rule begun = {"", COLUMN_IGNORE, 0};
    char before[LINK_TEXT_SIZE] = "";
    bool filled = false;
    for (size_t i = 0; i < count; i++) {
        char header[LINK_TEXT_SIZE];
        link_fold(column[i].header, header);
        bool ends = has_words(header, "=completion time") && has_words(before, "=start time");
        if (ends) {
            rule[i - 1] = &begun;
            rule[i] = &done;
        } else if (filled && has_words(header, "=email|=email address|=name|=username")) {
            rule[i] = &who;
        } else if (filled && has_words(header, "=last modified time")) {
            rule[i] = &begun;
        } else {
            filled = false;
        }
        filled |= ends || (i == 0 && has_words(header, "=timestamp"));
        memcpy(before, header, sizeof before);
    }
}

void column_guess(struct arena *arena, struct column *column, size_t count,
                  const struct str *sample, size_t rows)
{
    static const struct rule account = {"", COLUMN_FIELD, LINK_HANDLE};
    struct guess guess = {column, arena_many(arena, count + 1, const struct rule *),
                          arena_many(arena, count + 1, struct group),
                          arena_many(arena, count + 1, enum part)};
    struct told told = {0};
    const struct rule **rule = guess.rule;
    for (size_t i = 0; i < count; i++) {
        char header[LINK_TEXT_SIZE];
        bool several;
        link_fold(column[i].header, header);
        rule[i] = platform_in(header, &several).len ? &account : find_rule(header);
    }
    guess_filled_in(column, count, rule);
    for (size_t i = 0; i < count; i++) {
        char header[LINK_TEXT_SIZE];
        link_fold(column[i].header, header);
        told.narrative |= rule[i] && rule[i]->use == COLUMN_NARRATIVE;
        told.when |= rule[i] && rule[i]->use == COLUMN_WHEN;
        guess.group[i] = group_of(header);
        guess.part[i] = part_of(header);
    }
    for (size_t i = 0; i < count; i++) forget_digits(&guess, i, count);
    for (size_t i = 0; i < count; i++) {
        char header[LINK_TEXT_SIZE];
        link_fold(column[i].header, header);
        if (rule[i])
            guess_by_header(arena, &column[i], header, rule[i]);
        else
            guess_by_content(&column[i], i, count, sample, rows, &told);
        if (column[i].use == COLUMN_FIELD) column[i].number = number_for(&guess, i);
    }
}

size_t column_known(const struct str *header, size_t count)
{
    size_t known = 0;
    for (size_t i = 0; i < count; i++) {
        char folded[LINK_TEXT_SIZE];
        struct str text = str_trim(header[i]);
        if (!text.len || text.len > 60) continue;
        bool several;
        link_fold(text, folded);
        known += find_rule(folded) != NULL || platform_in(folded, &several).len > 0;
    }
    return known;
}

/* --- targets as words ---------------------------------------------------------------- */

static const char *const use_names[COLUMN_USES] = {
    [COLUMN_KEEP] = "keep",          [COLUMN_NARRATIVE] = "narrative",
    [COLUMN_WHEN] = "when",          [COLUMN_UNTIL] = "until",
    [COLUMN_WHERE] = "where",        [COLUMN_HOW_KNOWN] = "how known",
    [COLUMN_SOURCE] = "reported by", [COLUMN_IGNORE] = "ignore",
    [COLUMN_RECEIVED] = "received",
};

struct str column_target(struct arena *arena, const struct column *column)
{
    if (column->use != COLUMN_FIELD) return str_from(use_names[column->use]);
    return str_fmt(arena, "%s %d %s", kind_name(field_kind(column->field)), column->number,
                   field_name(column->field));
}

bool column_set_target(struct column *column, struct str target)
{
    target = str_trim(target);
    for (int use = 0; use < COLUMN_USES; use++) {
        if (!use_names[use] || !str_eq_nocase(target, str_from(use_names[use]))) continue;
        column->use = (enum column_use)use;
        return true;
    }
    struct str rest = target, kind, number, field;
    int64_t value;
    if (!str_split(&rest, ' ', &kind) || !str_split(&rest, ' ', &number) ||
        !str_split(&rest, ' ', &field) || rest.ptr || !str_to_int(number, &value) || value < 1 ||
        value > MENTIONS_MAX)
        return false;
    for (int i = 0; i < LINK_FIELDS; i++) {
        enum link_field candidate = (enum link_field)i;
        if (!str_eq_nocase(field, str_from(field_name(candidate))) ||
            !str_eq_nocase(kind, str_from(kind_name(field_kind(candidate)))))
            continue;
        column->use = COLUMN_FIELD;
        column->field = candidate;
        column->number = (int)value;
        return true;
    }
    return false;
}
