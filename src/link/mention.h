/*
 * mention: what the engine is given to compare.
 *
 * Layer: link.  A mention is one thing that one report names: a person, a
 * vehicle, a phone, an online account or a place, with whatever was observed of
 * it, as written.  An empty field was not observed; it weighs nothing.  The
 * structs borrow every str; the index copies what it needs.
 */
#ifndef PENDEEN_LINK_MENTION_H
#define PENDEEN_LINK_MENTION_H

#include "base/str.h"

enum link_kind { LINK_PERSON, LINK_VEHICLE, LINK_PHONE, LINK_ACCOUNT, LINK_PLACE, LINK_KINDS };

/* FIELD(symbol, column, kind, label): `column` is the name of the field in the
 * store, in forms and in CSV files. */
#define LINK_FIELD_TABLE(FIELD)                                          \
    FIELD(LINK_NAME, name, LINK_PERSON, "Name")                          \
    FIELD(LINK_ALIAS, alias, LINK_PERSON, "Nickname")                    \
    FIELD(LINK_BIRTH, birth, LINK_PERSON, "Date of birth")               \
    FIELD(LINK_AGE, age, LINK_PERSON, "Age")                             \
    FIELD(LINK_DESCRIPTION, description, LINK_PERSON, "Description")     \
    FIELD(LINK_REGISTRATION, registration, LINK_VEHICLE, "Registration") \
    FIELD(LINK_MAKE, make, LINK_VEHICLE, "Make")                         \
    FIELD(LINK_MODEL, model, LINK_VEHICLE, "Model")                      \
    FIELD(LINK_COLOUR, colour, LINK_VEHICLE, "Colour")                   \
    FIELD(LINK_NUMBER, number, LINK_PHONE, "Phone number")               \
    FIELD(LINK_PLATFORM, platform, LINK_ACCOUNT, "Platform")             \
    FIELD(LINK_HANDLE, handle, LINK_ACCOUNT, "Handle")                   \
    FIELD(LINK_EMAIL, email, LINK_ACCOUNT, "Email")                      \
    FIELD(LINK_VENUE, venue, LINK_PLACE, "Venue")                        \
    FIELD(LINK_ADDRESS, address, LINK_PLACE, "Address")                  \
    FIELD(LINK_TOWN, town, LINK_PLACE, "Town")                           \
    FIELD(LINK_POSTCODE, postcode, LINK_PLACE, "Postcode")

enum link_field {
#define FIELD(symbol, column, kind, label) symbol,
    LINK_FIELD_TABLE(FIELD)
#undef FIELD
    LINK_FIELDS
};

/* An unknown day for seen_from and seen_to. */
#define LINK_DAY_UNKNOWN INT32_MIN

/* Something strong that stood in the same report as a mention: a registration,
 * number, handle, email, postcode, venue or name.  Two people called Daz who
 * both come with one plate are likelier to be one man. */
struct link_companion {
    enum link_field field;
    struct str value; /* as written */
};

enum { LINK_COMPANIONS_MAX = 8 };

struct link_mention {
    int64_t id; /* the caller's; unique in an index; > 0 */
    int64_t report; /* mentions of one report are never suggested to each other; 0: none */
    enum link_kind kind;
    struct str field[LINK_FIELDS];
    int32_t reported_day; /* days since 1970: what an age such as "about 15" is counted from */
    int32_t seen_from;    /* days since 1970; LINK_DAY_UNKNOWN, or none after 1970: not known */
    int32_t seen_to;
    struct link_companion companion[LINK_COMPANIONS_MAX];
    size_t companion_count;
};

#endif
