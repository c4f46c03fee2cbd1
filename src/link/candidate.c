/*
 * Candidates: which mentions are worth comparing with one that is asked for.
 *
 * Every list of places (of a key, of a word that is alike, of a plate that fits) carries
 * a bound: the most bits that it lets two mentions say for each other.  What no list
 * can show, such as a vague age, has bounds of its own.  The longest lists that cannot
 * together lift a pair to the threshold do not make candidates: they ask for a second
 * key, and add to those that the other lists make (Turtle and Flood 1995; Broder and
 * others, Efficient Query Evaluation using a Two-Level Retrieval Process, 2003).  The
 * bounds are added window by window of places.  What is chosen depends on what the
 * index holds, never on the order in which it came.
 */
#include "link/asked.h"
#include "link/candidate_part.h"
#include "link/plate.h"

#include <stdlib.h>

enum {
    WINDOW = 16384,
    SCALE = 16, /* parts of a bit in which bounds are counted, rounded up */
    BOUND_MAX = 4000,
    GATHERED_MAX = 150000, /* places that may make candidates; longer lists only add */
    ENOUGH = CANDIDATES_MAX / 3,
    CLASSES = 2048,
};

static void *grown(void *old, size_t count, size_t size)
{
    void *new = reallocarray(old, count, size);
    if (!new) abort();
    return new;
}

/* By how much the bound of these lists lies above what is needed; negative: below. */
static double above(const struct gathering *gathering, double own, double beside)
{
    own += gathering->slack;
    beside = fmin(beside + gathering->slack_beside, own < OWN_LEAST ? ALONE_MOST : TOGETHER_MOST);
    return own + beside - gathering->needed;
}

/* The most that a group of weights says. */
static double most_of(const struct gathering *gathering, enum link_weight_group group)
{
    double most = 0;
    for (int i = 0; i < LINK_WEIGHTS; i++)
        if (link_weight_about[i].group == group)
            most = fmax(most, gathering->counts->weights->bits[i]);
    return most;
}

/* The same model and colour. */
static double vehicle_most(const struct gathering *gathering)
{
    return most_of(gathering, G_MODELS) + most_of(gathering, G_COLOURS);
}

/* --- lists and their bounds -------------------------------------------------------------- */

static uint16_t parts(double bits)
{
    double scaled = ceil(bits * SCALE);
    return scaled <= 0 ? 0 : scaled > BOUND_MAX ? BOUND_MAX : (uint16_t)scaled;
}

void link_candidate_list(struct gathering *gathering, uint64_t key, double own, double beside)
{
    struct posting posting = link_postings_find(&gathering->index->postings, key);
    struct bound bound = {parts(own), parts(beside)};
    if (posting.count == 0 || (bound.own == 0 && bound.beside == 0)) return;
    if (gathering->lists == gathering->list_capacity) {
        gathering->list_capacity = gathering->list_capacity * 2 + 64;
        gathering->list = grown(gathering->list, gathering->list_capacity, sizeof *gathering->list);
    }
    gathering->list[gathering->lists++] =
        (struct list){posting.place, posting.count, 0, bound, false};
}

/* Words of a name tell at the level at which they are alike; what is asked for by name
 * and nickname may tell twice, the second time less. */
static void add_names(struct gathering *gathering, const struct asked *asked)
{
    const struct values *values = &gathering->index->values;
    const struct link_weights *weights = gathering->counts->weights;
    double starts = 0; /* that it begins with O or Mac too */
    for (int i = 0; i < gathering->record->name.count; i++)
        if (gathering->record->name.token[i].start) starts = start_same_bits;
    for (int i = 0; i < gathering->record->alias.count; i++)
        if (gathering->record->alias.token[i].start) starts = start_same_bits;
    for (uint32_t i = 0; i < asked->slots; i++) {
        const struct asked_word *word = &asked->slot[i];
        double name = 0, alias = 0;
        if (!word->word) continue;
        for (int at = 0; at < ASKED_MAX; at++) {
            double bits =
                word->level[at] == WORD_OTHER
                    ? 0
                    : weights->bits[link_weight_of_word((enum word_level)word->level[at])] +
                          word->rarity[at];
            if (at < RECORD_TOKENS)
                name = fmax(name, bits);
            else
                alias = fmax(alias, bits);
        }
        struct str text = link_word_text(&values->words, values->text, word->word - 1);
        double most = fmax(name, alias) + name_again_share * fmin(name, alias) + starts;
        link_candidate_list(gathering, link_key(KEY_NAME_WORD, text), most, 0);
    }
}

/* Names in which what stands together here is written apart. */
static void add_parted(struct gathering *gathering, struct str word, double bits)
{
    for (size_t length = 2; length <= WORD_JOINING_MOST && length + WORD_JOINED_LEAST <= word.len;
         length++) {
        if (!link_word_joins(str_sub(word, 0, length))) continue;
        struct str rest = str_sub(word, length, word.len);
        link_candidate_list(gathering, link_key(KEY_NAME_WORD, rest), bits, 0);
        add_parted(gathering, rest, bits);
    }
}

/* Al-Hassan and Alhassan, as compare_person.c joins them. */
static void add_joined_names(struct gathering *gathering, const struct name *name)
{
    double plain = gathering->counts->weights->bits[link_weight_of_word(WORD_PLAIN)];
    for (int i = 0; i < name->count; i++) {
        const struct name_token *token = &name->token[i];
        double bits = plain + link_name_rarity(gathering->counts, token->text, token->sounds);
        char joined[LINK_TEXT_SIZE];
        size_t before = sizeof joined;
        add_parted(gathering, token->text, bits);
        for (int first = i; first >= 0 && (first == i || link_word_joins(name->token[first].text));
             first--) {
            struct str word = name->token[first].text;
            if (word.len > before) break;
            before -= word.len;
            memcpy(joined + before, word.ptr, word.len);
            word = str_of(joined + before, sizeof joined - before);
            if (first < i) link_candidate_list(gathering, link_key(KEY_NAME_WORD, word), bits, 0);
        }
    }
}

/* A word of a place, and those that are near to it. */
static void add_place_word(struct gathering *gathering, char type, struct str word)
{
    const struct values *values = &gathering->index->values;
    double share = type == KEY_ADDRESS_WORD ? address_share : 1;
    double own = link_place_rarity(gathering->counts, type, word);
    link_candidate_list(gathering, link_key(type, word), share * own, 0);
    struct asked_near near;
    link_asked_near(&near, values, word);
    for (uint32_t i = 0; i < near.count; i++) {
        struct str text = link_word_text(&values->words, values->text, near.word[i]);
        double bits = fmin(own, link_place_rarity(gathering->counts, type, text)) - place_near_cost;
        link_candidate_list(gathering, link_key(type, text), share * bits, 0);
    }
    free(near.word);
}

/* What a date of birth says that is the same. */
static double same_day_bits(struct birth birth)
{
    const char *level;
    double rarity;
    (void)link_birth_compare(birth, birth, &level, &rarity);
    return rarity;
}

/* Handle and email may both be nearly the same, and share their keys. */
static int names_of(const struct record *record)
{
    return (record->handle.len > 0) + (record->email.len > 0);
}

static double longest_name(const struct record *record)
{
    size_t email = record->email.len ? link_email_name(record->email).len : 0;
    return (double)(record->handle.len > email ? record->handle.len : email);
}

static void add_key(struct gathering *gathering, const struct record_key *key)
{
    const struct record *record = gathering->record;
    double most = 0;
    switch (key->type) {
    case KEY_NAME_WORD:
    case KEY_PLATE: return; /* by what they are alike to, and by what fits */
    case KEY_VENUE_WORD: add_place_word(gathering, KEY_VENUE_WORD, record->venue[key->at]); return;
    case KEY_ADDRESS_WORD:
        add_place_word(gathering, KEY_ADDRESS_WORD, record->address[key->at]);
        return;
    case KEY_BESIDE: {
        const struct companion *companion = &record->companion[key->at];
        double bits = link_companion_bits(gathering->counts, record->kind, companion, companion);
        link_candidate_list(gathering, key->key, 0, bits);
        return;
    }
    case KEY_BIRTH_DAY:
        most = same_day_bits(record->birth) + most_of(gathering, G_BIRTH_DATES);
        break;
    case KEY_LOOK_WORD: most = link_look_rarity(gathering->counts, record->word[key->at]); break;
    case KEY_COLOUR_MODEL: most = vehicle_most(gathering); break;
    case KEY_POSTCODE:
        most = gathering->counts->weights
                   ->bits[record->postcode_whole ? W_POSTCODE_SAME : W_POSTCODE_DISTRICT];
        break;
    case KEY_TOWN: most = most_of(gathering, G_TOWNS); break;
    case KEY_HANDLE: most = handle_same_most; break;
    case KEY_EMAIL: most = email_same_bits; break;
    case KEY_STEM: most = names_of(record) * handle_signs_most; break;
    case KEY_HANDLE_DIGITS:
    case KEY_STEM_BEGIN:
    case KEY_STEM_END:
        most = names_of(record) * fmin(handle_slip_most, handle_slip_letter * longest_name(record));
        break;
    default: break;
    }
    link_candidate_list(gathering, key->key, most, 0);
}

static bool is_partial(struct str plate)
{
    return plate.len < 7 || memchr(plate.ptr, '?', plate.len) || memchr(plate.ptr, '*', plate.len);
}

/* Vehicles whose plate fits, whatever was seen of either. */
static void add_plates(struct gathering *gathering, struct str plate)
{
    /* So little was seen that nothing could come of it. */
    double most = vehicle_most(gathering), beside = 0;
    for (size_t i = 0; i < plate.len; i++)
        if (plate.ptr[i] != '?' && plate.ptr[i] != '*') most += plate_letter_bits;
    for (int i = 0; i < gathering->record->companions; i++)
        beside += link_companion_most(gathering->record->companion[i].field);
    if (above(gathering, most, beside) < 0) return;
    const struct link_index *index = gathering->index;
    __attribute__((uninitialized)) uint32_t number[PLATES_FOUND_MAX];
    size_t fitting;
    size_t count = link_plates_find(&index->plates, &index->values, plate, number, &fitting);
    for (size_t i = 0; i < count; i++) {
        struct str text = link_value_text(&index->values, number[i]);
        double bits = link_plate_promise(plate, text);
        if (bits > 0) link_candidate_list(gathering, link_key(KEY_PLATE, text), bits, 0);
    }
}

/* Mentions seen with a plate that fits one that this was seen with, in part. */
static void add_companion_plates(struct gathering *gathering)
{
    const struct link_index *index = gathering->index;
    const struct record *record = gathering->record;
    __attribute__((uninitialized)) uint32_t number[PLATES_FOUND_MAX];
    size_t fitting;
    for (int i = 0; i < record->companions; i++) {
        const struct companion *companion = &record->companion[i];
        if (companion->field != LINK_REGISTRATION || !is_partial(companion->value)) continue;
        size_t count = link_plates_find(&index->plates, &index->values, companion->value, number,
                                        &fitting);
        for (size_t k = 0; k < count; k++) {
            struct companion other = {LINK_REGISTRATION,
                                      link_value_text(&index->values, number[k])};
            if (str_eq(other.value, companion->value)) continue;
            double bits = link_companion_bits(gathering->counts, record->kind, companion, &other);
            link_candidate_list(gathering, link_companion_key(record->kind, &other), 0, bits);
        }
    }
}

/* Plates are looked for by what they hold; two of which different parts were seen may
 * still fit. */
static double unfound_plate(const struct record *record)
{
    if (!record->plate.len) return 0;
    return is_partial(record->plate) ? 12 : 6;
}

/* What may be said without a list that shows it. */
static double slack_of(const struct gathering *gathering)
{
    const struct record *record = gathering->record;
    const double *bits = gathering->counts->weights->bits;
    bool seen = link_seen_known(record->seen);
    switch (record->kind) {
    case LINK_PERSON: {
        double most = record->name.count ? fmax(0, initial_bits + bits[W_WORD_INITIAL]) : 0;
        if (!link_birth_known(record->birth)) return most;
        struct birth day = {record->birth.from, record->birth.from, false};
        const char *level;
        double rarity;
        bool exact = record->birth.from == record->birth.to;
        (void)link_birth_compare(record->birth, day, &level, &rarity);
        double fits = rarity + fmax(0, fmax(bits[W_YEARS_FIT], bits[W_ABOUT_FITS]));
        return most + (exact ? fmax(bits[W_BIRTH_SLIP], bits[W_BIRTH_NEAR_DAY]) : fits);
    }
    case LINK_VEHICLE:
        return unfound_plate(record) +
               (record->model.len || record->make.len ? most_of(gathering, G_MODELS) : 0) +
               (record->colour.len ? most_of(gathering, G_COLOURS) : 0) +
               (seen ? most_of(gathering, G_VEHICLE_TIMES) : 0);
    case LINK_ACCOUNT: return record->platform.len ? most_of(gathering, G_PLATFORMS) : 0;
    case LINK_PLACE:
        return (record->postcode.len ? fmax(bits[W_POSTCODE_SECTOR], bits[W_POSTCODE_DISTRICT])
                                     : 0) +
               (seen ? most_of(gathering, G_PLACE_TIMES) : 0);
    default: return 0;
    }
}

/* A companion that is nearly the same has no list: it may say a part of what the same
 * one would. */
static double slack_beside_of(const struct record *record)
{
    double best = 0, sum = 0;
    for (int i = 0; i < record->companions; i++) {
        enum link_field field = record->companion[i].field;
        bool whole = field == LINK_HANDLE || field == LINK_EMAIL || field == LINK_POSTCODE ||
                     field == LINK_TOWN; /* the same or nothing */
        double share = whole ? 0 : field == LINK_NUMBER ? 0.6 : 1;
        double bits = share * link_companion_most(field);
        sum += bits;
        best = fmax(best, bits);
    }
    return best + (sum - best) / 2;
}

/* --- which lists make candidates ------------------------------------------------------------ */

/* Longest first. */
static int by_length(const void *a, const void *b)
{
    const struct list *left = a;
    const struct list *right = b;
    if (left->count != right->count) return left->count > right->count ? -1 : 1;
    int left_bound = left->bound.own + left->bound.beside;
    return (left_bound > right->bound.own + right->bound.beside) -
           (left_bound < right->bound.own + right->bound.beside);
}

static void part_lists(struct gathering *gathering)
{
    double own = 0, beside = 0;
    size_t makes = 0;
    if (gathering->lists == 0) return;
    qsort(gathering->list, gathering->lists, sizeof *gathering->list, by_length);
    for (size_t i = 0; i < gathering->lists; i++) {
        struct list *list = &gathering->list[i];
        double more_own = own + (double)list->bound.own / SCALE;
        double more_beside = beside + (double)list->bound.beside / SCALE;
        list->adds = above(gathering, more_own, more_beside) < 0;
        if (list->adds) {
            own = more_own;
            beside = more_beside;
        } else {
            makes += list->count;
        }
    }
    /* Too much to look at: the longest ask for a second key all the same. */
    for (size_t i = 0; i + 1 < gathering->lists && makes > GATHERED_MAX; i++) {
        if (gathering->list[i].adds) continue;
        gathering->list[i].adds = true;
        makes -= gathering->list[i].count;
    }
}

/* --- adding up ---------------------------------------------------------------------------- */

struct window {
    struct bound bound[WINDOW];
    uint16_t touched[WINDOW];
    size_t count;
};

static uint16_t sum(uint16_t a, uint16_t b)
{
    return a + b > BOUND_MAX ? BOUND_MAX : (uint16_t)(a + b);
}

static void add_window(struct window *window, struct list *list, uint32_t first)
{
    const struct bound more = list->bound;
    for (; list->at < list->count && list->place[list->at] - first < WINDOW; list->at++) {
        uint32_t place = list->place[list->at] - first;
        struct bound *bound = &window->bound[place];
        if (bound->own == 0 && bound->beside == 0) {
            if (list->adds) continue;
            window->touched[window->count++] = (uint16_t)place;
        }
        *bound = (struct bound){sum(bound->own, more.own), sum(bound->beside, more.beside)};
    }
}

/* What does not count takes nobody's place. */
static bool counts_for_asker(const struct gathering *gathering, uint32_t place)
{
    const struct link_admit *admit = &gathering->admit;
    return !admit->admits || admit->admits(admit->context, gathering->index->record[place]->report);
}

static void take_window(struct gathering *gathering, struct window *window, uint32_t first)
{
    for (size_t i = 0; i < window->count; i++) {
        struct bound *bound = &window->bound[window->touched[i]];
        double more = above(gathering, (double)bound->own / SCALE, (double)bound->beside / SCALE);
        /* What stood beside promises less than what is its own. */
        unsigned class = (2u * bound->own + bound->beside) / 4;
        *bound = (struct bound){0, 0};
        if (more < 0 || !counts_for_asker(gathering, first + window->touched[i])) continue;
        if (gathering->count == gathering->capacity) {
            gathering->capacity = gathering->capacity * 2 + 1024;
            gathering->candidate =
                grown(gathering->candidate, gathering->capacity, sizeof *gathering->candidate);
        }
        gathering->candidate[gathering->count++] = (struct candidate){
            first + window->touched[i], class < CLASSES ? class : CLASSES - 1};
    }
    window->count = 0;
}

static void add_up(struct gathering *gathering)
{
    static _Thread_local struct window cleared; /* whoever took from a window has cleared it */
    struct window *const window = &cleared;
    for (;;) {
        /* From the next place that makes a candidate. */
        uint32_t first = UINT32_MAX;
        for (size_t i = 0; i < gathering->lists; i++) {
            const struct list *list = &gathering->list[i];
            if (!list->adds && list->at < list->count && list->place[list->at] < first)
                first = list->place[list->at];
        }
        if (first == UINT32_MAX) break;
        for (size_t i = 0; i < gathering->lists; i++)
            if (!gathering->list[i].adds) add_window(window, &gathering->list[i], first);
        for (size_t i = 0; i < gathering->lists; i++) {
            struct list *list = &gathering->list[i];
            if (!list->adds) continue;
            while (list->at < list->count && list->place[list->at] < first) list->at++;
            add_window(window, list, first);
        }
        take_window(gathering, window, first);
    }
}

/* --- choosing ------------------------------------------------------------------------------ */

struct tied {
    int64_t id;
    uint32_t place;
};

/* Brings the `wanted` smallest ids to the front, in any order (Hoare 1961, FIND). */
static void smallest_first(struct tied *tied, size_t count, size_t wanted)
{
    size_t low = 0, high = count;
    while (high - low > 1) {
        int64_t pivot = tied[low + (high - low) / 2].id;
        size_t left = low, right = high - 1;
        while (left <= right) {
            while (tied[left].id < pivot) left++;
            while (tied[right].id > pivot) right--;
            if (left > right) break;
            struct tied other = tied[left];
            tied[left++] = tied[right];
            tied[right] = other;
            if (right-- == low) break;
        }
        if (wanted > left)
            low = left;
        else if (right + 1 > low && wanted <= right + 1)
            high = right + 1;
        else
            break;
    }
}

/* Those that promise most; at the edge by their ids, unless enough are above. */
static size_t choose(const struct gathering *gathering, uint32_t *ret)
{
    uint32_t with_class[CLASSES] = {0};
    for (size_t i = 0; i < gathering->count; i++) with_class[gathering->candidate[i].class]++;
    size_t chosen = 0;
    int edge = CLASSES - 1;
    for (; edge >= 0 && chosen + with_class[edge] <= CANDIDATES_MAX; edge--)
        chosen += with_class[edge];
    struct tied *tied = NULL;
    size_t count = 0, ties = 0;
    if (edge >= 0 && chosen < ENOUGH) tied = grown(NULL, with_class[edge], sizeof *tied);
    for (size_t i = 0; i < gathering->count; i++) {
        const struct candidate *candidate = &gathering->candidate[i];
        if ((int)candidate->class > edge)
            ret[count++] = candidate->place;
        else if (tied && (int)candidate->class == edge)
            tied[ties++] = (struct tied){gathering->index->id[candidate->place], candidate->place};
    }
    size_t room = ENOUGH - count;
    if (ties > room) smallest_first(tied, ties, room);
    for (size_t i = 0; i < ties && i < room; i++) ret[count++] = tied[i].place;
    free(tied);
    return count;
}

size_t link_candidates(const struct link_index *index, struct link_admit admit,
                       const struct record *record, const struct compare_counts *counts,
                       double minimum_bits, uint32_t ret[static CANDIDATES_MAX])
{
    struct gathering gathering = {.index = index,
                                  .admit = admit,
                                  .record = record,
                                  .counts = counts,
                                  .needed = minimum_bits - link_prior(counts, record->kind),
                                  .slack_beside = slack_beside_of(record)};
    gathering.slack = slack_of(&gathering);
    __attribute__((uninitialized)) struct record_key keys[RECORD_KEYS_MAX];
    size_t count = link_record_keys(record, keys);
    for (size_t i = 0; i < count; i++) add_key(&gathering, &keys[i]);
    if (record->kind == LINK_PERSON) {
        add_names(&gathering, counts->asked);
        add_joined_names(&gathering, &record->name);
        add_joined_names(&gathering, &record->alias);
    }
    link_candidate_numbers(&gathering);
    if (record->plate.len) add_plates(&gathering, record->plate);
    add_companion_plates(&gathering);
    part_lists(&gathering);
    add_up(&gathering);
    size_t chosen = choose(&gathering, ret);
    free(gathering.list);
    free(gathering.candidate);
    return chosen;
}
