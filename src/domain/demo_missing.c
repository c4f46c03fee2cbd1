#include "domain/demo_missing.h"

#include "domain/area_map.h"
#include "domain/children.h"
#include "domain/demo_words.h"
#include "domain/missing_fragment.h"

#include <stdlib.h>

enum { GIVEN_MAX = 16, CHILDREN = 6 };

static const instant_ms hour_ms = (instant_ms)3600 * 1000;

/* One episode, so many hours ago.  Calm and factual. */
struct told {
    int child;     /* place among the children that go missing here */
    int hours_ago;
    int hours;     /* how long; 0: not back yet */
    const char *sort;
    const char *seen;
    const char *found;
    const char *person;    /* with whom */
    const char *interview; /* "", "waiting", "accepted", "declined", "facts", "words", "no" */
    const char *said;      /* where the child was, in their words */
    bool vehicle;          /* a car that others have reported */
};

static const struct told story[] = {
    {0, 24 * 412, 11, "missing", "Home", "Bus station", "", "declined", "", false},
    {0, 24 * 371, 5, "missing", "School gate", "", "", "held", "", false},
    {0, 24 * 298, 14, "missing", "Home", "Bus station", "Jago", "facts",
     "At the bus station with Jago, then at a flat.", false},
    {0, 24 * 260, 7, "away", "Foster home", "", "", "declined", "", false},
    {0, 24 * 181, 26, "missing", "Foster home", "Skate park", "Jago", "words",
     "We slept at the flat above the takeaway.", false},
    {0, 24 * 139, 9, "missing", "Foster home", "Bus station", "", "no",
     "I do not want that to be told.", false},
    {0, 24 * 84, 12, "missing", "Foster home", "Skate park", "Jago", "facts",
     "With Jago again, in a car.", false},
    {0, 24 * 62, 3, "away", "Foster home", "", "", "declined", "", false},
    {0, 24 * 37, 15, "missing", "Foster home", "Bus station", "Jago", "words",
     "Jago rang, and a car came.", true},
    {0, 24 * 9, 20, "missing", "Foster home", "Railway station", "", "waiting", "", false},
    {1, 24 * 37 - 3, 16, "missing", "Home", "Retail park", "", "words",
     "A car fetched us both, I saw the plate.", true},
    {1, 24 * 5, 8, "missing", "Home", "Bus station", "Jago", "accepted", "", false},
    {2, 24 * 40, 10, "missing", "School gate", "Harbour car park", "Jago", "declined", "", false},
    {2, 24 * 7, 6, "away", "Children’s home", "", "", "", "", false},
    {3, 24 * 46, 4, "missing", "Home", "Beach car park", "", "facts", "At the beach with others.",
     false},
    {4, 30, 20, "missing", "Children’s home", "Town centre", "", "", "", false},
    {2, 5, 0, "missing", "Children’s home", "", "", "", "", false},
    {5, 22, 0, "away", "Foster home", "", "", "", "", false},
};

struct telling {
    const struct demo_missing *demo;
    struct arena *arena;
    struct missing_given given[GIVEN_MAX];
    size_t count;
    struct str plate; /* that others have reported; empty: none */
};

static void give(struct telling *telling, const char *key, struct str value)
{
    const struct question *question =
        questions_find(&area_missing(telling->demo->app->area)->form, str_from(key));
    if (question && value.len && telling->count < GIVEN_MAX)
        telling->given[telling->count++] = (struct missing_given){
            question, {ANSWER_GIVEN, demo_option(question, value, (int32_t)value.len)}};
}

static void give_instant(struct telling *telling, const char *day, const char *time, instant_ms at)
{
    struct civil civil = clock_london(at);
    give(telling, day, date_words(telling->arena, civil.date));
    if (time) give(telling, time, str_fmt(telling->arena, "%02d:%02d", civil.hour, civil.minute));
}

static enum st save(struct telling *telling, int64_t episode, const char *part, instant_ms at,
                    struct err *err)
{
    enum st outcome = missing_save(telling->demo->app, &telling->demo->officer, episode,
                                   str_from(part), telling->given, telling->count, at, err);
    telling->count = 0;
    return outcome;
}

/* One of the larger towns of the map: the same for the same number. */
static struct str some_town(const struct telling *telling, int which)
{
    enum { TOWNS = 8 };
    const struct area_map *map = area_map(telling->demo->app->area);
    size_t count = map->town_count < TOWNS ? map->town_count : TOWNS;
    return count ? map->town[(size_t)which % count].name : STR("");
}

static enum st tell_report(struct telling *telling, const struct told *told, int64_t child,
                           instant_ms since, int64_t *ret, struct err *err)
{
    give(telling, "missing-sort", str_from(told->sort));
    give_instant(telling, "missing-since-day", "missing-since-time", since);
    give(telling, "missing-reporter", STR("The carer"));
    give(telling, "missing-circumstances",
         STR("Went out after supper and did not come back at the time agreed."));
    give(telling, "missing-where", str_from(told->seen));
    give(telling, "missing-town", some_town(telling, told->child));
    give(telling, "police-reference",
         str_fmt(telling->arena, "LOG-%d", 1000 + told->hours_ago % 9000));
    give(telling, "police-band", told->hours > 12 || !told->hours ? STR("medium") : STR("low"));
    give(telling, "police-band-reasons", STR("As recorded by the police for this episode."));
    if (told->vehicle) give(telling, "missing-vehicle", telling->plate);
    struct missing_new new = {.child = child,
                              .forum = demo_forum(telling->demo->app->area, told->child % 3),
                              .at = since + hour_ms};
    enum st outcome = missing_report(telling->demo->app, &telling->demo->officer, &new,
                                     telling->given, telling->count, ret, err);
    telling->count = 0;
    return outcome;
}

static enum st tell_return(struct telling *telling, const struct told *told, int64_t episode,
                           instant_ms back, struct err *err)
{
    give_instant(telling, "return-day", "return-time", back);
    give(telling, "return-how", STR("Came back alone, tired and hungry."));
    give(telling, "found-where", str_from(told->found));
    if (told->found[0])
        give(telling, "found-town", some_town(telling, told->child + told->hours_ago % 3));
    give(telling, "found-with", str_from(told->person));
    if (told->vehicle) give(telling, "found-vehicle", telling->plate);
    return save(telling, episode, MISSING_RETURN, back + hour_ms, err);
}

static enum st tell_interview(struct telling *telling, const struct told *told, int64_t episode,
                              instant_ms back, struct err *err)
{
    struct str state = str_from(told->interview);
    instant_ms later = back + 26 * hour_ms;
    bool offered_only = str_eq(state, STR("waiting")) || str_eq(state, STR("accepted")) ||
                        str_eq(state, STR("declined"));
    if (!state.len) return ST_OK;
    give_instant(telling, "offer-day", NULL, back + hour_ms);
    give(telling, "offer-by", STR("The missing coordinator"));
    give(telling, "offer-answer", offered_only ? state : STR("accepted"));
    enum st outcome = save(telling, episode, MISSING_OFFER, back + 2 * hour_ms, err);
    if (outcome != ST_OK || offered_only) return outcome;
    give_instant(telling, "interview-day", "interview-time", later);
    give(telling, "interview-by", STR("A youth worker of the advocacy service"));
    give(telling, "interview-independent", STR("yes"));
    give(telling, "said-where", str_from(told->said));
    if (told->vehicle)
        give(telling, "said-travel",
             str_fmt(telling->arena, "In a car. The plate was %.*s.", STR_ARG(telling->plate)));
    give(telling, "wish-sharing", str_eq(state, STR("held")) ? STR("") : state);
    return save(telling, episode, MISSING_INTERVIEW, later + hour_ms, err);
}

static enum st tell(struct telling *telling, const struct told *told, int64_t child,
                    struct err *err)
{
    instant_ms since = clock_now() - told->hours_ago * hour_ms;
    instant_ms back = since + told->hours * hour_ms;
    int64_t episode = 0;
    enum st outcome = tell_report(telling, told, child, since, &episode, err);
    if (outcome == ST_OK && !told->hours) {
        give(telling, "action-what",
             STR("Friends and relatives were called. The bus company was asked."));
        give(telling, "action-by", STR("The carer"));
        outcome = save(telling, episode, MISSING_ACTION, since + 2 * hour_ms, err);
    }
    if (outcome != ST_OK || !told->hours) return outcome;
    outcome = tell_return(telling, told, episode, back, err);
    if (outcome == ST_OK) outcome = tell_interview(telling, told, episode, back, err);
    bool told_of_car =
        told->vehicle &&
        questions_find(&area_missing(telling->demo->app->area)->form, STR("said-travel"));
    if (outcome != ST_OK || !told_of_car) return outcome;
    /* What was said of the car is passed on, and meets what others have reported. */
    int64_t submission = 0;
    return missing_fragment_share(telling->demo->app, &telling->demo->officer, episode,
                                  STR("said-travel"), &submission, err);
}

static enum st prepare(struct telling *telling, int64_t child, struct err *err)
{
    give(telling, "prepared-description",
         STR("About 1.60 m, brown hair, green parka. A photo is with the carer."));
    give(telling, "prepared-medical", STR("Inhaler, always with them."));
    give(telling, "prepared-places", STR("Bus station, skate park, the library on Saturdays."));
    give(telling, "prepared-talk", STR("Give time. Ask about the dog first."));
    give(telling, "prepared-plan",
         STR("The carer rings friends first, then the police on 101. The phone of the home is "
             "answered all night."));
    enum st outcome = missing_prepare(telling->demo->app, &telling->demo->officer, child,
                                      telling->given, telling->count, 0, err);
    telling->count = 0;
    return outcome;
}

static int by_id(const void *a, const void *b)
{
    const struct child_line *left = a;
    const struct child_line *right = b;
    return (left->id > right->id) - (left->id < right->id);
}

static struct str some_plate(struct arena *arena, const struct synth_partnership *partnership)
{
    for (int32_t i = 0; i < partnership->entity_count; i++)
        if (partnership->entity[i].kind == LINK_VEHICLE)
            return str_dup(arena, str_from(partnership->entity[i].vehicle.plate));
    return STR("");
}

enum st demo_missing_fill(const struct demo_missing *demo, struct err *err)
{
    struct arena arena;
    struct child_line *child = NULL;
    if (!demo->app->area) return ST_OK;
    arena_init(&arena, 64 << 20);
    size_t count = child_scope_list(child_scope_of(demo->app, &arena, &demo->officer), &child);
    enum st outcome = ST_OK;
    /* The first two records are of one child, written down twice. */
    enum { FIRST = 2 };
    if (count >= FIRST + CHILDREN) {
        struct telling telling = {
            .demo = demo, .arena = &arena, .plate = some_plate(&arena, demo->partnership)};
        qsort(child, count, sizeof *child, by_id);
        outcome = prepare(&telling, child[FIRST].id, err);
        for (size_t i = 0; i < sizeof story / sizeof *story && outcome == ST_OK; i++)
            outcome = tell(&telling, &story[i], child[FIRST + story[i].child].id, err);
    }
    arena_done(&arena);
    return outcome;
}
