/*
 * Reading submissions and mentions back, and lists of them.
 */
#include "domain/submission.h"
#include "domain/audit.h"
#include "domain/record.h"
#include "domain/source.h"

enum st mention_from_row(struct arena *arena, struct query *query, const struct data_key *key,
                         struct mention *ret, struct err *err)
{
    *ret = (struct mention){.id = db_int(query, 0),
                            .submission = db_int(query, 1),
                            .span_start = (int32_t)db_int(query, 3),
                            .span_end = (int32_t)db_int(query, 4)};
    if (!kind_from_name(db_text(query, 2), &ret->kind)) abort();
    struct str fields;
    enum st outcome =
        field_open(arena, key, FIELD_MENTION_FIELDS, ret->id, db_bytes(query, 5), &fields, err);
    if (outcome != ST_OK) return outcome;
    if (!texts_unpack(fields, ret->field, LINK_FIELDS)) abort(); /* it was authentic */
    return ST_OK;
}

enum st mention_load(struct app *app, struct db *db, struct arena *arena, int64_t id,
                     struct mention *ret, struct err *err)
{
    struct query *query = db_query(db, Q_MENTION_READ);
    db_bind_int(query, 1, id);
    enum st outcome = ST_NOT_FOUND;
    if (db_next(query)) {
        struct data_key key;
        outcome = record_key_from_row(app, query, 6, &key, err);
        if (outcome == ST_OK) outcome = mention_from_row(arena, query, &key, ret, err);
        data_key_clear(&key);
    }
    enum st ended = db_end(query, outcome == ST_OK ? err : NULL);
    if (outcome == ST_NOT_FOUND) return err_set(err, outcome, "There is no such mention.");
    return outcome != ST_OK ? outcome : ended;
}

static int32_t day_from(struct query *query, int column)
{
    return db_is_null(query, column) ? LINK_DAY_UNKNOWN : (int32_t)db_int(query, column);
}

static enum st load_mentions(struct db *db, struct arena *arena, const struct data_key *key,
                             struct submission *submission, struct err *err)
{
    submission->mention = arena_many(arena, MENTIONS_MAX, struct mention);
    struct query *query = db_query(db, Q_MENTION_OF_SUBMISSION);
    db_bind_int(query, 1, submission->id);
    enum st outcome = ST_OK;
    while (outcome == ST_OK && submission->mention_count < MENTIONS_MAX && db_next(query))
        outcome = mention_from_row(arena, query, key,
                                   &submission->mention[submission->mention_count++], err);
    enum st ended = db_end(query, outcome == ST_OK ? err : NULL);
    return outcome != ST_OK ? outcome : ended;
}

/* `key` is filled: it opens the mentions too. */
static enum st submission_from_row(struct app *app, struct arena *arena, struct query *query,
                                   struct data_key *key, struct submission *ret, struct err *err)
{
    struct str words;
    struct str text[SUBMISSION_WORDS];
    int64_t id = db_int(query, 0);
    enum st outcome = record_key_from_row(app, query, 11, key, err);
    if (outcome == ST_OK)
        outcome = field_open(arena, key, FIELD_SUBMISSION_WORDS, id, db_bytes(query, 6), &words, err);
    if (outcome != ST_OK) return outcome;
    if (!texts_unpack(words, text, SUBMISSION_WORDS)) abort(); /* it was authentic */
    *ret = (struct submission){
        .id = id,
        .reference = str_dup(arena, db_text(query, 1)),
        .owner = {.organisation = db_int(query, 3)},
        .sector = str_dup(arena, db_text(query, 4)),
        .forum = str_dup(arena, db_text(query, 5)),
        .narrative = text[0],
        .when_text = text[1],
        .where_text = text[2],
        .seen_from = day_from(query, 7),
        .seen_to = day_from(query, 8),
        .created_at = db_int(query, 10),
    };
    ret->source_tag = str_dup(arena, db_bytes(query, 2));
    if (!how_known_from_name(db_text(query, 9), &ret->how_known)) abort();
    return ST_OK;
}

enum st submission_load(struct app *app, struct db *db, struct arena *arena, int64_t id,
                        struct submission *ret, struct err *err)
{
    struct data_key key = {0};
    struct query *query = db_query(db, Q_SUBMISSION_READ);
    db_bind_int(query, 1, id);
    enum st outcome = ST_NOT_FOUND;
    if (db_next(query)) outcome = submission_from_row(app, arena, query, &key, ret, err);
    enum st ended = db_end(query, outcome == ST_OK ? err : NULL);
    if (outcome == ST_OK) outcome = ended;
    if (outcome == ST_OK) outcome = load_mentions(db, arena, &key, ret, err);
    data_key_clear(&key);
    return outcome == ST_NOT_FOUND ? err_set(err, outcome, "There is no such submission.") : outcome;
}

struct record submission_owner(const struct app *app, const struct person *who,
                               const struct submission *submission)
{
    struct record owner = submission->owner;
    if (source_is(app, who->account, submission->source_tag)) owner.account = who->account;
    return owner;
}

/* `read` NULL: there is none, or not for this person, which are one and the same. */
static enum st note_read(struct app *app, const struct person *who, int64_t id,
                         const struct submission *read, const struct record *owner, struct err *err)
{
    struct audit_event event = {.kind = AUDIT_DENIAL,
                                .action = "submission read",
                                .account = who->account,
                                .subject = "submission",
                                .subject_id = id,
                                .outcome = "not found"};
    if (read) {
        event.kind = AUDIT_CONSULTATION;
        event.outcome = "ok";
        event.by_source = owner->account == who->account;
        event.reason = audit_ground_of_text(who, &read->narrative, 1,
                                            audit_ground(who, ACT_READ_SUBMISSION, owner));
    }
    return audit_event(app, &event, err);
}

enum st submission_read(struct app *app, struct arena *arena, const struct person *who, int64_t id,
                        struct submission *ret, struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = submission_load(app, db, arena, id, ret, err);
    store_read_end(app->store, db);
    struct record owner = {0};
    if (outcome == ST_OK) owner = submission_owner(app, who, ret);
    if (outcome == ST_OK && !access_allows(who, ACT_READ_SUBMISSION, &owner))
        outcome = err_set(err, ST_NOT_FOUND, "There is no such submission.");
    enum st noted = note_read(app, who, id, outcome == ST_OK ? ret : NULL, &owner, err);
    return noted != ST_OK ? noted : outcome;
}

enum st submission_find_own(struct app *app, const struct person *who, struct str reference,
                            int64_t *ret, struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct query *query = db_query(db, Q_SUBMISSION_BY_REFERENCE);
    db_bind_text(query, 1, reference);
    bool own = db_next(query) && source_is(app, who->account, db_bytes(query, 1));
    if (own) *ret = db_int(query, 0);
    enum st outcome = db_end(query, err);
    store_read_end(app->store, db);
    if (outcome != ST_OK) return outcome;
    if (!own) return err_set(err, ST_NOT_FOUND, "There is no such submission.");
    return audit_event(app, &(struct audit_event){.kind = AUDIT_CONSULTATION,
                                                  .action = "receipt read",
                                                  .account = who->account,
                                                  .by_source = true,
                                                  .subject = "submission",
                                                  .subject_id = *ret,
                                                  .reason = "own record"},
                       err);
}

static enum st line_from_row(struct app *app, struct arena *arena, struct query *query,
                             struct submission_line *ret, struct err *err)
{
    struct data_key key;
    struct str words;
    struct str text[SUBMISSION_WORDS];
    *ret = (struct submission_line){.id = db_int(query, 0),
                                    .reference = str_dup(arena, db_text(query, 1)),
                                    .created_at = db_int(query, 3),
                                    .links = db_int(query, 4)};
    enum st outcome = record_key_from_row(app, query, 5, &key, err);
    if (outcome == ST_OK)
        outcome = field_open(arena, &key, FIELD_SUBMISSION_WORDS, ret->id, db_bytes(query, 2), &words, err);
    data_key_clear(&key);
    if (outcome != ST_OK) return outcome;
    if (!texts_unpack(words, text, SUBMISSION_WORDS)) abort(); /* it was authentic */
    ret->narrative = text[0];
    return ST_OK;
}

enum st submission_list(struct app *app, struct arena *arena, const struct person *who,
                        enum submission_list list, size_t maximum, struct submission_line **ret,
                        size_t *ret_count, struct err *err)
{
    /* The list holds exactly what the person may read one by one. */
    struct record reach = {.account = list == LIST_OWN ? who->account : 0,
                           .organisation = list == LIST_LATEST ? 0 : who->organisation};
    if (!access_allows(who, ACT_READ_SUBMISSION, &reach))
        return err_set(err, ST_DENIED, "That list is not for your role.");
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    *ret = arena_many(arena, maximum, struct submission_line);
    size_t count = 0;
    struct query *query = db_query(db, list == LIST_OWN            ? Q_SUBMISSION_OF_ACCOUNT
                                       : list == LIST_ORGANISATION ? Q_SUBMISSION_OF_ORGANISATION
                                                                   : Q_SUBMISSION_LATEST);
    int parameter = 1;
    uint8_t tag[SEAL_TAG_SIZE];
    source_tag(app, who->account, tag);
    if (list == LIST_OWN) db_bind_bytes(query, parameter++, tag, sizeof tag);
    if (list == LIST_ORGANISATION) db_bind_int(query, parameter++, who->organisation);
    db_bind_int(query, parameter, (int64_t)maximum);
    enum st outcome = ST_OK;
    while (outcome == ST_OK && count < maximum && db_next(query)) {
        struct submission_line *line = &(*ret)[count++];
        outcome = line_from_row(app, arena, query, line, err);
        if (list == LIST_LATEST) line->sector = str_dup(arena, db_text(query, 8));
    }
    *ret_count = count;
    enum st ended = db_end(query, outcome == ST_OK ? err : NULL);
    store_read_end(app->store, db);
    return outcome != ST_OK ? outcome : ended;
}
