/*
 * second_factor: codes of an authenticator app, and recovery codes.
 *
 * Layer: domain.  A code is taken once.  Recovery codes are made with the first second
 * factor, shown once, kept as hashes, and each is good once; they stand for a second
 * factor that was lost, not for the password.
 *
 * Wrong codes are counted in the store, for each account: CODES_FREE in a row may be tried at
 * once, and after each further one there is a wait that doubles, from a minute to
 * CODE_WAIT_MINUTES, until a good one comes.  Browsers that are familiar, where the person was
 * signed in before, are counted apart from all others: who has but the password makes none of
 * those wait.
 */
#ifndef PENDEEN_DOMAIN_SECOND_FACTOR_H
#define PENDEEN_DOMAIN_SECOND_FACTOR_H

#include "domain/app.h"

enum { CODES_FREE = 10, CODE_WAIT_MINUTES = 12 * 60 };
enum { RECOVERY_CODES = 10, RECOVERY_CODE_SIZE = 20 /* XXXX-XXXX-XXXX-XXXX and the NUL */ };

struct recovery_codes {
    char code[RECOVERY_CODES][RECOVERY_CODE_SIZE];
    int count; /* 0: none were made now */
};

struct second_factors {
    bool totp;
    int64_t passkeys;
    int64_t recovery_left;
};
enum st second_factors_read(struct app *app, int64_t account, struct second_factors *ret,
                            struct err *err) MUST_USE;
static inline bool second_factors_any(const struct second_factors *factors)
{
    return factors->totp || factors->passkeys > 0;
}

/* Makes a new secret, which counts when totp_confirm was given a code of it.
 * ST_CONFLICT when an app is set up already. */
enum st totp_begin(struct app *app, int64_t account, struct err *err) MUST_USE;
/* The secret that waits to be confirmed: as words to type and as what a QR code holds.
 * ST_NOT_FOUND when there is none. */
enum st totp_waiting(struct app *app, struct arena *arena, int64_t account, struct str email,
                     struct str *ret_words, struct str *ret_uri, struct err *err) MUST_USE;
/* ST_INVALID: the code is not right. Makes recovery codes when there are none. */
enum st totp_confirm(struct app *app, int64_t account, struct str code, struct recovery_codes *ret,
                     struct err *err) MUST_USE;
enum st totp_remove(struct app *app, int64_t account, struct err *err) MUST_USE;

/* New recovery codes; those of before are no good any more. */
enum st recovery_make(struct app *app, int64_t account, struct recovery_codes *ret,
                      struct err *err) MUST_USE;
/* The same in the caller's transaction, when the account has none left. */
enum st recovery_ensure(struct app *app, struct db *db, int64_t account, struct recovery_codes *ret,
                        struct err *err) MUST_USE;

/* What came of a code. */
struct code_taken {
    bool good;
    int wait_seconds; /* until one is looked at again; 0: it was looked at */
};
/* Takes a code, of the app or for recovery, in the caller's transaction, which stands whatever
 * came of it. */
enum st second_factor_take(struct app *app, struct db *db, int64_t account, bool familiar,
                           struct str code, struct code_taken *ret, struct err *err) MUST_USE;
/* An administrator takes all of a person's away (they lost them); ends their sessions. */
enum st second_factors_remove(struct app *app, int64_t by, int64_t account,
                              struct err *err) MUST_USE;
/* When the last one is gone its recovery codes go too; in the caller's transaction. */
enum st second_factors_tidy(struct db *db, int64_t account, struct err *err) MUST_USE;

#endif
