/*
 * synthetic: mentions of a made-up partnership, for tests of the engine.
 */
#ifndef PENDEEN_TESTS_SYNTHETIC_H
#define PENDEEN_TESTS_SYNTHETIC_H

#include "base/arena.h"
#include "synth/partnership.h"
#include "cornish_towns.h"

static struct arena arena;
static struct link_mention *all; /* of every report, in order */
static size_t count;

/* For the set-up of a group. */
static inline int make_synthetic(uint64_t seed, int32_t reports)
{
    arena_init(&arena, (size_t)256 << 20);
    struct synth_options options = {.town = cornish_towns,
                                    .town_count = CORNISH_TOWNS,
                                    .seed = seed,
                                    .reports = reports,
                                    .last_day = 20780};
    struct synth_partnership *partnership = synth_partnership_new(&arena, &options);
    all = arena_many(&arena, (size_t)reports * SYNTH_MENTIONS_MAX, struct link_mention);
    for (int32_t i = 0; i < reports; i++) {
        struct synth_report *report = arena_new(&arena, struct synth_report);
        synth_report_make(partnership, &arena, i, report);
        for (int32_t k = 0; k < report->mention_count; k++)
            synth_mention_link(report, k, &all[count++]);
    }
    return 0;
}

static inline int forget_mentions(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

#endif
