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
}

void link_values_done(struct values *values)
{
    free(values->value);
    free(values->text);
    free(values->slot);
    free(values->sounds);
    *values = (struct values){0};
}

bool link_values_room(const struct values *values)
{
    return values->count < NUMBERS_MAX - RECORD_KEYS_MAX &&
           values->text_used < UINT32_MAX - 2 * RECORD_POOL;
}

static uint32_t *slot_of(const struct values *values, struct str text)
{
    uint32_t at = (uint32_t)(str_hash(text) >> 13) & (values->slots - 1);
    while (values->slot[at] && !str_eq(link_value_text(values, values->slot[at] - 1), text))
        at = (at + 1) & (values->slots - 1);
    return &values->slot[at];
}

static void grow_slots(struct values *values)
{
    free(values->slot);
    values->slots *= 2;
    values->slot = calloc(values->slots, sizeof *values->slot);
    if (!values->slot) abort();
    for (uint32_t i = 0; i < values->count; i++)
        *slot_of(values, link_value_text(values, i)) = i + 1;
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

static uint32_t keep_sounds(struct values *values, const struct name_token *token)
{
    if (values->sounds_count == values->sounds_capacity) {
        values->sounds_capacity = values->sounds_capacity * 3 / 2 + 64;
        values->sounds = grown(values->sounds, values->sounds_capacity, sizeof *values->sounds);
    }
    struct value_sounds *sounds = &values->sounds[values->sounds_count];
    sounds->sound = token->sound;
    sounds->other_sound = token->other_sound;
    memcpy(sounds->family, token->family, sizeof sounds->family);
    return ++values->sounds_count;
}

uint32_t link_values_number(struct values *values, struct str text, int role,
                            const struct name_token *token)
{
    if (values->count * 4u >= values->slots * 3u) grow_slots(values);
    uint32_t *slot = slot_of(values, text);
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
    if (token && !value->name) value->name = keep_sounds(values, token);
    return *slot - 1;
}

uint32_t link_values_find(const struct values *values, struct str text, int role)
{
    uint32_t slot = *slot_of(values, text);
    return slot && (values->value[slot - 1].roles >> role & 1) ? slot - 1 : VALUE_NONE;
}

struct name_token link_value_token(const struct values *values, uint32_t number)
{
    struct name_token token = {.text = link_value_text(values, number)};
    const struct value_sounds *sounds = &values->sounds[values->value[number].name - 1];
    token.sound = sounds->sound;
    token.other_sound = sounds->other_sound;
    memcpy(token.family, sounds->family, sizeof token.family);
    return token;
}

size_t link_values_bytes(const struct values *values)
{
    return values->capacity * sizeof *values->value + values->text_capacity +
           values->slots * sizeof *values->slot + values->sounds_capacity * sizeof *values->sounds;
}
