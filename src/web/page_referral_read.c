/*
 * A referral that was sent or withdrawn, the same to be printed and as a PDF, adding to it,
 * and withdrawing a draft.
 */
#include "web/pages.h"
#include "web/referral_parts.h"
#include "web/referral_pdf.h"

static const char marking[] = "OFFICIAL-SENSITIVE";

/* What was typed into the form at the end, and what is wrong with it. */
struct addition_form {
    struct str typed;
    const char *error;
};

static void draw_parts(struct request *request, const struct referral *referral,
                       struct view_referral_read *view)
{
    struct arena *arena = request->arena;
    struct referral_part *part = NULL;
    const struct question_section **empty = NULL;
    size_t empty_count = 0;
    if (!referral->form) return;
    size_t count = referral_parts_of(request, referral, &part, &empty, &empty_count);
    struct view_referral_read_parts *parts =
        arena_many(arena, count + 1, struct view_referral_read_parts);
    for (size_t i = 0; i < count; i++) {
        struct view_referral_read_parts_answers *answers =
            arena_many(arena, part[i].count + 1, struct view_referral_read_parts_answers);
        for (size_t k = 0; k < part[i].count; k++) {
            const struct referral_answer_line *line = &part[i].line[k];
            answers[k] = (struct view_referral_read_parts_answers){
                line->question->label, line->value, line->none, line->read_as};
        }
        parts[i] = (struct view_referral_read_parts){.id = part[i].id,
                                                     .title = part[i].title,
                                                     .name = part[i].name,
                                                     .answers = answers,
                                                     .answers_count = part[i].count};
    }
    struct view_referral_read_empty *none =
        arena_many(arena, empty_count + 1, struct view_referral_read_empty);
    for (size_t i = 0; i < empty_count; i++) none[i].title = empty[i]->title;
    view->parts = parts;
    view->parts_count = count;
    view->empty = none;
    view->empty_count = empty_count;
}

static void draw_additions(struct request *request, const struct referral *referral,
                           struct view_referral_read *view)
{
    struct view_referral_read_additions *list = arena_many(
        request->arena, referral->addition_count + 1, struct view_referral_read_additions);
    for (size_t i = 0; i < referral->addition_count; i++)
        list[i] = (struct view_referral_read_additions){
            referral->addition[i].by, clock_words(request->arena, referral->addition[i].at),
            referral->addition[i].text};
    view->additions = list;
    view->additions_count = referral->addition_count;
}

static void draw(struct request *request, struct response *response,
                 const struct referral *referral, const struct addition_form *form, bool printing)
{
    static const char *const events[] = {"Draft, changed", "Sent", "Withdrawn"};
    struct arena *arena = request->arena;
    const struct referral_head *head = &referral->head;
    struct desk_told told = {0};
    struct err err = {0};
    if (head->sent_at && desk_told(request->app, &head->id, 1, &told, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    struct view_referral_read view = {
        .back = url_to(ROUTE_referrals),
        .reference = head->reference,
        .event = str_from(events[head->state]),
        .who = referral_children(arena, referral, "A child"),
        .when = clock_words(arena, head->sent_at ? head->sent_at : head->changed_at),
        .place = referral_place_name(request, head),
        .decide_by =
            head->sent_at && !told.at ? referral_decide_by(request, head->sent_at) : STR(""),
        .overdue = head->sent_at && !told.at && referral_is_late(request, head->sent_at),
        .told = told.at ? clock_words(arena, told.at) : STR(""),
        .told_words = told.words,
        .telephoned = head->telephoned_at ? clock_words(arena, head->telephoned_at) : STR(""),
        .outcome = url_to_id(arena, ROUTE_referral_outcome, head->id),
        .has_outcome = head->state == REFERRAL_SENT,
        .reason = referral->reason,
        .can_add =
            !printing && head->state == REFERRAL_SENT && head->account == request->who.account,
        .error = str_from(form ? form->error : NULL),
        .typed = form ? form->typed : STR(""),
        .error_at = html_url_fragment(arena, STR("text")),
        .action = url_to_id(arena, ROUTE_referral_add, head->id),
        .csrf = request->csrf,
        .print = url_to_id(arena, ROUTE_referral_print, head->id),
        .pdf = url_to_id(arena, ROUTE_referral_pdf, head->id),
        .printing = printing,
        .marking = str_from(marking),
        .reader = request->who.name,
        .at = clock_words(arena, clock_now()),
    };
    view.state = referral_state_words(head, &told, &view.tag);
    draw_parts(request, referral, &view);
    draw_additions(request, referral, &view);
    PAGE(request, response, "Referral", view_referral_read, &view);
}

void page_referral_read(struct request *request, struct response *response,
                        const struct referral *referral)
{
    draw(request, response, referral, NULL, false);
}

void page_referral_late(struct request *request, struct response *response,
                        const struct referral *referral, struct str typed)
{
    const struct addition_form form = {
        typed, referral->head.state == REFERRAL_SENT
                   ? "This referral was sent meanwhile. What you wrote is not in it: add it below."
                   : "This referral was withdrawn meanwhile. What you wrote was not saved: it "
                     "stands below, to be copied."};
    response->status = 409;
    draw(request, response, referral, &form, false);
}

/* The referral of the path, when this person may read it. */
static bool read_it(struct request *request, struct response *response, struct referral *ret)
{
    struct err err = {0};
    if (referral_read(request->app, request->arena, &request->who, request->id[0], ret, &err) ==
        ST_OK)
        return true;
    respond_error(request, response, &err);
    return false;
}

/* What leaves the program on paper or as a file is a disclosure. */
static bool note_printed(struct request *request, struct response *response,
                         const struct referral *referral)
{
    struct err err = {0};
    struct audit_event event = {.kind = AUDIT_DISCLOSURE,
                                .action = "referral printed",
                                .account = request->who.account,
                                .by_source = referral->head.account == request->who.account,
                                .subject = "referral",
                                .subject_id = referral->head.id};
    if (audit_event(request->app, &event, &err) == ST_OK) return true;
    respond_error(request, response, &err);
    return false;
}

void page_referral_print(struct request *request, struct response *response)
{
    struct referral referral;
    if (read_it(request, response, &referral) && note_printed(request, response, &referral))
        draw(request, response, &referral, NULL, true);
}

void page_referral_pdf(struct request *request, struct response *response)
{
    struct referral referral;
    struct err err = {0};
    if (!read_it(request, response, &referral) || !note_printed(request, response, &referral))
        return;
    if (referral_pdf(request, &referral, marking, &response->body, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    response->content_type = "application/pdf";
    response->file_name = STR("referral.pdf");
}

/* --- adding ----------------------------------------------------------------------------------- */

void page_referral_add(struct request *request, struct response *response)
{
    struct err err = {0};
    struct referral referral;
    struct str text = form_value(request, "text");
    enum st outcome = referral_add(request->app, &request->who, request->id[0], text, &err);
    if (outcome == ST_OK) {
        respond_redirect(response, url_to_id(request->arena, ROUTE_referral, request->id[0]));
    } else if (outcome != ST_INVALID) {
        respond_error(request, response, &err);
    } else if (read_it(request, response, &referral)) {
        struct addition_form form = {text, err.public};
        response->status = 400;
        draw(request, response, &referral, &form, false);
    }
}

/* --- withdrawing ------------------------------------------------------------------------------ */

static void draw_withdraw(struct request *request, struct response *response,
                          const struct referral *referral, const char *error)
{
    struct view_referral_withdraw view = {
        .back = url_to_id(request->arena, ROUTE_referral, referral->head.id),
        .reference = referral->head.reference,
        .error = str_from(error),
        .typed = form_value(request, "reason"),
        .action = url_to_id(request->arena, ROUTE_referral_withdraw_send, referral->head.id),
        .csrf = request->csrf,
        .at = html_url_fragment(request->arena, STR("reason")),
    };
    PAGE(request, response, "Withdraw", view_referral_withdraw, &view);
}

void page_referral_withdraw(struct request *request, struct response *response)
{
    struct referral referral;
    if (referral_own_draft(request, response, &referral))
        draw_withdraw(request, response, &referral, NULL);
}

void page_referral_withdraw_send(struct request *request, struct response *response)
{
    struct err err = {0};
    struct referral referral;
    enum st outcome = referral_withdraw(request->app, &request->who, request->id[0],
                                        form_value(request, "reason"), &err);
    if (outcome == ST_OK) {
        respond_redirect(response, url_to_id(request->arena, ROUTE_referral, request->id[0]));
    } else if (outcome != ST_INVALID) {
        respond_error(request, response, &err);
    } else if (referral_own_draft(request, response, &referral)) {
        response->status = 400;
        draw_withdraw(request, response, &referral, err.public);
    }
}
