/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domain input_datetime: dates, times, or both, that exist in software only, from YAML or made at run time.
 *
 *     input_datetime:
 *       alarm:
 *         name: Alarm
 *         has_date: false
 *         has_time: true
 *         initial: "07:30:00"
 *
 * Service set_datetime. Model: components.input_datetime
 */
#include <math.h>
#include <stdio.h>

#include <hass/collection.h>
#include <hass/config.h>
#include <hass/dt.h>
#include <hass/integration.h>
#include <hass/loop.h>

/* On the calendar and the clock of the home; without a zone, so that it stays what it says when that changes. */
struct moment {
    int year, month, day, hour, minute, second;
};

/* texts */

static json_t *checked(const struct hass_field_type *type, const char *text)
{
    const struct hass_field field = HASS_FIELD("", type);
    autojson *given = json_string(text);
    json_t *value = NULL;

    return type->check(&field, given, &value, NULL) < 0 ? NULL : value;
}

/* An offset says nothing here, as in the model. */
static bool read_datetime(const char *text, struct moment *moment)
{
    autojson *value = checked(&hass_type_datetime, text);

    return value &&
           sscanf(json_string_value(value), "%d-%d-%dT%d:%d:%d", &moment->year, &moment->month,
                  &moment->day, &moment->hour, &moment->minute, &moment->second) == 6;
}

static bool read_date(const char *text, struct moment *moment)
{
    struct moment date;

    if (!read_datetime(text, &date))
        return false;
    moment->year = date.year;
    moment->month = date.month;
    moment->day = date.day;
    return true;
}

static bool read_time(const char *text, struct moment *moment)
{
    autojson *value = checked(&hass_type_time, text);

    return value && sscanf(json_string_value(value), "%d:%d:%d", &moment->hour, &moment->minute,
                           &moment->second) == 3;
}

/* What the state of an item looks like. */
static bool read_state(const json_t *config, const char *text, struct moment *moment)
{
    if (!hass_json_get_bool(config, "has_date", false))
        return read_time(text, moment);
    if (!hass_json_get_bool(config, "has_time", false))
        return read_date(text, moment);
    return read_datetime(text, moment);
}

/* items */

static int check_parts(const json_t *value, struct hass_error *err)
{
    const char *initial = hass_json_get_string(value, "initial", NULL);
    struct moment moment;

    if (!hass_json_get_bool(value, "has_date", false) &&
        !hass_json_get_bool(value, "has_time", false))
        return hass_fail(err, HASS_E_INVALID, "has_date or has_time must be true");
    if (initial && !read_state(value, initial, &moment))
        return hass_fail(err, HASS_E_INVALID,
                         "initial: '%.40s' is not what has_date and has_time "
                         "say: 2024-01-31 07:30:00, 2024-01-31, or 07:30:00",
                         initial);
    return 0;
}

HASS_SCHEMA_WITH(item_schema, (.check = check_parts),
                 HASS_FIELD("name", &hass_type_string, .min = 1, .max = 255, .doc = "Shown name"),
                 HASS_FIELD("has_date", &hass_type_bool, .fallback = "false",
                            .doc = "It is or has a date"),
                 HASS_FIELD("has_time", &hass_type_bool, .fallback = "false",
                            .doc = "It is or has a time"),
                 HASS_FIELD("initial", &hass_type_string,
                            .doc = "Value at start; what it was before when absent"),
                 HASS_FIELD("icon", &hass_type_icon, .doc = "Icon, as mdi:fire"));
static const struct hass_field item = HASS_FIELD("", &hass_type_map, .schema = &item_schema);
static const struct hass_schema config_schema = {
    .size = sizeof(struct hass_schema),
    .keyed = &item,
};

HASS_MANIFEST(.domain = "input_datetime", .name = "Input date and time", .version = HASS_VERSION,
              .config = &config_schema);

struct values {
    bool known; /* it has been added before: only its entity id has changed */
    struct moment moment;
    char text[24]; /* of the state, lent to whoever asks for it */
};

static bool has_date(struct hass_entity *entity)
{
    return hass_json_get_bool(hass_item_of(entity)->config, "has_date", false);
}

static bool has_time(struct hass_entity *entity)
{
    return hass_json_get_bool(hass_item_of(entity)->config, "has_time", false);
}

static void local_moment(struct hass *hass, int64_t time, struct moment *moment)
{
    struct hass_zone *zone = hass_config_zone(hass);
    struct hass_dt local = { .size = sizeof(local) };

    hass_dt_local(time, zone, &local);
    hass_zone_unref(zone);
    *moment = (struct moment){ local.year, local.month,  local.day,
                               local.hour, local.minute, local.second };
}

/* Seconds since 1970 of a moment in the home's zone. */
static double timestamp(struct hass *hass, const struct moment *moment)
{
    struct hass_zone *zone = hass_config_zone(hass);
    const struct hass_dt local = {
        .size = sizeof(local),
        .year = moment->year,
        .month = moment->month,
        .day = moment->day,
        .hour = moment->hour,
        .minute = moment->minute,
        .second = moment->second,
    };
    int64_t time = 0;

    (void)hass_dt_utc(&local, zone, &time);
    hass_zone_unref(zone);
    return (double)time / HASS_USEC_PER_SEC;
}

/* Midnight of today, where nobody says anything else. */
static HASS_COROUTINE int added(struct hass_entity *entity, struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);
    const json_t *config = hass_item_of(entity)->config;
    const struct hass_state *last = hass_entity_async_last_state(entity);
    const char *text =
        hass_json_get_string(config, "initial", last ? hass_state_state(last) : NULL);
    struct hass *hass = hass_entity_hass(entity);

    if (values->known)
        return 0;
    values->known = true;
    local_moment(hass, hass_now(hass), &values->moment);
    values->moment.hour = values->moment.minute = values->moment.second = 0;
    if (text)
        (void)read_state(config, text, &values->moment);
    return 0;
}

static HASS_CALLBACK struct hass_value state(struct hass_entity *entity)
{
    struct values *values = hass_entity_async_values(entity);
    const struct moment *m = &values->moment;
    int length = 0;

    if (has_date(entity))
        length = snprintf(values->text, sizeof(values->text), "%04d-%02d-%02d%s", m->year % 10000,
                          m->month % 100, m->day % 100, has_time(entity) ? " " : "");
    if (has_time(entity))
        snprintf(values->text + length, sizeof(values->text) - length, "%02d:%02d:%02d",
                 m->hour % 100, m->minute % 100, m->second % 100);
    return hass_value_string(values->text);
}

static HASS_CALLBACK void date_attributes(struct hass_entity *entity,
                                          struct hass_attrs_writer *writer)
{
    const struct values *values = hass_entity_async_values(entity);

    hass_attrs_set(writer, "year", HASS_INT(values->moment.year));
    hass_attrs_set(writer, "month", HASS_INT(values->moment.month));
    hass_attrs_set(writer, "day", HASS_INT(values->moment.day));
}

static HASS_CALLBACK void time_attributes(struct hass_entity *entity,
                                          struct hass_attrs_writer *writer)
{
    const struct values *values = hass_entity_async_values(entity);

    hass_attrs_set(writer, "hour", HASS_INT(values->moment.hour));
    hass_attrs_set(writer, "minute", HASS_INT(values->moment.minute));
    hass_attrs_set(writer, "second", HASS_INT(values->moment.second));
}

/* Of a time alone the seconds of the day. */
static HASS_CALLBACK struct hass_value timestamp_of(struct hass_entity *entity)
{
    const struct values *values = hass_entity_async_values(entity);
    struct moment moment = values->moment;

    if (!has_date(entity))
        return HASS_INT((moment.hour * 60 + moment.minute) * 60 + moment.second);
    if (!has_time(entity))
        moment.hour = moment.minute = moment.second = 0;
    return HASS_DOUBLE(timestamp(hass_entity_hass(entity), &moment));
}

static HASS_CALLBACK void attributes(struct hass_entity *entity, struct hass_attrs_writer *writer)
{
    hass_attrs_set(writer, "has_date", HASS_BOOL(has_date(entity)));
    hass_attrs_set(writer, "has_time", HASS_BOOL(has_time(entity)));
    hass_attrs_set(writer, HASS_ATTR_EDITABLE, HASS_BOOL(hass_item_of(entity)->editable));
    if (has_date(entity))
        date_attributes(entity, writer);
    if (has_time(entity))
        time_attributes(entity, writer);
    hass_attrs_set(writer, "timestamp", timestamp_of(entity));
}

static const struct hass_entity_ops ops =
    HASS_ENTITY_OPS(.values_size = sizeof(struct values), .async_added_to_hass = added,
                    .state = state, .state_attributes = attributes);

/* set_datetime */

static int check_combination(const json_t *value, struct hass_error *err)
{
    bool parts = hass_json_get(value, "date") || hass_json_get(value, "time");
    int given = parts + (hass_json_get(value, "datetime") != NULL) +
                (hass_json_get(value, "timestamp") != NULL);

    if (given == 0)
        return hass_fail(err, HASS_E_INVALID,
                         "must contain at least one of date, time, datetime, timestamp");
    if (given > 1)
        return hass_fail(err, HASS_E_INVALID,
                         "cannot use together: date and time, datetime, timestamp");
    return 0;
}

/* The year 1 to the year 9999, as far as calendars of clients go. */
HASS_SCHEMA_WITH(set_schema, (.check = check_combination),
                 HASS_FIELD("date", &hass_type_date, .doc = "The new date"),
                 HASS_FIELD("time", &hass_type_time, .doc = "The new time"),
                 HASS_FIELD("datetime", &hass_type_datetime, .doc = "The new date and time"),
                 HASS_FIELD("timestamp", &hass_type_number, .min = -62135596800.0,
                            .max = 253402214400.0, .doc = "Both, as seconds since 1970"));

static HASS_COROUTINE int set_datetime(struct hass_entity *entity,
                                       const struct hass_service_call *call, struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);
    const json_t *data = hass_service_call_data(call);
    const char *datetime = hass_json_get_string(data, "datetime", NULL);
    const char *date = hass_json_get_string(data, "date", NULL);
    const char *time = hass_json_get_string(data, "time", NULL);
    const json_t *seconds = hass_json_get(data, "timestamp");
    struct moment moment = values->moment;

    if ((!date || !has_date(entity)) && (!time || !has_time(entity)) && !datetime && !seconds)
        return hass_fail(err, HASS_E_SERVICE_VALIDATION, "Nothing to set");
    if (seconds)
        local_moment(hass_entity_hass(entity),
                     llround(json_number_value(seconds) * HASS_USEC_PER_SEC), &moment);
    if ((datetime && !read_datetime(datetime, &moment)) ||
        (date && has_date(entity) && !read_date(date, &moment)) ||
        (time && has_time(entity) && !read_time(time, &moment)))
        return hass_fail(err, HASS_E_SERVICE_VALIDATION, "Nothing to set");
    values->moment = moment;
    return hass_entity_async_write_ha_state(entity, err);
}

static const struct hass_entity_service_row services[] = {
    HASS_ENTITY_SERVICE("set_datetime", "Sets the date, the time, or both", .schema = &set_schema,
                        .async_handler = set_datetime),
};

static const struct hass_entity_description description = HASS_ENTITY_DESCRIPTION(.restore = true);
static const struct hass_collection_options collection =
    HASS_COLLECTION(.domain = "input_datetime", .schema = &item_schema, .ops = &ops,
                    .description = &description, HASS_COLLECTION_SERVICES(services));

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return hass_collection_async_create(hass, &collection, config, err);
}

int async_reload(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return hass_collection_async_reload(hass, "input_datetime", config, err);
}
