/*
 * Free search: one text against everything that the index holds.
 */
#include "link/index.h"
#include "link/normalise.h"
#include "link/number.h"
#include "link/plate.h"
#include "link/kernel.h"

#include <stdio.h>
#include <stdlib.h>

/* The text in every form in which it may be asked for. */
struct wanted {
    struct str folded;
    struct name_token word[RECORD_TOKENS];
    struct word_sounds sounds[RECORD_TOKENS];
    int words;
    char plate[LINK_REGISTRATION_SIZE]; /* empty: not shaped like one */
    bool plate_open;                    /* has ? or * */
    /* three or more and nothing else; with gaps as number.h has them */
    struct str digits;
    char number[LINK_PHONE_SIZE];
    char begins[LINK_PHONE_SIZE]; /* the first digits of a number, as it is kept; empty: none */
    char handle[LINK_TEXT_SIZE];
    char mailbox[LINK_TEXT_SIZE]; /* empty: not an email */
    char postcode[LINK_POSTCODE_SIZE];
    char pool[LINK_TEXT_SIZE];
    char digit_pool[LINK_TEXT_SIZE];
};

struct found {
    double rank;
    enum link_field field;
    const char *how;
};

/* "W?8? 7?B" and "WK85*" are asked of registrations alone; "Daz?" is a question. */
static bool is_pattern(struct str text)
{
    text = str_trim(text);
    while (text.len && text.ptr[text.len - 1] == '?') text.len--;
    return text.len && (memchr(text.ptr, '?', text.len) || memchr(text.ptr, '*', text.len));
}

/* A number, or a part of one: its digits as they stand, or with gaps.  "2009?" is a question. */
static void want_digits(struct str text, struct wanted *ret)
{
    enum { KNOWN_LEAST = 3, KNOWN_OF_OPEN = 5 };
    size_t digits = 0, unseen = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool digit = c >= '0' && c <= '9';
        if (!digit && !strchr(" -+()?*", c)) return;
        unseen += c == '?' || c == '*';
        if (digit && digits < sizeof ret->digit_pool - 1) ret->digit_pool[digits++] = c;
    }
    if (digits < KNOWN_LEAST) return;
    if (unseen && digits < KNOWN_OF_OPEN) return;
    if (unseen) (void)link_digits(text, ret->digit_pool);
    ret->digits = unseen ? str_from(ret->digit_pool) : str_of(ret->digit_pool, digits);
}

/* "0770", "+44 770", "0044 770" and "447 70": how numbers with a country's code begin. */
static void want_first_digits(struct str digits, bool plus, char ret[static LINK_PHONE_SIZE])
{
    enum { TOLD_LEAST = 3 }; /* after the country's code */
    static const struct {
        const char *written, *kept;
    } ways[] = {{"00", "+"}, {"0", "+44"}, {"44", "+44"}};
    struct str kept = STR("+");
    *ret = 0;
    for (size_t i = 0; !plus && i < sizeof ways / sizeof *ways; i++) {
        if (!str_starts(digits, str_from(ways[i].written))) continue;
        digits = str_sub(digits, strlen(ways[i].written), digits.len);
        kept = str_from(ways[i].kept);
        plus = true;
    }
    size_t code = kept.len == 1 ? 2 : 0;
    if (plus && digits.len >= TOLD_LEAST + code && digits.len < LINK_PHONE_SIZE - kept.len)
        snprintf(ret, LINK_PHONE_SIZE, "%.*s%.*s", STR_ARG(kept), STR_ARG(digits));
}

static void want(struct str text, struct wanted *ret)
{
    bool whole = false;
    char numbers[LINK_NUMBERS][LINK_TEXT_SIZE];
    memset(ret, 0, sizeof *ret);
    (void)link_numbers(text, numbers);
    bool dials = link_phone_e164(str_from(numbers[0]), ret->number);
    want_digits(dials ? str_from(numbers[0]) : text, ret);
    link_fold(text, ret->pool);
    ret->folded = str_from(ret->pool);
    struct str rest = ret->folded;
    struct str word;
    bool pattern = is_pattern(text) || link_digits_open(ret->digits);
    while (!pattern && ret->words < RECORD_TOKENS && rest.len && str_split(&rest, ' ', &word))
        if (word.len) {
            struct name_token *token = &ret->word[ret->words++];
            struct word_sounds *sounds = &ret->sounds[ret->words - 1];
            link_word_sounds(word, sounds);
            *token = (struct name_token){.text = word, .sounds = sounds, .word = WORD_NONE};
        }
    if (!dials) ret->number[0] = 0;
    if (!pattern) want_first_digits(ret->digits, text.len && text.ptr[0] == '+', ret->begins);
    link_handle(text, ret->handle);
    if (pattern) ret->handle[0] = 0;
    char email[LINK_TEXT_SIZE];
    if (link_email(text, email)) link_email_mailbox(str_from(email), ret->mailbox);
    if (!link_postcode(text, ret->postcode, &whole)) ret->postcode[0] = 0;
    if (!link_registration_clean(text, ret->plate, &ret->plate_open) || strlen(ret->plate) < 2)
        ret->plate[0] = 0;
}

static void better(struct found *found, double rank, enum link_field field, const char *how)
{
    if (rank > found->rank) *found = (struct found){rank, field, how};
}

/* One word asked for against one word of a name. */
static void match_word(const struct name_token *asked, const struct name_token *has,
                       enum link_field field, struct found *found)
{
    if (str_eq(asked->text, has->text)) {
        better(found, 10, field, "exact");
        return;
    }
    if (link_word_family(asked->sounds, has->sounds)) better(found, 7, field, "short form");
    if (asked->text.len >= 3 && str_starts(has->text, asked->text))
        better(found, 8, field, "begins so");
    if (asked->text.len >= 3 && str_find(has->text, asked->text, 0) >= 0)
        better(found, 6, field, "part");
    if (asked->text.len < 4) return;
    if (asked->sounds->sound > 0xffff && asked->sounds->sound == has->sounds->sound)
        better(found, 6.5, field, "sounds alike");
    if (link_kernel_jaro_winkler(asked->text, has->text) >= 0.9)
        better(found, 5.5, field, "nearly so");
}

/* Every word that was asked for must be found; the rank is their mean. */
static void match_names(const struct wanted *wanted, const struct name *names,
                        enum link_field field, struct found *found)
{
    double sum = 0;
    const char *how = "exact";
    for (int i = 0; i < wanted->words; i++) {
        struct found best = {0};
        for (int k = 0; k < names->count; k++)
            match_word(&wanted->word[i], &names->token[k], field, &best);
        if (best.rank == 0) return;
        if (best.rank < 10) how = best.how;
        sum += best.rank;
    }
    if (wanted->words) better(found, sum / wanted->words, field, how);
}

static void match_words(const struct wanted *wanted, const struct str *words, int count,
                        enum link_field field, struct found *found)
{
    int matched = 0;
    for (int i = 0; i < wanted->words; i++) {
        for (int k = 0; k < count; k++) {
            bool part =
                wanted->word[i].text.len >= 3 && str_find(words[k], wanted->word[i].text, 0) >= 0;
            if (!part && !str_eq(words[k], wanted->word[i].text)) continue;
            matched++;
            break;
        }
    }
    if (matched && matched == wanted->words) better(found, 7, field, "part");
}

static void match_plate(const struct wanted *wanted, struct str plate, struct found *found)
{
    if (!wanted->plate[0] || !plate.len) return;
    struct str asked = str_from(wanted->plate);
    if (str_eq(asked, plate)) {
        better(found, 10, LINK_REGISTRATION, "exact");
    } else if (wanted->plate_open) {
        if (link_plate_matches(asked, plate))
            better(found, 9, LINK_REGISTRATION, "fits the pattern");
        else if (link_plate_fit(asked, plate).bits >= 8)
            better(found, 5, LINK_REGISTRATION, "may fit the pattern");
    } else if (asked.len >= 3 && str_find(plate, asked, 0) >= 0) {
        better(found, 8, LINK_REGISTRATION, "part");
    } else if (asked.len >= 4 && link_plate_fit(asked, plate).bits >= 12) {
        better(found, 6, LINK_REGISTRATION, "nearly so");
    }
}

/* Is it the mailbox that is asked for, written otherwise? */
static bool is_mailbox(const struct wanted *wanted, struct str email)
{
    char mailbox[LINK_TEXT_SIZE];
    if (!wanted->mailbox[0] || !email.len) return false;
    link_email_mailbox(email, mailbox);
    return strcmp(mailbox, wanted->mailbox) == 0;
}

static void match_account(const struct wanted *wanted, const struct record *record,
                          struct found *found)
{
    struct str asked = str_from(wanted->handle);
    if (asked.len < 2) return;
    if (str_eq(asked, record->handle)) better(found, 10, LINK_HANDLE, "exact");
    else if (asked.len >= 3 && str_find(record->handle, asked, 0) >= 0)
        better(found, 7, LINK_HANDLE, "part");
    else if (asked.len >= 5 && link_kernel_osa(asked, record->handle) <= 1)
        better(found, 6, LINK_HANDLE, "nearly so");
    if (str_eq(asked, record->email)) better(found, 10, LINK_EMAIL, "exact");
    else if (is_mailbox(wanted, record->email)) better(found, 9, LINK_EMAIL, "the same mailbox");
    else if (asked.len >= 3 && str_find(record->email, asked, 0) >= 0)
        better(found, 7, LINK_EMAIL, "part");
}

/* Does a number, or what is known of it, fit one with gaps? */
static bool number_fits(const struct wanted *wanted, struct str digits)
{
    struct digits_fit fit = link_digits_fit(wanted->digits, digits);
    return fit.telling >= TAIL_LEAST && !fit.differing;
}

static void match_number(const struct wanted *wanted, const struct phone *phone,
                         struct found *found)
{
    if (link_digits_open(wanted->digits)) {
        if (number_fits(wanted, phone->digits)) better(found, 9, LINK_NUMBER, "fits the pattern");
    } else if (wanted->number[0] && str_eq(str_from(wanted->number), phone->number))
        better(found, 10, LINK_NUMBER, "exact");
    else if (wanted->digits.len && str_ends(phone->digits, wanted->digits))
        better(found, 8, LINK_NUMBER, "last digits");
    else if (wanted->begins[0] && str_starts(phone->number, str_from(wanted->begins)))
        better(found, 7, LINK_NUMBER, "first digits");
    else if (wanted->digits.len >= 4 && str_find(phone->digits, wanted->digits, 0) >= 0)
        better(found, 6, LINK_NUMBER, "part");
}

static struct found match(const struct wanted *wanted, const struct record *record)
{
    struct found found = {0};
    switch (record->kind) {
    case LINK_PERSON:
        match_names(wanted, &record->name, LINK_NAME, &found);
        match_names(wanted, &record->alias, LINK_ALIAS, &found);
        match_words(wanted, record->word, record->words, LINK_DESCRIPTION, &found);
        if (found.field == LINK_DESCRIPTION) found.rank -= 3;
        break;
    case LINK_VEHICLE:
        match_plate(wanted, record->plate, &found);
        if (wanted->folded.len &&
            (str_eq(wanted->folded, record->make) || str_eq(wanted->folded, record->model)))
            better(&found, 4, LINK_MODEL, "exact");
        break;
    case LINK_PHONE:
        match_number(wanted, &record->phone, &found);
        if (record->second.digits.len) match_number(wanted, &record->second, &found);
        break;
    case LINK_ACCOUNT: match_account(wanted, record, &found); break;
    default:
        if (wanted->postcode[0] && record->postcode.len &&
            str_starts(record->postcode, str_from(wanted->postcode)))
            better(&found, 9, LINK_POSTCODE, "part");
        match_words(wanted, record->venue, record->venues, LINK_VENUE, &found);
        match_words(wanted, record->address, record->addresses, LINK_ADDRESS, &found);
        if (wanted->folded.len >= 3 && str_eq(wanted->folded, record->town))
            better(&found, 6, LINK_TOWN, "exact");
        break;
    }
    return found;
}

static int by_rank(const void *a, const void *b)
{
    const struct link_hit *left = a;
    const struct link_hit *right = b;
    if (left->rank != right->rank) return left->rank < right->rank ? 1 : -1;
    return (left->id < right->id) - (left->id > right->id); /* the newest first */
}

/* --- from the values to the mentions ------------------------------------------------------- */

struct places {
    struct link_admit admit;
    uint32_t *place;
    size_t count;
    size_t capacity;
};

/* What does not count is left out here, before anything depends on how many there are. */
static void take_place(const struct link_index *index, struct places *places, uint32_t place)
{
    if (places->admit.admits &&
        !places->admit.admits(places->admit.context, index->record[place]->report))
        return;
    if (places->count == places->capacity) {
        places->capacity = places->capacity ? places->capacity * 2 : 1024;
        places->place = reallocarray(places->place, places->capacity, sizeof *places->place);
        if (!places->place) abort();
    }
    places->place[places->count++] = place;
}

static void take(const struct link_index *index, uint64_t key, struct places *places)
{
    struct posting posting = link_postings_find(&index->postings, key);
    for (uint32_t i = 0; i < posting.count; i++) take_place(index, places, posting.place[i]);
}

static bool has_role(const struct link_value *value, int role)
{
    return value->roles >> role & 1;
}

/* Is the word one that another may mean, in a name or a place? */
static bool is_meant(const struct link_index *index, uint32_t number, const struct name_token *word)
{
    const struct words *words = &index->values.words;
    struct found found = {0};
    struct name_token token = {.text = link_word_text(words, index->values.text, number),
                               .sounds = &words->word[number].sounds};
    match_word(word, &token, LINK_NAME, &found);
    return found.rank > 0;
}

static void take_word(const struct link_index *index, uint32_t number, struct places *places)
{
    const struct words *words = &index->values.words;
    const struct link_value *value = &index->values.value[words->word[number].value];
    struct str text = link_word_text(words, index->values.text, number);
    if (has_role(value, SLOT_NAME) || has_role(value, SLOT_ALIAS))
        take(index, link_key(KEY_NAME_WORD, text), places);
    if (has_role(value, SLOT_VENUE)) take(index, link_key(KEY_VENUE_WORD, text), places);
    if (has_role(value, SLOT_ADDRESS)) take(index, link_key(KEY_ADDRESS_WORD, text), places);
}

/* Mentions that one of the words may mean: of the word that fewest carry, since all
 * must be found. */
static void take_words(const struct link_index *index, const struct wanted *wanted,
                       struct places *places)
{
    struct places fewest = {.admit = places->admit};
    for (int i = 0; i < wanted->words; i++) {
        struct places here = {.admit = places->admit};
        for (uint32_t number = 0; number < index->values.words.count; number++)
            if (is_meant(index, number, &wanted->word[i])) take_word(index, number, &here);
        bool better_word = i == 0 || here.count < fewest.count;
        free(better_word ? fewest.place : here.place);
        if (better_word) fewest = here;
    }
    for (size_t i = 0; i < fewest.count; i++) take_place(index, places, fewest.place[i]);
    free(fewest.place);
}

/* Phones, accounts and postcodes: what stands in the value itself. */
static void take_identifier(const struct link_index *index, const struct wanted *wanted,
                            uint32_t number, struct places *places)
{
    const struct link_value *value = &index->values.value[number];
    struct str text = link_value_text(&index->values, number);
    struct str handle = str_from(wanted->handle);
    bool open = link_digits_open(wanted->digits);
    struct str national =
        str_starts(text, STR("+44")) ? str_sub(text, 3, text.len) : str_sub(text, 1, text.len);
    if (has_role(value, SLOT_NUMBER) && open && number_fits(wanted, national))
        take(index, link_key(KEY_NUMBER, text), places);
    if (has_role(value, SLOT_DIGITS) && open && number_fits(wanted, text))
        take(index, link_key(KEY_NUMBER_PART, text), places);
    if (has_role(value, SLOT_NUMBER) && wanted->digits.len && !open &&
        (str_find(text, wanted->digits, 0) >= 0 || str_eq(text, str_from(wanted->number)) ||
         (wanted->begins[0] && str_starts(text, str_from(wanted->begins)))))
        take(index, link_key(KEY_NUMBER, text), places);
    if (has_role(value, SLOT_DIGITS) && wanted->digits.len && !open &&
        str_find(text, wanted->digits, 0) >= 0)
        take(index, link_key(KEY_NUMBER_PART, text), places);
    bool part = handle.len >= 3 && str_find(text, handle, 0) >= 0;
    if (has_role(value, SLOT_HANDLE) &&
        (part || str_eq(text, handle) || (handle.len >= 5 && link_word_near(text, handle))))
        take(index, link_key(KEY_HANDLE, text), places);
    if (has_role(value, SLOT_EMAIL) && (part || is_mailbox(wanted, text))) {
        char mailbox[LINK_TEXT_SIZE];
        link_email_mailbox(text, mailbox);
        take(index, link_key(KEY_EMAIL, str_from(mailbox)), places);
    }
    if (has_role(value, SLOT_POSTCODE) && wanted->postcode[0] &&
        str_starts(text, str_from(wanted->postcode)))
        take(index, link_key(KEY_POSTCODE, text), places);
}

static void take_identifiers(const struct link_index *index, const struct wanted *wanted,
                             struct places *places)
{
    unsigned roles = 0;
    if (wanted->digits.len) roles |= 1u << SLOT_NUMBER | 1u << SLOT_DIGITS;
    if (wanted->handle[0]) roles |= 1u << SLOT_HANDLE | 1u << SLOT_EMAIL;
    if (wanted->postcode[0]) roles |= 1u << SLOT_POSTCODE;
    for (uint32_t i = 0; roles && i < index->values.count; i++)
        if (index->values.value[i].roles & roles) take_identifier(index, wanted, i, places);
}

static void take_plates(const struct link_index *index, const struct wanted *wanted,
                        struct places *places)
{
    struct str asked = str_from(wanted->plate);
    uint32_t number[PLATES_FOUND_MAX];
    size_t fitting;
    if (asked.len < 3 && !wanted->plate_open) return;
    size_t count = link_plates_find(&index->plates, &index->values, asked, number, &fitting);
    if (asked.len < 4) count = fitting; /* too little to be nearly so */
    for (size_t i = 0; i < count; i++)
        take(index, link_key(KEY_PLATE, link_value_text(&index->values, number[i])), places);
}

/* Descriptions, towns, makes and models have no key: the mentions are looked through. */
static void take_keyless(const struct link_index *index, const struct wanted *wanted,
                         struct places *places)
{
    const unsigned roles = 1u << SLOT_WORD | 1u << SLOT_TOWN | 1u << SLOT_MAKE | 1u << SLOT_MODEL;
    bool *meant = calloc((size_t)index->values.count + 1, sizeof *meant);
    if (!meant) abort();
    bool any = false;
    for (uint32_t i = 0; i < index->values.count; i++) {
        if (!(index->values.value[i].roles & roles)) continue;
        struct str text = link_value_text(&index->values, i);
        meant[i] = str_eq(text, wanted->folded);
        for (int k = 0; k < wanted->words; k++) {
            struct str word = wanted->word[k].text;
            meant[i] |= str_eq(text, word) || (word.len >= 3 && str_find(text, word, 0) >= 0);
        }
        any |= meant[i];
    }
    for (uint32_t i = 0; any && i < index->count; i++) {
        const struct packed *packed = index->record[i];
        if (!packed) continue;
        for (size_t k = 0; k < packed->count; k++) {
            if (packed->entry[k].slot >= SLOT_COMPANION || !meant[packed->entry[k].number])
                continue;
            take_place(index, places, i);
            break;
        }
    }
    free(meant);
}

static int by_place(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a;
    uint32_t right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

static size_t match_places(const struct link_index *index, const struct wanted *wanted,
                           struct places *places, struct link_hit *ret)
{
    struct record record;
    size_t count = 0;
    if (places->count) qsort(places->place, places->count, sizeof *places->place, by_place);
    for (size_t i = 0; i < places->count; i++) {
        if (i && places->place[i] == places->place[i - 1]) continue;
        link_packed_open(&index->values, index->record[places->place[i]],
                         index->id[places->place[i]], &record);
        struct found found = match(wanted, &record);
        if (found.rank > 0)
            ret[count++] = (struct link_hit){record.id, found.rank, found.field, found.how};
    }
    return count;
}

size_t link_index_search(const struct link_index *index, struct str text, struct link_hit *ret,
                         size_t maximum)
{
    return link_index_search_of(index, (struct link_admit){0}, text, ret, maximum);
}

size_t link_index_search_of(const struct link_index *index, struct link_admit admit,
                            struct str text, struct link_hit *ret, size_t maximum)
{
    struct wanted wanted;
    struct places places = {.admit = admit};
    want(text, &wanted);
    pthread_rwlock_rdlock(link_index_lock(index));
    take_words(index, &wanted, &places);
    take_plates(index, &wanted, &places);
    take_identifiers(index, &wanted, &places);
    if (wanted.words && places.count < maximum) take_keyless(index, &wanted, &places);
    struct link_hit *all = calloc(places.count + 1, sizeof *all);
    if (!all) abort();
    size_t count = match_places(index, &wanted, &places, all);
    pthread_rwlock_unlock(link_index_lock(index));
    if (count) qsort(all, count, sizeof *all, by_rank);
    if (count > maximum) count = maximum;
    if (count) memcpy(ret, all, count * sizeof *all);
    free(all);
    free(places.place);
    return count;
}
