#include "domain/contact.h"

#include "base/utf8.h"
#include "domain/account.h"
#include "domain/reason.h"
#include "domain/record_key.h"

#include <stdatomic.h>

enum { VERSIONS_MAX = 500, WRITTEN_TEXTS = 2, DIGITS_MIN = 3, DIGITS_MAX = 18 };

static const struct str kind_names[] = {STR_INIT("verified"), STR_INIT("changed"),
                                        STR_INIT("pack")};

static _Atomic uint64_t changes;

uint64_t contact_changes(void)
{
    return atomic_load(&changes);
}

/* --- reading ------------------------------------------------------------------------------ */

/* What is not in the pack's hours counts as not known. */
static void lay_over(const struct area *area, struct arena *arena, struct query *query,
                     struct contact *contact)
{
    contact->version = db_int(query, 0);
    if (str_eq(db_text(query, 2), kind_names[2])) return;
    struct area_contact *now = &contact->now;
    now->phone = str_dup(arena, db_text(query, 3));
    now->text = str_dup(arena, db_text(query, 4));
    now->relay = str_dup(arena, db_text(query, 5));
    if (!area_contact_opens(area, str_dup(arena, db_text(query, 6)), now))
        area_contact_opens(area, STR(""), now);
    now->hours = str_dup(arena, db_text(query, 7));
    now->verified = (struct date){0};
    if (!db_is_null(query, 8)) now->verified = date_from_days((int32_t)db_int(query, 8));
    contact->verified_account = db_int(query, 9);
    contact->verified_by =
        contact->verified_account ? str_dup(arena, db_text(query, 10)) : now->verified_by;
    const struct area_contact *pack = contact->pack;
    contact->changed = !str_eq(now->phone, pack->phone) || !str_eq(now->text, pack->text) ||
                       !str_eq(now->relay, pack->relay) || !str_eq(now->opens, pack->opens) ||
                       !str_eq(now->hours, pack->hours);
}

/* What was sealed of a row: reason and note. */
static enum st open_written(struct app *app, struct arena *arena, struct query *query,
                            struct str ret[static WRITTEN_TEXTS], struct err *err)
{
    struct data_key key;
    struct str plain = STR("");
    enum st outcome = record_key_from_row(app, query, 14, &key, err);
    if (outcome == ST_OK)
        outcome = field_open(arena, &key, FIELD_CONTACT_WRITTEN, db_int(query, 0),
                             db_bytes(query, 11), &plain, err);
    data_key_clear(&key);
    /* it was authentic */
    if (outcome == ST_OK && !texts_unpack(plain, ret, WRITTEN_TEXTS)) abort();
    return outcome;
}

enum st contact_list(struct app *app, struct arena *arena, struct contact **ret, size_t *ret_count,
                     struct err *err)
{
    size_t count = 0;
    const struct area_contact *pack = area_contacts(app->area, &count);
    struct contact *list = arena_many(arena, count + 1, struct contact);
    for (size_t i = 0; i < count; i++)
        list[i] =
            (struct contact){.now = pack[i], .pack = &pack[i], .verified_by = pack[i].verified_by};
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct query *query = db_query(db, Q_CONTACT_VERSION_NEWEST);
    enum st outcome = ST_OK;
    while (outcome == ST_OK && db_next(query)) {
        struct contact *contact =
            (struct contact *)(uintptr_t)contact_find(list, count, db_text(query, 1));
        struct str written[WRITTEN_TEXTS];
        if (!contact) continue; /* the pack has it no more */
        lay_over(app->area, arena, query, contact);
        outcome = open_written(app, arena, query, written, err);
        if (outcome == ST_OK && written[1].len) contact->now.note = written[1];
    }
    outcome = db_end_after(query, outcome, err);
    store_read_end(app->store, db);
    *ret = list;
    *ret_count = count;
    return outcome;
}

const struct contact *contact_find(const struct contact *list, size_t count, struct str id)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(list[i].pack->id, id)) return &list[i];
    return NULL;
}

enum st contact_read(struct app *app, struct arena *arena, struct str id, struct contact *ret,
                     struct err *err)
{
    struct contact *list = NULL;
    size_t count = 0;
    enum st outcome = contact_list(app, arena, &list, &count, err);
    if (outcome != ST_OK) return outcome;
    const struct contact *found = contact_find(list, count, id);
    if (!found) return err_missing(err, "contact");
    *ret = *found;
    return ST_OK;
}

bool contact_is_fresh(const struct contact *contact, instant_ms now)
{
    if (!contact->now.verified.year) return false;
    return clock_day(now) - date_to_days(contact->now.verified) <= CONTACT_STALE_DAYS;
}

enum st contact_history(struct app *app, struct arena *arena, struct str id,
                        struct contact_line **ret, size_t *ret_count, struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct contact_line *list = arena_many(arena, VERSIONS_MAX, struct contact_line);
    size_t count = 0;
    enum st outcome = ST_OK;
    struct query *query = db_query(db, Q_CONTACT_VERSION_LIST);
    db_bind_text(query, 1, id);
    while (outcome == ST_OK && count < VERSIONS_MAX && db_next(query)) {
        struct str written[WRITTEN_TEXTS];
        struct contact_line *line = &list[count++];
        *line = (struct contact_line){.id = db_int(query, 0),
                                      .kind = str_dup(arena, db_text(query, 2)),
                                      .phone = str_dup(arena, db_text(query, 3)),
                                      .text = str_dup(arena, db_text(query, 4)),
                                      .relay = str_dup(arena, db_text(query, 5)),
                                      .opens = str_dup(arena, db_text(query, 6)),
                                      .hours = str_dup(arena, db_text(query, 7)),
                                      .at = db_int(query, 13)};
        if (!db_is_null(query, 8)) line->verified = date_from_days((int32_t)db_int(query, 8));
        outcome = open_written(app, arena, query, written, err);
        if (outcome != ST_OK) break;
        line->reason = written[0];
        line->note = written[1];
        outcome = account_name(app, db, arena, db_int(query, 12), &line->by, err);
    }
    outcome = db_end_after(query, outcome, err);
    store_read_end(app->store, db);
    *ret = list;
    *ret_count = count;
    return outcome;
}

/* --- changing ------------------------------------------------------------------------------ */

/* Digits, blanks, a plus in front: as people write a number. */
static bool is_number(struct str text)
{
    size_t digits = 0;
    for (size_t i = 0; i < text.len; i++) {
        bool digit = text.ptr[i] >= '0' && text.ptr[i] <= '9';
        digits += digit;
        if (!digit && text.ptr[i] != ' ' && !(text.ptr[i] == '+' && i == 0)) return false;
    }
    return digits >= DIGITS_MIN && digits <= DIGITS_MAX && text.len <= CONTACT_NUMBER_MAX;
}

static enum st wrong(enum contact_field field, enum contact_field *ret, struct err *err,
                     const char *words)
{
    *ret = field;
    return err_set(err, ST_INVALID, "%s", words);
}

static enum st check(const struct area *area, const struct contact_change *change,
                     enum contact_field *ret, struct err *err)
{
    struct area_contact opens;
    int32_t today = clock_today();
    if (!is_number(change->phone))
        return wrong(CONTACT_PHONE, ret, err, "Write the number in digits, like 01632 960 001.");
    if (change->text.len && !is_number(change->text))
        return wrong(CONTACT_TEXT, ret, err,
                     "Write the number for texts in digits, or leave it empty.");
    if (change->relay.len && !is_number(change->relay))
        return wrong(CONTACT_RELAY, ret, err,
                     "Write what to dial by Relay UK in digits, or leave it empty.");
    if (!area_contact_opens(area, change->opens, &opens))
        return wrong(CONTACT_OPENS, ret, err, "Choose when somebody answers from the list.");
    if (utf8_count(change->hours) > CONTACT_HOURS_MAX)
        return wrong(CONTACT_HOURS, ret, err,
                     "Write the hours in fewer words: at most 120 characters.");
    if (utf8_count(change->note) > CONTACT_NOTE_MAX)
        return wrong(CONTACT_NOTE, ret, err, "The note can have at most 500 characters.");
    if (!change->verified) return ST_OK;
    if (!change->day.year || !date_valid(change->day))
        return wrong(CONTACT_DAY, ret, err, "Say on which day the number was dialled.");
    if (date_to_days(change->day) > today)
        return wrong(CONTACT_DAY, ret, err,
                     "That day is still to come. Say when the number was dialled.");
    return ST_OK;
}

static bool is_same(const struct area_contact *now, const struct contact_change *change)
{
    return str_eq(now->phone, change->phone) && str_eq(now->text, change->text) &&
           str_eq(now->relay, change->relay) && str_eq(now->opens, change->opens) &&
           str_eq(now->hours, change->hours);
}

/* Which date of verification the new version has: the one that was said; else, where the
 * numbers are as before, the one before. */
static void bind_verified(struct query *query, const struct contact *before,
                          const struct contact_change *change, const struct person *who)
{
    db_bind_null(query, 9);
    db_bind_null(query, 10);
    if (change->verified) {
        db_bind_int(query, 9, date_to_days(change->day));
        db_bind_int(query, 10, who->account);
    } else if (before->now.verified.year && str_eq(before->now.phone, change->phone)) {
        db_bind_int(query, 9, date_to_days(before->now.verified));
        if (before->verified_account) db_bind_int(query, 10, before->verified_account);
    }
}

static enum st add_version(struct app *app, struct db *db, struct arena *arena,
                           const struct person *who, const struct contact *before,
                           const struct contact_change *change, struct str kind, struct err *err)
{
    struct data_key key = {0};
    int64_t id = 0;
    enum st outcome = record_key_add(app, db, KEY_RECORD, &key, err);
    if (outcome == ST_OK) outcome = db_next_id(db, Q_CONTACT_VERSION_LAST, &id, err);
    if (outcome == ST_OK) {
        struct str text[WRITTEN_TEXTS] = {change->reason, change->note};
        struct str sealed = field_seal(arena, &key, FIELD_CONTACT_WRITTEN, id,
                                       texts_pack(arena, text, WRITTEN_TEXTS));
        struct query *query = db_query(db, Q_CONTACT_VERSION_ADD);
        db_bind_int(query, 1, id);
        db_bind_text(query, 2, before->pack->id);
        db_bind_text(query, 3, kind);
        db_bind_text(query, 4, change->phone);
        db_bind_text(query, 5, change->text);
        db_bind_text(query, 6, change->relay);
        db_bind_text(query, 7, change->opens);
        db_bind_text(query, 8, change->hours);
        bind_verified(query, before, change, who);
        db_bind_int(query, 11, key.id);
        db_bind_bytes(query, 12, sealed.ptr, sealed.len);
        db_bind_int(query, 13, who->account);
        db_bind_int(query, 14, clock_now());
        outcome = db_run(query, err);
    }
    data_key_clear(&key);
    if (outcome != ST_OK) return outcome;
    const char *said = str_eq(kind, kind_names[0])   ? "contact verified"
                       : str_eq(kind, kind_names[1]) ? "contact changed"
                                                     : "contact as the pack says";
    return account_note(app, db, AUDIT_ALTERATION, who->account, said, "contact", id, "ok", err);
}

static enum st store_change(struct app *app, struct arena *arena, const struct person *who,
                            const struct contact *before, const struct contact_change *change,
                            struct str kind, struct err *err)
{
    struct db *db;
    int64_t newest = 0;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_CONTACT_VERSION_OF);
    db_bind_text(query, 1, before->pack->id);
    outcome = db_one(query, &newest, err);
    if (outcome == ST_OK && newest != change->over_version)
        outcome = err_set(err, ST_CONFLICT,
                          "Somebody else changed this contact meanwhile. Look at what it says "
                          "now, and save again if yours is right.");
    if (outcome == ST_OK) outcome = add_version(app, db, arena, who, before, change, kind, err);
    return store_write_end(app->store, db, outcome, err);
}

enum st contact_save(struct app *app, const struct person *who, struct str id,
                     const struct contact_change *change, enum contact_field *ret_field,
                     struct err *err)
{
    if (!access_allows(who, ACT_KEEP_SUPPORT, NULL)) return err_missing(err, "contact");
    struct arena arena;
    arena_init(&arena, 16 << 20);
    struct contact before;
    struct contact_change clean = *change;
    *ret_field = CONTACT_NOTHING;
    enum st outcome = contact_read(app, &arena, id, &before, err);
    if (outcome == ST_OK && change->pack) {
        const struct area_contact *pack = before.pack;
        clean = (struct contact_change){.phone = pack->phone,
                                        .text = pack->text,
                                        .relay = pack->relay,
                                        .opens = pack->opens,
                                        .hours = pack->hours,
                                        .over_version = change->over_version,
                                        .pack = true};
    } else if (outcome == ST_OK) {
        clean.hours = str_trim(utf8_clean(&arena, change->hours, NULL));
        clean.note = str_trim(utf8_clean(&arena, change->note, NULL));
        clean.phone = str_trim(change->phone);
        clean.text = str_trim(change->text);
        clean.relay = str_trim(change->relay);
        outcome = check(app->area, &clean, ret_field, err);
    }
    bool same = outcome == ST_OK && !change->pack && is_same(&before.now, &clean);
    if (same && !clean.verified && str_eq(clean.note, before.now.note))
        outcome = wrong(CONTACT_NOTHING, ret_field, err,
                        "Nothing is different. Change something, or say that you "
                        "dialled the number.");
    if (outcome == ST_OK) {
        outcome = reason_clean(&arena, change->reason, &clean.reason, err);
        if (outcome == ST_INVALID) *ret_field = CONTACT_REASON;
    }
    if (outcome == ST_OK)
        outcome = store_change(app, &arena, who, &before, &clean,
                               kind_names[change->pack ? 2 : same && clean.verified ? 0 : 1], err);
    /* after it was written, so that nobody takes what was before for new */
    atomic_fetch_add(&changes, 1);
    arena_done(&arena);
    return outcome;
}
