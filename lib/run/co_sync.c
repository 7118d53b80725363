/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mutex, semaphore and queue between coroutines of one loop. Whoever releases hands over to the first that waits, so that
 * nobody overtakes; a waiter that has been given something keeps it even if it is cancelled before it runs again.
 */
#include <errno.h>

#include <hass/list.h>

#include "base/mem.h"
#include "run/task.h"

/* Somebody in a line, on the stack of the coroutine that waits. */
struct waiter {
    struct hass_list link;
    struct co *co;
    void *item; /* of a queue: to be put, or what was got */
};

/* Stands in @line until woken. Returns 0 when handed what it waits for. */
static HASS_COROUTINE int stand_in(struct hass_list *line, struct waiter *waiter, double timeout,
                                   struct hass_error *err)
{
    waiter->co = co_current();
    list_append(line, &waiter->link);
    int r = co_wait(timeout);
    list_remove(&waiter->link);
    if (r == -ETIMEDOUT)
        return hass_fail(err, r, "nothing came within %g s", timeout);
    if (r == -ECANCELED)
        return hass_fail(err, r, "cancelled");
    return r < 0 ? hass_fail(err, r, "destroyed while somebody waited") : 0;
}

/* Takes the first out of @line, who has been handed something, or NULL. */
static HASS_CALLBACK struct waiter *call_first(struct hass_list *line)
{
    while (!list_empty(line)) {
        struct waiter *waiter = list_first(line, struct waiter, link);
        list_remove(&waiter->link);
        if (co_wake(waiter->co, 0))
            return waiter;
    }
    return NULL;
}

static HASS_CALLBACK void send_away(struct hass_list *line)
{
    while (!list_empty(line)) {
        struct waiter *waiter = list_first(line, struct waiter, link);
        list_remove(&waiter->link);
        co_wake(waiter->co, HASS_E_CLOSED);
    }
}

/* semaphore */

struct hass_semaphore {
    struct hass *hass;
    size_t count; /* free places; 0 while anybody waits */
    struct hass_list line;
};

static void semaphore_init(struct hass_semaphore *semaphore, struct hass *hass, size_t count)
{
    semaphore->hass = hass;
    semaphore->count = count;
    list_init(&semaphore->line);
}

static HASS_COROUTINE int acquire(struct hass_semaphore *semaphore, struct hass_error *err)
{
    if (semaphore->count == 0) {
        struct waiter waiter;
        return stand_in(&semaphore->line, &waiter, HASS_FOREVER, err);
    }
    int r = co_check_cancel();
    if (r < 0)
        return hass_fail(err, r, "cancelled");
    semaphore->count--;
    return 0;
}

static HASS_CALLBACK void release(struct hass_semaphore *semaphore)
{
    if (call_first(&semaphore->line) == NULL)
        semaphore->count++;
}

struct hass_semaphore *hass_semaphore_create(struct hass *hass, size_t count)
{
    struct hass_semaphore *semaphore = mem_alloc(sizeof(*semaphore));

    semaphore_init(semaphore, hass, count);
    return semaphore;
}

struct hass_semaphore *hass_semaphore_destroy(struct hass_semaphore *semaphore)
{
    if (semaphore) {
        hass__assert_loop();
        send_away(&semaphore->line);
        free(semaphore);
    }
    return NULL;
}

int hass_semaphore_async_acquire(struct hass_semaphore *semaphore, struct hass_error *err)
{
    VERIFY_COROUTINE(semaphore->hass, "hass.semaphore.async_acquire", err);
    return acquire(semaphore, err);
}

void hass_semaphore_async_release(struct hass_semaphore *semaphore)
{
    VERIFY_LOOP_OR(semaphore->hass, "hass.semaphore.async_release", );
    release(semaphore);
}

/* mutex: a semaphore with one place */

struct hass_mutex {
    struct hass_semaphore semaphore;
};

struct hass_mutex *hass_mutex_create(struct hass *hass)
{
    struct hass_mutex *mutex = mem_alloc(sizeof(*mutex));

    semaphore_init(&mutex->semaphore, hass, 1);
    return mutex;
}

struct hass_mutex *hass_mutex_destroy(struct hass_mutex *mutex)
{
    if (mutex) {
        hass__assert_loop();
        send_away(&mutex->semaphore.line);
        free(mutex);
    }
    return NULL;
}

int hass_mutex_async_lock(struct hass_mutex *mutex, struct hass_error *err)
{
    VERIFY_COROUTINE(mutex->semaphore.hass, "hass.mutex.async_lock", err);
    return acquire(&mutex->semaphore, err);
}

void hass_mutex_async_unlock(struct hass_mutex *mutex)
{
    VERIFY_LOOP_OR(mutex->semaphore.hass, "hass.mutex.async_unlock", );
    release(&mutex->semaphore);
}

/* queue */

struct hass_queue {
    struct hass *hass;
    hass_destroy_fn *destroy;
    struct hass_list getters; /* empty unless the queue is */
    struct hass_list putters; /* empty unless the queue is full */
    size_t limit;
    size_t first;
    size_t length;
    size_t capacity; /* a power of two; grown up to the limit */
    void **items;    /* a ring */
};

struct hass_queue *hass_queue_create(struct hass *hass, size_t limit, hass_destroy_fn *destroy)
{
    struct hass_queue *queue = mem_zalloc(sizeof(*queue));

    queue->hass = hass;
    queue->limit = limit > 0 ? limit : 1;
    queue->destroy = destroy;
    list_init(&queue->getters);
    list_init(&queue->putters);
    return queue;
}

static void grow(struct hass_queue *queue)
{
    size_t capacity = queue->capacity > 0 ? queue->capacity * 2 : 8;
    void **items = mem_alloc(capacity * sizeof(*items));

    for (size_t i = 0; i < queue->length; i++)
        items[i] = queue->items[(queue->first + i) & (queue->capacity - 1)];
    free(queue->items);
    queue->items = items;
    queue->capacity = capacity;
    queue->first = 0;
}

static void push(struct hass_queue *queue, void *item)
{
    if (queue->length == queue->capacity)
        grow(queue);
    queue->items[(queue->first + queue->length++) & (queue->capacity - 1)] = item;
}

static void *shift(struct hass_queue *queue)
{
    void *item = queue->items[queue->first];

    queue->first = (queue->first + 1) & (queue->capacity - 1);
    queue->length--;
    return item;
}

struct hass_queue *hass_queue_destroy(struct hass_queue *queue)
{
    if (!queue)
        return NULL;
    hass__assert_loop();
    send_away(&queue->getters);
    send_away(&queue->putters);
    while (queue->length > 0) {
        void *item = shift(queue);
        if (queue->destroy)
            queue->destroy(item);
    }
    free(queue->items);
    free(queue);
    return NULL;
}

/* True when there was room, or somebody to take it. */
static HASS_CALLBACK bool try_put(struct hass_queue *queue, void *item)
{
    struct waiter *getter = call_first(&queue->getters);

    if (getter)
        getter->item = item;
    else if (queue->length < queue->limit)
        push(queue, item);
    else
        return false;
    return true;
}

int hass_queue_async_try_put(struct hass_queue *queue, void *item, struct hass_error *err)
{
    VERIFY_LOOP(queue->hass, "hass.queue.async_try_put", err);
    if (try_put(queue, item))
        return 0;
    return hass_fail(err, -EAGAIN, "the queue holds %zu items, which is its limit", queue->limit);
}

int hass_queue_async_put(struct hass_queue *queue, void *item, struct hass_error *err)
{
    VERIFY_COROUTINE(queue->hass, "hass.queue.async_put", err);
    int r = co_check_cancel();
    if (r < 0)
        return hass_fail(err, r, "cancelled");
    if (try_put(queue, item))
        return 0;
    struct waiter waiter = { .item = item };
    return stand_in(&queue->putters, &waiter, HASS_FOREVER, err);
}

/* The first item; room for the first that waits to put. */
static HASS_CALLBACK void *get(struct hass_queue *queue)
{
    void *item = shift(queue);
    struct waiter *putter = call_first(&queue->putters);

    if (putter)
        push(queue, putter->item);
    return item;
}

int hass_queue_async_get(struct hass_queue *queue, double timeout, void **ret_item,
                         struct hass_error *err)
{
    VERIFY_COROUTINE(queue->hass, "hass.queue.async_get", err);
    if (queue->length > 0) {
        int r = co_check_cancel();
        if (r < 0)
            return hass_fail(err, r, "cancelled");
        *ret_item = get(queue);
        return 0;
    }
    struct waiter waiter;
    int r = stand_in(&queue->getters, &waiter, timeout, err);
    if (r == 0)
        *ret_item = waiter.item;
    return r;
}

size_t hass_queue_async_length(const struct hass_queue *queue)
{
    VERIFY_LOOP_OR(queue->hass, "hass.queue.async_length", 0);
    return queue->length;
}
