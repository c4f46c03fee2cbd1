#include "web/room.h"

#include "web/limits.h"
#include "web/proxy.h"

#include <pthread.h>
#include <stdlib.h>

/* A connection has one body, and that has two: there are always enough. */
enum { HOLDERS = 4 * LIMIT_CONNECTIONS };

struct room_holder {
    char address[ADDRESS_TEXT]; /* empty: it is an account */
    int64_t account;
    size_t size;
    int bodies; /* 0: free */
};

struct room {
    pthread_mutex_t lock;
    size_t size;
    struct room_holder holder[HOLDERS];
};

struct room *room_new(void)
{
    struct room *room = calloc(1, sizeof *room);
    if (!room) abort();
    pthread_mutex_init(&room->lock, NULL);
    return room;
}

void room_free(struct room *room)
{
    if (!room) return;
    pthread_mutex_destroy(&room->lock);
    free(room);
}

static struct room_holder *hold(struct room *room, struct str address, int64_t account)
{
    struct room_holder *vacant = NULL;
    for (int i = 0; i < HOLDERS; i++) {
        struct room_holder *at = &room->holder[i];
        if (!at->bodies) {
            if (!vacant) vacant = at;
        } else if (at->account == account && str_eq(str_from(at->address), address)) {
            at->bodies++;
            return at;
        }
    }
    if (!vacant) return NULL;
    *vacant = (struct room_holder){.account = account, .bodies = 1};
    memcpy(vacant->address, address.ptr, address.len);
    return vacant;
}

static bool begin(struct room *room, struct room_share *share, struct str address, int64_t account)
{
    if (!share->address) share->address = hold(room, str_sub(address, 0, ADDRESS_TEXT - 1), 0);
    if (!share->account) share->account = hold(room, STR(""), account);
    return share->address && share->account;
}

bool room_take(struct room *room, struct room_share *share, struct str address, int64_t account,
               size_t size)
{
    pthread_mutex_lock(&room->lock);
    bool taken = begin(room, share, address, account) && room->size + size <= LIMIT_BODIES_MEMORY &&
                 share->address->size + size <= LIMIT_BODIES_OF_ONE &&
                 share->account->size + size <= LIMIT_BODIES_OF_ONE;
    if (taken) {
        room->size += size;
        share->size += size;
        share->address->size += size;
        share->account->size += size;
    }
    pthread_mutex_unlock(&room->lock);
    return taken;
}

static void let_go(struct room_holder *holder, size_t size)
{
    if (!holder) return;
    holder->size -= size;
    holder->bodies--;
}

void room_give_back(struct room *room, struct room_share *share)
{
    if (!share->address && !share->account) return;
    pthread_mutex_lock(&room->lock);
    room->size -= share->size;
    let_go(share->address, share->size);
    let_go(share->account, share->size);
    pthread_mutex_unlock(&room->lock);
    *share = (struct room_share){0};
}
