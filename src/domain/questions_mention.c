#include "domain/questions_mention.h"

#include "base/arena.h"
#include "domain/submission.h"
#include "link/birth.h"
#include "link/number.h"

/* Of a number that was told with more words than a mention has room for, what is the number
 * ("07700 900123, her mother’s, after five only"). */
static struct str number_alone(struct arena *arena, enum link_field field, struct str value)
{
    char clean[LINK_REGISTRATION_SIZE];
    char written[LINK_NUMBERS][LINK_TEXT_SIZE];
    bool partial;
    if (value.len <= mention_field_max(field)) return value;
    if (field == LINK_REGISTRATION && link_registration_clean(value, clean, &partial))
        return str_dup(arena, str_from(clean));
    if (field != LINK_NUMBER) return value;
    bool second = link_numbers(value, written) > 1;
    struct str first = str_dup(arena, str_trim(str_from(written[0])));
    if (!second) return first;
    struct str other = str_trim(str_from(written[1]));
    struct str both = str_fmt(arena, "%.*s or %.*s", STR_ARG(first), STR_ARG(other));
    return both.len <= MENTION_NUMBER_MAX ? both : first;
}

/* What one answer says of a thing: the mention's field, and its words in it. */
static bool field_of(struct arena *arena, const struct question *question,
                     const struct answer *answer, int32_t today, enum link_field *ret_field,
                     struct str *ret_value)
{
    if (answer->kind != ANSWER_GIVEN || question->mention == LINK_FIELDS) return false;
    struct str value = str_dup(arena, answer->value);
    char *text = (char *)(uintptr_t)value.ptr; /* of the copy: a mention is one line */
    for (size_t i = 0; i < value.len; i++)
        if (text[i] == '\n') text[i] = ' ';
    *ret_field = question->mention;
    *ret_value = number_alone(arena, question->mention, value);
    if (ret_value->len > mention_field_max(question->mention)) return false;
    if (question->type != QUESTION_BIRTH) return true;
    *ret_field = link_birth_field(value, today);
    return *ret_field != LINK_FIELDS;
}

size_t questions_mentions(struct arena *arena, const struct questions *form,
                          const struct question_section *section,
                          struct answer (*answer)(const void *context, struct str key),
                          const void *context, int32_t today, struct mention_draft *ret,
                          size_t count, size_t maximum)
{
    size_t first = count;
    struct str thing[SUBMISSION_MENTIONS_MAX];
    for (size_t s = section->first; s < section->first + section->count; s++) {
        const struct question_step *step = &form->step[s];
        for (size_t q = step->first; q < step->first + step->count; q++) {
            const struct question *question = &form->question[q];
            struct answer given = answer(context, question->key);
            enum link_field field;
            struct str value;
            if (!field_of(arena, question, &given, today, &field, &value)) continue;
            size_t at = first;
            while (at < count && (ret[at].kind != field_kind(field) ||
                                  !str_eq(thing[at - first], question->thing)))
                at++;
            if (at == maximum || at - first == SUBMISSION_MENTIONS_MAX) continue;
            if (at == count) {
                ret[count] = (struct mention_draft){
                    .kind = field_kind(field), .span_start = -1, .span_end = -1};
                thing[count++ - first] = question->thing;
            }
            ret[at].field[field] = value;
        }
    }
    return count;
}

/* Does an earlier question of the section make the same mention? */
static bool named_before(const struct questions *form, size_t which)
{
    const struct question *question = &form->question[which];
    for (size_t i = 0; i < which; i++) {
        const struct question *other = &form->question[i];
        if (other->section == question->section && other->mention != LINK_FIELDS &&
            field_kind(other->mention) == field_kind(question->mention) &&
            str_eq(other->thing, question->thing))
            return true;
    }
    return false;
}

size_t questions_mentions_most(const struct questions *form)
{
    size_t most = 0;
    for (size_t i = 0; i < form->question_count; i++)
        if (form->question[i].mention != LINK_FIELDS && !named_before(form, i))
            most += form->section[form->question[i].section].one.len ? QUESTION_ROWS_MAX : 1;
    return most;
}
