#include "link/normalise.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* What begins so and goes on with so many characters; there is room for it. */
static void write_text(char *ret, struct str begin, const char *rest, size_t count)
{
    memcpy(ret, begin.ptr, begin.len);
    memcpy(ret + begin.len, rest, count);
    ret[begin.len + count] = 0;
}

/* --- phone ----------------------------------------------------------------------- */

enum { NUMBER_SHORTEST = 8, NUMBER_LONGEST = 15 };

bool link_phone_e164(struct str text, char ret[static LINK_PHONE_SIZE])
{
    char digits[NUMBER_LONGEST + 3] = {0};
    size_t count = 0;
    bool plus = false;
    ret[0] = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '+' && count == 0) {
            plus = true;
        } else if (is_digit(c)) {
            if (count == sizeof digits) return false;
            digits[count++] = c;
        } else if (is_letter(c) || c == '?' || c == '*') {
            return false; /* not a whole number */
        }
    }
    const char *rest = digits;
    if (!plus && count > 2 && digits[0] == '0' && digits[1] == '0') {
        plus = true;
        rest += 2;
        count -= 2;
    }
    /* "+44 (0)7700": the trunk zero has no place after the country. */
    if (plus && count > 3 && rest[0] == '4' && rest[1] == '4' && rest[2] == '0') {
        write_text(ret, STR("+44"), rest + 3, count - 3);
        /* nor does a number begin so */
        return (count - 3 == 9 || count - 3 == 10) && rest[3] != '0';
    }
    if (!plus && count > 10 && rest[0] == '4' && rest[1] == '4' && rest[2] == '7') plus = true;
    if (plus) {
        if (count < NUMBER_SHORTEST || count > NUMBER_LONGEST) return false;
        write_text(ret, STR("+"), rest, count);
        return true;
    }
    /* A mobile number that lost its zero, as spreadsheets do. */
    if (count == 10 && rest[0] == '7') {
        write_text(ret, STR("+44"), rest, count);
        return true;
    }
    if (rest[0] != '0' || (count != 10 && count != 11)) return false;
    write_text(ret, STR("+44"), rest + 1, count - 1);
    return true;
}

/* --- registration ------------------------------------------------------------------ */

bool link_registration_clean(struct str text, char ret[static LINK_REGISTRATION_SIZE],
                             bool *ret_partial)
{
    size_t count = 0;
    *ret_partial = false;
    ret[0] = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = upper(text.ptr[i]);
        if (c == '_' || c == '.' || c == '#') c = '?';
        /* Dashes stand for what was not seen only when there are several. */
        if (c == '-' && ((i + 1 < text.len && text.ptr[i + 1] == '-') ||
                         (i > 0 && text.ptr[i - 1] == '-')))
            c = '?';
        if (!is_letter(c) && !is_digit(c) && c != '?' && c != '*') continue;
        if (c == '*' && count > 0 && ret[count - 1] == '*') continue;
        if (count == LINK_REGISTRATION_SIZE - 1) return false;
        if (c == '?' || c == '*') *ret_partial = true;
        ret[count++] = c;
    }
    ret[count] = 0;
    return count > 0;
}

/* A form is a word of A (letter) and 9 (digit). */
static bool has_form(struct str clean, const char *form)
{
    size_t i = 0;
    for (; i < clean.len && form[i]; i++)
        if (form[i] == 'A' ? !is_letter(clean.ptr[i]) : !is_digit(clean.ptr[i])) return false;
    return i == clean.len && !form[i];
}

bool link_registration_is_uk(struct str clean)
{
    static const char *forms[] = {
        "AA99AAA",                                      /* current */
        "A9AAA",   "A99AAA",  "A999AAA",                /* prefix */
        "AAA9A",   "AAA99A",  "AAA999A",                /* suffix */
        "A9",      "A99",     "A999",    "A9999",       /* dateless */
        "AA9",     "AA99",    "AA999",   "AA9999",      /* and Northern Ireland */
        "AAA9",    "AAA99",   "AAA999",  "AAA9999",
        "9A",      "99A",     "999A",    "9999A",
        "9AA",     "99AA",    "999AA",   "9999AA",
        "9AAA",    "99AAA",   "999AAA",
    };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (has_form(clean, forms[i])) return true;
    return false;
}

bool link_registration_is_piece(struct str clean)
{
    if (memchr(clean.ptr, '?', clean.len) || memchr(clean.ptr, '*', clean.len)) return false;
    /* a half, and the end of a current one */
    if (clean.len < 5 || has_form(clean, "99AAA")) return true;
    return clean.len < 7 && !link_registration_is_uk(clean);
}

bool link_registration_is_whole(struct str clean)
{
    return link_registration_is_uk(clean) && !link_registration_is_piece(clean);
}

void link_registration_fold(char clean[static LINK_REGISTRATION_SIZE])
{
    static const char letter[] = "A860EF6H1JKLMN0P0R5TU7WX72"; /* of A to Z */
    for (char *c = clean; *c; c++)
        if (*c >= 'A' && *c <= 'Z') *c = letter[*c - 'A'];
}

/* --- postcode, email, handle ---------------------------------------------------------- */

bool link_postcode(struct str text, char ret[static LINK_POSTCODE_SIZE], bool *ret_whole)
{
    char clean[9];
    size_t count = 0;
    ret[0] = 0;
    *ret_whole = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = upper(text.ptr[i]);
        if (c == ' ' || c == '-') continue;
        if ((!is_letter(c) && !is_digit(c)) || count == 8) return false;
        clean[count++] = c;
    }
    if (count < 2 || count > 7) return false;
    struct str all = str_of(clean, count);
    static const char *districts[] = {"A9", "A99", "AA9", "AA99", "A9A", "AA9A"};
    for (size_t i = 0; i < sizeof districts / sizeof *districts; i++) {
        size_t length = strlen(districts[i]);
        if (!has_form(str_sub(all, 0, length), districts[i])) continue;
        if (count == length) {
            write_text(ret, all, "", 0);
            return true;
        }
        if (count == length + 3 && has_form(str_sub(all, length, 3), "9AA")) {
            write_text(ret, str_sub(all, 0, length), " ", 1);
            write_text(ret + length + 1, STR(""), clean + length, 3);
            *ret_whole = true;
            return true;
        }
    }
    return false;
}

bool link_email(struct str text, char ret[static LINK_TEXT_SIZE])
{
    text = str_trim(text);
    ptrdiff_t at = str_find(text, STR("@"), 0);
    ret[0] = 0;
    if (at < 1 || text.len >= LINK_TEXT_SIZE || str_find(text, STR("@"), (size_t)at + 1) >= 0)
        return false;
    ptrdiff_t dot = str_find(text, STR("."), (size_t)at + 2);
    if (dot < 0 || (size_t)dot + 1 >= text.len) return false;
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.ptr[i] <= ' ' || strchr("<>\"(),;:", text.ptr[i])) return false;
        ret[i] = lower(text.ptr[i]);
    }
    ret[text.len] = 0;
    return true;
}

struct str link_email_name(struct str email)
{
    return str_sub(email, 0, (size_t)str_find(email, STR("@"), 0));
}

struct str link_email_domain(struct str email)
{
    return str_sub(email, (size_t)str_find(email, STR("@"), 0) + 1, email.len);
}

void link_email_mailbox(struct str email, char ret[static LINK_TEXT_SIZE])
{
    struct str name = link_email_name(email), domain = link_email_domain(email);
    bool gmail = str_eq(domain, STR("gmail.com")) || str_eq(domain, STR("googlemail.com"));
    size_t count = 0;
    for (size_t i = 0; i < name.len && (name.ptr[i] != '+' || i == 0); i++)
        if (!gmail || name.ptr[i] != '.') ret[count++] = name.ptr[i];
    if (gmail) domain = STR("gmail.com");
    ret[count++] = '@';
    write_text(ret + count, STR(""), domain.ptr, domain.len);
}

bool link_email_name_is_common(struct str name)
{
    static const char *const names[] = {
        "info",       "admin",     "office",   "sales",          "contact",   "hello",
        "enquiries",  "enquiry",   "mail",     "email",          "reception", "support",
        "help",       "team",      "bookings", "booking",        "manager",   "safeguarding",
        "school",     "secretary", "head",     "headteacher",    "noreply",   "no-reply",
        "postmaster", "accounts",  "service",  "customerservice"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_eq(name, str_from(names[i]))) return true;
    return false;
}

/* --- letters --------------------------------------------------------------------------- */

/* Latin letters with marks and the like, from U+00C0; "" is a space. */
static const char *fold_latin(uint32_t c)
{
    static const char *const latin1[] = {
        "a", "a", "a", "a", "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i", "i",
        "d", "n", "o", "o", "o", "o", "o",  "",  "o", "u", "u", "u", "u", "y", "th", "ss",
        "a", "a", "a", "a", "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i", "i",
        "d", "n", "o", "o", "o", "o", "o",  "",  "o", "u", "u", "u", "u", "y", "th", "y"};
    /* U+0100..U+017F, one letter each. */
    static const char extended[] = "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkk"
                                   "llllllllllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuw"
                                   "wyyyzzzzzzs";
    static const char *const single[26] = {"a", "b", "c", "d", "e", "f", "g", "h", "i",
                                           "j", "k", "l", "m", "n", "o", "p", "q", "r",
                                           "s", "t", "u", "v", "w", "x", "y", "z"};
    if (c >= 0xC0 && c <= 0xFF) return latin1[c - 0xC0];
    if (c >= 0x100 && c < 0x100 + sizeof extended - 1) return single[extended[c - 0x100] - 'a'];
    if (c == 0x1A0 || c == 0x1A1) return "o";
    if (c == 0x1AF || c == 0x1B0) return "u";
    if (c == 0x218 || c == 0x219) return "s";
    if (c == 0x21A || c == 0x21B) return "t";
    /* Vietnamese: U+1EA0..U+1EF9, in runs by their letter. */
    if (c >= 0x1EA0 && c <= 0x1EB7) return "a";
    if (c >= 0x1EB8 && c <= 0x1EC7) return "e";
    if (c >= 0x1EC8 && c <= 0x1ECB) return "i";
    if (c >= 0x1ECC && c <= 0x1EE3) return "o";
    if (c >= 0x1EE4 && c <= 0x1EF1) return "u";
    if (c >= 0x1EF2 && c <= 0x1EF9) return "y";
    return NULL;
}

/* Russian and Ukrainian letters by the British passport's way (BGN/PCGN), Greek
 * by ELOT 743, both without signs. */
static const char *fold_other(uint32_t c)
{
    static const char *const cyrillic[] = {
        "a", "b", "v", "g", "d", "e",  "zh", "z",  "i",  "y",    "k", "l", "m", "n", "o",  "p",
        "r", "s", "t", "u", "f", "kh", "ts", "ch", "sh", "shch", "",  "y", "",  "e", "yu", "ya"};
    static const char *const greek[] = {"a", "v", "g", "d", "e",  "z",  "i", "th", "i",
                                        "k", "l", "m", "n", "x",  "o",  "p", "r",  "s",
                                        "s", "t", "y", "f", "ch", "ps", "o"};
    if (c >= 0x410 && c <= 0x42F) return cyrillic[c - 0x410];
    if (c >= 0x430 && c <= 0x44F) return cyrillic[c - 0x430];
    if (c == 0x401 || c == 0x451 || c == 0x404 || c == 0x454) return "e";
    if (c == 0x406 || c == 0x456 || c == 0x407 || c == 0x457) return "i";
    if (c >= 0x391 && c <= 0x3A9) return greek[c - 0x391];
    if (c >= 0x3B1 && c <= 0x3C9) return greek[c - 0x3B1];
    return NULL;
}

/* One character at *at, at most four bytes of UTF-8; any byte that is none is
 * taken alone. */
static uint32_t next_character(struct str text, size_t *at)
{
    unsigned char first = (unsigned char)text.ptr[*at];
    size_t length = first < 0x80    ? 1
                    : first >= 0xF0 ? 4
                    : first >= 0xE0 ? 3
                    : first >= 0xC0 ? 2
                                    : 1;
    if (*at + length > text.len) length = 1;
    if (length == 1 && first >= 0x80) {
        ++*at;
        return 0xFFFD; /* no character at all */
    }
    uint32_t c = length == 1 ? first : first & (0xFFu >> (length + 1));
    for (size_t i = 1; i < length; i++) c = c << 6 | ((unsigned char)text.ptr[*at + i] & 0x3Fu);
    *at += length;
    return c;
}

void link_fold(struct str text, char ret[static LINK_TEXT_SIZE])
{
    size_t count = 0;
    bool gap = false;
    for (size_t at = 0; at < text.len;) {
        char plain = text.ptr[at];
        if (is_letter(plain) || is_digit(plain)) { /* most */
            if (count + gap + 1 >= LINK_TEXT_SIZE) break;
            if (gap) ret[count++] = ' ';
            gap = false;
            ret[count++] = lower(plain);
            at++;
            continue;
        }
        uint32_t c = next_character(text, &at);
        const char *letters = NULL;
        if (c == '\'' || c == '`' || c == 0x2019 || c == 0x2018 || c == 0x2BC ||
                   (c >= 0x300 && c <= 0x36F)) {
            continue; /* O'Brien is obrien; a combining mark is nothing by itself */
        } else if (c >= 0xC0) {
            letters = fold_latin(c);
            if (!letters) letters = fold_other(c);
        }
        if (letters && !*letters && c >= 0x400) continue; /* a soft or hard sign */
        if (!letters || !*letters) {
            gap = count > 0;
            continue;
        }
        /* folded again it ends there too */
        if (count + gap + strlen(letters) >= LINK_TEXT_SIZE) break;
        if (gap) ret[count++] = ' ';
        gap = false;
        for (; *letters; letters++) ret[count++] = *letters;
    }
    ret[count] = 0;
}
