#include "web/page_questions.h"

#include "domain/area_child.h"
#include "domain/language.h"
#include "domain/question_sign.h"
#include "views.h"

enum { ADVICE_MAX = 5 };

static struct str value_of(const void *context, struct str name)
{
    const struct form_field *field = form_find(context, name);
    return field ? field->value : STR("");
}

struct answer_form request_answers(const struct request *request)
{
    return (struct answer_form){value_of, request};
}

struct url question_at(struct arena *arena, const struct question *question)
{
    return html_url_fragment(arena, question->key);
}

/* --- how a box looks ---------------------------------------------------------------------- */

static struct str width_of(enum question_type type)
{
    switch (type) {
    case QUESTION_TIME:
    case QUESTION_POSTCODE:
    case QUESTION_REGISTRATION: return STR("govuk-input--width-10");
    case QUESTION_NHS_NUMBER:
    case QUESTION_PHONE:
    case QUESTION_BIRTH: return STR("govuk-input--width-20");
    default: return STR("");
    }
}

static struct str mode_of(const struct question *question)
{
    switch (question->type) {
    case QUESTION_NHS_NUMBER: return STR("numeric");
    case QUESTION_PHONE: return question->parts ? STR("text") : STR("tel");
    case QUESTION_EMAIL: return STR("email");
    default: return STR("text");
    }
}

static struct str fill_of(const struct question_draw *draw)
{
    if (!draw->of_oneself) return STR("off");
    switch (draw->question->type) {
    case QUESTION_NAME: return STR("name");
    case QUESTION_PHONE: return STR("tel");
    case QUESTION_EMAIL: return STR("email");
    case QUESTION_ORGANISATION: return STR("organization");
    default: return STR("off");
    }
}

static struct str described_by(struct arena *arena, const struct question_draw *draw)
{
    struct str key = draw->question->key;
    struct str hint =
        draw->question->hint.len ? str_fmt(arena, "%.*s-hint", STR_ARG(key)) : STR("");
    struct str error = draw->error.len ? str_fmt(arena, " %.*s-error", STR_ARG(key)) : STR("");
    struct str clash = draw->clash.len ? str_fmt(arena, " %.*s-clash", STR_ARG(key)) : STR("");
    return str_trim(str_fmt(arena, "%.*s%.*s%.*s", STR_ARG(hint), STR_ARG(error), STR_ARG(clash)));
}

/* --- choices -------------------------------------------------------------------------------- */

static bool holds(struct str ids, struct str id)
{
    struct str one;
    while (str_split(&ids, ',', &one))
        if (str_eq(one, id)) return true;
    return false;
}

static void draw_options(struct arena *arena, const struct question_draw *draw,
                         struct view_question *view)
{
    const struct question *question = draw->question;
    struct view_question_options *list =
        arena_many(arena, question->option_count + 1, struct view_question_options);
    for (size_t i = 0; i < question->option_count; i++) {
        struct str id = question->option[i].id;
        struct str name = str_fmt(arena, "%.*s-%.*s", STR_ARG(question->key), STR_ARG(id));
        bool checks = question->type == QUESTION_CHOICES;
        struct str chosen = question->type == QUESTION_SIGN
                                ? sign_answer_of(draw->typed.value).presence
                                : draw->typed.value;
        list[i] = (struct view_question_options){
            .id = i == 0 ? question->key : name,
            .name = checks ? name : question->key,
            .value = checks ? STR("yes") : id,
            .label = question->option[i].label,
            .checked = checks ? holds(draw->typed.value, id) : str_eq(chosen, id)};
    }
    view->options = list;
    view->options_count = question->option_count;
}

/* "No information available" and "Not applicable". */
static void draw_others(struct arena *arena, const struct question_draw *draw,
                        struct view_question *view)
{
    const struct question *question = draw->question;
    struct view_question_others *list = arena_many(arena, 2, struct view_question_others);
    const struct {
        bool offered;
        bool checked;
        const char *value;
        const char *label;
    } others[] = {
        {question->unknown, draw->typed.unknown, "unknown", "No information available"},
        {question->not_applicable, draw->typed.not_applicable, "not-applicable", "Not applicable"},
    };
    size_t count = 0;
    for (size_t i = 0; i < 2; i++) {
        if (!others[i].offered) continue;
        struct str name = str_fmt(arena, "%.*s-none-%s", STR_ARG(question->key), others[i].value);
        list[count++] = (struct view_question_others){
            .id = name,
            .name = view->is_radios ? question->key : name,
            .value = str_from(view->is_radios ? others[i].value : "yes"),
            .label = str_from(others[i].label),
            .checked = others[i].checked};
    }
    view->others = list;
    view->others_count = count;
}

static void draw_advice(struct request *request, const struct question_draw *draw,
                        struct view_question *view)
{
    struct language_advice advice[ADVICE_MAX];
    bool sign = draw->question->type == QUESTION_SIGN;
    if (!draw->advise || (draw->question->option_count && !sign) || !request->app->area) return;
    struct str text = sign ? answer_text(draw->question, draw->typed.value) : draw->typed.value;
    size_t count = language_find(request->arena, request->app->area, text, advice, ADVICE_MAX);
    struct view_question_advice *list =
        arena_many(request->arena, ADVICE_MAX, struct view_question_advice);
    for (size_t i = 0; i < count; i++)
        list[i] = (struct view_question_advice){advice[i].words, advice[i].instead, advice[i].why};
    view->advice = list;
    view->advice_count = count;
}

/* When, from whom, and in words: it stands open once something of it is said. */
static void draw_sign(struct arena *arena, const struct question_draw *draw,
                      struct view_question *view)
{
    const struct question *question = draw->question;
    if (question->type != QUESTION_SIGN) return;
    struct sign_answer sign = sign_answer_of(draw->typed.value);
    struct str key = question->key;
    view->is_sign = true;
    view->prompt = question->prompt;
    view->recent = str_eq(sign.period, str_from(sign_period_name(SIGN_RECENT)));
    view->earlier = str_eq(sign.period, str_from(sign_period_name(SIGN_EARLIER)));
    view->source = sign.source;
    view->words = sign.words;
    view->period_key = str_fmt(arena, "%.*s-period", STR_ARG(key));
    view->source_key = str_fmt(arena, "%.*s-source", STR_ARG(key));
    view->words_key = str_fmt(arena, "%.*s-words", STR_ARG(key));
    view->words_hint =
        question->prompt.len ? str_fmt(arena, "%.*s-words-hint", STR_ARG(key)) : STR("");
    view->said_more = sign.presence.len || sign.period.len || sign.source.len || sign.words.len ||
                      draw->error.len;
}

struct html draw_question(struct request *request, const struct question_draw *draw)
{
    struct arena *arena = request->arena;
    const struct question *question = draw->question;
    bool area = question->type == QUESTION_TEXT || question->type == QUESTION_ADDRESS;
    struct view_question view = {
        .key = question->key,
        .label = question->label,
        .hint = question->hint,
        .error = draw->error,
        .described = described_by(arena, draw),
        .value = draw->typed.value,
        .clash = draw->clash,
        .clash_at = draw->clash_at,
        .read_as = draw->read_as,
        .is_area = area,
        .is_radios = question->type == QUESTION_YES_NO || question->type == QUESTION_CHOICE ||
                     question->type == QUESTION_SIGN,
        .is_checks = question->type == QUESTION_CHOICES,
        .is_line = !area && !question->option_count,
        .rows = question->type == QUESTION_ADDRESS ? 3 : 6,
        .mode = mode_of(question),
        .fill = fill_of(draw),
        .width = width_of(question->type),
    };
    draw_options(arena, draw, &view);
    draw_sign(arena, draw, &view);
    draw_others(arena, draw, &view);
    draw_advice(request, draw, &view);
    struct buf drawn;
    buf_init(&drawn, 1 << 20);
    view_question(&drawn, &view);
    struct html html = {.s = str_dup(arena, buf_str(&drawn))};
    buf_done(&drawn);
    return html;
}

void question_unanswered(struct arena *arena, const struct question *question, struct str *list)
{
    *list = list->len ? str_fmt(arena, "%.*s; %.*s", STR_ARG(*list), STR_ARG(question->label))
                      : question->label;
}
