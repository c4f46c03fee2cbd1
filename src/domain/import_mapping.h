/*
 * import_mapping: what the columns of a spreadsheet are, saved under a name for the next one.
 *
 * Layer: domain.  Name and columns are sealed under a data key of the row; a blind tag of the name
 * finds it again.
 */
#ifndef PENDEEN_DOMAIN_IMPORT_MAPPING_H
#define PENDEEN_DOMAIN_IMPORT_MAPPING_H

#include "domain/access.h"
#include "domain/app.h"

/* Saved mappings of the person's organisation, sealed; by name, the newest fifty. */
struct import_mapping {
    int64_t id;
    struct str name;
    struct str mapping;
};
enum st import_mapping_save(struct app *app, const struct person *who, struct str name,
                            struct str mapping, struct err *err) MUST_USE;
enum st import_mapping_list(struct app *app, struct arena *arena, const struct person *who,
                            struct import_mapping **ret, size_t *ret_count,
                            struct err *err) MUST_USE;

#endif
