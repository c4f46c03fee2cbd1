#include "domain/question_sign.h"

#include "base/arena.h"
#include "base/utf8.h"
#include "domain/area_child.h"

#include <ctype.h>

const struct question_option *sign_options(size_t *ret_count)
{
    static const struct question_option options[] = {
        {STR_INIT("observed"), STR_INIT("Observed: I, or a colleague, saw or heard it"), false},
        {STR_INIT("reported"), STR_INIT("Reported: somebody told us"), false},
        {STR_INIT("suspected"), STR_INIT("Suspected: we think so and are not sure"), false},
        {STR_INIT("not-present"), STR_INIT("Not present: we looked, and it is not so"), false},
    };
    *ret_count = sizeof options / sizeof options[0];
    return options;
}

struct sign_answer sign_answer_of(struct str value)
{
    struct sign_answer sign = {0};
    struct str *parts[] = {&sign.presence, &sign.period, &sign.source};
    size_t at = 0;
    for (size_t i = 0; i < 3 && at <= value.len; i++) {
        size_t end = at;
        while (end < value.len && value.ptr[end] != '\n') end++;
        *parts[i] = str_sub(value, at, end - at);
        at = end + 1;
    }
    if (at <= value.len) sign.words = str_sub(value, at, value.len - at);
    return sign;
}

/* The value; empty when nothing of it was said. */
static struct str sign_answer_join(struct arena *arena, const struct sign_answer *sign)
{
    if (!sign->presence.len && !sign->period.len && !sign->source.len && !sign->words.len)
        return STR("");
    return str_fmt(arena, "%.*s\n%.*s\n%.*s\n%.*s", STR_ARG(sign->presence), STR_ARG(sign->period),
                   STR_ARG(sign->source), STR_ARG(sign->words));
}

/* A field of one line: a line break that was forced into it is a space. */
static struct str read_line(struct arena *arena, const struct question *question,
                            const struct answer_form *form, const char *part)
{
    struct str name = str_fmt(arena, "%.*s%s", STR_ARG(question->key), part);
    struct str value = str_dup(arena, utf8_clean(arena, form->value(form->context, name), NULL));
    char *text = (char *)(uintptr_t)value.ptr; /* of the copy */
    for (size_t i = 0; i < value.len; i++)
        if (text[i] == '\n' || text[i] == '\r') text[i] = ' ';
    return str_trim(value);
}

struct answer_typed sign_answer_read(struct arena *arena, const struct question *question,
                                     const struct answer_form *form)
{
    struct str words = str_fmt(arena, "%.*s-words", STR_ARG(question->key));
    struct sign_answer sign = {
        .presence = read_line(arena, question, form, ""),
        .period = read_line(arena, question, form, "-period"),
        .source = read_line(arena, question, form, "-source"),
        .words = str_trim(utf8_clean(arena, form->value(form->context, words), NULL)),
    };
    bool unknown = str_eq(sign.presence, STR("unknown"));
    bool not_applicable = str_eq(sign.presence, STR("not-applicable"));
    if (unknown || not_applicable) sign.presence = STR("");
    return (struct answer_typed){sign_answer_join(arena, &sign), unknown, not_applicable};
}

struct str sign_answer_check(struct arena *arena, struct str value)
{
    struct sign_answer sign = sign_answer_of(value);
    enum sign_period period;
    size_t count;
    const struct question_option *option = sign_options(&count);
    if (!sign.presence.len)
        return STR("Choose first how this is known: observed, reported, suspected or not present.");
    size_t which = 0;
    while (which < count && !str_eq(option[which].id, sign.presence)) which++;
    if (which == count)
        return STR("Choose one of the answers: observed, reported, suspected or not present.");
    if (sign.period.len && !sign_period_from_name(sign.period, &period))
        return STR("Choose when it was: in the last 6 months, or earlier.");
    if (sign.source.len > QUESTION_LINE_MAX)
        return str_fmt(arena,
                       "Where it comes from is too long: it has %zu characters and there is room "
                       "for %zu. Write "
                       "the rest in your words below it.",
                       utf8_count(sign.source), utf8_fitting(sign.source, QUESTION_LINE_MAX));
    if (sign.words.len > QUESTION_TEXT_MAX)
        return str_fmt(arena,
                       "Your words are too long: there are %zu characters and there is room for "
                       "%zu. Shorten them.",
                       utf8_count(sign.words), utf8_fitting(sign.words, QUESTION_TEXT_MAX));
    return STR("");
}

struct str sign_answer_words(struct arena *arena, struct str value)
{
    struct sign_answer sign = sign_answer_of(value);
    enum sign_presence presence;
    enum sign_period period;
    struct str text = sign.presence;
    if (sign_presence_from_name(sign.presence, &presence))
        text = str_from(sign_presence_label(presence));
    if (sign.period.len && sign_period_from_name(sign.period, &period)) {
        struct str label = str_from(sign_period_label(period));
        text = str_fmt(arena, "%.*s, %c%.*s", STR_ARG(text), tolower((unsigned char)label.ptr[0]),
                       STR_ARG(str_sub(label, 1, label.len)));
    }
    text = str_fmt(arena, "%.*s.", STR_ARG(text));
    if (sign.source.len)
        text = str_fmt(arena, "%.*s Source: %.*s", STR_ARG(text), STR_ARG(sign.source));
    if (sign.words.len) text = str_fmt(arena, "%.*s\n%.*s", STR_ARG(text), STR_ARG(sign.words));
    return text;
}
