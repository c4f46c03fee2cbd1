#include "domain/demo_pattern.h"

#include "base/arena.h"
#include "base/clock.h"
#include "domain/chart_view.h"
#include "domain/demo_words.h"
#include "domain/entity.h"
#include "domain/pattern.h"
#include "domain/submission.h"

enum { NAMED_MAX = 3 };

/* Calm and factual; nobody's name, plate or number (src/synth/README.md). */
static const struct told {
    int days_ago;
    const char *when;
    const char *narrative;
    const char *plate;
    const char *venue;
    const char *phone;
    const char *person[NAMED_MAX];
} story[] = {
    {44, "Friday about 5",
     "A silver Corsa, WK86 HZD, waits by Tolgarrick Takeaway while pupils come past.",
     "WK86 HZD", "Tolgarrick Takeaway", NULL, {0}},
    {37, "Friday 17:20",
     "The same car again at Tolgarrick Takeaway, WK86 HZD. The driver talks with some of them.",
     "WK86 HZD", "Tolgarrick Takeaway", NULL, {0}},
    {23, "Friday at half past 5",
     "Silver car WK86 HZD outside Tolgarrick Takeaway. Two young people sat in the back.",
     "WK86 HZD", "Tolgarrick Takeaway", NULL, {0}},
    {120, "In the afternoon",
     "Denzel Carrick gives out his number, 07700 900777, at the bus stop.",
     NULL, NULL, "07700 900777", {"Denzel Carrick"}},
    {101, "",
     "Denzel Carrick was rung on 07700 900777 and went off at once.",
     NULL, NULL, "07700 900777", {"Denzel Carrick"}},
    {30, "",
     "The number 07700 900777 is answered by somebody called Marek Halloran.",
     NULL, NULL, "07700 900777", {"Marek Halloran"}},
    {170, "",
     "Silas Penrice and Bryony Coad were seen in WK87 LFT at the harbour.",
     "WK87 LFT", NULL, NULL, {"Silas Penrice", "Bryony Coad"}},
    {52, "",
     "Silas Penrice had Owen Maddern with him in WK87 LFT.",
     "WK87 LFT", NULL, NULL, {"Silas Penrice", "Owen Maddern"}},
    {31, "",
     "WK87 LFT dropped Katya Dunstan off at the retail park.",
     "WK87 LFT", NULL, NULL, {"Katya Dunstan"}},
    {12, "",
     "Somebody called Yusuf Trembath drove WK87 LFT.",
     "WK87 LFT", NULL, NULL, {"Yusuf Trembath"}},
};

static struct mention_draft *add_mention(struct submission_draft *draft, enum link_kind kind,
                                         enum link_field field, const char *value)
{
    struct mention_draft *mention = &draft->mention[draft->mention_count++];
    *mention = (struct mention_draft){.kind = kind, .span_start = -1, .span_end = -1};
    mention->field[field] = str_from(value);
    return mention;
}

static enum st tell(struct app *app, const struct person *who, struct arena *arena, int number,
                    int64_t *ret, struct err *err)
{
    static const instant_ms day_ms = (instant_ms)24 * 3600 * 1000;
    const struct told *told = &story[number];
    instant_ms at = clock_now() - told->days_ago * day_ms;
    /* Back to a Friday; 1 January 1970 was a Thursday. */
    if (str_starts(str_from(told->when), STR("Friday"))) at -= (clock_day(at) + 6) % 7 * day_ms;
    struct date day = clock_london(at).date;
    struct submission_draft draft = {
        .idempotency_key = str_fmt(arena, "synthetic-pattern-%d", number),
        .narrative = str_from(told->narrative),
        .when_text = str_from(told->when),
        .seen_from = day,
        .seen_to = day,
        .how_known = HOW_SAW,
        .handling = demo_handling(app->area, HANDLING_OPEN),
        .mention = arena_many(arena, MENTIONS_MAX, struct mention_draft)};
    if (told->plate) add_mention(&draft, LINK_VEHICLE, LINK_REGISTRATION, told->plate);
    if (told->venue) {
        struct mention_draft *place = add_mention(&draft, LINK_PLACE, LINK_VENUE, told->venue);
        place->field[LINK_ADDRESS] =
            str_fmt(arena, "14 Tolgarrick Road, %.*s", STR_ARG(demo_town(app->area, 0, 3)));
        place->field[LINK_POSTCODE] = STR("TR64 9ZZ");
    }
    if (told->phone) add_mention(&draft, LINK_PHONE, LINK_NUMBER, told->phone);
    for (int i = 0; i < NAMED_MAX && told->person[i]; i++)
        add_mention(&draft, LINK_PERSON, LINK_NAME, told->person[i]);
    struct submission_how how = {.created_at = at, .shared_at = at + day_ms / 3};
    struct submission_receipt receipt;
    enum st outcome = submission_share_how(app, who, &draft, &how, &receipt, err);
    *ret = receipt.id;
    return outcome;
}

/* The car of the last of them, as an analyst keeps it for the others. */
static enum st keep_view(struct app *app, struct arena *arena, const struct person *analyst,
                         int64_t submission, struct err *err)
{
    int64_t *mention = NULL;
    int64_t id = 0;
    struct chart_view view = {.name = STR("Who goes in WK87 LFT"), .shared = true};
    if (!entity_mentions_of(app->entities, arena, submission, &mention)) return ST_OK;
    view.ask.seed[view.ask.seed_count++] = mention[0];
    return chart_view_save(app, analyst, &view, &id, err);
}

/* What the analyst said of the group that grows: so it is a theme of the next agenda. */
static enum st accept_one(struct app *app, struct arena *arena, const struct person *analyst,
                          struct err *err)
{
    struct pattern *list = NULL;
    size_t count = 0;
    struct pattern_filter filter = {.kind = PATTERN_GROWING, .state = PATTERNS_OPEN};
    enum st outcome = pattern_list(app, arena, analyst, &filter, &list, &count, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        if (str_find(list[i].fact, STR("WK87 LFT"), 0) < 0) continue;
        return pattern_answer(app, analyst, list[i].id, true,
                              STR("The Forums should know who is new in that car, and since when."),
                              err);
    }
    return outcome;
}

enum st demo_patterns(struct app *app, const struct person *person, size_t count,
                      const struct person *analyst, struct err *err)
{
    struct arena arena;
    arena_init(&arena, 64 << 20);
    int64_t last = 0;
    enum st outcome = ST_OK;
    for (int i = 0; i < (int)(sizeof story / sizeof *story) && outcome == ST_OK; i++)
        outcome = tell(app, &person[(size_t)(i * 5) % count], &arena, i, &last, err);
    if (outcome == ST_OK) outcome = patterns_look(app, err);
    if (outcome == ST_OK) outcome = keep_view(app, &arena, analyst, last, err);
    if (outcome == ST_OK) outcome = accept_one(app, &arena, analyst, err);
    arena_done(&arena);
    return outcome;
}
