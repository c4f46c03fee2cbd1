/*
 * packed: a record as the index keeps it, some seventy bytes.
 *
 * Layer: link, private.  Each text is the number of a value and the slot that it
 * stands in; opening a packed record gives back the record that was packed.
 */
#ifndef PENDEEN_LINK_PACKED_H
#define PENDEEN_LINK_PACKED_H

#include "link/value.h"

/* What a value is to a record.  Those of companions go by field from SLOT_COMPANION;
 * words of names that begin with O or Mac have slots of their own. */
enum record_slot {
    SLOT_NAME,
    SLOT_ALIAS,
    SLOT_WORD,
    SLOT_PLATE,
    SLOT_MAKE,
    SLOT_MODEL,
    SLOT_COLOUR,
    SLOT_NUMBER,
    SLOT_DIGITS,
    SLOT_PLATFORM,
    SLOT_HANDLE,
    SLOT_STEM,
    SLOT_EMAIL,
    SLOT_VENUE,
    SLOT_ADDRESS,
    SLOT_TOWN,
    SLOT_POSTCODE,
    SLOT_COMPANION,
    SLOT_NAME_O = SLOT_COMPANION + LINK_FIELDS,
    SLOT_NAME_MAC,
    SLOT_ALIAS_O,
    SLOT_ALIAS_MAC,
    SLOTS
};

enum { PACKED_NUMBER_MASK = (1 << 26) - 1 };
struct packed_entry {
    uint32_t number : 26;
    uint32_t slot : 6; /* enum record_slot */
};

struct packed {
    int64_t report;
    int32_t from; /* a person's birth; the days on which a vehicle or a place was seen */
    int32_t to;
    uint8_t kind;
    bool birth_vague : 1;
    bool plate_partial : 1;
    bool postcode_whole : 1;
    uint8_t count;
    uint8_t marks; /* enum name_sex + 4 * enum name_generation */
    struct packed_entry entry[];
};

/* What a record is packed of, in the order of its entries; the texts are the record's. */
enum { PACKED_MAX = 64 };
struct packing {
    struct packing_text {
        struct str text;
        uint64_t hash;
        uint8_t slot;
        bool word; /* of a name or place */
    } list[PACKED_MAX];
    size_t count;
};
/* Names come first, then nicknames, a text for each word. */
void link_packing_make(const struct record *record, struct packing *ret);
/* The caller frees it with free(). */
struct packed *link_packed_make(struct values *values, const struct record *record,
                                const struct packing *packing);
/* Texts borrow from the values, until the next change of them. */
void link_packed_open(const struct values *values, const struct packed *packed, int64_t id,
                      struct record *ret);
static inline size_t link_packed_size(const struct packed *packed)
{
    return sizeof *packed + packed->count * sizeof *packed->entry;
}

#endif
