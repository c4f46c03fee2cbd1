/*
 * plates_lanes: which plates of a group hold what is looked for, many at a time; compiled
 * for each width of vector by plates_scan.c, which defines LANES.
 *
 * Layer: link, private.  Plain vector types: what the compiler makes of them differs,
 * what comes out does not.
 */

/* Which of the plates of a stretch hold at least `least` of the classes: the bitmaps are
 * added bit by bit into a counter of four. */
static inline void LANES(enough)(const struct plate_scan *scan, size_t word, stretch *ret)
{
    stretch all = *(const stretch *)(const void *)&scan->bitmap[0][word];
    if (scan->least == scan->bitmaps) {
        for (size_t i = 1; i < scan->bitmaps; i++)
            all &= *(const stretch *)(const void *)&scan->bitmap[i][word];
        *ret = all;
        return;
    }
    stretch counter[4] = {{0}};
    for (size_t i = 0; i < scan->bitmaps; i++) {
        stretch carry = *(const stretch *)(const void *)&scan->bitmap[i][word];
        for (int k = 0; k < 4; k++) {
            stretch sum = counter[k] ^ carry;
            carry &= counter[k];
            counter[k] = sum;
        }
    }
    stretch above = {0};
    stretch same = ~above;
    for (int k = 3; k >= 0; k--) {
        if (scan->least >> k & 1) {
            same &= counter[k];
        } else {
            above |= same & counter[k];
            same &= ~counter[k];
        }
    }
    *ret = above | same;
}

/* Of the plates of a stretch that were found, those that fit in one of the ways. */
static inline void LANES(fitting)(const struct plate_scan *scan, const struct plate_group *group,
                                  size_t word, stretch *found)
{
    stretch all = {0};
    for (size_t i = 0; i < scan->placements; i++) {
        const struct placement *placement = &scan->placement[i];
        stretch here = *found & ~all;
        for (size_t k = 0; k < placement->known; k++) {
            unsigned class = placement->class[k];
            uint64_t *const *plane = group->plane[placement->place[k]];
            stretch differ = {0};
            for (size_t bit = 0; bit < PLATE_PLANES; bit++) {
                stretch wanted = {0};
                wanted -= (uint64_t)(class >> bit & 1);
                differ |= *(const stretch *)(const void *)&plane[bit][word] ^ wanted;
            }
            here &= ~differ;
        }
        all |= here;
    }
    *found = all;
}

static void LANES(scan)(const struct plate_scan *scan, const struct plate_group *group, size_t word,
                        size_t words, uint64_t *ret)
{
    for (size_t i = 0; i < words; i += PLATE_STRETCH) {
        stretch found;
        LANES(enough)(scan, word + i, &found);
        if (scan->placements) LANES(fitting)(scan, group, word + i, &found);
        *(stretch *)(void *)&ret[i] = found;
    }
}
