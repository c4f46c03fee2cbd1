#include "domain/danger.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/utf8.h"

enum { SHOWN_MAX = 5 };

static bool is_apostrophe(uint32_t c)
{
    return c == '\'' || c == 0x2019 || c == 0x2018 || c == '`' || c == 0xB4;
}

static bool is_letter(uint32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c >= 0xC0;
}

/* The next letter in lower case, or ' ' for a run of anything else; apostrophes are
 * not there at all.  0 at the end. */
static uint32_t next(struct str text, size_t *at)
{
    bool gap = false;
    while (*at < text.len) {
        size_t before = *at;
        uint32_t c = utf8_next(text, at);
        if (is_apostrophe(c)) continue;
        if (is_letter(c)) {
            if (gap) {
                *at = before;
                return ' ';
            }
            return c >= 'A' && c <= 'Z' ? c + 32 : c;
        }
        gap = true;
    }
    return gap ? ' ' : 0;
}

/* Does the phrase stand at `at`, up to the end of a word?  Then *ret_end. */
static bool stands_at(struct str text, size_t at, struct str phrase, size_t *ret_end)
{
    size_t in_phrase = 0, end = at;
    for (uint32_t want; (want = next(phrase, &in_phrase)) != 0;) {
        if (next(text, &at) != want) return false;
        end = at;
    }
    uint32_t after = next(text, &at);
    if (after != ' ' && after != 0) return false;
    *ret_end = end;
    return true;
}

struct str danger_find(struct arena *arena, const struct area *area, struct str text)
{
    size_t count;
    const struct str *phrase = area_danger_phrases(area, &count);
    bool *told = arena_many(arena, count + 1, bool);
    struct buf found;
    buf_init(&found, 4000);
    size_t shown = 0;
    bool at_start = true; /* of a word */
    for (size_t at = 0; at < text.len && shown < SHOWN_MAX;) {
        for (size_t i = 0; at_start && i < count && shown < SHOWN_MAX; i++) {
            size_t end;
            if (told[i] || !stands_at(text, at, phrase[i], &end)) continue;
            told[i] = true;
            if (shown++) buf_add_c(&found, ", ");
            buf_add(&found, str_sub(text, at, end - at));
        }
        uint32_t c = utf8_next(text, &at);
        if (!is_apostrophe(c)) at_start = !is_letter(c);
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
