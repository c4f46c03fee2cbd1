/*
 * Measures of children who go missing.  Episodes and interviews are the child's record's; what of
 * them is opened here is the day of an offer and the child's wish, and nothing of it is kept.
 */
#include "domain/missing_internal.h"
#include "domain/when.h"
#include "domain/work_measure_internal.h"
#include "seal/field.h"

#include <stdlib.h>

enum { EPISODES_MAX = 100000, AGAIN_DAYS = 90 };

static const instant_ms day_ms = (instant_ms)24 * 3600 * 1000;

struct episode {
    struct missing_line line;
    instant_ms offered; /* the first day on which it was; 0: on none that is known */
    bool may_pass_on;   /* the child said so */
    bool passed_on;
};

struct episodes {
    struct work_counting *counting;
    struct missing_seer seer;
    struct episode *episode; /* in rising order of ids */
    size_t count;
    size_t capacity;
};

int32_t work_again_days(const struct app *app)
{
    int32_t days = app->area ? area_missing(app->area)->alert[ALERT_REPEAT].days : 0;
    return days ? days : AGAIN_DAYS;
}

/* --- reading ------------------------------------------------------------------------------- */

static bool is_counted(const struct episodes *episodes, int64_t record, int64_t organisation)
{
    struct record facts;
    if (!child_scope_record(episodes->seer.children, record, &facts)) return false;
    facts = (struct record){
        .organisation = organisation, .conflict = facts.conflict, .blocked = facts.blocked};
    return access_allows(episodes->counting->who, ACT_MEASURES, &facts);
}

static void add_episode(struct episodes *episodes, const struct missing_line *line)
{
    if (episodes->count == episodes->capacity) {
        size_t capacity = episodes->capacity ? episodes->capacity * 2 : 256;
        struct episode *longer = arena_many(episodes->counting->arena, capacity, struct episode);
        if (episodes->count) memcpy(longer, episodes->episode, episodes->count * sizeof *longer);
        episodes->episode = longer;
        episodes->capacity = capacity;
    }
    episodes->episode[episodes->count++] = (struct episode){.line = *line};
}

static enum st read_episodes(struct episodes *episodes, struct db *db, struct err *err)
{
    const struct work_counting *counting = episodes->counting;
    struct query *query = db_query(db, Q_MEASURE_MISSING);
    db_bind_int(query, 1, counting->since - work_again_days(counting->app) * day_ms);
    db_bind_int(query, 2, EPISODES_MAX);
    while (db_next(query)) {
        struct missing_line line;
        if (is_counted(episodes, db_int(query, 1), db_int(query, 13)) &&
            missing_line_from_row(&episodes->seer, query, &line))
            add_episode(episodes, &line);
    }
    return db_end(query, err);
}

static int by_id(const void *key, const void *element)
{
    int64_t id = *(const int64_t *)key;
    const struct episode *episode = element;
    return (id > episode->line.id) - (id < episode->line.id);
}

static struct str text_of(const struct str *text, const char *key)
{
    for (size_t i = 0; i + 2 < MISSING_TEXTS; i += 3)
        if (str_eq(text[i], str_from(key))) return text[i + 2];
    return STR("");
}

/* A day is as somebody wrote it, on the day on which they did. */
static void take_texts(struct episode *episode, const struct str *text, instant_ms written)
{
    struct date_range range;
    struct str day = text_of(text, "offer-day");
    struct str wish = text_of(text, "wish-sharing");
    if (day.len && when_parse(day, clock_london(written).date, &range, NULL) == ST_OK) {
        instant_ms offered = clock_from_london((struct civil){.date = range.from});
        if (!episode->offered || offered < episode->offered) episode->offered = offered;
    }
    if (wish.len) episode->may_pass_on = str_eq(wish, STR("words")) || str_eq(wish, STR("facts"));
}

static enum st open_entry(struct app *app, struct arena *scratch, struct query *query,
                          struct episode *episode, struct err *err)
{
    struct data_key key;
    struct str packed;
    struct str *text = arena_many(scratch, MISSING_TEXTS, struct str);
    enum st outcome = record_key_from_row(app, query, 5, &key, err);
    if (outcome == ST_OK)
        outcome = field_open(scratch, &key, FIELD_MISSING_ENTRY, db_int(query, 1),
                             db_bytes(query, 3), &packed, err);
    data_key_clear(&key);
    if (outcome == ST_OK && !texts_unpack(packed, text, MISSING_TEXTS))
        outcome = err_set(err, ST_FAILED, "What was written about an episode cannot be read.");
    if (outcome == ST_OK) take_texts(episode, text, db_int(query, 4));
    return outcome;
}

static enum st read_entries(struct episodes *episodes, struct db *db, struct err *err)
{
    enum { SCRATCH = 4 << 20 };
    struct arena scratch;
    arena_init(&scratch, SCRATCH);
    struct arena_mark mark = arena_mark(&scratch);
    struct query *query = db_query(db, Q_MEASURE_MISSING_ENTRIES);
    db_bind_int(query, 1, episodes->counting->since);
    enum st outcome = ST_OK;
    while (outcome == ST_OK && db_next(query)) {
        int64_t id = db_int(query, 0);
        struct episode *episode = episodes->count ? bsearch(&id, episodes->episode, episodes->count,
                                                            sizeof *episode, by_id)
                                                  : NULL;
        if (!episode) continue;
        if (str_eq(db_text(query, 2), STR("fragment")))
            episode->passed_on = true;
        else
            outcome = open_entry(episodes->counting->app, &scratch, query, episode, err);
        arena_reset(&scratch, mark);
    }
    outcome = db_end_after(query, outcome, err);
    arena_done(&scratch);
    return outcome;
}

/* --- counting --------------------------------------------------------------------------------- */

/* Old episodes out of a file have no clock here; one whose clock runs is
 * neither in time nor late. */
static void count_interview(struct work_counting *counting, const struct episode *episode)
{
    const struct missing_line *line = &episode->line;
    struct str forum = work_forum_name(counting, line->forum);
    bool held = line->interview == INTERVIEW_HELD;
    bool over = line->interview_due && line->interview_due < counting->now;
    instant_ms offered = episode->offered;
    if (held && (!offered || line->interview_at < offered)) offered = line->interview_at;
    if (!line->returned) return;
    if (work_wants(counting, WORK_OFFERED) && line->interview_due && (offered || over))
        work_count(counting, WORK_OFFERED, line->returned, forum,
                   offered && offered <= line->interview_due);
    if (work_wants(counting, WORK_HELD) && line->interview_due && (held || over))
        work_count(counting, WORK_HELD, line->returned, forum,
                   held && line->interview_at <= line->interview_due);
    if (work_wants(counting, WORK_PASSED_ON) && held && episode->may_pass_on)
        work_count(counting, WORK_PASSED_ON, line->returned, forum, episode->passed_on);
}

static bool is_again(const struct episodes *episodes, const struct missing_line *line)
{
    instant_ms from = line->since - work_again_days(episodes->counting->app) * day_ms;
    for (size_t i = 0; i < episodes->count; i++) {
        const struct missing_line *other = &episodes->episode[i].line;
        bool before =
            other->since < line->since || (other->since == line->since && other->id < line->id);
        if (other->child == line->child && before && other->since > from) return true;
    }
    return false;
}

enum st work_count_missing(struct work_counting *counting, struct err *err)
{
    struct episodes episodes = {.counting = counting};
    missing_seer_init(counting->app, counting->arena, counting->who, &episodes.seer);
    struct db *db = store_read_begin(counting->app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = read_episodes(&episodes, db, err);
    if (outcome == ST_OK) outcome = read_entries(&episodes, db, err);
    store_read_end(counting->app->store, db);
    for (size_t i = 0; i < episodes.count && outcome == ST_OK; i++) {
        const struct missing_line *line = &episodes.episode[i].line;
        count_interview(counting, &episodes.episode[i]);
        if (work_wants(counting, WORK_ONCE))
            work_count(counting, WORK_ONCE, line->since, work_forum_name(counting, line->forum),
                       !is_again(&episodes, line));
    }
    return outcome;
}
