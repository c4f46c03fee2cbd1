/*
 * demo_meeting: made-up meetings of a Forum: one held, with minutes, one to come; actions that
 * are due and overdue, a measure, a matter handed over, an urgent one.
 *
 * Layer: domain, private to demo.c.
 */
#ifndef PENDEEN_DOMAIN_DEMO_MEETING_H
#define PENDEEN_DOMAIN_DEMO_MEETING_H

#include "domain/app.h"

/* Of the Forum of the coordinator with this email address.  The area pack must be there:
 * without one nothing is made. */
enum st demo_meetings(struct app *app, const char *coordinator, struct err *err) MUST_USE;

/* Brings the agenda of what is planned up to date, with all that the demo holds. */
enum st demo_meetings_renew(struct app *app, const char *coordinator, struct err *err) MUST_USE;

#endif
