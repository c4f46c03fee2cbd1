#include "domain/suggested.h"

#include "domain/kept_for.h"

#include <pthread.h>
#include <stdlib.h>

enum { PLACES = 4096 };

struct place {
    struct kept_for kept;
    uint64_t forums;
    struct suggested_asked asked;
    size_t count;
    struct suggestion list[SUGGESTED_MAX];
};

struct suggested {
    pthread_mutex_t lock;
    struct place place[PLACES];
};

struct suggested *suggested_new(void)
{
    struct suggested *suggested = calloc(1, sizeof *suggested);
    if (!suggested) abort();
    pthread_mutex_init(&suggested->lock, NULL);
    return suggested;
}

void suggested_free(struct suggested *suggested)
{
    if (!suggested) return;
    pthread_mutex_destroy(&suggested->lock);
    free(suggested);
}

static struct place *place_of(const struct scope *scope, const struct suggested_asked *asked)
{
    struct app *app = scope_app(scope);
    uint64_t at = (uint64_t)asked->mention * 0x9e3779b97f4a7c15u ^
                  (uint64_t)scope_person(scope)->account * 0xc2b2ae3d27d4eb4fu;
    return asked->maximum <= SUGGESTED_MAX
               ? &app->suggested->place[((at >> 40) + asked->maximum) & (PLACES - 1)]
               : NULL;
}

static bool is_of(const struct place *place, const struct person *who,
                  const struct suggested_asked *asked)
{
    return place->forums == who->forums && place->asked.mention == asked->mention &&
           place->asked.mentions == asked->mentions && place->asked.maximum == asked->maximum;
}

bool suggested_find(const struct scope *scope, const struct suggested_asked *asked,
                    struct suggestion *ret, size_t *ret_count)
{
    const struct person *who = scope_person(scope);
    struct place *place = place_of(scope, asked);
    if (!place) return false;
    struct suggested *suggested = scope_app(scope)->suggested;
    pthread_mutex_lock(&suggested->lock);
    bool holds = is_of(place, who, asked) && kept_for_holds(&place->kept, who);
    if (holds) {
        *ret_count = place->count;
        memcpy(ret, place->list, place->count * sizeof *ret);
    }
    pthread_mutex_unlock(&suggested->lock);
    return holds;
}

void suggested_keep(const struct scope *scope, const struct suggested_asked *asked,
                    const struct suggestion *list, size_t count)
{
    struct place *place = place_of(scope, asked);
    if (!place) return;
    struct kept_for kept = kept_for(scope, clock_now(), KEPT_UNTIL_CHANGE);
    if (!kept.change) return; /* it would never count */
    struct suggested *suggested = scope_app(scope)->suggested;
    pthread_mutex_lock(&suggested->lock);
    *place = (struct place){
        .kept = kept, .forums = scope_person(scope)->forums, .asked = *asked, .count = count};
    memcpy(place->list, list, count * sizeof *list);
    pthread_mutex_unlock(&suggested->lock);
}
