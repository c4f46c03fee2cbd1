#include "link/record.h"

#include "link/normalise.h"
#include "link/nothing.h"
#include "link/number.h"

#include <stddef.h>
#include <stdio.h>

/* Words that say little of which place it is: they are kept for comparison only
 * together with others. */
static const struct str small_words[] = {
    STR_INIT("the"),     STR_INIT("a"),      STR_INIT("of"),       STR_INIT("at"),  STR_INIT("by"),
    STR_INIT("on"),      STR_INIT("in"),     STR_INIT("near"),     STR_INIT("and"), STR_INIT("to"),
    STR_INIT("outside"), STR_INIT("behind"), STR_INIT("opposite"), STR_INIT("next")};

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

static bool is_one_of(struct str word, const struct str *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (word.len == list[i].len && word.ptr[0] == list[i].ptr[0] && str_eq(word, list[i]))
            return true;
    return false;
}

/* The words of a folded text. */
static int words_of(struct record *record, struct str text, bool small, struct str *ret,
                    int maximum)
{
    char folded[LINK_TEXT_SIZE];
    link_fold(text, folded);
    struct str rest = keep(record, folded);
    struct str word;
    int count = 0;
    if (!rest.len) return 0;
    while (count < maximum && str_split(&rest, ' ', &word))
        if (word.len &&
            (small || !is_one_of(word, small_words, sizeof small_words / sizeof *small_words)))
            ret[count++] = word;
    return count;
}

/* "O'Brien" as "O Brien", whichever apostrophe, so that the O stands by itself. */
static struct str part_o(struct str text, char *space, size_t size)
{
    size_t count = 0;
    if (text.len > size || !text.len) return text;
    /* most */
    if (!memchr(text.ptr, '\'', text.len) && !memchr(text.ptr, 0xe2, text.len)) return text;
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
    /* As it is written, and as it is heard. */
    static const struct str written[] = {STR_INIT("mc"), STR_INIT("mac"), STR_INIT("mec"),
                                         STR_INIT("maac"), STR_INIT("mhac")};
    if (!word.len || word.ptr[0] != 'm') return word;
    for (size_t i = 0; i < sizeof written / sizeof *written; i++)
        if (word.len >= written[i].len + 4 && str_starts(word, written[i]))
            return str_sub(word, written[i].len, word.len);
    return word;
}

/* A woman's form of an Irish name, and a genitive: Ní Bhriain beside Ó Briain, Nic beside
 * Mac.  0: none; else how the man's begins. */
static char other_start(struct str word, bool first)
{
    if (str_eq(word, STR("ni")) || str_eq(word, STR("ui"))) return 'o';
    return !first && (str_eq(word, STR("nic")) || str_eq(word, STR("mhic"))) ? 'm' : 0;
}

/* Its first consonant is softened, which an h is written for. */
static struct str without_softening(struct record *record, struct str word)
{
    char plain[LINK_TEXT_SIZE];
    if (word.len < 4 || word.len >= sizeof plain || word.ptr[1] != 'h' ||
        !strchr("bcdfgmpst", word.ptr[0]))
        return word;
    plain[0] = word.ptr[0];
    memcpy(plain + 1, word.ptr + 2, word.len - 2);
    plain[word.len - 1] = 0;
    struct str kept = keep(record, plain);
    return kept.len ? kept : word;
}

static enum name_sex sex_of(struct str word)
{
    static const struct str male[] = {STR_INIT("mr"), STR_INIT("mister"), STR_INIT("male")};
    static const struct str female[] = {STR_INIT("mrs"), STR_INIT("miss"), STR_INIT("ms"),
                                        STR_INIT("female")};
    if (is_one_of(word, male, sizeof male / sizeof *male)) return SEX_MALE;
    return is_one_of(word, female, sizeof female / sizeof *female) ? SEX_FEMALE : SEX_NONE;
}

/* "David Bosanko junior": at the end of a whole name; by itself it is a name, as Sen and Jun are
 * wherever they stand. */
static enum name_generation generation_of(const struct str *words, int count)
{
    static const struct str senior[] = {STR_INIT("senior"), STR_INIT("snr"), STR_INIT("sr")};
    static const struct str junior[] = {STR_INIT("junior"), STR_INIT("jnr"), STR_INIT("jr")};
    if (count < 3 || words[count - 2].len < 2) return GENERATION_NONE;
    struct str last = words[count - 1];
    if (is_one_of(last, senior, sizeof senior / sizeof *senior)) return GENERATION_SENIOR;
    return is_one_of(last, junior, sizeof junior / sizeof *junior) ? GENERATION_JUNIOR
                                                                   : GENERATION_NONE;
}

static void make_name(struct record *record, struct str text, struct name *ret, int maximum)
{
    static const struct str titles[] = {STR_INIT("dr"), STR_INIT("unknown")};
    static const struct str starts[] = {STR_INIT("o"), STR_INIT("mac"), STR_INIT("mc")};
    char space[256];
    struct str words[RECORD_TOKENS];
    int count = words_of(record, part_o(text, space, sizeof space), true, words, maximum);
    ret->generation = (uint8_t)generation_of(words, count);
    count -= ret->generation != GENERATION_NONE;
    bool couple = false; /* "Mr and Mrs" */
    for (int i = 0; i < count; i++) {
        enum name_sex sex = sex_of(words[i]);
        couple |= sex && ret->sex && sex != ret->sex;
        if (sex) ret->sex = (uint8_t)sex;
        if (sex || is_one_of(words[i], titles, sizeof titles / sizeof *titles)) continue;
        char softens = i > 0 && words[i].len > 2 ? other_start(words[i - 1], i == 1) : 0;
        if (i + 1 < count && words[i + 1].len > 2 && other_start(words[i], i == 0)) continue;
        if (softens) words[i] = without_softening(record, words[i]);
        bool starts_next = i > 0 && words[i].len > 2 &&
                           is_one_of(words[i - 1], starts, sizeof starts / sizeof *starts);
        if (i + 1 < count && words[i + 1].len > 2 &&
            is_one_of(words[i], starts, sizeof starts / sizeof *starts))
            continue;
        struct str word = without_mac(words[i]);
        struct name_token *token = &ret->token[ret->count++];
        *token = (struct name_token){.text = word,
                                     .word = UINT32_MAX,
                                     .asked = ASKED_NONE,
                                     .start = word.len < words[i].len ? 'm'
                                              : starts_next           ? words[i - 1].ptr[0]
                                                                      : softens};
    }
    if (couple) ret->sex = SEX_NONE;
}

/* --- each kind ------------------------------------------------------------------------ */

static struct str said(const struct link_mention *mention, enum link_field field)
{
    return link_said(field, mention->field[field]);
}

static void make_person(const struct link_mention *mention, struct record *ret)
{
    make_name(ret, said(mention, LINK_NAME), &ret->name, RECORD_TOKENS);
    make_name(ret, said(mention, LINK_ALIAS), &ret->alias, RECORD_ALIASES);
    ret->birth =
        link_birth(said(mention, LINK_BIRTH), said(mention, LINK_AGE), mention->reported_day);
    ret->words = words_of(ret, said(mention, LINK_DESCRIPTION), false, ret->word, RECORD_WORDS);
}

static void make_vehicle(const struct link_mention *mention, struct record *ret)
{
    char plate[LINK_REGISTRATION_SIZE];
    char word[32];
    char make[32] = "";
    if (link_registration_clean(said(mention, LINK_REGISTRATION), plate, &ret->plate_partial)) {
        ret->plate = keep(ret, plate);
        ret->plate_partial |= link_registration_is_piece(ret->plate);
    }
    /* People write the model with its make, and either in the other's box. */
    struct str words[RECORD_TOKENS * 2];
    int count = words_of(ret, said(mention, LINK_MAKE), false, words, RECORD_TOKENS);
    count += words_of(ret, said(mention, LINK_MODEL), false, words + count, RECORD_TOKENS);
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
    struct str colour = said(mention, LINK_COLOUR);
    if (colour.len) {
        (void)link_colour(colour, word);
        ret->colour = keep(ret, word);
    }
}

static struct phone phone_of(struct record *record, const char *text)
{
    char number[LINK_PHONE_SIZE];
    char digits[LINK_TEXT_SIZE];
    struct phone phone = {STR(""), STR("")};
    if (link_phone_e164(str_from(text), number)) phone.number = keep(record, number);
    if (link_digits(str_from(text), digits) >= 3) phone.digits = keep(record, digits);
    return phone;
}

static void make_phone(struct str text, struct record *ret)
{
    char written[LINK_NUMBERS][LINK_TEXT_SIZE];
    int count = link_numbers(text, written);
    ret->phone = phone_of(ret, written[0]);
    if (count < 2) return;
    struct phone second = phone_of(ret, written[1]);
    if (!str_eq(second.number, ret->phone.number)) ret->second = second;
}

size_t link_stem(struct str handle, char ret[static LINK_TEXT_SIZE])
{
    size_t count = 0;
    for (size_t i = 0; i < handle.len && count < LINK_TEXT_SIZE - 1; i++)
        if (handle.ptr[i] >= 'a' && handle.ptr[i] <= 'z') ret[count++] = handle.ptr[i];
    ret[count] = 0;
    return count;
}

static void make_account(const struct link_mention *mention, struct record *ret)
{
    char text[LINK_TEXT_SIZE];
    char stem[LINK_TEXT_SIZE];
    char platform[32];
    struct str used = said(mention, LINK_PLATFORM);
    if (used.len) {
        link_platform(used, platform);
        ret->platform = keep(ret, platform);
    }
    if (link_email(said(mention, LINK_EMAIL), text)) ret->email = keep(ret, text);
    struct str handle = said(mention, LINK_HANDLE);
    if (!handle.len) return;
    if (!used.len && link_handle_platform(handle, platform)) ret->platform = keep(ret, platform);
    link_handle(handle, text);
    ret->handle = keep(ret, text);
    if (link_stem(str_from(text), stem) >= STEM_LEAST) ret->stem = keep(ret, stem);
}

bool link_is_unit_word(struct str word)
{
    static const struct str units[] = {
        STR_INIT("flat"), STR_INIT("apartment"),  STR_INIT("apt"),     STR_INIT("unit"),
        STR_INIT("room"), STR_INIT("suite"),      STR_INIT("caravan"), STR_INIT("pitch"),
        STR_INIT("plot"), STR_INIT("maisonette"), STR_INIT("studio")};
    return is_one_of(word, units, sizeof units / sizeof *units);
}

/* Of "The Flat, 14 Zennor Parade" the 14 is no flat's, and of "Flat A" the A is no article. */
static int address_of(struct record *record, struct str text, struct str *ret, int maximum)
{
    struct str words[2 * RECORD_TOKENS];
    int count = words_of(record, text, true, words, 2 * RECORD_TOKENS);
    int kept = 0;
    for (int i = 0; i < count && kept < maximum; i++) {
        bool unit = i > 0 && link_is_unit_word(words[i - 1]);
        bool of_unit = unit && str_eq(words[i], STR("a"));
        bool the_unit = i > 0 && link_is_unit_word(words[i]) && str_eq(words[i - 1], STR("the"));
        if (the_unit || (!of_unit && is_one_of(words[i], small_words,
                                               sizeof small_words / sizeof *small_words)))
            continue;
        ret[kept++] = words[i];
    }
    return kept;
}

static void make_place(const struct link_mention *mention, struct record *ret)
{
    char text[LINK_TEXT_SIZE];
    char postcode[LINK_POSTCODE_SIZE];
    ret->venues = words_of(ret, said(mention, LINK_VENUE), false, ret->venue, RECORD_TOKENS);
    ret->addresses = address_of(ret, said(mention, LINK_ADDRESS), ret->address, RECORD_TOKENS);
    link_fold(said(mention, LINK_TOWN), text);
    ret->town = keep(ret, text);
    if (link_postcode(said(mention, LINK_POSTCODE), postcode, &ret->postcode_whole))
        ret->postcode = keep(ret, postcode);
}

/* A companion in the form of its field; false when it identifies nothing. */
static bool make_companion(const struct link_companion *from, struct record *record,
                           struct companion *ret)
{
    char text[LINK_TEXT_SIZE] = "";
    char written[LINK_TEXT_SIZE];
    char numbers[LINK_NUMBERS][LINK_TEXT_SIZE];
    bool partial = false;
    if (link_is_nothing_of(from->field, from->value)) return false;
    switch (from->field) {
    case LINK_REGISTRATION:
        if (!link_registration_clean(from->value, text, &partial)) return false;
        break;
    case LINK_NUMBER:
        (void)link_numbers(from->value, numbers);
        if (link_digits(str_from(numbers[0]), text) < 4) return false;
        break;
    case LINK_EMAIL:
        if (!link_email(from->value, written)) return false;
        link_email_mailbox(str_from(written), text);
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

/* Of people it would tell where a report came from rather than whom it is about. */
static struct seen_days seen_of(const struct link_mention *mention)
{
    bool tells = mention->kind == LINK_VEHICLE || mention->kind == LINK_PLACE;
    int32_t from = mention->seen_from > 0 ? mention->seen_from : mention->seen_to;
    int32_t to = mention->seen_to > 0 ? mention->seen_to : mention->seen_from;
    if (!tells || from <= 0 || to < from) return (struct seen_days){1, 0};
    return (struct seen_days){from, to};
}

void link_record_make(const struct link_mention *mention, struct record *ret)
{
    memset(ret, 0, offsetof(struct record, sounds));
    ret->pool_used = 0;
    ret->kind = mention->kind;
    ret->id = mention->id;
    ret->report = mention->report;
    ret->birth = (struct birth){1, 0, false};
    ret->seen = seen_of(mention);
    switch (mention->kind) {
    case LINK_PERSON: make_person(mention, ret); break;
    case LINK_VEHICLE: make_vehicle(mention, ret); break;
    case LINK_PHONE: make_phone(said(mention, LINK_NUMBER), ret); break;
    case LINK_ACCOUNT: make_account(mention, ret); break;
    default: make_place(mention, ret); break;
    }
    for (size_t i = 0; i < mention->companion_count && i < LINK_COMPANIONS_MAX; i++)
        if (make_companion(&mention->companion[i], ret, &ret->companion[ret->companions]))
            ret->companions++;
}
