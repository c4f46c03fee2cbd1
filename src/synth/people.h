/*
 * people: a register in which the same people stand several times, truth known.
 *
 * Layer: synth.  For measuring how whole files are deduplicated and linked: about
 * 45 people for each 100 records, most of them once, some up to twelve times.  The
 * first record of a person is as they would write it; in every other one about a
 * fifth of the fields have an error or a gap, names are swapped now and then, and
 * some have moved.  Nobody exists: names as in words.h, places as in
 * words_places.h, emails at example.org.
 *
 * Built once in the caller's arena (8 bytes a record) and then only read; records
 * can be made in any order.  The same options give the same bytes everywhere.
 */
#ifndef PENDEEN_SYNTH_PEOPLE_H
#define PENDEEN_SYNTH_PEOPLE_H

#include "base/buf.h"
#include "synth/random.h"

struct arena;

enum { SYNTH_RECORDS_OF_PERSON_MAX = 12 };

struct synth_people {
    uint64_t seed;
    int32_t records;
    int32_t people;
    const struct synth_town *town;
    uint32_t town_count;
    struct synth_people_place {
        int32_t person;
        int32_t copy; /* 0: the person's first */
    } * place;        /* of each record, shuffled */
};

enum synth_people_field {
    SYNTH_GIVEN_NAME,
    SYNTH_SURNAME,
    SYNTH_DATE_OF_BIRTH, /* 2009-03-12 */
    SYNTH_STREET,
    SYNTH_TOWN,
    SYNTH_POSTCODE,
    SYNTH_EMAIL,
    SYNTH_PEOPLE_FIELDS
};

/* `town` of an area, borrowed; NULL: invented ones. */
struct synth_people *synth_people_new(struct arena *arena, uint64_t seed, int32_t records,
                                      const struct synth_town *town, uint32_t town_count);
/* Fields of a record (0 .. records - 1); an empty one is a gap. */
void synth_people_record(const struct synth_people *people, struct arena *arena, int32_t record,
                         struct str ret[static SYNTH_PEOPLE_FIELDS]);

/* people.csv: id and the fields; people-truth.csv: id and whose record it is. */
void synth_people_header(struct buf *out);
void synth_people_line(const struct synth_people *people, struct arena *arena, int32_t record,
                       struct buf *out);
void synth_people_truth_header(struct buf *out);
void synth_people_truth_line(const struct synth_people *people, int32_t record, struct buf *out);

#endif
