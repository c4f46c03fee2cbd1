/*
 * The pack of a meeting for one reader, as a page and as a PDF with their name on every page of
 * it; and the minutes.
 */
#include "web/page_meeting.h"

#include "domain/account.h"
#include "domain/action.h"
#include "domain/meeting_gap.h"
#include "web/draw.h"
#include "web/network.h"
#include "web/paper.h"

static const char marking[] = "OFFICIAL-SENSITIVE";

/* One item with all that the reader sees of it. */
struct packed {
    struct meeting_item item;
    struct item_brief brief;
    struct str said[12]; /* label, then words */
    size_t said_count;
    struct str action[20];
    size_t action_count;
};

struct pack {
    struct request *request;
    struct meeting meeting;
    struct packed *list;
    size_t count;
    struct meeting_gap gap[MEETING_GAPS];
};

static void take_said(const struct pack *pack, const struct meeting_entry *entries, size_t count,
                      struct packed *packed)
{
    static const char *const shown[] = {"decision", "dissent", "closing", "closed"};
    for (size_t i = 0; i < count; i++) {
        bool wanted = false;
        if (entries[i].item != packed->item.id || packed->said_count + 2 > 12) continue;
        for (size_t k = 0; k < sizeof shown / sizeof *shown; k++)
            wanted |= str_eq(entries[i].kind, str_from(shown[k]));
        if (!wanted) continue;
        packed->said[packed->said_count++] = meeting_entry_label(entries[i].kind);
        packed->said[packed->said_count++] =
            entries[i].second.len ? str_fmt(pack->request->arena, "%.*s (%.*s)",
                                            STR_ARG(entries[i].text), STR_ARG(entries[i].second))
                                  : entries[i].text;
    }
}

static enum st take_actions(const struct pack *pack, struct db *db, struct packed *packed,
                            struct err *err)
{
    struct arena *arena = pack->request->arena;
    struct forum_action *actions = NULL;
    size_t count = 0;
    enum st outcome =
        action_of_item(pack->request->app, db, arena, packed->item.id, &actions, &count, err);
    for (size_t i = 0; i < count && packed->action_count < 20 && outcome == ST_OK; i++) {
        struct str owner = STR("");
        outcome = account_name(pack->request->app, db, arena, actions[i].owner, &owner, err);
        packed->action[packed->action_count++] =
            str_fmt(arena, "%.*s (%.*s, by %.*s: %s)", STR_ARG(actions[i].what), STR_ARG(owner),
                    STR_ARG(date_words(arena, date_from_days(actions[i].due_day))),
                    action_state_label(actions[i].state));
    }
    return outcome;
}

static enum st make_pack(struct request *request, bool printed, struct pack *ret, struct err *err)
{
    struct app *app = request->app;
    struct arena *arena = request->arena;
    struct meeting_item *items = NULL;
    struct meeting_entry *entries = NULL;
    size_t count = 0;
    size_t entry_count = 0;
    *ret = (struct pack){.request = request};
    enum st outcome = meeting_read(app, arena, &request->who, request->id[0], &ret->meeting, err);
    if (outcome == ST_OK)
        outcome = meeting_items(app, arena, &request->who, &ret->meeting, &items, &count, err);
    if (outcome == ST_OK)
        outcome = meeting_entries(app, arena, &request->who, &ret->meeting, 0, &entries,
                                  &entry_count, err);
    if (outcome != ST_OK) return outcome;
    ret->list = arena_many(arena, count, struct packed);
    const struct scope *scope = scope_of(app, arena, &request->who);
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        if (items[i].state == ITEM_OFF) continue;
        struct packed *packed = &ret->list[ret->count++];
        *packed = (struct packed){.item = items[i]};
        outcome = meeting_brief(scope, db, arena, &ret->meeting, &items[i], &packed->brief, err);
        take_said(ret, entries, entry_count, packed);
        if (outcome == ST_OK) outcome = take_actions(ret, db, packed, err);
    }
    if (outcome == ST_OK) outcome = meeting_gaps(scope, db, &ret->meeting, ret->gap, err);
    store_read_end(app->store, db);
    if (outcome == ST_OK)
        outcome =
            meeting_pack_note(app, arena, &request->who, &ret->meeting, items, count, printed, err);
    return outcome;
}

static struct str title_of(const struct pack *pack, const struct packed *packed)
{
    if (!packed->brief.title.len) return STR("Without a name");
    return draw_excerpt(pack->request->arena, packed->brief.title, 140);
}

static struct str known_words(struct arena *arena, const struct item_brief *brief)
{
    if (!brief->submissions) return STR("");
    return str_fmt(arena, "%zu submission%s, %zu new", brief->submissions,
                   brief->submissions == 1 ? "" : "s", brief->fresh);
}

static struct str near_words(struct arena *arena, const struct item_brief *brief)
{
    struct str words = STR("");
    for (size_t i = 0; i < brief->relation_count; i++)
        words = str_fmt(arena, "%.*s%s%.*s (%d)", STR_ARG(words), i ? "; " : "",
                        STR_ARG(draw_excerpt(arena, brief->relation[i].title, 60)),
                        brief->relation[i].times);
    return words;
}

/* "No place named: 4", for the part of the agenda that holds gaps, when no item says it. */
static size_t gap_words(const struct pack *pack, const struct meeting_term *term,
                        struct str ret[static MEETING_GAPS])
{
    size_t count = 0;
    for (size_t i = 0; i < pack->count; i++)
        if (pack->list[i].item.kind == ITEM_GAP) return 0;
    for (int i = 0; i < MEETING_GAPS && term->holds & HOLDS_GAP; i++)
        if (pack->gap[i].count)
            ret[count++] = str_fmt(pack->request->arena, "%s: %zu",
                                   meeting_gap_label(pack->gap[i].kind), pack->gap[i].count);
    return count;
}

/* --- as a page -------------------------------------------------------------------------------- */

static void draw_picture(const struct pack *pack, const struct item_brief *brief,
                         struct view_meeting_pack_sections_rows *row)
{
    struct arena *arena = pack->request->arena;
    struct meeting_picture picture;
    meeting_picture(arena, pack->request->app, brief, &picture);
    struct view_meeting_pack_sections_rows_nodes *nodes =
        arena_many(arena, picture.count, struct view_meeting_pack_sections_rows_nodes);
    struct view_meeting_pack_sections_rows_edges *edges =
        arena_many(arena, picture.count, struct view_meeting_pack_sections_rows_edges);
    for (size_t i = 0; i < picture.count; i++) {
        const struct meeting_picture_node *node = &picture.node[i];
        nodes[i] = (struct view_meeting_pack_sections_rows_nodes){
            .x = node->x,
            .y = node->y,
            .letter = str_from(network_letter(node->kind)),
            .kind = str_from(kind_name(node->kind)),
            .title = node->title,
            .letter_y = node->y + 5,
            .text_x = i ? node->x + 24 : node->x,
            .text_y = i ? node->y + 5 : node->y + 32,
            .anchor = i ? STR("start") : STR("middle")};
        if (i)
            edges[row->edges_count++] = (struct view_meeting_pack_sections_rows_edges){
                picture.node[0].x, picture.node[0].y, node->x, node->y};
    }
    row->nodes = nodes;
    row->nodes_count = picture.count;
    row->edges = edges;
    row->picture = picture.words;
    row->picture_height = picture.height;
    row->picture_width = MEETING_PICTURE_WIDTH;
}

static struct view_meeting_pack_sections_rows draw_row(const struct pack *pack,
                                                       const struct packed *packed, size_t number)
{
    struct arena *arena = pack->request->arena;
    const struct item_brief *brief = &packed->brief;
    struct view_meeting_pack_sections_rows_news *news =
        arena_many(arena, brief->news_count, struct view_meeting_pack_sections_rows_news);
    struct view_meeting_pack_sections_rows_decided *decided =
        arena_many(arena, packed->said_count, struct view_meeting_pack_sections_rows_decided);
    struct view_meeting_pack_sections_rows_actions *actions =
        arena_many(arena, packed->action_count, struct view_meeting_pack_sections_rows_actions);
    for (size_t i = 0; i < brief->news_count; i++)
        news[i] = (struct view_meeting_pack_sections_rows_news){
            clock_words(arena, brief->news[i].at), brief->news[i].reference,
            draw_sector_label(pack->request->app, brief->news[i].sector), brief->news[i].words};
    for (size_t i = 0; i < packed->said_count; i += 2)
        decided[i / 2] =
            (struct view_meeting_pack_sections_rows_decided){packed->said[i], packed->said[i + 1]};
    for (size_t i = 0; i < packed->action_count; i++) actions[i].words = packed->action[i];
    struct view_meeting_pack_sections_rows row = {
        .number = str_fmt(arena, "%zu", number),
        .title = title_of(pack, packed),
        .kind = brief->kind,
        .state = str_from(item_state_label(packed->item.state)),
        .words = packed->item.words,
        .known = known_words(arena, brief),
        .elsewhere = brief->elsewhere,
        .facts = brief->facts,
        .news = news,
        .news_count = brief->news_count,
        .near = near_words(arena, brief),
        .decided = decided,
        .decided_count = packed->said_count / 2,
        .actions = actions,
        .actions_count = packed->action_count};
    draw_picture(pack, brief, &row);
    return row;
}

void page_meeting_pack(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct pack pack;
    struct err err = {0};
    if (make_pack(request, false, &pack, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    size_t sections = 0;
    size_t number = 0;
    const struct meeting_term *terms =
        area_meeting_terms(request->app->area, MEETING_SECTION, &sections);
    struct view_meeting_pack_sections *list =
        arena_many(arena, sections, struct view_meeting_pack_sections);
    for (size_t s = 0; s < sections; s++) {
        struct view_meeting_pack_sections_rows *rows =
            arena_many(arena, pack.count, struct view_meeting_pack_sections_rows);
        list[s] = (struct view_meeting_pack_sections){
            .id = terms[s].id, .label = terms[s].label, .rows = rows};
        for (size_t i = 0; i < pack.count; i++)
            if (str_eq(pack.list[i].item.section, terms[s].id))
                rows[list[s].rows_count++] = draw_row(&pack, &pack.list[i], ++number);
        struct str words[MEETING_GAPS];
        list[s].gaps_count = gap_words(&pack, &terms[s], words);
        struct view_meeting_pack_sections_gaps *gaps =
            arena_many(arena, MEETING_GAPS, struct view_meeting_pack_sections_gaps);
        for (size_t i = 0; i < list[s].gaps_count; i++) gaps[i].words = words[i];
        list[s].gaps = gaps;
        list[s].shown = list[s].rows_count || list[s].gaps_count;
    }
    struct view_meeting_pack view = {.see = url_to_id(arena, ROUTE_meeting, pack.meeting.id),
                                     .caption = meeting_caption(request, &pack.meeting),
                                     .reader = request->who.name,
                                     .marking = str_from(marking),
                                     .pdf =
                                         url_to_id(arena, ROUTE_meeting_pack_pdf, pack.meeting.id),
                                     .place = pack.meeting.place,
                                     .sections = list,
                                     .sections_count = sections};
    PAGE(request, response, "Pack of a meeting", view_meeting_pack, &view);
}

/* --- as a PDF --------------------------------------------------------------------------------- */

static void write_picture(struct paper *paper, const struct pack *pack,
                          const struct item_brief *brief)
{
    struct meeting_picture picture;
    struct paper_mark mark[1 + BRIEF_RELATIONS_MAX];
    meeting_picture(pack->request->arena, pack->request->app, brief, &picture);
    for (size_t i = 0; i < picture.count; i++)
        mark[i] = (struct paper_mark){picture.node[i].x, picture.node[i].y,
                                      str_from(network_letter(picture.node[i].kind)),
                                      picture.node[i].title};
    paper_star(paper, mark, picture.count, picture.height);
}

static void write_item(struct paper *paper, const struct pack *pack, const struct packed *packed,
                       size_t number)
{
    struct arena *arena = pack->request->arena;
    const struct item_brief *brief = &packed->brief;
    struct str near = near_words(arena, brief);
    paper_space(paper, 10);
    paper_text(paper, str_fmt(arena, "%zu. %.*s", number, STR_ARG(title_of(pack, packed))), 0, 11.5,
               true, 48);
    paper_text(paper,
               str_fmt(arena, "%.*s%s%s%s%.*s", STR_ARG(brief->kind), brief->kind.len ? ". " : "",
                       item_state_label(packed->item.state), brief->submissions ? ". " : ".",
                       STR_ARG(known_words(arena, brief))),
               12, 9.5, false, 0);
    if (packed->item.words.len) paper_text(paper, packed->item.words, 12, 10.5, false, 0);
    if (brief->facts.len) paper_text(paper, brief->facts, 12, 10.5, false, 0);
    if (brief->elsewhere.len)
        paper_text(paper, str_fmt(arena, "Also seen in: %.*s", STR_ARG(brief->elsewhere)), 12, 10.5,
                   false, 0);
    for (size_t i = 0; i < brief->news_count; i++)
        paper_text(paper,
                   str_fmt(arena, "New, %.*s, %.*s, %.*s: %.*s",
                           STR_ARG(clock_words(arena, brief->news[i].at)),
                           STR_ARG(draw_sector_label(pack->request->app, brief->news[i].sector)),
                           STR_ARG(brief->news[i].reference), STR_ARG(brief->news[i].words)),
                   12, 10.5, false, 0);
    write_picture(paper, pack, brief);
    if (near.len)
        paper_text(paper, str_fmt(arena, "Named together with: %.*s", STR_ARG(near)), 12, 10.5,
                   false, 0);
    for (size_t i = 0; i < packed->said_count; i += 2)
        paper_text(
            paper,
            str_fmt(arena, "%.*s: %.*s", STR_ARG(packed->said[i]), STR_ARG(packed->said[i + 1])),
            12, 10.5, false, 0);
    for (size_t i = 0; i < packed->action_count; i++)
        paper_text(paper, str_fmt(arena, "Action: %.*s", STR_ARG(packed->action[i])), 12, 10.5,
                   false, 0);
}

static void write_pack(struct paper *paper, const void *context)
{
    const struct pack *pack = context;
    struct request *request = pack->request;
    size_t sections = 0;
    size_t number = 0;
    const struct meeting_term *terms =
        area_meeting_terms(request->app->area, MEETING_SECTION, &sections);
    paper_text(paper, meeting_caption(request, &pack->meeting), 0, 18, true, 0);
    paper_text(paper,
               str_fmt(request->arena, "Pack for %.*s. It holds only what they may see.",
                       STR_ARG(request->who.name)),
               0, 10.5, false, 0);
    if (pack->meeting.place.len)
        paper_text(paper, str_fmt(request->arena, "Where: %.*s", STR_ARG(pack->meeting.place)), 0,
                   10.5, false, 0);
    for (size_t s = 0; s < sections; s++) {
        bool begun = false;
        for (size_t i = 0; i < pack->count; i++) {
            if (!str_eq(pack->list[i].item.section, terms[s].id)) continue;
            if (!begun) paper_space(paper, 14);
            if (!begun) paper_text(paper, terms[s].label, 0, 14, true, 70);
            begun = true;
            write_item(paper, pack, &pack->list[i], ++number);
        }
        struct str words[MEETING_GAPS];
        size_t gaps = gap_words(pack, &terms[s], words);
        if (gaps && !begun) paper_space(paper, 14);
        if (gaps && !begun) paper_text(paper, terms[s].label, 0, 14, true, 70);
        if (gaps)
            paper_text(
                paper,
                STR("Not known, of what the reader may see that came since the meeting before:"), 0,
                10.5, false, 40);
        for (size_t i = 0; i < gaps; i++) paper_text(paper, words[i], 12, 10.5, false, 0);
    }
}

void page_meeting_pack_pdf(struct request *request, struct response *response)
{
    struct pack pack;
    struct err err = {0};
    enum st outcome = make_pack(request, true, &pack, &err);
    if (outcome == ST_OK)
        outcome = paper_pdf(request, STR("Pack of a meeting"), marking, write_pack, &pack,
                            &response->body, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    response->content_type = "application/pdf";
    response->file_name = STR("meeting-pack.pdf");
}

/* --- minutes ---------------------------------------------------------------------------------- */

struct html meeting_minutes_text(struct request *request, const struct meeting_minutes *minutes)
{
    enum { TEXT_MAX = 64 << 20 };
    struct arena *arena = request->arena;
    struct view_minutes_text_parts *parts =
        arena_many(arena, minutes->part_count, struct view_minutes_text_parts);
    for (size_t i = 0; i < minutes->part_count; i++) {
        struct str title = minutes->part[i].title;
        parts[i] = (struct view_minutes_text_parts){title.len ? draw_excerpt(arena, title, 140)
                                                              : STR("Without a name"),
                                                    minutes->part[i].body};
    }
    struct view_minutes_text view = {.title = minutes->title,
                                     .head = minutes->head,
                                     .parts = parts,
                                     .parts_count = minutes->part_count};
    struct buf into;
    buf_init(&into, TEXT_MAX);
    view_minutes_text(&into, &view);
    struct html drawn = {.s = str_dup(arena, buf_str(&into))};
    buf_done(&into);
    return drawn;
}

static enum st draw_corrections(struct request *request, const struct meeting *meeting,
                                struct view_meeting_minutes *view, struct err *err)
{
    struct arena *arena = request->arena;
    struct meeting_entry *entries = NULL;
    size_t count = 0;
    enum st outcome =
        meeting_entries(request->app, arena, &request->who, meeting, 0, &entries, &count, err);
    if (outcome != ST_OK) return outcome;
    struct view_meeting_minutes_corrections *corrections =
        arena_many(arena, count, struct view_meeting_minutes_corrections);
    for (size_t i = 0; i < count; i++)
        if (str_eq(entries[i].kind, STR("correction")))
            corrections[view->corrections_count++] = (struct view_meeting_minutes_corrections){
                clock_words(arena, entries[i].at), entries[i].name, entries[i].text};
    view->corrections = corrections;
    return ST_OK;
}

void page_meeting_minutes(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct meeting meeting;
    struct meeting_minutes minutes;
    struct err err = {0};
    enum st outcome =
        meeting_read(request->app, arena, &request->who, request->id[0], &meeting, &err);
    if (outcome == ST_OK)
        outcome = meeting_minutes(request->app, arena, &request->who, &meeting, &minutes, &err);
    struct view_meeting_minutes view = {.marking = str_from(marking)};
    if (outcome == ST_OK && !minutes.draft)
        outcome = draw_corrections(request, &meeting, &view, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    view.see = url_to_id(arena, ROUTE_meeting, meeting.id);
    view.caption = meeting_caption(request, &meeting);
    view.draft = minutes.draft;
    view.text = meeting_minutes_text(request, &minutes);
    view.approved = str_fmt(arena, "Approved by %.*s%s on %.*s.", STR_ARG(minutes.by),
                            minutes.by_writer ? ", who had written them too," : "",
                            STR_ARG(clock_words(arena, minutes.at)));
    view.may_add = meeting.runs;
    view.add = meeting_step_url(arena, meeting.id, MEETING_DO_CORRECT);
    view.may_approve =
        meeting_can(&meeting, NULL, &request->who, MEETING_DO_APPROVE, NULL) == ST_OK;
    view.approve = meeting_step_url(arena, meeting.id, MEETING_DO_APPROVE);
    PAGE(request, response, minutes.draft ? "Minutes, draft" : "Minutes", view_meeting_minutes,
         &view);
}
