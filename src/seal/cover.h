/* cover: what is kept in memory for a while, sealed under a key of this process alone.
 *
 * Layer: seal, on libsodium and GnuTLS.  For texts that may be asked for again soon: in memory they
 * lie as they do in the database, and the key stands where the key ring does.  It is made at the
 * start and is nowhere else, but expanded while one text is sealed or opened.  AES-256-GCM, which
 * processors do by themselves; its nonces are counted.  Bound in is whose the text is, as
 * associated data: it does not open for another.  Safe for threads.
 */
#ifndef PENDEEN_SEAL_COVER_H
#define PENDEEN_SEAL_COVER_H

#include "base/str.h"

#include <stdbool.h>

enum { COVER_OVERHEAD = 12 + 16 };

struct cover;

/* NULL: there is no memory. */
struct cover *cover_new(void);
void cover_free(struct cover *cover); /* wipes the key; accepts NULL */

/* Fills plain.len + COVER_OVERHEAD bytes; false: there is no memory. */
bool cover_seal(struct cover *cover, struct str owner, struct str plain, uint8_t *ret);
/* Fills sealed.len - COVER_OVERHEAD bytes; false: it is not this owner's, or not
 * whole, or there is no memory; then they are zero. */
bool cover_open(const struct cover *cover, struct str owner, struct str sealed, char *ret);
/* The same for several, for which the key is expanded once. */
struct covered {
    struct str owner;
    struct str sealed;
    char *ret;
    bool opened; /* what cover_open says */
};
void cover_open_all(const struct cover *cover, struct covered *list, size_t count);

#endif
