/*
 * route: the table of routes, and links to them.
 *
 * Layer: web.  route.def names every route with all its policies; leaving one
 * out does not compile.  Links are made from the same table, so that a page
 * cannot link to what is not there.
 */
#ifndef PENDEEN_WEB_ROUTE_H
#define PENDEEN_WEB_ROUTE_H

#include "domain/api_client.h"
#include "domain/audit.h"
#include "web/request.h"

enum route_access {
    OPEN,                      /* everybody */
    SIGNED_IN = ACT_COUNT,     /* whoever is signed in */
};
/* A route's capability is OPEN, SIGNED_IN, or NEEDS(an enum action): some role of
 * the person must have that action. */
#define NEEDS(action) ((int)(action) + 100)

enum route_csrf {
    NO_FORM, /* a GET: it changes nothing */
    ORIGIN,  /* a form from before sign-in: the Origin must be ours */
    TOKEN,   /* the session's token */
    /* no form: JSON, and who asks says so by a bearer token; cookies count for nothing */
    BEARER_TOKEN,
};
/* Beside one of these, "TOKEN | RECENT": a sensitive act.  The person must have shown within
 * the last SESSION_RECENT_MINUTES that it is them, and is asked again when not. */
enum { RECENT = 16 };
/* Beside TOKEN: what people write here is about a child, and may be that a child is in danger now.
 * Whoever writes such words is told to ring 999 before anything is kept (page_danger.c). */
enum { WARNS = 32 };
/* Of a route of the programming interface: the scope that the token must have (a name of
 * api_scope.def), or any token. */
enum { SCOPE_SHIFT = 8 };
#define BEARER(scope) (BEARER_TOKEN | (API_SCOPE_##scope + 1) << SCOPE_SHIFT)
#define BEARER_ANY (BEARER_TOKEN)

enum route_rate { FREE, READING, WRITING, SIGNING_IN };

/* What a use of the route leaves in the audit.  LOGS: a line of this kind, which the domain
 * writes with what it does, and the dispatcher where the domain wrote none; about the record
 * of this sort whose id is the first of the path.  LOGS_OWN: one that would tell who handed
 * something in (domain/audit.h, by_source).  UNSEEN: nothing of anybody is shown or
 * changed. */
struct route_audit {
    bool logs;
    bool own;
    enum audit_kind kind;
    const char *action;
    const char *subject; /* NULL: none */
};
#define UNSEEN {.logs = false}
#define LOGS(kind_name, action_text, subject_text) \
    {.logs = true, .kind = AUDIT_##kind_name, .action = action_text, .subject = subject_text}
#define LOGS_OWN(kind_name, action_text, subject_text)                                             \
    {                                                                                              \
        .logs = true, .own = true, .kind = AUDIT_##kind_name, .action = action_text,               \
        .subject = subject_text                                                                    \
    }

enum route_id {
#define ROUTE(name, method, pattern, handler, capability, csrf, body, rate, audit) ROUTE_##name,
#include "web/route.def"
#undef ROUTE
    ROUTE_COUNT
};

struct route {
    const char *name;
    enum method method;
    const char *pattern; /* "/entities/{id}" */
    void (*handler)(struct request *, struct response *);
    int capability;
    enum route_csrf csrf;
    bool recent;
    bool warns;
    int scope; /* one more than an enum api_scope; 0: none is asked for */
    size_t body_maximum; /* bytes */
    enum route_rate rate;
    struct route_audit audit;
};

extern const struct route routes[ROUTE_COUNT];

/* The route of a method and path, with what its {…} matched; NULL when there is
 * none, and then *ret_other_method says whether another method would have one. */
const struct route *route_find(enum method method, struct str path,
                               struct str parameter[static REQUEST_PARAMETERS_MAX],
                               bool *ret_other_method);

/* Links.  The pattern must have as many {…} as there are values. */
struct url url_to(enum route_id route);
struct url url_to_id(struct arena *arena, enum route_id route, int64_t id);
struct url url_to_ids(struct arena *arena, enum route_id route, int64_t id, int64_t second);
struct url url_to_texts(struct arena *arena, enum route_id route, struct str text,
                        struct str second);
struct url url_to_text(struct arena *arena, enum route_id route, struct str text);
/* With ?name=value added. */
struct url url_with(struct arena *arena, struct url url, const char *name, struct str value);

/* Checks a request that dispatch_admits let in against the rest of its route's policies, runs
 * the handler, and sees to the line of the log. */
void dispatch(const struct route *route, struct request *request, struct response *response);
/* Is the body of such a size, sent with such a cookie, worth reading, and the rate not above the
 * route's?  Asked before it is read: fills response with the refusal and returns false when not. */
bool dispatch_admits(const struct route *route, struct request *request, uint64_t body_size,
                     struct response *response);
/* The body was waited for, and whoever asked then may have been shut out since: reads anew who it
 * is, and what they may.  As above, but for size and rate. */
bool dispatch_admits_still(const struct route *route, struct request *request,
                           struct response *response);
/* The answer to what no route matches: limited like reading, and with the menu of
 * whoever asks. */
void dispatch_nowhere(struct request *request, struct response *response);
/* A route has that path for the other method. */
void dispatch_other_method(struct request *request, struct response *response, enum method allowed);
/* Instead of an answer whose line of the log could not be written. */
void respond_unwritten(struct request *request, struct response *response, const struct err *err);
/* 413, with these words. */
void respond_too_large(struct request *request, struct response *response, const struct err *err);
/* Is this Origin header, if there is one, the page's own? */
bool origin_is_ours(struct str origin, struct str host);

#endif
