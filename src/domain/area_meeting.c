#include "domain/area_meeting.h"

#include "base/arena.h"
#include "domain/area_feedback.h"

static const char *const kind_names[MEETING_KINDS] = {
    [MEETING_CADENCE] = "cadence", [MEETING_SECTION] = "section",       [MEETING_QUORUM] = "quorum",
    [MEETING_OUTCOME] = "outcome", [MEETING_DISRUPTION] = "disruption", [MEETING_MAIL] = "mail",
};

static const char *const hold_names[] = {"action",   "child",    "person",  "vehicle",    "phone",
                                         "account", "location", "missing", "disruption",
                                         "escalation", "gap",
                                         "pattern",  "support"};
enum { HOLDS = sizeof hold_names / sizeof *hold_names };

struct reading {
    const struct area *area;
    struct arena *arena;
    const struct area_text *text;
    struct err *err;
};

static enum st need(const struct reading *reading, struct area_section *section, const char *key,
                    struct str *ret)
{
    *ret = area_text_value(section, str_from(key));
    if (ret->len) return ST_OK;
    return area_text_wrong(reading->text, section->line, reading->err, "[%.*s] needs '%s = ...'.",
                           STR_ARG(section->id), key);
}

static enum st read_number(const struct reading *reading, struct area_section *section,
                           const char *key, int64_t most, int32_t *ret)
{
    struct str value;
    int64_t number = 0;
    enum st st = need(reading, section, key, &value);
    if (st != ST_OK) return st;
    if (!str_to_int(value, &number) || number < 1 || number > most)
        return area_text_wrong(reading->text, section->line, reading->err,
                               "%s is a number from 1 to %lld.", key, (long long)most);
    *ret = (int32_t)number;
    return ST_OK;
}

/* "yes" or nothing. */
static enum st read_yes(const struct reading *reading, struct area_section *section,
                        const char *key, bool *ret)
{
    struct str value = area_text_value(section, str_from(key));
    *ret = str_eq(value, STR("yes"));
    if (*ret || !value.len) return ST_OK;
    return area_text_wrong(reading->text, section->line, reading->err, "%s is yes, or is left out.",
                           key);
}

/* --- one reader for each kind ---------------------------------------------------------------- */

/* "10:00" */
static bool read_time(struct str text, int16_t *ret)
{
    int64_t hour = 0;
    int64_t minute = 0;
    if (text.len != 5 || text.ptr[2] != ':' || !str_to_int(str_sub(text, 0, 2), &hour) ||
        !str_to_int(str_sub(text, 3, 2), &minute) || hour < 0 || hour > 23 || minute < 0 ||
        minute > 59)
        return false;
    *ret = (int16_t)(hour * 60 + minute);
    return true;
}

static enum st read_cadence(const struct reading *reading, struct area_section *section,
                            struct meeting_term *term)
{
    enum { WEEKS_MAX = 52 };
    struct str first;
    struct str time;
    struct str hours;
    enum st st = need(reading, section, "forum", &term->forum);
    if (st == ST_OK) st = need(reading, section, "first", &first);
    if (st == ST_OK) st = need(reading, section, "time", &time);
    if (st == ST_OK) st = need(reading, section, "hours", &hours);
    if (st == ST_OK) st = read_number(reading, section, "weeks", WEEKS_MAX, &term->weeks);
    if (st != ST_OK) return st;
    if (!area_forum_find(reading->area, term->forum))
        return area_text_wrong(reading->text, section->line, reading->err,
                               "forums.txt has no [%.*s].", STR_ARG(term->forum));
    if (!date_parse_iso(first, &term->first))
        return area_text_wrong(reading->text, section->line, reading->err,
                               "first is a day like 2026-01-06.");
    if (!read_time(time, &term->minute))
        return area_text_wrong(reading->text, section->line, reading->err, "time is like 10:00.");
    term->hours = area_hours_find(reading->area, hours);
    if (!term->hours)
        return area_text_wrong(reading->text, section->line, reading->err,
                               "hours.txt has no [%.*s].", STR_ARG(hours));
    return ST_OK;
}

static enum st read_section(const struct reading *reading, struct area_section *section,
                            struct meeting_term *term)
{
    enum { MOST_MAX = 200 };
    struct str rest = area_text_value(section, STR("holds"));
    struct str one;
    enum st st = need(reading, section, "label", &term->label);
    if (st != ST_OK || !rest.len) return st;
    while (str_split(&rest, '\n', &one)) {
        unsigned bit = 0;
        for (int i = 0; i < HOLDS; i++)
            if (str_eq(str_trim(one), str_from(hold_names[i]))) bit = 1u << i;
        if (!bit)
            return area_text_wrong(reading->text, section->line, reading->err,
                                   "an agenda holds no '%.*s'.", STR_ARG(one));
        term->holds |= bit;
    }
    return read_number(reading, section, "most", MOST_MAX, &term->most);
}

static enum st read_quorum(const struct reading *reading, struct area_section *section,
                           struct meeting_term *term)
{
    enum { PEOPLE_MAX = 50 };
    term->sectors = area_text_value(section, STR("sectors"));
    struct str rest = term->sectors;
    struct str sector;
    enum st st = read_number(reading, section, "people", PEOPLE_MAX, &term->people);
    while (st == ST_OK && rest.len && str_split(&rest, '\n', &sector))
        if (!area_setting(reading->area, str_fmt(reading->arena, "sector-%.*s", STR_ARG(sector)))
                 .len)
            st = area_text_wrong(reading->text, section->line, reading->err,
                                 "settings.txt has no sector-%.*s.", STR_ARG(sector));
    return st;
}

static enum st read_outcome(const struct reading *reading, struct area_section *section,
                            struct meeting_term *term)
{
    struct str tells;
    enum st st = need(reading, section, "label", &term->label);
    if (st == ST_OK) st = need(reading, section, "tells", &tells);
    if (st == ST_OK) st = read_yes(reading, section, "needs-action", &term->needs_action);
    if (st != ST_OK) return st;
    term->tells_action = str_eq(tells, STR("action"));
    if (term->tells_action) return ST_OK;
    if (!str_eq(tells, STR("no-action")))
        return area_text_wrong(reading->text, section->line, reading->err,
                               "tells is action or no-action.");
    st = need(reading, section, "reason", &term->reason);
    if (st == ST_OK && !area_reason_find(reading->area, AREA_REASON_NO_ACTION, term->reason))
        st = area_text_wrong(reading->text, section->line, reading->err,
                             "feedback.txt has no reason [%.*s] for no action.",
                             STR_ARG(term->reason));
    return st;
}

static enum st read_disruption(const struct reading *reading, struct area_section *section,
                               struct meeting_term *term)
{
    enum { WEEKS_MAX = 260 };
    static const char *const sorts[] = {"direct", "indirect", "locational"};
    enum st st = need(reading, section, "label", &term->label);
    if (st == ST_OK) st = need(reading, section, "sort", &term->sort);
    if (st == ST_OK) st = need(reading, section, "basis", &term->basis);
    if (st == ST_OK) st = read_yes(reading, section, "child", &term->names_child);
    if (st == ST_OK) st = read_number(reading, section, "review-weeks", WEEKS_MAX, &term->weeks);
    if (st != ST_OK) return st;
    for (size_t i = 0; i < sizeof sorts / sizeof *sorts; i++)
        if (str_eq(term->sort, str_from(sorts[i]))) return ST_OK;
    return area_text_wrong(reading->text, section->line, reading->err,
                           "sort is direct, indirect or locational.");
}

static enum st read_mail(const struct reading *reading, struct area_section *section,
                         struct meeting_term *term)
{
    enum { DAYS_MAX = 90 };
    static const char *const dated[] = {MAIL_SOON, MAIL_LATE, MAIL_ESCALATED, MAIL_WATCHED};
    enum st st = need(reading, section, "subject", &term->subject);
    if (st == ST_OK) st = need(reading, section, "words", &term->words);
    for (size_t i = 0; st == ST_OK && i < sizeof dated / sizeof *dated; i++)
        if (str_eq(section->id, str_from(dated[i])))
            st = read_number(reading, section, "days", DAYS_MAX, &term->days);
    /* A subject is one line of a header. */
    if (st == ST_OK && str_find(term->subject, STR("\n"), 0) >= 0)
        st = area_text_wrong(reading->text, section->line, reading->err, "subject is one line.");
    return st;
}

static enum st (*const readers[MEETING_KINDS])(const struct reading *, struct area_section *,
                                               struct meeting_term *) = {
    [MEETING_CADENCE] = read_cadence,       [MEETING_SECTION] = read_section,
    [MEETING_QUORUM] = read_quorum,         [MEETING_OUTCOME] = read_outcome,
    [MEETING_DISRUPTION] = read_disruption, [MEETING_MAIL] = read_mail,
};

/* --- the whole file --------------------------------------------------------------------------- */

static const struct meeting_term *find_term(const struct area_meeting *meeting,
                                            enum meeting_kind kind, struct str id)
{
    for (size_t i = 0; i < meeting->term_count[kind]; i++)
        if (str_eq(meeting->term[kind][i].id, id)) return &meeting->term[kind][i];
    return NULL;
}

static const struct meeting_term *find_cadence(const struct area_meeting *meeting, struct str forum)
{
    for (size_t i = 0; i < meeting->term_count[MEETING_CADENCE]; i++)
        if (str_eq(meeting->term[MEETING_CADENCE][i].forum, forum))
            return &meeting->term[MEETING_CADENCE][i];
    return NULL;
}

/* What the program needs to find later. */
static enum st is_whole(const struct reading *reading, const struct area_meeting *meeting)
{
    static const char *const mails[] = {MAIL_SOON,   MAIL_LATE,        MAIL_ESCALATED,
                                        MAIL_URGENT, MAIL_HANDED_OVER, MAIL_GIVEN};
    for (int kind = 0; kind < MEETING_KINDS; kind++)
        if (!meeting->term_count[kind])
            return area_text_wrong(reading->text, 1, reading->err, "there is no entry of kind %s.",
                                   kind_names[kind]);
    if (meeting->term_count[MEETING_QUORUM] > 1)
        return area_text_wrong(reading->text, 1, reading->err, "there is more than one quorum.");
    for (size_t i = 0; i < sizeof mails / sizeof *mails; i++)
        if (!find_term(meeting, MEETING_MAIL, str_from(mails[i])))
            return area_text_wrong(reading->text, 1, reading->err, "there is no mail [%s].",
                                   mails[i]);
    size_t count = 0;
    const struct area_forum *forums = area_forums(reading->area, &count);
    for (size_t i = 0; i < count; i++)
        if (!find_cadence(meeting, forums[i].id))
            return area_text_wrong(reading->text, 1, reading->err,
                                   "it does not say when [%.*s] meets.", STR_ARG(forums[i].id));
    return ST_OK;
}

enum st area_meeting_read(const struct area *area, struct arena *arena, struct area_text *text,
                          struct area_meeting *ret, struct err *err)
{
    struct reading reading = {area, arena, text, err};
    for (int kind = 0; kind < MEETING_KINDS; kind++)
        ret->term[kind] = arena_many(arena, text->section_count + 1, struct meeting_term);
    for (size_t i = 0; i < text->section_count; i++) {
        struct area_section *section = &text->section[i];
        struct str name;
        enum st st = need(&reading, section, "kind", &name);
        if (st != ST_OK) return st;
        int kind = 0;
        while (kind < MEETING_KINDS && !str_eq(name, str_from(kind_names[kind]))) kind++;
        if (kind == MEETING_KINDS)
            return area_text_wrong(text, section->line, err, "there is no kind '%.*s'.",
                                   STR_ARG(name));
        struct meeting_term *term = &ret->term[kind][ret->term_count[kind]++];
        *term = (struct meeting_term){.kind = (enum meeting_kind)kind,
                                      .id = section->id,
                                      .hint = area_text_value(section, STR("hint"))};
        st = need(&reading, section, "source", &term->source);
        if (st == ST_OK) st = readers[kind](&reading, section, term);
        if (st != ST_OK) return st;
    }
    return is_whole(&reading, ret);
}

/* --- asking ----------------------------------------------------------------------------------- */

const struct meeting_term *area_meeting_terms(const struct area *area, enum meeting_kind kind,
                                              size_t *ret_count)
{
    const struct area_meeting *meeting = area_meeting_of(area);
    *ret_count = meeting->term_count[kind];
    return meeting->term[kind];
}

const struct meeting_term *area_meeting_find(const struct area *area, enum meeting_kind kind,
                                             struct str id)
{
    return area ? find_term(area_meeting_of(area), kind, id) : NULL;
}

struct str area_meeting_label(const struct area *area, enum meeting_kind kind, struct str id)
{
    const struct meeting_term *term = area_meeting_find(area, kind, id);
    return term && term->label.len ? term->label : id;
}

struct str area_forum_name(const struct area *area, struct str forum)
{
    const struct area_forum *known = area ? area_forum_find(area, forum) : NULL;
    return known ? known->name : forum;
}

instant_ms area_meeting_next(const struct area *area, struct str forum, instant_ms after)
{
    enum { DAYS_LOOKED_AT = 14 };
    const struct meeting_term *term = area ? find_cadence(area_meeting_of(area), forum) : NULL;
    if (!term) return 0;
    const struct calendar *calendar = area_calendar(area);
    int32_t every = term->weeks * 7;
    int32_t first = date_to_days(term->first);
    int32_t today = clock_day(after);
    int32_t turn = today > first ? (today - first) / every : 0;
    /* The turn before may have moved past today, over a holiday. */
    for (int32_t n = turn ? turn - 1 : 0;; n++) {
        int32_t day = first + n * every;
        for (int i = 0; i < DAYS_LOOKED_AT && !calendar_is_working_day(calendar, term->hours, day);
             i++)
            day++;
        instant_ms at = clock_from_london((struct civil){.date = date_from_days(day),
                                                         .hour = (int8_t)(term->minute / 60),
                                                         .minute = (int8_t)(term->minute % 60)});
        if (at > after) return at;
    }
}
