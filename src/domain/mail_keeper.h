/*
 * mail_keeper: sends what waits in the queue of mail, and queues what becomes due.
 *
 * Layer: domain.  DATA/mail.txt says where: without it nothing is sent and what waits goes on
 * waiting.  A mail that could not be sent is tried again, later each time, for some days; when
 * the program starts, at once.  Each that was sent has a line in the audit.
 */
#ifndef PENDEEN_DOMAIN_MAIL_KEEPER_H
#define PENDEEN_DOMAIN_MAIL_KEEPER_H

#include "domain/app.h"
#include "net/mail.h"

struct mail_settings;
/* *ret is NULL when the folder has no mail.txt.  ST_INVALID names file, line and reason. */
enum st mail_settings_open(const char *folder, struct mail_settings **ret,
                           struct err *err) MUST_USE;
void mail_settings_close(struct mail_settings *settings); /* accepts NULL */
const struct mail_server *mail_settings_server(const struct mail_settings *settings);

struct mail_keeper;
struct mail_keeper_options {
    int look_seconds;
    void (*complain)(const char *words); /* may be NULL */
};
/* `settings` NULL: reminders are queued, nothing is sent. */
enum st mail_keeper_start(struct app *app, const struct mail_settings *settings,
                          const struct mail_keeper_options *options, struct mail_keeper **ret,
                          struct err *err) MUST_USE;
void mail_keeper_stop(struct mail_keeper *keeper); /* accepts NULL */

#endif
