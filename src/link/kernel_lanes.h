/*
 * kernel_lanes: the vector kernels, as a source to be compiled for a vector's width.
 *
 * Layer: link, private to kernel_many.c, which includes it once for each instruction
 * set after it has defined
 *
 *   LANES(name)  the name with the instruction set's mark
 *   WIDTH        lanes of sixteen bits in a vector
 *
 * and undefines both.  A comparison of vectors gives all ones where it holds.
 */
typedef uint16_t LANES(vector) __attribute__((vector_size(2 * WIDTH)));
typedef uint32_t LANES(wide) __attribute__((vector_size(2 * WIDTH))); /* half as many */
typedef uint8_t LANES(half) __attribute__((vector_size(WIDTH / 2), aligned(1)));
typedef uint8_t LANES(bytes) __attribute__((vector_size(WIDTH), aligned(1)));

/* For each lane, at which of its places the byte stands. */
static inline __attribute__((always_inline)) LANES(vector)
    LANES(places)(const LANES(vector) *text, size_t length, unsigned char byte)
{
    LANES(vector) wanted = (LANES(vector)){0} + byte;
    LANES(vector) places = {0};
    for (size_t j = 0; j < length; j++)
        places |= (LANES(vector))(text[j] == wanted) & (uint16_t)(1u << j);
    return places;
}

static inline __attribute__((always_inline)) void
    LANES(load)(const struct kernel_block *block, size_t length, size_t from, LANES(vector) *ret)
{
    for (size_t j = 0; j < length; j++) {
        LANES(bytes) narrow;
        memcpy(&narrow, &block->text[j][from], sizeof narrow);
        ret[j] = __builtin_convertvector(narrow, LANES(vector));
    }
}

static void LANES(osa)(struct str a, const struct kernel_block *block, size_t length, uint8_t *ret)
{
    for (size_t from = 0; from < KERNEL_LANES; from += WIDTH) {
        LANES(vector) text[KERNEL_LONGEST];
        LANES(load)(block, length, from, text);
        const LANES(vector) zero = {0};
        LANES(vector) positive = ~zero;
        LANES(vector) negative = zero, diagonal = zero, before = zero;
        LANES(vector) distance = zero + (uint16_t)length;
        unsigned top = (unsigned)length - 1;
        for (size_t i = 0; i < a.len; i++) {
            LANES(vector) match = LANES(places)(text, length, (unsigned char)a.ptr[i]);
            LANES(vector) swap = ((~diagonal & match) << 1) & before;
            diagonal = (((match & positive) + positive) ^ positive) | match | negative | swap;
            LANES(vector) up = negative | ~(diagonal | positive);
            LANES(vector) down = diagonal & positive;
            distance += (up >> top) & 1;
            distance -= (down >> top) & 1;
            up = up << 1 | 1;
            down <<= 1;
            positive = down | ~(diagonal | up);
            negative = up & diagonal;
            before = match;
        }
        for (size_t i = 0; i < WIDTH; i++) ret[from + i] = (uint8_t)distance[i];
    }
}

static void LANES(jaro)(struct str a, const struct kernel_block *block, size_t length,
                        struct jaro_counts *ret)
{
    size_t longer = a.len > length ? a.len : length;
    size_t reach = longer / 2 > 0 ? longer / 2 - 1 : 0;
    for (size_t at = 0; at < KERNEL_LANES; at += WIDTH) {
        LANES(vector) text[KERNEL_LONGEST];
        LANES(vector) match[KERNEL_LONGEST];
        LANES(load)(block, length, at, text);
        const LANES(vector) zero = {0};
        LANES(vector) taken = zero, takers = zero, pairs = zero, disordered = zero;
        for (size_t i = 0; i < a.len; i++) {
            match[i] = LANES(places)(text, length, (unsigned char)a.ptr[i]);
            size_t from = i > reach ? i - reach : 0;
            size_t to = i + reach + 1 < length ? i + reach + 1 : length;
            unsigned window = from < to ? (1u << to) - (1u << from) : 0;
            LANES(vector) free = match[i] & (uint16_t)window & ~taken;
            taken |= free & -free; /* the first partner */
            LANES(vector) found = (LANES(vector))(free != zero);
            takers |= found & (uint16_t)(1u << i);
            pairs -= found;
        }
        for (size_t i = 0; i < a.len; i++) {
            LANES(vector) taker = (LANES(vector))((takers & (uint16_t)(1u << i)) != zero);
            LANES(vector) partner = taken & -taken & taker;
            disordered -= (LANES(vector))((partner & ~match[i]) != zero);
            taken ^= partner;
        }
        LANES(vector) prefix = zero, same = ~zero;
        for (size_t i = 0; i < 4 && i < a.len && i < length; i++) {
            same &= (LANES(vector))(text[i] == (unsigned char)a.ptr[i]);
            prefix -= same;
        }
        memcpy(ret->pairs + at, &pairs, sizeof pairs);
        memcpy(ret->disordered + at, &disordered, sizeof disordered);
        memcpy(ret->prefix + at, &prefix, sizeof prefix);
    }
    float a_length = (float)a.len, b_length = (float)length;
    for (size_t i = 0; i < KERNEL_LANES; i++) {
        float pairs = ret->pairs[i];
        float ordered = pairs - (float)(ret->disordered[i] / 2);
        float some = pairs > 0 ? pairs : 1;
        float jaro = (pairs / a_length + pairs / b_length + ordered / some) / 3;
        ret->similar[i] = jaro + (float)ret->prefix[i] * 0.1f * (1 - jaro);
    }
}

/* Bytes that are not zero stand for the lanes in which no more than so many bits differ. */
static void LANES(near)(uint32_t letters, const uint32_t *others, unsigned most, uint8_t *ret)
{
    for (size_t from = 0; from < KERNEL_LANES; from += WIDTH / 2) {
        LANES(wide) bits;
        memcpy(&bits, others + from, sizeof bits);
        bits ^= letters;
        bits -= bits >> 1 & 0x55555555u;
        bits = (bits & 0x33333333u) + (bits >> 2 & 0x33333333u);
        bits = (bits + (bits >> 4)) & 0x0f0f0f0fu;
        bits += bits >> 8;
        bits += bits >> 16;
        bits = (LANES(wide))((bits & 0xffu) <= most);
        LANES(half) narrow = __builtin_convertvector(bits, LANES(half));
        memcpy(ret + from, &narrow, sizeof narrow);
    }
}
