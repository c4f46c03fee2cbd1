#include "web/network.h"

#include "domain/chart_view.h"
#include "domain/submission.h"
#include "domain/when.h"

#include <stdlib.h>

static size_t read_ids(struct str text, int64_t *ret, size_t maximum)
{
    size_t count = 0;
    int64_t value = 0;
    for (size_t i = 0; i <= text.len && count < maximum; i++) {
        char c = i < text.len ? text.ptr[i] : ',';
        if (c >= '0' && c <= '9' && value < INT64_MAX / 10 - 9) {
            value = value * 10 + (c - '0');
        } else {
            if (value) ret[count++] = value;
            value = 0;
        }
    }
    return count;
}

/* The end of the day that was typed. */
static void read_until(struct network_state *state)
{
    struct date today = clock_london(clock_now()).date;
    struct date day;
    struct date_range range;
    if (!state->until.len) return;
    if (!date_parse_iso(state->until, &day)) {
        if (when_parse(state->until, today, &range, NULL) != ST_OK) {
            state->problem = STR("Write a day such as 31/3/2026, or leave it empty");
            return;
        }
        day = range.to;
    }
    struct date next = date_from_days(date_to_days(day) + 1);
    state->ask.until = clock_from_london((struct civil){.date = next}) - 1;
}

struct network_state network_state_of(struct request *request)
{
    struct network_state state = {.chosen = form_has(request, "chosen"),
                                  .until = str_trim(form_value(request, "until"))};
    int64_t to = 0;
    state.ask.seed_count = read_ids(form_value(request, "from"), state.ask.seed, CHART_ASKED_MAX);
    state.ask.open_count = read_ids(form_value(request, "open"), state.ask.open, CHART_ASKED_MAX);
    if (state.ask.seed_count && read_ids(form_value(request, "to"), &to, 1)) {
        state.from = state.ask.seed[0];
        state.to = to;
        state.ask.seed[1] = to;
        state.ask.seed_count = 2;
        state.ask.path = true;
    }
    state.ask.suggestions = !state.chosen;
    state.ask.hidden = state.chosen ? (1u << LINK_KINDS) - 1 : 0;
    for (size_t i = 0; i < request->field_count; i++) {
        enum link_kind kind;
        if (!str_eq(request->field[i].name, STR("show"))) continue;
        if (str_eq(request->field[i].value, STR("suggestions"))) state.ask.suggestions = true;
        if (kind_from_name(request->field[i].value, &kind)) state.ask.hidden &= ~(1u << kind);
    }
    if (!str_to_int(form_value(request, "view"), &state.view)) state.view = 0;
    read_until(&state);
    return state;
}

struct network_state network_state_of_view(const struct chart_view *view)
{
    struct network_state state = {
        .ask = view->ask, .chosen = view->chosen, .until = view->until, .view = view->id};
    if (state.ask.path && state.ask.seed_count > 1) {
        state.from = state.ask.seed[0];
        state.to = state.ask.seed[1];
    }
    return state;
}

struct str network_ids(struct arena *arena, const int64_t *ids, size_t count)
{
    struct buf text;
    buf_init(&text, 4096);
    for (size_t i = 0; i < count; i++) {
        if (i) buf_add_char(&text, ',');
        buf_add_int(&text, ids[i]);
    }
    struct str made = str_dup(arena, buf_str(&text));
    buf_done(&text);
    return made;
}

struct url network_url(struct arena *arena, enum route_id route, const struct network_state *state,
                       int64_t open)
{
    struct url url = url_to(route);
    size_t seeds = state->to ? 1 : state->ask.seed_count;
    url = url_with(arena, url, "from", network_ids(arena, state->ask.seed, seeds));
    if (state->to) url = url_with(arena, url, "to", network_ids(arena, &state->to, 1));
    int64_t opened[CHART_ASKED_MAX + 1];
    size_t count = state->ask.open_count;
    memcpy(opened, state->ask.open, count * sizeof *opened);
    if (open && count < CHART_ASKED_MAX) opened[count++] = open;
    if (count) url = url_with(arena, url, "open", network_ids(arena, opened, count));
    if (state->until.len && !state->problem.len) url = url_with(arena, url, "until", state->until);
    if (state->view) url = url_with(arena, url, "view", network_ids(arena, &state->view, 1));
    if (!state->chosen) return url;
    url = url_with(arena, url, "chosen", STR("1"));
    for (int kind = 0; kind < LINK_KINDS; kind++)
        if (!(state->ask.hidden >> kind & 1))
            url = url_with(arena, url, "show", str_from(kind_name((enum link_kind)kind)));
    if (state->ask.suggestions) url = url_with(arena, url, "show", STR("suggestions"));
    return url;
}

struct url network_url_from(struct arena *arena, int64_t entity)
{
    return url_with(arena, url_to(ROUTE_network), "from", network_ids(arena, &entity, 1));
}

const char *network_shape(enum link_kind kind)
{
    static const char *const shapes[LINK_KINDS] = {
        "M-16 0a16 16 0 1 0 32 0a16 16 0 1 0 -32 0z",
        "M-20 -12h40v24h-40z",
        "M-11 -18h22v36h-22z",
        "M0 -20l20 20l-20 20l-20 -20z",
        "M-9 -17h18l9 17l-9 17h-18l-9 -17z",
    };
    return shapes[kind];
}

const char *network_letter(enum link_kind kind)
{
    static const char letters[LINK_KINDS][2] = {"P", "V", "T", "A", "L"};
    return letters[kind];
}

double network_height(const struct chart *chart)
{
    return chart->node_count <= 16    ? 460
           : chart->node_count <= 60  ? 680
           : chart->node_count <= 200 ? 1000
                                      : 1100;
}

enum { LEFT = 80, TOP = 40, BOTTOM = 56 };

double network_x(const struct chart_node *node)
{
    return LEFT + node->x * (CHART_WIDTH - 2 * LEFT);
}

double network_y(const struct chart_node *node, double height)
{
    return TOP + node->y * (height - TOP - BOTTOM);
}

static double within(double place)
{
    return place >= 0 && place <= 1 ? place : place > 1 ? 1 : 0; /* and what is no number */
}

double network_place_x(double x)
{
    return within((x - LEFT) / (CHART_WIDTH - 2 * LEFT));
}

double network_place_y(double y, double height)
{
    return within((y - TOP) / (height - TOP - BOTTOM));
}
