/*
 * What is sent to PostgreSQL, waited for or not, and what its failures mean.
 */
#include "store/postgres_internal.h"

#include <sys/socket.h>

PGconn *postgres_handle_of(const struct db *db)
{
    return ((struct connection *)db->connection)->handle;
}

/* --- failures -------------------------------------------------------------------- */

static enum st outcome_of(const char *state)
{
    if (!state) return ST_BUSY; /* the connection is gone */
    if (strncmp(state, "23", 2) == 0) return ST_CONFLICT;
    static const char *passing[] = {"53", "57P", "08", "40001", "40P01", "25006", "55P03"};
    for (size_t i = 0; i < sizeof passing / sizeof *passing; i++)
        if (strncmp(state, passing[i], strlen(passing[i])) == 0) return ST_BUSY;
    return ST_FAILED;
}

enum st postgres_failure(const struct db *db, const PGresult *result, const char *doing,
                         struct err *err)
{
    const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    enum st outcome = outcome_of(state);
    bool full = state && strcmp(state, "53100") == 0;
    err_set(err, outcome,
            full ? "The disk of the database is full. Nothing was lost; please try again later."
            : outcome == ST_CONFLICT ? "That is in use already."
                                     : "The database did not answer. Please try again.");
    const char *message =
        result ? PQresultErrorMessage(result) : PQerrorMessage(postgres_handle_of(db));
    err_detail(err, "%s: %s (%s)", doing, message, state ? state : "no connection");
    return outcome;
}

/* --- libpq's pipeline mode --------------------------------------------------------------- */

void postgres_note_sent(struct db *db, int sent)
{
    struct connection *connection = db->connection;
    connection->sent += sent != 0; /* of one that could not be sent the connection is gone */
}

bool postgres_is_failure(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    return status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK;
}

/* What would be left to read belongs to nothing any more: whoever asks sees a connection that is
 * gone, and its server sees the same. */
static void give_up(PGconn *handle)
{
    enum { LOOKS = 1000 }; /* at most: what had come before its end is read first */
    if (PQstatus(handle) != CONNECTION_OK) return;
    (void)shutdown(PQsocket(handle), SHUT_RDWR);
    for (int i = 0; i < LOOKS && PQstatus(handle) == CONNECTION_OK && PQconsumeInput(handle); i++)
        ;
}

PGresult *postgres_await_sent(struct db *db)
{
    struct connection *connection = db->connection;
    PGresult *answer = NULL;
    if (PQpipelineStatus(connection->handle) == PQ_PIPELINE_OFF) return NULL;
    bool there = PQpipelineSync(connection->handle) == 1;
    bool ended = false, last = false;
    connection->sent = 0;
    while (there && !last) {
        PGresult *result = PQgetResult(connection->handle);
        if (!result) {
            /* The end of one's answer.  Twice: libpq could not write and has nothing more to say,
             * whatever the state of the connection is. */
            there = !ended && PQstatus(connection->handle) == CONNECTION_OK;
            ended = true;
            continue;
        }
        ended = false;
        last = PQresultStatus(result) == PGRES_PIPELINE_SYNC;
        if (last || (answer && postgres_is_failure(answer))) {
            PQclear(result);
        } else {
            PQclear(answer);
            answer = result;
        }
    }
    if (!last) {
        give_up(connection->handle);
        if (!postgres_is_failure(answer)) { /* of what came before */
            PQclear(answer);
            answer = NULL;
        }
    }
    PQexitPipelineMode(connection->handle);
    return answer;
}

enum st postgres_settle(struct db *db, struct err *err)
{
    if (((struct connection *)db->connection)->sent == 0) return ST_OK;
    PGresult *answer = postgres_await_sent(db);
    enum st outcome = answer && !postgres_is_failure(answer)
                          ? ST_OK
                          : postgres_failure(db, answer, "what was sent", err);
    PQclear(answer);
    return outcome;
}

enum st postgres_settle_many(struct db *db, struct err *err)
{
    enum { SENT_MAX = 100 };
    return ((struct connection *)db->connection)->sent < SENT_MAX ? ST_OK
                                                                  : postgres_settle(db, err);
}

bool postgres_send_text(struct db *db, const char *text)
{
    if (PQenterPipelineMode(postgres_handle_of(db)) != 1) return false;
    int sent = PQsendQueryParams(postgres_handle_of(db), text, 0, NULL, NULL, NULL, NULL, 0);
    postgres_note_sent(db, sent);
    return sent == 1;
}

enum st postgres_execute(struct db *db, const char *text, struct err *err)
{
    enum st before = postgres_settle(db, err);
    if (before != ST_OK) return before;
    PGresult *result = PQexec(postgres_handle_of(db), text);
    ExecStatusType status = PQresultStatus(result);
    bool good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    enum st outcome = good ? ST_OK : postgres_failure(db, result, text, err);
    PQclear(result);
    return outcome;
}
