/*
 * Spreadsheets become drafts.  A taken row is shown in one line:
 *     when [from..to] @where how | narrative | kind field=value ...; ...
 */
#include "tests_common.h"

#include "base/arena.h"
#include "domain/import.h"
#include "domain/submission.h"

static const struct date today = {2026, 11, 24};
static struct arena arena;

/* What the callbacks saw. */
struct seen {
    struct str row[64];
    struct str key[64];
    size_t count;
    struct buf refused;
    enum st answer; /* of accept, when not ST_OK */
    int progress;
};

static struct str shown(const struct submission_draft *draft)
{
    struct buf out;
    buf_init(&out, 1 << 20);
    buf_add(&out, draft->when_text);
    if (draft->seen_from.year)
        buf_add_fmt(&out, " [%.*s..%.*s]", STR_ARG(date_iso(&arena, draft->seen_from)),
                    STR_ARG(date_iso(&arena, draft->seen_to)));
    if (draft->where_text.len) buf_add_fmt(&out, " @%.*s", STR_ARG(draft->where_text));
    if (draft->received.year)
        buf_add_fmt(&out, " <%.*s>", STR_ARG(date_iso(&arena, draft->received)));
    buf_add_fmt(&out, " %s | %.*s |", how_known_name(draft->how_known), STR_ARG(draft->narrative));
    for (size_t i = 0; i < draft->mention_count; i++) {
        buf_add_fmt(&out, "%s %s", i ? ";" : "", kind_name(draft->mention[i].kind));
        for (int field = 0; field < LINK_FIELDS; field++)
            if (draft->mention[i].field[field].len)
                buf_add_fmt(&out, " %s=%.*s", field_name((enum link_field)field),
                            STR_ARG(draft->mention[i].field[field]));
    }
    struct str text = str_dup(&arena, buf_str(&out));
    buf_done(&out);
    return text;
}

static enum st accept(void *context, struct submission_draft *draft, bool *ret_new,
                      size_t *ret_links, struct err *err)
{
    struct seen *seen = context;
    if (seen->answer != ST_OK) return err_set(err, seen->answer, "No.");
    *ret_new = true;
    *ret_links = 2;
    for (size_t i = 0; i < seen->count; i++)
        if (str_eq(seen->key[i], draft->idempotency_key)) *ret_new = false;
    if (!*ret_new || seen->count == 64) return ST_OK;
    seen->key[seen->count] = str_dup(&arena, draft->idempotency_key);
    seen->row[seen->count++] = shown(draft);
    return ST_OK;
}

static enum st keep_refused(void *context, struct str csv, struct err *err)
{
    (void)err;
    struct seen *seen = context;
    buf_add(&seen->refused, csv);
    return ST_OK;
}

static void count_progress(void *context, int64_t bytes, size_t rows)
{
    struct seen *seen = context;
    seen->progress += bytes > 0 && rows > 0;
}

static ssize_t from_str(void *context, void *into, size_t size)
{
    struct str *rest = context;
    if (size > rest->len) size = rest->len;
    if (size) memcpy(into, rest->ptr, size);
    *rest = str_sub(*rest, size, rest->len);
    return (ssize_t)size;
}

static struct str file(const char *path)
{
    FILE *stream = fopen(path, "rb");
    assert_non_null(stream);
    char *text = arena_alloc(&arena, 1 << 20);
    size_t size = fread(text, 1, 1 << 20, stream);
    fclose(stream);
    return str_of(text, size);
}

static struct import_report take(struct seen *seen, struct str text, const char *mapping)
{
    struct import *import = NULL;
    struct import_report report;
    struct err err = {0};
    if (import_open(from_str, &text, today, &import, &err) != ST_OK) fail_msg("%s", err.public);
    if (mapping) assert_int_equal(import_mapping_read(import, str_from(mapping), &err), ST_OK);
    struct import_sink sink = {seen, accept, count_progress, keep_refused};
    if (!seen->refused.maximum) buf_init(&seen->refused, 1 << 20);
    enum st st = import_run(import, &sink, &report, &err);
    assert_int_equal(st, seen->answer == ST_INVALID ? ST_OK : seen->answer);
    import_close(import);
    return report;
}

static void assert_row(const struct seen *seen, size_t i, const char *want)
{
    assert_true(i < seen->count);
    if (!str_eq(seen->row[i], str_from(want)))
        fail_msg("row %zu is\n'%.*s', not\n'%s'", i, STR_ARG(seen->row[i]), want);
}

static void test_excel_export(void **state)
{
    (void)state;
    struct seen seen = {0};
    struct import_report report = take(&seen, file("tests/import/excel_utf16.csv"), NULL);
    assert_int_equal(report.rows, 4);
    assert_int_equal(report.taken, 3);
    assert_int_equal(report.refused, 1);
    assert_int_equal(report.links, 6);
    assert_int_equal(report.left_out, 2);
    assert_int_equal(report.refusal[0].line, 6);
    assert_string_equal(report.refusal[0].reason, "Date: There is no 31 February.");
    assert_true(seen.progress > 0);
    assert_row(
        &seen, 0,
        "12/03/2026 [2026-03-12..2026-03-12] @Gannet Fish Bar, Truro saw | Seen outside "
        "Gannet Fish Bar. Young people come and go.\nRef: 1\nChild name: Amy Trevose\n"
        "Child DOB: 01/02/2011\nSuspect: Darren \"Daz\" Smith / Kev\nSuspect age: about 35 | "
        "person name=Amy Trevose birth=01/02/2011; person name=Darren Smith alias=Daz; "
        "person name=Kev; vehicle registration=WK85 BXT make=Vauxhall colour=silver; "
        "vehicle registration=WK86 ABC make=Ford colour=black; phone number=07700 900123; "
        "place venue=Gannet Fish Bar town=Truro");
    assert_row(
        &seen, 1,
        "last Friday @bus station told | Smith, John drives a white "
        "van\nRef: 2\nSuspect: Smith, John\nSuspect age: 30s | person name=Smith, John age=30s; "
        "vehicle registration=WK?? 7?B colour=white; phone number=07700 900 456; "
        "phone number=01632 960123; place venue=bus station");
    assert_row(&seen, 2,
               "12/03/2026 [2026-03-12..2026-03-12] anonymous | Excel counted this day.\nRef: 4\n"
               "Suspect: Daz, Kev, Leanne | person name=Daz; person name=Kev; person name=Leanne");
    /* The teacher and the officer who told are nowhere. */
    for (size_t i = 0; i < seen.count; i++) {
        assert_true(str_find(seen.row[i], STR("Teacher"), 0) < 0);
        assert_true(str_find(seen.row[i], STR("Officer"), 0) < 0);
    }
    buf_done(&seen.refused);
}

static void test_refused_rows_come_back(void **state)
{
    (void)state;
    struct seen seen = {0};
    struct import_report report = take(&seen, file("tests/import/broken_quote.csv"), NULL);
    assert_int_equal(report.taken, 3);
    assert_int_equal(report.refused, 2);
    assert_string_equal(report.refusal[0].reason, "text stands behind a closing quotation mark");
    assert_int_equal(report.refusal[0].line, 3);
    assert_int_equal(report.refusal[1].line, 7);
    struct str refused = str_dup(&arena, buf_str(&seen.refused));
    assert_true(
        str_eq(refused,
               STR("Date,Notes,Reg,Reason refused\r\n"
                   "13/03/2026,\"He said he would,WK86 BXT\",,"
                   "text stands behind a closing quotation mark\r\n"
                   "15/03/2190,Far away,WK89 BXT,Date: The year 2190 cannot be right.\r\n")) ||
        str_find(refused, STR("15/03/2190,Far away,WK89 BXT,"), 0) > 0);
    /* Mended, it goes in; the reason is no part of it. */
    ptrdiff_t year = str_find(refused, STR("2190"), 0);
    char *mended = arena_alloc(&arena, refused.len);
    memcpy(mended, refused.ptr, refused.len);
    memcpy(mended + year, "2026", 4);
    struct seen again = {0};
    report = take(&again, str_of(mended, refused.len), NULL);
    assert_int_equal(report.taken, 2);
    assert_int_equal(report.refused, 0);
    assert_row(&again, 1,
               "15/03/2026 [2026-03-15..2026-03-15] unknown | Far away | "
               "vehicle registration=WK89 BXT");
    buf_done(&seen.refused);
    buf_done(&again.refused);
}

static void test_twice_adds_nothing(void **state)
{
    (void)state;
    struct seen seen = {0};
    struct str text = STR("Date,Notes,Reg\n12/3/2026,A car,WK85 BXT\n");
    assert_int_equal(take(&seen, text, NULL).taken, 1);
    struct import_report report = take(&seen, text, NULL);
    assert_int_equal(report.taken, 0);
    assert_int_equal(report.already, 1);
    /* Another order of columns, other spacing, another mapping: the same row. */
    text = STR("Reg;Notes;Date\nWK85 BXT; A  car;12/3/2026\n");
    assert_int_equal(take(&seen, text, "Notes = keep").already, 1);
    /* One cell more is another row; two rows alike are one. */
    text = STR("Ref,Date,Notes,Reg\n1,12/3/2026,A car,WK85 BXT\n2,12/3/2026,A car,WK85 BXT\n"
               "2,12/3/2026,A car,WK85 BXT\n");
    report = take(&seen, text, NULL);
    assert_int_equal(report.taken, 2);
    assert_int_equal(report.already, 1);
    buf_done(&seen.refused);
}

static void test_other_files(void **state)
{
    (void)state;
    struct seen seen = {0};
    struct import_report report = take(&seen, file("tests/import/windows1252_semicolon.csv"), NULL);
    assert_int_equal(report.taken, 2);
    assert_int_equal(report.refused, 1);
    assert_string_equal(report.refusal[0].reason,
                        "Phone: the spreadsheet has shortened the number. "
                        "Format the column as text.");
    assert_row(
        &seen, 0,
        "12.03.26 [2026-03-12..2026-03-12] unknown | The driver said \xE2\x80\x9Cwait\xE2\x80\x9D "
        "and paid \xC2\xA3"
        "20, in cash | phone number=+44 7700 900123; "
        "place venue=Caf\xC3\xA9 Lantern");
    assert_row(&seen, 1,
               "13.03.26 [2026-03-13..2026-03-13] unknown | Nobody there \xE2\x80\x93 twice | "
               "phone number=07700900456; place venue=Sol\xE2\x80\x99s Kebab");
    buf_done(&seen.refused);
    seen = (struct seen){0};
    assert_int_equal(take(&seen, file("tests/import/mac_cr.csv"), NULL).taken, 2);
    assert_row(&seen, 0,
               "Friday unknown | He waited,\nagain | person alias=Daz; "
               "account platform=snapchat handle=daz_tr1");
    buf_done(&seen.refused);
    seen = (struct seen){0};
    assert_int_equal(take(&seen, file("tests/import/columns_200.csv"), NULL).taken, 1);
    assert_row(&seen, 0,
               "12/03/2026 [2026-03-12..2026-03-12] unknown | A long form\nQuestion 50: answer 50\n"
               "Question 100: answer 100\nQuestion 150: answer 150 |");
    buf_done(&seen.refused);
    seen = (struct seen){0};
    assert_int_equal(take(&seen, file("tests/import/several_in_a_cell.csv"), NULL).taken, 2);
    assert_row(&seen, 0,
               "12 March 2026 [2026-03-12..2026-03-12] unknown | Four people, two cars\n"
               "Officer notes: line one\nline two\nEmail: daz@example.org | person name=Daz; "
               "person name=Kev; person name=Leanne; vehicle registration=WK85 BXT; "
               "vehicle registration=WK86 BXT; phone number=07700 900123; "
               "phone number=07700 900456; account platform=Instagram handle=@daz_tr1; "
               "account platform=Instagram handle=kev.99; place town=Truro; "
               "account email=daz@example.org");
    buf_done(&seen.refused);
}

static void test_bad_rows(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *reason;
    } rows[] = {
        {"Date,Notes\n25/12/2026,x\n", "Date: the date is in the future. Check the year."},
        {"Date,Notes\n1/1/1900,x\n", "Date: the date is before 1950. Check the year."},
        {"Date,Notes\n03/25/2026,x\n",
         "Date: There is no month 25. Dates are read day first, then month."},
        {"Date from,Date to,Notes\n12/3/2026,11/3/2026,x\n",
         "Date to: the last day is before the first."},
        {"Name,DOB\nAmy,31/2/2011\n", "DOB: There is no 31 February."},
        {"Notes,Reg\nx,1ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMN\n", "Reg: the value is too long."},
        {"Date,Ref,Notes\n,,n/a\n,,\n12/3/2026,,\n", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct seen seen = {0};
        struct import_report report = take(&seen, str_from(rows[i].text), NULL);
        if (!rows[i].reason[0]) {
            assert_int_equal(report.refused, 0);
            assert_int_equal(report.taken, 2); /* the empty row is no row */
        } else {
            assert_int_equal(report.refused, 1);
            assert_string_equal(report.refusal[0].reason, rows[i].reason);
        }
        buf_done(&seen.refused);
    }
}

/* Many long cells of one meaning are refused, and need no more memory than the row. */
static void test_many_long_cells(void **state)
{
    (void)state;
    static const char *const headers[] = {"Where", "When", "Forename", "Until"};
    for (size_t h = 0; h < 4; h++) {
        struct buf text;
        buf_init(&text, 4 << 20);
        for (int i = 0; i < 490; i++) buf_add_fmt(&text, "%s,", headers[h]);
        buf_add_c(&text, "Notes\n");
        for (int i = 0; i < 490; i++) {
            for (int k = 0; k < 1900; k++) buf_add_char(&text, 'x');
            buf_add_char(&text, ',');
        }
        buf_add_c(&text, "y\n");
        struct seen seen = {0};
        struct import_report report = take(&seen, buf_str(&text), NULL);
        assert_int_equal(report.refused, 1);
        buf_done(&seen.refused);
        buf_done(&text);
    }
}

static void test_words_count_from_the_day_of_writing(void **state)
{
    (void)state;
    struct seen seen = {0};
    take(&seen,
         STR("Received,When,Notes\n05/03/2025,last Friday,x\n05/03/2025,12/12,y\n,yesterday,z\n"
             ",12/12,q\n"),
         NULL);
    assert_row(
        &seen, 0,
        "last Friday [2025-02-28..2025-02-28] <2025-03-05> unknown | x\nReceived: 05/03/2025 |");
    assert_row(&seen, 1,
               "12/12 [2024-12-12..2024-12-12] <2025-03-05> unknown | y\nReceived: 05/03/2025 |");
    assert_row(&seen, 2, "yesterday unknown | z |");
    assert_row(&seen, 3, "12/12 [2025-12-12..2025-12-12] unknown | q |");
    buf_done(&seen.refused);
}

static void test_answers_of_the_store(void **state)
{
    (void)state;
    struct seen seen = {.answer = ST_INVALID};
    struct import_report report = take(&seen, STR("Date,Notes\n12/3/2026,x\n13/3/2026,y\n"), NULL);
    assert_int_equal(report.refused, 2);
    assert_string_equal(report.refusal[1].reason, "No.");
    buf_done(&seen.refused);
    seen = (struct seen){.answer = ST_BUSY}; /* take() checks that it ends the import */
    report = take(&seen, STR("Date,Notes\n12/3/2026,x\n13/3/2026,y\n"), NULL);
    assert_int_equal(report.rows, 1);
    buf_done(&seen.refused);
}

static void test_mapping(void **state)
{
    (void)state;
    struct str text = STR("Date,Name,Name,Junk\n12/3/2026,Daz,Kev,zzz\n");
    struct str rest = text;
    struct import *import = NULL;
    struct err err = {0};
    assert_int_equal(import_open(from_str, &rest, today, &import, &err), ST_OK);
    struct str mapping = import_mapping_write(&arena, import);
    assert_true(str_find(mapping,
                         STR("\nDate = when\nName = person 1 name\nName = person 2 name\n"
                             "Junk = keep\n"),
                         0) > 0);
    assert_int_equal(import_mapping_read(import, mapping, &err), ST_OK);
    assert_int_equal(import_mapping_read(import, STR("# x\nDate = nonsense\n"), &err), ST_INVALID);
    assert_string_equal(err.public, "Mapping, line 2: it is not 'Column = target'.");
    import_close(import);
    struct seen seen = {0};
    take(&seen, text, "Junk = ignore\nName = person 1 alias\nNo such column = keep\n");
    assert_row(
        &seen, 0,
        "12/3/2026 [2026-03-12..2026-03-12] unknown | Date: 12/3/2026\nName: Daz\nName: Kev | "
        "person alias=Daz; person name=Kev");
    buf_done(&seen.refused);
}

/* A heading may begin with '#': what was chosen for its column holds as for any other. */
static void test_a_heading_may_begin_with_a_hash(void **state)
{
    (void)state;
    struct str text = STR("What happened,# Extra,#\nA van waited.,Jo Bloggs,zzz\n");
    struct import *import = NULL;
    struct err err = {0};
    size_t count = 0;
    struct str rest = text;
    assert_int_equal(import_open(from_str, &rest, today, &import, &err), ST_OK);
    struct column *column = import_columns(import, &count);
    assert_int_equal(count, 3);
    for (size_t i = 1; i < count; i++) assert_int_equal(column[i].use, COLUMN_KEEP);
    column[1].use = COLUMN_SOURCE;
    column[2].use = COLUMN_IGNORE;
    struct str mapping = import_mapping_write(&arena, import);
    import_close(import);
    struct seen seen = {0};
    struct import_report report = take(&seen, text, str_c(&arena, mapping));
    assert_row(&seen, 0, " unknown | A van waited. |");
    assert_int_equal(report.left_out, 1);
    buf_done(&seen.refused);
    /* What names no column is a comment, whatever it holds. */
    seen = (struct seen){0};
    take(&seen, text, "# Extra = something\n#Extra = ignore\n# What happened = ignore\n");
    assert_row(&seen, 0, " unknown | A van waited.\n# Extra: Jo Bloggs\n#: zzz |");
    buf_done(&seen.refused);
}

/* One person with two aliases is one person, in two columns and in one cell. */
static void test_aliases(void **state)
{
    (void)state;
    struct seen seen = {0};
    take(&seen, STR("Name,Alias 1,Alias 2,Age\nAnn Trewin,Tip,Pixie,15\n,Tip,Pixie,\n"), NULL);
    assert_row(&seen, 0,
               " unknown | Name: Ann Trewin\nAlias 1: Tip\nAlias 2: Pixie\nAge: 15 | "
               "person name=Ann Trewin alias=Tip, Pixie age=15");
    take(&seen, STR("Name,Nicknames\nAnn Trewin,Tip; Pixie\n,Tip; Pixie\n"), NULL);
    assert_row(&seen, 2,
               " unknown | Name: Ann Trewin\nNicknames: Tip; Pixie | "
               "person name=Ann Trewin alias=Tip, Pixie");
    assert_row(&seen, 3, " unknown | Nicknames: Tip; Pixie | person alias=Tip; person alias=Pixie");
    buf_done(&seen.refused);
}

/* What more a cell says than its header: a car beside its registration, an age for a birth, a
 * platform for a handle. */
static void test_cells_of_more_than_one_meaning(void **state)
{
    (void)state;
    static const struct {
        const char *text, *row;
    } rows[] = {
        {"Notes,Vehicle (Reg & make)\nx,WK85 BXT Ford Focus silver estate\n",
         "x\nVehicle (Reg & make): WK85 BXT Ford Focus silver estate | "
         "vehicle registration=WK85 BXT make=Ford model=Focus colour=silver"},
        {"Notes,Reg,Colour\nx,\"WK85BXT, blue Fiesta\",navy\n",
         "x\nReg: WK85BXT, blue Fiesta | vehicle registration=WK85BXT model=Fiesta colour=navy"},
        {"Notes,Reg\nx,\"WK85 BXT, WK86 BXT\"\n",
         "x | vehicle registration=WK85 BXT; vehicle registration=WK86 BXT"},
        {"Notes,Reg\nx,BXT\n", "x | vehicle registration=BXT"},
        {"Notes,Reg\nx,see the minutes\n", "x\nReg: see the minutes |"},
        {"Notes,Name,DOB\nx,Ann Trewin,about 14\n", "x | person name=Ann Trewin age=about 14"},
        {"Notes,Name,DOB\nx,Ann Trewin,03/2012\n", "x | person name=Ann Trewin birth=03/2012"},
        {"Notes,Snapchat\nx,tip_99\n", "x | account platform=snapchat handle=tip_99"},
        {"Notes,Snapchat\nx,insta: tip_99\n", "x | account handle=insta: tip_99"},
        {"Notes,Snapchat/Insta\nx,tip_99\n", "x | account handle=tip_99"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct seen seen = {0};
        take(&seen, str_from(rows[i].text), NULL);
        assert_row(&seen, 0, str_c(&arena, str_fmt(&arena, " unknown | %s", rows[i].row)));
        buf_done(&seen.refused);
    }
}

static void test_no_table(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "\n\n\n", "\"never closed\n", "PK\x03\x04 and so on",
                                        "%PDF-1.7"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct str rest = str_from(texts[i]);
        struct import *import = NULL;
        struct err err = {0};
        assert_int_equal(import_open(from_str, &rest, today, &import, &err), ST_INVALID);
        assert_null(import);
        assert_true(err.public[0] != '\0');
    }
}

/* What a picture, something packed or a program is, by its bytes; each is told what to do. */
static void test_what_is_no_text(void **state)
{
    (void)state;
    static const struct {
        struct str start;
        const char *words;
    } files[] = {
        {STR_INIT("\x89PNG\r\n\x1A\n\0\0\0\rIHDR"), "a picture (PNG)"},
        {STR_INIT("\xFF\xD8\xFF\xE0\0\x10JFIF"), "a picture (JPEG)"},
        {STR_INIT("GIF89a\x01"), "a picture (GIF)"},
        {STR_INIT("RIFF\x10\0\0\0WEBPVP8 "), "a picture"},
        {STR_INIT("\0\0\0\x18" "ftypheic"), "a picture"},
        {STR_INIT("%PDF-1.7\n"), "a PDF"},
        {STR_INIT("PK\x03\x04\x14\0"), "Excel workbook"},
        {STR_INIT("\x1F\x8B\x08\0"), "packed file"},
        {STR_INIT("SQLite format 3\0\x10\0\x01\x01"), "no table of text"},
        {STR_INIT("When,What\n12/03/2026,a \0 in it\n"), "no table of text"},
        {STR_INIT("\x01\x02\x03,\x04\n\x05,\x06\n"), "no table of text"},
    };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct str rest = files[i].start;
        struct import *import = NULL;
        struct err err = {0};
        assert_int_equal(csv_check_start(rest, &err), ST_INVALID);
        assert_non_null(strstr(err.public, files[i].words));
        assert_non_null(strstr(err.public, "CSV UTF-8"));
        assert_int_equal(import_open(from_str, &rest, today, &import, &err), ST_INVALID);
        assert_non_null(strstr(err.public, files[i].words));
    }
    static const struct str texts[] = {
        STR_INIT(""),
        STR_INIT("When,What\r\n12/03/2026,\"two\x0B lines\"\r\n\x1A"),
        STR_INIT("\xFF\xFEW\0h\0e\0n\0\n\0"),
        STR_INIT("W\0h\0e\0n\0,\0W\0h\0a\0t\0\n\0"),
        STR_INIT("\0W\0h\0e\0n\0,\0W\0h\0a\0t\0\n"),
        STR_INIT("\xEF\xBB\xBFWhen;Caf\xC3\xA9\n"),
        STR_INIT("When;Caf\xE9\nPKzip,RIFF\n"),
        STR_INIT("RIFF raff,What\n"),
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_int_equal(csv_check_start(texts[i], NULL), ST_OK);
    /* One that strayed into a long note costs nobody the file. */
    struct buf note;
    buf_init(&note, 1 << 12);
    buf_add_c(&note, "When,What\n12/03/2026,");
    for (int i = 0; i < 200; i++) buf_add_c(&note, "word ");
    buf_add_c(&note, "\x02\n");
    assert_int_equal(csv_check_start(buf_str(&note), NULL), ST_OK);
    buf_done(&note);
}

static int setup(void **state)
{
    (void)state;
    arena_init(&arena, 256 << 20);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_excel_export),
        cmocka_unit_test(test_refused_rows_come_back),
        cmocka_unit_test(test_twice_adds_nothing),
        cmocka_unit_test(test_other_files),
        cmocka_unit_test(test_bad_rows),
        cmocka_unit_test(test_many_long_cells),
        cmocka_unit_test(test_words_count_from_the_day_of_writing),
        cmocka_unit_test(test_answers_of_the_store),
        cmocka_unit_test(test_mapping),
        cmocka_unit_test(test_a_heading_may_begin_with_a_hash),
        cmocka_unit_test(test_aliases),
        cmocka_unit_test(test_cells_of_more_than_one_meaning),
        cmocka_unit_test(test_no_table),
        cmocka_unit_test(test_what_is_no_text),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
