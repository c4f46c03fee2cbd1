#include "domain/demo_referral.h"

#include "domain/account.h"
#include "domain/demo_words.h"
#include "domain/referral.h"

/* An answer in the order in which it is given.  A section that repeats begins a new row where
 * its name stands with no answer; "-" is "No information available". */
struct line {
    const char *key;
    const char *answer;
};

static const struct line siblings[] = {
    {"child", NULL},
    {"child-name", "Merryn Sample"},
    {"child-birth", "14 3 2012"},
    {"child-gender", "girl"},
    {"child-school", "Carn Wartha School"},
    {"child", NULL},
    {"child-name", "Jory Sample"},
    {"child-birth", "about 9"},
    {"concern-reason",
     "Both come late, tired, and with new things that nobody at home can explain."},
    {NULL, NULL},
};
static const struct line telephoned[] = {
    {"telephoned", "yes"},
    {"telephoned-day", "yesterday"},
    {"telephoned-time", "16:50"},
    {"child", NULL},
    {"child-name", "Wella Sample"},
    {"child-safe-now", "yes"},
    {NULL, NULL},
};
static const struct line sent[] = {
    {"danger-is", "no"},
    {"referrer-role", "Form tutor"},
    {"referrer-phone", "01632 960 001"},
    {"child", NULL},
    {"child-name", "Kensa Sample"},
    {"child-birth", "2 6 2011"},
    {"child-nhs-number", "-"},
    {"child-address", "3 Example Row"},
    {"child-harmed", "possibly"},
    {"child-noticed",
     "Home late twice a week since half term, with a new phone nobody can explain."},
    {"sign-missing-or-late", "observed\nlast-6-months\nHer form tutor\nHome after ten on two "
                             "Fridays. She says a friend drove her."},
    {"sign-new-phone", "reported\nlast-6-months\nHer mother\nA black phone that rings in the "
                       "evening. Nobody at home bought it."},
    {"sign-unexplained-gifts", "suspected\nlast-6-months\n\nNew trainers, said to be borrowed."},
    {"sign-substances", "not-present\n\n\n"},
    {"sign-offending", "-"},
    {"sign-gathering-place", "reported\nlast-6-months\nA friend\nThe bus station, after school."},
    {"sign-trusted-adult",
     "observed\nearlier\nThe librarian\nShe goes to the library at lunch and talks there."},
    {"child-judgement", "find-out-more"},
    {"child-judgement-why", "Late evenings and a phone that nobody bought. Not known: who drives "
                            "the car, and what she wants to happen."},
    {"suspect", NULL},
    {"suspect-alias", "Daz"},
    {"suspect-birth", "about 25"},
    {"vehicle", NULL},
    {"vehicle-registration", "WK?? 7?B"},
    {"vehicle-make", "Vauxhall"},
    {"vehicle-model", "Corsa"},
    {"vehicle-colour", "silver"},
    {"concern-reason",
     "A silver car waits near the gate after school. Kensa gets in and does not say who drives."},
    {"concern-how-known", "saw,professional"},
    {"concern-when", "most Fridays since half term"},
    {"consent-parents", "no"},
    {"consent-untold-why", "more-risk"},
    {NULL, NULL},
};

struct writing {
    struct app *app;
    struct arena *arena;
    const struct person *who;
    int64_t id;
    int64_t version;
};

/* Of a choice: has the form all of its options? */
static bool is_answer(const struct question *question, struct str value)
{
    bool chooses = question->type == QUESTION_CHOICE || question->type == QUESTION_CHOICES;
    struct str option;
    while (chooses && value.len && !str_eq(value, STR("-")) && str_split(&value, ',', &option))
        if (!question_option_find(question, option)) return false;
    return true;
}

static enum st write_line(struct writing *writing, const struct line *line, int64_t *row,
                          struct err *err)
{
    const struct questions *form = area_referral(writing->app->area);
    if (!line->answer && !questions_find_section(form, str_from(line->key))) return ST_OK;
    if (!line->answer)
        return referral_row_add(writing->app, writing->who, writing->id, str_from(line->key), row,
                                err);
    struct referral_given given = {questions_find(form, str_from(line->key)),
                                   {ANSWER_GIVEN, str_from(line->answer)}};
    struct referral_clash clash;
    size_t clashes = 0;
    if (!given.question) return ST_OK; /* another area's form need not ask it */
    /* nor have the same options */
    if (!is_answer(given.question, given.answer.value)) return ST_OK;
    if (str_eq(given.answer.value, STR("-")))
        given.answer = (struct answer){.kind = ANSWER_UNKNOWN};
    bool repeats = form->section[given.question->section].one.len > 0;
    return referral_save(writing->app, writing->who, writing->id, repeats ? *row : 0,
                         writing->version, &given, 1, &clash, &clashes, writing->arena,
                         &writing->version, err);
}

static enum st write_one(struct writing *writing, const struct line *line, struct err *err)
{
    int64_t row = 0;
    writing->version = INT64_MAX; /* nobody else writes in it */
    enum st outcome = referral_begin(writing->app, writing->who, demo_place(writing->app->area, 0),
                                     &writing->id, err);
    for (; outcome == ST_OK && line->key; line++) outcome = write_line(writing, line, &row, err);
    return outcome;
}

enum st demo_referrals(struct app *app, const char *email, struct err *err)
{
    if (!app->area) return ST_OK;
    struct arena arena;
    struct person who;
    arena_init(&arena, 64 << 20);
    enum st outcome = account_person(app, &arena, str_from(email), &who, err);
    struct writing writing = {.app = app, .arena = &arena, .who = &who};
    if (outcome == ST_OK) outcome = write_one(&writing, siblings, err);
    if (outcome == ST_OK) outcome = write_one(&writing, telephoned, err);
    if (outcome == ST_OK) outcome = write_one(&writing, sent, err);
    if (outcome == ST_OK) outcome = referral_send(app, &who, writing.id, writing.version, err);
    arena_done(&arena);
    return outcome;
}
