#include "domain/connection.h"

#include "domain/account.h"

#include "base/utf8.h"
#include "domain/desk.h"
#include "domain/entity.h"
#include "domain/grant.h"
#include "domain/limit.h"
#include "domain/reason.h"
#include "link/link.h"

enum { LINES_MAX = 100, OTHERS_MAX = 20, MATCHES = 10 };

/* Below this a hint would be noise, and a way of trying out guesses. */
static const double hint_bits = 5;

/* --- what may be asked for ------------------------------------------------------------ */

static bool may_connect(const void *scope, int64_t submission)
{
    return scope_may_connect(scope, submission);
}

/* Records of others that fit some mention of this one: each once, in order of weight
 * within a mention. */
static size_t others_of(const struct scope *scope, const struct submission *submission,
                        int64_t ret[static OTHERS_MAX])
{
    struct app *app = scope_app(scope);
    struct link_admit admit = scope_admit(scope);
    admit.admits = may_connect;
    size_t count = 0;
    for (size_t i = 0; i < submission->mention_count; i++) {
        struct link_match match[MATCHES];
        struct link_mention engine = mention_for_engine(submission, i);
        size_t found = link_index_query_of(app->index, admit, &engine, hint_bits, match, MATCHES);
        for (size_t k = 0; k < found; k++) {
            int64_t other = entity_submission(app->entities, match[k].id);
            size_t place = 0;
            while (place < count && ret[place] != other) place++;
            if (place == count && count < OTHERS_MAX) ret[count++] = other;
        }
    }
    return count;
}

/* Whoever wrote something may have written it to see what it meets. */
static bool may_ask(const struct scope *scope, int64_t submission)
{
    struct record record;
    return scope_allows(scope, ACT_ASK_CONNECTION, submission) &&
           scope_record(scope, submission, &record) && !record.account;
}

bool connection_may_show(const struct scope *scope, int64_t submission)
{
    struct record record;
    return scope_record(scope, submission, &record) &&
           (record.rule == HANDLING_OPEN ||
            record.organisation == scope_person(scope)->organisation);
}

enum st connection_hint(struct app *app, struct arena *arena, const struct person *who,
                        const struct submission *submission, bool *ret, struct err *err)
{
    static const struct limit_rule rule = {.burst = 60, .per_minute = 6};
    const struct scope *scope = scope_of(app, arena, who);
    int64_t others[OTHERS_MAX];
    *ret = false;
    if (!may_ask(scope, submission->id)) return ST_OK;
    if (!limit_take(&rule, str_fmt(arena, "connection hint %lld", (long long)who->account), NULL))
        return ST_OK;
    *ret = others_of(scope, submission, others) > 0;
    if (!*ret) return ST_OK;
    return audit_event(app, &(struct audit_event){.kind = AUDIT_CONSULTATION,
                                                  .action = "connection hinted",
                                                  .account = who->account,
                                                  .subject = "submission",
                                                  .subject_id = submission->id},
                       err);
}

/* --- asking ----------------------------------------------------------------------------- */

struct asking {
    struct app *app;
    struct arena *arena;
    const struct person *who;
    int64_t submission;
    struct str message;
    bool shows;
};

static enum st store_one(struct asking *asking, struct db *db, int64_t other, struct err *err)
{
    int64_t there = 0;
    struct query *query = db_query(db, Q_CONNECTION_THERE);
    db_bind_int(query, 1, asking->submission);
    db_bind_int(query, 2, other);
    db_bind_int(query, 3, asking->who->account);
    enum st outcome = db_one(query, &there, err);
    if (outcome != ST_NOT_FOUND) return outcome;
    int64_t id = 0;
    struct str sealed;
    outcome = db_next_id(db, Q_CONNECTION_LAST, &id, err);
    if (outcome == ST_OK)
        outcome = reason_seal(asking->app, db, asking->arena, asking->submission,
                              FIELD_CONNECTION_MESSAGE, id, asking->message, &sealed, err);
    if (outcome != ST_OK) return outcome;
    query = db_query(db, Q_CONNECTION_ADD);
    db_bind_int(query, 1, id);
    db_bind_int(query, 2, asking->submission);
    db_bind_int(query, 3, other);
    db_bind_int(query, 4, asking->who->account);
    db_bind_bytes(query, 5, sealed.ptr, sealed.len);
    db_bind_int(query, 6, asking->shows);
    db_bind_int(query, 7, clock_now());
    return db_run(query, err);
}

static enum st store_asked(struct asking *asking, const int64_t *others, size_t count,
                           struct err *err)
{
    struct db *db;
    int64_t today = 0;
    enum st outcome = store_write_begin(asking->app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_CONNECTION_COUNT);
    db_bind_int(query, 1, asking->who->account);
    db_bind_int(query, 2, clock_now() - 24 * 3600000LL);
    outcome = db_one(query, &today, err);
    if (outcome == ST_OK && today >= CONNECTIONS_A_DAY)
        outcome = err_set(err, ST_LIMIT, "You have asked often today. Please go on tomorrow.");
    for (size_t i = 0; i < count && outcome == ST_OK; i++)
        outcome = store_one(asking, db, others[i], err);
    if (outcome == ST_OK)
        outcome = access_note(asking->app, db, asking->who->account, AUDIT_CONSULTATION,
                              "connection asked", "submission", asking->submission, "ok", err);
    return store_write_end(asking->app->store, db, outcome, err);
}

static enum st clean_message(struct arena *arena, struct str *message, struct err *err)
{
    *message = str_trim(utf8_clean(arena, str_sub(*message, 0, 100000), NULL));
    if (!message->len)
        return err_set(err, ST_INVALID, "Write what you would like to know, and why.");
    if (utf8_count(*message) > CONNECTION_MESSAGE_MAX)
        return err_set(err, ST_INVALID, "The message can have at most %d characters.",
                       CONNECTION_MESSAGE_MAX);
    return ST_OK;
}

enum st connection_ask(struct app *app, const struct person *who, int64_t id, struct str message,
                       bool shows, struct err *err)
{
    struct arena arena;
    arena_init(&arena, 64 << 20);
    const struct scope *scope = scope_of(app, &arena, who);
    struct submission submission = {0};
    enum st outcome = ST_NOT_FOUND;
    if (may_ask(scope, id)) {
        struct db *db = store_read_begin(app->store, err);
        outcome = db ? submission_load_seen(scope, db, &arena, id, &submission, err) : ST_FAILED;
        store_read_end(app->store, db);
    }
    int64_t others[OTHERS_MAX];
    size_t count = outcome == ST_OK ? others_of(scope, &submission, others) : 0;
    if (outcome == ST_OK && count == 0) outcome = ST_NOT_FOUND;
    if (outcome == ST_OK) outcome = clean_message(&arena, &message, err);
    struct asking asking = {app, &arena, who, id, message, shows && connection_may_show(scope, id)};
    if (outcome == ST_OK) outcome = store_asked(&asking, others, count, err);
    arena_done(&arena);
    return outcome == ST_NOT_FOUND ? err_missing(err, "page") : outcome;
}

/* --- answering ---------------------------------------------------------------------------- */

struct connection {
    int64_t id;
    int64_t submission;
    int64_t other;
    int64_t asker;
    bool shows;
};

/* What agreement opens today: much may have changed since it was asked. */
struct opens {
    bool to_asker;
    bool to_owner;
};

static enum st what_opens(struct app *app, struct db *db, struct arena *arena,
                          const struct connection *connection, const struct scope *owner,
                          struct opens *ret, struct err *err)
{
    struct person asker;
    struct record record;
    *ret = (struct opens){0};
    enum st outcome = account_person_read(app, db, arena, connection->asker, &asker, err);
    if (outcome == ST_NOT_FOUND) return ST_OK; /* disabled */
    if (outcome != ST_OK) return outcome;
    const struct scope *scope = scope_of(app, arena, &asker);
    ret->to_asker = scope_may_connect(scope, connection->other);
    bool reads = ret->to_asker || scope_allows(scope, ACT_READ_SUBMISSION, connection->other);
    ret->to_owner = reads && connection->shows && may_ask(scope, connection->submission) &&
                    connection_may_show(scope, connection->submission) &&
                    scope_record(owner, connection->submission, &record) && !record.conflict &&
                    !record.blocked;
    return ST_OK;
}

static enum st open_records(struct app *app, struct db *db, struct arena *arena,
                            const struct connection *connection, const struct scope *scope,
                            struct str reason, struct err *err)
{
    int64_t owner = scope_person(scope)->account;
    struct opens opens;
    enum st outcome = what_opens(app, db, arena, connection, scope, &opens, err);
    if (outcome != ST_OK) return outcome;
    instant_ms until = clock_now() + GRANT_CONNECTED_DAYS * 24 * 3600000LL;
    struct grant_new to_asker = {.submission = connection->other,
                                 .account = connection->asker,
                                 .kind = GRANT_connected,
                                 .reason = reason,
                                 .by = owner,
                                 .until = until};
    struct grant_new to_owner = {.submission = connection->submission,
                                 .account = owner,
                                 .kind = GRANT_connected,
                                 .reason = STR("Shown when you agreed to connect."),
                                 .by = connection->asker,
                                 .until = until};
    if (opens.to_asker) outcome = grant_store(app, db, arena, &to_asker, err);
    if (outcome == ST_OK && opens.to_owner) outcome = grant_store(app, db, arena, &to_owner, err);
    return outcome;
}

static enum st store_answer(struct app *app, struct db *db, struct arena *arena,
                            const struct connection *connection, const struct scope *scope,
                            bool agrees, struct str reason, struct err *err)
{
    const struct person *who = scope_person(scope);
    struct str sealed;
    enum st outcome = reason_seal(app, db, arena, connection->other, FIELD_CONNECTION_REASON,
                                  connection->id, reason, &sealed, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_CONNECTION_ANSWER);
    db_bind_int(query, 1, connection->id);
    db_bind_text(query, 2, agrees ? STR("agreed") : STR("declined"));
    db_bind_bytes(query, 3, sealed.ptr, sealed.len);
    db_bind_int(query, 4, who->account);
    db_bind_int(query, 5, clock_now());
    outcome = db_run(query, err);
    if (outcome == ST_OK && agrees)
        outcome = open_records(app, db, arena, connection, scope, reason, err);
    if (outcome != ST_OK) return outcome;
    return access_note(app, db, who->account, agrees ? AUDIT_DISCLOSURE : AUDIT_ALTERATION,
                       agrees ? "connection agreed" : "connection declined", "submission",
                       connection->other, "ok", err);
}

enum st connection_answer(struct app *app, const struct person *who, int64_t id, bool agrees,
                          struct str reason, struct err *err)
{
    struct arena arena;
    arena_init(&arena, SCOPE_MEMORY);
    /* Afresh, in the turn. */
    struct person answers = *who;
    answers.scope = NULL;
    const struct scope *scope = scope_of(app, &arena, &answers);
    struct db *db;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) {
        arena_done(&arena);
        return outcome;
    }
    struct query *query = db_query(db, Q_CONNECTION_OPEN);
    db_bind_int(query, 1, id);
    struct connection connection = {0};
    if (db_next(query))
        connection = (struct connection){.id = id,
                                         .submission = db_int(query, 0),
                                         .other = db_int(query, 1),
                                         .asker = db_int(query, 2),
                                         .shows = db_int(query, 3) != 0};
    outcome = db_end(query, err);
    if (outcome == ST_OK && !scope_allows(scope, ACT_ANSWER_CONNECTION, connection.other))
        outcome = err_set(err, ST_NOT_FOUND, "That was answered already, or there is none.");
    if (outcome == ST_OK) outcome = reason_clean(&arena, reason, &reason, err);
    if (outcome == ST_OK)
        outcome = store_answer(app, db, &arena, &connection, scope, agrees, reason, err);
    outcome = store_write_end(app->store, db, outcome, err);
    arena_done(&arena);
    return outcome;
}

enum st connection_seen(struct app *app, const struct person *who, int64_t connection,
                        struct err *err)
{
    struct db *db;
    int64_t id = 0;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_CONNECTION_SEEN);
    db_bind_int(query, 1, connection);
    db_bind_int(query, 2, who->account);
    db_bind_int(query, 3, clock_now());
    outcome = db_one(query, &id, err);
    if (outcome == ST_NOT_FOUND) err_missing(err, "notice");
    return store_write_end(app->store, db, outcome, err);
}

/* --- lists --------------------------------------------------------------------------------- */

/* Rows as the queries Q_CONNECTION_… of lists have them. */
static enum st read_line(struct app *app, struct db *db, struct arena *arena, struct query *query,
                         struct connection_line *ret, struct err *err)
{
    *ret = (struct connection_line){.id = db_int(query, 0),
                                    .submission = db_int(query, 1),
                                    .submission_reference = str_dup(arena, db_text(query, 2)),
                                    .other = db_int(query, 3),
                                    .other_reference = str_dup(arena, db_text(query, 4)),
                                    .asker_organisation = str_dup(arena, db_text(query, 6)),
                                    .shows = db_int(query, 8) != 0,
                                    .asked_at = db_int(query, 9),
                                    .state = str_dup(arena, db_text(query, 10)),
                                    .answered_at = db_int(query, 12),
                                    .seen = !db_is_null(query, 13)};
    enum st outcome = account_name(app, db, arena, db_int(query, 5), &ret->asker, err);
    if (outcome == ST_OK)
        outcome = reason_open(app, arena, query, 7, 14, FIELD_CONNECTION_MESSAGE, ret->id,
                              &ret->message, err);
    if (outcome != ST_OK) return outcome;
    return reason_open(app, arena, query, 11, 17, FIELD_CONNECTION_REASON, ret->id, &ret->reason,
                       err);
}

enum st connections_to_answer(struct app *app, struct arena *arena, const struct person *who,
                              struct connection_line **ret, size_t *ret_count, struct err *err)
{
    const struct scope *scope = scope_of(app, arena, who);
    struct connection_line *list = arena_many(arena, LINES_MAX, struct connection_line);
    size_t count = 0;
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct query *query = db_query(db, Q_CONNECTION_TO_ANSWER);
    db_bind_int(query, 1, who->organisation);
    enum st outcome = ST_OK;
    while (outcome == ST_OK && count < LINES_MAX && db_next(query)) {
        if (!scope_allows(scope, ACT_ANSWER_CONNECTION, db_int(query, 3))) continue;
        struct connection_line *line = &list[count++];
        outcome = read_line(app, db, arena, query, line, err);
        line->submission = 0;
        line->submission_reference = STR("");
    }
    outcome = db_end_after(query, outcome, err);
    store_read_end(app->store, db);
    *ret = list;
    *ret_count = count;
    return outcome;
}

enum st connections_asked(struct app *app, struct arena *arena, const struct person *who,
                          int64_t submission, struct connection_line **ret, size_t *ret_count,
                          struct err *err)
{
    const struct scope *scope = scope_of(app, arena, who);
    struct connection_line *list = arena_many(arena, LINES_MAX, struct connection_line);
    size_t count = 0;
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct query *query = db_query(db, Q_CONNECTION_ASKED);
    db_bind_int(query, 1, who->account);
    db_bind_int(query, 2, submission);
    enum st outcome = ST_OK;
    while (outcome == ST_OK && count < LINES_MAX && db_next(query)) {
        if (!scope_allows(scope, ACT_ASK_CONNECTION, db_int(query, 1))) continue;
        struct connection_line *line = &list[count++];
        outcome = read_line(app, db, arena, query, line, err);
        bool open = str_eq(line->state, STR("agreed")) &&
                    scope_allows(scope, ACT_READ_SUBMISSION, line->other);
        if (open) continue;
        line->other = 0;
        line->other_reference = STR("");
    }
    outcome = db_end_after(query, outcome, err);
    store_read_end(app->store, db);
    *ret = list;
    *ret_count = count;
    return outcome;
}

enum st notices_count(struct app *app, struct arena *arena, const struct person *who, int64_t *ret,
                      struct err *err)
{
    struct connection_line *line = NULL;
    struct grant_line *told = NULL;
    size_t answer = 0;
    size_t asked = 0;
    size_t broken = 0;
    enum st outcome = connections_to_answer(app, arena, who, &line, &answer, err);
    if (outcome == ST_OK) outcome = connections_asked(app, arena, who, 0, &line, &asked, err);
    if (outcome == ST_OK) outcome = broken_told(app, arena, who, &told, &broken, err);
    struct desk_notice *words = NULL;
    size_t word = 0;
    if (outcome == ST_OK) outcome = desk_notices(app, arena, who, &words, &word, err);
    if (outcome != ST_OK) return outcome;
    *ret = (int64_t)(answer + broken + word);
    for (size_t i = 0; i < asked; i++) *ret += line[i].answered_at && !line[i].seen;
    return ST_OK;
}
