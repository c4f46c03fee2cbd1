/*
 * import_part: what a cell of a spreadsheet holds beside what its column is for.
 *
 * Layer: domain.
 */
#ifndef PENDEEN_DOMAIN_IMPORT_PART_H
#define PENDEEN_DOMAIN_IMPORT_PART_H

#include "domain/submission.h"

/* "WK85 BXT - black BMW" in the column for the registration: the vehicle in it, if it is one; of
 * words alone, which are no registration, what they say of a vehicle, maybe nothing.  False: it is
 * to be taken as it stands. */
bool import_part_vehicle(struct arena *arena, struct str value, struct date today,
                         struct mention_draft *ret);
/* "Ford Fiesta" in the column for the make. */
void import_part_make(struct arena *arena, struct mention_draft *mention);
/* 'Darren "Daz" Smith' in the column for the name. */
void import_part_name(struct arena *arena, struct date today, struct mention_draft *mention);
/* "about 14" in the column for the date of birth, in a row that was written on that day. */
void import_part_birth(struct date written, struct mention_draft *mention);

#endif
