#include "domain/demo_meeting.h"

#include "domain/account.h"
#include "domain/action.h"
#include "domain/demo_words.h"
#include "domain/disruption.h"
#include "domain/handover.h"
#include "domain/meeting.h"

enum { DAY_MS = 24 * 3600 * 1000, HERE_MAX = 6, DECIDED = 6 };

struct filling {
    struct app *app;
    struct arena arena;
    struct person lead;
    struct person second; /* chairs */
    struct str second_email;
    struct str forum;
    instant_ms now; /* of the real clock */
};

static enum st fail(const struct err *said, struct err *err)
{
    enum st outcome = err_set(err, said->code, "%s", said->public);
    err_detail(err, "%s", said->detail);
    return outcome;
}

static enum st step(struct filling *filling, const struct person *who, int64_t meeting,
                    int64_t item, enum meeting_action action, struct meeting_input input,
                    struct err *err)
{
    const char *field = NULL;
    struct meeting read;
    struct meeting_item row;
    struct err said = {0};
    enum st outcome =
        item ? meeting_item_read(filling->app, &filling->arena, who, item, &read, &row, &said)
             : meeting_read(filling->app, &filling->arena, who, meeting, &read, &said);
    input.version = item ? row.version : read.version;
    if (outcome == ST_OK)
        outcome = meeting_do(filling->app, who, meeting, item, action, &input, &field, &said);
    return outcome == ST_OK ? ST_OK : fail(&said, err);
}

/* --- who is there ----------------------------------------------------------------------------- */

/* The coordinator, and somebody of each sort of organisation that the quorum asks for. */
static enum st attend(struct filling *filling, int64_t id, struct err *err)
{
    struct meeting meeting;
    struct meeting_person *people = NULL;
    struct attendance_input input[MEETING_PEOPLE_MAX];
    size_t count = 0;
    size_t here = 0;
    bool chaired = false;
    enum st outcome =
        meeting_read(filling->app, &filling->arena, &filling->lead, id, &meeting, err);
    if (outcome == ST_OK)
        outcome = meeting_people(filling->app, &filling->arena, &meeting, &people, &count, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        bool lead = people[i].account == filling->lead.account;
        bool wanted = lead || demo_quorum_wants(filling->app->area, people[i].sector);
        if (!wanted && here >= HERE_MAX) continue;
        input[here] = (struct attendance_input){people[i].account,
                                                wanted     ? ATTENDS_PRESENT
                                                : here % 3 ? ATTENDS_PRESENT
                                                           : ATTENDS_APOLOGIES,
                                                false};
        if (!lead && wanted && !chaired) {
            struct db *db = store_read_begin(filling->app->store, err);
            if (!db) return ST_FAILED;
            chaired = input[here].chair = true;
            outcome = account_person_read(filling->app, db, &filling->arena, people[i].account,
                                          &filling->second, err);
            if (outcome == ST_OK)
                outcome = account_address(filling->app, db, &filling->arena, people[i].account,
                                          &filling->second_email, err);
            store_read_end(filling->app->store, db);
        }
        here++;
    }
    return outcome == ST_OK ? meeting_attend(filling->app, &filling->lead, id, input, here, err)
                            : outcome;
}

/* --- a meeting that was ----------------------------------------------------------------------- */

static const char *const decisions[DECIDED][2] = {
    {"The school keeps a place open and says when the child is not there.",
     "Two services saw the same. What is not known is who drives the car."},
    {"Police speak with the keeper of the car.",
     "It was seen three times near the same school, by people who do not know each other."},
    {"The youth service is outside the station on Fridays.",
     "It is where young people wait, and nobody who looks after them is near."},
    {"Housing looks at who pays for the flat.", "Neighbours saw young people come and go late."},
    {"The licensing team visits, with the police.",
     "Staff there want to help and do not know whom to ring."},
    {"Nothing more for now; it comes back by itself when something new fits.",
     "One report, at second hand."},
};
static const char *const tasks[DECIDED][2] = {
    {"Agree with the school whom they ring", "The school’s note of it"},
    {"Speak with the keeper of the car", "Number of the police log"},
    {"Stand outside the station on four Fridays", "A page on what was seen"},
    {"Find out who pays for the flat", "The housing file’s number"},
    {"Visit the premises together", "The licensing team’s report"},
    {"Ask the one who told whether they know more", "A note"},
};

static struct str day_text(struct filling *filling, instant_ms at)
{
    return date_iso(&filling->arena, clock_london(at).date);
}

/* Of those on the agenda the first few are decided, each with an action. */
static enum st decide(struct filling *filling, int64_t meeting, struct str email, struct err *err)
{
    struct meeting read;
    struct meeting_item *items = NULL;
    size_t count = 0;
    size_t decided = 0;
    enum st outcome =
        meeting_read(filling->app, &filling->arena, &filling->lead, meeting, &read, err);
    if (outcome == ST_OK)
        outcome = meeting_items(filling->app, &filling->arena, &filling->lead, &read, &items,
                                &count, err);
    for (size_t i = 0; i < count && decided < DECIDED && outcome == ST_OK; i++) {
        if (items[i].kind != ITEM_ENTITY) continue;
        outcome = step(filling, &filling->lead, meeting, items[i].id, MEETING_DO_DECIDE,
                       (struct meeting_input){.text = str_from(decisions[decided][0]),
                                              .second = str_from(decisions[decided][1])},
                       err);
        /* Due at once, soon, and later: some are overdue by now. */
        if (outcome == ST_OK && decided < DECIDED - 1)
            outcome = step(
                filling, &filling->lead, meeting, items[i].id, MEETING_DO_ACT,
                (struct meeting_input){
                    .text = str_from(tasks[decided][0]),
                    .second = str_from(tasks[decided][1]),
                    .email = decided % 2 ? STR("coordinator@example.org") : email,
                    .day = day_text(filling, clock_now() + (instant_ms)(6 + 7 * decided) * DAY_MS)},
                err);
        decided++;
    }
    return outcome;
}

static enum st close_one(struct filling *filling, int64_t meeting, struct err *err)
{
    struct meeting read;
    struct meeting_item *items = NULL;
    size_t count = 0;
    int64_t last = 0;
    enum st outcome =
        meeting_read(filling->app, &filling->arena, &filling->lead, meeting, &read, err);
    if (outcome == ST_OK)
        outcome = meeting_items(filling->app, &filling->arena, &filling->lead, &read, &items,
                                &count, err);
    for (size_t i = 0; i < count; i++)
        if (items[i].state == ITEM_DECIDED) last = items[i].id;
    if (outcome != ST_OK || !last) return outcome;
    struct err unseen = {0};
    outcome =
        step(filling, &filling->lead, meeting, last, MEETING_DO_CLOSE,
             (struct meeting_input){.choice = demo_outcome(filling->app->area, STR("too-little")),
                                    .text = STR("Nothing else fits so far.")},
             &unseen);
    /* few were decided, and it has an action that is not done */
    if (outcome == ST_CONFLICT) return ST_OK;
    if (outcome != ST_OK) return fail(&unseen, err);
    /* Who chairs sees it only in words, or not at all: then it waits. */
    (void)!step(filling, &filling->second, meeting, last, MEETING_DO_SIGN,
                (struct meeting_input){.choice = STR("yes"), .text = STR("Agreed.")}, &unseen);
    return ST_OK;
}

/* Who chaired reads the draft and approves it. */
static enum st approve(struct filling *filling, int64_t meeting, struct err *err)
{
    struct meeting read;
    struct meeting_minutes minutes;
    const struct person *chair = &filling->second;
    if (!chair->account) return ST_OK; /* the draft waits */
    enum st outcome = meeting_read(filling->app, &filling->arena, chair, meeting, &read, err);
    if (outcome == ST_OK)
        outcome = meeting_minutes(filling->app, &filling->arena, chair, &read, &minutes, err);
    if (outcome == ST_OK)
        outcome = step(filling, chair, meeting, 0, MEETING_DO_APPROVE,
                       (struct meeting_input){.seen = minutes.seen}, err);
    if (outcome != ST_OK) return outcome;
    return step(filling, &filling->lead, meeting, 0, MEETING_DO_CORRECT,
                (struct meeting_input){
                    .text = STR("The youth service stands outside the station on Thursdays too.")},
                err);
}

static enum st hold(struct filling *filling, instant_ms at, struct err *err)
{
    int64_t id = 0;
    clock_set(at - 6 * (instant_ms)DAY_MS);
    enum st outcome = meeting_plan(filling->app, &filling->lead, filling->forum, at,
                                   STR("County Hall, room 2"), &id, err);
    clock_set(at);
    if (outcome == ST_OK) outcome = attend(filling, id, err);
    if (outcome == ST_OK)
        outcome =
            step(filling, &filling->lead, id, 0, MEETING_DO_ADD,
                 (struct meeting_input){.choice = demo_theme(filling->app->area),
                                        .text = STR("Lifts home from the station on Fridays")},
                 err);
    struct err said = {0};
    if (outcome == ST_OK && step(filling, &filling->lead, id, 0, MEETING_DO_START,
                                 (struct meeting_input){0}, &said) != ST_OK)
        /* a small partnership: no quorum */
        return said.code == ST_CONFLICT ? ST_OK : fail(&said, err);
    if (outcome == ST_OK) outcome = decide(filling, id, STR("representative@example.org"), err);
    if (outcome == ST_OK) outcome = close_one(filling, id, err);
    clock_set(at + 2 * 3600 * 1000);
    if (outcome == ST_OK)
        outcome = step(filling, &filling->lead, id, 0, MEETING_DO_END,
                       (struct meeting_input){.choice = STR("yes")}, err);
    clock_set(at + (instant_ms)DAY_MS);
    return outcome == ST_OK ? approve(filling, id, err) : outcome;
}

/* --- what else there is ----------------------------------------------------------------------- */

static enum st measures(struct filling *filling, struct err *err)
{
    const char *field = NULL;
    int64_t id = 0;
    struct disruption_input notice = {
        .forum = filling->forum,
        .kind = demo_disruption(filling->app->area, STR("abduction-notice"), true),
        .issuer = STR("Sergeant on duty, police"),
        .subject = STR("The keeper of the silver car"),
        .child = STR("The child of the first item in the last meeting"),
        .terms = STR("Not to be with the child, nor to let the child be in the car or the flat."),
        .served = STR("3 days ago")};
    struct disruption_input closing = {
        .forum = filling->forum,
        .kind = demo_disruption(filling->app->area, STR("licence-review"), false),
        .issuer = STR("Licensing team of the council"),
        .subject = STR("The takeaway by the station"),
        .terms = STR("Staff are trained, and ring when they are worried."),
        .review = day_text(filling, filling->now + 10 * (instant_ms)DAY_MS)};
    enum st outcome = notice.kind.len
                          ? disruption_add(filling->app, &filling->lead, &notice, &id, &field, err)
                          : ST_OK;
    if (outcome == ST_OK && closing.kind.len)
        outcome = disruption_add(filling->app, &filling->lead, &closing, &id, &field, err);
    return outcome;
}

static enum st across(struct filling *filling, struct err *err)
{
    const char *field = NULL;
    size_t count = 0;
    struct str other = STR("");
    const struct area_forum *forums = area_forums(filling->app->area, &count);
    for (size_t i = 0; i < count; i++)
        if (!str_eq(forums[i].id, filling->forum)) other = forums[i].id;
    struct handover_new handed = {.from_forum = filling->forum,
                                  .to_forum = other,
                                  .kind = ITEM_THEME,
                                  .words = STR("The same car comes from your area on Fridays. We "
                                               "know who keeps it, and you know where it waits.")};
    struct handover_new urgent = {.from_forum = filling->forum,
                                  .kind = ITEM_THEME,
                                  .words =
                                      STR("A second phone was handed out near two schools today. "
                                          "Ask your schools whether they saw the same.")};
    enum st outcome =
        other.len ? handover_add(filling->app, &filling->lead, &handed, &field, err) : ST_OK;
    if (outcome == ST_OK)
        outcome = handover_add(filling->app, &filling->lead, &urgent, &field, err);
    return outcome;
}

/* The last two times at which the Forum met by its rhythm, and the next. */
static void find_times(const struct filling *filling, instant_ms ret[static 3])
{
    ret[2] = area_meeting_next(filling->app->area, filling->forum, filling->now);
    for (int i = 1; i >= 0; i--) {
        instant_ms at = ret[i + 1] - 70 * (instant_ms)DAY_MS;
        for (;;) {
            instant_ms next = area_meeting_next(filling->app->area, filling->forum, at);
            if (!next || next >= ret[i + 1]) break;
            at = next;
        }
        ret[i] = at;
    }
}

enum st demo_meetings(struct app *app, const char *coordinator, struct err *err)
{
    if (!app->area) return ST_OK;
    struct filling filling = {.app = app, .now = clock_now()};
    instant_ms time[3];
    int64_t id = 0;
    arena_init(&filling.arena, (size_t)1 << 30);
    enum st outcome =
        account_person(app, &filling.arena, str_from(coordinator), &filling.lead, err);
    if (outcome == ST_OK) filling.forum = filling.lead.forum;
    find_times(&filling, time);
    if (outcome == ST_OK) outcome = hold(&filling, time[1], err);
    clock_set(0);
    if (outcome == ST_OK)
        outcome = meeting_plan(app, &filling.lead, filling.forum, time[2],
                               STR("County Hall, room 2"), &id, err);
    struct attendance_input chair = {filling.second.account, ATTENDS_INVITED, true};
    if (outcome == ST_OK && chair.account)
        outcome = meeting_attend(app, &filling.lead, id, &chair, 1, err);
    if (outcome == ST_OK) outcome = measures(&filling, err);
    if (outcome == ST_OK) outcome = across(&filling, err);
    arena_done(&filling.arena);
    return outcome;
}

enum st demo_meetings_renew(struct app *app, const char *coordinator, struct err *err)
{
    struct filling filling = {.app = app, .now = clock_now()};
    struct meeting *list = NULL;
    size_t count = 0;
    if (!app->area) return ST_OK;
    arena_init(&filling.arena, (size_t)1 << 30);
    enum st outcome =
        account_person(app, &filling.arena, str_from(coordinator), &filling.lead, err);
    if (outcome == ST_OK)
        outcome = meeting_list(app, &filling.arena, &filling.lead, &list, &count, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++)
        if (list[i].state == MEETING_PLANNED && list[i].runs)
            outcome = step(&filling, &filling.lead, list[i].id, 0, MEETING_DO_BUILD,
                           (struct meeting_input){0}, err);
    arena_done(&filling.arena);
    return outcome;
}
