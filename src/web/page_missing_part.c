/*
 * One part of an episode on a page: the report, what was done, the return, the offer, the return
 * interview; and what is prepared beforehand.
 */
#include "web/page_missing.h"
#include "web/page_part.h"

struct part_page {
    struct form_part part;
    struct missing_given given[FORM_PART_QUESTIONS_MAX];
    const struct missing_file *kept; /* NULL: a new one */
};

/* The child's own words, and what others said, are kept as they are. */
static bool advises(const struct question *question)
{
    return !str_starts(question->key, STR("said-")) && !str_starts(question->key, STR("wish-"));
}

static void begin(struct request *request, const char *section, struct part_page *page)
{
    form_part_begin(&area_missing(request->app->area)->form, section, advises, &page->part);
}

static struct answer answer_of(const void *context, struct str key)
{
    return missing_answer_get(context, key);
}

static void draw_kept(struct request *request, struct part_page *page)
{
    form_part_kept(request, answer_of, page->kept, &page->part);
}

/* Answers that were saved otherwise since the form was opened: both are shown, and nothing is
 * overwritten until whoever typed has seen it. */
static void show_theirs(struct request *request, struct part_page *page)
{
    struct form_part *part = &page->part;
    struct date today = clock_london(clock_now()).date;
    int64_t seen = 0;
    bool adds = str_eq(part->section->key, STR(MISSING_ACTION)); /* to what stands */
    if (!page->kept || adds || !str_to_int(form_value(request, "version"), &seen)) return;
    for (size_t i = 0; i < page->kept->answer_count; i++) {
        const struct missing_answer *theirs = &page->kept->answer[i];
        for (size_t k = 0; k < part->count && theirs->entry > seen; k++) {
            const struct question *question = part->draw[k].question;
            struct answer mine =
                answer_settled(request->arena, question, today, page->given[k].answer);
            if (!str_eq(theirs->key, question->key) ||
                (theirs->answer.kind == mine.kind && str_eq(theirs->answer.value, mine.value)))
                continue;
            part->draw[k].clash = answer_words(request->arena, question, &theirs->answer);
            part->draw[k].clash_at = clock_words(request->arena, theirs->at);
            form_part_wrong(part,
                            STR("Another answer was saved since you opened this page. Both are "
                                "shown; nothing was overwritten."),
                            theirs->key);
        }
    }
}

/* The newest entry that whoever types has seen. */
static struct str seen_by_now(struct request *request, const struct missing_file *file)
{
    return str_fmt(request->arena, "%lld", (long long)file->newest);
}

/* What was typed; false: something of it cannot be kept, and says so. */
static bool read_part(struct request *request, struct part_page *page)
{
    struct form_part *part = &page->part;
    struct form_problems problems;
    form_part_read(request, part);
    for (size_t i = 0; i < part->count; i++)
        page->given[i] = (struct missing_given){part->draw[i].question, part->answer[i]};
    missing_check(page->kept, part->section->key, page->given, part->count, &problems);
    form_part_wrong_all(part, &problems);
    bool stands = form_part_stands(request, part);
    if (stands)
        show_theirs(request, page);
    else
        part->version = form_value(request, "version"); /* what came since is still unseen */
    return stands && form_part_stands(request, part);
}

static void draw_forums(struct request *request, struct form_part *part)
{
    size_t count = 0;
    const struct area_forum *forum = area_forums(request->app->area, &count);
    struct view_missing_forum_forums *list =
        arena_many(request->arena, count + 1, struct view_missing_forum_forums);
    struct str chosen =
        form_has(request, "forum") ? form_value(request, "forum") : request->who.forum;
    for (size_t i = 0; i < count; i++)
        list[i] = (struct view_missing_forum_forums){forum[i].id, forum[i].name,
                                                     str_eq(forum[i].id, chosen)};
    struct view_missing_forum view = {.forums = list, .forums_count = count};
    struct buf drawn;
    buf_init(&drawn, 1 << 20);
    view_missing_forum(&drawn, &view);
    part->extra.s = str_dup(request->arena, buf_str(&drawn));
    buf_done(&drawn);
}

static void draw_part(struct request *request, struct response *response,
                      const struct part_page *page)
{
    form_part_page(request, response, &page->part);
}

/* --- a new episode ---------------------------------------------------------------------------- */

static bool open_new(struct request *request, struct response *response, struct child_file *file,
                     struct part_page *page)
{
    struct err err = {0};
    if (!child_page_open(request, response, file)) return false;
    if (!file->may_edit) {
        (void)child_missing(&err);
        respond_error(request, response, &err);
        return false;
    }
    begin(request, MISSING_REPORT, page);
    page->part.back = url_to_id(request->arena, ROUTE_child_missing, file->line.id);
    page->part.action = url_to_id(request->arena, ROUTE_child_missing_report, file->line.id);
    page->part.caption = child_caption(request, file);
    draw_forums(request, &page->part);
    return true;
}

void page_child_missing_new(struct request *request, struct response *response)
{
    struct child_file file;
    struct part_page *page = arena_new(request->arena, struct part_page);
    if (open_new(request, response, &file, page)) draw_part(request, response, page);
}

/* What was typed stays, beside the other episode when there is one. */
static void draw_refused(struct request *request, struct response *response, struct part_page *page,
                         int64_t other, const struct err *err)
{
    form_part_wrong(&page->part, str_dup(request->arena, str_from(err->public)),
                    STR("missing-since-day"));
    if (other) {
        page->part.see = url_to_id(request->arena, ROUTE_missing_one, other);
        page->part.see_words = STR("See the other episode");
    }
    response->status = 400;
    draw_part(request, response, page);
}

void page_child_missing_report(struct request *request, struct response *response)
{
    struct child_file file;
    struct part_page *page = arena_new(request->arena, struct part_page);
    struct err err = {0};
    int64_t episode = 0;
    if (!open_new(request, response, &file, page)) return;
    if (!read_part(request, page)) {
        response->status = 400;
        draw_part(request, response, page);
        return;
    }
    struct str forum = form_value(request, "forum");
    int64_t other = 0;
    struct missing_new new = {.child = file.line.id,
                              .forum = area_forum_find(request->app->area, forum) ? forum : STR(""),
                              .other = &other};
    enum st outcome = missing_report(request->app, &request->who, &new, page->given,
                                     page->part.count, &episode, &err);
    if (outcome == ST_INVALID)
        draw_refused(request, response, page, other, &err);
    else if (outcome != ST_OK)
        respond_error(request, response, &err);
    else
        respond_redirect(response, url_with(request->arena,
                                            url_to_id(request->arena, ROUTE_missing_one, episode),
                                            "saved", STR("report")));
}

/* --- a part of one ---------------------------------------------------------------------------- */

static bool open_part(struct request *request, struct response *response, struct missing_file *file,
                      struct part_page *page)
{
    static const char *const parts[] = {MISSING_REPORT, MISSING_ACTION, MISSING_RETURN,
                                        MISSING_OFFER, MISSING_INTERVIEW};
    struct err err = {0};
    enum st outcome =
        missing_open(request->app, request->arena, &request->who, request->id[0], file, &err);
    size_t which = 0;
    while (which < sizeof parts / sizeof *parts &&
           !str_eq(request->parameter[1], str_from(parts[which])))
        which++;
    if (outcome == ST_OK && (!file->may_edit || which == sizeof parts / sizeof *parts))
        outcome = missing_gone(&err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return false;
    }
    begin(request, parts[which], page);
    page->kept = file;
    page->part.version = seen_by_now(request, file);
    if (str_eq(page->part.section->key, STR(MISSING_INTERVIEW)) && !missing_is_offered(file)) {
        page->part.also_title = STR("Before: the offer");
        form_part_also(&page->part, "offer-day");
        form_part_also(&page->part, "offer-time");
    }
    page->part.back = url_to_id(request->arena, ROUTE_missing_one, file->line.id);
    page->part.action = url_to_texts(request->arena, ROUTE_missing_part_save,
                                     str_fmt(request->arena, "%lld", (long long)file->line.id),
                                     str_from(parts[which]));
    page->part.caption = str_fmt(request->arena, "%.*s, %.*s", STR_ARG(file->line.child_name),
                                 STR_ARG(file->line.reference));
    return true;
}

void page_missing_part(struct request *request, struct response *response)
{
    struct missing_file file;
    struct part_page *page = arena_new(request->arena, struct part_page);
    if (!open_part(request, response, &file, page)) return;
    draw_kept(request, page);
    draw_part(request, response, page);
}

void page_missing_part_save(struct request *request, struct response *response)
{
    struct missing_file file;
    struct part_page *page = arena_new(request->arena, struct part_page);
    struct err err = {0};
    if (!open_part(request, response, &file, page)) return;
    if (!read_part(request, page)) {
        response->status = 400;
        draw_part(request, response, page);
        return;
    }
    if (missing_save(request->app, &request->who, file.line.id, page->part.section->key,
                     page->given, page->part.count, 0, &err) != ST_OK)
        respond_error(request, response, &err);
    else
        respond_redirect(
            response, url_with(request->arena, page->part.back, "saved", page->part.section->key));
}

/* --- beforehand ------------------------------------------------------------------------------- */

static bool open_prepared(struct request *request, struct response *response,
                          struct child_file *child, struct missing_file *file,
                          struct part_page *page)
{
    struct err err = {0};
    if (!child_page_open(request, response, child)) return false;
    enum st outcome = child->may_edit
                          ? missing_prepared(request->app, request->arena, child, file, &err)
                          : child_missing(&err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return false;
    }
    begin(request, MISSING_PREPARED, page);
    page->kept = file;
    page->part.version = seen_by_now(request, file);
    page->part.back = url_to_id(request->arena, ROUTE_child_missing, child->line.id);
    page->part.action = url_to_id(request->arena, ROUTE_child_prepared_save, child->line.id);
    page->part.caption = child_caption(request, child);
    return true;
}

void page_child_prepared(struct request *request, struct response *response)
{
    struct child_file child;
    struct missing_file file;
    struct part_page *page = arena_new(request->arena, struct part_page);
    if (!open_prepared(request, response, &child, &file, page)) return;
    draw_kept(request, page);
    draw_part(request, response, page);
}

void page_child_prepared_save(struct request *request, struct response *response)
{
    struct child_file child;
    struct missing_file file;
    struct part_page *page = arena_new(request->arena, struct part_page);
    struct err err = {0};
    if (!open_prepared(request, response, &child, &file, page)) return;
    if (!read_part(request, page)) {
        response->status = 400;
        draw_part(request, response, page);
        return;
    }
    if (missing_prepare(request->app, &request->who, child.line.id, page->given, page->part.count,
                        0, &err) != ST_OK)
        respond_error(request, response, &err);
    else
        child_saved(request, response, page->part.back, "entry");
}
