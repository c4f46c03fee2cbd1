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

#include <stddef.h>

enum {
    NAME_FAMILIES = 8,
    RECORD_TOKENS = 6,      /* of a name, a venue, an address */
    RECORD_ALIASES = 3,
    RECORD_WORDS = 8,       /* of a description */
    RECORD_KEYS_MAX = 96,
    RECORD_POOL = 1600,
};

/* A word of a name with what it may stand for. */
struct name_token {
    struct str text;
    uint64_t sound;
    uint64_t other_sound; /* link_sound_other */
    char start; /* 'o' of O'Neill, 'm' of McNeill, whose text is "neill"; else 0 */
    uint16_t family[NAME_FAMILIES]; /* link_name_families; 0: none */
};

struct name {
    struct name_token token[RECORD_TOKENS];
    int count;
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
    struct str word[RECORD_WORDS];
    int words;
    /* vehicle */
    struct str plate;
    bool plate_partial;
    struct str make;
    struct str model;
    struct str colour;
    /* phone */
    struct str number;      /* E.164, or empty */
    struct str digits;      /* what digits there are, national, at least three */
    /* account */
    struct str platform;
    struct str handle;
    struct str stem; /* the handle's letters */
    struct str email;
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
    char pool[RECORD_POOL]; /* not used by a record that borrows from the index */
};

/* Fills ret; its texts are in its own pool (so a record may not be copied by =). */
void link_record_make(const struct link_mention *mention, struct record *ret);

/* A key, and the word that it comes from: two common keys of different words narrow
 * each other down, two of one word do not. */
struct record_key {
    uint64_t key;
    uint8_t word; /* KEY_ALONE: never with another */
};
enum { KEY_ALONE = 255 };

/* Keys under which a record is found: hashes of what it holds, each with the
 * kind of key in it.  Two mentions worth comparing share one at least, or have
 * plates that fit, which the index looks at by itself. */
size_t link_record_keys(const struct record *record, struct record_key ret[static RECORD_KEYS_MAX]);
/* The key of one value, to count how often it is there. */
uint64_t link_key(char type, struct str value);

/* The key of what stood beside a mention of a kind. */
uint64_t link_companion_key(enum link_kind kind, const struct companion *companion);

/* The families of given names that a folded name belongs to: "daz" and "dazza"
 * are of the family of "darren".  Returns how many, at most NAME_FAMILIES. */
int link_name_families(struct str folded, uint16_t ret[static NAME_FAMILIES]);

#endif
