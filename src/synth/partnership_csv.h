/*
 * partnership_csv: a synthetic partnership as spreadsheets.
 *
 * Layer: synth.  submissions.csv has one line for each report, with the columns
 * that `pendeen import` recognises; several people or vehicles of one report stand
 * in one cell, parted by "; ", the second of each column being the second thing.
 * truth.csv has one line for each mention: which entity it truly is, whether it
 * tells enough to be linked, which report its own relays, and the earlier reports
 * to which a link was planted.
 *
 * Each call appends to a buf; an overflow shows there.
 */
#ifndef PENDEEN_SYNTH_PARTNERSHIP_CSV_H
#define PENDEEN_SYNTH_PARTNERSHIP_CSV_H

#include "base/buf.h"
#include "synth/partnership.h"

void synth_csv_header(struct buf *out);
void synth_csv_report(const struct synth_partnership *partnership,
                      const struct synth_report *report, struct buf *out);
void synth_truth_header(struct buf *out);
void synth_truth_report(const struct synth_report *report,
                        const struct synth_links links[static SYNTH_MENTIONS_MAX], struct buf *out);

#endif
