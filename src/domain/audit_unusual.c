/*
 * Access that is out of the usual: by a person's own habit, that of others of their role,
 * the hour, their own name, and refusals.
 */
#include "domain/account.h"
#include "domain/audit_review.h"
#include "store/audit_index.h"

enum { ACCOUNTS_MAX = 20000, HABIT_DAYS_MIN = 5 };

/* What one account did on one day. */
struct day_count {
    uint32_t looks;
    uint32_t at_night;
    uint32_t own_name;
    uint32_t refused;
};

struct unusual {
    struct app *app;
    struct arena *arena;
    int32_t from_day;
    size_t days;
    struct account_line *account;
    size_t account_count;
    uint8_t (*tag)[SEAL_TAG_SIZE]; /* of each account */
    uint32_t *slot;                /* tag → place + 1, open addressing */
    size_t slots;
    struct day_count *count;       /* account × day */
    uint32_t *sample;              /* scratch for a median */
    struct audit_flag *flag;
    size_t flag_count;
    size_t flag_room;
};

static size_t slot_of(const struct unusual *unusual, const uint8_t *tag)
{
    uint64_t hash;
    memcpy(&hash, tag, sizeof hash);
    size_t at = hash % unusual->slots;
    while (unusual->slot[at] &&
           memcmp(unusual->tag[unusual->slot[at] - 1], tag, SEAL_TAG_SIZE) != 0)
        at = (at + 1) % unusual->slots;
    return at;
}

static void make_tags(struct unusual *unusual)
{
    size_t count = unusual->account_count;
    unusual->tag = arena_array(unusual->arena, count + 1, SEAL_TAG_SIZE);
    unusual->slots = 2 * count + 1;
    unusual->slot = arena_many(unusual->arena, unusual->slots, uint32_t);
    for (size_t i = 0; i < count; i++) {
        audit_tag_account(unusual->app->keys, unusual->account[i].id, false, unusual->tag[i]);
        unusual->slot[slot_of(unusual, unusual->tag[i])] = (uint32_t)i + 1;
    }
}

static struct day_count *count_of(const struct unusual *unusual, size_t account, size_t day)
{
    return &unusual->count[account * unusual->days + day];
}

/* --- counting -------------------------------------------------------------------------- */

static bool is_night(struct civil at)
{
    return at.hour >= UNUSUAL_NIGHT_FROM || at.hour < UNUSUAL_NIGHT_TO;
}

/* Lines by which somebody told are under another tag, and so nobody's here. */
static void count_line(struct unusual *unusual, const struct audit_line *line)
{
    if (line->who.len != SEAL_TAG_SIZE) return;
    uint32_t place = unusual->slot[slot_of(unusual, (const uint8_t *)line->who.ptr)];
    struct civil at = clock_london(line->at);
    int32_t day = date_to_days(at.date) - unusual->from_day;
    if (!place || day < 0 || (size_t)day >= unusual->days) return;
    struct day_count *count = count_of(unusual, place - 1, (size_t)day);
    bool signs_in = str_eq(line->kind, STR("sign-in"));
    if (str_eq(line->kind, STR("denial")) || (signs_in && !str_eq(line->outcome, STR("ok"))))
        count->refused++;
    if (!str_eq(line->kind, STR("consultation")) && !str_eq(line->kind, STR("disclosure"))) return;
    count->looks++;
    if (is_night(at)) count->at_night++;
    if (str_eq(line->reason, STR("own name"))) count->own_name++;
}

static enum st count_lines(struct unusual *unusual, struct err *err)
{
    struct db *db = store_read_begin(unusual->app->store, err);
    if (!db) return ST_FAILED;
    instant_ms from = clock_from_london((struct civil){.date = date_from_days(unusual->from_day)});
    instant_ms until = clock_from_london(
        (struct civil){.date = date_from_days(unusual->from_day + (int32_t)unusual->days)});
    struct audit_search search = {.db = db, .from = from, .until = until};
    enum st outcome = audit_search_begin(&search, unusual->arena, err);
    struct audit_line line;
    struct str sealed;
    while (outcome == ST_OK && audit_search_next(&search, &line, &sealed))
        count_line(unusual, &line);
    if (outcome == ST_OK) outcome = audit_search_end(&search, err);
    store_read_end(unusual->app->store, db);
    return outcome;
}

/* --- what is usual ---------------------------------------------------------------------------- */

static int compare_counts(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a;
    uint32_t right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

/* The middle one; 0 when there are too few to say. */
static uint32_t median(uint32_t *list, size_t count)
{
    if (count < HABIT_DAYS_MIN) return 0;
    qsort(list, count, sizeof *list, compare_counts);
    return list[count / 2];
}

/* Days on which the account looked at anything, but for one. */
static size_t add_days(const struct unusual *unusual, size_t account, size_t but, uint32_t *list)
{
    size_t count = 0;
    for (size_t day = 0; day < unusual->days; day++) {
        uint32_t looks = count_of(unusual, account, day)->looks;
        if (day != but && looks) list[count++] = looks;
    }
    return count;
}

static uint32_t own_habit(const struct unusual *unusual, size_t account, size_t day)
{
    return median(unusual->sample, add_days(unusual, account, day, unusual->sample));
}

/* Of everybody else with the same roles. */
static uint32_t habit_of_peers(const struct unusual *unusual, size_t account)
{
    size_t count = 0;
    for (size_t i = 0; i < unusual->account_count; i++)
        if (i != account && unusual->account[i].roles == unusual->account[account].roles)
            count += add_days(unusual, i, SIZE_MAX, unusual->sample + count);
    return median(unusual->sample, count);
}

/* --- flags ------------------------------------------------------------------------------------ */

static void add_flag(struct unusual *unusual, enum audit_flag_kind kind, size_t account, size_t day,
                     struct str words)
{
    arena_room(unusual->arena, unusual->flag, unusual->flag_count, &unusual->flag_room);
    const struct account_line *who = &unusual->account[account];
    unusual->flag[unusual->flag_count++] =
        (struct audit_flag){.kind = kind,
                            .account = who->id,
                            .who = who->name,
                            .email = who->email,
                            .day = unusual->from_day + (int32_t)day,
                            .words = words};
}

static struct str usual_words(struct arena *arena, uint32_t own, uint32_t peers)
{
    struct str mine = own ? str_fmt(arena, " On their other days it is about %u.", own)
                          : STR(" They have too few other days to say what is usual for them.");
    if (!peers) return mine;
    struct str often = peers == 1 ? STR("once") : str_fmt(arena, "%u times", peers);
    return str_fmt(arena, "%.*s Others of the same role look about %.*s a day.", STR_ARG(mine),
                   STR_ARG(often));
}

static void flag_volume(struct unusual *unusual, size_t account, size_t day)
{
    uint32_t looks = count_of(unusual, account, day)->looks;
    if (looks < UNUSUAL_VOLUME_MIN) return;
    uint32_t own = own_habit(unusual, account, day);
    uint32_t peers = habit_of_peers(unusual, account);
    bool over_own = own && looks > UNUSUAL_TIMES * own;
    bool over_peers = peers && looks > UNUSUAL_TIMES * peers;
    /* Somebody who always looks at much is only held to their own habit. */
    if (!(over_own || (!own && over_peers))) return;
    struct str usual = usual_words(unusual->arena, own, peers);
    add_flag(unusual, FLAG_VOLUME, account, day,
             str_fmt(unusual->arena, "Looked %u times at records or lists in one day.%.*s", looks,
                     STR_ARG(usual)));
}

static void flag_hours(struct unusual *unusual, size_t account, size_t day)
{
    uint32_t night = 0;
    uint32_t all = 0;
    uint32_t here = count_of(unusual, account, day)->at_night;
    if (!here) return;
    for (size_t i = 0; i < unusual->days; i++) {
        if (i == day) continue;
        night += count_of(unusual, account, i)->at_night;
        all += count_of(unusual, account, i)->looks;
    }
    if (all && night * 100 >= all * UNUSUAL_NIGHT_SHARE) return;
    add_flag(
        unusual, FLAG_HOURS, account, day,
        str_fmt(unusual->arena, "Looked %u %s between %d in the evening and %d in the morning. %s",
                here, here == 1 ? "time" : "times", UNUSUAL_NIGHT_FROM - 12, UNUSUAL_NIGHT_TO,
                all ? "They rarely do." : "They did not look at anything else in this period."));
}

static void flag_day(struct unusual *unusual, size_t account, size_t day)
{
    const struct day_count *count = count_of(unusual, account, day);
    if (count->own_name)
        add_flag(
            unusual, FLAG_OWN_NAME, account, day,
            str_fmt(unusual->arena,
                    "Searched for, or opened, what holds their own name or email address (%u %s).",
                    count->own_name, count->own_name == 1 ? "time" : "times"));
    flag_volume(unusual, account, day);
    flag_hours(unusual, account, day);
    if (count->refused >= UNUSUAL_REFUSED_MIN)
        add_flag(unusual, FLAG_REFUSED, account, day,
                 str_fmt(unusual->arena, "Was refused %u times in one day.", count->refused));
}

static int compare_flags(const void *a, const void *b)
{
    const struct audit_flag *left = a;
    const struct audit_flag *right = b;
    if (left->day != right->day) return left->day < right->day ? 1 : -1;
    if (left->account != right->account) return left->account < right->account ? -1 : 1;
    return (int)left->kind - (int)right->kind;
}

enum st audit_unusual(struct app *app, struct arena *arena, const struct person *who,
                      int32_t from_day, int32_t until_day, struct audit_flag **ret,
                      size_t *ret_count, struct err *err)
{
    if (!access_allows(who, ACT_AUDIT, NULL)) return err_missing(err, "page");
    if (until_day < from_day) return err_set(err, ST_INVALID, "The period ends before it begins.");
    if (until_day - from_day >= UNUSUAL_DAYS_MAX)
        return err_set(err, ST_INVALID, "The period can have at most %d days.", UNUSUAL_DAYS_MAX);
    struct unusual unusual = {.app = app,
                              .arena = arena,
                              .from_day = from_day,
                              .days = (size_t)(until_day - from_day) + 1};
    enum st outcome =
        account_list(app, arena, ACCOUNTS_MAX, &unusual.account, &unusual.account_count, err);
    if (outcome != ST_OK) return outcome;
    make_tags(&unusual);
    size_t cells = unusual.account_count * unusual.days + 1;
    unusual.count = arena_many(arena, cells, struct day_count);
    unusual.sample = arena_many(arena, cells, uint32_t);
    outcome = count_lines(&unusual, err);
    if (outcome != ST_OK) return outcome;
    for (size_t account = 0; account < unusual.account_count; account++)
        for (size_t day = 0; day < unusual.days; day++) flag_day(&unusual, account, day);
    if (unusual.flag_count)
        qsort(unusual.flag, unusual.flag_count, sizeof *unusual.flag, compare_flags);
    *ret = unusual.flag;
    *ret_count = unusual.flag_count;
    return audit_event(app, &(struct audit_event){.kind = AUDIT_CONSULTATION,
                                                  .action = "unusual access read",
                                                  .account = who->account,
                                                  .reason = "role"},
                       err);
}
