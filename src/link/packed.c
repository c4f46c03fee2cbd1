#include "link/packed.h"

#include <stdlib.h>

_Static_assert(SLOTS <= 64, "a slot has six bits");

/* The role that a slot gives its value. */
static int role_of(int slot)
{
    if (slot < SLOT_COMPANION) return slot;
    if (slot < SLOT_NAME_O) return SLOT_COMPANION;
    return slot < SLOT_ALIAS_O ? SLOT_NAME : SLOT_ALIAS;
}

static void add_value(struct packing *packing, int slot, struct str text, bool word)
{
    if (!text.len || packing->count == PACKED_MAX) return;
    packing->list[packing->count++] =
        (struct packing_text){text, str_hash(text), (uint8_t)slot, word};
}

static void add(struct packing *packing, int slot, struct str text)
{
    add_value(packing, slot, text, false);
}

static void add_name(struct packing *packing, int plain, int with_o, int with_mac,
                     const struct name *name)
{
    for (int i = 0; i < name->count; i++) {
        const struct name_token *token = &name->token[i];
        add_value(packing, !token->start ? plain : token->start == 'o' ? with_o : with_mac,
                  token->text, true);
    }
}

static void add_words(struct packing *packing, int slot, const struct str *words, int count)
{
    for (int i = 0; i < count; i++) add_value(packing, slot, words[i], slot != SLOT_WORD);
}

static void add_phone(struct packing *packing, const struct phone *phone)
{
    add(packing, SLOT_NUMBER, phone->number);
    add(packing, SLOT_DIGITS, phone->digits);
}

void link_packing_make(const struct record *record, struct packing *ret)
{
    ret->count = 0;
    add_name(ret, SLOT_NAME, SLOT_NAME_O, SLOT_NAME_MAC, &record->name);
    add_name(ret, SLOT_ALIAS, SLOT_ALIAS_O, SLOT_ALIAS_MAC, &record->alias);
    add_words(ret, SLOT_WORD, record->word, record->words);
    add(ret, SLOT_PLATE, record->plate);
    add(ret, SLOT_MAKE, record->make);
    add(ret, SLOT_MODEL, record->model);
    add(ret, SLOT_COLOUR, record->colour);
    add_phone(ret, &record->phone);
    add_phone(ret, &record->second);
    add(ret, SLOT_PLATFORM, record->platform);
    add(ret, SLOT_HANDLE, record->handle);
    add(ret, SLOT_STEM, record->stem);
    add(ret, SLOT_EMAIL, record->email);
    add_words(ret, SLOT_VENUE, record->venue, record->venues);
    add_words(ret, SLOT_ADDRESS, record->address, record->addresses);
    add(ret, SLOT_TOWN, record->town);
    add(ret, SLOT_POSTCODE, record->postcode);
    for (int i = 0; i < record->companions; i++)
        add(ret, SLOT_COMPANION + (int)record->companion[i].field, record->companion[i].value);
}

struct packed *link_packed_make(struct values *values, const struct record *record,
                                const struct packing *packing)
{
    bool person = record->kind == LINK_PERSON;
    struct packed *packed = malloc(sizeof *packed + packing->count * sizeof *packed->entry);
    if (!packed) abort();
    *packed = (struct packed){.report = record->report,
                              .from = person ? record->birth.from : record->seen.from,
                              .to = person ? record->birth.to : record->seen.to,
                              .kind = (uint8_t)record->kind,
                              .birth_vague = record->birth.vague,
                              .plate_partial = record->plate_partial,
                              .postcode_whole = record->postcode_whole,
                              .marks = (uint8_t)(record->name.sex + 4 * record->name.generation),
                              .count = (uint8_t)packing->count};
    for (size_t i = 0; i < packing->count; i++) {
        const struct packing_text *text = &packing->list[i];
        uint32_t number =
            link_values_number(values, text->text, text->hash, role_of(text->slot), text->word);
        packed->entry[i] = (struct packed_entry){.number = number & PACKED_NUMBER_MASK,
                                                 .slot = (unsigned)text->slot & 63};
    }
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
    case SLOT_NUMBER:
        (ret->phone.number.len ? &ret->second : &ret->phone)->number = text;
        break;
    case SLOT_DIGITS:
        (ret->phone.digits.len ? &ret->second : &ret->phone)->digits = text;
        break;
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
    ret->name.sex = packed->marks % 4;
    ret->name.generation = packed->marks / 4;
    ret->alias.sex = ret->alias.generation = 0;
    ret->venues = ret->addresses = ret->companions = 0;
    ret->plate = ret->make = ret->model = ret->colour = none;
    ret->phone = ret->second = (struct phone){none, none};
    ret->platform = ret->handle = ret->stem = ret->email = none;
    ret->town = ret->postcode = none;
    ret->pool_used = 0;
    for (size_t i = 0; i < packed->count; i++) open_entry(values, packed->entry[i], ret);
}
