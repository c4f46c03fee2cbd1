#include "domain/audit_review.h"

#include "domain/account.h"
#include "domain/scope.h"
#include "domain/submission.h"
#include "store/audit_index.h"

enum { ACCOUNTS_MAX = 20000, SCAN_MAX = 200000, RECORDS_SHOWN = 3, SOURCE_KEYS_MAX = 1200 };

const char *const audit_record_kinds[] = {"submission", "entity",   "mention", "decision", "import",
                                          "account",    "referral", "child",   "check",    NULL};

const char *audit_record_kind(struct str name)
{
    for (const char *const *kind = audit_record_kinds; *kind; kind++)
        if (str_eq(name, str_from(*kind))) return *kind;
    return NULL;
}

/* --- what is needed to draw lines ------------------------------------------------------- */

struct review {
    struct app *app;
    struct arena *arena;
    struct db *db;
    const struct audit_filter *filter;
    bool names_sources;
    struct account_line *account;
    size_t account_count;
    int64_t source_key[SOURCE_KEYS_MAX];
    size_t source_key_count;
    struct audit_opened opened; /* of the line at hand */
};

static const struct account_line *account_of(const struct review *review, int64_t id)
{
    for (size_t i = 0; i < review->account_count; i++)
        if (review->account[i].id == id) return &review->account[i];
    return NULL;
}

static enum st load_source_keys(struct review *review, struct err *err)
{
    struct query *query = db_query(review->db, Q_AUDIT_KEY_OF_SOURCES);
    while (review->source_key_count < SOURCE_KEYS_MAX && db_next(query))
        review->source_key[review->source_key_count++] = db_int(query, 0);
    return db_end(query, err);
}

static bool tells_source(const struct review *review, int64_t key)
{
    for (size_t i = 0; i < review->source_key_count; i++)
        if (review->source_key[i] == key) return true;
    return false;
}

/* --- which lines ------------------------------------------------------------------------- */

static bool passes(const struct review *review, const struct audit_line *line)
{
    const struct audit_filter *filter = review->filter;
    bool refused = !str_eq(line->outcome, STR("ok")) && !str_eq(line->kind, STR("combination"));
    if (filter->kind >= 0 &&
        !str_eq(line->kind, str_from(audit_kind_name((enum audit_kind)filter->kind))))
        return false;
    if (filter->outcome == OUTCOME_DONE && refused) return false;
    if (filter->outcome == OUTCOME_REFUSED && !refused) return false;
    return filter->about == ABOUT_RECORD || !tells_source(review, line->key_id);
}

/* The tag that lines must have; NULL: any will do. */
static const uint8_t *wanted_tag(const struct review *review, uint8_t space[static SEAL_TAG_SIZE])
{
    const struct audit_filter *filter = review->filter;
    switch (filter->about) {
    case ABOUT_ALL: return NULL;
    case ABOUT_ACCOUNT: audit_tag_account(review->app->keys, filter->account, false, space); break;
    case ABOUT_RECORD:
        audit_tag_subject(review->app->keys, filter->record.kind, filter->record.id, space);
        break;
    }
    return space;
}

/* --- how a line looks ----------------------------------------------------------------------- */

static struct str record_label(struct review *review, struct str kind, int64_t id)
{
    if (str_eq(kind, STR("submission"))) {
        struct query *query = db_query(review->db, Q_SUBMISSION_REFERENCE);
        db_bind_int(query, 1, id);
        struct str reference = db_next(query) ? str_dup(review->arena, db_text(query, 0)) : STR("");
        if (db_end(query, NULL) == ST_OK && reference.len)
            return str_fmt(review->arena, "Submission %.*s", STR_ARG(reference));
    }
    if (str_eq(kind, STR("child"))) {
        struct query *query = db_query(review->db, Q_CHILD_READ);
        db_bind_int(query, 1, id);
        struct str reference = db_next(query) ? str_dup(review->arena, db_text(query, 1)) : STR("");
        if (db_end(query, NULL) == ST_OK && reference.len)
            return str_fmt(review->arena, "Child’s record %.*s", STR_ARG(reference));
    }
    if (str_eq(kind, STR("account"))) {
        const struct account_line *account = account_of(review, id);
        if (account) return str_fmt(review->arena, "Account of %.*s", STR_ARG(account->name));
    }
    struct str label = str_fmt(review->arena, "%.*s %lld", STR_ARG(kind), (long long)id);
    return str_fmt(review->arena, "%c%.*s", label.ptr[0] - 32,
                   STR_ARG(str_sub(label, 1, label.len)));
}

static struct str records_label(struct review *review)
{
    struct str label = STR("");
    const struct audit_opened *opened = &review->opened;
    for (size_t i = 0; i < opened->subject_count && i < RECORDS_SHOWN; i++) {
        struct str one = record_label(review, opened->kind[i], opened->id[i]);
        label =
            label.len ? str_fmt(review->arena, "%.*s, %.*s", STR_ARG(label), STR_ARG(one)) : one;
    }
    if (opened->subject_count > RECORDS_SHOWN)
        label = str_fmt(review->arena, "%.*s and others", STR_ARG(label));
    return label;
}

static void draw_who(struct review *review, int64_t account, struct audit_seen *ret)
{
    const struct account_line *known = account_of(review, account);
    ret->account = account;
    ret->who = known     ? known->name
               : account ? STR("An account that is gone")
                         : STR("Nobody signed in");
    ret->email = known ? known->email : STR("");
}

/* The first instant of London's day. */
static instant_ms day_start(instant_ms at)
{
    return clock_from_london((struct civil){.date = clock_london(at).date});
}

static enum st draw_line(struct review *review, const struct audit_line *line, struct str sealed,
                         struct audit_seen *ret, struct err *err)
{
    bool hides = tells_source(review, line->key_id) && !review->names_sources;
    *ret = (struct audit_seen){.number = line->number,
                               .at = line->at,
                               .action = str_dup(review->arena, line->action),
                               .outcome = str_dup(review->arena, line->outcome),
                               .refused = !str_eq(line->outcome, STR("ok")) &&
                                          !str_eq(line->kind, STR("combination")),
                               .reason = str_dup(review->arena, line->reason)};
    if (!audit_kind_from_name(line->kind, &ret->kind)) ret->kind = AUDIT_OPERATION;
    if (hides) {
        ret->day_only = true;
        ret->at = day_start(line->at);
        ret->who = STR("Whoever handed it in");
        ret->reason = STR("");
        ret->records =
            record_label(review, str_from(review->filter->record.kind), review->filter->record.id);
        return ST_OK;
    }
    enum st outcome = audit_line_open(review->db, review->app->keys, review->arena, line->number,
                                      line->key_id, sealed, &review->opened, err);
    if (outcome == ST_NOT_FOUND) {
        ret->who = STR("Not kept any more");
        return ST_OK;
    }
    if (outcome != ST_OK) return outcome;
    draw_who(review, review->opened.account, ret);
    ret->records = records_label(review);
    return ST_OK;
}

/* Of what is looked up `skip` of them are passed over, `maximum` taken. */
static enum st take_lines(struct review *review, size_t skip, size_t maximum,
                          struct audit_seen *ret, size_t *ret_count, bool *ret_more,
                          struct err *err)
{
    uint8_t tag[SEAL_TAG_SIZE];
    struct audit_search search = {.db = review->db,
                                  .tag = wanted_tag(review, tag),
                                  .from = review->filter->from,
                                  .until =
                                      review->filter->until ? review->filter->until : INT64_MAX};
    enum st outcome = audit_search_begin(&search, review->arena, err);
    if (outcome != ST_OK) return outcome;
    struct audit_line line;
    struct str sealed;
    for (size_t scanned = 0;
         outcome == ST_OK && scanned < SCAN_MAX && audit_search_next(&search, &line, &sealed);
         scanned++) {
        if (!passes(review, &line)) continue;
        if (skip > 0) {
            skip--;
            continue;
        }
        *ret_more = *ret_count == maximum;
        if (*ret_more) break;
        outcome = draw_line(review, &line, sealed, &ret[(*ret_count)++], err);
    }
    enum st ended = audit_search_end(&search, outcome == ST_OK ? err : NULL);
    return outcome != ST_OK ? outcome : ended;
}

/* By day what has no hour comes last: its place would tell the hour. */
static int compare_seen(const void *a, const void *b)
{
    const struct audit_seen *left = a;
    const struct audit_seen *right = b;
    if (left->at != right->at) return left->at < right->at ? 1 : -1;
    return (left->number < right->number) - (left->number > right->number);
}

static enum st note_review(struct app *app, const struct person *who,
                           const struct audit_filter *filter, bool exports, struct err *err)
{
    struct audit_event event = {.kind = exports ? AUDIT_DISCLOSURE : AUDIT_CONSULTATION,
                                .action = exports ? "audit exported" : "audit read",
                                .account = who->account,
                                .reason = "role"};
    if (filter->about == ABOUT_ACCOUNT) {
        event.subject = "account";
        event.subject_id = filter->account;
    } else if (filter->about == ABOUT_RECORD) {
        event.subject = filter->record.kind;
        event.subject_id = filter->record.id;
    }
    return audit_event(app, &event, err);
}

static enum st take_all(struct review *review, size_t maximum, struct audit_seen **ret,
                        size_t *ret_count, bool *ret_more, struct err *err)
{
    enum st outcome = load_source_keys(review, err);
    if (outcome != ST_OK) return outcome;
    outcome = take_lines(review, review->filter->skip, maximum, *ret, ret_count, ret_more, err);
    if (*ret_count) qsort(*ret, *ret_count, sizeof **ret, compare_seen);
    return outcome;
}

/* Of one submission, the few who may see its source. */
static bool names_sources(struct app *app, struct arena *arena, const struct person *who,
                          const struct audit_filter *filter)
{
    return filter->about == ABOUT_RECORD &&
           str_eq(str_from(filter->record.kind), STR("submission")) &&
           scope_allows(scope_of(app, arena, who), ACT_SEE_SOURCE, filter->record.id);
}

enum st audit_review(struct app *app, struct arena *arena, const struct person *who,
                     const struct audit_filter *filter, bool exports, size_t maximum,
                     struct audit_seen **ret, size_t *ret_count, bool *ret_more, struct err *err)
{
    if (!access_allows(who, ACT_AUDIT, NULL)) return err_missing(err, "page");
    if (filter->until && filter->until <= filter->from)
        return err_set(err, ST_INVALID, "The period ends before it begins.");
    struct review *review = arena_new(arena, struct review);
    *review = (struct review){.app = app,
                              .arena = arena,
                              .filter = filter,
                              .names_sources = names_sources(app, arena, who, filter)};
    *ret = arena_many(arena, maximum, struct audit_seen);
    *ret_count = 0;
    *ret_more = false;
    enum st outcome =
        account_list(app, arena, ACCOUNTS_MAX, &review->account, &review->account_count, err);
    if (outcome != ST_OK) return outcome;
    review->db = store_read_begin(app->store, err);
    if (!review->db) return ST_FAILED;
    outcome = take_all(review, maximum, ret, ret_count, ret_more, err);
    store_read_end(app->store, review->db);
    return outcome == ST_OK ? note_review(app, who, filter, exports, err) : outcome;
}

enum st audit_about_words(struct app *app, struct arena *arena, const struct audit_filter *filter,
                          struct str *ret, struct err *err)
{
    struct review *review = arena_new(arena, struct review);
    *review = (struct review){.app = app, .arena = arena, .filter = filter};
    *ret = STR("");
    if (filter->about == ABOUT_ALL) return ST_OK;
    enum st outcome =
        account_list(app, arena, ACCOUNTS_MAX, &review->account, &review->account_count, err);
    if (outcome != ST_OK) return outcome;
    if (filter->about == ABOUT_ACCOUNT) {
        const struct account_line *account = account_of(review, filter->account);
        if (account) *ret = account->name;
        return ST_OK;
    }
    review->db = store_read_begin(app->store, err);
    if (!review->db) return ST_FAILED;
    *ret = record_label(review, str_from(filter->record.kind), filter->record.id);
    store_read_end(app->store, review->db);
    return ST_OK;
}

/* --- finding ---------------------------------------------------------------------------------- */

enum st audit_find_reference(struct app *app, struct str reference, int64_t *ret, struct err *err)
{
    struct arena arena;
    arena_init(&arena, 1 << 12);
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = submission_of_reference(db, &arena, reference, ret, err);
    store_read_end(app->store, db);
    arena_done(&arena);
    if (outcome == ST_OK && !*ret) return err_missing(err, "record");
    return outcome;
}

enum st audit_find_account(struct app *app, struct arena *arena, struct str email, int64_t *ret,
                           struct err *err)
{
    struct account_line *list = NULL;
    size_t count = 0;
    enum st outcome = account_list(app, arena, ACCOUNTS_MAX, &list, &count, err);
    if (outcome != ST_OK) return outcome;
    for (size_t i = 0; i < count; i++)
        if (str_eq_nocase(list[i].email, str_trim(email))) {
            *ret = list[i].id;
            return ST_OK;
        }
    return err_set(err, ST_NOT_FOUND, "No account has that email address.");
}
