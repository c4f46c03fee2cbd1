/*
 * request: what a handler gets and what it answers.
 *
 * Layer: web.  Everything lives in the request's arena, which is capped and is
 * freed when the reply is sent.  A handler runs only after the dispatcher has
 * checked every policy of its route (dispatch.c).
 */
#ifndef PENDEEN_WEB_REQUEST_H
#define PENDEEN_WEB_REQUEST_H

#include "base/arena.h"
#include "base/buf.h"
#include "domain/access.h"
#include "domain/app.h"
#include "domain/session.h"
#include "html/html.h"
#include "web/form.h"

enum method { GET, POST };

enum { REQUEST_PARAMETERS_MAX = 3, REQUEST_FIELDS_MAX = 1200 };

struct drawn;
struct reopened;
struct reopened_page;
struct watch;

struct request {
    struct app *app;
    struct arena *arena;
    enum method method;
    struct str path;
    struct str address; /* of the peer */
    struct str site;    /* the same, of IPv6 its /64: what rate limits count as one */
    struct str parameter[REQUEST_PARAMETERS_MAX]; /* what {…} of the pattern matched */
    int64_t id[REQUEST_PARAMETERS_MAX]; /* the same as numbers; 0 when it is none */
    struct form_field *field; /* of the query string and the body */
    size_t field_count;
    struct str host;    /* as the browser asked for it */
    struct str origin;  /* of a form: the page that sent it; empty when not said */
    struct str browser; /* in plain words: "Firefox on Windows" */
    struct str cookie;  /* the session token; empty: none */
    struct str step;    /* the cookie of a sign-in that is half done; empty: none */
    struct str device;  /* the cookie of a known device; empty: none */
    struct str provider; /* the cookie of a sign-in under way at a provider; empty: none */
    struct person who;  /* account 0: nobody */
    struct session_facts session;
    struct str csrf;   /* this session's token */
    /* Of /api/v1, /oauth and /metrics alone, as they came; empty: not said. */
    bool api;           /* errors are problem+json */
    bool local;         /* from this machine itself, and handed on by nobody */
    struct str authorization;
    struct str content_type;
    struct str if_match;
    struct str if_none_match;
    struct str idempotency_key;
    struct str body;    /* of a route that takes a token: not a form */
    struct str danger;  /* it holds words of danger: who to call, as JSON; empty: it does not */
    unsigned scopes;    /* bits of enum api_scope: what the token allows */
    struct drawn *drawn; /* content of pages for everybody; NULL: none is kept */
    struct reopened *reopened; /* pages of records that were read; NULL: none is kept */
    struct watch *watch; /* of the thread that answers; NULL: none */
    bool synthetic;    /* the data folder holds made-up data: say so on every page */
};

struct response {
    int status; /* 200 unless set */
    const char *content_type;
    struct buf body;
    struct str location;    /* for redirects */
    struct str set_cookie;  /* a session token; "-" takes it away; empty: no change */
    struct str set_step;    /* the same of a sign-in that is half done */
    struct str set_device;  /* the same of a known device, for DEVICE_DAYS */
    struct str set_provider; /* that of a sign-in under way; "-" takes it away */
    struct str refresh;     /* Refresh: where the browser goes by itself */
    /* What waits for another machine: run on a thread of its own after the handler, and
     * the answer is sent when it returns. */
    void (*later)(struct request *, struct response *);
    /* What was read, to be written down before the answer is sent, together with that of others
     * (front); NULL: that is done.  It lives as long as the request. */
    const struct audit_event *line;
    struct reopened_page *page; /* held for it; NULL: none */
    struct str file_name;   /* offered as a download */
    struct str images;      /* an origin that the page may take pictures from; empty: ours alone */
    const char *cache;      /* Cache-Control; NULL: no-store */
    struct str etag;
    struct str challenge;   /* WWW-Authenticate */
    struct str allow;       /* Allow, of a 405 */
    int retry_seconds;      /* Retry-After; 0: none */
    /* A body that lives as long as the program, sent without a copy. */
    struct str constant_body;
};

/* The first field of that name, or the empty str. */
struct str form_value(const struct request *request, const char *name);
bool form_has(const struct request *request, const char *name);
const struct form_field *form_find(const struct request *request, struct str name);

/* 303 to a page of ours. */
void respond_redirect(struct response *response, struct url where);
/* The page that says what went wrong, with the status that belongs to it, and what was
 * written into the form that came; of /api/v1 and /oauth the same as problem+json. */
void respond_error(struct request *request, struct response *response, const struct err *err);

#endif
