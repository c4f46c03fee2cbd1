/*
 * area_support: the files of the area pack that say who to call and who helps whom:
 * contacts.txt, needs.txt and support.txt.
 *
 * Layer: domain, private to the area's files.
 */
#ifndef PENDEEN_DOMAIN_AREA_SUPPORT_H
#define PENDEEN_DOMAIN_AREA_SUPPORT_H

#include "domain/area.h"
#include "domain/area_text.h"

struct area_directory {
    struct area_need *need;
    size_t need_count;
    struct area_support *support;
    size_t support_count;
};

/* After settings, hours and places.  ST_INVALID names file, line and reason. */
enum st area_contacts_read(struct arena *arena, const struct area *area, struct area_text *text,
                           struct area_contact **ret, size_t *ret_count, struct err *err) MUST_USE;
enum st area_needs_read(struct arena *arena, struct area_text *text, struct area_directory *ret,
                        struct err *err) MUST_USE;
/* After needs and contacts. */
enum st area_support_read(struct arena *arena, const struct area *area, struct area_text *text,
                          struct area_directory *ret, struct err *err) MUST_USE;
/* NULL: there is no such need. */
const struct area_need *directory_need(const struct area_directory *directory, struct str id);

#endif
