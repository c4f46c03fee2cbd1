/*
 * Keys: under what a record is found.
 */
#include "link/number.h"
#include "link/record.h"

#include <stdio.h>

uint64_t link_key(char type, struct str value)
{
    uint64_t hash = str_hash(value) ^ (uint64_t)(unsigned char)type * 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 29;
}

uint64_t link_companion_key(enum link_kind kind, const struct companion *companion)
{
    enum link_field field = companion->field == LINK_ALIAS ? LINK_NAME : companion->field;
    return link_key((char)(128 + (int)field), companion->value) +
           (uint64_t)kind * 0x2545f4914f6cdd1du;
}

int link_near_numbers(struct str number, struct near_number ret[static NEAR_NUMBERS])
{
    int count = 0;
    if (number.len < 12 || number.len > 15) return 0;
    for (size_t i = number.len - 3; i < number.len; i++)
        for (char digit = '0'; digit <= '9'; digit++) {
            if (number.ptr[i] == digit) continue;
            memcpy(ret[count].text, number.ptr, number.len);
            ret[count].text[number.len] = 0;
            ret[count++].text[i] = digit;
        }
    return count;
}

struct keys {
    struct record_key *list;
    size_t count;
};

static void add_key(struct keys *keys, uint64_t key, char type, int at)
{
    if (keys->count == RECORD_KEYS_MAX) return;
    for (size_t i = 0; i < keys->count; i++)
        if (keys->list[i].key == key) return;
    keys->list[keys->count++] = (struct record_key){key, type, (uint8_t)at};
}

static void add(struct keys *keys, char type, struct str value, int at)
{
    if (value.len) add_key(keys, link_key(type, value), type, at);
}

static void add_words(struct keys *keys, char type, const struct str *words, int count)
{
    for (int i = 0; i < count; i++) add(keys, type, words[i], i);
}

static void add_person(struct keys *keys, const struct record *record)
{
    for (int i = 0; i < record->name.count; i++)
        add(keys, KEY_NAME_WORD, record->name.token[i].text, i);
    for (int i = 0; i < record->alias.count; i++)
        add(keys, KEY_NAME_WORD, record->alias.token[i].text, RECORD_TOKENS + i);
    add_words(keys, KEY_LOOK_WORD, record->word, record->words);
    if (record->birth.from == record->birth.to)
        add(keys, KEY_BIRTH_DAY,
            str_of((const char *)&record->birth.from, sizeof record->birth.from), 0);
}

static void add_begin(struct keys *keys, char type, struct str digits, size_t length)
{
    if (digits.len >= length) add(keys, type, str_sub(digits, 0, length), 0);
}

/* The number, or what was seen of it, the last digits, which people remember, and the first. */
static void add_phone(struct keys *keys, const struct phone *phone)
{
    struct str end = link_digits_end(phone->digits);
    add(keys, KEY_NUMBER, phone->number, 0);
    if (!phone->number.len) add(keys, KEY_NUMBER_PART, phone->digits, 0);
    for (size_t length = TAIL_LEAST; length <= TAIL_MOST && length <= end.len; length++)
        add(keys, link_key_tail(length), str_sub(end, end.len - length, length), 0);
    if (phone->number.len) {
        add_begin(keys, KEY_NUMBER_BEGIN, phone->digits, NUMBER_BEGIN);
        add_begin(keys, KEY_NUMBER_BEGINS, phone->digits, NUMBER_BEGINS);
    } else if (end.len < phone->digits.len) {
        size_t most = end.len < TAIL_MOST ? end.len : TAIL_MOST;
        add_begin(keys, KEY_OPEN_BEGIN, link_digits_begin(phone->digits), NUMBER_BEGIN);
        if (most >= TAIL_LEAST) add(keys, KEY_OPEN_END, str_sub(end, end.len - most, most), 0);
    }
}

/* What nearly the same handles, and names of emails, have in common. */
static void add_account_name(struct keys *keys, struct str name, struct str stem)
{
    char digits[LINK_TEXT_SIZE];
    size_t count = 0;
    if (stem.len >= STEM_LEAST) add(keys, KEY_STEM, stem, 0);
    for (size_t i = 0; i < name.len && count < sizeof digits; i++)
        if (name.ptr[i] >= '0' && name.ptr[i] <= '9') digits[count++] = name.ptr[i];
    if (count >= 2) add(keys, KEY_HANDLE_DIGITS, str_of(digits, count), 0);
    if (stem.len < 5) return;
    /* The first and last four letters: a slip in the one leaves the other, and one in
     * the middle leaves the digits. */
    add(keys, KEY_STEM_BEGIN, str_sub(stem, 0, 4), 0);
    add(keys, KEY_STEM_END, str_sub(stem, stem.len - 4, 4), 0);
}

static void add_account(struct keys *keys, const struct record *record)
{
    char mailbox[LINK_TEXT_SIZE], stem[LINK_TEXT_SIZE];
    add(keys, KEY_HANDLE, record->handle, 0);
    add_account_name(keys, record->handle, record->stem);
    if (!record->email.len) return;
    link_email_mailbox(record->email, mailbox);
    add(keys, KEY_EMAIL, str_from(mailbox), 0);
    struct str name = link_email_name(str_from(mailbox));
    if (link_email_name_is_common(name)) return;
    (void)link_stem(name, stem);
    add_account_name(keys, name, str_from(stem));
}

static void add_place(struct keys *keys, const struct record *record)
{
    add(keys, KEY_POSTCODE, record->postcode, 0);
    add(keys, KEY_TOWN, record->town, 0);
    add_words(keys, KEY_VENUE_WORD, record->venue, record->venues);
    add_words(keys, KEY_ADDRESS_WORD, record->address, record->addresses);
}

static void add_vehicle(struct keys *keys, const struct record *record)
{
    add(keys, KEY_PLATE, record->plate, 0);
    struct str model = record->model.len ? record->model : record->make;
    if (!record->colour.len || !model.len) return;
    char both[2 * LINK_TEXT_SIZE];
    snprintf(both, sizeof both, "%.*s %.*s", STR_ARG(record->colour), STR_ARG(model));
    add(keys, KEY_COLOUR_MODEL, str_from(both), 0);
}

size_t link_record_keys(const struct record *record, struct record_key ret[static RECORD_KEYS_MAX])
{
    struct keys keys = {ret, 0};
    switch (record->kind) {
    case LINK_PERSON: add_person(&keys, record); break;
    case LINK_VEHICLE: add_vehicle(&keys, record); break;
    case LINK_PHONE:
        add_phone(&keys, &record->phone);
        add_phone(&keys, &record->second);
        break;
    case LINK_ACCOUNT: add_account(&keys, record); break;
    default: add_place(&keys, record); break;
    }
    for (int i = 0; i < record->companions; i++)
        add_key(&keys, link_companion_key(record->kind, &record->companion[i]), KEY_BESIDE, i);
    return keys.count;
}
