#include "domain/audit.h"

#include "domain/follow.h"
#include "domain/webhook.h"

#include "base/arena.h"
#include "base/names.h"

static const struct labelled kinds[AUDIT_KINDS] = {
#define AUDIT(name, text, label) [AUDIT_##name] = {text, label},
#include "domain/audit.def"
#undef AUDIT
};

static _Thread_local uint64_t appended;

uint64_t audit_count_here(void)
{
    return appended;
}

uint64_t audit_count_give(uint64_t before)
{
    uint64_t given = appended - before;
    appended = before;
    return given;
}

void audit_count_take(uint64_t given)
{
    appended += given;
}

const char *audit_kind_name(enum audit_kind kind)
{
    return kinds[kind].name;
}

const char *audit_kind_label(enum audit_kind kind)
{
    return kinds[kind].label;
}

bool audit_kind_from_name(struct str name, enum audit_kind *ret)
{
    int place = labelled_place(name, kinds, AUDIT_KINDS);
    if (place >= 0) *ret = (enum audit_kind)place;
    return place >= 0;
}

enum st audit_append(struct app *app, struct db *db, const struct audit_event *event,
                     struct err *err)
{
    __attribute__((uninitialized)) struct audit_subject subject[AUDIT_SUBJECTS_MAX];
    size_t count = 0;
    if (event->subject && event->subject_id)
        subject[count++] = (struct audit_subject){event->subject, event->subject_id};
    for (size_t i = 0; i < event->more_count && count < AUDIT_SUBJECTS_MAX; i++)
        subject[count++] = event->more[i];
    struct audit_entry entry = {
        .at = clock_now(),
        .kind = kinds[event->kind].name,
        .action = event->action,
        .outcome = event->outcome ? event->outcome : "ok",
        .reason = event->reason ? event->reason : "",
        .account = event->account,
        .by_source = event->by_source,
        .subject = subject,
        .subject_count = count,
    };
    enum st outcome = audit_log_append(db, app->keys, &entry, err);
    if (outcome == ST_OK) appended++;
    if (outcome == ST_OK) outcome = follow_note(app, db, event, err);
    return outcome == ST_OK ? webhook_note(app, db, event, err) : outcome;
}

struct events {
    struct app *app;
    const struct audit_event *const *event;
    size_t count;
    uint64_t lines;
};

static enum st write_events(void *context, struct db *db, struct err *err)
{
    struct events *events = context;
    uint64_t before = appended;
    bool reads = true;
    enum st outcome = ST_OK;
    for (size_t i = 0; i < events->count && outcome == ST_OK; i++) {
        const struct audit_event *event = events->event[i];
        outcome = audit_append(events->app, db, event, err);
        reads &= event->kind == AUDIT_CONSULTATION || event->kind == AUDIT_DENIAL;
    }
    if (reads) store_write_quiet(events->app->store, db);
    events->lines = audit_count_give(before);
    return outcome;
}

enum st audit_events(struct app *app, const struct audit_event *const *event, size_t count,
                     struct err *err)
{
    struct events events = {.app = app, .event = event, .count = count};
    const struct store_after after = {.context = &events};
    enum st outcome = store_write_beside(app->store, write_events, &after, err);
    audit_count_take(events.lines);
    return outcome;
}

enum st audit_event(struct app *app, const struct audit_event *event, struct err *err)
{
    return audit_events(app, &event, 1, err);
}

/* --- grounds -------------------------------------------------------------------------- */

const char *audit_ground(const struct person *who, enum action action, const struct record *record)
{
    static const char *const given[GRANT_KINDS] = {[GRANT_granted] = "granted",
                                                   [GRANT_assigned] = "assigned",
                                                   [GRANT_connected] = "connected",
                                                   [GRANT_broken] = "break-glass",
                                                   [GRANT_source] = "granted"};
    if (!access_allows(who, action, record)) return "";
    if (record->account == who->account) return "own record";
    if (record->organisation == who->organisation) return "own organisation";
    struct record plain = *record;
    plain.given = 0;
    if (access_allows(who, action, &plain))
        return record->forum & who->forums ? "forum" : "handling";
    for (int kind = 0; kind < GRANT_KINDS; kind++)
        if ((record->given >> kind & 1) && access_gives((enum grant_kind)kind, action))
            return given[kind];
    return "role";
}

static bool is_letter(struct str text, size_t at)
{
    if (at >= text.len) return false;
    unsigned char c = (unsigned char)text.ptr[at];
    return ((c | 32) >= 'a' && (c | 32) <= 'z') || (c >= '0' && c <= '9') || c >= 128;
}

/* Does the word stand in the text, not as a part of a longer one? */
static bool holds_word(struct str text, struct str word)
{
    for (ptrdiff_t at = str_find_nocase(text, word, 0); at >= 0;
         at = str_find_nocase(text, word, (size_t)at + 1))
        if (!(at > 0 && is_letter(text, (size_t)at - 1)) && !is_letter(text, (size_t)at + word.len))
            return true;
    return false;
}

/* All the words of the name, in any order. */
static bool holds_name(struct str text, struct str name)
{
    struct str word;
    int words = 0;
    while (str_split(&name, ' ', &word)) {
        if (!word.len) continue;
        if (!holds_word(text, word)) return false;
        words++;
    }
    return words > 1;
}

const char *audit_ground_of_text(const struct person *who, const struct str *text, size_t count,
                                 const char *ground)
{
    for (size_t i = 0; i < count; i++)
        if (holds_name(text[i], who->name) || (who->email.len && holds_word(text[i], who->email)))
            return "own name";
    return ground;
}
