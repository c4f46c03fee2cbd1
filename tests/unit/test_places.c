/* How many threads of the front have a place: as many as usual, and more
 * while some are busy for long. */
#include "web/watch.h"

#include "tests_common.h"

#include <semaphore.h>
#include <unistd.h>

static struct watch watch;
static sem_t event;
static sem_t until; /* what a busy thread waits for */
static _Atomic int busy;
static _Atomic bool leaves; /* whoever gets an event gives its place up */
static _Atomic bool ending;

static void *run(void *context)
{
    (void)context;
    while (!ending) {
        watch_enter(&watch);
        watch_rest();
        sem_wait(&event);
        watch_wake();
        if (ending) break;
        if (leaves) watch_leave(&watch);
        busy++;
        sem_wait(&until);
        busy--;
    }
    return NULL;
}

/* Sooner or later it is so. */
#define COMES(condition) \
    do { \
        while (!(condition)) usleep(100); \
    } while (0)

static int resting(void)
{
    pthread_mutex_lock(&watch.lock);
    int count = watch.resting;
    pthread_mutex_unlock(&watch.lock);
    return count;
}

static void whoever_is_busy_for_long_counts_as_away(void **state)
{
    (void)state;
    pthread_t thread[LIMIT_PAGE_THREADS];
    watch_init(&watch);
    sem_init(&event, 0, 0);
    sem_init(&until, 0, 0);
    const int usual = watch.usual;
    for (int i = 0; i < LIMIT_PAGE_THREADS; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, run, NULL), 0);
    COMES(watch.watching == usual && resting() == LIMIT_PAGE_THREADS - usual);
    watch_look(&watch); /* they wait, which is no work */
    assert_false(watch_look(&watch));
    assert_int_equal(watch.allowed, usual);

    sem_post(&event);
    COMES(busy == 1);
    assert_int_equal(watch.watching, usual); /* it keeps its place */
    assert_true(watch_look(&watch));
    assert_int_equal(watch.allowed, usual); /* since the last look it has come round */
    watch_look(&watch);
    assert_int_equal(watch.allowed, usual + 1);
    COMES(watch.watching == usual + 1);

    sem_post(&until); /* it comes back, and with the next look there is one too many */
    COMES(busy == 0);
    watch_look(&watch);
    assert_int_equal(watch.allowed, usual);
    for (int i = 0; i <= usual; i++) {
        sem_post(&event);
        sem_post(&until);
    }
    COMES(watch.watching == usual);

    leaves = true; /* in whose place another comes at once */
    sem_post(&event);
    COMES(busy == 1 && watch.watching == usual);
    sem_post(&until);

    ending = true;
    watch_open(&watch);
    for (int i = 0; i < LIMIT_PAGE_THREADS; i++) sem_post(&event);
    for (int i = 0; i < LIMIT_PAGE_THREADS; i++) pthread_join(thread[i], NULL);
    watch_done(&watch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(whoever_is_busy_for_long_counts_as_away)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
