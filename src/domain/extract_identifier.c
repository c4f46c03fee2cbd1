/*
 * Identifiers that are shaped like nothing else: web addresses, emails, phone
 * numbers, postcodes; and the handles of online accounts.
 */
#include "base/arena.h"
#include "domain/extract_parts.h"
#include "link/normalise.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_handle_character(char c)
{
    return is_alnum(c) || c == '_' || c == '.' || c == '-';
}

static char at(const struct extractor *x, size_t i)
{
    return i < x->text.len ? x->text.ptr[i] : '\0';
}

/* --- web addresses and emails -------------------------------------------------------- */

static const struct {
    struct str host;
    struct str platform;
} hosts[] = {
    {STR_INIT("instagram.com"), STR_INIT("Instagram")},
    {STR_INIT("snapchat.com"), STR_INIT("Snapchat")},
    {STR_INIT("facebook.com"), STR_INIT("Facebook")},
    {STR_INIT("fb.com"), STR_INIT("Facebook")},
    {STR_INIT("tiktok.com"), STR_INIT("TikTok")},
    {STR_INIT("twitter.com"), STR_INIT("X")},
    {STR_INIT("x.com"), STR_INIT("X")},
    {STR_INIT("youtube.com"), STR_INIT("YouTube")},
    {STR_INIT("twitch.tv"), STR_INIT("Twitch")},
    {STR_INIT("t.me"), STR_INIT("Telegram")},
    {STR_INIT("kik.me"), STR_INIT("Kik")},
    {STR_INIT("discord.gg"), STR_INIT("Discord")},
    {STR_INIT("reddit.com"), STR_INIT("Reddit")},
    {STR_INIT("roblox.com"), STR_INIT("Roblox")},
    {STR_INIT("threads.net"), STR_INIT("Threads")},
    {STR_INIT("wa.me"), STR_INIT("WhatsApp")},
};

static struct str without(struct str s, struct str prefix)
{
    return str_eq_nocase(str_sub(s, 0, prefix.len), prefix) ? str_sub(s, prefix.len, s.len) : s;
}

/* The handle in the path of a profile; empty when the path names no profile. */
static struct str profile_handle(struct str path)
{
    static const struct str folders[] = {STR_INIT("add/"), STR_INIT("u/"), STR_INIT("user/"),
                                         STR_INIT("c/"), STR_INIT("@")};
    /* Whose these are the whole address tells, if anything does (link_handle). */
    static const struct str others[] = {
        STR_INIT("p"),       STR_INIT("reel"),   STR_INIT("reels"),       STR_INIT("shorts"),
        STR_INIT("watch"),   STR_INIT("groups"), STR_INIT("share"),       STR_INIT("events"),
        STR_INIT("stories"), STR_INIT("people"), STR_INIT("profile.php"), STR_INIT("users"),
        STR_INIT("channel"), STR_INIT("games"),  STR_INIT("photo.php"),   STR_INIT("photo"),
        STR_INIT("member"),  STR_INIT("videos"), STR_INIT("story.php"),   STR_INIT("photos")};
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++)
        path = without(path, folders[i]);
    size_t len = 0;
    while (len < path.len && is_handle_character(path.ptr[len])) len++;
    struct str handle = str_sub(path, 0, len);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (str_eq_nocase(handle, others[i])) return STR("");
    return handle;
}

static void add_web_address(struct extractor *x, size_t start, size_t end)
{
    struct str address = extract_text(x, start, end);
    address = without(without(address, STR("https://")), STR("http://"));
    address = without(without(address, STR("www.")), STR("m."));
    size_t slash = 0;
    while (slash < address.len && address.ptr[slash] != '/') slash++;
    struct str host = str_sub(address, 0, slash), path = str_sub(address, slash + 1, address.len);
    struct extract_item *item = extract_add(x, LINK_ACCOUNT, start, end);
    if (!item) return;
    item->field[LINK_PLATFORM] = STR("website");
    item->field[LINK_HANDLE] = address;
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        if (!str_eq_nocase(host, hosts[i].host)) continue;
        item->field[LINK_PLATFORM] = hosts[i].platform;
        struct str handle = profile_handle(path);
        if (handle.len) item->field[LINK_HANDLE] = handle;
        char number[LINK_PHONE_SIZE];
        struct str e164 = str_fmt(x->arena, "+%.*s", STR_ARG(handle));
        if (str_eq(hosts[i].host, STR("wa.me")) && link_phone_e164(e164, number)) {
            item->kind = LINK_PHONE;
            item->field[LINK_PLATFORM] = item->field[LINK_HANDLE] = STR("");
            item->field[LINK_NUMBER] = e164;
        }
    }
}

static bool starts_web_address(const struct extractor *x, size_t i)
{
    struct str rest = str_sub(x->text, i, 24);
    if (i > 0 && (is_handle_character(at(x, i - 1)) || at(x, i - 1) == '@' || at(x, i - 1) == '/'))
        return false;
    static const struct str leads[] = {STR_INIT("https://"), STR_INIT("http://"), STR_INIT("www.")};
    for (size_t k = 0; k < sizeof leads / sizeof leads[0]; k++)
        if (rest.len > leads[k].len && str_eq_nocase(str_sub(rest, 0, leads[k].len), leads[k]))
            return true;
    for (size_t k = 0; k < sizeof hosts / sizeof hosts[0]; k++)
        if (str_eq_nocase(str_sub(rest, 0, hosts[k].host.len), hosts[k].host) &&
            str_sub(rest, hosts[k].host.len, 1).len && rest.ptr[hosts[k].host.len] == '/')
            return true;
    return false;
}

/* An email around the @ at `i`. */
static void find_email(struct extractor *x, size_t i)
{
    size_t start = i, end = i + 1;
    while (start > 0 && (is_handle_character(at(x, start - 1)) || at(x, start - 1) == '+')) start--;
    while (end < x->text.len && (is_alnum(at(x, end)) || at(x, end) == '.' || at(x, end) == '-'))
        end++;
    while (end > i && (at(x, end - 1) == '.' || at(x, end - 1) == '-')) end--;
    while (start < i && (at(x, start) == '.' || at(x, start) == '-')) start++;
    char clean[LINK_TEXT_SIZE];
    if (start == i || !link_email(extract_text(x, start, end), clean)) return;
    if (!extract_free(x, start, end)) return;
    struct extract_item *item = extract_add(x, LINK_ACCOUNT, start, end);
    if (item) item->field[LINK_EMAIL] = extract_text(x, start, end);
}

void extract_addresses_of_web(struct extractor *x)
{
    for (size_t i = 0; i < x->text.len; i++) {
        if (at(x, i) == '@') find_email(x, i);
        if (x->claimed[i] || !starts_web_address(x, i)) continue;
        size_t end = i;
        while (end < x->text.len && (unsigned char)at(x, end) > ' ' &&
               !strchr("<>\"'()[]{},", at(x, end)) && (unsigned char)at(x, end) < 0x80)
            end++;
        while (end > i && strchr(".;:!?/", at(x, end - 1))) end--;
        if (end - i < 200) add_web_address(x, i, end);
        i = end;
    }
}

/* --- phones -------------------------------------------------------------------------- */

/* The longest number that begins at `i` and is a whole phone number; its end, or 0. */
static size_t phone_end(const struct extractor *x, size_t i)
{
    size_t best = 0, digits = 0, gap = 0;
    bool home = at(x, i) == '0' && at(x, i + 1) != '0'; /* national: 10 or 11 digits */
    for (size_t k = i; k < x->text.len && digits <= 15; k++) {
        char c = at(x, k);
        if (is_digit(c)) {
            digits++;
            gap = 0;
        } else if (strchr(" -().+\xC2\xA0", c) && c && !(c == '+' && k > i + 1)) {
            if (++gap > 3) break;
            continue;
        } else {
            break;
        }
        char next = at(x, k + 1);
        if (is_digit(next) || (is_alnum(next) && next)) continue;
        if (digits < 9 || digits > 15 || (home && digits > 11)) continue;
        char e164[LINK_PHONE_SIZE];
        if (!link_phone_e164(extract_text(x, i, k + 1), e164)) continue;
        best = k + 1;
        if (home && digits == 11) break;
        if (str_starts(str_from(e164), STR("+44")) && strlen(e164) == 13) break;
    }
    return best;
}

/* "number ...491" */
static void find_phone_dots(struct extractor *x, size_t i)
{
    size_t start = x->word[i].end;
    while (start < x->text.len && strchr(" (:", at(x, start)) && at(x, start)) start++;
    size_t end = start;
    while (at(x, end) == '.') end++;
    size_t dots = end - start;
    while (is_digit(at(x, end))) end++;
    if (dots < 2 || end - start - dots < 3 || end - start - dots > 9 || is_alnum(at(x, end)))
        return;
    if (!extract_free(x, start, end)) return;
    struct extract_item *item = extract_add(x, LINK_PHONE, start, end);
    if (item) item->field[LINK_NUMBER] = extract_text(x, start, end);
}

/* "number ending 123", "mobile ends in 4567" */
static void find_phone_ends(struct extractor *x)
{
    for (size_t i = 0; i < x->word_count; i++) {
        if (extract_is(x, i, "number|phone|mobile|mob|tel|telephone|num")) find_phone_dots(x, i);
        if (!extract_is(x, i, "ending|ends|end|ended")) continue;
        size_t cue = i;
        bool phone = false;
        for (int back = 0; back < 4 && cue > 0 && !phone; back++)
            phone = extract_is(x, --cue, "number|phone|mobile|mob|tel|telephone|num");
        size_t digits = i + 1 + extract_is(x, i + 1, "in|with");
        if (!phone || digits >= x->word_count ||
            extract_parted(x, x->word[cue].end, x->word[digits].start))
            continue;
        const struct extract_word *word = &x->word[digits];
        size_t len = word->end - word->start;
        bool all = len >= 3 && len <= 9;
        for (size_t k = word->start; k < word->end; k++) all &= is_digit(at(x, k));
        if (!all || !extract_free(x, x->word[i].start, word->end)) continue;
        struct extract_item *item = extract_add(x, LINK_PHONE, x->word[i].start, word->end);
        if (item) item->field[LINK_NUMBER] = extract_text(x, x->word[i].start, word->end);
    }
}

void extract_phones(struct extractor *x)
{
    for (size_t i = 0; i < x->text.len; i++) {
        char c = at(x, i), before = i ? at(x, i - 1) : ' ';
        bool can_start =
            c == '+' || c == '0' || (c == '(' && (at(x, i + 1) == '0' || at(x, i + 1) == '+'));
        if (!can_start || x->claimed[i] || is_alnum(before) || strchr("@#/_.+-", before)) continue;
        size_t end = phone_end(x, i);
        if (!end || !extract_free(x, i, end)) continue;
        struct extract_item *item = extract_add(x, LINK_PHONE, i, end);
        if (item) item->field[LINK_NUMBER] = extract_text(x, i, end);
        i = end - 1;
    }
    find_phone_ends(x);
}

/* --- postcodes ----------------------------------------------------------------------- */

void extract_postcodes(struct extractor *x)
{
    for (size_t i = 0; i < x->word_count; i++) {
        const struct extract_word *word = &x->word[i];
        if (!word->digit || x->claimed[word->start]) continue;
        char clean[LINK_POSTCODE_SIZE];
        bool whole;
        size_t end = word->end;
        if (i + 1 < x->word_count && x->word[i + 1].digit &&
            extract_only(x, end, x->word[i + 1].start, "", "") &&
            link_postcode(extract_text(x, word->start, x->word[i + 1].end), clean, &whole) && whole)
            end = x->word[i + 1].end;
        else if (!link_postcode(extract_text(x, word->start, end), clean, &whole))
            continue;
        /* A district alone could be much else: only after the word for it. */
        size_t lead = i ? i - 1 : x->word_count;
        if (extract_is(x, lead, "is|area|district")) lead = lead ? lead - 1 : x->word_count;
        if (!whole && !extract_is(x, lead, "postcode|code|postal|area|district")) continue;
        if (!extract_free(x, word->start, end)) continue;
        struct extract_item *item = extract_add(x, LINK_PLACE, word->start, end);
        if (item) item->field[LINK_POSTCODE] = extract_text(x, word->start, end);
    }
}

/* --- handles ------------------------------------------------------------------------- */

/* The handle at byte `i`: its end, 0 for none.  `plain`: any word will do; else it
 * has to look like one (a digit, an underscore, a dot inside). */
static size_t handle_end(const struct extractor *x, size_t i, bool plain)
{
    size_t end = i;
    bool odd = false;
    while (end < x->text.len && is_handle_character(at(x, end))) end++;
    while (end > i && (at(x, end - 1) == '.' || at(x, end - 1) == '-')) end--;
    for (size_t k = i; k < end; k++)
        odd |= is_digit(at(x, k)) || at(x, k) == '_' || at(x, k) == '.';
    if (end - i < 2 || end - i > 40 || (!odd && !plain) || !extract_free(x, i, end)) return 0;
    struct str word = extract_text(x, i, end);
    static const struct str nothing[] = {
        STR_INIT("the"),     STR_INIT("and"),     STR_INIT("on"),      STR_INIT("is"),
        STR_INIT("was"),     STR_INIT("not"),     STR_INIT("unknown"), STR_INIT("private"),
        STR_INIT("a"),       STR_INIT("for"),     STR_INIT("called"),  STR_INIT("her"),
        STR_INIT("his"),     STR_INIT("him"),     STR_INIT("to"),      STR_INIT("them"),
        STR_INIT("account"), STR_INIT("message"), STR_INIT("with"),    STR_INIT("in"),
        STR_INIT("deleted"), STR_INIT("blocked"), STR_INIT("none"),    STR_INIT("n.a"),
        STR_INIT("of"),      STR_INIT("me"),      STR_INIT("us"),      STR_INIT("you"),
        STR_INIT("my"),      STR_INIT("our"),     STR_INIT("your"),    STR_INIT("their"),
        STR_INIT("he"),      STR_INIT("she"),     STR_INIT("they"),    STR_INIT("it"),
        STR_INIT("hers"),    STR_INIT("mine"),    STR_INIT("people"),  STR_INIT("someone"),
        STR_INIT("friends"), STR_INIT("up"),      STR_INIT("back"),    STR_INIT("now")};
    for (size_t k = 0; k < sizeof nothing / sizeof nothing[0]; k++)
        if (str_eq_nocase(word, nothing[k])) return 0;
    bool number = true;
    for (size_t k = i; k < end; k++)
        number &= !((at(x, k) | 0x20) >= 'a' && (at(x, k) | 0x20) <= 'z');
    return number ? 0 : end;
}

/* Words i (and i+1) are a platform that is surely meant as one. */
static size_t platform_words(const struct extractor *x, size_t i)
{
    if (i >= x->word_count) return 0;
    size_t two = extract_phrase(x, i, "whats app|tik tok|xbox live");
    if (two) return two;
    if (!link_platform_known(extract_text(x, x->word[i].start, x->word[i].end))) return 0;
    return extract_is(x, i, "x|wa|sc|tt|tg|yt|signal|steam|threads") && !x->word[i].upper ? 0 : 1;
}

/* The platform that is named in the same sentence, near `start`..`end`. */
static void set_platform(struct extractor *x, struct extract_item *item)
{
    size_t first = extract_word_from(x, item->start), best = SIZE_MAX, best_gap = 60;
    for (size_t i = first > 8 ? first - 8 : 0; i < x->word_count && i < first + 9; i++) {
        size_t words = platform_words(x, i);
        if (!words || !extract_free(x, x->word[i].start, x->word[i].end)) continue;
        bool before = x->word[i].start < item->start;
        size_t gap =
            before ? item->start - x->word[i + words - 1].end : x->word[i].start - item->end;
        if (before ? extract_parted(x, x->word[i].end, item->start)
                   : extract_parted(x, item->end, x->word[i].start))
            continue;
        if (gap < best_gap) best = i, best_gap = gap;
    }
    if (best == SIZE_MAX) return;
    size_t end = x->word[best + platform_words(x, best) - 1].end;
    item->field[LINK_PLATFORM] = extract_text(x, x->word[best].start, end);
    extract_extend(x, item, x->word[best].start, end);
}

static struct extract_item *add_handle(struct extractor *x, size_t start, size_t end)
{
    struct extract_item *item = extract_add(x, LINK_ACCOUNT, start, end);
    if (!item) return NULL;
    item->field[LINK_HANDLE] = extract_text(x, start, end);
    return item;
}

/* "add me on snap", where somebody's own handle follows. */
static bool invites(const struct extractor *x, size_t platform)
{
    return platform >= 2 && extract_is(x, platform - 1, "on|via") &&
           extract_is(x, platform - 2, "me|us|him|her|them");
}

/* "snap: daz_tr1", "his Snapchat is daz_tr1", "insta name daz.tr", "username: daz". */
static void find_named_handle(struct extractor *x, size_t i)
{
    size_t words = platform_words(x, i);
    bool name = !words && extract_is(x, i, "username|handle|gamertag|screenname");
    if ((!words && !name) || x->claimed[x->word[i].start]) return;
    size_t after = i + (name ? 1 : words), from = x->word[after - 1].end;
    bool sure = name;
    while (extract_is(x, after,
                      "name|username|handle|account|acc|user|id|is|was|called|as|under|profile|"
                      "tag|at|add|it's|it|its")) {
        sure |= extract_is(x, after, "name|username|handle|called|tag|id|add");
        from = x->word[after++].end;
    }
    size_t at_byte = from;
    const char *marks = !name && invites(x, i) ? " :=-\"'," : " :=-\"'";
    while (at_byte < x->text.len && strchr(marks, at(x, at_byte)) && at(x, at_byte)) {
        sure |= at(x, at_byte) == ':' || at(x, at_byte) == '=' || at(x, at_byte) == '"';
        at_byte++;
    }
    if (at(x, at_byte) == '@' || at_byte - from > 4) return; /* @name is found by itself */
    size_t end = handle_end(x, at_byte, sure);
    if (!end) return;
    struct extract_item *item = add_handle(x, at_byte, end);
    if (!item) return;
    if (name) {
        set_platform(x, item);
        return;
    }
    size_t platform_end = x->word[i + words - 1].end;
    item->field[LINK_PLATFORM] = extract_text(x, x->word[i].start, platform_end);
    extract_extend(x, item, x->word[i].start, platform_end);
}

/* Does a handle stand behind the platform, as in "snap: daz_tr1"? */
static bool is_followed(const struct extractor *x, size_t platform_end)
{
    size_t i = platform_end;
    while (at(x, i) == ' ') i++;
    if (at(x, i) != ':' && at(x, i) != '=') return false;
    do i++;
    while (at(x, i) == ' ' || at(x, i) == '"');
    return handle_end(x, i, true) > 0;
}

/* "called daz_tr1 on Snapchat", "daz_tr1 (on insta)" */
static void find_handle_on(struct extractor *x, size_t i)
{
    size_t words = platform_words(x, i + 1);
    if (!extract_is(x, i, "on|via") || !words || x->claimed[x->word[i + 1].start]) return;
    if (is_followed(x, x->word[i + words].end)) return;
    size_t end = x->word[i].start, start;
    while (end > 0 && strchr(" (\"'", at(x, end - 1))) end--;
    while (end > 0 && at(x, end - 1) == '.') end--;
    start = end;
    while (start > 0 && is_handle_character(at(x, start - 1))) start--;
    size_t before = extract_word_before(x, start);
    bool named = extract_is(x, before, "called|as|named|by|username|handle|add|added|under");
    size_t found = start < end ? handle_end(x, start, named) : 0;
    if (found != end || !found) return;
    struct extract_item *item = add_handle(x, start, end);
    if (!item) return;
    size_t platform_end = x->word[i + words].end;
    item->field[LINK_PLATFORM] = extract_text(x, x->word[i + 1].start, platform_end);
    extract_extend(x, item, x->word[i + 1].start, platform_end);
}

/* "somebody called boots_957": nobody is called that but online. */
static void find_called_handle(struct extractor *x, size_t i)
{
    if (!extract_is(x, i, "called|named|as|username|handle")) return;
    size_t start = x->word[i].end;
    while (start < x->text.len && strchr(" \"'", at(x, start)) && at(x, start)) start++;
    size_t end = handle_end(x, start, false);
    bool letters = start < x->text.len && !is_digit(at(x, start));
    bool ends = at(x, end) != '?' && at(x, end) != '*' && at(x, end) != '/';
    if (!end || !letters || !ends || end - start < 5) return;
    struct extract_item *item = add_handle(x, start, end);
    if (item) set_platform(x, item);
}

/* An email in brackets behind a handle is of the same account. */
static void join_emails(struct extractor *x)
{
    for (size_t i = 0; i < x->item_count; i++)
        for (size_t k = 0; k < x->item_count; k++) {
            struct extract_item *account = &x->item[i], *email = &x->item[k];
            if (account->gone || email->gone || !account->field[LINK_HANDLE].len) continue;
            if (!email->field[LINK_EMAIL].len || email->field[LINK_HANDLE].len) continue;
            if (!account->field[LINK_EMAIL].len && account->end < email->start &&
                extract_only(x, account->end, email->start, " (,", "email|is"))
                extract_join(x, account, email);
        }
}

void extract_handles(struct extractor *x)
{
    for (size_t i = 0; i < x->text.len; i++) {
        if (at(x, i) != '@' || x->claimed[i] || (i && is_handle_character(at(x, i - 1)))) continue;
        size_t end = handle_end(x, i + 1, true);
        if (!end) continue;
        struct extract_item *item = add_handle(x, i, end);
        if (item) set_platform(x, item);
    }
    for (size_t i = 0; i + 1 < x->word_count; i++) find_handle_on(x, i);
    for (size_t i = 0; i + 1 < x->word_count; i++) find_named_handle(x, i);
    for (size_t i = 0; i + 1 < x->word_count; i++) find_called_handle(x, i);
    join_emails(x);
}
