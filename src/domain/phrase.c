#include "domain/phrase.h"

#include "base/utf8.h"

static bool is_apostrophe(uint32_t c)
{
    return c == '\'' || c == 0x2019 || c == 0x2018 || c == '`' || c == 0xB4;
}

static bool is_letter(uint32_t c)
{
    /* General punctuation: curly quotation marks, dashes, the ellipsis. */
    if (c >= 0x2000 && c <= 0x206F) return false;
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c >= 0xC0;
}

/* The next letter in lower case, or ' ' for a run of anything else; apostrophes are
 * not there at all.  0 at the end.  A run is walked to its end only by who `walks`: else *at
 * stands somewhere in it. */
static uint32_t next(struct str text, size_t *at, bool walks)
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
        if (!walks) break;
    }
    return gap ? ' ' : 0;
}

static bool is_ascii_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Whether they differ before either has anything but a letter or digit of ASCII. */
static bool differs_soon(struct str text, size_t at, struct str phrase)
{
    for (size_t i = 0; i < phrase.len && at + i < text.len; i++) {
        char one = text.ptr[at + i], other = phrase.ptr[i];
        if (!is_ascii_word(one) || !is_ascii_word(other)) return false;
        if ((one | 32) != (other | 32)) return true;
    }
    return false;
}

bool phrase_begins(struct str text, size_t at)
{
    if (at >= text.len) return false;
    if (is_ascii_word(text.ptr[at])) return true;
    uint32_t c = utf8_next(text, &at);
    return is_letter(c) && !is_apostrophe(c);
}

bool phrase_at(struct str text, size_t at, struct str phrase, size_t *ret_end)
{
    if (differs_soon(text, at, phrase)) return false; /* as most do, by their second letter */
    if (!phrase_begins(text, at)) return false;
    size_t in_phrase = 0, end = at;
    uint32_t want = next(phrase, &in_phrase, true);
    if (want == ' ') want = next(phrase, &in_phrase, true); /* marks before its first word */
    if (!want) return false;
    for (; want != 0; want = next(phrase, &in_phrase, true)) {
        if (want == ' ' && in_phrase == phrase.len) break; /* and after its last */
        if (next(text, &at, want == ' ') != want) return false;
        end = at;
    }
    uint32_t after = next(text, &at, false);
    if (after != ' ' && after != 0) return false;
    *ret_end = end;
    return true;
}

void phrase_step(struct str text, size_t *at, bool *at_start)
{
    if (is_ascii_word(text.ptr[*at])) {
        ++*at;
        *at_start = false;
        return;
    }
    uint32_t c = utf8_next(text, at);
    if (!is_apostrophe(c)) *at_start = !is_letter(c);
}
