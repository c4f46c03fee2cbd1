/*
 * Who sees a child's record, how long it is kept, and its end.
 */
#include "domain/child_access.h"
#include "domain/child_close.h"
#include "domain/child_keep.h"
#include "web/page_child.h"

/* --- drawing -------------------------------------------------------------------------------- */

static enum st draw_access(struct request *request, const struct child_file *file,
                           struct view_child_keep *view, struct err *err)
{
    struct arena *arena = request->arena;
    struct child_access_line *lines = NULL;
    size_t count = 0;
    enum st outcome = child_access_of(request->app, arena, file, &lines, &count, err);
    struct view_child_keep_access *list =
        arena_many(arena, count + 1, struct view_child_keep_access);
    for (size_t i = 0; i < count && outcome == ST_OK; i++)
        list[i] = (struct view_child_keep_access){
            .name = lines[i].name,
            .what = lines[i].blocked ? STR("kept from them") : STR("allocated to them"),
            .by = str_fmt(arena, "%.*s, %.*s", STR_ARG(lines[i].by),
                          STR_ARG(clock_words(arena, lines[i].given_at))),
            .reason = lines[i].reason,
            .ended = lines[i].ended_at
                         ? str_fmt(arena, "Ended by %.*s, %.*s", STR_ARG(lines[i].ended_by),
                                   STR_ARG(clock_words(arena, lines[i].ended_at)))
                         : STR(""),
            .end = url_to_ids(arena, ROUTE_child_access_end, file->line.id, lines[i].id)};
    view->access = list;
    view->access_count = count;
    return outcome;
}

static void draw_classes(struct request *request, const struct child_file *file,
                         struct view_child_keep *view)
{
    struct arena *arena = request->arena;
    const struct area_child *words = area_child(request->app->area);
    struct child_retention retention = child_retention(request->app, &file->line);
    struct view_child_keep_classes *list =
        arena_many(arena, words->retention_count, struct view_child_keep_classes);
    struct str chosen =
        form_has(request, "class") ? form_value(request, "class") : file->line.retention;
    for (size_t i = 0; i < words->retention_count; i++) {
        const struct retention_class *class = &words->retention[i];
        list[i] = (struct view_child_keep_classes){
            .id = str_fmt(arena, "class-%zu", i + 1),
            .value = class->id,
            .label = class->label,
            .hint = str_fmt(arena, "%.*s%s%.*s", STR_ARG(class->hint), class->hint.len ? " " : "",
                            STR_ARG(class->source)),
            .hint_id = str_fmt(arena, "class-%zu-hint", i + 1),
            .checked = str_eq(class->id, chosen)};
    }
    view->classes = list;
    view->classes_count = words->retention_count;
    view->schedule = words->schedule;
    view->due = retention.due;
    if (retention.class) {
        view->class = retention.class->label;
        view->class_source = retention.class->source;
    }
    view->until =
        retention.class ? date_words(arena, date_from_days(retention.day)) : STR("a class is set");
}

static struct str reason_label(struct request *request, struct str id)
{
    const struct child_word *word = child_word_find(area_child(request->app->area), WORD_KEEP, id);
    return word ? word->text : id;
}

static struct str state_label(struct str state)
{
    return str_eq(state, STR("destroyed")) ? STR("Destroyed")
           : str_eq(state, STR("kept"))    ? STR("Kept")
                                           : STR("Proposed");
}

static enum st draw_disposals(struct request *request, const struct child_file *file,
                              struct view_child_keep *view, struct err *err)
{
    struct arena *arena = request->arena;
    struct child_disposal *lines = NULL;
    size_t count = 0;
    enum st outcome =
        child_disposals_of(request->app, arena, &request->who, file, &lines, &count, err);
    if (outcome == ST_OK)
        outcome = child_dispose_seen(request->app, arena, file, &view->destroy_seen, err);
    struct view_child_keep_disposals *list =
        arena_many(arena, count + 1, struct view_child_keep_disposals);
    for (size_t i = 0; i < count && outcome == ST_OK; i++)
        list[i] = (struct view_child_keep_disposals){
            .what = reason_label(request, lines[i].reason),
            .words = lines[i].words,
            .by = str_fmt(arena, "Proposed by %.*s, %.*s", STR_ARG(lines[i].proposed_by),
                          STR_ARG(clock_words(arena, lines[i].proposed_at))),
            .state = state_label(lines[i].state),
            .open = str_eq(lines[i].state, STR("proposed")),
            .own = lines[i].own,
            .answer = url_to_ids(arena, ROUTE_child_disposal, file->line.id, lines[i].id)};
    view->disposals = list;
    view->disposals_count = count;
    const struct area_child *words = area_child(request->app->area);
    struct view_child_keep_reasons *reasons =
        arena_many(arena, words->word_count, struct view_child_keep_reasons);
    for (size_t i = 0; i < words->word_count; i++)
        if (words->word[i].kind == WORD_KEEP) {
            reasons[view->reasons_count] = (struct view_child_keep_reasons){
                str_fmt(arena, "why-%zu", view->reasons_count + 1), words->word[i].id,
                words->word[i].text, str_eq(form_value(request, "why"), words->word[i].id)};
            view->reasons_count++;
        }
    view->reasons = reasons;
    return outcome;
}

static struct url open_href(struct arena *arena, const struct child_file *file,
                            const struct child_open *open)
{
    switch (open->kind) {
    case OPEN_EPISODE:
    case OPEN_INTERVIEW: return url_to_id(arena, ROUTE_missing_one, open->id);
    case OPEN_REFERRAL: return url_to_id(arena, ROUTE_desk_case, open->id);
    case OPEN_ASKED:
        return url_to_ids(arena, ROUTE_child_bundle_one, file->line.id, open->id);
    case OPEN_REPEAT: return url_to_id(arena, ROUTE_child_missing, file->line.id);
    default: return url_to_id(arena, ROUTE_child, file->line.id);
    }
}

/* What is still open is shown to whoever proposes to close, and again to whoever signs; and of it
 * what keeps the record from being destroyed, with what ends it. */
static enum st draw_open(struct request *request, const struct child_file *file,
                         struct view_child_keep *view, struct err *err)
{
    struct arena *arena = request->arena;
    struct child_open *list = NULL;
    size_t count = 0;
    enum st outcome =
        child_still_open(request->app, arena, &request->who, file, &list, &count, &view->seen, err);
    if (outcome != ST_OK) return outcome;
    struct view_child_keep_open *open = arena_many(arena, count + 1, struct view_child_keep_open);
    struct view_child_keep_keeps *keeps =
        arena_many(arena, count + 1, struct view_child_keep_keeps);
    for (size_t i = 0; i < count; i++) {
        struct url href = open_href(arena, file, &list[i]);
        open[i] = (struct view_child_keep_open){href, list[i].what, list[i].late};
        if (child_open_keeps(&list[i]))
            keeps[view->keeps_count++] =
                (struct view_child_keep_keeps){href, list[i].what, list[i].late, list[i].end};
    }
    view->open = open;
    view->open_count = count;
    view->keeps = keeps;
    view->may_propose = !view->keeps_count || view->open_propose;
    return ST_OK;
}

static void draw_closing(struct request *request, const struct child_file *file,
                         struct view_child_keep *view)
{
    struct arena *arena = request->arena;
    struct child_closing closing = {0};
    view->closed = file->line.closed_at != 0;
    view->close = url_to_id(arena, ROUTE_child_close, file->line.id);
    view->sign_off = url_to_id(arena, ROUTE_child_sign_off, file->line.id);
    view->closing = !view->closed && child_closing_of(request->app, &request->who, file, &closing);
    if (!view->closing) return;
    view->closing_own = closing.own;
    view->closing_words = closing.words;
    view->closing_by =
        str_fmt(arena, "%.*s, %.*s", STR_ARG(closing.by), STR_ARG(clock_words(arena, closing.at)));
    if (closing.due) view->closing_due = clock_words(arena, closing.due);
}

/* `field`: the box that the problem is about; it comes back with what was typed.  `outcome`: what
 * was ticked of something that has changed since is not ticked any more. */
static void draw_keep(struct request *request, struct response *response,
                      const struct child_file *file, enum st outcome, struct str error,
                      const char *field)
{
    struct arena *arena = request->arena;
    struct err err = {0};
    struct str at = str_from(field);
    struct str reason = form_value(request, "reason");
    struct view_child_keep view = {.head = child_head(request, file, TAB_KEEP),
                                   .error = error,
                                   .at = html_url_fragment(arena, at),
                                   .csrf = request->csrf,
                                   .give = url_to_id(arena, ROUTE_child_access, file->line.id),
                                   .email = form_value(request, "email"),
                                   .reason = str_eq(at, STR("email")) ? reason : STR(""),
                                   .block_email = form_value(request, "block-email"),
                                   .block_reason = form_value(request, "block-reason"),
                                   .set_class = url_to_id(arena, ROUTE_child_class, file->line.id),
                                   .class_reason =
                                       str_eq(at, STR("class-reason")) ? reason : STR(""),
                                   .held = file->line.held,
                                   .hold = url_to_id(arena, ROUTE_child_hold, file->line.id),
                                   .hold_reason = str_eq(at, STR("hold-reason")) ? reason : STR(""),
                                   .close_reason = form_value(request, "close-reason"),
                                   .looked = outcome == ST_INVALID && form_has(request, "looked"),
                                   .propose = url_to_id(arena, ROUTE_child_propose, file->line.id),
                                   .join = url_to_id(arena, ROUTE_child_join, file->line.id),
                                   .words = form_value(request, "words"),
                                   .open_give = str_eq(at, STR("email")),
                                   .open_block = str_eq(at, STR("block-email")),
                                   .open_class = str_eq(at, STR("class-reason")),
                                   .open_hold = str_eq(at, STR("hold-reason")),
                                   .open_close = str_eq(at, STR("close-reason")),
                                   .open_propose = str_eq(at, STR("words"))};
    draw_classes(request, file, &view);
    draw_closing(request, file, &view);
    outcome = draw_access(request, file, &view, &err);
    if (outcome == ST_OK) outcome = draw_open(request, file, &view, &err);
    if (outcome == ST_OK) outcome = draw_disposals(request, file, &view, &err);
    /* Nobody has looked anew. */
    if (view.looked) view.seen = form_value(request, "seen");
    if (str_eq(at, STR("sure"))) view.destroy_seen = form_value(request, "seen");
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    if (error.len) response->status = 400;
    PAGE(request, response, "Who sees it, how long it is kept", view_child_keep, &view);
}

void page_child_keep(struct request *request, struct response *response)
{
    struct child_file file;
    if (child_page_open_to_keep(request, response, &file))
        draw_keep(request, response, &file, ST_OK, STR(""), "main");
}

/* --- changing -------------------------------------------------------------------------------- */

static void finish(struct request *request, struct response *response,
                   const struct child_file *file, enum st outcome, const struct err *err,
                   const char *field, const char *code)
{
    if (outcome == ST_OK)
        child_saved(request, response, url_to_id(request->arena, ROUTE_child_keep, file->line.id),
                    code);
    else if (outcome == ST_INVALID || outcome == ST_CONFLICT)
        draw_keep(request, response, file, outcome, str_dup(request->arena, str_from(err->public)),
                  field);
    else
        respond_error(request, response, err);
}

void page_child_access(struct request *request, struct response *response)
{
    struct child_file file;
    struct err err = {0};
    if (!child_page_open_to_keep(request, response, &file)) return;
    bool blocks = str_eq(form_value(request, "what"), STR("block"));
    enum st outcome =
        child_access_give(request->app, &request->who, file.line.id,
                          form_value(request, blocks ? "block-email" : "email"), blocks,
                          form_value(request, blocks ? "block-reason" : "reason"), &err);
    finish(request, response, &file, outcome, &err, blocks ? "block-email" : "email", "allocated");
}

void page_child_access_end(struct request *request, struct response *response)
{
    struct child_file file;
    struct err err = {0};
    if (!child_page_open_to_keep(request, response, &file)) return;
    enum st outcome =
        child_access_end(request->app, &request->who, file.line.id, request->id[1], &err);
    finish(request, response, &file, outcome, &err, "main", "allocated");
}

void page_child_class(struct request *request, struct response *response)
{
    struct child_file file;
    struct err err = {0};
    if (!child_page_open_to_keep(request, response, &file)) return;
    enum st outcome =
        child_set_class(request->app, &request->who, file.line.id, form_value(request, "class"),
                        form_value(request, "reason"), &err);
    finish(request, response, &file, outcome, &err, "class-reason", "kept");
}

void page_child_hold(struct request *request, struct response *response)
{
    struct child_file file;
    struct err err = {0};
    if (!child_page_open_to_keep(request, response, &file)) return;
    enum st outcome = child_set_held(request->app, &request->who, file.line.id,
                                     str_eq(form_value(request, "held"), STR("yes")),
                                     form_value(request, "reason"), &err);
    finish(request, response, &file, outcome, &err, "hold-reason", "kept");
}

void page_child_close(struct request *request, struct response *response)
{
    struct child_file file;
    struct err err = {0};
    if (!child_page_open_to_keep(request, response, &file)) return;
    struct str reason = form_value(request, "close-reason");
    bool closes = str_eq(form_value(request, "closed"), STR("yes"));
    enum st outcome =
        closes ? child_close_propose(request->app, &request->who, file.line.id, reason, &err)
               : child_reopen(request->app, &request->who, file.line.id, reason, &err);
    finish(request, response, &file, outcome, &err, "close-reason", closes ? "closing" : "kept");
}

void page_child_sign_off(struct request *request, struct response *response)
{
    struct child_file file;
    struct err err = {0};
    if (!child_page_open_to_keep(request, response, &file)) return;
    bool closes = str_eq(form_value(request, "answer"), STR("yes"));
    if (closes && !form_has(request, "looked")) {
        draw_keep(request, response, &file, ST_INVALID,
                  STR("Tick that you have looked at the record and at what is still open, or keep "
                      "it open."),
                  "looked");
        return;
    }
    enum st outcome =
        child_close_answer(request->app, &request->who, file.line.id, closes,
                           form_value(request, "seen"), form_value(request, "close-reason"), &err);
    finish(request, response, &file, outcome, &err, "close-reason", "kept");
}

void page_child_propose(struct request *request, struct response *response)
{
    struct child_file file;
    struct err err = {0};
    if (!child_page_open_to_keep(request, response, &file)) return;
    enum st outcome =
        child_dispose_propose(request->app, &request->who, file.line.id, form_value(request, "why"),
                              form_value(request, "words"), &err);
    finish(request, response, &file, outcome, &err, "words", "kept");
}

void page_child_disposal(struct request *request, struct response *response)
{
    struct child_file file;
    struct err err = {0};
    if (!child_page_open_to_keep(request, response, &file)) return;
    bool destroy = str_eq(form_value(request, "answer"), STR("destroy"));
    if (destroy && !form_has(request, "sure")) {
        draw_keep(request, response, &file, ST_INVALID,
                  STR("Tick that you have looked at the record, or keep it."), "sure");
        return;
    }
    enum st outcome =
        child_dispose_answer(request->app, &request->who, file.line.id, request->id[1], destroy,
                             form_value(request, "seen"), &err);
    if (outcome == ST_OK && destroy)
        respond_redirect(response, url_to(ROUTE_children_due));
    else
        finish(request, response, &file, outcome, &err, "main", "kept");
}

/* --- the list ------------------------------------------------------------------------------- */

static struct view_children_due_rows due_row(struct request *request, const struct child_line *line)
{
    struct arena *arena = request->arena;
    struct child_retention retention = child_retention(request->app, line);
    return (struct view_children_due_rows){
        .href = url_to_id(arena, ROUTE_child_keep, line->id),
        .name = line->name.len ? line->name : STR("Name not known"),
        .reference = line->reference,
        .class = retention.class->label,
        .since = date_words(arena, date_from_days(retention.day)),
        .held = line->held};
}

static struct view_children_due_decisions decision_row(struct request *request,
                                                       const struct child_disposal *one)
{
    struct arena *arena = request->arena;
    return (struct view_children_due_decisions){
        .reference = one->reference,
        .what = reason_label(request, one->reason),
        .words = one->words,
        .by = str_fmt(arena, "Proposed by %.*s, %.*s, by schedule %.*s.", STR_ARG(one->proposed_by),
                      STR_ARG(clock_words(arena, one->proposed_at)), STR_ARG(one->version)),
        .answer = one->answered_at
                      ? str_fmt(arena, "Decided by %.*s, %.*s.", STR_ARG(one->answered_by),
                                STR_ARG(clock_words(arena, one->answered_at)))
                      : STR(""),
        .state = state_label(one->state),
        .href = url_to_id(arena, ROUTE_child_keep, one->child),
        .open = str_eq(one->state, STR("proposed"))};
}

void page_children_due(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct child_line *line = NULL;
    struct child_disposal *disposal = NULL;
    size_t lines = 0;
    size_t disposals = 0;
    struct err err = {0};
    enum st outcome = children_due(request->app, arena, &request->who, &line, &lines, &err);
    if (outcome == ST_OK)
        outcome = child_disposals(request->app, arena, &request->who, &disposal, &disposals, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    struct view_children_due_rows *rows =
        arena_many(arena, lines + 1, struct view_children_due_rows);
    for (size_t i = 0; i < lines; i++) rows[i] = due_row(request, &line[i]);
    struct view_children_due_decisions *decisions =
        arena_many(arena, disposals + 1, struct view_children_due_decisions);
    for (size_t i = 0; i < disposals; i++) decisions[i] = decision_row(request, &disposal[i]);
    struct view_children_due view = {.rows = rows,
                                     .rows_count = lines,
                                     .decisions = decisions,
                                     .decisions_count = disposals,
                                     .schedule = area_child(request->app->area)->schedule,
                                     .back = url_to(ROUTE_children)};
    PAGE(request, response, "Records whose time is over", view_children_due, &view);
}
