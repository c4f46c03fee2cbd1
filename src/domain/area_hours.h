/*
 * area_hours: the files of the area pack that say when: hours.txt and
 * bank-holidays.json.
 *
 * Layer: domain, private to the area's files.
 */
#ifndef PENDEEN_DOMAIN_AREA_HOURS_H
#define PENDEEN_DOMAIN_AREA_HOURS_H

#include "domain/area_text.h"
#include "domain/calendar.h"

/* "office" → its hours; ST_INVALID names file, line and reason. */
enum st area_hours_read(struct arena *arena, struct area_text *text, struct office_hours **ret,
                        size_t *ret_count, struct err *err) MUST_USE;
/* The shape of the government's bank-holidays JSON: england-and-wales.events[].date.
 * What it covers ends with the year of its last day. */
enum st area_holidays_read(struct arena *arena, struct str json, struct calendar *ret,
                           struct err *err) MUST_USE;

#endif
