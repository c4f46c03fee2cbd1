/*
 * questions: a form that an area pack writes: sections, steps (a page each) and
 * questions, with what counts as an answer to each.
 *
 * Layer: domain (needs base, link and area_text).  The referral form is one
 * (referral.txt), and so may be any other file of the same shape.  Read once,
 * then only read, by any thread; everything belongs to the arena it was read
 * into.
 *
 *     [child]                      a section: a line of the task list
 *     section = The child
 *     part = Children              heading under which it stands
 *     source = Where it comes from
 *     one = child                  repeats: one child after another
 *     named-by = child-name        the answer that a row is known by
 *     [child-who]                  a step: a page
 *     step = Who is this child?
 *     [child-name]                 a question of that page
 *     question = Name
 *     type = name
 *     mention = name               what its answer is to the engine
 *
 *     [signs-circumstances]        a step that asks each item of a vocabulary of signs.txt
 *     step = What may make this child easier to target?
 *     signs = circumstance
 *
 * A section with `of = child` is asked once for each row of that section.
 *
 * An answer is given, or "No information available", or "Not applicable", or
 * there is none yet.  What was typed is kept as it was typed (cleaned of bytes
 * that are no text), whatever it is read as.
 */
#ifndef PENDEEN_DOMAIN_QUESTIONS_H
#define PENDEEN_DOMAIN_QUESTIONS_H

#include "base/clock.h"
#include "base/err.h"
#include "domain/area_text.h"
#include "link/mention.h"

enum question_type {
    QUESTION_LINE,         /* up to 400 bytes */
    QUESTION_TEXT,         /* running text, up to 20,000 bytes */
    QUESTION_NAME,         /* of a person: letters in it */
    QUESTION_ADDRESS,      /* a few lines */
    QUESTION_ORGANISATION, /* like a line */
    QUESTION_BIRTH,        /* a date of birth, an age, in part, or "due" and a date */
    QUESTION_DAY,          /* a day or days, as people write them (domain/when.h) */
    QUESTION_TIME,         /* 16:50, 4.50pm */
    QUESTION_PHONE,
    QUESTION_EMAIL,
    QUESTION_NHS_NUMBER,   /* ten digits whose last is the check digit */
    QUESTION_POSTCODE,     /* loosely; a district alone will do */
    QUESTION_REGISTRATION, /* of a vehicle; parts are welcome */
    QUESTION_YES_NO,       /* "yes", "no" */
    QUESTION_CHOICE,       /* the id of one option */
    QUESTION_CHOICES,      /* ids of options, parted by commas, in the order of the pack */
    QUESTION_SIGN,         /* of a step with 'signs = kind': domain/question_sign.h */
    QUESTION_TYPES
};

enum {
    QUESTION_LINE_MAX = 400,   /* bytes of anything but a text */
    QUESTION_TEXT_MAX = 20000, /* bytes */
    QUESTION_OPTIONS_MAX = 40,
    QUESTION_ROWS_MAX = 20, /* of a section that repeats */
    QUESTIONS_MAX = 400,    /* of one file */
};

struct question_option {
    struct str id;
    struct str label;
    bool danger; /* a child may be in danger now: 999 before anything else */
};

struct question {
    struct str key; /* unique in the file */
    struct str label;
    struct str hint; /* may be empty */
    struct str prompt; /* of a sign: a question that helps to look closer; may be empty */
    enum question_type type;
    const struct question_option *option;
    size_t option_count;
    bool unknown;        /* offers "No information available" */
    bool not_applicable; /* offers "Not applicable" */
    bool blocking;       /* without it nobody can act: asked again before sending */
    bool past;           /* a day that cannot be after today */
    bool parts;          /* a phone number of which parts are welcome */
    /* What it becomes: a field of a mention.  LINK_FIELDS: of none.  Answers of one row
     * with the same `thing` make one mention; a thing that has a field of another kind
     * makes one of each kind. */
    enum link_field mention;
    struct str thing;
    size_t step; /* places in the set */
    size_t section;
};

struct question_step {
    struct str key;
    struct str title;
    struct str lead; /* a sentence above the questions; may be empty */
    size_t first;    /* its questions in the set */
    size_t count;
    size_t section;
    /* Asked only when an earlier question of the same section has one of these answers;
     * `only_if` is empty: always. */
    struct str only_if;
    struct str only_is; /* option ids, parted by spaces */
};

struct question_section {
    struct str key;
    struct str title;
    struct str part; /* heading in the task list; empty: that of the section before */
    struct str lead;
    struct str source;   /* where it comes from, for whoever maintains the pack */
    struct str one;      /* "child": it repeats; empty: it does not */
    struct str named_by; /* key of the question that names a row */
    struct str of;       /* key of the section whose rows are its rows too; empty: its own */
    size_t first;        /* its steps in the set */
    size_t count;
};

struct questions {
    struct str title;
    const struct question_section *section;
    size_t section_count;
    const struct question_step *step;
    size_t step_count;
    const struct question *question;
    size_t question_count;
};

/* Makes the form out of a file of the pack and checks it: ST_INVALID with file, line and
 * reason.  Everything borrows from `text`. */
enum st questions_read(struct arena *arena, struct area_text *text, struct questions *ret,
                       struct err *err) MUST_USE;
/* Of a pack whose signs its steps may ask. */
struct area_sign;
enum st questions_read_with_signs(struct arena *arena, struct area_text *text,
                                  const struct area_sign *sign, size_t sign_count,
                                  struct questions *ret, struct err *err) MUST_USE;
/* Key of the section whose rows a section has. */
struct str question_rows_of(const struct question_section *section);

/* NULL: there is none of that key. */
const struct question *questions_find(const struct questions *set, struct str key);
const struct question_step *questions_find_step(const struct questions *set, struct str key);
const struct question_section *questions_find_section(const struct questions *set, struct str key);
const struct question_option *question_option_find(const struct question *question, struct str id);

/* --- answers ------------------------------------------------------------------------ */

enum answer_kind { ANSWER_NONE, ANSWER_GIVEN, ANSWER_UNKNOWN, ANSWER_NOT_APPLICABLE, ANSWER_KINDS };

struct answer {
    enum answer_kind kind;
    struct str value; /* of one that is given; never empty then */
};

/* "", "given", "unknown", "not-applicable": as forms and the store write them. */
const char *answer_kind_name(enum answer_kind kind);
bool answer_kind_from_name(struct str name, enum answer_kind *ret);

/* What a form holds of one question: its fields are named KEY, KEY-OPTION (choices) and
 * KEY-none-unknown, KEY-none-not-applicable (tick boxes). */
struct answer_typed {
    struct str value; /* of choices: ids parted by commas */
    bool unknown;
    bool not_applicable;
};
/* How a form's fields are asked for: the value of that name, or the empty text. */
struct answer_form {
    struct str (*value)(const void *context, struct str name);
    const void *context;
};
struct answer_typed answer_typed_read(struct arena *arena, const struct question *question,
                                      const struct answer_form *form);
/* What the form holds when it is drawn of an answer that was kept. */
struct answer_typed answer_typed_of(const struct answer *answer);

/* One sentence that says what to do, empty when it can be kept; *ret is written then.  Dates
 * are held to `today`. */
struct str answer_check(struct arena *arena, const struct question *question, struct date today,
                        const struct answer_typed *typed, struct answer *ret);

/* The answer in words: labels of options, "No information available", "Not answered". */
struct str answer_words(struct arena *arena, const struct question *question,
                        const struct answer *answer);
/* What of an answer is running text, in which names and words that blame are looked for: empty for
 * any other sort. */
struct str answer_text(const struct question *question, struct str value);
/* What of an answer somebody wrote in words of their own, running text or a line: empty for what
 * was chosen. */
struct str answer_typed_words(const struct question *question, struct str value);
/* How a date was understood: "14 March 2012"; empty for what is no date, or says it itself. */
struct str answer_read_as(struct arena *arena, const struct question *question, struct date today,
                          const struct answer *answer);
/* The same answer for whoever keeps it: a day that moves with the reader ("yesterday", "12/3") is
 * the day it was when it was told, in words that say the same ever after; anything else is as
 * it was. */
struct answer answer_settled(struct arena *arena, const struct question *question, struct date told,
                             struct answer answer);
/* Does it say that a child may be in danger now?  By the option that was chosen; words are
 * danger.h's. */
bool answer_is_danger(const struct question *question, const struct answer *answer);

/* Is a step asked, when the question `step->only_if` has this answer (NULL: none yet)? */
bool question_step_asked(const struct question_step *step, const struct answer *answer);

/* "16:50", "4.50 pm", "4pm", "noon": minutes after midnight. */
bool time_of_day_read(struct str text, int *ret_minutes);

/* Ten digits, spaces and dashes apart, with a right check digit (NHS Data Dictionary, NHS
 * NUMBER: weights 10 to 2, eleven less the remainder by 11; 10 is never issued).  Writes them
 * as "943 476 5919". */
enum { NHS_NUMBER_SIZE = 13 };
bool nhs_number_read(struct str text, char ret[static NHS_NUMBER_SIZE]);

#endif
