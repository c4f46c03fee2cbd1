#include "domain/weighing.h"

#include "base/change.h"
#include "base/rounds.h"

#include "domain/audit.h"
#include "domain/entity.h"

#include <math.h>
#include <stdlib.h>

enum { NAME_SIZE = 40, TEXT_MAX = 1 << 16, DAY_MS = 24 * 3600 * 1000 };
static const double moved_bits = 0.05;

/* --- kept as facts --------------------------------------------------------------------- */

/* Padded, so that they sort. */
static struct str name_of(int64_t version, char ret[static NAME_SIZE])
{
    snprintf(ret, NAME_SIZE, "weights %012lld", (long long)version);
    return str_from(ret);
}

enum st weighing_newest(struct db *db, int64_t *ret, struct err *err)
{
    struct query *query = db_query(db, Q_WEIGHTS_NEWEST);
    *ret = 0;
    if (db_next(query)) {
        struct str name = db_text(query, 0);
        if (name.len > 8 && !str_to_int(str_sub(name, 8, name.len), ret)) *ret = 0;
    }
    return db_end(query, err);
}

enum st weighing_read(struct db *db, int64_t version, struct weighing *ret, struct err *err)
{
    char name[NAME_SIZE];
    *ret = (struct weighing){.since = 0};
    link_weights_default(&ret->weights);
    if (version == 0) return ST_OK;
    struct query *query = db_query(db, Q_FACT_READ);
    db_bind_text(query, 1, name_of(version, name));
    enum st outcome = ST_NOT_FOUND;
    if (db_next(query)) {
        struct str text = db_text(query, 0), since;
        bool dated = str_split(&text, '\n', &since) && str_starts(since, STR("since ")) &&
                     str_to_int(str_sub(since, 6, since.len), &ret->since);
        outcome =
            dated ? link_weights_read(text, &ret->weights, err)
                  : err_set(err, ST_CONFLICT, "Version %lld of the weights is not what was kept.",
                            (long long)version);
    }
    outcome = db_end_after(query, outcome, err);
    if (outcome == ST_NOT_FOUND)
        return err_set(err, outcome, "There is no version %lld of the weights.",
                       (long long)version);
    return outcome;
}

enum st weighing_at(struct db *db, instant_ms when, struct weighing *ret, struct err *err)
{
    int64_t version = 0;
    enum st outcome = weighing_newest(db, &version, err);
    for (; outcome == ST_OK && version >= 0; version--) {
        outcome = weighing_read(db, version, ret, err);
        if (outcome == ST_OK && ret->since <= when) break;
    }
    return outcome;
}

static void weigh_by(struct app *app, const struct link_weights *weights)
{
    link_index_weigh_by(app->index, weights);
    change_note();
}

struct keeping {
    struct app *app;
    const struct link_weights *weights;
};

/* In the order of the turns: another program's set may be the next. */
static void in_force(void *context, enum st outcome)
{
    const struct keeping *keeping = context;
    if (outcome == ST_OK) weigh_by(keeping->app, keeping->weights);
}

enum st weighing_load(struct app *app, struct db *db, struct err *err)
{
    struct weighing weighing;
    int64_t version = 0;
    enum st outcome = weighing_newest(db, &version, err);
    if (outcome == ST_OK) outcome = weighing_read(db, version, &weighing, err);
    if (outcome == ST_OK) weigh_by(app, &weighing.weights);
    return outcome;
}

static enum st keep(struct app *app, struct link_weights *weights, struct err *err)
{
    char name[NAME_SIZE];
    struct db *db;
    int64_t newest = 0;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    outcome = weighing_newest(db, &newest, err);
    weights->version = newest + 1;
    struct buf text;
    buf_init(&text, TEXT_MAX);
    buf_add_fmt(&text, "since %lld\n", (long long)clock_now());
    link_weights_write(weights, &text);
    if (outcome == ST_OK) {
        struct query *query = db_query(db, Q_FACT_SET);
        db_bind_text(query, 1, name_of(weights->version, name));
        db_bind_text(query, 2, buf_str(&text));
        outcome = db_run(query, err);
    }
    buf_done(&text);
    if (outcome == ST_OK)
        outcome = audit_append(app, db, &(struct audit_event){.kind = AUDIT_OPERATION,
                                                              .action = "weights learnt",
                                                              .subject = "weights",
                                                              .subject_id = weights->version},
                               err);
    struct keeping keeping = {app, weights};
    const struct store_after after = {.run = in_force, .context = &keeping};
    return store_write_end_then(app->store, db, outcome, &after, err);
}

/* --- learning ---------------------------------------------------------------------------- */

/* What people have decided, with what each pair weighs by the new set. */
static enum st calibrate(struct app *app, struct link_weights *weights, struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct link_decided *decided = NULL;
    size_t count = 0, capacity = 0;
    struct query *query = db_query(db, Q_DECISION_ACTIVE);
    while (db_next(query)) {
        enum verdict verdict;
        double bits;
        if (!verdict_from_name(db_text(query, 3), &verdict) || verdict == VERDICT_UNSURE ||
            !link_index_bits(app->index, weights, db_int(query, 1), db_int(query, 2), &bits))
            continue;
        if (count == capacity) {
            capacity = capacity * 2 + 64;
            decided = reallocarray(decided, capacity, sizeof *decided);
            if (!decided) abort();
        }
        decided[count++] = (struct link_decided){bits, verdict == VERDICT_SAME};
    }
    enum st outcome = db_end(query, err);
    store_read_end(app->store, db);
    link_weights_calibrate(weights, decided, count);
    free(decided);
    return outcome;
}

static bool has_moved(const struct link_weights *a, const struct link_weights *b)
{
    bool moved =
        fabs(a->slope - b->slope) >= moved_bits || fabs(a->offset - b->offset) >= moved_bits;
    for (int i = 0; i < LINK_WEIGHTS; i++) moved |= fabs(a->bits[i] - b->bits[i]) >= moved_bits;
    for (int i = 0; i < LINK_KINDS; i++)
        moved |= fabs(log2(a->same_each[i] / b->same_each[i])) >= moved_bits;
    return moved;
}

enum st weighing_learn(struct app *app, const atomic_bool *stop, bool *ret_changed, struct err *err)
{
    struct link_weights weights, before;
    *ret_changed = false;
    link_index_weights(app->index, &before);
    if (!link_index_learn(app->index, LINK_LEARN_SAMPLE, stop, &weights)) return ST_OK;
    enum st outcome = calibrate(app, &weights, err);
    if (outcome != ST_OK || !has_moved(&before, &weights)) return outcome;
    outcome = keep(app, &weights, err);
    *ret_changed = outcome == ST_OK;
    return outcome;
}

/* --- the job of a server ------------------------------------------------------------------- */

struct weighing_keeper {
    struct app *app;
    struct rounds rounds;
    size_t learnt_from; /* mentions */
    instant_ms learnt_at;
};

static bool is_due(const struct weighing_keeper *keeper)
{
    size_t mentions = link_index_count(keeper->app->index);
    if (mentions < WEIGHING_LEAST || mentions == keeper->learnt_from) return false;
    return mentions >= keeper->learnt_from + keeper->learnt_from / 2 ||
           clock_now() - keeper->learnt_at >= DAY_MS;
}

static enum st learn_if_due(void *context, struct err *err)
{
    struct weighing_keeper *keeper = context;
    bool changed;
    if (!is_due(keeper) || !store_lead(keeper->app->store)) return ST_OK;
    keeper->learnt_from = link_index_count(keeper->app->index);
    keeper->learnt_at = clock_now();
    return weighing_learn(keeper->app, &keeper->rounds.ending, &changed, err);
}

enum st weighing_keeper_start(struct app *app, const struct weighing_keeper_options *options,
                              struct weighing_keeper **ret, struct err *err)
{
    struct weighing_keeper *keeper = calloc(1, sizeof *keeper);
    struct link_weights weights;
    struct weighing now = {.since = 0};
    if (!keeper) abort();
    keeper->app = app;
    keeper->rounds = (struct rounds){.round = learn_if_due,
                                     .context = keeper,
                                     .complain = options->complain,
                                     .every_ms = options->look_seconds * 1000,
                                     .gives_way = true};
    /* It goes on from the set that is in force. */
    link_index_weights(app->index, &weights);
    struct db *db = store_read_begin(app->store, err);
    enum st outcome = db ? weighing_read(db, weights.version, &now, err) : ST_FAILED;
    store_read_end(app->store, db);
    keeper->learnt_from = (size_t)weights.mentions;
    keeper->learnt_at = now.since;
    if (outcome == ST_OK && !rounds_start(&keeper->rounds))
        outcome = err_set(err, ST_FAILED, "The job that learns weights cannot be started.");
    if (outcome != ST_OK) {
        free(keeper);
        return outcome;
    }
    *ret = keeper;
    return ST_OK;
}

void weighing_keeper_stop(struct weighing_keeper *keeper)
{
    if (!keeper) return;
    rounds_stop(&keeper->rounds);
    free(keeper);
}
