/*
 * area_guidance: the guidance of the area pack: guidance/, guidance.txt and
 * guidance-sources.txt.
 *
 * Layer: domain, private to the area's files.
 */
#ifndef PENDEEN_DOMAIN_AREA_GUIDANCE_H
#define PENDEEN_DOMAIN_AREA_GUIDANCE_H

#include "domain/area_sources.h"

struct area_guidance_part {
    struct area_guidance *page; /* by id */
    size_t page_count;
    struct area_guidance_group *group;
    size_t group_count;
};

/* Every page of the folder; a pack need not have any.  `read` is handed the folder. */
enum st area_guidance_read(struct arena *arena, const char *folder, area_read_fn *read,
                           struct area_guidance_part *ret, struct err *err) MUST_USE;
/* After the pages: headings, and where each page comes from. */
enum st area_guidance_groups_read(struct arena *arena, struct area_text *text,
                                  struct area_guidance_part *ret, struct err *err) MUST_USE;
enum st area_guidance_sources_read(struct area_text *text, struct area_guidance_part *ret,
                                   struct err *err) MUST_USE;
/* NULL: there is no such page. */
const struct area_guidance *guidance_page(const struct area_guidance_part *part, struct str id);

#endif
