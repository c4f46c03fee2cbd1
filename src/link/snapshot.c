#include "link/snapshot.h"

#include "link/index.h"
#include "link/kernel_many.h"

#include <stdlib.h>

/* Of what shape the bytes are; a change of any of these is another shape. */
struct shape {
    char magic[8];
    uint32_t sizes[8];
};

static struct shape shape_now(void)
{
    return (struct shape){.magic = "pendeen",
                          .sizes = {sizeof(struct link_value), sizeof(struct word),
                                    sizeof(struct packed), SLOTS, WORD_LEVELS,
                                    (uint32_t)link_postings_slot_size(),
                                    sizeof(struct kernel_block), LINK_FIELDS}};
}

/* --- bytes ------------------------------------------------------------------------------ */

struct out {
    struct link_sink sink;
    bool good;
};

static void put(struct out *out, const void *bytes, size_t size)
{
    if (out->good && size) out->good = out->sink.write(out->sink.context, bytes, size);
}

struct in {
    struct link_source source;
    bool good;
};

static void get(struct in *in, void *into, size_t size)
{
    if (in->good && size) in->good = in->source.read(in->source.context, into, size);
}

/* Room for so many, zeroed when nothing came. */
static void *get_many(struct in *in, size_t count, size_t size, size_t room)
{
    void *into = calloc(room ? room : 1, size);
    if (!into) abort();
    get(in, into, count * size);
    return into;
}

/* --- the lists -------------------------------------------------------------------------- */

static void put_postings(struct out *out, const struct postings *postings)
{
    put(out, &postings->size, sizeof postings->size);
    put(out, &postings->used, sizeof postings->used);
    put(out, &postings->lists, sizeof postings->lists);
    put(out, postings->slot, postings->size * link_postings_slot_size());
    uint32_t *count = link_postings_counts(postings);
    put(out, count, postings->lists * sizeof *count);
    for (uint32_t i = 0; i < postings->lists; i++)
        put(out, link_postings_list(postings, i), count[i] * sizeof(uint32_t));
    free(count);
}

static void get_postings(struct in *in, struct postings *postings)
{
    uint32_t size = 0, used = 0, lists = 0;
    get(in, &size, sizeof size);
    get(in, &used, sizeof used);
    get(in, &lists, sizeof lists);
    if (!in->good) return;
    void *slot = get_many(in, size, link_postings_slot_size(), size);
    uint32_t *count = get_many(in, lists, sizeof *count, lists);
    if (in->good) {
        link_postings_replace(postings, slot, size, used, lists);
        for (uint32_t i = 0; i < lists && in->good; i++)
            get(in, link_postings_make(postings, i, count[i]), count[i] * sizeof(uint32_t));
    } else {
        free(slot);
    }
    free(count);
}

/* --- values and words --------------------------------------------------------------------- */

static void put_words(struct out *out, const struct words *words)
{
    put(out, &words->count, sizeof words->count);
    put(out, &words->settled, sizeof words->settled);
    put(out, words->word, words->count * sizeof *words->word);
    for (uint32_t i = 0; i < words->count; i++) {
        const struct alike_list *list = &words->word[i].alike;
        put(out, list->alike, list->count * sizeof *list->alike);
    }
    put_postings(out, &words->keys);
    for (size_t i = 0; i < WORD_GROUPS; i++) {
        const struct word_group *group = &words->group[i];
        put(out, &group->count, sizeof group->count);
        put(out, &group->capacity, sizeof group->capacity);
        put(out, group->word, group->count * sizeof *group->word);
        if (i) put(out, group->block, group->capacity / KERNEL_LANES * sizeof *group->block);
    }
}

static void get_group(struct in *in, struct word_group *group, bool blocks)
{
    get(in, &group->count, sizeof group->count);
    get(in, &group->capacity, sizeof group->capacity);
    if (!in->good) {
        *group = (struct word_group){0};
        return;
    }
    if (!group->capacity) return;
    group->word = get_many(in, group->count, sizeof *group->word, group->capacity);
    size_t many = group->capacity / KERNEL_LANES;
    if (blocks) group->block = get_many(in, many, sizeof *group->block, many);
}

/* What stands with the words themselves. */
static void recall_letters(struct in *in, const struct words *words, struct word_group *group)
{
    if (!group->capacity || !in->good) return;
    group->letters = calloc(group->capacity, sizeof *group->letters);
    if (!group->letters) abort();
    for (uint32_t i = 0; i < group->count && in->good; i++) {
        in->good = group->word[i] < words->count;
        if (in->good) group->letters[i] = words->word[group->word[i]].letters;
    }
}

static void get_words(struct in *in, struct words *words)
{
    uint32_t count = 0;
    get(in, &count, sizeof count);
    get(in, &words->settled, sizeof words->settled);
    if (!in->good) return;
    words->word = get_many(in, count, sizeof *words->word, count);
    if (!in->good) return; /* none of them has a list yet */
    words->count = words->capacity = count;
    for (uint32_t i = 0; i < count; i++) words->word[i].alike.alike = NULL;
    for (uint32_t i = 0; i < count; i++) {
        struct alike_list *list = &words->word[i].alike;
        list->capacity = list->count;
        if (!list->count) continue;
        list->alike = get_many(in, list->count, sizeof *list->alike, list->count);
        words->alike_bytes += list->count * sizeof *list->alike;
    }
    get_postings(in, &words->keys);
    for (size_t i = 0; i < WORD_GROUPS && in->good; i++) {
        get_group(in, &words->group[i], i > 0);
        if (i > 0) recall_letters(in, words, &words->group[i]);
    }
}

static void put_values(struct out *out, const struct values *values)
{
    put(out, &values->count, sizeof values->count);
    put(out, &values->text_used, sizeof values->text_used);
    put(out, &values->slots, sizeof values->slots);
    put(out, values->value, values->count * sizeof *values->value);
    put(out, values->text, values->text_used);
    put(out, values->slot, values->slots * sizeof *values->slot);
    put_words(out, &values->words);
}

static void get_values(struct in *in, struct values *values)
{
    uint32_t slots = 0;
    get(in, &values->count, sizeof values->count);
    get(in, &values->text_used, sizeof values->text_used);
    get(in, &slots, sizeof slots);
    if (!in->good) return;
    free(values->slot);
    values->slots = slots;
    values->capacity = values->count;
    values->text_capacity = values->text_used;
    values->value = get_many(in, values->count, sizeof *values->value, values->count);
    values->text = get_many(in, values->text_used, 1, values->text_used);
    values->slot = get_many(in, slots, sizeof *values->slot, slots);
    get_words(in, &values->words);
}

/* --- plates --------------------------------------------------------------------------------- */

static void put_plates(struct out *out, const struct plates *plates)
{
    for (size_t i = 0; i < PLATE_GROUPS; i++) {
        const struct plate_group *group = &plates->group[i];
        size_t words = group->capacity / 64;
        put(out, &group->count, sizeof group->count);
        put(out, &group->capacity, sizeof group->capacity);
        put(out, group->number, group->count * sizeof *group->number);
        put(out, group->order, group->count * sizeof *group->order);
        for (size_t k = 0; k < PLATE_CLASSES; k++)
            put(out, group->bitmap[k], words * sizeof(uint64_t));
        for (size_t k = 0; i == PLATE_GROUPS - 1 && k < PLATE_PLACES * PLATE_PLANES; k++)
            put(out, group->plane[k / PLATE_PLANES][k % PLATE_PLANES], words * sizeof(uint64_t));
    }
}

static void get_plates(struct in *in, struct plates *plates)
{
    for (size_t i = 0; i < PLATE_GROUPS && in->good; i++) {
        struct plate_group *group = &plates->group[i];
        get(in, &group->count, sizeof group->count);
        get(in, &group->capacity, sizeof group->capacity);
        if (!in->good) *group = (struct plate_group){0};
        if (!in->good || !group->capacity) continue;
        size_t words = group->capacity / 64;
        group->number = get_many(in, group->count, sizeof *group->number, group->capacity);
        group->order = get_many(in, group->count, sizeof *group->order, group->capacity);
        for (size_t k = 0; k < PLATE_CLASSES; k++)
            group->bitmap[k] = get_many(in, words, sizeof(uint64_t), words);
        for (size_t k = 0; i == PLATE_GROUPS - 1 && k < PLATE_PLACES * PLATE_PLANES; k++)
            group->plane[k / PLATE_PLANES][k % PLATE_PLANES] =
                get_many(in, words, sizeof(uint64_t), words);
    }
}

/* --- mentions --------------------------------------------------------------------------------- */

/* One after another; a removed one is its mark alone. */
static void put_records(struct out *out, const struct link_index *index)
{
    for (uint32_t i = 0; i < index->count; i++) {
        uint8_t there = index->record[i] != NULL;
        put(out, &there, sizeof there);
        if (!there) continue;
        put(out, index->record[i], sizeof *index->record[i]);
        put(out, index->record[i]->entry,
            index->record[i]->count * sizeof *index->record[i]->entry);
    }
}

static struct packed *get_record(struct in *in)
{
    struct packed head = {0};
    uint8_t there = 0;
    get(in, &there, sizeof there);
    if (!in->good || !there) return NULL;
    get(in, &head, sizeof head);
    struct packed *packed = malloc(sizeof head + head.count * sizeof *head.entry);
    if (!packed) abort();
    *packed = head;
    get(in, packed->entry, head.count * sizeof *head.entry);
    if (in->good) return packed;
    free(packed);
    return NULL;
}

struct counts {
    uint32_t count, slots;
    uint64_t live, record_bytes, mentions[LINK_KINDS];
};

bool link_index_write(const struct link_index *index, struct link_sink sink)
{
    struct out out = {sink, true};
    struct shape shape = shape_now();
    pthread_rwlock_rdlock(link_index_lock(index));
    struct counts counts = {index->count, index->slots, index->live, index->record_bytes, {0}};
    for (int i = 0; i < LINK_KINDS; i++) counts.mentions[i] = index->mentions[i];
    put(&out, &shape, sizeof shape);
    put(&out, &counts, sizeof counts);
    put(&out, index->id, index->count * sizeof *index->id);
    put(&out, index->slot, index->slots * sizeof *index->slot);
    put_records(&out, index);
    put_values(&out, &index->values);
    put_postings(&out, &index->postings);
    put_plates(&out, &index->plates);
    put(&out, &shape, sizeof shape);
    pthread_rwlock_unlock(link_index_lock(index));
    return out.good;
}

static void get_all(struct in *in, struct link_index *index)
{
    struct counts counts = {0};
    get(in, &counts, sizeof counts);
    if (!in->good) return;
    free(index->slot);
    index->slots = counts.slots;
    index->live = counts.live;
    index->record_bytes = counts.record_bytes;
    for (int i = 0; i < LINK_KINDS; i++) index->mentions[i] = counts.mentions[i];
    index->id = get_many(in, counts.count, sizeof *index->id, counts.count);
    index->slot = get_many(in, counts.slots, sizeof *index->slot, counts.slots);
    index->record = calloc(counts.count ? counts.count : 1, sizeof *index->record);
    if (!index->record) abort();
    index->count = index->capacity = counts.count;
    for (uint32_t i = 0; i < counts.count && in->good; i++) index->record[i] = get_record(in);
    get_values(in, &index->values);
    get_postings(in, &index->postings);
    get_plates(in, &index->plates);
}

bool link_index_read(struct link_index *index, struct link_source source)
{
    struct in in = {source, true};
    struct shape shape = shape_now(), first = {0}, last = {0};
    pthread_rwlock_wrlock(&index->lock);
    get(&in, &first, sizeof first);
    bool good = in.good && memcmp(&first, &shape, sizeof shape) == 0;
    if (good) {
        get_all(&in, index);
        get(&in, &last, sizeof last);
        good = in.good && memcmp(&last, &shape, sizeof shape) == 0;
        if (!good) link_index_empty(index);
    }
    pthread_rwlock_unlock(&index->lock);
    return good;
}
