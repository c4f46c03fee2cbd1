#include "domain/home_kept.h"

#include "domain/kept_for.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdlib.h>

enum { PLACES = 512, FORUM_MAX = 64 };

struct place {
    pthread_mutex_t lock;
    struct kept_for kept;
    struct home home;
    char forum[FORUM_MAX];
};

struct home_kept {
    struct place place[PLACES];
};

struct home_kept *home_kept_new(void)
{
    struct home_kept *kept = calloc(1, sizeof *kept);
    if (!kept) abort();
    for (size_t i = 0; i < PLACES; i++) pthread_mutex_init(&kept->place[i].lock, NULL);
    return kept;
}

void home_kept_free(struct home_kept *kept)
{
    if (!kept) return;
    for (size_t i = 0; i < PLACES; i++) pthread_mutex_destroy(&kept->place[i].lock);
    free(kept);
}

static void keep(struct place *place, const struct scope *scope, instant_ms now,
                 const struct home *home)
{
    place->kept = (struct kept_for){0};
    if (home->meeting_forum.len > FORUM_MAX) return;
    place->home = *home;
    if (home->meeting_forum.len)
        memcpy(place->forum, home->meeting_forum.ptr, home->meeting_forum.len);
    place->home.meeting_forum.ptr = place->forum;
    place->kept = kept_for(scope, now, KEPT_FOR_MINUTE);
}

enum st home_kept_read(struct app *app, struct arena *arena, const struct person *who,
                       enum st (*make)(struct app *, struct arena *, const struct person *,
                                       struct home *, struct err *),
                       struct home *ret, struct err *err)
{
    struct place *place = &app->home_kept->place[(uint64_t)who->account % PLACES];
    jmp_buf *outer = arena->on_failure;
    jmp_buf failed;
    pthread_mutex_lock(&place->lock);
    if (outer && setjmp(failed)) {
        arena->on_failure = outer;
        pthread_mutex_unlock(&place->lock);
        longjmp(*outer, 1);
    }
    if (outer) arena->on_failure = &failed;
    instant_ms now = clock_now();
    bool holds = kept_for_holds(&place->kept, who);
    enum st outcome = holds ? ST_OK : make(app, arena, who, ret, err);
    if (!holds && outcome == ST_OK) keep(place, scope_of(app, arena, who), now, ret);
    if (holds) *ret = place->home;
    if (holds) ret->meeting_forum = str_dup(arena, place->home.meeting_forum);
    arena->on_failure = outer;
    pthread_mutex_unlock(&place->lock);
    return outcome;
}
