#include "domain/disruption.h"

#include "base/names.h"
#include "base/utf8.h"
#include "domain/account.h"
#include "domain/entity_seen.h"
#include "domain/meeting_internal.h"
#include "domain/when.h"

enum { TEXTS = 4 };

static const char *const steps[DISRUPTION_STEPS] = {[DISRUPTION_DO_SERVED] = "served",
                                                    [DISRUPTION_DO_REVIEW] = "review",
                                                    [DISRUPTION_DO_BREACH] = "breach",
                                                    [DISRUPTION_DO_END] = "end"};

const char *disruption_step_name(enum disruption_step step)
{
    return steps[step];
}

bool disruption_step_from_name(struct str name, enum disruption_step *ret)
{
    int place = name_place(name, steps, DISRUPTION_STEPS);
    if (place >= 0) *ret = (enum disruption_step)place;
    return place >= 0;
}

const char *disruption_state(const struct disruption *disruption)
{
    if (disruption->ended_day != DISRUPTION_DAY_NONE) return "Ended";
    if (disruption->served_day == DISRUPTION_DAY_NONE) return "Not served yet";
    return disruption->breaches ? "In force, breached" : "In force";
}

/* --- reading ---------------------------------------------------------------------------------- */

static int32_t day_of(struct query *query, int column)
{
    return db_is_null(query, column) ? DISRUPTION_DAY_NONE : (int32_t)db_int(query, column);
}

static enum st from_row(struct app *app, struct arena *arena, struct query *query,
                        struct disruption *ret, struct data_key *key, struct err *err)
{
    struct data_key opened;
    struct str packed;
    struct str text[TEXTS];
    *ret = (struct disruption){.id = db_int(query, 0),
                               .forum = str_dup(arena, db_text(query, 1)),
                               .kind = str_dup(arena, db_text(query, 2)),
                               .mention = db_int(query, 3),
                               .served_day = day_of(query, 4),
                               .review_day = day_of(query, 5),
                               .breaches = db_int(query, 6),
                               .ended_day = day_of(query, 7),
                               .account = db_int(query, 9),
                               .created_at = db_int(query, 10),
                               .version = db_int(query, 11)};
    enum st outcome = record_key_from_row(app, query, 12, &opened, err);
    if (outcome == ST_OK)
        outcome =
            field_open(arena, &opened, FIELD_DISRUPTION, ret->id, db_bytes(query, 8), &packed, err);
    if (outcome == ST_OK && key) *key = opened;
    data_key_clear(&opened);
    if (outcome != ST_OK) return outcome;
    if (!texts_unpack(packed, text, TEXTS)) abort(); /* it was authentic */
    ret->issuer = text[0];
    ret->subject = text[1];
    ret->child = text[2];
    ret->terms = text[3];
    return ST_OK;
}

enum st disruption_load(struct app *app, struct db *db, struct arena *arena, int64_t id,
                        struct disruption *ret, struct data_key *key, struct err *err)
{
    struct query *query = db_query(db, Q_DISRUPTION_READ);
    db_bind_int(query, 1, id);
    enum st outcome = db_next(query) ? from_row(app, arena, query, ret, key, err) : ST_NOT_FOUND;
    outcome = db_end_after(query, outcome, err);
    return outcome == ST_NOT_FOUND ? err_missing(err, "measure") : outcome;
}

bool disruption_seen(const struct scope *scope, const struct disruption *disruption)
{
    if (!forum_allows(scope, ACT_DISRUPTION, disruption->forum, false)) return false;
    if (!disruption->mention) return true;
    return subject_entity(scope, disruption->mention) != 0 &&
           !subject_conflicts(scope, NULL, ITEM_ENTITY, disruption->mention);
}

enum st disruption_list(struct app *app, struct arena *arena, const struct person *who,
                        struct disruption **ret, size_t *ret_count, struct err *err)
{
    const struct scope *scope = scope_of(app, arena, who);
    struct disruption *list = arena_many(arena, DISRUPTIONS_MAX, struct disruption);
    size_t read = 0;
    size_t count = 0;
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct query *query = db_query(db, Q_DISRUPTION_LIST);
    db_bind_int(query, 1, DISRUPTIONS_MAX);
    enum st outcome = ST_OK;
    while (outcome == ST_OK && read < DISRUPTIONS_MAX && db_next(query))
        outcome = from_row(app, arena, query, &list[read++], NULL, err);
    outcome = db_end_after(query, outcome, err);
    store_read_end(app->store, db);
    for (size_t i = 0; i < read && outcome == ST_OK; i++)
        if (disruption_seen(scope, &list[i])) list[count++] = list[i];
    *ret = list;
    *ret_count = count;
    return outcome;
}

enum st disruption_read(struct app *app, struct arena *arena, const struct person *who, int64_t id,
                        struct disruption *ret, struct err *err)
{
    const struct scope *scope = scope_of(app, arena, who);
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = disruption_load(app, db, arena, id, ret, NULL, err);
    store_read_end(app->store, db);
    if (outcome == ST_OK && !disruption_seen(scope, ret)) outcome = err_missing(err, "measure");
    if (outcome != ST_OK && outcome != ST_NOT_FOUND) return outcome;
    enum st noted = audit_event(
        app,
        &(struct audit_event){.kind = outcome == ST_OK ? AUDIT_CONSULTATION : AUDIT_DENIAL,
                              .action = "measure read",
                              .account = who->account,
                              .subject = "disruption",
                              .subject_id = id,
                              .outcome = outcome == ST_OK ? "ok" : "not found",
                              .reason = outcome == ST_OK ? "forum" : NULL},
        outcome == ST_OK ? err : NULL);
    return outcome == ST_OK ? noted : outcome;
}

enum st disruption_events(struct app *app, struct arena *arena, const struct disruption *disruption,
                          struct matter_event **ret, size_t *ret_count, struct err *err)
{
    struct data_key key = {0};
    struct disruption again;
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = disruption_load(app, db, arena, disruption->id, &again, &key, err);
    store_read_end(app->store, db);
    if (outcome == ST_OK)
        outcome =
            matter_events_load(app, arena, "disruption", disruption->id, &key, ret, ret_count, err);
    data_key_clear(&key);
    return outcome;
}

/* --- adding ----------------------------------------------------------------------------------- */

struct act {
    struct app *app;
    struct arena *arena;
    const struct person *who;
    const struct disruption_input *input;
    struct db *db;
    struct data_key key;
    struct disruption row;
    const char *field;
};

static enum st wrong(struct act *act, const char *field, struct err *err, const char *words)
{
    act->field = field;
    return err_set(err, ST_INVALID, "%s", words);
}

static enum st text_of(struct act *act, struct str text, const char *field, const char *missing,
                       struct str *ret, struct err *err)
{
    *ret = str_trim(utf8_clean(act->arena, str_sub(text, 0, 100000), NULL));
    if (!ret->len && missing) return wrong(act, field, err, missing);
    if (utf8_count(*ret) <= MEETING_TEXT_MAX) return ST_OK;
    act->field = field;
    return err_set(err, ST_INVALID, "That is %zu characters; %d is the most.", utf8_count(*ret),
                   (int)MEETING_TEXT_MAX);
}

/* A day that was, as people write it. */
static enum st day_that_was(struct act *act, struct str text, const char *field, int32_t *ret,
                            struct err *err)
{
    struct date today = clock_london(clock_now()).date;
    struct date_range range;
    act->field = field;
    if (when_parse(str_trim(text), today, &range, err) != ST_OK)
        return err_set(err, ST_INVALID, "Write a day like 12/3/2026, or today.");
    *ret = date_to_days(range.from);
    if (date_to_days(range.to) != *ret)
        return err_set(err, ST_INVALID, "Write one day, like 12/3/2026.");
    if (*ret > date_to_days(today)) return err_set(err, ST_INVALID, "That day is still to come.");
    return ST_OK;
}

static enum st store_new(struct act *act, int64_t *ret, struct err *err)
{
    const struct disruption *row = &act->row;
    enum st outcome = record_key_add(act->app, act->db, KEY_RECORD, &act->key, err);
    if (outcome == ST_OK) outcome = db_next_id(act->db, Q_DISRUPTION_LAST, ret, err);
    if (outcome != ST_OK) return outcome;
    const struct str text[TEXTS] = {row->issuer, row->subject, row->child, row->terms};
    struct str sealed = field_seal(act->arena, &act->key, FIELD_DISRUPTION, *ret,
                                   texts_pack(act->arena, text, TEXTS));
    struct query *query = db_query(act->db, Q_DISRUPTION_ADD);
    db_bind_int(query, 1, *ret);
    db_bind_text(query, 2, row->forum);
    db_bind_text(query, 3, row->kind);
    db_bind_int(query, 4, act->key.id);
    db_bind_int(query, 5, row->mention);
    if (row->served_day == DISRUPTION_DAY_NONE)
        db_bind_null(query, 6);
    else
        db_bind_int(query, 6, row->served_day);
    db_bind_int(query, 7, row->review_day);
    db_bind_bytes(query, 8, sealed.ptr, sealed.len);
    db_bind_int(query, 9, act->who->account);
    db_bind_int(query, 10, clock_now());
    outcome = db_run(query, err);
    if (outcome == ST_OK)
        outcome = matter_event_add(act->db, act->arena, &act->key, "disruption", *ret, "added",
                                   row->served_day, act->who->account, STR(""), err);
    if (outcome == ST_OK)
        outcome = access_note(act->app, act->db, act->who->account, AUDIT_COLLECTION,
                              "measure added", "disruption", *ret, "ok", err);
    return outcome;
}

static enum st check_new(struct act *act, struct err *err)
{
    const struct disruption_input *input = act->input;
    struct disruption *row = &act->row;
    const struct scope *scope = scope_of(act->app, act->arena, act->who);
    const struct meeting_term *kind =
        area_meeting_find(act->app->area, MEETING_DISRUPTION, input->kind);
    if (!input->forum.len || !forum_allows(scope, ACT_DISRUPTION, input->forum, false))
        return wrong(act, "forum", err, "Choose the Forum that keeps it.");
    if (!kind) return wrong(act, "kind", err, "Choose what it is.");
    *row = (struct disruption){.forum = input->forum,
                               .kind = kind->id,
                               .mention = input->mention,
                               .served_day = DISRUPTION_DAY_NONE,
                               .ended_day = DISRUPTION_DAY_NONE};
    enum st outcome =
        text_of(act, input->issuer, "issuer", "Write who issues it.", &row->issuer, err);
    if (outcome == ST_OK)
        outcome = text_of(act, input->subject, "subject", "Write whom or what it is against.",
                          &row->subject, err);
    if (outcome == ST_OK)
        outcome =
            text_of(act, input->child, "child",
                    kind->names_child ? "Write which child it protects." : NULL, &row->child, err);
    if (outcome == ST_OK)
        outcome = text_of(act, input->terms, "terms", "Write what it says.", &row->terms, err);
    if (outcome == ST_OK && str_trim(input->served).len)
        outcome = day_that_was(act, input->served, "served", &row->served_day, err);
    if (outcome != ST_OK) return outcome;
    if (row->mention && (!subject_entity(scope, row->mention) ||
                         subject_conflicts(scope, act->db, ITEM_ENTITY, row->mention)))
        return err_missing(err, "record");
    int32_t today = clock_today();
    row->review_day = today + kind->weeks * 7;
    act->field = "review";
    return str_trim(input->review).len ? due_day_read(input->review, &row->review_day, err) : ST_OK;
}

enum st disruption_add(struct app *app, const struct person *who,
                       const struct disruption_input *input, int64_t *ret, const char **ret_field,
                       struct err *err)
{
    struct arena arena;
    arena_init(&arena, 64 << 20);
    struct act act = {.app = app, .arena = &arena, .who = who, .input = input};
    enum st outcome = check_new(&act, err);
    if (outcome == ST_OK) outcome = store_write_begin(app->store, &act.db, err);
    if (outcome == ST_OK)
        outcome = store_write_end(app->store, act.db, store_new(&act, ret, err), err);
    data_key_clear(&act.key);
    *ret_field = act.field;
    arena_done(&arena);
    return outcome;
}

/* --- steps ------------------------------------------------------------------------------------ */

enum st disruption_can(const struct disruption *disruption, enum disruption_step step,
                       struct err *err)
{
    if (disruption->ended_day != DISRUPTION_DAY_NONE)
        return err_set(err, ST_CONFLICT, "It has ended.");
    bool served = disruption->served_day != DISRUPTION_DAY_NONE;
    if (step == DISRUPTION_DO_SERVED && served)
        return err_set(err, ST_CONFLICT, "It was served already.");
    if (step == DISRUPTION_DO_BREACH && !served)
        return err_set(err, ST_CONFLICT, "It was not served yet, so it cannot be breached.");
    return ST_OK;
}

static enum st step_of(struct act *act, enum disruption_step step, const char **ret_kind,
                       int32_t *ret_day, struct err *err)
{
    struct disruption *row = &act->row;
    if (step == DISRUPTION_DO_REVIEW) {
        *ret_kind = "review";
        act->field = "day";
        enum st outcome = due_day_read(act->input->day, &row->review_day, err);
        *ret_day = row->review_day;
        return outcome;
    }
    enum st outcome = day_that_was(act, act->input->day, "day", ret_day, err);
    if (outcome != ST_OK) return outcome;
    if (row->served_day != DISRUPTION_DAY_NONE && *ret_day < row->served_day)
        return wrong(act, "day", err, "That is before it was served.");
    *ret_kind = step == DISRUPTION_DO_SERVED   ? "served"
                : step == DISRUPTION_DO_BREACH ? "breach"
                                               : "ended";
    if (step == DISRUPTION_DO_SERVED) row->served_day = *ret_day;
    if (step == DISRUPTION_DO_BREACH) row->breaches++;
    if (step == DISRUPTION_DO_END) row->ended_day = *ret_day;
    return ST_OK;
}

static void bind_day(struct query *query, int parameter, int32_t day)
{
    if (day == DISRUPTION_DAY_NONE)
        db_bind_null(query, parameter);
    else
        db_bind_int(query, parameter, day);
}

static enum st take_step(struct act *act, enum disruption_step step, struct err *err)
{
    static const char *const said[DISRUPTION_STEPS] = {"measure served", "measure reviewed",
                                                       "breach recorded", "measure ended"};
    const char *kind = NULL;
    int32_t day = DISRUPTION_DAY_NONE;
    struct str text;
    if (act->input->version != act->row.version)
        return err_set(err, ST_CONFLICT,
                       "Somebody changed this while you were writing. Look at it again; what you "
                       "wrote is still here.");
    enum st outcome = disruption_can(&act->row, step, err);
    if (outcome == ST_OK)
        outcome =
            text_of(act, act->input->text, "text", "Write what happened, or why.", &text, err);
    if (outcome == ST_OK) outcome = step_of(act, step, &kind, &day, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(act->db, Q_DISRUPTION_SET);
    db_bind_int(query, 1, act->row.id);
    db_bind_int(query, 2, act->row.version);
    bind_day(query, 3, act->row.served_day);
    bind_day(query, 4, act->row.review_day);
    db_bind_int(query, 5, act->row.breaches);
    bind_day(query, 6, act->row.ended_day);
    int64_t version = 0;
    outcome = db_one(query, &version, err);
    if (outcome == ST_OK)
        outcome = matter_event_add(act->db, act->arena, &act->key, "disruption", act->row.id, kind,
                                   day, act->who->account, text, err);
    if (outcome == ST_OK)
        outcome = access_note(act->app, act->db, act->who->account, AUDIT_ALTERATION, said[step],
                              "disruption", act->row.id, "ok", err);
    return outcome;
}

enum st disruption_do(struct app *app, const struct person *who, int64_t id,
                      enum disruption_step step, const struct disruption_input *input,
                      const char **ret_field, struct err *err)
{
    struct arena arena;
    arena_init(&arena, 64 << 20);
    struct act act = {.app = app, .arena = &arena, .who = who, .input = input};
    enum st outcome = store_write_begin(app->store, &act.db, err);
    if (outcome == ST_OK) {
        outcome = disruption_load(app, act.db, &arena, id, &act.row, &act.key, err);
        if (outcome == ST_OK && !disruption_seen(scope_of(app, &arena, who), &act.row))
            outcome = err_missing(err, "measure");
        if (outcome == ST_OK) outcome = take_step(&act, step, err);
        outcome = store_write_end(app->store, act.db, outcome, err);
    }
    data_key_clear(&act.key);
    *ret_field = act.field;
    arena_done(&arena);
    return outcome;
}
