/* Entities as one person sees them: as if the rest had never been there. */
#include "domain/account.h"
#include "domain/decision.h"
#include "domain/entity_seen.h"
#include "domain/registry.h"
#include "domain/waiting.h"
#include "synth/random.h"

#include "tests_common.h"

static struct app app;
static struct arena arena;
static struct person analyst;
static struct person senders[2]; /* the first one's forum is the analyst's */

static struct person add_person(struct db *db, const char *email, const char *organisation,
                                const char *forum, enum role role)
{
    struct person person = {.roles = 1u << role};
    struct account_new account = {.email = str_from(email),
                                  .name = STR("Aubrey Unlikely"),
                                  .password_hash = STR("x"),
                                  .roles = person.roles};
    assert_int_equal(organisation_ensure(db, str_from(organisation), STR("health"), str_from(forum),
                                         &account.organisation, NULL), ST_OK);
    assert_int_equal(account_add(&app, db, &account, 0, &person.account, NULL), ST_OK);
    person.organisation = account.organisation;
    return person;
}

static int start(void **state)
{
    (void)state;
    char folder[64];
    temporary_folder(folder);
    arena_init(&arena, 512 << 20);
    struct err err = {0};
    if (app_open(&app, folder, NULL, NULL, &err) != ST_OK) fail_msg("%s", err.public);
    struct db *db = NULL;
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    senders[0] = add_person(db, "a@example.org", "Here", "mid", ROLE_representative);
    senders[1] = add_person(db, "b@example.org", "There", "east", ROLE_practitioner);
    analyst = add_person(db, "c@example.org", "Here", "mid", ROLE_analyst);
    assert_int_equal(store_write_commit(app.store, db, NULL), ST_OK);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    app_close(&app);
    arena_done(&arena);
    return 0;
}

enum { REPORTS = 120, DECISIONS = 90, ROUNDS = 12 };

struct world {
    int64_t mention[REPORTS];
    struct str number[REPORTS];
    bool seen[REPORTS];
};

/* Phones of a few numbers, so that sets come together by themselves, and some without
 * one; half of them hidden. */
static void fill(struct synth_random *random, struct world *world, int round)
{
    for (int i = 0; i < REPORTS; i++) {
        world->seen[i] = synth_random_chance(random, 50);
        bool strong = synth_random_chance(random, 60);
        world->number[i] = strong ? str_fmt(&arena, "07700 9%05d",
                                            round * 20 + (int)synth_random_below(random, 12))
                                  : str_fmt(&arena, "ends in %d", i);
        struct mention_draft mention = {.kind = LINK_PHONE, .span_start = -1, .span_end = -1};
        mention.field[LINK_NUMBER] = world->number[i];
        struct submission_draft draft = {.idempotency_key = str_fmt(&arena, "%d-%d", round, i),
                                         .narrative = STR("A phone."),
                                         .mention = &mention,
                                         .mention_count = 1};
        struct submission_receipt receipt;
        assert_int_equal(
            submission_share(&app, &senders[world->seen[i] ? 0 : 1], &draft, 0, 0, &receipt, NULL),
            ST_OK);
        int64_t *ids = NULL;
        entity_mentions_of(app.entities, &arena, receipt.id, &ids);
        world->mention[i] = ids[0];
    }
}

/* Straight to the entities: what the rules for making decisions forbid may stand in an
 * older database all the same. */
static size_t decide(struct synth_random *random, const struct world *world,
                     struct entity_decision *all, struct entity_decision *seen)
{
    size_t count = 0;
    for (int i = 0; i < DECISIONS; i++) {
        int a = (int)synth_random_below(random, REPORTS);
        int b = (int)synth_random_below(random, REPORTS);
        if (a == b) b = (a + 1) % REPORTS;
        all[i] = (struct entity_decision){
            .mention_a = world->mention[a < b ? a : b],
            .mention_b = world->mention[a < b ? b : a],
            .verdict = synth_random_chance(random, 60)   ? VERDICT_SAME
                       : synth_random_chance(random, 70) ? VERDICT_DIFFERENT
                                                         : VERDICT_UNSURE};
        if (world->seen[a] && world->seen[b]) seen[count++] = all[i];
    }
    return count;
}

static struct entities *without_the_hidden(const struct world *world,
                                           const struct entity_decision *decisions, size_t count)
{
    struct entities *entities = entities_new();
    for (int i = 0; i < REPORTS; i++) {
        struct str field[LINK_FIELDS] = {{0}};
        field[LINK_NUMBER] = world->number[i];
        if (world->seen[i])
            entities_add(entities, world->mention[i], world->mention[i], LINK_PHONE, field);
    }
    entities_decide(entities, decisions, count);
    return entities;
}

static void what_is_seen_is_as_if_nothing_else_were_there(void **state)
{
    (void)state;
    struct synth_random random = synth_random_from(7, 0);
    for (int round = 0; round < ROUNDS; round++) {
        struct world world;
        struct entity_decision all[DECISIONS];
        struct entity_decision seen[DECISIONS];
        fill(&random, &world, round);
        size_t count = decide(&random, &world, all, seen);
        entities_decide(app.entities, all, DECISIONS);
        struct entities *wanted = without_the_hidden(&world, seen, count);
        struct person who = analyst;
        who.scope = scope_of(&app, &arena, &analyst);
        for (int i = 0; i < REPORTS; i++) {
            int64_t mention = world.mention[i];
            int64_t entity = seen_entity(who.scope, mention);
            assert_int_equal(entity, world.seen[i] ? entity_of(wanted, mention) : 0);
            int64_t *members = NULL;
            int64_t *others = NULL;
            size_t size = seen_members(who.scope, &arena, mention, &members);
            assert_int_equal(size,
                             world.seen[i] ? entity_members(wanted, &arena, entity, &others) : 0);
            for (size_t k = 0; k < size; k++) assert_int_equal(members[k], others[k]);
        }
        entities_free(wanted);
    }
}

static void the_sizes_are_those_of_what_is_seen(void **state)
{
    (void)state;
    const struct scope *scope = scope_of(&app, &arena, &analyst);
    struct entity_size *sizes = NULL;
    size_t count = seen_largest(scope, &arena, LINK_PHONE, 100000, &sizes);
    int64_t mentions = 0;
    assert_true(count > 100);
    for (size_t i = 0; i < count; i++) {
        int64_t *members = NULL;
        assert_int_equal(seen_members(scope, &arena, sizes[i].entity, &members), sizes[i].mentions);
        assert_int_equal(seen_entity(scope, sizes[i].entity), sizes[i].entity);
        if (i) assert_true(sizes[i - 1].mentions >= sizes[i].mentions);
        mentions += sizes[i].mentions;
    }
    int64_t submissions = 0;
    int64_t counted = 0;
    scope_count(scope, &submissions, &counted);
    assert_int_equal(counted, mentions);
    assert_true(counted > 0 && counted < (int64_t)entities_count(app.entities));
}

static void the_newest_come_first_whatever_their_size(void **state)
{
    (void)state;
    const struct scope *scope = scope_of(&app, &arena, &analyst);
    struct entity_size *newest = NULL;
    struct entity_size *largest = NULL;
    size_t count = seen_newest(scope, &arena, LINK_PHONE, &newest);
    assert_int_equal(seen_largest(scope, &arena, LINK_PHONE, 100000, &largest), count);
    bool by_size = true;
    for (size_t i = 0; i < count; i++) {
        int64_t *members = NULL;
        size_t size = seen_members(scope, &arena, newest[i].entity, &members);
        assert_int_equal(size, newest[i].mentions);
        assert_int_equal(members[size - 1], newest[i].newest);
        if (i) assert_true(newest[i - 1].newest > newest[i].newest);
        if (i) by_size &= newest[i - 1].mentions >= newest[i].mentions;
    }
    assert_false(by_size);
}

/* The registry's rows as they are after a start. */
static void a_new_start_sees_the_same(void **state)
{
    (void)state;
    const struct scope *before = scope_of(&app, &arena, &analyst);
    struct app again = {
        .store = app.store, .keys = app.keys, .index = app.index, .entities = app.entities};
    again.registry = registry_new();
    struct db *db = store_read_begin(app.store, NULL);
    assert_int_equal(registry_load(&again, db, NULL), ST_OK);
    store_read_end(app.store, db);
    const struct scope *after = scope_of(&again, &arena, &analyst);
    assert_int_equal(registry_last(again.registry), registry_last(app.registry));
    for (int64_t id = 0; id <= registry_last(app.registry) + 1; id++)
        assert_int_equal(scope_links(before, id), scope_links(after, id));
    registry_remove(again.registry, 1);
    assert_null(registry_find(again.registry, 1));
    registry_free(again.registry);
}

/* Also where some were destroyed, and of ids that are not there. */
static void a_mention_is_found_wherever_ids_are_missing(void **state)
{
    (void)state;
    enum { MANY = 3000 };
    struct synth_random random = synth_random_from(5, 0);
    struct entities *entities = entities_new();
    static int64_t of[2 * MANY], asked[2 * MANY], found[2 * MANY];
    assert_int_equal(entity_submission(entities, 1), 0);
    for (int64_t id = 7; id < 2 * MANY; id++) {
        if (synth_random_chance(&random, id < MANY ? 3 : 40)) continue;
        entities_add_known(entities, id, of[id] = 1 + id / 3, LINK_PHONE, 0);
    }
    for (int64_t id = 0; id < 2 * MANY; id++) {
        asked[id] = id;
        assert_int_equal(entity_submission(entities, id), of[id]);
    }
    entity_submissions(entities, asked, 2 * MANY, found);
    assert_memory_equal(found, of, sizeof of);
    assert_int_equal(entity_submission(entities, -1), 0);
    assert_int_equal(entity_submission(entities, (int64_t)1 << 40), 0);
    entities_free(entities);
}

struct walking {
    const struct waiting_pair *before;
    size_t count;
};

static bool follows(void *context, const struct waiting_pair *pair)
{
    struct walking *walking = context;
    const struct waiting_pair *before = walking->before;
    walking->before = pair;
    walking->count++;
    if (!before) return true;
    if (before->bits != pair->bits) assert_true(before->bits > pair->bits);
    else if (before->mention != pair->mention) assert_true(before->mention > pair->mention);
    else assert_true(before->other < pair->other);
    return true;
}

static void suggestions_of_a_start_stand_in_order(void **state)
{
    (void)state;
    enum { MANY = 20000 };
    struct synth_random random = synth_random_from(6, 0);
    struct waiting *waiting = waiting_new();
    struct waiting_pair *pair = calloc(MANY, sizeof *pair);
    assert_non_null(pair);
    for (size_t i = 0; i < MANY; i++)
        pair[i] =
            (struct waiting_pair){.mention = synth_random_between(&random, 1, 50),
                                  .other = (int64_t)i,
                                  .bits = (double)synth_random_between(&random, -300, 3000) / 77};
    waiting_sort(pair, MANY);
    waiting_load(waiting, pair, MANY);
    struct walking walking = {0};
    waiting_walk(waiting, follows, &walking);
    assert_int_equal(walking.count, MANY);
    waiting_free(waiting);
    waiting_sort(NULL, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_seen_is_as_if_nothing_else_were_there),
        cmocka_unit_test(the_sizes_are_those_of_what_is_seen),
        cmocka_unit_test(the_newest_come_first_whatever_their_size),
        cmocka_unit_test(a_new_start_sees_the_same),
        cmocka_unit_test(a_mention_is_found_wherever_ids_are_missing),
        cmocka_unit_test(suggestions_of_a_start_stand_in_order),
    };
    return cmocka_run_group_tests_name("seen", tests, start, stop);
}
