/* From a practitioner to a Forum: who sees what at each step, and what stays as it was. */
#include "domain/absence.h"
#include "domain/addition.h"
#include "domain/corroborate.h"
#include "domain/connection.h"
#include "domain/decision.h"
#include "domain/destroy.h"
#include "domain/entity_seen.h"
#include "domain/handling.h"
#include "domain/search.h"
#include "store/engine.h"

#include "partnership.h"
#include "share_on.h"

#include <pthread.h>
#include <sqlite3.h>
#include <unistd.h>

enum {
    TEACHER,
    COLLEAGUE,
    REPRESENTATIVE,
    SECOND,
    LEAD,
    OTHER_REPRESENTATIVE,
    ANALYST,
    COORDINATOR,
    LONELY,
    OWN_ANALYST,
    OWN_COORDINATOR,
    OWN_OFFICER,
    PEOPLE
};
static const struct cast cast[PEOPLE] = {
    {"Tamsin Hale", "A school", "education", ROLE_practitioner},
    {"Jory Birch", "A school", "education", ROLE_practitioner},
    {"Morwenna Pell", "A school", "education", ROLE_representative},
    {"Denzil Rowe", "A school", "education", ROLE_representative},
    {"Loveday Carne", "A school", "education", ROLE_safeguarding_lead},
    {"Piran Locke", "A hospital", "health", ROLE_representative},
    {"Kerensa Vane", "A team", "council", ROLE_analyst},
    {"Wenna Furze", "A team", "council", ROLE_coordinator},
    {"Kitto Damson", "A club", "voluntary", ROLE_practitioner},
    {"Elowen Strang", "A school", "education", ROLE_analyst},
    {"Gerens Moyle", "A school", "education", ROLE_coordinator},
    {"Senara Opie", "A school", "education", ROLE_maru_officer},
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

/* Two phones, the second in a sentence that only one person could have said. */
static int64_t share(int who, const char *phone, const char *other)
{
    static int number;
    struct mention_draft mention[2] = {
        {.kind = LINK_PHONE, .span_start = 0, .span_end = (int32_t)strlen(phone)},
        {.kind = LINK_PHONE, .span_start = -1, .span_end = -1}};
    mention[0].field[LINK_NUMBER] = str_from(phone);
    mention[1].field[LINK_NUMBER] = str_from(other);
    struct submission_draft draft = {
        .idempotency_key = str_fmt(&arena, "forward-%d", number++),
        .narrative = str_fmt(&arena, "%s rang. I teach him, and %s is mine.", phone, other),
        .where_text = STR("My classroom"),
        .mention = mention,
        .mention_count = 2};
    struct submission_receipt receipt;
    struct err err = {0};
    if (submission_share(&app, &people[who], &draft, 0, 0, &receipt, &err) != ST_OK)
        fail_msg("%s", err.public);
    return receipt.id;
}

static bool reads(int who, int64_t id, struct submission *ret)
{
    struct submission read;
    return submission_read(&app, &arena, &people[who], id, ret ? ret : &read, NULL) == ST_OK;
}

static size_t finds(int who, const char *text)
{
    struct search_hit *hits = NULL;
    size_t count = 0;
    assert_int_equal(
        search_run(&app, &arena, &people[who], str_from(text), 10, &hits, &count, NULL), ST_OK);
    return count;
}

static int64_t mention_of(int64_t submission, int place)
{
    int64_t *ids = NULL;
    assert_true((size_t)place < entity_mentions_of(app.entities, &arena, submission, &ids));
    return ids[place];
}

static struct stage_state state_of(int64_t id)
{
    struct stage_state state;
    assert_int_equal(stage_read(&app, &arena, id, &state, NULL), ST_OK);
    return state;
}

static enum st share_words(int who, int64_t id, const char *words, int64_t base, struct err *err)
{
    struct forward_share share = {.words = {.narrative = str_from(words)}, .base = base};
    return forward_share(&app, &people[who], id, &share, err);
}

/* --- the way ------------------------------------------------------------------------------ */

static void a_forum_sees_it_once_it_is_shared_on(void **state)
{
    (void)state;
    int64_t id = share(TEACHER, "07700 900101", "07700 900102");
    assert_int_equal(state_of(id).stage, STAGE_REPRESENTATIVE);
    static const int see[] = {TEACHER, REPRESENTATIVE, SECOND, LEAD};
    static const int never[] = {COLLEAGUE, OTHER_REPRESENTATIVE};
    for (size_t i = 0; i < 4; i++) assert_true(reads(see[i], id, NULL));
    for (size_t i = 0; i < 2; i++) assert_false(reads(never[i], id, NULL));
    assert_false(reads(ANALYST, id, NULL));
    assert_false(reads(COORDINATOR, id, NULL));
    assert_int_equal(finds(ANALYST, "07700 900101"), 0);
    /* Nobody else shares it on. */
    for (int who = 0; who < PEOPLE; who++)
        if (who != REPRESENTATIVE && who != SECOND)
            assert_int_equal(share_words(who, id, "Nothing.", 0, NULL), ST_NOT_FOUND);
    struct forward_share onward = {.words = {.narrative = STR("A phone rang: 07700 900101.")},
                                   .left_out = {mention_of(id, 1)},
                                   .left_out_count = 1};
    assert_int_equal(forward_share(&app, &people[REPRESENTATIVE], id, &onward, NULL), ST_OK);
    assert_int_equal(state_of(id).stage, STAGE_SHARED);
    assert_int_equal(state_of(id).feedback, FEEDBACK_SHARED);
    struct submission read;
    assert_true(reads(ANALYST, id, &read));
    assert_true(str_eq(read.narrative, STR("A phone rang: 07700 900101.")));
    assert_int_equal(read.where_text.len, 0);
    assert_int_equal(read.mention_count, 1);
    assert_int_equal(read.mention[0].span_start, 14);
    assert_int_equal(finds(ANALYST, "07700 900101"), 1);
    assert_int_equal(finds(ANALYST, "07700 900102"), 0);
    assert_int_equal(finds(ANALYST, "classroom"), 0);
    /* The original stays with its organisation, as it was. */
    assert_true(reads(LEAD, id, &read));
    assert_true(str_find(read.narrative, STR("I teach him"), 0) > 0);
    assert_int_equal(read.mention_count, 2);
    assert_false(reads(OTHER_REPRESENTATIVE, id, NULL));
}

/* Whoever works where it was handed in, and does not represent it there, reads it when and as the
 * Forum does. */
static void the_forums_people_where_it_was_written_read_what_the_forum_reads(void **state)
{
    (void)state;
    static const int forums[] = {OWN_ANALYST, OWN_COORDINATOR, OWN_OFFICER};
    int64_t id = share(TEACHER, "07700 900191", "07700 900192");
    int64_t withdrawn = share(TEACHER, "07700 900193", "07700 900194");
    assert_int_equal(submission_withdraw(&app, &people[TEACHER], withdrawn, NULL), ST_OK);
    struct submission read;
    for (size_t i = 0; i < 3; i++) {
        struct person asker = people[forums[i]];
        const struct scope *scope = scope_of(&app, &arena, &asker);
        enum role role = cast[forums[i]].role;
        for (int action = 0; action < ACT_COUNT; action++) {
            if (access_reach(role, (enum action)action) == REACH_ALL) continue;
            assert_false(scope_allows(scope, (enum action)action, id));
            assert_false(scope_allows(scope, (enum action)action, withdrawn));
        }
        assert_false(reads(forums[i], id, NULL) || reads(forums[i], withdrawn, NULL));
        assert_int_equal(finds(forums[i], "07700 900191"), 0);
    }
    assert_true(reads(REPRESENTATIVE, withdrawn, NULL) && reads(LEAD, withdrawn, NULL));
    assert_int_equal(share_words(REPRESENTATIVE, id, "A phone rang.", 0, NULL), ST_OK);
    for (size_t i = 0; i < 3; i++) {
        assert_true(reads(forums[i], id, &read));
        assert_true(str_eq(read.narrative, STR("A phone rang.")));
        assert_false(reads(forums[i], withdrawn, NULL));
    }
    static const int original[] = {TEACHER, REPRESENTATIVE, LEAD};
    for (size_t i = 0; i < 3; i++) {
        assert_true(reads(original[i], id, &read));
        assert_true(str_find(read.narrative, STR("I teach him"), 0) > 0);
    }
    /* What they hand in themselves is theirs as they wrote it. */
    int64_t own = share(OWN_ANALYST, "07700 900195", "07700 900196");
    assert_true(reads(OWN_ANALYST, own, &read));
}

static int64_t links_of(int who, int64_t id)
{
    struct submission_line *line = NULL;
    size_t count = 0;
    assert_int_equal(
        submission_list(&app, &arena, &people[who], LIST_LATEST, 100, &line, &count, NULL), ST_OK);
    for (size_t i = 0; i < count; i++)
        if (line[i].id == id) return line[i].links;
    fail_msg("it is not in the list");
    return -1;
}

/* A list counts the suggestions that the page of the submission shows. */
static void what_was_left_out_is_in_no_count_of_a_list(void **state)
{
    (void)state;
    int64_t earlier = share(TEACHER, "07700 900601", "07700 900602");
    int64_t later = share(TEACHER, "07700 900601", "07700 900602");
    assert_int_equal(share_words(REPRESENTATIVE, earlier, "Both rang.", 0, NULL), ST_OK);
    struct forward_share onward = {.words = {.narrative = STR("It rang.")},
                                   .left_out = {mention_of(later, 1)},
                                   .left_out_count = 1};
    assert_int_equal(forward_share(&app, &people[REPRESENTATIVE], later, &onward, NULL), ST_OK);
    assert_int_equal(links_of(ANALYST, later), 1);
    /* On the other side too. */
    earlier = share(TEACHER, "07700 900603", "07700 900604");
    later = share(TEACHER, "07700 900603", "07700 900604");
    onward.left_out[0] = mention_of(earlier, 0);
    assert_int_equal(forward_share(&app, &people[REPRESENTATIVE], earlier, &onward, NULL), ST_OK);
    assert_int_equal(share_words(REPRESENTATIVE, later, "Both rang.", 0, NULL), ST_OK);
    assert_int_equal(links_of(ANALYST, later), 1);
}

/* As many as the doctor takes it for whole by. */
static void index_is_whole(void)
{
    int64_t count = 0;
    struct db *db = store_read_begin(app.store, NULL);
    assert_int_equal(db_one(db_query(db, Q_DOCTOR_MENTIONS), &count, NULL), ST_OK);
    store_read_end(app.store, db);
    assert_int_equal(link_index_count(app.index), count);
}

static void what_is_left_out_or_destroyed_is_missed_by_nobody(void **state)
{
    (void)state;
    struct submission read;
    int64_t id = share(TEACHER, "07700 900105", "07700 900106");
    index_is_whole();
    struct forward_share onward = {.words = {.narrative = STR("A phone rang: 07700 900105.")},
                                   .left_out = {mention_of(id, 1)},
                                   .left_out_count = 1};
    assert_int_equal(forward_share(&app, &people[REPRESENTATIVE], id, &onward, NULL), ST_OK);
    index_is_whole();
    assert_true(reads(TEACHER, share(TEACHER, "07700 900107", "07700 900108"), &read));
    assert_int_equal(submission_destroy(&app, read.reference, STR("retention"), NULL), ST_OK);
    index_is_whole();
    app_close(&app);
    assert_int_equal(app_open(&app, folder, NULL, NULL, NULL), ST_OK);
    app.area = area;
    index_is_whole();
}

static size_t shared_between(int who, const char *forum, instant_ms from, instant_ms to)
{
    int64_t *ids = NULL;
    size_t count = 0;
    struct person asker = people[who];
    assert_int_equal(stage_shared_between(&app, &arena, scope_of(&app, &arena, &asker),
                                          str_from(forum), from, to, 100, &ids, &count, NULL),
                     ST_OK);
    return count;
}

static void the_same_after_a_start(void **state)
{
    (void)state;
    int64_t id = share(TEACHER, "07700 900111", "07700 900112");
    int64_t waits = share(TEACHER, "07700 900113", "07700 900114");
    int64_t out = mention_of(id, 1);
    struct forward_share onward = {.words = {.narrative = STR("It rang.")},
                                   .forum = STR("east"),
                                   .left_out = {out},
                                   .left_out_count = 1};
    assert_int_equal(forward_share(&app, &people[REPRESENTATIVE], id, &onward, NULL), ST_OK);
    assert_false(reads(ANALYST, id, NULL)); /* it went to another Forum */
    app_close(&app);
    assert_int_equal(app_open(&app, folder, NULL, NULL, NULL), ST_OK);
    app.area = area;
    struct person eastern = people[ANALYST];
    struct db *db = NULL;
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    assert_int_equal(forum_join(&app, db, 0, eastern.account, STR("east"), NULL), ST_OK);
    assert_int_equal(store_write_commit(app.store, db, NULL), ST_OK);
    struct submission read;
    assert_true(reads(ANALYST, id, &read));
    assert_true(str_eq(read.narrative, STR("It rang.")));
    assert_int_equal(read.mention_count, 1);
    assert_int_equal(finds(ANALYST, "07700 900112"), 0);
    assert_int_equal(seen_entity(scope_of(&app, &arena, &eastern), out), 0);
    assert_false(reads(ANALYST, waits, NULL));
    assert_int_equal(shared_between(ANALYST, "east", 0, clock_now() + 1000), 1);
    assert_int_equal(shared_between(ANALYST, "east", 0, 1000), 0);
    assert_int_equal(shared_between(LONELY, "east", 0, clock_now() + 1000), 0);
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    assert_int_equal(forum_leave(&app, db, 0, eastern.account, STR("east"), NULL), ST_OK);
    assert_int_equal(store_write_commit(app.store, db, NULL), ST_OK);
}

/* --- what waits is compared all the same ------------------------------------------------------ */

static void what_waits_can_be_asked_about(void **state)
{
    (void)state;
    int64_t hidden = share(TEACHER, "07700 900121", "07700 900122");
    int64_t seen = share(OTHER_REPRESENTATIVE, "07700 900121", "07700 900123");
    struct person asker = people[ANALYST];
    assert_true(reads(ANALYST, seen, NULL));
    assert_true(scope_may_connect(scope_of(&app, &arena, &asker), hidden));
    assert_int_equal(connection_ask(&app, &asker, seen, STR("May we compare?"), true, NULL), ST_OK);
    assert_int_equal(submission_withdraw(&app, &people[TEACHER], hidden, NULL), ST_OK);
    assert_false(scope_may_connect(scope_of(&app, &arena, &asker), hidden));
}

/* --- wrong order ------------------------------------------------------------------------------ */

static void what_is_withdrawn_goes_nowhere(void **state)
{
    (void)state;
    struct err err = {0};
    int64_t id = share(TEACHER, "07700 900131", "07700 900132");
    assert_int_equal(submission_withdraw(&app, &people[COLLEAGUE], id, NULL), ST_NOT_FOUND);
    assert_int_equal(submission_withdraw(&app, &people[REPRESENTATIVE], id, NULL), ST_NOT_FOUND);
    assert_int_equal(submission_withdraw(&app, &people[TEACHER], id, NULL), ST_OK);
    assert_int_equal(state_of(id).feedback, FEEDBACK_WITHDRAWN);
    assert_int_equal(share_words(REPRESENTATIVE, id, "It rang.", 0, &err), ST_CONFLICT);
    assert_non_null(strstr(err.public, "withdrawn"));
    assert_false(reads(ANALYST, id, NULL));
    id = share(TEACHER, "07700 900133", "07700 900134");
    assert_int_equal(share_words(REPRESENTATIVE, id, "It rang.", 0, NULL), ST_OK);
    assert_int_equal(submission_withdraw(&app, &people[TEACHER], id, &err), ST_CONFLICT);
    assert_non_null(strstr(err.public, "shared"));
    assert_int_equal(share_words(SECOND, id, "It rang twice.", 1, NULL), ST_CONFLICT);
}

/* So many that a list of them passes a megabyte. */
static void whoever_sees_very_much_can_withdraw(void **state)
{
    (void)state;
    if (getenv("PENDEEN_STORE")) skip(); /* rows are written into its file */
    int64_t id = share(TEACHER, "07700 900135", "07700 900136");
    sqlite3 *db = NULL;
    const char *sql = str_fmt(&arena,
                              "WITH RECURSIVE n (id) AS (SELECT 1000001 UNION ALL"
                              " SELECT id + 1 FROM n WHERE id < 1070000)"
                              " INSERT INTO submission_named SELECT id, %lld FROM n",
                              (long long)people[TEACHER].organisation)
                          .ptr;
    assert_int_equal(sqlite3_open(str_fmt(&arena, "%s/pendeen.db", folder).ptr, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(submission_withdraw(&app, &people[TEACHER], id, NULL), ST_OK);
    sql = "DELETE FROM submission_named WHERE submission_id > 1000000";
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void two_at_once_overwrite_nothing(void **state)
{
    (void)state;
    int64_t id = share(TEACHER, "07700 900141", "07700 900142");
    int64_t number = 0;
    struct forward_words first = {.narrative = STR("The first.")};
    struct forward_words second = {.narrative = STR("The second.")};
    struct err err = {0};
    assert_int_equal(forward_save(&app, &people[REPRESENTATIVE], id, &first, 0, &number, NULL),
                     ST_OK);
    assert_int_equal(number, 1);
    assert_int_equal(forward_save(&app, &people[SECOND], id, &second, 0, &number, &err),
                     ST_CONFLICT);
    assert_int_equal(number, 2);
    struct forward_version *version = NULL;
    size_t count = 0;
    assert_int_equal(forward_versions(&app, &arena, id, &version, &count, NULL), ST_OK);
    assert_int_equal(count, 2);
    assert_true(str_eq(version[0].words.narrative, second.narrative));
    assert_true(str_eq(version[0].author, STR("Denzil Rowe")));
    assert_true(str_eq(version[1].words.narrative, first.narrative));
    /* Nor is it shared over the head of somebody. */
    assert_int_equal(share_words(REPRESENTATIVE, id, "A third.", 1, &err), ST_CONFLICT);
    assert_int_equal(state_of(id).stage, STAGE_REPRESENTATIVE);
    assert_int_equal(share_words(REPRESENTATIVE, id, "A fourth.", 3, NULL), ST_OK);
}

static void nothing_is_held_or_returned_without_a_reason(void **state)
{
    (void)state;
    int64_t id = share(TEACHER, "07700 900151", "07700 900152");
    const struct person *who = &people[REPRESENTATIVE];
    assert_int_equal(forward_hold(&app, who, id, STR(""), STR("x"), NULL), ST_INVALID);
    assert_int_equal(forward_hold(&app, who, id, STR("done"), STR("x"), NULL), ST_INVALID);
    assert_int_equal(
        forward_hold(&app, &people[ANALYST], id, STR("waits-for-more"), STR("x"), NULL),
        ST_NOT_FOUND);
    assert_int_equal(forward_hold(&app, who, id, STR("waits-for-more"), STR("x"), NULL), ST_OK);
    assert_int_equal(state_of(id).stage, STAGE_HELD);
    assert_int_equal(forward_return(&app, who, id, STR("several-matters"), STR("Two vans."), NULL),
                     ST_OK);
    assert_int_equal(state_of(id).feedback, FEEDBACK_RETURNED);
    assert_true(str_eq(state_of(id).feedback_reason, STR("several-matters")));
    struct forward_event *event = NULL;
    size_t count = 0;
    assert_int_equal(forward_events(&app, &arena, id, &event, &count, NULL), ST_OK);
    assert_int_equal(count, 2);
    assert_true(str_eq(event[0].words, STR("Two vans.")) && str_eq(event[1].words, STR("x")));
    assert_true(str_eq(event[0].who, STR("Morwenna Pell")));
    assert_true(
        str_eq(forward_event_label(&arena, area, &event[1]), STR("Held: More is expected")));
    assert_int_equal(share_words(REPRESENTATIVE, id, "It rang.", 0, NULL), ST_CONFLICT);
}

static enum st act(int64_t id, enum feedback feedback, const char *reason)
{
    struct db *db = NULL;
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    enum st outcome =
        stage_act(&app, db, people[COORDINATOR].account, id, feedback, str_from(reason), NULL);
    return store_write_end(app.store, db, outcome, NULL);
}

static void feedback_says_what_came_of_it(void **state)
{
    (void)state;
    int64_t id = share(TEACHER, "07700 900161", "07700 900162");
    assert_int_equal(state_of(id).feedback, FEEDBACK_RECEIVED);
    assert_int_equal(act(id, FEEDBACK_ACTION, ""), ST_CONFLICT);
    assert_int_equal(share_words(REPRESENTATIVE, id, "07700 900161", 0, NULL), ST_OK);
    int64_t other = share(OTHER_REPRESENTATIVE, "ends in 61", "07700 900163");
    assert_int_equal(decision_make(&app, &people[ANALYST], mention_of(id, 0), mention_of(other, 0),
                                   VERDICT_SAME, STR("The same."), NULL),
                     ST_OK);
    assert_int_equal(state_of(id).feedback, FEEDBACK_LINKED);
    assert_int_equal(act(id, FEEDBACK_NO_ACTION, ""), ST_INVALID);
    assert_int_equal(act(id, FEEDBACK_NO_ACTION, "several-matters"), ST_INVALID);
    assert_int_equal(act(id, FEEDBACK_LINKED, ""), ST_INVALID);
    assert_int_equal(act(id, FEEDBACK_NO_ACTION, "too-little"), ST_OK);
    assert_int_equal(state_of(id).feedback, FEEDBACK_NO_ACTION);
    assert_int_equal(act(id, FEEDBACK_ACTION, ""), ST_OK);
    assert_int_equal(state_of(id).feedback, FEEDBACK_ACTION);
}

/* --- who is away, and who is nobody ----------------------------------------------------------- */

static struct person today(int who)
{
    struct person person;
    assert_int_equal(account_person(&app, &arena, people[who].email, &person, NULL), ST_OK);
    return person;
}

static void a_deputy_represents_as_long_as_somebody_is_away(void **state)
{
    (void)state;
    int64_t id = share(TEACHER, "07700 900171", "07700 900172");
    struct person deputy = today(COLLEAGUE);
    assert_false(person_has(&deputy, ROLE_representative));
    int32_t day = clock_today();
    struct absence away = {.account = people[REPRESENTATIVE].account,
                           .deputy = deputy.account,
                           .from_day = day,
                           .to_day = day};
    assert_int_equal(absence_add(&app, people[REPRESENTATIVE].account, &away, NULL), ST_OK);
    deputy = today(COLLEAGUE);
    assert_true(person_has(&deputy, ROLE_representative));
    struct forward_line *line = NULL;
    size_t count = 0;
    bool there = false;
    assert_int_equal(forward_inbox(&app, &arena, &deputy, &line, &count, NULL), ST_OK);
    for (size_t i = 0; i < count; i++) there |= line[i].submission == id;
    assert_true(there);
    struct forward_share onward = {.words = {.narrative = STR("It rang.")}};
    assert_int_equal(forward_share(&app, &deputy, id, &onward, NULL), ST_OK);
    clock_set(clock_now() + (instant_ms)2 * 24 * 3600 * 1000);
    deputy = today(COLLEAGUE);
    assert_false(person_has(&deputy, ROLE_representative));
    assert_int_equal(forward_inbox(&app, &arena, &deputy, &line, &count, NULL), ST_OK);
    assert_int_equal(count, 0);
    clock_set(0);
}

static void a_coordinator_shares_on_for_whom_nobody_represents(void **state)
{
    (void)state;
    int64_t id = share(LONELY, "07700 900181", "07700 900182");
    assert_false(reads(ANALYST, id, NULL));
    assert_true(reads(COORDINATOR, id, NULL));
    int64_t other = share(TEACHER, "07700 900183", "07700 900184");
    assert_false(reads(COORDINATOR, other, NULL));
    assert_int_equal(share_words(COORDINATOR, other, "It rang.", 0, NULL), ST_NOT_FOUND);
    assert_int_equal(share_words(COORDINATOR, id, "It rang.", 0, NULL), ST_OK);
    struct submission read;
    assert_true(reads(ANALYST, id, &read));
    assert_true(str_eq(read.narrative, STR("It rang.")));
}

/* --- what was changed is kept ----------------------------------------------------------------- */

static size_t versions_of(int64_t id)
{
    struct forward_version *version = NULL;
    size_t count = 0;
    assert_int_equal(forward_versions(&app, &arena, id, &version, &count, NULL), ST_OK);
    return count;
}

static void words_that_were_changed_are_kept_before_anything_else(void **state)
{
    (void)state;
    struct submission written;
    struct err err = {0};
    const struct person *who = &people[REPRESENTATIVE];
    int64_t number = 0;
    int64_t id = share(TEACHER, "07700 900501", "07700 900502");
    assert_true(reads(REPRESENTATIVE, id, &written));
    /* As a form gives it back: nobody changed a word of it. */
    struct forward_words words = {.narrative =
                                      str_fmt(&arena, "%.*s\r\n", STR_ARG(written.narrative)),
                                  .where_text = written.where_text};
    assert_int_equal(forward_keep(&app, who, id, &words, 0, &number, NULL), ST_OK);
    assert_int_equal(versions_of(id), 0);
    assert_int_equal(number, 0);
    words.narrative = STR("A phone rang.");
    assert_int_equal(forward_keep(&app, &people[ANALYST], id, &words, 0, &number, NULL),
                     ST_NOT_FOUND);
    assert_int_equal(forward_keep(&app, who, id, &words, 0, &number, NULL), ST_OK);
    assert_int_equal(versions_of(id), 1);
    assert_int_equal(number, 1);
    assert_int_equal(forward_keep(&app, who, id, &words, 1, &number, NULL), ST_OK);
    assert_int_equal(versions_of(id), 1);
    /* With the same checks, and beside what somebody else wrote. */
    words.narrative = STR(" ");
    assert_int_equal(forward_keep(&app, who, id, &words, 1, &number, &err), ST_INVALID);
    words.narrative = STR("It rang twice.");
    assert_int_equal(forward_keep(&app, who, id, &words, 0, &number, &err), ST_CONFLICT);
    assert_int_equal(versions_of(id), 2);
}

static void a_day_that_there_is_not_is_refused(void **state)
{
    (void)state;
    struct err err = {0};
    int64_t number = 0;
    int64_t id = share(TEACHER, "07700 900511", "07700 900512");
    struct forward_share onward = {
        .words = {.narrative = STR("It rang."), .when_text = STR("31/11/2026")}, .looked = true};
    assert_int_equal(forward_share(&app, &people[REPRESENTATIVE], id, &onward, &err), ST_INVALID);
    assert_non_null(strstr(err.public, "There is no 31 November"));
    assert_int_equal(
        forward_save(&app, &people[REPRESENTATIVE], id, &onward.words, 0, &number, NULL),
        ST_INVALID);
    assert_int_equal(versions_of(id), 0);
    onward.words.when_text = STR("some Friday, in the dark");
    assert_int_equal(forward_share(&app, &people[REPRESENTATIVE], id, &onward, NULL), ST_OK);
}

/* --- who told --------------------------------------------------------------------------------- */

static struct forward_event newest_of(int64_t id, const char *kind)
{
    struct forward_event *event = NULL;
    size_t count = 0;
    assert_int_equal(forward_events(&app, &arena, id, &event, &count, NULL), ST_OK);
    for (size_t i = 0; i < count; i++)
        if (str_eq(event[i].kind, str_from(kind))) return event[i];
    return (struct forward_event){0};
}

static size_t times_done(int64_t id, const char *kind)
{
    struct forward_event *event = NULL;
    size_t count = 0;
    size_t times = 0;
    assert_int_equal(forward_events(&app, &arena, id, &event, &count, NULL), ST_OK);
    for (size_t i = 0; i < count; i++) times += str_eq(event[i].kind, str_from(kind));
    return times;
}

/* As a page that is loaded again sends them. */
static void words_that_come_once_more_are_kept_once(void **state)
{
    (void)state;
    int64_t number = 0;
    struct forward_words words = {.narrative = STR("A phone rang.")};
    const struct person *who = &people[REPRESENTATIVE];
    int64_t id = share(TEACHER, "07700 900531", "07700 900532");
    for (int64_t base = 0; base <= 1; base++)
        for (int time = 0; time < 2; time++) {
            number = 0;
            assert_int_equal(forward_save(&app, who, id, &words, base, &number, NULL), ST_OK);
            assert_int_equal(number, 1);
        }
    assert_int_equal(versions_of(id), 1);
    /* What is beside another is so again, until its author has seen the other. */
    words.narrative = STR("It rang twice.");
    for (int64_t base = 0; base <= 2; base++) {
        assert_int_equal(forward_save(&app, &people[SECOND], id, &words, base, &number, NULL),
                         base < 2 ? ST_CONFLICT : ST_OK);
        assert_int_equal(number, 2);
    }
    assert_int_equal(versions_of(id), 2);
    /* Somebody else's, or what one wrote before another, is a version. */
    assert_int_equal(forward_save(&app, who, id, &words, 2, &number, NULL), ST_OK);
    assert_int_equal(number, 3);
    words.when_text = STR("at night");
    assert_int_equal(forward_save(&app, who, id, &words, 3, &number, NULL), ST_OK);
    words.when_text = STR("");
    assert_int_equal(forward_save(&app, who, id, &words, 4, &number, NULL), ST_OK);
    assert_int_equal(number, 5);
    assert_int_equal(times_done(id, "version"), 5);
    /* One that is kept because another was written meanwhile is among what was done as well. */
    assert_int_equal(share_words(REPRESENTATIVE, id, "A third.", 4, NULL), ST_CONFLICT);
    assert_int_equal(versions_of(id), 6);
    assert_int_equal(times_done(id, "version"), 6);
}

static void what_may_tell_goes_once_somebody_has_looked(void **state)
{
    (void)state;
    struct err err = {0};
    struct telltale_line *line = NULL;
    size_t count = 0;
    int64_t id = share(TEACHER, "07700 900521", "07700 900522");
    struct forward_share onward = {
        .words = {.narrative = STR("I am her mum. She told me. Mr Pascoe the caretaker told me.")}};
    assert_int_equal(forward_telltales(&app, &arena, id, &onward.words, &line, &count, NULL),
                     ST_OK);
    bool twice = false;
    for (size_t i = 0; i < count; i++)
        twice |= line[i].times == 2 && str_eq(line[i].words, STR("“told me”"));
    assert_true(twice);
    assert_int_equal(forward_share(&app, &people[REPRESENTATIVE], id, &onward, &err), ST_INVALID);
    assert_non_null(strstr(err.public, "who said so"));
    assert_int_equal(state_of(id).stage, STAGE_REPRESENTATIVE);
    assert_int_equal(versions_of(id), 0);
    onward.looked = true;
    assert_int_equal(forward_share(&app, &people[REPRESENTATIVE], id, &onward, NULL), ST_OK);
    struct forward_event looked = newest_of(id, "looked");
    assert_true(str_eq(looked.who, STR("Morwenna Pell")));
    assert_true(str_find(looked.words, STR("“caretaker”: A role that few people have"), 0) >= 0);
    /* Where nothing is found there is nothing to say. */
    id = share(TEACHER, "07700 900523", "07700 900524");
    assert_int_equal(share_words(REPRESENTATIVE, id, "It rang.", 0, NULL), ST_OK);
    assert_int_equal(newest_of(id, "looked").kind.len, 0);
}

/* --- who may see it --------------------------------------------------------------------------- */

static int64_t share_under(const char *code)
{
    static int number;
    struct submission_draft draft = {.idempotency_key = str_fmt(&arena, "under-%d", number++),
                                     .narrative = STR("A van waits."),
                                     .handling = str_from(code)};
    struct submission_receipt receipt;
    struct err err = {0};
    if (submission_share(&app, &people[TEACHER], &draft, 0, 0, &receipt, &err) != ST_OK)
        fail_msg("%s", err.public);
    return receipt.id;
}

static enum st share_under_to(int64_t id, const char *code, const char *reason, struct err *err)
{
    struct forward_share onward = {.words = {.narrative = STR("A van waits.")},
                                   .handling = str_from(code),
                                   .reason = str_from(reason)};
    return forward_share(&app, &people[REPRESENTATIVE], id, &onward, err);
}

static struct handling_history history_of(int64_t id)
{
    struct submission read;
    struct handling_history history;
    assert_true(reads(TEACHER, id, &read));
    struct db *db = store_read_begin(app.store, NULL);
    assert_int_equal(handling_history_read(db, &arena, id, read.handling, &history, NULL), ST_OK);
    store_read_end(app.store, db);
    return history;
}

static void a_condition_is_loosened_for_a_reason_and_its_sender_learns_of_it(void **state)
{
    (void)state;
    static const struct {
        const char *from;
        const char *to;
        bool looser;
    } cases[] = {
        {"P", "P", false},
        {"P", "C.forum", false},
        {"P", "C.maru-police", false},
        {"P", "C.ask", false},
        {"C.forum", "P", true},
        {"C.forum", "C.maru-police", false},
        {"C.forum", "C.ask", true}, /* others learn that there is something */
        {"C.maru-police", "P", true},
        {"C.maru-police", "C.forum", true},
        {"C.maru-police", "C.named", true},
        {"C.named", "C.maru-police", true},
        {"C.named", "C.ask", false},
        {"C.ask", "C.maru-police", true},
        {"C.ask", "P", true},
        {"C.ask", "gone", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (handling_is_looser(&app, str_fmt(&arena, "handling:%s", cases[i].from),
                               str_fmt(&arena, "handling:%s", cases[i].to)) != cases[i].looser)
            fail_msg("%s to %s", cases[i].from, cases[i].to);
    struct err err = {0};
    int64_t id = share_under("handling:C.maru-police");
    assert_int_equal(share_under_to(id, "handling:P", "  ", &err), ST_INVALID);
    assert_non_null(strstr(err.public, "Say why"));
    assert_int_equal(state_of(id).stage, STAGE_REPRESENTATIVE);
    assert_int_equal(share_under_to(id, "handling:P", "They agreed to it.", NULL), ST_OK);
    assert_true(reads(ANALYST, id, NULL));
    struct handling_history history = history_of(id);
    assert_true(str_eq(history.chosen, STR("handling:C.maru-police")));
    assert_true(history.changed_at && history.represented);
    struct forward_event changed = newest_of(id, "handling");
    assert_true(str_eq(changed.words, STR("They agreed to it.")));
    assert_true(str_eq(forward_event_label(&arena, area, &changed),
                       STR("Who may see it was changed from “MARU and police only” to “No "
                           "conditions”")));
    /* As narrow, or narrower, is free; the sender is told of that too. */
    id = share_under("handling:C.forum");
    assert_int_equal(share_under_to(id, "handling:C.forum", "", NULL), ST_OK);
    assert_int_equal(history_of(id).changed_at, 0);
    id = share_under("handling:P");
    assert_int_equal(share_under_to(id, "handling:C.maru-police", "", NULL), ST_OK);
    assert_true(history_of(id).changed_at > 0);
    /* What counts is what its sender chose, whatever was made of it since. */
    id = share_under("handling:C.forum");
    struct handling_refused refused;
    struct handling_new new = {.submission = id, .code = STR("handling:P"), .reason = STR(" ")};
    assert_int_equal(handling_set_for(&app, &people[LEAD], &new, &refused, &err), ST_INVALID);
    assert_true(refused.reason && !refused.changed);
    assert_non_null(strstr(err.public, "Say why"));
    new.reason = STR("They agreed to it.");
    assert_int_equal(handling_set_for(&app, &people[LEAD], &new, &refused, NULL), ST_OK);
    changed = newest_of(id, "handling-set");
    assert_true(str_eq(changed.words, new.reason) && str_eq(changed.who, STR("Loveday Carne")));
    history = history_of(id);
    assert_true(str_eq(history.chosen, STR("handling:C.forum")));
    assert_true(history.changed_at && !history.represented);
    assert_int_equal(share_under_to(id, "handling:C.ask", "", NULL), ST_INVALID);
    assert_int_equal(share_under_to(id, "handling:C.forum", "", NULL), ST_OK);
    assert_int_equal(history_of(id).changed_at, 0);
}

/* Of a condition that names organisations, one more that is named is one more that sees it. */
static void another_organisation_is_named_for_a_reason(void **state)
{
    (void)state;
    const int64_t named[] = {people[OTHER_REPRESENTATIVE].organisation,
                             people[ANALYST].organisation};
    int64_t id = share_under("handling:P");
    struct handling_refused refused;
    struct handling_new new = {.submission = id,
                               .code = STR("handling:C.named"),
                               .organisations = named,
                               .count = 1};
    assert_int_not_equal(named[0], named[1]);
    assert_int_equal(handling_set_for(&app, &people[LEAD], &new, &refused, NULL), ST_OK);
    new.count = 2;
    assert_int_equal(handling_set_for(&app, &people[LEAD], &new, &refused, NULL), ST_INVALID);
    assert_true(refused.reason);
    new.reason = STR("They look after the child.");
    assert_int_equal(handling_set_for(&app, &people[LEAD], &new, &refused, NULL), ST_OK);
    struct forward_event changed = newest_of(id, "handling-set");
    assert_true(str_eq(changed.words, new.reason));
    assert_non_null(strstr(str_c(&arena, forward_event_label(&arena, area, &changed)),
                           "More organisations"));
    assert_true(str_eq(history_of(id).chosen, STR("handling:P")));
    new = (struct handling_new){
        .submission = id, .code = STR("handling:C.named"), .organisations = named, .count = 1};
    assert_int_equal(handling_set_for(&app, &people[LEAD], &new, &refused, NULL), ST_OK);
}

/* What somebody does while another has the turn: it is decided in their own. */
static int64_t awaited;
static enum st came[4];

static void *act_in_turn(void *context)
{
    size_t i = *(const size_t *)context;
    const struct person *who = &people[REPRESENTATIVE];
    struct forward_share onward = {.words = {.narrative = STR("A van waits.")}};
    came[i] = i == 0   ? forward_share(&app, who, awaited, &onward, NULL)
              : i == 1 ? forward_hold(&app, who, awaited, STR("waits-for-more"), STR(""), NULL)
              : i == 2 ? forward_return(&app, who, awaited, STR("several-matters"), STR(""), NULL)
                       : forward_ask(&app, who, awaited, STR("Which gate?"), NULL);
    return NULL;
}

static void what_is_withdrawn_while_they_wait_counts(void **state)
{
    (void)state;
    pthread_t thread[4];
    size_t place[4] = {0, 1, 2, 3};
    struct db *db = NULL;
    awaited = share_under("handling:P");
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, act_in_turn, &place[i]), 0);
    usleep(200000); /* until they wait; on a slow machine they are refused sooner */
    struct query *query = db_query(db, Q_BLOCK_ADD);
    db_bind_int(query, 1, 9001);
    db_bind_int(query, 2, awaited);
    db_bind_int(query, 3, people[REPRESENTATIVE].account);
    db_bind_bytes(query, 4, "x", 1);
    db_bind_int(query, 5, people[LEAD].account);
    db_bind_int(query, 6, clock_now());
    assert_int_equal(store_write_end(app.store, db, db_run(query, NULL), NULL), ST_OK);
    for (size_t i = 0; i < 4; i++) {
        pthread_join(thread[i], NULL);
        assert_int_equal(came[i], ST_NOT_FOUND);
    }
    assert_int_equal(state_of(awaited).stage, STAGE_REPRESENTATIVE);
}

/* --- questions -------------------------------------------------------------------------------- */

static void an_answer_is_to_its_question(void **state)
{
    (void)state;
    struct err err = {0};
    int64_t id = share(TEACHER, "07700 900191", "07700 900192");
    assert_int_equal(forward_answer(&app, &people[TEACHER], id, 0, STR("Nobody asked."), NULL),
                     ST_CONFLICT);
    assert_int_equal(forward_ask(&app, &people[REPRESENTATIVE], id, STR("  "), &err), ST_INVALID);
    assert_non_null(strstr(err.public, "what you want to ask"));
    assert_int_equal(forward_ask(&app, &people[REPRESENTATIVE], id, STR("Which gate?"), NULL),
                     ST_OK);
    assert_int_equal(forward_ask(&app, &people[SECOND], id, STR("Which day?"), NULL), ST_OK);
    struct forward_question *asked = NULL;
    size_t count = 0;
    assert_int_equal(forward_questions(&app, &arena, id, &asked, &count, NULL), ST_OK);
    assert_int_equal(count, 2);
    assert_int_equal(forward_answer(&app, &people[COLLEAGUE], id, asked[0].id, STR("x"), NULL),
                     ST_NOT_FOUND);
    assert_int_equal(forward_answer(&app, &people[TEACHER], id, asked[0].id, STR(" \n"), &err),
                     ST_INVALID);
    assert_non_null(strstr(err.public, "answer"));
    assert_int_equal(forward_answer(&app, &people[TEACHER], id, asked[0].id, STR("Tuesday."), NULL),
                     ST_OK);
    assert_int_equal(forward_answer(&app, &people[TEACHER], id, asked[0].id, STR("Friday."), NULL),
                     ST_CONFLICT);
    assert_int_equal(forward_questions(&app, &arena, id, &asked, &count, NULL), ST_OK);
    assert_true(str_eq(asked[0].answer, STR("Tuesday.")) && !asked[1].answered_at);
    /* No question of another submission. */
    int64_t other = share(TEACHER, "07700 900193", "07700 900194");
    assert_int_equal(forward_answer(&app, &people[TEACHER], other, asked[1].id, STR("x"), NULL),
                     ST_CONFLICT);
}

static size_t inbox(int who, struct forward_line **ret)
{
    size_t count = 0;
    assert_int_equal(forward_inbox(&app, &arena, &people[who], ret, &count, NULL), ST_OK);
    return count;
}

static size_t place_of(int who, int64_t id)
{
    struct forward_line *line = NULL;
    size_t count = inbox(who, &line);
    for (size_t i = 0; i < count; i++)
        if (line[i].submission == id) return i;
    return SIZE_MAX;
}

static void danger_overtakes_and_then_age_counts(void **state)
{
    (void)state;
    set_clock("2026-05-04 09:00");
    int64_t first = share(TEACHER, "07700 900301", "07700 900302");
    set_clock("2026-05-05 09:00");
    int64_t second = share(TEACHER, "07700 900303", "07700 900304");
    assert_true(place_of(REPRESENTATIVE, first) < place_of(REPRESENTATIVE, second));
    assert_true(place_of(OTHER_REPRESENTATIVE, first) == SIZE_MAX);
    /* An answer with words of danger in it brings its submission to the top. */
    assert_int_equal(forward_ask(&app, &people[REPRESENTATIVE], second, STR("Where is she?"), NULL),
                     ST_OK);
    assert_int_equal(forward_answer(&app, &people[TEACHER], second, 0,
                                    STR("She is being held in a flat."), NULL),
                     ST_OK);
    assert_int_equal(place_of(REPRESENTATIVE, second), 0);
    assert_true(state_of(second).urgent);
    /* Holding it makes it no younger, and starts its clock anew. */
    struct forward_line *line = NULL;
    set_clock("2026-05-08 09:00");
    inbox(REPRESENTATIVE, &line);
    struct forward_line before = line[place_of(REPRESENTATIVE, first)];
    assert_true(before.due && clock_now() > before.due);
    assert_int_equal(before.came, at("2026-05-04 09:00"));
    assert_int_equal(
        forward_hold(&app, &people[REPRESENTATIVE], first, STR("waits-for-more"), STR(""), NULL),
        ST_OK);
    inbox(REPRESENTATIVE, &line);
    struct forward_line held = line[place_of(REPRESENTATIVE, first)];
    assert_true(held.held && held.came == before.came && held.due > clock_now());
    clock_set(0);
}

static void the_forum_is_suggested_by_the_place(void **state)
{
    (void)state;
    struct mention place = {.kind = LINK_PLACE};
    struct submission submission = {
        .forum = STR("mid"), .narrative = STR("A van waits."), .where_text = STR("")};
    assert_true(str_eq(forward_suggest_forum(area, &submission), STR("mid")));
    submission.narrative = STR("He was seen in BODMIN, they say.");
    assert_true(str_eq(forward_suggest_forum(area, &submission), STR("east")));
    submission.narrative = STR("He was seen in Budehaven."); /* not Bude */
    assert_true(str_eq(forward_suggest_forum(area, &submission), STR("mid")));
    submission.narrative = STR("He was seen in Bodmin.");
    place.field[LINK_VENUE] = STR("Cafe, Redruth");
    submission.mention = &place;
    submission.mention_count = 1;
    assert_true(str_eq(forward_suggest_forum(area, &submission), STR("west")));
    submission.where_text = STR("st austell station");
    assert_true(str_eq(forward_suggest_forum(area, &submission), STR("mid")));
    assert_true(str_eq(forward_suggest_forum(NULL, &submission), STR("mid")));
}

/* --- by name, and what is added --------------------------------------------------------------- */

static int64_t share_how(int who, const char *words, const struct submission_how *how)
{
    static int number;
    struct mention_draft mention = {.kind = LINK_PHONE, .span_start = -1, .span_end = -1};
    mention.field[LINK_NUMBER] = STR("07700 900401");
    struct submission_draft draft = {.idempotency_key = str_fmt(&arena, "how-%d", number++),
                                     .narrative = str_from(words),
                                     .mention = &mention,
                                     .mention_count = 1};
    struct submission_receipt receipt;
    struct err err = {0};
    if (submission_share_how(&app, &people[who], &draft, how, &receipt, &err) != ST_OK)
        fail_msg("%s", err.public);
    return receipt.id;
}

static void the_forum_learns_a_name_only_where_both_say_so(void **state)
{
    (void)state;
    struct submission read;
    for (int agreed = 0; agreed < 2; agreed++)
        for (int told = 0; told < 2; told++) {
            int64_t id =
                share_how(TEACHER, "A phone rang.", &(struct submission_how){.by_name = agreed});
            assert_int_equal(state_of(id).by_name, agreed);
            struct forward_share onward = {.words = {.narrative = STR("It rang.")}, .named = told};
            assert_int_equal(forward_share(&app, &people[REPRESENTATIVE], id, &onward, NULL),
                             ST_OK);
            assert_true(reads(ANALYST, id, &read));
            assert_true(str_eq(read.named, agreed && told ? STR("Tamsin Hale") : STR("")));
        }
}

static size_t family(int who, int64_t id, struct addition **ret)
{
    size_t count = 0;
    struct person asker = people[who];
    assert_int_equal(additions_of(scope_of(&app, &arena, &asker), &arena, id, ret, &count, NULL),
                     ST_OK);
    return count;
}

static void one_adds_to_ones_own(void **state)
{
    (void)state;
    struct addition *list = NULL;
    struct str reference;
    int64_t first = 0;
    int64_t id = share_how(TEACHER, "A phone rang, 07700 900401.", &(struct submission_how){0});
    assert_int_equal(addition_check(&app, &arena, &people[COLLEAGUE], id, &first, &reference, NULL),
                     ST_NOT_FOUND);
    assert_int_equal(
        addition_check(&app, &arena, &people[REPRESENTATIVE], id, &first, &reference, NULL),
        ST_NOT_FOUND);
    assert_int_equal(
        addition_check(&app, &arena, &people[TEACHER], 99999, &first, &reference, NULL),
        ST_NOT_FOUND);
    assert_int_equal(addition_check(&app, &arena, &people[TEACHER], id, &first, &reference, NULL),
                     ST_OK);
    assert_int_equal(first, id);
    int64_t added =
        share_how(TEACHER, "It rang again.", &(struct submission_how){.adds_to = first});
    /* What adds to an addition adds to the first. */
    assert_int_equal(
        addition_check(&app, &arena, &people[TEACHER], added, &first, &reference, NULL), ST_OK);
    assert_int_equal(first, id);
    int64_t third = share_how(TEACHER, "And again.", &(struct submission_how){.adds_to = first});
    assert_int_equal(family(TEACHER, id, &list), 2);
    assert_int_equal(list[0].submission, added);
    assert_int_equal(family(REPRESENTATIVE, third, &list), 2);
    assert_true(list[0].submission == id && list[0].first && !list[1].first);
    /* The Forum sees of them what it has, and compares each by itself. */
    assert_int_equal(share_words(REPRESENTATIVE, added, "It rang: 07700 900401.", 0, NULL), ST_OK);
    assert_int_equal(family(ANALYST, added, &list), 0);
    assert_int_equal(share_words(REPRESENTATIVE, id, "It rang first.", 0, NULL), ST_OK);
    assert_int_equal(family(ANALYST, added, &list), 1);
    assert_int_equal(list[0].submission, id);
    assert_true(finds(ANALYST, "07700 900401") >= 1);
    /* One origin stands behind them, however often it tells. */
    struct submission read[2];
    assert_true(reads(ANALYST, id, &read[0]) && reads(ANALYST, added, &read[1]));
    struct corroborated report[2] = {corroborated_of(&read[0]), corroborated_of(&read[1])};
    struct corroboration found;
    struct db *db = store_read_begin(app.store, NULL);
    assert_int_equal(corroborate(&app, db, &arena, report, 2, &found, NULL), ST_OK);
    store_read_end(app.store, db);
    assert_int_equal(found.count, 1);
    /* Each is withdrawn by itself; to what is withdrawn nothing is added. */
    assert_int_equal(submission_withdraw(&app, &people[TEACHER], third, NULL), ST_OK);
    assert_int_equal(
        addition_check(&app, &arena, &people[TEACHER], third, &first, &reference, NULL),
        ST_CONFLICT);
    assert_int_equal(addition_check(&app, &arena, &people[TEACHER], id, &first, &reference, NULL),
                     ST_OK);
}

/* What the Forum is told of one it is not told of the others by that. */
static void a_name_on_one_is_none_on_what_belongs_with_it(void **state)
{
    (void)state;
    static const bool named[] = {false, true, false, true};
    struct addition *list = NULL;
    int64_t id[4];
    for (int i = 0; i < 4; i++) {
        const struct submission_how how = {.by_name = named[i], .adds_to = i ? id[0] : 0};
        id[i] = share_how(TEACHER, "A phone rang.", &how);
        struct forward_share onward = {.words = {.narrative = STR("It rang.")}, .named = named[i]};
        assert_int_equal(forward_share(&app, &people[REPRESENTATIVE], id[i], &onward, NULL), ST_OK);
    }
    static const int forum[] = {ANALYST, OWN_ANALYST};
    for (int i = 0; i < 4; i++) {
        for (int k = 0; k < 2; k++) {
            assert_int_equal(family(forum[k], id[i], &list), 1);
            assert_int_equal(list[0].submission, id[(i + 2) % 4]);
        }
        assert_int_equal(family(TEACHER, id[i], &list), 3);
        assert_int_equal(family(REPRESENTATIVE, id[i], &list), 3);
    }
    /* One that another program destroyed is still known here: it is left out of the others. */
    struct db *db = NULL;
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    struct query *query = db_query_once(db, "UPDATE record_key SET kek = 0 WHERE id ="
                                            " (SELECT key_id FROM submission WHERE id = ?1)");
    db_bind_int(query, 1, id[2]);
    assert_int_equal(db_run(query, NULL), ST_OK);
    assert_int_equal(store_write_commit(app.store, db, NULL), ST_OK);
    assert_int_equal(family(ANALYST, id[0], &list), 0);
    assert_int_equal(family(ANALYST, id[1], &list), 1);
    assert_int_equal(list[0].submission, id[3]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_forum_sees_it_once_it_is_shared_on),
        cmocka_unit_test(the_forums_people_where_it_was_written_read_what_the_forum_reads),
        cmocka_unit_test(what_was_left_out_is_in_no_count_of_a_list),
        cmocka_unit_test(what_is_left_out_or_destroyed_is_missed_by_nobody),
        cmocka_unit_test(the_same_after_a_start),
        cmocka_unit_test(what_waits_can_be_asked_about),
        cmocka_unit_test(what_is_withdrawn_goes_nowhere),
        cmocka_unit_test(whoever_sees_very_much_can_withdraw),
        cmocka_unit_test(two_at_once_overwrite_nothing),
        cmocka_unit_test(nothing_is_held_or_returned_without_a_reason),
        cmocka_unit_test(feedback_says_what_came_of_it),
        cmocka_unit_test(a_deputy_represents_as_long_as_somebody_is_away),
        cmocka_unit_test(a_coordinator_shares_on_for_whom_nobody_represents),
        cmocka_unit_test(words_that_were_changed_are_kept_before_anything_else),
        cmocka_unit_test(a_day_that_there_is_not_is_refused),
        cmocka_unit_test(words_that_come_once_more_are_kept_once),
        cmocka_unit_test(what_may_tell_goes_once_somebody_has_looked),
        cmocka_unit_test(a_condition_is_loosened_for_a_reason_and_its_sender_learns_of_it),
        cmocka_unit_test(another_organisation_is_named_for_a_reason),
        cmocka_unit_test(what_is_withdrawn_while_they_wait_counts),
        cmocka_unit_test(an_answer_is_to_its_question),
        cmocka_unit_test(danger_overtakes_and_then_age_counts),
        cmocka_unit_test(the_forum_is_suggested_by_the_place),
        cmocka_unit_test(the_forum_learns_a_name_only_where_both_say_so),
        cmocka_unit_test(one_adds_to_ones_own),
        cmocka_unit_test(a_name_on_one_is_none_on_what_belongs_with_it),
    };
    return cmocka_run_group_tests(tests, begin, close_partnership);
}
