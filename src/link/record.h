/*
 * record: a mention made ready to be compared.
 *
 * Layer: link, private.  Every text is folded or cleaned once, here; comparisons
 * then only look.  A record owns its texts in a fixed pool, so that it can be
 * built on the stack for a query and out of the index's values for a candidate
 * alike, and both are compared by the same code.
 */
#ifndef PENDEEN_LINK_RECORD_H
#define PENDEEN_LINK_RECORD_H

#include "link/birth.h"
#include "link/mention.h"
#include "link/normalise.h"
#include "link/word.h"

#include <stddef.h>

enum {
    RECORD_TOKENS = 6,      /* of a name, a venue, an address */
    RECORD_ALIASES = 3,
    RECORD_WORDS = 8,       /* of a description */
    RECORD_KEYS_MAX = 96,
    RECORD_POOL = 1600,
};

/* A word of a name with what is known of it (link_values_know). */
struct name_token {
    struct str text;
    const struct word_sounds *sounds;
    uint32_t word; /* among the words of the index; WORD_NONE: not there */
    int8_t asked;  /* which word it is of the record that is asked for, or ASKED_NONE */
    char start; /* 'o' of O'Neill, 'm' of McNeill, whose text is "neill"; else 0 */
};
enum { ASKED_NONE = -1, ASKED_MAX = RECORD_TOKENS + RECORD_ALIASES };

/* What a title says, and what tells a father from his son. */
enum name_sex { SEX_NONE, SEX_MALE, SEX_FEMALE };
enum name_generation { GENERATION_NONE, GENERATION_SENIOR, GENERATION_JUNIOR };

struct name {
    struct name_token token[RECORD_TOKENS];
    int count;
    uint8_t sex;        /* enum name_sex; not kept of a nickname */
    uint8_t generation; /* enum name_generation; the same */
};

/* The days within which something was seen; days are counted from 1970. */
struct seen_days {
    int32_t from; /* from > to: not known */
    int32_t to;
};
static inline bool link_seen_known(struct seen_days seen)
{
    return seen.from <= seen.to;
}

struct phone {
    struct str number; /* E.164, or empty */
    struct str digits; /* what is known of it (number.h), at least three */
};

struct companion {
    enum link_field field;
    struct str value; /* normalised like the field it is of */
};

struct record {
    enum link_kind kind;
    int64_t id;
    int64_t report;
    /* person */
    struct name name;
    struct name alias;
    struct birth birth;
    struct seen_days seen; /* of vehicles and places */
    struct str word[RECORD_WORDS];
    int words;
    /* vehicle */
    struct str plate;
    uint32_t plate_value; /* its number among the values of the index; of what is kept there */
    bool plate_partial;
    struct str make;
    struct str model;
    struct str colour;
    /* phone */
    struct phone phone;
    struct phone second; /* where two whole ones were written; else empty */
    /* account */
    struct str platform;
    struct str handle;
    struct str stem; /* the handle's letters */
    struct str email; /* as link_email */
    /* place */
    struct str venue[RECORD_TOKENS];
    int venues;
    struct str address[RECORD_TOKENS];
    int addresses;
    struct str town;
    struct str postcode;
    bool postcode_whole;
    /* what stood in the same report */
    struct companion companion[LINK_COMPANIONS_MAX];
    int companions;
    size_t pool_used;
    struct word_sounds sounds[RECORD_TOKENS + RECORD_ALIASES]; /* of words that the index has not */
    char pool[RECORD_POOL]; /* not used by a record that borrows from the index */
};

/* Fills ret; its texts are in its own pool (so a record may not be copied by =). */
void link_record_make(const struct link_mention *mention, struct record *ret);

/* Is it a word for what lies in a house, as "flat"? */
bool link_is_unit_word(struct str word);

/* What a key is of. */
enum key_type {
    KEY_NAME_WORD = 'n',     /* a word of a name or nickname */
    KEY_LOOK_WORD = 'x',     /* a word of a description */
    KEY_BIRTH_DAY = 'b',     /* a date of birth, where the day is known */
    KEY_PLATE = 'q',         /* a registration, or what was seen of it */
    KEY_COLOUR_MODEL = 'm',  /* a colour and a model, or a make */
    KEY_NUMBER = 'p',        /* a whole phone number */
    KEY_NUMBER_PART = 'P',   /* all that is known of one that is not whole */
    KEY_NUMBER_BEGIN = 'f',  /* the first five digits of a whole one */
    KEY_NUMBER_BEGINS = 'F', /* the first seven */
    KEY_OPEN_BEGIN = 'r',    /* the first five of one with a gap */
    KEY_OPEN_END = 'T',      /* up to seven digits after its last gap */
    KEY_NUMBER_TAIL = '0',   /* + 3 to 7: so many last digits of any number (link_key_tail) */
    KEY_HANDLE = 'h',        /* a handle */
    KEY_STEM = 't',          /* the letters of a handle, or of the name of an email */
    KEY_HANDLE_DIGITS = 'g', /* their digits */
    KEY_STEM_BEGIN = 'a',    /* the first four letters */
    KEY_STEM_END = 'z',      /* the last four */
    KEY_EMAIL = 'e',         /* the mailbox of an email */
    KEY_POSTCODE = 'c',      /* a postcode, or its first half */
    KEY_TOWN = 'w',          /* a town */
    KEY_VENUE_WORD = 'v',    /* a word of a venue */
    KEY_ADDRESS_WORD = 'd',  /* a word of an address */
    KEY_BESIDE = '+',        /* what stood in the same report (link_companion_key) */
};
enum { NUMBER_BEGIN = 5, NUMBER_BEGINS = 7, TAIL_LEAST = 3, TAIL_MOST = 7 };
static inline char link_key_tail(size_t length)
{
    return (char)(KEY_NUMBER_TAIL + (int)length);
}

/* The letters of a handle, or of the name of an email; how many. */
size_t link_stem(struct str handle, char ret[static LINK_TEXT_SIZE]);
enum { STEM_LEAST = 3 };

/* A key, and what it is the key of. */
struct record_key {
    uint64_t key;
    char type;  /* enum key_type */
    uint8_t at; /* which of the record's: words of names, words of places, companions */
};

/* Keys under which a record is found: hashes of what it holds, each with the kind of
 * key in it.  Two mentions worth comparing share one, or have words that are alike
 * (alike.h), or plates that fit (plates.h). */
size_t link_record_keys(const struct record *record, struct record_key ret[static RECORD_KEYS_MAX]);
/* The numbers that differ from one in one of its last three digits, which is where slips
 * and neighbours are. */
enum { NEAR_NUMBERS = 27 };
struct near_number {
    char text[LINK_PHONE_SIZE];
};
/* Returns how many: none for a number that is short or long. */
int link_near_numbers(struct str number, struct near_number ret[static NEAR_NUMBERS]);

/* The key of one value of a type (enum key_type; alike.c has types of its own for the words of its
 * table), to count how often it is there. */
uint64_t link_key(char type, struct str value);

/* The key of what stood beside a mention of a kind. */
uint64_t link_companion_key(enum link_kind kind, const struct companion *companion);

#endif
