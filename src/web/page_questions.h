/*
 * page_questions: questions of a form that the area pack writes (domain/questions.h), drawn
 * and read back.
 *
 * Layer: web.  Any page that asks such questions uses these, so that they look and speak
 * alike.
 */
#ifndef PENDEEN_WEB_PAGE_QUESTIONS_H
#define PENDEEN_WEB_PAGE_QUESTIONS_H

#include "domain/questions.h"
#include "web/request.h"

/* One question as it stands on a page.  What is empty is not shown. */
struct question_draw {
    const struct question *question;
    struct answer_typed typed;
    struct str error;
    struct str read_as;  /* how a date was understood */
    struct str clash;    /* what another device kept meanwhile, in words */
    struct str clash_at; /* and when */
    bool of_oneself;     /* it is about whoever fills it in: the browser may help */
    bool advise;         /* look for words to think of again */
};
struct html draw_question(struct request *request, const struct question_draw *draw);

/* Adds it to a list of those that were not answered, as pages show it: a blank is never silent. */
void question_unanswered(struct arena *arena, const struct question *question, struct str *list);

/* Where a link to the question leads: its box, or the first of its buttons. */
struct url question_at(struct arena *arena, const struct question *question);
/* The request's fields, as answer_typed_read asks for them. */
struct answer_form request_answers(const struct request *request);

#endif
