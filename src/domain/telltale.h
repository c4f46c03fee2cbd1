/*
 * telltale: words of a text that may tell who said so, alone or together.
 *
 * Layer: domain.  Alone: phrases of the area pack (feedback.txt, kind source), names of people
 * of the sender's organisation, its own name, whom and what place the submission names, times
 * of the clock.  Together: kinds of them that may fit one person only when they stand near each
 * other (kind together), such as a role, a place and a time.  A prompt too many costs a glance.
 * What was found is kept only where somebody said that none of it tells (domain/forward.h), and
 * sealed.  Nothing here asks who the sender is: their name is marked as
 * that of any colleague is.
 */
#ifndef PENDEEN_DOMAIN_TELLTALE_H
#define PENDEEN_DOMAIN_TELLTALE_H

#include "domain/area.h"
#include "domain/submission.h"

/* The pack has entries of kind source with these ids, and may have more. */
#define TELLTALE_NAME "name"
#define TELLTALE_WORKPLACE "workplace"
#define TELLTALE_PLACE "place"
#define TELLTALE_TIME "time"

enum { TELLTALE_HINTS_MAX = 4000, TELLTALES_TOGETHER_MAX = 20 };

/* A phrase that tells something here and not everywhere. */
struct telltale_hint {
    struct str phrase;
    const char *kind; /* id of an entry of kind source */
};
struct telltale_hints {
    struct telltale_hint *hint;
    size_t count;
};

/* One of them; spans of a list rise and do not overlap. */
struct telltale {
    size_t start;
    size_t size;
    const struct area_reason *kind;
};
/* Those of one kind after another, within a sentence and the next. */
struct telltale_together {
    size_t start;
    size_t size;
    struct str tells;               /* "Role, place and time: who was there?" */
    struct telltale part[8];        /* one of each kind */
    size_t part_count;
};

/* What is known of a submission's organisation and of what it names.  Into the arena. */
enum st telltale_hints_read(struct app *app, struct arena *arena,
                            const struct submission *submission, struct telltale_hints *ret,
                            struct err *err) MUST_USE;

/* Both: pure, at most `maximum`; `hints` may be NULL. */
size_t telltales_find(const struct area *area, struct str text, const struct telltale_hints *hints,
                      size_t maximum, struct telltale *ret);
/* The same combination is told once for each sentence in which it begins. */
size_t telltales_together(const struct area *area, struct str text, const struct telltale *found,
                          size_t count, size_t maximum, struct telltale_together *ret);
/* Its parts as they stand in the text: "“the caretaker”, “Tuesday”". */
struct str telltale_parts(struct arena *arena, struct str text,
                          const struct telltale_together *one);

/* Both as lines to be read, those together first.  What is found several times is one line. */
struct telltale_line {
    struct str words; /* "“the caretaker”, “Tuesday”", in one line */
    struct str tells;
    int64_t times;
};
size_t telltale_lines(struct arena *arena, const struct area *area, struct str text,
                      const struct telltale_hints *hints, struct telltale_line **ret);
/* What a form holds of the lines that it showed, one a line; and whether it showed each of these,
 * as often as it is found.  Pure. */
struct str telltale_shown(struct arena *arena, const struct telltale_line *line, size_t count);
bool telltale_were_shown(struct str shown, const struct telltale_line *line, size_t count);

#endif
