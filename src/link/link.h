/*
 * link: the live record-linkage index.
 *
 * Layer: link (needs base only; no I/O, no clock).  Given what is known and one
 * new mention, says what it may be the same as, and why.  Terms are those of
 * Fellegi and Sunter (A Theory for Record Linkage, 1969): a comparison has
 * levels, a level an m and a u probability, and its match weight is
 * log2(m / u) bits.  A field that either side has not observed weighs exactly
 * 0 bits.
 *
 * An index is safe for many threads: queries run side by side, an insert or a
 * removal waits for them (a lock inside).  Results depend on what is in the
 * index, never on the order in which it came.
 *
 * The index keeps its own copy of what it needs; every str given is borrowed
 * for the call alone.
 */
#ifndef PENDEEN_LINK_LINK_H
#define PENDEEN_LINK_LINK_H

#include "base/err.h"
#include "link/mention.h"
#include "link/weights.h"

struct arena;
struct link_index;

/* Never NULL: without memory the program ends. */
struct link_index *link_index_new(void);
void link_index_free(struct link_index *index); /* accepts NULL */

/* Adds a mention.  ST_CONFLICT when its id is there already; ST_LIMIT when the
 * index is full (2^31 mentions or its 32-bit pools). */
enum st link_index_insert(struct link_index *index, const struct link_mention *mention,
                          struct err *err) MUST_USE;
/* A mention of which everything is made ready before it goes in, or is asked for: what many wait
 * for is short then.  It is the arena's, and so are its texts. */
struct link_ready;
struct link_ready *link_ready_make(struct arena *arena, const struct link_mention *mention);
/* Its ids, which may come later than the rest. */
void link_ready_name(struct link_ready *ready, int64_t id, int64_t report);
/* Puts it before those of a list; returns the list. */
struct link_ready *link_ready_before(struct link_ready *ready, struct link_ready *list);
/* Adds all of a list at once, as link_index_insert one after another; one that is refused is left
 * out. */
void link_index_insert_ready(struct link_index *index, const struct link_ready *list);
/* The same for many, by two threads: what comes out is what inserting them one by one in
 * the same order gives.  Nobody else can use the index between begin and end, which
 * returns how many were refused (an id twice, or no room) and frees the build.  All
 * three are called by one thread.  `expected`: about how many there will be; 0: not
 * known. */
struct link_build;
struct link_build *link_build_begin(struct link_index *index, size_t expected);
void link_build_add(struct link_build *build, const struct link_mention *mention);
size_t link_build_end(struct link_build *build);
/* Instead of link_build_add, for threads that add side by side: each fills parts of its own,
 * which go in by their turns, 0, 1, 2 and so on, whoever is done first.  A part begins when
 * there is room: turns are begun in order, each is ended, and all are before link_build_end.
 * A part belongs to one thread, and is gone when it is ended. */
struct link_part;
struct link_part *link_part_begin(struct link_build *build, uint64_t turn);
void link_part_add(struct link_part *part, const struct link_mention *mention);
void link_part_end(struct link_part *part);
/* Afterwards the index answers as if the mention had never been inserted.
 * False when there is no such id. */
bool link_index_remove(struct link_index *index, int64_t id);
/* The town of a place, as the index folds it: how many bytes; 0: it has none. */
size_t link_index_town(const struct link_index *index, int64_t id, char *ret, size_t size);
/* Has nothing been removed from it? */
bool link_index_is_whole(const struct link_index *index);
/* A number that rises with every insertion and removal and with other weights, and never falls. */
uint64_t link_index_changes(const struct link_index *index);
/* How many mentions, and how many bytes the index holds for them. */
size_t link_index_count(const struct link_index *index);
size_t link_index_bytes(const struct link_index *index);

/* The weights in force, those by default at first.  Each query and each explanation is by
 * one set from end to end. */
void link_index_weigh_by(struct link_index *index, const struct link_weights *weights);
void link_index_weights(const struct link_index *index, struct link_weights *ret);

struct link_match {
    int64_t id;
    double bits;        /* match weight, prior included */
    double probability; /* link_weights_probability */
};

/* The mentions of the same kind that `mention` (in the index or not) may be the
 * same as: at least `minimum_bits`, heaviest first, ties by smaller id; its own
 * id and its own report are left out.  Writes at most `maximum`; returns how
 * many. */
size_t link_index_query(const struct link_index *index, const struct link_mention *mention,
                        double minimum_bits, struct link_match *ret, size_t maximum);

/* The same for one that was made ready and has its ids; it notes in it what the index knows. */
size_t link_index_query_ready(const struct link_index *index, struct link_ready *ready,
                              double minimum_bits, struct link_match *ret, size_t maximum);

/* Which reports count for whoever asks: an answer is as if the index held no others,
 * but for the order of magnitude of how many mentions there are, and of how many carry
 * a value that more than a thousand carry.  admits NULL: all of them count. */
struct link_admit {
    bool (*admits)(const void *context, int64_t report);
    const void *context;
};
size_t link_index_query_of(const struct link_index *index, struct link_admit admit,
                           const struct link_mention *mention, double minimum_bits,
                           struct link_match *ret, size_t maximum);

/* The weight at and above which a pair is worth a person's look. */
double link_shown_bits(void);

/* One line of a waterfall. */
struct link_line {
    const char *comparison; /* "Registration", "Name", "Seen with", ... */
    const char *level;      /* "exact", "same sound", "one misreading", "not observed", ... */
    struct str left;        /* both values as written; empty: not observed */
    struct str right;
    double base_bits;   /* weight of the level */
    double rarity_bits; /* what the value's frequency adds or takes; 0 where it does not apply */
};

enum { LINK_LINES_MAX = 12 };

struct link_explanation {
    double prior_bits;
    struct link_line line[LINK_LINES_MAX];
    size_t count;
    double total_bits; /* prior + every base and rarity, summed in this order, exactly */
    double probability;
    int64_t version; /* of the weights */
};

/* Why a pair weighs what it weighs: total_bits is what link_index_query says of
 * the same pair.  The values borrow from a and b or from the arena.  False when
 * the kinds differ. */
bool link_index_explain(const struct link_index *index, struct arena *arena,
                        const struct link_mention *a, const struct link_mention *b,
                        struct link_explanation *ret);

bool link_index_explain_of(const struct link_index *index, struct link_admit admit,
                           struct arena *arena, const struct link_mention *a,
                           const struct link_mention *b, struct link_explanation *ret);

/* Two mentions of the index, and what they weigh. */
struct link_pair {
    int64_t a;
    int64_t b;
    double bits;
};
/* Weighs many at once: the bits of each become what link_index_explain_of says of the two as
 * they stand in the index.  Those of a pair that is not in it, or of two kinds, stay. */
void link_index_weigh_of(const struct link_index *index, struct link_admit admit,
                         struct link_pair *pairs, size_t count);

/* "very strong", "strong", "moderate", "weak" or "against": the words that stand
 * beside the bits of a whole pair. */
const char *link_weight_word(double bits);

struct link_hit {
    int64_t id;
    double rank; /* higher first */
    enum link_field field; /* where it was found */
    const char *how; /* "exact", "part", "sounds alike", "nickname", "fits the pattern", ... */
};

/* Free search over every kind: part of a name, a nickname, a sound, a partial
 * plate with ? and *, the last digits of a phone, a handle, a postcode, a
 * venue.  Best first; writes at most `maximum`. */
size_t link_index_search(const struct link_index *index, struct str text, struct link_hit *ret,
                         size_t maximum);
size_t link_index_search_of(const struct link_index *index, struct link_admit admit,
                            struct str text, struct link_hit *ret, size_t maximum);

#endif
