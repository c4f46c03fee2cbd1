/*
 * For whoever runs it: is it alive, is it ready, how is it doing.
 */
#include "web/metrics.h"
#include "web/pages.h"
#include "web/problem.h"

#include <stdatomic.h>

static void say(struct response *response, int status, struct str words)
{
    response->status = status;
    response->content_type = "text/plain; charset=utf-8";
    response->constant_body = words;
}

/* The process answers: restarting it would help nobody. */
void page_healthz(struct request *request, struct response *response)
{
    (void)request;
    say(response, 200, STR("ok\n"));
}

/* a turn takes milliseconds, and that of another program is waited for */
enum { TURN_LONG_MS = 10000 };

/* It can do its work: whoever shares requests out may send some. */
void page_readyz(struct request *request, struct response *response)
{
    struct err err = {0};
    int64_t count = 0;
    struct db *db = store_read_begin(request->app->store, &err);
    enum st outcome = db ? db_one(db_query(db, Q_SUBMISSION_COUNT), &count, &err) : ST_FAILED;
    store_read_end(request->app->store, db);
    if (outcome != ST_OK)
        say(response, 503, STR("the database does not answer\n"));
    else if (store_turn_ms(request->app->store) > TURN_LONG_MS)
        say(response, 503,
            STR("nobody can write: the database, or another server, keeps the turn\n"));
    else if (atomic_load(&request->app->stopping))
        say(response, 503, STR("it is stopping\n"));
    else
        say(response, 200, STR("ready\n"));
}

/* For this machine, or for whoever has the token; to others the page is not there. */
void page_metrics(struct request *request, struct response *response)
{
    struct str token;
    bool fits = bearer_of(request->authorization, &token) && metrics_token_fits(token);
    if (!request->local && !fits) {
        struct err err;
        err_missing(&err, "page");
        respond_error(request, response, &err);
        return;
    }
    metrics_write(request->app, &response->body);
    response->content_type = "text/plain; version=0.0.4; charset=utf-8";
}
