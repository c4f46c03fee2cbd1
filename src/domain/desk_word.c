/*
 * What others than the desk are told: the referrer, an allocated worker.
 */
#include "domain/desk_internal.h"

#include "domain/scope.h"

static enum st missing(struct err *err)
{
    return err_missing(err, "page");
}

static enum st read_words(struct app *app, struct arena *arena, int64_t referral,
                          struct desk_outcome *ret, struct err *err)
{
    struct desk_event *events = NULL;
    size_t count = 0;
    enum st outcome = desk_events(app, arena, referral, &events, &count, err);
    if (outcome != ST_OK) return outcome;
    ret->word = arena_many(arena, count, struct desk_word);
    for (size_t i = 0; i < count; i++) {
        if (!str_eq(events[i].kind, STR("feedback"))) continue;
        const struct desk_term *term = area_desk_find(app->area, DESK_FEEDBACK, events[i].code);
        ret->word[ret->word_count++] = (struct desk_word){.at = events[i].at,
                                                          .words = term ? term->words : STR(""),
                                                          .more = events[i].words};
    }
    return ST_OK;
}

enum st desk_outcome_read(struct app *app, struct arena *arena, const struct person *who,
                          int64_t referral, struct desk_outcome *ret, struct err *err)
{
    if (!desk_allows(app, arena, who, ACT_READ_REFERRAL, referral)) return missing(err);
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct desk_case desk;
    enum st outcome = desk_load(app, db, arena, referral, &desk, NULL, err);
    store_read_end(app->store, db);
    if (outcome != ST_OK) return outcome; /* also of one that is not sent yet */
    *ret = (struct desk_outcome){.reference = desk.reference,
                                 .sent_at = desk.sent_at,
                                 .taken = desk.state != DESK_NEW,
                                 .closed = desk.state == DESK_CLOSED,
                                 .disagreement = desk.stage.len > 0};
    outcome = read_words(app, arena, referral, ret, err);
    if (outcome != ST_OK) return outcome;
    return audit_event(app, &(struct audit_event){.kind = AUDIT_CONSULTATION,
                                                  .action = "feedback read",
                                                  .account = who->account,
                                                  .by_source = desk.account == who->account,
                                                  .subject = "referral",
                                                  .subject_id = referral},
                       err);
}

enum st desk_told(struct app *app, const int64_t *referral, size_t count, struct desk_told *ret,
                  struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = ST_OK;
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        ret[i] = (struct desk_told){0};
        struct query *query = db_query(db, Q_DESK_TOLD);
        db_bind_int(query, 1, referral[i]);
        if (db_next(query)) {
            const struct desk_term *term =
                area_desk_find(app->area, DESK_FEEDBACK, db_text(query, 1));
            ret[i] = (struct desk_told){
                .at = db_int(query, 2),
                .label = term ? term->label : STR(""),
                .words = term ? term->words : STR(""),
                .closed = str_eq(db_text(query, 0), str_from(desk_state_name(DESK_CLOSED)))};
        }
        outcome = db_end(query, err);
    }
    store_read_end(app->store, db);
    return outcome;
}

/* Also while the case waits for the second sign-off, which nobody tells the referrer: then that
 * cannot be given. */
static enum st can_disagree(const struct app *app, const struct desk_case *desk, struct err *err)
{
    if (desk->state == DESK_CLOSED)
        return err_set(err, ST_CONFLICT, "The case is closed. Ring the %.*s, or refer again.",
                       STR_ARG(area_unit(app->area)));
    if (desk->stage.len) return err_set(err, ST_CONFLICT, "A disagreement is open already.");
    return ST_OK;
}

enum st desk_outcome_disagree(struct app *app, const struct person *who, int64_t referral,
                              struct str text, struct err *err)
{
    struct arena arena;
    arena_init(&arena, 32 << 20);
    struct desk_input input = {.text = text,
                               .who = str_fmt(&arena, "%.*s, %.*s", STR_ARG(who->name),
                                              STR_ARG(who->organisation_name))};
    struct desk_act act = {.app = app, .arena = &arena, .who = who, .input = &input};
    enum st outcome = ST_NOT_FOUND;
    if (desk_allows(app, &arena, who, ACT_READ_REFERRAL, referral)) {
        outcome = desk_act_begin(&act, referral, err);
        if (outcome == ST_OK) {
            enum st can = can_disagree(app, &act.desk, err);
            outcome = desk_act_end(&act, can == ST_OK ? desk_act_disagree(&act, err) : can, err);
        }
    }
    arena_done(&arena);
    return outcome == ST_NOT_FOUND ? missing(err) : outcome;
}

enum st desk_notices(struct app *app, struct arena *arena, const struct person *who,
                     struct desk_notice **ret, size_t *ret_count, struct err *err)
{
    enum { MOST = 100 };
    struct desk_notice *list = arena_many(arena, MOST, struct desk_notice);
    size_t count = 0;
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct query *query = db_query(db, Q_DESK_NOTICES);
    db_bind_int(query, 1, who->account);
    while (count < MOST && db_next(query))
        list[count++] = (struct desk_notice){.id = db_int(query, 0),
                                             .referral = db_int(query, 1),
                                             .reference = str_dup(arena, db_text(query, 2)),
                                             .kind = str_dup(arena, db_text(query, 3)),
                                             .at = db_int(query, 4)};
    enum st outcome = db_end(query, err);
    store_read_end(app->store, db);
    /* What was kept from them since is in no notice. */
    size_t kept = 0;
    for (size_t i = 0; i < count && outcome == ST_OK; i++)
        if (str_eq(list[i].kind, STR("worker")) ||
            desk_allows(app, arena, who, ACT_READ_REFERRAL, list[i].referral))
            list[kept++] = list[i];
    *ret = list;
    *ret_count = kept;
    return outcome;
}

enum st desk_notice_seen(struct app *app, const struct person *who, int64_t notice, struct err *err)
{
    struct db *db;
    int64_t referral = 0;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_DESK_NOTICE_SEEN);
    db_bind_int(query, 1, notice);
    db_bind_int(query, 2, who->account);
    db_bind_int(query, 3, clock_now());
    outcome = db_one(query, &referral, err);
    if (outcome == ST_NOT_FOUND) err_missing(err, "notice");
    if (outcome == ST_OK)
        outcome = access_note(app, db, who->account, AUDIT_CONSULTATION, "notice seen", "referral",
                              referral, "ok", err);
    return store_write_end(app->store, db, outcome, err);
}
