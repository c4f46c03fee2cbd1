/*
 * value: every distinct text of the index, kept once.
 *
 * Layer: link, private.  A value has a number that never changes; what is known of
 * it as a word of a name or place (alike.h) is found when it is first seen.  Values
 * stay when the last mention of them goes: they are found by nobody then.
 */
#ifndef PENDEEN_LINK_VALUE_H
#define PENDEEN_LINK_VALUE_H

#include "link/alike.h"
#include "link/record.h"

#define VALUE_NONE UINT32_MAX

struct link_value {
    uint32_t text;  /* where it starts */
    uint32_t word;  /* among the words + 1; 0: never a word of a name or place */
    uint32_t roles; /* bit per enum record_slot in which it was seen */
    uint8_t length;
};

struct values {
    struct link_value *value;
    uint32_t count;
    uint32_t capacity;
    char *text;
    uint32_t text_used;
    uint32_t text_capacity;
    uint32_t *slot; /* number + 1; 0: empty */
    uint32_t slots; /* a power of two */
    struct words words;
};

void link_values_init(struct values *values);
void link_values_done(struct values *values);
/* Makes room for so many values. */
void link_values_expect(struct values *values, size_t count);
/* Is there room for a record's values? */
bool link_values_room(const struct values *values);
/* Asks the processor for what finding a text of this hash will read: first its slot, some
 * texts later the value, then its letters. */
enum values_ahead { AHEAD_SLOT, AHEAD_VALUE, AHEAD_TEXT };
void link_values_fetch(const struct values *values, uint64_t hash, enum values_ahead ahead);
/* The number of a text (and its str_hash) in a role, given one if it has none. `word`: it is a word
 * of a name or place, to be settled (link_words_settle) before anybody asks. */
uint32_t link_values_number(struct values *values, struct str text, uint64_t hash, int role,
                            bool word);
/* The number of a text in a role, or VALUE_NONE. */
uint32_t link_values_find(const struct values *values, struct str text, int role);
static inline struct str link_value_text(const struct values *values, uint32_t number)
{
    return str_of(values->text + values->value[number].text, values->value[number].length);
}
/* The word that a text is, or WORD_NONE. */
uint32_t link_values_word(const struct values *values, struct str text);
/* As a word of a name; borrows from the values, until the next change of them. */
struct name_token link_value_token(const struct values *values, uint32_t number);
/* Finds out what the words of a record's names are; it borrows from the values. */
void link_values_know(const struct values *values, struct record *record);
size_t link_values_bytes(const struct values *values);

#endif
