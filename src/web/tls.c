#include "web/tls.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char priorities[] = "SECURE128:%SERVER_PRECEDENCE:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:"
                                 "-KX-ALL:+ECDHE-ECDSA:+ECDHE-RSA:"
                                 "-CIPHER-ALL:+AES-256-GCM:+AES-128-GCM:+CHACHA20-POLY1305";

/* One reading of the files; it lives while a session uses it. */
struct reading {
    gnutls_certificate_credentials_t credentials;
    _Atomic int users;
};

struct tls {
    char *certificate_file;
    char *key_file;
    gnutls_priority_t priority;
    gnutls_datum_t ticket_key;
    pthread_mutex_t lock; /* of the pointer to the reading */
    struct reading *reading;
};

static void release(struct reading *reading)
{
    if (!reading || atomic_fetch_sub(&reading->users, 1) > 1) return;
    gnutls_certificate_free_credentials(reading->credentials);
    free(reading);
}

static enum st check_key_file(const char *file, struct err *err)
{
    struct stat facts;
    if (stat(file, &facts) != 0 || !S_ISREG(facts.st_mode)) {
        err_set(err, ST_INVALID, "The key of the certificate, '%s', cannot be read.", file);
        if (errno) err_hint(err, "%s.", strerror(errno));
        return ST_INVALID;
    }
    if (!(facts.st_mode & 0037)) return ST_OK;
    err_set(err, ST_INVALID, "The key of the certificate, '%s', can be read or changed by others.",
            file);
    err_hint(err, "Type: chmod 600 %s", file);
    return ST_INVALID;
}

static enum st read_files(const struct tls *tls, struct reading **ret, struct err *err)
{
    enum st outcome = check_key_file(tls->key_file, err);
    if (outcome != ST_OK) return outcome;
    struct reading *reading = calloc(1, sizeof *reading);
    if (!reading || gnutls_certificate_allocate_credentials(&reading->credentials) < 0) abort();
    atomic_init(&reading->users, 1);
    int code = gnutls_certificate_set_x509_key_file(reading->credentials, tls->certificate_file,
                                                    tls->key_file, GNUTLS_X509_FMT_PEM);
    if (code >= 0) {
        *ret = reading;
        return ST_OK;
    }
    release(reading);
    err_set(err, ST_INVALID, "The certificate '%s' and its key '%s' cannot be used: %s",
            tls->certificate_file, tls->key_file, gnutls_strerror(code));
    err_hint(err, "Both must be PEM, and belong together.");
    return ST_INVALID;
}

enum st tls_open(const char *certificate_file, const char *key_file, struct tls **ret,
                 struct err *err)
{
    struct tls *tls = calloc(1, sizeof *tls);
    if (!tls) abort();
    tls->certificate_file = strdup(certificate_file);
    tls->key_file = strdup(key_file);
    pthread_mutex_init(&tls->lock, NULL);
    if (!tls->certificate_file || !tls->key_file ||
        gnutls_priority_init(&tls->priority, priorities, NULL) < 0 ||
        gnutls_session_ticket_key_generate(&tls->ticket_key) < 0)
        abort();
    enum st outcome = read_files(tls, &tls->reading, err);
    if (outcome == ST_OK)
        *ret = tls;
    else
        tls_close(tls);
    return outcome;
}

enum st tls_reload(struct tls *tls, struct err *err)
{
    struct reading *fresh = NULL;
    enum st outcome = read_files(tls, &fresh, err);
    if (outcome != ST_OK) return outcome;
    pthread_mutex_lock(&tls->lock);
    struct reading *old = tls->reading;
    tls->reading = fresh;
    pthread_mutex_unlock(&tls->lock);
    release(old);
    return ST_OK;
}

void tls_close(struct tls *tls)
{
    if (!tls) return;
    release(tls->reading);
    gnutls_priority_deinit(tls->priority);
    gnutls_memset(tls->ticket_key.data, 0, tls->ticket_key.size);
    gnutls_free(tls->ticket_key.data);
    free(tls->certificate_file);
    free(tls->key_file);
    free(tls);
}

gnutls_session_t tls_session_new(struct tls *tls, int handle)
{
    static unsigned char http_name[] = "http/1.1";
    static const gnutls_datum_t http = {http_name, sizeof http_name - 1};
    gnutls_session_t session;
    if (gnutls_init(&session, GNUTLS_SERVER | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL) < 0) return NULL;
    pthread_mutex_lock(&tls->lock);
    struct reading *reading = tls->reading;
    atomic_fetch_add(&reading->users, 1);
    pthread_mutex_unlock(&tls->lock);
    gnutls_session_set_ptr(session, reading);
    if (gnutls_priority_set(session, tls->priority) < 0 ||
        gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, reading->credentials) < 0 ||
        gnutls_session_ticket_enable_server(session, &tls->ticket_key) < 0 ||
        gnutls_alpn_set_protocols(session, &http, 1, 0) < 0) {
        tls_session_free(session);
        return NULL;
    }
    gnutls_transport_set_int(session, handle);
    return session;
}

void tls_session_free(gnutls_session_t session)
{
    struct reading *reading = gnutls_session_get_ptr(session);
    gnutls_deinit(session);
    release(reading);
}
