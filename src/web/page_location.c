/*
 * Locations of concern: the list, one of them with its history, and its parts.
 */
#include "domain/location.h"

#include "domain/area_meeting.h"
#include "domain/entity_seen.h"
#include "domain/profile.h"
#include "web/draw.h"
#include "web/page_part.h"
#include "web/pages.h"

#include <stdlib.h>

static const struct questions *form_of(const struct request *request)
{
    return area_location_form(request->app->area);
}

static int32_t today_day(void)
{
    return clock_today();
}

static struct str review_words(struct arena *arena, int32_t day)
{
    return day == LOCATION_DAY_NONE ? STR("No day is set") : date_words(arena, date_from_days(day));
}

static bool is_late(const struct location *line)
{
    return line->review_day != LOCATION_DAY_NONE && line->review_day <= today_day();
}

/* --- the list -------------------------------------------------------------------------------- */

enum order { BY_CHANGE, BY_NAME, BY_KIND, BY_REVIEW, ORDERS };
static const char *const order_names[ORDERS] = {"change", "name", "kind", "review"};
static const char *const order_labels[ORDERS] = {"Last change", "Name", "Kind",
                                                 "When to look again"};

static int by_text(struct str a, struct str b, const struct location *left,
                   const struct location *right)
{
    int order = str_cmp(a, b);
    return order ? order : (left->id > right->id) - (left->id < right->id);
}

static int by_name(const void *a, const void *b)
{
    const struct location *left = a;
    const struct location *right = b;
    return by_text(left->name, right->name, left, right);
}

static int by_kind(const void *a, const void *b)
{
    const struct location *left = a;
    const struct location *right = b;
    int order = str_cmp(left->kind, right->kind);
    return order ? order : by_name(a, b);
}

static int by_review(const void *a, const void *b)
{
    const struct location *left = a;
    const struct location *right = b;
    int32_t x = left->review_day == LOCATION_DAY_NONE ? INT32_MAX : left->review_day;
    int32_t y = right->review_day == LOCATION_DAY_NONE ? INT32_MAX : right->review_day;
    return x != y ? (x > y) - (x < y) : by_name(a, b);
}

static void draw_choices(struct request *request, enum order order, struct view_locations *view)
{
    struct arena *arena = request->arena;
    const struct question *kind = questions_find(form_of(request), STR("location-kind"));
    struct view_locations_kinds *kinds =
        arena_many(arena, kind->option_count + 1, struct view_locations_kinds);
    struct view_locations_sorts *sorts = arena_many(arena, ORDERS, struct view_locations_sorts);
    size_t count = 0;
    const struct area_forum *forum = area_forums(request->app->area, &count);
    struct view_locations_forums *forums =
        arena_many(arena, count + 1, struct view_locations_forums);
    kinds[0] = (struct view_locations_kinds){STR(""), STR("All kinds"), false};
    for (size_t i = 0; i < kind->option_count; i++)
        kinds[i + 1] =
            (struct view_locations_kinds){kind->option[i].id, kind->option[i].label,
                                          str_eq(kind->option[i].id, form_value(request, "kind"))};
    forums[0] = (struct view_locations_forums){STR(""), STR("All that you see"), false};
    for (size_t i = 0; i < count; i++)
        forums[i + 1] = (struct view_locations_forums){
            forum[i].id, forum[i].name, str_eq(forum[i].id, form_value(request, "forum"))};
    for (int i = 0; i < ORDERS; i++)
        sorts[i] = (struct view_locations_sorts){str_from(order_names[i]),
                                                 str_from(order_labels[i]), i == (int)order};
    view->kinds = kinds;
    view->kinds_count = kind->option_count + 1;
    view->forums = forums;
    view->forums_count = count + 1;
    view->sorts = sorts;
    view->sorts_count = ORDERS;
}

static struct view_locations_rows draw_row(struct request *request, const struct location *line)
{
    struct arena *arena = request->arena;
    return (struct view_locations_rows){
        .href = url_to_id(arena, ROUTE_location, line->id),
        .name = draw_excerpt(arena, line->name, 90),
        .kind = area_location_kind(request->app->area, line->kind),
        .town = line->town,
        .forum = area_forum_name(request->app->area, line->forum),
        .guardians = line->guardians.len ? draw_excerpt(arena, line->guardians, 120)
                                         : STR("Nobody is written down"),
        .done = line->deeds ? str_fmt(arena, "%zu step%s", line->deeds, line->deeds == 1 ? "" : "s")
                            : STR("Nothing yet"),
        .worked =
            line->worked.len ? str_fmt(arena, "Did it work? %.*s", STR_ARG(line->worked)) : STR(""),
        .review = review_words(arena, line->review_day),
        .review_sort = str_fmt(
            arena, "%d", line->review_day == LOCATION_DAY_NONE ? INT32_MAX : line->review_day),
        .late = is_late(line),
        .changed = date_words(arena, clock_london(line->changed_at).date),
        .changed_sort = str_fmt(arena, "%lld", (long long)line->changed_at)};
}

void page_locations(struct request *request, struct response *response)
{
    static int (*const compares[ORDERS])(const void *, const void *) = {NULL, by_name, by_kind,
                                                                        by_review};
    struct arena *arena = request->arena;
    struct location *list = NULL;
    size_t count = 0;
    struct err err = {0};
    enum order order = BY_CHANGE;
    bool due = str_eq(form_value(request, "due"), STR("yes"));
    if (location_list(request->app, arena, &request->who, form_value(request, "kind"),
                      form_value(request, "forum"), &list, &count, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    for (int i = 0; i < ORDERS; i++)
        if (str_eq(form_value(request, "order"), str_from(order_names[i]))) order = (enum order)i;
    if (compares[order] && count) qsort(list, count, sizeof *list, compares[order]);
    struct view_locations_rows *rows = arena_many(arena, count + 1, struct view_locations_rows);
    struct view_locations view = {.add = url_to(ROUTE_location_new),
                                  .may_add = access_allows(&request->who, ACT_KEEP_LOCATION, NULL),
                                  .action = url_to(ROUTE_locations),
                                  .due = due,
                                  .rows = rows};
    for (size_t i = 0; i < count; i++)
        if (!due || is_late(&list[i])) rows[view.rows_count++] = draw_row(request, &list[i]);
    view.told = !view.rows_count     ? STR("There is none that you see.")
                : view.rows_count == 1 ? STR("One location.")
                                       : str_fmt(arena, "%zu locations.", view.rows_count);
    draw_choices(request, order, &view);
    PAGE(request, response, "Locations of concern", view_locations, &view);
}

/* --- one of them ------------------------------------------------------------------------------ */

static const char *const parts[] = {LOCATION_ABOUT, LOCATION_HARM,   LOCATION_SAFETY,
                                    LOCATION_ACT,   LOCATION_WORKED, LOCATION_ASSESSMENT};
enum { PARTS = sizeof parts / sizeof *parts };

static struct url part_url(struct arena *arena, enum route_id route, int64_t id, struct str part)
{
    return url_to_texts(arena, route, str_fmt(arena, "%lld", (long long)id), part);
}

static void draw_part(struct request *request, const struct location_file *file, const char *key,
                      struct view_location_parts *ret)
{
    struct arena *arena = request->arena;
    const struct questions *form = form_of(request);
    const struct question_section *section = questions_find_section(form, str_from(key));
    struct view_location_parts_answers *answers =
        arena_many(arena, form->question_count, struct view_location_parts_answers);
    *ret = (struct view_location_parts){
        .id = str_from(key),
        .title = section->title,
        .change = part_url(arena, ROUTE_location_part, file->line.id, str_from(key)),
        .answers = answers};
    for (size_t s = section->first; s < section->first + section->count; s++)
        for (size_t q = form->step[s].first; q < form->step[s].first + form->step[s].count; q++) {
            struct answer answer = location_answer_get(file, form->question[q].key);
            if (answer.kind != ANSWER_NONE)
                answers[ret->answers_count++] = (struct view_location_parts_answers){
                    form->question[q].label, answer_words(arena, &form->question[q], &answer)};
        }
    ret->again = ret->answers_count ? STR("Change it") : STR("Write it down");
}

static struct str by_words(struct arena *arena, const struct location_entry *entry)
{
    return str_fmt(arena, "%.*s, %.*s", STR_ARG(entry->by), STR_ARG(clock_words(arena, entry->at)));
}

static void draw_deeds(struct request *request, const struct location_file *file,
                       struct view_location *view)
{
    struct arena *arena = request->arena;
    struct view_location_deeds *deeds =
        arena_many(arena, file->entry_count + 1, struct view_location_deeds);
    for (size_t i = 0; i < file->entry_count; i++) {
        const struct location_entry *entry = &file->entry[i];
        if (!str_eq(entry->section, STR(LOCATION_ACTION))) continue;
        struct str by = location_entry_get(entry, STR("action-by")).value;
        struct str when = location_entry_get(entry, STR("action-when")).value;
        deeds[view->deeds_count++] = (struct view_location_deeds){
            .what = location_entry_get(entry, STR("action-what")).value,
            .more = str_fmt(arena, "%.*s%s%.*s", STR_ARG(by), by.len && when.len ? ", " : "",
                            STR_ARG(when)),
            .by = by_words(arena, entry)};
    }
    view->deeds = deeds;
}

/* Every version, newest first: who, when, and what was changed. */
static void draw_history(struct request *request, const struct location_file *file,
                         struct view_location *view)
{
    struct arena *arena = request->arena;
    const struct questions *form = form_of(request);
    struct view_location_history *list =
        arena_many(arena, file->entry_count + 1, struct view_location_history);
    for (size_t i = file->entry_count; i > 0; i--) {
        const struct location_entry *entry = &file->entry[i - 1];
        const struct question_section *section = questions_find_section(form, entry->section);
        struct view_location_history_answers *answers =
            arena_many(arena, entry->answer_count + 1, struct view_location_history_answers);
        struct view_location_history *one = &list[view->history_count++];
        *one =
            (struct view_location_history){.id = str_fmt(arena, "entry-%lld", (long long)entry->id),
                                           .title = section ? section->title : entry->section,
                                           .by = by_words(arena, entry),
                                           .answers = answers};
        for (size_t k = 0; k < entry->answer_count; k++) {
            const struct question *question = questions_find(form, entry->answer[k].key);
            answers[one->answers_count++] = (struct view_location_history_answers){
                question ? question->label : entry->answer[k].key,
                question ? answer_words(arena, question, &entry->answer[k].answer)
                         : entry->answer[k].answer.value};
        }
    }
    view->history = list;
}

void page_location(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct app *app = request->app;
    struct location_file *file = arena_new(arena, struct location_file);
    struct err err = {0};
    if (location_open(app, arena, &request->who, request->id[0], file, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    const struct location *line = &file->line;
    const struct area_handling *handling = area_handling_find(app->area, line->handling);
    struct view_location_parts *drawn = arena_many(arena, PARTS, struct view_location_parts);
    for (size_t i = 0; i < PARTS; i++) draw_part(request, file, parts[i], &drawn[i]);
    struct view_location view = {
        .all = url_to(ROUTE_locations),
        .kind = area_location_kind(app->area, line->kind),
        .name = line->name,
        .where = line->town,
        .said =
            form_has(request, "saved") ? STR("It is kept, with your name and the time.") : STR(""),
        .forum = area_forum_name(app->area, line->forum),
        .handling = handling ? handling->label : line->handling,
        .review = review_words(arena, line->review_day),
        .late = is_late(line),
        .entity = url_to_id(arena, ROUTE_entity, line->mention),
        .tied = line->mention != 0 && access_allows(&request->who, ACT_SEE_LINKS, NULL),
        .parts = drawn,
        .parts_count = PARTS,
        .act = part_url(arena, ROUTE_location_part, line->id, STR(LOCATION_ACTION)),
        .may_keep = line->may_keep};
    draw_deeds(request, file, &view);
    draw_history(request, file, &view);
    PAGE(request, response,
         str_c(arena, str_fmt(arena, "%.*s: location of concern", STR_ARG(line->name))),
         view_location, &view);
}

/* --- writing ---------------------------------------------------------------------------------- */

struct writing {
    struct form_part part;
    struct location_given given[FORM_PART_QUESTIONS_MAX];
    struct location_file *file; /* NULL: a new one */
    struct str error;           /* of who sees it */
};

static struct answer answer_of(const void *context, struct str key)
{
    return location_answer_get(context, key);
}

static bool read_all(struct request *request, struct writing *writing)
{
    struct form_part *part = &writing->part;
    struct form_problems problems;
    form_part_read(request, part);
    for (size_t i = 0; i < part->count; i++)
        writing->given[i] = (struct location_given){part->draw[i].question, part->answer[i]};
    location_check(part->section->key, writing->given, part->count, &problems);
    form_part_wrong_all(part, &problems);
    return form_part_stands(request, part);
}

/* Forum and condition: as typed, as kept, or as is usual. */
static void draw_extra(struct request *request, struct writing *writing)
{
    struct arena *arena = request->arena;
    const struct location *line = writing->file ? &writing->file->line : NULL;
    struct str forum = form_has(request, "forum") ? form_value(request, "forum")
                       : line                     ? line->forum
                                                  : request->who.forum;
    struct str code = form_has(request, "handling") ? form_value(request, "handling")
                      : line                        ? line->handling
                                                    : STR("handling:P");
    const struct scope *scope = scope_of(request->app, arena, &request->who);
    size_t forums = 0;
    size_t handlings = 0;
    const struct area_forum *forum_of = area_forums(request->app->area, &forums);
    const struct area_handling *handling = area_handlings(request->app->area, &handlings);
    struct view_location_extra_forums *list =
        arena_many(arena, forums + 1, struct view_location_extra_forums);
    struct view_location_extra_handlings *codes =
        arena_many(arena, handlings + 1, struct view_location_extra_handlings);
    struct view_location_extra view = {.forums = list, .handlings = codes, .error = writing->error};
    for (size_t i = 0; i < forums; i++)
        if (location_keeps_in(scope, forum_of[i].id) ||
            (line && str_eq(line->forum, forum_of[i].id)))
            list[view.forums_count++] = (struct view_location_extra_forums){
                forum_of[i].id, forum_of[i].name, str_eq(forum_of[i].id, forum)};
    for (size_t i = 0; i < handlings; i++)
        if (location_handling_offered(&handling[i]) || str_eq(handling[i].code, code))
            codes[view.handlings_count++] = (struct view_location_extra_handlings){
                handling[i].code, handling[i].label, handling[i].hint,
                str_fmt(arena, "handling-%zu", i), str_eq(handling[i].code, code)};
    if (!writing->file) view.entity = form_value(request, "entity");
    struct buf drawn;
    buf_init(&drawn, 1 << 20);
    view_location_extra(&drawn, &view);
    writing->part.extra.s = str_dup(arena, buf_str(&drawn));
    buf_done(&drawn);
}

static void draw_again(struct request *request, struct response *response, struct writing *writing,
                       int status)
{
    response->status = status;
    if (str_eq(writing->part.section->key, STR(LOCATION_ABOUT))) draw_extra(request, writing);
    form_part_page(request, response, &writing->part);
}

static struct writing *begin_new(struct request *request)
{
    struct writing *writing = arena_new(request->arena, struct writing);
    form_part_begin(form_of(request), LOCATION_ABOUT, NULL, &writing->part);
    writing->part.back = url_to(ROUTE_locations);
    writing->part.action = url_to(ROUTE_location_add);
    writing->part.caption = STR("A location of concern");
    return writing;
}

/* Of an entity that the reader sees: what it is called stands in the form. */
static void take_entity(struct request *request, struct writing *writing)
{
    struct app *app = request->app;
    const struct scope *scope = scope_of(app, request->arena, &request->who);
    struct str title = STR("");
    int64_t id = 0;
    struct err err = {0};
    if (!str_to_int(form_value(request, "entity"), &id) || !seen_entity(scope, id)) return;
    struct db *db = store_read_begin(app->store, &err);
    if (!db) return;
    enum st outcome = entity_title(scope, db, request->arena, seen_entity(scope, id), &title, &err);
    store_read_end(app->store, db);
    for (size_t i = 0; i < writing->part.count && outcome == ST_OK; i++)
        if (str_eq(writing->part.draw[i].question->key, STR("location-name")))
            writing->part.draw[i].typed.value = title;
}

void page_location_new(struct request *request, struct response *response)
{
    struct writing *writing = begin_new(request);
    take_entity(request, writing);
    draw_again(request, response, writing, 200);
}

void page_location_add(struct request *request, struct response *response)
{
    struct writing *writing = begin_new(request);
    struct err err = {0};
    int64_t id = 0;
    struct location_new new = {.forum = form_value(request, "forum"),
                               .handling = form_value(request, "handling")};
    (void)str_to_int(form_value(request, "entity"), &new.mention);
    if (!read_all(request, writing)) {
        draw_again(request, response, writing, 400);
        return;
    }
    enum st outcome = location_add(request->app, &request->who, &new, writing->given,
                                   writing->part.count, &id, &err);
    if (outcome == ST_INVALID) {
        writing->error = str_dup(request->arena, str_from(err.public));
        writing->part.problem = writing->error;
        draw_again(request, response, writing, 400);
    } else if (outcome != ST_OK) {
        respond_error(request, response, &err);
    } else {
        respond_redirect(response,
                         url_with(request->arena, url_to_id(request->arena, ROUTE_location, id),
                                  "saved", STR("yes")));
    }
}

static struct writing *open_part(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct writing *writing = arena_new(arena, struct writing);
    struct err err = {0};
    writing->file = arena_new(arena, struct location_file);
    enum st outcome =
        location_open(request->app, arena, &request->who, request->id[0], writing->file, &err);
    bool known = str_eq(request->parameter[1], STR(LOCATION_ACTION));
    for (size_t i = 0; i < PARTS; i++) known |= str_eq(request->parameter[1], str_from(parts[i]));
    if (outcome == ST_OK && (!known || !writing->file->line.may_keep))
        outcome = err_missing(&err, "location");
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return NULL;
    }
    form_part_begin(form_of(request), str_c(arena, request->parameter[1]), NULL, &writing->part);
    writing->part.back = url_to_id(arena, ROUTE_location, writing->file->line.id);
    writing->part.action =
        part_url(arena, ROUTE_location_part_save, writing->file->line.id, request->parameter[1]);
    writing->part.caption = writing->file->line.name;
    writing->part.version = str_fmt(arena, "%lld", (long long)writing->file->line.version);
    return writing;
}

void page_location_part(struct request *request, struct response *response)
{
    struct writing *writing = open_part(request, response);
    if (!writing) return;
    form_part_kept(request, answer_of, writing->file, &writing->part);
    draw_again(request, response, writing, 200);
}

/* Beside what was typed stands what somebody else saved meanwhile. */
static void show_theirs(struct request *request, struct writing *writing)
{
    for (size_t i = 0; i < writing->part.count; i++) {
        struct question_draw *draw = &writing->part.draw[i];
        for (size_t k = 0; k < writing->file->answer_count; k++) {
            const struct location_answer *theirs = &writing->file->answer[k];
            const struct answer *mine = &writing->part.answer[i];
            if (!str_eq(theirs->key, draw->question->key)) continue;
            if (theirs->answer.kind == mine->kind && str_eq(theirs->answer.value, mine->value))
                continue;
            draw->clash = answer_words(request->arena, draw->question, &theirs->answer);
            draw->clash_at = clock_words(request->arena, theirs->at);
        }
    }
}

void page_location_part_save(struct request *request, struct response *response)
{
    struct writing *writing = open_part(request, response);
    struct err err = {0};
    if (!writing) return;
    struct location_save save = {.section = writing->part.section->key,
                                 .forum = form_value(request, "forum"),
                                 .handling = form_value(request, "handling")};
    (void)str_to_int(form_value(request, "version"), &save.version);
    if (!read_all(request, writing)) {
        writing->part.version = form_value(request, "version");
        draw_again(request, response, writing, 400);
        return;
    }
    enum st outcome = location_save(request->app, &request->who, writing->file->line.id, &save,
                                    writing->given, writing->part.count, &err);
    if (outcome == ST_OK) {
        respond_redirect(response, url_with(request->arena, writing->part.back, "saved",
                                            writing->part.section->key));
    } else if (outcome == ST_INVALID || outcome == ST_CONFLICT) {
        writing->part.problem = str_dup(request->arena, str_from(err.public));
        if (outcome == ST_CONFLICT)
            show_theirs(request, writing);
        else
            writing->error = writing->part.problem;
        draw_again(request, response, writing, outcome == ST_CONFLICT ? 409 : 400);
    } else {
        respond_error(request, response, &err);
    }
}
