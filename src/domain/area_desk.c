#include "domain/area_desk.h"

#include "base/arena.h"
#include "base/names.h"

/* --- clocks.txt -------------------------------------------------------------------------- */

static enum st need(const struct area_text *text, struct area_section *section, const char *key,
                    struct str *ret, struct err *err)
{
    *ret = area_text_value(section, str_from(key));
    if (ret->len) return ST_OK;
    return area_text_wrong(text, section->line, err, "[%.*s] needs '%s = ...'.",
                           STR_ARG(section->id), key);
}

/* "yes" or nothing. */
static enum st read_yes(const struct area_text *text, struct area_section *section, const char *key,
                        bool *ret, struct err *err)
{
    struct str value = area_text_value(section, str_from(key));
    *ret = str_eq(value, STR("yes"));
    if (*ret || !value.len) return ST_OK;
    return area_text_wrong(text, section->line, err, "%s is yes, or is left out.", key);
}

static bool unit_from_name(struct str name, enum clock_unit *ret)
{
    static const char *const names[] = {[ELAPSED_HOURS] = "elapsed-hours",
                                        [OFFICE_HOURS] = "office-hours",
                                        [WORKING_DAYS] = "working-days"};
    int place = name_place(name, names, WORKING_DAYS + 1);
    if (place >= 0) *ret = (enum clock_unit)place;
    return place >= 0;
}

static enum st read_clock(const struct area *area, const struct area_text *text,
                          struct area_section *section, struct area_clock *ret, struct err *err)
{
    enum { AMOUNT_MAX = 1000 };
    struct clock_rule *rule = &ret->rule;
    struct str unit;
    struct str amount;
    struct str hours;
    int64_t number = 0;
    rule->id = section->id;
    enum st st = need(text, section, "label", &rule->label, err);
    if (st == ST_OK) st = need(text, section, "unit", &unit, err);
    if (st == ST_OK) st = need(text, section, "amount", &amount, err);
    if (st == ST_OK) st = need(text, section, "hours", &hours, err);
    if (st == ST_OK) st = need(text, section, "source", &rule->source, err);
    if (st == ST_OK) st = read_yes(text, section, "runs-on", &rule->runs_on, err);
    if (st != ST_OK) return st;
    if (!unit_from_name(unit, &rule->unit))
        return area_text_wrong(text, section->line, err,
                               "unit is elapsed-hours, office-hours or working-days.");
    if (!str_to_int(amount, &number) || number < 1 || number > AMOUNT_MAX)
        return area_text_wrong(text, section->line, err, "amount is a number from 1 to %d.",
                               AMOUNT_MAX);
    rule->amount = (int32_t)number;
    ret->hours = area_hours_find(area, hours);
    if (!ret->hours)
        return area_text_wrong(text, section->line, err, "hours.txt has no [%.*s].",
                               STR_ARG(hours));
    struct str until = area_text_value(section, STR("until"));
    rule->to_close = str_eq(until, STR("close"));
    if (until.len && !rule->to_close)
        return area_text_wrong(text, section->line, err, "until is close, or is left out.");
    struct str out_of_hours = area_text_value(section, STR("out-of-hours"));
    rule->when_open = str_eq(out_of_hours, STR("next-opening"));
    if (out_of_hours.len && !rule->when_open)
        return area_text_wrong(text, section->line, err,
                               "out-of-hours is next-opening, or is left out.");
    if (rule->runs_on && rule->unit != OFFICE_HOURS)
        return area_text_wrong(text, section->line, err, "runs-on belongs to office-hours.");
    if (rule->to_close && rule->unit != WORKING_DAYS)
        return area_text_wrong(text, section->line, err, "until belongs to working-days.");
    if (rule->when_open && (rule->unit != WORKING_DAYS || rule->to_close))
        return area_text_wrong(text, section->line, err,
                               "out-of-hours belongs to working-days without until.");
    return ST_OK;
}

static const struct area_clock *find_clock(const struct area_desk *desk, struct str id)
{
    for (size_t i = 0; i < desk->clock_count; i++)
        if (str_eq(desk->clock[i].rule.id, id)) return &desk->clock[i];
    return NULL;
}

enum st area_clocks_read(const struct area *area, struct arena *arena, struct area_text *text,
                         struct area_desk *ret, struct err *err)
{
    static const char *const needed[] = {
        CLOCK_DECISION,       CLOCK_WRITTEN,   CLOCK_FEEDBACK, CLOCK_CONFERENCE,
        CLOCK_ASSESSMENT,     CLOCK_TRANSFER,  CLOCK_SIGN_OFF, CLOCK_RETURN_INTERVIEW,
        CLOCK_REPRESENTATIVE, CLOCK_FORUM_WORD};
    ret->clock = arena_many(arena, text->section_count + 1, struct area_clock);
    for (size_t i = 0; i < text->section_count; i++) {
        enum st st =
            read_clock(area, text, &text->section[i], &ret->clock[ret->clock_count++], err);
        if (st != ST_OK) return st;
    }
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (!find_clock(ret, str_from(needed[i])))
            return area_text_wrong(text, 1, err, "[%s] is missing.", needed[i]);
    return ST_OK;
}

/* --- desk.txt ------------------------------------------------------------------------------ */

static const char *const kind_names[DESK_KINDS] = {
    [DESK_RATING] = "rating",
    [DESK_OUTCOME] = "outcome",
    [DESK_NO_ACTION] = "no-action",
    [DESK_CHECK_ANSWER] = "check-answer",
    [DESK_AGENCY] = "agency",
    [DESK_MEETING] = "meeting",
    [DESK_MEETING_RESULT] = "meeting-result",
    [DESK_STAGE] = "stage",
    [DESK_FEEDBACK] = "feedback",
    [DESK_BOUNDARY] = "boundary",
};

static bool kind_from_name(struct str name, enum desk_kind *ret)
{
    int place = name_place(name, kind_names, DESK_KINDS);
    if (place >= 0) *ret = (enum desk_kind)place;
    return place >= 0;
}

/* A key that names a clock; empty: none. */
static enum st read_which(const struct area_desk *desk, const struct area_text *text,
                          struct area_section *section, const char *key,
                          const struct area_clock **ret, struct err *err)
{
    struct str id = area_text_value(section, str_from(key));
    *ret = id.len ? find_clock(desk, id) : NULL;
    if (*ret || !id.len) return ST_OK;
    return area_text_wrong(text, section->line, err, "clocks.txt has no [%.*s].", STR_ARG(id));
}

static enum st read_rating(const struct area_desk *desk, const struct area_text *text,
                           struct area_section *section, struct desk_term *term, struct err *err)
{
    static const char *const colours[] = {"red", "amber", "green", "blue"};
    enum st st = need(text, section, "colour", &term->colour, err);
    if (st == ST_OK) st = read_which(desk, text, section, "clock", &term->clock, err);
    for (size_t i = 0; st == ST_OK && i < sizeof colours / sizeof *colours; i++)
        if (str_eq(term->colour, str_from(colours[i]))) return ST_OK;
    if (st != ST_OK) return st;
    return area_text_wrong(text, section->line, err, "colour is red, amber, green or blue.");
}

static enum st read_outcome(const struct area_desk *desk, const struct area_text *text,
                            struct area_section *section, struct desk_term *term, struct err *err)
{
    enum st st = need(text, section, "feedback", &term->feedback, err);
    if (st == ST_OK) st = read_yes(text, section, "needs-reason", &term->needs_reason, err);
    if (st == ST_OK) st = read_yes(text, section, "enquiry", &term->enquiry, err);
    if (st == ST_OK) st = read_which(desk, text, section, "starts", &term->starts, err);
    /* The program keeps one clock that runs from the referral. */
    if (st == ST_OK && term->starts && !str_eq(term->starts->rule.id, STR(CLOCK_ASSESSMENT)))
        st = area_text_wrong(text, section->line, err, "an outcome starts %s, or nothing.",
                             CLOCK_ASSESSMENT);
    return st;
}

static enum st read_meeting_result(const struct area_desk *desk, const struct area_text *text,
                                   struct area_section *section, struct desk_term *term,
                                   struct err *err)
{
    enum st st = read_which(desk, text, section, "starts", &term->starts, err);
    if (st == ST_OK) st = read_yes(text, section, "leaves-open", &term->leaves_open, err);
    if (st == ST_OK && term->starts && !str_eq(term->starts->rule.id, STR(CLOCK_CONFERENCE)))
        st = area_text_wrong(text, section->line, err, "a meeting starts %s, or nothing.",
                             CLOCK_CONFERENCE);
    return st;
}

static enum st read_agency(const struct area *area, struct arena *arena,
                           const struct area_text *text, struct area_section *section,
                           struct desk_term *term, struct err *err)
{
    enum st st = need(text, section, "sectors", &term->sectors, err);
    struct str rest = term->sectors;
    struct str sector;
    while (st == ST_OK && str_split(&rest, '\n', &sector))
        if (!area_setting(area, str_fmt(arena, "sector-%.*s", STR_ARG(sector))).len)
            st = area_text_wrong(text, section->line, err, "settings.txt has no sector-%.*s.",
                                 STR_ARG(sector));
    return st;
}

static enum st read_stage(const struct area_desk *desk, const struct area_text *text,
                          struct area_section *section, struct desk_term *term, struct err *err)
{
    enum st st = read_which(desk, text, section, "clock", &term->clock, err);
    if (st == ST_OK && !term->clock)
        st = area_text_wrong(text, section->line, err, "[%.*s] needs 'clock = ...'.",
                             STR_ARG(section->id));
    return st;
}

static enum st read_term(const struct area *area, struct arena *arena, const struct area_desk *desk,
                         const struct area_text *text, struct area_section *section,
                         struct desk_term *term, struct err *err)
{
    term->id = section->id;
    term->hint = area_text_value(section, STR("hint"));
    enum st st = need(text, section, "label", &term->label, err);
    if (st == ST_OK) st = need(text, section, "source", &term->source, err);
    if (st != ST_OK) return st;
    switch (term->kind) {
    case DESK_RATING: return read_rating(desk, text, section, term, err);
    case DESK_OUTCOME: return read_outcome(desk, text, section, term, err);
    case DESK_MEETING_RESULT: return read_meeting_result(desk, text, section, term, err);
    case DESK_AGENCY: return read_agency(area, arena, text, section, term, err);
    case DESK_STAGE: return read_stage(desk, text, section, term, err);
    case DESK_CHECK_ANSWER: return read_yes(text, section, "leaves-open", &term->leaves_open, err);
    case DESK_FEEDBACK: return need(text, section, "words", &term->words, err);
    default: return ST_OK;
    }
}

static const struct desk_term *find_term(const struct area_desk *desk, enum desk_kind kind,
                                         struct str id)
{
    for (size_t i = 0; i < desk->term_count[kind]; i++)
        if (str_eq(desk->term[kind][i].id, id)) return &desk->term[kind][i];
    return NULL;
}

enum st area_desk_read(const struct area *area, struct arena *arena, struct area_text *text,
                       struct area_desk *ret, struct err *err)
{
    for (int kind = 0; kind < DESK_KINDS; kind++)
        ret->term[kind] = arena_many(arena, text->section_count + 1, struct desk_term);
    for (size_t i = 0; i < text->section_count; i++) {
        struct str name;
        enum desk_kind kind;
        enum st st = need(text, &text->section[i], "kind", &name, err);
        if (st != ST_OK) return st;
        if (!kind_from_name(name, &kind))
            return area_text_wrong(text, text->section[i].line, err, "there is no kind '%.*s'.",
                                   STR_ARG(name));
        struct desk_term *term = &ret->term[kind][ret->term_count[kind]++];
        term->kind = kind;
        st = read_term(area, arena, ret, text, &text->section[i], term, err);
        if (st != ST_OK) return st;
    }
    for (int kind = 0; kind < DESK_KINDS; kind++)
        if (!ret->term_count[kind])
            return area_text_wrong(text, 1, err, "there is no entry of kind %s.", kind_names[kind]);
    for (size_t i = 0; i < ret->term_count[DESK_OUTCOME]; i++) {
        const struct desk_term *outcome = &ret->term[DESK_OUTCOME][i];
        if (!find_term(ret, DESK_FEEDBACK, outcome->feedback))
            return area_text_wrong(text, 1, err,
                                   "[%.*s] names feedback [%.*s], which there is not.",
                                   STR_ARG(outcome->id), STR_ARG(outcome->feedback));
    }
    return ST_OK;
}

/* --- asking ---------------------------------------------------------------------------------- */

const struct area_clock *area_clock_find(const struct area *area, struct str id)
{
    return find_clock(area_desk_of(area), id);
}

instant_ms area_clock_due(const struct area *area, const char *id, instant_ms start)
{
    const struct area_clock *clock = area ? area_clock_find(area, str_from(id)) : NULL;
    return clock ? calendar_due(area_calendar(area), clock->hours, &clock->rule, start) : 0;
}

const struct desk_term *area_desk_terms(const struct area *area, enum desk_kind kind,
                                        size_t *ret_count)
{
    const struct area_desk *desk = area_desk_of(area);
    *ret_count = desk->term_count[kind];
    return desk->term[kind];
}

const struct desk_term *area_desk_find(const struct area *area, enum desk_kind kind, struct str id)
{
    return area ? find_term(area_desk_of(area), kind, id) : NULL;
}

struct str area_desk_label(const struct area *area, enum desk_kind kind, struct str id)
{
    const struct desk_term *term = area_desk_find(area, kind, id);
    return term ? term->label : id;
}
