/*
 * A meeting of a Forum from the agenda to the minutes, what each reader sees of it, actions and
 * measures, and what must not be possible.
 */
#include "domain/action.h"
#include "domain/disruption.h"
#include "domain/entity_seen.h"
#include "domain/grant.h"
#include "domain/handover.h"
#include "domain/mail.h"
#include "domain/meeting.h"
#include "domain/missing.h"
#include "domain/stage.h"
#include "domain/submission.h"

#include "web/pages.h"

#include "page_of.h"
#include "partnership.h"
#include "share_on.h"

#include <sqlite3.h>
#include <stdlib.h>

enum { COORDINATOR, CHAIR, POLICE, HEALTH, ANALYST, TEACHER, NAMED, AUDITOR, PEOPLE };
static struct person people[PEOPLE];
static const struct cast who_is[PEOPLE] = {
    [COORDINATOR] = {"Iago Quince", "Council", "social-care", ROLE_coordinator},
    [CHAIR] = {"Demelza Larch", "Police", "police", ROLE_representative},
    [POLICE] = {"Cador Maple", "Police", "police", ROLE_analyst},
    [HEALTH] = {"Gerren Oak", "Hospital", "health", ROLE_representative},
    [ANALYST] = {"Hedra Poplar", "Council", "social-care", ROLE_analyst},
    [TEACHER] = {"Perran Hazel", "A School", "education", ROLE_practitioner},
    [NAMED] = {"Jowan Tresillian", "Council", "social-care", ROLE_analyst},
    [AUDITOR] = {"Kensa Sorrel", "A School", "education", ROLE_auditor},
};
static struct person far_coordinator;
static char folder[64];

static int set_up(void **state)
{
    (void)state;
    set_clock("2026-05-20 09:00");
    open_partnership((size_t)1 << 30, folder);
    add_people(who_is, PEOPLE, people);
    struct db *db = NULL;
    int64_t id = 0;
    struct account_new account = {.email = STR("far@example.org"),
                                  .name = STR("Lowena Yew"),
                                  .roles = 1u << ROLE_coordinator};
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    assert_int_equal(organisation_ensure(db, STR("East Council"), STR("social-care"), STR("east"),
                                         &account.organisation, NULL),
                     ST_OK);
    assert_int_equal(account_add(&app, db, &account, 0, &id, NULL), ST_OK);
    assert_int_equal(store_write_commit(app.store, db, NULL), ST_OK);
    assert_int_equal(account_person(&app, &arena, STR("far@example.org"), &far_coordinator, NULL),
                     ST_OK);
    return 0;
}

/* --- helpers ---------------------------------------------------------------------------------- */

static int64_t share(int who, const char *name, const char *age, const char *plate,
                     const char *handling)
{
    static int number;
    struct mention_draft mention[2] = {{.kind = LINK_PERSON, .span_start = -1, .span_end = -1},
                                       {.kind = LINK_VEHICLE, .span_start = -1, .span_end = -1}};
    mention[0].field[LINK_NAME] = str_from(name);
    mention[0].field[LINK_AGE] = str_from(age);
    mention[1].field[LINK_REGISTRATION] = str_from(plate);
    struct submission_draft draft = {
        .idempotency_key = str_fmt(&arena, "share-%d", number++),
        .narrative = str_fmt(&arena, "%s was seen near a car, number %d.", name, number),
        .handling = str_from(handling),
        .mention = mention,
        .mention_count = plate[0] ? 2 : 1};
    struct submission_receipt receipt;
    struct err err = {0};
    if (submission_share(&app, &people[who], &draft, 0, 0, &receipt, &err) != ST_OK)
        fail_msg("%s", err.public);
    share_on(&app, &arena, &people[who], receipt.id);
    return receipt.id;
}

static struct meeting read_meeting(const struct person *who, int64_t id)
{
    struct meeting meeting;
    struct err err = {0};
    if (meeting_read(&app, &arena, who, id, &meeting, &err) != ST_OK) fail_msg("%s", err.public);
    return meeting;
}

static size_t items_of(const struct person *who, int64_t id, struct meeting_item **ret)
{
    struct meeting meeting = read_meeting(who, id);
    size_t count = 0;
    assert_int_equal(meeting_items(&app, &arena, who, &meeting, ret, &count, NULL), ST_OK);
    return count;
}

/* The title of each item as somebody sees it. */
static struct str title_of(const struct person *who, const struct meeting_item *item)
{
    struct meeting meeting = read_meeting(who, item->meeting);
    struct item_brief brief;
    struct db *db = store_read_begin(app.store, NULL);
    assert_int_equal(
        meeting_brief(scope_of(&app, &arena, who), db, &arena, &meeting, item, &brief, NULL),
        ST_OK);
    store_read_end(app.store, db);
    return brief.title;
}

static const struct meeting_item *find_item(const struct person *who, int64_t meeting,
                                            const char *title)
{
    struct meeting_item *list = NULL;
    size_t count = items_of(who, meeting, &list);
    for (size_t i = 0; i < count; i++)
        if (str_find(title_of(who, &list[i]), str_from(title), 0) >= 0) return &list[i];
    return NULL;
}

static const char *wrong_field;
static struct err last;

static enum st do_as(const struct person *who, int64_t meeting, int64_t item,
                     enum meeting_action action, struct meeting_input input)
{
    memset(&last, 0, sizeof last);
    wrong_field = NULL;
    if (!input.version && !item)
        input.version = read_meeting(&people[COORDINATOR], meeting).version;
    if (!input.version && item) {
        struct meeting_item *list = NULL;
        size_t count = items_of(&people[COORDINATOR], meeting, &list);
        for (size_t i = 0; i < count; i++)
            if (list[i].id == item) input.version = list[i].version;
    }
    return meeting_do(&app, who, meeting, item, action, &input, &wrong_field, &last);
}

static void done(const struct person *who, int64_t meeting, int64_t item,
                 enum meeting_action action, struct meeting_input input)
{
    if (do_as(who, meeting, item, action, input) != ST_OK)
        fail_msg("%s: %s (%s)", meeting_action_name(action), last.public, last.detail);
}

static void refused(const struct person *who, int64_t meeting, int64_t item,
                    enum meeting_action action, struct meeting_input input, enum st how,
                    const char *field)
{
    enum st outcome = do_as(who, meeting, item, action, input);
    if (outcome != how)
        fail_msg("%s: %s (%s)", meeting_action_name(action), st_word(outcome), last.public);
    if (field) assert_string_equal(wrong_field, field);
    assert_true(last.public[0]);
}

#define IN(...) ((struct meeting_input){__VA_ARGS__})

static int64_t plan(const char *when)
{
    int64_t id = 0;
    struct err err = {0};
    if (meeting_plan(&app, &people[COORDINATOR], STR("mid"), at(when), STR("canaryplace"), &id,
                     &err) != ST_OK)
        fail_msg("%s (%s)", err.public, err.detail);
    return id;
}

static void attend(int64_t meeting, const struct attendance_input *input, size_t count)
{
    struct err err = {0};
    if (meeting_attend(&app, &people[COORDINATOR], meeting, input, count, &err) != ST_OK)
        fail_msg("%s", err.public);
}

/* With the police in the chair and a quorum. */
static void everybody_comes(int64_t meeting)
{
    struct attendance_input input[] = {{people[COORDINATOR].account, ATTENDS_PRESENT, false},
                                       {people[CHAIR].account, ATTENDS_PRESENT, true},
                                       {people[HEALTH].account, ATTENDS_PRESENT, false},
                                       {people[ANALYST].account, ATTENDS_APOLOGIES, false}};
    attend(meeting, input, 4);
}

/* --- the agenda ------------------------------------------------------------------------------- */

static void forums_meet_as_the_pack_says(void **state)
{
    (void)state;
    assert_true(area_meeting_next(area, STR("mid"), at("2026-05-01 09:00")) ==
                at("2026-05-05 10:00"));
    assert_true(area_meeting_next(area, STR("mid"), at("2026-05-05 10:00")) ==
                at("2026-06-02 10:00"));
    assert_true(area_meeting_next(area, STR("mid"), at("2025-01-01 09:00")) ==
                at("2026-01-13 10:00"));
    assert_true(area_meeting_next(area, STR("nowhere"), at("2026-05-05 10:00")) == 0);
}

static void the_agenda_builds_itself(void **state)
{
    (void)state;
    set_clock("2026-05-20 09:00");
    share(TEACHER, "Tamsin Alder", "14", "WK99 AAA", "handling:P");
    share(HEALTH, "Tamsin Alder", "14", "WK99 AAA", "handling:P");
    share(TEACHER, "Rory Blackthorn", "about 40", "", "handling:P");
    share(TEACHER, "Hidden Hawthorn", "50", "", "handling:C.ask");
    int64_t id = plan("2026-06-02 10:00");
    const struct meeting_item *child = find_item(&people[COORDINATOR], id, "Tamsin Alder");
    const struct meeting_item *man = find_item(&people[COORDINATOR], id, "Rory Blackthorn");
    assert_non_null(child);
    assert_true(str_eq(child->section, STR("children")));
    assert_true(str_eq(man->section, STR("people")));
    assert_true(str_eq(find_item(&people[COORDINATOR], id, "WK99 AAA")->section,
                       STR("vehicles-and-locations")));
    assert_null(find_item(&people[COORDINATOR], id, "Hidden Hawthorn"));
    /* Once more adds nothing that is there; what came since is added. */
    struct meeting_item *list = NULL;
    size_t before = items_of(&people[COORDINATOR], id, &list);
    done(&people[COORDINATOR], id, 0, MEETING_DO_BUILD, IN(0));
    assert_int_equal(items_of(&people[COORDINATOR], id, &list), before);
    set_clock("2026-05-21 09:00");
    share(HEALTH, "Sorrel Whitebeam", "30", "", "handling:P");
    struct meeting meeting = read_meeting(&people[COORDINATOR], id);
    struct db *db = store_read_begin(app.store, NULL);
    assert_int_equal(meeting_behind(scope_of(&app, &arena, &people[COORDINATOR]), db, &meeting), 1);
    store_read_end(app.store, db);
    done(&people[COORDINATOR], id, 0, MEETING_DO_BUILD, IN(0));
    assert_non_null(find_item(&people[COORDINATOR], id, "Sorrel Whitebeam"));
    /* People add to it, with words or with a submission. */
    refused(&people[COORDINATOR], id, 0, MEETING_DO_ADD, IN(.choice = STR("themes")), ST_INVALID,
            "text");
    refused(&people[COORDINATOR], id, 0, MEETING_DO_ADD, IN(.choice = STR("x"), .text = STR("x")),
            ST_INVALID, "choice");
    refused(&people[COORDINATOR], id, 0, MEETING_DO_ADD,
            IN(.choice = STR("themes"), .second = STR("AAAA-AAAA")), ST_INVALID, "second");
    done(&people[COORDINATOR], id, 0, MEETING_DO_ADD,
         IN(.choice = STR("themes"), .text = STR("Lifts home from the station")));
    assert_non_null(find_item(&people[COORDINATOR], id, "Lifts home"));
    /* Off with a reason, up and down. */
    refused(&people[COORDINATOR], id, man->id, MEETING_DO_OFF, IN(0), ST_INVALID, "text");
    done(&people[COORDINATOR], id, man->id, MEETING_DO_OFF,
         IN(.text = STR("Known and looked after.")));
    assert_int_equal(find_item(&people[COORDINATOR], id, "Rory Blackthorn")->state, ITEM_OFF);
    done(&people[COORDINATOR], id, 0, MEETING_DO_ADD,
         IN(.choice = STR("themes"), .text = STR("A second theme")));
    assert_true(find_item(&people[COORDINATOR], id, "Lifts")->place <
                find_item(&people[COORDINATOR], id, "A second")->place);
    done(&people[COORDINATOR], id, find_item(&people[COORDINATOR], id, "A second")->id,
         MEETING_DO_UP, IN(0));
    assert_true(find_item(&people[COORDINATOR], id, "Lifts")->place >
                find_item(&people[COORDINATOR], id, "A second")->place);
    done(&people[COORDINATOR], id, find_item(&people[COORDINATOR], id, "A second")->id,
         MEETING_DO_DOWN, IN(0));
    assert_true(find_item(&people[COORDINATOR], id, "Lifts")->place <
                find_item(&people[COORDINATOR], id, "A second")->place);
}

/* An episode of a child's record in this Forum's area, written down by the referral unit. */
static void go_missing(const struct person *officer, const char *name)
{
    static const char *const pair[][2] = {{"missing-sort", "missing"},
                                          {"missing-since-day", "19/5/2026"},
                                          {"missing-since-time", "22:30"}};
    struct child_draft draft = {.kind = ENTRY_FACT};
    struct missing_given given[3];
    int64_t child = 0;
    int64_t episode = 0;
    draft.text[FACT_KEY] = STR("child-name");
    draft.text[FACT_ANSWER] = STR("given");
    draft.text[FACT_VALUE] = str_from(name);
    assert_int_equal(child_create(&app, officer, &draft, 1, 0, &child, NULL), ST_OK);
    for (int i = 0; i < 3; i++)
        given[i] =
            (struct missing_given){questions_find(&area_missing(area)->form, str_from(pair[i][0])),
                                   {ANSWER_GIVEN, str_from(pair[i][1])}};
    struct missing_new new = {.child = child, .forum = STR("mid")};
    assert_int_equal(missing_report(&app, officer, &new, given, 3, &episode, NULL), ST_OK);
}

static void who_was_missing_is_on_the_agenda(void **state)
{
    (void)state;
    set_clock("2026-05-20 09:00");
    struct person officer = people[COORDINATOR];
    officer.roles = 1u << ROLE_maru_officer;
    officer.scope = NULL;
    go_missing(&officer, "Elowen Sandpiper");
    go_missing(&officer, "Jowan Tresillian"); /* names one who attends */
    int64_t id = plan("2026-07-29 11:30");
    const struct meeting_item *item = find_item(&people[COORDINATOR], id, "Elowen Sandpiper");
    assert_non_null(item);
    assert_true(str_eq(item->section, STR("missing")));
    assert_true(find_item(&people[ANALYST], id, "Elowen Sandpiper")->whole);
    /* A representative to whom the child is not allocated has nothing of it. */
    assert_null(find_item(&people[HEALTH], id, "Elowen Sandpiper"));
    assert_non_null(find_item(&people[ANALYST], id, "Jowan Tresillian"));
    assert_null(find_item(&people[NAMED], id, "Jowan Tresillian"));
}

static void what_is_new_is_told_apart(void **state)
{
    (void)state;
    int64_t id = plan("2026-06-03 10:00");
    (void)id;
    struct meeting meeting = {.forum = STR("mid"), .since_at = at("2026-05-20 12:00"), .id = 1};
    struct meeting_item item = {.kind = ITEM_ENTITY, .whole = true};
    set_clock("2026-05-22 09:00");
    int64_t fresh = share(HEALTH, "Tamsin Alder", "14", "WK99 AAA", "handling:P");
    int64_t *ids = NULL;
    assert_true(entity_mentions_of(app.entities, &arena, fresh, &ids) == 2);
    item.subject = ids[1]; /* the car, which its plate joins */
    struct item_brief brief;
    struct db *db = store_read_begin(app.store, NULL);
    assert_int_equal(meeting_brief(scope_of(&app, &arena, &people[COORDINATOR]), db, &arena,
                                   &meeting, &item, &brief, NULL),
                     ST_OK);
    store_read_end(app.store, db);
    assert_int_equal(brief.submissions, 3);
    assert_int_equal(brief.fresh, 1);
    assert_int_equal(brief.news_count, 1);
    assert_int_equal(brief.news[0].submission, fresh);
    assert_int_equal(brief.sectors, 2);
    assert_true(brief.relation_count >= 1);
}

/* --- who sees what ---------------------------------------------------------------------------- */

static void each_sees_only_what_they_may(void **state)
{
    (void)state;
    set_clock("2026-06-10 09:00");
    share(TEACHER, "Jowan Tresillian", "35", "WK99 BBB", "handling:P");
    share(TEACHER, "Bryony Elder", "15", "WK99 DDD", "handling:P");
    int64_t id = plan("2026-06-30 10:00");
    const struct meeting_item *about = find_item(&people[COORDINATOR], id, "Jowan Tresillian");
    const struct meeting_item *child = find_item(&people[COORDINATOR], id, "WK99 DDD");
    assert_non_null(about);
    assert_non_null(child);
    struct meeting_item *list = NULL;
    struct meeting meeting;
    /* Who is named does not see it; nor the car of the same submission. */
    assert_null(find_item(&people[NAMED], id, "Jowan Tresillian"));
    assert_null(find_item(&people[NAMED], id, "WK99 BBB"));
    assert_non_null(find_item(&people[NAMED], id, "Bryony Elder"));
    assert_int_equal(meeting_item_read(&app, &arena, &people[NAMED], about->id, &meeting,
                                       list = arena_new(&arena, struct meeting_item), NULL),
                     ST_NOT_FOUND);
    /* Representatives see links of none: only themes, and what was worded for everybody. */
    size_t themes = items_of(&people[HEALTH], id, &list);
    for (size_t i = 0; i < themes; i++) assert_int_equal(list[i].kind, ITEM_THEME);
    done(&people[COORDINATOR], id, child->id, MEETING_DO_WORDS,
         IN(.text = STR("A silver car"), .second = STR("canarywords: who can help?")));
    assert_int_equal(items_of(&people[HEALTH], id, &list), themes + 1);
    assert_non_null(find_item(&people[HEALTH], id, "A silver car"));
    assert_false(find_item(&people[HEALTH], id, "A silver car")->whole);
    assert_null(find_item(&people[HEALTH], id, "WK99"));
    /* A conflict takes it away, said by themselves or by who runs the meeting. */
    done(&people[HEALTH], id, child->id, MEETING_DO_CONFLICT,
         IN(.text = STR("I know the family.")));
    assert_int_equal(items_of(&people[HEALTH], id, &list), themes);
    refused(&people[HEALTH], id, child->id, MEETING_DO_CONFLICT, IN(.text = STR("x")), ST_NOT_FOUND,
            NULL);
    done(&people[COORDINATOR], id, child->id, MEETING_DO_CONFLICT,
         IN(.text = STR("A cousin."), .account = people[ANALYST].account));
    assert_null(find_item(&people[ANALYST], id, "A silver car"));
    /* It holds for the next agenda too. */
    set_clock("2026-07-02 09:00");
    share(HEALTH, "Somebody Else", "15", "WK99 DDD", "handling:P");
    int64_t next = plan("2026-07-28 10:00");
    assert_non_null(find_item(&people[COORDINATOR], next, "WK99 DDD"));
    assert_non_null(find_item(&people[POLICE], next, "WK99 DDD"));
    assert_null(find_item(&people[ANALYST], next, "WK99 DDD"));
    /* A block does as much. */
    struct err err = {0};
    int64_t kept = share(TEACHER, "Ash Rowan", "16", "", "handling:P");
    done(&people[COORDINATOR], next, 0, MEETING_DO_BUILD, IN(0));
    assert_non_null(find_item(&people[POLICE], next, "Ash Rowan"));
    if (block_add(&app, &people[COORDINATOR], kept, STR("person2@example.org"), STR("family"),
                  &err) != ST_OK)
        fail_msg("%s", err.public);
    assert_null(find_item(&people[POLICE], next, "Ash Rowan"));
    /* Others find no meeting at all. */
    assert_int_equal(meeting_read(&app, &arena, &far_coordinator, id, &meeting, NULL),
                     ST_NOT_FOUND);
    assert_int_equal(meeting_read(&app, &arena, &people[TEACHER], id, &meeting, NULL),
                     ST_NOT_FOUND);
    assert_int_equal(meeting_read(&app, &arena, &people[AUDITOR], id, &meeting, NULL),
                     ST_NOT_FOUND);
    size_t count = 0;
    struct meeting *meetings = NULL;
    assert_int_equal(meeting_list(&app, &arena, &far_coordinator, &meetings, &count, NULL), ST_OK);
    assert_int_equal(count, 0);
    /* And only who runs one changes it. */
    refused(&people[ANALYST], next, 0, MEETING_DO_BUILD, IN(.version = 1), ST_NOT_FOUND, NULL);
    refused(&people[HEALTH], next, 0, MEETING_DO_ADD,
            IN(.version = 1, .choice = STR("themes"), .text = STR("x")), ST_NOT_FOUND, NULL);
}

/* --- in the meeting --------------------------------------------------------------------------- */

static int64_t held; /* the meeting whose minutes are approved */
static int64_t told; /* a submission about what was closed there */

static void no_decision_without_a_quorum(void **state)
{
    (void)state;
    set_clock("2026-08-20 09:00");
    told = share(TEACHER, "Wren Juniper", "13", "WK99 CCC", "handling:P");
    share(TEACHER, "Teasel Vetch", "41", "", "handling:P");
    held = plan("2026-08-25 10:00");
    const struct meeting_item *item = find_item(&people[COORDINATOR], held, "Wren Juniper");
    assert_non_null(find_item(&people[COORDINATOR], held, "WK99 CCC"));
    refused(&people[COORDINATOR], held, item->id, MEETING_DO_DECIDE,
            IN(.text = STR("x"), .second = STR("x")), ST_CONFLICT, NULL);
    refused(&people[COORDINATOR], held, 0, MEETING_DO_START, IN(0), ST_CONFLICT, NULL);
    assert_non_null(strstr(last.public, "no quorum: 0 here, and it takes 3"));
    struct attendance_input few[] = {{people[COORDINATOR].account, ATTENDS_PRESENT, false},
                                     {people[HEALTH].account, ATTENDS_PRESENT, false},
                                     {people[ANALYST].account, ATTENDS_PRESENT, false}};
    attend(held, few, 3);
    refused(&people[COORDINATOR], held, 0, MEETING_DO_START, IN(0), ST_CONFLICT, NULL);
    assert_non_null(strstr(last.public, "Police"));
    assert_non_null(strstr(last.hint, "call the meeting off"));
    everybody_comes(held);
    /* Who chairs runs it. */
    assert_true(read_meeting(&people[CHAIR], held).runs);
    assert_false(read_meeting(&people[HEALTH], held).runs);
    done(&people[COORDINATOR], held, 0, MEETING_DO_START, IN(0));
    refused(&people[COORDINATOR], held, 0, MEETING_DO_START, IN(0), ST_CONFLICT, NULL);
}

static void nothing_closes_without_outcome_reason_and_a_second_person(void **state)
{
    (void)state;
    const struct meeting_item *item = find_item(&people[COORDINATOR], held, "Wren Juniper");
    int64_t id = item->id;
    refused(&people[COORDINATOR], held, id, MEETING_DO_CLOSE,
            IN(.choice = STR("acted-on"), .text = STR("x")), ST_CONFLICT, NULL);
    refused(&people[COORDINATOR], held, id, MEETING_DO_DECIDE, IN(.text = STR("x")), ST_INVALID,
            "second");
    done(&people[COORDINATOR], held, id, MEETING_DO_DECIDE,
         IN(.text = STR("canarydecision"), .second = STR("canaryrationale")));
    done(&people[COORDINATOR], held, id, MEETING_DO_WORDS,
         IN(.text = STR("One at the bus stop"), .second = STR("Late home on Fridays.")));
    done(&people[HEALTH], held, id, MEETING_DO_DISSENT, IN(.text = STR("canarydissent")));
    refused(&people[HEALTH], held, id, MEETING_DO_DECIDE, IN(.text = STR("x"), .second = STR("x")),
            ST_NOT_FOUND, NULL);
    /* not there */
    refused(&people[ANALYST], held, id, MEETING_DO_DISSENT, IN(.text = STR("x")), ST_NOT_FOUND,
            NULL);
    /* An action, and who may have it. */
    refused(&people[COORDINATOR], held, id, MEETING_DO_ACT,
            IN(.text = STR("x"), .day = STR("1/9/2026"), .second = STR("x")), ST_INVALID,
            "account");
    refused(&people[COORDINATOR], held, id, MEETING_DO_ACT,
            IN(.text = STR("x"), .account = 99999, .day = STR("1/9/2026"), .second = STR("x")),
            ST_INVALID, "account");
    refused(&people[COORDINATOR], held, id, MEETING_DO_ACT,
            IN(.text = STR("x"), .account = people[COORDINATOR].account,
               .email = STR("person7@example.org"), .day = STR("1/9/2026"), .second = STR("x")),
            ST_INVALID, "email");
    refused(&people[COORDINATOR], held, id, MEETING_DO_ACT,
            IN(.text = STR("x"), .email = STR("nobody@example.org"), .day = STR("1/9/2026"),
               .second = STR("x")),
            ST_INVALID, "email");
    refused(&people[COORDINATOR], held, id, MEETING_DO_ACT,
            IN(.text = STR("x"), .email = STR("person7@example.org"), .day = STR("1/9/2026"),
               .second = STR("x")),
            ST_INVALID, "email");
    refused(&people[COORDINATOR], held, id, MEETING_DO_ACT,
            IN(.text = STR("x"), .email = STR("person3@example.org"), .day = STR("1/8/2026"),
               .second = STR("x")),
            ST_INVALID, "day");
    done(&people[COORDINATOR], held, id, MEETING_DO_ACT,
         IN(.text = STR("canaryaction"), .email = STR("person3@example.org"),
            .day = STR("1/9/2026"), .second = STR("canaryevidence")));
    refused(&people[COORDINATOR], held, id, MEETING_DO_CLOSE, IN(.text = STR("x")), ST_INVALID,
            "choice");
    refused(&people[COORDINATOR], held, id, MEETING_DO_CLOSE, IN(.choice = STR("acted-on")),
            ST_INVALID, "text");
    refused(&people[COORDINATOR], held, id, MEETING_DO_CLOSE,
            IN(.choice = STR("acted-on"), .text = STR("x")), ST_CONFLICT, NULL);
    assert_non_null(strstr(last.public, "not done"));
    /* Done by its owner, signed off by another. */
    struct forum_action *actions = NULL;
    size_t count = 0;
    const char *field = NULL;
    assert_int_equal(
        action_list(&app, &arena, &people[HEALTH], ACTIONS_OWN, &actions, &count, NULL), ST_OK);
    assert_int_equal(count, 1);
    assert_true(str_eq(actions[0].what, STR("canaryaction")));
    int64_t action = actions[0].id;
    struct action_input nothing = {.version = 1};
    struct action_input did = {.version = 1, .text = STR("canarydone")};
    struct action_input sign = {.version = 2, .choice = STR("yes"), .text = STR("canarysigned")};
    assert_int_equal(
        action_do(&app, &people[HEALTH], action, ACTION_DO_DONE, &nothing, &field, &last),
        ST_INVALID);
    assert_int_equal(action_do(&app, &people[ANALYST], action, ACTION_DO_DONE, &did, &field, &last),
                     ST_NOT_FOUND);
    assert_int_equal(action_do(&app, &people[HEALTH], action, ACTION_DO_DONE, &did, &field, &last),
                     ST_OK);
    assert_int_equal(action_do(&app, &people[HEALTH], action, ACTION_DO_SIGN, &sign, &field, &last),
                     ST_CONFLICT);
    assert_int_equal(
        action_do(&app, &people[COORDINATOR], action, ACTION_DO_SIGN, &sign, &field, &last), ST_OK);
    done(&people[COORDINATOR], held, id, MEETING_DO_CLOSE,
         IN(.choice = STR("acted-on"), .text = STR("canaryclosing")));
    refused(&people[COORDINATOR], held, id, MEETING_DO_SIGN,
            IN(.choice = STR("yes"), .text = STR("x")), ST_CONFLICT, NULL);
    refused(&people[CHAIR], held, id, MEETING_DO_SIGN, IN(.choice = STR("yes")), ST_INVALID,
            "text");
    done(&people[CHAIR], held, id, MEETING_DO_SIGN,
         IN(.choice = STR("yes"), .text = STR("canarysecond")));
    assert_int_equal(find_item(&people[COORDINATOR], held, "One at the bus stop")->state,
                     ITEM_CLOSED);
    /* Whoever handed it in is told so, and no more. */
    struct stage_state stage;
    assert_int_equal(stage_read(&app, &arena, told, &stage, NULL), ST_OK);
    assert_int_equal(stage.feedback, FEEDBACK_ACTION);
    refused(&people[COORDINATOR], held, id, MEETING_DO_DECIDE,
            IN(.text = STR("x"), .second = STR("x")), ST_CONFLICT, NULL);
}

static void two_who_edit_at_once_overwrite_nothing(void **state)
{
    (void)state;
    const struct meeting_item *item = find_item(&people[COORDINATOR], held, "WK99 CCC");
    int64_t version = item->version;
    done(&people[COORDINATOR], held, item->id, MEETING_DO_WORDS,
         IN(.version = version, .text = STR("A car"), .second = STR("The first version")));
    refused(&people[COORDINATOR], held, item->id, MEETING_DO_WORDS,
            IN(.version = version, .text = STR("A vehicle"), .second = STR("The second version")),
            ST_CONFLICT, NULL);
    assert_non_null(strstr(last.public, "Somebody changed this"));
    assert_true(
        str_eq(find_item(&people[COORDINATOR], held, "A car")->words, STR("The first version")));
}

static enum st try_minutes(const struct person *who, int64_t id, struct meeting_minutes *ret)
{
    struct meeting meeting = read_meeting(who, id);
    memset(&last, 0, sizeof last);
    return meeting_minutes(&app, &arena, who, &meeting, ret, &last);
}

static struct meeting_minutes minutes_of(const struct person *who, int64_t id)
{
    struct meeting_minutes minutes;
    if (try_minutes(who, id, &minutes) != ST_OK) fail_msg("%s", last.public);
    return minutes;
}

static size_t parts_with(const struct meeting_minutes *minutes, const char *words)
{
    size_t count = 0;
    for (size_t i = 0; i < minutes->part_count; i++)
        count += str_find(minutes->part[i].title, str_from(words), 0) >= 0 ||
                 str_find(minutes->part[i].body, str_from(words), 0) >= 0;
    return count;
}

/* From the end of the meeting on who may see it reads them, each what they may. */
static void minutes_are_a_draft_until_somebody_else_approves_them(void **state)
{
    (void)state;
    struct meeting_minutes minutes;
    assert_int_equal(try_minutes(&people[COORDINATOR], held, &minutes), ST_NOT_FOUND);
    assert_non_null(strstr(last.public, "not over"));
    refused(&people[COORDINATOR], held, 0, MEETING_DO_APPROVE, IN(0), ST_CONFLICT, NULL);
    refused(&people[COORDINATOR], held, 0, MEETING_DO_END, IN(0), ST_INVALID, "choice");
    done(&people[COORDINATOR], held, 0, MEETING_DO_END, IN(.choice = STR("yes")));
    minutes = minutes_of(&people[COORDINATOR], held);
    assert_true(minutes.draft && !minutes.by.len && !minutes.at);
    assert_true(str_find(minutes.head, STR("Demelza Larch (Police), chair"), 0) > 0);
    assert_int_equal(parts_with(&minutes, "canarydecision"), 1);
    assert_int_equal(parts_with(&minutes, "Teasel Vetch"), 1);
    struct meeting_minutes few = minutes_of(&people[HEALTH], held);
    assert_true(few.draft && few.part_count < minutes.part_count);
    assert_int_equal(parts_with(&few, "canarydecision"), 1); /* its words are for everybody */
    assert_int_equal(parts_with(&few, "Teasel Vetch"), 0);
    assert_false(str_eq(few.seen, minutes.seen));
    /* Not by who wrote them, nor by who was not there. */
    refused(&people[COORDINATOR], held, 0, MEETING_DO_APPROVE, IN(.seen = minutes.seen),
            ST_CONFLICT, NULL);
    assert_non_null(strstr(last.public, "You wrote these minutes"));
    assert_non_null(strstr(last.hint, "met again"));
    refused(&people[ANALYST], held, 0, MEETING_DO_APPROVE, IN(.seen = minutes.seen), ST_NOT_FOUND,
            NULL);
    struct meeting meeting = read_meeting(&people[HEALTH], held); /* was there */
    assert_int_equal(meeting_can(&meeting, NULL, &people[HEALTH], MEETING_DO_APPROVE, NULL), ST_OK);
    /* Nobody approves what they have not seen. */
    struct meeting_minutes seen = minutes_of(&people[CHAIR], held);
    refused(&people[CHAIR], held, 0, MEETING_DO_APPROVE, IN(0), ST_CONFLICT, NULL);
    struct attendance_input away = {people[HEALTH].account, ATTENDS_APOLOGIES, false};
    attend(held, &away, 1);
    refused(&people[CHAIR], held, 0, MEETING_DO_APPROVE, IN(.seen = seen.seen), ST_CONFLICT, NULL);
    assert_non_null(strstr(last.public, "not what you read"));
    assert_int_equal(read_meeting(&people[CHAIR], held).state, MEETING_HELD);
    seen = minutes_of(&people[CHAIR], held);
    done(&people[CHAIR], held, 0, MEETING_DO_APPROVE, IN(.seen = seen.seen));
    minutes = minutes_of(&people[COORDINATOR], held);
    assert_true(!minutes.draft && !minutes.by_writer && str_eq(minutes.by, STR("Demelza Larch")));
    assert_true(minutes.at == clock_now());
    assert_int_equal(parts_with(&minutes, "canarydecision"), 1);
    /* What the chair saw nothing of has its name for who may read it. */
    assert_int_equal(parts_with(&minutes, "Teasel Vetch"), 1);
    few = minutes_of(&people[HEALTH], held);
    assert_int_equal(parts_with(&few, "Teasel Vetch"), 0);
}

static void minutes_are_approved_once_and_stay(void **state)
{
    (void)state;
    struct meeting meeting = read_meeting(&people[HEALTH], held);
    assert_int_equal(meeting.state, MEETING_APPROVED);
    const struct meeting_item *item = find_item(&people[COORDINATOR], held, "A car");
    /* Whoever tries to change what was decided is told that they cannot. */
    for (int action = 0; action < MEETING_ACTIONS; action++) {
        enum meeting_action which = (enum meeting_action)action;
        if (which == MEETING_DO_CORRECT || which == MEETING_DO_SIGN) continue;
        refused(&people[COORDINATOR], held, meeting_action_of_item(which) ? item->id : 0, which,
                IN(.choice = STR("acted-on"), .text = STR("x"), .second = STR("x"),
                   .email = STR("person3@example.org"), .day = STR("1/9/2026")),
                ST_CONFLICT, NULL);
    }
    struct attendance_input nobody = {people[HEALTH].account, ATTENDS_APOLOGIES, false};
    assert_int_equal(meeting_attend(&app, &people[COORDINATOR], held, &nobody, 1, &last),
                     ST_CONFLICT);
    /* No text of the program changes or takes away an entry. */
    for (int query = 0; query < QUERY_COUNT; query++) {
        const char *text = store_query_text((enum query_id)query);
        assert_null(strstr(text, "UPDATE meeting_decision"));
        assert_null(strstr(text, "DELETE FROM meeting_decision"));
    }
    /* A correction stands beside them. */
    refused(&people[COORDINATOR], held, 0, MEETING_DO_CORRECT, IN(0), ST_INVALID, "text");
    done(&people[COORDINATOR], held, 0, MEETING_DO_CORRECT, IN(.text = STR("canarycorrection")));
    struct meeting_entry *entries = NULL;
    size_t count = 0;
    int minutes = 0;
    int parts = 0;
    int corrections = 0;
    assert_int_equal(
        meeting_entries(&app, &arena, &people[COORDINATOR], &meeting, 0, &entries, &count, NULL),
        ST_OK);
    for (size_t i = 0; i < count; i++) {
        bool part = str_eq(entries[i].kind, STR("minutes"));
        minutes += part && !entries[i].item;
        parts += part && entries[i].item &&
                 str_find(entries[i].second, STR("canarydecision"), 0) >= 0 &&
                 str_find(entries[i].second, STR("canarydissent"), 0) >= 0 &&
                 str_find(entries[i].second, STR("canaryaction"), 0) >= 0;
        corrections += str_eq(entries[i].kind, STR("correction"));
        if (part && !entries[i].item)
            assert_true(str_find(entries[i].second, STR("Demelza Larch (Police), chair"), 0) > 0);
    }
    assert_int_equal(minutes, 1);
    assert_int_equal(parts, 1);
    assert_int_equal(corrections, 1);
    /* A reader sees the parts of the items that they see. */
    size_t fewer = 0;
    assert_int_equal(
        meeting_entries(&app, &arena, &people[HEALTH], &meeting, 0, &entries, &fewer, NULL), ST_OK);
    assert_true(fewer < count);
}

static void what_was_not_finished_comes_back(void **state)
{
    (void)state;
    set_clock("2026-09-01 09:00");
    int64_t next = plan("2026-09-22 10:00");
    const struct meeting_item *car = find_item(&people[COORDINATOR], next, "A car");
    assert_non_null(car);
    assert_true(str_eq(car->origin, STR("carried")));
    assert_true(str_eq(car->words, STR("The first version")));
    /* closed, and nothing is new */
    assert_null(find_item(&people[COORDINATOR], next, "One at the bus stop"));
    refused(&people[COORDINATOR], next, 0, MEETING_DO_CANCEL, IN(0), ST_INVALID, "text");
    done(&people[COORDINATOR], next, 0, MEETING_DO_CANCEL, IN(.text = STR("canaryoff")));
    refused(&people[COORDINATOR], next, 0, MEETING_DO_BUILD, IN(0), ST_CONFLICT, NULL);
    int64_t again = 0;
    assert_int_equal(meeting_plan(&app, &people[COORDINATOR], STR("mid"), at("2026-09-22 10:00"),
                                  STR(""), &again, &last),
                     ST_CONFLICT);
    assert_int_equal(meeting_plan(&app, &people[ANALYST], STR("mid"), at("2026-09-23 10:00"),
                                  STR(""), &again, &last),
                     ST_NOT_FOUND);
}

/* --- actions that are late, measures ---------------------------------------------------------- */

static int64_t mails(void)
{
    int64_t count = 0;
    assert_int_equal(mail_count(&app, &count, NULL), ST_OK);
    return count;
}

static void what_is_late_is_said_and_escalates(void **state)
{
    (void)state;
    set_clock("2026-10-01 09:00");
    share(TEACHER, "Linnet Sedge", "14", "", "handling:P");
    int64_t id = plan("2026-10-20 10:00");
    everybody_comes(id);
    done(&people[COORDINATOR], id, 0, MEETING_DO_START, IN(0));
    const struct meeting_item *item = find_item(&people[COORDINATOR], id, "Linnet Sedge");
    int64_t before = mails();
    done(&people[COORDINATOR], id, item->id, MEETING_DO_ACT,
         IN(.text = STR("Ring the school"), .email = STR("person1@example.org"),
            .day = STR("20/10/2026"), .second = STR("A note")));
    assert_int_equal(mails(), before + 1); /* told that there is something new */
    assert_int_equal(mail_remind(&app, NULL), ST_OK);
    assert_int_equal(mails(), before + 1);
    set_clock("2026-10-18 09:00"); /* due soon; said once */
    assert_int_equal(mail_remind(&app, NULL), ST_OK);
    assert_int_equal(mail_remind(&app, NULL), ST_OK);
    assert_int_equal(mails(), before + 2);
    set_clock("2026-10-21 09:00");
    assert_int_equal(mail_remind(&app, NULL), ST_OK);
    assert_int_equal(mails(), before + 3);
    int64_t open = 0;
    int64_t over = 0;
    assert_int_equal(action_count_due(&app, &people[CHAIR], &open, &over, NULL), ST_OK);
    assert_int_equal(open, 1);
    assert_int_equal(over, 1);
    set_clock("2026-10-28 09:00"); /* to the coordinator of its Forum, not to another's */
    assert_int_equal(mail_remind(&app, NULL), ST_OK);
    assert_int_equal(mails(), before + 4);
    int64_t next = plan("2026-11-17 10:00");
    const struct meeting_item *late = find_item(&people[COORDINATOR], next, "Ring the school");
    assert_non_null(late);
    assert_true(str_eq(late->section, STR("escalation")));
    /* Its owner sees it on the agenda, others not. */
    assert_non_null(find_item(&people[CHAIR], next, "Ring the school"));
    assert_null(find_item(&people[HEALTH], next, "Ring the school"));
}

static void measures_are_kept_with_their_reviews_and_breaches(void **state)
{
    (void)state;
    set_clock("2026-11-02 09:00");
    const char *field = NULL;
    int64_t id = 0;
    struct disruption_input input = {.forum = STR("mid"),
                                     .kind = STR("abduction-notice"),
                                     .issuer = STR("canaryissuer"),
                                     .subject = STR("canarysubject"),
                                     .terms = STR("canaryterms")};
    assert_int_equal(disruption_add(&app, &people[COORDINATOR], &input, &id, &field, &last),
                     ST_INVALID);
    assert_string_equal(field, "child");
    input.child = STR("canarychild");
    assert_int_equal(disruption_add(&app, &people[HEALTH], &input, &id, &field, &last), ST_INVALID);
    if (disruption_add(&app, &people[COORDINATOR], &input, &id, &field, &last) != ST_OK)
        fail_msg("%s", last.public);
    struct disruption row;
    assert_int_equal(disruption_read(&app, &arena, &people[HEALTH], id, &row, NULL), ST_NOT_FOUND);
    assert_int_equal(disruption_read(&app, &arena, &far_coordinator, id, &row, NULL), ST_NOT_FOUND);
    assert_int_equal(disruption_read(&app, &arena, &people[ANALYST], id, &row, NULL), ST_OK);
    assert_int_equal(row.review_day, date_to_days((struct date){2026, 11, 2}) + 26 * 7);
    struct disruption_input step = {.version = 1, .text = STR("canarybreach"), .day = STR("today")};
    assert_int_equal(
        disruption_do(&app, &people[ANALYST], id, DISRUPTION_DO_BREACH, &step, &field, &last),
        ST_CONFLICT);
    assert_int_equal(
        disruption_do(&app, &people[ANALYST], id, DISRUPTION_DO_SERVED, &step, &field, &last),
        ST_OK);
    step.version = 2;
    step.day = STR("1/11/2026");
    assert_int_equal(
        disruption_do(&app, &people[ANALYST], id, DISRUPTION_DO_BREACH, &step, &field, &last),
        ST_INVALID);
    step.day = STR("2/11/2026");
    assert_int_equal(
        disruption_do(&app, &people[ANALYST], id, DISRUPTION_DO_BREACH, &step, &field, &last),
        ST_OK);
    assert_int_equal(
        disruption_do(&app, &people[ANALYST], id, DISRUPTION_DO_END, &step, &field, &last),
        ST_CONFLICT);
    assert_int_equal(disruption_read(&app, &arena, &people[ANALYST], id, &row, NULL), ST_OK);
    assert_string_equal(disruption_state(&row), "In force, breached");
    struct matter_event *events = NULL;
    size_t count = 0;
    assert_int_equal(disruption_events(&app, &arena, &row, &events, &count, NULL), ST_OK);
    assert_int_equal(count, 3);
    assert_true(str_eq(events[2].words, STR("canarybreach")));
    /* It is on the next agenda, for those who keep the register. */
    int64_t meeting = plan("2026-12-15 10:00");
    assert_non_null(find_item(&people[ANALYST], meeting, "canarysubject"));
    assert_null(find_item(&people[CHAIR], meeting, "canarysubject"));
}

/* --- between the Forums ----------------------------------------------------------------------- */

static size_t matters_of(const struct person *who, struct handover **ret)
{
    size_t count = 0;
    assert_int_equal(handover_list(&app, &arena, who, ret, &count, NULL), ST_OK);
    return count;
}

static void a_matter_is_handed_over_and_taken(void **state)
{
    (void)state;
    set_clock("2027-01-04 09:00");
    const char *field = NULL;
    struct handover *list = NULL;
    int64_t submission = share(TEACHER, "Jowan Tresillian", "33", "WK99 EEE", "handling:P");
    int64_t *ids = NULL;
    assert_int_equal(entity_mentions_of(app.entities, &arena, submission, &ids), 2);
    struct handover_new input = {.from_forum = STR("mid"),
                                 .to_forum = STR("mid"),
                                 .kind = ITEM_ENTITY,
                                 .subject = ids[1],
                                 .words = STR("canaryhanded")};
    assert_int_equal(handover_add(&app, &people[COORDINATOR], &input, &field, &last), ST_INVALID);
    assert_string_equal(field, "to");
    input.to_forum = STR("east");
    /* does not lead it */
    assert_int_equal(handover_add(&app, &people[ANALYST], &input, &field, &last), ST_INVALID);
    input.words = STR(" ");
    assert_int_equal(handover_add(&app, &people[COORDINATOR], &input, &field, &last), ST_INVALID);
    input.words = STR("canaryhanded");
    int64_t before = mails();
    assert_int_equal(handover_add(&app, &people[COORDINATOR], &input, &field, &last), ST_OK);
    assert_int_equal(mails(), before + 1); /* the other coordinator, and nobody else */
    /* They read the words; what it is about they may not see. */
    assert_int_equal(matters_of(&far_coordinator, &list), 1);
    assert_true(list[0].answers && list[0].mine && !list[0].whole);
    assert_true(str_eq(list[0].words, STR("canaryhanded")));
    assert_int_equal(matters_of(&people[ANALYST], &list), 0);
    assert_int_equal(matters_of(&people[COORDINATOR], &list), 1);
    assert_false(list[0].answers);
    int64_t id = list[0].id;
    assert_int_equal(handover_answer(&app, &people[COORDINATOR], id, true, STR("x"), &field, &last),
                     ST_CONFLICT);
    assert_int_equal(handover_answer(&app, &people[ANALYST], id, true, STR("x"), &field, &last),
                     ST_NOT_FOUND);
    assert_int_equal(handover_answer(&app, &far_coordinator, id, true, STR(""), &field, &last),
                     ST_INVALID);
    assert_int_equal(
        handover_answer(&app, &far_coordinator, id, true, STR("We look at it."), &field, &last),
        ST_OK);
    assert_int_equal(handover_answer(&app, &far_coordinator, id, false, STR("x"), &field, &last),
                     ST_CONFLICT);
    assert_int_equal(matters_of(&people[COORDINATOR], &list), 1);
    assert_int_equal(list[0].state, HANDOVER_ACCEPTED);
    assert_true(str_eq(list[0].answer, STR("We look at it.")));
    /* It is on their next agenda by its name alone. */
    int64_t meeting = 0;
    if (meeting_plan(&app, &far_coordinator, STR("east"), at("2027-01-19 10:00"), STR(""), &meeting,
                     &last) != ST_OK)
        fail_msg("%s", last.public);
    assert_non_null(find_item(&far_coordinator, meeting, "another Forum handed over"));
    assert_null(find_item(&far_coordinator, meeting, "WK99"));
}

static void an_urgent_matter_goes_to_all_who_lead_less_whom_it_concerns(void **state)
{
    (void)state;
    const char *field = NULL;
    struct handover *list = NULL;
    struct handover_new input = {
        .from_forum = STR("mid"), .kind = ITEM_THEME, .words = STR("canaryurgent")};
    assert_int_equal(handover_add(&app, &people[TEACHER], &input, &field, &last), ST_INVALID);
    int64_t before = mails();
    assert_int_equal(handover_add(&app, &people[ANALYST], &input, &field, &last), ST_OK);
    assert_true(mails() >= before + 2); /* both coordinators, and who chairs */
    assert_int_equal(matters_of(&far_coordinator, &list), 2);
    assert_true(list[0].mine && !list[0].to_forum.len);
    assert_int_equal(matters_of(&people[HEALTH], &list), 0);
    int64_t id = list ? 2 : 0;
    assert_int_equal(handover_seen(&app, &far_coordinator, id, &last), ST_OK);
    assert_int_equal(handover_seen(&app, &people[HEALTH], id, &last), ST_NOT_FOUND);
    assert_int_equal(matters_of(&far_coordinator, &list), 2);
    assert_false(list[0].mine);
    /* About somebody who leads: they are told nothing. */
    int64_t submission = share(TEACHER, "Lowena Yew", "50", "", "handling:P");
    int64_t *ids = NULL;
    assert_int_equal(entity_mentions_of(app.entities, &arena, submission, &ids), 1);
    input.kind = ITEM_ENTITY;
    input.subject = ids[0];
    assert_int_equal(handover_add(&app, &people[COORDINATOR], &input, &field, &last), ST_OK);
    assert_int_equal(matters_of(&far_coordinator, &list), 2);
    assert_int_equal(matters_of(&people[COORDINATOR], &list), 3);
}

static struct str elsewhere_of(const struct person *who, const char *forum, int64_t submission)
{
    struct meeting meeting = {.forum = str_from(forum), .since_at = 1, .id = 1};
    struct meeting_item item = {.kind = ITEM_ENTITY, .whole = true};
    struct item_brief brief;
    int64_t *ids = NULL;
    assert_true(entity_mentions_of(app.entities, &arena, submission, &ids) == 2);
    item.subject = ids[1];
    struct db *db = store_read_begin(app.store, NULL);
    assert_int_equal(
        meeting_brief(scope_of(&app, &arena, who), db, &arena, &meeting, &item, &brief, NULL),
        ST_OK);
    store_read_end(app.store, db);
    return brief.elsewhere;
}

/* Seen in two Forums: both coordinators learn that, and nothing else of the other's. */
static void what_two_forums_have_shows_to_both_coordinators(void **state)
{
    (void)state;
    struct person far = people[TEACHER];
    far.organisation = far_coordinator.organisation;
    people[TEACHER] = far;
    int64_t theirs = share(TEACHER, "Heron Osier", "14", "WK99 FFF", "handling:P");
    int64_t kept = share(TEACHER, "Heron Osier", "14", "WK99 GGG", "handling:C.forum");
    assert_int_equal(
        account_person(&app, &arena, STR("person5@example.org"), &people[TEACHER], NULL), ST_OK);
    int64_t ours = share(HEALTH, "Heron Osier", "14", "WK99 FFF", "handling:P");
    int64_t other = share(HEALTH, "Heron Osier", "14", "WK99 GGG", "handling:P");
    assert_true(str_eq(elsewhere_of(&people[COORDINATOR], "mid", ours), STR("East Forum")));
    assert_true(str_eq(elsewhere_of(&far_coordinator, "east", theirs), STR("Mid Forum")));
    assert_true(str_eq(elsewhere_of(&people[ANALYST], "mid", ours), STR(""))); /* does not lead */
    /* its Forum alone */
    assert_true(str_eq(elsewhere_of(&people[COORDINATOR], "mid", other), STR("")));
    assert_true(str_eq(elsewhere_of(&far_coordinator, "east", kept), STR("Mid Forum")));
}

/* What is changed past the program does not open. */
static void begin_with_a_theme(int64_t meeting, const char *theme)
{
    everybody_comes(meeting);
    done(&people[COORDINATOR], meeting, 0, MEETING_DO_ADD,
         IN(.choice = STR("themes"), .text = str_from(theme)));
    done(&people[COORDINATOR], meeting, 0, MEETING_DO_START, IN(0));
}

static enum st may_approve(int who, int64_t id)
{
    struct meeting meeting = read_meeting(&people[who], id);
    return meeting_can(&meeting, NULL, &people[who], MEETING_DO_APPROVE, NULL);
}

/* A Forum is not locked out where one person writes everything and nobody else comes. */
static void who_wrote_the_minutes_approves_them_once_the_forum_has_met_again(void **state)
{
    (void)state;
    set_clock("2027-01-05 09:00");
    int64_t id = plan("2027-01-12 10:00");
    begin_with_a_theme(id, "Lights in the park");
    const struct meeting_item *item = find_item(&people[COORDINATOR], id, "Lights in the park");
    done(&people[CHAIR], id, item->id, MEETING_DO_DECIDE,
         IN(.text = STR("Ask the council."), .second = STR("It is dark.")));
    done(&people[CHAIR], id, 0, MEETING_DO_END, IN(.choice = STR("yes")));
    assert_int_equal(may_approve(CHAIR, id), ST_CONFLICT); /* wrote all of it */
    assert_int_equal(may_approve(COORDINATOR, id), ST_OK);
    int64_t next = plan("2027-02-09 10:00");
    begin_with_a_theme(next, "Lights at the station");
    item = find_item(&people[COORDINATOR], next, "Lights at the station");
    done(&people[COORDINATOR], next, item->id, MEETING_DO_DECIDE,
         IN(.text = STR("Ask the railway."), .second = STR("It is dark.")));
    struct attendance_input too = {people[ANALYST].account, ATTENDS_PRESENT, false};
    attend(next, &too, 1);
    done(&people[CHAIR], next, 0, MEETING_DO_END, IN(.choice = STR("yes")));
    assert_true(str_find(minutes_of(&people[CHAIR], id).head, STR("Apologies: "), 0) > 0);
    assert_true(str_find(minutes_of(&people[CHAIR], next).head, STR("Apologies"), 0) < 0);
    assert_int_equal(may_approve(CHAIR, next), ST_OK); /* ended it, and others wrote it */
    assert_int_equal(may_approve(COORDINATOR, next), ST_CONFLICT);
    assert_int_equal(may_approve(CHAIR, id), ST_OK); /* the Forum has met again */
    struct meeting_minutes minutes = minutes_of(&people[CHAIR], id);
    done(&people[CHAIR], id, 0, MEETING_DO_APPROVE, IN(.seen = minutes.seen));
    minutes = minutes_of(&people[COORDINATOR], id);
    assert_true(!minutes.draft && minutes.by_writer);
}

/* --- meetings that were not held ------------------------------------------------------------ */

static void end_with_what_is_left(int64_t meeting)
{
    done(&people[CHAIR], meeting, 0, MEETING_DO_END, IN(.choice = STR("yes")));
}

static void a_meeting_that_was_not_held_swallows_nothing(void **state)
{
    (void)state;
    set_clock("2027-03-01 09:00");
    int64_t before = plan("2027-03-09 10:00");
    begin_with_a_theme(before, "Boats at night");
    end_with_what_is_left(before);
    set_clock("2027-03-20 09:00");
    share(TEACHER, "Wella Hornbeam", "14", "", "handling:P");
    int64_t off = plan("2027-04-06 10:00");
    int64_t next = plan("2027-05-04 10:00");
    done(&people[COORDINATOR], off, 0, MEETING_DO_ADD,
         IN(.choice = STR("themes"), .text = STR("Keys of the youth club")));
    /* What is still to come keeps its agenda. */
    done(&people[COORDINATOR], next, 0, MEETING_DO_BUILD, IN(0));
    assert_non_null(find_item(&people[COORDINATOR], off, "Wella Hornbeam"));
    assert_non_null(find_item(&people[COORDINATOR], off, "Boats at night"));
    assert_null(find_item(&people[COORDINATOR], next, "Wella Hornbeam"));
    assert_null(find_item(&people[COORDINATOR], next, "Boats at night"));
    done(&people[COORDINATOR], off, 0, MEETING_DO_CANCEL, IN(.text = STR("Snow.")));
    done(&people[COORDINATOR], next, 0, MEETING_DO_BUILD, IN(0));
    assert_non_null(find_item(&people[COORDINATOR], next, "Wella Hornbeam"));
    assert_non_null(find_item(&people[COORDINATOR], next, "Boats at night"));
    assert_non_null(find_item(&people[COORDINATOR], next, "Keys of the youth club"));
    /* One whose day passed and that nobody began is as one that was called off. */
    set_clock("2027-05-20 09:00");
    int64_t after = plan("2027-06-01 10:00");
    assert_non_null(find_item(&people[COORDINATOR], after, "Wella Hornbeam"));
    assert_non_null(find_item(&people[COORDINATOR], after, "Boats at night"));
    /* Nobody brings it up to date again: it begins with what the one before carried on. */
    int64_t last_one = plan("2027-06-29 10:00");
    everybody_comes(after);
    done(&people[COORDINATOR], after, 0, MEETING_DO_START, IN(0));
    set_clock("2027-05-20 09:05");
    share(TEACHER, "Merren Aspen", "15", "", "handling:P"); /* it had begun before its time */
    end_with_what_is_left(after);
    assert_null(find_item(&people[COORDINATOR], last_one, "Boats at night"));
    set_clock("2027-06-29 10:00");
    everybody_comes(last_one);
    done(&people[COORDINATOR], last_one, 0, MEETING_DO_START, IN(0));
    assert_non_null(find_item(&people[COORDINATOR], last_one, "Boats at night"));
    assert_non_null(find_item(&people[COORDINATOR], last_one, "Merren Aspen"));
    end_with_what_is_left(last_one);
}

static void what_waits_for_its_second_sign_off_goes_on(void **state)
{
    (void)state;
    set_clock("2027-08-01 09:00");
    int64_t id = plan("2027-08-24 10:00");
    begin_with_a_theme(id, "Scooters on the pier");
    int64_t item = find_item(&people[COORDINATOR], id, "Scooters on the pier")->id;
    struct meeting_item *list = NULL;
    size_t count = items_of(&people[COORDINATOR], id, &list);
    for (size_t i = 0; i < count; i++)
        if (list[i].id != item && list[i].state == ITEM_WAITING)
            done(&people[COORDINATOR], id, list[i].id, MEETING_DO_OFF, IN(.text = STR("Known.")));
    done(&people[COORDINATOR], id, item, MEETING_DO_DECIDE,
         IN(.text = STR("Ask the harbour."), .second = STR("It is theirs.")));
    done(&people[COORDINATOR], id, item, MEETING_DO_CLOSE,
         IN(.choice = STR("too-little"), .text = STR("They said no.")));
    refused(&people[CHAIR], id, 0, MEETING_DO_END, IN(.choice = STR("no")), ST_INVALID, "choice");
    assert_non_null(strstr(last.public, "1 item waits for the second sign-off. Say that what"));
    end_with_what_is_left(id);
    /* It can still be given; who meets next has it all the same. */
    assert_int_equal(find_item(&people[COORDINATOR], id, "Scooters on the pier")->state,
                     ITEM_CLOSING);
    int64_t next = plan("2027-09-21 10:00");
    const struct meeting_item *again =
        find_item(&people[COORDINATOR], next, "Scooters on the pier");
    assert_non_null(again);
    assert_true(str_eq(again->origin, STR("carried")) && again->state == ITEM_WAITING);
    done(&people[CHAIR], id, item, MEETING_DO_SIGN,
         IN(.choice = STR("yes"), .text = STR("Agreed.")));
}

/* --- what was typed stays ------------------------------------------------------------------- */

static struct str posted(void (*page)(struct request *, struct response *), int64_t id,
                         struct form_field *fields, size_t count, int *ret_status)
{
    struct request request = {.app = &app,
                              .arena = &arena,
                              .who = people[COORDINATOR],
                              .id = {id},
                              .path = STR("/"),
                              .method = POST,
                              .field = fields,
                              .field_count = count};
    return page_of(page, &request, ret_status);
}

static bool has(struct str page, struct str text)
{
    return str_find(page, text, 0) >= 0;
}

static void who_is_here_stays_as_it_was_ticked(void **state)
{
    (void)state;
    set_clock("2027-10-01 09:00");
    int64_t id = plan("2027-10-19 10:00");
    long long health = people[HEALTH].account;
    struct form_field fields[] = {
        {str_fmt(&arena, "state-%lld", health), STR("apologies"), STR("")},
        {str_fmt(&arena, "chair-%lld", health), STR("yes"), STR("")},
        /* who sat there when the page was read */
        {str_fmt(&arena, "state-%lld", (long long)far_coordinator.account), STR("present"),
         STR("")}};
    int status = 0;
    struct str page = posted(page_meeting_attendance_send, id, fields, 3, &status);
    assert_int_equal(status, 400);
    assert_true(has(page, STR("One of these people does not sit in this Forum any more.")));
    assert_true(
        has(page, str_fmt(&arena, "name=\"state-%lld\" value=\"apologies\" checked", health)));
    assert_true(has(page, str_fmt(&arena, "name=\"chair-%lld\" value=\"yes\" checked", health)));
    /* The message leads to the first of the list. */
    struct meeting meeting = read_meeting(&people[COORDINATOR], id);
    struct meeting_person *list = NULL;
    size_t count = 0;
    assert_int_equal(meeting_people(&app, &arena, &meeting, &list, &count, NULL), ST_OK);
    assert_true(has(page, str_fmt(&arena, "href=\"#state-%lld\"", (long long)list[0].account)));
    assert_true(has(page, str_fmt(&arena, "id=\"state-%lld\"", (long long)list[0].account)));
    for (size_t i = 0; i < count; i++) assert_int_equal(list[i].state, ATTENDS_NOT);
}

static void where_a_meeting_is_held_stays_as_it_was_typed(void **state)
{
    (void)state;
    struct form_field fields[] = {{STR("forum"), STR("mid"), STR("")},
                                  {STR("at"), STR("1"), STR("")},
                                  {STR("place"), STR("The \"old\" hall"), STR("")}};
    int status = 0;
    struct str page = posted(page_meeting_plan, 0, fields, 3, &status);
    assert_int_equal(status, 400);
    assert_true(has(page, STR("value=\"The &quot;old&quot; hall\"")));
    assert_true(has(page, STR("href=\"#place-mid\"")));
    assert_true(has(page, STR("id=\"place-mid\"")));
}

/* --- what goes on ----------------------------------------------------------------------------- */

static void a_meeting_begun_late_hides_nothing_of_the_next(void **state)
{
    (void)state;
    set_clock("2027-11-02 10:00");
    int64_t before = plan("2027-11-02 10:00");
    begin_with_a_theme(before, "Noise on the quay");
    end_with_what_is_left(before);
    set_clock("2027-11-10 09:00");
    share(TEACHER, "Tegen Wayfarer", "30", "", "handling:P");
    int64_t late = plan("2027-11-30 10:00");
    assert_non_null(find_item(&people[COORDINATOR], late, "Tegen Wayfarer"));
    /* Nobody has begun it when the next is planned; it is begun to write it up. */
    set_clock("2027-12-01 12:00");
    int64_t next = plan("2027-12-28 10:00");
    assert_non_null(find_item(&people[COORDINATOR], next, "Tegen Wayfarer"));
    set_clock("2027-12-02 09:00");
    everybody_comes(late);
    done(&people[COORDINATOR], late, 0, MEETING_DO_START, IN(0));
    end_with_what_is_left(late);
    set_clock("2027-12-28 10:00");
    everybody_comes(next);
    done(&people[COORDINATOR], next, 0, MEETING_DO_START, IN(0));
    assert_non_null(find_item(&people[COORDINATOR], next, "Tegen Wayfarer"));
    end_with_what_is_left(next);
    int64_t after = plan("2028-01-25 10:00");
    assert_non_null(find_item(&people[COORDINATOR], after, "Tegen Wayfarer"));
}

/* Of twenty vehicles that the meeting between took off, and one that came since. */
static void what_came_since_is_not_crowded_out(void **state)
{
    (void)state;
    enum { MOST = 20 }; /* of the section, in the area pack */
    set_clock("2029-01-09 10:00");
    int64_t before = plan("2029-01-09 10:00");
    begin_with_a_theme(before, "Paint on the bridge");
    end_with_what_is_left(before);
    set_clock("2029-01-15 09:00");
    int64_t next = plan("2029-03-06 10:00");
    for (int i = 0; i < 2 * MOST; i++) {
        struct str plate = str_fmt(&arena, "WK%d BRV", 51 + i % MOST);
        share(TEACHER, "a rider", "30", str_c(&arena, plate), "handling:P");
    }
    set_clock("2029-02-06 10:00");
    int64_t between = plan("2029-02-06 10:00");
    everybody_comes(between);
    done(&people[COORDINATOR], between, 0, MEETING_DO_START, IN(0));
    struct meeting_item *list = NULL;
    size_t count = items_of(&people[COORDINATOR], between, &list);
    for (size_t i = 0; i < count; i++)
        if (list[i].kind == ITEM_ENTITY)
            done(&people[COORDINATOR], between, list[i].id, MEETING_DO_OFF,
                 IN(.text = STR("Seen to.")));
    end_with_what_is_left(between);
    set_clock("2029-02-20 09:00");
    share(TEACHER, "a rider", "30", "WK88 NWX", "handling:P");
    set_clock("2029-03-06 10:00");
    everybody_comes(next);
    done(&people[COORDINATOR], next, 0, MEETING_DO_START, IN(0));
    assert_non_null(find_item(&people[COORDINATOR], next, "WK88 NWX"));
    assert_null(find_item(&people[COORDINATOR], next, "WK51 BRV"));
}

static void a_conflict_goes_on_with_its_theme(void **state)
{
    (void)state;
    set_clock("2028-02-01 09:00");
    int64_t id = plan("2028-02-22 10:00");
    begin_with_a_theme(id, "Key to the boathouse");
    int64_t item = find_item(&people[COORDINATOR], id, "Key to the boathouse")->id;
    done(&people[HEALTH], id, item, MEETING_DO_CONFLICT, IN(.text = STR("My brother’s.")));
    assert_null(find_item(&people[HEALTH], id, "Key to the boathouse"));
    end_with_what_is_left(id);
    int64_t next = plan("2028-03-21 10:00");
    assert_non_null(find_item(&people[COORDINATOR], next, "Key to the boathouse"));
    assert_null(find_item(&people[HEALTH], next, "Key to the boathouse"));
    /* Also what is said when it is on the next agenda already. */
    assert_non_null(find_item(&people[ANALYST], next, "Key to the boathouse"));
    done(&people[COORDINATOR], id, item, MEETING_DO_CONFLICT,
         IN(.text = STR("A cousin’s."), .account = people[ANALYST].account));
    done(&people[COORDINATOR], next, 0, MEETING_DO_BUILD, IN(0));
    assert_null(find_item(&people[ANALYST], next, "Key to the boathouse"));
    assert_non_null(find_item(&people[COORDINATOR], next, "Key to the boathouse"));
}

static size_t handed_over_on(int64_t meeting)
{
    struct meeting_item *list = NULL;
    size_t count = items_of(&people[COORDINATOR], meeting, &list);
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        found += str_find(title_of(&people[COORDINATOR], &list[i]),
                          STR("another Forum handed over"), 0) >= 0;
    return found;
}

/* What who leads may not see: all of them have one name. */
static void two_matters_that_were_handed_over_both_go_on(void **state)
{
    (void)state;
    set_clock("2028-04-03 09:00");
    static const char *const plates[] = {"WK98 JJJ", "BD51 SMR"};
    struct person far = people[TEACHER];
    const struct person near = people[TEACHER];
    const char *field = NULL;
    struct handover *list = NULL;
    far.organisation = far_coordinator.organisation;
    for (int i = 0; i < 2; i++) {
        int64_t *ids = NULL;
        people[TEACHER] = far;
        int64_t submission = share(TEACHER, "Derwa Sedge", "40", plates[i], "handling:P");
        people[TEACHER] = near;
        assert_int_equal(entity_mentions_of(app.entities, &arena, submission, &ids), 2);
        struct handover_new input = {.from_forum = STR("east"),
                                     .to_forum = STR("mid"),
                                     .kind = ITEM_ENTITY,
                                     .subject = ids[1],
                                     .words = STR("Look at it.")};
        assert_int_equal(handover_add(&app, &far_coordinator, &input, &field, &last), ST_OK);
        assert_true(matters_of(&people[COORDINATOR], &list) > 0);
        assert_true(list[0].answers && !list[0].whole);
        assert_int_equal(handover_answer(&app, &people[COORDINATOR], list[0].id, true,
                                         STR("We do."), &field, &last),
                         ST_OK);
    }
    int64_t id = plan("2028-04-18 10:00");
    assert_int_equal(handed_over_on(id), 2);
    begin_with_a_theme(id, "Gates of the harbour");
    end_with_what_is_left(id);
    assert_int_equal(handed_over_on(plan("2028-05-16 10:00")), 2);
}

static void minutes_that_were_tampered_with_do_not_open(void **state)
{
    (void)state;
    char path[120];
    char sql[300];
    sqlite3 *database = NULL;
    if (getenv("PENDEEN_STORE")) skip(); /* another engine */
    snprintf(path, sizeof path, "%s/pendeen.db", folder);
    snprintf(sql, sizeof sql,
             "UPDATE meeting_decision SET sealed = (SELECT sealed FROM meeting_decision WHERE kind "
             "= 'correction')"
             " WHERE kind = 'minutes' AND item_id IS NULL AND meeting_id = %lld",
             (long long)held);
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_changes(database), 1);
    sqlite3_close(database);
    struct meeting meeting = read_meeting(&people[COORDINATOR], held);
    struct meeting_entry *entries = NULL;
    size_t count = 0;
    assert_int_equal(
        meeting_entries(&app, &arena, &people[COORDINATOR], &meeting, 0, &entries, &count, &last),
        ST_CONFLICT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forums_meet_as_the_pack_says),
        cmocka_unit_test(the_agenda_builds_itself),
        cmocka_unit_test(who_was_missing_is_on_the_agenda),
        cmocka_unit_test(what_is_new_is_told_apart),
        cmocka_unit_test(each_sees_only_what_they_may),
        cmocka_unit_test(no_decision_without_a_quorum),
        cmocka_unit_test(nothing_closes_without_outcome_reason_and_a_second_person),
        cmocka_unit_test(two_who_edit_at_once_overwrite_nothing),
        cmocka_unit_test(minutes_are_a_draft_until_somebody_else_approves_them),
        cmocka_unit_test(minutes_are_approved_once_and_stay),
        cmocka_unit_test(what_was_not_finished_comes_back),
        cmocka_unit_test(what_is_late_is_said_and_escalates),
        cmocka_unit_test(measures_are_kept_with_their_reviews_and_breaches),
        cmocka_unit_test(a_matter_is_handed_over_and_taken),
        cmocka_unit_test(an_urgent_matter_goes_to_all_who_lead_less_whom_it_concerns),
        cmocka_unit_test(what_two_forums_have_shows_to_both_coordinators),
        cmocka_unit_test(who_wrote_the_minutes_approves_them_once_the_forum_has_met_again),
        cmocka_unit_test(a_meeting_that_was_not_held_swallows_nothing),
        cmocka_unit_test(what_waits_for_its_second_sign_off_goes_on),
        cmocka_unit_test(who_is_here_stays_as_it_was_ticked),
        cmocka_unit_test(where_a_meeting_is_held_stays_as_it_was_typed),
        cmocka_unit_test(a_meeting_begun_late_hides_nothing_of_the_next),
        cmocka_unit_test(a_conflict_goes_on_with_its_theme),
        cmocka_unit_test(two_matters_that_were_handed_over_both_go_on),
        cmocka_unit_test(what_came_since_is_not_crowded_out),
        cmocka_unit_test(minutes_that_were_tampered_with_do_not_open),
    };
    return cmocka_run_group_tests(tests, set_up, close_partnership);
}
