/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A load is a task of the store's scope, so that it goes on when the first who asked gives up.
 */
#include "registry/store_load.h"

#include <hass/log.h>

#include "base/mem.h"
#include "core/core.h"
#include "run/task.h"

struct store_load {
    unsigned refs; /* the task's and those of who waits */
    unsigned waiting;
    struct stores *stores;
    struct hass_store *store; /* counted; its file is gone when it has been closed */
    struct hass_future *done;
    json_t *data;
};

static void unref(void *object)
{
    struct store_load *load = object;

    if (--load->refs)
        return;
    hass_future_unref(load->done);
    store_unref(load->store);
    json_decref(load->data);
    free(load);
}

static int check_open(const struct hass_store *store, struct hass_error *err)
{
    return store->file ? 0 : hass_fail(err, HASS_E_CLOSED, "the store has been closed");
}

/* migration */

static int refuse(const struct store_file *file, const struct disk_content *content,
                  struct hass_error *err)
{
    return hass_fail(err, HASS_E_UNSUPPORTED,
                     "%s has version %d.%d, and there is no way from there to %d.%d", file->key,
                     content->version, content->minor_version, file->version, file->minor_version);
}

static HASS_COROUTINE int call_migrate(struct hass_store *store, struct disk_content *content,
                                       struct hass_error *err)
{
    const struct store_file *file = store->file;
    json_t *data = NULL;

    hass_info("Migrating %s from version %d.%d to %d.%d", file->key, content->version,
              content->minor_version, file->version, file->minor_version);
    int r = store->options.async_migrate(store->hass, content->version, content->minor_version,
                                         steal(content->data), &data, store->options.userdata, err);
    if (r == 0)
        content->data = data;
    return r;
}

static HASS_COROUTINE int migrate(struct hass_store *store, struct disk_content *content,
                                  struct hass_error *err)
{
    const struct store_file *file = store->file;

    if (content->version == file->version && content->minor_version == file->minor_version)
        return 0;
    if (!store->options.async_migrate)
        return content->version == file->version ? 0 : refuse(file, content, err);
    int r = call_migrate(store, content, err);
    if (r == 0)
        r = check_open(store, err);
    if (r == 0 && !store->options.read_only && !store_file_pending(store->file)) {
        store->file->payload.json = json_deep_copy(content->data);
        hass_future_unref(store_file_write(store->file));
    }
    return r;
}

/* the task */

static HASS_COROUTINE int read_file(struct store_load *load, struct hass_error *err)
{
    struct hass_store *store = load->store;
    int r = check_open(store, err);

    if (r < 0)
        return r;
    autounref(hass_future) *read = store_file_read(store->file);
    r = hass_async_await(read, HASS_FOREVER, err);
    if (r == 0)
        r = check_open(store, err);
    if (r < 0)
        return r;
    // A write that failed meanwhile has left what is newer than the file.
    if (store_file_pending(store->file) && !store->writer) {
        load->data = store_file_copy_pending(store->file);
        return 0;
    }
    struct disk_content *content = hass_future_value(read);
    r = content->data ? migrate(store, content, err) : 0;
    if (r == 0)
        load->data = steal(content->data);
    return r;
}

static HASS_COROUTINE int run_load(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct store_load *load = userdata;
    struct hass_semaphore *turns = load->stores->loads;
    struct hass_error failure = HASS_ERROR_INIT;
    int r = hass_semaphore_async_acquire(turns, &failure);

    if (r == 0) {
        r = read_file(load, &failure);
        hass_semaphore_async_release(turns);
    }
    struct store_file *file = load->store->file;
    if (file && file->load == load)
        file->load = NULL;
    (void)hass_future_set(load->done, r, NULL, NULL, failure.code ? &failure : NULL);
    return 0;
}

/* waiting */

/* Returns a reference: the load may be over already. */
static HASS_CALLBACK struct store_load *begin(struct hass_store *store)
{
    struct hass *hass = store->hass;
    struct store_load *load = mem_zalloc(sizeof(*load));

    load->stores = store->file->stores;
    load->store = store_ref(store);
    load->done = hass_future_new(hass);
    load->refs = 2;
    struct hass_job job =
        HASS_JOB_COROUTINE(run_load, load, .destroy = unref, .name = "load a store");
    struct hass_error err = HASS_ERROR_INIT;
    store->file->load = load;
    int r = task_start(hass, store->member.scope, &job, hass, NULL, NULL, 0, NULL, &err);
    if (r < 0) {
        store->file->load = NULL;
        (void)hass_future_set(load->done, r, NULL, NULL, &err);
    }
    return load;
}

int store_load(struct hass_store *store, json_t **ret_data, struct hass_error *err)
{
    struct store_file *file = store->file;

    if (store_file_pending(file) && !store->writer) {
        *ret_data = store_file_copy_pending(file);
        return 0;
    }
    struct store_load *load = file->load;
    if (load)
        load->refs++;
    else
        load = begin(store);
    load->waiting++;
    int r = hass_async_await(load->done, HASS_FOREVER, err);
    load->waiting--;
    if (r == 0) // the last one gets the original
        *ret_data = load->waiting ? json_deep_copy(load->data) : steal(load->data);
    unref(load);
    return r;
}
