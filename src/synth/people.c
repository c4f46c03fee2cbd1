#include "synth/people.h"

#include "base/arena.h"
#include "base/clock.h"
#include "synth/words.h"
#include "synth/words_places.h"

#include <ctype.h>

/* Shares in per cent. */
enum {
    ONCE = 62,         /* of the people stand in it once */
    ANOTHER_COPY = 69, /* of those who have two or more have yet one */
    SPOILT = 20,       /* of the fields of a repeat have an error or a gap */
    SWAPPED = 3,       /* of the repeats have given name and surname changed over */
    MOVED = 8,
    WITH_EMAIL = 60,
    NEW_EMAIL = 6, /* of the repeats have another address */
};

enum { FIRST_BIRTH = -14610 /* 1930 */, LAST_BIRTH = 17532 /* 2018 */ };

static int32_t copies_draw(struct synth_random *random)
{
    if (synth_random_chance(random, ONCE)) return 1;
    int32_t copies = 2;
    while (copies < SYNTH_RECORDS_OF_PERSON_MAX && synth_random_chance(random, ANOTHER_COPY))
        copies++;
    return copies;
}

struct synth_people *synth_people_new(struct arena *arena, uint64_t seed, int32_t records,
                                      const struct synth_town *town, uint32_t town_count)
{
    struct synth_people *people = arena_new(arena, struct synth_people);
    people->seed = seed;
    people->records = records;
    people->town = town ? town : synth_towns;
    people->town_count = town ? town_count : synth_towns_count;
    people->place = arena_many(arena, (size_t)records, struct synth_people_place);
    struct synth_random random = synth_random_from(seed, 0);
    for (int32_t at = 0; at < records; people->people++) {
        int32_t copies = copies_draw(&random);
        for (int32_t i = 0; i < copies && at < records; i++)
            people->place[at++] = (struct synth_people_place){people->people, i};
    }
    /* Fisher and Yates: nothing may be learnt from the order. */
    for (int32_t i = records - 1; i > 0; i--) {
        int32_t other = (int32_t)synth_random_below(&random, (uint32_t)i + 1);
        struct synth_people_place kept = people->place[i];
        people->place[i] = people->place[other];
        people->place[other] = kept;
    }
    return people;
}

/* --- the truth of one person ---------------------------------------------------- */

static void address_draw(const struct synth_people *people, struct synth_random *random,
                         struct arena *arena, struct str *ret)
{
    static const char letters[] = "ABDEFGHJLNPQRSTUWXYZ";
    const struct synth_town *town = &people->town[synth_random_below(random, people->town_count)];
    struct str street = synth_list_draw(random, synth_street_words);
    ret[SYNTH_STREET] =
        str_fmt(arena, "%d %.*s", synth_random_between(random, 1, 160), STR_ARG(street));
    ret[SYNTH_TOWN] = town->name;
    int32_t sector = synth_random_between(random, 1, 9);
    char first = letters[synth_random_below(random, sizeof letters - 1)];
    char second = letters[synth_random_below(random, sizeof letters - 1)];
    ret[SYNTH_POSTCODE] =
        str_fmt(arena, "%.*s %d%c%c", STR_ARG(town->district), sector, first, second);
}

static void add_letters(struct buf *out, struct arena *arena, struct str text)
{
    struct str plain = str_lower(arena, synth_marks_drop(arena, text));
    for (size_t i = 0; i < plain.len; i++)
        if (isalpha((unsigned char)plain.ptr[i])) buf_add_char(out, plain.ptr[i]);
}

/* Half are made of both names, a quarter of an initial and the surname, the others
 * of a word that has nothing to do with them. */
static struct str email_of(struct synth_random *random, struct arena *arena,
                           const struct synth_name *name)
{
    struct buf email;
    buf_init(&email, 200);
    uint32_t way = synth_random_below(random, 4);
    if (way < 2) {
        add_letters(&email, arena, name->given);
        buf_add_char(&email, '.');
        add_letters(&email, arena, name->surname);
    } else if (way == 2) {
        add_letters(&email, arena, str_sub(synth_marks_drop(arena, name->given), 0, 1));
        add_letters(&email, arena, name->surname);
    } else {
        add_letters(&email, arena, synth_list_draw(random, synth_venue_words));
    }
    buf_add_fmt(&email, "%d@example.org", synth_random_between(random, 1, 9999));
    struct str result = str_dup(arena, buf_str(&email));
    buf_done(&email);
    return result;
}

static struct synth_name truth_draw(const struct synth_people *people, struct synth_random *random,
                                    struct arena *arena, struct str *ret)
{
    enum synth_sex sex = synth_random_chance(random, 50) ? SYNTH_MALE : SYNTH_FEMALE;
    struct synth_name name = synth_name_draw(random, arena, synth_origin_draw(random), sex);
    ret[SYNTH_GIVEN_NAME] = name.given;
    ret[SYNTH_SURNAME] = name.surname;
    ret[SYNTH_DATE_OF_BIRTH] =
        date_iso(arena, date_from_days(synth_random_between(random, FIRST_BIRTH, LAST_BIRTH)));
    address_draw(people, random, arena, ret);
    ret[SYNTH_EMAIL] =
        synth_random_chance(random, WITH_EMAIL) ? email_of(random, arena, &name) : STR("");
    return name;
}

/* --- a repeat of it ---------------------------------------------------------------- */

/* A character lost, doubled, changed for its neighbour's place, or for another. */
static struct str slip(struct synth_random *random, struct arena *arena, struct str text)
{
    if (text.len < 3) return text;
    uint32_t at = synth_random_below(random, (uint32_t)text.len - 1);
    struct str before = str_sub(text, 0, at), after = str_sub(text, at + 1, text.len);
    char here = text.ptr[at];
    if ((unsigned char)here >= 0x80 || (unsigned char)after.ptr[0] >= 0x80)
        return synth_marks_drop(arena, text);
    switch (synth_random_below(random, 4)) {
    case 0:
        return str_fmt(arena, "%.*s%.*s", STR_ARG(before), STR_ARG(after));
    case 1:
        return str_fmt(arena, "%.*s%c%c%.*s", STR_ARG(before), here, here, STR_ARG(after));
    case 2:
        return str_fmt(arena, "%.*s%c%c%.*s", STR_ARG(before), after.ptr[0], here,
                       STR_ARG(str_sub(after, 1, after.len)));
    default: {
        char other = isdigit((unsigned char)here) ? (char)('0' + synth_random_below(random, 10))
                                                  : (char)('a' + synth_random_below(random, 26));
        return str_fmt(arena, "%.*s%c%.*s", STR_ARG(before), other, STR_ARG(after));
    }
    }
}

/* A date with day and month changed over, one digit wrong, or only its year kept. */
static struct str date_spoil(struct synth_random *random, struct arena *arena, struct str text)
{
    struct date date;
    if (!date_parse_iso(text, &date)) return text;
    uint32_t way = synth_random_below(random, 10);
    if (way < 3 && date.day <= 12) {
        int8_t day = date.day;
        date.day = date.month;
        date.month = day;
    } else if (way < 5) {
        date.day = date.month = 1;
    } else if (way < 7) {
        date.year = (int16_t)(date.year + synth_random_between(random, -1, 1));
    } else if (way < 8) {
        date.year = (int16_t)(date.year + (synth_random_chance(random, 50) ? 10 : -10));
    } else {
        date.day = (int8_t)synth_random_between(random, 1, 28);
    }
    if (!date_valid(date)) return text; /* 29 February of another year */
    return date_iso(arena, date);
}

static struct str field_spoil(struct synth_random *random, struct arena *arena,
                              const struct synth_name *name, enum synth_people_field field,
                              struct str text)
{
    if (synth_random_chance(random, 40)) return STR(""); /* a gap */
    switch (field) {
    case SYNTH_GIVEN_NAME:
        return synth_name_write_given(random, arena, name);
    case SYNTH_SURNAME:
        return synth_random_chance(random, 50)
                   ? slip(random, arena, text)
                   : synth_word_mishear(random, arena, name->origin, text);
    case SYNTH_DATE_OF_BIRTH:
        return date_spoil(random, arena, text);
    default:
        return slip(random, arena, text);
    }
}

void synth_people_record(const struct synth_people *people, struct arena *arena, int32_t record,
                         struct str ret[static SYNTH_PEOPLE_FIELDS])
{
    const struct synth_people_place *place = &people->place[record];
    struct synth_random random = synth_random_from(people->seed, (uint64_t)place->person + 1);
    struct synth_name name = truth_draw(people, &random, arena, ret);
    if (place->copy == 0) return;
    random =
        synth_random_from(people->seed ^ (uint64_t)place->copy << 48, (uint64_t)place->person + 1);
    if (synth_random_chance(&random, MOVED)) address_draw(people, &random, arena, ret);
    if (ret[SYNTH_EMAIL].len > 0 && synth_random_chance(&random, NEW_EMAIL))
        ret[SYNTH_EMAIL] = email_of(&random, arena, &name);
    for (size_t i = 0; i < SYNTH_PEOPLE_FIELDS; i++)
        if (ret[i].len > 0 && synth_random_chance(&random, SPOILT))
            ret[i] = field_spoil(&random, arena, &name, (enum synth_people_field)i, ret[i]);
    if (synth_random_chance(&random, SWAPPED)) {
        struct str given = ret[SYNTH_GIVEN_NAME];
        ret[SYNTH_GIVEN_NAME] = ret[SYNTH_SURNAME];
        ret[SYNTH_SURNAME] = given;
    }
}

/* --- files ------------------------------------------------------------------------------ */

void synth_people_header(struct buf *out)
{
    buf_add_c(out, "id,given_name,surname,date_of_birth,street,town,postcode,email\n");
}

/* No field has a comma, a quote or a line break in it. */
void synth_people_line(const struct synth_people *people, struct arena *arena, int32_t record,
                       struct buf *out)
{
    struct str field[SYNTH_PEOPLE_FIELDS];
    synth_people_record(people, arena, record, field);
    buf_add_int(out, record + 1);
    for (size_t i = 0; i < SYNTH_PEOPLE_FIELDS; i++) {
        buf_add_char(out, ',');
        buf_add(out, field[i]);
    }
    buf_add_char(out, '\n');
}

void synth_people_truth_header(struct buf *out)
{
    buf_add_c(out, "id,person\n");
}

void synth_people_truth_line(const struct synth_people *people, int32_t record, struct buf *out)
{
    buf_add_int(out, record + 1);
    buf_add_char(out, ',');
    buf_add_int(out, people->place[record].person + 1);
    buf_add_char(out, '\n');
}
