#include "domain/child_form.h"

#include "base/utf8.h"
#include "domain/area.h"
#include "domain/area_child.h"
#include "domain/children.h"
#include "domain/when.h"

static const struct child_field person[] = {
    {PERSON_NAME, "name", "Name", "As far as it is known.", BOX_LINE, false},
    {PERSON_BORN, "born", "Date of birth or age", "Like 14 3 1985, or about 40.", BOX_LINE, false},
    {PERSON_RELATIONSHIP, "relationship", "Relationship to the child", "", BOX_SELECT, false},
    {PERSON_RESPONSIBLE, "responsible", "Parental responsibility",
     "Who may decide for the child in law.", BOX_CHOICE, false},
    {PERSON_HOUSEHOLD, "household", "Lives in the child’s household", "", BOX_CHOICE, false},
    {PERSON_CONTACT, "contact", "How to reach them", "Say when it is safe to call.", BOX_LINE,
     false},
    {PERSON_NOTE, "note", "Anything else", "", BOX_TEXT, true},
};
static const struct child_field agency[] = {
    {AGENCY_NAME, "agency", "Agency", "A school, a health service, a charity.", BOX_LINE, false},
    {AGENCY_WORKER, "worker", "Who works with the child there", "", BOX_LINE, false},
    {AGENCY_CONTACT, "contact", "How to reach them", "", BOX_LINE, false},
    {AGENCY_CURRENT, "current", "Do they work with the child now?", "", BOX_CHOICE, false},
};
static const struct child_field status[] = {
    {STATUS_WORD, "status", "Status", "", BOX_SELECT, false},
    {STATUS_FROM, "from", "From which day", "Like 12/3/2026.", BOX_DAY, false},
    {STATUS_TO, "to", "To which day", "Leave it empty while it lasts.", BOX_DAY, false},
    {STATUS_NOTE, "note", "Anything else", "", BOX_LINE, true},
};
static const struct child_field sign[] = {
    {SIGN_PRESENCE, "presence", "What is known of this?", "", BOX_CHOICE, false},
    {SIGN_PERIOD, "period", "When?", "", BOX_CHOICE, false},
    {SIGN_SOURCE, "source", "Who saw it, or where does it come from?",
     "For example: form tutor; the child told a nurse.", BOX_LINE, false},
    {SIGN_NARRATIVE, "narrative", "What was seen or said?",
     "What happened, in calm words. Put the child’s own words in quotation marks.", BOX_TEXT, true},
};
static const struct child_field judgement[] = {
    {JUDGEMENT_HARMED, "harmed", "May this child already have been harmed?", "This comes first.",
     BOX_CHOICE, false},
    {JUDGEMENT_WORD, "judgement", "What do you conclude?",
     "It is your judgement as a person, not a total of signs.", BOX_CHOICE, false},
    {JUDGEMENT_REASONS, "reasons", "What are your reasons?",
     "Say what you know, what you do not know, and what you set against each other.", BOX_TEXT,
     true},
};
static const struct child_field view[] = {
    {VIEW_STANCE, "stance", "Do you agree?", "", BOX_CHOICE, false},
    {VIEW_WORD, "judgement", "What do you conclude yourself?", "If you agree, leave it.",
     BOX_SELECT, false},
    {VIEW_REASONS, "reasons", "What are your reasons?", "Both views stay side by side.", BOX_TEXT,
     true},
};
static const struct child_field plan[] = {
    {PLAN_WORD, "plan", "Which plan?", "", BOX_SELECT, false},
    {PLAN_TEXT, "text", "What is to change for the child, who does what, by when?", "", BOX_TEXT,
     true},
    {PLAN_START, "start", "From which day", "Like 12/3/2026.", BOX_DAY, false},
    {PLAN_REVIEW, "review", "When is it reviewed next?", "Like 12/6/2026.", BOX_DAY, false},
};
static const struct child_field review[] = {
    {REVIEW_TEXT, "text", "What has changed for the child, and what was decided?", "", BOX_TEXT,
     true},
    {REVIEW_HELD, "held", "On which day was it reviewed?", "Like 12/3/2026.", BOX_DAY, false},
    {REVIEW_NEXT, "next", "When is it reviewed next?", "Leave it empty when the plan ends here.",
     BOX_DAY, false},
};
static const struct child_field note[] = {
    {NOTE_DAY, "day", "On which day?", "Like last Friday, or 12/3/2026.", BOX_DAY, false},
    {NOTE_TEXT, "text", "What happened?",
     "In calm words. Put the child’s own words in quotation marks.", BOX_TEXT, true},
    {NOTE_SAYS, "says", "Who says so?", "", BOX_LINE, false},
};

static const struct {
    const struct child_field *field;
    size_t count;
    const char *title;
} forms[ENTRY_KINDS] = {
#define FORM(list, title) {list, sizeof list / sizeof *list, title}
    [ENTRY_PERSON] = FORM(person, "Add somebody of the family or household"),
    [ENTRY_AGENCY] = FORM(agency, "Add an agency"),
    [ENTRY_STATUS] = FORM(status, "Add a status"),
    [ENTRY_SIGN] = FORM(sign, "Record what is known"),
    [ENTRY_JUDGEMENT] = FORM(judgement, "Write down a judgement"),
    [ENTRY_VIEW] = FORM(view, "Say what you think of a judgement"),
    [ENTRY_PLAN] = FORM(plan, "Add a plan"),
    [ENTRY_REVIEW] = FORM(review, "Review a plan"),
    [ENTRY_NOTE] = FORM(note, "Add something that happened"),
#undef FORM
};

size_t child_form_fields(enum child_entry_kind kind, const struct child_field **ret)
{
    *ret = forms[kind].field;
    return forms[kind].count;
}

const char *child_form_title(enum child_entry_kind kind)
{
    return forms[kind].title ? forms[kind].title : "";
}

/* --- what can be chosen --------------------------------------------------------------------- */

static size_t fixed(struct arena *arena, const char *const (*pair)[2], size_t count,
                    struct child_option **ret)
{
    *ret = arena_many(arena, count, struct child_option);
    for (size_t i = 0; i < count; i++)
        (*ret)[i] = (struct child_option){str_from(pair[i][0]), str_from(pair[i][1]), STR("")};
    return count;
}

static size_t words(const struct app *app, struct arena *arena, enum child_word_kind kind,
                    struct child_option **ret)
{
    const struct area_child *pack = app->area ? area_child(app->area) : NULL;
    size_t count = 0;
    *ret = arena_many(arena, pack ? pack->word_count + 1 : 1, struct child_option);
    for (size_t i = 0; pack && i < pack->word_count; i++)
        if (pack->word[i].kind == kind)
            (*ret)[count++] =
                (struct child_option){pack->word[i].id, pack->word[i].text, pack->word[i].hint};
    return count;
}

/* The answers of a question of the referral form, so that both say the same. */
static size_t answers(const struct app *app, struct arena *arena, const char *key,
                      struct child_option **ret)
{
    const struct question *question =
        app->area ? questions_find(area_referral(app->area), str_from(key)) : NULL;
    size_t count = question ? question->option_count : 0;
    *ret = arena_many(arena, count + 1, struct child_option);
    for (size_t i = 0; i < count; i++)
        (*ret)[i] =
            (struct child_option){question->option[i].id, question->option[i].label, STR("")};
    return count;
}

size_t child_form_options(const struct app *app, struct arena *arena, enum child_entry_kind kind,
                          int place, struct child_option **ret)
{
    static const char *const yes_no[][2] = {
        {"yes", "Yes"}, {"no", "No"}, {"not-known", "Not known"}};
    static const char *const stances[][2] = {{"agree", "I agree"},
                                             {"disagree", "I see it differently"}};
    static const char *const presences[][2] = {{"observed", "Observed"},
                                               {"reported", "Reported"},
                                               {"suspected", "Suspected"},
                                               {"not-present", "Not present"},
                                               {"not-known", "Not known"}};
    static const char *const periods[][2] = {{"last-6-months", "In the last 6 months"},
                                             {"earlier", "Earlier"}};
    switch (kind) {
    case ENTRY_PERSON:
        if (place == PERSON_RELATIONSHIP) return answers(app, arena, "family-relationship", ret);
        return fixed(arena, yes_no, 3, ret);
    case ENTRY_AGENCY: return fixed(arena, yes_no, 3, ret);
    case ENTRY_STATUS: return words(app, arena, WORD_STATUS, ret);
    case ENTRY_SIGN:
        return place == SIGN_PRESENCE ? fixed(arena, presences, 5, ret)
                                      : fixed(arena, periods, 2, ret);
    case ENTRY_JUDGEMENT:
        return words(app, arena, place == JUDGEMENT_HARMED ? WORD_HARMED : WORD_JUDGEMENT, ret);
    case ENTRY_VIEW:
        return place == VIEW_STANCE ? fixed(arena, stances, 2, ret)
                                    : words(app, arena, WORD_JUDGEMENT, ret);
    case ENTRY_PLAN: return words(app, arena, WORD_PLAN, ret);
    default: *ret = NULL; return 0;
    }
}

struct str child_option_label(const struct app *app, struct arena *arena,
                              enum child_entry_kind kind, int place, struct str id)
{
    struct child_option *option = NULL;
    size_t count = child_form_options(app, arena, kind, place, &option);
    for (size_t i = 0; i < count; i++)
        if (str_eq(option[i].id, id)) return option[i].label;
    return id;
}

/* --- looking over -------------------------------------------------------------------------- */

static bool is_offered(const struct app *app, struct arena *arena, enum child_entry_kind kind,
                       int place, struct str id)
{
    struct child_option *option = NULL;
    size_t count = child_form_options(app, arena, kind, place, &option);
    for (size_t i = 0; i < count; i++)
        if (str_eq(option[i].id, id)) return true;
    return false;
}

static bool has_letter(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] >= 128 ||
            ((text.ptr[i] | 32) >= 'a' && (text.ptr[i] | 32) <= 'z'))
            return true;
    return false;
}

/* Which fields have to hold something, and what is said when they do not. */
static const char *needed(const struct child_draft *draft, int place)
{
    bool present = str_eq(draft->text[SIGN_PRESENCE], STR("observed")) ||
                   str_eq(draft->text[SIGN_PRESENCE], STR("reported")) ||
                   str_eq(draft->text[SIGN_PRESENCE], STR("suspected"));
    switch (draft->kind) {
    case ENTRY_PERSON:
        return place == PERSON_NAME           ? "Write a name, or what the person is called."
               : place == PERSON_RELATIONSHIP ? "Choose what this person is to the child."
               : place == PERSON_RESPONSIBLE
                   ? "Say whether this person has parental responsibility, or that it is not known."
               : place == PERSON_HOUSEHOLD
                   ? "Say whether this person lives in the household, or that it is not known."
                   : NULL;
    case ENTRY_AGENCY:
        return place == AGENCY_NAME ? "Write which agency it is."
               : place == AGENCY_CURRENT
                   ? "Say whether they work with the child now, or that it is not known."
                   : NULL;
    case ENTRY_STATUS:
        return place == STATUS_WORD   ? "Choose a status."
               : place == STATUS_FROM ? "Write from which day, like 12/3/2026."
                                      : NULL;
    case ENTRY_SIGN:
        if (place == SIGN_PRESENCE)
            return "Choose what is known of this. \"Not known\" is an answer.";
        if (place == SIGN_PERIOD && present)
            return "Choose when it was: in the last 6 months, or earlier.";
        if (place == SIGN_NARRATIVE && present)
            return "Write what was seen or said. A sentence is enough.";
        return NULL;
    case ENTRY_JUDGEMENT:
        return place == JUDGEMENT_HARMED ? "Answer whether this child may already have been harmed."
               : place == JUDGEMENT_WORD
                   ? "Choose what you conclude."
                   : "Write your reasons: a judgement without them helps nobody.";
    case ENTRY_VIEW:
        if (place == VIEW_STANCE) return "Say whether you agree.";
        if (place == VIEW_WORD)
            return str_eq(draft->text[VIEW_STANCE], STR("disagree"))
                       ? "Choose what you conclude yourself."
                       : NULL;
        return "Write your reasons, so that others can follow them.";
    case ENTRY_PLAN:
        return place == PLAN_WORD   ? "Choose which plan it is."
               : place == PLAN_TEXT ? "Write what is to change for the child, and who does what."
               : place == PLAN_START
                   ? "Write from which day, like 12/3/2026."
                   : "Write when it is reviewed next: a plan without a review drifts.";
    case ENTRY_REVIEW:
        return place == REVIEW_TEXT   ? "Write what has changed, and what was decided."
               : place == REVIEW_HELD ? "Write on which day it was reviewed, like 12/3/2026."
                                      : NULL;
    case ENTRY_NOTE:
        return place == NOTE_TEXT  ? "Write what happened."
               : place == NOTE_DAY ? "Write on which day it happened, like 12/3/2026."
                                   : NULL;
    default: return NULL;
    }
}

/* Days to come are those of reviews and the end of a status. */
static bool may_be_to_come(enum child_entry_kind kind, int place)
{
    return (kind == ENTRY_PLAN && place == PLAN_REVIEW) ||
           (kind == ENTRY_REVIEW && place == REVIEW_NEXT) ||
           (kind == ENTRY_STATUS && place == STATUS_TO) ||
           (kind == ENTRY_PLAN && place == PLAN_START);
}

static struct str check_day(struct arena *arena, struct date today, struct child_draft *draft,
                            int place)
{
    struct date day;
    struct date_range range;
    struct err err = {0};
    if (!date_parse_iso(draft->text[place], &day)) {
        enum st read = when_parse(draft->text[place], today, &range, &err);
        if (read == ST_INVALID) return str_dup(arena, str_from(err.public));
        if (read != ST_OK) return STR("That is no day that can be read. Write it like 12/3/2026.");
        day = range.from;
    }
    if (!date_valid(day)) return STR("There is no such day. Write it like 12/3/2026.");
    if (date_to_days(day) > date_to_days(today) && !may_be_to_come(draft->kind, place))
        return STR("That day is still to come. Write the day on which it was.");
    draft->text[place] = date_iso(arena, day);
    return STR("");
}

static struct str check_birth(struct arena *arena, struct date today, struct str text)
{
    struct question question = {
        .key = STR("birth"), .label = STR("Date of birth"), .type = QUESTION_BIRTH};
    struct answer_typed typed = {.value = text};
    struct answer answer;
    return answer_check(arena, &question, today, &typed, &answer);
}

static struct str check_field(const struct app *app, struct arena *arena, struct date today,
                              struct child_draft *draft, const struct child_field *field)
{
    struct str *text = &draft->text[field->place];
    *text = str_trim(*text);
    size_t most = field->box == BOX_TEXT ? CHILD_TEXT_MAX : CHILD_LINE_MAX;
    if (!text->len) return str_from(needed(draft, field->place));
    if (utf8_count(*text) > most)
        return str_fmt(arena, "That is too long: at most %zu characters. Shorten it.", most);
    if ((field->box == BOX_CHOICE || field->box == BOX_SELECT) &&
        !is_offered(app, arena, draft->kind, field->place, *text))
        return STR("Choose one of the answers.");
    if (field->box == BOX_DAY) return check_day(arena, today, draft, field->place);
    if (draft->kind == ENTRY_PERSON && field->place == PERSON_BORN)
        return check_birth(arena, today, *text);
    if (draft->kind == ENTRY_PERSON && field->place == PERSON_NAME && !has_letter(*text))
        return STR("Write a name with letters, like Sam Rowe.");
    return STR("");
}

/* A day that must not be before another of the same entry. */
static void check_order(const struct child_draft *draft, struct form_problems *ret)
{
    static const struct {
        enum child_entry_kind kind;
        int first;
        int second;
        const char *field;
        const char *message;
    } orders[] = {
        {ENTRY_STATUS, STATUS_FROM, STATUS_TO, "to",
         "It cannot end before it began. Write a later day."},
        {ENTRY_PLAN, PLAN_START, PLAN_REVIEW, "review",
         "The review comes after the start. Write a later day."},
        {ENTRY_REVIEW, REVIEW_HELD, REVIEW_NEXT, "next",
         "The next review comes after this one. Write a later day."},
    };
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        if (draft->kind != orders[i].kind || !draft->text[orders[i].second].len ||
            str_cmp(draft->text[orders[i].first], draft->text[orders[i].second]) <= 0)
            continue;
        form_wrong(ret, str_from(orders[i].field), str_from(orders[i].message));
    }
}

void child_form_check(const struct app *app, struct arena *arena, struct date today,
                      struct child_draft *draft, struct form_problems *ret)
{
    ret->count = 0;
    if (draft->kind == ENTRY_SIGN && !area_sign_find(app->area, draft->text[SIGN_ITEM])) {
        form_wrong(ret, STR("presence"),
                   STR("The area pack has no such sign. Go back and choose one."));
        return;
    }
    for (size_t i = 0; i < forms[draft->kind].count; i++) {
        const struct child_field *field = &forms[draft->kind].field[i];
        struct str message = check_field(app, arena, today, draft, field);
        if (message.len) form_wrong(ret, str_from(field->name), message);
    }
    if (!ret->count) check_order(draft, ret); /* of days that can be read */
}

/* The earliest day on which the child can have been born.  False: one of the births that stand is
 * not known to the day. */
static bool first_birth(const struct child_file *file, int32_t *ret)
{
    bool known = false;
    for (size_t i = 0; i < file->entry_count; i++) {
        const struct child_entry *entry = &file->entry[i];
        if (entry->kind != ENTRY_FACT || entry->state > STATE_CONFLICTING ||
            !str_eq(entry->text[FACT_KEY], STR("child-birth")))
            continue;
        struct birth born = child_born(entry->text[FACT_VALUE], clock_day(entry->at));
        if (!link_birth_known(born) || born.from != born.to) return false;
        if (!known || born.from < *ret) *ret = born.from;
        known = true;
    }
    return known;
}

void child_form_check_birth(const struct app *app, const struct child_file *file,
                            const struct child_draft *draft, struct form_problems *ret)
{
    struct date from;
    int32_t born = 0;
    const struct child_word *word =
        draft->kind == ENTRY_STATUS
            ? child_word_find(area_child(app->area), WORD_STATUS, draft->text[STATUS_WORD])
            : NULL;
    if (!word || !word->born || !date_parse_iso(draft->text[STATUS_FROM], &from) ||
        !first_birth(file, &born) || date_to_days(from) >= born)
        return;
    form_wrong(ret, STR("from"),
               STR("That is before the child was born, and this status cannot begin before. Look "
                   "at the day, and at the date of birth."));
}

const struct question *child_question(const struct app *app, struct str key)
{
    const struct questions *set = app->area ? area_referral(app->area) : NULL;
    const struct question_section *section = set ? questions_find_section(set, STR("child")) : NULL;
    const struct question *question = set ? questions_find(set, key) : NULL;
    if (!question || !section || &set->section[question->section] != section) return NULL;
    return question;
}
