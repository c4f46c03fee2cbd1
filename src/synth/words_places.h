/*
 * words_places: towns, venues, streets, vehicles, colours and organisations.
 *
 * Layer: synth.  Towns are invented, as are their postcode districts; an area's own come
 * with the options (partnership.h).
 * Venues, streets' houses and organisations are invented.  Static data.
 */
#ifndef PENDEEN_SYNTH_WORDS_PLACES_H
#define PENDEEN_SYNTH_WORDS_PLACES_H

#include "synth/partnership.h"

struct synth_place_form {
    uint32_t share; /* per cent of all places */
    struct str names; /* parted by '|'; empty: a home */
};
struct synth_vehicle {
    struct str make, model;
    uint32_t share; /* per cent */
};
struct synth_colour {
    struct str name;
    uint32_t share;       /* per cent */
    struct str taken_for; /* what it looks like at dusk, parted by '|' */
};

extern const struct synth_town synth_towns[];
extern const uint32_t synth_towns_count;
extern const struct synth_place_form synth_place_forms[SYNTH_PLACE_TYPES];
extern const struct synth_vehicle synth_vehicles[];
extern const uint32_t synth_vehicles_count;
extern const struct synth_colour synth_colours[];
extern const uint32_t synth_colours_count;
extern const struct synth_organisation synth_organisations[];
extern const struct str synth_venue_words;  /* '|' list: "Lantern|Gannet" */
extern const struct str synth_street_words; /* '|' list: "Fore Street|..." */

#endif
