/*
 * webauthn: what a passkey says, checked (W3C Web Authentication Level 2, sections 7.1
 * and 7.2), by libfido2 for authenticator data and signatures and jansson for client data.
 *
 * Layer: seal.  No attestation is asked for: which maker's device it is does not matter,
 * so the authenticator data comes as the browser takes it out of the attestation.  Both
 * presence and verification of the user (fingerprint, face, PIN) are demanded.
 *
 * Every refusal is ST_DENIED with the same public sentence; `detail` says which check.
 */
#ifndef PENDEEN_SEAL_WEBAUTHN_H
#define PENDEEN_SEAL_WEBAUTHN_H

#include "base/err.h"
#include "base/str.h"

enum { WEBAUTHN_CHALLENGE_SIZE = 32, WEBAUTHN_CREDENTIAL_MAX = 1023, WEBAUTHN_PART_MAX = 16 << 10 };

/* Where the page stands. */
struct webauthn_site {
    struct str origin; /* "https://pendeen.example.org" */
    struct str rp_id;  /* "pendeen.example.org" */
};

/* What the browser sent, decoded. */
struct webauthn_reply {
    struct str client_data; /* clientDataJSON */
    struct str authenticator_data;
    struct str signature; /* of a sign-in */
};

struct webauthn_key {
    int64_t algorithm;     /* COSE: -7 ES256, -8 EdDSA, -257 RS256 */
    struct str credential; /* its id */
    struct str public_key; /* in libfido2's raw form of the algorithm */
    uint32_t sign_count;
};

/* A new passkey; its texts are copied into the arena. */
enum st webauthn_register(struct arena *arena, const struct webauthn_site *site,
                          struct str challenge, const struct webauthn_reply *reply,
                          struct webauthn_key *ret, struct err *err) MUST_USE;
/* A sign-in by a key that is known.  The counter must have grown, unless the key never
 * counts (both 0); *ret_sign_count is the new one. */
enum st webauthn_assert(const struct webauthn_site *site, struct str challenge,
                        const struct webauthn_reply *reply, const struct webauthn_key *key,
                        uint32_t *ret_sign_count, struct err *err) MUST_USE;

#endif
