#include "domain/relation.h"

#include "domain/entity_seen.h"
#include "domain/opened.h"
#include "domain/profile.h"
#include "domain/reason.h"
#include "domain/when.h"

#include <stdlib.h>

enum { MEMBERS_MAX = 400 };

/* --- reading ---------------------------------------------------------------------------------- */

static struct str label_of(const struct app *app, struct str term, bool outward)
{
    const struct grading_term *known = grading_by_id(app->area, GRADING_RELATION, term);
    if (!known) return term; /* the pack has it no more */
    return outward || !known->inverse.len ? known->label : known->inverse;
}

/* What shows it; *ret_seen false when one of these is not for this person. */
static enum st read_shown(const struct scope *scope, struct db *db, struct arena *arena,
                          int64_t relation, struct relation_shown **ret, size_t *ret_count,
                          bool *ret_seen, struct err *err)
{
    struct relation_shown *list = NULL;
    size_t room = 0;
    size_t count = 0;
    *ret_seen = true;
    struct query *query = db_query(db, Q_RELATION_SHOWN);
    db_bind_int(query, 1, relation);
    while (db_next(query)) {
        *ret_seen &= scope_links(scope, db_int(query, 0));
        if (count == RELATION_SHOWN_MAX) continue;
        arena_room(arena, list, count, &room);
        list[count++] =
            (struct relation_shown){db_int(query, 0), str_dup(arena, db_text(query, 1))};
    }
    *ret = list;
    *ret_count = count;
    return db_end(query, err);
}

static bool ends_are_seen(const struct scope *scope, int64_t a, int64_t b)
{
    bool seen = seen_mention(scope, a);
    seen &= seen_mention(scope, b);
    return seen;
}

/* Without what was written. */
static struct relation bare_row(struct arena *arena, struct query *query)
{
    return (struct relation){.id = db_int(query, 0),
                             .mention_a = db_int(query, 1),
                             .mention_b = db_int(query, 2),
                             .term = str_dup(arena, db_text(query, 3)),
                             .known_day = (int32_t)db_int(query, 4),
                             .account = db_int(query, 6),
                             .at = db_int(query, 7),
                             .ended_at = db_int(query, 8),
                             .ended_by = db_int(query, 9)};
}

static enum st from_row(struct app *app, struct arena *arena, struct query *query,
                        struct relation *ret, struct err *err)
{
    *ret = bare_row(arena, query);
    enum st outcome =
        reason_open(app, arena, query, 5, 11, FIELD_RELATION_WORDS, ret->id, &ret->words, err);
    if (outcome == ST_OK)
        outcome = reason_open(app, arena, query, 10, 11, FIELD_RELATION_ENDED, ret->id,
                              &ret->ended_why, err);
    return outcome;
}

/* Who said it and who ended it. */
static enum st add_names(const struct scope *scope, struct db *db, struct arena *arena,
                         struct relation *ret, struct err *err)
{
    enum st outcome = opened_name(scope, db, arena, ret->account, &ret->by, err);
    if (outcome == ST_OK && ret->ended_by)
        outcome = opened_name(scope, db, arena, ret->ended_by, &ret->ended_name, err);
    return outcome;
}

/* The other end, and what shows it; *ret_seen false: it is not for them. */
static enum st complete(const struct scope *scope, struct db *db, struct arena *arena,
                        int64_t entity, struct relation *ret, bool *ret_seen, struct err *err)
{
    struct app *app = scope_app(scope);
    ret->outward = seen_entity(scope, ret->mention_a) == entity;
    int64_t other = ret->outward ? ret->mention_b : ret->mention_a;
    ret->other = seen_entity(scope, other);
    ret->other_kind = entity_kind(app->entities, other);
    ret->label = label_of(app, ret->term, ret->outward);
    enum st outcome =
        read_shown(scope, db, arena, ret->id, &ret->shown, &ret->shown_count, ret_seen, err);
    if (outcome == ST_OK && *ret_seen)
        outcome = entity_title(scope, db, arena, ret->other, &ret->other_title, err);
    return outcome;
}

/* Those that stand first, the newest first. */
static int in_order(const void *a, const void *b)
{
    const struct relation *left = a;
    const struct relation *right = b;
    if (!left->ended_at != !right->ended_at) return left->ended_at ? 1 : -1;
    return (left->id < right->id) - (left->id > right->id);
}

/* `whole`: with what was written, by whom, and those that ended. */
static enum st read_all(const struct scope *scope, struct db *db, struct arena *arena,
                        int64_t entity, bool whole, struct relation **ret, size_t *ret_count,
                        struct err *err)
{
    struct relation *list = NULL;
    size_t room = 0;
    int64_t *member = NULL;
    size_t members = seen_members(scope, arena, entity, &member);
    size_t read = 0;
    enum st outcome = ST_OK;
    for (size_t i = members > MEMBERS_MAX ? members - MEMBERS_MAX : 0;
         i < members && outcome == ST_OK; i++) {
        struct query *query = db_query(db, Q_RELATION_OF_MENTION);
        db_bind_int(query, 1, member[i]);
        while (outcome == ST_OK && read < RELATIONS_MAX && db_next(query)) {
            if (!ends_are_seen(scope, db_int(query, 1), db_int(query, 2)) ||
                (!whole && db_int(query, 8)))
                continue;
            arena_room(arena, list, read, &room);
            if (whole)
                outcome = from_row(scope_app(scope), arena, query, &list[read], err);
            else
                list[read] = bare_row(arena, query);
            read++;
        }
        outcome = db_end_after(query, outcome, err);
    }
    /* One between two of its own mentions was met twice. */
    if (read) qsort(list, read, sizeof *list, in_order);
    size_t count = 0;
    for (size_t i = 0; i < read && outcome == ST_OK; i++) {
        bool seen = true;
        if (count && list[count - 1].id == list[i].id) continue;
        outcome = complete(scope, db, arena, entity, &list[i], &seen, err);
        if (outcome == ST_OK && seen && whole) outcome = add_names(scope, db, arena, &list[i], err);
        if (seen) list[count++] = list[i];
    }
    *ret = list;
    *ret_count = count;
    return outcome;
}

static enum st read_of(const struct scope *scope, struct arena *arena, int64_t entity, bool whole,
                       struct relation **ret, size_t *ret_count, struct err *err)
{
    *ret = NULL;
    *ret_count = 0;
    struct db *db = store_read_begin(scope_app(scope)->store, err);
    if (!db) return ST_FAILED;
    enum st outcome =
        read_all(scope, db, arena, seen_entity(scope, entity), whole, ret, ret_count, err);
    store_read_end(scope_app(scope)->store, db);
    return outcome;
}

enum st relations_of(const struct scope *scope, struct arena *arena, int64_t entity,
                     struct relation **ret, size_t *ret_count, struct err *err)
{
    return read_of(scope, arena, entity, true, ret, ret_count, err);
}

enum st relations_standing_of(const struct scope *scope, struct arena *arena, int64_t entity,
                              struct relation **ret, size_t *ret_count, struct err *err)
{
    return read_of(scope, arena, entity, false, ret, ret_count, err);
}

enum st relations_since(const struct scope *scope, struct db *db, struct arena *arena,
                        instant_ms since, struct relation **ret, size_t *ret_count, struct err *err)
{
    struct relation *list = NULL;
    size_t room = 0;
    size_t read = 0;
    size_t count = 0;
    struct query *query = db_query(db, Q_RELATION_SINCE);
    db_bind_int(query, 1, since);
    enum st outcome = ST_OK;
    while (outcome == ST_OK && read < RELATIONS_MAX && db_next(query)) {
        if (!ends_are_seen(scope, db_int(query, 1), db_int(query, 2))) continue;
        arena_room(arena, list, read, &room);
        outcome = from_row(scope_app(scope), arena, query, &list[read++], err);
    }
    outcome = db_end_after(query, outcome, err);
    for (size_t i = 0; i < read && outcome == ST_OK; i++) {
        bool seen = true;
        list[i].label = label_of(scope_app(scope), list[i].term, true);
        list[i].outward = true;
        outcome = read_shown(scope, db, arena, list[i].id, &list[i].shown, &list[i].shown_count,
                             &seen, err);
        if (seen) list[count++] = list[i];
    }
    *ret = list;
    *ret_count = count;
    return outcome;
}

enum st relations_standing(const struct scope *scope, struct db *db, struct arena *arena,
                           instant_ms at, bool (*wanted)(void *context, int64_t a, int64_t b),
                           void *context, struct relation_line **ret, size_t *ret_count,
                           struct err *err)
{
    enum { MOST = 5000 };
    struct relation_line *list = arena_many(arena, MOST, struct relation_line);
    int64_t *id = arena_many(arena, MOST, int64_t);
    size_t read = 0;
    size_t count = 0;
    struct query *query = db_query(db, Q_RELATION_STANDING);
    db_bind_int(query, 1, at);
    while (read < MOST && db_next(query)) {
        if (!ends_are_seen(scope, db_int(query, 1), db_int(query, 2))) continue;
        int64_t a = seen_entity(scope, db_int(query, 1));
        int64_t b = seen_entity(scope, db_int(query, 2));
        if (!wanted(context, a, b)) continue;
        id[read] = db_int(query, 0);
        struct str term = str_dup(arena, db_text(query, 3));
        list[read++] = (struct relation_line){a, b, label_of(scope_app(scope), term, true),
                                              label_of(scope_app(scope), term, false)};
    }
    enum st outcome = db_end(query, err);
    for (size_t i = 0; i < read && outcome == ST_OK; i++) {
        struct relation_shown *shown = NULL;
        size_t shown_count = 0;
        bool seen = true;
        outcome = read_shown(scope, db, arena, id[i], &shown, &shown_count, &seen, err);
        if (seen) list[count++] = list[i];
    }
    *ret = list;
    *ret_count = count;
    return outcome;
}

/* --- saying it -------------------------------------------------------------------------------- */

struct adding {
    struct app *app;
    struct arena *arena;
    const struct scope *scope;
    const struct relation_draft *draft;
    struct db *db;
    const struct grading_term *term;
    int64_t entity[2]; /* A and B */
    int64_t mention[2];
    int32_t known_day;
    struct str words;
    const char *field;
};

/* Which term, and which of the two is A. */
static enum st check_term(struct adding *adding, struct err *err)
{
    const struct relation_draft *draft = adding->draft;
    struct app *app = adding->app;
    struct str id = draft->term;
    bool inverse = id.len > 0 && id.ptr[id.len - 1] == '<';
    if (inverse) id.len--;
    adding->field = "term";
    adding->term = grading_by_id(app->area, GRADING_RELATION, id);
    if (!adding->term) return err_set(err, ST_INVALID, "Choose how the two belong together.");
    adding->entity[0] = seen_entity(adding->scope, inverse ? draft->other : draft->entity);
    adding->entity[1] = seen_entity(adding->scope, inverse ? draft->entity : draft->other);
    adding->field = "other";
    if (adding->entity[0] == adding->entity[1])
        return err_set(err, ST_INVALID, "That is the same one. Choose another.");
    unsigned from = 1u << entity_kind(app->entities, adding->entity[0]);
    unsigned to = 1u << entity_kind(app->entities, adding->entity[1]);
    if ((adding->term->from & from) && (adding->term->to & to)) return ST_OK;
    adding->field = "term";
    return err_set(
        err, ST_INVALID,
        "“%.*s” does not fit these two. Choose another word, or another one that it is about.",
        STR_ARG(label_of(app, id, !inverse)));
}

/* A mention of the entity in one of the fragments; else the entity's own. */
static int64_t mention_in(struct adding *adding, int64_t entity)
{
    for (size_t i = 0; i < adding->draft->shown_count; i++) {
        int64_t *ids = NULL;
        size_t count =
            seen_mentions_of(adding->scope, adding->arena, adding->draft->shown[i], &ids);
        for (size_t k = 0; k < count; k++)
            if (seen_entity(adding->scope, ids[k]) == entity) return ids[k];
    }
    return entity;
}

static bool names_either(struct adding *adding, int64_t submission)
{
    int64_t *ids = NULL;
    size_t count = seen_mentions_of(adding->scope, adding->arena, submission, &ids);
    for (size_t k = 0; k < count; k++) {
        int64_t entity = seen_entity(adding->scope, ids[k]);
        if (entity == adding->entity[0] || entity == adding->entity[1]) return true;
    }
    return false;
}

/* When it was seen, or else came. */
static enum st day_of(struct adding *adding, int64_t submission, int32_t *ret, struct err *err)
{
    struct submission read;
    enum st outcome =
        submission_load_seen(adding->scope, adding->db, adding->arena, submission, &read, err);
    if (outcome == ST_OK)
        *ret = read.seen_from != LINK_DAY_UNKNOWN ? read.seen_from : clock_day(read.created_at);
    return outcome;
}

static enum st check_shown(struct adding *adding, struct err *err)
{
    const struct relation_draft *draft = adding->draft;
    adding->field = "shown";
    if (!draft->shown_count)
        return err_set(err, ST_INVALID, "Tick what shows it: at least one submission.");
    adding->known_day = INT32_MAX;
    for (size_t i = 0; i < draft->shown_count; i++) {
        int32_t day = 0;
        bool good = scope_links(adding->scope, draft->shown[i]);
        good = good && names_either(adding, draft->shown[i]);
        if (!good)
            return err_set(err, ST_INVALID, "One of these submissions names neither of the two.");
        enum st outcome = day_of(adding, draft->shown[i], &day, err);
        if (outcome != ST_OK) return outcome;
        if (day < adding->known_day) adding->known_day = day;
    }
    return ST_OK;
}

static enum st check_known(struct adding *adding, struct err *err)
{
    struct date_range range;
    struct str known = str_trim(adding->draft->known);
    struct date today = clock_london(clock_now()).date;
    adding->field = "known";
    if (!known.len) return ST_OK;
    enum st outcome = when_parse(known, today, &range, err);
    if (outcome == ST_NOT_FOUND)
        return err_set(err, ST_INVALID, "Write a day such as 12/3/2026, or leave it empty.");
    if (outcome != ST_OK) return outcome;
    if (date_to_days(range.from) > date_to_days(today))
        return err_set(err, ST_INVALID, "That day is still to come.");
    adding->known_day = date_to_days(range.from);
    return ST_OK;
}

/* The same, of the same two, that stands and that they see. */
static enum st check_new(struct adding *adding, struct err *err)
{
    struct relation *list = NULL;
    size_t count = 0;
    adding->field = "term";
    enum st outcome = read_all(adding->scope, adding->db, adding->arena, adding->entity[0], true,
                               &list, &count, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        bool both_ways = str_eq(adding->term->label, adding->term->inverse);
        if (list[i].ended_at || !str_eq(list[i].term, adding->term->id) ||
            list[i].other != adding->entity[1])
            continue;
        if (!list[i].outward && !both_ways) continue;
        outcome = err_set(err, ST_CONFLICT, "That stands already: %.*s said it, %.*s.",
                          STR_ARG(list[i].by), STR_ARG(clock_words(adding->arena, list[i].at)));
        err_hint(err, "Look at the relations below. End that one first if something changed; what "
                      "you wrote is still here.");
    }
    return outcome;
}

static enum st check(struct adding *adding, struct err *err)
{
    enum st outcome = check_term(adding, err);
    if (outcome == ST_OK) outcome = check_shown(adding, err);
    if (outcome == ST_OK) outcome = check_known(adding, err);
    if (outcome != ST_OK) return outcome;
    adding->field = "words";
    return reason_clean(adding->arena, adding->draft->words, &adding->words, err);
}

/* The entities of both ends and what shows it, each a line's subject. */
static enum st note(struct app *app, struct db *db, const struct person *who, const char *action,
                    int64_t relation, const int64_t mention[static 2], struct err *err)
{
    struct audit_subject more[] = {{"mention", mention[0]}, {"mention", mention[1]},
                                   {"submission", entity_submission(app->entities, mention[0])},
                                   {"submission", entity_submission(app->entities, mention[1])}};
    return audit_append(app, db, &(struct audit_event){.kind = AUDIT_COMBINATION,
                                                       .action = action,
                                                       .account = who->account,
                                                       .subject = "relation",
                                                       .subject_id = relation,
                                                       .more = more,
                                                       .more_count = 4,
                                                       .reason = "role"},
                        err);
}

static enum st store(struct adding *adding, struct err *err)
{
    struct db *db = adding->db;
    const struct person *who = scope_person(adding->scope);
    int64_t id = 0;
    struct str sealed;
    for (int i = 0; i < 2; i++) adding->mention[i] = mention_in(adding, adding->entity[i]);
    enum st outcome = db_next_id(db, Q_RELATION_LAST, &id, err);
    if (outcome == ST_OK)
        outcome = reason_seal(adding->app, db, adding->arena,
                              entity_submission(adding->app->entities, adding->mention[0]),
                              FIELD_RELATION_WORDS, id, adding->words, &sealed, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_RELATION_ADD);
    db_bind_int(query, 1, id);
    db_bind_int(query, 2, adding->mention[0]);
    db_bind_int(query, 3, adding->mention[1]);
    db_bind_text(query, 4, adding->term->id);
    db_bind_int(query, 5, adding->known_day);
    db_bind_bytes(query, 6, sealed.ptr, sealed.len);
    db_bind_int(query, 7, who->account);
    db_bind_int(query, 8, clock_now());
    outcome = db_run(query, err);
    for (size_t i = 0; i < adding->draft->shown_count && outcome == ST_OK; i++) {
        query = db_query(db, Q_RELATION_SHOWN_ADD);
        db_bind_int(query, 1, id);
        db_bind_int(query, 2, adding->draft->shown[i]);
        outcome = db_run(query, err);
    }
    return outcome == ST_OK ? note(adding->app, db, who, "relation said", id, adding->mention, err)
                            : outcome;
}

enum st relation_add(struct app *app, const struct person *who, const struct relation_draft *draft,
                     const char **ret_field, struct err *err)
{
    struct arena arena;
    arena_init(&arena, 64 << 20);
    struct adding adding = {.app = app,
                            .arena = &arena,
                            .scope = scope_of(app, &arena, who),
                            .draft = draft,
                            .field = "other"};
    bool other = seen_decides(adding.scope, draft->other);
    enum st outcome =
        seen_decides(adding.scope, draft->entity) ? ST_OK : err_missing(err, "record");
    if (outcome == ST_OK && !other)
        outcome =
            err_set(err, ST_INVALID, "Choose the other one, or write the address of its page.");
    if (outcome == ST_OK) outcome = store_write_begin(app->store, &adding.db, err);
    if (outcome == ST_OK) {
        outcome = check(&adding, err);
        if (outcome == ST_OK) outcome = check_new(&adding, err);
        if (outcome == ST_OK) outcome = store(&adding, err);
        outcome = store_write_end(app->store, adding.db, outcome, err);
    }
    *ret_field = adding.field;
    arena_done(&arena);
    return outcome;
}

/* --- ending it -------------------------------------------------------------------------------- */

static enum st end_in(const struct scope *scope, struct db *db, struct arena *arena, int64_t id,
                      struct str why, struct err *err)
{
    struct app *app = scope_app(scope);
    const struct person *who = scope_person(scope);
    struct relation row;
    struct str reason;
    struct str sealed;
    bool seen = false;
    struct query *query = db_query(db, Q_RELATION_READ);
    db_bind_int(query, 1, id);
    bool found = db_next(query);
    enum st outcome = found ? from_row(app, arena, query, &row, err) : ST_OK;
    outcome = db_end_after(query, outcome, err);
    bool allowed =
        found && seen_decides(scope, row.mention_a) && seen_decides(scope, row.mention_b);
    if (outcome == ST_OK && allowed)
        outcome = read_shown(scope, db, arena, id, &row.shown, &row.shown_count, &seen, err);
    if (outcome == ST_OK && !seen) outcome = err_missing(err, "relation");
    if (outcome == ST_OK) outcome = reason_clean(arena, why, &reason, err);
    if (outcome == ST_OK)
        outcome = reason_seal(app, db, arena, entity_submission(app->entities, row.mention_a),
                              FIELD_RELATION_ENDED, id, reason, &sealed, err);
    if (outcome != ST_OK) return outcome;
    query = db_query(db, Q_RELATION_END);
    db_bind_int(query, 1, id);
    db_bind_int(query, 2, clock_now());
    db_bind_int(query, 3, who->account);
    db_bind_bytes(query, 4, sealed.ptr, sealed.len);
    outcome = db_one(query, &id, err);
    if (outcome == ST_NOT_FOUND)
        return err_set(err, ST_CONFLICT, "Somebody ended this already: nothing was changed.");
    const int64_t mention[2] = {row.mention_a, row.mention_b};
    return outcome == ST_OK ? note(app, db, who, "relation ended", id, mention, err) : outcome;
}

enum st relation_end(struct app *app, const struct person *who, int64_t relation, struct str why,
                     struct err *err)
{
    struct arena arena;
    struct db *db;
    arena_init(&arena, 64 << 20);
    const struct scope *scope = scope_of(app, &arena, who);
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome == ST_OK)
        outcome =
            store_write_end(app->store, db, end_in(scope, db, &arena, relation, why, err), err);
    arena_done(&arena);
    return outcome;
}
