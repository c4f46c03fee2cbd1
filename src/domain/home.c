#include "domain/home.h"

#include "domain/action.h"
#include "domain/api_client.h"
#include "domain/area.h"
#include "domain/audit_review.h"
#include "domain/child_keep.h"
#include "domain/children.h"
#include "domain/connection.h"
#include "domain/contact.h"
#include "domain/decision.h"
#include "domain/desk.h"
#include "domain/feedback_due.h"
#include "domain/maru.h"
#include "domain/grade.h"
#include "domain/handover.h"
#include "domain/home_kept.h"
#include "domain/meeting.h"
#include "domain/missing.h"
#include "domain/pattern.h"
#include "domain/referral.h"
#include "domain/suggestions.h"
#include "domain/watch.h"

static const instant_ms hour_ms = (instant_ms)3600 * 1000;
static const instant_ms day_ms = (instant_ms)24 * 3600 * 1000;

struct gathering {
    struct app *app;
    struct arena *arena;
    const struct person *who;
    struct home *home;
};

static bool may(const struct gathering *of, enum action action)
{
    return access_allows(of->who, action, NULL);
}

/* --- referrals ------------------------------------------------------------------------------ */

/* One's own drafts, and the call that waits longest to be confirmed in writing. */
static enum st count_drafts(const struct gathering *of, struct err *err)
{
    enum { MOST = 50 };
    struct home *home = of->home;
    struct referral_line *lines = NULL;
    size_t count = 0;
    if (!may(of, ACT_REFER)) return ST_OK;
    enum st outcome =
        referral_list(of->app, of->arena, of->who, REFERRALS_DRAFT, MOST, &lines, &count, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        instant_ms due = lines[i].head.written_due_at;
        home->count[!due ? HOME_DRAFTS : due < clock_now() ? HOME_CALLS_LATE : HOME_CALLS]++;
        if (!due || (home->confirm_by && due >= home->confirm_by)) continue;
        home->confirm_by = due;
        home->confirm = lines[i].head.id;
    }
    home->at_least[HOME_DRAFTS] = count == MOST;
    return outcome;
}

static enum st count_desk(const struct gathering *of, struct err *err)
{
    int64_t *count = of->home->count;
    struct desk_case *list = NULL;
    size_t cases = 0;
    if (!may(of, ACT_DESK)) return ST_OK;
    enum st outcome = desk_list(of->app, of->arena, of->who, &list, &cases, err);
    for (size_t i = 0; i < cases && outcome == ST_OK; i++) {
        struct desk_clock clocks[DESK_CLOCKS_MAX];
        const struct desk_clock *first =
            desk_clock_first(clocks, desk_clocks(of->app->area, &list[i], NULL, 0, clocks));
        count[HOME_DESK_NEW] += list[i].state == DESK_NEW;
        count[HOME_DESK_NEWS] += desk_has_news(&list[i]);
        if (!first) continue;
        count[HOME_DESK_LATE] += first->due < clock_now();
        count[HOME_DESK_SOON] +=
            first->due >= clock_now() && first->due < clock_now() + 4 * hour_ms;
    }
    return outcome;
}

static enum st count_checks(const struct gathering *of, struct err *err)
{
    struct desk_check *list = NULL;
    size_t checks = 0;
    if (!may(of, ACT_ANSWER_CHECK)) return ST_OK;
    enum st outcome = check_list(of->app, of->arena, of->who, &list, &checks, err);
    for (size_t i = 0; i < checks && outcome == ST_OK; i++)
        if (!list[i].answered_at)
            of->home->count[list[i].due_at && list[i].due_at < clock_now() ? HOME_CHECKS_LATE
                                                                           : HOME_CHECKS]++;
    return outcome;
}

/* --- children --------------------------------------------------------------------------------- */

static enum st count_children(const struct gathering *of, struct err *err)
{
    enum { LOOKED_AT_DAYS = 180 }; /* as the page of children who go missing */
    int64_t *count = of->home->count;
    struct missing_figures figures = {0};
    struct child_line *due = NULL;
    size_t records = 0;
    enum st outcome = ST_OK;
    if (children_works_with(of->app, of->who) ||
        (may(of, ACT_READ_MISSING) && may(of, ACT_SEE_LINKS)))
        outcome = missing_count(of->app, of->arena, of->who, clock_now() - LOOKED_AT_DAYS * day_ms,
                                clock_now(), &figures, err);
    count[HOME_MISSING] = figures.now;
    count[HOME_INTERVIEWS] = figures.interviews - figures.late;
    count[HOME_INTERVIEWS_LATE] = figures.late;
    struct child_line *line = NULL;
    size_t lines = may(of, ACT_READ_CHILD)
                       ? child_scope_list(child_scope_of(of->app, of->arena, of->who), &line)
                       : 0;
    for (size_t i = 0; i < lines; i++) {
        count[HOME_REVIEWS] += child_review_is_late(of->arena, &line[i]);
        count[HOME_CHILD_SIGN_OFF] +=
            line[i].closing_by && line[i].closing_by != of->who->account && may(of, ACT_KEEP_CHILD);
    }
    if (outcome == ST_OK && may(of, ACT_KEEP_CHILD))
        outcome = children_due(of->app, of->arena, of->who, &due, &records, err);
    count[HOME_RECORDS] = (int64_t)records;
    return outcome;
}

/* --- submissions ------------------------------------------------------------------------------ */

static enum st count_inbox(const struct gathering *of, struct err *err)
{
    struct forward_line *list = NULL;
    size_t lines = 0;
    if (!may(of, ACT_FORWARD)) return ST_OK;
    enum st outcome = forward_inbox(of->app, of->arena, of->who, &list, &lines, err);
    for (size_t i = 0; i < lines && outcome == ST_OK; i++)
        of->home->count[forward_is_late(&list[i]) ? HOME_INBOX_LATE : HOME_INBOX]++;
    of->home->at_least[HOME_INBOX] = lines == FORWARD_INBOX_MAX;
    if (outcome != ST_OK || !may(of, ACT_READ_MEETING)) return outcome;
    outcome = feedback_due_count(of->app, of->arena, of->who, &of->home->count[HOME_WORDLESS], err);
    of->home->at_least[HOME_WORDLESS] = of->home->count[HOME_WORDLESS] == FEEDBACK_DUE_MAX;
    return outcome;
}

/* What is overdue and in nobody's list. */
static enum st count_unanswered(const struct gathering *of, struct err *err)
{
    struct feedback_unanswered *list = NULL;
    size_t count = 0;
    enum st outcome = feedback_unanswered_list(of->app, of->arena, of->who, &list, &count, err);
    of->home->count[HOME_UNANSWERED] = (int64_t)count;
    return outcome;
}

/* What representatives sent to the desk. */
static enum st count_sent(const struct gathering *of, struct err *err)
{
    struct maru_case *list = NULL;
    size_t sent = 0;
    if (!may(of, ACT_DESK)) return ST_OK;
    enum st outcome = maru_list(of->app, of->arena, of->who, &list, &sent, err);
    for (size_t i = 0; i < sent && outcome == ST_OK; i++)
        if (!list[i].outcome.len)
            of->home->count[list[i].due_at && clock_now() > list[i].due_at ? HOME_MARU_SENT_LATE
                                                                           : HOME_MARU_SENT]++;
    return outcome;
}

enum counted { COUNT_READABLE, COUNT_OWN };

/* How many of the submissions that a query names are to be counted: one's own, or what one may
 * read of others'. */
static enum st count_of(const struct gathering *of, struct query *query, enum counted which,
                        enum home_kind kind, struct err *err)
{
    const struct scope *scope = scope_of(of->app, of->arena, of->who);
    size_t looked_at = 0;
    while (db_next(query)) {
        struct record record;
        looked_at++;
        if (!scope_record(scope, db_int(query, 0), &record)) continue;
        bool own = record.account == of->who->account;
        of->home->count[kind] +=
            which == COUNT_OWN
                ? own
                : !own && access_allows(scope_person(scope), ACT_READ_SUBMISSION, &record);
    }
    of->home->at_least[kind] = looked_at == HOME_LOOKED_AT;
    return db_end(query, err);
}

static enum st count_submissions(const struct gathering *of, struct err *err)
{
    enum st outcome = ST_OK;
    if (!may(of, ACT_READ_SUBMISSION)) return ST_OK;
    /* reads it, if it is not: before the store is taken */
    scope_person(scope_of(of->app, of->arena, of->who));
    struct db *db = store_read_begin(of->app->store, err);
    if (!db) return ST_FAILED;
    if (may(of, ACT_SEE_LINKS)) {
        struct query *query = db_query(db, Q_HOME_SHARED);
        db_bind_int(query, 1, clock_now() - HOME_NEW_DAYS * day_ms);
        db_bind_int(query, 2, HOME_LOOKED_AT);
        outcome = count_of(of, query, COUNT_READABLE, HOME_SUBMISSIONS, err);
    }
    if (outcome == ST_OK && may(of, ACT_SHARE)) {
        struct query *query = db_query(db, Q_HOME_MOVED);
        db_bind_int(query, 1, clock_now() - HOME_NEW_DAYS * day_ms);
        db_bind_int(query, 2, HOME_LOOKED_AT);
        outcome = count_of(of, query, COUNT_OWN, HOME_MOVED, err);
    }
    if (outcome == ST_OK && may(of, ACT_SHARE)) {
        struct query *query = db_query(db, Q_HOME_RETURNED);
        db_bind_int(query, 1, clock_now() - HOME_NEW_DAYS * day_ms);
        db_bind_int(query, 2, HOME_LOOKED_AT);
        outcome = count_of(of, query, COUNT_OWN, HOME_RETURNED, err);
    }
    if (outcome == ST_OK && may(of, ACT_SHARE)) {
        struct query *query = db_query(db, Q_HOME_QUESTIONS);
        db_bind_int(query, 1, HOME_LOOKED_AT);
        outcome = count_of(of, query, COUNT_OWN, HOME_QUESTIONS, err);
    }
    store_read_end(of->app->store, db);
    if (outcome == ST_OK)
        outcome = notices_count(of->app, of->arena, of->who, &of->home->count[HOME_NOTICES], err);
    return outcome;
}

static enum st count_links(const struct gathering *of, struct err *err)
{
    struct suggestion *list = NULL;
    size_t count = 0;
    if (!may(of, ACT_DECIDE)) return ST_OK;
    enum st outcome = suggestions_open(of->app, of->arena, of->who, 0, &list, &count,
                                       &of->home->count[HOME_PAIRS], err);
    if (outcome == ST_OK)
        outcome = grades_count(of->app, of->arena, of->who, &of->home->count[HOME_UNGRADED],
                               &of->home->count[HOME_GRADE_SECOND],
                               &of->home->at_least[HOME_UNGRADED], err);
    return outcome;
}

static enum st count_patterns(const struct gathering *of, struct err *err)
{
    struct pattern *list = NULL;
    size_t count = 0;
    if (!may(of, ACT_DECIDE)) return ST_OK;
    enum st outcome = pattern_list(
        of->app, of->arena, of->who,
        &(struct pattern_filter){.kind = -1, .since = clock_now() - HOME_NEW_DAYS * day_ms}, &list,
        &count, err);
    of->home->count[HOME_PATTERNS] = (int64_t)count;
    return outcome;
}

static enum st count_watched(const struct gathering *of, struct err *err)
{
    struct watched *list = NULL;
    size_t count = 0;
    if (!may(of, ACT_SEE_LINKS)) return ST_OK;
    enum st outcome = watch_list(of->app, of->arena, of->who, &list, &count, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++)
        of->home->count[HOME_WATCHED] += list[i].entity && list[i].event_count;
    return outcome;
}

/* --- Forums ----------------------------------------------------------------------------------- */

/* Actions that somebody says are done, and that this person can sign off. */
static enum st count_sign_offs(const struct gathering *of, struct err *err)
{
    enum { MOST = 200 };
    const struct scope *scope = scope_of(of->app, of->arena, of->who);
    int64_t id[MOST];
    size_t count = 0;
    scope_person(scope);
    struct db *db = store_read_begin(of->app->store, err);
    if (!db) return ST_FAILED;
    struct query *query = db_query(db, Q_HOME_DONE);
    db_bind_int(query, 1, MOST);
    while (count < MOST && db_next(query)) id[count++] = db_int(query, 0);
    enum st outcome = db_end(query, err);
    struct forum_action *action = arena_many(of->arena, MOST, struct forum_action);
    for (size_t i = 0; i < count && outcome == ST_OK; i++)
        outcome = action_load(of->app, db, of->arena, id[i], &action[i], err);
    store_read_end(of->app->store, db);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        struct err why = {0};
        of->home->count[HOME_SIGN_OFF] +=
            action_seen(scope, &action[i]) &&
            action_can(scope, &action[i], ACTION_DO_SIGN, &why) == ST_OK;
    }
    of->home->at_least[HOME_SIGN_OFF] = count == MOST;
    return outcome;
}

static enum st count_actions(const struct gathering *of, struct err *err)
{
    int64_t open = 0;
    int64_t over = 0;
    if (!may(of, ACT_DO_ACTION)) return ST_OK;
    enum st outcome = action_count_due(of->app, of->who, &open, &over, err);
    of->home->count[HOME_ACTIONS] = open - over;
    of->home->count[HOME_ACTIONS_LATE] = over;
    if (outcome == ST_OK && may(of, ACT_RUN_MEETING)) outcome = count_sign_offs(of, err);
    return outcome;
}

static enum st count_meetings(const struct gathering *of, struct err *err)
{
    struct home *home = of->home;
    struct meeting *list = NULL;
    struct handover *across = NULL;
    size_t count = 0;
    size_t handed = 0;
    if (!of->app->area || !may(of, ACT_READ_MEETING)) return ST_OK;
    enum st outcome = handover_list(of->app, of->arena, of->who, &across, &handed, err);
    for (size_t i = 0; i < handed && outcome == ST_OK; i++)
        home->count[HOME_ACROSS] += across[i].mine;
    if (outcome == ST_OK) outcome = meeting_list(of->app, of->arena, of->who, &list, &count, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        bool past = list[i].starts_at < clock_now() - day_ms;
        home->count[HOME_MINUTES] +=
            meeting_can(&list[i], NULL, of->who, MEETING_DO_APPROVE, NULL) == ST_OK;
        home->count[HOME_MEETINGS_LATE] += list[i].state <= MEETING_OPEN && past && list[i].runs;
        /* newest first: the last one is the next */
        if (list[i].state > MEETING_OPEN || past) continue;
        home->meeting_at = list[i].starts_at;
        home->meeting = list[i].id;
        home->meeting_forum = list[i].forum;
    }
    return outcome;
}

/* --- those who keep the house ----------------------------------------------------------------- */

static enum st count_keeping(const struct gathering *of, struct err *err)
{
    int64_t *count = of->home->count;
    struct contact *contact = NULL;
    struct api_client *client = NULL;
    struct audit_flag *flag = NULL;
    size_t found = 0;
    enum st outcome = ST_OK;
    if (of->app->area && may(of, ACT_KEEP_SUPPORT)) {
        outcome = contact_list(of->app, of->arena, &contact, &found, err);
        for (size_t i = 0; i < found && outcome == ST_OK; i++)
            count[HOME_NUMBERS] += !contact_is_fresh(&contact[i], clock_now());
    }
    if (outcome == ST_OK && may(of, ACT_MANAGE_ACCOUNTS)) {
        outcome = api_client_list(of->app, of->arena, &client, &found, err);
        for (size_t i = 0; i < found && outcome == ST_OK; i++)
            count[HOME_PROGRAMS] += !client[i].revoked_at && !client[i].disabled &&
                                    client[i].expires_at > clock_now() &&
                                    client[i].expires_at < clock_now() + 30 * day_ms;
    }
    if (outcome == ST_OK && may(of, ACT_AUDIT)) {
        int32_t today = clock_today();
        outcome = audit_unusual(of->app, of->arena, of->who, today - HOME_NEW_DAYS + 1, today,
                                &flag, &found, err);
        count[HOME_UNUSUAL] = outcome == ST_OK ? (int64_t)found : 0;
    }
    return outcome;
}

static enum st make(struct app *app, struct arena *arena, const struct person *who,
                    struct home *ret, struct err *err)
{
    static enum st (*const parts[])(const struct gathering *of, struct err *err) = {
        count_drafts,     count_desk,     count_checks,  count_children,   count_inbox,
        count_unanswered, count_sent,     count_links,   count_patterns,   count_watched,
        count_actions,    count_meetings, count_keeping, count_submissions};
    *ret = (struct home){0};
    struct gathering of = {app, arena, who, ret};
    enum st outcome = ST_OK;
    for (size_t i = 0; i < sizeof parts / sizeof *parts && outcome == ST_OK; i++)
        outcome = parts[i](&of, err);
    return outcome;
}

/* What is out of the usual is found in the log, which grows with each page that is read, and
 * looking for it is a line too. */
enum st home_read(struct app *app, struct arena *arena, const struct person *who, struct home *ret,
                  struct err *err)
{
    bool keeps = !store_is_shared(app->store) && !access_allows(who, ACT_AUDIT, NULL);
    return keeps ? home_kept_read(app, arena, who, make, ret, err)
                 : make(app, arena, who, ret, err);
}
