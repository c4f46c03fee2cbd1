/*
 * Keys: under what a record is found.
 */
#include "link/record.h"

#include "link/normalise.h"
#include "link/phonetic.h"

#include <stdio.h>

uint64_t link_key(char type, struct str value)
{
    uint64_t hash = str_hash(value) ^ (uint64_t)(unsigned char)type * 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 29;
}

uint64_t link_companion_key(enum link_kind kind, const struct companion *companion)
{
    enum link_field field = companion->field == LINK_ALIAS ? LINK_NAME : companion->field;
    return link_key((char)(128 + (int)field), companion->value) + (uint64_t)kind * 0x2545f4914f6cdd1du;
}

struct keys {
    struct record_key *list;
    size_t count;
    uint8_t word; /* of the keys that are being added */
};

static void add_key(struct keys *keys, uint64_t key)
{
    if (keys->count == RECORD_KEYS_MAX) return;
    for (size_t i = 0; i < keys->count; i++)
        if (keys->list[i].key == key) return;
    keys->list[keys->count++] = (struct record_key){key, keys->word};
}

static void add(struct keys *keys, char type, struct str value)
{
    if (value.len) add_key(keys, link_key(type, value));
}

/* Two values together are rarer than each: what a common one asks for. */
static void add_both(struct keys *keys, char type, struct str a, struct str b)
{
    char both[2 * LINK_TEXT_SIZE];
    uint8_t word = keys->word;
    keys->word = KEY_ALONE;
    snprintf(both, sizeof both, "%.*s %.*s", STR_ARG(a), STR_ARG(b));
    add(keys, type, str_from(both));
    keys->word = word;
}

static void add_name(struct keys *keys, const struct name *name)
{
    for (int i = 0; i < name->count; i++, keys->word++) {
        const struct name_token *token = &name->token[i];
        char space[LINK_PLAIN_SIZE];
        add(keys, 'n', token->text);
        add(keys, 'N', link_plain(token->text, space));
        if (token->sound > 0xffff) /* three sounds or more */
            add(keys, 's', str_of((const char *)&token->sound, sizeof token->sound));
        if (token->other_sound > 0xffff)
            add(keys, 'S', str_of((const char *)&token->other_sound, sizeof token->other_sound));
        for (int k = 0; k < NAME_FAMILIES && token->family[k]; k++)
            add(keys, 'f', str_of((const char *)&token->family[k], sizeof token->family[k]));
        for (int k = i + 1; k < name->count; k++) {
            struct str a = token->text;
            struct str b = name->token[k].text;
            bool swap = str_cmp(a, b) > 0;
            add_both(keys, '2', swap ? b : a, swap ? a : b);
        }
    }
}

/* The last digits, which people remember; the first seven; and the number with each
 * of its last three digits left open.  A number with one digit wrong shares one of
 * these with the right one. */
static void add_phone(struct keys *keys, const struct record *record)
{
    struct str digits = record->digits;
    add(keys, 'p', record->number);
    for (size_t length = 3; length <= 7; length++)
        if (digits.len >= length)
            add(keys, (char)('0' + length), str_sub(digits, digits.len - length, length));
    if (!record->number.len || digits.len < 9 || digits.len > 12) return;
    for (size_t i = digits.len - 3; i < digits.len; i++) {
        char open[16];
        memcpy(open, digits.ptr, digits.len);
        open[i] = '?';
        add(keys, 'o', str_of(open, digits.len));
    }
}

static void add_handle(struct keys *keys, const struct record *record)
{
    add(keys, 'h', record->handle);
    add(keys, 't', record->stem);
    add(keys, 'e', record->email);
    char digits[LINK_TEXT_SIZE];
    size_t count = 0;
    for (size_t i = 0; i < record->handle.len && count < sizeof digits; i++)
        if (record->handle.ptr[i] >= '0' && record->handle.ptr[i] <= '9')
            digits[count++] = record->handle.ptr[i];
    keys->word++;
    if (count >= 2) add(keys, 'g', str_of(digits, count));
    if (record->stem.len < 5) return;
    /* The first and last four letters: a slip in the one leaves the other, and one in
     * the middle leaves the digits. */
    keys->word++;
    add(keys, 'a', str_sub(record->stem, 0, 4));
    keys->word++;
    add(keys, 'z', str_sub(record->stem, record->stem.len - 4, 4));
}

static void add_place(struct keys *keys, const struct record *record)
{
    add(keys, 'c', record->postcode);
    for (int i = 0; i < record->venues; i++) {
        keys->word++;
        add(keys, 'v', record->venue[i]);
        if (record->town.len) add_both(keys, 'V', record->venue[i], record->town);
        if (i + 1 < record->venues) add_both(keys, 'W', record->venue[i], record->venue[i + 1]);
    }
    for (int i = 0; i < record->addresses; i++) {
        keys->word++;
        add(keys, 'd', record->address[i]);
        if (i + 1 < record->addresses) add_both(keys, 'A', record->address[i], record->address[i + 1]);
    }
}

static void add_vehicle(struct keys *keys, const struct record *record)
{
    add(keys, 'q', record->plate);
    keys->word++;
    if (record->colour.len && (record->make.len || record->model.len))
        add_both(keys, 'm', record->colour, record->model.len ? record->model : record->make);
}

size_t link_record_keys(const struct record *record, struct record_key ret[static RECORD_KEYS_MAX])
{
    struct keys keys = {ret, 0, 0};
    switch (record->kind) {
    case LINK_PERSON:
        add_name(&keys, &record->name);
        add_name(&keys, &record->alias);
        keys.word++;
        if (record->birth.from == record->birth.to)
            add(&keys, 'b', str_of((const char *)&record->birth.from, sizeof record->birth.from));
        break;
    case LINK_VEHICLE: add_vehicle(&keys, record); break;
    case LINK_PHONE: add_phone(&keys, record); break;
    case LINK_ACCOUNT: add_handle(&keys, record); break;
    default: add_place(&keys, record); break;
    }
    for (int i = 0; i < record->companions; i++) {
        keys.word++;
        add_key(&keys, link_companion_key(record->kind, &record->companion[i]));
    }
    return keys.count;
}
