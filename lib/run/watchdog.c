/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Samples the loop's beat a hundred times a second while the loop works. The count of dispatches stands still while one job
 * runs: after a tenth of a second that is reported, with what the thread looks like from outside, and again with the total when
 * it is over. Measures real time, also in tests: what blocks the loop does so really. Time in which the thread waits for a processor
 * is nobody's but the machine's.
 */
#include "run/watchdog.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <hass/log.h>

#include "base/log.h"
#include "base/mem.h"
#include "run/clock.h"
#include "run/look.h"
#include "run/loop.h"
#include "run/process.h"
#include "run/scope.h"
#include "run/symbol.h"

#define PERIOD_USEC  10000
#define LIMIT_USEC   100000
/* Idle samples before it parks. */
#define IDLE_SAMPLES 2

/* Who holds the loop; copied, for it may end at any moment. */
struct holder {
    char domain[80];
    char job[80];
};

struct watchdog {
    struct runtime *runtime;
    pid_t loop_tid;
    pthread_t thread;
    pthread_mutex_t lock; /* for the next four */
    pthread_cond_t wake;
    bool parked;
    bool ending;
    unsigned seed;
    pthread_mutex_t scope_lock; /* held while the current scope is looked at */
    uint64_t count;             /* of the beat at the last sample */
    int64_t since;              /* when that count was first seen */
    int usage;                  /* the file of it; or -1 */
    struct usage first, last;   /* at that time, and at the last sample */
    unsigned idle;              /* samples without a job */
    bool reported;
    struct holder holder;
};

/* parking */

/* The loop calls this from the first dispatch after it found BEAT_PARKED. */
static void unpark(struct runtime *runtime)
{
    struct watchdog *watchdog = runtime->watchdog;

    atomic_fetch_and(&runtime->beat->attention, ~(unsigned)BEAT_PARKED);
    pthread_mutex_lock(&watchdog->lock);
    watchdog->parked = false;
    pthread_cond_signal(&watchdog->wake);
    pthread_mutex_unlock(&watchdog->lock);
}

/* Waits at most @usec, or without limit while parked. False at the end. */
static bool pause_for(struct watchdog *watchdog, int64_t usec)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t nsec = until.tv_nsec + usec * 1000;
    until.tv_sec += (time_t)(nsec / 1000000000);
    until.tv_nsec = (long)(nsec % 1000000000);
    pthread_mutex_lock(&watchdog->lock);
    int r = 0;
    while (!watchdog->ending && (watchdog->parked || r != ETIMEDOUT))
        r = watchdog->parked
                ? pthread_cond_wait(&watchdog->wake, &watchdog->lock)
                : pthread_cond_clockwait(&watchdog->wake, &watchdog->lock, CLOCK_MONOTONIC, &until);
    bool go_on = !watchdog->ending;
    pthread_mutex_unlock(&watchdog->lock);
    return go_on;
}

/*
 * The loop does not order its stores before its look at the flag, so the flag is up for a whole period before anybody
 * relies on it. The first sample afterwards comes at a random time: one that always came a period after the work began would
 * never see short jobs.
 */
static bool park(struct watchdog *watchdog)
{
    struct loop_beat *beat = watchdog->runtime->beat;

    pthread_mutex_lock(&watchdog->lock);
    watchdog->parked = false;
    pthread_mutex_unlock(&watchdog->lock);
    atomic_fetch_or(&beat->attention, BEAT_PARKED);
    if (!pause_for(watchdog, PERIOD_USEC))
        return false;
    pthread_mutex_lock(&watchdog->lock);
    watchdog->parked = atomic_load(&beat->attention) & BEAT_PARKED;
    pthread_mutex_unlock(&watchdog->lock);
    return pause_for(watchdog, rand_r(&watchdog->seed) % PERIOD_USEC);
}

/* reports */

/* Names may be freed at any time. */
static void copy_name(const char *name, char *text, size_t size)
{
    size_t length = 0;

    for (char c = 1; name && c != '\0' && length + 1 < size; length++) {
        struct iovec local = { .iov_base = &c, .iov_len = 1 };
        struct iovec remote = { .iov_base = (void *)(uintptr_t)(name + length), .iov_len = 1 };
        if (process_vm_readv(getpid(), &local, 1, &remote, 1, 0) != 1)
            break;
        text[length] = c;
    }
    text[length] = '\0';
}

/*
 * A copy counts only if the same job still runs afterwards. A set-up runs many short ones one after another: where the
 * innermost has ended meanwhile, the outermost is named.
 */
static void copy_job_name(const struct loop_beat *beat, uint64_t count, char *text, size_t size)
{
    const char *name = BEAT_LOAD(beat->name);

    copy_name(name, text, size);
    if (BEAT_LOAD(beat->count) == count && BEAT_LOAD(beat->name) == name)
        return;
    copy_name(BEAT_LOAD(beat->outer), text, size);
    if (BEAT_LOAD(beat->count) != count)
        snprintf(text, size, "(just ended)");
}

static void identify(struct watchdog *watchdog)
{
    const struct loop_beat *beat = watchdog->runtime->beat;
    struct holder *holder = &watchdog->holder;

    pthread_mutex_lock(&watchdog->scope_lock);
    const struct scope *scope = BEAT_LOAD(beat->scope);
    snprintf(holder->domain, sizeof(holder->domain), "%s", scope ? scope_name(scope) : "core");
    pthread_mutex_unlock(&watchdog->scope_lock);
    copy_job_name(beat, watchdog->count, holder->job, sizeof(holder->job));
}

/* ", in clock_nanosleep called from blink.so:slow_part+0x1c" */
static void describe(const struct sight *sight, char *text, size_t size)
{
    char symbol[SYMBOL_SIZE];
    const char *call = look_call_name(sight->call);
    char number[32];

    snprintf(number, sizeof(number), "system call %ld", sight->call);
    const char *where = sight->running ? "computing" : call ? call : number;
    if (sight->culprit)
        snprintf(text, size, ", %s%s %s %s", sight->running ? "" : "in ", where,
                 sight->running ? "in" : "called from", symbol_describe(sight->culprit, symbol));
    else
        snprintf(text, size, ", %s%s", sight->running ? "" : "in ", where);
}

static void report_start(struct watchdog *watchdog, int64_t held)
{
    struct holder *holder = &watchdog->holder;
    struct sight sight;
    char where[SYMBOL_SIZE + 96] = "";

    identify(watchdog);
    if (look_at_thread(watchdog->runtime->hass, watchdog->loop_tid, &sight)) {
        describe(&sight, where, sizeof(where));
        if (sight.domain && strcmp(holder->domain, "core") == 0)
            snprintf(holder->domain, sizeof(holder->domain), "%s", sight.domain);
    }
    log_write_as(
        holder->domain, HASS_LOG_WARNING, NULL, __FILE__, __LINE__, __func__,
        "Integration %s has been holding the loop for %lld ms: job %s%s. Blocking work belongs "
        "on the pool (lib/README.md#watchdog)",
        holder->domain, (long long)(held / 1000), holder->job, where);
}

static void report_end(const struct watchdog *watchdog, int64_t held)
{
    const struct holder *holder = &watchdog->holder;

    log_write_as(holder->domain, HASS_LOG_WARNING, NULL, __FILE__, __LINE__, __func__,
                 "Integration %s held the loop for %lld ms: job %s", holder->domain,
                 (long long)(held / 1000), holder->job);
}

/* sampling */

/* A sample stands for a period. In debug the loop measures itself, exactly. */
static void charge(struct watchdog *watchdog, int64_t held)
{
    struct loop_beat *beat = watchdog->runtime->beat;

    if (BEAT_LOAD(beat->attention) & BEAT_MEASURE)
        return;
    pthread_mutex_lock(&watchdog->scope_lock);
    struct scope *scope = BEAT_LOAD(beat->scope);
    if (scope) {
        struct scope_counters *counters = scope_counters(scope);
        atomic_fetch_add_explicit(&counters->loop_usec, PERIOD_USEC, memory_order_relaxed);
        if ((uint64_t)held > BEAT_LOAD(counters->worst_usec))
            BEAT_STORE(counters->worst_usec, (uint64_t)held);
    }
    pthread_mutex_unlock(&watchdog->scope_lock);
}

/* How long it has held the loop: time in which it waited for a processor is not its own. */
static int64_t held_at(const struct watchdog *watchdog, int64_t now, const struct usage *usage)
{
    int64_t waited = (usage->waited - watchdog->first.waited) / 1000;
    int64_t held = now - watchdog->since - waited;

    return held > 0 ? held : 0;
}

static void begin_job(struct watchdog *watchdog, uint64_t count, int64_t now,
                      const struct usage *usage)
{
    if (watchdog->reported)
        report_end(watchdog, held_at(watchdog, now, usage));
    watchdog->reported = false;
    watchdog->count = count;
    watchdog->since = now;
    watchdog->first = *usage;
}

/* A wait is counted when it is over: as long as one goes on, nothing can be said. */
static bool waits_now(const struct watchdog *watchdog, const struct usage *usage)
{
    return usage->ran > 0 && usage->ran == watchdog->last.ran &&
           look_is_running(watchdog->loop_tid);
}

static void consider(struct watchdog *watchdog, int64_t now, const struct usage *usage)
{
    int64_t held = held_at(watchdog, now, usage);

    if (watchdog->reported || held < LIMIT_USEC || waits_now(watchdog, usage))
        return;
    watchdog->reported = true;
    report_start(watchdog, held);
}

static void sample(struct watchdog *watchdog)
{
    const struct loop_beat *beat = watchdog->runtime->beat;
    int64_t now = clock_real();
    uint64_t count = BEAT_LOAD(beat->count);
    bool works = BEAT_LOAD(beat->name) != NULL;
    struct usage usage = look_usage(watchdog->usage);

    if (!works || count != watchdog->count)
        begin_job(watchdog, count, now, &usage);
    watchdog->idle = works ? 0 : watchdog->idle + 1;
    if (works) {
        charge(watchdog, now - watchdog->since);
        consider(watchdog, now, &usage);
    }
    watchdog->last = usage;
}

static void *watch(void *arg)
{
    struct watchdog *watchdog = arg;
    bool go_on = true;

    pthread_setname_np(pthread_self(), "watchdog");
    while (go_on) {
        sample(watchdog);
        go_on = watchdog->idle >= IDLE_SAMPLES ? park(watchdog) : pause_for(watchdog, PERIOD_USEC);
    }
    return NULL;
}

/* life */

static int start_thread(struct watchdog *watchdog)
{
    sigset_t former;

    process_block_signals(&former);
    int number = pthread_create(&watchdog->thread, NULL, watch, watchdog);
    process_restore_signals(&former);
    return number;
}

struct watchdog *watchdog_create(struct runtime *runtime, struct hass_error *err)
{
    struct watchdog *watchdog = mem_zalloc(sizeof(*watchdog));

    watchdog->runtime = runtime;
    watchdog->loop_tid = gettid();
    watchdog->usage = look_open_usage(watchdog->loop_tid);
    watchdog->seed = (unsigned)watchdog->loop_tid;
    pthread_mutex_init(&watchdog->lock, NULL);
    pthread_mutex_init(&watchdog->scope_lock, NULL);
    pthread_cond_init(&watchdog->wake, NULL);
    look_prepare_thread();
    runtime->watchdog = watchdog;
    runtime->unpark = unpark;
    int number = start_thread(watchdog);
    if (number == 0)
        return watchdog;
    hass_fail_errno(err, number, "the watchdog's thread cannot be started");
    look_release_thread();
    if (watchdog->usage >= 0)
        close(watchdog->usage);
    free(watchdog);
    return runtime->watchdog = NULL;
}

struct watchdog *watchdog_destroy(struct watchdog *watchdog)
{
    if (!watchdog)
        return NULL;
    struct runtime *runtime = watchdog->runtime;
    pthread_mutex_lock(&watchdog->lock);
    watchdog->ending = true;
    pthread_cond_signal(&watchdog->wake);
    pthread_mutex_unlock(&watchdog->lock);
    pthread_join(watchdog->thread, NULL);
    atomic_fetch_and(&runtime->beat->attention, ~(unsigned)BEAT_PARKED);
    look_release_thread();
    pthread_mutex_destroy(&watchdog->lock);
    pthread_mutex_destroy(&watchdog->scope_lock);
    pthread_cond_destroy(&watchdog->wake);
    if (watchdog->usage >= 0)
        close(watchdog->usage);
    free(watchdog);
    return NULL;
}

/* A scope is looked at under this lock only: what was done to it before is seen, and nobody who saw it before still looks. */
void watchdog_sync(struct watchdog *watchdog)
{
    if (!watchdog)
        return;
    pthread_mutex_lock(&watchdog->scope_lock);
    pthread_mutex_unlock(&watchdog->scope_lock);
}
