/* Two programs on one PostgreSQL database: what one changes, the other holds within moments,
 * and knows before it writes.  On SQLite there is nothing to follow. */
#include "unit/partnership.h"

#include "domain/children.h"
#include "domain/child.h"
#include "domain/decision.h"
#include "domain/destroy.h"
#include "domain/entity.h"
#include "domain/follow.h"
#include "domain/handling.h"
#include "domain/organisation.h"
#include "domain/registry.h"
#include "domain/scope.h"
#include "domain/search.h"

#include "link/link.h"
#include "store/engine.h"

#include <pthread.h>
#include <unistd.h>

enum { PATIENCE_MS = 10000, PEOPLE = 3 };

static struct app other; /* the second program */
static struct person who[PEOPLE];
static char folder[64], second[64];
static bool is_shared;

static void open_app(struct app *ret, const char *where)
{
    struct err err = {0};
    if (app_open(ret, where, NULL, NULL, &err) != ST_OK)
        fail_msg("%s (%s)", err.public, err.detail);
    ret->area = area;
}

/* The same database for both folders, and the same ring. */
static int begin(void **state)
{
    (void)state;
    static const struct cast cast[PEOPLE] = {
        {"An Analyst", "The police", "police", ROLE_analyst},
        {"A Teacher", "A school", "education", ROLE_practitioner},
        {"A Social Worker", "The referral unit", "referral-unit", ROLE_maru_officer}};
    char address[1000], command[400];
    const char *store = getenv("PENDEEN_STORE");
    const char *mark = store ? strstr(store, "{folder}") : NULL;
    if (mark) {
        snprintf(address, sizeof address, "%.*spendeen_follow_%d%s", (int)(mark - store), store,
                 (int)getpid(), mark + strlen("{folder}"));
        setenv("PENDEEN_STORE", address, 1);
    }
    open_partnership(64 << 20, folder);
    is_shared = store_is_shared(app.store);
    add_people(cast, PEOPLE, who);
    if (!is_shared) return 0;
    temporary_folder(second);
    snprintf(command, sizeof command, "cp -p %s/pendeen.keys %s/", folder, second);
    assert_int_equal(system(command), 0);
    open_app(&other, second);
    return 0;
}

static int end(void **state)
{
    if (is_shared) app_close(&other);
    return close_partnership(state);
}

/* Waits until the other one has taken everything in; then `holds` must be so. */
static bool follows(bool (*holds)(const void *), const void *of)
{
    for (int i = 0; i < PATIENCE_MS / 10; i++) {
        if (holds(of)) return true;
        usleep(10000);
    }
    return false;
}

struct made {
    int64_t submission;
    int64_t mention;
    char reference[REFERENCE_SIZE];
};

static struct made share(struct app *by, const struct person *person, const char *key,
                         const char *name)
{
    struct submission_receipt receipt;
    struct err err = {0};
    struct mention_draft mention = {.kind = LINK_PERSON, .span_start = -1, .span_end = -1};
    struct made made = {0};
    int64_t *ids = NULL;
    mention.field[LINK_NAME] = str_from(name);
    struct submission_draft draft = {.idempotency_key = str_from(key),
                                     .narrative = STR("Was seen at the bus station twice."),
                                     .mention = &mention,
                                     .mention_count = 1};
    if (submission_share(by, person, &draft, 0, 0, &receipt, &err) != ST_OK)
        fail_msg("%s (%s)", err.public, err.detail);
    made.submission = receipt.id;
    snprintf(made.reference, sizeof made.reference, "%s", receipt.reference);
    assert_int_equal(entity_mentions_of(by->entities, &arena, receipt.id, &ids), 1);
    made.mention = ids[0];
    return made;
}

static bool other_knows(const void *of)
{
    const struct made *made = of;
    return registry_find(other.registry, made->submission) &&
           entity_of(other.entities, made->mention);
}

static bool other_forgot(const void *of)
{
    return !registry_find(other.registry, ((const struct made *)of)->submission);
}

static size_t found_by(struct app *where, const struct person *person, const char *name)
{
    struct search_hit *hit = NULL;
    size_t count = 0;
    struct err err = {0};
    if (search_run(where, &arena, person, str_from(name), 20, &hit, &count, &err) != ST_OK)
        fail_msg("%s (%s)", err.public, err.detail);
    return count;
}

static void what_is_shared_is_found_by_the_other(void **state)
{
    (void)state;
    if (!is_shared) skip();
    struct made made = share(&app, &who[0], "follow-1", "Zebedee Quillfeather");
    assert_true(follows(other_knows, &made));
    assert_int_equal(found_by(&other, &who[0], "Zebedee Quillfeather"), 1);
    assert_int_equal(link_index_count(app.index), link_index_count(other.index));
}

/* Not within a second: at once, since a turn of writing begins with what others wrote. */
static void and_matched_by_its_next_submission(void **state)
{
    (void)state;
    if (!is_shared) skip();
    struct made first = share(&app, &who[0], "follow-2", "Ottoline Brackenbury");
    struct made later = share(&other, &who[0], "follow-3", "Ottoline Brackenbury");
    assert_true(later.mention > first.mention);
    struct db *db = store_read_begin(other.store, NULL);
    struct query *query = db_query(db, Q_SUGGESTION_OF);
    db_bind_int(query, 1, later.submission);
    assert_true(db_next(query));
    assert_int_equal(db_int(query, 0), first.mention);
    assert_int_equal(db_end(query, NULL), ST_OK);
    store_read_end(other.store, db);
}

static bool other_joins(const void *of)
{
    const struct made *pair = of;
    return entity_of(other.entities, pair[1].mention) == entity_of(other.entities, pair[0].mention);
}

static bool other_parts(const void *of)
{
    return !other_joins(of);
}

static void a_decision_joins_and_parts_on_both(void **state)
{
    (void)state;
    if (!is_shared) skip();
    struct made pair[2] = {share(&app, &who[0], "follow-4", "Peregrine Hallowes"),
                           share(&other, &who[0], "follow-5", "Peregrin Hallows")};
    struct err err = {0};
    int64_t a, b;
    while (!entity_of(app.entities, pair[1].mention)) usleep(1000);
    assert_int_equal(decision_make(&app, &who[0], pair[0].mention, pair[1].mention, VERDICT_SAME,
                                   STR("The same person."), &err), ST_OK);
    assert_true(follows(other_joins, pair));
    struct db *db = store_read_begin(app.store, NULL);
    int64_t decision = 0;
    assert_int_equal(db_one(db_query(db, Q_DECISION_LAST), &decision, NULL), ST_OK);
    store_read_end(app.store, db);
    assert_int_equal(decision_withdraw(&app, &who[0], decision, &a, &b, &err), ST_OK);
    assert_true(follows(other_parts, pair));
}

static bool other_has_handling(const void *of)
{
    const struct registry_row *row =
        registry_find(other.registry, ((const struct made *)of)->submission);
    return row && row->handling ==
                      registry_find(app.registry, ((const struct made *)of)->submission)->handling;
}

static void access_changes_on_both(void **state)
{
    (void)state;
    if (!is_shared) skip();
    struct made made = share(&other, &who[0], "follow-6", "Hepzibah Trelawny");
    struct str codes[HANDLINGS_MAX];
    struct err err = {0};
    int64_t named = who[0].organisation;
    while (!registry_find(app.registry, made.submission)) usleep(1000);
    /* Of organisations that are named; the code is the pack's. */
    struct str code = STR("");
    size_t count = 0;
    const struct area_handling *handling = area_handlings(area, &count);
    for (size_t i = 0; i < count; i++)
        if (handling[i].rule == HANDLING_NAMED) code = handling[i].code;
    assert_true(code.len > 0);
    int before = registry_find(other.registry, made.submission)->handling;
    if (handling_set(&app, &who[0], made.submission, code, &named, 1, &err) != ST_OK)
        fail_msg("%s (%s)", err.public, err.detail);
    assert_int_not_equal(registry_find(app.registry, made.submission)->handling, before);
    /* Codes have places in the order in which each met them; here in the same. */
    assert_true(follows(other_has_handling, &made));
    assert_true(registry_codes(other.registry, codes) == registry_codes(app.registry, codes));
}

static bool other_has_forum(const void *of)
{
    const struct made *made = of;
    return registry_forum_is(other.registry, made->submission,
                             registry_forum_bit(other.registry, STR("west")));
}

static void an_organisation_moves_with_all_it_handed_in(void **state)
{
    (void)state;
    if (!is_shared) skip();
    struct made made = share(&app, &who[0], "follow-7", "Barnaby Penhaligon");
    struct organisation organisation;
    struct err err = {0};
    assert_true(follows(other_knows, &made));
    assert_false(other_has_forum(&made));
    assert_int_equal(organisation_read(&app, &arena, who[0].organisation, &organisation, &err),
                     ST_OK);
    organisation.forum = STR("west");
    if (organisation_save(&app, who[0].account, &organisation, &err) != ST_OK)
        fail_msg("%s (%s)", err.public, err.detail);
    assert_true(follows(other_has_forum, &made));
}

static void what_is_destroyed_is_forgotten_by_both(void **state)
{
    (void)state;
    if (!is_shared) skip();
    struct made made = share(&app, &who[0], "follow-8", "Cressida Nightshade");
    struct err err = {0};
    assert_true(follows(other_knows, &made));
    assert_int_equal(found_by(&other, &who[0], "Cressida Nightshade"), 1);
    assert_int_equal(submission_destroy(&app, str_from(made.reference), STR("test"), &err), ST_OK);
    assert_true(follows(other_forgot, &made));
    assert_int_equal(found_by(&other, &who[0], "Cressida Nightshade"), 0);
    assert_int_equal(link_index_count(app.index), link_index_count(other.index));
}

static bool other_has_child(const void *of)
{
    struct record record;
    return child_scope_record(child_scope_of(&other, &arena, &who[2]), *(const int64_t *)of,
                              &record);
}

static void a_childs_record_is_known_to_both(void **state)
{
    (void)state;
    if (!is_shared) skip();
    struct child_draft draft[2] = {{.kind = ENTRY_FACT}, {.kind = ENTRY_FACT}};
    int64_t child = 0;
    struct err err = {0};
    draft[0].text[FACT_KEY] = STR("child-name");
    draft[0].text[FACT_ANSWER] = draft[1].text[FACT_ANSWER] = STR("given");
    draft[0].text[FACT_VALUE] = STR("Demelza Carlyon");
    draft[1].text[FACT_KEY] = STR("child-birth");
    draft[1].text[FACT_VALUE] = STR("12/3/2011");
    if (child_create(&app, &who[2], draft, 2, 0, &child, &err) != ST_OK)
        fail_msg("%s (%s)", err.public, err.detail);
    assert_true(follows(other_has_child, &child));
}

static void only_one_of_them_runs_the_jobs(void **state)
{
    (void)state;
    if (!is_shared) skip();
    assert_true(store_lead(app.store));
    assert_true(store_lead(app.store));
    assert_false(store_lead(other.store));
    assert_true(store_is_leading(app.store) && !store_is_leading(other.store));
}

static bool other_leads(const void *of)
{
    (void)of;
    return store_lead(other.store);
}

/* The first ends; the other one takes over, and a new first one reads all and follows. */
static void one_goes_on_when_the_other_has_ended(void **state)
{
    (void)state;
    if (!is_shared) skip();
    app_close(&app);
    assert_true(follows(other_leads, NULL)); /* the database sees the end of the first */
    struct made made = share(&other, &who[0], "follow-9", "Isolde Carrick");
    open_app(&app, folder);
    assert_false(store_lead(app.store));
    assert_int_equal(found_by(&app, &who[0], "Isolde Carrick"), 1);
    struct made next = share(&app, &who[0], "follow-10", "Tristan Carrick");
    assert_true(next.mention > made.mention);
    assert_true(follows(other_knows, &next));
    assert_int_equal(link_index_count(app.index), link_index_count(other.index));
}

/* --- a program that stands still ------------------------------------------------------------ */

static void *take_turn(void *context)
{
    struct db *db = NULL;
    enum st *ret = context;
    *ret = store_write_begin(other.store, &db, NULL);
    if (*ret == ST_OK) *ret = store_write_commit(other.store, db, NULL);
    return NULL;
}

static void one_that_stands_still_loses_its_turn(void **state)
{
    (void)state;
    if (!is_shared) skip();
    char address[1200];
    const char *store = getenv("PENDEEN_STORE");
    char before[1000];
    snprintf(before, sizeof before, "%s", store);
    /* The same as the program's own limit, but shorter. */
    snprintf(address, sizeof address, "%s%%20-cidle_in_transaction_session_timeout%%3D300", before);
    assert_int_equal(setenv("PENDEEN_STORE", address, 1), 0);
    app_close(&app);
    open_app(&app, folder);
    setenv("PENDEEN_STORE", before, 1);
    struct db *db = NULL;
    pthread_t thread;
    enum st outcome = ST_FAILED;
    assert_int_equal(store_turn_ms(app.store), 0);
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    assert_int_equal(pthread_create(&thread, NULL, take_turn, &outcome), 0);
    /* the first says nothing more: without a limit this would never end */
    pthread_join(thread, NULL);
    assert_int_equal(outcome, ST_OK);
    assert_true(store_turn_ms(app.store) > 0);
    uint64_t losses = store_losses(app.store);
    assert_int_equal(store_write_commit(app.store, db, NULL), ST_BUSY);
    assert_int_equal(store_losses(app.store), losses + 1);
    struct made made = share(&app, &who[0], "follow-11", "Jowan Trevose"); /* and it goes on */
    assert_true(follows(other_knows, &made));
}

/* Every session that writes has the limits, unless somebody says otherwise. */
static void a_session_that_writes_has_limits(void **state)
{
    (void)state;
    if (!is_shared) skip();
    struct db *db = NULL;
    int64_t count = 0;
    assert_int_equal(store_write_begin(other.store, &db, NULL), ST_OK);
    assert_int_equal(
        db_one(db_query_once(db, "SELECT count(*) FROM pg_settings WHERE setting <> '0' AND name IN"
                                 " ('idle_in_transaction_session_timeout', 'lock_timeout')"),
               &count, NULL),
        ST_OK);
    store_write_rollback(other.store, db);
    assert_int_equal(count, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_shared_is_found_by_the_other),
        cmocka_unit_test(and_matched_by_its_next_submission),
        cmocka_unit_test(a_decision_joins_and_parts_on_both),
        cmocka_unit_test(access_changes_on_both),
        cmocka_unit_test(an_organisation_moves_with_all_it_handed_in),
        cmocka_unit_test(what_is_destroyed_is_forgotten_by_both),
        cmocka_unit_test(a_childs_record_is_known_to_both),
        cmocka_unit_test(only_one_of_them_runs_the_jobs),
        cmocka_unit_test(one_goes_on_when_the_other_has_ended),
        cmocka_unit_test(a_session_that_writes_has_limits),
        cmocka_unit_test(one_that_stands_still_loses_its_turn),
    };
    return cmocka_run_group_tests_name("follow", tests, begin, end);
}
