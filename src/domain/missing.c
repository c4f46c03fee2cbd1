#include "domain/missing_internal.h"

#include "base/names.h"
#include "domain/account.h"
#include "domain/children.h"
#include "domain/questions_mention.h"
#include "domain/registry.h"
#include "domain/scope.h"

#include <stdlib.h>

enum { DEEDS_MAX = 400, LINES_MAX = 5000 };

static const char *const interview_names[INTERVIEW_STATES] = {"", "waiting", "accepted", "declined",
                                                              "held"};

const char *interview_state_name(enum interview_state state)
{
    return interview_names[state];
}

const char *interview_state_label(enum interview_state state)
{
    static const char *const labels[INTERVIEW_STATES] = {
        "Not offered yet", "Offered, no answer yet", "Accepted, not held yet", "Declined", "Held"};
    return labels[state];
}

static enum interview_state interview_from_name(struct str name)
{
    int place = name_place(name, interview_names, INTERVIEW_STATES);
    return place >= 0 ? (enum interview_state)place : INTERVIEW_NONE;
}

enum st missing_gone(struct err *err)
{
    return err_missing(err, "episode");
}

/* --- who sees what ------------------------------------------------------------------------- */

void missing_seer_init(struct app *app, struct arena *arena, const struct person *who,
                       struct missing_seer *ret)
{
    *ret = (struct missing_seer){
        .app = app, .arena = arena, .who = *who, .children = child_scope_of(app, arena, who)};
    ret->who.forums = scope_person(scope_of(app, arena, who))->forums;
}

bool missing_seer_allows(const struct missing_seer *seer, enum action action, int64_t record,
                         struct str forum)
{
    struct record facts;
    uint64_t bit = registry_forum_bit(seer->app->registry, forum);
    if (!child_scope_record(seer->children, record, &facts)) return false;
    facts.forum = bit;
    /* to the Forum, and to whom the child is allocated wherever they are */
    facts.rule = HANDLING_OPEN;
    return access_allows(&seer->who, action, &facts);
}

bool missing_allows(struct app *app, struct arena *arena, const struct person *who,
                    enum action action, int64_t episode, int64_t *ret_record)
{
    struct missing_seer seer;
    struct err err = {0};
    missing_seer_init(app, arena, who, &seer);
    struct db *db = store_read_begin(app->store, &err);
    if (!db) return false;
    struct query *query = db_query(db, Q_MISSING_FACTS);
    db_bind_int(query, 1, episode);
    bool read = db_next(query);
    int64_t record = read ? db_int(query, 0) : 0;
    struct str forum = read ? str_dup(arena, db_text(query, 1)) : STR("");
    bool ended = db_end(query, &err) == ST_OK;
    store_read_end(app->store, db);
    if (ret_record) *ret_record = record;
    return missing_seer_allows(&seer, action, record, forum) && ended;
}

bool missing_kept(struct app *app, struct arena *arena, const struct person *who, int64_t episode)
{
    int64_t record = 0;
    struct record facts;
    (void)missing_allows(app, arena, who, ACT_READ_MISSING, episode, &record);
    return child_scope_record(child_scope_of(app, arena, who), record, &facts) &&
           (facts.conflict || facts.blocked);
}

/* --- rows ------------------------------------------------------------------------------------ */

static struct str sort_label(const struct app *app, struct str sort)
{
    const struct area_missing *words = app->area ? area_missing(app->area) : NULL;
    const struct question *question =
        words ? questions_find(&words->form, STR("missing-sort")) : NULL;
    const struct question_option *option = question ? question_option_find(question, sort) : NULL;
    if (option) {
        ptrdiff_t colon = str_find(option->label, STR(":"), 0);
        return colon > 0 ? str_sub(option->label, 0, (size_t)colon) : option->label;
    }
    for (size_t i = 0; words && i < words->legacy_count; i++)
        if (str_eq(words->legacy[i].id, sort)) return words->legacy[i].text;
    return sort;
}

bool missing_line_from_row(const struct missing_seer *seer, struct query *query,
                           struct missing_line *ret)
{
    struct arena *arena = seer->arena;
    *ret = (struct missing_line){.id = db_int(query, 0),
                                 .record = db_int(query, 1),
                                 .reference = str_dup(arena, db_text(query, 2)),
                                 .forum = str_dup(arena, db_text(query, 3)),
                                 .sort = str_dup(arena, db_text(query, 4)),
                                 .since = db_int(query, 5),
                                 .returned = db_int(query, 6),
                                 .interview = interview_from_name(db_text(query, 7)),
                                 .interview_due = db_int(query, 8),
                                 .interview_at = db_int(query, 9),
                                 .imported = db_int(query, 12) != 0};
    ret->sort_label = sort_label(seer->app, ret->sort);
    instant_ms ended = ret->interview_at ? ret->interview_at : clock_now();
    ret->late = ret->interview_due && ended > ret->interview_due;
    ret->may_read_child = child_scope_allows(seer->children, ACT_READ_CHILD, ret->record);
    return children_name(seer->children, ret->record, &ret->child_name, &ret->child_reference,
                         &ret->child);
}

/* Interview and offer hold the child's words: they are for those who see the record.  A list, which
 * has no room for deeds, says nothing of any of these. */
static bool is_wanted(const struct missing_file *file, struct str section)
{
    bool in_list = !file->deed;
    if (str_eq(section, STR(MISSING_INTERVIEW)) || str_eq(section, STR(MISSING_OFFER)) ||
        str_eq(section, STR("fragment")))
        return file->line.may_read_child && !in_list;
    return !in_list || !str_eq(section, STR(MISSING_ACTION));
}

/* What of an entry stays in the arena. */
struct kept {
    char *bytes;
    size_t used;
};

static struct str keep(struct kept *kept, struct str text)
{
    char *at = kept->bytes + kept->used;
    memcpy(at, text.ptr, text.len);
    kept->used += text.len;
    return str_of(at, text.len);
}

static bool is_answered(const struct missing_file *file, struct str key)
{
    for (size_t i = 0; i < file->answer_count; i++)
        if (str_eq(file->answer[i].key, key)) return true;
    return false;
}

/* But for those that a newer entry has. */
static void take_answers(struct missing_file *file, const struct str *text, int64_t entry,
                         int64_t account, instant_ms at, struct kept *kept)
{
    for (size_t i = 0; i + 2 < MISSING_TEXTS && file->answer_count < QUESTIONS_MAX; i += 3) {
        struct missing_answer answer = {.entry = entry, .account = account, .at = at};
        if (!text[i].len || is_answered(file, text[i]) ||
            !answer_kind_from_name(text[i + 1], &answer.answer.kind))
            continue;
        answer.key = keep(kept, text[i]);
        answer.answer.value = keep(kept, text[i + 2]);
        file->answer[file->answer_count++] = answer;
    }
}

static struct str text_of(const struct str *text, const char *key)
{
    for (size_t i = 0; i + 2 < MISSING_TEXTS; i += 3)
        if (str_eq(text[i], str_from(key))) return text[i + 2];
    return STR("");
}

static void take_entry(struct missing_file *file, struct query *query, const struct str *text,
                       struct kept *kept)
{
    struct str kind = db_text(query, 1);
    struct missing_deed deed = {
        .id = db_int(query, 0), .account = db_int(query, 3), .at = db_int(query, 4)};
    if (str_eq(kind, STR("fragment"))) {
        if (!str_to_int(text[1], &deed.submission) || file->fragment_count == DEEDS_MAX) return;
        deed.what = keep(kept, text[0]);
        file->fragment[file->fragment_count++] = deed;
    } else if (str_eq(kind, STR(MISSING_ACTION))) {
        if (file->deed_count == DEEDS_MAX) return;
        deed.what = keep(kept, text_of(text, "action-what"));
        deed.by = keep(kept, text_of(text, "action-by"));
        deed.when = keep(kept, text_of(text, "action-when"));
        file->deed[file->deed_count++] = deed;
    } else {
        take_answers(file, text, deed.id, deed.account, deed.at, kept);
    }
}

/* Nothing but what is kept of an entry stays in the arena, since there may be thousands. */
static enum st open_entry(struct arena *arena, struct query *query, const struct data_key *key,
                          struct missing_file *file, struct err *err)
{
    struct str text[MISSING_TEXTS];
    struct str packed;
    struct str sealed = db_bytes(query, 2);
    struct kept kept = {.bytes = arena_bytes(arena, sealed.len)};
    struct arena_mark mark = arena_mark(arena);
    enum st outcome =
        field_open(arena, key, FIELD_MISSING_ENTRY, db_int(query, 0), sealed, &packed, err);
    if (outcome == ST_OK && !texts_unpack(packed, text, MISSING_TEXTS))
        outcome = err_set(err, ST_FAILED, "What was written about an episode cannot be read.");
    if (outcome == ST_OK) take_entry(file, query, text, &kept);
    arena_reset(arena, mark);
    arena_cut(arena, kept.bytes, kept.used);
    return outcome;
}

/* Days are those on which they were told. */
static void settle(struct app *app, struct arena *arena, struct missing_file *file, size_t from)
{
    const struct questions *form = app->area ? &area_missing(app->area)->form : NULL;
    for (size_t i = from; form && i < file->answer_count; i++) {
        struct missing_answer *answer = &file->answer[i];
        const struct question *question = questions_find(form, answer->key);
        if (question)
            answer->answer =
                answer_settled(arena, question, clock_london(answer->at).date, answer->answer);
    }
}

static void turn_round(struct missing_deed *deed, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        struct missing_deed later = deed[i];
        deed[i] = deed[count - 1 - i];
        deed[count - 1 - i] = later;
    }
}

/* The newest entry comes first. */
static enum st read_entries(struct app *app, struct arena *arena, struct query *query,
                            struct missing_file *file, struct err *err)
{
    enum st outcome = ST_OK;
    size_t had = file->answer_count;
    while (outcome == ST_OK && db_next(query)) {
        struct data_key key;
        if (db_int(query, 0) > file->newest) file->newest = db_int(query, 0);
        if (!is_wanted(file, db_text(query, 1))) continue;
        outcome = record_key_from_row(app, query, 5, &key, err);
        if (outcome == ST_OK) outcome = open_entry(arena, query, &key, file, err);
        data_key_clear(&key);
    }
    settle(app, arena, file, had);
    turn_round(file->deed, file->deed_count);
    turn_round(file->fragment, file->fragment_count);
    return db_end_after(query, outcome, err);
}

static void make_room(struct arena *arena, struct missing_file *file)
{
    size_t most = DEEDS_MAX;
    file->answer = arena_many(arena, QUESTIONS_MAX, struct missing_answer);
    file->deed = arena_many(arena, most, struct missing_deed);
    file->fragment = arena_many(arena, most, struct missing_deed);
}

/* Its answers and deeds, into the room that was made; only the parts that this reader may see. */
static enum st missing_load(const struct missing_seer *seer, struct db *db,
                            struct missing_file *file, struct err *err)
{
    struct query *query = db_query(db, Q_MISSING_ENTRY_OF);
    db_bind_int(query, 1, file->line.id);
    return read_entries(seer->app, seer->arena, query, file, err);
}

struct answer missing_answer_get(const struct missing_file *file, struct str key)
{
    for (size_t i = 0; i < file->answer_count; i++)
        if (str_eq(file->answer[i].key, key)) return file->answer[i].answer;
    return (struct answer){ANSWER_NONE, STR("")};
}

static bool answered_as(const struct missing_file *file, const char *key, const char *value)
{
    struct answer answer = missing_answer_get(file, str_from(key));
    return answer.kind == ANSWER_GIVEN && str_eq(answer.value, str_from(value));
}

bool missing_asks(const struct missing_file *file, struct str key)
{
    if (str_eq(key, STR("interview-why-not-independent")))
        return answered_as(file, "interview-independent", "no");
    if (str_eq(key, STR("offer-why")))
        return answered_as(file, "offer-answer", "declined") ||
               answered_as(file, "offer-answer", "waiting");
    if (str_eq(key, STR("police-band-reasons")))
        return missing_answer_get(file, STR("police-band")).kind == ANSWER_GIVEN;
    return true;
}

/* In words; empty when it was not given. */
static struct str words_of(const struct missing_seer *seer, const struct missing_file *file,
                           const char *key)
{
    const struct question *question =
        questions_find(&area_missing(seer->app->area)->form, str_from(key));
    struct answer answer = missing_answer_get(file, str_from(key));
    return question && answer.kind == ANSWER_GIVEN ? answer_words(seer->arena, question, &answer)
                                                   : STR("");
}

static struct answer answer_of_file(const void *context, struct str key)
{
    return missing_answer_get(context, key);
}

/* Adds what a part names to the line's mentions; returns how many there are then. */
static size_t name_things(const struct missing_seer *seer, struct missing_file *file,
                          const char *part, size_t count)
{
    const struct questions *form = &area_missing(seer->app->area)->form;
    int32_t day = clock_day(file->line.since);
    return questions_mentions(seer->arena, form, questions_find_section(form, str_from(part)),
                              answer_of_file, file, day, file->line.mention, count, MENTIONS_MAX);
}

static void missing_line_fill(const struct missing_seer *seer, struct missing_file *file)
{
    struct missing_line *line = &file->line;
    if (!seer->app->area) return;
    line->where = words_of(seer, file, "missing-where");
    line->circumstances = words_of(seer, file, "missing-circumstances");
    line->band = words_of(seer, file, "police-band");
    line->band_reasons = words_of(seer, file, "police-band-reasons");
    line->found_where = words_of(seer, file, "found-where");
    line->found_with = words_of(seer, file, "found-with");
    line->police_reference = words_of(seer, file, "police-reference");
    line->placed = str_eq(missing_answer_get(file, STR("missing-placed")).value, STR("yes"));
    line->outside = str_eq(missing_answer_get(file, STR("found-outside")).value, STR("yes"));
    struct mention_draft named[MENTIONS_MAX];
    line->mention = named;
    line->found_from = name_things(seer, file, MISSING_REPORT, 0);
    line->mention_count = name_things(seer, file, MISSING_RETURN, line->found_from);
    line->mention = arena_many(seer->arena, line->mention_count + 1, struct mention_draft);
    memcpy(line->mention, named, line->mention_count * sizeof *named);
}

struct str missing_words(struct arena *arena, const struct missing_line *line)
{
    struct str until = line->returned
                           ? str_fmt(arena, "to %.*s", STR_ARG(clock_words(arena, line->returned)))
                           : STR("and not back yet");
    struct str words = str_fmt(arena, "%.*s from %.*s %.*s", STR_ARG(line->sort_label),
                               STR_ARG(clock_words(arena, line->since)), STR_ARG(until));
    if (line->where.len)
        words = str_fmt(arena, "%.*s. Last seen: %.*s", STR_ARG(words), STR_ARG(line->where));
    if (line->found_where.len)
        words = str_fmt(arena, "%.*s. Found: %.*s", STR_ARG(words), STR_ARG(line->found_where));
    if (line->found_with.len)
        words = str_fmt(arena, "%.*s. With %.*s", STR_ARG(words), STR_ARG(line->found_with));
    return str_fmt(arena, "%.*s.", STR_ARG(words));
}

/* --- one episode ------------------------------------------------------------------------------ */

static enum st read_file(const struct missing_seer *seer, struct db *db, int64_t episode,
                         struct missing_file *file, struct err *err)
{
    int64_t reporter = 0;
    bool found = false;
    struct query *query = db_query(db, Q_MISSING_READ);
    db_bind_int(query, 1, episode);
    if (db_next(query)) {
        found = missing_line_from_row(seer, query, &file->line);
        reporter = db_int(query, 10);
        file->created_at = db_int(query, 11);
    }
    enum st outcome = db_end(query, err);
    if (outcome == ST_OK && !found) outcome = missing_gone(err);
    if (outcome == ST_OK)
        outcome = account_name(seer->app, db, seer->arena, reporter, &file->reporter_name, err);
    make_room(seer->arena, file);
    if (outcome == ST_OK) outcome = missing_load(seer, db, file, err);
    if (outcome == ST_OK) missing_line_fill(seer, file);
    return outcome == ST_OK ? missing_overlapping(seer, db, &file->line, &file->other, err)
                            : outcome;
}

enum st missing_open(struct app *app, struct arena *arena, const struct person *who,
                     int64_t episode, struct missing_file *ret, struct err *err)
{
    struct missing_seer seer;
    *ret = (struct missing_file){0};
    if (!missing_allows(app, arena, who, ACT_READ_MISSING, episode, NULL)) return missing_gone(err);
    missing_seer_init(app, arena, who, &seer);
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = read_file(&seer, db, episode, ret, err);
    store_read_end(app->store, db);
    ret->may_edit = outcome == ST_OK && missing_seer_allows(&seer, ACT_REPORT_MISSING,
                                                            ret->line.record, ret->line.forum);
    return outcome;
}

enum st missing_prepared(struct app *app, struct arena *arena, const struct child_file *child,
                         struct missing_file *ret, struct err *err)
{
    *ret = (struct missing_file){.line = {.may_read_child = true}, .may_edit = child->may_edit};
    make_room(arena, ret);
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = ST_OK;
    /* The last record's answers count before those of the others. */
    for (size_t i = child->record_count; i-- > 0 && outcome == ST_OK;) {
        struct query *query = db_query(db, Q_MISSING_PREPARED_OF);
        db_bind_int(query, 1, child->record[i]);
        outcome = read_entries(app, arena, query, ret, err);
    }
    store_read_end(app->store, db);
    return outcome;
}

/* --- many ------------------------------------------------------------------------------------- */

struct listing {
    struct missing_seer seer;
    struct missing_line *line;
    size_t count;
    size_t capacity;
};

static void list_begin(struct app *app, struct arena *arena, const struct person *who,
                       struct listing *ret)
{
    *ret = (struct listing){.capacity = 64};
    missing_seer_init(app, arena, who, &ret->seer);
    ret->line = arena_many(arena, ret->capacity, struct missing_line);
}

static void list_add(struct listing *listing, const struct missing_line *line)
{
    if (listing->count == LINES_MAX) return;
    if (listing->count == listing->capacity) {
        struct missing_line *longer =
            arena_many(listing->seer.arena, listing->capacity * 2, struct missing_line);
        memcpy(longer, listing->line, listing->capacity * sizeof *longer);
        listing->line = longer;
        listing->capacity *= 2;
    }
    listing->line[listing->count++] = *line;
}

/* Rows that begin as Q_MISSING_READ does. */
static enum st list_rows(struct listing *listing, struct query *query, struct str forum,
                         struct err *err)
{
    const struct missing_seer *seer = &listing->seer;
    while (db_next(query)) {
        struct missing_line line;
        if (forum.len && !str_eq(db_text(query, 3), forum)) continue;
        if (!missing_seer_allows(seer, ACT_READ_MISSING, db_int(query, 1), db_text(query, 3)))
            continue;
        if (missing_line_from_row(seer, query, &line)) list_add(listing, &line);
    }
    return db_end(query, err);
}

/* One after another in the same room: a line keeps nothing of it, and there may be thousands. */
static enum st list_fill(struct listing *listing, struct db *db, struct err *err)
{
    struct missing_answer *room =
        arena_many(listing->seer.arena, QUESTIONS_MAX, struct missing_answer);
    enum st outcome = ST_OK;
    for (size_t i = 0; i < listing->count && outcome == ST_OK; i++) {
        struct missing_file file = {.line = listing->line[i], .answer = room};
        outcome = missing_load(&listing->seer, db, &file, err);
        if (outcome == ST_OK) missing_line_fill(&listing->seer, &file);
        listing->line[i] = file.line;
    }
    return outcome;
}

enum st missing_since(struct app *app, struct arena *arena, const struct person *who,
                      struct str forum, instant_ms from, instant_ms to, struct missing_line **ret,
                      size_t *ret_count, struct err *err)
{
    struct listing listing;
    list_begin(app, arena, who, &listing);
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct query *query = db_query(db, Q_MISSING_BETWEEN);
    db_bind_int(query, 1, from);
    db_bind_int(query, 2, to);
    enum st outcome = list_rows(&listing, query, forum, err);
    if (outcome == ST_OK) outcome = list_fill(&listing, db, err);
    store_read_end(app->store, db);
    *ret = listing.line;
    *ret_count = outcome == ST_OK ? listing.count : 0;
    return outcome;
}

static enum st list_owed(struct listing *listing, struct db *db, struct str forum,
                         instant_ms before, struct err *err)
{
    struct query *query = db_query(db, Q_MISSING_OWED);
    db_bind_int(query, 1, before);
    return list_rows(listing, query, forum, err);
}

enum st missing_owed(struct app *app, struct arena *arena, const struct person *who,
                     struct str forum, instant_ms before, struct missing_line **ret,
                     size_t *ret_count, struct err *err)
{
    struct listing listing;
    list_begin(app, arena, who, &listing);
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = list_owed(&listing, db, forum, before, err);
    if (outcome == ST_OK) outcome = list_fill(&listing, db, err);
    store_read_end(app->store, db);
    *ret = listing.line;
    *ret_count = outcome == ST_OK ? listing.count : 0;
    return outcome;
}

enum st missing_count(struct app *app, struct arena *arena, const struct person *who,
                      instant_ms from, instant_ms to, struct missing_figures *ret, struct err *err)
{
    struct listing listing;
    *ret = (struct missing_figures){0};
    list_begin(app, arena, who, &listing);
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct query *query = db_query(db, Q_MISSING_BETWEEN);
    db_bind_int(query, 1, from);
    db_bind_int(query, 2, to);
    enum st outcome = list_rows(&listing, query, STR(""), err);
    if (outcome == ST_OK) outcome = list_owed(&listing, db, STR(""), from, err);
    store_read_end(app->store, db);
    for (size_t i = 0; i < listing.count && outcome == ST_OK; i++) {
        const struct missing_line *line = &listing.line[i];
        bool waits = line->may_read_child && missing_waits_for_interview(line);
        ret->now += !line->returned;
        ret->interviews += waits;
        ret->late += waits && line->late;
    }
    return outcome;
}

bool missing_waits_for_interview(const struct missing_line *line)
{
    return line->returned && line->interview_due && line->interview < INTERVIEW_DECLINED;
}

static int newest_first(const void *a, const void *b)
{
    const struct missing_line *left = a;
    const struct missing_line *right = b;
    if (left->since != right->since) return left->since < right->since ? 1 : -1;
    return (left->id < right->id) - (left->id > right->id);
}

enum st missing_of_child(struct app *app, struct arena *arena, const struct person *who,
                         const struct child_file *child, struct missing_line **ret,
                         size_t *ret_count, struct err *err)
{
    struct listing listing;
    list_begin(app, arena, who, &listing);
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = ST_OK;
    for (size_t i = 0; i < child->record_count && outcome == ST_OK; i++) {
        struct query *query = db_query(db, Q_MISSING_OF_CHILD);
        db_bind_int(query, 1, child->record[i]);
        outcome = list_rows(&listing, query, STR(""), err);
    }
    if (outcome == ST_OK) outcome = list_fill(&listing, db, err);
    store_read_end(app->store, db);
    if (listing.count) qsort(listing.line, listing.count, sizeof *listing.line, newest_first);
    *ret = listing.line;
    *ret_count = outcome == ST_OK ? listing.count : 0;
    return outcome;
}
