#include "domain/child_keep.h"

#include "domain/account.h"
#include "domain/child_close.h"
#include "domain/child_newest.h"
#include "domain/destroy.h"
#include "domain/reason.h"

#include <stdlib.h>

enum { DISPOSALS_MAX = 200, REFERRALS_MAX = 200 };

/* --- how long ----------------------------------------------------------------------------- */

struct child_retention child_retention(const struct app *app, const struct child_line *line)
{
    struct child_retention ret = {.day = LINK_DAY_UNKNOWN};
    ret.class = app->area ? retention_find(area_child(app->area), line->retention) : NULL;
    if (!ret.class) return ret;
    instant_ms from = line->closed_at ? line->closed_at : line->changed_at;
    /* Of a year the last day: a record is kept a little longer rather than ended too soon. */
    int32_t born = link_birth_known(line->born) ? line->born.to : LINK_DAY_UNKNOWN;
    ret.day = retention_day(ret.class, born, clock_day(from));
    ret.due = ret.day <= clock_today();
    return ret;
}

struct dated {
    int32_t day;
    struct child_line line;
};

static int by_day(const void *a, const void *b)
{
    int32_t left = ((const struct dated *)a)->day;
    int32_t right = ((const struct dated *)b)->day;
    return (left > right) - (left < right);
}

enum st children_due(struct app *app, struct arena *arena, const struct person *who,
                     struct child_line **ret, size_t *ret_count, struct err *err)
{
    if (!access_allows(who, ACT_KEEP_CHILD, NULL)) return child_missing(err);
    const struct child_scope *scope = child_scope_of(app, arena, who);
    struct child_line *list = NULL;
    size_t count = child_scope_list(scope, &list);
    struct dated *due = arena_many(arena, count + 1, struct dated);
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        struct child_retention retention = child_retention(app, &list[i]);
        if (retention.due && child_scope_allows(scope, ACT_KEEP_CHILD, list[i].id))
            due[found++] = (struct dated){retention.day, list[i]};
    }
    if (found) qsort(due, found, sizeof *due, by_day);
    for (size_t i = 0; i < found; i++) list[i] = due[i].line;
    *ret = list;
    *ret_count = found;
    return ST_OK;
}

/* --- hold, class ----------------------------------------------------------------------------- */

/* A query with the record and a value, and the entry that says why, for each joined record. */
struct change {
    enum query_id query;
    int64_t number;
    struct str text; /* bound instead of the number when it is there */
    const char *what;
    const char *said;
    struct str words;
};

static enum st change_one(struct app *app, struct db *db, struct arena *arena,
                          const struct person *who, int64_t child, const struct change *change,
                          struct err *err)
{
    struct query *query = db_query(db, change->query);
    db_bind_int(query, 1, child);
    if (change->text.len)
        db_bind_text(query, 2, change->text);
    else
        db_bind_int(query, 2, change->number);
    enum st outcome = db_run(query, err);
    if (outcome != ST_OK) return outcome;
    return child_event(app, db, arena, who, child, change->what, change->words, change->said, err);
}

static enum st change_all(struct app *app, struct arena *arena, const struct person *who,
                          int64_t child, struct change *change, struct str reason, struct err *err)
{
    const struct child_scope *scope = child_scope_of(app, arena, who);
    int64_t *record = NULL;
    if (!child_scope_allows(scope, ACT_KEEP_CHILD, child)) return child_missing(err);
    size_t count = children_group(scope, child, &record);
    enum st outcome = reason_clean(arena, reason, &reason, err);
    change->words = change->words.len
                        ? str_fmt(arena, "%.*s. %.*s", STR_ARG(change->words), STR_ARG(reason))
                        : reason;
    struct db *db;
    if (outcome == ST_OK) outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    for (size_t i = 0; i < count && outcome == ST_OK; i++)
        outcome = change_one(app, db, arena, who, record[i], change, err);
    outcome = store_write_end(app->store, db, outcome, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++)
        outcome = children_refresh(app, record[i], err);
    return outcome;
}

static enum st changed(struct app *app, const struct person *who, int64_t child,
                       struct change change, struct str reason, struct err *err)
{
    struct arena arena;
    arena_init(&arena, 32 << 20);
    enum st outcome = change_all(app, &arena, who, child, &change, reason, err);
    arena_done(&arena);
    return outcome;
}

enum st child_set_held(struct app *app, const struct person *who, int64_t child, bool held,
                       struct str reason, struct err *err)
{
    return changed(app, who, child,
                   (struct change){.query = Q_CHILD_HELD,
                                   .number = held,
                                   .what = held ? "Legal hold" : "Legal hold ended",
                                   .said = held ? "legal hold set" : "legal hold ended"},
                   reason, err);
}

enum st child_set_class(struct app *app, const struct person *who, int64_t child, struct str class,
                        struct str reason, struct err *err)
{
    const struct retention_class *known =
        app->area ? retention_find(area_child(app->area), class) : NULL;
    if (!known) return err_set(err, ST_INVALID, "Choose how long the record is kept.");
    return changed(app, who, child,
                   (struct change){.query = Q_CHILD_RETENTION,
                                   .text = known->id,
                                   .what = "Retention class set",
                                   .said = "retention class set",
                                   .words = known->label},
                   reason, err);
}

/* --- decisions to destroy --------------------------------------------------------------------- */

static enum st read_disposal(struct app *app, struct db *db, struct arena *arena,
                             struct query *query, const struct person *who,
                             struct child_disposal *ret, struct err *err)
{
    *ret = (struct child_disposal){.id = db_int(query, 0),
                                   .child = db_int(query, 1),
                                   .reference = str_dup(arena, db_text(query, 2)),
                                   .reason = str_dup(arena, db_text(query, 3)),
                                   .retention = str_dup(arena, db_text(query, 5)),
                                   .version = str_dup(arena, db_text(query, 6)),
                                   .due_day = (int32_t)db_int(query, 7),
                                   .records = db_int(query, 8),
                                   .own = db_int(query, 9) == who->account,
                                   .proposed_at = db_int(query, 10),
                                   .state = str_dup(arena, db_text(query, 11)),
                                   .answered_at = db_int(query, 13)};
    int64_t by = db_int(query, 9);
    int64_t answered_by = db_int(query, 12);
    enum st outcome =
        reason_open(app, arena, query, 4, 14, FIELD_CHILD_DISPOSAL, ret->id, &ret->words, err);
    if (outcome == ST_OK) outcome = account_name(app, db, arena, by, &ret->proposed_by, err);
    if (outcome == ST_OK && answered_by)
        outcome = account_name(app, db, arena, answered_by, &ret->answered_by, err);
    return outcome;
}

static enum st read_disposals(struct app *app, struct arena *arena, const struct person *who,
                              enum query_id id, const int64_t *about, size_t abouts,
                              struct child_disposal **ret, size_t *ret_count, struct err *err)
{
    *ret = arena_many(arena, DISPOSALS_MAX, struct child_disposal);
    *ret_count = 0;
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = ST_OK;
    for (size_t i = 0; i < abouts && outcome == ST_OK; i++) {
        struct query *query = db_query(db, id);
        db_bind_int(query, 1, about[i]);
        while (outcome == ST_OK && *ret_count < DISPOSALS_MAX && db_next(query))
            outcome = read_disposal(app, db, arena, query, who, &(*ret)[(*ret_count)++], err);
        outcome = db_end_after(query, outcome, err);
    }
    store_read_end(app->store, db);
    return outcome;
}

enum st child_disposals_of(struct app *app, struct arena *arena, const struct person *who,
                           const struct child_file *file, struct child_disposal **ret,
                           size_t *ret_count, struct err *err)
{
    return read_disposals(app, arena, who, Q_CHILD_DISPOSAL_OF, file->record, file->record_count,
                          ret, ret_count, err);
}

enum st child_disposals(struct app *app, struct arena *arena, const struct person *who,
                        struct child_disposal **ret, size_t *ret_count, struct err *err)
{
    if (!access_allows(who, ACT_KEEP_CHILD, NULL)) return child_missing(err);
    int64_t most = DISPOSALS_MAX;
    const struct child_scope *scope = child_scope_of(app, arena, who);
    size_t found = 0;
    enum st outcome =
        read_disposals(app, arena, who, Q_CHILD_DISPOSAL_LIST, &most, 1, ret, &found, err);
    size_t kept = 0;
    for (size_t i = 0; i < found && outcome == ST_OK; i++)
        if (str_eq((*ret)[i].state, STR("destroyed")) ||
            child_scope_allows(scope, ACT_KEEP_CHILD, (*ret)[i].child))
            (*ret)[kept++] = (*ret)[i];
    *ret_count = kept;
    return outcome;
}

/* What the desk still works on is not destroyed under its hands, nor what somebody waits to see. */
static enum st check_waiting(struct db *db, const struct child_file *file, struct err *err)
{
    static const struct {
        enum query_id query;
        const char *said;
    } waits[] = {
        {Q_REFERRAL_OPEN_OF_CHILD,
         "A referral about this child is still open. Close it at the desk first."},
        {Q_CHILD_BUNDLE_OPEN_OF,
         "Somebody asked what is held on this child. Answer that first, or end it."},
    };
    enum { WAITS = sizeof waits / sizeof *waits };
    for (size_t i = 0; i < file->record_count * WAITS; i++) {
        int64_t open = 0;
        struct query *query = db_query(db, waits[i % WAITS].query);
        db_bind_int(query, 1, file->record[i / WAITS]);
        enum st outcome = db_one(query, &open, err);
        if (outcome != ST_OK) return outcome;
        if (open) return err_set(err, ST_CONFLICT, "%s", waits[i % WAITS].said);
    }
    return ST_OK;
}

/* Also of referrals that this person may not see. */
static enum st check_desk(struct app *app, const struct child_file *file, struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = check_waiting(db, file, err);
    store_read_end(app->store, db);
    return outcome;
}

/* A child who is missing, is owed an interview, or has a plan, needs the record; so does the
 * desk. */
static enum st check_open(struct app *app, struct arena *arena, const struct person *who,
                          const struct child_file *file, struct err *err)
{
    struct child_open *list = NULL;
    size_t count = 0;
    size_t keeps = 0;
    struct str first = STR("");
    struct str seen;
    enum st outcome = child_still_open(app, arena, who, file, &list, &count, &seen, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++)
        if (child_open_keeps(&list[i]) && !keeps++) first = list[i].what;
    if (outcome != ST_OK) return outcome;
    if (!keeps) return check_desk(app, file, err);
    if (keeps == 1)
        return err_set(err, ST_CONFLICT, "This is still open: %.*s. End it first.", STR_ARG(first));
    return err_set(err, ST_CONFLICT, "This is still open: %.*s, and %zu more. End them first.",
                   STR_ARG(first), keeps - 1);
}

static enum st store_disposal(struct app *app, struct db *db, struct arena *arena,
                              const struct person *who, const struct child_file *file,
                              struct str reason, struct str words, struct err *err)
{
    int64_t id = 0;
    struct data_key key = {0};
    struct child_retention retention = child_retention(app, &file->line);
    enum st outcome = db_next_id(db, Q_CHILD_DISPOSAL_LAST, &id, err);
    if (outcome == ST_OK) outcome = record_key_add(app, db, KEY_RECORD, &key, err);
    if (outcome != ST_OK) return outcome;
    struct str sealed = field_seal(arena, &key, FIELD_CHILD_DISPOSAL, id, words);
    struct query *query = db_query(db, Q_CHILD_DISPOSAL_ADD);
    db_bind_int(query, 1, id);
    db_bind_int(query, 2, file->line.id);
    db_bind_int(query, 3, key.id);
    db_bind_text(query, 4, reason);
    db_bind_bytes(query, 5, sealed.ptr, sealed.len);
    db_bind_text(query, 6, file->line.retention);
    db_bind_text(query, 7, area_child(app->area)->schedule);
    db_bind_int(query, 8, retention.day);
    db_bind_int(query, 9, (int64_t)file->record_count);
    db_bind_int(query, 10, who->account);
    db_bind_int(query, 11, clock_now());
    data_key_clear(&key);
    outcome = db_run(query, err);
    return outcome == ST_OK ? child_note(app, db, who, AUDIT_ALTERATION, "destruction proposed",
                                         file->line.id, err)
                            : outcome;
}

/* A reason that is about the schedule holds as long as that does. */
static enum st check_time(const struct app *app, const struct child_file *file, struct str reason,
                          struct err *err)
{
    if (!str_eq(reason, STR("time-over")) || child_retention(app, &file->line).due) return ST_OK;
    return err_set(err, ST_INVALID, "The time for which it is kept is not over yet.");
}

static enum st check_proposal(struct app *app, struct arena *arena, const struct person *who,
                              const struct child_file *file, struct str reason, struct err *err)
{
    if (!file->may_keep) return child_missing(err);
    if (file->line.held)
        return err_set(err, ST_CONFLICT,
                       "A legal hold is on this record. End the hold first, with a reason.");
    if (!child_word_find(area_child(app->area), WORD_KEEP, reason))
        return err_set(err, ST_INVALID, "Choose why the record is to be destroyed.");
    struct child_disposal *list = NULL;
    size_t count = 0;
    enum st outcome = check_time(app, file, reason, err);
    if (outcome == ST_OK) outcome = check_open(app, arena, who, file, err);
    if (outcome == ST_OK) outcome = child_disposals_of(app, arena, who, file, &list, &count, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++)
        if (str_eq(list[i].state, STR("proposed")))
            outcome = err_set(err, ST_CONFLICT,
                              "Somebody has proposed that already. A second person decides.");
    return outcome;
}

enum st child_dispose_propose(struct app *app, const struct person *who, int64_t child,
                              struct str reason, struct str words, struct err *err)
{
    struct arena arena;
    struct child_file file;
    struct db *db;
    arena_init(&arena, 128 << 20);
    enum st outcome = child_open(app, &arena, who, child, &file, err);
    if (outcome == ST_OK) outcome = check_proposal(app, &arena, who, &file, reason, err);
    if (outcome == ST_OK) outcome = reason_clean(&arena, words, &words, err);
    if (outcome == ST_OK) outcome = store_write_begin(app->store, &db, err);
    if (outcome == ST_OK) {
        outcome = store_disposal(app, db, &arena, who, &file, reason, words, err);
        outcome = store_write_end(app->store, db, outcome, err);
    }
    arena_done(&arena);
    return outcome;
}

/* Referrals that end with the records, and the submissions that hold what they name. */
struct ended {
    int64_t submission[REFERRALS_MAX];
    size_t count;
};

/* With the submission that holds what it names. */
static enum st end_referral(struct app *app, struct db *db, const struct person *who, int64_t id,
                            int64_t key, int64_t submission, struct err *err)
{
    enum st outcome = record_key_destroy(db, key, err);
    if (outcome == ST_OK)
        outcome = audit_append(app, db,
                               &(struct audit_event){.kind = AUDIT_ERASURE,
                                                     .action = "referral destroyed",
                                                     .account = who->account,
                                                     .subject = "referral",
                                                     .subject_id = id},
                               err);
    if (outcome != ST_OK) return outcome;
    outcome = submission_destroy_in(app, db, submission, "with the record of the child", err);
    return outcome == ST_NOT_FOUND ? ST_OK : outcome; /* it is gone already */
}

/* A referral whose children's records are all destroyed goes with them. */
static enum st end_referrals(struct app *app, struct db *db, const struct person *who,
                             int64_t child, struct ended *ended, struct err *err)
{
    size_t first = ended->count;
    struct {
        int64_t id;
        int64_t key;
    } referral[REFERRALS_MAX];
    size_t count = 0;
    struct query *query = db_query(db, Q_REFERRAL_ENDED_OF_CHILD);
    db_bind_int(query, 1, child);
    while (ended->count < REFERRALS_MAX && db_next(query)) {
        referral[count].id = db_int(query, 0);
        referral[count++].key = db_int(query, 1);
        ended->submission[ended->count++] = db_int(query, 2);
    }
    enum st outcome = db_end(query, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++)
        outcome = end_referral(app, db, who, referral[i].id, referral[i].key,
                               ended->submission[first + i], err);
    return outcome;
}

/* The keys of one record. */
static enum st shred(struct app *app, struct db *db, const struct person *who, int64_t child,
                     struct err *err)
{
    int64_t key = 0;
    struct query *query = db_query(db, Q_CHILD_DESTROYED);
    db_bind_int(query, 1, child);
    db_bind_int(query, 2, clock_now());
    enum st outcome = db_one(query, &key, err);
    if (outcome == ST_OK) outcome = record_key_destroy(db, key, err);
    return outcome == ST_OK
               ? child_note(app, db, who, AUDIT_ERASURE, "child record destroyed", child, err)
               : outcome;
}

static struct str seen_words(struct arena *arena, const struct child_file *file,
                             const struct child_newest *newest)
{
    uint64_t records = str_hash(STR("records"));
    for (size_t i = 0; i < file->record_count; i++)
        records = str_hash(
            str_fmt(arena, "%llx %lld", (unsigned long long)records, (long long)file->record[i]));
    return str_fmt(arena, "%lld-%lld-%llx", (long long)newest->entry, (long long)newest->missing,
                   (unsigned long long)records);
}

enum st child_dispose_seen(struct app *app, struct arena *arena, const struct child_file *file,
                           struct str *ret, struct err *err)
{
    struct child_newest newest = {0};
    enum st outcome = child_newest_of(app, file, &newest, err);
    if (outcome == ST_OK) *ret = seen_words(arena, file, &newest);
    return outcome;
}

static enum st check_answer(struct app *app, struct arena *arena, const struct person *who,
                            const struct child_file *file, const struct child_disposal *disposal,
                            bool destroy, struct err *err)
{
    if (disposal->own)
        return err_set(err, ST_CONFLICT, "You proposed this yourself. A second person decides.");
    if (destroy && file->line.held)
        return err_set(err, ST_CONFLICT,
                       "A legal hold is on this record. Nothing of it is destroyed.");
    if (destroy && disposal->records != (int64_t)file->record_count)
        return err_set(err, ST_CONFLICT,
                       "Records were joined or parted since. Keep it, and propose it anew.");
    if (destroy && check_time(app, file, disposal->reason, err) != ST_OK)
        return err_set(err, ST_CONFLICT,
                       "The time for which it is kept is not over any more. Keep it.");
    return destroy ? check_open(app, arena, who, file, err) : ST_OK;
}

/* A hold that was set, and records that were joined or parted, since it was proposed. */
static enum st check_records(struct db *db, const struct child_file *file,
                             const struct child_disposal *disposal, struct err *err)
{
    for (size_t i = 0; i < file->record_count; i++) {
        int64_t held = 0;
        int64_t joins = 0;
        struct query *query = db_query(db, Q_CHILD_IS_HELD);
        db_bind_int(query, 1, file->record[i]);
        enum st outcome = db_one(query, &held, err);
        if (outcome != ST_OK) return outcome;
        query = db_query(db, Q_CHILD_JOINS_SINCE);
        db_bind_int(query, 1, file->record[i]);
        db_bind_int(query, 2, disposal->proposed_at);
        outcome = db_one(query, &joins, err);
        if (outcome != ST_OK) return outcome;
        if (held)
            return err_set(err, ST_CONFLICT,
                           "A legal hold is on this record. Nothing of it is destroyed.");
        if (joins)
            return err_set(err, ST_CONFLICT,
                           "Records were joined or parted since. Keep it, and propose it anew.");
    }
    return ST_OK;
}

static enum st answer(struct app *app, struct arena *arena, const struct person *who,
                      const struct child_file *file, const struct child_disposal *disposal,
                      bool destroy, struct str seen, struct ended *ended, struct err *err)
{
    struct db *db;
    struct child_newest newest = {0};
    enum st outcome = child_newest_of(app, file, &newest, err);
    if (outcome == ST_OK && destroy && !str_eq(seen, seen_words(arena, file, &newest)))
        outcome = err_set(err, ST_CONFLICT,
                          "Somebody changed this record since you looked. Look at it again.");
    if (outcome == ST_OK) outcome = check_answer(app, arena, who, file, disposal, destroy, err);
    if (outcome == ST_OK) outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_CHILD_DISPOSAL_ANSWER);
    db_bind_int(query, 1, disposal->id);
    db_bind_text(query, 2, destroy ? STR("destroyed") : STR("kept"));
    db_bind_int(query, 3, who->account);
    db_bind_int(query, 4, clock_now());
    int64_t id = 0;
    outcome = db_one(query, &id, err);
    if (outcome == ST_OK && destroy) outcome = child_newest_check(db, file, &newest, err);
    if (outcome == ST_OK && destroy) outcome = check_records(db, file, disposal, err);
    if (outcome == ST_OK && destroy) outcome = check_waiting(db, file, err);
    for (size_t i = 0; destroy && i < file->record_count && outcome == ST_OK; i++)
        outcome = shred(app, db, who, file->record[i], err);
    for (size_t i = 0; destroy && i < file->record_count && outcome == ST_OK; i++)
        outcome = end_referrals(app, db, who, file->record[i], ended, err);
    if (outcome == ST_OK && !destroy)
        outcome = child_note(app, db, who, AUDIT_ALTERATION, "record kept", file->line.id, err);
    return store_write_end(app->store, db, outcome, err);
}

enum st child_dispose_answer(struct app *app, const struct person *who, int64_t child,
                             int64_t disposal, bool destroy, struct str seen, struct err *err)
{
    struct arena arena;
    struct child_file file;
    struct child_disposal *list = NULL;
    size_t count = 0;
    arena_init(&arena, 128 << 20);
    enum st outcome = child_open(app, &arena, who, child, &file, err);
    if (outcome == ST_OK && !file.may_keep) outcome = child_missing(err);
    if (outcome == ST_OK) outcome = child_disposals_of(app, &arena, who, &file, &list, &count, err);
    size_t at = 0;
    while (outcome == ST_OK && at < count &&
           !(list[at].id == disposal && str_eq(list[at].state, STR("proposed"))))
        at++;
    if (outcome == ST_OK && at == count)
        outcome =
            err_set(err, ST_NOT_FOUND, "That was decided already, or there is no such proposal.");
    struct ended ended = {.count = 0};
    if (outcome == ST_OK)
        outcome = answer(app, &arena, who, &file, &list[at], destroy, seen, &ended, err);
    /* What is destroyed is forgotten, each of it, whatever becomes of the rest. */
    for (size_t i = 0; i < ended.count && outcome == ST_OK; i++)
        submission_forget(app, ended.submission[i]);
    enum st refreshed = outcome;
    for (size_t i = 0; i < file.record_count && outcome == ST_OK; i++) {
        enum st one = children_refresh(app, file.record[i], err);
        if (one != ST_OK) refreshed = one;
    }
    arena_done(&arena);
    bool wiped = false;
    return refreshed == ST_OK && destroy ? destroyed_wipe(app, &wiped, err) : refreshed;
}
