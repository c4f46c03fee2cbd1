#include "domain/missing_import.h"

#include "base/csv.h"
#include "base/utf8.h"
#include "domain/missing_internal.h"
#include "domain/when.h"

#include <stdio.h>

enum { SAMPLE_ROWS = 20, SAMPLE_BYTES = 60 };

struct source {
    struct str text;
    size_t at;
};

static ssize_t read_source(void *context, void *into, size_t size)
{
    struct source *source = context;
    size_t left = source->text.len - source->at;
    if (size > left) size = left;
    if (size) memcpy(into, source->text.ptr + source->at, size);
    source->at += size;
    return (ssize_t)size;
}

/* --- columns ---------------------------------------------------------------------------- */

/* Lower case, with single spaces for anything but letters and digits. */
static struct str folded(struct arena *arena, struct str text)
{
    char *out = arena_alloc(arena, text.len + 1);
    size_t size = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c >= 'A' && c <= 'Z') c = (char)(c - 'A' + 'a');
        bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
        if (word)
            out[size++] = c;
        else if (size && out[size - 1] != ' ')
            out[size++] = ' ';
    }
    return str_trim(str_of(out, size));
}

static struct str guess(const struct app *app, struct arena *arena, struct str header)
{
    const struct area_missing *words = area_missing(app->area);
    struct str name = folded(arena, header);
    for (size_t i = 0; i < words->column_count; i++) {
        struct str rest = words->column[i].headers;
        struct str line;
        if (str_eq(name, folded(arena, words->column[i].id)) ||
            str_eq_nocase(header, words->column[i].to))
            return words->column[i].to;
        while (str_split(&rest, '\n', &line))
            if (str_eq(name, folded(arena, line))) return words->column[i].to;
    }
    return STR("");
}

enum st missing_import_columns(struct app *app, struct arena *arena, struct str file,
                               struct missing_import_column *ret, size_t *ret_count,
                               struct err *err)
{
    struct source source = {file, 0};
    struct csv_row row;
    if (file.len > MISSING_FILE_MAX)
        return err_set(err, ST_INVALID, "That file is larger than %d MB. Split it.",
                       MISSING_FILE_MAX >> 20);
    if (csv_check_start(file, err) != ST_OK) return ST_INVALID;
    struct csv_reader *reader = csv_reader_new(read_source, &source);
    size_t count = 0;
    if (csv_reader_next(reader, &row) == CSV_ROW && !row.refused &&
        row.count <= MISSING_COLUMNS_MAX)
        for (count = 0; count < row.count; count++) {
            struct str header = str_trim(str_dup(arena, row.cell[count]));
            ret[count] =
                (struct missing_import_column){.header = header, .to = guess(app, arena, header)};
        }
    for (size_t i = 0; i < count; i++) /* of two columns that say the same the first counts */
        for (size_t k = 0; k < i; k++)
            if (ret[i].to.len && str_eq(ret[i].to, ret[k].to)) ret[i].to = STR("");
    for (int rows = 0; rows < SAMPLE_ROWS && csv_reader_next(reader, &row) == CSV_ROW; rows++)
        for (size_t i = 0; i < count && i < row.count && !row.refused; i++)
            if (!ret[i].sample.len)
                ret[i].sample = str_dup(arena, str_sub(str_trim(row.cell[i]), 0, SAMPLE_BYTES));
    csv_reader_free(reader);
    *ret_count = count;
    return count ? ST_OK
                 : err_set(err, ST_INVALID,
                           "That is no table that can be read. Save it as CSV, with the names of "
                           "the columns in the first line.");
}

size_t missing_import_targets(const struct app *app, struct arena *arena,
                              struct missing_import_target **ret)
{
    static const char *const own[][2] = {{"", "Left out"},
                                         {"child-reference", "Reference of the child’s record"},
                                         {"child-name", "Name of the child"},
                                         {"child-birth", "Date of birth of the child"},
                                         {"child-nhs-number", "NHS number of the child"},
                                         {"since", "Missing since, day and time"},
                                         {"returned", "Back since, day and time"}};
    static const char *const parts[] = {MISSING_REPORT, MISSING_RETURN};
    const struct questions *form = &area_missing(app->area)->form;
    size_t count = 0;
    *ret = arena_many(arena, sizeof own / sizeof *own + form->question_count,
                      struct missing_import_target);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        (*ret)[count++] = (struct missing_import_target){str_from(own[i][0]), str_from(own[i][1])};
    for (size_t p = 0; p < sizeof parts / sizeof *parts; p++) {
        const struct question_section *section = questions_find_section(form, str_from(parts[p]));
        for (size_t s = section->first; s < section->first + section->count; s++)
            for (size_t q = form->step[s].first; q < form->step[s].first + form->step[s].count; q++)
                (*ret)[count++] =
                    (struct missing_import_target){form->question[q].key, form->question[q].label};
    }
    return count;
}

struct str missing_import_text(struct arena *arena, struct str file)
{
    struct source source = {file, 0};
    struct csv_row row;
    struct buf out;
    size_t line = 1;
    buf_init(&out, 4 * (size_t)MISSING_FILE_MAX);
    struct csv_reader *reader = csv_reader_new(read_source, &source);
    while (csv_reader_next(reader, &row) == CSV_ROW) {
        for (; line < row.line; line++) csv_add_end(&out);
        for (size_t i = 0; i < row.count; i++) {
            csv_add_cell(&out, row.cell[i], i == 0, false);
            for (size_t k = 0; k < row.cell[i].len; k++) line += row.cell[i].ptr[k] == '\n';
        }
        csv_add_end(&out);
        line++;
    }
    csv_reader_free(reader);
    struct str text = str_dup(arena, buf_str(&out));
    buf_done(&out);
    return text;
}

/* --- a row -------------------------------------------------------------------------------- */

struct reading {
    struct app *app;
    struct arena *arena; /* for the row */
    const struct person *who;
    const struct child_scope *children;
    struct child_line *child; /* all that this person may see */
    size_t child_count;
    const struct missing_import_column *column;
    size_t count;
    const struct csv_row *row;
    struct missing_given given[MISSING_QUESTIONS_MAX];
    size_t given_count;
    instant_ms since;
    instant_ms returned;
};

static struct str cell(const struct reading *reading, const char *to)
{
    for (size_t i = 0; i < reading->count && i < reading->row->count; i++)
        if (str_eq(reading->column[i].to, str_from(to)))
            return str_trim(utf8_clean(reading->arena, csv_unguard(reading->row->cell[i]), NULL));
    return STR("");
}

/* Does it say the year?  Then it is the same day, whenever it is read. */
static bool says_year(struct str day)
{
    struct date today = clock_london(clock_now()).date;
    struct date later = {(int16_t)(today.year + 5), 7, 15};
    struct date_range now;
    struct date_range then;
    return when_parse(day, today, &now, NULL) == ST_OK &&
           when_parse(day, later, &then, NULL) == ST_OK &&
           date_to_days(now.from) == date_to_days(then.from);
}

/* Where the last word begins; "pm" belongs to the one before it. */
static size_t last_word(struct str text)
{
    size_t at = text.len;
    for (int words = 0; words < 2; words++) {
        while (at > 0 && text.ptr[at - 1] != ' ' && text.ptr[at - 1] != 'T') at--;
        struct str word = str_sub(text, at, text.len);
        bool half = str_eq_nocase(word, STR("am")) || str_eq_nocase(word, STR("pm"));
        if (!half || words || at < 2) break;
        at--;
    }
    return at;
}

/* "22:30" of "22:30:15". */
static struct str without_seconds(struct arena *arena, struct str time)
{
    ptrdiff_t first = str_find(time, STR(":"), 0);
    ptrdiff_t second = first < 0 ? -1 : str_find(time, STR(":"), (size_t)first + 1);
    if (second < 0 || (size_t)second + 3 > time.len) return time;
    struct str rest = str_sub(time, (size_t)second + 3, time.len);
    return str_fmt(arena, "%.*s%.*s", (int)second, time.ptr, STR_ARG(rest));
}

/* A day with a time behind it, as spreadsheets and people write them: four digits may be either,
 * and are the year of a day that has none.  False: what stands for the time is none. */
static bool part_time(struct reading *reading, struct str text, struct str *ret_day,
                      struct str *ret_time)
{
    int minutes = 0;
    size_t at = last_word(text);
    *ret_day = text;
    *ret_time = STR("00:00");
    if (at < 2) return true;
    struct str time = without_seconds(reading->arena, str_sub(text, at, text.len));
    struct str day = str_trim(str_sub(text, 0, at - 1));
    bool marked = str_find(time, STR(":"), 0) >= 0;
    if (!time_of_day_read(time, &minutes)) return !marked;
    int64_t number = 0;
    if (str_to_int(time, &number) && !says_year(day)) return true;
    *ret_day = str_dup(reading->arena, day);
    *ret_time = time;
    return true;
}

static enum st read_instant(struct reading *reading, struct str text, const char *what,
                            struct str *ret_day, struct str *ret_time, instant_ms *ret,
                            struct err *err)
{
    bool told = part_time(reading, text, ret_day, ret_time);
    *ret = told ? missing_instant(*ret_day, *ret_time) : 0;
    if (!*ret)
        return err_set(err, ST_INVALID, "'%.*s' is no day and time (%s).",
                       STR_ARG(str_sub(text, 0, 40)), what);
    if (*ret > clock_now())
        return err_set(err, ST_INVALID, "%s is still to come: %.*s.", what,
                       STR_ARG(str_sub(text, 0, 40)));
    return ST_OK;
}

static enum st give(struct reading *reading, const char *key, struct str value, struct err *err)
{
    const struct question *question =
        questions_find(&area_missing(reading->app->area)->form, str_from(key));
    if (!question || !value.len || reading->given_count == MISSING_QUESTIONS_MAX) return ST_OK;
    struct missing_given *given = &reading->given[reading->given_count];
    struct answer_typed typed = {.value = value};
    struct str problem = answer_check(reading->arena, question, clock_london(clock_now()).date,
                                      &typed, &given->answer);
    if (problem.len)
        return err_set(err, ST_INVALID, "%.*s: %.*s", STR_ARG(question->label), STR_ARG(problem));
    given->question = question;
    reading->given_count++;
    return ST_OK;
}

/* Up to the first of ":" and "(". */
static struct str short_label(struct str label)
{
    for (size_t i = 0; i < label.len; i++)
        if (label.ptr[i] == ':' || label.ptr[i] == '(') return str_trim(str_sub(label, 0, i));
    return label;
}

static struct str without_risk(struct str text)
{
    return text.len > 5 && str_eq_nocase(str_sub(text, text.len - 5, text.len), STR(" risk"))
               ? str_trim(str_sub(text, 0, text.len - 5))
               : text;
}

/* An option as a file may write it: by id, by its words, "Medium risk". */
static struct str option_of(const struct question *question, struct str text)
{
    for (size_t i = 0; i < question->option_count; i++) {
        const struct question_option *option = &question->option[i];
        if (str_eq_nocase(text, option->id) || str_eq_nocase(text, option->label) ||
            str_eq_nocase(text, short_label(option->label)) ||
            str_eq_nocase(without_risk(text), short_label(option->label)))
            return option->id;
    }
    return STR("");
}

static enum st give_sort(struct reading *reading, struct err *err)
{
    const struct area_missing *words = area_missing(reading->app->area);
    const struct question *question = questions_find(&words->form, STR("missing-sort"));
    struct str text = cell(reading, "missing-sort");
    struct str sort = text.len ? option_of(question, text) : question->option[0].id;
    for (size_t i = 0; i < words->legacy_count && !sort.len; i++)
        if (str_eq_nocase(text, words->legacy[i].id) ||
            str_eq_nocase(text, short_label(words->legacy[i].text)))
            sort = words->legacy[i].id;
    if (!sort.len)
        return err_set(err, ST_INVALID, "'%.*s' is no sort of episode.",
                       STR_ARG(str_sub(text, 0, 40)));
    reading->given[reading->given_count++] = (struct missing_given){question, {ANSWER_GIVEN, sort}};
    return ST_OK;
}

/* Everything else that a column is for. */
static enum st give_rest(struct reading *reading, const char *part, struct err *err)
{
    const struct questions *form = &area_missing(reading->app->area)->form;
    const struct question_section *section = questions_find_section(form, str_from(part));
    for (size_t i = 0; i < reading->count; i++) {
        const struct question *question =
            reading->column[i].to.len ? questions_find(form, reading->column[i].to) : NULL;
        if (!question || question->section != (size_t)(section - form->section) ||
            str_eq(question->key, STR("missing-sort")))
            continue;
        struct str value = cell(reading, str_c(reading->arena, question->key));
        if (question->option_count && value.len) {
            struct str option = option_of(question, value);
            if (!option.len)
                return err_set(err, ST_INVALID, "'%.*s' is no answer to “%.*s”.",
                               STR_ARG(str_sub(value, 0, 40)), STR_ARG(question->label));
            value = option;
        }
        enum st outcome = give(reading, str_c(reading->arena, question->key), value, err);
        if (outcome != ST_OK) return outcome;
    }
    return ST_OK;
}

/* --- whose it is ------------------------------------------------------------------------------ */

static enum st find_child(const struct reading *reading, int64_t *ret, struct err *err)
{
    struct str reference = cell(reading, "child-reference");
    struct str nhs = cell(reading, "child-nhs-number");
    struct str name = cell(reading, "child-name");
    struct str birth = cell(reading, "child-birth");
    char number[NHS_NUMBER_SIZE] = "";
    struct birth born = child_born(birth, clock_today());
    size_t found = 0;
    if (nhs.len && !nhs_number_read(nhs, number))
        return err_set(err, ST_INVALID, "'%.*s' is no NHS number.", STR_ARG(str_sub(nhs, 0, 30)));
    for (size_t i = 0; i < reading->child_count; i++) {
        const struct child_line *child = &reading->child[i];
        bool same = reference.len ? str_eq_nocase(child->reference, reference)
                    : number[0]
                        ? str_eq(child->nhs, str_from(number))
                        : name.len && str_eq_nocase(child->name, name) && link_birth_known(born) &&
                              child->born.from == born.from && child->born.to == born.to;
        if (!same) continue;
        *ret = child->id;
        found++;
    }
    if (found == 1) return ST_OK;
    if (found)
        return err_set(err, ST_INVALID,
                       "Two children’s records fit. Write the reference of the one that it is.");
    if (reference.len || number[0])
        return err_set(err, ST_INVALID, "There is no child’s record with that %s.",
                       reference.len ? "reference" : "NHS number");
    if (!name.len || !link_birth_known(born))
        return err_set(
            err, ST_INVALID,
            "It does not say which child: a reference, an NHS number, or name and date of birth.");
    return err_set(err, ST_INVALID,
                   "There is no child’s record with that name and date of birth. Make it first.");
}

/* --- taking it in ----------------------------------------------------------------------------- */

/* *ret_episode 0: no file brought it yet. */
static enum st find_known(struct reading *reading, const uint8_t tag[static SEAL_TAG_SIZE],
                          int64_t *ret_episode, instant_ms *ret_returned, struct err *err)
{
    *ret_episode = *ret_returned = 0;
    struct db *db = store_read_begin(reading->app->store, err);
    if (!db) return ST_FAILED;
    struct query *query = db_query(db, Q_MISSING_IMPORTED);
    db_bind_bytes(query, 1, tag, SEAL_TAG_SIZE);
    if (db_next(query)) {
        *ret_episode = db_int(query, 0);
        *ret_returned = db_int(query, 1);
    }
    enum st outcome = db_end(query, err);
    store_read_end(reading->app->store, db);
    return outcome;
}

static enum st read_report(struct reading *reading, struct err *err)
{
    struct str day;
    struct str time;
    struct str since = cell(reading, "since");
    if (!since.len) return err_set(err, ST_INVALID, "It does not say since when.");
    enum st outcome = read_instant(reading, since, "since when", &day, &time, &reading->since, err);
    if (outcome == ST_OK) outcome = give_sort(reading, err);
    if (outcome == ST_OK) outcome = give(reading, "missing-since-day", day, err);
    if (outcome == ST_OK) outcome = give(reading, "missing-since-time", time, err);
    return outcome == ST_OK ? give_rest(reading, MISSING_REPORT, err) : outcome;
}

static enum st read_return(struct reading *reading, struct err *err)
{
    struct str day;
    struct str time;
    struct str returned = cell(reading, "returned");
    reading->given_count = 0;
    reading->returned = 0;
    if (!returned.len) return ST_OK;
    enum st outcome =
        read_instant(reading, returned, "back since when", &day, &time, &reading->returned, err);
    if (outcome == ST_OK && reading->returned < reading->since)
        outcome = err_set(err, ST_INVALID, "The return is before the child was missing.");
    if (outcome == ST_OK) outcome = give(reading, "return-day", day, err);
    if (outcome == ST_OK) outcome = give(reading, "return-time", time, err);
    return outcome == ST_OK ? give_rest(reading, MISSING_RETURN, err) : outcome;
}

/* Of what is there already; 0: none. */
static enum st find_other(struct reading *reading, int64_t child, struct missing_line *ret,
                          struct err *err)
{
    struct missing_seer seer;
    struct missing_line line = {
        .record = child, .since = reading->since, .returned = reading->returned};
    missing_seer_init(reading->app, reading->arena, reading->who, &seer);
    struct db *db = store_read_begin(reading->app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = missing_overlapping(&seer, db, &line, ret, err);
    store_read_end(reading->app->store, db);
    return outcome;
}

static enum st save_return(struct reading *reading, int64_t episode, struct err *err)
{
    return missing_save_of_file(reading->app, reading->who, episode, STR(MISSING_RETURN),
                                reading->given, reading->given_count, err);
}

enum taken { TAKEN_NEW, TAKEN_RETURN, TAKEN_NOTHING };

static enum st take_row(struct reading *reading, bool dry_run, enum taken *ret_taken,
                        struct missing_line *ret_other, struct err *err)
{
    uint8_t tag[SEAL_TAG_SIZE];
    int64_t child = 0;
    int64_t episode = 0;
    instant_ms returned = 0;
    reading->given_count = 0;
    enum st outcome = find_child(reading, &child, err);
    if (outcome == ST_OK) outcome = read_report(reading, err);
    if (outcome != ST_OK) return outcome;
    struct missing_given report[MISSING_QUESTIONS_MAX];
    size_t count = reading->given_count;
    memcpy(report, reading->given, count * sizeof *report);
    outcome = read_return(reading, err);
    if (outcome != ST_OK) return outcome;
    keyring_tag(reading->app->keys, "missing import",
                str_fmt(reading->arena, "%lld %lld", (long long)child, (long long)reading->since),
                tag);
    outcome = find_known(reading, tag, &episode, &returned, err);
    *ret_taken = !episode                         ? TAKEN_NEW
                 : reading->returned && !returned ? TAKEN_RETURN
                                                  : TAKEN_NOTHING;
    if (outcome == ST_OK && *ret_taken == TAKEN_NEW)
        outcome = find_other(reading, child, ret_other, err);
    if (outcome != ST_OK || *ret_taken == TAKEN_NOTHING || dry_run) return outcome;
    if (*ret_taken == TAKEN_RETURN) return save_return(reading, episode, err);
    struct missing_new new = {.child = child, .import_tag = str_of((const char *)tag, sizeof tag)};
    outcome = missing_report(reading->app, reading->who, &new, report, count, &episode, err);
    return outcome == ST_OK && reading->returned ? save_return(reading, episode, err) : outcome;
}

static void refuse(struct missing_import_report *report, size_t line, const char *reason)
{
    report->refused++;
    if (report->refusals_shown == MISSING_REFUSALS_SHOWN) return;
    report->refusal[report->refusals_shown].line = line;
    snprintf(report->refusal[report->refusals_shown++].reason, sizeof report->refusal[0].reason,
             "%s", reason);
}

static void note_overlap(struct missing_import_report *report, size_t line,
                         const struct reading *reading, const struct missing_line *other)
{
    report->overlapping++;
    if (report->overlaps_shown == MISSING_REFUSALS_SHOWN) return;
    struct str until = other->returned
                           ? str_fmt(reading->arena, "to %.*s",
                                     STR_ARG(clock_words(reading->arena, other->returned)))
                           : STR("and not back yet");
    report->overlap[report->overlaps_shown].line = line;
    snprintf(report->overlap[report->overlaps_shown++].reason, sizeof report->overlap[0].reason,
             "%.*s is at the same time: %.*s %.*s.", STR_ARG(other->reference),
             STR_ARG(clock_words(reading->arena, other->since)), STR_ARG(until));
}

static bool has_column(const struct missing_import_column *column, size_t count, const char *to)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(column[i].to, str_from(to))) return true;
    return false;
}

static enum st run_rows(struct reading *reading, struct csv_reader *reader, bool dry_run,
                        struct missing_import_report *ret, struct err *err)
{
    struct csv_row row;
    enum csv_outcome next;
    bool header = true;
    while ((next = csv_reader_next(reader, &row)) == CSV_ROW) {
        if (header) {
            header = false;
            continue;
        }
        struct err wrong = {0};
        struct arena_mark mark = arena_mark(reading->arena);
        struct missing_line other = {0};
        enum taken taken = TAKEN_NOTHING;
        ret->rows++;
        reading->row = &row;
        enum st outcome = row.refused ? err_set(&wrong, ST_INVALID, "%s", row.refused)
                                      : take_row(reading, dry_run, &taken, &other, &wrong);
        if (outcome == ST_INVALID || outcome == ST_NOT_FOUND)
            refuse(ret, row.line, wrong.public);
        else if (outcome != ST_OK) {
            *err = wrong;
            return outcome;
        } else if (taken == TAKEN_NEW) {
            ret->taken++;
        } else {
            ret->already++;
            ret->returns += taken == TAKEN_RETURN;
        }
        if (outcome == ST_OK && other.id) note_overlap(ret, row.line, reading, &other);
        arena_reset(reading->arena, mark);
    }
    return next == CSV_END ? ST_OK : err_set(err, ST_FAILED, "The file cannot be read to its end.");
}

enum st missing_import_run(struct app *app, const struct person *who, struct str file,
                           const struct missing_import_column *column, size_t count, bool dry_run,
                           struct missing_import_report *ret, struct err *err)
{
    *ret = (struct missing_import_report){0};
    if (!access_allows(who, ACT_IMPORT_MISSING, NULL))
        return err_set(err, ST_DENIED, "Your role imports no episodes.");
    if (!has_column(column, count, "since"))
        return err_set(err, ST_INVALID,
                       "No column says since when the child was missing. Choose it.");
    if (!has_column(column, count, "child-reference") &&
        !has_column(column, count, "child-nhs-number") && !has_column(column, count, "child-name"))
        return err_set(err, ST_INVALID,
                       "No column says which child it is. Choose the reference, the NHS number, or "
                       "name and date of birth.");
    struct arena arena;
    arena_init(&arena, 256 << 20);
    struct source source = {file, 0};
    struct reading *reading = arena_new(&arena, struct reading);
    *reading = (struct reading){.app = app,
                                .arena = &arena,
                                .who = who,
                                .children = child_scope_of(app, &arena, who),
                                .column = column,
                                .count = count};
    reading->child_count = child_scope_list(reading->children, &reading->child);
    struct csv_reader *reader = csv_reader_new(read_source, &source);
    enum st outcome = run_rows(reading, reader, dry_run, ret, err);
    csv_reader_free(reader);
    arena_done(&arena);
    return outcome;
}
