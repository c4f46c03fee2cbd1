/*
 * Signs, circumstances, context and strengths of a child's record, and judgements with
 * whoever sees it differently beside them.  Nothing here is counted.
 */
#include "domain/child_chronology.h"
#include "web/page_child.h"

static struct str label(struct request *request, const struct child_entry *entry, int place)
{
    return child_option_label(request->app, request->arena, entry->kind, place, entry->text[place]);
}

static struct str not_standing(const struct child_entry *entry)
{
    return entry->state == STATE_STANDING ? STR("") : str_from(child_state_label(entry->state));
}

static struct url add_about(struct request *request, const struct child_file *file,
                            const char *kind, const char *name, struct str value)
{
    struct url url =
        url_to_texts(request->arena, ROUTE_child_add,
                     str_fmt(request->arena, "%lld", (long long)file->line.id), str_from(kind));
    return name ? url_with(request->arena, url, name, value) : url;
}

/* --- judgements ----------------------------------------------------------------------------- */

static size_t draw_views(struct request *request, const struct child_file *file, int64_t judgement,
                         struct view_child_signs_judgements_opinions **ret)
{
    size_t count = 0;
    *ret = arena_many(request->arena, file->entry_count + 1,
                      struct view_child_signs_judgements_opinions);
    for (size_t i = 0; i < file->entry_count; i++) {
        const struct child_entry *entry = &file->entry[i];
        if (entry->kind != ENTRY_VIEW || entry->about != judgement) continue;
        (*ret)[count++] = (struct view_child_signs_judgements_opinions){
            .stance = str_eq(entry->text[VIEW_STANCE], STR("disagree"))
                          ? STR("Somebody sees it differently")
                          : STR("Somebody agrees"),
            .differs = str_eq(entry->text[VIEW_STANCE], STR("disagree")),
            .judgement = label(request, entry, VIEW_WORD),
            .reasons = entry->text[VIEW_REASONS],
            .by = child_by(request, file, entry->account, entry->at)};
    }
    return count;
}

static void draw_judgements(struct request *request, const struct child_file *file,
                            struct view_child_signs *view)
{
    struct arena *arena = request->arena;
    struct view_child_signs_judgements *list =
        arena_many(arena, file->entry_count + 1, struct view_child_signs_judgements);
    for (size_t i = file->entry_count; i-- > 0;) {
        const struct child_entry *entry = &file->entry[i];
        if (entry->kind != ENTRY_JUDGEMENT) continue;
        const struct child_word *word = child_word_find(
            area_child(request->app->area), WORD_JUDGEMENT, entry->text[JUDGEMENT_WORD]);
        struct view_child_signs_judgements_opinions *views = NULL;
        size_t count = draw_views(request, file, entry->id, &views);
        list[view->judgements_count++] = (struct view_child_signs_judgements){
            .harmed = label(request, entry, JUDGEMENT_HARMED),
            .judgement = label(request, entry, JUDGEMENT_WORD),
            .caution = word ? word->hint : STR(""),
            .reasons = entry->text[JUDGEMENT_REASONS],
            .by = child_by(request, file, entry->account, entry->at),
            .state = not_standing(entry),
            .view = add_about(request, file, "view", "about",
                              str_fmt(arena, "%lld", (long long)entry->id)),
            .opinions = views,
            .opinions_count = count};
    }
    view->judgements = list;
}

/* --- the four vocabularies -------------------------------------------------------------------- */

static void draw_item(struct request *request, const struct child_file *file,
                      const struct area_sign *sign, struct view_child_signs_kinds_items *ret)
{
    struct arena *arena = request->arena;
    *ret = (struct view_child_signs_kinds_items){
        .text = sign->text,
        .explain = sign->explain,
        .add = add_about(request, file, "sign", "item", sign->id)};
    struct view_child_signs_kinds_items_earlier *earlier =
        arena_many(arena, file->entry_count + 1, struct view_child_signs_kinds_items_earlier);
    for (size_t i = file->entry_count; i-- > 0;) {
        const struct child_entry *entry = &file->entry[i];
        if (entry->kind != ENTRY_SIGN || !str_eq(entry->text[SIGN_ITEM], sign->id)) continue;
        if (!ret->recorded && entry->state == STATE_STANDING) {
            ret->recorded = true;
            ret->presence = label(request, entry, SIGN_PRESENCE);
            ret->period = child_sign_when(request->app, arena, entry);
            ret->source = entry->text[SIGN_SOURCE];
            ret->narrative = entry->text[SIGN_NARRATIVE];
            ret->by = child_by(request, file, entry->account, entry->at);
            continue;
        }
        earlier[ret->earlier_count++] = (struct view_child_signs_kinds_items_earlier){
            child_entry_words(request->app, arena, entry, NULL),
            child_by(request, file, entry->account, entry->at), not_standing(entry)};
    }
    ret->earlier = earlier;
}

void page_child_signs(struct request *request, struct response *response)
{
    static const char *const leads[SIGN_KINDS] = {
        [SIGN_CIRCUMSTANCE] =
            "What may make a child easier to target. Never a reason to blame a child.",
        [SIGN_SIGN] = "What may point to harm.",
        [SIGN_CONTEXT] = "Places, people, and what happens online.",
        [SIGN_STRENGTH] = "What protects, and can be built on."};
    static const enum area_sign_kind order[SIGN_KINDS] = {SIGN_SIGN, SIGN_CIRCUMSTANCE,
                                                          SIGN_CONTEXT, SIGN_STRENGTH};
    struct arena *arena = request->arena;
    struct child_file file;
    if (!child_page_open(request, response, &file)) return;
    size_t count = 0;
    const struct area_sign *sign = area_signs(request->app->area, &count);
    struct view_child_signs_kinds kinds[SIGN_KINDS] = {0};
    for (int k = 0; k < SIGN_KINDS; k++) {
        struct view_child_signs_kinds_items *items =
            arena_many(arena, count + 1, struct view_child_signs_kinds_items);
        for (size_t i = 0; i < count; i++)
            if (sign[i].kind == order[k])
                draw_item(request, &file, &sign[i], &items[kinds[k].items_count++]);
        kinds[k].title = str_from(sign_kind_label(order[k]));
        kinds[k].lead = str_from(leads[order[k]]);
        kinds[k].items = items;
    }
    struct view_child_signs view = {.head = child_head(request, &file, TAB_SIGNS),
                                    .may_edit = file.may_edit,
                                    .judge = add_about(request, &file, "judgement", NULL, STR("")),
                                    .kinds = kinds,
                                    .kinds_count = SIGN_KINDS};
    draw_judgements(request, &file, &view);
    PAGE(request, response, "Signs and judgements", view_child_signs, &view);
}
