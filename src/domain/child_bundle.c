#include "domain/child_bundle.h"

#include "base/buf.h"
#include "base/names.h"
#include "domain/account.h"
#include "domain/area.h"
#include "domain/child_bundle_others.h"
#include "domain/reason.h"
#include "domain/when.h"

/* The first line of kept choices: "chosen-by 12". */
#define CHOSEN_BY "chosen-by "
enum { BUNDLES_MAX = 100, FROZEN_MAX = 16 << 20 };
/* places of the texts of child_bundle.sealed */
enum { ASKED_BY, CHECKED, LEFT_OUT, CHOICES, FROZEN, ENDED_WHY, LONGER_WHY, BUNDLE_TEXTS };

/* Between items and their parts of what was released: no text that was cleaned has these. */
static const char item_end = 0x1e;
static const char part_end = 0x1f;

static const char *const choices[BUNDLE_CHOICES] = {"", "give", "without-source", "without-names",
                                                    "leave-out"};
/* As it is kept that who told is given too.  Of an entry in which nobody was marked it decides
 * nothing when somebody is found in it later; "give" alone is older than these, of a time when
 * who told was not marked. */
static const char give_source[] = "give-source";
static const char give_all[] = "give-all";

/* In the place of who told, and of a name. */
#define HELD_BACK "[held back]"
#define TAKEN_OUT "[left out]"

bool bundle_choice_from_name(struct str name, enum bundle_choice *ret)
{
    int place = name_place(name, choices, BUNDLE_CHOICES);
    if (place >= 0) *ret = (enum bundle_choice)place;
    return place >= 0;
}

/* --- items ----------------------------------------------------------------------------------- */

static struct str key_of(struct arena *arena, const struct chronology_item *item)
{
    if (item->entry) return str_fmt(arena, "entry-%lld", (long long)item->entry);
    if (item->submission) return str_fmt(arena, "submission-%lld", (long long)item->submission);
    if (item->event) return str_fmt(arena, "desk-%lld", (long long)item->event);
    if (item->missing) return str_fmt(arena, "missing-%lld", (long long)item->missing);
    return str_fmt(arena, "referral-%lld-%lld", (long long)item->referral, (long long)item->at);
}

enum bundle_choice bundle_item_default(const struct bundle_item *item)
{
    if (item->marked) return BUNDLE_UNDECIDED;
    return item->told.to ? BUNDLE_WITHOUT_SOURCE : BUNDLE_GIVE;
}

/* "entry-12 give\n…" */
static enum bundle_choice choice_of(struct str kept, const struct bundle_item *item)
{
    struct str line;
    while (str_split(&kept, '\n', &line)) {
        struct str name;
        struct str rest = line;
        enum bundle_choice choice;
        if (!str_split(&rest, ' ', &name) || !str_eq(name, item->key)) continue;
        if (str_eq(rest, str_from(give_all)) ||
            (!item->marked && str_eq(rest, str_from(give_source))))
            return BUNDLE_GIVE;
        if (bundle_choice_from_name(rest, &choice) && choice)
            return choice == BUNDLE_GIVE && item->told.to ? BUNDLE_WITHOUT_SOURCE : choice;
    }
    return bundle_item_default(item);
}

/* Whoever saved the choices last; 0: nobody did, or an older version kept them. */
static int64_t chooser_of(struct str kept)
{
    int64_t account = 0;
    struct str line;
    if (!str_split(&kept, '\n', &line) || !str_starts(line, STR(CHOSEN_BY)) ||
        !str_to_int(str_sub(line, sizeof CHOSEN_BY - 1, line.len), &account))
        return 0;
    return account;
}

static bool holds_back(const struct bundle_item *item)
{
    return item->told.to &&
           (item->choice == BUNDLE_WITHOUT_SOURCE || item->choice == BUNDLE_WITHOUT_NAMES);
}

static enum st collect(struct app *app, struct arena *arena, const struct person *who,
                       const struct child_file *file, struct str kept, struct child_bundle *ret,
                       struct err *err)
{
    struct chronology_wish wish = {.from = LINK_DAY_UNKNOWN, .to = LINK_DAY_UNKNOWN};
    struct chronology_item *item = NULL;
    size_t count = 0;
    enum st outcome = child_chronology(app, arena, who, file, &wish, &item, &count, err);
    if (outcome != ST_OK) return outcome;
    ret->item = arena_many(arena, count + 1, struct bundle_item);
    ret->item_count = count;
    for (size_t i = 0; i < count; i++) {
        const struct chronology_item *from = &item[count - 1 - i];
        struct bundle_item *to = &ret->item[i];
        *to = (struct bundle_item){
            .key = key_of(arena, from), .day = from->day, .kind = from->kind, .words = from->words};
        struct str source = str_sub(from->words, (size_t)from->told.from,
                                    (size_t)(from->told.to - from->told.from));
        if (from->told.to && !bundle_source_is_child(file, source)) {
            to->told = from->told;
            to->again = from->again;
        }
        bundle_find_others(arena, file, to);
        to->marked = to->span_count || from->submission || from->referral || from->missing;
        to->choice = choice_of(kept, to);
        ret->undecided += to->choice == BUNDLE_UNDECIDED;
        ret->held_back |= holds_back(to);
    }
    return ST_OK;
}

struct str bundle_item_given(struct arena *arena, const struct bundle_item *item)
{
    const struct told told[] = {item->told, item->again};
    size_t tolds = holds_back(item) ? item->again.to ? 2 : 1 : 0;
    size_t names = item->choice == BUNDLE_WITHOUT_NAMES ? item->span_count : 0;
    if (item->choice == BUNDLE_UNDECIDED || item->choice == BUNDLE_LEAVE_OUT) return STR("");
    struct buf given;
    buf_init(&given, item->words.len + (item->span_count + 2) * 16 + 1);
    size_t at = 0;
    for (size_t i = 0, k = 0; i < names || k < tolds;) {
        bool here = k < tolds && (i == names || told[k].from < item->span[i].start);
        int32_t from = here ? told[k].from : item->span[i].start;
        buf_add(&given, str_sub(item->words, at, (size_t)from - at));
        buf_add_c(&given, here ? HELD_BACK : TAKEN_OUT);
        at = (size_t)(here ? told[k].to : item->span[i].end);
        k += here;
        i += !here;
    }
    buf_add(&given, str_sub(item->words, at, item->words.len));
    struct str text = str_dup(arena, buf_str(&given));
    buf_done(&given);
    return text;
}

static struct str freeze(struct arena *arena, const struct child_bundle *bundle)
{
    struct buf text;
    buf_init(&text, FROZEN_MAX);
    for (size_t i = 0; i < bundle->item_count; i++) {
        struct str given = bundle_item_given(arena, &bundle->item[i]);
        if (!given.len) continue;
        buf_add_fmt(&text, "%d%c%d%c", bundle->item[i].day, part_end, (int)bundle->item[i].kind,
                    part_end);
        buf_add(&text, given);
        buf_add_char(&text, item_end);
    }
    struct str frozen = text.overflow ? STR("") : str_dup(arena, buf_str(&text));
    buf_done(&text);
    return frozen;
}

static void thaw(struct arena *arena, struct str frozen, struct child_bundle *ret)
{
    size_t count = 0;
    for (size_t i = 0; i < frozen.len; i++) count += frozen.ptr[i] == item_end;
    ret->item = arena_many(arena, count + 1, struct bundle_item);
    struct str line;
    while (ret->item_count < count && str_split(&frozen, item_end, &line)) {
        struct str day;
        struct str kind;
        int64_t number = 0;
        int64_t which = 0;
        if (!str_split(&line, part_end, &day) || !str_split(&line, part_end, &kind) ||
            !str_to_int(day, &number) || !str_to_int(kind, &which) || which < 0 ||
            which >= CHRONOLOGY_KINDS)
            continue;
        ret->item[ret->item_count++] = (struct bundle_item){.day = (int32_t)number,
                                                            .kind = (enum chronology_kind)which,
                                                            .words = line,
                                                            .choice = BUNDLE_GIVE};
        ret->held_back |= str_find(line, STR(HELD_BACK), 0) >= 0;
    }
}

/* --- rows ------------------------------------------------------------------------------------- */

bool child_bundle_is_open(const struct child_bundle *bundle)
{
    return !bundle->released_at && !bundle->ended_at;
}

bool child_bundle_is_late(const struct child_bundle *bundle)
{
    return child_bundle_is_open(bundle) && bundle->due_day < clock_today();
}

static const struct calendar no_holidays = {0};

enum { MONTHS = 1, MONTHS_LONGER = 3 };

static int32_t due_within(const struct app *app, int32_t asked_day, int months)
{
    const struct calendar *calendar = app->area ? area_calendar(app->area) : &no_holidays;
    return calendar_months_after(calendar, asked_day, months);
}

/* `asked_day` below 0: of a time when it was not written down. */
static void set_days(const struct app *app, int64_t asked_day, struct child_bundle *ret)
{
    ret->asked_day = asked_day >= 0 ? (int32_t)asked_day : clock_day(ret->at);
    ret->due_day = due_within(app, ret->asked_day, ret->longer_at ? MONTHS_LONGER : MONTHS);
}

/* Without its items; the texts are kept beside it. */
static enum st read_row(struct app *app, struct db *db, struct arena *arena, struct query *query,
                        const struct person *who, struct child_bundle *ret,
                        struct str text[BUNDLE_TEXTS], struct err *err)
{
    struct str packed;
    *ret = (struct child_bundle){.id = db_int(query, 0),
                                 .child = db_int(query, 1),
                                 .sealed = str_dup(arena, db_bytes(query, 2)),
                                 .own = db_int(query, 3) == who->account,
                                 .at = db_int(query, 4),
                                 .released_at = db_int(query, 6),
                                 .ended_at = db_int(query, 12),
                                 .longer_day = (int32_t)db_int(query, 13),
                                 .longer_at = db_int(query, 15)};
    int64_t by = db_int(query, 3);
    int64_t released_by = db_int(query, 5);
    int64_t ended_by = db_int(query, 11);
    int64_t longer_by = db_int(query, 14);
    set_days(app, db_int(query, 10), ret);
    enum st outcome =
        reason_open(app, arena, query, 2, 7, FIELD_CHILD_BUNDLE, ret->id, &packed, err);
    if (outcome == ST_OK && !texts_unpack(packed, text, BUNDLE_TEXTS))
        outcome = err_set(err, ST_FAILED, "A bundle of a child's record cannot be read.");
    if (outcome == ST_OK) outcome = account_name(app, db, arena, by, &ret->by, err);
    if (outcome == ST_OK && released_by)
        outcome = account_name(app, db, arena, released_by, &ret->released_by, err);
    if (outcome == ST_OK && ended_by)
        outcome = account_name(app, db, arena, ended_by, &ret->ended_by, err);
    if (outcome == ST_OK && longer_by)
        outcome = account_name(app, db, arena, longer_by, &ret->longer_by, err);
    if (outcome != ST_OK) return outcome;
    ret->asked_by = text[ASKED_BY];
    ret->checked = text[CHECKED];
    ret->left_out = text[LEFT_OUT];
    ret->ended_why = text[ENDED_WHY];
    ret->longer_why = text[LONGER_WHY];
    ret->kept = text[CHOICES];
    int64_t chosen_by = chooser_of(text[CHOICES]);
    if (chosen_by) ret->own = chosen_by == who->account;
    return ST_OK;
}

/* All of a record, or the one with that id; its texts go to `ret_text`. */
static enum st read_rows(struct app *app, struct arena *arena, const struct person *who,
                         const struct child_file *file, int64_t only, struct child_bundle *list,
                         size_t *ret_count, struct str ret_text[BUNDLE_TEXTS], struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = ST_OK;
    *ret_count = 0;
    for (size_t i = 0; i < file->record_count && outcome == ST_OK; i++) {
        struct query *query = db_query(db, Q_CHILD_BUNDLE_OF);
        db_bind_int(query, 1, file->record[i]);
        while (outcome == ST_OK && *ret_count < BUNDLES_MAX && db_next(query)) {
            struct str text[BUNDLE_TEXTS];
            if (only && db_int(query, 0) != only) continue;
            outcome = read_row(app, db, arena, query, who, &list[*ret_count], text, err);
            if (ret_text) memcpy(ret_text, text, sizeof text);
            ++*ret_count;
        }
        outcome = db_end_after(query, outcome, err);
    }
    store_read_end(app->store, db);
    return outcome;
}

enum st child_bundles(struct app *app, struct arena *arena, const struct person *who,
                      const struct child_file *file, struct child_bundle **ret, size_t *ret_count,
                      struct err *err)
{
    if (!file->may_keep) return child_missing(err);
    *ret = arena_many(arena, BUNDLES_MAX, struct child_bundle);
    return read_rows(app, arena, who, file, 0, *ret, ret_count, NULL, err);
}

enum st child_bundle_read(struct app *app, struct arena *arena, const struct person *who,
                          const struct child_file *file, int64_t bundle, struct child_bundle *ret,
                          struct err *err)
{
    struct child_bundle *list = arena_many(arena, BUNDLES_MAX, struct child_bundle);
    struct str text[BUNDLE_TEXTS] = {{0}};
    size_t count = 0;
    if (!file->may_keep || !bundle) return child_missing(err);
    enum st outcome = read_rows(app, arena, who, file, bundle, list, &count, text, err);
    if (outcome == ST_OK && !count) outcome = child_missing(err);
    if (outcome != ST_OK) return outcome;
    *ret = list[0];
    if (ret->released_at) {
        thaw(arena, text[FROZEN], ret);
        return ST_OK;
    }
    if (ret->ended_at) return ST_OK;
    outcome = collect(app, arena, who, file, text[CHOICES], ret, err);
    if (outcome == ST_OK)
        ret->seen =
            str_fmt(arena, "%016llx",
                    (unsigned long long)str_hash(str_fmt(
                        arena, "%.*s\n%.*s", STR_ARG(ret->left_out), STR_ARG(freeze(arena, ret)))));
    return outcome;
}

static int by_due_day(const void *a, const void *b)
{
    const struct child_bundle *left = a;
    const struct child_bundle *right = b;
    return left->due_day != right->due_day ? left->due_day - right->due_day
                                           : (left->id > right->id) - (left->id < right->id);
}

enum st child_bundles_open(struct app *app, struct arena *arena, const struct person *who,
                           struct child_bundle **ret, size_t *ret_count, struct err *err)
{
    size_t room = 0;
    *ret = NULL;
    *ret_count = 0;
    if (!access_allows(who, ACT_KEEP_CHILD, NULL)) return child_missing(err);
    const struct child_scope *scope = child_scope_of(app, arena, who);
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct query *query = db_query(db, Q_CHILD_BUNDLE_OPEN);
    while (db_next(query)) {
        struct child_bundle one = {.id = db_int(query, 0),
                                   .child = db_int(query, 1),
                                   .at = db_int(query, 3),
                                   .longer_at = db_int(query, 4)};
        if (!child_scope_allows(scope, ACT_KEEP_CHILD, one.child)) continue;
        set_days(app, db_int(query, 2), &one);
        arena_room(arena, *ret, *ret_count, &room);
        (*ret)[(*ret_count)++] = one;
    }
    enum st outcome = db_end(query, err);
    store_read_end(app->store, db);
    if (*ret_count) qsort(*ret, *ret_count, sizeof **ret, by_due_day);
    return outcome;
}

/* --- writing ---------------------------------------------------------------------------------- */

enum bundle_write { ADD, CHANGE, RELEASE, END, LONGER };

/* What is written of one; of a new one the id is given. */
struct bundle_row {
    int64_t id;
    int64_t child;
    int32_t day; /* ADD: on which they asked; LONGER: on which they were told */
    struct str text[BUNDLE_TEXTS];
    struct str was; /* as it was read; of a new one it is empty */
};

/* What stays as it is when something of it is written. */
static struct bundle_row row_of(const struct child_bundle *bundle)
{
    struct bundle_row row = {.id = bundle->id, .child = bundle->child, .was = bundle->sealed};
    row.text[ASKED_BY] = bundle->asked_by;
    row.text[CHECKED] = bundle->checked;
    row.text[LONGER_WHY] = bundle->longer_why;
    return row;
}

/* Of two at once the second would write back what the first changed, or release it. */
static enum st check_row(struct db *db, const struct bundle_row *row, struct err *err)
{
    struct query *query = db_query(db, Q_CHILD_BUNDLE_SEALED);
    db_bind_int(query, 1, row->id);
    bool same = db_next(query) && str_eq(db_bytes(query, 0), row->was);
    enum st outcome = db_end(query, err);
    if (outcome == ST_OK && !same)
        outcome = err_set(err, ST_CONFLICT,
                          "Somebody changed this in the same moment. Look at it as it is now.");
    return outcome;
}

static enum st store(struct app *app, struct db *db, struct arena *arena, const struct person *who,
                     struct bundle_row *row, enum bundle_write write, struct err *err)
{
    static const enum query_id queries[] = {Q_CHILD_BUNDLE_ADD, Q_CHILD_BUNDLE_CHANGE,
                                            Q_CHILD_BUNDLE_RELEASE, Q_CHILD_BUNDLE_END,
                                            Q_CHILD_BUNDLE_LONGER};
    static const char *const said[] = {"subject access drafted", "subject access draft changed",
                                       "subject access released", "subject access ended",
                                       "subject access takes longer"};
    struct data_key key;
    enum st outcome =
        write == ADD ? db_next_id(db, Q_CHILD_BUNDLE_LAST, &row->id, err) : check_row(db, row, err);
    if (outcome == ST_OK) outcome = child_key(app, db, row->child, &key, err);
    if (outcome != ST_OK) return outcome;
    struct str sealed = field_seal(arena, &key, FIELD_CHILD_BUNDLE, row->id,
                                   texts_pack(arena, row->text, BUNDLE_TEXTS));
    data_key_clear(&key);
    struct query *query = db_query(db, queries[write]);
    bool by_whom = write == RELEASE || write == END || write == LONGER;
    int at = 1;
    db_bind_int(query, at++, row->id);
    if (write == ADD) db_bind_int(query, at++, row->child);
    if (by_whom) db_bind_int(query, at++, who->account);
    if (by_whom) db_bind_int(query, at++, clock_now());
    if (write == ADD || write == LONGER) db_bind_int(query, at++, row->day);
    db_bind_bytes(query, at++, sealed.ptr, sealed.len);
    if (write == ADD) db_bind_int(query, at++, who->account);
    if (write == ADD) db_bind_int(query, at++, clock_now());
    int64_t found = 0;
    outcome = write == ADD ? db_run(query, err) : db_one(query, &found, err);
    if (outcome == ST_NOT_FOUND)
        return err_set(err, ST_CONFLICT,
                       "Somebody released it, ended it or wrote that already. Look at it again.");
    if (outcome != ST_OK) return outcome;
    return child_note(app, db, who, write == RELEASE ? AUDIT_DISCLOSURE : AUDIT_ALTERATION,
                      said[write], row->child, err);
}

static enum st write_one(struct app *app, struct arena *arena, const struct person *who,
                         struct bundle_row *row, enum bundle_write write, struct err *err)
{
    struct db *db;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    outcome = store(app, db, arena, who, row, write, err);
    return store_write_end(app->store, db, outcome, err);
}

/* A word for the day that can be read, and is not to come.  `what` happened on it: "they asked". */
static enum st read_day(struct str on, const char *what, int32_t *ret, struct err *err)
{
    struct date day;
    struct date_range range;
    struct date now = clock_london(clock_now()).date;
    if (!date_parse_iso(str_trim(on), &day)) {
        enum st outcome = when_parse(on, now, &range, err);
        if (outcome == ST_INVALID) return outcome;
        if (outcome != ST_OK || range.precision != WHEN_DAY)
            return err_set(err, ST_INVALID,
                           "Write the day on which %s like 12/3/2026: the time for the answer "
                           "hangs on it.",
                           what);
        day = range.from;
    }
    if (!date_valid(day) || date_to_days(day) > date_to_days(now))
        return err_set(err, ST_INVALID,
                       "That day is still to come, or there is none such. Write the day on which "
                       "%s.",
                       what);
    *ret = date_to_days(day);
    return ST_OK;
}

static enum st read_asked(struct arena *arena, const struct bundle_asked *asked,
                          struct bundle_row *ret, enum bundle_field *ret_wrong, struct err *err)
{
    *ret_wrong = BUNDLE_ASKED_BY;
    if (reason_clean(arena, asked->by, &ret->text[ASKED_BY], err) != ST_OK)
        return err_set(err, ST_INVALID,
                       "Write who asks, and for whom: the child themselves, or who acts for them.");
    *ret_wrong = BUNDLE_ASKED_ON;
    enum st outcome = read_day(asked->on, "they asked", &ret->day, err);
    if (outcome != ST_OK) return outcome;
    *ret_wrong = BUNDLE_CHECKED;
    if (reason_clean(arena, asked->checked, &ret->text[CHECKED], err) != ST_OK)
        return err_set(err, ST_INVALID, "Write how you made sure who they are.");
    *ret_wrong = BUNDLE_NO_FIELD;
    return ST_OK;
}

enum st child_bundle_add(struct app *app, const struct person *who, int64_t child,
                         const struct bundle_asked *asked, int64_t *ret,
                         enum bundle_field *ret_wrong, struct err *err)
{
    struct arena arena;
    struct bundle_row row = {.child = child};
    arena_init(&arena, 32 << 20);
    *ret_wrong = BUNDLE_NO_FIELD;
    bool may = child_scope_allows(child_scope_of(app, &arena, who), ACT_KEEP_CHILD, child);
    enum st outcome = may ? ST_OK : child_missing(err);
    if (outcome == ST_OK) outcome = read_asked(&arena, asked, &row, ret_wrong, err);
    if (outcome == ST_OK) outcome = write_one(app, &arena, who, &row, ADD, err);
    *ret = row.id;
    arena_done(&arena);
    return outcome;
}

static struct str choices_text(struct arena *arena, const struct child_bundle *bundle,
                               const struct person *who)
{
    struct buf text;
    buf_init(&text, FROZEN_MAX);
    buf_add_fmt(&text, CHOSEN_BY "%lld\n", (long long)who->account);
    for (size_t i = 0; i < bundle->item_count; i++) {
        const struct bundle_item *item = &bundle->item[i];
        if (item->choice == bundle_item_default(item)) continue;
        const char *word = choices[item->choice];
        if (item->choice == BUNDLE_GIVE && item->told.to)
            word = item->marked ? give_all : give_source;
        buf_add_fmt(&text, "%.*s %s\n", STR_ARG(item->key), word);
    }
    struct str written = str_dup(arena, buf_str(&text));
    buf_done(&text);
    return written;
}

static enum st check_open(const struct child_bundle *bundle, struct err *err)
{
    if (bundle->released_at)
        return err_set(err, ST_CONFLICT, "This was released already: it cannot be changed.");
    if (bundle->ended_at)
        return err_set(err, ST_CONFLICT, "This was ended already: it cannot be changed.");
    return ST_OK;
}

enum st child_bundle_save(struct app *app, const struct person *who, const struct child_file *file,
                          const struct child_bundle *bundle, struct err *err)
{
    struct arena arena;
    struct bundle_row row = row_of(bundle);
    size_t left_out = 0;
    if (!file->may_keep) return child_missing(err);
    enum st outcome = check_open(bundle, err);
    if (outcome != ST_OK) return outcome;
    for (size_t i = 0; i < bundle->item_count; i++)
        left_out += bundle->item[i].choice > BUNDLE_WITHOUT_SOURCE;
    arena_init(&arena, 64 << 20);
    if (left_out && reason_clean(&arena, bundle->left_out, &row.text[LEFT_OUT], err) != ST_OK)
        outcome =
            err_set(err, ST_INVALID, "Write what is left out, and why: whoever asks is told.");
    row.text[CHOICES] = choices_text(&arena, bundle, who);
    if (outcome == ST_OK) outcome = write_one(app, &arena, who, &row, CHANGE, err);
    arena_done(&arena);
    return outcome;
}

/* May this person release it as it stands, having seen that? */
static enum st check_release(const struct child_bundle *bundle, struct str seen, struct err *err)
{
    enum st outcome = check_open(bundle, err);
    if (outcome != ST_OK) return outcome;
    if (bundle->own)
        return err_set(err, ST_CONFLICT,
                       "You decided what is given. A second person releases it.");
    if (bundle->undecided == 1)
        return err_set(err, ST_CONFLICT, "Decide of each marked entry first: one is left.");
    if (bundle->undecided)
        return err_set(err, ST_CONFLICT, "Decide of each marked entry first: %zu are left.",
                       bundle->undecided);
    if (!str_eq(bundle->seen, seen))
        return err_set(err, ST_CONFLICT,
                       "Something of it changed since you looked. Look at it as it is now.");
    return ST_OK;
}

enum st child_bundle_release(struct app *app, const struct person *who,
                             const struct child_file *file, int64_t id, struct str seen,
                             struct err *err)
{
    struct arena arena;
    struct child_bundle bundle;
    arena_init(&arena, 256 << 20);
    enum st outcome = child_bundle_read(app, &arena, who, file, id, &bundle, err);
    if (outcome == ST_OK) outcome = check_release(&bundle, seen, err);
    if (outcome == ST_OK) {
        struct bundle_row row = row_of(&bundle);
        row.text[LEFT_OUT] = bundle.left_out;
        row.text[FROZEN] = freeze(&arena, &bundle);
        outcome = write_one(app, &arena, who, &row, RELEASE, err);
    }
    arena_done(&arena);
    return outcome;
}

enum st child_bundle_end(struct app *app, const struct person *who, const struct child_file *file,
                         int64_t id, struct str reason, struct err *err)
{
    struct arena arena;
    struct child_bundle bundle;
    arena_init(&arena, 256 << 20);
    enum st outcome = child_bundle_read(app, &arena, who, file, id, &bundle, err);
    if (outcome == ST_OK) outcome = check_open(&bundle, err);
    struct bundle_row row = outcome == ST_OK ? row_of(&bundle) : (struct bundle_row){0};
    if (outcome == ST_OK && reason_clean(&arena, reason, &row.text[ENDED_WHY], err) != ST_OK)
        outcome = err_set(err, ST_INVALID,
                          "Write why it ends: they took it back, or how they have their answer.");
    if (outcome == ST_OK) outcome = write_one(app, &arena, who, &row, END, err);
    arena_done(&arena);
    return outcome;
}

/* Were they told on a day on which that still gives more time? */
static enum st read_told(const struct app *app, struct arena *arena,
                         const struct child_bundle *bundle, struct str told_on, int32_t *ret,
                         struct err *err)
{
    int32_t last = due_within(app, bundle->asked_day, MONTHS);
    enum st outcome = read_day(told_on, "you told them", ret, err);
    if (outcome != ST_OK) return outcome;
    if (*ret < bundle->asked_day)
        return err_set(err, ST_INVALID,
                       "That is before they asked. Write the day on which you "
                       "told them.");
    if (*ret > last)
        return err_set(err, ST_INVALID,
                       "They had to be told by %.*s. After that it does not give more time: answer "
                       "as soon as you can.",
                       STR_ARG(date_words(arena, date_from_days(last))));
    return ST_OK;
}

enum st child_bundle_longer(struct app *app, const struct person *who,
                            const struct child_file *file, int64_t id, struct str told_on,
                            struct str reason, bool *ret_day, struct err *err)
{
    struct arena arena;
    struct child_bundle bundle;
    struct str why = STR("");
    int32_t day = 0;
    arena_init(&arena, 256 << 20);
    *ret_day = false;
    enum st outcome = child_bundle_read(app, &arena, who, file, id, &bundle, err);
    if (outcome == ST_OK) outcome = check_open(&bundle, err);
    if (outcome == ST_OK && bundle.longer_at)
        outcome = err_set(err, ST_CONFLICT,
                          "It takes two months more already. The law knows no longer time.");
    if (outcome == ST_OK) {
        outcome = read_told(app, &arena, &bundle, told_on, &day, err);
        *ret_day = outcome == ST_INVALID;
    }
    if (outcome == ST_OK && reason_clean(&arena, reason, &why, err) != ST_OK)
        outcome = err_set(err, ST_INVALID, "Write why it takes longer, as you told them.");
    if (outcome == ST_OK) {
        struct bundle_row row = row_of(&bundle);
        row.day = day;
        row.text[LEFT_OUT] = bundle.left_out;
        row.text[CHOICES] = bundle.kept;
        row.text[LONGER_WHY] = why;
        outcome = write_one(app, &arena, who, &row, LONGER, err);
    }
    arena_done(&arena);
    return outcome;
}
