/*
 * Webhooks, for administrators: which machines are told that something happened.
 */
#include "domain/webhook.h"
#include "web/layout.h"
#include "web/page_parts.h"
#include "web/pages.h"

/* What the form holds, and what was just made. */
struct webhook_form {
    struct str address;
    unsigned kinds;
    struct str secret;
    bool later; /* it was added, and this server may not connect to it before a restart */
    const struct err *problem; /* NULL: none */
};

static struct str state_of(const struct app *app, struct arena *arena,
                           const struct webhook *webhook)
{
    if (!webhook_reaches(app, webhook->url)) return STR("Active after a restart of this server");
    if (!webhook->delivered_at && !webhook->failed_at) return STR("Nothing was sent yet");
    if (webhook->delivered_at >= webhook->failed_at)
        return str_fmt(arena, "Reached %.*s", STR_ARG(clock_words(arena, webhook->delivered_at)));
    if (!webhook->status)
        return str_fmt(arena, "Not reached %.*s", STR_ARG(clock_words(arena, webhook->failed_at)));
    return str_fmt(arena, "Answered %d, %.*s", webhook->status,
                   STR_ARG(clock_words(arena, webhook->failed_at)));
}

/* In the words of the form, one in a line. */
static struct str kinds_of(struct arena *arena, unsigned kinds)
{
    struct str words = STR("");
    for (int i = 0; i < WEBHOOK_KINDS; i++)
        if (kinds >> i & 1)
            words = str_fmt(arena, "%.*s%s%s", STR_ARG(words), words.len ? "\n" : "",
                            webhook_kind_label((enum webhook_kind)i));
    return words;
}

static enum st add_rows(struct request *request, struct view_webhooks *view, struct err *err)
{
    struct arena *arena = request->arena;
    struct webhook *list = NULL;
    size_t count = 0;
    enum st outcome = webhook_list(request->app, arena, &list, &count, err);
    if (outcome != ST_OK) return outcome;
    struct view_webhooks_rows *rows = arena_many(arena, count + 1, struct view_webhooks_rows);
    for (size_t i = 0; i < count; i++) {
        rows[i] =
            (struct view_webhooks_rows){.address = list[i].url,
                                        .kinds = kinds_of(arena, list[i].kinds),
                                        .state = state_of(request->app, arena, &list[i]),
                                        .waiting = list[i].waiting,
                                        .end = url_to_id(arena, ROUTE_webhook_ending, list[i].id),
                                        .end_words = list[i].url};
        /* The sandbox was closed when the server started, around what there was then. */
        if (!webhook_reaches(request->app, list[i].url))
            view->warning =
                STR("This server may not yet connect to one of these addresses. Start it again.");
    }
    view->rows = rows;
    view->rows_count = count;
    view->shown = count > 0;
    return ST_OK;
}

static void draw(struct request *request, struct response *response,
                 const struct webhook_form *form)
{
    struct err err = {0};
    struct view_webhooks_kinds kinds[WEBHOOK_KINDS];
    size_t count = 0;
    for (int i = WEBHOOK_ADDED + 1; i < WEBHOOK_KINDS; i++)
        kinds[count++] = (struct view_webhooks_kinds){
            str_from(webhook_kind_name((enum webhook_kind)i)),
            str_from(webhook_kind_label((enum webhook_kind)i)), (form->kinds >> i & 1) != 0};
    struct view_webhooks view = {.action = url_to(ROUTE_webhook_add),
                                 .csrf = request->csrf,
                                 .error = form->problem ? str_from(form->problem->public) : STR(""),
                                 .hint = form->problem ? str_from(form->problem->hint) : STR(""),
                                 .at = AT(request, "address"),
                                 .title = form->later ? STR("Active after a restart") : STR("Done"),
                                 .message =
                                     form->later ? STR("The webhook was added. This server may "
                                                       "not connect to its port before it is "
                                                       "started again; until then what it is told "
                                                       "waits.")
                                     : form->secret.len          ? STR("The webhook was added.")
                                     : form_has(request, "done") ? STR("The webhook was ended.")
                                                                 : STR(""),
                                 .address = form->address,
                                 .secret = form->secret,
                                 .kinds = kinds,
                                 .kinds_count = count};
    if (add_rows(request, &view, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    if (form->problem) response->status = 400;
    PAGE(request, response, "Webhooks", view_webhooks, &view);
}

void page_webhooks(struct request *request, struct response *response)
{
    draw(request, response, &(struct webhook_form){0});
}

void page_webhook_add(struct request *request, struct response *response)
{
    char secret[WEBHOOK_SECRET_SIZE] = "";
    struct webhook_form form = {.address = str_trim(form_value(request, "address"))};
    struct err err = {0};
    int64_t id = 0;
    for (size_t i = 0; i < request->field_count; i++) {
        enum webhook_kind kind;
        if (str_eq(request->field[i].name, STR("kind")) &&
            webhook_kind_from_name(request->field[i].value, &kind))
            form.kinds |= 1u << kind;
    }
    enum st outcome = webhook_add(request->app, request->who.account, form.address, form.kinds,
                                  secret, &id, &err);
    if (outcome == ST_INVALID || outcome == ST_LIMIT) form.problem = &err;
    if (outcome == ST_OK)
        form = (struct webhook_form){.secret = str_from(secret),
                                     .later = !webhook_reaches(request->app, form.address)};
    if (outcome == ST_OK || form.problem)
        draw(request, response, &form);
    else
        respond_error(request, response, &err);
    seal_forget(secret, sizeof secret);
}

void page_webhook_ending(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct webhook *list = NULL;
    size_t count = 0;
    size_t at = 0;
    struct err err = {0};
    enum st outcome = webhook_list(request->app, arena, &list, &count, &err);
    while (at < count && list[at].id != request->id[0]) at++;
    if (outcome == ST_OK && at == count) outcome = err_missing(&err, "webhook, or it has ended");
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    struct view_sure view = {.back = url_to(ROUTE_webhooks),
                             .back_label = STR("Webhooks"),
                             .caption = STR("Webhook"),
                             .name = list[at].url,
                             .title = STR("End this webhook?"),
                             .words = STR("Nothing is sent there from now on, nor what waits to be "
                                          "sent. This cannot be undone: an address that is to be "
                                          "told again is added anew, with another secret."),
                             .action = url_to_id(arena, ROUTE_webhook_end, list[at].id),
                             .csrf = request->csrf,
                             .button = STR("End it"),
                             .keep = STR("Keep it")};
    PAGE(request, response, "End a webhook", view_sure, &view);
}

void page_webhook_end(struct request *request, struct response *response)
{
    struct err err = {0};
    if (webhook_end(request->app, request->who.account, request->id[0], &err) == ST_OK)
        respond_redirect(response,
                         url_with(request->arena, url_to(ROUTE_webhooks), "done", STR("1")));
    else
        respond_error(request, response, &err);
}
