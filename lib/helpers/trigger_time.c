/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trigger `time`: at times of day, and at those that helpers and sensors show. Each item of `at` has one timer; those of entities follow
 * their state. A time in a gap of daylight saving does not exist that day; one in a fold comes twice.
 *
 * Model: homeassistant.triggers.time
 */
#include <string.h>

#include <hass/config.h>
#include <hass/dt.h>

#include "base/mem.h"
#include "data/schema_text.h"
#include "helpers/check_types.h"
#include "helpers/time_pattern.h"
#include "helpers/track_time.h"
#include "helpers/trigger.h"

#define USEC_PER_DAY (INT64_C(86400) * HASS_USEC_PER_SEC)

/* configuration */

static bool has_domain(const json_t *id, const char *domain)
{
    size_t length = strlen(domain);

    return strncmp(json_string_value(id), domain, length) == 0 &&
           json_string_value(id)[length] == '.';
}

static int check_entity(const struct hass_field *field, const json_t *value, json_t **ret_value,
                        struct hass_error *err)
{
    static const char wanted[] = "an entity such as input_datetime.alarm or sensor.next_alarm";
    autojson *id = NULL;

    if (hass_type_entity_id.check(field, value, &id, NULL) < 0 ||
        (!has_domain(id, "input_datetime") && !has_domain(id, "sensor")))
        return schema_fail(wanted, value, err);
    *ret_value = steal(id);
    return 0;
}

static const struct hass_field_type type_entity = {
    .size = sizeof(struct hass_field_type),
    .name = "an entity that shows a time",
    .check = check_entity,
    .json_type = "string",
    .selector = "entity",
};

HASS_SCHEMA(with_offset, HASS_FIELD("entity_id", &type_entity, .required = true),
            HASS_FIELD("offset", &hass_type_duration));

/* A time, an entity, or a map of an entity and an offset. */
static int check_plain(const struct hass_field *field, const json_t *value, json_t **ret_value,
                       struct hass_error *err)
{
    if (json_is_object(value))
        return hass_schema_check(&with_offset, value, ret_value, err);
    if (json_is_string(value) && (hass_type_time.check(field, value, ret_value, NULL) >= 0 ||
                                  check_entity(field, value, ret_value, NULL) >= 0))
        return 0;
    return schema_fail("a time in quotes such as \"07:30:00\", an entity such as "
                       "input_datetime.alarm, or a template",
                       value, err);
}

static int check_at(const struct hass_field *field, const json_t *value, json_t **ret_value,
                    struct hass_error *err)
{
    if (json_is_string(value) && hass_is_template_string(json_string_value(value)))
        return hass_type_template.check(field, value, ret_value, err);
    return check_plain(field, value, ret_value, err);
}

static bool locate(const char *text, struct hass_text_problem *ret_problem)
{
    return hass_is_template_string(text) && hass_type_template.locate(text, ret_problem);
}

static const struct hass_field_type type_at = {
    .size = sizeof(struct hass_field_type),
    .name = "a time",
    .check = check_at,
    .locate = locate,
};

static const char *const weekdays[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun", NULL };

HASS_SCHEMA(schema,
            HASS_FIELD("at", &type_at, .required = true, .list = true,
                       .doc = "Times, and entities that show one"),
            HASS_FIELD("weekday", &hass_type_enum, .words = weekdays, .list = true,
                       .doc = "Only on these days"));

/* the trigger */

struct item {
    struct hass_trigger *trigger;
    char *entity_id; /* NULL: a time of day */
    double offset;   /* seconds */
    struct hass_sub *sub;
    bool daily; /* at `second` of the day, else once */
    int second;
    char *name;    /* of what is noted in the journal */
    int64_t fired; /* when it last fired, or 0 */
    struct clock_watcher watcher;
};

struct time_trigger {
    bool missed; /* it fires for times that have passed while nobody was there */
    size_t count;
    struct item items[];
};

static void time_trigger_destroy(void *object)
{
    struct time_trigger *self = object;

    hass__assert_loop();
    for (size_t i = 0; i < self->count; i++) {
        clock_watcher_remove(&self->items[i].watcher);
        free(self->items[i].entity_id);
        free(self->items[i].name);
    }
    free(self);
}

static HASS_CALLBACK int fire(struct hass_trigger *trigger, const char *entity_id, int64_t now,
                              struct hass_error *err)
{
    struct hass_template_variables *fields = hass_template_variables_create();
    struct hass_zone *zone = hass_config_zone(hass_trigger_hass(trigger));
    autofree char *description =
        entity_id ? mem_printf("time set in %s", entity_id) : mem_strdup("time");

    hass_template_variables_set_time(fields, "trigger.now", now, zone);
    hass_template_variables_set(fields, "trigger.entity_id",
                                entity_id ? json_string(entity_id) : NULL);
    hass_zone_unref(zone);
    return hass_trigger_async_fire(
        trigger, HASS_TRIGGER_FIRE(.fields = fields, .description = description), err);
}

/* Is it one of the days that are wanted, where the home is? */
static bool is_wanted_day(const struct hass_trigger *trigger, int64_t time)
{
    const json_t *wanted = hass_json_get(trigger->config, "weekday");
    struct hass_zone *zone = hass_config_zone(trigger->owner->hass);
    struct hass_dt local = { .size = sizeof(local) };

    hass_dt_local(time, zone, &local);
    hass_zone_unref(zone);
    for (size_t i = 0; i < json_array_size(wanted); i++) {
        if (strcmp(json_string_value(json_array_get(wanted, i)), weekdays[local.weekday]) == 0)
            return true;
    }
    return !wanted;
}

/* When the item of a time of day is next due, days that are not wanted left out. */
static int64_t next_daily(const struct item *item, int64_t after)
{
    struct time_pattern pattern = {
        .seconds = UINT64_C(1) << item->second % 60,
        .minutes = UINT64_C(1) << item->second / 60 % 60,
        .hours = UINT64_C(1) << item->second / 3600,
    };
    struct hass_zone *zone = hass_config_zone(item->trigger->owner->hass);
    int64_t due = time_pattern_next(&pattern, after, zone);

    /* A week, and a gap on the one day that is wanted. */
    for (int i = 0; i < 16 && !is_wanted_day(item->trigger, due); i++)
        due = time_pattern_next(&pattern, due + HASS_USEC_PER_SEC, zone);
    hass_zone_unref(zone);
    return due;
}

/* Notes when it is due next; what was missed fires as soon as all are attached, once for the trigger. */
static HASS_CALLBACK void note_due(struct item *item, int64_t due)
{
    struct time_trigger *self = hass_trigger_data(item->trigger);
    int64_t missed = trigger_note_due(item->trigger, item->name, due);

    if (missed && is_wanted_day(item->trigger, missed))
        self->missed = true;
}

/* What is due by now fires at the next turn, and is noted anew then. */
static void clock_was_set(struct clock_watcher *watcher)
{
    struct item *item = list_entry(watcher, struct item, watcher);
    struct hass *hass = item->trigger->owner->hass;

    hass__assert_loop();
    if (item->daily && item->sub)
        note_due(item, next_daily(item, time_tracker_after(item->fired, hass_now(hass))));
}

static HASS_CALLBACK int on_tick(const struct hass_tick *tick, void *userdata,
                                 struct hass_error *err)
{
    struct item *item = userdata;

    item->fired = tick->now;
    if (item->trigger->owner->run_missed)
        note_due(item, item->daily ? next_daily(item, tick->now + HASS_USEC_PER_SEC) : 0);
    if (is_wanted_day(item->trigger, tick->now))
        return fire(item->trigger, item->entity_id, tick->now, err);
    hass_trigger_async_nearly(item->trigger, "it was time, but not on that weekday");
    return 0;
}

static HASS_CALLBACK int follow_day(struct item *item, int second, struct hass_error *err)
{
    char hour[12], minute[12], seconds[12];

    snprintf(hour, sizeof(hour), "%d", second / 3600);
    snprintf(minute, sizeof(minute), "%d", second / 60 % 60);
    snprintf(seconds, sizeof(seconds), "%d", second % 60);
    item->daily = true;
    item->second = second;
    const struct hass_track_time pattern = {
        .size = sizeof(pattern),
        .hour = hour,
        .minute = minute,
        .second = seconds,
    };
    struct hass *hass = hass_trigger_hass(item->trigger);
    int r = hass_async_track_time_change(hass, &pattern, HASS_JOB_CALLBACK(on_tick, item),
                                         &item->sub, err);
    hass_trigger_async_own(item->trigger, item->sub);
    if (r < 0 || !item->trigger->owner->run_missed)
        return r;
    note_due(item, next_daily(item, hass_now(hass)));
    if (!item->watcher.clock_set) {
        item->watcher.clock_set = clock_was_set;
        timers_watch_clock(runtime_of(hass)->timers, &item->watcher);
    }
    return r;
}

static HASS_CALLBACK int follow_point(struct item *item, int64_t when, struct hass_error *err)
{
    item->daily = false;
    int r = hass_async_track_point_in_time(hass_trigger_hass(item->trigger), when,
                                           HASS_JOB_CALLBACK(on_tick, item), &item->sub, err);
    hass_trigger_async_own(item->trigger, item->sub);
    note_due(item, r >= 0 ? when : 0);
    return r;
}

/* entities */

static bool flag(const struct hass_state *state, const char *key)
{
    struct hass_value value;

    return hass_state_attr(state, key, &value) && value.type == HASS_VALUE_BOOL && value.boolean;
}

static int number(const struct hass_state *state, const char *key)
{
    struct hass_value value;

    return hass_state_attr(state, key, &value) && value.type == HASS_VALUE_INT ? (int)value.integer
                                                                               : 0;
}

static HASS_CALLBACK int follow_helper(struct item *item, const struct hass_state *state,
                                       struct hass_error *err)
{
    struct hass *hass = hass_trigger_hass(item->trigger);
    bool has_time = flag(state, "has_time");
    struct hass_dt local = {
        .size = sizeof(local),
        .year = number(state, "year"),
        .month = number(state, "month"),
        .day = number(state, "day"),
        .hour = has_time ? number(state, "hour") : 0,
        .minute = has_time ? number(state, "minute") : 0,
        .second = has_time ? number(state, "second") : 0,
    };
    int64_t when = 0, offset = (int64_t)(item->offset * HASS_USEC_PER_SEC);

    if (flag(state, "has_date")) {
        struct hass_zone *zone = hass_config_zone(hass);
        (void)hass_dt_utc(&local, zone, &when);
        hass_zone_unref(zone);
        return when + offset >= hass_now(hass) ? follow_point(item, when + offset, err) : 0;
    }
    if (!has_time)
        return 0;
    int64_t of_day = (local.hour * 3600 + local.minute * 60 + local.second) * HASS_USEC_PER_SEC;
    of_day = ((of_day + offset) % USEC_PER_DAY + USEC_PER_DAY) % USEC_PER_DAY;
    return follow_day(item, (int)(of_day / HASS_USEC_PER_SEC), err);
}

static HASS_CALLBACK int follow_sensor(struct item *item, const struct hass_state *state,
                                       struct hass_error *err)
{
    struct hass *hass = hass_trigger_hass(item->trigger);
    struct hass_value class;
    int64_t when = 0;

    if (!hass_state_attr(state, "device_class", &class) || class.type != HASS_VALUE_STRING ||
        strcmp(class.text.data, "timestamp") != 0 ||
        hass_dt_parse(hass_state_state(state), NULL, &when, NULL) < 0)
        return 0;
    when += (int64_t)(item->offset * HASS_USEC_PER_SEC);
    return when > hass_now(hass) ? follow_point(item, when, err) : 0;
}

static HASS_CALLBACK int follow_entity(struct item *item, const struct hass_state *state,
                                       struct hass_error *err)
{
    struct hass_sub *before = item->sub;
    int r = 0;

    item->sub = NULL;
    hass_trigger_async_disown(item->trigger, before);
    if (state && strncmp(item->entity_id, "sensor.", 7) == 0)
        r = follow_sensor(item, state, err);
    else if (state)
        r = follow_helper(item, state, err);
    if (!item->sub)
        note_due(item, 0);
    return r;
}

static HASS_CALLBACK int on_change(const struct hass_event *event, void *userdata,
                                   struct hass_error *err)
{
    struct item *item = userdata;
    const struct hass_state *old = NULL, *new = NULL;

    (void)hass_event_states(event, &old, &new);
    return follow_entity(item, new, err);
}

/* attaching */

static HASS_CALLBACK int attach_entity(struct item *item, struct hass_error *err)
{
    struct hass *hass = hass_trigger_hass(item->trigger);
    const char *const ids[] = { item->entity_id, NULL };
    struct hass_sub *sub = NULL;

    int r = hass_async_track_state_change_event(hass, ids, HASS_JOB_CALLBACK(on_change, item), &sub,
                                                err);
    hass_trigger_async_own(item->trigger, sub);
    return r < 0 ? r : follow_entity(item, hass_states_async_get(hass, item->entity_id), err);
}

/* `at` with templates rendered; owned by the caller. */
static HASS_CALLBACK int render(struct hass_trigger *trigger, const json_t *at,
                                json_t **ret_checked, struct hass_error *err)
{
    const struct hass_field field = HASS_FIELD("", &type_at);
    autounref(hass_template) *template = NULL;
    autojson *result = NULL;

    if (!json_is_string(at) || !hass_is_template_string(json_string_value(at))) {
        *ret_checked = hass_json_ref(at);
        return 0;
    }
    int r = hass_template_new(hass_trigger_hass(trigger), json_string_value(at), &template, err);
    if (r >= 0)
        r = hass_template_async_render(
            template,
            HASS_TEMPLATE_OPTIONS(.limited = true, .parse = HASS_TEMPLATE_TEXT,
                                  .scope = hass_trigger_variables(trigger)),
            &result, err);
    return r < 0 ? r : check_plain(&field, result, ret_checked, err);
}

static HASS_CALLBACK int attach_item(struct item *item, const json_t *at, struct hass_error *err)
{
    autojson *checked = NULL;
    int hour, minute, second;

    int r = render(item->trigger, at, &checked, err);
    if (r < 0)
        return r;
    const char *text = json_string_value(checked);
    item->name = json_dumps(checked, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
    if (text && sscanf(text, "%2d:%2d:%2d", &hour, &minute, &second) == 3)
        return follow_day(item, (hour * 60 + minute) * 60 + second, err);
    item->entity_id = mem_strdup(text ? text : hass_json_get_string(checked, "entity_id", ""));
    item->offset = hass_json_get_number(checked, "offset", 0);
    return attach_entity(item, err);
}

static HASS_CALLBACK int on_missed(const struct hass_tick *tick, void *userdata,
                                   struct hass_error *err)
{
    return fire(userdata, NULL, tick->now, err);
}

static int attach(struct hass_trigger *trigger, struct hass_error *err)
{
    const json_t *at = hass_json_get(hass_trigger_config(trigger), "at");
    size_t count = json_array_size(at);
    struct time_trigger *self = mem_zalloc(sizeof(*self) + count * sizeof(self->items[0]));
    struct hass_sub *sub = NULL;
    int r = 0;

    hass__assert_loop();
    hass_trigger_set_data(trigger, self, time_trigger_destroy);
    for (size_t i = 0; r >= 0 && i < count; i++) {
        struct item *item = &self->items[self->count++];
        item->trigger = trigger;
        r = attach_item(item, json_array_get(at, i), err);
        if (r < 0)
            hass_error_prefix(err, "at->%zu", i);
    }
    if (r >= 0 && self->missed)
        r = hass_async_call_later(hass_trigger_hass(trigger), 0,
                                  HASS_JOB_CALLBACK(on_missed, trigger), &sub, err);
    hass_trigger_async_own(trigger, sub);
    return r;
}

const struct hass_trigger_kind trigger_kind_time =
    HASS_TRIGGER_KIND(.name = "time", .schema = &schema, .async_attach = attach);
