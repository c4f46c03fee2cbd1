#include "domain/desk_chronology.h"

#include "domain/area_desk.h"
#include "domain/audit.h"
#include "domain/child_chronology.h"
#include "domain/question_sign.h"
#include "domain/referral.h"
#include "link/weights.h"

#include <stdlib.h>

enum { ROOM = 64 };

struct desk_moments {
    struct app *app;
    struct arena *arena;
    const struct person *who;
    const struct desk_case *desk;
    const struct referral *referral;
    struct desk_moment *list;
    size_t count;
    size_t room;
};

static void desk_moment_add(struct desk_moments *moments, const struct desk_moment *moment)
{
    if (moments->count == moments->room) {
        size_t room = moments->room ? moments->room * 2 : ROOM;
        struct desk_moment *wider = arena_many(moments->arena, room, struct desk_moment);
        if (moments->count) memcpy(wider, moments->list, moments->count * sizeof *wider);
        moments->list = wider;
        moments->room = room;
    }
    moments->list[moments->count++] = *moment;
}

/* --- this referral ------------------------------------------------------------------------- */

static enum st add_referral(struct desk_moments *moments, struct err *err)
{
    (void)err;
    const struct referral *referral = moments->referral;
    struct answer reason = referral_answer_get(referral, 0, STR("concern-reason"));
    if (moments->desk->telephoned_at)
        desk_moment_add(moments, &(struct desk_moment){.at = moments->desk->telephoned_at,
                                                       .kind = STR("This referral"),
                                                       .title = STR("Telephoned first")});
    desk_moment_add(moments, &(struct desk_moment){
                                 .at = moments->desk->sent_at,
                                 .kind = STR("This referral"),
                                 .title = str_fmt(moments->arena, "Sent by %.*s",
                                                  STR_ARG(moments->desk->organisation_name)),
                                 .words = reason.kind == ANSWER_GIVEN ? reason.value : STR("")});
    for (size_t i = 0; i < referral->addition_count; i++)
        desk_moment_add(moments, &(struct desk_moment){.at = referral->addition[i].at,
                                                       .kind = STR("This referral"),
                                                       .title = STR("Added by the referrer"),
                                                       .words = referral->addition[i].text,
                                                       .by = referral->addition[i].by});
    return ST_OK;
}

/* What it says of each sign, named by the child. */
static enum st add_signs(struct desk_moments *moments, struct err *err)
{
    (void)err;
    const struct referral *referral = moments->referral;
    for (size_t i = 0; i < referral->answer_count; i++) {
        const struct referral_answer *given = &referral->answer[i];
        const struct question *question = questions_find(referral->form, given->key);
        if (!question || question->type != QUESTION_SIGN || given->answer.kind != ANSWER_GIVEN)
            continue;
        const struct referral_row *row[QUESTION_ROWS_MAX];
        size_t rows = referral_rows(referral, STR(REFERRAL_CHILD), row, QUESTION_ROWS_MAX);
        for (size_t k = 0; k < rows && k < QUESTION_ROWS_MAX; k++) {
            if (row[k]->number != given->row) continue;
            desk_moment_add(
                moments,
                &(struct desk_moment){
                    .at = moments->desk->sent_at,
                    .kind = STR("Sign, as the referral says"),
                    .title = str_fmt(moments->arena, "%.*s: %.*s",
                                     STR_ARG(referral_row_name(moments->arena, referral, row[k])),
                                     STR_ARG(question->label)),
                    .words = answer_words(moments->arena, question, &given->answer)});
        }
    }
    return ST_OK;
}

/* --- what is known --------------------------------------------------------------------------- */

static struct str known_title(struct arena *arena, const struct desk_known *known)
{
    struct str how = known->same_child ? STR("of the same child")
                     : !known->may     ? STR("joined")
                                   : str_fmt(arena, "may fit (%s)", link_weight_word(known->bits));
    return known->about.len ? str_fmt(arena, "%.*s: %.*s", STR_ARG(how), STR_ARG(known->about))
                            : how;
}

static enum st add_known(struct desk_moments *moments, struct err *err)
{
    struct desk_known *known = NULL;
    size_t count = 0;
    enum st outcome = desk_known_read(moments->app, moments->arena, moments->who, moments->desk,
                                      &known, &count, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++)
        desk_moment_add(moments, &(struct desk_moment){
                                     .at = known[i].at,
                                     .kind = known[i].missing    ? STR("Missing episode")
                                             : known[i].referral ? STR("Another referral")
                                                                 : STR("Shared information"),
                                     .title = known_title(moments->arena, &known[i]),
                                     .words = known[i].words,
                                     .by = known[i].sector,
                                     .may = known[i].may,
                                     .missing = known[i].missing,
                                     .referral = known[i].referral,
                                     .submission = known[i].referral ? 0 : known[i].submission,
                                     .reference = known[i].reference,
                                     .mention = known[i].mention,
                                     .other = known[i].other});
    return outcome;
}

/* What the record has from this referral, or is listed already, is told once. */
static bool is_there(const struct desk_moments *moments, const struct child_file *file,
                     const struct chronology_item *item)
{
    const struct child_entry *entry = child_entry_find(file, item->entry);
    if (item->referral == moments->desk->referral) return true;
    if (entry && entry->source_id == moments->desk->referral &&
        str_eq(entry->source_kind, STR("referral")))
        return true;
    for (size_t i = 0; i < moments->count; i++)
        if ((item->submission && moments->list[i].submission == item->submission) ||
            (item->missing && moments->list[i].missing == item->missing))
            return true;
    return false;
}

/* One child's record, as this person may read it; facts and family stand there. */
static enum st add_record(struct desk_moments *moments, int64_t child, struct err *err)
{
    struct child_file file;
    struct chronology_item *item = NULL;
    size_t count = 0;
    struct chronology_wish wish = {.from = LINK_DAY_UNKNOWN, .to = LINK_DAY_UNKNOWN};
    enum st outcome = child_open(moments->app, moments->arena, moments->who, child, &file, err);
    if (outcome == ST_NOT_FOUND) return ST_OK; /* it is kept from them */
    if (outcome == ST_OK)
        outcome = child_chronology(moments->app, moments->arena, moments->who, &file, &wish, &item,
                                   &count, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        if (item[i].kind == CHRONOLOGY_RECORD || is_there(moments, &file, &item[i])) continue;
        desk_moment_add(
            moments,
            &(struct desk_moment){
                .at = clock_from_london((struct civil){.date = date_from_days(item[i].day)}),
                .kind = str_from(chronology_kind_label(item[i].kind)),
                .title = item[i].state == STATE_STANDING
                             ? file.line.name
                             : str_fmt(moments->arena, "%.*s (%s)", STR_ARG(file.line.name),
                                       child_state_label(item[i].state)),
                .words = item[i].words,
                .by = item[i].by,
                .referral = item[i].referral,
                .submission = item[i].submission,
                .missing = item[i].missing,
                .child = child,
                .reference = file.line.reference});
    }
    if (outcome != ST_OK) return outcome;
    return audit_event(moments->app, &(struct audit_event){.kind = AUDIT_CONSULTATION,
                                                           .action = "child read at the desk",
                                                           .account = moments->who->account,
                                                           .subject = "child",
                                                           .subject_id = child},
                       err);
}

static enum st add_children(struct desk_moments *moments, struct err *err)
{
    const struct referral *referral = moments->referral;
    enum st outcome = ST_OK;
    if (!access_allows(moments->who, ACT_READ_CHILD, NULL)) return ST_OK;
    for (size_t i = 0; i < referral->row_count && outcome == ST_OK; i++)
        if (referral->row[i].child) outcome = add_record(moments, referral->row[i].child, err);
    return outcome;
}

/* --- what was done ---------------------------------------------------------------------------- */

/* When a meeting was, before that was set right by this event; 0: this is no such event. */
static instant_ms former_day(const struct desk_event *events, size_t at)
{
    int64_t meeting = 0;
    if (!str_eq(events[at].kind, STR("meeting-day")) || !str_to_int(events[at].second, &meeting))
        return 0;
    while (at-- > 0) {
        int64_t same = 0;
        if (events[at].id == meeting) return events[at].happened_at;
        if (str_eq(events[at].kind, STR("meeting-day")) && str_to_int(events[at].second, &same) &&
            same == meeting)
            return events[at].happened_at;
    }
    return 0;
}

static struct str event_note(struct arena *arena, const struct desk_event *events, size_t at)
{
    instant_ms former = former_day(events, at);
    struct str note = STR("");
    if (events[at].happened_at)
        note = str_fmt(arena, "Was on %.*s", STR_ARG(clock_words(arena, events[at].happened_at)));
    if (former)
        note =
            str_fmt(arena, "%.*s, not on %.*s", STR_ARG(note), STR_ARG(clock_words(arena, former)));
    if (note.len) note = str_fmt(arena, "%.*s.", STR_ARG(note));
    if (events[at].due_at)
        note = str_fmt(arena, "%.*s Due %.*s.", STR_ARG(note),
                       STR_ARG(clock_words(arena, events[at].due_at)));
    return str_trim(note);
}

static struct desk_moment moment_of(const struct app *app, struct arena *arena,
                                    const struct desk_event *events, size_t at)
{
    const struct desk_event *event = &events[at];
    struct str code = desk_event_code(arena, app->area, event);
    struct str label = desk_event_label(event->kind);
    return (struct desk_moment){
        .at = event->at,
        .kind = STR("The desk"),
        .title = code.len ? str_fmt(arena, "%.*s: %.*s", STR_ARG(label), STR_ARG(code)) : label,
        .words = event->who.len && event->words.len
                     ? str_fmt(arena, "%.*s\n%.*s", STR_ARG(event->who), STR_ARG(event->words))
                 : event->who.len ? event->who
                                  : event->words,
        .note = event_note(arena, events, at),
        .by = event->name,
        .step = true};
}

enum st desk_moments_since(struct app *app, struct arena *arena, int64_t referral, int64_t event,
                           struct desk_moment **ret, size_t *ret_count, struct err *err)
{
    struct desk_event *events = NULL;
    size_t count = 0;
    enum st outcome = desk_events(app, arena, referral, &events, &count, err);
    if (outcome != ST_OK) return outcome;
    *ret = arena_many(arena, count, struct desk_moment);
    *ret_count = 0;
    for (size_t i = count; i-- > 0 && events[i].id > event;)
        (*ret)[(*ret_count)++] = moment_of(app, arena, events, i);
    return ST_OK;
}

static enum st add_events(struct desk_moments *moments, struct err *err)
{
    struct desk_moment *moment = NULL;
    size_t count = 0;
    enum st outcome = desk_moments_since(moments->app, moments->arena, moments->desk->referral, 0,
                                         &moment, &count, err);
    for (size_t i = count; i-- > 0 && outcome == ST_OK;) desk_moment_add(moments, &moment[i]);
    return outcome;
}

/* --- all of it -------------------------------------------------------------------------------- */

static int newest_first(const void *a, const void *b)
{
    const struct desk_moment *left = a;
    const struct desk_moment *right = b;
    if (left->at != right->at) return left->at < right->at ? 1 : -1;
    /* of one instant, what was done stands below what was known */
    return (int)left->step - (int)right->step;
}

enum st desk_chronology_read(struct app *app, struct arena *arena, const struct person *who,
                             const struct desk_case *desk, struct desk_moment **ret,
                             size_t *ret_count, struct err *err)
{
    static enum st (*const sources[])(struct desk_moments *, struct err *) = {
        add_referral, add_signs, add_known, add_children, add_events};
    struct referral referral;
    struct desk_moments moments = {
        .app = app, .arena = arena, .who = who, .desk = desk, .referral = &referral};
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = referral_load(app, db, arena, desk->referral, &referral, err);
    store_read_end(app->store, db);
    for (size_t i = 0; i < sizeof sources / sizeof *sources && outcome == ST_OK; i++)
        outcome = sources[i](&moments, err);
    if (outcome != ST_OK) return outcome;
    qsort(moments.list, moments.count, sizeof *moments.list, newest_first);
    *ret = moments.list;
    *ret_count = moments.count;
    return ST_OK;
}
