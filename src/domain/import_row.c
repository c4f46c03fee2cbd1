/*
 * One row of a spreadsheet becomes a draft.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/utf8.h"
#include "domain/extract.h"
#include "domain/import.h"
#include "domain/import_part.h"
#include "domain/submission.h"
#include "domain/when.h"
#include "link/normalise.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

struct row {
    struct arena *arena;
    const struct column *column;
    size_t count;
    const struct str *cell; /* clean */
    struct date today;
    struct date written; /* when the row was; year 0: no column says */
    struct submission_draft *draft;
    struct buf text; /* the narrative as it grows */
    struct buf kept; /* the lines below it */
    struct err *err;
};

/* --- the key ------------------------------------------------------------------------- */

static int by_text(const void *a, const void *b)
{
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* White space as single blanks. */
static struct str squeezed(struct arena *arena, struct str text)
{
    char *out = arena_alloc(arena, text.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        bool blank = text.ptr[i] == ' ' || text.ptr[i] == '\t' || text.ptr[i] == '\n';
        if (blank && (n == 0 || out[n - 1] == ' ')) continue;
        out[n++] = blank ? ' ' : text.ptr[i];
    }
    while (n > 0 && out[n - 1] == ' ') n--;
    return str_of(out, n);
}

static bool is_reason(struct str header)
{
    return str_eq_nocase(header, STR("Reason refused"));
}

static struct str key_of(const struct row *row)
{
    struct str *part = arena_many(row->arena, row->count + 1, struct str);
    size_t parts = 0;
    for (size_t i = 0; i < row->count; i++) {
        struct str value = squeezed(row->arena, row->cell[i]);
        if (!value.len || is_reason(row->column[i].header)) continue;
        part[parts++] =
            str_fmt(row->arena, "%.*s\x1F%.*s\x1E",
                    STR_ARG(str_lower(row->arena, row->column[i].header)), STR_ARG(value));
    }
    qsort(part, parts, sizeof part[0], by_text);
    crypto_generichash_state state;
    unsigned char hash[16];
    crypto_generichash_init(&state, NULL, 0, sizeof hash);
    for (size_t i = 0; i < parts; i++)
        crypto_generichash_update(&state, (const unsigned char *)part[i].ptr, part[i].len);
    crypto_generichash_final(&state, hash, sizeof hash);
    char hex[2 * sizeof hash + 1];
    sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    return str_fmt(row->arena, "import-%s", hex);
}

/* --- dates --------------------------------------------------------------------------- */

/* A cell that holds nothing but Excel's number of a day. */
static bool excel_day(struct str cell, struct date *ret)
{
    double serial;
    if (cell.len < 5 || cell.len > 20 || cell.ptr[0] < '1' || cell.ptr[0] > '9') return false;
    return str_to_double(cell, &serial) && serial >= 10000 && when_from_excel(serial, ret);
}

static enum st wrong(const struct row *row, const struct column *column, const char *why)
{
    return err_set(row->err, ST_INVALID, "%.*s: %s", STR_ARG(str_sub(column->header, 0, 60)), why);
}

/* ST_NOT_FOUND: words that are no date. */
static enum st read_date(const struct row *row, const struct column *column, struct str text,
                         struct date_range *ret)
{
    struct date day;
    struct err err = {0};
    enum st st = ST_OK;
    if (excel_day(text, &day))
        *ret = (struct date_range){day, day, WHEN_DAY};
    else
        st = when_parse(text, row->written.year ? row->written : row->today, ret, &err);
    if (st == ST_INVALID) return wrong(row, column, err.public);
    if (st == ST_OK && date_to_days(ret->from) > date_to_days(row->today))
        return wrong(row, column, "the date is in the future. Check the year.");
    if (st == ST_OK && ret->from.year < 1950 && column->use != COLUMN_FIELD)
        return wrong(row, column, "the date is before 1950. Check the year.");
    return st;
}

/* "last Friday" counts back from the day on which it was written.  Where no column says
 * which that was, such words tell no date: read eight days earlier they would give
 * another one, and no digit stands in them. */
static bool counts_back(const struct row *row, struct str text, const struct date_range *range)
{
    if (row->written.year) return false;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] >= '0' && text.ptr[i] <= '9') return false;
    struct date_range earlier;
    struct err err = {0};
    struct date then = date_from_days(date_to_days(row->today) - 8);
    return when_parse(text, then, &earlier, &err) != ST_OK ||
           date_to_days(earlier.from) != date_to_days(range->from) ||
           date_to_days(earlier.to) != date_to_days(range->to);
}

/* What is too long already is refused later and does not grow. */
static struct str joined(struct arena *arena, struct str before, struct str more)
{
    if (before.len > MENTION_FIELD_MAX) return before;
    return before.len ? str_fmt(arena, "%.*s, %.*s", STR_ARG(before), STR_ARG(more)) : more;
}

/* A number of Excel as the day that it shows. */
static struct str shown_date(struct arena *arena, struct str cell)
{
    struct date day;
    if (!excel_day(cell, &day)) return cell;
    return str_fmt(arena, "%02d/%02d/%04d", day.day, day.month, day.year);
}

static enum st read_written(struct row *row)
{
    for (size_t i = 0; i < row->count; i++) {
        struct date_range range;
        if (row->column[i].use != COLUMN_RECEIVED || column_is_nothing(row->cell[i]) ||
            row->cell[i].len > MENTION_FIELD_MAX)
            continue;
        enum st st = read_date(row, &row->column[i], row->cell[i], &range);
        if (st == ST_INVALID) return st;
        if (st == ST_OK && !row->written.year) row->written = range.to;
    }
    if (date_to_days(row->written) > date_to_days(row->today)) row->written = row->today;
    row->draft->received = row->written;
    return ST_OK;
}

static enum st read_when(struct row *row)
{
    struct str when = STR(""), until = STR("");
    const struct column *column = NULL, *until_column = NULL;
    for (size_t i = 0; i < row->count; i++) {
        struct str cell = row->cell[i];
        if (column_is_nothing(cell)) continue;
        if (row->column[i].use == COLUMN_WHEN) {
            column = column ? column : &row->column[i];
            when = joined(row->arena, when, shown_date(row->arena, cell));
        } else if (row->column[i].use == COLUMN_UNTIL) {
            until_column = &row->column[i];
            until = joined(row->arena, until, shown_date(row->arena, cell));
        }
    }
    if (when.len > MENTION_FIELD_MAX) return wrong(row, column, "the date is too long.");
    if (until.len > MENTION_FIELD_MAX) return wrong(row, until_column, "the date is too long.");
    struct date_range range;
    enum st st = when.len ? read_date(row, column, when, &range) : ST_NOT_FOUND;
    if (st == ST_INVALID) return st;
    if (st == ST_OK && !counts_back(row, when, &range))
        row->draft->seen_from = range.from, row->draft->seen_to = range.to;
    row->draft->when_text = when;
    if (!until.len) return ST_OK;
    st = read_date(row, until_column, until, &range);
    if (st == ST_INVALID) return st;
    row->draft->when_text = when.len
                                ? str_fmt(row->arena, "%.*s to %.*s", STR_ARG(when), STR_ARG(until))
                                : str_fmt(row->arena, "until %.*s", STR_ARG(until));
    if (st != ST_OK || counts_back(row, until, &range)) return ST_OK;
    if (row->draft->seen_from.year == 0) row->draft->seen_from = range.from;
    if (date_to_days(range.to) < date_to_days(row->draft->seen_from))
        return wrong(row, until_column, "the last day is before the first.");
    row->draft->seen_to = range.to;
    return ST_OK;
}

/* --- the narrative ------------------------------------------------------------------- */

static void keep_line(struct row *row, struct str header, struct str cell)
{
    if (row->kept.len) buf_add_char(&row->kept, '\n');
    if (header.len) buf_add(&row->kept, header), buf_add_c(&row->kept, ": ");
    buf_add(&row->kept, cell);
}

/* "Second hand", "Told by a friend", "Anonymous caller", "Seen by staff" */
static bool read_how(struct str cell, enum how_known *ret)
{
    static const struct {
        const char *word;
        enum how_known how;
    } words[] = {{"anon", HOW_ANONYMOUS},
                 {"second", HOW_SECOND_HAND},
                 {"third", HOW_SECOND_HAND},
                 {"hearsay", HOW_SECOND_HAND},
                 {"rumour", HOW_SECOND_HAND},
                 {"indirect", HOW_SECOND_HAND},
                 {"told", HOW_TOLD},
                 {"disclos", HOW_TOLD},
                 {"saw", HOW_SAW},
                 {"seen", HOW_SAW},
                 {"witness", HOW_SAW},
                 {"observed", HOW_SAW},
                 {"heard", HOW_SAW},
                 {"first", HOW_SAW},
                 {"direct", HOW_SAW}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (str_find_nocase(cell, str_from(words[i].word), 0) < 0) continue;
        *ret = words[i].how;
        return true;
    }
    return column_is_nothing(cell);
}

static void read_texts(struct row *row, size_t *left_out)
{
    for (size_t i = 0; i < row->count; i++) {
        const struct column *column = &row->column[i];
        struct str cell = row->cell[i];
        if (!cell.len || is_reason(column->header)) continue;
        switch (column->use) {
        case COLUMN_NARRATIVE:
            if (row->text.len) buf_add_char(&row->text, '\n');
            buf_add(&row->text, cell);
            break;
        case COLUMN_WHERE:
            row->draft->where_text = joined(row->arena, row->draft->where_text, cell);
            break;
        case COLUMN_HOW_KNOWN:
            if (!read_how(cell, &row->draft->how_known)) keep_line(row, column->header, cell);
            break;
        case COLUMN_SOURCE:
            ++*left_out;
            break;
        case COLUMN_RECEIVED:
        case COLUMN_KEEP:
            if (!column_is_nothing(cell)) keep_line(row, column->header, cell);
            break;
        case COLUMN_FIELD: /* the role stands in the header alone */
            if (column->role && !column_is_nothing(cell)) keep_line(row, column->header, cell);
            break;
        case COLUMN_WHEN:
        case COLUMN_UNTIL:
        case COLUMN_IGNORE:
        case COLUMN_USES:
            break;
        }
    }
}

/* --- mentions out of columns --------------------------------------------------------- */

/* What spreadsheets do to telephone numbers. */
static enum st mend_number(const struct row *row, const struct column *column, struct str *value)
{
    double number;
    bool digits = true;
    for (size_t i = 0; i < value->len; i++) digits &= value->ptr[i] >= '0' && value->ptr[i] <= '9';
    if (digits && value->len == 10 && (value->ptr[0] == '7' || value->ptr[0] == '1'))
        *value = str_fmt(row->arena, "0%.*s", STR_ARG(*value));
    if (!digits && str_find_nocase(*value, STR("e+"), 0) > 0 && str_to_double(*value, &number))
        return wrong(row, column,
                     "the spreadsheet has shortened the number. Format the column as text.");
    return ST_OK;
}

static enum st check_value(const struct row *row, const struct column *column, struct str *value)
{
    if (value->len > MENTION_FIELD_MAX) return wrong(row, column, "the value is too long.");
    if (column->field == LINK_NUMBER) {
        enum st st = mend_number(row, column, value);
        if (st != ST_OK) return st;
    }
    if (column->field == LINK_BIRTH) {
        struct date_range range;
        *value = shown_date(row->arena, *value);
        if (read_date(row, column, *value, &range) == ST_INVALID) return ST_INVALID;
    }
    if (value->len > mention_field_max(column->field))
        return wrong(row, column, "the value is too long.");
    return ST_OK;
}

static bool is_shared(enum link_field field)
{
    return field == LINK_PLATFORM || field == LINK_TOWN;
}

static bool is_of(const struct column *column, enum link_kind kind, int number)
{
    return column->use == COLUMN_FIELD && field_kind(column->field) == kind &&
           column->number == number;
}

/* The cell of a column cut up. `used`: up to the last part that is not empty. */
struct parts {
    struct str part[MENTIONS_MAX + 1];
    size_t count, used;
};

static void cut_cell(const struct row *row, size_t i, struct parts *ret)
{
    ret->count = column_split(row->cell[i], row->column[i].field, ret->part, MENTIONS_MAX + 1);
    ret->used = ret->count;
    while (ret->used && !ret->part[ret->used - 1].len) ret->used--;
}

/* Is one person named in the columns of that number? */
static bool is_one_person(const struct row *row, int number)
{
    struct parts parts;
    bool named = false;
    for (size_t i = 0; i < row->count; i++) {
        if (!is_of(&row->column[i], LINK_PERSON, number) || row->column[i].field != LINK_NAME)
            continue;
        cut_cell(row, i, &parts);
        if (parts.used > 1) return false;
        named |= parts.used == 1;
    }
    return named;
}

static struct str listed(struct arena *arena, struct str before, struct str more, bool comma)
{
    if (!before.len) return more;
    return str_fmt(arena, comma ? "%.*s, %.*s" : "%.*s %.*s", STR_ARG(before), STR_ARG(more));
}

/* Aliases beside one name are all of that person: "Daz; Kev". */
static void cut(const struct row *row, size_t i, struct parts *ret)
{
    cut_cell(row, i, ret);
    if (ret->used < 2 || row->column[i].field != LINK_ALIAS ||
        !is_one_person(row, row->column[i].number))
        return;
    struct str all = STR("");
    for (size_t k = 0; k < ret->used; k++)
        if (ret->part[k].len) all = listed(row->arena, all, ret->part[k], true);
    ret->part[0] = all;
    ret->count = ret->used = 1;
}

/* What stands beside the registrations of a group goes to what its other columns leave open. */
static void fill_vehicles(const struct row *row, size_t i, struct mention_draft *made, size_t most)
{
    struct parts parts;
    struct mention_draft found;
    cut(row, i, &parts);
    for (size_t k = 0; k < most && k < parts.used; k++) {
        if (!import_part_vehicle(row->arena, parts.part[k], row->today, &found)) continue;
        for (int field = 0; field < LINK_FIELDS; field++)
            if (!made[k].field[field].len) made[k].field[field] = found.field[field];
    }
}

/* Gives the parts of a cell to the mentions that were made, one each. */
static enum st deal_out(struct row *row, size_t i, struct mention_draft *made, size_t most)
{
    struct parts parts;
    const struct column *column = &row->column[i];
    cut(row, i, &parts);
    bool for_all = parts.used == 1 && parts.count == 1 && is_shared(column->field);
    if (!parts.used) return ST_OK;
    if (parts.used != most && parts.count < most && !for_all) {
        if (!column->role) keep_line(row, column->header, row->cell[i]);
        return ST_OK;
    }
    for (size_t k = 0; k < most; k++) {
        struct str value = for_all ? parts.part[0] : k < parts.used ? parts.part[k] : STR("");
        struct str *field = &made[k].field[column->field];
        struct mention_draft vehicle;
        if (!value.len) continue;
        if (column->field == LINK_ADDRESS) value = squeezed(row->arena, value);
        if (column->field == LINK_REGISTRATION && 
            import_part_vehicle(row->arena, value, row->today, &vehicle)) {
            keep_line(row, column->header, value);
            value = vehicle.field[LINK_REGISTRATION];
        }
        enum st st = check_value(row, column, &value);
        if (st != ST_OK) return st;
        *field = listed(row->arena, *field, value, column->field == LINK_ALIAS);
        if (field->len > MENTION_FIELD_MAX) return wrong(row, column, "the value is too long.");
        char said[32]; /* "insta: kez" in the column for Snapchat */
        if (column->platform.len && !link_handle_platform(value, said))
            made[k].field[LINK_PLATFORM] = column->platform;
    }
    return ST_OK;
}

/* Columns of one thing: (kind, number).  As many mentions as the fullest cell has
 * parts; a cell with fewer parts would be guesswork, so it goes into the narrative,
 * but for a platform or a town, which hold for all. */
static enum st read_group(struct row *row, enum link_kind kind, int number)
{
    struct submission_draft *draft = row->draft;
    struct parts parts;
    size_t most = 0, first = draft->mention_count;
    for (size_t i = 0; i < row->count; i++) {
        if (!is_of(&row->column[i], kind, number)) continue;
        cut(row, i, &parts);
        if (parts.used > most) most = parts.used;
    }
    if (first + most > MENTIONS_MAX)
        return err_set(row->err, ST_INVALID, "The row names more than %d people and things.",
                       MENTIONS_MAX);
    struct mention_draft *made = draft->mention + first;
    for (size_t k = 0; k < most; k++)
        made[k] = (struct mention_draft){.kind = kind, .span_start = -1, .span_end = -1};
    for (size_t i = 0; most && i < row->count; i++) {
        enum st st = is_of(&row->column[i], kind, number) ? deal_out(row, i, made, most) : ST_OK;
        if (st != ST_OK) return st;
    }
    for (size_t i = 0; most && i < row->count; i++)
        if (is_of(&row->column[i], kind, number) && row->column[i].field == LINK_REGISTRATION)
            fill_vehicles(row, i, made, most);
    /* An empty part made a mention of nothing. */
    for (size_t k = 0; k < most; k++) {
        bool any = false;
        for (int field = 0; field < LINK_FIELDS; field++) any |= made[k].field[field].len > 0;
        if (any) draft->mention[draft->mention_count++] = made[k];
    }
    return ST_OK;
}

static enum st read_groups(struct row *row)
{
    for (int kind = 0; kind < LINK_KINDS; kind++) {
        int highest = 0;
        for (size_t i = 0; i < row->count; i++)
            if (row->column[i].use == COLUMN_FIELD &&
                (int)field_kind(row->column[i].field) == kind && row->column[i].number > highest)
                highest = row->column[i].number;
        for (int number = 1; number <= highest; number++) {
            enum st st = read_group(row, (enum link_kind)kind, number);
            if (st != ST_OK) return st;
        }
    }
    struct date written = row->written.year ? row->written : row->today;
    for (size_t i = 0; i < row->draft->mention_count; i++) {
        import_part_make(row->arena, &row->draft->mention[i]);
        import_part_name(row->arena, row->today, &row->draft->mention[i]);
        import_part_birth(written, &row->draft->mention[i]);
    }
    return ST_OK;
}

/* --- mentions out of the text -------------------------------------------------------- */

/* The same whatever the case, the spacing and the punctuation. */
static bool same_value(struct str a, struct str b)
{
    char left[LINK_TEXT_SIZE], right[LINK_TEXT_SIZE];
    link_fold(a, left);
    link_fold(b, right);
    size_t i = 0, k = 0;
    for (;;) {
        while (left[i] == ' ') i++;
        while (right[k] == ' ') k++;
        if (left[i] != right[k]) return false;
        if (!left[i]) return true;
        i++, k++;
    }
}

/* Names its thing beyond doubt: the rest of the two can be put together. */
static bool same_thing(const struct mention_draft *a, const struct mention_draft *b)
{
    static const enum link_field strong[] = {LINK_REGISTRATION, LINK_NUMBER, LINK_HANDLE,
                                             LINK_EMAIL, LINK_POSTCODE};
    for (size_t i = 0; i < sizeof strong / sizeof strong[0]; i++)
        if (a->field[strong[i]].len && same_value(a->field[strong[i]], b->field[strong[i]]))
            return true;
    return false;
}

/* Does a mention of the columns have everything that the found one says?  What it lacks
 * of the same thing it gets. */
static bool is_known(struct submission_draft *draft, const struct mention_draft *found)
{
    for (size_t i = 0; i < draft->mention_count; i++) {
        struct mention_draft *mention = &draft->mention[i];
        if (mention->kind != found->kind) continue;
        if (same_thing(mention, found)) {
            for (int field = 0; field < LINK_FIELDS; field++)
                if (!mention->field[field].len) mention->field[field] = found->field[field];
            return true;
        }
        bool all = true;
        for (int field = 0; field < LINK_FIELDS; field++) {
            struct str value = found->field[field];
            if (!value.len || field == LINK_PLATFORM) continue;
            bool same = same_value(value, mention->field[field]);
            /* A nickname in the text may stand in the column for the name. */
            if (field == LINK_ALIAS || field == LINK_NAME)
                same |=
                    same_value(value, mention->field[field == LINK_ALIAS ? LINK_NAME : LINK_ALIAS]);
            all &= same;
        }
        if (all) return true;
    }
    return false;
}

static void add_found(struct row *row, struct str text, bool spans)
{
    struct mention_draft found[MENTIONS_MAX];
    size_t count = extract_mentions(row->arena, text, row->today, found, MENTIONS_MAX);
    for (size_t i = 0; i < count && row->draft->mention_count < MENTIONS_MAX; i++) {
        if (is_known(row->draft, &found[i])) continue;
        if (!spans && found[i].kind != LINK_PLACE) continue;
        if (!spans) found[i].span_start = found[i].span_end = -1;
        row->draft->mention[row->draft->mention_count++] = found[i];
    }
}

/* --- the whole row ------------------------------------------------------------------- */

static enum st make_draft(struct row *row, size_t *left_out)
{
    struct submission_draft *draft = row->draft;
    draft->idempotency_key = key_of(row);
    read_texts(row, left_out);
    enum st st = read_written(row);
    if (st == ST_OK) st = read_when(row);
    if (st == ST_OK) st = read_groups(row);
    if (st != ST_OK) return st;
    if (row->kept.len) {
        if (row->text.len) buf_add_char(&row->text, '\n');
        buf_add(&row->text, buf_str(&row->kept));
    }
    /* A row of fields alone still says something. */
    if (!row->text.len)
        for (size_t i = 0; i < row->count; i++) {
            enum column_use use = row->column[i].use;
            if ((use == COLUMN_FIELD || use == COLUMN_WHERE || use == COLUMN_WHEN ||
                 use == COLUMN_UNTIL) &&
                !column_is_nothing(row->cell[i]))
                buf_add_fmt(&row->text, "%s%.*s: %.*s", row->text.len ? "\n" : "",
                            STR_ARG(row->column[i].header),
                            STR_ARG(use == COLUMN_WHEN ? shown_date(row->arena, row->cell[i])
                                                       : row->cell[i]));
        }
    if (row->text.overflow || row->text.len > NARRATIVE_MAX)
        return err_set(row->err, ST_INVALID, "The text of the row is longer than %d characters.",
                       NARRATIVE_MAX);
    draft->narrative = str_trim(str_dup(row->arena, buf_str(&row->text)));
    if (!draft->narrative.len)
        return err_set(row->err, ST_INVALID, "The row says nothing that can be kept.");
    if (draft->where_text.len > MENTION_FIELD_MAX)
        return err_set(row->err, ST_INVALID, "The place is longer than %d characters.",
                       MENTION_FIELD_MAX);
    if (draft->where_text.len)
        add_found(row, str_fmt(row->arena, "at the %.*s", STR_ARG(draft->where_text)), false);
    add_found(row, draft->narrative, true);
    return ST_OK;
}

enum st import_row_draft(struct arena *arena, const struct column *column, size_t count,
                         const struct str *cell, struct date today, struct submission_draft *ret,
                         size_t *ret_left_out, struct err *err)
{
    struct str *clean = arena_many(arena, count + 1, struct str);
    for (size_t i = 0; i < count; i++)
        clean[i] = csv_unguard(str_trim(utf8_clean(arena, cell[i], NULL)));
    *ret =
        (struct submission_draft){.mention = arena_many(arena, MENTIONS_MAX, struct mention_draft)};
    struct row row = {.arena = arena,
                      .column = column,
                      .count = count,
                      .cell = clean,
                      .today = today,
                      .draft = ret,
                      .err = err};
    buf_init(&row.text, 2 * CSV_ROW_MAX);
    buf_init(&row.kept, 2 * CSV_ROW_MAX);
    size_t left_out = 0;
    enum st st = make_draft(&row, &left_out);
    buf_done(&row.text);
    buf_done(&row.kept);
    *ret_left_out += left_out;
    return st;
}
