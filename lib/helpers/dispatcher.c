/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The dispatcher: a list of registrations for each signal that has targets. A target that is connected again gets a second
 * handle for its one connection; whichever handle is removed first disconnects it.
 */
#include <string.h>

#include <hass/dispatcher.h>
#include <hass/strmap.h>

#include "base/mem.h"
#include "helpers/helpers.h"

struct signal {
    struct helpers *helpers; /* counted */
    struct sub_list targets;
    struct hass_list connections;
    char name[];
};

struct connection {
    struct hass_list link; /* in signal->connections */
    struct signal *signal;
    struct hass_sub *sub;
    struct hass_list repeats;
    void (*fn)(void);
    void *userdata;
};

/* The handle of a target that was connected already. */
struct repeat {
    struct hass_list link;         /* in connection->repeats */
    struct connection *connection; /* NULL once it has ended */
};

/* a signal that outlives its delivery */

static void *signal_hold(const void *subject)
{
    const struct hass_signal *signal = subject;
    struct hass_signal *held = mem_memdup(signal, sizeof(*signal));

    held->name = mem_strdup(signal->name);
    held->data = hass_json_ref(signal->data);
    return held;
}

static void signal_release(void *object)
{
    struct hass_signal *held = object;

    free((char *)held->name);
    json_decref((json_t *)held->data);
    free(held);
}

static const struct subject_ops signal_ops = { .hold = signal_hold, .release = signal_release };

/* connecting */

static HASS_CALLBACK struct signal *signal_of(struct hass *hass, const char *name)
{
    struct helpers *helpers = helpers_of(hass);
    struct signal *signal = hass_strmap_get(helpers->signals, name);

    if (signal)
        return signal;
    size_t size = strlen(name) + 1;
    signal = mem_zalloc(sizeof(*signal) + size);
    memcpy(signal->name, name, size);
    signal->helpers = helpers_ref(helpers);
    list_init(&signal->connections);
    hass_strmap_set(helpers->signals, name, signal);
    runtime_set_subject(hass, HASS_SUBJECT_SIGNAL, &signal_ops);
    return signal;
}

static void drop_if_unused(struct signal *signal)
{
    if (!list_empty(&signal->connections))
        return;
    hass_strmap_remove(signal->helpers->signals, signal->name);
    helpers_unref(signal->helpers);
    free(signal);
}

static void connection_removed(struct hass_sub *sub, void *owner)
{
    struct connection *connection = owner;

    list_foreach(&connection->repeats, struct repeat, repeat, link) {
        repeat->connection = NULL;
        list_remove(&repeat->link);
    }
    list_remove(&connection->link);
    drop_if_unused(connection->signal);
    free(connection);
}

static void repeat_removed(struct hass_sub *sub, void *owner)
{
    struct repeat *repeat = owner;
    struct connection *connection = repeat->connection;

    list_remove(&repeat->link);
    free(repeat);
    hass__assert_loop();
    if (connection)
        sub_finish(connection->sub);
}

static struct connection *find(struct signal *signal, const struct hass_job *job)
{
    list_foreach(&signal->connections, struct connection, connection, link) {
        if (connection->fn == job->fn && connection->userdata == job->userdata)
            return connection;
    }
    return NULL;
}

/* The userdata is the connection's already: this job only makes the handle. */
static HASS_CALLBACK int connect_again(struct hass *hass, struct connection *connection,
                                       struct hass_job job, struct hass_sub **ret_sub,
                                       struct hass_error *err)
{
    if (!ret_sub)
        return 0;
    struct repeat *repeat = mem_zalloc(sizeof(*repeat));
    job.destroy = NULL;
    struct sub_options options = { .job = job, .removed = repeat_removed, .owner = repeat };
    int r = sub_add(hass, HASS_SUBJECT_SIGNAL, &options, ret_sub, err);
    if (r < 0) {
        free(repeat);
        return r;
    }
    repeat->connection = connection;
    list_append(&connection->repeats, &repeat->link);
    return 0;
}

static HASS_CALLBACK int connect_first(struct hass *hass, struct signal *signal,
                                       struct hass_job job, struct hass_sub **ret_sub,
                                       struct hass_error *err)
{
    struct connection *connection = mem_zalloc(sizeof(*connection));

    *connection = (struct connection){ .signal = signal, .fn = job.fn, .userdata = job.userdata };
    list_init(&connection->repeats);
    struct sub_options options = {
        .job = job,
        .removed = connection_removed,
        .owner = connection,
    };
    int r =
        sub_list_add(hass, &signal->targets, HASS_SUBJECT_SIGNAL, &options, &connection->sub, err);
    if (r < 0) {
        free(connection);
        drop_if_unused(signal);
        return r;
    }
    list_append(&signal->connections, &connection->link);
    tracker_publish(connection->sub, ret_sub);
    return 0;
}

int hass_async_dispatcher_connect(struct hass *hass, const char *signal_name, struct hass_job job,
                                  struct hass_sub **ret_sub, struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.async_dispatcher_connect", err);
    struct signal *signal = signal_of(hass, signal_name);
    struct connection *connection = find(signal, &job);
    return connection ? connect_again(hass, connection, job, ret_sub, err)
                      : connect_first(hass, signal, job, ret_sub, err);
}

struct connect_call {
    const char *signal;
    struct hass_job job;
    struct hass_sub **ret_sub;
};

static HASS_CALLBACK int connect_on_loop(struct hass *hass, void *arg, struct hass_error *err)
{
    struct connect_call *call = arg;

    return hass_async_dispatcher_connect(hass, call->signal, job_take(&call->job), call->ret_sub,
                                         err);
}

int hass_dispatcher_connect(struct hass *hass, const char *signal, struct hass_job job,
                            struct hass_sub **ret_sub, struct hass_error *err)
{
    struct connect_call call = { .signal = signal, .job = job, .ret_sub = ret_sub };

    return runtime_call_with_job(hass, "hass.dispatcher_connect", connect_on_loop, &call, &call.job,
                                 err);
}

/* sending */

int hass_async_dispatcher_send(struct hass *hass, const char *name, json_t *data,
                               struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.async_dispatcher_send", err);
    autojson *owned = data ? data : json_null();
    struct signal *signal = hass_strmap_get(helpers_of(hass)->signals, name);
    if (!signal)
        return 0;
    struct hass_signal subject = {
        .size = sizeof(subject),
        .hass = hass,
        .name = name,
        .data = owned,
    };
    sub_list_deliver(hass, &signal->targets, &subject);
    return 0;
}

struct send_call {
    json_t *data;
    char signal[];
};

static void send_call_destroy(void *object)
{
    struct send_call *call = object;

    json_decref(call->data);
    free(call);
}

static HASS_CALLBACK int send_on_loop(struct hass *hass, void *arg, struct hass_error *err)
{
    struct send_call *call = arg;

    return hass_async_dispatcher_send(hass, call->signal, steal(call->data), err);
}

int hass_dispatcher_send(struct hass *hass, const char *signal, json_t *data,
                         struct hass_error *err)
{
    size_t size = strlen(signal) + 1;
    struct send_call *call = mem_alloc(sizeof(*call) + size);

    call->data = data;
    memcpy(call->signal, signal, size);
    return runtime_post(hass, "hass.dispatcher_send", send_on_loop, call, send_call_destroy, err);
}
