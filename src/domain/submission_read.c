/*
 * Reading submissions and mentions back, and lists of them.
 */
#include "domain/submission.h"
#include "domain/account.h"
#include "domain/audit.h"
#include "domain/record.h"
#include "domain/registry.h"
#include "domain/report_kept.h"
#include "domain/scope.h"
#include "domain/source.h"

enum st mention_from_row(struct arena *arena, struct query *query, struct field_opener *opener,
                         struct mention *ret, struct err *err)
{
    *ret = (struct mention){.id = db_int(query, 0),
                            .submission = db_int(query, 1),
                            .span_start = (int32_t)db_int(query, 3),
                            .span_end = (int32_t)db_int(query, 4)};
    if (!kind_from_name(db_text(query, 2), &ret->kind)) abort();
    struct str fields;
    enum st outcome = field_open_by(arena, opener, ret->id, db_bytes(query, 5), &fields, err);
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
        struct field_opener opener;
        outcome = record_key_from_row(app, query, 6, &key, err);
        if (outcome == ST_OK) field_opener_begin(&opener, &key, FIELD_MENTION_FIELDS);
        data_key_clear(&key);
        if (outcome == ST_OK) outcome = mention_from_row(arena, query, &opener, ret, err);
        field_opener_clear(&opener);
    }
    outcome = db_end_after(query, outcome, err);
    if (outcome == ST_NOT_FOUND) return err_missing(err, "mention");
    return outcome;
}

static int32_t day_from(struct query *query, int column)
{
    return db_is_null(query, column) ? LINK_DAY_UNKNOWN : (int32_t)db_int(query, column);
}

static enum st load_mentions(struct db *db, struct arena *arena, const struct data_key *key,
                             struct submission *submission, struct err *err)
{
    size_t room = 0;
    struct field_opener opener;
    struct query *query = db_query(db, Q_MENTION_OF_SUBMISSION);
    db_bind_int(query, 1, submission->id);
    enum st outcome = ST_OK;
    field_opener_begin(&opener, key, FIELD_MENTION_FIELDS);
    while (outcome == ST_OK && submission->mention_count < SUBMISSION_MENTIONS_MAX &&
           db_next(query)) {
        arena_room(arena, submission->mention, submission->mention_count, &room);
        outcome = mention_from_row(arena, query, &opener,
                                   &submission->mention[submission->mention_count++], err);
    }
    field_opener_clear(&opener);
    return db_end_after(query, outcome, err);
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
        outcome =
            field_open(arena, key, FIELD_SUBMISSION_WORDS, id, db_bytes(query, 6), &words, err);
    if (outcome != ST_OK) return outcome;
    if (!texts_unpack(words, text, SUBMISSION_WORDS)) abort(); /* it was authentic */
    *ret = (struct submission){
        .id = id,
        .reference = str_dup(arena, db_text(query, 1)),
        .organisation = db_int(query, 3),
        .sector = str_dup(arena, db_text(query, 4)),
        .forum = str_dup(arena, db_text(query, 5)),
        .narrative = text[0],
        .when_text = text[1],
        .where_text = text[2],
        .seen_from = day_from(query, 7),
        .seen_to = day_from(query, 8),
        .created_at = db_int(query, 10),
        .handling = str_dup(arena, db_text(query, 14)),
    };
    ret->source_tag = str_dup(arena, db_bytes(query, 2));
    if (!how_known_from_name(db_text(query, 9), &ret->how_known)) abort();
    return ST_OK;
}

/* Fills the key that opens the rest of it; the caller clears it, however this ends. */
static enum st load_written(struct app *app, struct db *db, struct arena *arena, int64_t id,
                            struct data_key *key, struct submission *ret, struct err *err)
{
    struct query *query = db_query(db, Q_SUBMISSION_READ);
    db_bind_int(query, 1, id);
    enum st outcome = ST_NOT_FOUND;
    if (db_next(query)) outcome = submission_from_row(app, arena, query, key, ret, err);
    outcome = db_end_after(query, outcome, err);
    if (outcome == ST_OK) outcome = load_mentions(db, arena, key, ret, err);
    return outcome == ST_NOT_FOUND ? err_missing(err, "submission") : outcome;
}

enum st submission_load_arrival(struct db *db, struct arena *arena, int64_t id,
                                struct str *ret_sector, instant_ms *ret_created_at, struct err *err)
{
    struct query *query = db_query(db, Q_SUBMISSION_ARRIVAL);
    db_bind_int(query, 1, id);
    bool found = db_next(query);
    if (found) {
        *ret_sector = str_dup(arena, db_text(query, 0));
        *ret_created_at = db_int(query, 1);
    }
    enum st outcome = db_end(query, err);
    return outcome == ST_OK && !found ? err_missing(err, "submission") : outcome;
}

enum st submission_load(struct app *app, struct db *db, struct arena *arena, int64_t id,
                        struct submission *ret, struct err *err)
{
    struct data_key key = {0};
    enum st outcome = load_written(app, db, arena, id, &key, ret, err);
    data_key_clear(&key);
    return outcome;
}

/* The words as the Forum reads them, sealed by the submission's own key. */
static enum st load_shared_words(struct db *db, struct arena *arena, const struct data_key *key,
                                 int64_t id, struct str text[static VERSION_WORDS], struct err *err)
{
    struct str words = STR("");
    struct query *query = db_query(db, Q_VERSION_SHARED);
    db_bind_int(query, 1, id);
    enum st outcome = ST_NOT_FOUND;
    if (db_next(query))
        outcome = field_open(arena, key, FIELD_SUBMISSION_VERSION, db_int(query, 0),
                             db_bytes(query, 1), &words, err);
    outcome = db_end_after(query, outcome, err);
    if (outcome == ST_NOT_FOUND) return err_missing(err, "submission");
    /* it was authentic */
    if (outcome == ST_OK && !texts_unpack(words, text, VERSION_WORDS)) abort();
    return outcome;
}

/* Where a mention was found in what was written, it is looked for in what was shared. */
static void find_again(struct mention *mention, struct str written, struct str shared)
{
    ptrdiff_t at = mention->span_start >= 0
                       ? str_find(shared,
                                  str_sub(written, (size_t)mention->span_start,
                                          (size_t)(mention->span_end - mention->span_start)),
                                  0)
                       : -1;
    int32_t size = mention->span_end - mention->span_start;
    mention->span_start = at >= 0 ? (int32_t)at : -1;
    mention->span_end = at >= 0 ? (int32_t)at + size : -1;
}

static void show_shared(const struct app *app, struct submission *ret,
                        const struct str text[static VERSION_WORDS])
{
    size_t kept = 0;
    for (size_t i = 0; i < ret->mention_count; i++) {
        if (registry_left_out(app->registry, ret->mention[i].id)) continue;
        ret->mention[kept] = ret->mention[i];
        find_again(&ret->mention[kept++], ret->narrative, text[0]);
    }
    ret->mention_count = kept;
    ret->narrative = text[0];
    ret->when_text = text[1];
    ret->where_text = text[2];
    ret->sanitised = true;
}

/* Out of the source, where its sender let the Forum know: no copy of the name lies elsewhere. */
static enum st load_sender(struct app *app, struct db *db, struct arena *arena, int64_t id,
                           struct str *ret, struct err *err)
{
    int64_t account = 0;
    enum st outcome = source_open(app, db, id, &account, err);
    return outcome == ST_OK ? account_name(app, db, arena, account, ret, err) : outcome;
}

/* `names`: with who sent it, where the Forum may know. */
static enum st load_shared(struct app *app, struct db *db, struct arena *arena,
                           const struct data_key *key, bool names, struct submission *ret,
                           struct err *err)
{
    struct str text[VERSION_WORDS];
    enum st outcome = load_shared_words(db, arena, key, ret->id, text, err);
    if (outcome == ST_OK && names && text[3].len)
        outcome = load_sender(app, db, arena, ret->id, &ret->named, err);
    if (outcome == ST_OK) show_shared(app, ret, text);
    return outcome;
}

enum st submission_load_seen(const struct scope *scope, struct db *db, struct arena *arena,
                             int64_t id, struct submission *ret, struct err *err)
{
    struct app *app = scope_app(scope);
    struct data_key key = {0};
    bool original = scope_original(scope, id);
    bool keeps = original && store_may_keep(db);
    if (keeps && report_find(scope, arena, id, ret)) return ST_OK;
    enum st outcome = load_written(app, db, arena, id, &key, ret, err);
    if (outcome == ST_OK && keeps) report_keep(scope, arena, ret);
    if (outcome == ST_OK && !original) outcome = load_shared(app, db, arena, &key, true, ret, err);
    data_key_clear(&key);
    return outcome;
}

enum st submission_load_shared(struct app *app, struct db *db, struct arena *arena, int64_t id,
                               struct submission *ret, struct err *err)
{
    const struct registry_row *row = registry_find(app->registry, id);
    struct data_key key = {0};
    enum st outcome = load_written(app, db, arena, id, &key, ret, err);
    if (outcome == ST_OK && row && row->sanitised)
        outcome = load_shared(app, db, arena, &key, false, ret, err);
    data_key_clear(&key);
    return outcome;
}

/* `read` NULL: there is none, or not for this person, which are one and the same. */
static enum st note_read(const struct scope *scope, int64_t id, const struct submission *read,
                         struct err *err)
{
    const struct person *who = scope_person(scope);
    struct audit_event event = {.kind = AUDIT_DENIAL,
                                .action = "submission read",
                                .account = who->account,
                                .subject = "submission",
                                .subject_id = id,
                                .outcome = "not found"};
    struct record record;
    if (read && scope_record(scope, id, &record)) {
        event.kind = AUDIT_CONSULTATION;
        event.outcome = "ok";
        event.by_source = record.account == who->account;
        event.reason = audit_ground_of_text(who, &read->narrative, 1,
                                            audit_ground(who, ACT_READ_SUBMISSION, &record));
    }
    return scope_note(scope, &event, err);
}

enum st submission_read(struct app *app, struct arena *arena, const struct person *who, int64_t id,
                        struct submission *ret, struct err *err)
{
    /* Asked first: what is denied is not even loaded, and takes the way of what is
     * missing. */
    const struct scope *scope = scope_of(app, arena, who);
    enum st outcome = ST_NOT_FOUND;
    if (scope_allows(scope, ACT_READ_SUBMISSION, id)) {
        struct db *db = store_read_begin(app->store, err);
        if (!db) return ST_FAILED;
        outcome = submission_load_seen(scope, db, arena, id, ret, err);
        store_read_end(app->store, db);
    }
    enum st noted = note_read(scope, id, outcome == ST_OK ? ret : NULL, err);
    if (noted != ST_OK) return noted;
    return outcome == ST_NOT_FOUND ? err_missing(err, "submission") : outcome;
}

enum st submission_of_reference(struct db *db, struct arena *arena, struct str reference,
                                int64_t *ret, struct err *err)
{
    enum { REFERENCE_MAX = 60 };
    struct query *query = db_query(db, Q_SUBMISSION_BY_REFERENCE);
    db_bind_text(query, 1, str_upper(arena, str_trim(str_sub(reference, 0, REFERENCE_MAX))));
    *ret = db_next(query) ? db_int(query, 0) : 0;
    return db_end(query, err);
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
    if (!own) return err_missing(err, "submission");
    return audit_event(app, &(struct audit_event){.kind = AUDIT_CONSULTATION,
                                                  .action = "receipt read",
                                                  .account = who->account,
                                                  .by_source = true,
                                                  .subject = "submission",
                                                  .subject_id = *ret,
                                                  .reason = "own record"},
                       err);
}

/* How many suggestions of its mentions lead to what this person may see. */
static enum st count_links(const struct scope *scope, struct db *db, int64_t submission,
                           int64_t *ret, struct err *err)
{
    struct query *query = db_query(db, Q_SUGGESTION_SIDES);
    db_bind_int(query, 1, submission);
    *ret = 0;
    while (db_next(query))
        *ret += scope_mention(scope, submission, db_int(query, 0)) &&
                scope_mention(scope, db_int(query, 1), db_int(query, 2));
    return db_end(query, err);
}

enum st submission_line_load(const struct scope *scope, struct db *db, struct arena *arena,
                             int64_t id, struct submission_line *ret, struct err *err)
{
    struct data_key key = {0};
    struct str words;
    struct str text[SUBMISSION_WORDS] = {{0}};
    struct record record = {0};
    bool own = scope_record(scope, id, &record) &&
               record.organisation == scope_person(scope)->organisation;
    struct query *query = db_query(db, Q_SUBMISSION_LINE);
    db_bind_int(query, 1, id);
    enum st outcome = ST_NOT_FOUND;
    if (db_next(query)) {
        *ret = (struct submission_line){.id = id,
                                        .reference = str_dup(arena, db_text(query, 1)),
                                        .created_at = db_int(query, 3),
                                        .linked = own && db_int(query, 4) > 0,
                                        .sector = str_dup(arena, db_text(query, 8)),
                                        .handling = str_dup(arena, db_text(query, 9))};
        outcome = record_key_from_row(scope_app(scope), query, 5, &key, err);
        if (outcome == ST_OK)
            outcome = field_open(arena, &key, FIELD_SUBMISSION_WORDS, id, db_bytes(query, 2),
                                 &words, err);
        if (outcome == ST_OK && !texts_unpack(words, text, SUBMISSION_WORDS)) abort();
        ret->narrative = text[0];
        ret->where_text = text[2];
    }
    struct str shared[VERSION_WORDS];
    if (outcome == ST_OK && !scope_original(scope, id)) {
        outcome = load_shared_words(db, arena, &key, id, shared, err);
        ret->narrative = outcome == ST_OK ? shared[0] : STR("");
        ret->where_text = outcome == ST_OK ? shared[2] : STR("");
    }
    data_key_clear(&key);
    outcome = db_end_after(query, outcome, err);
    if (outcome == ST_OK && scope_links(scope, id))
        outcome = count_links(scope, db, id, &ret->links, err);
    return outcome;
}

/* The ids of a list, newest first: of all that may be read, those that belong to it. */
static size_t list_ids(const struct scope *scope, enum submission_list list, int64_t before,
                       size_t maximum, int64_t *ret)
{
    enum { AT_ONCE = 256 };
    const struct person *who = scope_person(scope);
    int64_t some[AT_ONCE];
    size_t count = 0;
    for (size_t got = AT_ONCE; got == AT_ONCE && count < maximum;) {
        got = scope_latest(scope, ACT_READ_SUBMISSION, before, some, AT_ONCE);
        for (size_t i = 0; i < got && count < maximum; i++) {
            struct record record;
            before = some[i];
            if (!scope_record(scope, some[i], &record)) continue;
            if (list == LIST_OWN && record.account != who->account) continue;
            if (list == LIST_ORGANISATION && record.organisation != who->organisation) continue;
            ret[count++] = some[i];
        }
    }
    return count;
}

enum st submission_list(struct app *app, struct arena *arena, const struct person *who,
                        enum submission_list list, size_t maximum, struct submission_line **ret,
                        size_t *ret_count, struct err *err)
{
    return submission_list_before(app, arena, who, list, 0, maximum, ret, ret_count, err);
}

enum st submission_list_before(struct app *app, struct arena *arena, const struct person *who,
                               enum submission_list list, int64_t before, size_t maximum,
                               struct submission_line **ret, size_t *ret_count, struct err *err)
{
    int64_t *ids = arena_many(arena, maximum, int64_t);
    size_t found = list_ids(scope_of(app, arena, who), list, before, maximum, ids);
    return submission_lines(app, arena, who, ids, found, ret, ret_count, err);
}

enum st submission_lines(struct app *app, struct arena *arena, const struct person *who,
                         const int64_t *ids, size_t found, struct submission_line **ret,
                         size_t *ret_count, struct err *err)
{
    const struct scope *scope = scope_of(app, arena, who);
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    *ret = arena_many(arena, found, struct submission_line);
    size_t count = 0;
    enum st outcome = ST_OK;
    for (size_t i = 0; i < found && outcome == ST_OK; i++) {
        outcome = submission_line_load(scope, db, arena, ids[i], &(*ret)[count], err);
        if (outcome == ST_OK) count++;
        if (outcome == ST_NOT_FOUND) outcome = ST_OK; /* destroyed meanwhile */
    }
    *ret_count = count;
    store_read_end(app->store, db);
    return outcome;
}
