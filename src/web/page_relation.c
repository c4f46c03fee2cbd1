/*
 * How an entity belongs together with others, as analysts say.
 */
#include "domain/entity_seen.h"
#include "domain/relation.h"
#include "web/draw.h"
#include "web/layout.h"
#include "web/pages.h"

enum { SHOWN_MAX = 30 };

/* What of the form is wrong, and of which relation's end. */
struct trouble {
    const struct err *err; /* NULL: nothing */
    const char *at;
    int64_t ending;
};

static void draw_lines(struct request *request, const struct trouble *trouble,
                       const struct relation *list, size_t count, struct view_relations *view)
{
    struct arena *arena = request->arena;
    struct view_relations_standing *standing =
        arena_many(arena, count, struct view_relations_standing);
    struct view_relations_ended *ended = arena_many(arena, count, struct view_relations_ended);
    for (size_t i = 0; i < count; i++) {
        const struct relation *row = &list[i];
        struct url href = url_to_id(arena, ROUTE_entity, row->other);
        struct str title = draw_excerpt(arena, row->other_title, 90);
        struct str when = clock_words(arena, row->at);
        if (row->ended_at) {
            ended[view->ended_count++] =
                (struct view_relations_ended){row->label,
                                              title,
                                              href,
                                              row->words,
                                              row->by,
                                              when,
                                              clock_words(arena, row->ended_at),
                                              row->ended_name,
                                              row->ended_why};
            continue;
        }
        struct view_relations_standing_shown *shown =
            arena_many(arena, row->shown_count, struct view_relations_standing_shown);
        for (size_t k = 0; k < row->shown_count; k++)
            shown[k] = (struct view_relations_standing_shown){
                row->shown[k].reference,
                url_to_id(arena, ROUTE_submission, row->shown[k].submission)};
        standing[view->standing_count++] = (struct view_relations_standing){
            .label = row->label,
            .kind = str_from(kind_name(row->other_kind)),
            .kind_label = draw_kind_label(row->other_kind),
            .title = title,
            .href = href,
            .words = row->words,
            .known = date_words(arena, date_from_days(row->known_day)),
            .by = row->by,
            .when = when,
            .shown = shown,
            .shown_count = row->shown_count,
            .end = url_to_ids(arena, ROUTE_relation_end, request->id[0], row->id),
            .id = str_fmt(arena, "relation-%lld", (long long)row->id),
            .open = trouble->ending == row->id};
    }
    view->standing = standing;
    view->ended = ended;
}

/* The pack's words that fit this kind, said from either end. */
static void draw_terms(struct request *request, enum link_kind kind, struct view_relations *view)
{
    enum { MOST = 200 };
    struct arena *arena = request->arena;
    struct view_relations_terms *terms = arena_many(arena, MOST, struct view_relations_terms);
    const struct grading_term *term = NULL;
    while ((term = grading_next(request->app->area, GRADING_RELATION, STR(""), term)) &&
           view->terms_count + 2 <= MOST) {
        struct str backwards = str_fmt(arena, "%.*s<", STR_ARG(term->id));
        struct str chosen = form_value(request, "term");
        if (term->from >> kind & 1)
            terms[view->terms_count++] =
                (struct view_relations_terms){term->id, term->label, str_eq(chosen, term->id)};
        if (term->to >> kind & 1 && !str_eq(term->label, term->inverse))
            terms[view->terms_count++] =
                (struct view_relations_terms){backwards, term->inverse, str_eq(chosen, backwards)};
    }
    view->terms = terms;
}

static bool is_ticked(const struct request *request, struct str value)
{
    for (size_t i = 0; i < request->field_count; i++)
        if (str_eq(request->field[i].name, STR("shown")) && str_eq(request->field[i].value, value))
            return true;
    return false;
}

/* What tells one from another of the same title: when it was last seen, its age, who told of it. */
static struct str apart(struct request *request, int64_t entity)
{
    struct arena *arena = request->arena;
    struct profile profile;
    struct err err = {0};
    if (profile_read(request->app, arena, &request->who, entity, &profile, &err) != ST_OK ||
        !profile.mention_count)
        return STR("");
    const struct profile_mention *newest = &profile.mention[profile.mention_count - 1];
    struct str words = str_fmt(arena, "last seen %.*s",
                               STR_ARG(date_words(arena, date_from_days(profile.last_seen))));
    for (size_t i = 0; i < profile.value_count; i++) {
        const struct profile_value *value = &profile.value[i];
        if (value->field != LINK_AGE && value->field != LINK_BIRTH) continue;
        words = str_fmt(arena, "%.*s, %s %.*s", STR_ARG(words),
                        value->field == LINK_AGE ? "age" : "born",
                        STR_ARG(draw_excerpt(arena, value->value, 20)));
        break;
    }
    return str_fmt(arena, "%.*s, %.*s, %.*s", STR_ARG(words),
                   STR_ARG(draw_sector_label(request->app, newest->sector)),
                   STR_ARG(newest->reference));
}

/* "Person: Daz"; of several that are called so, with what tells them apart. */
static void label_others(struct request *request, const struct profile *profile,
                         struct view_relations_others *others)
{
    struct arena *arena = request->arena;
    size_t count = profile->relation_count;
    bool *alike = arena_many(arena, count + 1, bool);
    for (size_t i = 0; i < count; i++)
        others[i].label =
            str_fmt(arena, "%.*s: %.*s", STR_ARG(draw_kind_label(profile->relation[i].kind)),
                    STR_ARG(draw_excerpt(arena, profile->relation[i].title, 70)));
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < i; k++)
            if (str_eq(others[i].label, others[k].label)) alike[i] = alike[k] = true;
    for (size_t i = 0; i < count; i++) {
        struct str words = alike[i] ? apart(request, profile->relation[i].entity) : STR("");
        if (words.len)
            others[i].label =
                str_fmt(arena, "%.*s (%.*s)", STR_ARG(others[i].label), STR_ARG(words));
    }
}

/* Who it may be, and the newest submissions that name it. */
static void draw_choices(struct request *request, const struct profile *profile,
                         struct view_relations *view)
{
    struct arena *arena = request->arena;
    struct view_relations_others *others =
        arena_many(arena, profile->relation_count, struct view_relations_others);
    for (size_t i = 0; i < profile->relation_count; i++) {
        const struct profile_relation *other = &profile->relation[i];
        struct str value = str_fmt(arena, "%lld", (long long)other->entity);
        others[i] = (struct view_relations_others){
            .value = value, .selected = str_eq(form_value(request, "other"), value)};
    }
    label_others(request, profile, others);
    struct view_relations_shown *shown = arena_many(arena, SHOWN_MAX, struct view_relations_shown);
    int64_t last = 0;
    for (size_t i = profile->mention_count; i > 0 && view->shown_count < SHOWN_MAX; i--) {
        const struct profile_mention *mention = &profile->mention[i - 1];
        if (mention->mention.submission == last) continue;
        last = mention->mention.submission;
        struct str value = str_fmt(arena, "%lld", (long long)last);
        shown[view->shown_count++] = (struct view_relations_shown){
            .id = str_fmt(arena, "shown-%lld", (long long)last),
            .value = value,
            .label = str_fmt(arena, "%.*s, %.*s: %.*s", STR_ARG(mention->reference),
                             STR_ARG(date_words(arena, date_from_days(mention->day))),
                             STR_ARG(draw_excerpt(arena, mention->title, 60))),
            .checked = is_ticked(request, value)};
    }
    view->others = others;
    view->others_count = profile->relation_count;
    view->shown = shown;
}

static void draw_relations_page(struct request *request, struct response *response,
                                const struct trouble *trouble)
{
    struct arena *arena = request->arena;
    struct profile profile;
    struct relation *list = NULL;
    size_t count = 0;
    struct err err = {0};
    const struct scope *scope = scope_of(request->app, arena, &request->who);
    enum st outcome =
        profile_read(request->app, arena, &request->who, request->id[0], &profile, &err);
    if (outcome == ST_OK) outcome = relations_of(scope, arena, profile.entity, &list, &count, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    struct view_relations view = {
        .kind = str_from(kind_name(profile.kind)),
        .kind_label = draw_kind_label(profile.kind),
        .title = draw_excerpt(arena, profile.title, 120),
        .entity = url_to_id(arena, ROUTE_entity, profile.entity),
        .error = trouble->err ? str_dup(arena, str_from(trouble->err->public)) : STR(""),
        .hint = trouble->err ? str_dup(arena, str_from(trouble->err->hint)) : STR(""),
        .error_at = html_url_fragment(arena, str_from(trouble->at)),
        .action = url_to_id(arena, ROUTE_relation_add, profile.entity),
        .csrf = request->csrf,
        .can_decide = seen_decides(scope, request->id[0]),
        .other_page = form_value(request, "other-page"),
        .known = form_value(request, "known"),
        .words = form_value(request, "words"),
        .end_words = form_value(request, "why")};
    draw_lines(request, trouble, list, count, &view);
    draw_terms(request, profile.kind, &view);
    draw_choices(request, &profile, &view);
    PAGE(request, response, "Relations", view_relations, &view);
}

void page_relations(struct request *request, struct response *response)
{
    draw_relations_page(request, response, &(struct trouble){.at = "term"});
}

static void finish(struct request *request, struct response *response, enum st outcome,
                   const struct trouble *trouble)
{
    if (outcome == ST_OK) {
        respond_redirect(response, url_to_id(request->arena, ROUTE_relations, request->id[0]));
    } else if (outcome == ST_INVALID || outcome == ST_CONFLICT) {
        response->status = outcome == ST_INVALID ? 400 : 409;
        draw_relations_page(request, response, trouble);
    } else {
        respond_error(request, response, trouble->err);
    }
}

/* The number at the end of ".../entities/123". */
static int64_t entity_of_address(struct str address)
{
    address = str_trim(address);
    size_t from = address.len;
    int64_t id = 0;
    while (from > 0 && address.ptr[from - 1] >= '0' && address.ptr[from - 1] <= '9') from--;
    return str_to_int(str_sub(address, from, address.len - from), &id) ? id : 0;
}

void page_relation_add(struct request *request, struct response *response)
{
    struct err err = {0};
    struct trouble trouble = {.err = &err, .at = "term"};
    struct relation_draft draft = {.entity = request->id[0],
                                   .term = form_value(request, "term"),
                                   .known = form_value(request, "known"),
                                   .words = form_value(request, "words")};
    if (!str_to_int(form_value(request, "other"), &draft.other)) draft.other = 0;
    if (str_trim(form_value(request, "other-page")).len)
        draft.other = entity_of_address(form_value(request, "other-page"));
    for (size_t i = 0; i < request->field_count && draft.shown_count < RELATION_SHOWN_MAX; i++) {
        int64_t id = 0;
        bool again = false;
        if (!str_eq(request->field[i].name, STR("shown")) ||
            !str_to_int(request->field[i].value, &id))
            continue;
        for (size_t k = 0; k < draft.shown_count; k++) again |= draft.shown[k] == id;
        if (!again) draft.shown[draft.shown_count++] = id;
    }
    enum st outcome = relation_add(request->app, &request->who, &draft, &trouble.at, &err);
    finish(request, response, outcome, &trouble);
}

void page_relation_end(struct request *request, struct response *response)
{
    struct err err = {0};
    struct trouble trouble = {.err = &err, .ending = request->id[1]};
    const struct scope *scope = scope_of(request->app, request->arena, &request->who);
    trouble.at = str_c(request->arena,
                       str_fmt(request->arena, "relation-%lld-why", (long long)request->id[1]));
    enum st outcome = seen_decides(scope, request->id[0])
                          ? relation_end(request->app, &request->who, request->id[1],
                                         form_value(request, "why"), &err)
                          : err_missing(&err, "relation");
    finish(request, response, outcome, &trouble);
}
