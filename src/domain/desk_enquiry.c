/*
 * Strategy discussions and meetings, the enquiry that one begins, and how that ends: days are
 * checked here, and what stands in the way of closing a case of which an enquiry is decided.
 */
#include "domain/desk_internal.h"

#include "domain/questions.h"
#include "domain/when.h"

/* --- what stands ------------------------------------------------------------------------------ */

static struct desk_meeting *find_meeting(const struct desk_case *desk, struct str event)
{
    int64_t id = 0;
    if (!str_to_int(event, &id)) return NULL;
    for (size_t i = 0; i < desk->meeting_count; i++)
        if (desk->meeting[i].event == id) return &desk->meeting[i];
    return NULL;
}

static void add_meeting(struct desk_case *desk, const struct desk_meeting *meeting)
{
    if (desk->meeting_count < DESK_MEETINGS_MAX) desk->meeting[desk->meeting_count++] = *meeting;
}

static void read_event(struct arena *arena, struct query *query, struct desk_case *desk)
{
    struct str kind = db_text(query, 1);
    struct desk_meeting *last =
        desk->meeting_count ? &desk->meeting[desk->meeting_count - 1] : NULL;
    if (str_eq(kind, STR("met"))) {
        add_meeting(desk, &(struct desk_meeting){.event = db_int(query, 0),
                                                 .kind = str_dup(arena, db_text(query, 2)),
                                                 .result = str_dup(arena, db_text(query, 3)),
                                                 .at = db_int(query, 4),
                                                 .begins = !db_is_null(query, 5)});
    } else if (str_eq(kind, STR("meeting-day"))) {
        struct desk_meeting *meeting = find_meeting(desk, db_text(query, 3));
        if (meeting) meeting->at = db_int(query, 4);
    } else if (str_eq(kind, STR("decided"))) {
        if (!desk->decided_first) desk->decided_first = db_int(query, 6);
    } else if (str_eq(kind, STR("reopened"))) {
        desk->meeting_count = 0;
        desk->decided_first = 0;
    } else if (last) {
        last->ended = db_int(query, 4);
        last->not_needed = str_eq(kind, STR("no-conference"));
    }
}

enum st desk_meetings_load(struct db *db, struct arena *arena, struct desk_case *desk,
                           struct err *err)
{
    desk->meeting = arena_many(arena, DESK_MEETINGS_MAX, struct desk_meeting);
    desk->meeting_count = 0;
    struct query *query = db_query(db, Q_DESK_MEETINGS);
    db_bind_int(query, 1, desk->referral);
    while (db_next(query)) read_event(arena, query, desk);
    return db_end(query, err);
}

/* --- what does not go together ---------------------------------------------------------------- */

/* The last, by its day, that came to something: "meet again" did not. */
static const struct desk_meeting *last_outcome(const struct area *area,
                                               const struct desk_case *desk)
{
    const struct desk_meeting *last = NULL;
    for (size_t i = 0; i < desk->meeting_count; i++) {
        const struct desk_meeting *meeting = &desk->meeting[i];
        const struct desk_term *result = area_desk_find(area, DESK_MEETING_RESULT, meeting->result);
        if (result && result->leaves_open) continue;
        if (!last || meeting->at >= last->at) last = meeting;
    }
    return last;
}

static bool enquiry_began(const struct desk_case *desk)
{
    for (size_t i = 0; i < desk->meeting_count; i++)
        if (desk->meeting[i].begins) return true;
    return false;
}

/* Is it less than an enquiry?  The outcome that does most stands first in the pack. */
static bool falls_short(const struct area *area, const struct desk_term *outcome)
{
    size_t count = 0;
    const struct desk_term *terms = area_desk_terms(area, DESK_OUTCOME, &count);
    for (size_t i = 0; i < count && &terms[i] < outcome; i++)
        if (terms[i].enquiry) return !outcome->enquiry;
    return false;
}

/* What was decided once the enquiry had ended follows from it. */
static bool decided_after_enquiry(const struct desk_case *desk)
{
    instant_ms ended = desk_conference_ended(desk);
    return ended && clock_day(desk->decided_at) >= clock_day(ended);
}

bool desk_steps_down(const struct area *area, const struct desk_case *desk,
                     const struct desk_term *outcome)
{
    const struct desk_term *old = area_desk_find(area, DESK_OUTCOME, desk->outcome);
    if (!old || !outcome || old == outcome || !(old->starts || old->enquiry)) return false;
    if (old->starts && !outcome->starts) return true;
    return outcome > old && !outcome->enquiry; /* both of the pack's one list */
}

enum st desk_contradiction(const struct area *area, const struct desk_case *desk, struct err *err)
{
    const struct desk_term *outcome = area_desk_find(area, DESK_OUTCOME, desk->outcome);
    const struct desk_meeting *last = outcome ? last_outcome(area, desk) : NULL;
    if (!last) return ST_OK;
    bool contradicts = outcome->enquiry ? !enquiry_began(desk)
                                        : last->begins && falls_short(area, outcome) &&
                                              !decided_after_enquiry(desk);
    if (!contradicts) return ST_OK;
    return err_set(err, ST_CONFLICT,
                   "“%.*s” is decided, but the last strategy meeting ended in “%.*s”. Decide anew, "
                   "or write down a later meeting.",
                   STR_ARG(outcome->label),
                   STR_ARG(area_desk_label(area, DESK_MEETING_RESULT, last->result)));
}

enum st desk_enquiry_missing(const struct area *area, const struct desk_case *desk, struct err *err)
{
    const struct desk_term *outcome = area_desk_find(area, DESK_OUTCOME, desk->outcome);
    enum st st = desk_contradiction(area, desk, err);
    if (st != ST_OK || !outcome || !outcome->enquiry || desk->transfer_at) return st;
    if (!last_outcome(area, desk))
        return err_set(err, ST_CONFLICT,
                       "“%.*s” is decided, and no strategy discussion or meeting with an outcome "
                       "is written down. Write it down, or decide anew.",
                       STR_ARG(outcome->label));
    if (!desk->rating.len)
        return err_set(err, ST_CONFLICT,
                       "“%.*s” is decided, and the case is not rated. Set the rating.",
                       STR_ARG(outcome->label));
    return ST_OK;
}

/* --- days ------------------------------------------------------------------------------------- */

/* Day and time of something that was. */
static enum st read_instant(struct desk_act *act, bool with_time, instant_ms *ret, struct err *err)
{
    struct date today = clock_london(act->now).date;
    struct date day;
    struct date_range range;
    struct str typed = str_trim(act->input->day);
    int minutes = 12 * 60;
    if (!date_parse_iso(typed, &day)) {
        if (when_parse(typed, today, &range, NULL) != ST_OK || range.precision != WHEN_DAY)
            return desk_wrong(act, "day", err, "Write the day, like 12/3/2026.");
        day = range.from;
    }
    if (with_time && !time_of_day_read(str_trim(act->input->time), &minutes))
        return desk_wrong(act, "time", err, "Write the time, like 16:50.");
    instant_ms at = clock_from_london((struct civil){
        .date = day, .hour = (int8_t)(minutes / 60), .minute = (int8_t)(minutes % 60)});
    if (date_to_days(day) > date_to_days(today) || (with_time && at > act->now))
        return desk_wrong(act, "day", err,
                          "That is still to come. Write it down when it has been.");
    *ret = at > act->now ? act->now : at;
    return ST_OK;
}

/* The day, and the time if that is asked, of what was not before `began`. */
static enum st read_since(struct desk_act *act, bool with_time, instant_ms began, const char *what,
                          instant_ms *ret, struct err *err)
{
    enum st outcome = read_instant(act, with_time, ret, err);
    if (outcome != ST_OK || clock_day(*ret) >= clock_day(began)) return outcome;
    return desk_wrong(act, "day", err, "That is before %s, on %.*s. Check the day.", what,
                      STR_ARG(date_words(act->arena, clock_london(began).date)));
}

/* --- meetings --------------------------------------------------------------------------------- */

/* The conference is due by the discussion that began the enquiry: another one while that runs
 * moves nothing, one that was earlier and is written down later does.  What comes on the day on
 * which an enquiry ended, or after it, begins another.  `ret_before` is when one ended that then
 * would have begun later; 0: none. */
static void reckon_enquiry(struct desk_act *act, instant_ms *ret_before)
{
    struct desk_case *d = &act->desk;
    instant_ms from = 0;
    instant_ms held = 0;
    instant_ms none = 0;
    *ret_before = 0;
    for (size_t i = 0; i < d->meeting_count; i++) {
        const struct desk_meeting *meeting = &d->meeting[i];
        instant_ms ended = held ? held : none;
        bool another = !from || (ended && clock_day(meeting->at) >= clock_day(ended));
        if (meeting->begins && another) held = none = 0;
        if (meeting->begins && (another || meeting->at < from)) from = meeting->at;
        if (!meeting->ended) continue;
        *(meeting->not_needed ? &none : &held) = meeting->ended;
        if (clock_day(meeting->ended) < clock_day(from)) *ret_before = meeting->ended;
    }
    d->conference_at = held;
    d->conference_none_at = none;
    if (from == d->conference_from) return;
    d->conference_from = from;
    d->conference_due = area_clock_due(act->app->area, CLOCK_CONFERENCE, from);
}

/* A strategy discussion may be held on the day on which the referral came, or was telephoned. */
static enum st read_meeting_time(struct desk_act *act, instant_ms *ret, struct err *err)
{
    const struct desk_case *d = &act->desk;
    bool called = d->telephoned_at && d->telephoned_at < d->sent_at;
    return read_since(act, true, called ? d->telephoned_at : d->sent_at, "the referral came", ret,
                      err);
}

enum st desk_act_meet(struct desk_act *act, struct err *err)
{
    const struct desk_term *kind = area_desk_find(act->app->area, DESK_MEETING, act->input->choice);
    const struct desk_term *result =
        area_desk_find(act->app->area, DESK_MEETING_RESULT, act->input->second);
    if (!kind) return desk_wrong(act, "choice", err, "Choose what it was.");
    struct str text;
    struct str who;
    instant_ms at = 0;
    enum st st = read_meeting_time(act, &at, err);
    if (st == ST_OK)
        st = desk_text(act, act->input->who, "who", "who took part: names and agencies", &who, err);
    if (st == ST_OK && !result) st = desk_wrong(act, "second", err, "Choose what came of it.");
    if (st == ST_OK)
        st = desk_text(act, act->input->text, "text", "what was agreed, and who does it by when",
                       &text, err);
    if (st != ST_OK) return st;
    if (act->desk.meeting_count == DESK_MEETINGS_MAX)
        return err_set(err, ST_CONFLICT, "A case has %d meetings at most.", DESK_MEETINGS_MAX);
    instant_ms before = 0; /* a new one moves none that ended */
    add_meeting(&act->desk, &(struct desk_meeting){.at = at, .begins = result->starts != NULL});
    if (result->starts) reckon_enquiry(act, &before);
    instant_ms due = result->starts ? act->desk.conference_due : 0;
    desk_take_on(act);
    act->done = "meeting recorded";
    return desk_event_add(act,
                          &(struct desk_event_new){.kind = "met",
                                                   .code = kind->id,
                                                   .second = result->id,
                                                   .happened_at = at,
                                                   .due_at = due,
                                                   .words = text,
                                                   .who = who},
                          err);
}

/* A day that was written down wrong is set right by an event of its own: the former stays in the
 * history, and the clock runs from the right one. */
enum st desk_act_meeting_day(struct desk_act *act, struct err *err)
{
    struct desk_meeting *meeting = find_meeting(&act->desk, act->input->choice);
    if (!meeting) return desk_wrong(act, "choice", err, "Choose which meeting.");
    struct str text;
    instant_ms at = 0;
    instant_ms before = 0;
    char space[STR_INT_SIZE];
    enum st st = read_meeting_time(act, &at, err);
    if (st == ST_OK && at == meeting->at)
        st = desk_wrong(act, "day", err, "That is what stands there already.");
    if (st == ST_OK) st = desk_text(act, act->input->text, "text", "what was wrong", &text, err);
    if (st != ST_OK) return st;
    meeting->at = at;
    if (meeting->begins) reckon_enquiry(act, &before);
    if (before)
        return desk_wrong(act, "day", err,
                          "The conference was held, or found not needed, on %.*s: before that day. "
                          "Check the day.",
                          STR_ARG(date_words(act->arena, clock_london(before).date)));
    act->done = "day of a meeting corrected";
    return desk_event_add(
        act,
        &(struct desk_event_new){.kind = "meeting-day",
                                 .code = meeting->kind,
                                 .second = str_from_int(meeting->event, space),
                                 .happened_at = at,
                                 .due_at = meeting->begins ? act->desk.conference_due : 0,
                                 .words = text},
        err);
}

/* --- the ends of the clocks ------------------------------------------------------------------- */

static const char *const enquiry = "the discussion that began the enquiry";

/* A conference was held, an assessment is finished. */
static enum st act_finished(struct desk_act *act, const char *kind, const char *done, instant_ms at,
                            instant_ms *stands, struct err *err)
{
    struct str text;
    enum st outcome = desk_text(act, act->input->text, "text", "what came of it", &text, err);
    if (outcome != ST_OK) return outcome;
    *stands = at;
    act->done = done;
    return desk_event_add(
        act, &(struct desk_event_new){.kind = kind, .happened_at = at, .words = text}, err);
}

enum st desk_act_conference(struct desk_act *act, struct err *err)
{
    instant_ms at = 0;
    enum st outcome = read_since(act, false, act->desk.conference_from, enquiry, &at, err);
    if (outcome != ST_OK) return outcome;
    return act_finished(act, "conference", "conference recorded", at, &act->desk.conference_at,
                        err);
}

/* An enquiry ends without one: somebody decided that, and says why. */
enum st desk_act_no_conference(struct desk_act *act, struct err *err)
{
    struct str text;
    struct str who;
    instant_ms at = 0;
    enum st outcome = read_since(act, false, act->desk.conference_from, enquiry, &at, err);
    if (outcome == ST_OK)
        outcome = desk_text(act, act->input->text, "text", "why none is needed", &text, err);
    if (outcome == ST_OK)
        outcome = desk_text(act, act->input->who, "who", "who decided: name and role", &who, err);
    if (outcome != ST_OK) return outcome;
    act->desk.conference_none_at = at;
    act->done = "no conference needed";
    return desk_event_add(
        act,
        &(struct desk_event_new){
            .kind = "no-conference", .happened_at = at, .words = text, .who = who},
        err);
}

enum st desk_act_assessed(struct desk_act *act, struct err *err)
{
    const struct desk_case *d = &act->desk;
    bool called = d->telephoned_at && !d->reopened; /* it may have begun with the call */
    instant_ms at = 0;
    enum st outcome =
        read_since(act, false, called ? d->telephoned_at : d->came_at,
                   d->reopened ? "the case was opened again" : "the referral came", &at, err);
    if (outcome != ST_OK) return outcome;
    return act_finished(act, "assessed", "assessment recorded", at, &act->desk.assessment_at, err);
}
