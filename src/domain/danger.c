#include "domain/danger.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/utf8.h"
#include "domain/area_danger.h"

enum { SHOWN_MAX = 5, SHOWN_BYTES = 200 };

/* What was found is as long as the marks between its words. */
static struct str shown_of(struct str words)
{
    size_t end = words.len < SHOWN_BYTES ? words.len : SHOWN_BYTES;
    while (end < words.len && end > 0 && (words.ptr[end] & 0xc0) == 0x80) end--;
    return str_sub(words, 0, end);
}

/* A word of the text. */
struct token {
    struct str word; /* small letters, no apostrophes */
    size_t start, end;
    bool parted; /* a sentence ends before it */
};

struct words {
    struct token *token;
    size_t count;
};

/* Tokens first and up to, but not, end. */
struct stretch {
    size_t first, end;
};

static struct words read_words(struct arena *arena, struct str text)
{
    char *letters = arena_bytes(arena, text.len + 1);
    struct words words = {.token = arena_many(arena, text.len / 2 + 2, struct token)};
    struct token *token = NULL;
    bool parted = false;
    for (size_t at = 0; at < text.len;) {
        size_t before = at;
        char byte = text.ptr[at];
        uint32_t c = danger_letter(text, &at);
        if (c == DANGER_APOSTROPHE) continue;
        if (c == 0) {
            token = NULL;
            parted |= byte == '.' || byte == '!' || byte == '?' || byte == '\n';
            continue;
        }
        if (!token) {
            token = &words.token[words.count++];
            *token = (struct token){.word = {letters, 0}, .start = before, .parted = parted};
            parted = false;
        }
        letters += utf8_put(c, letters);
        token->word.len = (size_t)(letters - token->word.ptr);
        token->end = at;
    }
    return words;
}

static bool is_one_of(const struct danger_slot *slot, struct str word)
{
    for (size_t i = 0; i < slot->count; i++)
        if (str_eq(slot->word[i], word)) return true;
    return false;
}

/* Where the phrase ends whose slots from `slot` on begin at token `at`, the nearest such place; 0:
 * it does not stand there.  What does not count may not reach into the next sentence. */
static size_t phrase_end(const struct words *words, const struct danger_phrase *phrase, size_t slot,
                         size_t at)
{
    for (; slot < phrase->slot_count; slot++, at++) {
        if (!phrase->slot[slot].count) {
            size_t end = 0;
            for (size_t skip = 0; skip <= DANGER_GAP && !end; skip++)
                end = phrase_end(words, phrase, slot + 1, at + skip);
            return end;
        }
        if (at >= words->count || !is_one_of(&phrase->slot[slot], words->token[at].word)) return 0;
        if (slot && !phrase->counts && words->token[at].parted) return 0;
    }
    return at;
}

/* The first of the phrases that this word may begin. */
static size_t first_phrase(const struct area_danger *danger, struct str word)
{
    size_t low = 0, high = danger->first_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (str_cmp(danger->first[middle].word, word) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The list is in the order of the text: none after `one` is looked at. */
static bool lies_inside(const struct stretch *list, size_t count, struct stretch one)
{
    for (size_t i = 0; i < count && list[i].first <= one.first; i++)
        if (one.end <= list[i].end) return true;
    return false;
}

/* The longest phrase of this kind that begins at a token and lies in none of `outside`; an end of
 * 0: none. */
static struct stretch longest_at(const struct area_danger *danger, const struct words *words,
                                 size_t at, bool counts, const struct stretch *outside,
                                 size_t count)
{
    struct stretch longest = {at, 0};
    struct str word = words->token[at].word;
    for (size_t i = first_phrase(danger, word);
         i < danger->first_count && str_eq(danger->first[i].word, word); i++) {
        const struct danger_phrase *phrase = &danger->phrase[danger->first[i].phrase];
        if (phrase->counts != counts) continue;
        struct stretch one = {at, phrase_end(words, phrase, 0, at)};
        if (one.end > longest.end && !lies_inside(outside, count, one)) longest = one;
    }
    return longest;
}

static bool same_words(const struct words *words, struct stretch a, struct stretch b)
{
    if (a.end - a.first != b.end - b.first) return false;
    for (size_t i = 0; a.first + i < a.end; i++)
        if (!str_eq(words->token[a.first + i].word, words->token[b.first + i].word)) return false;
    return true;
}

struct str danger_find(struct arena *arena, const struct area *area, struct str text)
{
    const struct area_danger *danger = area_danger(area);
    struct words words = read_words(arena, text);
    struct stretch *except = arena_many(arena, words.count + 1, struct stretch);
    struct stretch told[SHOWN_MAX];
    size_t except_count = 0, shown = 0;
    for (size_t i = 0; i < words.count; i++) {
        struct stretch one = longest_at(danger, &words, i, false, NULL, 0);
        if (one.end) except[except_count++] = one;
    }
    struct buf found;
    buf_init(&found, 4000);
    for (size_t i = 0, near = 0; i < words.count && shown < SHOWN_MAX; i++) {
        while (near < except_count && except[near].end <= i) near++;
        struct stretch one =
            longest_at(danger, &words, i, true, except + near, except_count - near);
        bool again = lies_inside(told, shown, one);
        for (size_t k = 0; k < shown && !again; k++) again = same_words(&words, told[k], one);
        if (!one.end || again) continue;
        if (shown) buf_add_c(&found, ", ");
        size_t start = words.token[i].start;
        buf_add(&found, shown_of(str_sub(text, start, words.token[one.end - 1].end - start)));
        told[shown++] = one;
    }
    struct str result = str_dup(arena, buf_str(&found));
    buf_done(&found);
    return result;
}

struct str danger_words(struct arena *arena, const struct area *area)
{
    const struct area_danger *danger = area_danger(area);
    struct buf words;
    buf_init(&words, 1 << 20);
    for (size_t i = 0; i < danger->count; i++) {
        if (i) buf_add_char(&words, '|');
        if (!danger->phrase[i].counts) buf_add_char(&words, '!');
        buf_add(&words, danger->phrase[i].text);
    }
    struct str result = str_dup(arena, buf_str(&words));
    buf_done(&words);
    return result;
}
