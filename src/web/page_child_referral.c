/*
 * The children of a referral and their records: a new one, or one that is there.
 */
#include "domain/child_referral.h"
#include "link/link.h"
#include "web/page_child.h"

static size_t draw_choices(struct request *request, const struct referred_child *child,
                           struct view_referred_children_children_choices **ret)
{
    struct arena *arena = request->arena;
    struct child_known known[CHILD_KNOWN_MAX];
    size_t count = child_find_known(request->app, arena, &request->who, child, known);
    *ret = arena_many(arena, count + 1, struct view_referred_children_children_choices);
    for (size_t i = 0; i < count; i++)
        (*ret)[i] = (struct view_referred_children_children_choices){
            .id = str_fmt(arena, "child-%lld-%zu", (long long)child->position, i + 1),
            .value = known[i].line.id,
            .label = str_fmt(arena, "%.*s, %.*s, %.*s", STR_ARG(known[i].line.name),
                             STR_ARG(child_born_words(arena, known[i].line.birth)),
                             STR_ARG(known[i].line.reference)),
            .reference = known[i].line.reference,
            .why = known[i].same_number ? STR("The NHS numbers are the same.")
                                        : str_fmt(arena, "Name and date of birth fit: %s evidence.",
                                                  link_weight_word(known[i].bits)),
            .href = url_to_id(arena, ROUTE_child, known[i].line.id)};
    (*ret)[count] = (struct view_referred_children_children_choices){
        .id = str_fmt(arena, "child-%lld-new", (long long)child->position),
        .value = 0,
        .label = count ? STR("Another child: make a new record")
                       : STR("A child who is not known yet: make a record"),
        .href = url_to(ROUTE_children)};
    return count + 1;
}

static void draw(struct request *request, struct response *response, struct str error, int64_t at)
{
    struct arena *arena = request->arena;
    struct referred_child *list = NULL;
    size_t count = 0;
    struct err err = {0};
    if (referred_children(request->app, arena, &request->who, request->id[0], &list, &count,
                          &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    struct view_referred_children_children *children =
        arena_many(arena, count + 1, struct view_referred_children_children);
    for (size_t i = 0; i < count; i++) {
        children[i] = (struct view_referred_children_children){
            .name = list[i].name,
            .lead = list[i].birth.len ? str_fmt(arena, "As the referral says: %.*s.",
                                                STR_ARG(child_born_words(arena, list[i].birth)))
                                      : STR(""),
            .id = str_fmt(arena, "child-%lld", (long long)list[i].position),
            .joined = list[i].joined,
            .seen = list[i].child != 0,
            .record = list[i].child ? url_to_id(arena, ROUTE_child, list[i].child)
                                    : url_to(ROUTE_children),
            .action = url_to_ids(arena, ROUTE_referred_child, request->id[0], list[i].position)};
        struct view_referred_children_children_choices *choices = NULL;
        if (!list[i].joined) children[i].choices_count = draw_choices(request, &list[i], &choices);
        children[i].choices = choices;
    }
    struct view_referred_children view = {
        .reference = count ? list[0].reference : STR(""),
        .back = url_to_id(arena, ROUTE_desk_case, request->id[0]),
        .error = error,
        .at = html_url_fragment(arena, str_fmt(arena, "child-%lld", (long long)at)),
        .csrf = request->csrf,
        .children = children,
        .children_count = count};
    if (error.len) response->status = 400;
    PAGE(request, response, "Records of these children", view_referred_children, &view);
}

void page_referred_children(struct request *request, struct response *response)
{
    draw(request, response, STR(""), 0);
}

void page_referred_child(struct request *request, struct response *response)
{
    int64_t child = 0;
    struct err err = {0};
    struct referred_child of;
    enum st outcome = referred_child_read(request->app, request->arena, &request->who,
                                          request->id[0], request->id[1], &of, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    if (!str_to_int(form_value(request, "child"), &child)) {
        draw(request, response, STR("Choose whose record it is, or make a new one."), of.position);
        return;
    }
    outcome = child ? child_join_referral(request->app, &request->who, of.referral, of.position,
                                          child, &err)
                    : child_from_referral(request->app, &request->who, of.referral, of.position,
                                          &child, &err);
    if (outcome == ST_OK)
        child_saved(request, response, url_to_id(request->arena, ROUTE_child, child), "referral");
    else if (outcome == ST_CONFLICT || outcome == ST_INVALID)
        draw(request, response, str_dup(request->arena, str_from(err.public)), of.position);
    else
        respond_error(request, response, &err);
}

/* --- taking it back --------------------------------------------------------------------------- */

static void draw_part(struct request *request, struct response *response,
                      const struct child_file *file, struct str error)
{
    struct arena *arena = request->arena;
    struct url action = url_to_ids(arena, ROUTE_child_part_send, file->line.id, request->id[1]);
    struct view_child_part view = {
        .caption = child_caption(request, file),
        .child = url_to_id(arena, ROUTE_child, file->line.id),
        .action = url_with(arena, action, "position", form_value(request, "position")),
        .csrf = request->csrf,
        .error = error,
        .at = AT(request, "reason"),
        .reason = form_value(request, "reason")};
    if (error.len) response->status = 400;
    PAGE(request, response, "Not this child", view_child_part, &view);
}

void page_child_part(struct request *request, struct response *response)
{
    struct child_file file;
    if (child_page_open_to_keep(request, response, &file))
        draw_part(request, response, &file, STR(""));
}

void page_child_part_send(struct request *request, struct response *response)
{
    struct child_file file;
    int64_t position = 0;
    struct err err = {0};
    if (!child_page_open_to_keep(request, response, &file)) return;
    if (!str_to_int(form_value(request, "position"), &position)) position = 0;
    enum st outcome = child_part_referral(request->app, &request->who, file.line.id, request->id[1],
                                          position, form_value(request, "reason"), &err);
    if (outcome == ST_OK)
        child_saved(request, response, url_to_id(request->arena, ROUTE_child, file.line.id),
                    "parted");
    else if (outcome == ST_INVALID)
        draw_part(request, response, &file, str_dup(request->arena, str_from(err.public)));
    else
        respond_error(request, response, &err);
}
