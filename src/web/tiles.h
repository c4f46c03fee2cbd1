/*
 * tiles: the address of a tile server for the map, as the configuration names it.
 *
 * Layer: web; pure.  "https://tiles.example.org/{z}/{x}/{y}.png": {z}, {x} and {y} once each after
 * the origin, and nothing in it that could end a header, an attribute or a source of the page's
 * policy.  Plain http is for this machine itself, for tests.
 */
#ifndef PENDEEN_WEB_TILES_H
#define PENDEEN_WEB_TILES_H

#include "base/str.h"

/* What is wrong with an address; NULL: nothing. */
const char *tiles_wrong(struct str address);
/* Of a good one: "https://tiles.example.org", and "tiles.example.org". */
struct str tiles_origin(struct str address);
struct str tiles_host(struct str address);

#endif
