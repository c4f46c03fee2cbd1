#include "link/alike.h"

#include "link/kernel_many.h"
#include "link/phonetic.h"
#include "link/record.h"

#include <pthread.h>
#include <stdlib.h>

_Static_assert(WORD_GROUPS == KERNEL_LONGEST + 1, "a group for each length, one for longer words");

enum {
    KEYS_MAX = 7 + READINGS + NAME_FAMILIES + CLIPS + CLIP_PETS,
    BEGINNINGS = 2,
    ENDING = BEGINNINGS,
    THREADS_MAX = 16
};

static void *grown(void *old, size_t count, size_t size)
{
    void *new = reallocarray(old, count, size);
    if (!new) abort();
    return new;
}

void link_words_init(struct words *words)
{
    *words = (struct words){0};
    link_postings_init(&words->keys);
}

void link_words_done(struct words *words)
{
    for (uint32_t i = 0; i < words->count; i++) free(words->word[i].alike.alike);
    free(words->word);
    for (size_t i = 0; i < WORD_GROUPS; i++) {
        free(words->group[i].block);
        free(words->group[i].word);
        free(words->group[i].letters);
    }
    link_postings_done(&words->keys);
    *words = (struct words){0};
}

/* --- what a word is filed under ----------------------------------------------------- */

uint64_t link_word_key_sound(uint64_t sound)
{
    return link_key('s', str_of((const char *)&sound, sizeof sound));
}

uint64_t link_word_key_family(uint16_t family)
{
    return link_key('f', str_of((const char *)&family, sizeof family));
}

/* Two words whose likeness is not one of letters alone share one of these: see
 * link_word_level.  What makes two alike by their beginning makes them begin with the same
 * three letters, where each has so many; `others`: what those of two letters are filed under
 * for one of more, and those of more for one of two. */
static size_t keys_of(struct str text, const struct word_sounds *sounds, bool others,
                      uint64_t ret[static KEYS_MAX])
{
    char space[LINK_PLAIN_SIZE];
    size_t count = 0;
    if (text.len < 2) return 0;
    ret[count++] = link_key('3', str_sub(text, 0, 3)); /* BEGINNINGS */
    ret[count++] = link_key(others && text.len > 2 ? '3' : '2', str_sub(text, 0, 2));
    size_t tail = text.len < WORD_TAIL_LEAST ? text.len : WORD_TAIL_LEAST;
    ret[count++] = link_key('4', str_sub(text, text.len - tail, tail)); /* ENDING */
    ret[count++] = link_key('N', link_plain(text, space));
    struct str core = link_word_core(text);
    if (core.len)
        ret[count++] = link_key('4', str_sub(core, core.len - WORD_TAIL_LEAST, WORD_TAIL_LEAST));
    if (link_sound_tells(sounds->sound)) ret[count++] = link_word_key_sound(sounds->sound);
    if (link_sound_tells(sounds->other_sound))
        ret[count++] =
            link_key('S', str_of((const char *)&sounds->other_sound, sizeof sounds->other_sound));
    for (int i = 0; i < READINGS; i++) {
        const uint64_t *heard = sounds->spoken.heard;
        bool there = !link_sound_tells(heard[i]);
        for (int k = 0; k < i; k++) there |= heard[k] == heard[i];
        if (!there) ret[count++] = link_key('R', str_of((const char *)&heard[i], sizeof heard[i]));
    }
    for (int i = 0; i < NAME_FAMILIES && sounds->family[i]; i++)
        ret[count++] = link_word_key_family(sounds->family[i]);
    return count;
}

/* A short form is filed by how it begins, a name by how short forms of it may; `others`: what those
 * are filed under that may be its names, or its short forms. */
static size_t clip_keys_of(const struct clips *clips, bool others, uint64_t *ret)
{
    const char name = others ? 'p' : 'c', pet = others ? 'c' : 'p';
    size_t count = 0;
    for (int i = 0; i < CLIPS && clips->has[i]; i++)
        ret[count++] = link_key(name, str_of((const char *)&clips->has[i], sizeof clips->has[i]));
    for (int i = 0; i < CLIP_PETS && clips->pet[i]; i++)
        ret[count++] = link_key(pet, str_of((const char *)&clips->pet[i], sizeof clips->pet[i]));
    return count;
}

size_t link_words_sharing(const struct words *words, uint64_t key)
{
    struct posting posting = link_postings_find(&words->keys, key);
    size_t mentions = 0;
    for (uint32_t i = 0; i < posting.count; i++) mentions += words->word[posting.place[i]].mentions;
    return mentions;
}

static void add_to_group(struct words *words, struct str text, uint32_t word)
{
    bool longer = text.len > KERNEL_LONGEST;
    struct word_group *group = &words->group[longer ? 0 : text.len];
    if (group->count == group->capacity) {
        group->capacity = group->capacity ? group->capacity * 2 : KERNEL_LANES;
        group->word = grown(group->word, group->capacity, sizeof *group->word);
        if (!longer) {
            group->block =
                grown(group->block, group->capacity / KERNEL_LANES, sizeof *group->block);
            group->letters = grown(group->letters, group->capacity, sizeof *group->letters);
            memset(group->letters + group->count, 0,
                   (group->capacity - group->count) * sizeof *group->letters);
        }
    }
    uint32_t place = group->count++;
    group->word[place] = word;
    if (longer) return;
    link_kernel_block_set(&group->block[place / KERNEL_LANES], place % KERNEL_LANES, text);
    group->letters[place] = words->word[word].letters;
}

uint32_t link_words_add(struct words *words, const char *texts, uint32_t value, uint32_t text,
                        uint8_t length)
{
    if (words->count == words->capacity) {
        words->capacity = words->capacity * 3 / 2 + 64;
        words->word = grown(words->word, words->capacity, sizeof *words->word);
    }
    uint32_t place = words->count++;
    struct word *word = &words->word[place];
    *word = (struct word){.value = value, .text = text, .length = length};
    struct str view = str_of(texts + text, length);
    uint64_t keys[KEYS_MAX];
    word->letters = link_word_letters(view);
    link_word_sounds(view, &word->sounds);
    size_t count = keys_of(view, &word->sounds, false, keys);
    count += clip_keys_of(&word->sounds.clips, false, keys + count);
    for (size_t i = 0; i < count; i++) link_postings_add(&words->keys, keys[i], place);
    add_to_group(words, view, place);
    return place;
}

/* --- who is alike ------------------------------------------------------------------- */

struct search {
    const struct words *words;
    const char *texts;
    struct str text;
    const struct word_sounds *sounds;
    uint32_t letters;
    uint32_t count; /* of the words, the first so many */
    uint8_t *seen;  /* bit per word: it was considered */
    struct alike_list *found;
};

static void keep(struct alike_list *list, struct alike alike)
{
    if (list->count == list->capacity) {
        list->capacity = list->capacity + list->capacity / 2 + 2;
        list->alike = grown(list->alike, list->capacity, sizeof *list->alike);
    }
    list->alike[list->count++] = alike;
}

static void consider(const struct search *search, uint32_t word)
{
    if (search->seen[word / 8] >> word % 8 & 1) return;
    search->seen[word / 8] |= (uint8_t)(1 << word % 8);
    struct str other = link_word_text(search->words, search->texts, word);
    enum word_level level = link_word_level(search->text, search->sounds, other,
                                            &search->words->word[word].sounds);
    if (level == WORD_OTHER || level == WORD_EXACT || level == WORD_INITIAL) return;
    keep(search->found, (struct alike){word & (WORDS_MAX - 1), (unsigned)level & 255});
}

/* Those of one length whose letters are near, side by side to be looked at together. */
struct near {
    struct kernel_block block;
    uint32_t word[KERNEL_LANES];
    uint32_t count;
};

static void consider_near(const struct search *search, struct near *near, size_t length,
                          unsigned edits)
{
    uint8_t distance[KERNEL_LANES];
    if (near->count) link_kernel_osa_many(search->text, &near->block, length, distance);
    for (uint32_t i = 0; i < near->count; i++) {
        if (distance[i] > edits) continue;
        uint32_t number = near->word[i];
        const struct word *word = &search->words->word[number];
        struct str text = link_word_text(search->words, search->texts, number);
        if (link_word_may_look_alike(search->text, search->letters, text, word->letters,
                                     distance[i],
                                     search->sounds->as_written && word->sounds.as_written))
            consider(search, number);
    }
    near->count = 0;
}

static void search_group(const struct search *search, const struct word_group *group, size_t length)
{
    unsigned edits = link_word_edits(search->text.len, length);
    size_t differ =
        length > search->text.len ? length - search->text.len : search->text.len - length;
    /* An edit adds or takes two kinds of letter at most; one that changes the length, one. */
    unsigned letters = 2 * edits - (unsigned)differ;
    struct near near = {.count = 0};
    for (uint32_t from = 0; from < group->count; from += KERNEL_LANES) {
        if (group->word[from] >= search->count) break; /* words rise in a group */
        uint32_t lanes = link_kernel_near_letters(search->letters, group->letters + from, letters);
        for (; lanes; lanes &= lanes - 1) {
            unsigned lane = (unsigned)__builtin_ctz(lanes);
            if (from + lane >= group->count || group->word[from + lane] >= search->count) break;
            link_kernel_block_copy(&near.block, near.count, &group->block[from / KERNEL_LANES],
                                   lane, length);
            near.word[near.count++] = group->word[from + lane];
            if (near.count == KERNEL_LANES) consider_near(search, &near, length, edits);
        }
    }
    consider_near(search, &near, length, edits);
}

void link_words_like(const struct words *words, const char *texts, struct str text,
                     const struct word_sounds *sounds, uint32_t count, struct alike_list *ret)
{
    *ret = (struct alike_list){0};
    if (text.len < 2) return;
    uint8_t *seen = calloc(count / 8 + 1, 1);
    if (!seen) abort();
    struct search search = {words, texts, text, sounds, link_word_letters(text), count, seen, ret};
    for (size_t length = 2; length < WORD_GROUPS; length++) {
        size_t differ = length > text.len ? length - text.len : text.len - length;
        if (differ <= link_word_edits(text.len, length))
            search_group(&search, &words->group[length], length);
    }
    const struct word_group *longer = &words->group[0];
    for (uint32_t i = 0; i < longer->count; i++)
        if (longer->word[i] < count) consider(&search, longer->word[i]);
    uint64_t keys[KEYS_MAX];
    const size_t pieces = keys_of(text, sounds, true, keys);
    const size_t keyed = pieces + clip_keys_of(&sounds->clips, true, keys + pieces);
    for (size_t i = 0; i < keyed; i++) {
        struct posting posting = link_postings_find(&words->keys, keys[i]);
        for (uint32_t k = 0; k < posting.count && posting.place[k] < count; k++) {
            struct str other = link_word_text(words, texts, posting.place[k]);
            if (i < BEGINNINGS && !str_starts(text, other) && !str_starts(other, text) &&
                !link_word_is_pet(text, other))
                continue;
            if (i == ENDING && !link_word_is_tail(text, other)) continue;
            if (i >= pieces && k + 4 < posting.count)
                __builtin_prefetch(&words->word[posting.place[k + 4]].sounds.spoken);
            if (i >= pieces &&
                !link_is_clip(&sounds->spoken, &words->word[posting.place[k]].sounds.spoken))
                continue;
            consider(&search, posting.place[k]);
        }
    }
    free(seen);
}

/* --- settling ------------------------------------------------------------------------ */

struct settler {
    const struct words *words;
    const char *texts;
    struct alike_list *earlier; /* by word, from the first that is not settled */
    uint32_t first;
    uint32_t step;
};

/* Of every step-th new word, the words before it that are alike. */
static void *find_earlier(void *context)
{
    const struct settler *settler = context;
    const struct words *words = settler->words;
    for (uint32_t i = settler->first; i < words->count; i += settler->step)
        link_words_like(words, settler->texts, link_word_text(words, settler->texts, i),
                        &words->word[i].sounds, i, &settler->earlier[i - words->settled]);
    return NULL;
}

static void share_out(struct words *words, const char *texts, struct alike_list *earlier,
                      int threads)
{
    struct settler settler[THREADS_MAX];
    pthread_t thread[THREADS_MAX];
    bool started[THREADS_MAX] = {false};
    if (threads > THREADS_MAX) threads = THREADS_MAX;
    if (words->count - words->settled < 64) threads = 1;
    for (int i = 0; i < threads; i++)
        settler[i] = (struct settler){words, texts, earlier, words->settled + (uint32_t)i,
                                      (uint32_t)threads};
    for (int i = 1; i < threads; i++)
        started[i] = pthread_create(&thread[i], NULL, find_earlier, &settler[i]) == 0;
    find_earlier(&settler[0]);
    for (int i = 1; i < threads; i++) {
        if (started[i])
            pthread_join(thread[i], NULL);
        else
            find_earlier(&settler[i]);
    }
}

/* A list that grows beyond all use is given up: it is made when it is asked for. */
static void keep_for(struct words *words, uint32_t word, struct alike alike)
{
    struct word *of = &words->word[word];
    uint32_t old = of->alike.capacity;
    if (of->crowded) return;
    if (of->alike.count == ALIKE_MAX) {
        free(of->alike.alike);
        of->alike = (struct alike_list){0};
        of->crowded = true;
    } else {
        keep(&of->alike, alike);
    }
    words->alike_bytes += ((size_t)of->alike.capacity - old) * sizeof alike;
}

void link_words_settle(struct words *words, const char *texts, int threads)
{
    uint32_t first = words->settled;
    if (first == words->count) return;
    struct alike_list *earlier = calloc(words->count - first, sizeof *earlier);
    if (!earlier) abort();
    share_out(words, texts, earlier, threads);
    for (uint32_t i = first; i < words->count; i++) {
        struct alike_list *list = &earlier[i - first];
        for (uint32_t k = 0; k < list->count; k++) {
            struct alike there = list->alike[k];
            struct alike here = {i & (WORDS_MAX - 1), there.level};
            keep_for(words, there.word, here);
            keep_for(words, i, there);
        }
        free(list->alike);
    }
    free(earlier);
    words->settled = words->count;
}

size_t link_words_bytes(const struct words *words)
{
    size_t bytes = words->capacity * sizeof *words->word + link_postings_bytes(&words->keys) +
                   words->alike_bytes;
    for (size_t i = 0; i < WORD_GROUPS; i++)
        bytes += words->group[i].capacity *
                 (sizeof(uint32_t) + (i ? KERNEL_LONGEST + sizeof(uint32_t) : 0));
    return bytes;
}
