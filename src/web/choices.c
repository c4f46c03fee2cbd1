#include "web/choices.h"

#include <string.h>

struct partial_form_fields_fields choices_question(struct arena *arena,
                                                   const struct question_words *words,
                                                   enum asked_as as, struct str value,
                                                   const struct err *problem, const char *at)
{
    bool wrong = problem && at && strcmp(at, words->name) == 0;
    return (struct partial_form_fields_fields){
        .id = str_from(words->name),
        .name = str_from(words->name),
        .label = str_from(words->label),
        .hint = str_from(words->hint),
        .error = wrong ? str_dup(arena, str_from(problem->public)) : STR(""),
        .radios = as == ASKED_RADIOS,
        .select = as == ASKED_SELECT,
        .line = as == ASKED_LINE,
        .area = as == ASKED_AREA,
        .ticks = as == ASKED_TICKS,
        .value = value};
}

struct choices choices_of(struct arena *arena, struct partial_form_fields_fields *question)
{
    struct choices choices = {
        arena, question, arena_many(arena, CHOICES, struct partial_form_fields_fields_options)};
    question->options = choices.list;
    question->options_count = 0;
    return choices;
}

void choices_add(struct choices *choices, struct str value, struct str label, struct str hint)
{
    struct partial_form_fields_fields *question = choices->question;
    if (question->options_count == CHOICES) return;
    size_t place = question->options_count++;
    choices->list[place] = (struct partial_form_fields_fields_options){
        .id = str_fmt(choices->arena, "%.*s-%zu", STR_ARG(question->name), place + 1),
        .value = value,
        .label = label,
        .hint = hint,
        .checked = question->value.len && str_eq(value, question->value)};
}

void choices_add_yes_no(struct choices *choices)
{
    choices_add(choices, STR("yes"), STR("Yes"), STR(""));
    choices_add(choices, STR("no"), STR("No"), STR(""));
}
