/*
 * What the running text of a referral names and its lists do not hold yet: offered, to be
 * added by a press of a button.  Nothing is added by itself.
 */
#include "domain/extract.h"
#include "domain/submission.h"
#include "web/draw.h"
#include "web/pages.h"
#include "web/referral_parts.h"

enum { OFFERED_MAX = 12 };

/* The section that holds things of this kind: of several the last, where the people and
 * things of concern stand. */
static const struct question_section *section_for(const struct questions *form, enum link_kind kind)
{
    const struct question_section *found = NULL;
    for (size_t i = 0; i < form->question_count; i++) {
        const struct question *question = &form->question[i];
        const struct question_section *section = &form->section[question->section];
        if (question->mention != LINK_FIELDS && field_kind(question->mention) == kind &&
            section->one.len && !str_eq(section->key, STR(REFERRAL_CHILD)))
            found = section;
    }
    return found;
}

static const struct question *question_for(const struct questions *form,
                                           const struct question_section *section,
                                           enum link_field field)
{
    for (size_t i = 0; i < form->question_count; i++) {
        const struct question *question = &form->question[i];
        if (&form->section[question->section] != section) continue;
        if (question->mention == field) return question;
        if (question->type == QUESTION_BIRTH && question->mention == LINK_BIRTH &&
            field == LINK_AGE)
            return question;
    }
    return NULL;
}

/* Does an answer that becomes a mention say any of this already? */
static bool is_there(const struct referral *referral, const struct mention_draft *mention)
{
    static const enum link_field telling[] = {LINK_NAME, LINK_ALIAS, LINK_REGISTRATION, LINK_NUMBER,
                                              LINK_HANDLE, LINK_EMAIL, LINK_VENUE, LINK_ADDRESS};
    for (size_t i = 0; i < referral->answer_count; i++) {
        const struct referral_answer *answer = &referral->answer[i];
        const struct question *question = questions_find(referral->form, answer->key);
        if (!question || question->mention == LINK_FIELDS || answer->answer.kind != ANSWER_GIVEN)
            continue;
        for (size_t f = 0; f < sizeof telling / sizeof telling[0]; f++) {
            struct str value = mention->field[telling[f]];
            if (value.len && (str_find_nocase(answer->answer.value, value, 0) >= 0 ||
                              str_find_nocase(value, answer->answer.value, 0) >= 0))
                return true;
        }
    }
    return false;
}

/* A vehicle of which only the colour was told is no help in a list. */
static bool tells_enough(const struct mention_draft *mention)
{
    if (mention->kind == LINK_PLACE)
        return mention->field[LINK_VENUE].len || mention->field[LINK_ADDRESS].len;
    if (mention->kind == LINK_PERSON)
        return mention->field[LINK_NAME].len || mention->field[LINK_ALIAS].len;
    if (mention->kind == LINK_VEHICLE)
        return mention->field[LINK_REGISTRATION].len || mention->field[LINK_MODEL].len;
    return true;
}

static bool draw_one(struct request *request, const struct referral *referral,
                     const struct mention_draft *mention, struct view_referral_check_found *ret)
{
    const struct question_section *section = section_for(referral->form, mention->kind);
    if (!section || !tells_enough(mention) || is_there(referral, mention)) return false;
    struct view_referral_check_found_fields *fields =
        arena_many(request->arena, LINK_FIELDS, struct view_referral_check_found_fields);
    *ret = (struct view_referral_check_found){
        .title = mention_title(request->arena, mention->kind, mention->field),
        .label = draw_kind_label(mention->kind),
        .kind = str_from(kind_name(mention->kind)),
        .one = section->one,
        .action = referral_rows_url(request->arena, referral->head.id, section),
        .fields = fields};
    for (int field = 0; field < LINK_FIELDS; field++) {
        const struct question *question =
            question_for(referral->form, section, (enum link_field)field);
        if (!question || !mention->field[field].len) continue;
        fields[ret->fields_count++] =
            (struct view_referral_check_found_fields){question->key, mention->field[field]};
    }
    return ret->fields_count > 0;
}

void referral_draw_found(struct request *request, const struct referral *referral,
                         struct view_referral_check *view)
{
    struct arena *arena = request->arena;
    struct view_referral_check_found *list =
        arena_many(arena, OFFERED_MAX, struct view_referral_check_found);
    struct mention_draft *found = arena_many(arena, MENTIONS_MAX, struct mention_draft);
    struct date today = clock_london(clock_now()).date;
    size_t count = 0;
    for (size_t i = 0; i < referral->answer_count; i++) {
        const struct question *question = questions_find(referral->form, referral->answer[i].key);
        const struct answer *answer = &referral->answer[i].answer;
        if (!question || answer->kind != ANSWER_GIVEN) continue;
        struct str text = answer_text(question, answer->value);
        size_t here = text.len ? extract_mentions(arena, text, today, found, MENTIONS_MAX) : 0;
        for (size_t k = 0; k < here && count < OFFERED_MAX; k++) {
            bool told = false;
            if (!draw_one(request, referral, &found[k], &list[count])) continue;
            for (size_t b = 0; b < count; b++) told |= str_eq(list[b].title, list[count].title);
            count += !told;
        }
    }
    view->found = list;
    view->found_count = count;
}
