/*
 * sandbox_internal: what the sandbox*.c files share.
 *
 * Layer: cli, private.
 */
#ifndef PENDEEN_CLI_SANDBOX_INTERNAL_H
#define PENDEEN_CLI_SANDBOX_INTERNAL_H

#include "cli/sandbox.h"

/* Adds ", words" to one of the state's lists. */
void sandbox_note(char list[static SANDBOX_WORDS], const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Something is not to be had: noted, or an error when the plan requires it. */
enum st sandbox_lacks(const struct sandbox_plan *plan, struct sandbox_state *state, struct err *err,
                      const char *words) MUST_USE;

#if defined(__SANITIZE_ADDRESS__)
#define SANDBOX_SANITISED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANDBOX_SANITISED 1
#endif
#endif
#ifndef SANDBOX_SANITISED
#define SANDBOX_SANITISED 0
#endif

#endif
