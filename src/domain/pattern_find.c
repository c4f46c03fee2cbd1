/*
 * Patterns in reports of one thing, and what words say of day and hour.  Pure.
 */
#include "domain/pattern.h"

#include <stdlib.h>

enum { HOURS = 24, WINDOW = 2, WEEK = 7 };

/* --- words ------------------------------------------------------------------------------------ */

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "half past 4", "about 4", "from 4": what stands before a bare number that is an hour. */
static bool says_hour(struct str text, size_t at)
{
    static const char *const words[] = {"at", "about", "around", "past",  "from",
                                        "by", "after", "before", "until", "since"};
    while (at > 0 && (text.ptr[at - 1] == ' ' || text.ptr[at - 1] == '~')) at--;
    size_t end = at;
    while (at > 0 && is_letter(text.ptr[at - 1])) at--;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_eq_nocase(str_sub(text, at, end - at), str_from(words[i]))) return true;
    return false;
}

/* A number with what follows it, as an hour; -1: it is none. */
static int read_hour(struct str text, size_t start, size_t *at)
{
    int hour = 0;
    size_t digits = 0;
    for (; *at < text.len && is_digit(text.ptr[*at]); (*at)++, digits++)
        hour = digits < 3 ? hour * 10 + text.ptr[*at] - '0' : 99;
    size_t next = *at;
    bool minutes = next + 2 < text.len && (text.ptr[next] == ':' || text.ptr[next] == '.') &&
                   is_digit(text.ptr[next + 1]) && is_digit(text.ptr[next + 2]) &&
                   text.ptr[next + 1] < '6' &&
                   !(next + 3 < text.len && is_digit(text.ptr[next + 3]));
    bool clock = minutes && text.ptr[next] == ':';
    if (minutes) next += 3;
    if (next < text.len && text.ptr[next] == ' ') next++;
    struct str half = str_sub(text, next, 2);
    bool ends = next + 2 >= text.len || !is_letter(text.ptr[next + 2]);
    bool pm = ends && str_eq_nocase(half, STR("pm"));
    bool am = ends && str_eq_nocase(half, STR("am"));
    if (digits == 0 || digits > 2 || hour > 23 ||
        (start > 0 && (text.ptr[start - 1] == '/' || text.ptr[start - 1] == '.')))
        return -1;
    if (*at < text.len && (text.ptr[*at] == '/' || text.ptr[*at] == '-')) return -1;
    if (minutes) *at += 3;
    if (pm || am) return hour < 1 || hour > 12 ? -1 : hour % 12 + (pm ? 12 : 0);
    if (clock) return hour;
    /* "about 4" is the afternoon, "about 9" may be either and is taken as it stands. */
    if (!says_hour(text, start) || hour < 1 || hour > 12) return -1;
    return hour < 8 ? hour + 12 : hour;
}

int pattern_hour(struct str text)
{
    static const struct {
        const char *word;
        int hour;
    } words[] = {{"noon", 12}, {"midday", 12}, {"lunchtime", 12}, {"midnight", 0}};
    for (size_t at = 0; at < text.len;) {
        size_t start = at;
        if (is_digit(text.ptr[at])) {
            int hour = read_hour(text, start, &at);
            if (hour >= 0) return hour;
        } else if (is_letter(text.ptr[at])) {
            while (at < text.len && is_letter(text.ptr[at])) at++;
            for (size_t i = 0; i < sizeof words / sizeof *words; i++)
                if (str_eq_nocase(str_sub(text, start, at - start), str_from(words[i].word)))
                    return words[i].hour;
        } else {
            at++;
        }
    }
    return -1;
}

unsigned pattern_weekdays(struct str text)
{
    static const char *const names[WEEK] = {"monday", "tuesday",  "wednesday", "thursday",
                                            "friday", "saturday", "sunday"};
    unsigned days = 0;
    for (size_t at = 0; at < text.len;) {
        size_t start = at;
        while (at < text.len && is_letter(text.ptr[at])) at++;
        struct str word = str_sub(text, start, at - start);
        /* "Fridays", "Tues" */
        if (word.len && (word.ptr[word.len - 1] == 's' || word.ptr[word.len - 1] == 'S'))
            word.len--;
        for (int day = 0; day < WEEK && word.len >= 3; day++)
            if (str_eq_nocase(word, str_sub(str_from(names[day]), 0, word.len))) days |= 1u << day;
        if (at == start) at++;
    }
    return days;
}

/* --- the same place and hour ------------------------------------------------------------------ */

static bool within_window(int hour, int from)
{
    return hour >= 0 && (hour - from + HOURS) % HOURS < WINDOW;
}

/* Different days on which it was in the window that begins at this hour. */
static size_t days_at(const struct pattern_report *report, size_t count, int32_t after, int from)
{
    size_t days = 0;
    int32_t last = INT32_MIN;
    for (size_t i = 0; i < count; i++) {
        if (!within_window(report[i].hour, from) || report[i].day <= after || report[i].day == last)
            continue;
        last = report[i].day;
        days++;
    }
    return days;
}

static void show(struct pattern_shape *ret, size_t place)
{
    if (ret->fragment_count < PATTERN_FRAGMENTS_MAX) ret->fragment[ret->fragment_count++] = place;
}

static bool find_meeting(const struct pattern_rule *rule, const struct pattern_report *report,
                         size_t count, struct pattern_shape *ret)
{
    int32_t after = report[count - 1].day - rule->days;
    ret->weekdays = (1u << WEEK) - 1;
    for (int hour = 0; hour < HOURS; hour++) {
        size_t days = days_at(report, count, after, hour);
        if (days < ret->days) continue; /* of several, the window that begins latest */
        ret->days = days;
        ret->hour = hour;
    }
    if (ret->days < (size_t)rule->least) return false;
    for (size_t i = count; i-- > 0;) {
        if (!within_window(report[i].hour, ret->hour) || report[i].day <= after) continue;
        ret->weekdays &= report[i].weekdays;
        show(ret, i);
    }
    return true;
}

/* --- a phone that moved on -------------------------------------------------------------------- */

static bool names(const struct pattern_report *report, int64_t person)
{
    for (size_t i = 0; i < report->person_count; i++)
        if (report->person[i] == person) return true;
    return false;
}

struct holder {
    int64_t person;
    int32_t first;
    int32_t last;
    size_t reports;
};

static size_t list_holders(const struct pattern_report *report, size_t count, int32_t after,
                           struct holder *ret, size_t room)
{
    size_t holders = 0;
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < report[i].person_count && report[i].day > after; k++) {
            size_t h = 0;
            while (h < holders && ret[h].person != report[i].person[k]) h++;
            if (h == room) continue;
            if (h == holders)
                ret[holders++] =
                    (struct holder){.person = report[i].person[k], .first = report[i].day};
            ret[h].last = report[i].day;
            ret[h].reports++;
        }
    }
    return holders;
}

/* The pair that most reports show, the latest of these. */
static bool find_phone(const struct pattern_rule *rule, const struct pattern_report *report,
                       size_t count, struct pattern_apart apart, struct pattern_shape *ret)
{
    enum { HOLDERS = 40 };
    struct holder holder[HOLDERS];
    size_t holders =
        list_holders(report, count, report[count - 1].day - rule->days, holder, HOLDERS);
    size_t best = 0;
    for (size_t a = 0; a < holders; a++) {
        for (size_t b = 0; b < holders; b++) {
            size_t shows = holder[a].reports + holder[b].reports;
            if (a == b || holder[a].last >= holder[b].first ||
                holder[a].reports < (size_t)rule->least ||
                holder[b].reports < (size_t)rule->least || shows < best ||
                !apart.apart(apart.context, holder[a].person, holder[b].person))
                continue;
            best = shows;
            ret->before = holder[a].person;
            ret->after = holder[b].person;
            ret->until = holder[a].last;
            ret->since = holder[b].first;
        }
    }
    for (size_t i = count; i-- > 0 && best;)
        if (names(&report[i], ret->before) || names(&report[i], ret->after)) show(ret, i);
    return best > 0;
}

/* --- two Forums ------------------------------------------------------------------------------- */

static bool find_forums(const struct pattern_rule *rule, const struct pattern_report *report,
                        size_t count, struct pattern_shape *ret)
{
    int32_t after = report[count - 1].day - rule->days;
    for (size_t i = 0; i < count; i++)
        if (report[i].day > after) ret->forums |= report[i].forum;
    if (__builtin_popcountll(ret->forums) < rule->least) return false;
    uint64_t shown = 0; /* the newest of each, before all the others are */
    for (size_t i = count; i-- > 0;) {
        if (report[i].day <= after || !report[i].forum) continue;
        bool first = !(shown & report[i].forum);
        size_t missing = (size_t)(__builtin_popcountll(ret->forums) - __builtin_popcountll(shown));
        shown |= report[i].forum;
        if (first || ret->fragment_count + missing < PATTERN_FRAGMENTS_MAX) show(ret, i);
    }
    return true;
}

/* --- a group that grows ----------------------------------------------------------------------- */

/* Somebody who is certainly none of these. */
static bool is_another(struct pattern_apart apart, const int64_t *person, size_t count,
                       int64_t other)
{
    for (size_t i = 0; i < count; i++)
        if (person[i] == other || !apart.apart(apart.context, person[i], other)) return false;
    return true;
}

static bool find_growing(const struct pattern_rule *rule, const struct pattern_report *report,
                         size_t count, struct pattern_apart apart, struct pattern_shape *ret)
{
    enum { PEOPLE = 60, BEFORE_LEAST = 2 };
    int64_t person[PEOPLE];
    size_t people = 0;
    size_t brings[PATTERN_FRAGMENTS_MAX];
    size_t bringing = 0;
    int32_t since = report[count - 1].day - rule->days + 1;
    for (size_t i = 0; i < count; i++) {
        bool brought = false;
        for (size_t k = 0; k < report[i].person_count && people < PEOPLE; k++) {
            if (!is_another(apart, person, people, report[i].person[k])) continue;
            person[people++] = report[i].person[k];
            brought = true;
            *(report[i].day < since ? &ret->had : &ret->new) += 1;
        }
        if (brought && bringing < PATTERN_FRAGMENTS_MAX) brings[bringing++] = i;
    }
    ret->since = since;
    if (ret->had < BEFORE_LEAST || ret->new < (size_t)rule->least || ret->new < ret->had)
        return false;
    while (bringing) show(ret, brings[--bringing]);
    return true;
}

bool pattern_find(enum pattern_kind kind, const struct pattern_rule *rule,
                  const struct pattern_report *report, size_t count, struct pattern_apart apart,
                  struct pattern_shape *ret)
{
    *ret = (struct pattern_shape){.hour = -1};
    if (!count) return false;
    switch (kind) {
    case PATTERN_MEETING: return find_meeting(rule, report, count, ret);
    case PATTERN_PHONE: return find_phone(rule, report, count, apart, ret);
    case PATTERN_FORUMS: return find_forums(rule, report, count, ret);
    case PATTERN_GROWING: return find_growing(rule, report, count, apart, ret);
    case PATTERN_KINDS: break;
    }
    return false;
}
