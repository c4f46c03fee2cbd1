/*
 * normalise: one written form for what can be written many ways.
 *
 * Layer: link.  Used by the index, by extraction from narrative and by exact
 * identifiers.  Outputs are NUL-terminated in the caller's storage.  Every
 * function takes any bytes and never fails on them: what cannot be normalised
 * is answered with false or an empty string.
 */
#ifndef PENDEEN_LINK_NORMALISE_H
#define PENDEEN_LINK_NORMALISE_H

#include "base/str.h"

enum {
    LINK_PHONE_SIZE = 20,
    LINK_REGISTRATION_SIZE = 16,
    LINK_POSTCODE_SIZE = 12,
    LINK_TEXT_SIZE = 128,
};

/* E.164 of a phone number in any usual UK or international form ("07700 900
 * 123", "(+44) 7700-900123", "0044 ..."); false when it is not a whole number.
 * Source: Ofcom National Telephone Numbering Plan, ITU-T E.164. */
bool link_phone_e164(struct str text, char ret[static LINK_PHONE_SIZE]);

/* A registration as written, upper case, without spaces and punctuation; ?, *,
 * _ and - runs that stand for unseen characters become '?' each ('*' stays: any
 * number of characters).  Sets *ret_partial when something is unseen.  False
 * when nothing is left or it is longer than 15. */
bool link_registration_clean(struct str text, char ret[static LINK_REGISTRATION_SIZE],
                             bool *ret_partial);
/* Is a clean, whole registration of a form that was ever issued in the United
 * Kingdom (current, prefix, suffix, dateless, Northern Ireland)? */
bool link_registration_is_uk(struct str clean);
/* Is a clean one without anything unseen so short that it may well be a piece of a longer one,
 * as "WK07" of WK07 HJB?  It is of a dateless form too, but few of those are left. */
bool link_registration_is_piece(struct str clean);
/* Does a clean one tell one vehicle from all others: whole, of a UK form, and no piece? */
bool link_registration_is_whole(struct str clean);
/* The clean form with look-alikes folded (O/0/D/Q, I/1, B/8, S/5, Z/2, G/6/C,
 * V/Y to one each). In place. */
void link_registration_fold(char clean[static LINK_REGISTRATION_SIZE]);

/* "PL11AA" -> "PL1 1AA"; false when it is not shaped like a UK postcode.  The
 * district alone ("TR1") is accepted and sets *ret_whole to false. */
bool link_postcode(struct str text, char ret[static LINK_POSTCODE_SIZE], bool *ret_whole);

/* Platform ("insta", "IG" -> "instagram"; "snap" -> "snapchat") from an own table; lower case
 * of the text when it is not in it. */
void link_platform(struct str text, char ret[static 32]);
/* Is this word or short name in the platform table? */
bool link_platform_known(struct str text);
/* Handle: lower case, without leading @ and spaces, out of a profile's address and without the
 * platform or a remark in brackets beside it ("snap kez_99", "kez_99 (hers)"). */
void link_handle(struct str text, char ret[static LINK_TEXT_SIZE]);
/* The platform that is written beside a handle, as link_platform; false when there is none. */
bool link_handle_platform(struct str text, char ret[static 32]);
/* Email: trimmed, lower case; false when it is not shaped like one. */
bool link_email(struct str text, char ret[static LINK_TEXT_SIZE]);
/* Where what is sent to it arrives, of an email in that form: without what follows a +, and at
 * Gmail, which reads past them, without dots. */
void link_email_mailbox(struct str email, char ret[static LINK_TEXT_SIZE]);
/* Of an email or a mailbox, what stands before its @, and what after. */
struct str link_email_name(struct str email);
struct str link_email_domain(struct str email);
/* Is it a name that many addresses have, such as info? */
bool link_email_name_is_common(struct str name);

/* Letters folded to ASCII lower case (diacritics dropped, Cyrillic and Greek
 * transliterated, dotless i and the like), apostrophes dropped, every other
 * character a single space.  For names, venues, addresses. */
void link_fold(struct str text, char ret[static LINK_TEXT_SIZE]);

/* Vehicle makes, models and colours that are written in UK reports ("VW" ->
 * "volkswagen", "gray" -> "grey"); false when the word is none.  A model gives
 * its make as well. */
bool link_make(struct str text, char ret[static 32]);
bool link_model(struct str text, char ret[static 32], char ret_make[static 32]);
bool link_colour(struct str text, char ret[static 32]);

#endif
