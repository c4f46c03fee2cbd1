/*
 * choices: the questions of a form that is drawn from a table (views/partials/form_fields.html),
 * and what each offers.
 *
 * Layer: web.
 */
#ifndef PENDEEN_WEB_CHOICES_H
#define PENDEEN_WEB_CHOICES_H

#include "views.h"
#include "web/request.h"

enum { CHOICES = 420 }; /* more are left out */

enum asked_as { ASKED_RADIOS, ASKED_SELECT, ASKED_LINE, ASKED_AREA, ASKED_TICKS };

struct question_words {
    const char *name;
    const char *label;
    const char *hint; /* NULL: none */
};

/* A question with `value` in it.  `problem`, NULL: none, stands at it if `at` is its name. */
struct partial_form_fields_fields choices_question(struct arena *arena,
                                                   const struct question_words *words,
                                                   enum asked_as as, struct str value,
                                                   const struct err *problem, const char *at);
struct choices {
    struct arena *arena;
    struct partial_form_fields_fields *question;
    struct partial_form_fields_fields_options *list;
};
/* What this question offers: nothing yet. */
struct choices choices_of(struct arena *arena, struct partial_form_fields_fields *question);
/* One more; the one whose value stands in the question is chosen. */
void choices_add(struct choices *choices, struct str value, struct str label, struct str hint);
void choices_add_yes_no(struct choices *choices);

#endif
