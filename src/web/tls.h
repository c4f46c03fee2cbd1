/*
 * tls: the server's certificate and key, which can be read anew while serving.
 *
 * Layer: web.  GnuTLS, TLS 1.2 and 1.3 with forward secrecy and authenticated ciphers only.
 * A session keeps the certificate that it began with.  Safe for threads.
 */
#ifndef PENDEEN_WEB_TLS_H
#define PENDEEN_WEB_TLS_H

#include "base/err.h"

#include <gnutls/gnutls.h>

struct tls;

/* Both in PEM; the certificate with those between it and a root.  A key that others than
 * its owner and group may read is refused, with what to do. */
enum st tls_open(const char *certificate_file, const char *key_file, struct tls **ret,
                 struct err *err) MUST_USE;
/* Reads both files again.  When they are not good, what was there goes on. */
enum st tls_reload(struct tls *tls, struct err *err) MUST_USE;
void tls_close(struct tls *tls); /* after the last session; accepts NULL */

/* A session on a connected socket that does not block; NULL: no memory. */
gnutls_session_t tls_session_new(struct tls *tls, int handle);
void tls_session_free(gnutls_session_t session);

#endif
