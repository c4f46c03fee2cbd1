/*
 * The synthetic partnership as files: RFC 4180, comma, UTF-8, LF.
 */
#include "synth/partnership_csv.h"

#include "link/mention.h"

static const char *const columns[LINK_FIELDS] = {
#define FIELD(symbol, column, kind, label) [symbol] = #column,
    LINK_FIELD_TABLE(FIELD)
#undef FIELD
};
static const enum link_kind kinds[LINK_FIELDS] = {
#define FIELD(symbol, column, kind, label) [symbol] = kind,
    LINK_FIELD_TABLE(FIELD)
#undef FIELD
};
static const char *const kind_names[LINK_KINDS] = {"person", "vehicle", "phone", "account",
                                                   "place"};
static const char *const how_names[] = {
    [SYNTH_SAW] = "saw or heard it",
    [SYNTH_TOLD] = "told by someone involved",
    [SYNTH_SECOND_HAND] = "told second-hand",
    [SYNTH_ANONYMOUS] = "anonymous",
};

static void add_cell(struct buf *out, struct str text)
{
    bool quoted = false;
    for (size_t i = 0; i < text.len; i++) quoted |= strchr(",\"\n\r", text.ptr[i]) != NULL;
    if (!quoted) {
        buf_add(out, text);
        return;
    }
    buf_add_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"') buf_add_char(out, '"');
        buf_add_char(out, text.ptr[i]);
    }
    buf_add_char(out, '"');
}

static void add_reference(struct buf *out, int32_t number)
{
    buf_add_fmt(out, "S-%06d", number + 1);
}

void synth_csv_header(struct buf *out)
{
    buf_add_c(out,
              "reference,date received,organisation,reported by,narrative,when,where,how known");
    for (size_t i = 0; i < LINK_FIELDS; i++) /* "description" alone would be the narrative */
        buf_add_fmt(out, ",%s", i == LINK_DESCRIPTION ? "appearance" : columns[i]);
    buf_add_char(out, '\n');
}

/* What all mentions of the field's kind say, in their order, so that the second
 * name and the second age are the same person's. */
static void add_field(struct buf *out, const struct synth_report *report, enum link_field field,
                      struct buf *cell)
{
    bool any = false, first = true;
    buf_clear(cell);
    for (int32_t i = 0; i < report->mention_count; i++) {
        const struct synth_mention *mention = &report->mention[i];
        if (mention->kind != kinds[field]) continue;
        if (!first) buf_add_c(cell, "; ");
        buf_add(cell, mention->field[field]);
        any |= mention->field[field].len > 0;
        first = false;
    }
    buf_add_char(out, ',');
    if (any) add_cell(out, buf_str(cell));
}

void synth_csv_report(const struct synth_partnership *partnership,
                      const struct synth_report *report, struct buf *out)
{
    enum { CELL_MAX = 64 << 10 };
    struct buf cell;
    buf_init(&cell, CELL_MAX);
    struct date day = date_from_days(report->day);
    add_reference(out, report->number);
    buf_add_fmt(out, ",%02d/%02d/%d,", day.day, day.month, day.year);
    add_cell(out, partnership->organisation[report->organisation].name);
    buf_add_char(out, ',');
    add_cell(out, partnership->account[report->account].email);
    buf_add_char(out, ',');
    add_cell(out, report->narrative);
    buf_add_char(out, ',');
    add_cell(out, report->when_text);
    buf_add_char(out, ',');
    add_cell(out, report->where_text);
    buf_add_fmt(out, ",%s", how_names[report->how_known]);
    for (size_t i = 0; i < LINK_FIELDS; i++) add_field(out, report, (enum link_field)i, &cell);
    buf_add_char(out, '\n');
    buf_done(&cell);
}

void synth_truth_header(struct buf *out)
{
    buf_add_c(out, "reference,kind,place,entity,linkable,relay of,linked to\n");
}

void synth_truth_report(const struct synth_report *report,
                        const struct synth_links links[static SYNTH_MENTIONS_MAX], struct buf *out)
{
    int32_t place[LINK_KINDS] = {0};
    for (int32_t i = 0; i < report->mention_count; i++) {
        const struct synth_mention *mention = &report->mention[i];
        add_reference(out, report->number);
        buf_add_fmt(out, ",%s,%d,%d,%s,", kind_names[mention->kind], ++place[mention->kind],
                    mention->entity, mention->linkable ? "yes" : "no");
        if (report->relay_of >= 0) add_reference(out, report->relay_of);
        buf_add_char(out, ',');
        for (int32_t k = 0; k < links[i].count; k++) {
            if (k > 0) buf_add_char(out, ' ');
            add_reference(out, (int32_t)((links[i].earlier[k] - 1) / SYNTH_MENTIONS_MAX));
        }
        buf_add_char(out, '\n');
    }
}
