/*
 * Candidates for a phone number, whole or in part.
 */
#include "link/candidate_part.h"
#include "link/number.h"

/* What the same last digits tell: others end so too. */
static double tail_bits(const struct gathering *gathering, const struct phone *phone,
                        struct str tail)
{
    const struct compare_counts *counts = gathering->counts;
    double others = 0;
    if (phone->number.len) {
        others = (double)counts->key(counts->context, link_key(link_key_tail(tail.len), tail));
        others -= (double)counts->key(counts->context, link_key(KEY_NUMBER, phone->number)) + 1;
    }
    return link_rarity(counts, fmax(0, others), pow(10, -(double)tail.len), number_tail_most);
}

static struct str last(struct str digits, size_t length)
{
    return str_sub(digits, digits.len - length, length);
}

/* What all digits that are known tell at most, where others have gaps. */
static double known_most(const struct gathering *gathering, const struct phone *phone)
{
    double known = (double)link_digits_known(phone->digits);
    return link_rarity(gathering->counts, 0, pow(10, -known), number_tail_most);
}

/* Numbers with gaps, of which the end or the begin is known; in full with
 * `least` digits at the end. */
static void add_open_numbers(struct gathering *gathering, const struct phone *phone, struct str end,
                             size_t least)
{
    struct str begin = link_digits_begin(phone->digits);
    double bits = known_most(gathering, phone);
    if (begin.len >= NUMBER_BEGIN)
        link_candidate_list(gathering, link_key(KEY_OPEN_BEGIN, str_sub(begin, 0, NUMBER_BEGIN)),
                            bits, 0);
    for (size_t length = TAIL_LEAST; length <= end.len && length < least; length++)
        link_candidate_list(gathering, link_key(KEY_OPEN_END, last(end, length)), bits, 0);
}

/* A number with gaps: those that begin so and those that end so. */
static void add_open_phone(struct gathering *gathering, const struct phone *phone)
{
    struct str digits = phone->digits;
    struct str begin = link_digits_begin(digits), end = link_digits_end(digits);
    size_t longest = end.len < TAIL_MOST ? end.len : TAIL_MOST;
    double bits = known_most(gathering, phone);
    link_candidate_list(gathering, link_key(KEY_NUMBER_PART, digits), bits, 0);
    if (begin.len >= NUMBER_BEGINS)
        link_candidate_list(gathering,
                            link_key(KEY_NUMBER_BEGINS, str_sub(begin, 0, NUMBER_BEGINS)), bits, 0);
    else if (begin.len >= NUMBER_BEGIN)
        link_candidate_list(gathering, link_key(KEY_NUMBER_BEGIN, str_sub(begin, 0, NUMBER_BEGIN)),
                            bits, 0);
    for (size_t length = TAIL_LEAST; length < longest; length++)
        link_candidate_list(gathering, link_key(KEY_NUMBER_PART, last(end, length)), bits, 0);
    if (longest >= TAIL_LEAST)
        link_candidate_list(gathering, link_key(link_key_tail(longest), last(end, longest)), bits,
                            0);
    add_open_numbers(gathering, phone, end, longest);
}

/* A number: the same, those one slip away, and those of which only the end was seen; the
 * end of one: all that end so, or with a part of it. */
static void add_phone(struct gathering *gathering, const struct phone *phone)
{
    struct str digits = phone->digits;
    size_t longest = digits.len < TAIL_MOST ? digits.len : TAIL_MOST;
    for (size_t length = TAIL_LEAST; length < digits.len + (phone->number.len == 0); length++) {
        double bits =
            tail_bits(gathering, phone, last(digits, length < TAIL_MOST ? length : TAIL_MOST));
        if (phone->number.len || length < longest)
            link_candidate_list(gathering, link_key(KEY_NUMBER_PART, last(digits, length)), bits,
                                0);
        else if (length == longest)
            link_candidate_list(gathering, link_key(link_key_tail(length), last(digits, length)),
                                bits, 0);
    }
    add_open_numbers(gathering, phone, digits, phone->number.len ? TAIL_MOST + 1 : longest);
    if (!phone->number.len) return;
    link_candidate_list(gathering, link_key(KEY_NUMBER, phone->number), number_same_bits, 0);
    struct near_number near[NEAR_NUMBERS];
    int count = link_near_numbers(phone->number, near);
    for (int i = 0; i < count; i++)
        link_candidate_list(gathering, link_key(KEY_NUMBER, str_from(near[i].text)),
                            number_slip_base + number_slip_most, 0);
}

void link_candidate_numbers(struct gathering *gathering)
{
    const struct phone *phones[] = {&gathering->record->phone, &gathering->record->second};
    for (size_t i = 0; i < sizeof phones / sizeof *phones; i++)
        if (link_digits_open(phones[i]->digits))
            add_open_phone(gathering, phones[i]);
        else if (phones[i]->digits.len)
            add_phone(gathering, phones[i]);
}
