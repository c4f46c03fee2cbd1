/*
 * page_part: one part (a section) of a form of the area pack on one page: drawn, read back, with
 * what is wrong, words of danger, and what somebody else kept meanwhile.
 *
 * Layer: web.  Missing episodes and locations of concern are written down by it.
 */
#ifndef PENDEEN_WEB_PAGE_PART_H
#define PENDEEN_WEB_PAGE_PART_H

#include "domain/form_problems.h"
#include "web/layout.h"
#include "web/page_questions.h"

enum { FORM_PART_QUESTIONS_MAX = 60 };

struct form_part {
    const struct questions *form;
    const struct question_section *section;
    struct question_draw draw[FORM_PART_QUESTIONS_MAX];
    struct answer answer[FORM_PART_QUESTIONS_MAX]; /* as read; right when form_part_read says so */
    size_t count;
    size_t also; /* the last so many are of another section, and are drawn first, under */
    struct str also_title;
    struct url back;
    struct url action;
    struct str caption;
    struct str problem; /* of the part as a whole */
    struct str danger;  /* words that say so */
    struct url see;       /* what the problem is about, under `see_words`; empty: nothing */
    struct str see_words;
    struct str version; /* empty: none is held to */
    struct html extra;  /* more of the form, below the questions */
};

/* `advises` NULL: language is advised on in every question. */
void form_part_begin(const struct questions *form, const char *section,
                     bool (*advises)(const struct question *), struct form_part *part);
/* Asks a question of another section too.  None: there is no such question. */
void form_part_also(struct form_part *part, const char *key);
/* The form holds what was kept; `context` NULL: nothing was. */
void form_part_kept(struct request *request,
                    struct answer (*answer)(const void *context, struct str key),
                    const void *context, struct form_part *part);
/* What was typed; a question whose answer cannot be kept says so. */
void form_part_read(struct request *request, struct form_part *part);
/* What is wrong with the whole, at the question of that key, unless that
 * has something of its own. */
void form_part_wrong(struct form_part *part, struct str problem, struct str key);
void form_part_wrong_all(struct form_part *part, const struct form_problems *problems);
/* Can it be kept?  Not when something is wrong, nor before words of danger were answered. */
bool form_part_stands(struct request *request, const struct form_part *part);
void form_part_page(struct request *request, struct response *response,
                    const struct form_part *part);

#endif
