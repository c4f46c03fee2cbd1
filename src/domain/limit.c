#include "domain/limit.h"

#include <pthread.h>

enum { SLOTS = 16384, WAYS = 8 };

static struct slot {
    uint64_t key;
    double tokens;
    instant_ms at;
} slots[SLOTS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* The key's slot among its WAYS neighbours, else the one used longest ago. */
static struct slot *find(uint64_t key, double full, instant_ms now)
{
    struct slot *first = &slots[key % (SLOTS / WAYS) * WAYS];
    struct slot *oldest = first;
    for (int i = 0; i < WAYS; i++) {
        if (first[i].key == key) return &first[i];
        if (first[i].at < oldest->at) oldest = &first[i];
    }
    *oldest = (struct slot){.key = key, .tokens = full, .at = now};
    return oldest;
}

/* The rule is part of the key: the same address has a bucket in each. */
static uint64_t bucket_of(const struct limit_rule *rule, struct str key)
{
    return str_hash(key) ^ (uint64_t)(uintptr_t)rule * 0x9e3779b97f4a7c15u;
}

bool limit_take(const struct limit_rule *rule, struct str key, int *ret_wait_seconds)
{
    instant_ms now = clock_now();
    uint64_t hash = bucket_of(rule, key);
    double rate = rule->per_minute / 60000.0;
    pthread_mutex_lock(&lock);
    struct slot *slot = find(hash, rule->burst, now);
    double gained = now > slot->at ? (double)(now - slot->at) * rate : 0;
    slot->tokens = slot->tokens + gained > rule->burst ? rule->burst : slot->tokens + gained;
    slot->at = now;
    bool taken = slot->tokens >= 1;
    if (taken) slot->tokens -= 1;
    if (!taken && ret_wait_seconds) *ret_wait_seconds = 1 + (int)((1 - slot->tokens) / rate / 1000);
    pthread_mutex_unlock(&lock);
    return taken;
}

void limit_give_back(const struct limit_rule *rule, struct str key)
{
    uint64_t hash = bucket_of(rule, key);
    pthread_mutex_lock(&lock);
    struct slot *slot = find(hash, rule->burst, clock_now());
    if (slot->tokens + 1 <= rule->burst) slot->tokens += 1;
    pthread_mutex_unlock(&lock);
}

void limit_clear(void)
{
    pthread_mutex_lock(&lock);
    memset(slots, 0, sizeof slots);
    pthread_mutex_unlock(&lock);
}
