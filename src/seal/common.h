/*
 * common: passwords that many people use.
 *
 * Layer: seal, private.  The list is made by tools/passwords.mjs out of a kept one.
 */
#ifndef PENDEEN_SEAL_COMMON_H
#define PENDEEN_SEAL_COMMON_H

#include <stddef.h>
#include <stdint.h>

extern const uint64_t common_passwords[]; /* str_hash of each, lower case, ascending */
extern const size_t common_passwords_count;

#endif
