#include "domain/demo_location.h"

#include "domain/account.h"
#include "domain/demo_words.h"
#include "domain/location.h"

enum { GIVEN_MAX = 12 };

static const instant_ms day_ms = (instant_ms)24 * 3600 * 1000;

/* Calm and factual; places that nobody has. */
static const struct {
    const char *name, *kind;
    int32_t forum, town; /* places in the pack; -1: online */
    enum handling_rule handling;
    const char *position; /* for a pack with towns that there are */
    const char *harm, *guardians, *done, *by, *worked, *how;
    int review; /* days from now; 0: none */
} places[] = {
    {"Lantern Quay Bus Station", "station", 1, 0, HANDLING_OPEN, "50.2611, -5.0529",
     "Young people wait here late in the evening. Adults whom nobody knows offer lifts and phones.",
     "The evening supervisor and two drivers know many of the young people by name.",
     "Lights were mended; drivers were told whom to ring.", "The bus company and community safety",
     "partly", "Staff see fewer cars that wait. Young people say the shelter is still dark.", 20},
    {"Gannet Skate Park", "park", 1, 1, HANDLING_OPEN, "",
     "Phones and vapes are given away at the weekend.",
     "A youth worker comes on Fridays. Parents of the judo club pass by.", "", "", "", "", 0},
    {"Cormorant Kebab", "takeaway", 0, 0, HANDLING_OPEN, "50.1201, -5.5352",
     "Young people are let into the upstairs flat after closing.",
     "Nobody. The shop next door has a camera.", "The licence was looked at with the council.",
     "Council licensing", "no", "It was busy again after two weeks.", -3},
    {"Compass Shopping Centre", "shopping-centre", 0, 4, HANDLING_FORUM, "",
     "Children who are not in school are spoken to by the same adults.",
     "Centre security, who were shown what to look for.", "Security and the school share a number.",
     "The centre and the academy", "yes", "Security rang twice, and the school came.", 60},
    {"Harbour Lodge", "hotel", 1, 3, HANDLING_MARU_POLICE, "50.4154, -5.0801",
     "Rooms were booked by adults for young people who did not know them.", "The night porter.",
     "Staff were trained; an adult who books for a child is asked why.", "The hotel and the police",
     "early", "", 35},
    {"Pasty Lane Car Park", "car-park", 2, 0, HANDLING_OPEN, "",
     "Cars wait without lights when school ends.", "The parking warden until six.", "", "", "", "",
     0},
    {"Starboard game, room ‘harbour’", "online", 1, -1, HANDLING_OPEN, "",
     "Adults ask children for photos of their school.",
     "Moderators of the game answer within a day.", "The room was reported to the company.",
     "A school’s safeguarding lead", "moved", "It went on in another room.", 10},
    {"The Bell Buoy", "pub", 1, 4, HANDLING_OPEN, "50.3391, -4.7868",
     "Older young people are served and driven home by strangers.", "Door staff at the weekend.",
     "Door staff were given a card with whom to ring.", "Licensing and the landlord", "partly",
     "Two calls since.", 45},
};

struct telling {
    struct app *app;
    struct person who;
    struct location_given given[GIVEN_MAX];
    size_t count;
};

static void give(struct telling *telling, const char *key, struct str value)
{
    const struct question *question =
        questions_find(area_location_form(telling->app->area), str_from(key));
    if (question && value.len && telling->count < GIVEN_MAX)
        telling->given[telling->count++] = (struct location_given){
            question, {ANSWER_GIVEN, demo_option(question, value, (int32_t)value.len)}};
}

static enum st save(struct telling *telling, const struct person *who, int64_t id, const char *part,
                    int64_t *version, instant_ms at, struct err *err)
{
    struct location_save save = {.section = str_from(part), .version = *version, .at = at};
    enum st outcome = telling->count ? location_save(telling->app, who, id, &save, telling->given,
                                                     telling->count, err)
                                     : ST_OK;
    if (telling->count) (*version)++;
    telling->count = 0;
    return outcome;
}

static enum st tell(struct telling *telling, struct arena *arena, size_t i, instant_ms now,
                    struct err *err)
{
    const struct area *area = telling->app->area;
    const struct person *who = &telling->who;
    instant_ms at = now - (instant_ms)(70 - 7 * (int)i) * day_ms;
    int64_t id = 0;
    int64_t version = 1;
    give(telling, "location-name", str_from(places[i].name));
    give(telling, "location-kind", str_from(places[i].kind));
    give(telling, "location-town",
         places[i].town < 0 ? STR("") : demo_town(area, places[i].forum, places[i].town));
    give(telling, "location-position",
         demo_is_somewhere(area) ? str_from(places[i].position) : STR(""));
    struct location_new new = {.forum = demo_forum(area, places[i].forum),
                               .handling = demo_handling(area, places[i].handling),
                               .at = at};
    enum st outcome =
        location_add(telling->app, who, &new, telling->given, telling->count, &id, err);
    telling->count = 0;
    give(telling, "harm-happens", str_from(places[i].harm));
    if (outcome == ST_OK)
        outcome = save(telling, who, id, LOCATION_HARM, &version, at + day_ms, err);
    give(telling, "safety-guardians", str_from(places[i].guardians));
    if (outcome == ST_OK)
        outcome = save(telling, who, id, LOCATION_SAFETY, &version, at + 2 * day_ms, err);
    give(telling, "action-what", str_from(places[i].done));
    give(telling, "action-by", str_from(places[i].by));
    if (outcome == ST_OK)
        outcome = save(telling, who, id, LOCATION_ACTION, &version, at + 9 * day_ms, err);
    if (places[i].review) {
        int32_t day = clock_day(now) + places[i].review;
        give(telling, "worked-answer", str_from(places[i].worked));
        give(telling, "worked-how", str_from(places[i].how));
        give(telling, "review-day", date_words(arena, date_from_days(day)));
    }
    if (outcome == ST_OK)
        outcome = save(telling, who, id, LOCATION_WORKED, &version, at + 15 * day_ms, err);
    return outcome;
}

enum st demo_locations(struct app *app, const char *analyst, struct err *err)
{
    struct arena arena;
    if (!app->area) return ST_OK;
    arena_init(&arena, 64 << 20);
    struct telling telling = {.app = app};
    instant_ms now = clock_now();
    enum st outcome = account_person(app, &arena, str_from(analyst), &telling.who, err);
    for (size_t i = 0; i < sizeof places / sizeof *places && outcome == ST_OK; i++)
        outcome = tell(&telling, &arena, i, now, err);
    arena_done(&arena);
    return outcome;
}
