/*
 * kernel_many: the measures of similarity.h of one text against thirty-two at once.
 *
 * Layer: link.  Values of one length stand side by side, byte by byte, so that a
 * vector instruction does the same step for all of them: Hyyrö's bit-vectors (2003)
 * and Jaro's windows, with a text's places as the bits of a 16-bit lane.  The same
 * source is compiled for AVX-512, for AVX2 and, as a plain loop over kernel.h, for
 * everything else; which of them runs is chosen when it is first asked.  All three
 * give what the references give.  Safe for threads.
 */
#ifndef PENDEEN_LINK_KERNEL_MANY_H
#define PENDEEN_LINK_KERNEL_MANY_H

#include "link/kernel.h"

enum { KERNEL_LANES = 32, KERNEL_LONGEST = 16 };

/* Thirty-two values of one length; text[i] holds the i-th byte of each. */
struct kernel_block {
    uint8_t text[KERNEL_LONGEST][KERNEL_LANES];
};

/* Puts a value of at most KERNEL_LONGEST bytes into a lane. */
void link_kernel_block_set(struct kernel_block *block, unsigned lane, struct str value);
/* The first bytes of what stands in a lane of another. */
void link_kernel_block_copy(struct kernel_block *block, unsigned lane,
                            const struct kernel_block *from, unsigned other, size_t length);

/* link_osa of `a`, of any length, and each lane, whose values have `length` bytes. */
void link_kernel_osa_many(struct str a, const struct kernel_block *block, size_t length,
                          uint8_t ret[static KERNEL_LANES]);
/* link_jaro_winkler, in single precision. */
void link_kernel_jaro_winkler_many(struct str a, const struct kernel_block *block, size_t length,
                                   float ret[static KERNEL_LANES]);

/* Of words by the letters that they have, a bit for each (link_word_letters): a bit for each
 * of the others that has or lacks no more than so many that the one lacks or has. */
uint32_t link_kernel_near_letters(uint32_t letters, const uint32_t others[static KERNEL_LANES],
                                  unsigned most);

enum kernel_path { KERNEL_SCALAR, KERNEL_AVX2, KERNEL_AVX512, KERNEL_PATHS };

/* For tests: this path from now on, for all threads.  False when the machine has not
 * what it needs. */
bool link_kernel_force(enum kernel_path path);
/* The path that is in use; the best there is unless another was forced. */
enum kernel_path link_kernel_path(void);
const char *link_kernel_path_name(enum kernel_path path);

#endif
