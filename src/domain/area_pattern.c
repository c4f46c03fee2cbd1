#include "domain/area_pattern.h"

#include "base/names.h"

static const char *const names[PATTERN_KINDS] = {[PATTERN_MEETING] = "meeting",
                                                 [PATTERN_PHONE] = "phone",
                                                 [PATTERN_FORUMS] = "forums",
                                                 [PATTERN_GROWING] = "growing"};

const char *pattern_kind_name(enum pattern_kind kind)
{
    return names[kind];
}

bool pattern_kind_from_name(struct str name, enum pattern_kind *ret)
{
    int place = name_place(name, names, PATTERN_KINDS);
    if (place >= 0) *ret = (enum pattern_kind)place;
    return place >= 0;
}

static enum st read_number(const struct area_text *text, struct area_section *section,
                           const char *key, int32_t least, int32_t most, int32_t *ret,
                           struct err *err)
{
    int64_t number = 0;
    if (!str_to_int(area_text_value(section, str_from(key)), &number) || number < least ||
        number > most)
        return area_text_wrong(text, section->line, err, "%s is a number from %d to %d.", key,
                               least, most);
    *ret = (int32_t)number;
    return ST_OK;
}

enum st area_patterns_read(struct area_text *text, struct area_patterns *ret, struct err *err)
{
    for (size_t i = 0; i < text->section_count; i++) {
        struct area_section *section = &text->section[i];
        enum pattern_kind kind;
        if (!pattern_kind_from_name(section->id, &kind))
            return area_text_wrong(text, section->line, err,
                                   "a pattern is meeting, phone, forums or growing.");
        struct pattern_rule *rule = &ret->rule[kind];
        enum st st = area_text_need(text, section, "text", &rule->text, err);
        if (st == ST_OK) st = area_text_need(text, section, "ask", &rule->ask, err);
        if (st == ST_OK) st = area_text_need(text, section, "source", &rule->source, err);
        if (st == ST_OK)
            st = read_number(text, section, "least", kind == PATTERN_PHONE ? 1 : 2, 50,
                             &rule->least, err);
        if (st == ST_OK) st = read_number(text, section, "days", 7, 3650, &rule->days, err);
        if (st != ST_OK) return st;
    }
    for (int kind = 0; kind < PATTERN_KINDS; kind++)
        if (!ret->rule[kind].text.len)
            return area_text_wrong(text, 1, err, "[%s] is missing.", names[kind]);
    return ST_OK;
}
