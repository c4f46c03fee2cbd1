/*
 * The job that keeps where patterns may be.  What it keeps is wider than what a reader finds
 * there: it goes by all that might be one thing, and by all records, so that nobody misses one
 * that is there for them.
 */
#include "domain/pattern.h"

#include "base/arena.h"
#include "base/rounds.h"
#include "domain/area.h"
#include "domain/entity.h"
#include "domain/registry.h"
#include "domain/submission.h"
#include "link/link.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { BATCH = 500, NAMED_MAX = 60, OTHERS = 8, PLACES_MAX = 20000 };

/* --- what words say of day and hour ----------------------------------------------------------- */

struct fact {
    int64_t submission;
    unsigned weekdays;
    int hour;
};

static enum st read_batch(struct app *app, struct fact *fact, size_t *ret_count, struct err *err)
{
    struct arena arena;
    size_t count = 0;
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct query *query = db_query(db, Q_PATTERN_UNREAD);
    db_bind_int(query, 1, BATCH);
    while (count < BATCH && db_next(query)) fact[count++] = (struct fact){db_int(query, 0), 0, -1};
    enum st outcome = db_end(query, err);
    arena_init(&arena, 64 << 20);
    struct arena_mark mark = arena_mark(&arena);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        struct submission submission;
        enum st read =
            submission_load_shared(app, db, &arena, fact[i].submission, &submission, err);
        if (read == ST_OK) {
            fact[i].weekdays = pattern_weekdays(submission.when_text);
            fact[i].hour = pattern_hour(submission.when_text);
        } else if (read != ST_NOT_FOUND) { /* one that was destroyed says nothing */
            outcome = read;
        }
        arena_reset(&arena, mark);
    }
    arena_done(&arena);
    store_read_end(app->store, db);
    *ret_count = count;
    return outcome;
}

static enum st keep_batch(struct app *app, const struct fact *fact, size_t count, struct err *err)
{
    struct db *db;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        struct query *query = db_query(db, Q_PATTERN_FACT_ADD);
        db_bind_int(query, 1, fact[i].submission);
        db_bind_int(query, 2, fact[i].weekdays);
        db_bind_int(query, 3, fact[i].hour);
        outcome = db_run(query, err);
    }
    return store_write_end(app->store, db, outcome, err);
}

static enum st read_facts(struct app *app, struct err *err)
{
    struct fact fact[BATCH];
    size_t count = BATCH;
    enum st outcome = ST_OK;
    while (outcome == ST_OK && count == BATCH) {
        outcome = read_batch(app, fact, &count, err);
        if (outcome == ST_OK && count) outcome = keep_batch(app, fact, count, err);
    }
    return outcome;
}

/* --- where patterns may be -------------------------------------------------------------------- */

/* One thing, over all reports. */
struct place {
    enum pattern_kind kind;
    int64_t mention; /* 0: empty */
    int32_t reports;
    uint64_t forums;
    int64_t person[OTHERS]; /* different ones, as far as there is room */
    int32_t people;
    int64_t last; /* submission */
    instant_ms came_at; /* that one */
    int64_t id;         /* of the row that is there, if it is to change */
};

struct looking {
    struct app *app;
    const struct area_patterns *rules;
    struct place *place; /* open addressing */
    size_t size;         /* a power of two */
    size_t used;
    int64_t *timed; /* submissions with an hour, rising */
    size_t timed_count;
};

static size_t slot_of(const struct looking *looking, enum pattern_kind kind, int64_t mention)
{
    uint64_t key = ((uint64_t)mention << 3) + (uint64_t)kind;
    size_t slot = (size_t)(key * 0x9E3779B97F4A7C15u >> 20) & (looking->size - 1);
    for (; looking->place[slot].mention; slot = (slot + 1) & (looking->size - 1)) {
        const struct place *place = &looking->place[slot];
        if (place->mention == mention && place->kind == kind) break;
    }
    return slot;
}

static void widen(struct looking *looking)
{
    struct looking wider = *looking;
    wider.size = looking->size ? looking->size * 2 : 1 << 12;
    wider.place = calloc(wider.size, sizeof *wider.place);
    if (!wider.place) abort();
    for (size_t i = 0; i < looking->size; i++) {
        const struct place *place = &looking->place[i];
        if (place->mention) wider.place[slot_of(&wider, place->kind, place->mention)] = *place;
    }
    free(looking->place);
    *looking = wider;
}

static struct place *place_of(struct looking *looking, enum pattern_kind kind, int64_t mention)
{
    if (2 * (looking->used + 1) > looking->size) widen(looking);
    struct place *place = &looking->place[slot_of(looking, kind, mention)];
    if (!place->mention) {
        *place = (struct place){.kind = kind, .mention = mention};
        looking->used++;
    }
    return place;
}

/* Something that a submission names. */
struct named {
    int64_t near;
    enum link_kind kind;
};

static void add_people(struct place *place, const struct named *named, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int32_t k = 0;
        if (named[i].kind != LINK_PERSON || named[i].near == place->mention) continue;
        while (k < place->people && place->person[k] != named[i].near) k++;
        if (k == place->people && k < OTHERS) place->person[place->people++] = named[i].near;
    }
}

static bool is_timed(const struct looking *looking, int64_t submission)
{
    size_t low = 0;
    size_t high = looking->timed_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (looking->timed[middle] < submission)
            low = middle + 1;
        else
            high = middle;
    }
    return low < looking->timed_count && looking->timed[low] == submission;
}

static void note(struct looking *looking, enum pattern_kind kind, int64_t submission,
                 int64_t mention, const struct named *named, size_t count)
{
    const struct registry_row *row = registry_find(looking->app->registry, submission);
    struct place *place = place_of(looking, kind, mention);
    if (place->last == submission) return;
    place->last = submission;
    place->reports++;
    if (row && row->forum) place->forums |= 1ULL << row->forum;
    add_people(place, named, count);
}

static void look_at(struct looking *looking, int64_t submission, const struct named *named,
                    size_t count)
{
    bool timed = is_timed(looking, submission);
    size_t people = 0;
    size_t places = 0;
    for (size_t i = 0; i < count; i++) {
        people += named[i].kind == LINK_PERSON;
        places += named[i].kind == LINK_PLACE;
    }
    for (size_t i = 0; i < count; i++) {
        int64_t near = named[i].near;
        enum link_kind kind = named[i].kind;
        if (kind == LINK_VEHICLE) note(looking, PATTERN_FORUMS, submission, near, named, 0);
        if (kind == LINK_PHONE && people)
            note(looking, PATTERN_PHONE, submission, near, named, count);
        if ((kind == LINK_PERSON && people > 1) || (kind == LINK_VEHICLE && people))
            note(looking, PATTERN_GROWING, submission, near, named, count);
        if ((kind == LINK_PERSON || kind == LINK_VEHICLE) && timed && places)
            note(looking, PATTERN_MEETING, submission, near, named, 0);
    }
}

static bool may_be(const struct looking *looking, const struct place *place)
{
    const struct pattern_rule *rule = &looking->rules->rule[place->kind];
    switch (place->kind) {
    case PATTERN_MEETING: return place->reports >= rule->least;
    case PATTERN_PHONE: return place->reports >= 2 * rule->least && place->people >= 2;
    case PATTERN_FORUMS: return __builtin_popcountll(place->forums) >= rule->least;
    case PATTERN_GROWING:
        return place->people >= (rule->least + 2 < OTHERS ? rule->least + 2 : OTHERS);
    case PATTERN_KINDS: break;
    }
    return false;
}

static enum st read_timed(struct looking *looking, struct err *err)
{
    struct db *db = store_read_begin(looking->app->store, err);
    size_t room = 0;
    if (!db) return ST_FAILED;
    struct query *query = db_query(db, Q_PATTERN_TIMED);
    while (db_next(query)) {
        if (looking->timed_count == room) {
            room = room ? room * 2 : 1024;
            looking->timed = reallocarray(looking->timed, room, sizeof *looking->timed);
            if (!looking->timed) abort();
        }
        looking->timed[looking->timed_count++] = db_int(query, 0);
    }
    enum st outcome = db_end(query, err);
    store_read_end(looking->app->store, db);
    return outcome;
}

/* Mentions of one submission stand together. */
static void look_at_all(struct looking *looking)
{
    const struct entities *entities = looking->app->entities;
    size_t total = entities_count(entities);
    struct named named[NAMED_MAX];
    size_t count = 0;
    int64_t submission = 0;
    for (size_t i = 0; i <= total; i++) {
        struct entity_known known =
            i < total ? entities_known(entities, i) : (struct entity_known){0};
        if (known.submission != submission) {
            if (count) look_at(looking, submission, named, count);
            count = 0;
            submission = known.submission;
        }
        if (i < total && count < NAMED_MAX &&
            !registry_left_out(looking->app->registry, known.mention))
            named[count++] = (struct named){entity_near(entities, known.mention), known.kind};
    }
}

/* --- keeping it ------------------------------------------------------------------------------- */

static int newest_first(const void *a, const void *b)
{
    const struct place *left = a;
    const struct place *right = b;
    return (left->last < right->last) - (left->last > right->last);
}

static int by_thing(const void *a, const void *b)
{
    const struct place *left = a;
    const struct place *right = b;
    if (left->kind != right->kind) return left->kind < right->kind ? -1 : 1;
    return (left->mention > right->mention) - (left->mention < right->mention);
}

/* Those that may be one to the front; how many. */
static size_t choose(struct looking *looking)
{
    size_t count = 0;
    for (size_t i = 0; i < looking->size; i++)
        if (looking->place[i].mention && may_be(looking, &looking->place[i]))
            looking->place[count++] = looking->place[i];
    if (count > PLACES_MAX) {
        qsort(looking->place, count, sizeof *looking->place, newest_first);
        count = PLACES_MAX;
    }
    if (count) qsort(looking->place, count, sizeof *looking->place, by_thing);
    return count;
}

/* When the newest report of each came: the newest are looked at first. */
static enum st read_came(struct looking *looking, size_t count, struct err *err)
{
    struct db *db = store_read_begin(looking->app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = ST_OK;
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        struct query *query = db_query(db, Q_SUBMISSION_CREATED);
        db_bind_int(query, 1, looking->place[i].last);
        if (db_next(query)) looking->place[i].came_at = db_int(query, 0);
        outcome = db_end(query, err);
    }
    store_read_end(looking->app->store, db);
    return outcome;
}

/* Those that are none any more go; what is kept as it is is marked by `last` 0. */
static enum st drop_old(struct looking *looking, struct db *db, size_t count, struct err *err)
{
    int64_t *gone = calloc(PLACES_MAX + 1, sizeof *gone);
    size_t goes = 0;
    size_t looked_at = 0;
    if (!gone) abort();
    struct query *query = db_query(db, Q_PATTERN_ALL);
    db_bind_int(query, 1, 0);
    db_bind_int(query, 2, PLACES_MAX);
    while (looked_at++ < PLACES_MAX && db_next(query)) {
        struct place old = {.mention = db_int(query, 2)};
        struct place *place =
            pattern_kind_from_name(db_text(query, 1), &old.kind) && count
                ? bsearch(&old, looking->place, count, sizeof *looking->place, by_thing)
                : NULL;
        if (place && place->came_at == db_int(query, 3))
            place->last = 0;
        else if (place)
            place->id = db_int(query, 0);
        else
            gone[goes++] = db_int(query, 0);
    }
    enum st outcome = db_end(query, err);
    for (size_t i = 0; i < goes && outcome == ST_OK; i++) {
        query = db_query(db, Q_PATTERN_REMOVE);
        db_bind_int(query, 1, gone[i]);
        outcome = db_run(query, err);
    }
    free(gone);
    return outcome;
}

static enum st keep(struct looking *looking, size_t count, struct err *err)
{
    struct db *db;
    int64_t id = 0;
    enum st outcome = store_write_begin(looking->app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    outcome = drop_old(looking, db, count, err);
    if (outcome == ST_OK) outcome = db_next_id(db, Q_PATTERN_LAST, &id, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        const struct place *place = &looking->place[i];
        if (!place->last) continue;
        struct query *query = db_query(db, place->id ? Q_PATTERN_MOVE : Q_PATTERN_ADD);
        if (place->id) {
            db_bind_int(query, 1, place->id);
            db_bind_int(query, 2, place->came_at);
            outcome = db_run(query, err);
            continue;
        }
        db_bind_int(query, 1, id++);
        db_bind_text(query, 2, str_from(pattern_kind_name(place->kind)));
        db_bind_int(query, 3, place->mention);
        db_bind_int(query, 4, place->came_at);
        outcome = db_run(query, err);
    }
    return store_write_end(looking->app->store, db, outcome, err);
}

enum st patterns_look(struct app *app, struct err *err)
{
    if (!app->area) return ST_OK;
    struct looking looking = {.app = app, .rules = area_patterns(app->area)};
    enum st outcome = read_facts(app, err);
    if (outcome == ST_OK) outcome = read_timed(&looking, err);
    if (outcome == ST_OK) {
        look_at_all(&looking);
        size_t count = choose(&looking);
        outcome = read_came(&looking, count, err);
        if (outcome == ST_OK) outcome = keep(&looking, count, err);
    }
    free(looking.place);
    free(looking.timed);
    return outcome;
}

/* --- the job of a server ---------------------------------------------------------------------- */

struct pattern_keeper {
    struct app *app;
    struct rounds rounds;
};

static enum st look_if_ours(void *context, struct err *err)
{
    struct pattern_keeper *keeper = context;
    return store_lead(keeper->app->store) ? patterns_look(keeper->app, err) : ST_OK;
}

enum st pattern_keeper_start(struct app *app, const struct pattern_keeper_options *options,
                             struct pattern_keeper **ret, struct err *err)
{
    struct pattern_keeper *keeper = calloc(1, sizeof *keeper);
    if (!keeper) abort();
    keeper->app = app;
    keeper->rounds = (struct rounds){.round = look_if_ours,
                                     .context = keeper,
                                     .complain = options->complain,
                                     .every_ms = options->look_seconds * 1000,
                                     .gives_way = true};
    if (!rounds_start(&keeper->rounds)) {
        free(keeper);
        return err_set(err, ST_FAILED, "The job that looks for patterns cannot be started.");
    }
    *ret = keeper;
    return ST_OK;
}

void pattern_keeper_stop(struct pattern_keeper *keeper)
{
    if (!keeper) return;
    rounds_stop(&keeper->rounds);
    free(keeper);
}
