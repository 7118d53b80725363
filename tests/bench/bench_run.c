/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The runtime's hot paths: the ready queue, posts from other threads, round trips through the pool and through the loop,
 * coroutines, and what verifying a thread costs.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <event2/event.h>

#include <hass/executor.h>
#include <hass/task.h>

#include "bench/bench.h"
#include "run/co_switch.h"
#include "run/loop.h"

/* All that run/ asks of one. */
struct hass {
    struct runtime *runtime;
};

static struct hass *new_hass(void) HASS__ANALYSIS(assert_capability(hass_loop))
{
    struct hass *hass = calloc(1, sizeof(*hass));
    struct runtime *runtime;

    if (runtime_create(hass, &(struct runtime_options){ 0 }, &runtime, NULL) < 0)
        abort();
    return hass;
}

static double now(clockid_t clock)
{
    struct timespec time;

    clock_gettime(clock, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;

    return (left > right) - (left < right);
}

/* the ready queue */

#define IN_FLIGHT 100

/* The floor: an intrusive queue drained by one libevent event, a snapshot at a time, that calls and counts nothing else. */
struct bare {
    struct bare *next;
    void (*run)(struct bare *bare);
};

static struct {
    struct event_base *base;
    struct event *event;
    struct bare *head;
    struct bare **tail;
    size_t left;
} bare_queue;

static void run_bare(struct bare *bare)
{
    if (--bare_queue.left < IN_FLIGHT)
        return;
    if (!bare_queue.head)
        event_active(bare_queue.event, EV_READ, 0);
    bare->next = NULL;
    *bare_queue.tail = bare;
    bare_queue.tail = &bare->next;
}

static void drain_bare(evutil_socket_t fd, short events, void *arg)
{
    struct bare *bare = bare_queue.head;

    bare_queue.head = NULL;
    bare_queue.tail = &bare_queue.head;
    while (bare) {
        struct bare *next = bare->next;
        bare->run(bare);
        bare = next;
    }
    if (!bare_queue.head)
        event_base_loopbreak(bare_queue.base);
}

static void bare_ready(void *context, size_t count)
{
    struct bare items[IN_FLIGHT];

    bare_queue.tail = &bare_queue.head;
    bare_queue.left = count + 2 * IN_FLIGHT;
    for (size_t i = 0; i < IN_FLIGHT; i++) {
        items[i].run = run_bare;
        run_bare(&items[i]);
    }
    event_base_loop(bare_queue.base, EVLOOP_NO_EXIT_ON_EMPTY);
}

static double bare_ready_floor(void)
{
    bare_queue.base = event_base_new();
    bare_queue.event = event_new(bare_queue.base, -1, EV_READ | EV_PERSIST, drain_bare, NULL);
    double floor = bench_cpu(bare_ready, NULL);
    event_free(bare_queue.event);
    event_base_free(bare_queue.base);
    return floor;
}

struct item {
    struct ready ready;
    struct hass *hass;
    size_t *left;
};

static void run_item(struct ready *ready, int status)
{
    struct item *item = (struct item *)ready;

    hass__assert_loop();
    if (--*item->left >= IN_FLIGHT)
        loop_ready(item->hass->runtime->loop, ready);
}

static void ready(void *context, size_t count)
{
    struct hass *hass = context;
    struct item items[IN_FLIGHT];
    size_t left = count + IN_FLIGHT;

    hass__assert_loop();
    for (size_t i = 0; i < IN_FLIGHT; i++) {
        items[i] = (struct item){ .hass = hass, .left = &left };
        items[i].ready =
            (struct ready){ .run = run_item, .scope = hass->runtime->root, .name = "item" };
        loop_ready(hass->runtime->loop, &items[i].ready);
    }
    runtime_settle(hass->runtime);
}

/* posts */

#define POSTS 2000000

struct producers {
    struct hass *hass;
    size_t each;
    size_t left; /* loop thread */
    _Atomic uint64_t used;
};

static HASS_CALLBACK int receive(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct producers *producers = userdata;

    if (--producers->left == 0)
        runtime_quit(hass->runtime);
    return 0;
}

static void *produce(void *arg)
{
    struct producers *producers = arg;
    double began = now(CLOCK_THREAD_CPUTIME_ID);

    for (size_t i = 0; i < producers->each; i++)
        hass_add_job(producers->hass, HASS_JOB_CALLBACK(receive, producers), NULL);
    producers->used += (uint64_t)(now(CLOCK_THREAD_CPUTIME_ID) - began);
    return NULL;
}

static double post(struct hass *hass, size_t threads)
{
    struct producers producers = { .hass = hass, .each = POSTS / threads };
    pthread_t ids[16];

    producers.left = producers.each * threads;
    for (size_t i = 0; i < threads; i++)
        pthread_create(&ids[i], NULL, produce, &producers);
    runtime_run(hass->runtime);
    for (size_t i = 0; i < threads; i++)
        pthread_join(ids[i], NULL);
    return (double)producers.used / (double)(producers.each * threads);
}

static double median_post(struct hass *hass, size_t threads)
{
    double values[5];

    for (size_t i = 0; i < 5; i++)
        values[i] = post(hass, threads);
    qsort(values, 5, sizeof(values[0]), by_value);
    return values[2];
}

/* A message on the heap, pushed to a list that nobody else touches. */
static void bare_post(void *context, size_t count)
{
    static _Atomic(struct bare *) inbox;

    for (size_t i = 0; i < count; i++) {
        struct bare *bare = malloc(64);
        struct bare *head = inbox;
        do
            bare->next = head;
        while (!__atomic_compare_exchange_n((struct bare **)&inbox, &head, bare, true,
                                            __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
        bench_use(bare);
        inbox = NULL;
        free(bare);
    }
}

/* round trips */

#define TRIPS 20000

struct trips {
    struct hass *hass;
    double times[TRIPS];
};

static double median_trip(struct trips *trips)
{
    qsort(trips->times, TRIPS, sizeof(trips->times[0]), by_value);
    return trips->times[TRIPS / 2];
}

/* One worker, one mutex, two conditions. */
struct bare_pool {
    pthread_mutex_t lock;
    pthread_cond_t work, done;
    enum { IDLE, WORK, DONE, END } state;
};

static void *bare_worker(void *arg)
{
    struct bare_pool *pool = arg;

    pthread_mutex_lock(&pool->lock);
    while (pool->state != END) {
        if (pool->state == WORK) {
            pool->state = DONE;
            pthread_cond_signal(&pool->done);
        } else {
            pthread_cond_wait(&pool->work, &pool->lock);
        }
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

static void set_state(struct bare_pool *pool, int state)
{
    pthread_mutex_lock(&pool->lock);
    pool->state = state;
    pthread_cond_signal(&pool->work);
    while (pool->state == WORK)
        pthread_cond_wait(&pool->done, &pool->lock);
    pthread_mutex_unlock(&pool->lock);
}

static double bare_trips(struct trips *trips)
{
    struct bare_pool pool = { .lock = PTHREAD_MUTEX_INITIALIZER,
                              .work = PTHREAD_COND_INITIALIZER,
                              .done = PTHREAD_COND_INITIALIZER };
    pthread_t thread;

    pthread_create(&thread, NULL, bare_worker, &pool);
    for (size_t i = 0; i < TRIPS; i++) {
        double began = now(CLOCK_MONOTONIC);
        set_state(&pool, WORK);
        trips->times[i] = now(CLOCK_MONOTONIC) - began;
    }
    set_state(&pool, END);
    pthread_join(thread, NULL);
    return median_trip(trips);
}

static int in_pool(struct hass *hass, void *userdata, struct hass_error *err)
{
    return 0;
}

static HASS_COROUTINE int pool_trips(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct trips *trips = userdata;

    for (size_t i = 0; i < TRIPS; i++) {
        double began = now(CLOCK_MONOTONIC);
        hass_async_run_in_executor(hass, HASS_JOB_EXECUTOR(in_pool, NULL), NULL);
        trips->times[i] = now(CLOCK_MONOTONIC) - began;
    }
    runtime_quit(hass->runtime);
    return 0;
}

static HASS_CALLBACK int on_loop(struct hass *hass, void *userdata, struct hass_error *err)
{
    return 0;
}

static HASS_BLOCKING int loop_trips(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct trips *trips = userdata;

    for (size_t i = 0; i < TRIPS; i++) {
        double began = now(CLOCK_MONOTONIC);
        struct hass_future *future = NULL;
        hass_run_callback_threadsafe(hass, HASS_JOB_CALLBACK(on_loop, NULL), &future, NULL);
        hass_future_wait(future, HASS_FOREVER, NULL);
        hass_future_unref(future);
        trips->times[i] = now(CLOCK_MONOTONIC) - began;
    }
    runtime_quit(hass->runtime);
    return 0;
}

static HASS_CALLBACK void bench_trips(struct hass *hass)
{
    struct trips *trips = calloc(1, sizeof(*trips));
    double floor = bare_trips(trips);

    hass_async_create_background_task(hass, HASS_JOB_COROUTINE(pool_trips, trips), NULL, NULL);
    runtime_run(hass->runtime);
    bench_report("pool job, loop to worker to loop, p50", median_trip(trips), "ns", floor);
    hass_async_add_executor_job(hass, HASS_JOB_EXECUTOR(loop_trips, trips), NULL, NULL);
    runtime_run(hass->runtime);
    bench_report("run_callback_threadsafe, p50", median_trip(trips), "ns", floor);
    free(trips);
}

/* coroutines */

static HASS_COROUTINE int suspend_twice(struct hass *hass, void *userdata, struct hass_error *err)
{
    hass_async_sleep(hass, 0, NULL);
    hass_async_sleep(hass, 0, NULL);
    return 0;
}

static void create_one(struct ready *ready, int status)
{
    struct item *item = (struct item *)ready;

    hass__assert_loop();
    hass_async_create_task(item->hass, HASS_JOB_COROUTINE(suspend_twice, NULL), NULL, NULL);
    if (--*item->left)
        loop_ready(item->hass->runtime->loop, ready);
}

/* Three at a time: one begins, one is half through, one ends. */
static void coroutines(void *context, size_t count)
{
    struct hass *hass = context;
    struct item item = { .hass = hass, .left = &count };

    hass__assert_loop();
    item.ready = (struct ready){ .run = create_one, .scope = hass->runtime->root, .name = "item" };
    loop_ready(hass->runtime->loop, &item.ready);
    runtime_settle(hass->runtime);
}

static void suspend_stack(void *arg)
{
    co_switch_suspend(arg);
    co_switch_suspend(arg);
}

/* The switches alone, on one stack. */
static void bare_switches(void *context, size_t count)
{
    struct co_stack *stack = context;

    for (size_t i = 0; i < count; i++) {
        co_switch_start(stack, suspend_stack, stack);
        co_switch_resume(stack);
        co_switch_resume(stack);
    }
}

/* verification */

static void verify(void *context, size_t count)
{
    const struct hass *hass = context;

    for (size_t i = 0; i < count; i++) {
        bench_use(hass);
        if (!runtime_on_loop(hass))
            abort();
    }
}

static void do_not_verify(void *context, size_t count)
{
    for (size_t i = 0; i < count; i++)
        bench_use(context);
}

int main(void)
{
    struct hass *hass = new_hass();
    struct co_stack *stack = co_stack_create(256 * 1024);

    bench_report("ready queue, local callback", bench_cpu(ready, hass), "ns", bare_ready_floor());
    double floor = bench_cpu(bare_post, NULL);
    bench_report("post, 1 producer", median_post(hass, 1), "ns", floor);
    bench_report("post, 16 producers", median_post(hass, 16), "ns", floor);
    bench_trips(hass);
    bench_report("coroutine: create, suspend twice, destroy", bench_cpu(coroutines, hass), "ns",
                 bench_cpu(bare_switches, stack));
    bench_report("thread verification", bench_cpu(verify, hass), "ns",
                 bench_cpu(do_not_verify, hass));
    co_stack_destroy(stack);
    runtime_destroy(hass->runtime);
    free(hass);
    return 0;
}
