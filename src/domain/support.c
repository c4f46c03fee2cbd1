#include "domain/support.h"

#include "domain/open_referral.h"
#include "seal/secret.h"

#include <stdlib.h>

void support_uuid(struct str area_name, struct str kind, struct str id,
                  char ret[static SUPPORT_UUID_SIZE])
{
    uint8_t hash[SEAL_HASH_SIZE];
    struct arena arena;
    arena_init(&arena, 1 << 20);
    seal_hash(str_fmt(&arena, "pendeen\n%.*s\n%.*s\n%.*s", STR_ARG(area_name), STR_ARG(kind),
                      STR_ARG(id)),
              hash);
    arena_done(&arena);
    hash[6] = (uint8_t)((hash[6] & 0x0f) | 0x80); /* version 8 */
    hash[8] = (uint8_t)((hash[8] & 0x3f) | 0x80); /* variant */
    char *at = ret;
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) *at++ = '-';
        at += snprintf(at, 3, "%02x", hash[i]);
    }
}

/* --- the list ------------------------------------------------------------------------------ */

static struct support from_pack(const struct area *area, const struct area_support *entry,
                                const struct contact *contact)
{
    struct support support = {.name = contact->now.name,
                              .organisation = entry->organisation,
                              .about = entry->about,
                              .website = entry->website,
                              .phone = contact->now.phone,
                              .text = contact->now.text,
                              .relay = contact->now.relay,
                              .place = contact->now.place,
                              .audience = entry->audience,
                              .age_from = entry->age_from,
                              .age_to = entry->age_to,
                              .need_count = entry->need_count,
                              .hours = contact->now.hours,
                              .source = entry->source,
                              .verified = contact->now.verified,
                              .verified_by = contact->verified_by,
                              .contact = contact,
                              .always = contact->now.always,
                              .status = STR("active")};
    memcpy(support.need, entry->need, sizeof support.need);
    support_uuid(area_name(area), STR("service"), entry->id, support.uuid);
    return support;
}

static int by_name(const void *a, const void *b)
{
    const struct support *left = a;
    const struct support *right = b;
    int order = str_cmp(left->name, right->name);
    return order ? order : strcmp(left->uuid, right->uuid);
}

/* What was taken in, after the entries of the pack. */
static enum st add_taken(struct app *app, struct db *db, struct arena *arena, bool all,
                         size_t taken, struct support *list, size_t *count, struct err *err)
{
    struct query *query = db_query(db, Q_SUPPORT_SERVICE_LIST);
    size_t first = *count;
    enum st outcome = ST_OK;
    while (outcome == ST_OK && *count < first + taken && db_next(query)) {
        struct support *support = &list[*count];
        outcome = open_referral_read_one(arena, app->area, db_text(query, 1), support, err);
        if (outcome == ST_OK && (all || str_eq(support->status, STR("active")))) (*count)++;
    }
    outcome = db_end_after(query, outcome, err);
    qsort(list + first, *count - first, sizeof *list, by_name);
    return outcome;
}

enum st support_list(struct app *app, struct arena *arena, bool all, struct support **ret,
                     size_t *ret_count, struct err *err)
{
    struct contact *contacts = NULL;
    size_t contact_count = 0;
    enum st outcome = contact_list(app, arena, &contacts, &contact_count, err);
    if (outcome != ST_OK) return outcome;
    size_t entries = 0;
    const struct area_support *entry = area_supports(app->area, &entries);
    int64_t taken = 0;
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    outcome = db_one(db_query(db, Q_SUPPORT_SERVICE_COUNT), &taken, err);
    struct support *list = arena_many(arena, entries + (size_t)taken + 1, struct support);
    for (size_t i = 0; i < entries; i++)
        list[i] = from_pack(app->area, &entry[i],
                            contact_find(contacts, contact_count, entry[i].contact->id));
    *ret = list;
    *ret_count = entries;
    if (outcome == ST_OK)
        outcome = add_taken(app, db, arena, all, (size_t)taken, list, ret_count, err);
    store_read_end(app->store, db);
    return outcome;
}

/* --- filters -------------------------------------------------------------------------------- */

static bool in_spans(const struct support *support, instant_ms at)
{
    struct civil civil = clock_london(at);
    int day = date_weekday(civil.date);
    int minute = civil.hour * 60 + civil.minute;
    for (size_t i = 0; i < support->span_count; i++) {
        const struct support_span *span = &support->span[i];
        if (span->day == day && minute >= span->at.from && minute < span->at.to) return true;
    }
    return false;
}

enum support_open support_is_open(const struct area *area, const struct support *support,
                                  instant_ms at)
{
    if (support->always) return OPEN_YES;
    if (support->contact) {
        if (!support->contact->now.open) return OPEN_UNKNOWN;
        return area_contact_answers(area, &support->contact->now, at) ? OPEN_YES : OPEN_NO;
    }
    if (!support->span_count) return OPEN_UNKNOWN;
    return in_spans(support, at) ? OPEN_YES : OPEN_NO;
}

bool support_fits(const struct area *area, const struct support *support,
                  const struct support_filter *filter)
{
    if (filter->audience && !(support->audience & filter->audience)) return false;
    if (filter->age >= 0 && (filter->age < support->age_from || filter->age > support->age_to))
        return false;
    if (filter->place.len && support->place.len && !str_eq(filter->place, support->place))
        return false;
    if (filter->need) {
        size_t i = 0;
        while (i < support->need_count && support->need[i] != filter->need) i++;
        if (i == support->need_count) return false;
    }
    return !filter->open_at || support_is_open(area, support, filter->open_at) != OPEN_NO;
}
