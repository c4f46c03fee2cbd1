/* To the referral unit instead of a Forum: asked before it goes, worked on at the desk, and
 * never more to anybody than they should see. */
#include "domain/access.h"
#include "domain/area_feedback.h"
#include "domain/decision.h"
#include "domain/grant.h"
#include "domain/maru.h"
#include "domain/search.h"
#include "web/pages.h"

#include "page_of.h"
#include "partnership.h"

enum {
    TEACHER,
    REPRESENTATIVE,
    SECOND,
    OTHER_REPRESENTATIVE,
    ANALYST,
    COORDINATOR,
    OFFICER,
    OTHER_OFFICER,
    PEOPLE
};
static const struct cast cast[PEOPLE] = {
    {"Tamsin Hale", "A school", "education", ROLE_practitioner},
    {"Morwenna Pell", "A school", "education", ROLE_representative},
    {"Denzil Rowe", "A school", "education", ROLE_representative},
    {"Piran Locke", "A hospital", "health", ROLE_representative},
    {"Kerensa Vane", "A team", "council", ROLE_analyst},
    {"Wenna Furze", "A team", "council", ROLE_coordinator},
    {"Lowenna Kitto", "A unit", "council", ROLE_maru_officer},
    {"Jenna Pascoe", "A unit", "council", ROLE_maru_officer},
};
static struct person people[PEOPLE];
static char folder[64];

static int begin(void **state)
{
    (void)state;
    open_partnership(512 << 20, folder);
    add_people(cast, PEOPLE, people);
    return 0;
}

static int64_t share(const char *phone)
{
    static int number;
    struct mention_draft mention = {
        .kind = LINK_PHONE, .span_start = 0, .span_end = (int32_t)strlen(phone)};
    mention.field[LINK_NUMBER] = str_from(phone);
    struct submission_draft draft = {.idempotency_key = str_fmt(&arena, "maru-%d", number++),
                                     .narrative =
                                         str_fmt(&arena, "%s rings a girl whom I teach.", phone),
                                     .mention = &mention,
                                     .mention_count = 1};
    struct submission_receipt receipt;
    struct err err = {0};
    if (submission_share(&app, &people[TEACHER], &draft, 0, 0, &receipt, &err) != ST_OK)
        fail_msg("%s", err.public);
    return receipt.id;
}

static struct maru_sending sending(const char *words)
{
    return (struct maru_sending){
        .words = {.narrative = str_from(words)},
        .answer = {[MARU_WHAT] = STR_INIT("All but who said so."),
                   [MARU_TO] = STR_INIT("cornwall"),
                   [MARU_WHY] = STR_INIT("A girl may be at risk."),
                   [MARU_NECESSARY] = STR_INIT("Nobody else can find her."),
                   [MARU_PROPORTIONATE] = STR_INIT("It names one number.")}};
}

static enum st send_it(int who, int64_t id, const char *words, int64_t base, struct err *err)
{
    struct maru_sending what = sending(words);
    what.base = base;
    return maru_send(&app, &people[who], id, &what, err);
}

static bool reads(int who, int64_t id, struct submission *ret)
{
    struct submission read;
    return submission_read(&app, &arena, &people[who], id, ret ? ret : &read, NULL) == ST_OK;
}

static struct stage_state state_of(int64_t id)
{
    struct stage_state state;
    assert_int_equal(stage_read(&app, &arena, id, &state, NULL), ST_OK);
    return state;
}

/* The open ones of this person's desk; the last of them in ret. */
static size_t on_desk(int who, struct maru_case *ret)
{
    struct maru_case *list = NULL;
    size_t count = 0;
    size_t open = 0;
    assert_int_equal(maru_list(&app, &arena, &people[who], &list, &count, NULL), ST_OK);
    for (size_t i = 0; i < count; i++) {
        if (list[i].outcome.len) continue;
        open++;
        if (ret) *ret = list[i];
    }
    return open;
}

static struct maru_case case_of(int64_t submission)
{
    struct maru_case *list = NULL;
    size_t count = 0;
    assert_int_equal(maru_of_submission(&app, &arena, submission, &list, &count, NULL), ST_OK);
    assert_true(count > 0);
    return list[0];
}

/* --- what is asked first -------------------------------------------------------------------- */

static void each_question_is_answered(void **state)
{
    (void)state;
    int64_t id = share("07700 900201");
    for (int i = 0; i < MARU_QUESTIONS; i++) {
        struct err err = {0};
        struct maru_sending what = sending("A number rings a girl.");
        struct submission_problem problem[MARU_QUESTIONS];
        what.answer[i] = STR("  \n ");
        assert_int_equal(maru_check(&arena, area, &what, problem), 1);
        assert_true(str_eq(problem[0].field, str_from(maru_question_name((enum maru_question)i))));
        what.answer[i] = STR("");
        assert_int_equal(maru_send(&app, &people[REPRESENTATIVE], id, &what, &err), ST_INVALID);
    }
    struct maru_sending what = sending("A number rings a girl.");
    what.answer[MARU_TO] = STR("atlantis");
    assert_int_equal(maru_send(&app, &people[REPRESENTATIVE], id, &what, NULL), ST_INVALID);
    assert_int_equal(send_it(REPRESENTATIVE, id, " ", 0, NULL), ST_INVALID);
    char *long_words = malloc(MARU_ANSWER_MAX + 2);
    memset(long_words, 'x', MARU_ANSWER_MAX + 1);
    what = sending("A number rings a girl.");
    what.answer[MARU_WHY] = str_of(long_words, MARU_ANSWER_MAX + 1);
    assert_int_equal(maru_send(&app, &people[REPRESENTATIVE], id, &what, NULL), ST_INVALID);
    what.answer[MARU_WHY] = str_of(long_words, MARU_ANSWER_MAX);
    assert_int_equal(maru_send(&app, &people[REPRESENTATIVE], id, &what, NULL), ST_OK);
    free(long_words);
}

static void only_who_forwards_sends_it(void **state)
{
    (void)state;
    int64_t id = share("07700 900202");
    for (int who = 0; who < PEOPLE; who++)
        if (who != REPRESENTATIVE && who != SECOND)
            assert_int_equal(send_it(who, id, "x", 0, NULL), ST_NOT_FOUND);
    assert_false(reads(OFFICER, id, NULL));
    assert_int_equal(state_of(id).stage, STAGE_REPRESENTATIVE);
}

/* --- who sees it ------------------------------------------------------------------------------ */

static void the_unit_reads_it_and_nobody_else_does(void **state)
{
    (void)state;
    int64_t id = share("07700 900203");
    size_t before = on_desk(OFFICER, NULL);
    assert_int_equal(send_it(REPRESENTATIVE, id, "A number rings a girl: 07700 900203.", 0, NULL),
                     ST_OK);
    assert_int_equal(state_of(id).stage, STAGE_MARU);
    assert_int_equal(state_of(id).feedback, FEEDBACK_SENT_ON); /* nobody has done anything yet */
    struct submission read;
    assert_true(reads(OFFICER, id, &read));
    assert_true(str_eq(read.narrative, STR("A number rings a girl: 07700 900203.")));
    assert_true(reads(TEACHER, id, &read) && str_find(read.narrative, STR("I teach"), 0) > 0);
    assert_true(reads(SECOND, id, NULL));
    assert_false(reads(ANALYST, id, NULL));
    assert_false(reads(COORDINATOR, id, NULL));
    assert_false(reads(OTHER_REPRESENTATIVE, id, NULL));
    struct maru_case one;
    assert_int_equal(on_desk(OFFICER, &one), before + 1);
    assert_int_equal(one.submission, id);
    assert_true(str_eq(one.answer[MARU_WHY], STR("A girl may be at risk.")));
    assert_true(str_eq(one.answer[MARU_PROPORTIONATE], STR("It names one number.")));
    assert_true(str_eq(one.sent_by, STR("Morwenna Pell")));
    assert_true(one.due_at > one.sent_at);
    for (int who = 0; who < OFFICER; who++) {
        struct maru_case *list = NULL;
        size_t count = 0;
        assert_int_equal(maru_read(&app, &arena, &people[who], one.id, &one, NULL), ST_NOT_FOUND);
        assert_int_equal(maru_list(&app, &arena, &people[who], &list, &count, NULL), ST_OK);
        assert_int_equal(count, 0);
        assert_int_equal(maru_take(&app, &people[who], one.id, one.revision, NULL), ST_NOT_FOUND);
        assert_int_equal(maru_answer(&app, &people[who], one.id, one.revision, STR("advice-given"),
                                     STR(""), NULL),
                         ST_NOT_FOUND);
    }
    assert_int_equal(maru_read(&app, &arena, &people[OFFICER], 99999, &one, NULL), ST_NOT_FOUND);
    /* After a start too; and it goes nowhere else any more. */
    app_close(&app);
    assert_int_equal(app_open(&app, folder, NULL, NULL, NULL), ST_OK);
    app.area = area;
    assert_true(reads(OFFICER, id, NULL));
    assert_false(reads(ANALYST, id, NULL));
    struct err err = {0};
    struct forward_share share_it = {.words = {.narrative = STR("It rang.")}, .base = 1};
    assert_int_equal(forward_share(&app, &people[REPRESENTATIVE], id, &share_it, &err),
                     ST_CONFLICT);
    assert_non_null(strstr(err.public, "referral unit"));
    assert_int_equal(send_it(REPRESENTATIVE, id, "x", 1, NULL), ST_CONFLICT);
    /* Whoever sent it hears nothing of the unit. */
    assert_int_equal(submission_withdraw(&app, &people[TEACHER], id, &err), ST_CONFLICT);
    assert_null(strstr(err.public, "unit"));
}

/* --- at the desk ------------------------------------------------------------------------------ */

static void it_is_taken_on_and_answered_once(void **state)
{
    (void)state;
    struct err err = {0};
    int64_t id = share("07700 900204");
    assert_int_equal(send_it(REPRESENTATIVE, id, "A number rings a girl.", 0, NULL), ST_OK);
    struct maru_case one = case_of(id);
    assert_int_equal(maru_take(&app, &people[OFFICER], one.id, one.revision, NULL), ST_OK);
    /* The other still looks at the page as it was. */
    assert_int_equal(maru_answer(&app, &people[OTHER_OFFICER], one.id, one.revision,
                                 STR("advice-given"), STR(""), &err),
                     ST_CONFLICT);
    assert_int_equal(maru_take(&app, &people[OTHER_OFFICER], one.id, one.revision, NULL),
                     ST_CONFLICT);
    one = case_of(id);
    assert_true(str_eq(one.taken_name, STR("Lowenna Kitto")));
    assert_int_equal(
        maru_answer(&app, &people[OFFICER], one.id, one.revision, STR(""), STR(""), NULL),
        ST_INVALID);
    assert_int_equal(
        maru_answer(&app, &people[OFFICER], one.id, one.revision, STR("too-little"), STR(""), NULL),
        ST_INVALID);
    assert_int_equal(maru_answer(&app, &people[OFFICER], one.id, one.revision,
                                 STR(AREA_MARU_REFERRED), STR(""), NULL),
                     ST_INVALID);
    assert_int_equal(maru_answer(&app, &people[OFFICER], one.id, one.revision, STR("advice-given"),
                                 STR("We rang you."), NULL),
                     ST_OK);
    one = case_of(id);
    assert_true(str_eq(one.outcome, STR("advice-given")) && str_eq(one.words, STR("We rang you.")));
    assert_int_equal(maru_answer(&app, &people[OFFICER], one.id, one.revision, STR("known-to-unit"),
                                 STR(""), NULL),
                     ST_CONFLICT);
    /* Nothing was done because of it: its sender is told what was said, and no more. */
    assert_int_equal(state_of(id).feedback, FEEDBACK_SENT_ON);
    assert_true(str_eq(state_of(id).feedback_reason, STR("advice-given")));
    assert_true(state_of(id).feedback_at >= one.taken_at);
}

static void what_may_tell_goes_once_somebody_has_looked(void **state)
{
    (void)state;
    struct err err = {0};
    int64_t id = share("07700 900208");
    struct maru_sending what = sending("I teach her. The caretaker told me.");
    assert_int_equal(maru_send(&app, &people[REPRESENTATIVE], id, &what, &err), ST_INVALID);
    assert_non_null(strstr(err.public, "who said so"));
    assert_int_equal(state_of(id).stage, STAGE_REPRESENTATIVE);
    what.looked = true;
    assert_int_equal(maru_send(&app, &people[REPRESENTATIVE], id, &what, NULL), ST_OK);
    struct forward_event *event = NULL;
    size_t count = 0;
    bool noted = false;
    assert_int_equal(forward_events(&app, &arena, id, &event, &count, NULL), ST_OK);
    for (size_t i = 0; i < count; i++) noted |= str_eq(event[i].kind, STR("looked"));
    assert_true(noted);
}

/* Only of what was done because of it is it said that something was. */
static void senders_are_told_what_the_unit_said(void **state)
{
    (void)state;
    size_t count = 0;
    const struct area_reason *answer = area_reasons(area, AREA_REASON_MARU, &count);
    assert_true(count >= 4);
    for (size_t i = 0; i < count; i++)
        if (!str_eq(answer[i].id, STR(AREA_MARU_REFERRED)) &&
            str_find(answer[i].words, STR("because of it"), 0) >= 0)
            fail_msg("%.*s", STR_ARG(answer[i].id));
}

static void what_is_given_back_waits_again(void **state)
{
    (void)state;
    int64_t id = share("07700 900205");
    assert_int_equal(send_it(REPRESENTATIVE, id, "A number rings a girl.", 0, NULL), ST_OK);
    struct maru_case one = case_of(id);
    assert_int_equal(maru_answer(&app, &people[OFFICER], one.id, one.revision, STR(AREA_MARU_BACK),
                                 STR(" "), NULL),
                     ST_INVALID);
    assert_int_equal(maru_answer(&app, &people[OFFICER], one.id, one.revision, STR(AREA_MARU_BACK),
                                 STR("For the Forum."), NULL),
                     ST_OK);
    assert_int_equal(state_of(id).stage, STAGE_REPRESENTATIVE);
    assert_false(reads(OFFICER, id, NULL));
    assert_int_equal(maru_read(&app, &arena, &people[OFFICER], one.id, &one, NULL), ST_NOT_FOUND);
    struct submission read;
    assert_true(reads(SECOND, id, &read) && str_find(read.narrative, STR("I teach"), 0) > 0);
    /* It goes on to the Forum, or to the unit once more. */
    assert_int_equal(send_it(SECOND, id, "A number rings a girl, daily.", 1, NULL), ST_OK);
    one = case_of(id);
    assert_int_equal(maru_answer(&app, &people[OFFICER], one.id, one.revision, STR(AREA_MARU_BACK),
                                 STR("Still."), NULL),
                     ST_OK);
    struct forward_share onward = {.words = {.narrative = STR("It rang.")}, .base = 2};
    assert_int_equal(forward_share(&app, &people[REPRESENTATIVE], id, &onward, NULL), ST_OK);
    assert_true(reads(ANALYST, id, &read) && str_eq(read.narrative, STR("It rang.")));
}

static struct str pressed(int who, const struct maru_case *one, const char *act,
                          const char *outcome, const char *words, int *ret_status)
{
    struct form_field fields[] = {
        {STR("act"), str_from(act), STR("")},
        {STR("revision"), str_fmt(&arena, "%lld", (long long)one->revision), STR("")},
        {STR("outcome"), str_from(outcome), STR("")},
        {STR("words"), str_from(words), STR("")}};
    struct request request = {.app = &app,
                              .arena = &arena,
                              .who = people[who],
                              .id = {one->id},
                              .path = STR("/"),
                              .method = POST,
                              .field = fields,
                              .field_count = 4};
    return page_of(page_desk_sent_do, &request, ret_status);
}

static void assert_form_holds(struct str page, const char *outcome, const char *words)
{
    assert_true(str_find(page, str_fmt(&arena, "value=\"%s\" checked>", outcome), 0) > 0);
    assert_true(str_find(page, str_fmt(&arena, "%s</textarea>", words), 0) > 0);
    assert_true(str_find(page, STR("is not sent."), 0) > 0);
}

/* What Enter on a choice presses is the first button of the form. */
static void enter_on_an_answer_answers(void **state)
{
    (void)state;
    int64_t id = share("07700 900209");
    assert_int_equal(send_it(REPRESENTATIVE, id, "A number rings a girl.", 0, NULL), ST_OK);
    struct request request = {.app = &app,
                              .arena = &arena,
                              .who = people[OFFICER],
                              .id = {case_of(id).id},
                              .path = STR("/")};
    const char *page = str_c(&arena, page_of(page_desk_sent, &request, NULL));
    const char *form = strstr(page, "<form action=\"/desk/sent/");
    assert_non_null(form);
    static const char first[] = "<button type=\"submit\" name=\"act\" value=\"answer\"";
    const char *button = strstr(form, "<button");
    assert_true(button && !strncmp(button, first, strlen(first)));
}

static void an_answer_that_is_begun_is_not_lost(void **state)
{
    (void)state;
    int64_t id = share("07700 900210");
    int status = 0;
    assert_int_equal(send_it(REPRESENTATIVE, id, "A number rings a girl.", 0, NULL), ST_OK);
    struct maru_case one = case_of(id);
    struct str page = pressed(OFFICER, &one, "take", "given-back", "We rang you.", &status);
    assert_int_equal(status, 0);
    assert_form_holds(page, "given-back", "We rang you.");
    one = case_of(id);
    assert_int_equal(one.taken_by, people[OFFICER].account);
    assert_int_equal(one.outcome.len, 0);
    page = pressed(OFFICER, &one, "refer", "advice-given", "We rang you.", &status);
    assert_int_equal(status, 0);
    assert_form_holds(page, "advice-given", "We rang you.");
    assert_true(str_find(page, STR("Go on with the referral"), 0) > 0);
    /* A second press does nothing, and loses nothing. */
    int64_t referral = case_of(id).referral;
    page = pressed(OFFICER, &one, "refer", "advice-given", "We rang you.", &status);
    assert_int_equal(status, 409);
    assert_true(str_find(page, STR("We rang you.</textarea>"), 0) > 0);
    assert_int_equal(case_of(id).referral, referral);
    /* Where nothing is typed it goes on as ever. */
    one = case_of(id);
    pressed(OTHER_OFFICER, &one, "take", "", "", &status);
    assert_int_equal(status, 303);
    one = case_of(id);
    pressed(OTHER_OFFICER, &one, "answer", "advice-given", "Call again.", &status);
    assert_int_equal(status, 303);
    /* Answered meanwhile, the form is gone; what was written is not. */
    page = pressed(OFFICER, &one, "answer", "known-to-unit", "We know her.", &status);
    assert_int_equal(status, 409);
    assert_true(str_find(page, STR("<textarea"), 0) < 0);
    assert_true(str_find(page, STR("What you wrote, which was not sent:"), 0) > 0);
    assert_true(str_find(page,
                         area_reason_label(area, AREA_REASON_MARU, STR("known-to-unit")), 0) > 0);
    assert_true(str_find(page, STR(">We know her.<"), 0) > 0);
    assert_true(str_find(page, STR("href=\"#came\""), 0) > 0);
}

/* Of two presses at once the second leaves no draft. */
static void a_referral_that_is_not_begun_leaves_no_draft(void **state)
{
    (void)state;
    needs_sqlite();
    struct referral_line *line = NULL;
    int64_t referral = 0;
    size_t before = 0;
    size_t after = 0;
    int64_t id = share("07700 900207");
    assert_int_equal(send_it(REPRESENTATIVE, id, "A number rings a boy.", 0, NULL), ST_OK);
    struct maru_case one = case_of(id);
    assert_int_equal(referral_list(&app, &arena, &people[OFFICER], REFERRALS_DRAFT, 50, &line,
                                   &before, NULL),
                     ST_OK);
    run_sql(folder, "CREATE TRIGGER first BEFORE UPDATE OF referral_id ON submission_maru"
                    " WHEN NEW.referral_id IS NOT NULL BEGIN SELECT RAISE(ABORT, 'first'); END");
    assert_int_not_equal(
        maru_refer(&app, &people[OFFICER], one.id, one.revision, &referral, NULL), ST_OK);
    run_sql(folder, "DROP TRIGGER first");
    assert_int_equal(referral_list(&app, &arena, &people[OFFICER], REFERRALS_DRAFT, 50, &line,
                                   &after, NULL),
                     ST_OK);
    assert_int_equal(after, before);
}

static void a_referral_begins_with_its_words(void **state)
{
    (void)state;
    int64_t id = share("07700 900206");
    int64_t referral = 0;
    assert_int_equal(send_it(REPRESENTATIVE, id, "A number rings a girl.", 0, NULL), ST_OK);
    struct maru_case one = case_of(id);
    assert_int_equal(maru_refer(&app, &people[OFFICER], one.id, one.revision + 1, &referral, NULL),
                     ST_CONFLICT);
    assert_int_equal(referral, 0);
    assert_int_equal(maru_refer(&app, &people[OFFICER], one.id, one.revision, &referral, NULL),
                     ST_OK);
    struct referral read;
    assert_int_equal(referral_read(&app, &arena, &people[OFFICER], referral, &read, NULL), ST_OK);
    assert_int_equal(read.head.state, REFERRAL_DRAFT);
    assert_true(str_eq(read.head.place, STR("cornwall")));
    struct str reason = referral_answer_get(&read, 0, STR("concern-reason")).value;
    assert_true(str_starts(reason, STR("A number rings a girl.")));
    assert_true(str_find(reason, one.reference, 0) > 0);
    assert_true(str_find(reason, STR("Tamsin"), 0) < 0 && str_find(reason, STR("teach"), 0) < 0);
    /* These words go into a child's record: whose they are, and who sent them on, do not. */
    assert_true(one.organisation.len && str_find(reason, one.organisation, 0) < 0);
    assert_true(one.sent_by.len && str_find(reason, one.sent_by, 0) < 0);
    /* Nobody but the officer finds a draft: it waits at the desk until it is sent. */
    one = case_of(id);
    assert_int_equal(one.referral, referral);
    assert_int_equal(one.taken_by, people[OFFICER].account);
    assert_int_equal(one.outcome.len, 0);
    assert_int_equal(one.outcome_at, 0);
    /* Given up, it waits for another. */
    assert_int_equal(referral_withdraw(&app, &people[OFFICER], referral, STR("A mistake."), NULL),
                     ST_OK);
    one = case_of(id);
    assert_int_equal(one.referral, 0);
    assert_int_equal(one.outcome.len, 0);
    assert_int_equal(maru_refer(&app, &people[OFFICER], one.id, one.revision, &referral, NULL),
                     ST_OK);
    assert_int_equal(referral_read(&app, &arena, &people[OFFICER], referral, &read, NULL), ST_OK);
    assert_int_equal(referral_send(&app, &people[OFFICER], referral, read.head.version, NULL),
                     ST_OK);
    one = case_of(id);
    assert_int_equal(one.referral, referral);
    assert_true(str_eq(one.outcome, STR(AREA_MARU_REFERRED)) && one.outcome_at > 0);
    assert_true(str_eq(one.outcome_name, one.taken_name));
    assert_int_equal(maru_refer(&app, &people[OFFICER], one.id, one.revision, &referral, NULL),
                     ST_CONFLICT);
}

/* --- two at once, and what must come first ---------------------------------------------------- */

static void two_at_once_overwrite_nothing(void **state)
{
    (void)state;
    struct err err = {0};
    int64_t id = share("07700 900207");
    int64_t number = 0;
    struct forward_words first = {.narrative = STR("The first.")};
    assert_int_equal(forward_save(&app, &people[SECOND], id, &first, 0, &number, NULL), ST_OK);
    assert_int_equal(send_it(REPRESENTATIVE, id, "Another.", 0, &err), ST_CONFLICT);
    assert_int_equal(state_of(id).stage, STAGE_REPRESENTATIVE);
    struct forward_version *version = NULL;
    size_t count = 0;
    assert_int_equal(forward_versions(&app, &arena, id, &version, &count, NULL), ST_OK);
    assert_int_equal(count, 2);
    assert_true(str_eq(version[0].words.narrative, STR("Another.")) &&
                str_eq(version[1].words.narrative, first.narrative));
    struct forward_event *event = NULL;
    assert_int_equal(forward_events(&app, &arena, id, &event, &count, NULL), ST_OK);
    assert_int_equal(count, 2);
    for (size_t i = 0; i < count; i++) assert_true(str_eq(event[i].kind, STR("version")));
}

static void words_of_danger_stand_first(void **state)
{
    (void)state;
    struct submission_draft draft = {.idempotency_key = STR("danger"),
                                     .narrative = STR("A car waited."),
                                     .where_text = STR("A house in which she is being held")};
    struct submission_receipt receipt;
    assert_int_equal(submission_share(&app, &people[TEACHER], &draft, 0, 0, &receipt, NULL), ST_OK);
    int64_t other = share("07700 900208");
    assert_int_equal(send_it(REPRESENTATIVE, other, "Calm.", 0, NULL), ST_OK);
    assert_int_equal(send_it(REPRESENTATIVE, receipt.id, "She is held.", 0, NULL), ST_OK);
    struct maru_case *list = NULL;
    size_t count = 0;
    assert_int_equal(maru_list(&app, &arena, &people[OFFICER], &list, &count, NULL), ST_OK);
    assert_true(count > 2 && list[0].urgent && list[0].submission == receipt.id);
    for (size_t i = 1; i < count; i++)
        assert_false(list[i - 1].outcome.len && !list[i].outcome.len);
    /* Whom it is kept from, the desk keeps it from as well. */
    struct person lead = people[REPRESENTATIVE];
    lead.roles = 1u << ROLE_safeguarding_lead;
    assert_int_equal(
        block_add(&app, &lead, receipt.id, STR("person7@example.org"), STR("A relative."), NULL),
        ST_OK);
    struct maru_case one;
    assert_int_equal(maru_read(&app, &arena, &people[OTHER_OFFICER], list[0].id, &one, NULL),
                     ST_NOT_FOUND);
    assert_int_equal(maru_read(&app, &arena, &people[OFFICER], list[0].id, &one, NULL), ST_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_question_is_answered),
        cmocka_unit_test(only_who_forwards_sends_it),
        cmocka_unit_test(the_unit_reads_it_and_nobody_else_does),
        cmocka_unit_test(it_is_taken_on_and_answered_once),
        cmocka_unit_test(what_may_tell_goes_once_somebody_has_looked),
        cmocka_unit_test(senders_are_told_what_the_unit_said),
        cmocka_unit_test(what_is_given_back_waits_again),
        cmocka_unit_test(enter_on_an_answer_answers),
        cmocka_unit_test(an_answer_that_is_begun_is_not_lost),
        cmocka_unit_test(a_referral_that_is_not_begun_leaves_no_draft),
        cmocka_unit_test(a_referral_begins_with_its_words),
        cmocka_unit_test(two_at_once_overwrite_nothing),
        cmocka_unit_test(words_of_danger_stand_first),
    };
    return cmocka_run_group_tests(tests, begin, close_partnership);
}
