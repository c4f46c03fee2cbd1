/*
 * area_referral: what of the area pack a referral is made with: referral.txt the form,
 * sharing.txt who gets to see it, language.txt words to think of again.
 *
 * Layer: domain (needs base and link).  Read with the pack (domain/area.h), then only read.
 */
#ifndef PENDEEN_DOMAIN_AREA_REFERRAL_H
#define PENDEEN_DOMAIN_AREA_REFERRAL_H

#include "domain/area.h"
#include "domain/area_text.h"

/* Who sees what of a referral, in the order of the file. */
struct area_sharing {
    struct str id;
    struct str who;
    struct str sees;
    struct str source;
};
const struct area_sharing *area_sharing(const struct area *area, size_t *ret_count);

/* Words, and what to think of instead. */
struct area_language {
    struct str id;
    struct str *phrase;
    size_t phrase_count;
    struct str instead;
    struct str why;
    struct str source;
};
const struct area_language *area_language(const struct area *area, size_t *ret_count);

/* --- for area.c ------------------------------------------------------------------------ */

struct area_referral_part {
    struct questions form;
    struct area_sharing *sharing;
    size_t sharing_count;
    struct area_language *language;
    size_t language_count;
};
const struct area_referral_part *area_referral_of(const struct area *area);
/* ST_INVALID names file, line and reason. */
enum st area_referral_read(struct arena *arena, struct area_text *text,
                           const struct area_sign *sign, size_t sign_count,
                           struct area_referral_part *ret, struct err *err) MUST_USE;
enum st area_sharing_read(struct arena *arena, struct area_text *text,
                          struct area_referral_part *ret, struct err *err) MUST_USE;
enum st area_language_read(struct arena *arena, struct area_text *text,
                           struct area_referral_part *ret, struct err *err) MUST_USE;

#endif
