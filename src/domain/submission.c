#include "domain/submission.h"

#include "domain/audit.h"
#include "domain/entity.h"
#include "domain/handling.h"
#include "domain/naming.h"
#include "domain/record.h"
#include "domain/registry.h"
#include "domain/scope.h"
#include "domain/source.h"
#include "domain/stage.h"
#include "domain/waiting.h"
#include "link/link.h"
#include "seal/secret.h"

#include <stdatomic.h>

/* The strongest things of a report first: they tell most about whom it names. */
static const enum link_field companion_order[] = {
    LINK_REGISTRATION, LINK_NUMBER, LINK_HANDLE, LINK_EMAIL, LINK_POSTCODE,
    LINK_NAME,         LINK_ALIAS,  LINK_VENUE,  LINK_ADDRESS,
};

struct link_mention mention_for_engine(const struct submission *submission, size_t which)
{
    return mention_for_engine_of(submission, which, submission_reported_day(submission));
}

int32_t submission_reported_day(const struct submission *submission)
{
    return clock_day(submission->created_at);
}

struct link_mention mention_for_engine_of(const struct submission *submission, size_t which,
                                          int32_t reported_day)
{
    const struct mention *mention = &submission->mention[which];
    struct link_mention engine = {
        .id = mention->id,
        .report = submission->id,
        .kind = mention->kind,
        .reported_day = reported_day,
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

/* The key as it is kept: bound to the account, and telling nothing of what it was made of. */
static void kept_key(const struct app *app, struct arena *arena, const struct person *who,
                     struct str key, char ret[static SEAL_TAG_TEXT_SIZE])
{
    keyring_tag_text(app->keys, "idempotency",
                     str_fmt(arena, "%lld %.*s", (long long)who->account, STR_ARG(key)), ret);
}

/* A submission that came with this key already: ST_OK fills ret, ST_NOT_FOUND. */
static enum st find_by_key(struct db *db, const char *key, struct submission_receipt *ret,
                           struct err *err)
{
    struct query *query = db_query(db, Q_SUBMISSION_BY_KEY);
    db_bind_text(query, 1, str_from(key));
    bool found = db_next(query);
    if (found) {
        *ret = (struct submission_receipt){.id = db_int(query, 0)};
        snprintf(ret->reference, sizeof ret->reference, "%.*s", STR_ARG(db_text(query, 1)));
    }
    enum st outcome = db_end(query, err);
    return outcome == ST_OK && !found ? ST_NOT_FOUND : outcome;
}

enum st submission_known(struct app *app, struct arena *arena, const struct person *who,
                         struct str key, bool *ret, struct err *err)
{
    char kept[SEAL_TAG_TEXT_SIZE];
    struct submission_receipt receipt;
    kept_key(app, arena, who, key, kept);
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = find_by_key(db, kept, &receipt, err);
    store_read_end(app->store, db);
    *ret = outcome == ST_OK;
    return outcome == ST_NOT_FOUND ? ST_OK : outcome;
}

/* What it was asked for by is kept as a hash, sealed with its words: it is gone with them, and
 * beside it stands nobody's account, as it would in the table of domain/once. */
static struct str hash_of(struct arena *arena, struct str asked)
{
    if (!asked.len) return asked;
    char *hash = arena_bytes(arena, SEAL_HASH_SIZE);
    seal_hash(asked, (uint8_t *)hash);
    return str_of(hash, SEAL_HASH_SIZE);
}

/* Of the one that came with this key already: was something else asked for by it?  Of one that an
 * older version took its narrative says so; of one that was destroyed nothing does. */
static enum st asked_otherwise(struct app *app, struct db *db, struct arena *arena, int64_t id,
                               const struct submission_draft *draft, bool *ret, struct err *err)
{
    struct data_key key = {0};
    struct str words;
    struct str text[SUBMISSION_WORDS] = {{0}};
    enum st outcome = ST_OK;
    struct query *query = db_query(db, Q_SUBMISSION_ASKED);
    db_bind_int(query, 1, id);
    *ret = false;
    if (db_next(query)) {
        outcome = record_key_from_row(app, query, 1, &key, err);
        if (outcome == ST_OK)
            outcome = field_open(arena, &key, FIELD_SUBMISSION_WORDS, id, db_bytes(query, 0),
                                 &words, err);
        if (outcome == ST_OK && !texts_unpack(words, text, SUBMISSION_WORDS)) abort();
        *ret = text[3].len ? !seal_equal(hash_of(arena, draft->asked), text[3])
                           : !str_eq(draft->narrative, text[0]);
    }
    data_key_clear(&key);
    return db_end_after(query, outcome, err);
}

static void bind_sealed(struct arena *arena, struct query *query, int parameter,
                        const struct data_key *key, enum seal_field field, int64_t row,
                        struct str plain)
{
    struct str sealed = field_seal(arena, key, field, row, plain);
    db_bind_bytes(query, parameter, sealed.ptr, sealed.len);
}

/* Whence it comes, and how. */
struct origin_of {
    int64_t import_batch;  /* 0: typed */
    instant_ms created_at; /* 0: now */
    const struct submission_also *also;
    bool by_name;
    int64_t adds_to;
    instant_ms shared_at;
};

struct found {
    struct link_match *match; /* heaviest first */
    size_t count;
};

struct storing {
    struct app *app;
    struct db *db;
    struct arena *arena;
    const struct person *who;
    const struct submission_draft *draft;
    struct submission_receipt *ret;
    int64_t import_batch;
    const struct submission_also *also; /* NULL: nothing */
    const struct scope *scope; /* NULL: the sender sees no links */
    uint8_t tag[SEAL_TAG_SIZE]; /* of the sender */
    char key[SEAL_TAG_TEXT_SIZE]; /* idempotency, as it is kept */
    struct stage_start start;
    struct data_key data_key;
    struct submission made;
    struct link_ready **ready; /* its mentions, for the index */
    struct str words[SUBMISSION_WORDS];
    struct naming_found naming; /* whom its words name */
    uint64_t *strong; /* what identifies each beyond doubt (entity_strong) */
    _Atomic bool is_indexed;
    struct found *found; /* what each of its mentions may be the same as */
    struct waiting_pair *pair; /* what it suggests of that, to be found after the commit */
    size_t pair_count;
    size_t links; /* of them, those that the sender may see */
    uint64_t forum; /* its bit in the registry */
    struct storing *next; /* that waits for the same commit */
    bool is_known; /* came already: nothing of it is new */
    bool is_other; /* and was something else */
    uint64_t lines; /* of the audit */
    struct storing *before; /* that is to go into the index before this one */
};

static enum st read_forum(struct storing *storing, struct err *err)
{
    struct query *query = db_query(storing->db, Q_ORGANISATION_FORUM);
    db_bind_int(query, 1, storing->who->organisation);
    if (db_next(query)) storing->made.forum = str_dup(storing->arena, db_text(query, 0));
    return db_end(query, err);
}

static enum st store_submission(struct storing *storing, struct err *err)
{
    struct submission *made = &storing->made;
    const struct submission_draft *draft = storing->draft;
    struct db *db = storing->db;
    enum st outcome = record_key_add(storing->app, db, KEY_RECORD, &storing->data_key, err);
    if (outcome == ST_OK) outcome = db_take_ids(db, Q_SUBMISSION_LAST, 1, &made->id, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_SUBMISSION_ADD);
    db_bind_int(query, 1, made->id);
    db_bind_text(query, 2, made->reference);
    db_bind_text(query, 3, str_from(storing->key));
    db_bind_bytes(query, 4, storing->tag, sizeof storing->tag);
    db_bind_int(query, 5, storing->who->organisation);
    db_bind_int_or_null(query, 6, storing->import_batch);
    db_bind_int(query, 7, storing->data_key.id);
    bind_sealed(storing->arena, query, 8, &storing->data_key, FIELD_SUBMISSION_WORDS, made->id,
                texts_pack(storing->arena, storing->words, SUBMISSION_WORDS));
    bind_day(query, 9, made->seen_from);
    bind_day(query, 10, made->seen_to);
    db_bind_text(query, 11, str_from(how_known_name(draft->how_known)));
    db_bind_int(query, 12, made->created_at);
    db_bind_text(query, 13, made->handling);
    outcome = db_run_later(query, err);
    if (outcome != ST_OK) return outcome;
    return source_add(storing->app, db, made->id, storing->who->account, err);
}

static enum st store_mentions(struct storing *storing, struct err *err)
{
    struct submission *made = &storing->made;
    int64_t next = 0;
    enum st outcome =
        db_take_ids(storing->db, Q_MENTION_LAST, (int64_t)made->mention_count, &next, err);
    for (size_t i = 0; i < made->mention_count && outcome == ST_OK; i++) {
        struct mention *mention = &made->mention[i];
        mention->submission = made->id;
        mention->id = next++;
        struct query *query = db_query(storing->db, Q_MENTION_ADD);
        db_bind_int(query, 1, mention->id);
        db_bind_int(query, 2, made->id);
        db_bind_text(query, 3, str_from(kind_name(mention->kind)));
        db_bind_int(query, 4, mention->span_start);
        db_bind_int(query, 5, mention->span_end);
        bind_sealed(storing->arena, query, 6, &storing->data_key, FIELD_MENTION_FIELDS, mention->id,
                    texts_pack(storing->arena, mention->field, LINK_FIELDS));
        outcome = db_run_later(query, err);
    }
    return outcome;
}

static enum st store_suggestion(struct db *db, int64_t mention, const struct link_match *match,
                                struct err *err)
{
    struct query *query = db_query(db, Q_SUGGESTION_ADD);
    db_bind_int(query, 1, mention);
    db_bind_int(query, 2, match->id);
    db_bind_double(query, 3, match->bits);
    db_bind_int(query, 4, clock_now());
    return db_run_later(query, err);
}

static struct naming_said said_in(const struct storing *storing)
{
    return (struct naming_said){.text = storing->words,
                                .count = TOLD_WORDS,
                                .mention = storing->made.mention,
                                .mention_count = storing->made.mention_count};
}

/* Before its turn. */
static void make_ready(struct storing *storing)
{
    const struct submission *made = &storing->made;
    source_tag(storing->app, storing->who->account, storing->tag);
    const struct naming_said said = said_in(storing);
    naming_find(storing->app, storing->arena, &said, &storing->naming);
    storing->ready = arena_many(storing->arena, made->mention_count, struct link_ready *);
    storing->strong = arena_many(storing->arena, made->mention_count, uint64_t);
    for (size_t i = 0; i < made->mention_count; i++) {
        struct link_mention engine = mention_for_engine(made, i);
        storing->ready[i] = link_ready_make(storing->arena, &engine);
        storing->strong[i] = entity_strong(made->mention[i].kind, made->mention[i].field);
    }
}

/* It and all that had their turns before it, in the order of the turns.  A full index must not
 * undo what is stored: the fragment stays readable. */
static void put_into_index(struct storing *storing)
{
    struct app *app = storing->app;
    struct link_ready *list = NULL;
    if (storing->is_indexed) return;
    pthread_mutex_lock(&app->indexing);
    struct storing *newest = atomic_exchange(&app->unindexed, NULL);
    for (struct storing *one = newest; one; one = one->before)
        for (size_t i = one->made.mention_count; i > 0; i--)
            list = link_ready_before(one->ready[i - 1], list);
    if (list) link_index_insert_ready(app->index, list);
    while (newest) {
        struct storing *before = newest->before; /* once it is said, the list may be taken apart */
        newest->is_indexed = true;
        newest = before;
    }
    pthread_mutex_unlock(&app->indexing);
}

/* Not in a turn.  What comes after it finds it by itself. */
static void find_alike(void *context)
{
    enum { MATCHES = 200 };
    struct storing *storing = context;
    const struct submission *made = &storing->made;
    __attribute__((uninitialized)) struct link_match match[MATCHES];
    if (storing->is_known) return;
    put_into_index(storing);
    storing->found = arena_many(storing->arena, made->mention_count, struct found);
    for (size_t i = 0; i < made->mention_count; i++) {
        size_t count = link_index_query_ready(storing->app->index, storing->ready[i],
                                              link_shown_bits(), match, MATCHES);
        struct found *found = &storing->found[i];
        found->match = arena_many(storing->arena, count, struct link_match);
        for (size_t k = 0; k < count; k++)
            if (match[k].id < made->mention[i].id) found->match[found->count++] = match[k];
    }
    storing->pair = arena_many(storing->arena, made->mention_count * 2 * SUGGESTIONS_PER_MENTION,
                               struct waiting_pair);
}

/* Whose mention that is.  One that waits for the same commit is in the index already, and
 * nowhere else yet. */
static int64_t owner_of(const struct app *app, int64_t mention, uint64_t forum,
                        bool *ret_same_forum)
{
    for (const struct storing *other = app->pending; other; other = other->next) {
        const struct submission *made = &other->made;
        if (!made->mention_count || mention < made->mention[0].id ||
            mention > made->mention[made->mention_count - 1].id)
            continue;
        *ret_same_forum = forum && other->forum == forum;
        return made->id;
    }
    int64_t submission = entity_submission(app->entities, mention);
    *ret_same_forum = registry_forum_is(app->registry, submission, forum);
    return submission;
}

/* What each new mention may be the same as, kept for the analyst's list: the heaviest of
 * all, and the heaviest of its own forum, which others' must not crowd out. */
static enum st store_suggestions(void *context, struct db *db, struct err *err)
{
    struct storing *storing = context;
    const struct submission *made = &storing->made;
    for (size_t i = 0; i < made->mention_count && !storing->is_known; i++) {
        const struct found *found = &storing->found[i];
        int64_t mention = made->mention[i].id;
        size_t of_forum = 0;
        for (size_t k = 0; k < found->count; k++) {
            const struct link_match *match = &found->match[k];
            bool same_forum;
            int64_t other = owner_of(storing->app, match->id, storing->forum, &same_forum);
            if (k >= SUGGESTIONS_PER_MENTION &&
                (!same_forum || of_forum >= SUGGESTIONS_PER_MENTION))
                continue;
            of_forum += same_forum;
            enum st outcome = store_suggestion(db, mention, match, err);
            if (outcome != ST_OK) return outcome;
            storing->pair[storing->pair_count++] =
                (struct waiting_pair){.mention = mention,
                                      .other = match->id,
                                      .bits = match->bits,
                                      .submission = (int32_t)made->id,
                                      .other_submission = (int32_t)other};
        }
    }
    return ST_OK;
}

/* In its turn: the next one finds it, though nobody sees it yet, since it is not in the
 * registry. */
static void await_commit(struct storing *storing)
{
    struct app *app = storing->app;
    const struct submission *made = &storing->made;
    storing->forum = registry_forum_bit(app->registry, made->forum);
    for (size_t i = 0; i < made->mention_count; i++)
        link_ready_name(storing->ready[i], made->mention[i].id, made->id);
    storing->next = app->pending;
    app->pending = storing;
    storing->before = app->unindexed;
    while (!atomic_compare_exchange_weak(&app->unindexed, &storing->before, storing)) continue;
}

static struct submission from_draft(struct arena *arena, const struct submission_draft *draft,
                                    instant_ms created_at)
{
    char reference[REFERENCE_SIZE] = "PEN-";
    seal_reference(reference + 4, 8);
    memmove(reference + 9, reference + 8, 5);
    reference[8] = '-';
    struct submission made = {
        .reference = str_dup(arena, str_from(reference)),
        .narrative = draft->narrative,
        .handling = draft->handling.len ? draft->handling : STR("handling:P"),
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

/* Last but for the suggestions: until then nobody may see it, and then
 * whoever it names does not. */
static void note_in_registry(const struct storing *storing)
{
    registry_add(
        storing->app->registry, storing->made.id,
        &(struct registry_new){.tag = str_of((const char *)storing->tag, sizeof storing->tag),
                               .organisation = storing->who->organisation,
                               .forum = storing->made.forum,
                               .handling = storing->made.handling,
                               .mentions = storing->made.mention_count,
                               .stage = storing->start.stage});
}

/* Those who sanitise what others send share at once what they send themselves; so does a
 * referral what it names, and an import. */
static struct stage_start start_of(struct arena *arena, const struct storing *storing,
                                   const struct origin_of *origin)
{
    bool at_once = storing->also || storing->import_batch || origin->shared_at ||
                   access_allows(storing->who, ACT_IMPORT, NULL);
    instant_ms at = storing->made.created_at;
    /* Whatever day stands in a row: to its Forum what is imported is new. */
    instant_ms came = storing->import_batch ? clock_now() : at;
    return (struct stage_start){
        .stage = at_once ? STAGE_SHARED : STAGE_REPRESENTATIVE,
        .by_name = origin->by_name,
        .urgent =
            storing->app->area && submission_danger(arena, storing->app->area, storing->draft).len,
        .at = at,
        .shared_at = origin->shared_at ? origin->shared_at
                     : at_once         ? came
                                       : 0,
        .adds_to = origin->adds_to};
}

/* After the commit: what is durable is seen, and what is not is found no more.  Whoever sends
 * it is told of what they may see: a count of the rest would tell what is known. */
static void committed(void *context, enum st outcome)
{
    struct storing *storing = context;
    struct app *app = storing->app;
    if (storing->is_known) return;
    struct storing **link = &app->pending;
    while (*link != storing) link = &(*link)->next;
    *link = storing->next;
    app->unindexed = NULL; /* what is lost before it is asked for */
    for (size_t i = 0; i < storing->made.mention_count; i++) {
        const struct mention *mention = &storing->made.mention[i];
        if (outcome == ST_OK)
            entities_add_known(app->entities, mention->id, storing->made.id, mention->kind,
                               storing->strong[i]);
        else
            link_index_remove(app->index, mention->id);
    }
    if (outcome != ST_OK) return;
    note_in_registry(storing);
    waiting_add(app->waiting, storing->pair, storing->pair_count);
    for (size_t i = 0; i < storing->pair_count && storing->scope; i++)
        storing->links += scope_links(storing->scope, storing->pair[i].other_submission);
}

static enum st store_all(struct storing *storing, struct err *err)
{
    const struct naming_said said = said_in(storing);
    enum st outcome = store_submission(storing, err);
    if (outcome == ST_OK)
        outcome = stage_begin(storing->db, storing->made.id, &storing->start, err);
    if (outcome == ST_OK) outcome = store_mentions(storing, err);
    if (outcome == ST_OK)
        outcome = naming_note(storing->app, storing->db, storing->arena, storing->made.id, &said,
                              &storing->naming, 0, err);
    if (outcome == ST_OK)
        outcome = audit_append(storing->app, storing->db,
                               &(struct audit_event){.kind = AUDIT_COLLECTION,
                                                     .action = "submission added",
                                                     .account = storing->who->account,
                                                     .by_source = true,
                                                     .subject = "submission",
                                                     .subject_id = storing->made.id},
                               err);
    data_key_clear(&storing->data_key);
    if (outcome == ST_OK && storing->also)
        outcome = storing->also->write(storing->also->context, storing->db, storing->made.id, err);
    return outcome;
}

/* In its turn. */
static enum st write(void *context, struct db *db, struct err *err)
{
    struct storing *storing = context;
    uint64_t before = audit_count_here();
    storing->db = db;
    enum st outcome = find_by_key(db, storing->key, storing->ret, err);
    storing->is_known = outcome == ST_OK;
    if (storing->is_known && storing->draft->asked.len)
        outcome = asked_otherwise(storing->app, db, storing->arena, storing->ret->id,
                                  storing->draft, &storing->is_other, err);
    if (outcome != ST_NOT_FOUND) return outcome;
    outcome = read_forum(storing, err);
    if (outcome == ST_OK) outcome = store_all(storing, err);
    if (outcome == ST_OK) await_commit(storing);
    storing->lines = audit_count_give(before);
    return outcome;
}

/* What is written with it may be refused for reasons of its own: that has a part of its own. */
static enum st write_all(struct storing *storing, struct err *err)
{
    struct store *store = storing->app->store;
    struct db *db;
    const struct store_after after = {committed, storing, find_alike, store_suggestions};
    if (!storing->also) return store_write_beside(store, write, &after, err);
    enum st outcome = store_write_begin(store, &db, err);
    if (outcome != ST_OK) return outcome;
    outcome = write(storing, db, err);
    if (outcome == ST_OK) return store_write_commit_then(store, db, &after, err);
    store_write_rollback(store, db);
    return outcome;
}

static enum st share(struct app *app, struct arena *arena, const struct person *who,
                     const struct submission_draft *draft, const struct origin_of *origin,
                     struct submission_receipt *ret, struct err *err)
{
    struct storing storing = {
        .app = app,
        .arena = arena,
        .who = who,
        .draft = draft,
        .ret = ret,
        .import_batch = origin->import_batch,
        .also = origin->also,
        .words = {draft->narrative, draft->when_text, draft->where_text,
                  hash_of(arena, draft->asked)},
        .scope = access_allows(who, ACT_SEE_LINKS, NULL) ? scope_of(app, arena, who) : NULL,
        .made = from_draft(arena, draft, origin->created_at)};
    storing.start = start_of(arena, &storing, origin);
    kept_key(app, arena, who, draft->idempotency_key, storing.key);
    make_ready(&storing);
    if (storing.scope) scope_allows(storing.scope, ACT_SEE_LINKS, 0); /* read before the turn */
    enum st outcome = write_all(&storing, err);
    audit_count_take(storing.lines);
    /* Of two that come together the first may not have been durable: this had to wait as well. */
    if (outcome == ST_OK && storing.is_other) {
        err_set(err, ST_CONFLICT,
                "This Idempotency-Key was used for another submission. Nothing was handed in now.");
        err_hint(err, "Make a new key for each submission.");
        return ST_CONFLICT;
    }
    if (outcome != ST_OK || storing.is_known) return outcome;
    *ret = (struct submission_receipt){.id = storing.made.id, .new = true, .links = storing.links};
    snprintf(ret->reference, sizeof ret->reference, "%.*s", STR_ARG(storing.made.reference));
    return ST_OK;
}

/* Checking cleans texts into the arena: that is done to a copy, so that the caller's
 * draft is left as it was. */
static struct submission_draft *copy_draft(struct arena *arena,
                                           const struct submission_draft *draft)
{
    struct submission_draft *copy = arena_new(arena, struct submission_draft);
    *copy = *draft;
    copy->mention = arena_many(arena, draft->mention_count, struct mention_draft);
    if (draft->mention_count)
        memcpy(copy->mention, draft->mention, draft->mention_count * sizeof *draft->mention);
    return copy;
}

static enum st share_from(struct app *app, const struct person *who,
                          const struct submission_draft *given, const struct origin_of *origin,
                          struct submission_receipt *ret, struct err *err)
{
    if (!access_allows(who, ACT_SHARE, NULL))
        return err_set(err, ST_DENIED, "Your account cannot share information.");
    struct arena arena;
    arena_init(&arena, 12 << 20);
    jmp_buf failed;
    arena.on_failure = &failed;
    enum st outcome;
    if (setjmp(failed)) {
        arena_done(&arena);
        return err_set(err, ST_INVALID, "There is too much in one submission. Share it in parts.");
    }
    struct submission_draft *draft = copy_draft(&arena, given);
    struct submission_problem problem;
    if (draft->handling.len && !handling_known(app, draft->handling))
        outcome = err_set(err, ST_INVALID, "Choose who may see this.");
    else if (submission_check(&arena, draft, clock_london(clock_now()).date, &problem, 1))
        outcome = err_set(err, ST_INVALID, "%.*s", STR_ARG(problem.message));
    else {
        /* From here on nothing allocates more than sealing the draft needs. */
        arena.on_failure = NULL;
        outcome = share(app, &arena, who, draft, origin, ret, err);
    }
    arena_done(&arena);
    return outcome;
}

enum st submission_share(struct app *app, const struct person *who,
                         const struct submission_draft *draft, int64_t import_batch,
                         instant_ms created_at, struct submission_receipt *ret, struct err *err)
{
    struct origin_of origin = {.import_batch = import_batch, .created_at = created_at};
    return share_from(app, who, draft, &origin, ret, err);
}

enum st submission_share_how(struct app *app, const struct person *who,
                             const struct submission_draft *draft, const struct submission_how *how,
                             struct submission_receipt *ret, struct err *err)
{
    struct origin_of origin = {.by_name = how->by_name,
                               .adds_to = how->adds_to,
                               .created_at = how->created_at,
                               .shared_at = how->shared_at};
    return share_from(app, who, draft, &origin, ret, err);
}

enum st submission_share_with(struct app *app, const struct person *who,
                              const struct submission_draft *draft,
                              const struct submission_also *also, struct submission_receipt *ret,
                              struct err *err)
{
    return share_from(app, who, draft, &(struct origin_of){.also = also}, ret, err);
}
