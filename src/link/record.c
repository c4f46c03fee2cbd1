#include "link/record.h"

#include "link/normalise.h"
#include "link/phonetic.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

/* Words that say little of which place it is: they are kept for comparison only
 * together with others. */
static const char *const small_words[] = {"the", "a", "of", "at", "by", "on", "in", "near", "and",
                                          "to", "outside", "behind", "opposite", "next"};

/* --- texts ------------------------------------------------------------------------- */

static struct str keep(struct record *record, const char *text)
{
    size_t length = strlen(text);
    if (length == 0 || record->pool_used + length > RECORD_POOL) return STR("");
    char *at = record->pool + record->pool_used;
    memcpy(at, text, length);
    record->pool_used += length;
    return str_of(at, length);
}

static bool is_small(struct str word)
{
    for (size_t i = 0; i < sizeof small_words / sizeof *small_words; i++)
        if (str_eq(word, str_from(small_words[i]))) return true;
    return false;
}

/* The words of a folded text. */
static int words_of(struct record *record, struct str text, bool small, struct str *ret, int maximum)
{
    char folded[LINK_TEXT_SIZE];
    link_fold(text, folded);
    struct str rest = keep(record, folded);
    struct str word;
    int count = 0;
    if (!rest.len) return 0;
    while (count < maximum && str_split(&rest, ' ', &word))
        if (word.len && (small || !is_small(word))) ret[count++] = word;
    return count;
}

static bool is_one_of(struct str word, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(word, str_from(list[i]))) return true;
    return false;
}

/* "O'Brien" as "O Brien", whichever apostrophe, so that the O stands by itself. */
static struct str part_o(struct str text, char *space, size_t size)
{
    size_t count = 0;
    if (text.len > size) return text;
    for (size_t i = 0; i < text.len; i++) {
        struct str rest = str_sub(text, i, text.len);
        bool curly = str_starts(rest, STR("\xe2\x80\x99"));
        bool after_o = count > 0 && (space[count - 1] == 'O' || space[count - 1] == 'o') &&
                       (count == 1 || space[count - 2] == ' ');
        if (after_o && (curly || text.ptr[i] == '\'')) {
            space[count++] = ' ';
            i += curly ? 2 : 0;
        } else {
            space[count++] = text.ptr[i];
        }
    }
    return str_of(space, count);
}

/* O, Mac and Mc begin so many names that they make none alike, and reports leave
 * them out: they are kept apart from the name. */
static struct str without_mac(struct str word)
{
    size_t mac = str_starts(word, STR("mac")) ? 3 : str_starts(word, STR("mc")) ? 2 : 0;
    return mac && word.len >= mac + 4 ? str_sub(word, mac, word.len) : word;
}

static void make_name(struct record *record, struct str text, struct name *ret, int maximum)
{
    static const char *const titles[] = {"mr", "mrs", "miss", "ms", "dr", "unknown", "male", "female"};
    static const char *const starts[] = {"o", "mac", "mc"};
    char space[256];
    struct str words[RECORD_TOKENS];
    int count = words_of(record, part_o(text, space, sizeof space), true, words, maximum);
    for (int i = 0; i < count; i++) {
        if (is_one_of(words[i], titles, sizeof titles / sizeof *titles)) continue;
        bool starts_next = i > 0 && words[i].len > 2 &&
                           is_one_of(words[i - 1], starts, sizeof starts / sizeof *starts);
        if (i + 1 < count && words[i + 1].len > 2 &&
            is_one_of(words[i], starts, sizeof starts / sizeof *starts))
            continue;
        struct str word = without_mac(words[i]);
        struct name_token *token = &ret->token[ret->count++];
        *token = (struct name_token){.text = word,
                                     .sound = link_sound(word),
                                     .other_sound = link_sound_other(word),
                                     .start = word.len < words[i].len ? 'm'
                                              : starts_next           ? words[i - 1].ptr[0]
                                                                      : 0};
        link_name_families(word, token->family);
    }
}

/* --- each kind ------------------------------------------------------------------------ */

static void make_person(const struct link_mention *mention, struct record *ret)
{
    make_name(ret, mention->field[LINK_NAME], &ret->name, RECORD_TOKENS);
    make_name(ret, mention->field[LINK_ALIAS], &ret->alias, RECORD_ALIASES);
    ret->birth = link_birth(mention->field[LINK_BIRTH], mention->field[LINK_AGE], mention->reported_day);
    ret->words = words_of(ret, mention->field[LINK_DESCRIPTION], false, ret->word, RECORD_WORDS);
}

static void make_vehicle(const struct link_mention *mention, struct record *ret)
{
    char plate[LINK_REGISTRATION_SIZE];
    char word[32];
    char make[32] = "";
    if (link_registration_clean(mention->field[LINK_REGISTRATION], plate, &ret->plate_partial)) {
        ret->plate = keep(ret, plate);
        if (!ret->plate_partial && !link_registration_is_uk(ret->plate) && ret->plate.len < 7)
            ret->plate_partial = true;
    }
    /* People write the model with its make, and either in the other's box. */
    struct str words[RECORD_TOKENS * 2];
    int count = words_of(ret, mention->field[LINK_MAKE], false, words, RECORD_TOKENS);
    count += words_of(ret, mention->field[LINK_MODEL], false, words + count, RECORD_TOKENS);
    for (int i = 0; i < count; i++) {
        char model_make[32];
        if (!ret->make.len && link_make(words[i], word)) {
            ret->make = keep(ret, word);
        } else if (!ret->model.len) {
            (void)link_model(words[i], word, model_make);
            ret->model = keep(ret, word);
            if (model_make[0]) snprintf(make, sizeof make, "%s", model_make);
        }
    }
    if (!ret->make.len) ret->make = keep(ret, make);
    if (mention->field[LINK_COLOUR].len) {
        (void)link_colour(mention->field[LINK_COLOUR], word);
        ret->colour = keep(ret, word);
    }
}

/* The national digits of a whole or partial number: without 44 or the zero. */
static size_t digits_of(struct str text, char ret[static LINK_TEXT_SIZE])
{
    char number[LINK_PHONE_SIZE];
    bool whole = link_phone_e164(text, number);
    struct str from = whole ? str_from(number) : text;
    size_t count = 0;
    for (size_t i = 0; i < from.len && count < 20; i++)
        if (from.ptr[i] >= '0' && from.ptr[i] <= '9') ret[count++] = from.ptr[i];
    size_t drop = whole && ret[0] == '4' && ret[1] == '4' ? 2 : !whole && count > 9 && ret[0] == '0' ? 1 : 0;
    memmove(ret, ret + drop, count - drop);
    ret[count - drop] = 0;
    return count - drop;
}

static void make_phone(struct str text, struct record *ret)
{
    char number[LINK_PHONE_SIZE];
    char digits[LINK_TEXT_SIZE];
    if (link_phone_e164(text, number)) ret->number = keep(ret, number);
    if (digits_of(text, digits) >= 3) ret->digits = keep(ret, digits);
}

static void make_account(const struct link_mention *mention, struct record *ret)
{
    char text[LINK_TEXT_SIZE];
    char platform[32];
    if (mention->field[LINK_PLATFORM].len) {
        link_platform(mention->field[LINK_PLATFORM], platform);
        ret->platform = keep(ret, platform);
    }
    if (link_email(mention->field[LINK_EMAIL], text)) ret->email = keep(ret, text);
    if (!mention->field[LINK_HANDLE].len) return;
    link_handle(mention->field[LINK_HANDLE], text);
    ret->handle = keep(ret, text);
    size_t count = 0;
    for (size_t i = 0; text[i]; i++)
        if (text[i] >= 'a' && text[i] <= 'z') text[count++] = text[i];
    text[count] = 0;
    if (count >= 3) ret->stem = keep(ret, text);
}

static void make_place(const struct link_mention *mention, struct record *ret)
{
    char text[LINK_TEXT_SIZE];
    char postcode[LINK_POSTCODE_SIZE];
    ret->venues = words_of(ret, mention->field[LINK_VENUE], false, ret->venue, RECORD_TOKENS);
    ret->addresses = words_of(ret, mention->field[LINK_ADDRESS], false, ret->address, RECORD_TOKENS);
    link_fold(mention->field[LINK_TOWN], text);
    ret->town = keep(ret, text);
    if (link_postcode(mention->field[LINK_POSTCODE], postcode, &ret->postcode_whole))
        ret->postcode = keep(ret, postcode);
}

/* A companion in the form of its field; false when it identifies nothing. */
static bool make_companion(const struct link_companion *from, struct record *record, struct companion *ret)
{
    char text[LINK_TEXT_SIZE] = "";
    bool partial = false;
    switch (from->field) {
    case LINK_REGISTRATION:
        if (!link_registration_clean(from->value, text, &partial)) return false;
        break;
    case LINK_NUMBER:
        if (digits_of(from->value, text) < 4) return false;
        break;
    case LINK_EMAIL:
        if (!link_email(from->value, text)) return false;
        break;
    case LINK_HANDLE: link_handle(from->value, text); break;
    case LINK_POSTCODE:
        if (!link_postcode(from->value, text, &partial) || !partial) return false;
        break;
    default: link_fold(from->value, text); break;
    }
    *ret = (struct companion){from->field, keep(record, text)};
    return ret->value.len >= 3;
}

void link_record_make(const struct link_mention *mention, struct record *ret)
{
    memset(ret, 0, offsetof(struct record, pool));
    ret->pool_used = 0;
    ret->kind = mention->kind;
    ret->id = mention->id;
    ret->report = mention->report;
    ret->seen_from = mention->seen_from;
    ret->seen_to = mention->seen_to;
    ret->birth = (struct birth){1, 0, false};
    switch (mention->kind) {
    case LINK_PERSON: make_person(mention, ret); break;
    case LINK_VEHICLE: make_vehicle(mention, ret); break;
    case LINK_PHONE: make_phone(mention->field[LINK_NUMBER], ret); break;
    case LINK_ACCOUNT: make_account(mention, ret); break;
    default: make_place(mention, ret); break;
    }
    for (size_t i = 0; i < mention->companion_count && i < LINK_COMPANIONS_MAX; i++)
        if (make_companion(&mention->companion[i], ret, &ret->companion[ret->companions]))
            ret->companions++;
}

/* --- keys ---------------------------------------------------------------------------------- */

uint64_t link_key(char type, struct str value)
{
    uint64_t hash = str_hash(value) ^ (uint64_t)(unsigned char)type * 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 29;
}

struct keys {
    uint64_t *list;
    size_t count;
};

static void add_key(struct keys *keys, uint64_t key)
{
    if (keys->count == RECORD_KEYS_MAX) return;
    for (size_t i = 0; i < keys->count; i++)
        if (keys->list[i] == key) return;
    keys->list[keys->count++] = key;
}

static void add(struct keys *keys, char type, struct str value)
{
    if (value.len) add_key(keys, link_key(type, value));
}

static void add_name(struct keys *keys, const struct name *name)
{
    for (int i = 0; i < name->count; i++) {
        const struct name_token *token = &name->token[i];
        add(keys, 'n', token->text);
        char space[LINK_PLAIN_SIZE];
        add(keys, 'N', link_plain(token->text, space));
        if (token->sound > 0xffff) /* three sounds or more */
            add(keys, 's', str_of((const char *)&token->sound, sizeof token->sound));
        if (token->other_sound > 0xffff)
            add(keys, 'S', str_of((const char *)&token->other_sound, sizeof token->other_sound));
        for (int k = 0; k < NAME_FAMILIES && token->family[k]; k++)
            add(keys, 'f', str_of((const char *)&token->family[k], sizeof token->family[k]));
        /* Two words together are rarer than each: what a common name asks for. */
        for (int k = i + 1; k < name->count; k++) {
            char both[2 * LINK_TEXT_SIZE];
            struct str a = token->text;
            struct str b = name->token[k].text;
            bool swap = str_cmp(a, b) > 0;
            snprintf(both, sizeof both, "%.*s %.*s", STR_ARG(swap ? b : a), STR_ARG(swap ? a : b));
            add(keys, '2', str_from(both));
        }
    }
}

/* One digit of ten may be wrong: the number with each digit left open. */
static void add_phone(struct keys *keys, const struct record *record)
{
    struct str digits = record->digits;
    add(keys, 'p', record->number);
    for (size_t length = 3; length <= 7; length++)
        if (digits.len >= length) add(keys, (char)('0' + length), str_sub(digits, digits.len - length, length));
    if (!record->number.len || digits.len > 12) return;
    for (size_t i = 0; i < digits.len; i++) {
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
    if (record->stem.len < 5) return;
    /* The first and last four letters: a slip in the one leaves the other. */
    add(keys, 'a', str_sub(record->stem, 0, 4));
    add(keys, 'z', str_sub(record->stem, record->stem.len - 4, 4));
}

static void add_place(struct keys *keys, const struct record *record)
{
    add(keys, 'c', record->postcode);
    for (int i = 0; i < record->venues; i++) {
        add(keys, 'v', record->venue[i]);
        if (record->town.len) {
            char both[2 * LINK_TEXT_SIZE];
            snprintf(both, sizeof both, "%.*s@%.*s", STR_ARG(record->venue[i]), STR_ARG(record->town));
            add(keys, 'V', str_from(both));
        }
        for (int k = i + 1; k < record->venues; k++) {
            char both[2 * LINK_TEXT_SIZE];
            snprintf(both, sizeof both, "%.*s %.*s", STR_ARG(record->venue[i]), STR_ARG(record->venue[k]));
            add(keys, 'W', str_from(both));
        }
    }
    for (int i = 0; i < record->addresses; i++) add(keys, 'd', record->address[i]);
    for (int i = 0; i + 1 < record->addresses; i++) {
        char both[2 * LINK_TEXT_SIZE];
        snprintf(both, sizeof both, "%.*s %.*s", STR_ARG(record->address[i]),
                 STR_ARG(record->address[i + 1]));
        add(keys, 'A', str_from(both));
    }
}

static void add_vehicle(struct keys *keys, const struct record *record)
{
    char text[128];
    char folded[LINK_REGISTRATION_SIZE];
    if (record->plate.len && !record->plate_partial) {
        snprintf(folded, sizeof folded, "%.*s", STR_ARG(record->plate));
        link_registration_fold(folded);
        add(keys, 'P', str_from(folded));
    }
    if (!record->colour.len || (!record->make.len && !record->model.len)) return;
    snprintf(text, sizeof text, "%.*s %.*s", STR_ARG(record->colour),
             STR_ARG(record->model.len ? record->model : record->make));
    add(keys, 'm', str_from(text));
}

size_t link_record_keys(const struct record *record, uint64_t ret[static RECORD_KEYS_MAX])
{
    struct keys keys = {ret, 0};
    switch (record->kind) {
    case LINK_PERSON:
        add_name(&keys, &record->name);
        add_name(&keys, &record->alias);
        if (record->birth.from == record->birth.to)
            add(&keys, 'b', str_of((const char *)&record->birth.from, sizeof record->birth.from));
        break;
    case LINK_VEHICLE: add_vehicle(&keys, record); break;
    case LINK_PHONE: add_phone(&keys, record); break;
    case LINK_ACCOUNT: add_handle(&keys, record); break;
    default: add_place(&keys, record); break;
    }
    for (int i = 0; i < record->companions; i++)
        add_key(&keys, link_companion_key(&record->companion[i]));
    return keys.count;
}

/* --- keeping ------------------------------------------------------------------------------ */

static void move(struct str *text, const struct record *from, struct record *to)
{
    if (text->len && text->ptr >= from->pool && text->ptr < from->pool + RECORD_POOL)
        text->ptr = to->pool + (text->ptr - from->pool);
}

struct record *link_record_keep(const struct record *record)
{
    size_t size = offsetof(struct record, pool) + record->pool_used;
    struct record *kept = malloc(size > sizeof *record ? sizeof *record : size);
    if (!kept) abort();
    memcpy(kept, record, size);
    for (int i = 0; i < kept->name.count; i++) move(&kept->name.token[i].text, record, kept);
    for (int i = 0; i < kept->alias.count; i++) move(&kept->alias.token[i].text, record, kept);
    for (int i = 0; i < kept->words; i++) move(&kept->word[i], record, kept);
    for (int i = 0; i < kept->venues; i++) move(&kept->venue[i], record, kept);
    for (int i = 0; i < kept->addresses; i++) move(&kept->address[i], record, kept);
    for (int i = 0; i < kept->companions; i++) move(&kept->companion[i].value, record, kept);
    struct str *texts[] = {&kept->plate, &kept->make,   &kept->model, &kept->colour, &kept->number,
                           &kept->digits, &kept->platform, &kept->handle, &kept->stem, &kept->email,
                           &kept->town,  &kept->postcode};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) move(texts[i], record, kept);
    return kept;
}
