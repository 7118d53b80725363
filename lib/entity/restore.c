/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keeping last states. What is written is a row of references, taken on the loop at the start, every 15 minutes, and when the
 * stop begins, and turned into text on the pool: states never change.
 */
#include "entity/restore.h"

#include <string.h>

#include <hass/bus.h>
#include <hass/dt.h>
#include <hass/json.h>
#include <hass/log.h>
#include <hass/loop.h>
#include <hass/states.h>
#include <hass/vec.h>

#include "base/mem.h"
#include "core/state.h"
#include "data/json_rows.h"
#include "entity/entity.h"
#include "entity/layer.h"
#include "entity/placeholder.h"
#include "registry/store.h"

#define INTERVAL   (15 * 60 * INT64_C(1000000)) /* microseconds */
#define EXPIRATION (7 * 24 * 3600 * INT64_C(1000000))
#define MAX_ROW    (1u << 20) /* bytes */

struct last {
    const struct hass_state *state; /* a reference */
    json_t *extra;                  /* frozen; or NULL */
    int64_t seen;                   /* microseconds UTC */
};

/* What is written at once. */
struct rows {
    struct last *data;
    size_t length, capacity;
};

struct restore {
    struct hass *hass;
    struct hass_strmap *last; /* struct last by entity id */
    struct hass_store *store; /* NULL: nothing is kept over a restart */
    struct hass_sub *timer;
    struct rows *final; /* how it was when the stop began; NULL before */
};

static void last_fini(struct last *last)
{
    hass_state_unref(last->state);
    json_decref(last->extra);
}

static void last_free(void *object)
{
    last_fini(object);
    free(object);
}

static struct last *last_new(const struct hass_state *state, json_t *extra, int64_t seen)
{
    struct last *last = mem_alloc(sizeof(*last));

    *last = (struct last){ .state = state, .extra = extra, .seen = seen };
    return last;
}

static void rows_free(void *object)
{
    struct rows *rows = object;

    if (!rows)
        return;
    vec_foreach(rows, last)
        last_fini(last);
    vec_fini(rows);
    free(rows);
}

struct restore *restore_create(struct hass *hass)
{
    struct restore *restore = mem_zalloc(sizeof(*restore));

    restore->hass = hass;
    restore->last = hass_strmap_create(last_free);
    return restore;
}

struct restore *restore_destroy(struct restore *restore)
{
    if (!restore)
        return NULL;
    hass_strmap_destroy(restore->last);
    rows_free(restore->final);
    free(restore);
    return NULL;
}

/* what there is to keep */

static bool is_restored(const struct hass_entity *entity)
{
    return ENTITY_DESC(entity, restore) || DOMAIN_OP(entity, restore);
}

static HASS_CALLBACK json_t *extra_data(struct hass_entity *entity)
{
    json_t *(*from_domain)(struct hass_entity *) = DOMAIN_OP(entity, extra_restore_state_data);
    json_t *(*from_entity)(struct hass_entity *) = ENTITY_OP(entity, extra_restore_state_data);
    struct op_call call;

    if (!from_domain && !from_entity)
        return NULL;
    op_begin(entity->hass, &call, from_domain ? component_scope(entity->component) : entity->scope,
             "extra data");
    json_t *extra = from_domain ? from_domain(entity) : from_entity(entity);
    op_end(entity->hass, &call);
    return extra;
}

/* The state that an entity has written; a placeholder is none. */
static HASS_CALLBACK const struct hass_state *written_state(struct hass *hass,
                                                            const char *entity_id)
{
    const struct hass_state *state = hass_states_async_get(hass, entity_id);

    return is_placeholder(state) ? NULL : state;
}

static HASS_CALLBACK void collect_present(struct restore *restore, struct rows *rows, int64_t now)
{
    const char *entity_id;
    struct hass_entity *entity;

    strmap_foreach(entity_layer(restore->hass)->entities, entity_id, entity) {
        const struct hass_state *state = written_state(restore->hass, entity_id);
        if (!state || !is_restored(entity))
            continue;
        struct last last = { hass_state_ref(state), extra_data(entity), now };
        vec_push(rows, last);
    }
}

/* Those of entities that are there are in already, or care no more. */
static HASS_CALLBACK void collect_absent(struct restore *restore, struct rows *rows, int64_t now)
{
    const char *entity_id;
    const struct last *last;

    strmap_foreach(restore->last, entity_id, last) {
        if (last->seen + EXPIRATION < now || written_state(restore->hass, entity_id))
            continue;
        struct last copy = { hass_state_ref(last->state), hass_json_ref(last->extra), last->seen };
        vec_push(rows, copy);
    }
}

static HASS_CALLBACK struct rows *collect(struct restore *restore)
{
    struct rows *rows = mem_zalloc(sizeof(*rows));
    int64_t now = hass_now(restore->hass);

    collect_present(restore, rows, now);
    collect_absent(restore, rows, now);
    return rows;
}

void restore_keep(struct hass_entity *entity)
{
    struct restore *restore = entity_layer(entity->hass)->restore;
    const struct hass_state *state = written_state(entity->hass, entity->entity_id);

    if (state && is_restored(entity) && !runtime_of(entity->hass)->stopping)
        hass_strmap_set(
            restore->last, entity->entity_id,
            last_new(hass_state_ref(state), extra_data(entity), hass_now(entity->hass)));
}

/* writing */

static void *take_snapshot(void *userdata)
{
    struct restore *restore = userdata;

    hass__assert_loop();
    return restore->final ? steal(restore->final) : collect(restore);
}

static void write_row(const struct last *last, struct hass_buf *text)
{
    hass_buf_add_string(text, "{\"state\":");
    hass_state_write_json(last->state, text);
    hass_buf_add_string(text, ",\"extra_data\":");
    if (last->extra)
        hass_json_write(last->extra, text);
    else
        hass_buf_add_string(text, "null");
    hass_buf_add_string(text, ",\"last_seen\":\"");
    state_write_time(last->seen, text);
    hass_buf_add_string(text, "\"}");
}

static void write_rows(const void *snapshot, struct hass_buf *text)
{
    const struct rows *rows = snapshot;

    hass_buf_add_char(text, '[');
    for (size_t i = 0; i < rows->length; i++) {
        if (i > 0)
            hass_buf_add_char(text, ',');
        write_row(&rows->data[i], text);
    }
    hass_buf_add_char(text, ']');
}

static const struct store_writer writer = {
    .snapshot = take_snapshot,
    .write = write_rows,
    .release = rows_free,
};

/* when */

static HASS_CALLBACK void dump(struct restore *restore)
{
    struct hass_error err = HASS_ERROR_INIT;

    if (hass_store_async_delay_save(restore->store, 0, &err) < 0)
        hass_error("Last states are not written: %s", err.message);
}

static HASS_CALLBACK int on_interval(const struct hass_tick *tick, void *userdata,
                                     struct hass_error *err);

static HASS_CALLBACK int arm(struct restore *restore, struct hass_error *err)
{
    return hass_async_call_at(restore->hass, hass_monotonic(restore->hass) + INTERVAL,
                              HASS_JOB_CALLBACK(on_interval, restore, .cancel_on_shutdown = true),
                              &restore->timer, err);
}

static HASS_CALLBACK int on_interval(const struct hass_tick *tick, void *userdata,
                                     struct hass_error *err)
{
    struct restore *restore = userdata;

    restore->timer = hass_sub_async_remove(restore->timer);
    dump(restore);
    return arm(restore, err);
}

static HASS_CALLBACK int on_start(const struct hass_event *event, void *userdata,
                                  struct hass_error *err)
{
    struct restore *restore = userdata;

    dump(restore);
    return restore->timer ? 0 : arm(restore, err);
}

/* What integrations write while they go down is not how it was. */
static HASS_CALLBACK int on_stop(const struct hass_event *event, void *userdata,
                                 struct hass_error *err)
{
    struct restore *restore = userdata;

    restore->timer = hass_sub_async_remove(restore->timer);
    rows_free(restore->final);
    restore->final = collect(restore);
    dump(restore);
    return 0;
}

/* reading */

/* What the pool makes of the file. */
struct reading {
    struct hass *hass;
    struct json_rows *json;
    struct rows rows;
};

/* A row that is no good is the loss of one. */
static int take_row(json_t *row, void *userdata, struct hass_error *err)
{
    struct reading *reading = userdata;
    autojson *taken = row;
    const json_t *extra = hass_json_get(taken, "extra_data");
    const char *seen = hass_json_get_string(taken, "last_seen", NULL);
    struct hass_error wrong = HASS_ERROR_INIT;
    const struct hass_state *state = NULL;
    int64_t time = 0;
    int r = seen ? hass_dt_parse(seen, NULL, &time, &wrong)
                 : hass_fail(&wrong, HASS_E_INVALID, "expected last_seen");
    if (r == 0)
        r = state_read(reading->hass, hass_json_get(taken, "state"), &state, &wrong);
    if (r < 0) {
        hass_warning("A last state is left out: %s", wrong.message);
        return 0;
    }
    struct last last = { state, json_is_null(extra) ? NULL : hass_json_ref(extra), time };
    vec_push(&reading->rows, last);
    return 0;
}

static int begin(int version, int minor_version, void *userdata, struct hass_error *err)
{
    return 0;
}

static int feed(const char *data, size_t size, void *userdata, struct hass_error *err)
{
    const struct reading *reading = userdata;

    return json_rows_feed(reading->json, data, size, err);
}

static int finish(void *userdata, struct hass_error *err)
{
    const struct reading *reading = userdata;
    autojson *rest = NULL;

    return json_rows_finish(reading->json, &rest, err);
}

static void reading_free(void *object)
{
    struct reading *reading = object;

    if (!reading)
        return;
    vec_foreach(&reading->rows, last)
        last_fini(last);
    vec_fini(&reading->rows);
    json_rows_destroy(reading->json);
    free(reading);
}

static HASS_COROUTINE int read_file(struct restore *restore, struct hass_error *err)
{
    static const char *const path[] = { "data", NULL };
    static const struct store_reader reader = {
        .file = { .begin = begin, .feed = feed, .finish = finish },
        .release = reading_free,
    };
    struct reading *reading = mem_zalloc(sizeof(*reading));
    void *read = NULL;

    reading->hass = restore->hass;
    reading->json = json_rows_create(path, MAX_ROW, take_row, reading);
    int r = store_async_read(restore->store, &reader, reading, &read, err);
    reading = read;
    for (size_t i = 0; reading && i < reading->rows.length; i++) {
        struct last last = reading->rows.data[i];
        hass_strmap_set(restore->last, hass_state_entity_id(last.state),
                        last_new(last.state, last.extra, last.seen));
    }
    if (reading)
        vec_clear(&reading->rows);
    reading_free(reading);
    return r;
}

static HASS_CALLBACK int listen_to(struct restore *restore, const char *type, struct hass_job job,
                                   struct hass_error *err)
{
    struct scope *former = scope_enter(runtime_of(restore->hass)->root);
    int r = hass_bus_async_listen(restore->hass, type, NULL, job, NULL, err);

    scope_leave(former);
    return r;
}

int restore_async_load(struct hass *hass, struct hass_error *err)
{
    struct restore *restore = entity_layer(hass)->restore;
    const struct hass_store_options options = {
        .size = sizeof(options),
        .key = "core.restore_state",
        .version = 1,
        .userdata = restore,
    };
    int r = store_async_create(hass, &options, &writer, &restore->store, err);

    if (r >= 0)
        r = read_file(restore, err);
    if (r >= 0)
        r = listen_to(restore, HASS_EVENT_START, HASS_JOB_CALLBACK(on_start, restore), err);
    if (r >= 0)
        r = listen_to(restore, HASS_EVENT_STOP, HASS_JOB_CALLBACK(on_stop, restore), err);
    return r;
}

/* asking */

static HASS_CALLBACK const struct last *find_last(struct hass_entity *entity)
{
    if (entity->entity_id)
        return hass_strmap_get(entity_layer(entity->hass)->restore->last, entity->entity_id);
    hass_entity_log(HASS_LOG_WARNING, NULL,
                    "The last state of %s is not known before it has been added",
                    entity_label(entity));
    return NULL;
}

const struct hass_state *hass_entity_async_last_state(struct hass_entity *entity)
{
    VERIFY_LOOP_OR(entity->hass, "hass.entity.async_last_state", NULL);
    const struct last *last = find_last(entity);
    return last ? last->state : NULL;
}

const json_t *hass_entity_async_last_extra_data(struct hass_entity *entity)
{
    VERIFY_LOOP_OR(entity->hass, "hass.entity.async_last_extra_data", NULL);
    const struct last *last = find_last(entity);
    return last ? last->extra : NULL;
}

/* from other threads */

struct remote {
    struct hass_entity *entity;
    const struct hass_state *state; /* out */
    json_t *extra;                  /* out */
};

static HASS_CALLBACK int ask_on_loop(struct hass *hass, void *arg, struct hass_error *err)
{
    struct remote *remote = arg;
    const struct last *last = find_last(remote->entity);

    remote->state = last ? hass_state_ref(last->state) : NULL;
    remote->extra = last ? hass_json_ref(last->extra) : NULL;
    return 0;
}

const struct hass_state *hass_entity_last_state(struct hass_entity *entity)
{
    struct remote remote = { .entity = entity };

    (void)runtime_call(entity->hass, "hass.entity.last_state", ask_on_loop, &remote, NULL);
    json_decref(remote.extra);
    return remote.state;
}

json_t *hass_entity_last_extra_data(struct hass_entity *entity)
{
    struct remote remote = { .entity = entity };

    (void)runtime_call(entity->hass, "hass.entity.last_extra_data", ask_on_loop, &remote, NULL);
    hass_state_unref(remote.state);
    return remote.extra;
}
