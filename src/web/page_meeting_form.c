/*
 * The steps of a meeting and of its items, each a form on a page of its own.
 */
#include "web/page_matter.h"
#include "web/page_meeting.h"

#define WHAT(label_text, hint_text) {MATTER_AREA, "text", label_text, hint_text, MEETING_KINDS}
#define MORE(label_text, hint_text) {MATTER_AREA, "second", label_text, hint_text, MEETING_KINDS}

static const struct matter_form forms[MEETING_ACTIONS] = {
    [MEETING_DO_BUILD] = {"Bring the agenda up to date",
                          "What came since is added. What is there already stays as it is.",
                          "Add what is new",
                          {{0}}},
    [MEETING_DO_ADD] = {"Add to the agenda",
                        NULL,
                        "Add it",
                        {{MATTER_SELECT, "choice", "Where does it stand?", NULL, MEETING_SECTION},
                         WHAT("What is it about?", "Everybody who attends reads this, unless it is "
                                                   "about a submission or a child’s record."),
                         {MATTER_LINE, "second",
                          "Reference of a submission or a child’s record, if it is about one",
                          "You may leave this empty.", MEETING_KINDS}}},
    [MEETING_DO_START] =
        {"Begin the meeting",
         "It takes a quorum: decisions count only with one. First write down who is here.",
         "Begin",
         {{0}}},
    [MEETING_DO_CANCEL] =
        {"Call the meeting off",
         "Urgent matters do not wait for the next one: send them to all who lead.",
         "Call it off",
         {WHAT("Why?", NULL)}},
    [MEETING_DO_END] = {"End the meeting",
                        "Nothing is left open by silence.",
                        "End the meeting",
                        {{MATTER_YES_NO, "choice",
                          "Does everything that is not decided, or not signed off, go to the next "
                          "meeting?",
                          NULL, MEETING_KINDS}}},
    [MEETING_DO_APPROVE] = {"Approve the minutes",
                            "This is the draft. From when you approve it, it cannot be changed by "
                            "anybody: what is wrong is put right by adding to it.",
                            "Approve",
                            {{0}}},
    [MEETING_DO_CORRECT] = {"Add to the minutes",
                            "The minutes stay as they are; this stands beside them.",
                            "Add it",
                            {WHAT("What is put right, or added?", NULL)}},
    [MEETING_DO_WORDS] =
        {"Words for everybody",
         "Whoever attends reads these words, also those who may not see what the item is about. "
         "Leave out what would tell who said something.",
         "Save",
         {{MATTER_LINE, "text", "What is the item called?", NULL, MEETING_KINDS},
          MORE("What does everybody need to know?",
               "Leave this empty to show it only to those who may see it anyway.")}},
    [MEETING_DO_OFF] = {"Take it off the agenda",
                        "It stays in the record, with your reason.",
                        "Take it off",
                        {WHAT("Why?", NULL)}},
    [MEETING_DO_CONFLICT] =
        {"Conflict of interest",
         "Whoever has one does not see the item: not here, not in the pack, not in the minutes.",
         "Save",
         {{MATTER_PEOPLE, "account", "Whom does it concern?",
           "If you do not lead the meeting, it is you.", MEETING_KINDS},
          WHAT("Why? A few words", NULL)}},
    [MEETING_DO_DECIDE] = {"Decide",
                           NULL,
                           "Save the decision",
                           {WHAT("What is decided?", NULL),
                            MORE("Why?",
                                 "What you know, what you do not know, and why this follows.")}},
    [MEETING_DO_DISSENT] = {"Somebody sees it differently",
                            "Disagreement is kept with the decision.",
                            "Save",
                            {WHAT("What do they see differently, and why?", NULL),
                             {MATTER_LINE, "second", "Who?",
                              "If you do not lead the meeting, it is you.", MEETING_KINDS}}},
    [MEETING_DO_ACT] = {"Agree an action",
                        "Whoever gets it is told by email that there is something new, not what.",
                        "Save the action",
                        {WHAT("What is to be done?", NULL),
                         {MATTER_PEOPLE, "account", "Who does it?", NULL, MEETING_KINDS},
                         {MATTER_LINE, "email",
                          "Or somebody who is not in that list: their email address",
                          "They need an account here.", MEETING_KINDS},
                         {MATTER_LINE, "day", "By when?", "Like 27/3/2026", MEETING_KINDS},
                         MORE("What will show that it is done?", NULL)}},
    [MEETING_DO_CARRY] = {"Carry it to the next meeting",
                          NULL,
                          "Carry it on",
                          {WHAT("Why?", NULL)}},
    [MEETING_DO_CLOSE] =
        {"Ask to close",
         "You give the first sign-off. Another person who is here has to give the second. Then "
         "whoever handed in what it is about is told, and no more than that.",
         "Ask to close",
         {{MATTER_TERMS, "choice", "What became of it?", NULL, MEETING_OUTCOME},
          WHAT("The reason", NULL)}},
    [MEETING_DO_SIGN] = {"Second sign-off",
                         "Look at it anew: the decision and its reasons, who disagreed, what was "
                         "done and what shows it.",
                         "Save",
                         {{MATTER_YES_NO, "choice", "Do you agree to close it?", NULL,
                           MEETING_KINDS},
                          WHAT("Your reasons", NULL)}},
};

static const char *const labels[MEETING_ACTIONS] = {
    [MEETING_DO_WORDS] = "Words for everybody who attends",
    [MEETING_DO_OFF] = "Take it off the agenda",
    [MEETING_DO_CONFLICT] = "Conflict of interest",
    [MEETING_DO_DECIDE] = "Decide",
    [MEETING_DO_DISSENT] = "Somebody sees it differently",
    [MEETING_DO_ACT] = "Agree an action",
    [MEETING_DO_CARRY] = "Carry it to the next meeting",
    [MEETING_DO_CLOSE] = "Ask to close",
    [MEETING_DO_SIGN] = "Second sign-off",
};

const char *item_step_label(enum meeting_action action)
{
    return labels[action];
}

struct url meeting_step_url(struct arena *arena, int64_t meeting, enum meeting_action action)
{
    return url_to_texts(arena, ROUTE_meeting_do, str_fmt(arena, "%lld", (long long)meeting),
                        str_from(meeting_action_name(action)));
}

struct url item_step_url(struct arena *arena, int64_t item, enum meeting_action action)
{
    return url_to_texts(arena, ROUTE_meeting_item_do, str_fmt(arena, "%lld", (long long)item),
                        str_from(meeting_action_name(action)));
}

/* --- both sorts ------------------------------------------------------------------------------- */

struct step {
    struct meeting meeting;
    struct meeting_item item;
    enum meeting_action action;
    struct matter_form form;
    struct matter_drawing drawing;
};

/* Nobody begins a meeting of another day by mistake. */
static const char *start_intro(struct arena *arena, const struct meeting *meeting,
                               const char *intro)
{
    struct date planned = clock_london(meeting->starts_at).date;
    if (date_to_days(planned) == clock_today()) return intro;
    struct str words = str_fmt(arena, "It is planned for %.*s, and that is not today. %s",
                               STR_ARG(date_words(arena, planned)), intro);
    return str_c(arena, words);
}

/* Nobody approves what they have not seen: the draft stands above the button, and what it says
 * goes along with the form. */
static enum st show_draft(struct request *request, struct step *step, struct err *err)
{
    struct meeting_minutes minutes;
    enum st outcome =
        meeting_minutes(request->app, request->arena, &request->who, &step->meeting, &minutes, err);
    if (outcome != ST_OK) return outcome;
    step->drawing.above = meeting_minutes_text(request, &minutes);
    step->drawing.kept[0] = (struct matter_pair){"seen", minutes.seen};
    return ST_OK;
}

/* What is there, and what the form says of it. */
static enum st begin(struct request *request, bool of_item, struct step *step, struct err *err)
{
    struct arena *arena = request->arena;
    if (!meeting_action_from_name(request->parameter[1], &step->action) ||
        meeting_action_of_item(step->action) != of_item)
        return err_missing(err, "page");
    enum st outcome = of_item ? meeting_item_read(request->app, arena, &request->who,
                                                  request->id[0], &step->meeting, &step->item, err)
                              : meeting_read(request->app, arena, &request->who, request->id[0],
                                             &step->meeting, err);
    if (outcome != ST_OK) return outcome;
    step->form = forms[step->action];
    if (step->action == MEETING_DO_START)
        step->form.intro = start_intro(arena, &step->meeting, step->form.intro);
    step->drawing = (struct matter_drawing){
        .request = request,
        .form = &step->form,
        .meeting = &step->meeting,
        .caption = meeting_caption(request, &step->meeting),
        .see = of_item ? url_to_id(arena, ROUTE_meeting_item, step->item.id)
                       : url_to_id(arena, ROUTE_meeting, step->meeting.id),
        .action = of_item ? item_step_url(arena, step->item.id, step->action)
                          : meeting_step_url(arena, step->meeting.id, step->action),
        .version = of_item ? step->item.version : step->meeting.version};
    if (step->action == MEETING_DO_WORDS) {
        step->drawing.first[0] = (struct matter_pair){"text", step->item.title};
        step->drawing.first[1] = (struct matter_pair){"second", step->item.words};
        step->drawing.theirs[0] = (struct matter_pair){"What the item is called", step->item.title};
        step->drawing.theirs[1] = (struct matter_pair){"For everybody", step->item.words};
    } else if (of_item) {
        step->drawing.theirs[0] =
            (struct matter_pair){"State of the item", str_from(item_state_label(step->item.state))};
    }
    if (step->action == MEETING_DO_APPROVE && step->meeting.state == MEETING_HELD)
        outcome = show_draft(request, step, err);
    if (step->action == MEETING_DO_ADD && form_has(request, "entity"))
        step->drawing.kept[0] = (struct matter_pair){"entity", form_value(request, "entity")};
    return outcome;
}

static void show(struct request *request, struct response *response, bool of_item)
{
    struct step step;
    struct err err = {0};
    enum st outcome = begin(request, of_item, &step, &err);
    if (outcome == ST_OK)
        outcome = meeting_can(&step.meeting, of_item ? &step.item : NULL, &request->who,
                              step.action, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    matter_draw(&step.drawing, response);
}

static void take(struct request *request, struct response *response, bool of_item)
{
    struct step step;
    struct err err = {0};
    struct meeting_input input = {.choice = form_value(request, "choice"),
                                  .text = form_value(request, "text"),
                                  .second = form_value(request, "second"),
                                  .email = form_value(request, "email"),
                                  .day = form_value(request, "day"),
                                  .seen = form_value(request, "seen")};
    (void)str_to_int(form_value(request, "version"), &input.version);
    (void)str_to_int(form_value(request, form_has(request, "entity") ? "entity" : "account"),
                     &input.account);
    enum st outcome = begin(request, of_item, &step, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    outcome = meeting_do(request->app, &request->who, step.meeting.id, of_item ? step.item.id : 0,
                         step.action, &input, &step.drawing.at, &err);
    /* A conflict of interest of one's own takes the item away; moving stays with the agenda. */
    bool to_agenda = !of_item || step.action == MEETING_DO_UP || step.action == MEETING_DO_DOWN ||
                     step.action == MEETING_DO_OFF || step.action == MEETING_DO_CONFLICT;
    bool moves = step.action == MEETING_DO_UP || step.action == MEETING_DO_DOWN;
    struct url then =
        to_agenda ? url_to_id(request->arena, ROUTE_meeting, step.meeting.id) : step.drawing.see;
    if (moves && outcome == ST_CONFLICT) {
        respond_redirect(response, then); /* somebody else moved it: the agenda shows where it is */
        return;
    }
    if (outcome == ST_CONFLICT &&
        meeting_can(&step.meeting, of_item ? &step.item : NULL, &request->who, step.action, NULL) !=
            ST_OK &&
        step.action != MEETING_DO_START) {
        respond_error(request, response, &err);
        return;
    }
    matter_answer(&step.drawing, response, outcome, &err, then);
}

void page_meeting_do(struct request *request, struct response *response)
{
    show(request, response, false);
}

void page_meeting_do_send(struct request *request, struct response *response)
{
    take(request, response, false);
}

void page_meeting_item_do(struct request *request, struct response *response)
{
    show(request, response, true);
}

void page_meeting_item_do_send(struct request *request, struct response *response)
{
    take(request, response, true);
}
