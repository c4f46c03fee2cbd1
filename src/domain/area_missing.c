#include "domain/area_missing.h"

#include "base/arena.h"

enum { FILE_DAYS = 90 }; /* where the pack does not say */

static const char *const alert_names[ALERT_KINDS] = {[ALERT_REPEAT] = "repeat",
                                                     [ALERT_OUT_OF_AREA] = "out-of-area",
                                                     [ALERT_KNOWN_PLACE] = "known-place",
                                                     [ALERT_KNOWN_PERSON] = "known-person",
                                                     [ALERT_TOGETHER] = "together",
                                                     [ALERT_COMMON] = "common"};

const char *missing_alert_kind_name(enum missing_alert_kind kind)
{
    return alert_names[kind];
}

/* --- missing-form.txt ------------------------------------------------------------------- */

enum st area_missing_form_read(struct arena *arena, struct area_text *text,
                               struct area_missing *ret, struct err *err)
{
    static const char *const sections[] = {"prepared", "report", "action",
                                           "return",   "offer",  "interview"};
    /* What the program itself asks the answers for (domain/missing.h). */
    static const struct {
        struct str key;
        enum question_type type;
    } needed[] = {
        {STR_INIT("missing-sort"), QUESTION_CHOICE},
        {STR_INIT("missing-since-day"), QUESTION_DAY},
        {STR_INIT("missing-since-time"), QUESTION_TIME},
        {STR_INIT("missing-placed"), QUESTION_YES_NO},
        {STR_INIT("police-reference"), QUESTION_LINE},
        {STR_INIT("police-band"), QUESTION_CHOICE},
        {STR_INIT("action-what"), QUESTION_TEXT},
        {STR_INIT("return-day"), QUESTION_DAY},
        {STR_INIT("return-time"), QUESTION_TIME},
        {STR_INIT("found-where"), QUESTION_ADDRESS},
        {STR_INIT("found-with"), QUESTION_NAME},
        {STR_INIT("found-outside"), QUESTION_YES_NO},
        {STR_INIT("missing-where"), QUESTION_ADDRESS},
        {STR_INIT("offer-day"), QUESTION_DAY},
        {STR_INIT("offer-answer"), QUESTION_CHOICE},
        {STR_INIT("interview-day"), QUESTION_DAY},
        {STR_INIT("interview-time"), QUESTION_TIME},
        {STR_INIT("interview-independent"), QUESTION_YES_NO},
        {STR_INIT("interview-why-not-independent"), QUESTION_TEXT},
        {STR_INIT("wish-sharing"), QUESTION_CHOICE},
    };
    static const struct {
        struct str key;
        struct str option;
    } options[] = {
        {STR_INIT("offer-answer"), STR_INIT("accepted")},
        {STR_INIT("offer-answer"), STR_INIT("waiting")},
        {STR_INIT("offer-answer"), STR_INIT("declined")},
        {STR_INIT("wish-sharing"), STR_INIT("words")},
        {STR_INIT("wish-sharing"), STR_INIT("facts")},
        {STR_INIT("wish-sharing"), STR_INIT("no")},
    };
    enum st st = questions_read(arena, text, &ret->form, err);
    for (size_t i = 0; i < sizeof sections / sizeof *sections && st == ST_OK; i++) {
        const struct question_section *section =
            questions_find_section(&ret->form, str_from(sections[i]));
        if (!section || section->one.len)
            st = area_text_wrong(text, 1, err,
                                 "the program needs a section [%s] that does not repeat.",
                                 sections[i]);
    }
    for (size_t i = 0; i < sizeof needed / sizeof *needed && st == ST_OK; i++) {
        const struct question *question = questions_find(&ret->form, needed[i].key);
        if (!question || question->type != needed[i].type)
            st = area_text_wrong(text, 1, err,
                                 "the program needs a question [%.*s] of the type it had.",
                                 STR_ARG(needed[i].key));
    }
    for (size_t i = 0; i < sizeof options / sizeof *options && st == ST_OK; i++)
        if (!question_option_find(questions_find(&ret->form, options[i].key), options[i].option))
            st = area_text_wrong(text, 1, err, "[%.*s] needs an option '%.*s'.",
                                 STR_ARG(options[i].key), STR_ARG(options[i].option));
    return st;
}

/* --- missing.txt ------------------------------------------------------------------------- */

static enum st read_number(const struct area_text *text, struct area_section *section,
                           const char *key, int32_t most, int32_t *ret, struct err *err)
{
    int64_t number = 0;
    struct str value = area_text_value(section, str_from(key));
    if (!str_to_int(value, &number) || number < 2 || number > most)
        return area_text_wrong(text, section->line, err, "%s is a number from 2 to %d.", key, most);
    *ret = (int32_t)number;
    return ST_OK;
}

static enum st read_alert(const struct area_text *text, struct area_section *section,
                          struct area_missing *ret, struct err *err)
{
    int kind = 0;
    while (kind < ALERT_KINDS && !str_eq(section->id, str_from(alert_names[kind]))) kind++;
    if (kind == ALERT_KINDS)
        return area_text_wrong(
            text, section->line, err,
            "an alert is repeat, out-of-area, known-place, known-person, together or common.");
    struct missing_alert_word *word = &ret->alert[kind];
    enum st st = area_text_need(text, section, "text", &word->text, err);
    if (st == ST_OK) st = area_text_need(text, section, "ask", &word->ask, err);
    if (st == ST_OK) st = area_text_need(text, section, "source", &word->source, err);
    if (st == ST_OK && kind == ALERT_REPEAT)
        st = read_number(text, section, "episodes", 100, &word->episodes, err);
    if (st == ST_OK && kind == ALERT_REPEAT)
        st = read_number(text, section, "days", 3650, &word->days, err);
    if (st == ST_OK && kind == ALERT_COMMON)
        st = read_number(text, section, "children", 100, &word->children, err);
    return st;
}

/* Of the file of episodes as a whole. */
static enum st read_file(const struct area_text *text, struct area_section *section,
                         struct area_missing *ret, struct err *err)
{
    struct str source;
    enum st st = area_text_need(text, section, "source", &source, err);
    return st == ST_OK ? read_number(text, section, "days", 3650, &ret->file_days, err) : st;
}

static bool is_known_target(const struct area_missing *missing, struct str to)
{
    static const char *const own[] = {"child-reference",  "child-name", "child-birth",
                                      "child-nhs-number", "since",      "returned"};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (str_eq(to, str_from(own[i]))) return true;
    return questions_find(&missing->form, to) != NULL;
}

static enum st read_column(const struct area_text *text, struct area_section *section,
                           struct area_missing *ret, struct err *err)
{
    struct missing_column *column = &ret->column[ret->column_count++];
    column->id = section->id;
    enum st st = area_text_need(text, section, "to", &column->to, err);
    if (st == ST_OK) st = area_text_need(text, section, "headers", &column->headers, err);
    if (st == ST_OK && !is_known_target(ret, column->to))
        st = area_text_wrong(text, section->line, err, "missing-form.txt asks no [%.*s].",
                             STR_ARG(column->to));
    return st;
}

static enum st read_legacy(const struct area_text *text, struct area_section *section,
                           struct area_missing *ret, struct err *err)
{
    struct missing_legacy *legacy = &ret->legacy[ret->legacy_count++];
    legacy->id = section->id;
    enum st st = area_text_need(text, section, "text", &legacy->text, err);
    if (st == ST_OK) st = area_text_need(text, section, "source", &legacy->source, err);
    if (st == ST_OK &&
        question_option_find(questions_find(&ret->form, STR("missing-sort")), section->id))
        st = area_text_wrong(text, section->line, err,
                             "[%.*s] is an option of missing-sort already.", STR_ARG(section->id));
    return st;
}

enum st area_missing_read(struct arena *arena, struct area_text *text, struct area_missing *ret,
                          struct err *err)
{
    ret->legacy = arena_many(arena, text->section_count + 1, struct missing_legacy);
    ret->column = arena_many(arena, text->section_count + 1, struct missing_column);
    ret->file_days = FILE_DAYS;
    for (size_t i = 0; i < text->section_count; i++) {
        struct area_section *section = &text->section[i];
        struct str kind;
        enum st st = area_text_need(text, section, "kind", &kind, err);
        if (st != ST_OK) return st;
        if (str_eq(kind, STR("alert")))
            st = read_alert(text, section, ret, err);
        else if (str_eq(kind, STR("legacy")))
            st = read_legacy(text, section, ret, err);
        else if (str_eq(kind, STR("column")))
            st = read_column(text, section, ret, err);
        else if (str_eq(kind, STR("file")))
            st = read_file(text, section, ret, err);
        else
            st =
                area_text_wrong(text, section->line, err, "kind is alert, legacy, column or file.");
        if (st != ST_OK) return st;
    }
    for (int kind = 0; kind < ALERT_KINDS; kind++)
        if (!ret->alert[kind].text.len)
            return area_text_wrong(text, 1, err, "[%s] is missing.", alert_names[kind]);
    return ST_OK;
}
