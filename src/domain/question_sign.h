/*
 * question_sign: an answer that records one sign of signs.txt: how it is known, when, from
 * whom, and in words.
 *
 * Layer: domain.  Kept as four lines' worth of text: presence, period, source (a line each,
 * any may be empty) and the words, which may be several lines.  It is recorded and never
 * counted.  Everything returned borrows from the value.
 */
#ifndef PENDEEN_DOMAIN_QUESTION_SIGN_H
#define PENDEEN_DOMAIN_QUESTION_SIGN_H

#include "domain/questions.h"

/* What the keys of such questions begin with: "sign-new-phone". */
#define QUESTION_SIGN_PREFIX "sign-"

struct sign_answer {
    struct str presence; /* observed, reported, suspected, not-present; may be empty while typed */
    struct str period;   /* last-6-months, earlier; may be empty */
    struct str source;
    struct str words;
};

struct sign_answer sign_answer_of(struct str value);
/* What the fields of a form say: KEY, KEY-period, KEY-source, KEY-words. */
struct answer_typed sign_answer_read(struct arena *arena, const struct question *question,
                                     const struct answer_form *form);
/* One sentence that says what to do, empty when it can be kept. */
struct str sign_answer_check(struct arena *arena, struct str value);
/* "Observed, in the last 6 months. Source: the form tutor." and the words on lines below. */
struct str sign_answer_words(struct arena *arena, struct str value);

/* The options of every such question: how it is known, as a form says it. */
const struct question_option *sign_options(size_t *ret_count);

#endif
