/*
 * plates_lanes: which plates of a group hold what is looked for, many at a time; compiled
 * for each width of vector by plates_scan.c, which defines LANES and how many LANE_WORDS of
 * a bitmap one vector of the processor holds: of a wider one the compiler makes poor code.
 *
 * Layer: link, private.  Plain vector types: what the compiler makes of them differs,
 * what comes out does not.
 */

typedef uint64_t LANES(lane)
    __attribute__((vector_size(LANE_WORDS * sizeof(uint64_t)), aligned(8)));

static inline const LANES(lane) *LANES(at)(const uint64_t *bitmap, size_t word)
{
    return (const LANES(lane) *)(const void *)&bitmap[word];
}

static inline bool LANES(is_empty)(LANES(lane) lane)
{
    uint64_t any = 0;
    for (size_t i = 0; i < LANE_WORDS; i++) any |= lane[i];
    return !any;
}


/* Which plates hold at least `least` of the classes: the bitmaps are added bit by bit into
 * a counter of four. */
static inline LANES(lane) LANES(enough)(const struct plate_scan *scan, size_t word)
{
    if (scan->least == scan->bitmaps) {
        LANES(lane) all = *LANES(at)(scan->bitmap[0], word);
        for (size_t i = 1; i < scan->bitmaps; i++) all &= *LANES(at)(scan->bitmap[i], word);
        return all;
    }
    LANES(lane) counter[4] = {{0}};
    for (size_t i = 0; i < scan->bitmaps; i++) {
        LANES(lane) carry = *LANES(at)(scan->bitmap[i], word);
        for (int k = 0; k < 4; k++) {
            LANES(lane) sum = counter[k] ^ carry;
            carry &= counter[k];
            counter[k] = sum;
        }
    }
    LANES(lane) above = {0};
    LANES(lane) same = ~above;
    for (int k = 3; k >= 0; k--) {
        if (scan->least >> k & 1) {
            same &= counter[k];
        } else {
            above |= same & counter[k];
            same &= ~counter[k];
        }
    }
    return above | same;
}

/* Of the plates that were found, those that fit in one of the ways. */
static inline LANES(lane)
    LANES(fitting)(const struct plate_scan *scan, const struct plate_group *group, size_t word,
                   LANES(lane) found)
{
    LANES(lane) all = {0};
    for (size_t i = 0; i < scan->placements; i++) {
        const struct placement *placement = &scan->placement[i];
        LANES(lane) here = found & ~all;
        for (size_t k = 0; k < placement->known && !LANES(is_empty)(here); k++) {
            uint64_t *const *plane = group->plane[placement->place[k]];
            LANES(lane) differ = {0};
            for (size_t bit = 0; bit < PLATE_PLANES; bit++)
                differ |= *LANES(at)(plane[bit], word) ^ placement->wanted[k][bit];
            here &= ~differ;
        }
        all |= here;
    }
    return all;
}

static void LANES(scan)(const struct plate_scan *scan, const struct plate_group *group, size_t word,
                        size_t words, uint64_t *ret)
{
    for (size_t i = 0; i < words; i += LANE_WORDS) {
        LANES(lane) found = LANES(enough)(scan, word + i);
        if (scan->by_planes) found = LANES(fitting)(scan, group, word + i, found);
        *(LANES(lane) *)(void *)&ret[i] = found;
    }
}
