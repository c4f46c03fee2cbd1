/*
 * Planted links: which earlier mentions share enough with a new one.  The rules
 * compare what was truly seen (struct synth_evidence), not the texts; README.md
 * says them in words.
 */
#include "synth/partnership_world.h"

enum { PLATE_ENOUGH = 5, PLATE_SOME = 3, DIGITS_ENOUGH = 6, DIGITS_SOME = 3, LOOK_BACK = 256 };
enum { BLOCK = 4096 }; /* mentions whose memory is taken at once */

/* A mention as the tracker remembers it. */
struct seen {
    int64_t id;
    int32_t previous;   /* the one before it of the same entity, or -1 */
    int32_t companions; /* first of the report's strong entities */
    uint8_t companion_count;
    struct synth_evidence evidence;
};

struct synth_tracker {
    struct arena *arena;
    const struct synth_partnership *partnership;
    int32_t *newest;    /* mention of an entity, or -1 */
    struct seen **seen; /* blocks of BLOCK mentions */
    int32_t seen_count;
    int32_t **companion; /* blocks of BLOCK entities */
    int32_t companion_count;
};

struct synth_tracker *synth_tracker_new(struct arena *arena,
                                        const struct synth_partnership *partnership)
{
    struct synth_tracker *tracker = arena_new(arena, struct synth_tracker);
    tracker->arena = arena;
    tracker->partnership = partnership;
    tracker->newest = arena_many(arena, (size_t)partnership->entity_count, int32_t);
    for (int32_t i = 0; i < partnership->entity_count; i++) tracker->newest[i] = -1;
    size_t blocks = (size_t)partnership->options.reports * SYNTH_MENTIONS_MAX / BLOCK + 1;
    tracker->seen = arena_many(arena, blocks, struct seen *);
    tracker->companion = arena_many(arena, blocks, int32_t *);
    return tracker;
}

static struct seen *seen_at(const struct synth_tracker *tracker, int32_t at)
{
    return &tracker->seen[at / BLOCK][at % BLOCK];
}

static int32_t companion_at(const struct synth_tracker *tracker, int32_t at)
{
    return tracker->companion[at / BLOCK][at % BLOCK];
}

static struct seen *seen_add(struct synth_tracker *tracker)
{
    struct seen **block = &tracker->seen[tracker->seen_count / BLOCK];
    if (!*block) *block = arena_many(tracker->arena, BLOCK, struct seen);
    return &(*block)[tracker->seen_count++ % BLOCK];
}

static void companion_add(struct synth_tracker *tracker, int32_t entity)
{
    int32_t **block = &tracker->companion[tracker->companion_count / BLOCK];
    if (!*block) *block = arena_many(tracker->arena, BLOCK, int32_t);
    (*block)[tracker->companion_count++ % BLOCK] = entity;
}

/* Names its entity beyond doubt, so that others in the report can lean on it. */
static bool is_strong(const struct synth_mention *mention)
{
    const struct synth_evidence *e = &mention->evidence;
    switch (mention->kind) {
    case LINK_PERSON:
        return e->name == SYNTH_NAME_FULL;
    case LINK_VEHICLE:
        return __builtin_popcount(e->plate_right) >= PLATE_ENOUGH && e->plate_wrong == 0;
    case LINK_PHONE:
        return e->digits_right >= DIGITS_ENOUGH && e->digits_wrong == 0;
    case LINK_ACCOUNT:
        return e->handle;
    case LINK_PLACE:
    case LINK_KINDS:
        break;
    }
    return false;
}

static bool share_companion(const struct synth_tracker *tracker, const struct seen *a,
                            const struct seen *b, int32_t entity)
{
    for (int32_t i = 0; i < a->companion_count; i++)
        for (int32_t j = 0; j < b->companion_count; j++) {
            int32_t companion = companion_at(tracker, a->companions + i);
            if (companion != entity && companion == companion_at(tracker, b->companions + j))
                return true;
        }
    return false;
}

static bool vehicle_planted(const struct synth_evidence *a, const struct synth_evidence *b,
                            bool companion)
{
    int common = __builtin_popcount(a->plate_right & b->plate_right);
    /* A character that one saw wrong and the other saw at all speaks against it. */
    uint8_t both = (uint8_t)((a->plate_right | a->plate_wrong) & (b->plate_right | b->plate_wrong));
    int against = __builtin_popcount((a->plate_wrong | b->plate_wrong) & both);
    if (common >= PLATE_ENOUGH && against <= 1) return true;
    if (common < PLATE_SOME) return false;
    bool looks = (a->make && b->make) || (a->colour && b->colour);
    return (against == 0 && looks) || (against <= 1 && companion);
}

static bool is_planted(enum link_kind kind, const struct synth_evidence *a,
                       const struct synth_evidence *b, bool companion)
{
    switch (kind) {
    case LINK_PERSON: {
        if (a->name == SYNTH_NAME_FULL && b->name == SYNTH_NAME_FULL) return true;
        bool same_nickname = a->nickname && b->nickname;
        bool same_given = a->name >= SYNTH_NAME_GIVEN && b->name >= SYNTH_NAME_GIVEN;
        return companion && (same_nickname || same_given);
    }
    case LINK_VEHICLE:
        return vehicle_planted(a, b, companion);
    case LINK_PHONE: {
        int last = a->digits_right < b->digits_right ? a->digits_right : b->digits_right;
        int wrong = a->digits_wrong + b->digits_wrong;
        if (last >= DIGITS_ENOUGH && wrong == 0) return true;
        /* One digit wrong in a whole number, or the last few digits alone. */
        return companion && wrong <= 1 && (wrong == 1 ? true : last >= DIGITS_SOME);
    }
    case LINK_ACCOUNT:
        return (a->handle && b->handle) || (companion && a->handle_stem && b->handle_stem);
    case LINK_PLACE:
        return a->area && b->area && ((a->venue && b->venue) || (a->address && b->address));
    case LINK_KINDS:
        break;
    }
    return false;
}

void synth_tracker_feed(struct synth_tracker *tracker, const struct synth_report *report,
                        struct synth_links ret[static SYNTH_MENTIONS_MAX])
{
    int32_t first_companion = tracker->companion_count, first_seen = tracker->seen_count;
    for (int32_t i = 0; i < report->mention_count; i++) {
        struct seen *seen = seen_add(tracker);
        seen->id = report->mention[i].id;
        seen->evidence = report->mention[i].evidence;
        seen->companions = first_companion;
        if (is_strong(&report->mention[i])) companion_add(tracker, report->mention[i].entity);
    }
    for (int32_t i = 0; i < report->mention_count; i++) {
        const struct synth_mention *mention = &report->mention[i];
        struct seen *seen = seen_at(tracker, first_seen + i);
        seen->companion_count = (uint8_t)(tracker->companion_count - first_companion);
        seen->previous = tracker->newest[mention->entity];
        ret[i].count = 0;
        int32_t at = seen->previous;
        for (int32_t back = 0; at >= 0 && back < LOOK_BACK;
             back++, at = seen_at(tracker, at)->previous) {
            const struct seen *earlier = seen_at(tracker, at);
            bool companion = share_companion(tracker, seen, earlier, mention->entity);
            if (ret[i].count < SYNTH_LINKS_MAX &&
                is_planted(mention->kind, &seen->evidence, &earlier->evidence, companion))
                ret[i].earlier[ret[i].count++] = earlier->id;
        }
        tracker->newest[mention->entity] = first_seen + i;
    }
}
