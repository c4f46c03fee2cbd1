/*
 * problem: what went wrong, as JSON (RFC 9457), for the programming interface.
 *
 * Layer: web.  The same sentences as on a page, and what to do.  A record that is kept from
 * the asker is answered by the very bytes of one that is not there.
 */
#ifndef PENDEEN_WEB_PROBLEM_H
#define PENDEEN_WEB_PROBLEM_H

#include "web/request.h"

#include <jansson.h>

/* An object, the caller's, for an answer or a problem: it begins with `danger` where what was asked
 * holds words of danger, for nothing stands before who to call. */
json_t *problem_begin(const struct request *request);
/* Answers with `status`; `word` names the sort of problem ("not-found"). */
void respond_problem(struct request *request, struct response *response, int status,
                     const char *word, const struct err *err);
/* The status and word that belong to the error. */
void respond_problem_of(struct request *request, struct response *response, const struct err *err);
/* No token, or one that is not good: 401, with how to get one. */
void respond_no_token(struct request *request, struct response *response, bool sent_one);
/* The token lacks this scope: 403. */
void respond_no_scope(struct request *request, struct response *response, const char *scope);

/* Is it a path of /api/v1 or /oauth? */
bool path_is_api(struct str path);
/* The token of "Bearer TOKEN"; false when the header is no such thing. */
bool bearer_of(struct str authorization, struct str *ret);

#endif
