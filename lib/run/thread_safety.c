/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Refusing calls from the wrong thread, waits on the loop, and suspending outside a coroutine. Each call site is reported
 * once, in the name of whoever calls; repeats are counted by scope. Also home of the symbols that clang's analysis needs.
 */
#include "run/thread_safety.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include <hass/log.h>

#include "base/log.h"
#include "base/mem.h"
#include "run/co.h"
#include "run/remedies.h"
#include "run/scope.h"
#include "run/symbol.h"

struct hass_role *const hass_loop;
struct hass_role *const hass_suspendable;
const bool hass__never;

struct thread_safety {
    pthread_mutex_t lock;
    size_t count;
    uintptr_t calls[2 * THREAD_SAFETY_MAX_SITES]; /* open addressing */
};

bool hass_on_loop(const struct hass *hass)
{
    return runtime__thread == runtime_of(hass);
}

/* call sites */

bool thread_safety_remember(struct thread_safety *safety, const void *site, const char *operation)
{
    uintptr_t call = (uintptr_t)site ^ ((uintptr_t)operation * 31);
    size_t mask = 2 * THREAD_SAFETY_MAX_SITES - 1;
    size_t place = (call * UINT64_C(0x9e3779b97f4a7c15) >> 40) & mask;
    bool first = false;

    pthread_mutex_lock(&safety->lock);
    while (safety->calls[place] && safety->calls[place] != call)
        place = (place + 1) & mask;
    if (!safety->calls[place] && safety->count < THREAD_SAFETY_MAX_SITES) {
        safety->calls[place] = call;
        safety->count++;
        first = true;
    }
    pthread_mutex_unlock(&safety->lock);
    return first;
}

/* the report */

/* What is running says it best; a thread that an integration made itself is known by the code that calls. */
static const char *owner_of(const struct hass *hass, const void *site)
{
    const struct scope *scope = scope_of_caller(hass);

    if (scope != runtime_of(hass)->root)
        return scope->name;
    const char *domain = scope_name_of_address(hass, site);
    return domain ? domain : scope->name;
}

/* The page of an operation: its name without dots. */
static void write_anchor(const char *operation, char anchor[64])
{
    size_t length = 0;

    for (; *operation && length < 63; operation++) {
        if (*operation != '.')
            anchor[length++] = *operation;
    }
    anchor[length] = '\0';
}

struct refusal {
    const char *operation;
    const void *site;
    const char *problem; /* "was called from thread …" */
    const char *instead;
    const char *advice;
    const char *anchor; /* of the page; NULL: the operation's own */
};

/* Looking the site up reads our own files, once a site, also on the loop. */
static void report(const struct hass *hass, const struct refusal *refusal)
{
    struct runtime *runtime = runtime_of(hass);
    const char *owner = owner_of(hass, refusal->site);
    char anchor[64], site[SYMBOL_SIZE];

    scope_of_caller(hass)->counters.refused++;
    if (!thread_safety_remember(runtime->thread_safety, refusal->site, refusal->operation))
        return;
    write_anchor(refusal->anchor ? refusal->anchor : refusal->operation, anchor);
    log_write_as(owner, HASS_LOG_WARNING, NULL, __FILE__, __LINE__, __func__,
                 "%s %s by integration %s at %s; nothing was done. %s%s%s (lib/README.md#%s)",
                 refusal->operation, refusal->problem, owner, symbol_describe(refusal->site, site),
                 refusal->instead ? "Use " : "", refusal->instead ? refusal->instead : "",
                 refusal->advice, anchor);
}

int thread_refuse(const struct hass *hass, const char *operation, const void *site,
                  struct hass_error *err)
{
    if (hass_on_loop(hass)) {
        hass__assert_loop();
        co_refused();
        return scope_check_alive(scope_of_caller(hass), err);
    }
    const struct remedy *remedy = remedy_for_operation(operation);
    char name[32] = "?", problem[80];

    pthread_getname_np(pthread_self(), name, sizeof(name));
    snprintf(problem, sizeof(problem), "was called from thread %s instead of the loop", name);
    report(hass, &(struct refusal){
                     .operation = operation,
                     .site = site,
                     .problem = problem,
                     .instead = remedy ? remedy->instead : NULL,
                     .advice = remedy ? remedy->advice : "Use hass_add_job to get to the loop",
                 });
    return hass_fail(err, HASS_E_THREAD, "%s must be called on the loop%s%s", operation,
                     remedy && remedy->instead ? "; elsewhere use " : "",
                     remedy && remedy->instead ? remedy->instead : "");
}

int thread_refuse_wait(const struct hass *hass, const char *operation, const void *site,
                       struct hass_error *err)
{
    const struct remedy *remedy = remedy_for_wait(operation);

    report(hass, &(struct refusal){
                     .operation = operation,
                     .site = site,
                     .problem = "would have stopped the loop, which it waits for; it was called",
                     .instead = remedy ? remedy->function : NULL,
                     .advice = remedy ? ", its form for the loop"
                                      : "Call it from a pool thread (hass_async_add_executor_job)",
                     .anchor = "waiting-on-the-loop",
                 });
    return hass_fail(err, HASS_E_WOULD_DEADLOCK, "%s would wait on the loop for the loop%s%s",
                     operation, remedy ? "; there use " : "", remedy ? remedy->function : "");
}

int thread_refuse_suspend(const struct hass *hass, const char *operation, const void *site,
                          struct hass_error *err)
{
    report(hass, &(struct refusal){
                     .operation = operation,
                     .site = site,
                     .problem = "can wait only inside a coroutine, and was called outside of one",
                     .instead = "hass_async_create_task",
                     .advice = " to start a coroutine that calls it",
                     .anchor = "suspending-outside-a-coroutine",
                 });
    return hass_fail(err, HASS_E_NOT_COROUTINE, "%s must be called inside a coroutine", operation);
}

/* life */

struct thread_safety *thread_safety_create(void)
{
    struct thread_safety *safety = mem_zalloc(sizeof(*safety));

    pthread_mutex_init(&safety->lock, NULL);
    return safety;
}

struct thread_safety *thread_safety_destroy(struct thread_safety *safety)
{
    if (!safety)
        return NULL;
    pthread_mutex_destroy(&safety->lock);
    free(safety);
    return NULL;
}
