#include "link/value.h"

#include <stdlib.h>

enum { NUMBERS_MAX = 1 << 26 }; /* what a packed record has room for */

static void *grown(void *old, size_t count, size_t size)
{
    void *new = reallocarray(old, count, size);
    if (!new) abort();
    return new;
}

void link_values_init(struct values *values)
{
    *values = (struct values){.slots = 1024};
    values->slot = calloc(values->slots, sizeof *values->slot);
    if (!values->slot) abort();
    link_words_init(&values->words);
}

void link_values_done(struct values *values)
{
    free(values->value);
    free(values->text);
    free(values->slot);
    link_words_done(&values->words);
    *values = (struct values){0};
}

bool link_values_room(const struct values *values)
{
    return values->count < NUMBERS_MAX - RECORD_KEYS_MAX &&
           values->words.count < WORDS_MAX - RECORD_KEYS_MAX &&
           values->text_used < UINT32_MAX - 2 * RECORD_POOL;
}

static uint32_t home_of(const struct values *values, uint64_t hash)
{
    return (uint32_t)(hash >> 13) & (values->slots - 1);
}

static uint32_t *slot_of(const struct values *values, struct str text, uint64_t hash)
{
    uint32_t at = home_of(values, hash);
    while (values->slot[at] && !str_eq(link_value_text(values, values->slot[at] - 1), text))
        at = (at + 1) & (values->slots - 1);
    return &values->slot[at];
}

static void resize_slots(struct values *values, uint32_t slots)
{
    free(values->slot);
    values->slots = slots;
    values->slot = calloc(values->slots, sizeof *values->slot);
    if (!values->slot) abort();
    for (uint32_t i = 0; i < values->count; i++)
        *slot_of(values, link_value_text(values, i), str_hash(link_value_text(values, i))) = i + 1;
}

void link_values_expect(struct values *values, size_t count)
{
    uint32_t slots = values->slots;
    while (slots < NUMBERS_MAX && count * 4 >= (size_t)slots * 3) slots *= 2;
    if (slots > values->slots) resize_slots(values, slots);
}

static uint32_t keep_text(struct values *values, struct str text)
{
    if (values->text_used + text.len > values->text_capacity) {
        size_t capacity = (size_t)values->text_capacity * 3 / 2 + 4096;
        values->text_capacity = capacity > UINT32_MAX ? UINT32_MAX : (uint32_t)capacity;
        values->text = grown(values->text, values->text_capacity, 1);
    }
    if (text.len) memcpy(values->text + values->text_used, text.ptr, text.len);
    values->text_used += (uint32_t)text.len;
    return values->text_used - (uint32_t)text.len;
}

void link_values_fetch(const struct values *values, uint64_t hash, enum values_ahead ahead)
{
    const uint32_t *slot = &values->slot[home_of(values, hash)];
    if (ahead == AHEAD_SLOT) {
        __builtin_prefetch(slot);
    } else if (*slot) {
        const struct link_value *value = &values->value[*slot - 1];
        if (ahead == AHEAD_VALUE)
            __builtin_prefetch(value, 1);
        else
            __builtin_prefetch(values->text + value->text);
    }
}

uint32_t link_values_number(struct values *values, struct str text, uint64_t hash, int role,
                            bool word)
{
    if (values->count * 4u >= values->slots * 3u) resize_slots(values, values->slots * 2);
    uint32_t *slot = slot_of(values, text, hash);
    if (!*slot) {
        if (values->count == values->capacity) {
            values->capacity = values->capacity * 3 / 2 + 256;
            values->value = grown(values->value, values->capacity, sizeof *values->value);
        }
        values->value[values->count] =
            (struct link_value){.text = keep_text(values, text), .length = (uint8_t)text.len};
        *slot = ++values->count;
    }
    struct link_value *value = &values->value[*slot - 1];
    value->roles |= 1u << role;
    if (word && !value->word)
        value->word =
            link_words_add(&values->words, values->text, *slot - 1, value->text, value->length) + 1;
    return *slot - 1;
}

uint32_t link_values_find(const struct values *values, struct str text, int role)
{
    uint32_t slot = *slot_of(values, text, str_hash(text));
    return slot && (values->value[slot - 1].roles >> role & 1) ? slot - 1 : VALUE_NONE;
}

uint32_t link_values_word(const struct values *values, struct str text)
{
    uint32_t slot = *slot_of(values, text, str_hash(text));
    uint32_t word = slot ? values->value[slot - 1].word : 0;
    return word ? word - 1 : WORD_NONE;
}

struct name_token link_value_token(const struct values *values, uint32_t number)
{
    uint32_t word = values->value[number].word - 1;
    return (struct name_token){.text = link_value_text(values, number),
                               .sounds = &values->words.word[word].sounds,
                               .word = word,
                               .asked = ASKED_NONE};
}

static void know(const struct values *values, struct name *name, struct word_sounds *space)
{
    for (int i = 0; i < name->count; i++) {
        struct name_token *token = &name->token[i];
        token->word = link_values_word(values, token->text);
        if (token->word == WORD_NONE) {
            link_word_sounds(token->text, &space[i]);
            token->sounds = &space[i];
        } else {
            token->sounds = &values->words.word[token->word].sounds;
        }
    }
}

void link_values_know(const struct values *values, struct record *record)
{
    know(values, &record->name, record->sounds);
    know(values, &record->alias, record->sounds + RECORD_TOKENS);
}

size_t link_values_bytes(const struct values *values)
{
    return values->capacity * sizeof *values->value + values->text_capacity +
           values->slots * sizeof *values->slot + link_words_bytes(&values->words);
}
