#include "domain/area_referral.h"

#include "base/arena.h"
#include "domain/questions_mention.h"

static enum st need(const struct area_text *text, struct area_section *section, const char *key,
                    struct str *ret, struct err *err)
{
    *ret = area_text_value(section, str_from(key));
    if (ret->len) return ST_OK;
    return area_text_wrong(text, section->line, err, "[%.*s] needs '%s = ...'.",
                           STR_ARG(section->id), key);
}

enum st area_referral_read(struct arena *arena, struct area_text *text,
                           const struct area_sign *sign, size_t sign_count,
                           struct area_referral_part *ret, struct err *err)
{
    /* What the program itself asks the answers for (domain/referral.h). */
    static const struct {
        struct str key;
        enum question_type type;
    } needed[] = {
        {STR_INIT("child-name"), QUESTION_NAME},
        {STR_INIT("referrer-name"), QUESTION_NAME},
        {STR_INIT("telephoned"), QUESTION_YES_NO},
        {STR_INIT("telephoned-day"), QUESTION_DAY},
        {STR_INIT("telephoned-time"), QUESTION_TIME},
        {STR_INIT("concern-reason"), QUESTION_TEXT},
        {STR_INIT("concern-when"), QUESTION_DAY},
        {STR_INIT("concern-how-known"), QUESTION_CHOICES},
    };
    enum st st = questions_read_with_signs(arena, text, sign, sign_count, &ret->form, err);
    for (size_t i = 0; i < sizeof needed / sizeof needed[0] && st == ST_OK; i++) {
        const struct question *question = questions_find(&ret->form, needed[i].key);
        if (!question || question->type != needed[i].type)
            return area_text_wrong(text, 1, err,
                                   "the program needs a question [%.*s] of the type it had.",
                                   STR_ARG(needed[i].key));
    }
    /* Nobody is turned back by a question of a referral. */
    for (size_t i = 0; i < ret->form.question_count && st == ST_OK; i++) {
        const struct question *question = &ret->form.question[i];
        if (!question->unknown || !question->not_applicable)
            return area_text_wrong(
                text, 1, err,
                "[%.*s] has to offer \"No information available\" and \"Not applicable\".",
                STR_ARG(question->key));
    }
    size_t most = questions_mentions_most(&ret->form);
    if (st == ST_OK && most > SUBMISSION_MENTIONS_MAX)
        return area_text_wrong(text, 1, err,
                               "a referral could name %zu things, and %d can be compared: "
                               "take a 'mention = ...' out.",
                               most, SUBMISSION_MENTIONS_MAX);
    const struct question_section *child = questions_find_section(&ret->form, STR("child"));
    if (st == ST_OK && (!child || !child->one.len))
        st = area_text_wrong(text, 1, err, "the program needs a section [child] that repeats.");
    return st;
}

enum st area_sharing_read(struct arena *arena, struct area_text *text,
                          struct area_referral_part *ret, struct err *err)
{
    ret->sharing = arena_many(arena, text->section_count + 1, struct area_sharing);
    for (size_t i = 0; i < text->section_count; i++) {
        struct area_section *section = &text->section[i];
        struct area_sharing *sharing = &ret->sharing[ret->sharing_count++];
        sharing->id = section->id;
        enum st st = need(text, section, "who", &sharing->who, err);
        if (st == ST_OK) st = need(text, section, "sees", &sharing->sees, err);
        if (st == ST_OK) st = need(text, section, "source", &sharing->source, err);
        if (st != ST_OK) return st;
    }
    return ret->sharing_count
               ? ST_OK
               : area_text_wrong(text, 1, err, "it says nobody who sees a referral.");
}

static size_t count_lines(struct str text)
{
    size_t lines = 1;
    for (size_t i = 0; i < text.len; i++) lines += text.ptr[i] == '\n';
    return lines;
}

enum st area_language_read(struct arena *arena, struct area_text *text,
                           struct area_referral_part *ret, struct err *err)
{
    ret->language = arena_many(arena, text->section_count + 1, struct area_language);
    for (size_t i = 0; i < text->section_count; i++) {
        struct area_section *section = &text->section[i];
        struct area_language *entry = &ret->language[ret->language_count++];
        struct str words;
        struct str line;
        entry->id = section->id;
        enum st st = need(text, section, "words", &words, err);
        if (st == ST_OK) st = need(text, section, "instead", &entry->instead, err);
        if (st == ST_OK) st = need(text, section, "why", &entry->why, err);
        if (st == ST_OK) st = need(text, section, "source", &entry->source, err);
        if (st != ST_OK) return st;
        entry->phrase = arena_many(arena, count_lines(words), struct str);
        while (str_split(&words, '\n', &line))
            if (str_trim(line).len) entry->phrase[entry->phrase_count++] = str_trim(line);
    }
    return ST_OK;
}

const struct questions *area_referral(const struct area *area)
{
    return &area_referral_of(area)->form;
}

const struct area_sharing *area_sharing(const struct area *area, size_t *ret_count)
{
    *ret_count = area_referral_of(area)->sharing_count;
    return area_referral_of(area)->sharing;
}

const struct area_language *area_language(const struct area *area, size_t *ret_count)
{
    *ret_count = area_referral_of(area)->language_count;
    return area_referral_of(area)->language;
}
