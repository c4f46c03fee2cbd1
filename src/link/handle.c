/*
 * Handles of accounts, out of what is written beside them: the platform, a profile's address, a
 * remark in brackets.
 */
#include "link/normalise.h"

enum { PLATFORM_SIZE = 32, LEAD_MOST = 40, HANDLE_LEAST = 2, TEXT_MOST = 512 };

static bool is_one_of(struct str word, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq_nocase(word, str_from(list[i]))) return true;
    return false;
}
#define IS_ONE_OF(word, list) is_one_of(word, list, sizeof(list) / sizeof *(list))

/* Says what follows, or whose it is. */
static bool is_label(struct str word)
{
    static const char *const labels[] = {
        "name", "user",  "username", "handle",   "id",     "account",  "acc", "tag",
        "is",   "on",    "via",      "the",      "her",    "his",      "my",  "their",
        "new",  "old",   "profile",  "called",   "add",    "gamertag", "and", "or",
        "also", "main",  "private",  "spam",     "second", "same",     "app", "under"};
    return IS_ONE_OF(word, labels);
}

/* Keeps the platform that was found; of two different ones neither. */
static void found(struct str word, char platform[static PLATFORM_SIZE])
{
    char meant[PLATFORM_SIZE];
    link_platform(word, meant);
    if (!platform[0])
        memcpy(platform, meant, sizeof meant);
    else if (strcmp(platform, meant) != 0)
        memcpy(platform, "?", 2);
}

/* Looks for platforms among words; are there no others but labels?  A lone x is a kiss as often,
 * unless `x` is said to be one. */
static bool only_platforms(struct str words, bool x, char platform[static PLATFORM_SIZE])
{
    char folded[LINK_TEXT_SIZE];
    bool only = true;
    link_fold(words, folded);
    struct str rest = str_from(folded), word;
    while (rest.len && str_split(&rest, ' ', &word)) {
        ptrdiff_t space = str_find(rest, STR(" "), 0);
        struct str next = space < 0 ? rest : str_sub(rest, 0, (size_t)space);
        struct str both = str_of(word.ptr, rest.len ? word.len + 1 + next.len : word.len);
        if (rest.len && link_platform_known(both)) {
            found(both, platform);
            (void)str_split(&rest, ' ', &word);
        } else if (link_platform_known(word) && (word.len > 1 || x)) {
            found(word, platform);
        } else if (!is_label(word)) {
            only = false;
        }
    }
    return only;
}

static bool is_handle(struct str text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        count += (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || (c & 0x80);
    }
    return count >= HANDLE_LEAST;
}

static bool is_one_word(struct str text)
{
    return text.len && !memchr(text.ptr, ' ', text.len);
}

/* "kez (snapchat)": what stands in brackets at the end is no part of it. */
static struct str without_brackets(struct str text, char platform[static PLATFORM_SIZE])
{
    if (!str_ends(text, STR(")"))) return text;
    size_t open = text.len;
    while (open && text.ptr[open - 1] != '(') open--;
    struct str left = str_trim(str_sub(text, 0, open ? open - 1 : 0));
    if (!open || !is_handle(left)) return text;
    (void)only_platforms(str_sub(text, open, text.len - open - 1), false, platform);
    return left;
}

/* "kez on snap", "kez snapchat". */
static struct str without_tail(struct str text, char platform[static PLATFORM_SIZE])
{
    static const char *const joins[] = {"on", "via", "-"};
    for (size_t i = text.len; i > 0; i--) {
        if (text.ptr[i - 1] != ' ') continue;
        struct str left = str_trim(str_sub(text, 0, i - 1));
        struct str tail = str_sub(text, i, text.len);
        ptrdiff_t end = str_find(tail, STR(" "), 0);
        bool joined = end > 0 && IS_ONE_OF(str_sub(tail, 0, (size_t)end), joins);
        char here[PLATFORM_SIZE] = "", before[PLATFORM_SIZE] = "";
        if (!is_handle(left) || only_platforms(left, false, before) ||
            !only_platforms(tail, joined, here)) return text;
        if (here[0] && (joined || is_one_word(left))) {
            found(str_from(here), platform);
            return left;
        }
    }
    return text;
}

/* "Snapchat: kez", "snap kez", "insta @kez", "username: kez". */
static struct str without_lead(struct str text, char platform[static PLATFORM_SIZE])
{
    char here[PLATFORM_SIZE] = "";
    ptrdiff_t colon = str_find(text, STR(":"), 0);
    struct str left = str_trim(str_sub(text, (size_t)(colon < 0 ? 0 : colon + 1), text.len));
    if (colon > 0 && colon <= LEAD_MOST && is_handle(left) &&
        only_platforms(str_sub(text, 0, (size_t)colon), true, here)) {
        if (here[0]) found(str_from(here), platform);
        return left;
    }
    for (size_t i = 0; i < text.len && i <= LEAD_MOST; i++) {
        if (text.ptr[i] != ' ') continue;
        here[0] = 0;
        if (!only_platforms(str_sub(text, 0, i), false, here)) return text;
        left = str_trim(str_sub(text, i, text.len));
        while (str_starts(left, STR("-")) || str_starts(left, STR("=")))
            left = str_trim(str_sub(left, 1, left.len));
        if (here[0] && is_handle(left) && (is_one_word(left) || left.ptr[0] == '@')) {
            found(str_from(here), platform);
            return left;
        }
    }
    return text;
}

/* What stands up to a sign, which is taken off the rest with it. */
static struct str up_to(struct str *rest, const char *signs)
{
    size_t end = 0;
    while (end < rest->len && !strchr(signs, rest->ptr[end])) end++;
    struct str part = str_sub(*rest, 0, end);
    *rest = str_sub(*rest, end + 1, rest->len);
    return part;
}

/* Whose profile is it, by the path of an address and what is asked of it?  Empty: it is a
 * picture, a group or the like, or nobody's. */
static struct str owner_of(struct str rest)
{
    static const char *const folders[] = {"add",     "u",      "user",    "users", "c",
                                          "channel", "member", "stories", "people"};
    static const char *const others[] = {"p",       "reel",   "reels",   "watch",   "groups",
                                         "share",   "events", "photo",   "photos",  "video",
                                         "videos",  "status", "games",   "shorts",  "story",
                                         "explore", "search", "results", "hashtag", "marketplace"};
    struct str path = up_to(&rest, "?#");
    struct str part = up_to(&path, "/");
    while (str_eq_nocase(part, STR("profile.php")) && rest.len) {
        struct str asked = up_to(&rest, "&#");
        if (str_eq_nocase(up_to(&asked, "="), STR("id"))) return asked;
    }
    bool named = str_eq_nocase(part, STR("people")); /* people/Kez-Pasty/1000 */
    if (IS_ONE_OF(part, folders)) part = up_to(&path, "/");
    if (named && path.len) part = up_to(&path, "/");
    bool other = IS_ONE_OF(part, others) || str_ends(part, STR(".php"));
    return other ? STR("") : part;
}

/* A profile's address: who it is of; of another address the last part of the path that is not
 * empty.  What is nobody's profile stays as it is: it is a thing of its own. */
static struct str of_profile(struct str text, char platform[static PLATFORM_SIZE])
{
    static const struct {
        const char *host, *platform;
    } hosts[] = {{"instagram.com", "instagram"}, {"snapchat.com", "snapchat"},
                 {"facebook.com", "facebook"},   {"fb.com", "facebook"},
                 {"tiktok.com", "tiktok"},       {"twitter.com", "x"},
                 {"x.com", "x"},                 {"youtube.com", "youtube"},
                 {"twitch.tv", "twitch"},        {"t.me", "telegram"},
                 {"kik.me", "kik"},              {"discord.gg", "discord"},
                 {"reddit.com", "reddit"},       {"roblox.com", "roblox"},
                 {"threads.net", "threads"},     {"vinted.co.uk", "vinted"}};
    ptrdiff_t scheme = str_find(text, STR("://"), 0);
    struct str address = scheme >= 0 ? str_sub(text, (size_t)scheme + 3, text.len) : text;
    bool web = scheme >= 0 || str_starts(text, STR("www."));
    if (str_eq_nocase(str_sub(address, 0, 4), STR("www."))) address = str_sub(address, 4, text.len);
    if (str_eq_nocase(str_sub(address, 0, 2), STR("m."))) address = str_sub(address, 2, text.len);
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        size_t length = strlen(hosts[i].host);
        if (address.len <= length + 1 || address.ptr[length] != '/' ||
            !str_eq_nocase(str_sub(address, 0, length), str_from(hosts[i].host)))
            continue;
        found(str_from(hosts[i].platform), platform);
        struct str owner = owner_of(str_sub(address, length + 1, address.len));
        return is_handle(owner) ? owner : address;
    }
    if (!web) return text;
    struct str rest = address;
    struct str path = up_to(&rest, "?");
    while (path.len && path.ptr[path.len - 1] == '/') path.len--;
    if (str_ends(path, STR(".php"))) return address;
    for (size_t i = path.len; i > 0; i--)
        if (path.ptr[i - 1] == '/') return str_sub(path, i, path.len);
    return path;
}

static struct str core(struct str text, char platform[static PLATFORM_SIZE])
{
    platform[0] = 0;
    text = str_trim(str_sub(text, 0, TEXT_MOST));
    text = without_brackets(text, platform);
    if (str_find(text, STR("://"), 0) < 0) text = without_lead(text, platform);
    text = of_profile(text, platform);
    text = without_tail(text, platform);
    if (platform[0] == '?') platform[0] = 0;
    return text;
}

void link_handle(struct str text, char ret[static LINK_TEXT_SIZE])
{
    char platform[PLATFORM_SIZE];
    size_t count = 0;
    text = core(text, platform);
    for (size_t i = 0; i < text.len && count < LINK_TEXT_SIZE - 1; i++) {
        char c = text.ptr[i] >= 'A' && text.ptr[i] <= 'Z' ? (char)(text.ptr[i] + 32) : text.ptr[i];
        if (c == ' ' || (c == '@' && count == 0)) continue;
        ret[count++] = c;
    }
    ret[count] = 0;
}

bool link_handle_platform(struct str text, char ret[static PLATFORM_SIZE])
{
    (void)core(text, ret);
    return ret[0];
}
