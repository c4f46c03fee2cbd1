#include "domain/demo_forward.h"

#include "domain/account.h"
#include "domain/demo_words.h"
#include "domain/extract.h"
#include "domain/maru.h"

enum { HOUR = 3600 * 1000, NO_ONE = -1 };

enum done { WAITS, ASKED, ANSWERED, HELD, RETURNED, WITHDRAWN, SENT, GIVEN_BACK };
/* In the order in which they came. */
static const struct story {
    int hours_ago;
    enum done done;
    int adds_to; /* place in this table */
    bool by_name;
    const char *words;
    const char *more; /* a question, a note, the unit's words */
    const char *answer;
} stories[] = {
    {230, RETURNED, NO_ONE, false,
     "Two things: a van by the tennis courts, and somebody who sells vapes at the bus stop.",
     "Please share the van and the vapes each by itself.", ""},
    {150, HELD, NO_ONE, false,
     "A pupil in my tutor group says a man called Jago offers lifts home from the leisure centre "
     "on Wednesdays.",
     "I speak with the head of year first.", ""},
    {100, ANSWERED, NO_ONE, true,
     "A silver Corsa, WK?? 7?B, waited outside the back gate at lunch and left when I walked over.",
     "Was anybody in it with the driver?", "Nobody that I could see."},
    {74, GIVEN_BACK, NO_ONE, false,
     "Young people meet in the flat over the launderette in @, most Fridays. I live across the "
     "road.",
     "No child is named yet. It is for the Forum.", ""},
    {30, WAITS, 2, true, "The silver Corsa was there again, and this time the plate ended in B.",
     "", ""},
    {28, ASKED, NO_ONE, false,
     "The caretaker found three new phones in a bag behind the sports hall on Monday.",
     "Does the caretaker know that you told us?", ""},
    {20, WITHDRAWN, NO_ONE, false, "A lad on a scooter hangs about the quay.", "", ""},
    {5, SENT, NO_ONE, false,
     "A girl in year 9 has not come home since Saturday, and her friends say that she is being "
     "held in a house in @.",
     "", ""},
};
enum { STORIES = sizeof stories / sizeof *stories };

struct telling {
    struct app *app;
    struct arena arena;
    struct person practitioner;
    struct person representative;
    struct person officer;
    int64_t made[STORIES];
    instant_ms now;
};

/* Words in which '@' stands for a town of the area. */
static struct str in_town(struct telling *telling, const char *words)
{
    struct str rest = str_from(words);
    ptrdiff_t at = str_find(rest, STR("@"), 0);
    if (at < 0) return rest;
    struct str town = demo_town(telling->app->area, 0, 3);
    return str_fmt(&telling->arena, "%.*s%.*s%.*s", (int)at, rest.ptr, STR_ARG(town),
                   STR_ARG(str_sub(rest, (size_t)at + 1, rest.len)));
}

static enum st share(struct telling *telling, int which, struct err *err)
{
    const struct story *story = &stories[which];
    struct mention_draft mention[MENTIONS_MAX];
    struct str words = in_town(telling, story->words);
    struct date today = clock_london(clock_now()).date;
    struct submission_draft draft = {
        .idempotency_key = str_fmt(&telling->arena, "synthetic-way-%d", which),
        .narrative = words,
        .how_known = HOW_SAW,
        .mention = mention,
        .mention_count = extract_mentions(&telling->arena, words, today, mention, MENTIONS_MAX)};
    struct submission_how how = {.by_name = story->by_name,
                                 .adds_to =
                                     story->adds_to == NO_ONE ? 0 : telling->made[story->adds_to]};
    struct submission_receipt receipt;
    enum st outcome =
        submission_share_how(telling->app, &telling->practitioner, &draft, &how, &receipt, err);
    if (outcome == ST_OK) telling->made[which] = receipt.id;
    return outcome;
}

static enum st send_on(struct telling *telling, int64_t id, bool back, const char *words,
                       struct err *err)
{
    struct maru_sending sending = {
        .words = {.narrative = in_town(telling, "A girl in year 9 has not come home since "
                                                "Saturday. She may be held in a house in @.")},
        .answer = {[MARU_WHAT] = STR_INIT("What was seen and where. Not who said so."),
                   [MARU_TO] = demo_place(telling->app->area, 0),
                   [MARU_WHY] = STR_INIT("To find her, and to see whether she is safe."),
                   [MARU_NECESSARY] = STR_INIT("Nobody else can look into it today."),
                   [MARU_PROPORTIONATE] =
                       STR_INIT("It names nobody who is not needed to find her.")},
        .looked = true};
    if (back)
        sending.words.narrative = in_town(
            telling, "Young people meet in the flat over the launderette in @, most Fridays.");
    struct maru_case *sent = NULL;
    size_t count = 0;
    enum st outcome = maru_send(telling->app, &telling->representative, id, &sending, err);
    if (outcome == ST_OK)
        outcome = maru_of_submission(telling->app, &telling->arena, id, &sent, &count, err);
    if (outcome != ST_OK || !back) return outcome;
    clock_set(clock_now() + 3 * HOUR);
    return maru_answer(telling->app, &telling->officer, sent[0].id, sent[0].revision,
                       STR(AREA_MARU_BACK), str_from(words), err);
}

static enum st tell(struct telling *telling, int which, struct err *err)
{
    const struct story *story = &stories[which];
    struct app *app = telling->app;
    const struct person *by = &telling->representative;
    struct str more = str_from(story->more);
    instant_ms came = telling->now - (instant_ms)story->hours_ago * HOUR;
    clock_set(came);
    enum st outcome = share(telling, which, err);
    int64_t id = telling->made[which];
    clock_set(came + HOUR);
    if (outcome == ST_OK && story->done == WITHDRAWN)
        return submission_withdraw(app, &telling->practitioner, id, err);
    if (outcome != ST_OK || story->done == WAITS) return outcome;
    outcome = forward_opened(app, id, err);
    clock_set(came + 2 * HOUR);
    if (outcome == ST_OK && (story->done == ASKED || story->done == ANSWERED))
        outcome = forward_ask(app, by, id, more, err);
    if (outcome == ST_OK && story->done == HELD)
        outcome = forward_hold(app, by, id,
                               demo_reason(app->area, AREA_REASON_HOLD, STR("could-tell-who")),
                               more, err);
    if (outcome == ST_OK && story->done == RETURNED)
        outcome = forward_return(app, by, id,
                                 demo_reason(app->area, AREA_REASON_RETURN, STR("several-matters")),
                                 more, err);
    if (outcome == ST_OK && (story->done == SENT || story->done == GIVEN_BACK))
        outcome = send_on(telling, id, story->done == GIVEN_BACK, story->more, err);
    clock_set(came + 4 * HOUR);
    if (outcome == ST_OK && story->done == ANSWERED)
        outcome = forward_answer(app, &telling->practitioner, id, 0, str_from(story->answer), err);
    return outcome;
}

enum st demo_forward_fill(struct app *app, const struct demo_forward *people, struct err *err)
{
    if (!app->area) return ST_OK;
    struct telling telling = {.app = app, .now = clock_now()};
    arena_init(&telling.arena, 64 << 20);
    enum st outcome = account_person(app, &telling.arena, str_from(people->practitioner),
                                     &telling.practitioner, err);
    if (outcome == ST_OK)
        outcome = account_person(app, &telling.arena, str_from(people->representative),
                                 &telling.representative, err);
    if (outcome == ST_OK)
        outcome =
            account_person(app, &telling.arena, str_from(people->officer), &telling.officer, err);
    for (int i = 0; i < STORIES && outcome == ST_OK; i++) outcome = tell(&telling, i, err);
    clock_set(0);
    arena_done(&telling.arena);
    return outcome;
}
