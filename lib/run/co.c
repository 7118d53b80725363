/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Coroutines on pooled stacks. The pool is a LIFO, so that the stack used last, still in the cache, is used next. A few idle
 * stacks are kept warm; those beyond give their memory back and are cold until all warm ones are in use. A coroutine is resumed by its item in the loop's ready queue only;
 * after co_pool_close, when that queue is gone, by co_cancel itself.
 */
#include "run/co.h"

#include <errno.h>

#include <hass/log.h>
#include <hass/task.h>
#include <hass/vec.h>

#include "base/mem.h"
#include "run/clock.h"

#define MAX_COROUTINES 4096
#define STACK_SIZE     ((size_t)(sizeof(void *) == 8 ? 256 : 64) * 1024)
/* Idle stacks that keep their memory. */
#define WARM_STACKS    64
/* Refusals after which a coroutine is left where it is. */
#define MAX_REFUSED    1000

struct co_pool {
    struct runtime *runtime;
    HASS_VEC(struct co_stack *) warm;
    HASS_VEC(struct co_stack *) cold;
    size_t count; /* coroutines that exist */
    size_t max;
    bool closed;
};

__thread struct co *co__current __attribute__((tls_model("initial-exec")));

struct co_pool *co_pool_create(struct runtime *runtime, size_t max)
{
    struct co_pool *pool = mem_zalloc(sizeof(*pool));

    pool->runtime = runtime;
    pool->max = max > 0 ? max : MAX_COROUTINES;
    return pool;
}

struct co_pool *co_pool_destroy(struct co_pool *pool)
{
    if (!pool)
        return NULL;
    vec_foreach(&pool->warm, stack)
        co_stack_destroy(*stack);
    vec_foreach(&pool->cold, stack)
        co_stack_destroy(*stack);
    vec_fini(&pool->warm);
    vec_fini(&pool->cold);
    free(pool);
    return NULL;
}

size_t co_pool_count(const struct co_pool *pool)
{
    return pool->count;
}

void co_pool_close(struct co_pool *pool)
{
    pool->closed = true;
}

static struct co_stack *idle_stack(struct co_pool *pool)
{
    if (pool->warm.length > 0)
        return vec_pop(&pool->warm);
    return pool->cold.length > 0 ? vec_pop(&pool->cold) : co_stack_create(STACK_SIZE);
}

static int take_stack(struct co_pool *pool, struct co_stack **ret_stack, struct hass_error *err)
{
    if (pool->count >= pool->max)
        return hass_fail(err, HASS_E_LIMIT, "%zu coroutines exist, which is the limit", pool->max);
    struct co_stack *stack = idle_stack(pool);
    if (!stack)
        return hass_fail(err, HASS_E_LIMIT, "no memory for the stack of coroutine %zu: %s",
                         pool->count + 1, hass_error_name(-errno));
    pool->count++;
    *ret_stack = stack;
    return 0;
}

static void give_stack(struct co_pool *pool, struct co_stack *stack)
{
    pool->count--;
    if (pool->warm.length < WARM_STACKS) {
        vec_push(&pool->warm, stack);
    } else {
        co_stack_trim(stack);
        vec_push(&pool->cold, stack);
    }
}

/* running */

static void run_body(void *arg)
{
    struct co *co = arg;

    co->body(co);
}

static HASS_CALLBACK void finish(struct co *co)
{
    give_stack(co->runtime->co_pool, steal(co->stack));
    co->state = CO_ENDED;
    co->ended(co);
}

static HASS_CALLBACK void resume(struct co *co)
{
    struct co *former = co__current;

    co__current = co;
    co->state = CO_RUNNING;
    bool ended = co_switch_resume(co->stack);
    co__current = former;
    if (ended)
        finish(co);
}

static HASS_CALLBACK void resume_ready(struct ready *ready, int status)
{
    struct co *co = list_entry(ready, struct co, ready);

    if (status < 0)
        co_pool_close(co->runtime->co_pool);
    resume(co);
}

static HASS_CALLBACK void time_out(struct timer *timer)
{
    co_wake(list_entry(timer, struct co, timer), -ETIMEDOUT);
}

int co_start(struct co *co, struct hass_error *err)
{
    int r = take_stack(co->runtime->co_pool, &co->stack, err);

    if (r < 0)
        return r;
    timer_init(&co->timer, time_out);
    co->ready = (struct ready){ .run = resume_ready, .name = co->name };
    co->state = CO_RUNNING;
    struct co *former = co__current;
    co__current = co;
    bool ended = co_switch_start(co->stack, run_body, co);
    co__current = former;
    if (ended)
        finish(co);
    return ended;
}

/* waiting */

int co_check_cancel(void)
{
    struct co *co = co__current;

    if (!co->cancel)
        return 0;
    co->cancel = false;
    return -ECANCELED;
}

/* Goes back to whoever resumed @co, until the next resume. The scope current here is current again then. */
static HASS_COROUTINE void suspend(struct co *co)
{
    co->ready.scope = scope__current;
    co_switch_suspend(co->stack);
}

void co_refused(void)
{
    struct co *co = co__current;

    if (!co || ++co->refused <= MAX_REFUSED)
        return;
    hass_warning("Task %s of %s goes on though it was cancelled and closed; it is never resumed",
                 co->name, scope_name(scope__current));
    hass__assert_coroutine();
    for (;;)
        suspend(co);
}

/* The runtime is ending: nothing will wake a wait. */
static HASS_COROUTINE int refuse_to_wait(struct co *co)
{
    co_refused();
    return -ECANCELED;
}

static HASS_COROUTINE int wait_for_wake(struct co *co, double timeout)
{
    struct runtime *runtime = co->runtime;

    if (runtime->co_pool->closed)
        return refuse_to_wait(co);
    if (timeout >= 0)
        timer_set(runtime->timers, &co->timer,
                  clock_monotonic(runtime->clock) + clock_from_seconds(timeout));
    co->state = CO_WAITING;
    suspend(co);
    return co->outcome;
}

int co_wait(double timeout)
{
    int r = co_check_cancel();

    return r < 0 ? r : wait_for_wake(co__current, timeout);
}

int co_wait_shielded(double timeout)
{
    struct co *co = co__current;

    co->shielded = true;
    int r = wait_for_wake(co, timeout);
    co->shielded = false;
    return r;
}

int co_yield (void)
{
    struct co *co = co__current;
    int r = co_check_cancel();

    if (r < 0)
        return r;
    if (co->runtime->co_pool->closed)
        return refuse_to_wait(co);
    co->state = CO_WAITING;
    co_wake(co, 0);
    suspend(co);
    return co->outcome;
}

bool co_wake(struct co *co, int outcome)
{
    if (co->state != CO_WAITING)
        return false;
    co->state = CO_WOKEN;
    co->outcome = outcome;
    if (timer_is_set(&co->timer))
        timer_cancel(&co->timer);
    loop_ready(co->runtime->loop, &co->ready);
    return true;
}

void co_cancel(struct co *co)
{
    if (co->state == CO_ENDED)
        return;
    co->cancelling = true;
    bool waits = co->state == CO_WAITING;
    if (co->runtime->co_pool->closed && waits) {
        timer_cancel(&co->timer);
        co->outcome = -ECANCELED;
        resume(co);
    } else if (!waits || co->shielded || !co_wake(co, -ECANCELED)) {
        co->cancel = true;
    }
}
