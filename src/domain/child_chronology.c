#include "domain/child_chronology.h"

#include "base/names.h"
#include "domain/area.h"
#include "domain/area_child.h"
#include "domain/child_form.h"
#include "domain/child_referral.h"
#include "domain/desk.h"
#include "domain/entity_seen.h"
#include "domain/missing.h"
#include "domain/record.h"
#include "domain/scope.h"

#include <stdlib.h>

static const struct labelled kinds[CHRONOLOGY_KINDS] = {
    [CHRONOLOGY_REFERRAL] = {"referral", "Referrals"},
    [CHRONOLOGY_INFORMATION] = {"information", "Information shared"},
    [CHRONOLOGY_SIGN] = {"sign", "Signs and circumstances"},
    [CHRONOLOGY_JUDGEMENT] = {"judgement", "Judgements"},
    [CHRONOLOGY_EVENT] = {"event", "Events"},
    [CHRONOLOGY_MISSING] = {"missing", "Missing episodes"},
    [CHRONOLOGY_PLAN] = {"plan", "Status, plans, reviews"},
    [CHRONOLOGY_RECORD] = {"record", "The record"},
};

const char *chronology_kind_name(enum chronology_kind kind)
{
    return kinds[kind].name;
}

const char *chronology_kind_label(enum chronology_kind kind)
{
    return kinds[kind].label;
}

/* --- in words ------------------------------------------------------------------------------ */

static struct str option(const struct app *app, struct arena *arena,
                         const struct child_entry *entry, int place)
{
    return child_option_label(app, arena, entry->kind, place, entry->text[place]);
}

/* A sentence that has ended already needs no second full stop. */
static struct str with(struct arena *arena, struct str words, const char *before, struct str more)
{
    if (before[0] == '.' && words.len && strchr(".!?", words.ptr[words.len - 1])) before++;
    return more.len ? str_fmt(arena, "%.*s%s%.*s", STR_ARG(words), before, STR_ARG(more)) : words;
}

/* What is said of its source, and where that stands. */
static struct str with_source(struct arena *arena, struct str words, struct str source,
                              struct told *told)
{
    words = with(arena, words, ". Source: ", source);
    if (source.len) *told = (struct told){(int32_t)(words.len - source.len), (int32_t)words.len};
    return words;
}

static struct str day(struct arena *arena, struct str iso)
{
    struct date date;
    return date_parse_iso(iso, &date) ? date_words(arena, date) : iso;
}

static struct str fact_words(const struct app *app, struct arena *arena,
                             const struct child_entry *entry, struct told *told)
{
    const struct question *question = child_question(app, entry->text[FACT_KEY]);
    struct answer answer = {ANSWER_GIVEN, entry->text[FACT_VALUE]};
    if (!answer_kind_from_name(entry->text[FACT_ANSWER], &answer.kind)) answer.kind = ANSWER_GIVEN;
    struct str value = question ? answer_words(arena, question, &answer) : answer.value;
    struct str label = question ? question->label : entry->text[FACT_KEY];
    struct str words = str_fmt(arena, "%.*s%s %.*s", STR_ARG(label),
                               str_ends(label, STR("?")) ? "" : ":", STR_ARG(value));
    return with_source(arena, words, entry->text[FACT_SAYS], told);
}

static struct str person_words(const struct app *app, struct arena *arena,
                               const struct child_entry *entry)
{
    struct str words = str_fmt(arena, "%.*s, %.*s", STR_ARG(entry->text[PERSON_NAME]),
                               STR_ARG(option(app, arena, entry, PERSON_RELATIONSHIP)));
    if (entry->text[PERSON_BORN].len)
        words = with(arena, words, ", ", child_born_words(arena, entry->text[PERSON_BORN]));
    words = with(arena, words,
                 ". Parental responsibility: ", option(app, arena, entry, PERSON_RESPONSIBLE));
    words = with(arena, words, ". In the household: ", option(app, arena, entry, PERSON_HOUSEHOLD));
    words = with(arena, words, ". ", entry->text[PERSON_CONTACT]);
    return with(arena, words, ". ", entry->text[PERSON_NOTE]);
}

struct str child_sign_when(const struct app *app, struct arena *arena,
                           const struct child_entry *entry)
{
    enum sign_period period = SIGN_PERIOD_NONE;
    bool referred = str_eq(entry->source_kind, STR("referral"));
    struct str day =
        referred ? STR("the referral") : date_words(arena, clock_london(entry->at).date);
    if (!sign_period_from_name(entry->text[SIGN_PERIOD], &period) || period == SIGN_PERIOD_NONE)
        return option(app, arena, entry, SIGN_PERIOD);
    return str_fmt(arena,
                   period == SIGN_RECENT ? "In the 6 months before %.*s"
                                         : "More than 6 months before %.*s",
                   STR_ARG(day));
}

static struct str sign_words(const struct app *app, struct arena *arena,
                             const struct child_entry *entry, struct told *told)
{
    const struct area_sign *sign =
        app->area ? area_sign_find(app->area, entry->text[SIGN_ITEM]) : NULL;
    struct str words =
        str_fmt(arena, "%.*s: %.*s", STR_ARG(sign ? sign->text : entry->text[SIGN_ITEM]),
                STR_ARG(option(app, arena, entry, SIGN_PRESENCE)));
    words = with(arena, words, ", ", child_sign_when(app, arena, entry));
    words = with_source(arena, words, entry->text[SIGN_SOURCE], told);
    return with(arena, words, ". ", entry->text[SIGN_NARRATIVE]);
}

/* Whose judgement it is that came with a referral. */
static void find_referrer(struct str words, struct told *told)
{
    ptrdiff_t from = -1;
    for (ptrdiff_t at = str_find(words, STR(CHILD_JUDGED_AS), 0); at >= 0;
         at = str_find(words, STR(CHILD_JUDGED_AS), (size_t)at + 1))
        from = at + (ptrdiff_t)sizeof CHILD_JUDGED_AS - 1;
    ptrdiff_t to = from < 0 ? -1 : str_find(words, STR(CHILD_JUDGED_IN), (size_t)from);
    if (to >= 0) *told = (struct told){(int32_t)from, (int32_t)to};
}

static struct str judgement_words(const struct app *app, struct arena *arena,
                                  const struct child_entry *entry, struct told *told)
{
    struct str words = str_fmt(arena, "May already have been harmed? %.*s. Judgement: %.*s",
                               STR_ARG(option(app, arena, entry, JUDGEMENT_HARMED)),
                               STR_ARG(option(app, arena, entry, JUDGEMENT_WORD)));
    words = with(arena, words, ". ", entry->text[JUDGEMENT_REASONS]);
    if (str_eq(entry->source_kind, STR("referral"))) find_referrer(words, told);
    return words;
}

static struct str plan_words(const struct app *app, struct arena *arena,
                             const struct child_entry *entry)
{
    struct str words = with(arena, option(app, arena, entry, PLAN_WORD), " from ",
                            day(arena, entry->text[PLAN_START]));
    words = with(arena, words, ", reviewed next on ", day(arena, entry->text[PLAN_REVIEW]));
    return with(arena, words, ". ", entry->text[PLAN_TEXT]);
}

static struct str status_words(const struct app *app, struct arena *arena,
                               const struct child_entry *entry)
{
    struct str words = with(arena, option(app, arena, entry, STATUS_WORD), " from ",
                            day(arena, entry->text[STATUS_FROM]));
    words = with(arena, words, " to ", day(arena, entry->text[STATUS_TO]));
    return with(arena, words, ". ", entry->text[STATUS_NOTE]);
}

struct str child_entry_words(const struct app *app, struct arena *arena,
                             const struct child_entry *entry, struct told *ret_told)
{
    struct str words = entry->text[0];
    struct told nobody;
    struct told *told = ret_told ? ret_told : &nobody;
    *told = (struct told){0};
    switch (entry->kind) {
    case ENTRY_FACT: return fact_words(app, arena, entry, told);
    case ENTRY_PERSON: return person_words(app, arena, entry);
    case ENTRY_AGENCY:
        words = with(arena, words, ", ", entry->text[AGENCY_WORKER]);
        words = with(arena, words, ", ", entry->text[AGENCY_CONTACT]);
        return with(arena, words,
                    ". Works with the child now: ", option(app, arena, entry, AGENCY_CURRENT));
    case ENTRY_STATUS: return status_words(app, arena, entry);
    case ENTRY_SIGN: return sign_words(app, arena, entry, told);
    case ENTRY_JUDGEMENT: return judgement_words(app, arena, entry, told);
    case ENTRY_VIEW:
        words = option(app, arena, entry, VIEW_STANCE);
        words = with(arena, words, ": ", option(app, arena, entry, VIEW_WORD));
        return with(arena, words, ". ", entry->text[VIEW_REASONS]);
    case ENTRY_PLAN: return plan_words(app, arena, entry);
    case ENTRY_REVIEW:
        words = with(arena, STR("Reviewed"), " on ", day(arena, entry->text[REVIEW_HELD]));
        words = with(arena, words, ", next on ", day(arena, entry->text[REVIEW_NEXT]));
        return with(arena, words, ". ", entry->text[REVIEW_TEXT]);
    case ENTRY_NOTE: return with_source(arena, words, entry->text[NOTE_SAYS], told);
    case ENTRY_SETTLE: return with(arena, words, ": ", entry->text[SETTLE_REASON]);
    case ENTRY_EVENT: return with(arena, words, ": ", entry->text[EVENT_WORDS]);
    case ENTRY_KINDS: break;
    }
    return words;
}

/* --- collecting ------------------------------------------------------------------------------ */

static const enum chronology_kind kind_of[ENTRY_KINDS] = {
    [ENTRY_FACT] = CHRONOLOGY_RECORD,  [ENTRY_PERSON] = CHRONOLOGY_RECORD,
    [ENTRY_AGENCY] = CHRONOLOGY_RECORD, [ENTRY_STATUS] = CHRONOLOGY_PLAN,
    [ENTRY_SIGN] = CHRONOLOGY_SIGN,    [ENTRY_JUDGEMENT] = CHRONOLOGY_JUDGEMENT,
    [ENTRY_VIEW] = CHRONOLOGY_JUDGEMENT, [ENTRY_PLAN] = CHRONOLOGY_PLAN,
    [ENTRY_REVIEW] = CHRONOLOGY_PLAN,  [ENTRY_NOTE] = CHRONOLOGY_EVENT,
    [ENTRY_SETTLE] = CHRONOLOGY_RECORD, [ENTRY_EVENT] = CHRONOLOGY_RECORD,
};

/* The day that an entry is about. */
static int32_t day_of(const struct child_entry *entry)
{
    static const int place[ENTRY_KINDS] = {[ENTRY_STATUS] = STATUS_FROM + 1,
                                           [ENTRY_PLAN] = PLAN_START + 1,
                                           [ENTRY_REVIEW] = REVIEW_HELD + 1,
                                           [ENTRY_NOTE] = NOTE_DAY + 1};
    struct date date;
    if (place[entry->kind] && date_parse_iso(entry->text[place[entry->kind] - 1], &date))
        return date_to_days(date);
    return clock_day(entry->at);
}

static bool is_wanted(const struct chronology_wish *wish, const struct chronology_item *item)
{
    bool any = false;
    for (int kind = 0; kind < CHRONOLOGY_KINDS; kind++) any |= wish->kind[kind];
    if (any && !wish->kind[item->kind]) return false;
    if (wish->source.len && !str_eq(wish->source, item->source)) return false;
    if (wish->from != LINK_DAY_UNKNOWN && item->day < wish->from) return false;
    return wish->to == LINK_DAY_UNKNOWN || item->day <= wish->to;
}

static int newest_first(const void *a, const void *b)
{
    const struct chronology_item *left = a;
    const struct chronology_item *right = b;
    if (left->day != right->day) return left->day < right->day ? 1 : -1;
    if (left->at != right->at) return left->at < right->at ? 1 : -1;
    return (left->entry < right->entry) - (left->entry > right->entry);
}

struct gathering {
    struct app *app;
    struct arena *arena;
    const struct person *who;
    const struct child_file *file;
    const struct chronology_wish *wish;
    struct chronology_item *item;
    size_t count;
};

enum { OTHERS_MAX = 2000 }; /* referrals, what the desk did, submissions, episodes */

static void gather_entries(struct gathering *gathering)
{
    for (size_t i = 0; i < gathering->file->entry_count; i++) {
        const struct child_entry *entry = &gathering->file->entry[i];
        struct chronology_item *item = &gathering->item[gathering->count];
        /* That something was marked shows on what was marked. */
        if (entry->kind == ENTRY_SETTLE) continue;
        *item = (struct chronology_item){.kind = kind_of[entry->kind],
                                         .day = day_of(entry),
                                         .at = entry->at,
                                         .by = child_account_name(gathering->file, entry->account),
                                         .source = entry->source_kind,
                                         .entry = entry->id,
                                         .state = entry->state};
        if (!is_wanted(gathering->wish, item)) continue;
        item->words = child_entry_words(gathering->app, gathering->arena, entry, &item->told);
        gathering->count++;
    }
}

static void keep(struct gathering *gathering, struct chronology_item item)
{
    item.day = clock_day(item.at);
    if (is_wanted(gathering->wish, &item) &&
        gathering->count < gathering->file->entry_count + OTHERS_MAX)
        gathering->item[gathering->count++] = item;
}

/* The partner of a check, as the words of its event begin. */
static struct told find_partner(const struct app *app, const struct desk_event *event,
                                struct str words)
{
    if (!str_starts(event->kind, STR("check-")) || !event->code.len) return (struct told){0};
    struct str partner = area_desk_label(app->area, DESK_AGENCY, event->code);
    size_t from = desk_event_label(event->kind).len + 2;
    if (!partner.len || !str_starts(str_sub(words, from, words.len), partner))
        return (struct told){0};
    return (struct told){(int32_t)from, (int32_t)(from + partner.len)};
}

/* What the referral unit did with a referral, for whoever sees the desk. */
static enum st gather_desk(struct gathering *gathering, const struct child_referral *referral,
                           struct err *err)
{
    struct app *app = gathering->app;
    struct arena *arena = gathering->arena;
    struct desk_event *event = NULL;
    size_t count = 0;
    if (!access_allows(gathering->who, ACT_DESK, NULL)) return ST_OK;
    enum st outcome = desk_events(app, arena, referral->referral, &event, &count, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        struct str words = with(arena, desk_event_label(event[i].kind), ": ",
                                desk_event_code(arena, app->area, &event[i]));
        keep(gathering, (struct chronology_item){.kind = CHRONOLOGY_REFERRAL,
                                                 .at = event[i].at,
                                                 .words = with(arena, words, ". ", event[i].words),
                                                 .by = event[i].name,
                                                 .source = STR("referral"),
                                                 .referral = referral->referral,
                                                 .event = event[i].id,
                                                 .told = find_partner(app, &event[i], words)});
    }
    return outcome;
}

/* Referrals that were made of a submission once said whose it was and who sent it on. */
static struct told find_sent_on(struct str words)
{
    ptrdiff_t by = str_find(words, STR(", sent on by its representative, "), 0);
    ptrdiff_t from = -1;
    for (ptrdiff_t at = str_find(words, STR("From submission "), 0); at >= 0 && at < by;
         at = str_find(words, STR("From submission "), (size_t)at + 1))
        from = at;
    if (from < 0) return (struct told){0};
    ptrdiff_t of = str_find(words, STR(" of "), (size_t)from);
    from = of < 0 || of > by ? by : of + 4; /* somebody took out whose it was */
    ptrdiff_t to = str_find(words, STR("\n"), (size_t)by);
    return (struct told){(int32_t)from, to < 0 ? (int32_t)words.len : (int32_t)to};
}

static enum st gather_referrals(struct gathering *gathering, const struct child_referral *referral,
                                size_t count, struct err *err)
{
    enum st outcome = ST_OK;
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        struct str words =
            str_fmt(gathering->arena, "Referral %.*s from %.*s", STR_ARG(referral[i].reference),
                    STR_ARG(referral[i].organisation));
        struct told told = {(int32_t)(words.len - referral[i].organisation.len),
                            referral[i].organisation.len ? (int32_t)words.len : 0};
        words = with(gathering->arena, words, ": ", referral[i].reason);
        struct told again = find_sent_on(words);
        keep(gathering, (struct chronology_item){.kind = CHRONOLOGY_REFERRAL,
                                                 .at = referral[i].sent_at,
                                                 .words = words,
                                                 .source = STR("referral"),
                                                 .referral = referral[i].referral,
                                                 .told = told.to ? told : again,
                                                 .again = told.to ? again : told});
        outcome = gather_desk(gathering, &referral[i], err);
    }
    return outcome;
}

static bool is_name_of(const struct child_file *file, struct str name)
{
    for (size_t i = 0; i < file->entry_count; i++)
        if (file->entry[i].kind == ENTRY_FACT && file->entry[i].state != STATE_WITHDRAWN &&
            str_eq(file->entry[i].text[FACT_KEY], STR("child-name")) &&
            str_eq_nocase(file->entry[i].text[FACT_VALUE], name))
            return true;
    return false;
}

static bool is_there(const struct gathering *gathering, int64_t submission)
{
    for (size_t i = 0; i < gathering->count; i++)
        if (gathering->item[i].submission == submission) return true;
    return false;
}

/* Submissions whose mentions are joined with this one by what the reader may see, and that they may
 * read: what is kept from them joins nothing. */
static enum st gather_entity(struct gathering *gathering, struct db *db, int64_t mention,
                             int64_t own, struct err *err)
{
    const struct scope *scope = scope_of(gathering->app, gathering->arena, gathering->who);
    int64_t *member = NULL;
    size_t count = seen_members(scope, gathering->arena, mention, &member);
    for (size_t i = 0; i < count; i++) {
        struct submission submission;
        int64_t id = entity_submission(gathering->app->entities, member[i]);
        if (id == own || is_there(gathering, id) || !scope_allows(scope, ACT_READ_SUBMISSION, id))
            continue;
        enum st outcome = submission_load_seen(scope, db, gathering->arena, id, &submission, err);
        if (outcome == ST_NOT_FOUND) continue; /* destroyed meanwhile: what is left is shown */
        if (outcome != ST_OK) return outcome;
        keep(gathering, (struct chronology_item){.kind = CHRONOLOGY_INFORMATION,
                                                 .at = submission.created_at,
                                                 .words = submission.narrative,
                                                 .source = STR("submission"),
                                                 .submission = id});
    }
    return ST_OK;
}

static enum st gather_information(struct gathering *gathering,
                                  const struct child_referral *referral, size_t referrals,
                                  struct err *err)
{
    struct db *db = store_read_begin(gathering->app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = ST_OK;
    for (size_t r = 0; r < referrals && outcome == ST_OK; r++) {
        int64_t *mention = NULL;
        size_t count = entity_mentions_of(gathering->app->entities, gathering->arena,
                                          referral[r].submission, &mention);
        for (size_t i = 0; i < count && outcome == ST_OK; i++) {
            struct mention named;
            if (entity_kind(gathering->app->entities, mention[i]) != LINK_PERSON) continue;
            outcome = mention_load(gathering->app, db, gathering->arena, mention[i], &named, err);
            if (outcome == ST_OK && is_name_of(gathering->file, named.field[LINK_NAME]))
                outcome = gather_entity(gathering, db, mention[i], referral[r].submission, err);
        }
    }
    store_read_end(gathering->app->store, db);
    return outcome;
}

static enum st gather_missing(struct gathering *gathering, struct err *err)
{
    struct missing_line *line = NULL;
    size_t count = 0;
    enum st outcome = missing_of_child(gathering->app, gathering->arena, gathering->who,
                                       gathering->file, &line, &count, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++)
        keep(gathering, (struct chronology_item){.kind = CHRONOLOGY_MISSING,
                                                 .at = line[i].since,
                                                 .words = missing_words(gathering->arena, &line[i]),
                                                 .source = STR("missing"),
                                                 .missing = line[i].id});
    return outcome;
}

enum st child_chronology(struct app *app, struct arena *arena, const struct person *who,
                         const struct child_file *file, const struct chronology_wish *wish,
                         struct chronology_item **ret, size_t *ret_count, struct err *err)
{
    struct gathering gathering = {
        .app = app, .arena = arena, .who = who, .file = file, .wish = wish};
    gathering.item = arena_many(arena, file->entry_count + OTHERS_MAX + 1, struct chronology_item);
    struct child_referral *referral = NULL;
    size_t referrals = 0;
    gather_entries(&gathering);
    enum st outcome = child_referrals(app, arena, who, file, &referral, &referrals, err);
    if (outcome == ST_OK) outcome = gather_referrals(&gathering, referral, referrals, err);
    if (outcome == ST_OK) outcome = gather_information(&gathering, referral, referrals, err);
    if (outcome == ST_OK) outcome = gather_missing(&gathering, err);
    if (gathering.count)
        qsort(gathering.item, gathering.count, sizeof *gathering.item, newest_first);
    *ret = gathering.item;
    *ret_count = gathering.count;
    return outcome;
}
