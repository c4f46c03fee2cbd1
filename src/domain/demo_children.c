#include "domain/demo_children.h"

#include "domain/area.h"
#include "domain/child_access.h"
#include "domain/demo_words.h"

enum { CHILDREN = 14 };

static const instant_ms day_ms = (instant_ms)24 * 3600 * 1000;

/* What happened, so many days ago.  Calm and factual: circumstances, never harm. */
struct moment {
    int days_ago;
    enum child_entry_kind kind;
    const char *text[5]; /* the entry's texts in order; of a note: what, who says so */
};

static const struct moment school_story[] = {
    {640, ENTRY_AGENCY, {"Godrevy Academy", "Head of year", "by the school office", "yes"}},
    {620, ENTRY_PERSON, {"The mother", "about 41", "mother", "yes", "yes"}},
    {410,
     ENTRY_SIGN,
     {"in-school", "observed", "earlier", "Head of year",
      "Came to school every day and sang in the choir."}},
    {330, ENTRY_NOTE, {"Left the choir without saying why.", "Head of year"}},
    {212,
     ENTRY_SIGN,
     {"missing-or-late", "reported", "last-6-months", "Mother",
      "Came home after eleven on three Fridays in a row and did not say from where."}},
    {205,
     ENTRY_NOTE,
     {"The mother came to the school and asked whom she could talk to. She was given the number of "
      "the parents’ helpline.",
      "School nurse"}},
    {96,
     ENTRY_SIGN,
     {"new-phone", "observed", "last-6-months", "Form tutor",
      "Has two phones since half term. Says that one is a friend’s, and switches it off when an "
      "adult comes near."}},
    {88, ENTRY_STATUS, {"early-help", "", "", ""}},
    {60,
     ENTRY_SIGN,
     {"trusted-adult", "observed", "last-6-months", "Form tutor",
      "Talks with the school librarian at lunch most days."}},
    {34,
     ENTRY_JUDGEMENT,
     {"may-be-harmed", "work-with-child",
      "Late evenings, a phone that nobody bought, friends who are not seen any more. Not known: "
      "who is met in town. For the child: the librarian, and a mother who asks."}},
    {30,
     ENTRY_PLAN,
     {"safety-plan",
      "The librarian stays the person to go to. The mother and the school tell each other when the "
      "child is late. The youth service walks the harbour on Fridays.",
      "", ""}},
    {12,
     ENTRY_NOTE,
     {"Was picked up from school by an older person in a silver car. The registration was passed "
      "on as information.",
      "Site manager"}},
};

static const struct moment care_story[] = {
    {700, ENTRY_STATUS, {"section-20", "", "", "With a foster carer in the next town."}},
    {690, ENTRY_PERSON, {"The foster carer", "about 52", "foster-carer", "no", "yes"}},
    {520, ENTRY_NOTE, {"Moved to another placement, twelve miles away.", "Social worker"}},
    {505,
     ENTRY_SIGN,
     {"in-care", "observed", "earlier", "Social worker", "Second placement within two years."}},
    {300,
     ENTRY_NOTE,
     {"Was not at the placement overnight and came back by bus in the morning. Offered a talk with "
      "somebody independent, and took it.",
      "Placement"}},
    {297,
     ENTRY_SIGN,
     {"runs-away", "reported", "earlier", "Placement",
      "The first night away. Said that they were with friends."}},
    {150,
     ENTRY_SIGN,
     {"unexplained-gifts", "observed", "last-6-months", "Foster carer",
      "New trainers and a coat. Says that they were a present."}},
    {141,
     ENTRY_JUDGEMENT,
     {"harm-not-known", "find-out-more",
      "Gifts and one night away. It is not known who gives them. The carer and the school are "
      "asked to write down what they notice."}},
    {40,
     ENTRY_NOTE,
     {"Told the carer about somebody who ‘gets me things if I bring friends along’.",
      "Foster carer"}},
    {39,
     ENTRY_SIGN,
     {"older-or-young-recruiter", "reported", "last-6-months", "Foster carer",
      "Is asked to bring friends along. The child is a victim in this: they are used to reach "
      "others."}},
    {35,
     ENTRY_PLAN,
     {"care-plan",
      "One worker for all talks. Friends of the child are looked after too. The carer has a number "
      "to call at night.",
      "", ""}},
};

static const struct moment quiet_story[] = {
    {260,
     ENTRY_NOTE,
     {"A neighbour was worried about loud visitors at night. The health visitor called.",
      "Health visitor"}},
    {250,
     ENTRY_SIGN,
     {"supported-parents", "observed", "earlier", "Health visitor",
      "The parents have joined a group and know whom to call."}},
    {240,
     ENTRY_JUDGEMENT,
     {"nothing-known-of-harm", "no-current-concern",
      "The visitors were family. What was reported is explained. If anything new comes, it is "
      "looked at afresh."}},
};

static const struct {
    const struct moment *moment;
    size_t count;
} stories[] = {{school_story, sizeof school_story / sizeof *school_story},
               {care_story, sizeof care_story / sizeof *care_story},
               {quiet_story, sizeof quiet_story / sizeof *quiet_story}};

/* Some minute of that day between nine and five. */
static instant_ms in_office_hours(int days_ago, int minute)
{
    struct civil then = clock_london(clock_now() - days_ago * day_ms);
    return clock_from_london((struct civil){
        .date = then.date, .hour = (int8_t)(9 + minute / 60 % 8), .minute = (int8_t)(minute % 60)});
}

static struct str iso_ago(struct arena *arena, int days)
{
    return date_iso(arena, clock_london(clock_now() - days * day_ms).date);
}

static struct child_draft fact(const char *key, struct str value, const char *says)
{
    struct child_draft draft = {.kind = ENTRY_FACT};
    draft.text[FACT_KEY] = str_from(key);
    draft.text[FACT_ANSWER] = STR("given");
    draft.text[FACT_VALUE] = value;
    draft.text[FACT_SAYS] = str_from(says);
    return draft;
}

/* The words of a story as the pack has them. */
static void put_in_words(const struct area *area, int turn, struct child_draft *draft)
{
    struct str *text = draft->text;
    if (draft->kind == ENTRY_SIGN) text[SIGN_ITEM] = demo_sign(area, text[SIGN_ITEM], turn);
    if (draft->kind == ENTRY_STATUS)
        text[STATUS_WORD] = demo_child_word(area, WORD_STATUS, text[STATUS_WORD], turn);
    if (draft->kind == ENTRY_PLAN)
        text[PLAN_WORD] = demo_child_word(area, WORD_PLAN, text[PLAN_WORD], turn);
    if (draft->kind != ENTRY_JUDGEMENT) return;
    text[JUDGEMENT_HARMED] = demo_child_word(area, WORD_HARMED, text[JUDGEMENT_HARMED], turn);
    text[JUDGEMENT_WORD] = demo_child_word(area, WORD_JUDGEMENT, text[JUDGEMENT_WORD], turn);
}

static void fill_texts(const struct area *area, struct arena *arena, const struct moment *moment,
                       struct child_draft *draft)
{
    *draft = (struct child_draft){.kind = moment->kind};
    for (int i = 0; i < 5; i++) draft->text[i] = str_from(moment->text[i]);
    put_in_words(area, moment->days_ago, draft);
    if (moment->kind == ENTRY_NOTE) {
        draft->text[NOTE_SAYS] = draft->text[1];
        draft->text[NOTE_DAY] = iso_ago(arena, moment->days_ago + 1);
    }
    if (moment->kind == ENTRY_STATUS) draft->text[STATUS_FROM] = iso_ago(arena, moment->days_ago);
    if (moment->kind == ENTRY_PLAN) {
        draft->text[PLAN_START] = iso_ago(arena, moment->days_ago);
        draft->text[PLAN_REVIEW] = iso_ago(arena, moment->days_ago - 33);
    }
}

/* A second person looks at the judgement of the school story and sees it differently. */
static enum st add_view(const struct demo_children *demo, int64_t child, int64_t judgement,
                        struct err *err)
{
    struct child_draft draft = {.kind = ENTRY_VIEW, .about = judgement};
    draft.text[VIEW_STANCE] = STR("disagree");
    draft.text[VIEW_WORD] = demo_child_word(demo->app->area, WORD_JUDGEMENT, STR("protect-now"), 0);
    draft.text[VIEW_REASONS] =
        STR("The car at the school gate changes the picture. I would not wait for the review.");
    return child_add(demo->app, &demo->second, child, &draft, 1, "child record added to",
                     in_office_hours(10, 95), NULL, err);
}

static enum st tell_story(const struct demo_children *demo, struct arena *arena, int which,
                          int64_t child, int number, struct err *err)
{
    enum st outcome = ST_OK;
    for (size_t i = 0; i < stories[which].count && outcome == ST_OK; i++) {
        const struct moment *moment = &stories[which].moment[i];
        struct child_draft draft;
        int64_t id = 0;
        struct moment shifted = *moment;
        if (shifted.days_ago > 100) shifted.days_ago += number * 3;
        fill_texts(demo->app->area, arena, &shifted, &draft);
        instant_ms at = in_office_hours(shifted.days_ago, number * 31 + (int)i * 47);
        outcome = child_add(demo->app, &demo->officer, child, &draft, 1, "child record added to",
                            at, &id, err);
        if (outcome == ST_OK && number == 0 && moment->kind == ENTRY_JUDGEMENT)
            outcome = add_view(demo, child, id, err);
    }
    return outcome;
}

struct made_up {
    struct str name;
    struct str birth;
    struct str nickname; /* may be empty */
};

static enum st add_child(const struct demo_children *demo, struct arena *arena,
                         const struct made_up *made, int number, int64_t *ret, struct err *err)
{
    int which = number % 3;
    struct child_draft draft[5] = {
        fact("child-name", made->name, "school"), fact("child-birth", made->birth, "school"),
        fact("child-school", STR("Godrevy Academy"), "school"),
        fact("child-whereabouts", STR("At home with the family."), "school"),
        fact("child-aliases", made->nickname, "a friend")};
    instant_ms at =
        in_office_hours(stories[which].moment[0].days_ago + number * 3 + 20, number * 17);
    enum st outcome =
        child_create(demo->app, &demo->officer, draft, made->nickname.len ? 5 : 4, at, ret, err);
    if (outcome == ST_OK) outcome = tell_story(demo, arena, which, *ret, number, err);
    if (outcome != ST_OK || number >= 2) return outcome;
    return child_access_give(demo->app, &demo->officer, *ret, str_from(demo->worker), false,
                             STR("Works with the child at school."), err);
}

/* The first one is written down again by somebody who only heard the name. */
static enum st add_again(const struct demo_children *demo, struct arena *arena,
                         const struct made_up *made, struct err *err)
{
    int64_t child = 0;
    struct child_draft again[3] = {
        fact("child-name", synth_marks_drop(arena, made->name), "hospital"),
        fact("child-birth", made->birth, "hospital"),
        fact("child-school", STR("Not known to the hospital"), "hospital")};
    return child_create(demo->app, &demo->second, again, 3, in_office_hours(3, 200), &child, err);
}

/* Somebody who was in care long ago: the time of the record is over. */
static enum st add_old_one(const struct demo_children *demo, struct err *err)
{
    struct child_draft draft[3] = {fact("child-name", STR("Zelah Trewhella"), "case file"),
                                   fact("child-birth", STR("14 May 1948"), "case file"),
                                   {.kind = ENTRY_STATUS}};
    draft[2].text[STATUS_WORD] =
        demo_child_word(demo->app->area, WORD_STATUS, STR("section-31"), 0);
    draft[2].text[STATUS_FROM] = STR("1956-09-03");
    draft[2].text[STATUS_TO] = STR("1966-05-14");
    int64_t child = 0;
    return child_create(demo->app, &demo->officer, draft, 3, in_office_hours(3650, 140), &child,
                        err);
}

enum st demo_children_fill(const struct demo_children *demo, struct err *err)
{
    if (!demo->app->area) return ST_OK;
    struct arena arena;
    arena_init(&arena, 64 << 20);
    enum st outcome = ST_OK;
    int64_t child = 0;
    int count = 0;
    for (int32_t i = 0; i < demo->partnership->entity_count && count < CHILDREN && outcome == ST_OK;
         i++) {
        const struct synth_entity *entity = &demo->partnership->entity[i];
        if (entity->kind != LINK_PERSON || !entity->person.child) continue;
        struct made_up made = {str_fmt(&arena, "%.*s %.*s", STR_ARG(entity->person.name.given),
                                       STR_ARG(entity->person.name.surname)),
                               date_words(&arena, date_from_days(entity->person.birth_day)),
                               entity->person.nickname};
        outcome = add_child(demo, &arena, &made, count, &child, err);
        if (outcome == ST_OK && !count) outcome = add_again(demo, &arena, &made, err);
        count++;
    }
    /* Whom a made-up referral is about (demo_referral.c): the referral unit knows her. */
    struct made_up known = {STR("Kensa Sample"), STR("2 June 2011"), STR("")};
    if (outcome == ST_OK) outcome = add_child(demo, &arena, &known, CHILDREN + 1, &child, err);
    if (outcome == ST_OK) outcome = add_old_one(demo, err);
    arena_done(&arena);
    return outcome;
}
