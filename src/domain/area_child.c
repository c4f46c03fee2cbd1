#include "domain/area_child.h"

#include "base/arena.h"
#include "base/names.h"

/* --- signs.txt -------------------------------------------------------------------------- */

static const char *const sign_kinds[SIGN_KINDS] = {[SIGN_CIRCUMSTANCE] = "circumstance",
                                                   [SIGN_SIGN] = "sign",
                                                   [SIGN_CONTEXT] = "context",
                                                   [SIGN_STRENGTH] = "strength"};

bool sign_kind_from_name(struct str name, enum area_sign_kind *ret)
{
    int place = name_place(name, sign_kinds, SIGN_KINDS);
    if (place >= 0) *ret = (enum area_sign_kind)place;
    return place >= 0;
}

const char *sign_kind_label(enum area_sign_kind kind)
{
    static const char *labels[SIGN_KINDS] = {[SIGN_CIRCUMSTANCE] = "Circumstances",
                                             [SIGN_SIGN] = "Signs",
                                             [SIGN_CONTEXT] = "Context",
                                             [SIGN_STRENGTH] = "Strengths"};
    return labels[kind];
}

enum st area_signs_read(struct arena *arena, struct area_text *text, struct area_sign **ret,
                        size_t *ret_count, struct err *err)
{
    *ret = arena_many(arena, text->section_count + 1, struct area_sign);
    *ret_count = text->section_count;
    for (size_t i = 0; i < text->section_count; i++) {
        struct area_section *section = &text->section[i];
        struct area_sign *sign = &(*ret)[i];
        struct str kind;
        sign->id = section->id;
        enum st outcome = area_text_need(text, section, "text", &sign->text, err);
        if (outcome == ST_OK) outcome = area_text_need(text, section, "kind", &kind, err);
        if (outcome == ST_OK)
            outcome = area_text_need(text, section, "explain", &sign->explain, err);
        if (outcome == ST_OK) outcome = area_text_need(text, section, "source", &sign->source, err);
        if (outcome != ST_OK) return outcome;
        int place = name_place(kind, sign_kinds, SIGN_KINDS);
        if (place < 0)
            return area_text_wrong(text, section->line, err,
                                   "kind is circumstance, sign, context or strength.");
        sign->kind = (enum area_sign_kind)place;
        sign->prompt = area_text_value(section, STR("prompt"));
    }
    return ST_OK;
}

static const char *const presences[SIGN_PRESENCES] = {[SIGN_NOT_KNOWN] = "not-known",
                                                      [SIGN_OBSERVED] = "observed",
                                                      [SIGN_REPORTED] = "reported",
                                                      [SIGN_SUSPECTED] = "suspected",
                                                      [SIGN_NOT_PRESENT] = "not-present"};
static const char *const periods[SIGN_PERIODS] = {
    [SIGN_PERIOD_NONE] = "", [SIGN_RECENT] = "last-6-months", [SIGN_EARLIER] = "earlier"};

const char *sign_presence_label(enum sign_presence presence)
{
    static const char *labels[SIGN_PRESENCES] = {[SIGN_NOT_KNOWN] = "Not known",
                                                 [SIGN_OBSERVED] = "Observed",
                                                 [SIGN_REPORTED] = "Reported",
                                                 [SIGN_SUSPECTED] = "Suspected",
                                                 [SIGN_NOT_PRESENT] = "Not present"};
    return labels[presence];
}

bool sign_presence_from_name(struct str name, enum sign_presence *ret)
{
    int place = name_place(name, presences, SIGN_PRESENCES);
    if (place >= 0) *ret = (enum sign_presence)place;
    return place >= 0;
}

const char *sign_period_name(enum sign_period period)
{
    return periods[period];
}

const char *sign_period_label(enum sign_period period)
{
    static const char *labels[SIGN_PERIODS] = {[SIGN_PERIOD_NONE] = "",
                                               [SIGN_RECENT] = "In the last 6 months",
                                               [SIGN_EARLIER] = "Earlier"};
    return labels[period];
}

bool sign_period_from_name(struct str name, enum sign_period *ret)
{
    int place = name_place(name, periods, SIGN_PERIODS);
    if (place >= 0) *ret = (enum sign_period)place;
    return place >= 0;
}

/* --- retention.txt ------------------------------------------------------------------------ */

static enum st read_number(const struct area_text *text, struct area_section *section,
                           const char *key, int32_t most, int32_t *ret, struct err *err)
{
    int64_t number = 0;
    struct str value = area_text_value(section, str_from(key));
    if (value.len && (!str_to_int(value, &number) || number < 0 || number > most))
        return area_text_wrong(text, section->line, err, "%s is a number of years up to %d.", key,
                               most);
    *ret = (int32_t)number;
    return ST_OK;
}

static enum st read_class(const struct area_text *text, struct area_section *section,
                          struct retention_class *class, struct err *err)
{
    struct str from;
    class->id = section->id;
    enum st outcome = area_text_need(text, section, "label", &class->label, err);
    if (outcome == ST_OK) outcome = area_text_need(text, section, "source", &class->source, err);
    if (outcome == ST_OK) outcome = area_text_need(text, section, "from", &from, err);
    if (outcome == ST_OK) outcome = read_number(text, section, "years", 150, &class->years, err);
    if (outcome == ST_OK) outcome = read_number(text, section, "age", 25, &class->age, err);
    if (outcome != ST_OK) return outcome;
    class->hint = area_text_value(section, STR("hint"));
    class->from_birth = str_eq(from, STR("birth"));
    if (!class->from_birth && !str_eq(from, STR("closing")))
        return area_text_wrong(text, section->line, err, "from is birth or closing.");
    if (!class->years)
        return area_text_wrong(text, section->line, err, "[%.*s] needs 'years = ...'.",
                               STR_ARG(section->id));
    return ST_OK;
}

/* Of a child who was born in 2012, and whose record was closed in 2026. */
static int32_t sample_day(const struct retention_class *class)
{
    return retention_day(class, date_to_days((struct date){2012, 1, 1}),
                         date_to_days((struct date){2026, 1, 1}));
}

enum st area_retention_read(struct arena *arena, struct area_text *text, struct area_child *child,
                            struct err *err)
{
    child->retention = arena_many(arena, text->section_count + 1, struct retention_class);
    for (size_t i = 0; i < text->section_count; i++) {
        struct area_section *section = &text->section[i];
        enum st outcome;
        if (str_eq(section->id, STR("schedule"))) {
            outcome = area_text_need(text, section, "version", &child->schedule, err);
            area_text_value(section, STR("source"));
        } else {
            struct retention_class *class = &child->retention[child->retention_count++];
            outcome = read_class(text, section, class, err);
            if (outcome == ST_OK && class > child->retention &&
                sample_day(class) > sample_day(class - 1))
                return area_text_wrong(text, section->line, err,
                                       "[%.*s] keeps longer than [%.*s]: it stands before it.",
                                       STR_ARG(class->id), STR_ARG(class[-1].id));
        }
        if (outcome != ST_OK) return outcome;
    }
    if (!child->schedule.len)
        return area_text_wrong(text, 1, err, "[schedule] with its version is missing.");
    if (!child->retention_count) return area_text_wrong(text, 1, err, "it holds no class.");
    return ST_OK;
}

const struct retention_class *retention_find(const struct area_child *child, struct str id)
{
    for (size_t i = 0; i < child->retention_count; i++)
        if (str_eq(child->retention[i].id, id)) return &child->retention[i];
    return NULL;
}

/* The same day so many years later; 29 February becomes 1 March where there is none. */
static int32_t years_after(int32_t day, int32_t years)
{
    struct date date = date_from_days(day);
    date.year = (int16_t)(date.year + years);
    if (!date_valid(date)) {
        date.month = 3;
        date.day = 1;
    }
    return date_to_days(date);
}

int32_t retention_day(const struct retention_class *class, int32_t born, int32_t from)
{
    if (born == LINK_DAY_UNKNOWN) born = from;
    int32_t start = class->from_birth ? born : from;
    int32_t birthday = class->age ? years_after(born, class->age) : start;
    return years_after(birthday > start ? birthday : start, class->years);
}

/* --- child.txt ----------------------------------------------------------------------------- */

enum st area_child_read(struct arena *arena, struct area_text *text, struct area_child *child,
                        struct err *err)
{
    static const char *const kinds[CHILD_WORD_KINDS] = {
        [WORD_STATUS] = "status",       [WORD_PLAN] = "plan",
        [WORD_HARMED] = "harmed",             [WORD_JUDGEMENT] = "judgement", [WORD_KEEP] = "keep"};
    size_t found[CHILD_WORD_KINDS] = {0};
    child->word = arena_many(arena, text->section_count + 1, struct child_word);
    child->word_count = text->section_count;
    for (size_t i = 0; i < text->section_count; i++) {
        struct area_section *section = &text->section[i];
        struct child_word *word = &child->word[i];
        struct str kind;
        word->id = section->id;
        enum st outcome = area_text_need(text, section, "text", &word->text, err);
        if (outcome == ST_OK) outcome = area_text_need(text, section, "kind", &kind, err);
        if (outcome == ST_OK) outcome = area_text_need(text, section, "source", &word->source, err);
        if (outcome != ST_OK) return outcome;
        int place = name_place(kind, kinds, CHILD_WORD_KINDS);
        if (place < 0)
            return area_text_wrong(text, section->line, err,
                                   "kind is status, plan, harmed, judgement or keep.");
        word->kind = (enum child_word_kind)place;
        found[place]++;
        word->hint = area_text_value(section, STR("hint"));
        if (word->kind == WORD_STATUS) word->retention = area_text_value(section, STR("retention"));
        struct str born =
            word->kind == WORD_STATUS ? area_text_value(section, STR("born")) : STR("");
        word->born = str_eq(born, STR("yes"));
        if (born.len && !word->born)
            return area_text_wrong(text, section->line, err, "born is yes, or not there.");
        if (word->retention.len && !retention_find(child, word->retention))
            return area_text_wrong(text, section->line, err, "retention.txt has no [%.*s].",
                                   STR_ARG(word->retention));
    }
    for (int kind = 0; kind < CHILD_WORD_KINDS; kind++)
        if (!found[kind])
            return area_text_wrong(text, 1, err, "it has no word of kind %s.", kinds[kind]);
    return ST_OK;
}

const struct child_word *child_word_find(const struct area_child *child, enum child_word_kind kind,
                                         struct str id)
{
    for (size_t i = 0; i < child->word_count; i++)
        if (child->word[i].kind == kind && str_eq(child->word[i].id, id)) return &child->word[i];
    return NULL;
}
