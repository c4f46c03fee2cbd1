/*
 * Writing down an episode, part by part.
 */
#include "domain/missing_internal.h"

#include "domain/area_desk.h"
#include "domain/when.h"
#include "seal/secret.h"

enum { REFERENCE = 13 };

static const instant_ms minute_ms = 60 * 1000;

/* --- days and times ------------------------------------------------------------------------- */

instant_ms missing_instant(struct str day, struct str time)
{
    struct date_range range;
    int minutes = 0;
    struct date today = clock_london(clock_now()).date;
    if (when_parse(day, today, &range, NULL) != ST_OK || !time_of_day_read(time, &minutes))
        return 0;
    return clock_from_london((struct civil){
        .date = range.from, .hour = (int8_t)(minutes / 60), .minute = (int8_t)(minutes % 60)});
}

/* What is given, with its days as they are at `at`, when they are told. */
static const struct missing_given *settled(struct arena *arena, const struct missing_given *given,
                                           size_t count, instant_ms at)
{
    struct missing_given *ret = arena_many(arena, count + 1, struct missing_given);
    for (size_t i = 0; i < count; i++)
        ret[i] = (struct missing_given){
            given[i].question,
            answer_settled(arena, given[i].question, clock_london(at).date, given[i].answer)};
    return ret;
}

/* What is given now, else what stands. */
static struct answer answer_now(const struct missing_file *file, const struct missing_given *given,
                                size_t count, const char *key)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(given[i].question->key, str_from(key))) return given[i].answer;
    return file ? missing_answer_get(file, str_from(key)) : (struct answer){ANSWER_NONE, STR("")};
}

static bool is_given(struct answer answer)
{
    return answer.kind == ANSWER_GIVEN;
}

static bool says(struct answer answer, const char *option)
{
    return is_given(answer) && str_eq(answer.value, str_from(option));
}

struct checking {
    const struct missing_file *file;
    const struct missing_given *given;
    size_t count;
    struct form_problems *ret;
};

static void wrong(const struct checking *checking, const char *key, const char *sentence)
{
    form_wrong(checking->ret, str_from(key), str_from(sentence));
}

static struct answer now(const struct checking *checking, const char *key)
{
    return answer_now(checking->file, checking->given, checking->count, key);
}

static bool check_given(const struct checking *checking, const char *key, const char *sentence)
{
    if (is_given(now(checking, key))) return true;
    wrong(checking, key, sentence);
    return false;
}

/* A day and a time that can be told and are not to come; 0: they are not. */
static instant_ms check_instant(const struct checking *checking, const char *day, const char *time)
{
    bool dated = check_given(checking, day, "Write the day. About is enough.");
    bool timed = check_given(checking, time, "Write the time. About is enough.");
    if (!dated || !timed) return 0;
    instant_ms at = missing_instant(now(checking, day).value, now(checking, time).value);
    if (at && at <= clock_now() + minute_ms) return at;
    if (!at)
        wrong(checking, day, "This day cannot be read. Write it like 12/3/2026.");
    else
        wrong(checking, time, "That is still to come. Write when it was.");
    return 0;
}

static void check_report(const struct checking *checking)
{
    check_given(checking, "missing-sort", "Say what it is.");
    instant_ms since = check_instant(checking, "missing-since-day", "missing-since-time");
    if (since && checking->file && checking->file->line.returned &&
        checking->file->line.returned < since)
        wrong(checking, "missing-since-day",
              "That is after the child came back. Look at the day and the time.");
}

/* Of an offer that was made: the end of its day when no time is told; 0: there is none. */
static instant_ms offered_at(const struct missing_file *file, const struct missing_given *given,
                             size_t count)
{
    struct answer time = answer_now(file, given, count, "offer-time");
    return missing_instant(answer_now(file, given, count, "offer-day").value,
                           is_given(time) ? time.value : STR("23:59"));
}

/* The offer, and the interview or what declined it, follow the return. */
static bool is_after_offer(const struct checking *checking, instant_ms back)
{
    const struct missing_line *line = &checking->file->line;
    if (line->interview_at) return back > line->interview_at;
    instant_ms offered =
        line->interview != INTERVIEW_NONE ? offered_at(checking->file, NULL, 0) : 0;
    return offered && back > offered;
}

static void check_return(const struct checking *checking)
{
    instant_ms back = check_instant(checking, "return-day", "return-time");
    if (!back || !checking->file) return;
    const struct missing_line *line = &checking->file->line;
    if (back < line->since)
        wrong(checking, "return-day",
              "That is before the child was missing. Look at the day and the time.");
    else if (back != line->returned && is_after_offer(checking, back))
        wrong(checking, "return-day",
              line->interview == INTERVIEW_HELD ? "That is after the return interview was held. "
                                                  "Look at the day and the time of both."
                                                : "That is after the return interview was offered. "
                                                  "Look at the day and the time of both.");
}

/* It follows a return. */
static bool check_after_return(const struct checking *checking, const char *key)
{
    if (checking->file && checking->file->line.returned) return true;
    wrong(checking, key, "Write down the return first: the clock of the interview starts there.");
    return false;
}

/* After the return, and before the interview; `held` 0: there is none.  Without a time it may have
 * been at any of its day. */
static void check_offered_at(const struct checking *checking, instant_ms held)
{
    instant_ms offered = offered_at(checking->file, checking->given, checking->count);
    instant_ms earliest = offered;
    bool timed = is_given(now(checking, "offer-time"));
    if (!timed) earliest = missing_instant(now(checking, "offer-day").value, STR("00:00"));
    if (!offered)
        wrong(checking, "offer-day", "This day cannot be read. Write it like 12/3/2026.");
    else if (timed && offered > clock_now() + minute_ms)
        wrong(checking, "offer-time", "That is still to come. Write when it was.");
    else if (offered < checking->file->line.returned)
        wrong(checking, timed ? "offer-time" : "offer-day",
              "That is before the child came back. Look at the day and the time.");
    else if (held && earliest > held)
        wrong(checking, timed ? "offer-time" : "offer-day",
              "That is after the interview was held. Look at the day and the time.");
}

bool missing_is_offered(const struct missing_file *file)
{
    return is_given(missing_answer_get(file, STR("offer-day")));
}

/* What is held was offered before; when no offer stands, the interview's form asks for it. */
static void check_offer_of_interview(const struct checking *checking, instant_ms held)
{
    if (missing_is_offered(checking->file)) return;
    if (!check_given(checking, "offer-day",
                     "Write the day on which the interview was offered: no offer is written down."))
        return;
    check_offered_at(checking, held);
}

static void check_interview(const struct checking *checking)
{
    if (!check_after_return(checking, "interview-day")) return;
    instant_ms held = check_instant(checking, "interview-day", "interview-time");
    if (held && held < checking->file->line.returned)
        wrong(checking, "interview-day",
              "That is before the child came back. Look at the day and the time.");
    check_given(checking, "interview-independent",
                "Say whether this person is independent of the child’s care.");
    if (says(now(checking, "interview-independent"), "no"))
        check_given(
            checking, "interview-why-not-independent",
            "Say why somebody who cares for the child held it, and what the child says to that.");
    check_offer_of_interview(checking, held);
}

static void check_offer(const struct checking *checking)
{
    const struct missing_line *line = &checking->file->line;
    if (!check_after_return(checking, "offer-day")) return;
    bool dated = check_given(checking, "offer-day", "Write the day of the offer.");
    check_given(checking, "offer-answer", "Say what the child answered.");
    if (dated)
        check_offered_at(checking, line->interview == INTERVIEW_HELD ? line->interview_at : 0);
}

void missing_check(const struct missing_file *file, struct str section,
                   const struct missing_given *given, size_t count, struct form_problems *ret)
{
    struct checking checking = {file, given, count, ret};
    ret->count = 0;
    if (str_eq(section, STR(MISSING_REPORT))) check_report(&checking);
    if (str_eq(section, STR(MISSING_RETURN))) check_return(&checking);
    if (str_eq(section, STR(MISSING_OFFER))) check_offer(&checking);
    if (str_eq(section, STR(MISSING_INTERVIEW))) check_interview(&checking);
    if (str_eq(section, STR(MISSING_ACTION)))
        check_given(&checking, "action-what", "Write what was done.");
}

/* ST_INVALID with the first of what is wrong. */
static enum st check(const struct missing_file *file, struct str section,
                     const struct missing_given *given, size_t count, struct err *err)
{
    struct form_problems problems;
    missing_check(file, section, given, count, &problems);
    return problems.count ? err_set(err, ST_INVALID, "%.*s", STR_ARG(problems.list[0].words))
                          : ST_OK;
}

/* --- storing ---------------------------------------------------------------------------------- */

enum st missing_entry_store(struct app *app, struct db *db, struct arena *arena, int64_t child,
                            int64_t episode, const char *kind, const struct str *text, size_t count,
                            int64_t account, instant_ms at, struct err *err)
{
    struct data_key key;
    int64_t id = 0;
    enum st outcome = db_next_id(db, Q_MISSING_ENTRY_LAST, &id, err);
    if (outcome == ST_OK) outcome = child_key(app, db, child, &key, err);
    if (outcome != ST_OK) return outcome;
    struct str sealed =
        field_seal(arena, &key, FIELD_MISSING_ENTRY, id, texts_pack(arena, text, count));
    data_key_clear(&key);
    struct query *query = db_query(db, Q_MISSING_ENTRY_ADD);
    db_bind_int(query, 1, id);
    db_bind_int(query, 2, child);
    db_bind_int_or_null(query, 3, episode);
    db_bind_text(query, 4, str_from(kind));
    db_bind_bytes(query, 5, sealed.ptr, sealed.len);
    db_bind_int(query, 6, account);
    db_bind_int(query, 7, at);
    return db_run(query, err);
}

/* Of a part only what changed is kept; of what was done everything. */
static enum st store_answers(struct app *app, struct db *db, struct arena *arena, int64_t child,
                             int64_t episode, const struct missing_file *file, struct str section,
                             const struct missing_given *given, size_t count, int64_t account,
                             instant_ms at, struct err *err)
{
    struct str *text = arena_many(arena, MISSING_TEXTS, struct str);
    size_t used = 0;
    for (size_t i = 0; i < count && used + 3 <= MISSING_TEXTS; i++) {
        struct answer old = file ? missing_answer_get(file, given[i].question->key)
                                 : (struct answer){ANSWER_NONE, STR("")};
        bool same = old.kind == given[i].answer.kind && str_eq(old.value, given[i].answer.value);
        if (same && !str_eq(section, STR(MISSING_ACTION))) continue;
        text[used++] = given[i].question->key;
        text[used++] = str_from(answer_kind_name(given[i].answer.kind));
        text[used++] = given[i].answer.value;
    }
    if (!used) return ST_OK;
    return missing_entry_store(app, db, arena, child, episode, str_c(arena, section), text, used,
                               account, at, err);
}

static enum st set_line(struct db *db, const struct missing_line *line, struct err *err)
{
    struct query *query = db_query(db, Q_MISSING_SET);
    db_bind_int(query, 1, line->id);
    db_bind_text(query, 2, line->forum);
    db_bind_text(query, 3, line->sort);
    db_bind_int(query, 4, line->since);
    db_bind_int_or_null(query, 5, line->returned);
    db_bind_text(query, 6, str_from(interview_state_name(line->interview)));
    db_bind_int_or_null(query, 7, line->interview_due);
    db_bind_int_or_null(query, 8, line->interview_at);
    return db_run(query, err);
}

static bool changes(const struct missing_file *file, const struct missing_given *given,
                    size_t count, const char *key)
{
    struct answer old = missing_answer_get(file, str_from(key));
    struct answer new = answer_now(file, given, count, key);
    return old.kind != new.kind || !str_eq(old.value, new.value);
}

/* When an offer was declined.  Without a time: now, when it was today, and as it was as long as
 * nothing of it changes; else the end of its day. */
static instant_ms declined_at(const struct missing_file *file, const struct missing_given *given,
                              size_t count, instant_ms at)
{
    bool changed = changes(file, given, count, "offer-day") ||
                   changes(file, given, count, "offer-time") ||
                   changes(file, given, count, "offer-answer");
    if (!changed && file->line.interview == INTERVIEW_DECLINED && file->line.interview_at)
        return file->line.interview_at;
    instant_ms offered = offered_at(file, given, count);
    if (offered > at) offered = at;
    return offered > file->line.returned ? offered : file->line.returned;
}

/* Every episode is followed by an interview.  A return of long ago that a file brought is history,
 * also when something beside it is changed. */
static void start_clock(const struct app *app, instant_ms back, bool by_file,
                        struct missing_line *line)
{
    static const instant_ms day = (instant_ms)24 * 3600 * 1000;
    bool history = back < clock_now() - area_missing(app->area)->file_days * day;
    bool untouched = by_file || (back == line->returned && !line->interview_due);
    line->returned = back;
    line->interview_due = line->imported && history && untouched
                              ? 0
                              : area_clock_due(app->area, CLOCK_RETURN_INTERVIEW, back);
}

/* What a part that was saved at `at` means for the episode's clocks and states. */
static void follow(struct app *app, const struct missing_file *file, struct str section,
                   const struct missing_given *given, size_t count, instant_ms at, bool by_file,
                   struct missing_line *line)
{
    if (str_eq(section, STR(MISSING_REPORT))) {
        line->since = missing_instant(answer_now(file, given, count, "missing-since-day").value,
                                      answer_now(file, given, count, "missing-since-time").value);
        line->sort = answer_now(file, given, count, "missing-sort").value;
    } else if (str_eq(section, STR(MISSING_RETURN))) {
        start_clock(app,
                    missing_instant(answer_now(file, given, count, "return-day").value,
                                    answer_now(file, given, count, "return-time").value),
                    by_file, line);
    } else if (str_eq(section, STR(MISSING_OFFER)) && line->interview != INTERVIEW_HELD) {
        struct answer answer = answer_now(file, given, count, "offer-answer");
        line->interview = says(answer, "declined")   ? INTERVIEW_DECLINED
                          : says(answer, "accepted") ? INTERVIEW_ACCEPTED
                                                     : INTERVIEW_WAITING;
        line->interview_at =
            line->interview == INTERVIEW_DECLINED ? declined_at(file, given, count, at) : 0;
    } else if (str_eq(section, STR(MISSING_INTERVIEW))) {
        line->interview = INTERVIEW_HELD;
        line->interview_at =
            missing_instant(answer_now(file, given, count, "interview-day").value,
                            answer_now(file, given, count, "interview-time").value);
    }
}

static enum st note_episode(struct app *app, struct db *db, const struct person *who,
                            enum audit_kind kind, const char *said, int64_t episode, int64_t child,
                            struct err *err)
{
    struct audit_subject more = {"child", child};
    return audit_append(app, db, &(struct audit_event){.kind = kind,
                                                       .action = said,
                                                       .account = who->account,
                                                       .subject = "missing",
                                                       .subject_id = episode,
                                                       .more = &more,
                                                       .more_count = 1}, err);
}

/* --- a new one -------------------------------------------------------------------------------- */

static enum st store_episode(struct db *db, const struct person *who, const struct missing_new *new,
                             struct missing_line *line, struct err *err)
{
    char reference[REFERENCE] = "MI-";
    seal_reference(reference + 3, 4);
    reference[7] = '-';
    seal_reference(reference + 8, 4);
    enum st outcome = db_next_id(db, Q_MISSING_LAST, &line->id, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_MISSING_ADD);
    db_bind_int(query, 1, line->id);
    db_bind_int(query, 2, new->child);
    db_bind_text(query, 3, str_from(reference));
    db_bind_text(query, 4, new->forum.len ? new->forum : who->forum);
    db_bind_text(query, 5, line->sort);
    db_bind_int(query, 6, line->since);
    db_bind_bytes_or_null(query, 7, new->import_tag);
    db_bind_int(query, 8, who->account);
    db_bind_int(query, 9, new->at ? new->at : clock_now());
    return db_run(query, err);
}

static enum st store_report(struct app *app, struct db *db, struct arena *arena,
                            const struct person *who, const struct missing_new *new,
                            const struct missing_given *given, size_t count,
                            struct missing_line *line, struct err *err)
{
    enum st outcome = store_episode(db, who, new, line, err);
    if (outcome == ST_OK)
        outcome = store_answers(app, db, arena, new->child, line->id, NULL, STR(MISSING_REPORT),
                                given, count, who->account, new->at ? new->at : clock_now(), err);
    if (outcome == ST_OK)
        outcome = note_episode(app, db, who, AUDIT_COLLECTION, "missing episode added", line->id,
                               new->child, err);
    return outcome == ST_OK ? once_keep(db, new->once, line->id, err) : outcome;
}

/* In the turn of writing.  What a file brings is never kept back: its report says so instead. */
static enum st check_other(const struct missing_seer *seer, struct db *db,
                           const struct missing_new *new, const struct missing_line *line,
                           struct err *err)
{
    struct missing_line other;
    enum st outcome =
        new->import_tag.len ? ST_OK : missing_overlapping(seer, db, line, &other, err);
    if (outcome != ST_OK || new->import_tag.len || !other.id) return outcome;
    /* until it is said when the child was back */
    if (other.returned && line->since < other.since) return ST_OK;
    if (new->other) *new->other = other.id;
    if (!other.returned)
        return err_set(err, ST_INVALID,
                       "This child is missing already, since %.*s (%.*s). Write there what is new, "
                       "or the return.",
                       STR_ARG(clock_words(seer->arena, other.since)), STR_ARG(other.reference));
    return err_set(err, ST_INVALID,
                   "The child was missing then in another episode: %.*s to %.*s (%.*s). Look at "
                   "the day and the time.",
                   STR_ARG(clock_words(seer->arena, other.since)),
                   STR_ARG(clock_words(seer->arena, other.returned)), STR_ARG(other.reference));
}

static enum st report(struct app *app, struct arena *arena, const struct missing_seer *seer,
                      const struct missing_new *new, const struct missing_given *given,
                      size_t count, int64_t *ret, struct err *err)
{
    const struct person *who = &seer->who;
    struct missing_line line = {.record = new->child};
    struct db *db;
    follow(app, NULL, STR(MISSING_REPORT), given, count, 0, false, &line);
    if (new->sort.len) line.sort = new->sort;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    outcome = once_look(db, new->once, err);
    if (outcome == ST_OK && once_done(new->once))
        line.id = new->once->record;
    else if (outcome == ST_OK && (outcome = check_other(seer, db, new, &line, err)) == ST_OK)
        outcome = store_report(app, db, arena, who, new, given, count, &line, err);
    outcome = store_write_end(app->store, db, outcome, err);
    if (outcome == ST_OK) *ret = line.id;
    return outcome;
}

enum st missing_report(struct app *app, const struct person *who, const struct missing_new *new,
                       const struct missing_given *given, size_t count, int64_t *ret,
                       struct err *err)
{
    struct arena arena;
    struct missing_seer seer;
    enum st outcome = ST_OK;
    arena_init(&arena, 64 << 20);
    missing_seer_init(app, &arena, who, &seer);
    if (!missing_seer_allows(&seer, ACT_REPORT_MISSING, new->child, STR("")))
        outcome = child_missing(err);
    given = settled(&arena, given, count, new->at ? new->at : clock_now());
    if (outcome == ST_OK) outcome = check(NULL, STR(MISSING_REPORT), given, count, err);
    if (outcome == ST_OK) outcome = report(app, &arena, &seer, new, given, count, ret, err);
    arena_done(&arena);
    return outcome;
}

/* --- one part --------------------------------------------------------------------------------- */

/* In the turn of writing: was it done, and did anybody write since the file was read? */
static enum st check_terms(struct db *db, const struct missing_file *file,
                           struct missing_terms *terms, struct err *err)
{
    int64_t newest = 0;
    enum st outcome = once_look(db, terms->once, err);
    if (outcome != ST_OK || once_done(terms->once)) return outcome;
    struct query *query = db_query(db, Q_MISSING_ENTRY_NEWEST);
    db_bind_int(query, 1, file->line.id);
    outcome = db_one(query, &newest, err);
    terms->changed = outcome == ST_OK &&
                     (newest != file->newest || (terms->newest >= 0 && newest != terms->newest));
    return terms->changed
               ? err_set(err, ST_CONFLICT, "Somebody saved something of this episode meanwhile.")
               : outcome;
}

static enum st save(struct app *app, struct arena *arena, const struct person *who,
                    const struct missing_file *file, struct str section,
                    const struct missing_given *given, size_t count, instant_ms at,
                    struct missing_terms *terms, struct err *err)
{
    struct missing_line line = file->line;
    struct db *db;
    follow(app, file, section, given, count, at, terms->by_file, &line);
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    outcome = check_terms(db, file, terms, err);
    if (outcome == ST_OK && !once_done(terms->once)) {
        outcome = store_answers(app, db, arena, line.record, line.id, file, section, given, count,
                                who->account, at, err);
        if (outcome == ST_OK) outcome = set_line(db, &line, err);
        if (outcome == ST_OK)
            outcome = note_episode(app, db, who, AUDIT_ALTERATION, "missing episode saved", line.id,
                                   line.record, err);
        if (outcome == ST_OK) outcome = once_keep(db, terms->once, line.id, err);
    }
    return store_write_end(app->store, db, outcome, err);
}

static enum st open_and_save(struct app *app, const struct person *who, int64_t episode,
                             struct str section, const struct missing_given *given, size_t count,
                             instant_ms at, struct missing_terms *terms, struct err *err)
{
    struct arena arena;
    struct missing_file file;
    arena_init(&arena, 64 << 20);
    terms->changed = false;
    if (!at) at = clock_now();
    given = settled(&arena, given, count, at);
    enum st outcome = missing_open(app, &arena, who, episode, &file, err);
    if (outcome == ST_OK && !file.may_edit) outcome = missing_gone(err);
    /* Somebody wrote the return meanwhile, and may know better than the file. */
    bool stands = terms->by_file && file.line.returned;
    if (outcome == ST_OK && !stands) outcome = check(&file, section, given, count, err);
    if (outcome == ST_OK && !stands)
        outcome = save(app, &arena, who, &file, section, given, count, at, terms, err);
    arena_done(&arena);
    return outcome;
}

static enum st save_again(struct app *app, const struct person *who, int64_t episode,
                          struct str section, const struct missing_given *given, size_t count,
                          instant_ms at, bool by_file, struct err *err)
{
    enum { TRIES = 20 };
    struct missing_terms terms = {.newest = -1, .by_file = by_file, .changed = true};
    enum st outcome = ST_BUSY;
    /* What follows from it rests on all that was saved: of two at once the second reads anew. */
    for (int i = 0; i < TRIES && terms.changed; i++)
        outcome = open_and_save(app, who, episode, section, given, count, at, &terms, err);
    return outcome;
}

enum st missing_save(struct app *app, const struct person *who, int64_t episode, struct str section,
                     const struct missing_given *given, size_t count, instant_ms at,
                     struct err *err)
{
    return save_again(app, who, episode, section, given, count, at, false, err);
}

enum st missing_save_of_file(struct app *app, const struct person *who, int64_t episode,
                             struct str section, const struct missing_given *given, size_t count,
                             struct err *err)
{
    return save_again(app, who, episode, section, given, count, 0, true, err);
}

enum st missing_save_on(struct app *app, const struct person *who, int64_t episode,
                        struct str section, const struct missing_given *given, size_t count,
                        struct missing_terms *terms, struct err *err)
{
    return open_and_save(app, who, episode, section, given, count, 0, terms, err);
}

enum st missing_prepare(struct app *app, const struct person *who, int64_t child,
                        const struct missing_given *given, size_t count, instant_ms at,
                        struct err *err)
{
    struct arena arena;
    struct child_file file;
    struct missing_file prepared;
    struct db *db;
    arena_init(&arena, 64 << 20);
    if (!at) at = clock_now();
    given = settled(&arena, given, count, at);
    enum st outcome = child_open(app, &arena, who, child, &file, err);
    if (outcome == ST_OK && !file.may_edit) outcome = child_missing(err);
    if (outcome == ST_OK) outcome = missing_prepared(app, &arena, &file, &prepared, err);
    if (outcome == ST_OK) outcome = store_write_begin(app->store, &db, err);
    if (outcome == ST_OK) {
        outcome = store_answers(app, db, &arena, file.line.id, 0, &prepared, STR(MISSING_PREPARED),
                                given, count, who->account, at, err);
        if (outcome == ST_OK)
            outcome = child_note(app, db, who, AUDIT_ALTERATION, "prepared information saved",
                                 file.line.id, err);
        outcome = store_write_end(app->store, db, outcome, err);
    }
    arena_done(&arena);
    return outcome;
}
