/*
 * link_write: PAIRS.csv and CLUSTERS.csv of `pendeen link`.
 *
 * Layer: cli.  Lines are made piece by piece on all threads and written in order: the
 * same bytes for any number of threads.
 */
#ifndef PENDEEN_CLI_LINK_WRITE_H
#define PENDEEN_CLI_LINK_WRITE_H

#include "base/err.h"
#include "link/batch.h"

/* ST_FAILED when the file cannot be written; part of it may have been. */
enum st link_write_pairs(const char *file, const struct table *table,
                         const struct batch_result *result, int threads, struct err *err) MUST_USE;
/* `first_rows`: of two files the rows of the first, else 0.  Of two, each line says first in
 * which file its record is, 1 or 2, and a cluster is called by file and id of its first
 * record: both may count from 1. */
enum st link_write_clusters(const char *file, const struct table *table, size_t first_rows,
                            const struct batch_result *result, int threads,
                            struct err *err) MUST_USE;

#endif
