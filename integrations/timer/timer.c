/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domain timer: what runs for a while and says when it has ended, from YAML or made at run time.
 *
 *     timer:
 *       laundry:
 *         name: Laundry
 *         duration: "00:45:00"
 *         restore: true       # go on after a restart
 *
 * Services start, pause, cancel, finish, change. Events timer.started, timer.restarted, timer.paused, timer.cancelled,
 * timer.finished, timer.changed. Times are whole seconds, as in the model. Model: components.timer
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <hass/collection.h>
#include <hass/dt.h>
#include <hass/event_helpers.h>
#include <hass/integration.h>
#include <hass/loop.h>

#define LONGEST (100 * 365 * 86400.0) /* seconds */

HASS_SCHEMA(item_schema,
            HASS_FIELD("name", &hass_type_string, .min = 1, .max = 255, .doc = "Shown name"),
            HASS_FIELD("duration", &hass_type_duration, .min = 0, .max = LONGEST, .fallback = "0",
                       .doc = "How long it runs"),
            HASS_FIELD("restore", &hass_type_bool, .fallback = "false",
                       .doc = "Go on after a restart, and tell what ended meanwhile"),
            HASS_FIELD("icon", &hass_type_icon, .doc = "Icon, as mdi:fire"));
static const struct hass_field item = HASS_FIELD("", &hass_type_map, .schema = &item_schema);
static const struct hass_schema config_schema = {
    .size = sizeof(struct hass_schema),
    .keyed = &item,
};

HASS_MANIFEST(.domain = "timer", .name = "Timer", .version = HASS_VERSION,
              .config = &config_schema);

enum status {
    IDLE,
    ACTIVE,
    PAUSED,
};

static const char *const status_names[] = { "idle", "active", "paused" };

/* Microseconds. */
struct values {
    enum status status;
    int64_t duration;  /* of this run */
    int64_t remaining; /* when it was started or paused; 0: none */
    int64_t end;       /* UTC; 0: it does not run */
    const char
        *last; /* what happened to it last, a literal: "started"; NULL: nothing since the start */
    struct hass_sub *alarm;
    struct hass_sub *going_on; /* waits for the start of the home */
    bool known;                /* it has been added before: only its entity id has changed */
};

static int64_t usec(double seconds)
{
    return llround(seconds * HASS_USEC_PER_SEC);
}

static int64_t configured(struct hass_entity *entity)
{
    return usec(hass_json_get_number(hass_item_of(entity)->config, "duration", 0));
}

static int64_t now_of(struct hass_entity *entity)
{
    int64_t now = hass_now(hass_entity_hass(entity));

    return now - now % HASS_USEC_PER_SEC;
}

/* What is left until @end; nothing when that is over, as it may be while the home starts. */
static int64_t rest_until(struct hass_entity *entity, int64_t end)
{
    int64_t rest = end - now_of(entity);

    return rest > 0 ? rest : 0;
}

/* "1:02:03"; hours go on beyond a day. */
static void format_duration(int64_t duration, char text[HASS_DT_TEXT])
{
    long long seconds = duration / HASS_USEC_PER_SEC;

    snprintf(text, HASS_DT_TEXT, "%lld:%02lld:%02lld", seconds / 3600, seconds / 60 % 60,
             seconds % 60);
}

/* what it shows */

static HASS_CALLBACK struct hass_value state(struct hass_entity *entity)
{
    const struct values *values = hass_entity_async_values(entity);

    return hass_value_string(status_names[values->status]);
}

static HASS_CALLBACK void attributes(struct hass_entity *entity, struct hass_attrs_writer *writer)
{
    const struct values *values = hass_entity_async_values(entity);
    const struct hass_item *own = hass_item_of(entity);
    char text[HASS_DT_TEXT];

    format_duration(values->duration, text);
    hass_attrs_set_string(writer, "duration", text);
    hass_attrs_set(writer, HASS_ATTR_EDITABLE, HASS_BOOL(own->editable));
    if (values->end) {
        hass_dt_iso(values->end, NULL, text);
        hass_attrs_set_string(writer, "finishes_at", text);
    }
    if (values->status != IDLE) {
        format_duration(values->remaining, text);
        hass_attrs_set_string(writer, "remaining", text);
    }
    if (values->last)
        hass_attrs_set_string(writer, "last_transition", values->last);
    if (hass_json_get_bool(own->config, "restore", false))
        hass_attrs_set(writer, "restore", HASS_BOOL(true));
}

/* what happens to it */

/* Writes the state, then tells. @end: when it was to finish, or 0. */
static HASS_CALLBACK int tell(struct hass_entity *entity, const char *event, int64_t end,
                              struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);
    json_t *data = json_pack("{s:s}", "entity_id", hass_entity_async_entity_id(entity));
    char text[HASS_DT_TEXT];

    values->last = strchr(event, '.') + 1;
    int r = hass_entity_async_write_ha_state(entity, err);

    if (end) {
        hass_dt_iso(end, NULL, text);
        json_object_set_new(data, "finished_at", json_string(text));
    }
    int fired = hass_bus_async_fire(hass_entity_hass(entity), event, data, NULL, err);
    return r < 0 ? r : fired;
}

static HASS_CALLBACK void stand_still(struct values *values)
{
    values->alarm = hass_sub_async_remove(values->alarm);
    values->end = 0;
}

static HASS_CALLBACK void become_idle(struct hass_entity *entity)
{
    struct values *values = hass_entity_async_values(entity);

    stand_still(values);
    values->status = IDLE;
    values->remaining = 0;
    values->duration = configured(entity);
}

static HASS_CALLBACK int end_now(struct hass_entity *entity, struct hass_error *err)
{
    const struct values *values = hass_entity_async_values(entity);
    int64_t end = values->end;

    become_idle(entity);
    return tell(entity, "timer.finished", end, err);
}

static HASS_CALLBACK int on_alarm(const struct hass_tick *tick, void *userdata,
                                  struct hass_error *err)
{
    return end_now(userdata, err);
}

static HASS_CALLBACK int run_until(struct hass_entity *entity, int64_t end, const char *event,
                                   struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);

    stand_still(values);
    values->status = ACTIVE;
    values->end = end;
    int r = tell(entity, event, 0, err);
    return r < 0 ? r
                 : hass_async_track_point_in_utc_time(hass_entity_hass(entity), end,
                                                      HASS_JOB_CALLBACK(on_alarm, entity),
                                                      &values->alarm, err);
}

/* Goes on where it was paused, or begins anew. */
static HASS_CALLBACK int begin(struct hass_entity *entity, struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);
    bool again = values->status != IDLE;

    if (!values->remaining)
        values->remaining = values->duration;
    return run_until(entity, now_of(entity) + values->remaining,
                     again ? "timer.restarted" : "timer.started", err);
}

/* the entity */

static int64_t duration_attr(const struct hass_state *last, const char *key, int64_t fallback)
{
    const struct hass_field field = HASS_FIELD("", &hass_type_duration);
    struct hass_value value;
    autojson *seconds = NULL;

    if (!hass_state_attr(last, key, &value) || value.type != HASS_VALUE_STRING)
        return fallback;
    autojson *text = json_string(value.text.data);
    if (hass_type_duration.check(&field, text, &seconds, NULL) < 0)
        return fallback;
    return usec(json_number_value(seconds));
}

static int64_t end_attr(const struct hass_state *last)
{
    struct hass_value value;
    int64_t end = 0;

    if (hass_state_attr(last, "finishes_at", &value) && value.type == HASS_VALUE_STRING)
        (void)hass_dt_parse(value.text.data, NULL, &end, NULL);
    return end;
}

/* The home has started, so that those who wait for the events are there. */
static HASS_CALLBACK int go_on(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct hass_entity *entity = userdata;
    const struct values *values = hass_entity_async_values(entity);

    if (values->status != ACTIVE || values->alarm) /* somebody has done something meanwhile */
        return 0;
    if (values->end <= hass_now(hass))
        return end_now(entity, err);
    return run_until(entity, values->end, "timer.restarted", err);
}

/* What ran goes on; what has ended meanwhile is told. */
static HASS_CALLBACK int restore(struct hass_entity *entity, const struct hass_state *last,
                                 struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);
    const char *status = hass_state_state(last);
    int64_t end = end_attr(last);

    if (!strcmp(status, status_names[PAUSED])) {
        values->status = PAUSED;
        values->duration = duration_attr(last, "duration", values->duration);
        values->remaining = duration_attr(last, "remaining", values->duration);
    } else if (!strcmp(status, status_names[ACTIVE]) && end) {
        values->status = ACTIVE;
        values->duration = duration_attr(last, "duration", values->duration);
        values->remaining = rest_until(entity, end);
        values->end = end;
        return hass_async_at_started(hass_entity_hass(entity), HASS_JOB_CALLBACK(go_on, entity),
                                     &values->going_on, err);
    }
    return 0;
}

static HASS_COROUTINE int added(struct hass_entity *entity, struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);
    const struct hass_state *last = hass_entity_async_last_state(entity);

    if (values->known && values->status == ACTIVE)
        return hass_async_track_point_in_utc_time(hass_entity_hass(entity), values->end,
                                                  HASS_JOB_CALLBACK(on_alarm, entity),
                                                  &values->alarm, err);
    if (values->known)
        return 0;
    values->known = true;
    values->duration = configured(entity);
    if (!last || !hass_json_get_bool(hass_item_of(entity)->config, "restore", false))
        return 0;
    return restore(entity, last, err);
}

static HASS_CALLBACK void stop(struct values *values)
{
    values->alarm = hass_sub_async_remove(values->alarm);
    values->going_on = hass_sub_async_remove(values->going_on);
}

static HASS_COROUTINE int removed(struct hass_entity *entity, struct hass_error *err)
{
    stop(hass_entity_async_values(entity));
    return 0;
}

static HASS_CALLBACK void destroy(struct hass_entity *entity)
{
    stop(hass_entity_async_values(entity));
}

/* A run goes on with the duration that it began with. */
static HASS_CALLBACK int changed(struct hass_entity *entity, struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);

    if (values->status == IDLE)
        values->duration = configured(entity);
    return 0;
}

static const struct hass_entity_ops ops =
    HASS_ENTITY_OPS(.values_size = sizeof(struct values), .async_added_to_hass = added,
                    .async_will_remove_from_hass = removed, .state = state,
                    .state_attributes = attributes, .destroy = destroy);

/* services */

static HASS_COROUTINE int start(struct hass_entity *entity, const struct hass_service_call *call,
                                struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);
    int64_t duration = usec(hass_json_get_number(hass_service_call_data(call), "duration", 0));

    if (duration)
        values->remaining = values->duration = duration;
    return begin(entity, err);
}

static HASS_COROUTINE int pause_timer(struct hass_entity *entity,
                                      const struct hass_service_call *call, struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);

    if (values->status != ACTIVE)
        return 0;
    values->remaining = rest_until(entity, values->end);
    values->status = PAUSED;
    stand_still(values);
    return tell(entity, "timer.paused", 0, err);
}

static HASS_COROUTINE int cancel(struct hass_entity *entity, const struct hass_service_call *call,
                                 struct hass_error *err)
{
    become_idle(entity);
    return tell(entity, "timer.cancelled", 0, err);
}

static HASS_COROUTINE int finish(struct hass_entity *entity, const struct hass_service_call *call,
                                 struct hass_error *err)
{
    const struct values *values = hass_entity_async_values(entity);

    return values->status == ACTIVE ? end_now(entity, err) : 0;
}

static HASS_COROUTINE int change(struct hass_entity *entity, const struct hass_service_call *call,
                                 struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);
    int64_t by = usec(hass_json_get_number(hass_service_call_data(call), "duration", 0));
    const char *entity_id = hass_entity_async_entity_id(entity);

    if (values->status != ACTIVE)
        return hass_fail(err, HASS_E_SERVICE_VALIDATION,
                         "Timer %s is not running, only active timers can be changed", entity_id);
    int64_t remaining = values->end + by - now_of(entity);
    if (remaining > values->duration)
        return hass_fail(err, HASS_E_SERVICE_VALIDATION,
                         "Not possible to change timer %s beyond duration", entity_id);
    if (remaining < 0)
        return hass_fail(err, HASS_E_SERVICE_VALIDATION,
                         "Not possible to change timer %s to negative time remaining", entity_id);
    values->remaining = remaining;
    return run_until(entity, values->end + by, "timer.changed", err);
}

HASS_SCHEMA(start_schema, HASS_FIELD("duration", &hass_type_duration, .min = 0, .max = LONGEST,
                                     .doc = "How long it runs this time"));
HASS_SCHEMA(change_schema,
            HASS_FIELD("duration", &hass_type_duration, .required = true, .min = -LONGEST,
                       .max = LONGEST, .doc = "What is added, or taken away"));

static const struct hass_entity_service_row services[] = {
    HASS_ENTITY_SERVICE("start", "Starts a timer, or lets it go on", .schema = &start_schema,
                        .async_handler = start),
    HASS_ENTITY_SERVICE("pause", "Pauses a timer", .async_handler = pause_timer),
    HASS_ENTITY_SERVICE("cancel", "Ends a timer without its event of having finished",
                        .async_handler = cancel),
    HASS_ENTITY_SERVICE("finish", "Ends a timer as if its time had passed",
                        .async_handler = finish),
    HASS_ENTITY_SERVICE("change", "Makes the rest of a running timer longer or shorter",
                        .schema = &change_schema, .async_handler = change),
};

/* Clients see and store the duration as text. */
static json_t *store(const json_t *config)
{
    json_t *shown = json_copy((json_t *)config);
    char text[HASS_DT_TEXT];

    format_duration(usec(hass_json_get_number(config, "duration", 0)), text);
    json_object_set_new(shown, "duration", json_string(text));
    return shown;
}

static const struct hass_entity_description description = HASS_ENTITY_DESCRIPTION(.restore = true);
static const struct hass_collection_options collection =
    HASS_COLLECTION(.domain = "timer", .schema = &item_schema, .ops = &ops,
                    .description = &description, .async_changed = changed, .store = store,
                    HASS_COLLECTION_SERVICES(services));

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return hass_collection_async_create(hass, &collection, config, err);
}

int async_reload(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return hass_collection_async_reload(hass, "timer", config, err);
}
