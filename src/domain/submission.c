#include "domain/submission.h"

#include "domain/entity.h"
#include "link/link.h"
#include "seal/secret.h"

/* The strongest things of a report first: they tell most about whom it names. */
static const enum link_field companion_order[] = {
    LINK_REGISTRATION, LINK_NUMBER, LINK_HANDLE, LINK_EMAIL, LINK_POSTCODE,
    LINK_NAME,         LINK_ALIAS,  LINK_VENUE,  LINK_ADDRESS,
};

struct link_mention mention_for_engine(const struct submission *submission, size_t which)
{
    const struct mention *mention = &submission->mention[which];
    struct link_mention engine = {
        .id = mention->id,
        .report = submission->id,
        .kind = mention->kind,
        .reported_day = date_to_days(clock_london(submission->created_at).date),
        .seen_from = submission->seen_from,
        .seen_to = submission->seen_to,
    };
    memcpy(engine.field, mention->field, sizeof engine.field);
    for (size_t f = 0; f < sizeof companion_order / sizeof *companion_order; f++) {
        for (size_t i = 0; i < submission->mention_count; i++) {
            struct str value = submission->mention[i].field[companion_order[f]];
            if (i == which || !value.len || engine.companion_count == LINK_COMPANIONS_MAX) continue;
            engine.companion[engine.companion_count++] =
                (struct link_companion){companion_order[f], value};
        }
    }
    return engine;
}

/* --- storing ------------------------------------------------------------------- */

static void bind_day(struct query *query, int parameter, int32_t day)
{
    if (day == LINK_DAY_UNKNOWN)
        db_bind_null(query, parameter);
    else
        db_bind_int(query, parameter, day);
}

static int32_t day_of(struct date date)
{
    return date.year == 0 ? LINK_DAY_UNKNOWN : date_to_days(date);
}

/* A submission that came with this key already: ST_OK fills ret, ST_NOT_FOUND. */
static enum st find_by_key(struct db *db, const struct person *who, struct str key,
                           struct submission_receipt *ret, struct err *err)
{
    struct query *query = db_query(db, Q_SUBMISSION_BY_KEY);
    db_bind_text(query, 1, key);
    bool found = db_next(query);
    bool own = false;
    if (found) {
        struct str reference = db_text(query, 1);
        own = db_int(query, 2) == who->account;
        *ret = (struct submission_receipt){.id = db_int(query, 0)};
        snprintf(ret->reference, sizeof ret->reference, "%.*s", STR_ARG(reference));
    }
    enum st outcome = db_end(query, err);
    if (outcome != ST_OK) return outcome;
    if (!found) return ST_NOT_FOUND;
    return own ? ST_OK : err_set(err, ST_INVALID, "This form is too old. Please start a new one.");
}

static enum st store_submission(struct db *db, const struct person *who,
                                const struct submission_draft *draft, int64_t import_batch,
                                struct submission *made, struct err *err)
{
    struct query *query = db_query(db, Q_SUBMISSION_ADD);
    db_bind_text(query, 1, made->reference);
    db_bind_text(query, 2, draft->idempotency_key);
    db_bind_int(query, 3, who->account);
    db_bind_int(query, 4, who->organisation);
    if (import_batch)
        db_bind_int(query, 5, import_batch);
    else
        db_bind_null(query, 5);
    db_bind_text(query, 6, draft->narrative);
    db_bind_text(query, 7, draft->when_text);
    db_bind_text(query, 8, draft->where_text);
    bind_day(query, 9, made->seen_from);
    bind_day(query, 10, made->seen_to);
    db_bind_text(query, 11, str_from(how_known_name(draft->how_known)));
    db_bind_int(query, 12, made->created_at);
    return db_one(query, &made->id, err);
}

static enum st store_mentions(struct db *db, struct submission *made, struct err *err)
{
    for (size_t i = 0; i < made->mention_count; i++) {
        struct mention *mention = &made->mention[i];
        mention->submission = made->id;
        struct query *query = db_query(db, Q_MENTION_ADD);
        db_bind_int(query, 1, made->id);
        db_bind_text(query, 2, str_from(kind_name(mention->kind)));
        db_bind_int(query, 3, mention->span_start);
        db_bind_int(query, 4, mention->span_end);
        for (int field = 0; field < LINK_FIELDS; field++)
            db_bind_optional(query, 5 + field, mention->field[field]);
        enum st outcome = db_one(query, &mention->id, err);
        if (outcome != ST_OK) return outcome;
    }
    return ST_OK;
}

/* What each new mention may be the same as, kept for the analyst's list. */
static enum st store_suggestions(struct app *app, struct db *db, const struct submission *made,
                                 size_t *ret_links, struct err *err)
{
    struct link_match match[SUGGESTIONS_PER_MENTION];
    for (size_t i = 0; i < made->mention_count; i++) {
        struct link_mention engine = mention_for_engine(made, i);
        size_t count = link_index_query(app->index, &engine, link_shown_bits(), match,
                                        SUGGESTIONS_PER_MENTION);
        for (size_t k = 0; k < count; k++) {
            struct query *query = db_query(db, Q_SUGGESTION_ADD);
            db_bind_int(query, 1, match[k].id);
            db_bind_int(query, 2, engine.id);
            db_bind_double(query, 3, match[k].bits);
            db_bind_int(query, 4, clock_now());
            enum st outcome = db_run(query, err);
            if (outcome != ST_OK) return outcome;
        }
        *ret_links += count;
    }
    return ST_OK;
}

/* After the commit: what is durable becomes findable. */
static void make_findable(struct app *app, const struct submission *made)
{
    for (size_t i = 0; i < made->mention_count; i++) {
        struct link_mention engine = mention_for_engine(made, i);
        struct err err = {0};
        /* A full index must not undo what is stored: the fragment stays readable. */
        if (link_index_insert(app->index, &engine, &err) != ST_OK) continue;
    }
    for (size_t i = 0; i < made->mention_count; i++)
        entities_add(app->entities, made->mention[i].id, made->id, made->mention[i].kind,
                     made->mention[i].field);
}

static struct submission from_draft(struct arena *arena, const struct submission_draft *draft,
                                    instant_ms created_at)
{
    char reference[REFERENCE_SIZE] = "PEN-";
    seal_reference(reference + 4, 4);
    reference[8] = '-';
    seal_reference(reference + 9, 4);
    struct submission made = {
        .reference = str_dup(arena, str_from(reference)),
        .narrative = draft->narrative,
        .seen_from = day_of(draft->seen_from),
        .seen_to = day_of(draft->seen_to),
        .created_at = created_at ? created_at : clock_now(),
        .mention = arena_many(arena, draft->mention_count, struct mention),
        .mention_count = draft->mention_count,
    };
    for (size_t i = 0; i < draft->mention_count; i++) {
        made.mention[i] = (struct mention){.kind = draft->mention[i].kind,
                                           .span_start = draft->mention[i].span_start,
                                           .span_end = draft->mention[i].span_end};
        memcpy(made.mention[i].field, draft->mention[i].field, sizeof made.mention[i].field);
    }
    return made;
}

static enum st share(struct app *app, struct arena *arena, const struct person *who,
                     const struct submission_draft *draft, int64_t import_batch,
                     instant_ms created_at, struct submission_receipt *ret, struct err *err)
{
    struct db *db;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    outcome = find_by_key(db, who, draft->idempotency_key, ret, err);
    if (outcome != ST_NOT_FOUND) {
        store_write_rollback(app->store, db);
        return outcome;
    }
    struct submission made = from_draft(arena, draft, created_at);
    size_t links = 0;
    outcome = store_submission(db, who, draft, import_batch, &made, err);
    if (outcome == ST_OK) outcome = store_mentions(db, &made, err);
    if (outcome == ST_OK) outcome = store_suggestions(app, db, &made, &links, err);
    if (outcome == ST_OK)
        outcome = audit_add(db, who->account, "submission added", "submission", made.id, "ok", err);
    outcome = store_write_end(app->store, db, outcome, err);
    if (outcome != ST_OK) return outcome;
    make_findable(app, &made);
    *ret = (struct submission_receipt){.id = made.id, .new = true, .links = links};
    snprintf(ret->reference, sizeof ret->reference, "%.*s", STR_ARG(made.reference));
    return ST_OK;
}

/* Checking cleans texts into the arena: that is done to a copy, so that the caller's
 * draft is left as it was. */
static struct submission_draft *copy_draft(struct arena *arena, const struct submission_draft *draft)
{
    struct submission_draft *copy = arena_new(arena, struct submission_draft);
    *copy = *draft;
    copy->mention = arena_many(arena, draft->mention_count, struct mention_draft);
    if (draft->mention_count)
        memcpy(copy->mention, draft->mention, draft->mention_count * sizeof *draft->mention);
    return copy;
}

enum st submission_share(struct app *app, const struct person *who,
                         const struct submission_draft *given, int64_t import_batch,
                         instant_ms created_at, struct submission_receipt *ret, struct err *err)
{
    if (!access_allows(who, ACT_SHARE, NULL))
        return err_set(err, ST_DENIED, "Your account cannot share information.");
    struct arena arena;
    arena_init(&arena, 8 << 20);
    jmp_buf failed;
    arena.on_failure = &failed;
    enum st outcome;
    if (setjmp(failed)) {
        arena_done(&arena);
        return err_set(err, ST_INVALID, "There is too much in one submission. Share it in parts.");
    }
    struct submission_draft *draft = copy_draft(&arena, given);
    struct submission_problem problem;
    if (submission_check(&arena, draft, clock_london(clock_now()).date, &problem, 1))
        outcome = err_set(err, ST_INVALID, "%.*s", STR_ARG(problem.message));
    else {
        /* From here on nothing allocates more than the narrative did. */
        arena.on_failure = NULL;
        pthread_mutex_lock(&app->sharing);
        outcome = share(app, &arena, who, draft, import_batch, created_at, ret, err);
        pthread_mutex_unlock(&app->sharing);
    }
    arena_done(&arena);
    return outcome;
}
