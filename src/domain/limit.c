#include "domain/limit.h"

#include "seal/secret.h"

#include <pthread.h>

enum { SLOTS = 16384, WAYS = 8 };

static struct slot {
    uint64_t key;
    const struct limit_rule *rule; /* NULL: free */
    double tokens;
    instant_ms at;
} slots[SLOTS];
static uint8_t secret[SEAL_SHORT_KEY_SIZE]; /* of this process: nobody can choose neighbours */
static bool has_secret;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static double per_ms(const struct limit_rule *rule)
{
    return rule->per_minute / 60000.0;
}

static void refill(struct slot *slot, instant_ms now)
{
    double gained = now > slot->at ? (double)(now - slot->at) * per_ms(slot->rule) : 0;
    slot->tokens += gained;
    if (slot->tokens > slot->rule->burst) slot->tokens = slot->rule->burst;
    slot->at = now;
}

/* Milliseconds until it is as if nobody had ever taken of it. */
static double until_full(const struct slot *slot)
{
    return slot->rule ? (slot->rule->burst - slot->tokens) / per_ms(slot->rule) : -1;
}

/* The rule is part of the key: the same address has a bucket in each. */
static uint64_t key_of(const struct limit_rule *rule, struct str text)
{
    if (!has_secret) seal_random(secret, sizeof secret);
    has_secret = true;
    return seal_short_hash(secret, text) ^ (uint64_t)(uintptr_t)rule * 0x9e3779b97f4a7c15u;
}

static struct slot *neighbours(uint64_t key)
{
    return &slots[key % (SLOTS / WAYS) * WAYS];
}

static struct slot *find(uint64_t key)
{
    struct slot *first = neighbours(key);
    for (int i = 0; i < WAYS; i++)
        if (first[i].rule && first[i].key == key) return &first[i];
    return NULL;
}

/* Makes room for a new key: the bucket that will be full first is forgotten, which loses least.
 * One that is empty is never forgotten, since its key would be new again; where all are, the answer
 * is the one that has something first. */
static struct slot *make(uint64_t key, const struct limit_rule *rule, instant_ms now)
{
    struct slot *first = neighbours(key);
    struct slot *least = NULL;
    struct slot *soonest = first;
    for (int i = 0; i < WAYS; i++) {
        if (first[i].rule) refill(&first[i], now);
        bool is_empty = first[i].rule && first[i].tokens < 1;
        if (!is_empty && (!least || until_full(&first[i]) < until_full(least))) least = &first[i];
        if (until_full(&first[i]) < until_full(soonest)) soonest = &first[i];
    }
    if (!least) return soonest;
    *least = (struct slot){.key = key, .rule = rule, .tokens = rule->burst, .at = now};
    return least;
}

bool limit_take(const struct limit_rule *rule, struct str text, int *ret_wait_seconds)
{
    instant_ms now = clock_now();
    pthread_mutex_lock(&lock);
    uint64_t key = key_of(rule, text);
    struct slot *slot = find(key);
    if (slot)
        refill(slot, now);
    else
        slot = make(key, rule, now);
    bool taken = slot->tokens >= 1;
    if (taken) slot->tokens -= 1;
    if (!taken && ret_wait_seconds)
        *ret_wait_seconds = 1 + (int)((1 - slot->tokens) / per_ms(slot->rule) / 1000);
    pthread_mutex_unlock(&lock);
    return taken;
}

void limit_give_back(const struct limit_rule *rule, struct str text)
{
    pthread_mutex_lock(&lock);
    struct slot *slot = find(key_of(rule, text));
    if (slot && slot->tokens + 1 <= rule->burst) slot->tokens += 1;
    pthread_mutex_unlock(&lock);
}

void limit_clear(void)
{
    pthread_mutex_lock(&lock);
    memset(slots, 0, sizeof slots);
    pthread_mutex_unlock(&lock);
}
