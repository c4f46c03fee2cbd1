#include "web/paper.h"

#include "base/utf8.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <pthread.h>

/* Points; A4. */
static const double page_width = 595.28, page_height = 841.89;
static const double margin = 54, head_line = 36, foot_line = 800, first_line = 66, last_line = 780;
enum { PAGES_MAX = 500 };

struct paper {
    cairo_t *cairo;
    PangoContext *context;
    struct arena *arena;
    struct str marking; /* empty: for anybody's eyes */
    struct str foot; /* who, when */
    double y;        /* the next line's top */
    int page;
    int pages; /* all of them; 0: not counted yet */
    bool too_long;
    void (*write)(struct paper *, const void *);
    const void *context_of_write;
};

/* Fontconfig and the font maps are not used by two threads at once. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* --- lines and pages -------------------------------------------------------------------------- */

static PangoLayout *layout_of(struct paper *paper, struct str text, double size, bool bold,
                              double width)
{
    PangoLayout *layout = pango_layout_new(paper->context);
    PangoFontDescription *font = pango_font_description_new();
    pango_font_description_set_family(font, "Liberation Sans, DejaVu Sans, sans-serif");
    pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
    pango_font_description_set_weight(font, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    /* Text and nothing else: no markup is read out of it. */
    pango_layout_set_text(layout, text.ptr, (int)text.len);
    return layout;
}

static void put(struct paper *paper, struct str text, double x, double y, double size, bool bold,
                PangoAlignment align)
{
    PangoLayout *layout = layout_of(paper, text, size, bold, page_width - 2 * margin);
    pango_layout_set_alignment(layout, align);
    pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
    cairo_move_to(paper->cairo, x, y);
    pango_cairo_show_layout(paper->cairo, layout);
    g_object_unref(layout);
}

static void begin_page(struct paper *paper)
{
    paper->y = first_line;
    if (!paper->marking.len) {
        paper->page++;
        return;
    }
    struct str number = paper->pages
                            ? str_fmt(paper->arena, "Page %d of %d", ++paper->page, paper->pages)
                            : str_fmt(paper->arena, "Page %d", ++paper->page);
    put(paper, paper->marking, margin, head_line, 11, true, PANGO_ALIGN_CENTER);
    put(paper, paper->foot, margin, foot_line, 9, false, PANGO_ALIGN_LEFT);
    put(paper, number, margin, foot_line, 9, false, PANGO_ALIGN_RIGHT);
    put(paper, paper->marking, margin, foot_line + 14, 9, true, PANGO_ALIGN_CENTER);
}

static void end_page(struct paper *paper)
{
    cairo_show_page(paper->cairo);
    paper->too_long |= paper->page >= PAGES_MAX;
}

/* Running text, over as many pages as it takes; starts a new one where `room` does not fit. */
void paper_text(struct paper *paper, struct str text, double indent, double size, bool bold,
                double room)
{
    PangoLayout *layout = layout_of(paper, text, size, bold, page_width - 2 * margin - indent);
    int count = pango_layout_get_line_count(layout);
    double height = size * 1.35;
    if (paper->y + room > last_line && !paper->too_long) {
        end_page(paper);
        begin_page(paper);
    }
    for (int i = 0; i < count && !paper->too_long; i++) {
        if (paper->y + height > last_line) {
            end_page(paper);
            begin_page(paper);
        }
        cairo_move_to(paper->cairo, margin + indent, paper->y + size);
        pango_cairo_show_layout_line(paper->cairo, pango_layout_get_line_readonly(layout, i));
        paper->y += height;
    }
    g_object_unref(layout);
}

void paper_space(struct paper *paper, double points)
{
    paper->y += points;
}

static void put_beside(struct paper *paper, struct str text, double x, double y, double width,
                       PangoAlignment align, bool bold)
{
    PangoLayout *layout = layout_of(paper, text, 7, bold, width);
    pango_layout_set_alignment(layout, align);
    pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
    cairo_move_to(paper->cairo, align == PANGO_ALIGN_CENTER ? x - width / 2 : x, y);
    pango_cairo_show_layout(paper->cairo, layout);
    g_object_unref(layout);
}

void paper_star(struct paper *paper, const struct paper_mark *mark, size_t count, double height)
{
    enum { LEFT = 12, RADIUS = 6 };
    static const double scale = 0.5;
    if (!count || paper->too_long) return;
    if (paper->y + height * scale > last_line) {
        end_page(paper);
        begin_page(paper);
    }
    cairo_set_line_width(paper->cairo, 0.8);
    cairo_set_source_rgb(paper->cairo, 0.4, 0.4, 0.4);
    for (size_t i = 1; i < count; i++) {
        cairo_move_to(paper->cairo, margin + LEFT + mark[0].x * scale,
                      paper->y + mark[0].y * scale);
        cairo_line_to(paper->cairo, margin + LEFT + mark[i].x * scale,
                      paper->y + mark[i].y * scale);
        cairo_stroke(paper->cairo);
    }
    for (size_t i = 0; i < count; i++) {
        double x = margin + LEFT + mark[i].x * scale;
        double y = paper->y + mark[i].y * scale;
        cairo_arc(paper->cairo, x, y, RADIUS, 0, 6.2832);
        cairo_set_source_rgb(paper->cairo, 1, 1, 1);
        cairo_fill_preserve(paper->cairo);
        cairo_set_source_rgb(paper->cairo, 0, 0, 0);
        cairo_stroke(paper->cairo);
        put_beside(paper, mark[i].letter, x, y - 4.5, 2 * RADIUS, PANGO_ALIGN_CENTER, true);
        if (i)
            put_beside(paper, mark[i].title, x + RADIUS + 4, y - 4.5, 200, PANGO_ALIGN_LEFT, false);
        else
            put_beside(paper, mark[i].title, x, y + RADIUS + 1, 100, PANGO_ALIGN_CENTER, false);
    }
    paper->y += height * scale + 4;
}

/* --- the file --------------------------------------------------------------------------------- */

static cairo_status_t add_bytes(void *context, const unsigned char *bytes, unsigned int size)
{
    struct buf *into = context;
    buf_add(into, str_of((const char *)bytes, size));
    return into->overflow ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

/* Draws it all into `into`; how many pages it took. */
static cairo_status_t draw_file(struct paper *paper, struct str title, struct buf *into)
{
    cairo_surface_t *surface =
        cairo_pdf_surface_create_for_stream(add_bytes, into, page_width, page_height);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, str_c(paper->arena, title));
    PangoFontMap *fonts = pango_cairo_font_map_new();
    paper->cairo = cairo_create(surface);
    paper->context = pango_font_map_create_context(fonts);
    pango_cairo_update_context(paper->cairo, paper->context);
    paper->page = 0;
    begin_page(paper);
    paper->write(paper, paper->context_of_write);
    end_page(paper);
    cairo_status_t status = cairo_status(paper->cairo);
    g_object_unref(paper->context);
    cairo_destroy(paper->cairo);
    cairo_surface_finish(surface);
    if (status == CAIRO_STATUS_SUCCESS) status = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    g_object_unref(fonts);
    return status;
}

enum st paper_pdf(struct request *request, struct str title, const char *marking,
                  void (*write)(struct paper *paper, const void *context), const void *context,
                  struct buf *ret, struct err *err)
{
    struct paper paper = {
        .arena = request->arena,
        .write = write,
        .context_of_write = context,
        .marking = str_from(marking ? marking : ""),
        .foot =
            utf8_clean(request->arena,
                       str_fmt(request->arena, "Printed for %.*s, %.*s", STR_ARG(request->who.name),
                               STR_ARG(clock_words(request->arena, clock_now()))),
                       NULL),
    };
    struct buf counted;
    /* The arena of a request jumps out when it is full: not with the lock held. */
    jmp_buf failed;
    jmp_buf *before = request->arena->on_failure;
    cairo_status_t status = CAIRO_STATUS_NO_MEMORY;
    buf_init(&counted, 32 << 20);
    pthread_mutex_lock(&lock);
    request->arena->on_failure = &failed;
    if (!setjmp(failed)) {
        status = draw_file(&paper, title, &counted);
        paper.pages = paper.page;
        if (status == CAIRO_STATUS_SUCCESS && !paper.too_long)
            status = draw_file(&paper, title, ret);
    }
    request->arena->on_failure = before;
    pthread_mutex_unlock(&lock);
    buf_done(&counted);
    if (paper.too_long)
        return err_set(err, ST_LIMIT, "This is too long for a PDF. Print the page.");
    if (status == CAIRO_STATUS_SUCCESS) return ST_OK;
    enum st outcome = err_set(err, ST_FAILED, "The PDF cannot be made. Print the page instead.");
    err_detail(err, "cairo: %s", cairo_status_to_string(status));
    return outcome;
}

#ifdef __SANITIZE_ADDRESS__
/* Fontconfig keeps what it read of its own files until the end: that is no leak of ours. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\n";
}
#endif

bool paper_has(struct str text)
{
    pthread_mutex_lock(&lock);
    PangoFontMap *fonts = pango_cairo_font_map_new();
    struct paper paper = {.context = pango_font_map_create_context(fonts)};
    PangoLayout *layout = layout_of(&paper, text, 10, false, 400);
    bool has = pango_layout_get_unknown_glyphs_count(layout) == 0;
    g_object_unref(layout);
    g_object_unref(paper.context);
    g_object_unref(fonts);
    pthread_mutex_unlock(&lock);
    return has;
}

void paper_prepare(void)
{
    struct arena arena;
    struct buf drawn;
    arena_init(&arena, 1 << 20);
    buf_init(&drawn, 1 << 20);
    cairo_surface_t *surface =
        cairo_pdf_surface_create_for_stream(add_bytes, &drawn, page_width, page_height);
    PangoFontMap *fonts = pango_cairo_font_map_new();
    struct paper paper = {.arena = &arena,
                          .cairo = cairo_create(surface),
                          .context = pango_font_map_create_context(fonts),
                          .marking = STR("A"),
                          .foot = STR("A")};
    begin_page(&paper);
    end_page(&paper);
    g_object_unref(paper.context);
    cairo_destroy(paper.cairo);
    cairo_surface_destroy(surface);
    g_object_unref(fonts);
    buf_done(&drawn);
    arena_done(&arena);
}
