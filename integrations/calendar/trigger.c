/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The trigger `calendar`: an event of a calendar begins or ends, some time before or after. Every 15 minutes the calendar is asked for the
 * events of the next 15 minutes; each then fires at its own time. What is added later for such a near time is missed, as in the model.
 *
 *     trigger: calendar
 *     entity_id: calendar.school
 *     event: start            # or end
 *     offset: "-00:15:00"
 *
 * Model: components.calendar.trigger
 */
#include <stdlib.h>
#include <string.h>

#include <hass/domain.h>
#include <hass/dt.h>
#include <hass/trigger.h>
#include <hass/vec.h>

#include "parts.h"

#define INTERVAL (INT64_C(900) * HASS_USEC_PER_SEC)
#define AHEAD    (INT64_C(30) * HASS_USEC_PER_SEC) /* an answer takes time */

HASS_SCHEMA(schema,
            HASS_FIELD("entity_id", &hass_type_entity_id, .required = true, .doc = "The calendar"),
            HASS_FIELD("event", &hass_type_enum, .words = HASS_WORDS("start", "end"),
                       .fallback = "\"start\"", .doc = "start or end"),
            HASS_FIELD("offset", &hass_type_duration, .fallback = "0",
                       .doc = "How much later; negative: earlier"));

struct upcoming {
    int64_t when;
    json_t *event;
};

/* Shared by the trigger and the coroutine that asks: either may be the last to need it. */
struct watch {
    unsigned refs;
    struct hass_trigger *trigger; /* NULL: it has ended */
    struct hass_sub *timer;       /* the trigger's; for the first one of the queue */
    int64_t until;                /* events before have been asked for */
    HASS_VEC(struct upcoming) queue;
};

static void watch_unref(struct watch *watch)
{
    if (--watch->refs)
        return;
    vec_foreach(&watch->queue, item)
        json_decref(item->event);
    vec_fini(&watch->queue);
    free(watch);
}

static void trigger_ended(void *object)
{
    struct watch *watch = object;

    watch->trigger = NULL;
    watch_unref(watch);
}

static int64_t offset_of(const struct hass_trigger *trigger)
{
    return (int64_t)(hass_json_get_number(hass_trigger_config(trigger), "offset", 0) *
                     HASS_USEC_PER_SEC);
}

/* firing */

static HASS_CALLBACK int fire(struct hass_trigger *trigger, json_t *event, struct hass_error *err)
{
    const json_t *config = hass_trigger_config(trigger);
    struct hass_template_variables *fields = hass_template_variables_create();

    hass_template_variables_set(fields, "trigger.event",
                                hass_json_ref(hass_json_get(config, "event")));
    hass_template_variables_set_duration(fields, "trigger.offset",
                                         hass_json_get_number(config, "offset", 0));
    hass_template_variables_set(fields, "trigger.calendar_event", event);
    return hass_trigger_async_fire(trigger, HASS_TRIGGER_FIRE(.fields = fields), err);
}

static HASS_CALLBACK void arm(struct watch *watch);

static HASS_CALLBACK int on_time(const struct hass_tick *tick, void *userdata,
                                 struct hass_error *err)
{
    struct watch *watch = userdata;
    int r = 0;

    while (watch->trigger && watch->queue.length && watch->queue.data[0].when <= tick->now) {
        json_t *event = watch->queue.data[0].event;
        vec_remove(&watch->queue, 0);
        int fired = fire(watch->trigger, event, r < 0 ? NULL : err);
        r = r < 0 ? r : fired;
    }
    arm(watch);
    return r;
}

static HASS_CALLBACK void arm(struct watch *watch)
{
    if (!watch->trigger)
        return;
    hass_trigger_async_disown(watch->trigger, watch->timer);
    watch->timer = NULL;
    if (!watch->queue.length)
        return;
    (void)hass_async_track_point_in_utc_time(
        hass_trigger_hass(watch->trigger), watch->queue.data[0].when,
        HASS_JOB_CALLBACK(on_time, watch), &watch->timer, NULL);
    hass_trigger_async_own(watch->trigger, watch->timer);
}

/* asking */

/* The moment of an event as clients get it: a day is its first moment where the home is. */
static int64_t moment_of(struct hass *hass, const json_t *event, const char *key)
{
    const char *text = hass_json_get_string(event, key, "");
    struct hass_zone *zone = hass_config_zone(hass);
    autobuf full = HASS_BUF_INIT;
    int64_t time = 0;

    hass_buf_add_string(&full, text);
    if (strlen(text) == strlen("2024-01-31"))
        hass_buf_add_string(&full, "T00:00:00");
    (void)hass_dt_parse(hass_buf_string(&full), zone, &time, NULL);
    hass_zone_unref(zone);
    return time;
}

static void insert(struct watch *watch, int64_t when, json_t *event)
{
    struct upcoming item = { .when = when, .event = event };
    size_t place = watch->queue.length;

    vec_push(&watch->queue, item);
    for (; place > 0 && watch->queue.data[place - 1].when > when; place--)
        watch->queue.data[place] = watch->queue.data[place - 1];
    watch->queue.data[place] = item;
}

static void queue_events(struct watch *watch, const struct calendar_period *period, json_t *events)
{
    struct hass_trigger *trigger = watch->trigger;
    const char *key = hass_json_get_string(hass_trigger_config(trigger), "event", "start");
    size_t i;
    json_t *event;

    json_array_foreach(events, i, event) {
        int64_t time = moment_of(hass_trigger_hass(trigger), event, key);
        if (time < period->start || time >= period->end)
            continue; // it overlaps the period, but that moment of it lies in another one
        size_t length = strlen(hass_json_get_string(event, "start", ""));
        json_object_set_new(event, "all_day", json_boolean(length == strlen("2024-01-31")));
        insert(watch, time + offset_of(trigger), json_incref(event));
    }
}

static HASS_CALLBACK struct hass_entity *entity_of(struct hass_trigger *trigger)
{
    struct hass_component *component =
        hass_component_async_get(hass_trigger_hass(trigger), "calendar");
    const char *id = hass_json_get_string(hass_trigger_config(trigger), "entity_id", "");

    return component ? hass_component_async_get_entity(component, id) : NULL;
}

/* Events up to a quarter of an hour from now that have not been asked for. */
static HASS_COROUTINE int refresh(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct watch *watch = userdata;
    autojson *events = NULL;

    if (!watch->trigger)
        return 0;
    struct hass_entity *entity = entity_of(watch->trigger);
    if (!entity)
        return 0; // it is away for now
    int64_t until = hass_now(hass) + INTERVAL + AHEAD, offset = offset_of(watch->trigger);
    const struct calendar_period period = {
        .size = sizeof(period),
        .start = watch->until - offset,
        .end = until - offset,
    };
    struct calendar_period wider = period; // an event that ends as it begins does not overlap it
    wider.start -= HASS_USEC_PER_SEC;
    int r = calendar_async_events(entity, &wider, true, &events, err);
    if (r < 0 || !watch->trigger)
        return r;
    watch->until = until;
    queue_events(watch, &period, events);
    arm(watch);
    return 0;
}

static void watch_destroy(void *object)
{
    watch_unref(object);
}

static HASS_CALLBACK int ask(struct watch *watch, struct hass_error *err)
{
    watch->refs++;
    return hass_async_create_background_task(
        hass_trigger_hass(watch->trigger),
        HASS_JOB_COROUTINE(refresh, watch, .destroy = watch_destroy, .name = "calendar trigger"),
        NULL, err);
}

static HASS_CALLBACK int on_interval(const struct hass_tick *tick, void *userdata,
                                     struct hass_error *err)
{
    return ask(userdata, err);
}

static int attach(struct hass_trigger *trigger, struct hass_error *err)
{
    struct hass *hass = hass_trigger_hass(trigger);
    struct hass_sub *sub = NULL;

    hass__assert_loop();
    if (!entity_of(trigger))
        return hass_fail(err, HASS_E_NOT_FOUND, "there is no calendar %s",
                         hass_json_get_string(hass_trigger_config(trigger), "entity_id", ""));
    struct watch *watch = calloc(1, sizeof(*watch));
    watch->refs = 1;
    watch->trigger = trigger;
    watch->until = hass_now(hass);
    hass_trigger_set_data(trigger, watch, trigger_ended);
    int r = hass_async_track_time_interval(hass, (double)INTERVAL / HASS_USEC_PER_SEC,
                                           HASS_JOB_CALLBACK(on_interval, watch), &sub, err);
    hass_trigger_async_own(trigger, sub);
    return r < 0 ? r : ask(watch, err);
}

const struct hass_trigger_kind calendar_trigger =
    HASS_TRIGGER_KIND(.name = "calendar", .schema = &schema, .async_attach = attach);
