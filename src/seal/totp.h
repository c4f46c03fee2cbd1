/*
 * totp: codes of an authenticator app (RFC 6238), by liboath.
 *
 * Layer: seal.  Six digits, thirty seconds, HMAC-SHA-1, which is what every app reads.
 * A code is good in its own thirty seconds and in the thirty before and after them, and
 * once only: the caller keeps the step of the last one taken.
 */
#ifndef PENDEEN_SEAL_TOTP_H
#define PENDEEN_SEAL_TOTP_H

#include "base/clock.h"
#include "base/err.h"

enum { TOTP_SECRET_SIZE = 20, TOTP_DIGITS = 6, TOTP_STEP_SECONDS = 30 };

void totp_secret(uint8_t ret[static TOTP_SECRET_SIZE]);
/* The secret in base 32, in groups of four, as people type it. */
struct str totp_secret_words(struct arena *arena, struct str secret);
/* otpauth://totp/ISSUER:ACCOUNT?secret=…&issuer=ISSUER (the app's Key URI Format). */
struct str totp_uri(struct arena *arena, struct str secret, struct str issuer, struct str account);

/* Is this the code of a step after `last_step`?  Spaces are left out.  Then *ret_step
 * says which.  Takes the same time whichever digit is wrong. */
bool totp_check(struct str secret, struct str code, instant_ms now, int64_t last_step,
                int64_t *ret_step);
/* The code at an instant: for tests. */
struct str totp_code(struct arena *arena, struct str secret, instant_ms now);

#endif
