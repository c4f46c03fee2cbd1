/*
 * The steps of the desk, each a form on a page of its own.  What a form asks is a table here;
 * what may be answered is the area pack's, what follows is domain/desk_act.c.
 */
#include "web/page_desk.h"

#include "domain/child_entry.h"
#include "domain/desk_chronology.h"
#include "domain/organisation.h"
#include "web/choices.h"

enum { FIELDS = 6 };

enum field_kind {
    FIELD_END,
    FIELD_TERMS,        /* radios: the pack's entries of a kind */
    FIELD_TERMS_SELECT, /* the same, as a list */
    FIELD_YES_NO,
    FIELD_CHECKS,       /* the open checks of the case */
    FIELD_PARTNERS,     /* whom to ask */
    FIELD_MEETINGS,     /* that were written down */
    FIELD_LESSER,       /* a tick: less than was decided before is meant; asked where it is */
    FIELD_LESSER_WHY,   /* and why */
    FIELD_LINE,
    FIELD_AREA,
};

struct field_spec {
    enum field_kind kind;
    const char *name;
    const char *label;
    const char *hint; /* NULL: none */
    enum desk_kind terms;
};

struct form_spec {
    const char *title;
    const char *intro; /* NULL: none */
    const char *button;
    struct field_spec field[FIELDS];
    bool warns; /* the referrer reads it */
};

#define WHY(label_text, hint_text) {FIELD_AREA, "text", label_text, hint_text, DESK_KINDS}
#define WHO(label_text, hint_text) {FIELD_LINE, "who", label_text, hint_text, DESK_KINDS}
#define DAY(label_text) \
    {FIELD_LINE, "day", label_text, "Like 12/3/2026, today or last Friday", DESK_KINDS}

static const struct form_spec forms[DESK_ACTIONS] = {
    [DESK_DO_TAKE] = {"Take this case on",
                      "The others see that you have it. You can take it on from somebody else.",
                      "Take it on",
                      {{0}},
                      false},
    [DESK_DO_RATE] = {"Set the rating",
                      "The rating sets how soon partners have to answer. It is about how fast to "
                      "act, and says nothing of what a child has suffered.",
                      "Set the rating",
                      {{FIELD_TERMS, "choice", "How urgent is it?", NULL, DESK_RATING},
                       WHY("Why?", NULL)},
                      false},
    [DESK_DO_CHECK] = {"Ask a partner",
                       NULL,
                       "Ask",
                       {{FIELD_PARTNERS, "choice", "Whom do you ask?",
                         "An organisation here answers on a page of its own. Others you ring, and "
                         "write their answer down.",
                         DESK_AGENCY},
                        WHY("What do you ask, and about whom?",
                            "The partner reads this and nothing else of the referral. Leave in it "
                            "only what they need.")},
                       false},
    [DESK_DO_CHECK_ANSWER] =
        {"Write down an answer by telephone",
         NULL,
         "Save the answer",
         {{FIELD_CHECKS, "check", "Which check?", NULL, DESK_KINDS},
          {FIELD_TERMS, "choice", "What did they say?", NULL, DESK_CHECK_ANSWER},
          WHY("In their words", "Who said it, when, and what their records say.")},
         false},
    [DESK_DO_CHECK_WITHDRAW] = {"Withdraw a check",
                                NULL,
                                "Withdraw it",
                                {{FIELD_CHECKS, "check", "Which check?", NULL, DESK_KINDS},
                                 WHY("Why is it not needed?", NULL)},
                                false},
    [DESK_DO_DECIDE] =
        {"Decide",
         "A decision can be made anew later; what was decided before stays in the record.",
         "Save the decision",
         {{FIELD_TERMS, "choice", "What is decided?", NULL, DESK_OUTCOME},
          {FIELD_TERMS_SELECT, "second", "If nothing further is done: why?",
           "Only for no further action.", DESK_NO_ACTION},
          WHY("Rationale", "What you know, what you do not know, and why this follows."),
          WHO("Who decided?", "Name and role"),
          {FIELD_LESSER, "lesser", "You chose less than what is decided. Is that meant?", NULL,
           DESK_KINDS},
          {FIELD_LESSER_WHY, "why", "Why is what was decided before not needed?",
           "What has changed since, or was not known then.", DESK_KINDS}},
         false},
    [DESK_DO_MEET] = {"Write down a strategy discussion or meeting",
                      "When an enquiry begins, the clock of the child protection conference runs "
                      "from this meeting. While one runs, another meeting does not move it.",
                      "Save the meeting",
                      {{FIELD_TERMS, "choice", "What was it?", NULL, DESK_MEETING},
                       DAY("On which day?"),
                       {FIELD_LINE, "time", "At what time?", "Like 16:50", DESK_KINDS},
                       WHO("Who took part?", "Names and agencies"),
                       {FIELD_TERMS, "second", "What came of it?", NULL, DESK_MEETING_RESULT},
                       WHY("What was agreed?", "Who does what by when")},
                      false},
    [DESK_DO_MEETING_DAY] =
        {"The day of the meeting was wrong",
         "The clock of the conference runs from the right day. The day that was written down "
         "before stays in the history, with your name beside the new one.",
         "Save the day",
         {{FIELD_MEETINGS, "choice", "Which meeting?", NULL, DESK_KINDS},
          DAY("On which day was it?"),
          {FIELD_LINE, "time", "At what time?", "Like 16:50", DESK_KINDS},
          WHY("What was wrong?", "And how you know the right day.")},
         false},
    [DESK_DO_CONFERENCE] = {"The child protection conference was held",
                            NULL,
                            "Save",
                            {DAY("On which day?"), WHY("What came of it?", NULL)},
                            false},
    [DESK_DO_NO_CONFERENCE] =
        {"No child protection conference is needed",
         "The enquiry ends without one. That ends the clock, and the record says that none was "
         "held. If an enquiry begins again, the clock starts anew.",
         "Save",
         {DAY("On which day was that decided?"),
          WHY("Why is none needed?", "What the enquiry found, and how the child is safe."),
          WHO("Who decided?", "Name and role")},
         false},
    [DESK_DO_ASSESSED] = {"The assessment is finished",
                          NULL,
                          "Save",
                          {DAY("On which day?"), WHY("What came of it?", NULL)},
                          false},
    [DESK_DO_WORKER] =
        {"Tell the child’s allocated worker",
         "A child with a social worker, or another worker of their own: that worker has to know. "
         "They are told that a referral came, and to ring; not what it says.",
         "Save",
         {WHO("Who is it?", "Name, team and phone number"),
          {FIELD_LINE, "email", "Email address of their account, if they have one here",
           "They are told on their notices.", DESK_KINDS},
          WHY("How and when did you tell them?", "Leave it empty when the notice is enough.")},
         false},
    [DESK_DO_DISAGREE] = {"Record a disagreement",
                          "Disagreement is part of the work. It goes from stage to stage until it "
                          "is settled, each with its own clock.",
                          "Record it",
                          {WHO("Who disagrees?", "Name and agency"),
                           WHY("What do they disagree with, and what do they ask for?", NULL)},
                          false},
    [DESK_DO_ESCALATE] = {"Take the disagreement further",
                          NULL,
                          "Take it further",
                          {WHY("Why does it go further?",
                               "What was tried, and what is still open")},
                          false},
    [DESK_DO_AGREE] = {"The disagreement is settled",
                       NULL,
                       "Save",
                       {WHY("How was it settled?",
                            "If the decision changes, decide anew as well.")},
                       false},
    [DESK_DO_TRANSFER] = {"Pass to another area",
                          "The case stays yours until they accept it.",
                          "Save",
                          {{FIELD_TERMS, "choice", "Which area?", NULL, DESK_BOUNDARY},
                           WHO("Whom did you speak with there?",
                               "Name, role, and how to reach them"),
                           WHY("Why does it pass there?", NULL)},
                          false},
    [DESK_DO_TRANSFER_ANSWER] = {"Their answer to the transfer",
                                 NULL,
                                 "Save",
                                 {{FIELD_YES_NO, "choice", "Did they accept it?", NULL, DESK_KINDS},
                                  WHO("Who said so?", "Name and role"),
                                  WHY("What was agreed, or why did they decline?", NULL)},
                                 false},
    [DESK_DO_FEEDBACK] =
        {"Tell the referrer",
         "They read this on the page of their referral and are told on their notices. Before a "
         "decision it is an acknowledgement; after one it is the feedback that is due.",
         "Send",
         {{FIELD_TERMS, "choice", "What are they told?", NULL, DESK_FEEDBACK},
          WHY("Anything more? You may leave this empty", "For example, whom to ring.")},
         true},
    [DESK_DO_CLOSE] = {"Ask to close",
                       "You give the first sign-off. Another person has to give the second.",
                       "Ask to close",
                       {WHY("Why can it be closed?", NULL)},
                       false},
    [DESK_DO_SIGN_OFF] = {"Second sign-off",
                          "You look at the case anew: outcome, reasons, what was asked and "
                          "answered, what the referrer was told.",
                          "Save",
                          {{FIELD_YES_NO, "choice", "Do you agree to close it?", NULL, DESK_KINDS},
                           WHY("Your reasons", NULL)},
                          false},
    [DESK_DO_REOPEN] = {"Open the case again",
                        "The clock of the decision starts anew.",
                        "Open it again",
                        {WHY("What is new?", NULL)},
                        false},
    [DESK_DO_NOTE] = {"Add a note", NULL, "Add it", {WHY("Note", NULL)}, false},
};

const char *desk_step_label(enum desk_action action, const struct desk_case *desk)
{
    if (action == DESK_DO_RATE && desk->rating.len) return "Change the rating";
    if (action == DESK_DO_DECIDE && desk->decided_at) return "Decide anew";
    if (action == DESK_DO_TAKE && desk->owner) return "Take it over";
    if (action == DESK_DO_WORKER && desk->worker.len) return "Tell another worker";
    static const char *const labels[DESK_ACTIONS] = {
        [DESK_DO_TAKE] = "Take it on",
        [DESK_DO_RATE] = "Set the rating",
        [DESK_DO_CHECK] = "Ask a partner",
        [DESK_DO_CHECK_ANSWER] = "Write down an answer",
        [DESK_DO_CHECK_WITHDRAW] = "Withdraw a check",
        [DESK_DO_DECIDE] = "Decide",
        [DESK_DO_MEET] = "Write down a strategy discussion or meeting",
        [DESK_DO_MEETING_DAY] = "The day of the meeting was wrong",
        [DESK_DO_CONFERENCE] = "The conference was held",
        [DESK_DO_NO_CONFERENCE] = "No conference is needed",
        [DESK_DO_ASSESSED] = "The assessment is finished",
        [DESK_DO_WORKER] = "Tell the allocated worker",
        [DESK_DO_DISAGREE] = "Record a disagreement",
        [DESK_DO_ESCALATE] = "Take the disagreement further",
        [DESK_DO_AGREE] = "The disagreement is settled",
        [DESK_DO_TRANSFER] = "Pass to another area",
        [DESK_DO_TRANSFER_ANSWER] = "Their answer to the transfer",
        [DESK_DO_FEEDBACK] = "Tell the referrer",
        [DESK_DO_CLOSE] = "Ask to close",
        [DESK_DO_SIGN_OFF] = "Second sign-off",
        [DESK_DO_REOPEN] = "Open it again",
        [DESK_DO_NOTE] = "Add a note",
    };
    return labels[action];
}

/* --- what a form is drawn from ---------------------------------------------------------------- */

struct drawing {
    struct request *request;
    const struct desk_case *desk;
    const struct referral *referral;
    enum desk_action action;
    const struct err *problem; /* NULL: it is drawn for the first time */
    const char *at;            /* the field that is wrong; NULL: none of them */
    int64_t seen;              /* the last event that stood there when the form was opened */
    bool added_since;          /* the referrer added something since */
};

/* Names and dates of birth of the children: what a partner needs to look them up. */
static struct str about_children(const struct drawing *drawing)
{
    struct arena *arena = drawing->request->arena;
    const struct questions *form = drawing->referral->form;
    const struct question_section *section = questions_find_section(form, STR(REFERRAL_CHILD));
    const struct referral_row *row[QUESTION_ROWS_MAX];
    size_t count = referral_rows(drawing->referral, STR(REFERRAL_CHILD), row, QUESTION_ROWS_MAX);
    struct str text = STR("");
    for (size_t i = 0; section && i < count && i < QUESTION_ROWS_MAX; i++) {
        struct str line = referral_row_name(arena, drawing->referral, row[i]);
        for (size_t q = 0; q < form->question_count; q++) {
            const struct question *question = &form->question[q];
            struct answer answer =
                referral_answer_get(drawing->referral, row[i]->number, question->key);
            if (&form->section[question->section] != section || question->mention != LINK_BIRTH ||
                answer.kind != ANSWER_GIVEN)
                continue;
            line = str_fmt(arena, "%.*s, %.*s", STR_ARG(line),
                           STR_ARG(child_born_words(arena, answer.value)));
        }
        text = str_fmt(arena, "%.*s%.*s.\n", STR_ARG(text), STR_ARG(line));
    }
    return text.len ? str_fmt(arena, "%.*s\nWhat do you know of them and of whom they live with? ",
                              STR_ARG(text))
                    : text;
}

/* What a box holds before anything was typed. */
static struct str first_value(const struct drawing *drawing, const char *name)
{
    struct request *request = drawing->request;
    if (drawing->action == DESK_DO_CHECK && strcmp(name, "text") == 0)
        return about_children(drawing);
    if (drawing->action == DESK_DO_DECIDE && strcmp(name, "who") == 0) return request->who.name;
    if (drawing->action == DESK_DO_WORKER && strcmp(name, "who") == 0)
        return desk_workers(request->arena, drawing->referral);
    if (drawing->action == DESK_DO_FEEDBACK && strcmp(name, "choice") == 0) {
        const struct desk_term *outcome =
            area_desk_find(request->app->area, DESK_OUTCOME, drawing->desk->outcome);
        return outcome ? outcome->feedback : STR("");
    }
    return form_value(request, name); /* also of the address: ?check=7 */
}

/* --- options ---------------------------------------------------------------------------------- */

static void add_terms(const struct drawing *drawing, const struct field_spec *field,
                      struct choices *choices)
{
    size_t count = 0;
    const struct desk_term *terms =
        area_desk_terms(drawing->request->app->area, field->terms, &count);
    for (size_t i = 0; i < count; i++)
        choices_add(choices, terms[i].id, terms[i].label,
                   field->terms == DESK_FEEDBACK ? terms[i].words : terms[i].hint);
}

static enum st add_checks(const struct drawing *drawing, struct choices *choices, struct err *err)
{
    struct desk_check *checks = NULL;
    size_t count = 0;
    struct arena *arena = drawing->request->arena;
    enum st outcome =
        desk_checks(drawing->request->app, arena, drawing->desk->referral, &checks, &count, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        if (checks[i].answered_at || checks[i].withdrawn_at) continue;
        struct str whom = checks[i].organisation ? checks[i].organisation_name
                                                 : area_desk_label(drawing->request->app->area,
                                                                   DESK_AGENCY, checks[i].agency);
        choices_add(choices, str_fmt(arena, "%lld", (long long)checks[i].id), whom,
                   str_fmt(arena, "asked %.*s", STR_ARG(clock_words(arena, checks[i].asked_at))));
    }
    return outcome;
}

static void add_meetings(const struct drawing *drawing, struct choices *choices)
{
    struct arena *arena = drawing->request->arena;
    const struct area *area = drawing->request->app->area;
    for (size_t i = 0; i < drawing->desk->meeting_count; i++) {
        const struct desk_meeting *meeting = &drawing->desk->meeting[i];
        choices_add(choices, str_fmt(arena, "%lld", (long long)meeting->event),
                    str_fmt(arena, "%.*s, %.*s",
                            STR_ARG(area_desk_label(area, DESK_MEETING, meeting->kind)),
                            STR_ARG(clock_words(arena, meeting->at))),
                    area_desk_label(area, DESK_MEETING_RESULT, meeting->result));
    }
}

/* The tick is of the decision that it leaves: it holds for no other. */
static void add_lesser(const struct drawing *drawing, struct choices *choices)
{
    struct str label =
        area_desk_label(drawing->request->app->area, DESK_OUTCOME, drawing->desk->outcome);
    choices_add(choices, drawing->desk->outcome,
                str_fmt(drawing->request->arena, "Yes: “%.*s” no longer stands", STR_ARG(label)),
                STR(""));
}

static bool is_of(const struct desk_term *agency, struct str sector)
{
    struct str rest = agency->sectors;
    struct str one;
    while (str_split(&rest, '\n', &one))
        if (str_eq(one, sector)) return true;
    return false;
}

/* By agency: its organisations here, and the rest of them by telephone. */
static enum st add_partners(const struct drawing *drawing, struct choices *choices, struct err *err)
{
    enum { MOST = 500 };
    struct arena *arena = drawing->request->arena;
    struct organisation *list = NULL;
    size_t organisations = 0;
    size_t count = 0;
    enum st outcome =
        organisation_list(drawing->request->app, arena, MOST, &list, &organisations, err);
    const struct desk_term *terms =
        area_desk_terms(drawing->request->app->area, DESK_AGENCY, &count);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        for (size_t k = 0; k < organisations; k++)
            if (!list[k].disabled && is_of(&terms[i], list[k].sector))
                choices_add(
                    choices, str_fmt(arena, "o-%lld", (long long)list[k].id),
                    str_fmt(arena, "%.*s: %.*s", STR_ARG(terms[i].label), STR_ARG(list[k].name)),
                    STR(""));
        choices_add(choices, terms[i].id,
                   str_fmt(arena, "%.*s: another, by telephone", STR_ARG(terms[i].label)), STR(""));
    }
    return outcome;
}

static enum st add_choices(const struct drawing *drawing, const struct field_spec *field,
                           struct choices *choices, struct err *err)
{
    switch (field->kind) {
    case FIELD_CHECKS: return add_checks(drawing, choices, err);
    case FIELD_PARTNERS: return add_partners(drawing, choices, err);
    case FIELD_MEETINGS: add_meetings(drawing, choices); break;
    case FIELD_LESSER: add_lesser(drawing, choices); break;
    case FIELD_YES_NO: choices_add_yes_no(choices); break;
    default: add_terms(drawing, field, choices);
    }
    return ST_OK;
}

/* --- drawing ---------------------------------------------------------------------------------- */

static enum asked_as asked_as(enum field_kind kind)
{
    if (kind == FIELD_LINE) return ASKED_LINE;
    if (kind == FIELD_AREA || kind == FIELD_LESSER_WHY) return ASKED_AREA;
    if (kind == FIELD_LESSER) return ASKED_TICKS;
    return kind == FIELD_PARTNERS || kind == FIELD_TERMS_SELECT ? ASKED_SELECT : ASKED_RADIOS;
}

static enum st draw_field(const struct drawing *drawing, const struct field_spec *field,
                          struct partial_form_fields_fields *ret, struct err *err)
{
    struct request *request = drawing->request;
    struct str value =
        drawing->problem ? form_value(request, field->name) : first_value(drawing, field->name);
    enum asked_as as = asked_as(field->kind);
    *ret = choices_question(request->arena,
                            &(struct question_words){field->name, field->label, field->hint}, as,
                            value, drawing->problem, drawing->at);
    if (as == ASKED_LINE || as == ASKED_AREA) return ST_OK;
    struct choices choices = choices_of(request->arena, ret);
    return add_choices(drawing, field, &choices, err);
}

/* Whoever presses again after somebody else was first has read what that was. */
static enum st draw_changed(const struct drawing *drawing, struct view_desk_form *view,
                            struct err *err)
{
    struct arena *arena = drawing->request->arena;
    struct desk_moment *moment = NULL;
    size_t count = 0;
    if (drawing->desk->last_event <= drawing->seen) return ST_OK;
    enum st outcome = desk_moments_since(drawing->request->app, arena, drawing->desk->referral,
                                         drawing->seen, &moment, &count, err);
    if (outcome != ST_OK) return outcome;
    struct view_desk_form_changed *rows = arena_many(arena, count, struct view_desk_form_changed);
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct view_desk_form_changed){.when = clock_words(arena, moment[i].at),
                                                  .title = moment[i].title,
                                                  .words = moment[i].words,
                                                  .note = moment[i].note,
                                                  .by = moment[i].by};
    view->changed = rows;
    view->changed_count = count;
    return ST_OK;
}

/* Is what was chosen less than what is decided? */
static bool is_lesser(const struct drawing *drawing)
{
    const struct area *area = drawing->request->app->area;
    return drawing->problem && drawing->action == DESK_DO_DECIDE &&
           desk_steps_down(
               area, drawing->desk,
               area_desk_find(area, DESK_OUTCOME, form_value(drawing->request, "choice")));
}

static void draw(const struct drawing *drawing, struct response *response)
{
    struct request *request = drawing->request;
    struct arena *arena = request->arena;
    const struct form_spec *form = &forms[drawing->action];
    struct partial_form_fields_fields *fields =
        arena_many(arena, FIELDS, struct partial_form_fields_fields);
    size_t count = 0;
    struct err err = {0};
    enum st outcome = ST_OK;
    bool lesser = is_lesser(drawing);
    for (size_t i = 0; i < FIELDS && form->field[i].kind != FIELD_END && outcome == ST_OK; i++) {
        enum field_kind kind = form->field[i].kind;
        if ((kind == FIELD_LESSER || kind == FIELD_LESSER_WHY) && !lesser) continue;
        outcome = draw_field(drawing, &form->field[i], &fields[count++], &err);
    }
    struct view_desk_form view = {
        .reference = drawing->desk->reference,
        .see = url_to_id(arena, ROUTE_desk_case, drawing->desk->referral),
        .title = str_from(form->title),
        .intro = str_from(form->intro),
        .action = desk_step_url(arena, drawing->desk->referral, drawing->action, 0),
        .csrf = request->csrf,
        .version = drawing->desk->version,
        .added = drawing->desk->added_at,
        .added_since = drawing->added_since ? clock_words(arena, drawing->desk->added_at) : STR(""),
        .seen = drawing->seen,
        .error = drawing->problem ? str_dup(arena, str_from(drawing->problem->public)) : STR(""),
        .fields = fields,
        .fields_count = count,
        .button = str_from(form->button),
        .warns = form->warns};
    if (outcome == ST_OK) outcome = draw_changed(drawing, &view, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    const char *other = view.changed_count ? "changed" : drawing->added_since ? "added" : "title";
    view.error_at = html_url_fragment(arena, str_from(drawing->at ? drawing->at : other));
    PAGE(request, response, form->title, view_desk_form, &view);
}

/* The case and its referral, for whoever may work on it. */
static enum st begin(struct request *request, struct desk_case *desk, struct referral *referral,
                     enum desk_action *ret_action, struct err *err)
{
    if (!desk_action_from_name(request->parameter[1], ret_action)) return err_missing(err, "page");
    enum st outcome =
        desk_read(request->app, request->arena, &request->who, request->id[0], desk, err);
    if (outcome != ST_OK) return outcome;
    struct db *db = store_read_begin(request->app->store, err);
    if (!db) return ST_FAILED;
    outcome = referral_load(request->app, db, request->arena, desk->referral, referral, err);
    store_read_end(request->app->store, db);
    return outcome;
}

void page_desk_do(struct request *request, struct response *response)
{
    struct desk_case desk;
    struct referral referral;
    struct err err = {0};
    struct drawing drawing = {.request = request, .desk = &desk, .referral = &referral};
    enum st outcome = begin(request, &desk, &referral, &drawing.action, &err);
    if (outcome == ST_OK)
        outcome = desk_can(request->app->area, &desk, &request->who, drawing.action, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    drawing.seen = desk.last_event;
    draw(&drawing, response);
}

/* "o-7" is an organisation; all else an id of the pack. */
static void read_choice(const struct request *request, struct desk_input *input)
{
    input->choice = form_value(request, "choice");
    if (str_starts(input->choice, STR("o-")))
        (void)str_to_int(str_sub(input->choice, 2, input->choice.len), &input->organisation);
}

void page_desk_do_send(struct request *request, struct response *response)
{
    struct desk_case desk;
    struct referral referral;
    struct err err = {0};
    struct drawing drawing = {.request = request, .desk = &desk, .referral = &referral};
    struct desk_input input = {.second = form_value(request, "second"),
                               .text = form_value(request, "text"),
                               .who = form_value(request, "who"),
                               .email = form_value(request, "email"),
                               .day = form_value(request, "day"),
                               .time = form_value(request, "time"),
                               .lesser = form_value(request, "lesser"),
                               .why = form_value(request, "why")};
    read_choice(request, &input);
    (void)str_to_int(form_value(request, "version"), &input.version);
    (void)str_to_int(form_value(request, "added"), &input.added);
    (void)str_to_int(form_value(request, "check"), &input.check);
    enum st outcome = begin(request, &desk, &referral, &drawing.action, &err);
    if (outcome == ST_OK)
        outcome = desk_do(request->app, &request->who, request->id[0], drawing.action, &input,
                          &drawing.at, &err);
    if (outcome == ST_OK) {
        respond_redirect(response, url_to_id(request->arena, ROUTE_desk_case, request->id[0]));
    } else if (outcome == ST_INVALID || outcome == ST_CONFLICT) {
        if (!str_to_int(form_value(request, "seen"), &drawing.seen)) drawing.seen = desk.last_event;
        drawing.added_since = desk.added_at > input.added;
        response->status = outcome == ST_INVALID ? 400 : 409;
        drawing.problem = &err;
        draw(&drawing, response);
    } else {
        respond_error(request, response, &err);
    }
}
