#include "domain/decision.h"

#include "base/utf8.h"
#include "domain/account.h"
#include "domain/audit.h"
#include "domain/entity_seen.h"
#include "domain/opened.h"
#include "domain/record_key.h"
#include "domain/suggested.h"
#include "domain/waiting.h"
#include "domain/weighing.h"

static enum st active_decisions(struct db *db, struct entity_decision **ret, size_t *ret_count,
                                struct err *err)
{
    size_t capacity = 64;
    struct entity_decision *list = calloc(capacity, sizeof *list);
    if (!list) abort();
    size_t count = 0;
    struct query *query = db_query(db, Q_DECISION_ACTIVE);
    while (db_next(query)) {
        if (count == capacity) {
            capacity *= 2;
            list = reallocarray(list, capacity, sizeof *list);
            if (!list) abort();
        }
        struct entity_decision *decision = &list[count++];
        *decision = (struct entity_decision){.mention_a = db_int(query, 1),
                                             .mention_b = db_int(query, 2)};
        if (!verdict_from_name(db_text(query, 3), &decision->verdict)) abort();
    }
    *ret = list;
    *ret_count = count;
    return db_end(query, err);
}

/* With `rereading`. */
static enum st take_decisions(struct app *app, struct db *db, struct err *err)
{
    struct entity_decision *list = NULL;
    size_t count = 0;
    enum st outcome = active_decisions(db, &list, &count, err);
    if (outcome == ST_OK) {
        entities_decide(app->entities, list, count);
        waiting_decide(app->waiting, list, count);
    }
    free(list);
    return outcome;
}

enum st decisions_load(struct app *app, struct err *err)
{
    pthread_mutex_lock(&app->rereading);
    struct db *db = store_read_begin(app->store, err);
    enum st outcome = db ? take_decisions(app, db, err) : ST_FAILED;
    store_read_end(app->store, db);
    pthread_mutex_unlock(&app->rereading);
    return outcome;
}

/* Is this a pair, of two mentions that this person may do that with? */
static bool is_pair(const struct scope *scope, enum action action, int64_t a, int64_t b)
{
    const struct entities *entities = scope_app(scope)->entities;
    bool allowed =
        scope_allows(scope, action, entity_submission(entities, a)) && seen_mention(scope, a);
    allowed &=
        scope_allows(scope, action, entity_submission(entities, b)) && seen_mention(scope, b);
    return allowed && a != b && entity_kind(entities, a) == entity_kind(entities, b);
}

/* What this person cannot see does not stand in their way: they are asked about what
 * they see, and a decision of somebody else that keeps two apart keeps them apart.  What was
 * decided in the turns before this one counts, also before it is durable. */
static enum st check_contradiction(const struct scope *scope, struct db *db, int64_t a, int64_t b,
                                   enum verdict verdict, struct err *err)
{
    struct app *app = scope_app(scope);
    struct entity_decision other;
    if (verdict != VERDICT_SAME) return ST_OK;
    pthread_mutex_lock(&app->rereading);
    enum st outcome = take_decisions(app, db, err);
    if (outcome == ST_OK && seen_kept_apart(scope, a, b, &other) &&
        !(other.mention_a == a && other.mention_b == b)) {
        outcome = err_set(
            err, ST_CONFLICT,
            "Others in these two groups were said to be different (mentions %lld and %lld).",
            (long long)other.mention_a, (long long)other.mention_b);
        err_hint(err, "Undo that decision first, if it was wrong.");
    }
    pthread_mutex_unlock(&app->rereading);
    return outcome;
}

/* Through third mentions: with the pair's own decision gone, are they still one? */
static enum st check_joined_through_others(const struct scope *scope, struct db *db, int64_t a,
                                           int64_t b, struct err *err)
{
    struct app *app = scope_app(scope);
    pthread_mutex_lock(&app->rereading);
    enum st outcome = take_decisions(app, db, err);
    if (outcome == ST_OK && seen_joined_by_people(scope, a, b)) {
        outcome = err_set(err, ST_CONFLICT,
                          "These two are joined through others that were said to be the same.");
        err_hint(err, "Open the entity and undo one of those decisions first.");
    }
    pthread_mutex_unlock(&app->rereading);
    return outcome;
}

static enum st note_decision(struct app *app, struct db *db, const struct person *who,
                             const char *action, int64_t decision, int64_t a, int64_t b,
                             const char *outcome, struct err *err)
{
    struct audit_subject more[] = {{"mention", a},
                                   {"mention", b},
                                   {"submission", entity_submission(app->entities, a)},
                                   {"submission", entity_submission(app->entities, b)}};
    return audit_append(app, db, &(struct audit_event){.kind = AUDIT_COMBINATION,
                                                       .action = action,
                                                       .account = who->account,
                                                       .subject = "decision",
                                                       .subject_id = decision,
                                                       .more = more,
                                                       .more_count = 4,
                                                       .outcome = outcome,
                                                       .reason = "role"},
                        err);
}

static enum st store_decision(const struct scope *scope, struct db *db, int64_t a, int64_t b,
                              enum verdict verdict, struct str reason, int64_t *ret_id,
                              struct err *err)
{
    struct app *app = scope_app(scope);
    const struct person *who = scope_person(scope);
    instant_ms now = clock_now();
    struct query *query = db_query(db, Q_DECISION_REPLACE);
    db_bind_int(query, 1, a);
    db_bind_int(query, 2, b);
    db_bind_int(query, 3, now);
    db_bind_int(query, 4, who->account);
    enum st outcome = db_run(query, err);
    if (outcome == ST_OK && verdict == VERDICT_DIFFERENT)
        outcome = check_joined_through_others(scope, db, a, b, err);
    if (outcome != ST_OK) return outcome;
    struct arena arena;
    arena_init(&arena, 1 << 16);
    struct data_key key = {0};
    int64_t id = 0;
    outcome = db_next_id(db, Q_DECISION_LAST, &id, err);
    if (outcome == ST_OK) outcome = record_key_add(app, db, KEY_RECORD, &key, err);
    if (outcome == ST_OK) {
        struct str sealed = field_seal(&arena, &key, FIELD_DECISION_REASON, id, reason);
        query = db_query(db, Q_DECISION_ADD);
        db_bind_int(query, 1, id);
        db_bind_int(query, 2, a);
        db_bind_int(query, 3, b);
        db_bind_text(query, 4, str_from(verdict_name(verdict)));
        db_bind_int(query, 5, key.id);
        db_bind_bytes(query, 6, sealed.ptr, sealed.len);
        db_bind_int(query, 7, who->account);
        db_bind_int(query, 8, now);
        outcome = db_run(query, err);
    }
    data_key_clear(&key);
    arena_done(&arena);
    *ret_id = id;
    if (outcome != ST_OK) return outcome;
    return note_decision(app, db, who, "decision made", id, a, b, verdict_name(verdict), err);
}

static enum st read_seen(struct db *db, int64_t a, int64_t b, struct decision_seen *ret,
                         struct err *err)
{
    *ret = (struct decision_seen){0};
    struct query *query = db_query(db, Q_DECISION_SEEN);
    db_bind_int(query, 1, a < b ? a : b);
    db_bind_int(query, 2, a < b ? b : a);
    if (db_next(query))
        *ret = (struct decision_seen){.latest = db_int(query, 0), .withdrawn = db_int(query, 1)};
    return db_end(query, err);
}

enum st decision_seen_read(struct app *app, int64_t a, int64_t b, struct decision_seen *ret,
                           struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = read_seen(db, a, b, ret, err);
    store_read_end(app->store, db);
    return outcome;
}

/* In the turn of writing: was it done, and is all as it was seen? */
static enum st check_terms(struct db *db, int64_t a, int64_t b, struct decision_terms *terms,
                           struct err *err)
{
    struct decision_seen now;
    enum st outcome = once_look(db, terms->once, err);
    if (outcome != ST_OK || !terms->seen || once_done(terms->once)) return outcome;
    outcome = read_seen(db, a, b, &now, err);
    terms->changed = outcome == ST_OK &&
                     (now.latest != terms->seen->latest || now.withdrawn != terms->seen->withdrawn);
    return terms->changed
               ? err_set(err, ST_CONFLICT, "Somebody has said something of this pair meanwhile.")
               : outcome;
}

static enum st decide(const struct scope *scope, struct db *db, int64_t a, int64_t b,
                      enum verdict verdict, struct str reason, struct decision_terms *terms,
                      struct err *err)
{
    enum st outcome = check_terms(db, a, b, terms, err);
    if (outcome == ST_OK && once_done(terms->once)) {
        terms->made = terms->once->record;
        return ST_OK;
    }
    if (outcome == ST_OK) outcome = check_contradiction(scope, db, a, b, verdict, err);
    if (outcome == ST_OK)
        outcome = store_decision(scope, db, a, b, verdict, reason, &terms->made, err);
    return outcome == ST_OK ? once_keep(db, terms->once, terms->made, err) : outcome;
}

enum st decision_reason(struct arena *arena, struct str reason, struct str *ret, struct err *err)
{
    *ret = str_trim(utf8_clean(arena, str_sub(reason, 0, 100000), NULL));
    if (!ret->len) return err_set(err, ST_INVALID, "Write why. A few words are enough.");
    if (utf8_count(*ret) > DECISION_REASON_MAX)
        return err_set(err, ST_INVALID, "The reason can have at most %d characters.",
                       DECISION_REASON_MAX);
    return ST_OK;
}

enum st decision_make_on(struct app *app, const struct person *who, int64_t mention, int64_t other,
                         enum verdict verdict, struct str reason, struct decision_terms *terms,
                         struct err *err)
{
    int64_t a = mention < other ? mention : other;
    int64_t b = mention < other ? other : mention;
    struct arena arena;
    arena_init(&arena, 64 << 20);
    /* A scope of its own: that of the request remembers entities as they were. */
    struct person asker = *who;
    asker.scope = NULL;
    const struct scope *scope = scope_of(app, &arena, &asker);
    if (!is_pair(scope, ACT_DECIDE, a, b)) {
        arena_done(&arena);
        return err_missing(err, "pair");
    }
    enum st outcome = decision_reason(&arena, reason, &reason, err);
    /* One decision at a time: what was checked must still hold when it is kept. */
    struct db *db;
    if (outcome == ST_OK) outcome = store_write_begin(app->store, &db, err);
    if (outcome == ST_OK) {
        outcome = decide(scope, db, a, b, verdict, reason, terms, err);
        outcome = store_write_end(app->store, db, outcome, err);
        enum st loaded = decisions_load(app, outcome == ST_OK ? err : NULL);
        if (outcome == ST_OK) outcome = loaded;
    }
    arena_done(&arena);
    return outcome;
}

enum st decision_make(struct app *app, const struct person *who, int64_t mention, int64_t other,
                      enum verdict verdict, struct str reason, struct err *err)
{
    struct decision_terms none = {0};
    return decision_make_on(app, who, mention, other, verdict, reason, &none, err);
}

/* In the turn of writing; says of which pair it was. */
static enum st withdraw(const struct scope *scope, struct db *db, int64_t decision, int64_t *ret_a,
                        int64_t *ret_b, struct err *err)
{
    struct app *app = scope_app(scope);
    const struct person *who = scope_person(scope);
    struct query *query = db_query(db, Q_DECISION_PAIR);
    db_bind_int(query, 1, decision);
    bool found = db_next(query);
    if (found) {
        *ret_a = db_int(query, 0);
        *ret_b = db_int(query, 1);
    }
    enum st outcome = db_end(query, err);
    if (outcome != ST_OK) return outcome;
    if (!found || !is_pair(scope, ACT_DECIDE, *ret_a, *ret_b))
        return err_set(err, ST_NOT_FOUND, "That decision is undone already, or there is none.");
    query = db_query(db, Q_DECISION_WITHDRAW);
    db_bind_int(query, 1, decision);
    db_bind_int(query, 2, clock_now());
    db_bind_int(query, 3, who->account);
    outcome = db_run(query, err);
    if (outcome != ST_OK) return outcome;
    return note_decision(app, db, who, "decision withdrawn", decision, *ret_a, *ret_b, "ok", err);
}

static enum st withdraw_in_turn(struct app *app, const struct person *who, int64_t decision,
                                struct once *once, int64_t *ret_a, int64_t *ret_b, struct err *err)
{
    struct arena arena;
    struct db *db;
    arena_init(&arena, SCOPE_MEMORY);
    const struct scope *scope = scope_of(app, &arena, who);
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome == ST_OK) {
        outcome = once_look(db, once, err);
        if (outcome == ST_OK && !once_done(once)) {
            outcome = withdraw(scope, db, decision, ret_a, ret_b, err);
            if (outcome == ST_OK) outcome = once_keep(db, once, decision, err);
        }
        outcome = store_write_end(app->store, db, outcome, err);
    }
    arena_done(&arena);
    return outcome == ST_OK ? decisions_load(app, err) : outcome;
}

enum st decision_withdraw(struct app *app, const struct person *who, int64_t decision,
                          int64_t *ret_mention_a, int64_t *ret_mention_b, struct err *err)
{
    return withdraw_in_turn(app, who, decision, NULL, ret_mention_a, ret_mention_b, err);
}

enum st decision_withdraw_once(struct app *app, const struct person *who, int64_t decision,
                               struct once *once, struct err *err)
{
    int64_t a = 0;
    int64_t b = 0;
    return withdraw_in_turn(app, who, decision, once, &a, &b, err);
}

/* Opens the reason of a row that has it at `column` and its key's three at `key_column`. */
static enum st open_reason(struct app *app, struct arena *arena, struct query *query, int column,
                           int key_column, struct str *ret, struct err *err)
{
    struct data_key key;
    enum st outcome = record_key_from_row(app, query, key_column, &key, err);
    if (outcome == ST_OK)
        outcome = field_open(arena, &key, FIELD_DECISION_REASON, db_int(query, 0),
                             db_bytes(query, column), ret, err);
    data_key_clear(&key);
    return outcome;
}

enum st decisions_of_pair(struct app *app, struct arena *arena, int64_t a, int64_t b,
                          struct decision_line **ret, size_t *ret_count, struct err *err)
{
    enum { MAXIMUM = 100 };
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    *ret = arena_many(arena, MAXIMUM, struct decision_line);
    size_t count = 0;
    struct query *query = db_query(db, Q_DECISION_OF_PAIR);
    db_bind_int(query, 1, a < b ? a : b);
    db_bind_int(query, 2, a < b ? b : a);
    enum st outcome = ST_OK;
    while (outcome == ST_OK && count < MAXIMUM && db_next(query)) {
        struct decision_line *line = &(*ret)[count++];
        *line = (struct decision_line){.id = db_int(query, 0),
                                       .mention_a = a < b ? a : b,
                                       .mention_b = a < b ? b : a,
                                       .created_at = db_int(query, 4),
                                       .withdrawn = !db_is_null(query, 5)};
        if (!verdict_from_name(db_text(query, 1), &line->verdict)) abort();
        outcome = account_name(app, db, arena, db_int(query, 3), &line->by, err);
        if (outcome == ST_OK) outcome = open_reason(app, arena, query, 2, 6, &line->reason, err);
    }
    *ret_count = count;
    outcome = db_end_after(query, outcome, err);
    store_read_end(app->store, db);
    return outcome;
}

static int compare_lines(const void *a, const void *b)
{
    const struct decision_line *left = a;
    const struct decision_line *right = b;
    return (left->id > right->id) - (left->id < right->id);
}

static bool is_listed(const struct decision_line *list, size_t count, int64_t id)
{
    size_t i = 0;
    while (i < count && list[i].id != id) i++;
    return i < count;
}

enum st decisions_of_mentions(const struct scope *scope, struct arena *arena,
                              const int64_t *mentions, size_t count, struct decision_line **ret,
                              size_t *ret_count, struct err *err)
{
    enum { MAXIMUM = 400 };
    struct store *store = scope_app(scope)->store;
    struct db *db = store_read_begin(store, err);
    if (!db) return ST_FAILED;
    struct decision_line *list = NULL;
    size_t room = 0;
    size_t found = 0;
    enum st outcome = ST_OK;
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        struct query *query = db_query(db, Q_DECISION_OF_MENTION);
        db_bind_int(query, 1, mentions[i]);
        while (outcome == ST_OK && found < MAXIMUM && db_next(query)) {
            struct decision_line line = {.id = db_int(query, 0),
                                         .mention_a = db_int(query, 1),
                                         .mention_b = db_int(query, 2),
                                         .created_at = db_int(query, 5)};
            if (!seen_mention(scope, line.mention_a) || !seen_mention(scope, line.mention_b))
                continue;
            /* one between two of these mentions comes twice */
            if (is_listed(list, found, line.id)) continue;
            if (!verdict_from_name(db_text(query, 3), &line.verdict)) abort();
            outcome = opened_name(scope, db, arena, db_int(query, 6), &line.by, err);
            if (outcome == ST_OK)
                outcome = opened_reason(scope, arena, query, 4, 7, FIELD_DECISION_REASON, line.id,
                                        &line.reason, err);
            arena_room(arena, list, found, &room);
            list[found++] = line;
        }
        outcome = db_end_after(query, outcome, err);
    }
    store_read_end(store, db);
    if (found) qsort(list, found, sizeof *list, compare_lines);
    *ret = list;
    *ret_count = found;
    return outcome;
}

/* --- suggestions ------------------------------------------------------------------ */

size_t suggestions_of(const struct scope *scope, struct arena *arena,
                      const struct submission *submission, size_t which, size_t maximum,
                      struct suggestion **ret)
{
    struct app *app = scope_app(scope);
    const struct suggested_asked asked = {submission->mention[which].id, submission->mention_count,
                                          maximum};
    size_t count = 0;
    *ret = arena_many(arena, maximum, struct suggestion);
    if (suggested_find(scope, &asked, *ret, &count)) return count;
    struct link_match *match = arena_many(arena, maximum, struct link_match);
    struct link_mention engine = mention_for_engine(submission, which);
    count = link_index_query_of(app->index, scope_admit(scope), &engine, link_shown_bits(), match,
                                maximum);
    for (size_t i = 0; i < count; i++)
        (*ret)[i] = (struct suggestion){.mention = engine.id,
                                        .other = match[i].id,
                                        .bits = match[i].bits,
                                        .probability = match[i].probability,
                                        .same_entity = seen_entity(scope, engine.id) ==
                                                       seen_entity(scope, match[i].id)};
    suggested_keep(scope, &asked, *ret, count);
    return count;
}

/* Loads the submission of a mention, and says at which place it stands there. */
static enum st load_side(const struct scope *scope, struct db *db, struct arena *arena,
                         int64_t mention, struct submission *ret, size_t *ret_which,
                         struct err *err)
{
    enum st outcome = submission_load_seen(
        scope, db, arena, entity_submission(scope_app(scope)->entities, mention), ret, err);
    if (outcome != ST_OK) return outcome;
    for (size_t i = 0; i < ret->mention_count; i++)
        if (ret->mention[i].id == mention) *ret_which = i;
    return ST_OK;
}

/* Both submissions are shown whole: a look at the pair is a look at each. */
static enum st note_comparison(struct app *app, const struct person *who,
                               const struct comparison *read, struct err *err)
{
    struct audit_subject more[] = {
        {"mention", read->right.mention[read->right_mention].id},
        {"submission", read->left.id},
        {"submission", read->right.id},
    };
    struct str text[2] = {read->left.narrative, read->right.narrative};
    return audit_event(
        app,
        &(struct audit_event){.kind = AUDIT_CONSULTATION,
                              .action = "pair read",
                              .account = who->account,
                              .subject = "mention",
                              .subject_id = read->left.mention[read->left_mention].id,
                              .more = more,
                              .more_count = 3,
                              .reason = audit_ground_of_text(who, text, 2, "role")},
        err);
}

enum st comparison_read(struct app *app, struct arena *arena, const struct person *who, int64_t a,
                        int64_t b, struct comparison *ret, struct err *err)
{
    const struct scope *scope = scope_of(app, arena, who);
    bool seen = is_pair(scope, ACT_SEE_LINKS, a, b);
    if (!seen) return err_missing(err, "pair");
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    *ret = (struct comparison){0};
    enum st outcome = load_side(scope, db, arena, a, &ret->left, &ret->left_mention, err);
    if (outcome == ST_OK)
        outcome = load_side(scope, db, arena, b, &ret->right, &ret->right_mention, err);
    store_read_end(app->store, db);
    if (outcome != ST_OK) return outcome;
    struct link_mention left = mention_for_engine(&ret->left, ret->left_mention);
    struct link_mention right = mention_for_engine(&ret->right, ret->right_mention);
    if (!link_index_explain_of(app->index, scope_admit(scope), arena, &left, &right,
                               &ret->explanation))
        return err_missing(err, "pair");
    struct weighing weighing;
    db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    outcome = weighing_read(db, ret->explanation.version, &weighing, err);
    store_read_end(app->store, db);
    if (outcome != ST_OK) return outcome;
    ret->weighed_since = weighing.since;
    return note_comparison(app, who, ret, err);
}
