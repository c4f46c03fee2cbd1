/*
 * people: a file of made-up people with repeats, for the batch engine.
 *
 *   build/bench/people RECORDS SEED PEOPLE.csv TRUTH.csv
 *
 * About 450,000 people to a million records, up to 12 records each; in a repeat
 * about a fifth of the fields has an error or is empty, some people have swapped
 * names and some have moved.  The truth (id, truth) lies in a file of its own.
 * Phones and emails are of ranges and domains that are nobody's.
 */
#include "base/arena.h"
#include "base/clock.h"
#include "synth/words.h"
#include "synth/words_places.h"

#include <stdio.h>
#include <stdlib.h>

enum { FIELDS = 8, RECORDS_OF_ONE = 12 };
enum field { GIVEN, SURNAME, BIRTH, STREET, TOWN, POSTCODE, PHONE, EMAIL };

struct person {
    struct synth_name name;
    struct str field[FIELDS];
};

static struct str draw_street(struct synth_random *random, struct arena *arena)
{
    return str_fmt(arena, "%u %.*s", 1 + synth_random_skewed(random, 180),
                   STR_ARG(synth_list_draw(random, synth_street_words)));
}

/* A unit of a district that is never issued, of a town. */
static void draw_home(struct synth_random *random, struct arena *arena, struct person *person)
{
    const struct synth_town *town = &synth_towns[synth_random_skewed(random, synth_towns_count)];
    person->field[TOWN] = town->name;
    person->field[STREET] = draw_street(random, arena);
    person->field[POSTCODE] = str_fmt(arena, "%.*s %u%c%c", STR_ARG(town->district),
                                      synth_random_below(random, 10),
                                      'A' + (int)synth_random_below(random, 20),
                                      'A' + (int)synth_random_below(random, 20));
}

static void draw_person(struct synth_random *random, struct arena *arena, struct person *person)
{
    enum synth_sex sex = synth_random_below(random, 2) ? SYNTH_MALE : SYNTH_FEMALE;
    person->name = synth_name_draw(random, arena, synth_origin_draw(random), sex);
    person->field[GIVEN] = person->name.given;
    person->field[SURNAME] = person->name.surname;
    int32_t born = date_to_days((struct date){1940, 1, 1}) + (int32_t)synth_random_below(random, 28000);
    person->field[BIRTH] = date_iso(arena, date_from_days(born));
    draw_home(random, arena, person);
    person->field[PHONE] = str_fmt(arena, "07700%06u", synth_random_below(random, 1000000));
    person->field[EMAIL] = str_fmt(arena, "%.*s%u@example.org",
                                   STR_ARG(str_lower(arena, synth_marks_drop(arena, person->field[SURNAME]))),
                                   synth_random_below(random, 10000));
}

/* One slip: a character left out, doubled, changed or swapped with the next. */
static struct str slip(struct synth_random *random, struct arena *arena, struct str text)
{
    if (text.len < 3) return text;
    char *copy = arena_alloc(arena, text.len + 2);
    size_t at = synth_random_below(random, (uint32_t)text.len - 1);
    memcpy(copy, text.ptr, text.len);
    switch (synth_random_below(random, 4)) {
    case 0:
        memmove(copy + at, copy + at + 1, text.len - at - 1);
        return str_of(copy, text.len - 1);
    case 1:
        memmove(copy + at + 1, copy + at, text.len - at);
        return str_of(copy, text.len + 1);
    case 2:
        if (copy[at] >= '0' && copy[at] <= '9') copy[at] = (char)('0' + synth_random_below(random, 10));
        else copy[at] = (char)('a' + synth_random_below(random, 26));
        return str_of(copy, text.len);
    default: {
        char swap = copy[at];
        copy[at] = copy[at + 1];
        copy[at + 1] = swap;
        return str_of(copy, text.len);
    }
    }
}

static void spoil(struct synth_random *random, struct arena *arena, const struct person *person,
                  struct str field[static FIELDS])
{
    memcpy(field, person->field, sizeof person->field);
    for (int i = 0; i < FIELDS; i++) {
        if (!synth_random_chance(random, 20)) continue;
        if (synth_random_chance(random, 45))
            field[i] = STR("");
        else if (i == GIVEN && synth_random_chance(random, 50))
            field[i] = synth_name_write_given(random, arena, &person->name);
        else
            field[i] = slip(random, arena, field[i]);
    }
    if (synth_random_chance(random, 2)) {
        struct str given = field[GIVEN];
        field[GIVEN] = field[SURNAME];
        field[SURNAME] = given;
    }
}

static void write_record(FILE *file, FILE *truth, long id, long person, const struct str field[static FIELDS])
{
    fprintf(file, "%ld", id);
    for (int i = 0; i < FIELDS; i++) fprintf(file, ",%.*s", STR_ARG(field[i]));
    fputc('\n', file);
    fprintf(truth, "%ld,%ld\n", id, person);
}

int main(int argc, char **argv)
{
    int64_t records = 0;
    int64_t seed = 0;
    if (argc != 5 || !str_to_int(str_from(argv[1]), &records) || !str_to_int(str_from(argv[2]), &seed)) {
        fputs("usage: people RECORDS SEED PEOPLE.csv TRUTH.csv\n", stderr);
        return 2;
    }
    FILE *file = fopen(argv[3], "wb");
    FILE *truth = fopen(argv[4], "wb");
    if (!file || !truth) {
        perror("people");
        return 1;
    }
    fputs("id,given_name,surname,date_of_birth,street,town,postcode,phone,email\n", file);
    fputs("id,truth\n", truth);
    struct synth_random random = synth_random_from((uint64_t)seed, 1);
    struct arena arena;
    arena_init(&arena, 1 << 20);
    long id = 0;
    for (long number = 0; id < records; number++) {
        struct arena_mark mark = arena_mark(&arena);
        struct person person;
        draw_person(&random, &arena, &person);
        write_record(file, truth, id++, number, person.field);
        /* 0.55 more on average for each one more: 2.2 records a person. */
        int more = 0;
        while (more < RECORDS_OF_ONE - 1 && synth_random_chance(&random, 55)) more++;
        for (int i = 0; i < more && id < records; i++) {
            struct str field[FIELDS];
            if (synth_random_chance(&random, 5)) draw_home(&random, &arena, &person);
            spoil(&random, &arena, &person, field);
            write_record(file, truth, id++, number, field);
        }
        arena_reset(&arena, mark);
    }
    arena_done(&arena);
    return fclose(file) || fclose(truth);
}
