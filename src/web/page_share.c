/*
 * Share information: one form, looked through once, then sent.
 *
 * The form holds everything: nothing is kept on the server until it is sent.
 * Each pass reads the form, does what the pressed button asks (find mentions in
 * the narrative, add an empty one, send) and draws it again unless it was sent.
 */
#include "base/utf8.h"
#include "domain/addition.h"
#include "domain/area.h"
#include "domain/contact.h"
#include "domain/danger.h"
#include "domain/extract.h"
#include "domain/handling.h"
#include "domain/stage.h"
#include "domain/submission.h"
#include "domain/when.h"
#include "seal/field.h"
#include "seal/secret.h"
#include "web/draw.h"
#include "web/paper.h"
#include "web/layout.h"
#include "web/page_parts.h"
#include "web/pages.h"

#include <assert.h>

/* A mention of the form: what is in its boxes, and what was found in the text. */
struct form_mention {
    struct mention_draft draft;
    struct str found; /* as extraction gave it, to know it again; empty: typed */
    bool keep;
};

struct share_form {
    struct submission_draft draft;
    struct form_mention mention[MENTIONS_MAX];
    size_t mention_count;
    struct submission_problem problem[MENTIONS_MAX * 2 + 2];
    size_t problem_count;
    struct str when_read;
    bool reviewing;
    bool more_found;
    struct str danger;    /* words of danger in what was written */
    bool told;            /* its writer has seen who to call */
    bool by_name;         /* the Forum may be told who sends it */
    int64_t earlier;      /* of one's own, that it adds to; 0: none */
    int64_t adds_to;      /* the first of those, as it is stored */
    struct str adds_reference;
};

/* --- reading the form --------------------------------------------------------------- */

static void new_key(struct arena *arena, struct share_form *form)
{
    char key[SEAL_TOKEN_SIZE];
    seal_token(key);
    form->draft.idempotency_key = str_dup(arena, str_from(key));
}

static struct str mention_value(const struct request *request, size_t number, const char *name)
{
    char text[64] = "m"; /* of all that there could be most are not there: not worth printing */
    char space[STR_INT_SIZE];
    struct str digits = str_from_int((int64_t)number, space);
    size_t begin = 1 + digits.len + 1, length = begin + strlen(name);
    assert(length <= sizeof text);
    memcpy(text + 1, digits.ptr, digits.len);
    text[begin - 1] = '-';
    memcpy(text + begin, name, strlen(name));
    const struct form_field *field = form_find(request, str_of(text, length));
    return field ? field->value : STR("");
}

static int32_t to_offset(struct str text)
{
    int64_t number = -1;
    if (!str_to_int(text, &number) || number < 0 || number > NARRATIVE_MAX) return -1;
    return (int32_t)number;
}

static void read_mentions(struct request *request, struct share_form *form)
{
    for (size_t number = 1; number <= MENTIONS_MAX; number++) {
        struct form_mention *mention = &form->mention[form->mention_count];
        enum link_kind kind;
        if (!kind_from_name(mention_value(request, number, "kind"), &kind)) continue;
        *mention = (struct form_mention){
            .draft = {.kind = kind,
                      .span_start = to_offset(mention_value(request, number, "start")),
                      .span_end = to_offset(mention_value(request, number, "end"))},
            .found = mention_value(request, number, "found"),
            .keep = mention_value(request, number, "keep").len > 0,
        };
        for (int field = 0; field < LINK_FIELDS; field++)
            if (field_kind((enum link_field)field) == kind)
                mention->draft.field[field] =
                    mention_value(request, number, field_name((enum link_field)field));
        form->mention_count++;
    }
}

static void read_form(struct request *request, struct share_form *form)
{
    form->draft = (struct submission_draft){
        .idempotency_key = form_value(request, "key"),
        .narrative = utf8_clean(request->arena, form_value(request, "narrative"), NULL),
        .when_text = form_value(request, "when"),
        .where_text = form_value(request, "where"),
        .handling = form_value(request, "handling"),
    };
    if (!how_known_from_name(form_value(request, "how"), &form->draft.how_known))
        form->draft.how_known = HOW_NOT_SAID;
    form->by_name = str_eq(form_value(request, "by-name"), STR("yes"));
    form->told = form_value(request, "told").len > 0;
    read_mentions(request, form);
    form->reviewing = form->mention_count > 0;
}

/* What it adds to, of one's own: ?adds-to= of the link, then a field of the form. */
static enum st read_earlier(struct request *request, struct share_form *form, struct err *err)
{
    if (!str_to_int(form_value(request, "adds-to"), &form->earlier) || form->earlier <= 0) {
        form->earlier = 0;
        return form_value(request, "adds-to").len ? err_missing(err, "submission") : ST_OK;
    }
    return addition_check(request->app, request->arena, &request->who, form->earlier,
                          &form->adds_to, &form->adds_reference, err);
}

/* --- finding mentions in the narrative ------------------------------------------------- */

/* Everything that extraction said of a mention, in one line. */
static struct str fingerprint(struct arena *arena, const struct mention_draft *mention)
{
    struct buf line;
    buf_init(&line, 8192);
    for (int field = 0; field < LINK_FIELDS; field++) {
        if (!mention->field[field].len) continue;
        buf_add_c(&line, field_name((enum link_field)field));
        buf_add_char(&line, '=');
        buf_add(&line, mention->field[field]);
        buf_add_char(&line, ';');
    }
    struct str text = str_dup(arena, buf_str(&line));
    buf_done(&line);
    return text;
}

/* Offers what is in the narrative and not in the form yet; what the text no longer
 * holds is kept as typed when it was ticked.  Returns how many are new. */
static size_t find_mentions(struct arena *arena, struct share_form *form, struct date today)
{
    struct mention_draft *found = arena_many(arena, MENTIONS_MAX, struct mention_draft);
    size_t count = form->draft.narrative.len > NARRATIVE_MAX
                       ? 0
                       : extract_mentions(arena, form->draft.narrative, today, found, MENTIONS_MAX);
    bool there[MENTIONS_MAX] = {false};
    size_t kept = 0;
    for (size_t i = 0; i < form->mention_count; i++) {
        struct form_mention *mention = &form->mention[i];
        bool still = !mention->found.len;
        for (size_t k = 0; k < count && !still; k++) {
            if (there[k] || found[k].kind != mention->draft.kind ||
                !str_eq(fingerprint(arena, &found[k]), mention->found))
                continue;
            there[k] = still = true;
            mention->draft.span_start = found[k].span_start;
            mention->draft.span_end = found[k].span_end;
        }
        if (!still && !mention->keep) continue;
        if (!still) {
            mention->found = STR("");
            mention->draft.span_start = mention->draft.span_end = -1;
        }
        form->mention[kept++] = *mention;
    }
    form->mention_count = kept;
    size_t new = 0;
    for (size_t k = 0; k < count && form->mention_count < MENTIONS_MAX; k++) {
        if (there[k]) continue;
        form->mention[form->mention_count++] = (struct form_mention){
            .draft = found[k], .found = fingerprint(arena, &found[k]), .keep = true};
        new++;
    }
    return new;
}

static void read_when(struct arena *arena, struct share_form *form, struct date today)
{
    if (!str_trim(form->draft.when_text).len) return;
    if (form->draft.when_text.len > MENTION_FIELD_MAX) return; /* submission_check says so */
    struct date_range range;
    struct err err = {0};
    enum st outcome = when_parse(form->draft.when_text, today, &range, &err);
    if (outcome == ST_INVALID) {
        form->problem[form->problem_count++] = (struct submission_problem){
            STR("when"), str_dup(arena, str_from(err.public))};
    } else if (outcome == ST_OK) {
        form->draft.seen_from = range.from;
        form->draft.seen_to = range.to;
        form->when_read = draw_days(arena, date_to_days(range.from), date_to_days(range.to));
    }
}

/* The draft of what is ticked; number[] says which of the form each was. */
static void take_kept(struct arena *arena, struct share_form *form)
{
    form->draft.mention = arena_many(arena, MENTIONS_MAX, struct mention_draft);
    form->draft.mention_count = 0;
    for (size_t i = 0; i < form->mention_count; i++)
        if (form->mention[i].keep)
            form->draft.mention[form->draft.mention_count++] = form->mention[i].draft;
}

static void look_for_danger(struct request *request, struct share_form *form)
{
    const struct area *area = request->app->area;
    form->danger = area ? submission_danger(request->arena, area, &form->draft) : STR("");
}

/* Problems number the mentions that were kept; the page numbers all of them. */
static void renumber(struct arena *arena, struct share_form *form)
{
    for (size_t p = 0; p < form->problem_count; p++) {
        struct str rest = form->problem[p].field;
        if (!str_starts(rest, STR("mention-"))) continue;
        rest = str_sub(rest, 8, rest.len);
        struct str number_text;
        int64_t number = 0;
        str_split(&rest, '-', &number_text);
        str_to_int(number_text, &number);
        size_t seen = 0;
        for (size_t i = 0; i < form->mention_count; i++) {
            if (!form->mention[i].keep || ++seen != (size_t)number) continue;
            form->problem[p].field = str_fmt(arena, str_eq(rest, STR("kind")) ? "mention-%zu-%.*s"
                                                                               : "m%zu-%.*s",
                                             i + 1, STR_ARG(rest));
            break;
        }
    }
}

/* --- drawing ------------------------------------------------------------------------------ */

static struct str problem_of(const struct share_form *form, struct str field)
{
    for (size_t i = 0; i < form->problem_count; i++)
        if (str_eq(form->problem[i].field, field)) return form->problem[i].message;
    return STR("");
}

static void draw_mentions(struct arena *arena, const struct share_form *form,
                          struct view_share *view)
{
    struct view_share_mentions *list =
        arena_many(arena, form->mention_count, struct view_share_mentions);
    for (size_t i = 0; i < form->mention_count; i++) {
        const struct form_mention *mention = &form->mention[i];
        struct view_share_mentions_fields *fields =
            arena_many(arena, LINK_FIELDS, struct view_share_mentions_fields);
        size_t count = 0;
        bool filled = false;
        for (int field = 0; field < LINK_FIELDS; field++) {
            if (field_kind((enum link_field)field) != mention->draft.kind) continue;
            struct str id = str_fmt(arena, "m%zu-%s", i + 1, field_name((enum link_field)field));
            filled |= mention->draft.field[field].len > 0;
            fields[count++] = (struct view_share_mentions_fields){
                .id = id,
                .label = str_from(field_label((enum link_field)field)),
                .value = mention->draft.field[field],
                .error = problem_of(form, id)};
        }
        list[i] = (struct view_share_mentions){
            .number = (int64_t)i + 1,
            .kind = str_from(kind_name(mention->draft.kind)),
            .label = draw_kind_label(mention->draft.kind),
            .title = filled ? draw_excerpt(arena, mention_title(arena, mention->draft.kind,
                                                                mention->draft.field), 80)
                            : STR(""),
            .found = mention->found,
            .start = mention->draft.span_start,
            .end = mention->draft.span_end,
            .keep = mention->keep,
            .from_text = mention->found.len > 0,
            .error = problem_of(form, str_fmt(arena, "mention-%zu-kind", i + 1)),
            .fields = fields,
            .fields_count = count,
        };
    }
    view->mentions = list;
    view->mentions_count = form->mention_count;
}

static void draw_marks(struct arena *arena, const struct share_form *form, struct view_share *view)
{
    struct draw_span *spans = arena_many(arena, form->mention_count, struct draw_span);
    size_t count = 0;
    for (size_t i = 0; i < form->mention_count; i++)
        if (form->mention[i].draft.span_start >= 0)
            spans[count++] = (struct draw_span){form->mention[i].draft.span_start,
                                                form->mention[i].draft.span_end,
                                                form->mention[i].draft.kind};
    view->marked = count > 0;
    struct draw_segment *segments = NULL;
    size_t segment_count = draw_segments(arena, form->draft.narrative, spans, count, &segments);
    DRAW_COPY_SEGMENTS(arena, struct view_share_segments, segments, segment_count, view->segments);
    view->segments_count = segment_count;
}

static void draw_problems(struct arena *arena, const struct share_form *form,
                          struct view_share *view)
{
    struct partial_error_summary_problems *list =
        arena_many(arena, form->problem_count, struct partial_error_summary_problems);
    for (size_t i = 0; i < form->problem_count; i++)
        list[i] = (struct partial_error_summary_problems){
            .href = html_url_fragment(arena, form->problem[i].field),
            .message = form->problem[i].message};
    view->problems = list;
    view->problems_count = form->problem_count;
    view->narrative_error = problem_of(form, STR("narrative"));
    view->when_error = problem_of(form, STR("when"));
    view->where_error = problem_of(form, STR("where"));
    view->handling_error = problem_of(form, STR("handling"));
}

/* Conditions that name organisations are set afterwards, by whoever represents one's own:
 * until then it is for the owner alone to hand on. */
static size_t draw_handlings(struct request *request, const struct share_form *form,
                             struct view_share_handlings ret[static HANDLINGS_MAX])
{
    size_t known_count = 0;
    size_t count = 0;
    const struct area_handling *known =
        request->app->area ? area_handlings(request->app->area, &known_count) : NULL;
    for (size_t i = 0; i < known_count; i++) {
        if (known[i].rule == HANDLING_NAMED || known[i].for_referrals) continue;
        ret[count] = (struct view_share_handlings){
            .id = str_fmt(request->arena, "handling-%zu", count + 1),
            .value = known[i].code,
            .label = known[i].label,
            .hint = known[i].hint,
            .checked = form->draft.handling.len ? str_eq(known[i].code, form->draft.handling)
                                                : count == 0};
        count++;
    }
    return count;
}

static void draw(struct request *request, struct response *response, const struct share_form *form)
{
    struct arena *arena = request->arena;
    const struct area *area = request->app->area;
    struct view_share_how how[HOW_ANSWERS];
    for (int i = 0; i < HOW_ANSWERS; i++) {
        /* What is not known comes last. */
        enum how_known known = (enum how_known)((i + 1) % HOW_ANSWERS);
        const struct area_how_known *answer = area ? area_how_known(area, known) : NULL;
        how[i] = (struct view_share_how){.value = str_from(how_known_name(known)),
                                         .label = draw_how_label(area, known),
                                         .hint = answer ? answer->hint : STR(""),
                                         .checked = known == form->draft.how_known};
    }
    struct view_share_kinds kinds[LINK_KINDS];
    for (int i = 0; i < LINK_KINDS; i++)
        kinds[i] = (struct view_share_kinds){
            .value = str_from(kind_name((enum link_kind)i)),
            .label = str_lower(arena, draw_kind_label((enum link_kind)i))};
    struct view_share view = {
        .unit_in_full = area_unit_in_full(request->app->area),
        .action = url_to(ROUTE_share_send),
        .csrf = request->csrf,
        .key = form->draft.idempotency_key,
        .reviewing = form->reviewing,
        .rules = sharing_rules(request),
        .danger = form->danger,
        .told = form->danger.len ? STR("yes") : STR(""),
        .danger_words = area ? danger_words(arena, area) : STR(""),
        .help = url_to(ROUTE_help_now),
        .away = page_is_answer(request),
        .narrative = form->draft.narrative,
        .when = form->draft.when_text,
        .when_read = form->when_read,
        .where = form->draft.where_text,
        .how = how,
        .how_count = HOW_ANSWERS,
        .kinds = kinds,
        .kinds_count = LINK_KINDS,
        .more_found = form->more_found,
    };
    struct view_share_handlings handlings[HANDLINGS_MAX];
    view.handlings_count = draw_handlings(request, form, handlings);
    view.handlings = handlings;
    view.goes_by_representative = !access_allows(&request->who, ACT_IMPORT, NULL);
    view.by_name = form->by_name;
    view.adds_to = form->earlier ? str_fmt(arena, "%lld", (long long)form->earlier) : STR("");
    view.adds_reference = form->adds_reference;
    view.adds_see = url_to_id(arena, ROUTE_submission, form->earlier);
    view.handling_open = !form->draft.handling.len || handlings[0].checked;
    draw_problems(arena, form, &view);
    draw_mentions(arena, form, &view);
    draw_marks(arena, form, &view);
    PAGE(request, response, view.reviewing ? "Check and send" : "Share information", view_share,
         &view);
}

/* --- the pages ------------------------------------------------------------------------------- */

void page_share(struct request *request, struct response *response)
{
    struct share_form *form = arena_new(request->arena, struct share_form);
    struct err err = {0};
    if (read_earlier(request, form, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    new_key(request->arena, form);
    form->draft.how_known = HOW_NOT_SAID; /* nobody says for them how they know */
    draw(request, response, form);
}

/* All that the form says: a browser that goes back, or copies a tab, shows a form that was sent
 * with the key of then, and what is written there now may be another matter. */
static struct str asked_of(struct arena *arena, const struct share_form *form)
{
    enum { TEXTS = 7 };
    const struct submission_draft *draft = &form->draft;
    struct str text[TEXTS + MENTIONS_MAX] = {
        draft->narrative,
        draft->when_text,
        draft->where_text,
        draft->handling,
        str_from(how_known_name(draft->how_known)),
        form->by_name ? STR("yes") : STR(""),
        str_fmt(arena, "%lld", (long long)form->adds_to),
    };
    for (size_t i = 0; i < draft->mention_count; i++) /* a field is of one kind: it says which */
        text[TEXTS + i] = texts_pack(arena, draft->mention[i].field, LINK_FIELDS);
    return texts_pack(arena, text, TEXTS + draft->mention_count);
}

static void send_draft(struct request *request, struct response *response, struct share_form *form)
{
    struct err err = {0};
    struct submission_receipt receipt = {0};
    struct submission_how how = {.by_name = form->by_name, .adds_to = form->adds_to};
    form->draft.asked = asked_of(request->arena, form);
    enum st outcome =
        submission_share_how(request->app, &request->who, &form->draft, &how, &receipt, &err);
    if (outcome == ST_OK) {
        struct str reference = str_dup(request->arena, str_from(receipt.reference));
        respond_redirect(response, url_to_text(request->arena, ROUTE_shared, reference));
        return;
    }
    if (outcome == ST_DENIED || outcome == ST_NOT_FOUND) {
        respond_error(request, response, &err);
        return;
    }
    bool is_other = outcome == ST_CONFLICT && receipt.id;
    if (is_other) new_key(request->arena, form);
    /* Whatever it was, the form comes back with everything in it. */
    response->status = is_other ? 409 : outcome == ST_INVALID ? 400 : 503;
    form->reviewing = true;
    form->problem[form->problem_count++] = (struct submission_problem){
        STR("narrative"),
        is_other ? STR("You sent something else from this form before. This is not sent yet. "
                       "Press Send if you want to send it too.")
                 : str_dup(request->arena, str_from(err.public))};
    draw(request, response, form);
}

void page_share_send(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct share_form *form = arena_new(arena, struct share_form);
    struct date today = clock_london(clock_now()).date;
    struct str button = form_value(request, "do");
    struct err err = {0};
    read_form(request, form);
    enum st earlier = read_earlier(request, form, &err);
    if (!form->draft.idempotency_key.len || form->draft.idempotency_key.len > 100)
        new_key(arena, form);
    enum link_kind kind;
    if (str_starts(button, STR("add-")) &&
        kind_from_name(str_sub(button, 4, button.len), &kind)) {
        if (form->mention_count < MENTIONS_MAX)
            form->mention[form->mention_count++] = (struct form_mention){
                .draft = {.kind = kind, .span_start = -1, .span_end = -1}, .keep = true};
        read_when(arena, form, today);
        look_for_danger(request, form);
        form->problem_count = 0; /* not yet: the person is still writing */
        draw(request, response, form);
        return;
    }
    size_t new = find_mentions(arena, form, today);
    take_kept(arena, form);
    look_for_danger(request, form);
    read_when(arena, form, today);
    form->problem_count += submission_check(arena, &form->draft, today,
                                            form->problem + form->problem_count,
                                            MENTIONS_MAX * 2 - form->problem_count);
    renumber(arena, form);
    if (form->draft.handling.len && !handling_known(request->app, form->draft.handling))
        form->problem[form->problem_count++] = (struct submission_problem){
            STR("handling"), STR("Choose who may see this.")};
    if (earlier != ST_OK)
        form->problem[form->problem_count++] = (struct submission_problem){
            STR("narrative"),
            earlier == ST_NOT_FOUND
                ? STR("You cannot add to that one. What you wrote can be sent by itself.")
                : str_dup(arena, str_from(err.public))};
    /* Withdrawn meanwhile, or of somebody else who was signed in: this one can stand by itself. */
    if (earlier == ST_CONFLICT || earlier == ST_NOT_FOUND) form->earlier = form->adds_to = 0;
    bool sending = str_eq(button, STR("send"));
    bool told = form->told || !form->danger.len;
    if (form->problem_count == 0 && sending && new == 0 && told) {
        send_draft(request, response, form);
        return;
    }
    if (form->problem_count)
        response->status = earlier == ST_BUSY || earlier == ST_FAILED ? 503 : 400;
    form->reviewing = form->problem_count == 0 || form->reviewing;
    form->more_found = sending && new > 0 && form->problem_count == 0;
    draw(request, response, form);
}

void page_shared(struct request *request, struct response *response)
{
    struct err err = {0};
    int64_t id = 0;
    struct stage_state state;
    enum st outcome =
        submission_find_own(request->app, &request->who, request->parameter[0], &id, &err);
    if (outcome == ST_OK) outcome = stage_read(request->app, request->arena, id, &state, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    struct view_shared view = {
        .unit_in_full = area_unit_in_full(request->app->area),
        .reference = request->parameter[0],
        .again = url_to(ROUTE_share),
        .mine = url_to(ROUTE_submissions),
        .card = url_to_text(request->arena, ROUTE_receipt_card, request->parameter[0]),
        .help = url_to(ROUTE_help_now),
        .see = url_to_id(request->arena, ROUTE_submission, id),
        .sees = access_allows(&request->who, ACT_SEE_LINKS, NULL),
        .waits = !stage_is_shared(state.stage),
        .forum = area_setting(request->app->area, STR("forum-word")),
    };
    PAGE(request, response, "Thank you", view_shared, &view);
}

/* --- the reference card: to print and keep; nothing of what was written, nor who wrote it ----- */

enum { CARD_NUMBERS_MAX = 6 };
struct card {
    struct request *request;
    int64_t id;
    struct str address;
    struct str printed;
    struct contact call[CARD_NUMBERS_MAX];
    size_t calls;
};

static enum st read_card(struct request *request, struct card *ret, struct err *err)
{
    struct arena *arena = request->arena;
    struct contact *list = NULL;
    size_t count = 0;
    struct url mine = url_to(ROUTE_submissions);
    *ret = (struct card){
        .request = request,
        .address = str_fmt(arena, "%.*s%.*s", STR_ARG(request_origin(request)), STR_ARG(mine.s)),
        .printed = date_words(arena, clock_london(clock_now()).date)};
    enum st outcome =
        submission_find_own(request->app, &request->who, request->parameter[0], &ret->id, err);
    if (outcome == ST_OK) outcome = contact_list(request->app, arena, &list, &count, err);
    for (size_t i = 0; i < count && outcome == ST_OK && ret->calls < CARD_NUMBERS_MAX; i++)
        if (list[i].now.use == USE_REFERRAL || list[i].now.use == USE_OUT_OF_HOURS)
            ret->call[ret->calls++] = list[i];
    return outcome;
}

void page_receipt_card(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct card card;
    struct err err = {0};
    if (read_card(request, &card, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    struct view_receipt_card view = {
        .reference = request->parameter[0],
        .back = url_to_id(arena, ROUTE_submission, card.id),
        .pdf = url_to_text(arena, ROUTE_receipt_card_pdf, request->parameter[0]),
        .address = card.address,
        .printed = card.printed};
    struct view_receipt_card_calls *calls =
        arena_many(arena, card.calls, struct view_receipt_card_calls);
    for (size_t i = 0; i < card.calls; i++)
        calls[view.calls_count++] =
            (struct view_receipt_card_calls){card.call[i].now.name, card.call[i].now.phone,
                                             html_url_phone(arena, card.call[i].now.phone)};
    view.calls = calls;
    PAGE(request, response, "Reference card", view_receipt_card, &view);
}

static void write_card(struct paper *paper, const void *context)
{
    const struct card *card = context;
    struct arena *arena = card->request->arena;
    paper_text(paper, STR("Your reference"), 0, 11, false, 0);
    paper_text(paper, card->request->parameter[0], 0, 20, true, 0);
    paper_space(paper, 6);
    paper_text(
        paper,
        STR("Sign in and see how far it has come, answer a question, add to it, or take it back:"),
        0, 11, false, 0);
    paper_text(paper, card->address, 0, 11, true, 0);
    paper_space(paper, 10);
    paper_text(paper, STR("In danger now? Call 999"), 0, 13, true, 0);
    paper_text(paper, STR("Worried about a child? Sharing is no referral. Call:"), 0, 11, false, 0);
    for (size_t i = 0; i < card->calls; i++)
        paper_text(paper,
                   str_fmt(arena, "%.*s: %.*s", STR_ARG(card->call[i].now.name),
                           STR_ARG(card->call[i].now.phone)),
                   12, 11, false, 0);
    paper_space(paper, 8);
    paper_text(paper, str_fmt(arena, "Printed on %.*s", STR_ARG(card->printed)), 0, 9, false, 0);
}

void page_receipt_card_pdf(struct request *request, struct response *response)
{
    struct card card;
    struct err err = {0};
    enum st outcome = read_card(request, &card, &err);
    if (outcome == ST_OK)
        outcome = paper_pdf(request, STR("Reference card"), NULL, write_card, &card,
                            &response->body, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    response->content_type = "application/pdf";
    response->file_name = STR("reference-card.pdf");
}
