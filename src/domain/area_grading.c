#include "domain/area_grading.h"

#include "base/arena.h"
#include "domain/submission.h"

static const char *const kind_words[GRADING_KINDS] = {
    [GRADING_SCHEME] = "scheme",           [GRADING_SOURCE] = "source",
    [GRADING_INFORMATION] = "information", [GRADING_OLD_HANDLING] = "old-handling",
    [GRADING_HANDLING] = "handling",       [GRADING_RELATION] = "relation"};

static enum st read_kind(const struct area_text *text, struct area_section *section,
                         enum grading_kind *ret, struct err *err)
{
    struct str word;
    enum st st = area_text_need(text, section, "kind", &word, err);
    if (st != ST_OK) return st;
    for (int kind = 0; kind < GRADING_KINDS; kind++) {
        if (!str_eq(word, str_from(kind_words[kind]))) continue;
        *ret = (enum grading_kind)kind;
        return ST_OK;
    }
    return area_text_wrong(text, section->line, err, "there is no kind '%.*s'.", STR_ARG(word));
}

static enum st read_yes(const struct area_text *text, struct area_section *section, const char *key,
                        bool *ret, struct err *err)
{
    struct str value = area_text_value(section, str_from(key));
    *ret = str_eq(value, STR("yes"));
    if (*ret || !value.len) return ST_OK;
    return area_text_wrong(text, section->line, err, "%s is yes, or is left out.", key);
}

/* Kinds of things, one a line, as bits. */
static enum st read_things(const struct area_text *text, struct area_section *section,
                           const char *key, unsigned *ret, struct err *err)
{
    struct str rest;
    struct str word;
    enum st st = area_text_need(text, section, key, &rest, err);
    if (st != ST_OK) return st;
    while (rest.len && str_split(&rest, '\n', &word)) {
        enum link_kind kind;
        word = str_trim(word);
        if (!kind_from_name(word, &kind))
            return area_text_wrong(text, section->line, err,
                                   "%s: there is no kind of thing '%.*s'.", key, STR_ARG(word));
        *ret |= 1u << kind;
    }
    return ST_OK;
}

static enum st read_code(struct arena *arena, const struct area_text *text,
                         struct area_section *section, struct grading_term *term, struct err *err)
{
    static const char *const space[GRADING_KINDS] = {[GRADING_SOURCE] = "source",
                                                     [GRADING_INFORMATION] = "information",
                                                     [GRADING_OLD_HANDLING] = "handling"};
    struct str code;
    enum st st = area_text_need(text, section, "scheme", &term->scheme, err);
    if (st == ST_OK) st = area_text_need(text, section, "code", &code, err);
    if (st != ST_OK) return st;
    if (code.len > 8 || str_find(code, STR(":"), 0) >= 0)
        return area_text_wrong(text, section->line, err,
                               "code is at most 8 characters, without a colon.");
    term->code = str_fmt(arena, "%s:%.*s", space[term->kind], STR_ARG(code));
    return ST_OK;
}

static enum st read_term(struct arena *arena, const struct area_text *text,
                         struct area_section *section, struct grading_term *term, struct err *err)
{
    enum st st = read_kind(text, section, &term->kind, err);
    term->id = section->id;
    if (st == ST_OK) st = area_text_need(text, section, "source-of", &term->source_of, err);
    if (st == ST_OK && term->kind != GRADING_HANDLING)
        st = area_text_need(text, section, "label", &term->label, err);
    if (st == ST_OK) st = read_yes(text, section, "second", &term->second, err);
    term->hint = area_text_value(section, STR("hint"));
    if (st != ST_OK) return st;
    switch (term->kind) {
    case GRADING_SCHEME: return read_yes(text, section, "current", &term->current, err);
    case GRADING_SOURCE:
    case GRADING_INFORMATION:
    case GRADING_OLD_HANDLING: return read_code(arena, text, section, term, err);
    case GRADING_RELATION:
        st = area_text_need(text, section, "inverse", &term->inverse, err);
        if (st == ST_OK) st = read_things(text, section, "from", &term->from, err);
        return st == ST_OK ? read_things(text, section, "to", &term->to, err) : st;
    default: return ST_OK;
    }
}

/* Every code belongs to a scheme that there is, no scheme has one twice, and the current one can
 * be graded by: help on each code. */
static enum st check(const struct area_text *text, const struct area_grading *grading,
                     struct err *err)
{
    if (!grading->scheme) return area_text_wrong(text, 1, err, "no scheme has 'current = yes'.");
    bool any[GRADING_KINDS] = {false};
    for (size_t i = 0; i < grading->count; i++) {
        const struct grading_term *term = &grading->term[i];
        size_t line = text->section[i].line;
        bool is_current = str_eq(term->scheme, grading->scheme->id);
        any[term->kind] |= !term->scheme.len || is_current;
        if (!term->scheme.len) continue;
        bool found = false;
        for (size_t k = 0; k < grading->count; k++) {
            const struct grading_term *other = &grading->term[k];
            found |= other->kind == GRADING_SCHEME && str_eq(other->id, term->scheme);
            if (k < i && other->kind == term->kind && str_eq(other->scheme, term->scheme) &&
                str_eq(other->code, term->code))
                return area_text_wrong(text, line, err, "%.*s is there twice.",
                                       STR_ARG(term->code));
        }
        if (!found)
            return area_text_wrong(text, line, err, "there is no scheme [%.*s].",
                                   STR_ARG(term->scheme));
        if (is_current && !term->hint.len)
            return area_text_wrong(text, line, err, "[%.*s] needs 'hint = ...': help on the code.",
                                   STR_ARG(term->id));
        if (is_current && term->kind == GRADING_OLD_HANDLING)
            return area_text_wrong(text, line, err,
                                   "handling conditions of today stand in handling.txt.");
    }
    static const enum grading_kind needed[] = {GRADING_SOURCE, GRADING_INFORMATION,
                                               GRADING_RELATION};
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (!any[needed[i]])
            return area_text_wrong(text, 1, err, "there is no entry of kind %s to use.",
                                   kind_words[needed[i]]);
    return ST_OK;
}

enum st area_grading_read(struct arena *arena, struct area_text *text, struct area_grading *ret,
                          struct err *err)
{
    ret->term = arena_many(arena, text->section_count + 1, struct grading_term);
    ret->count = text->section_count;
    for (size_t i = 0; i < text->section_count; i++) {
        enum st st = read_term(arena, text, &text->section[i], &ret->term[i], err);
        if (st != ST_OK) return st;
        if (!ret->term[i].current) continue;
        if (ret->scheme)
            return area_text_wrong(text, text->section[i].line, err, "two schemes are current.");
        ret->scheme = &ret->term[i];
    }
    return check(text, ret, err);
}

/* --- asking ---------------------------------------------------------------------------------- */

const struct grading_term *grading_next(const struct area *area, enum grading_kind kind,
                                        struct str scheme, const struct grading_term *after)
{
    if (!area) return NULL;
    const struct area_grading *grading = area_grading_of(area);
    size_t i = after ? (size_t)(after - grading->term) + 1 : 0;
    for (; i < grading->count; i++)
        if (grading->term[i].kind == kind &&
            (!scheme.len || str_eq(grading->term[i].scheme, scheme)))
            return &grading->term[i];
    return NULL;
}

const struct grading_term *grading_by_id(const struct area *area, enum grading_kind kind,
                                         struct str id)
{
    const struct grading_term *term = NULL;
    while ((term = grading_next(area, kind, STR(""), term)))
        if (str_eq(term->id, id)) return term;
    return NULL;
}

const struct grading_term *grading_by_code(const struct area *area, enum grading_kind kind,
                                           struct str scheme, struct str code)
{
    const struct grading_term *term = NULL;
    while ((term = grading_next(area, kind, scheme, term)))
        if (str_eq(term->code, code)) return term;
    return NULL;
}

struct str grading_label(const struct area *area, enum grading_kind kind, struct str scheme,
                         struct str code)
{
    const struct grading_term *term = grading_by_code(area, kind, scheme, code);
    return term ? term->label : code;
}

struct str grading_scheme(const struct area *area)
{
    return area ? area_grading_of(area)->scheme->id : STR("");
}

bool grading_conditions_need_second(const struct area *area)
{
    const struct grading_term *term = grading_next(area, GRADING_HANDLING, STR(""), NULL);
    return term && term->second;
}
