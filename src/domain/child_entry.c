#include "domain/child_entry.h"

#include "base/names.h"
#include "link/birth.h"

static const struct labelled kinds[ENTRY_KINDS] = {
#define ENTRY(name, word, label) {word, label},
    CHILD_ENTRY_TABLE(ENTRY)
#undef ENTRY
};

const char *child_entry_kind_name(enum child_entry_kind kind)
{
    return kinds[kind].name;
}

bool child_entry_kind_from_name(struct str name, enum child_entry_kind *ret)
{
    int place = labelled_place(name, kinds, ENTRY_KINDS);
    if (place >= 0) *ret = (enum child_entry_kind)place;
    return place >= 0;
}

static const char *const states[CHILD_STATES] = {"standing", "conflicting", "superseded",
                                                 "withdrawn"};

const char *child_state_name(enum child_state state)
{
    return states[state];
}

const char *child_state_label(enum child_state state)
{
    static const char *const labels[CHILD_STATES] = {"Stands", "In conflict", "Was so earlier",
                                                     "Was wrong"};
    return labels[state];
}

bool child_state_from_name(struct str name, enum child_state *ret)
{
    int place = name_place(name, states, CHILD_STATES);
    if (place >= 0) *ret = (enum child_state)place;
    return place >= 0;
}

/* --- rows ------------------------------------------------------------------------------- */

enum st child_entry_store(struct app *app, struct db *db, struct arena *arena,
                          const struct data_key *key, int64_t child, int64_t account, instant_ms at,
                          const struct child_draft *draft, int64_t *ret_id, struct err *err)
{
    (void)app;
    int64_t id = 0;
    enum st outcome = db_next_id(db, Q_CHILD_ENTRY_LAST, &id, err);
    if (outcome != ST_OK) return outcome;
    struct str packed = texts_pack(arena, draft->text, CHILD_TEXTS);
    struct str sealed = field_seal(arena, key, FIELD_CHILD_ENTRY, id, packed);
    struct query *query = db_query(db, Q_CHILD_ENTRY_ADD);
    db_bind_int(query, 1, id);
    db_bind_int(query, 2, child);
    db_bind_text(query, 3, str_from(kinds[draft->kind].name));
    db_bind_int_or_null(query, 4, draft->about);
    db_bind_bytes(query, 5, sealed.ptr, sealed.len);
    db_bind_text(query, 6, str_from(draft->source_kind ? draft->source_kind : "typed"));
    db_bind_int_or_null(query, 7, draft->source_id);
    db_bind_int(query, 8, account);
    db_bind_int(query, 9, at);
    outcome = db_run(query, err);
    if (outcome == ST_OK && ret_id) *ret_id = id;
    return outcome;
}

enum st child_entry_from_row(struct app *app, struct arena *arena, struct query *query,
                             struct child_entry *ret, struct err *err)
{
    *ret = (struct child_entry){.id = db_int(query, 0),
                                .child = db_int(query, 1),
                                .about = db_int(query, 3),
                                .source_kind = str_dup(arena, db_text(query, 5)),
                                .source_id = db_int(query, 6),
                                .account = db_int(query, 7),
                                .at = db_int(query, 8)};
    if (!child_entry_kind_from_name(db_text(query, 2), &ret->kind))
        return err_set(err, ST_FAILED, "An entry of a child's record is of no known kind.");
    struct data_key key;
    struct str packed;
    enum st outcome = record_key_from_row(app, query, 9, &key, err);
    if (outcome == ST_OK)
        outcome =
            field_open(arena, &key, FIELD_CHILD_ENTRY, ret->id, db_bytes(query, 4), &packed, err);
    data_key_clear(&key);
    if (outcome == ST_OK && !texts_unpack(packed, ret->text, CHILD_TEXTS))
        outcome = err_set(err, ST_FAILED, "An entry of a child's record cannot be read.");
    return outcome;
}

/* Binary search: ids rise. */
static struct child_entry *find(struct child_entry *entry, size_t count, int64_t id)
{
    size_t low = 0;
    size_t high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (entry[middle].id == id) return &entry[middle];
        if (entry[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* Facts of joined records that differ, of which nobody has said which stands. */
static void find_conflicts(struct child_entry *entry, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (entry[i].kind != ENTRY_FACT || entry[i].decided) continue;
        for (size_t k = 0; k < i; k++) {
            if (entry[k].kind != ENTRY_FACT || entry[k].child == entry[i].child ||
                entry[k].state > STATE_CONFLICTING ||
                (entry[k].decided && entry[k].state == STATE_STANDING) ||
                !str_eq(entry[k].text[FACT_KEY], entry[i].text[FACT_KEY]) ||
                str_eq_nocase(entry[k].text[FACT_VALUE], entry[i].text[FACT_VALUE]))
                continue;
            entry[i].state = entry[k].state = STATE_CONFLICTING;
        }
    }
}

/* One that no other contradicts any more is in no conflict. */
static void end_conflicts(struct child_entry *entry, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (entry[i].kind != ENTRY_FACT || entry[i].state != STATE_CONFLICTING) continue;
        bool contradicted = false;
        for (size_t k = 0; k < count && !contradicted; k++)
            contradicted = k != i && entry[k].kind == ENTRY_FACT &&
                           entry[k].state <= STATE_CONFLICTING &&
                           str_eq(entry[k].text[FACT_KEY], entry[i].text[FACT_KEY]) &&
                           !str_eq_nocase(entry[k].text[FACT_VALUE], entry[i].text[FACT_VALUE]);
        if (!contradicted) entry[i].state = STATE_STANDING;
    }
}

void child_entries_settle(struct child_entry *entry, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (entry[i].kind != ENTRY_SETTLE) continue;
        struct child_entry *about = find(entry, count, entry[i].about);
        if (!about || !child_state_from_name(entry[i].text[SETTLE_STATE], &about->state)) continue;
        about->decided = true;
        about->why = entry[i].text[SETTLE_REASON];
        about->settled_by = entry[i].account;
        about->settled_at = entry[i].at;
    }
    find_conflicts(entry, count);
    end_conflicts(entry, count);
}

struct str child_born_words(struct arena *arena, struct str written)
{
    struct str date;
    if (!written.len) return STR("date of birth not known");
    if (link_birth_due(written, &date)) return str_fmt(arena, "due %.*s", STR_ARG(date));
    /* Whether it is a date or an age does not depend on the day. */
    return str_fmt(arena, "%s %.*s", link_birth_field(written, 0) == LINK_BIRTH ? "born" : "aged",
                   STR_ARG(written));
}
