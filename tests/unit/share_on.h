/*
 * share_on: what a practitioner sent, shared on by a representative of their organisation, as
 * it was written: for tests that are about something else.
 */
#ifndef PENDEEN_TESTS_SHARE_ON_H
#define PENDEEN_TESTS_SHARE_ON_H

#include "domain/forward.h"

#include "tests_common.h"

static inline void share_on_by(struct app *of, struct arena *memory,
                               const struct person *representative, int64_t submission)
{
    struct stage_state state;
    struct submission written;
    struct err err = {0};
    assert_int_equal(stage_read(of, memory, submission, &state, NULL), ST_OK);
    if (stage_is_shared(state.stage)) return;
    struct db *db = store_read_begin(of->store, NULL);
    assert_int_equal(submission_load(of, db, memory, submission, &written, NULL), ST_OK);
    store_read_end(of->store, db);
    struct forward_share share = {
        .words = {written.narrative, written.when_text, written.where_text}, .looked = true};
    if (forward_share(of, representative, submission, &share, &err) != ST_OK)
        fail_msg("%s", err.public);
}

/* By somebody of the sender's organisation. */
static inline void share_on(struct app *of, struct arena *memory, const struct person *sender,
                            int64_t submission)
{
    struct person representative = *sender;
    representative.roles = 1u << ROLE_representative;
    representative.scope = NULL;
    share_on_by(of, memory, &representative, submission);
}

#endif
