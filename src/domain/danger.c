#include "domain/danger.h"

#include "base/arena.h"
#include "base/buf.h"
#include "domain/phrase.h"

enum { SHOWN_MAX = 5 };

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
            if (told[i] || !phrase_at(text, at, phrase[i], &end)) continue;
            told[i] = true;
            if (shown++) buf_add_c(&found, ", ");
            buf_add(&found, str_sub(text, at, end - at));
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
