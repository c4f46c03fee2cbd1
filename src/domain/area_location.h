/*
 * area_location: what of the area pack locations of concern are kept by: location-form.txt,
 * what is written down about one, part by part.
 *
 * Layer: domain (needs base and link).  Read with the pack (domain/area.h), then only read.
 */
#ifndef PENDEEN_DOMAIN_AREA_LOCATION_H
#define PENDEEN_DOMAIN_AREA_LOCATION_H

#include "domain/area.h"
#include "domain/area_text.h"

const struct questions *area_location_form(const struct area *area);
/* The label of a kind; the id itself when the pack has it no more. */
struct str area_location_kind(const struct area *area, struct str kind);

/* For area.c.  ST_INVALID names file, line and reason. */
enum st area_location_form_read(struct arena *arena, struct area_text *text, struct questions *ret,
                                struct err *err) MUST_USE;

#endif
