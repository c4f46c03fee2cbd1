/* What analysts keep of an entity: relations, notes, and what they watch. */
#include "domain/chart.h"
#include "domain/decision.h"
#include "domain/entity_seen.h"
#include "domain/forum_news.h"
#include "domain/grade.h"
#include "domain/home.h"
#include "domain/mail.h"
#include "domain/meeting.h"
#include "domain/note.h"
#include "domain/profile.h"
#include "domain/relation.h"
#include "domain/watch.h"

#include "partnership.h"

static const struct cast cast[] = {
    {"Sender", "Mid School", "education", ROLE_representative},
    {"Police analyst", "Mid Police", "police", ROLE_analyst},
    {"Second analyst", "Mid Police", "police", ROLE_analyst},
    {"School analyst", "Mid Youth", "youth-service", ROLE_analyst},
    {"Coordinator", "Mid Youth", "youth-service", ROLE_coordinator},
    {"Social worker", "Mid Social Care", "social-care", ROLE_representative},
};
enum { SENDER, POLICE, SECOND, YOUTH, COORDINATOR, WORKER, PEOPLE };
static struct person people[PEOPLE];

static int open_all(void **state)
{
    (void)state;
    char folder[64];
    open_partnership(256 << 20, folder);
    add_people(cast, PEOPLE, people);
    return 0;
}

/* A person and, where it is not empty, a car. */
static int64_t share_by(const struct person *who, const char *key, const char *handling,
                        const char *name, const char *plate)
{
    struct mention_draft mention[2] = {{.kind = LINK_PERSON, .span_start = -1, .span_end = -1},
                                       {.kind = LINK_VEHICLE, .span_start = -1, .span_end = -1}};
    mention[0].field[LINK_NAME] = str_from(name);
    mention[1].field[LINK_REGISTRATION] = str_from(plate);
    struct submission_draft draft = {.idempotency_key = str_from(key),
                                     .narrative =
                                         str_fmt(&arena, "%s was there again. %s", name, plate),
                                     .handling = str_from(handling),
                                     .mention = mention,
                                     .mention_count = plate[0] ? 2 : 1};
    struct submission_receipt receipt;
    struct err err = {0};
    if (submission_share(&app, who, &draft, 0, 0, &receipt, &err) != ST_OK)
        fail_msg("%s", err.public);
    return receipt.id;
}

static int64_t share(const char *key, const char *handling, const char *name, const char *plate)
{
    return share_by(&people[SENDER], key, handling, name, plate);
}

static int64_t mention_of(int64_t submission, int which)
{
    int64_t *ids = NULL;
    assert_true(entity_mentions_of(app.entities, &arena, submission, &ids) > (size_t)which);
    return ids[which];
}

static const struct scope *scope_for(int who)
{
    return scope_of(&app, &arena, &people[who]);
}

static struct relation_draft uses(int64_t person, int64_t car, int64_t submission)
{
    return (struct relation_draft){.entity = person,
                                   .other = car,
                                   .term = STR("uses"),
                                   .words = STR("Seen at the wheel."),
                                   .shown = {submission},
                                   .shown_count = 1};
}

static enum st relate(int who, struct relation_draft draft, const char **field)
{
    const char *ignored = "";
    struct err err = {0};
    return relation_add(&app, &people[who], &draft, field ? field : &ignored, &err);
}

static size_t relations_for(int who, int64_t entity, struct relation **ret)
{
    size_t count = 0;
    assert_int_equal(relations_of(scope_for(who), &arena, entity, ret, &count, NULL), ST_OK);
    return count;
}

/* --- relations -------------------------------------------------------------------------------- */

static void a_relation_stands_with_what_shows_it(void **state)
{
    (void)state;
    int64_t id = share("stands", "handling:P", "Jory Penhale", "WK07 HJA");
    int64_t person = mention_of(id, 0);
    int64_t car = mention_of(id, 1);
    struct relation_draft draft = uses(person, car, id);
    draft.known = STR("1/3/2024");
    assert_int_equal(relate(POLICE, draft, NULL), ST_OK);
    struct relation *list = NULL;
    assert_int_equal(relations_for(YOUTH, person, &list), 1);
    assert_true(str_eq(list[0].label, STR("uses")) && list[0].outward && list[0].other == car);
    assert_true(str_eq(list[0].words, STR("Seen at the wheel.")) &&
                str_eq(list[0].by, STR("Police analyst")));
    assert_int_equal(list[0].known_day, date_to_days((struct date){2024, 3, 1}));
    assert_true(list[0].shown_count == 1 && list[0].shown[0].submission == id);
    assert_int_equal(relations_for(YOUTH, car, &list), 1);
    assert_true(str_eq(list[0].label, STR("is used by")) && !list[0].outward &&
                list[0].other == person);
}

static void a_relation_needs_a_word_that_fits_and_something_that_shows_it(void **state)
{
    (void)state;
    int64_t id = share("fits", "handling:P", "Merryn Trewin", "WK07 HJC");
    int64_t other = share("elsewhere", "handling:P", "Talan Nankervis", "");
    int64_t person = mention_of(id, 0);
    int64_t car = mention_of(id, 1);
    struct relation_draft wrong[7];
    for (int i = 0; i < 7; i++) wrong[i] = uses(person, car, id);
    static const char *const fields[] = {"term",  "term",  "shown", "shown",
                                         "known", "words", "other"};
    wrong[0].term = STR("nothing");
    wrong[1].term = STR("family"); /* a car is nobody's family */
    wrong[2].shown_count = 0;
    wrong[3].shown[0] = other; /* names neither */
    wrong[4].known = STR("some day");
    wrong[5].words = STR(" ");
    wrong[6].other = person;
    for (int i = 0; i < 7; i++) {
        const char *field = "";
        assert_int_equal(relate(POLICE, wrong[i], &field), ST_INVALID);
        assert_string_equal(field, fields[i]);
    }
    struct relation *list = NULL;
    assert_int_equal(relations_for(POLICE, person, &list), 0);
    /* decides nothing */
    assert_int_equal(relate(COORDINATOR, uses(person, car, id), NULL), ST_NOT_FOUND);
}

static void the_same_twice_is_told_and_ended_ones_stay(void **state)
{
    (void)state;
    int64_t id = share("twice", "handling:P", "Wella Curnow", "WK07 HJD");
    int64_t person = mention_of(id, 0);
    int64_t car = mention_of(id, 1);
    assert_int_equal(relate(POLICE, uses(person, car, id), NULL), ST_OK);
    assert_int_equal(relate(SECOND, uses(person, car, id), NULL), ST_CONFLICT);
    struct relation_draft from_the_car = uses(car, person, id);
    from_the_car.term = STR("uses<");
    assert_int_equal(relate(SECOND, from_the_car, NULL), ST_CONFLICT);
    struct relation *list = NULL;
    assert_int_equal(relations_for(POLICE, person, &list), 1);
    int64_t relation = list[0].id;
    assert_int_equal(relation_end(&app, &people[SECOND], relation, STR(""), NULL), ST_INVALID);
    assert_int_equal(relation_end(&app, &people[COORDINATOR], relation, STR("Sold."), NULL),
                     ST_NOT_FOUND);
    assert_int_equal(relation_end(&app, &people[SECOND], relation, STR("Sold."), NULL), ST_OK);
    assert_int_equal(relation_end(&app, &people[POLICE], relation, STR("Sold."), NULL),
                     ST_CONFLICT);
    assert_int_equal(relations_for(POLICE, person, &list), 1);
    assert_true(list[0].ended_at > 0 && str_eq(list[0].ended_why, STR("Sold.")) &&
                str_eq(list[0].ended_name, STR("Second analyst")));
    assert_int_equal(relate(SECOND, from_the_car, NULL), ST_OK); /* it may come back */
    assert_int_equal(relations_for(POLICE, person, &list), 2);
    assert_true(!list[0].ended_at && str_eq(list[0].label, STR("uses")));
}

static void a_relation_is_for_who_sees_all_that_shows_it(void **state)
{
    (void)state;
    int64_t open = share("open", "handling:P", "Kerra Angove", "WK07 HJE");
    int64_t closed = share("closed", "handling:C.maru-police", "Kerra Angove", "WK07 HJE");
    int64_t person = mention_of(open, 0);
    struct relation_draft draft = uses(person, mention_of(open, 1), closed);
    struct relation *list = NULL;
    assert_int_equal(relate(YOUTH, draft, NULL), ST_INVALID); /* as one that names neither */
    assert_int_equal(relate(POLICE, draft, NULL), ST_OK);
    assert_int_equal(relations_for(POLICE, person, &list), 1);
    assert_int_equal(relations_for(YOUTH, person, &list), 0);
    /* learns nothing of the other */
    assert_int_equal(relate(YOUTH, uses(person, mention_of(open, 1), open), NULL), ST_OK);
    assert_int_equal(relations_for(YOUTH, person, &list), 1);
}

static void a_chart_draws_relations_as_they_stood(void **state)
{
    (void)state;
    int64_t id = share("chart", "handling:P", "Gerens Bolitho", "");
    int64_t far = share("chart far", "handling:P", "Senara Tonkin", "");
    int64_t a = mention_of(id, 0);
    int64_t b = mention_of(far, 0);
    struct relation_draft draft = uses(a, b, id);
    draft.term = STR("guardian");
    instant_ms before = clock_now();
    clock_set(before + 60000);
    assert_int_equal(relate(POLICE, draft, NULL), ST_OK);
    struct chart_ask ask = {.seed = {b}, .seed_count = 1};
    struct chart chart;
    assert_int_equal(chart_read(scope_for(YOUTH), &arena, &ask, &chart, NULL), ST_OK);
    assert_int_equal(chart.node_count, 2); /* nothing names both: the relation alone brings it in */
    assert_int_equal(chart.edge_count, 1);
    assert_true(str_eq(chart.edge[0].said, STR("looks after")));
    assert_int_equal(chart.node[chart.edge[0].said_from].entity, a);
    ask.until = before;
    assert_int_equal(chart_read(scope_for(YOUTH), &arena, &ask, &chart, NULL), ST_OK);
    assert_int_equal(chart.edge_count, 0);
    clock_set(0);
}

/* --- notes ------------------------------------------------------------------------------------ */

static size_t notes_for(int who, int64_t entity, struct note **ret)
{
    size_t count = 0;
    assert_int_equal(notes_of(scope_for(who), &arena, entity, ret, &count, NULL), ST_OK);
    return count;
}

static void a_note_is_for_analysts_who_see_what_it_rests_on(void **state)
{
    (void)state;
    int64_t open = share("note open", "handling:P", "Tegen Hosking", "WK07 HJF");
    share("note closed", "handling:C.maru-police", "Tegen Hosking", "WK07 HJF");
    int64_t person = mention_of(open, 0);
    int64_t car = mention_of(open, 1); /* one car by its plate, in both */
    struct note *list = NULL;
    assert_int_equal(note_add(&app, &people[POLICE], person, STR(" "), NULL), ST_INVALID);
    assert_int_equal(note_add(&app, &people[COORDINATOR], person, STR("x"), NULL), ST_NOT_FOUND);
    assert_int_equal(note_add(&app, &people[YOUTH], person, STR("May be the older brother."), NULL),
                     ST_OK);
    assert_int_equal(note_add(&app, &people[POLICE], car, STR("Both came from one street."), NULL),
                     ST_OK);
    assert_int_equal(notes_for(YOUTH, person, &list), 1);
    assert_int_equal(notes_for(YOUTH, car, &list), 0); /* its author saw more of it */
    assert_int_equal(notes_for(SECOND, car, &list), 1);
    assert_true(str_eq(list[0].text, STR("Both came from one street.")) && !list[0].may_end);
    assert_int_equal(notes_for(COORDINATOR, person, &list), 0);
    assert_int_equal(notes_for(SECOND, car, &list), 1);
    assert_int_equal(note_end(&app, &people[YOUTH], car, list[0].id, NULL), ST_NOT_FOUND);
}

static void a_note_is_set_aside_by_its_author_and_stays(void **state)
{
    (void)state;
    int64_t person = mention_of(share("aside", "handling:P", "Massen Roskilly", ""), 0);
    struct note *list = NULL;
    assert_int_equal(note_add(&app, &people[POLICE], person, STR("A hunch."), NULL), ST_OK);
    assert_int_equal(notes_for(POLICE, person, &list), 1);
    assert_true(list[0].may_end);
    assert_int_equal(note_end(&app, &people[SECOND], person, list[0].id, NULL), ST_DENIED);
    assert_int_equal(note_end(&app, &people[POLICE], person, list[0].id, NULL), ST_OK);
    assert_int_equal(note_end(&app, &people[POLICE], person, list[0].id, NULL), ST_CONFLICT);
    assert_int_equal(notes_for(SECOND, person, &list), 1);
    assert_true(list[0].ended_at > 0 && str_eq(list[0].ended_name, STR("Police analyst")));
}

static void a_note_matches_nothing(void **state)
{
    (void)state;
    int64_t person = mention_of(share("unmatched", "handling:P", "Bryok Tregenza", ""), 0);
    size_t mentions = entities_count(app.entities);
    assert_int_equal(
        note_add(&app, &people[POLICE], person, STR("Bryok Tregenza drives WK07 HJG."), NULL),
        ST_OK);
    assert_int_equal(entities_count(app.entities), mentions);
    struct entity_size *sizes = NULL;
    size_t cars = seen_largest(scope_for(POLICE), &arena, LINK_VEHICLE, 1000, &sizes);
    for (size_t i = 0; i < cars; i++) {
        struct str title;
        struct db *db = store_read_begin(app.store, NULL);
        assert_int_equal(entity_title(scope_for(POLICE), db, &arena, sizes[i].entity, &title, NULL),
                         ST_OK);
        store_read_end(app.store, db);
        assert_true(str_find(title, STR("HJG"), 0) < 0);
    }
}

/* --- watching --------------------------------------------------------------------------------- */

static struct watched watched_by(int who, int64_t entity)
{
    struct watched *list = NULL;
    size_t count = 0;
    assert_int_equal(watch_list(&app, &arena, &people[who], &list, &count, NULL), ST_OK);
    for (size_t i = 0; i < count; i++)
        if (list[i].entity == entity) return list[i];
    fail_msg("not watched");
    return (struct watched){0};
}

static bool moved(const struct watched *watched, enum watch_what what)
{
    bool found = false;
    for (size_t i = 0; i < watched->event_count; i++) found |= watched->event[i].what == what;
    return found;
}

static void who_watches_learns_of_everything_that_touches_it(void **state)
{
    (void)state;
    instant_ms now = clock_now();
    int64_t first = share("watched", "handling:P", "Elestren Polglase", "WK07 HJH");
    int64_t car = mention_of(first, 1);
    clock_set(now += 1000);
    assert_int_equal(watch_add(&app, &people[POLICE], car, NULL), ST_OK);
    assert_int_equal(watch_add(&app, &people[POLICE], car, NULL), ST_OK); /* it stays one */
    assert_int_equal(watch_add(&app, &people[SENDER], car, NULL), ST_NOT_FOUND);
    struct watched watched = watched_by(POLICE, car);
    struct home home;
    assert_int_equal(watched.event_count, 0);
    assert_int_equal(home_read(&app, &arena, &people[POLICE], &home, NULL), ST_OK);
    int64_t moved_before = home.count[HOME_WATCHED];
    clock_set(now += 1000);
    int64_t second = share("watched again", "handling:P", "Elestren Polglase", "WK07 HJH");
    int64_t closed = share("watched closed", "handling:C.maru-police", "Somebody Else", "WK07 HJH");
    assert_int_equal(decision_make(&app, &people[SECOND], mention_of(second, 0),
                                   mention_of(first, 0), VERDICT_SAME, STR("One."), NULL),
                     ST_OK);
    const char *field = "";
    struct grade_draft grade = {.source = STR("source:2"),
                                .information = STR("information:C"),
                                .handling = STR("handling:P"),
                                .reason = STR("So.")};
    assert_int_equal(grade_add(&app, &people[SECOND], second, &grade, &field, NULL), ST_OK);
    assert_int_equal(relate(SECOND, uses(mention_of(first, 0), car, first), NULL), ST_OK);
    assert_int_equal(note_add(&app, &people[SECOND], car, STR("Look at its keeper."), NULL), ST_OK);
    int64_t meeting = 0;
    assert_int_equal(meeting_plan(&app, &people[COORDINATOR], STR("mid"), now + 86400000, STR(""),
                                  &meeting, NULL),
                     ST_OK);
    watched = watched_by(POLICE, car);
    static const enum watch_what all[] = {WATCH_NAMED, WATCH_GRADED, WATCH_RELATED, WATCH_NOTED,
                                          WATCH_AGENDA};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) assert_true(moved(&watched, all[i]));
    assert_false(moved(&watched, WATCH_JOINED)); /* the person was joined, not the car */
    bool named_closed = false;
    for (size_t i = 0; i < watched.event_count; i++)
        named_closed |= watched.event[i].id == closed && watched.event[i].what == WATCH_NAMED;
    assert_true(named_closed);
    assert_int_equal(home_read(&app, &arena, &people[POLICE], &home, NULL), ST_OK);
    assert_int_equal(home.count[HOME_WATCHED], moved_before + 1);
    /* Another who sees less learns less. */
    clock_set(now -= 1500);
    assert_int_equal(watch_add(&app, &people[YOUTH], car, NULL), ST_OK);
    clock_set(now += 1500);
    watched = watched_by(YOUTH, car);
    assert_true(moved(&watched, WATCH_NAMED) && !moved(&watched, WATCH_NOTED));
    for (size_t i = 0; i < watched.event_count; i++)
        assert_true(watched.event[i].id != closed || watched.event[i].what != WATCH_NAMED);
    /* One's own acts are no news. */
    assert_int_equal(watch_add(&app, &people[SECOND], mention_of(first, 0), NULL), ST_OK);
    clock_set(now += 1000);
    assert_int_equal(relate(SECOND,
                            (struct relation_draft){.entity = car,
                                                    .other = mention_of(first, 0),
                                                    .term = STR("drives<"),
                                                    .words = STR("Drives it."),
                                                    .shown = {first},
                                                    .shown_count = 1},
                            NULL),
                     ST_OK);
    watched = watched_by(SECOND, mention_of(first, 0));
    assert_false(moved(&watched, WATCH_RELATED));
    assert_int_equal(watch_seen(&app, &people[POLICE], clock_now(), NULL), ST_OK);
    watched = watched_by(POLICE, car);
    assert_int_equal(watched.event_count, 0);
    clock_set(now += 1000);
    struct decision_line *lines = NULL;
    size_t count = 0;
    assert_int_equal(decisions_of_pair(&app, &arena, mention_of(first, 0), mention_of(second, 0),
                                       &lines, &count, NULL),
                     ST_OK);
    assert_int_equal(watch_add(&app, &people[YOUTH], mention_of(first, 0), NULL), ST_OK);
    clock_set(now += 1000);
    int64_t a = 0;
    int64_t b = 0;
    assert_int_equal(decision_withdraw(&app, &people[SECOND], lines[0].id, &a, &b, NULL), ST_OK);
    watched = watched_by(YOUTH, mention_of(first, 0));
    assert_true(moved(&watched, WATCH_PARTED));
    clock_set(0);
}

static int64_t waiting_mails(void)
{
    int64_t count = 0;
    assert_int_equal(watch_mails(&app, NULL), ST_OK);
    assert_int_equal(mail_count(&app, &count, NULL), ST_OK);
    return count;
}

static void who_watches_is_told_by_mail_once_a_day(void **state)
{
    (void)state;
    instant_ms now = clock_now() + 60000;
    clock_set(now);
    for (int who = 0; who < PEOPLE; who++)
        assert_int_equal(watch_seen(&app, &people[who], now, NULL), ST_OK);
    int64_t car = mention_of(share("mailed", "handling:P", "Rumon Kessell", "WK07 HJK"), 1);
    clock_set(now += 1000);
    assert_int_equal(watch_add(&app, &people[POLICE], car, NULL), ST_OK);
    int64_t before = waiting_mails();
    clock_set(now += 1000);
    share("mailed again", "handling:P", "Rumon Kessell", "WK07 HJK");
    assert_int_equal(waiting_mails(), before + 1);
    assert_int_equal(waiting_mails(), before + 1); /* told already */
    clock_set(now += 3600000);
    share("mailed a third time", "handling:P", "Rumon Kessell", "WK07 HJK");
    assert_int_equal(waiting_mails(), before + 1); /* not twice a day */
    clock_set(now += 24 * 3600000);
    assert_int_equal(waiting_mails(), before + 2);
    clock_set(now += 48 * 3600000LL);
    assert_int_equal(waiting_mails(), before + 2); /* nothing moved since */
    struct watched watched = watched_by(POLICE, car);
    assert_int_equal(watched.event_count, 2);
    assert_int_equal(watch_end(&app, &people[SECOND], watched.id, NULL), ST_NOT_FOUND);
    assert_int_equal(watch_end(&app, &people[POLICE], watched.id, NULL), ST_OK);
    share("mailed a fourth time", "handling:P", "Rumon Kessell", "WK07 HJK");
    assert_int_equal(waiting_mails(), before + 2);
    clock_set(0);
}

/* --- what is new since the last meeting ------------------------------------------------------- */

static void step(int64_t meeting, enum meeting_action action, const char *choice)
{
    struct meeting read;
    const char *field = NULL;
    struct err err = {0};
    assert_int_equal(meeting_read(&app, &arena, &people[COORDINATOR], meeting, &read, NULL), ST_OK);
    struct meeting_input input = {.version = read.version, .choice = str_from(choice)};
    if (meeting_do(&app, &people[COORDINATOR], meeting, 0, action, &input, &field, &err) != ST_OK)
        fail_msg("%s", err.public);
}

static int64_t plan_now(void)
{
    int64_t meeting = 0;
    assert_int_equal(
        meeting_plan(&app, &people[COORDINATOR], STR("mid"), clock_now(), STR(""), &meeting, NULL),
        ST_OK);
    return meeting;
}

static void hold(int64_t meeting)
{
    struct attendance_input here[] = {{people[POLICE].account, ATTENDS_PRESENT, false},
                                      {people[WORKER].account, ATTENDS_PRESENT, false},
                                      {people[COORDINATOR].account, ATTENDS_PRESENT, false}};
    assert_int_equal(meeting_attend(&app, &people[COORDINATOR], meeting, here, 3, NULL), ST_OK);
    step(meeting, MEETING_DO_START, "");
    step(meeting, MEETING_DO_END, "yes");
}

static struct forum_news news_for(int who, enum news_list list)
{
    struct forum_news news;
    struct err err = {0};
    if (forum_news_read(&app, &arena, &people[who], STR("mid"), list, &news, &err) != ST_OK)
        fail_msg("%s", err.public);
    return news;
}

static void what_is_new_counts_from_the_last_meeting_that_was_held(void **state)
{
    (void)state;
    instant_ms now = clock_now() + 20 * 24 * 3600000LL; /* after everything above */
    clock_set(now);
    int64_t before = share("news before", "handling:P", "Hedra Lanyon", "WK07 HJM");
    int64_t undone = share("news before too", "handling:P", "Hedra Lanyon", "");
    clock_set(now += 60000);
    hold(plan_now());
    struct forum_news none = news_for(YOUTH, NEWS_SUBMISSIONS);
    assert_true(none.held && none.since == now);
    for (int list = 0; list < NEWS_LISTS; list++) assert_int_equal(none.total[list], 0);
    clock_set(now += 60000);
    int64_t open = share("news open", "handling:P", "Somebody New", "WK07 HJM");
    share("news closed", "handling:C.maru-police", "Another New", "WK07 HJM");
    assert_int_equal(decision_make(&app, &people[SECOND], mention_of(before, 0),
                                   mention_of(undone, 0), VERDICT_SAME, STR("One."), NULL),
                     ST_OK);
    const char *field = "";
    struct grade_draft grade = {.source = STR("source:2"),
                                .information = STR("information:C"),
                                .handling = STR("handling:P"),
                                .reason = STR("So.")};
    assert_int_equal(grade_add(&app, &people[SECOND], open, &grade, &field, NULL), ST_OK);
    assert_int_equal(
        relate(SECOND, uses(mention_of(before, 0), mention_of(before, 1), before), NULL), ST_OK);
    struct forum_news news = news_for(YOUTH, NEWS_ENTITIES);
    assert_int_equal(news.total[NEWS_SUBMISSIONS], 1);
    assert_int_equal(news.total[NEWS_ENTITIES], 1); /* the person; the car was known */
    assert_int_equal(news.total[NEWS_CHANGED], 1);
    assert_int_equal(news.total[NEWS_LINKS], 1);
    assert_int_equal(news.total[NEWS_RELATIONS], 1);
    assert_int_equal(news.total[NEWS_GRADINGS], 1);
    assert_int_equal(news.row_count, 1);
    assert_true(str_eq(news.row[0].title, STR("Somebody New")));
    assert_int_equal(news_for(POLICE, NEWS_SUBMISSIONS).total[NEWS_SUBMISSIONS], 2);
    /* gradings are for analysts */
    assert_int_equal(news_for(COORDINATOR, NEWS_GRADINGS).total[NEWS_GRADINGS], 0);
    for (int list = 0; list < NEWS_LISTS; list++) {
        struct forum_news each = news_for(POLICE, (enum news_list)list);
        assert_int_equal(each.row_count, each.total[list]);
    }
    struct forum_news other;
    assert_int_equal(
        forum_news_read(&app, &arena, &people[YOUTH], STR("west"), NEWS_LINKS, &other, NULL),
        ST_NOT_FOUND);
    clock_set(0);
}

/* Who sends to the West Forum, in which the youth service's analyst has a seat from now on. */
static void join_west(struct person *ret)
{
    struct db *db = NULL;
    int64_t id = 0;
    struct account_new account = {.email = STR("west@example.org"),
                                  .name = STR("West sender"),
                                  .roles = 1u << ROLE_representative};
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    assert_int_equal(organisation_ensure(db, STR("West School"), STR("education"), STR("west"),
                                         &account.organisation, NULL),
                     ST_OK);
    assert_int_equal(account_add(&app, db, &account, 0, &id, NULL), ST_OK);
    assert_int_equal(forum_join(&app, db, 0, people[YOUTH].account, STR("west"), NULL), ST_OK);
    assert_int_equal(store_write_commit(app.store, db, NULL), ST_OK);
    assert_int_equal(account_person(&app, &arena, account.email, ret, NULL), ST_OK);
}

static void what_two_forums_got_since_is_new_to_who_sits_in_both(void **state)
{
    (void)state;
    enum { DAY = 24 * 3600 * 1000 };
    struct person west;
    join_west(&west);
    instant_ms since = news_for(YOUTH, NEWS_ENTITIES).since;
    clock_set(since - DAY);
    share_by(&west, "west before", "handling:P", "Kitto Nance", "WK07 HJQ");
    clock_set(since + 40LL * DAY);
    struct forum_news before = news_for(YOUTH, NEWS_ENTITIES);
    share_by(&west, "west since", "handling:P", "Ysella Rosewarne", "WK07 HJP");
    share("mid since", "handling:P", "Branok Tresidder", "WK07 HJP");
    struct forum_news after = news_for(YOUTH, NEWS_ENTITIES);
    assert_int_equal(after.total[NEWS_ENTITIES], before.total[NEWS_ENTITIES] + 2);
    assert_int_equal(after.total[NEWS_CHANGED], before.total[NEWS_CHANGED]);
    /* The West Forum had that car before. */
    share("mid again", "handling:P", "Mabyn Scawen", "WK07 HJQ");
    after = news_for(YOUTH, NEWS_ENTITIES);
    assert_int_equal(after.total[NEWS_ENTITIES], before.total[NEWS_ENTITIES] + 3);
    assert_int_equal(after.total[NEWS_CHANGED], before.total[NEWS_CHANGED] + 1);
    clock_set(0);
}

static void to_each_entity(int who, int64_t meeting, enum meeting_action action, const char *text)
{
    struct meeting read;
    struct meeting_item *items = NULL;
    size_t count = 0;
    const char *field = NULL;
    assert_int_equal(meeting_read(&app, &arena, &people[who], meeting, &read, NULL), ST_OK);
    assert_int_equal(meeting_items(&app, &arena, &people[who], &read, &items, &count, NULL), ST_OK);
    for (size_t i = 0; i < count; i++) {
        struct meeting_input input = {
            .version = items[i].version, .text = str_from(text), .second = STR("Who knows more?")};
        if (items[i].kind == ITEM_ENTITY)
            assert_int_equal(
                meeting_do(&app, &people[who], meeting, items[i].id, action, &input, &field, NULL),
                ST_OK);
    }
}

/* An agenda took it up for what its reader may not see: to them nothing moved (decisions/0104). */
static void who_watches_does_not_learn_that_an_agenda_knows_more(void **state)
{
    (void)state;
    instant_ms now = clock_now() + 40 * 24 * 3600000LL;
    clock_set(now);
    int64_t car = mention_of(share("watched early", "handling:P", "Rumon Pascoe", "WK07 HJN"), 1);
    clock_set(now += 60000);
    int64_t meeting = plan_now();
    to_each_entity(COORDINATOR, meeting, MEETING_DO_OFF, "It is known.");
    hold(meeting);
    clock_set(now += 60000);
    for (int who = POLICE; who <= YOUTH; who++)
        assert_int_equal(watch_add(&app, &people[who], car, NULL), ST_OK);
    clock_set(now += 60000);
    share("watched narrow", "handling:C.maru-police", "Somebody Else", "WK07 HJN");
    clock_set(now += 60000);
    meeting = plan_now();
    struct watched watched = watched_by(POLICE, car);
    assert_true(moved(&watched, WATCH_NAMED) && moved(&watched, WATCH_AGENDA));
    watched = watched_by(YOUTH, car);
    assert_int_equal(watched.event_count, 0);
    /* Nor when its words are for everybody: they do not say what it is about. */
    struct attendance_input chair = {people[POLICE].account, ATTENDS_INVITED, true};
    assert_int_equal(meeting_attend(&app, &people[COORDINATOR], meeting, &chair, 1, NULL), ST_OK);
    to_each_entity(POLICE, meeting, MEETING_DO_WORDS, "A car");
    assert_int_equal(watched_by(YOUTH, car).event_count, 0);
    clock_set(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_relation_stands_with_what_shows_it),
        cmocka_unit_test(a_relation_needs_a_word_that_fits_and_something_that_shows_it),
        cmocka_unit_test(the_same_twice_is_told_and_ended_ones_stay),
        cmocka_unit_test(a_relation_is_for_who_sees_all_that_shows_it),
        cmocka_unit_test(a_chart_draws_relations_as_they_stood),
        cmocka_unit_test(a_note_is_for_analysts_who_see_what_it_rests_on),
        cmocka_unit_test(a_note_is_set_aside_by_its_author_and_stays),
        cmocka_unit_test(a_note_matches_nothing),
        cmocka_unit_test(who_watches_learns_of_everything_that_touches_it),
        cmocka_unit_test(who_watches_is_told_by_mail_once_a_day),
        cmocka_unit_test(what_is_new_counts_from_the_last_meeting_that_was_held),
        cmocka_unit_test(who_watches_does_not_learn_that_an_agenda_knows_more),
        cmocka_unit_test(what_two_forums_got_since_is_new_to_who_sits_in_both),
    };
    return cmocka_run_group_tests(tests, open_all, close_partnership);
}
