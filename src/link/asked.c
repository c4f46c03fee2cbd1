#include "link/asked.h"

#include "link/compare_part.h"

#include <stdlib.h>

static void grow(struct asked *asked)
{
    struct asked_word *old = asked->slot;
    uint32_t old_slots = asked->slots;
    asked->slots = old_slots ? old_slots * 2 : 256;
    asked->slot = calloc(asked->slots, sizeof *old);
    if (!asked->slot) abort();
    for (uint32_t i = 0; i < old_slots; i++) {
        if (!old[i].word) continue;
        uint32_t at = (uint32_t)((old[i].word - 1) * 2654435761u >> 8) & (asked->slots - 1);
        while (asked->slot[at].word) at = (at + 1) & (asked->slots - 1);
        asked->slot[at] = old[i];
    }
    free(old);
}

static struct asked_word *slot_for(struct asked *asked, uint32_t word)
{
    if (asked->count * 2 >= asked->slots) grow(asked);
    uint32_t at = (word * 2654435761u >> 8) & (asked->slots - 1);
    while (asked->slot[at].word && asked->slot[at].word != word + 1)
        at = (at + 1) & (asked->slots - 1);
    if (!asked->slot[at].word) {
        asked->slot[at].word = word + 1;
        asked->count++;
    }
    return &asked->slot[at];
}

/* What is alike to a word: kept, or found now; true: the caller frees it. */
static bool like(const struct values *values, struct str text, const struct word_sounds *sounds,
                 uint32_t word, struct alike_list *ret)
{
    const struct words *words = &values->words;
    if (word != WORD_NONE && word < words->settled && !words->word[word].crowded) {
        *ret = words->word[word].alike;
        return false;
    }
    link_words_like(words, values->text, text, sounds, words->count, ret);
    return true;
}

/* Everything that is like one word, with what it tells. */
static void make_word(struct asked *asked, const struct values *values,
                      const struct compare_counts *counts, const struct name_token *token, int at)
{
    const struct words *words = &values->words;
    double own = link_name_rarity(counts, token->text, token->sounds);
    struct alike_list list;
    bool made = like(values, token->text, token->sounds, token->word, &list);
    if (token->word != WORD_NONE) {
        struct asked_word *same = slot_for(asked, token->word);
        same->level[at] = WORD_EXACT;
        same->rarity[at] = own;
    }
    for (uint32_t i = 0; i < list.count; i++) {
        const struct word *word = &words->word[list.alike[i].word];
        if (!word->mentions) continue;
        enum word_level level = (enum word_level)list.alike[i].level;
        struct str text = link_word_text(words, values->text, list.alike[i].word);
        double theirs = link_name_rarity(counts, text, &word->sounds);
        struct asked_word *slot = slot_for(asked, list.alike[i].word);
        slot->level[at] = (uint8_t)level;
        slot->rarity[at] =
            link_level_rarity(counts, level, token->sounds, own, &word->sounds, theirs);
    }
    if (made) free(list.alike);
}

void link_asked_make(struct asked *asked, const struct values *values,
                     const struct compare_counts *counts, struct record *record)
{
    *asked = (struct asked){.id = record->id};
    grow(asked);
    if (record->plate.len) {
        asked->plate = calloc(ASKED_PLATES, sizeof *asked->plate);
        if (!asked->plate) abort();
    }
    struct name *names[] = {&record->name, &record->alias};
    for (int part = 0; part < 2; part++)
        for (int i = 0; i < names[part]->count; i++) {
            int at = part * RECORD_TOKENS + i;
            names[part]->token[i].asked = (int8_t)at;
            make_word(asked, values, counts, &names[part]->token[i], at);
        }
}

void link_asked_done(struct asked *asked)
{
    free(asked->slot);
    free(asked->plate);
    *asked = (struct asked){0};
}

struct plate_fit link_asked_plate(const struct asked *asked, struct str plate, struct str other,
                                  uint32_t other_value)
{
    struct asked_plate *kept = &asked->plate[other_value * 2654435761u >> 23];
    if (kept->value != other_value + 1)
        *kept = (struct asked_plate){other_value + 1, link_plate_fit(plate, other)};
    return kept->fit;
}

void link_asked_near(struct asked_near *near, const struct values *values, struct str text)
{
    const struct words *words = &values->words;
    struct word_sounds space;
    struct alike_list list;
    uint32_t word = link_values_word(values, text);
    if (word == WORD_NONE) link_word_sounds(text, &space);
    bool made =
        like(values, text, word == WORD_NONE ? &space : &words->word[word].sounds, word, &list);
    *near = (struct asked_near){calloc(list.count + 1u, sizeof *near->word), 0};
    if (!near->word) abort();
    for (uint32_t i = 0; i < list.count; i++)
        if (link_word_near(text, link_word_text(words, values->text, list.alike[i].word)))
            near->word[near->count++] = list.alike[i].word;
    if (made) free(list.alike);
}
