/*
 * Writing down a location, part by part.
 */
#include "domain/location.h"

#include "domain/meeting_internal.h"
#include "domain/record_key.h"
#include "domain/registry.h"
#include "domain/when.h"

#include <stdlib.h>

enum { TEXTS = 3 * 60 };

/* --- what is right ---------------------------------------------------------------------------- */

static struct answer given_of(const struct location_given *given, size_t count, const char *key)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(given[i].question->key, str_from(key))) return given[i].answer;
    return (struct answer){ANSWER_NONE, STR("")};
}

static bool degrees_read(struct str text, double limit, double *ret)
{
    char digits[24];
    char *end = NULL;
    text = str_trim(text);
    if (!text.len || text.len >= sizeof digits) return false;
    for (size_t i = 0; i < text.len; i++)
        if (!((text.ptr[i] >= '0' && text.ptr[i] <= '9') || text.ptr[i] == '.' ||
              (text.ptr[i] == '-' && !i)))
            return false;
    memcpy(digits, text.ptr, text.len);
    digits[text.len] = 0;
    *ret = strtod(digits, &end);
    return !*end && *ret >= -limit && *ret <= limit;
}

bool location_position_read(struct str text, double *ret_latitude, double *ret_longitude)
{
    ptrdiff_t comma = str_find(text, STR(","), 0);
    return comma > 0 && degrees_read(str_sub(text, 0, (size_t)comma), 90, ret_latitude) &&
           degrees_read(str_sub(text, (size_t)comma + 1, text.len), 180, ret_longitude);
}

/* What is given, with its days as they are at `at`, when they are told. */
static const struct location_given *settled(struct arena *arena, const struct location_given *given,
                                            size_t count, instant_ms at)
{
    struct location_given *ret = arena_many(arena, count + 1, struct location_given);
    for (size_t i = 0; i < count; i++)
        ret[i] = (struct location_given){
            given[i].question,
            answer_settled(arena, given[i].question, clock_london(at).date, given[i].answer)};
    return ret;
}

static bool day_read(struct str text, int32_t *ret)
{
    struct date_range range;
    if (when_parse(text, clock_london(clock_now()).date, &range, NULL) != ST_OK) return false;
    *ret = date_to_days(range.to);
    return true;
}

static bool check_given(const struct location_given *given, size_t count, const char *key,
                        const char *sentence, struct form_problems *ret)
{
    if (given_of(given, count, key).kind == ANSWER_GIVEN) return true;
    form_wrong(ret, str_from(key), str_from(sentence));
    return false;
}

static void check_about(const struct location_given *given, size_t count, struct form_problems *ret)
{
    double latitude;
    double longitude;
    struct answer position = given_of(given, count, "location-position");
    check_given(given, count, "location-name", "Write what the place is called.", ret);
    check_given(given, count, "location-kind", "Say what kind of place it is.", ret);
    if (position.kind == ANSWER_GIVEN &&
        !location_position_read(position.value, &latitude, &longitude))
        form_wrong(ret, STR("location-position"),
                   STR("Write latitude and longitude like 50.263, -5.051, or leave it empty."));
}

static void check_worked(const struct location_given *given, size_t count,
                         struct form_problems *ret)
{
    struct answer answer = given_of(given, count, "worked-answer");
    struct answer review = given_of(given, count, "review-day");
    int32_t day = 0;
    if (review.kind == ANSWER_GIVEN && !day_read(review.value, &day))
        form_wrong(ret, STR("review-day"), STR("Write a day like 12/3/2026."));
    else if (answer.kind != ANSWER_GIVEN || !str_eq(answer.value, STR("yes")))
        check_given(given, count, "review-day", "Write the day by which it is looked at again.",
                    ret);
}

void location_check(struct str section, const struct location_given *given, size_t count,
                    struct form_problems *ret)
{
    ret->count = 0;
    if (str_eq(section, STR(LOCATION_ABOUT))) check_about(given, count, ret);
    if (str_eq(section, STR(LOCATION_ACTION)))
        check_given(given, count, "action-what", "Write what was done.", ret);
    if (str_eq(section, STR(LOCATION_WORKED))) check_worked(given, count, ret);
}

/* ST_INVALID with the first of what is wrong. */
static enum st check(struct str section, const struct location_given *given, size_t count,
                     struct err *err)
{
    struct form_problems problems;
    location_check(section, given, count, &problems);
    return problems.count ? err_set(err, ST_INVALID, "%.*s", STR_ARG(problems.list[0].words))
                          : ST_OK;
}

bool location_handling_offered(const struct area_handling *handling)
{
    return handling->rule != HANDLING_NAMED && !handling->for_referrals;
}

bool location_keeps_in(const struct scope *scope, struct str forum)
{
    const struct person *who = scope_person(scope);
    return forum.len && access_allows(who, ACT_KEEP_LOCATION, NULL) &&
           (registry_forum_bit(scope_app(scope)->registry, forum) & who->forums);
}

/* --- storing ---------------------------------------------------------------------------------- */

struct act {
    struct app *app;
    struct arena *arena;
    const struct person *who;
    const struct scope *scope;
    struct db *db;
    struct data_key key;
    struct location line;
    instant_ms at;
};

static enum st store_entry(struct act *act, struct str section, const struct location_file *before,
                           const struct location_given *given, size_t count, struct err *err)
{
    struct str *text = arena_many(act->arena, TEXTS, struct str);
    size_t used = 0;
    int64_t id = 0;
    bool all = str_eq(section, STR(LOCATION_ACTION)); /* of a part only what changed is kept */
    for (size_t i = 0; i < count && used + 3 <= TEXTS; i++) {
        struct answer old = before && !all ? location_answer_get(before, given[i].question->key)
                                           : (struct answer){ANSWER_NONE, STR("")};
        if (old.kind == given[i].answer.kind && str_eq(old.value, given[i].answer.value)) continue;
        text[used++] = given[i].question->key;
        text[used++] = str_from(answer_kind_name(given[i].answer.kind));
        text[used++] = given[i].answer.value;
    }
    if (!used) return ST_OK;
    enum st outcome = db_next_id(act->db, Q_LOCATION_ENTRY_LAST, &id, err);
    if (outcome != ST_OK) return outcome;
    struct str sealed = field_seal(act->arena, &act->key, FIELD_LOCATION_ENTRY, id,
                                   texts_pack(act->arena, text, used));
    struct query *query = db_query(act->db, Q_LOCATION_ENTRY_ADD);
    db_bind_int(query, 1, id);
    db_bind_int(query, 2, act->line.id);
    db_bind_text(query, 3, section);
    db_bind_bytes(query, 4, sealed.ptr, sealed.len);
    db_bind_int(query, 5, act->who->account);
    db_bind_int(query, 6, act->at);
    return db_run(query, err);
}

/* --- a new one -------------------------------------------------------------------------------- */

static enum st check_new(struct act *act, const struct location_new *new,
                         const struct location_given *given, size_t count, struct err *err)
{
    enum st outcome = check(STR(LOCATION_ABOUT), given, count, err);
    const struct area_handling *handling =
        new->handling.len ? area_handling_find(act->app->area, new->handling) : NULL;
    if (outcome != ST_OK) return outcome;
    if (!access_allows(act->who, ACT_KEEP_LOCATION, NULL)) return err_missing(err, "page");
    if (!location_keeps_in(act->scope, new->forum))
        return err_set(err, ST_INVALID, "Choose the Forum in whose area it is: one of yours.");
    if (new->handling.len && (!handling || !location_handling_offered(handling)))
        return err_set(err, ST_INVALID, "Choose who may see it.");
    if (new->mention && (!subject_entity(act->scope, new->mention) ||
                         subject_conflicts(act->scope, NULL, ITEM_ENTITY, new->mention)))
        return err_missing(err, "record");
    act->line = (struct location){.forum = new->forum,
                                  .handling = new->handling.len ? new->handling : STR("handling:P"),
                                  .kind = given_of(given, count, "location-kind").value,
                                  .mention = new->mention};
    return ST_OK;
}

static enum st store_new(struct act *act, const struct location_given *given, size_t count,
                         struct err *err)
{
    struct location *line = &act->line;
    enum st outcome = record_key_add(act->app, act->db, KEY_RECORD, &act->key, err);
    if (outcome == ST_OK) outcome = db_next_id(act->db, Q_LOCATION_LAST, &line->id, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(act->db, Q_LOCATION_ADD);
    db_bind_int(query, 1, line->id);
    db_bind_int(query, 2, act->key.id);
    db_bind_int(query, 3, act->who->organisation);
    db_bind_text(query, 4, line->forum);
    db_bind_text(query, 5, line->handling);
    db_bind_text(query, 6, line->kind);
    db_bind_int_or_null(query, 7, line->mention);
    db_bind_int(query, 8, act->who->account);
    db_bind_int(query, 9, act->at);
    outcome = db_run(query, err);
    if (outcome == ST_OK) outcome = store_entry(act, STR(LOCATION_ABOUT), NULL, given, count, err);
    if (outcome == ST_OK)
        outcome = access_note(act->app, act->db, act->who->account, AUDIT_COLLECTION,
                              "location added", "location", line->id, "ok", err);
    return outcome;
}

enum st location_add(struct app *app, const struct person *who, const struct location_new *new,
                     const struct location_given *given, size_t count, int64_t *ret,
                     struct err *err)
{
    struct arena arena;
    arena_init(&arena, 64 << 20);
    struct act act = {.app = app, .arena = &arena, .who = who, .scope = scope_of(app, &arena, who),
                      .at = new->at ? new->at : clock_now()};
    given = settled(&arena, given, count, act.at);
    enum st outcome = check_new(&act, new, given, count, err);
    if (outcome == ST_OK) outcome = store_write_begin(app->store, &act.db, err);
    if (outcome == ST_OK) {
        outcome = store_write_end(app->store, act.db, store_new(&act, given, count, err), err);
        data_key_clear(&act.key);
    }
    if (outcome == ST_OK) *ret = act.line.id;
    arena_done(&arena);
    return outcome;
}

/* --- one part --------------------------------------------------------------------------------- */

static enum st follow(struct act *act, const struct location_save *save,
                      const struct location_given *given, size_t count, struct err *err)
{
    struct location *line = &act->line;
    if (str_eq(save->section, STR(LOCATION_ABOUT))) {
        const struct area_handling *handling =
            save->handling.len ? area_handling_find(act->app->area, save->handling) : NULL;
        line->kind = given_of(given, count, "location-kind").value;
        if (save->forum.len && !str_eq(save->forum, line->forum) &&
            !location_keeps_in(act->scope, save->forum))
            return err_set(err, ST_INVALID, "Choose the Forum in whose area it is: one of yours.");
        if (save->handling.len && !str_eq(save->handling, line->handling) &&
            (!handling || !location_handling_offered(handling)))
            return err_set(err, ST_INVALID, "Choose who may see it.");
        if (save->forum.len) line->forum = save->forum;
        if (save->handling.len) line->handling = save->handling;
    }
    if (str_eq(save->section, STR(LOCATION_WORKED))) {
        struct answer review = given_of(given, count, "review-day");
        if (review.kind != ANSWER_GIVEN || !day_read(review.value, &line->review_day))
            line->review_day = LOCATION_DAY_NONE;
    }
    return ST_OK;
}

static enum st store_save(struct act *act, const struct location_save *save,
                          const struct location_file *before, const struct location_given *given,
                          size_t count, struct err *err)
{
    struct location *line = &act->line;
    int64_t version = 0;
    struct query *query = db_query(act->db, Q_LOCATION_SET);
    db_bind_int(query, 1, line->id);
    db_bind_int(query, 2, save->version);
    db_bind_text(query, 3, line->kind);
    if (line->review_day == LOCATION_DAY_NONE)
        db_bind_null(query, 4);
    else
        db_bind_int(query, 4, line->review_day);
    db_bind_text(query, 5, line->forum);
    db_bind_text(query, 6, line->handling);
    db_bind_int(query, 7, act->at);
    enum st outcome = db_one(query, &version, err);
    if (outcome == ST_NOT_FOUND)
        return err_set(err, ST_CONFLICT,
                       "Somebody changed this while you were writing. What stands now is shown "
                       "below; what you wrote is still here.");
    if (outcome == ST_OK) outcome = store_entry(act, save->section, before, given, count, err);
    if (outcome == ST_OK)
        outcome = access_note(act->app, act->db, act->who->account, AUDIT_ALTERATION,
                              "location saved", "location", line->id, "ok", err);
    return outcome;
}

static enum st key_of(struct act *act, struct err *err)
{
    struct query *query = db_query(act->db, Q_LOCATION_READ);
    db_bind_int(query, 1, act->line.id);
    enum st outcome =
        db_next(query) ? record_key_from_row(act->app, query, 11, &act->key, err) : ST_NOT_FOUND;
    return db_end_after(query, outcome, err);
}

enum st location_save(struct app *app, const struct person *who, int64_t id,
                      const struct location_save *save, const struct location_given *given,
                      size_t count, struct err *err)
{
    struct arena arena;
    struct location_file file;
    arena_init(&arena, 64 << 20);
    struct act act = {.app = app, .arena = &arena, .who = who, .scope = scope_of(app, &arena, who),
                      .at = save->at ? save->at : clock_now()};
    given = settled(&arena, given, count, act.at);
    enum st outcome = location_open(app, &arena, who, id, &file, err);
    if (outcome == ST_OK && !file.line.may_keep) outcome = err_missing(err, "location");
    if (outcome == ST_OK) act.line = file.line;
    if (outcome == ST_OK) outcome = check(save->section, given, count, err);
    if (outcome == ST_OK) outcome = follow(&act, save, given, count, err);
    if (outcome == ST_OK) outcome = store_write_begin(app->store, &act.db, err);
    if (outcome == ST_OK) {
        outcome = key_of(&act, err);
        if (outcome == ST_OK) outcome = store_save(&act, save, &file, given, count, err);
        outcome = store_write_end(app->store, act.db, outcome, err);
        data_key_clear(&act.key);
    }
    arena_done(&arena);
    return outcome;
}
