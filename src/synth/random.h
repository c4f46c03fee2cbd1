/*
 * random: numbers that are the same for the same seed on every machine.
 *
 * Layer: synth.  xoshiro256** 1.0 by Blackman and Vigna (Scrambled Linear
 * Pseudorandom Number Generators, 2021), seeded by splitmix64 (Steele, Lea,
 * Flood 2014; both in the public domain at prng.di.unimi.it).  For made-up data
 * only: it can be foreseen, so nothing secret may come from it (libsodium's
 * randombytes is for that).
 *
 * A value type: copy it to fork the stream.  Nothing allocates, nothing fails.
 */
#ifndef PENDEEN_SYNTH_RANDOM_H
#define PENDEEN_SYNTH_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct synth_random {
    uint64_t state[4];
};

static inline uint64_t synth_random_split(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* Two different (seed, stream) pairs give streams that have nothing to do with
 * each other: record `stream` can be made without making those before it. */
static inline struct synth_random synth_random_from(uint64_t seed, uint64_t stream)
{
    uint64_t first = seed;
    uint64_t mixed = synth_random_split(&first) ^ (stream * UINT64_C(0xd1342543de82ef95));
    struct synth_random random;
    for (size_t i = 0; i < 4; i++) random.state[i] = synth_random_split(&mixed);
    return random;
}

static inline uint64_t synth_random_next(struct synth_random *random)
{
    uint64_t *s = random->state;
    uint64_t five = s[1] * 5;
    uint64_t result = ((five << 7) | (five >> 57)) * 9;
    uint64_t shifted = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = (s[3] << 45) | (s[3] >> 19);
    return result;
}

/* 0 to below - 1, evenly (Lemire 2019, without the last rejection step: the bias
 * is below 2^-32 for what is asked here).  below must be > 0. */
static inline uint32_t synth_random_below(struct synth_random *random, uint32_t below)
{
    return (uint32_t)(((synth_random_next(random) >> 32) * below) >> 32);
}

/* low to high, both included. */
static inline int32_t synth_random_between(struct synth_random *random, int32_t low, int32_t high)
{
    return low + (int32_t)synth_random_below(random, (uint32_t)(high - low) + 1);
}

/* 0 <= x < 1 */
static inline double synth_random_unit(struct synth_random *random)
{
    return (double)(synth_random_next(random) >> 11) * 0x1.0p-53;
}

/* True in this share of the cases, given in per cent. */
static inline bool synth_random_chance(struct synth_random *random, uint32_t per_cent)
{
    return synth_random_below(random, 100) < per_cent;
}

/* Smaller numbers oftener: the square of an even number, so that of 100 things
 * the first is drawn about ten times as often as the last ones. */
static inline uint32_t synth_random_skewed(struct synth_random *random, uint32_t below)
{
    double unit = synth_random_unit(random);
    return (uint32_t)(unit * unit * (double)below);
}

#endif
