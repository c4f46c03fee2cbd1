#include "domain/naming_words.h"

#include "domain/text_words.h"
#include "link/normalise.h"

enum { ADDRESS_MAX = 254 };

static const char *const titles[] = {"mr",   "mrs",       "ms",       "miss",     "mx",       "dr",
                                     "prof", "professor", "rev",      "reverend", "fr",       "sir",
                                     "dame", "sgt",       "sergeant", "insp",     "inspector"};

/* Those of the last words, the newest last. */
struct words {
    uint64_t word[NAMING_WORDS_MAX];
    size_t count;
};

/* Never that of an address. */
static uint64_t key_of(const uint64_t *word, size_t count)
{
    uint64_t key = 0;
    for (size_t i = 0; i < count; i++) key = (key ^ word[i]) * 0x9e3779b97f4a7c15u;
    return key | 1;
}

static uint64_t key_of_address(struct str address)
{
    char lower[ADDRESS_MAX];
    for (size_t i = 0; i < address.len; i++)
        lower[i] = address.ptr[i] >= 'A' && address.ptr[i] <= 'Z' ? (char)(address.ptr[i] | 0x20)
                                                                  : address.ptr[i];
    return str_hash(str_of(lower, address.len)) & ~(uint64_t)1;
}

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

typedef void word_met(void *context, struct str folded);

/* Words of two letters and more: initials come and go. */
static void walk_words(struct str text, word_met *met, void *context)
{
    struct str written;
    for (size_t at = 0; text_word_next(text, &at, &written);) {
        written = text_word_without_s(written);
        /* A word is short; what is not is looked through piece by piece. */
        for (size_t done = 0; done < written.len; done += LINK_TEXT_SIZE / 2) {
            char folded[LINK_TEXT_SIZE];
            link_fold(str_sub(written, done, LINK_TEXT_SIZE / 2), folded);
            struct str rest = str_from(folded), word;
            while (str_split(&rest, ' ', &word))
                if (word.len > 1) met(context, word);
        }
    }
}

static bool is_of_address(char c)
{
    return is_plain(c) || strchr(".!#$%&'*+/=?^_`{|}~-", c);
}

static void walk_addresses(struct str text, naming_met *met, void *context)
{
    for (ptrdiff_t sign = 0; (sign = str_find(text, STR("@"), (size_t)sign)) >= 0; sign++) {
        size_t from = (size_t)sign, to = (size_t)sign + 1;
        while (from > 0 && text.ptr[from - 1] && is_of_address(text.ptr[from - 1])) from--;
        while (to < text.len &&
               (is_plain(text.ptr[to]) || text.ptr[to] == '.' || text.ptr[to] == '-'))
            to++;
        while (to > (size_t)sign && !is_plain(text.ptr[to - 1])) to--;
        /* Quotation marks may stand around it. */
        while (from < (size_t)sign && text.ptr[from] == '\'') from++;
        if (to > (size_t)sign && to - from <= ADDRESS_MAX)
            met(context, key_of_address(str_sub(text, from, to - from)));
    }
}

/* --- a name --------------------------------------------------------------------------------- */

static void take_word_of_name(void *context, struct str folded)
{
    struct words *words = context;
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
        if (words->count == 0 && str_eq(folded, str_from(titles[i]))) return;
    if (words->count < NAMING_WORDS_MAX) words->word[words->count++] = str_hash(folded);
}

size_t naming_keys(struct str email, struct str name, uint64_t ret[static NAMING_KEYS_MAX])
{
    size_t count = 0;
    struct words words = {0};
    walk_words(name, take_word_of_name, &words);
    if (words.count > 1) {
        uint64_t first = words.word[0], last = words.word[words.count - 1];
        ret[count++] = key_of((uint64_t[]){first, last}, 2);
        ret[count++] = key_of((uint64_t[]){last, first}, 2);
        if (words.count > 2) ret[count++] = key_of(words.word, words.count);
    }
    if (email.len && email.len <= ADDRESS_MAX) ret[count++] = key_of_address(email);
    return count;
}

/* --- a text ----------------------------------------------------------------------------------- */

struct walk {
    struct words words;
    naming_met *met;
    void *context;
};

static void take_word_of_text(void *context, struct str folded)
{
    struct walk *walk = context;
    struct words *words = &walk->words;
    if (words->count == NAMING_WORDS_MAX)
        memmove(words->word, words->word + 1, --words->count * sizeof *words->word);
    words->word[words->count++] = str_hash(folded);
    for (size_t from = 0; from + 1 < words->count; from++)
        walk->met(walk->context, key_of(words->word + from, words->count - from));
}

void naming_walk(struct str text, naming_met *met, void *context)
{
    struct walk walk = {.met = met, .context = context};
    walk_words(text, take_word_of_text, &walk);
    walk_addresses(text, met, context);
}

void naming_walk_name(struct str name, naming_met *met, void *context)
{
    uint64_t key[NAMING_KEYS_MAX];
    size_t count = naming_keys(STR(""), name, key);
    for (size_t i = 0; i < count; i++) met(context, key[i]);
    naming_walk(name, met, context);
}
