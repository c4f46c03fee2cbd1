/*
 * call: what is said of a number, wherever it stands: whether somebody answers now, who
 * dialled it last, and how to reach it by text or by Relay UK.
 *
 * Layer: web.
 */
#ifndef PENDEEN_WEB_CALL_H
#define PENDEEN_WEB_CALL_H

#include "domain/contact.h"
#include "views.h"
#include "web/request.h"

/* "Open now, until 17:00 today"; "Usually open now" of hours that nobody has checked; the contact's
 * own words when hours are not known. */
struct str call_status(const struct area *area, struct arena *arena,
                       const struct area_contact *contact, instant_ms now);
/* "Checked on 12 March 2026 by Mid Council"; says when nobody has, or not lately. */
/* The same of a contact: whether it is one that nobody may rely on yet, too; empty of an emergency
 * number that nobody has checked. */
struct str call_contact_verified(struct arena *arena, const struct contact *contact,
                                 instant_ms now);
struct str call_verified(struct arena *arena, struct date verified, struct str by, instant_ms now);
/* One contact, drawn.  `now`: it is the one to call at this moment. */
struct html call_draw(struct request *request, const struct contact *contact, bool now,
                      instant_ms at);
/* Those of a place who take a worry about a child, whoever answers at that time first; up to
 * `maximum`, returns how many. */
size_t calls_of_place(const struct area *area, const struct contact *list, size_t count,
                      struct str place, instant_ms at, const struct contact **ret, size_t maximum);
/* The first of those now, for a sentence: "call {{who}}", and the number. */
struct call_first {
    struct str who;   /* "the MARU", "Children's Social Care, Isles of Scilly" */
    struct str phone; /* empty: the pack has none for that place */
    struct url dial;
};
struct call_first call_first_of_place(struct request *request, struct str place);

#endif
