#include "link/kernel_many.h"

#include <stdatomic.h>

/* What the Jaro kernel counts, by lane. */
struct jaro_counts {
    uint16_t pairs[KERNEL_LANES];
    uint16_t disordered[KERNEL_LANES];
    uint16_t prefix[KERNEL_LANES];
    float similar[KERNEL_LANES];
};

#if defined(__x86_64__)
#pragma GCC push_options
#pragma GCC target("avx2")
#define LANES(name) name##_avx2
#define WIDTH 16
#include "link/kernel_lanes.h"
#undef LANES
#undef WIDTH
#pragma GCC pop_options
#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512vl,prefer-vector-width=512")
#define LANES(name) name##_avx512
#define WIDTH 32
#include "link/kernel_lanes.h"
#undef LANES
#undef WIDTH
#pragma GCC pop_options
#endif

/* --- which path --------------------------------------------------------------------- */

static atomic_int chosen = -1;

/* Does this machine have what the path needs? */
static bool link_kernel_has(enum kernel_path path)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (path == KERNEL_AVX512)
        return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
               __builtin_cpu_supports("avx512cd");
    if (path == KERNEL_AVX2) return __builtin_cpu_supports("avx2");
#endif
    return path == KERNEL_SCALAR;
}

bool link_kernel_force(enum kernel_path path)
{
    if (!link_kernel_has(path)) return false;
    atomic_store_explicit(&chosen, (int)path, memory_order_relaxed);
    return true;
}

enum kernel_path link_kernel_path(void)
{
    int path = atomic_load_explicit(&chosen, memory_order_relaxed);
    if (path >= 0) return (enum kernel_path)path;
    path = KERNEL_AVX512;
    while (!link_kernel_has((enum kernel_path)path)) path--;
    atomic_store_explicit(&chosen, path, memory_order_relaxed);
    return (enum kernel_path)path;
}

const char *link_kernel_path_name(enum kernel_path path)
{
    static const char *const names[KERNEL_PATHS] = {"scalar", "AVX2", "AVX-512"};
    return names[path];
}

/* --- blocks ------------------------------------------------------------------------- */

void link_kernel_block_set(struct kernel_block *block, unsigned lane, struct str value)
{
    for (size_t i = 0; i < KERNEL_LONGEST; i++)
        block->text[i][lane] = i < value.len ? (uint8_t)value.ptr[i] : 0;
}

static struct str lane_text(const struct kernel_block *block, size_t lane, size_t length,
                            char space[static KERNEL_LONGEST])
{
    for (size_t i = 0; i < length; i++) space[i] = (char)block->text[i][lane];
    return str_of(space, length);
}

/* --- the kernels ----------------------------------------------------------------------- */

/* The vectors take what has as many places as a lane has bits, and something in it. */
static enum kernel_path path_for(struct str a, size_t length)
{
    if (a.len == 0 || length == 0 || a.len > KERNEL_LONGEST) return KERNEL_SCALAR;
    return link_kernel_path();
}

void link_kernel_osa_many(struct str a, const struct kernel_block *block, size_t length,
                          uint8_t ret[static KERNEL_LANES])
{
    if (length > KERNEL_LONGEST) length = KERNEL_LONGEST;
    switch (path_for(a, length)) {
#if defined(__x86_64__)
    case KERNEL_AVX512: osa_avx512(a, block, length, ret); return;
    case KERNEL_AVX2: osa_avx2(a, block, length, ret); return;
#endif
    default: break;
    }
    char space[KERNEL_LONGEST];
    for (size_t i = 0; i < KERNEL_LANES; i++)
        ret[i] = (uint8_t)link_kernel_osa(a, lane_text(block, i, length, space));
}

void link_kernel_jaro_winkler_many(struct str a, const struct kernel_block *block, size_t length,
                                   float ret[static KERNEL_LANES])
{
    if (length > KERNEL_LONGEST) length = KERNEL_LONGEST;
    enum kernel_path path = path_for(a, length);
    if (path == KERNEL_SCALAR) {
        char space[KERNEL_LONGEST];
        for (size_t i = 0; i < KERNEL_LANES; i++)
            ret[i] = (float)link_kernel_jaro_winkler(a, lane_text(block, i, length, space));
        return;
    }
#if defined(__x86_64__)
    struct jaro_counts counts;
    if (path == KERNEL_AVX512)
        jaro_avx512(a, block, length, &counts);
    else
        jaro_avx2(a, block, length, &counts);
    memcpy(ret, counts.similar, sizeof counts.similar);
#endif
}

uint32_t link_kernel_near_letters(uint32_t letters, const uint32_t others[static KERNEL_LANES],
                                  unsigned most)
{
    uint8_t near[KERNEL_LANES];
    switch (link_kernel_path()) {
#if defined(__x86_64__)
    case KERNEL_AVX512: near_avx512(letters, others, most, near); break;
    case KERNEL_AVX2: near_avx2(letters, others, most, near); break;
#endif
    default:
        for (size_t i = 0; i < KERNEL_LANES; i++)
            near[i] = (unsigned)__builtin_popcount(letters ^ others[i]) <= most ? 0xff : 0;
    }
    uint32_t ret = 0;
    for (size_t at = 0; at < KERNEL_LANES; at += 8) {
        uint64_t eight;
        memcpy(&eight, near + at, sizeof eight);
        /* The lowest bit of each byte, side by side at the top. */
        if (eight)
            ret |= (uint32_t)((eight & 0x0101010101010101u) * 0x0102040810204080u >> 56) << at;
    }
    return ret;
}

void link_kernel_block_copy(struct kernel_block *block, unsigned lane,
                            const struct kernel_block *from, unsigned other, size_t length)
{
    for (size_t i = 0; i < length; i++) block->text[i][lane] = from->text[i][other];
}
