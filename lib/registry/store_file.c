/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Operations on one file. Each is a pool job of the core, because it must not end with the integration that asked; what it
 * found comes back by op_done, which begins the next. A write that fails leaves what it had as pending, and is tried again
 * with growing pauses; that is reported once.
 */
#include "registry/store_file.h"

#include <errno.h>
#include <string.h>

#include <hass/log.h>
#include <hass/loop.h>

#include "base/mem.h"
#include "base/random.h"
#include "core/core.h"
#include "registry/layer.h"
#include "run/clock.h"
#include "run/executor.h"
#include "run/future.h"

#define BACKOFF_FIRST 5.0 /* seconds */
#define BACKOFF_MOST  600.0

enum op_kind {
    OP_READ,
    OP_STREAM,
    OP_WRITE,
    OP_REMOVE,
};

struct store_op {
    struct hass_list link; /* in file->ops */
    enum op_kind kind;
    struct store_file *file;
    struct hass_future *done;
    struct disk_file disk;
    struct disk_content *content; /* what a reading found */
    struct store_stream *stream;  /* what one in pieces makes */
    struct store_payload payload;
    bool was_dirty; /* the payload came from the store, which can give it again */
    bool check;     /* before the write: may the file be replaced? */
    bool copy;
    bool sweep;
    int version, minor_version;
    int result;
    struct hass_error err;
};

struct store_stream {
    const struct store_reader *reader;
    void *reading;
};

/* payloads */

static void payload_fini(struct store_payload *payload)
{
    json_decref(payload->json);
    if (payload->snapshot)
        payload->writer->release(payload->snapshot);
    *payload = (struct store_payload){ 0 };
}

static bool has_payload(const struct store_payload *payload)
{
    return payload->json || payload->snapshot;
}

/* Asks the store for its data, in its scope. */
static HASS_CALLBACK struct store_payload ask(const struct hass_store *store)
{
    struct runtime *runtime = runtime_of(store->hass);
    struct store_payload payload = { .writer = store->writer };
    struct dispatch dispatch;

    dispatch_begin(runtime, &dispatch, store->member.scope, store->options.key);
    if (store->writer)
        payload.snapshot = store->writer->snapshot(store->options.userdata);
    else
        payload.json = store->options.data(store->options.userdata);
    dispatch_end(runtime, &dispatch);
    return payload;
}

bool store_file_pending(const struct store_file *file)
{
    return file->dirty || has_payload(&file->payload);
}

void store_file_drop(struct store_file *file)
{
    payload_fini(&file->payload);
    file->dirty = false;
    file->latest = 0;
    timer_cancel(&file->timer);
}

json_t *store_file_copy_pending(struct store_file *file)
{
    if (!file->dirty)
        return json_deep_copy(file->payload.json);
    struct store_payload payload = ask(file->store);
    json_t *copy = json_deep_copy(payload.json);
    payload_fini(&payload);
    return copy;
}

/* on the pool */

static void write_json(const struct store_op *op, json_t *data, struct hass_buf *text)
{
    autojson *envelope = json_pack("{s:i, s:i, s:s, s:o}", "version", op->version, "minor_version",
                                   op->minor_version, "key", op->disk.key, "data", data);

    hass_json_write_pretty(envelope, text);
}

static void serialise(const struct store_op *op, struct hass_buf *text)
{
    const struct store_payload *payload = &op->payload;

    if (payload->json) {
        write_json(op, json_incref(payload->json), text);
    } else {
        hass_buf_printf(text,
                        "{\n  \"version\": %d,\n  \"minor_version\": %d,\n  \"key\": \"%s\",\n"
                        "  \"data\": ",
                        op->version, op->minor_version, op->disk.key);
        payload->writer->write(payload->snapshot, text);
        hass_buf_add_string(text, "\n}");
    }
}

/* What is there and could not be read must not be replaced. */
static int check(struct store_op *op, struct hass_error *err)
{
    op->content = mem_zalloc(sizeof(*op->content));
    return disk_load(&op->disk, op->content, err);
}

static int write_file(struct store_op *op, struct hass_error *err)
{
    autobuf text = HASS_BUF_INIT;
    int r = op->check ? check(op, err) : 0;

    if (r < 0)
        return r;
    serialise(op, &text);
    return disk_write(&op->disk, text.data, text.length, op->copy, err);
}

static int op_run(struct hass_worker *worker, void *arg, struct hass_error *err)
{
    struct store_op *op = arg;

    if (op->sweep)
        disk_sweep(&op->disk);
    switch (op->kind) {
    case OP_READ:
        op->content = mem_zalloc(sizeof(*op->content));
        op->result = disk_load(&op->disk, op->content, &op->err);
        break;
    case OP_STREAM:
        op->content = mem_zalloc(sizeof(*op->content));
        op->result = disk_stream(&op->disk, &op->stream->reader->file, op->stream->reading,
                                 op->content, &op->err);
        break;
    case OP_WRITE:
        op->result = write_file(op, &op->err);
        break;
    case OP_REMOVE:
        op->result = disk_remove(&op->disk, &op->err);
        break;
    }
    return 0;
}

/* results */

static void content_free(void *object)
{
    if (object)
        disk_content_fini(object);
    free(object);
}

void *store_stream_take(struct store_stream *stream)
{
    return stream ? steal(stream->reading) : NULL;
}

static void stream_free(void *object)
{
    struct store_stream *stream = object;

    if (stream && stream->reading)
        stream->reader->release(stream->reading);
    free(stream);
}

static HASS_CALLBACK void retry_later(struct store_file *file)
{
    file->backoff = file->backoff ? file->backoff * 2 : BACKOFF_FIRST;
    if (file->backoff > BACKOFF_MOST)
        file->backoff = BACKOFF_MOST;
    if (!timer_is_set(&file->timer) && !file->stores->final)
        store_file_write_at(file,
                            hass_monotonic(file->stores->hass) + clock_from_seconds(file->backoff));
}

/* The write has failed: what it had is pending again, unless there is something newer. */
static HASS_CALLBACK void take_back(struct store_op *op)
{
    struct store_file *file = op->file;

    if (store_file_pending(file))
        return;
    file->dirty = op->was_dirty && file->store;
    if (!file->dirty) {
        file->payload = op->payload;
        op->payload = (struct store_payload){ 0 };
    }
}

static HASS_CALLBACK void written(struct store_op *op)
{
    struct store_file *file = op->file;

    if (op->content && op->content->aside)
        store_file_report_corrupt(file, op->content);
    if (op->result == 0) {
        file->known = true;
        file->keep_copy = false;
        store_file_report_recovery(file);
    } else if (op->result == HASS_E_UNSUPPORTED) {
        hass_error("%s is not saved: %s", file->key, op->err.message);
        store_file_report_newer(file, &op->err);
    } else {
        take_back(op);
        if (op->result == -ECANCELED) // the pool has ended
            return;
        store_file_report_failure(file, &op->err);
        retry_later(file);
    }
}

static HASS_CALLBACK void read_done(struct store_op *op)
{
    if (op->result == HASS_E_UNSUPPORTED)
        store_file_report_newer(op->file, &op->err);
    if (op->result < 0)
        return;
    op->file->known = true;
    if (op->content->aside)
        store_file_report_corrupt(op->file, op->content);
    if (!op->content->version) { // what was read before the end is not to be used
        stream_free(op->stream);
        op->stream = NULL;
    }
}

/* the queue */

static HASS_CALLBACK void begin_next(struct store_file *file);

static HASS_CALLBACK void free_if_done(struct store_file *file)
{
    if (file->store || !list_empty(&file->ops) || store_file_pending(file))
        return;
    timer_cancel(&file->timer);
    hass_strmap_remove(file->stores->files, file->key);
}

static HASS_CALLBACK void op_end(struct store_op *op)
{
    struct store_file *file = op->file;
    struct stores *stores = file->stores;
    const struct hass_error *err = op->err.code ? &op->err : NULL;

    list_remove(&op->link);
    if (op->kind == OP_STREAM)
        (void)hass_future_set(op->done, op->result, steal(op->stream), stream_free, err);
    else
        (void)hass_future_set(op->done, op->result, steal(op->content), content_free, err);
    content_free(op->content);
    hass_future_unref(op->done);
    payload_fini(&op->payload);
    free(op);
    if (--stores->busy == 0 && stores->idle)
        (void)hass_future_set(stores->idle, 0, NULL, NULL, NULL);
    begin_next(file);
}

/* On the loop, also when the job never ran. */
static void op_done(void *object)
{
    struct store_op *op = object;

    hass__assert_loop();
    if (op->kind == OP_WRITE)
        written(op);
    else if (op->kind == OP_READ || op->kind == OP_STREAM)
        read_done(op);
    else if (op->result == 0)
        op->file->known = true;
    op_end(op);
}

/* False when there is nothing to write any more. */
static HASS_CALLBACK bool prepare_write(struct store_op *op)
{
    struct store_file *file = op->file;

    file->queued_write = NULL;
    op->was_dirty = file->dirty;
    if (!file->dirty) {
        op->payload = file->payload;
        file->payload = (struct store_payload){ 0 };
    }
    store_file_drop(file); // before the store is asked: it may change something while it answers
    if (op->was_dirty)
        op->payload = ask(file->store);
    op->check = !file->known;
    op->copy = file->keep_copy;
    op->version = file->version;
    op->minor_version = file->minor_version;
    return has_payload(&op->payload);
}

/* How the file is to be read and written now. Lends. */
static HASS_CALLBACK struct disk_file disk_file_of(const struct store_file *file)
{
    return (struct disk_file){
        .folder = file->stores->folder,
        .key = file->key,
        .token = file->stores->token,
        .max_version = file->max_version,
        .private_file = file->private_file,
        .now = hass_now(file->stores->hass),
    };
}

static HASS_CALLBACK void begin_next(struct store_file *file)
{
    struct store_op *op = list_first(&file->ops, struct store_op, link);
    struct stores *stores = file->stores;
    struct runtime *runtime = runtime_of(stores->hass);

    if (!op) {
        free_if_done(file);
        return;
    }
    op->disk = disk_file_of(file);
    if (op->kind == OP_WRITE && !prepare_write(op)) {
        op->result = 0;
        op_end(op);
        return;
    }
    op->sweep = !stores->swept;
    stores->swept = true;
    (void)executor_submit(stores->hass, runtime->root, file->key, op_run, op, op_done, 0, NULL,
                          &op->err);
}

static HASS_CALLBACK struct store_op *op_queue(struct store_file *file, enum op_kind kind)
{
    struct store_op *op = mem_alloc(sizeof(*op));

    *op = (struct store_op){
        .kind = kind,
        .file = file,
        .done = hass_future_new(file->stores->hass),
        .result = -ECANCELED, // until it has run
        .err = HASS_ERROR_INIT,
    };
    file->stores->busy++;
    list_append(&file->ops, &op->link);
    return op;
}

/* Begins what has been queued, if nothing runs; @op may be gone afterwards. */
static HASS_CALLBACK struct hass_future *op_start(struct store_op *op)
{
    struct hass_future *done = hass_future_ref(op->done);

    if (op->file->ops.next == &op->link)
        begin_next(op->file);
    return done;
}

struct hass_future *store_file_write(struct store_file *file)
{
    if (file->queued_write)
        return hass_future_ref(file->queued_write->done);
    timer_cancel(&file->timer);
    file->queued_write = op_queue(file, OP_WRITE);
    return op_start(file->queued_write);
}

struct hass_future *store_file_remove(struct store_file *file)
{
    store_file_drop(file);
    return op_start(op_queue(file, OP_REMOVE));
}

struct hass_future *store_file_read(struct store_file *file)
{
    return op_start(op_queue(file, OP_READ));
}

struct hass_future *store_file_stream(struct store_file *file, const struct store_reader *reader,
                                      void *reading)
{
    struct store_op *op = op_queue(file, OP_STREAM);

    op->stream = mem_alloc(sizeof(*op->stream));
    *op->stream = (struct store_stream){ .reader = reader, .reading = reading };
    return op_start(op);
}

/* delays */

static void timer_fires(struct timer *timer)
{
    struct store_file *file = list_entry(timer, struct store_file, timer);

    hass__assert_loop();
    struct hass *hass = file->stores->hass;
    if (hass_monotonic(hass) < file->deadline)
        timer_set(runtime_of(hass)->timers, &file->timer, file->deadline);
    else if (hass_core_state(hass) != HASS_STOPPING) // the final write comes soon
        hass_future_unref(store_file_write(file));
}

void store_file_write_at(struct store_file *file, int64_t when)
{
    file->deadline = when;
    if (!timer_is_set(&file->timer) || file->timer.when > when)
        timer_set(runtime_of(file->stores->hass)->timers, &file->timer, when);
}

/* life */

void store_file_detach(struct store_file *file)
{
    if (file->dirty) {
        payload_fini(&file->payload);
        if (!runtime_of(file->stores->hass)->stopping)
            file->payload = ask(file->store);
        file->dirty = false;
    }
    file->store = NULL;
    if (has_payload(&file->payload) && !file->failing)
        hass_future_unref(store_file_write(file));
    else
        free_if_done(file);
}

static void file_free(void *object)
{
    struct store_file *file = object;

    hass__assert_loop();
    timer_cancel(&file->timer);
    payload_fini(&file->payload);
    free(file);
}

struct store_file *store_file_find(struct stores *stores, const char *key)
{
    struct store_file *file = hass_strmap_get(stores->files, key);
    size_t size = strlen(key) + 1;

    if (file)
        return file;
    file = mem_zalloc(sizeof(*file) + size);
    file->stores = stores;
    memcpy(file->key, key, size);
    list_init(&file->ops);
    timer_init(&file->timer, timer_fires);
    hass_strmap_set(stores->files, key, file);
    return file;
}

/* the final write */

static HASS_COROUTINE void wait_until_idle(struct stores *stores)
{
    int r = 0;

    for (int cancelled = 0; stores->busy && cancelled < 2 && (r == 0 || r == -ECANCELED);) {
        stores->idle = hass_future_new(stores->hass);
        r = hass_async_await(stores->idle, HASS_FOREVER, NULL);
        stores->idle = hass_future_unref(stores->idle);
        cancelled += r == -ECANCELED;
    }
}

static HASS_CALLBACK void write_all(struct stores *stores)
{
    const char *key;
    struct store_file *file;

    strmap_foreach(stores->files, key, file)
        if (store_file_pending(file))
            hass_future_unref(store_file_write(file));
}

static HASS_COROUTINE int on_final_write(const struct hass_event *event, void *userdata,
                                         struct hass_error *err)
{
    struct stores *stores = userdata;
    const char *key;
    struct store_file *file;

    stores->final = true;
    write_all(stores);
    wait_until_idle(stores);
    strmap_foreach(stores->files, key, file)
        if (store_file_pending(file))
            hass_error("The last changes of %s are lost: they could not be saved", key);
    return 0;
}

/* all of them */

static void stores_destroy(void *object)
{
    struct stores *stores = object;

    hass__assert_loop();
    hass_strmap_destroy(stores->files);
    while (!list_empty(&stores->handles)) {
        struct hass_store *store = list_first(&stores->handles, struct hass_store, link);
        list_remove(&store->link);
        free(store);
    }
    hass_semaphore_destroy(stores->loads);
    free(stores->folder);
    free(stores);
}

struct stores *stores_of(struct hass *hass)
{
    struct stores *stores = registry_get(hass, REGISTRY_STORES);

    if (stores)
        return stores;
    stores = mem_zalloc(sizeof(*stores));
    stores->hass = hass;
    stores->files = hass_strmap_create(file_free);
    list_init(&stores->handles);
    stores->loads = hass_semaphore_create(hass, STORE_MAX_LOADS);
    stores->folder = mem_printf("%s/.storage", hass_config_state_dir(hass));
    snprintf(stores->token, sizeof(stores->token), "%016llx", (unsigned long long)random_u64());
    registry_set(hass, REGISTRY_STORES, stores, stores_destroy);
    struct scope *former = scope_enter(runtime_of(hass)->root);
    (void)hass_bus_async_listen_once(hass, HASS_EVENT_FINAL_WRITE,
                                     HASS_JOB_COROUTINE(on_final_write, stores), NULL, NULL);
    scope_leave(former);
    return stores;
}
