/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Putting a runtime together and taking it apart. The process-wide preparations (libevent's locks and allocator, the log's
 * hook) are made once, by the first runtime.
 */
#include "run/runtime.h"

#include <pthread.h>
#include <stdatomic.h>

#include <event2/event.h>
#include <event2/thread.h>

#include <hass/log.h>

#include "base/log.h"
#include "base/mem.h"
#include "run/clock.h"
#include "run/co.h"
#include "run/executor.h"
#include "run/lastwords.h"
#include "run/loop.h"
#include "run/process.h"
#include "run/scope.h"
#include "run/task.h"
#include "run/thread_safety.h"
#include "run/timer.h"
#include "run/watchdog.h"

#define VIRTUAL_START INT64_C(1704067200000000) /* 2024-01-01T00:00:00Z */
#define JOIN_SECONDS  10

/* once a process */

static pthread_once_t prepared = PTHREAD_ONCE_INIT;

static void prepare_process(void)
{
    mem_install_hooks();
    event_set_mem_functions(mem_alloc, mem_realloc, free);
    /* Before the first base: without it wakes from other threads are lost, silently. */
    evthread_use_pthreads();
    log_set_logger_hook(scope_logger);
    process_init();
}

/* subjects */

static void *copy_tick(const void *subject)
{
    return mem_memdup(subject, sizeof(struct hass_tick));
}

static void *copy_fd_ready(const void *subject)
{
    return mem_memdup(subject, sizeof(struct hass_fd_ready));
}

static const struct subject_ops tick_ops = { .hold = copy_tick, .release = free };
static const struct subject_ops fd_ops = { .hold = copy_fd_ready, .release = free };

void runtime_set_subject(struct hass *hass, enum hass_job_subject subject,
                         const struct subject_ops *ops)
{
    runtime_of(hass)->subjects[subject] = ops;
}

void runtime_set_debug(struct hass *hass, bool debug)
{
    struct runtime *runtime = runtime_of(hass);

    runtime->debug = debug;
    if (debug)
        atomic_fetch_or(&runtime->beat->attention, BEAT_MEASURE);
    else
        atomic_fetch_and(&runtime->beat->attention, ~(unsigned)BEAT_MEASURE);
}

/* life */

static void become_loop_thread(struct runtime *runtime, struct scope *scope)
{
    runtime__thread = runtime;
    runtime__current = runtime;
    (void)scope_switch(scope);
}

/* Without last words or a watchdog the house still runs. */
static void remember_last_words(struct runtime *runtime, const char *dir)
{
    struct hass_error err = HASS_ERROR_INIT;

    runtime->beat = &runtime->own_beat;
    if (!dir)
        return;
    if (lastwords_create(runtime, dir, &runtime->lastwords, &err) < 0)
        hass_warning("A crash would leave no trace: %s", err.message);
    else
        runtime->beat = lastwords_beat(runtime->lastwords);
}

static HASS_CALLBACK void start_watchdog(struct runtime *runtime)
{
    struct hass_error err = HASS_ERROR_INIT;

    if (!watchdog_create(runtime, &err))
        hass_warning("Nobody watches the loop: %s", err.message);
}

int runtime_create(struct hass *hass, const struct runtime_options *options,
                   struct runtime **ret_runtime, struct hass_error *err)
{
    pthread_once(&prepared, prepare_process);
    struct runtime *runtime = mem_zalloc(sizeof(*runtime));
    int64_t start = options->virtual_start ? options->virtual_start : VIRTUAL_START;

    runtime->hass = hass;
    runtime->loop = loop_create(runtime, err);
    if (!runtime->loop) {
        free(runtime);
        return HASS_E_GENERAL;
    }
    /* From here on runtime_of(hass) works, which most of what follows uses. */
    *ret_runtime = runtime;
    *(struct runtime **)(void *)hass = runtime;
    list_init(&runtime->scopes);
    list_init(&runtime->dead_subs);
    runtime->subjects[HASS_SUBJECT_TICK] = &tick_ops;
    runtime->subjects[HASS_SUBJECT_FD] = &fd_ops;
    runtime->clock = clock_create(options->virtual_time, start);
    remember_last_words(runtime, options->runtime_dir);
    runtime->timers = timers_create(runtime, err);
    scope_ranges_create(runtime);
    runtime->thread_safety = thread_safety_create();
    runtime->root = scope_new(hass, "core");
    runtime->executor = executor_create(runtime, options->max_workers);
    runtime->co_pool = co_pool_create(runtime, options->max_coroutines);
    runtime->tasks = tasks_create(runtime);
    become_loop_thread(runtime, runtime->root);
    if (options->watchdog) {
        hass__assert_loop();
        start_watchdog(runtime);
    }
    return 0;
}

static HASS_CALLBACK void end_scopes(struct runtime *runtime)
{
    for (struct hass_list *link = runtime->scopes.prev; link != &runtime->scopes; link = link->prev)
        scope_end(list_entry(link, struct scope, link));
}

size_t runtime_shutdown(struct runtime *runtime)
{
    hass__assert_loop();
    if (runtime->shut)
        return runtime->abandoned;
    runtime->shut = true;
    runtime->stopping = true;
    executor_stop(runtime->executor);
    end_scopes(runtime);
    runtime->abandoned = executor_join(runtime->executor, JOIN_SECONDS);
    loop_close(runtime->loop);
    runtime->tasks = tasks_destroy(runtime->tasks);
    become_loop_thread(runtime, NULL);
    return runtime->abandoned;
}

size_t runtime_destroy(struct runtime *runtime)
{
    if (!runtime)
        return 0;
    hass__assert_loop();
    size_t abandoned = runtime_shutdown(runtime);
    lastwords_set_phase(runtime->lastwords, LAST_ENDED);
    /* Threads that go on use nearly everything: it is left to the end of the process. */
    if (abandoned == 0) {
        runtime->watchdog = watchdog_destroy(runtime->watchdog);
        scope_unref(runtime->root);
        loop_close(runtime->loop);
        lastwords_destroy(runtime->lastwords);
        executor_destroy(runtime->executor);
        co_pool_destroy(runtime->co_pool);
        timers_destroy(runtime->timers);
        scope_ranges_free(runtime);
        thread_safety_destroy(runtime->thread_safety);
        loop_destroy(runtime->loop);
        clock_destroy(runtime->clock);
        free(runtime);
    }
    become_loop_thread(NULL, NULL);
    log_flush_suppressed(true);
    return abandoned;
}
