/*
 * fetch: one request to another machine.
 *
 * Layer: net, on libcurl.  Waits for the answer, at most FETCH_SECONDS: call it from a
 * thread that may wait.  Redirects are not followed.  The proxy of the environment
 * (https_proxy) is used, but never for this machine itself.
 */
#ifndef PENDEEN_NET_FETCH_H
#define PENDEEN_NET_FETCH_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum { FETCH_SECONDS = 8, FETCH_URL_MAX = 2048 };

struct fetch_request {
    struct str url;      /* of fetch_url_allowed */
    struct str form;     /* sent by POST as application/x-www-form-urlencoded; empty: a GET */
    struct str json;     /* sent by POST as application/json; empty: none */
    const struct str *header; /* further lines, "name: value" */
    size_t header_count;
    struct str basic;    /* "user:password" for HTTP Basic; empty: none */
    struct str bearer;   /* an access token; empty: none */
    struct str ca_file;  /* certificates to trust instead of the system's; empty: those */
    bool outside;        /* what the name leads to may not be nearby (net/nearby.h), unless the URL
                          * says plainly that it is this machine */
    size_t maximum;      /* bytes of the body */
};

struct fetched {
    int status;
    struct str content_type; /* lower case, without parameters */
    struct str body;
};

/* ST_OK whenever an answer came in full, whatever its status.  ST_BUSY: the machine
 * cannot be reached, is too slow, or is not who it says; ST_LIMIT: the body is too
 * long.  `detail` says which; nothing of it is for a person. */
enum st fetch(struct arena *arena, const struct fetch_request *request, struct fetched *ret,
              struct err *err) MUST_USE;

/* Text as a value of a form or a query (RFC 3986: everything but unreserved characters is
 * percent-encoded). */
struct str fetch_encoded(struct arena *arena, struct str text);

/* Is this an absolute https: URL without user, password and fragment, in characters
 * that RFC 3986 knows?  With `loopback`, http: to 127.0.0.1, [::1] or localhost too. */
bool fetch_url_allowed(struct str url, bool loopback);
/* Is it http: to this machine? */
bool fetch_url_is_loopback(struct str url);
/* Its port: what it says, or that of its scheme; 0 when it says no number. */
uint16_t fetch_url_port(struct str url);
/* The port of the proxy that the environment names for other machines; 0: none. */
uint16_t fetch_proxy_port(void);
/* The host, with its port if it has one: "login.example.org". */
struct str fetch_url_host(struct str url);

#endif
