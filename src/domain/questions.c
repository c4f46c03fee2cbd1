#include "domain/questions.h"

#include "base/arena.h"
#include "domain/area_child.h"
#include "domain/question_sign.h"

static const struct str type_names[QUESTION_TYPES] = {
    [QUESTION_LINE] = STR_INIT("line"),
    [QUESTION_TEXT] = STR_INIT("text"),
    [QUESTION_NAME] = STR_INIT("name"),
    [QUESTION_ADDRESS] = STR_INIT("address"),
    [QUESTION_ORGANISATION] = STR_INIT("organisation"),
    [QUESTION_BIRTH] = STR_INIT("birth"),
    [QUESTION_DAY] = STR_INIT("day"),
    [QUESTION_TIME] = STR_INIT("time"),
    [QUESTION_PHONE] = STR_INIT("phone"),
    [QUESTION_EMAIL] = STR_INIT("email"),
    [QUESTION_NHS_NUMBER] = STR_INIT("nhs-number"),
    [QUESTION_POSTCODE] = STR_INIT("postcode"),
    [QUESTION_REGISTRATION] = STR_INIT("registration"),
    [QUESTION_YES_NO] = STR_INIT("yes-no"),
    [QUESTION_CHOICE] = STR_INIT("choice"),
    [QUESTION_CHOICES] = STR_INIT("choices"),
    [QUESTION_SIGN] = STR_INIT(""), /* no pack says so of a question */
};

/* A set while it is read. */
struct making {
    struct arena *arena;
    const struct area_text *text;
    struct area_section *heading; /* the one being read */
    struct question_section *section;
    struct question_step *step;
    struct question *question;
    struct questions *set;
    const struct area_sign *sign;
    size_t sign_count;
    struct err *err;
};

#define WRONG(making, ...)                                                                         \
    area_text_wrong((making)->text, (making)->heading->line, (making)->err, __VA_ARGS__)

static struct str value_of(struct making *making, const char *key)
{
    return area_text_value(making->heading, str_from(key));
}

/* "yes", "no" or what it is when nothing stands there. */
static enum st read_flag(struct making *making, const char *key, bool otherwise, bool *ret)
{
    struct str value = value_of(making, key);
    *ret = value.len ? str_eq(value, STR("yes")) : otherwise;
    if (!value.len || *ret || str_eq(value, STR("no"))) return ST_OK;
    return WRONG(making, "%s is yes or no.", key);
}

/* --- options -------------------------------------------------------------------------- */

/* "id: What it says"; "!id: ..." when it says that a child may be in danger now. */
static enum st read_option(struct making *making, struct question *question,
                           struct question_option *options, struct str line)
{
    struct str id;
    struct str rest = line;
    bool danger = str_starts(line, STR("!"));
    if (danger) rest = str_sub(rest, 1, rest.len);
    str_split(&rest, ':', &id);
    id = str_trim(id);
    struct str label = rest.ptr ? str_trim(rest) : STR("");
    if (!id.len || !label.len)
        return WRONG(making, "an option is 'id: what it says', one a line, not '%.*s'.",
                     STR_ARG(line));
    for (size_t i = 0; i < id.len; i++) {
        char c = id.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'))
            return WRONG(making,
                         "the id of an option is lower-case-words-with-hyphens, not '%.*s'.",
                         STR_ARG(id));
    }
    enum answer_kind reserved;
    if (answer_kind_from_name(id, &reserved))
        return WRONG(making, "'%.*s' cannot be an option: every question may offer it.",
                     STR_ARG(id));
    if (question_option_find(question, id))
        return WRONG(making, "the option '%.*s' stands there twice.", STR_ARG(id));
    if (question->option_count == QUESTION_OPTIONS_MAX)
        return WRONG(making, "there are more than %d options.", QUESTION_OPTIONS_MAX);
    options[question->option_count++] = (struct question_option){id, label, danger};
    return ST_OK;
}

static enum st read_options(struct making *making, struct question *question)
{
    bool listed = question->type == QUESTION_CHOICE || question->type == QUESTION_CHOICES;
    struct str rest = value_of(making, "options");
    struct str line;
    if (question->type == QUESTION_YES_NO && !rest.len) rest = STR("yes: Yes\nno: No");
    else if (!listed && question->type != QUESTION_YES_NO)
        return rest.len ? WRONG(making, "only a choice has options.") : ST_OK;
    struct question_option *options =
        arena_many(making->arena, QUESTION_OPTIONS_MAX, struct question_option);
    question->option = options;
    while (str_split(&rest, '\n', &line)) {
        if (!line.len) continue;
        enum st st = read_option(making, question, options, line);
        if (st != ST_OK) return st;
    }
    if (question->type == QUESTION_YES_NO &&
        (question->option_count != 2 || !question_option_find(question, STR("yes")) ||
         !question_option_find(question, STR("no"))))
        return WRONG(making, "the options of yes-no are yes and no.");
    if (question->option_count < 2) return WRONG(making, "a choice needs two options or more.");
    return ST_OK;
}

/* --- headings -------------------------------------------------------------------------- */

static enum st read_mention(struct making *making, struct question *question)
{
    struct str field = value_of(making, "mention");
    question->thing = value_of(making, "thing");
    question->mention = LINK_FIELDS;
    if (!field.len)
        return question->thing.len ? WRONG(making, "'thing' stands beside 'mention = ...'.")
                                   : ST_OK;
    static const struct str names[LINK_FIELDS] = {
#define FIELD(symbol, column, kind, label) STR_INIT(#column),
        LINK_FIELD_TABLE(FIELD)
#undef FIELD
    };
    for (int i = 0; i < LINK_FIELDS; i++)
        if (str_eq(field, names[i])) question->mention = (enum link_field)i;
    if (question->mention == LINK_FIELDS)
        return WRONG(making, "a mention has no field '%.*s'.", STR_ARG(field));
    return question->option_count ? WRONG(making, "a choice becomes no mention.") : ST_OK;
}

static enum st read_question(struct making *making, struct str label)
{
    if (!making->set->step_count || !making->section[making->set->section_count - 1].count)
        return WRONG(making, "a question stands under a step.");
    if (making->set->question_count == QUESTIONS_MAX)
        return WRONG(making, "there are more than %d questions.", QUESTIONS_MAX);
    if (questions_find(making->set, making->heading->id))
        return WRONG(making, "[%.*s] is asked already.", STR_ARG(making->heading->id));
    struct question *question = &making->question[making->set->question_count];
    *question = (struct question){.key = making->heading->id,
                                  .label = label,
                                  .hint = value_of(making, "hint"),
                                  .step = making->set->step_count - 1,
                                  .section = making->set->section_count - 1};
    struct str type = value_of(making, "type");
    int which = 0;
    while (which < QUESTION_TYPES && !str_eq(type, type_names[which])) which++;
    if (which == QUESTION_TYPES || which == QUESTION_SIGN)
        return WRONG(making, "[%.*s] needs a type that there is, not '%.*s'.",
                     STR_ARG(question->key), STR_ARG(type));
    question->type = (enum question_type)which;
    enum st st = read_options(making, question);
    if (st == ST_OK) st = read_mention(making, question);
    if (st == ST_OK) st = read_flag(making, "unknown", true, &question->unknown);
    if (st == ST_OK) st = read_flag(making, "not-applicable", true, &question->not_applicable);
    if (st == ST_OK) st = read_flag(making, "blocking", false, &question->blocking);
    if (st == ST_OK) st = read_flag(making, "past", false, &question->past);
    if (st == ST_OK) st = read_flag(making, "parts", false, &question->parts);
    if (st != ST_OK) return st;
    if (question->past && question->type != QUESTION_DAY && question->type != QUESTION_BIRTH)
        return WRONG(making, "only a day can have to be past.");
    if (question->parts && question->type != QUESTION_PHONE)
        return WRONG(making, "only a phone number can be told in parts by 'parts'.");
    making->set->question_count++;
    making->step[question->step].count++;
    return ST_OK;
}

/* Each item of one vocabulary of signs.txt is a question of the step. */
static enum st add_signs(struct making *making, struct question_step *step, struct str kind)
{
    enum area_sign_kind wanted;
    if (!sign_kind_from_name(kind, &wanted))
        return WRONG(making, "signs is circumstance, sign, context or strength.");
    for (size_t i = 0; i < making->sign_count; i++) {
        const struct area_sign *sign = &making->sign[i];
        if (sign->kind != wanted) continue;
        if (making->set->question_count == QUESTIONS_MAX)
            return WRONG(making, "there are more than %d questions.", QUESTIONS_MAX);
        struct str key = str_fmt(making->arena, QUESTION_SIGN_PREFIX "%.*s", STR_ARG(sign->id));
        if (questions_find(making->set, key))
            return WRONG(making, "[%.*s] is asked already.", STR_ARG(key));
        struct question *question = &making->question[making->set->question_count++];
        *question = (struct question){
            .key = key,
            .label = sign->text,
            .hint = sign->explain,
            .prompt = sign->prompt,
            .type = QUESTION_SIGN,
            .unknown = true,
            .not_applicable = true,
            .mention = LINK_FIELDS,
            .step = making->set->step_count - 1,
            .section = step->section};
        question->option = sign_options(&question->option_count);
        step->count++;
    }
    return ST_OK;
}

static enum st read_step(struct making *making, struct str title)
{
    if (!making->set->section_count) return WRONG(making, "a step stands under a section.");
    struct question_step *step = &making->step[making->set->step_count++];
    *step = (struct question_step){.key = making->heading->id,
                                   .title = title,
                                   .lead = value_of(making, "lead"),
                                   .first = making->set->question_count,
                                   .section = making->set->section_count - 1,
                                   .only_if = value_of(making, "only-if"),
                                   .only_is = value_of(making, "only-is")};
    making->section[step->section].count++;
    struct str signs = value_of(making, "signs");
    enum st st = signs.len ? add_signs(making, step, signs) : ST_OK;
    if (st != ST_OK) return st;
    if (!step->only_if.len && !step->only_is.len) return ST_OK;
    const struct question *asked = questions_find(making->set, step->only_if);
    if (!asked || asked->section != step->section || !asked->option_count)
        return WRONG(making, "only-if names an earlier choice of the same section.");
    struct str rest = step->only_is;
    struct str id;
    if (!rest.len) return WRONG(making, "only-is says for which answers.");
    while (str_split(&rest, ' ', &id))
        if (!question_option_find(asked, id))
            return WRONG(making, "[%.*s] has no option '%.*s'.", STR_ARG(step->only_if),
                         STR_ARG(id));
    return ST_OK;
}

/* A section of another's rows: what a row is and what it is called are that section's. */
static enum st read_of(struct making *making, struct question_section *section)
{
    section->of = value_of(making, "of");
    if (!section->of.len) return ST_OK;
    const struct question_section *rows = questions_find_section(making->set, section->of);
    if (!rows || !rows->one.len || rows->of.len)
        return WRONG(making, "of names an earlier section that repeats.");
    if (section->one.len || section->named_by.len)
        return WRONG(making, "a section has 'of', or 'one' and 'named-by'.");
    section->one = rows->one;
    section->named_by = rows->named_by;
    return ST_OK;
}

static enum st read_section(struct making *making, struct str title)
{
    struct questions *set = making->set;
    struct question_section *section = &making->section[set->section_count];
    *section = (struct question_section){.key = making->heading->id,
                                         .title = title,
                                         .part = value_of(making, "part"),
                                         .lead = value_of(making, "lead"),
                                         .source = value_of(making, "source"),
                                         .one = value_of(making, "one"),
                                         .named_by = value_of(making, "named-by"),
                                         .first = set->step_count};
    if (!section->part.len && set->section_count)
        section->part = making->section[set->section_count - 1].part;
    if (!section->source.len)
        return WRONG(making, "[%.*s] needs 'source = ...'.", STR_ARG(section->key));
    if (!section->part.len) return WRONG(making, "the first section needs 'part = ...'.");
    if ((section->one.len > 0) != (section->named_by.len > 0))
        return WRONG(making, "a section that repeats has both 'one' and 'named-by'.");
    enum st st = read_of(making, section);
    if (st != ST_OK) return st;
    set->section_count++;
    return ST_OK;
}

static enum st read_heading(struct making *making)
{
    static const struct {
        const char *key;
        enum st (*read)(struct making *, struct str);
    } sorts[] = {{"section", read_section}, {"step", read_step}, {"question", read_question}};
    for (size_t i = 0; i < sizeof sorts / sizeof sorts[0]; i++) {
        struct str title = value_of(making, sorts[i].key);
        if (title.len) return sorts[i].read(making, title);
    }
    struct str title = value_of(making, "form");
    if (!title.len || making->heading != making->text->section)
        return WRONG(making, "[%.*s] is a 'section = ...', a 'step = ...' or a 'question = ...'.",
                     STR_ARG(making->heading->id));
    making->set->title = title;
    return ST_OK;
}

/* What only the whole shows. */
static enum st check_whole(struct making *making)
{
    const struct questions *set = making->set;
    making->heading = making->text->section;
    if (!set->title.len) return WRONG(making, "the first heading says 'form = ...'.");
    for (size_t i = 0; i < set->step_count; i++)
        if (!set->step[i].count)
            return WRONG(making, "the step [%.*s] asks nothing.", STR_ARG(set->step[i].key));
    for (size_t i = 0; i < set->section_count; i++) {
        const struct question_section *section = &set->section[i];
        if (!section->count)
            return WRONG(making, "the section [%.*s] has no step.", STR_ARG(section->key));
        if (!section->named_by.len || section->of.len) continue;
        const struct question *named = questions_find(set, section->named_by);
        if (!named || named->section != i || named->type == QUESTION_CHOICES)
            return WRONG(making, "[%.*s] is named by one of its own questions.",
                         STR_ARG(section->key));
    }
    return set->question_count ? ST_OK : WRONG(making, "there is no question.");
}

enum st questions_read(struct arena *arena, struct area_text *text, struct questions *ret,
                       struct err *err)
{
    return questions_read_with_signs(arena, text, NULL, 0, ret, err);
}

enum st questions_read_with_signs(struct arena *arena, struct area_text *text,
                                  const struct area_sign *sign, size_t sign_count,
                                  struct questions *ret, struct err *err)
{
    size_t most = text->section_count + 1;
    struct making making = {
        .arena = arena,
        .text = text,
        .section = arena_many(arena, most, struct question_section),
        .step = arena_many(arena, most, struct question_step),
        .question = arena_many(arena, QUESTIONS_MAX, struct question),
        .set = ret,
        .sign = sign,
        .sign_count = sign_count,
        .err = err,
    };
    *ret = (struct questions){
        .section = making.section, .step = making.step, .question = making.question};
    if (!text->section_count) return area_text_wrong(text, 1, err, "there is no question.");
    for (size_t i = 0; i < text->section_count; i++) {
        making.heading = &text->section[i];
        enum st st = read_heading(&making);
        if (st != ST_OK) return st;
    }
    return check_whole(&making);
}

struct str question_rows_of(const struct question_section *section)
{
    return section->of.len ? section->of : section->key;
}

/* --- finding ----------------------------------------------------------------------------- */

const struct question *questions_find(const struct questions *set, struct str key)
{
    for (size_t i = 0; i < set->question_count; i++)
        if (str_eq(set->question[i].key, key)) return &set->question[i];
    return NULL;
}

const struct question_step *questions_find_step(const struct questions *set, struct str key)
{
    for (size_t i = 0; i < set->step_count; i++)
        if (str_eq(set->step[i].key, key)) return &set->step[i];
    return NULL;
}

const struct question_section *questions_find_section(const struct questions *set, struct str key)
{
    for (size_t i = 0; i < set->section_count; i++)
        if (str_eq(set->section[i].key, key)) return &set->section[i];
    return NULL;
}

const struct question_option *question_option_find(const struct question *question, struct str id)
{
    for (size_t i = 0; i < question->option_count; i++)
        if (str_eq(question->option[i].id, id)) return &question->option[i];
    return NULL;
}
