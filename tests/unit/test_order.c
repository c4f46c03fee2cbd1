/* Many write at once and are written to the disk together: what memory says follows the order of
 * their turns, whoever of them is woken first. */
#include "domain/decision.h"
#include "domain/entity.h"
#include "domain/forward.h"
#include "domain/handling.h"
#include "domain/registry.h"

#include "partnership.h"

#include <pthread.h>
#include <stdatomic.h>

enum { SENDER, REPRESENTATIVE, ANALYST, PEOPLE };
static const struct cast cast[PEOPLE] = {
    {"Tamsin Hale", "A school", "education", ROLE_practitioner},
    {"Morwenna Pell", "A school", "education", ROLE_representative},
    {"Kerensa Vane", "A team", "council", ROLE_analyst},
};
enum { WRITERS = 6, LOOKERS = 3, ROUNDS = 40, PAIRS = 8 };
static struct person people[PEOPLE];
static _Atomic int64_t watched; /* submission */
static _Atomic bool over;
static _Atomic int looked, differed;

static int begin(void **state)
{
    char folder[64];
    (void)state;
    open_partnership(512 << 20, folder);
    add_people(cast, PEOPLE, people);
    return 0;
}

static int64_t share(const char *phone)
{
    static int number;
    struct mention_draft mention = {.kind = LINK_PHONE, .span_start = -1, .span_end = -1};
    mention.field[LINK_NUMBER] = str_from(phone);
    struct submission_draft draft = {.idempotency_key = str_fmt(&arena, "order-%d", number++),
                                     .narrative = STR("A phone rang by the harbour wall."),
                                     .mention = &mention,
                                     .mention_count = 1};
    struct submission_receipt receipt;
    struct err err = {0};
    if (submission_share(&app, &people[SENDER], &draft, 0, 0, &receipt, &err) != ST_OK)
        fail_msg("%s", err.public);
    return receipt.id;
}

/* --- who may see a submission ------------------------------------------------------------- */

/* What stands in the store in one's own turn. */
struct look {
    int64_t id;
    char handling[40];
    char forum[40];
    enum stage stage;
};

static void compare(void *context, enum st outcome)
{
    const struct look *look = context;
    struct str code[HANDLINGS_MAX];
    const struct registry_row *row = registry_find(app.registry, look->id);
    size_t codes = registry_codes(app.registry, code);
    bool same = row && row->stage == look->stage && row->handling < codes &&
                str_eq(code[row->handling], str_from(look->handling)) &&
                registry_forum_is(app.registry, look->id,
                                  registry_forum_bit(app.registry, str_from(look->forum)));
    if (outcome == ST_OK) looked++;
    if (outcome == ST_OK && !same) differed++;
}

static void read_text(struct db *db, enum query_id id, int64_t of, char ret[static 40])
{
    struct query *query = db_query(db, id);
    db_bind_int(query, 1, of);
    if (db_next(query)) snprintf(ret, 40, "%.*s", STR_ARG(db_text(query, 0)));
    if (db_end(query, NULL) != ST_OK) differed++;
}

static void *look_on(void *context)
{
    (void)context;
    while (!over) {
        struct look look = {.id = watched};
        struct stage_state state = {0};
        struct db *db = NULL;
        struct arena own;
        if (store_write_begin(app.store, &db, NULL) != ST_OK) continue;
        arena_init(&own, 1 << 20);
        read_text(db, Q_HANDLING_READ, look.id, look.handling);
        read_text(db, Q_ORGANISATION_FORUM, people[SENDER].organisation, look.forum);
        if (stage_load(db, &own, look.id, &state, NULL) != ST_OK) differed++;
        look.stage = state.stage;
        const struct store_after after = {.run = compare, .context = &look};
        if (store_write_commit_then(app.store, db, &after, NULL) != ST_OK) differed++;
        arena_done(&own);
    }
    return NULL;
}

static void *set_handling(void *context)
{
    (void)context;
    struct handling_refused refused;
    struct handling_new new = {.submission = watched, .reason = STR("As they asked.")};
    for (int i = 0; !over; i++) {
        new.code = i % 2 ? STR("handling:C.ask") : STR("handling:P");
        if (handling_set_for(&app, &people[REPRESENTATIVE], &new, &refused, NULL) != ST_OK)
            differed++;
    }
    return NULL;
}

static void move_school(struct str forum)
{
    struct organisation school = {.id = people[SENDER].organisation,
                                  .name = STR("A school"),
                                  .sector = STR("education"),
                                  .forum = forum};
    if (organisation_save(&app, people[ANALYST].account, &school, NULL) != ST_OK) differed++;
}

static void *set_forum(void *context)
{
    (void)context;
    for (int i = 0; !over; i++) move_school(i % 2 ? STR("west") : STR("mid"));
    return NULL;
}

static void who_may_see_it_follows_the_turns(void **state)
{
    (void)state;
    pthread_t thread[WRITERS + LOOKERS];
    watched = share("07700 900301");
    for (int i = 0; i < WRITERS + LOOKERS; i++)
        assert_int_equal(pthread_create(&thread[i], NULL,
                                        i < LOOKERS ? look_on
                                        : i % 2     ? set_handling
                                                    : set_forum,
                                        NULL),
                         0);
    for (int i = 0; i < ROUNDS; i++) {
        int64_t next = share("07700 900302");
        watched = next;
        assert_int_equal(
            forward_hold(&app, &people[REPRESENTATIVE], next, STR("waits-for-more"), STR(""), NULL),
            ST_OK);
        assert_int_equal(i % 2 ? forward_return(&app, &people[REPRESENTATIVE], next,
                                                STR("about-one-child"), STR(""), NULL)
                               : submission_withdraw(&app, &people[SENDER], next, NULL),
                         ST_OK);
    }
    over = true;
    for (int i = 0; i < WRITERS + LOOKERS; i++) pthread_join(thread[i], NULL);
    move_school(STR("mid")); /* where the analyst is */
    assert_true(looked > 0);
    assert_int_equal(differed, 0);
}

/* --- decisions ----------------------------------------------------------------------------- */

static int64_t seen_mention_of(const char *phone)
{
    int64_t *ids = NULL;
    int64_t id = share(phone);
    struct forward_share words = {.words = {.narrative = STR("A phone rang.")}};
    assert_int_equal(forward_share(&app, &people[REPRESENTATIVE], id, &words, NULL), ST_OK);
    assert_int_equal(entity_mentions_of(app.entities, &arena, id, &ids), 1);
    return ids[0];
}

struct deciding {
    int64_t a, b;
    enum verdict verdict;
    pthread_barrier_t *start;
    enum st outcome;
};

static void *decide(void *context)
{
    struct deciding *deciding = context;
    pthread_barrier_wait(deciding->start);
    deciding->outcome = decision_make(&app, &people[ANALYST], deciding->a, deciding->b,
                                      deciding->verdict, STR("as they were seen together"), NULL);
    return NULL;
}

/* As one who follows other programs does. */
static void *read_anew(void *context)
{
    (void)context;
    while (!over)
        if (decisions_load(&app, NULL) != ST_OK) differed++;
    return NULL;
}

static void all_at_once(struct deciding *deciding, unsigned count)
{
    pthread_barrier_t start;
    pthread_t thread[PAIRS];
    pthread_barrier_init(&start, NULL, count);
    for (unsigned i = 0; i < count; i++) {
        deciding[i].start = &start;
        assert_int_equal(pthread_create(&thread[i], NULL, decide, &deciding[i]), 0);
    }
    for (unsigned i = 0; i < count; i++) pthread_join(thread[i], NULL);
    pthread_barrier_destroy(&start);
}

static void every_decision_is_in_memory(void **state)
{
    (void)state;
    struct deciding deciding[PAIRS];
    pthread_t reader[LOOKERS];
    over = false;
    for (int i = 0; i < LOOKERS; i++)
        assert_int_equal(pthread_create(&reader[i], NULL, read_anew, NULL), 0);
    for (int i = 0; i < PAIRS; i++) {
        char phone[2][20];
        for (int side = 0; side < 2; side++)
            snprintf(phone[side], 20, "07700 9004%02d", 2 * i + side);
        deciding[i] =
            (struct deciding){.a = seen_mention_of(phone[0]), .b = seen_mention_of(phone[1])};
    }
    for (int round = 0; round < ROUNDS; round++) {
        bool joined = round % 2 == 0;
        for (int i = 0; i < PAIRS; i++)
            deciding[i].verdict = joined ? VERDICT_SAME : VERDICT_DIFFERENT;
        all_at_once(deciding, PAIRS);
        for (int i = 0; i < PAIRS; i++) {
            assert_int_equal(deciding[i].outcome, ST_OK);
            assert_int_equal(entity_of(app.entities, deciding[i].a) ==
                                 entity_of(app.entities, deciding[i].b),
                             joined);
        }
    }
    over = true;
    for (int i = 0; i < LOOKERS; i++) pthread_join(reader[i], NULL);
    assert_int_equal(differed, 0);
}

/* Of three that contradict each other at least one is refused, though none is durable when the
 * next is looked at. */
static void what_contradicts_is_refused_at_once_too(void **state)
{
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        int64_t mention[3];
        for (int i = 0; i < 3; i++) {
            char phone[20];
            snprintf(phone, sizeof phone, "07700 900%d%02d", 5 + i, round);
            mention[i] = seen_mention_of(phone);
        }
        struct deciding deciding[3] = {{mention[0], mention[1], VERDICT_SAME, NULL, ST_OK},
                                       {mention[1], mention[2], VERDICT_SAME, NULL, ST_OK},
                                       {mention[0], mention[2], VERDICT_DIFFERENT, NULL, ST_OK}};
        all_at_once(deciding, 3);
        int refused = 0;
        for (int i = 0; i < 3; i++) refused += deciding[i].outcome == ST_CONFLICT;
        assert_int_equal(refused, 1);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_may_see_it_follows_the_turns),
        cmocka_unit_test(every_decision_is_in_memory),
        cmocka_unit_test(what_contradicts_is_refused_at_once_too),
    };
    return cmocka_run_group_tests(tests, begin, close_partnership);
}
