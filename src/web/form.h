/*
 * form: the fields of a query and of a body, as browsers send them.
 *
 * Layer: web.  Pure: bytes in, fields out.  URL-encoded (URL Standard, 5.1) and
 * multipart/form-data (RFC 7578; names and file names as browsers write them, between quotes).
 * The text is decoded where it stands, and the fields point into it.
 */
#ifndef PENDEEN_WEB_FORM_H
#define PENDEEN_WEB_FORM_H

#include "base/str.h"

/* One field of a form, a query string or an upload.  A handler gets names and values
 * cleaned (utf8_clean), but for passwords and the contents of the file. */
struct form_field {
    struct str name;
    struct str value;
    struct str file_name; /* of an upload; else empty */
};

/* Gets one field after the other; false: it wants no more. */
typedef bool form_taker(void *context, const struct form_field *field);

enum form_kind {
    FORM_NONE, /* what we do not read: it has no fields */
    FORM_PAIRS,
    FORM_PARTS,
};

/* By the value of Content-Type; of parts *ret_boundary is what stands between them. */
enum form_kind form_kind_of(struct str content_type, struct str *ret_boundary);
/* "a=b&c=d+e"; a name without a value has an empty one, and what has neither is left out. */
void form_read_pairs(char *text, size_t size, form_taker *take, void *context);
/* False: it is no whole form; what came before the fault was taken. */
bool form_read_parts(struct str boundary, struct str body, form_taker *take, void *context);

/* Puts what %XX stands for in its place, and a space for "+" where that is meant; what is no
 * %XX stays as it is.  How long it is then. */
size_t form_decode(char *text, size_t size, bool plus_is_space);

#endif
