#include "domain/text_words.h"

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* How many bytes at this place part words; 0: none. */
static size_t parts_at(struct str text, size_t at)
{
    unsigned char c = (unsigned char)text.ptr[at];
    if (c < 0x80) return !is_plain((char)c) && c != '\'' && c != '`';
    if (c != 0xe2 || at + 2 >= text.len || (unsigned char)text.ptr[at + 1] != 0x80) return 0;
    unsigned char last = (unsigned char)text.ptr[at + 2];
    return last == 0x98 || last == 0x99 ? 0 : 3;
}

bool text_word_next(struct str text, size_t *at, struct str *ret)
{
    size_t parts;
    while (*at < text.len && (parts = parts_at(text, *at)) > 0) *at += parts;
    if (*at >= text.len) return false;
    size_t from = *at;
    while (*at < text.len && !parts_at(text, *at)) (*at)++;
    *ret = str_sub(text, from, *at - from);
    return true;
}

struct str text_word_without_s(struct str word)
{
    static const struct str end[] = {STR_INIT("'s"), STR_INIT("'S"), STR_INIT("\xe2\x80\x99s"),
                                     STR_INIT("\xe2\x80\x99S")};
    for (size_t i = 0; i < sizeof end / sizeof *end; i++)
        if (str_ends(word, end[i])) return str_sub(word, 0, word.len - end[i].len);
    return word;
}
