#include "base/csv.h"

/* What people hand in instead of a table, by its first bytes. */
enum other { WORKBOOK, PICTURE, DOCUMENT };
static const struct {
    struct str begins;
    enum other other;
    const char *name;
} others[] = {
    {STR_INIT("PK\x03\x04"), WORKBOOK, "an Excel workbook, or another packed file (zip)"},
    {STR_INIT("\xD0\xCF\x11\xE0"), WORKBOOK, "an old Excel workbook"},
    {STR_INIT("\x1F\x8B"), WORKBOOK, "a packed file (gzip)"},
    {STR_INIT("7z\xBC\xAF"), WORKBOOK, "a packed file (7z)"},
    {STR_INIT("Rar!\x1A"), WORKBOOK, "a packed file (rar)"},
    {STR_INIT("\x89PNG"), PICTURE, "a picture (PNG)"},
    {STR_INIT("\xFF\xD8\xFF"), PICTURE, "a picture (JPEG)"},
    {STR_INIT("GIF87a"), PICTURE, "a picture (GIF)"},
    {STR_INIT("GIF89a"), PICTURE, "a picture (GIF)"},
    {STR_INIT("II*\0"), PICTURE, "a picture (TIFF)"},
    {STR_INIT("MM\0*"), PICTURE, "a picture (TIFF)"},
    {STR_INIT("%PDF"), DOCUMENT, "a PDF"},
    {STR_INIT("{\\rtf"), DOCUMENT, "a text document (RTF)"},
};

static enum st refuse(enum other other, const char *name, struct err *err)
{
    switch (other) {
    case WORKBOOK:
        return err_set(err, ST_INVALID,
                       "This is %s. Save the sheet as \"CSV UTF-8\" and import that file.", name);
    case PICTURE:
        return err_set(err, ST_INVALID,
                       "This is %s, and no table can be read from it. Import a sheet that was "
                       "saved as \"CSV UTF-8\", "
                       "or write down by hand what the picture shows.",
                       name);
    default:
        return err_set(err, ST_INVALID,
                       "This is %s, and no table can be read from it. Ask for the sheet that it "
                       "was made of, save that "
                       "as \"CSV UTF-8\" and import it.",
                       name);
    }
}

/* The place of the byte that is 0 in Latin text of two bytes each; -1: it is no such text. */
static int utf16_zero(struct str start)
{
    if (str_starts(start, STR("\xFF\xFE"))) return 1;
    if (str_starts(start, STR("\xFE\xFF"))) return 0;
    size_t zero[2] = {0, 0};
    for (size_t i = 0; i < start.len; i++) zero[i % 2] += start.ptr[i] == '\0';
    if (zero[1] * 4 > start.len && zero[0] * 50 < start.len) return 1;
    if (zero[0] * 4 > start.len && zero[1] * 50 < start.len) return 0;
    return -1;
}

/* Spreadsheets write tabs and line ends, old ones a form feed or an end of file. */
static bool is_control(unsigned c)
{
    return (c < ' ' && !(c >= '\t' && c <= '\r') && c != 0x1A && c != 0x1B) || c == 0x7F;
}

/* A single control character that strayed into a note costs nobody the file. */
static bool is_text(struct str start)
{
    int zero = utf16_zero(start);
    size_t step = zero < 0 ? 1 : 2;
    size_t controls = 0;
    for (size_t i = 0; i + step <= start.len; i += step) {
        unsigned c = (unsigned char)start.ptr[zero < 0 ? i : i + (size_t)(1 - zero)];
        if (zero >= 0) c |= (unsigned)(unsigned char)start.ptr[i + (size_t)zero] << 8;
        if (c == 0) return false;
        controls += is_control(c);
    }
    return controls * 100 <= start.len / step;
}

enum st csv_check_start(struct str start, struct err *err)
{
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (str_starts(start, others[i].begins))
            return refuse(others[i].other, others[i].name, err);
    if (str_starts(str_sub(start, 4, 8), STR("ftyp")))
        return refuse(PICTURE, "a picture or a film", err);
    if (str_starts(start, STR("RIFF")) && !is_text(start))
        return refuse(PICTURE, "a picture, a film or a sound", err);
    if (is_text(start)) return ST_OK;
    return err_set(err, ST_INVALID,
                   "This file is no table of text. Open it in the program that made it, save the "
                   "sheet as \"CSV UTF-8\" "
                   "and import that file.");
}
