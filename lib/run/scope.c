/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owner scopes. The current one is a thread-local; entering a closed one takes runtime__current away, which is what every
 * async_ function compares. A scope lists what must end with it, newest first; the list and the state are written on the
 * loop. References and queued posts share one counter, so that a post costs one atomic operation here.
 */
#include "run/scope.h"

#include <errno.h>
#include <string.h>

#include <hass/task.h>

#include "base/mem.h"
#include "run/executor.h"
#include "run/lastwords.h"
#include "run/loop.h"
#include "run/sub.h"
#include "run/watchdog.h"

#define POST      ((UINT64_C(1) << 32) | 1) /* a queued post holds a reference */
#define REFS(n)   ((uint32_t)(n))
#define POSTS(n)  ((uint32_t)((n) >> 32))
#define MAX_POSTS SCOPE_MAX_POSTS

__thread struct scope *scope__current __attribute__((tls_model("initial-exec")));
__thread struct runtime *runtime__current __attribute__((tls_model("initial-exec")));
__thread struct runtime *runtime__thread __attribute__((tls_model("initial-exec")));

/* the current scope */

/* On other threads than the loop's both are NULL and stay so. */
void scope__gate(void)
{
    bool closed = scope__current && scope_state(scope__current) == SCOPE_CLOSED;

    runtime__current = closed ? NULL : runtime__thread;
}

struct scope *scope_current(void)
{
    return scope__current;
}

struct scope *scope_enter(struct scope *scope)
{
    return scope_switch(scope);
}

void scope_leave(struct scope *former)
{
    (void)scope_switch(former);
}

struct scope *scope_of_caller(const struct hass *hass)
{
    struct runtime *runtime = runtime_of(hass);
    struct scope *scope = scope__current;

    return scope && scope->runtime == runtime ? scope : runtime->root;
}

const char *scope_logger(void)
{
    return scope__current ? scope__current->name : NULL;
}

/* life */

struct dying {
    struct ready ready;
    struct scope *scope;
};

static HASS_CALLBACK void free_scope(struct ready *ready, int status)
{
    struct dying *dying = (struct dying *)ready;
    struct scope *scope = dying->scope;

    watchdog_sync(scope->runtime->watchdog);
    lastwords_remove_scope(scope->runtime->lastwords, scope);
    list_remove(&scope->link);
    sub_free_ended(&scope->ended);
    pthread_mutex_destroy(&scope->lock);
    pthread_cond_destroy(&scope->drained);
    free(scope);
    free(dying);
}

struct scope *scope_new(struct hass *hass, const char *domain)
{
    size_t size = strlen(domain) + 1;
    struct scope *scope = mem_zalloc(sizeof(*scope) + size);
    struct dying *dying = mem_zalloc(sizeof(*dying));

    *dying = (struct dying){ .ready.run = free_scope, .scope = scope };
    scope->dying = &dying->ready;
    scope->runtime = runtime_of(hass);
    scope->refs = 1;
    list_init(&scope->members);
    list_init(&scope->ending);
    list_init(&scope->ended);
    list_init(&scope->pool_queue);
    list_init(&scope->pool_link);
    pthread_mutex_init(&scope->lock, NULL);
    pthread_cond_init(&scope->drained, NULL);
    memcpy(scope->name, domain, size);
    list_append(&scope->runtime->scopes, &scope->link);
    lastwords_add_scope(scope->runtime->lastwords, scope, scope->name);
    hass__assert_loop();
    watchdog_sync(scope->runtime->watchdog);
    return scope;
}

struct scope *scope_ref(struct scope *scope)
{
    atomic_fetch_add_explicit(&scope->refs, 1, memory_order_relaxed);
    return scope;
}

/* The last reference may go while the scope is still current on the loop: it is freed in a later turn. */
static void last_reference(struct scope *scope)
{
    struct loop *loop = scope->runtime->loop;

    if (runtime__thread == scope->runtime) {
        hass__assert_loop();
        loop_ready(loop, scope->dying);
    } else {
        (void)loop_post(loop, scope->dying);
    }
}

struct scope *scope_unref(struct scope *scope)
{
    if (scope && REFS(atomic_fetch_sub_explicit(&scope->refs, 1, memory_order_acq_rel)) == 1)
        last_reference(scope);
    return NULL;
}

const char *scope_name(const struct scope *scope)
{
    return scope->name;
}

enum scope_state scope_state(const struct scope *scope)
{
    return atomic_load_explicit(&scope->state, memory_order_relaxed);
}

struct scope_counters *scope_counters(struct scope *scope)
{
    return &scope->counters;
}

void scope_foreach(struct hass *hass, void (*fn)(struct scope *scope, void *userdata),
                   void *userdata)
{
    list_foreach(&runtime_of(hass)->scopes, struct scope, scope, link)
        fn(scope, userdata);
}

/* members and closing */

int scope_check_open(const struct scope *scope, struct hass_error *err)
{
    if (scope_state(scope) == SCOPE_OPEN)
        return 0;
    return hass_fail(err, HASS_E_CLOSED, "%s is being unloaded", scope->name);
}

int scope_check_alive(const struct scope *scope, struct hass_error *err)
{
    if (scope_state(scope) != SCOPE_CLOSED)
        return 0;
    return hass_fail(err, HASS_E_CLOSED, "%s has been unloaded", scope->name);
}

void scope_add(struct scope *scope, struct scope_member *member)
{
    member->scope = scope_ref(scope);
    list_prepend(&scope->members, &member->link);
}

void scope_remove(struct scope_member *member)
{
    struct scope *scope = member->scope;

    if (!scope)
        return;
    member->scope = NULL;
    list_remove(&member->link);
    if (scope->idle && list_empty(&scope->ending))
        (void)hass_future_set(scope->idle, 0, NULL, NULL, NULL);
    scope_unref(scope);
}

static void wake_posters(struct scope *scope)
{
    pthread_mutex_lock(&scope->lock);
    pthread_cond_broadcast(&scope->drained);
    pthread_mutex_unlock(&scope->lock);
}

void scope_end(struct scope *scope)
{
    if (scope_state(scope) == SCOPE_OPEN)
        scope->state = SCOPE_CLOSING;
    while (!list_empty(&scope->members)) {
        struct scope_member *member = list_first(&scope->members, struct scope_member, link);
        list_remove(&member->link);
        list_append(&scope->ending, &member->link);
        member->close(member);
    }
}

void scope_set_closed(struct scope *scope)
{
    scope->state = SCOPE_CLOSED;
    wake_posters(scope);
    scope__gate();
}

static HASS_COROUTINE int wait_until_idle(struct scope *scope, double timeout,
                                          struct hass_error *err)
{
    if (list_empty(&scope->ending))
        return 0;
    scope->idle = hass_future_new(scope->runtime->hass);
    int result = hass_async_await(scope->idle, timeout, err);
    scope->idle = hass_future_unref(scope->idle);
    return result;
}

static size_t count_ending(const struct scope *scope)
{
    size_t count = 0;

    for (const struct hass_list *link = scope->ending.next; link != &scope->ending;
         link = link->next)
        count++;
    return count;
}

int scope_async_close(struct scope *scope, double timeout, struct hass_error *err)
{
    if (scope_state(scope) != SCOPE_OPEN)
        return hass_fail(err, HASS_E_CLOSED, "%s is being unloaded already", scope->name);
    scope_ref(scope);
    scope_end(scope);
    int result = wait_until_idle(scope, timeout, NULL);
    scope_set_closed(scope);
    if (result < 0)
        hass_fail(err, result, "%zu tasks and pool jobs of %s have not ended", count_ending(scope),
                  scope->name);
    scope_unref(scope);
    return result;
}

/* posts */

/* Says that it waits before it looks: either it sees the room, or the loop sees it. */
static bool must_wait(struct scope *scope)
{
    scope->blocked = true;
    return POSTS(atomic_load(&scope->refs)) > MAX_POSTS / 2 && scope_state(scope) != SCOPE_CLOSED;
}

static int wait_for_room(struct scope *scope, struct hass_error *err)
{
    executor_park();
    pthread_mutex_lock(&scope->lock);
    while (must_wait(scope))
        pthread_cond_wait(&scope->drained, &scope->lock);
    pthread_mutex_unlock(&scope->lock);
    executor_unpark();
    return scope_check_alive(scope, err);
}

int scope_post_begin(struct scope *scope, bool try, struct hass_error *err)
{
    int result = scope_check_alive(scope, err);

    while (result == 0) {
        uint64_t before = atomic_fetch_add(&scope->refs, POST);
        if (__builtin_expect(POSTS(before) < MAX_POSTS, 1))
            return 0;
        atomic_fetch_sub(&scope->refs, POST);
        if (try)
            return hass_fail(err, -EAGAIN, "%d posts of %s are queued", MAX_POSTS, scope->name);
        if (runtime__thread == scope->runtime)
            return hass_fail(err, HASS_E_LIMIT, "%d posts of %s are queued", MAX_POSTS,
                             scope->name);
        result = wait_for_room(scope, err);
    }
    return result;
}

void scope_post_end(struct scope *scope)
{
    uint64_t before = atomic_fetch_sub(&scope->refs, POST);

    if (__builtin_expect(scope->blocked && POSTS(before) <= MAX_POSTS / 2 + 1, 0) &&
        atomic_exchange(&scope->blocked, false))
        wake_posters(scope);
    if (REFS(before) == 1)
        last_reference(scope);
}

/* loaded files */

/* Pushed, never taken away while the runtime lives: mappings stay, and readers take no lock. */
struct range {
    const struct range *next;
    uintptr_t start;
    uintptr_t end;
    char domain[];
};

struct scope_ranges {
    const struct range *_Atomic first;
};

void scope_add_range(struct hass *hass, const char *domain, const void *start, const void *end)
{
    struct scope_ranges *ranges = runtime_of(hass)->ranges;
    size_t size = strlen(domain) + 1;
    struct range *range = mem_zalloc(sizeof(*range) + size);

    memcpy(range->domain, domain, size);
    range->start = (uintptr_t)start;
    range->end = (uintptr_t)end;
    range->next = atomic_load(&ranges->first);
    while (!atomic_compare_exchange_weak(&ranges->first, &range->next, range))
        ;
}

const char *scope_name_of_address(const struct hass *hass, const void *address)
{
    uintptr_t place = (uintptr_t)address;

    for (const struct range *range = atomic_load(&runtime_of(hass)->ranges->first); range;
         range = range->next) {
        if (place >= range->start && place < range->end)
            return range->domain;
    }
    return NULL;
}

void scope_ranges_create(struct runtime *runtime)
{
    runtime->ranges = mem_zalloc(sizeof(*runtime->ranges));
}

void scope_ranges_free(struct runtime *runtime)
{
    const struct range *range = runtime->ranges->first;

    while (range) {
        const struct range *next = range->next;
        free((void *)(uintptr_t)range);
        range = next;
    }
    free(runtime->ranges);
}
