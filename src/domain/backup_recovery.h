/*
 * backup_recovery: the key ring of a backup, sealed to the key whose shares the officers hold.
 *
 * Layer: domain.  A parcel beside the file of data keys, under the same time and kept as long:
 * after a line that says so, the ring's recovery file as it is (seal/keyring.h).  The secret backup
 * key opens the parcel and finds what nobody opens without the shares, so that the ring is no
 * nearer to the records than it was (docs/decisions/0167).  There is none where the ring was never
 * split.
 */
#ifndef PENDEEN_DOMAIN_BACKUP_RECOVERY_H
#define PENDEEN_DOMAIN_BACKUP_RECOVERY_H

#include "seal/keyring.h"
#include "seal/parcel.h"

/* Writes it to the disk and reads it over.  ST_NOT_FOUND: the ring was not split, or its recovery
 * file is gone; nothing was written. */
enum st backup_recovery_make(struct keyring *keys, const char *path, const struct parcel_key *to,
                             struct err *err) MUST_USE;
/* Puts it beside the ring of `ring`, where `pendeen keys recover` looks.  ST_NOT_FOUND: there is no
 * such file, and nothing was put. */
enum st backup_recovery_put(const char *path, const struct parcel_secret *secret, const char *ring,
                            struct err *err) MUST_USE;

#endif
