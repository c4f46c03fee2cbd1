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

static bool hides(const struct review *review, const struct audit_line *line)
{
    return tells_source(review, line->key_id) && !review->names_sources;
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
    *ret = (struct audit_seen){.number = line->number,
                               .at = line->at,
                               .action = str_dup(review->arena, line->action),
                               .outcome = str_dup(review->arena, line->outcome),
                               .refused = !str_eq(line->outcome, STR("ok")) &&
                                          !str_eq(line->kind, STR("combination")),
                               .reason = str_dup(review->arena, line->reason)};
    if (!audit_kind_from_name(line->kind, &ret->kind)) ret->kind = AUDIT_OPERATION;
    if (hides(review, line)) {
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

/* By which a line is known again: of its hash, which nobody comes to without all that is in it. */
static int64_t mark_of(const struct audit_line *line)
{
    int64_t mark = 0;
    memcpy(&mark, line->leaf.bytes, sizeof mark);
    return mark;
}

struct reading {
    struct review *review;
    struct audit_search search;
    size_t scanned;
    bool begun;  /* it has come to the newest line that is shown */
    bool unread; /* it ended before the log did */
    uint8_t tag[SEAL_TAG_SIZE];
};

static enum st reading_begin(struct review *review, struct reading *ret, struct err *err)
{
    const struct audit_filter *filter = review->filter;
    *ret = (struct reading){.review = review, .begun = filter->newest == 0};
    ret->search = (struct audit_search){.db = review->db,
                                        .tag = wanted_tag(review, ret->tag),
                                        .from = filter->from,
                                        .until = filter->until ? filter->until : INT64_MAX};
    return audit_search_begin(&ret->search, review->arena, err);
}

/* The next line that passes, from the newest of the first page on. */
static bool reading_next(struct reading *reading, struct audit_line *ret, struct str *ret_sealed)
{
    size_t most = reading->review->filter->scan ? reading->review->filter->scan : SCAN_MAX;
    while (audit_search_next(&reading->search, ret, ret_sealed)) {
        reading->unread = reading->scanned++ == most;
        if (reading->unread) return false;
        if (!passes(reading->review, ret)) continue;
        reading->begun |= mark_of(ret) == reading->review->filter->newest;
        if (reading->begun) return true;
    }
    return false;
}

static enum st reading_end(struct reading *reading, enum st outcome, struct err *err)
{
    enum st ended = audit_search_end(&reading->search, outcome == ST_OK ? err : NULL);
    return outcome != ST_OK ? outcome : ended;
}

/* Where a line is shown. */
struct place {
    instant_ms at;
    int64_t number;
};

/* By day what has no hour comes last: its place would tell the hour. */
static int compare_places(const void *a, const void *b)
{
    const struct place *left = a;
    const struct place *right = b;
    if (left->at != right->at) return left->at < right->at ? 1 : -1;
    return (left->number < right->number) - (left->number > right->number);
}

static int compare_numbers(const void *a, const void *b)
{
    const struct place *left = a;
    const struct place *right = b;
    return (left->number < right->number) - (left->number > right->number);
}

/* Which lines are shown: `skip` of them are passed over, `maximum` taken, in the order in which
 * they stand; what is to be taken comes as it stands in the log.  Of a record days are read to
 * their ends. */
static enum st choose_lines(struct review *review, size_t maximum, struct place **ret,
                            size_t *ret_count, struct audit_rest *ret_rest, struct err *err)
{
    size_t skip = review->filter->skip;
    size_t count = 0;
    size_t room = 0;
    bool by_day = review->filter->about == ABOUT_RECORD;
    int64_t newest = 0;
    instant_ms last = INT64_MIN; /* nothing that is older is needed */
    struct place *place = NULL;
    struct reading reading;
    struct audit_line line;
    struct str sealed;
    enum st outcome = reading_begin(review, &reading, err);
    if (outcome != ST_OK) return outcome;
    while (reading_next(&reading, &line, &sealed) && line.at >= last) {
        if (!count) newest = mark_of(&line);
        arena_room(review->arena, place, count, &room);
        instant_ms at = hides(review, &line) ? day_start(line.at) : line.at;
        place[count++] = (struct place){at, line.number};
        if (count == skip + maximum + 1) last = by_day ? day_start(line.at) : INT64_MAX;
    }
    outcome = reading_end(&reading, ST_OK, err);
    if (count && by_day) qsort(place, count, sizeof *place, compare_places);
    *ret_rest =
        (struct audit_rest){.more = count > skip + maximum,
                            .unread = reading.unread || reading.search.looked_at > AUDIT_SEARCH_MAX,
                            .newest = newest};
    *ret_count = count <= skip ? 0 : count - skip < maximum ? count - skip : maximum;
    *ret = *ret_count ? place + skip : NULL;
    if (*ret_count) qsort(*ret, *ret_count, sizeof **ret, compare_numbers);
    return outcome;
}

static enum st take_lines(struct review *review, const struct place *place, size_t count,
                          struct audit_seen *ret, size_t *ret_count, struct err *err)
{
    struct reading reading;
    struct audit_line line;
    struct str sealed;
    enum st outcome = count ? reading_begin(review, &reading, err) : ST_OK;
    if (!count || outcome != ST_OK) return outcome;
    while (outcome == ST_OK && *ret_count < count && reading_next(&reading, &line, &sealed))
        if (line.number == place[*ret_count].number)
            outcome = draw_line(review, &line, sealed, &ret[(*ret_count)++], err);
    return reading_end(&reading, outcome, err);
}

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

static enum st take_all(struct review *review, size_t maximum, struct audit_seen *ret,
                        size_t *ret_count, struct audit_rest *ret_rest, struct err *err)
{
    struct place *place = NULL;
    size_t count = 0;
    enum st outcome = load_source_keys(review, err);
    if (outcome == ST_OK) outcome = choose_lines(review, maximum, &place, &count, ret_rest, err);
    if (outcome == ST_OK) outcome = take_lines(review, place, count, ret, ret_count, err);
    if (*ret_count) qsort(ret, *ret_count, sizeof *ret, compare_seen);
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
                     struct audit_seen **ret, size_t *ret_count, struct audit_rest *ret_rest,
                     struct err *err)
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
    *ret_rest = (struct audit_rest){0};
    enum st outcome =
        account_list(app, arena, ACCOUNTS_MAX, &review->account, &review->account_count, err);
    if (outcome != ST_OK) return outcome;
    review->db = store_read_begin(app->store, err);
    if (!review->db) return ST_FAILED;
    outcome = take_all(review, maximum, *ret, ret_count, ret_rest, err);
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
