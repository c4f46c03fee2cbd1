/*
 * Patterns that are put to somebody as questions, and what people said of them.
 */
#include "domain/pattern_internal.h"

#include "domain/account.h"
#include "domain/area.h"
#include "domain/entity_seen.h"
#include "domain/reason.h"

#include <stdlib.h>

enum { WORDS_MAX = 5000 };

/* What somebody said of a pattern, while it is asked whether it holds for this person. */
struct word {
    int64_t id;
    enum pattern_kind kind;
    int64_t mention;
    int64_t other;
};

struct words {
    struct word *word;
    size_t count;
};

static bool kept_from_row(struct query *query, struct kept *ret)
{
    *ret = (struct kept){.id = db_int(query, 0), .mention = db_int(query, 2)};
    return pattern_kind_from_name(db_text(query, 1), &ret->kind);
}

static enum st gone(struct err *err)
{
    return err_missing(err, "pattern");
}

/* --- what was said ---------------------------------------------------------------------------- */

static enum st read_words(const struct seeing *seeing, struct words *ret, struct err *err)
{
    struct query *query = db_query(seeing->db, Q_PATTERN_WORDS);
    db_bind_int(query, 1, WORDS_MAX);
    *ret = (struct words){.word = arena_many(seeing->arena, WORDS_MAX, struct word)};
    while (ret->count < WORDS_MAX && db_next(query)) {
        struct word *word = &ret->word[ret->count];
        *word = (struct word){
            .id = db_int(query, 0), .mention = db_int(query, 2), .other = db_int(query, 3)};
        ret->count += pattern_kind_from_name(db_text(query, 1), &word->kind);
    }
    return db_end(query, err);
}

/* Does this person see every fragment that it was said of?  And is one
 * there that is not of these? */
static bool holds_for(struct seeing *seeing, const struct word *word, struct pattern *pattern,
                      struct err *err)
{
    bool covered[PATTERN_FRAGMENTS_MAX] = {false};
    bool sees = true;
    struct query *query = db_query(seeing->db, Q_PATTERN_WORD_FRAGMENTS);
    db_bind_int(query, 1, word->id);
    while (db_next(query)) {
        int64_t submission = db_int(query, 0);
        sees &= scope_links(seeing->scope, submission);
        for (size_t i = 0; i < pattern->fragment_count; i++)
            covered[i] |= pattern->fragment[i].submission == submission;
    }
    if (db_end(query, err) != ST_OK || !sees) return false;
    pattern->again = false;
    for (size_t i = 0; i < pattern->fragment_count; i++) pattern->again |= !covered[i];
    return true;
}

static enum st read_verdict(struct seeing *seeing, const struct words *words,
                            struct pattern *pattern, struct err *err)
{
    enum st outcome = ST_OK;
    for (size_t i = 0; i < words->count; i++) {
        const struct word *word = &words->word[i];
        if (word->kind != pattern->kind ||
            seen_entity(seeing->scope, word->mention) != pattern->entity[0])
            continue;
        if ((word->other != 0) != (pattern->kind == PATTERN_MEETING)) continue;
        if (word->other) {
            int64_t place = seen_entity(seeing->scope, word->other);
            if (!place || !pattern_see_same_place(seeing, place, pattern->entity[1])) continue;
        }
        if (!holds_for(seeing, word, pattern, err)) continue;
        int64_t by = 0;
        struct query *query = db_query(seeing->db, Q_PATTERN_WORD_READ);
        db_bind_int(query, 1, word->id);
        if (db_next(query)) {
            pattern->verdict = str_dup(seeing->arena, db_text(query, 1));
            by = db_int(query, 3);
            pattern->at = db_int(query, 4);
            outcome = reason_open(seeing->app, seeing->arena, query, 2, 5, FIELD_PATTERN_REASON,
                                  word->id, &pattern->reason, err);
        }
        outcome = db_end_after(query, outcome, err);
        if (outcome == ST_OK && by)
            outcome = account_name(seeing->app, seeing->db, seeing->arena, by, &pattern->by, err);
        if (pattern->verdict.len || outcome != ST_OK) return outcome;
    }
    pattern->again = false;
    return outcome;
}

/* --- reading ---------------------------------------------------------------------------------- */

static enum st begin(struct app *app, struct arena *arena, const struct person *who,
                     struct seeing *ret, struct err *err)
{
    const struct scope *scope = scope_of(app, arena, who);
    scope_person(scope); /* reads it, if it is not: before the store is taken */
    pattern_see_begin(ret, scope, arena, NULL);
    ret->db = store_read_begin(app->store, err);
    return ret->db ? ST_OK : ST_FAILED;
}

static bool is_open(const struct pattern *pattern)
{
    return !pattern->verdict.len || pattern->again;
}

static int open_first(const void *a, const void *b)
{
    const struct pattern *left = a;
    const struct pattern *right = b;
    if (is_open(left) != is_open(right)) return is_open(left) ? -1 : 1;
    if (left->came_at != right->came_at) return left->came_at < right->came_at ? 1 : -1;
    return (left->id < right->id) - (left->id > right->id);
}

static bool is_wanted(const struct pattern_filter *filter, const struct pattern *pattern)
{
    if (filter->since && pattern->came_at < filter->since) return false;
    return filter->state == PATTERNS_ALL || is_open(pattern) == (filter->state == PATTERNS_OPEN);
}

enum st pattern_list(struct app *app, struct arena *arena, const struct person *who,
                     const struct pattern_filter *filter, struct pattern **ret, size_t *ret_count,
                     struct err *err)
{
    struct seeing seeing;
    struct words words;
    struct kept *kept = arena_many(arena, PATTERNS_MAX, struct kept);
    size_t places = 0;
    size_t count = 0;
    *ret = arena_many(arena, PATTERNS_MAX, struct pattern);
    *ret_count = 0;
    if (!app->area) return ST_OK;
    enum st outcome = begin(app, arena, who, &seeing, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(seeing.db, Q_PATTERN_ALL);
    db_bind_int(query, 1, filter->since);
    db_bind_int(query, 2, PATTERNS_MAX);
    while (places < PATTERNS_MAX && db_next(query))
        if (kept_from_row(query, &kept[places]) &&
            (filter->kind < 0 || (int)kept[places].kind == filter->kind))
            places++;
    outcome = db_end(query, err);
    if (outcome == ST_OK) outcome = read_words(&seeing, &words, err);
    for (size_t i = 0; i < places && outcome == ST_OK && (!filter->most || count < filter->most);
         i++) {
        struct pattern_shape shape;
        struct pattern *pattern = &(*ret)[count];
        if (!pattern_see_here(&seeing, &kept[i], pattern, &shape)) continue;
        outcome = read_verdict(&seeing, &words, pattern, err);
        if (outcome != ST_OK || !is_wanted(filter, pattern)) continue;
        outcome = pattern_see_say(&seeing, &shape, pattern, err);
        count++;
    }
    store_read_end(app->store, seeing.db);
    if (count) qsort(*ret, count, sizeof **ret, open_first);
    *ret_count = outcome == ST_OK ? count : 0;
    return outcome;
}

enum st pattern_read(struct app *app, struct arena *arena, const struct person *who, int64_t id,
                     struct pattern *ret, struct err *err)
{
    struct seeing seeing;
    struct words words;
    struct kept kept;
    struct pattern_shape shape;
    if (!app->area) return gone(err);
    enum st outcome = begin(app, arena, who, &seeing, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(seeing.db, Q_PATTERN_READ);
    db_bind_int(query, 1, id);
    bool found = db_next(query) && kept_from_row(query, &kept);
    outcome = db_end(query, err);
    if (outcome == ST_OK)
        outcome = found && pattern_see_here(&seeing, &kept, ret, &shape)
                      ? read_words(&seeing, &words, err)
                      : gone(err);
    if (outcome == ST_OK) outcome = read_verdict(&seeing, &words, ret, err);
    if (outcome == ST_OK) outcome = pattern_see_say(&seeing, &shape, ret, err);
    store_read_end(app->store, seeing.db);
    return outcome;
}

enum st pattern_accepted(const struct scope *scope, struct db *db, struct arena *arena,
                         int64_t word, struct pattern *ret, struct err *err)
{
    struct arena scratch;
    struct seeing seeing;
    struct words words;
    struct pattern_shape shape;
    struct pattern found;
    struct kept kept = {.id = 0};
    if (!scope_app(scope)->area) return gone(err);
    scope_person(scope); /* read before the store is asked, and in its own arena */
    struct query *query = db_query(db, Q_PATTERN_WORD_ACCEPTED);
    db_bind_int(query, 1, word);
    bool known = db_next(query) && kept_from_row(query, &kept);
    enum st outcome = db_end(query, err);
    if (outcome != ST_OK || !known) return outcome == ST_OK ? gone(err) : outcome;
    arena_init(&scratch, 64 << 20);
    pattern_see_begin(&seeing, scope, &scratch, db);
    outcome = pattern_see_here(&seeing, &kept, &found, &shape) ? read_words(&seeing, &words, err)
                                                               : gone(err);
    if (outcome == ST_OK) outcome = read_verdict(&seeing, &words, &found, err);
    if (outcome == ST_OK && !str_eq(found.verdict, STR("accepted"))) outcome = gone(err);
    if (outcome == ST_OK && ret) outcome = pattern_see_say(&seeing, &shape, &found, err);
    if (outcome == ST_OK && ret) {
        found.fact = str_dup(arena, found.fact);
        found.verdict = str_dup(arena, found.verdict);
        found.reason = str_dup(arena, found.reason);
        found.by = str_dup(arena, found.by);
        *ret = found;
    }
    arena_done(&scratch);
    return outcome;
}

/* --- answering -------------------------------------------------------------------------------- */

/* A mention of this entity in the newest fragment: whoever sees the fragments sees that one, and
 * not always the first, which gives the entity its id. */
static int64_t told_of(const struct scope *scope, struct arena *arena,
                       const struct pattern *pattern, int64_t entity)
{
    int64_t *mention = NULL;
    size_t count = seen_mentions_of(scope, arena, pattern->fragment[0].submission, &mention);
    for (size_t i = 0; i < count; i++)
        if (seen_entity(scope, mention[i]) == entity) return mention[i];
    return entity;
}

static enum st store_word(const struct scope *scope, struct db *db, struct arena *arena,
                          const struct pattern *pattern, bool accept, struct str reason,
                          struct err *err)
{
    int64_t id = 0;
    struct str sealed;
    struct app *app = scope_app(scope);
    int64_t account = scope_person(scope)->account;
    int64_t thing = told_of(scope, arena, pattern, pattern->entity[0]);
    int64_t place =
        pattern->kind == PATTERN_MEETING ? told_of(scope, arena, pattern, pattern->entity[1]) : 0;
    enum st outcome = db_next_id(db, Q_PATTERN_WORD_LAST, &id, err);
    if (outcome == ST_OK)
        outcome = reason_seal(app, db, arena, pattern->fragment[0].submission, FIELD_PATTERN_REASON,
                              id, reason, &sealed, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_PATTERN_WORD_ADD);
    db_bind_int(query, 1, id);
    db_bind_text(query, 2, str_from(pattern_kind_name(pattern->kind)));
    db_bind_int(query, 3, thing);
    db_bind_int(query, 4, place);
    db_bind_text(query, 5, accept ? STR("accepted") : STR("dismissed"));
    db_bind_int(query, 6, pattern->fragment[0].submission);
    db_bind_bytes(query, 7, sealed.ptr, sealed.len);
    db_bind_int(query, 8, account);
    db_bind_int(query, 9, clock_now());
    outcome = db_run(query, err);
    for (size_t i = 0; i < pattern->fragment_count && outcome == ST_OK; i++) {
        query = db_query(db, Q_PATTERN_WORD_FRAGMENT_ADD);
        db_bind_int(query, 1, id);
        db_bind_int(query, 2, pattern->fragment[i].submission);
        outcome = db_run(query, err);
    }
    if (outcome != ST_OK) return outcome;
    return audit_append(
        app, db,
        &(struct audit_event){.kind = AUDIT_COMBINATION,
                              .action = accept ? "pattern accepted" : "pattern dismissed",
                              .account = account,
                              .subject = "entity",
                              .subject_id = pattern->entity[0]},
        err);
}

static enum st answer(struct app *app, struct arena *arena, const struct person *who, int64_t id,
                      bool accept, struct str reason, struct err *err)
{
    struct pattern pattern;
    struct str clean;
    struct db *db;
    const struct scope *scope = scope_of(app, arena, who);
    enum st outcome = pattern_read(app, arena, who, id, &pattern, err);
    if (outcome != ST_OK) return outcome;
    for (size_t i = 0; i < pattern.fragment_count; i++)
        if (!scope_allows(scope, ACT_DECIDE, pattern.fragment[i].submission)) return gone(err);
    outcome = reason_clean(arena, reason, &clean, err);
    if (outcome == ST_OK) outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    return store_write_end(app->store, db,
                           store_word(scope, db, arena, &pattern, accept, clean, err), err);
}

enum st pattern_answer(struct app *app, const struct person *who, int64_t id, bool accept,
                       struct str reason, struct err *err)
{
    struct arena arena;
    arena_init(&arena, 64 << 20);
    enum st outcome = answer(app, &arena, who, id, accept, reason, err);
    arena_done(&arena);
    return outcome;
}
