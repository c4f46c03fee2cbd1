/*
 * heading: what the heading of a column says of it.
 *
 * Layer: link.  By its words, in the languages that registers here come in; nothing of what
 * stands in the column is looked at.
 */
#ifndef PENDEEN_LINK_HEADING_H
#define PENDEEN_LINK_HEADING_H

#include "link/model.h"

/* Of any language: all that is not ASCII counts as one. */
static inline bool heading_is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

/* MODEL_ROLES where it says nothing. */
enum model_role heading_role(struct str heading);
/* Whether one of these words, a blank between them, stands in it. */
bool heading_has_any(struct str heading, const char *words);
/* The same but for capitals, blanks and marks: "Given Name", "given_name". */
bool heading_is_same(struct str heading, struct str other);
/* Two headings of one meaning have one number ("dob", "date of birth"); what says nothing, or is
 * never compared, has -1. */
int heading_meaning(struct str heading);

/* May it be of ids, as the first heading of a file is?  Not where it says that it is a name, a
 * date, a phone number and the like, and not that it is a number or a key of one. */
bool heading_is_id(struct str heading);

#endif
