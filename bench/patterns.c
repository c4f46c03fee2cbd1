/*
 * patterns: how many planted patterns are found, and how often people are asked for nothing.
 *
 *   build/bench/patterns [--reports N] [--planted N] [--seed S]
 *
 * Fills a temporary data folder (in TMPDIR) with a synthetic partnership of two years (by default
 * 20,000 reports, with the decisions that its analysts made), and plants so many patterns of each
 * kind (by default 25) among them, told by people of several organisations, with plates and
 * numbers whole but written as people write them.  Then the job looks, and an analyst of all
 * Forums reads what is put to them.
 *
 * Found: a planted thing is in a pattern of its kind.  A false alarm: by what the partnership
 * truly is, the fragments are not of one thing, not at one place, of one person and not of two,
 * or bring fewer new people than it says.  A true pattern that nobody planted is no false alarm.
 */
#include "domain/account.h"
#include "domain/area.h"
#include "domain/area_missing.h"
#include "domain/child.h"
#include "domain/demo.h"
#include "domain/entity_seen.h"
#include "domain/missing_alert.h"
#include "domain/pattern.h"
#include "domain/registry.h"
#include "domain/submission.h"
#include "synth/partnership.h"
#include "synth/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { RUNS = 3, MENTIONS = 1 << 21, PERIOD_DAYS = 730, PLANTED_MAX = 200, CHILDREN = 3 };

static struct {
    struct app app;
    struct area *area;
    struct arena arena;
    struct person teller[8];
    size_t tellers;
    struct person analyst;
    struct person officer;
    int32_t *truth; /* by mention; 0: not known */
    int32_t last_truth;
    int64_t planted_id[PATTERN_KINDS][PLANTED_MAX]; /* a mention of the thing */
    int64_t count;
    int64_t reports;
    int64_t seed;
    struct synth_random random;
    int64_t key;
} bench = {.count = 25, .reports = 20000, .seed = 1};

static void stop_on(enum st outcome, const struct err *err)
{
    if (outcome == ST_OK) return;
    fprintf(stderr, "patterns: %s %s\n", err->public, err->detail);
    exit(1);
}

static double ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* --- the truth of what the partnership told --------------------------------------------------- */

static void learn_truth(void)
{
    struct synth_options options = {.seed = (uint64_t)bench.seed,
                                    .reports = (int32_t)bench.reports,
                                    .last_day = clock_day(clock_now()) - 1};
    struct synth_partnership *partnership = synth_partnership_new(&bench.arena, &options);
    struct arena_mark mark = arena_mark(&bench.arena);
    for (int32_t i = 0; i < bench.reports; i++) {
        struct synth_report report;
        int64_t *mention = NULL;
        synth_report_make(partnership, &bench.arena, i, &report);
        size_t count = entity_mentions_of(bench.app.entities, &bench.arena, i + 1, &mention);
        for (size_t k = 0; k < count && k < (size_t)report.mention_count; k++)
            if (mention[k] < MENTIONS) bench.truth[mention[k]] = report.mention[k].entity + 1;
        arena_reset(&bench.arena, mark);
    }
    bench.last_truth = 1 << 24;
}

/* --- planting --------------------------------------------------------------------------------- */

struct thing {
    enum link_kind kind;
    enum link_field field;
    struct str value;
    int32_t truth;
};

/* Somebody tells of these; the mention of the first. */
static int64_t tell(size_t teller, int days_ago, const char *when, const struct thing *thing,
                    size_t count)
{
    struct mention_draft mention[4];
    struct err err = {0};
    instant_ms at = clock_now() - (instant_ms)days_ago * 24 * 3600 * 1000;
    for (size_t i = 0; i < count; i++) {
        mention[i] =
            (struct mention_draft){.kind = thing[i].kind, .span_start = -1, .span_end = -1};
        mention[i].field[thing[i].field] = thing[i].value;
    }
    struct date day = clock_london(at).date;
    struct submission_draft draft = {
        .idempotency_key = str_fmt(&bench.arena, "planted-%lld", (long long)++bench.key),
        .narrative = str_fmt(&bench.arena, "Seen by report %lld.", (long long)bench.key),
        .when_text = str_from(when),
        .seen_from = day,
        .seen_to = day,
        .how_known = HOW_SAW,
        .handling = STR("handling:P"),
        .mention = mention,
        .mention_count = count};
    struct submission_how how = {.created_at = at, .shared_at = at + 3600 * 1000};
    struct submission_receipt receipt;
    int64_t *id = NULL;
    stop_on(submission_share_how(&bench.app, &bench.teller[teller % bench.tellers], &draft, &how,
                                 &receipt, &err),
            &err);
    size_t mentions = entity_mentions_of(bench.app.entities, &bench.arena, receipt.id, &id);
    for (size_t i = 0; i < mentions && i < count; i++) bench.truth[id[i]] = thing[i].truth;
    return id[0];
}

/* As people write them. */
static struct thing a_plate(int number, int32_t truth, int spelling)
{
    static const char *const ways[] = {"WK9%d %c%c%c", "wk9%d%c%c%c", "WK9%d-%c%c%c"};
    static const char letters[] = "ABCDEFGHJKLMNPRSTUVWXYZ";
    enum { LETTERS = sizeof letters - 1 };
    char text[20];
    const char *way = ways[spelling % 3];
    int at = number * 7919 + 13;
    if (way == ways[0])
        snprintf(text, sizeof text, "WK9%d %c%c%c", number % 10, letters[at % LETTERS],
                 letters[at / LETTERS % LETTERS], letters[at / 31 % LETTERS]);
    else if (way == ways[1])
        snprintf(text, sizeof text, "wk9%d%c%c%c", number % 10, letters[at % LETTERS],
                 letters[at / LETTERS % LETTERS], letters[at / 31 % LETTERS]);
    else
        snprintf(text, sizeof text, "WK9%d-%c%c%c", number % 10, letters[at % LETTERS],
                 letters[at / LETTERS % LETTERS], letters[at / 31 % LETTERS]);
    return (struct thing){LINK_VEHICLE, LINK_REGISTRATION, str_dup(&bench.arena, str_from(text)),
                          truth};
}

static struct thing a_person(int32_t truth)
{
    enum synth_origin origin = (enum synth_origin)synth_random_below(&bench.random, 10);
    struct synth_name name =
        synth_name_draw(&bench.random, &bench.arena, origin, truth % 2 ? SYNTH_FEMALE : SYNTH_MALE);
    return (struct thing){
        LINK_PERSON, LINK_NAME,
        str_fmt(&bench.arena, "%.*s %.*s", STR_ARG(name.given), STR_ARG(name.surname)), truth};
}

static void plant_meeting(int number)
{
    static const char *const whens[] = {"about 5", "17:20", "half past 5", "at 5.45pm"};
    static const char *const venues[] = {"Cafe", "Takeaway", "Car Park", "Arcade"};
    int32_t car = ++bench.last_truth;
    int32_t place = ++bench.last_truth;
    struct synth_name name =
        synth_name_draw(&bench.random, &bench.arena, (enum synth_origin)(number % 10), SYNTH_MALE);
    int from = synth_random_between(&bench.random, 10, 500);
    for (int i = 0; i < 3 + number % 2; i++) {
        struct str venue = str_fmt(&bench.arena, i % 2 ? "%.*s %s, Truro" : "%.*s's %s, Truro",
                                   STR_ARG(name.surname), venues[number % 4]);
        struct thing things[] = {a_plate(1000 + number, car, i),
                                 {LINK_PLACE, LINK_VENUE, venue, place}};
        bench.planted_id[PATTERN_MEETING][number] =
            tell((size_t)(number + i * 3), from + i * 9, whens[i % 4], things, 2);
    }
}

static void plant_phone(int number)
{
    int32_t phone = ++bench.last_truth;
    int32_t person[2] = {++bench.last_truth, ++bench.last_truth};
    struct thing holder[2] = {a_person(person[0]), a_person(person[1])};
    int from = synth_random_between(&bench.random, 10, 300);
    for (int i = 0; i < 3; i++) { /* the last twice by one, then by the other */
        struct str value =
            str_fmt(&bench.arena, i % 2 ? "01632 960%03d" : "01632960%03d", 100 + number);
        struct thing things[] = {{LINK_PHONE, LINK_NUMBER, value, phone}, holder[i == 2]};
        bench.planted_id[PATTERN_PHONE][number] =
            tell((size_t)(number + i * 5), from + 60 - i * 25, "", things, 2);
    }
}

static void plant_forums(int number)
{
    int32_t car = ++bench.last_truth;
    int from = synth_random_between(&bench.random, 10, 400);
    for (int i = 0; i < 2; i++) { /* tellers come of the Forums in turn */
        struct thing thing = a_plate(2000 + number, car, i + number);
        bench.planted_id[PATTERN_FORUMS][number] =
            tell((size_t)(number + i), from + i * 20, "", &thing, 1);
    }
}

static void plant_growing(int number)
{
    int32_t car = ++bench.last_truth;
    int from = synth_random_between(&bench.random, 10, 300);
    static const int days[] = {200, 190, 60, 40, 5};
    for (int i = 0; i < 5; i++) {
        struct thing things[] = {a_plate(3000 + number, car, i), a_person(++bench.last_truth)};
        bench.planted_id[PATTERN_GROWING][number] =
            tell((size_t)(number + i), from + days[i], "", things, 2);
    }
}

/* --- an associate common to three missing children -------------------------------------------- */

static void go_missing(int number, int which, struct str plate)
{
    struct child_draft draft = {.kind = ENTRY_FACT};
    struct synth_name name = synth_name_draw(
        &bench.random, &bench.arena, (enum synth_origin)((number + which) % 10), SYNTH_FEMALE);
    struct err err = {0};
    int64_t child = 0;
    int64_t episode = 0;
    draft.text[FACT_KEY] = STR("child-name");
    draft.text[FACT_ANSWER] = STR("given");
    draft.text[FACT_VALUE] =
        str_fmt(&bench.arena, "%.*s %.*s", STR_ARG(name.given), STR_ARG(name.surname));
    stop_on(child_create(&bench.app, &bench.officer, &draft, 1, 0, &child, &err), &err);
    const struct questions *form = &area_missing(bench.area)->form;
    instant_ms since =
        clock_now() - (instant_ms)(5 + (number * CHILDREN + which) % 150) * 24 * 3600 * 1000;
    struct date day = clock_london(since).date;
    struct missing_given given[] = {
        {questions_find(form, STR("missing-sort")), {ANSWER_GIVEN, STR("missing")}},
        {questions_find(form, STR("missing-since-day")),
         {ANSWER_GIVEN, str_fmt(&bench.arena, "%d/%d/%d", day.day, day.month, day.year)}},
        {questions_find(form, STR("missing-since-time")), {ANSWER_GIVEN, STR("20:00")}},
        {questions_find(form, STR("missing-vehicle")), {ANSWER_GIVEN, plate}}};
    struct missing_new new = {.child = child, .forum = STR("mid")};
    stop_on(missing_report(&bench.app, &bench.officer, &new, given, 4, &episode, &err), &err);
}

/* How many of those planted are put to somebody who sees them, and how many alerts
 * of this kind are of none. */
static void judge_common(void)
{
    struct missing_line *line = NULL;
    struct missing_alert *alert = NULL;
    struct err err = {0};
    size_t lines = 0;
    size_t alerts = 0;
    int64_t found = 0;
    int64_t others = 0;
    for (int i = 0; i < bench.count; i++)
        for (int k = 0; k < CHILDREN; k++) go_missing(i, k, a_plate(4000 + i, 0, k).value);
    instant_ms from = clock_now() - (instant_ms)180 * 24 * 3600 * 1000;
    bench.officer.scope = NULL;
    stop_on(missing_since(&bench.app, &bench.arena, &bench.officer, STR(""), from, clock_now(),
                          &line, &lines, &err),
            &err);
    double wall = ms();
    stop_on(missing_alerts(&bench.app, &bench.arena, &bench.officer, line, lines, &alert, &alerts,
                           &err),
            &err);
    wall = ms() - wall;
    bool seen[PLANTED_MAX] = {false};
    for (size_t i = 0; i < alerts; i++) {
        int which = -1;
        if (alert[i].kind != ALERT_COMMON) continue;
        for (int k = 0; k < bench.count; k++)
            for (int way = 0; way < 3; way++)
                if (str_find(alert[i].about, a_plate(4000 + k, 0, way).value, 0) >= 0) which = k;
        if (which < 0)
            others++;
        else
            found += !seen[which];
        if (which >= 0) seen[which] = true;
    }
    printf("  common      %4lld of %4lld found; %lld of others (%zu episodes, %.0f ms)\n",
           (long long)found, (long long)bench.count, (long long)others, lines, wall);
}

/* --- judging ---------------------------------------------------------------------------------- */

static int32_t truth_in(const struct scope *scope, int64_t submission, int64_t entity)
{
    int64_t *mention = NULL;
    size_t count = seen_mentions_of(scope, &bench.arena, submission, &mention);
    for (size_t i = 0; i < count; i++)
        if (seen_entity(scope, mention[i]) == entity)
            return mention[i] < MENTIONS ? bench.truth[mention[i]] : 0;
    return -1;
}

static int32_t truth_of(const struct scope *scope, int64_t entity)
{
    int64_t *member = NULL;
    size_t count = seen_members(scope, &bench.arena, entity, &member);
    int32_t best = 0;
    size_t most = 0;
    for (size_t i = 0; i < count; i++) {
        size_t same = 0;
        int32_t truth = member[i] < MENTIONS ? bench.truth[member[i]] : 0;
        for (size_t k = 0; k < count; k++)
            same += member[k] < MENTIONS && bench.truth[member[k]] == truth;
        if (truth && same > most) {
            most = same;
            best = truth;
        }
    }
    return best;
}

/* People of this truth are named in the true fragments. */
static size_t people_in(const struct scope *scope, const struct pattern *pattern, int32_t thing)
{
    enum { PEOPLE = 200 };
    int32_t person[PEOPLE];
    size_t people = 0;
    for (size_t i = 0; i < pattern->fragment_count; i++) {
        int64_t *mention = NULL;
        int32_t truth = truth_in(scope, pattern->fragment[i].submission, pattern->entity[0]);
        if (truth != thing && truth != 0) continue;
        size_t count =
            seen_mentions_of(scope, &bench.arena, pattern->fragment[i].submission, &mention);
        for (size_t k = 0; k < count && people < PEOPLE; k++) {
            size_t m = 0;
            if (entity_kind(bench.app.entities, mention[k]) != LINK_PERSON ||
                mention[k] >= MENTIONS)
                continue;
            while (m < people && person[m] != bench.truth[mention[k]]) m++;
            if (m == people && bench.truth[mention[k]] != thing)
                person[people++] = bench.truth[mention[k]];
        }
    }
    return people;
}

static bool is_true(const struct scope *scope, const struct pattern *pattern)
{
    int32_t thing = truth_of(scope, pattern->entity[0]);
    const struct pattern_rule *rule = &area_patterns(bench.area)->rule[pattern->kind];
    size_t good = 0;
    uint64_t forums = 0;
    int32_t place = 0;
    for (size_t i = 0; i < pattern->fragment_count; i++) {
        int64_t submission = pattern->fragment[i].submission;
        int32_t truth = truth_in(scope, submission, pattern->entity[0]);
        if (truth != thing && truth != 0) continue;
        if (pattern->kind == PATTERN_MEETING) {
            int64_t *mention = NULL;
            size_t count = seen_mentions_of(scope, &bench.arena, submission, &mention);
            bool there = false;
            if (!place) place = truth_of(scope, pattern->entity[1]);
            for (size_t k = 0; k < count; k++)
                there |= mention[k] < MENTIONS && bench.truth[mention[k]] == place;
            if (!there) continue;
        }
        good++;
        const struct registry_row *row = registry_find(bench.app.registry, submission);
        if (row && row->forum) forums |= 1ULL << row->forum;
    }
    if (!thing) return true; /* of the demo's own stories */
    switch (pattern->kind) {
    case PATTERN_MEETING: return good >= (size_t)rule->least;
    case PATTERN_FORUMS: return __builtin_popcountll(forums) >= rule->least;
    case PATTERN_PHONE:
        return good == pattern->fragment_count &&
               truth_of(scope, pattern->entity[1]) != truth_of(scope, pattern->entity[2]);
    case PATTERN_GROWING: return people_in(scope, pattern, thing) >= (size_t)rule->least + 2;
    case PATTERN_KINDS: break;
    }
    return false;
}

static void judge(void)
{
    struct pattern_filter filter = {.kind = -1, .state = PATTERNS_ALL};
    struct pattern *list = NULL;
    struct err err = {0};
    size_t count = 0;
    int64_t shown[PATTERN_KINDS] = {0};
    int64_t wrong[PATTERN_KINDS] = {0};
    int64_t found[PATTERN_KINDS] = {0};
    int64_t asked_for_nothing = 0;
    double best = 1e12;
    for (int run = 0; run < RUNS; run++) {
        bench.analyst.scope = NULL;
        double wall = ms();
        stop_on(
            pattern_list(&bench.app, &bench.arena, &bench.analyst, &filter, &list, &count, &err),
            &err);
        wall = ms() - wall;
        if (wall < best) best = wall;
    }
    double first = ms();
    struct pattern *newest = NULL;
    size_t shows = 0;
    filter.most = 100;
    bench.analyst.scope = NULL;
    stop_on(pattern_list(&bench.app, &bench.arena, &bench.analyst, &filter, &newest, &shows, &err),
            &err);
    first = ms() - first;
    const struct scope *scope = scope_of(&bench.app, &bench.arena, &bench.analyst);
    for (size_t i = 0; i < count; i++) {
        bool good = is_true(scope, &list[i]);
        shown[list[i].kind]++;
        wrong[list[i].kind] += !good;
        asked_for_nothing += !good;
        if (!good && getenv("WRONG")) printf("wrong: %.*s\n", STR_ARG(list[i].fact));
        for (int64_t k = 0; k < bench.count; k++)
            found[list[i].kind] +=
                seen_entity(scope, bench.planted_id[list[i].kind][k]) == list[i].entity[0];
    }
    for (int kind = 0; kind < PATTERN_KINDS; kind++)
        printf("  %-10s %4lld of %4lld found; %5lld shown, %4lld of them false: %.2f false alarms "
               "a week\n",
               pattern_kind_name((enum pattern_kind)kind), (long long)found[kind],
               (long long)bench.count, (long long)shown[kind], (long long)wrong[kind],
               (double)wrong[kind] * 7 / PERIOD_DAYS);
    judge_common();
    printf("  together %zu shown, %.1f a week, %.2f false alarms a week; the hundred newest in "
           "%.0f ms, all in %.0f ms\n",
           count, (double)count * 7 / PERIOD_DAYS, (double)asked_for_nothing * 7 / PERIOD_DAYS,
           first, best);
}

/* --- the run ---------------------------------------------------------------------------------- */

/* Tellers of two Forums by turns: the first account of each organisation. */
static void find_people(void)
{
    static const int organisations[] = {0, 5, 1, 6, 2, 7, 3, 8};
    struct synth_options options = {.seed = (uint64_t)bench.seed, .reports = 60, .last_day = 20000};
    struct synth_partnership *partnership = synth_partnership_new(&bench.arena, &options);
    struct err err = {0};
    int wanted = 0;
    for (size_t i = 0; i < sizeof organisations / sizeof *organisations; i++) {
        for (int k = 0; k < SYNTH_ACCOUNTS; k++) {
            const struct synth_account *account = &partnership->account[k];
            if (partnership->organisation[account->organisation].forum != wanted ||
                account->role != SYNTH_REPRESENTATIVE)
                continue;
            bool again = false;
            struct person person;
            stop_on(account_person(&bench.app, &bench.arena, account->email, &person, &err), &err);
            for (size_t m = 0; m < bench.tellers; m++)
                again |= bench.teller[m].account == person.account;
            if (again) continue;
            bench.teller[bench.tellers++] = person;
            wanted = !wanted;
            break;
        }
    }
    stop_on(
        account_person(&bench.app, &bench.arena, STR("analyst@example.org"), &bench.analyst, &err),
        &err);
    stop_on(account_person(&bench.app, &bench.arena, STR("maru@example.org"), &bench.officer, &err),
            &err);
}

static void look(const char *what)
{
    struct err err = {0};
    double wall = ms();
    stop_on(patterns_look(&bench.app, &err), &err);
    printf("  the job, %s: %.0f ms\n", what, ms() - wall);
}

int main(int argc, char **argv)
{
    struct err err = {0};
    char folder[200];
    const char *temporary = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/pendeen-bench-XXXXXX", temporary ? temporary : "/tmp");
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--reports") == 0) str_to_int(str_from(argv[i + 1]), &bench.reports);
        if (strcmp(argv[i], "--planted") == 0) str_to_int(str_from(argv[i + 1]), &bench.count);
        if (strcmp(argv[i], "--seed") == 0) str_to_int(str_from(argv[i + 1]), &bench.seed);
    }
    if (bench.count > PLANTED_MAX || bench.reports > MENTIONS / 8) return 1;
    arena_init(&bench.arena, (size_t)8 << 30);
    bench.truth = calloc(MENTIONS, sizeof *bench.truth);
    if (!bench.truth || !mkdtemp(folder)) return 1;
    stop_on(area_load("areas/cornwall", &bench.area, &err), &err);
    stop_on(app_open(&bench.app, folder, NULL, NULL, &err), &err);
    bench.app.area = bench.area;
    struct demo_options options = {.seed = (uint64_t)bench.seed, .reports = (int32_t)bench.reports};
    stop_on(demo_fill(&bench.app, &options, &err), &err);
    printf("patterns: %lld reports, %lld planted of each kind, seed %lld\n",
           (long long)bench.reports, (long long)bench.count, (long long)bench.seed);
    find_people();
    learn_truth();
    bench.random = synth_random_from((uint64_t)bench.seed, 0x7061);
    for (int i = 0; i < bench.count; i++) {
        plant_meeting(i);
        plant_phone(i);
        plant_forums(i);
        plant_growing(i);
    }
    look("after what was planted");
    look("with nothing new");
    judge();
    app_close(&bench.app);
    area_free(bench.area);
    free(bench.truth);
    arena_done(&bench.arena);
    return 0;
}
