#include "domain/area_location.h"

struct str area_location_kind(const struct area *area, struct str kind)
{
    const struct question *question =
        area ? questions_find(area_location_form(area), STR("location-kind")) : NULL;
    const struct question_option *option = question ? question_option_find(question, kind) : NULL;
    return option ? option->label : kind;
}

enum st area_location_form_read(struct arena *arena, struct area_text *text, struct questions *ret,
                                struct err *err)
{
    static const char *const sections[] = {"about",  "harm",   "safety",    "act",
                                           "action", "worked", "assessment"};
    /* What the program itself asks the answers for (domain/location.h). */
    static const struct {
        struct str key;
        enum question_type type;
    } needed[] = {
        {STR_INIT("location-name"), QUESTION_LINE},
        {STR_INIT("location-kind"), QUESTION_CHOICE},
        {STR_INIT("location-town"), QUESTION_LINE},
        {STR_INIT("location-position"), QUESTION_LINE},
        {STR_INIT("safety-guardians"), QUESTION_TEXT},
        {STR_INIT("action-what"), QUESTION_TEXT},
        {STR_INIT("action-by"), QUESTION_LINE},
        {STR_INIT("action-when"), QUESTION_DAY},
        {STR_INIT("worked-answer"), QUESTION_CHOICE},
        {STR_INIT("review-day"), QUESTION_DAY},
    };
    enum st st = questions_read(arena, text, ret, err);
    for (size_t i = 0; i < sizeof sections / sizeof *sections && st == ST_OK; i++) {
        const struct question_section *section = questions_find_section(ret, str_from(sections[i]));
        if (!section || section->one.len)
            st = area_text_wrong(text, 1, err,
                                 "the program needs a section [%s] that does not repeat.",
                                 sections[i]);
    }
    for (size_t i = 0; i < sizeof needed / sizeof *needed && st == ST_OK; i++) {
        const struct question *question = questions_find(ret, needed[i].key);
        if (!question || question->type != needed[i].type)
            st = area_text_wrong(text, 1, err,
                                 "the program needs a question [%.*s] of the type it had.",
                                 STR_ARG(needed[i].key));
    }
    return st;
}
