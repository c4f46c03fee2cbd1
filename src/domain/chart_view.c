#include "domain/chart_view.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "domain/account.h"
#include "domain/audit.h"
#include "domain/entity_seen.h"
#include "domain/record_key.h"
#include "domain/when.h"

#include <stdlib.h>

enum { TEXTS = 6, NUMBERS_MAX = 2 * CHART_ASKED_MAX };

/* --- as text: numbers, parted by commas; places as "mention:x,y" in thousandths --------------- */

static struct str write_ids(struct arena *arena, const int64_t *id, size_t count)
{
    struct buf text;
    buf_init(&text, 4096);
    for (size_t i = 0; i < count; i++) buf_add_fmt(&text, i ? ",%lld" : "%lld", (long long)id[i]);
    struct str made = str_dup(arena, buf_str(&text));
    buf_done(&text);
    return made;
}

static size_t read_ids(struct str text, int64_t *ret, size_t maximum)
{
    struct str part;
    size_t count = 0;
    while (count < maximum && text.len && str_split(&text, ',', &part))
        count += str_to_int(part, &ret[count]);
    return count;
}

static struct str write_places(struct arena *arena, const struct chart_view *view)
{
    struct buf text;
    buf_init(&text, 64 << 10);
    for (size_t i = 0; i < view->place_count; i++)
        buf_add_fmt(&text, "%lld:%d,%d;", (long long)view->place[i].mention,
                    (int)(view->place[i].x * 1000), (int)(view->place[i].y * 1000));
    struct str made = str_dup(arena, buf_str(&text));
    buf_done(&text);
    return made;
}

static void read_places(struct arena *arena, struct str text, struct chart_view *ret)
{
    struct str part;
    ret->place = arena_many(arena, CHART_NODES_MAX, struct chart_place);
    while (ret->place_count < CHART_NODES_MAX && text.len && str_split(&text, ';', &part)) {
        struct str mention;
        struct str x;
        int64_t number[3];
        if (!str_split(&part, ':', &mention) || !str_split(&part, ',', &x) ||
            !str_to_int(mention, &number[0]) || !str_to_int(x, &number[1]) ||
            !str_to_int(part, &number[2]))
            continue;
        ret->place[ret->place_count++] =
            (struct chart_place){number[0], (double)number[1] / 1000, (double)number[2] / 1000};
    }
}

static void pack(struct arena *arena, const struct chart_view *view, struct str ret[static TEXTS])
{
    const struct chart_ask *ask = &view->ask;
    ret[0] = view->name;
    ret[1] = write_ids(arena, ask->seed, ask->seed_count);
    ret[2] = write_ids(arena, ask->open, ask->open_count);
    ret[3] = view->until;
    ret[4] = str_fmt(arena, "%d,%d,%d,%u", ask->path, view->chosen, ask->suggestions, ask->hidden);
    ret[5] = write_places(arena, view);
}

static void unpack(struct arena *arena, const struct str text[static TEXTS], struct chart_view *ret)
{
    int64_t flag[4] = {0};
    ret->name = text[0];
    ret->ask.seed_count = read_ids(text[1], ret->ask.seed, CHART_ASKED_MAX);
    ret->ask.open_count = read_ids(text[2], ret->ask.open, CHART_ASKED_MAX);
    ret->until = text[3];
    (void)read_ids(text[4], flag, 4);
    ret->ask.path = flag[0] != 0;
    ret->chosen = flag[1] != 0;
    ret->ask.suggestions = flag[2] != 0;
    ret->ask.hidden = (unsigned)flag[3];
    read_places(arena, text[5], ret);
}

/* The last of the days that were typed, as they were when the view was saved. */
static struct str until_of(struct arena *arena, struct str typed, instant_ms saved_at)
{
    struct date_range range;
    struct date day;
    if (date_parse_iso(typed, &day) ||
        when_parse(typed, clock_london(saved_at).date, &range, NULL) != ST_OK)
        return typed;
    return date_iso(arena, range.to);
}

/* --- reading ---------------------------------------------------------------------------------- */

/* Columns: id, account, shared, sealed, saved, the key's three. */
static enum st from_row(struct app *app, struct arena *arena, const struct person *who,
                        struct query *query, struct chart_view *ret, int64_t *ret_account,
                        struct err *err)
{
    struct data_key key;
    struct str sealed;
    struct str text[TEXTS];
    *ret_account = db_int(query, 1);
    *ret = (struct chart_view){.id = db_int(query, 0),
                               .own = *ret_account == who->account,
                               .shared = db_int(query, 2) != 0,
                               .saved_at = db_int(query, 4)};
    enum st outcome = record_key_from_row(app, query, 5, &key, err);
    if (outcome == ST_OK)
        outcome =
            field_open(arena, &key, FIELD_CHART_VIEW, ret->id, db_bytes(query, 3), &sealed, err);
    data_key_clear(&key);
    if (outcome != ST_OK) return outcome;
    if (!texts_unpack(sealed, text, TEXTS)) abort(); /* it was authentic */
    unpack(arena, text, ret);
    ret->until = until_of(arena, ret->until, ret->saved_at);
    return ST_OK;
}

/* Is it for them?  And do they see anything of it? */
static bool is_for(const struct scope *scope, struct chart_view *view)
{
    size_t seen = 0;
    for (size_t i = 0; i < view->ask.seed_count; i++)
        seen += seen_entity(scope, view->ask.seed[i]) != 0;
    view->gone = seen == 0;
    return view->own || (view->shared && seen == view->ask.seed_count && seen > 0);
}

enum st chart_view_list(struct app *app, struct arena *arena, const struct person *who,
                        struct chart_view **ret, size_t *ret_count, struct err *err)
{
    const struct scope *scope = scope_of(app, arena, who);
    struct chart_view *list = arena_many(arena, CHART_VIEWS_MAX, struct chart_view);
    size_t count = 0;
    scope_person(scope); /* reads it, if it is not: before the store is taken */
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct query *query = db_query(db, Q_CHART_VIEW_LIST);
    db_bind_int(query, 1, who->account);
    db_bind_int(query, 2, CHART_VIEWS_MAX);
    int64_t account[CHART_VIEWS_MAX];
    enum st outcome = ST_OK;
    while (outcome == ST_OK && count < CHART_VIEWS_MAX && db_next(query)) {
        outcome = from_row(app, arena, who, query, &list[count], &account[count], err);
        count += outcome == ST_OK && is_for(scope, &list[count]);
    }
    outcome = db_end_after(query, outcome, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++)
        outcome = account_name(app, db, arena, account[i], &list[i].by, err);
    store_read_end(app->store, db);
    *ret = list;
    *ret_count = outcome == ST_OK ? count : 0;
    return outcome;
}

static enum st gone(struct err *err)
{
    return err_missing(err, "view");
}

enum st chart_view_read(struct app *app, struct arena *arena, const struct person *who, int64_t id,
                        struct chart_view *ret, struct err *err)
{
    struct chart_view *list = NULL;
    size_t count = 0;
    enum st outcome = chart_view_list(app, arena, who, &list, &count, err);
    if (outcome != ST_OK) return outcome;
    for (size_t i = 0; i < count; i++) {
        if (list[i].id != id) continue;
        *ret = list[i];
        return ST_OK;
    }
    return gone(err);
}

/* --- keeping ---------------------------------------------------------------------------------- */

static enum st note(struct app *app, struct db *db, const struct person *who, const char *action,
                    int64_t seed, struct err *err)
{
    return audit_append(app, db,
                        &(struct audit_event){.kind = AUDIT_ALTERATION,
                                              .action = action,
                                              .account = who->account,
                                              .subject = "entity",
                                              .subject_id = seed},
                        err);
}

static enum st remove_row(struct db *db, int64_t id, struct err *err)
{
    struct query *query = db_query(db, Q_CHART_VIEW_REMOVE);
    db_bind_int(query, 1, id);
    int64_t key = db_next(query) ? db_int(query, 0) : 0;
    enum st outcome = db_end(query, err);
    return outcome == ST_OK && key ? record_key_destroy_one(db, key, err) : outcome;
}

static enum st insert(struct app *app, struct db *db, struct arena *arena, const struct person *who,
                      const struct chart_view *view, int64_t *ret, struct err *err)
{
    struct data_key key;
    struct str text[TEXTS];
    enum st outcome = db_next_id(db, Q_CHART_VIEW_LAST, ret, err);
    if (outcome == ST_OK) outcome = record_key_add(app, db, KEY_RECORD, &key, err);
    if (outcome != ST_OK) return outcome;
    pack(arena, view, text);
    struct str sealed =
        field_seal(arena, &key, FIELD_CHART_VIEW, *ret, texts_pack(arena, text, TEXTS));
    struct query *query = db_query(db, Q_CHART_VIEW_ADD);
    db_bind_int(query, 1, *ret);
    db_bind_int(query, 2, who->account);
    db_bind_int(query, 3, view->shared);
    db_bind_int(query, 4, key.id);
    db_bind_bytes(query, 5, sealed.ptr, sealed.len);
    db_bind_int(query, 6, clock_now());
    data_key_clear(&key);
    outcome = db_run(query, err);
    return outcome == ST_OK ? note(app, db, who, "chart view saved", view->ask.seed[0], err)
                            : outcome;
}

static enum st save(struct app *app, struct arena *arena, const struct person *who,
                    struct chart_view *view, int64_t *ret, struct err *err)
{
    struct chart_view *list = NULL;
    struct db *db;
    size_t count = 0;
    size_t own = 0;
    int64_t before = 0;
    const struct scope *scope = scope_of(app, arena, who);
    size_t kept = 0;
    for (size_t i = 0; i < view->ask.seed_count; i++)
        if (seen_entity(scope, view->ask.seed[i])) view->ask.seed[kept++] = view->ask.seed[i];
    view->ask.seed_count = kept;
    if (!kept) return err_missing(err, "record");
    enum st outcome = chart_view_list(app, arena, who, &list, &count, err);
    if (outcome != ST_OK) return outcome;
    for (size_t i = 0; i < count; i++) {
        own += list[i].own;
        if (list[i].own && str_eq_nocase(list[i].name, view->name)) before = list[i].id;
    }
    if (own >= CHART_VIEWS_OWN_MAX && !before)
        return err_set(err, ST_INVALID, "You keep %d views already. Remove one first.",
                       CHART_VIEWS_OWN_MAX);
    outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    if (before) outcome = remove_row(db, before, err);
    if (outcome == ST_OK) outcome = insert(app, db, arena, who, view, ret, err);
    return store_write_end(app->store, db, outcome, err);
}

enum st chart_view_save(struct app *app, const struct person *who, const struct chart_view *view,
                        int64_t *ret, struct err *err)
{
    struct arena arena;
    struct chart_view kept = *view;
    arena_init(&arena, 64 << 20);
    kept.name = str_trim(utf8_clean(&arena, str_sub(view->name, 0, 4000), NULL));
    size_t characters = utf8_count(kept.name);
    enum st outcome =
        !characters ? err_set(err, ST_INVALID, "Give the view a name.")
        : characters > CHART_VIEW_NAME_MAX
            ? err_set(err, ST_INVALID, "A name has at most %d characters.", CHART_VIEW_NAME_MAX)
            : save(app, &arena, who, &kept, ret, err);
    arena_done(&arena);
    return outcome;
}

enum st chart_view_remove(struct app *app, const struct person *who, int64_t id, struct err *err)
{
    struct arena arena;
    struct chart_view view;
    struct db *db;
    arena_init(&arena, 64 << 20);
    enum st outcome = chart_view_read(app, &arena, who, id, &view, err);
    if (outcome == ST_OK && !view.own) outcome = gone(err);
    if (outcome == ST_OK) outcome = store_write_begin(app->store, &db, err);
    if (outcome == ST_OK) {
        outcome = remove_row(db, id, err);
        if (outcome == ST_OK)
            outcome = note(app, db, who, "chart view removed", view.ask.seed[0], err);
        outcome = store_write_end(app->store, db, outcome, err);
    }
    arena_done(&arena);
    return outcome;
}

void chart_view_place(const struct chart_view *view, const struct scope *scope, struct chart *chart)
{
    for (size_t i = 0; i < view->place_count; i++) {
        int64_t entity = seen_entity(scope, view->place[i].mention);
        for (size_t k = 0; k < chart->node_count && entity; k++) {
            if (chart->node[k].entity != entity) continue;
            chart->node[k].x = view->place[i].x;
            chart->node[k].y = view->place[i].y;
            break;
        }
    }
}
