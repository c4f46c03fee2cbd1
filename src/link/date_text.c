#include "link/date_text.h"

#include "base/clock.h"

enum { NUMBERS = 3 };

struct numbers {
    int value[NUMBERS];
    int digits[NUMBERS];
    int count;
    int month; /* a word; 0: none */
    int month_at; /* how many numbers came before it */
    bool bad;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

/* Months by their first letters, English, French, German, Spanish, Italian. */
static int month_of(struct str word)
{
    static const char *const months[12] = {
        "jan ene gen",     "feb fev fév",  "mar mär maa",  "apr avr abr",
        "may mai mag mei", "jun juin giu", "jul juil lug", "aug aou aoû ago",
        "sep set",         "oct okt ott",  "nov",          "dec dez dic déc"};
    int found = 0;
    size_t longest = 0;
    for (int i = 0; i < 12; i++) {
        struct str starts = str_from(months[i]);
        struct str start;
        while (str_split(&starts, ' ', &start)) {
            if (word.len < start.len || start.len <= longest) continue;
            if (!str_eq_nocase(str_sub(word, 0, start.len), start)) continue;
            found = i + 1;
            longest = start.len;
        }
    }
    return found;
}

static struct numbers numbers_of(struct str text)
{
    struct numbers numbers = {0};
    ptrdiff_t time = str_find(text, STR(":"), 0); /* "1971-06-24T00:00:00" */
    if (time > 0) {
        while (time > 0 && is_digit(text.ptr[time - 1])) time--;
        text = str_sub(text, 0, (size_t)time);
    }
    for (size_t i = 0; i < text.len;) {
        size_t end = i;
        while (end < text.len && is_digit(text.ptr[end])) end++;
        if (end > i) {
            int64_t value = 0;
            if (numbers.count == NUMBERS || end - i > 8 ||
                !str_to_int(str_sub(text, i, end - i), &value))
                return (struct numbers){.bad = true};
            numbers.digits[numbers.count] = (int)(end - i);
            numbers.value[numbers.count++] = (int)value;
        } else if (is_letter(text.ptr[i])) {
            while (end < text.len && is_letter(text.ptr[end])) end++;
            int month = month_of(str_sub(text, i, end - i));
            if (month && numbers.month) return (struct numbers){.bad = true};
            if (month) numbers.month_at = numbers.count;
            if (month) numbers.month = month;
            if (!month && end - i > 2) return (struct numbers){.bad = true}; /* "th", "T", "de" */
        } else {
            end = i + 1;
        }
        i = end;
    }
    return numbers;
}

static int full_year(int year, int digits)
{
    if (digits > 2) return year;
    return year > 30 ? 1900 + year : 2000 + year;
}

static bool in_order(struct date_text date, struct date_text *ret)
{
    if (date.year < 1000 || date.year > 2200 || date.month < 0 || date.month > 12 || date.day < 0 ||
        date.day > 31)
        return false;
    *ret = date;
    return true;
}

/* Eight digits in a row: year first, or last. */
static bool read_run(int value, enum date_order order, struct date_text *ret)
{
    struct date_text first = {value / 10000, value / 100 % 100, value % 100};
    if (first.year >= 1700 && first.year <= 2100) {
        if (first.month > 12 && first.day <= 12) {
            int swap = first.month;
            first.month = first.day;
            first.day = swap;
        }
        if (first.month > 12) first.month = 0;
        if (first.day > 31) first.day = 0;
        return in_order(first, ret);
    }
    int one = value / 1000000;
    int two = value / 10000 % 100;
    bool month_first = two > 12 || (order == DATE_MONTH_FIRST && one <= 12);
    return in_order(
        (struct date_text){value % 10000, month_first ? one : two, month_first ? two : one}, ret);
}

/* Days as spreadsheets count them, with or without a time of day behind the point: "36526" and
 * "36526.5" are 1 January 2000.  Of 1927 to 2064, so that no year and no month is taken for one. */
static bool read_serial(struct str text, const struct numbers *n, struct date_text *ret)
{
    enum { DIGITS = 5, OF_1970 = 25569, LEAST = 10000, MOST = 60000 };
    if (n->month || n->digits[0] != DIGITS || n->value[0] < LEAST || n->value[0] > MOST)
        return false;
    if (n->count != 1 && !(n->count == 2 && text.ptr[DIGITS] == '.')) return false;
    struct date date = date_from_days(n->value[0] - OF_1970);
    *ret = (struct date_text){date.year, date.month, date.day};
    return true;
}

bool date_text_read(struct str text, enum date_order order, struct date_text *ret)
{
    struct numbers n = numbers_of(text);
    if (n.bad || n.count == 0) return false;
    int last = n.count - 1;
    if (read_serial(text, &n, ret)) return true;
    if (n.count == 1 && n.digits[0] == 8) return read_run(n.value[0], order, ret);
    if (n.count == 1 && n.digits[0] == 4 && !n.month)
        return in_order((struct date_text){n.value[0], 0, 0}, ret);
    if (n.month) {
        if (n.count > 2) return false;
        bool year_first = n.count == 2 && n.digits[0] == 4;
        int year = year_first ? n.value[0] : full_year(n.value[last], n.digits[last]);
        int day = n.count == 2 ? (year_first ? n.value[1] : n.value[0]) : 0;
        return in_order((struct date_text){year, n.month, day}, ret);
    }
    if (n.count == 2 && n.digits[0] == 4)
        return in_order((struct date_text){n.value[0], n.value[1], 0}, ret);
    if (n.count == 2 && n.digits[1] == 4)
        return in_order((struct date_text){n.value[1], n.value[0], 0}, ret);
    if (n.count != 3) return false;
    if (n.digits[0] >= 3) {
        bool swapped = n.value[1] > 12 && n.value[2] <= 12;
        return in_order((struct date_text){n.value[0], swapped ? n.value[2] : n.value[1],
                                           swapped ? n.value[1] : n.value[2]},
                        ret);
    }
    bool month_first = n.value[1] > 12 || (order == DATE_MONTH_FIRST && n.value[0] <= 12);
    int month = month_first ? n.value[0] : n.value[1];
    int day = month_first ? n.value[1] : n.value[0];
    return in_order((struct date_text){full_year(n.value[2], n.digits[2]), month, day}, ret);
}

bool date_text_is_whole(struct str text)
{
    struct date_text date;
    if (text.len < 6 || text.len > 24 || !date_text_read(text, DATE_DAY_FIRST, &date)) return false;
    return date.month && date.day;
}

int date_text_order(struct str text)
{
    struct numbers n = numbers_of(text);
    if (n.bad || n.month || n.count != 3 || n.digits[0] > 2) return 0;
    if (n.value[0] > 12 && n.value[1] <= 12) return 1;
    return n.value[1] > 12 && n.value[0] <= 12 ? -1 : 0;
}

bool text_is_missing(struct str text)
{
    static const char *const words[] = {"na",      "n/a",  "n.a.",    "nan",       "null",
                                        "none",    "nil",  "unknown", "not known", "not stated",
                                        "missing", "\\n",  "-",       "--",        "?",
                                        ".",       "<na>", "#n/a",    "n.k.",      "nk"};
    if (!text.len) return true;
    if (text.len > 10) return false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_eq(text, str_from(words[i]))) return true;
    return false;
}
