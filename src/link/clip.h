/*
 * clip: short forms of names, by how they sound.
 *
 * Layer: link, private.  A short form keeps a piece of its name as it is said, from the
 * beginning or from a stressed syllable, and often takes an ending of its own: Fadi of
 * Faadumo, Grisha of Hryhorii, Tolik of Anatolii, Lanre of Olanrewaju, Zbych of Zbigniew.
 * Spelling hides that, so the readings of spoken.h are compared.
 *
 * How short forms are made: Lappe, English prosodic morphology (2007); Stankiewicz, The
 * expression of affection in Russian proper names (1957); Szymanek, A panorama of Polish
 * word-formation (2010).
 */
#ifndef PENDEEN_LINK_CLIP_H
#define PENDEEN_LINK_CLIP_H

#include "link/spoken.h"

enum { CLIPS = 12, CLIP_PETS = 8 };

/* What tells cheaply that one word may be a short form of another: three sounds each, or two. */
struct clips {
    uint16_t has[CLIPS];     /* a short form of it may begin so; 0: no more */
    uint16_t pet[CLIP_PETS]; /* as a short form it begins so; 0: no more */
};

void link_clips(const struct spoken *spoken, struct clips *ret);
/* Neither, unless this is true. */
bool link_clips_meet(const struct clips *a, const struct clips *b);
/* One is a short form of the other.  Symmetric. */
bool link_is_clip(const struct spoken *a, const struct spoken *b);

#endif
