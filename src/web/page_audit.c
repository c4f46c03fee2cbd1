/*
 * The auditor's pages: the log, of everything, of a record or of an account; access that is
 * out of the usual.
 */
#include "base/csv.h"
#include "domain/audit_review.h"
#include "web/layout.h"
#include "web/pages.h"

enum { LINES_SHOWN = 100, LINES_EXPORTED = 20000, SKIP_MAX = 100000, DAYS_SHOWN = 30 };

/* --- words for codes ------------------------------------------------------------------- */

static struct str capitalised(struct arena *arena, struct str text)
{
    if (!text.len) return text;
    struct str first = str_upper(arena, str_sub(text, 0, 1));
    return str_fmt(arena, "%.*s%.*s", STR_ARG(first), STR_ARG(str_sub(text, 1, text.len)));
}

static struct str reason_label(struct arena *arena, struct str reason)
{
    static const char *labels[][2] = {{"own record", "It is their own"},
                                      {"own organisation", "It is of their organisation"},
                                      {"forum", "It is of their forum"},
                                      {"handling", "Its handling names them"},
                                      {"granted", "It was opened for them"},
                                      {"assigned", "It was given to them as work"},
                                      {"connected", "Its owner agreed to connect"},
                                      {"break-glass", "They broke the glass"},
                                      {"role", "Their role"},
                                      {"own name", "Their role; it holds their own name"}};
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
        if (str_eq(reason, str_from(labels[i][0]))) return str_from(labels[i][1]);
    return capitalised(arena, reason);
}

static struct str outcome_label(struct arena *arena, struct str outcome)
{
    return str_eq(outcome, STR("ok")) ? STR("Done") : capitalised(arena, outcome);
}

/* --- what is asked for --------------------------------------------------------------------- */

struct asked {
    struct audit_filter filter;
    struct str from; /* as typed */
    struct str until;
    struct str title;
    struct str explanation;
    struct url page; /* without the filters */
    struct url csv;
    const char *wrong; /* NULL: nothing */
};

/* A day that was typed; an empty field is no day, and not wrong. */
static bool read_day(struct asked *asked, struct str text, int32_t *ret)
{
    struct date date;
    if (!text.len) return false;
    if (date_parse_iso(text, &date)) {
        *ret = date_to_days(date);
        return true;
    }
    asked->wrong = "A day is written like 2026-03-12.";
    return false;
}

static instant_ms start_of(int32_t day)
{
    return clock_from_london((struct civil){.date = date_from_days(day)});
}

static void read_filter(const struct request *request, struct asked *asked)
{
    struct audit_filter *filter = &asked->filter;
    struct str outcome = form_value(request, "outcome");
    enum audit_kind kind;
    int32_t day = 0;
    int64_t skip = 0;
    filter->kind = audit_kind_from_name(form_value(request, "kind"), &kind) ? (int)kind : -1;
    filter->outcome = str_eq(outcome, STR("done"))      ? OUTCOME_DONE
                      : str_eq(outcome, STR("refused")) ? OUTCOME_REFUSED
                                                        : OUTCOME_ANY;
    asked->from = str_sub(str_trim(form_value(request, "from")), 0, 20);
    asked->until = str_sub(str_trim(form_value(request, "until")), 0, 20);
    if (read_day(asked, asked->from, &day)) filter->from = start_of(day);
    if (read_day(asked, asked->until, &day)) filter->until = start_of(day + 1);
    if (str_to_int(form_value(request, "skip"), &skip) && skip > 0 && skip <= SKIP_MAX)
        filter->skip = (size_t)skip;
}

static struct url with_filters(struct arena *arena, const struct asked *asked, struct url url)
{
    static const char *outcomes[] = {"", "done", "refused"};
    if (asked->filter.kind >= 0)
        url = url_with(arena, url, "kind",
                       str_from(audit_kind_name((enum audit_kind)asked->filter.kind)));
    if (asked->filter.outcome != OUTCOME_ANY)
        url = url_with(arena, url, "outcome", str_from(outcomes[asked->filter.outcome]));
    if (asked->from.len) url = url_with(arena, url, "from", asked->from);
    if (asked->until.len) url = url_with(arena, url, "until", asked->until);
    return url;
}

static struct url with_skip(struct arena *arena, const struct asked *asked, size_t skip)
{
    struct url url = with_filters(arena, asked, asked->page);
    return skip ? url_with(arena, url, "skip", str_fmt(arena, "%zu", skip)) : url;
}

static void ask_whole(const struct request *request, struct asked *asked)
{
    (void)request;
    asked->filter.about = ABOUT_ALL;
    asked->title = STR("The log");
    asked->explanation =
        STR("Newest first. Lines that would tell who handed something in are not here.");
    asked->page = url_to(ROUTE_audit);
    asked->csv = url_to(ROUTE_audit_csv);
}

static void ask_account(const struct request *request, struct asked *asked)
{
    asked->filter.about = ABOUT_ACCOUNT;
    asked->filter.account = request->id[0];
    asked->title = STR("What this account did");
    asked->explanation =
        STR("Newest first. What this person handed in, and what they looked at of it, "
            "is not here.");
    asked->page = url_to_id(request->arena, ROUTE_audit_account, request->id[0]);
    asked->csv = url_to_id(request->arena, ROUTE_audit_account_csv, request->id[0]);
}

static struct url url_to_record(struct arena *arena, enum route_id route, const char *kind,
                                int64_t id)
{
    return url_to_texts(arena, route, str_from(kind), str_fmt(arena, "%lld", (long long)id));
}

/* False when there is no such kind of record, or no number. */
static bool ask_record(const struct request *request, struct asked *asked)
{
    const char *kind = audit_record_kind(request->parameter[0]);
    int64_t id = request->id[1];
    if (!kind || id < 1) return false;
    asked->filter.about = ABOUT_RECORD;
    asked->filter.record = (struct audit_subject){kind, id};
    asked->title = STR("Who has looked at this record");
    asked->explanation =
        STR("Newest first. Of whoever handed it in only the day is shown, not who it was.");
    asked->page = url_to_record(request->arena, ROUTE_audit_record, kind, id);
    asked->csv = url_to_record(request->arena, ROUTE_audit_record_csv, kind, id);
    return true;
}

/* --- drawing the log -------------------------------------------------------------------------- */

static size_t draw_kinds(int chosen, struct view_audit_kinds list[static AUDIT_KINDS + 1])
{
    list[0] = (struct view_audit_kinds){STR(""), STR("Anything"), chosen < 0};
    for (int kind = 0; kind < AUDIT_KINDS; kind++)
        list[kind + 1] = (struct view_audit_kinds){
            str_from(audit_kind_name((enum audit_kind)kind)),
            str_from(audit_kind_label((enum audit_kind)kind)), chosen == kind};
    return AUDIT_KINDS + 1;
}

static size_t draw_record_kinds(struct arena *arena, struct str chosen,
                                struct view_audit_record_kinds **ret)
{
    enum { MOST = 16 };
    struct view_audit_record_kinds *list = arena_many(arena, MOST, struct view_audit_record_kinds);
    size_t count = 0;
    for (const char *const *kind = audit_record_kinds; *kind && count < MOST; kind++)
        list[count++] = (struct view_audit_record_kinds){str_from(*kind),
                                                         capitalised(arena, str_from(*kind)),
                                                         str_eq(chosen, str_from(*kind))};
    *ret = list;
    return count;
}

static struct str time_of(struct arena *arena, const struct audit_seen *seen)
{
    return seen->day_only ? date_words(arena, clock_london(seen->at).date)
                          : clock_words(arena, seen->at);
}

/* No more than the time says. */
static struct str sort_of(struct arena *arena, const struct audit_seen *seen)
{
    instant_ms at = seen->day_only ? start_of(clock_day(seen->at)) : seen->at;
    return str_fmt(arena, "%lld", (long long)at);
}

static void draw_rows(struct arena *arena, const struct audit_seen *seen, size_t count,
                      struct view_audit *view)
{
    struct view_audit_rows *rows = arena_many(arena, count, struct view_audit_rows);
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct view_audit_rows){
            .time = time_of(arena, &seen[i]),
            .sort = sort_of(arena, &seen[i]),
            .who = seen[i].who,
            .has_account = seen[i].account != 0,
            .account = url_to_id(arena, ROUTE_audit_account, seen[i].account),
            .email = seen[i].email,
            .kind = str_from(audit_kind_label(seen[i].kind)),
            .action = seen[i].action,
            .records = seen[i].records,
            .outcome = outcome_label(arena, seen[i].outcome),
            .refused = seen[i].refused,
            .reason = reason_label(arena, seen[i].reason)};
    view->rows = rows;
    view->rows_count = count;
}

/* "What Kerensa Vane did" */
static struct str full_title(struct request *request, const struct asked *asked)
{
    struct str about = STR("");
    struct err err = {0};
    if (audit_about_words(request->app, request->arena, &asked->filter, &about, &err) != ST_OK ||
        !about.len)
        return asked->title;
    return asked->filter.about == ABOUT_ACCOUNT
               ? str_fmt(request->arena, "What %.*s did", STR_ARG(about))
               : str_fmt(request->arena, "Who has looked at %.*s", STR_ARG(about));
}

/* What of the page does not depend on the lines. */
static struct view_audit frame_of(struct request *request, const struct asked *asked)
{
    struct arena *arena = request->arena;
    struct view_audit_kinds *kinds = arena_many(arena, AUDIT_KINDS + 1, struct view_audit_kinds);
    struct view_audit_outcomes *outcomes = arena_many(arena, 3, struct view_audit_outcomes);
    struct view_audit_record_kinds *record_kinds = NULL;
    outcomes[0] = (struct view_audit_outcomes){STR(""), STR("Either way"),
                                               asked->filter.outcome == OUTCOME_ANY};
    outcomes[1] = (struct view_audit_outcomes){STR("done"), STR("Done"),
                                               asked->filter.outcome == OUTCOME_DONE};
    outcomes[2] = (struct view_audit_outcomes){STR("refused"), STR("Refused"),
                                               asked->filter.outcome == OUTCOME_REFUSED};
    struct view_audit view = {
        .title = full_title(request, asked),
        .whole = url_to(ROUTE_audit),
        .unusual = url_to(ROUTE_audit_unusual),
        .is_whole = asked->filter.about == ABOUT_ALL,
        .find = url_to(ROUTE_audit_find),
        .csrf = request->csrf,
        .reference = str_sub(form_value(request, "reference"), 0, 60),
        .record_id = str_sub(form_value(request, "record-id"), 0, 20),
        .email = str_sub(form_value(request, "email"), 0, 254),
        .record_kinds_count =
            draw_record_kinds(arena, form_value(request, "record-kind"), &record_kinds),
        .action = asked->page,
        .kinds = kinds,
        .kinds_count = draw_kinds(asked->filter.kind, kinds),
        .outcomes = outcomes,
        .outcomes_count = 3,
        .from = asked->from,
        .until = asked->until,
        .explanation = asked->explanation,
    };
    view.record_kinds = record_kinds;
    return view;
}

static void draw_page(struct request *request, struct response *response, const struct asked *asked,
                      struct str error)
{
    struct arena *arena = request->arena;
    struct audit_seen *seen = NULL;
    size_t count = 0;
    struct audit_rest rest = {0};
    struct err err = {0};
    if (asked->wrong)
        err_set(&err, ST_INVALID, "%s", asked->wrong);
    else if (audit_review(request->app, arena, &request->who, &asked->filter, false, LINES_SHOWN,
                          &seen, &count, &rest, &err) == ST_OK)
        err.code = ST_OK;
    if (err.code != ST_OK && err.code != ST_INVALID) {
        respond_error(request, response, &err);
        return;
    }
    if (err.code == ST_INVALID) error = str_dup(arena, str_from(err.public));
    size_t skip = asked->filter.skip;
    struct view_audit view = frame_of(request, asked);
    view.error = error;
    view.has_newer = skip > 0;
    view.newer = with_skip(arena, asked, skip > LINES_SHOWN ? skip - LINES_SHOWN : 0);
    view.unread = rest.unread && !error.len;
    view.has_older = rest.more && skip + LINES_SHOWN <= SKIP_MAX;
    view.older = with_skip(arena, asked, skip + LINES_SHOWN);
    view.csv = with_filters(arena, asked, asked->csv);
    draw_rows(arena, seen, count, &view);
    if (error.len && !response->status) response->status = 400;
    PAGE(request, response, str_c(arena, view.title), view_audit, &view);
}

/* --- the log as a spreadsheet ----------------------------------------------------------------- */

static void add_row(struct arena *arena, struct buf *out, const struct audit_seen *seen)
{
    struct str time = seen->day_only ? date_iso(arena, clock_london(seen->at).date)
                                     : clock_iso(arena, seen->at);
    const struct str cells[] = {time,
                                seen->who,
                                seen->email,
                                str_from(audit_kind_label(seen->kind)),
                                seen->action,
                                seen->records,
                                reason_label(arena, seen->reason),
                                outcome_label(arena, seen->outcome)};
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
        csv_add_cell(out, cells[i], i == 0, true);
    csv_add_end(out);
}

static void draw_csv(struct request *request, struct response *response, const struct asked *asked)
{
    static const char *headers[] = {"When (UTC)", "Who", "Email", "What", "Action", "Record",
                                    "Why they could", "How it ended"};
    struct arena *arena = request->arena;
    struct audit_seen *seen = NULL;
    size_t count = 0;
    struct audit_rest rest = {0};
    struct err err = {0};
    if (asked->wrong)
        err_set(&err, ST_INVALID, "%s", asked->wrong);
    else if (audit_review(request->app, arena, &request->who, &asked->filter, true, LINES_EXPORTED,
                          &seen, &count, &rest, &err) == ST_OK)
        err.code = ST_OK;
    if (err.code != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    response->content_type = "text/csv; charset=utf-8";
    response->file_name = STR("log.csv");
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        csv_add_cell(&response->body, str_from(headers[i]), i == 0, true);
    csv_add_end(&response->body);
    for (size_t i = 0; i < count; i++) add_row(arena, &response->body, &seen[i]);
    struct str rest_words = rest.more     ? STR("There are older lines: choose a shorter period.")
                            : rest.unread ? STR("Older lines were not looked at: choose days "
                                                "further back.")
                                          : STR("");
    if (!rest_words.len) return;
    csv_add_cell(&response->body, rest_words, true, true);
    csv_add_end(&response->body);
}

/* --- the pages -------------------------------------------------------------------------------- */

static void no_such_page(struct request *request, struct response *response)
{
    struct err err;
    err_missing(&err, "page");
    respond_error(request, response, &err);
}

void page_audit(struct request *request, struct response *response)
{
    struct asked asked = {0};
    ask_whole(request, &asked);
    read_filter(request, &asked);
    draw_page(request, response, &asked, STR(""));
}

void page_audit_csv(struct request *request, struct response *response)
{
    struct asked asked = {0};
    ask_whole(request, &asked);
    read_filter(request, &asked);
    draw_csv(request, response, &asked);
}

void page_audit_account(struct request *request, struct response *response)
{
    struct asked asked = {0};
    ask_account(request, &asked);
    read_filter(request, &asked);
    draw_page(request, response, &asked, STR(""));
}

void page_audit_account_csv(struct request *request, struct response *response)
{
    struct asked asked = {0};
    ask_account(request, &asked);
    read_filter(request, &asked);
    draw_csv(request, response, &asked);
}

void page_audit_record(struct request *request, struct response *response)
{
    struct asked asked = {0};
    if (!ask_record(request, &asked)) {
        no_such_page(request, response);
        return;
    }
    read_filter(request, &asked);
    draw_page(request, response, &asked, STR(""));
}

void page_audit_record_csv(struct request *request, struct response *response)
{
    struct asked asked = {0};
    if (!ask_record(request, &asked)) {
        no_such_page(request, response);
        return;
    }
    read_filter(request, &asked);
    draw_csv(request, response, &asked);
}

/* Where the answer to the question stands; false with the reason when there is none. */
static bool find_answer(struct request *request, struct url *ret, struct err *err)
{
    struct arena *arena = request->arena;
    int64_t id = 0;
    struct str reference = str_trim(form_value(request, "reference"));
    struct str number = str_trim(form_value(request, "record-id"));
    if (str_eq(form_value(request, "do"), STR("account"))) {
        if (audit_find_account(request->app, arena, form_value(request, "email"), &id, err) !=
            ST_OK)
            return false;
        *ret = url_to_id(arena, ROUTE_audit_account, id);
        return true;
    }
    const char *kind = audit_record_kind(form_value(request, "record-kind"));
    if (reference.len) {
        if (audit_find_reference(request->app, reference, &id, err) != ST_OK) {
            err_set(err, ST_NOT_FOUND,
                    "Nothing in the log is about a submission with that reference.");
            return false;
        }
        kind = "submission";
    } else if (!kind || !str_to_int(number, &id) || id < 1) {
        err_set(err, ST_INVALID,
                "Write a reference, or choose a kind of record and write its number.");
        return false;
    }
    *ret = url_to_record(arena, ROUTE_audit_record, kind, id);
    return true;
}

void page_audit_find(struct request *request, struct response *response)
{
    struct err err = {0};
    struct url where;
    if (find_answer(request, &where, &err)) {
        respond_redirect(response, where);
        return;
    }
    struct asked asked = {0};
    ask_whole(request, &asked);
    asked.filter.kind = -1;
    response->status = 400;
    draw_page(request, response, &asked, str_dup(request->arena, str_from(err.public)));
}

/* --- out of the usual ------------------------------------------------------------------------- */

static void draw_flags(struct arena *arena, const struct audit_flag *flags, size_t count,
                       struct view_audit_unusual *view)
{
    struct view_audit_unusual_rows *rows = arena_many(arena, count, struct view_audit_unusual_rows);
    for (size_t i = 0; i < count; i++) {
        struct date date = date_from_days(flags[i].day);
        struct str day = date_iso(arena, date);
        struct url lines = url_to_id(arena, ROUTE_audit_account, flags[i].account);
        lines = url_with(arena, url_with(arena, lines, "from", day), "until", day);
        if (flags[i].kind == FLAG_REFUSED)
            lines = url_with(arena, lines, "outcome", STR("refused"));
        rows[i] = (struct view_audit_unusual_rows){.day = date_words(arena, date),
                                                   .who = flags[i].who,
                                                   .email = flags[i].email,
                                                   .words = flags[i].words,
                                                   .lines = lines};
    }
    view->rows = rows;
    view->rows_count = count;
}

void page_audit_unusual(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct asked asked = {0};
    int32_t until = clock_today();
    asked.from = str_sub(str_trim(form_value(request, "from")), 0, 20);
    asked.until = str_sub(str_trim(form_value(request, "until")), 0, 20);
    if (!asked.until.len) asked.until = date_iso(arena, date_from_days(until));
    read_day(&asked, asked.until, &until);
    int32_t from = until - DAYS_SHOWN + 1;
    if (!asked.from.len) asked.from = date_iso(arena, date_from_days(from));
    read_day(&asked, asked.from, &from);
    struct audit_flag *flags = NULL;
    size_t count = 0;
    struct err err = {0};
    if (asked.wrong)
        err_set(&err, ST_INVALID, "%s", asked.wrong);
    else if (audit_unusual(request->app, arena, &request->who, from, until, &flags, &count, &err) ==
             ST_OK)
        err.code = ST_OK;
    if (err.code != ST_OK && err.code != ST_INVALID) {
        respond_error(request, response, &err);
        return;
    }
    struct view_audit_unusual view = {
        .whole = url_to(ROUTE_audit),
        .unusual = url_to(ROUTE_audit_unusual),
        .error = err.code == ST_OK ? STR("") : str_from(err.public),
        .action = url_to(ROUTE_audit_unusual),
        .from = asked.from,
        .until = asked.until,
    };
    draw_flags(arena, flags, count, &view);
    if (view.error.len) response->status = 400;
    PAGE(request, response, "Unusual access", view_audit_unusual, &view);
}
