/*
 * link_report: what `pendeen link` did, as one page that needs nothing else.
 *
 * Layer: cli.  HTML with its style in it and charts drawn as SVG; no script, nothing
 * fetched.  Every chart has its figures as text or table too (WCAG 2.2).  All that
 * comes from files is escaped.
 */
#ifndef PENDEEN_CLI_LINK_REPORT_H
#define PENDEEN_CLI_LINK_REPORT_H

#include "link/batch.h"

struct link_report {
    const struct table *table;
    const struct model *model;
    const struct batch_result *result;
    double threshold;  /* probabilities */
    double cluster_at;
    const char *file[2]; /* the second NULL when one file was deduplicated */
};

void link_report_draw(const struct link_report *report, struct buf *out);

#endif
