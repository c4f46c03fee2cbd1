/*
 * child_form: what is asked for each kind of entry of a child's record, and what counts as
 * an answer.
 *
 * Layer: domain.  Facts are asked by the questions of the referral form (domain/questions.h);
 * here is the rest.  Nothing that was typed is lost: a check says what to do and leaves the
 * draft as it is.
 */
#ifndef PENDEEN_DOMAIN_CHILD_FORM_H
#define PENDEEN_DOMAIN_CHILD_FORM_H

#include "domain/child.h"
#include "domain/form_problems.h"
#include "domain/questions.h"

enum child_box { BOX_LINE, BOX_TEXT, BOX_DAY, BOX_CHOICE, BOX_SELECT };

struct child_field {
    int place;        /* among the entry's texts */
    const char *name; /* of the form's field */
    const char *label;
    const char *hint; /* "": none */
    enum child_box box;
    bool words; /* may hold somebody's words: language is advised on */
};
/* In the order of the form; 0 for kinds that have none. */
size_t child_form_fields(enum child_entry_kind kind, const struct child_field **ret);
/* "Add somebody of the family or household" */
const char *child_form_title(enum child_entry_kind kind);

struct child_option {
    struct str id;
    struct str label;
    struct str hint;
};
/* What can be chosen in a field, from the area pack and the program. */
size_t child_form_options(const struct app *app, struct arena *arena, enum child_entry_kind kind,
                          int place, struct child_option **ret);
/* The label of what was chosen; the id itself when the pack has it no more. */
struct str child_option_label(const struct app *app, struct arena *arena,
                              enum child_entry_kind kind, int place, struct str id);

/* Looks over a draft whose texts are as they were typed; days that can be read stand in it as
 * 2026-03-12 then.  Each problem's key is the name of the field that it is about. */
void child_form_check(const struct app *app, struct arena *arena, struct date today,
                      struct child_draft *draft, struct form_problems *ret);

/* A status that cannot begin before the child is born does not: held to a birth that is known to
 * the day, of a draft that stands otherwise. */
void child_form_check_birth(const struct app *app, const struct child_file *file,
                            const struct child_draft *draft, struct form_problems *ret);

/* The question of a fact, of the referral form's section on the child; NULL: there is none
 * that a record keeps. */
const struct question *child_question(const struct app *app, struct str key);

#endif
