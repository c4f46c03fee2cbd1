#include "domain/area_feedback.h"

#include "base/arena.h"

static const char *const kinds[AREA_REASON_KINDS] = {"state", "hold",   "return",   "no-action",
                                                     "close", "source", "together", "maru"};

static const struct area_reason *find(const struct area_feedback *feedback,
                                      enum area_reason_kind kind, struct str id)
{
    for (size_t i = 0; i < feedback->count[kind]; i++)
        if (str_eq(feedback->reason[kind][i].id, id)) return &feedback->reason[kind][i];
    return NULL;
}

static enum st read_entry(const struct area_text *text, struct area_section *section,
                          struct area_feedback *ret, struct err *err)
{
    struct str name;
    struct area_reason entry = {.id = section->id, .kind = AREA_REASON_KINDS};
    enum st st = area_text_need(text, section, "kind", &name, err);
    if (st == ST_OK) st = area_text_need(text, section, "label", &entry.label, err);
    if (st == ST_OK) st = area_text_need(text, section, "words", &entry.words, err);
    if (st == ST_OK) st = area_text_need(text, section, "source", &entry.source, err);
    if (st != ST_OK) return st;
    for (int kind = 0; kind < AREA_REASON_KINDS; kind++)
        if (str_eq(name, str_from(kinds[kind]))) entry.kind = (enum area_reason_kind)kind;
    if (entry.kind == AREA_REASON_KINDS)
        return area_text_wrong(
            text, section->line, err,
            "kind is state, hold, return, no-action, close, source, together or maru.");
    ret->reason[entry.kind][ret->count[entry.kind]++] = entry;
    return ST_OK;
}

/* Each kind of what stands together is there by itself. */
static enum st check_together(const struct area_text *text, const struct area_feedback *feedback,
                              struct err *err)
{
    for (size_t i = 0; i < feedback->count[AREA_REASON_TOGETHER]; i++) {
        const struct area_reason *entry = &feedback->reason[AREA_REASON_TOGETHER][i];
        struct str rest = entry->words;
        struct str id;
        size_t line = 1;
        for (size_t k = 0; k < text->section_count; k++)
            if (str_eq(text->section[k].id, entry->id)) line = text->section[k].line;
        while (str_split(&rest, '\n', &id))
            if (!find(feedback, AREA_REASON_SOURCE, id))
                return area_text_wrong(text, line, err,
                                       "[%.*s] names the source '%.*s', which is not there.",
                                       STR_ARG(entry->id), STR_ARG(id));
    }
    return ST_OK;
}

enum st area_feedback_read(struct arena *arena, struct area_text *text, struct area_feedback *ret,
                           struct err *err)
{
    static const char *const states[] = {AREA_STATES};
    static const char *const answers[] = {AREA_MARU_REFERRED, AREA_MARU_BACK};
    static const char *const telltales[] = {AREA_TELLTALES};
    for (int kind = 0; kind < AREA_REASON_KINDS; kind++)
        ret->reason[kind] = arena_many(arena, text->section_count + 1, struct area_reason);
    for (size_t i = 0; i < text->section_count; i++) {
        enum st st = read_entry(text, &text->section[i], ret, err);
        if (st != ST_OK) return st;
    }
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (!find(ret, AREA_REASON_STATE, str_from(states[i])))
            return area_text_wrong(text, 1, err, "there is no state [%s].", states[i]);
    for (size_t i = 0; i < sizeof telltales / sizeof *telltales; i++)
        if (!find(ret, AREA_REASON_SOURCE, str_from(telltales[i])))
            return area_text_wrong(text, 1, err, "there is no source [%s].", telltales[i]);
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
        if (!find(ret, AREA_REASON_MARU, str_from(answers[i])))
            return area_text_wrong(text, 1, err, "there is no answer of the referral unit [%s].",
                                   answers[i]);
    for (int kind = 0; kind < AREA_REASON_KINDS; kind++)
        if (!ret->count[kind])
            return area_text_wrong(text, 1, err, "there is no entry of kind %s.", kinds[kind]);
    return check_together(text, ret, err);
}

const struct area_reason *area_reasons(const struct area *area, enum area_reason_kind kind,
                                       size_t *ret_count)
{
    const struct area_feedback *feedback = area_feedback_of(area);
    *ret_count = feedback->count[kind];
    return feedback->reason[kind];
}

const struct area_reason *area_reason_find(const struct area *area, enum area_reason_kind kind,
                                           struct str id)
{
    return area ? find(area_feedback_of(area), kind, id) : NULL;
}

struct str area_reason_words(const struct area *area, enum area_reason_kind kind, struct str id)
{
    const struct area_reason *entry = area_reason_find(area, kind, id);
    return entry ? entry->words : id;
}

struct str area_reason_label(const struct area *area, enum area_reason_kind kind, struct str id)
{
    const struct area_reason *entry = area_reason_find(area, kind, id);
    return entry ? entry->label : id;
}
