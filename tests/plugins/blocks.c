/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Holds the loop for half a second in one of five ways, for the watchdog to name it: `blocks: how: sleep`.
 */
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <string.h>
#include <time.h>

#include <hass/integration.h>

#define SOME_TIME 500 /* milliseconds */

HASS_SCHEMA(blocks_schema,
            HASS_FIELD("how", &hass_type_enum,
                       .words = HASS_WORDS("sleep", "poll", "cpu", "lock", "coroutine"),
                       .required = true, .doc = "How the loop is held"));

HASS_MANIFEST(.domain = "blocks", .name = "Blocks", .version = "1.0", .config = &blocks_schema);

static __attribute__((noinline)) void hold_by_sleeping(void)
{
    nanosleep(&(struct timespec){ .tv_nsec = SOME_TIME * 1000000L }, NULL);
}

static __attribute__((noinline)) void hold_by_polling(void)
{
    poll(NULL, 0, SOME_TIME);
}

static int64_t milliseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static __attribute__((noinline)) void hold_by_computing(void)
{
    for (int64_t end = milliseconds() + SOME_TIME; milliseconds() < end;)
        ;
}

struct kept {
    pthread_mutex_t lock;
    sem_t locked;
};

static void *keep_lock(void *userdata)
{
    struct kept *kept = userdata;

    pthread_mutex_lock(&kept->lock);
    sem_post(&kept->locked);
    hold_by_sleeping();
    pthread_mutex_unlock(&kept->lock);
    return NULL;
}

static __attribute__((noinline)) void hold_by_locking(void)
{
    struct kept kept = { .lock = PTHREAD_MUTEX_INITIALIZER };
    pthread_t thread;

    sem_init(&kept.locked, 0, 0);
    pthread_create(&thread, NULL, keep_lock, &kept);
    sem_wait(&kept.locked);
    pthread_mutex_lock(&kept.lock);
    pthread_mutex_unlock(&kept.lock);
    pthread_join(thread, NULL);
    sem_destroy(&kept.locked);
}

static HASS_CALLBACK int block(struct hass *hass, void *userdata, struct hass_error *err)
{
    const char *how = userdata;

    if (!strcmp(how, "sleep"))
        hold_by_sleeping();
    else if (!strcmp(how, "poll"))
        hold_by_polling();
    else if (!strcmp(how, "cpu"))
        hold_by_computing();
    else
        hold_by_locking();
    return 0;
}

static HASS_COROUTINE int block_in_coroutine(struct hass *hass, void *userdata,
                                             struct hass_error *err)
{
    int r = hass_async_sleep(hass, 0, err);

    hold_by_sleeping();
    return r;
}

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    static const char *const ways[] = { "sleep", "poll", "cpu", "lock" };
    const char *how = hass_json_get_string(config, "how", "");

    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
        if (!strcmp(ways[i], how))
            return hass_async_at_started(hass, HASS_JOB_CALLBACK(block, (void *)ways[i]), NULL,
                                         err);
    return hass_async_at_started(hass, HASS_JOB_COROUTINE(block_in_coroutine, NULL), NULL, err);
}
