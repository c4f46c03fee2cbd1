#include "link/clip.h"

enum { SOUNDS_MOST = 6, PIECE_MOST = 4 }; /* of a short form; of what it keeps of the name */

/* Endings of short forms, as they are heard; none is one of them.  Before `hard` ones a piece of
 * two sounds is enough. */
static const struct ending {
    struct str heard;
    bool hard;
} endings[] = {
    {STR_INIT(""), false}, {STR_INIT("a"), false}, {STR_INIT("i"), false},
    {STR_INIT("o"), false}, {STR_INIT("u"), false}, {STR_INIT("s"), false},
    {STR_INIT("ek"), false}, {STR_INIT("ik"), false}, {STR_INIT("ka"), false},
    {STR_INIT("ko"), false}, {STR_INIT("sa"), false}, {STR_INIT("za"), false},
    {STR_INIT("sek"), true}, {STR_INIT("tek"), true}, {STR_INIT("Sa"), true},
    {STR_INIT("Ska"), true}, {STR_INIT("h"), true},
};

/* Five bits a sound; never 0. */
static uint16_t packed(const char *sound, size_t count)
{
    unsigned ret = 0;
    for (size_t i = 0; i < count; i++)
        ret = ret << 5 | ((unsigned char)sound[i] & 31u) | (sound[i] < 'a' ? 4u : 0);
    return (uint16_t)(ret | 0x8000u);
}

static void put(uint16_t *list, size_t size, uint16_t clip)
{
    for (size_t i = 0; i < size; i++) {
        if (list[i] == clip) return;
        if (list[i]) continue;
        list[i] = clip;
        return;
    }
}

/* The piece of a name that is left without an ending; 0: too little. */
static size_t piece_of(struct str pet, size_t letters, const struct ending *ending)
{
    size_t length = ending->heard.len;
    if (pet.len < length + 2) return 0;
    size_t piece = pet.len - length;
    if (piece > PIECE_MOST) return 0;
    if (memcmp(pet.ptr + piece, ending->heard.ptr, length) != 0) return 0;
    bool closed = !link_is_vowel(pet.ptr[piece - 1]);
    if (closed && length == 1 && pet.ptr[piece] == 's') return 0; /* Nance is none of Nanbrea */
    if (ending->hard || (piece >= 3 && (closed || length > 0)) || piece > 3) return piece;
    /* Ash: two sounds, the second of which takes two letters; Abbey, but not Ali. */
    if (length == 0) return pet.ptr[1] == 'S' ? piece : 0;
    return length == 1 && pet.ptr[2] == 'i' && letters > 3 && closed && link_is_vowel(pet.ptr[0])
               ? piece
               : 0;
}

static bool starts_syllable(struct str name, size_t at)
{
    return at > 0 && at + 3 <= name.len && link_is_vowel(name.ptr[at - 1]) &&
           !link_is_vowel(name.ptr[at]);
}

void link_clips(const struct spoken *spoken, struct clips *ret)
{
    *ret = (struct clips){0};
    for (int i = 0; i < READINGS; i++) {
        if (!(spoken->differ >> i & 1)) continue;
        struct str said = link_spoken_said(spoken, i);
        for (size_t length = 2; length <= 3 && length + 2 <= said.len; length++)
            put(ret->has, CLIPS, packed(said.ptr, length));
        if (said.len > SOUNDS_MOST) continue;
        for (size_t k = 0; k < sizeof endings / sizeof *endings; k++) {
            size_t piece = piece_of(said, spoken->letters, &endings[k]);
            if (piece) put(ret->pet, CLIP_PETS, packed(said.ptr, piece < 3 ? piece : 3));
        }
    }
    for (int i = 0; i < READINGS; i++) { /* after all beginnings */
        if (!(spoken->differ >> i & 1)) continue;
        struct str said = link_spoken_said(spoken, i);
        for (size_t at = 1; at < said.len; at++)
            if (starts_syllable(said, at)) put(ret->has, CLIPS, packed(said.ptr + at, 3));
    }
}

static bool meet(const struct clips *pet, const struct clips *name)
{
    for (int i = 0; i < CLIP_PETS && pet->pet[i]; i++)
        for (int k = 0; k < CLIPS && name->has[k]; k++)
            if (pet->pet[i] == name->has[k]) return true;
    return false;
}

bool link_clips_meet(const struct clips *a, const struct clips *b)
{
    return meet(a, b) || meet(b, a);
}

/* How many sounds of the short form stand in the name from a place on. */
static size_t shared_from(struct str pet, struct str name, size_t at)
{
    size_t count = 0;
    while (count < pet.len && at + count < name.len && pet.ptr[count] == name.ptr[at + count])
        count++;
    return count;
}

/* A piece with or without an ending stands in the name, at its beginning or where a syllable
 * starts; there what says little must be closed and have an ending. */
static bool is_clip_of(struct str pet, size_t letters, struct str name)
{
    if (pet.len < 2 || pet.len > SOUNDS_MOST || name.len < 4) return false;
    size_t first = shared_from(pet, name, 0), inner = 0;
    for (size_t at = 1; at + 3 <= name.len; at++) {
        size_t shared = pet.ptr[0] == name.ptr[at] && starts_syllable(name, at)
                            ? shared_from(pet, name, at)
                            : 0;
        if (shared > inner) inner = shared;
    }
    if (first < 2 && inner < 3) return false;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t piece = piece_of(pet, letters, &endings[i]);
        if (!piece || name.len < piece + 2) continue;
        if (piece <= first) return true;
        if (piece > inner || piece < 3 || link_is_vowel(pet.ptr[piece - 1])) continue;
        if (piece > 3 || endings[i].heard.len) return true;
    }
    return false;
}

/* What is longer as it is written is the name. */
bool link_is_clip(const struct spoken *a, const struct spoken *b)
{
    for (int i = 0; i < READINGS; i++)
        for (int k = 0; k < READINGS; k++) {
            if (!link_spoken_side_by_side(a, i, b, k)) continue;
            struct str said_a = link_spoken_said(a, i), said_b = link_spoken_said(b, k);
            if (a->letters <= b->letters && is_clip_of(said_a, a->letters, said_b)) return true;
            if (b->letters <= a->letters && is_clip_of(said_b, b->letters, said_a)) return true;
        }
    return false;
}
