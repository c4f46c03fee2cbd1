#include "domain/missing_alert.h"

#include "domain/location.h"
#include "domain/missing_internal.h"
#include "domain/account.h"
#include "domain/reason.h"
#include "domain/scope.h"
#include "domain/submission.h"
#include "link/link.h"

#include <stdlib.h>

enum { ALERTS_MAX = 400, MATCHES = 24 };

static const instant_ms day_ms = (instant_ms)24 * 3600 * 1000;

struct finding {
    struct app *app;
    struct arena *arena;
    const struct scope *scope;
    const struct missing_line *line;
    size_t count;
    struct location *location; /* of concern, which the reader sees */
    size_t locations;
    struct link_index *places; /* of these; ids: place in the list + 1 */
    /* of what the episodes name; ids: place of the line * MENTIONS_MAX + 1 + place */
    struct link_index *index;
    struct missing_alert *alert;
    size_t alerts;
};

static struct missing_alert *add(struct finding *finding, enum missing_alert_kind kind,
                                 const struct missing_line *line, struct str key)
{
    if (finding->alerts == ALERTS_MAX) return NULL;
    const struct missing_alert_word *word = &area_missing(finding->app->area)->alert[kind];
    struct missing_alert *alert = &finding->alert[finding->alerts++];
    *alert = (struct missing_alert){.kind = kind,
                                    .key = key,
                                    .text = word->text,
                                    .ask = word->ask,
                                    .record = line->record,
                                    .child = line->child,
                                    .episode = {line},
                                    .episode_count = 1};
    return alert;
}

static struct str key_of(struct arena *arena, enum missing_alert_kind kind, int64_t episode)
{
    return str_fmt(arena, "%s:%lld", missing_alert_kind_name(kind), (long long)episode);
}

/* --- once more ------------------------------------------------------------------------------ */

static struct str ordinal(struct arena *arena, size_t number)
{
    const char *end = number % 100 / 10 == 1 ? "th"
                      : number % 10 == 1     ? "st"
                      : number % 10 == 2     ? "nd"
                      : number % 10 == 3     ? "rd"
                                             : "th";
    return str_fmt(arena, "%zu%s", number, end);
}

/* The newest episode of each child that is the third, or more, within the days of the pack.
 * Lines come newest first. */
static void find_repeats(struct finding *finding)
{
    const struct missing_alert_word *word = &area_missing(finding->app->area)->alert[ALERT_REPEAT];
    for (size_t i = 0; i < finding->count; i++) {
        const struct missing_line *line = &finding->line[i];
        bool newer = false;
        for (size_t k = 0; k < finding->alerts; k++)
            newer |=
                finding->alert[k].kind == ALERT_REPEAT && finding->alert[k].child == line->child;
        if (newer) continue;
        const struct missing_line *shows[ALERT_EPISODES_MAX];
        size_t within = 0;
        for (size_t k = i; k < finding->count; k++) {
            if (finding->line[k].child != line->child ||
                finding->line[k].since <= line->since - word->days * day_ms)
                continue;
            if (within < ALERT_EPISODES_MAX) shows[within] = &finding->line[k];
            within++;
        }
        if (within < (size_t)word->episodes) continue;
        struct missing_alert *alert =
            add(finding, ALERT_REPEAT, line, key_of(finding->arena, ALERT_REPEAT, line->id));
        if (!alert) return;
        alert->episode_count = within < ALERT_EPISODES_MAX ? within : ALERT_EPISODES_MAX;
        memcpy(alert->episode, shows, alert->episode_count * sizeof *shows);
        alert->fact = str_fmt(finding->arena, "%.*s: the %.*s episode within %d days",
                              STR_ARG(line->child_name), STR_ARG(ordinal(finding->arena, within)),
                              word->days);
    }
}

static void find_out_of_area(struct finding *finding)
{
    for (size_t i = 0; i < finding->count; i++) {
        const struct missing_line *line = &finding->line[i];
        if (!line->placed && !line->outside) continue;
        struct missing_alert *alert = add(finding, ALERT_OUT_OF_AREA, line,
                                          key_of(finding->arena, ALERT_OUT_OF_AREA, line->id));
        if (alert)
            alert->fact =
                str_fmt(finding->arena, "%.*s %s", STR_ARG(line->child_name),
                        line->placed && line->outside
                            ? "is placed here by another area, and was found outside this one"
                        : line->placed ? "is placed here by another area"
                                       : "was found outside this area");
    }
}

/* --- what episodes name ----------------------------------------------------------------------- */

static struct link_mention for_engine(const struct missing_line *line, size_t which, int64_t id)
{
    const struct mention_draft *draft = &line->mention[which];
    int32_t day = clock_day(line->since);
    struct link_mention mention = {
        .id = id,
        .report = line->child,
        .kind = draft->kind,
        .reported_day = day,
        .seen_from = day,
        .seen_to = line->returned ? clock_day(line->returned) : day};
    memcpy(mention.field, draft->field, sizeof mention.field);
    return mention;
}

static void fill_index(struct finding *finding)
{
    struct err err = {0};
    finding->index = link_index_new();
    for (size_t i = 0; i < finding->count; i++)
        for (size_t k = 0; k < finding->line[i].mention_count; k++) {
            struct link_mention mention =
                for_engine(&finding->line[i], k, (int64_t)(i * MENTIONS_MAX + k + 1));
            (void)!link_index_insert(finding->index, &mention, &err);
        }
}

/* What the episode's k-th thing is in other children's episodes. */
static size_t in_episodes(const struct finding *finding, size_t line, size_t which,
                          struct link_match ret[static MATCHES])
{
    struct link_mention mention =
        for_engine(&finding->line[line], which, (int64_t)(line * MENTIONS_MAX + which + 1));
    return link_index_query(finding->index, &mention, link_shown_bits(), ret, MATCHES);
}

static size_t in_information(const struct finding *finding, size_t line, size_t which,
                             struct link_match ret[static MATCHES])
{
    struct link_mention mention = for_engine(&finding->line[line], which, 0);
    mention.report = 0;
    return link_index_query_of(finding->app->index, scope_admit(finding->scope), &mention,
                               link_shown_bits(), ret, MATCHES);
}

static enum st read_locations(struct finding *finding, const struct person *who, struct err *err)
{
    enum st outcome = location_list(finding->app, finding->arena, who, STR(""), STR(""),
                                    &finding->location, &finding->locations, err);
    finding->places = link_index_new();
    for (size_t i = 0; i < finding->locations && outcome == ST_OK; i++) {
        const struct location *location = &finding->location[i];
        int32_t day = clock_day(location->created_at);
        struct link_mention mention = {.id = (int64_t)i + 1,
                                       .report = (int64_t)i + 1,
                                       .kind = LINK_PLACE,
                                       .reported_day = day,
                                       .seen_from = day,
                                       .seen_to = day};
        mention.field[LINK_VENUE] = location->name;
        mention.field[LINK_TOWN] = location->town;
        (void)!link_index_insert(finding->places, &mention, NULL);
    }
    return outcome;
}

/* The location of concern that a place of an episode is: tied to what others have named, or by
 * name and town.  NULL: none that the reader sees. */
static const struct location *location_there(const struct finding *finding, size_t line,
                                             size_t which, const struct link_match *information,
                                             size_t informations)
{
    struct link_match match[MATCHES];
    for (size_t i = 0; i < informations; i++) {
        int64_t id = location_of_entity(finding->scope, finding->location, finding->locations,
                                        information[i].id);
        for (size_t k = 0; k < finding->locations && id; k++)
            if (finding->location[k].id == id) return &finding->location[k];
    }
    struct link_mention mention = for_engine(&finding->line[line], which, 0);
    mention.report = 0;
    size_t count = link_index_query(finding->places, &mention, link_shown_bits(), match, MATCHES);
    return count ? &finding->location[match[0].id - 1] : NULL;
}

static void show_episode(struct missing_alert *alert, const struct missing_line *line)
{
    for (size_t i = 0; i < alert->episode_count; i++)
        if (alert->episode[i] == line) return;
    if (alert->episode_count < ALERT_EPISODES_MAX) alert->episode[alert->episode_count++] = line;
}

static struct str many(struct arena *arena, size_t count, const char *one, const char *more)
{
    return count == 1 ? str_fmt(arena, "one %s", one)
                      : str_fmt(arena, "%zu%s %s", count, count == MATCHES ? " or more" : "", more);
}

/* Of one child and one place or person the newest episode says it, and shows the others. */
static struct missing_alert *said_already(struct finding *finding, enum missing_alert_kind kind,
                                          int64_t child, struct str about)
{
    for (size_t i = 0; i < finding->alerts; i++)
        if (finding->alert[i].kind == kind && finding->alert[i].child == child &&
            str_eq_nocase(finding->alert[i].about, about))
            return &finding->alert[i];
    return NULL;
}

/* Where the return names a place or a person that others have named. */
static void find_known(struct finding *finding, size_t at, size_t which)
{
    const struct missing_line *line = &finding->line[at];
    enum link_kind named = line->mention[which].kind;
    struct link_match episode[MATCHES];
    struct link_match information[MATCHES];
    if (named != LINK_PLACE && named != LINK_PERSON) return;
    /* Who was with the child is asked in the report too; where the child was found is not. */
    if (named == LINK_PLACE && which < line->found_from) return;
    size_t episodes = in_episodes(finding, at, which, episode);
    size_t informations = in_information(finding, at, which, information);
    const struct location *location =
        named == LINK_PLACE ? location_there(finding, at, which, information, informations) : NULL;
    if (!episodes && !informations && !location) return;
    enum missing_alert_kind kind = named == LINK_PLACE ? ALERT_KNOWN_PLACE : ALERT_KNOWN_PERSON;
    struct str title = mention_title(finding->arena, named, line->mention[which].field);
    struct missing_alert *newer = said_already(finding, kind, line->child, title);
    if (newer) {
        show_episode(newer, line);
        return;
    }
    struct missing_alert *alert = add(finding, kind, line, key_of(finding->arena, kind, line->id));
    if (!alert) return;
    alert->about = title;
    struct str where = informations
                           ? str_fmt(finding->arena, " in %.*s",
                                     STR_ARG(many(finding->arena, informations,
                                                  "piece of information", "pieces of information")))
                           : STR("");
    struct str also = episodes ? str_fmt(finding->arena, "%s in another child’s episode",
                                         informations ? " and" : "")
                               : STR("");
    struct str named_by = episodes || informations ? str_fmt(finding->arena, "is named%.*s%.*s",
                                                             STR_ARG(where), STR_ARG(also))
                                                   : STR("");
    struct str concern = location ? str_fmt(finding->arena, "%sis a location of concern: %.*s",
                                            named_by.len ? ", and " : "", STR_ARG(location->name))
                                  : STR("");
    alert->fact = str_fmt(finding->arena, "%.*s, named for %.*s, %.*s%.*s", STR_ARG(title),
                          STR_ARG(line->child_name), STR_ARG(named_by), STR_ARG(concern));
    alert->location = location ? location->id : 0;
    alert->mention = informations ? information[0].id : 0;
    for (size_t i = 0; i < episodes; i++)
        show_episode(alert, &finding->line[(size_t)(episode[i].id - 1) / MENTIONS_MAX]);
}

static instant_ms end_of(const struct missing_line *line)
{
    return line->returned ? line->returned : clock_now();
}

static bool is_there(const struct finding *finding, struct str key)
{
    for (size_t i = 0; i < finding->alerts; i++)
        if (str_eq(finding->alert[i].key, key)) return true;
    return false;
}

static void find_together(struct finding *finding, size_t at, size_t which)
{
    const struct missing_line *line = &finding->line[at];
    enum link_kind kind = line->mention[which].kind;
    struct link_match match[MATCHES];
    if (kind != LINK_PLACE && kind != LINK_PHONE && kind != LINK_VEHICLE) return;
    size_t count = in_episodes(finding, at, which, match);
    for (size_t i = 0; i < count; i++) {
        const struct missing_line *other = &finding->line[(size_t)(match[i].id - 1) / MENTIONS_MAX];
        if (other->child == line->child || other->since > end_of(line) ||
            line->since > end_of(other))
            continue;
        const struct missing_line *first = line->id < other->id ? line : other;
        const struct missing_line *second = line->id < other->id ? other : line;
        struct str key = str_fmt(finding->arena, "together:%lld:%lld", (long long)first->id,
                                 (long long)second->id);
        if (is_there(finding, key)) continue;
        struct missing_alert *alert = add(finding, ALERT_TOGETHER, first, key);
        if (!alert) return;
        show_episode(alert, second);
        alert->fact =
            str_fmt(finding->arena, "%.*s and %.*s were missing at the same time; in both: %.*s",
                    STR_ARG(first->child_name), STR_ARG(second->child_name),
                    STR_ARG(mention_title(finding->arena, kind, line->mention[which].field)));
    }
}

/* Somebody or something that the episodes of so many children name.  The newest of these
 * episodes raises it. */
static void find_common(struct finding *finding, size_t at, size_t which)
{
    enum { CHILDREN = 12 };
    const struct missing_line *line = &finding->line[at];
    enum link_kind kind = line->mention[which].kind;
    struct link_match match[MATCHES];
    const struct missing_line *first[CHILDREN] = {line}; /* one episode of each child */
    size_t children = 1;
    if (kind == LINK_PLACE) return;
    size_t count = in_episodes(finding, at, which, match);
    for (size_t i = 0; i < count; i++) {
        size_t place = (size_t)(match[i].id - 1) / MENTIONS_MAX;
        size_t k = 0;
        if (place < at) return; /* a newer one has said it */
        while (k < children && first[k]->child != finding->line[place].child) k++;
        if (k == children && children < CHILDREN) first[children++] = &finding->line[place];
    }
    if (children < (size_t)area_missing(finding->app->area)->alert[ALERT_COMMON].children) return;
    struct missing_alert *alert =
        add(finding, ALERT_COMMON, line, key_of(finding->arena, ALERT_COMMON, line->id));
    if (!alert) return;
    struct str names = line->child_name;
    for (size_t k = 1; k < children; k++) {
        show_episode(alert, first[k]);
        names = str_fmt(finding->arena, "%.*s%s%.*s", STR_ARG(names),
                        k + 1 < children ? ", " : " and ", STR_ARG(first[k]->child_name));
    }
    alert->about = mention_title(finding->arena, kind, line->mention[which].field);
    alert->fact = str_fmt(finding->arena, "%.*s is named in the episodes of %zu children: %.*s",
                          STR_ARG(alert->about), children, STR_ARG(names));
}

/* --- answers ---------------------------------------------------------------------------------- */

static enum st read_answer(struct finding *finding, struct db *db, struct missing_alert *alert,
                           struct err *err)
{
    int64_t by = 0;
    struct query *query = db_query(db, Q_MISSING_ALERT_OF);
    db_bind_text(query, 1, alert->key);
    enum st outcome = ST_OK;
    while (outcome == ST_OK && db_next(query)) {
        alert->verdict = str_dup(finding->arena, db_text(query, 1));
        by = db_int(query, 3);
        alert->at = db_int(query, 4);
        outcome = reason_open(finding->app, finding->arena, query, 2, 5, FIELD_MISSING_ALERT,
                              db_int(query, 0), &alert->reason, err);
    }
    outcome = db_end_after(query, outcome, err);
    return outcome == ST_OK && by
               ? account_name(finding->app, db, finding->arena, by, &alert->by, err)
               : outcome;
}

static int waiting_first(const void *a, const void *b)
{
    const struct missing_alert *left = a;
    const struct missing_alert *right = b;
    if ((left->verdict.len == 0) != (right->verdict.len == 0))
        return left->verdict.len == 0 ? -1 : 1;
    if (left->episode[0]->since != right->episode[0]->since)
        return left->episode[0]->since < right->episode[0]->since ? 1 : -1;
    return str_cmp(left->key, right->key);
}

static void find_all(struct finding *finding)
{
    find_repeats(finding);
    find_out_of_area(finding);
    fill_index(finding);
    for (size_t i = 0; i < finding->count; i++)
        for (size_t k = 0; k < finding->line[i].mention_count; k++) {
            find_together(finding, i, k);
            find_known(finding, i, k);
            find_common(finding, i, k);
        }
    link_index_free(finding->index);
    link_index_free(finding->places);
}

/* Two names in one episode make one alert of each kind: the first. */
static void drop_twice(struct finding *finding)
{
    size_t kept = 0;
    for (size_t i = 0; i < finding->alerts; i++) {
        bool twice = false;
        for (size_t k = 0; k < kept; k++)
            twice |= str_eq(finding->alert[k].key, finding->alert[i].key);
        if (!twice) finding->alert[kept++] = finding->alert[i];
    }
    finding->alerts = kept;
}

enum st missing_alerts(struct app *app, struct arena *arena, const struct person *who,
                       const struct missing_line *line, size_t count, struct missing_alert **ret,
                       size_t *ret_count, struct err *err)
{
    struct finding finding = {.app = app,
                              .arena = arena,
                              .scope = scope_of(app, arena, who),
                              .line = line,
                              .count = count};
    finding.alert = arena_many(arena, ALERTS_MAX, struct missing_alert);
    if (app->area && read_locations(&finding, who, err) != ST_OK) {
        link_index_free(finding.places);
        return ST_FAILED;
    }
    if (app->area) find_all(&finding);
    drop_twice(&finding);
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = ST_OK;
    for (size_t i = 0; i < finding.alerts && outcome == ST_OK; i++)
        outcome = read_answer(&finding, db, &finding.alert[i], err);
    store_read_end(app->store, db);
    if (finding.alerts) qsort(finding.alert, finding.alerts, sizeof *finding.alert, waiting_first);
    *ret = finding.alert;
    *ret_count = outcome == ST_OK ? finding.alerts : 0;
    return outcome;
}

static enum st store_answer(struct app *app, struct db *db, struct arena *arena,
                            const struct person *who, const struct missing_alert *alert,
                            bool accept, struct str reason, struct err *err)
{
    struct data_key key;
    int64_t id = 0;
    enum st outcome = db_next_id(db, Q_MISSING_ALERT_LAST, &id, err);
    if (outcome == ST_OK) outcome = child_key(app, db, alert->record, &key, err);
    if (outcome != ST_OK) return outcome;
    struct str sealed = field_seal(arena, &key, FIELD_MISSING_ALERT, id, reason);
    data_key_clear(&key);
    struct query *query = db_query(db, Q_MISSING_ALERT_ADD);
    db_bind_int(query, 1, id);
    db_bind_int(query, 2, alert->record);
    db_bind_text(query, 3, alert->key);
    db_bind_text(query, 4, accept ? STR("accepted") : STR("dismissed"));
    db_bind_bytes(query, 5, sealed.ptr, sealed.len);
    db_bind_int(query, 6, who->account);
    db_bind_int(query, 7, clock_now());
    outcome = db_run(query, err);
    if (outcome != ST_OK) return outcome;
    return audit_append(
        app, db,
        &(struct audit_event){.kind = AUDIT_ALTERATION,
                              .action = accept ? "missing fact accepted" : "missing fact dismissed",
                              .account = who->account,
                              .subject = "missing",
                              .subject_id = alert->episode[0]->id},
        err);
}

/* The newest of the episodes that raise it: their ids stand in its key; `count`: none of them. */
static size_t newest_of(const struct missing_line *line, size_t count, struct str key)
{
    size_t newest = count;
    struct str part;
    while (str_split(&key, ':', &part)) {
        int64_t id = 0;
        if (!str_to_int(part, &id)) continue;
        for (size_t i = 0; i < newest; i++)
            if (line[i].id == id) newest = i;
    }
    return newest;
}

/* As things stood with the newest episode that raises it: on the page of an old one a fact stands
 * that a later episode has raised anew since. */
static enum st answer(struct app *app, struct arena *arena, const struct person *who,
                      struct str key, bool accept, struct str reason, struct err *err)
{
    struct missing_line *line = NULL;
    struct missing_alert *alert = NULL;
    size_t count = 0;
    struct str clean;
    struct db *db;
    enum st outcome = missing_since(app, arena, who, STR(""), 0, clock_now(), &line, &count, err);
    size_t at = outcome == ST_OK ? newest_of(line, count, key) : 0;
    if (outcome == ST_OK)
        outcome = missing_alerts(app, arena, who, line + at, count - at, &alert, &count, err);
    if (outcome != ST_OK) return outcome;
    at = 0;
    while (at < count && !str_eq(alert[at].key, key)) at++;
    if (at == count) return missing_gone(err);
    outcome = reason_clean(arena, reason, &clean, err);
    if (outcome == ST_OK) outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    return store_write_end(app->store, db,
                           store_answer(app, db, arena, who, &alert[at], accept, clean, err), err);
}

enum st missing_alert_answer(struct app *app, const struct person *who, struct str key, bool accept,
                             struct str reason, struct err *err)
{
    struct arena arena;
    arena_init(&arena, 256 << 20);
    enum st outcome = answer(app, &arena, who, key, accept, reason, err);
    arena_done(&arena);
    return outcome;
}
