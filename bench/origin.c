/*
 * origin: are names of every origin found alike?
 *
 *   build/bench/origin [--seed S] [--rounds COUNT] [--held 1 or 2] [--show 1]
 *
 * Each round draws twelve given names and twelve surnames of each origin and
 * puts every one with every other: 144 people, so that names lie equally close
 * in each group and only how they are written differs.  All groups stand in one
 * index, each person once, as that person writes the name, with the age.  Then
 * everybody is asked for twice, as a report would have it (src/synth/words.h):
 * marks dropped, transliterated, misheard, shortened, turned round; mostly with
 * an age.
 *
 * With --held 1 the names are those of origin_held.def, which nothing was made with, but
 * whose misses are read; with --held 2 those of origin_held_2.def, whose misses nobody reads:
 * --show 1, which prints what was missed and what was wrongly found, refuses them.
 *
 * Recall is taken at equal precision: for each group at its own threshold, where
 * EQUAL_PRECISION of the pairs above it are true.  The bar: within 0.02 of the
 * mean.  Beside it stands what one threshold for all, link_shown_bits(), gives.
 */
#include "base/arena.h"
#include "link/link.h"
#include "synth/words.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    SIDE = 12,
    PEOPLE = SIDE * SIDE,
    ASKS = 2,
    ANSWERS = 10,
    TODAY = 20780,
    NO_THRESHOLD = -1000
};
static const double EQUAL_PRECISION = 0.95;

struct pair {
    double bits;
    bool same;
};

/* A question, for --show: as it was written, of whom, what that one weighs and the heaviest
 * other.  Strings of shown_texts. */
struct shown {
    struct str written, name, other;
    double bits, other_bits;
};

/* What came back for one origin, over all rounds. */
struct answers {
    struct pair *pair;
    size_t count, room;
    int64_t asked;
    struct shown *shown;
};

struct person {
    struct synth_name name;
    int32_t born; /* day */
};

/* Names that were held back: two lists. */
struct held {
    enum synth_origin origin;
    bool surname;
    const char *name, *spellings, *short_forms;
};
#define GIVEN(origin, name, spellings, short_forms) \
    {SYNTH_##origin, false, name, spellings, short_forms},
#define SURNAME(origin, name, spellings) {SYNTH_##origin, true, name, spellings, ""},
static const struct held first_list[] = {
#include "origin_held.def"
};
static const struct held second_list[] = {
#include "origin_held_2.def"
};
#undef GIVEN
#undef SURNAME
enum { NOT_HELD, HELD_FIRST, HELD_SECOND };
static int64_t held_list;
static bool show;
static struct arena shown_texts;

static const struct held *held_draw(struct synth_random *random, enum synth_origin origin,
                                    bool surname)
{
    const struct held *held = held_list == HELD_FIRST ? first_list : second_list;
    const size_t total = held_list == HELD_FIRST ? sizeof first_list / sizeof *first_list
                                                 : sizeof second_list / sizeof *second_list;
    size_t first = 0, count = 0;
    while (held[first].origin != origin || held[first].surname != surname) first++;
    while (first + count < total && held[first + count].origin == origin &&
           held[first + count].surname == surname)
        count++;
    return &held[first + synth_random_below(random, (uint32_t)count)];
}

static struct synth_name draw_name(struct synth_random *random, struct arena *arena,
                                   enum synth_origin origin, enum synth_sex sex)
{
    if (held_list == NOT_HELD) return synth_name_draw(random, arena, origin, sex);
    const struct held *given = held_draw(random, origin, false);
    const struct held *surname = held_draw(random, origin, true);
    return (struct synth_name){.origin = origin,
                               .sex = sex,
                               .given = str_from(given->name),
                               .given_spellings = str_from(given->spellings),
                               .given_short = str_from(given->short_forms),
                               .surname = str_from(surname->name),
                               .surname_spellings = str_from(surname->spellings)};
}

static void draw_people(struct synth_random *random, struct arena *arena, enum synth_origin origin,
                        struct person ret[static PEOPLE])
{
    struct synth_name given[SIDE], surname[SIDE];
    for (size_t i = 0; i < SIDE; i++) {
        enum synth_sex sex = i % 2 ? SYNTH_FEMALE : SYNTH_MALE;
        bool again = true;
        while (again) { /* until it is not there yet */
            given[i] = draw_name(random, arena, origin, sex);
            surname[i] = draw_name(random, arena, origin, sex);
            again = false;
            for (size_t j = 0; j < i; j++)
                again |= str_eq(given[i].given, given[j].given) ||
                         str_eq(surname[i].surname, surname[j].surname);
        }
    }
    for (size_t i = 0; i < PEOPLE; i++) {
        ret[i].name = given[i % SIDE];
        ret[i].name.surname = surname[i / SIDE].surname;
        ret[i].name.surname_spellings = surname[i / SIDE].surname_spellings;
        ret[i].born = TODAY - synth_random_between(random, 14 * 365, 60 * 365);
    }
}

static void answers_add(struct answers *answers, double bits, bool same)
{
    if (answers->count == answers->room) {
        answers->room = answers->room ? answers->room * 2 : 4096;
        struct pair *bigger = realloc(answers->pair, answers->room * sizeof *bigger);
        if (!bigger) abort();
        answers->pair = bigger;
    }
    answers->pair[answers->count++] = (struct pair){bits, same};
}

static struct str age_of(struct arena *arena, const struct person *person, int32_t error)
{
    return str_fmt(arena, "%d", (TODAY - person->born) / 365 + error);
}

static struct str whole_name(struct arena *arena, const struct person *person)
{
    return str_fmt(arena, "%.*s %.*s", STR_ARG(person->name.given), STR_ARG(person->name.surname));
}

static void keep_to_show(const struct person *people, int64_t id, struct str written,
                         const struct link_match *match, size_t count, struct answers *answers)
{
    struct shown shown = {str_dup(&shown_texts, written), whole_name(&shown_texts, &people[id - 1]),
                          STR(""), NO_THRESHOLD, NO_THRESHOLD};
    for (size_t i = 0; i < count; i++) {
        if (match[i].id == id) shown.bits = match[i].bits;
        if (match[i].id == id || match[i].bits <= shown.other_bits) continue;
        shown.other_bits = match[i].bits;
        shown.other = whole_name(&shown_texts, &people[match[i].id - 1]);
    }
    answers->shown = realloc(answers->shown, (size_t)(answers->asked + 1) * sizeof shown);
    if (!answers->shown) abort();
    answers->shown[answers->asked] = shown;
}

static void ask(struct synth_random *random, struct arena *arena, const struct link_index *index,
                const struct person *people, int64_t id, struct answers *answers)
{
    const struct person *person = &people[id - 1];
    struct link_mention mention = {
        .id = id + 1000000000,
        .kind = LINK_PERSON,
        .reported_day = TODAY,
        .seen_from = LINK_DAY_UNKNOWN,
        .seen_to = LINK_DAY_UNKNOWN,
    };
    mention.field[LINK_NAME] = synth_name_write(random, arena, &person->name);
    if (synth_random_chance(random, 80))
        mention.field[LINK_AGE] = age_of(arena, person, synth_random_between(random, -1, 1));
    struct link_match match[ANSWERS];
    size_t count = link_index_query(index, &mention, NO_THRESHOLD, match, ANSWERS);
    if (show) keep_to_show(people, id, mention.field[LINK_NAME], match, count, answers);
    answers->asked++;
    for (size_t i = 0; i < count; i++) answers_add(answers, match[i].bits, match[i].id == id);
}

static void run_round(uint64_t seed, struct answers answers[static SYNTH_ORIGINS])
{
    struct arena arena;
    arena_init(&arena, (size_t)256 << 20);
    struct synth_random random = synth_random_from(seed, 0);
    struct link_index *index = link_index_new();
    struct person *person = arena_many(&arena, (size_t)SYNTH_ORIGINS * PEOPLE, struct person);
    for (size_t i = 0; i < SYNTH_ORIGINS * PEOPLE; i++) {
        if (i % PEOPLE == 0)
            draw_people(&random, &arena, (enum synth_origin)(i / PEOPLE), &person[i]);
        struct link_mention mention = {
            .id = (int64_t)i + 1,
            .report = (int64_t)i + 1,
            .kind = LINK_PERSON,
            .reported_day = TODAY,
            .seen_from = LINK_DAY_UNKNOWN,
            .seen_to = LINK_DAY_UNKNOWN,
        };
        mention.field[LINK_NAME] = whole_name(&arena, &person[i]);
        mention.field[LINK_AGE] = age_of(&arena, &person[i], 0);
        if (link_index_insert(index, &mention, NULL) != ST_OK) abort();
    }
    for (size_t i = 0; i < SYNTH_ORIGINS * PEOPLE; i++)
        for (int times = 0; times < ASKS; times++)
            ask(&random, &arena, index, person, (int64_t)i + 1, &answers[i / PEOPLE]);
    link_index_free(index);
    arena_done(&arena);
}

static int heavier_first(const void *a, const void *b)
{
    const struct pair *left = a, *right = b;
    /* On a tie the false one first: no luck by order. */
    if (left->bits != right->bits) return left->bits < right->bits ? 1 : -1;
    return (int)left->same - (int)right->same;
}

/* The most recall at which at least this share of the pairs is true; the threshold for it. */
static double recall_at(const struct answers *answers, double precision, double *ret_bits)
{
    double best = 0;
    *ret_bits = HUGE_VAL;
    int64_t same = 0;
    for (size_t i = 0; i < answers->count; i++) {
        same += answers->pair[i].same;
        if ((double)same < precision * (double)(i + 1)) continue;
        best = (double)same / (double)answers->asked;
        *ret_bits = answers->pair[i].bits;
    }
    return best;
}

static void print_shown(const char *origin, const struct answers *answers, double threshold)
{
    for (int64_t i = 0; i < answers->asked; i++) {
        const struct shown *shown = &answers->shown[i];
        if (shown->bits < threshold)
            printf("%s missed %.*s, written %.*s: %.1f of %.1f\n", origin, STR_ARG(shown->name),
                   STR_ARG(shown->written), shown->bits, threshold);
        if (shown->other_bits >= threshold)
            printf("%s wrong %.*s, written %.*s, taken for %.*s: %.1f of %.1f\n", origin,
                   STR_ARG(shown->name), STR_ARG(shown->written), STR_ARG(shown->other),
                   shown->other_bits, threshold);
    }
}

static void print_table(struct answers answers[static SYNTH_ORIGINS])
{
    double recall[SYNTH_ORIGINS], mean = 0, widest = 0;
    for (size_t i = 0; i < SYNTH_ORIGINS; i++) {
        qsort(answers[i].pair, answers[i].count, sizeof *answers[i].pair, heavier_first);
        double threshold;
        recall[i] = recall_at(&answers[i], EQUAL_PRECISION, &threshold);
        if (show) print_shown(synth_origin_label((enum synth_origin)i), &answers[i], threshold);
        mean += recall[i] / SYNTH_ORIGINS;
    }
    printf("%-12s %7s %16s %9s | %s\n", "origin", "asked", "recall at p 0.95", "from mean",
           "at the shown threshold: recall, precision");
    for (size_t i = 0; i < SYNTH_ORIGINS; i++) {
        int64_t shown = 0, same = 0;
        for (size_t j = 0; j < answers[i].count; j++)
            if (answers[i].pair[j].bits >= link_shown_bits()) {
                shown++;
                same += answers[i].pair[j].same;
            }
        printf("%-12s %7lld %16.3f %+9.3f | %.3f %.3f\n", synth_origin_label((enum synth_origin)i),
               (long long)answers[i].asked, recall[i], recall[i] - mean,
               (double)same / (double)answers[i].asked,
               shown > 0 ? (double)same / (double)shown : 1.0);
        widest = fmax(widest, fabs(recall[i] - mean));
        free(answers[i].pair);
        free(answers[i].shown);
    }
    printf("mean %.3f, farthest from it %.3f\n", mean, widest);
}

int main(int argc, char **argv)
{
    int64_t seed = 1, rounds = 5;
    for (int i = 1; i + 1 < argc; i += 2) {
        struct str name = str_from(argv[i]);
        int64_t value = 0;
        if (!str_to_int(str_from(argv[i + 1]), &value) || value < 0) return 2;
        if (str_eq(name, STR("--seed")))
            seed = value;
        else if (str_eq(name, STR("--rounds")))
            rounds = value;
        else if (str_eq(name, STR("--held")))
            held_list = value;
        else if (str_eq(name, STR("--show")))
            show = value != 0;
        else
            return 2;
    }
    if (held_list > HELD_SECOND) return 2;
    if (show && held_list == HELD_SECOND) {
        fputs("origin: nobody reads the names of the second list\n", stderr);
        return 2;
    }
    arena_init(&shown_texts, (size_t)256 << 20);
    struct answers answers[SYNTH_ORIGINS] = {0};
    for (int64_t i = 0; i < rounds; i++) run_round((uint64_t)(seed + i), answers);
    printf("seeds %lld to %lld, %s, %d people of each origin in a round\n", (long long)seed,
           (long long)(seed + rounds - 1),
           held_list == NOT_HELD     ? "names of the generator"
           : held_list == HELD_FIRST ? "names held back"
                                     : "names held back, second list",
           PEOPLE);
    print_table(answers);
    arena_done(&shown_texts);
    return 0;
}
