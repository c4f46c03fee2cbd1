/*
 * Phones and online accounts.
 */
#include "link/compare_part.h"

#include "link/kernel.h"
#include "link/number.h"

#include <stdio.h>

/* --- phones ---------------------------------------------------------------------- */

static size_t shared_end(struct str a, struct str b)
{
    size_t count = 0;
    while (count < a.len && count < b.len && a.ptr[a.len - 1 - count] == b.ptr[b.len - 1 - count])
        count++;
    return count;
}

static double key_count(const struct compare_counts *counts, uint64_t key)
{
    return (double)counts->key(counts->context, key);
}

/* Mentions with this tail that are of neither of the two: what a stranger's number
 * would be. */
static double tail_others(const struct compare_counts *counts, const struct phone *a,
                          const struct phone *b, struct str tail)
{
    double others = key_count(counts, link_key(link_key_tail(tail.len), tail));
    others -= a->number.len ? key_count(counts, link_key(KEY_NUMBER, a->number)) : 1;
    others -= b->number.len ? key_count(counts, link_key(KEY_NUMBER, b->number)) : 1;
    return fmax(0, others);
}

/* How many mentions carry a number one slip away from this one, the other left out. */
static double one_digit_others(const struct compare_counts *counts, struct str number,
                               struct str other)
{
    struct near_number near[NEAR_NUMBERS];
    int count = link_near_numbers(number, near);
    double others = 0;
    for (int i = 0; i < count; i++) {
        struct str text = str_from(near[i].text);
        if (!str_eq(text, other)) others += key_count(counts, link_key(KEY_NUMBER, text));
    }
    return others;
}

/* Mentions of other numbers that begin as what is known of both, or end so; a part of them would
 * agree in the rest as well. */
static double known_others(const struct compare_counts *counts, const struct phone *a,
                           const struct phone *b, int agreeing)
{
    struct str begin_a = link_digits_begin(a->digits), begin_b = link_digits_begin(b->digits);
    struct str begin = begin_a.len < begin_b.len ? begin_a : begin_b;
    struct str end_a = link_digits_end(a->digits), end_b = link_digits_end(b->digits);
    struct str end = end_a.len < end_b.len ? end_a : end_b;
    double others = INFINITY;
    if (a->digits.len == b->digits.len && begin.len >= NUMBER_BEGIN) {
        bool more = begin.len >= NUMBER_BEGINS;
        begin = str_sub(begin, 0, more ? NUMBER_BEGINS : NUMBER_BEGIN);
        double here =
            key_count(counts, link_key(more ? KEY_NUMBER_BEGINS : KEY_NUMBER_BEGIN, begin));
        if (a->number.len) here -= key_count(counts, link_key(KEY_NUMBER, a->number));
        if (b->number.len) here -= key_count(counts, link_key(KEY_NUMBER, b->number));
        others = fmax(0, here) * pow(10, (double)begin.len - agreeing);
    }
    if (end.len >= TAIL_LEAST) {
        if (end.len > TAIL_MOST) end = str_sub(end, end.len - TAIL_MOST, TAIL_MOST);
        others = fmin(others, tail_others(counts, a, b, end) * pow(10, (double)end.len - agreeing));
    }
    return isinf(others) ? 0 : others;
}

/* One of them has gaps: digit by digit. */
static void compare_known(const struct phone *a, const struct phone *b,
                          const struct compare_counts *counts, struct compare_line *line)
{
#define KNOWN(count) "the " #count " digits that are known agree"
    static const char *const levels[] = {KNOWN(3),  KNOWN(4),  KNOWN(5), KNOWN(6),
                                         KNOWN(7),  KNOWN(8),  KNOWN(9), KNOWN(10),
                                         KNOWN(11), KNOWN(12), KNOWN(13)};
    const int least = 3, most = least + (int)(sizeof levels / sizeof *levels) - 1;
    struct digits_fit fit = link_digits_fit(a->digits, b->digits);
    if (fit.differing) {
        link_line_set(line, "different", number_other_bits, 0);
        return;
    }
    if (fit.telling < least) return; /* hardly anything is known of both */
    link_line_set(line, levels[(fit.agreeing < most ? fit.agreeing : most) - least],
                  number_known_base,
                  link_rarity(counts, known_others(counts, a, b, fit.agreeing),
                              pow(10, -fit.telling), number_tail_most));
}

static void compare_numbers(const struct phone *a, const struct phone *b,
                            const struct compare_counts *counts, struct compare_line *line)
{
    if (!a->digits.len || !b->digits.len) return;
    if (a->number.len && str_eq(a->number, b->number)) {
        link_line_set(line, "exact", number_same_bits, 0);
        return;
    }
    if (link_digits_open(a->digits) || link_digits_open(b->digits)) {
        compare_known(a, b, counts, line);
        return;
    }
    size_t end = shared_end(a->digits, b->digits);
    size_t shorter = a->digits.len < b->digits.len ? a->digits.len : b->digits.len;
    if (end == shorter && end >= 3) {
        struct str tail = str_sub(a->digits, a->digits.len - (end < 7 ? end : 7), 7);
        double usual = pow(10, -(double)end);
        link_line_set(
            line, "same last digits", number_tail_base,
            link_rarity(counts, tail_others(counts, a, b, tail), usual, number_tail_most));
        return;
    }
    bool whole = a->number.len && b->number.len && a->digits.len == b->digits.len;
    if (whole && link_kernel_osa(a->digits, b->digits) == 1) {
        /* One in ten numbers is passed on with a slip; how many others stand one
         * digit away says what it is worth. */
        link_line_set(line, "one digit differs", number_slip_base,
                      link_rarity(counts,
                                  (one_digit_others(counts, a->number, b->number) +
                                   one_digit_others(counts, b->number, a->number)) /
                                      2,
                                  1e-7, number_slip_most));
        return;
    }
    link_line_set(line, "different", number_other_bits, 0);
}

/* Where two were written, the two that agree best. */
void link_compare_phone(const struct record *a, const struct record *b,
                        const struct compare_counts *counts, struct compare_result *result)
{
    struct compare_line *line =
        link_line_add(result, "Phone number", LINK_NUMBER, LINK_FIELDS, LINK_FIELDS);
    const struct phone *left[] = {&a->phone, &a->second};
    const struct phone *right[] = {&b->phone, &b->second};
    compare_numbers(left[0], right[0], counts, line);
    for (int i = 0; i < 2; i++)
        for (int k = 0; k < 2; k++) {
            struct compare_line other = *line;
            if (i + k == 0 || !left[i]->digits.len || !right[k]->digits.len) continue;
            compare_numbers(left[i], right[k], counts, &other);
            if (other.base_bits + other.rarity_bits > line->base_bits + line->rarity_bits)
                *line = other;
        }
}

/* --- accounts ---------------------------------------------------------------------- */

/* A handle without dots and lines, which nobody remembers. */
static struct str without_signs(struct str handle, char ret[static LINK_SIMILARITY_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < handle.len && count < LINK_SIMILARITY_MAX; i++)
        if (handle.ptr[i] != '.' && handle.ptr[i] != '_' && handle.ptr[i] != '-')
            ret[count++] = handle.ptr[i];
    return str_of(ret, count);
}

/* A handle, or the name of an email, and its letters. */
struct account_name {
    struct str text;
    struct str stem;
};

/* How two agree; LIKE_OTHER: not at all. */
struct likeness {
    enum { LIKE_SAME, LIKE_SIGNS, LIKE_PARTLY, LIKE_OTHER } how;
    const char *level;
    double base;
    double rarity;
};

static double stem_rarity(const struct compare_counts *counts, struct account_name a,
                          struct account_name b)
{
    return fmin(link_key_rarity(counts, link_key(KEY_STEM, a.stem), 0.0004, 12.5),
                link_key_rarity(counts, link_key(KEY_STEM, b.stem), 0.0004, 12.5));
}

static struct likeness likeness(struct account_name a, struct account_name b,
                                const struct compare_counts *counts)
{
    char space_a[LINK_SIMILARITY_MAX];
    char space_b[LINK_SIMILARITY_MAX];
    struct str left = without_signs(a.text, space_a);
    struct str right = without_signs(b.text, space_b);
    unsigned distance = link_kernel_osa(left, right);
    size_t shorter = left.len < right.len ? left.len : right.len;
    bool stems = a.stem.len >= STEM_LEAST && b.stem.len >= STEM_LEAST;
    double letters = (double)shorter;
    if (str_eq(a.text, b.text))
        return (struct likeness){LIKE_SAME, "exact",
                                 fmin(handle_same_most, 3.0 * (double)a.text.len), 0};
    if (distance == 0 && shorter >= 3)
        return (struct likeness){LIKE_SIGNS, "same but for dots and lines", -0.5,
                                 fmin(handle_signs_most, 2.8 * letters)};
    if (distance == 1 && shorter >= 5)
        return (struct likeness){LIKE_PARTLY, "one character differs", -1,
                                 fmin(handle_slip_most, handle_slip_letter * letters)};
    if (stems && str_eq(a.stem, b.stem))
        return (struct likeness){LIKE_PARTLY, "same letters, other digits", -1.5,
                                 stem_rarity(counts, a, b)};
    if (distance == 2 && shorter >= 8)
        return (struct likeness){LIKE_PARTLY, "two characters differ", -3, fmin(12, 1.6 * letters)};
    if (stems && a.stem.len >= 6 && b.stem.len >= 6 && link_kernel_osa(a.stem, b.stem) == 1)
        return (struct likeness){LIKE_PARTLY, "nearly the same letters", -4,
                                 stem_rarity(counts, a, b)};
    return (struct likeness){LIKE_OTHER, "different", -8, 0};
}

/* An email as it is compared. */
struct email {
    char mailbox[LINK_TEXT_SIZE];
    char stem[LINK_TEXT_SIZE];
    struct account_name name;
    struct str domain;
};

static void look_at(struct str email, struct email *ret)
{
    link_email_mailbox(email, ret->mailbox);
    struct str mailbox = str_from(ret->mailbox);
    ret->name.text = link_email_name(mailbox);
    ret->domain = link_email_domain(mailbox);
    (void)link_stem(ret->name.text, ret->stem);
    ret->name.stem = str_from(ret->stem);
}

static void compare_emails(const struct record *a, const struct record *b,
                           const struct compare_counts *counts, struct compare_line *line)
{
    struct email left, right;
    look_at(a->email, &left);
    look_at(b->email, &right);
    bool same_domain = str_eq(left.domain, right.domain);
    bool common =
        link_email_name_is_common(left.name.text) || link_email_name_is_common(right.name.text);
    struct likeness like = likeness(left.name, right.name, counts);
    if (same_domain && like.how == LIKE_SAME) {
        bool written_so = str_eq(a->email, b->email);
        link_line_set(line, written_so ? "exact" : "same mailbox, written otherwise",
                      written_so ? email_same_bits : email_mailbox_bits, 0);
    } else if (common || like.how == LIKE_OTHER) {
        link_line_set(line, "different", email_other_bits, 0);
    } else if (same_domain) {
        /* They are made of names, which are alike in a family and an office. */
        double neighbours = like.how == LIKE_PARTLY ? 1.5 : 0;
        link_line_set(line, like.level, like.base - neighbours, like.rarity);
    } else if (like.how == LIKE_PARTLY) {
        link_line_set(line, "different", email_other_bits, 0); /* people have several */
    } else {
        double letters = (double)(left.name.text.len < right.name.text.len ? left.name.text.len
                                                                           : right.name.text.len);
        if (link_kernel_osa(left.domain, right.domain) == 1)
            link_line_set(line, "one character differs", -1,
                          fmin(handle_signs_most, 2.8 * letters));
        else
            link_line_set(line, "same name, other provider", -2,
                          fmin(handle_slip_most, handle_slip_letter * letters));
    }
}

/* Many use one name for both; that they are not alike tells nothing. */
static void compare_handle_to_email(const struct record *with_handle,
                                    const struct record *with_email,
                                    const struct compare_counts *counts, struct compare_line *line)
{
    struct email email;
    look_at(with_email->email, &email);
    line->field[1] = LINK_EMAIL;
    struct likeness like =
        likeness((struct account_name){with_handle->handle, with_handle->stem}, email.name, counts);
    if (like.how > LIKE_SIGNS || link_email_name_is_common(email.name.text)) return;
    link_line_set(line, "name of the email", -2,
                  fmin(handle_slip_most, handle_slip_letter * (double)email.name.text.len));
}

void link_compare_account(const struct record *a, const struct record *b,
                          const struct compare_counts *counts, struct compare_result *result)
{
    struct compare_line *handle =
        link_line_add(result, "Handle", LINK_HANDLE, LINK_FIELDS, LINK_FIELDS);
    if (a->handle.len && b->handle.len) {
        struct likeness like = likeness((struct account_name){a->handle, a->stem},
                                        (struct account_name){b->handle, b->stem}, counts);
        link_line_set(handle, like.level, like.base, like.rarity);
    } else if (a->handle.len && !a->email.len && b->email.len) {
        compare_handle_to_email(a, b, counts, handle);
    } else if (b->handle.len && !b->email.len && a->email.len) {
        compare_handle_to_email(b, a, counts, handle);
    }
    struct compare_line *email =
        link_line_add(result, "Email", LINK_EMAIL, LINK_FIELDS, LINK_FIELDS);
    if (a->email.len && b->email.len) compare_emails(a, b, counts, email);
    struct compare_line *platform =
        link_line_add(result, "Platform", LINK_PLATFORM, LINK_FIELDS, LINK_FIELDS);
    if (a->platform.len && b->platform.len) {
        bool same = str_eq(a->platform, b->platform);
        link_line_weigh(counts, platform, same ? "exact" : "different",
                        same ? W_PLATFORM_SAME : W_PLATFORM_OTHER, 0);
    }
}
