/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The event bus: firing and listening.
 *
 * A fire that comes while an event is being delivered queues its event; the outermost fire delivers the queue before it
 * returns. An event without any listener is never made.
 */
#include "core/bus.h"

#include <string.h>

#include <hass/loop.h>
#include <hass/task.h>

#include "base/mem.h"
#include "core/core.h"

/* types */

static struct bus_type *add_type(struct bus *bus, const char *name)
{
    size_t size = strlen(name) + 1;
    struct bus_type *type = mem_zalloc(sizeof(*type) + size);

    type->bus = bus;
    memcpy(type->name, name, size);
    hass_strmap_set(bus->types, name, type);
    return type;
}

static struct bus_type *add_permanent(struct bus *bus, const char *name, bool hidden)
{
    struct bus_type *type = add_type(bus, name);

    type->permanent = true;
    type->hidden = hidden;
    return type;
}

void bus_init(struct hass *hass)
{
    struct bus *bus = &hass->bus;

    bus->types = hass_strmap_create(free);
    bus->any = add_permanent(bus, HASS_MATCH_ALL, false);
    bus->state_changed = add_permanent(bus, HASS_EVENT_STATE_CHANGED, false);
    bus->state_reported = add_permanent(bus, HASS_EVENT_STATE_REPORTED, true);
    bus->call_service = add_permanent(bus, HASS_EVENT_CALL_SERVICE, false);
    add_permanent(bus, HASS_EVENT_CLOSE, true);
    runtime_set_subject(hass, HASS_SUBJECT_EVENT, &event_subject_ops);
}

void bus_fini(struct hass *hass)
{
    const char *name;
    struct bus_type *type;

    strmap_foreach(hass->bus.types, name, type)
        sub_list_fini(&type->listeners);
    hass->bus.types = hass_strmap_destroy(hass->bus.types);
}

/* Forgets types whose last listener has gone. Not while a delivery may still look at them. */
static void sweep_types(struct bus *bus)
{
    const char *name;
    struct bus_type *type;

    if (bus->delivering || !bus->idle_types)
        return;
    bus->idle_types = 0;
    strmap_foreach(bus->types, name, type)
        if (!type->permanent && sub_list_count(&type->listeners) == 0)
            hass_strmap_remove(bus->types, name);
}

/* A listener has left its list. */
static void listener_removed(struct hass_sub *sub, void *owner)
{
    struct bus_type *type = owner;

    type->bus->idle_types += !type->permanent;
}

static struct bus_type *find_type(const struct bus *bus, const char *name)
{
    return hass_strmap_get(bus->types, name);
}

/* @type is NULL when nobody listens to it by name. */
static bool reaches_anybody(const struct bus *bus, const struct bus_type *type)
{
    if (type && sub_list_count(&type->listeners))
        return true;
    return !(type && type->hidden) && sub_list_count(&bus->any->listeners);
}

bool bus_has_listeners(struct hass *hass, const char *type)
{
    return reaches_anybody(&hass->bus, find_type(&hass->bus, type));
}

/* delivering */

int bus_check_room(struct hass *hass, struct hass_error *err)
{
    if (__builtin_expect(hass->bus.queued < BUS_MAX_QUEUED, 1))
        return 0;
    return hass_fail(err, HASS_E_LIMIT, "more than %d events were fired while one was delivered",
                     BUS_MAX_QUEUED);
}

/* Takes the event and the live reference of its context. */
static HASS_CALLBACK void deliver(struct hass *hass, struct hass_event *event,
                                  struct bus_type *type)
{
    const struct hass_context *context = event->context;

    if (type)
        sub_list_deliver(hass, &type->listeners, event);
    if (!(type && type->hidden))
        sub_list_deliver(hass, &hass->bus.any->listeners, event);
    context_delivered(context, event);
    hass_context_unref(context); // the event keeps it
    hass_event_unref(event);
}

static HASS_CALLBACK void deliver_queue(struct hass *hass)
{
    struct bus *bus = &hass->bus;

    while (bus->first) {
        struct hass_event *event = bus->first;
        bus->first = event->next;
        if (!bus->first)
            bus->last = NULL;
        deliver(hass, event, event->queued ? event->queued : find_type(bus, event->type));
    }
}

/* @type stays as long as something is being delivered; where there was none, there may be one then. */
static HASS_CALLBACK void enqueue(struct bus *bus, struct hass_event *event, struct bus_type *type)
{
    event->queued = type;
    if (bus->last)
        bus->last->next = event;
    else
        bus->first = event;
    bus->last = event;
    bus->queued++;
}

/* Delivers now, or after the event under way. @event and the live reference of its context are taken. */
static HASS_CALLBACK void dispatch(struct hass *hass, struct hass_event *event,
                                   struct bus_type *type)
{
    struct bus *bus = &hass->bus;

    if (bus->delivering) {
        enqueue(bus, event, type);
        return;
    }
    bus->delivering = true;
    deliver(hass, event, type);
    deliver_queue(hass);
    bus->delivering = false;
    bus->queued = 0;
    sweep_types(bus);
}

void bus_fire_state_changed(struct hass *hass, const struct hass_state *old,
                            const struct hass_state *new, int64_t time,
                            const struct hass_context *context)
{
    struct bus_type *type = hass->bus.state_changed;

    hass_debug("state_changed: %s", hass_state_entity_id(new ? new : old));
    if (!reaches_anybody(&hass->bus, type)) {
        hass_context_unref(context);
        return;
    }
    struct event_options options = { .time_fired = time, .context = context };
    dispatch(hass, event_make_states(hass, EVENT_STATE_CHANGED, old, new, &options), type);
}

void bus_fire_state_reported(struct hass *hass, const struct hass_state *state,
                             int64_t old_last_reported, int64_t time,
                             const struct hass_context *context)
{
    struct event_options options = { .time_fired = time, .context = context };
    struct hass_event *event = event_make_states(hass, EVENT_STATE_REPORTED, NULL, state, &options);

    event->last_reported = time;
    event->old_last_reported = old_last_reported;
    dispatch(hass, event, hass->bus.state_reported);
}

/* @fire is completed: the context is then a live reference. */
static HASS_CALLBACK int begin_fire(struct hass *hass, struct event_options *fire,
                                    struct hass_error *err)
{
    int r = bus_check_room(hass, err);

    if (r < 0)
        return r;
    if (!fire->time_fired)
        fire->time_fired = hass_now(hass);
    fire->context =
        fire->context ? hass_context_ref(fire->context) : context_fresh(fire->time_fired);
    return 0;
}

int bus_fire(struct hass *hass, const char *type, json_t *data, const struct event_options *options,
             struct hass_error *err)
{
    struct bus_type *listened = find_type(&hass->bus, type);
    struct event_options fire = *options;
    bool heard = reaches_anybody(&hass->bus, listened);

    hass_debug("event %s", type);
    int r = heard ? begin_fire(hass, &fire, err) : 0;
    if (!heard || r < 0) {
        json_decref(data);
        return r;
    }
    dispatch(hass, event_make(hass, type, data, &fire), listened);
    return 0;
}

int bus_fire_call(struct hass *hass, const char *domain, const char *service, const json_t *data,
                  const struct hass_context *context, struct hass_error *err)
{
    struct bus_type *type = hass->bus.call_service;
    struct event_options fire = { .context = context };

    if (!reaches_anybody(&hass->bus, type))
        return 0;
    hass_debug("event %s", HASS_EVENT_CALL_SERVICE);
    int r = begin_fire(hass, &fire, err);
    if (r >= 0)
        dispatch(hass, event_make_call(hass, domain, service, data, &fire), type);
    return r;
}

/* firing */

/* What both forms check in the caller's thread. */
static int check_fire(const char *type, const json_t *data, struct hass_error *err)
{
    if (strnlen(type, HASS_MAX_EVENT_TYPE + 1) > HASS_MAX_EVENT_TYPE)
        return hass_fail(err, HASS_E_TOO_LONG, "event type '%.70s…' has more than %d characters",
                         type, HASS_MAX_EVENT_TYPE);
    if (data && !json_is_object(data))
        return hass_fail(err, HASS_E_INVALID, "data of event %s is not a map", type);
    return 0;
}

static HASS_CALLBACK int fire_checked(struct hass *hass, const char *type, json_t *data,
                                      const struct event_options *options, struct hass_error *err)
{
    autojson *taken = data;
    int r = check_fire(type, taken, err);

    return r < 0 ? r : bus_fire(hass, type, steal(taken), options, err);
}

int hass_bus_async_fire(struct hass *hass, const char *type, json_t *data,
                        const struct hass_context *context, struct hass_error *err)
{
    autojson *taken = data;

    VERIFY_LOOP(hass, "hass.bus.async_fire", err);
    return fire_checked(hass, type, steal(taken), &(struct event_options){ .context = context },
                        err);
}

int hass_bus_async_fire_with(struct hass *hass, const char *type, json_t *data,
                             const struct hass_fire_options *options, struct hass_error *err)
{
    autojson *taken = data;
    struct hass_fire_options given;

    VERIFY_LOOP(hass, "hass.bus.async_fire_with", err);
    OPTIONS_READ(&given, options);
    return fire_checked(hass, type, steal(taken),
                        &(struct event_options){
                            .origin = given.origin,
                            .time_fired = given.time_fired,
                            .context = given.context,
                        },
                        err);
}

struct posted_fire {
    char *type;
    json_t *data;
    const struct hass_context *context;
};

static void destroy_posted(void *arg)
{
    struct posted_fire *fire = arg;

    free(fire->type);
    json_decref(fire->data);
    hass_context_unref(fire->context);
    free(fire);
}

static HASS_CALLBACK int fire_posted(struct hass *hass, void *arg, struct hass_error *err)
{
    struct posted_fire *fire = arg;

    return bus_fire(hass, fire->type, steal(fire->data),
                    &(struct event_options){ .context = fire->context }, err);
}

int hass_bus_fire(struct hass *hass, const char *type, json_t *data,
                  const struct hass_context *context, struct hass_error *err)
{
    autojson *taken = data;
    int r = check_fire(type, taken, err);

    if (r < 0)
        return r;
    struct posted_fire *fire = mem_alloc(sizeof(*fire));
    *fire = (struct posted_fire){
        .type = mem_strdup(type),
        .data = steal(taken),
        .context = hass_context_ref(context),
    };
    return runtime_post(hass, "hass.bus.fire", fire_posted, fire, destroy_posted, err);
}

/* listening */

/* A filter is called with an event, never without. */
typedef bool subject_filter_fn(const void *subject, void *userdata);

/* @options->job is taken. */
static HASS_CALLBACK int add_listener(struct hass *hass, const char *type,
                                      struct sub_options *options, struct hass_sub **ret_sub,
                                      struct hass_error *err)
{
    struct bus *bus = &hass->bus;

    if (strnlen(type, HASS_MAX_EVENT_TYPE + 1) > HASS_MAX_EVENT_TYPE) {
        job_destroy(&options->job);
        return hass_fail(err, HASS_E_TOO_LONG, "event type '%.70s…' has more than %d characters",
                         type, HASS_MAX_EVENT_TYPE);
    }
    if (!options->filter && strcmp(type, HASS_EVENT_STATE_REPORTED) == 0) {
        job_destroy(&options->job);
        return hass_fail(err, HASS_E_GENERAL, "listening to %s needs a filter", type);
    }
    sweep_types(bus);
    struct bus_type *listened = find_type(bus, type);
    if (!listened)
        listened = add_type(bus, type);
    options->removed = listener_removed;
    options->owner = listened;
    int r = sub_list_add(hass, &listened->listeners, HASS_SUBJECT_EVENT, options, ret_sub, err);
    if (r < 0)
        bus->idle_types++; // perhaps it was the first
    return r;
}

int hass_bus_async_listen(struct hass *hass, const char *type, hass_event_filter_fn *filter,
                          struct hass_job job, struct hass_sub **ret_sub, struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.bus.async_listen", err);
    return add_listener(hass, type,
                        &(struct sub_options){ .job = job, .filter = (subject_filter_fn *)filter },
                        ret_sub, err);
}

int hass_bus_async_listen_once(struct hass *hass, const char *type, struct hass_job job,
                               struct hass_sub **ret_sub, struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.bus.async_listen_once", err);
    return add_listener(hass, type, &(struct sub_options){ .job = job, .once = true }, ret_sub,
                        err);
}

struct remote_listen {
    const char *type;
    struct sub_options options;
    struct hass_sub **ret_sub;
};

static HASS_CALLBACK int listen_on_loop(struct hass *hass, void *arg, struct hass_error *err)
{
    struct remote_listen *remote = arg;
    struct sub_options options = remote->options;

    options.job = job_take(&remote->options.job);
    return add_listener(hass, remote->type, &options, remote->ret_sub, err);
}

int hass_bus_listen(struct hass *hass, const char *type, hass_event_filter_fn *filter,
                    struct hass_job job, struct hass_sub **ret_sub, struct hass_error *err)
{
    struct remote_listen remote = {
        .type = type,
        .options = { .job = job, .filter = (subject_filter_fn *)filter },
        .ret_sub = ret_sub,
    };

    return runtime_call_with_job(hass, "hass.bus.listen", listen_on_loop, &remote,
                                 &remote.options.job, err);
}

int hass_bus_listen_once(struct hass *hass, const char *type, struct hass_job job,
                         struct hass_sub **ret_sub, struct hass_error *err)
{
    struct remote_listen remote = {
        .type = type,
        .options = { .job = job, .once = true },
        .ret_sub = ret_sub,
    };

    return runtime_call_with_job(hass, "hass.bus.listen_once", listen_on_loop, &remote,
                                 &remote.options.job, err);
}

/* looking */

json_t *hass_bus_async_listeners(struct hass *hass)
{
    VERIFY_LOOP_OR(hass, "hass.bus.async_listeners", NULL);
    json_t *counts = json_object();
    const char *name;
    struct bus_type *type;

    strmap_foreach(hass->bus.types, name, type)
        if (sub_list_count(&type->listeners))
            json_object_set_new(counts, name,
                                json_integer((json_int_t)sub_list_count(&type->listeners)));
    return counts;
}

static HASS_CALLBACK int listeners_on_loop(struct hass *hass, void *arg, struct hass_error *err)
{
    *(json_t **)arg = hass_bus_async_listeners(hass);
    return 0;
}

json_t *hass_bus_listeners(struct hass *hass)
{
    json_t *counts = NULL;

    (void)runtime_call(hass, "hass.bus.listeners", listeners_on_loop, &counts, NULL);
    return counts;
}

/* waiting */

/* Lives on the waiting coroutine's stack; the registration ends before it does. */
struct event_wait {
    hass_event_filter_fn *filter;
    void *userdata;
    struct hass_future *future;
};

static void unref_event(void *event)
{
    hass_event_unref(event);
}

static HASS_CALLBACK bool awaited(const struct hass_event *event, void *userdata)
{
    const struct event_wait *wait = userdata;

    return !wait->filter || wait->filter(event, wait->userdata);
}

static HASS_CALLBACK int on_awaited(const struct hass_event *event, void *userdata,
                                    struct hass_error *err)
{
    struct event_wait *wait = userdata;

    if (!hass_future_done(wait->future))
        hass_future_set(wait->future, 0, (void *)hass_event_ref(event), unref_event, NULL);
    return 0;
}

int hass_bus_async_wait(struct hass *hass, const char *type, hass_event_filter_fn *filter,
                        void *userdata, double timeout, const struct hass_event **ret_event,
                        struct hass_error *err)
{
    VERIFY_COROUTINE(hass, "hass.bus.async_wait", err);
    autounref(hass_future) *future = hass_future_new(hass);
    struct event_wait wait = { .filter = filter, .userdata = userdata, .future = future };
    struct hass_sub *sub = NULL;
    int r =
        hass_bus_async_listen(hass, type, awaited, HASS_JOB_CALLBACK(on_awaited, &wait), &sub, err);

    if (r < 0)
        return r;
    r = hass_async_await(future, timeout, err);
    hass_sub_async_remove(sub);
    if (r == 0 && ret_event)
        *ret_event = hass_event_ref(hass_future_value(future));
    return r;
}
