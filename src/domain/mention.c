#include "domain/mention.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/names.h"
#include "domain/submission.h"

static const struct {
    const char *name;
    const char *label;
    enum link_kind kind;
} fields[LINK_FIELDS] = {
#define FIELD(symbol, column, kind, label) [symbol] = {#column, label, kind},
    LINK_FIELD_TABLE(FIELD)
#undef FIELD
};

static const char *kind_names[LINK_KINDS] = {"person", "vehicle", "phone", "account", "place"};

static const char *how_names[HOW_KNOWN_COUNT] = {"unknown",     "saw",       "told",
                                                 "second-hand", "anonymous", "not-said"};

const char *field_name(enum link_field field)
{
    return fields[field].name;
}

const char *field_label(enum link_field field)
{
    return fields[field].label;
}

enum link_kind field_kind(enum link_field field)
{
    return fields[field].kind;
}

const char *kind_name(enum link_kind kind)
{
    return kind_names[kind];
}

bool kind_from_name(struct str name, enum link_kind *ret)
{
    int place = name_place(name, kind_names, LINK_KINDS);
    if (place >= 0) *ret = (enum link_kind)place;
    return place >= 0;
}

const char *how_known_name(enum how_known how)
{
    return how_names[how];
}

bool how_known_from_name(struct str name, enum how_known *ret)
{
    int place = name_place(name, how_names, HOW_KNOWN_COUNT);
    if (place >= 0) *ret = (enum how_known)place;
    return place >= 0;
}

static void add_part(struct buf *line, const char *before, struct str part)
{
    if (!part.len) return;
    if (line->len) buf_add_c(line, before);
    buf_add(line, part);
}

struct str mention_title(struct arena *arena, enum link_kind kind,
                         const struct str field[static LINK_FIELDS])
{
    struct buf line;
    buf_init(&line, 2000);
    switch (kind) {
    case LINK_PERSON:
        add_part(&line, "", field[LINK_NAME]);
        add_part(&line, ", known as ", field[LINK_ALIAS]);
        if (!line.len) add_part(&line, "", field[LINK_DESCRIPTION]);
        if (!line.len && field[LINK_AGE].len) {
            buf_add_c(&line, "Person aged ");
            buf_add(&line, field[LINK_AGE]);
        }
        break;
    case LINK_VEHICLE:
        add_part(&line, "", field[LINK_REGISTRATION]);
        add_part(&line, ", ", field[LINK_COLOUR]);
        add_part(&line, " ", field[LINK_MAKE]);
        add_part(&line, " ", field[LINK_MODEL]);
        break;
    case LINK_PHONE: add_part(&line, "", field[LINK_NUMBER]); break;
    case LINK_ACCOUNT:
        add_part(&line, "", field[LINK_HANDLE]);
        add_part(&line, " on ", field[LINK_PLATFORM]);
        add_part(&line, ", ", field[LINK_EMAIL]);
        break;
    default:
        add_part(&line, "", field[LINK_VENUE]);
        add_part(&line, ", ", field[LINK_ADDRESS]);
        add_part(&line, ", ", field[LINK_TOWN]);
        add_part(&line, ", ", field[LINK_POSTCODE]);
        break;
    }
    if (!line.len)
        for (int i = 0; i < LINK_FIELDS; i++)
            if (fields[i].kind == kind) add_part(&line, ", ", field[i]);
    struct str title = str_dup(arena, line.len ? buf_str(&line) : str_from(kind_names[kind]));
    buf_done(&line);
    return title;
}
