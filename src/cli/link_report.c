#include "cli/link_report.h"

#include "html/html.h"

#include <math.h>
#include <stdlib.h>

enum { NAME = 4 * TABLE_NAME_SIZE, WIDTH = 720, LABEL = 190, ROW = 22 };

static const char head[] =
    "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
    "'unsafe-inline'\">"
    "<title>Linkage report</title><style>"
    "body{font:1rem/1.5 "
    "system-ui,sans-serif;color:#0b0c0c;background:#fff;max-width:60rem;margin:0 "
    "auto;padding:1rem}p{overflow-wrap:anywhere}"
    "h1{font-size:1.8rem}h2{font-size:1.35rem;margin-top:2.5rem;border-top:3px solid "
    "#1d70b8;padding-top:.5rem}"
    "svg{width:100%;height:auto;max-width:60rem}svg text{font:13px "
    "system-ui,sans-serif;fill:#0b0c0c}"
    ".scroll{overflow-x:auto;max-width:100%}.scroll:focus-visible{outline:3px solid "
    "#fd0;outline-offset:2px}.scroll>svg{min-width:40rem}.scroll>svg.small{min-width:21rem;max-"
    "width:40rem}svg "
    ".name{font-weight:bold}table{border-collapse:collapse}caption{text-align:left;font-weight:"
    "bold}"
    "th,td{padding:.2rem .7rem .2rem 0;text-align:left;border-bottom:1px solid "
    "#b1b4b6;vertical-align:top}"
    "tbody th{font-weight:normal}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}"
    ".key{display:flex;flex-wrap:wrap;gap:1rem;padding:0;list-style:none}.key li{border-left:4px "
    "solid #1d70b8;padding-left:.6rem;min-width:9rem}"
    ".key "
    "b{display:block;font-size:1.5rem}.for{fill:#00703c}.against{fill:#b5341c}.flat{fill:#1d70b8}."
    "axis{stroke:#505a5f}"
    "</style></head><body><main>\n<h1>Linkage report</h1>\n";

static void add_count(struct buf *out, double number)
{
    char digits[40];
    int length = snprintf(digits, sizeof digits, "%.0f", number);
    for (int i = 0; i < length; i++) {
        if (i && (length - i) % 3 == 0) buf_add_char(out, ',');
        buf_add_char(out, digits[i]);
    }
}

static void add_name(const struct link_report *report, int comparison, struct buf *out)
{
    char name[NAME];
    model_comparison_name(report->model, report->table, comparison, name, sizeof name);
    html_text(out, str_from(name));
}

static void add_label(struct buf *out, double y, struct str text)
{
    enum { LONGEST = 26 };
    buf_add_fmt(out, "<text x=\"%d\" y=\"%.0f\" text-anchor=\"end\">", LABEL - 8, y);
    size_t cut = text.len;
    if (cut > LONGEST)
        for (cut = LONGEST; cut > 0 && ((unsigned char)text.ptr[cut] & 0xC0) == 0x80;) cut--;
    html_text(out, str_sub(text, 0, cut));
    buf_add_c(out, cut < text.len ? "…</text>" : "</text>");
}

/* What may be wider than a telephone scrolls by itself, also by the keyboard. */
static void begin_scroll(struct buf *out, const char *title)
{
    buf_add_fmt(out, "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"%s\">",
                title);
}

static void begin_chart(struct buf *out, double height, const char *title)
{
    begin_scroll(out, title);
    buf_add_fmt(out,
                "<svg role=\"img\" aria-label=\"%s\" viewBox=\"0 0 %d %.0f\" "
                "xmlns=\"http://www.w3.org/2000/svg\">",
                title, WIDTH, height);
}

static void add_bar(struct buf *out, double x, double y, double width, const char *kind)
{
    buf_add_fmt(out, "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%d\"/>",
                kind, width < 0 ? x + width : x, y, fmax(1, fabs(width)), ROW - 6);
}

/* --- summary ---------------------------------------------------------------------------- */

static void add_key(struct buf *out, const char *what, double number)
{
    buf_add_c(out, "<li><b>");
    add_count(out, number);
    buf_add_fmt(out, "</b>%s</li>", what);
}

static void draw_summary(const struct link_report *report, struct buf *out)
{
    const struct batch_result *result = report->result;
    buf_add_c(out,
              report->file[1] ? "<p>Which records of <b>" : "<p>Records that are the same in <b>");
    html_text(out, str_from(report->file[0]));
    if (report->file[1]) {
        buf_add_c(out, "</b> are in <b>");
        html_text(out, str_from(report->file[1]));
    }
    buf_add_c(out, "</b>. A match weight is evidence in bits: one bit doubles the odds that two "
                   "records are the same. "
                   "It says nothing else about anybody.</p><ul class=\"key\">");
    add_key(out, "records", (double)report->table->rows);
    add_key(out, "pairs compared", (double)result->compared);
    add_key(out, "pairs kept", (double)result->count);
    add_key(out, "true pairs expected", result->expected_all);
    add_key(out, "clusters", (double)result->clusters);
    buf_add_fmt(
        out,
        "</ul><p>Pairs are kept from probability %g on, and joined to clusters from %g on.</p>\n",
        report->threshold, report->cluster_at);
}

/* --- weights, m and u -------------------------------------------------------------------- */

static double bits_of(const struct model_comparison *comparison, int level)
{
    return log2(comparison->m[level] / comparison->u[level]);
}

/* Narrow, with each name above its levels, so that a telephone shows most of it. */
static void draw_weights(const struct link_report *report, struct buf *out)
{
    enum { SMALL = 460, MIDDLE = 190, LEAST = 110, FIGURE = 50 };
    const struct model *model = report->model;
    double widest = 1;
    for (int c = 0; c < model->count; c++)
        for (int l = 0; l < LEVELS; l++)
            widest = fmax(widest, fabs(bits_of(&model->comparison[c], l)));
    double scale = (SMALL - MIDDLE - FIGURE) / widest;
    double height = (double)(model->count * (LEVEL_EXACT + 3)) * ROW;
    buf_add_c(
        out,
        "<h2>What each level of agreement weighs</h2><p>Right of the line speaks for one and the "
        "same, left "
        "of it against. A rarer value adds to an equal one. What is missing weighs nothing.</p>");
    begin_scroll(out, "Match weights; the table below has the figures");
    buf_add_fmt(out,
                "<svg class=\"small\" role=\"img\" aria-label=\"Match weights\" viewBox=\"0 0 %d "
                "%.0f\" xmlns=\"http://www.w3.org/2000/svg\">",
                SMALL, height);
    double y = 4;
    for (int c = 0; c < model->count; c++) {
        buf_add_fmt(out, "<text class=\"name\" x=\"0\" y=\"%.0f\">", y + 13);
        add_name(report, c, out);
        buf_add_c(out, "</text>");
        y += ROW;
        for (int l = LEVEL_EXACT; l >= LEVEL_DIFFERENT; l--, y += ROW) {
            double bits = bits_of(&model->comparison[c], l);
            double width = fmax(bits * scale, -LEAST);
            add_bar(out, MIDDLE, y, width, bits < 0 ? "against" : "for");
            buf_add_fmt(out, "<text x=\"0\" y=\"%.0f\">%s</text>", y + 13, model_level_name(l));
            buf_add_fmt(out, "<text x=\"%.0f\" y=\"%.0f\">%+.1f</text>",
                        MIDDLE + fmax(width, 0) + 4, y + 13, bits);
        }
        y += ROW;
    }
    buf_add_fmt(out,
                "<line class=\"axis\" x1=\"%d\" x2=\"%d\" y1=\"0\" y2=\"%.0f\"/></svg></div>\n",
                MIDDLE, MIDDLE, y);
}

static void draw_model(const struct link_report *report, struct buf *out)
{
    const struct model *model = report->model;
    buf_add_c(out, "<h2>m and u</h2><p>m: how often records of one and the same show a level; u: "
                   "how often strangers do."
                   "</p>");
    begin_scroll(out, "Table of m and u");
    buf_add_c(out, "<table><caption>Learnt from the file");
    buf_add_fmt(out, "; one random pair in %.3g is a match</caption>", 1 / model->prior);
    buf_add_c(out, "<thead><tr><th scope=\"col\">Compared</th><th scope=\"col\">Level</th><th "
                   "scope=\"col\" class=\"n\">m</th>"
                   "<th scope=\"col\" class=\"n\">u</th><th scope=\"col\" "
                   "class=\"n\">bits</th></tr></thead><tbody>");
    for (int c = 0; c < model->count; c++)
        for (int l = LEVELS - 1; l >= LEVEL_DIFFERENT; l--) {
            if (l == LEVEL_SWAPPED && (c != model->given || model->surname < 0)) continue;
            buf_add_c(out, "<tr><th scope=\"row\">");
            add_name(report, c, out);
            buf_add_fmt(out,
                        " (%s)</th><td>%s</td><td class=\"n\">%.4f</td><td "
                        "class=\"n\">%.3g</td><td class=\"n\">%+.2f</td></tr>",
                        model_role_name(model->comparison[c].role), model_level_name(l),
                        model->comparison[c].m[l], model->comparison[c].u[l],
                        bits_of(&model->comparison[c], l));
        }
    buf_add_c(out, "</tbody></table></div>\n");
}

/* --- distribution ---------------------------------------------------------------------------- */

static void draw_distribution(const struct link_report *report, struct buf *out)
{
    const size_t *count = report->result->histogram;
    const double floor_y = 220;
    const double wide = (double)(WIDTH - 40) / BATCH_HISTOGRAM;
    double most = 1;
    for (int i = 0; i < BATCH_HISTOGRAM; i++) most = fmax(most, log10(1 + (double)count[i]));
    buf_add_c(out, "<h2>Pairs by weight</h2><p>Pairs compared, a bit each; the height is a "
                   "logarithm. Weight 0 is as likely as "
                   "not. Pairs that could not reach the threshold were left at the most they could "
                   "weigh.</p>");
    begin_chart(out, 260, "Distribution of match weights");
    for (int i = 0; i < BATCH_HISTOGRAM; i++) {
        double height = 200 * log10(1 + (double)count[i]) / most;
        if (!count[i]) continue;
        buf_add_fmt(out,
                    "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
                    "height=\"%.1f\"><title>%d bits: %zu pairs</title></rect>",
                    i + BATCH_HISTOGRAM_LEAST < 0 ? "against" : "for", 20 + i * wide,
                    floor_y - height, wide - 1, height, i + BATCH_HISTOGRAM_LEAST, count[i]);
    }
    for (int bits = BATCH_HISTOGRAM_LEAST; bits <= BATCH_HISTOGRAM + BATCH_HISTOGRAM_LEAST;
         bits += 10)
        buf_add_fmt(out, "<text x=\"%.0f\" y=\"240\" text-anchor=\"middle\">%+d</text>",
                    20 + (bits - BATCH_HISTOGRAM_LEAST) * wide, bits);
    buf_add_fmt(out,
                "<line class=\"axis\" x1=\"20\" x2=\"%d\" y1=\"220\" y2=\"220\"/></svg></div>\n",
                WIDTH - 20);
}

/* --- waterfalls ------------------------------------------------------------------------------- */

static void add_values(const struct link_report *report, int comparison,
                       const struct batch_pair *pair, struct buf *out)
{
    const uint32_t row[2] = {pair->left, pair->right};
    for (int side = 0; side < 2; side++) {
        struct str text = batch_text(report->result, comparison, row[side]);
        buf_add_c(out, "<td>");
        html_text(out, text.len ? text : STR("not given"));
        buf_add_c(out, "</td>");
    }
}

static void draw_waterfall(const struct link_report *report, int number,
                           const struct batch_pair *pair, struct buf *out)
{
    struct batch_line line[BATCH_LINES_MAX];
    int lines = batch_explain(report->result, pair->left, pair->right, line);
    double low = 0, high = 0, sum = 0;
    for (int i = 0; i < lines; i++) {
        sum += line[i].bits;
        low = fmin(low, sum);
        high = fmax(high, sum);
    }
    double scale = 150 / fmax(1, high - low);
    char title[40];
    snprintf(title, sizeof title, "Pair %d", number);
    begin_scroll(out, title);
    buf_add_c(out, "<table><caption>");
    html_text(out, table_id(report->table, pair->left));
    buf_add_c(out, " and ");
    html_text(out, table_id(report->table, pair->right));
    buf_add_fmt(out,
                ": %+.2f bits, probability %.3f</caption><thead><tr><th "
                "scope=\"col\">Evidence</th><th scope=\"col\">One</th>"
                "<th scope=\"col\">Other</th><th scope=\"col\">Level</th><th scope=\"col\" "
                "class=\"n\">Bits</th>"
                "<th scope=\"col\">Sum so far</th></tr></thead><tbody>",
                sum, batch_probability(sum));
    sum = 0;
    for (int i = 0; i < lines; i++) {
        int c = line[i].comparison;
        buf_add_c(out, "<tr><th scope=\"row\">");
        if (c >= 0) {
            add_name(report, c, out);
            buf_add_c(out, "</th>");
            add_values(report, c, pair, out);
            buf_add_fmt(out, "<td>%s</td>", model_level_name(line[i].level));
        } else {
            buf_add_fmt(out, "%s</th><td></td><td></td><td></td>",
                        c == BATCH_PRIOR      ? "Before anything is compared"
                        : c == BATCH_TOGETHER ? "What goes together, counted once"
                        : c == BATCH_PARTNERS ? "What others that could be it leave"
                                              : "By way of others of its cluster");
        }
        double from = (fmin(sum, sum + line[i].bits) - low) * scale;
        buf_add_fmt(
            out,
            "<td class=\"n\">%+.2f</td><td><svg aria-hidden=\"true\" viewBox=\"0 0 160 14\" "
            "style=\"width:10rem\">"
            "<rect class=\"%s\" x=\"%.1f\" y=\"1\" width=\"%.1f\" height=\"12\"/></svg></td></tr>",
            line[i].bits, line[i].bits < 0 ? "against" : "for", from,
            fmax(1, fabs(line[i].bits) * scale));
        sum += line[i].bits;
    }
    buf_add_c(out, "</tbody></table></div>\n");
}

static void draw_waterfalls(const struct link_report *report, struct buf *out)
{
    static const double wanted[] = {-4, -1, 0, 1, 4, 12};
    enum { SAMPLES = sizeof wanted / sizeof *wanted };
    const struct batch_result *result = report->result;
    size_t drawn[SAMPLES];
    buf_add_c(out, "<h2>Why: pairs around the threshold</h2><p>What a pair weighs is the sum of "
                   "its lines, exactly.</p>");
    if (result->one_partner[0] || result->one_partner[1])
        buf_add_c(out, "<p>A record was taken to be a repeat of one other at most: what other "
                       "candidates leave "
                       "to a pair, or take from it, is a line of its own.</p>");
    else
        buf_add_c(out, "<p>Records that share little can be the same all the same, if a third one "
                       "leads from one to the "
                       "other: what the way by others of its cluster adds to a pair is a line of "
                       "its own.</p>");
    if (!result->count) buf_add_c(out, "<p>No pair reached the threshold.</p>");
    for (int s = 0; s < SAMPLES && result->count; s++) {
        size_t best = 0;
        for (size_t i = 1; i < result->count; i++)
            if (fabs((double)result->pair[i].weight - wanted[s]) <
                fabs((double)result->pair[best].weight - wanted[s]))
                best = i;
        bool again = false;
        for (int k = 0; k < s; k++) again |= drawn[k] == best;
        drawn[s] = best;
        if (!again) draw_waterfall(report, s + 1, &result->pair[best], out);
    }
}

/* --- passes, clusters, gaps ------------------------------------------------------------------- */

static void draw_passes(const struct link_report *report, struct buf *out)
{
    const struct batch_result *result = report->result;
    buf_add_c(out, "<h2>What was compared at all</h2>");
    double recall = result->expected_all > 0
                        ? 100 * fmin(1, result->expected_found / result->expected_all)
                        : 100;
    if (result->all_pairs)
        buf_add_c(out, "<p>The table is small: every pair was compared.</p>");
    else
        buf_add_fmt(
            out,
            "<p>Pairs that share a key of one of the passes below. Of the true pairs that the "
            "model expects in "
            "these passes, about %.1f %% were kept; pairs that share no key are not counted.</p>",
            recall);
    begin_scroll(out, "Table of passes");
    buf_add_c(out, "<table><caption>Passes</caption><thead><tr><th scope=\"col\">Key</th><th "
                   "scope=\"col\" class=\"n\">"
                   "Pairs</th><th scope=\"col\" class=\"n\">Records left to narrower "
                   "passes</th><th scope=\"col\">Looked at"
                   "</th></tr></thead><tbody>");
    for (int p = 0; p < result->passes; p++) {
        buf_add_c(out, "<tr><th scope=\"row\">");
        html_text(out, str_from(result->pass[p].name));
        buf_add_c(out, "</th><td class=\"n\">");
        add_count(out, (double)result->pass[p].pairs);
        buf_add_c(out, "</td><td class=\"n\">");
        add_count(out, (double)result->pass[p].left_out);
        buf_add_fmt(out, "</td><td>%s</td></tr>",
                    result->pass[p].barren ? "no: next to nothing new was expected" : "yes");
    }
    buf_add_c(out, "</tbody></table></div>\n");
}

static void draw_clusters(const struct link_report *report, struct buf *out)
{
    enum { SIZES = 12 };
    size_t rows = report->table->rows;
    size_t count[SIZES + 2] = {0}, largest = 0;
    uint32_t *size = calloc(rows + 1, sizeof *size);
    if (!size) abort();
    for (size_t row = 0; row < rows; row++) size[report->result->cluster[row]]++;
    for (size_t row = 0; row < rows; row++) {
        if (!size[row]) continue;
        count[size[row] <= SIZES ? size[row] : SIZES + 1]++;
        if (size[row] > largest) largest = size[row];
    }
    free(size);
    double most = 1;
    for (int i = 1; i <= SIZES + 1; i++) most = fmax(most, log10(1 + (double)count[i]));
    buf_add_fmt(
        out,
        "<h2>Clusters by size</h2><p>The largest has %zu records. The length is a logarithm.</p>",
        largest);
    begin_chart(out, (SIZES + 1) * ROW + 8, "Clusters by number of records");
    for (int i = 1; i <= SIZES + 1; i++) {
        char label[32];
        snprintf(label, sizeof label,
                 i > SIZES ? "more than %d"
                 : i == 1  ? "%d record"
                           : "%d records",
                 i > SIZES ? SIZES : i);
        double y = 4 + (i - 1) * ROW, width = 400 * log10(1 + (double)count[i]) / most;
        add_label(out, y + 13, str_from(label));
        if (count[i]) add_bar(out, LABEL, y, width, "flat");
        buf_add_fmt(out, "<text x=\"%.0f\" y=\"%.0f\">%zu</text>", LABEL + width + 6, y + 13,
                    count[i]);
    }
    buf_add_c(out, "</svg></div>\n");
}

static void draw_missing(const struct link_report *report, struct buf *out)
{
    const struct model *model = report->model;
    double rows = fmax(1, (double)report->table->rows);
    buf_add_c(out, "<h2>What was missing</h2><p>Share of the records in which nothing was found. "
                   "What is missing speaks neither for "
                   "nor against.</p>");
    begin_chart(out, model->count * ROW + 8, "Share of records without a value");
    for (int c = 0; c < model->count; c++) {
        char name[NAME];
        size_t missing = 0;
        for (size_t row = 0; row < report->table->rows; row++)
            missing += !batch_text(report->result, c, (uint32_t)row).len;
        model_comparison_name(model, report->table, c, name, sizeof name);
        add_label(out, 4 + c * ROW + 13, str_from(name));
        double width = 400 * (double)missing / rows;
        if (missing) add_bar(out, LABEL, 4 + c * ROW, width, "flat");
        buf_add_fmt(out, "<text x=\"%.0f\" y=\"%d\">%.1f %%</text>", LABEL + width + 6,
                    4 + c * ROW + 13, 100 * (double)missing / rows);
    }
    buf_add_c(out, "</svg></div>\n");
}

void link_report_draw(const struct link_report *report, struct buf *out)
{
    buf_add_c(out, head);
    draw_summary(report, out);
    if (report->result->batch) {
        draw_weights(report, out);
        draw_distribution(report, out);
        draw_waterfalls(report, out);
        draw_clusters(report, out);
        draw_missing(report, out);
        draw_passes(report, out);
        draw_model(report, out);
    } else {
        buf_add_c(out, "<p>There was nothing to compare.</p>");
    }
    buf_add_c(out, "</main></body></html>\n");
}
