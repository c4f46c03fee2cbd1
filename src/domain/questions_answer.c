/*
 * What counts as an answer to a question of a form, and how it is told.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/names.h"
#include "base/utf8.h"
#include "domain/question_sign.h"
#include "domain/questions.h"
#include "domain/when.h"
#include "link/birth.h"
#include "link/number.h"

#include <stdio.h>

static const char *const kind_names[ANSWER_KINDS] = {"", "given", "unknown", "not-applicable"};

const char *answer_kind_name(enum answer_kind kind)
{
    return kind_names[kind];
}

bool answer_kind_from_name(struct str name, enum answer_kind *ret)
{
    int place = name_place(name, kind_names, ANSWER_KINDS);
    if (place >= 0) *ret = (enum answer_kind)place;
    return place >= 0;
}

/* --- out of a form ---------------------------------------------------------------------- */

static struct str field(struct arena *arena, const struct answer_form *form,
                        const struct question *question, const char *joint, struct str rest)
{
    return form->value(form->context,
                       str_fmt(arena, "%.*s%s%.*s", STR_ARG(question->key), joint, STR_ARG(rest)));
}

static struct str read_choices(struct arena *arena, const struct question *question,
                               const struct answer_form *form)
{
    struct buf ids;
    buf_init(&ids, 4000);
    for (size_t i = 0; i < question->option_count; i++) {
        struct str id = question->option[i].id;
        if (!field(arena, form, question, "-", id).len) continue;
        if (ids.len) buf_add_char(&ids, ',');
        buf_add(&ids, id);
    }
    struct str value = str_dup(arena, buf_str(&ids));
    buf_done(&ids);
    return value;
}

struct answer_typed answer_typed_read(struct arena *arena, const struct question *question,
                                      const struct answer_form *form)
{
    if (question->type == QUESTION_CHOICES)
        return (struct answer_typed){
            .value = read_choices(arena, question, form),
            .unknown = field(arena, form, question, "-none-", STR("unknown")).len > 0,
            .not_applicable =
                field(arena, form, question, "-none-", STR("not-applicable")).len > 0};
    if (question->type == QUESTION_SIGN) return sign_answer_read(arena, question, form);
    struct str value = utf8_clean(arena, form->value(form->context, question->key), NULL);
    if (question->option_count) {
        /* Of radio buttons, "no information" is one more. */
        bool unknown = str_eq(value, STR("unknown"));
        bool not_applicable = str_eq(value, STR("not-applicable"));
        return (struct answer_typed){unknown || not_applicable ? STR("") : value, unknown,
                                     not_applicable};
    }
    return (struct answer_typed){
        .value = value,
        .unknown = field(arena, form, question, "-none-", STR("unknown")).len > 0,
        .not_applicable = field(arena, form, question, "-none-", STR("not-applicable")).len > 0};
}

struct answer_typed answer_typed_of(const struct answer *answer)
{
    return (struct answer_typed){.value = answer->kind == ANSWER_GIVEN ? answer->value : STR(""),
                                 .unknown = answer->kind == ANSWER_UNKNOWN,
                                 .not_applicable = answer->kind == ANSWER_NOT_APPLICABLE};
}

/* --- one check for each type ------------------------------------------------------------ */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static size_t count_digits(struct str text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) count += is_digit(text.ptr[i]);
    return count;
}

static struct str check_name(struct str value)
{
    for (size_t i = 0; i < value.len; i++) {
        char c = value.ptr[i];
        if (is_letter(c) || (unsigned char)c >= 0xC3) return STR("");
    }
    return STR("Write a name, or the part of it that is known. A nickname will do.");
}

/* A year, or three numbers: meant as a date, and never as an age. */
static bool means_a_date(struct str value)
{
    size_t numbers = 0;
    for (size_t i = 0; i < value.len;) {
        size_t begins = i;
        while (i < value.len && value.ptr[i] >= '0' && value.ptr[i] <= '9') i++;
        if (i - begins == 4) return true;
        numbers += i > begins;
        i += i == begins;
    }
    return numbers > 2;
}

static struct str check_birth(struct arena *arena, struct date today, struct str value)
{
    struct str due;
    struct date_range range;
    struct err err = {0};
    if (link_birth_due(value, &due)) {
        enum st st = when_parse(due, today, &range, &err);
        if (st == ST_INVALID) return str_dup(arena, str_from(err.public));
        if (st != ST_OK) return STR("After “due”, write a date like 1 March 2027.");
        return STR("");
    }
    struct birth birth = link_birth(value, value, date_to_days(today));
    bool dated = link_birth_known(link_birth(value, STR(""), date_to_days(today)));
    if (means_a_date(value) && !dated)
        return STR(
            "There is no such day. Write a date like 14 3 2012, or a part of it like March 2012.");
    enum st day = dated ? ST_NOT_FOUND : when_parse(value, today, &range, &err);
    if (day == ST_INVALID || (day == ST_OK && range.precision == WHEN_DAY))
        return STR("Write the whole year too, like 14 3 2012 or March 2012.");
    if (!link_birth_known(birth))
        return STR("Write a date like 14 3 2012, a part of it like March 2012, or an age like "
                   "“about 15”. For a child who is not born yet, write “due 1 March 2027”.");
    if (birth.from > date_to_days(today))
        return STR("A date of birth cannot be after today. If the child is not born yet, write "
                   "“due” before the date.");
    return STR("");
}

static struct str check_day(struct arena *arena, const struct question *question, struct date today,
                            struct str value)
{
    struct date_range range;
    struct err err = {0};
    enum st st = when_parse(value, today, &range, &err);
    if (st == ST_INVALID)
        return str_fmt(arena, "%s Write it like 12/3/2026 or last Friday.", err.public);
    if (st != ST_OK)
        return STR(
            "Write when it was, like 12/3/2026, last Friday, or most Fridays since half term.");
    if (question->past && date_to_days(range.from) > date_to_days(today))
        return STR(
            "That day is still to come. Write a day that has been, like today or 12/3/2026.");
    return STR("");
}

bool time_of_day_read(struct str text, int *ret_minutes)
{
    text = str_trim(text);
    if (str_eq_nocase(text, STR("noon")) || str_eq_nocase(text, STR("midday"))) {
        *ret_minutes = 12 * 60;
        return true;
    }
    int number[2] = {0};
    size_t digits[2] = {0};
    size_t at = 0;
    for (int part = 0; part < 2; part++) {
        for (; at < text.len && is_digit(text.ptr[at]) && digits[part] < 4; at++, digits[part]++)
            number[part] = number[part] * 10 + (text.ptr[at] - '0');
        if (part == 0 && at < text.len && (text.ptr[at] == ':' || text.ptr[at] == '.')) at++;
        else break;
    }
    if (!digits[0] || digits[0] == 3 || digits[1] == 1 || digits[1] > 2) return false;
    if (digits[0] == 4 && digits[1]) return false;
    int hour = digits[0] == 4 ? number[0] / 100 : number[0];
    int minute = digits[0] == 4 ? number[0] % 100 : number[1];
    struct str rest = str_trim(str_sub(text, at, text.len));
    bool morning = str_eq_nocase(rest, STR("am")) || str_eq_nocase(rest, STR("a.m."));
    bool evening = str_eq_nocase(rest, STR("pm")) || str_eq_nocase(rest, STR("p.m."));
    if (rest.len && !morning && !evening) return false;
    if ((morning || evening) && (hour < 1 || hour > 12)) return false;
    if (!rest.len && !digits[1] && digits[0] != 4) return false; /* "4" alone may be either */
    if (morning && hour == 12) hour = 0;
    if (evening && hour != 12) hour += 12;
    if (hour > 23 || minute > 59) return false;
    *ret_minutes = hour * 60 + minute;
    return true;
}

static struct str check_time(struct str value)
{
    int minutes;
    return time_of_day_read(value, &minutes) ? STR("") : STR("Write a time like 16:50 or 4.50pm.");
}

/* "01872 000000 ext 12": what stands behind the number is not held to anything. */
static struct str without_extension(struct str value)
{
    static const struct str words[] = {STR_INIT("ext"), STR_INIT(" x"), STR_INIT("option")};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        ptrdiff_t at = str_find_nocase(value, words[i], 0);
        if (at > 0) value = str_sub(value, 0, (size_t)at);
    }
    return value;
}

static struct str check_phone(const struct question *question, struct str value)
{
    char whole[LINK_PHONE_SIZE];
    char written[LINK_NUMBERS][LINK_TEXT_SIZE];
    (void)link_numbers(without_extension(value), written); /* "mob 07700 900123" */
    if (link_phone_e164(str_from(written[0]), whole)) return STR("");
    if (!question->parts)
        return STR(
            "Write a whole phone number with its code, like 01632 960 001 or 07700 900 123.");
    for (size_t i = 0; i < value.len; i++) {
        char c = value.ptr[i];
        if (is_letter(c) && c != 'x' && c != 'X')
            return STR(
                "Write the digits that are known, with ? for each that is not, like 07700 9??.");
    }
    return count_digits(value) >= 3 ? STR("")
                                    : STR("Write at least three digits, with ? for each that is "
                                          "not known, like 07700 9??.");
}

static struct str check_email(struct str value)
{
    char clean[LINK_TEXT_SIZE];
    return link_email(value, clean)
               ? STR("")
               : STR("Write an email address with an @ in it, like name@example.org.");
}

bool nhs_number_read(struct str text, char ret[static NHS_NUMBER_SIZE])
{
    char digit[10];
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == ' ' || c == '-') continue;
        if (!is_digit(c) || count == 10) return false;
        digit[count++] = c;
    }
    if (count != 10) return false;
    int sum = 0;
    for (int i = 0; i < 9; i++) sum += (digit[i] - '0') * (10 - i);
    int check = (11 - sum % 11) % 11;
    if (check != digit[9] - '0') return false; /* 10 is no digit and equals none */
    snprintf(ret, NHS_NUMBER_SIZE, "%.3s %.3s %.4s", digit, digit + 3, digit + 6);
    return true;
}

static struct str check_nhs_number(struct arena *arena, struct str value)
{
    char number[NHS_NUMBER_SIZE];
    if (nhs_number_read(value, number)) return STR("");
    size_t digits = count_digits(value);
    if (digits == 10)
        return STR(
            "Check the NHS number: one of its ten digits cannot be right. If you are not sure, "
            "leave it out.");
    return str_fmt(arena, "An NHS number has ten digits, like 999 123 4551. This has %zu.", digits);
}

static struct str check_postcode(struct str value)
{
    char clean[LINK_POSTCODE_SIZE];
    bool whole;
    return link_postcode(value, clean, &whole)
               ? STR("")
               : STR("Write a postcode like PL1 1AA, or the first half of it.");
}

static struct str check_registration(struct str value)
{
    char clean[LINK_REGISTRATION_SIZE];
    bool partial;
    return link_registration_clean(value, clean, &partial)
               ? STR("")
               : STR("Write the letters and numbers that were seen, with ? for each that was not, "
                     "like WK?? 7?B.");
}

static struct str check_options(const struct question *question, struct str value)
{
    struct str id;
    if (question->type != QUESTION_CHOICES)
        return question_option_find(question, value) ? STR("") : STR("Choose one of the answers.");
    while (str_split(&value, ',', &id))
        if (!question_option_find(question, id)) return STR("Tick the answers that fit.");
    return STR("");
}

static struct str check_size(struct arena *arena, const struct question *question, struct str value)
{
    size_t most = question->type == QUESTION_TEXT ? QUESTION_TEXT_MAX : QUESTION_LINE_MAX;
    if (value.len <= most) return STR("");
    return str_fmt(
        arena,
        "That is too long: it has %zu characters and there is room for %zu. Shorten it, or "
        "put the rest under another question.",
        utf8_count(value), utf8_fitting(value, most));
}

static struct str check_value(struct arena *arena, const struct question *question,
                              struct date today, struct str value)
{
    if (question->type == QUESTION_SIGN) return sign_answer_check(arena, value);
    struct str size = check_size(arena, question, value);
    if (size.len) return size;
    switch (question->type) {
    case QUESTION_NAME: return check_name(value);
    case QUESTION_BIRTH: return check_birth(arena, today, value);
    case QUESTION_DAY: return check_day(arena, question, today, value);
    case QUESTION_TIME: return check_time(value);
    case QUESTION_PHONE: return check_phone(question, value);
    case QUESTION_EMAIL: return check_email(value);
    case QUESTION_NHS_NUMBER: return check_nhs_number(arena, value);
    case QUESTION_POSTCODE: return check_postcode(value);
    case QUESTION_REGISTRATION: return check_registration(value);
    case QUESTION_YES_NO:
    case QUESTION_CHOICE:
    case QUESTION_CHOICES: return check_options(question, value);
    default: return STR("");
    }
}

struct str answer_check(struct arena *arena, const struct question *question, struct date today,
                        const struct answer_typed *typed, struct answer *ret)
{
    struct str value = utf8_clean(arena, typed->value, NULL);
    /* a sign's empty lines mean something */
    if (question->type != QUESTION_SIGN) value = str_trim(value);
    if (value.len && (typed->unknown || typed->not_applicable))
        return str_fmt(arena, "You gave an answer and ticked “%s”. Keep one of the two.",
                       typed->unknown ? "No information available" : "Not applicable");
    if (typed->unknown && typed->not_applicable)
        return STR("Tick one: “No information available” or “Not applicable”.");
    if ((typed->unknown && !question->unknown) ||
        (typed->not_applicable && !question->not_applicable))
        return STR("Give an answer to this question, or leave it empty.");
    struct str wrong = value.len ? check_value(arena, question, today, value) : STR("");
    if (wrong.len) return wrong;
    *ret = (struct answer){.kind = value.len               ? ANSWER_GIVEN
                                   : typed->unknown        ? ANSWER_UNKNOWN
                                   : typed->not_applicable ? ANSWER_NOT_APPLICABLE
                                                           : ANSWER_NONE,
                           .value = value};
    return STR("");
}

/* --- telling ----------------------------------------------------------------------------- */

static struct str option_words(struct arena *arena, const struct question *question, struct str ids)
{
    struct buf words;
    buf_init(&words, 16000);
    struct str id;
    while (str_split(&ids, ',', &id)) {
        const struct question_option *option = question_option_find(question, id);
        if (words.len) buf_add_c(&words, "; ");
        /* The pack has changed since: what was chosen is shown as it was kept. */
        buf_add(&words, option ? option->label : id);
    }
    struct str text = str_dup(arena, buf_str(&words));
    buf_done(&words);
    return text;
}

struct str answer_words(struct arena *arena, const struct question *question,
                        const struct answer *answer)
{
    switch (answer->kind) {
    case ANSWER_UNKNOWN: return STR("No information available");
    case ANSWER_NOT_APPLICABLE: return STR("Not applicable");
    case ANSWER_GIVEN:
        if (question->type == QUESTION_SIGN) return sign_answer_words(arena, answer->value);
        return question->option_count ? option_words(arena, question, answer->value)
                                      : answer->value;
    default: return STR("Not answered");
    }
}

struct str answer_text(const struct question *question, struct str value)
{
    if (question->type == QUESTION_SIGN) return sign_answer_of(value).words;
    return question->type == QUESTION_TEXT ? value : STR("");
}

struct str answer_typed_words(const struct question *question, struct str value)
{
    switch (question->type) {
    case QUESTION_SIGN: return sign_answer_of(value).words;
    case QUESTION_YES_NO:
    case QUESTION_CHOICE:
    case QUESTION_CHOICES: return STR("");
    default: return value;
    }
}

static struct str days_words(struct arena *arena, int32_t from, int32_t to)
{
    struct str first = date_words(arena, date_from_days(from));
    if (from == to) return first;
    return str_fmt(arena, "%.*s to %.*s", STR_ARG(first),
                   STR_ARG(date_words(arena, date_from_days(to))));
}

struct str answer_read_as(struct arena *arena, const struct question *question, struct date today,
                          const struct answer *answer)
{
    struct date_range range;
    struct str date = answer->value;
    if (answer->kind != ANSWER_GIVEN) return STR("");
    if (question->type == QUESTION_BIRTH && !link_birth_due(answer->value, &date)) {
        struct birth birth = link_birth(answer->value, answer->value, date_to_days(today));
        return link_birth_known(birth)
                   ? str_fmt(arena, "born %.*s", STR_ARG(days_words(arena, birth.from, birth.to)))
                   : STR("");
    }
    if (question->type != QUESTION_DAY && question->type != QUESTION_BIRTH) return STR("");
    if (when_parse(date, today, &range, NULL) != ST_OK) return STR("");
    return days_words(arena, date_to_days(range.from), date_to_days(range.to));
}

static size_t skip(struct str text, size_t at, bool (*fits)(char))
{
    while (at < text.len && fits(text.ptr[at])) at++;
    return at;
}

static bool is_between(char c)
{
    return c == ' ' || c == '/' || c == '.' || c == '-';
}

/* "12 March 2026", "12/3/2026": said as days mostly are, so that lists read no words for them. */
static bool says_its_year(struct str value)
{
    size_t day = skip(value, 0, is_digit);
    size_t month = skip(value, day, is_between);
    bool named = month < value.len && is_letter(value.ptr[month]);
    size_t after = skip(value, month, named ? is_letter : is_digit);
    size_t year = skip(value, after, is_between);
    return day && day <= 2 && month > day && after > month && (named || after - month <= 2) &&
           year > after && value.len == year + 4 && skip(value, year, is_digit) == value.len;
}

/* Would the words be read as these days in some years too? */
static bool stays(struct str value, struct date told, struct date_range range)
{
    static const int later_days[] = {1, 400, 1500, 40000};
    for (size_t i = 0; i < sizeof later_days / sizeof *later_days; i++) {
        struct date_range again;
        if (when_parse(value, date_from_days(date_to_days(told) + later_days[i]), &again, NULL) !=
                ST_OK ||
            date_to_days(again.from) != date_to_days(range.from) ||
            date_to_days(again.to) != date_to_days(range.to))
            return false;
    }
    return true;
}

struct answer answer_settled(struct arena *arena, const struct question *question, struct date told,
                             struct answer answer)
{
    struct date_range range;
    if (question->type != QUESTION_DAY || answer.kind != ANSWER_GIVEN ||
        says_its_year(answer.value))
        return answer;
    if (when_parse(answer.value, told, &range, NULL) != ST_OK || stays(answer.value, told, range))
        return answer;
    int32_t from = date_to_days(range.from);
    struct str days = days_words(arena, from, date_to_days(range.to));
    struct str words = str_fmt(arena, "%.*s (%.*s)", STR_ARG(days), STR_ARG(answer.value));
    /* Of several days the words say more than their edges: "most Fridays since half term". */
    bool both = from != date_to_days(range.to) && words.len <= QUESTION_LINE_MAX;
    answer.value = both ? words : days;
    return answer;
}

bool answer_is_danger(const struct question *question, const struct answer *answer)
{
    struct str rest = answer->value;
    struct str id;
    if (answer->kind != ANSWER_GIVEN) return false;
    while (question->option_count && str_split(&rest, ',', &id)) {
        const struct question_option *option = question_option_find(question, id);
        if (option && option->danger) return true;
    }
    return false;
}

bool question_step_asked(const struct question_step *step, const struct answer *answer)
{
    struct str rest = step->only_is;
    struct str id;
    if (!step->only_if.len) return true;
    if (!answer || answer->kind != ANSWER_GIVEN) return false;
    while (str_split(&rest, ' ', &id)) {
        struct str given = answer->value;
        struct str one;
        while (str_split(&given, ',', &one))
            if (str_eq(one, id)) return true;
    }
    return false;
}
