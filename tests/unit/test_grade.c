/* Gradings: codes of the pack, the second person, versions, two at once, the queue. */
#include "domain/grade.h"
#include "domain/grant.h"
#include "domain/handling.h"
#include "domain/scope.h"
#include "domain/submission.h"
#include "web/pages.h"

#include "page_of.h"
#include "partnership.h"

static const struct cast cast[] = {
    {"Practitioner", "Mid School", "education", ROLE_practitioner},
    {"First analyst", "Mid Police", "police", ROLE_analyst},
    {"Second analyst", "Mid Police", "police", ROLE_analyst},
    {"Coordinator", "Mid Police", "police", ROLE_coordinator},
};
enum { SENDER, FIRST, SECOND, COORDINATOR, PEOPLE };
static struct person people[PEOPLE];

static int open_all(void **state)
{
    (void)state;
    char folder[64];
    open_partnership(64 << 20, folder);
    add_people(cast, PEOPLE, people);
    return 0;
}

static int64_t share_as(int who, const char *key)
{
    struct submission_draft draft = {.idempotency_key = str_from(key),
                                     .narrative = STR("A grey van waited by the park gate."),
                                     .handling = STR("handling:P")};
    struct submission_receipt receipt;
    struct err err = {0};
    struct person sender = people[who];
    sender.roles |= 1u << ROLE_representative; /* a Forum has it at once */
    if (submission_share(&app, &sender, &draft, 0, 0, &receipt, &err) != ST_OK)
        fail_msg("%s", err.public);
    return receipt.id;
}

static struct grade_draft draft_of(const char *source, const char *information,
                                   const char *handling, int64_t base)
{
    return (struct grade_draft){.source = str_from(source),
                                .information = str_from(information),
                                .handling = str_from(handling),
                                .reason = STR("Borne out by the school."),
                                .base = base};
}

static enum st grade_as(int who, int64_t submission, struct grade_draft draft, const char **field)
{
    const char *ignored = "";
    struct err err = {0};
    return grade_add(&app, &people[who], submission, &draft, field ? field : &ignored, &err);
}

static enum st agree(int who, int64_t submission, int64_t grade)
{
    struct err err = {0};
    return grade_second(&app, &people[who], submission, grade, true, STR("I looked too."), &err);
}

static struct grade_view view_as(int who, int64_t submission)
{
    struct grade_view view;
    assert_int_equal(grades_read(&app, &arena, &people[who], submission, &view, NULL), ST_OK);
    return view;
}

static void grading_stands_at_once_and_is_kept_in_versions(void **state)
{
    (void)state;
    int64_t id = share_as(SENDER, "versions");
    assert_int_equal(
        grade_as(FIRST, id, draft_of("source:2", "information:C", "handling:P", 0), NULL), ST_OK);
    assert_int_equal(
        grade_as(SECOND, id, draft_of("source:1", "information:B", "handling:P", 1), NULL), ST_OK);
    struct grade_view view = view_as(FIRST, id);
    assert_int_equal(view.count, 2);
    assert_true(view.line[0].current && !view.line[1].current);
    assert_true(str_eq(view.line[0].by, STR("Second analyst")) &&
                str_eq(view.line[1].by, STR("First analyst")));
    assert_true(str_eq(view.line[1].information, STR("information:C")));
    assert_true(str_eq(view.line[0].reason, STR("Borne out by the school.")));
    assert_true(view.line[0].at > 0);
}

static void codes_are_those_of_the_pack(void **state)
{
    (void)state;
    int64_t id = share_as(SENDER, "codes");
    static const struct {
        const char *source;
        const char *information;
        const char *handling;
        const char *field;
    } wrong[] = {{"", "information:C", "handling:P", "source"},
                 {"source:4", "information:C", "handling:P", "source"},
                 {"information:C", "information:C", "handling:P", "source"},
                 {"source:2", "C", "handling:P", "information"},
                 {"source:2", "handling:C.ask", "handling:P", "information"},
                 {"source:2", "information:C", "information:C", "handling"},
                 {"source:2", "information:C", "handling:C.referral", "handling"},
                 {"source:2", "information:1", "handling:P", "information"}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const char *field = "";
        struct grade_draft draft =
            draft_of(wrong[i].source, wrong[i].information, wrong[i].handling, 0);
        assert_int_equal(grade_as(FIRST, id, draft, &field), ST_INVALID);
        assert_string_equal(field, wrong[i].field);
    }
    struct grade_draft silent = draft_of("source:2", "information:C", "handling:P", 0);
    silent.reason = STR("  ");
    const char *field = "";
    assert_int_equal(grade_as(FIRST, id, silent, &field), ST_INVALID);
    assert_string_equal(field, "reason");
    assert_int_equal(view_as(FIRST, id).count, 0);
}

static void false_information_waits_for_another_person(void **state)
{
    (void)state;
    int64_t id = share_as(SENDER, "second");
    struct err err = {0};
    assert_int_equal(
        grade_as(FIRST, id, draft_of("source:2", "information:E", "handling:P", 0), NULL), ST_OK);
    struct grade_view own = view_as(FIRST, id);
    struct grade_view other = view_as(SECOND, id);
    assert_true(str_eq(own.line[0].state, STR("proposed")) && !own.line[0].current &&
                !own.line[0].may_second);
    assert_true(other.line[0].may_second);
    assert_int_equal(
        grade_second(&app, &people[FIRST], id, own.line[0].id, true, STR("Yes."), &err), ST_DENIED);
    assert_int_equal(grade_second(&app, &people[SECOND], id, own.line[0].id, true, STR(""), &err),
                     ST_INVALID);
    assert_true(str_eq(view_as(FIRST, id).line[0].state, STR("proposed")));
    assert_int_equal(
        grade_second(&app, &people[SECOND], id, own.line[0].id, true, STR("I looked too."), &err),
        ST_OK);
    assert_int_equal(
        grade_second(&app, &people[SECOND], id, own.line[0].id, false, STR("No."), &err),
        ST_CONFLICT);
    struct grade_view done = view_as(FIRST, id);
    assert_true(done.line[0].current && str_eq(done.line[0].second, STR("Second analyst")));
    assert_true(str_eq(done.line[0].second_reason, STR("I looked too.")));
}

static void declined_one_leaves_what_stood(void **state)
{
    (void)state;
    int64_t id = share_as(SENDER, "declined");
    struct err err = {0};
    assert_int_equal(
        grade_as(FIRST, id, draft_of("source:2", "information:C", "handling:P", 0), NULL), ST_OK);
    assert_int_equal(
        grade_as(FIRST, id, draft_of("source:3", "information:E", "handling:P", 1), NULL), ST_OK);
    int64_t proposed = view_as(SECOND, id).line[0].id;
    assert_true(view_as(SECOND, id).line[1].current); /* until then the earlier one stands */
    assert_int_equal(
        grade_second(&app, &people[SECOND], id, proposed, false, STR("It is borne out."), &err),
        ST_OK);
    struct grade_view view = view_as(FIRST, id);
    assert_true(str_eq(view.line[0].state, STR("declined")) && view.line[1].current);
    struct db *db = store_read_begin(app.store, NULL);
    struct grade_short word;
    assert_int_equal(grade_short_of(db, &arena, area, id, &word, NULL), ST_OK);
    store_read_end(app.store, db);
    assert_true(word.stands && !word.proposed && str_eq(word.information, STR("information:C")));
}

static void condition_takes_effect_when_agreed(void **state)
{
    (void)state;
    int64_t id = share_as(SENDER, "condition");
    struct err err = {0};
    const char *field = "";
    struct grade_draft named = draft_of("source:2", "information:C", "handling:C.named", 0);
    assert_int_equal(grade_as(FIRST, id, named, &field), ST_INVALID); /* nobody is named yet */
    assert_int_equal(
        grade_as(FIRST, id, draft_of("source:2", "information:C", "handling:C.forum", 0), NULL),
        ST_OK);
    struct grade_view view = view_as(SECOND, id);
    assert_true(str_eq(view.line[0].state, STR("proposed")) &&
                str_eq(view.handling, STR("handling:P")));
    assert_int_equal(
        grade_second(&app, &people[SECOND], id, view.line[0].id, true, STR("Yes."), &err), ST_OK);
    assert_true(str_eq(view_as(SECOND, id).handling, STR("handling:C.forum")));
    /* Lifting a condition needs a second person as well. */
    assert_int_equal(
        grade_as(FIRST, id, draft_of("source:2", "information:C", "handling:P", 1), NULL), ST_OK);
    assert_true(str_eq(view_as(SECOND, id).line[0].state, STR("proposed")));
    assert_true(str_eq(view_as(SECOND, id).handling, STR("handling:C.forum")));
}

/* The sender chose another one, and that stays known. */
static void agreed_condition_is_a_change_of_what_was_chosen(void **state)
{
    (void)state;
    struct handling_history history;
    struct err err = {0};
    int64_t id = share_as(SENDER, "chosen");
    assert_int_equal(
        grade_as(FIRST, id, draft_of("source:2", "information:C", "handling:C.forum", 0), NULL),
        ST_OK);
    assert_int_equal(agree(SECOND, id, view_as(SECOND, id).line[0].id), ST_OK);
    struct db *db = store_read_begin(app.store, NULL);
    assert_int_equal(
        handling_history_read(db, &arena, id, STR("handling:C.forum"), &history, &err), ST_OK);
    store_read_end(app.store, db);
    assert_true(str_eq(history.chosen, STR("handling:P")) && history.changed_at > 0);
}

/* What was proposed before somebody narrowed it does not widen it again. */
static void agreement_does_not_undo_a_later_change(void **state)
{
    (void)state;
    int64_t id = share_as(SENDER, "narrowed");
    struct str narrower = STR("handling:C.forum");
    instant_ms now = clock_now();
    assert_int_equal(
        grade_as(FIRST, id, draft_of("source:2", "information:E", "handling:P", 0), NULL), ST_OK);
    clock_set(now + 60000);
    assert_int_equal(handling_set(&app, &people[COORDINATOR], id, narrower, NULL, 0, NULL), ST_OK);
    struct grade_view view = view_as(SECOND, id);
    assert_int_equal(agree(SECOND, id, view.line[0].id), ST_CONFLICT);
    view = view_as(SECOND, id);
    assert_true(str_eq(view.handling, narrower));
    assert_true(str_eq(view.line[0].state, STR("proposed")));
    clock_set(now + 120000);
    assert_int_equal(
        grade_as(FIRST, id, draft_of("source:2", "information:E", "handling:C.forum", 1), NULL),
        ST_OK);
    assert_int_equal(agree(SECOND, id, view_as(SECOND, id).line[0].id), ST_OK);
    clock_set(0);
}

static struct str page_graded(int64_t id, const char *seen, const char *handling,
                              const char *reason, int *ret_status)
{
    struct form_field fields[] = {{STR("base"), STR("0"), STR("")},
                                  {STR("seen"), str_from(seen), STR("")},
                                  {STR("source"), STR("source:2"), STR("")},
                                  {STR("information"), STR("information:C"), STR("")},
                                  {STR("handling"), str_from(handling), STR("")},
                                  {STR("reason"), str_from(reason), STR("")}};
    struct request request = {.app = &app,
                              .arena = &arena,
                              .who = people[FIRST],
                              .id = {id},
                              .path = STR("/"),
                              .method = POST,
                              .field = fields,
                              .field_count = 6};
    return page_of(page_grade_send, &request, ret_status);
}

/* The form says which condition it was drawn with: what somebody narrowed meanwhile is not
 * widened, nor is that proposed, by a choice that nobody made. */
static void who_may_see_it_was_narrowed_while_the_form_was_open(void **state)
{
    (void)state;
    int64_t id = share_as(SENDER, "form open");
    int status = 0;
    struct request request = {
        .app = &app, .arena = &arena, .who = people[FIRST], .id = {id}, .path = STR("/")};
    struct str page = page_of(page_grade, &request, NULL);
    assert_true(str_find(page, STR("name=\"seen\" value=\"handling:P\""), 0) > 0);
    assert_int_equal(
        handling_set(&app, &people[COORDINATOR], id, STR("handling:C.forum"), NULL, 0, NULL),
        ST_OK);
    page = page_graded(id, "handling:P", "handling:P", "Borne out by the school.", &status);
    assert_int_equal(status, 409);
    assert_true(str_find(page, STR("Somebody changed who may see it meanwhile"), 0) > 0);
    assert_true(str_find(page, STR("href=\"#handling\""), 0) > 0);
    assert_true(str_find(page, STR("Borne out by the school.</textarea>"), 0) > 0);
    assert_true(str_find(page, STR("name=\"seen\" value=\"handling:C.forum\""), 0) > 0);
    ptrdiff_t at = str_find(page, STR("value=\"handling:P\" aria-describedby"), 0);
    ptrdiff_t next = str_find(page, STR("value=\"handling:C.forum\" aria-describedby"), 0);
    assert_true(at > 0 && next > at);
    assert_true(str_find(str_sub(page, (size_t)at, (size_t)(next - at)), STR("checked"), 0) < 0);
    assert_true(str_find(str_sub(page, (size_t)next, 100), STR("checked"), 0) > 0);
    assert_int_equal(view_as(FIRST, id).count, 0);
    /* Whoever chose what it is now, or says so knowing what it is, is kept. */
    (void)page_graded(id, "handling:P", "handling:C.forum", "Borne out.", &status);
    assert_int_equal(status, 303);
    struct grade_view view = view_as(FIRST, id);
    assert_int_equal(view.count, 1);
    assert_true(str_eq(view.handling, STR("handling:C.forum")));
    struct grade_draft draft = draft_of("source:2", "information:C", "handling:P", 1);
    draft.seen = STR("handling:C.forum");
    assert_int_equal(grade_as(FIRST, id, draft, NULL), ST_OK);
}

/* A form that comes back does not say that its author has seen what came meanwhile. */
static void what_was_graded_meanwhile_is_told_after_what_is_wrong(void **state)
{
    (void)state;
    int64_t id = share_as(SENDER, "wrong first");
    int status = 0;
    assert_int_equal(
        grade_as(SECOND, id, draft_of("source:2", "information:C", "handling:P", 0), NULL), ST_OK);
    struct str page = page_graded(id, "handling:P", "handling:P", " ", &status);
    assert_int_equal(status, 400);
    assert_true(str_find(page, STR("name=\"base\" value=\"0\""), 0) > 0);
    assert_true(str_find(page, STR("name=\"base\" value=\"1\""), 0) < 0);
    page = page_graded(id, "handling:P", "handling:P", "Borne out.", &status);
    assert_int_equal(status, 409);
    assert_true(str_find(page, STR("Somebody graded this while you were writing"), 0) > 0);
    assert_true(str_find(page, STR("name=\"base\" value=\"1\""), 0) > 0);
    assert_int_equal(view_as(FIRST, id).count, 1);
}

static struct str page_seconded(int64_t id, int64_t grade, struct str reason, int *ret_status)
{
    struct form_field fields[] = {{STR("answer"), STR("agree"), STR("")},
                                  {STR("reason"), reason, STR("")}};
    struct request request = {.app = &app,
                              .arena = &arena,
                              .who = people[SECOND],
                              .id = {id, grade},
                              .path = STR("/"),
                              .method = POST,
                              .field = fields,
                              .field_count = 2};
    return page_of(page_grade_second, &request, ret_status);
}

/* It is not sent for another, nor lost where there is no box for it any more. */
static void why_somebody_agrees_comes_back_where_it_was_typed(void **state)
{
    (void)state;
    int64_t id = share_as(SENDER, "typed for one");
    int status = 0;
    for (int64_t base = 0; base < 2; base++)
        assert_int_equal(
            grade_as(FIRST, id, draft_of("source:2", "information:E", "handling:P", base), NULL),
            ST_OK);
    int64_t grade = view_as(SECOND, id).line[1].id; /* the older one, which stands below */
    char long_reason[600];
    memset(long_reason, 'x', sizeof long_reason);
    struct str typed = str_of(long_reason, sizeof long_reason);
    struct str page = page_seconded(id, grade, typed, &status);
    assert_int_equal(status, 400);
    ptrdiff_t at = str_find(page, typed, 0);
    ptrdiff_t box = str_find(page, str_fmt(&arena, "id=\"second-%lld\"", (long long)grade), 0);
    assert_true(box > 0 && at > box);
    assert_true(str_find(page, typed, (size_t)at + typed.len) < 0);
    (void)page_seconded(id, grade, STR("I looked too."), &status);
    assert_int_equal(status, 303);
    page = page_seconded(id, grade, STR("Nor do I."), &status);
    assert_int_equal(status, 409);
    at = str_find(page, STR("What you wrote, which was not sent"), 0);
    assert_true(at > 0 && str_find(page, STR("Nor do I.</p>"), (size_t)at) > 0);
    assert_true(str_find(page, STR("Nor do I.</textarea>"), 0) < 0);
}

/* A request has looked at what they may do; the record is kept from them; then the request acts. */
static void what_is_kept_from_them_meanwhile_they_do_not_grade(void **state)
{
    (void)state;
    struct err err = {0};
    struct arena own;
    arena_init(&own, 64 << 20);
    int64_t id = share_as(SENDER, "meanwhile");
    assert_int_equal(
        grade_as(FIRST, id, draft_of("source:2", "information:C", "handling:C.forum", 0), NULL),
        ST_OK);
    int64_t grade = view_as(SECOND, id).line[0].id;
    struct person who = people[SECOND];
    who.scope = NULL;
    who.scope = scope_of(&app, &own, &who);
    assert_true(scope_allows(who.scope, ACT_DECIDE, id));
    if (block_add(&app, &people[COORDINATOR], id, people[SECOND].email, STR("Related."), &err) !=
        ST_OK)
        fail_msg("%s", err.public);
    assert_int_equal(grade_second(&app, &who, id, grade, true, STR("I looked too."), &err),
                     ST_NOT_FOUND);
    const char *field = "";
    struct grade_draft draft = draft_of("source:1", "information:A", "handling:P", 1);
    assert_int_equal(grade_add(&app, &who, id, &draft, &field, &err), ST_NOT_FOUND);
    assert_true(str_eq(view_as(FIRST, id).line[0].state, STR("proposed")));
    arena_done(&own);
}

static void nobody_grades_their_own(void **state)
{
    (void)state;
    int64_t id = share_as(FIRST, "own");
    struct err err = {0};
    assert_int_equal(
        grade_as(FIRST, id, draft_of("source:2", "information:C", "handling:P", 0), NULL),
        ST_DENIED);
    assert_true(view_as(FIRST, id).own && !view_as(SECOND, id).own);
    assert_int_equal(
        grade_as(SECOND, id, draft_of("source:2", "information:E", "handling:P", 0), NULL), ST_OK);
    int64_t grade = view_as(SECOND, id).line[0].id;
    assert_int_equal(grade_second(&app, &people[FIRST], id, grade, true, STR("Mine."), &err),
                     ST_DENIED);
}

static void of_two_at_once_nothing_is_lost(void **state)
{
    (void)state;
    int64_t id = share_as(SENDER, "at once");
    assert_int_equal(
        grade_as(FIRST, id, draft_of("source:2", "information:C", "handling:P", 0), NULL), ST_OK);
    /* The second had the page open before. */
    assert_int_equal(
        grade_as(SECOND, id, draft_of("source:1", "information:A", "handling:P", 0), NULL),
        ST_CONFLICT);
    assert_int_equal(view_as(SECOND, id).count, 1);
    assert_int_equal(
        grade_as(SECOND, id, draft_of("source:1", "information:A", "handling:P", 1), NULL), ST_OK);
    assert_int_equal(view_as(SECOND, id).count, 2);
}

static void older_scheme_is_kept_as_it_came(void **state)
{
    (void)state;
    int64_t id = share_as(SENDER, "older");
    struct grade_draft older = draft_of("source:B", "information:2", "handling:5", 0);
    older.scheme = STR("scheme-5x5x5");
    assert_int_equal(grade_as(FIRST, id, older, NULL), ST_OK);
    struct grade_view view = view_as(FIRST, id);
    assert_true(view.line[0].older && !view.line[0].current);
    assert_true(str_eq(view.line[0].scheme, STR("scheme-5x5x5")) &&
                str_eq(view.line[0].information, STR("information:2")));
    assert_true(str_eq(view.handling, STR("handling:P"))); /* it changes nothing that is there */
    struct grade_waiting *list = NULL;
    size_t count = 0;
    int64_t ungraded = 0;
    int64_t proposed = 0;
    assert_int_equal(
        grades_waiting(&app, &arena, &people[FIRST], &list, &count, &ungraded, &proposed, NULL),
        ST_OK);
    bool found = false;
    for (size_t i = 0; i < count; i++) found |= list[i].submission == id && list[i].older;
    assert_true(found);
}

/* What was typed into the box of an older scheme comes back there. */
static void older_scheme_comes_back_filled_in(void **state)
{
    (void)state;
    int64_t id = share_as(SENDER, "older again");
    struct form_field fields[] = {{STR("scheme"), STR("scheme-5x5x5"), STR("")},
                                  {STR("reason"), STR("A letter of the force."), STR("")}};
    struct request request = {.app = &app,
                              .arena = &arena,
                              .who = people[FIRST],
                              .id = {id},
                              .path = STR("/"),
                              .method = POST,
                              .field = fields,
                              .field_count = 2};
    int status = 0;
    struct str page = page_of(page_grade_send, &request, &status);
    assert_int_equal(status, 400);
    struct str typed = STR("A letter of the force.</textarea>");
    ptrdiff_t at = str_find(page, typed, 0);
    assert_true(at > 0 && str_find(page, typed, (size_t)at + 1) < 0);
    assert_true(str_find(page, STR("id=\"reason-scheme-5x5x5\""), 0) < at);
    assert_true(str_find(page, STR("id=\"reason-scheme-5x5x5\""), 0) > 0);
}

static void queue_holds_what_waits_oldest_first(void **state)
{
    (void)state;
    int64_t mine = share_as(FIRST, "queue own");
    int64_t open = share_as(SENDER, "queue open");
    int64_t done = share_as(SENDER, "queue done");
    int64_t wait = share_as(SENDER, "queue wait");
    assert_int_equal(
        grade_as(FIRST, done, draft_of("source:2", "information:C", "handling:P", 0), NULL), ST_OK);
    assert_int_equal(
        grade_as(FIRST, wait, draft_of("source:2", "information:E", "handling:P", 0), NULL), ST_OK);
    struct grade_waiting *list = NULL;
    size_t count = 0;
    int64_t total[2];
    for (int who = FIRST; who <= SECOND; who++) {
        assert_int_equal(
            grades_waiting(&app, &arena, &people[who], &list, &count, &total[0], &total[1], NULL),
            ST_OK);
        bool has[4] = {false};
        for (size_t i = 0; i < count; i++) {
            assert_true(i == 0 || list[i - 1].since <= list[i].since);
            has[0] |= list[i].submission == mine;
            has[1] |= list[i].submission == open;
            has[2] |= list[i].submission == done;
            has[3] |= list[i].submission == wait && list[i].second;
        }
        assert_true(has[0] == (who == SECOND) && has[1] && !has[2] && has[3] == (who == SECOND));
        assert_int_equal(total[0] + total[1], count);
        int64_t counted[2];
        bool more = true;
        assert_int_equal(
            grades_count(&app, &arena, &people[who], &counted[0], &counted[1], &more, NULL), ST_OK);
        assert_true(counted[0] == total[0] && counted[1] == total[1] && !more);
    }
}

static void grading_is_for_analysts_who_may_see_it(void **state)
{
    (void)state;
    int64_t id = share_as(SENDER, "who");
    struct grade_view view;
    struct err err = {0};
    for (int i = 0; i < 2; i++) {
        int who = i ? COORDINATOR : SENDER;
        assert_int_equal(grades_read(&app, &arena, &people[who], id, &view, &err), ST_NOT_FOUND);
        assert_int_equal(
            grade_as(who, id, draft_of("source:2", "information:C", "handling:P", 0), NULL),
            ST_NOT_FOUND);
    }
    assert_int_equal(grades_read(&app, &arena, &people[FIRST], id + 1000, &view, &err),
                     ST_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grading_stands_at_once_and_is_kept_in_versions),
        cmocka_unit_test(codes_are_those_of_the_pack),
        cmocka_unit_test(false_information_waits_for_another_person),
        cmocka_unit_test(declined_one_leaves_what_stood),
        cmocka_unit_test(condition_takes_effect_when_agreed),
        cmocka_unit_test(agreed_condition_is_a_change_of_what_was_chosen),
        cmocka_unit_test(agreement_does_not_undo_a_later_change),
        cmocka_unit_test(who_may_see_it_was_narrowed_while_the_form_was_open),
        cmocka_unit_test(what_was_graded_meanwhile_is_told_after_what_is_wrong),
        cmocka_unit_test(why_somebody_agrees_comes_back_where_it_was_typed),
        cmocka_unit_test(what_is_kept_from_them_meanwhile_they_do_not_grade),
        cmocka_unit_test(nobody_grades_their_own),
        cmocka_unit_test(of_two_at_once_nothing_is_lost),
        cmocka_unit_test(older_scheme_is_kept_as_it_came),
        cmocka_unit_test(older_scheme_comes_back_filled_in),
        cmocka_unit_test(queue_holds_what_waits_oldest_first),
        cmocka_unit_test(grading_is_for_analysts_who_may_see_it),
    };
    return cmocka_run_group_tests(tests, open_all, close_partnership);
}
