/*
 * All that is held on a child, for their asking: drafts, what is given of each entry, and
 * the release by a second person.
 */
#include "domain/child_bundle.h"
#include "web/draw.h"
#include "web/page_child.h"
#include "web/paper.h"

/* What whoever asked is told of it. */
#define BUNDLE_HELD_BACK                                                                        \
    "Where it says “[held back]”, it is not said who told this. That is about them too: it is " \
    "given when they agreed, or when it is reasonable without (Data Protection Act 2018, "      \
    "schedule 2, paragraph 16)."

/* --- the list ------------------------------------------------------------------------------- */

static struct str day_words(struct arena *arena, int32_t day)
{
    return date_words(arena, date_from_days(day));
}

static struct view_child_bundles_bundles list_row(struct request *request,
                                                  const struct child_file *file,
                                                  const struct child_bundle *bundle)
{
    struct arena *arena = request->arena;
    struct view_child_bundles_bundles row = {
        .asked_by = bundle->asked_by,
        .label = str_fmt(arena, "%s of %.*s", bundle->released_at ? "Bundle" : "Draft",
                         STR_ARG(date_words(arena, clock_london(bundle->at).date))),
        .href = url_to_ids(arena, ROUTE_child_bundle_one, file->line.id, bundle->id),
        .linked = !bundle->ended_at,
        .late = child_bundle_is_late(bundle),
        .why = bundle->ended_why,
        .state = STR("Draft"),
        .by = str_fmt(arena, "Drawn up by %.*s, to be answered by %.*s", STR_ARG(bundle->by),
                      STR_ARG(day_words(arena, bundle->due_day)))};
    if (bundle->released_at) {
        row.state = STR("Released");
        row.href = url_to_ids(arena, ROUTE_child_bundle_print, file->line.id, bundle->id);
        row.by = str_fmt(arena, "Drawn up by %.*s, released by %.*s, %.*s", STR_ARG(bundle->by),
                         STR_ARG(bundle->released_by),
                         STR_ARG(clock_words(arena, bundle->released_at)));
    } else if (bundle->ended_at) {
        row.state = STR("Ended");
        row.by = str_fmt(arena, "Drawn up by %.*s, ended by %.*s, %.*s", STR_ARG(bundle->by),
                         STR_ARG(bundle->ended_by), STR_ARG(clock_words(arena, bundle->ended_at)));
    }
    return row;
}

static void draw_list(struct request *request, struct response *response,
                      const struct child_file *file, struct str error, const char *field)
{
    struct arena *arena = request->arena;
    struct child_bundle *list = NULL;
    size_t count = 0;
    struct err err = {0};
    if (child_bundles(request->app, arena, &request->who, file, &list, &count, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    struct view_child_bundles_bundles *rows =
        arena_many(arena, count + 1, struct view_child_bundles_bundles);
    for (size_t i = 0; i < count; i++) rows[i] = list_row(request, file, &list[i]);
    struct view_child_bundles view = {.head = child_head(request, file, TAB_BUNDLE),
                                      .error = error,
                                      .at = html_url_fragment(arena, str_from(field)),
                                      .csrf = request->csrf,
                                      .bundles = rows,
                                      .bundles_count = count,
                                      .add =
                                          url_to_id(arena, ROUTE_child_bundle_add, file->line.id),
                                      .asked_by = form_value(request, "asked-by"),
                                      .asked_on = form_has(request, "asked-on")
                                                      ? form_value(request, "asked-on")
                                                      : STR("today"),
                                      .checked = form_value(request, "checked")};
    if (error.len) response->status = 400;
    PAGE(request, response, "For the child to read", view_child_bundles, &view);
}

void page_child_bundle(struct request *request, struct response *response)
{
    struct child_file file;
    if (child_page_open_to_keep(request, response, &file))
        draw_list(request, response, &file, STR(""), "main");
}

void page_child_bundle_add(struct request *request, struct response *response)
{
    static const char *const fields[] = {"main", "asked-by", "asked-on", "checked"};
    struct child_file file;
    int64_t id = 0;
    enum bundle_field wrong;
    struct err err = {0};
    struct bundle_asked asked = {form_value(request, "asked-by"), form_value(request, "asked-on"),
                                 form_value(request, "checked")};
    if (!child_page_open_to_keep(request, response, &file)) return;
    enum st outcome = child_bundle_add(request->app, &request->who, file.line.id, &asked, &id,
                                       &wrong, &err);
    if (outcome == ST_OK)
        respond_redirect(response,
                         url_to_ids(request->arena, ROUTE_child_bundle_one, file.line.id, id));
    else if (outcome == ST_INVALID)
        draw_list(request, response, &file, str_dup(request->arena, str_from(err.public)),
                  fields[wrong]);
    else
        respond_error(request, response, &err);
}

/* --- a draft --------------------------------------------------------------------------------- */

static bool open_bundle(struct request *request, struct response *response, struct child_file *file,
                        struct child_bundle *bundle)
{
    struct err err = {0};
    if (!child_page_open_to_keep(request, response, file)) return false;
    if (child_bundle_read(request->app, request->arena, &request->who, file, request->id[1], bundle,
                          &err) == ST_OK)
        return true;
    respond_error(request, response, &err);
    return false;
}

/* What becomes of an entry of which nobody has to decide. */
static struct str given_words(const struct bundle_item *item)
{
    if (item->choice == BUNDLE_LEAVE_OUT) return STR("Left out.");
    if (!item->told.to) return STR("Given.");
    return item->choice == BUNDLE_GIVE ? STR("Given with who said so.")
                                       : STR("Given without who said so.");
}

static void draw_item(struct request *request, const struct bundle_item *item,
                      struct view_child_bundle_items *ret)
{
    struct arena *arena = request->arena;
    struct draw_span *spans = arena_many(arena, item->span_count + 2, struct draw_span);
    size_t span_count = item->span_count;
    for (size_t i = 0; i < span_count; i++)
        spans[i] = (struct draw_span){item->span[i].start, item->span[i].end, item->span[i].kind};
    if (item->told.to)
        spans[span_count++] = (struct draw_span){item->told.from, item->told.to, DRAW_SOURCE};
    if (item->again.to)
        spans[span_count++] = (struct draw_span){item->again.from, item->again.to, DRAW_SOURCE};
    struct draw_segment *segments = NULL;
    size_t count = draw_segments(arena, item->words, spans, span_count, &segments);
    bool told = item->told.to > 0;
    *ret = (struct view_child_bundle_items){
        .id = str_fmt(arena, "item-%.*s", STR_ARG(item->key)),
        .name = str_fmt(arena, "give-%.*s", STR_ARG(item->key)),
        .day = date_words(arena, date_from_days(item->day)),
        .kind = str_from(chronology_kind_label(item->kind)),
        .marked = item->marked,
        .why =
            item->span_count ? STR("Others are named here.") : STR("This came from somebody else."),
        .given = given_words(item),
        .all = told ? STR("All of it, with who said so") : STR("All of it"),
        .segments_count = count,
        .give = item->choice == BUNDLE_GIVE,
        .without_source = item->choice == BUNDLE_WITHOUT_SOURCE,
        .without = item->choice == BUNDLE_WITHOUT_NAMES,
        .out = item->choice == BUNDLE_LEAVE_OUT,
        .told = told,
        .can_hide = item->span_count > 0};
    DRAW_COPY_SEGMENTS(arena, struct view_child_bundle_items_segments, segments, count,
                       ret->segments);
}

/* Empty: it does not. */
static struct str longer_words(struct arena *arena, const struct child_bundle *bundle)
{
    if (!bundle->longer_at) return STR("");
    return str_fmt(arena,
                   "It takes two months more than the first. They were told so on %.*s: “%.*s” "
                   "%.*s wrote that down, %.*s.",
                   STR_ARG(day_words(arena, bundle->longer_day)), STR_ARG(bundle->longer_why),
                   STR_ARG(bundle->longer_by), STR_ARG(clock_words(arena, bundle->longer_at)));
}

/* `unsaved`: the choices are those that were typed; nothing is released out of such a page. */
static void draw_bundle(struct request *request, struct response *response,
                        const struct child_file *file, const struct child_bundle *bundle,
                        struct str error, const char *field, bool unsaved)
{
    struct arena *arena = request->arena;
    struct view_child_bundle_items *items =
        arena_many(arena, bundle->item_count + 1, struct view_child_bundle_items);
    for (size_t i = 0; i < bundle->item_count; i++) draw_item(request, &bundle->item[i], &items[i]);
    struct view_child_bundle view = {
        .caption = child_caption(request, file),
        .back = url_to_id(arena, ROUTE_child_bundle, file->line.id),
        .error = error,
        .at = html_url_fragment(arena, str_from(field)),
        .csrf = request->csrf,
        .asked_by = bundle->asked_by,
        .checked = bundle->checked,
        .by = str_fmt(arena, "Drawn up by %.*s, %.*s", STR_ARG(bundle->by),
                      STR_ARG(clock_words(arena, bundle->at))),
        .own = bundle->own,
        .seen = unsaved ? STR("") : bundle->seen,
        .base = bundle->seen,
        .undecided =
            !bundle->undecided ? STR("Every marked entry is decided.")
            : bundle->undecided == 1
                ? STR("1 marked entry is still to be decided.")
                : str_fmt(arena, "%zu marked entries are still to be decided.", bundle->undecided),
        .action = url_to_ids(arena, ROUTE_child_bundle_save, file->line.id, bundle->id),
        .held_back = bundle->held_back,
        .due = str_fmt(arena, "Asked on %.*s, to be answered by %.*s.",
                       STR_ARG(day_words(arena, bundle->asked_day)),
                       STR_ARG(day_words(arena, bundle->due_day))),
        .late = child_bundle_is_late(bundle),
        .longer = longer_words(arena, bundle),
        .longer_action = url_to_ids(arena, ROUTE_child_bundle_longer, file->line.id, bundle->id),
        .told_on = form_has(request, "told-on") ? form_value(request, "told-on") : STR("today"),
        .longer_why = form_value(request, "longer-why"),
        .open_longer = form_has(request, "longer-why"),
        .end = url_to_ids(arena, ROUTE_child_bundle_end, file->line.id, bundle->id),
        .end_reason = form_value(request, "end-reason"),
        .open_end = form_has(request, "end-reason"),
        .left_out =
            form_has(request, "left-out") ? form_value(request, "left-out") : bundle->left_out,
        .release = url_to_ids(arena, ROUTE_child_bundle_release, file->line.id, bundle->id),
        .print = url_to_ids(arena, ROUTE_child_bundle_print, file->line.id, bundle->id),
        .items = items,
        .items_count = bundle->item_count};
    if (error.len) response->status = 400;
    PAGE(request, response, "Draft for the child to read", view_child_bundle, &view);
}

void page_child_bundle_one(struct request *request, struct response *response)
{
    struct child_file file;
    struct child_bundle bundle;
    if (!open_bundle(request, response, &file, &bundle)) return;
    if (bundle.released_at)
        respond_redirect(response, url_to_ids(request->arena, ROUTE_child_bundle_print,
                                              file.line.id, bundle.id));
    else if (bundle.ended_at)
        respond_redirect(response, url_to_id(request->arena, ROUTE_child_bundle, file.line.id));
    else
        draw_bundle(request, response, &file, &bundle, STR(""), "main", false);
}

/* One that may still be changed. */
static bool open_draft(struct request *request, struct response *response, struct child_file *file,
                       struct child_bundle *bundle)
{
    struct err err = {0};
    if (!open_bundle(request, response, file, bundle)) return false;
    if (child_bundle_is_open(bundle)) return true;
    err_set(&err, ST_CONFLICT, "This was released or ended already: it stays as it is.");
    respond_error(request, response, &err);
    return false;
}

/* Whoever chose meanwhile is not overruled by a form that was open before. */
static enum st check_seen(struct request *request, const struct child_bundle *bundle,
                          struct err *err)
{
    if (str_eq(form_value(request, "seen"), bundle->seen)) return ST_OK;
    return err_set(err, ST_CONFLICT,
                   "Something of this draft changed since you opened it. What you chose is below; "
                   "save again if it still holds.");
}

void page_child_bundle_save(struct request *request, struct response *response)
{
    struct child_file file;
    struct child_bundle bundle;
    struct err err = {0};
    if (!open_draft(request, response, &file, &bundle)) return;
    bundle.undecided = 0;
    for (size_t i = 0; i < bundle.item_count; i++) {
        struct bundle_item *item = &bundle.item[i];
        const struct form_field *field =
            form_find(request, str_fmt(request->arena, "give-%.*s", STR_ARG(item->key)));
        /* A box that is not ticked is not sent. */
        if (!item->marked) item->choice = bundle_item_default(item);
        if (field) (void)bundle_choice_from_name(field->value, &item->choice);
        bundle.undecided += item->choice == BUNDLE_UNDECIDED;
    }
    bundle.left_out = form_value(request, "left-out");
    enum st outcome = check_seen(request, &bundle, &err);
    if (outcome == ST_OK)
        outcome = child_bundle_save(request->app, &request->who, &file, &bundle, &err);
    if (outcome == ST_OK)
        respond_redirect(
            response, url_to_ids(request->arena, ROUTE_child_bundle_one, file.line.id, bundle.id));
    else if (outcome == ST_INVALID || outcome == ST_CONFLICT)
        draw_bundle(request, response, &file, &bundle,
                    str_dup(request->arena, str_from(err.public)),
                    outcome == ST_INVALID ? "left-out" : "main", true);
    else
        respond_error(request, response, &err);
}

void page_child_bundle_release(struct request *request, struct response *response)
{
    struct child_file file;
    struct child_bundle bundle;
    struct err err = {0};
    if (!open_draft(request, response, &file, &bundle)) return;
    if (!form_has(request, "sure")) {
        draw_bundle(request, response, &file, &bundle,
                    STR("Tick that you have looked at all of it."), "sure", false);
        return;
    }
    enum st outcome = child_bundle_release(request->app, &request->who, &file, bundle.id,
                                           form_value(request, "seen"), &err);
    if (outcome == ST_OK)
        respond_redirect(response, url_to_ids(request->arena, ROUTE_child_bundle_print,
                                              file.line.id, bundle.id));
    else if (outcome == ST_CONFLICT)
        draw_bundle(request, response, &file, &bundle,
                    str_dup(request->arena, str_from(err.public)), "main", false);
    else
        respond_error(request, response, &err);
}

void page_child_bundle_longer(struct request *request, struct response *response)
{
    struct child_file file;
    struct child_bundle bundle;
    struct err err = {0};
    bool day = false;
    if (!open_draft(request, response, &file, &bundle)) return;
    enum st outcome = child_bundle_longer(request->app, &request->who, &file, bundle.id,
                                          form_value(request, "told-on"),
                                          form_value(request, "longer-why"), &day, &err);
    if (outcome == ST_OK)
        respond_redirect(
            response, url_to_ids(request->arena, ROUTE_child_bundle_one, file.line.id, bundle.id));
    else if (outcome == ST_INVALID || outcome == ST_CONFLICT)
        draw_bundle(request, response, &file, &bundle,
                    str_dup(request->arena, str_from(err.public)),
                    outcome == ST_CONFLICT ? "main"
                    : day                  ? "told-on"
                                           : "longer-why",
                    false);
    else
        respond_error(request, response, &err);
}

void page_child_bundle_end(struct request *request, struct response *response)
{
    struct child_file file;
    struct child_bundle bundle;
    struct err err = {0};
    if (!open_draft(request, response, &file, &bundle)) return;
    enum st outcome = child_bundle_end(request->app, &request->who, &file, bundle.id,
                                       form_value(request, "end-reason"), &err);
    if (outcome == ST_OK)
        respond_redirect(response, url_to_id(request->arena, ROUTE_child_bundle, file.line.id));
    else if (outcome == ST_INVALID)
        draw_bundle(request, response, &file, &bundle,
                    str_dup(request->arena, str_from(err.public)), "end-reason", false);
    else
        respond_error(request, response, &err);
}

/* --- as it is given --------------------------------------------------------------------------- */

/* What may leave the program on paper or as a file is a disclosure. */
static bool note_given(struct request *request, struct response *response,
                       const struct child_file *file)
{
    struct err err = {0};
    struct audit_event event = {.kind = AUDIT_DISCLOSURE,
                                .action = "subject access printed",
                                .account = request->who.account,
                                .subject = "child",
                                .subject_id = file->line.id};
    if (audit_event(request->app, &event, &err) == ST_OK) return true;
    respond_error(request, response, &err);
    return false;
}

/* A draft is looked at on the screen, as it would be given; nothing of it comes out on paper. */
void page_child_bundle_print(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct child_file file;
    struct child_bundle bundle;
    if (!open_bundle(request, response, &file, &bundle)) return;
    if (bundle.ended_at) {
        respond_redirect(response, url_to_id(arena, ROUTE_child_bundle, file.line.id));
        return;
    }
    struct view_child_bundle_print_items *items =
        arena_many(arena, bundle.item_count + 1, struct view_child_bundle_print_items);
    size_t count = 0;
    for (size_t i = 0; i < bundle.item_count; i++) {
        struct str words = bundle_item_given(arena, &bundle.item[i]);
        if (words.len)
            items[count++] = (struct view_child_bundle_print_items){
                date_words(arena, date_from_days(bundle.item[i].day)),
                str_from(chronology_kind_label(bundle.item[i].kind)), words};
    }
    bool draft = !bundle.released_at;
    if (!draft && !note_given(request, response, &file)) return;
    struct view_child_bundle_print view = {
        .name = child_title(&file),
        .draft = draft,
        .paper = draft ? STR("govuk-!-display-none-print") : STR(""),
        .asked_by = bundle.asked_by,
        .released =
            draft ? STR("")
                  : str_fmt(arena, "Released by %.*s on %.*s.", STR_ARG(bundle.released_by),
                            STR_ARG(date_words(arena, clock_london(bundle.released_at).date))),
        .left_out = bundle.left_out,
        .held_back = bundle.held_back ? STR(BUNDLE_HELD_BACK) : STR(""),
        .pdf = url_to_ids(arena, ROUTE_child_bundle_pdf, file.line.id, bundle.id),
        .back = draft ? url_to_ids(arena, ROUTE_child_bundle_one, file.line.id, bundle.id)
                      : url_to_id(arena, ROUTE_child_bundle, file.line.id),
        .area = area_name(request->app->area),
        .items = items,
        .items_count = count};
    PAGE(request, response, "What is held", view_child_bundle_print, &view);
}

/* --- as a file -------------------------------------------------------------------------------- */

struct writing {
    struct arena *arena;
    struct str name;
    const struct child_bundle *bundle;
};

static void write_bundle(struct paper *paper, const void *context)
{
    const struct writing *writing = context;
    const struct child_bundle *bundle = writing->bundle;
    struct arena *arena = writing->arena;
    paper_text(paper, str_fmt(arena, "What is held about %.*s", STR_ARG(writing->name)), 0, 18,
               true, 0);
    paper_space(paper, 6);
    paper_text(paper, str_fmt(arena, "For %.*s.", STR_ARG(bundle->asked_by)), 0, 10.5, false, 0);
    if (bundle->left_out.len)
        paper_text(paper,
                   str_fmt(arena, "What is left out, and why: %.*s", STR_ARG(bundle->left_out)), 0,
                   10.5, false, 0);
    if (bundle->held_back) paper_text(paper, STR(BUNDLE_HELD_BACK), 0, 10.5, false, 0);
    for (size_t i = 0; i < bundle->item_count; i++) {
        const struct bundle_item *item = &bundle->item[i];
        struct str words = bundle_item_given(arena, item);
        if (!words.len) continue;
        paper_space(paper, 8);
        paper_text(paper,
                   str_fmt(arena, "%.*s, %s", STR_ARG(date_words(arena, date_from_days(item->day))),
                           chronology_kind_label(item->kind)),
                   0, 10.5, true, 30);
        paper_text(paper, words, 12, 10.5, false, 0);
    }
}

void page_child_bundle_pdf(struct request *request, struct response *response)
{
    struct child_file file;
    struct child_bundle bundle;
    struct err err = {0};
    if (!open_bundle(request, response, &file, &bundle)) return;
    if (!bundle.released_at) {
        err_set(&err, ST_CONFLICT,
                "This was not released. A second person does that before it can be downloaded.");
        respond_error(request, response, &err);
        return;
    }
    if (!note_given(request, response, &file)) return;
    struct writing writing = {request->arena, child_title(&file), &bundle};
    struct str title = str_fmt(request->arena, "Held on %.*s", STR_ARG(file.line.reference));
    if (paper_pdf(request, title, "OFFICIAL-SENSITIVE", write_bundle, &writing, &response->body,
                  &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    response->content_type = "application/pdf";
    response->file_name = STR("what-is-held.pdf");
}
