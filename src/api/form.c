/*
 * Forms of the area pack, as programs read them.
 */
#include "api/api.h"
#include "domain/questions.h"

bool api_has_pack(struct request *request, struct response *response)
{
    struct err err;
    if (request->app->area) return true;
    err_set(&err, ST_NOT_FOUND, "There is no area pack, so there is nothing of this here.");
    respond_error(request, response, &err);
    return false;
}

static json_t *answer_json(struct arena *arena, const struct question_section *section,
                           const struct question *question, const struct answer *answer)
{
    bool given = answer->kind == ANSWER_GIVEN;
    return json_pack("{so so so ss so}", "part", api_text(section->key), "key",
                     api_text(question->key), "question", api_text(question->label), "kind",
                     answer_kind_name(answer->kind), "value",
                     api_text(given ? answer_words(arena, question, answer) : STR("")));
}

json_t *api_form_answers(struct arena *arena, const struct questions *form, const char *skip,
                         struct answer (*answer)(const void *context, struct str key),
                         const void *context)
{
    json_t *all = json_array();
    for (size_t i = 0; i < form->question_count; i++) {
        const struct question *question = &form->question[i];
        const struct question_section *section = &form->section[question->section];
        if (skip && str_eq(section->key, str_from(skip))) continue;
        struct answer now = answer(context, question->key);
        if (now.kind != ANSWER_NONE)
            json_array_append_new(all, answer_json(arena, section, question, &now));
    }
    return all;
}
