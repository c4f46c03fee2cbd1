/* What an agenda says is not known, word that is overdue, children's records on an agenda. */
#include "domain/child.h"
#include "domain/children.h"
#include "domain/feedback_due.h"
#include "domain/grade.h"
#include "domain/meeting.h"
#include "domain/meeting_gap.h"
#include "domain/missing.h"
#include "domain/stage.h"
#include "domain/submission.h"
#include "web/pages.h"

#include "page_of.h"
#include "partnership.h"

static const struct cast cast[] = {
    {"Sender", "Mid School", "education", ROLE_representative},
    {"Analyst", "Mid Police", "police", ROLE_analyst},
    {"Youth analyst", "Mid Youth", "youth-service", ROLE_analyst},
    {"Coordinator", "Mid Council", "social-care", ROLE_coordinator},
    {"Officer", "Mid Council", "social-care", ROLE_maru_officer},
    {"Keeper", "Mid Council", "social-care", ROLE_administrator},
};
enum { SENDER, POLICE, YOUTH, COORDINATOR, OFFICER, KEEPER, PEOPLE };
static struct person people[PEOPLE];

static int open_all(void **state)
{
    (void)state;
    char folder[64];
    set_clock("2026-05-20 09:00");
    open_partnership(256 << 20, folder);
    add_people(cast, PEOPLE, people);
    return 0;
}

struct telling {
    const char *handling;
    const char *name;  /* empty: none */
    const char *place; /* empty: none */
    bool day;
    enum how_known how;
    const char *phone; /* NULL: none */
};

static int64_t share(struct telling telling)
{
    static int number;
    struct mention_draft mention[3];
    size_t count = 0;
    memset(mention, 0, sizeof mention);
    if (telling.name[0]) {
        mention[count] =
            (struct mention_draft){.kind = LINK_PERSON, .span_start = -1, .span_end = -1};
        mention[count++].field[LINK_NAME] = str_from(telling.name);
    }
    if (telling.place[0]) {
        mention[count] =
            (struct mention_draft){.kind = LINK_PLACE, .span_start = -1, .span_end = -1};
        mention[count++].field[LINK_VENUE] = str_from(telling.place);
    }
    if (telling.phone) {
        mention[count] =
            (struct mention_draft){.kind = LINK_PHONE, .span_start = -1, .span_end = -1};
        mention[count++].field[LINK_NUMBER] = str_from(telling.phone);
    }
    struct submission_draft draft = {
        .idempotency_key = str_fmt(&arena, "agenda-%d", number++),
        .narrative = STR("Somebody waited there again."),
        .seen_from = telling.day ? (struct date){2026, 5, 18} : (struct date){0},
        .seen_to = telling.day ? (struct date){2026, 5, 18} : (struct date){0},
        .how_known = telling.how,
        .handling = str_from(telling.handling),
        .mention = mention,
        .mention_count = count};
    struct submission_receipt receipt;
    struct err err = {0};
    if (submission_share(&app, &people[SENDER], &draft, 0, 0, &receipt, &err) != ST_OK)
        fail_msg("%s", err.public);
    return receipt.id;
}

static struct meeting_gap *gaps_for(int who, const struct meeting *meeting)
{
    struct meeting_gap *gap = arena_many(&arena, MEETING_GAPS, struct meeting_gap);
    struct db *db = store_read_begin(app.store, NULL);
    struct person asker = people[who];
    asker.scope = NULL;
    assert_int_equal(meeting_gaps(scope_of(&app, &arena, &asker), db, meeting, gap, NULL), ST_OK);
    store_read_end(app.store, db);
    return gap;
}

static void what_is_missing_is_counted_of_what_the_reader_sees(void **state)
{
    (void)state;
    struct meeting meeting = {.forum = STR("mid"), .since_at = at("2026-05-20 12:00")};
    set_clock("2026-05-20 11:00");
    share((struct telling){"handling:P", "", "", false, HOW_UNKNOWN, NULL}); /* before */
    set_clock("2026-05-21 09:00");
    share((struct telling){"handling:P", "Jory Penhale", "The Harbour Cafe", true, HOW_SAW, NULL});
    share((struct telling){"handling:P", "Jory Penhale", "", false, HOW_SAW, NULL});
    share((struct telling){"handling:P", "", "", true, HOW_UNKNOWN, NULL});
    int64_t closed =
        share((struct telling){"handling:C.maru-police", "", "", false, HOW_UNKNOWN, NULL});
    struct meeting_gap *gap = gaps_for(YOUTH, &meeting);
    static const size_t seen[MEETING_GAPS] = {[GAP_OF_DAY] = 1,
                                              [GAP_OF_PLACE] = 2,
                                              [GAP_OF_NAMES] = 1,
                                              [GAP_OF_HOW] = 1,
                                              [GAP_OF_GRADE] = 3};
    for (int kind = 0; kind < MEETING_GAPS; kind++) assert_int_equal(gap[kind].count, seen[kind]);
    gap = gaps_for(POLICE, &meeting);
    assert_int_equal(gap[GAP_OF_DAY].count, 2);
    assert_int_equal(gap[GAP_OF_DAY].submission[1], closed);
    gap = gaps_for(SENDER, &meeting); /* sees no links */
    for (int kind = 0; kind < MEETING_GAPS; kind++) assert_int_equal(gap[kind].count, 0);
    /* What is graded is no gap any more; what waits for a second person is one of its own. */
    const char *field = "";
    struct grade_draft draft = {.source = STR("source:2"),
                                .information = STR("information:E"),
                                .handling = STR("handling:P"),
                                .reason = STR("So.")};
    int64_t graded =
        gap[GAP_OF_GRADE].count ? 0 : gaps_for(YOUTH, &meeting)[GAP_OF_GRADE].submission[0];
    assert_int_equal(grade_add(&app, &people[YOUTH], graded, &draft, &field, NULL), ST_OK);
    gap = gaps_for(YOUTH, &meeting);
    assert_true(gap[GAP_OF_GRADE].count == 2 && gap[GAP_OF_SECOND].count == 1 &&
                gap[GAP_OF_SECOND].submission[0] == graded);
}

/* --- word that is overdue --------------------------------------------------------------------- */

static size_t due_for(int who, struct feedback_wait **ret)
{
    size_t count = 0;
    size_t total = 0;
    struct err err = {0};
    struct person asker = people[who];
    asker.scope = NULL;
    if (feedback_due_list(&app, &arena, &asker, ret, &count, &total, &err) != ST_OK)
        fail_msg("%s", err.public);
    assert_int_equal(count, total);
    return count;
}

static bool holds(const struct feedback_wait *list, size_t count, int64_t submission)
{
    for (size_t i = 0; i < count; i++)
        if (list[i].submission == submission) return true;
    return false;
}

static void what_is_overdue_is_in_somebodys_list(void **state)
{
    (void)state;
    static const char *const codes[] = {"handling:P", "handling:C.forum", "handling:C.maru-police",
                                        "handling:C.ask"};
    int64_t shared[4];
    set_clock("2026-06-01 09:00");
    for (int i = 0; i < 4; i++)
        shared[i] = share((struct telling){codes[i], "Merryn Trewin", "", true, HOW_SAW, NULL});
    struct feedback_wait *list = NULL;
    size_t before = due_for(COORDINATOR, &list);
    for (int i = 0; i < 4; i++) assert_false(holds(list, before, shared[i]));
    set_clock("2026-07-28 08:00"); /* 40 working days are over at 9:00 on the 27th */
    size_t leads = due_for(COORDINATOR, &list);
    struct feedback_wait *owners = NULL;
    size_t owned = due_for(SENDER, &owners);
    for (int i = 0; i < 4; i++)
        assert_true(holds(list, leads, shared[i]) || holds(owners, owned, shared[i]));
    /* asks first: the owner's */
    assert_true(holds(list, leads, shared[0]) && !holds(list, leads, shared[3]));
    struct feedback_wait *none = NULL;
    assert_int_equal(due_for(YOUTH, &none), 0);
    for (size_t i = 0; i < owned; i++) assert_false(owners[i].gives);
    struct meeting meeting = {.forum = STR("mid"), .since_at = at("2026-07-20 12:00")};
    struct meeting_gap *gap = gaps_for(COORDINATOR, &meeting);
    assert_int_equal(gap[GAP_OF_WORD].count, leads);
}

static void word_is_given_once_and_only_by_who_leads(void **state)
{
    (void)state;
    struct feedback_wait *list = NULL;
    set_clock("2026-07-28 08:00");
    size_t count = due_for(COORDINATOR, &list);
    assert_true(count > 1);
    int64_t which[] = {list[0].submission, list[0].submission};
    size_t said = 0;
    assert_int_equal(
        feedback_give(&app, &people[COORDINATOR], which, 0, STR("too-little"), &said, NULL),
        ST_INVALID);
    assert_int_equal(
        feedback_give(&app, &people[COORDINATOR], which, 1, STR("nothing"), &said, NULL),
        ST_INVALID);
    /* takes an action */
    assert_int_equal(
        feedback_give(&app, &people[COORDINATOR], which, 1, STR("acted-on"), &said, NULL),
        ST_INVALID);
    assert_int_equal(feedback_give(&app, &people[YOUTH], which, 1, STR("too-little"), &said, NULL),
                     ST_CONFLICT);
    assert_int_equal(
        feedback_give(&app, &people[COORDINATOR], which, 2, STR("too-little"), &said, NULL), ST_OK);
    assert_int_equal(said, 1);
    struct stage_state stage;
    assert_int_equal(stage_read(&app, &arena, which[0], &stage, NULL), ST_OK);
    assert_true(stage.feedback == FEEDBACK_NO_ACTION &&
                str_eq(stage.feedback_reason, STR("too-little")));
    assert_int_equal(
        feedback_give(&app, &people[COORDINATOR], which, 1, STR("too-little"), &said, NULL),
        ST_CONFLICT);
    assert_int_equal(due_for(COORDINATOR, &list), count - 1);
}

static size_t unanswered(int who, struct feedback_unanswered **ret)
{
    size_t count = 0;
    struct err err = {0};
    struct person asker = people[who];
    asker.scope = NULL;
    if (feedback_unanswered_list(&app, &arena, &asker, ret, &count, &err) != ST_OK)
        fail_msg("%s", err.public);
    return count;
}

static void set_disabled(int who, bool disabled)
{
    assert_int_equal(
        account_set_disabled(&app, people[KEEPER].account, people[who].account, disabled, NULL),
        ST_OK);
}

/* What its owner keeps to itself is overdue, and nobody is there who could answer for it. */
static void what_nobody_has_is_counted_for_who_finds_somebody(void **state)
{
    (void)state;
    struct feedback_unanswered *list = NULL;
    struct feedback_wait *waits = NULL;
    set_clock("2026-07-28 08:00");
    size_t kept = due_for(SENDER, &waits);
    /* it is in the representative's list */
    for (int who = 0; who < PEOPLE; who++) assert_int_equal(unanswered(who, &list), 0);
    set_disabled(SENDER, true);
    assert_int_equal(unanswered(COORDINATOR, &list), 1);
    assert_true(str_eq(list[0].name, STR("Mid School")) && str_eq(list[0].forum, STR("mid")));
    assert_true(list[0].count > 0 && list[0].count <= kept && list[0].due_at < clock_now());
    size_t of_these = list[0].count;
    for (int who = 0; who < PEOPLE; who++)
        if (who != COORDINATOR && who != SENDER) assert_int_equal(unanswered(who, &list), 0);
    set_disabled(COORDINATOR, true); /* then also what they could see is nobody's */
    assert_int_equal(unanswered(KEEPER, &list), 1);
    assert_true(list[0].count >= of_these);
    for (int who = POLICE; who < KEEPER; who++)
        if (who != COORDINATOR) assert_int_equal(unanswered(who, &list), 0);
    set_disabled(COORDINATOR, false);
    set_disabled(SENDER, false);
    assert_int_equal(unanswered(KEEPER, &list), 0);
}

static void one_that_is_overdue_is_said_as_one(void **state)
{
    (void)state;
    struct feedback_wait *list = NULL;
    set_clock("2026-07-28 08:00");
    struct request request = {
        .app = &app, .arena = &arena, .who = people[COORDINATOR], .path = STR("/")};
    request.who.scope = NULL;
    size_t count = due_for(COORDINATOR, &list);
    assert_true(count > 1);
    struct str many = str_fmt(&arena, ">%zu submissions have been with a Forum", count);
    assert_true(str_find(page_of(page_feedback_due, &request, NULL), many, 0) > 0);
    for (size_t i = 1; i < count; i++) {
        size_t said = 0;
        assert_int_equal(feedback_give(&app, &people[COORDINATOR], &list[i].submission, 1,
                                       STR("too-little"), &said, NULL),
                         ST_OK);
    }
    assert_int_equal(due_for(COORDINATOR, &list), 1);
    assert_true(str_find(page_of(page_feedback_due, &request, NULL),
                         STR(">One submission has been with a Forum"), 0) > 0);
}

/* --- children's records ----------------------------------------------------------------------- */

static int64_t child_named(const char *name)
{
    struct child_draft draft = {.kind = ENTRY_FACT};
    int64_t child = 0;
    draft.text[FACT_KEY] = STR("child-name");
    draft.text[FACT_ANSWER] = STR("given");
    draft.text[FACT_VALUE] = str_from(name);
    assert_int_equal(child_create(&app, &people[OFFICER], &draft, 1, 0, &child, NULL), ST_OK);
    return child;
}

static struct str reference_of(int64_t child)
{
    struct child_line line;
    assert_true(child_scope_line(child_scope_of(&app, &arena, &people[OFFICER]), child, &line));
    return line.reference;
}

static enum st add_item(int who, int64_t meeting, struct str reference)
{
    struct meeting read;
    const char *field = NULL;
    assert_int_equal(meeting_read(&app, &arena, &people[who], meeting, &read, NULL), ST_OK);
    struct meeting_input input = {
        .version = read.version, .choice = STR("children"), .second = reference};
    return meeting_do(&app, &people[who], meeting, 0, MEETING_DO_ADD, &input, &field, NULL);
}

/* Items of one kind that somebody sees; `brief` is that of the last. */
static size_t items_of(int who, int64_t meeting, enum item_kind kind, struct item_brief *brief)
{
    struct meeting read;
    struct meeting_item *items = NULL;
    size_t count = 0;
    size_t found = 0;
    people[who].scope = NULL;
    assert_int_equal(meeting_read(&app, &arena, &people[who], meeting, &read, NULL), ST_OK);
    assert_int_equal(meeting_items(&app, &arena, &people[who], &read, &items, &count, NULL), ST_OK);
    for (size_t i = 0; i < count; i++) {
        if (items[i].kind != kind) continue;
        struct db *db = store_read_begin(app.store, NULL);
        assert_int_equal(meeting_brief(scope_of(&app, &arena, &people[who]), db, &arena, &read,
                                       &items[i], brief, NULL),
                         ST_OK);
        store_read_end(app.store, db);
        found++;
    }
    return found;
}

static int64_t plan(const char *when)
{
    int64_t meeting = 0;
    struct err err = {0};
    if (meeting_plan(&app, &people[COORDINATOR], STR("mid"), at(when), STR(""), &meeting, &err) !=
        ST_OK)
        fail_msg("%s", err.public);
    return meeting;
}

static void step(int who, int64_t meeting, enum meeting_action action, struct meeting_input input)
{
    struct meeting read;
    const char *field = NULL;
    struct err err = {0};
    people[who].scope = NULL;
    assert_int_equal(meeting_read(&app, &arena, &people[who], meeting, &read, NULL), ST_OK);
    input.version = read.version;
    if (meeting_do(&app, &people[who], meeting, 0, action, &input, &field, &err) != ST_OK)
        fail_msg("%s", err.public);
}

/* The coordinator builds it, and sees nothing of what the officer finds there. */
static void a_childs_record_is_on_the_agenda_for_who_may_read_it(void **state)
{
    (void)state;
    struct item_brief brief;
    set_clock("2026-08-03 09:00");
    int64_t child = child_named("Tamsin Alder");
    set_clock("2026-08-03 09:05");
    int64_t meeting = plan("2026-08-04 10:00");
    assert_int_equal(items_of(COORDINATOR, meeting, ITEM_CHILD, &brief), 0);
    assert_int_equal(items_of(YOUTH, meeting, ITEM_CHILD, &brief), 0);
    assert_int_equal(items_of(OFFICER, meeting, ITEM_CHILD, &brief), 1);
    assert_true(str_find(brief.title, STR("Tamsin Alder"), 0) == 0);
    assert_true(str_starts(brief.facts, STR("New since the last meeting")));
    struct attendance_input chair = {people[OFFICER].account, ATTENDS_INVITED, true};
    assert_int_equal(meeting_attend(&app, &people[COORDINATOR], meeting, &chair, 1, NULL), ST_OK);
    /* as one that is not there */
    assert_int_equal(add_item(COORDINATOR, meeting, reference_of(child)), ST_INVALID);
    assert_int_equal(add_item(OFFICER, meeting, STR("CH-0000-0000")), ST_INVALID);
    assert_int_equal(add_item(OFFICER, meeting, reference_of(child)), ST_OK);
    assert_int_equal(items_of(COORDINATOR, meeting, ITEM_CHILD, &brief), 0);
}

static void what_helps_a_child_comes_onto_the_agenda_by_itself(void **state)
{
    (void)state;
    struct item_brief brief;
    set_clock("2026-08-05 09:00");
    int64_t child = child_named("Jenna Rowan");
    set_clock("2026-08-06 09:00");
    int64_t meeting = plan("2026-08-07 10:00");
    assert_int_equal(items_of(OFFICER, meeting, ITEM_SUPPORT, &brief), 0);
    struct child_draft began = {.kind = ENTRY_PLAN,
                                .text = {STR("safety-plan"), STR("Somebody she trusts"),
                                         STR("2026-08-06"), STR("2026-09-01")}};
    struct child_draft ended = {.kind = ENTRY_REVIEW,
                                .text = {STR("She does not want it any more"), STR("2026-08-06")}};
    assert_int_equal(
        child_add(&app, &people[OFFICER], child, &began, 1, "plan added", 0, &ended.about, NULL),
        ST_OK);
    assert_int_equal(
        child_add(&app, &people[OFFICER], child, &ended, 1, "plan reviewed", 0, NULL, NULL), ST_OK);
    step(COORDINATOR, meeting, MEETING_DO_BUILD, (struct meeting_input){0});
    assert_int_equal(items_of(OFFICER, meeting, ITEM_SUPPORT, &brief), 1);
    assert_true(str_starts(brief.title, STR("Support of Jenna Rowan")));
    assert_true(str_find(brief.facts,
                         STR("6 August 2026: Safety plan, to be reviewed by 1 September 2026."),
                         0) >= 0);
    assert_true(str_find(brief.facts, STR("6 August 2026: Safety plan reviewed: it ended."), 0) >=
                0);
    assert_true(str_find(brief.facts, STR("trusts"), 0) < 0); /* not what it says */
    assert_int_equal(items_of(COORDINATOR, meeting, ITEM_SUPPORT, &brief), 0);
    assert_int_equal(items_of(POLICE, meeting, ITEM_SUPPORT, &brief), 0);
    step(COORDINATOR, meeting, MEETING_DO_BUILD, (struct meeting_input){0});
    assert_int_equal(items_of(OFFICER, meeting, ITEM_SUPPORT, &brief), 1); /* once */
}

static void take_off(int who, int64_t meeting, enum item_kind kind)
{
    struct meeting read;
    struct meeting_item *items = NULL;
    const char *field = NULL;
    size_t count = 0;
    assert_int_equal(meeting_read(&app, &arena, &people[who], meeting, &read, NULL), ST_OK);
    assert_int_equal(meeting_items(&app, &arena, &people[who], &read, &items, &count, NULL), ST_OK);
    for (size_t i = 0; i < count; i++) {
        struct meeting_input input = {.version = items[i].version, .text = STR("It is known")};
        if (items[i].kind == kind)
            assert_int_equal(meeting_do(&app, &people[who], meeting, items[i].id, MEETING_DO_OFF,
                                        &input, &field, NULL),
                             ST_OK);
    }
}

static bool sees_phone(int who, int64_t meeting)
{
    struct item_brief brief = {0};
    return items_of(who, meeting, ITEM_ENTITY, &brief) == 1 &&
           str_find(brief.title, STR("900277"), 0) >= 0;
}

/* Something that others may not see puts a phone onto the agenda: for who sees
 * that, whoever builds; for who knows the phone of earlier it is as if nothing had
 * come, in the next meeting too. */
static void an_item_tells_nobody_that_there_is_more_than_they_see(void **state)
{
    (void)state;
    set_clock("2026-09-01 09:00");
    share((struct telling){"handling:P", "", "", true, HOW_SAW, "07700 900277"});
    set_clock("2026-09-02 09:00");
    int64_t first = plan("2026-09-03 10:00");
    assert_true(sees_phone(YOUTH, first) && sees_phone(POLICE, first) &&
                sees_phone(COORDINATOR, first));
    struct attendance_input here[] = {{people[OFFICER].account, ATTENDS_PRESENT, true},
                                      {people[POLICE].account, ATTENDS_PRESENT, false},
                                      {people[YOUTH].account, ATTENDS_PRESENT, false},
                                      {people[COORDINATOR].account, ATTENDS_PRESENT, false}};
    assert_int_equal(meeting_attend(&app, &people[COORDINATOR], first, here, 4, NULL), ST_OK);
    take_off(COORDINATOR, first, ITEM_ENTITY);
    set_clock("2026-09-03 10:00");
    step(COORDINATOR, first, MEETING_DO_START, (struct meeting_input){0});
    step(COORDINATOR, first, MEETING_DO_END, (struct meeting_input){.choice = STR("yes")});
    set_clock("2026-09-04 09:00");
    share((struct telling){"handling:C.maru-police", "", "", true, HOW_SAW, "07700 900277"});
    set_clock("2026-09-05 09:00");
    int64_t second = plan("2026-09-10 10:00");
    struct item_brief brief;
    assert_true(sees_phone(POLICE, second));
    assert_int_equal(items_of(POLICE, second, ITEM_ENTITY, &brief), 1);
    assert_int_equal(brief.fresh, 1);
    assert_false(sees_phone(YOUTH, second) || sees_phone(COORDINATOR, second));
    /* In the list of those that were not reached it is not counted, and it goes on all the same. */
    assert_int_equal(meeting_attend(&app, &people[COORDINATOR], second, here, 4, NULL), ST_OK);
    set_clock("2026-09-10 10:00");
    step(COORDINATOR, second, MEETING_DO_START, (struct meeting_input){0});
    step(COORDINATOR, second, MEETING_DO_END, (struct meeting_input){.choice = STR("yes")});
    set_clock("2026-09-11 09:00");
    int64_t third = plan("2026-10-08 10:00");
    assert_true(sees_phone(POLICE, third));
    assert_false(sees_phone(YOUTH, third) || sees_phone(COORDINATOR, third));
}

static void what_is_not_known_is_an_item_for_who_sees_some_of_it(void **state)
{
    (void)state;
    struct item_brief brief;
    set_clock("2026-11-02 09:00");
    int64_t quiet = plan("2026-11-03 10:00");
    assert_int_equal(items_of(SENDER, quiet, ITEM_GAP, &brief), 0); /* sees no links */
    share((struct telling){"handling:C.maru-police", "Merryn Trewin", "", true, HOW_SAW, NULL});
    set_clock("2026-11-02 10:00");
    step(COORDINATOR, quiet, MEETING_DO_BUILD, (struct meeting_input){0});
    assert_int_equal(items_of(POLICE, quiet, ITEM_GAP, &brief), 1);
    assert_true(str_find(brief.facts, STR("No place named: "), 0) >= 0);
    assert_true(str_find(brief.facts, STR("Not graded yet: "), 0) >= 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_missing_is_counted_of_what_the_reader_sees),
        cmocka_unit_test(what_is_overdue_is_in_somebodys_list),
        cmocka_unit_test(word_is_given_once_and_only_by_who_leads),
        cmocka_unit_test(what_nobody_has_is_counted_for_who_finds_somebody),
        cmocka_unit_test(one_that_is_overdue_is_said_as_one),
        cmocka_unit_test(a_childs_record_is_on_the_agenda_for_who_may_read_it),
        cmocka_unit_test(what_helps_a_child_comes_onto_the_agenda_by_itself),
        cmocka_unit_test(an_item_tells_nobody_that_there_is_more_than_they_see),
        cmocka_unit_test(what_is_not_known_is_an_item_for_who_sees_some_of_it),
    };
    return cmocka_run_group_tests(tests, open_all, close_partnership);
}
