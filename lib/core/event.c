/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events. What a listener does not ask for is not made: the JSON of the data of a state event, or of a service call, is
 * published by one compare-and-swap when somebody wants it.
 */
#include "core/event.h"

#include <string.h>

#include <hass/buf.h>
#include <hass/json.h>

#include "base/mem.h"
#include "core/core.h"

static struct hass_event *inner(const struct hass_event *event)
{
    return (struct hass_event *)event;
}

static struct hass_event *new_event(struct hass *hass, size_t extra,
                                    const struct event_options *options)
{
    struct hass_event *event = mem_alloc(sizeof(*event) + extra);

    *event = (struct hass_event){
        .refs = 1,
        .origin = (uint8_t)options->origin,
        .hass = hass,
        .time_fired = options->time_fired,
        .context = context_keep(options->context),
    };
    context_fire(event->context, event);
    return event;
}

struct hass_event *event_make(struct hass *hass, const char *type, json_t *data,
                              const struct event_options *options)
{
    size_t size = strlen(type) + 1;
    struct hass_event *event = new_event(hass, size, options);

    memcpy(event->own_type, type, size);
    event->type = event->own_type;
    atomic_init(&event->data, data ? data : json_incref(hass->empty));
    return event;
}

struct hass_event *event_make_states(struct hass *hass, enum event_kind kind,
                                     const struct hass_state *old, const struct hass_state *new,
                                     const struct event_options *options)
{
    struct hass_event *event = new_event(hass, 0, options);

    event->kind = (uint8_t)kind;
    event->type =
        kind == EVENT_STATE_CHANGED ? HASS_EVENT_STATE_CHANGED : HASS_EVENT_STATE_REPORTED;
    event->old_state = hass_state_ref(old);
    event->new_state = hass_state_ref(new);
    return event;
}

struct hass_event *event_make_call(struct hass *hass, const char *domain, const char *service,
                                   const json_t *data, const struct event_options *options)
{
    size_t first = strlen(domain) + 1, second = strlen(service) + 1;
    struct hass_event *event = new_event(hass, first + second, options);

    event->kind = EVENT_CALL_SERVICE;
    event->type = HASS_EVENT_CALL_SERVICE;
    event->service_data = hass_json_ref(data);
    memcpy(event->own_type, domain, first);
    memcpy(event->own_type + first, service, second);
    return event;
}

static void destroy(void *object)
{
    struct hass_event *event = object;

    context_forget(event->context, event);
    context_drop(event->context);
    json_decref(atomic_load_explicit(&event->data, memory_order_relaxed));
    hass_state_unref(event->old_state);
    hass_state_unref(event->new_state);
    json_decref(event->service_data);
    free(event);
}

const struct hass_event *hass_event_ref(const struct hass_event *event)
{
    if (event)
        count_take(&inner(event)->refs);
    return event;
}

const struct hass_event *hass_event_unref(const struct hass_event *event)
{
    if (event && count_drop(&inner(event)->refs))
        object_free(event->hass, inner(event), destroy);
    return NULL;
}

static void *hold(const void *subject)
{
    return inner(hass_event_ref(subject));
}

static void release(void *held)
{
    hass_event_unref(held);
}

const struct subject_ops event_subject_ops = { .hold = hold, .release = release };

struct hass *hass_event_hass(const struct hass_event *event)
{
    return event->hass;
}

const char *hass_event_type(const struct hass_event *event)
{
    return event->type;
}

enum hass_origin hass_event_origin(const struct hass_event *event)
{
    return event->origin;
}

int64_t hass_event_time_fired(const struct hass_event *event)
{
    return event->time_fired;
}

const struct hass_context *hass_event_context(const struct hass_event *event)
{
    return event->context;
}

static bool has_states(const struct hass_event *event)
{
    return event->kind == EVENT_STATE_CHANGED || event->kind == EVENT_STATE_REPORTED;
}

bool hass_event_states(const struct hass_event *event, const struct hass_state **ret_old,
                       const struct hass_state **ret_new)
{
    if (!has_states(event))
        return false;
    if (ret_old)
        *ret_old = event->old_state;
    if (ret_new)
        *ret_new = event->new_state;
    return true;
}

const char *hass_event_entity_id(const struct hass_event *event)
{
    if (!has_states(event))
        return hass_json_get_string(hass_event_data(event), HASS_ATTR_ENTITY_ID, NULL);
    return hass_state_entity_id(event->new_state ? event->new_state : event->old_state);
}

/* data */

static json_t *state_or_null(const struct hass_state *state)
{
    return state ? hass_state_as_json(state) : json_null();
}

static json_t *build_call(const struct hass_event *event)
{
    json_t *data = json_object();

    json_object_set_new(data, "domain", json_string(event->own_type));
    json_object_set_new(data, "service",
                        json_string(event->own_type + strlen(event->own_type) + 1));
    json_object_set(data, "service_data", event->service_data);
    return data;
}

static json_t *build_data(const struct hass_event *event)
{
    if (event->kind == EVENT_CALL_SERVICE)
        return build_call(event);
    json_t *data = json_object();
    json_object_set_new(data, "entity_id", json_string(hass_event_entity_id(event)));
    if (event->kind == EVENT_STATE_CHANGED) {
        json_object_set_new(data, "old_state", state_or_null(event->old_state));
    } else {
        json_object_set_new(data, "last_reported", state_time_as_json(event->last_reported));
        json_object_set_new(data, "old_last_reported",
                            state_time_as_json(event->old_last_reported));
    }
    json_object_set_new(data, "new_state", state_or_null(event->new_state));
    return data;
}

const json_t *hass_event_data(const struct hass_event *event)
{
    json_t *data = atomic_load_explicit(&event->data, memory_order_acquire);

    if (data)
        return data;
    json_t *built = build_data(event);
    if (atomic_compare_exchange_strong_explicit(&inner(event)->data, &data, built,
                                                memory_order_acq_rel, memory_order_acquire))
        return built;
    json_decref(built); // another thread was first
    return data;
}

static void write_time(int64_t time, struct hass_buf *buf)
{
    hass_buf_add_char(buf, '"');
    state_write_time(time, buf);
    hass_buf_add_char(buf, '"');
}

static void write_state(const struct hass_state *state, struct hass_buf *buf)
{
    if (state)
        hass_state_write_json(state, buf);
    else
        hass_buf_add_string(buf, "null");
}

/* As build_data, from the states' cached texts. */
static void write_data(const struct hass_event *event, struct hass_buf *buf)
{
    if (!has_states(event)) {
        hass_json_write(hass_event_data(event), buf);
        return;
    }
    hass_buf_add_string(buf, "{\"entity_id\":\"");
    hass_buf_add_string(buf, hass_event_entity_id(event));
    if (event->kind == EVENT_STATE_CHANGED) {
        hass_buf_add_string(buf, "\",\"old_state\":");
        write_state(event->old_state, buf);
    } else {
        hass_buf_add_string(buf, "\",\"last_reported\":");
        write_time(event->last_reported, buf);
        hass_buf_add_string(buf, ",\"old_last_reported\":");
        write_time(event->old_last_reported, buf);
    }
    hass_buf_add_string(buf, ",\"new_state\":");
    write_state(event->new_state, buf);
    hass_buf_add_char(buf, '}');
}

void hass_event_write_json(const struct hass_event *event, struct hass_buf *buf)
{
    hass_buf_add_string(buf, "{\"event_type\":");
    hass_json_write_string(event->type, strlen(event->type), buf);
    hass_buf_add_string(buf, ",\"data\":");
    write_data(event, buf);
    hass_buf_add_string(buf, ",\"origin\":");
    hass_buf_add_string(buf, event->origin == HASS_ORIGIN_REMOTE ? "\"REMOTE\"" : "\"LOCAL\"");
    hass_buf_add_string(buf, ",\"time_fired\":");
    write_time(event->time_fired, buf);
    hass_buf_add_string(buf, ",\"context\":");
    context_write_json(event->context, buf);
    hass_buf_add_char(buf, '}');
}
