/*
 * qr: a QR code as the path of an SVG, by libqrencode.
 *
 * Layer: web.  The view draws it; here is only its shape.
 */
#ifndef PENDEEN_WEB_QR_H
#define PENDEEN_WEB_QR_H

#include "base/str.h"

/* The black squares, for a viewBox of *ret_size units with the quiet zone that readers
 * need; empty when the text is too long for a code. */
struct str qr_path(struct arena *arena, struct str text, int *ret_size);

#endif
