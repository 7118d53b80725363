/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The events of a period, and get_events: what a platform adds to its list becomes JSON at once. The list lies in an object that the pool job and its
 * waiter share: either may be the last to need it.
 */
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>

#include <hass/domain.h>
#include <hass/dt.h>
#include <hass/list.h>

#include "parts.h"

#define MAX_EVENTS 10000 /* of one answer */

struct query {
    struct calendar_list list; /* what the platform sees */
    _Atomic unsigned refs;
    struct calendar_period period;
    struct hass_zone *zone;
    json_t *events;
    bool identified; /* they can be changed by what is told */
    size_t left_out;
};

static void query_unref(void *object)
{
    struct query *query = object;

    if (atomic_fetch_sub(&query->refs, 1) > 1)
        return;
    hass_zone_unref(query->zone);
    json_decref(query->events);
    free(query);
}

/* A day of an event of whole days, else a moment with its offset. */
static json_t *time_as_json(const struct query *query, int64_t time, bool all_day)
{
    char text[HASS_DT_TEXT];

    hass_dt_iso(time, query->zone, text);
    if (all_day)
        text[10] = '\0'; /* "2024-01-31" */
    return json_string(text);
}

static void set_text(json_t *object, const char *key, const char *text)
{
    if (text)
        json_object_set_new(object, key, json_string(text));
}

static void add(struct calendar_list *list, const struct calendar_event *event)
{
    struct query *query = list_entry(list, struct query, list);

    if (json_array_size(query->events) >= MAX_EVENTS) {
        query->left_out++;
        return;
    }
    json_t *object = json_object();
    json_object_set_new(object, "start", time_as_json(query, event->start, event->all_day));
    json_object_set_new(object, "end", time_as_json(query, event->end, event->all_day));
    set_text(object, "summary", event->summary);
    set_text(object, "description", event->description);
    set_text(object, "location", event->location);
    if (query->identified) {
        set_text(object, "uid", event->uid);
        set_text(object, "recurrence_id", event->recurrence_id);
        set_text(object, "rrule", event->rrule);
    }
    json_array_append_new(query->events, object);
}

static HASS_BLOCKING int get_on_pool(struct hass_worker *worker, struct hass_entity *entity,
                                     void *values, void *arg, struct hass_error *err)
{
    struct query *query = arg;

    return ops_of(entity)->get_events(worker, entity, &query->period, &query->list, err);
}

static HASS_COROUTINE int ask(struct hass_entity *entity, struct query *query,
                              struct hass_error *err)
{
    const struct calendar_ops *ops = ops_of(entity);

    if (ops->async_get_events)
        return ops->async_get_events(entity, &query->period, &query->list, err);
    if (!ops->get_events)
        return hass_fail(err, HASS_E_UNSUPPORTED, "%s does not tell its events",
                         hass_entity_async_entity_id(entity));
    atomic_fetch_add(&query->refs, 1);
    return hass_entity_async_work(entity, get_on_pool, query, query_unref, err);
}

int calendar_check_get(const json_t *data, struct hass_error *err)
{
    if (hass_json_get(data, "end_date_time") || hass_json_get(data, "duration"))
        return 0;
    return hass_fail(err, HASS_E_INVALID, "must contain end_date_time or duration");
}

/* A moment of the call, @fallback when it is absent. The schema has checked it. */
static int64_t moment(const json_t *data, const char *key, const struct hass_zone *zone,
                      int64_t fallback)
{
    const char *text = hass_json_get_string(data, key, NULL);
    int64_t time = fallback;

    if (text)
        (void)hass_dt_parse(text, zone, &time, NULL);
    return time;
}

int calendar_async_events(struct hass_entity *entity, const struct calendar_period *period,
                          bool identified, json_t **ret_events, struct hass_error *err)
{
    struct query *query = calloc(1, sizeof(*query));
    int r;

    *query = (struct query){
        .list = { .size = sizeof(query->list), .add = add },
        .refs = 1,
        .period = *period,
        .zone = hass_config_zone(hass_entity_hass(entity)),
        .events = json_array(),
        .identified = identified,
    };
    if (period->end <= period->start)
        r = hass_fail(err, HASS_E_SERVICE_VALIDATION, "the end must lie after the start");
    else
        r = ask(entity, query, err);
    if (r >= 0 && query->left_out)
        hass_warning("%s: %zu events of a period are not told; %d are the limit",
                     hass_entity_async_entity_id(entity), query->left_out, MAX_EVENTS);
    if (r >= 0)
        *ret_events = hass_json_ref(query->events);
    query_unref(query);
    return r;
}

static struct calendar_period period_of(struct hass *hass, const json_t *data)
{
    struct hass_zone *zone = hass_config_zone(hass);
    double duration = hass_json_get_number(data, "duration", 0);
    struct calendar_period period = { .size = sizeof(period) };

    period.start = moment(data, "start_date_time", zone, hass_now(hass));
    period.end =
        moment(data, "end_date_time", zone, period.start + llround(duration * HASS_USEC_PER_SEC));
    hass_zone_unref(zone);
    return period;
}

int calendar_get_events(struct hass_entity *entity, const struct hass_service_call *call,
                        struct hass_error *err)
{
    struct calendar_period period =
        period_of(hass_entity_hass(entity), hass_service_call_data(call));
    json_t *events = NULL;
    int r = calendar_async_events(entity, &period, false, &events, err);

    return r < 0 ? r : hass_service_call_respond(call, json_pack("{s:o}", "events", events));
}
