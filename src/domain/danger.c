#include "domain/danger.h"

#include "base/arena.h"
#include "base/buf.h"
#include "domain/phrase.h"

enum { SHOWN_MAX = 5, SHOWN_BYTES = 200 };

/* What was found is as long as the marks between its words. */
static struct str shown_of(struct str words)
{
    size_t end = words.len < SHOWN_BYTES ? words.len : SHOWN_BYTES;
    while (end < words.len && end > 0 && (words.ptr[end] & 0xc0) == 0x80) end--;
    return str_sub(words, 0, end);
}

/* The letter or digit that it begins with; 0: something else. */
static unsigned char begins(struct str text, size_t at)
{
    unsigned char c = at < text.len ? (unsigned char)text.ptr[at] : 0;
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') ? c | 32 : 0;
}

/* The first letter of each phrase, one after another; NULL: one has none. */
static const unsigned char *first_letters(struct arena *arena, const struct str *phrase,
                                          size_t count)
{
    unsigned char *first = arena_many(arena, count + 1, unsigned char);
    for (size_t i = 0; i < count; i++)
        if ((first[i] = begins(phrase[i], 0)) == 0) return NULL;
    return first;
}

/* The next phrase from `from` on that a word with this letter may begin. */
static size_t next_phrase(const unsigned char *first, size_t count, size_t from,
                          unsigned char letter)
{
    if (!first || from >= count) return from;
    if (!letter) return count;
    const unsigned char *found = memchr(first + from, letter, count - from);
    return found ? (size_t)(found - first) : count;
}

struct str danger_find(struct arena *arena, const struct area *area, struct str text)
{
    size_t count;
    const struct str *phrase = area_danger_phrases(area, &count);
    const unsigned char *first = first_letters(arena, phrase, count);
    bool *told = arena_many(arena, count + 1, bool);
    struct buf found;
    buf_init(&found, 4000);
    size_t shown = 0;
    bool at_start = true; /* of a word */
    for (size_t at = 0; at < text.len && shown < SHOWN_MAX;) {
        unsigned char letter = begins(text, at);
        bool begins_here = at_start && phrase_begins(text, at);
        for (size_t i = begins_here ? next_phrase(first, count, 0, letter) : count;
             i < count && shown < SHOWN_MAX; i = next_phrase(first, count, i + 1, letter)) {
            size_t end;
            if (told[i] || !phrase_at(text, at, phrase[i], &end)) continue;
            told[i] = true;
            if (shown++) buf_add_c(&found, ", ");
            buf_add(&found, shown_of(str_sub(text, at, end - at)));
        }
        phrase_step(text, &at, &at_start);
    }
    struct str result = str_dup(arena, buf_str(&found));
    buf_done(&found);
    return result;
}

struct str danger_words(struct arena *arena, const struct area *area)
{
    size_t count;
    const struct str *phrase = area_danger_phrases(area, &count);
    struct buf words;
    buf_init(&words, 1 << 20);
    for (size_t i = 0; i < count; i++) {
        if (i) buf_add_char(&words, '|');
        buf_add(&words, phrase[i]);
    }
    struct str result = str_dup(arena, buf_str(&words));
    buf_done(&words);
    return result;
}
