/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domain schedule: on during blocks of the week, from YAML or made at run time.
 *
 *     schedule:
 *       heating:
 *         name: Heating
 *         monday:
 *           - from: "06:00:00"
 *             to: "08:30:00"
 *             data: {temperature: 21}   # attributes while it lasts
 *           - {from: "17:00:00", to: "24:00:00"}
 *
 * A block lasts from the first time that the home's clock shows its begin until the first time that it shows its end: where a
 * clock is put forward, what falls into the gap happens at its end, and where it is put back, nothing happens twice.
 * Model: components.schedule
 */
#include <stdio.h>
#include <string.h>

#include <hass/buf.h>
#include <hass/collection.h>
#include <hass/config.h>
#include <hass/dt.h>
#include <hass/event_helpers.h>
#include <hass/integration.h>
#include <hass/loop.h>

#define DAYS       7
#define DAY        86400 /* seconds on the clock */
#define MAX_BLOCKS 100   /* of a day */

static const char *const days[DAYS] = { "monday", "tuesday",  "wednesday", "thursday",
                                        "friday", "saturday", "sunday" };

/* items */

/* As hass_type_time, and the end of the day. */
static int check_end(const struct hass_field *field, const json_t *value, json_t **ret_value,
                     struct hass_error *err)
{
    const char *text = json_string_value(value);

    if (!text || (strcmp(text, "24:00:00") != 0 && strcmp(text, "24:00") != 0))
        return hass_type_time.check(field, value, ret_value, err);
    *ret_value = json_string("24:00:00");
    return 0;
}

static const struct hass_field_type end_type = {
    .size = sizeof(struct hass_field_type),
    .name = "a time up to 24:00:00",
    .check = check_end,
    .json_type = "string",
    .selector = "time",
};

/* A checked time as seconds of the day. */
static int seconds_of(const json_t *block, const char *key)
{
    int hour = 0, minute = 0, second = 0;

    (void)sscanf(hass_json_get_string(block, key, ""), "%d:%d:%d", &hour, &minute, &second);
    return (hour * 60 + minute) * 60 + second;
}

static int check_block(const json_t *block, struct hass_error *err)
{
    if (seconds_of(block, "from") < seconds_of(block, "to"))
        return 0;
    return hass_fail(err, HASS_E_INVALID, "from %s is not before to %s",
                     hass_json_get_string(block, "from", ""),
                     hass_json_get_string(block, "to", ""));
}

static bool overlap(const json_t *a, const json_t *b)
{
    return seconds_of(a, "from") < seconds_of(b, "to") &&
           seconds_of(b, "from") < seconds_of(a, "to");
}

static int check_day(const char *day, const json_t *blocks, struct hass_error *err)
{
    for (size_t i = 0; i < json_array_size(blocks); i++) {
        for (size_t j = 0; j < i; j++) {
            const json_t *a = json_array_get(blocks, j), *b = json_array_get(blocks, i);
            if (overlap(a, b))
                return hass_fail(err, HASS_E_INVALID, "%s: the blocks from %s and from %s overlap",
                                 day, hass_json_get_string(a, "from", ""),
                                 hass_json_get_string(b, "from", ""));
        }
    }
    return 0;
}

static int check_days(const json_t *value, struct hass_error *err)
{
    int r = 0;

    for (size_t i = 0; i < DAYS && r == 0; i++)
        r = check_day(days[i], hass_json_get(value, days[i]), err);
    return r;
}

static const struct hass_field datum = HASS_FIELD("", &hass_type_any);

HASS_SCHEMA_WITH(block_schema, (.check = check_block),
                 HASS_FIELD("from", &hass_type_time, .required = true, .doc = "When it begins"),
                 HASS_FIELD("to", &end_type, .required = true, .doc = "When it ends"),
                 HASS_FIELD("data", &hass_type_map, .item = &datum,
                            .doc = "Attributes while it lasts"));

#define DAY_FIELD(day)                                                                             \
    HASS_FIELD(day, &hass_type_map, .schema = &block_schema, .list = true, .min = 0,               \
               .max = MAX_BLOCKS, .fallback = "[]", .doc = "Blocks of this day")

HASS_SCHEMA_WITH(item_schema, (.check = check_days),
                 HASS_FIELD("name", &hass_type_string, .min = 1, .max = 255, .doc = "Shown name"),
                 HASS_FIELD("icon", &hass_type_icon, .doc = "Icon, as mdi:fire"),
                 DAY_FIELD("monday"), DAY_FIELD("tuesday"), DAY_FIELD("wednesday"),
                 DAY_FIELD("thursday"), DAY_FIELD("friday"), DAY_FIELD("saturday"),
                 DAY_FIELD("sunday"));
static const struct hass_field item = HASS_FIELD("", &hass_type_map, .schema = &item_schema);
static const struct hass_schema config_schema = {
    .size = sizeof(struct hass_schema),
    .keyed = &item,
};

HASS_MANIFEST(.domain = "schedule", .name = "Schedule", .version = HASS_VERSION,
              .config = &config_schema);

/* the calendar */

/* True when the clock at @time shows @wanted or later. */
static bool is_reached(int64_t time, const struct hass_dt *wanted, const struct hass_zone *zone)
{
    struct hass_dt local = { .size = sizeof(local) };

    hass_dt_local(time, zone, &local);
    const int shown[] = { local.year, local.month, local.day,
                          (local.hour * 60 + local.minute) * 60 + local.second };
    const int sought[] = { wanted->year, wanted->month, wanted->day,
                           (wanted->hour * 60 + wanted->minute) * 60 + wanted->second };
    for (size_t i = 0; i < 4; i++)
        if (shown[i] != sought[i])
            return shown[i] > sought[i];
    return true;
}

/* The first time that the clock shows @local or, in a gap, the end of the gap. */
static int64_t first_time(const struct hass_dt *local, const struct hass_zone *zone)
{
    int64_t late;

    if (hass_dt_utc(local, zone, &late) == 0)
        return late;
    int64_t early = late - DAY * HASS_USEC_PER_SEC;
    while (late - early > HASS_USEC_PER_SEC) {
        int64_t middle = early + (late - early) / HASS_USEC_PER_SEC / 2 * HASS_USEC_PER_SEC;
        if (is_reached(middle, local, zone))
            late = middle;
        else
            early = middle;
    }
    return late;
}

/* When the clock first shows @seconds of the day that is @offset days after @today. */
static int64_t time_of(const struct hass_dt *today, int offset, int seconds,
                       const struct hass_zone *zone)
{
    struct hass_dt local = { .size = sizeof(local) };
    struct hass_dt noon = {
        .size = sizeof(noon),
        .year = today->year,
        .month = today->month,
        .day = today->day,
        .hour = 12,
    };
    int64_t day;

    /* Days are counted where all of them have 24 hours. */
    (void)hass_dt_utc(&noon, NULL, &day);
    day += (offset + seconds / DAY) * (int64_t)DAY * HASS_USEC_PER_SEC;
    hass_dt_local(day, NULL, &local);
    local.hour = seconds % DAY / 3600;
    local.minute = seconds / 60 % 60;
    local.second = seconds % 60;
    return first_time(&local, zone);
}

/* What a schedule says of a moment. */
struct outlook {
    const json_t *block; /* in which it lies, or NULL */
    int64_t next;        /* when something begins or ends; 0: never */
};

static void look_at(const json_t *block, const struct hass_dt *today, int offset, int64_t now,
                    const struct hass_zone *zone, struct outlook *outlook)
{
    const int64_t times[] = { time_of(today, offset, seconds_of(block, "from"), zone),
                              time_of(today, offset, seconds_of(block, "to"), zone) };

    if (times[0] <= now && now < times[1])
        outlook->block = block;
    for (size_t i = 0; i < 2; i++)
        if (times[i] > now && (!outlook->next || times[i] < outlook->next))
            outlook->next = times[i];
}

/* From yesterday, whose end may be one of today, to this day of the next week. */
static struct outlook look(const json_t *config, int64_t now, const struct hass_zone *zone)
{
    struct hass_dt today = { .size = sizeof(today) };
    struct outlook outlook = { 0 };
    size_t i;
    json_t *block;

    hass_dt_local(now, zone, &today);
    for (int offset = -1; offset <= DAYS; offset++) {
        const char *day = days[(today.weekday + offset + DAYS) % DAYS];
        json_array_foreach(hass_json_get(config, day), i, block)
            look_at(block, &today, offset, now, zone, &outlook);
        if (outlook.next && offset >= 0)
            break;
    }
    return outlook;
}

/* the entity */

struct values {
    json_t *block; /* the current one, a reference; or NULL */
    int64_t next;
    struct hass_sub *alarm;
};

static HASS_CALLBACK int on_alarm(const struct hass_tick *tick, void *userdata,
                                  struct hass_error *err);

static HASS_CALLBACK int evaluate(struct hass_entity *entity, struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);
    struct hass *hass = hass_entity_hass(entity);
    struct hass_zone *zone = hass_config_zone(hass);
    struct outlook outlook = look(hass_item_of(entity)->config, hass_now(hass), zone);

    hass_zone_unref(zone);
    json_decref(values->block);
    values->block = hass_json_ref(outlook.block);
    values->next = outlook.next;
    values->alarm = hass_sub_async_remove(values->alarm);
    if (!outlook.next)
        return 0;
    return hass_async_track_point_in_utc_time(
        hass, outlook.next, HASS_JOB_CALLBACK(on_alarm, entity), &values->alarm, err);
}

static int on_alarm(const struct hass_tick *tick, void *userdata, struct hass_error *err)
{
    int r = evaluate(userdata, err);

    return r < 0 ? r : hass_entity_async_write_ha_state(userdata, err);
}

/* The home may have moved to another time zone. */
static HASS_CALLBACK int on_core_config(const struct hass_event *event, void *userdata,
                                        struct hass_error *err)
{
    int r = evaluate(userdata, err);

    return r < 0 ? r : hass_entity_async_write_ha_state(userdata, err);
}

static HASS_COROUTINE int added(struct hass_entity *entity, struct hass_error *err)
{
    struct hass_sub *sub;
    int r = hass_bus_async_listen(hass_entity_hass(entity), HASS_EVENT_CORE_CONFIG_UPDATE, NULL,
                                  HASS_JOB_CALLBACK(on_core_config, entity), &sub, err);

    if (r >= 0)
        r = hass_entity_async_remove_later(entity, sub, err);
    return r < 0 ? r : evaluate(entity, err);
}

static HASS_COROUTINE int removed(struct hass_entity *entity, struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);

    values->alarm = hass_sub_async_remove(values->alarm);
    return 0;
}

static HASS_CALLBACK void destroy(struct hass_entity *entity)
{
    struct values *values = hass_entity_async_values(entity);

    hass_sub_async_remove(values->alarm);
    json_decref(values->block);
}

static HASS_CALLBACK struct hass_value state(struct hass_entity *entity)
{
    const struct values *values = hass_entity_async_values(entity);

    return hass_value_string(values->block ? HASS_STATE_ON : HASS_STATE_OFF);
}

static HASS_CALLBACK void attributes(struct hass_entity *entity, struct hass_attrs_writer *writer)
{
    const struct values *values = hass_entity_async_values(entity);
    char text[HASS_DT_TEXT];

    if (values->block)
        hass_attrs_set_all(writer, hass_json_get(values->block, "data"));
    hass_attrs_set(writer, HASS_ATTR_EDITABLE, HASS_BOOL(hass_item_of(entity)->editable));
    if (values->next) {
        struct hass_zone *zone = hass_config_zone(hass_entity_hass(entity));
        hass_dt_iso(values->next, zone, text);
        hass_zone_unref(zone);
    }
    hass_attrs_set_string(writer, "next_event", values->next ? text : NULL);
}

static const struct hass_entity_ops ops =
    HASS_ENTITY_OPS(.values_size = sizeof(struct values), .async_added_to_hass = added,
                    .async_will_remove_from_hass = removed, .state = state,
                    .state_attributes = attributes, .destroy = destroy);

/* services */

/* {"from": "06:00:00", "to": …, "data"?: {}} of each day, as they are written. */
static HASS_CALLBACK int get_schedule(struct hass_entity *entity,
                                      const struct hass_service_call *call, struct hass_error *err)
{
    json_t *week = json_object();

    for (size_t i = 0; i < DAYS; i++) {
        const json_t *blocks = hass_json_get(hass_item_of(entity)->config, days[i]);
        json_object_set_new(week, days[i], blocks ? json_deep_copy(blocks) : json_array());
    }
    return hass_service_call_respond(call, week);
}

static const struct hass_entity_service_row services[] = {
    HASS_ENTITY_SERVICE("get_schedule", "Gets the blocks of a week",
                        .supports_response = HASS_RESPONSE_ONLY, .async_handler = get_schedule),
};

static const struct hass_collection_options collection =
    HASS_COLLECTION(.domain = "schedule", .schema = &item_schema, .ops = &ops,
                    .async_changed = evaluate, HASS_COLLECTION_SERVICES(services));

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return hass_collection_async_create(hass, &collection, config, err);
}

int async_reload(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return hass_collection_async_reload(hass, "schedule", config, err);
}
