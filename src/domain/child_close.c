#include "domain/child_close.h"

#include "domain/area_desk.h"
#include "domain/child_bundle.h"
#include "domain/child_newest.h"
#include "domain/child_referral.h"
#include "domain/missing.h"
#include "domain/reason.h"

/* The entry by which a record came to wait. */
#define PROPOSED "First sign-off to close"

enum { OPEN_MAX = 600, REPEATED_DAYS = 90 };

static const instant_ms day_ms = INT64_C(86400000);

/* --- what still stands open ------------------------------------------------------------------ */

struct looking {
    struct app *app;
    struct arena *arena;
    const struct person *who;
    const struct child_file *file;
    struct child_open *list;
    size_t count;
};

/* By kind. */
static const char *const ends[] = {
    [OPEN_EPISODE] = "Write down when and how the child came back.",
    [OPEN_INTERVIEW] = "Hold the interview, or write down that the child declined.",
    [OPEN_PLAN] = "Review the plan, and leave the next review empty to end it.",
    [OPEN_REFERRAL] = "Close the referral at the desk.",
    [OPEN_ASKED] = "Release what is given, or end it and say why.",
    [OPEN_REPEAT] = "",
};

static void found(struct looking *of, enum child_open_kind kind, int64_t id, bool late,
                  struct str what)
{
    if (of->count < OPEN_MAX)
        of->list[of->count++] = (struct child_open){kind, id, what, late, str_from(ends[kind])};
}

static enum st look_at_episodes(struct looking *of, struct err *err)
{
    struct missing_line *line = NULL;
    size_t count = 0;
    size_t lately = 0;
    instant_ms now = clock_now();
    enum st outcome = missing_of_child(of->app, of->arena, of->who, of->file, &line, &count, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        lately += line[i].since > now - REPEATED_DAYS * day_ms;
        if (!line[i].returned)
            found(of, OPEN_EPISODE, line[i].id, true,
                  str_fmt(of->arena, "Missing since %.*s and not back yet",
                          STR_ARG(clock_words(of->arena, line[i].since))));
        else if (missing_waits_for_interview(&line[i]))
            found(of, OPEN_INTERVIEW, line[i].id, line[i].late,
                  str_fmt(of->arena, "Return interview to be offered or held, back on %.*s",
                          STR_ARG(clock_words(of->arena, line[i].returned))));
    }
    if (outcome == ST_OK && lately > 1)
        found(of, OPEN_REPEAT, 0, false,
              str_fmt(of->arena, "Missing %zu times in the last %d days", lately, REPEATED_DAYS));
    return outcome;
}

static void look_at_plans(struct looking *of)
{
    struct date day;
    const struct child_line *line = &of->file->line;
    if (!line->review.len) return;
    bool late = child_review_is_late(of->arena, line);
    struct str words =
        date_parse_iso(line->review, &day) ? date_words(of->arena, day) : line->review;
    found(of, OPEN_PLAN, 0, late,
          str_fmt(of->arena,
                  late ? "A plan was to be reviewed on %.*s" : "A plan is to be reviewed on %.*s",
                  STR_ARG(words)));
}

static enum st referral_is_open(struct app *app, int64_t referral, bool *ret, struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    int64_t closed = 0;
    struct query *query = db_query(db, Q_DESK_IS_CLOSED);
    db_bind_int(query, 1, referral);
    enum st outcome = db_one(query, &closed, err);
    store_read_end(app->store, db);
    *ret = !closed;
    return outcome;
}

static enum st look_at_referrals(struct looking *of, struct err *err)
{
    struct child_referral *list = NULL;
    size_t count = 0;
    enum st outcome = child_referrals(of->app, of->arena, of->who, of->file, &list, &count, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        bool open = false;
        outcome = referral_is_open(of->app, list[i].referral, &open, err);
        if (outcome == ST_OK && open)
            found(of, OPEN_REFERRAL, list[i].referral, false,
                  str_fmt(of->arena, "The referral %.*s of %.*s is not closed at the desk",
                          STR_ARG(list[i].reference),
                          STR_ARG(date_words(of->arena, clock_london(list[i].sent_at).date))));
    }
    return outcome;
}

/* The right to see it is not ended by destroying it. */
static enum st look_at_asked(struct looking *of, struct err *err)
{
    struct child_bundle *list = NULL;
    size_t count = 0;
    if (!of->file->may_keep) return ST_OK;
    enum st outcome = child_bundles(of->app, of->arena, of->who, of->file, &list, &count, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++)
        if (child_bundle_is_open(&list[i]))
            found(of, OPEN_ASKED, list[i].id, child_bundle_is_late(&list[i]),
                  str_fmt(of->arena, "Somebody asked what is held, to be answered by %.*s",
                          STR_ARG(date_words(of->arena, date_from_days(list[i].due_day)))));
    return outcome;
}

/* What was shown, and the newest entry of the record: a note that came meanwhile is new too. */
static struct str seen_of(const struct looking *of)
{
    const struct child_file *file = of->file;
    uint64_t all = str_hash(STR("seen"));
    for (size_t i = 0; i < of->count; i++)
        all = str_hash(
            str_fmt(of->arena, "%llx %.*s", (unsigned long long)all, STR_ARG(of->list[i].what)));
    int64_t newest = file->entry_count ? file->entry[file->entry_count - 1].id : 0;
    return str_fmt(of->arena, "%lld-%llx", (long long)newest, (unsigned long long)all);
}

enum st child_still_open(struct app *app, struct arena *arena, const struct person *who,
                         const struct child_file *file, struct child_open **ret, size_t *ret_count,
                         struct str *ret_seen, struct err *err)
{
    struct looking of = {app, arena, who, file, arena_many(arena, OPEN_MAX, struct child_open), 0};
    enum st outcome = look_at_episodes(&of, err);
    if (outcome == ST_OK) look_at_plans(&of);
    if (outcome == ST_OK) outcome = look_at_referrals(&of, err);
    if (outcome == ST_OK) outcome = look_at_asked(&of, err);
    if (outcome != ST_OK) return outcome;
    *ret = of.list;
    *ret_count = of.count;
    *ret_seen = seen_of(&of);
    return ST_OK;
}

bool child_open_keeps(const struct child_open *open)
{
    return open->end.len > 0;
}

bool child_closing_of(const struct app *app, const struct person *who,
                      const struct child_file *file, struct child_closing *ret)
{
    const struct child_line *line = &file->line;
    if (!line->closing_by) return false;
    *ret = (struct child_closing){.at = line->closing_at, .own = line->closing_by == who->account};
    if (app->area) ret->due = area_clock_due(app->area, CLOCK_SIGN_OFF, line->closing_at);
    for (size_t i = file->entry_count; i-- > 0;) {
        const struct child_entry *entry = &file->entry[i];
        if (entry->kind != ENTRY_EVENT || entry->account != line->closing_by ||
            !str_eq(entry->text[EVENT_WHAT], STR(PROPOSED)))
            continue;
        ret->by = child_account_name(file, entry->account);
        ret->words = entry->text[EVENT_WORDS];
        break;
    }
    return true;
}

/* --- the steps -------------------------------------------------------------------------------- */

struct step {
    enum query_id query; /* gives a row for a record that it changed */
    int parameters;      /* of record, who, when: so many */
    bool every;          /* it has to change each of them */
    const char *what;
    const char *said;
};
static const struct step proposing = {Q_CHILD_CLOSING, 3, false, PROPOSED,
                                      "closing of a child record proposed"};
static const struct step closing = {Q_CHILD_CLOSED, 3, true, "Second sign-off: record closed",
                                    "child record closed"};
static const struct step sending_back = {Q_CHILD_CLOSING_OVER, 2, false,
                                         "Second sign-off refused: stays open",
                                         "closing of a child record refused"};
static const struct step reopening = {Q_CHILD_REOPENED, 1, false, "Record opened again",
                                      "child record opened again"};

static enum st run_step(struct db *db, const struct step *step, const struct person *who,
                        int64_t child, size_t *changed, struct err *err)
{
    int64_t id = 0;
    struct query *query = db_query(db, step->query);
    const int64_t value[] = {child, who->account, clock_now()};
    for (int i = 0; i < step->parameters; i++) db_bind_int(query, i + 1, value[i]);
    enum st outcome = db_one(query, &id, err);
    *changed += outcome == ST_OK;
    return outcome == ST_NOT_FOUND ? ST_OK : outcome;
}

/* `seen` may be NULL: then it does not matter what came meanwhile. */
static enum st take_step(struct app *app, struct arena *arena, const struct person *who,
                         const struct child_file *file, const struct step *step,
                         const struct child_newest *seen, struct str reason, struct err *err)
{
    struct db *db;
    size_t changed = 0;
    enum st outcome = reason_clean(arena, reason, &reason, err);
    if (outcome == ST_OK) outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    if (seen) outcome = child_newest_check(db, file, seen, err);
    for (size_t i = 0; i < file->record_count && outcome == ST_OK; i++)
        outcome = run_step(db, step, who, file->record[i], &changed, err);
    if (outcome == ST_OK && (!changed || (step->every && changed < file->record_count)))
        outcome = err_set(err, ST_CONFLICT,
                          "Somebody changed this record while you were writing. Look at it again.");
    for (size_t i = 0; i < file->record_count && outcome == ST_OK; i++)
        outcome =
            child_event(app, db, arena, who, file->record[i], step->what, reason, step->said, err);
    outcome = store_write_end(app->store, db, outcome, err);
    for (size_t i = 0; i < file->record_count && outcome == ST_OK; i++)
        outcome = children_refresh(app, file->record[i], err);
    return outcome;
}

static enum st open_to_keep(struct app *app, struct arena *arena, const struct person *who,
                            int64_t child, struct child_file *ret, struct err *err)
{
    enum st outcome = child_open(app, arena, who, child, ret, err);
    return outcome == ST_OK && !ret->may_keep ? child_missing(err) : outcome;
}

enum st child_close_propose(struct app *app, const struct person *who, int64_t child,
                            struct str reason, struct err *err)
{
    struct arena arena;
    struct child_file file;
    arena_init(&arena, 128 << 20);
    enum st outcome = open_to_keep(app, &arena, who, child, &file, err);
    if (outcome == ST_OK && file.line.closed_at)
        outcome = err_set(err, ST_CONFLICT, "The record is closed already.");
    else if (outcome == ST_OK && file.line.closing_by)
        outcome = err_set(err, ST_CONFLICT,
                          "Somebody has proposed that already. A second person decides.");
    if (outcome == ST_OK)
        outcome = take_step(app, &arena, who, &file, &proposing, NULL, reason, err);
    arena_done(&arena);
    return outcome;
}

static enum st check_answer(struct app *app, struct arena *arena, const struct person *who,
                            const struct child_file *file, bool closes, struct str seen,
                            struct err *err)
{
    struct child_open *list = NULL;
    size_t count = 0;
    struct str now;
    if (!file->line.closing_by)
        return err_set(err, ST_CONFLICT,
                       "Nobody has proposed to close this record, or that was decided already.");
    if (file->line.closing_by == who->account)
        return err_set(err, ST_CONFLICT,
                       "You gave the first sign-off. The second has to be another person’s.");
    if (!closes) return ST_OK;
    enum st outcome = child_still_open(app, arena, who, file, &list, &count, &now, err);
    if (outcome == ST_OK && !str_eq(seen, now))
        return err_set(
            err, ST_CONFLICT,
            "Something changed in this record while you looked at it. Look again at what "
            "is still open.");
    return outcome;
}

enum st child_close_answer(struct app *app, const struct person *who, int64_t child, bool closes,
                           struct str seen, struct str reason, struct err *err)
{
    struct arena arena;
    struct child_file file;
    arena_init(&arena, 128 << 20);
    enum st outcome = open_to_keep(app, &arena, who, child, &file, err);
    struct child_newest newest = {0};
    if (outcome == ST_OK) outcome = child_newest_of(app, &file, &newest, err);
    if (outcome == ST_OK) outcome = check_answer(app, &arena, who, &file, closes, seen, err);
    if (outcome == ST_OK)
        outcome = take_step(app, &arena, who, &file, closes ? &closing : &sending_back,
                            closes ? &newest : NULL, reason, err);
    arena_done(&arena);
    return outcome;
}

enum st child_reopen(struct app *app, const struct person *who, int64_t child, struct str reason,
                     struct err *err)
{
    struct arena arena;
    struct child_file file;
    arena_init(&arena, 128 << 20);
    enum st outcome = open_to_keep(app, &arena, who, child, &file, err);
    if (outcome == ST_OK && !file.line.closed_at)
        outcome = err_set(err, ST_CONFLICT, "The record is open.");
    if (outcome == ST_OK)
        outcome = take_step(app, &arena, who, &file, &reopening, NULL, reason, err);
    arena_done(&arena);
    return outcome;
}
