#include "domain/meeting_gap.h"

#include "base/names.h"
#include "domain/area_grading.h"
#include "domain/entity_seen.h"
#include "domain/feedback_due.h"
#include "domain/submission.h"

static const struct labelled gaps[MEETING_GAPS] = {
    [GAP_OF_DAY] = {"day", "No day when it happened"},
    [GAP_OF_PLACE] = {"place", "No place named"},
    [GAP_OF_NAMES] = {"names", "Nothing named that could be linked"},
    [GAP_OF_HOW] = {"how", "Not said how it is known"},
    [GAP_OF_GRADE] = {"grade", "Not graded yet"},
    [GAP_OF_SECOND] = {"second", "A grading waits for a second person"},
    [GAP_OF_ANSWER] = {"answer", "A question without an answer"},
    [GAP_OF_WORD] = {"word", "No word yet to who told, and it is overdue"},
};

const char *meeting_gap_name(enum meeting_gap_kind kind)
{
    return gaps[kind].name;
}

const char *meeting_gap_label(enum meeting_gap_kind kind)
{
    return gaps[kind].label;
}

bool meeting_gap_from_name(struct str name, enum meeting_gap_kind *ret)
{
    int place = labelled_place(name, gaps, MEETING_GAPS);
    if (place >= 0) *ret = (enum meeting_gap_kind)place;
    return place >= 0;
}

static void add(struct meeting_gap *gap, int64_t submission)
{
    if (gap->count < MEETING_GAP_LIST_MAX) gap->submission[gap->count] = submission;
    gap->count++;
}

/* What came since the meeting before. */
static enum st of_news(const struct scope *scope, struct db *db, const struct meeting *meeting,
                       struct meeting_gap ret[static MEETING_GAPS], struct err *err)
{
    struct app *app = scope_app(scope);
    struct query *query = db_query(db, Q_GAP_SUBMISSIONS);
    db_bind_text(query, 1, meeting->forum);
    db_bind_int(query, 2, meeting->since_at);
    db_bind_text(query, 3, grading_scheme(app->area));
    while (db_next(query)) {
        int64_t id = db_int(query, 0);
        unsigned kinds = 0;
        int64_t *mention = NULL;
        enum how_known how;
        if (!scope_links(scope, id)) continue;
        size_t count = seen_mentions_of(scope, scope_arena(scope), id, &mention);
        for (size_t i = 0; i < count; i++) kinds |= 1u << entity_kind(app->entities, mention[i]);
        if (db_is_null(query, 1)) add(&ret[GAP_OF_DAY], id);
        if (!(kinds >> LINK_PLACE & 1)) add(&ret[GAP_OF_PLACE], id);
        if (!kinds) add(&ret[GAP_OF_NAMES], id);
        if (!how_known_from_name(db_text(query, 2), &how) || how == HOW_UNKNOWN ||
            how == HOW_NOT_SAID)
            add(&ret[GAP_OF_HOW], id);
        if (!db_int(query, 3)) add(db_int(query, 4) ? &ret[GAP_OF_SECOND] : &ret[GAP_OF_GRADE], id);
        if (db_int(query, 5)) add(&ret[GAP_OF_ANSWER], id);
    }
    return db_end(query, err);
}

enum st meeting_gaps(const struct scope *scope, struct db *db, const struct meeting *meeting,
                     struct meeting_gap ret[static MEETING_GAPS], struct err *err)
{
    for (int kind = 0; kind < MEETING_GAPS; kind++)
        ret[kind] = (struct meeting_gap){.kind = (enum meeting_gap_kind)kind};
    if (!access_allows(scope_person(scope), ACT_SEE_LINKS, NULL)) return ST_OK;
    enum st outcome = of_news(scope, db, meeting, ret, err);
    struct feedback_wait *list = NULL;
    size_t count = 0;
    if (outcome == ST_OK) outcome = feedback_overdue(scope, db, meeting->forum, &list, &count, err);
    for (size_t i = 0; i < count; i++)
        if (scope_links(scope, list[i].submission)) add(&ret[GAP_OF_WORD], list[i].submission);
    return outcome;
}
