#include "domain/children_internal.h"

#include "base/change.h"
#include "domain/area_child.h"
#include "domain/when.h"
#include "link/link.h"

#include <pthread.h>
#include <stdlib.h>

/* What weighs as the person who asks is kept from them (scope_conflict.c has the same). */
static const double conflict_bits = 4;

enum { CONFLICTS_MAX = 600 };

struct child_scope {
    struct app *app;
    struct arena *arena;
    struct person who;
    int64_t *conflict; /* heads of records that name them, in rising order, doubles too */
    size_t conflict_count;
};

static int compare_ids(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

static void find_conflicts(struct child_scope *scope)
{
    const struct children *children = scope->app->children;
    struct link_mention mention = {.kind = LINK_PERSON,
                                   .seen_from = LINK_DAY_UNKNOWN,
                                   .seen_to = LINK_DAY_UNKNOWN,
                                   .reported_day = clock_today()};
    mention.field[LINK_NAME] = scope->who.name;
    struct link_match *match = arena_many(scope->arena, CONFLICTS_MAX, struct link_match);
    size_t found = scope->who.name.len ? link_index_query(children->people, &mention, conflict_bits,
                                                          match, CONFLICTS_MAX)
                                       : 0;
    scope->conflict = arena_many(scope->arena, found + 1, int64_t);
    for (size_t i = 0; i < found; i++) {
        const struct child_row *row = children_find(children, match[i].id / NAMES_MAX);
        if (row) scope->conflict[scope->conflict_count++] = row->head;
    }
    if (scope->conflict_count)
        qsort(scope->conflict, scope->conflict_count, sizeof(int64_t), compare_ids);
}

const struct child_scope *child_scope_of(struct app *app, struct arena *arena,
                                         const struct person *who)
{
    struct child_scope *scope = arena_new(arena, struct child_scope);
    *scope = (struct child_scope){.app = app, .arena = arena, .who = *who};
    pthread_rwlock_rdlock(&app->children->lock);
    find_conflicts(scope);
    pthread_rwlock_unlock(&app->children->lock);
    return scope;
}

static bool record_of(const struct child_scope *scope, const struct child_row *row,
                      struct record *ret)
{
    const struct children *children = scope->app->children;
    if (!row || row->gone) return false;
    *ret = (struct record){.organisation = -1, .rule = HANDLING_OWNER};
    ret->conflict =
        scope->conflict_count && bsearch(&row->head, scope->conflict, scope->conflict_count,
                                         sizeof(int64_t), compare_ids) != NULL;
    for (size_t i = 0; i < children->access_count; i++) {
        const struct child_access_row *access = &children->access[i];
        if (access->account != scope->who.account) continue;
        const struct child_row *of = children_find(children, access->child);
        if (!of || of->head != row->head) continue;
        if (access->blocked)
            ret->blocked = true;
        else
            ret->given |= 1u << GRANT_assigned;
    }
    return true;
}

bool child_scope_record(const struct child_scope *scope, int64_t child, struct record *ret)
{
    struct children *children = scope->app->children;
    pthread_rwlock_rdlock(&children->lock);
    bool found = record_of(scope, children_find(children, child), ret);
    pthread_rwlock_unlock(&children->lock);
    return found;
}

bool child_scope_allows(const struct child_scope *scope, enum action action, int64_t child)
{
    struct record record;
    return child_scope_record(scope, child, &record) && access_allows(&scope->who, action, &record);
}

bool child_review_is_late(struct arena *arena, const struct child_line *line)
{
    return line->review.len && !line->closed_at &&
           str_cmp(line->review, date_iso(arena, clock_london(clock_now()).date)) < 0;
}

bool children_works_with(struct app *app, const struct person *who)
{
    struct children *children = app->children;
    if (access_allows(who, ACT_KEEP_CHILD, NULL)) return true;
    if (!access_allows(who, ACT_READ_CHILD, NULL)) return false;
    bool found = false;
    pthread_rwlock_rdlock(&children->lock);
    for (size_t i = 0; i < children->access_count; i++)
        found |= children->access[i].account == who->account && !children->access[i].blocked;
    pthread_rwlock_unlock(&children->lock);
    return found;
}

/* Does it keep longer?  The file has those that keep longest first; what the pack has no more keeps
 * until somebody sets a class. */
static bool keeps_longer(const struct app *app, struct str class, struct str than)
{
    const struct area_child *words = app->area ? area_child(app->area) : NULL;
    const struct retention_class *a = words ? retention_find(words, class) : NULL;
    const struct retention_class *b = words ? retention_find(words, than) : NULL;
    return b && (!a || a < b);
}

/* Of joined records the texts of the first that has one; of births the first that is a date.  They
 * are kept as long as the one that is kept longest. */
static struct child_line line_of(const struct child_scope *scope, const struct child_row *head)
{
    const struct children *children = scope->app->children;
    struct child_line line = {.id = head->head, .born = CHILD_BORN_UNKNOWN};
    size_t open = 0;
    for (size_t i = 0; i < children->count; i++) {
        const struct child_row *row = &children->row[i];
        if (row->head != head->head || row->gone) continue;
        if (!line.reference.len) {
            line.reference = str_dup(scope->arena, row->reference);
            line.organisation = row->organisation;
            line.created_at = row->created_at;
            line.retention = str_dup(scope->arena, row->retention);
        }
        if (keeps_longer(scope->app, row->retention, line.retention))
            line.retention = str_dup(scope->arena, row->retention);
        if (!line.name.len) line.name = str_dup(scope->arena, row->name);
        if (!line.alias.len) line.alias = str_dup(scope->arena, row->alias);
        if (row->birth.len &&
            (!line.birth.len || (link_birth_known(row->born) && !link_birth_known(line.born)))) {
            line.birth = str_dup(scope->arena, row->birth);
            line.born = row->born;
            line.birth_told = row->birth_told;
        }
        if (row->review.len && (!line.review.len || str_cmp(row->review, line.review) < 0))
            line.review = str_dup(scope->arena, row->review);
        if (!line.nhs.len) line.nhs = str_dup(scope->arena, row->nhs);
        if (row->changed_at > line.changed_at) line.changed_at = row->changed_at;
        if (!row->closed_at) {
            /* It waits to be closed when all that is open of it does, by one person's word. */
            bool first = !open++;
            line.closing_by = first || line.closing_by == row->closing_by ? row->closing_by : 0;
            line.closing_at = line.closing_by ? row->closing_at : 0;
        }
        if (row->closed_at > line.closed_at) line.closed_at = row->closed_at;
        line.held |= row->held;
    }
    if (open) line.closed_at = 0;
    return line;
}

static int by_change(const void *a, const void *b)
{
    const struct child_line *left = a;
    const struct child_line *right = b;
    if (left->changed_at != right->changed_at) return left->changed_at < right->changed_at ? 1 : -1;
    return (left->id < right->id) - (left->id > right->id);
}

size_t child_scope_list(const struct child_scope *scope, struct child_line **ret)
{
    struct children *children = scope->app->children;
    size_t count = 0;
    pthread_rwlock_rdlock(&children->lock);
    struct child_line *list = arena_many(scope->arena, children->count + 1, struct child_line);
    for (size_t i = 0; i < children->count; i++) {
        struct record record;
        const struct child_row *row = &children->row[i];
        if (row->head != row->id || !record_of(scope, row, &record) ||
            !access_allows(&scope->who, ACT_READ_CHILD, &record))
            continue;
        list[count++] = line_of(scope, row);
    }
    pthread_rwlock_unlock(&children->lock);
    if (count) qsort(list, count, sizeof *list, by_change);
    *ret = list;
    return count;
}

bool child_scope_line(const struct child_scope *scope, int64_t child, struct child_line *ret)
{
    struct children *children = scope->app->children;
    struct record record;
    pthread_rwlock_rdlock(&children->lock);
    const struct child_row *row = children_find(children, child);
    bool found =
        record_of(scope, row, &record) && access_allows(&scope->who, ACT_READ_CHILD, &record);
    if (found) *ret = line_of(scope, row);
    pthread_rwlock_unlock(&children->lock);
    return found;
}

bool children_name(const struct child_scope *scope, int64_t child, struct str *ret_name,
                   struct str *ret_reference, int64_t *ret_head)
{
    struct children *children = scope->app->children;
    pthread_rwlock_rdlock(&children->lock);
    const struct child_row *row = children_find(children, child);
    bool found = row && !row->gone;
    if (found) {
        struct child_line line = line_of(scope, children_find(children, row->head));
        *ret_name = line.name.len ? line.name : line.reference;
        *ret_reference = line.reference;
        *ret_head = line.id;
    }
    pthread_rwlock_unlock(&children->lock);
    return found;
}

size_t children_group(const struct child_scope *scope, int64_t child, int64_t **ret)
{
    struct children *children = scope->app->children;
    size_t count = 0;
    pthread_rwlock_rdlock(&children->lock);
    const struct child_row *row = children_find(children, child);
    *ret = arena_many(scope->arena, children->count + 1, int64_t);
    for (size_t i = 0; row && !row->gone && i < children->count; i++)
        if (children->row[i].head == row->head && !children->row[i].gone)
            (*ret)[count++] = children->row[i].id;
    pthread_rwlock_unlock(&children->lock);
    return count;
}

/* --- known already ------------------------------------------------------------------------ */

static bool is_there(const struct child_known *known, size_t count, int64_t id)
{
    for (size_t i = 0; i < count; i++)
        if (known[i].line.id == id) return true;
    return false;
}

static void consider(const struct child_scope *scope, const struct child_row *row, double bits,
                     bool same_number, int64_t but, struct child_known *known, size_t *count)
{
    struct record record;
    const struct child_row *left_out = children_find(scope->app->children, but);
    if (!row || *count == CHILD_KNOWN_MAX || (left_out && left_out->head == row->head) ||
        is_there(known, *count, row->head) || !record_of(scope, row, &record) ||
        !access_allows(&scope->who, ACT_READ_CHILD, &record))
        return;
    known[(*count)++] = (struct child_known){line_of(scope, row), bits, same_number};
}

size_t child_known_find(const struct child_scope *scope, const struct link_mention *mention,
                        struct str nhs, int64_t but, struct child_known ret[static CHILD_KNOWN_MAX])
{
    enum { MATCHES = 64 };
    struct children *children = scope->app->children;
    struct link_match match[MATCHES];
    size_t count = 0;
    nhs = child_nhs_words(scope->arena, nhs);
    pthread_rwlock_rdlock(&children->lock);
    for (size_t i = 0; nhs.len && i < children->count; i++)
        if (str_eq(children->row[i].nhs, nhs))
            consider(scope, &children->row[i], 0, true, but, ret, &count);
    size_t found = link_index_query(children->names, mention, link_shown_bits(), match, MATCHES);
    for (size_t i = 0; i < found; i++)
        consider(scope, children_find(children, match[i].id / NAMES_MAX), match[i].bits, false, but,
                 ret, &count);
    pthread_rwlock_unlock(&children->lock);
    return count;
}

/* --- how old --------------------------------------------------------------------------------- */

static int years_between(struct date born, struct date today)
{
    return today.year - born.year -
           (today.month < born.month || (today.month == born.month && today.day < born.day));
}

struct str child_age_words(struct arena *arena, const struct child_line *line, struct date today)
{
    struct date told = date_from_days(line->birth_told);
    struct date_range range;
    struct str due;
    if (!line->birth.len) return STR("Date of birth not known");
    if (link_birth_due(line->birth, &due)) {
        bool day = when_parse(due, told, &range, NULL) == ST_OK &&
                   date_to_days(range.from) == date_to_days(range.to);
        return str_fmt(arena, "Due %.*s", STR_ARG(day ? date_words(arena, range.from) : due));
    }
    if (!link_birth_known(line->born))
        return str_fmt(arena, "Aged %.*s, as written on %.*s", STR_ARG(line->birth),
                       STR_ARG(date_words(arena, told)));
    int oldest = years_between(date_from_days(line->born.from), today);
    int youngest = years_between(date_from_days(line->born.to), today);
    if (youngest < 0) youngest = 0;
    if (oldest < 0) return str_fmt(arena, "Due %.*s", STR_ARG(line->birth));
    if (youngest == oldest)
        return str_fmt(arena, "Born %.*s, %d year%s old", STR_ARG(line->birth), oldest,
                       oldest == 1 ? "" : "s");
    return str_fmt(arena, "Born %.*s, %d %s %d years old", STR_ARG(line->birth), youngest,
                   oldest == youngest + 1 ? "or" : "to", oldest);
}
