/*
 * The step of migration 3: the lines of the table `audit` become lines of the log, in
 * their order and with their times.  Who handed something in stood in the clear there: that
 * is sealed apart now, and the old table goes.
 */
#include "store/audit_log.h"
#include "store/engine.h"
#include "store/migration.h"

/* What the old actions are in the log. */
static const struct {
    const char *old_action;
    const char *kind;
    bool by_source;
} actions[] = {
    {"submission added", "collection", true}, {"import added", "collection", true},
    {"account added", "alteration", false},   {"password set", "alteration", false},
    {"account disabled", "alteration", false}, {"account enabled", "alteration", false},
    {"signed in", "sign-in", false},          {"sign-in", "sign-in", false},
    {"submission read", "consultation", false}, {"decision made", "combination", false},
    {"decision withdrawn", "combination", false}, {"pair read", "consultation", false},
    {"entity read", "consultation", false},   {"search", "consultation", false},
    {"keys turned over", "operation", false}, {"key forgotten", "erasure", false},
};

/* The constant of the program that is this text; "other" for one that never was. */
static const char *constant_of(struct str text, const char *const *known, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(text, str_from(known[i]))) return known[i];
    return "other";
}

/* A submission that its own sender read would tell who that is. */
static bool is_own(const struct keyring *keys, struct query *row, int64_t account)
{
    uint8_t tag[SEAL_TAG_SIZE];
    keyring_tag(keys, "source", str_of((const char *)&account, sizeof account), tag);
    return str_eq(db_text(row, 3), STR("submission")) &&
           str_eq(db_bytes(row, 6), str_of((const char *)tag, sizeof tag));
}

static enum st carry_over(struct db *db, struct keyring *keys, struct query *row, struct err *err)
{
    static const char *const subjects[] = {"submission", "import", "account", "decision",
                                           "mention",    "entity", "key"};
    static const char *const outcomes[] = {"ok",   "refused",   "too often", "not found",
                                           "same", "different", "unsure"};
    struct audit_subject subject = {
        .kind = constant_of(db_text(row, 3), subjects, sizeof subjects / sizeof *subjects),
        .id = db_int(row, 4)};
    struct audit_entry entry = {
        .at = db_int(row, 0),
        .kind = "operation",
        .action = "other",
        .outcome = constant_of(db_text(row, 5), outcomes, sizeof outcomes / sizeof *outcomes),
        .reason = "",
        .account = db_int(row, 1),
        .subject = &subject,
        .subject_count = subject.id != 0,
    };
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
        if (!str_eq(db_text(row, 2), str_from(actions[i].old_action))) continue;
        entry.action = actions[i].old_action;
        entry.kind = actions[i].kind;
        entry.by_source = actions[i].by_source;
    }
    if (is_own(keys, row, entry.account)) entry.by_source = true;
    return audit_log_carry_over(db, keys, &entry, err);
}

enum st step_audit(struct db *db, struct keyring *keys, struct err *err)
{
    struct query *rows = db_query_once(
        db,
        "SELECT a.at, coalesce(a.account_id, 0), a.action, a.subject, a.subject_id, a.outcome,"
        " s.source_tag FROM audit a LEFT JOIN submission s ON s.id = a.subject_id ORDER BY a.id");
    enum st outcome = ST_OK;
    while (outcome == ST_OK && db_next(rows)) outcome = carry_over(db, keys, rows, err);
    return db_end_after(rows, outcome, err);
}
