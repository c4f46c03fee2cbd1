/* A text split into two mentions of every kind: the index takes it, explains it,
 * finds it, searches by it and forgets it. */
#include "base/arena.h"
#include "link/link.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct link_mention made(int64_t id, enum link_kind kind, struct str text)
{
    struct link_mention mention = {.id = id, .report = id, .kind = kind, .reported_day = 20600};
    struct str part;
    for (int field = 0; field < LINK_FIELDS && str_split(&text, '|', &part); field++)
        mention.field[field] = part;
    mention.companion[0] = (struct link_companion){LINK_NAME, mention.field[LINK_ALIAS]};
    mention.companion[1] = (struct link_companion){LINK_REGISTRATION, mention.field[LINK_NAME]};
    mention.companion_count = 2;
    return mention;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str left = str_of((const char *)data, size / 2);
    struct str right = str_of((const char *)data + size / 2, size - size / 2);
    struct link_index *index = link_index_new();
    struct arena arena;
    arena_init(&arena, (size_t)16 << 20);
    for (int kind = 0; kind < LINK_KINDS; kind++) {
        struct link_mention a = made(2 * kind + 1, (enum link_kind)kind, left);
        struct link_mention b = made(2 * kind + 2, (enum link_kind)kind, right);
        struct link_match match[4];
        struct link_explanation why;
        if (link_index_insert(index, &a, NULL) != ST_OK) abort();
        if (!link_index_explain(index, &arena, &a, &b, &why)) abort();
        size_t count = link_index_query(index, &b, -1000, match, 4);
        for (size_t i = 0; i < count; i++)
            if (match[i].id == a.id && match[i].bits != why.total_bits) abort();
    }
    struct link_hit hit[8];
    (void)link_index_search(index, left, hit, 8);
    (void)link_index_search(index, right, hit, 8);
    for (int64_t kind = 0; kind < LINK_KINDS; kind++)
        if (!link_index_remove(index, 2 * kind + 1)) abort();
    if (link_index_count(index) != 0 || link_index_search(index, left, hit, 8) != 0) abort();
    arena_done(&arena);
    link_index_free(index);
    return 0;
}
