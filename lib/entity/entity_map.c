/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A few coroutines share one row of entities: each takes the next one until none is left. The row is counted, since a
 * coroutine that was cancelled may end after its waiter.
 */
#include "entity/entity_map.h"

#include <errno.h>

#include <hass/task.h>
#include <hass/vec.h>

#include "base/mem.h"

struct row {
    unsigned refs;
    entity_map_fn *fn;
    void *userdata;
    hass_destroy_fn *destroy;
    struct entity_list entities;
    size_t next;
    size_t failed_at; /* index of the first entity that failed */
    int result;
    bool stopped;
    struct hass_error error;
};

void entity_list_add(struct entity_list *list, struct hass_entity *entity)
{
    vec_push(list, hass_entity_ref(entity));
}

void entity_list_fini(struct entity_list *list)
{
    for (size_t i = 0; i < list->length; i++)
        hass_entity_unref(list->data[i]);
    vec_fini(list);
}

static void row_unref(void *object)
{
    struct row *row = object;

    if (--row->refs)
        return;
    if (row->destroy)
        row->destroy(row->userdata);
    entity_list_fini(&row->entities);
    free(row);
}

static void note_failure(struct row *row, size_t index, int result, const struct hass_error *err)
{
    if (result >= 0 || index > row->failed_at)
        return;
    row->failed_at = index;
    row->result = result;
    row->error = *err;
}

static HASS_COROUTINE int work_through(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct row *row = userdata;

    while (!row->stopped && row->next < row->entities.length) {
        struct hass_error own = HASS_ERROR_INIT;
        size_t index = row->next++;
        int r = row->fn(row->entities.data[index], row->userdata, &own);
        note_failure(row, index, r, &own);
    }
    return 0;
}

static struct row *row_new(struct hass_entity *const entities[], size_t count, entity_map_fn *fn,
                           void *userdata, hass_destroy_fn *destroy)
{
    struct row *row = mem_zalloc(sizeof(*row));

    *row = (struct row){
        .refs = 1,
        .fn = fn,
        .userdata = userdata,
        .destroy = destroy,
        .failed_at = SIZE_MAX,
    };
    row->error.size = sizeof(row->error);
    for (size_t i = 0; i < count; i++)
        entity_list_add(&row->entities, entities[i]);
    return row;
}

/* Waits for the tasks; on time-out or cancellation of the waiter stops them. */
static HASS_COROUTINE int wait_for(struct hass *hass, struct row *row, struct hass_task **tasks,
                                   size_t count, double timeout, struct hass_error *err)
{
    struct hass_future **futures = mem_calloc(count, sizeof(*futures));

    for (size_t i = 0; i < count; i++)
        futures[i] = hass_task_future(tasks[i]);
    int r = hass_async_wait_all(hass, futures, count, timeout, err);
    if (r < 0) {
        row->stopped = true;
        for (size_t i = 0; i < count; i++)
            (void)hass_task_async_cancel(tasks[i], NULL);
    }
    free(futures);
    return r;
}

static HASS_COROUTINE int start_all(struct hass *hass, struct row *row, struct hass_task **tasks,
                                    size_t count, size_t *ret_started, struct hass_error *err)
{
    for (size_t i = 0; i < count; i++) {
        row->refs++;
        struct hass_job job = HASS_JOB_COROUTINE(work_through, row, .destroy = row_unref);
        int r = hass_async_create_task(hass, job, &tasks[i], err);
        if (r < 0 && i == 0)
            return r;
        if (r < 0)
            break; /* the limit of coroutines: fewer do the same work */
        *ret_started = i + 1;
    }
    return 0;
}

int entities_async_map(struct hass *hass, struct hass_entity *const entities[], size_t count,
                       size_t concurrency, double timeout, entity_map_fn *fn, void *userdata,
                       hass_destroy_fn *destroy, struct hass_error *err)
{
    size_t workers = count < concurrency ? count : concurrency;
    struct hass_task **tasks = mem_calloc(workers, sizeof(*tasks));
    struct row *row = row_new(entities, count, fn, userdata, destroy);
    size_t started = 0;
    int r = start_all(hass, row, tasks, workers, &started, err);

    if (r >= 0 && started)
        r = wait_for(hass, row, tasks, started, timeout, err);
    if (r >= 0 && row->result < 0) {
        r = row->result;
        hass_error_copy(err, &row->error);
    }
    for (size_t i = 0; i < started; i++)
        hass_task_unref(tasks[i]);
    free(tasks);
    row_unref(row);
    return r;
}
