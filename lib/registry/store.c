/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The API of stores: handles with their options, delays, and the forms for other threads. A handle belongs to a scope; when
 * that closes the handle is dead, but stays until it is destroyed, since its owner may still do that.
 */
#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#include <hass/hass.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "core/core.h"
#include "registry/store_file.h"
#include "registry/store_load.h"
#include "run/clock.h"

#define MAX_KEY        128
#define DELAY_RUNNING  10.0 /* seconds, of registries */
#define DELAY_STARTING 180.0
#define DELAY_MOST     300.0 /* that later changes can add */

/* handles */

struct hass_store *store_ref(struct hass_store *store)
{
    atomic_fetch_add(&store->refs, 1);
    return store;
}

void store_unref(struct hass_store *store)
{
    if (atomic_fetch_sub(&store->refs, 1) == 1)
        free(store);
}

static bool is_key(const char *key)
{
    size_t length = key ? strlen(key) : 0;

    if (length == 0 || length > MAX_KEY || key[0] == '.')
        return false;
    for (const char *c = key; *c; c++)
        if (!ascii_is_lower(*c) && !ascii_is_upper(*c) && !ascii_is_digit(*c) && !strchr("._-", *c))
            return false;
    return true;
}

static int check_options(const struct hass_store_options *options, struct hass_error *err)
{
    if (!is_key(options->key))
        return hass_fail(err, HASS_E_INVALID,
                         "'%s' is not the key of a store: expected at most %d letters, digits, "
                         "'.', '_' and '-', the first one no '.'",
                         options->key ? options->key : "", MAX_KEY);
    if (options->version < 1 || options->minor_version < 0 || options->max_readable_version < 0)
        return hass_fail(err, HASS_E_INVALID, "version %d.%d of store %s: versions begin with 1",
                         options->version, options->minor_version, options->key);
    return 0;
}

static HASS_CALLBACK void close_handle(struct hass_store *store)
{
    struct store_file *file = steal(store->file);

    if (!file)
        return;
    file->load = NULL;
    store_file_detach(file);
    scope_remove(&store->member);
}

static void scope_closes(struct scope_member *member)
{
    hass__assert_loop();
    close_handle(list_entry(member, struct hass_store, member));
}

static HASS_CALLBACK struct hass_store *open_handle(struct store_file *file, struct scope *scope,
                                                    const struct hass_store_options *options,
                                                    const struct store_writer *writer)
{
    struct hass_store *store = mem_alloc(sizeof(*store));

    *store = (struct hass_store){
        .hass = file->stores->hass,
        .member.close = scope_closes,
        .file = file,
        .options = *options,
        .writer = writer,
        .refs = 1,
    };
    store->options.key = file->key;
    file->store = store;
    file->version = options->version;
    file->minor_version = options->minor_version ? options->minor_version : 1;
    file->max_version =
        options->max_readable_version ? options->max_readable_version : options->version;
    file->private_file = options->private_file;
    list_append(&file->stores->handles, &store->link);
    scope_add(scope, &store->member);
    return store;
}

static HASS_CALLBACK int create(struct hass *hass, const struct hass_store_options *given,
                                const struct store_writer *writer, struct hass_store **ret_store,
                                struct hass_error *err)
{
    struct hass_store_options options;
    struct scope *scope = scope_of_caller(hass);

    OPTIONS_READ(&options, given);
    options.read_only = options.read_only || hass->scratch;
    int r = scope_check_open(scope, err);
    if (r == 0)
        r = check_options(&options, err);
    if (r < 0)
        return r;
    struct store_file *file = store_file_find(stores_of(hass), options.key);
    if (file->store)
        return hass_fail(err, HASS_E_EXISTS, "%s has store %s already",
                         scope_name(file->store->member.scope), options.key);
    *ret_store = open_handle(file, scope, &options, writer);
    return 0;
}

int hass_store_async_create(struct hass *hass, const struct hass_store_options *options,
                            struct hass_store **ret_store, struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.store.async_create", err);
    return create(hass, options, NULL, ret_store, err);
}

int store_async_create(struct hass *hass, const struct hass_store_options *options,
                       const struct store_writer *writer, struct hass_store **ret_store,
                       struct hass_error *err)
{
    struct scope *former = scope_enter(runtime_of(hass)->root);
    int r = create(hass, options, writer, ret_store, err);

    scope_leave(former);
    return r;
}

struct hass_store *hass_store_async_destroy(struct hass_store *store)
{
    if (!store)
        return NULL;
    VERIFY_LOOP_OR(store->hass, "hass.store.async_destroy", store);
    close_handle(store);
    list_remove(&store->link);
    store_unref(store);
    return NULL;
}

static int check_open(const struct hass_store *store, struct hass_error *err)
{
    if (store->file)
        return 0;
    return hass_fail(err, HASS_E_CLOSED, "the integration of this store has been unloaded");
}

/* saving */

static bool is_stopping(const struct hass_store *store)
{
    return hass_core_state(store->hass) == HASS_STOPPING;
}

int hass_store_async_save(struct hass_store *store, json_t *data, struct hass_error *err)
{
    autojson *taken = data;

    VERIFY_COROUTINE(store->hass, "hass.store.async_save", err);
    int r = check_open(store, err);
    if (r < 0 || store->options.read_only)
        return r;
    if (!taken)
        return hass_fail(err, HASS_E_INVALID, "store %s: no data to save", store->options.key);
    store_file_drop(store->file);
    store->file->payload.json = steal(taken);
    if (is_stopping(store))
        return 0;
    autounref(hass_future) *written = store_file_write(store->file);
    return hass_async_await(written, HASS_FOREVER, err);
}

/* Who changes something all the time must not put off the write for ever. */
static HASS_CALLBACK int64_t limit_deadline(struct store_file *file, int64_t now, int64_t wanted)
{
    if (!file->latest) { // the first change since the last write
        int64_t latest = now + clock_from_seconds(DELAY_MOST);
        file->latest = wanted > latest ? wanted : latest;
    }
    return wanted < file->latest ? wanted : file->latest;
}

static HASS_CALLBACK void delay_save(struct hass_store *store, double delay)
{
    struct store_file *file = store->file;
    int64_t now = hass_monotonic(store->hass);

    json_decref(steal(file->payload.json));
    file->dirty = true;
    if (file->stores->final)
        hass_future_unref(store_file_write(file));
    else if (!is_stopping(store))
        store_file_write_at(file, limit_deadline(file, now, now + clock_from_seconds(delay)));
}

int hass_store_async_delay_save(struct hass_store *store, double delay, struct hass_error *err)
{
    VERIFY_LOOP(store->hass, "hass.store.async_delay_save", err);
    int r = check_open(store, err);
    if (r < 0 || store->options.read_only)
        return r;
    if (!store->options.data && !store->writer)
        return hass_fail(err, HASS_E_INVALID, "store %s has no function that gives its data",
                         store->options.key);
    delay_save(store, delay);
    return 0;
}

void store_async_save_registry(struct hass_store *store)
{
    bool running = hass_core_state(store->hass) == HASS_RUNNING;

    if (store->file)
        delay_save(store, running ? DELAY_RUNNING : DELAY_STARTING);
}

void store_async_keep_copy(struct hass_store *store)
{
    if (store->file)
        store->file->keep_copy = true;
}

int hass_store_async_remove(struct hass_store *store, struct hass_error *err)
{
    VERIFY_COROUTINE(store->hass, "hass.store.async_remove", err);
    int r = check_open(store, err);
    if (r < 0 || store->options.read_only)
        return r;
    autounref(hass_future) *removed = store_file_remove(store->file);
    return hass_async_await(removed, HASS_FOREVER, err);
}

/* loading */

int hass_store_async_load(struct hass_store *store, json_t **ret_data, struct hass_error *err)
{
    VERIFY_COROUTINE(store->hass, "hass.store.async_load", err);
    int r = check_open(store, err);
    return r < 0 ? r : store_load(store, ret_data, err);
}

int store_async_read(struct hass_store *store, const struct store_reader *reader, void *reading,
                     void **ret_reading, struct hass_error *err)
{
    autounref(hass_future) *read = store_file_stream(store->file, reader, reading);
    int r = hass_async_await(read, HASS_FOREVER, err);

    if (r == 0)
        *ret_reading = store_stream_take(hass_future_value(read));
    return r;
}

/* from other threads */

struct remote {
    struct hass_store *store; /* counted */
    json_t *data;
    double delay;
};

static void remote_free(void *object)
{
    struct remote *remote = object;

    json_decref(remote->data);
    store_unref(remote->store);
    free(remote);
}

static struct remote *remote_new(struct hass_store *store, json_t *data, double delay)
{
    struct remote *remote = mem_alloc(sizeof(*remote));

    *remote = (struct remote){ .store = store_ref(store), .data = data, .delay = delay };
    return remote;
}

static HASS_COROUTINE int load_remote(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct remote *remote = userdata;

    return hass_store_async_load(remote->store, &remote->data, err);
}

static HASS_COROUTINE int save_remote(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct remote *remote = userdata;

    return hass_store_async_save(remote->store, steal(remote->data), err);
}

static HASS_COROUTINE int remove_remote(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct remote *remote = userdata;

    return hass_store_async_remove(remote->store, err);
}

static HASS_CALLBACK int delay_remote(struct hass *hass, void *arg, struct hass_error *err)
{
    const struct remote *remote = arg;

    return hass_store_async_delay_save(remote->store, remote->delay, err);
}

static HASS_BLOCKING int wait_for(struct hass *hass, struct hass_job job, struct hass_error *err)
{
    autounref(hass_future) *done = NULL;
    int r = hass_run_coroutine_threadsafe(hass, job, &done, err);

    return r < 0 ? r : hass_future_wait(done, HASS_FOREVER, err);
}

int hass_store_load(struct hass_store *store, json_t **ret_data, struct hass_error *err)
{
    VERIFY_NOT_LOOP(store->hass, "hass.store.load", err);
    struct remote *remote = remote_new(store, NULL, 0);
    int r = wait_for(store->hass, HASS_JOB_COROUTINE(load_remote, remote), err);

    if (r == 0)
        *ret_data = steal(remote->data);
    remote_free(remote);
    return r;
}

int hass_store_save(struct hass_store *store, json_t *data, struct hass_error *err)
{
    autojson *taken = data;

    VERIFY_NOT_LOOP(store->hass, "hass.store.save", err);
    struct remote *remote = remote_new(store, steal(taken), 0);
    return wait_for(store->hass, HASS_JOB_COROUTINE(save_remote, remote, .destroy = remote_free),
                    err);
}

int hass_store_delay_save(struct hass_store *store, double delay, struct hass_error *err)
{
    return runtime_post(store->hass, "hass.store.delay_save", delay_remote,
                        remote_new(store, NULL, delay), remote_free, err);
}

int hass_store_remove(struct hass_store *store, struct hass_error *err)
{
    VERIFY_NOT_LOOP(store->hass, "hass.store.remove", err);
    struct remote *remote = remote_new(store, NULL, 0);
    return wait_for(store->hass, HASS_JOB_COROUTINE(remove_remote, remote, .destroy = remote_free),
                    err);
}
