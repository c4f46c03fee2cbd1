#include "link/packed.h"

#include <stdlib.h>

_Static_assert(SLOTS <= 64, "a slot has six bits");

enum { ENTRIES_MAX = 64 };

struct entries {
    struct values *values;
    struct packed_entry list[ENTRIES_MAX];
    size_t count;
};

/* The role that a slot gives its value. */
static int role_of(int slot)
{
    if (slot < SLOT_COMPANION) return slot;
    if (slot < SLOT_NAME_O) return SLOT_COMPANION;
    return slot < SLOT_ALIAS_O ? SLOT_NAME : SLOT_ALIAS;
}

static void add_value(struct entries *entries, int slot, struct str text, bool word)
{
    if (!text.len || entries->count == ENTRIES_MAX) return;
    uint32_t number = link_values_number(entries->values, text, role_of(slot), word);
    entries->list[entries->count++] =
        (struct packed_entry){.number = number & PACKED_NUMBER_MASK, .slot = (unsigned)slot & 63};
}

static void add(struct entries *entries, int slot, struct str text)
{
    add_value(entries, slot, text, false);
}

static void add_name(struct entries *entries, int plain, int with_o, int with_mac,
                     const struct name *name)
{
    for (int i = 0; i < name->count; i++) {
        const struct name_token *token = &name->token[i];
        add_value(entries, !token->start ? plain : token->start == 'o' ? with_o : with_mac,
                  token->text, true);
    }
}

static void add_words(struct entries *entries, int slot, const struct str *words, int count)
{
    for (int i = 0; i < count; i++) add_value(entries, slot, words[i], slot != SLOT_WORD);
}

struct packed *link_packed_make(struct values *values, const struct record *record)
{
    struct entries entries = {.values = values};
    add_name(&entries, SLOT_NAME, SLOT_NAME_O, SLOT_NAME_MAC, &record->name);
    add_name(&entries, SLOT_ALIAS, SLOT_ALIAS_O, SLOT_ALIAS_MAC, &record->alias);
    add_words(&entries, SLOT_WORD, record->word, record->words);
    add(&entries, SLOT_PLATE, record->plate);
    add(&entries, SLOT_MAKE, record->make);
    add(&entries, SLOT_MODEL, record->model);
    add(&entries, SLOT_COLOUR, record->colour);
    add(&entries, SLOT_NUMBER, record->number);
    add(&entries, SLOT_DIGITS, record->digits);
    add(&entries, SLOT_PLATFORM, record->platform);
    add(&entries, SLOT_HANDLE, record->handle);
    add(&entries, SLOT_STEM, record->stem);
    add(&entries, SLOT_EMAIL, record->email);
    add_words(&entries, SLOT_VENUE, record->venue, record->venues);
    add_words(&entries, SLOT_ADDRESS, record->address, record->addresses);
    add(&entries, SLOT_TOWN, record->town);
    add(&entries, SLOT_POSTCODE, record->postcode);
    for (int i = 0; i < record->companions; i++)
        add(&entries, SLOT_COMPANION + (int)record->companion[i].field, record->companion[i].value);
    size_t bytes = entries.count * sizeof *entries.list;
    bool person = record->kind == LINK_PERSON;
    struct packed *packed = malloc(sizeof *packed + bytes);
    if (!packed) abort();
    *packed = (struct packed){.report = record->report,
                              .from = person ? record->birth.from : record->seen.from,
                              .to = person ? record->birth.to : record->seen.to,
                              .kind = (uint8_t)record->kind,
                              .birth_vague = record->birth.vague,
                              .plate_partial = record->plate_partial,
                              .postcode_whole = record->postcode_whole,
                              .count = (uint8_t)entries.count};
    memcpy(packed->entry, entries.list, bytes);
    return packed;
}

static void open_token(const struct values *values, uint32_t number, char start, struct name *ret)
{
    ret->token[ret->count] = link_value_token(values, number);
    ret->token[ret->count++].start = start;
}

static void open_entry(const struct values *values, struct packed_entry entry, struct record *ret)
{
    struct str text = link_value_text(values, entry.number);
    switch (entry.slot) {
    case SLOT_NAME: open_token(values, entry.number, 0, &ret->name); break;
    case SLOT_NAME_O: open_token(values, entry.number, 'o', &ret->name); break;
    case SLOT_NAME_MAC: open_token(values, entry.number, 'm', &ret->name); break;
    case SLOT_ALIAS: open_token(values, entry.number, 0, &ret->alias); break;
    case SLOT_ALIAS_O: open_token(values, entry.number, 'o', &ret->alias); break;
    case SLOT_ALIAS_MAC: open_token(values, entry.number, 'm', &ret->alias); break;
    case SLOT_WORD: ret->word[ret->words++] = text; break;
    case SLOT_PLATE:
        ret->plate = text;
        ret->plate_value = entry.number;
        break;
    case SLOT_MAKE: ret->make = text; break;
    case SLOT_MODEL: ret->model = text; break;
    case SLOT_COLOUR: ret->colour = text; break;
    case SLOT_NUMBER: ret->number = text; break;
    case SLOT_DIGITS: ret->digits = text; break;
    case SLOT_PLATFORM: ret->platform = text; break;
    case SLOT_HANDLE: ret->handle = text; break;
    case SLOT_STEM: ret->stem = text; break;
    case SLOT_EMAIL: ret->email = text; break;
    case SLOT_VENUE: ret->venue[ret->venues++] = text; break;
    case SLOT_ADDRESS: ret->address[ret->addresses++] = text; break;
    case SLOT_TOWN: ret->town = text; break;
    case SLOT_POSTCODE: ret->postcode = text; break;
    default:
        ret->companion[ret->companions++] =
            (struct companion){(enum link_field)(entry.slot - SLOT_COMPANION), text};
        break;
    }
}

void link_packed_open(const struct values *values, const struct packed *packed, int64_t id,
                      struct record *ret)
{
    static const struct str none = STR_INIT("");
    ret->kind = (enum link_kind)packed->kind;
    ret->id = id;
    ret->report = packed->report;
    bool person = packed->kind == LINK_PERSON;
    ret->birth = person ? (struct birth){packed->from, packed->to, packed->birth_vague}
                        : (struct birth){1, 0, false};
    ret->seen = person ? (struct seen_days){1, 0} : (struct seen_days){packed->from, packed->to};
    ret->plate_partial = packed->plate_partial;
    ret->postcode_whole = packed->postcode_whole;
    ret->name.count = ret->alias.count = ret->words = 0;
    ret->venues = ret->addresses = ret->companions = 0;
    ret->plate = ret->make = ret->model = ret->colour = none;
    ret->number = ret->digits = ret->platform = ret->handle = ret->stem = ret->email = none;
    ret->town = ret->postcode = none;
    ret->pool_used = 0;
    for (size_t i = 0; i < packed->count; i++) open_entry(values, packed->entry[i], ret);
}
