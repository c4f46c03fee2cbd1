#include "link/number.h"

enum { NATIONAL = 10, DIGITS_MAX = 20, TRUNK_LEAST = 7, WHOLE_LEAST = 9, TEXT_MOST = 256 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Digits as they stand, '?' for each that was not seen, '*' for any number of them. */
struct seen {
    char text[2 * DIGITS_MAX];
    size_t count;
    bool plus;
};

static char at(struct str text, size_t i)
{
    return i < text.len ? text.ptr[i] : 0;
}

/* "9xx" is two digits; "x12" after a whole number is an extension, and the x of a word is none. */
static bool is_unseen_x(struct str text, size_t i, size_t count)
{
    char before = i ? text.ptr[i - 1] : 0, after = at(text, i + 1);
    if (text.ptr[i] != 'x' && text.ptr[i] != 'X') return false;
    if ((is_letter(before) && before != text.ptr[i]) || (is_letter(after) && after != text.ptr[i]))
        return false;
    return count < WHOLE_LEAST || !is_digit(after);
}

/* --- what stands beside a number ------------------------------------------------------- */

static bool is_word_byte(char c)
{
    return is_letter(c) || (unsigned char)c >= 0x80;
}

static bool is_zero_letter(char c)
{
    return c == 'o' || c == 'O';
}

/* "O7700" and "O77OO": a letter for a zero, among digits and no other letters. */
static bool is_letter_zero(struct str text, size_t i)
{
    size_t from = i, end = i;
    bool digits = false;
    if (!is_zero_letter(text.ptr[i])) return false;
    while (from && (is_digit(text.ptr[from - 1]) || is_zero_letter(text.ptr[from - 1]))) from--;
    while (is_digit(at(text, end)) || is_zero_letter(at(text, end))) end++;
    for (size_t k = from; k < end; k++) digits |= is_digit(text.ptr[k]);
    return digits && (!from || !is_word_byte(text.ptr[from - 1])) && !is_word_byte(at(text, end));
}

/* The "2nd" of "2nd phone": its length; 0: none. */
static size_t ordinal(struct str text, size_t i)
{
    static const char *const ends[] = {"st", "nd", "rd", "th"};
    size_t digits = 0;
    if (i && is_digit(text.ptr[i - 1])) return 0;
    while (is_digit(at(text, i + digits))) digits++;
    if (!digits || digits > 2) return 0;
    for (size_t k = 0; k < sizeof ends / sizeof *ends; k++)
        if (str_eq_nocase(str_sub(text, i + digits, 2), str_from(ends[k])) &&
            !is_word_byte(at(text, i + digits + 2)))
            return digits + 2;
    return 0;
}

static bool is_whole(const char *written, size_t count)
{
    char number[LINK_PHONE_SIZE];
    return link_phone_e164(str_of(written, count), number);
}

/* What may be written within a number; 0: what parts it from the next, or a word. */
static char of_number(struct str text, size_t i, size_t digits)
{
    char c = text.ptr[i];
    if (is_letter_zero(text, i)) return '0';
    if (is_digit(c) || strchr("?*_+()- .", c) || is_unseen_x(text, i, digits)) return c;
    return 0;
}

/* Does what follows a whole number begin another, or a remark in brackets? */
static bool begins_another(struct str text, size_t i)
{
    char c = text.ptr[i];
    if (c == '(' || c == '+') return true;
    if (c != ' ') return false;
    char next = at(text, i + 1);
    return next == '0' || next == '+' || ordinal(text, i + 1);
}

/* One run of what a number is written with, from *i on, into `run`; its length. */
static size_t next_run(struct str text, size_t *i, char run[static LINK_TEXT_SIZE])
{
    size_t count = 0, digits = 0;
    for (; *i < text.len && count < LINK_TEXT_SIZE - 1; ++*i) {
        size_t skipped = ordinal(text, *i);
        char c = skipped ? 0 : of_number(text, *i, digits);
        if (!c || (begins_another(text, *i) && is_whole(run, count))) {
            if (!c) *i += skipped ? skipped : 1;
            break;
        }
        digits += is_digit(c);
        run[count++] = c;
    }
    run[count] = 0;
    return count;
}

/* The end of what is said before an extension. */
static size_t before_extension(struct str text)
{
    ptrdiff_t found = str_find_nocase(text, STR("ext"), 0);
    for (ptrdiff_t i = 0; i < found; i++)
        if (is_digit(text.ptr[i])) return (size_t)found;
    return text.len;
}

int link_numbers(struct str text, char ret[static LINK_NUMBERS][LINK_TEXT_SIZE])
{
    int count = 0;
    char run[LINK_TEXT_SIZE];
    text = str_sub(text, 0, TEXT_MOST);
    for (size_t i = 0; i < text.len && count < LINK_NUMBERS;) {
        size_t length = next_run(text, &i, run);
        if (length && is_whole(run, length)) memcpy(ret[count++], run, length + 1);
    }
    if (count) return count;
    size_t end = before_extension(text);
    if (end > LINK_TEXT_SIZE - 1) end = LINK_TEXT_SIZE - 1;
    for (size_t i = 0; i < end; i++) ret[0][i] = is_letter_zero(text, i) ? '0' : text.ptr[i];
    ret[0][end] = 0;
    return 1;
}

/* --- its digits ------------------------------------------------------------------------- */

static struct seen see(struct str text)
{
    struct seen seen = {.count = 0};
    for (size_t i = 0; i < text.len && seen.count < DIGITS_MAX; i++) {
        char c = text.ptr[i];
        if (c == '+' && !seen.count) seen.plus = true;
        if (c == '_' || is_unseen_x(text, i, seen.count)) c = '?';
        if (is_digit(c) || c == '?' || c == '*') seen.text[seen.count++] = c;
    }
    return seen;
}

static bool is_open(const struct seen *seen)
{
    return memchr(seen->text, '?', seen->count) || memchr(seen->text, '*', seen->count);
}

static void drop(struct seen *seen, size_t place, size_t count)
{
    memmove(seen->text + place, seen->text + place + count, seen->count - place - count);
    seen->count -= count;
}

static bool begins_with(const struct seen *seen, const char *begin)
{
    return str_starts(str_of(seen->text, seen->count), str_from(begin));
}

/* Takes off what is dialled before a number; is it known where the number begins? */
static bool drop_prefix(struct seen *seen)
{
    if (!seen->plus && begins_with(seen, "00")) {
        drop(seen, 0, 2);
        seen->plus = true;
    }
    if (seen->plus || begins_with(seen, "447")) {
        /* of a country whose numbers may have any length */
        if (!begins_with(seen, "44")) return false;
        drop(seen, 0, 2);
        if (begins_with(seen, "0")) drop(seen, 0, 1);
        return true;
    }
    if (!begins_with(seen, "0")) return false;
    drop(seen, 0, 1);
    return true;
}

/* The last of what was not seen, where what is missing would stand. */
static size_t last_gap(const struct seen *seen)
{
    size_t place = seen->count;
    while (place && is_digit(seen->text[place - 1])) place--;
    return place;
}

/* As many digits as a number has: people miscount what they did not see. */
static void fit_length(struct seen *seen)
{
    size_t gap = last_gap(seen);
    char *star = memchr(seen->text, '*', seen->count);
    if (star) gap = (size_t)(star - seen->text) + 1;
    if (!gap) return;
    if (star) *star = '?';
    while (seen->count < NATIONAL) {
        memmove(seen->text + gap + 1, seen->text + gap, seen->count - gap);
        seen->text[gap++] = '?';
        seen->count++;
    }
    while (seen->count > NATIONAL && gap && seen->text[gap - 1] == '?') drop(seen, --gap, 1);
}

/* Is it the end that was not seen?  Few numbers end in 07 and five digits more. */
static bool is_begin(struct str text, const struct seen *seen)
{
    if (begins_with(seen, "07") && seen->count >= TRUNK_LEAST && seen->count <= WHOLE_LEAST)
        return true;
    return str_find_nocase(text, STR("begin"), 0) >= 0 ||
           str_find_nocase(text, STR("start"), 0) >= 0;
}

size_t link_digits(struct str text, char ret[static LINK_TEXT_SIZE])
{
    char number[LINK_PHONE_SIZE];
    bool whole = link_phone_e164(text, number);
    struct seen seen = see(whole ? str_from(number) : text);
    if (whole) {
        if (begins_with(&seen, "44")) drop(&seen, 0, 2);
    } else {
        if (!is_open(&seen) && is_begin(text, &seen)) seen.text[seen.count++] = '*';
        if (is_open(&seen)) {
            if (drop_prefix(&seen)) fit_length(&seen);
        } else if (seen.count > WHOLE_LEAST && seen.text[0] == '0') {
            drop(&seen, 0, 1);
        }
    }
    /* Beyond a gap of any length nothing has a place; nor has what was
     * not seen before the first. */
    for (size_t i = seen.count; i > 0; i--)
        if (seen.text[i - 1] == '*') {
            drop(&seen, 0, i);
            break;
        }
    while (seen.count && seen.text[0] == '?') drop(&seen, 0, 1);
    memcpy(ret, seen.text, seen.count);
    ret[seen.count] = 0;
    return link_digits_known(str_of(ret, seen.count));
}

bool link_digits_open(struct str digits)
{
    return digits.len && memchr(digits.ptr, '?', digits.len);
}

size_t link_digits_known(struct str digits)
{
    size_t count = 0;
    for (size_t i = 0; i < digits.len; i++) count += digits.ptr[i] != '?';
    return count;
}

struct str link_digits_begin(struct str digits)
{
    size_t count = 0;
    while (count < digits.len && digits.ptr[count] != '?') count++;
    return str_sub(digits, 0, count);
}

struct str link_digits_end(struct str digits)
{
    size_t count = 0;
    while (count < digits.len && digits.ptr[digits.len - 1 - count] != '?') count++;
    return str_sub(digits, digits.len - count, count);
}

struct digits_fit link_digits_fit(struct str a, struct str b)
{
    struct digits_fit fit = {0};
    for (size_t i = 1; i <= a.len && i <= b.len; i++) {
        char x = a.ptr[a.len - i], y = b.ptr[b.len - i];
        if (x == '?' || y == '?') continue;
        fit.agreeing += x == y;
        fit.differing += x != y;
        fit.telling +=
            x == y && !(i == NATIONAL && x == '7' && a.len == NATIONAL && b.len == NATIONAL);
    }
    return fit;
}
