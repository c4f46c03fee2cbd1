#include "domain/organisation.h"

#include "domain/account.h"
#include "domain/registry.h"

#include "base/clock.h"
#include "base/utf8.h"
#include "domain/area.h"

enum { NAME_MAX_BYTES = 120 };

enum st organisation_ensure(struct db *db, struct str name, struct str sector, struct str forum,
                            int64_t *ret, struct err *err)
{
    struct query *query = db_query(db, Q_ORGANISATION_BY_NAME);
    db_bind_text(query, 1, name);
    enum st outcome = db_one(query, ret, err);
    if (outcome != ST_NOT_FOUND) return outcome;
    query = db_query(db, Q_ORGANISATION_ADD);
    db_bind_text(query, 1, name);
    db_bind_text(query, 2, sector);
    db_bind_text(query, 3, forum);
    return db_one(query, ret, err);
}

static bool sector_known(struct app *app, struct str sector)
{
    struct arena arena;
    arena_init(&arena, 4096);
    struct str key = str_fmt(&arena, "sector-%.*s", STR_ARG(str_sub(sector, 0, 100)));
    bool known = sector.len > 0 && area_setting(app->area, key).len > 0;
    arena_done(&arena);
    return known;
}

void organisation_check(struct app *app, const struct organisation *organisation,
                        struct form_problems *ret)
{
    struct str name = organisation->name;
    ret->count = 0;
    if (!str_trim(name).len)
        form_wrong(ret, STR("name"), STR("Write the name."));
    else if (name.len > NAME_MAX_BYTES || !utf8_valid(name))
        form_wrong(ret, STR("name"), STR("That name is too long. Shorten it."));
    if (app->area && !sector_known(app, organisation->sector))
        form_wrong(ret, STR("sector"), STR("Choose what sort of organisation it is."));
    if (app->area && !area_forum_find(app->area, organisation->forum))
        form_wrong(ret, STR("forum"), STR("Choose the forum that it belongs to."));
}

static enum st check(struct app *app, const struct organisation *organisation, struct err *err)
{
    struct form_problems problems;
    organisation_check(app, organisation, &problems);
    return problems.count ? err_set(err, ST_INVALID, "%.*s", STR_ARG(problems.list[0].words))
                          : ST_OK;
}

static struct organisation from_row(struct arena *arena, struct query *query)
{
    return (struct organisation){.id = db_int(query, 0),
                                 .name = str_dup(arena, db_text(query, 1)),
                                 .sector = str_dup(arena, db_text(query, 2)),
                                 .forum = str_dup(arena, db_text(query, 3)),
                                 .disabled = !db_is_null(query, 4),
                                 .people = db_int(query, 5)};
}

struct str organisation_mark(struct arena *arena, const struct organisation *organisation)
{
    struct str all = str_fmt(arena, "%.*s\n%.*s\n%.*s", STR_ARG(organisation->name),
                             STR_ARG(organisation->sector), STR_ARG(organisation->forum));
    return str_fmt(arena, "%016llx", (unsigned long long)str_hash(all));
}

static enum st read_one(struct db *db, struct arena *arena, int64_t id, struct organisation *ret,
                        struct err *err)
{
    struct query *query = db_query(db, Q_ORGANISATION_READ);
    db_bind_int(query, 1, id);
    bool found = db_next(query);
    if (found) *ret = from_row(arena, query);
    enum st outcome = db_end(query, err);
    return outcome == ST_OK && !found ? err_missing(err, "organisation") : outcome;
}

/* In the turn of writing: a form that was opened earlier moves nothing back. */
static enum st still_as_seen(struct db *db, const struct organisation *wanted, struct err *err)
{
    struct arena arena;
    struct organisation now;
    if (!wanted->id || !wanted->seen.len) return ST_OK;
    arena_init(&arena, 1 << 16);
    enum st outcome = read_one(db, &arena, wanted->id, &now, err);
    if (outcome == ST_OK && !str_eq(organisation_mark(&arena, &now), wanted->seen))
        outcome = err_set(err, ST_CONFLICT,
                          "Somebody changed this organisation since you opened this form.");
    arena_done(&arena);
    return outcome;
}

static enum st write_one(struct db *db, struct organisation *organisation, struct err *err)
{
    bool is_new = organisation->id == 0;
    struct query *query = db_query(db, is_new ? Q_ORGANISATION_ADD : Q_ORGANISATION_CHANGE);
    int at = 1;
    if (!is_new) db_bind_int(query, at++, organisation->id);
    db_bind_text(query, at++, str_trim(organisation->name));
    db_bind_text(query, at++, organisation->sector);
    db_bind_text(query, at, organisation->forum);
    enum st outcome = db_one(query, &organisation->id, err);
    return outcome == ST_CONFLICT
               ? err_set(err, outcome, "There is an organisation of that name already.")
               : outcome;
}

enum st organisation_save(struct app *app, int64_t by, struct organisation *organisation,
                          struct err *err)
{
    enum st outcome = check(app, organisation, err);
    struct db *db;
    if (outcome == ST_OK) outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    bool is_new = organisation->id == 0;
    outcome = still_as_seen(db, organisation, err);
    if (outcome == ST_OK) outcome = write_one(db, organisation, err);
    if (outcome == ST_OK)
        outcome = account_note(app, db, AUDIT_ALTERATION, by,
                               is_new ? "organisation added" : "organisation changed",
                               "organisation", organisation->id, "ok", err);
    const struct registry_change change = {.what = is_new ? REGISTRY_SAME : REGISTRY_FORUM,
                                           .id = organisation->id,
                                           .code = organisation->forum};
    return registry_write_end(app, db, outcome, &change, err);
}

enum st organisation_set_disabled(struct app *app, int64_t by, int64_t organisation, bool disabled,
                                  struct err *err)
{
    struct db *db;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    int64_t others = 1;
    if (disabled) {
        struct query *query = db_query(db, Q_ADMINISTRATORS_BUT);
        db_bind_int(query, 1, 0);
        db_bind_int(query, 2, organisation);
        outcome = db_one(query, &others, err);
    }
    if (outcome == ST_OK && others == 0)
        outcome = err_set(err, ST_CONFLICT, "Nobody could look after accounts then.");
    if (outcome == ST_OK) {
        struct query *query = db_query(db, Q_ORGANISATION_DISABLE);
        db_bind_int(query, 1, organisation);
        if (disabled)
            db_bind_int(query, 2, clock_now());
        else
            db_bind_null(query, 2);
        int64_t changed = 0;
        outcome = db_one(query, &changed, err);
    }
    if (outcome == ST_OK && disabled) {
        struct query *query = db_query(db, Q_SESSION_REMOVE_OF_ORGANISATION);
        db_bind_int(query, 1, organisation);
        outcome = db_run(query, err);
    }
    if (outcome == ST_OK)
        outcome = account_note(app, db, AUDIT_ALTERATION, by,
                               disabled ? "organisation disabled" : "organisation enabled",
                               "organisation", organisation, "ok", err);
    return store_write_end(app->store, db, outcome, err);
}

enum st organisation_read(struct app *app, struct arena *arena, int64_t id,
                          struct organisation *ret, struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = read_one(db, arena, id, ret, err);
    store_read_end(app->store, db);
    return outcome;
}

enum st organisation_list(struct app *app, struct arena *arena, size_t maximum,
                          struct organisation **ret, size_t *ret_count, struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    *ret = arena_many(arena, maximum, struct organisation);
    size_t count = 0;
    struct query *query = db_query(db, Q_ORGANISATION_LIST);
    while (count < maximum && db_next(query)) (*ret)[count++] = from_row(arena, query);
    enum st outcome = db_end(query, err);
    store_read_end(app->store, db);
    *ret_count = count;
    return outcome;
}
