#include "domain/area_sentence.h"

#include "base/arena.h"

enum { ROOM = 32 };

struct area_flat area_flatten(struct arena *arena, struct str text)
{
    struct area_flat flat = {arena_many(arena, text.len + 1, char),
                             arena_many(arena, text.len + 1, size_t), 0};
    size_t line = 1;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        size_t at = line;
        if (c == '\n') line++;
        if (c == '*' || c == '`' || c == '\r') continue;
        if (c == '\n' || c == '\t') c = ' ';
        if (c == ' ' && (flat.len == 0 || flat.text[flat.len - 1] == ' ')) continue;
        flat.text[flat.len] = c;
        flat.line[flat.len++] = at;
    }
    return flat;
}

static void add(struct arena *arena, struct area_sentences *list, struct area_sentence sentence)
{
    if (list->count == list->room) {
        size_t room = list->room ? list->room * 2 : ROOM;
        struct area_sentence *wider = arena_many(arena, room, struct area_sentence);
        if (list->count) memcpy(wider, list->list, list->count * sizeof *wider);
        list->list = wider;
        list->room = room;
    }
    list->list[list->count++] = sentence;
}

/* Where the sentence that begins at `from` ends: after its mark, and what closes behind it. */
static size_t end_of_sentence(struct str text, size_t from)
{
    for (size_t i = from; i < text.len; i++) {
        if (text.ptr[i] != '.' && text.ptr[i] != '?' && text.ptr[i] != '!') continue;
        size_t end = i + 1;
        while (end < text.len && text.ptr[end] != ' ')
            if (strchr("\"')]", text.ptr[end])) end++;
            else if (str_starts(str_sub(text, end, 3), STR("”")) ||
                     str_starts(str_sub(text, end, 3), STR("’")))
                end += 3;
            else break;
        if (end == text.len || text.ptr[end] == ' ') return end;
    }
    return text.len;
}

/* One paragraph, item or heading whose first line is line `line`. */
static void add_block(struct arena *arena, struct area_sentences *list, struct str block,
                      size_t line, bool heading)
{
    struct area_flat flat = area_flatten(arena, block);
    struct str text = str_of(flat.text, flat.len);
    for (size_t at = 0; at < text.len;) {
        size_t end = end_of_sentence(text, at);
        struct str one = str_trim(str_sub(text, at, end - at));
        size_t first = text.ptr[at] == ' ' ? at + 1 : at;
        if (one.len)
            add(arena, list,
                (struct area_sentence){one, line - 1 + flat.line[first],
                                       line - 1 + flat.line[end - 1], heading});
        at = end;
    }
}

/* "- ", "3. ", "## ": what stands before the words of a line; 0: it goes on with the paragraph. */
static size_t marker(struct str line, bool *heading)
{
    size_t at = 0;
    while (at < line.len && line.ptr[at] == '#') at++;
    *heading = at > 0;
    if (at) return at;
    if (str_starts(line, STR("- ")) || str_starts(line, STR("* "))) return 2;
    while (at < line.len && line.ptr[at] >= '0' && line.ptr[at] <= '9') at++;
    return at && str_starts(str_sub(line, at, 2), STR(". ")) ? at + 2 : 0;
}

void area_sentences_of_page(struct arena *arena, struct str text, struct area_sentences *ret)
{
    *ret = (struct area_sentences){0};
    size_t begins = 0; /* of the block being read */
    size_t first = 0;  /* its line; 0: none is */
    bool heading = false;
    size_t number = 0;
    for (size_t at = 0; at <= text.len;) {
        size_t end = at;
        while (end < text.len && text.ptr[end] != '\n') end++;
        struct str line = str_trim(str_sub(text, at, end - at));
        bool new_heading = false;
        size_t skip = marker(line, &new_heading);
        number++;
        if (first && (!line.len || skip || heading)) {
            add_block(arena, ret, str_sub(text, begins, at - begins), first, heading);
            first = 0;
        }
        if (line.len && !first) {
            first = number;
            begins = (size_t)(line.ptr - text.ptr) + skip;
            heading = new_heading;
        }
        at = end + 1;
    }
    if (first) add_block(arena, ret, str_sub(text, begins, text.len - begins), first, heading);
}

void area_sentences_of_value(struct arena *arena, struct str text, size_t line,
                             struct area_sentences *ret)
{
    *ret = (struct area_sentences){0};
    struct area_flat flat = area_flatten(arena, text);
    struct str whole = str_trim(str_of(flat.text, flat.len));
    if (end_of_sentence(whole, 0) < whole.len || str_ends(whole, STR(".")) ||
        str_ends(whole, STR("?"))) {
        add_block(arena, ret, text, line, false);
        return;
    }
    struct str one;
    for (; str_split(&text, '\n', &one); line++)
        if (str_trim(one).len)
            add(arena, ret, (struct area_sentence){str_trim(one), line, line, false});
}

bool area_sentence_has(struct arena *arena, struct str sentence, struct str words)
{
    struct area_flat flat = area_flatten(arena, words);
    struct str text = str_of(flat.text, flat.len);
    for (size_t at = 0; at < text.len;) {
        size_t end = end_of_sentence(text, at);
        struct str piece = str_trim(str_sub(text, at, end - at));
        while (piece.len && strchr(".?!", piece.ptr[piece.len - 1])) piece.len--;
        if (piece.len && str_find_nocase(sentence, piece, 0) >= 0) return true;
        at = end;
    }
    return false;
}
