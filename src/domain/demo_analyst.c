#include "domain/demo_analyst.h"

#include "domain/account.h"
#include "domain/demo_words.h"
#include "domain/entity_seen.h"
#include "domain/grade.h"
#include "domain/note.h"
#include "domain/relation.h"
#include "domain/stage.h"
#include "domain/submission.h"
#include "domain/watch.h"

enum { GRADED_MAX = 500, CENTRES = 5 };
static const instant_ms day_ms = 24 * 3600 * 1000;

struct filling {
    struct app *app;
    struct arena arena;
    struct person analyst;
    struct person second;
    instant_ms now; /* of the real clock */
};

static enum st fail(const struct err *said, struct err *err)
{
    enum st outcome = err_set(err, said->code, "%s", said->public);
    err_detail(err, "%s", said->detail);
    return outcome;
}

/* --- gradings ------------------------------------------------------------------------------- */

static struct grade_draft draft_of(const struct area *area, const struct submission *read,
                                   size_t turn)
{
    static const struct {
        int32_t source; /* places in the scheme */
        int32_t information;
        const char *why;
    } drafts[HOW_KNOWN_COUNT] = {
        [HOW_UNKNOWN] = {1, 3, "Nobody says how it is known."},
        [HOW_NOT_SAID] = {1, 3, "Nobody says how it is known."},
        [HOW_SAW] = {0, 0, "They saw it themselves, and what they told before was right."},
        [HOW_TOLD] = {1, 2, "Told by somebody who was there. Nothing else bears it out yet."},
        [HOW_SECOND_HAND] = {1, 2, "At second hand. Two who repeat it are one."},
        [HOW_ANONYMOUS] = {1, 3, "A note without a name."},
    };
    bool indirect = read->how_known == HOW_TOLD || read->how_known == HOW_SECOND_HAND;
    struct grade_draft draft = {
        .source = demo_grade(area, GRADING_SOURCE, drafts[read->how_known].source, false),
        .information =
            demo_grade(area, GRADING_INFORMATION, drafts[read->how_known].information, false),
        .handling = read->handling,
        .reason = str_from(drafts[read->how_known].why)};
    if (indirect && turn % 4 == 0) {
        draft.information = demo_grade(area, GRADING_INFORMATION, 1, false);
        draft.reason = STR("Borne out by another origin, from another service.");
    }
    if (turn % 19 == 18) {
        draft.information = demo_grade(area, GRADING_INFORMATION, 0, true);
        draft.reason = STR("The car was in a garage that day.");
    }
    return draft;
}

/* Two days after a Forum got it; what needs a second person mostly has one. */
static enum st grade_one(struct filling *filling, int64_t submission, size_t turn, struct err *err)
{
    struct submission read;
    struct stage_state stage;
    struct grade_view view;
    struct err said = {0};
    const char *field = "";
    enum st outcome =
        submission_read(filling->app, &filling->arena, &filling->analyst, submission, &read, err);
    if (outcome == ST_OK)
        outcome = stage_read(filling->app, &filling->arena, submission, &stage, err);
    if (outcome != ST_OK || !stage.shared_at || stage.shared_at + 2 * day_ms > filling->now)
        return outcome;
    struct grade_draft draft = draft_of(filling->app->area, &read, turn);
    clock_set(stage.shared_at + 2 * day_ms);
    outcome = grade_add(filling->app, &filling->analyst, submission, &draft, &field, &said);
    /* a condition of its own */
    if (outcome == ST_CONFLICT || outcome == ST_DENIED || outcome == ST_INVALID) return ST_OK;
    if (outcome != ST_OK) return fail(&said, err);
    if (turn % 5 == 0) return ST_OK; /* waits for somebody */
    outcome =
        grades_read(filling->app, &filling->arena, &filling->second, submission, &view, &said);
    /* not for them */
    if (outcome != ST_OK || !view.count || !view.line[0].may_second) return ST_OK;
    outcome = grade_second(
        filling->app, &filling->second, submission, view.line[0].id, turn % 7 != 0,
        turn % 7 ? STR("I looked too.") : STR("The garage says it was ready the day before."),
        &said);
    return outcome == ST_OK ? ST_OK : fail(&said, err);
}

static enum st add_gradings(struct filling *filling, struct err *err)
{
    int64_t *list = arena_many(&filling->arena, GRADED_MAX, int64_t);
    const struct scope *scope = scope_of(filling->app, &filling->arena, &filling->analyst);
    size_t count = scope_latest(scope, ACT_DECIDE, 0, list, GRADED_MAX);
    enum st outcome = ST_OK;
    struct arena_mark mark = arena_mark(&filling->arena);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        if (i % 6 == 5) continue; /* waits to be graded */
        outcome = grade_one(filling, list[i], i, err);
        arena_reset(&filling->arena, mark);
    }
    clock_set(0);
    return outcome;
}

/* --- relations, notes, watching --------------------------------------------------------------- */

static const struct {
    enum link_kind kind;
    const char *term;
    const char *words;
} relations[] = {
    {LINK_VEHICLE, "drives", "At the wheel each time that it was seen."},
    {LINK_PLACE, "seen-at", "Seen there by people who do not know each other."},
    {LINK_PHONE, "uses", "Gave this number out."},
    {LINK_PERSON, "associate", "Named together, and one waits for the other."},
};
enum { RELATIONS = sizeof relations / sizeof *relations };

/* To the first of each kind that one of its submissions names, as long as the pack has the word. */
static enum st relate(struct filling *filling, const struct scope *scope, int64_t entity,
                      struct err *err)
{
    struct app *app = filling->app;
    int64_t *member = NULL;
    size_t members = seen_members(scope, &filling->arena, entity, &member);
    bool done[RELATIONS] = {false};
    for (size_t i = 0; i < members; i++) {
        int64_t *beside = NULL;
        int64_t submission = entity_submission(app->entities, member[i]);
        size_t count = seen_mentions_of(scope, &filling->arena, submission, &beside);
        for (size_t k = 0; k < count; k++) {
            for (int r = 0; r < RELATIONS; r++) {
                if (done[r] || entity_kind(app->entities, beside[k]) != relations[r].kind ||
                    seen_entity(scope, beside[k]) == entity)
                    continue;
                struct relation_draft draft = {
                    .entity = entity,
                    .other = beside[k],
                    .term =
                        demo_relation(app->area, str_from(relations[r].term), relations[r].kind),
                    .words = str_from(relations[r].words),
                    .shown = {submission},
                    .shown_count = 1};
                const char *field = "";
                struct err said = {0};
                enum st outcome = relation_add(app, &filling->analyst, &draft, &field, &said);
                if (outcome != ST_OK && outcome != ST_CONFLICT && outcome != ST_INVALID)
                    return fail(&said, err);
                done[r] = true;
            }
        }
    }
    return ST_OK;
}

static enum st keep(struct filling *filling, int64_t entity, size_t turn, struct err *err)
{
    static const char *const notes[CENTRES] = {
        "May be the link between the two groups. Rests on three reports of one school; look for "
        "another origin before anybody acts.",
        "The nickname fits two people here. Do not join them before the registration is read "
        "whole.",
        "Quiet since the summer. Whether that is the person, or nobody looking, is not known.", "",
        ""};
    struct app *app = filling->app;
    /* A scope of its own: that of before remembers entities as they were. */
    struct person asker = filling->analyst;
    asker.scope = NULL;
    const struct scope *scope = scope_of(app, &filling->arena, &asker);
    clock_set(filling->now - 30 * day_ms);
    enum st outcome = watch_add(app, &asker, entity, err);
    clock_set(filling->now - 5 * day_ms);
    if (outcome == ST_OK) outcome = relate(filling, scope, entity, err);
    if (outcome == ST_OK && notes[turn][0])
        outcome = note_add(app, &asker, entity, str_from(notes[turn]), err);
    clock_set(0);
    return outcome;
}

static enum st add_work(struct filling *filling, struct err *err)
{
    struct entity_size *sizes = NULL;
    const struct scope *scope = scope_of(filling->app, &filling->arena, &filling->analyst);
    size_t count = seen_largest(scope, &filling->arena, LINK_PERSON, CENTRES, &sizes);
    enum st outcome = ST_OK;
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        outcome = keep(filling, sizes[i].entity, i, err);
        /* The other analyst watches the first few too, as far as they see them. */
        struct err unseen = {0};
        clock_set(filling->now - 20 * day_ms);
        if (outcome == ST_OK &&
            watch_add(filling->app, &filling->second, sizes[i].entity, &unseen) == ST_FAILED)
            outcome = fail(&unseen, err);
        clock_set(0);
    }
    return outcome;
}

enum st demo_analyst_fill(const struct demo_analyst *demo, struct err *err)
{
    if (!demo->app->area) return ST_OK;
    struct filling filling = {.app = demo->app, .now = clock_now()};
    arena_init(&filling.arena, (size_t)1 << 30);
    enum st outcome =
        account_person(demo->app, &filling.arena, str_from(demo->analyst), &filling.analyst, err);
    if (outcome == ST_OK)
        outcome =
            account_person(demo->app, &filling.arena, str_from(demo->second), &filling.second, err);
    if (outcome == ST_OK) outcome = add_gradings(&filling, err);
    if (outcome == ST_OK) outcome = add_work(&filling, err);
    arena_done(&filling.arena);
    return outcome;
}
