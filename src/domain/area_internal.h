/*
 * area_internal: what a pack holds in memory, for its reader (area_load.c) and for whoever asks it
 * (area.c).
 *
 * Layer: domain, private.
 */
#ifndef PENDEEN_DOMAIN_AREA_INTERNAL_H
#define PENDEEN_DOMAIN_AREA_INTERNAL_H

#include "domain/area.h"

#include "base/arena.h"
#include "domain/area_child.h"
#include "domain/area_danger.h"
#include "domain/area_desk.h"
#include "domain/area_feedback.h"
#include "domain/area_grading.h"
#include "domain/area_guidance.h"
#include "domain/area_hours.h"
#include "domain/area_location.h"
#include "domain/area_map.h"
#include "domain/area_meeting.h"
#include "domain/area_missing.h"
#include "domain/area_pattern.h"
#include "domain/area_referral.h"
#include "domain/area_sources.h"
#include "domain/area_support.h"

struct area {
    struct arena arena;
    struct str name;
    struct area_section settings;
    struct calendar calendar;
    struct office_hours *hours;
    size_t hours_count;
    struct area_place *place;
    size_t place_count;
    struct area_contact *contact;
    size_t contact_count;
    struct area_directory directory;
    struct area_source *source;
    size_t source_count;
    struct area_forum *forum;
    size_t forum_count;
    struct area_sign *sign;
    size_t sign_count;
    struct area_child child;
    struct area_how_known how[HOW_ANSWERS];
    struct area_handling *handling;
    size_t handling_count;
    struct area_danger danger;
    struct area_guidance_part guidance;
    struct area_desk desk;
    struct area_grading grading;
    struct area_meeting meeting;
    struct area_feedback feedback;
    struct area_referral_part referral;
    struct area_missing missing;
    struct area_patterns patterns;
    struct questions location_form;
    struct area_map map;
};

#endif
